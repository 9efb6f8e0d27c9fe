//! Compacting: the store written anew without what does not count, in one large part a table.
//!
//! It takes a store and makes a commit that gives the same reports. Interactions that lost to another of their id go, with
//! their number kept for the waterfall; so do turns that were given again, cues that do not count, and all rows of
//! removed sources. A loser stays only where its `updated_at` still decides against versions to come. Older commits
//! cannot be opened afterwards; their files are removed by the next writer, as after a rebuild.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{UInt32Type, UInt64Type};

use super::duplicates::{NOT_SAID, Version, repeated};
use super::held::Held;
use super::key::KeySet;
use super::manifest::{Deed, Manifest, SourceRecord};
use super::part::Part;
use super::reader::Store;
use super::rewrite::{Copy, kept_turns, unchanged};
use super::schema::Table;
use super::sources::has;
use crate::error::Result;

/// What compacting did: files and bytes before and after, and rows that went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Files and bytes of the parts and of the search index before.
    pub before: (u64, u64),
    /// Files and bytes of the parts and of the search index now.
    pub after: (u64, u64),
    /// Interactions that were left out.
    pub interaction_count: u64,
    /// Turns that were left out.
    pub turn_count: u64,
    /// Cues that were left out.
    pub cue_count: u64,
}

/// The rows to keep of each table, one flag a row over all parts.
pub(super) type Kept = HashMap<Table, Vec<bool>>;

/// Rewrites the store in `dir` without what does not count.
///
/// Errors: another process is writing; a damaged store.
pub fn compact(dir: &Path) -> Result<(Store, Compacted)> {
    let held = Held::open(dir)?;
    let store = &held.store;
    let mut commit = held.next_commit(Deed::Compact);
    let losers = store.interactions_lost()?;
    let kept = store.kept(&losers)?;
    let sources = store.kept_sources(&kept, &losers);
    let parts = store.joined(&kept, commit.id)?;
    if store.has_search() {
        parts
            .iter()
            .filter(|part| part.table == Table::Turns)
            .try_for_each(|part| store.write_index(part))?;
    }
    commit.config_text = store.manifest.config_text.clone();
    let manifest = Manifest { parts, sources, commits: Vec::new(), ..(*store.manifest).clone() };
    let mut new = Store { dir: store.dir.clone(), manifest: Arc::new(manifest), agents: None };
    let lost = new.interactions_lost_in_all()?;
    let cues = new.cues_lost_in_all()?;
    new.write_list(Table::Duplicates, commit.id, lost.rows)?;
    new.write_list(Table::CueDuplicates, commit.id, cues)?;
    let left_out = |table| kept[&table].iter().filter(|keep| !**keep).count() as u64;
    let mut compacted = Compacted {
        before: size(store),
        after: (0, 0),
        interaction_count: left_out(Table::Interactions),
        turn_count: left_out(Table::Turns),
        cue_count: left_out(Table::Cues),
    };
    let new = new.commit(commit)?;
    compacted.after = size(&new);
    Ok((new, compacted))
}

fn size(store: &Store) -> (u64, u64) {
    let parts = &store.manifest.parts;
    let (files, bytes) = store.search_size();
    (files + parts.len() as u64, bytes + parts.iter().map(|part| part.byte_count).sum::<u64>())
}

impl Store {
    /// The sources that remain, with the rows that each keeps.
    fn kept_sources(&self, kept: &Kept, losers: &[(Version, Version)]) -> Vec<SourceRecord> {
        let mut sources = counted(&self.manifest.sources, kept);
        let owners = self.owners(Table::Interactions);
        for (loser, winner) in losers {
            if !kept[&Table::Interactions][loser.row as usize] {
                sources[owners.place(u64::from(loser.row))].dropped.count(loser, winner);
            }
        }
        sources.retain(|source| !source.is_removed());
        sources
    }

    /// The rows of every table that count, or still decide what does.
    fn kept(&self, losers: &[(Version, Version)]) -> Result<Kept> {
        let mut kept = Kept::new();
        for table in Table::ALL.into_iter().filter(|table| !table.is_list()) {
            let mut flags = vec![true; self.manifest.row_count(table) as usize];
            for range in self.owners(table).removed() {
                flags[range.start as usize..range.end as usize].fill(false);
            }
            kept.insert(table, flags);
        }
        let mut interactions = kept.remove(&Table::Interactions).unwrap_or_default();
        losers.iter().for_each(|(loser, _)| interactions[loser.row as usize] = false);
        deciding(losers).for_each(|row| interactions[row as usize] = true);
        kept.insert(Table::InteractionTexts, interactions.clone());
        kept.insert(Table::Interactions, interactions);
        let cues: Vec<bool> = self.is_duplicate(Table::Cues)?.into_iter().map(|it| !it).collect();
        kept.insert(Table::CueTexts, cues.clone());
        kept.insert(Table::Cues, cues);
        let articles = kept.entry(Table::Articles).or_default();
        articles.iter_mut().zip(self.living_articles()?).for_each(|(keep, lives)| *keep &= lives);
        self.drop_replaced_turns(&mut kept)?;
        Ok(kept)
    }

    /// Leaves out turns that a newer commit gives again, and transcripts of which no turn is left.
    fn drop_replaced_turns(&self, kept: &mut Kept) -> Result<()> {
        let mut keys = Vec::new();
        self.for_keys(Table::Transcripts, |row, key| keys.push((key, row)))?;
        let again: KeySet = repeated(keys.into_iter()).into_iter().map(|(key, _)| key).collect();
        let newest = self.newest_turns(&again, 0)?;
        if newest.is_empty() {
            return Ok(());
        }
        let owners = self.owners(Table::Transcripts);
        let removed = owners.removed();
        let mut turns_kept = kept.remove(&Table::Turns).unwrap_or_default();
        let transcripts_kept = kept.entry(Table::Transcripts).or_default();
        for (part, first) in self.parts_of(Table::Transcripts) {
            let Some((turns, first_turn)) = self.parts_in(Table::Turns, part.commit_id).next() else {
                continue;
            };
            let keys = self.column::<UInt64Type>(part, "interaction_key")?;
            let counts = self.column::<UInt64Type>(part, "turn_count")?;
            let mut indexes = (first_turn as usize..).zip(self.column::<UInt32Type>(turns, "turn")?);
            for (row, (key, count)) in (first..).zip(keys.into_iter().zip(counts)) {
                let own: Vec<(usize, u32)> = indexes.by_ref().take(count as usize).collect();
                if own.is_empty() || has(&removed, row) {
                    continue;
                }
                let commit_id = owners.commit_id(row);
                let is_replaced =
                    |turn: u32| newest.get(&(key, turn)).is_some_and(|newest| *newest > commit_id);
                own.iter().filter(|(_, turn)| is_replaced(*turn)).for_each(|(at, _)| turns_kept[*at] = false);
                transcripts_kept[row as usize] = own.iter().any(|(at, _)| turns_kept[*at]);
            }
        }
        kept.insert(Table::Turns, turns_kept);
        Ok(())
    }

    /// Every table as one part of the rows that are kept.
    fn joined(&self, kept: &Kept, commit_id: u64) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for table in Table::ALL.into_iter().filter(|table| !table.is_list()) {
            let mut copy = Copy::new(&self.dir, table, commit_id, None);
            for (part, first) in self.parts_of(table) {
                let keep = rows_of(&kept[&table], part, first);
                match self.turns_beside(part, kept)? {
                    Some(turns) => copy.add_transcripts(part, keep, &turns)?,
                    None => copy.add(part, keep, &mut unchanged)?,
                }
            }
            parts.extend(copy.finish()?);
        }
        Ok(parts)
    }

    /// How many turns each transcript of a part keeps; none of a part of another table.
    pub(super) fn turns_beside(&self, part: &Part, kept: &Kept) -> Result<Option<Vec<u64>>> {
        if part.table != Table::Transcripts {
            return Ok(None);
        }
        let turns = self.parts_in(Table::Turns, part.commit_id).next();
        let keep = turns.map_or(&[][..], |(turns, first)| rows_of(&kept[&Table::Turns], turns, first));
        kept_turns(&self.dir, part, keep).map(Some)
    }
}

/// The flags of the rows of a part.
pub(super) fn rows_of<'a>(flags: &'a [bool], part: &Part, first: u64) -> &'a [bool] {
    &flags[first as usize..(first + part.row_count) as usize]
}

/// The sources with the rows that are kept of each; removed ones too.
pub(super) fn counted(sources: &[SourceRecord], kept: &Kept) -> Vec<SourceRecord> {
    let mut counted = sources.to_vec();
    for (table, flags) in kept {
        let mut rest = flags.as_slice();
        for (read, source) in sources.iter().zip(&mut counted) {
            let (own, others) = rest.split_at(read.rows_in(*table) as usize);
            rest = others;
            if let Some(count) = source.rows_in_mut(*table) {
                *count = own.iter().filter(|keep| **keep).count() as u64;
            }
        }
    }
    counted
}

/// Losers that must stay: where the winner does not say when it was updated, the latest loser that does still beats older
/// versions that may come.
fn deciding(losers: &[(Version, Version)]) -> impl Iterator<Item = u32> {
    let mut latest: HashMap<u64, Version> = HashMap::new();
    for (loser, winner) in losers {
        if winner.updated_at == NOT_SAID && loser.updated_at != NOT_SAID {
            let known = latest.entry(loser.key).or_insert(*loser);
            if loser.updated_at > known.updated_at {
                *known = *loser;
            }
        }
    }
    latest.into_values().map(|version| version.row)
}
