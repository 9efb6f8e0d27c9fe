//! What a scorecard is made of beside links: what customers said and answered, and what else the records know of each
//! interaction. What no policy changes is read once and kept as two bytes a row; the rest is laid side by side when it
//! is asked for. Counting is `measure`'s business.

use std::ops::Range;

use rayon::prelude::*;

use super::spoken::Spoken;
use super::view::{Loaded, View};
use crate::Result;
use crate::interaction::{Direction, Status};
use crate::link::{
    CLASS_CODES, Class, Links, NO_ROW, Neighbours, Outcome, Silence, Stretch, Timelines, rows_of,
};
use crate::measure::{
    CODED_RESOLVED, CODED_UNRESOLVED, Contacts, Missed, NO, Role, Rows, SILENT, Source, UNCODED, YES,
};
use crate::policy::OtherReason;
use crate::store::{CueColumns, Store};

/// What is known of the rows under every policy.
pub(super) struct Known {
    of_row: Vec<Marks>,
    csat: Vec<f64>,
    nps: Vec<f64>,
    /// Whether no interaction has a stated repeat.
    is_unsaid: bool,
    /// The number of contacts that the customer states in each row, 0 = none; empty: nobody does.
    stated_number: Vec<u32>,
    /// Ids that have a transcript and no interaction.
    pub(super) unlinked_transcript_count: u64,
    /// Ids that a survey is about and that are no interaction's.
    pub(super) unlinked_survey_count: u64,
}

/// Some answers and yeses of a row, in bits.
#[derive(Clone, Copy, Default)]
struct Marks(u16);

/// A field of [`Marks`] with the answers [`SILENT`], [`YES`] and [`NO`]: its lowest bit.
#[derive(Clone, Copy)]
enum Answer {
    CodedResolved = 0,
    NeverReopened = 2,
    Transferred = 4,
    SurveyedFirst = 6,
    SurveyedResolved = 8,
}

/// A bit of [`Marks`].
#[derive(Clone, Copy)]
enum Mark {
    HasWords = 10,
    IsStated = 11,
    IsInbound = 12,
    IsAbandoned = 13,
}

impl Marks {
    fn set(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u16;
    }

    fn has(self, mark: Mark) -> bool {
        self.0 >> mark as u16 & 1 != 0
    }

    /// Sets an answer that was silent.
    fn answer(&mut self, question: Answer, answer: u8) {
        self.0 |= u16::from(answer) << question as u16;
    }

    fn answered(self, question: Answer) -> u8 {
        (self.0 >> question as u16 & 3) as u8
    }
}

impl Known {
    pub(super) fn read(loaded: &Loaded, cues: &CueColumns, spoken: &Spoken) -> Result<Known> {
        let (store, columns) = (&loaded.store, &loaded.columns);
        let surveys = store.survey_columns()?;
        let row_of = |keys: &[u64]| rows_of(&columns.interaction_key, &columns.is_duplicate, keys);
        let mut known = Known {
            of_row: marks(loaded),
            csat: store.numbers("csat")?,
            nps: store.numbers("nps")?,
            is_unsaid: spoken.is_empty(),
            stated_number: spoken.stated_numbers(cues, columns.row_count),
            unlinked_transcript_count: 0,
            unlinked_survey_count: 0,
        };
        let coded = |coded: f64| if coded > 0.0 { YES } else { NO };
        known.ask(store, "is_coded_resolved", Answer::CodedResolved, |it| !it.is_nan(), coded)?;
        known.ask(store, "reopen_count", Answer::NeverReopened, |it| !it.is_nan(), |it| yes(it == 0.0))?;
        let is_count = |it: f64| it.is_finite() && it >= 0.0;
        known.ask(store, "transfer_count", Answer::Transferred, is_count, |it| yes(it > 0.0))?;
        let transcripts = store.transcript_keys()?;
        let rows = row_of(&transcripts);
        let is_linked = |row: &&u32| **row != NO_ROW;
        rows.iter().filter(is_linked).for_each(|row| known.of_row[*row as usize].set(Mark::HasWords));
        known.unlinked_transcript_count = unlinked_count(&transcripts, &rows);
        let answers = store.survey_keys()?;
        known.unlinked_survey_count = unlinked_count(&answers, &row_of(&answers));
        for row in spoken.rows() {
            known.of_row[row as usize].set(Mark::IsStated);
        }
        let rows = row_of(&surveys.interaction_key);
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| **row != NO_ROW) {
            let marks = &mut known.of_row[*row as usize];
            let said = |answer: Option<bool>| answer.map_or(SILENT, yes);
            let counted = Some(surveys.contact_count[at]).filter(|count| *count > 0).map(|count| count == 1);
            marks.answer(Answer::SurveyedFirst, said(surveys.is_first[at].or(counted)));
            marks.answer(Answer::SurveyedResolved, said(surveys.is_resolved[at]));
        }
        complete(&mut known.csat, &rows, &surveys.csat, columns.row_count);
        complete(&mut known.nps, &rows, &surveys.nps, columns.row_count);
        Ok(known)
    }

    /// Keeps what a number says to a question, where it says something.
    fn ask(
        &mut self,
        store: &Store,
        field: &str,
        question: Answer,
        is_known: impl Fn(f64) -> bool,
        answer: impl Fn(f64) -> u8,
    ) -> Result<()> {
        for (marks, number) in self.of_row.iter_mut().zip(store.numbers(field)?) {
            if is_known(number) {
                marks.answer(question, answer(number));
            }
        }
        Ok(())
    }

    /// What is known of contacts, which are those of some customers.
    pub(super) fn contacts(&self, view: &View, timelines: &Timelines<'_>, places: Range<usize>) -> Contacts {
        let stretch = timelines.stretch(places);
        let competes = view.policy.other_reason == OtherReason::Competing;
        let silences = stretch.silences();
        let marks: Vec<Marks> = stretch.rows.iter().map(|row| self.of_row[*row as usize]).collect();
        // They tell why a stated repeat is not linked, and which reasons compete.
        let neighbours = match self.is_unsaid && !competes {
            true => Vec::new(),
            false => stretch.neighbours(|at| competes || marks[at].has(Mark::IsStated)),
        };
        let mut position = 0;
        let positions = (0..marks.len()).map(|at| {
            position = if stretch.starts_episode(at) { 1 } else { position + 1 };
            position
        });
        let number =
            |(row, marks): (&u32, &Marks)| if marks.has(Mark::IsStated) { self.number(*row) } else { 0 };
        Contacts {
            competes,
            since_first: stretch.since_first(),
            has_words: marks.iter().map(|marks| marks.has(Mark::HasWords)).collect(),
            is_stated: marks.iter().map(|marks| marks.has(Mark::IsStated)).collect(),
            is_repeat: (0..marks.len()).map(|at| !stretch.starts_episode(at)).collect(),
            missed: missed(&stretch, &silences, &neighbours, &marks),
            stated_number: stretch.rows.iter().zip(&marks).map(number).collect(),
            position: positions.collect(),
            silences,
            neighbours,
        }
    }

    /// Whether the customer states a repeat in a row; none where nobody's words are known.
    pub(super) fn is_stated(&self, row: u32) -> Option<bool> {
        let marks = self.of_row[row as usize];
        (marks.has(Mark::IsStated) || marks.has(Mark::HasWords)).then(|| marks.has(Mark::IsStated))
    }

    /// The number of contacts that the customer states in a row, 0 = none.
    pub(super) fn number(&self, row: u32) -> u32 {
        self.stated_number.get(row as usize).copied().unwrap_or(0)
    }

    /// What is known of rows.
    pub(super) fn rows<'a>(&'a self, view: &View<'a>, rows: Range<usize>) -> Rows<'a> {
        let marks = &self.of_row[rows.clone()];
        let codes = &view.links.codes()[rows.clone()];
        let roles: [Role; CLASS_CODES] = std::array::from_fn(|code| role(Class::from_code(code as u8)));
        let transfers = |marks: &Marks| match marks.answered(Answer::Transferred) {
            SILENT => f64::NAN,
            answer => f64::from(u8::from(answer == YES)),
        };
        let code = |marks: &Marks| match marks.answered(Answer::CodedResolved) {
            YES => CODED_RESOLVED,
            NO => CODED_UNRESOLVED,
            _ => UNCODED,
        };
        Rows {
            is_stated: marks.iter().map(|marks| marks.has(Mark::IsStated)).collect(),
            role: codes.iter().map(|code| roles[usize::from(*code)]).collect(),
            is_inbound: marks.iter().map(|marks| marks.has(Mark::IsInbound)).collect(),
            is_abandoned: marks.iter().map(|marks| marks.has(Mark::IsAbandoned)).collect(),
            handle_seconds: view.columns.handle_seconds.get(rows.clone()).unwrap_or_default(),
            transfer_count: marks.iter().map(transfers).collect(),
            csat: self.csat.get(rows.clone()).unwrap_or_default(),
            nps: self.nps.get(rows).unwrap_or_default(),
            coded: marks.iter().map(code).collect(),
            sources: sources(&view.links, codes, marks),
        }
    }
}

/// What each source of evidence answers to "the first contact?" and "resolved?", as far as it speaks of contacts.
fn sources(links: &Links, codes: &[u8], marks: &[Marks]) -> Vec<Source> {
    let by_code = |answer: &dyn Fn(Class) -> u8| -> Vec<u8> {
        let answer = |code| Class::from_code(code as u8).map_or(SILENT, answer);
        let answers: [u8; CLASS_CODES] = std::array::from_fn(answer);
        codes.iter().map(|code| answers[usize::from(*code)]).collect()
    };
    let linked_first = |class: Class| match role(Some(class)) {
        Role::First => YES,
        Role::Repeat => NO,
        _ => SILENT,
    };
    let linked_resolved = |class: Class| match class.counted(links.anchored_at()) {
        Some(fate) if fate.is_eligible => yes(fate.outcome == Outcome::Resolved),
        _ => SILENT,
    };
    // Every bit where the row is a contact.
    let is_contact = by_code(&|class| if class.is_contact() { u8::MAX } else { 0 });
    let stated_first = |(marks, is_contact): (&Marks, &u8)| match marks.has(Mark::HasWords) {
        true => yes(!marks.has(Mark::IsStated)) & is_contact,
        false => SILENT,
    };
    let of_contacts = |question: Answer| -> Vec<u8> {
        marks
            .iter()
            .zip(&is_contact)
            .map(|(marks, is_contact)| marks.answered(question) & is_contact)
            .collect()
    };
    let source = |question, name, answers| Source { question, name, answers };
    vec![
        source("first", "linked", by_code(&linked_first)),
        source("first", "stated", marks.iter().zip(&is_contact).map(stated_first).collect()),
        source("first", "surveyed", of_contacts(Answer::SurveyedFirst)),
        source("resolved", "linked", by_code(&linked_resolved)),
        source("resolved", "coded", of_contacts(Answer::CodedResolved)),
        source("resolved", "not reopened", of_contacts(Answer::NeverReopened)),
        source("resolved", "surveyed", of_contacts(Answer::SurveyedResolved)),
    ]
}

fn yes(is_yes: bool) -> u8 {
    if is_yes { YES } else { NO }
}

fn role(class: Option<Class>) -> Role {
    match class {
        None | Some(Class::Excluded(_)) => Role::NoContact,
        Some(Class::LeftEdge(_)) => Role::Contact,
        Some(Class::First(_)) => Role::First,
        Some(Class::Repeat(_) | Class::UnservedRepeat(_)) => Role::Repeat,
    }
}

/// Marks that say of each row whether it was abandoned, and whether the customer began it and it was no duplicate, test
/// or phantom: what an abandonment rate is of.
fn marks(loaded: &Loaded) -> Vec<Marks> {
    let columns = &loaded.columns;
    let mut marks = vec![Marks::default(); columns.row_count];
    marks.par_iter_mut().enumerate().for_each(|(row, marks)| {
        let status = columns.status.get(row).copied().unwrap_or(Status::Unknown as u8);
        let direction = columns.direction.get(row).copied().unwrap_or(Direction::Unknown as u8);
        let is_duplicate = columns.is_duplicate.get(row) == Some(&true);
        if direction <= Direction::Inbound as u8 && !is_duplicate && status != Status::Ignored as u8 {
            marks.set(Mark::IsInbound);
        }
        if status == Status::Abandoned as u8 {
            marks.set(Mark::IsAbandoned);
        }
    });
    marks
}

/// How many different keys have no row.
fn unlinked_count(keys: &[u64], rows: &[u32]) -> u64 {
    let unlinked = keys.iter().zip(rows).filter(|(_, row)| **row == NO_ROW);
    let mut keys: Vec<u64> = unlinked.map(|(key, _)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len() as u64
}

/// Why the links may not show a repeat that a customer states; asked of those alone. What the records do show is named
/// first.
fn missed(
    stretch: &Stretch<'_>,
    silences: &[Silence],
    neighbours: &[Neighbours],
    marks: &[Marks],
) -> Vec<Missed> {
    let missed = |at: usize| {
        let (silence, neighbours) = (&silences[at], &neighbours[at]);
        if !marks[at].has(Mark::IsStated) {
            Missed::NothingBefore
        } else if neighbours.other_before.is_some_and(|gap| gap <= silence.window) {
            Missed::OtherReason
        } else if silence.before.is_some() {
            Missed::BeyondWindow
        } else if matches!(stretch.class(at), Class::LeftEdge(_)) {
            Missed::LeftEdge
        } else {
            Missed::NothingBefore
        }
    };
    (0..neighbours.len()).map(missed).collect()
}

/// Takes the survey's number of each row where the record has none. A column that is empty knows of no row.
fn complete(own: &mut Vec<f64>, rows: &[u32], surveyed: &[f64], row_count: usize) {
    let said = rows.iter().zip(surveyed).filter(|(row, number)| **row != NO_ROW && !number.is_nan());
    for (row, number) in said {
        own.resize(row_count, f64::NAN);
        let own = &mut own[*row as usize];
        *own = if own.is_nan() { *number } else { *own };
    }
}
