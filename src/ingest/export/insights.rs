//! Google's Conversational Insights (CCAI Insights): a conversation as it is uploaded there.
//!
//! Its microseconds are since 1970, or since the start of the conversation, as in Google's own example: then nothing says
//! when it was. A `user_id` is meant to be one and the same in all conversations of a person, but many writers number
//! the two sides of each conversation: such numbers are nobody.

use serde_json::Value;

use super::{Export, Origin, Record, Said, in_order, list, number, text};
use crate::config::Format;
use crate::ingest::row::Fault;
use crate::ingest::values;
use crate::interaction::Speaker;

pub(super) const EXPORT: Export = Export {
    format: Format::Insights,
    example: include_str!("../../../fixtures/exports/insights.json"),
    tell,
    read,
};

/// Microseconds since 1970 below this are of a conversation: 2001, before anybody's.
const EPOCH_MICROS: f64 = 1e15;

/// Sides of a conversation that writers number.
const MAX_SIDE: f64 = 2.0;

fn tell(document: &Value) -> Option<&'static str> {
    let is_one = list(document, "/entries").first().is_some_and(|entry| {
        entry.get("text").is_some()
            && entry.get("role").is_some()
            && entry.get("start_timestamp_usec").is_some()
    });
    is_one.then_some("it has `entries` of `text`, `role` and `start_timestamp_usec`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if !document.get("entries").is_some_and(Value::is_array) {
        return Err(Fault::of_row("no conversation of Insights: `entries` is no list".to_string()));
    }
    let entries = list(document, "/entries");
    let times = || entries.iter().filter_map(micros);
    let (first, last) = (times().reduce(f64::min), times().reduce(f64::max));
    let start = first.filter(|first| *first >= EPOCH_MICROS);
    let is_mixed = start.is_none() && last.is_some_and(|last| last >= EPOCH_MICROS);
    let mut record = Record::default();
    if is_mixed {
        record.notes.push("no start: some times are since 1970 and some are not".to_string());
    }
    record.cell("interaction_id", Some(origin.stem()));
    record.cell("started_at", start.map(|start| format!("{start:.0}")));
    record.cell("ended_at", start.and(last).map(|last| format!("{last:.0}")));
    let customer = customer(entries, &mut record.notes);
    record.cell("customer_id", customer);
    let names =
        list(document, "/conversation_info/categories").iter().filter_map(|it| text(it, "/display_name"));
    let names: Vec<String> = names.collect();
    record.cell("category", names.first().cloned());
    record.cell("Categories", (names.len() > 1).then(|| names.join(", ")));
    let said = entries.iter().filter_map(|entry| {
        let since = micros(entry).filter(|_| !is_mixed).map(|at| (at - start.unwrap_or(0.0)) / 1e6);
        let speaker = text(entry, "/role").unwrap_or_default();
        Some(Said { speaker, at_seconds: since, text: text(entry, "/text")? })
    });
    record.turns = Some(in_order(said.collect()));
    Ok(vec![record])
}

fn micros(entry: &Value) -> Option<f64> {
    number(entry, "/start_timestamp_usec")
}

/// Who the customer is, where that is said at all.
fn customer(entries: &[Value], notes: &mut Vec<String>) -> Option<String> {
    let is_customer = |entry: &&Value| {
        text(entry, "/role").is_some_and(|role| values::speaker(role.trim()) == Some(Speaker::Customer))
    };
    let id = entries.iter().filter(is_customer).find_map(|entry| text(entry, "/user_id"))?;
    if id.parse::<f64>().is_ok_and(|id| id <= MAX_SIDE) {
        notes.push("no customer: a user_id of 0, 1 or 2 numbers the sides of the conversation".to_string());
        return None;
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;

    #[test]
    fn microseconds_since_1970_are_the_start() {
        let (interaction, turns) = one(EXPORT.example);
        let interaction = interaction.unwrap();
        assert_eq!(
            (interaction.started_at, interaction.ended_at),
            (1_772_442_900_250_000, Some(1_772_442_904_251_000))
        );
        assert_eq!(
            (interaction.customer_id.as_deref(), interaction.category.as_deref()),
            (Some("700412"), Some("Internet"))
        );
        let told: Vec<(Speaker, f64)> = turns.iter().map(|it| (it.speaker, it.at_seconds.unwrap())).collect();
        assert_eq!(told, [(Speaker::System, 0.0), (Speaker::Customer, 4.0), (Speaker::Agent, 4.001)]);
    }

    #[test]
    fn microseconds_of_the_conversation_give_words_alone_and_sides_are_no_customers() {
        let text = r#"{"entries": [
            {"start_timestamp_usec": 1000000, "text": "I call again", "role": "CUSTOMER", "user_id": 1},
            {"start_timestamp_usec": 5500000, "text": "yes", "role": "AGENT", "user_id": 2}]}"#;
        let batch = read_text("call-17.json", text);
        assert!(batch.interactions.is_empty());
        assert_eq!(batch.transcripts[0].interaction_id, "call-17");
        let times: Vec<Option<f64>> = batch.transcripts[0].turns.iter().map(|it| it.at_seconds).collect();
        assert_eq!(times, [Some(1.0), Some(5.5)]);
        assert!(batch.notes.iter().any(|it| it.what.starts_with("no customer")), "{:?}", batch.notes);
    }

    #[test]
    fn an_end_user_is_a_customer_and_mixed_times_are_none() {
        let text = r#"{"entries": [
            {"start_timestamp_usec": 1772442900250000, "text": "a", "role": "END_USER", "user_id": "u-9"},
            {"start_timestamp_usec": 10, "text": "b", "role": "AGENT", "user_id": 5}]}"#;
        let (interaction, turns) = one(text);
        assert_eq!((interaction, turns[0].speaker, turns[0].at_seconds), (None, Speaker::Customer, None));
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"entries": [{"start_timestamp_usec": "x", "text": "a", "role": 7, "user_id": []}, 7], "conversation_info": 3}"#;
        assert_eq!(read_text("a.json", odd).transcripts[0].turns.len(), 1);
    }
}
