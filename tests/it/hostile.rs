//! Broken and hostile input: the run goes on, every lost row is counted, and the words that say so are kept stable.

use super::generated::{gzip, zstandard};
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
            "2 unterminated quote: field 2 opens a quote that does not close within 1000 lines or 1 MiB",
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
        ("zeros.csv", &[0; 5000], "line 1, the header, has NUL bytes"),
        (
            "list.json",
            b"[{\"call_id\":1}]\n",
            "no column is recognised as `started_at`; the columns are `call_id`",
        ),
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
fn nul_bytes_are_kept_as_they_are() {
    let (folder, interactions, said) =
        indexed("log.csv", format!("{HEADER}{}9,C\0,2026-01-09 10:00:00,,b\0ll\n", good()));
    assert_eq!((interactions, said.len()), (9, 0));
    let story = folder.run("explain 9 --json --store s").json();
    assert_eq!(story["interaction"]["category"], "b\0ll");
}

/// What `index` says of a file that is refused as a whole; nothing is committed.
fn refused(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let folder = Folder::new();
    folder.write(name, bytes);
    let said = folder.run(&format!("index {name} --store s")).error();
    assert!(!folder.path().join("s/manifest.json").exists());
    said
}

#[test]
fn an_archive_that_holds_more_than_any_log_is_refused_with_the_way_out() {
    // 320 MiB of zeros from 11 kB: frames one after the other are one text.
    let mut bomb = zstandard(HEADER.as_bytes());
    bomb.extend(zstandard(&vec![0; 32 << 20]).repeat(10));
    let said = refused("log.csv.zst", &bomb);
    assert!(
        said.contains("holds over 200 times its own bytes: no log is so: if this one is, decompress it"),
        "{said}"
    );
    // Ten times its size is what a log may be, and so is a small one of any shape.
    let (_, interactions, said) =
        indexed("log.csv.gz", gzip(format!("{HEADER}{}", good().repeat(2000)).as_bytes()));
    assert_eq!((interactions, said.len()), (8, 0));
}

#[test]
fn archives_that_are_no_text_or_too_dear_to_open_say_what_they_are() {
    // A frame whose header asks for a window of 2 GiB.
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0];
    let inner = gzip(format!("{HEADER}{}", good()).as_bytes());
    for (name, bytes, expected) in [
        (
            "window.csv.zst",
            window.to_vec(),
            "needs a window of over 128 MiB to decompress: decompress it with zstd",
        ),
        ("twice.csv.gz.gz", gzip(&inner), "gzip within an archive: decompress it once"),
        ("sheet.csv", b"PK\x03\x04\x14\0\x06\0".to_vec(), "not readable as a workbook: "),
        (
            "wide.csv",
            format!("call_id,opened_at{}", ",x".repeat(1_000_000)).into_bytes(),
            "1000002 columns: is this",
        ),
        (
            "unmarked.csv",
            HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "encoding = \"utf-16le\"",
        ),
    ] {
        let said = refused(name, bytes);
        assert!(said.contains(expected), "{name}: {said}");
    }
}

#[test]
fn files_without_a_row_are_no_fault() {
    for bytes in [&b"\xef\xbb\xbf"[..], b"\xff\xfe", &gzip(b"")] {
        let (_, interactions, said) = indexed("log.csv", bytes);
        assert_eq!((interactions, said), (0, vec!["1 empty file: no header and no rows".to_string()]));
    }
}

/// A Parquet file that ends with this footer.
fn with_footer(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

#[test]
fn a_parquet_footer_that_lies_is_told_and_never_believed() {
    // Thrift's compact protocol: version 1, then the schema, a list of structures.
    let schema = |count: &[u8], elements: &[u8], after: &[u8]| {
        with_footer(&[&[0x15, 2, 0x19, 0xFC], count, elements, after].concat())
    };
    // Field 4 the name "x", field 5 one child; a text column.
    let parent = [0x48, 1, b'x', 0x15, 2, 0];
    let text = [0x15, 12, 0x25, 0, 0x18, 1, b'x', 0];
    // 10,001 children (zigzag 20,002); no rows, no row groups.
    let wide = [&[0x48, 1, b'x', 0x15, 0xA2, 0x9C, 0x01, 0][..], &text.repeat(10_001)].concat();
    let ends = [0x16, 0, 0x19, 0x0C, 0];
    let mut cut = schema(&[2], &[&parent[..], &text].concat(), &ends);
    cut.truncate(20);
    let beyond = [b"PAR1", &[0xFF, 0xFF, 0xFF, 0x7F], &b"PAR1"[..]].concat();
    for (what, bytes, expected) in [
        ("cut", cut, "not readable as Parquet: the end of the file is missing: write the file again"),
        ("longer than the file", beyond, "the footer would be longer than the file"),
        (
            "two thousand million columns",
            schema(&[0xFF, 0xFF, 0xFF, 0xFF, 7], &[0; 20], &[]),
            "the footer claims more than can be",
        ),
        (
            "nested",
            schema(&[0xA0, 0x8D, 0x06], &parent.repeat(100_000), &ends),
            "columns are nested over 64 deep",
        ),
        ("wide", schema(&[0x92, 0x4E], &wide, &ends), "10001 columns: is this a table?"),
    ] {
        let said = refused("log.parquet", bytes);
        assert!(said.contains(expected), "{what}: {said}");
    }
}

#[test]
fn keys_beyond_the_bound_are_noted_row_by_row_and_the_rows_are_read() {
    let many: String = (0..3000).map(|at| format!(",\"k{at}\":1")).collect();
    let long = "x".repeat(1 << 20);
    let rows = format!(
        "{}{{\"call_id\":9,\"turns\":\"{long}\"}}\n{{\"call_id\":10,\"opened_at\":\"2026-01-09\"{many}}}\n",
        json_rows()
    );
    let (_, interactions, said) = indexed("log.jsonl", rows);
    assert_eq!(interactions, 9);
    // One is of the text that stands where turns should: its reason does not repeat it.
    let about_keys = "10 too many keys: of over 2000 in this file `k1997` and others are not read";
    assert!(said.iter().any(|said| said == about_keys), "{said:.300?}");
    assert!(
        said.iter().any(|said| said.starts_with("9 bad JSON: invalid type") && said.len() < 300),
        "{said:.300?}"
    );
}

#[test]
fn times_outside_the_calendar_are_refused_by_name() {
    let (range, unreadable) = ("time out of range", "unreadable time");
    let times = [
        ("9999-12-31 23:59:59", range),
        ("0000-01-01", range),
        ("0001-01-01", range),
        ("-0001-01-01", unreadable),
        ("1899-12-31T23:59:59Z", range),
        ("2201-01-01T00:00:00Z", range),
        ("-1", unreadable),
        ("0", unreadable),
        ("99999999999", range),
        ("9999999999999", range),
        ("9999999999999999", range),
        ("9223372036854775807", unreadable),
        ("18446744073709551616", unreadable),
        ("1e300", unreadable),
        ("2026-01-01T24:00:00Z", "impossible time"),
        ("2026-01-01T10:00:00+99:00", unreadable),
    ];
    let log: String =
        times.iter().zip(100..).map(|((time, _), id)| format!("{id},C1,{time},{time},x\n")).collect();
    let (_, interactions, said) = indexed("log.csv", format!("{HEADER}{}{log}", good()));
    assert_eq!((interactions, said.len()), (8, times.len()));
    for ((time, reason), said) in times.iter().zip(said) {
        assert!(said.contains(&format!(" {reason}: `{time}`")), "{time}: {said}");
    }
}

#[test]
fn three_hundred_years_between_two_contacts_take_no_room() {
    let log = "1,C1,1900-01-01T00:00:00Z,1900-01-01T00:00:00Z,x\n2,C1,1970-01-01T00:00:00Z,2200-12-31T23:59:59Z,x\n\
               3,C1,2200-12-31T23:59:59Z,,x\n";
    let (folder, interactions, _) = indexed("log.csv", format!("{HEADER}{log}"));
    assert_eq!(interactions, 3);
    // The longest trend that is kept: 1,200 periods.
    let report = folder.run("report --trend day --format json --store s").json();
    assert!(report["trend"][0]["periods"].as_array().is_none_or(|periods| periods.len() <= 1_200));
    for command in
        ["report --trend week", "report --window 36500d", "sweep", "windows", "flow", "gaps", "explain C1"]
    {
        folder.run(&format!("{command} --store s")).ok();
    }
}

/// Were the contacts of a customer compared each with each, this would take minutes.
#[test]
fn a_customer_with_very_many_contacts_is_linked_in_one_go() {
    const COUNT: u64 = 30_000;
    let folder = Folder::new();
    let of = |name: &str, second: fn(u64) -> u64| {
        let row = |id: u64| {
            let at = second(id);
            format!("{name}{id},{name},2026-01-01 {:02}:{:02}:{:02},,x\n", at / 3600, at / 60 % 60, at % 60)
        };
        (0..COUNT).map(row).collect::<String>()
    };
    folder.write("log.csv", format!("{HEADER}{}{}", of("A", |_| 0), of("B", |id| id)));
    folder.run("index log.csv --store s").ok();
    let report = folder.run("report --format json --store s").json();
    assert_eq!(number(&report["overall"], "repeat_count"), 2 * (COUNT - 1));
    for command in ["sweep", "windows", "flow", "gaps", "explain A7"] {
        folder.run(&format!("{command} --store s")).ok();
    }
    let story = folder.run("explain B --store s").ok().stdout;
    let first =
        "Customer B · 30000 interactions\nThe latest 1000 are told; for the 29000 before them, use --json.\n";
    assert!(story.starts_with(first), "{story:.100}");
    assert!(story.contains(" B29000 ") && story.contains(" B29999 ") && !story.contains(" B28999 "));
    let near = folder.run("explain B20000 --store s").ok().stdout;
    assert!(near.contains("The nearest 1000 of 30000"), "{near:.500}");
    assert!(near.contains("→ 2026-01-01T05:33:20+00:00") && near.lines().count() < 1020, "{near:.500}");
}

#[test]
fn a_column_of_ids_is_no_grouping_for_a_report() {
    let log: String = (0..262_145).map(|id| format!("{id},C1,2026-01-01,,reason {id}\n")).collect();
    let folder = Folder::with(&[("log.csv", &format!("{HEADER}{log}"))]);
    folder.run("index log.csv --store s").ok();
    for command in ["report", "windows --by customer_id,category"] {
        let said = folder.run(&format!("{command} --store s")).error();
        assert!(said.contains("262145 different values of"), "{said}");
        assert!(said.contains("at most 262144 groups can be counted"), "{said}");
    }
}

#[test]
fn names_as_long_as_books_are_cut_where_people_read_them() {
    let (long, id) = ("c".repeat(2 << 20), "i".repeat(1 << 20));
    let folder = Folder::with(&[("log.csv", &format!("{HEADER}1,{id},2026-01-01,,{long}\n"))]);
    folder.run("index log.csv --store s").ok();
    for command in [
        "report",
        "report --by customer_id",
        "sweep",
        "windows",
        "flow",
        "flow --by customer_id",
        "gaps",
        "explain 1",
    ] {
        let told = folder.run(&format!("{command} --store s")).ok().stdout;
        assert!(told.len() < 20_000, "{command}: {}", told.len());
    }
    let story = folder.run("explain 1 --json --store s").json();
    assert_eq!(story["interaction"]["customer_id"].as_str(), Some(id.as_str()));
}

#[test]
fn one_run_reads_thousands_of_files_and_says_first_which_it_cannot() {
    let folder = Folder::new();
    for id in 0..2000 {
        folder.write(&format!("in/{id:04}.csv"), format!("{HEADER}{id},C{},2026-01-01,,x\n", id % 7));
    }
    let said = folder.run("index in --store s").ok().stderr;
    assert!(said.contains("read 2000 files") && said.contains("2,000 interactions"), "{said}");
    let said = folder.run("index in/*.csv in/**/*.csv --store s").ok().stderr;
    assert!(said.contains("(2000 known already)"), "{said}");
    for name in ["in/x.json", "in/y/z.jsonl"] {
        folder.write(name, "[{\"call_id\":1}]\n");
    }
    let said = folder.run("index in --store t").error();
    assert!(said.contains("in/x.json: no column is recognised as `started_at`"), "{said}");
    assert!(!folder.path().join("t").exists(), "nothing was begun");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_links_that_lead_back_do_not_hold_up_a_run() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with(&[("in/log.csv", &format!("{HEADER}{}", good())), ("in/sub/.keep", "")]);
    for (target, link) in [(".", "in/a"), ("..", "in/sub/up"), ("../in", "in/b"), (".", "in/sub/c")] {
        symlink(target, folder.path().join(link)).unwrap();
    }
    folder.run("index in in/**/*.csv --store s").ok();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(folder.path().join("in/pipe.csv"))
            .status()
            .unwrap()
            .success()
    );
    for path in ["in", "in/*.csv", "in/**/*.csv", "in/pipe.csv", "/dev/zero"] {
        let said = folder.run(&format!("index {path} --store s")).error();
        assert!(
            said.ends_with(": a pipe or a device, no file: save what it gives as a file"),
            "{path}: {said}"
        );
    }
    for command in
        ["init /dev/zero", "report -c /dev/zero --store s", "lexicon check /dev/zero", "detect /dev/zero"]
    {
        folder.run(command).error();
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_do_not_reach_the_terminal_as_they_are() {
    let folder = Folder::new();
    for name in ["a\nerror: b.csv", "\u{1b}[31mred\u{1b}]0;t\u{7}.csv", "a\u{202E}vsc.csv"] {
        folder.write(&format!("in/{name}"), format!("{HEADER}{}bad\n", row(1, "", name)));
    }
    let store = "s\u{1b}[31m";
    for command in ["index in --max-rejects 100", "store status", "report", "store verify", "store remove x"]
    {
        let run = folder.run(&format!("{command} --store {store}"));
        assert!(is_calm(&run), "{command}: {:?} {:?}", run.stdout, run.stderr);
        assert!(!run.stderr.lines().any(|line| line.starts_with("error: b")), "{command}: {:?}", run.stderr);
    }
}
