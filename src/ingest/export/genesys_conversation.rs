//! Genesys Cloud: the details of conversations, one document each or a list of `conversations`.
//!
//! The log that transcripts are joined to: who, when, in which queue, with which wrap-up code. It has no words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::genesys::{phone, word};
use super::{Export, Origin, Record, list, number, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::GenesysConversation,
    example: include_str!("../../../fixtures/exports/genesys-conversation.json"),
    tell,
    read,
};

/// The codes that Genesys sets by itself where the agent chose none.
const NO_CODES: [&str; 2] = ["ININ-WRAP-UP-TIMEOUT", "ININ-WRAP-UP-SKIPPED"];

fn tell(document: &Value) -> Option<&'static str> {
    let is_one = |it: &Value| it.get("conversationId").is_some() && it.get("conversationStart").is_some();
    let all = list(document, "/conversations");
    (is_one(document) || all.first().is_some_and(is_one))
        .then_some("it has `conversationId` and `conversationStart`, or `conversations` of those")
}

fn read(_: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    match document.get("conversations") {
        Some(Value::Array(all)) => Ok(all.iter().map(of).collect()),
        None if document.get("conversationId").is_some() => Ok(vec![of(document)]),
        _ => Err(Fault::of_row("no Genesys conversation: `conversationId` is missing".to_string())),
    }
}

fn of(conversation: &Value) -> Record {
    let mut record = Record::default();
    let direction = text(conversation, "/originatingDirection");
    record.cell("interaction_id", text(conversation, "/conversationId"));
    record.cell("started_at", text(conversation, "/conversationStart"));
    record.cell("ended_at", text(conversation, "/conversationEnd"));
    record.cell("direction", direction.clone());
    let participants = list(conversation, "/participants");
    let of_purpose = |wanted: &'static str| participants.iter().filter(move |it| purpose(it) == wanted);
    if let Some(customer) = of_purpose("customer").chain(of_purpose("external")).next() {
        person(customer, direction.is_some_and(|it| it == "outbound"), &mut record);
    }
    let agents: Vec<&Value> = participants.iter().filter(|it| word(&purpose(it)) == "agent").collect();
    let talked: Vec<&Value> = agents.iter().copied().filter(|it| has_segment(it, "interact")).collect();
    let ids: BTreeSet<String> = talked.iter().filter_map(|it| text(it, "/userId")).collect();
    record.cell("agent_id", talked.iter().rev().find_map(|it| text(it, "/userId")));
    record.cell("agent_count", (!ids.is_empty()).then(|| ids.len().to_string()));
    let queue = latest(&talked, "/queueId", |_| true);
    record.cell(
        "queue",
        queue.or_else(|| latest(&of_purpose("acd").collect::<Vec<_>>(), "/queueId", |_| true)),
    );
    record.cell("category", latest(&agents, "/wrapUpCode", |code| !NO_CODES.contains(&code)));
    let metric = |name: &str| -> Option<f64> {
        let sessions = participants.iter().flat_map(|it| list(it, "/sessions"));
        let metrics = sessions.flat_map(|it| list(it, "/metrics"));
        let values = metrics.filter(|it| text(it, "/name").is_some_and(|it| it == name));
        values.filter_map(|it| number(it, "/value")).reduce(|sum, value| sum + value)
    };
    let seconds = |name| metric(name).map(|millis| (millis / 1e3).to_string());
    record.cell("handle_seconds", seconds("tHandle"));
    record.cell("talk_seconds", seconds("tTalkComplete"));
    record.cell("hold_seconds", seconds("tHeldComplete"));
    record.cell("wait_seconds", seconds("tAcd"));
    record.cell("transfer_count", metric("nTransferred").map(|count| count.to_string()));
    let has_left_message = || of_purpose("voicemail").any(|it| has_segment(it, "interact"));
    let status = if !talked.is_empty() {
        Some("handled")
    } else if has_left_message() {
        Some("voicemail")
    } else {
        metric("tAbandon").map(|_| "abandoned")
    };
    record.cell("status", status);
    record
}

fn purpose(participant: &Value) -> String {
    text(participant, "/purpose").unwrap_or_default().to_lowercase()
}

/// Who the customer is: of an outbound call the number that was called.
fn person(customer: &Value, is_outbound: bool, record: &mut Record) {
    let sessions = list(customer, "/sessions");
    let of = |member: &str| sessions.iter().find_map(|it| text(it, member));
    record.cell("customer_id", text(customer, "/externalContactId"));
    record.cell("channel", of("/mediaType"));
    let address = of(if is_outbound { "/dnis" } else { "/ani" });
    record.cell("phone", address.and_then(|address| phone(&address)));
    let mail = of(if is_outbound { "/addressTo" } else { "/addressFrom" });
    record.cell("email", mail.filter(|address| address.contains('@')));
}

fn has_segment(participant: &Value, kind: &str) -> bool {
    let mut segments = list(participant, "/sessions").iter().flat_map(|it| list(it, "/segments"));
    segments.any(|it| text(it, "/segmentType").is_some_and(|it| it == kind))
}

/// What the latest segment has that has such a member. Moments of one product compare as texts.
fn latest(participants: &[&Value], member: &str, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let sessions = participants.iter().flat_map(|it| list(it, "/sessions"));
    let segments = sessions.flat_map(|it| list(it, "/segments"));
    let found = segments.filter_map(|it| Some((text(it, "/segmentStart"), text(it, member)?)));
    found.filter(|(_, value)| is_wanted(value)).max_by(|a, b| a.0.cmp(&b.0)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;
    use crate::interaction::{Direction, Status};

    #[test]
    fn each_conversation_is_an_interaction_with_its_customer_and_wrap_up_code() {
        let batch = read_text("details.json", EXPORT.example);
        assert_eq!((batch.interactions.len(), batch.transcripts.len()), (3, 0));
        let [called, left, rung] = &batch.interactions[..] else { panic!() };
        assert_eq!(
            (called.started_at, called.ended_at),
            (1_772_442_900_250_000, Some(1_772_443_500_000_000))
        );
        assert_eq!(
            (called.customer_id.as_deref(), called.phone.as_deref()),
            (Some("ext-7"), Some("+37120000001"))
        );
        assert_eq!(
            (called.category.as_deref(), called.queue.as_deref()),
            (Some("code-router"), Some("q-second"))
        );
        assert_eq!((called.agent_id.as_deref(), called.agent_count), (Some("u-berta"), Some(2)));
        assert_eq!((called.handle_seconds, called.transfer_count), (Some(430.0), Some(1)));
        assert_eq!((called.direction, called.channel.as_deref()), (Direction::Inbound, Some("voice")));
        let statuses = batch.interactions.iter().map(|it| it.status).collect::<Vec<_>>();
        assert_eq!(statuses, [Status::Handled, Status::Abandoned, Status::Handled]);
        assert_eq!((left.category.as_deref(), left.queue.as_deref()), (None, Some("q-first")));
        // Of a call by the company the customer's number is the one called, and the code that nobody chose is none.
        assert_eq!((rung.phone.as_deref(), rung.category.as_deref()), (Some("+37120000003"), None));
    }

    #[test]
    fn a_conversation_without_a_start_is_a_reject() {
        let batch = read_text(
            "a.json",
            r#"{"conversations": [
            {"conversationId": "a", "conversationStart": "2026-03-02T09:15:00Z"}, {"conversationId": "b"}, 7]}"#,
        );
        assert_eq!((batch.interactions.len(), batch.rejects.len()), (1, 2));
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"conversationId": "a", "conversationStart": "2026-03-02T09:15:00Z", "participants": [3,
            {"purpose": "customer", "sessions": 3}, {"purpose": "agent", "sessions": [{"segments": [null, {"wrapUpCode": 3}], "metrics": [1]}]}]}"#;
        assert_eq!(read_text("a.json", odd).interactions.len(), 1);
    }
}
