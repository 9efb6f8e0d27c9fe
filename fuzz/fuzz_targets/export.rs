//! Any bytes, as a file of which nothing is declared but the ending: what other products export as JSON, subtitles, e-mails,
//! plain transcripts, workbooks. Nothing panics, no row is lost, no time is made up, reading again gives the same.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run export fuzz/corpus/export fixtures/exports -- -max_len=16384 -len_control=0`.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use recontact::config::Source;
use recontact_fuzz::{file, read};

/// The endings, chosen by the last byte: an ordinary file ends in a line end or a brace, and is JSON.
const ENDINGS: [&str; 8] = ["json", "vtt", "srt", "eml", "mbox", "txt", "xlsx", "ods"];

fuzz_target!(|data: &[u8]| {
    let ending = match data.last() {
        Some(&choice @ 0..=7) => ENDINGS[usize::from(choice)],
        _ => ENDINGS[0],
    };
    let path = file(&format!("fuzz.{ending}"), data);
    let _ = read(&path, &Source::of_path(PathBuf::new(), "fuzz".to_string()));
});
