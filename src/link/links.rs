//! What linking gives: the class of every row, and the contacts in the order in which they chain. Plain
//! storage, about six bytes a row; nothing is counted here.

use super::Input;
use super::class::{CONTACT, Class, Fate};
use crate::interaction::Micros;
use crate::policy::{Anchor, Clock, Policy};

/// The linked interactions.
///
/// Contacts stand in `order` grouped by customer, within a customer by reason, within a reason by
/// (`started_at`, id). The order of the groups follows from the customer keys and means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    pub(super) codes: Vec<u8>,
    pub(super) order: Vec<u32>,
    pub(super) marks: Vec<u8>,
    pub(super) extended: Ends,
    pub(super) observed: Option<(Micros, Micros)>,
    pub(super) anchor: Anchor,
}

impl Default for Links {
    /// Of nothing.
    fn default() -> Links {
        let (codes, order, marks) = (Vec::new(), Vec::new(), Vec::new());
        Links { codes, order, marks, extended: Ends::default(), observed: None, anchor: Anchor::First }
    }
}

/// Marks of a position in `order`, beside the last bits of its contact's code.
pub(super) const STARTS_CUSTOMER: u8 = 1;
pub(super) const STARTS_TIMELINE: u8 = 2;
pub(super) const STARTS_EPISODE: u8 = 4;
/// How far the bits of the code are moved.
const CODE_SHIFT: u32 = 3;

/// The marks that keep the code of a contact.
pub(super) fn mark_of_code(code: u8) -> u8 {
    (code - CONTACT) << CODE_SHIFT
}

impl Links {
    /// How many interactions there are.
    pub fn row_count(&self) -> usize {
        self.codes.len()
    }

    /// The class of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn class(&self, row: u32) -> Class {
        Class::from_code(self.codes[row as usize]).expect("linking writes codes of classes only")
    }

    /// The code of each row's class, for passes over all rows.
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// What became of a row that the FCR rate counts; `None` where it does not.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn fate(&self, row: u32) -> Option<Fate> {
        self.class(row).counted(self.anchor)
    }

    /// Which contacts the FCR rate counts.
    pub fn anchored_at(&self) -> Anchor {
        self.anchor
    }

    /// The rows of all contacts, in chain order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Whether the contact at a position of the order is the first of its customer.
    pub fn starts_customer(&self, position: usize) -> bool {
        self.marks[position] & STARTS_CUSTOMER != 0
    }

    /// Whether the contact at a position of the order is the first of its customer and reason.
    pub fn starts_timeline(&self, position: usize) -> bool {
        self.marks[position] & STARTS_TIMELINE != 0
    }

    /// Whether the contact at a position of the order begins an episode; otherwise it is a repeat.
    pub fn starts_episode(&self, position: usize) -> bool {
        self.marks[position] & STARTS_EPISODE != 0
    }

    /// The class of the contact at a position of the order: what [`Links::class`] says of its row, without going there.
    pub fn class_at(&self, position: usize) -> Class {
        let code = CONTACT + (self.marks[position] >> CODE_SHIFT);
        Class::from_code(code).expect("every code from that of a contact on is one of a contact")
    }

    /// How many episodes there are.
    pub fn episode_count(&self) -> usize {
        self.marks.iter().filter(|marks| **marks & STARTS_EPISODE != 0).count()
    }

    /// Start and end of observation, both inclusive; `None` without any interaction and without a policy's word.
    pub fn observed(&self) -> Option<(Micros, Micros)> {
        self.observed
    }

    /// Whether a row is a contact.
    pub(super) fn is_contact(&self, row: usize) -> bool {
        self.codes.get(row).is_some_and(|code| *code >= CONTACT)
    }

    /// The end of a contact, with the transfer legs that extend it.
    pub(super) fn end_of(&self, input: &Input<'_>, row: u32) -> Micros {
        self.extended.of(row).unwrap_or_else(|| input.own_end(row as usize))
    }

    /// The moment of a contact from which time is measured: its start or its end, by the policy's clock.
    pub(super) fn anchor(&self, input: &Input<'_>, policy: &Policy, row: u32) -> Micros {
        match policy.clock {
            Clock::Start => input.started_at[row as usize],
            Clock::End => self.end_of(input, row),
        }
    }
}

/// The ends of the few rows that are not their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ends {
    /// By ascending row.
    ends: Vec<(u32, Micros)>,
    /// Whether a row is among them, a bit a row, so that the others are not searched for; empty: none is.
    has_end: Vec<u64>,
}

impl Ends {
    pub(super) fn new(ends: Vec<(u32, Micros)>, row_count: usize) -> Ends {
        let mut new = Ends::default();
        new.add(&ends, row_count);
        new
    }

    /// Adds ends; of several of a row the latest counts.
    pub(super) fn add(&mut self, ends: &[(u32, Micros)], row_count: usize) {
        if ends.is_empty() {
            return;
        }
        self.has_end.resize(row_count.div_ceil(64), 0);
        ends.iter().for_each(|(row, _)| self.has_end[*row as usize / 64] |= 1 << (row % 64));
        self.ends.extend_from_slice(ends);
        self.ends.sort_unstable_by_key(|(row, end)| (*row, std::cmp::Reverse(*end)));
        self.ends.dedup_by_key(|(row, _)| *row);
    }

    /// The end of a row, if it is among them.
    pub(super) fn of(&self, row: u32) -> Option<Micros> {
        let word = self.has_end.get(row as usize / 64)?;
        if word >> (row % 64) & 1 == 0 {
            return None;
        }
        self.ends.binary_search_by_key(&row, |it| it.0).ok().map(|at| self.ends[at].1)
    }
}
