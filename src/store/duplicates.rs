//! Which row of an interaction counts, where several have its id.
//!
//! It takes the versions of an interaction with the facts that decide between them and gives the rows that lose; the
//! answer never depends on the order of rows. A version that says when it was updated loses to one that was updated later,
//! whichever commit either came with. Of those left the newest commit's counts, within one commit the one that
//! began first, then the one with the smallest content. A row that lost never counts again, because whatever beats its
//! winner beats it too: so each commit adds a list of its own, and only removing a source makes the lists anew. It
//! deliberately looks at keys, never at texts.

use std::cmp::Reverse;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// The `updated_at` of a row whose source does not say it.
pub(super) const NOT_SAID: i64 = i64::MIN;

/// One version of an interaction: a row among those with its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    /// What the versions share.
    pub(super) key: u64,
    /// When the source last changed it; [`NOT_SAID`] loses to nothing.
    pub(super) updated_at: i64,
    /// The commit that read it; the newest wins.
    pub(super) commit_id: u64,
    /// Within a commit, the smallest wins.
    pub(super) started_at: i64,
    /// Between equal starts, the smallest wins.
    pub(super) content_key: u64,
    /// Between rows equal in everything, any may win; the first does.
    pub(super) row: u32,
}

/// Rows that do not count because another row has their id, by why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replaced {
    /// Equal in everything to the row that counts.
    pub duplicate_count: u64,
    /// Replaced by a row that says something else.
    pub correction_count: u64,
    /// Came after a row that says something else, and lost to it.
    pub late_count: u64,
}

impl Replaced {
    /// All of them.
    pub fn total(self) -> u64 {
        self.duplicate_count + self.correction_count + self.late_count
    }

    /// Counts a row that lost to `winner`.
    pub(super) fn count(&mut self, loser: &Version, winner: &Version) {
        let count = if loser.content_key == winner.content_key {
            &mut self.duplicate_count
        } else if loser.commit_id > winner.commit_id {
            &mut self.late_count
        } else {
            &mut self.correction_count
        };
        *count += 1;
    }
}

impl Add for Replaced {
    type Output = Replaced;

    fn add(self, other: Replaced) -> Replaced {
        Replaced {
            duplicate_count: self.duplicate_count + other.duplicate_count,
            correction_count: self.correction_count + other.correction_count,
            late_count: self.late_count + other.late_count,
        }
    }
}

impl AddAssign for Replaced {
    fn add_assign(&mut self, other: Replaced) {
        *self = *self + other;
    }
}

/// The version that counts, of those of one interaction.
pub(super) fn winner(versions: &[Version]) -> Option<&Version> {
    let latest = versions.iter().map(|version| version.updated_at).max()?;
    let is_outdated = |version: &&Version| version.updated_at != NOT_SAID && version.updated_at < latest;
    let rank = |version: &&Version| {
        (Reverse(version.commit_id), version.started_at, version.content_key, version.row)
    };
    versions.iter().filter(|version| !is_outdated(version)).min_by_key(rank)
}

/// The versions that a commit makes losers, each with the one that wins: all of them, less those that had lost to an
/// older version already. `versions` stand in any order; under commit 0 all are new.
pub(super) fn losers(mut versions: Vec<Version>, commit_id: u64) -> Vec<(Version, Version)> {
    versions.sort_unstable_by_key(|version| (version.key, version.commit_id, version.row));
    let mut losers = Vec::new();
    for group in versions.chunk_by(|a, b| a.key == b.key) {
        let Some(counts) = winner(group) else { continue };
        let (older, newer) = group.split_at(group.partition_point(|version| version.commit_id < commit_id));
        let counted = winner(older);
        let lose = newer.iter().chain(counted).filter(|version| version.row != counts.row);
        losers.extend(lose.map(|version| (*version, *counts)));
    }
    losers.sort_unstable_by_key(|(version, _)| version.row);
    losers
}

/// The rows (in ascending order of key) whose key occurs more than once.
pub(super) fn repeated(keys: impl Iterator<Item = (u64, u32)>) -> Vec<(u64, u32)> {
    let mut rows: Vec<(u64, u32)> = keys.collect();
    rows.sort_unstable();
    let is_repeated = |group: &&[(u64, u32)]| group.len() > 1;
    rows.chunk_by(|a, b| a.0 == b.0).filter(is_repeated).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};
    use proptest::{collection::vec, prop_assert, prop_assert_eq};

    use super::{NOT_SAID, Replaced, Version, losers, repeated, winner};

    fn version(updated_at: i64, commit_id: u64, started_at: i64, content_key: u64, row: u32) -> Version {
        Version { key: 7, updated_at, commit_id, started_at, content_key, row }
    }

    fn rows(losers: Vec<(Version, Version)>) -> Vec<u32> {
        losers.into_iter().map(|(version, _)| version.row).collect()
    }

    #[test]
    fn which_version_counts_by_rule() {
        const N: i64 = NOT_SAID;
        // Versions as (updated, commit, start, content); the place of the one that counts.
        type Facts = (i64, u64, i64, u64);
        let table: &[(&[Facts], u32)] = &[
            // The newest commit, then the earliest start, then the smallest content.
            (&[(N, 1, 5, 5), (N, 2, 9, 9)], 1),
            (&[(N, 2, 20, 1), (N, 2, 10, 9), (N, 2, 10, 5), (N, 1, 1, 1)], 2),
            // The latest update, whatever the commit: a late old file does not overwrite a newer correction.
            (&[(30, 1, 5, 5), (20, 2, 5, 6)], 0),
            (&[(30, 1, 5, 5), (40, 2, 5, 6), (35, 3, 5, 7)], 1),
            // Equal updates fall to the next rule.
            (&[(30, 1, 5, 5), (30, 2, 5, 6)], 1),
            // A row that does not say when it was updated loses to none by it.
            (&[(30, 1, 5, 5), (N, 2, 5, 6)], 1),
            (&[(N, 1, 5, 5), (20, 2, 5, 6)], 1),
            (&[(30, 1, 5, 5), (N, 2, 5, 6), (20, 3, 5, 7)], 1),
        ];
        for (versions, expected) in table {
            let versions: Vec<Version> =
                versions.iter().zip(0..).map(|((u, c, s, k), row)| version(*u, *c, *s, *k, row)).collect();
            assert_eq!(winner(&versions).map(|it| it.row), Some(*expected), "{versions:?}");
        }
    }

    #[test]
    fn only_keys_that_occur_again_are_looked_at() {
        let keyed = |keys: &[u64]| repeated(keys.iter().copied().zip(0..));
        assert_eq!(keyed(&[5, 3, 5, 4, 3, 5]), [(3, 1), (3, 4), (5, 0), (5, 2), (5, 5)]);
        assert_eq!(keyed(&[]), []);
    }

    #[test]
    fn what_loses_is_told_apart_by_content_and_by_who_came_first() {
        let count = |versions: &[Version], commit| {
            let mut replaced = Replaced::default();
            losers(versions.to_vec(), commit)
                .iter()
                .for_each(|(loser, winner)| replaced.count(loser, winner));
            replaced
        };
        let first = version(30, 1, 5, 100, 0);
        let again = version(30, 2, 5, 100, 1);
        let corrected = version(40, 2, 5, 101, 2);
        let late = version(20, 3, 5, 102, 3);
        let of = |duplicate_count, correction_count, late_count| Replaced {
            duplicate_count,
            correction_count,
            late_count,
        };
        assert_eq!(count(&[first], 1), of(0, 0, 0));
        assert_eq!(count(&[first, again], 2), of(1, 0, 0));
        assert_eq!(count(&[first, corrected], 2), of(0, 1, 0));
        assert_eq!(count(&[first, corrected, late], 3), of(0, 0, 1), "what had lost is not counted again");
        assert_eq!(count(&[first, corrected, late], 0), of(0, 1, 1));
    }

    fn versions() -> impl Strategy<Value = Vec<Version>> {
        let updated = proptest::prop_oneof![proptest::prelude::Just(NOT_SAID), 0i64..4];
        vec((0u64..4, updated, 1u64..5, 0i64..3, 0u64..3), 0..30).prop_map(|rows| {
            let of = |((key, updated_at, commit_id, started_at, content_key), row)| Version {
                key,
                updated_at,
                commit_id,
                started_at,
                content_key,
                row,
            };
            rows.into_iter().zip(0..).map(of).collect()
        })
    }

    /// The rule, word for word: a row loses if it is outdated, or if another that is not comes before it.
    fn losers_naively(rows: &[Version]) -> Vec<u32> {
        let is_outdated = |b: &Version| {
            b.updated_at != NOT_SAID && rows.iter().any(|a| a.key == b.key && a.updated_at > b.updated_at)
        };
        let before = |a: &Version, b: &Version| {
            a.commit_id > b.commit_id
                || a.commit_id == b.commit_id
                    && (a.started_at, a.content_key, a.row) < (b.started_at, b.content_key, b.row)
        };
        let loses = |b: &&Version| {
            is_outdated(b) || rows.iter().any(|a| a.key == b.key && !is_outdated(a) && before(a, b))
        };
        rows.iter().filter(loses).map(|b| b.row).collect()
    }

    proptest! {
        #[test]
        fn losers_are_those_of_the_rule_word_for_word(versions in versions()) {
            prop_assert_eq!(rows(losers(versions.clone(), 0)), losers_naively(&versions));
        }

        #[test]
        fn commit_by_commit_the_same_rows_lose_and_none_twice(versions in versions()) {
            let mut lost = Vec::new();
            for commit in 1..5 {
                let so_far: Vec<Version> = versions.iter().filter(|it| it.commit_id <= commit).copied().collect();
                // As the store does it: only interactions of which the commit has a version are looked at.
                let is_met = |version: &&Version| {
                    so_far.iter().any(|it| it.commit_id == commit && it.key == version.key)
                };
                let met = so_far.iter().filter(is_met).copied().collect();
                lost.extend(rows(losers(met, commit)));
            }
            let count = lost.len();
            lost.sort_unstable();
            lost.dedup();
            prop_assert_eq!(lost.len(), count);
            prop_assert_eq!(lost, losers_naively(&versions));
        }

        #[test]
        fn every_key_keeps_exactly_one_row(versions in versions()) {
            let lost = losers(versions.clone(), 0);
            let distinct: std::collections::BTreeSet<_> = versions.iter().map(|it| it.key).collect();
            prop_assert_eq!(versions.len() - lost.len(), distinct.len());
            prop_assert!(lost.iter().all(|(loser, winner)| loser.key == winner.key));
        }
    }
}
