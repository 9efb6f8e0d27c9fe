//! The scores of groups of interactions: counts, rates and intervals, in one pass over the rows and one over the
//! chained contacts. Exact integers are summed; rates are made once at the end.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::{Grouping, wilson};
use crate::link::{CLASS_CODES, Class, Exclusion, Links, Outcome};
use crate::policy::Anchor;

/// The numbers of a group of interactions. Each interaction counts in its own group: a repeat in the repeat's, the
/// outcome of a first contact in the first contact's. Rates are 0 to 1 and `None` where nothing is counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Scores {
    /// Interactions read.
    pub interaction_count: u64,
    /// Interactions that count under the policy.
    pub contact_count: u64,
    /// Distinct customers with a contact in the group.
    pub customer_count: u64,
    /// Contacts that follow another of their episode within the window.
    pub repeat_count: u64,
    /// Repeats that there would be if each customer's contacts about a reason fell at random over the observation.
    pub expected_repeat_count: f64,
    /// Repeats less those expected: what is not accident.
    pub excess_repeat_count: f64,
    /// Repeats ÷ contacts.
    pub repeat_rate: Option<f64>,
    /// Lower end of the repeat rate's 95 % interval.
    pub repeat_low: Option<f64>,
    /// Upper end of the repeat rate's 95 % interval.
    pub repeat_high: Option<f64>,
    /// First contacts. They are those that the FCR rate counts, eligible and pending, unless the policy counts every
    /// contact.
    pub first_count: u64,
    /// Contacts too close to the start of observation to tell whether they are first.
    pub left_edge_count: u64,
    /// First contacts (or what else the policy counts) whose window has been fully observed: the denominator of the
    /// FCR rate.
    pub eligible_count: u64,
    /// Those whose window has not been fully observed yet.
    pub pending_count: u64,
    /// Eligible ones without a repeat.
    pub resolved_count: u64,
    /// Resolved ÷ eligible.
    pub fcr_rate: Option<f64>,
    /// Lower end of the FCR rate's 95 % interval.
    pub fcr_low: Option<f64>,
    /// Upper end of the FCR rate's 95 % interval.
    pub fcr_high: Option<f64>,
    /// Kaplan–Meier estimate of the share of first contacts without a repeat within the window, which uses the pending
    /// ones too. `None` where the window is not the same for all of the group, or nothing is known for so long.
    pub km_fcr_rate: Option<f64>,
    /// Lower end of its 95 % log-log interval; `None` at rates of 0 and 1.
    pub km_low: Option<f64>,
    /// Upper end of its 95 % log-log interval; `None` at rates of 0 and 1.
    pub km_high: Option<f64>,
    /// Contacts still watched, and still without a repeat, just before the window ends.
    pub km_at_risk_count: Option<u64>,
    /// Aalen–Johansen estimate of the share that comes back about the same reason within the window, before any other
    /// reason. These three are there when the policy lets other reasons compete, and sum to 1.
    pub aj_repeat_rate: Option<f64>,
    /// The share that comes back about another reason first.
    pub aj_other_rate: Option<f64>,
    /// The share that does not come back at all.
    pub aj_silent_rate: Option<f64>,
    /// Distinct customers with a repeat in the group.
    pub customer_repeat_count: u64,
    /// Customers with no repeat in the group ÷ customers.
    pub customer_rate: Option<f64>,
    /// Lower end of the customer rate's 95 % interval.
    pub customer_low: Option<f64>,
    /// Upper end of the customer rate's 95 % interval.
    pub customer_high: Option<f64>,
    /// Contacts in which the customer says that they were in contact before.
    pub stated_count: u64,
}

/// Groups above this number are counted by one thread, so that memory stays at one table.
const MAX_SHARED_GROUPS: usize = 1 << 16;
/// Rows from which on a second thread is worth its table.
const MIN_SHARED_ROWS: usize = 1 << 15;
/// Rows whose groups are fetched at a time.
const BATCH: usize = 256;

/// The scores of each group. `group_codes` has the group of each row, below `group_count`; empty means group 0
/// for all, and a code that is no group's counts as group 0. `is_stated` says of each row whether it has a stated
/// repeat; empty means of none.
///
/// # Panics
/// When `group_codes` or `is_stated` is neither empty nor as long as the links.
pub fn score(links: &Links, group_codes: &[u32], group_count: usize, is_stated: &[bool]) -> Vec<Scores> {
    assert!(is_stated.is_empty() || is_stated.len() == links.row_count(), "one mark a row");
    let grouping = Grouping { codes: group_codes, count: group_count };
    let contact_count = links.order().len();
    let group_of = |row: usize| grouping.group_of(row);
    shared(links, grouping, |share, tallies| {
        share.count_rows(links, grouping, is_stated, tallies);
        let places = customer_start(links, share.start_of(contact_count))
            ..customer_start(links, share.end_of(contact_count));
        count_customers(links, &group_of, places, tallies);
    })
}

/// As [`score`], without what is counted of customers and words: all that classes tell.
///
/// # Panics
/// When `group_codes` are neither empty nor as long as the links.
pub fn score_classes(links: &Links, group_codes: &[u32], group_count: usize) -> Vec<Scores> {
    let grouping = Grouping { codes: group_codes, count: group_count };
    shared(links, grouping, |share, tallies| share.count_rows(links, grouping, &[], tallies))
}

/// What one of several threads counts.
#[derive(Clone, Copy)]
struct Share {
    at: usize,
    of: usize,
}

impl Share {
    fn start_of(self, total: usize) -> usize {
        total / self.of * self.at + total % self.of * self.at / self.of
    }

    fn end_of(self, total: usize) -> usize {
        Share { at: self.at + 1, ..self }.start_of(total)
    }

    fn count_rows(self, links: &Links, grouping: Grouping<'_>, is_stated: &[bool], tallies: &mut [Tally]) {
        let rows = self.start_of(links.row_count())..self.end_of(links.row_count());
        let codes = grouping.codes.get(rows.clone()).unwrap_or_default();
        let is_stated = is_stated.get(rows.clone()).unwrap_or_default();
        Tally::count_rows(tallies, &links.codes()[rows], is_stated, Grouping { codes, ..grouping });
    }
}

/// The scores that the tallies of all shares add up to.
fn shared(links: &Links, grouping: Grouping<'_>, count: impl Fn(Share, &mut [Tally]) + Sync) -> Vec<Scores> {
    let row_count = links.row_count();
    assert!(grouping.codes.is_empty() || grouping.codes.len() == row_count, "one group a row");
    let threads = rayon::current_num_threads().min(row_count / MIN_SHARED_ROWS).max(1);
    let of = if grouping.group_count() > MAX_SHARED_GROUPS { 1 } else { threads };
    let tallies_of = |at: usize| {
        let mut tallies = vec![Tally::default(); grouping.group_count()];
        count(Share { at, of }, &mut tallies);
        tallies
    };
    let tallies: Vec<Vec<Tally>> = (0..of).into_par_iter().map(tallies_of).collect();
    let mut tallies = tallies.into_iter();
    let mut sum = tallies.next().expect("at least one share");
    for share in tallies {
        for (sum, tally) in sum.iter_mut().zip(share) {
            sum.add(&tally);
        }
    }
    sum.iter().map(|tally| tally.scores(links.anchored_at())).collect()
}

/// Exact counts of one group.
#[derive(Clone, Default)]
pub(super) struct Tally {
    by_code: [u64; CLASS_CODES],
    stated: u64,
    customers: u64,
    repeating: u64,
    /// Which customer was counted last, so that none is counted twice; customers are numbered from 1.
    last_customer: u64,
    last_repeating: u64,
}

/// Distinct customers: a customer's contacts stand together in chain order, so remembering for each group the
/// customer seen last is exact. Groups are fetched in batches, because chain order jumps about the rows and the
/// processor can then wait for many of them at a time.
fn count_customers(
    links: &Links,
    group_of: &impl Fn(usize) -> usize,
    places: Range<usize>,
    tallies: &mut [Tally],
) {
    let mut customer = 0;
    let mut groups = [0usize; BATCH];
    let mut at = places.start;
    for rows in links.order()[places].chunks(BATCH) {
        for (group, row) in groups.iter_mut().zip(rows) {
            *group = group_of(*row as usize);
        }
        for group in &groups[..rows.len()] {
            customer += u64::from(links.starts_customer(at));
            let tally = &mut tallies[*group];
            tally.customers += u64::from(tally.last_customer != customer);
            tally.last_customer = customer;
            if !links.starts_episode(at) {
                tally.repeating += u64::from(tally.last_repeating != customer);
                tally.last_repeating = customer;
            }
            at += 1;
        }
    }
}

/// The first place from `place` on where a customer begins.
fn customer_start(links: &Links, place: usize) -> usize {
    let end = links.order().len();
    (place..end).find(|at| links.starts_customer(*at)).unwrap_or(end)
}

impl Tally {
    /// Counts rows by the codes of their classes, each in the tally of its group.
    pub(super) fn count_rows(
        tallies: &mut [Tally],
        codes: &[u8],
        is_stated: &[bool],
        grouping: Grouping<'_>,
    ) {
        for (row, code) in codes.iter().enumerate() {
            let tally = &mut tallies[grouping.group_of(row)];
            tally.by_code[usize::from(*code)] += 1;
            let is_contact = || Class::from_code(*code).is_some_and(Class::is_contact);
            tally.stated += u64::from(is_stated.get(row) == Some(&true) && is_contact());
        }
    }

    /// Sets what is counted of customers: distinct ones, and those of them with a repeat.
    pub(super) fn set_customers(&mut self, (customers, repeating): (u64, u64)) {
        (self.customers, self.repeating) = (customers, repeating);
    }

    /// Adds the counts of another tally, of other rows and customers.
    pub(super) fn add(&mut self, other: &Tally) {
        for (sum, count) in self.by_code.iter_mut().zip(other.by_code) {
            *sum += count;
        }
        self.stated += other.stated;
        self.customers += other.customers;
        self.repeating += other.repeating;
    }

    /// The counts as scores, with the rates made of them.
    pub(super) fn scores(&self, anchor: Anchor) -> Scores {
        let mut scores = Scores {
            customer_count: self.customers,
            customer_repeat_count: self.repeating,
            stated_count: self.stated,
            ..Scores::default()
        };
        for (code, count) in (0..).zip(self.by_code) {
            scores.add(code, count, anchor);
        }
        scores.fill_rates();
        scores
    }
}

impl Scores {
    /// Counts `count` interactions more whose class has this code.
    pub(super) fn add(&mut self, code: u8, count: u64, anchor: Anchor) {
        let class = Class::from_code(code);
        let is_duplicate = class == Some(Class::Excluded(Exclusion::DuplicateId));
        self.interaction_count += if is_duplicate { 0 } else { count };
        let Some(class) = class.filter(|class| class.is_contact()) else { return };
        self.contact_count += count;
        self.left_edge_count += if let Class::LeftEdge(_) = class { count } else { 0 };
        self.repeat_count += if class.is_repeat() { count } else { 0 };
        self.first_count += if class.is_first() { count } else { 0 };
        if let Some(fate) = class.counted(anchor) {
            let is_resolved = fate.is_eligible && fate.outcome == Outcome::Resolved;
            self.eligible_count += if fate.is_eligible { count } else { 0 };
            self.pending_count += if fate.is_eligible { 0 } else { count };
            self.resolved_count += if is_resolved { count } else { 0 };
        }
    }

    fn fill_rates(&mut self) {
        let without_repeat = self.customer_count - self.customer_repeat_count;
        (self.repeat_rate, self.repeat_low, self.repeat_high) = rate(self.repeat_count, self.contact_count);
        (self.fcr_rate, self.fcr_low, self.fcr_high) = rate(self.resolved_count, self.eligible_count);
        (self.customer_rate, self.customer_low, self.customer_high) =
            rate(without_repeat, self.customer_count);
    }
}

/// A share; none of nothing.
pub(super) fn ratio(count: u64, total: u64) -> Option<f64> {
    (total > 0).then(|| count as f64 / total as f64)
}

/// A rate with both ends of its 95 % interval; none where `total` is 0.
pub fn rate(count: u64, total: u64) -> (Option<f64>, Option<f64>, Option<f64>) {
    let interval = wilson(count, total);
    (interval.map(|_| count as f64 / total as f64), interval.map(|it| it.low), interval.map(|it| it.high))
}
