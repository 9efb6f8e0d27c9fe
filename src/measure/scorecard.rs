//! The scorecard: every number of one report, from one set of links. Takes links, a policy and groups; gives plain
//! data that formats print. It holds no text from interactions but the groups' names.

use serde::Serialize;

use super::chance::{UNITS, by_chance};
use super::{Curve, Groups, Scores, Step, Subject, Verdict, score, verdict, waterfall};
use crate::interaction::Micros;
use crate::link::{Class, Links, Silence};
use crate::policy::{Policy, Span};

/// Every number of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The span of observation; `None` when nothing was read.
    pub observed: Option<Observed>,
    /// Where every row that was read ended up.
    pub waterfall: Vec<Step>,
    /// The scores of all interactions.
    pub overall: Scores,
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
/// `silences` are those of the links, and `window_of` gives the window of a row in microseconds.
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
    window_of: impl Fn(u32) -> Micros,
) -> Scorecard {
    let mut overall = score(links, &[], 1, is_stated).pop().expect("one group was asked for");
    let category = groups.by.iter().position(|name| name == "category");
    let mut scores = score(links, &groups.codes, groups.keys.len(), is_stated);
    let group_of = |row: u32| groups.codes.get(row as usize).map_or(0, |code| *code as usize);
    let observed = links.observed().map_or(0, |(from, to)| to.saturating_sub(from));
    let (mut expected_of_all, mut expected) = (0, vec![0; scores.len()]);
    by_chance(silences, observed, window_of, |row, units| {
        expected_of_all += units;
        expected[group_of(row)] += units;
    });
    overall.fill_chance(expected_of_all);
    scores.iter_mut().zip(expected).for_each(|(scores, units)| scores.fill_chance(units));
    let (of_all, of_groups) = subjects(links, groups, silences);
    let has_one_window = policy.category.values().all(|own| own.window.is_none());
    overall.fill_survival(&of_all, has_one_window.then_some(policy.window.micros()));
    for ((key, scores), subjects) in groups.keys.iter().zip(&mut scores).zip(&of_groups) {
        let window = match category {
            Some(at) => Some(key[at].as_deref().map_or(policy.window, |name| policy.window_of(name))),
            None => has_one_window.then_some(policy.window),
        };
        scores.fill_survival(subjects, window.map(Span::micros));
    }
    let groups_scores = groups.keys.iter().zip(scores).filter(|(_, scores)| scores.interaction_count > 0);
    let groups_scores = groups_scores.map(|(key, scores)| {
        let category = category.and_then(|at| key[at].as_deref());
        let target = category.map_or(policy.target, |name| policy.target_of(name));
        let verdict = verdict(scores.resolved_count, scores.eligible_count, target, policy.minimum_count);
        GroupScores { key: key.clone(), scores, target, verdict }
    });
    Scorecard {
        observed: links.observed().map(|(from, to)| Observed { from, to }),
        waterfall: waterfall(links, rejected_count),
        overall,
        by: groups.by.clone(),
        groups: groups_scores.collect(),
    }
}

/// The silences after first contacts, of everything and of each group.
fn subjects(links: &Links, groups: &Groups, silences: &[Silence]) -> (Vec<Subject>, Vec<Vec<Subject>>) {
    let is_first = |it: &&Silence| matches!(links.class(it.row), Class::First { .. });
    let mut of_groups = vec![Vec::new(); groups.keys.len()];
    let mut of_all = Vec::new();
    for silence in silences.iter().filter(is_first) {
        let subject = Subject::from(silence);
        of_all.push(subject);
        of_groups[groups.codes.get(silence.row as usize).map_or(0, |code| *code as usize)].push(subject);
    }
    (of_all, of_groups)
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
