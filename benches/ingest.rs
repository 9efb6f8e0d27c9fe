//! How fast files become interactions and transcripts: CSV and JSON lines, 10 thousand and, when
//! `RECONTACT_BENCH_LARGE` is set, 1 million contacts; beside reading the same JSON lines into untyped values.

#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use divan::counter::BytesCount;
use recontact::{config, ingest};

fn main() {
    divan::main();
}

fn sizes() -> Vec<u64> {
    [10_000].into_iter().chain(std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 1_000_000)).collect()
}

/// Counts of interactions and transcripts read from one generated file.
fn read(bencher: divan::Bencher, count: u64, name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    volume::write_files(count, folder.path()).expect("files are written");
    let config = config::discover(&[folder.path().join(name)]).expect("the file is recognised");
    let files = ingest::files(&config).expect("the file is there");
    bencher.counter(BytesCount::new(files[0].byte_count)).bench(|| {
        let mut rows = 0;
        ingest::read(
            &files[0],
            &config.sources[0],
            &mut |batch| {
                rows += batch.interactions.len().max(batch.transcripts.len()) as u64;
                Ok(())
            },
            &|_| {},
        )
        .expect("the file is read");
        assert_eq!(rows, count);
    });
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn interactions_as_csv(bencher: divan::Bencher, count: u64) {
    read(bencher, count, "interactions.csv");
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn transcripts_as_json_lines(bencher: divan::Bencher, count: u64) {
    read(bencher, count, "transcripts.jsonl");
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn json_lines_as_untyped_values(bencher: divan::Bencher, count: u64) {
    let mut bytes = Vec::new();
    volume::contacts(count).for_each(|c| volume::write_transcript(&c, &mut bytes).expect("memory"));
    bencher.counter(BytesCount::new(bytes.len())).bench(|| {
        let lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        let parsed = lines.filter(|line| serde_json::from_slice::<serde_json::Value>(line).is_ok()).count();
        assert_eq!(parsed as u64, count);
    });
}
