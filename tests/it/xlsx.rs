//! The workbook, opened as Excel would and read cell by cell: every number is the JSON report's, texts are texts, and
//! the same store gives the same bytes.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use super::program::{Folder, demo_store, number, step};

const CONFIG: &str = "[policy]\nclock = \"start\"\nwindow = \"2d\"\ntimezone = \"Europe/Riga\"\n\
                      observed_from = 2026-02-23\nobserved_to = 2026-03-22\n[[source]]\npath = \"log.csv\"\n\
                      timezone = \"Europe/Riga\"\n[source.fields]\ninteraction_id = \"id\"\ncustomer_id = \"customer\"\n\
                      category = \"category\"\nstarted_at = \"started_at\"\n[[source]]\npath = \"said.jsonl\"\nkind = \
                      \"transcripts\"\n";

/// A fails: it comes back after 12 hours, about a category that would be a formula; B is resolved.
const LOG: &str = "id,customer,category,started_at\n\
                   00123,A,\"=HYPERLINK(\"\"http://x\"\")\",2026-03-02 12:00:00\n\
                   2026-01-05,A,\"=HYPERLINK(\"\"http://x\"\")\",2026-03-03 00:00:00\n\
                   3,B,bill\u{1b}ing,2026-03-04 12:00:00\n";

const SAID: &str = "{\"interaction_id\": \"2026-01-05\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"this is \
                    the third time I am calling about this\"}]}\n";

/// The sheets of a workbook, each as rows of cells.
pub(crate) struct Book(Vec<(String, Vec<Vec<Data>>)>);

impl Book {
    pub(crate) fn read(folder: &Folder, name: &str) -> Book {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        let mut sheets = Vec::new();
        for name in names {
            assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
            let range = book.worksheet_range(&name).unwrap();
            sheets.push((name, range.rows().map(<[Data]>::to_vec).collect()));
        }
        Book(sheets)
    }

    /// The rows of a sheet below its header, each as pairs of header and cell.
    pub(crate) fn rows(&self, name: &str) -> Vec<Vec<(String, Data)>> {
        let (_, rows) = self.0.iter().find(|(it, _)| it == name).unwrap_or_else(|| panic!("no sheet {name}"));
        let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        rows[1..].iter().map(|row| header.iter().cloned().zip(row.iter().cloned()).collect()).collect()
    }

    /// All cells of all sheets, one after the other.
    pub(crate) fn texts(&self) -> String {
        let cells = self.0.iter().flat_map(|(_, rows)| rows.iter().flatten());
        cells.map(|cell| format!("{cell}\n")).collect()
    }

    /// The texts and numbers of a row, dates as Excel counts them.
    fn cells(&self, name: &str, row: usize) -> Vec<Value> {
        self.rows(name)[row].iter().map(|(_, cell)| shown(cell)).collect()
    }
}

fn shown(cell: &Data) -> Value {
    match cell {
        Data::Empty => Value::Null,
        Data::String(text) => json!(text),
        cell => json!(in_cell(cell)),
    }
}

fn in_cell(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        Data::DateTime(at) => at.as_f64(),
        other => panic!("{other:?} is no number"),
    }
}

/// That a cell has the number of JSON, and is empty where that has none.
#[track_caller]
fn assert_same(cell: &Data, value: &Value, what: &str) {
    match (cell, value) {
        (Data::Empty, Value::Null) => {}
        (cell, Value::Number(number)) => {
            let (found, expected) = (in_cell(cell), number.as_f64().unwrap());
            // Reading decimals may be off in the last digit.
            assert!(
                (found - expected).abs() <= 1e-12 * expected.abs(),
                "{what}: {found}, JSON has {expected}"
            );
        }
        (cell, value) => panic!("{what}: {cell:?}, JSON has {value}"),
    }
}

/// Where the number of a column is in JSON.
fn pointer(title: &str) -> &str {
    match title {
        "Target" => "/target",
        "FCR" => "/fcr_rate",
        "FCR low (95 %)" => "/fcr_low",
        "FCR high (95 %)" => "/fcr_high",
        "Eligible" => "/eligible_count",
        "Resolved" => "/resolved_count",
        "Failures beyond the target" => "/excess_failure_count",
        "Pending" => "/pending_count",
        "Contacts" => "/contact_count",
        "Repeats" => "/repeat_count",
        "Repeat rate" => "/repeat_rate",
        "Expected repeats" => "/expected_repeat_count",
        "Excess repeats" => "/excess_repeat_count",
        "Rank by excess" => "/excess_rank",
        "First contacts" => "/first_count",
        "Left edge" => "/left_edge_count",
        "Customers" => "/customer_count",
        "Customers with a repeat" => "/customer_repeat_count",
        "Stated repeats" => "/stated_count",
        "FCR with pending (Kaplan–Meier)" | "FCR with pending" => "/km_fcr_rate",
        "Episodes" => "/denominators/episode_count",
        "Episode rate" => "/denominators/episode_rate",
        "Contacts an episode" => "/denominators/contacts_per_episode",
        "Customer rate" => "/denominators/customer_rate",
        "Handle time, first (s)" | "Handle time, first" => "/companions/first_handle_seconds",
        "Handle time, repeat (s)" | "Handle time, repeat" => "/companions/repeat_handle_seconds",
        "Transfer rate" => "/companions/transfer_rate",
        "Abandonment rate" => "/companions/abandonment_rate",
        "Coded as resolved" => "/companions/coded_resolved_rate",
        "CSAT" => "/companions/csat_mean",
        "NPS" => "/companions/nps",
        "Cost of repeats" => "/companions/repeat_cost",
        "Cost beyond chance" => "/companions/excess_repeat_cost",
        "Rank by cost" => "/cost_rank",
        "Interactions" => "/interaction_count",
        "Stated and linked" => "/said_done/both",
        "Stated only" => "/said_done/stated_only",
        "Linked only" => "/said_done/linked_only",
        "Neither" => "/said_done/neither",
        "Unseen (estimate)" => "/said_done/chapman",
        "Unseen low (95 %)" => "/said_done/chapman_low",
        "Unseen high (95 %)" => "/said_done/chapman_high",
        "Stated only: left edge" => "/said_done/left_edge_count",
        "Stated only: other reason" => "/said_done/other_reason_count",
        "Stated only: beyond the window" => "/said_done/beyond_window_count",
        "Stated only: nothing before" => "/said_done/nothing_before_count",
        "Number stated" => "/said_done/numbered_count",
        "Number as observed" => "/said_done/number_equal_count",
        "More than observed" => "/said_done/number_more_count",
        "Fewer than observed" => "/said_done/number_fewer_count",
        "Mean difference" => "/said_done/mean_number_difference",
        "Percentage points" => "/points",
        "p" => "/p_value",
        "p corrected for the number of tests" => "/p_adjusted",
        other => panic!("no number of JSON is known by {other}"),
    }
}

/// That every number of a row is the one of an object of JSON.
#[track_caller]
fn assert_numbers(row: &[(String, Data)], object: &Value) {
    const TEXTS: [&str; 8] =
        ["Category", "Channel", "Verdict", "Period", "Provisional", "Partial", "Rough estimate", "Change"];
    for (title, cell) in row {
        let is_text = matches!(cell, Data::String(_)) && !matches!(title.as_str(), "Target" | "FCR");
        if is_text || TEXTS.contains(&title.as_str()) || title.starts_with("From") || title.starts_with("To")
        {
            continue;
        }
        if title == "Failed" {
            let failed = number(object, "eligible_count") - number(object, "resolved_count");
            assert_same(cell, &json!(failed), title);
            continue;
        }
        let null = Value::Null;
        assert_same(
            cell,
            object.pointer(pointer(title)).unwrap_or(&null),
            &format!("{title} of {}", row[0].1),
        );
    }
}

fn of<'a>(row: &'a [(String, Data)], title: &str) -> &'a Data {
    &row.iter().find(|(it, _)| it == title).unwrap_or_else(|| panic!("no column {title}")).1
}

/// The demo's workbook by channel too, and the same in JSON.
fn demo_book(folder: &Folder) -> (Book, Value) {
    let arguments = format!("report --store {} --by channel", demo_store());
    folder.run(&format!("{arguments} -o report.xlsx")).ok();
    (Book::read(folder, "report.xlsx"), folder.run(&format!("{arguments} --format json")).json())
}

#[test]
fn every_number_of_the_workbook_is_that_of_the_json_report() {
    let folder = Folder::new();
    let (book, report) = demo_book(&folder);
    for (sheet, groups) in
        [("Categories", "categories"), ("Groups", "groups"), ("Said and done", "categories")]
    {
        let (rows, groups) = (book.rows(sheet), report[groups].as_array().unwrap());
        assert_eq!(rows.len(), groups.len() + 1, "{sheet}: a row a group, and one for all");
        for (row, group) in rows.iter().zip(groups.iter().chain([&report["overall"]])) {
            let name =
                group.get("category").or_else(|| group.pointer("/key/channel")).unwrap_or(&Value::Null);
            let is_all = std::ptr::eq(group, &report["overall"]);
            assert_eq!(row[0].1.to_string(), if is_all { "All" } else { name.as_str().unwrap_or("(none)") });
            assert_numbers(row, group);
        }
    }
    let mut rows = book.rows("Trend").into_iter();
    for line in report["trend"].as_array().unwrap() {
        for period in line["periods"].as_array().unwrap() {
            let row = rows.next().unwrap();
            assert_eq!(of(&row, "Period").to_string(), period["period"].as_str().unwrap());
            assert_numbers(&row, period);
        }
    }
    assert!(rows.next().is_none());
    let changes =
        report["trend"].as_array().unwrap().iter().map(|line| &line["change"]).filter(|it| !it.is_null());
    for (row, change) in book.rows("Changes").iter().zip(changes) {
        assert_numbers(row, change);
    }
    let waterfall: Vec<_> =
        book.rows("Waterfall").iter().map(|row| (row[0].1.to_string(), row[1].1.clone())).collect();
    assert_eq!(waterfall.len(), report["waterfall"].as_array().unwrap().len());
    for (name, cell) in &waterfall {
        assert_same(cell, &json!(step(&report, &name.replace(' ', "_"))), name);
    }
    let notes = report["notes"].as_array().unwrap();
    for (row, note) in book.rows("Notes").iter().zip(notes) {
        assert_same(of(row, "Count"), &note["count"], "a note");
    }
    assert_eq!(book.rows("Notes").len(), notes.len());
}

#[test]
fn the_overview_the_evidence_and_the_policy_are_those_of_the_json_report() {
    let folder = Folder::new();
    let (book, report) = demo_book(&folder);
    let overall = &report["overall"];
    for row in book.rows("Overview") {
        let (name, value) = (row[0].1.to_string(), &row[1].1);
        match name.as_str() {
            // 2026-05-01 07:58:12 and 2026-08-28 20:47:30 by the clocks of Riga.
            "Observed from" => assert!((in_cell(value) - (46143.0 + 28_692.0 / 86_400.0)).abs() < 1e-6),
            "Observed to" => assert!((in_cell(value) - (46262.0 + 74_850.0 / 86_400.0)).abs() < 1e-6),
            "Commit" => assert_same(value, &report["commit_id"], &name),
            "Failed" => {
                let failed = number(overall, "eligible_count") - number(overall, "resolved_count");
                assert_same(value, &json!(failed), &name);
            }
            _ => assert_same(value, overall.pointer(pointer(&name)).unwrap(), &name),
        }
        let ends = match name.as_str() {
            "FCR" => ["fcr_low", "fcr_high"],
            "FCR with pending" => ["km_low", "km_high"],
            "Repeat rate" => ["repeat_low", "repeat_high"],
            "Customer rate" => ["customer_low", "customer_high"],
            _ => ["no", "end"],
        };
        assert_same(&row[2].1, &overall[ends[0]], &name);
        assert_same(&row[3].1, &overall[ends[1]], &name);
    }
    let mut rows = book.rows("What customers say").into_iter();
    let groups = ["categories", "groups"].iter().flat_map(|it| report[*it].as_array().unwrap());
    for said in groups.filter_map(|it| it["evidence"].as_array()).flatten() {
        for quote in said["quotes"].as_array().unwrap() {
            let row = rows.next().unwrap();
            assert_same(of(&row, "Contacts"), &said["contact_count"], "contacts");
            assert_eq!(of(&row, "Rule").to_string(), said["rule"].as_str().unwrap());
            assert_eq!(of(&row, "Said in").to_string(), quote["interaction_id"].as_str().unwrap());
            assert_eq!(of(&row, "Quote").to_string(), quote["text"].as_str().unwrap());
        }
    }
    assert!(rows.next().is_none());
    let mut count = 0;
    for row in book.rows("Policy") {
        let (key, cell) = (row[0].1.to_string(), &row[1].1);
        let value = report["policy"].pointer(&format!("/{}", key.replace('.', "/"))).unwrap_or(&Value::Null);
        if let Value::Number(_) = value {
            assert_same(cell, value, &key);
            count += 1;
        }
    }
    assert!(count >= 3, "target, minimum_count, minimum_seconds");
}

#[test]
fn the_failed_first_contacts_are_as_many_as_the_report_counts_in_each_category() {
    let folder = Folder::new();
    let (book, report) = demo_book(&folder);
    let rows = book.rows("Failed first contacts");
    for entry in report["categories"].as_array().unwrap() {
        let name = entry["category"].as_str().unwrap_or("(none)");
        let listed = rows.iter().filter(|row| shown(of(row, "Category")) == name).count() as u64;
        assert_eq!(listed, number(entry, "eligible_count") - number(entry, "resolved_count"), "{name}");
    }
    let of_one = &rows[0];
    let id = of(of_one, "Contact").to_string();
    let story = folder.run(&format!("explain {id} --store {} --json", demo_store())).json();
    let next = of(of_one, "Next contact").to_string();
    assert!(story["why"].as_str().unwrap().contains(&next), "{next} follows: {story}");
}

#[test]
fn a_failed_contact_stands_with_what_the_customer_says_and_texts_stay_texts() {
    let folder = Folder::with(&[("log.csv", LOG), ("said.jsonl", SAID), ("recontact.toml", CONFIG)]);
    folder.run("analyze recontact.toml --format xlsx -o report.xlsx").ok();
    let book = Book::read(&folder, "report.xlsx");
    let rows = book.rows("Failed first contacts");
    assert_eq!(rows.len(), 1);
    let formula = "=HYPERLINK(\"http://x\")";
    // 2026-03-02 is day 46083 of Excel.
    let cells = book.cells("Failed first contacts", 0);
    assert_eq!(cells[..3], [json!("00123"), json!(formula), json!(46083.5)]);
    assert_eq!(
        cells[6..11],
        [json!(2.0), json!("2026-01-05"), json!(46084.0), json!(0.5), json!("2026-01-05")]
    );
    assert_eq!(of(&rows[0], "Quote").to_string(), "this is the third time I am calling about this");
    assert!(rows[0].iter().any(|(title, _)| title == "Started (Europe/Riga)"));
    let names: Vec<String> = book.rows("Categories").iter().map(|row| row[0].1.to_string()).collect();
    assert!(names.contains(&formula.to_string()), "{names:?}");
    assert!(names.contains(&"bill\u{fffd}ing".to_string()), "what XML forbids is replaced: {names:?}");
}

#[test]
fn the_same_store_gives_the_same_bytes() {
    let folder = Folder::new();
    for name in ["one", "two"] {
        folder.run(&format!("report --store {} -o {name}.xlsx", demo_store())).ok();
    }
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("one.xlsx") == bytes("two.xlsx"));
}

#[test]
fn a_store_with_nothing_in_it_gives_a_workbook_that_opens() {
    let folder = Folder::with(&[("log.csv", "id,customer,category,started_at\n")]);
    folder.run("analyze log.csv -o report.xlsx").ok();
    let book = Book::read(&folder, "report.xlsx");
    assert!(book.rows("Failed first contacts").is_empty());
    assert_eq!(book.rows("Waterfall")[0][1].1, Data::Float(0.0));
}
