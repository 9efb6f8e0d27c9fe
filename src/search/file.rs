//! An index file: the segments of one part of turns one after the other, and at the end what is where.
//!
//! It takes segments and writes them to a file; it takes a file back and opens them, after it has seen that every byte is
//! as it was written. The file says the hash of the texts that it is an index of, so that whoever opens it can tell an
//! index from that of other texts. It deliberately is one file for all segments: a folder of stores holds few files, each
//! is there as a whole or not at all, and goes with the texts that it belongs to.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, WatchCallback, WatchHandle,
    WritePtr,
};
use tantivy::{HasLen, Index, SegmentReader};
use xxhash_rust::xxh3::Xxh3Default;

use super::build::{SEGMENT_ID, Segment, TEXT};
use super::words::Words;
use crate::text::fold;

/// What the index library calls the file that says what an index consists of.
pub(super) const META: &str = "meta.json";
/// How texts are cut and how the file is laid out: another version is built anew.
const VERSION: u32 = 1;
/// The last bytes of every file.
const MARK: &[u8; 8] = b"rcsearch";
/// Length of the directory, checksum of everything before it, mark.
const TAIL_BYTES: usize = 24;

/// Where something is in the file: first byte and number of bytes.
type Place = (u64, u64);

/// What is where.
#[derive(Default, Serialize, Deserialize)]
struct Contents {
    version: u32,
    origin: String,
    segments: Vec<SegmentContents>,
    spellings: Place,
}

#[derive(Serialize, Deserialize)]
struct SegmentContents {
    row_count: u64,
    /// By extension.
    files: Vec<(String, Place)>,
}

/// A file being written.
pub(super) struct FileWriter<W> {
    file: W,
    hash: Xxh3Default,
    byte_count: u64,
    contents: Contents,
    spellings: Vec<String>,
}

impl<W: Write> FileWriter<W> {
    pub(super) fn new(file: W) -> FileWriter<W> {
        let contents = Contents { version: VERSION, ..Contents::default() };
        FileWriter { file, hash: Xxh3Default::new(), byte_count: 0, contents, spellings: Vec::new() }
    }

    /// Adds a segment.
    pub(super) fn push(&mut self, segment: Segment) -> io::Result<()> {
        let mut files = Vec::new();
        for (extension, bytes) in segment.files {
            files.push((extension, self.write(&bytes)?));
        }
        self.contents.segments.push(SegmentContents { row_count: segment.row_count, files });
        self.spellings.extend(segment.spellings);
        self.spellings.sort_unstable();
        self.spellings.dedup();
        Ok(())
    }

    /// Writes what is where.
    pub(super) fn finish(mut self, origin: &str) -> io::Result<W> {
        let spellings = zstd::encode_all(self.spellings.join("\n").as_bytes(), 3)?;
        self.contents.spellings = self.write(&spellings)?;
        self.contents.origin = origin.to_string();
        let contents = serde_json::to_vec(&self.contents)?;
        self.write(&contents)?;
        self.write(&(contents.len() as u64).to_le_bytes())?;
        let hash = self.hash.digest();
        self.file.write_all(&hash.to_le_bytes())?;
        self.file.write_all(MARK)?;
        self.file.flush()?;
        Ok(self.file)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<Place> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        let place = (self.byte_count, bytes.len() as u64);
        self.byte_count += place.1;
        Ok(place)
    }
}

/// Words by how they are folded, of those that are written otherwise.
pub(super) type Spellings = HashMap<String, Vec<String>>;

/// An index file that is open.
pub(crate) struct IndexFile {
    pub(super) segments: Vec<SegmentReader>,
    pub(super) spellings: Spellings,
    pub(super) row_count: u64,
    pub(super) byte_count: u64,
}

/// The words of some texts.
#[derive(Default)]
pub(crate) struct TextWords {
    words: HashSet<String>,
    spellings: HashSet<String>,
}

impl TextWords {
    /// Adds the words of a text.
    pub(crate) fn add(&mut self, text: &str) {
        let found = Words::of(text);
        let mut term = String::new();
        for at in 0..found.len() {
            found.term(at, &mut term);
            if !self.words.contains(&term) {
                self.words.insert(term.clone());
            }
            let written = &text[found.raw(at)];
            if !written.is_ascii() {
                self.spellings.insert(written.to_lowercase());
            }
        }
    }
}

impl IndexFile {
    /// Rows indexed.
    pub(crate) fn row_count(&self) -> u64 {
        self.row_count
    }

    /// How many of the words and spellings of the index are not of these texts; or why it cannot be told.
    pub(crate) fn strange_words(&self, texts: &TextWords) -> Result<u64, String> {
        let mut strange = 0;
        for segment in &self.segments {
            let index = segment.inverted_index(TEXT).map_err(|e| e.to_string())?;
            let mut words = index.terms().stream().map_err(|e| e.to_string())?;
            while let Some((word, _)) = words.next() {
                strange += u64::from(!std::str::from_utf8(word).is_ok_and(|word| texts.words.contains(word)));
            }
        }
        let spellings = self.spellings.values().flatten();
        Ok(strange + spellings.filter(|word| !texts.spellings.contains(*word)).count() as u64)
    }

    /// Opens the file `name` in `dir`, which must be that of the texts whose hash is `origin`. Or why it cannot be used.
    pub(crate) fn open(dir: &Path, name: &str, origin: &str) -> Result<IndexFile, String> {
        let dir = MmapDirectory::open(dir).map_err(|e| e.to_string())?;
        let bytes = dir.open_read(Path::new(name)).map_err(|e| match e {
            OpenReadError::FileDoesNotExist(_) => "there is none".to_string(),
            other => other.to_string(),
        })?;
        IndexFile::of(&bytes, origin)
    }

    /// Opens a file that is in memory.
    pub(crate) fn of_bytes(bytes: Vec<u8>, origin: &str) -> Result<IndexFile, String> {
        IndexFile::of(&FileSlice::from(bytes), origin)
    }

    fn of(file: &FileSlice, origin: &str) -> Result<IndexFile, String> {
        let contents = contents(file)?;
        if contents.version != VERSION {
            return Err("another version of recontact wrote it".to_string());
        }
        if contents.origin != origin {
            return Err("it is that of other texts".to_string());
        }
        let part = |(start, count): Place| file.slice(start as usize..(start + count) as usize);
        let mut segments = Vec::with_capacity(contents.segments.len());
        for segment in &contents.segments {
            let files = segment.files.iter().map(|(extension, place)| (path_of(extension), part(*place)));
            let reader = opened(SegmentFiles(Arc::new(files.collect()))).map_err(|e| e.to_string())?;
            if u64::from(reader.max_doc()) != segment.row_count {
                return Err("it has other rows than it says".to_string());
            }
            segments.push(reader);
        }
        let bytes = part(contents.spellings).read_bytes().map_err(|e| e.to_string())?;
        Ok(IndexFile {
            segments,
            spellings: spellings(bytes.as_slice()).map_err(|e| e.to_string())?,
            row_count: contents.segments.iter().map(|segment| segment.row_count).sum(),
            byte_count: file.len() as u64,
        })
    }
}

/// What is where in a file, if every byte of it is as it was written.
fn contents(file: &FileSlice) -> Result<Contents, String> {
    const CUT: &str = "it is cut off";
    const CHANGED: &str = "its bytes are not those that were written";
    let bytes = file.read_bytes().map_err(|e| e.to_string())?;
    let (body, tail) = bytes.split_at_checked(bytes.len().saturating_sub(TAIL_BYTES)).ok_or(CUT)?;
    let number = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes).map_err(|_| CUT);
    if tail.len() != TAIL_BYTES || tail[16..] != *MARK {
        return Err(CUT.to_string());
    }
    let mut hash = Xxh3Default::new();
    hash.update(body);
    hash.update(&tail[..8]);
    if hash.digest() != number(&tail[8..16])? {
        return Err(CHANGED.to_string());
    }
    let start = body.len().checked_sub(number(&tail[..8])? as usize).ok_or(CHANGED)?;
    let contents: Contents =
        serde_json::from_slice(&body[start..]).map_err(|_| "another version wrote it")?;
    let places = contents.segments.iter().flat_map(|segment| segment.files.iter().map(|(_, place)| *place));
    let is_inside = |(first, count): Place| first.checked_add(count).is_some_and(|end| end <= start as u64);
    match places.chain([contents.spellings]).all(is_inside) {
        true => Ok(contents),
        false => Err(CHANGED.to_string()),
    }
}

fn spellings(bytes: &[u8]) -> io::Result<Spellings> {
    let text = String::from_utf8(zstd::decode_all(bytes)?).map_err(io::Error::other)?;
    let mut spellings = Spellings::new();
    for word in text.lines() {
        spellings.entry(fold(word).text().to_string()).or_default().push(word.to_string());
    }
    Ok(spellings)
}

/// The name that the index library gives a file of the one segment.
fn path_of(extension: &str) -> PathBuf {
    let segment = SEGMENT_ID.replace('-', "");
    PathBuf::from(if extension == META { META.to_string() } else { format!("{segment}.{extension}") })
}

fn opened(files: SegmentFiles) -> tantivy::Result<SegmentReader> {
    let segments = Index::open(files)?.searchable_segments()?;
    let segment = segments.first().ok_or(tantivy::TantivyError::SystemError("no segment".to_string()))?;
    SegmentReader::open(segment)
}

/// The files of a segment as the index library asks for them. Nothing is ever written.
#[derive(Clone, Debug)]
struct SegmentFiles(Arc<HashMap<PathBuf, FileSlice>>);

fn read_only() -> io::Error {
    io::Error::from(io::ErrorKind::ReadOnlyFilesystem)
}

impl Directory for SegmentFiles {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.open_read(path)?))
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        self.0.get(path).cloned().ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_path_buf()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.0.contains_key(path))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let bytes = self.open_read(path)?.read_bytes();
        bytes
            .map(|bytes| bytes.as_slice().to_vec())
            .map_err(|error| OpenReadError::wrap_io_error(error, path.to_path_buf()))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::FileDoesNotExist(path.to_path_buf()))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_path_buf()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
