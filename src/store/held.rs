//! A store that is held for a change of what is in it: locked, its leftovers removed, its last commit in memory.
//!
//! It takes a folder and gives a [`Held`], on which removing, compacting and forgetting build the next commit. It
//! deliberately reads no sources: that is the writer's business.

use std::path::Path;

use super::duplicates::Replaced;
use super::lock::{Lock, lock};
use super::manifest::{CommitRecord, Deed};
use super::part::remove_leftovers;
use super::reader::Store;
use crate::error::Result;

/// The last commit of a store that nobody else changes meanwhile.
pub(super) struct Held {
    pub(super) store: Store,
    /// Held until this is dropped.
    pub(super) lock: Lock,
}

impl Held {
    /// Takes hold of the store in `dir`.
    ///
    /// Errors: there is no store; another process is writing; a part is missing or of another length.
    pub(super) fn open(dir: &Path) -> Result<Held> {
        // Before the lock, which would make a file in a folder that is no store.
        Store::open(dir)?;
        let lock = lock(dir)?;
        let store = Store::open(dir)?;
        remove_leftovers(dir, &store.manifest.parts)?;
        Ok(Held { store, lock })
    }

    /// The record of the commit that follows, which makes the lists of losers anew.
    pub(super) fn next_commit(&self, deed: Deed) -> CommitRecord {
        let id = self.store.commit_id() + 1;
        let last = self.store.manifest.commit();
        CommitRecord { id, deed, lists_from: id, replaced: Replaced::default(), config_text: None, ..last }
    }
}
