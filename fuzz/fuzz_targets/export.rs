//! Any bytes, as a file of which nothing is declared but the ending: what other products export as JSON, subtitles, e-mails,
//! plain transcripts, workbooks. Nothing panics, no row is lost, no time is made up, reading again gives the same.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run export fuzz/corpus/export fixtures/exports -- -max_len=16384 -len_control=0`;
//! with `FORMAT=zendesk` before it, all bytes are read as that format.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use recontact::config::{Format, Source};
use recontact_fuzz::{file, read};

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
    let path = file(&format!("fuzz.{ending}"), data);
    let source = Source { format: *FORMAT, ..Source::of_path(PathBuf::new(), "fuzz".to_string()) };
    let _ = read(&path, &source);
});
