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
    pub(super) extended: Vec<(u32, Micros)>,
    pub(super) observed: Option<(Micros, Micros)>,
    pub(super) anchor: Anchor,
}

impl Default for Links {
    /// Of nothing.
    fn default() -> Links {
        let (codes, order, marks) = (Vec::new(), Vec::new(), Vec::new());
        Links { codes, order, marks, extended: Vec::new(), observed: None, anchor: Anchor::First }
    }
}

/// Marks of a position in `order`.
pub(super) const STARTS_CUSTOMER: u8 = 1;
pub(super) const STARTS_TIMELINE: u8 = 2;
pub(super) const STARTS_EPISODE: u8 = 4;

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
        match self.extended.binary_search_by_key(&row, |it| it.0) {
            Ok(at) => self.extended[at].1,
            Err(_) => input.own_end(row as usize),
        }
    }

    /// The moment of a contact from which time is measured: its start or its end, by the policy's clock.
    pub(super) fn anchor(&self, input: &Input<'_>, policy: &Policy, row: u32) -> Micros {
        match policy.clock {
            Clock::Start => input.started_at[row as usize],
            Clock::End => self.end_of(input, row),
        }
    }
}
