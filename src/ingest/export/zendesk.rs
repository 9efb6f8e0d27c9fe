//! Zendesk Support: tickets with their comments, as the full export and the incremental API give them, and the comments of
//! ticket events.
//!
//! A document is a ticket, or a page with lists of tickets and users. Who writes is told by the ticket's requester and by the
//! roles of users. Comments that are not public are internal notes. A ticket that follows a closed one names it.

use std::collections::HashMap;

use serde_json::Value;

use super::desk::{Conversation, Message, Role, body, custom, joined, moment};
use super::{Export, Origin, Record, list, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::Zendesk,
    example: include_str!("../../../fixtures/exports/zendesk.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_ticket = |ticket: &Value| {
        let has_requester =
            ticket.get("requester_id").is_some() || ticket.get("requester").is_some_and(Value::is_object);
        has_requester && ticket.pointer("/via/channel").is_some() && ticket.get("status").is_some()
    };
    if document.get("ticket_events").is_some_and(Value::is_array) {
        return Some("it has `ticket_events`");
    }
    if list(document, "/tickets").first().is_some_and(is_ticket)
        || document.get("ticket").is_some_and(is_ticket)
    {
        return Some("it has tickets with `requester_id`, `via` and `status`");
    }
    is_ticket(document).then_some("it has `requester_id`, `via` and `status`")
}

fn read(_: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    let users = Users::of(document);
    if let Some(events) = document.get("ticket_events").and_then(Value::as_array) {
        return Ok(events.iter().flat_map(|event| comments(event, &users)).collect());
    }
    if let Some(tickets) = document.get("tickets").and_then(Value::as_array) {
        return Ok(tickets.iter().map(|it| ticket(it, &users)).collect());
    }
    let it = document.get("ticket").unwrap_or(document);
    if it.get("id").is_none() {
        return Err(Fault::of_row("no Zendesk ticket: it has no `id`".to_string()));
    }
    Ok(vec![ticket(it, &users)])
}

/// The users that stand beside tickets, by id.
struct Users<'v>(HashMap<String, &'v Value>);

impl<'v> Users<'v> {
    fn of(document: &'v Value) -> Users<'v> {
        let users = list(document, "/users").iter();
        Users(users.filter_map(|user| Some((text(user, "/id")?, user))).collect())
    }

    /// The requester as the ticket has it, or as the users have it.
    fn person<'t>(&self, ticket: &'t Value, member: &str) -> Option<&'t Value>
    where
        'v: 't,
    {
        let within = ticket.get(member).filter(|it| it.is_object());
        within.or_else(|| self.0.get(&text(ticket, &format!("/{member}_id"))?).copied())
    }

    fn role(&self, author: &str) -> Option<Role> {
        match self.0.get(author)?.get("role")?.as_str()? {
            "end-user" => Some(Role::Customer),
            "agent" | "admin" => Some(Role::Agent),
            _ => None,
        }
    }
}

/// The id of a person of a ticket: as a number of the ticket, or within the person.
fn id(ticket: &Value, member: &str) -> Option<String> {
    text(ticket, &format!("/{member}_id")).or_else(|| text(ticket, &format!("/{member}/id")))
}

fn ticket(ticket: &Value, users: &Users<'_>) -> Record {
    let mut record = Record::default();
    let start = moment(ticket, "/created_at");
    record.cell("interaction_id", text(ticket, "/id"));
    record.cell("started_at", text(ticket, "/created_at"));
    record.cell("updated_at", text(ticket, "/updated_at"));
    let solved = text(ticket, "/solved_at").or_else(|| text(ticket, "/metric_set/solved_at"));
    record.cell("ended_at", solved);
    let requester = id(ticket, "requester");
    record.cell("customer_id", requester.clone());
    if let Some(person) = users.person(ticket, "requester") {
        record.cell("email", text(person, "/email"));
        record.cell("phone", text(person, "/phone"));
        record.cell("customer_name", text(person, "/name"));
    }
    record.cell("channel", text(ticket, "/via/channel"));
    record.cell("status", text(ticket, "/status"));
    record.cell("is_coded_resolved", text(ticket, "/status").map(|status| is_solved(&status)));
    record.cell("agent_id", id(ticket, "assignee"));
    record.cell("queue", text(ticket, "/group/name").or_else(|| id(ticket, "group")));
    record.cell("reopen_count", text(ticket, "/metric_set/reopens"));
    let followed = followed(ticket);
    // A contact of its own: as the continuation of the ticket it would never be a repeat.
    record.cell("Follow-up of", followed);
    record.cell("Subject line", text(ticket, "/subject").or_else(|| text(ticket, "/raw_subject")));
    record.cell("Tags", joined(list(ticket, "/tags"), "name"));
    record.cell("Type", text(ticket, "/type"));
    record.cell("Priority", text(ticket, "/priority"));
    record.cell("Organization", text(ticket, "/organization/name").or_else(|| id(ticket, "organization")));
    record.cell("Rating", text(ticket, "/satisfaction_rating/score"));
    for field in list(ticket, "/custom_fields") {
        if let (Some(name), Some(value)) = (text(field, "/id"), field.get("value")) {
            custom(&mut record, "Field", &name, value);
        }
    }
    let mut conversation = Conversation::default();
    let comments = list(ticket, "/comments");
    for comment in comments {
        let role = role(comment, requester.as_deref(), users);
        conversation.add(message(comment, role), start);
    }
    if comments.is_empty() {
        // The description is the first comment, and the metrics count what is not in the file.
        record.cell("reply_count", text(ticket, "/metric_set/replies"));
        if let Some(text) = text(ticket, "/description") {
            let role = role(
                &serde_json::json!({"author_id": id(ticket, "submitter"), "via": ticket.get("via")}),
                requester.as_deref(),
                users,
            );
            let said = Message { role, author: String::new(), is_public: true, at: start, text };
            conversation.add(said, start);
        }
    } else {
        conversation.count(&mut record);
    }
    conversation.say(&mut record);
    record
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

fn message(comment: &Value, role: Role) -> Message {
    Message {
        role,
        author: text(comment, "/author_id").unwrap_or_default(),
        is_public: comment.get("public").and_then(Value::as_bool).unwrap_or(true),
        at: moment(comment, "/created_at").or_else(|| moment(comment, "/timestamp")),
        text: body(comment, &["plain_body", "body"], &["html_body"]),
    }
}

/// Who wrote a comment. The words of a recorded call are those of a program.
fn role(comment: &Value, requester: Option<&str>, users: &Users<'_>) -> Role {
    let author = text(comment, "/author_id").unwrap_or_default();
    let by_rule = matches!(comment.pointer("/via/channel").and_then(Value::as_str), Some("rule" | "system"));
    if by_rule || author == "-1" || comment.get("type").and_then(Value::as_str) == Some("VoiceComment") {
        return Role::System;
    }
    match requester {
        Some(requester) if requester == author => Role::Customer,
        _ => users.role(&author).unwrap_or(match requester {
            // Somebody other than the requester, of whom the file says nothing more.
            Some(_) if !author.is_empty() => Role::Agent,
            _ => Role::Unknown,
        }),
    }
}

/// The comments of a ticket event: words for a ticket that another file has.
fn comments(event: &Value, users: &Users<'_>) -> Vec<Record> {
    let ticket_id = text(event, "/ticket_id");
    let is_comment = |child: &&Value| {
        [child.get("event_type"), child.get("type")].into_iter().flatten().any(|kind| kind == "Comment")
    };
    let children = list(event, "/child_events").iter().filter(is_comment);
    let records = children.filter_map(|child| {
        let mut message = message(child, role(child, None, users));
        message.at =
            message.at.or_else(|| moment(event, "/created_at")).or_else(|| moment(event, "/timestamp"));
        // When the ticket began is not in the event: its comments are put in order by the second in which they were written.
        let first_index = message.at.and_then(|at| u32::try_from(at.as_second()).ok()).unwrap_or(0);
        let mut record = Record { first_index, ..Record::default() };
        record.cell("interaction_id", ticket_id.clone());
        let mut conversation = Conversation::default();
        conversation.add(message, None);
        conversation.say(&mut record);
        record.turns.as_ref().is_some_and(|turns| !turns.is_empty()).then_some(record)
    });
    records.collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::{Speaker, Status};

    const CUSTOMER: Speaker = Speaker::Customer;
    const AGENT: Speaker = Speaker::Agent;

    #[test]
    fn a_page_gives_its_tickets_with_their_comments_and_users() {
        let batch = read_text("page.json", EXPORT.example);
        assert_eq!((batch.rejects, batch.notes), (Vec::new(), Vec::new()));
        let [first, second] = batch.interactions.as_slice() else { panic!("{:?}", batch.interactions) };
        assert_eq!((first.interaction_id.as_str(), first.customer_id.as_deref()), ("501", Some("90001")));
        assert_eq!((first.email.as_deref(), first.name.as_deref()), (Some("kim@mail.test"), Some("Kim")));
        assert_eq!((first.channel.as_deref(), first.status), (Some("email"), Status::Handled));
        assert_eq!(
            (first.is_coded_resolved, first.reply_count, first.agent_count),
            (Some(true), Some(1), Some(2))
        );
        assert_eq!((first.agent_id.as_deref(), first.queue.as_deref()), (Some("70001"), Some("8001")));
        // 2 March 2026, 09:15 UTC.
        assert_eq!(first.started_at, 1_772_442_900_000_000);
        let extra =
            |name: &str| first.extra.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        assert_eq!(extra("Tags"), Some("billing, vip"));
        assert_eq!(extra("Field 360001"), Some("Invoice"));
        assert_eq!((extra("Internal notes"), extra("Subject line")), (Some("1"), Some("Invoice is wrong")));
        assert_eq!(first.category, None);
        let told: Vec<(Speaker, Option<f64>, &str)> = batch.transcripts[0]
            .turns
            .iter()
            .map(|it| (it.speaker, it.at_seconds, it.text.as_str()))
            .collect();
        let expected = [
            (CUSTOMER, Some(0.0), "My invoice is wrong."),
            (AGENT, Some(3600.0), "We have corrected it."),
            (CUSTOMER, Some(90_000.0), "It is wrong again."),
            (CUSTOMER, Some(90_060.0), "I am Kim's colleague: it is urgent."),
        ];
        assert_eq!(told, expected);
        assert_eq!((second.parent_id.as_deref(), second.is_coded_resolved), (None, Some(false)));
    }

    #[test]
    fn a_ticket_of_the_full_export_has_its_people_in_it() {
        let (ticket, turns) = one(
            r#"{"id": 7, "created_at": "2026-03-02T09:00:00Z", "status": "hold", "via": {"channel": "web"},
            "requester": {"id": 1, "name": "Kim", "email": "kim@mail.test"}, "assignee": {"id": 2}, "comments": [
            {"author_id": 1, "public": true, "html_body": "<p>Where is <b>it</b>?</p>", "created_at": "2026-03-02T09:00:00Z"},
            {"author_id": 2, "public": false, "body": "customer says third time", "created_at": "2026-03-02T10:00:00Z"},
            {"author_id": 1, "public": true, "type": "VoiceComment", "body": "Inbound call from +371", "created_at": "2026-03-02T11:00:00Z"}]}"#,
        );
        let ticket = ticket.unwrap();
        assert_eq!((ticket.customer_id.as_deref(), ticket.agent_id.as_deref()), (Some("1"), Some("2")));
        assert_eq!(
            (ticket.reply_count, ticket.agent_count, ticket.status),
            (Some(0), Some(1), Status::Handled)
        );
        let told: Vec<(Speaker, &str)> = turns.iter().map(|it| (it.speaker, it.text.as_str())).collect();
        assert_eq!(told, [(CUSTOMER, "Where is it?"), (Speaker::System, "Inbound call from +371")]);
    }

    #[test]
    fn comments_of_ticket_events_are_words_of_their_ticket() {
        let page = r#"{"ticket_events": [{"id": 1, "ticket_id": 7, "timestamp": 1772442900, "child_events": [
            {"id": 2, "event_type": "Comment", "author_id": 1, "public": true, "body": "third time"},
            {"id": 3, "event_type": "Change", "status": "open"},
            {"id": 4, "type": "Comment", "author_id": 2, "public": false, "body": "note"}]}], "users": [{"id": 1, "role": "end-user"}]}"#;
        let (interaction, turns) = one(page);
        assert_eq!((interaction, turns.len()), (None, 1));
        assert_eq!((turns[0].speaker, turns[0].index), (CUSTOMER, 1_772_442_900));
    }

    #[test]
    fn without_comments_the_description_is_what_the_requester_says() {
        let (_, turns) =
            one(r#"{"id": 7, "created_at": "2026-03-02T09:00:00Z", "status": "new", "requester_id": 1,
            "submitter_id": 1, "via": {"channel": "web"}, "description": "It is broken"}"#);
        assert_eq!((turns[0].speaker, turns[0].text.as_str()), (CUSTOMER, "It is broken"));
    }

    #[test]
    fn a_ticket_without_an_id_or_with_a_date_that_cannot_be_read_is_a_reject() {
        let page = r#"{"tickets": [{"requester_id": 1, "via": {"channel": "web"}, "status": "new", "created_at": "2026-03-02T09:00:00Z"},
            {"id": 2, "requester_id": 1, "via": {"channel": "web"}, "status": "new", "created_at": "yesterday"}]}"#;
        let batch = read_text("page.json", page);
        assert_eq!((batch.interactions.len(), batch.rejects.len()), (0, 2));
    }
}
