//! What all files of a Zendesk export say of each other: who the users are, what the tickets began with, and which comments
//! there are of each.
//!
//! About 150 bytes a ticket and 60 a comment are held, and what users are called. Words are not.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::Value;

use super::comment::{Comment, key, version};
use super::{Parts, ticket};
use crate::config::Source;
use crate::error::Result;
use crate::ingest::batch::Collector;
use crate::ingest::export::desk::{Role, moment};
use crate::ingest::export::{Origin, each_document, list, text};
use crate::ingest::lines::Lines;
use crate::ingest::{SourceFile, cut, decode};

/// The users, tickets and comments of all files.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Desk {
    users: HashMap<u64, User>,
    tickets: HashMap<u64, Ticket>,
}

/// A user as the newest record has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct User {
    updated: Option<Timestamp>,
    is_agent: Option<bool>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) name: Option<String>,
}

/// A ticket as its newest record has it, and its comments in all files.
#[derive(Debug, Default)]
pub(super) struct Ticket {
    updated: Option<Timestamp>,
    /// [`key`] of who asked.
    requester: Option<u64>,
    started: Option<Timestamp>,
    /// Whether a file has the ticket itself.
    pub(super) is_there: bool,
    /// Whether a comment stands where the ticket began: the words of its description.
    pub(super) has_first: bool,
    pub(super) reply_count: u64,
    pub(super) agent_count: usize,
    pub(super) note_count: u64,
    /// By key.
    comments: Vec<Place>,
}

/// A comment and its place among those of its ticket.
#[derive(Debug)]
pub(super) struct Place {
    key: u64,
    pub(super) second: u32,
    pub(super) is_public: bool,
    is_of_program: bool,
    /// [`key`] of its author.
    author: Option<u64>,
    /// [`version`] of the copy that is told.
    version: (bool, u64),
    /// Its second, a little more where another has the same: what orders the turns, also those that a later day brings.
    pub(super) index: u32,
    is_told: AtomicBool,
}

impl Place {
    /// Whether the copy with these words is the one to tell: pages and events overlap.
    pub(super) fn is_to_tell(&self, words: &str) -> bool {
        version(words) == self.version && !self.is_told.swap(true, Ordering::Relaxed)
    }
}

impl Desk {
    /// Takes what files say. Faults are told when they are read.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub(in crate::ingest) fn of(files: &[(&SourceFile, &Source)]) -> Result<Desk> {
        let mut desk = Desk::default();
        for (file, source) in files {
            desk.look(file, source)?;
        }
        for ticket in desk.tickets.values_mut() {
            ticket.put_in_order();
            ticket.count(&desk.users);
        }
        Ok(desk)
    }

    fn look(&mut self, file: &SourceFile, source: &Source) -> Result<()> {
        let nowhere = Desk::default();
        let origin = Origin { path: &file.path, source, desk: &nowhere };
        let mut forget = |_| Ok(());
        let mut rows = Collector::new(file, source, &mut forget);
        let decoded = decode::open(&file.path, source.encoding.as_deref(), &|_| {})?;
        let encoding = decoded.encoding;
        let mut lines = Lines::new(file.path.clone(), decoded.reader);
        each_document(&mut lines, encoding, &mut rows, &mut |_, _, document, _| {
            self.add(&Parts::of(&origin, document));
            Ok(())
        })
    }

    fn add(&mut self, parts: &Parts<'_>) {
        for user in &parts.users {
            self.add_user(user);
        }
        for ticket in &parts.tickets {
            self.add_ticket(ticket);
        }
        for comment in &parts.comments {
            if let Some(ticket_id) = &comment.ticket_id {
                self.add_comment(ticket_id, comment);
            }
        }
    }

    fn add_user(&mut self, user: &Value) {
        // Longer ones are none, and all are held.
        const MOST_BYTES: usize = 512;
        let Some(id) = text(user, "/id") else { return };
        let is_agent = match user.get("role").and_then(Value::as_str) {
            Some("end-user") => Some(false),
            Some("agent" | "admin") => Some(true),
            _ => None,
        };
        let short = |at| text(user, at).map(|text| cut(&text, MOST_BYTES).to_string());
        let user = User {
            updated: moment(user, "/updated_at"),
            is_agent,
            email: short("/email"),
            phone: short("/phone"),
            name: short("/name"),
        };
        // Whatever the order of files, the same counts.
        let known = self.users.entry(key(&id)).or_insert_with(|| user.clone());
        if *known < user {
            *known = user;
        }
    }

    fn add_ticket(&mut self, it: &Value) {
        let Some(id) = text(it, "/id") else { return };
        let requester = ticket::person_id(it, "requester").map(|id| key(&id));
        let (updated, started) = (moment(it, "/updated_at"), moment(it, "/created_at"));
        let known = self.tickets.entry(key(&id)).or_default();
        known.is_there = true;
        if (known.updated, known.requester, known.started) < (updated, requester, started) {
            (known.updated, known.requester, known.started) = (updated, requester, started);
        }
        for comment in list(it, "/comments") {
            self.add_comment(&id, &Comment::of(comment, None, None));
        }
    }

    fn add_comment(&mut self, ticket_id: &str, comment: &Comment<'_>) {
        self.tickets.entry(key(ticket_id)).or_default().comments.push(Place {
            key: comment.key(),
            second: second(comment.at()),
            is_public: comment.is_public(),
            is_of_program: comment.is_of_program(),
            author: comment.author().map(|id| key(&id)),
            version: version(&comment.words()),
            index: 0,
            is_told: AtomicBool::new(false),
        });
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.get(&key(id))
    }

    pub(super) fn ticket(&self, id: &str) -> Option<&Ticket> {
        self.tickets.get(&key(id))
    }

    pub(super) fn place(&self, ticket_id: &str, comment: &Comment<'_>) -> Option<&Place> {
        let comments = &self.ticket(ticket_id)?.comments;
        comments.binary_search_by_key(&comment.key(), |it| it.key).ok().map(|at| &comments[at])
    }

    /// Who wrote a comment of a ticket with that requester.
    pub(super) fn role(&self, comment: &Comment<'_>, requester: Option<u64>) -> Role {
        role(&self.users, comment.is_of_program(), comment.author().map(|id| key(&id)), requester)
    }
}

fn role(
    users: &HashMap<u64, User>,
    is_of_program: bool,
    author: Option<u64>,
    requester: Option<u64>,
) -> Role {
    let is_agent = || users.get(&author?)?.is_agent;
    match (author, requester) {
        _ if is_of_program => Role::System,
        (Some(author), Some(requester)) if author == requester => Role::Customer,
        _ => match (is_agent(), author, requester) {
            (Some(true), ..) => Role::Agent,
            (Some(false), ..) => Role::Customer,
            // Somebody other than the requester, of whom no file says more.
            (None, Some(_), Some(_)) => Role::Agent,
            (None, ..) => Role::Unknown,
        },
    }
}

impl Ticket {
    /// Each comment once, and at its place.
    fn put_in_order(&mut self) {
        let comments = &mut self.comments;
        comments.sort_by_key(|it| (it.key, it.second, it.author, it.is_of_program, it.version));
        comments.dedup_by(|copy, kept| {
            let is_same = copy.key == kept.key;
            if is_same {
                // Made private, redacted or dated in any of the files.
                kept.is_public &= copy.is_public;
                kept.version = kept.version.max(copy.version);
                kept.second = if kept.second == 0 { copy.second } else { kept.second };
            }
            is_same
        });
        let mut in_time: Vec<&mut Place> = comments.iter_mut().collect();
        in_time.sort_by_key(|it| (it.second, it.key));
        // The first comment and the description are written one after the other; answers take longer.
        const MOST_SECONDS: u32 = 60;
        let start = self.started.map(|start| second(Some(start)));
        let first = in_time.first().map(|it| it.second);
        self.has_first =
            start.zip(first).is_some_and(|(start, first)| first <= start.saturating_add(MOST_SECONDS));
        if let (true, Some(start), Some(first)) = (self.has_first, start, in_time.first_mut()) {
            // Where the description stands if it came on an earlier day: the comment takes its place.
            first.index = start;
        }
        let mut next = 0;
        for place in in_time.into_iter().filter(|place| place.is_public) {
            place.index = if place.index > 0 { place.index } else { place.second.max(next) };
            next = place.index.saturating_add(1);
        }
    }

    fn count(&mut self, users: &HashMap<u64, User>) {
        let mut agents = BTreeSet::new();
        // With which an agent opens a ticket is no reply.
        let opening = self.comments.iter().min_by_key(|it| (it.second, it.key)).map(|it| it.key);
        for it in &self.comments {
            let is_agent = role(users, it.is_of_program, it.author, self.requester) == Role::Agent;
            agents.extend(it.author.filter(|_| is_agent));
            self.note_count += u64::from(!it.is_public);
            let is_opening = self.has_first && opening == Some(it.key);
            self.reply_count += u64::from(it.is_public && is_agent && !is_opening);
        }
        self.agent_count = agents.len();
    }

    /// [`key`] of who asked, and when.
    pub(super) fn beginning(&self) -> (Option<u64>, Option<Timestamp>) {
        (self.requester, self.started)
    }

    pub(super) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }
}

/// The second since 1970; 0 where there is none.
pub(super) fn second(at: Option<Timestamp>) -> u32 {
    at.and_then(|at| u32::try_from(at.as_second()).ok()).unwrap_or(0)
}
