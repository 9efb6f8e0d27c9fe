//! `recontact store`: what it says of a store, what it finds damaged, what it takes out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use polars::prelude::{ParquetReader, SerReader};
use recontact::store::{Store, forget, key, verify};
use tempfile::tempdir;

use super::generated::{csv, rows, transcripts};
use super::program::Folder;
use super::sources::{Source, commit, reports, sources};

/// A store in which everything is named after the customer C-20431 or their call FT-777 somewhere.
fn named_everywhere() -> Folder {
    let folder = Folder::with(&[
        (
            "march.csv",
            "call_id,customer,opened_at,reason,phone,email,continues,related,outcome\n\
             FT-777,C-20431,2026-03-01 10:00,billing,+371 20431000,anna@bank.org,,,handled\n\
             FT-778,C-99000,2026-03-02 10:00,roaming,+371 29900000,,,FT-777,handled\n\
             FT-779,,2026-03-03 10:00,only Anna of C-20431 has this,+371 20431000,,,,handled\n\
             FT-780,,2026-03-03 11:00,outage,,,FT-777,,handled\n\
             ,C-20431,2026-03-04 10:00,billing,,,,,\n\
             FT-781,C-99001,2026-03-05 10:00,roaming,,,,,C-20431 lost\n",
        ),
        (
            "words.jsonl",
            "{\"interaction_id\": \"FT-777\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"this is the third time I call about it\"}]}\n\
             {\"interaction_id\": \"FT-778\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"this is the third time I call\"}]}\n",
        ),
        ("survey.csv", "call_id,survey_is_first,csat\nFT-777,no,1\nFT-778,yes,5\n"),
        ("chats/FT-777.txt", "Agent: hello\nCustomer: I called you about this last week\n"),
    ]);
    folder.write(
        "recontact.toml",
        "[[source]]\npath = \"survey.csv\"\n[[source]]\npath = \"*.csv\"\n[source.fields]\nparent_id = \"continues\"\nstatus = \"outcome\"\n\
         [[source]]\npath = \"words.jsonl\"\n[[source]]\npath = \"chats\"\n",
    );
    folder.write(
        "april.csv",
        "call_id,customer,opened_at,reason,phone,email,continues,related,outcome\n\
         FT-777,C-20431,2026-03-01 10:00,roaming,+371 20431000,anna@bank.org,,,\n\
         FT-800,C-99000,2026-04-01 10:00,billing,,,,,\n",
    );
    folder
}

/// Everything that a store has on the disk as text: Parquet decoded by another way than the program's, all else as it is.
fn decoded(store: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(store).unwrap() {
        let path = entry.unwrap().path();
        text.push_str(&format!("{}\n", path.file_name().unwrap().to_string_lossy()));
        if path.extension().is_none_or(|extension| extension != "parquet") {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
            continue;
        }
        let frame = ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
        for column in frame.columns() {
            for row in 0..frame.height() {
                text.push_str(&format!("{}\n", column.get(row).unwrap()));
            }
        }
    }
    text
}

/// The traces of the customer and of the three calls: ids, identities, keys, words.
fn traces() -> Vec<String> {
    let ids = ["C-20431", "FT-777", "FT-779", "FT-780", "+37120431000", "anna@bank.org"];
    let mut traces: Vec<String> = ids.iter().map(|id| key(id).to_string()).collect();
    let words =
        ["C-20431", "FT-777", "FT-779", "FT-780", "20431000", "anna@bank.org", "about this last week"];
    traces.extend(words.map(String::from));
    traces
}

#[test]
fn a_forgotten_customer_is_in_no_file_of_the_store() {
    let folder = named_everywhere();
    folder.run("index . --store s --max-rejects 100").ok();
    folder.write("april.csv", folder.read("april.csv").replace("roaming", "outage"));
    folder.run("index . --store s --max-rejects 100").ok();
    let store = folder.path().join("s");
    // Old files that a rebuild or a compaction left would be traces too.
    folder.run("store compact --store s").ok();
    let before = decoded(&store);
    for trace in traces() {
        assert!(before.contains(&trace), "{trace} is not there before");
    }
    let run = folder.run("store forget --customer C-20431 --store s").ok();
    let after = decoded(&store);
    for trace in traces() {
        assert!(!after.contains(&trace), "{trace} is left: {run:?}");
    }
    for kept in ["FT-778", "C-99000", "FT-800", "C-99001"] {
        assert!(after.contains(kept), "{kept} is gone");
    }
    // Three calls of four rows (two versions of FT-777 were compacted to one), the fourth by its number.
    let line = |table: &str| {
        let line = run.stdout.lines().find(|line| line.starts_with(table)).unwrap_or_default();
        line.split_whitespace().skip(1).map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(line("interactions "), ["3", "0", "0", "0"], "{}", run.stdout);
    assert_eq!(line("interaction-texts"), ["3", "0", "0", "0"]);
    assert_eq!(line("surveys"), ["1", "0", "0", "0"]);
    assert_eq!(line("rejects"), ["1", "0", "0", "0"]);
    assert!(run.stderr.contains("`recontact index --rebuild` would bring them back"), "{}", run.stderr);
    assert!(folder.run("store verify --store s").ok().stdout.starts_with("whole: "));
    let report = folder.run("report --store s --format json").json();
    assert_eq!(super::program::step(&report, "contact"), 3);
    // The sources are known still, so the daily run does not bring the customer back.
    folder.run("index . --store s --max-rejects 100").ok();
    assert!(!decoded(&store).contains("C-20431"));
    let refused = folder.run("store forget --customer C-20431 --store s").error();
    assert!(refused.contains("nothing is stored of C-20431"), "{refused}");
}

#[test]
fn what_others_share_with_a_forgotten_customer_is_told_and_left() {
    let folder = Folder::with(&[(
        "a.csv",
        "call_id,customer,opened_at,phone\nA-0001,C-1001,2026-03-01 10:00,+371 20000001\n\
         A-0002,C-1002,2026-03-02 10:00,+371 20000001\nA-0003,C-1003,2026-03-03 10:00,\n",
    )]);
    folder.run("index a.csv --store s").ok();
    let run = folder.run("store forget --customer C-1001 --store s").code(1);
    assert!(run.stderr.contains("shared: 1 rows of other customers (C-1002)"), "{}", run.stderr);
    let run = folder.run("store forget --customer C-1002 --store s").ok();
    assert!(run.stderr.contains("1 interactions forgotten"), "{}", run.stderr);
    assert!(!decoded(&folder.path().join("s")).contains("20000001"));
}

/// The rows that are a customer's, by the rule's words: again and again, until nothing is added.
fn is_theirs(sources: &[Source], customer: &str) -> BTreeSet<String> {
    let all = || sources.iter().flat_map(|source| &source.interactions);
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let (mut phones, mut emails) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..all().count() + 1 {
        for it in all() {
            let has = |known: &BTreeSet<String>, value: &Option<String>| {
                value.as_ref().is_some_and(|value| known.contains(value))
            };
            let is_own = it.customer_id.as_deref() == Some(customer)
                || it.customer_id.is_none() && (has(&phones, &it.phone) || has(&emails, &it.email));
            if is_own {
                phones.extend(it.phone.clone());
                emails.extend(it.email.clone());
            }
            if is_own || has(&ids, &it.parent_id) {
                ids.insert(it.interaction_id.clone());
            }
        }
    }
    ids
}

#[test]
fn forgetting_is_as_if_the_customer_had_never_been_there() {
    for seed in 0..10 {
        let mut random = fastrand::Rng::with_seed(seed);
        let sources = sources(&mut random, &["a", "b", "c"]);
        let theirs = is_theirs(&sources, "C1");
        let without: Vec<Source> = sources
            .iter()
            .cloned()
            .map(|mut source| {
                source.interactions.retain(|it| !theirs.contains(&it.interaction_id));
                source.transcripts.retain(|it| !theirs.contains(&it.interaction_id));
                source.surveys.retain(|it| !theirs.contains(&it.interaction_id));
                source
            })
            .collect();
        let (dir, expected) = (tempdir().unwrap(), tempdir().unwrap());
        for (source, without) in sources.iter().zip(&without) {
            commit(dir.path(), &[source]);
            commit(expected.path(), &[without]);
        }
        let (store, forgotten) = forget(dir.path(), &["C1".to_string()]).unwrap();
        assert_eq!(forgotten.interaction_count, theirs.len() as u64, "seed {seed}");
        assert_eq!(forgotten.left().occurrence_count, 0, "seed {seed}");
        assert!(reports(&store) == reports(&Store::open(expected.path()).unwrap()), "seed {seed}");
        assert_eq!(verify(dir.path()).unwrap().damages, [], "seed {seed}");
    }
}

#[test]
fn status_shows_sources_commits_and_what_does_not_count() {
    let folder = Folder::with(&[
        (
            "a.csv",
            "call_id,customer,opened_at,reason,updated_at\n1,C1,2026-01-01 10:00,billing,2026-01-05\n2,C1,2026-01-02 10:00,billing,\n",
        ),
        (
            "b.csv",
            "call_id,customer,opened_at,reason,updated_at\n1,C1,2026-01-01 10:00,roaming,2026-01-04\n2,C1,2026-01-02 10:00,billing,\n3,C2,2026-01-09 10:00,billing,\n",
        ),
        ("c.csv", "call_id,customer,opened_at,reason,updated_at\n3,C2,2026-01-09 10:00,outage,2026-01-10\n"),
    ]);
    folder.run("index a.csv --store s").ok();
    let run = folder.run("index b.csv --store s").ok();
    assert!(
        run.stderr.contains("1 × exact duplicates") && run.stderr.contains("1 × late rows"),
        "{}",
        run.stderr
    );
    let run = folder.run("index c.csv --store s").ok();
    assert!(run.stderr.contains("1 × corrections"), "{}", run.stderr);
    let text = folder.run("store status --store s").ok().stdout;
    for expected in [
        "s · commit 3 · format 3 ·",
        "3 interactions count, 2026-01-01 to 2026-01-09 (UTC)",
        "do not count: 1 exact duplicates, 1 corrected, 1 late, 0 of removed sources",
        "a.csv",
        "interaction-texts",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let status = folder.run("store status --store s --format json").json();
    assert_eq!(status["replaced"]["correction_count"], 1);
    assert_eq!(status["sources"][1]["name"], "b.csv");
    assert_eq!(status["tables"][0]["dead_count"], 3);
    // A file that has changed says so.
    folder.write("c.csv", "call_id,customer,opened_at,reason\n9,C2,2026-01-09 10:00,outage\n");
    let run = folder.run("index c.csv --store s").ok();
    assert!(
        run.stderr.contains(
            "c.csv was read before, as another file or with another configuration: its earlier rows stay"
        ),
        "{}",
        run.stderr
    );
    let run = folder.run("store remove c.csv --store s").ok();
    assert_eq!(run.stderr.matches("removed c.csv").count(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("1 interactions that they had replaced count again"), "{}", run.stderr);
    let refused = folder.run("store remove d.csv --store s").error();
    assert!(refused.contains("no source is called `d.csv`: did you mean `a.csv`?"), "{refused}");
}

#[test]
fn verify_names_each_damaged_file_and_ends_with_exit_code_2() {
    let rows = rows(9, 300);
    let folder = Folder::new();
    folder.write("log.csv", csv(&rows));
    folder.write("words.jsonl", transcripts(&rows, 9, 30).concat());
    folder.run("index . --store s").ok();
    let whole = folder.run("store verify --store s").ok().stdout;
    let (files, bytes) =
        fs::read_dir(folder.path().join("s")).unwrap().fold((0, 0), |(files, bytes), entry| {
            let entry = entry.unwrap();
            let is_lock = entry.file_name() == "lock";
            (files + u64::from(!is_lock), bytes + entry.metadata().unwrap().len())
        });
    assert_eq!(whole, format!("whole: {files} files, {bytes} bytes\n"));

    let part = folder.path().join("s/000001-turns.parquet");
    let mut damaged = fs::read(&part).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x40;
    fs::write(&part, &damaged).unwrap();
    fs::remove_file(folder.path().join("s/000001-cues.parquet")).unwrap();
    let run = folder.run("store verify --store s").code(2);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines.contains(&"000001-turns.parquet: its bytes are not those that were written"), "{lines:?}");
    assert!(lines.contains(&"000001-cues.parquet: this part of the store is missing"), "{lines:?}");
    assert_eq!(lines.len(), 2);
    assert!(
        run.stderr.contains("2 of ") && run.stderr.contains("restore the folder from a backup"),
        "{}",
        run.stderr
    );
}

#[test]
fn compacting_leaves_one_file_a_table_and_the_next_writer_removes_the_old_ones() {
    let folder = Folder::new();
    for day in 1..=4 {
        let row =
            format!("call_id,customer,opened_at\n{day},C1,2026-01-0{day} 10:00\n1,C1,2026-01-01 10:00\n");
        folder.write(&format!("{day}.csv"), row);
        folder.run(&format!("index {day}.csv --store s")).ok();
    }
    let report = || {
        let mut report = folder.run("report --store s --format json").json();
        report["commit_id"] = 0.into();
        report
    };
    let before = report();
    let run = folder.run("store compact --store s").ok();
    assert!(run.stderr.contains("left out: 4 interactions"), "{}", run.stderr);
    assert_eq!(report(), before);
    assert_eq!(super::program::step(&before, "duplicate_id"), 4);
    folder.write("5.csv", "call_id,customer,opened_at\n5,C1,2026-01-05 10:00\n");
    folder.run("index 5.csv --store s").ok();
    let names: BTreeSet<String> = fs::read_dir(folder.path().join("s"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    let of = |table: &str| names.iter().filter(|name| name.ends_with(table)).cloned().collect::<Vec<_>>();
    assert_eq!(of("-interactions.parquet"), ["000005-interactions.parquet", "000006-interactions.parquet"]);
}
