//! Every command in its normal use, and what it says when it is used wrongly.
//!
//! Data goes to stdout and everything else to stderr; exit code 0, 1 (a category fails under `--fail-below`) or 2.

use std::process::Stdio;

use serde_json::Value;

use super::generated::gzip;
use super::program::{Folder, Run, demo, demo_store, number, program, run_in, step};

/// Two contacts of one customer, a day apart.
const LOG: &str = "call_id,customer,opened_at,reason,shop\n\
                   1,C1,2026-01-01 10:00:00,billing,Riga\n\
                   2,C1,2026-01-02 10:00:00,billing,Riga\n";

fn log() -> Folder {
    Folder::with(&[("log.csv", LOG)])
}

/// A command on the demo's store.
fn on_demo(arguments: &str) -> Run {
    Folder::new().run(&format!("{arguments} --store {}", demo_store()))
}

#[test]
fn analyze_reports_and_leaves_nothing_behind() {
    let folder = log();
    let run = folder.run("analyze log.csv").ok();
    assert!(run.stdout.starts_with("First-contact resolution, 2026-01-01 to 2026-01-02."), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["log.csv"]);
}

#[test]
fn analyze_keeps_a_store_that_is_named() {
    let folder = log();
    let run = folder.run("analyze log.csv --store kept --format json").ok();
    assert!(run.stderr.starts_with("read 1 file,"), "{}", run.stderr);
    let again = folder.run("report --store kept --format json").ok();
    assert_eq!(again.stdout, run.stdout);
    assert_eq!(again.stderr, "");
}

#[test]
fn index_then_report_is_analyze() {
    let folder = log();
    let indexed = folder.run("index log.csv").ok();
    assert_eq!(indexed.stdout, "");
    assert!(
        indexed.stderr.contains("2 interactions, 0 transcripts, 0 cues, 0 rejects"),
        "{}",
        indexed.stderr
    );
    assert!(indexed.stderr.ends_with("next: recontact report\n"), "{}", indexed.stderr);
    let reported = folder.run("report --format json").ok().stdout;
    assert_eq!(reported, folder.run("analyze log.csv --format json").ok().stdout);
}

#[test]
fn the_table_fits_eighty_columns_and_says_first_what_fails() {
    let table = on_demo("report").ok().stdout;
    for line in table.lines() {
        // Chinese characters are two columns wide, quotes are not cut into words there: 80 characters are the bound.
        assert!(line.chars().count() <= 80, "{line}");
    }
    let fails = "3 of 8 categories fail the target of 70.0 %: Billing (55.5 %), Internet outage";
    assert!(table.lines().take(6).any(|line| line == fails), "{table}");
    let place = |category: &str| table.lines().position(|line| line.starts_with(category)).unwrap();
    assert!(place("Billing") < place("Roaming") && place("Technician") < place("TV"), "{table}");
}

#[test]
fn the_formats_carry_the_same_numbers() {
    let folder = Folder::new();
    let json = on_demo("report --format json").json();
    let wrote = folder.run(&format!("report --store {} -o fcr.csv", demo_store())).ok();
    assert_eq!((wrote.stdout.as_str(), wrote.stderr.as_str()), ("", "wrote fcr.csv\n"));
    let table = folder.read("fcr.csv");
    assert_eq!(table, on_demo("report --format csv").ok().stdout);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let entries = json["categories"].as_array().unwrap();
    assert_eq!(rows.len(), entries.len() + 1);
    for (row, entry) in rows.iter().zip(entries) {
        for (name, cell) in header.iter().zip(row) {
            let value = name.split('.').fold(entry, |object, key| &object[key]);
            let value = if name == "commit_id" { &json[name] } else { value };
            match value {
                Value::Null if name == "category" => assert_eq!(cell, "(none)"),
                Value::Null => assert_eq!(cell, "", "{name} of {row:?}"),
                Value::String(text) => assert_eq!(cell, text),
                Value::Bool(flag) => assert_eq!(cell, flag.to_string()),
                // Not as texts: serde_json may read a number one last bit off.
                number => assert!((cell.parse::<f64>().unwrap() - number.as_f64().unwrap()).abs() < 1e-12),
            }
        }
    }
    assert_eq!(&rows[entries.len()][0], "(all)");
}

#[test]
fn by_groups_by_one_or_two_dimensions_that_sum_up() {
    for by in ["channel", "plan", "language,channel", "status", "agent_id"] {
        let report = on_demo(&format!("report --format json --by {by}")).json();
        let groups = report["groups"].as_array().unwrap();
        assert!(groups.len() > 1, "{by}");
        for name in ["interaction_count", "contact_count", "repeat_count", "eligible_count", "resolved_count"]
        {
            let sum: u64 = groups.iter().map(|group| number(group, name)).sum();
            assert_eq!(sum, number(&report["overall"], name), "{name} by {by}");
        }
    }
    let none = on_demo("report --by shop").error();
    assert!(none.contains("no field `shop`: ") && none.contains(" plan"), "{none}");
    let many = on_demo("report --by channel,language,plan").error();
    assert!(many.ends_with("3 dimensions to group by: name one or two: --by channel,language"), "{many}");
}

#[test]
fn the_policy_can_be_changed_without_reading_again() {
    let folder = log();
    folder.run("index log.csv").ok();
    let repeats = |arguments: &str| {
        let report = folder.run(&format!("report --format json {arguments}")).json();
        number(&report["overall"], "repeat_count")
    };
    assert_eq!(repeats(""), 1);
    assert_eq!(repeats("--window 24h"), 1, "the edge of the window is within it");
    assert_eq!(repeats("--window 23h"), 0);
    folder.write("own.toml", "[policy]\nwindow = \"1h\"\n");
    assert_eq!(repeats("-c own.toml"), 0);
    assert_eq!(repeats("-c own.toml --window 2d"), 1, "the command line comes last");
    let report = folder.run("report --format json -c own.toml --target 0.5 --clock start --same any").json();
    let policy = &report["policy"];
    assert_eq!((&policy["window"], &policy["target"]), (&Value::from("1h"), &Value::from(0.5)));
    assert_eq!((&policy["clock"], &policy["same"]), (&Value::from("start"), &Value::from("any")));
}

#[test]
fn fail_below_ends_with_one_when_a_category_is_surely_below() {
    // Technician visit: 54 of 108, 95 % interval 40.7 to 59.3 %.
    let failed = on_demo("report --fail-below 0.6 --format csv").code(1);
    let fine = on_demo("report --fail-below 0.59 --format csv").ok();
    assert_eq!(failed.stdout, fine.stdout);
    let folder = Folder::new();
    folder.run(&format!("analyze {} --fail-below 0.6", demo())).code(1);
}

#[test]
fn too_many_rejects_end_with_two_after_everything_is_written() {
    let folder = log();
    folder.write("log.csv", format!("{LOG}3,C1,2026-01-32 10:00:00,billing,Riga\n"));
    let run = folder.run("index log.csv").code(2);
    let told = "33.3 % of the rows could not be read, more than 5 %: see the reasons";
    assert!(
        run.stderr.contains(told) && run.stderr.contains("1 × reject: impossible time"),
        "{}",
        run.stderr
    );
    let report = folder.run("report --format json").json();
    assert_eq!((step(&report, "rejected"), step(&report, "contact")), (1, 2));
    let rejects = folder.read(".recontact/000001-rejects.jsonl");
    let reject: Value = serde_json::from_str(&rejects).unwrap();
    assert_eq!((&reject["file"], &reject["line"]), (&Value::from("log.csv"), &Value::from(4)));
    assert_eq!(reject["raw"], "3,C1,2026-01-32 10:00:00,billing,Riga");

    let run = folder.run("analyze log.csv --format json -o report.json").code(2);
    assert!(run.stderr.contains("33.3 % of the rows"), "{}", run.stderr);
    assert!(folder.read("report.json").contains("\"contact_count\": 2"));
    folder.run("analyze log.csv --max-rejects 34").ok();
}

#[test]
fn explain_tells_the_story_of_a_contact() {
    let folder = log();
    folder.run("index log.csv").ok();
    let story = folder.run("explain 2").ok().stdout;
    assert!(story.contains("It is a repeat: it began 1d after 1, within the window of 7d."), "{story}");
    assert!(story.contains("→ 2026-01-02T10:00:00+00:00  2 "), "{story}");
    let json = folder.run("explain 2 --json").json();
    assert_eq!(json["interaction"]["extra"], serde_json::json!([["shop", "Riga"]]));
    let unknown = folder.run("explain 3").error();
    assert_eq!(
        unknown,
        ".recontact: there is no interaction or customer `3`: see the ids in your source files"
    );
}

#[test]
fn detect_answers_line_by_line_in_order() {
    let folder = Folder::new();
    let input = "{\"id\": 7, \"text\": \"this is the third time I call\"}\n\n\
                 {\"id\": {\"a\": [1]}, \"text\": \"good morning\", \"lang\": \"en\", \"speaker\": \"customer\"}\n\
                 {\"text\": \"这是我第二次来电了\"}\n\
                 {\"id\": \"x\", \"text\": \"this is the third time I call\", \"speaker\": \"agent\"}";
    let run = folder.run_with("detect", input).ok();
    let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 4, "{}", run.stdout);
    let cue = &answers[0]["cues"][0];
    assert_eq!((&answers[0]["id"], &cue["kind"]), (&Value::from(7), &Value::from("repeat")));
    assert_eq!((&cue["text"], &cue["stated_contacts"]), (&Value::from("third time I call"), &Value::from(3)));
    assert_eq!((&cue["start"], &cue["end"]), (&Value::from(12), &Value::from(29)));
    assert_eq!(answers[1], serde_json::json!({"id": {"a": [1]}, "cues": []}));
    assert_eq!(
        (&answers[2]["id"], &answers[2]["cues"][0]["stated_contacts"]),
        (&Value::Null, &Value::from(2))
    );
    assert_eq!(answers[3]["cues"], serde_json::json!([]), "customers' rules do not hold for agents");
    assert_eq!(run.stderr, "");
}

#[test]
fn detect_names_the_line_that_it_cannot_read() {
    let folder = Folder::with(&[("in.jsonl", "{\"id\":1,\"text\":\"a\"}\n{\"id\":2}\n")]);
    let error = folder.run("detect in.jsonl").error();
    assert!(
        error.starts_with("in.jsonl:2: each line must be {\"id\": …, \"text\": \"…\"}: missing field"),
        "{error}"
    );
    let error = folder.run("detect none.jsonl").error();
    assert!(error.starts_with("none.jsonl: No such file"), "{error}");
}

/// A lexicon of one rule.
const RULES: &str = "language = \"en\"\n\n[[rule]]\nid = \"again\"\nkind = \"repeat\"\n\
                     about = \"tries again\"\nphrases = [\"knock knock\"]\n\
                     examples = [\"well >>knock knock<<\", \">>knock knock<< again\"]\nnon_examples = [\"knock\"]\n";

#[test]
fn lexicon_list_check_and_eval_look_at_the_rules() {
    let folder = Folder::with(&[(
        "labelled.jsonl",
        "{\"lang\":\"en\",\"label\":1,\"text\":\"this is the third time I call\",\"stated_contacts\":3}\n\
         {\"lang\":\"en\",\"label\":0,\"text\":\"good morning\"}\n\
         {\"lang\":\"en\",\"label\":1,\"text\":\"my router is black\"}\n",
    )]);
    let list = folder.run("lexicon list --language lv").ok().stdout;
    assert!(!list.is_empty() && list.lines().all(|line| line.starts_with("lv ")), "{list}");

    let check = folder.run("lexicon check").ok();
    assert_eq!(check.stdout, "");
    assert!(check.stderr.ends_with(" examples, 0 faults\n"), "{}", check.stderr);

    let eval = folder.run("lexicon eval labelled.jsonl --errors").ok().stdout;
    let lines: Vec<&str> = eval.lines().collect();
    // One of two found and nothing else: precision 1, recall 1/2, F1 2/3.
    assert_eq!(lines[0], "labelled.jsonl");
    // Wilson: 1 of 1 is 0.207 to 1, 1 of 2 is 0.095 to 0.905; two of three are right.
    let cells: Vec<&str> = lines[2].split_whitespace().collect();
    let expected = ["en", "3", "1.000", "0.207–1.000", "0.500", "0.095–0.905", "0.667", "0.667", "1/1"];
    assert_eq!(cells, expected);
    let miss = lines.last().unwrap();
    assert!(miss.starts_with("miss   en ") && miss.ends_with("my router is black"), "{eval}");

    let error = folder.run("lexicon check none.toml").error();
    assert_eq!(error, "none.toml: No such file or directory (os error 2)");
    folder.write("bad.jsonl", "{\"lang\":\"en\"}\n");
    let error = folder.run("lexicon eval bad.jsonl").error();
    assert!(error.starts_with("bad.jsonl:1: "), "{error}");
}

#[test]
fn what_is_missing_is_said_with_the_remedy() {
    let folder = log();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    folder.write("other.csv", "foo,bar\n1,2\n");
    let rows = [
        ("analyze none.csv", "none.csv: no such file or folder: check the path"),
        ("index none.csv", "none.csv: no such file or folder: check the path"),
        ("analyze empty", "empty: no data file in this folder: data files end in csv, tsv,"),
        ("analyze x*.csv", "x*.csv: no file matches: check the pattern"),
        (
            "analyze other.csv",
            "other.csv: no column is recognised as `interaction_id`; the columns are `foo`, `bar`: name it in",
        ),
        ("report", ".recontact: there is no store here: run `recontact index PATH…` first"),
        ("explain 1 --store s", "s: there is no store here: run `recontact index PATH…` first"),
        ("report -c none.toml --store DEMO", "none.toml: No such file or directory (os error 2)"),
        ("analyze log.csv --by shop,categry", "no field `categry`: did you mean `category`?"),
        ("analyze log.csv -o no/such/folder.csv", "no/such/folder.csv: No such file or directory"),
        ("index log.csv --store log.csv", "log.csv: "),
    ];
    for (arguments, expected) in rows {
        let run = folder.run(&arguments.replace("DEMO", demo_store()));
        assert_eq!(run.stdout, "", "{arguments}");
        let message = run.error();
        assert!(message.contains(expected), "{arguments}: {message}");
    }
    assert!(!folder.path().join("none.csv").exists());
}

#[test]
fn bad_arguments_are_refused_before_anything_is_read() {
    let folder = Folder::new();
    let rows = [
        ("analyze x --target 70", "write a rate from 0 to 1, such as 0.7"),
        ("analyze x --window seven", "write a whole number and s, m, h, d or w, such as `36h` or `7d`"),
        ("analyze x --clock middle", "possible values: start, end"),
        ("analyze x --format xml", "possible values: terminal, csv, json"),
        ("analyze", "required arguments were not provided"),
        ("reprot", "unrecognized subcommand 'reprot'"),
        ("report --windw 7d", "a similar argument exists: '--window'"),
    ];
    for (arguments, expected) in rows {
        let run = folder.run(arguments).code(2);
        assert!(run.stdout.is_empty() && run.stderr.contains(expected), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn a_user_s_lexicon_counts_beside_the_built_in_one() {
    let words =
        "{\"interaction_id\":\"2\",\"turns\":[{\"speaker\":\"customer\",\"text\":\"knock knock\"}]}\n";
    let folder = Folder::with(&[("log.csv", LOG), ("words.jsonl", words), ("rules.toml", RULES)]);
    let stated = |arguments: &str| {
        let report = folder.run(&format!("analyze log.csv words.jsonl --format json {arguments}")).json();
        number(&report["overall"], "stated_count")
    };
    assert_eq!((stated(""), stated("--lexicon rules.toml")), (0, 1));
    folder.run("lexicon check --alone rules.toml").ok();
    folder.write("rules.toml", RULES.replace("[\"knock\"]", "[\"knock knock\"]"));
    let run = folder.run("lexicon check --alone rules.toml").code(2);
    assert!(run.stderr.contains("rules.toml:") && run.stderr.contains("1 faults"), "{}", run.stderr);
}

#[test]
fn a_store_is_not_added_to_by_other_rules() {
    let folder = Folder::with(&[("log.csv", LOG), ("rules.toml", RULES)]);
    folder.run("index log.csv").ok();
    let error = folder.run("index log.csv --lexicon rules.toml").error();
    assert!(
        error.starts_with(".recontact: the lexicons have changed since this store was filled: run"),
        "{error}"
    );
    folder.run("index log.csv --lexicon rules.toml --rebuild").ok();
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let store = demo_store();
    let folder = log();
    let commands: [&[&str]; 6] = [
        &["report", "--store", store],
        &["report", "--store", store, "--format", "json"],
        &["explain", "FT-104217", "--store", store],
        &["explain", "FT-104217", "--store", store, "--json"],
        &["lexicon", "list"],
        &["init", "log.csv"],
    ];
    for arguments in commands {
        let mut child = program(folder.path()).args(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), stderr.as_ref()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn nobody_listening_to_messages_is_no_fault() {
    let folder = log();
    for (arguments, code) in [("index log.csv", 0), ("report --store none", 2), ("lexicon check", 0)] {
        let mut child = program(folder.path()).args(arguments.split(' ')).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(code), "{arguments}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let child =
        program(Folder::new().path()).args(["report", "--store", demo_store()]).stdout(full()).spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "));
}

#[test]
fn help_of_every_command_has_an_example() {
    let commands: [&[&str]; 9] = [
        &["analyze"],
        &["index"],
        &["report"],
        &["explain"],
        &["init"],
        &["detect"],
        &["lexicon", "list"],
        &["lexicon", "check"],
        &["lexicon", "eval"],
    ];
    let folder = Folder::new();
    for command in commands {
        let help = run_in(folder.path(), &[command, &["--help"]].concat(), "").ok().stdout;
        let example = format!("recontact {}", command.join(" "));
        let examples = help.split_once("Example").unwrap_or_else(|| panic!("{command:?}: {help}")).1;
        assert!(examples.contains(&example), "{help}");
        // The first line alone says what the command is for.
        assert!(help.lines().next().unwrap().len() > 30, "{help}");
    }
    let all = folder.run("--help").ok().stdout;
    for name in ["analyze", "index", "report", "explain", "init", "detect", "lexicon"] {
        assert!(all.contains(&format!("\n  {name} ")), "{all}");
    }
}

#[test]
fn an_archive_that_ends_early_is_no_success() {
    let log: String = (0..2000).map(|id| format!("{id},C{id},2026-01-01 10:00:00,billing\n")).collect();
    let whole = gzip(format!("call_id,customer,opened_at,category\n{log}").as_bytes());
    let folder = Folder::new();
    folder.write("log.csv.gz", &whole[..whole.len() / 2]);
    let run = folder.run("analyze log.csv.gz --format json").code(2);
    assert!(run.stderr.contains("1 file is damaged"), "{}", run.stderr);
    folder.write("log.csv.gz", whole);
    assert_eq!(step(&folder.run("analyze log.csv.gz --format json").json(), "contact"), 2000);
}

#[test]
fn too_few_contacts_are_said_to_be_too_few() {
    let shown = log().run("analyze log.csv").ok().stdout;
    assert!(
        shown.contains("Too few first contacts to judge any of the categories: 30 must be eligible."),
        "{shown}"
    );
}

#[test]
fn a_faulty_example_of_an_extension_is_found_in_its_own_file() {
    let folder = Folder::new();
    let text = "language = \"en\"\n[[rule]]\nid = \"no-reply\"\nkind = \"repeat\"\nextends = true\n\
                examples = [\"this >>fires nothing<<\"]\n";
    folder.write("mine.toml", text);
    let run = folder.run("lexicon check mine.toml").code(2);
    assert!(run.stderr.starts_with("mine.toml:6: rule `no-reply` does not fire on"), "{}", run.stderr);
}
