//! Store and policy → the coaching list: agents or teams beside what their mix of contacts lets expect, with the causes,
//! categories and words behind their failures, and what teams may be trained on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::derive::tells_category;
use super::report::{Reports, groups};
use super::shown_causes::{ShownCauses, UNKNOWN};
use super::view::{Extent, Loaded, View};
use crate::interaction::Micros;
use crate::link::Counted;
use crate::measure::{Cell, Excess, Profile, Topic, by_category, profiles, rate, topics};
use crate::policy::Policy;
use crate::report::{CategoryExcess, CauseCount, Coached, Coaching, CoachingList, Quote, TopicEntry};
use crate::store::Store;
use crate::{Error, Result};

/// The dimensions that can be coached.
pub(super) const COACHED: [&str; 2] = ["agent_id", "team"];

/// Categories beyond expectation that are told of each.
const MOST_CATEGORIES: usize = 5;
/// Quotes of each.
const MOST_QUOTES: usize = 2;
/// Topics of all teams.
const MOST_TOPICS: usize = 200;

/// The coaching list of a store under `policy`, by `agent_id` or `team`.
///
/// Errors: another dimension, agents that the policy hides, an unknown time zone, a damaged store.
pub fn coaching(store: &Store, policy: &Policy, by: &str) -> Result<CoachingList> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Keys)?;
    list(&loaded.view(policy)?, by)
}

impl Reports {
    /// The same of what was read for reports, under a policy that [suits](Reports::suits) it.
    ///
    /// Errors: as [`coaching`].
    pub fn coaching(&self, policy: &Policy, by: &str) -> Result<CoachingList> {
        list(&self.view(policy)?, by)
    }
}

fn list(view: &View, by: &str) -> Result<CoachingList> {
    if !COACHED.contains(&by) {
        return Err(Error::data(
            view.store.dir(),
            format!("nobody can be coached by `{by}`"),
            "write --by agent_id or --by team",
        ));
    }
    Ok(CoachingList {
        schema: 1,
        policy: serde_json::to_value(view.policy).expect("a policy is plain data"),
        commit_id: view.store.commit_id(),
        coaching: coached(view, by)?,
    })
}

/// The counted contacts by holder, category and channel.
struct Tally {
    /// By holder from 1 on: its name. `[0]` is nobody.
    names: Vec<String>,
    /// By row.
    holder: Vec<u32>,
    cells: Vec<Cell>,
    failed: Vec<u64>,
    /// By cause: the failed contacts of each cell that show it.
    of_causes: Vec<Vec<u64>>,
}

/// A dimension with names that can be looked up: 0 is none.
struct Named {
    codes: Vec<u32>,
    names: Vec<String>,
}

impl Named {
    /// Codes in the order of the names, so that no number depends on the order of files.
    fn read(view: &View, name: &str) -> Result<Named> {
        let groups = groups(view, &[name.to_string()])?;
        let names: Vec<Option<String>> = groups.keys.into_iter().map(|mut key| key.pop().flatten()).collect();
        // The group of none is the first where there is one.
        let shift = u32::from(names.first().is_none_or(Option::is_some));
        let codes = groups.codes.into_iter().map(|code| code + shift).collect();
        let names = std::iter::once(String::new()).chain(names.into_iter().flatten()).collect();
        Ok(Named { codes, names })
    }

    fn name(&self, code: u32) -> Option<String> {
        (code > 0).then(|| self.names[code as usize].clone())
    }
}

/// The coaching list of what is seen.
pub(super) fn coached(view: &View, by: &str) -> Result<Coaching> {
    let (category, channel) = (Named::read(view, "category")?, Named::read(view, "channel")?);
    let counted: Vec<Counted> = view.links.counted().collect();
    let causes = ShownCauses::read(view)?;
    let of_failed: HashMap<u32, Vec<usize>> =
        counted.iter().filter(|it| it.is_failed).map(|it| (it.row, causes.of(it))).collect();
    let tally = |by: Named| Tally::new(by, &category, &channel, &counted, &of_failed, causes.names.len());
    let teams = tally(Named::read(view, "team")?);
    let own = if by == "team" { None } else { Some(tally(Named::read(view, by)?)) };
    let own = own.as_ref().unwrap_or(&teams);
    let found = profiles(&own.cells, &own.failed, view.policy.minimum_count);
    let failed_count = of_failed.len() as u64;
    let counted_count = counted.len() as u64;
    let mean = rate(counted_count - failed_count, counted_count).0;
    let mut excess_of: HashMap<u32, Vec<CategoryExcess>> = HashMap::new();
    for (cell, excess) in by_category(&own.cells, &own.failed) {
        excess_of
            .entry(cell.holder)
            .or_default()
            .push(category_excess(category.name(cell.category), &excess));
    }
    let team_of = if by == "team" { HashMap::new() } else { main_teams(own, &teams, &counted) };
    let mut quotes = quotes(view, own, &counted, &causes)?;
    let mut groups: Vec<Coached> = Vec::new();
    for (holder, profile) in (0..).zip(&found.profiles).skip(1) {
        let mut one = told(own.names[holder as usize].clone(), profile, mean);
        one.team = team_of.get(&holder).cloned();
        one.causes = own.causes(holder, &causes.names);
        one.categories = beyond_expectation(excess_of.remove(&holder).unwrap_or_default());
        one.quotes = quotes.remove(&holder).unwrap_or_default();
        groups.push(one);
    }
    let unattributed_count = found.profiles.first().map_or(0, |it| it.counted_count);
    let compared = |it: &Profile| it.counted_count - it.excess.count;
    Ok(Coaching::new(Coaching {
        by: by.to_string(),
        sentence: String::new(),
        counted_count,
        failed_count,
        fcr_rate: mean,
        unattributed_count,
        uncompared_count: found.profiles.iter().skip(1).map(compared).sum(),
        between_sd: found.between_variance.zip(mean).map(|(variance, mean)| variance.sqrt() * (1.0 - mean)),
        groups,
        topics: team_topics(&teams, &category, &causes.names),
    }))
}

impl Tally {
    fn new(
        by: Named,
        category: &Named,
        channel: &Named,
        counted: &[Counted],
        causes: &HashMap<u32, Vec<usize>>,
        cause_count: usize,
    ) -> Tally {
        #[derive(Default)]
        struct Counts {
            count: u64,
            failed: u64,
            causes: Vec<u64>,
        }
        let mut counts: BTreeMap<(u32, u32, u32), Counts> = BTreeMap::new();
        for contact in counted {
            let row = contact.row as usize;
            let key = (by.codes[row], category.codes[row], channel.codes[row]);
            let counts = counts.entry(key).or_default();
            counts.count += 1;
            if contact.is_failed {
                counts.failed += 1;
                counts.causes.resize(cause_count, 0);
                causes[&contact.row].iter().for_each(|cause| counts.causes[*cause] += 1);
            }
        }
        let mut tally = Tally {
            names: by.names,
            holder: by.codes,
            cells: Vec::with_capacity(counts.len()),
            failed: Vec::with_capacity(counts.len()),
            of_causes: vec![Vec::with_capacity(counts.len()); cause_count],
        };
        for ((holder, category, channel), counts) in counts {
            tally.cells.push(Cell { holder, category, channel, count: counts.count });
            tally.failed.push(counts.failed);
            for (cause, of_cause) in tally.of_causes.iter_mut().enumerate() {
                of_cause.push(counts.causes.get(cause).copied().unwrap_or(0));
            }
        }
        tally
    }

    /// The causes of a holder's failed contacts, the most frequent first, the unknown last.
    fn causes(&self, holder: u32, names: &[String]) -> Vec<CauseCount> {
        let first = self.cells.partition_point(|cell| cell.holder < holder);
        let end = self.cells.partition_point(|cell| cell.holder <= holder);
        let of_causes = names.iter().zip(&self.of_causes);
        let mut causes: Vec<CauseCount> = of_causes
            .map(|(name, counts)| CauseCount {
                cause: name.clone(),
                failed_count: counts[first..end].iter().sum(),
            })
            .filter(|it| it.failed_count > 0)
            .collect();
        causes.sort_by_key(|it| (it.cause == UNKNOWN, Reverse(it.failed_count)));
        causes
    }
}

fn told(name: String, profile: &Profile, mean: Option<f64>) -> Coached {
    let Profile { counted_count, failed_count, excess, shrunk, standing } = *profile;
    let resolved_count = counted_count - failed_count;
    let (fcr_rate, fcr_low, fcr_high) = rate(resolved_count, counted_count);
    // A ratio of failures as an FCR rate: the share of all that fails, so many times.
    let adjusted = |ratio: f64| mean.map(|mean| (1.0 - (1.0 - mean) * ratio).clamp(0.0, 1.0));
    Coached {
        name,
        team: None,
        counted_count,
        failed_count,
        fcr_rate,
        fcr_low,
        fcr_high,
        compared_count: excess.count,
        compared_failed_count: excess.observed_count,
        expected_failure_count: excess.expected,
        excess_failure_count: excess.excess(),
        ratio: (excess.expected > 0.0).then(|| excess.observed_count as f64 / excess.expected),
        shrunk_ratio: shrunk.map(|it| it.ratio),
        weight: shrunk.map(|it| it.weight),
        adjusted_rate: shrunk.and_then(|it| adjusted(it.ratio)),
        adjusted_low: shrunk.and_then(|it| adjusted(it.high)),
        adjusted_high: shrunk.and_then(|it| adjusted(it.low)),
        standing,
        causes: Vec::new(),
        categories: Vec::new(),
        quotes: Vec::new(),
    }
}

fn category_excess(category: Option<String>, excess: &Excess) -> CategoryExcess {
    CategoryExcess {
        category,
        compared_count: excess.count,
        failed_count: excess.observed_count,
        expected_failure_count: excess.expected,
        excess_failure_count: excess.excess(),
    }
}

/// Those with more failures than expected, the largest excess first.
fn beyond_expectation(mut categories: Vec<CategoryExcess>) -> Vec<CategoryExcess> {
    categories.retain(|it| it.excess_failure_count > 0.0);
    categories.sort_by(|a, b| {
        b.excess_failure_count.total_cmp(&a.excess_failure_count).then_with(|| a.category.cmp(&b.category))
    });
    categories.truncate(MOST_CATEGORIES);
    categories
}

/// The team of most of the counted contacts of each holder; of equals the first by name.
fn main_teams(own: &Tally, teams: &Tally, counted: &[Counted]) -> HashMap<u32, String> {
    let mut counts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for contact in counted {
        let row = contact.row as usize;
        *counts.entry((own.holder[row], teams.holder[row])).or_default() += 1;
    }
    let mut most: HashMap<u32, (u64, u32)> = HashMap::new();
    for ((holder, team), count) in counts.into_iter().filter(|((_, team), _)| *team > 0) {
        let best = most.entry(holder).or_insert((count, team));
        if count > best.0 {
            *best = (count, team);
        }
    }
    most.into_iter().map(|(holder, (_, team))| (holder, teams.names[team as usize].clone())).collect()
}

/// What may be quoted of a failed contact: its start, the latest first, its key, the row that is quoted and the cue.
type Quotable = (Reverse<Micros>, u64, u32, u32);

/// Two quotes of each holder, of the latest failed contacts that have words.
fn quotes(
    view: &View,
    own: &Tally,
    counted: &[Counted],
    causes: &ShownCauses,
) -> Result<HashMap<u32, Vec<Quote>>> {
    let columns = view.columns;
    let mut latest: BTreeMap<u32, Vec<Quotable>> = BTreeMap::new();
    for contact in counted.iter().filter(|it| it.is_failed) {
        let row = contact.row as usize;
        let holder = own.holder[row];
        if let Some((quoted, cue)) = causes.quotable(contact).filter(|_| holder > 0) {
            let order = (Reverse(columns.started_at[row]), columns.interaction_key[row], quoted, cue);
            let of_holder = latest.entry(holder).or_default();
            of_holder.push(order);
            of_holder.sort_unstable();
            of_holder.truncate(MOST_QUOTES);
        }
    }
    let wanted: Vec<(u32, u32, u32)> = latest
        .iter()
        .flat_map(|(holder, of)| of.iter().map(|(_, _, quoted, cue)| (*holder, *quoted, *cue)))
        .collect();
    let records = view.store.cue_records(&wanted.iter().map(|it| it.2).collect::<Vec<u32>>())?;
    let mut quotes: HashMap<u32, Vec<Quote>> = HashMap::new();
    for ((holder, quoted, _), cue) in wanted.into_iter().zip(records) {
        quotes.entry(holder).or_default().push(Quote {
            interaction_id: cue.interaction_id,
            started_at: view.time(columns.started_at[quoted as usize]),
            language: cue.language,
            text: cue.quote,
        });
    }
    Ok(quotes)
}

/// What teams may be trained on, the first of them.
fn team_topics(teams: &Tally, category: &Named, causes: &[String]) -> Vec<TopicEntry> {
    let found = topics(&teams.cells, &teams.of_causes);
    let entry = |it: &Topic| TopicEntry {
        team: teams.names[it.holder as usize].clone(),
        category: category.name(it.category),
        cause: causes[it.cause].clone(),
        failed_count: it.excess.observed_count,
        expected_failure_count: it.excess.expected,
        excess_failure_count: it.excess.excess(),
        p_value: it.p_value,
        is_clear: it.is_clear(),
    };
    // Nobody can be trained on what nobody knows.
    found.iter().filter(|it| causes[it.cause] != UNKNOWN).take(MOST_TOPICS).map(entry).collect()
}
