//! Reading a TOML file that people write, so that every complaint names the line and the remedy.
//!
//! Takes the text, gives typed values or an [`Error::Text`]. It knows nothing about what the keys mean.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};

/// A TOML text and the file it came from: what is needed to say where a fault is.
#[derive(Clone, Copy)]
pub(super) struct TomlText<'a> {
    /// The file, for messages.
    pub(super) path: &'a Path,
    /// The whole text.
    pub(super) text: &'a str,
}

/// A value with its place in the text.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> TomlText<'a> {
    /// Parses the text as a table.
    pub(super) fn parse(self) -> Result<DeTable<'a>> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().next().unwrap_or_default().to_string();
            let help = "this is not valid TOML here; texts stand in \"quotes\"";
            Error::text(self.path, self.line(start), message, help)
        })
    }

    /// The line, from 1, on which the byte stands.
    fn line(self, byte: usize) -> usize {
        let end = byte.min(self.text.len());
        1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..end]).count()
    }

    /// A complaint about a value or a key.
    pub(super) fn fault<T>(self, at: &Spanned<T>, what: impl Into<String>, help: impl Into<String>) -> Error {
        Error::text(self.path, self.line(at.span().start), what, help)
    }

    /// A text, or a complaint that names the key.
    pub(super) fn string(self, key: &str, value: &Value<'_>) -> Result<String> {
        match value.get_ref().as_str() {
            Some(text) => Ok(text.to_string()),
            None => Err(self.wrong_type(key, value, "a text in quotes")),
        }
    }

    /// A list of texts; one text alone is a list of one.
    pub(super) fn strings(self, key: &str, value: &Value<'_>) -> Result<Vec<String>> {
        match value.get_ref() {
            DeValue::String(text) => Ok(vec![text.to_string()]),
            DeValue::Array(items) => items.iter().map(|item| self.string(key, item)).collect(),
            _ => Err(self.wrong_type(key, value, "a text or a list of texts")),
        }
    }

    /// A table, or a complaint that names the key.
    pub(super) fn table<'v, 'i>(self, key: &str, value: &'v Value<'i>) -> Result<&'v DeTable<'i>> {
        value.get_ref().as_table().ok_or_else(|| self.wrong_type(key, value, "a table"))
    }

    /// A complaint that a key has a value of the wrong type.
    pub(super) fn wrong_type(self, key: &str, value: &Value<'_>, wanted: &str) -> Error {
        let found = value.get_ref().type_str();
        self.fault(value, format!("`{key}` is of type {found}"), format!("it must be {wanted}"))
    }

    /// A complaint about a key that is not known, with the nearest that is.
    pub(super) fn unknown_key<T: AsRef<str>>(self, key: &Spanned<T>, of: &str, known: &[&str]) -> Error {
        let name = key.get_ref().as_ref();
        self.fault(key, format!("unknown key `{name}` in {of}"), suggestion(name, known))
    }
}

/// `did you mean …` for the nearest known word, or the list of all.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    let lower = word.to_lowercase();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, candidate), *candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, candidate)) if likeness >= 0.8 => format!("did you mean `{candidate}`?"),
        _ => format!("known are {}", known.join(", ")),
    }
}
