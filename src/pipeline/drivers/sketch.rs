//! How often things were met, at most: a count–min sketch of two rows of bytes, so that what is rare is never held.
//!
//! G. Cormode, S. Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications", Journal of
//! Algorithms 55 (2005) 58–75. It never says less than the truth, up to 255, whatever the order and the threads.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Cells of a row: from 64 Ki to 64 Mi, so 128 MiB in two rows at most.
const LEAST_CELLS: usize = 1 << 16;
const MOST_CELLS: usize = 1 << 26;

pub(super) struct Sketch([Vec<AtomicU8>; 2]);

impl Sketch {
    /// For about `expected` different things.
    pub(super) fn new(expected: usize) -> Sketch {
        let cells = expected.next_power_of_two().clamp(LEAST_CELLS, MOST_CELLS);
        Sketch([(); 2].map(|()| (0..cells).map(|_| AtomicU8::new(0)).collect()))
    }

    /// Counts one more; `hash` is well mixed.
    pub(super) fn add(&self, hash: u64) {
        for cell in self.cells(hash) {
            let more = |count: u8| count.checked_add(1);
            // Full cells stay full.
            let _ = cell.fetch_update(Relaxed, Relaxed, more);
        }
    }

    /// How often it was counted, or more; 255 is 255 or more.
    pub(super) fn at_most(&self, hash: u64) -> u8 {
        let [one, other] = self.cells(hash).map(|cell| cell.load(Relaxed));
        one.min(other)
    }

    fn cells(&self, hash: u64) -> [&AtomicU8; 2] {
        let place = |row: usize, hash: u64| &self.0[row][hash as usize & (self.0[row].len() - 1)];
        [place(0, hash), place(1, hash >> 32)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_64;

    use super::Sketch;

    proptest! {
        #[test]
        fn no_count_is_below_the_truth(things in prop::collection::vec(0..40_u8, 0..800)) {
            let sketch = Sketch::new(1);
            let mut truth: HashMap<u8, u64> = HashMap::new();
            for thing in &things {
                sketch.add(xxh3_64(&[*thing]));
                *truth.entry(*thing).or_default() += 1;
            }
            for (thing, count) in truth {
                prop_assert!(u64::from(sketch.at_most(xxh3_64(&[thing]))) >= count.min(255));
            }
        }
    }
}
