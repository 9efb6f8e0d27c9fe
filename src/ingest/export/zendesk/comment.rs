//! Comments of tickets: those within them, those of ticket events and audits, of pages of one ticket, one a line.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::desk::{Desk, Place, Ticket, second};
use crate::config::NamePattern;
use crate::ingest::export::desk::{Conversation, Message, Role, body, moment};
use crate::ingest::export::{Origin, Record, list, text};

/// A comment, and what stands around it.
pub(super) struct Comment<'v> {
    value: &'v Value,
    /// The ticket event or audit that it is a part of.
    event: Option<&'v Value>,
    /// The ticket that it is of, where that is said.
    pub(super) ticket_id: Option<String>,
    /// Whether the name of the file alone says it.
    pub(super) is_guessed: bool,
}

impl<'v> Comment<'v> {
    /// A comment of that event, or else of that ticket where it does not name one itself.
    pub(super) fn of(value: &'v Value, event: Option<&'v Value>, page: Option<&TicketOfPage>) -> Comment<'v> {
        let own = text(value, "/ticket_id").or_else(|| text(event?, "/ticket_id"));
        let is_guessed = own.is_none() && page.is_some_and(|page| page.is_guessed);
        Comment { value, event, ticket_id: own.or_else(|| Some(page?.id.clone())), is_guessed }
    }

    /// Its id as a number: comments of one second stand in the order of their ids.
    pub(super) fn key(&self) -> u64 {
        let of_content = || {
            let content = (self.author(), second(self.at()), self.words());
            xxh3_64(format!("{content:?}").as_bytes())
        };
        text(self.value, "/id").map_or_else(of_content, |id| key(&id))
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
        text(self.value, "/public").as_deref() != Some("false")
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

    /// Adds it to the conversation of a ticket that began at `start`, unless another copy is told.
    pub(super) fn say(
        &self,
        conversation: &mut Conversation,
        place: Option<&Place>,
        role: Role,
        start: Option<Timestamp>,
    ) {
        let author = self.author().map(|id| key(&id).to_string()).unwrap_or_default();
        let mut message =
            Message { role, author, is_public: self.is_public(), at: self.at(), text: self.words() };
        let Some(place) = place else {
            return conversation.add_at(second(message.at), message, start);
        };
        if place.is_to_tell(&message.text) {
            // What one copy lacks another may say.
            message.is_public = place.is_public;
            message.at = message.at.or_else(|| Timestamp::from_second(i64::from(place.second)).ok());
            conversation.add_at(place.index, message, start);
        }
    }
}

/// An id as a number, which those of Zendesk are.
pub(super) fn key(id: &str) -> u64 {
    id.parse().unwrap_or_else(|_| xxh3_64(id.as_bytes()))
}

/// Of several copies of a comment the one whose words have the greatest is told: a redacted one, whatever the order of
/// files.
pub(super) fn version(words: &str) -> (bool, u64) {
    // What Zendesk puts in place of redacted words.
    const REDACTED: char = '▇';
    (words.contains(REDACTED), xxh3_64(words.as_bytes()))
}

/// Whether it is a comment.
pub(super) fn is_comment(it: &Value) -> bool {
    has_body(it) && it.get("author_id").is_some() && it.get("public").is_some()
}

/// Events without their comments have none.
fn has_body(it: &Value) -> bool {
    ["plain_body", "body", "html_body"].iter().any(|member| it.get(member).is_some())
}

/// Whether it is a ticket event or an audit.
pub(super) fn is_event(it: &Value) -> bool {
    let has_events = |member| it.get(member).is_some_and(Value::is_array);
    // Others have tickets with events, too.
    let is_audit = || has_events("events") && it.get("author_id").is_some();
    it.get("ticket_id").is_some() && (has_events("child_events") || is_audit())
}

/// The comments of a ticket event or of an audit.
pub(super) fn of_event(event: &Value) -> impl Iterator<Item = Comment<'_>> {
    let is_comment = |it: &&Value| {
        let kinds = [it.get("event_type"), it.get("type")].into_iter().flatten();
        let mut kinds = kinds.filter_map(Value::as_str);
        has_body(it) && kinds.any(|kind| matches!(kind, "Comment" | "VoiceComment" | "FacebookComment"))
    };
    let parts = list(event, "/child_events").iter().chain(list(event, "/events"));
    parts.filter(is_comment).map(move |it| Comment::of(it, Some(event), None))
}

/// The ticket of which a page has the comments.
pub(super) struct TicketOfPage {
    id: String,
    /// By the file's name alone, which may mean something else.
    is_guessed: bool,
}

/// The ticket beside the comments, that of the page's address, that of the pattern for names, or that of the file's name.
pub(super) fn ticket_of_page(origin: &Origin<'_>, page: &Value) -> Option<TicketOfPage> {
    let addresses = ["/url", "/next_page", "/previous_page", "/links/next", "/links/prev"];
    let of_address = |at: &&str| ticket_of_address(page.pointer(at)?.as_str()?);
    let said = text(page, "/ticket/id")
        .or_else(|| text(page, "/ticket_id"))
        .or_else(|| addresses.iter().find_map(of_address))
        .or_else(|| ticket_of_pattern(origin));
    let is_guessed = said.is_none();
    said.or_else(|| ticket_of_name(origin)).map(|id| TicketOfPage { id, is_guessed })
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
    let (requester, start) = desk.ticket(ticket_id).map_or((None, None), Ticket::beginning);
    let mut conversation = Conversation::default();
    for comment in comments {
        let role = desk.role(comment, requester);
        comment.say(&mut conversation, desk.place(ticket_id, comment), role, start);
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
            let found = ticket_of_page(&origin, page).map(|it| it.id);
            assert_eq!(found.as_deref(), expected, "{name}");
        }
    }
}
