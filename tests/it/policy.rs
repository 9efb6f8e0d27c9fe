//! Every choice of the policy on one small log: what each does to the counts, worked out by hand; and what is said of
//! choices that contradict each other or the data.

use serde_json::Value;

use super::program::{Folder, number, step};

/// A calls, is cut off and calls again 2 minutes later about something else, and writes in a chat 47 h 50 min after the
/// end of the first call. B is served once and leaves the queue three days later. C is called back as agreed. T is a
/// test account.
const LOG: &str = "interaction_id,customer_id,channel,direction,status,started_at,ended_at,category\n\
    1,A,voice,inbound,handled,2026-02-01 10:00,2026-02-01 10:10,x\n\
    2,A,voice,inbound,handled,2026-02-01 10:12,2026-02-01 10:20,y\n\
    3,A,chat,inbound,handled,2026-02-03 10:00,2026-02-03 10:05,x\n\
    4,B,voice,inbound,handled,2026-02-01 12:00,2026-02-01 12:05,x\n\
    5,B,voice,inbound,abandoned,2026-02-04 12:00,2026-02-04 12:00,x\n\
    6,C,voice,callback,handled,2026-02-05 09:00,2026-02-05 09:05,x\n\
    7,T,voice,inbound,handled,2026-02-05 09:00,2026-02-05 09:05,x\n";

/// The log under a policy, observed for three months unless it says otherwise. Its lines stand from line 7 on.
fn folder(policy: &str) -> Folder {
    let observed = [("observed_from", "2026-01-01"), ("observed_to", "2026-03-31")];
    let observed = observed.into_iter().filter(|(key, _)| !policy.contains(key));
    let observed: String = observed.map(|(key, value)| format!("{key} = {value}\n")).collect();
    let config = format!("[[source]]\npath = \"log.csv\"\n\n[policy]\n{observed}{policy}\n");
    Folder::with(&[("log.csv", LOG), ("recontact.toml", &config)])
}

fn report(policy: &str) -> Value {
    folder(policy).run("analyze recontact.toml --format json").json()
}

#[test]
fn each_choice_moves_the_counts_as_worked_out_by_hand() {
    // Contacts, repeats, counted (eligible), resolved.
    let table = [
        ("", [5, 1, 4, 3]),                                     // 3 repeats 1; first are 1, 2, 4, 7
        ("exclude_direction = [\"outbound\"]", [6, 1, 5, 4]),   // 6 counts
        ("exclude_customers = [\"T\"]", [4, 1, 3, 2]),          // 7 does not
        ("same = \"any\"", [5, 2, 3, 2]),                       // 2 and 3 repeat 1
        ("channels = \"same\"", [5, 0, 5, 5]),                  // a chat is no repeat of a call
        ("channels = [\"voice\"]", [4, 0, 4, 4]),               // 3 does not count
        ("reconnect_within = \"10m\"", [4, 1, 3, 2]),           // 2 is 1 going on
        ("transfer_within = \"2m\"", [4, 1, 3, 2]),             // the same, exactly at the boundary
        ("transfer_within = \"1m\"", [5, 1, 4, 3]),             // and not within a minute
        ("repeat_only_status = [\"abandoned\"]", [6, 2, 4, 2]), // 5 repeats 4
        ("exclude_status = [\"ignored\"]", [6, 2, 4, 2]),       // the same, as it follows within the window
        ("repeat_only_status = [\"abandoned\"]\nwindow = \"2d\"", [5, 1, 4, 3]), // 5 follows too late to repeat
        ("exclude_status = [\"ignored\"]\nwindow = \"2d\"", [6, 1, 5, 4]), // as a contact like others it is a first one
        ("window = \"47h50m\"", [5, 1, 4, 3]), // 3 begins exactly so long after 1 ended
        ("window = \"47h50m\"\nboundary = \"exclusive\"", [5, 0, 5, 5]),
        ("window = \"47h50m\"\nclock = \"start\"", [5, 0, 5, 5]), // start to start it is 48 h
        ("window = \"1d\"\ndays = \"calendar\"", [5, 0, 5, 5]),   // 3 is two dates after 1
        ("window = \"2d\"\ndays = \"calendar\"\nclock = \"start\"", [5, 1, 4, 3]),
        ("anchor = \"every\"", [5, 1, 5, 4]), // every contact but 1 is the last
        ("observed_to = 2026-02-06", [5, 1, 0, 0]), // no window has passed
        ("observed_to = 2026-02-06\nmaturity = \"ignored\"", [5, 1, 4, 3]),
        ("observed_from = 2026-01-31", [5, 1, 0, 0]), // nothing is known of the week before
        ("observed_from = 2026-01-31\nlookback = \"0d\"", [5, 1, 4, 3]),
    ];
    for (policy, expected) in table {
        let report = report(policy);
        let overall = &report["overall"];
        let found = ["contact_count", "repeat_count", "eligible_count", "resolved_count"]
            .map(|key| number(overall, key));
        assert_eq!(found, expected, "{policy}");
    }
}

#[test]
fn the_waterfall_has_a_line_for_each_reason() {
    let steps = |policy: &str, name: &str| step(&report(policy), name);
    assert_eq!(steps("", "scheduled_callback"), 1);
    assert_eq!(steps("", "abandoned"), 1);
    assert_eq!(steps("exclude_customers = [\"T\"]", "excluded_customer"), 1);
    assert_eq!(steps("channels = [\"voice\"]", "other_channel"), 1);
    assert_eq!(steps("reconnect_within = \"10m\"", "continuation_by_reconnect"), 1);
    assert_eq!(steps("transfer_within = \"10m\"", "continuation_by_transfer"), 1);
    assert_eq!(steps("repeat_only_status = [\"abandoned\"]\nwindow = \"2d\"", "abandoned"), 1);
}

#[test]
fn another_reason_ends_the_wait_where_it_competes() {
    let overall = report("other_reason = \"competing\"")["overall"].clone();
    // Of the four first contacts, 1 is followed by 2 about y after 2 minutes, 2 by 3 about x after 1 d 23 h 40 min; 4
    // and 7 by nothing. Nobody comes back about the same reason first.
    assert_eq!(overall["aj_repeat_rate"], 0.0);
    assert_eq!(overall["aj_other_rate"], 0.5);
    assert_eq!(overall["aj_silent_rate"], 0.5);
    assert_eq!(report("")["overall"]["aj_other_rate"], Value::Null, "where other reasons are ignored");
}

#[test]
fn repeats_have_a_price_by_contact_or_by_minute() {
    let of = |policy: &str| report(policy)["overall"]["companions"].clone();
    assert_eq!(of("cost_per_contact = 12.5")["repeat_cost"], 12.5, "one repeat");
    assert_eq!(of("")["repeat_cost"], Value::Null);
    let ranks = report("cost_per_contact = 12.5");
    let x = ranks["categories"].as_array().unwrap().iter().find(|it| it["category"] == "x").unwrap();
    assert_eq!((&x["cost_rank"], &x["excess_rank"]), (&Value::from(1), &Value::from(1)));
}

#[test]
fn policies_that_contradict_themselves_or_the_data_name_the_line_and_the_remedy() {
    let table = [
        ("window = \"-7d\"", "7: bad value \"-7d\" for `window`: write a whole number and s, m, h, d or w"),
        ("target = 1.7", "7: bad value 1.7 for `target`: write a share from 0 to 1"),
        (
            "exclude_status = [\"abandoned\"]\nrepeat_only_status = [\"abandoned\"]",
            "8: \"abandoned\" is in `exclude_status` too",
        ),
        ("cost_per_minute = 1\ncost_per_contact = 5", "7: two costs: keep"),
        ("anchor = \"every\"\nchain = \"first\"", "8: anchor = \"every\" asks what followed each contact"),
        ("maximum_replies = 1", "7: `maximum_replies` judges tickets, and resolved_by is not \"ticket\""),
        (
            "boundary = \"exclusive\"\nwindow = \"0d\"",
            "8: with boundary = \"exclusive\" no gap is within a window of 0",
        ),
        (
            "identity = [\"customer\"]",
            "7: bad value \"customer\" for `identity`: did you mean \"customer_id\"?",
        ),
        ("channels = \"voice\"", "7: bad value \"voice\" for `channels`: write one of \"any\", \"same\""),
        ("lookback = \"120d\"", "7: a lookback of 120d is longer than the data (89 days)"),
        (
            "[policy.category.z]\nwindow = \"3d\"",
            "7: no category of the data is called `z`: remove it, or correct its name",
        ),
        ("[policy.category.x]\neligble = false", "8: unknown key `eligble`: did you mean `eligible`?"),
    ];
    for (policy, expected) in table {
        let message = folder(policy).run("analyze recontact.toml").error();
        let expected = format!("recontact.toml:{expected}");
        assert!(message.contains(&expected), "{policy}\n{message}\n{expected}");
    }
}

#[test]
fn a_key_that_only_matters_with_another_is_an_error_and_not_ignored() {
    let message = folder("").run("analyze recontact.toml --lookback 200d").error();
    assert!(message.contains("a lookback of 200d is longer than the data"), "{message}");
}
