//! Comments of tickets that do not stand within them: those of ticket events and audits, of pages of one ticket, one a line.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::desk::{Desk, Place};
use crate::config::NamePattern;
use crate::ingest::export::desk::{Conversation, Message, Role, body, moment};
use crate::ingest::export::{Origin, Record, list, text};

/// A comment, and what stands around it.
pub(super) struct Comment<'v> {
    pub(super) value: &'v Value,
    /// The ticket event or audit that it is a part of.
    event: Option<&'v Value>,
    /// The ticket that it is of, where that is said.
    pub(super) ticket_id: Option<String>,
}

impl<'v> Comment<'v> {
    /// A comment of that event, or else of that ticket where it does not name one itself.
    pub(super) fn of(value: &'v Value, event: Option<&'v Value>, ticket_id: Option<&str>) -> Comment<'v> {
        let own = text(value, "/ticket_id").or_else(|| text(event?, "/ticket_id"));
        Comment { value, event, ticket_id: own.or_else(|| ticket_id.map(str::to_string)) }
    }

    /// Its id as a number: comments of one second stand in the order of their ids.
    pub(super) fn key(&self) -> u64 {
        text(self.value, "/id").map_or_else(|| xxh3_64(self.words().as_bytes()), |id| key(&id))
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        let moment_of = |it| moment(it, "/created_at").or_else(|| moment(it, "/timestamp"));
        moment_of(self.value).or_else(|| moment_of(self.event?))
    }

    pub(super) fn author(&self) -> Option<String> {
        let of_event = || {
            let event = self.event?;
            text(event, "/author_id").or_else(|| text(event, "/updater_id"))
        };
        text(self.value, "/author_id").or_else(of_event)
    }

    pub(super) fn is_public(&self) -> bool {
        self.value.get("public").and_then(Value::as_bool).unwrap_or(true)
    }

    /// Whether a program wrote it. The words of a recorded call are those of a program.
    pub(super) fn is_of_program(&self) -> bool {
        let via = self.value.pointer("/via/channel").and_then(Value::as_str);
        let kind = self.value.get("type").and_then(Value::as_str);
        matches!(via, Some("rule" | "system"))
            || self.author().as_deref() == Some("-1")
            || kind == Some("VoiceComment")
    }

    pub(super) fn words(&self) -> String {
        body(self.value, &["plain_body", "body"], &["html_body"])
    }

    /// As a message at its place, of a writer with that role. What was made private later is private.
    pub(super) fn message(&self, place: &Place, role: Role) -> Message {
        let author = self.author().map(|id| key(&id).to_string()).unwrap_or_default();
        Message { role, author, is_public: place.is_public, at: self.at(), text: self.words() }
    }
}

/// An id as a number, which those of Zendesk are.
pub(super) fn key(id: &str) -> u64 {
    id.parse().unwrap_or_else(|_| xxh3_64(id.as_bytes()))
}

/// Whether it is a comment.
pub(super) fn is_comment(it: &Value) -> bool {
    let has_body = ["plain_body", "body", "html_body"].iter().any(|member| it.get(member).is_some());
    has_body && it.get("author_id").is_some() && it.get("public").is_some()
}

/// Whether it is a ticket event or an audit.
pub(super) fn is_event(it: &Value) -> bool {
    let has_events = |member| it.get(member).is_some_and(Value::is_array);
    it.get("ticket_id").is_some() && (has_events("child_events") || has_events("events"))
}

/// The comments of a ticket event or of an audit.
pub(super) fn of_event(event: &Value) -> impl Iterator<Item = Comment<'_>> {
    let is_comment = |it: &&Value| {
        let kinds = [it.get("event_type"), it.get("type")].into_iter().flatten();
        kinds.filter_map(Value::as_str).any(|kind| matches!(kind, "Comment" | "VoiceComment"))
    };
    let parts = list(event, "/child_events").iter().chain(list(event, "/events"));
    parts.filter(is_comment).map(move |it| Comment::of(it, Some(event), None))
}

/// The ticket of which a page has the comments: the one beside them, that of the page's address, or that of the file's name.
pub(super) fn ticket_of_page(origin: &Origin<'_>, page: &Value) -> Option<String> {
    let addresses = ["/url", "/next_page", "/previous_page", "/links/next", "/links/prev"];
    let of_address = |at: &&str| ticket_of_address(page.pointer(at)?.as_str()?);
    let beside = text(page, "/ticket/id").or_else(|| text(page, "/ticket_id"));
    beside
        .or_else(|| addresses.iter().find_map(of_address))
        .or_else(|| ticket_of_pattern(origin))
        .or_else(|| ticket_of_name(origin))
}

/// `…/tickets/501/comments.json?page=2` is of 501.
fn ticket_of_address(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("/tickets/")?;
    let (id, what) = rest.split_once('/')?;
    (is_number(id) && what.starts_with("comments")).then(|| id.to_string())
}

fn ticket_of_pattern(origin: &Origin<'_>) -> Option<String> {
    let pattern = NamePattern::new(origin.source.name.as_deref()?).ok()?;
    let cells = pattern.cells(&origin.path.file_name()?.to_string_lossy())?;
    cells.into_iter().find(|(column, _)| column == "interaction_id").map(|(_, id)| id)
}

/// `501.json`, `comments_501.json` and `501/comments.json` are of 501; a name with anything else in it says nothing.
fn ticket_of_name(origin: &Origin<'_>) -> Option<String> {
    let stem = origin.stem().to_ascii_lowercase();
    let folder = || origin.path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let words = stem.split(|c: char| !c.is_alphanumeric());
    let is_said = |word: &&str| !matches!(*word, "" | "ticket" | "tickets" | "comment" | "comments");
    let others: Vec<&str> = words.filter(is_said).collect();
    match others[..] {
        [id] if is_number(id) => Some(id.to_string()),
        [] => folder().filter(|name| is_number(name)).map(|name| name.into_owned()),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of comments of one ticket, which another document has; `None` where they have been told, or are none.
pub(super) fn record(comments: &[&Comment<'_>], desk: &Desk) -> Option<Record> {
    let ticket_id = comments.first()?.ticket_id.as_deref()?;
    let ticket = desk.ticket(ticket_id);
    let mut conversation = Conversation::default();
    for comment in comments {
        let Some(place) = desk.place(ticket_id, comment).filter(|place| place.is_first_read()) else {
            continue;
        };
        let role = desk.role(comment, ticket.and_then(|it| it.requester));
        conversation.add_at(place.index, comment.message(place, role), ticket.and_then(|it| it.started));
    }
    let mut record = Record::default();
    record.cell("interaction_id", Some(ticket_id));
    conversation.say(&mut record);
    record.turns.as_ref().is_some_and(|turns| !turns.is_empty()).then_some(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn a_page_is_of_the_ticket_that_its_address_or_its_name_says() {
        let source = Source::of_path(std::path::PathBuf::new(), "x".to_string());
        let named = Source { name: Some("t-{interaction_id}-c.json".to_string()), ..source.clone() };
        let next =
            serde_json::json!({"next_page": "https://x.zendesk.com/api/v2/tickets/77/comments.json?page=2"});
        let other = serde_json::json!({"next_page": "https://x.zendesk.com/api/v2/tickets/77.json"});
        let rows = [
            ("comments.json", &source, &next, Some("77")),
            ("comments.json", &source, &other, None),
            ("comments_501.json", &source, &other, Some("501")),
            ("501.json.gz", &source, &other, Some("501")),
            ("tickets/501/comments.json", &source, &other, Some("501")),
            ("ticket-501-comments-20260302.json", &source, &other, None),
            ("export_501.json", &source, &other, None),
            ("t-501-c.json", &named, &other, Some("501")),
        ];
        let desk = Desk::default();
        for (name, source, page, expected) in rows {
            let origin = Origin { path: Path::new(name), source, desk: &desk };
            assert_eq!(ticket_of_page(&origin, page).as_deref(), expected, "{name}");
        }
    }
}
