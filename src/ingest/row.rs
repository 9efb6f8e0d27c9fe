//! One row to an interaction: blanks, value maps, times, numbers, notes.
//!
//! Takes the cells of a row in the order of the columns, gives an [`Interaction`] or the [`Fault`] for which
//! the row is rejected. It does not know which format the cells came from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fields::Mapping;
use super::salesforce::{self, Layout, whole_id};
use super::time::{TimeFault, TimeReader};
use super::{duration, shown, values};
use crate::config::{FIELDS, Field, Source};
use crate::interaction::{
    Article, Direction, Interaction, MICROS_PER_SECOND, Micros, Note, Speaker, Status, SurveyAnswer,
};
use crate::text::html;
use crate::text::quoted::own_words;

/// How much of an extra column is kept of each row: dimensions are short, texts belong to transcripts.
const MAX_EXTRA_BYTES: usize = 1000;

/// The longest article that is read, in bytes: a book is no answer to a question.
pub(super) const MAX_ARTICLE_BYTES: usize = 1 << 20;

/// How much of an article's title, language and category is kept, in bytes.
const MAX_TITLE_BYTES: usize = 1000;

/// The longest id of an article, in bytes: more is no id.
const MAX_ARTICLE_ID_BYTES: usize = 500;

/// How many different unknown values are named before a file is taken to have another meaning altogether.
const MAX_SAID: usize = 200;

/// The largest duration or score that is believed, ten years in seconds: more is a number in a wrong column.
const LARGEST_MEASURE: f64 = 3_653.0 * 86_400.0;

/// How many different words of a column are remembered with their meaning.
const MAX_REMEMBERED: usize = 10_000;

/// Why a row is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The column to blame.
    pub(super) column: Option<String>,
    /// Stable words, a colon, particulars.
    pub(super) reason: String,
    /// A format would help, here and in every other row.
    pub(super) needs_format: bool,
}

impl Fault {
    /// A fault of a row as a whole.
    pub(super) fn of_row(reason: String) -> Fault {
        Fault { column: None, reason, needs_format: false }
    }
}

/// A row's cells.
pub(super) type Cells<'r> = [Cow<'r, str>];

/// Reads the rows of one file.
pub(super) struct RowReader<'s> {
    file: String,
    /// Which column is which field.
    pub(super) mapping: Mapping,
    started: TimeReader,
    ended: TimeReader,
    updated: TimeReader,
    statuses: HashMap<String, Status>,
    directions: HashMap<String, Direction>,
    results: HashMap<String, Option<bool>>,
    /// Notes on the rows read since they were last taken.
    pub(super) notes: Vec<Note>,
    said: HashSet<String>,
    /// Words for speakers that are not known, at most [`MAX_SAID`].
    pub(super) unknown_speakers: BTreeSet<String>,
    /// Per field: the values that mean missing.
    blanks: Vec<Vec<&'s str>>,
    /// The values that mean missing in a column that is no field.
    extra_blanks: Vec<&'s str>,
    /// Per field: the values that the user mapped.
    values: Vec<Option<&'s BTreeMap<String, String>>>,
    /// Whether `1,234` is a number with decimals: where fields are cut by semicolons, commas are decimal marks.
    pub(super) has_decimal_commas: bool,
}

impl<'s> RowReader<'s> {
    /// A reader for the rows of `file` (its name, for notes).
    pub(super) fn new(source: &'s Source, file: &str, mapping: Mapping) -> RowReader<'s> {
        let time = |field| {
            let format = source.fields.get(&field).and_then(|columns| columns.format.as_deref());
            TimeReader::new(format, &source.timezone)
        };
        let of_source = || source.blank.iter().map(String::as_str);
        let of_field = |field| {
            let own = source.fields.get(&field).map_or(&[][..], |columns| &columns.blank);
            own.iter().map(String::as_str).chain(of_source()).collect()
        };
        RowReader {
            blanks: FIELDS.iter().map(|(field, _)| of_field(*field)).collect(),
            extra_blanks: of_source().collect(),
            values: FIELDS.iter().map(|(field, _)| source.values.get(field)).collect(),
            file: file.to_string(),
            mapping,
            started: time(Field::StartedAt),
            ended: time(Field::EndedAt),
            updated: time(Field::UpdatedAt),
            statuses: HashMap::new(),
            directions: HashMap::new(),
            results: HashMap::new(),
            notes: Vec::new(),
            said: HashSet::new(),
            unknown_speakers: BTreeSet::new(),
            has_decimal_commas: false,
        }
    }

    /// The id of the row's interaction.
    pub(super) fn interaction_id(&self, cells: &Cells<'_>) -> Result<String, Fault> {
        match self.text(Field::InteractionId, cells) {
            Some(id) if self.mapping.salesforce.is_some() => Ok(whole_id(&id).into_owned()),
            Some(id) => Ok(id.into_owned()),
            None => {
                let reason = "no interaction_id: the cell is blank".to_string();
                let column = Some(self.mapping.column_names(Field::InteractionId));
                Err(Fault { column, reason, needs_format: false })
            }
        }
    }

    /// When the row's interaction began; `None` where the cell is blank or no column is mapped.
    pub(super) fn started_at(&mut self, cells: &Cells<'_>, line: u64) -> Result<Option<Micros>, Fault> {
        let Some(text) = self.time_text(Field::StartedAt, cells) else { return Ok(None) };
        match self.started.read(&text) {
            Ok(moment) => {
                if moment.is_shifted {
                    self.note(
                        line,
                        format!("time skipped by a clock change: {} moved forward", shown(&text)),
                    );
                }
                Ok(Some(moment.at))
            }
            Err(fault) => Err(self.time_fault(fault, &text)),
        }
    }

    fn time_fault(&self, fault: TimeFault, text: &str) -> Fault {
        let text = shown(text);
        let reason = match fault {
            TimeFault::NeedsFormat => {
                format!("time without a format: {text} can be day first or month first")
            }
            TimeFault::Unreadable if self.started.is_recognising() => {
                format!("unreadable time: {text} is not ISO 8601; say its format")
            }
            TimeFault::Unreadable => format!("unreadable time: {text} is not in the format of started_at"),
            TimeFault::Impossible => format!("impossible time: {text}"),
            TimeFault::OutOfRange => format!("time out of range: {text} is not in the years 1900 to 2200"),
        };
        let column = Some(self.mapping.column_names(Field::StartedAt));
        let needs_format = match fault {
            TimeFault::NeedsFormat => true,
            TimeFault::Unreadable => self.started.is_recognising(),
            TimeFault::Impossible | TimeFault::OutOfRange => false,
        };
        Fault { column, reason, needs_format }
    }

    /// The interaction of a row, whose id and start are known.
    pub(super) fn interaction(
        &mut self,
        interaction_id: String,
        started_at: Micros,
        cells: &Cells<'_>,
        line: u64,
    ) -> Interaction {
        let owned = |field| self.text(field, cells).map(Cow::into_owned);
        let mapped = |field| self.mapped(field, cells);
        let mut interaction = Interaction {
            interaction_id,
            started_at,
            customer_id: self.mapping.stands_in.map_or_else(|| owned(Field::CustomerId), owned),
            phone: owned(Field::Phone),
            email: owned(Field::Email),
            national_id: owned(Field::NationalId),
            name: owned(Field::Name),
            category: mapped(Field::Category),
            subcategory: mapped(Field::Subcategory),
            queue: mapped(Field::Queue),
            agent_id: mapped(Field::AgentId),
            team: mapped(Field::Team),
            article_id: mapped(Field::ArticleId),
            parent_id: owned(Field::ParentId),
            disposition: owned(Field::Disposition),
            language: self.language(cells),
            channel: self.channel(cells),
            extra: self.extra(cells),
            ..Interaction::default()
        };
        interaction.handle_seconds = self.seconds(Field::HandleSeconds, cells, line);
        interaction.talk_seconds = self.seconds(Field::TalkSeconds, cells, line);
        interaction.hold_seconds = self.seconds(Field::HoldSeconds, cells, line);
        interaction.wait_seconds = self.seconds(Field::WaitSeconds, cells, line);
        interaction.transfer_count = self.count(Field::TransferCount, cells, line);
        interaction.reopen_count = self.count(Field::ReopenCount, cells, line);
        interaction.reply_count = self.count(Field::ReplyCount, cells, line);
        interaction.agent_count = self.count(Field::AgentCount, cells, line);
        interaction.ended_at = self.ended_at(started_at, cells, line);
        interaction.updated_at = self.updated_at(cells, line);
        interaction.status = self.status(cells, line);
        interaction.direction = self.direction(cells, line);
        interaction.is_coded_resolved = self.is_coded_resolved(cells);
        let answer = self.survey_answer(String::new(), cells, line);
        (interaction.csat, interaction.nps) = (answer.csat, answer.nps);
        interaction.survey_is_first = answer.is_first;
        interaction.survey_contact_count = answer.contact_count;
        interaction.survey_is_resolved = answer.is_resolved;
        interaction
    }

    /// What the customer answered about an interaction, as far as the row says.
    pub(super) fn survey_answer(
        &mut self,
        interaction_id: String,
        cells: &Cells<'_>,
        line: u64,
    ) -> SurveyAnswer {
        SurveyAnswer {
            interaction_id,
            is_first: self.yes_or_no(Field::SurveyIsFirst, cells, line, values::is_first),
            contact_count: self.contact_count(cells, line),
            is_resolved: self.yes_or_no(Field::SurveyIsResolved, cells, line, values::is_resolved),
            csat: self.measure(Field::Csat, cells, line, duration::number),
            nps: self.measure(Field::Nps, cells, line, duration::number),
        }
    }

    /// The article of a row.
    pub(super) fn article(&mut self, cells: &Cells<'_>, line: u64) -> Result<Article, Fault> {
        let column = Some(self.mapping.column_names(Field::ArticleId));
        let of_id = |reason: String| Fault { column, reason, needs_format: false };
        let Some(article_id) = self.mapped(Field::ArticleId, cells) else {
            return Err(of_id("no article_id: the cell is blank".to_string()));
        };
        if article_id.len() > MAX_ARTICLE_ID_BYTES {
            let what =
                format!("article_id too long: over {MAX_ARTICLE_ID_BYTES} bytes, {}", shown(&article_id));
            return Err(of_id(what));
        }
        let body = self.text(Field::Body, cells).map(|body| plain_body(&body).into_owned());
        let body = body.filter(|body| !body.trim().is_empty());
        if body.as_ref().is_some_and(|body| body.len() > MAX_ARTICLE_BYTES) {
            return Err(Fault::of_row(article_too_long()));
        }
        let title = self.text(Field::Title, cells).map(Cow::into_owned);
        if title.is_none() && body.is_none() {
            return Err(Fault::of_row("nothing to read: neither a title nor a body".to_string()));
        }
        let title = self.short(Field::Title, title, line);
        let category = self.mapped(Field::Category, cells);
        let category = self.short(Field::Category, category, line);
        let language = self.language(cells).map(|it| super::cut(&it, MAX_TITLE_BYTES).to_string());
        let updated_at = self.updated_at(cells, line);
        Ok(Article { article_id, title, body, language, category, updated_at })
    }

    /// The beginning of a text that is too long, with a note.
    fn short(&mut self, field: Field, text: Option<String>, line: u64) -> Option<String> {
        let text = text?;
        let kept = super::cut(&text, MAX_TITLE_BYTES).to_string();
        if kept.len() < text.len() {
            self.note(line, format!("{} cut: over {MAX_TITLE_BYTES} bytes", field.name()));
        }
        Some(kept)
    }

    /// Who speaks in a row that is one turn.
    pub(super) fn speaker(&mut self, cells: &Cells<'_>, line: u64) -> Speaker {
        match self.text(Field::Speaker, cells) {
            Some(word) => {
                let word = word.into_owned();
                let is_mapped = self.value_of(Field::Speaker, &word).is_some();
                match values::yes_or_no(&word.to_lowercase()).filter(|_| self.is_of_emails() && !is_mapped) {
                    Some(true) => Speaker::Customer,
                    Some(false) => Speaker::Agent,
                    None => self.speaker_of(&word, line),
                }
            }
            None => Speaker::Unknown,
        }
    }

    /// The speaker of a turn; nobody known where the word is blank.
    pub(super) fn said_by(&mut self, word: &str, line: u64) -> Speaker {
        if word.is_empty() { Speaker::Unknown } else { self.speaker_of(word, line) }
    }

    /// The meaning of a word for a speaker, by the user's map or the built-in one.
    pub(super) fn speaker_of(&mut self, word: &str, line: u64) -> Speaker {
        match self.role(word) {
            Some(speaker) => speaker,
            None => {
                let key = "unknown speaker";
                self.note_once(line, format!("{key}: {} is read as unknown", shown(word)));
                if self.unknown_speakers.len() < MAX_SAID {
                    self.unknown_speakers.insert(super::cut(word, MAX_EXTRA_BYTES).to_string());
                }
                Speaker::Unknown
            }
        }
    }

    /// The speaker that a word or a label means, by the user's map or the built-in words; `None` where it is not known.
    pub(super) fn role(&self, word: &str) -> Option<Speaker> {
        values::role(self.value_of(Field::Speaker, word.trim()).unwrap_or(word))
    }

    /// The cells of a moment that has a column of its own, as text.
    pub(super) fn at_seconds(&mut self, cells: &Cells<'_>, line: u64) -> Option<f64> {
        self.seconds(Field::AtSeconds, cells, line)
    }

    /// The declared language.
    pub(super) fn language(&self, cells: &Cells<'_>) -> Option<String> {
        let word = self.text(Field::Language, cells)?;
        Some(match self.value_of(Field::Language, &word) {
            Some(canonical) => canonical.to_string(),
            None => values::language(&word),
        })
    }

    /// Whether rows are e-mails of cases.
    pub(super) fn is_of_emails(&self) -> bool {
        self.mapping.salesforce == Some(Layout::Email)
    }

    /// The raw words of a row that is one turn; never trimmed. Of e-mails, those that are new.
    pub(super) fn words<'r>(&self, cells: &'r Cells<'_>) -> Option<Cow<'r, str>> {
        let columns = self.mapping.of(Field::Text);
        if !self.is_of_emails() {
            return columns.first().and_then(|at| cells.get(*at)).map(|cell| Cow::Borrowed(cell.as_ref()));
        }
        let html_at = self.mapping.column(&salesforce::BODIES[1..]);
        let at = columns.iter().find(|at| cells.get(**at).is_some_and(|cell| !cell.trim().is_empty()))?;
        let cell = cells[*at].as_ref();
        let text = if Some(*at) == html_at { Cow::Owned(html::plain(cell)) } else { Cow::Borrowed(cell) };
        Some(Cow::Owned(own_words(&text)))
    }

    /// Where the turn of a row stands among those of its interaction: by the second in which an e-mail was written, else by
    /// the line.
    pub(super) fn turn_index(&mut self, cells: &Cells<'_>, line: u64) -> u32 {
        let column = if self.is_of_emails() { self.mapping.column(&salesforce::WRITTEN) } else { None };
        let text = column.and_then(|at| cells.get(at)).map(|cell| cell.trim());
        let written = text.and_then(|text| self.started.read(text).ok());
        let second = written.and_then(|moment| u32::try_from(moment.at / MICROS_PER_SECOND).ok());
        second.unwrap_or(u32::try_from(line).unwrap_or(u32::MAX))
    }

    /// Adds a note.
    pub(super) fn note(&mut self, line: u64, what: String) {
        self.notes.push(Note { file: self.file.clone(), line, what });
    }

    /// Adds a note unless the same has been said of this file, or too much has.
    pub(super) fn note_once(&mut self, line: u64, what: String) {
        if self.said.len() < MAX_SAID && self.said.insert(what.clone()) {
            self.note(line, what);
        }
    }

    fn cell<'r>(&self, field: Field, at: usize, cells: &'r Cells<'_>) -> Option<&'r str> {
        let text = filled(cells.get(at)?, &self.blanks[field as usize])?;
        if field.is_identity() && values::is_nobody(text) { None } else { Some(text) }
    }

    /// A field as text; columns joined with `-`, missing where all of them are blank.
    fn text<'r>(&self, field: Field, cells: &'r Cells<'_>) -> Option<Cow<'r, str>> {
        match self.mapping.of(field) {
            [] => None,
            [at] => self.cell(field, *at, cells).map(Cow::Borrowed),
            several => {
                several.iter().find_map(|at| self.cell(field, *at, cells))?;
                let parts: Vec<&str> =
                    several.iter().filter_map(|at| cells.get(*at)).map(|cell| cell.trim()).collect();
                Some(Cow::Owned(parts.join("-")))
            }
        }
    }

    /// A moment as text; columns joined with a space.
    fn time_text<'r>(&self, field: Field, cells: &'r Cells<'_>) -> Option<Cow<'r, str>> {
        match self.mapping.of(field) {
            [first, second] => match (self.cell(field, *first, cells), self.cell(field, *second, cells)) {
                (Some(date), Some(time)) => Some(Cow::Owned(format!("{date} {time}"))),
                (date, time) => date.or(time).map(Cow::Borrowed),
            },
            several => {
                let mut parts = several.iter().filter_map(|at| self.cell(field, *at, cells));
                let first = parts.next()?;
                Some(parts.fold(Cow::Borrowed(first), |joined, part| Cow::Owned(format!("{joined} {part}"))))
            }
        }
    }

    fn value_of(&self, field: Field, word: &str) -> Option<&'s str> {
        self.values[field as usize]?.get(word).map(String::as_str)
    }

    fn mapped(&self, field: Field, cells: &Cells<'_>) -> Option<String> {
        let text = self.text(field, cells)?;
        Some(self.value_of(field, &text).map_or_else(|| text.into_owned(), str::to_string))
    }

    fn channel(&self, cells: &Cells<'_>) -> Option<String> {
        let word = self.text(Field::Channel, cells)?;
        let canonical = self.value_of(Field::Channel, &word).or_else(|| values::channel(&word));
        Some(canonical.map_or_else(|| word.into_owned(), str::to_string))
    }

    fn extra(&self, cells: &Cells<'_>) -> Vec<(String, String)> {
        let mut extra = Vec::with_capacity(self.mapping.extra.len());
        for at in &self.mapping.extra {
            if let Some(text) = cells.get(*at).and_then(|cell| filled(cell, &self.extra_blanks)) {
                let cut = super::cut(text, MAX_EXTRA_BYTES);
                extra.push((self.mapping.columns[*at].clone(), cut.to_string()));
            }
        }
        extra
    }

    fn seconds(&mut self, field: Field, cells: &Cells<'_>, line: u64) -> Option<f64> {
        self.measure(field, cells, line, duration::seconds)
    }

    fn measure(
        &mut self,
        field: Field,
        cells: &Cells<'_>,
        line: u64,
        parse: fn(&str) -> Option<f64>,
    ) -> Option<f64> {
        let text = self.text(field, cells)?;
        let with_point = self.has_decimal_commas && text.matches(',').count() == 1 && !text.contains('.');
        let plain =
            if with_point { Cow::Owned(text.replace(',', ".")) } else { Cow::Borrowed(text.as_ref()) };
        match parse(&plain) {
            Some(value) if (0.0..=LARGEST_MEASURE).contains(&value) => Some(value),
            found => {
                let fault = match found {
                    Some(value) if value > LARGEST_MEASURE => "number out of range",
                    Some(_) => "negative number",
                    None => "unreadable number",
                };
                self.note(line, format!("{fault}: {} {} is left out", field.name(), shown(&text)));
                None
            }
        }
    }

    fn count(&mut self, field: Field, cells: &Cells<'_>, line: u64) -> Option<u32> {
        let text = self.text(field, cells)?;
        let count = duration::count(&text).or(match text.to_lowercase().as_str() {
            "yes" | "true" | "y" => Some(1),
            "no" | "false" | "n" => Some(0),
            _ => None,
        });
        if count.is_none() {
            self.note(line, format!("unreadable number: {} {} is left out", field.name(), shown(&text)));
        }
        count
    }

    /// An answer of yes or no, in the words that `meaning` knows.
    fn yes_or_no(
        &mut self,
        field: Field,
        cells: &Cells<'_>,
        line: u64,
        meaning: fn(&str) -> Option<bool>,
    ) -> Option<bool> {
        let text = self.text(field, cells)?;
        let word = self.value_of(field, &text).unwrap_or(&text);
        let answer = meaning(word);
        if answer.is_none() && !values::is_no_answer(word) {
            let what = format!("unreadable answer: {} {} is left out", field.name(), shown(&text));
            self.note_once(line, what);
        }
        answer
    }

    /// Contacts that the customer says it took. `3+` is at least 3, and no contact at all is no answer.
    fn contact_count(&mut self, cells: &Cells<'_>, line: u64) -> Option<u32> {
        let field = Field::SurveyContactCount;
        let text = self.text(field, cells)?;
        let count = duration::count(text.strip_suffix('+').unwrap_or(&text).trim_end());
        let fault = match count {
            Some(0) => "number out of range",
            Some(count) => return Some(count),
            None if values::is_no_answer(&text) => return None,
            None => "unreadable number",
        };
        self.note(line, format!("{fault}: {} {} is left out", field.name(), shown(&text)));
        None
    }

    fn ended_at(&mut self, started_at: Micros, cells: &Cells<'_>, line: u64) -> Option<Micros> {
        let text = self.time_text(Field::EndedAt, cells)?;
        match self.ended.read(&text) {
            Ok(moment) if moment.at >= started_at => Some(moment.at),
            Ok(_) => {
                self.note(line, format!("ended before started: the end {} is left out", shown(&text)));
                None
            }
            Err(_) => {
                self.note(line, format!("unreadable end: {} is left out", shown(&text)));
                None
            }
        }
    }

    fn updated_at(&mut self, cells: &Cells<'_>, line: u64) -> Option<Micros> {
        let text = self.time_text(Field::UpdatedAt, cells)?;
        let read = self.updated.read(&text).ok().map(|moment| moment.at);
        if read.is_none() {
            self.note(line, format!("unreadable time of update: {} is left out", shown(&text)));
        }
        read
    }

    fn status(&mut self, cells: &Cells<'_>, line: u64) -> Status {
        let Some(word) = self.text(Field::Status, cells) else { return Status::Unknown };
        if let Some(known) = self.statuses.get(word.as_ref()) {
            return *known;
        }
        let word = word.into_owned();
        let found = values::status(self.value_of(Field::Status, &word).unwrap_or(&word));
        if found.is_none() {
            self.note_once(line, format!("unknown status: {} is read as unknown", shown(&word)));
        }
        remember(&mut self.statuses, word, found.unwrap_or_default())
    }

    fn direction(&mut self, cells: &Cells<'_>, line: u64) -> Direction {
        let Some(word) = self.text(Field::Direction, cells) else { return Direction::Unknown };
        if let Some(known) = self.directions.get(word.as_ref()) {
            return *known;
        }
        let word = word.into_owned();
        let found = values::direction(self.value_of(Field::Direction, &word).unwrap_or(&word));
        if found.is_none() {
            self.note_once(line, format!("unknown direction: {} is read as unknown", shown(&word)));
        }
        remember(&mut self.directions, word, found.unwrap_or_default())
    }

    /// By the yes-or-no column where there is one, else by the words of the disposition.
    fn is_coded_resolved(&mut self, cells: &Cells<'_>) -> Option<bool> {
        let is_coded = self.mapping.has(Field::IsCodedResolved);
        let field = if is_coded { Field::IsCodedResolved } else { Field::Disposition };
        let word = self.text(field, cells)?;
        if let Some(known) = self.results.get(word.as_ref()) {
            return *known;
        }
        let word = word.into_owned();
        let meaning = values::is_resolved(self.value_of(field, &word).unwrap_or(&word));
        remember(&mut self.results, word, meaning)
    }
}

/// What an article says: one that begins with a tag is HTML.
fn plain_body(body: &str) -> Cow<'_, str> {
    let start = body.trim_start();
    let is_html = start.starts_with('<') && start.contains("</");
    if is_html { Cow::Owned(html::plain(body)) } else { Cow::Borrowed(body) }
}

/// Why an article is not read.
pub(super) fn article_too_long() -> String {
    format!("article too long: over {} MiB", MAX_ARTICLE_BYTES >> 20)
}

/// Remembers what a word means, while there are few of them.
fn remember<T: Copy>(known: &mut HashMap<String, T>, word: String, meaning: T) -> T {
    if known.len() < MAX_REMEMBERED {
        known.insert(word, meaning);
    }
    meaning
}

/// A cell's text without space around it, or `None` where it means missing.
fn filled<'r>(cell: &'r str, blanks: &[&str]) -> Option<&'r str> {
    let text = cell.trim();
    let is_blank = text.is_empty() || values::is_null_word(text) || blanks.contains(&text);
    if is_blank { None } else { Some(text) }
}
