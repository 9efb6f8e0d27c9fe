//! The same rows give the same report, byte for byte, however they are given: order, files, compression, format,
//! threads.
//!
//! What may differ is the number of the commit, where rows arrive in several runs. Names of files are not in a
//! report.

use super::generated::{Row, csv, gzip, json_lines, parquet, rows, transcripts, zstandard};
use super::program::{Folder, finished, program};

/// The report on all files of a folder.
fn report(folder: &Folder, threads: &str) -> String {
    let mut command = program(folder.path());
    command.args(["analyze", ".", "--by", "shop,channel", "--target", "0.99", "--format", "json"]);
    let run = finished(match threads {
        "" => command,
        threads => {
            command.env("RAYON_NUM_THREADS", threads);
            command
        }
    });
    run.ok().stdout
}

fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    fastrand::Rng::with_seed(seed).shuffle(&mut items);
    items
}

fn written(files: Vec<(String, Vec<u8>)>, transcripts: &[Vec<u8>]) -> Folder {
    let folder = Folder::new();
    for (name, bytes) in files {
        folder.write(&name, bytes);
    }
    folder.write("words.jsonl", transcripts.concat());
    folder
}

/// The rows in several files of differing sizes, in an order of names that is not theirs.
fn split(rows: &[Row]) -> Vec<(String, Vec<u8>)> {
    let (first, rest) = rows.split_at(rows.len() / 7);
    let (second, third) = rest.split_at(rest.len() / 2);
    let parts = [("c.csv", first), ("a.csv", second), ("b.csv", third)];
    parts.into_iter().map(|(name, rows)| (name.to_string(), csv(rows))).collect()
}

#[test]
fn the_report_does_not_depend_on_how_the_rows_are_given() {
    for seed in [1, 2026] {
        let rows = rows(seed, 2000);
        let spoken = transcripts(&rows, seed, 50);
        let one = |name: &str, bytes: Vec<u8>| vec![(name.to_string(), bytes)];
        let expected = report(&written(one("log.csv", csv(&rows)), &spoken), "");
        assert!(expected.contains("\"stated_count\"") && expected.contains("\"evidence\""), "{expected}");
        let mixed = shuffled(&rows, seed);
        let ways = match seed {
            1 => vec![
                ("split", split(&mixed)),
                ("gzip", one("log.csv.gz", gzip(&csv(&mixed)))),
                ("Parquet", one("log.parquet", parquet(&rows))),
            ],
            _ => vec![
                ("zstandard", one("log.csv.zst", zstandard(&csv(&rows)))),
                ("JSON lines", one("log.jsonl", json_lines(&mixed))),
                ("Parquet", one("log.parquet", parquet(&mixed))),
            ],
        };
        for (way, files) in ways {
            let found = report(&written(files, &shuffled(&spoken, seed + 1)), "");
            assert_eq!(difference(&expected, &found), None, "{way}, seed {seed}");
        }
    }
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    // More than one batch of rows.
    let rows = rows(7, 11_000);
    let folder = written(vec![("log.csv".to_string(), csv(&rows))], &transcripts(&rows[..4000], 7, 20));
    let expected = report(&folder, "1");
    assert_eq!(difference(&expected, &report(&folder, "2")), None);
}

#[test]
fn rows_that_arrive_later_count_as_if_they_had_been_there() {
    // Without duplicates: of two rows with one id that come in different runs the newer is kept.
    let rows = &rows(3, 1000)[..1000];
    let folder = Folder::new();
    folder.write("b.csv", csv(&rows[400..]));
    folder.run("index b.csv --store s").ok();
    folder.write("a.csv", csv(&rows[..400]));
    folder.run("index a.csv b.csv --store s").ok();
    let found = folder.run("report --store s --format json").ok().stdout;
    let whole = folder.run("analyze a.csv b.csv --format json").ok().stdout;
    assert_eq!(difference(&whole, &found.replace("\"commit_id\": 2", "\"commit_id\": 1")), None);
}

/// The first lines that differ.
fn difference<'a>(a: &'a str, b: &'a str) -> Option<(usize, &'a str, &'a str)> {
    if a == b {
        return None;
    }
    let differing = a.lines().zip(b.lines()).enumerate().find(|(_, (a, b))| a != b);
    Some(differing.map_or((0, "one is longer", ""), |(line, (a, b))| (line + 1, a, b)))
}
