//! Collects rows into bounded batches and hands them on.
//!
//! Takes the rows, rejects and notes of one file from whichever reader, gives [`Batch`]es to the sink. It
//! decides whether a row is an interaction, words, both, the answers of a survey, or an article.

use std::borrow::Cow;
use std::path::Path;

use super::export::{Record, Said};
use super::fields::Mapping;
use super::row::{Cells, Fault, RowReader};
use super::survey::Survey;
use super::{Batch, Sink, SourceFile, cut, shown};
use crate::config::{Field, Format, Kind, NamePattern, Source};
use crate::error::{Error, Result};
use crate::interaction::{MAX_RAW_BYTES, Reject, Speaker, Transcript, Turn};

/// A batch has at most so many rows …
const MAX_BATCH_ROWS: u64 = 10_000;

/// … and is handed on when it has seen so many bytes.
const MAX_BATCH_BYTES: usize = 8 << 20;

/// Records of one file with more different columns than this have something else in them, such as a tag for each.
const MAX_COLUMNS: usize = 200;

/// What has been read of one file and not yet handed on.
pub(super) struct Collector<'a> {
    file: &'a SourceFile,
    source: &'a Source,
    sink: &'a mut Sink<'a>,
    batch: Batch,
    batch_bytes: usize,
    batch_rows: u64,
    rows: RowReader<'a>,
    kind: Kind,
    is_checked: bool,
    /// Whether rows are records of documents, each of which has the members that it has.
    is_of_records: bool,
    is_handed_on: bool,
    /// What the file's name says, where the source has a pattern for it; `None` where it is not as the pattern says.
    name_cells: Option<Option<Vec<(String, String)>>>,
    needs_format: Option<Fault>,
    needs_format_count: usize,
    /// The id of the row before, so that a conversation of one turn a line is one interaction.
    last_id: String,
    /// Where rows are only looked at: they go here and nowhere else.
    pub(super) survey: Option<Survey>,
}

impl<'a> Collector<'a> {
    /// An empty collector for the rows of a file.
    pub(super) fn new(file: &'a SourceFile, source: &'a Source, sink: &'a mut Sink<'a>) -> Collector<'a> {
        let mapping = Mapping::new(Vec::new(), source);
        Collector {
            file,
            source,
            sink,
            batch: Batch::default(),
            batch_bytes: 0,
            batch_rows: 0,
            kind: mapping.kind(source),
            rows: RowReader::new(source, &file.name, mapping),
            is_checked: false,
            is_of_records: false,
            is_handed_on: false,
            name_cells: name_cells(file, source),
            needs_format: None,
            needs_format_count: 0,
            last_id: String::new(),
            survey: None,
        }
    }

    /// Declares the columns of the rows that follow. May be called again with more columns.
    pub(super) fn set_columns(&mut self, columns: Vec<String>) {
        if let Some(survey) = &mut self.survey {
            survey.set_columns(&columns);
        }
        let mapping = Mapping::new(columns, self.source);
        self.kind = mapping.kind(self.source);
        self.rows.mapping = mapping;
    }

    /// Whether only the columns are asked for.
    pub(super) fn is_survey(&self) -> bool {
        self.survey.is_some()
    }

    /// What the user says of the file.
    pub(super) fn source(&self) -> &'a Source {
        self.source
    }

    /// Tells a survey which format the rows are in.
    pub(super) fn say_format(&mut self, format: Format) {
        if let Some(survey) = &mut self.survey {
            survey.format = format;
        }
    }

    /// The file that is read, for errors.
    pub(super) fn path(&self) -> &'a Path {
        &self.file.path
    }

    /// Which column is which field.
    pub(super) fn mapping(&self) -> &Mapping {
        &self.rows.mapping
    }

    /// The reader of rows, for the meaning of words.
    pub(super) fn rows(&mut self) -> &mut RowReader<'a> {
        &mut self.rows
    }

    /// The speaker that a label means; `None` where it is not known.
    pub(super) fn role(&self, label: &str) -> Option<Speaker> {
        self.rows.role(label)
    }

    /// Whether the user says who is meant by a word for a speaker.
    pub(super) fn is_mapped(&self, word: &str) -> bool {
        self.source.values.get(&Field::Speaker).is_some_and(|words| words.contains_key(word))
    }

    /// Complains about a required column that is not there, and says what the mapping had to decide.
    pub(super) fn check_columns(&mut self, line: u64) -> Result<()> {
        self.is_checked = true;
        if self.survey.is_some() {
            return Ok(());
        }
        if self.is_of_records {
            // Words alone, and people alone, have no columns that others could miss.
            let has_interactions = !self.batch.interactions.is_empty();
            for (field, name) in self.rows.mapping.take_absent().into_iter().filter(|_| has_interactions) {
                let (field, name) = (field.name(), shown(&name));
                self.rows.note(
                    line,
                    format!("no column {name}: {field} is mapped to it, and no document of this file has it"),
                );
            }
        }
        self.rows.mapping.check(self.source, &self.file.path)?;
        if let Some(field) = self.rows.mapping.stands_in
            && self.rows.mapping.has(Field::StartedAt)
        {
            let name = field.name();
            self.rows.note(line, format!("no customer_id: {name} serves as customer_id"));
        }
        if self.rows.mapping.dropped_count > 0 {
            let count = self.rows.mapping.dropped_count;
            self.rows.note(line, format!("too many columns: {count} that are no field are not kept"));
        }
        Ok(())
    }

    /// Takes a row. `turns` are the words, where the format has them in one cell; `raw` is for rejects.
    pub(super) fn row(
        &mut self,
        line: u64,
        cells: &Cells<'_>,
        turns: Option<Vec<Turn>>,
        raw: &str,
    ) -> Result<()> {
        if let Some(survey) = &mut self.survey {
            survey.row(cells);
            return if survey.is_full() { Err(enough(&self.file.path)) } else { Ok(()) };
        }
        self.batch.row_count += 1;
        self.batch_rows += 1;
        self.batch_bytes += raw.len();
        if let Err(fault) = self.try_row(line, cells, turns) {
            self.push_reject(line, fault, raw.as_bytes());
        }
        self.hand_on_if_full()
    }

    fn try_row(&mut self, line: u64, cells: &Cells<'_>, turns: Option<Vec<Turn>>) -> Result<(), Fault> {
        if self.kind == Kind::Articles {
            let article = self.rows.article(cells, line)?;
            self.batch.articles.push(article);
            return Ok(());
        }
        let id = self.rows.interaction_id(cells)?;
        if self.kind == Kind::Surveys {
            let answer = self.rows.survey_answer(id, cells, line);
            self.batch.surveys.push(answer);
            return Ok(());
        }
        let started_at = self.rows.started_at(cells, line)?;
        if started_at.is_none() && self.kind == Kind::Interactions {
            let column = Some(self.rows.mapping.column_names(Field::StartedAt));
            let reason = "no started_at: the cell is blank".to_string();
            return Err(Fault { column, reason, needs_format: false });
        }
        let has_words = match turns {
            Some(turns) => {
                let language = self.rows.language(cells);
                self.batch.transcripts.push(Transcript { interaction_id: id.clone(), language, turns });
                true
            }
            None => self.push_turn(&id, cells, line),
        };
        if !has_words && started_at.is_none() {
            let reason = "nothing to read: neither a start nor words".to_string();
            return Err(Fault::of_row(reason));
        }
        // A record says all of its interaction: two of one id are two versions.
        let is_continued = self.kind == Kind::Transcripts && self.last_id == id && !self.is_of_records;
        // Words that go on are of the contact of the row before; a row without any says something of its own.
        if let Some(started_at) = started_at
            && !(is_continued && has_words)
        {
            let interaction = self.rows.interaction(id.clone(), started_at, cells, line);
            self.batch.interactions.push(interaction);
        }
        if self.kind == Kind::Transcripts {
            self.last_id = id;
        }
        Ok(())
    }

    /// Adds the row's words to the conversation of the row before, or begins another.
    fn push_turn(&mut self, id: &str, cells: &Cells<'_>, line: u64) -> bool {
        let Some(text) = self.rows.words(cells) else { return false };
        if text.trim().is_empty() && self.kind == Kind::Interactions {
            return false;
        }
        let text = text.into_owned();
        let speaker = self.rows.speaker(cells, line);
        let at_seconds = self.rows.at_seconds(cells, line);
        let index = self.rows.turn_index(cells, line);
        let turn = Turn { index, speaker, at_seconds, text };
        let is_continued = self.kind == Kind::Transcripts && self.last_id == id && !self.rows.is_of_emails();
        match self.batch.transcripts.last_mut() {
            Some(transcript) if is_continued && transcript.interaction_id == id => {
                // After a list of turns, which are counted and not by line.
                let next = transcript.turns.last().map_or(0, |last| last.index.saturating_add(1));
                transcript.turns.push(Turn { index: index.max(next), ..turn });
            }
            _ => {
                let language = self.rows.language(cells);
                let transcript = Transcript { interaction_id: id.to_string(), language, turns: vec![turn] };
                self.batch.transcripts.push(transcript);
            }
        }
        true
    }

    /// Takes an interaction whose cells have names.
    pub(super) fn record(&mut self, line: u64, record: Record, raw: &str) -> Result<()> {
        const TURNS: &str = "turns";
        self.is_of_records = true;
        let mut named = record.cells;
        named.extend(record.turns.is_some().then_some((Cow::Borrowed(TURNS), String::new())));
        match &self.name_cells {
            None => {}
            // Later cells of a column count.
            Some(Some(cells)) => {
                named.extend(cells.iter().map(|(name, text)| (Cow::Owned(name.clone()), text.clone())));
            }
            Some(None) => {
                let pattern = super::shown(self.source.name.as_deref().unwrap_or_default());
                let reason = format!("name of the file: it is not as the pattern {pattern} says");
                return self.reject(line, Fault::of_row(reason), raw.as_bytes());
            }
        }
        let known_count = self.rows.mapping.columns.len();
        let mut columns = std::mem::take(&mut self.rows.mapping.columns);
        if columns.is_empty() && self.kind != Kind::Articles {
            // What a document lacks is a fault of that document, not of all files.
            columns = vec![Field::InteractionId.name().to_string(), Field::StartedAt.name().to_string()];
        }
        let mut cells = vec![Cow::Borrowed(""); columns.len()];
        let mut beyond = None;
        for (name, text) in named {
            let at = match columns.iter().position(|column| *column == name) {
                Some(at) => at,
                None if columns.len() >= MAX_COLUMNS && name != TURNS => {
                    beyond = Some(name);
                    continue;
                }
                None => {
                    columns.push(name.into_owned());
                    cells.push(Cow::Borrowed(""));
                    columns.len() - 1
                }
            };
            cells[at] = Cow::Owned(text);
        }
        if let Some(name) = beyond {
            let name = shown(&name);
            let what = format!(
                "too many columns: of over {MAX_COLUMNS} in this file {name} and others are not read"
            );
            self.rows.note(line, what);
        }
        if columns.len() > known_count {
            self.set_columns(columns);
        } else {
            self.rows.mapping.columns = columns;
        }
        for what in record.notes {
            self.rows.note(line, what);
        }
        self.batch_bytes += record.turns.iter().flatten().map(|said| said.text.len()).sum::<usize>();
        let turns = record.turns.map(|turns| {
            let turn = |(index, said): (usize, Said)| Turn {
                index: match record.indexes.get(index) {
                    Some(index) => *index,
                    None => u32::try_from(index).unwrap_or(u32::MAX),
                },
                speaker: self.rows.said_by(&said.speaker, line),
                at_seconds: said.at_seconds,
                text: said.text,
            };
            turns.into_iter().enumerate().map(turn).collect()
        });
        self.row(line, &cells, turns, raw)
    }

    /// Refuses a row that could not be taken apart.
    pub(super) fn reject(&mut self, line: u64, fault: Fault, raw: &[u8]) -> Result<()> {
        self.batch.row_count += 1;
        self.batch_rows += 1;
        self.batch_bytes += raw.len().min(MAX_RAW_BYTES);
        self.push_reject(line, fault, raw);
        self.hand_on_if_full()
    }

    fn push_reject(&mut self, line: u64, fault: Fault, raw: &[u8]) {
        let raw = String::from_utf8_lossy(&raw[..raw.len().min(MAX_RAW_BYTES)]);
        let raw = cut(&raw, MAX_RAW_BYTES).to_string();
        if fault.needs_format {
            self.needs_format_count += 1;
            self.needs_format.get_or_insert_with(|| fault.clone());
        }
        let file = self.file.name.clone();
        self.batch.rejects.push(Reject { file, line, column: fault.column, reason: fault.reason, raw });
    }

    /// Adds a note.
    pub(super) fn note(&mut self, line: u64, what: String) {
        self.rows.note(line, what);
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self) -> Result<()> {
        self.hand_on()
    }

    fn hand_on_if_full(&mut self) -> Result<()> {
        if self.batch_rows >= MAX_BATCH_ROWS || self.batch_bytes >= MAX_BATCH_BYTES {
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<()> {
        let is_read = self.batch.row_count as usize > self.batch.rejects.len();
        if !self.is_checked && (is_read || self.rows.mapping.columns.len() > 1) {
            self.check_columns(1)?;
        }
        if !self.is_handed_on && !is_read {
            self.check_format(&self.file.path)?;
        }
        self.is_handed_on = true;
        let mut batch = std::mem::take(&mut self.batch);
        batch.notes = std::mem::take(&mut self.rows.notes);
        self.batch_bytes = 0;
        self.batch_rows = 0;
        if batch.row_count == 0 && batch.notes.is_empty() {
            return Ok(());
        }
        (self.sink)(batch)
    }

    /// A start column of which no row can be read without a format is a fault of the mapping, not of the rows.
    fn check_format(&self, path: &Path) -> Result<()> {
        let Some(fault) = &self.needs_format else { return Ok(()) };
        // A few odd texts are bad rows; a date that could be read in two ways is never one.
        const FEW: usize = 10;
        if self.needs_format_count < FEW && !fault.reason.starts_with("time without a format") {
            return Ok(());
        }
        let column = fault.column.as_deref().unwrap_or("started_at");
        let columns: Vec<String> = column.split(" + ").map(|column| format!("\"{column}\"")).collect();
        let help = format!(
            "say it in [source.fields], such as started_at = {{ columns = [{}], format = \"{}\" }} if the day stands \
             first (`recontact init` proposes one)",
            columns.join(", "),
            day_first(&fault.reason)
        );
        Err(Error::data(path, fault.reason.clone(), help))
    }
}

/// A format with the day first, with the marks and the seconds of the time that the reason quotes.
fn day_first(reason: &str) -> String {
    let value = reason.split('`').nth(1).unwrap_or_default();
    let mark = value.chars().find(|c| matches!(c, '.' | '-' | '/')).unwrap_or('/');
    let time = match value.matches(':').count() {
        0 => "",
        1 => " %H:%M",
        _ => " %H:%M:%S",
    };
    format!("%d{mark}%m{mark}%Y{time}")
}

/// The cells that a file's name gives by the pattern of its source.
fn name_cells(file: &SourceFile, source: &Source) -> Option<Option<Vec<(String, String)>>> {
    // The pattern was read once already, with the configuration.
    let pattern = NamePattern::new(source.name.as_deref()?).ok()?;
    Some(pattern.cells(&file.path.file_name()?.to_string_lossy()))
}

/// Stops a reader when a survey has seen enough; nobody is shown it.
fn enough(path: &Path) -> Error {
    Error::data(path, "enough rows", "")
}
