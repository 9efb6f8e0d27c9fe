//! Zendesk Support: tickets with their comments, as the full export and the API give them; and tickets, comments, ticket
//! events, audits and users in files of their own, which are put together.
//!
//! A document is one of these, or a page with lists of them. Who writes is told by the ticket's requester and by the roles of
//! users, wherever these stand ([`Desk`]). Comments that are not public are internal notes. A ticket that follows a closed
//! one names it.

mod comment;
mod desk;
mod ticket;

use serde_json::Value;

use super::{Export, Origin, Record, list, text};
use crate::config::Format;
use crate::ingest::row::Fault;
use comment::Comment;
pub(in crate::ingest) use desk::Desk;

pub(super) const EXPORT: Export = Export {
    format: Format::Zendesk,
    example: include_str!("../../../../fixtures/exports/zendesk.json"),
    tell,
    read,
};

/// A test of a value, and what is said of a document that passes it.
type Told = (fn(&Value) -> bool, &'static str);

/// The lists of a page, by what their first member is.
const LISTS: [(&str, Told); 4] = [
    ("/tickets", (is_ticket, "it has tickets with `requester_id`, `via` and `status`")),
    ("/audits", (comment::is_event, "it has `audits` of tickets")),
    ("/comments", (comment::is_comment, "it has `comments` with `author_id` and `public`")),
    ("/users", (is_user, "it has `users` with a role of Zendesk")),
];

/// What may stand alone.
const ALONE: [Told; 4] = [
    (is_ticket, "it has `requester_id`, `via` and `status`"),
    (comment::is_event, "it has `ticket_id` and the events of a ticket"),
    (comment::is_comment, "it has `author_id`, `public` and a body"),
    (is_user, "it is a user with a role of Zendesk"),
];

fn tell(document: &Value) -> Option<&'static str> {
    if document.get("ticket_events").is_some_and(Value::is_array) {
        return Some("it has `ticket_events`");
    }
    if is_empty_page(document) {
        return Some("it is an empty page of the API");
    }
    let of_list = |(at, (is, why)): &(&str, Told)| list(document, at).first().is_some_and(is).then_some(*why);
    let is_one = document.get("ticket").is_some_and(is_ticket);
    let one = is_one.then_some("it has a `ticket` with `requester_id`, `via` and `status`");
    let alone = || ALONE.iter().find(|(is, _)| is(document)).map(|(_, why)| *why);
    LISTS.iter().find_map(of_list).or(one).or_else(alone)
}

/// A day on which nothing happened gives one.
fn is_empty_page(it: &Value) -> bool {
    let has = |members: &[&str]| members.iter().any(|member| it.get(member).is_some());
    let is_empty =
        |(at, _): &(&str, Told)| it.pointer(at).and_then(Value::as_array).is_some_and(Vec::is_empty);
    LISTS.iter().any(is_empty) && has(&["next_page", "end_time", "end_of_stream", "after_cursor"])
}

fn is_ticket(it: &Value) -> bool {
    let has_requester = it.get("requester_id").is_some() || it.get("requester").is_some_and(Value::is_object);
    has_requester && it.pointer("/via/channel").is_some() && it.get("status").is_some()
}

/// Other products have people with roles and e-mail addresses, and messages of such people, too.
fn is_user(it: &Value) -> bool {
    let role = it.get("role").and_then(Value::as_str);
    let address = it.get("url").and_then(Value::as_str).unwrap_or_default();
    matches!(role, Some("end-user" | "agent" | "admin"))
        && ["id", "email", "name"].iter().all(|member| it.get(member).is_some())
        && (it.get("time_zone").is_some() || address.contains("/api/v2/users/"))
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    let parts = Parts::of(origin, document);
    if let [ticket] = parts.tickets[..]
        && ticket.get("id").is_none()
    {
        return Err(Fault::of_row("no Zendesk ticket: it has no `id`".to_string()));
    }
    // A number in a file's name may be a day or that of a page.
    let is_ticket = |id: &String| origin.desk.ticket(id).is_some_and(|it| it.is_there);
    let has_ticket =
        |it: &&Comment<'_>| it.ticket_id.as_ref().is_some_and(|id| !it.is_guessed || is_ticket(id));
    let (mut comments, lost): (Vec<&Comment<'_>>, Vec<_>) = parts.comments.iter().partition(has_ticket);
    comments.sort_by(|a, b| a.ticket_id.cmp(&b.ticket_id));
    let mut records: Vec<Record> = parts.tickets.iter().map(|it| ticket::record(it, origin.desk)).collect();
    let of_one_ticket = comments.chunk_by(|a, b| a.ticket_id == b.ticket_id);
    records.extend(of_one_ticket.filter_map(|comments| comment::record(comments, origin.desk)));
    if !lost.is_empty() {
        let reason = "no ticket: neither the comments nor the name of the file say of which one they are, or no file \
                      has that one; say it with name = \"comments_{interaction_id}.json\" in the [[source]]";
        // What stands beside them is none the worse for it.
        let Some(first) = records.first_mut() else { return Err(Fault::of_row(reason.to_string())) };
        first.notes.push(reason.to_string());
    }
    Ok(records)
}

/// What stands in a document.
#[derive(Default)]
struct Parts<'v> {
    users: Vec<&'v Value>,
    tickets: Vec<&'v Value>,
    /// Those that do not stand within their ticket.
    comments: Vec<Comment<'v>>,
}

impl<'v> Parts<'v> {
    fn of(origin: &Origin<'_>, document: &'v Value) -> Parts<'v> {
        const LISTS: [&str; 6] = ["tickets", "ticket", "ticket_events", "audits", "users", "user"];
        let is_alone = ALONE.iter().any(|(is, _)| is(document));
        let has_list = LISTS.iter().any(|it| document.get(it).is_some());
        // A ticket has comments, too, and an id.
        let has_comments = || document.get("comments").is_some() && text(document, "/id").is_none();
        if !is_alone && (has_list || has_comments()) {
            Parts::of_page(origin, document)
        } else {
            Parts::alone(origin, document)
        }
    }

    fn of_page(origin: &Origin<'_>, page: &'v Value) -> Parts<'v> {
        let events = list(page, "/ticket_events").iter().chain(list(page, "/audits"));
        let mut parts = Parts {
            users: list(page, "/users").iter().chain(page.get("user")).collect(),
            tickets: list(page, "/tickets").iter().chain(page.get("ticket")).collect(),
            comments: events.flat_map(comment::of_event).collect(),
        };
        let ticket_id = comment::ticket_of_page(origin, page);
        let comments = list(page, "/comments").iter();
        parts.comments.extend(comments.map(|it| Comment::of(it, None, ticket_id.as_ref())));
        parts
    }

    fn alone(origin: &Origin<'_>, document: &'v Value) -> Parts<'v> {
        let mut parts = Parts::default();
        if comment::is_event(document) {
            parts.comments.extend(comment::of_event(document));
        } else if comment::is_comment(document) {
            let ticket_id = comment::ticket_of_page(origin, document);
            parts.comments.push(Comment::of(document, None, ticket_id.as_ref()));
        } else if is_user(document) {
            parts.users.push(document);
        } else {
            parts.tickets.push(document);
        }
        parts
    }
}

#[cfg(test)]
mod pieces_tests;
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
    fn the_comment_with_which_an_agent_opens_a_ticket_is_no_reply() {
        let (ticket, turns) = one(
            r#"{"id": 7, "created_at": "2026-03-02T09:00:00Z", "status": "solved", "via": {"channel": "phone"},
            "requester_id": 1, "submitter_id": 2, "comments": [
            {"id": 1, "author_id": 2, "public": true, "body": "Kim called: no net", "created_at": "2026-03-02T09:00:00Z"},
            {"id": 2, "author_id": 2, "public": true, "body": "It works again.", "created_at": "2026-03-02T11:00:00Z"}]}"#,
        );
        assert_eq!((ticket.unwrap().reply_count, turns.len()), (Some(1), 2));
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
        let (_, turns) =
            one(r#"{"id": 7, "created_at": "2026-03-02T09:00:00Z", "status": "new", "requester_id": 1,
            "is_public": false, "via": {"channel": "web"}, "description": "A note of a colleague"}"#);
        assert_eq!(turns, []);
    }

    #[test]
    fn a_ticket_without_an_id_or_with_a_date_that_cannot_be_read_is_a_reject() {
        let page = r#"{"tickets": [{"requester_id": 1, "via": {"channel": "web"}, "status": "new", "created_at": "2026-03-02T09:00:00Z"},
            {"id": 2, "requester_id": 1, "via": {"channel": "web"}, "status": "new", "created_at": "yesterday"}]}"#;
        let batch = read_text("page.json", page);
        assert_eq!((batch.interactions.len(), batch.rejects.len()), (0, 2));
    }
}
