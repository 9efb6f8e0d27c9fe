//! What customers answered: one narrow table for sources of surveys and for interactions that carry answers themselves.
//!
//! It takes [`SurveyAnswer`]s and gives frames for the part writer, and the answers back by interaction. Who answered
//! several times is settled when reading, question by question, by facts and never by the order of rows. It deliberately
//! joins nothing: answers about interactions that the log does not have are there.

use std::cmp::Reverse;

use polars::prelude::{DataFrame, Float64Chunked, Float64Type, IntoColumn, UInt32Type, UInt64Type};

use super::columns::values;
use super::interactions::{column_u32, column_u64, frame};
use super::key::{KeySet, content_key, key};
use super::reader::Store;
use super::schema::Table;
use crate::error::Result;
use crate::interaction::SurveyAnswer;

/// The code of a question that was not answered; 0 is no, 1 is yes.
const NOT_SAID: u32 = 2;

/// The answers, one entry an interaction that has any, by ascending key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SurveyColumns {
    /// [`key`](super::key()) of the interaction's id; it may be absent from the log.
    pub interaction_key: Vec<u64>,
    /// "Was this your first contact about this?"; `None` = not said.
    pub is_first: Vec<Option<bool>>,
    /// "How many contacts did it take?", this one included; 0 = not said.
    pub contact_count: Vec<u32>,
    /// "Was it resolved?"; `None` = not said.
    pub is_resolved: Vec<Option<bool>>,
    /// Customer satisfaction, on the source's scale; NaN = not said.
    pub csat: Vec<f64>,
    /// Net promoter answer, 0 to 10; NaN = not said.
    pub nps: Vec<f64>,
}

/// Rows of the table.
#[derive(Default)]
pub(super) struct SurveyRows {
    interaction_key: Vec<u64>,
    content_key: Vec<u64>,
    is_first: Vec<u32>,
    is_resolved: Vec<u32>,
    contact_count: Vec<u32>,
    csat: Vec<f64>,
    nps: Vec<f64>,
}

impl SurveyRows {
    pub(super) fn len(&self) -> usize {
        self.interaction_key.len()
    }

    /// Adds a row.
    pub(super) fn push(&mut self, answer: &SurveyAnswer) {
        let code = |said: Option<bool>| said.map_or(NOT_SAID, u32::from);
        let key = key(&answer.interaction_id);
        self.interaction_key.push(key);
        // Writing plain data to memory cannot fail; were it to, the id alone would have to do.
        self.content_key.push(serde_json::to_vec(answer).map_or(key, |bytes| content_key(&bytes)));
        self.is_first.push(code(answer.is_first));
        self.is_resolved.push(code(answer.is_resolved));
        self.contact_count.push(answer.contact_count.unwrap_or(0));
        self.csat.push(answer.csat.unwrap_or(f64::NAN));
        self.nps.push(answer.nps.unwrap_or(f64::NAN));
    }

    /// The rows as a frame of [`Table::Surveys`].
    pub(super) fn into_frame(self) -> DataFrame {
        frame(vec![
            column_u64("interaction_key", self.interaction_key),
            column_u64("content_key", self.content_key),
            column_u32("is_first", self.is_first),
            column_u32("is_resolved", self.is_resolved),
            column_u32("contact_count", self.contact_count),
            Float64Chunked::from_vec("csat".into(), self.csat).into_column(),
            Float64Chunked::from_vec("nps".into(), self.nps).into_column(),
        ])
    }
}

/// One row, with what decides between several.
#[derive(Clone, Copy)]
struct Answer {
    interaction_key: u64,
    commit_id: u64,
    content_key: u64,
    is_first: Option<bool>,
    is_resolved: Option<bool>,
    contact_count: u32,
    csat: f64,
    nps: f64,
}

impl Store {
    /// What customers answered, one entry an interaction. Where there are several answers to a question, the newest
    /// commit's counts, and within a commit that of the row with the smallest content hash.
    ///
    /// Errors: a part that cannot be read, or that holds codes that no writer gives.
    pub fn survey_columns(&self) -> Result<SurveyColumns> {
        let mut answers = self.survey_answers()?;
        answers.sort_unstable_by_key(|a| (a.interaction_key, Reverse(a.commit_id), a.content_key));
        let mut out = SurveyColumns::default();
        for group in answers.chunk_by(|a, b| a.interaction_key == b.interaction_key) {
            if let Some(answer) = group.iter().copied().reduce(Answer::or).filter(Answer::says_something) {
                out.push(answer);
            }
        }
        Ok(out)
    }

    /// The keys of the interactions that a survey is about, whether or not they are in the log: one entry an answer.
    ///
    /// Errors: a part that cannot be read.
    pub fn survey_keys(&self) -> Result<Vec<u64>> {
        self.living_keys(Table::Surveys)
    }

    /// Interactions that a survey is about but that have no row of their own.
    pub fn unlinked_survey_count(&self) -> Result<usize> {
        let mut keys: KeySet = self.survey_keys()?.into_iter().collect();
        if !keys.is_empty() {
            self.remove_logged(&mut keys)?;
        }
        Ok(keys.len())
    }

    fn survey_answers(&self) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        for (part, _) in self.parts_of(Table::Surveys) {
            let names = Table::Surveys.columns().iter().map(|(name, _)| *name).collect::<Vec<_>>();
            let frame = part.read_all(self.dir(), &names)?;
            append(&frame, &mut answers).map_err(|what| part.damaged(self.dir(), what))?;
        }
        let owners = self.owners(Table::Surveys);
        (0..).zip(&mut answers).for_each(|(row, answer)| answer.commit_id = owners.commit_id(row));
        for range in owners.removed().into_iter().rev() {
            answers.drain(range.start as usize..range.end as usize);
        }
        Ok(answers)
    }
}

fn append(frame: &DataFrame, out: &mut Vec<Answer>) -> Result<(), String> {
    let (mut keys, mut contents) = (Vec::new(), Vec::new());
    let (mut is_first, mut is_resolved, mut contact_count) = (Vec::new(), Vec::new(), Vec::new());
    let (mut csat, mut nps) = (Vec::new(), Vec::new());
    values::<UInt64Type>(frame, "interaction_key", &mut keys)?;
    values::<UInt64Type>(frame, "content_key", &mut contents)?;
    values::<UInt32Type>(frame, "is_first", &mut is_first)?;
    values::<UInt32Type>(frame, "is_resolved", &mut is_resolved)?;
    values::<UInt32Type>(frame, "contact_count", &mut contact_count)?;
    values::<Float64Type>(frame, "csat", &mut csat)?;
    values::<Float64Type>(frame, "nps", &mut nps)?;
    for row in 0..keys.len() {
        out.push(Answer {
            interaction_key: keys[row],
            commit_id: 0,
            content_key: contents[row],
            is_first: said(is_first[row])?,
            is_resolved: said(is_resolved[row])?,
            contact_count: contact_count[row],
            csat: csat[row],
            nps: nps[row],
        });
    }
    Ok(())
}

fn said(code: u32) -> Result<Option<bool>, String> {
    match code {
        0 => Ok(Some(false)),
        1 => Ok(Some(true)),
        NOT_SAID => Ok(None),
        _ => Err(format!("has answer {code}, the largest is {NOT_SAID}")),
    }
}

impl Answer {
    /// This answer, and where it is silent what the next one says: a score in the log and answers in a file of their own
    /// belong together.
    fn or(self, next: Answer) -> Answer {
        let number = |own: f64, other: f64| if own.is_nan() { other } else { own };
        Answer {
            is_first: self.is_first.or(next.is_first),
            is_resolved: self.is_resolved.or(next.is_resolved),
            contact_count: if self.contact_count == 0 { next.contact_count } else { self.contact_count },
            csat: number(self.csat, next.csat),
            nps: number(self.nps, next.nps),
            ..self
        }
    }

    fn says_something(&self) -> bool {
        self.is_first.is_some()
            || self.is_resolved.is_some()
            || self.contact_count > 0
            || !self.csat.is_nan()
            || !self.nps.is_nan()
    }
}

impl SurveyColumns {
    fn push(&mut self, answer: Answer) {
        self.interaction_key.push(answer.interaction_key);
        self.is_first.push(answer.is_first);
        self.contact_count.push(answer.contact_count);
        self.is_resolved.push(answer.is_resolved);
        self.csat.push(answer.csat);
        self.nps.push(answer.nps);
    }
}
