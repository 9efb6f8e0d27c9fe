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
    let row_count = links.row_count();
    assert!(group_codes.is_empty() || group_codes.len() == row_count, "one group a row");
    assert!(is_stated.is_empty() || is_stated.len() == row_count, "one mark a row");
    let grouping = Grouping { codes: group_codes, count: group_count };
    let group_count = grouping.group_count();
    let group_of = |row: usize| grouping.group_of(row);
    let threads = rayon::current_num_threads().min(row_count / MIN_SHARED_ROWS).max(1);
    let share_count = if group_count > MAX_SHARED_GROUPS { 1 } else { threads };
    let cut =
        |share: usize, total: usize| total / share_count * share + total % share_count * share / share_count;
    let tallies: Vec<Vec<Tally>> = (0..share_count)
        .into_par_iter()
        .map(|share| {
            let mut tallies = vec![Tally::default(); group_count];
            count_rows(
                links,
                &group_of,
                is_stated,
                cut(share, row_count)..cut(share + 1, row_count),
                &mut tallies,
            );
            let contact_count = links.order().len();
            let places = customer_start(links, cut(share, contact_count))
                ..customer_start(links, cut(share + 1, contact_count));
            count_customers(links, &group_of, places, &mut tallies);
            tallies
        })
        .collect();
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
struct Tally {
    by_code: [u64; CLASS_CODES],
    stated: u64,
    customers: u64,
    repeating: u64,
    /// Which customer was counted last, so that none is counted twice; customers are numbered from 1.
    last_customer: u64,
    last_repeating: u64,
}

fn count_rows(
    links: &Links,
    group_of: &impl Fn(usize) -> usize,
    is_stated: &[bool],
    rows: Range<usize>,
    tallies: &mut [Tally],
) {
    for row in rows {
        let code = usize::from(links.codes()[row]);
        let tally = &mut tallies[group_of(row)];
        tally.by_code[code] += 1;
        if is_stated.get(row) == Some(&true) && links.class(row as u32).is_contact() {
            tally.stated += 1;
        }
    }
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
    fn add(&mut self, other: &Tally) {
        for (sum, count) in self.by_code.iter_mut().zip(other.by_code) {
            *sum += count;
        }
        self.stated += other.stated;
        self.customers += other.customers;
        self.repeating += other.repeating;
    }

    fn scores(&self, anchor: Anchor) -> Scores {
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
