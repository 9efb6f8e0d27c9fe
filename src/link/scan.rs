//! The scan of one part: its contacts, sorted, are joined where one continues another, chained into episodes and
//! classified. Every decision of the definitions about two contacts is made here.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use super::class::{Class, Exclusion, Fate, Outcome};
use super::kernel::Packed;
use super::links::{STARTS_CUSTOMER, STARTS_EPISODE, STARTS_TIMELINE, mark_of_code};
use super::rules::Rules;
use super::{Input, continuation, ticket};
use crate::interaction::{Micros, Status};
use crate::policy::{Chain, Maturity, Policy, ResolvedBy};

/// What the scan of a part needs.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) policy: &'a Policy,
    pub(super) rules: &'a Rules,
    pub(super) observed: Option<(Micros, Micros)>,
    pub(super) codes: &'a [AtomicU8],
    /// The order of the ids of rows that tie; none while they are not known.
    pub(super) ranks: Option<&'a (dyn Fn(u32, u32) -> Ordering + Sync)>,
}

/// The contacts of a part in chain order, with their marks, and the ends of those that others continue.
#[derive(Default)]
pub(super) struct Part {
    pub(super) order: Vec<u32>,
    pub(super) marks: Vec<u8>,
    pub(super) extended: Vec<(u32, Micros)>,
    pub(super) tied: Tied,
}

/// Where the order of ids is asked for and not known: the rows that tie, and all contacts of the part, which wait for it.
#[derive(Default)]
pub(super) struct Tied {
    pub(super) rows: Vec<u32>,
    pub(super) contacts: Vec<Packed>,
}

/// A contact whose class waits for what follows.
#[derive(Clone, Copy)]
struct Open<'a> {
    contact: &'a Packed,
    /// With a fate that is not known yet.
    class: Class,
    place: usize,
}

const NOT_KNOWN: Fate = Fate { is_eligible: false, outcome: Outcome::Repeated };

impl Scan<'_> {
    /// Classifies the contacts of one part, sorted by customer, reason and start.
    pub(super) fn part(&self, mut contacts: Vec<Packed>) -> Part {
        let mut part = Part::default();
        let is_one_customer = |a: &Packed, b: &Packed| a.customer == b.customer;
        let is_joined = continuation::is_wanted(self.policy);
        if is_joined {
            for contacts in contacts.chunk_by_mut(is_one_customer).filter(|contacts| contacts.len() > 1) {
                contacts.sort_unstable_by_key(|it| (it.started_at, it.row));
            }
        }
        let rows = self.break_ties(&mut contacts, |a, b| {
            let is_same = a.reason == b.reason || is_joined;
            is_same && (a.started_at, a.customer) == (b.started_at, b.customer)
        });
        if !rows.is_empty() {
            return Part { tied: Tied { rows, contacts }, ..part };
        }
        if is_joined {
            for contacts in contacts.chunk_by_mut(is_one_customer).filter(|contacts| contacts.len() > 1) {
                continuation::join(self, contacts, &mut part.extended);
                contacts.sort_by_key(|it| (it.reason, it.started_at));
            }
            contacts.retain(|it| Class::from_code(self.code(it)).is_none_or(Class::is_contact));
        }
        part.order.reserve_exact(contacts.len());
        part.marks.reserve_exact(contacts.len());
        let mut customer = None;
        for timeline in contacts.chunk_by(|a, b| (a.customer, a.reason) == (b.customer, b.reason)) {
            let begin = part.order.len();
            self.timeline(timeline, &mut part);
            // All of them can have turned out to be no contacts.
            let Some(marks) = part.marks.get_mut(begin) else { continue };
            *marks |= STARTS_TIMELINE;
            if customer != Some(timeline[0].customer) {
                customer = Some(timeline[0].customer);
                *marks |= STARTS_CUSTOMER;
            }
        }
        part
    }

    /// Classifies contacts of which no customer is known: each is the only one of its customer, so that their order means
    /// nothing.
    pub(super) fn singles(&self, mut contacts: Vec<Packed>) -> Part {
        let mut part = Part::default();
        contacts.sort_unstable_by_key(|it| (it.started_at, it.row));
        for contact in &contacts {
            let begin = part.order.len();
            self.timeline(std::slice::from_ref(contact), &mut part);
            if let Some(marks) = part.marks.get_mut(begin) {
                *marks |= STARTS_TIMELINE | STARTS_CUSTOMER;
            }
        }
        part
    }

    /// Puts contacts that tie, which stand together, in the order of their ids; gives the rows of those whose ids are not
    /// known.
    fn break_ties(&self, contacts: &mut [Packed], is_tie: impl Fn(&Packed, &Packed) -> bool) -> Vec<u32> {
        let mut unknown = Vec::new();
        for ties in contacts.chunk_by_mut(is_tie).filter(|ties| ties.len() > 1) {
            match self.ranks {
                Some(ranks) => ties.sort_by(|a, b| ranks(a.row, b.row)),
                None => unknown.extend(ties.iter().map(|it| it.row)),
            }
        }
        unknown
    }

    /// Classifies the contacts of one customer and reason, and appends those that are contacts.
    fn timeline(&self, contacts: &[Packed], part: &mut Part) {
        let (mut first, mut previous): (Option<&Packed>, Option<Open>) = (None, None);
        for contact in contacts {
            let reference = match self.policy.chain {
                Chain::Rolling => previous.map(|it| it.contact),
                Chain::First => first,
            };
            let is_repeat = reference.is_some_and(|earlier| self.is_within(earlier, contact));
            if !is_repeat {
                if let Some(reason) = self.never_first(contact) {
                    self.set(contact, Class::Excluded(reason));
                    continue;
                }
                first = Some(contact);
            }
            if let Some(previous) = previous {
                let outcome = if is_repeat { Outcome::Repeated } else { Outcome::Resolved };
                self.close(previous, outcome, part);
            }
            let class = match is_repeat {
                true if self.is_unserved(contact) => Class::UnservedRepeat(NOT_KNOWN),
                true => Class::Repeat(NOT_KNOWN),
                false if self.is_observed_before(contact) => Class::First(NOT_KNOWN),
                false => Class::LeftEdge(NOT_KNOWN),
            };
            previous = Some(Open { contact, class, place: part.order.len() });
            part.order.push(contact.row);
            part.marks.push(if is_repeat { 0 } else { STARTS_EPISODE });
        }
        if let Some(previous) = previous {
            self.close(previous, Outcome::Resolved, part);
        }
    }

    fn is_within(&self, earlier: &Packed, later: &Packed) -> bool {
        let window = self.rules.of(self.input, earlier.row as usize).window;
        self.rules.clock.gap(earlier.anchor, later.started_at) <= window
    }

    /// Why a contact cannot begin an episode, if it cannot.
    fn never_first(&self, contact: &Packed) -> Option<Exclusion> {
        let policy = &self.policy.repeat_only_status;
        if policy.is_empty() {
            return None;
        }
        let of_status = [
            (Status::Ignored, Exclusion::Ignored),
            (Status::Abandoned, Exclusion::Abandoned),
            (Status::Voicemail, Exclusion::Voicemail),
        ];
        let status = self.input.status(contact.row as usize);
        let held = of_status.into_iter().find(|(it, _)| *it as u8 == status && policy.contains(it));
        held.map(|(_, exclusion)| exclusion)
    }

    fn is_observed_before(&self, contact: &Packed) -> bool {
        let rule = self.rules.of(self.input, contact.row as usize);
        let (from, _) = self.observed.expect("there are rows");
        self.rules.clock.observed_before(contact.started_at, from) >= rule.lookback
    }

    fn close(&self, open: Open<'_>, outcome: Outcome, part: &mut Part) {
        let fate = match self.policy.resolved_by {
            ResolvedBy::Silence => Fate { is_eligible: self.is_mature(open.contact), outcome },
            _ => ticket::fate(self.input, self.policy, open.contact.row as usize),
        };
        let class = open.class.map_fate(|_| fate);
        self.set(open.contact, class);
        part.marks[open.place] |= mark_of_code(class.code());
    }

    fn is_mature(&self, contact: &Packed) -> bool {
        let window = self.rules.of(self.input, contact.row as usize).window;
        let (_, to) = self.observed.expect("there are rows");
        self.policy.maturity == Maturity::Ignored
            || self.rules.clock.observed_after(contact.anchor, to) >= window
    }

    pub(super) fn set(&self, contact: &Packed, class: Class) {
        self.codes[contact.row as usize].store(class.code(), Relaxed);
    }

    fn code(&self, contact: &Packed) -> u8 {
        self.codes[contact.row as usize].load(Relaxed)
    }

    /// Whether a contact was not served, so that nothing can continue it.
    pub(super) fn is_unserved(&self, contact: &Packed) -> bool {
        self.never_first(contact).is_some()
    }
}
