//! Writing a commit: everything that one run of indexing adds.
//!
//! It takes batches in any order, holds at most a row group of each table in memory, and streams full ones to part files.
//! [`Writer::commit`] makes all of it visible at once; a writer that is dropped, or killed, changes nothing. It
//! deliberately reads no sources and asks no questions about what rows mean.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::articles::ArticleRows;
use super::codes::{CODED_FIELDS, Dictionary, MAX_NAME_BYTES, MAX_NAME_COUNT, coded_values, codes_of};
use super::cues::{self, CUE_CODES, CueRows, StoredCue};
use super::interactions::{NarrowRows, TextRows, column_u32, frame};
use super::lock::{LOCK_FILE, Lock, lock};
use super::manifest::{CommitRecord, Deed, MANIFEST_FILE, Manifest, SourceRecord};
use super::part::{PartWriter, is_ours, remove_leftovers};
use super::reader::Store;
use super::rejects::count_reason;
use super::schema::Table;
use super::search_files::IndexWriter;
use super::surveys::SurveyRows;
use super::turns::TranscriptRows;
use crate::error::{Error, Result};
use crate::identity::Region;
use crate::interaction::{Article, Interaction, Note, Reject, SurveyAnswer, Transcript};

/// Rows of a narrow row group: about 30 MB while it is filled.
pub(super) const NARROW_ROWS: usize = 1 << 18;
/// Rows of a row group with texts, so that reading one row decodes little.
pub(super) const TEXT_ROWS: usize = 1 << 16;
/// Bytes of text in a row group, whatever its rows.
pub(super) const TEXT_BYTES: usize = 16 << 20;
/// Names of extra columns that the manifest lists.
pub(super) const MAX_EXTRA_NAMES: usize = 4096;
/// The longest name of an extra column that the manifest lists, in bytes.
const MAX_EXTRA_NAME_BYTES: usize = 1024;

/// What goes with a commit as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommitInfo {
    /// The text of `recontact.toml` that the sources were read with; `None` keeps the last commit's.
    pub config_text: Option<String>,
    /// Hash of the lexicons that the cues were found with.
    pub lexicon_hash: String,
}

/// The one writer of a store, and the commit it prepares.
pub struct Writer {
    dir: PathBuf,
    _lock: Lock,
    manifest: Manifest,
    commit_id: u64,
    deed: Deed,
    parts: BTreeMap<Table, PartWriter>,
    /// The search index of the turns, once there are any; nothing where none is wanted.
    index: Option<IndexWriter>,
    has_index: bool,
    narrow: NarrowRows,
    texts: TextRows,
    transcripts: TranscriptRows,
    cues: CueRows,
    surveys: SurveyRows,
    articles: ArticleRows,
    dictionaries: [Dictionary; CODED_FIELDS.len()],
    cue_dictionaries: [Dictionary; CUE_CODES.len()],
    /// Names of the extra columns of the last row: mostly those of the next, too.
    extra_names: Vec<String>,
    interaction_count: u64,
    transcript_count: u64,
    cue_count: u64,
    /// Counts since the last finished source.
    current: SourceRecord,
    /// Fingerprints of the sources that count.
    fingerprints: HashSet<String>,
    /// Names of those that earlier runs read.
    names: HashSet<String>,
    source_count_before: usize,
}

impl Writer {
    /// Opens the store in `dir` for writing, creating it where there is none, and removes what a dead writer left.
    ///
    /// Errors: another process is writing; the folder has other files in it and is no store; the store is damaged or has
    /// another format.
    pub fn begin(dir: &Path) -> Result<Writer> {
        Writer::open(dir, false)
    }

    /// As [`Writer::begin`], but the commit will hold only what this run brings; the store may have an older format.
    /// Until then readers see the last one, whose files the writer after this one removes.
    pub fn begin_anew(dir: &Path) -> Result<Writer> {
        Writer::open(dir, true)
    }

    fn open(dir: &Path, is_anew: bool) -> Result<Writer> {
        refuse_foreign_folder(dir)?;
        std::fs::create_dir_all(dir).map_err(Error::io(dir))?;
        let lock = lock(dir)?;
        let found = if is_anew { Manifest::load_to_replace(dir)? } else { Manifest::load(dir)? };
        let mut manifest = found.unwrap_or_else(Manifest::empty);
        remove_leftovers(dir, &manifest.parts)?;
        if is_anew {
            manifest = Manifest { commit_id: manifest.commit_id, ..Manifest::empty() };
        }
        let mut take = |name: &str| Dictionary::new(manifest.dictionaries.remove(name).unwrap_or_default());
        let dictionaries = CODED_FIELDS.map(&mut take);
        let cue_dictionaries = CUE_CODES.map(|field| take(&cues::dictionary_name(field)));
        Ok(Writer {
            dir: dir.to_path_buf(),
            _lock: lock,
            commit_id: manifest.commit_id + 1,
            deed: if is_anew && manifest.commit_id > 0 { Deed::Rebuild } else { Deed::Index },
            parts: BTreeMap::new(),
            index: None,
            has_index: true,
            narrow: NarrowRows::default(),
            texts: TextRows::default(),
            transcripts: TranscriptRows::after(0),
            cues: CueRows::default(),
            surveys: SurveyRows::default(),
            articles: ArticleRows::default(),
            dictionaries,
            cue_dictionaries,
            extra_names: Vec::new(),
            interaction_count: manifest.row_count(Table::Interactions),
            transcript_count: manifest.row_count(Table::Transcripts),
            cue_count: manifest.row_count(Table::Cues),
            current: SourceRecord::default(),
            fingerprints: counted_sources(&manifest).map(|source| source.fingerprint.clone()).collect(),
            names: counted_sources(&manifest).map(|source| source.name.clone()).collect(),
            source_count_before: manifest.sources.len(),
            manifest,
        })
    }

    /// Leaves out the search index of what this run brings; the first search will build it.
    pub fn without_search(self) -> Writer {
        Writer { has_index: false, ..self }
    }

    /// Hash of the lexicons that the cues of the last commit were found with; `None` where the store has no sources.
    pub fn lexicon_hash(&self) -> Option<&str> {
        counted_sources(&self.manifest).next().map(|_| self.manifest.lexicon_hash.as_str())
    }

    /// Whether a source with this fingerprint is in the store already, or was finished in this run.
    pub fn has_source(&self, fingerprint: &str) -> bool {
        self.fingerprints.contains(fingerprint)
    }

    /// How far a database of that name was read.
    pub fn cursor_of(&self, name: &str) -> Option<&(String, String)> {
        counted_sources(&self.manifest)
            .filter(|source| source.name == name)
            .filter_map(|it| it.cursor.as_ref())
            .last()
    }

    /// Whether an earlier run read a source of this name.
    pub fn has_source_named(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Adds interactions whose telephone numbers are of no known region. Rows with an id that the store has already are
    /// sorted out at the commit.
    pub fn push_interactions(&mut self, interactions: &[Interaction]) -> Result<()> {
        self.push_interactions_of(None, interactions)
    }

    /// As [`Writer::push_interactions`]; telephone numbers without a calling code are those of `region`.
    pub fn push_interactions_of(
        &mut self,
        region: Option<Region>,
        interactions: &[Interaction],
    ) -> Result<()> {
        self.interaction_count += interactions.len() as u64;
        self.check_capacity(self.interaction_count, "interactions")?;
        for interaction in interactions {
            let codes = codes_of(&mut self.dictionaries, coded_values(interaction))
                .map_err(|i| too_many_names(&self.dir, CODED_FIELDS[i], &interaction.interaction_id))?;
            self.list_extra_names(interaction);
            self.narrow.push(interaction, region, codes);
            if let Some(answer) = interaction.survey_answer() {
                self.push_answer(&answer)?;
            }
            self.texts.push(interaction);
            if self.narrow.len() >= NARROW_ROWS {
                self.flush_narrow()?;
            }
            if self.texts.len() >= TEXT_ROWS || self.texts.byte_count() >= TEXT_BYTES {
                self.flush_texts()?;
            }
        }
        self.current.interaction_count += interactions.len() as u64;
        Ok(())
    }

    /// Adds what customers answered, each about one interaction, which may be absent from the log.
    pub fn push_surveys(&mut self, answers: &[SurveyAnswer]) -> Result<()> {
        answers.iter().try_for_each(|answer| self.push_answer(answer))?;
        self.current.survey_count += answers.len() as u64;
        Ok(())
    }

    fn push_answer(&mut self, answer: &SurveyAnswer) -> Result<()> {
        self.surveys.push(answer);
        self.current.answer_count += 1;
        if self.surveys.len() >= NARROW_ROWS { self.flush_surveys() } else { Ok(()) }
    }

    /// Adds articles, or versions of articles that are there.
    pub fn push_articles(&mut self, articles: &[Article]) -> Result<()> {
        for article in articles {
            self.articles.push(article);
            if self.articles.len() >= TEXT_ROWS || self.articles.byte_count() >= TEXT_BYTES {
                self.flush_articles()?;
            }
        }
        self.current.article_count += articles.len() as u64;
        Ok(())
    }

    /// Adds a transcript, or a fragment of one: its turns join those of the same interaction.
    pub fn push_transcript(&mut self, transcript: &Transcript) -> Result<()> {
        self.transcript_count += 1;
        self.check_capacity(self.transcript_count, "transcripts")?;
        self.transcripts.push(transcript);
        self.current.transcript_count += 1;
        self.current.turn_count += transcript.turns.len() as u64;
        let rows = self.transcripts.turn_count().max(self.transcripts.len());
        if rows >= TEXT_ROWS || self.transcripts.byte_count() >= TEXT_BYTES {
            self.flush_transcripts()?;
        }
        Ok(())
    }

    /// Adds the cues found in transcripts. Those of turns that a later commit brings again are replaced with the turns.
    pub fn push_cues(&mut self, cues: &[StoredCue]) -> Result<()> {
        self.cue_count += cues.len() as u64;
        self.check_capacity(self.cue_count, "cues")?;
        for cue in cues {
            let codes = codes_of(&mut self.cue_dictionaries, cues::coded_values(cue))
                .map_err(|i| too_many_names(&self.dir, CUE_CODES[i], &cue.interaction_id))?;
            self.cues.push(cue, codes);
            if self.cues.len() >= TEXT_ROWS || self.cues.byte_count() >= TEXT_BYTES {
                self.flush_cues()?;
            }
        }
        self.current.cue_count += cues.len() as u64;
        Ok(())
    }

    /// Adds rejects: to the commit's file of rejects, and to the counts by reason.
    pub fn push_rejects(&mut self, rejects: &[Reject]) -> Result<()> {
        for reject in rejects {
            self.part(Table::Rejects)?.write_line(reject)?;
            count_reason(&mut self.current.reject_counts, &reject.reason);
        }
        self.current.reject_count += rejects.len() as u64;
        Ok(())
    }

    /// Adds notes: to the commit's file of notes, and to the counts by their words.
    pub fn push_notes(&mut self, notes: &[Note]) -> Result<()> {
        for note in notes {
            self.part(Table::Notes)?.write_line(note)?;
            count_reason(&mut self.current.note_counts, &note.what);
        }
        self.current.note_count += notes.len() as u64;
        Ok(())
    }

    /// Records a source as wholly read, so that it is not read again. The counts of what was pushed since the last
    /// finished source are filled in here; `name`, `fingerprint`, `kind`, `byte_count`, `row_count` and `cursor` are
    /// the caller's.
    pub fn finish_source(&mut self, source: SourceRecord) -> Result<()> {
        let counted = std::mem::take(&mut self.current);
        self.fingerprints.insert(source.fingerprint.clone());
        self.manifest.sources.push(SourceRecord {
            name: source.name,
            fingerprint: source.fingerprint,
            kind: source.kind,
            byte_count: source.byte_count,
            row_count: source.row_count,
            cursor: source.cursor,
            commit_id: self.commit_id,
            ..counted
        });
        Ok(())
    }

    /// Makes everything pushed visible, all or nothing, and opens the store as it is now. A run that brought nothing new
    /// makes no commit. What was pushed since the last finished source becomes a source without a name.
    pub fn commit(mut self, info: CommitInfo) -> Result<Store> {
        self.flush_narrow()?;
        self.flush_texts()?;
        self.flush_transcripts()?;
        self.flush_cues()?;
        self.flush_surveys()?;
        self.flush_articles()?;
        if let Some(reason) = self.is_unchanged(&info) {
            return reason;
        }
        if self.current != SourceRecord::default() {
            self.finish_source(SourceRecord::default())?;
        }
        for (table, part) in std::mem::take(&mut self.parts) {
            let part = part.finish()?;
            if let Some(index) = self.index.take_if(|_| table == Table::Turns) {
                index.finish(&part)?;
            }
            self.manifest.parts.push(part);
        }
        let dictionaries = CODED_FIELDS.into_iter().map(str::to_string).zip(self.dictionaries);
        let cue_fields = CUE_CODES.into_iter().map(cues::dictionary_name);
        for (name, dictionary) in dictionaries.chain(cue_fields.zip(self.cue_dictionaries)) {
            self.manifest.dictionaries.insert(name, dictionary.into_names());
        }
        let mut commit = CommitRecord { id: self.commit_id, deed: self.deed, ..self.manifest.commit() };
        commit.lexicon_hash = info.lexicon_hash;
        commit.config_text = info.config_text.filter(|text| self.manifest.config_text.as_ref() != Some(text));
        let mut store = Store { dir: self.dir, manifest: Arc::new(self.manifest), agents: None };
        store.list_losers_of(&mut commit)?;
        store.commit(commit)
    }

    /// The last commit, where this run adds nothing to it.
    fn is_unchanged(&self, info: &CommitInfo) -> Option<Result<Store>> {
        let is_unchanged = self.parts.is_empty()
            && self.manifest.sources.len() == self.source_count_before
            && self.manifest.commit_id > 0
            && self.manifest.lexicon_hash == info.lexicon_hash
            && (info.config_text.is_none() || info.config_text == self.manifest.config_text);
        is_unchanged.then(|| Store::open(&self.dir))
    }

    fn flush_narrow(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.narrow);
        match rows.len() {
            0 => Ok(()),
            _ => self.part(Table::Interactions)?.write(&rows.into_frame()),
        }
    }

    fn flush_texts(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.texts);
        match rows.len() {
            0 => Ok(()),
            _ => self.part(Table::InteractionTexts)?.write(&rows.into_frame()),
        }
    }

    fn flush_transcripts(&mut self) -> Result<()> {
        if self.transcripts.len() == 0 {
            return Ok(());
        }
        let written = self.part(Table::Turns)?.row_count();
        let after = TranscriptRows::after(written + self.transcripts.turn_count() as u64);
        let (transcripts, turns) = std::mem::replace(&mut self.transcripts, after).into_frames();
        self.part(Table::Transcripts)?.write(&transcripts)?;
        self.part(Table::Turns)?.write(&turns)?;
        self.index_turns(&turns)
    }

    /// Adds turns to the search index.
    fn index_turns(&mut self, turns: &DataFrame) -> Result<()> {
        if !self.has_index {
            return Ok(());
        }
        let index = match &mut self.index {
            Some(index) => index,
            none => {
                let turns = Table::Turns.file_name(self.commit_id);
                none.insert(IndexWriter::create(&self.dir, &turns)?)
            }
        };
        let texts = turns.column("text").and_then(|column| column.str()).expect("turns have a text");
        texts.iter().try_for_each(|text| index.push(text.unwrap_or_default()))
    }

    fn flush_cues(&mut self) -> Result<()> {
        if self.cues.len() == 0 {
            return Ok(());
        }
        let (narrow, texts) = std::mem::take(&mut self.cues).into_frames();
        self.part(Table::Cues)?.write(&narrow)?;
        self.part(Table::CueTexts)?.write(&texts)
    }

    fn flush_surveys(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.surveys);
        match rows.len() {
            0 => Ok(()),
            _ => self.part(Table::Surveys)?.write(&rows.into_frame()),
        }
    }

    fn flush_articles(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.articles);
        match rows.len() {
            0 => Ok(()),
            _ => self.part(Table::Articles)?.write(&rows.into_frame()),
        }
    }

    /// The part of a table in this commit, begun at its first use.
    fn part(&mut self, table: Table) -> Result<&mut PartWriter> {
        match self.parts.entry(table) {
            Entry::Occupied(part) => Ok(part.into_mut()),
            Entry::Vacant(none) => Ok(none.insert(PartWriter::create(&self.dir, table, self.commit_id)?)),
        }
    }

    fn list_extra_names(&mut self, interaction: &Interaction) {
        let names = || interaction.extra.iter().map(|(name, _)| name);
        if names().eq(&self.extra_names) {
            return;
        }
        self.extra_names = names().cloned().collect();
        for name in names() {
            let is_listed = self.manifest.extra_names.contains(name);
            let has_room = self.manifest.extra_names.len() < MAX_EXTRA_NAMES;
            if !is_listed && has_room && name.len() <= MAX_EXTRA_NAME_BYTES {
                self.manifest.extra_names.insert(name.clone());
            }
        }
    }

    fn check_capacity(&self, count: u64, what: &str) -> Result<()> {
        match u32::try_from(count) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::data(
                &self.dir,
                format!("a store holds at most {} {what}", u32::MAX),
                "split the sources over several stores with `--store DIR`",
            )),
        }
    }
}

impl Store {
    /// Writes the lists of rows that a commit makes duplicates, and counts them.
    fn list_losers_of(&mut self, commit: &mut CommitRecord) -> Result<()> {
        let interactions = self.interactions_lost_in(commit.id)?;
        let cues = self.cues_lost_in(commit.id)?;
        commit.replaced = interactions.replaced;
        commit.replaced_in_all += interactions.replaced;
        self.write_list(Table::Duplicates, commit.id, interactions.rows)?;
        self.write_list(Table::CueDuplicates, commit.id, cues)
    }

    /// Writes a list of rows that do not count.
    pub(super) fn write_list(&mut self, table: Table, commit_id: u64, rows: Vec<u32>) -> Result<()> {
        if !rows.is_empty() {
            let mut part = PartWriter::create(&self.dir, table, commit_id)?;
            part.write(&frame(vec![column_u32("row", rows)]))?;
            Arc::make_mut(&mut self.manifest).parts.push(part.finish()?);
        }
        Ok(())
    }

    /// Makes the store as it is in memory the last commit, and opens it.
    pub(super) fn commit(mut self, mut commit: CommitRecord) -> Result<Store> {
        let manifest = Arc::make_mut(&mut self.manifest);
        commit.name_counts =
            manifest.dictionaries.iter().map(|(field, names)| (field.clone(), names.len())).collect();
        manifest.commit_id = commit.id;
        manifest.recontact_version = env!("CARGO_PKG_VERSION").to_string();
        manifest.lexicon_hash = commit.lexicon_hash.clone();
        if let Some(text) = &commit.config_text {
            manifest.config_text = Some(text.clone());
        }
        manifest.commits.push(commit);
        // After a write that failed and was not heeded, nothing may be committed.
        manifest.check().map_err(|what| Error::data(&self.dir, what, "nothing was changed: run it again"))?;
        manifest.save(&self.dir)?;
        Store::open(&self.dir)
    }
}

/// The sources that were not removed.
fn counted_sources(manifest: &Manifest) -> impl Iterator<Item = &SourceRecord> {
    manifest.sources.iter().filter(|source| !source.is_removed())
}

fn too_many_names(dir: &Path, field: &str, interaction_id: &str) -> Error {
    let id: String = interaction_id.chars().take(60).collect();
    Error::data(
        dir,
        format!(
            "field `{field}` has over {MAX_NAME_COUNT} different values, or over {} MiB of them, by interaction `{id}`",
            MAX_NAME_BYTES >> 20
        ),
        "it looks like an id or free text: take it out of `[source.fields]`, it is then kept as an extra column",
    )
}

/// A folder with other people's files is not turned into a store.
fn refuse_foreign_folder(dir: &Path) -> Result<()> {
    if dir.join(MANIFEST_FILE).exists() || dir.join(LOCK_FILE).exists() {
        return Ok(());
    }
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::Io { path: dir.to_path_buf(), source }),
    };
    for entry in entries {
        let name = entry.map_err(Error::io(dir))?.file_name();
        if !name.to_str().is_some_and(is_ours) {
            return Err(Error::data(
                dir,
                format!("is not a store and has other files in it ({})", name.to_string_lossy()),
                "give a new or empty folder with `--store DIR`",
            ));
        }
    }
    Ok(())
}
