//! The search index beside the turns: one file for each part of turns, with the same rows in the same order.
//!
//! It takes parts of turns and gives the index of all of them. An index file is not named by the manifest, but says the hash
//! of the part that it is of: it is there, whole and synced, before a manifest names the part, and goes with the part.
//! So it is as old as the commit that is read, whichever that is; and a file that is missing, damaged or of another
//! version is no damage of the store, because it can be built from the turns again. It deliberately never waits for a
//! writer: what cannot be written beside one is built in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::forget_proof::Left;
use super::lock::lock;
use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use crate::error::{Error, Result};
use crate::search::{Builder, IndexFile, SearchIndex, TextWords};

/// The ending of an index file.
const ENDING: &str = ".search";
/// The ending of one that is being built in place of another.
const DRAFT_ENDING: &str = ".search.tmp";
/// Bytes of the file that are gathered before they are written.
const BUFFER_BYTES: usize = 1 << 18;

/// The name of the index file of a part of turns.
pub(super) fn index_name(turns: &str) -> String {
    format!("{}{ENDING}", turns.strip_suffix(".parquet").unwrap_or(turns))
}

/// The name of the part of turns whose index, or the draft of one, has this name.
pub(super) fn turns_name(index: &str) -> Option<String> {
    let name = index.strip_suffix(DRAFT_ENDING).or_else(|| index.strip_suffix(ENDING))?;
    Some(format!("{name}.parquet"))
}

/// An index file being built beside the part that it is of.
pub(super) struct IndexWriter {
    path: PathBuf,
    builder: Builder<BufWriter<File>>,
}

impl IndexWriter {
    /// Begins the index file of the part of turns with this name, which no manifest names yet.
    pub(super) fn create(dir: &Path, turns: &str) -> Result<IndexWriter> {
        IndexWriter::create_at(dir.join(index_name(turns)))
    }

    fn create_at(path: PathBuf) -> Result<IndexWriter> {
        let file = File::create(&path).map_err(Error::io(&path))?;
        let builder = Builder::new(BufWriter::with_capacity(BUFFER_BYTES, file), &path);
        Ok(IndexWriter { path, builder })
    }

    /// Adds the text of the next turn.
    pub(super) fn push(&mut self, text: &str) -> Result<()> {
        self.builder.push(text)
    }

    /// Ends the file and makes it durable.
    pub(super) fn finish(self, turns: &Part) -> Result<()> {
        let mut file = self.builder.finish(&turns.hash)?;
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(Error::io(&self.path))
    }
}

impl Store {
    /// The search index of all turns. What is missing or damaged is built from the turns, after `tell` was given a sentence
    /// that says so.
    ///
    /// Errors: a part of turns that cannot be read.
    pub fn search_index(&self, tell: &dyn Fn(&str)) -> Result<SearchIndex> {
        let parts: Vec<&Part> = self.parts_of(Table::Turns).map(|(part, _)| part).collect();
        let opened: Vec<Result<IndexFile, String>> =
            parts.par_iter().map(|part| self.open_index(part)).collect();
        let files = parts.into_iter().zip(opened).map(|(part, opened)| match opened {
            Ok(file) => Ok(file),
            Err(why) => {
                let name = index_name(&part.file);
                tell(&format!("the search index {name} is built from the turns: {why}"));
                self.rebuild_index(part, tell)
            }
        });
        Ok(SearchIndex::new(files.collect::<Result<_>>()?))
    }

    /// Files and bytes of the search index; those that are missing are not counted.
    pub fn search_size(&self) -> (u64, u64) {
        let paths = self.parts_of(Table::Turns).map(|(part, _)| self.dir.join(index_name(&part.file)));
        let sizes = paths.filter_map(|path| std::fs::metadata(path).ok()).map(|it| it.len());
        sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
    }

    /// Whether every part of the turns has an index file, damaged or not.
    pub fn has_search_files(&self) -> bool {
        self.search_size().0 == self.parts_of(Table::Turns).count() as u64
    }

    /// Whether the store was indexed with a search index, at least in part.
    pub(super) fn has_search(&self) -> bool {
        self.search_size().0 > 0
    }

    /// Opens the index file of a part of turns, or says why it cannot be used.
    pub(super) fn open_index(&self, part: &Part) -> Result<IndexFile, String> {
        let file = IndexFile::open(&self.dir, &index_name(&part.file), &part.hash)?;
        match file.row_count() == part.row_count {
            true => Ok(file),
            false => Err("it has other rows than the turns".to_string()),
        }
    }

    /// Writes the index file of a part of turns that no manifest names yet.
    pub(super) fn write_index(&self, part: &Part) -> Result<()> {
        self.write_index_at(part, self.dir.join(index_name(&part.file)))
    }

    fn write_index_at(&self, part: &Part, path: PathBuf) -> Result<()> {
        let mut writer = IndexWriter::create_at(path)?;
        self.for_turn_texts(part, |text| writer.push(text))?;
        writer.finish(part)
    }

    /// Builds an index file in place of another: on the disk if nobody else writes there, else in memory.
    fn rebuild_index(&self, part: &Part, tell: &dyn Fn(&str)) -> Result<IndexFile> {
        match self.replace_index(part) {
            Ok(()) => {
                if let Ok(file) = self.open_index(part) {
                    return Ok(file);
                }
            }
            // The store may be read-only, full, or being written to: the answer is the same, only not kept.
            Err(e) => tell(&format!("it is kept in memory only ({e})")),
        }
        let mut builder = Builder::new(Vec::new(), &self.dir.join(index_name(&part.file)));
        self.for_turn_texts(part, |text| builder.push(text))?;
        let bytes = builder.finish(&part.hash)?;
        IndexFile::of_bytes(bytes, &part.hash).map_err(|what| part.damaged(&self.dir, what))
    }

    fn replace_index(&self, part: &Part) -> Result<()> {
        let path = self.dir.join(index_name(&part.file));
        let _lock = lock(&self.dir)?;
        // A writer that came first may have forgotten somebody, and the part with them.
        part.check_length(&self.dir)?;
        let draft = path.with_added_extension("tmp");
        self.write_index_at(part, draft.clone())?;
        std::fs::rename(&draft, &path).map_err(Error::io(&path))
    }

    /// What the search index has that no turn says, where its parts are not among the `old` ones. An index that cannot be
    /// read is removed, whatever it has: the next search builds it.
    pub(super) fn left_in_search(&self, old: &[Part]) -> Result<Left> {
        let mut left = Left::default();
        for (part, _) in self.parts_of(Table::Turns) {
            let path = self.dir.join(index_name(&part.file));
            if !path.exists() {
                continue;
            }
            let Ok(index) = self.open_index(part) else {
                std::fs::remove_file(&path).map_err(Error::io(&path))?;
                continue;
            };
            // An older index is that of an older part, by its hash, in which nothing of theirs was.
            if old.iter().any(|it| it.file == part.file) {
                continue;
            }
            let mut said = TextWords::default();
            self.for_turn_texts(part, |text| {
                said.add(text);
                Ok(())
            })?;
            left.occurrence_count += index
                .strange_words(&said)
                .map_err(|what| Error::data(&path, what, "search builds it anew"))?;
        }
        Ok(left)
    }

    /// Gives the text of every turn of a part to `each`, in order.
    fn for_turn_texts(&self, part: &Part, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
        self.for_texts(part, "text", |text| {
            each(text.unwrap_or_default())?;
            Ok(ControlFlow::Continue(()))
        })
    }
}
