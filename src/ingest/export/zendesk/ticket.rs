//! A ticket: its cells, and its words where they stand within it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::comment::{Comment, key};
use super::desk::{Desk, User, second};
use crate::ingest::export::desk::{Conversation, Message, count, custom, joined, moment};
use crate::ingest::export::{Record, list, text};

/// The id of a person of a ticket: as a number of the ticket, or within the person.
pub(super) fn person_id(ticket: &Value, member: &str) -> Option<String> {
    text(ticket, &format!("/{member}_id")).or_else(|| text(ticket, &format!("/{member}/id")))
}

/// The interaction that a ticket is.
pub(super) fn record(ticket: &Value, desk: &Desk) -> Record {
    let mut record = Record::default();
    let start = moment(ticket, "/created_at");
    record.cell("interaction_id", text(ticket, "/id"));
    record.cell("started_at", text(ticket, "/created_at"));
    record.cell("updated_at", text(ticket, "/updated_at"));
    let solved = text(ticket, "/solved_at").or_else(|| text(ticket, "/metric_set/solved_at"));
    record.cell("ended_at", solved);
    let requester = person_id(ticket, "requester");
    record.cell("customer_id", requester.clone());
    // As the ticket has the person, or else as the users have it.
    let user = requester.as_deref().and_then(|id| desk.user(id));
    let of_user = |member: &str, known: fn(&User) -> &Option<String>| {
        text(ticket, &format!("/requester/{member}")).or_else(|| user.and_then(|user| known(user).clone()))
    };
    record.cell("email", of_user("email", |user| &user.email));
    record.cell("phone", of_user("phone", |user| &user.phone));
    record.cell("customer_name", of_user("name", |user| &user.name));
    record.cell("channel", text(ticket, "/via/channel"));
    record.cell("status", text(ticket, "/status"));
    record.cell("is_coded_resolved", text(ticket, "/status").map(|status| is_solved(&status)));
    record.cell("agent_id", person_id(ticket, "assignee"));
    record.cell("queue", text(ticket, "/group/name").or_else(|| person_id(ticket, "group")));
    record.cell("reopen_count", text(ticket, "/metric_set/reopens"));
    let followed = followed(ticket);
    // A contact of its own: as the continuation of the ticket it would never be a repeat.
    record.cell("Follow-up of", followed);
    record.cell("Subject line", text(ticket, "/subject").or_else(|| text(ticket, "/raw_subject")));
    record.cell("Tags", joined(list(ticket, "/tags"), "name"));
    record.cell("Type", text(ticket, "/type"));
    record.cell("Priority", text(ticket, "/priority"));
    record.cell(
        "Organization",
        text(ticket, "/organization/name").or_else(|| person_id(ticket, "organization")),
    );
    record.cell("Rating", text(ticket, "/satisfaction_rating/score"));
    for field in list(ticket, "/custom_fields") {
        if let (Some(name), Some(value)) = (text(field, "/id"), field.get("value")) {
            custom(&mut record, "Field", &name, value);
        }
    }
    say(ticket, start, desk, &mut record);
    record
}

/// Puts the words and the counts of a ticket into its record.
fn say(ticket: &Value, start: Option<Timestamp>, desk: &Desk, record: &mut Record) {
    let Some(id) = text(ticket, "/id") else { return };
    let requester = person_id(ticket, "requester").map(|id| key(&id));
    let known = desk.ticket(&id);
    let within = list(ticket, "/comments");
    let mut conversation = Conversation::default();
    // A ticket without a start is refused: other copies of its comments are told.
    for comment in within.iter().filter(|_| start.is_some()) {
        let comment = Comment::of(comment, None, None);
        comment.say(&mut conversation, desk.place(&id, &comment), desk.role(&comment, requester), start);
    }
    let has_first = !within.is_empty() || known.is_some_and(|it| it.has_first);
    if !has_first {
        describe(ticket, start, desk, &mut conversation);
    }
    conversation.say(record);
    match known.filter(|it| it.has_comments() && has_first) {
        Some(it) => count(record, it.reply_count, it.agent_count, it.note_count),
        None if has_first => conversation.count(record),
        // Part of a ticket is not counted; its metrics may be there.
        None => record.cell("reply_count", text(ticket, "/metric_set/replies")),
    }
}

/// Adds the description, which is the first comment, where no file has that.
fn describe(ticket: &Value, start: Option<Timestamp>, desk: &Desk, conversation: &mut Conversation) {
    let Some(text) = text(ticket, "/description") else { return };
    let submitter = json!({"author_id": person_id(ticket, "submitter"), "via": ticket.get("via")});
    let requester = person_id(ticket, "requester").map(|id| key(&id));
    let role = desk.role(&Comment::of(&submitter, None, None), requester);
    // A ticket of notes alone begins with one.
    let is_public = ticket.get("is_public").and_then(Value::as_bool).unwrap_or(true);
    let said = Message { role, author: String::new(), is_public, at: start, text };
    // Where the comment will stand if it comes on a later day.
    conversation.add_at(second(start), said, start);
}

/// Whether a status says that the matter is resolved.
fn is_solved(status: &str) -> &'static str {
    if matches!(status, "solved" | "closed") { "yes" } else { "no" }
}

/// The ticket that a ticket follows, where a customer answered when it was closed.
fn followed(ticket: &Value) -> Option<String> {
    let is_follow_up = ticket.pointer("/via/source/rel").and_then(Value::as_str) == Some("follow_up");
    let of_via = || text(ticket, "/via/source/from/ticket_id").filter(|_| is_follow_up);
    text(ticket, "/followup_source_id").or_else(|| text(ticket, "/via_followup_source_id")).or_else(of_via)
}
