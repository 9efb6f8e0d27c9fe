//! One opened commit: what the store knows as a whole.
//!
//! It takes a directory and gives a [`Store`] that sees the commit of that moment and no other, whatever a writer does
//! meanwhile: parts are only ever added. Rows are read by the other files of this folder, each through methods of
//! [`Store`]. It deliberately keeps no rows in memory.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{PolarsNumericType, UInt32Type, UInt64Type};

use super::agents::AgentNames;
use super::columns::values;
use super::duplicates::Replaced;
use super::key::KeySet;
use super::manifest::{CommitRecord, Manifest, SourceRecord};
use super::part::Part;
use super::rejects::sum_reasons;
use super::schema::Table;
use super::sources::Owners;
use crate::error::{Error, Result};

/// One commit of a store, read-only. Rows are numbered from 0 in the order in which they were written.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) dir: PathBuf,
    /// Shared: a clone of a store is the same commit and costs nothing.
    pub(super) manifest: Arc<Manifest>,
    /// What its readers meet in place of the names of agents; none: those themselves.
    pub(super) agents: Option<Arc<AgentNames>>,
}

/// Interactions that stand among the duplicates, or do not, against their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncounted {
    /// Rows of sources that were removed: marked as duplicates, and no rows of the log any more.
    pub removed_count: u64,
    /// Duplicates that compacting left out: rows of the log that the columns do not have.
    pub dropped_count: u64,
}

impl Store {
    /// Opens the last commit of the store in `dir`.
    ///
    /// Errors: no store there, a newer or an older format, a manifest or part that is damaged or missing.
    pub fn open(dir: &Path) -> Result<Store> {
        Store::open_unchecked(dir)?.checked()
    }

    /// Opens the store as of an older commit.
    ///
    /// Errors: as [`Store::open`]; there is no such commit, or it is gone.
    pub fn open_at(dir: &Path, commit_id: u64) -> Result<Store> {
        let Store { dir, manifest, agents } = Store::open_unchecked(dir)?;
        let commits = manifest.commits.first().map_or(0, |first| first.id)..=manifest.commit_id;
        let manifest = Arc::unwrap_or_clone(manifest).at(commit_id).map_err(|what| {
            let help = format!("name one of the commits {} to {}", commits.start(), commits.end());
            Error::data(&dir, what, format!("{help} (`recontact store status` lists them)"))
        })?;
        Store { dir, manifest: Arc::new(manifest), agents }.checked()
    }

    /// Opens the last commit by its manifest alone, whatever became of its parts.
    pub(super) fn open_unchecked(dir: &Path) -> Result<Store> {
        match Manifest::load(dir)? {
            Some(manifest) if manifest.commit_id > 0 => {
                Ok(Store { dir: dir.to_path_buf(), manifest: Arc::new(manifest), agents: None })
            }
            _ => Err(Error::data(dir, "there is no store here", "run `recontact index PATH…` first")),
        }
    }

    fn checked(self) -> Result<Store> {
        self.manifest.parts.iter().try_for_each(|part| part.check_length(&self.dir))?;
        Ok(self)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Number of the commit, from 1.
    pub fn commit_id(&self) -> u64 {
        self.manifest.commit_id
    }

    /// The commits that can be opened, oldest first; the last is this one.
    pub fn commits(&self) -> &[CommitRecord] {
        &self.manifest.commits
    }

    /// The sources that are wholly in the store, in the order read; those that were removed are not among them.
    pub fn sources(&self) -> impl Iterator<Item = &SourceRecord> {
        self.manifest.sources.iter().filter(|source| !source.is_removed())
    }

    /// Interactions that do not count because another row has their id, by why, and in this commit alone.
    pub fn replaced(&self) -> (Replaced, Replaced) {
        let commit = self.manifest.commit();
        (commit.replaced_in_all, commit.replaced)
    }

    /// What stands among the duplicates and is none, and the reverse.
    pub fn uncounted(&self) -> Uncounted {
        let removed = self.owners(Table::Interactions).removed();
        Uncounted {
            removed_count: removed.iter().map(|range| range.end - range.start).sum(),
            dropped_count: self.sources().map(|source| source.dropped.total()).sum(),
        }
    }

    /// The rows of interactions whose sources were removed: no rows of the log any more.
    pub fn removed_rows(&self) -> Vec<Range<u64>> {
        self.owners(Table::Interactions).removed()
    }

    /// The configuration that the sources were read with.
    pub fn config_text(&self) -> Option<&str> {
        self.manifest.config_text.as_deref()
    }

    /// The same, with the path that stands for it in messages.
    pub fn indexed_config(&self) -> Option<(PathBuf, &str)> {
        self.config_text().map(|text| (self.dir.join("recontact.toml as indexed"), text))
    }

    /// Hash of the lexicons that the last commit's cues were found with.
    pub fn lexicon_hash(&self) -> &str {
        &self.manifest.lexicon_hash
    }

    /// Interactions stored, duplicates and those of removed sources included: the length of every column.
    pub fn interaction_count(&self) -> usize {
        self.manifest.row_count(Table::Interactions) as usize
    }

    /// Transcripts (or fragments of transcripts) stored.
    pub fn transcript_count(&self) -> usize {
        self.manifest.row_count(Table::Transcripts) as usize
    }

    /// Rows that could not be read.
    pub fn reject_count(&self) -> u64 {
        self.sources().map(|source| source.reject_count).sum()
    }

    /// Rejects by reason: the part of it before the first colon.
    pub fn reject_counts(&self) -> BTreeMap<String, u64> {
        sum_reasons(self.sources().map(|source| &source.reject_counts))
    }

    /// Notes by their words: the part before the first colon.
    pub fn note_counts(&self) -> BTreeMap<String, u64> {
        sum_reasons(self.sources().map(|source| &source.note_counts))
    }

    /// The files with all rejects as JSON lines, one a commit that had any, oldest first.
    pub fn reject_files(&self) -> Vec<PathBuf> {
        self.parts_of(Table::Rejects).map(|(part, _)| self.dir.join(&part.file)).collect()
    }

    /// The files with all notes as JSON lines, one a commit that had any, oldest first.
    pub fn note_files(&self) -> Vec<PathBuf> {
        self.parts_of(Table::Notes).map(|(part, _)| self.dir.join(&part.file)).collect()
    }

    /// The keys of the interactions that have a transcript, whether or not they are in the log: one entry a transcript.
    ///
    /// Errors: a part that cannot be read.
    pub fn transcript_keys(&self) -> Result<Vec<u64>> {
        self.living_keys(Table::Transcripts)
    }

    /// Interactions that have a transcript but no row of their own.
    pub fn unlinked_transcript_count(&self) -> Result<usize> {
        let mut keys = self.transcript_keys()?.into_iter().collect();
        self.remove_logged(&mut keys)?;
        Ok(keys.len())
    }

    /// The keys of the interactions that the rows of a table are about, without those of removed sources.
    pub(super) fn living_keys(&self, table: Table) -> Result<Vec<u64>> {
        let mut keys = self.whole::<UInt64Type, _>(table, "interaction_key", Ok)?;
        for range in self.owners(table).removed().into_iter().rev() {
            keys.drain(range.start as usize..range.end as usize);
        }
        Ok(keys)
    }

    /// Takes out the keys of interactions that have a row of their own.
    pub(super) fn remove_logged(&self, keys: &mut KeySet) -> Result<()> {
        self.for_keys(Table::Interactions, |_, key| {
            keys.remove(&key);
        })
    }

    /// The parts of a table with the number of their first rows.
    pub(super) fn parts_of(&self, table: Table) -> impl Iterator<Item = (&Part, u64)> {
        self.manifest.parts_of(table)
    }

    /// The names of a coded field by code.
    pub(super) fn dictionary(&self, name: &str) -> &[String] {
        self.manifest.dictionaries.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names of extra columns.
    pub(super) fn extra_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.manifest.extra_names.iter().map(String::as_str)
    }

    /// Which source the rows of a table are from.
    pub(super) fn owners(&self, table: Table) -> Owners<'_> {
        Owners::of(&self.manifest.sources, table)
    }

    /// One flag a row of interactions or cues: whether it does not count, because a list has it or its source was removed.
    pub(super) fn is_duplicate(&self, table: Table) -> Result<Vec<bool>> {
        let list = if table == Table::Cues { Table::CueDuplicates } else { Table::Duplicates };
        let row_count = self.manifest.row_count(table) as usize;
        let mut flags = vec![false; row_count];
        for range in self.owners(table).removed() {
            flags[range.start as usize..range.end as usize].fill(true);
        }
        for part in self.manifest.lists(list) {
            for row in self.column::<UInt32Type>(part, "row")? {
                let flag = flags.get_mut(row as usize);
                *flag.ok_or_else(|| part.damaged(&self.dir, format!("lists row {row} of {row_count}")))? =
                    true;
            }
        }
        Ok(flags)
    }

    /// A whole column of a part.
    pub(super) fn column<T: PolarsNumericType>(&self, part: &Part, name: &str) -> Result<Vec<T::Native>> {
        let frame = part.read_all(&self.dir, &[name])?;
        let mut out = Vec::with_capacity(frame.height());
        values::<T>(&frame, name, &mut out).map_err(|what| part.damaged(&self.dir, what))?;
        Ok(out)
    }
}
