//! Part files: writing one as a stream of row groups, reading some columns and rows of one.
//!
//! It takes and gives polars frames; the schema of the table is asserted at both ends. A part that cannot be read gives
//! an error that names it, also where the Parquet decoder would panic on damaged bytes. It deliberately does not know
//! what the columns mean.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{
    BatchedWriter, DataFrame, DataType, ParquetCompression, ParquetReader, ParquetWriter, PolarsError,
    PolarsResult, SerReader, StatisticsOptions,
};
use polars_parquet::read::FileMetadata;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use super::schema::Table;
use super::search_files::{index_name, turns_name};
use crate::error::{Error, Result};
use crate::guard::guarded;

/// A part file as the manifest knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) table: Table,
    pub(super) commit_id: u64,
    pub(super) file: String,
    /// The commit that wrote it again without some rows, in place of the one that read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rewritten_in: Option<u64>,
    pub(super) row_count: u64,
    pub(super) byte_count: u64,
    /// xxh3-64 of the file, in hexadecimal.
    pub(super) hash: String,
}

const REMEDY: &str =
    "the store is damaged: restore the folder from a backup, or remove it and run `recontact index` again";

/// Bytes of a page of texts, the least that can be decoded: one row of them should not cost a megabyte.
const TEXT_PAGE_BYTES: usize = 1 << 17;

impl Part {
    /// A manifest may only name files that a writer makes: nothing outside the store.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.file == file_name(self.table, self.commit_id, self.rewritten_in) {
            true => Ok(()),
            false => Err(format!("names a part {:?} that no writer makes", self.file)),
        }
    }

    /// That the file is there and as long as it was written: cheap enough for every start.
    pub(super) fn check_length(&self, dir: &Path) -> Result<()> {
        let path = dir.join(&self.file);
        match std::fs::metadata(&path) {
            Ok(found) if found.len() == self.byte_count => Ok(()),
            Ok(found) => {
                let what = format!("has {} bytes, was written with {}", found.len(), self.byte_count);
                Err(Error::data(path, what, REMEDY))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::data(path, "this part of the store is missing", REMEDY))
            }
            Err(source) => Err(Error::Io { path, source }),
        }
    }

    /// That every byte is as it was written.
    pub(super) fn check_bytes(&self, dir: &Path) -> Result<()> {
        let path = dir.join(&self.file);
        let mut file = File::open(&path).map_err(Error::io(&path))?;
        let mut hash = Xxh3Default::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer).map_err(Error::io(&path))? {
                0 => break,
                count => hash.update(&buffer[..count]),
            }
        }
        match hex(hash.digest()) == self.hash {
            true => Ok(()),
            false => Err(Error::data(path, "its bytes are not those that were written", REMEDY)),
        }
    }

    /// The error for a part whose content contradicts itself or the manifest.
    pub(super) fn damaged(&self, dir: &Path, what: impl Into<String>) -> Error {
        Error::data(dir.join(&self.file), what, REMEDY)
    }

    /// Some columns of `count` rows from row `first` of this part; all its rows for `(0, row_count)`.
    pub(super) fn read(&self, dir: &Path, columns: &[&str], first: u64, count: u64) -> Result<DataFrame> {
        self.open(dir)?.read(columns, first, count)
    }

    /// The part with its footer read, for whoever reads it block by block.
    pub(super) fn open<'a>(&'a self, dir: &'a Path) -> Result<OpenPart<'a>> {
        let path = dir.join(&self.file);
        let file = File::open(&path).map_err(Error::io(&path))?;
        let footer = self.undamaged(dir, || {
            let mut reader = ParquetReader::new(BufReader::new(&file));
            reader.get_metadata().cloned()
        })?;
        Ok(OpenPart { part: self, dir, file, footer })
    }

    /// What a decoder gives. polars asserts inside its decoder; a damaged file is data, and data must not panic.
    fn undamaged<T>(&self, dir: &Path, read: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
        match guarded(read) {
            Some(Ok(found)) => Ok(found),
            Some(Err(e)) => Err(self.damaged(dir, format!("cannot be read ({e})"))),
            None => Err(self.damaged(dir, "cannot be read (its pages are not valid)")),
        }
    }

    fn check_frame(&self, frame: &DataFrame, columns: &[&str], count: u64) -> Result<(), String> {
        if frame.height() as u64 != count {
            return Err(format!("gave {} rows, the manifest says {count}", frame.height()));
        }
        for name in columns {
            let found = frame.column(name).map_err(|e| e.to_string())?.dtype();
            let expected = self.table.column_type(name);
            if Some(found) != expected {
                return Err(format!("column {name} is {found}, not {}", shown(expected)));
            }
        }
        Ok(())
    }

    /// The lines of a part of rejects or notes.
    pub(super) fn lines(&self, dir: &Path) -> Result<Vec<String>> {
        let path = dir.join(&self.file);
        let text = std::fs::read_to_string(&path).map_err(Error::io(&path))?;
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        match lines.len() as u64 == self.row_count {
            true => Ok(lines),
            false => Err(self.damaged(dir, format!("has {} lines, not {}", lines.len(), self.row_count))),
        }
    }

    /// All rows of some columns.
    pub(super) fn read_all(&self, dir: &Path, columns: &[&str]) -> Result<DataFrame> {
        self.read(dir, columns, 0, self.row_count)
    }
}

/// The name of a part: its commit and table, and the commit that wrote it again, if one did.
fn file_name(table: Table, commit_id: u64, rewritten_in: Option<u64>) -> String {
    match rewritten_in {
        None => table.file_name(commit_id),
        Some(rewritten_in) => format!("{rewritten_in:06}-of-{}", table.file_name(commit_id)),
    }
}

/// A part that is open for reading.
pub(super) struct OpenPart<'a> {
    part: &'a Part,
    dir: &'a Path,
    file: File,
    footer: Arc<FileMetadata>,
}

impl OpenPart<'_> {
    /// As [`Part::read`].
    pub(super) fn read(&self, columns: &[&str], first: u64, count: u64) -> Result<DataFrame> {
        let frame = self.part.undamaged(self.dir, || {
            let mut reader = ParquetReader::new(BufReader::new(&self.file))
                .with_columns(Some(columns.iter().map(ToString::to_string).collect()))
                .with_slice(Some((first as usize, count as usize)));
            reader.set_metadata(Arc::clone(&self.footer));
            reader.finish()
        })?;
        self.part.check_frame(&frame, columns, count).map_err(|what| self.damaged(what))?;
        Ok(frame)
    }

    /// As [`Part::damaged`].
    pub(super) fn damaged(&self, what: impl Into<String>) -> Error {
        self.part.damaged(self.dir, what)
    }
}

fn shown(kind: Option<&DataType>) -> String {
    kind.map_or("absent".to_string(), ToString::to_string)
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

/// Counts and hashes what passes through, so that the finished file need not be read again.
struct Tally {
    file: BufWriter<File>,
    // Shared with the writer: polars does not give the inner file back.
    sum: Arc<Mutex<(Xxh3Default, u64)>>,
}

impl Write for Tally {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.0.update(&bytes[..count]);
        sum.1 += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// A part file being written. Dropped before [`PartWriter::finish`], it leaves a file that no manifest names.
pub(super) struct PartWriter {
    table: Table,
    commit_id: u64,
    rewritten_in: Option<u64>,
    path: PathBuf,
    handle: File,
    sum: Arc<Mutex<(Xxh3Default, u64)>>,
    sink: Sink,
    row_count: u64,
}

enum Sink {
    Parquet(Box<BatchedWriter<Tally>>),
    Lines(Tally),
}

impl PartWriter {
    /// Starts the part of a table in a commit.
    pub(super) fn create(dir: &Path, table: Table, commit_id: u64) -> Result<PartWriter> {
        PartWriter::create_as(dir, table, commit_id, None)
    }

    /// Starts a part that takes the place of one of an older commit.
    pub(super) fn create_as(
        dir: &Path,
        table: Table,
        commit_id: u64,
        rewritten_in: Option<u64>,
    ) -> Result<PartWriter> {
        let path = dir.join(file_name(table, commit_id, rewritten_in));
        let file = File::create_new(&path).map_err(Error::io(&path))?;
        let handle = file.try_clone().map_err(Error::io(&path))?;
        let sum = Arc::new(Mutex::new((Xxh3Default::new(), 0)));
        let tally = Tally { file: BufWriter::with_capacity(1 << 18, file), sum: Arc::clone(&sum) };
        let sink = match table {
            Table::Rejects | Table::Notes => Sink::Lines(tally),
            _ => Sink::Parquet(Box::new(parquet_writer(tally, table).map_err(failed(&path))?)),
        };
        Ok(PartWriter { table, commit_id, rewritten_in, path, handle, sum, sink, row_count: 0 })
    }

    /// Appends one row group.
    pub(super) fn write(&mut self, frame: &DataFrame) -> Result<()> {
        assert_eq!(**frame.schema(), self.table.schema(), "a frame has the columns of its table");
        let Sink::Parquet(writer) = &mut self.sink else {
            unreachable!("frames are written to Parquet tables only");
        };
        writer.write_batch(frame).map_err(failed(&self.path))?;
        self.row_count += frame.height() as u64;
        Ok(())
    }

    /// Appends one line of JSON.
    pub(super) fn write_line(&mut self, row: &impl Serialize) -> Result<()> {
        let Sink::Lines(tally) = &mut self.sink else {
            unreachable!("lines are written to line tables only");
        };
        serde_json::to_writer(&mut *tally, row).map_err(|e| Error::io(&self.path)(e.into()))?;
        tally.write_all(b"\n").map_err(Error::io(&self.path))?;
        self.row_count += 1;
        Ok(())
    }

    /// Appends a line that is JSON already.
    pub(super) fn write_text(&mut self, line: &str) -> Result<()> {
        let Sink::Lines(tally) = &mut self.sink else {
            unreachable!("lines are written to line tables only");
        };
        let written = tally.write_all(line.as_bytes()).and_then(|()| tally.write_all(b"\n"));
        written.map_err(Error::io(&self.path))?;
        self.row_count += 1;
        Ok(())
    }

    /// Rows written so far.
    pub(super) fn row_count(&self) -> u64 {
        self.row_count
    }

    /// Ends the file and makes it durable.
    pub(super) fn finish(self) -> Result<Part> {
        match self.sink {
            Sink::Parquet(writer) => {
                writer.finish().map_err(failed(&self.path))?;
            }
            Sink::Lines(mut tally) => tally.flush().map_err(Error::io(&self.path))?,
        }
        self.handle.sync_all().map_err(Error::io(&self.path))?;
        let sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Part {
            table: self.table,
            commit_id: self.commit_id,
            file: file_name(self.table, self.commit_id, self.rewritten_in),
            rewritten_in: self.rewritten_in,
            row_count: self.row_count,
            byte_count: sum.1,
            hash: hex(sum.0.digest()),
        })
    }
}

fn parquet_writer(tally: Tally, table: Table) -> PolarsResult<BatchedWriter<Tally>> {
    // Keys are random and times nearly so: compression would cost time at every report and save little.
    let compression = match table.is_narrow() {
        true => ParquetCompression::Uncompressed,
        false => ParquetCompression::Zstd(None),
    };
    ParquetWriter::new(tally)
        .with_compression(compression)
        .with_data_page_size((!table.is_narrow()).then_some(TEXT_PAGE_BYTES))
        // Minima and maxima would put whole texts into the footer, and nothing here reads them.
        .with_statistics(StatisticsOptions::empty())
        .batched(&table.schema())
}

/// A failed write is the disk's doing.
fn failed(path: &Path) -> impl FnOnce(PolarsError) -> Error {
    let path = path.to_path_buf();
    move |e| match e {
        PolarsError::IO { error, .. } => {
            Error::Io { path, source: std::io::Error::new(error.kind(), error.to_string()) }
        }
        other => Error::Io { path, source: std::io::Error::other(other.to_string()) },
    }
}

/// Removes what a dead writer left: files with the names of parts (or the manifest's draft) that no manifest lists, and
/// search indexes of such parts.
pub(super) fn remove_leftovers(dir: &Path, parts: &[Part]) -> Result<()> {
    let turns = parts.iter().filter(|part| part.table == Table::Turns);
    let indexes = turns.map(|part| index_name(&part.file));
    let kept: BTreeSet<String> = parts.iter().map(|part| part.file.clone()).chain(indexes).collect();
    for entry in std::fs::read_dir(dir).map_err(Error::io(dir))? {
        let entry = entry.map_err(Error::io(dir))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if is_ours(&name) && !kept.contains(&name) {
            std::fs::remove_file(entry.path()).map_err(Error::io(entry.path()))?;
        }
    }
    Ok(())
}

/// Whether a writer makes files of this name; anything else in the folder is somebody else's.
pub(super) fn is_ours(name: &str) -> bool {
    if name == super::manifest::MANIFEST_DRAFT {
        return true;
    }
    let number = |text: &str| text.split('-').next().and_then(|digits| digits.parse().ok());
    let is_part = |text: &str, rewritten_in| {
        let commit_id = number(text);
        commit_id.is_some_and(|id| Table::ALL.iter().any(|table| file_name(*table, id, rewritten_in) == name))
    };
    if let Some(turns) = turns_name(name) {
        return is_ours(&turns) && turns.contains(Table::Turns.name());
    }
    match name.split_once("-of-") {
        Some((rewritten_in, rest)) => number(rewritten_in).is_some_and(|id| is_part(rest, Some(id))),
        None => is_part(name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_files_that_a_writer_makes_are_removed() {
        assert!(is_ours("000012-turns.parquet"));
        assert!(is_ours("1000012-cue-texts.parquet"));
        assert!(is_ours("000015-of-000012-turns.parquet"));
        assert!(is_ours("manifest.json.tmp"));
        assert!(is_ours("000012-turns.search"));
        assert!(is_ours("000015-of-000012-turns.search.tmp"));
        for foreign in [
            "manifest.json",
            "lock",
            "turns.parquet",
            "12-turns.parquet",
            "turns.search",
            "000012-cues.search",
            "000012-turns.csv",
            "2024-x.parquet",
            "15-of-000012-turns.parquet",
            "000015-of-turns.parquet",
        ] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
