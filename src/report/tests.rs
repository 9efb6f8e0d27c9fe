//! One report in every format: what a reader would notice.

use super::{Count, Entry, Evidence, Format, Identity, Observed, Quote, Report, render, sort_entries, text};
use crate::measure::{Companions, Denominators, SaidDone, Scores, Step, Verdict};

fn entry(category: Option<&str>, resolved: u64, eligible: u64, verdict: Verdict) -> Entry {
    let rate = |at: f64| Some(at);
    Entry {
        key: vec![("category".to_string(), category.map(String::from))],
        scores: Scores {
            contact_count: eligible * 2,
            repeat_count: eligible - resolved,
            eligible_count: eligible,
            first_count: eligible,
            resolved_count: resolved,
            fcr_rate: rate(resolved as f64 / eligible as f64),
            fcr_low: rate(0.4),
            fcr_high: rate(0.6),
            ..Scores::default()
        },
        said_done: SaidDone::default(),
        denominators: Denominators::default(),
        companions: Companions::default(),
        agreement: Vec::new(),
        excess_rank: None,
        cost_rank: None,
        target: 0.7,
        verdict,
        evidence: Vec::new(),
    }
}

fn report() -> Report {
    let mut billing = entry(Some("=billing\u{1b}[31m"), 50, 100, Verdict::Fails);
    billing.evidence = vec![Evidence {
        rule: "no-reply".to_string(),
        contact_count: 31,
        phrase: "still no reply".to_string(),
        quotes: vec![Quote {
            interaction_id: "C-7".to_string(),
            started_at: "2026-06-03T10:00:00+03:00".to_string(),
            language: "en".to_string(),
            text: "I wrote to you a week ago and there is still no reply, ".repeat(5),
        }],
    }];
    let mut categories = vec![
        entry(Some("sim"), 90, 100, Verdict::Meets),
        entry(Some("电话问题与其他一些非常非常长的类别名称"), 60, 100, Verdict::AtRisk),
        billing,
        entry(None, 5, 10, Verdict::TooFew),
    ];
    sort_entries(&mut categories);
    let mut overall = entry(None, 205, 310, Verdict::Meets);
    overall.key.clear();
    Report {
        schema: 1,
        policy: serde_json::json!({"window": "7d", "clock": "end", "same": "category", "target": 0.7}),
        lexicon_hash: "00".to_string(),
        commit_id: 1,
        observed: Some(Observed {
            from: "2026-05-01T00:00:00+03:00".to_string(),
            to: "2026-08-28T23:00:00+03:00".to_string(),
        }),
        waterfall: vec![
            Step { step: "read", count: 1234 },
            Step { step: "rejected", count: 4 },
            Step { step: "outbound", count: 0 },
            Step { step: "contact", count: 620 },
        ],
        identity: Identity::default(),
        overall,
        categories,
        by: Vec::new(),
        groups: Vec::new(),
        notes: vec![Count { kind: "reject", what: "ragged row".to_string(), count: 4 }],
    }
}

fn terminal(width: usize) -> String {
    String::from_utf8(render(&report(), Format::Terminal { width, is_coloured: false })).unwrap()
}

#[test]
fn the_terminal_report_fits_80_columns_and_says_first_what_fails() {
    let shown = terminal(80);
    for line in shown.lines() {
        assert!(text::width(line) <= 80, "{} columns: {line}", text::width(line));
    }
    assert!(
        shown.contains("1 of 4 categories fails the target of 70.0 %: =billing [31m (50.0 %)."),
        "{shown}"
    );
    let place = |what: &str| shown.find(what).unwrap_or_else(|| panic!("{what} in {shown}"));
    assert!(place(" fails\n") < place("at risk\n") && place("at risk\n") < place("meets\n"));
    assert!(shown.contains("no-reply in 31 contacts, as in \"still no reply\""), "{shown}");
    assert!(shown.contains("Of 1,234 rows read: 4 rejected; 620 contacts"), "{shown}");
    assert!(shown.contains("4 × reject: ragged row"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "a category cannot colour the terminal");
}

#[test]
fn a_wide_terminal_shows_each_interval_as_a_picture() {
    assert!(!terminal(80).contains('●'));
    let shown = terminal(120);
    assert!(shown.contains("fails    ········━━━●━━·┃······\n"), "{shown}");
    assert!(shown.lines().all(|line| text::width(line) <= 120));
}

#[test]
fn csv_has_a_line_a_category_and_no_formula() {
    let csv = String::from_utf8(render(&report(), Format::Csv)).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    assert_eq!(rows.len(), 5);
    assert_eq!(&rows[0][0], "'=billing\u{1b}[31m");
    assert_eq!(&rows[0][column("resolved_count")], "50");
    assert_eq!(&rows[0][column("fcr_rate")], "0.5");
    assert_eq!(&rows[0][column("repeat_low")], "", "no rate is an empty cell");
    assert_eq!((&rows[3][0], &rows[4][0]), ("(none)", "(all)"));
}

#[test]
fn json_has_the_names_of_schema_1() {
    let json: serde_json::Value = serde_json::from_slice(&render(&report(), Format::Json)).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["waterfall"][0]["step"], "read");
    let billing = &json["categories"][0];
    assert_eq!(billing["category"], "=billing\u{1b}[31m");
    assert_eq!(billing["verdict"], "fails");
    for name in [
        "interaction_count",
        "contact_count",
        "customer_count",
        "repeat_count",
        "repeat_rate",
        "first_count",
        "left_edge_count",
        "eligible_count",
        "pending_count",
        "resolved_count",
        "fcr_rate",
        "fcr_low",
        "fcr_high",
        "stated_count",
    ] {
        assert!(billing.get(name).is_some() && json["overall"].get(name).is_some(), "{name}");
    }
    assert_eq!(billing["evidence"][0]["quotes"][0]["interaction_id"], "C-7");
    assert_eq!(json["categories"][3]["category"], serde_json::Value::Null);
}
