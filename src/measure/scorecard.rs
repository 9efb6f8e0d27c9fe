//! The scorecard: every number of one report, from one set of links. Takes links, a policy and groups; gives plain
//! data that formats print. It holds no text from interactions but the groups' names.

use serde::Serialize;

use super::chance::{UNITS, by_chance};
use super::incidence::{self, Incidence};
use super::{
    Agreement, Companions, Cost, Curve, Denominators, Estimate, Facts, Grouping, Groups, Place, SaidDone,
    Scores, Source, Step, Subject, Unlinked, Verdict, Words, agreements, companions, denominators, lags,
    said_done, score, verdict, waterfall,
};
use crate::interaction::{MICROS_PER_DAY, Micros};
use crate::link::{Links, Neighbours, Silence};
use crate::policy::{Days, Policy, ResolvedBy, Span};

/// What a scorecard is made of: links, and what else is known of the rows.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The linked rows.
    pub links: &'a Links,
    /// The policy that linked them.
    pub policy: &'a Policy,
    /// The silences of the links.
    pub silences: &'a [Silence],
    /// The neighbours of the links, in the same order; empty where other reasons do not compete.
    pub neighbours: &'a [Neighbours],
    /// The time of each contact since the first of its episode, in the same order; empty: not known.
    pub since_first: &'a [Micros],
    /// Whether each row has a stated repeat; empty: none has.
    pub is_stated: &'a [bool],
    /// What customers said, for comparison with what the links say.
    pub words: Words<'a>,
    /// What is known beside the links: handle times, codes, answers.
    pub facts: Facts<'a>,
    /// What each source of evidence answers.
    pub sources: &'a [Source],
}

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
    /// What customers say against what the records show.
    pub said_done: SaidDone,
    /// The same contacts by other denominators.
    pub denominators: Denominators,
    /// Handle times, codes, answers, costs.
    pub companions: Companions,
    /// How the sources of evidence agree, a pair each.
    pub agreement: Vec<Agreement>,
    /// Repeats by day after the first contact of their episode, from day 0 on.
    pub repeats_by_day: Vec<u64>,
    /// The FCR rate that it has to reach, 0 to 1: its category's where it is grouped by category.
    pub target: f64,
    /// Whether it does.
    pub verdict: Verdict,
}

/// Counts everything. `unlinked` are the rows of the log that the links do not tell.
///
/// # Panics
/// When `groups` or what `material` has are not of the links' length.
pub fn scorecard(material: &Material<'_>, groups: &Groups, unlinked: Unlinked) -> Scorecard {
    let everything = Groups { by: Vec::new(), codes: Vec::new(), keys: vec![Vec::new()] };
    let mut overall = scored(material, &everything);
    let links = material.links;
    Scorecard {
        observed: links.observed().map(|(from, to)| Observed { from, to }),
        waterfall: waterfall(links, unlinked),
        overall: overall.pop().expect("one group was asked for"),
        by: groups.by.clone(),
        groups: group_scores(material, groups),
    }
}

/// The scores of each group that has interactions, by ascending key, none first.
///
/// # Panics
/// As [`scorecard`].
pub fn group_scores(material: &Material<'_>, groups: &Groups) -> Vec<GroupScores> {
    let mut scored = scored(material, groups);
    scored.retain(|group| group.scores.interaction_count > 0);
    scored
}

fn scored(material: &Material<'_>, groups: &Groups) -> Vec<GroupScores> {
    let Material { links, policy, .. } = *material;
    let grouping = Grouping { codes: &groups.codes, count: groups.keys.len() };
    let mut scores = score(links, &groups.codes, groups.keys.len(), material.is_stated);
    fill_chance(material, grouping, &mut scores);
    fill_estimates(material, groups, &mut scores);
    let excess: Vec<f64> = scores.iter().map(|scores| scores.excess_repeat_count).collect();
    let cost = policy.cost_per_contact.map(Cost::PerContact).or(policy.cost_per_minute.map(Cost::PerMinute));
    let companions = companions(&material.facts, grouping, &excess, cost);
    let said_done = said_done(&material.words, grouping);
    let denominators = denominators(&places(links), grouping);
    let agreements = agreements(material.sources, grouping);
    let lags = lags(links, material.since_first, grouping);
    let category = category_of(groups);
    let all = groups.keys.iter().zip(scores).zip(companions).zip(said_done).zip(denominators).zip(agreements);
    all.zip(lags)
        .map(|((((((key, scores), companions), said_done), denominators), agreement), repeats_by_day)| {
            let category = category.and_then(|at| key[at].as_deref());
            let target = category.map_or(policy.target, |name| policy.target_of(name));
            let verdict = verdict(scores.resolved_count, scores.eligible_count, target, policy.minimum_count);
            GroupScores {
                key: key.clone(),
                scores,
                said_done,
                denominators,
                companions,
                agreement,
                repeats_by_day,
                target,
                verdict,
            }
        })
        .collect()
}

fn places(links: &Links) -> Vec<Place> {
    let place = |(at, row): (usize, &u32)| Place {
        row: *row,
        starts_customer: links.starts_customer(at),
        starts_episode: links.starts_episode(at),
    };
    links.order().iter().enumerate().map(place).collect()
}

fn fill_chance(material: &Material<'_>, grouping: Grouping<'_>, scores: &mut [Scores]) {
    let observed = material.links.observed().map_or(0, |(from, to)| to.saturating_sub(from));
    // Two moments of a day fall on dates that are as far apart as they are, or one more: on the average half a day more
    // room than the window has.
    let (observed, slack) = match material.policy.days {
        Days::Elapsed => (observed, 0),
        Days::Calendar => (observed.saturating_add(MICROS_PER_DAY / 2), MICROS_PER_DAY / 2),
    };
    let mut expected = vec![0; scores.len()];
    by_chance(material.silences, observed, slack, |row, units| {
        expected[grouping.group_of(row as usize)] += units;
    });
    scores.iter_mut().zip(expected).for_each(|(scores, units)| scores.fill_chance(units));
}

/// The estimates that use pending contacts too: of each group whose contacts have one window, where silence decides.
fn fill_estimates(material: &Material<'_>, groups: &Groups, scores: &mut [Scores]) {
    let Material { links, policy, silences, .. } = *material;
    if policy.resolved_by != ResolvedBy::Silence {
        return;
    }
    let subjects = subjects_of(links, groups, silences);
    let competing = competing_of(material, groups);
    for ((at, scores), window) in scores.iter_mut().enumerate().zip(windows_of(policy, groups)) {
        let Some(window) = window.map(|window| policy.reach(window)) else { continue };
        scores.fill_survival(Curve::new(&subjects[at]).at(window));
        scores.fill_incidence(incidence::Curve::new(&competing[at]).at(window));
    }
}

/// How the waits after the contacts that the FCR rate counts ended, for each group; none where reasons do not compete.
fn competing_of(material: &Material<'_>, groups: &Groups) -> Vec<Vec<incidence::Subject>> {
    let grouping = Grouping { codes: &groups.codes, count: groups.keys.len() };
    let mut competing = vec![Vec::new(); groups.keys.len()];
    let waits = material.silences.iter().zip(material.neighbours);
    for (silence, neighbours) in waits.filter(|(silence, _)| material.links.fate(silence.row).is_some()) {
        let group = grouping.group_of(silence.row as usize);
        competing[group].push(incidence::Subject::new(silence, neighbours));
    }
    competing
}

/// The silences after the contacts that the FCR rate counts, for each group.
pub(super) fn subjects_of(links: &Links, groups: &Groups, silences: &[Silence]) -> Vec<Vec<Subject>> {
    let grouping = Grouping { codes: &groups.codes, count: groups.keys.len() };
    let mut subjects = vec![Vec::new(); groups.keys.len()];
    let is_counted = |it: &&Silence| links.fate(it.row).is_some();
    silences
        .iter()
        .filter(is_counted)
        .for_each(|it| subjects[grouping.group_of(it.row as usize)].push(Subject::from(it)));
    subjects
}

/// The window of each group: its category's; without a category the policy's, if no category has one of its own.
pub(super) fn windows_of(policy: &Policy, groups: &Groups) -> Vec<Option<Span>> {
    let has_one_window = policy.category.values().all(|own| own.window.is_none());
    let window = |key: &Vec<Option<String>>| match category_of(groups) {
        Some(of_key) => Some(key[of_key].as_deref().map_or(policy.window, |name| policy.window_of(name))),
        None => has_one_window.then_some(policy.window),
    };
    groups.keys.iter().map(window).collect()
}

/// Which of the dimensions is the category.
fn category_of(groups: &Groups) -> Option<usize> {
    groups.by.iter().position(|name| name == "category")
}

impl Scores {
    /// Adds the repeats expected by chance, given in [`UNITS`].
    fn fill_chance(&mut self, units: u128) {
        self.expected_repeat_count = units as f64 / UNITS;
        self.excess_repeat_count = self.repeat_count as f64 - self.expected_repeat_count;
    }

    /// Adds the Kaplan–Meier estimate at the window, if there is one.
    fn fill_survival(&mut self, estimate: Option<Estimate>) {
        self.km_fcr_rate = estimate.map(|it| it.survival);
        self.km_low = estimate.and_then(|it| it.interval).map(|it| it.low);
        self.km_high = estimate.and_then(|it| it.interval).map(|it| it.high);
        self.km_at_risk_count = estimate.map(|it| it.at_risk);
    }

    /// Adds the shares that the Aalen–Johansen estimate gives at the window, if there are any.
    fn fill_incidence(&mut self, incidence: Option<Incidence>) {
        self.aj_repeat_rate = incidence.map(|it| it.event);
        self.aj_other_rate = incidence.map(|it| it.competing);
        self.aj_silent_rate = incidence.map(|it| it.neither);
    }
}
