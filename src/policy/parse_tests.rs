//! What a `[policy]` table means and what is said of a faulty one. Tests only.

use std::path::Path;

use super::{CategoryPolicy, Chain, Clock, Policy, Same, Span};
use crate::interaction::Status;

fn read(text: &str) -> Policy {
    Policy::parse(Path::new("recontact.toml"), text).unwrap()
}

fn fault(text: &str) -> String {
    Policy::parse(Path::new("recontact.toml"), text).unwrap_err().to_string()
}

#[test]
fn without_a_policy_table_the_default_holds() {
    assert_eq!(read(""), Policy::default());
    assert_eq!(
        read("[[source]]\npath = \"calls.csv\"\n[source.fields]\nwindow = \"x\"\n[policy]\n"),
        Policy::default()
    );
}

#[test]
fn every_key_is_read() {
    let text = r#"
        [policy]
        observed_to = 2026-02-28          # before the time zone on purpose
        observed_from = "2026-02-01T08:30:00"
        preset = "two-window"
        window = "3d"
        lookback = "36h"
        clock = "start"
        chain = "first"
        same = "parent_category"
        target = 0.8
        minimum_count = 10
        minimum_seconds = 5
        timezone = "Europe/Riga"
        exclude_status = ["ignored", "voicemail", "ignored"]
        exclude_direction = []
        [policy.category.IN]
        window = "1d"
        lookback = "2d"
        target = 1
        eligible = false
        parent = "Web"
        [policy.category."Kļūda ✓"]
        window = "2w"
    "#;
    let days = |days| Some(Span::from_days(days));
    let mut expected = Policy {
        window: Span::from_days(3),
        lookback: Some(Span::from_seconds(36 * 3600)),
        clock: Clock::Start,
        chain: Chain::First,
        same: Same::ParentCategory,
        target: 0.8,
        minimum_count: 10,
        minimum_seconds: 5.0,
        timezone: "Europe/Riga".to_string(),
        exclude_status: vec![Status::Ignored, Status::Voicemail],
        exclude_direction: vec![],
        // In February Riga is two hours ahead: 06:30 UTC, and the day ends at 22:00 UTC.
        // 2026-02-01 is day 20,485 since 1970: 56 years of 365 days, 14 leap days, 31 days of January.
        observed_from: Some((20_485 * 86_400 + 6 * 3_600 + 30 * 60) * 1_000_000),
        observed_to: Some((20_485 + 27) * 86_400 * 1_000_000 + 22 * 3_600 * 1_000_000 - 1),
        ..Policy::default()
    };
    let own = CategoryPolicy {
        window: days(1),
        lookback: days(2),
        target: Some(1.0),
        is_eligible: Some(false),
        parent: Some("Web".to_string()),
    };
    expected.category.insert("IN".to_string(), own);
    let own = CategoryPolicy { window: days(14), ..CategoryPolicy::default() };
    expected.category.insert("Kļūda ✓".to_string(), own);
    assert_eq!(read(text), expected);
}

#[test]
fn a_time_with_an_offset_needs_no_zone() {
    let policy = read("[policy]\ntimezone = \"Asia/Tokyo\"\nobserved_to = 1970-01-01T02:00:00+02:00");
    assert_eq!(policy.observed_to, Some(0));
}

#[test]
fn every_fault_names_its_line_and_a_remedy() {
    let table = [
        ("[policy]\n\nwindw = \"7d\"", "recontact.toml:3: unknown key `windw`: did you mean `window`?"),
        (
            "[policy.category.IN]\nzzz = 1",
            "recontact.toml:2: unknown key `zzz`: known keys are window, lookback, target, eligible, parent",
        ),
        (
            "[policy]\nwindow = \"7 days\"",
            "recontact.toml:2: bad value \"7 days\" for `window`: \
             write a whole number and s, m, h, d or w, such as `36h` or `7d`",
        ),
        (
            "[policy]\nlookback = 7",
            "recontact.toml:2: bad value 7 for `lookback`: write a length of time in quotes, such as \"7d\"",
        ),
        (
            "[policy]\nclock = \"strat\"",
            "recontact.toml:2: bad value \"strat\" for `clock`: did you mean \"start\"?",
        ),
        (
            "[policy]\nchain = 1",
            "recontact.toml:2: bad value 1 for `chain`: write one of \"rolling\", \"first\"",
        ),
        (
            "[policy]\ntarget = 70",
            "recontact.toml:2: bad value 70 for `target`: write a share from 0 to 1, such as 0.70",
        ),
        (
            "[policy]\ntarget = nan",
            "recontact.toml:2: bad value nan for `target`: write a number, without quotes",
        ),
        (
            "[policy]\nminimum_count = -1",
            "recontact.toml:2: bad value -1 for `minimum_count`: write a whole number, 0 or more",
        ),
        (
            "[policy]\nminimum_seconds = -0.5",
            "recontact.toml:2: bad value -0.5 for `minimum_seconds`: write a number of seconds, 0 or more",
        ),
        (
            "[policy]\nexclude_status = [\n\"abandoned\",\n\"handled\"]",
            "recontact.toml:4: bad value \"handled\" for `exclude_status`: \
             write one of \"abandoned\", \"voicemail\", \"ignored\"",
        ),
        (
            "[policy]\nexclude_direction = \"outbound\"",
            "recontact.toml:2: bad value \"outbound\" for `exclude_direction`: \
             write a list of words in brackets, [] for none",
        ),
        (
            "[policy]\ntimezone = \"Europe/Rigga\"",
            "recontact.toml:2: bad value \"Europe/Rigga\" for `timezone`: \
             write an IANA name such as \"Europe/Riga\"",
        ),
        (
            "[policy]\nobserved_from = \"yesterday\"",
            "recontact.toml:2: bad value \"yesterday\" for `observed_from`: \
             write a date or time such as 2026-02-28 or 2026-02-28T18:00:00Z",
        ),
        (
            "[policy]\nobserved_from = 2026-02-02\nobserved_to = 2026-02-01",
            "recontact.toml:3: `observed_to` is before `observed_from`: let observation end after it starts",
        ),
        ("policy = 1", "recontact.toml:1: `policy` is not a table: write it as a [table]"),
        ("[policy]\ncategory = \"a\"", "recontact.toml:2: `category` is not a table: write it as a [table]"),
        (
            "[policy.category.IN]\neligible = \"no\"",
            "recontact.toml:2: bad value \"no\" for `eligible`: write true or false",
        ),
        (
            "[policy]\npreset = \"one-window\"",
            "recontact.toml:2: bad value \"one-window\" for `preset`: did you mean \"two-window\"?",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_syntax_error_names_its_line() {
    let fault = fault("[policy]\nwindow = \"7d\nclock = \"end\"");
    assert!(fault.starts_with("recontact.toml:2: "), "{fault}");
    assert!(fault.ends_with(": correct the TOML syntax"), "{fault}");
}

#[test]
fn the_first_fault_of_the_text_is_the_one_reported() {
    assert!(fault("[policy]\nzz = 1\nyy = 2").contains("`zz`"));
}
