//! Removing sources: their rows no longer count, and rows that they had replaced count again.
//!
//! It takes names of sources and makes a commit in which they are marked and the lists of losers are made anew over what
//! remains. The rows stay in their parts, so that older commits can still be opened, until the store is compacted.

use std::path::Path;
use std::sync::Arc;

use super::dimension::did_you_mean;
use super::duplicates::Replaced;
use super::held::Held;
use super::manifest::{Deed, SourceRecord};
use super::reader::Store;
use super::schema::Table;
use crate::error::{Error, Result};

/// What removing did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Removed {
    /// The sources, as they were.
    pub sources: Vec<SourceRecord>,
    /// Interactions of other sources that count again.
    pub restored_count: u64,
    /// Interactions of the sources that remain which compacting left out: had a removed row replaced one of them, it does
    /// not come back.
    pub dropped_count: u64,
}

/// Removes the sources of these names, in which `*` and `?` stand for any text and any character.
///
/// Errors: a name that no source has; another process is writing; a damaged store.
pub fn remove_sources(dir: &Path, names: &[String]) -> Result<(Store, Removed)> {
    let mut held = Held::open(dir)?;
    let places = places(&held.store, names)?;
    let mut commit = held.next_commit(Deed::Remove);
    let was_duplicate = held.store.is_duplicate(Table::Interactions)?;
    let mut removed = Removed::default();
    for place in places {
        let source = &mut Arc::make_mut(&mut held.store.manifest).sources[place];
        removed.sources.push(source.clone());
        source.removed_in = Some(commit.id);
    }
    let lost = held.store.interactions_lost_in_all()?;
    let cues = held.store.cues_lost_in_all()?;
    let dropped: Vec<Replaced> = held.store.sources().map(|source| source.dropped).collect();
    removed.dropped_count = dropped.iter().map(|dropped| dropped.total()).sum();
    commit.replaced_in_all = dropped.into_iter().fold(lost.replaced, |sum, dropped| sum + dropped);
    held.store.write_list(Table::Duplicates, commit.id, lost.rows)?;
    held.store.write_list(Table::CueDuplicates, commit.id, cues)?;
    let store = held.store.commit(commit)?;
    let is_duplicate = store.is_duplicate(Table::Interactions)?;
    let restored = was_duplicate.iter().zip(&is_duplicate).filter(|(was, is)| **was && !**is);
    removed.restored_count = restored.count() as u64;
    Ok((store, removed))
}

/// The places of the sources that the names mean, in ascending order.
fn places(store: &Store, names: &[String]) -> Result<Vec<usize>> {
    let mut places = Vec::new();
    let sources = || (0..).zip(&store.manifest.sources).filter(|(_, source)| !source.is_removed());
    for name in names {
        let pattern = glob::Pattern::new(name);
        // A name with marks of a pattern in it is first of all a name.
        let mut found: Vec<usize> =
            sources().filter(|(_, source)| source.name == *name).map(|(place, _)| place).collect();
        if let (true, Ok(pattern)) = (found.is_empty(), &pattern) {
            found = sources()
                .filter(|(_, source)| pattern.matches(&source.name))
                .map(|(place, _)| place)
                .collect();
        }
        if found.is_empty() {
            let nearest = did_you_mean(name, store.sources().map(|source| source.name.as_str()));
            let help = format!("{nearest}`recontact store status` lists the sources");
            return Err(Error::data(store.dir(), format!("no source is called `{name}`"), help));
        }
        places.extend(found);
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}
