//! Which e-mails are one conversation, over all files of a configuration.
//!
//! Takes the headers of all messages, knows of each whose it is, in which thread and at which place. Messages of a thread may lie
//! in many files, in any order, and a day later there are more of them: so headers are looked at first, and read files are
//! read with what all of them say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::super::SourceFile;
use super::super::lines::Lines;
use super::message::{self, Head, Person};
use super::split::{Rows, each_message};
use crate::config::{Format, Source};
use crate::error::Result;
use crate::ingest::{decode, files};

/// Who of the people in a thread somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Customer,
    Agent,
    System,
}

/// The e-mails of all files, by conversation.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Threads {
    messages: HashMap<String, Place>,
    threads: Vec<Thread>,
}

/// Where a message belongs.
#[derive(Debug)]
pub(super) struct Place {
    /// Number of its thread.
    thread: usize,
    /// Second of its date, a little more where another message has the same: what orders the turns, also those that a
    /// later day brings.
    pub(super) index: u32,
    pub(super) role: Role,
    is_read: AtomicBool,
}

/// A conversation.
#[derive(Debug)]
pub(super) struct Thread {
    /// Message-ID of the earliest message that is known, if only by an answer to it.
    pub(super) id: String,
    /// The first message that is there.
    pub(super) started: Timestamp,
    /// The same as text, with its offset.
    pub(super) date: String,
    /// The last.
    pub(super) ended: Timestamp,
    pub(super) subject: Option<String>,
    pub(super) customer: Person,
    /// Whether the customer began it; `None` where nobody knows.
    pub(super) is_inbound: Option<bool>,
    /// Whether only programs wrote.
    pub(super) is_automatic: bool,
    pub(super) reply_count: usize,
    /// Addresses of those who answered, the first first.
    pub(super) agents: Vec<String>,
    is_told: AtomicBool,
}

impl Thread {
    /// Whether nobody has asked before: one message of a run brings the interaction.
    pub(super) fn is_first_told(&self) -> bool {
        !self.is_told.swap(true, Ordering::Relaxed)
    }
}

impl Place {
    /// Whether the message has not been read before in this run.
    pub(super) fn is_first_read(&self) -> bool {
        !self.is_read.swap(true, Ordering::Relaxed)
    }
}

impl Threads {
    /// Looks at the headers of all e-mails among files; others are not opened.
    ///
    /// # Errors
    /// Where a file of e-mails cannot be read.
    pub(in crate::ingest) fn of(files: &[SourceFile], sources: &[Source]) -> Result<Threads> {
        let mut heads = Vec::new();
        for file in files {
            let source = &sources[file.source];
            if source.database.is_some() {
                continue;
            }
            if source.format == Some(Format::Mail)
                || (source.format.is_none() && files::may_be_mail(&file.path))
            {
                look(file, source, &mut heads)?;
            }
        }
        Ok(Threads::of_heads(heads))
    }

    fn of_heads(heads: Vec<Written>) -> Threads {
        let answered = answered(&heads);
        let mut by_root: BTreeMap<&str, BTreeMap<(Timestamp, &str), &Written>> = BTreeMap::new();
        for written in &heads {
            let id = written.head.id.as_str();
            let of_thread = by_root.entry(root(id, &answered)).or_default();
            // A copy of a message, in another folder, is the message.
            of_thread.entry((written.head.at, id)).or_insert(written);
        }
        let mut found = Threads::default();
        for (id, messages) in by_root {
            let messages: Vec<&Written> = messages.into_values().collect();
            found.push(id.to_string(), &messages);
        }
        found
    }

    /// Adds a thread, whose messages stand in the order of time.
    fn push(&mut self, id: String, messages: &[&Written]) {
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return };
        let customer = customer(messages);
        let role = |written: &Written| match (written.head.is_automatic, written.is_own) {
            (true, _) => Role::System,
            // Where somebody said which addresses are the company's, all others are customers.
            (false, Some(false)) => Role::Customer,
            (false, _) if !customer.address.is_empty() && written.head.from.address == customer.address => {
                Role::Customer
            }
            (false, _) => Role::Agent,
        };
        let mut agents: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut reply_count = 0;
        let mut index = 0;
        for written in messages {
            let (head, role) = (&written.head, role(written));
            if role == Role::Agent {
                reply_count += 1;
                if seen.insert(&head.from.address) && !head.from.address.is_empty() {
                    agents.push(head.from.address.clone());
                }
            }
            let second = u32::try_from(head.at.as_second()).unwrap_or(0);
            index = second.max(index + 1);
            let place = Place { thread: self.threads.len(), index, role, is_read: AtomicBool::new(false) };
            self.messages.entry(head.id.clone()).or_insert(place);
        }
        self.threads.push(Thread {
            id,
            started: first.head.at,
            date: first.head.date.clone(),
            ended: last.head.at,
            subject: messages.iter().find_map(|written| written.head.subject.clone()),
            is_inbound: first.is_own.map(|is_own| !is_own),
            is_automatic: messages.iter().all(|written| written.head.is_automatic),
            customer,
            reply_count,
            agents,
            is_told: AtomicBool::new(false),
        });
    }

    /// Where a message belongs.
    pub(super) fn place(&self, id: &str) -> Option<(&Place, &Thread)> {
        let place = self.messages.get(id)?;
        Some((place, self.threads.get(place.thread)?))
    }
}

/// A message, and whether its writer is of the company; `None` where the source does not say who is.
#[derive(Debug)]
struct Written {
    head: Head,
    is_own: Option<bool>,
}

/// Who is served in a thread: the first person who writes and is not of the company; else the first of other people who
/// is written to.
fn customer(messages: &[&Written]) -> Person {
    let is_writer = |written: &&&Written| {
        written.is_own != Some(true) && !written.head.is_automatic && !written.head.from.address.is_empty()
    };
    if let Some(written) = messages.iter().find(is_writer) {
        return written.head.from.clone();
    }
    let mut of_company = messages.iter().filter(|written| written.is_own == Some(true));
    of_company.find_map(|written| written.head.to.first()).cloned().unwrap_or_default()
}

/// The oldest message that a message says it answers. What it says itself counts before what others say of it.
fn answered(heads: &[Written]) -> HashMap<&str, &str> {
    let mut own: HashMap<&str, &str> = HashMap::new();
    let mut of_others: HashMap<&str, &str> = HashMap::new();
    for Written { head, .. } in heads {
        let Some(oldest) = head.answers.first() else { continue };
        smallest(&mut own, head.id.as_str(), oldest.as_str());
        for id in head.answers.iter().filter(|id| *id != oldest) {
            smallest(&mut of_others, id.as_str(), oldest.as_str());
        }
    }
    of_others.extend(own);
    of_others
}

/// Notes the oldest message that one answers; of several, the smallest id.
fn smallest<'a>(map: &mut HashMap<&'a str, &'a str>, id: &'a str, oldest: &'a str) {
    map.entry(id).and_modify(|known| *known = oldest.min(*known)).or_insert(oldest);
}

/// The earliest message that leads to this one.
fn root<'a>(id: &'a str, answered: &HashMap<&'a str, &'a str>) -> &'a str {
    let mut seen = BTreeSet::new();
    let mut at = id;
    while let Some(older) = answered.get(at).filter(|_| seen.insert(at)) {
        at = older;
    }
    if !answered.contains_key(at) {
        return at;
    }
    // They answer each other: all of them must find the same.
    let mut smallest = at;
    let mut next = answered.get(at);
    while let Some(older) = next.filter(|older| **older != at) {
        smallest = smallest.min(older);
        next = answered.get(older);
    }
    smallest
}

/// The headers of a file's messages, each with whether its writer is of the company. Faults are told when it is read.
fn look(file: &SourceFile, source: &Source, heads: &mut Vec<Written>) -> Result<()> {
    let decoded = decode::open(&file.path, None, &|_| {})?;
    let mut lines = Lines::new(file.path.clone(), decoded.reader);
    if source.format.is_none() && super::super::format_of(file, &mut lines)? != Format::Mail {
        return Ok(());
    }
    each_message(&mut lines, &mut Rows(None), &mut |_, raw, _| {
        if let Ok(mut head) = message::head(raw) {
            // Of those who are written to one is asked for, and headers of all messages are held.
            head.to.retain(|person| !is_own(&person.address, &source.own));
            head.to.truncate(1);
            let is_own = (!source.own.is_empty()).then(|| is_own(&head.from.address, &source.own));
            heads.push(Written { head, is_own });
        }
        Ok(())
    })
}

/// Whether an address is one of the company's, by addresses and domains.
fn is_own(address: &str, own: &[String]) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    own.iter().map(|own| own.trim().to_lowercase()).any(|own| match own.strip_prefix('@') {
        None if own.contains('@') => address == own,
        stripped => {
            let own = stripped.unwrap_or(&own);
            domain == own || domain.strip_suffix(own).is_some_and(|above| above.ends_with('.'))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn a_domain_is_own_with_those_below_it_and_an_address_alone() {
        let own = ["Example.com".to_string(), "help@shop.test".to_string()];
        for (address, expected) in [
            ("anna@example.com", true),
            ("anna@mail.example.com", true),
            ("anna@notexample.com", false),
            ("help@shop.test", true),
            ("bob@shop.test", false),
            ("", false),
        ] {
            assert_eq!(is_own(address, &own), expected, "{address}");
        }
    }
}
