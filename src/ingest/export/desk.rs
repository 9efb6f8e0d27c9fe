//! What the exports of help desks share: messages of customers, agents and programs, of which some are internal notes.
//!
//! Takes the messages of a ticket one by one, gives its turns and its counts. Internal notes are no words of a conversation:
//! they are counted and left out. Quoted older messages are left out of what remains.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{Record, Said, in_order};
use crate::text::html;
use crate::text::quoted::own_words;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Customer,
    Agent,
    System,
    Unknown,
}

impl Role {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Agent => "agent",
            Role::System => "system",
            Role::Unknown => "",
        }
    }
}

/// A message of a ticket.
pub(super) struct Message {
    pub(super) role: Role,
    /// The id of its writer, for counting; empty where it is not known.
    pub(super) author: String,
    pub(super) is_public: bool,
    pub(super) at: Option<Timestamp>,
    /// Plain text, with what is quoted.
    pub(super) text: String,
}

/// The messages of a ticket so far.
#[derive(Default)]
pub(super) struct Conversation {
    turns: Vec<Said>,
    /// Of the turns, where messages come with one.
    indexes: Vec<u32>,
    agents: BTreeSet<String>,
    reply_count: u64,
    note_count: u64,
}

impl Conversation {
    /// Adds a message of a ticket that began at `start`.
    pub(super) fn add(&mut self, message: Message, start: Option<Timestamp>) {
        if message.role == Role::Agent && !message.author.is_empty() {
            self.agents.insert(message.author);
        }
        if !message.is_public {
            self.note_count += 1;
            return;
        }
        self.reply_count += u64::from(message.role == Role::Agent);
        let text = own_words(&message.text);
        if !text.is_empty() {
            let since = start.zip(message.at).map(|(start, at)| at.duration_since(start).as_secs_f64());
            // What is older than its ticket, by a clock that is wrong or by a merge, begins it.
            let at_seconds = since.map(|seconds| seconds.max(0.0));
            self.turns.push(Said { speaker: message.role.word().to_string(), at_seconds, text });
        }
    }

    /// As [`Conversation::add`], for a message whose place is known: others may come on another day.
    pub(super) fn add_at(&mut self, index: u32, message: Message, start: Option<Timestamp>) {
        self.add(message, start);
        self.indexes.resize(self.turns.len(), index);
    }

    /// Puts the words into a record: in the order of their places, or else of time.
    pub(super) fn say(&mut self, record: &mut Record) {
        let turns = std::mem::take(&mut self.turns);
        if self.indexes.is_empty() {
            record.turns = Some(in_order(turns));
            return;
        }
        let mut placed: Vec<(u32, Said)> = std::mem::take(&mut self.indexes).into_iter().zip(turns).collect();
        placed.sort_by_key(|(index, _)| *index);
        let (indexes, turns) = placed.into_iter().unzip();
        (record.indexes, record.turns) = (indexes, Some(turns));
    }

    /// Puts the counts into a record.
    pub(super) fn count(&self, record: &mut Record) {
        count(record, self.reply_count, self.agents.len(), self.note_count);
    }
}

/// Puts counts into a record: messages of agents, agents who wrote, internal notes.
pub(super) fn count(record: &mut Record, reply_count: u64, agent_count: usize, note_count: u64) {
    record.cell("reply_count", Some(reply_count.to_string()));
    record.cell("agent_count", Some(agent_count.to_string()));
    record.cell("Internal notes", Some(note_count.to_string()));
}

/// A moment as exports write it: RFC 3339, or seconds since 1970.
pub(super) fn moment(value: &Value, pointer: &str) -> Option<Timestamp> {
    match value.pointer(pointer)? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => Timestamp::from_second(number.as_i64()?).ok(),
        _ => None,
    }
}

/// The first of some members that is a text with something in it; HTML where the name of the member is among `html`.
pub(super) fn body(value: &Value, plain: &[&str], marked: &[&str]) -> String {
    let filled = |name: &&str| {
        let text = value.get(*name).and_then(Value::as_str)?;
        (!text.trim().is_empty()).then_some(text)
    };
    match plain.iter().find_map(filled) {
        Some(text) => text.to_string(),
        None => marked.iter().find_map(filled).map(html::plain).unwrap_or_default(),
    }
}

/// Scalars of a list, or the members of that name of its objects, as one text.
pub(super) fn joined(values: &[Value], name: &str) -> Option<String> {
    let words: Vec<String> = values
        .iter()
        .filter_map(|value| super::text(value, "").or_else(|| super::text(value, &format!("/{name}"))))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Adds a cell for each custom field: `PREFIX NAME`.
pub(super) fn custom(record: &mut Record, prefix: &str, name: &str, value: &Value) {
    let text = match value {
        Value::Array(values) => joined(values, "name"),
        value => super::text(value, ""),
    };
    if let Some(text) = text {
        record.cells.push((format!("{prefix} {name}").into(), text));
    }
}
