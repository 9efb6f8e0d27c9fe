//! The scorecard: every number of one report, from one set of links. Takes links, a policy and groups; gives plain
//! data that formats print. It holds no text from interactions but the groups' names.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::chance::UNITS;
use super::incidence::{self, Incidence};
use super::tallies::{Tallies, Waits};
use super::{
    Agreement, Companions, Cost, Curve, Denominators, Estimate, Facts, Grouping, Groups, Missed, Role,
    SaidDone, Scores, Source, Step, Unlinked, Verdict, Words, verdict, waterfall,
};
use crate::interaction::Micros;
use crate::link::{Links, Neighbours, Silence};
use crate::policy::{Policy, ResolvedBy, Span};

/// What a scorecard is made of: links, and what else is known of rows and contacts. That is asked for a few thousand at
/// a time, from several threads, so that it need not be held for millions.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The linked rows.
    pub links: &'a Links,
    /// The policy that linked them.
    pub policy: &'a Policy,
    /// What is known of the contacts at places of the links' order, which are those of some customers.
    pub contacts: &'a (dyn Fn(Range<usize>) -> Contacts + Sync),
    /// What is known of rows.
    pub rows: &'a (dyn Fn(Range<usize>) -> Rows<'a> + Sync),
}

/// What is known of some contacts, one entry a contact, in chain order. Columns may be empty: not known of any.
#[derive(Debug, Default)]
pub struct Contacts {
    /// Their silences.
    pub silences: Vec<Silence>,
    /// Their neighbours.
    pub neighbours: Vec<Neighbours>,
    /// Whether the neighbours end waits.
    pub competes: bool,
    /// The time since the first contact of the episode.
    pub since_first: Vec<Micros>,
    /// See [`Words`].
    pub has_words: Vec<bool>,
    /// See [`Words`].
    pub is_stated: Vec<bool>,
    /// See [`Words`].
    pub is_repeat: Vec<bool>,
    /// See [`Words`].
    pub missed: Vec<Missed>,
    /// See [`Words`].
    pub stated_number: Vec<u32>,
    /// See [`Words`].
    pub position: Vec<u32>,
}

/// What is known of some rows, one entry a row. Columns may be empty: not known of any.
#[derive(Debug, Default)]
pub struct Rows<'a> {
    /// Whether each has a stated repeat.
    pub is_stated: Vec<bool>,
    /// See [`Facts`].
    pub role: Vec<Role>,
    /// See [`Facts`].
    pub is_inbound: Vec<bool>,
    /// See [`Facts`].
    pub is_abandoned: Vec<bool>,
    /// See [`Facts`].
    pub handle_seconds: &'a [f64],
    /// See [`Facts`].
    pub transfer_count: Vec<f64>,
    /// See [`Facts`].
    pub csat: &'a [f64],
    /// See [`Facts`].
    pub nps: &'a [f64],
    /// See [`Facts`].
    pub coded: Vec<u8>,
    /// What each source of evidence answers.
    pub sources: Vec<Source>,
}

impl Contacts {
    /// What customers said.
    pub(super) fn words(&self) -> Words<'_> {
        Words {
            has_words: &self.has_words,
            is_stated: &self.is_stated,
            is_repeat: &self.is_repeat,
            missed: &self.missed,
            stated_number: &self.stated_number,
            position: &self.position,
        }
    }
}

impl Rows<'_> {
    /// What is known beside the links.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            role: &self.role,
            is_inbound: &self.is_inbound,
            is_abandoned: &self.is_abandoned,
            handle_seconds: self.handle_seconds,
            transfer_count: &self.transfer_count,
            csat: self.csat,
            nps: self.nps,
            coded: &self.coded,
        }
    }
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
    let tallies = tallies(material, groups);
    let mut overall = finished(material, &everything, tallies.together(material));
    let links = material.links;
    Scorecard {
        observed: links.observed().map(|(from, to)| Observed { from, to }),
        waterfall: waterfall(links, unlinked),
        overall: overall.pop().expect("everything is one group"),
        by: groups.by.clone(),
        groups: with_interactions(finished(material, groups, tallies)),
    }
}

/// The scores of each group that has interactions, by ascending key, none first.
///
/// # Panics
/// As [`scorecard`].
pub fn group_scores(material: &Material<'_>, groups: &Groups) -> Vec<GroupScores> {
    with_interactions(finished(material, groups, tallies(material, groups)))
}

fn with_interactions(mut groups: Vec<GroupScores>) -> Vec<GroupScores> {
    groups.retain(|group| group.scores.interaction_count > 0);
    groups
}

fn tallies(material: &Material<'_>, groups: &Groups) -> Tallies {
    let row_count = material.links.row_count();
    assert!(Grouping { codes: &groups.codes, count: 0 }.fits(row_count), "one group a row");
    let limits = windows_of(material.policy, groups);
    let limits: Vec<Option<Micros>> = limits.into_iter().map(|it| Some(material.policy.reach(it?))).collect();
    Tallies::count(material, groups, if limits.is_empty() { &[None] } else { &limits })
}

/// The numbers made of the counts of each group.
fn finished(material: &Material<'_>, groups: &Groups, tallies: Tallies) -> Vec<GroupScores> {
    let Material { links, policy, .. } = *material;
    let cost = Cost::of(policy);
    let sources = (material.rows)(0..0).sources;
    let category = category_of(groups);
    let windows = windows_of(policy, groups);
    let mut scores: Vec<Scores> = tallies.scores.iter().map(|it| it.scores(links.anchored_at())).collect();
    let of_waits = scores.par_iter_mut().zip(tallies.waits).zip(&windows);
    of_waits.for_each(|((scores, waits), window)| {
        if let (ResolvedBy::Silence, Some(window)) = (policy.resolved_by, window) {
            scores.fill_estimates(waits, policy.reach(*window));
        }
    });
    let of_groups = groups.keys.iter().zip(scores).zip(tallies.chance).zip(tallies.companions);
    let of_groups = of_groups.zip(tallies.said_done).zip(tallies.denominators).zip(tallies.lags).enumerate();
    of_groups
        .map(|(at, ((((((key, mut scores), chance), companions), said_done), denominators), lags))| {
            scores.fill_chance(chance);
            let category = category.and_then(|at| key[at].as_deref());
            let target = category.map_or(policy.target, |name| policy.target_of(name));
            let verdict = verdict(scores.resolved_count, scores.eligible_count, target, policy.minimum_count);
            GroupScores {
                key: key.clone(),
                said_done: said_done.finish(),
                denominators: denominators.finish(),
                companions: companions.finish(cost, Some(scores.excess_repeat_count)),
                agreement: tallies.agreements.finish(&sources, at),
                repeats_by_day: lags,
                target,
                verdict,
                scores,
            }
        })
        .collect()
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

    /// The estimates that use pending contacts too, at the window.
    fn fill_estimates(&mut self, waits: Waits, window: Micros) {
        self.fill_survival(Curve::until(waits.events, waits.censored, waits.later).at(window));
        self.fill_incidence(incidence::Curve::until(waits.competing, waits.competing_later).at(window));
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
