//! `recontact causes`: why first contacts fail, on contacts whose words are known.

use serde_json::Value;

use super::program::{Folder, number};

/// A, B and C fail about billing, D about the outage, and E is resolved; a repeat costs 10. A's agent does not know, and
/// nobody calls A back; A comes back twice. C's words are not known, those of its repeat say nothing. D's agent asks a
/// colleague only in the repeat, which is no cause of the first failure.
const LOG: &str = "id,customer,category,agent,started_at\n\
    1,A,billing,X,2026-01-10T09:00:00Z\n2,A,billing,Y,2026-01-12T09:00:00Z\n9,A,billing,Y,2026-01-13T09:00:00Z\n\
    3,B,billing,X,2026-01-10T10:00:00Z\n4,B,billing,Y,2026-01-12T10:00:00Z\n\
    5,C,billing,Z,2026-01-10T11:00:00Z\n6,C,billing,Y,2026-01-12T11:00:00Z\n\
    7,D,outage,=Z(1),2026-01-10T12:00:00Z\n8,D,outage,Y,2026-01-12T12:00:00Z\n\
    10,E,outage,Z,2026-01-10T13:00:00Z\n11,F,outage,Z,2026-03-30T09:00:00Z\n";

const WORDS: &str = r#"{"interaction_id":"1","language":"en","turns":[{"speaker":"customer","text":"My bill is wrong, you gave me wrong information"},{"speaker":"agent","text":"I have to check that with a colleague in the other room"}]}
{"interaction_id":"2","language":"en","turns":[{"speaker":"customer","text":"You promised a call back and nobody called me back"},{"speaker":"agent","text":"I am sorry"}]}
{"interaction_id":"3","language":"en","turns":[{"speaker":"customer","text":"my bill"},{"speaker":"agent","text":"Honestly I have no idea why the discount dropped off <b>"}]}
{"interaction_id":"6","language":"en","turns":[{"speaker":"customer","text":"about my bill"}]}
{"interaction_id":"7","language":"en","turns":[{"speaker":"customer","text":"no light"},{"speaker":"agent","text":"let me look"}]}
{"interaction_id":"8","language":"en","turns":[{"speaker":"customer","text":"no light"},{"speaker":"agent","text":"I have to check that with a colleague in the other room"}]}
{"interaction_id":"10","language":"en","turns":[{"speaker":"agent","text":"I have to check that with a colleague in the other room"}]}
"#;

fn indexed() -> Folder {
    let config = "[policy]\nclock = \"start\"\nlookback = \"1d\"\ncost_per_contact = 10\nobserved_from = 2026-01-01T00:00:00Z\n\
         observed_to = 2026-03-31T12:00:00Z\n[[source]]\npath = \"log.csv\"\n[source.fields]\ninteraction_id = \"id\"\n\
         customer_id = \"customer\"\nagent_id = \"agent\"\n[[source]]\npath = \"words.jsonl\"\nkind = \"transcripts\"\n";
    let folder = Folder::with(&[("log.csv", LOG), ("words.jsonl", WORDS), ("recontact.toml", config)]);
    folder.run("index recontact.toml --store s").ok();
    folder
}

fn json(arguments: &str) -> Value {
    indexed().run(&format!("causes --store s --format json {arguments}")).json()
}

fn cause<'a>(group: &'a Value, name: &str) -> &'a Value {
    let causes = group["causes"].as_array().unwrap();
    causes.iter().find(|it| it["cause"] == name).unwrap_or_else(|| panic!("{name} in {group}"))
}

#[test]
fn the_agent_of_the_first_contact_and_the_customer_of_the_repeat_tell_the_cause() {
    let all = &json("")["overall"];
    let counts = ["failed_count", "heard_count", "known_count", "unknown_count", "repeat_count"];
    assert_eq!(counts.map(|name| number(all, name)), [4, 4, 2, 2, 5]);
    assert_eq!(all["repeat_cost"], 50.0);
    let knowledge = cause(all, "knowledge");
    let counts = ["contact_count", "first_count", "next_count", "both_count", "repeat_count"];
    assert_eq!(counts.map(|name| number(knowledge, name)), [2, 2, 0, 0, 3]);
    assert_eq!((&knowledge["share"], &knowledge["repeat_cost"]), (&0.5.into(), &30.0.into()));
    assert_eq!(counts.map(|name| number(cause(all, "promise"), name)), [1, 0, 1, 0, 2]);
    assert_eq!(all["causes"].as_array().unwrap().len(), 2, "{all}");
}

#[test]
fn each_cause_has_the_words_that_tell_it_and_where_they_were_said() {
    let all = &json("")["overall"];
    let quote = &all["quotes"]["promise"][0];
    assert_eq!((&quote["contact_id"], &quote["interaction_id"]), (&"1".into(), &"2".into()));
    assert_eq!((&quote["is_repeat"], &quote["speaker"]), (&true.into(), &"customer".into()));
    assert!(quote["text"].as_str().unwrap().contains("nobody called me back"), "{quote}");
    let knowledge: Vec<&Value> = all["quotes"]["knowledge"].as_array().unwrap().iter().collect();
    // The latest first.
    assert_eq!([&knowledge[0]["interaction_id"], &knowledge[1]["interaction_id"]], ["3", "1"]);
}

#[test]
fn failures_belong_to_the_agent_of_the_first_contact() {
    let causes = json("--by agent_id");
    let groups = causes["groups"].as_array().unwrap();
    let of = |agent: &str| groups.iter().find(|group| group["key"]["agent_id"] == agent).unwrap();
    assert_eq!(number(of("X"), "failed_count"), 2);
    assert_eq!(number(cause(of("X"), "knowledge"), "contact_count"), 2);
    assert_eq!(number(of("Z"), "unknown_count"), 1);
    assert!(!groups.iter().any(|group| group["key"]["agent_id"] == "Y"), "Y has repeats alone");
    let hours = json("--by hour");
    assert_eq!(hours["groups"].as_array().unwrap().len(), 4);
    assert!(hours["groups"].as_array().unwrap().iter().any(|group| group["key"]["hour"] == "09:00"));
}

#[test]
fn what_is_worth_the_most_is_to_be_done_first() {
    let actions = json("")["actions"].clone();
    let told: Vec<_> =
        actions.as_array().unwrap().iter().map(|it| (&it["category"], &it["cause"], &it["remedy"])).collect();
    let of = |cause: &str, remedy: &str| (Value::from("billing"), Value::from(cause), Value::from(remedy));
    let expected = [of("knowledge", "training"), of("promise", "process")];
    assert_eq!(told, expected.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
    let report: Value = indexed().run("report --store s --format json").json();
    assert_eq!((&report["actions"], &report["causes"]["overall"]), (&actions, &json("")["overall"]));
}

#[test]
fn a_spreadsheet_has_a_line_a_cause_and_one_for_what_is_unknown() {
    let csv = indexed().run("causes --store s --by agent_id --format csv").ok().stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let of = |agent: &str, cause: &str| {
        let row = rows.iter().find(|row| &row[0] == agent && &row[3] == cause);
        row.unwrap_or_else(|| panic!("{agent} {cause} in {csv}")).clone()
    };
    assert_eq!(&of("X", "knowledge")[4], "2");
    assert_eq!(&of("'=Z(1)", "unknown")[4], "1", "no formula");
    assert_eq!(&of("(all)", "promise")[4], "1");
    assert_eq!(&of("(all)", "unknown")[4], "2");
}

#[test]
fn the_terminal_tells_causes_words_and_what_to_do_within_its_width() {
    let folder = indexed();
    for (arguments, wanted) in [
        (
            "causes --store s",
            ["Why first contacts fail: of 4 that failed the words of 4", "nobody called me back"],
        ),
        ("report --store s", ["What to do first", "Whose doing, where a cause is known"]),
    ] {
        let shown = folder.run(arguments).ok().stdout;
        wanted.iter().for_each(|wanted| assert!(shown.contains(wanted), "{wanted} in {shown}"));
        let is_within = |line: &str| line.chars().count() <= 80;
        assert!(shown.lines().all(is_within), "{shown}");
    }
}

#[test]
fn without_words_it_is_said_that_nothing_is_known() {
    let config = "[policy]\nlookback = \"1d\"\nobserved_from = 2026-01-01T00:00:00Z\n[[source]]\npath = \"log.csv\"\n\
         [source.fields]\ninteraction_id = \"id\"\ncustomer_id = \"customer\"\nagent_id = \"agent\"\n";
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", config)]);
    folder.run("index recontact.toml --store s").ok();
    let shown = folder.run("causes --store s").ok().stdout;
    assert!(shown.contains("Add transcripts to see causes."), "{shown}");
    let all = folder.run("causes --store s --format json").json();
    assert_eq!(number(&all["overall"], "unknown_count"), number(&all["overall"], "failed_count"));
    assert_eq!(all["actions"].as_array().unwrap().len(), 0);
}
