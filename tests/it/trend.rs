//! FCR over time, from files to the report: periods of the policy's zone, what is provisional, what has changed.

use serde_json::{Value, json};

use super::program::Folder;

const CONFIG: &str = "[policy]\nclock = \"start\"\nwindow = \"2d\"\ntimezone = \"Europe/Riga\"\n\
                      observed_from = 2026-02-23\nobserved_to = 2026-03-22\n[[source]]\npath = \"log.csv\"\n\
                      timezone = \"Europe/Riga\"\n[source.fields]\ninteraction_id = \"id\"\ncustomer_id = \"customer\"\n\
                      category = \"category\"\nstarted_at = \"started_at\"\n";

const HEAD: &str = "id,customer,category,started_at\n";

/// Weeks 9 to 12 are observed. A is on the left edge; B comes in the last half hour of week 9, when it is still Sunday
/// in Riga; C in the first of week 10, when it is still Sunday in UTC, and again; D in week 10 and again in week 11; E
/// is pending.
const LOG: [&str; 7] = [
    "1,A,billing,2026-02-23 12:00:00",
    "2,B,billing,2026-03-01 23:30:00",
    "3,C,sim,2026-03-02 00:30:00",
    "4,C,sim,2026-03-03 12:00:00",
    "5,D,billing,2026-03-08 20:00:00",
    "6,D,billing,2026-03-09 09:00:00",
    "7,E,sim,2026-03-21 12:00:00",
];

fn folder(lines: &[impl AsRef<str>]) -> Folder {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    Folder::with(&[("log.csv", &format!("{HEAD}{}\n", lines.join("\n"))), ("recontact.toml", CONFIG)])
}

/// Of each period of a line: its name, contacts, repeats, eligible, pending and resolved, provisional, partial.
fn told(line: &Value) -> Vec<Value> {
    let of = |it: &Value| {
        json!([
            it["period"],
            it["contact_count"],
            it["repeat_count"],
            it["eligible_count"],
            it["pending_count"],
            it["resolved_count"],
            it["is_provisional"],
            it["is_partial"]
        ])
    };
    line["periods"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn contacts_count_in_the_week_of_the_zone_in_which_they_began() {
    let report = folder(&LOG).run("analyze recontact.toml --trend week --format json").json();
    assert_eq!(report["trend_period"], "week");
    let [overall, billing, sim] = report["trend"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!((&overall["is_overall"], &overall["category"]), (&json!(true), &Value::Null));
    assert_eq!(
        told(overall),
        [
            json!(["2026-W09", 2, 0, 1, 0, 1, false, true]),
            json!(["2026-W10", 3, 1, 2, 0, 0, false, false]),
            json!(["2026-W11", 1, 1, 0, 0, 0, false, false]),
            json!(["2026-W12", 1, 0, 0, 1, 0, true, false]),
        ]
    );
    assert_eq!(overall["change"], Value::Null);
    let week = &overall["periods"][1];
    assert_eq!((&week["from"], &week["to"]), (&json!("2026-03-02"), &json!("2026-03-08")));
    assert_eq!((&week["fcr_rate"], &week["fcr_low"]), (&json!(0.0), &json!(0.0)));
    let names: Vec<&Value> =
        report["categories"].as_array().unwrap().iter().map(|it| &it["category"]).collect();
    assert_eq!([&billing["category"], &sim["category"]], names.as_slice(), "in the order of the categories");
    assert_eq!(billing["category"], "billing");
    assert_eq!(
        told(sim),
        [json!(["2026-W10", 2, 1, 1, 0, 0, false, false]), json!(["2026-W12", 1, 0, 0, 1, 0, true, false])]
    );
}

#[test]
fn the_order_of_rows_and_the_period_change_no_count() {
    let mut backwards = LOG;
    backwards.reverse();
    for period in ["day", "week", "month", "quarter"] {
        let command = format!("analyze recontact.toml --trend {period} --format json");
        let report = folder(&LOG).run(&command).json();
        assert_eq!(report, folder(&backwards).run(&command).json());
        for name in ["contact_count", "repeat_count", "eligible_count", "pending_count", "resolved_count"] {
            let periods = report["trend"][0]["periods"].as_array().unwrap();
            let sum: u64 = periods.iter().map(|it| it[name].as_u64().unwrap()).sum();
            assert_eq!(sum, report["overall"][name], "{name} by {period}");
        }
    }
}

/// Of 40 first contacts on the Tuesday of a week so many are followed by another on Wednesday.
fn week(category: &str, tuesday: u32, failed: u32) -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..40 {
        let customer = format!("{category}-{tuesday}-{number}");
        lines.push(format!("{customer}-1,{customer},{category},2026-03-{tuesday:02} 10:00:00"));
        if number < failed {
            lines.push(format!("{customer}-2,{customer},{category},2026-03-{:02} 10:00:00", tuesday + 1));
        }
    }
    lines
}

/// Billing fails 10 of 40, then 30 of 40: z = −0.5 ÷ √(0.25 · 0.05) = −4.472136, p = 7.744e-6. Both together fail 30 of
/// 80, then 50 of 80: z = −0.25 ÷ √(0.25 · 0.025) = −3.162278, p = 0.001565.
fn changed() -> Folder {
    folder(
        &[week("billing", 3, 10), week("billing", 10, 30), week("sim", 3, 20), week("sim", 10, 20)].concat(),
    )
}

#[test]
fn a_change_is_told_with_its_test() {
    let folder = changed();
    let report = folder.run("analyze recontact.toml --trend week --format json").json();
    let change = |at: usize| report["trend"][at]["change"].clone();
    let p_value = |change: &Value, name: &str| change[name].as_f64().unwrap();
    let (overall, billing, sim) = (change(0), change(1), change(2));
    assert_eq!((&billing["from"], &billing["to"]), (&json!("2026-W10"), &json!("2026-W11")));
    assert_eq!((&billing["points"], &billing["is_change"]), (&json!(-50.0), &json!(true)));
    assert_eq!(billing["test"], "pooled_z");
    assert!((p_value(&billing, "p_value") / 7.744_216e-6 - 1.0).abs() < 1e-5, "{billing}");
    assert!((p_value(&billing, "p_adjusted") / 15.488_432e-6 - 1.0).abs() < 1e-5, "{billing}");
    assert_eq!((&sim["p_adjusted"], &sim["is_change"]), (&json!(1.0), &json!(false)));
    assert!((p_value(&overall, "p_adjusted") - 0.001_565).abs() < 1e-6, "{overall}");

    let shown = folder.run("analyze recontact.toml --trend week").ok().stdout.replace('\n', " ");
    let sentence = "FCR of all contacts fell by 25.0 points from 2026-W10 to 2026-W11, more than chance (p = 0.002, \
                    two-proportion z test). billing fell by 50.0 points from 2026-W10 to 2026-W11 (p < 0.001, \
                    two-proportion z test, Holm over 2 categories). No other category changed beyond chance.";
    assert!(shown.contains(sentence), "{shown}");
}

#[test]
fn csv_has_a_line_a_category_and_period_where_the_trend_is_asked_for() {
    let folder = changed();
    let csv = folder.run("analyze recontact.toml --trend week --format csv").ok().stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "category,period,from,to,is_provisional,is_partial,contact_count,repeat_count,first_count,left_edge_count,\
         eligible_count,pending_count,resolved_count,fcr_rate,fcr_low,fcr_high,commit_id"
    );
    assert!(
        lines[1].starts_with("billing,2026-W10,2026-03-02,2026-03-08,false,false,50,10,40,0,40,0,30,0.75,0.")
    );
    assert!(
        lines[5].starts_with("(all),2026-W09,2026-02-23,2026-03-01,false,false,0,0,0,0,0,0,0,,,"),
        "{csv}"
    );
    assert_eq!(lines.len(), 1 + 2 + 2 + 4);
    let plain = folder.run("analyze recontact.toml --format csv").ok().stdout;
    assert!(plain.starts_with("category,interaction_count,"), "{plain}");
    let message = folder.run("analyze recontact.toml --trend week --by category --format csv").error();
    assert!(message.contains("--by and --trend"), "{message}");
}

#[test]
fn a_log_without_rows_has_no_trend() {
    let folder = Folder::with(&[("log.csv", HEAD)]);
    let report = folder.run("analyze log.csv --format json").json();
    assert_eq!((&report["trend"], &report["trend_period"]), (&json!([]), &Value::Null));
    assert!(folder.run("analyze log.csv --trend day").ok().stdout.starts_with("Nothing was read"));
}

#[test]
fn where_contacts_count_at_once_the_periods_with_open_windows_are_provisional() {
    let folder = folder(&LOG);
    folder.write("recontact.toml", CONFIG.replace("[policy]\n", "[policy]\nmaturity = \"ignored\"\n"));
    let report = folder.run("analyze recontact.toml --trend week --format json").json();
    // Two days before the end of 22 March are in week 12.
    let periods = report["trend"][0]["periods"].as_array().unwrap();
    let is_provisional: Vec<&Value> = periods.iter().map(|it| &it["is_provisional"]).collect();
    assert_eq!(is_provisional, [false, false, false, true]);
    assert_eq!(periods[3]["pending_count"], 0);
    let shown = folder.run("analyze recontact.toml --trend week").ok().stdout.replace('\n', " ");
    assert!(
        shown.contains("contacts of the last 2d count already, and look better than they are."),
        "{shown}"
    );
}
