//! The link step: chains the contacts of each customer and reason into episodes and classifies every row.
//!
//! Contacts are packed, partitioned by customer so that each part fits the processor's cache, sorted and scanned
//! part by part. Comparison is by the real keys, never by a hash, so the result is exact given the keys, and it
//! depends neither on the order of rows nor on the number of threads.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::AtomicU8;

use rayon::prelude::*;

use super::class::CONTACT;
use super::links::Ends;
use super::parts::{Pieces, part_count, place_of, rounds};
use super::rules::Rules;
use super::scan::{Part, Scan};
use super::screen::screen;
use super::transfer::extended_ends;
use super::{Input, Links};
use crate::interaction::Micros;
use crate::policy::{Clock, Policy};

/// One contact, packed for sorting.
#[derive(Clone, Copy, Default)]
pub(super) struct Packed {
    pub(super) customer: u64,
    pub(super) started_at: Micros,
    /// The moment from which its gap and window are measured: its start or its end, by the policy's clock.
    pub(super) anchor: Micros,
    pub(super) reason: u64,
    pub(super) row: u32,
}

/// Links all rows under a policy.
///
/// `tie_break` orders the interaction ids of two rows; it is asked only about contacts of one customer and reason
/// that started in the same microsecond.
///
/// Choices where several categories meet: the window of the *earlier* contact's category governs a gap (under
/// `chain = "first"` that of the episode's first contact), a contact's own category governs its lookback and its
/// eligibility, and contacts without a category share one reason.
///
/// # Panics
/// When a column of `input` is neither empty nor as long as `started_at`, or has more than 2³² − 1 rows.
pub fn link(input: &Input<'_>, policy: &Policy, tie_break: &(dyn Fn(u32, u32) -> Ordering + Sync)) -> Links {
    let ranks = |tied: &[u32]| {
        let mut sorted = tied.to_vec();
        sorted.sort_by(|a, b| tie_break(*a, *b));
        let mut rank = 0;
        let mut ranks = HashMap::with_capacity(sorted.len());
        for (at, row) in sorted.iter().enumerate() {
            let is_next = at > 0 && tie_break(sorted[at - 1], *row) != Ordering::Equal;
            rank += usize::from(is_next);
            ranks.insert(*row, rank);
        }
        Ok::<_, Infallible>(tied.iter().map(|row| ranks[row]).collect())
    };
    match link_by_ranks(input, policy, ranks) {
        Ok(links) => links,
        Err(never) => match never {},
    }
}

/// As [`link`], where ids are found out only for the rows that turn out to be tied: `ranks` gives the rank of the id of
/// each, any number that orders as the ids do. It is called once, or not at all.
///
/// # Errors
/// Those of `ranks`.
///
/// # Panics
/// As [`link`].
pub fn link_by_ranks<R: Ord + Copy + Send + Sync, E>(
    input: &Input<'_>,
    policy: &Policy,
    ranks: impl FnOnce(&[u32]) -> Result<Vec<R>, E>,
) -> Result<Links, E> {
    assert!(input.is_consistent(), "columns of one length");
    assert!(u32::try_from(input.row_count()).is_ok(), "row numbers have 32 bits");
    let rules = Rules::new(policy, input);
    let screened = screen(input, policy, &rules);
    let extended = match policy.clock {
        Clock::Start => Ends::default(),
        Clock::End => Ends::new(extended_ends(input, &screened), input.row_count()),
    };
    let codes: Vec<AtomicU8> = screened.par_iter().map(|code| AtomicU8::new(*code)).collect();
    let scan =
        Scan { input, policy, rules: &rules, observed: observed(input, policy), codes: &codes, ranks: None };
    let contacts = Contacts { input, policy, rules: &rules, screened: &screened, extended: &extended };
    let mut parts = contacts.parts(|contacts| scan.part(contacts));
    let tied: Vec<u32> = parts.iter().flat_map(|part| &part.tied.rows).copied().collect();
    if !tied.is_empty() {
        let ranks: HashMap<u32, R> = tied.iter().copied().zip(ranks(&tied)?).collect();
        let by_rank = |a: u32, b: u32| ranks.get(&a).cmp(&ranks.get(&b));
        let scan = Scan { ranks: Some(&by_rank), ..scan };
        parts.par_iter_mut().filter(|part| !part.tied.rows.is_empty()).for_each(|part| {
            *part = scan.part(std::mem::take(&mut part.tied.contacts));
        });
    }
    parts.push(scan.singles(contacts.of_nobody()));
    let mut links = Links { observed: scan.observed, extended, anchor: policy.anchor, ..Links::default() };
    let contact_count = parts.iter().map(|part| part.order.len()).sum();
    links.order.reserve_exact(contact_count);
    links.marks.reserve_exact(contact_count);
    let continued: Vec<(u32, Micros)> = parts.iter().flat_map(|part| &part.extended).copied().collect();
    // A contact can be extended by its legs and by what followed closely: the second end has the first in it.
    links.extended.add(&continued, input.row_count());
    for part in parts {
        links.order.extend_from_slice(&part.order);
        links.marks.extend_from_slice(&part.marks);
    }
    links.codes = codes.into_iter().map(AtomicU8::into_inner).collect();
    Ok(links)
}

/// First and last start of all interactions but duplicates, unless the policy says otherwise.
fn observed(input: &Input<'_>, policy: &Policy) -> Option<(Micros, Micros)> {
    if let (Some(from), Some(to)) = (policy.observed_from, policy.observed_to) {
        return Some((from, to));
    }
    let (first, last) = input.observed()?;
    Some((policy.observed_from.unwrap_or(first), policy.observed_to.unwrap_or(last)))
}

/// The rows that passed the screen.
struct Contacts<'a> {
    input: &'a Input<'a>,
    policy: &'a Policy,
    rules: &'a Rules,
    screened: &'a [u8],
    extended: &'a Ends,
}

impl Contacts<'_> {
    /// What `scan` makes of each part. Contacts of unknown customers are in none.
    fn parts(&self, scan: impl Fn(Vec<Packed>) -> Part + Sync) -> Vec<Part> {
        let count = part_count(self.screened.len());
        let mut parts = Vec::with_capacity(count);
        let part_of = |row: usize| {
            let customer = self.input.customer(row);
            (self.screened[row] == CONTACT && customer != 0).then(|| place_of(customer, count).0)
        };
        let mut pieces = Pieces::new(self.screened.len(), part_of);
        for round in rounds(self.screened.len(), count) {
            pieces.fill(round.clone(), |row| self.packed(row));
            let part = |part| scan(sorted(&pieces, part, |it| place_of(it.customer, count).1));
            parts.par_extend((0..round.len()).into_par_iter().map(part));
        }
        parts
    }

    /// Those of unknown customers: each is a customer's only one.
    fn of_nobody(&self) -> Vec<Packed> {
        let is_single = |row: &usize| self.screened[*row] == CONTACT && self.input.customer(*row) == 0;
        (0..self.screened.len()).into_par_iter().filter(is_single).map(|row| self.packed(row)).collect()
    }

    fn packed(&self, row: usize) -> Packed {
        let started_at = self.input.started_at[row];
        let anchor = match self.policy.clock {
            Clock::Start => started_at,
            Clock::End => self.extended.of(row as u32).unwrap_or_else(|| self.input.own_end(row)),
        };
        Packed {
            customer: self.input.customer(row),
            started_at,
            anchor,
            reason: self.rules.reason(self.input, row),
            row: row as u32,
        }
    }
}

/// One part, sorted: each customer's contacts together, by reason and time. `place_of` a contact is its place among the
/// part's customers, as a fraction of 2⁶⁴.
///
/// Counted into about as many cells as there are contacts, so that a cell holds a customer or two and takes a few
/// comparisons, where one sort of the part would compare each contact a dozen times.
fn sorted(pieces: &Pieces<Packed>, part: usize, place_of: impl Fn(&Packed) -> u64) -> Vec<Packed> {
    let slices = pieces.of(part);
    let count: usize = slices.clone().map(<[Packed]>::len).sum();
    let cell_bits = count.max(2).ilog2();
    let cell_of = |it: &Packed| (place_of(it) >> (64 - cell_bits)) as usize;
    let mut ends = vec![0u32; (1 << cell_bits) + 1];
    for contact in slices.clone().flatten() {
        ends[cell_of(contact) + 1] += 1;
    }
    for cell in 1..ends.len() {
        ends[cell] += ends[cell - 1];
    }
    let mut contacts = vec![Packed::default(); count];
    for contact in slices.flatten() {
        let slot = &mut ends[cell_of(contact)];
        contacts[*slot as usize] = *contact;
        *slot += 1;
    }
    let mut begin = 0;
    for end in ends[..1 << cell_bits].iter().map(|end| *end as usize) {
        contacts[begin..end].sort_unstable_by_key(|it| (it.customer, it.reason, it.started_at, it.row));
        begin = end;
    }
    contacts
}
