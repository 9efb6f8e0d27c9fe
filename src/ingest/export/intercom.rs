//! Intercom: conversations with their parts, one document each or a page of the API.
//!
//! The first message stands in `source`, the others in `conversation_parts`; bodies are HTML, times are seconds since 1970. Who
//! writes is told by the type of the author. Notes are internal, and parts without a body are events.

use serde_json::Value;

use super::desk::{Conversation, Message, Role, custom, joined, moment};
use super::{Export, Origin, Record, list, text};
use crate::config::Format;
use crate::ingest::row::Fault;
use crate::text::html;

pub(super) const EXPORT: Export = Export {
    format: Format::Intercom,
    example: include_str!("../../../fixtures/exports/intercom.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_conversation = |it: &Value| {
        let has_parts = it.pointer("/conversation_parts/conversation_parts").is_some();
        it.get("type").is_some_and(|kind| kind == "conversation")
            && it.get("created_at").is_some()
            && (has_parts || it.pointer("/source/author").is_some())
    };
    (is_conversation(document) || list(document, "/conversations").first().is_some_and(is_conversation))
        .then_some("it has the type `conversation`, with `source` and `conversation_parts`")
}

fn read(_: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    match document.get("conversations").and_then(Value::as_array) {
        Some(conversations) => Ok(conversations.iter().map(conversation).collect()),
        None if document.get("id").is_none() => {
            Err(Fault::of_row("no Intercom conversation: it has no `id`".to_string()))
        }
        None => Ok(vec![conversation(document)]),
    }
}

fn conversation(it: &Value) -> Record {
    let mut record = Record::default();
    let start = moment(it, "/created_at");
    record.cell("interaction_id", text(it, "/id"));
    record.cell("started_at", time(it, "/created_at"));
    record.cell("updated_at", time(it, "/updated_at"));
    let state = text(it, "/state")
        .or_else(|| text(it, "/open").map(|open| if open == "true" { "open" } else { "closed" }.to_string()));
    if state.as_deref() == Some("closed") {
        record.cell("ended_at", time(it, "/statistics/last_close_at"));
    }
    let contacts = [list(it, "/contacts/contacts"), list(it, "/contacts")].concat();
    let contact = contacts.first();
    let author = it.pointer("/source/author").filter(|author| role(author) == Role::Customer);
    let customer = contact.and_then(|contact| text(contact, "/external_id").or_else(|| text(contact, "/id")));
    record.cell("customer_id", customer.or_else(|| text(author?, "/id")));
    for (cell, pointer) in [("email", "/email"), ("phone", "/phone"), ("customer_name", "/name")] {
        let of_author = || author.and_then(|author| text(author, pointer));
        record.cell(cell, contact.and_then(|contact| text(contact, pointer)).or_else(of_author));
    }
    let channel = text(it, "/source/type");
    // A `conversation` of the messenger.
    record
        .cell("channel", channel.map(|word| if word == "conversation" { "chat".to_string() } else { word }));
    record.cell("direction", text(it, "/source/delivered_as").and_then(|word| direction(&word)));
    record.cell("status", state.as_deref().map(|state| if state == "snoozed" { "pending" } else { state }));
    record.cell(
        "is_coded_resolved",
        state.as_deref().map(|state| if state == "closed" { "yes" } else { "no" }),
    );
    record.cell("agent_id", text(it, "/admin_assignee_id").filter(|id| id != "0"));
    record.cell("team", text(it, "/team_assignee_id").filter(|id| id != "0"));
    record.cell("reopen_count", text(it, "/statistics/count_reopens"));
    record.cell("csat", text(it, "/conversation_rating/rating"));
    let subject = text(it, "/source/subject").or_else(|| text(it, "/title"));
    record.cell("Subject line", subject.map(|subject| html::plain(&subject)).filter(|it| !it.is_empty()));
    record.cell("Tags", joined(list(it, "/tags/tags"), "name"));
    record.cell("Topics", joined(list(it, "/topics/topics"), "name"));
    record.cell("State", state.clone());
    record.cell("Priority", text(it, "/priority"));
    if let Some(attributes) = it.get("custom_attributes").and_then(Value::as_object) {
        for (name, value) in attributes {
            custom(&mut record, "Attribute", name, value);
        }
    }
    let mut said = Conversation::default();
    if let Some(source) = it.get("source") {
        let message = message(source);
        said.add(Message { at: message.at.or(start), ..message }, start);
    }
    let parts = list(it, "/conversation_parts/conversation_parts");
    for part in parts.iter().filter(|part| is_said(part)) {
        said.add(message(part), start);
    }
    let total = it.pointer("/conversation_parts/total_count").and_then(Value::as_u64).unwrap_or(0);
    if total > parts.len() as u64 {
        record.notes.push(format!(
            "parts missing: {} of {total} parts of a conversation are in the file",
            parts.len()
        ));
    }
    said.count(&mut record);
    said.say(&mut record);
    record
}

/// A moment as text that is read as any other; what is none stays as it is, so that it is refused.
fn time(value: &Value, pointer: &str) -> Option<String> {
    moment(value, pointer).map(|at| at.to_string()).or_else(|| text(value, pointer))
}

fn direction(word: &str) -> Option<&'static str> {
    match word {
        "customer_initiated" => Some("inbound"),
        "admin_initiated" | "campaigns_initiated" | "operator_initiated" | "automated" => Some("outbound"),
        _ => None,
    }
}

/// Whether a part has words that are still there.
fn is_said(part: &Value) -> bool {
    let is_redacted = part.get("redacted").and_then(Value::as_bool).unwrap_or(false);
    part.get("body").is_some_and(Value::is_string) && !is_redacted
}

fn role(author: &Value) -> Role {
    match author.get("type").and_then(Value::as_str) {
        Some("user" | "lead" | "contact" | "visitor") => Role::Customer,
        Some("admin" | "team" | "teammate") => Role::Agent,
        Some("bot" | "workflow" | "operator" | "fin") => Role::System,
        _ => Role::Unknown,
    }
}

fn message(part: &Value) -> Message {
    let author = part.get("author").unwrap_or(&Value::Null);
    let kind = part.get("part_type").and_then(Value::as_str).unwrap_or_default();
    Message {
        role: role(author),
        author: text(author, "/id").unwrap_or_default(),
        is_public: !kind.starts_with("note"),
        at: moment(part, "/created_at"),
        text: part.get("body").and_then(Value::as_str).map(html::plain).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::{Direction, Speaker};

    #[test]
    fn a_conversation_begins_with_its_source_and_goes_on_with_its_parts() {
        let (it, turns) = one(EXPORT.example);
        let it = it.unwrap();
        assert_eq!((it.interaction_id.as_str(), it.customer_id.as_deref()), ("147", Some("crm-7")));
        assert_eq!((it.email.as_deref(), it.channel.as_deref()), (Some("kim@mail.test"), Some("chat")));
        assert_eq!(it.started_at, 1_772_442_900_000_000);
        assert_eq!(it.ended_at, Some(it.started_at + 600_000_000));
        assert_eq!(
            (it.direction, it.is_coded_resolved, it.csat),
            (Direction::Inbound, Some(true), Some(4.0))
        );
        assert_eq!((it.reopen_count, it.reply_count, it.agent_count), (Some(1), Some(1), Some(2)));
        let told: Vec<(Speaker, Option<f64>, &str)> =
            turns.iter().map(|it| (it.speaker, it.at_seconds, it.text.as_str())).collect();
        let expected = [
            (Speaker::Customer, Some(0.0), "It is broken again & again."),
            (Speaker::System, Some(2.0), "An agent will be with you."),
            (Speaker::Agent, Some(60.0), "Which one?"),
            (Speaker::Customer, Some(90.0), "The router"),
        ];
        assert_eq!(told, expected);
        let extra =
            |name: &str| it.extra.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        assert_eq!((extra("Internal notes"), extra("Tags")), (Some("1"), Some("router")));
        assert_eq!(extra("Attribute Plan"), Some("gold"));
    }

    #[test]
    fn parts_that_are_not_in_the_file_are_said() {
        let page = r#"{"type": "conversation.list", "conversations": [{"type": "conversation", "id": "1", "created_at": 1772442900,
            "source": {"author": {"type": "user", "id": "u"}, "body": "<p>hello</p>"},
            "conversation_parts": {"conversation_parts": [], "total_count": 700}}, {"type": "conversation", "id": "2", "created_at": "soon"}]}"#;
        let batch = read_text("page.json", page);
        assert_eq!((batch.interactions.len(), batch.rejects.len()), (1, 1));
        assert!(batch.notes.iter().any(|note| note.what.starts_with("parts missing")), "{:?}", batch.notes);
        assert_eq!(batch.interactions[0].customer_id.as_deref(), Some("u"));
    }
}
