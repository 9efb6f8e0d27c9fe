//! Any bytes, as a Parquet file: no panic of the decoder is seen, no row is lost, memory is bounded.
//!
//! Seeds are the files of a store: `head -40 fixtures/demo/interactions.csv > /tmp/few.csv`, `recontact index /tmp/few.csv
//! --store /tmp/seeds`, then `TMPDIR=/dev/shm cargo +nightly fuzz run parquet fuzz/corpus/parquet /tmp/seeds --
//! -max_len=16384 -len_control=0 -rss_limit_mb=3000`.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use recontact::config::{Format, Kind, Source};
use recontact_fuzz::{file, read};

fuzz_target!(|data: &[u8]| {
    let mut source = Source::of_path(PathBuf::new(), "fuzz".to_string());
    source.format = Some(Format::Parquet);
    let kinds = [None, Some(Kind::Interactions), Some(Kind::Transcripts), Some(Kind::Surveys)];
    source.kind = kinds[data.len() % 4];
    let _outcome = read(&file("fuzz.parquet", data), &source);
});
