//! Any bytes, as JSON lines of which something or nothing is declared: every line that is not blank is a row, what is no
//! JSON object is refused, reading is linear, and what `init` proposes can be used.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run jsonl fuzz/corpus/jsonl fixtures/demo fixtures/labelled -- -max_len=8192
//! -len_control=0`.

#![no_main]

use std::collections::{BTreeSet, HashMap};

use libfuzzer_sys::fuzz_target;
use recontact::config::Format;
use recontact_fuzz::{check_guess, file, given, is_plain, read, row_count};
use serde_json::value::RawValue;

fuzz_target!(|data: &[u8]| {
    let mut given = given(data);
    // What other products export, and documents over several lines, are for the target `export`.
    given.source.format = Some(Format::JsonLines);
    let start = given.bytes.trim_ascii_start();
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    if start.starts_with(b"[") || matches!(first.last(), Some(b'{' | b'[' | b',' | b':')) {
        return;
    }
    let path = file("fuzz.jsonl", given.bytes);
    let batches = read(&path, &given.source);
    let Ok(batches) = &batches else { return };
    if !is_plain(given.bytes) || given.source.encoding.is_some() {
        return;
    }
    let refused: BTreeSet<u64> =
        batches.iter().flat_map(|batch| &batch.rejects).map(|reject| reject.line).collect();
    let mut count = 0;
    for (line, text) in (1..).zip(given.bytes.split(|byte| *byte == b'\n')) {
        if std::str::from_utf8(text).is_ok() && text.trim_ascii().is_empty() {
            continue;
        }
        count += 1;
        if serde_json::from_slice::<HashMap<String, &RawValue>>(text).is_err() {
            assert!(refused.contains(&line), "line {line} is no object");
        }
    }
    assert_eq!(row_count(batches), count);
    if given.bytes.len() == data.len() {
        check_guess(&path, batches);
    }
});
