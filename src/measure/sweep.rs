//! The counts under many windows at once: how much of a rate is definition.
//!
//! One pass over the contacts, not one a window: for each contact the windows under which it is a first contact, is
//! eligible and is resolved are all windows up to some longest one, so it is enough to count contacts by that one.
//! Holds where [`allows_one_pass`] says so; under `chain = "first"`, for one, episodes fall differently for each window.

use rayon::prelude::*;
use serde::Serialize;

use super::Scores;
use crate::interaction::Micros;
use crate::link::Silence;
use crate::policy::{Anchor, Boundary, Chain, Maturity, Policy, ResolvedBy};

/// What is counted of a group under one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SweptCounts {
    /// Contacts, whatever the window.
    pub contact_count: u64,
    /// Contacts that follow another within the window.
    pub repeat_count: u64,
    /// First contacts whose window has been fully observed.
    pub eligible_count: u64,
    /// Those of them without a repeat.
    pub resolved_count: u64,
}

impl From<&Scores> for SweptCounts {
    fn from(scores: &Scores) -> SweptCounts {
        SweptCounts {
            contact_count: scores.contact_count,
            repeat_count: scores.repeat_count,
            eligible_count: scores.eligible_count,
            resolved_count: scores.resolved_count,
        }
    }
}

impl SweptCounts {
    /// The sums of both.
    pub fn plus(self, other: &SweptCounts) -> SweptCounts {
        SweptCounts {
            contact_count: self.contact_count + other.contact_count,
            repeat_count: self.repeat_count + other.repeat_count,
            eligible_count: self.eligible_count + other.eligible_count,
            resolved_count: self.resolved_count + other.resolved_count,
        }
    }
}

/// Whether which contacts there are, and where their episodes begin, can be told for all windows from the silences
/// around each.
pub fn allows_one_pass(policy: &Policy) -> bool {
    policy.chain == Chain::Rolling
        && policy.anchor == Anchor::First
        && policy.boundary == Boundary::Inclusive
        && policy.maturity == Maturity::Required
        && policy.resolved_by == ResolvedBy::Silence
        && policy.repeat_only_status.is_empty()
}

/// For each group, for each of `windows` (microseconds, ascending), the counts as if that were the window of every
/// contact. `stretches` has the silences, some at a time. `group_of` gives the group of a row, below `group_count`; `lookback_of` its lookback in microseconds, none
/// where it is as long as the window.
///
/// # Panics
/// When `windows` do not ascend.
pub fn sweep(
    stretches: impl ParallelIterator<Item = Vec<Silence>>,
    windows: &[Micros],
    group_count: usize,
    group_of: impl Fn(u32) -> usize + Sync,
    lookback_of: impl Fn(u32) -> Option<Micros> + Sync,
) -> Vec<Vec<SweptCounts>> {
    assert!(windows.is_sorted(), "windows ascend");
    let empty = || vec![vec![SweptCounts::default(); windows.len() + 1]; group_count];
    let count = |mut tallies: Vec<Vec<SweptCounts>>, silences: Vec<Silence>| {
        for silence in &silences {
            let tally = &mut tallies[group_of(silence.row)];
            let until = until(silence, windows, lookback_of(silence.row));
            tally[0].contact_count += 1;
            tally[until.first].repeat_count += 1;
            tally[until.eligible].eligible_count += 1;
            tally[until.resolved].resolved_count += 1;
        }
        tallies
    };
    let tallies = stretches.fold(empty, count).reduce_with(added).unwrap_or_default();
    tallies.into_iter().map(|tally| summed(&tally)).collect()
}

/// How many of the windows, from the shortest on, hold for a contact.
struct Until {
    /// It is no repeat.
    first: usize,
    /// It is an eligible first contact.
    eligible: usize,
    /// It is resolved, too.
    resolved: usize,
}

fn until(silence: &Silence, windows: &[Micros], lookback: Option<Micros>) -> Until {
    let below = |gap: Option<Micros>| gap.map_or(windows.len(), |gap| windows.partition_point(|w| *w < gap));
    let within = |room: Micros| windows.partition_point(|w| *w <= room);
    let is_observed_before = match lookback {
        None => within(silence.observed_before),
        Some(lookback) if lookback <= silence.observed_before => windows.len(),
        Some(_) => 0,
    };
    let first = below(silence.before);
    let eligible = first.min(is_observed_before).min(within(silence.observed_after));
    Until { first, eligible, resolved: eligible.min(below(silence.after)) }
}

fn added(mut sum: Vec<Vec<SweptCounts>>, other: Vec<Vec<SweptCounts>>) -> Vec<Vec<SweptCounts>> {
    for (sum, other) in sum.iter_mut().flatten().zip(other.into_iter().flatten()) {
        *sum = sum.plus(&other);
    }
    sum
}

/// From contacts by how many windows hold for them to contacts by window. Whoever is no repeat up to some window is
/// one from the next on.
fn summed(tally: &[SweptCounts]) -> Vec<SweptCounts> {
    let above = |at: usize, of: fn(&SweptCounts) -> u64| tally[at + 1..].iter().map(of).sum::<u64>();
    let counts = (0..tally.len() - 1).map(|at| SweptCounts {
        contact_count: tally[0].contact_count,
        repeat_count: tally[..=at].iter().map(|it| it.repeat_count).sum(),
        eligible_count: above(at, |it| it.eligible_count),
        resolved_count: above(at, |it| it.resolved_count),
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SweptCounts, allows_one_pass, sweep};
    use crate::link::Timelines;
    use crate::link::table::{Columns, S, any_policy, any_rows, linked};
    use crate::measure::score;
    use crate::policy::{Anchor, Boundary, Chain, Maturity, Policy, Span};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_sweep_says_what_reports_with_each_window_say(rows in any_rows(), policy in any_policy()) {
            let mut policy = Policy {
                chain: Chain::Rolling,
                anchor: Anchor::First,
                boundary: Boundary::Inclusive,
                maturity: Maturity::Required,
                repeat_only_status: vec![],
                ..policy
            };
            prop_assert!(allows_one_pass(&policy));
            policy.category.values_mut().for_each(|own| (own.window, own.lookback) = (None, None));
            let columns = Columns::new(&rows);
            let links = columns.link(&policy);
            let windows: Vec<i64> = (0..9).map(|seconds| seconds * S).collect();
            let group_of = |row: u32| rows[row as usize].category as usize;
            let lookback = policy.lookback.map(|it| it.micros());
            let input = columns.input();
            let silences = rayon::iter::once(Timelines::new(&links, &input, &policy).whole().silences());
            let swept = sweep(silences, &windows, 5, group_of, |_| lookback);
            let categories: Vec<u32> = rows.iter().map(|row| row.category).collect();
            for (at, seconds) in (0..9u64).enumerate() {
                let policy = Policy { window: Span::from_seconds(seconds), ..policy.clone() };
                let scores = score(&linked(&rows, &policy), &categories, 5, &[]);
                for (group, scores) in scores.iter().enumerate() {
                    let expected = SweptCounts {
                        contact_count: scores.contact_count,
                        repeat_count: scores.repeat_count,
                        eligible_count: scores.eligible_count,
                        resolved_count: scores.resolved_count,
                    };
                    let found = swept.get(group).map_or(SweptCounts::default(), |counts| counts[at]);
                    prop_assert_eq!(found, expected, "group {} window {} s", group, seconds);
                }
            }
        }
    }
}
