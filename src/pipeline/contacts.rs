//! Store and policy → contacts one by one, some at a time: every interaction in the order in which they were read, or the
//! contacts that failed with what customers say when they come back. What is held beside the columns of a report is 20
//! bytes an interaction, the ids of contacts with repeats, and one slice of texts.

use super::report::Reports;
use super::view::View;
use super::why::{class_name, outcome_name};
use crate::interaction::{MICROS_PER_DAY, Micros};
use crate::lexicon::REPEAT;
use crate::link::{Class, Fate, NO_ROW, Outcome, Timelines, rows_of};
use crate::policy::Policy;
use crate::report::{Contact, FailedContact, Saying};
use crate::store::{CueColumns, Want};
use crate::{Error, Result};

/// Interactions that are told at a time.
const SLICE_ROWS: usize = 1 << 15;

/// How many later contacts of an episode are asked for words.
const MOST_ASKED: usize = 16;

/// Marks a row that is no contact.
const NO_PLACE: u32 = u32::MAX;

/// The interactions of a store under a policy, one by one.
pub struct Contacts<'a> {
    reports: &'a Reports,
    view: View<'a>,
    ended_at: Vec<Micros>,
    chain: Chain,
    /// Ids of the contacts of episodes of several, by ascending row.
    ids: Vec<(u32, Box<str>)>,
    /// Row and cue, ascending.
    cues: Vec<(u32, u32)>,
}

/// The chained contacts, by their place in chain order.
struct Chain {
    /// The place of each row.
    place: Vec<u32>,
    /// The place of the first contact of the episode.
    first: Vec<u32>,
    /// The number of the customer, from 1.
    customer: Vec<u32>,
    /// From the contact before of the same timeline; 0 for the first.
    before: Vec<Micros>,
}

impl Reports {
    /// The interactions one by one, under a policy that a report was made by.
    ///
    /// Errors: as [`report`](super::report()).
    pub fn contacts<'a>(&'a self, policy: &'a Policy) -> Result<Contacts<'a>> {
        let loaded = self.loaded();
        let view = loaded.view(policy)?;
        let columns = view.columns;
        // Not every policy needs the ends.
        let ended_at = match columns.ended_at.is_empty() {
            true => view.store.columns(Want { ended: true, ..Want::default() })?.ended_at,
            false => columns.ended_at.clone(),
        };
        let chain = Chain::new(&view);
        let ids = ids_of_episodes(&view, &chain)?;
        let cues = self.cues();
        let rows = rows_of(&columns.interaction_key, &columns.is_duplicate, &cues.interaction_key);
        let mut cues: Vec<(u32, u32)> = rows.into_iter().zip(0..).filter(|(row, _)| *row != NO_ROW).collect();
        cues.sort_unstable();
        Ok(Contacts { reports: self, view, ended_at, chain, ids, cues })
    }
}

impl Contacts<'_> {
    /// Gives `each` all interactions, some at a time, in the order in which they were read. Those of removed sources are
    /// not among them, those that another replaces are.
    ///
    /// Errors: a damaged store, and those of `each`.
    pub fn every<E: From<Error>>(&self, mut each: impl FnMut(&[Contact]) -> Result<(), E>) -> Result<(), E> {
        let removed = self.view.store.removed_rows();
        let is_removed = |row: &u32| removed.iter().any(|range| range.contains(&u64::from(*row)));
        let row_count = self.view.columns.row_count as u32;
        for first in (0..row_count).step_by(SLICE_ROWS) {
            let rows = first..first.saturating_add(SLICE_ROWS as u32).min(row_count);
            let rows: Vec<u32> = rows.filter(|row| !is_removed(row)).collect();
            each(&self.told(&rows)?)?;
        }
        Ok(())
    }

    /// Gives `each` the contacts that the FCR rate counts as not resolved, some at a time, by their start.
    ///
    /// Errors: a damaged store, and those of `each`.
    pub fn failed<E: From<Error>>(
        &self,
        mut each: impl FnMut(Vec<FailedContact>) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = Fate { is_eligible: true, outcome: Outcome::Repeated };
        let rows = 0..self.view.columns.row_count as u32;
        let mut rows: Vec<u32> = rows.filter(|row| self.view.links.fate(*row) == Some(failed)).collect();
        rows.sort_unstable_by_key(|row| (self.view.columns.started_at[*row as usize], *row));
        for rows in rows.chunks(SLICE_ROWS) {
            each(self.with_words(rows)?)?;
        }
        Ok(())
    }

    fn told(&self, rows: &[u32]) -> Result<Vec<Contact>> {
        let view = &self.view;
        let texts = |field| view.store.texts(field, rows).map(Vec::into_iter);
        let (mut ids, mut customers) = (texts("interaction_id")?, texts("customer_id")?);
        let (mut agents, mut teams) = (texts("agent_id")?, texts("team")?);
        let (mut channels, mut languages) = (texts("channel")?, texts("language")?);
        let contact = |row: &u32| {
            let at = *row as usize;
            let class = view.links.class(*row);
            let mut contact = Contact {
                contact_id: ids.next().flatten().unwrap_or_default(),
                customer_id: customers.next().flatten(),
                agent_id: agents.next().flatten(),
                team: teams.next().flatten(),
                channel: channels.next().flatten(),
                language: languages.next().flatten(),
                category: self.category(at),
                started_at: view.columns.started_at[at],
                ended_at: self.ended_at[at],
                class: class_name(class),
                excluded_why: if let Class::Excluded(why) = class { Some(why.name()) } else { None },
                is_eligible: view.links.fate(*row).is_some_and(|fate| fate.is_eligible),
                outcome: outcome_name(view.links.fate(*row)),
                is_stated_repeat: self.reports.known().is_stated(*row),
                stated_contacts: Some(self.reports.known().number(*row)).filter(|number| *number > 0),
                ..Contact::default()
            };
            (contact.cue_rules, contact.cue_kinds) = self.rules(*row);
            self.place(&mut contact, self.chain.place[at]);
            contact
        };
        Ok(rows.iter().map(contact).collect())
    }

    fn category(&self, row: usize) -> Option<String> {
        let code = *self.view.columns.category.get(row)?;
        (code > 0).then(|| self.view.columns.category_names[code as usize].clone())
    }

    /// Fills in what is known of a contact by its place in the chain.
    fn place(&self, contact: &mut Contact, place: u32) {
        if place == NO_PLACE {
            return;
        }
        let (links, chain, at) = (&self.view.links, &self.chain, place as usize);
        let first = chain.first[at];
        contact.customer = Some(chain.customer[at]);
        contact.episode_order = Some(place - first + 1);
        contact.episode_id = match first == place {
            true => Some(contact.contact_id.clone()),
            false => self.id(links.order()[first as usize]),
        };
        contact.episode_contact_count = Some(chain.end_of_episode(at) as u32 - first);
        if let Some(next) = chain.next(at) {
            contact.next_contact_id = self.id(links.order()[next]);
            contact.days_to_repeat = Some(chain.before[next] as f64 / MICROS_PER_DAY as f64);
        }
    }

    /// The id of a contact of an episode of several.
    fn id(&self, row: u32) -> Option<String> {
        let at = self.ids.binary_search_by_key(&row, |it| it.0).ok()?;
        Some(self.ids[at].1.to_string())
    }

    /// The cues of a row.
    fn cues_of(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.cues.partition_point(|it| it.0 < row);
        self.cues[first..].iter().take_while(move |it| it.0 == row).map(|it| it.1)
    }

    /// The rules that fire in a row, and their kinds.
    fn rules(&self, row: u32) -> (Vec<String>, Vec<String>) {
        let cues = self.reports.cues();
        let named = |codes: &[u32], names: &[String]| {
            let mut names: Vec<String> =
                self.cues_of(row).map(|cue| names[codes[cue as usize] as usize].clone()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        (named(&cues.rule, &cues.rule_names), named(&cues.kind, &cues.kind_names))
    }

    /// Failed contacts with the words of the first later contact of their episode that has some.
    fn with_words(&self, rows: &[u32]) -> Result<Vec<FailedContact>> {
        let (view, cues) = (&self.view, self.reports.cues());
        let repeat = cues.kind_names.iter().position(|name| name == REPEAT).map(|code| code as u32);
        let said: Vec<Option<(u32, u32)>> = rows.iter().map(|row| self.first_saying(*row, repeat)).collect();
        let wanted: Vec<u32> = said.iter().flatten().map(|(_, cue)| cues.row[*cue as usize]).collect();
        let mut records = view.store.cue_records(&wanted)?.into_iter();
        let time = |row: u32| view.time(view.columns.started_at[row as usize]);
        let mut failed = Vec::with_capacity(rows.len());
        for ((row, contact), said) in rows.iter().zip(self.told(rows)?).zip(said) {
            let cue = said.and_then(|(row, _)| Some((row, records.next()?)));
            let place = self.chain.place[*row as usize] as usize;
            let next = self.chain.next(place).map(|next| view.links.order()[next]);
            failed.push(FailedContact {
                started_at: time(*row),
                next_started_at: next.map(time),
                rule: cue.as_ref().map(|(_, cue)| cue.rule.clone()),
                saying: cue.map(|(row, cue)| Saying {
                    language: cue.language,
                    interaction_id: cue.interaction_id,
                    phrase: cue.phrase,
                    quote: cue.quote,
                    started_at: time(row),
                }),
                contact,
            });
        }
        Ok(failed)
    }

    /// The row and the cue in which the customer says that they were in contact before, after a contact in its episode.
    fn first_saying(&self, row: u32, repeat: Option<u32>) -> Option<(u32, u32)> {
        let CueColumns { kind, .. } = self.reports.cues();
        let place = self.chain.place[row as usize] as usize;
        let later = (place + 1)..self.chain.end_of_episode(place).min(place + 1 + MOST_ASKED);
        let mut rows = self.view.links.order()[later].iter();
        rows.find_map(|row| Some((*row, self.cues_of(*row).find(|cue| Some(kind[*cue as usize]) == repeat)?)))
    }
}

impl Chain {
    fn new(view: &View) -> Chain {
        let links = &view.links;
        let mut place = vec![NO_PLACE; links.row_count()];
        let count = links.order().len();
        let mut chain =
            Chain { place: Vec::new(), first: vec![0; count], customer: vec![0; count], before: Vec::new() };
        let (mut first, mut customer) = (0, 0);
        for (at, row) in links.order().iter().enumerate() {
            place[*row as usize] = at as u32;
            first = if links.starts_episode(at) { at as u32 } else { first };
            customer += u32::from(links.starts_customer(at));
            (chain.first[at], chain.customer[at]) = (first, customer);
        }
        chain.place = place;
        let input = view.input();
        let timelines = Timelines::new(links, &input, view.policy);
        for places in links.stretches() {
            let silences = timelines.stretch(places).silences();
            chain.before.extend(silences.iter().map(|it| it.before.unwrap_or(0)));
        }
        chain
    }

    /// The place of the next contact of the same episode.
    fn next(&self, place: usize) -> Option<usize> {
        let is_next = self.first.get(place + 1) == self.first.get(place);
        is_next.then_some(place + 1)
    }

    /// The place after the last contact of the episode. Places of an episode have the same first, and firsts ascend.
    fn end_of_episode(&self, place: usize) -> usize {
        let first = self.first[place];
        place + self.first[place..].partition_point(|it| *it == first)
    }
}

/// The ids of all contacts of episodes of several.
fn ids_of_episodes(view: &View, chain: &Chain) -> Result<Vec<(u32, Box<str>)>> {
    let order = view.links.order().iter().enumerate();
    let is_linked = |at: usize| chain.first[at] as usize != at || chain.next(at).is_some();
    let mut rows: Vec<u32> = order.filter(|(at, _)| is_linked(*at)).map(|(_, row)| *row).collect();
    rows.sort_unstable();
    let mut ids = Vec::with_capacity(rows.len());
    for rows in rows.chunks(SLICE_ROWS) {
        let found = view.store.texts("interaction_id", rows)?.into_iter();
        ids.extend(rows.iter().copied().zip(found.map(|id| id.unwrap_or_default().into_boxed_str())));
    }
    Ok(ids)
}
