//! The table of contacts as Parquet: its columns, what stands in each, and that it adds up to the report.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};

use super::program::{Folder, demo_store, step};

const CONFIG: &str = "[policy]\nclock = \"start\"\nwindow = \"2d\"\ntimezone = \"Europe/Riga\"\n\
                      observed_from = 2026-02-23\nobserved_to = 2026-03-22\n[[source]]\npath = \"log.csv\"\n\
                      timezone = \"Europe/Riga\"\n[source.fields]\ninteraction_id = \"id\"\ncustomer_id = \"customer\"\n\
                      category = \"category\"\nstarted_at = \"started_at\"\nchannel = \"channel\"\ndirection = \
                      \"direction\"\n[[source]]\npath = \"said.jsonl\"\nkind = \"transcripts\"\n";

/// A is on the left edge; B comes three times within the window of each; C is pending; 6 was begun by the company.
const LOG: &str = "id,customer,category,started_at,channel,direction\n\
                   1,A,sim,2026-02-23 12:00:00,voice,inbound\n\
                   2,B,sim,2026-03-02 12:00:00,voice,inbound\n\
                   3,B,sim,2026-03-03 00:00:00,chat,inbound\n\
                   4,B,sim,2026-03-04 12:00:00,chat,inbound\n\
                   5,C,,2026-03-21 12:00:00,voice,inbound\n\
                   6,B,sim,2026-03-05 12:00:00,voice,outbound\n";

const SAID: &str = "{\"interaction_id\": \"4\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"this is the \
                    third time I am calling about this\"}]}\n\
                    {\"interaction_id\": \"2\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"good morning\"}]}\n";

/// Columns of a file, the times aside, which polars is built without.
fn read(folder: &Folder, columns: &[&str]) -> DataFrame {
    let file = File::open(folder.path().join("contacts.parquet")).unwrap();
    let columns = columns.iter().map(ToString::to_string).collect();
    ParquetReader::new(file).with_columns(Some(columns)).finish().unwrap()
}

/// The rows of some columns.
fn rows(folder: &Folder, columns: &[&str]) -> Vec<Vec<Value>> {
    let frame = read(folder, columns);
    let value = |name: &str, row: usize| match frame.column(name).unwrap().get(row).unwrap() {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(flag) => json!(flag),
        AnyValue::UInt32(number) => json!(number),
        AnyValue::Float64(number) => json!(number),
        AnyValue::String(text) => json!(text),
        AnyValue::StringOwned(text) => json!(text.as_str()),
        other => panic!("{other:?}"),
    };
    (0..frame.height()).map(|row| columns.iter().map(|name| value(name, row)).collect()).collect()
}

fn exported() -> Folder {
    let folder = Folder::with(&[("log.csv", LOG), ("said.jsonl", SAID), ("recontact.toml", CONFIG)]);
    folder.run("analyze recontact.toml -o contacts.parquet").ok();
    folder
}

#[test]
fn each_interaction_has_its_class_its_outcome_and_its_place_in_the_episode() {
    let folder = exported();
    let columns = ["contact_id", "class", "excluded_why", "is_eligible", "outcome"];
    assert_eq!(
        rows(&folder, &columns),
        [
            json!(["1", "left_edge", null, false, null]),
            json!(["2", "first", null, true, "repeated"]),
            json!(["3", "repeat", null, false, null]),
            json!(["4", "repeat", null, false, null]),
            json!(["5", "first", null, false, "pending"]),
            json!(["6", "excluded", "outbound", false, null]),
        ]
        .map(|row| row.as_array().unwrap().clone())
    );
    let columns = [
        "episode_id",
        "episode_order",
        "episode_contact_count",
        "next_contact_id",
        "days_to_repeat",
        "channel",
    ];
    assert_eq!(
        rows(&folder, &columns),
        [
            json!(["1", 1, 1, null, null, "voice"]),
            json!(["2", 1, 3, "3", 0.5, "voice"]),
            json!(["2", 2, 3, "4", 1.5, "chat"]),
            json!(["2", 3, 3, null, null, "chat"]),
            json!(["5", 1, 1, null, null, "voice"]),
            json!([null, null, null, null, null, "voice"]),
        ]
        .map(|row| row.as_array().unwrap().clone())
    );
}

#[test]
fn what_was_said_is_told_where_words_are_known() {
    let folder = exported();
    let said = rows(&folder, &["contact_id", "is_stated_repeat", "stated_contacts", "cue_kinds"]);
    assert_eq!(said[1], [json!("2"), json!(false), Value::Null, Value::Null]);
    assert_eq!(said[2][1], Value::Null, "nobody wrote down what was said");
    assert_eq!(said[3][..3], [json!("4"), json!(true), json!(3)]);
    let kinds = said[3][3].as_str().unwrap();
    assert!(kinds.split(';').any(|kind| kind == "repeat"), "{kinds}");
}

#[test]
fn customers_are_numbered_and_only_their_id_is_told() {
    let folder = exported();
    let customers = rows(&folder, &["customer", "customer_id"]);
    let number = |row: usize| &customers[row][0];
    assert_eq!(number(1), number(2));
    assert_ne!(number(0), number(1));
    assert_eq!(number(5), &Value::Null, "of no contact none");
    assert_eq!(customers[4][1], "C");
    let file = File::open(folder.path().join("contacts.parquet")).unwrap();
    let mut reader = ParquetReader::new(file);
    let names: Vec<String> = reader
        .get_metadata()
        .unwrap()
        .schema_descr
        .fields()
        .iter()
        .map(|field| field.name().to_string())
        .collect();
    for private in ["phone", "email", "name", "national_id", "quote", "text"] {
        assert!(!names.iter().any(|name| name == private), "{names:?}");
    }
}

/// Times are real: the program, which reads them by their type, counts the same contacts in its own table.
#[test]
fn the_table_read_again_gives_the_same_times_and_counts() {
    let folder = Folder::with(&[
        ("log.csv", LOG.replace(",outbound", ",inbound").as_str()),
        ("said.jsonl", SAID),
        ("recontact.toml", CONFIG),
        (
            "again.toml",
            &CONFIG
                .split_once("[[source]]")
                .map(|(policy, _)| {
                    format!(
                        "{policy}[[source]]\npath = \"contacts.parquet\"\n[source.fields]\ninteraction_id = \
                         \"contact_id\"\ncustomer_id = \"customer_id\"\ncategory = \"category\"\nstarted_at = \
                         \"started_at\"\nended_at = \"ended_at\"\n"
                    )
                })
                .unwrap(),
        ),
    ]);
    folder.run("analyze recontact.toml -o contacts.parquet").ok();
    let before = folder.run("analyze recontact.toml --format json").json();
    let after = folder.run("analyze again.toml --format json").json();
    for count in ["contact_count", "repeat_count", "left_edge_count", "eligible_count", "resolved_count"] {
        assert_eq!(before["overall"][count], after["overall"][count], "{count}");
    }
    let periods = |report: &Value| -> Vec<(Value, Value)> {
        let all = report["trend"][0]["periods"].as_array().unwrap();
        all.iter().map(|it| (it["period"].clone(), it["contact_count"].clone())).collect()
    };
    assert_eq!(periods(&before), periods(&after));
}

#[test]
fn totals_by_class_are_the_waterfall_of_the_report() {
    let folder = Folder::new();
    let store = demo_store();
    folder.run(&format!("report --store {store} --format parquet -o contacts.parquet")).ok();
    let report = folder.run(&format!("report --store {store} --format json")).json();
    let (mut counts, mut stated, mut customers) = (BTreeMap::<String, u64>::new(), 0, Vec::new());
    for row in rows(&folder, &["class", "excluded_why", "outcome", "is_stated_repeat", "customer"]) {
        let class = row[0].as_str().unwrap();
        *counts.entry(row[1].as_str().unwrap_or(class).to_string()).or_default() += 1;
        let fate = match row[2].as_str() {
            Some("pending") => Some("pending"),
            Some(_) => Some("eligible"),
            None => None,
        };
        fate.into_iter().for_each(|fate| *counts.entry(fate.to_string()).or_default() += 1);
        if class != "excluded" {
            *counts.entry("contact".to_string()).or_default() += 1;
            stated += u64::from(row[3] == true);
            customers.push(row[4].as_u64().unwrap());
        }
    }
    let steps = report["waterfall"].as_array().unwrap().iter().map(|it| it["step"].as_str().unwrap());
    for name in steps.filter(|name| !["read", "rejected"].contains(name)) {
        assert_eq!(counts.get(name).copied().unwrap_or(0), step(&report, name), "{name}");
    }
    assert_eq!(report["overall"]["stated_count"], stated);
    customers.sort_unstable();
    customers.dedup();
    assert_eq!(report["overall"]["customer_count"], customers.len());
}

#[test]
fn rows_of_a_removed_source_are_not_in_the_table() {
    let folder = Folder::with(&[
        ("one.csv", "id,customer,category,started_at\n1,A,sim,2026-03-01 12:00:00\n"),
        ("two.csv", "id,customer,category,started_at\n2,B,sim,2026-03-02 12:00:00\n"),
    ]);
    folder.run("index one.csv two.csv --store store").ok();
    folder.run("store remove one.csv --store store").ok();
    folder.run("report --store store -o contacts.parquet").ok();
    assert_eq!(rows(&folder, &["contact_id"]), [[json!("2")]]);
}

#[test]
fn the_same_store_gives_the_same_bytes_and_groups_have_no_place() {
    let folder = Folder::new();
    for name in ["one", "two"] {
        folder.run(&format!("report --store {} -o {name}.parquet", demo_store())).ok();
    }
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("one.parquet") == bytes("two.parquet"));
    let said = folder.run(&format!("report --store {} --by channel -o x.parquet", demo_store())).error();
    assert!(said.contains("leave out --by and --trend"), "{said}");
    assert!(!folder.path().join("x.parquet").exists());
}
