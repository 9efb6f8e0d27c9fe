//! The definitions once more, written for clearness and nothing else: for each contact the one before it is
//! searched among all rows. The twin that the kernel is tested against. Tests only.

use super::table::{Row, channel_names, names};
use super::{Class, Exclusion, Fate, Outcome};
use crate::interaction::{Direction, Micros, Status};
use crate::policy::{Anonymous, Chain, Channels, Clock, Maturity, Policy, Same, Span};

/// The class of each row.
pub(super) fn classes(rows: &[Row], policy: &Policy) -> Vec<Class> {
    let screened = Naive { rows, policy, names: names(), contacts: Vec::new() };
    let twin = Naive { contacts: screened.contacts(), ..screened };
    rows.iter().map(|row| twin.class(row)).collect()
}

/// A contact, and what continues it.
#[derive(Clone)]
struct Contact<'a> {
    row: &'a Row,
    anchor: Micros,
    /// Why it is none after all.
    exclusion: Option<Exclusion>,
}

struct Naive<'a> {
    rows: &'a [Row],
    policy: &'a Policy,
    names: Vec<String>,
    /// By place.
    contacts: Vec<Contact<'a>>,
}

impl<'a> Naive<'a> {
    fn class(&self, row: &Row) -> Class {
        let reason = self.exclusion(row).or_else(|| self.found(row).exclusion);
        let reason = reason.or_else(|| self.is_stray(row).then(|| never_first(row)).flatten());
        if let Some(reason) = reason {
            return Class::Excluded(reason);
        }
        let counted = || self.rows.iter().filter(|it| !it.is_duplicate);
        let from = self.policy.observed_from.or(counted().map(|it| it.started_at).min()).unwrap();
        let to = self.policy.observed_to.or(counted().map(|it| it.started_at).max()).unwrap();
        let window = self.policy.reach(self.policy.window_of(self.name(row)));
        let is_mature = self.anchor(row) + window <= to;
        let is_followed = self.after(row).is_some_and(|next| self.is_repeat(next));
        let fate = Fate {
            is_eligible: is_mature || self.policy.maturity == Maturity::Ignored,
            outcome: if is_followed { Outcome::Repeated } else { Outcome::Resolved },
        };
        if self.is_repeat(row) && self.is_repeat_only(row) {
            Class::UnservedRepeat(fate)
        } else if self.is_repeat(row) {
            Class::Repeat(fate)
        } else if row.started_at - self.policy.lookback_of(self.name(row)).micros() < from {
            Class::LeftEdge(fate)
        } else {
            Class::First(fate)
        }
    }

    /// The rows that pass the screen, with the ends that their legs and what follows closely give them.
    fn contacts(&self) -> Vec<Contact<'a>> {
        let mut rows: Vec<&'a Row> = self.rows.iter().filter(|row| self.exclusion(row).is_none()).collect();
        rows.sort_by_key(|row| place(row));
        let is_end = self.policy.clock == Clock::End;
        let anchor = |row: &Row| if is_end { self.end(row) } else { row.started_at };
        let mut contacts: Vec<Contact<'a>> =
            rows.into_iter().map(|row| Contact { row, anchor: anchor(row), exclusion: None }).collect();
        for at in 0..contacts.len() {
            let row = contacts[at].row;
            let is_before = |it: &&Contact<'_>| row.customer != 0 && it.row.customer == row.customer;
            let is_served = |it: &Contact<'_>| it.exclusion.is_some() || !self.is_repeat_only(it.row);
            let earlier: Vec<usize> =
                (0..at).filter(|it| is_before(&&contacts[*it]) && is_served(&contacts[*it])).collect();
            // The last that is none of the continuations, and the latest moments since.
            let Some(head) = earlier.iter().rev().find(|it| contacts[**it].exclusion.is_none()) else {
                continue;
            };
            let group = || earlier.iter().filter(|it| *it >= head).map(|it| contacts[*it].row);
            let since = group().map(anchor).max().unwrap();
            let own_end = |row: &Row| if is_end { self.end(row) } else { row.ended_at.max(row.started_at) };
            let ended = group().map(own_end).max().unwrap();
            let is_within = |from: Micros, span: Span| {
                span.micros() > 0 && (row.started_at - from).max(0) <= self.policy.limit(span)
            };
            if is_within(since, self.policy.transfer_within) {
                contacts[at].exclusion = Some(Exclusion::ContinuationByTransfer);
            } else if is_within(ended, self.policy.reconnect_within) {
                contacts[at].exclusion = Some(Exclusion::ContinuationByReconnect);
            }
            if is_end && contacts[at].exclusion.is_some() {
                contacts[*head].anchor = since.max(anchor(row));
            }
        }
        contacts
    }

    fn found(&self, row: &Row) -> &Contact<'a> {
        self.contacts.iter().find(|it| it.row.id == row.id).unwrap()
    }

    fn is_repeat_only(&self, row: &Row) -> bool {
        self.policy.repeat_only_status.iter().any(|status| *status as u8 == row.status)
    }

    /// Whether a contact that cannot be the first follows nothing.
    fn is_stray(&self, row: &Row) -> bool {
        self.is_repeat_only(row) && !self.is_repeat(row)
    }

    fn name(&self, row: &Row) -> &str {
        &self.names[row.category as usize]
    }

    fn exclusion(&self, row: &Row) -> Option<Exclusion> {
        let status = |it: Status| row.status == it as u8 && self.policy.exclude_status.contains(&it);
        let direction =
            |it: Direction| row.direction == it as u8 && self.policy.exclude_direction.contains(&it);
        let reasons = [
            (row.is_duplicate, Exclusion::DuplicateId),
            (status(Status::Ignored), Exclusion::Ignored),
            (direction(Direction::Outbound), Exclusion::Outbound),
            (direction(Direction::Internal), Exclusion::Internal),
            (direction(Direction::Callback), Exclusion::ScheduledCallback),
            (!self.counts_channel(row), Exclusion::OtherChannel),
            (status(Status::Abandoned), Exclusion::Abandoned),
            (status(Status::Voicemail), Exclusion::Voicemail),
            (row.seconds < self.policy.minimum_seconds, Exclusion::TooShort),
            (row.parent != 0 && row.parent != row.id, Exclusion::ContinuationByTransfer),
            (row.customer == 0 && self.policy.anonymous == Anonymous::Exclude, Exclusion::NoIdentity),
            (!self.policy.is_eligible(self.name(row)), Exclusion::CategoryNotEligible),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }

    fn counts_channel(&self, row: &Row) -> bool {
        match &self.policy.channels {
            Channels::List(names) => {
                row.channel == 0 || names.contains(&channel_names()[row.channel as usize])
            }
            _ => true,
        }
    }

    /// The end of a contact, or of the last leg that continues it.
    fn end(&self, contact: &Row) -> Micros {
        let is_leg = |row: &&Row| self.exclusion(row) == Some(Exclusion::ContinuationByTransfer);
        let legs = self.rows.iter().filter(is_leg).filter(|leg| self.continued(leg) == Some(contact.id));
        let ends = legs.chain([contact]).map(|row| row.ended_at.max(row.started_at));
        ends.max().unwrap()
    }

    fn continued(&self, leg: &Row) -> Option<u64> {
        let mut at = leg;
        for _ in self.rows {
            if at.parent == 0 || at.parent == at.id {
                return None;
            }
            at = self.rows.iter().find(|row| row.id == at.parent && !row.is_duplicate)?;
            if self.exclusion(at).is_none() {
                return Some(at.id);
            }
        }
        None
    }

    fn anchor(&self, contact: &Row) -> Micros {
        self.found(contact).anchor
    }

    fn reason(&self, row: &Row) -> (String, u32) {
        let channel = if self.policy.channels == Channels::Same { row.channel } else { 0 };
        (self.category_reason(row), channel)
    }

    fn category_reason(&self, row: &Row) -> String {
        match self.policy.same {
            Same::Any => String::new(),
            Same::Category => self.name(row).to_string(),
            Same::ParentCategory => {
                self.policy.parent_of(self.name(row)).unwrap_or_else(|| self.name(row)).to_string()
            }
        }
    }

    /// The other contacts of its customer and reason: of an unknown customer there are none.
    fn others(&self, row: &Row) -> impl Iterator<Item = &Row> {
        let key = (row.customer, self.reason(row));
        let is_other =
            move |it: &&Row| row.customer != 0 && it.id != row.id && (it.customer, self.reason(it)) == key;
        self.contacts.iter().filter(|it| it.exclusion.is_none()).map(|it| it.row).filter(is_other)
    }

    fn before(&self, row: &Row) -> Option<&Row> {
        let earlier = self.others(row).filter(|it| place(it) < place(row) && !self.is_stray(it));
        earlier.max_by_key(|it| place(it))
    }

    fn after(&self, row: &Row) -> Option<&Row> {
        let later = self.others(row).filter(|it| place(it) > place(row) && !self.is_stray(it));
        later.min_by_key(|it| place(it))
    }

    fn is_repeat(&self, row: &Row) -> bool {
        let reference = match self.policy.chain {
            Chain::Rolling => self.before(row),
            Chain::First => self.before(row).map(|before| self.first_of_episode(before)),
        };
        reference.is_some_and(|earlier| {
            let gap = (row.started_at - self.anchor(earlier)).max(0);
            gap <= self.policy.reach(self.policy.window_of(self.name(earlier)))
        })
    }

    fn first_of_episode<'r>(&'r self, row: &'r Row) -> &'r Row {
        if self.is_repeat(row) {
            self.first_of_episode(self.before(row).expect("a repeat has one before it"))
        } else {
            row
        }
    }
}

fn never_first(row: &Row) -> Option<Exclusion> {
    match row.status {
        2 => Some(Exclusion::Abandoned),
        3 => Some(Exclusion::Voicemail),
        4 => Some(Exclusion::Ignored),
        _ => None,
    }
}

/// Where a contact stands among those of its customer and reason.
fn place(row: &Row) -> (Micros, String) {
    (row.started_at, row.id.to_string())
}
