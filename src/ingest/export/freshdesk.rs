//! Freshdesk: tickets with their conversations, as the API gives them and as the export of an account does.
//!
//! The first message is the description. `incoming` tells whose a message is, `private` that it is an internal note. Status and
//! source are numbers. The account's export puts each ticket into `helpdesk_ticket`, with `notes`.

use serde_json::Value;

use super::desk::{Conversation, Message, Role, body, custom, joined, moment};
use super::{Export, Origin, Record, list, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::Freshdesk,
    example: include_str!("../../../fixtures/exports/freshdesk.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    if document.get("helpdesk_ticket").is_some_and(Value::is_object) {
        return Some("it has `helpdesk_ticket`");
    }
    let has = |key| document.get(key).is_some();
    let has_numbers = ["source", "status"].iter().all(|key| document.get(key).is_some_and(Value::is_number));
    (has("requester_id") && has("responder_id") && has_numbers)
        .then_some("it has `requester_id`, `responder_id`, and numbers as `source` and `status`")
}

fn read(_: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    let ticket = document.get("helpdesk_ticket").unwrap_or(document);
    if ticket.get("id").is_none() && ticket.get("display_id").is_none() {
        return Err(Fault::of_row("no Freshdesk ticket: it has no `id`".to_string()));
    }
    let mut record = Record::default();
    let start = moment(ticket, "/created_at");
    // People and other tickets know a ticket of the account's export by its number.
    record.cell("interaction_id", text(ticket, "/display_id").or_else(|| text(ticket, "/id")));
    record.cell("started_at", text(ticket, "/created_at"));
    record.cell("updated_at", text(ticket, "/updated_at"));
    let resolved = text(ticket, "/stats/resolved_at").or_else(|| text(ticket, "/stats/closed_at"));
    record.cell("ended_at", resolved);
    record.cell("customer_id", text(ticket, "/requester_id"));
    record.cell("email", text(ticket, "/requester/email"));
    record.cell("phone", text(ticket, "/requester/phone").or_else(|| text(ticket, "/requester/mobile")));
    record.cell("customer_name", text(ticket, "/requester/name").or_else(|| text(ticket, "/requester_name")));
    let source = ticket.get("source").and_then(Value::as_u64);
    record.cell(
        "channel",
        source.and_then(channel).map(str::to_string).or_else(|| text(ticket, "/source_name")),
    );
    record.cell("direction", (source == Some(10)).then_some("outbound"));
    let status = ticket.get("status").and_then(Value::as_u64);
    let status = text(ticket, "/status_name").or_else(|| status.and_then(status_word).map(str::to_string));
    record.cell("status", status.as_deref().map(|word| known(word).unwrap_or(word)));
    record.cell("is_coded_resolved", status.as_deref().map(is_resolved));
    record.cell("State", status.clone());
    record.cell("agent_id", text(ticket, "/responder_id").or_else(|| text(ticket, "/responder_name")));
    record.cell("queue", text(ticket, "/group_id").or_else(|| text(ticket, "/group_name")));
    record.cell("category", text(ticket, "/type").or_else(|| text(ticket, "/ticket_type")));
    record.cell("Subject line", text(ticket, "/subject"));
    record.cell("Tags", joined(list(ticket, "/tags"), "name"));
    record.cell("Priority", text(ticket, "/priority"));
    for member in ["custom_fields", "custom_field"] {
        if let Some(fields) = ticket.get(member).and_then(Value::as_object) {
            fields.iter().for_each(|(name, value)| custom(&mut record, "Field", name, value));
        }
    }
    let mut said = Conversation::default();
    let is_outbound = source == Some(10);
    let first = Message {
        role: if is_outbound { Role::Agent } else { Role::Customer },
        author: if is_outbound { text(ticket, "/responder_id").unwrap_or_default() } else { String::new() },
        is_public: true,
        at: start,
        text: body(ticket, &["description_text"], &["description", "description_html"]),
    };
    if !first.text.is_empty() {
        said.add(first, start);
    }
    for note in list(ticket, "/conversations").iter().chain(list(ticket, "/notes")) {
        said.add(message(note.get("helpdesk_note").unwrap_or(note)), start);
    }
    if ticket.get("conversations").is_some() || ticket.get("notes").is_some() {
        said.count(&mut record);
    }
    said.say(&mut record);
    Ok(vec![record])
}

fn message(note: &Value) -> Message {
    let flag = |name: &str| note.get(name).and_then(Value::as_bool).unwrap_or(false);
    Message {
        role: if flag("incoming") { Role::Customer } else { Role::Agent },
        author: text(note, "/user_id").unwrap_or_default(),
        is_public: !flag("private"),
        at: moment(note, "/created_at"),
        text: body(note, &["body_text", "body"], &["body_html"]),
    }
}

/// Where a ticket came from.
fn channel(source: u64) -> Option<&'static str> {
    Some(match source {
        1 | 10 => "email",
        2 => "portal",
        3 => "phone",
        4 => "forum",
        5 => "twitter",
        6 => "facebook",
        7 => "chat",
        8 => "mobihelp",
        9 => "feedback widget",
        13 => "whatsapp",
        _ => return None,
    })
}

fn status_word(status: u64) -> Option<&'static str> {
    Some(match status {
        2 => "Open",
        3 => "Pending",
        4 => "Resolved",
        5 => "Closed",
        6 => "Waiting on Customer",
        7 => "Waiting on Third Party",
        _ => return None,
    })
}

/// Statuses of Freshdesk that other products do not have.
fn known(status: &str) -> Option<&'static str> {
    status.to_lowercase().starts_with("waiting on").then_some("pending")
}

fn is_resolved(status: &str) -> &'static str {
    if matches!(status.to_lowercase().as_str(), "resolved" | "closed") { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::{Speaker, Status};

    #[test]
    fn a_ticket_begins_with_its_description_and_private_notes_are_no_words() {
        let (it, turns) = one(EXPORT.example);
        let it = it.unwrap();
        assert_eq!((it.interaction_id.as_str(), it.customer_id.as_deref()), ("20", Some("129")));
        assert_eq!((it.category.as_deref(), it.channel.as_deref()), (Some("Problem"), Some("email")));
        assert_eq!((it.status, it.is_coded_resolved), (Status::Handled, Some(true)));
        assert_eq!((it.reply_count, it.agent_count), (Some(1), Some(2)));
        assert_eq!(it.ended_at, Some(it.started_at + 2 * 3600 * 1_000_000));
        let told: Vec<(Speaker, Option<f64>, &str)> =
            turns.iter().map(|it| (it.speaker, it.at_seconds, it.text.as_str())).collect();
        let expected = [
            (Speaker::Customer, Some(0.0), "The parcel is lost."),
            (Speaker::Agent, Some(3600.0), "We are looking for it."),
            (Speaker::Customer, Some(7200.0), "I have asked twice already."),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_ticket_of_the_export_of_an_account_is_known_by_its_number() {
        let text = r#"[{"helpdesk_ticket": {"id": 990011, "display_id": 12, "created_at": "2026-03-02T09:00:00+02:00",
            "status_name": "Waiting on Customer", "source_name": "Phone", "requester_name": "Kim", "requester_id": 5,
            "description": "<div>No line</div>", "notes": [{"helpdesk_note":
            {"body": "still no line", "incoming": true, "private": false, "created_at": "2026-03-02T10:00:00+02:00"}}]}}]"#;
        let batch = read_text("Tickets.json", text);
        let it = &batch.interactions[0];
        assert_eq!((it.interaction_id.as_str(), it.channel.as_deref()), ("12", Some("voice")));
        assert_eq!((it.status, it.is_coded_resolved), (Status::Handled, Some(false)));
        let words: Vec<&str> = batch.transcripts[0].turns.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(words, ["No line", "still no line"]);
    }
}
