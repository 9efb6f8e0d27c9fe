//! What other products export as JSON: each document becomes interactions with named cells, and words.
//!
//! Takes a file of JSON (one document, a list of them, one a line); which product wrote it is told by its content. Each
//! product has a reader in a file of its own, which gives [`Record`]s. They go the way of every other row: the user
//! can map a cell to another field, a value to another value and a speaker to another role.

mod bedrock;
mod call_analytics;
mod contact_lens;
mod conversations;
mod deepgram;
mod desk;
mod freshdesk;
mod genesys;
mod genesys_conversation;
mod genesys_transcript;
mod insights;
mod intercom;
mod moment;
mod post_call_analytics;
mod speech;
mod vcon;
mod whisper;
mod zendesk;

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value;

use super::across::Across;
use super::batch::Collector;
use super::lines::Lines;
use super::row::Fault;
use super::{SourceFile, document};
use crate::config::{Format, Source};
use crate::error::Result;
pub(super) use zendesk::Desk;

/// How one product's documents are told and read.
pub(super) struct Export {
    /// As the configuration names it.
    pub(super) format: Format,
    /// A small document of it, for people who wonder whether theirs is one, and for tests.
    pub(super) example: &'static str,
    /// By what a document is told to be one of these, as a person would say it; `None` where it is none.
    tell: fn(&Value) -> Option<&'static str>,
    /// The interactions of a document.
    read: fn(&Origin<'_>, &Value) -> Result<Vec<Record>, Fault>,
}

/// All of them. A document is of the first that knows it.
const EXPORTS: &[Export] = &[
    contact_lens::EXPORT,
    vcon::EXPORT,
    call_analytics::EXPORT,
    post_call_analytics::EXPORT,
    bedrock::EXPORT,
    deepgram::EXPORT,
    genesys_transcript::EXPORT,
    genesys_conversation::EXPORT,
    insights::EXPORT,
    whisper::EXPORT,
    zendesk::EXPORT,
    intercom::EXPORT,
    freshdesk::EXPORT,
    conversations::EXPORT,
];

/// Where a document is from.
pub(super) struct Origin<'f> {
    /// The file.
    pub(super) path: &'f Path,
    /// What the user says of it.
    pub(super) source: &'f Source,
    /// What all files of a help desk say.
    pub(super) desk: &'f Desk,
}

impl Origin<'_> {
    /// The file's name without its extensions: the id of an interaction that has none in the document.
    pub(super) fn stem(&self) -> String {
        stem_of(&self.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
    }
}

/// A file's name without its extensions, those of recordings among them: `1001.wav.json` is of `1001`.
pub(super) fn stem_of(name: &str) -> String {
    const ENDS: [&str; 17] = [
        ".gz", ".zst", ".txt", ".text", ".log", ".jsonl", ".json", ".vtt", ".srt", ".eml", ".vcon", ".wav",
        ".mp3", ".ogg", ".flac", ".m4a", ".mp4",
    ];
    let stem = ENDS.iter().fold(name, |stem, end| stem.strip_suffix(end).unwrap_or(stem));
    stem.to_string()
}

/// One interaction, or the words of one, as a document tells it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Record {
    /// Columns and their texts. A column with the name of a field is that field; others are kept as dimensions.
    pub(super) cells: Vec<(Cow<'static, str>, String)>,
    /// Its words in order, where the document has any.
    pub(super) turns: Option<Vec<Said>>,
    /// Their indexes, where they do not count from 0.
    pub(super) indexes: Vec<u32>,
    /// What a person should know about it.
    pub(super) notes: Vec<String>,
}

/// A turn, whose speaker is still a word of the document.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Said {
    /// `CUSTOMER`, `Agent`, `spk_0`; blank where nobody knows.
    pub(super) speaker: String,
    /// Seconds from the start of the interaction.
    pub(super) at_seconds: Option<f64>,
    /// What is said.
    pub(super) text: String,
}

impl Record {
    /// Adds a cell where there is a text for it.
    pub(super) fn cell(&mut self, column: &'static str, text: Option<impl Into<String>>) {
        self.cells.extend(text.map(|text| (Cow::Borrowed(column), text.into())));
    }
}

/// A member of a document as the text of a cell: scalars as they are written; `None` where it is missing, null or empty.
pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The elements of a list of a document; none where there is no list.
pub(super) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Turns in the order of time; those without one stay behind the one before them.
pub(super) fn in_order(mut turns: Vec<Said>) -> Vec<Said> {
    let mut last = f64::NEG_INFINITY;
    let mut keys = turns.iter().map(|turn| {
        last = turn.at_seconds.unwrap_or(last);
        last
    });
    let keys: Vec<f64> = keys.by_ref().collect();
    let mut order: Vec<usize> = (0..turns.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order.into_iter().map(|at| std::mem::take(&mut turns[at])).collect()
}

/// A number, also where it is written as a text.
pub(super) fn number(value: &Value, pointer: &str) -> Option<f64> {
    match value.pointer(pointer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A number of milliseconds as seconds.
pub(super) fn seconds_of_millis(value: &Value, pointer: &str) -> Option<f64> {
    number(value, pointer).map(|millis| millis / 1e3)
}

/// A small file of a format, where it is one of an export.
pub(super) fn example(format: Format) -> Option<&'static str> {
    of_format(format).map(|export| export.example)
}

/// The export that a format names.
pub(super) fn of_format(format: Format) -> Option<&'static Export> {
    EXPORTS.iter().find(|export| export.format == format)
}

/// Which product wrote a file of JSON, and by what that is told; by its first document.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn told(lines: &mut Lines<'_>) -> Result<Option<(&'static Export, &'static str)>> {
    let Some(first) = first_document(lines)? else { return Ok(None) };
    Ok(EXPORTS.iter().find_map(|export| (export.tell)(&first).map(|why| (export, why))))
}

/// The first object of a file; a list stands for its first element.
fn first_document(lines: &mut Lines<'_>) -> Result<Option<Value>> {
    let mut most = 1 << 16;
    loop {
        let head = lines.head(most)?;
        let is_whole = head.len() < most;
        let head = head.trim_ascii_start();
        let start = if head.starts_with(b"[") { &head[1..] } else { head };
        match serde_json::Deserializer::from_slice(start).into_iter::<Value>().next() {
            Some(Ok(value)) => return Ok(Some(value)),
            Some(Err(error)) if error.is_eof() && !is_whole && most < document::MAX_BYTES => most *= 4,
            _ => return Ok(None),
        }
    }
}

/// Reads all documents of a file, with what files say of each other.
///
/// # Errors
/// Where the file cannot be read, is too long for one document, or the sink fails. A document that is not what it
/// should be is a reject.
pub(super) fn read(
    export: &Export,
    lines: &mut Lines<'_>,
    encoding: &str,
    file: &SourceFile,
    across: Option<&Across<'_>>,
    rows: &mut Collector<'_>,
) -> Result<()> {
    let source = rows.source();
    let own;
    let desk = match across.filter(|_| export.format == Format::Zendesk) {
        Some(across) => across.desk()?,
        None => {
            let alone = [(file, source)];
            // For columns alone the file is not read to its end.
            let is_needed = export.format == Format::Zendesk && !rows.is_survey();
            own = Desk::of(if is_needed { &alone } else { &[] })?;
            &own
        }
    };
    let origin = Origin { path: &file.path, source, desk };
    each_document(lines, encoding, rows, &mut |line, text, document, rows| match (export.read)(
        &origin, document,
    ) {
        Ok(records) => records.into_iter().try_for_each(|record| rows.record(line, record, text)),
        Err(fault) => rows.reject(line, fault, text.as_bytes()),
    })
}

/// What is done with a document, its line and its JSON.
type EachDocument<'f> = dyn FnMut(u64, &str, &Value, &mut Collector<'_>) -> Result<()> + 'f;

/// Hands on the documents of a file, and refuses what is none.
fn each_document(
    lines: &mut Lines<'_>,
    encoding: &str,
    rows: &mut Collector<'_>,
    each: &mut EachDocument<'_>,
) -> Result<()> {
    super::jsonl::each_object(
        lines,
        encoding,
        rows,
        &mut |line, text, rows| match serde_json::from_str::<Value>(text) {
            Ok(document) => each(line, text, &document, rows),
            Err(error) => rows.reject(line, super::jsonl::bad_json(&error), text.as_bytes()),
        },
    )
}

#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Batch;
    use crate::ingest::tests::{read_bytes, source};
    use crate::interaction::{Interaction, Turn};

    /// What is read of a document in a file of that name.
    pub(super) fn read_text(name: &str, text: &str) -> Batch {
        read_bytes(name, text.as_bytes(), &source())
    }

    /// The interaction, if any, and the turns of a document that has one.
    pub(super) fn one(text: &str) -> (Option<Interaction>, Vec<Turn>) {
        let batch = read_text("one.json", text);
        assert_eq!((batch.row_count, batch.rejects), (1, Vec::new()));
        assert!(batch.interactions.len() <= 1 && batch.transcripts.len() <= 1);
        let turns = batch.transcripts.into_iter().next().map(|it| it.turns).unwrap_or_default();
        (batch.interactions.into_iter().next(), turns)
    }

    /// All but the one that the user must ask for.
    pub(super) fn told_by_content() -> impl Iterator<Item = &'static Export> {
        EXPORTS.iter().filter(|export| export.format != Format::Conversations)
    }

    #[test]
    fn every_example_is_told_as_what_it_is_and_gives_what_it_has() {
        for export in told_by_content() {
            let document: Value = serde_json::from_str(export.example).unwrap();
            let told: Vec<Format> =
                EXPORTS.iter().filter(|it| (it.tell)(&document).is_some()).map(|it| it.format).collect();
            assert_eq!(told, [export.format]);
            let batch = read_text("example.json", export.example);
            assert_eq!(batch.rejects, [], "{}", export.format.name());
            let turns: usize = batch.transcripts.iter().map(|it| it.turns.len()).sum();
            assert!(turns + batch.interactions.len() > 0, "{}", export.format.name());
        }
    }

    #[test]
    fn documents_one_a_line_and_in_a_list_are_read_as_one_alone_is() {
        for export in told_by_content() {
            let document: Value = serde_json::from_str(export.example).unwrap();
            let alone = read_text("example.json", export.example);
            for (name, text) in [
                ("example.jsonl", format!("{document}\n{document}\n")),
                ("example.json", format!("[{document},\n{document}]")),
            ] {
                let twice = read_text(name, &text);
                assert_eq!(twice.row_count, 2 * alone.row_count, "{}", export.format.name());
                assert_eq!(twice.transcripts[..alone.transcripts.len()], alone.transcripts);
            }
        }
    }

    #[test]
    fn what_is_broken_is_a_reject_with_its_line() {
        let text = format!("[{},\n {{\"Transcript\": 3}},\n 7]", EXPORTS[0].example.trim_end());
        let batch = read_text("example.json", &text);
        let line = EXPORTS[0].example.trim_end().lines().count() as u64;
        let rejected: Vec<u64> = batch.rejects.iter().map(|it| it.line).collect();
        assert_eq!(rejected, [line + 1, line + 2]);
        assert_eq!(batch.transcripts.len(), 1);
    }

    #[test]
    fn turns_without_a_time_stay_where_they_are() {
        let said = |at_seconds, text: &str| Said { at_seconds, text: text.to_string(), ..Said::default() };
        let turns = vec![said(None, "a"), said(Some(2.0), "c"), said(None, "d"), said(Some(1.0), "b")];
        let order: Vec<String> = in_order(turns).into_iter().map(|it| it.text).collect();
        assert_eq!(order, ["a", "b", "c", "d"]);
    }
}
