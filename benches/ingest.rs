//! How fast files become interactions and transcripts: CSV and JSON lines, 10 thousand and, when
//! `RECONTACT_BENCH_LARGE` is set, 1 million contacts; beside reading the same JSON lines into untyped values.

#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use divan::counter::BytesCount;
use recontact::{config, ingest};
use volume::Fact;

fn main() {
    divan::main();
}

fn sizes() -> Vec<u64> {
    [10_000].into_iter().chain(std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 1_000_000)).collect()
}

/// Reads one generated file, which must give as many rows and rejects as were planted.
fn read(bencher: divan::Bencher, count: u64, name: &str, rows: Fact, rejects: &[Fact]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let truth = volume::write_files(count, folder.path()).expect("files are written");
    let rejected = rejects.iter().map(|fact| truth.of(*fact)).sum::<u64>();
    let expected = (truth.of(rows) - rejected, rejected);
    let config = config::discover(&[folder.path().join(name)]).expect("the file is recognised");
    let files = ingest::files(&config).expect("the file is there");
    bencher.counter(BytesCount::new(files[0].byte_count)).bench(|| {
        let mut counts = (0, 0);
        ingest::read(
            &files[0],
            &config.sources[0],
            &mut |batch| {
                counts.0 += batch.interactions.len().max(batch.transcripts.len()) as u64;
                counts.1 += batch.rejects.len() as u64;
                Ok(())
            },
            &|_| {},
        )
        .expect("the file is read");
        assert_eq!(counts, expected);
    });
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn interactions_as_csv(bencher: divan::Bencher, count: u64) {
    read(bencher, count, "interactions.csv", Fact::Rows, &[Fact::UnreadableDate, Fact::WithoutId]);
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn transcripts_as_json_lines(bencher: divan::Bencher, count: u64) {
    read(bencher, count, "transcripts.jsonl", Fact::Transcripts, &[Fact::Truncated]);
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn json_lines_as_untyped_values(bencher: divan::Bencher, count: u64) {
    let mut bytes = Vec::new();
    volume::contacts(count).for_each(|c| drop(volume::write_transcript(&c, &mut bytes).expect("memory")));
    bencher.counter(BytesCount::new(bytes.len())).bench(|| {
        let lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        let parsed = lines.filter(|line| serde_json::from_slice::<serde_json::Value>(line).is_ok()).count();
        assert_eq!(parsed as u64, count);
    });
}
