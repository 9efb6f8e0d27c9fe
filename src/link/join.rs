//! Which rows have keys that other tables name: the interactions of transcripts, of cues, of answers. A hash join in
//! parts that fit a core's cache; a table of all keys would miss it at every look.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use super::parts::{Pieces, part_count, place_of, rounds};

/// In place of a row: no row has the key.
pub const NO_ROW: u32 = u32::MAX;

/// For each of `wanted` the row that has the key, or [`NO_ROW`]. Rows that `is_left_out` marks (empty: none) are not
/// looked at; the keys of the others must differ.
///
/// # Panics
/// When there are 2³² − 1 keys or more.
pub fn rows_of(keys: &[u64], is_left_out: &[bool], wanted: &[u64]) -> Vec<u32> {
    assert!(keys.len().max(wanted.len()) < NO_ROW as usize, "rows have 32 bits");
    let is_in = |row: usize| is_left_out.get(row) != Some(&true);
    // Tables that were written together mostly stand in one order: what follows the row found last is tried first.
    let mut next = 0;
    let mut found = vec![NO_ROW; wanted.len()];
    for (found, key) in found.iter_mut().zip(wanted) {
        if keys.get(next) == Some(key) && is_in(next) {
            *found = next as u32;
            next += 1;
        }
    }
    let missed: Vec<u32> = (0..).zip(&found).filter(|(_, row)| **row == NO_ROW).map(|(at, _)| at).collect();
    if !missed.is_empty() {
        let wanted: Vec<u64> = missed.iter().map(|at| wanted[*at as usize]).collect();
        let filter = Filter::new(&wanted);
        let rows: Vec<u32> = (0..keys.len() as u32)
            .into_par_iter()
            .filter(|row| is_in(*row as usize) && filter.may_have(keys[*row as usize]))
            .collect();
        for (at, row) in missed.into_iter().zip(joined(keys, &rows, &wanted)) {
            found[at as usize] = row;
        }
    }
    found
}

/// Says of most keys that are not wanted that they are not.
struct Filter(Vec<AtomicU64>);

impl Filter {
    /// Bits a key: 16, of which one is set.
    fn new(wanted: &[u64]) -> Filter {
        let words = (wanted.len() / 4).next_power_of_two();
        let filter = Filter((0..words).into_par_iter().map(|_| AtomicU64::new(0)).collect());
        wanted.par_iter().for_each(|key| {
            let (word, bit) = filter.place(*key);
            filter.0[word].fetch_or(bit, Relaxed);
        });
        filter
    }

    fn may_have(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.0[word].load(Relaxed) & bit != 0
    }

    fn place(&self, key: u64) -> (usize, u64) {
        (place_of(key, self.0.len()).0, 1 << (key % 64))
    }
}

/// The row of each of `wanted` among `rows`.
fn joined(keys: &[u64], rows: &[u32], wanted: &[u64]) -> Vec<u32> {
    let found: Vec<AtomicU32> = wanted.par_iter().map(|_| AtomicU32::new(NO_ROW)).collect();
    let size = rows.len().max(wanted.len());
    let count = part_count(size);
    let key = |at: usize| keys[rows[at] as usize];
    let part_of = |key: u64| Some(place_of(key, count).0);
    let mut of_rows = Pieces::new(rows.len(), |at| part_of(key(at)));
    let mut of_wanted = Pieces::new(wanted.len(), |at| part_of(wanted[at]));
    for round in rounds(size, count) {
        of_rows.fill(round.clone(), |at| (key(at), rows[at]));
        of_wanted.fill(round.clone(), |at| (wanted[at], at as u32));
        (0..round.len()).into_par_iter().for_each_init(Vec::new, |table, part| {
            let bits = index(of_rows.of(part), count, table);
            for (key, at) in of_wanted.of(part).flatten() {
                let mut slot = slot_of(*key, count, bits);
                while table[slot].1 != NO_ROW && table[slot].0 != *key {
                    slot = (slot + 1) % table.len();
                }
                found[*at as usize].store(table[slot].1, Relaxed);
            }
        });
    }
    found.into_iter().map(AtomicU32::into_inner).collect()
}

/// Fills a table with the rows of a part by the places of their keys, half of it at most; gives its size in bits.
fn index<'a>(
    rows: impl Iterator<Item = &'a [(u64, u32)]> + Clone,
    count: usize,
    table: &mut Vec<(u64, u32)>,
) -> u32 {
    let row_count: usize = rows.clone().map(<[_]>::len).sum();
    let bits = (2 * row_count + 1).next_power_of_two().ilog2().max(1);
    table.clear();
    table.resize(1 << bits, (0, NO_ROW));
    for row in rows.flatten() {
        let mut slot = slot_of(row.0, count, bits);
        while table[slot].1 != NO_ROW {
            slot = (slot + 1) % table.len();
        }
        table[slot] = *row;
    }
    bits
}

fn slot_of(key: u64, count: usize, bits: u32) -> usize {
    (place_of(key, count).1 >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_found_as_by_looking_at_all(
            rows in prop::collection::hash_map(1..30u64, any::<bool>(), 0..30),
            wanted in prop::collection::vec(1..40u64, 0..60),
            is_in_order in any::<bool>(),
        ) {
            let (keys, is_left_out): (Vec<u64>, Vec<bool>) = rows.iter().unzip();
            let wanted = if is_in_order { [&keys[..], &wanted].concat() } else { wanted };
            let row_of = |wanted: &u64| (0..keys.len()).find(|row| keys[*row] == *wanted && !is_left_out[*row]);
            let naive: Vec<u32> = wanted.iter().map(|it| row_of(it).map_or(NO_ROW, |row| row as u32)).collect();
            prop_assert_eq!(rows_of(&keys, &is_left_out, &wanted), naive);
        }
    }

    #[test]
    fn keys_of_many_rounds_are_found() {
        let mixed = |at: u64| (at + 1).wrapping_mul(0xD1B5_4A32_D192_ED03);
        let keys: Vec<u64> = (0..5_000_000).map(mixed).collect();
        let places = || (0..5_000_000u32).rev().map(|at| at + 1_000);
        let wanted: Vec<u64> = places().map(|at| mixed(at.into())).collect();
        let row_of = |at: u32| Some(at).filter(|row| *row < 5_000_000).unwrap_or(NO_ROW);
        assert!(rows_of(&keys, &[], &wanted).into_iter().eq(places().map(row_of)));
    }
}
