//! Store and policy → what drives failure: the terms and the properties that tell contacts that failed from those that
//! were resolved, within groups and in everything.

mod attributes;
mod model;
mod quotes;
mod sketch;
mod told;
mod words;

use std::collections::HashMap;

use super::derive::tells_category;
use super::report::{Reports, groups};
use super::view::{Extent, Loaded, View};
use crate::measure::{Groups, discovery_rates};
use crate::policy::Policy;
use crate::report::{DriverGroup, DriverMethod, DriverModel, Drivers, OddsRatio};
use crate::store::{Store, did_you_mean};
use crate::{Error, Result};

/// What is to be looked at.
#[derive(Debug, Clone, Default)]
pub struct DriversOptions {
    /// One or two dimensions to look within; empty: category.
    pub by: Vec<String>,
    /// The only category to look at.
    pub category: Option<String>,
    /// Further properties, any field.
    pub attributes: Vec<String>,
}

/// Of what is told at most this share is false.
const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// Counted contacts up to which a report has the drivers with it: every transcript is read for them, which takes most of a
/// minute of a million contacts, and a few seconds of so many. Of more they are for those who ask.
const MOST_UNASKED: u64 = 100_000;

/// A counted contact, by the time at which it began.
#[derive(Debug, Clone, Copy)]
struct Subject {
    row: u32,
    key: u64,
    is_failed: bool,
}

/// Counted contacts that are looked at together.
struct Members {
    key: Vec<(String, Option<String>)>,
    /// Indexes of subjects, ascending.
    subjects: Vec<u32>,
    failed_count: u64,
}

impl Members {
    fn new(key: Vec<(String, Option<String>)>, subjects: Vec<u32>, all: &[Subject]) -> Members {
        let failed_count = subjects.iter().filter(|it| all[**it as usize].is_failed).count() as u64;
        Members { key, subjects, failed_count }
    }

    fn resolved_count(&self) -> u64 {
        self.subjects.len() as u64 - self.failed_count
    }
}

/// What tells the contacts that failed, of those that the FCR rate counts under `policy`, from those that were resolved.
///
/// Errors: an unknown dimension, property or category, more than two dimensions, an unknown time zone, a damaged store.
pub fn drivers(store: &Store, policy: &Policy, options: &DriversOptions) -> Result<Drivers> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Report)?;
    found(&loaded.view(policy)?, options)
}

impl Reports {
    /// The same of what was read for reports, under a policy that [suits](Reports::suits) it.
    ///
    /// Errors: as [`drivers`].
    pub fn drivers(&self, policy: &Policy, options: &DriversOptions) -> Result<Drivers> {
        found(&self.view(policy)?, options)
    }

    /// The drivers by category that come with a report which counts so many contacts; none where they would take long.
    ///
    /// Errors: as [`drivers`].
    pub fn drivers_beside(&self, policy: &Policy, counted_count: u64) -> Result<Option<Drivers>> {
        match counted_count {
            ..=MOST_UNASKED => self.drivers(policy, &DriversOptions::default()).map(Some),
            _ => Ok(None),
        }
    }
}

fn found(view: &View, options: &DriversOptions) -> Result<Drivers> {
    let category = ["category".to_string()];
    let by = if options.by.is_empty() { &category[..] } else { &options.by };
    let subjects = subjects(view, options.category.as_deref())?;
    let all = Members::new(Vec::new(), (0..subjects.len() as u32).collect(), &subjects);
    let has_overall = options.category.is_none() || by != category;
    let mut members = members(&groups(view, by)?, &subjects);
    if has_overall {
        members.insert(0, all);
    }
    let words = words::words(view, &subjects, &members)?;
    let properties = attributes::properties(view, &subjects, by, options)?;
    let models: Vec<DriverModel> =
        members.iter().map(|it| model::model(&properties, it, &subjects)).collect();
    let mut all: Vec<DriverGroup> = Vec::new();
    for ((members, (words, words_notes)), model) in members.into_iter().zip(words.groups).zip(models) {
        let (failed_count, resolved_count) = (members.failed_count, members.resolved_count());
        all.push(DriverGroup { key: members.key, failed_count, resolved_count, words, words_notes, model });
    }
    let tested_level_count = correct(&mut all);
    let overall = has_overall.then(|| all.remove(0));
    Ok(Drivers {
        schema: 1,
        policy: serde_json::to_value(view.policy).expect("a policy is plain data"),
        commit_id: view.store.commit_id(),
        by: by.to_vec(),
        method: DriverMethod {
            false_discovery_rate: FALSE_DISCOVERY_RATE,
            tested_term_count: words.tested_count,
            tested_level_count,
            most_contacts: words::MOST_CONTACTS as u64,
            least_term_contacts: words::LEAST_TERM_CONTACTS,
            least_contacts: words::LEAST_CONTACTS,
            prior_contacts: words::PRIOR_CONTACTS,
            ridge: model::RIDGE,
        },
        overall,
        groups: all,
    })
}

/// The counted contacts by start and key, of one category if it is named.
fn subjects(view: &View, category: Option<&str>) -> Result<Vec<Subject>> {
    let is_wanted = category.map(|name| rows_of_category(view, name)).transpose()?;
    let mut counted: Vec<_> = view
        .links
        .counted()
        .filter(|it| is_wanted.as_ref().is_none_or(|is_wanted| is_wanted[it.row as usize]))
        .map(|it| {
            let row = it.row as usize;
            let key = view.columns.interaction_key[row];
            (view.columns.started_at[row], Subject { row: it.row, key, is_failed: it.is_failed })
        })
        .collect();
    counted.sort_unstable_by_key(|(started_at, it)| (*started_at, it.key));
    Ok(counted.into_iter().map(|(_, it)| it).collect())
}

fn rows_of_category(view: &View, name: &str) -> Result<Vec<bool>> {
    let categories = groups(view, &["category".to_string()])?;
    let wanted = categories.keys.iter().position(|key| key[0].as_deref() == Some(name));
    let Some(wanted) = wanted else {
        let names = categories.keys.iter().filter_map(|key| key[0].as_deref());
        let near = did_you_mean(name, names);
        return Err(Error::data(
            view.store.dir(),
            format!("no interaction has the category `{name}`"),
            format!("{near}`recontact report` lists the categories"),
        ));
    };
    Ok(categories.codes.iter().map(|code| *code as usize == wanted).collect())
}

/// The groups that have counted contacts, those with the most failed ones first, then by key.
fn members(groups: &Groups, subjects: &[Subject]) -> Vec<Members> {
    let mut of_groups: HashMap<u32, Vec<u32>> = HashMap::new();
    for (at, subject) in (0..).zip(subjects) {
        of_groups.entry(groups.codes[subject.row as usize]).or_default().push(at);
    }
    let mut members: Vec<Members> = of_groups
        .into_iter()
        .map(|(code, own)| {
            let values = groups.keys[code as usize].iter().cloned();
            Members::new(groups.by.iter().cloned().zip(values).collect(), own, subjects)
        })
        .collect();
    members.sort_by(|a, b| b.failed_count.cmp(&a.failed_count).then_with(|| a.key.cmp(&b.key)));
    members
}

/// Corrects the coefficients of all models for their number, which it gives.
fn correct(groups: &mut [DriverGroup]) -> u64 {
    let mut effects: Vec<&mut OddsRatio> = groups
        .iter_mut()
        .flat_map(|group| &mut group.model.attributes)
        .flat_map(|attribute| &mut attribute.levels)
        .filter_map(|level| level.effect.as_mut())
        .collect();
    let p_values: Vec<f64> = effects.iter().map(|effect| effect.p_value).collect();
    effects.iter_mut().zip(discovery_rates(&p_values, 0)).for_each(|(effect, rate)| effect.q_value = rate);
    effects.len() as u64
}
