//! The four sources of evidence side by side: what customers say, what the records link, what agents code, what surveys
//! answer.

use serde_json::Value;

use super::program::{Folder, number};

const LOG: &str = "interaction_id,customer_id,started_at,category,is_coded_resolved\n\
    1,A,2026-02-01,x,true\n2,A,2026-02-03,x,true\n3,B,2026-02-01,x,false\n4,C,2026-02-01,x,true\n";

/// 9 is in no log.
const SURVEYS: &str = "interaction_id,survey_is_first,survey_contact_count,survey_is_resolved\n\
    1,yes,,no\n2,,2,yes\n3,yes,1,yes\n9,yes,,\n";

const CONFIG: &str = "[policy]\nobserved_from = 2026-01-01\nobserved_to = 2026-03-31\n\
    [[source]]\npath = \"log.csv\"\n[[source]]\npath = \"surveys.csv\"\nkind = \"surveys\"\n";

#[test]
fn each_two_sources_are_compared_over_the_contacts_that_both_speak_about() {
    let folder = Folder::with(&[("log.csv", LOG), ("surveys.csv", SURVEYS), ("recontact.toml", CONFIG)]);
    let report = folder.run("analyze recontact.toml --format json").json();
    let pairs = report["overall"]["agreement"].as_array().unwrap();
    let of = |question: &str, first: &str, second: &str| {
        let found = pairs
            .iter()
            .find(|it| it["question"] == question && it["first"] == first && it["second"] == second);
        let pair = found.unwrap_or_else(|| panic!("{question} {first} {second} in {pairs:?}"));
        let cells = ["both_yes", "first_only", "second_only", "both_no"].map(|key| number(pair, key));
        (cells, pair["kappa"].clone())
    };
    // The first contact? By the records 1, 3 and 4 are, 2 is not; so say those asked, 4 was not asked.
    assert_eq!(of("first", "linked", "surveyed"), ([2, 0, 0, 1], Value::from(1.0)));
    // Resolved? By the records 1 was not, 3 and 4 were; the agents say so of 1, 2 and 4: 1 of 3 agrees where 5/9 would
    // by chance, (1/3 − 5/9) ÷ (4/9) = −0.5.
    let (cells, kappa) = of("resolved", "linked", "coded");
    assert_eq!(cells, [1, 1, 1, 0]);
    assert!((kappa.as_f64().unwrap() + 0.5).abs() < 1e-12, "{kappa}");
    assert_eq!(of("resolved", "linked", "surveyed").0, [1, 0, 0, 1]);
    assert_eq!(of("resolved", "coded", "surveyed").0, [1, 1, 1, 0]);
    let unlinked = report["notes"].as_array().unwrap().iter().find(|note| note["kind"] == "unlinked_survey");
    assert_eq!(number(unlinked.unwrap(), "count"), 1);
}

#[test]
fn what_was_said_is_set_against_what_was_done_with_the_reasons_why_they_differ() {
    // All have words; "third time" is said in b2 (a repeat), c1 (nothing before), d2 (other reason), e2 (too long ago).
    let log = "interaction_id,customer_id,started_at,category\n\
        b1,B,2026-02-01,x\nb2,B,2026-02-03,x\nc1,C,2026-02-01,x\nd1,D,2026-02-01,y\nd2,D,2026-02-02,x\n\
        e1,E,2026-02-01,x\ne2,E,2026-02-20,x\nf1,F,2026-02-01,x\nf2,F,2026-02-02,x\n";
    let said = |id: &str| {
        let text = if ["b2", "c1", "d2", "e2"].contains(&id) {
            "this is the third time I call about this"
        } else {
            "good morning"
        };
        format!(
            "{{\"interaction_id\":\"{id}\",\"language\":\"en\",\"turns\":[{{\"speaker\":\"customer\",\"text\":\"{text}\"}}]}}\n"
        )
    };
    let words: String = ["b1", "b2", "c1", "d1", "d2", "e1", "e2", "f1", "f2"].map(said).concat();
    let config = "[policy]\nobserved_from = 2026-01-01\nobserved_to = 2026-03-31\n[[source]]\npath = \"log.csv\"\n\
                  [[source]]\npath = \"words.jsonl\"\nkind = \"transcripts\"\n";
    let folder = Folder::with(&[("log.csv", log), ("words.jsonl", &words), ("recontact.toml", config)]);
    let report = folder.run("analyze recontact.toml --format json").json();
    let all = &report["overall"]["said_done"];
    let cells = ["both", "stated_only", "linked_only", "neither"].map(|key| number(all, key));
    assert_eq!(cells, [1, 3, 1, 4]);
    let reasons = ["other_reason_count", "beyond_window_count", "left_edge_count", "nothing_before_count"];
    assert_eq!(reasons.map(|key| number(all, key)), [1, 1, 0, 1]);
    // Chapman: 3 · 1 ÷ (1 + 1) = 1.5 unseen. The four state 3; they are the 2nd, 1st, 1st and 1st of their episodes.
    assert_eq!(all["chapman"], 1.5);
    assert_eq!(number(all, "number_more_count"), 4);
    assert_eq!(all["mean_number_difference"], (1.0 + 2.0 + 2.0 + 2.0) / 4.0);
}
