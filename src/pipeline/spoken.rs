//! What customers said in the interactions of the log: which contacts state that they are repeats, and the words of the
//! groups that fail.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::view::View;
use crate::Result;
use crate::lexicon::REPEAT;
use crate::measure::Groups;
use crate::report::{EVIDENCE_COUNT, Evidence, Saying, evidence};
use crate::store::{CueColumns, StoredCue};

/// Cues of one group and rule whose words are read: those of the latest contacts.
const MOST_SAYINGS: usize = 1_000;

/// Row of an interaction and index of a cue in it.
type Place = (u32, u32);

/// The repeat cues of interactions that are in the log.
pub(super) struct Spoken<'a> {
    cues: &'a CueColumns,
    /// By row, then by cue.
    places: Vec<Place>,
}

impl<'a> Spoken<'a> {
    pub(super) fn new(view: &View, cues: &'a CueColumns) -> Spoken<'a> {
        let repeat = cues.kind_names.iter().position(|name| name == REPEAT).map(|code| code as u32);
        let is_repeat = |cue: usize| Some(cues.kind[cue]) == repeat;
        let keys: HashSet<u64> =
            (0..cues.kind.len()).filter(|&cue| is_repeat(cue)).map(|cue| cues.interaction_key[cue]).collect();
        let columns = &view.columns;
        let mut rows: HashMap<u64, u32> = HashMap::with_capacity(keys.len());
        if !keys.is_empty() {
            for (row, key) in columns.interaction_key.iter().enumerate() {
                if keys.contains(key) && !columns.is_duplicate.get(row).copied().unwrap_or(false) {
                    rows.insert(*key, row as u32);
                }
            }
        }
        let place = |cue: usize| Some((*rows.get(&cues.interaction_key[cue])?, cue as u32));
        let mut places: Vec<Place> =
            (0..cues.kind.len()).filter(|&cue| is_repeat(cue)).filter_map(place).collect();
        places.sort_unstable();
        Spoken { cues, places }
    }

    /// Whether no interaction has a stated repeat.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether each row has a stated repeat.
    pub(super) fn is_stated(&self, row_count: usize) -> Vec<bool> {
        let mut is_stated = vec![false; row_count];
        self.places.iter().for_each(|&(row, _)| is_stated[row as usize] = true);
        is_stated
    }

    /// The number of contacts, including this one, that each row states; 0 = none. Of several the largest.
    pub(super) fn stated_numbers(&self, row_count: usize) -> Vec<u32> {
        let mut numbers = vec![0; row_count];
        for &(row, cue) in &self.places {
            let number = &mut numbers[row as usize];
            *number = self.cues.stated_contacts[cue as usize].max(*number);
        }
        numbers
    }

    /// What customers say in the contacts of each group in `wanted`: its commonest rules, with words of the latest
    /// contacts, so that memory does not grow with the store.
    pub(super) fn evidence(
        &self,
        view: &View,
        groups: &Groups,
        wanted: &HashSet<u32>,
    ) -> Result<HashMap<u32, Vec<Evidence>>> {
        let mut by_group: BTreeMap<u32, BTreeMap<&str, Vec<Place>>> = BTreeMap::new();
        for &(row, cue) in &self.places {
            let group = groups.codes[row as usize];
            if wanted.contains(&group) && view.links.class(row).is_contact() {
                let rule = &self.cues.rule_names[self.cues.rule[cue as usize] as usize];
                by_group.entry(group).or_default().entry(rule).or_default().push((row, cue));
            }
        }
        let mut out = HashMap::new();
        for (group, by_rule) in by_group {
            let mut rules: Vec<(u64, &str, Vec<Place>)> =
                by_rule.into_iter().map(|(rule, places)| (contact_count(&places), rule, places)).collect();
            rules.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            let shown = rules.into_iter().take(EVIDENCE_COUNT);
            let evidence =
                shown.map(|(count, rule, places)| Ok(evidence(rule, count, self.sayings(view, places)?)));
            out.insert(group, evidence.collect::<Result<_>>()?);
        }
        Ok(out)
    }

    /// The words of the latest places.
    fn sayings(&self, view: &View, mut places: Vec<Place>) -> Result<Vec<Saying>> {
        let columns = &view.columns;
        let key = |&(row, cue): &Place| {
            let cue = cue as usize;
            (-columns.started_at[row as usize], self.cues.interaction_key[cue], self.cues.turn[cue])
        };
        places.sort_by_key(key);
        places.truncate(MOST_SAYINGS);
        let rows: Vec<u32> = places.iter().map(|&(_, cue)| self.cues.row[cue as usize]).collect();
        let records = view.store.cue_records(&rows)?;
        let saying = |(&(row, _), cue): (&Place, StoredCue)| Saying {
            language: cue.language,
            interaction_id: cue.interaction_id,
            phrase: cue.phrase,
            quote: cue.quote,
            started_at: view.time(columns.started_at[row as usize]),
        };
        Ok(places.iter().zip(records).map(saying).collect())
    }
}

/// Distinct rows of places sorted by row.
fn contact_count(places: &[Place]) -> u64 {
    places.chunk_by(|a, b| a.0 == b.0).count() as u64
}
