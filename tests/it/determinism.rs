//! The same rows give the same report, byte for byte, however they are given: order, files, compression, format,
//! threads.
//!
//! What may differ is the number of the commit, where rows arrive in several runs. Names of files are not in a
//! report. Counts of *notes* may differ too: what is odd about a file, and not about a row, is said once a file.

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

/// Rows with ties, exact duplicates, corrections (told apart by `updated_at`), customers without id, and rows that
/// cannot be read.
fn untidy_rows(seed: u64) -> Vec<[String; 7]> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut rows = Vec::new();
    for id in 0..600 {
        // Whole hours of two months, so that many of one customer begin in the same second.
        let (day, hour) = (random.u32(0..56), random.u32(8..18));
        let start = format!("2026-{:02}-{:02} {hour:02}:00:00", day / 28 + 1, day % 28 + 1);
        let customer = format!("C{}", random.u32(0..90));
        let reason = ["billing", "outage", "=formula", ""][random.usize(0..4)];
        let channel = ["voice", "chat"][random.usize(0..2)];
        let row = |start: &str, reason: &str, version: u32| {
            [&id.to_string(), &customer, start, "", reason, channel, &format!("2026-03-01 00:00:0{version}")]
                .map(str::to_string)
        };
        rows.push(row(&start, reason, 1));
        match id % 20 {
            0 => rows.push(row(&start, reason, 1)),
            1 => rows.push(row(&start, "moved", 3)),
            2 => rows.push(row("2026-02-02 09:00:00", "late", 0)),
            3 => rows.push(row("2026-02-30 09:00:00", reason, 2)),
            4 => rows.push(["", "C1", &start, "", reason, channel, ""].map(str::to_string)),
            _ => {}
        }
    }
    rows
}

const NAMES: [&str; 7] = ["call_id", "customer", "opened_at", "closed_at", "reason", "channel", "updated_at"];

fn as_csv(rows: &[[String; 7]]) -> String {
    let lines: String = rows.iter().map(|row| format!("{}\n", row.join(","))).collect();
    format!("{}\n{lines}", NAMES.join(","))
}

fn as_json_lines(rows: &[[String; 7]]) -> String {
    let line = |row: &[String; 7]| {
        let object: serde_json::Map<String, serde_json::Value> =
            NAMES.iter().zip(row).map(|(name, value)| (name.to_string(), value.as_str().into())).collect();
        format!("{}\n", serde_json::Value::Object(object))
    };
    rows.iter().map(line).collect()
}

/// What the program says of a store, in every format, but for the number of the commit.
fn everything_said(folder: &Folder, threads: &str) -> String {
    let mut said = String::new();
    for arguments in [
        "report --trend week --by channel --format json",
        "report --trend week --by channel --target 0.99",
        "report --by channel,category --format csv",
        "report --format html",
        "sweep --format json",
        "sweep",
        "windows --by category --format json",
        "flow --format json",
        "flow --by channel",
        "windows",
        "gaps --format json",
        "gaps",
        "explain C7 --json",
        "explain 33",
    ] {
        let mut command = program(folder.path());
        command.args(arguments.split(' ')).args(["--store", "s"]);
        if !threads.is_empty() {
            command.env("RAYON_NUM_THREADS", threads).env("POLARS_MAX_THREADS", threads);
        }
        let mut out = finished(command).ok().stdout;
        if arguments.ends_with("csv") {
            // The last column is the commit.
            out = out.lines().map(|line| format!("{}\n", line.rsplit_once(',').unwrap().0)).collect();
        }
        said.push_str(&format!("{arguments}\n{out}"));
    }
    for commit in 2..=3 {
        said = said.replace(&format!("\"commit_id\":{commit}"), "\"commit_id\":1");
        said = said.replace(&format!("\"commit_id\": {commit}"), "\"commit_id\": 1");
        said = said.replace(&format!("Commit {commit}."), "Commit 1.");
    }
    said
}

#[test]
fn everything_that_is_said_is_the_same_however_the_rows_came() {
    let rows = untidy_rows(11);
    let words = [
        r#"{"interaction_id":"7","language":"en","turns":[{"speaker":"customer","text":"this is the third time I call about it"}]}"#,
        r#"{"interaction_id":"33","language":"en","turns":[{"speaker":"customer","text":"nobody called me back, I already called twice"}]}"#,
        r#"{"interaction_id":"nobody","language":"en","turns":[{"speaker":"customer","text":"hello"}]}"#,
    ];
    let spoken = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let mixed = shuffled(&rows, 5);
    let thirds =
        |rows: &[[String; 7]]| -> Vec<String> { rows.chunks(rows.len() / 3 + 1).map(as_csv).collect() };
    let (parts, mixed_parts) = (thirds(&rows), thirds(&mixed));
    let all_words = spoken(&words);
    // What it is called, the files, the folders of each run, the number of threads.
    type Way<'a> = (&'a str, Vec<(&'a str, String)>, &'a [&'a str], &'a str);
    let ways: [Way<'_>; 7] = [
        ("one file", vec![("log.csv", as_csv(&rows)), ("words.jsonl", all_words.clone())], &["."], ""),
        ("one thread", vec![("log.csv", as_csv(&rows)), ("words.jsonl", all_words.clone())], &["."], "1"),
        (
            "split, words first",
            vec![
                ("b.csv", parts[0].clone()),
                ("c.csv", parts[1].clone()),
                ("d.csv", parts[2].clone()),
                ("a.jsonl", spoken(&words[1..])),
                ("e.jsonl", spoken(&words[..1])),
            ],
            &["."],
            "",
        ),
        (
            "split, renamed",
            vec![
                ("3.csv", parts[0].clone()),
                ("1.csv", parts[1].clone()),
                ("2.csv", parts[2].clone()),
                ("9.jsonl", all_words.clone()),
            ],
            &["."],
            "3",
        ),
        ("shuffled", vec![("log.csv", as_csv(&mixed)), ("words.jsonl", all_words.clone())], &["."], ""),
        (
            "JSON lines",
            vec![("log.jsonl", as_json_lines(&mixed)), ("words.jsonl", all_words.clone())],
            &["."],
            "",
        ),
        (
            "three runs",
            vec![
                ("a/1.csv", mixed_parts[2].clone()),
                ("b/2.csv", mixed_parts[0].clone()),
                ("b/words.jsonl", all_words.clone()),
                ("c/3.csv", mixed_parts[1].clone()),
            ],
            &["a", "b", "c"],
            "",
        ),
    ];
    let mut expected = String::new();
    for (way, files, runs, threads) in ways {
        let folder = Folder::new();
        for (name, content) in files {
            folder.write(&format!("in/{name}"), content);
        }
        for run in runs {
            folder.run(&format!("index in/{run} --store s --max-rejects 100")).ok();
        }
        let found = everything_said(&folder, threads);
        if expected.is_empty() {
            assert!(found.contains("duplicate_id") && found.contains("impossible time"), "{found:.3000}");
            expected = found;
        } else {
            assert_eq!(difference(&expected, &found), None, "{way}");
        }
    }
}
