//! Items of rows distributed into parts by a key, so that each part fits a core's cache: the first half of a radix
//! sort, in parallel and without a lock. Takes rows, gives their items part by part.

use std::ops::Range;

use rayon::prelude::*;

/// Items of a part, about 128 KiB of them in the kernel: half a core's second-level cache.
const PART: usize = 4096;
/// Enough parts for any size; more would only spread the writes of distributing.
const MAX_PARTS: usize = 4096;
/// Rows that one task distributes.
const PIECE: usize = 1 << 18;
/// Rows whose items are held at a time, where all of them have one.
const ROUND: usize = 1 << 22;

/// How many parts so many rows have.
pub(super) fn part_count(row_count: usize) -> usize {
    (row_count / PART).next_power_of_two().min(MAX_PARTS)
}

/// The part of a key, and where in the part it lies, as a fraction of 2⁶⁴.
///
/// Fibonacci hashing: the top bits of key × 2⁶⁴/φ spread keys of any kind (Knuth, TAOCP 3, 6.4).
pub(super) fn place_of(key: u64, part_count: usize) -> (usize, u64) {
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let place = u128::from(mixed) * part_count as u128;
    ((place >> 64) as usize, place as u64)
}

/// The parts in turns, so that memory is taken for the items of a few at a time.
pub(super) fn rounds(row_count: usize, part_count: usize) -> impl Iterator<Item = Range<usize>> {
    let width = part_count.div_ceil(row_count.div_ceil(ROUND).max(1)).max(1);
    (0..part_count).step_by(width).map(move |first| first..(first + width).min(part_count))
}

/// Rows by part, with the items of those of one round.
pub(super) struct Pieces<T>(Vec<Piece<T>>);

/// A run of rows.
struct Piece<T> {
    /// The part of each row, or [`NO_PART`].
    parts: Vec<u16>,
    /// Those of the `n`th part of the round are `items[starts[n]..starts[n + 1]]`.
    items: Vec<T>,
    starts: Vec<u32>,
}

const NO_PART: u16 = u16::MAX;

impl<T: Copy + Default + Send + Sync> Pieces<T> {
    /// So many rows: `part_of` a row is its part, or none.
    pub(super) fn new(row_count: usize, part_of: impl Fn(usize) -> Option<usize> + Sync) -> Pieces<T> {
        let part_of = |row| part_of(row).map_or(NO_PART, |part| part as u16);
        let piece = |at: usize| Piece {
            parts: (at * PIECE..row_count.min((at + 1) * PIECE)).map(part_of).collect(),
            items: Vec::new(),
            starts: Vec::new(),
        };
        Pieces((0..row_count.div_ceil(PIECE)).into_par_iter().map(piece).collect())
    }

    /// Puts the items of the rows of some parts into them, in place of those that were there.
    pub(super) fn fill(&mut self, round: Range<usize>, item_of: impl Fn(usize) -> T + Sync) {
        self.0.par_iter_mut().enumerate().for_each(|(at, piece)| {
            let (first, count) = (round.start as u16, round.len());
            let in_round =
                |part: &u16| Some(usize::from(part.wrapping_sub(first))).filter(|part| *part < count);
            // Counted two places further on, so that filling leaves each start in its place.
            piece.starts.clear();
            piece.starts.resize(count + 2, 0);
            piece.parts.iter().filter_map(in_round).for_each(|part| piece.starts[part + 2] += 1);
            for part in 2..piece.starts.len() {
                piece.starts[part] += piece.starts[part - 1];
            }
            piece.items.clear();
            piece.items.resize(piece.starts[count + 1] as usize, T::default());
            for (row, part) in (at * PIECE..).zip(&piece.parts) {
                let Some(part) = in_round(part) else { continue };
                let slot = &mut piece.starts[part + 1];
                piece.items[*slot as usize] = item_of(row);
                *slot += 1;
            }
        });
    }

    /// The items of a part, counted from the first of the round, in runs by ascending row.
    pub(super) fn of(&self, part: usize) -> impl Iterator<Item = &[T]> + Clone {
        self.0.iter().map(move |it| &it.items[it.starts[part] as usize..it.starts[part + 1] as usize])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_item_is_in_its_part_once(parts in prop::collection::vec(prop::option::of(0..5usize), 0..300)) {
            let mut pieces = Pieces::new(parts.len(), |row| parts[row]);
            // What is left of one round may not show in the next.
            for round in [0..3, 3..5] {
                pieces.fill(round.clone(), |row| row);
                for part in round.clone() {
                    let rows: Vec<usize> = (0..parts.len()).filter(|row| parts[*row] == Some(part)).collect();
                    prop_assert_eq!(pieces.of(part - round.start).flatten().copied().collect::<Vec<_>>(), rows);
                }
            }
        }
    }

    #[test]
    fn rounds_take_every_part_once() {
        for rows in [0, 1, ROUND, ROUND + 1, 5 * ROUND, 9 * ROUND + 7] {
            let count = part_count(rows);
            assert!(rounds(rows, count).flatten().eq(0..count), "{rows} rows");
        }
    }
}
