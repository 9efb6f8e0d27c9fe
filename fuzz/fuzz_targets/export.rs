//! Any bytes, as a file of which nothing is declared but the ending: what other products export as JSON, subtitles, e-mails,
//! plain transcripts, workbooks. Nothing panics, no row is lost, no time is made up, reading again gives the same.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run export fuzz/corpus/export fixtures/exports -- -max_len=16384 -len_control=0`;
//! with `FORMAT=zendesk` before it, all bytes are read as that format. A workbook's archive has sums over its parts that
//! no chance change keeps, so a text that starts with `@ ` is its parts, each after a line `@ xl/workbook.xml`.

#![no_main]

use std::borrow::Cow;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use recontact::config::{Columns, Field, Format, JsonShape, Source, TurnTime};
use recontact_fuzz::{file, read};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// The endings, chosen by the last byte: an ordinary file ends in a line end or a brace, and is JSON.
const ENDINGS: [&str; 8] = ["json", "vtt", "srt", "eml", "mbox", "txt", "xlsx", "ods"];

/// The one format to read.
static FORMAT: LazyLock<Option<Format>> = LazyLock::new(|| {
    let name = std::env::var("FORMAT").ok()?;
    let known = Format::ALL.iter().find(|(_, names, _)| names.contains(&name.as_str()));
    Some(known.expect("a format of `recontact formats`").0)
});

fuzz_target!(|data: &[u8]| {
    let ending = match data.last() {
        Some(&choice @ 0..=7) => ENDINGS[usize::from(choice)],
        _ => ENDINGS[0],
    };
    let bytes = packed(data).map_or(Cow::Borrowed(data), Cow::Owned);
    let path = file(&format!("fuzz.{ending}"), &bytes);
    let mut source = Source { format: *FORMAT, ..Source::of_path(PathBuf::new(), "fuzz".to_string()) };
    if *FORMAT == Some(Format::Conversations) {
        point(&mut source);
    }
    let _ = read(&path, &source);
});

/// Says where everything is in `fixtures/exports/conversations.json`.
fn point(source: &mut Source) {
    let pointer = |text: &str| Some(text.to_string());
    source.json = Some(JsonShape {
        records: pointer("/data/contacts"),
        turns: pointer("/transcript/lines"),
        speaker: pointer("/party/role"),
        text: pointer("/words"),
        at: Some(("/when".to_string(), TurnTime::Moment)),
    });
    for (field, at) in [(Field::InteractionId, "/contact/no"), (Field::StartedAt, "/contact/begin")] {
        let columns = Columns { columns: vec![at.to_string()], format: None, blank: Vec::new() };
        source.fields.insert(field, columns);
    }
}

/// The archive of the parts of a workbook; `None` where the input is no text of parts.
fn packed(data: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(data).ok()?.strip_prefix("@ ")?;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for part in text.split("\n@ ") {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        archive.start_file(name, stored).ok()?;
        archive.write_all(content.as_bytes()).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}
