//! Broken and hostile input: the run goes on, every lost row is counted, and the words that say so are kept stable.

use super::program::{Folder, Run, number};

const HEADER: &str = "call_id,customer,opened_at,closed_at,reason\n";

/// Eight good rows.
fn good() -> String {
    (1..9).map(|day| row(day, "", "billing")).collect()
}

fn row(day: u32, end: &str, reason: &str) -> String {
    format!("{day},C{day},2026-01-0{day} 10:00:00,{end},{reason}\n")
}

/// What the store says of one file: interactions, rejects as `line reason` and notes as `line what`.
fn indexed(name: &str, bytes: impl AsRef<[u8]>) -> (Folder, u64, Vec<String>) {
    let folder = Folder::new();
    folder.write(name, bytes);
    folder.run(&format!("index {name} --store s --max-rejects 100")).ok();
    let report = folder.run("report --store s --format json").json();
    let mut said = Vec::new();
    for (file, key) in [("s/000001-rejects.jsonl", "reason"), ("s/000001-notes.jsonl", "what")] {
        let Ok(lines) = std::fs::read_to_string(folder.path().join(file)) else { continue };
        for line in lines.lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            said.push(format!("{} {}", entry["line"], entry[key].as_str().unwrap()));
        }
    }
    (folder, number(&report["overall"], "interaction_count"), said)
}

#[test]
fn broken_rows_cost_themselves_alone_and_are_named() {
    let good = good();
    let deep = "[".repeat(200_000);
    let long = "x".repeat(17 << 20);
    let damaged = [
        ("ragged.csv", format!("{HEADER}{good}9,C9\n"), "10 ragged row: 2 fields, the header has 5"),
        (
            "unterminated.csv",
            format!("{HEADER}9,\"C9,2026-01-09 10:00:00,,x\n{good}"),
            "2 unterminated quote: field 2 opens a quote that does not close",
        ),
        (
            "truncated.csv",
            format!("{HEADER}{good}9,C9,2026-01-"),
            "10 truncated last line: 3 fields, the header has 5",
        ),
        (
            "impossible.csv",
            format!("{HEADER}{good}9,C9,2026-02-30 10:00:00,,billing\n"),
            "10 impossible time: `2026-02-30 10:00:00`",
        ),
        ("no-start.csv", format!("{HEADER}{good}9,C9,,,billing\n"), "10 no started_at"),
        ("no-id.csv", format!("{HEADER}{good},C9,2026-01-09 10:00:00,,billing\n"), "10 no interaction_id"),
        (
            "long.csv",
            format!("{HEADER}{good}9,C9,2026-01-09 10:00:00,,{long}\n"),
            "10 line too long: over 16 MiB",
        ),
        (
            "deep.jsonl",
            format!("{}{{\"call_id\":9,\"opened_at\":\"2026-01-09\",\"reason\":{deep}\n", json_rows()),
            "9 bad JSON: ",
        ),
        (
            "deep-turns.jsonl",
            format!("{}{{\"interaction_id\":\"1\",\"turns\":{deep}\n", json_rows()),
            "9 bad JSON: ",
        ),
    ];
    // One run for all of them, because the program takes half a second to start as tests build it.
    let folder = Folder::new();
    for (name, content, _) in &damaged {
        folder.write(name, content);
    }
    folder.run("index . --store s --max-rejects 100").ok();
    let report = folder.run("report --store s --format json").json();
    let count = damaged.len() as u64;
    // The rows of one file have the ids of those of the others.
    assert_eq!(number(&report["overall"], "interaction_count"), 8);
    assert_eq!(super::program::step(&report, "duplicate_id"), 8 * (count - 1));
    let rejects = folder.read("s/000001-rejects.jsonl");
    assert_eq!(rejects.lines().count(), damaged.len(), "{rejects:.2000}");
    for (name, _, expected) in damaged {
        let reject = rejects
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .find(|reject| reject["file"].as_str().unwrap().ends_with(name))
            .unwrap_or_else(|| panic!("no reject of {name}"));
        let said = format!("{} {}", reject["line"], reject["reason"].as_str().unwrap());
        assert!(said.starts_with(expected), "{name}: {said}");
    }
}

fn json_rows() -> String {
    (1..9).map(|day| format!("{{\"call_id\":{day},\"opened_at\":\"2026-01-0{day}T10:00:00Z\"}}\n")).collect()
}

#[test]
fn a_byte_that_is_no_text_is_named_with_its_place() {
    let mut bytes = format!("{HEADER}{}", good()).into_bytes();
    bytes.extend_from_slice(b"9,C9,2026-01-09 10:00:00,,b\xffll\n");
    let (_, interactions, said) = indexed("log.csv", bytes);
    assert_eq!(interactions, 8);
    assert_eq!(said, ["10 bad encoding: byte 28 is not valid UTF-8; set encoding in [[source]]"]);
}

#[test]
fn odd_rows_are_read_and_noted() {
    let odd = format!("{HEADER}{}{}", good(), row(9, "2025-01-01 00:00:00", "billing"));
    let (folder, interactions, said) = indexed("log.csv", odd);
    assert_eq!(interactions, 9);
    assert_eq!(said, ["10 ended before started: the end `2025-01-01 00:00:00` is left out"]);
    let story = folder.run("explain 9 --json --store s").json();
    assert!(story["interaction"]["ended_at"].is_null());
}

#[test]
fn a_duplicate_id_counts_once() {
    let (folder, interactions, said) = indexed("log.csv", format!("{HEADER}{}{}", good(), row(3, "", "tv")));
    assert_eq!((interactions, said.len()), (8, 0));
    let report = folder.run("report --store s --format json").json();
    assert_eq!(super::program::step(&report, "duplicate_id"), 1);
    assert_eq!(super::program::step(&report, "contact"), 8);
}

#[test]
fn empty_files_are_no_fault_and_are_noted() {
    let (folder, interactions, said) = indexed("log.csv", "");
    assert_eq!((interactions, said), (0, vec!["1 empty file: no header and no rows".to_string()]));
    folder.run("report --store s").ok();
    let (folder, interactions, said) = indexed("log.csv", HEADER);
    assert_eq!((interactions, said.len()), (0, 0));
    folder.run("report --store s --format csv").ok();
    let (_, interactions, said) = indexed("log.jsonl", "");
    assert_eq!((interactions, said), (0, vec!["1 empty file: no rows".to_string()]));
}

/// What is no table at all is refused as a whole.
#[test]
fn what_is_no_table_is_refused_with_a_remedy() {
    let noise: Vec<u8> = (0..5000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let rows: [(&str, &[u8], &str); 7] = [
        ("noise.csv", &noise, "is not valid UTF-8: set encoding = "),
        ("zeros.csv", &[0; 5000], "no column is recognised as `interaction_id`; the columns are `"),
        ("list.json", b"[{\"call_id\":1}]\n", "one JSON document, not JSON lines: write one object a line"),
        ("fake.parquet", b"PAR1 and nothing else", "not readable as Parquet: "),
        ("empty.parquet", b"", "not readable as Parquet: "),
        ("fake.csv.gz", b"\x1f\x8bnothing", "damaged"),
        (
            "either.csv",
            b"call_id,opened_at\n1,03/04/2026 10:00\n",
            "time without a format: `03/04/2026 10:00` can be day first or month first: say it in",
        ),
    ];
    for (name, bytes, expected) in rows {
        let folder = Folder::new();
        folder.write(name, bytes);
        let run = folder.run(&format!("analyze {name} --max-rejects 100"));
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains(expected), "{name}: {told}");
    }
}

#[test]
fn every_encoding_reads_right() {
    let encodings = [
        ("", "UTF-8 with a mark: rēķins"),
        ("", "UTF-16 with a mark: rēķins"),
        ("windows-1257", "tīkls"),
        ("windows-1251", "сметка"),
        ("gb18030", "账单"),
        ("big5", "帳單"),
    ];
    let folder = Folder::new();
    let mut toml = String::new();
    for (day, (label, category)) in (1..).zip(encodings) {
        let text = format!("{HEADER}{}", row(day, "", category));
        let bytes = match day {
            1 => [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
            2 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            _ => {
                let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
                encoding.encode(&text).0.into_owned()
            }
        };
        folder.write(&format!("{day}.csv"), bytes);
        toml.push_str(&format!("[[source]]\npath = \"{day}.csv\"\n"));
        if !label.is_empty() {
            toml.push_str(&format!("encoding = \"{label}\"\n"));
        }
    }
    folder.write("recontact.toml", toml);
    let report = folder.run("analyze . --format json").json();
    let mut found: Vec<&str> =
        report["categories"].as_array().unwrap().iter().map(|c| c["category"].as_str().unwrap()).collect();
    found.sort_unstable();
    let mut expected = encodings.map(|(_, category)| category);
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Six days are too short for the window; of the reading nothing is noted.
    let is_of_reading = |note: &&serde_json::Value| note["kind"] != "policy";
    assert_eq!(report["notes"].as_array().unwrap().iter().filter(is_of_reading).count(), 0);
}

/// A log whose values attack whoever looks at the report.
fn attacking(reason: &str) -> Folder {
    let log: String =
        (1..9).map(|day| row(day, "", &format!("\"{}\"", reason.replace('"', "\"\"")))).collect();
    let words = format!(
        "{}\n",
        serde_json::json!({"interaction_id": "1", "turns": [
            {"speaker": "customer", "text": format!("{reason} this is the third time I call {reason}")}]})
    );
    let folder = Folder::new();
    folder.write("log.csv", format!("{HEADER}{log}"));
    folder.write("words.jsonl", words);
    folder.run("index log.csv words.jsonl --store s").ok();
    folder
}

fn is_calm(run: &Run) -> bool {
    let is_calm = |c: char| (c == '\n' || !c.is_control()) && !('\u{202A}'..='\u{202E}').contains(&c);
    run.stdout.chars().all(is_calm) && run.stderr.chars().all(is_calm)
}

#[test]
fn escape_sequences_do_not_reach_the_terminal() {
    let folder = attacking("\u{1b}[31mred\u{1b}]0;title\u{7}\u{202E}\u{9b}2J\0");
    for command in ["report --target 1", "report --by category,customer_id", "explain 1"] {
        let run = folder.run(&format!("{command} --store s")).ok();
        assert!(is_calm(&run), "{command}: {:?} {:?}", run.stdout, run.stderr);
        assert!(run.stdout.contains("[31mred"), "{}", run.stdout);
    }
    // Neither by way of messages: column names, values, file contents.
    folder.write("x.csv", "a\u{1b}[31m\u{202E},b\n1,2\n");
    folder.write("y.jsonl", "{\"call_id\":\"1\",\"opened_at\":\"\\u001b[31m\"}\n");
    folder.write("z.csv", "call_id,opened_at,\u{9b}31m\n1,2026-01-01,\u{9b}2J\n");
    folder.write("e.jsonl", "{\"lang\":\"en\",\"label\":1,\"text\":\"a \\u001b[31m b\"}\n");
    let commands = [
        "index x.csv --store t",
        "index y.jsonl --store t",
        "analyze z.csv --by none",
        "init x.csv",
        "init z.csv",
        "init log.csv",
        "lexicon eval e.jsonl --errors",
        "detect y.jsonl",
    ];
    for command in commands {
        let run = folder.run(command);
        assert!(is_calm(&run), "{command}: {:?} {:?}", run.stdout, run.stderr);
    }
}

#[test]
fn formulas_are_disarmed_in_spreadsheets_and_kept_in_json() {
    let formulas = ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(A1)"];
    let log: String = (1..).zip(formulas).map(|(day, formula)| row(day, "", formula)).collect();
    let folder = Folder::with(&[("log.csv", &format!("{HEADER}{log}"))]);
    folder.run("index log.csv --store s").ok();
    let table = folder.run("report --store s --format csv").ok().stdout;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut cells: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_string()).collect();
    let report = folder.run("report --store s --format json").json();
    let mut names: Vec<String> = report["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["category"].as_str().unwrap().into())
        .collect();
    cells.sort_unstable();
    names.sort_unstable();
    assert_eq!(cells, ["'+1+cmd", "'-2+3", "'=HYPERLINK(1)", "'@SUM(A1)", "(all)"]);
    assert_eq!(names, ["+1+cmd", "-2+3", "=HYPERLINK(1)", "@SUM(A1)"]);
}

#[test]
fn nul_bytes_are_kept_as_they_are() {
    let (folder, interactions, said) =
        indexed("log.csv", format!("{HEADER}{}9,C\0,2026-01-09 10:00:00,,b\0ll\n", good()));
    assert_eq!((interactions, said.len()), (9, 0));
    let story = folder.run("explain 9 --json --store s").json();
    assert_eq!(story["interaction"]["category"], "b\0ll");
}
