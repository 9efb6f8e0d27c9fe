//! Schema 1: the report as JSON, indented, keys in a fixed order.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Entry;

/// Anything that a command tells, indented, on lines of its own.
pub(super) fn render(told: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(told).expect("what is told is plain data");
    bytes.push(b'\n');
    bytes
}

impl Serialize for Entry {
    /// The category, scores, target, verdict and evidence side by side in one object. Other dimensions, whose names
    /// are the user's, stand apart under `key`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scores = serde_json::to_value(&self.scores).map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        match self.key.as_slice() {
            [] => {}
            [(name, value)] if name == "category" => map.serialize_entry(name, value)?,
            key => map.serialize_entry("key", &key.iter().cloned().collect::<BTreeMap<_, _>>())?,
        }
        for (name, value) in scores.as_object().into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("target", &self.target)?;
        map.serialize_entry("verdict", self.verdict.name())?;
        map.serialize_entry("excess_failure_count", &self.excess_failure_count())?;
        if let Some(rank) = self.excess_rank {
            map.serialize_entry("excess_rank", &rank)?;
        }
        if let Some(rank) = self.cost_rank {
            map.serialize_entry("cost_rank", &rank)?;
        }
        map.serialize_entry("said_done", &self.said_done)?;
        map.serialize_entry("denominators", &self.denominators)?;
        map.serialize_entry("companions", &self.companions)?;
        map.serialize_entry("agreement", &self.agreement)?;
        map.serialize_entry("repeats_by_day", &self.repeats_by_day)?;
        if !self.evidence.is_empty() {
            map.serialize_entry("evidence", &self.evidence)?;
        }
        map.end()
    }
}
