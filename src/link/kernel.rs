//! The link step: chains the contacts of each customer and reason into episodes and classifies every row.
//!
//! Contacts are packed, partitioned by customer so that each part fits the processor's cache, sorted and scanned
//! part by part. Comparison is by the real keys, never by a hash, so the result is exact given the keys, and it
//! depends neither on the order of rows nor on the number of threads.

use std::cmp::Ordering;
use std::sync::atomic::AtomicU8;

use rayon::prelude::*;

use super::class::CONTACT;
use super::rules::Rules;
use super::scan::{Part, Scan};
use super::screen::screen;
use super::transfer::extended_ends;
use super::{Input, Links};
use crate::interaction::Micros;
use crate::policy::{Clock, Policy};

/// Contacts per part, about 128 KiB of them: half a core's second-level cache.
const PART: usize = 4096;
/// Enough parts for any size; more would only spread the writes of partitioning.
const MAX_PARTS: usize = 4096;
/// Rows that one task packs.
const PIECE: usize = 1 << 18;

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
/// that started in the same microsecond, and from several threads.
///
/// Choices where several categories meet: the window of the *earlier* contact's category governs a gap (under
/// `chain = "first"` that of the episode's first contact), a contact's own category governs its lookback and its
/// eligibility, and contacts without a category share one reason.
///
/// # Panics
/// When a column of `input` is neither empty nor as long as `started_at`, or has more than 2³² − 1 rows.
pub fn link(input: &Input<'_>, policy: &Policy, tie_break: &(dyn Fn(u32, u32) -> Ordering + Sync)) -> Links {
    assert!(input.is_consistent(), "columns of one length");
    assert!(u32::try_from(input.row_count()).is_ok(), "row numbers have 32 bits");
    let rules = Rules::new(policy, input);
    let codes = screen(input, policy, &rules);
    let extended = match policy.clock {
        Clock::Start => Vec::new(),
        Clock::End => extended_ends(input, &codes),
    };
    let observed = observed(input, policy);
    let pieces = pack(input, policy, &rules, &codes, &extended);
    let codes: Vec<AtomicU8> = codes.into_iter().map(AtomicU8::new).collect();
    let scan = Scan { input, policy, rules: &rules, observed, tie_break, codes: &codes };
    let part_count = pieces.first().map_or(0, |piece| piece.starts.len() - 1);
    let mut parts: Vec<Part> =
        (0..part_count).into_par_iter().map(|part| scan.part(sorted(&pieces, part))).collect();
    parts.push(scan.singles(pieces.iter().flat_map(|piece| &piece.singles).copied().collect()));
    drop(pieces);
    let mut links = Links { observed, extended, anchor: policy.anchor, ..Links::default() };
    let contact_count = parts.iter().map(|part| part.order.len()).sum();
    links.order.reserve_exact(contact_count);
    links.marks.reserve_exact(contact_count);
    for part in parts {
        links.order.extend_from_slice(&part.order);
        links.marks.extend_from_slice(&part.marks);
        links.extended.extend_from_slice(&part.extended);
    }
    // A contact can be extended by its legs and by what followed closely: the second end has the first in it.
    links.extended.sort_unstable_by_key(|(row, end)| (*row, std::cmp::Reverse(*end)));
    links.extended.dedup_by_key(|(row, _)| *row);
    links.codes = codes.into_iter().map(AtomicU8::into_inner).collect();
    links
}

/// First and last start of all interactions but duplicates, unless the policy says otherwise.
fn observed(input: &Input<'_>, policy: &Policy) -> Option<(Micros, Micros)> {
    if let (Some(from), Some(to)) = (policy.observed_from, policy.observed_to) {
        return Some((from, to));
    }
    let (first, last) = input.observed()?;
    Some((policy.observed_from.unwrap_or(first), policy.observed_to.unwrap_or(last)))
}

/// The contacts of a run of rows, by part: those of part `p` are `contacts[starts[p]..starts[p + 1]]`. Those of
/// unknown customers are apart: each is a customer's only one.
struct Piece {
    contacts: Vec<Packed>,
    starts: Vec<usize>,
    singles: Vec<Packed>,
}

/// Packs the contacts of all rows, partitioned by customer, in parallel.
fn pack(
    input: &Input<'_>,
    policy: &Policy,
    rules: &Rules,
    codes: &[u8],
    extended: &[(u32, Micros)],
) -> Vec<Piece> {
    let part_count = (codes.len() / PART).next_power_of_two().min(MAX_PARTS);
    let part_of = |customer: u64| place_of(customer, part_count).0;
    let packed = |row: usize, ends: &mut &[(u32, Micros)]| {
        let started_at = input.started_at[row];
        let anchor = if policy.clock == Clock::Start { started_at } else { end_of(input, row, ends) };
        Packed {
            customer: input.customer(row),
            started_at,
            anchor,
            reason: rules.reason(input, row),
            row: row as u32,
        }
    };
    codes
        .par_chunks(PIECE)
        .enumerate()
        .map(|(piece, codes)| {
            let first_row = piece * PIECE;
            let rows = || (first_row..).zip(codes).filter(|(_, code)| **code == CONTACT).map(|(row, _)| row);
            let mut starts = vec![0; part_count + 1];
            for row in rows().filter(|row| input.customer(*row) != 0) {
                starts[part_of(input.customer(row)) + 1] += 1;
            }
            for part in 0..part_count {
                starts[part + 1] += starts[part];
            }
            let mut next = starts.clone();
            let mut contacts = vec![Packed::default(); starts[part_count]];
            let mut singles = Vec::new();
            let mut ends = &extended[extended.partition_point(|it| (it.0 as usize) < first_row)..];
            for row in rows() {
                let contact = packed(row, &mut ends);
                if contact.customer == 0 {
                    singles.push(contact);
                    continue;
                }
                let slot = &mut next[part_of(contact.customer)];
                contacts[*slot] = contact;
                *slot += 1;
            }
            Piece { contacts, starts, singles }
        })
        .collect()
}

/// The end of a row, extended by its transfer legs; `ends` is what lies ahead of rows asked in ascending order.
fn end_of(input: &Input<'_>, row: usize, ends: &mut &[(u32, Micros)]) -> Micros {
    match ends.split_first() {
        Some((first, rest)) if first.0 as usize == row => {
            *ends = rest;
            first.1
        }
        _ => input.own_end(row),
    }
}

/// The part of a customer, and where in the part it lies, as a fraction of 2⁶⁴.
///
/// Fibonacci hashing: the top bits of key × 2⁶⁴/φ spread keys of any kind (Knuth, TAOCP 3, 6.4).
fn place_of(customer: u64, part_count: usize) -> (usize, u64) {
    let mixed = customer.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let place = u128::from(mixed) * part_count as u128;
    ((place >> 64) as usize, place as u64)
}

/// One part of all pieces, sorted: each customer's contacts together, by reason and time.
///
/// Counted into about as many cells as there are contacts, so that a cell holds a customer or two and takes a few
/// comparisons, where one sort of the part would compare each contact a dozen times.
fn sorted(pieces: &[Piece], part: usize) -> Vec<Packed> {
    let part_count = pieces[0].starts.len() - 1;
    let slices =
        || pieces.iter().flat_map(|piece| &piece.contacts[piece.starts[part]..piece.starts[part + 1]]);
    let count: usize = pieces.iter().map(|piece| piece.starts[part + 1] - piece.starts[part]).sum();
    let cell_bits = count.max(2).ilog2();
    let cell_of = |it: &Packed| (place_of(it.customer, part_count).1 >> (64 - cell_bits)) as usize;
    let mut ends = vec![0usize; (1 << cell_bits) + 1];
    for contact in slices() {
        ends[cell_of(contact) + 1] += 1;
    }
    for cell in 1..ends.len() {
        ends[cell] += ends[cell - 1];
    }
    let mut contacts = vec![Packed::default(); count];
    for contact in slices() {
        let slot = &mut ends[cell_of(contact)];
        contacts[*slot] = *contact;
        *slot += 1;
    }
    let mut begin = 0;
    for end in &ends[..1 << cell_bits] {
        contacts[begin..*end].sort_unstable_by_key(|it| (it.customer, it.reason, it.started_at, it.row));
        begin = *end;
    }
    contacts
}
