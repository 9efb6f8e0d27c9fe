//! Any bytes, as a CSV file of which something or nothing is declared: no row is lost, what is refused is said in short
//! words, reading is linear, a compressed file is read as the plain one, and what `init` proposes can be used.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run csv fuzz/corpus/csv fixtures/demo -- -max_len=8192 -len_control=0`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recontact_fuzz::{check_guess, file, given, is_plain, read, row_count};

/// The rows of a file without quotes: its lines after the header that are not empty.
fn rows(bytes: &[u8]) -> u64 {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    });
    let is_no_header = |line: &&[u8]| {
        let text = String::from_utf8_lossy(line);
        text.trim().is_empty() || (line.starts_with(b"sep=") && line.len() == 5)
    };
    let _header = lines.find(|line| !is_no_header(line));
    lines.filter(|line| !line.is_empty()).count() as u64
}

fuzz_target!(|data: &[u8]| {
    let given = given(data);
    let path = file("fuzz.csv", given.bytes);
    let batches = read(&path, &given.source);
    if !is_plain(given.bytes) {
        return;
    }
    if let Ok(batches) = &batches
        && given.source.encoding.is_none()
    {
        if !given.bytes.contains(&b'"') {
            assert_eq!(row_count(batches), rows(given.bytes));
        }
        if given.bytes.len() == data.len() {
            check_guess(&path, batches);
        }
    }
    if let Some(packed) = &given.packed {
        assert_eq!(batches, read(&file("fuzz.csv", packed), &given.source), "compressed");
        let _cut_off = read(&file("fuzz.csv", &packed[..packed.len() / 2]), &given.source);
    }
});
