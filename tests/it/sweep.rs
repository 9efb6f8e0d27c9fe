//! `recontact sweep`: its numbers are those of reports with each window, and of reports without each exclusion.

use serde_json::Value;

use super::program::{Folder, demo_store, number};

fn sweep(arguments: &str) -> Value {
    Folder::new().run(&format!("sweep --store {} --format json {arguments}", demo_store())).json()
}

fn report(arguments: &str) -> Value {
    Folder::new().run(&format!("report --store {} --format json {arguments}", demo_store())).json()
}

fn at(swept: &Value, window: &str) -> Value {
    let windows = swept["windows"].as_array().unwrap();
    windows.iter().find(|point| point["window"] == window).unwrap().clone()
}

#[track_caller]
fn assert_same(found: &Value, reported: &Value) {
    for name in ["contact_count", "repeat_count", "eligible_count", "resolved_count", "fcr_rate", "fcr_low"] {
        assert_eq!(found[name], reported[name], "{name} of {}", reported["category"]);
    }
}

#[test]
fn each_window_says_what_a_report_with_it_says() {
    for policy in ["", "--clock start --same any", "--lookback 3d"] {
        let swept = sweep(policy);
        for window in ["1d", "3d", "7d", "30d"] {
            let reported = report(&format!("{policy} --window {window}"));
            assert_same(&at(&swept["overall"], window), &reported["overall"]);
            for entry in reported["categories"].as_array().unwrap() {
                let of_category = |swept: &&Value| swept["category"] == entry["category"];
                match swept["categories"].as_array().unwrap().iter().find(of_category) {
                    Some(swept) => assert_same(&at(swept, window), entry),
                    None => assert_eq!(number(entry, "eligible_count"), 0, "{entry}"),
                }
            }
        }
    }
}

#[test]
fn episodes_from_their_first_contact_are_swept_too() {
    let folder = Folder::with(&[
        (
            "log.csv",
            "id,customer,started_at\n1,C,2026-01-01\n2,A,2026-02-01\n3,A,2026-02-03\n4,A,2026-02-05\n5,C,2026-06-01\n",
        ),
        (
            "recontact.toml",
            "[policy]\nchain = \"first\"\nlookback = \"1d\"\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
             interaction_id = \"id\"\ncustomer_id = \"customer\"\n",
        ),
    ]);
    folder.run("index recontact.toml --store s").ok();
    let swept = folder.run("sweep --store s --format json").json();
    // Of A's contacts, two days apart each: with 3 days the third is 4 days from the first and begins anew; with 4 it
    // is a repeat as well. C's first contact is on the left edge, the second is never fully observed.
    let counts = |window: &str| {
        let point = at(&swept["overall"], window);
        ["repeat_count", "eligible_count", "resolved_count"].map(|name| number(&point, name))
    };
    assert_eq!(counts("1d"), [0, 3, 3]);
    assert_eq!(counts("3d"), [1, 2, 1]);
    assert_eq!(counts("4d"), [2, 1, 0]);
}

#[test]
fn an_exclusion_is_told_with_what_the_rate_would_be_without_it() {
    let swept = sweep("");
    let effects = swept["exclusions"].as_array().unwrap();
    let names: Vec<&str> = effects.iter().map(|effect| effect["exclusion"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["ignored", "outbound", "internal", "abandoned", "voicemail", "no_identity", "left_edge", "pending"]
    );
    let folder = Folder::with(&[(
        "with.toml",
        "[policy]\nexclude_status = [\"voicemail\", \"ignored\"]\nminimum_count = 20\n",
    )]);
    let reported = folder.run(&format!("report --store {} -c with.toml --format json", demo_store())).json();
    assert_eq!(effects[3]["fcr_rate"], reported["overall"]["fcr_rate"]);
}

#[test]
fn the_table_fits_the_terminal_and_the_spreadsheet_has_every_window() {
    let table = Folder::new().run(&format!("sweep --store {}", demo_store())).ok().stdout;
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("\nBilling") && table.contains("Spread"), "{table}");
    let csv = Folder::new().run(&format!("sweep --store {} --format csv", demo_store())).ok().stdout;
    // Eight categories and all of them together, thirty windows each, under one header.
    assert_eq!(csv.lines().filter(|line| line.ends_with(',')).count(), 9 * 30);
    assert!(csv.contains("\n(all),30d,"), "{csv}");
    // And once more under each preset that the data can answer.
    let is_all = |line: &&str| line.starts_with("(all),,") && line.ends_with(",genesys-nca");
    assert_eq!(csv.lines().filter(is_all).count(), 1, "{csv}");
}

#[test]
fn a_store_without_contacts_is_said_to_have_none() {
    let folder = Folder::with(&[("log.csv", "call_id,customer,opened_at\n")]);
    folder.run("index log.csv --store s").ok();
    assert_eq!(folder.run("sweep --store s").ok().stdout, "Nothing to sweep: the store has no contacts.\n");
}
