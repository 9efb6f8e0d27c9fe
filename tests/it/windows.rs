//! `recontact windows`: when customers come back, on logs whose gaps are known.

use serde_json::Value;

use super::program::{Folder, demo_store, number};

/// Gaps about billing: A 11 hours, over midnight; B exactly 24 hours; C 9 days, and then silence; E silence. About the
/// outage: D, watched for 36 hours.
const LOG: &str = "id,customer,category,started_at\n1,A,billing,2026-01-10T22:00:00Z\n2,A,billing,2026-01-11T09:00:00Z\n\
                   3,B,billing,2026-01-10T09:00:00Z\n4,B,billing,2026-01-11T09:00:00Z\n5,C,billing,2026-01-10T09:00:00Z\n\
                   6,C,billing,2026-01-19T09:00:00Z\n7,D,outage,2026-03-30T00:00:00Z\n8,E,billing,2026-01-20T09:00:00Z\n";

/// A folder with an indexed log, and with lines of the policy.
fn indexed(log: &str, policy: &str) -> Folder {
    let config = format!(
        "[policy]\nclock = \"start\"\nlookback = \"1d\"\n{policy}\nobserved_from = 2026-01-01T00:00:00Z\n\
         observed_to = 2026-03-31T12:00:00Z\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
         interaction_id = \"id\"\ncustomer_id = \"customer\"\n"
    );
    let folder = Folder::with(&[("log.csv", log), ("recontact.toml", &config)]);
    folder.run("index recontact.toml --store s").ok();
    folder
}

fn json(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("windows --store s --format json {arguments}")).json()
}

/// At risk and events of some days.
fn counts<const N: usize>(group: &Value, days: [usize; N]) -> [(u64, u64); N] {
    days.map(|day| {
        let day = &group["days"][day];
        (number(day, "at_risk_count"), number(day, "event_count"))
    })
}

#[test]
fn each_gap_is_on_its_day_and_each_contact_is_at_risk_while_it_is_watched() {
    let windows = json(&indexed(LOG, ""), "");
    let [billing, outage] = [&windows["groups"][0], &windows["groups"][1]];
    assert_eq!(billing["key"]["category"], "billing");
    // 2 and 4 are repeats, 6 comes too late to be one.
    assert_eq!((number(billing, "subject_count"), number(billing, "event_count")), (5, 3));
    assert_eq!(counts(billing, [0, 1, 2, 9, 10, 59]), [(5, 1), (4, 1), (3, 0), (3, 1), (2, 0), (2, 0)]);
    assert_eq!(billing["days"][1]["hazard_rate"], 0.25);
    assert_eq!(billing["days"][0]["survival_rate"], 0.8);
    let survival = billing["days"][9]["survival_rate"].as_f64().unwrap();
    assert!((survival - 0.4).abs() < 1e-12, "{survival}");
    // Of 3 in 5 that repeat within 30 days, one does after the 7 of the policy.
    assert!((billing["late_rate"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((&billing["window"], &windows["horizon"]), (&"7d".into(), &"30d".into()));
    assert_eq!(billing["median_gap_seconds"], 86_400.0);
    assert_eq!((&billing["suggested_window"], &billing["verdict"]), (&Value::Null, &"too_few_days".into()));
    assert_eq!(counts(outage, [0, 1, 2]), [(1, 0), (1, 0), (0, 0)]);
    assert_eq!(outage["days"][2]["hazard_rate"], Value::Null);
    assert_eq!(
        (&outage["days"][0]["survival_rate"], &outage["days"][1]["survival_rate"]),
        (&1.0.into(), &Value::Null)
    );
    assert_eq!(counts(&windows["overall"], [0, 1, 2]), [(6, 1), (5, 1), (3, 0)]);
}

#[test]
fn days_of_the_calendar_are_dates() {
    let windows = json(&indexed(LOG, "days = \"calendar\""), "");
    let [billing, outage] = [&windows["groups"][0], &windows["groups"][1]];
    // A came back on the next date, too; D's next date was not over.
    assert_eq!(counts(billing, [0, 1, 2]), [(5, 0), (5, 2), (3, 0)]);
    assert_eq!(counts(outage, [0, 1]), [(1, 0), (0, 0)]);
    let within = |day: usize| billing["days"][day]["is_within_window"].as_bool().unwrap();
    assert!(within(7) && !within(8), "seven dates after the contact");
}

#[test]
fn a_spreadsheet_has_a_line_a_group_and_day() {
    let csv = indexed(LOG, "").run("windows --store s --format csv").ok().stdout;
    assert!(csv.starts_with("category,subject_count,window,suggested_window,verdict,day,is_within_window,at_risk_count,event_count,hazard_rate,survival_rate,survival_low,survival_high\n"));
    assert!(csv.contains("\nbilling,5,7d,,too_few_days,1,true,4,1,0.25,"), "{csv}");
    assert!(csv.contains("\noutage,1,7d,,too_few_days,2,true,0,0,,,,\n"), "{csv}");
    // Two groups and everything, sixty days each, under one header.
    assert_eq!(csv.lines().count(), 3 * 60 + 1);
    assert!(csv.contains("\n(all),6,"), "{csv}");
}

/// 400 contacts: 40 come back after an hour, 40 after two days, 11 between day 45 and day 55.
fn long_log() -> String {
    let mut log = "id,customer,category,channel,started_at\n".to_string();
    let mut add = |id: String, customer: usize, day: usize, hour: usize| {
        let date = 10 + day;
        let (month, date) = if date <= 31 {
            (1, date)
        } else if date <= 59 {
            (2, date - 31)
        } else {
            (3, date - 59)
        };
        log.push_str(&format!("{id},{customer},billing,voice,2026-{month:02}-{date:02}T{hour:02}:00:00Z\n"));
    };
    for customer in 0..400 {
        add(format!("a{customer}"), customer, 0, 9);
        match customer {
            0..40 => add(format!("b{customer}"), customer, 0, 10),
            40..80 => add(format!("b{customer}"), customer, 2, 9),
            80..91 => add(format!("b{customer}"), customer, customer - 80 + 45, 9),
            _ => {}
        }
    }
    log
}

#[test]
fn the_suggested_window_is_told_beside_the_policys() {
    for (policy, suggested, window) in [("", "3d", ""), ("days = \"calendar\"", "2d", "")] {
        let folder = indexed(&long_log(), policy);
        let windows = json(&folder, window);
        let billing = &windows["groups"][0];
        assert_eq!(
            (&billing["suggested_window"], &billing["verdict"]),
            (&suggested.into(), &"shorter".into())
        );
        assert_eq!(billing["days_above"], serde_json::json!([0, 2]));
        let shown = folder.run("windows --store s").ok().stdout;
        let sentence =
            format!("Suggested: {suggested}, shorter than the policy's 7d. Above the background of ");
        assert!(shown.contains(&sentence), "{shown}");
        let of_all = format!("Suggested windows: shorter than the policy's for billing ({suggested}).");
        assert!(shown.contains(&of_all), "{shown}");
    }
    let folder = indexed(&long_log(), "");
    assert_eq!(json(&folder, "--window 3d")["groups"][0]["verdict"], "as_long");
    assert_eq!(json(&folder, "--window 36h")["overall"]["verdict"], "longer");
    let by_two = json(&folder, "--by category,channel");
    assert_eq!(by_two["groups"][0]["key"], serde_json::json!({"category": "billing", "channel": "voice"}));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let mut lines: Vec<&str> = LOG.lines().collect();
    lines[1..].reverse();
    let reversed = lines.join("\n") + "\n";
    for format in ["json", "csv", "terminal"] {
        let of =
            |log: &str| indexed(log, "").run(&format!("windows --store s --format {format}")).ok().stdout;
        assert_eq!(of(LOG), of(&reversed));
    }
}

#[test]
fn the_terminal_shows_bars_within_its_width_and_says_what_a_day_is() {
    let shown = Folder::new().run(&format!("windows --store {}", demo_store())).ok().stdout;
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(shown.contains("A day is 24 hours and not a date") && shown.contains('█'), "{shown}");
    assert!(shown.contains("\nInternet outage") && shown.contains("Too thin to say: "), "{shown}");
}

#[test]
fn a_store_without_contacts_is_said_to_have_none() {
    let folder = Folder::with(&[("log.csv", "call_id,customer,opened_at\n")]);
    folder.run("index log.csv --store s").ok();
    let shown = folder.run("windows --store s").ok().stdout;
    assert_eq!(shown, "Nothing to look at: the store has no contacts that the FCR rate counts.\n");
    assert_eq!(json(&folder, "")["groups"], serde_json::json!([]));
}
