//! One report in every format: what a reader would notice.

use super::{
    Causes, Count, Entry, Evidence, Format, Identity, Observed, Quote, Report, render, sort_entries, text,
};
use crate::measure::{
    Change, Companions, Denominators, Period, PeriodScores, SaidDone, Scores, Step, Stretch, Test, TrendLine,
    Verdict,
};

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
        repeats_by_day: Vec::new(),
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
        causes: Causes::default(),
        actions: Vec::new(),
        coaching: None,
        trend_period: None,
        trend: Vec::new(),
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

/// Week number `week` of 2026 with so many resolved of 50 eligible, and so many pending.
fn week(week: u64, resolved_count: u64, pending_count: u64) -> PeriodScores {
    let name = |day: u64| format!("2026-01-{day:02}");
    PeriodScores {
        stretch: Stretch {
            period: format!("2026-W{week:02}"),
            from: name(week),
            to: name(week + 6),
            is_cut: false,
        },
        is_provisional: pending_count > 0,
        is_partial: false,
        contact_count: 60,
        repeat_count: 10,
        first_count: 50,
        left_edge_count: 0,
        eligible_count: 50,
        pending_count,
        resolved_count,
        fcr_rate: Some(resolved_count as f64 / 50.0),
        fcr_low: Some(resolved_count as f64 / 50.0 - 0.1),
        fcr_high: Some(resolved_count as f64 / 50.0 + 0.1),
    }
}

fn change(points: f64, p_adjusted: f64) -> Option<Change> {
    Some(Change {
        from: "2026-W12".to_string(),
        to: "2026-W13".to_string(),
        points,
        p_value: p_adjusted,
        p_adjusted,
        is_change: p_adjusted < 0.05,
        test: Test::PooledZ,
    })
}

/// A report over 14 weeks, the last of which is provisional.
fn over_time(overall: Option<Change>, categories: Vec<(Option<&str>, Option<Change>)>) -> String {
    let mut report = report();
    report.policy["minimum_count"] = 30.into();
    report.trend_period = Some(Period::Week);
    let periods: Vec<_> = (1..15).map(|at| week(at, 20 + at, if at == 14 { 7 } else { 0 })).collect();
    report.trend = vec![TrendLine { category: None, is_overall: true, periods, change: overall }];
    let line = |(category, change): (Option<&str>, Option<Change>)| {
        let category = category.map(String::from);
        TrendLine { category, is_overall: false, periods: vec![week(13, 30, 0)], change }
    };
    report.trend.extend(categories.into_iter().map(line));
    let shown = render(&report, Format::Terminal { width: 80, is_coloured: false });
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.lines().all(|line| text::width(line) <= 80), "{shown}");
    let block = shown.split("\n\n").skip_while(|block| !block.starts_with("FCR over time")).take(2);
    let block = block.collect::<Vec<_>>().join("\n\n");
    assert!(!block.contains('\u{1b}'), "a category cannot colour the terminal");
    block
}

/// The sentences alone, on one line.
fn sentences(overall: Option<Change>, categories: Vec<(Option<&str>, Option<Change>)>) -> String {
    let block = over_time(overall, categories);
    block.split_once("\n\n").unwrap().1.replace('\n', " ")
}

#[test]
fn the_terminal_shows_the_latest_twelve_periods_and_says_which_are_provisional() {
    let block = over_time(change(2.0, 0.84), vec![]);
    let lines: Vec<&str> = block.lines().collect();
    assert_eq!(lines[0], "FCR over time, all contacts, by week of the first contact:");
    assert_eq!(lines[1], "Week     Eligible Failed Pending    FCR  Interval     0 %     100 %");
    assert_eq!(lines[2], "2026-W03       50     27       0 46.0 %  36.0–56.0 %  ····━━●━┃····");
    assert_eq!(lines[13], "2026-W14       50     16       7 68.0 %  58.0–78.0 %  ·······━●━···  provisional");
    assert_eq!(lines[14], "(2 earlier weeks: --format json has them all)");
}

#[test]
fn a_change_is_told_with_its_test_and_what_is_none_is_told_too() {
    let changed = [
        (Some("billing\u{1b}[31m"), change(-12.04, 0.0031)),
        (None, change(8.0, 0.0004)),
        (Some("sim"), change(1.0, 1.0)),
        (Some("rare"), None),
    ];
    assert_eq!(
        sentences(change(0.04, 0.98), changed.to_vec()),
        "FCR of all contacts stayed the same from 2026-W12 to 2026-W13, no more than chance (p = 0.98, \
         two-proportion z test). billing [31m fell by 12.0 points from 2026-W12 to 2026-W13 (p = 0.003, \
         two-proportion z test, Holm over 3 categories). (none) rose by 8.0 points from 2026-W12 to 2026-W13 (p < \
         0.001, two-proportion z test, Holm over 3 categories). No other category changed beyond chance."
    );
    let fallen = "FCR of all contacts fell by 9.0 points from 2026-W12 to 2026-W13, more than chance (p = 0.020, \
                  two-proportion z test). ";
    let none = vec![(Some("sim"), change(1.0, 1.0)), (Some("billing"), change(-4.0, 0.7))];
    assert_eq!(
        sentences(change(-9.0, 0.02), none),
        format!(
            "{fallen}Neither of the 2 categories tested changed beyond chance (two-proportion z test, Holm over 2 \
             categories)."
        )
    );
    assert_eq!(
        sentences(change(-9.0, 0.02), vec![(Some("sim"), change(1.0, 0.9))]),
        format!(
            "{fallen}sim, the only category with enough contacts to be tested, rose by 1.0 points from 2026-W12 to \
             2026-W13, no more than chance (p = 0.90, two-proportion z test)."
        )
    );
    assert_eq!(
        sentences(change(-9.0, 0.02), vec![(Some("sim"), None)]),
        format!(
            "{fallen}No category was tested: none has 30 eligible contacts in each of two settled weeks; longer \
             periods, such as --trend month, have more."
        )
    );
    assert_eq!(
        sentences(None, vec![]),
        "Nothing is compared: no two weeks are complete, without pending contacts, and have 30 eligible contacts."
    );
}
