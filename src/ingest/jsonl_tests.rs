//! Tests of reading JSON lines: interactions, transcripts, both at once, and what is refused.

use proptest::prelude::{prop_assert_eq, proptest};

use super::*;
use crate::ingest::tests::{read_text, reasons, source, try_read};
use crate::interaction::Speaker;

#[test]
fn scalars_are_kept_as_they_are_written_and_nested_values_as_json() {
    let text = "{\"call_id\":848.0,\"opened_at\":\"2024-01-01\",\"vip\":true,\"crm\":{\"a\": [1, \"x y\"]},\"gone\":null}\n";
    let batch = read_text("a.jsonl", text, &source());
    let call = &batch.interactions[0];
    assert_eq!(call.interaction_id, "848.0");
    let expected = [("vip", "true"), ("crm", "{\"a\":[1,\"x y\"]}")];
    assert_eq!(call.extra, expected.map(|(name, value)| (name.to_string(), value.to_string())));
}

#[test]
fn a_transcript_has_its_turns_and_with_a_start_it_is_an_interaction_too() {
    let text = r#"{"interaction_id":"a","language":"en","turns":[{"speaker":"agent","at_seconds":1.5,"text":"hello \"you\""},{"speaker":"客户","text":"again"},{"text":"hm"}]}
{"interaction_id":"b","started_at":"2024-01-01T00:00:00Z","category":"billing","turns":[]}
"#;
    let batch = read_text("a.jsonl", text, &source());
    let first = &batch.transcripts[0];
    assert_eq!((first.interaction_id.as_str(), first.language.as_deref()), ("a", Some("en")));
    let turns: Vec<(u32, Speaker, Option<f64>, &str)> = first
        .turns
        .iter()
        .map(|turn| (turn.index, turn.speaker, turn.at_seconds, turn.text.as_str()))
        .collect();
    let expected = [
        (0, Speaker::Agent, Some(1.5), "hello \"you\""),
        (1, Speaker::Customer, None, "again"),
        (2, Speaker::Unknown, None, "hm"),
    ];
    assert_eq!(turns, expected);
    assert_eq!(batch.transcripts.len(), 2);
    assert_eq!(batch.interactions.len(), 1);
    assert_eq!(batch.interactions[0].category.as_deref(), Some("billing"));
    assert_eq!(batch.row_count, 2);
}

#[test]
fn one_turn_a_line_is_gathered_by_interaction() {
    let text = r#"{"interaction_id":"a","started_at":"2024-01-01","speaker":"agent","text":"hello"}
{"interaction_id":"a","started_at":"2024-01-01","speaker":"customer","text":" me again "}
{"interaction_id":"b","started_at":"2024-01-01","speaker":"customer","text":"hi"}
"#;
    let batch = read_text("a.jsonl", text, &source());
    assert_eq!(batch.interactions.len(), 2);
    assert_eq!(batch.transcripts.len(), 2);
    let turns = &batch.transcripts[0].turns;
    assert_eq!((turns[0].index, turns[1].index), (1, 2));
    assert_eq!((turns[1].speaker, turns[1].text.as_str()), (Speaker::Customer, " me again "));
}

#[test]
fn bad_lines_cost_themselves_alone() {
    let text = "{\"interaction_id\":\"a\",\"turns\":[]}\n{\"interaction_id\":\"b\",\n[1]\n\n{\"interaction_id\":\"c\",\"turns\":[{\"speaker\":\"agent\"}]}\n{\"x\":1}\n";
    let batch = read_text("a.jsonl", text, &source());
    assert_eq!(batch.transcripts.len(), 1);
    assert_eq!(batch.row_count, 5);
    let found = reasons(&batch);
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 5, 6]);
    assert!(found[0].1.starts_with("bad JSON: EOF while parsing"), "{}", found[0].1);
    assert!(found[1].1.contains("expected a JSON object"), "{}", found[1].1);
    assert!(found[2].1.contains("missing field `text`"), "{}", found[2].1);
    assert!(found[3].1.starts_with("no interaction_id:"), "{}", found[3].1);
}

#[test]
fn keys_may_come_later_and_in_any_order() {
    let text = "{\"opened_at\":\"2024-01-01\",\"call_id\":1}\n{\"call_id\":2,\"topic\":\"billing\",\"opened_at\":\"2024-01-02\"}\n";
    let batch = read_text("a.jsonl", text, &source());
    let topics: Vec<Option<&str>> = batch.interactions.iter().map(|call| call.category.as_deref()).collect();
    assert_eq!(topics, [None, Some("billing")]);
}

#[test]
fn the_number_of_turns_is_not_the_turns() {
    let text = "{\"interaction_id\":\"a\",\"opened_at\":\"2024-01-01\",\"turns\":12}\n";
    assert_eq!(read_text("a.jsonl", text, &source()).interactions.len(), 1);
}

#[test]
fn a_row_of_one_turn_goes_on_after_a_list_of_turns() {
    let text = concat!(
        "{\"interaction_id\":\"a\",\"turns\":[{\"text\":\"x\"},{\"text\":\"y\"},{\"text\":\"z\"}]}\n",
        "{\"interaction_id\":\"a\",\"speaker\":\"agent\",\"text\":\"w\"}\n",
    );
    let batch = read_text("a.jsonl", text, &source());
    let turns: Vec<(u32, &str)> =
        batch.transcripts[0].turns.iter().map(|it| (it.index, it.text.as_str())).collect();
    assert_eq!(turns, [(0, "x"), (1, "y"), (2, "z"), (3, "w")]);
}

#[test]
fn a_list_of_objects_and_objects_over_several_lines_are_rows_as_well() {
    let list = "[\n {\"call_id\": \"a\", \"started_at\": \"2024-01-01\"},\n {\"call_id\": \"b\", \"started_at\": \"soon\"}\n]\n";
    let batch = read_text("a.json", list, &source());
    assert_eq!(batch.interactions.iter().map(|it| it.interaction_id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(batch.rejects.iter().map(|it| it.line).collect::<Vec<_>>(), [3]);
    let one = "{\n \"call_id\": \"a\",\n \"started_at\": \"2024-01-01\"\n}\n";
    assert_eq!(read_text("a.json", one, &source()).interactions.len(), 1);
}

#[test]
fn lines_without_the_required_keys_stop_the_file() {
    let error = try_read("a.jsonl", b"{\"foo\":1}\n{\"bar\":2}\n", &source()).unwrap_err().to_string();
    assert!(error.contains("interaction_id") && error.contains("`foo`, `bar`"), "{error}");
}

#[test]
fn a_reason_is_short_however_long_the_text_of_a_wrong_type() {
    let text = format!("{{\"id\":\"1\",\"turns\":\"{}\"}}\n", "x".repeat(5000));
    let batch = read_text("a.jsonl", &text, &source());
    let reason = &batch.rejects[0].reason;
    assert!(reason.starts_with("bad JSON: invalid type: string \"xxx") && reason.len() < 300, "{reason}");
    assert!(reason.contains(" at byte "), "{reason}");
}

#[test]
fn a_row_without_words_is_kept_though_the_row_before_has_its_id() {
    let start = "\"id\":\"1\",\"started_at\":\"2024-01-01\"";
    let text = format!("{{{start},\"turns\":[{{\"text\":\"hello\"}}]}}\n{{{start},\"topic\":\"billing\"}}\n");
    let batch = read_text("a.jsonl", &text, &source());
    assert_eq!((batch.transcripts.len(), batch.interactions.len()), (1, 2));
    assert_eq!(batch.interactions[1].category.as_deref(), Some("billing"));
}

#[test]
fn deep_nesting_is_refused_or_kept_but_never_a_panic() {
    let deep = format!(
        "{{\"interaction_id\":\"a\",\"opened_at\":\"2024-01-01\",\"x\":{}{}}}\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let batch = read_text("a.jsonl", &deep, &source());
    assert_eq!(batch.row_count, 1);
}

proptest! {
    #[test]
    fn cells_are_the_values_of_a_generic_parser(text in "\\PC{0,12}", number in proptest::num::f64::NORMAL) {
        let value = serde_json::json!({ "a": text, "b": number, "c": [text] });
        let line = value.to_string();
        let mut keys = Keys::default();
        let object = object(&line, &mut keys).unwrap();
        let at = |key: &str| object.cells[keys.positions[key]].to_string();
        prop_assert_eq!(at("a"), text.clone());
        prop_assert_eq!(at("b").parse::<f64>().unwrap(), number);
        prop_assert_eq!(serde_json::from_str::<Vec<String>>(&at("c")).unwrap(), vec![text]);
    }

    #[test]
    fn no_line_makes_the_reader_panic(line in "[{}\\[\\]\":,a1\\\\ ]{0,40}") {
        let _ = object(&line, &mut Keys::default());
    }
}
