//! Presets: each counts a small log as its product says that it counts.
//!
//! The expected numbers were worked out by hand from the words of the vendor, which are told above each test, and not
//! from what the program does. The column `scenario` names what a row is there for; the tests compare the numbers of
//! every scenario, so that two mistakes cannot cancel each other out.

use std::fmt::Write as _;

use recontact::policy::{PRESETS, Preset};
use serde_json::Value;

use super::program::{Folder, number};

/// Contacts, contacts that the rate counts, and of these the resolved ones.
type Counts = [u64; 3];

/// The report on a log under a configuration without its source, which is in `zone`.
fn report(arguments: &str, policy: &str, zone: &str, log: &str) -> Value {
    let folder = indexed(policy, zone, log);
    folder.run(&format!("report --store s --format json {arguments}")).json()
}

/// A folder with a log, its configuration and a store of it.
fn indexed(policy: &str, zone: &str, log: &str) -> Folder {
    let config = format!("{policy}\n[[source]]\npath = \"log.csv\"\ntimezone = \"{zone}\"\n");
    let folder = Folder::with(&[("log.csv", log), ("recontact.toml", &config)]);
    folder.run("index recontact.toml --store s").ok();
    folder
}

#[track_caller]
fn counts(scores: &Value) -> Counts {
    ["contact_count", "eligible_count", "resolved_count"].map(|name| number(scores, name))
}

/// Compares the counts of every scenario, their sum and its rate with what a report says.
#[track_caller]
fn assert_counts(report: &Value, expected: &[(&str, Counts)]) {
    let mut found: Vec<(String, Counts)> = Vec::new();
    for group in report["groups"].as_array().unwrap() {
        found.push((group["key"]["scenario"].as_str().unwrap().to_string(), counts(group)));
    }
    found.sort();
    let mut wanted: Vec<_> = expected.iter().map(|(name, counts)| (name.to_string(), *counts)).collect();
    wanted.sort();
    assert_eq!(found, wanted);
    let sum = expected.iter().fold([0; 3], |sum, (_, it)| [0, 1, 2].map(|at| sum[at] + it[at]));
    let [_, eligible, resolved] = sum;
    assert_eq!(counts(&report["overall"]), sum);
    let rate = report["overall"]["fcr_rate"].as_f64().unwrap();
    assert!((rate - resolved as f64 / eligible as f64).abs() < 1e-12, "{rate}");
}

/// The counts of a log under a preset, by scenario, must be these.
#[track_caller]
fn assert_preset(preset: &str, log: &str, expected: &[(&str, Counts)]) {
    let arguments = format!("--preset {preset} --by scenario");
    assert_counts(&report(&arguments, "", "UTC", log), expected);
}

/// Easemob, 首次解决率 (docs.easemob.com/cs/call-center/firstresolution): a call is a first call if its number did not
/// call in the x days and y hours before, and it is resolved at first if the number does not call again in the x days
/// and y hours after. The rate is the latter ÷ the former. Both spans are settings; here they are 7 days. That reasons
/// are told apart, that the records must reach back and that young contacts wait is this program's own.
#[test]
fn two_window_first_contacts_with_silence_after_them_are_resolved_and_both_edges_wait() {
    // Observed from 1 March 00:00 to 31 March 00:00, the first and the last row.
    let log = "interaction_id,customer_id,category,started_at,ended_at,status,scenario\n\
        edge1,X1,billing,2026-03-01T00:00:00Z,2026-03-01T00:05:00Z,handled,first day\n\
        edge2,X2,billing,2026-03-07T23:59:59Z,2026-03-08T00:05:00Z,handled,looked back a second too little\n\
        edge3,X3,billing,2026-03-08T00:00:00Z,2026-03-08T00:05:00Z,handled,looked back just enough\n\
        a1,A,billing,2026-03-10T10:00:00Z,2026-03-10T10:05:00Z,handled,exactly 7 days\n\
        a2,A,billing,2026-03-17T10:05:00Z,2026-03-17T10:10:00Z,handled,exactly 7 days\n\
        b1,B,billing,2026-03-10T10:00:00Z,2026-03-10T10:05:00Z,handled,a second more\n\
        b2,B,billing,2026-03-17T10:05:01Z,2026-03-17T10:10:00Z,handled,a second more\n\
        c1,C,billing,2026-03-12T10:00:00Z,2026-03-12T10:05:00Z,handled,two reasons\n\
        c2,C,outage,2026-03-13T10:00:00Z,2026-03-13T10:05:00Z,handled,two reasons\n\
        d1,D,billing,2026-03-12T10:00:00Z,2026-03-12T10:05:00Z,handled,abandoned\n\
        d2,D,billing,2026-03-13T10:00:00Z,2026-03-13T10:00:30Z,abandoned,abandoned\n\
        e1,E,billing,2026-03-09T10:00:00Z,2026-03-09T10:05:00Z,handled,chain\n\
        e2,E,billing,2026-03-15T10:00:00Z,2026-03-15T10:05:00Z,handled,chain\n\
        e3,E,billing,2026-03-21T10:00:00Z,2026-03-21T10:05:00Z,handled,chain\n\
        f1,F,billing,2026-03-23T23:50:00Z,2026-03-24T00:00:00Z,handled,just old enough\n\
        g1,G,billing,2026-03-24T00:00:00Z,2026-03-24T00:00:01Z,handled,a second too young\n\
        z1,,billing,2026-03-31T00:00:00Z,2026-03-31T00:05:00Z,handled,nobody\n";
    assert_preset(
        "two-window",
        log,
        &[
            // Nobody can tell whether they are first.
            ("first day", [1, 0, 0]),
            ("looked back a second too little", [1, 0, 0]),
            ("looked back just enough", [1, 1, 1]),
            // "In the 7 days after" has room for the seventh day's last moment: a1 fails, a2 is no first contact.
            ("exactly 7 days", [2, 1, 0]),
            // Both are first, and both windows close in March.
            ("a second more", [2, 2, 2]),
            ("two reasons", [2, 2, 2]),
            // Nobody was served the second time: no contact.
            ("abandoned", [1, 1, 1]),
            // The second and the third have a call in the 7 days before.
            ("chain", [3, 1, 0]),
            ("just old enough", [1, 1, 1]),
            ("a second too young", [1, 0, 0]),
            ("nobody", [0, 0, 0]),
        ],
    );
}

/// Genesys Cloud, Next Contact Avoidance (help.mypurecloud.com/articles/next-contact-avoidance): an interaction avoided
/// the next contact when its customer starts no other interaction within the seven days that follow it. Intentions are
/// not told apart, nor are queues and media: a card lost by telephone and an e-mail about an insurance five days later
/// are contact and next contact. First results are there after the seven days. The interfaces date the result by the
/// wrap-up.
#[test]
fn genesys_interactions_succeed_when_no_other_of_whatever_kind_starts_within_7_days_of_their_wrap_up() {
    // The last row starts on 20 March 12:00.
    let log = "interaction_id,customer_id,channel,category,started_at,ended_at,status,scenario\n\
        a1,A,voice,card,2026-03-01T09:00:00Z,2026-03-01T09:10:00Z,handled,their example\n\
        a2,A,email,insurance,2026-03-06T09:00:00Z,2026-03-06T09:05:00Z,handled,their example\n\
        b1,B,voice,card,2026-03-02T10:00:00Z,2026-03-02T10:05:00Z,handled,exactly 7 days\n\
        b2,B,voice,card,2026-03-09T10:05:00Z,2026-03-09T10:07:00Z,handled,exactly 7 days\n\
        c1,C,voice,card,2026-03-02T10:00:00Z,2026-03-02T10:05:00Z,handled,a second more\n\
        c2,C,voice,card,2026-03-09T10:05:01Z,2026-03-09T10:07:00Z,handled,a second more\n\
        e1,E,voice,card,2026-03-18T10:00:00Z,2026-03-18T10:05:00Z,handled,too young\n\
        e2,E,voice,card,2026-03-19T10:00:00Z,2026-03-19T10:05:00Z,handled,too young\n\
        f1,F,voice,card,2026-03-13T11:50:00Z,2026-03-13T12:00:00Z,handled,just old enough\n\
        g1,G,chat,card,2026-03-20T12:00:00Z,2026-03-20T12:10:00Z,handled,last row\n";
    assert_preset(
        "genesys-nca",
        log,
        &[
            // Every interaction is measured, on the first day of the data and as a next contact too: a2 succeeds.
            ("their example", [2, 2, 1]),
            ("exactly 7 days", [2, 2, 1]),
            ("a second more", [2, 2, 2]),
            // Not shown yet, although one has its next contact already.
            ("too young", [2, 0, 0]),
            ("just old enough", [1, 1, 1]),
            ("last row", [1, 0, 0]),
        ],
    );
}

/// An interaction that its customer abandons was started by the customer, so it is the next contact of the one before.
/// What Genesys measures has a last user who handled it and a time of its wrap-up
/// (developer.genesys.cloud/analyticsdatamanagement/analytics/aggregate/resolutions-query), and it has neither.
const ABANDONED: &str = "interaction_id,customer_id,channel,started_at,ended_at,status,scenario\n\
    a1,A,voice,2026-03-03T10:00:00Z,2026-03-03T10:05:00Z,handled,handled\n\
    a2,A,voice,2026-03-04T10:00:00Z,2026-03-04T10:00:30Z,abandoned,abandoned after it\n\
    b1,B,voice,2026-03-04T10:00:00Z,2026-03-04T10:00:30Z,abandoned,abandoned alone\n\
    z1,,voice,2026-03-20T10:00:00Z,2026-03-20T10:05:00Z,handled,last row\n";

#[test]
fn genesys_an_abandoned_interaction_is_the_next_contact_of_the_one_before() {
    let report = report("--preset genesys-nca --by scenario", "", "UTC", ABANDONED);
    let of = |name: &str| {
        let groups = report["groups"].as_array().unwrap();
        counts(groups.iter().find(|group| group["key"]["scenario"] == name).unwrap())
    };
    assert_eq!(of("handled"), [1, 1, 0]);
    assert_eq!(of("abandoned alone"), [0, 0, 0]);
}

#[test]
fn genesys_an_abandoned_interaction_is_not_measured_itself() {
    let expected = [
        ("handled", [1, 1, 0]),
        ("abandoned after it", [1, 0, 0]),
        ("abandoned alone", [0, 0, 0]),
        ("last row", [0, 0, 0]),
    ];
    assert_preset("genesys-nca", ABANDONED, &expected);
}

/// QueueMetrics (queuemetrics.com/blog/2018/06/20/first-call-resolution): calls of one caller id with less than the
/// margin (168 hours) between them are repeated calls, whatever they are about, and are clustered; a caller's only call
/// is a first call resolution. Caller ids are compared without spaces and other characters that are no digits. A caller
/// id that is then blank, such as "" or "anonymous", is never clustered: each is a single call. Another number is
/// another caller.
#[test]
fn queuemetrics_calls_less_than_168_hours_apart_are_one_cluster_and_a_cluster_of_one_is_resolved() {
    let log = "interaction_id,customer_id,phone,channel,category,started_at,ended_at,scenario\n\
        a1,A,+371 20 123 456,voice,billing,2026-03-01T10:00:00Z,2026-03-01T10:30:00Z,a second less\n\
        a2,A,+37120123456,voice,billing,2026-03-08T09:59:59Z,2026-03-08T10:10:00Z,a second less\n\
        b1,B,+37120000001,voice,billing,2026-03-01T10:00:00Z,2026-03-01T10:30:00Z,exactly 168 hours\n\
        b2,B,+37120000001,voice,billing,2026-03-08T10:00:00Z,2026-03-08T10:10:00Z,exactly 168 hours\n\
        b3,B,+37120000001,chat,billing,2026-03-08T11:00:00Z,2026-03-08T11:10:00Z,chat\n\
        c1,C,+37120000002,voice,billing,2026-03-01T10:00:00Z,2026-03-01T10:10:00Z,chain\n\
        c2,C,+37120000002,voice,billing,2026-03-06T10:00:00Z,2026-03-06T10:10:00Z,chain\n\
        c3,C,+37120000002,voice,billing,2026-03-11T10:00:00Z,2026-03-11T10:10:00Z,chain\n\
        d1,D,,voice,billing,2026-03-02T10:00:00Z,2026-03-02T10:10:00Z,blank\n\
        d2,D,,voice,billing,2026-03-02T11:00:00Z,2026-03-02T11:10:00Z,blank\n\
        d3,D,anonymous,voice,billing,2026-03-02T12:00:00Z,2026-03-02T12:10:00Z,anonymous\n\
        d4,D,anonymous,voice,billing,2026-03-02T13:00:00Z,2026-03-02T13:10:00Z,anonymous\n\
        e1,E,+37120000003,voice,billing,2026-03-02T10:00:00Z,2026-03-02T10:10:00Z,two reasons\n\
        e2,E,+371-20000003,voice,outage,2026-03-03T10:00:00Z,2026-03-03T10:10:00Z,two reasons\n\
        f1,F,+37120000004,voice,billing,2026-03-20T10:00:00Z,2026-03-20T10:10:00Z,two numbers\n\
        f2,F,+37120000005,voice,billing,2026-03-20T11:00:00Z,2026-03-20T11:10:00Z,two numbers\n";
    assert_preset(
        "queuemetrics",
        log,
        &[
            // One cluster of two calls, although a day of silence less its second would fit between end and start.
            ("a second less", [2, 1, 0]),
            // 168 hours is not less than 168 hours: two clusters of one call. The ends of calls play no part.
            ("exactly 168 hours", [2, 2, 2]),
            ("chat", [0, 0, 0]),
            // Ten days in all, five between neighbours.
            ("chain", [3, 1, 0]),
            // Four single calls, although the customer is known by another id.
            ("blank", [2, 2, 2]),
            ("anonymous", [2, 2, 2]),
            ("two reasons", [2, 1, 0]),
            // Also: what happens after the end of the data is not asked.
            ("two numbers", [2, 2, 2]),
        ],
    );
}

/// Capturi, Understanding repeat calls (capturi.stonly.com, step 3747267): a call that leads to a new call in the span
/// is a trigger call, the one after it a repeat call, one that leads to none an FCR. Only the distance between calls is
/// looked at, "<7 days" as set at first. Where less than 15 minutes lie between the starts of two calls the second is
/// the first one, forwarded, and no repeat. The calls of the last days trigger few others because the future is
/// unknown, which is a known flaw and not corrected.
#[test]
fn capturi_calls_are_resolved_when_no_new_call_starts_less_than_7_days_later_but_for_forwarded_ones() {
    let log = "interaction_id,phone,channel,category,started_at,ended_at,scenario\n\
        a1,+37120000001,voice,x,2026-03-02T10:00:00Z,2026-03-02T10:10:00Z,a second less\n\
        a2,+37120000001,voice,y,2026-03-09T09:59:59Z,2026-03-09T10:10:00Z,a second less\n\
        b1,+37120000002,voice,x,2026-03-02T10:00:00Z,2026-03-02T10:10:00Z,exactly 7 days\n\
        b2,+37120000002,voice,x,2026-03-09T10:00:00Z,2026-03-09T10:10:00Z,exactly 7 days\n\
        c1,+37120000003,voice,x,2026-03-03T10:00:00Z,2026-03-03T10:14:00Z,forwarded\n\
        c2,+37120000003,voice,x,2026-03-03T10:14:59Z,2026-03-03T10:20:00Z,forwarded\n\
        d1,+37120000004,voice,x,2026-03-03T10:00:00Z,2026-03-03T10:14:00Z,exactly 15 minutes\n\
        d2,+37120000004,voice,x,2026-03-03T10:15:00Z,2026-03-03T10:20:00Z,exactly 15 minutes\n\
        e1,+37120000005,voice,x,2026-03-04T10:00:00Z,2026-03-04T10:05:00Z,forwarded twice\n\
        e2,+37120000005,voice,x,2026-03-04T10:14:00Z,2026-03-04T10:20:00Z,forwarded twice\n\
        e3,+37120000005,voice,x,2026-03-04T10:28:00Z,2026-03-04T10:30:00Z,forwarded twice\n\
        f1,+37120000006,voice,x,2026-03-04T10:00:00Z,2026-03-04T10:05:00Z,forwarded and called again\n\
        f2,+37120000006,voice,x,2026-03-04T10:10:00Z,2026-03-04T10:20:00Z,forwarded and called again\n\
        f3,+37120000006,voice,x,2026-03-06T10:00:00Z,2026-03-06T10:05:00Z,forwarded and called again\n\
        g1,+37120000007,voice,x,2026-03-05T10:00:00Z,2026-03-05T10:05:00Z,three in a row\n\
        g2,+37120000007,voice,x,2026-03-08T10:00:00Z,2026-03-08T10:05:00Z,three in a row\n\
        g3,+37120000007,voice,x,2026-03-12T10:00:00Z,2026-03-12T10:05:00Z,three in a row\n\
        h1,+37120000008,voice,x,2026-03-20T10:00:00Z,2026-03-20T10:05:00Z,last day\n";
    assert_preset(
        "capturi",
        log,
        &[
            // A trigger and its repeat, which is an FCR because nothing follows; reasons are not looked at.
            ("a second less", [2, 2, 1]),
            ("exactly 7 days", [2, 2, 2]),
            // A forwarded call has no number of its own here (see `differs`): one call, one FCR.
            ("forwarded", [1, 1, 1]),
            ("exactly 15 minutes", [2, 2, 1]),
            // 28 minutes in all, but 14 from one start to the next.
            ("forwarded twice", [1, 1, 1]),
            // "A forwarded call can become a trigger": one trigger, either way; the last is an FCR.
            ("forwarded and called again", [2, 2, 1]),
            // Trigger; repeat and trigger; repeat and FCR.
            ("three in a row", [3, 3, 1]),
            ("last day", [1, 1, 1]),
        ],
    );
}

/// RingCentral Engage Digital, One contact resolution report
/// (support.ringcentral.com/engagedigital/analytics/reports/one-contact-resolution-report.html): interactions closed
/// without the customer contacting the business again through the same channel before a threshold, 3 days unless set
/// otherwise, ÷ all closed interactions of the customer in the channel.
#[test]
fn ringcentral_interactions_are_resolved_when_the_channel_is_silent_until_3_days_after_they_were_closed() {
    let log = "interaction_id,customer_id,channel,category,started_at,ended_at,scenario\n\
        a1,A,chat,x,2026-03-02T10:00:00Z,2026-03-02T10:30:00Z,a second before\n\
        a2,A,chat,x,2026-03-05T10:29:59Z,2026-03-05T10:40:00Z,a second before\n\
        b1,B,chat,x,2026-03-02T10:00:00Z,2026-03-02T10:30:00Z,at the threshold\n\
        b2,B,chat,x,2026-03-05T10:30:00Z,2026-03-05T10:40:00Z,at the threshold\n\
        c1,C,chat,x,2026-03-02T10:00:00Z,2026-03-02T10:30:00Z,two channels\n\
        c2,C,email,x,2026-03-03T10:00:00Z,2026-03-03T10:30:00Z,two channels\n\
        c3,C,chat,x,2026-03-04T10:00:00Z,2026-03-04T10:30:00Z,back in the first channel\n\
        d1,D,email,x,2026-03-02T10:00:00Z,2026-03-02T10:30:00Z,two reasons\n\
        d2,D,email,y,2026-03-03T10:00:00Z,2026-03-03T10:30:00Z,two reasons\n\
        e1,E,chat,x,2026-03-20T10:00:00Z,2026-03-20T10:30:00Z,last day\n";
    assert_preset(
        "ringcentral",
        log,
        &[
            ("a second before", [2, 2, 1]),
            // Not *before* the threshold.
            ("at the threshold", [2, 2, 2]),
            // The chat fails for the chat two days later; the e-mail between them does not matter to it, nor it to the
            // e-mail.
            ("two channels", [2, 2, 1]),
            ("back in the first channel", [1, 1, 1]),
            ("two reasons", [2, 2, 1]),
            ("last day", [1, 1, 1]),
        ],
    );
}

/// Bucher + Suter, Reports for CUIC, Recaller Analysis (docs.bucher-suter.com/reports-for-cuic/docs/5.2): a recaller is
/// the same ANI that calls several times, on the same day, for the same call type, whatever becomes of the calls
/// (answered, abandoned, …).
#[test]
fn bucher_suter_recallers_are_numbers_with_several_calls_of_one_type_on_one_local_day_answered_or_not() {
    // Riga is 2 hours ahead of UTC, from 29 March 03:00 on 3 hours.
    let log = "interaction_id,phone,channel,category,started_at,status,scenario\n\
        z1,,voice,sales,2026-03-01 12:00:00,handled,nobody\n\
        a1,+37120000001,voice,sales,2026-03-03 00:10:00,handled,day\n\
        a2,+37120000001,voice,sales,2026-03-03 23:50:00,handled,day\n\
        a3,+37120000001,voice,sales,2026-03-04 00:05:00,handled,next day\n\
        b1,+37120000002,voice,sales,2026-03-03 10:00:00,handled,two types\n\
        b2,+37120000002,voice,support,2026-03-03 11:00:00,handled,two types\n\
        c1,+37120000003,voice,sales,2026-03-03 09:00:00,abandoned,redials\n\
        c2,+37120000003,voice,sales,2026-03-03 09:05:00,abandoned,redials\n\
        c3,+37120000003,voice,sales,2026-03-03 09:10:00,handled,redials\n\
        d1,+37120000004,voice,sales,2026-03-03 09:00:00,abandoned,abandoned once\n\
        e1,+37120000005,voice,sales,2026-03-05 10:00:00,voicemail,voicemail\n\
        e2,+37120000005,voice,sales,2026-03-05 12:00:00,handled,voicemail\n\
        f1,+37120000004,chat,sales,2026-03-03 10:00:00,handled,chat\n\
        g1,+37120000006,voice,sales,2026-03-29 00:30:00,handled,day of 23 hours\n\
        g2,+37120000006,voice,sales,2026-03-29 23:30:00,handled,day of 23 hours\n";
    let report = report(
        "--preset bucher-suter --by scenario",
        "[policy]\ntimezone = \"Europe/Riga\"",
        "Europe/Riga",
        log,
    );
    assert_counts(
        &report,
        &[
            // 23 hours and 40 minutes apart and on one day; in UTC they would be on two.
            ("day", [2, 1, 0]),
            // 15 minutes later, on another day: called once.
            ("next day", [1, 1, 1]),
            ("two types", [2, 2, 2]),
            ("redials", [3, 1, 0]),
            ("abandoned once", [1, 1, 1]),
            ("voicemail", [2, 1, 0]),
            ("chat", [0, 0, 0]),
            ("day of 23 hours", [2, 1, 0]),
            // Not said by the vendor; left out here (see `differs`).
            ("nobody", [0, 0, 0]),
        ],
    );
}

/// Tickets as a help desk exports them, for the two definitions of Zendesk's.
const TICKETS: &str = "interaction_id,customer_id,channel,started_at,ended_at,\
    reply_count,reopen_count,agent_count,scenario\n\
    t1,A,email,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,1,0,1,one reply\n\
    t2,B,email,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,0,0,1,no reply\n\
    t3,C,email,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,2,0,1,two replies\n\
    t4,D,email,2026-03-02T10:00:00Z,2026-03-04T12:00:00Z,1,1,1,reopened for a thank you\n\
    t5,E,email,2026-03-02T10:00:00Z,2026-03-04T12:00:00Z,2,1,1,reopened for a question\n\
    t6,F,email,2026-03-02T10:00:00Z,,1,0,1,open\n\
    t7,G,email,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,1,0,2,two agents\n\
    t8,H,email,2026-03-02T10:00:00Z,2026-03-22T12:00:00Z,1,0,1,solved after 20 days\n\
    t9,A,chat,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z,1,0,1,same customer the next day\n\
    t10,,email,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z,1,0,1,nobody\n";

/// What both make of them: a solved ticket with exactly one public reply is one-touch, whoever else took part and
/// however long it took, and each ticket is judged by itself.
const ONE_TOUCH: [(&str, Counts); 10] = [
    ("one reply", [1, 1, 1]),
    ("no reply", [1, 1, 0]),
    ("two replies", [1, 1, 0]),
    ("reopened for a thank you", [1, 1, 1]),
    ("reopened for a question", [1, 1, 0]),
    ("open", [1, 0, 0]),
    ("two agents", [1, 1, 1]),
    ("solved after 20 days", [1, 1, 1]),
    ("same customer the next day", [1, 1, 1]),
    ("nobody", [1, 1, 1]),
];

/// Zendesk, How are one-touch resolutions calculated (support.zendesk.com/hc/articles/4408820618266): solved or closed
/// tickets with exactly one reply of an agent. A ticket that is reopened with a question and answered again is none;
/// one that is reopened by a thank you and solved again without a reply still is.
#[test]
fn zendesk_solved_tickets_with_exactly_one_reply_are_one_touch_and_a_thank_you_takes_nothing_away() {
    assert_preset("zendesk-one-touch", TICKETS, &ONE_TOUCH);
}

/// The text that the same article had before (and has in other languages): solved or closed tickets with fewer than two
/// replies, "`IF (VALUE(Agent replies) <2 AND …`", so that those without any count.
#[test]
fn zendesk_counted_tickets_without_a_reply_before() {
    let policy = "[policy]\npreset = \"zendesk-one-touch\"\nminimum_replies = 0";
    let mut expected = ONE_TOUCH;
    expected[1] = ("no reply", [1, 1, 1]);
    assert_counts(&report("--by scenario", policy, "UTC", TICKETS), &expected);
}

/// fivetran/dbt_zendesk, models/zendesk__ticket_metrics.sql and intermediate/int_zendesk__comment_metrics.sql:
/// one-touch is a status of solved or closed together with `count_public_agent_comments = 1`; with none of them a ticket is
/// neither one- nor two-touch.
#[test]
fn dbt_zendesk_solved_tickets_with_one_public_comment_of_an_agent_are_one_touch_and_those_without_are_not() {
    assert_preset("dbt-zendesk", TICKETS, &ONE_TOUCH);
}

/// Intercom, Closed conversations on first contact rate (intercom.com/help, article 7022438): the share of
/// conversations that were closed once with one participating teammate, by the time at which they started; those still
/// open are among the conversations and not among the closed.
#[test]
fn intercom_conversations_closed_once_with_one_teammate_are_resolved_and_open_ones_are_not() {
    let log = "interaction_id,customer_id,channel,started_at,ended_at,reply_count,reopen_count,agent_count,scenario\n\
        i1,A,chat,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,1,0,1,closed once\n\
        i2,B,chat,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,1,1,1,reopened\n\
        i3,C,chat,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,1,0,2,two teammates\n\
        i4,D,chat,2026-03-02T10:00:00Z,,1,0,1,open\n\
        i5,E,chat,2026-03-02T10:00:00Z,2026-03-02T12:00:00Z,5,0,1,five replies\n\
        i6,F,email,2026-03-02T10:00:00Z,2026-04-02T12:00:00Z,1,0,1,closed after a month\n\
        i7,A,chat,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z,1,0,1,same customer the next day\n\
        i8,,chat,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z,1,0,1,nobody\n\
        i9,G,chat,2026-03-03T10:00:00Z,2026-03-03T12:00:00Z,2,2,3,reopened twice by three\n";
    assert_preset(
        "intercom",
        log,
        &[
            ("closed once", [1, 1, 1]),
            ("reopened", [1, 1, 0]),
            ("two teammates", [1, 1, 0]),
            ("open", [1, 1, 0]),
            ("five replies", [1, 1, 1]),
            ("closed after a month", [1, 1, 1]),
            ("same customer the next day", [1, 1, 1]),
            ("nobody", [1, 1, 1]),
            ("reopened twice by three", [1, 1, 0]),
        ],
    );
}

/// Zammad, lib/report/ticket_first_solution.rb: of the tickets with a `close_at`, those count for which
/// `close_at − 15 minutes < created_at`; replies, agents, owners and what happens after the close are not asked.
#[test]
fn zammad_tickets_closed_in_less_than_15_minutes_are_solved_at_first_whatever_happened_later() {
    let log = "interaction_id,customer_id,channel,started_at,ended_at,reply_count,reopen_count,agent_count,scenario\n\
        z1,A,email,2026-03-02T10:00:00Z,2026-03-02T10:14:59Z,1,0,1,14:59\n\
        z2,B,email,2026-03-02T10:00:00Z,2026-03-02T10:15:00Z,1,0,1,15:00\n\
        z3,C,email,2026-03-02T10:00:00Z,2026-03-02T10:14:59.999Z,1,0,1,a millisecond less\n\
        z4,D,voice,2026-03-02T10:00:00Z,2026-03-02T10:00:00Z,0,0,1,closed when created\n\
        z5,E,email,2026-03-02T10:00:00Z,2026-03-02T10:14:59Z,1,3,1,reopened\n\
        z6,F,email,2026-03-02T10:00:00Z,,1,0,1,open\n\
        z7,G,email,2026-03-02T10:00:00Z,2026-03-02T10:10:00Z,4,0,2,two agents and four replies\n\
        z8,H,email,2026-03-02T10:00:00Z,2026-03-05T10:00:00Z,1,0,1,three days\n\
        z9,A,email,2026-03-02T11:00:00Z,2026-03-02T11:10:00Z,1,0,1,same customer an hour later\n\
        z10,,email,2026-03-02T10:00:00Z,2026-03-02T10:05:00Z,1,0,1,nobody\n";
    assert_preset(
        "zammad-first-solution",
        log,
        &[
            ("14:59", [1, 1, 1]),
            ("15:00", [1, 1, 0]),
            ("a millisecond less", [1, 1, 1]),
            ("closed when created", [1, 1, 1]),
            ("reopened", [1, 1, 1]),
            // Zammad reports no rate; among all tickets, this one is not solved at first.
            ("open", [1, 1, 0]),
            ("two agents and four replies", [1, 1, 1]),
            ("three days", [1, 1, 0]),
            ("same customer an hour later", [1, 1, 1]),
            ("nobody", [1, 1, 1]),
        ],
    );
}

/// What agents coded, for the gross and the net rate.
const CODED: &str = "interaction_id,customer_id,channel,direction,category,started_at,is_coded_resolved,scenario\n\
    m1,A,voice,inbound,password,2026-03-02T10:00:00Z,true,resolved\n\
    m2,B,voice,inbound,password,2026-03-02T10:00:00Z,false,not resolved\n\
    m3,C,voice,inbound,password,2026-03-02T10:00:00Z,,no code\n\
    m4,D,voice,inbound,hardware,2026-03-02T10:00:00Z,true,hardware resolved\n\
    m5,E,voice,inbound,hardware,2026-03-02T10:00:00Z,false,hardware\n\
    m6,A,voice,inbound,password,2026-03-03T10:00:00Z,true,same customer the next day\n\
    m7,,voice,inbound,password,2026-03-03T10:00:00Z,true,nobody\n\
    m8,F,voice,outbound,password,2026-03-03T10:00:00Z,true,outgoing\n\
    m9,G,email,inbound,password,2026-03-03T10:00:00Z,true,by e-mail\n";

/// MetricNet, Gross vs Net FCR (customerthink.com/first_call_resolution_metrics_gross_vs_net_fcr/): net is the number
/// of contacts resolved initially ÷ (all incoming contacts − contacts that cannot be resolved at level one, such as
/// hardware break/fix and moves). Contacts without a code are incoming, and nobody said that they were resolved.
#[test]
fn metricnet_net_leaves_out_what_level_one_cannot_resolve_and_counts_contacts_without_a_code_as_unresolved() {
    let policy = "[policy.category.hardware]\neligible = false";
    let expected = [
        ("resolved", [1, 1, 1]),
        ("not resolved", [1, 1, 0]),
        ("no code", [1, 1, 0]),
        ("hardware resolved", [0, 0, 0]),
        ("hardware", [0, 0, 0]),
        ("same customer the next day", [1, 1, 1]),
        ("nobody", [1, 1, 1]),
        ("outgoing", [0, 0, 0]),
        ("by e-mail", [1, 1, 1]),
    ];
    assert_counts(&report("--preset metricnet-net --by scenario", policy, "UTC", CODED), &expected);
}

/// The same page: gross is the number of contacts resolved initially ÷ all incoming contacts.
#[test]
fn metricnet_gross_is_net_without_categories_that_are_left_out() {
    let expected = [
        ("resolved", [1, 1, 1]),
        ("not resolved", [1, 1, 0]),
        ("no code", [1, 1, 0]),
        ("hardware resolved", [1, 1, 1]),
        ("hardware", [1, 1, 0]),
        ("same customer the next day", [1, 1, 1]),
        ("nobody", [1, 1, 1]),
        ("outgoing", [0, 0, 0]),
        ("by e-mail", [1, 1, 1]),
    ];
    assert_preset("metricnet-net", CODED, &expected);
}

/// Google Fiber case of the Business Intelligence certificate: `contacts_n` are the first contacts of a date, a problem
/// type and a market, `contacts_n_1` to `contacts_n_7` those of them that called again 1 to 7 days after their first
/// contact. So there are seven days, counted from the first contact and in dates, and no column for an eighth.
#[test]
fn google_fiber_first_contacts_fail_by_a_repeat_of_their_type_1_to_7_dates_later_and_the_8th_begins_anew() {
    // Chicago is 6 hours behind UTC, from 8 March 02:00 on 5 hours.
    let mut log = "interaction_id,customer_id,category,started_at,scenario\n".to_string();
    for lag in 1..=8 {
        let day = 2 + lag;
        writeln!(log, "a{lag},L{lag},Type_5,2026-03-02 12:00:00,lag {lag}").unwrap();
        writeln!(log, "b{lag},L{lag},Type_5,2026-03-{day:02} 12:00:00,lag {lag}").unwrap();
    }
    log += "z1,,Type_5,2026-02-28 12:00:00,nobody\n\
        c1,C,Type_5,2026-03-02 12:00:00,no repeat\n\
        d1,D,Type_5,2026-03-02 12:00:00,counted from the first\n\
        d2,D,Type_5,2026-03-08 12:00:00,counted from the first\n\
        d3,D,Type_5,2026-03-12 12:00:00,ten days from the first\n\
        e1,E,Type_1,2026-03-02 12:00:00,two types\n\
        e2,E,Type_5,2026-03-03 12:00:00,two types\n\
        f1,F,Type_5,2026-03-02 00:05:00,7 dates and nearly 8 days\n\
        f2,F,Type_5,2026-03-09 23:50:00,7 dates and nearly 8 days\n\
        g1,G,Type_5,2026-03-02 23:50:00,8 dates and little more than 7 days\n\
        g2,G,Type_5,2026-03-10 00:05:00,8 dates and little more than 7 days\n";
    let zone = "America/Chicago";
    let policy = format!("[policy]\ntimezone = \"{zone}\"");
    let report = report("--preset google-fiber --by scenario", &policy, zone, &log);
    assert_counts(
        &report,
        &[
            ("lag 1", [2, 1, 0]),
            ("lag 2", [2, 1, 0]),
            ("lag 3", [2, 1, 0]),
            ("lag 4", [2, 1, 0]),
            ("lag 5", [2, 1, 0]),
            ("lag 6", [2, 1, 0]),
            ("lag 7", [2, 1, 0]),
            ("lag 8", [2, 2, 2]),
            ("no repeat", [1, 1, 1]),
            ("counted from the first", [2, 1, 0]),
            // Four days after a repeat, but ten after the first contact: a first contact again.
            ("ten days from the first", [1, 1, 1]),
            ("two types", [2, 2, 2]),
            ("7 dates and nearly 8 days", [2, 1, 0]),
            ("8 dates and little more than 7 days", [2, 2, 2]),
            ("nobody", [0, 0, 0]),
        ],
    );
    // contacts_n_1 … contacts_n_7: one each, and d2 six days and f2 seven days after their first contacts.
    assert_eq!(report["overall"]["repeats_by_day"], serde_json::json!([0, 1, 1, 1, 1, 1, 2, 2]));
}

/// The first row of `contacts_n` is of the first date in the data, and so is the first recaller: neither asks whether
/// the date is there in full.
#[test]
fn presets_that_count_dates_count_the_first_date_too() {
    let log = "interaction_id,customer_id,phone,channel,category,started_at,scenario\n\
        a1,A,+37120000001,voice,x,2026-03-02T10:00:00Z,once\n\
        b1,B,+37120000002,voice,x,2026-03-02T10:00:00Z,twice\n\
        b2,B,+37120000002,voice,x,2026-03-02T15:00:00Z,twice\n\
        c1,C,+37120000003,voice,x,2026-03-20T15:00:00Z,last\n";
    for preset in ["google-fiber", "bucher-suter"] {
        assert_preset(preset, log, &[("once", [1, 1, 1]), ("twice", [2, 1, 0]), ("last", [1, 1, 1])]);
    }
}

/// What the words of a vendor say otherwise, or do not say, and `differs` tells of the preset.
#[test]
fn where_a_preset_counts_otherwise_than_its_vendor_it_says_so() {
    let calls = "interaction_id,customer_id,phone,channel,category,started_at,status,scenario\n\
        z1,Z,+37129999999,voice,x,2026-02-27T10:00:00Z,handled,early\n\
        a1,A,+37120123456,voice,x,2026-03-01T10:00:00Z,handled,with and without +\n\
        a2,A,37120123456,voice,x,2026-03-01T11:00:00Z,handled,with and without +\n\
        b1,B,201,voice,x,2026-03-01T10:00:00Z,handled,extension\n\
        b2,B,201,voice,x,2026-03-01T11:00:00Z,handled,extension\n\
        c1,C,+37120000001,voice,x,2026-03-01T10:00:00Z,handled,abandoned next\n\
        c2,C,+37120000001,voice,x,2026-03-01T11:00:00Z,abandoned,abandoned next\n\
        d1,D,,voice,x,2026-03-01T10:00:00Z,handled,no number\n";
    let early = ("early", [1, 1, 1]);
    // QueueMetrics strips the + (one cluster) and clusters 201, which is the example on its page.
    let expected = [
        early,
        ("with and without +", [2, 2, 2]),
        ("extension", [2, 2, 2]),
        ("abandoned next", [1, 1, 1]),
        ("no number", [1, 1, 1]),
    ];
    assert_preset("queuemetrics", calls, &expected);
    // With a region, one caller as at QueueMetrics.
    let folder = indexed("", "UTC\"\nregion = \"LV", calls);
    let report = folder.run("report --store s --preset queuemetrics --by scenario --format json").json();
    let groups = report["groups"].as_array().unwrap();
    let found = groups.iter().find(|group| group["key"]["scenario"] == "with and without +").unwrap();
    assert_eq!(counts(found), [2, 1, 0]);
    // Two single calls by the words; here customer ids stand in where no call has a number.
    let nobody = "interaction_id,customer_id,phone,channel,started_at,scenario\n\
        a1,A,,voice,2026-03-01T10:00:00Z,blank\n\
        a2,A,anonymous,voice,2026-03-02T10:00:00Z,blank\n";
    assert_preset("queuemetrics", nobody, &[("blank", [2, 1, 0])]);
    // Capturi does not say what a call without a number is.
    let expected = [
        early,
        ("with and without +", [2, 2, 2]),
        ("extension", [0, 0, 0]),
        ("abandoned next", [1, 1, 1]),
        ("no number", [0, 0, 0]),
    ];
    assert_preset("capturi", calls, &expected);

    let tickets = "interaction_id,customer_id,channel,started_at,ended_at,reopen_count,agent_count,scenario\n\
        a1,A,chat,2026-03-01T10:00:00Z,,0,1,open\n\
        b1,B,chat,2026-03-01T10:00:00Z,2026-03-01T11:00:00Z,0,0,closed by a bot\n";
    // RingCentral divides by closed interactions: the open one would not be there.
    assert_preset("ringcentral", tickets, &[("open", [1, 1, 1]), ("closed by a bot", [1, 1, 1])]);
    // Intercom wants one participating teammate; of none, the second is not resolved at first contact.
    assert_preset("intercom", tickets, &[("open", [1, 1, 0]), ("closed by a bot", [1, 1, 0])]);

    // The case has no column for repeats on the date of the first contact.
    let same_day = "interaction_id,customer_id,category,started_at,scenario\n\
        z1,,x,2026-02-27T10:00:00Z,early\n\
        a1,A,x,2026-03-01T10:00:00Z,same day\n\
        a2,A,x,2026-03-01T15:00:00Z,same day\n";
    assert_preset("google-fiber", same_day, &[("early", [0, 0, 0]), ("same day", [2, 1, 0])]);

    for name in ["queuemetrics", "capturi", "ringcentral", "google-fiber"] {
        assert!(!Preset::named(name).unwrap().differs.is_empty(), "{name}");
    }
}

/// A log with every column that a preset asks for, on which no two definitions need agree.
const EVERYTHING: &str = "interaction_id,customer_id,phone,channel,direction,category,status,started_at,ended_at,\
    reply_count,reopen_count,agent_count,is_coded_resolved,scenario\n\
    a1,A,+37120000001,voice,inbound,x,handled,2026-03-01T10:00:00Z,2026-03-01T10:14:59Z,1,0,1,true,p\n\
    a2,A,+37120000001,voice,inbound,y,handled,2026-03-01T10:10:00Z,2026-03-01T10:40:00Z,0,0,1,,p\n\
    a3,A,+37120000001,voice,inbound,x,abandoned,2026-03-03T10:00:00Z,2026-03-03T10:00:10Z,,,,false,p\n\
    b1,B,+37120000002,voice,inbound,x,handled,2026-03-08T10:00:00Z,2026-03-08T10:10:00Z,2,0,2,true,p\n\
    b2,B,+37120000002,voice,inbound,x,handled,2026-03-15T10:05:00Z,2026-03-15T10:15:00Z,1,1,1,true,q\n\
    b3,B,+37120000002,chat,inbound,x,handled,2026-03-16T10:00:00Z,2026-03-16T10:10:00Z,1,0,1,false,q\n\
    c1,C,,email,inbound,y,handled,2026-03-10T10:00:00Z,,1,0,1,,q\n\
    c2,C,,email,inbound,y,handled,2026-03-12T10:00:00Z,2026-03-12T11:00:00Z,1,0,1,true,q\n\
    d1,,+37120000003,voice,inbound,z,voicemail,2026-03-20T10:00:00Z,2026-03-20T10:01:00Z,,,,,q\n\
    d2,,+37120000003,voice,inbound,z,handled,2026-03-20T11:00:00Z,2026-03-20T11:05:00Z,1,0,1,true,q\n\
    e1,E,,voice,outbound,x,handled,2026-03-21T10:00:00Z,2026-03-21T10:05:00Z,1,0,1,true,q\n\
    f1,F,+37120000004,voice,inbound,x,handled,2026-03-31T10:00:00Z,2026-03-31T10:05:00Z,1,0,1,true,q\n";

/// Everything of a report but what the policy is called.
fn unnamed(mut report: Value) -> Value {
    report["policy"]["preset"] = Value::Null;
    report
}

#[test]
fn a_preset_counts_the_same_by_its_name_on_the_command_line_in_the_configuration_and_by_its_keys() {
    let folder = indexed("", "UTC", EVERYTHING);
    let report = |arguments: &str| folder.run(&format!("report --store s --format json {arguments}"));
    for preset in PRESETS {
        let name = preset.name;
        let by_option = report(&format!("--preset {name}")).ok().stdout;
        folder.write("named.toml", format!("[policy]\npreset = \"{name}\"\n"));
        assert_eq!(report("-c named.toml").ok().stdout, by_option, "{name}");

        let told = folder.run(&format!("presets {name}")).ok().stdout;
        let (_, table) = told.split_once("\n[policy]\n").unwrap_or_else(|| panic!("no table: {told}"));
        folder.write("keys.toml", format!("[policy]\n{table}"));
        let by_option: Value = serde_json::from_str(&by_option).unwrap();
        assert_eq!(unnamed(report("-c keys.toml").json()), unnamed(by_option), "{name}");
    }
}

#[test]
fn the_keys_beside_a_preset_override_it_wherever_they_stand() {
    // 25 hours apart: one cluster within 168 hours, two within 24.
    let log = "interaction_id,phone,channel,started_at\n\
        a1,+37120000001,voice,2026-03-01T10:00:00Z\n\
        a2,+37120000001,voice,2026-03-02T11:00:00Z\n";
    let folder = indexed("[policy]\nwindow = \"24h\"", "UTC", log);
    folder.write("after.toml", "[policy]\npreset = \"queuemetrics\"\nwindow = \"24h\"\n");
    folder.write("before.toml", "[policy]\nwindow = \"24h\"\npreset = \"queuemetrics\"\n");
    folder.write("none.toml", "[policy]\npreset = \"queuemetrics\"\n");
    let of = |arguments: &str| {
        let report = folder.run(&format!("report --store s --format json {arguments}")).json();
        counts(&report["overall"])
    };
    assert_eq!(of("-c none.toml"), [2, 1, 0]);
    assert_eq!(of("-c after.toml"), [2, 2, 2]);
    assert_eq!(of("-c before.toml"), [2, 2, 2]);
    assert_eq!(of("-c none.toml --window 24h"), [2, 2, 2]);
    // On the command line a preset comes after the configuration, and its window takes the place of the one there.
    assert_eq!(of("--preset queuemetrics"), [2, 1, 0]);
    assert_eq!(of("--preset queuemetrics --window 24h"), [2, 2, 2]);
    // Another preset there takes the place of the one in the configuration.
    assert_eq!(of("-c after.toml --preset capturi"), [2, 2, 1]);
}

#[test]
fn an_unknown_preset_is_refused_with_the_nearest_name_and_the_line() {
    let config = "# ours\n[policy]\ntarget = 0.8\npreset = \"queuemetric\"\n[[source]]\npath = \"log.csv\"\n";
    let folder = Folder::with(&[("log.csv", EVERYTHING), ("recontact.toml", config)]);
    let told = folder.run("analyze recontact.toml").error();
    assert!(told.starts_with("recontact.toml:4: bad value \"queuemetric\" for `preset`"), "{told}");
    assert!(told.ends_with("did you mean \"queuemetrics\"?"), "{told}");

    folder.run("index log.csv --store s").ok();
    for arguments in ["report --store s --preset queuemetric", "presets queuemetric"] {
        let run = folder.run(arguments).code(2);
        assert!(run.stderr.contains("'queuemetrics'"), "{arguments}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn a_sweep_counts_under_every_preset_and_says_what_the_data_lack_for_the_others() {
    let folder = indexed("", "UTC", EVERYTHING);
    let swept = folder.run("sweep --store s --format json").json();
    let presets = swept["presets"].as_array().unwrap();
    assert_eq!(presets.len(), PRESETS.len());
    for (swept, preset) in presets.iter().zip(PRESETS) {
        let name = preset.name;
        assert_eq!(swept["preset"], name);
        assert_eq!(swept["lacks"], Value::Null, "{name}");
        let reported = folder.run(&format!("report --store s --preset {name} --format json")).json();
        for field in
            ["contact_count", "repeat_count", "eligible_count", "resolved_count", "fcr_rate", "fcr_low"]
        {
            assert_eq!(swept["overall"][field], reported["overall"][field], "{field} of {name}");
        }
    }

    let bare = "interaction_id,customer_id,phone,started_at\n\
        a1,A,+37120000001,2026-03-01T10:00:00Z\n\
        a2,A,+37120000001,2026-03-02T10:00:00Z\n";
    let swept = indexed("", "UTC", bare).run("sweep --store s --format json").json();
    let lacking: Vec<(&str, &str)> = swept["presets"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| Some((it["preset"].as_str()?, it["lacks"].as_str()?)))
        .collect();
    // All that judge a ticket or take a code; silence can be told of any log.
    let expected = [
        ("zendesk-one-touch", "reply_count and (is_coded_resolved or ended_at)"),
        ("dbt-zendesk", "reply_count and (is_coded_resolved or ended_at)"),
        ("intercom", "reopen_count and (agent_count or transfer_count) and (is_coded_resolved or ended_at)"),
        ("zammad-first-solution", "ended_at"),
        ("metricnet-net", "is_coded_resolved"),
    ];
    assert_eq!(lacking, expected);
    // What cannot be counted has no numbers that could be taken for a rate.
    for lacking in swept["presets"].as_array().unwrap().iter().filter(|it| !it["lacks"].is_null()) {
        assert_eq!((counts(&lacking["overall"]), &lacking["overall"]["fcr_rate"]), ([0; 3], &Value::Null));
    }
}
