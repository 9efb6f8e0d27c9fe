//! The scorecard: every number of one report, from one set of links. Takes links, a policy and groups; gives plain
//! data that formats print. It holds no text from interactions but the groups' names.

use serde::Serialize;

use super::chance::{UNITS, by_chance};
use super::{Curve, Groups, Scores, Step, Subject, Verdict, score, verdict, waterfall};
use crate::interaction::Micros;
use crate::link::{Links, Silence};
use crate::policy::Policy;

/// Every number of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The span of observation; `None` when nothing was read.
    pub observed: Option<Observed>,
    /// Where every row that was read ended up.
    pub waterfall: Vec<Step>,
    /// The scores of all interactions.
    pub overall: GroupScores,
    /// The dimensions of the groups.
    pub by: Vec<String>,
    /// The scores of each group, by ascending key, none first.
    pub groups: Vec<GroupScores>,
}

/// The span of observation, both ends inclusive, in microseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// Its start.
    pub from: Micros,
    /// Its end.
    pub to: Micros,
}

/// The scores of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupScores {
    /// Its value of each dimension; `None` where its rows have none.
    pub key: Vec<Option<String>>,
    /// Its numbers.
    pub scores: Scores,
    /// The FCR rate that it has to reach, 0 to 1: its category's where it is grouped by category.
    pub target: f64,
    /// Whether it does.
    pub verdict: Verdict,
}

/// Counts everything. `rejected_count` is the number of rows that could not be read; `is_stated` as in [`score`];
/// `silences` are those of the links.
///
/// # Panics
/// When `groups` or `is_stated` are not of the links' length.
pub fn scorecard(
    links: &Links,
    policy: &Policy,
    groups: &Groups,
    rejected_count: u64,
    is_stated: &[bool],
    silences: &[Silence],
) -> Scorecard {
    let everything = Groups { by: Vec::new(), codes: Vec::new(), keys: vec![Vec::new()] };
    let mut overall = scored(links, policy, &everything, is_stated, silences);
    Scorecard {
        observed: links.observed().map(|(from, to)| Observed { from, to }),
        waterfall: waterfall(links, rejected_count),
        overall: overall.pop().expect("one group was asked for"),
        by: groups.by.clone(),
        groups: group_scores(links, policy, groups, is_stated, silences),
    }
}

/// The scores of each group that has interactions, by ascending key, none first; the rest as in [`scorecard`].
///
/// # Panics
/// When `groups` or `is_stated` are not of the links' length.
pub fn group_scores(
    links: &Links,
    policy: &Policy,
    groups: &Groups,
    is_stated: &[bool],
    silences: &[Silence],
) -> Vec<GroupScores> {
    let mut scored = scored(links, policy, groups, is_stated, silences);
    scored.retain(|group| group.scores.interaction_count > 0);
    scored
}

fn scored(
    links: &Links,
    policy: &Policy,
    groups: &Groups,
    is_stated: &[bool],
    silences: &[Silence],
) -> Vec<GroupScores> {
    let mut scores = score(links, &groups.codes, groups.keys.len(), is_stated);
    let group_of = |row: u32| groups.codes.get(row as usize).map_or(0, |code| *code as usize);
    let observed = links.observed().map_or(0, |(from, to)| to.saturating_sub(from));
    let mut expected = vec![0; scores.len()];
    by_chance(silences, observed, |row, units| expected[group_of(row)] += units);
    let mut subjects = vec![Vec::new(); scores.len()];
    let is_counted = |it: &&Silence| links.fate(it.row).is_some();
    silences.iter().filter(is_counted).for_each(|it| subjects[group_of(it.row)].push(Subject::from(it)));
    let has_one_window = policy.category.values().all(|own| own.window.is_none());
    let category = groups.by.iter().position(|name| name == "category");
    for ((at, scores), key) in scores.iter_mut().enumerate().zip(&groups.keys) {
        let window = match category {
            Some(of_key) => Some(key[of_key].as_deref().map_or(policy.window, |name| policy.window_of(name))),
            None => has_one_window.then_some(policy.window),
        };
        scores.fill_chance(expected[at]);
        scores.fill_survival(&subjects[at], window.map(|window| policy.reach(window)));
    }
    let of_group = |(key, scores): (&Vec<Option<String>>, Scores)| {
        let category = category.and_then(|at| key[at].as_deref());
        let target = category.map_or(policy.target, |name| policy.target_of(name));
        let verdict = verdict(scores.resolved_count, scores.eligible_count, target, policy.minimum_count);
        GroupScores { key: key.clone(), scores, target, verdict }
    };
    groups.keys.iter().zip(scores).map(of_group).collect()
}

impl Scores {
    /// Adds the repeats expected by chance, given in [`UNITS`].
    fn fill_chance(&mut self, units: u128) {
        self.expected_repeat_count = units as f64 / UNITS;
        self.excess_repeat_count = self.repeat_count as f64 - self.expected_repeat_count;
    }

    /// Adds the Kaplan–Meier estimate at a window in microseconds, if there is one.
    fn fill_survival(&mut self, subjects: &[Subject], window: Option<Micros>) {
        let Some(estimate) = window.and_then(|window| Curve::new(subjects).at(window)) else { return };
        self.km_fcr_rate = Some(estimate.survival);
        self.km_low = estimate.interval.map(|it| it.low);
        self.km_high = estimate.interval.map(|it| it.high);
    }
}
