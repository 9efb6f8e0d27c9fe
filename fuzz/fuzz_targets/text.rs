//! Any bytes, as a transcript that somebody typed: one transcript, whose turns have every word of the lines that could be
//! read, in their order.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run text fuzz/corpus/text fixtures/demo/chats -- -max_len=8192 -len_control=0`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recontact::config::Format;
use recontact_fuzz::{file, given, is_plain, read, row_count};

fuzz_target!(|data: &[u8]| {
    let mut given = given(data);
    given.source.format = Some(Format::PlainText);
    // What a row is is not asked of a format that has none.
    given.source.kind = None;
    let batches = match read(&file("C-1.txt", given.bytes), &given.source) {
        Ok(batches) => batches,
        Err(why) => {
            assert!(!is_plain(given.bytes), "text is read whatever it is, unless it is compressed: {why}");
            return;
        }
    };
    let transcripts: Vec<_> = batches.iter().flat_map(|batch| &batch.transcripts).collect();
    let reject_count: usize = batches.iter().map(|batch| batch.rejects.len()).sum();
    assert_eq!((transcripts.len(), row_count(&batches)), (1, 1 + reject_count as u64));
    assert_eq!(transcripts[0].interaction_id, "C-1");
    if !is_plain(given.bytes) || given.source.encoding.is_some() {
        return;
    }
    let said: String = transcripts[0].turns.iter().map(|turn| format!("{}\n", turn.text)).collect();
    let mut rest = said.as_str();
    for line in given.bytes.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok()) {
        // After a label there is a colon.
        let word = line.rsplit([':', '：']).next().unwrap_or_default().trim();
        let at = rest.find(word).unwrap_or_else(|| panic!("`{word}` is lost"));
        rest = &rest[at + word.len()..];
    }
});
