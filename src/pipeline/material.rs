//! What a scorecard is made of, read from the store: links, silences, what customers said, and what else the records
//! know of each contact. It only lays columns side by side; counting is `measure`'s business.

use std::collections::HashMap;

use super::spoken::Spoken;
use super::view::View;
use crate::Result;
use crate::interaction::{Direction, Micros, Status};
use crate::link::{Class, Neighbours, Outcome, Silence, neighbours, silences, since_first};
use crate::measure::{
    CODED_RESOLVED, CODED_UNRESOLVED, Facts, Material, Missed, NO, Role, SILENT, Source, UNCODED, Words, YES,
};
use crate::policy::OtherReason;
use crate::store::SurveyColumns;

/// The columns that [`Material`] borrows.
pub(super) struct Known {
    silences: Vec<Silence>,
    neighbours: Vec<Neighbours>,
    since_first: Vec<Micros>,
    is_stated: Vec<bool>,
    has_words: Vec<bool>,
    is_repeat: Vec<bool>,
    missed: Vec<Missed>,
    stated_number: Vec<u32>,
    position: Vec<u32>,
    role: Vec<Role>,
    is_inbound: Vec<bool>,
    is_abandoned: Vec<bool>,
    transfer_count: Vec<f64>,
    csat: Vec<f64>,
    nps: Vec<f64>,
    coded: Vec<u8>,
    reopen_count: Vec<f64>,
    sources: Vec<Source>,
    /// Ids that have a transcript and no interaction.
    pub(super) unlinked_transcript_count: u64,
}

impl Known {
    pub(super) fn read(view: &View, spoken: &Spoken) -> Result<Known> {
        let (store, links) = (view.store, &view.links);
        let row_count = links.row_count();
        let answers = Answers::read(view, &store.survey_columns()?)?;
        let is_contact = |row: usize| links.class(row as u32).is_contact();
        let (has_words, unlinked_transcript_count) = has_words(view)?;
        let is_stated = spoken.is_stated(row_count);
        // They tell why a stated repeat is not linked, and which reasons compete.
        let is_asked = !spoken.is_empty() || view.policy.other_reason == OtherReason::Competing;
        let neighbours = if is_asked { neighbours(links, &view.input(), view.policy) } else { Vec::new() };
        let silences = silences(links, &view.input(), view.policy);
        let coded = codes(&store.numbers("is_coded_resolved")?);
        let mut known = Known {
            has_words: (0..row_count).map(|row| has_words[row] && is_contact(row)).collect(),
            is_repeat: (0..row_count).map(|row| links.class(row as u32).is_repeat()).collect(),
            missed: missed(view, &silences, &neighbours),
            stated_number: spoken.stated_numbers(row_count),
            position: positions(view),
            role: (0..row_count).map(|row| role(links.class(row as u32))).collect(),
            is_inbound: (0..row_count).map(|row| is_inbound(view, row)).collect(),
            is_abandoned: (0..row_count).map(|row| view.status(row) == Status::Abandoned as u8).collect(),
            transfer_count: store.numbers("transfer_count")?,
            csat: first_known(store.numbers("csat")?, &answers.csat),
            nps: first_known(store.numbers("nps")?, &answers.nps),
            since_first: since_first(links, &view.input(), view.policy),
            silences,
            neighbours,
            is_stated,
            coded,
            reopen_count: store.numbers("reopen_count")?,
            sources: Vec::new(),
            unlinked_transcript_count,
        };
        known.sources = known.sources(view, answers);
        Ok(known)
    }

    pub(super) fn material<'a>(&'a self, view: &'a View) -> Material<'a> {
        let competes = view.policy.other_reason == OtherReason::Competing;
        Material {
            links: &view.links,
            policy: view.policy,
            silences: &self.silences,
            neighbours: if competes { &self.neighbours } else { &[] },
            since_first: &self.since_first,
            is_stated: &self.is_stated,
            words: Words {
                has_words: &self.has_words,
                is_stated: &self.is_stated,
                is_repeat: &self.is_repeat,
                missed: &self.missed,
                stated_number: &self.stated_number,
                position: &self.position,
            },
            facts: Facts {
                role: &self.role,
                is_inbound: &self.is_inbound,
                is_abandoned: &self.is_abandoned,
                handle_seconds: &view.columns.handle_seconds,
                transfer_count: &self.transfer_count,
                csat: &self.csat,
                nps: &self.nps,
                coded: &self.coded,
            },
            sources: &self.sources,
        }
    }

    /// What each source of evidence answers to "the first contact?" and "resolved?", as far as it speaks of contacts.
    fn sources(&self, view: &View, answers: Answers) -> Vec<Source> {
        let links = &view.links;
        let rows = 0..links.row_count();
        let of_contacts = |answer: &dyn Fn(usize) -> u8| -> Vec<u8> {
            let of_row = |row: usize| if self.role[row] == Role::NoContact { SILENT } else { answer(row) };
            rows.clone().map(of_row).collect()
        };
        let linked_first = |row: usize| match self.role[row] {
            Role::First => YES,
            Role::Repeat => NO,
            _ => SILENT,
        };
        let stated_first = |row: usize| match (self.has_words[row], self.is_stated[row]) {
            (false, _) => SILENT,
            (true, is_stated) => yes(!is_stated),
        };
        let linked_resolved = |row: usize| match links.fate(row as u32).filter(|fate| fate.is_eligible) {
            Some(fate) => yes(fate.outcome == Outcome::Resolved),
            None => SILENT,
        };
        let coded_resolved = |row: usize| match self.coded[row] {
            CODED_RESOLVED => YES,
            CODED_UNRESOLVED => NO,
            _ => SILENT,
        };
        let reopened = |row: usize| match self.reopen_count[row] {
            count if count.is_nan() => SILENT,
            count => yes(count == 0.0),
        };
        let source = |question, name, answers| Source { question, name, answers };
        vec![
            source("first", "linked", of_contacts(&linked_first)),
            source("first", "stated", of_contacts(&stated_first)),
            source("first", "surveyed", of_contacts(&|row| answers.is_first[row])),
            source("resolved", "linked", of_contacts(&linked_resolved)),
            source("resolved", "coded", of_contacts(&coded_resolved)),
            source("resolved", "not reopened", of_contacts(&reopened)),
            source("resolved", "surveyed", of_contacts(&|row| answers.is_resolved[row])),
        ]
    }
}

fn yes(is_yes: bool) -> u8 {
    if is_yes { YES } else { NO }
}

fn role(class: Class) -> Role {
    match class {
        Class::Excluded(_) => Role::NoContact,
        Class::LeftEdge(_) => Role::Contact,
        Class::First(_) => Role::First,
        Class::Repeat(_) | Class::UnservedRepeat(_) => Role::Repeat,
    }
}

/// Whether the customer began it and it was no duplicate, test or phantom: what an abandonment rate is of.
fn is_inbound(view: &View, row: usize) -> bool {
    let direction = view.columns.direction.get(row).copied().unwrap_or(Direction::Unknown as u8);
    let is_duplicate = view.columns.is_duplicate.get(row) == Some(&true);
    direction <= Direction::Inbound as u8 && !is_duplicate && view.status(row) != Status::Ignored as u8
}

fn codes(is_coded_resolved: &[f64]) -> Vec<u8> {
    let code = |number: &f64| match *number {
        number if number.is_nan() => UNCODED,
        number if number > 0.0 => CODED_RESOLVED,
        _ => CODED_UNRESOLVED,
    };
    is_coded_resolved.iter().map(code).collect()
}

/// Which interactions have a transcript, and how many ids have one and no interaction.
fn has_words(view: &View) -> Result<(Vec<bool>, u64)> {
    let (keys, columns) = (view.store.transcript_keys()?, &view.columns);
    if keys.is_empty() {
        return Ok((vec![false; columns.row_count], 0));
    }
    let has_words: Vec<bool> = columns.interaction_key.iter().map(|key| keys.contains(key)).collect();
    // Of the rows of one id all but one are duplicates.
    let is_one = |row: &usize| columns.is_duplicate.get(*row) != Some(&true);
    let linked_count = (0..columns.row_count).filter(is_one).filter(|row| has_words[*row]).count();
    Ok((has_words, keys.len().saturating_sub(linked_count) as u64))
}

/// The place of each contact in its episode, from 1.
fn positions(view: &View) -> Vec<u32> {
    let mut positions = vec![0; view.links.row_count()];
    let mut position = 0;
    for (place, row) in view.links.order().iter().enumerate() {
        position = if view.links.starts_episode(place) { 1 } else { position + 1 };
        positions[*row as usize] = position;
    }
    positions
}

/// Why the links may not show a repeat that a customer states. What the records do show is named first.
fn missed(view: &View, silences: &[Silence], neighbours: &[Neighbours]) -> Vec<Missed> {
    let mut missed = vec![Missed::NothingBefore; view.links.row_count()];
    for (silence, neighbours) in silences.iter().zip(neighbours) {
        missed[silence.row as usize] = if neighbours.other_before.is_some_and(|gap| gap <= silence.window) {
            Missed::OtherReason
        } else if silence.before.is_some() {
            Missed::BeyondWindow
        } else if matches!(view.links.class(silence.row), Class::LeftEdge(_)) {
            Missed::LeftEdge
        } else {
            Missed::NothingBefore
        };
    }
    missed
}

/// The answers of surveys, a row each.
struct Answers {
    is_first: Vec<u8>,
    is_resolved: Vec<u8>,
    csat: Vec<f64>,
    nps: Vec<f64>,
}

impl Answers {
    fn read(view: &View, surveys: &SurveyColumns) -> Result<Answers> {
        let row_count = view.columns.row_count;
        let mut answers = Answers {
            is_first: vec![SILENT; row_count],
            is_resolved: vec![SILENT; row_count],
            csat: Vec::new(),
            nps: Vec::new(),
        };
        if surveys.interaction_key.is_empty() {
            return Ok(answers);
        }
        (answers.csat, answers.nps) = (vec![f64::NAN; row_count], vec![f64::NAN; row_count]);
        let places: HashMap<u64, usize> = surveys.interaction_key.iter().copied().zip(0..).collect();
        for (row, key) in view.columns.interaction_key.iter().enumerate() {
            let Some(&at) = places.get(key) else { continue };
            let said = |answer: Option<bool>| answer.map_or(SILENT, yes);
            let counted = Some(surveys.contact_count[at]).filter(|count| *count > 0).map(|count| count == 1);
            answers.is_first[row] = said(surveys.is_first[at].or(counted));
            answers.is_resolved[row] = said(surveys.is_resolved[at]);
            (answers.csat[row], answers.nps[row]) = (surveys.csat[at], surveys.nps[at]);
        }
        Ok(answers)
    }
}

/// The survey's number where the record has none.
fn first_known(mut own: Vec<f64>, surveyed: &[f64]) -> Vec<f64> {
    for (own, surveyed) in own.iter_mut().zip(surveyed).filter(|(own, _)| own.is_nan()) {
        *own = *surveyed;
    }
    own
}
