//! Which rows are the same row again: decided once, when a commit is made.
//!
//! It takes keys with the facts that decide between them and gives the rows that lose; the answer never depends on the
//! order of rows. Losers only ever grow in number, because a row that a newer one replaced stays replaced: so each commit
//! adds a list of its own and never rewrites an older one. It deliberately looks at keys, never at texts.

use super::key::KeySet;

/// A row that shares its key with another row of the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rival {
    /// What it shares.
    pub(super) key: u64,
    /// The smallest wins.
    pub(super) started_at: i64,
    /// Between equal starts, the smallest wins.
    pub(super) content_key: u64,
    /// Between rows equal in everything, any may win; the first does.
    pub(super) row: u32,
}

/// The rows (in ascending order of key) whose key occurs more than once.
pub(super) fn repeated(keys: &[u64]) -> Vec<(u64, u32)> {
    let mut rows: Vec<(u64, u32)> = keys.iter().copied().zip(0..).collect();
    rows.sort_unstable();
    let is_repeated = |group: &&[(u64, u32)]| group.len() > 1;
    rows.chunk_by(|a, b| a.0 == b.0).filter(is_repeated).flatten().copied().collect()
}

/// Of rows that share keys within one commit, those that lose, in ascending order.
pub(super) fn losers(mut rivals: Vec<Rival>) -> Vec<u32> {
    rivals.sort_unstable();
    let mut rows: Vec<u32> = rivals
        .chunk_by(|a, b| a.key == b.key)
        .flat_map(|group| group.iter().skip(1).map(|rival| rival.row))
        .collect();
    rows.sort_unstable();
    rows
}

/// The rows, counted from `first_row`, whose key a newer commit has again.
pub(super) fn replaced(keys: &[u64], first_row: u32, newer: &KeySet) -> Vec<u32> {
    (first_row..).zip(keys).filter(|(_, key)| newer.contains(key)).map(|(row, _)| row).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};
    use proptest::{collection::vec, prop_assert_eq};

    use super::{Rival, losers, repeated, replaced};

    fn rival(key: u64, started_at: i64, content_key: u64, row: u32) -> Rival {
        Rival { key, started_at, content_key, row }
    }

    #[test]
    fn the_earliest_start_wins_then_the_smallest_content() {
        let rows = vec![rival(7, 20, 1, 0), rival(7, 10, 9, 1), rival(7, 10, 5, 2), rival(8, 1, 1, 3)];
        assert_eq!(losers(rows), [0, 1]);
    }

    #[test]
    fn only_keys_that_occur_again_are_looked_at() {
        assert_eq!(repeated(&[5, 3, 5, 4, 3, 5]), [(3, 1), (3, 4), (5, 0), (5, 2), (5, 5)]);
        assert_eq!(repeated(&[]), []);
    }

    #[test]
    fn older_rows_of_a_key_are_replaced() {
        assert_eq!(replaced(&[5, 3, 5, 4], 100, &[5, 9].into_iter().collect()), [100, 102]);
    }

    /// The rule, word for word: a row loses if another row of its key comes before it.
    fn losers_naively(rows: &[Rival]) -> Vec<u32> {
        let before = |a: &Rival, b: &Rival| {
            (a.started_at, a.content_key, a.row) < (b.started_at, b.content_key, b.row)
        };
        let loses = |b: &&Rival| rows.iter().any(|a| a.key == b.key && before(a, b));
        let mut losing: Vec<u32> = rows.iter().filter(loses).map(|b| b.row).collect();
        losing.sort_unstable();
        losing
    }

    fn rows() -> impl Strategy<Value = Vec<Rival>> {
        vec((0u64..6, 0i64..3, 0u64..3), 0..40).prop_map(|rows| {
            rows.into_iter().zip(0..).map(|((k, at, content), row)| rival(k, at, content, row)).collect()
        })
    }

    proptest! {
        #[test]
        fn losers_are_those_of_the_rule_word_for_word(rows in rows()) {
            prop_assert_eq!(losers(rows.clone()), losers_naively(&rows));
        }

        #[test]
        fn the_order_of_the_input_does_not_choose_the_winner(rows in rows(), turn in 0usize..40) {
            // What survives, by content: rows equal in everything are interchangeable.
            let survivors = |rows: &[Rival]| {
                let lost = losers(rows.to_vec());
                let mut kept: Vec<_> = rows.iter().filter(|r| !lost.contains(&r.row))
                    .map(|r| (r.key, r.started_at, r.content_key)).collect();
                kept.sort_unstable();
                kept
            };
            let mut turned = rows.clone();
            turned.rotate_left(turn.min(rows.len()));
            for (row, rival) in turned.iter_mut().enumerate() { rival.row = row as u32; }
            prop_assert_eq!(survivors(&rows), survivors(&turned));
        }

        #[test]
        fn every_key_keeps_exactly_one_row(keys in vec(0u64..8, 0..50)) {
            let rivals = repeated(&keys).into_iter().map(|(key, row)| rival(key, 0, 0, row)).collect();
            let lost = losers(rivals);
            let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
            prop_assert_eq!(keys.len() - lost.len(), distinct.len());
        }
    }
}
