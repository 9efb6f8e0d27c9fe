//! What a new commit does to the rows that are there: which become duplicates.
//!
//! It takes the manifest with the new parts already in it and gives row numbers over all parts of a table. It reads
//! keys only, one older part at a time, and deliberately changes nothing.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use polars::prelude::{DataFrame, Int64Type, UInt32Type, UInt64Type};

use super::columns::values;
use super::duplicates::{Rival, losers, repeated, replaced};
use super::key::KeySet;
use super::manifest::Manifest;
use super::part::Part;
use super::schema::Table;
use crate::error::Result;

/// The parts of a table written before a commit and in it, each with the number of its first row.
struct Split<'a> {
    older: Vec<(&'a Part, u64)>,
    new: Option<(&'a Part, u64)>,
}

fn split(manifest: &Manifest, table: Table, commit_id: u64) -> Split<'_> {
    let (new, older) =
        manifest.parts_of(table).partition::<Vec<_>, _>(|(part, _)| part.commit_id == commit_id);
    Split { older, new: new.first().copied() }
}

/// A row number, in the tables whose rows are numbered across parts.
fn row_number(first: u64) -> u32 {
    u32::try_from(first).expect("writer and manifest refuse more rows than u32 counts")
}

/// The interactions that lose to another of the same id, in ascending order, without those known to.
pub(super) fn interaction_losers(dir: &Path, manifest: &Manifest, commit_id: u64) -> Result<Vec<u32>> {
    let parts = split(manifest, Table::Interactions, commit_id);
    let Some((new, first)) = parts.new else { return Ok(Vec::new()) };
    let keys = read_keys(new, dir, "interaction_key")?;
    let mut rows = Vec::new();
    if !parts.older.is_empty() {
        let newer: KeySet = keys.iter().copied().collect();
        let known = known_rows(dir, manifest, Table::Duplicates)?;
        for (part, first) in parts.older {
            let older = read_keys(part, dir, "interaction_key")?;
            rows.extend(replaced(&older, row_number(first), &newer));
        }
        rows.retain(|row| !known.contains(row));
    }
    let rivals = repeated(&keys);
    if !rivals.is_empty() {
        let frame = new.read_all(dir, &["started_at", "content_key"])?;
        let started_at = column::<Int64Type>(new, dir, &frame, "started_at")?;
        let content_key = column::<UInt64Type>(new, dir, &frame, "content_key")?;
        let rival = |(key, row): (u64, u32)| Rival {
            key,
            started_at: started_at[row as usize],
            content_key: content_key[row as usize],
            row: row_number(first) + row,
        };
        rows.extend(losers(rivals.into_iter().map(rival).collect()));
    }
    Ok(rows)
}

/// The cues that are there already or whose turn was given again, in ascending order, without those known to be.
pub(super) fn cue_losers(dir: &Path, manifest: &Manifest, commit_id: u64) -> Result<Vec<u32>> {
    let parts = split(manifest, Table::Cues, commit_id);
    let spoken = turns_given_again(dir, manifest, commit_id)?;
    let mut rows = Vec::new();
    if !spoken.is_empty() {
        let known = known_rows(dir, manifest, Table::CueDuplicates)?;
        for (part, first) in parts.older {
            let frame = part.read_all(dir, &["interaction_key", "turn"])?;
            let keys = column::<UInt64Type>(part, dir, &frame, "interaction_key")?;
            let turns = column::<UInt32Type>(part, dir, &frame, "turn")?;
            let said = (row_number(first)..).zip(keys.into_iter().zip(turns));
            rows.extend(said.filter(|(_, turn)| spoken.contains(turn)).map(|(row, _)| row));
        }
        rows.retain(|row| !known.contains(row));
    }
    if let Some((new, first)) = parts.new {
        // Equal in everything: no fact decides between them, and none needs to.
        let rivals = repeated(&read_keys(new, dir, "content_key")?).into_iter();
        let first = row_number(first);
        let rival = |(key, row)| Rival { key, started_at: 0, content_key: 0, row: first + row };
        rows.extend(losers(rivals.map(rival).collect()));
    }
    Ok(rows)
}

/// The turns of the new commit whose interaction has turns in an older one.
fn turns_given_again(dir: &Path, manifest: &Manifest, commit_id: u64) -> Result<HashSet<(u64, u32)>> {
    let parts = split(manifest, Table::Transcripts, commit_id);
    let turns = split(manifest, Table::Turns, commit_id).new;
    let (Some((new, _)), Some((turns, _)), false) = (parts.new, turns, parts.older.is_empty()) else {
        return Ok(HashSet::new());
    };
    let keys = read_keys(new, dir, "interaction_key")?;
    let newer: KeySet = keys.iter().copied().collect();
    let mut again = KeySet::default();
    for (part, _) in parts.older {
        let older = read_keys(part, dir, "interaction_key")?;
        again.extend(older.into_iter().filter(|key| newer.contains(key)));
    }
    if again.is_empty() {
        return Ok(HashSet::new());
    }
    let indexes = column::<UInt32Type>(turns, dir, &turns.read_all(dir, &["turn"])?, "turn")?;
    let counts = read_keys(new, dir, "turn_count")?;
    let mut said = HashSet::new();
    let mut indexes = indexes.into_iter();
    for (key, count) in keys.into_iter().zip(counts) {
        // Transcripts lie one after the other, so each takes its turns off the front.
        let own = indexes.by_ref().take(count as usize);
        match again.contains(&key) {
            true => said.extend(own.map(|turn| (key, turn))),
            false => own.for_each(drop),
        }
    }
    Ok(said)
}

/// The rows listed as duplicates by older commits.
fn known_rows(dir: &Path, manifest: &Manifest, table: Table) -> Result<BTreeSet<u32>> {
    let mut rows = BTreeSet::new();
    for (part, _) in manifest.parts_of(table) {
        rows.extend(column::<UInt32Type>(part, dir, &part.read_all(dir, &["row"])?, "row")?);
    }
    Ok(rows)
}

fn read_keys(part: &Part, dir: &Path, name: &str) -> Result<Vec<u64>> {
    column::<UInt64Type>(part, dir, &part.read_all(dir, &[name])?, name)
}

fn column<T: polars::prelude::PolarsNumericType>(
    part: &Part,
    dir: &Path,
    frame: &DataFrame,
    name: &str,
) -> Result<Vec<T::Native>> {
    let mut out = Vec::with_capacity(frame.height());
    values::<T>(frame, name, &mut out).map_err(|what| part.damaged(dir, what))?;
    Ok(out)
}
