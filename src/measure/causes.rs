//! Why first contacts fail: the causes that words give evidence of, by group. A contact counts once for each cause that
//! its words, or those of the repeat that followed, give; it can have several, so that shares do not add up to 1. What
//! has no evidence is unknown, and stays so: it is never spread over the rest.
//!
//! The roll-up by party divides each contact of known cause evenly between the parties of its causes, so that the three
//! shares add up to 1 and can stand beside the published one: organisation 49 %, agent 38 %, customer 13 % (SQM Group,
//! "Call Center Root Causes for Not Achieving First Call Resolution").

use serde::Serialize;

use super::cause::Party;
use super::companions::Cost;
use super::interval::{Interval, Z, wilson};
use super::mean::Mean;
use super::scores::ratio;

/// A first contact that failed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Failure<'a> {
    /// Its group.
    pub group: u32,
    /// Causes that its own words give.
    pub first: u32,
    /// Causes that the words of the repeat that followed give.
    pub next: u32,
    /// Whether the words of either are known.
    pub is_heard: bool,
    /// The handle time in seconds of each repeat that followed; NaN = not known.
    pub repeat_seconds: &'a [f64],
}

/// The causes of a group of first contacts.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CauseScores {
    /// First contacts that failed: eligible less resolved.
    pub failed_count: u64,
    /// Of these, contacts of which, or of whose repeat, words are known.
    pub heard_count: u64,
    /// Of these, contacts with evidence of a cause.
    pub known_count: u64,
    /// Failed contacts without evidence of any cause: failed less known. Words may be known or not.
    pub unknown_count: u64,
    /// Unknown ÷ failed; none where nothing failed.
    pub unknown_share: Option<f64>,
    /// Its lower end.
    pub unknown_low: Option<f64>,
    /// Its upper end.
    pub unknown_high: Option<f64>,
    /// Repeats that followed the failed contacts.
    pub repeat_count: u64,
    /// What they cost, in the currency of the policy; none without a price.
    pub repeat_cost: Option<f64>,
    /// The causes that there is evidence of, the most frequent first.
    pub causes: Vec<CauseShare>,
    /// Whose doing it is, of the contacts whose cause has a party.
    pub parties: Vec<PartyShare>,
}

/// One cause in a group.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CauseShare {
    /// Its name: `knowledge`, …
    pub cause: String,
    /// Failed contacts with evidence of it.
    pub contact_count: u64,
    /// ÷ failed.
    pub share: Option<f64>,
    /// Its lower end.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// ÷ heard: what the share would be if nobody's words were missing and the missing were like the others.
    pub heard_share: Option<f64>,
    /// Contacts whose own words give it.
    pub first_count: u64,
    /// Contacts whose repeat gives it.
    pub next_count: u64,
    /// Contacts of which both do: the strongest evidence.
    pub both_count: u64,
    /// Repeats that followed these contacts. A contact of several causes is in each.
    pub repeat_count: u64,
    /// What they cost; none without a price.
    pub repeat_cost: Option<f64>,
}

/// The share of one party.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PartyShare {
    /// Whose doing it is.
    pub party: Party,
    /// Failed contacts with a cause that is its doing.
    pub contact_count: u64,
    /// Its part of the contacts whose cause has a party, each divided evenly between the parties of its causes; none where
    /// there is no such contact.
    pub share: Option<f64>,
    /// Lower end of the 95 % interval of this mean (normal).
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The published share.
    pub published_share: f64,
}

/// The causes of each group and, last, of all of them together. `names` are the causes by code.
///
/// # Panics
/// When a failure is of a group that is none.
pub fn causes<'a>(
    names: &[String],
    failures: impl Iterator<Item = Failure<'a>>,
    group_count: usize,
    cost: Option<Cost>,
) -> Vec<CauseScores> {
    let parties: Vec<Option<Party>> = names.iter().map(|name| Party::of(name)).collect();
    let mut tallies = vec![Tally::new(names.len()); group_count];
    for failure in failures {
        tallies[failure.group as usize].add(&failure, &parties);
    }
    let all = tallies.iter().fold(Tally::new(names.len()), |all, one| all.and(one));
    let mean = all.all.seconds.mean();
    tallies.push(all);
    tallies.iter().map(|tally| tally.finish(names, cost, mean)).collect()
}

/// Contacts and the repeats that followed them.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    contact_count: u64,
    first_count: u64,
    next_count: u64,
    both_count: u64,
    repeat_count: u64,
    seconds: Mean,
}

#[derive(Debug, Clone)]
struct Tally {
    all: Cell,
    heard_count: u64,
    known_count: u64,
    of_cause: Vec<Cell>,
    /// Contacts by the set of parties that their causes have.
    of_parties: [u64; 8],
}

impl Cell {
    fn add(&mut self, is_first: bool, is_next: bool, repeat_seconds: &[f64]) {
        self.contact_count += 1;
        self.first_count += u64::from(is_first);
        self.next_count += u64::from(is_next);
        self.both_count += u64::from(is_first && is_next);
        self.repeat_count += repeat_seconds.len() as u64;
        let known = repeat_seconds.iter().filter(|seconds| seconds.is_finite() && **seconds >= 0.0);
        known.for_each(|seconds| self.seconds.add(*seconds));
    }

    fn and(self, other: Cell) -> Cell {
        Cell {
            contact_count: self.contact_count + other.contact_count,
            first_count: self.first_count + other.first_count,
            next_count: self.next_count + other.next_count,
            both_count: self.both_count + other.both_count,
            repeat_count: self.repeat_count + other.repeat_count,
            seconds: self.seconds.and(other.seconds),
        }
    }

    /// Repeats × the mean cost of one, as [`companions`](super::companions()) has it; `mean` is the mean time of all repeats, for
    /// where none of these is known.
    fn cost(&self, cost: Option<Cost>, mean: Option<f64>) -> Option<f64> {
        let each = match cost? {
            Cost::PerContact(price) => price,
            Cost::PerMinute(price) => price * self.seconds.mean().or(mean)? / 60.0,
        };
        Some(each * self.repeat_count as f64)
    }
}

impl Tally {
    fn new(cause_count: usize) -> Tally {
        let of_cause = vec![Cell::default(); cause_count];
        Tally { all: Cell::default(), heard_count: 0, known_count: 0, of_cause, of_parties: [0; 8] }
    }

    fn add(&mut self, failure: &Failure<'_>, parties: &[Option<Party>]) {
        let set = failure.first | failure.next;
        self.all.add(failure.first != 0, failure.next != 0, failure.repeat_seconds);
        self.heard_count += u64::from(failure.is_heard);
        self.known_count += u64::from(set != 0);
        let mut of_parties = 0;
        for (code, cell) in self.of_cause.iter_mut().enumerate().filter(|(code, _)| set >> code & 1 != 0) {
            let has = |set: u32| set >> code & 1 != 0;
            cell.add(has(failure.first), has(failure.next), failure.repeat_seconds);
            of_parties |= parties[code].map_or(0, |party| 1 << party as usize);
        }
        self.of_parties[of_parties] += 1;
    }

    fn and(mut self, other: &Tally) -> Tally {
        self.all = self.all.and(other.all);
        self.heard_count += other.heard_count;
        self.known_count += other.known_count;
        self.of_cause.iter_mut().zip(&other.of_cause).for_each(|(one, more)| *one = one.and(*more));
        self.of_parties.iter_mut().zip(&other.of_parties).for_each(|(one, more)| *one += more);
        self
    }

    fn finish(&self, names: &[String], cost: Option<Cost>, mean: Option<f64>) -> CauseScores {
        let failed_count = self.all.contact_count;
        let unknown_count = failed_count - self.known_count;
        let unknown = wilson(unknown_count, failed_count);
        let share = |(name, cell): (&String, &Cell)| {
            let interval = wilson(cell.contact_count, failed_count);
            CauseShare {
                cause: name.clone(),
                contact_count: cell.contact_count,
                share: ratio(cell.contact_count, failed_count),
                low: interval.map(|it| it.low),
                high: interval.map(|it| it.high),
                heard_share: ratio(cell.contact_count, self.heard_count),
                first_count: cell.first_count,
                next_count: cell.next_count,
                both_count: cell.both_count,
                repeat_count: cell.repeat_count,
                repeat_cost: cell.cost(cost, mean),
            }
        };
        let heard = names.iter().zip(&self.of_cause).filter(|(_, cell)| cell.contact_count > 0);
        let mut causes: Vec<CauseShare> = heard.map(share).collect();
        causes.sort_by(|a, b| b.contact_count.cmp(&a.contact_count).then_with(|| a.cause.cmp(&b.cause)));
        CauseScores {
            failed_count,
            heard_count: self.heard_count,
            known_count: self.known_count,
            unknown_count,
            unknown_share: ratio(unknown_count, failed_count),
            unknown_low: unknown.map(|it| it.low),
            unknown_high: unknown.map(|it| it.high),
            repeat_count: self.all.repeat_count,
            repeat_cost: self.all.cost(cost, mean),
            causes,
            parties: Party::ALL.iter().map(|party| self.party(*party)).collect(),
        }
    }

    fn party(&self, party: Party) -> PartyShare {
        let bit = 1 << party as usize;
        let sets = || (1..self.of_parties.len()).map(|set| (set, self.of_parties[set]));
        let with = || sets().filter(|(set, _)| set & bit != 0);
        // Sixths are whole for one, two and three parties: sums do not depend on an order.
        let sixths = |set: usize| 6 / u64::from(set.count_ones());
        let total: u64 = sets().map(|(_, count)| count).sum();
        let sum: u64 = with().map(|(set, count)| sixths(set) * count).sum();
        let squares: u64 = with().map(|(set, count)| sixths(set).pow(2) * count).sum();
        let interval = mean_interval(sum as f64 / 6.0, squares as f64 / 36.0, total);
        PartyShare {
            party,
            contact_count: with().map(|(_, count)| count).sum(),
            share: (total > 0).then(|| sum as f64 / 6.0 / total as f64),
            low: interval.map(|it| it.low),
            high: interval.map(|it| it.high),
            published_share: party.published_share(),
        }
    }
}

/// The 95 % interval of a mean of numbers from 0 to 1, from their sum and the sum of their squares: mean ± z·s ÷ √n, s the
/// sample's standard deviation. Where all are 0 or 1 Wilson's interval of them, which is no point at the ends.
fn mean_interval(sum: f64, squares: f64, count: u64) -> Option<Interval> {
    if count == 0 || sum == squares {
        return wilson(sum as u64, count);
    }
    let n = count as f64;
    let mean = sum / n;
    let variance = ((squares - n * mean * mean) / (n - 1.0).max(1.0)).max(0.0);
    let half = Z * (variance / n).sqrt();
    Some(Interval { low: (mean - half).max(0.0), high: (mean + half).min(1.0) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    const UNKNOWN: f64 = f64::NAN;

    /// Four failed contacts. The first has `knowledge` (0) in its own words and in its repeat, and `product` (1) in its
    /// repeat; the second `product` in its own; the third was heard and says nothing; of the fourth no words are known.
    fn four() -> Vec<Failure<'static>> {
        vec![
            Failure { first: 0b01, next: 0b11, is_heard: true, repeat_seconds: &[60.0, 180.0], group: 0 },
            Failure { first: 0b10, is_heard: true, repeat_seconds: &[UNKNOWN], ..Failure::default() },
            Failure { is_heard: true, repeat_seconds: &[600.0], group: 1, ..Failure::default() },
            Failure { repeat_seconds: &[], group: 1, ..Failure::default() },
        ]
    }

    /// A minute costs 3. Knowledge: two repeats of 2 minutes on average, 12. Product: three repeats, two of known time, of
    /// 2 minutes on average: 18. All: four repeats, three of known time, (60 + 180 + 600) ÷ 3 = 280 s: 4 · 14 = 56.
    /// Parties of the two known ones: agent and organisation half each; organisation. So organisation 1.5 of 2.
    #[test]
    fn contacts_count_for_each_of_their_causes_and_what_is_unknown_stays_unknown() {
        let found =
            causes(&names(&["knowledge", "product"]), four().into_iter(), 2, Some(Cost::PerMinute(3.0)));
        let all = &found[2];
        let counts =
            (all.failed_count, all.heard_count, all.known_count, all.unknown_count, all.repeat_count);
        assert_eq!(counts, (4, 3, 2, 2, 4));
        assert_eq!((all.unknown_share, all.repeat_cost), (Some(0.5), Some(56.0)));
        let of = |cause: &CauseShare| {
            let sides = (cause.first_count, cause.next_count, cause.both_count);
            (
                cause.cause.clone(),
                cause.contact_count,
                cause.share,
                sides,
                cause.repeat_count,
                cause.repeat_cost,
            )
        };
        let shown: Vec<_> = all.causes.iter().map(of).collect();
        assert_eq!(
            shown,
            [
                ("product".to_string(), 2, Some(0.5), (1, 1, 0), 3, Some(18.0)),
                ("knowledge".to_string(), 1, Some(0.25), (1, 1, 1), 2, Some(12.0)),
            ]
        );
        assert_eq!(all.causes[0].heard_share, Some(2.0 / 3.0));
        let parties: Vec<_> = all.parties.iter().map(|it| (it.contact_count, it.share)).collect();
        assert_eq!(parties, [(2, Some(0.75)), (1, Some(0.25)), (0, Some(0.0))]);
        assert_eq!((found[0].failed_count, found[0].unknown_count), (2, 0));
        assert_eq!((found[1].failed_count, found[1].unknown_count, found[1].causes.len()), (2, 2, 0));
        assert_eq!(found[1].parties[0].share, None, "nobody's cause is known");
    }

    /// Two contacts of weights 0.5 and 1: mean 0.75, s² = 2 · 0.25² ÷ 1 = 0.125, half = 1.96 · √(0.125 ÷ 2) = 0.49.
    #[test]
    fn the_interval_of_a_party_is_that_of_a_mean() {
        let all = causes(&names(&["knowledge", "product"]), four().into_iter(), 2, None).pop().unwrap();
        let organisation = all.parties[0];
        assert!((organisation.low.unwrap() - 0.260_009).abs() < 1e-5, "{organisation:?}");
        assert_eq!(organisation.high, Some(1.0));
        assert_eq!(all.parties[2].low, Some(0.0));
        assert!(all.parties[2].high.unwrap() > 0.5, "two contacts cannot rule the customer out");
    }

    #[test]
    fn a_cause_of_a_users_own_counts_and_belongs_to_no_party() {
        let one = Failure { first: 1, is_heard: true, ..Failure::default() };
        let all = causes(&names(&["strike"]), [one].into_iter(), 1, None).pop().unwrap();
        assert_eq!((all.known_count, all.causes[0].cause.as_str()), (1, "strike"));
        assert!(all.parties.iter().all(|party| party.share.is_none()));
    }

    #[test]
    fn without_failures_nothing_is_said() {
        let all = causes(&names(&["product"]), std::iter::empty(), 0, Some(Cost::PerContact(2.0)));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].failed_count, all[0].unknown_share), (0, None));
        assert_eq!(all[0].repeat_cost, Some(0.0));
    }

    proptest! {
        #[test]
        fn groups_add_up_and_the_order_does_not_matter(
            rows in prop::collection::vec((0..3u32, 0..8u32, 0..8u32, any::<bool>(), prop::collection::vec(0..900u32, 0..3)), 0..40)
        ) {
            let names = names(&["knowledge", "product", "customer"]);
            let seconds: Vec<Vec<f64>> =
                rows.iter().map(|row| row.4.iter().map(|it| f64::from(*it) / 7.0).collect()).collect();
            let failure = |at: usize| {
                let (group, first, next, is_heard, _) = rows[at];
                Failure { group, first, next, is_heard, repeat_seconds: &seconds[at] }
            };
            let cost = Some(Cost::PerMinute(1.1));
            let found = causes(&names, (0..rows.len()).map(failure), 3, cost);
            prop_assert_eq!(&found, &causes(&names, (0..rows.len()).rev().map(failure), 3, cost));
            let all = &found[3];
            prop_assert_eq!(all.failed_count, rows.len() as u64);
            prop_assert_eq!(all.known_count, rows.iter().filter(|row| row.1 | row.2 != 0).count() as u64);
            let of_groups = |count: fn(&CauseScores) -> u64| found[..3].iter().map(count).sum::<u64>();
            prop_assert_eq!(all.heard_count, of_groups(|it| it.heard_count));
            prop_assert_eq!(all.repeat_count, of_groups(|it| it.repeat_count));
            for cause in &all.causes {
                prop_assert_eq!(cause.both_count + cause.contact_count, cause.first_count + cause.next_count);
                prop_assert!(cause.low <= cause.share && cause.share <= cause.high);
            }
            let total: f64 = all.parties.iter().filter_map(|party| party.share).sum();
            prop_assert!(all.known_count == 0 || (total - 1.0).abs() < 1e-9);
        }
    }
}
