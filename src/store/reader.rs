//! One opened commit: what the store knows as a whole.
//!
//! It takes a directory and gives a [`Store`] that sees the commit of that moment and no other, whatever a writer does
//! meanwhile: parts are only ever added. Rows are read by the other files of this folder, each through methods of
//! [`Store`]. It deliberately keeps no rows in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::{PolarsNumericType, UInt32Type, UInt64Type};

use super::columns::values;
use super::key::KeySet;
use super::manifest::{Manifest, SourceRecord};
use super::part::Part;
use super::schema::Table;
use crate::error::{Error, Result};
use crate::interaction::Micros;

/// One commit of a store, read-only. Rows are numbered from 0 in the order in which they were written.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
    manifest: Manifest,
}

impl Store {
    /// Opens the last commit of the store in `dir`.
    ///
    /// Errors: no store there, a newer or an older format, a manifest or part that is damaged or missing.
    pub fn open(dir: &Path) -> Result<Store> {
        let Some(manifest) = Manifest::load(dir)? else {
            return Err(Error::data(dir, "there is no store here", "run `recontact index PATH…` first"));
        };
        for part in &manifest.parts {
            part.check_length(dir)?;
        }
        Ok(Store { dir: dir.to_path_buf(), manifest })
    }

    /// Reads every byte and compares it with what was written; opening only compares lengths.
    ///
    /// Errors: the first part that differs.
    pub fn verify(&self) -> Result<()> {
        self.manifest.parts.iter().try_for_each(|part| part.check_bytes(&self.dir))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Number of the commit, from 1.
    pub fn commit_id(&self) -> u64 {
        self.manifest.commit_id
    }

    /// The sources that are wholly in the store, in the order read.
    pub fn sources(&self) -> &[SourceRecord] {
        &self.manifest.sources
    }

    /// The configuration that the sources were read with.
    pub fn config_text(&self) -> Option<&str> {
        self.manifest.config_text.as_deref()
    }

    /// Hash of the lexicons that the last commit's cues were found with.
    pub fn lexicon_hash(&self) -> &str {
        &self.manifest.lexicon_hash
    }

    /// First and last `started_at` of all interactions read, duplicates included; `None` without interactions.
    pub fn observed(&self) -> Option<(Micros, Micros)> {
        self.manifest.observed
    }

    /// Interactions read, duplicates included: the length of every column.
    pub fn interaction_count(&self) -> usize {
        self.manifest.row_count(Table::Interactions) as usize
    }

    /// Transcripts (or fragments of transcripts) read.
    pub fn transcript_count(&self) -> usize {
        self.manifest.row_count(Table::Transcripts) as usize
    }

    /// Rows that could not be read.
    pub fn reject_count(&self) -> u64 {
        self.manifest.reject_counts.values().sum()
    }

    /// Rejects by reason: the part of it before the first colon.
    pub fn reject_counts(&self) -> &BTreeMap<String, u64> {
        &self.manifest.reject_counts
    }

    /// Notes by their words: the part before the first colon.
    pub fn note_counts(&self) -> &BTreeMap<String, u64> {
        &self.manifest.note_counts
    }

    /// The files with all rejects as JSON lines, one a commit that had any, oldest first.
    pub fn reject_files(&self) -> Vec<PathBuf> {
        self.parts_of(Table::Rejects).map(|(part, _)| self.dir.join(&part.file)).collect()
    }

    /// The files with all notes as JSON lines, one a commit that had any, oldest first.
    pub fn note_files(&self) -> Vec<PathBuf> {
        self.parts_of(Table::Notes).map(|(part, _)| self.dir.join(&part.file)).collect()
    }

    /// The keys of the interactions that have a transcript, whether or not they are in the log.
    ///
    /// Errors: a part that cannot be read.
    pub fn transcript_keys(&self) -> Result<KeySet> {
        let mut keys = KeySet::default();
        for (part, _) in self.parts_of(Table::Transcripts) {
            keys.extend(self.column::<UInt64Type>(part, "interaction_key")?);
        }
        Ok(keys)
    }

    /// Interactions that have a transcript but no row of their own.
    pub fn unlinked_transcript_count(&self) -> Result<usize> {
        let mut keys = self.transcript_keys()?;
        self.remove_logged(&mut keys)?;
        Ok(keys.len())
    }

    /// Takes out the keys of interactions that have a row of their own.
    pub(super) fn remove_logged(&self, keys: &mut KeySet) -> Result<()> {
        for (part, _) in self.parts_of(Table::Interactions) {
            for key in self.column::<UInt64Type>(part, "interaction_key")? {
                keys.remove(&key);
            }
        }
        Ok(())
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

    /// One flag a row: whether a list of duplicates has it.
    pub(super) fn is_duplicate(&self, table: Table, row_count: usize) -> Result<Vec<bool>> {
        let mut flags = vec![false; row_count];
        for (part, _) in self.parts_of(table) {
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
