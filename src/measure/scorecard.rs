//! The scorecard: every number of one report, from one set of links. Takes links, a policy and groups; gives plain
//! data that formats print. It holds no text from interactions but the groups' names.

use serde::Serialize;

use super::{Groups, Scores, Step, Verdict, score, verdict, waterfall};
use crate::interaction::Micros;
use crate::link::Links;
use crate::policy::Policy;

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

/// Counts everything. `rejected_count` is the number of rows that could not be read; `is_stated` as in [`score`].
///
/// # Panics
/// When `groups` or `is_stated` are not of the links' length.
pub fn scorecard(
    links: &Links,
    policy: &Policy,
    groups: &Groups,
    rejected_count: u64,
    is_stated: &[bool],
) -> Scorecard {
    let overall = score(links, &[], 1, is_stated).pop().expect("one group was asked for");
    let category = groups.by.iter().position(|name| name == "category");
    let scores = score(links, &groups.codes, groups.keys.len(), is_stated);
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
