//! `[source.json]`: where the conversations and turns of JSON documents are, as JSON pointers (RFC 6901).
//!
//! For documents that no reader knows: the fields of the interaction are pointers, too, in `[source.fields]`.

use super::toml_text::{TomlText, Value};
use crate::error::Result;

/// Where things stand in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonShape {
    /// The list of conversations, from the root of the document; `None` means: a document is one.
    pub records: Option<String>,
    /// The list of turns, from a conversation.
    pub turns: Option<String>,
    /// From a turn: who speaks.
    pub speaker: Option<String>,
    /// From a turn: what is said.
    pub text: Option<String>,
    /// From a turn: when, and in which unit.
    pub at: Option<(String, TurnTime)>,
}

/// What a number or a text means that says when a turn was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnTime {
    /// Seconds from the start.
    Seconds,
    /// Milliseconds from the start.
    Millis,
    /// A moment, as times of interactions are written.
    Moment,
}

const KEYS: [&str; 7] = ["records", "turns", "speaker", "text", "at_seconds", "at_millis", "at"];

/// Reads the table.
pub(super) fn json(toml: TomlText<'_>, value: &Value<'_>) -> Result<JsonShape> {
    let mut shape = JsonShape::default();
    for (key, value) in toml.table("json", value)? {
        let pointer = || pointer(toml, key.get_ref().as_ref(), value);
        match key.get_ref().as_ref() {
            "records" => shape.records = Some(pointer()?),
            "turns" => shape.turns = Some(pointer()?),
            "speaker" => shape.speaker = Some(pointer()?),
            "text" => shape.text = Some(pointer()?),
            "at_seconds" => shape.at = Some((pointer()?, TurnTime::Seconds)),
            "at_millis" => shape.at = Some((pointer()?, TurnTime::Millis)),
            "at" => shape.at = Some((pointer()?, TurnTime::Moment)),
            _ => return Err(toml.unknown_key(key, "[source.json]", &KEYS)),
        }
    }
    if shape.turns.is_some() != shape.text.is_some() {
        return Err(toml.fault(value, "turns without text, or text without turns", "say where both are"));
    }
    Ok(shape)
}

fn pointer(toml: TomlText<'_>, key: &str, value: &Value<'_>) -> Result<String> {
    let text = toml.string(key, value)?;
    if text.is_empty() || text.starts_with('/') {
        return Ok(text);
    }
    let help = format!("write it like \"/{}\"", text.replace('.', "/"));
    Err(toml.fault(value, format!("`{text}` is no JSON pointer"), help))
}
