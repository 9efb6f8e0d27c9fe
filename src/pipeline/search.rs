//! Store, policy and query → the turns that say it: found in the search index, filtered by what linking and detection know
//! of their contacts, ranked, counted by group, a page of them with their words.
//!
//! Filters hold for every turn that is found and for every count, because they are asked before anything is counted. What
//! the policy decides is asked of the links and stands in no index.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::derive::tells_category;
use super::spoken::Spoken;
use super::view::{Extent, Loaded, time_in};
use super::why::{ClassName, OutcomeName, class_name, outcome_name};
use crate::interaction::{Micros, Speaker, Turn};
use crate::lexicon::REPEAT;
use crate::link::{Class, NO_ROW, rows_of};
use crate::policy::{Anchor, DayEdge, Policy, moment_of};
use crate::report::{Facet, Hit, SearchPage};
use crate::search::{Forms, Match, Query, SearchIndex, snippet};
use crate::store::{Dimension, NO_TRANSCRIPT, Store, did_you_mean};
use crate::{Error, Result};

/// The most hits of a page.
const MOST_HITS: usize = 10_000;
/// What a filter calls a field that has no value.
const NONE: &str = "(none)";

/// What is to be found, and what of it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchRequest {
    /// The query, as it was typed.
    pub query: String,
    /// What a turn and its contact must be.
    pub filters: Filters,
    /// The dimension by which turns are counted; the category where none is named.
    pub by: Option<String>,
    /// Hits to leave out before the first that is shown.
    pub offset: usize,
    /// Hits to show, at most 10,000.
    pub limit: usize,
}

/// What a turn and its contact must be; what is empty asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// Values, one of which a field of the interaction must have; `(none)` stands for none.
    pub fields: Vec<(String, Vec<String>)>,
    /// Languages, one of which the interaction declares, or else its transcript. `en` is also `en-GB`.
    pub languages: Vec<String>,
    /// Who speaks.
    pub speakers: Vec<Speaker>,
    /// The first moment at which the interaction may begin: a date or a time in the policy's time zone.
    pub from: Option<String>,
    /// The last moment; of a date, its end.
    pub to: Option<String>,
    /// Whether the customer states in it to have been in contact before.
    pub is_stated: bool,
    /// What the interaction is under the policy.
    pub classes: Vec<ClassName>,
    /// What became of it, where the FCR rate counts it.
    pub outcomes: Vec<OutcomeName>,
}

/// A store that is opened for one search after another.
pub struct Searches {
    store: Store,
    policy: serde_json::Value,
    zone: TimeZone,
    started_at: Vec<Micros>,
    /// By row of interactions: the code of the class.
    codes: Vec<u8>,
    anchor: Anchor,
    index: SearchIndex,
    forms: Forms,
    category: Dimension,
    /// By row of turns.
    transcript: Vec<u32>,
    /// By row of transcripts.
    row: Vec<u32>,
    transcript_key: Vec<u64>,
    is_stated: Vec<bool>,
    indexes: OnceLock<Vec<u32>>,
    speakers: OnceLock<Vec<Speaker>>,
}

impl Searches {
    /// Reads what searches under `policy` need. `tell` is given a sentence where a part of the index has to be built.
    ///
    /// Errors: a damaged store; what the policy asks cannot be answered.
    pub fn load(store: &Store, policy: &Policy, tell: &dyn Fn(&str)) -> Result<Searches> {
        let cues = store.cues_of_kinds(|kind| kind == REPEAT || tells_category(policy, kind))?;
        let loaded = Loaded::read(store, policy, &cues, Extent::Keys)?;
        let view = loaded.view(policy)?;
        let (codes, anchor, zone) =
            (view.links.codes().to_vec(), view.links.anchored_at(), view.zone().clone());
        let columns = &loaded.columns;
        let category = match columns.category_names.is_empty() {
            true => store.dimension("category")?,
            false => Dimension { codes: columns.category.clone(), names: columns.category_names.clone() },
        };
        let owners = store.turn_owners()?;
        let row = rows_of(&columns.interaction_key, &columns.is_duplicate, &owners.interaction_key);
        let mut is_stated = vec![false; columns.row_count];
        Spoken::new(columns, &cues).rows().for_each(|row| is_stated[row as usize] = true);
        let mut languages: Vec<String> = store.languages().map(str::to_string).collect();
        if store.dimension("language")?.names.len() < 2 {
            languages.extend(store.transcript_languages()?.names);
        }
        Ok(Searches {
            store: loaded.store.clone(),
            policy: serde_json::to_value(policy).expect("a policy is plain data"),
            zone,
            started_at: columns.started_at.clone(),
            codes,
            anchor,
            index: store.search_index(tell)?,
            forms: Forms::of(languages.iter().map(String::as_str)),
            category,
            transcript: owners.transcript,
            row,
            transcript_key: owners.interaction_key,
            is_stated,
            indexes: OnceLock::new(),
            speakers: OnceLock::new(),
        })
    }

    /// The index.
    pub fn index(&self) -> &SearchIndex {
        &self.index
    }

    /// The turns that are asked for.
    ///
    /// Errors: a query that cannot be understood, an unknown field or value, a period that is none, a damaged store.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchPage> {
        let query = Query::parse(&request.query)?;
        let limit = request.limit.min(MOST_HITS);
        let filters = &request.filters;
        let forms = match filters.languages.is_empty() {
            true => self.forms.clone(),
            false => Forms::of(filters.languages.iter().map(String::as_str)),
        };
        let passes = self.passing(filters)?;
        let speakers = if filters.speakers.is_empty() { &[][..] } else { self.speakers()? };
        let may_be_found = |turn: u64| {
            let transcript = self.transcript[turn as usize];
            transcript != NO_TRANSCRIPT
                && passes[transcript as usize]
                && speakers.get(turn as usize).is_none_or(|speaker| filters.speakers.contains(speaker))
        };
        let found = self.index.find(&query, &forms, &may_be_found)?;
        let by = request.by.as_deref().unwrap_or("category");
        let (facets, contact_count) = self.count(&found.rows, &self.dimension(by)?);
        let match_count = found.rows.len() as u64;
        let shown = self.page(found.rows, request.offset, limit)?;
        Ok(SearchPage {
            schema: 1,
            policy: self.policy.clone(),
            commit_id: self.store.commit_id(),
            query: request.query.clone(),
            match_count,
            contact_count,
            offset: request.offset as u64,
            hits: self.hits(&shown, request.offset, &found.words)?,
            by: by.to_string(),
            facets,
        })
    }

    fn dimension(&self, field: &str) -> Result<Dimension> {
        match field {
            "category" => Ok(self.category.clone()),
            _ => self.store.dimension(field),
        }
    }

    fn speakers(&self) -> Result<&[Speaker]> {
        if self.speakers.get().is_none() {
            let _ = self.speakers.set(self.store.turn_speakers()?);
        }
        Ok(self.speakers.get().map_or(&[], Vec::as_slice))
    }

    fn indexes(&self) -> Result<&[u32]> {
        if self.indexes.get().is_none() {
            let _ = self.indexes.set(self.store.turn_indexes()?);
        }
        Ok(self.indexes.get().map_or(&[], Vec::as_slice))
    }

    /// One flag a transcript: whether its turns may be found.
    fn passing(&self, filters: &Filters) -> Result<Vec<bool>> {
        let mut rows = vec![true; self.codes.len()];
        for (field, values) in &filters.fields {
            let dimension = self.dimension(field)?;
            let is_wanted = self.wanted(field, &dimension, values)?;
            keep(&mut rows, |row| is_wanted[dimension.codes[row] as usize]);
        }
        if !filters.classes.is_empty() || !filters.outcomes.is_empty() {
            let is_asked = |code| is_asked(filters, Class::from_code(code), self.anchor);
            let is_wanted: Vec<bool> = (0..=u8::MAX).map(is_asked).collect();
            keep(&mut rows, |row| is_wanted[usize::from(self.codes[row])]);
        }
        if filters.is_stated {
            keep(&mut rows, |row| self.is_stated[row]);
        }
        let started_at = &self.started_at;
        if let Some(from) = self.moment(filters.from.as_deref(), DayEdge::First)? {
            keep(&mut rows, |row| started_at[row] >= from);
        }
        if let Some(to) = self.moment(filters.to.as_deref(), DayEdge::Last)? {
            keep(&mut rows, |row| started_at[row] <= to);
        }
        let asks_contact = !filters.fields.is_empty()
            || !filters.classes.is_empty()
            || !filters.outcomes.is_empty()
            || filters.is_stated
            || filters.from.is_some()
            || filters.to.is_some();
        let passes = |row: &u32| if *row == NO_ROW { !asks_contact } else { rows[*row as usize] };
        let mut transcripts: Vec<bool> = self.row.iter().map(passes).collect();
        if !filters.languages.is_empty() {
            let (own, declared) = (self.store.dimension("language")?, self.store.transcript_languages()?);
            let is_wanted = |name: &String| filters.languages.iter().any(|tag| is_language(name, tag));
            let is_own: Vec<bool> = own.names.iter().map(is_wanted).collect();
            let is_declared: Vec<bool> = declared.names.iter().map(is_wanted).collect();
            keep(&mut transcripts, |transcript| {
                let code = own.codes.get(self.row[transcript] as usize).copied().unwrap_or(0);
                if code == 0 {
                    is_declared[declared.codes[transcript] as usize]
                } else {
                    is_own[code as usize]
                }
            });
        }
        Ok(transcripts)
    }

    /// One flag a name of a dimension: whether a filter names it, in capitals or not.
    fn wanted(&self, field: &str, dimension: &Dimension, values: &[String]) -> Result<Vec<bool>> {
        let mut is_wanted = vec![false; dimension.names.len()];
        for value in values {
            let lower = if value == NONE { String::new() } else { value.to_lowercase() };
            let mut is_known = value == NONE;
            for (wanted, name) in is_wanted.iter_mut().zip(&dimension.names) {
                if name.to_lowercase() == lower {
                    (*wanted, is_known) = (true, true);
                }
            }
            if !is_known {
                let nearest = did_you_mean(value, dimension.names.iter().map(String::as_str));
                let help = format!("{nearest}`recontact report --by {field}` shows the values there are");
                return Err(Error::data(
                    self.store.dir(),
                    format!("no interaction has the {field} `{value}`"),
                    help,
                ));
            }
        }
        Ok(is_wanted)
    }

    fn moment(&self, text: Option<&str>, edge: DayEdge) -> Result<Option<Micros>> {
        let Some(text) = text else { return Ok(None) };
        match moment_of(text, &self.zone, edge) {
            Some(moment) => Ok(Some(moment)),
            None => Err(Error::data(
                self.store.dir(),
                format!("`{text}` is no date and no time"),
                "write a date or time such as 2026-02-28 or 2026-02-28T18:00:00Z",
            )),
        }
    }

    /// Turns and contacts by a dimension, those with most turns first; and contacts in all.
    fn count(&self, rows: &[Match], by: &Dimension) -> (Vec<Facet>, u64) {
        let mut turns = vec![0u64; by.names.len()];
        let mut contacts = vec![0u64; by.names.len()];
        let mut is_counted = vec![false; self.codes.len()];
        let mut unlinked = HashSet::new();
        for it in rows {
            let transcript = self.transcript[it.row as usize] as usize;
            let row = self.row[transcript];
            let code = by.codes.get(row as usize).copied().unwrap_or(0) as usize;
            let is_new = match is_counted.get_mut(row as usize) {
                Some(counted) => !std::mem::replace(counted, true),
                None => unlinked.insert(self.transcript_key[transcript]),
            };
            turns[code] += 1;
            contacts[code] += u64::from(is_new);
        }
        let contact_count = contacts.iter().sum();
        let facets =
            by.names.iter().zip(turns.into_iter().zip(contacts)).filter(|(_, (turns, _))| *turns > 0);
        let facet = |(name, (match_count, contact_count)): (&String, (u64, u64))| Facet {
            value: Some(name.clone()).filter(|name| !name.is_empty()),
            match_count,
            contact_count,
        };
        let mut facets: Vec<Facet> = facets.map(facet).collect();
        facets.sort_by(|a, b| b.match_count.cmp(&a.match_count).then_with(|| a.value.cmp(&b.value)));
        (facets, contact_count)
    }

    /// The hits of a page, best first. Of equal scores the latest contact is first, then by id and turn, so that pages
    /// follow each other whatever the order of files and the number of threads.
    fn page(&self, mut rows: Vec<Match>, offset: usize, limit: usize) -> Result<Vec<Match>> {
        let indexes = self.indexes()?;
        let key = |it: &Match| {
            let transcript = self.transcript[it.row as usize] as usize;
            let start = self.started_at.get(self.row[transcript] as usize).copied().unwrap_or(Micros::MIN);
            // Scores are not negative: their bits are in their order.
            (
                Reverse(it.score.to_bits()),
                Reverse(start),
                self.transcript_key[transcript],
                indexes[it.row as usize],
                it.row,
            )
        };
        let end = offset.saturating_add(limit);
        if rows.len() > end {
            rows.select_nth_unstable_by_key(end, key);
            rows.truncate(end);
        }
        rows.par_sort_unstable_by_key(key);
        Ok(rows.split_off(offset.min(rows.len())))
    }

    fn hits(&self, shown: &[Match], offset: usize, words: &BTreeSet<String>) -> Result<Vec<Hit>> {
        let turns = self.store.turn_records(&shown.iter().map(|it| it.row).collect::<Vec<u64>>())?;
        let transcripts: Vec<u32> = shown.iter().map(|it| self.transcript[it.row as usize]).collect();
        let ids = self.store.transcript_ids(&transcripts)?;
        let rows: Vec<u32> = transcripts.iter().map(|it| self.row[*it as usize]).collect();
        let (mut channels, mut languages, mut agents) =
            (self.texts("channel", &rows)?, self.texts("language", &rows)?, self.texts("agent_id", &rows)?);
        let hit = |(place, (turn, id)): (usize, (Turn, String))| {
            let row = rows[place] as usize;
            let class = self.codes.get(row).and_then(|code| Class::from_code(*code));
            let category = self.category.codes.get(row).map(|code| &self.category.names[*code as usize]);
            let snippet = snippet(&turn.text, words);
            Hit {
                rank: (offset + place + 1) as u64,
                score: shown[place].score,
                interaction_id: id.trim().to_string(),
                turn: turn.index,
                speaker: turn.speaker,
                started_at: self.started_at.get(row).map(|at| time_in(&self.zone, *at)),
                at_seconds: turn.at_seconds,
                category: category.filter(|name| !name.is_empty()).cloned(),
                channel: channels[place].take(),
                language: languages[place].take(),
                agent_id: agents[place].take(),
                class: class.map(class_name),
                outcome: class.and_then(|class| outcome_name(class.counted(self.anchor))),
                is_stated: self.is_stated.get(row).copied().unwrap_or(false),
                snippet: snippet.text,
                marks: snippet.marks.into_iter().map(|mark| (mark.start, mark.end)).collect(),
            }
        };
        Ok(turns.into_iter().zip(ids).enumerate().map(hit).collect())
    }

    /// A field of interactions by their rows; nothing where there is no row.
    fn texts(&self, field: &str, rows: &[u32]) -> Result<Vec<Option<String>>> {
        let known: Vec<u32> = rows.iter().copied().filter(|row| *row != NO_ROW).collect();
        let mut texts = self.store.texts(field, &known)?.into_iter();
        let text = |row: &u32| if *row == NO_ROW { None } else { texts.next().flatten() };
        Ok(rows.iter().map(text).collect())
    }
}

fn keep(flags: &mut [bool], is_wanted: impl Fn(usize) -> bool + Sync) {
    flags.par_iter_mut().enumerate().for_each(|(at, flag)| *flag = *flag && is_wanted(at));
}

/// Whether a class is one that the filters ask for.
fn is_asked(filters: &Filters, class: Option<Class>, anchor: Anchor) -> bool {
    let Some(class) = class else { return false };
    let outcome = class.counted(anchor).map(OutcomeName::of);
    (filters.classes.is_empty() || filters.classes.contains(&ClassName::of(class)))
        && (filters.outcomes.is_empty() || outcome.is_some_and(|it| filters.outcomes.contains(&it)))
}

/// Whether a language of the data is the one that a filter names, or one of its regions.
fn is_language(name: &str, tag: &str) -> bool {
    let (name, tag) = (name.to_lowercase().replace('_', "-"), tag.to_lowercase().replace('_', "-"));
    name == tag || name.strip_prefix(&tag).is_some_and(|rest| rest.starts_with('-'))
}
