//! Why an interaction, the contacts of a customer or an episode counted as they did: each with its class, the rule of
//! the policy that gave it, what would change it, and what was said.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::derive::tells_category;
use super::report::Reports;
use super::view::{Extent, Loaded, View};
use super::why::{Around, Witness, class_name, outcome_name, span};
use crate::interaction::Interaction;
use crate::link::{Class, Exclusion, TimelineContact, Timelines, timeline};
use crate::policy::Policy;
use crate::store::{Store, StoredCue};
use crate::{Error, Result};

/// What is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// One interaction, among the contacts about the same reason.
    Contact,
    /// Everything that is known of a customer.
    Customer,
    /// The episode that an interaction belongs to.
    Episode,
}

/// The story of an interaction, a customer or an episode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// What it is about.
    pub about: About,
    /// The record as read; for a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Interaction>,
    /// When it began, RFC 3339 in the policy's time zone; for a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// `first`, `repeat`, `left_edge` or `excluded`; for a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// The same in a sentence, with the reason; for a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What would make it count otherwise, a sentence each; for a contact.
    pub would: Vec<String>,
    /// The interactions of the story in order: of a contact those about the same reason (none for no contact), of a
    /// customer all.
    pub timeline: Vec<TimelineEntry>,
    /// Interactions of the story that the timeline leaves out, where fewer were asked for.
    #[serde(skip_serializing_if = "is_none")]
    pub left_out_count: usize,
    /// What was found in its transcript; for a contact.
    pub cues: Vec<StoredCue>,
}

/// One interaction of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// Its id.
    pub interaction_id: String,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// Its category.
    pub category: Option<String>,
    /// Its channel.
    pub channel: Option<String>,
    /// Which episode of the story it belongs to, from 1; none for no contact.
    pub episode: Option<u32>,
    /// Time since the contact that the gap is measured from, such as `2d3h`; none for the first.
    pub gap: Option<String>,
    /// `first`, `repeat`, `left_edge` or `excluded`.
    pub class: &'static str,
    /// What became of a contact that the FCR rate counts: `resolved`, `repeated` or `pending`.
    pub outcome: Option<&'static str>,
    /// The class in a sentence, with the rule of the policy that gave it.
    pub why: String,
    /// What would make it count otherwise.
    pub would: Vec<String>,
    /// What was said in it.
    pub cues: Vec<StoredCue>,
}

/// Explains `id`: an interaction, else a customer by id, telephone number or e-mail address. `about` says which; for an
/// episode `id` is one of its interactions. Of a story of more than `most` interactions so many are told: the latest, or
/// of a contact those around it.
///
/// Errors: nothing is called so, an unknown time zone, a damaged store.
pub fn explain(
    store: &Store,
    policy: &Policy,
    id: &str,
    about: Option<About>,
    most: usize,
) -> Result<Explanation> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Report)?;
    explained(&loaded.view(policy)?, id, about, most)
}

impl Reports {
    /// As [`explain`], from what was read for reports, under a policy that [suits](Reports::suits) it.
    ///
    /// Errors: as [`explain`].
    pub fn explain(
        &self,
        policy: &Policy,
        id: &str,
        about: Option<About>,
        most: usize,
    ) -> Result<Explanation> {
        explained(&self.view(policy)?, id, about, most)
    }
}

fn explained(view: &View, id: &str, about: Option<About>, most: usize) -> Result<Explanation> {
    let store = view.store;
    let row = if about == Some(About::Customer) { None } else { store.find_interaction(id)? };
    let story = Story { view };
    match row {
        Some(row) if about == Some(About::Episode) => story.of_rows(About::Episode, story.episode(row), most),
        Some(row) => story.of_contact(row, id, most),
        None => {
            let rows = if matches!(about, None | Some(About::Customer)) {
                view.rows_of_customer(id)
            } else {
                Vec::new()
            };
            if rows.is_empty() {
                return Err(unknown(store, id, about));
            }
            story.of_rows(About::Customer, rows, most)
        }
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn unknown(store: &Store, id: &str, about: Option<About>) -> Error {
    let what = match about {
        Some(About::Customer) => "customer",
        Some(_) => "interaction",
        None => "interaction or customer",
    };
    Error::data(store.dir(), format!("there is no {what} `{id}`"), "see the ids in your source files")
}

/// A contact with the gap that decided, and the next of its timeline.
type Found = (TimelineContact, Option<TimelineContact>);

/// What stories are told from.
pub(super) struct Story<'a> {
    pub(super) view: &'a View<'a>,
}

impl Story<'_> {
    fn of_rows(&self, about: About, rows: Vec<u32>, most: usize) -> Result<Explanation> {
        let (timeline, left_out_count) = self.told(rows, most, None)?;
        Ok(Explanation {
            about,
            interaction: None,
            started_at: None,
            class: None,
            why: None,
            would: Vec::new(),
            timeline,
            left_out_count,
            cues: Vec::new(),
        })
    }

    fn of_contact(&self, row: u32, id: &str, most: usize) -> Result<Explanation> {
        let view = self.view;
        let contacts = timeline(&view.links, &view.input(), view.policy, row);
        let rows = contacts.iter().map(|contact| contact.row).collect();
        let (timeline, left_out_count) = self.told(rows, most, Some(row))?;
        let own = match timeline.iter().find(|entry| entry.interaction_id.trim() == id.trim()) {
            Some(entry) => Some(entry.clone()),
            // What is no contact stands in no timeline.
            None => self.told(vec![row], most, None)?.0.pop(),
        };
        let (why, would) = own.map(|it| (it.why, it.would)).unwrap_or_default();
        Ok(Explanation {
            about: About::Contact,
            started_at: Some(view.time(view.columns.started_at[row as usize])),
            class: Some(class_name(view.links.class(row))),
            why: Some(why),
            would,
            timeline,
            left_out_count,
            cues: distinct(view.store.cues_of(id)?),
            interaction: Some(view.store.interaction(row)?),
        })
    }

    /// The rows of the episode that a contact belongs to; the row alone if it is no contact.
    fn episode(&self, row: u32) -> Vec<u32> {
        let links = &self.view.links;
        let Some(place) = links.order().iter().position(|it| *it == row) else { return vec![row] };
        let first = (0..=place).rev().find(|at| links.starts_episode(*at)).unwrap_or(place);
        let next = (place + 1..links.order().len()).find(|at| links.starts_episode(*at));
        links.order()[first..next.unwrap_or(links.order().len())].to_vec()
    }

    /// The entries of some rows in order of their start: at most so many, the latest, or those around `own`; and how many
    /// are left out. Episodes are numbered over all of the rows.
    fn told(&self, mut rows: Vec<u32>, most: usize, own: Option<u32>) -> Result<(Vec<TimelineEntry>, usize)> {
        let view = self.view;
        let ids = view.store.texts("interaction_id", &rows)?;
        let ids: HashMap<u32, String> =
            rows.iter().copied().zip(ids.into_iter().map(Option::unwrap_or_default)).collect();
        rows.sort_by_key(|row| (view.columns.started_at[*row as usize], ids.get(row)));
        let episode_of = self.episodes(&rows);
        let left_out_count = rows.len().saturating_sub(most);
        let place = own.and_then(|own| rows.iter().position(|row| *row == own));
        let first = place.map_or(left_out_count, |at| at.saturating_sub(most / 2).min(left_out_count));
        let rows = &rows[first..rows.len() - (left_out_count - first)];
        let (categories, channels) =
            (view.store.texts("category", rows)?, view.store.texts("channel", rows)?);
        let found = self.found(rows);
        let around = self.around(rows, &found, self.continued(rows))?;
        let mut cues = self.cues_of(rows)?;
        let mut entries = Vec::with_capacity(rows.len());
        for ((row, category), channel) in rows.iter().zip(categories).zip(channels) {
            let contact = found.get(row);
            let (own, next) = (contact.map(|it| it.0), contact.and_then(|it| it.1));
            let witness = Witness { view, row: *row, contact: own, next, around: &around };
            entries.push(TimelineEntry {
                interaction_id: ids[row].clone(),
                started_at: view.time(view.columns.started_at[*row as usize]),
                category,
                channel,
                episode: episode_of.get(row).copied(),
                gap: contact.and_then(|it| it.0.gap).map(span),
                class: class_name(view.links.class(*row)),
                outcome: outcome_name(view.links.fate(*row)),
                why: witness.why(),
                would: witness.would(),
                cues: cues.remove(row).unwrap_or_default(),
            });
        }
        Ok((entries, left_out_count))
    }

    /// All rows of the customers of some rows, a customer each, in the order of the rows. A row of nobody stands alone.
    pub(super) fn of_customers(&self, rows: &[u32]) -> Vec<Vec<u32>> {
        let of_rows = self.view.identified.customers(self.view.columns);
        let customer = |row: u32| of_rows.get(row as usize).copied().unwrap_or(0);
        let mut places: HashMap<u64, usize> = HashMap::new();
        let mut all = Vec::new();
        for row in rows {
            match customer(*row) {
                0 => all.push(vec![*row]),
                customer => {
                    places.entry(customer).or_insert_with(|| {
                        all.push(Vec::new());
                        all.len() - 1
                    });
                }
            }
        }
        for (row, customer) in (0..).zip(of_rows) {
            if let Some(place) = places.get(customer) {
                all[*place].push(row);
            }
        }
        all
    }

    /// Several stories, each with episodes of its own. What is looked for in all contacts is looked for once.
    pub(super) fn told_apart(&self, stories: &[&[u32]]) -> Result<Vec<Vec<TimelineEntry>>> {
        let rows: Vec<u32> = stories.iter().copied().flatten().copied().collect();
        let ids = self.view.store.texts("interaction_id", &rows)?;
        let of_stories = stories.iter().zip(0..).flat_map(|(rows, story)| rows.iter().map(move |_| story));
        let story_of: HashMap<String, usize> =
            ids.into_iter().map(Option::unwrap_or_default).zip(of_stories).collect();
        let mut apart: Vec<Vec<TimelineEntry>> = vec![Vec::new(); stories.len()];
        for entry in self.told(rows, usize::MAX, None)?.0 {
            apart[story_of[&entry.interaction_id]].push(entry);
        }
        for story in &mut apart {
            let mut episodes = HashMap::new();
            story.iter_mut().for_each(|it| it.episode = it.episode.map(|own| number_of(own, &mut episodes)));
        }
        Ok(apart)
    }

    /// The contacts among the rows with the gaps that decided, each with the next of its timeline.
    fn found(&self, rows: &[u32]) -> HashMap<u32, Found> {
        let view = self.view;
        let mut found: HashMap<u32, Found> = HashMap::new();
        for row in rows {
            if found.contains_key(row) {
                continue;
            }
            let contacts = timeline(&view.links, &view.input(), view.policy, *row);
            for (at, contact) in contacts.iter().enumerate() {
                found.insert(contact.row, (*contact, contacts.get(at + 1).copied()));
            }
        }
        found
    }

    /// The number of the episode of each row that is a contact, in the order of the rows.
    fn episodes(&self, rows: &[u32]) -> HashMap<u32, u32> {
        let first_of = self.firsts(rows);
        let mut episodes = HashMap::new();
        let number = |row: &u32| Some((*row, number_of(*first_of.get(row)?, &mut episodes)));
        rows.iter().filter_map(number).collect()
    }

    /// The first contact of the episode of each row that is a contact.
    fn firsts(&self, rows: &[u32]) -> HashMap<u32, u32> {
        let links = &self.view.links;
        let wanted: HashSet<u32> = rows.iter().copied().collect();
        let mut firsts = HashMap::new();
        let mut first = 0;
        for (place, row) in links.order().iter().enumerate() {
            first = if links.starts_episode(place) { *row } else { first };
            if wanted.contains(row) {
                firsts.insert(*row, first);
            }
        }
        firsts
    }

    /// The contact that each row which follows too closely continues: the customer's last that began before it. A leg
    /// that names its parent is not looked for.
    fn continued(&self, rows: &[u32]) -> HashMap<u32, u32> {
        let view = self.view;
        let of_rows = view.identified.customers(view.columns);
        let customer = |row: &u32| of_rows.get(*row as usize).copied().unwrap_or(0);
        let place = |row: &u32| (view.columns.started_at[*row as usize], *row);
        let is_continuation = |row: &&u32| {
            let class = view.links.class(**row);
            if view.columns.parent_key.get(**row as usize).is_some_and(|parent| *parent != 0) {
                return false;
            }
            class == Class::Excluded(Exclusion::ContinuationByReconnect)
                || class == Class::Excluded(Exclusion::ContinuationByTransfer)
        };
        let rows: Vec<&u32> = rows.iter().filter(is_continuation).collect();
        let customers: HashSet<u64> = rows.iter().map(|row| customer(row)).filter(|it| *it != 0).collect();
        let contacts: Vec<u32> =
            view.links.order().iter().copied().filter(|row| customers.contains(&customer(row))).collect();
        let head = |row: &&u32| {
            let earlier =
                contacts.iter().filter(|it| customer(it) == customer(row) && place(it) <= place(row));
            Some((**row, *earlier.max_by_key(|it| place(it))?))
        };
        rows.iter().filter_map(head).collect()
    }

    /// Ids of all rows near those of the story, and the contacts about other reasons.
    fn around(
        &self,
        rows: &[u32],
        found: &HashMap<u32, Found>,
        continued: HashMap<u32, u32>,
    ) -> Result<Around> {
        let view = self.view;
        let contacts = found.values().flat_map(|it| [Some(it.0), it.1]).flatten();
        let of_contacts = contacts.flat_map(|contact| [Some(contact.row), contact.reference]).flatten();
        let near: BTreeSet<u32> = of_contacts.chain(continued.values().copied()).collect();
        let near: Vec<u32> = near.into_iter().collect();
        let ids = view.store.texts("interaction_id", &near)?;
        let neighbours = Timelines::new(&view.links, &view.input(), view.policy).whole().neighbours(|_| true);
        let wanted: HashSet<u32> = rows.iter().copied().collect();
        let order = view.links.order().iter().zip(neighbours);
        Ok(Around {
            continued,
            ids: near.into_iter().zip(ids.into_iter().map(Option::unwrap_or_default)).collect(),
            neighbours: order.filter(|(row, _)| wanted.contains(row)).map(|(row, it)| (*row, it)).collect(),
        })
    }

    /// What was said in each of the rows. The words are read at once: a part is decoded once, not once a row.
    fn cues_of(&self, rows: &[u32]) -> Result<HashMap<u32, Vec<StoredCue>>> {
        let key = |row: &u32| self.view.columns.interaction_key[*row as usize];
        let cues = self.view.store.cue_rows(&rows.iter().map(key).collect())?;
        let of_row = |row: &u32| cues.get(&key(row)).map_or(&[][..], Vec::as_slice);
        let wanted: Vec<u32> = rows.iter().flat_map(of_row).copied().collect();
        let mut records = self.view.store.cue_records(&wanted)?.into_iter();
        let of_rows =
            rows.iter().map(|row| (*row, distinct(records.by_ref().take(of_row(row).len()).collect())));
        Ok(of_rows.collect())
    }
}

/// The number of an episode in the story, given out at its first appearance.
fn number_of(first: u32, episodes: &mut HashMap<u32, u32>) -> u32 {
    let next = episodes.len() as u32 + 1;
    *episodes.entry(first).or_insert(next)
}

/// Cues once each, as they stand in the transcript.
fn distinct(mut cues: Vec<StoredCue>) -> Vec<StoredCue> {
    let mut seen = BTreeSet::new();
    cues.retain(|cue| seen.insert((cue.turn, cue.start, cue.end, cue.rule.clone())));
    cues
}

impl View<'_> {
    /// All rows of the customer who has this id, telephone number or e-mail address.
    fn rows_of_customer(&self, id: &str) -> Vec<u32> {
        let customers = self.customers_named(id);
        let of_customer = self.identified.customers(self.columns).iter().enumerate();
        let rows = of_customer.filter(|(_, customer)| customers.binary_search(customer).is_ok());
        rows.map(|(row, _)| row as u32).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::number_of;

    #[test]
    fn episodes_are_numbered_as_they_appear() {
        let mut episodes = HashMap::new();
        assert_eq!([7, 3, 7, 9].map(|first| number_of(first, &mut episodes)), [1, 2, 1, 3]);
    }
}
