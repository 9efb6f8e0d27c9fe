//! Whether a store has changed, without opening it: every commit replaces the manifest.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::manifest::MANIFEST_FILE;

/// What tells one state of a store from another, also where it was made anew and counts its commits from 1 again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    modified_at: SystemTime,
    byte_count: u64,
}

impl Stamp {
    /// That of the store in a folder; none where there is none.
    pub fn of(dir: &Path) -> Option<Stamp> {
        let manifest = std::fs::metadata(dir.join(MANIFEST_FILE)).ok()?;
        Some(Stamp { modified_at: manifest.modified().ok()?, byte_count: manifest.len() })
    }

    /// The same as a word.
    pub fn name(&self) -> String {
        let since = self.modified_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{:x}-{:x}", since.as_nanos(), self.byte_count)
    }
}
