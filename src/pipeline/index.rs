//! Files → store: read, detect, keep, commit. Once per new file; no policy in it.
//!
//! One thread reads and parses, the others find cues in the batch before and write the one before that; batches are
//! written in file order, so the store's bytes do not depend on the number of threads. At most a few batches are in
//! memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::join::{Joiner, Rule};
use crate::config::{Config, Source};
use crate::detect::{Cue, Detector, Scratch, Utterance};
use crate::ingest::{self, Batch, Cursor, SourceFile};
use crate::interaction::{MICROS_PER_SECOND, Micros, Note, Transcript, Turn};
use crate::lexicon::Lexicon;
use crate::store::{CommitInfo, Replaced, SourceRecord, Store, StoredCue, Writer, count_reason};
use crate::{Error, Result};

/// Choices of a run that change no number.
#[derive(Debug, Clone, Copy, Default)]
pub struct IndexOptions {
    /// Forget what the store holds and read everything anew.
    pub rebuild: bool,
    /// Leave out the search index.
    pub no_search: bool,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file being read.
    pub file: &'a str,
    /// Bytes read so far, of all files.
    pub read_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexSummary {
    /// Files read in this run.
    pub read_file_count: u64,
    /// Files that were in the store already.
    pub known_file_count: u64,
    /// Files of transcripts none of which found its interaction, each with the first reason: they are tried again with the
    /// next run.
    pub waiting_files: Vec<(String, String)>,
    /// Rows read in this run.
    pub row_count: u64,
    /// Rows of this run that could not be read.
    pub reject_count: u64,
    /// Rejects of this run by reason.
    pub reject_counts: BTreeMap<String, u64>,
    /// Oddities of rows that were read all the same, of this run, by what they are.
    pub note_counts: BTreeMap<String, u64>,
    /// Interactions read in this run.
    pub interaction_count: u64,
    /// Transcripts read in this run.
    pub transcript_count: u64,
    /// Answers of customers read from surveys in this run.
    pub survey_count: u64,
    /// Articles read in this run.
    pub article_count: u64,
    /// Cues found in this run.
    pub cue_count: u64,
    /// Interactions that this run made count no more, or that it brought in vain, because another row has their id.
    pub replaced: Replaced,
    /// Files read in this run of whose name the store has an earlier one, with other content.
    pub changed_files: Vec<String>,
    /// Bytes read in this run, as they lie on the disk.
    pub byte_count: u64,
}

/// Batches between the reader and the detector.
const BATCHES_AHEAD: usize = 2;

/// Bytes of a turn kept around a cue.
const QUOTE_BYTES: usize = 160;

/// Reads the files of `config` that the store in `dir` does not have yet, and commits.
///
/// Errors: no such files, a file without the columns it needs, a store that another process writes, a store whose cues
/// were found with other lexicons.
pub fn index(
    config: &Config,
    lexicon: &Lexicon,
    dir: &Path,
    options: IndexOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(Store, IndexSummary)> {
    let detector = Detector::new(lexicon)?;
    let files = ingest::files(config)?;
    let across = ingest::Across::of(&files, &config.sources)?;
    let mut writer = if options.rebuild { Writer::begin_anew(dir)? } else { Writer::begin(dir)? };
    if options.no_search {
        writer = writer.without_search();
    }
    if writer.lexicon_hash().is_some_and(|hash| hash != lexicon.hash) {
        return Err(Error::data(
            dir,
            "the lexicons have changed since this store was filled",
            "run `recontact index --rebuild PATH…` with all sources, so that every cue is found by the same rules",
        ));
    }
    let total_bytes = files.iter().map(|file| file.byte_count).sum();
    let mut summary = IndexSummary::default();
    let memories = Memories::default();
    let mut run = Run {
        config,
        lexicon,
        detector: &detector,
        memories: &memories,
        across: &across,
        progress,
        total_bytes,
        done_bytes: 0,
    };
    let info = || CommitInfo {
        config_text: (!config.text.is_empty()).then(|| config.text.clone()),
        lexicon_hash: lexicon.hash.clone(),
    };
    let (joined, others): (Vec<&SourceFile>, Vec<&SourceFile>) =
        files.iter().partition(|file| config.sources[file.source].join_within.is_some());
    run.files(&others, &mut writer, None, &mut summary)?;
    if !joined.is_empty() {
        // Words are given to interactions that are there.
        let store = writer.commit(info())?;
        writer = Writer::begin(dir)?;
        if options.no_search {
            writer = writer.without_search();
        }
        run.files(&joined, &mut writer, Some(&mut Joiner::new(&store)), &mut summary)?;
    }
    // What finding cues takes up is given back before the whole store is looked at.
    drop((memories, detector));
    let store = writer.commit(info())?;
    if summary.read_file_count > 0 {
        (_, summary.replaced) = store.replaced();
    }
    Ok((store, summary))
}

struct Run<'a> {
    config: &'a Config,
    lexicon: &'a Lexicon,
    detector: &'a Detector<'a>,
    memories: &'a Memories,
    across: &'a ingest::Across<'a>,
    progress: &'a (dyn Fn(Progress) + Sync),
    total_bytes: u64,
    done_bytes: u64,
}

/// What detectors remember of the words they met, handed from batch to batch: it is worth much more than it takes up.
#[derive(Default)]
struct Memories(Mutex<Vec<Scratch>>);

/// The memory of one thread; it goes back when dropped.
struct Memory<'a> {
    scratch: Scratch,
    owner: &'a Memories,
}

impl Memories {
    fn take(&self) -> Memory<'_> {
        let scratch = self.0.lock().ok().and_then(|mut free| free.pop()).unwrap_or_default();
        Memory { scratch, owner: self }
    }
}

impl Drop for Memory<'_> {
    fn drop(&mut self) {
        if let Ok(mut free) = self.owner.0.lock() {
            free.push(std::mem::take(&mut self.scratch));
        }
    }
}

/// The cues of a transcript, and a note if its language is declared wrongly.
type Found = (Vec<StoredCue>, Option<Note>);

impl Run<'_> {
    /// Reads files one after another, with a joiner those whose transcripts do not name their interactions.
    fn files(
        &mut self,
        files: &[&SourceFile],
        writer: &mut Writer,
        mut joiner: Option<&mut Joiner<'_>>,
        summary: &mut IndexSummary,
    ) -> Result<()> {
        for file in files {
            self.file(file, writer, joiner.as_deref_mut(), summary)?;
            self.done_bytes += file.byte_count;
        }
        Ok(())
    }

    fn file(
        &self,
        file: &SourceFile,
        writer: &mut Writer,
        joiner: Option<&mut Joiner<'_>>,
        summary: &mut IndexSummary,
    ) -> Result<()> {
        let source = &self.config.sources[file.source];
        let before = writer.cursor_of(&file.name).cloned().map(|(key, value)| Cursor { key, value });
        let fetched = ingest::fetch(file, source, before.as_ref())?;
        if fetched.as_ref().is_some_and(|fetched| fetched.is_empty) {
            summary.known_file_count += 1;
            return Ok(());
        }
        let file = fetched.as_ref().map_or(file, |fetched| &fetched.file);
        let fingerprint = ingest::fingerprint(file, source)?;
        if writer.has_source(&fingerprint) {
            summary.known_file_count += 1;
            return Ok(());
        }
        let tell = |bytes: u64| {
            let read_bytes = self.done_bytes + bytes;
            (self.progress)(Progress { file: &file.name, read_bytes, total_bytes: self.total_bytes });
        };
        tell(0);
        if fetched.is_none() && writer.has_source_named(&file.name) {
            summary.changed_files.push(file.name.clone());
        }
        let mut row_count = 0;
        let mut held = Vec::new();
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel::<Batch>(BATCHES_AHEAD);
            let reader = scope.spawn(move || {
                // A closed channel means that writing failed; that error is the one to report.
                let mut hand_on = |batch| {
                    sender
                        .send(batch)
                        .map_err(|_| Error::data(&file.path, "reading was stopped", "see the error before"))
                };
                ingest::read_among(file, source, self.across, &mut hand_on, &tell)
            });
            let joined: Box<dyn Iterator<Item = Result<Batch>>> = match joiner {
                Some(joiner) => Box::new(joined(receiver, joiner, file, source, &mut held)),
                None => Box::new(receiver.into_iter().map(Ok)),
            };
            let written = self.batches(joined, file, writer, summary, &mut row_count);
            let read = reader.join().expect("readers do not panic");
            written.and(read)
        })?;
        if let Some(reject) = held.iter().find_map(|batch: &Batch| batch.rejects.first()) {
            summary.waiting_files.push((file.name.clone(), reject.reason.clone()));
            return Ok(());
        }
        summary.read_file_count += 1;
        summary.row_count += row_count;
        summary.byte_count += file.byte_count;
        writer.finish_source(SourceRecord {
            name: file.name.clone(),
            fingerprint,
            kind: source.kind.map_or("guessed", |kind| kind.name()).to_string(),
            byte_count: file.byte_count,
            row_count,
            cursor: fetched.as_ref().and_then(|it| it.cursor.clone()).map(|it| (it.key, it.value)),
            ..SourceRecord::default()
        })
    }

    /// Finds the cues of each batch while the one before is written. Adds up the rows of those written.
    fn batches(
        &self,
        batches: impl Iterator<Item = Result<Batch>>,
        file: &SourceFile,
        writer: &mut Writer,
        summary: &mut IndexSummary,
        row_count: &mut u64,
    ) -> Result<()> {
        let mut write = |(batch, found): (Batch, Vec<Found>)| {
            *row_count += batch.row_count;
            self.write(&batch, found, file, writer, summary)
        };
        let mut before = None;
        for batch in batches {
            let batch = batch?;
            let written = || before.take().map_or(Ok(()), &mut write);
            let (found, written) = rayon::join(|| self.find(&batch, file), written);
            written?;
            before = Some((batch, found));
        }
        before.map_or(Ok(()), write)
    }

    fn find(&self, batch: &Batch, file: &SourceFile) -> Vec<Found> {
        let cues = |memory: &mut Memory, transcript| self.cues(transcript, &file.name, memory);
        batch.transcripts.par_iter().map_init(|| self.memories.take(), cues).collect()
    }

    fn write(
        &self,
        batch: &Batch,
        found: Vec<Found>,
        file: &SourceFile,
        writer: &mut Writer,
        summary: &mut IndexSummary,
    ) -> Result<()> {
        writer.push_interactions_of(self.config.sources[file.source].region, &batch.interactions)?;
        writer.push_surveys(&batch.surveys)?;
        writer.push_articles(&batch.articles)?;
        for (transcript, (cues, _)) in batch.transcripts.iter().zip(&found) {
            writer.push_transcript(transcript)?;
            writer.push_cues(cues)?;
            summary.cue_count += cues.len() as u64;
        }
        writer.push_rejects(&batch.rejects)?;
        let mut notes = batch.notes.clone();
        notes.extend(found.into_iter().filter_map(|(_, note)| note));
        writer.push_notes(&notes)?;
        summary.interaction_count += batch.interactions.len() as u64;
        summary.transcript_count += batch.transcripts.len() as u64;
        summary.survey_count += batch.surveys.len() as u64;
        summary.article_count += batch.articles.len() as u64;
        summary.reject_count += batch.rejects.len() as u64;
        batch.rejects.iter().for_each(|reject| count_reason(&mut summary.reject_counts, &reject.reason));
        notes.iter().for_each(|note| count_reason(&mut summary.note_counts, &note.what));
        Ok(())
    }

    fn cues(&self, transcript: &Transcript, file: &str, memory: &mut Memory) -> Found {
        let said = transcript.turns.iter().map(|turn| Utterance { speaker: turn.speaker, text: &turn.text });
        let said: Vec<Utterance> = said.collect();
        let heard = self.detector.contact(&said, transcript.language.as_deref(), &mut memory.scratch);
        let note = heard.contradiction.map(|language| Note {
            file: file.to_string(),
            line: 0,
            what: format!(
                "the declared language is not that of the words: {} is declared {}, read as {} too",
                transcript.interaction_id,
                transcript.language.as_deref().unwrap_or_default(),
                self.lexicon.languages[language].tag
            ),
        });
        let cues = transcript.turns.iter().zip(heard.turns);
        let stored =
            cues.flat_map(|(turn, cues)| cues.into_iter().map(move |cue| self.stored(transcript, turn, cue)));
        (stored.collect(), note)
    }

    fn stored(&self, transcript: &Transcript, turn: &Turn, cue: Cue) -> StoredCue {
        let rule = self.detector.rule_name(cue.rule);
        StoredCue {
            interaction_id: transcript.interaction_id.clone(),
            turn: turn.index,
            speaker: turn.speaker,
            kind: rule.kind.to_string(),
            rule: rule.id.to_string(),
            language: rule.language.to_string(),
            start: cue.start as u32,
            end: cue.end as u32,
            quote: quote(&turn.text, cue.start, cue.end),
            phrase: turn.text[cue.start..cue.end].split_whitespace().collect::<Vec<_>>().join(" "),
            stated_contacts: cue.stated_contacts,
        }
    }
}

/// The batches of a file whose transcripts are given to their interactions. Where none of them is given to any, they are
/// held: the interactions may come with a later file.
fn joined<'a>(
    receiver: Receiver<Batch>,
    joiner: &'a mut Joiner<'_>,
    file: &'a SourceFile,
    source: &'a Source,
    held: &'a mut Vec<Batch>,
) -> impl Iterator<Item = Result<Batch>> + 'a {
    let within = Micros::from(source.join_within.unwrap_or(0)) * MICROS_PER_SECOND;
    let rule = Rule { within, region: source.region };
    let mut is_found = false;
    receiver.into_iter().flat_map(move |batch| {
        let batch = match joiner.join(batch, &file.name, rule) {
            Ok(batch) => batch,
            Err(error) => return vec![Err(error)],
        };
        is_found |= !batch.transcripts.is_empty();
        held.push(batch);
        if is_found { held.drain(..).map(Ok).collect() } else { Vec::new() }
    })
}

/// The words around a span, cut at spaces or between characters, with "…" where something is left out.
fn quote(text: &str, start: usize, end: usize) -> String {
    if text.len() <= QUOTE_BYTES {
        return text.trim().to_string();
    }
    let spare = QUOTE_BYTES.saturating_sub(end - start) / 2;
    let from = text.floor_char_boundary(start.saturating_sub(spare));
    let to = text.ceil_char_boundary((end + spare).min(text.len()));
    // Whole words where a space is near, characters where none is.
    let from = text[from..start].find(' ').filter(|_| from > 0).map_or(from, |space| from + space + 1);
    let to = text[end..to].rfind(' ').filter(|_| to < text.len()).map_or(to, |space| end + space);
    let before = if from > 0 { "…" } else { "" };
    let after = if to < text.len() { "…" } else { "" };
    format!("{before}{}{after}", text[from..to].trim())
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_quote_keeps_the_cue_and_whole_words_around_it() {
        let text = format!("{}this is the third time I call {}", "before ".repeat(60), "after ".repeat(60));
        let start = text.find("third").unwrap();
        let quoted = quote(&text, start, start + "third time I call".len());
        assert!(quoted.starts_with("…before ") && quoted.ends_with(" after…"), "{quoted}");
        assert!(quoted.contains("this is the third time I call") && quoted.len() <= 170, "{quoted}");
        assert_eq!(quote(" short ", 1, 3), "short");
    }

    #[test]
    fn characters_without_spaces_are_cut_between_characters() {
        let text = format!("{}第三次打电话{}", "前".repeat(200), "后".repeat(200));
        let start = text.find('第').unwrap();
        let quoted = quote(&text, start, start + "第三次打电话".len());
        assert!(quoted.starts_with("…前") && quoted.ends_with("后…"), "{quoted}");
    }
}
