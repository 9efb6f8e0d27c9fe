//! The chained contacts a stretch at a time: some customers with all their contacts, and the moments that decide about
//! them. What counts over the chain goes stretch by stretch, on several threads, and holds no column of millions.
//! Takes the links back to the columns they were made from; decides nothing anew.

use std::ops::Range;

use super::rules::Rules;
use super::{Class, Counted, Input, Links};
use crate::interaction::Micros;
use crate::policy::Policy;

/// Contacts of a stretch, about: their columns fit a core's cache.
const STRETCH: usize = 1 << 13;

/// All contacts, in chain order.
pub struct Timelines<'a> {
    links: &'a Links,
    input: &'a Input<'a>,
    policy: &'a Policy,
    rules: Rules,
}

/// The contacts of some customers, in chain order.
pub struct Stretch<'a> {
    /// Their rows.
    pub rows: &'a [u32],
    pub(super) links: &'a Links,
    pub(super) input: &'a Input<'a>,
    pub(super) rules: &'a Rules,
    pub(super) started_at: Vec<Micros>,
    /// From when time is measured, by the policy's clock.
    pub(super) anchor: Vec<Micros>,
    first: usize,
}

impl<'a> Timelines<'a> {
    /// `input` and `policy` must be those that gave `links`.
    pub fn new(links: &'a Links, input: &'a Input<'a>, policy: &'a Policy) -> Timelines<'a> {
        Timelines { links, input, policy, rules: Rules::new(policy, input) }
    }

    /// The places of a stretch: [`Links::stretches`].
    pub fn stretch(&self, places: Range<usize>) -> Stretch<'_> {
        let rows = &self.links.order()[places.clone()];
        Stretch {
            rows,
            links: self.links,
            input: self.input,
            rules: &self.rules,
            started_at: rows.iter().map(|row| self.input.started_at[*row as usize]).collect(),
            anchor: rows.iter().map(|row| self.links.anchor(self.input, self.policy, *row)).collect(),
            first: places.start,
        }
    }

    /// All of them as one stretch.
    pub fn whole(&self) -> Stretch<'_> {
        self.stretch(0..self.links.order().len())
    }
}

impl Stretch<'_> {
    /// The contact, if the FCR rate counts it and its outcome is known.
    pub(super) fn counted(&self, at: usize) -> Option<Counted<'_>> {
        self.links.counted_at(self.first + at)
    }

    /// What the contact is.
    pub fn class(&self, at: usize) -> Class {
        self.links.class_at(self.first + at)
    }

    /// Whether the contact is the first of its customer.
    pub fn starts_customer(&self, at: usize) -> bool {
        self.links.starts_customer(self.first + at)
    }

    /// Whether the contact is the first of its customer and reason.
    pub fn starts_timeline(&self, at: usize) -> bool {
        self.links.starts_timeline(self.first + at)
    }

    /// Whether the contact begins an episode; otherwise it is a repeat.
    pub fn starts_episode(&self, at: usize) -> bool {
        self.links.starts_episode(self.first + at)
    }
}

impl Links {
    /// The order cut into stretches: each has all contacts of its customers.
    pub fn stretches(&self) -> Vec<Range<usize>> {
        let mut stretches = Vec::new();
        let (mut begin, count) = (0, self.order().len());
        while begin < count {
            let later = (begin + STRETCH).min(count)..count;
            let end = later.clone().find(|place| self.starts_customer(*place)).unwrap_or(count);
            stretches.push(begin..end);
            begin = end;
        }
        stretches
    }
}
