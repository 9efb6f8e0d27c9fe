//! JSON that is no lines: one document, a list of objects, or several documents one after another.
//!
//! Takes the bytes of a file, gives its objects, each with the line on which it begins. A document is held in
//! memory, so its size is bounded; JSON lines are not read here.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::lines::Lines;
use super::row::Fault;
use crate::error::{Error, Result};

/// The largest file that is read as one document.
pub(super) const MAX_BYTES: usize = 256 << 20;

/// How much of a file tells whether it is a document.
const HEAD_BYTES: usize = 64 << 10;

/// An object of a document.
pub(super) struct Object<'t> {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its JSON.
    pub(super) text: &'t str,
}

/// Whether a file is a document, by its beginning: a list, or an object that goes on after its first line. A line that was
/// cut off within a text is none.
pub(super) fn is_document(lines: &mut Lines<'_>) -> Result<bool> {
    let head = lines.head(HEAD_BYTES)?.trim_ascii_start();
    let mut head_lines = head.splitn(2, |byte| *byte == b'\n');
    let first = head_lines.next().unwrap_or_default().trim_ascii();
    let goes_on = head_lines.next().is_some() && matches!(first.last(), Some(b'{' | b'[' | b',' | b':'));
    let is_open = || serde_json::from_slice::<IgnoredAny>(first).is_err_and(|error| error.is_eof());
    Ok(head.starts_with(b"[") || (first.starts_with(b"{") && goes_on && is_open()))
}

/// The whole of a document as text.
///
/// # Errors
/// Where it is longer than can be held, or no UTF-8.
pub(super) fn text<'l>(lines: &'l mut Lines<'_>, path: &std::path::Path) -> Result<&'l str> {
    let bytes = lines.head(MAX_BYTES + 1)?;
    if bytes.len() > MAX_BYTES {
        let what = format!("one JSON document of over {} MB", MAX_BYTES >> 20);
        return Err(Error::data(path, what, "write one object a line: jq -c '.[]' file.json > file.jsonl"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count();
        Error::data(path, format!("no UTF-8 text on line {line}"), "say its encoding in the source")
    })
}

/// The objects of a document in order: those of a list, or objects one after another. Then what is wrong with the rest
/// of the text, and on which line.
pub(super) fn objects(text: &str) -> (Vec<Object<'_>>, Option<(u64, Fault)>) {
    let mut found = Vec::new();
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut fault = None;
    for value in values.by_ref() {
        match value {
            Ok(value) => found.extend(inner(value.get())),
            Err(error) => {
                fault = Some((error.line() as u64, super::jsonl::bad_json(&error)));
            }
        }
    }
    let start = text.as_ptr() as usize;
    let (mut at, mut line) = (0, 1);
    let objects = found.into_iter().map(|text_of| {
        // Every object is a part of the text.
        let offset = text_of.as_ptr() as usize - start;
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[at..offset]).count() as u64;
        at = offset;
        Object { line, text: text_of }
    });
    (objects.collect(), fault)
}

/// The objects that a value stands for.
fn inner(value: &str) -> Vec<&str> {
    match serde_json::from_str::<Vec<&RawValue>>(value) {
        Ok(list) => list.into_iter().map(RawValue::get).collect(),
        Err(_) => vec![value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<(u64, &str)>, String) {
        let (objects, fault) = objects(text);
        let told = fault.map(|(line, fault)| format!("{line}: {}", fault.reason)).unwrap_or_default();
        (objects.into_iter().map(|object| (object.line, object.text)).collect(), told)
    }

    #[test]
    fn a_document_is_told_by_its_first_line() {
        let rows = [
            ("[1]", true),
            ("{\n\"a\": 1}", true),
            ("{\"a\": {},\n\"b\": 1}", true),
            ("{\"a\": 1}\n{\"b\": 2}", false),
            ("{\"a\": \"cut of\n{\"b\": 2}", false),
            ("{\"a\": 1,", false),
        ];
        for (text, expected) in rows {
            let mut lines = Lines::new("a.json".into(), Box::new(text.as_bytes()));
            assert_eq!(is_document(&mut lines).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn the_objects_of_a_list_are_told_with_their_lines() {
        let text = "[\n  {\"a\": 1},\n  {\"a\":\n 2}, {}\n]\n";
        assert_eq!(found(text), (vec![(2, "{\"a\": 1}"), (3, "{\"a\":\n 2}"), (4, "{}")], String::new()));
    }

    #[test]
    fn documents_one_after_another_are_read_up_to_what_is_broken() {
        let (objects, fault) = found("{\n\"a\": 1\n}\n{\"b\": 2}\n{\"c\": }\n");
        assert_eq!(objects, [(1, "{\n\"a\": 1\n}"), (4, "{\"b\": 2}")]);
        assert_eq!(fault, "5: bad JSON: expected value at byte 7");
    }
}
