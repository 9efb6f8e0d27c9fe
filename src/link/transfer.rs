//! Transfers: a leg that continues a contact extends that contact's end, because the customer was still being
//! served. Takes the screened rows and gives the extended ends; the legs themselves stay excluded.
//!
//! A leg belongs to the first contact found by following parents upwards, through rows that are no contacts
//! themselves. Parents that are not in the data, and parents that go round in a circle, lead nowhere.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use super::class::CONTACT;
use super::{Exclusion, Input};
use crate::interaction::Micros;

/// The end of each contact that a leg outlasts, by ascending row.
pub(super) fn extended_ends(input: &Input<'_>, codes: &[u8]) -> Vec<(u32, Micros)> {
    if input.interaction_key.is_empty() || input.parent_key.is_empty() {
        return Vec::new();
    }
    let leg = Exclusion::ContinuationByTransfer as u8;
    let legs: Vec<u32> =
        (0..codes.len() as u32).into_par_iter().filter(|row| codes[*row as usize] == leg).collect();
    if legs.is_empty() {
        return Vec::new();
    }
    let rows = rows_of_parents(input);
    let mut found: HashMap<u32, Option<u32>> = HashMap::new();
    let mut ends: Vec<(u32, Micros)> = Vec::new();
    for leg in legs {
        if let Some(contact) = continued_contact(input, codes, &rows, &mut found, leg) {
            ends.push((contact, input.own_end(leg as usize)));
        }
    }
    // Of several legs the last to end counts: sorted by row and end, the last of a row is kept.
    ends.sort_unstable();
    ends.reverse();
    ends.dedup_by_key(|(row, _)| *row);
    ends.retain(|(row, end)| *end > input.own_end(*row as usize));
    ends.reverse();
    ends
}

/// The row of each key that some row names as its parent.
fn rows_of_parents(input: &Input<'_>) -> HashMap<u64, u32, BuildHasherDefault<KeyHasher>> {
    let wanted: HashSet<u64, BuildHasherDefault<KeyHasher>> =
        (0..input.row_count()).filter_map(|row| input.continued(row)).collect();
    let is_duplicate = |row: usize| input.is_duplicate.get(row) == Some(&true);
    let mut rows: Vec<(u64, Micros, u32)> = (0..input.row_count())
        .into_par_iter()
        .filter(|row| wanted.contains(&input.interaction_key[*row]) && !is_duplicate(*row))
        .map(|row| (input.interaction_key[row], input.started_at[row], row as u32))
        .collect();
    rows.par_sort_unstable();
    // Ids are unique once duplicates are marked; if they are not, the earliest start wins.
    rows.dedup_by_key(|(key, ..)| *key);
    rows.into_iter().map(|(key, _, row)| (key, row)).collect()
}

/// The contact that a leg continues. `found` remembers every row passed, so that long chains are walked once
/// and a circle is noticed: a row that is passed again before it has an answer has none.
fn continued_contact(
    input: &Input<'_>,
    codes: &[u8],
    rows: &HashMap<u64, u32, BuildHasherDefault<KeyHasher>>,
    found: &mut HashMap<u32, Option<u32>>,
    leg: u32,
) -> Option<u32> {
    let mut path = Vec::new();
    let mut at = leg;
    let contact = loop {
        if let Some(known) = found.get(&at) {
            break *known;
        }
        found.insert(at, None);
        path.push(at);
        let parent = input.continued(at as usize).and_then(|key| rows.get(&key));
        match parent {
            None => break None,
            Some(row) if codes[*row as usize] == CONTACT => break Some(*row),
            Some(row) => at = *row,
        }
    };
    for row in path {
        found.insert(row, contact);
    }
    contact
}

/// Keys are hashes already: they need no second one.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: u8 = Exclusion::ContinuationByTransfer as u8;
    const ABANDONED: u8 = Exclusion::Abandoned as u8;

    /// Rows of (own key, parent key, end, code), all started at 0.
    fn ends_of(rows: &[(u64, u64, Micros, u8)]) -> Vec<(u32, Micros)> {
        let keys: Vec<u64> = rows.iter().map(|it| it.0).collect();
        let parents: Vec<u64> = rows.iter().map(|it| it.1).collect();
        let ends: Vec<Micros> = rows.iter().map(|it| it.2).collect();
        let codes: Vec<u8> = rows.iter().map(|it| it.3).collect();
        let started = vec![0; rows.len()];
        let input = Input {
            started_at: &started,
            ended_at: &ends,
            interaction_key: &keys,
            parent_key: &parents,
            ..Input::default()
        };
        extended_ends(&input, &codes)
    }

    #[test]
    fn the_last_leg_to_end_extends_the_contact() {
        let rows =
            [(1, 0, 10, CONTACT), (2, 1, 30, LEG), (3, 1, 20, LEG), (4, 0, 5, CONTACT), (5, 4, 3, LEG)];
        assert_eq!(ends_of(&rows), [(0, 30)], "leg 5 ends before its contact does");
    }

    #[test]
    fn a_chain_of_legs_leads_to_its_contact_through_rows_that_are_none() {
        let rows = [(3, 2, 40, LEG), (2, 1, 90, ABANDONED), (1, 0, 10, CONTACT)];
        assert_eq!(ends_of(&rows), [(2, 40)], "the abandoned leg itself served nobody");
    }

    #[test]
    fn a_circle_and_a_missing_parent_lead_nowhere() {
        let rows = [(1, 2, 10, LEG), (2, 1, 20, LEG), (3, 1, 30, LEG), (4, 99, 40, LEG), (5, 0, 1, CONTACT)];
        assert_eq!(ends_of(&rows), []);
    }

    #[test]
    fn a_chain_of_100_000_legs_is_walked_once() {
        let mut rows = vec![(1, 0, 1, CONTACT)];
        rows.extend((2..=100_000).map(|key| (key, key - 1, key as i64, LEG)));
        rows.reverse();
        assert_eq!(ends_of(&rows), [(99_999, 100_000)]);
    }
}
