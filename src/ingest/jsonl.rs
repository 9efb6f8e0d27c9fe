//! JSON lines: one object a line, whose keys are columns; the native transcript format is one of them.
//!
//! Takes physical lines, gives rows. Scalars are kept as they are written (`848.0` stays `848.0`), nested
//! values as compact JSON, and `turns` is read straight into turns. Every bad line is a reject of its own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::batch::Collector;
use super::csv::{bad_encoding, damaged, too_long};
use super::document;
use super::lines::Lines;
use super::row::Fault;
use crate::config::Field;
use crate::error::Result;
use crate::interaction::Turn;

/// Objects of one file that have more different keys than this are maps of something, not rows.
const MAX_KEYS: usize = 2000;

/// What is quoted of a message about a line that is not read.
pub(super) const MAX_MESSAGE_BYTES: usize = 200;

/// Reads all rows.
///
/// # Errors
/// Where no line has a required key, the file cannot be read, or the sink fails.
pub(super) fn read(lines: &mut Lines<'_>, encoding: &str, rows: &mut Collector<'_>) -> Result<()> {
    let mut keys = Keys::default();
    each_object(lines, encoding, rows, &mut |line, text, rows| row(line, text, &mut keys, rows))
}

/// What is done with an object, its line and its JSON.
type EachObject<'f> = dyn FnMut(u64, &str, &mut Collector<'_>) -> Result<()> + 'f;

/// Hands on the objects of a file, one a line or those of a document, and refuses lines that cannot be read.
///
/// # Errors
/// Where the file cannot be read, is too long for a document, or `each` fails.
pub(super) fn each_object(
    lines: &mut Lines<'_>,
    encoding: &str,
    rows: &mut Collector<'_>,
    each: &mut EachObject<'_>,
) -> Result<()> {
    if document::is_document(lines)? {
        let text = document::text(lines, rows.path())?;
        let (objects, fault) = document::objects(text);
        objects.iter().try_for_each(|object| each(object.line, object.text, rows))?;
        return fault.map_or(Ok(()), |(line, fault)| rows.reject(line, fault, b""));
    }
    while let Some(span) = lines.scan(0)? {
        let line = lines.number();
        if span.is_too_long {
            let raw = lines.skip_long()?;
            rows.reject(line, too_long(), &raw)?;
            continue;
        }
        let damage = if span.is_terminated { None } else { lines.take_damage() };
        let bytes = lines.bytes(span.start, span.end);
        if let Some(reason) = damage {
            rows.reject(line, damaged(&reason), bytes)?;
        } else {
            match std::str::from_utf8(bytes) {
                Ok(text) if text.trim_ascii().is_empty() => {}
                Ok(text) => each(line, text, rows)?,
                Err(error) => rows.reject(line, bad_encoding(error.valid_up_to(), encoding), bytes)?,
            }
        }
        lines.consume(span.next, 1);
    }
    match lines.take_damage() {
        Some(reason) => rows.reject(lines.number(), damaged(&reason), b""),
        None if lines.number() == 1 => {
            rows.note(1, "empty file: no rows".to_string());
            Ok(())
        }
        None => Ok(()),
    }
}

/// The keys seen so far: the columns.
#[derive(Default)]
struct Keys {
    names: Vec<String>,
    positions: HashMap<String, usize>,
    /// The key whose value is read as turns.
    turns: Option<usize>,
    /// The first key of the last object that is beyond them.
    beyond: Option<String>,
}

impl Keys {
    /// The column of a key; most objects have the same keys in the same order.
    fn position(&mut self, key: &str, expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|name| name == key) {
            return Some(expected);
        }
        if let Some(position) = self.positions.get(key) {
            return Some(*position);
        }
        if self.names.len() == MAX_KEYS {
            self.beyond.get_or_insert_with(|| key.to_string());
            return None;
        }
        self.names.push(key.to_string());
        self.positions.insert(key.to_string(), self.names.len() - 1);
        Some(self.names.len() - 1)
    }
}

fn row(line: u64, text: &str, keys: &mut Keys, rows: &mut Collector<'_>) -> Result<()> {
    let known_count = keys.names.len();
    keys.beyond = None;
    let mut object = match object(text, keys) {
        Ok(object) => object,
        Err(fault) => return rows.reject(line, fault, text.as_bytes()),
    };
    if keys.names.len() > known_count {
        rows.set_columns(keys.names.clone());
        let turns = rows.mapping().of(Field::Turns).first().copied();
        if turns != keys.turns {
            keys.turns = turns;
            object = match self::object(text, keys) {
                Ok(object) => object,
                Err(fault) => return rows.reject(line, fault, text.as_bytes()),
            };
        }
    }
    if let Some(key) = keys.beyond.take() {
        let key = super::shown(&key);
        rows.rows().note(
            line,
            format!("too many keys: of over {MAX_KEYS} in this file {key} and others are not read"),
        );
    }
    let turns = object.turns.map(|turns| {
        let turn = |(index, turn): (usize, RawTurn<'_>)| Turn {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            speaker: turn.speaker.map(|word| rows.rows().speaker_of(&word.0, line)).unwrap_or_default(),
            at_seconds: turn.at_seconds,
            text: turn.text.0.into_owned(),
        };
        turns.into_iter().enumerate().map(turn).collect()
    });
    rows.row(line, &object.cells, turns, text)
}

fn object<'t>(text: &'t str, keys: &mut Keys) -> Result<Object<'t>, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let object = ObjectSeed(keys).deserialize(&mut deserializer);
    object.and_then(|object| deserializer.end().map(|()| object)).map_err(|error| bad_json(&error))
}

/// The fault of an object that cannot be read.
pub(super) fn bad_json(error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    // It quotes what it found, whole.
    let what = super::cut(what, MAX_MESSAGE_BYTES);
    Fault::of_row(format!("bad JSON: {what} at byte {}", error.column()))
}

/// A line, taken apart.
struct Object<'t> {
    /// Values in the order of the columns; blank where the object has no such key.
    cells: Vec<Cow<'t, str>>,
    turns: Option<Vec<RawTurn<'t>>>,
}

struct ObjectSeed<'k>(&'k mut Keys);

impl<'t> DeserializeSeed<'t> for ObjectSeed<'_> {
    type Value = Object<'t>;

    fn deserialize<D: serde::Deserializer<'t>>(self, deserializer: D) -> Result<Object<'t>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for ObjectSeed<'_> {
    type Value = Object<'t>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'t>>(self, mut map: M) -> Result<Object<'t>, M::Error> {
        let keys = self.0;
        let mut cells = vec![Cow::Borrowed(""); keys.names.len()];
        let mut turns = None;
        let mut expected = 0;
        while let Some(key) = map.next_key::<Words<'t>>()? {
            let Some(at) = keys.position(&key.0, expected) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            expected = at + 1;
            if keys.turns == Some(at) {
                turns = map.next_value::<Turns<'t>>()?.0;
                continue;
            }
            let value = cell(map.next_value::<&RawValue>()?.get());
            if at >= cells.len() {
                cells.resize(at + 1, Cow::Borrowed(""));
            }
            cells[at] = value;
        }
        Ok(Object { cells, turns })
    }
}

/// A value as the text of a cell.
fn cell(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
            if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
                return Cow::Borrowed(inside);
            }
            serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(inside), Cow::Owned)
        }
        Some(b'{' | b'[') => Cow::Owned(compact(raw)),
        _ if raw == "null" => Cow::Borrowed(""),
        _ => Cow::Borrowed(raw),
    }
}

/// Valid JSON without the white space outside its texts.
fn compact(raw: &str) -> String {
    let mut is_text = false;
    let mut is_escaped = false;
    raw.chars()
        .filter(|c| {
            let was_text = is_text;
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => is_text = !is_text,
                _ => {}
            }
            was_text || !c.is_ascii_whitespace()
        })
        .collect()
}

/// A turn as the native format has it; the other names are those of common exports.
#[derive(Deserialize)]
struct RawTurn<'t> {
    #[serde(borrow, default, alias = "role")]
    speaker: Option<Words<'t>>,
    #[serde(default, alias = "start_seconds", alias = "offset_seconds")]
    at_seconds: Option<f64>,
    #[serde(borrow, alias = "content", alias = "utterance")]
    text: Words<'t>,
}

/// A text that is borrowed where it has no escapes.
struct Words<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Words<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;
        impl<'t> Visitor<'t> for WordsVisitor {
            type Value = Words<'t>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Words<'t>, E> {
                Ok(Words(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Words<'t>, E> {
                Ok(Words(Cow::Owned(text.to_string())))
            }
        }
        deserializer.deserialize_str(WordsVisitor)
    }
}

/// The list of turns; `None` where the value is no list (some exports have the number of turns there).
struct Turns<'t>(Option<Vec<RawTurn<'t>>>);

impl<'de: 't, 't> Deserialize<'de> for Turns<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TurnsVisitor;
        impl<'t> Visitor<'t> for TurnsVisitor {
            type Value = Turns<'t>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of turns")
            }
            fn visit_seq<S: SeqAccess<'t>>(self, mut seq: S) -> Result<Turns<'t>, S::Error> {
                let mut turns = Vec::new();
                while let Some(turn) = seq.next_element()? {
                    turns.push(turn);
                }
                Ok(Turns(Some(turns)))
            }
            fn visit_unit<E>(self) -> Result<Turns<'t>, E> {
                Ok(Turns(None))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Turns<'t>, E> {
                Ok(Turns(None))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Turns<'t>, E> {
                Ok(Turns(None))
            }
        }
        deserializer.deserialize_any(TurnsVisitor)
    }
}

#[cfg(test)]
#[path = "jsonl_tests.rs"]
mod tests;
