//! Building an index file: texts in, segments of an inverted index out.
//!
//! It takes texts one after the other, gathers some megabytes of them, and makes a segment of those in a thread of its own
//! while more come in. Row `n` of the file is the `n`-th text: segments are written in the order of the texts, and a
//! document's number is its place in its segment. The bytes of the file depend on the texts alone. It deliberately keeps
//! no text: whoever finds a row asks the store for its words.

use std::collections::{HashSet, VecDeque};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument};

use super::file::{FileWriter, META};
use super::words::Words;
use crate::error::{Error, Result};

/// Bytes of text in a segment. More makes fewer segments to look through, less takes less memory while building.
const SEGMENT_BYTES: usize = 16 << 20;
/// Texts in a segment, however short.
const SEGMENT_ROWS: usize = 1 << 19;
/// Segments that are made at the same time, on a machine with as many cores.
const MOST_THREADS: usize = 4;
/// The least memory that a segment begins with, in bytes; it takes what it needs.
const LEAST_MEMORY: usize = 1 << 20;
/// The name of our way to cut texts, in the schema.
const TOKENIZER: &str = "words";

/// Texts that become one segment.
#[derive(Default)]
struct Chunk {
    text: String,
    ends: Vec<usize>,
}

/// A finished segment.
pub(super) struct Segment {
    pub(super) row_count: u64,
    /// By extension.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// Words as they were written that folding changed beyond their case.
    pub(super) spellings: Vec<String>,
}

/// An index file being built.
pub(crate) struct Builder<W> {
    file: FileWriter<W>,
    chunk: Chunk,
    running: VecDeque<JoinHandle<tantivy::Result<Segment>>>,
    path: std::path::PathBuf,
}

impl<W: Write> Builder<W> {
    /// Begins a file, which is called `path` where something goes wrong.
    pub(crate) fn new(file: W, path: &Path) -> Builder<W> {
        let (chunk, running) = (Chunk::default(), VecDeque::new());
        Builder { file: FileWriter::new(file), chunk, running, path: path.to_path_buf() }
    }

    /// Adds the text of the next row.
    pub(crate) fn push(&mut self, text: &str) -> Result<()> {
        self.chunk.text.push_str(text);
        self.chunk.ends.push(self.chunk.text.len());
        let is_full = self.chunk.text.len() >= SEGMENT_BYTES || self.chunk.ends.len() >= SEGMENT_ROWS;
        if is_full { self.start_segment() } else { Ok(()) }
    }

    fn start_segment(&mut self) -> Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        if self.running.len() >= rayon::current_num_threads().min(MOST_THREADS) {
            self.write_oldest()?;
        }
        self.running.push_back(std::thread::spawn(move || segment(&chunk)));
        Ok(())
    }

    fn write_oldest(&mut self) -> Result<()> {
        let Some(oldest) = self.running.pop_front() else { return Ok(()) };
        let made = oldest.join().map_err(|_| self.failed("a thread that made it came to an end"))?;
        let segment = made.map_err(|e| self.failed(&e.to_string()))?;
        self.file.push(segment).map_err(Error::io(&self.path))
    }

    /// Ends the file, which is that of the texts whose hash is `origin`.
    pub(crate) fn finish(mut self, origin: &str) -> Result<W> {
        if !self.chunk.ends.is_empty() {
            self.start_segment()?;
        }
        while !self.running.is_empty() {
            self.write_oldest()?;
        }
        self.file.finish(origin).map_err(Error::io(&self.path))
    }

    fn failed(&self, what: &str) -> Error {
        Error::data(&self.path, format!("the search index could not be built ({what})"), "run it again")
    }
}

/// The one field of every segment.
pub(super) const TEXT: Field = Field::from_field_id(0);

/// The schema of every segment.
fn schema() -> Schema {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    schema.build()
}

fn segment(chunk: &Chunk) -> tantivy::Result<Segment> {
    let spellings = Spellings::default();
    let tokenizers = TokenizerManager::new();
    tokenizers.register(TOKENIZER, Cutter { words: Words::default(), spellings: spellings.clone() });
    let directory = RamDirectory::create();
    let mut writer = Index::builder()
        .schema(schema())
        .settings(IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() })
        .tokenizers(tokenizers)
        .single_segment_index_writer::<TantivyDocument>(directory.clone(), LEAST_MEMORY + chunk.text.len())?;
    let mut start = 0;
    for &end in &chunk.ends {
        let mut row = TantivyDocument::default();
        row.add_text(TEXT, &chunk.text[start..end]);
        writer.add_document(row)?;
        start = end;
    }
    let index = writer.finalize()?;
    let about = index.load_metas()?;
    let mut files = Vec::new();
    for path in
        about.list_segment_files().into_iter().filter(|path| directory.exists(path).is_ok_and(|it| it))
    {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_string();
        files.push((extension, directory.open_read(&path)?.read_bytes()?.as_slice().to_vec()));
    }
    for segment in &about.segments {
        // Numbers drawn by lot would make other bytes of the same texts.
        let id = segment.id().uuid_string();
        let parts = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]];
        let about = String::from_utf8_lossy(&directory.atomic_read(Path::new(META))?).into_owned();
        files.push((META.to_string(), about.replace(&parts.join("-"), SEGMENT_ID).into_bytes()));
    }
    files.sort();
    Ok(Segment { row_count: chunk.ends.len() as u64, files, spellings: spellings.sorted() })
}

/// The number of every segment: each is alone in its index.
pub(super) const SEGMENT_ID: &str = "00000000-0000-0000-0000-000000000001";

/// Words as they are written, of those that folding changes beyond their case.
#[derive(Default, Clone)]
struct Spellings(Arc<Mutex<HashSet<Box<str>>>>);

impl Spellings {
    fn add(&self, raw: &str, words: &Words) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for at in 0..words.len() {
            let written = &raw[words.raw(at)];
            if written.is_ascii() || written == words.token(at) || known.contains(written) {
                continue;
            }
            known.insert(written.into());
        }
    }

    /// In lower case, without those that are folded that way.
    fn sorted(&self) -> Vec<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
        sorted.retain(|word| Words::of(word).len() == 1 && Words::of(word).token(0) != word);
        sorted.sort_unstable();
        sorted.dedup();
        sorted
    }
}

/// [`Words`] as the index library asks for them.
#[derive(Clone)]
struct Cutter {
    words: Words,
    spellings: Spellings,
}

struct Cut<'a> {
    words: &'a Words,
    next: usize,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cut<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut<'a> {
        self.words.read(text);
        if !text.is_ascii() {
            self.spellings.add(text, &self.words);
        }
        Cut { words: &self.words, next: 0, token: Token::default() }
    }
}

impl TokenStream for Cut<'_> {
    fn advance(&mut self) -> bool {
        if self.next == self.words.len() {
            return false;
        }
        self.words.term(self.next, &mut self.token.text);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
