//! What a commit does to the rows that are there: which of them no longer count.
//!
//! It takes the store with the new parts already in it and gives row numbers over all parts of a table: for a commit that
//! adds, those that lose now; for one that removes a source, all that lose among what remains. It reads keys, one
//! part at a time, and the facts of rows that share one. It deliberately changes nothing.

use std::collections::HashMap;

use polars::prelude::{Int64Type, UInt32Type, UInt64Type};

use super::columns::for_values;
use super::duplicates::{Replaced, Version, losers, repeated};
use super::key::KeySet;
use super::part::Part;
use super::reader::Store;
use super::records::number;
use super::schema::Table;
use super::sources::has;
use crate::error::Result;

/// Cues that are compared with each other at a time (24 bytes each). Few in unit tests, so that they take several shares.
const MOST_CUES: u64 = if cfg!(test) { 2 } else { 8 << 20 };

/// Rows that are decoded at a time.
const ROWS_AT_ONCE: usize = 1 << 20;

/// Interactions that do not count because another row has their id, in ascending order, and why.
pub(super) struct Lost {
    pub(super) rows: Vec<u32>,
    pub(super) replaced: Replaced,
}

impl Lost {
    fn of(losers: &[(Version, Version)]) -> Lost {
        let mut replaced = Replaced::default();
        losers.iter().for_each(|(loser, winner)| replaced.count(loser, winner));
        Lost { rows: losers.iter().map(|(loser, _)| loser.row).collect(), replaced }
    }
}

/// The newest commit in which each turn was given, of interactions that were given in several.
type Newest = HashMap<(u64, u32), u64>;

impl Store {
    /// The interactions that a commit makes losers.
    pub(super) fn interactions_lost_in(&self, commit_id: u64) -> Result<Lost> {
        let mut newer = Vec::new();
        for (part, first) in self.parts_in(Table::Interactions, commit_id) {
            newer.extend(self.column::<UInt64Type>(part, "interaction_key")?.into_iter().zip(first as u32..));
        }
        let keys: KeySet = newer.iter().map(|(key, _)| *key).collect();
        let mut met = self.rows_with(Table::Interactions, commit_id, &keys)?;
        let again: KeySet = met.iter().map(|(key, _)| *key).collect();
        met.extend(newer.iter().filter(|(key, _)| again.contains(key)));
        // Those that are met are repeated anyway; of the others only those that the commit itself has twice.
        met.extend(repeated(newer.into_iter().filter(|(key, _)| !again.contains(key))));
        let rows = met.into_iter().map(|(_, row)| row).collect();
        Ok(Lost::of(&losers(self.versions(rows)?, commit_id)))
    }

    /// All interactions that lose to another of their id, each with the one that counts.
    pub(super) fn interactions_lost(&self) -> Result<Vec<(Version, Version)>> {
        let mut keys = Vec::with_capacity(self.interaction_count());
        self.for_keys(Table::Interactions, |row, key| keys.push((key, row)))?;
        let rows = repeated(keys.into_iter()).into_iter().map(|(_, row)| row).collect();
        Ok(losers(self.versions(rows)?, 0))
    }

    /// The same as a list and as counts.
    pub(super) fn interactions_lost_in_all(&self) -> Result<Lost> {
        Ok(Lost::of(&self.interactions_lost()?))
    }

    /// The cues that a commit makes losers: older ones whose turn it gives again, and those that it has twice.
    pub(super) fn cues_lost_in(&self, commit_id: u64) -> Result<Vec<u32>> {
        let mut keys = KeySet::default();
        for (part, _) in self.parts_in(Table::Transcripts, commit_id) {
            keys.extend(self.column::<UInt64Type>(part, "interaction_key")?);
        }
        let again: KeySet =
            self.rows_with(Table::Transcripts, commit_id, &keys)?.into_iter().map(|(key, _)| key).collect();
        let mut rows = Vec::new();
        if !again.is_empty() {
            let newest = self.newest_turns(&again, commit_id)?;
            rows = self.replaced_cues(&newest)?;
        }
        rows.extend(self.equal_cues(commit_id)?);
        Ok(rows)
    }

    /// All cues that do not count, in ascending order; those of removed sources aside.
    pub(super) fn cues_lost_in_all(&self) -> Result<Vec<u32>> {
        let mut keys = Vec::new();
        self.for_keys(Table::Transcripts, |row, key| keys.push((key, row)))?;
        let again: KeySet = repeated(keys.into_iter()).into_iter().map(|(key, _)| key).collect();
        let newest = self.newest_turns(&again, 0)?;
        let mut rows = if newest.is_empty() { Vec::new() } else { self.replaced_cues(&newest)? };
        rows.extend(self.equal_cues(0)?);
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    /// The facts that decide between these rows, which may stand in any order.
    pub(super) fn versions(&self, mut rows: Vec<u32>) -> Result<Vec<Version>> {
        rows.sort_unstable();
        let owners = self.owners(Table::Interactions);
        let mut versions = Vec::with_capacity(rows.len());
        let columns = ["interaction_key", "updated_at", "started_at", "content_key"];
        self.for_rows(Table::Interactions, &columns, &rows, |i, frame, at| {
            let gap = |name| format!("{name} has gaps");
            let key_of = |name| number::<UInt64Type>(frame, name, at)?.ok_or_else(|| gap(name));
            let time_of = |name| number::<Int64Type>(frame, name, at)?.ok_or_else(|| gap(name));
            versions.push(Version {
                key: key_of("interaction_key")?,
                updated_at: time_of("updated_at")?,
                commit_id: owners.commit_id(u64::from(rows[i])),
                started_at: time_of("started_at")?,
                content_key: key_of("content_key")?,
                row: rows[i],
            });
            Ok(())
        })?;
        Ok(versions)
    }

    /// Rows of commits before this one that have one of the keys, with it; those of removed sources aside.
    fn rows_with(&self, table: Table, commit_id: u64, keys: &KeySet) -> Result<Vec<(u64, u32)>> {
        let mut rows = Vec::new();
        if keys.is_empty() {
            return Ok(rows);
        }
        let removed = self.owners(table).removed();
        for (part, first) in self.parts_of(table).filter(|(part, _)| part.commit_id < commit_id) {
            let found = self.column::<UInt64Type>(part, "interaction_key")?.into_iter().zip(first as u32..);
            rows.extend(found.filter(|(key, row)| keys.contains(key) && !has(&removed, u64::from(*row))));
        }
        Ok(rows)
    }

    /// Gives `each` the row and the key of all rows of a table but those of removed sources.
    pub(super) fn for_keys(&self, table: Table, mut each: impl FnMut(u32, u64)) -> Result<()> {
        let removed = self.owners(table).removed();
        for (part, first) in self.parts_of(table) {
            let keys = (first as u32..).zip(self.column::<UInt64Type>(part, "interaction_key")?);
            keys.filter(|(row, _)| !has(&removed, u64::from(*row))).for_each(|(row, key)| each(row, key));
        }
        Ok(())
    }

    /// The newest commit, from `since` on, in which each turn of these interactions was given.
    pub(super) fn newest_turns(&self, interactions: &KeySet, since: u64) -> Result<Newest> {
        let mut newest = Newest::new();
        if interactions.is_empty() {
            return Ok(newest);
        }
        let owners = self.owners(Table::Transcripts);
        let removed = owners.removed();
        for (part, first) in self.parts_of(Table::Transcripts).filter(|(part, _)| part.commit_id >= since) {
            let Some((turns, _)) = self.parts_in(Table::Turns, part.commit_id).next() else { continue };
            let keys = self.column::<UInt64Type>(part, "interaction_key")?;
            let counts = self.column::<UInt64Type>(part, "turn_count")?;
            let mut indexes = self.column::<UInt32Type>(turns, "turn")?.into_iter();
            for (row, (key, count)) in (first..).zip(keys.into_iter().zip(counts)) {
                // Transcripts lie one after the other, so each takes its turns off the front.
                let own = indexes.by_ref().take(count as usize);
                if !interactions.contains(&key) || has(&removed, row) {
                    own.for_each(drop);
                    continue;
                }
                for turn in own {
                    let known = newest.entry((key, turn)).or_default();
                    *known = (*known).max(owners.commit_id(row));
                }
            }
        }
        Ok(newest)
    }

    /// Cues of turns that a newer commit gives again.
    fn replaced_cues(&self, newest: &Newest) -> Result<Vec<u32>> {
        let owners = self.owners(Table::Cues);
        let removed = owners.removed();
        let mut rows = Vec::new();
        for (part, first) in self.parts_of(Table::Cues) {
            let keys = self.column::<UInt64Type>(part, "interaction_key")?;
            let turns = self.column::<UInt32Type>(part, "turn")?;
            for (row, turn) in (first..).zip(keys.into_iter().zip(turns)) {
                let is_replaced = newest.get(&turn).is_some_and(|newest| *newest > owners.commit_id(row));
                if is_replaced && !has(&removed, row) {
                    rows.push(row as u32);
                }
            }
        }
        Ok(rows)
    }

    /// Cues that are equal in everything to another of their commit, all but one; of commits from `since` on. Looked for
    /// a share of the keys at a time, so that what is held does not grow with the store.
    fn equal_cues(&self, since: u64) -> Result<Vec<u32>> {
        let owners = self.owners(Table::Cues);
        let removed = owners.removed();
        let parts = || self.parts_of(Table::Cues).filter(|(part, _)| part.commit_id >= since);
        let row_count: u64 = parts().map(|(part, _)| part.row_count).sum();
        let share_count = row_count.div_ceil(MOST_CUES).max(1);
        let mut rows: Vec<u32> = Vec::new();
        for share in 0..share_count {
            let mut cues: Vec<(u64, u64, u32)> = Vec::new();
            for (part, first) in parts() {
                self.for_numbers(part, "content_key", |row, key| {
                    let row = first + row;
                    if key % share_count == share && !has(&removed, row) {
                        cues.push((key, owners.commit_id(row), row as u32));
                    }
                })?;
            }
            cues.sort_unstable();
            let groups = cues.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
            rows.extend(groups.flat_map(|group| group.iter().skip(1).map(|(_, _, row)| *row)));
        }
        rows.sort_unstable();
        Ok(rows)
    }

    /// Goes over a column of numbers of one part, some rows at a time.
    pub(super) fn for_numbers(&self, part: &Part, name: &str, mut each: impl FnMut(u64, u64)) -> Result<()> {
        let open = part.open(self.dir())?;
        for first in (0..part.row_count).step_by(ROWS_AT_ONCE) {
            let frame = open.read(&[name], first, (part.row_count - first).min(ROWS_AT_ONCE as u64))?;
            let mut row = first;
            let read = for_values::<UInt64Type>(&frame, name, |values| {
                for value in values {
                    each(row, *value);
                    row += 1;
                }
                Ok(())
            });
            read.map_err(|what| open.damaged(what))?;
        }
        Ok(())
    }

    /// The parts of a table that a commit wrote.
    pub(super) fn parts_in(&self, table: Table, commit_id: u64) -> impl Iterator<Item = (&Part, u64)> {
        self.parts_of(table).filter(move |(part, _)| part.commit_id == commit_id)
    }
}
