//! With which reason customers come back: how often contacts with one value of a dimension (a category, a channel) were
//! followed by contacts with another, against what chance would give.
//!
//! The counts of one value lead to each other value in the same proportions as those of all values, were there no link
//! between the two: quasi-independence, which leaves out contacts that stay where they are. L. A. Goodman, "The analysis
//! of cross-classified data: independence, quasi-independence, and interactions in contingency tables with or without
//! missing entries", Journal of the American Statistical Association 63 (1968) 1091–1131. Proportions that make both
//! margins right are found by fitting them in turn (Deming and Stephan 1940). A count is tested by the exact upper tail
//! of the binomial, and all by the false discovery rate: Y. Benjamini, Y. Hochberg, "Controlling the false discovery
//! rate", Journal of the Royal Statistical Society B 57 (1995) 289–300. The surest pair is told first and left out of the
//! fit, which is then made anew, and so on: otherwise one large count would make others seem too many.

use serde::Serialize;

use super::change::LEVEL;
use super::discovery::discovery_rates;
use super::flow_chance::{Margins, at_least};
use super::interval::{Interval, wilson};
use crate::interaction::{MICROS_PER_SECOND, Micros};

/// A contact that the FCR rate counts, and what followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The group of the contact.
    pub from: u32,
    /// Whether it failed.
    pub is_failed: bool,
    /// What followed within its window.
    pub next: Option<Arrival>,
}

/// The contact that followed another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Its group.
    pub to: u32,
    /// Whether it is about the same reason, by the policy.
    pub is_same: bool,
    /// How long after the other, in microseconds.
    pub gap: Micros,
    /// Whether its customer states a repeat; none where nobody's words are known.
    pub is_stated: Option<bool>,
}

/// The flow between groups.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlowCounts {
    /// Of everything.
    pub overall: FlowTotals,
    /// Of each group, by its number.
    pub groups: Vec<FlowTotals>,
    /// The pairs of groups that occur, by `from`, then by `to`.
    pub cells: Vec<(u32, u32, FlowNumbers)>,
}

/// What became of the contacts of a group. `same_count`, `other_count` and `none_count` add up to `counted_count`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FlowTotals {
    /// Contacts that the FCR rate counts.
    pub counted_count: u64,
    /// Those that failed, by whatever the policy tells that.
    pub failed_count: u64,
    /// Those that a contact about the same reason followed.
    pub same_count: u64,
    /// Those that only a contact about another reason followed.
    pub other_count: u64,
    /// Those that no contact followed.
    pub none_count: u64,
    /// `other_count` ÷ `counted_count`.
    pub other_rate: Option<f64>,
    /// Lower end of its interval.
    pub other_low: Option<f64>,
    /// Upper end of its interval.
    pub other_high: Option<f64>,
    /// Contacts of other groups that one of this group followed.
    pub arrived_count: u64,
}

/// How often a group was followed by another.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FlowNumbers {
    /// Contacts of the first group that one of the second followed.
    pub next_count: u64,
    /// Those that are about the same reason, by the policy.
    pub same_count: u64,
    /// `next_count` ÷ the `counted_count` of the first group.
    pub share: Option<f64>,
    /// Lower end of its interval.
    pub share_low: Option<f64>,
    /// Upper end of its interval.
    pub share_high: Option<f64>,
    /// What chance would give; none of a group with itself.
    pub expected_count: Option<f64>,
    /// `next_count` ÷ `expected_count`.
    pub lift: Option<f64>,
    /// How probable so many, or more, are by chance; none of a group with itself.
    pub p_value: Option<f64>,
    /// The same with regard to the number of pairs tested.
    pub p_adjusted: Option<f64>,
    /// Whether they are [`LEAST_MOVES`] or more, and more than chance.
    pub is_more_than_chance: bool,
    /// Following contacts of which words are known.
    pub worded_count: u64,
    /// Those in which the customer states a repeat.
    pub stated_count: u64,
    /// `stated_count` ÷ `worded_count`.
    pub stated_rate: Option<f64>,
    /// Lower end of its interval.
    pub stated_low: Option<f64>,
    /// Upper end of its interval.
    pub stated_high: Option<f64>,
    /// From the contact to the one that followed.
    #[serde(flatten)]
    pub times: Quartiles,
}

/// The quarters of some times, in seconds: the shortest that a quarter, a half, three quarters of them do not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Quartiles {
    /// The first.
    pub quartile_1_seconds: Option<f64>,
    /// The second.
    pub median_gap_seconds: Option<f64>,
    /// The third.
    pub quartile_3_seconds: Option<f64>,
}

/// Fewer are never told as more than chance: too few to look into.
pub const LEAST_MOVES: u64 = 5;

/// Counts the departures, in any order, between so many groups.
///
/// # Panics
/// When a departure names a group that there is not.
pub fn flow(departures: &[Departure], group_count: usize) -> FlowCounts {
    let mut groups = vec![FlowTotals::default(); group_count];
    let mut moves: Vec<(u32, Arrival)> = Vec::new();
    for it in departures {
        let group = &mut groups[it.from as usize];
        group.counted_count += 1;
        group.failed_count += u64::from(it.is_failed);
        match it.next {
            Some(next) if next.is_same => group.same_count += 1,
            Some(_) => group.other_count += 1,
            None => group.none_count += 1,
        }
        if let Some(next) = it.next {
            moves.push((it.from, next));
            groups[next.to as usize].arrived_count += u64::from(next.to != it.from);
        }
    }
    moves.sort_unstable_by_key(|(from, next)| (*from, next.to, next.gap));
    let of_cell = moves.chunk_by(|a, b| (a.0, a.1.to) == (b.0, b.1.to));
    let mut cells: Vec<(u32, u32, FlowNumbers)> = of_cell
        .map(|cell| (cell[0].0, cell[0].1.to, numbers(cell, groups[cell[0].0 as usize].counted_count)))
        .collect();
    test(&mut cells, &groups);
    let mut overall = FlowTotals::default();
    for group in &mut groups {
        overall.add(group);
        group.rate();
    }
    overall.rate();
    FlowCounts { overall, groups, cells }
}

impl FlowTotals {
    fn add(&mut self, other: &FlowTotals) {
        self.counted_count += other.counted_count;
        self.failed_count += other.failed_count;
        self.same_count += other.same_count;
        self.other_count += other.other_count;
        self.none_count += other.none_count;
        self.arrived_count += other.arrived_count;
    }

    fn rate(&mut self) {
        [self.other_rate, self.other_low, self.other_high] = share(self.other_count, self.counted_count);
    }
}

/// A share and the ends of its interval.
pub(super) fn share(count: u64, total: u64) -> [Option<f64>; 3] {
    let interval = wilson(count, total);
    let rate = interval.map(|_| count as f64 / total as f64);
    [rate, interval.map(|it: Interval| it.low), interval.map(|it| it.high)]
}

/// The numbers of a cell but for those of chance. `cell` is sorted by gap.
fn numbers(cell: &[(u32, Arrival)], counted: u64) -> FlowNumbers {
    let count =
        |is_wanted: &dyn Fn(&Arrival) -> bool| cell.iter().filter(|it| is_wanted(&it.1)).count() as u64;
    let mut numbers = FlowNumbers {
        next_count: cell.len() as u64,
        same_count: count(&|it| it.is_same),
        worded_count: count(&|it| it.is_stated.is_some()),
        stated_count: count(&|it| it.is_stated == Some(true)),
        times: Quartiles::of_sorted(&cell.iter().map(|it| it.1.gap).collect::<Vec<_>>()),
        ..FlowNumbers::default()
    };
    [numbers.share, numbers.share_low, numbers.share_high] = share(numbers.next_count, counted);
    [numbers.stated_rate, numbers.stated_low, numbers.stated_high] =
        share(numbers.stated_count, numbers.worded_count);
    numbers
}

impl Quartiles {
    /// Those of ascending times in microseconds.
    pub(super) fn of_sorted(gaps: &[Micros]) -> Quartiles {
        let quarter = |quarters: usize| {
            let place = (quarters * gaps.len()).div_ceil(4).checked_sub(1)?;
            gaps.get(place).map(|gap| *gap as f64 / MICROS_PER_SECOND as f64)
        };
        Quartiles {
            quartile_1_seconds: quarter(1),
            median_gap_seconds: quarter(2),
            quartile_3_seconds: quarter(3),
        }
    }
}

/// Pairs that are told one by one; those beyond are told together.
const MOST_ROUNDS: usize = 64;

/// Sets the cells of two different groups against chance.
fn test(cells: &mut [(u32, u32, FlowNumbers)], groups: &[FlowTotals]) {
    let mut moves: Vec<(usize, usize, &mut FlowNumbers)> = cells
        .iter_mut()
        .filter(|(from, to, _)| from != to)
        .map(|(from, to, numbers)| (*from as usize, *to as usize, numbers))
        .collect();
    let mut leaving = vec![0; groups.len()];
    moves.iter().for_each(|(from, _, numbers)| leaving[*from] += numbers.next_count);
    let arriving: Vec<u64> = groups.iter().map(|group| group.arrived_count).collect();
    // Pairs that could have occurred and did not are tested too.
    let count = |is_wanted: &dyn Fn(usize) -> bool| (0..groups.len()).filter(|it| is_wanted(*it)).count();
    let both = count(&|it| leaving[it] > 0 && arriving[it] > 0);
    let tested = count(&|it| leaving[it] > 0) * count(&|it| arriving[it] > 0) - both;
    let mut weights: Vec<f64> = arriving.iter().map(|count| *count as f64).collect();
    let mut margins = Margins { leaving, arriving, left_out: Vec::new() };
    for round in 0..=MOST_ROUNDS {
        weights = margins.weights(weights);
        compare(&mut moves, &margins, &weights, tested);
        let is_new = |it: &&mut (usize, usize, &mut FlowNumbers)| {
            !it.2.is_more_than_chance && it.2.p_adjusted < Some(LEVEL) && it.2.next_count >= LEAST_MOVES
        };
        let new = moves.iter_mut().filter(is_new);
        if round == MOST_ROUNDS {
            new.for_each(|it| it.2.is_more_than_chance = true);
            break;
        }
        let excess = |it: &FlowNumbers| it.expected_count.unwrap_or_default() - it.next_count as f64;
        let surest = new.min_by(|a, b| {
            let by_p = a.2.p_value.unwrap_or(1.0).total_cmp(&b.2.p_value.unwrap_or(1.0));
            by_p.then_with(|| excess(a.2).total_cmp(&excess(b.2))).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
        });
        let Some((from, to, numbers)) = surest else { break };
        numbers.is_more_than_chance = true;
        margins.leave_out(*from, *to, numbers.next_count);
    }
    // What was told on the strength of others that turned out to be chance is taken back.
    moves.iter_mut().for_each(|it| it.2.is_more_than_chance &= it.2.p_adjusted < Some(LEVEL));
}

/// Gives the pairs that are not told yet what chance gives them now, and all their p-values adjusted.
fn compare(
    moves: &mut [(usize, usize, &mut FlowNumbers)],
    margins: &Margins,
    weights: &[f64],
    tested: usize,
) {
    let total: f64 = weights.iter().sum();
    for (from, to, numbers) in moves.iter_mut().filter(|it| !it.2.is_more_than_chance) {
        let (of, chance) = margins.chance(weights, total, *from, *to);
        let expected = of as f64 * chance;
        numbers.expected_count = Some(expected);
        numbers.lift = (expected > 0.0).then(|| numbers.next_count as f64 / expected);
        numbers.p_value = Some(at_least(numbers.next_count, of, chance));
    }
    let p_values: Vec<f64> = moves.iter().filter_map(|it| it.2.p_value).collect();
    for (it, p_adjusted) in moves.iter_mut().zip(discovery_rates(&p_values, tested)) {
        it.2.p_adjusted = Some(p_adjusted);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: Micros = MICROS_PER_SECOND;

    fn departure(from: u32, next: Option<(u32, bool, Micros, Option<bool>)>) -> Departure {
        let arrival =
            |(to, is_same, seconds, is_stated)| Arrival { to, is_same, gap: seconds * S, is_stated };
        Departure { from, is_failed: next.is_some_and(|it| it.1), next: next.map(arrival) }
    }

    fn cell(flow: &FlowCounts, from: u32, to: u32) -> FlowNumbers {
        flow.cells.iter().find(|it| (it.0, it.1) == (from, to)).map(|it| it.2).unwrap_or_default()
    }

    /// Twelve contacts, by hand: of group 0 six, of which two come back with the same, three with 1 (one of them without
    /// words, one states a repeat), one not; of group 1 four, of which one comes back with 0 and one with 2; of 2 two, of
    /// which one comes back with 1.
    fn dozen() -> Vec<Departure> {
        vec![
            departure(0, Some((0, true, 10, Some(true)))),
            departure(0, Some((0, true, 20, None))),
            departure(0, Some((1, false, 40, Some(true)))),
            departure(0, Some((1, false, 30, Some(false)))),
            departure(0, Some((1, false, 50, None))),
            departure(0, None),
            departure(1, None),
            departure(1, Some((0, false, 5, Some(false)))),
            departure(1, Some((2, false, 6, Some(true)))),
            departure(1, None),
            departure(2, Some((1, false, 7, None))),
            departure(2, None),
        ]
    }

    #[test]
    fn a_dozen_contacts_are_counted_as_by_hand() {
        let flow = flow(&dozen(), 3);
        let totals = |it: &FlowTotals| {
            [
                it.counted_count,
                it.failed_count,
                it.same_count,
                it.other_count,
                it.none_count,
                it.arrived_count,
            ]
        };
        assert_eq!(totals(&flow.overall), [12, 2, 2, 6, 4, 6]);
        assert_eq!(
            flow.groups.iter().map(totals).collect::<Vec<_>>(),
            [[6, 2, 2, 3, 1, 1], [4, 0, 0, 2, 2, 4], [2, 0, 0, 1, 1, 1]]
        );
        let pairs: Vec<(u32, u32, u64)> = flow.cells.iter().map(|it| (it.0, it.1, it.2.next_count)).collect();
        assert_eq!(pairs, [(0, 0, 2), (0, 1, 3), (1, 0, 1), (1, 2, 1), (2, 1, 1)]);
        let came_back_as_1 = cell(&flow, 0, 1);
        assert_eq!((came_back_as_1.worded_count, came_back_as_1.stated_count), (2, 1));
        assert_eq!(came_back_as_1.share, Some(0.5));
        let times = came_back_as_1.times;
        assert_eq!(
            [times.quartile_1_seconds, times.median_gap_seconds, times.quartile_3_seconds],
            [Some(30.0), Some(40.0), Some(50.0)],
            "of 30, 40 and 50 s a quarter is reached by the first, a half by the second"
        );
        assert_eq!(cell(&flow, 0, 0).expected_count, None, "staying is not tested");
    }

    /// Four groups. Those from 1, 2 and 3 go to each other evenly, 12 times each; those from 0 go to 1 sixty times and to 2
    /// and 3 three times each.
    #[test]
    fn a_wrong_coding_that_was_planted_is_found_and_nothing_else() {
        let mut departures = Vec::new();
        let mut add = |from, to, count| {
            departures.extend((0..count).map(|_| departure(from, Some((to, false, 1, None)))));
        };
        for (from, to) in [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2), (1, 0), (2, 0), (3, 0)] {
            add(from, to, 12);
        }
        add(0, 1, 60);
        add(0, 2, 3);
        add(0, 3, 3);
        let flow = flow(&departures, 4);
        let found: Vec<(u32, u32)> =
            flow.cells.iter().filter(|it| it.2.is_more_than_chance).map(|it| (it.0, it.1)).collect();
        assert_eq!(found, [(0, 1)]);
        // Without that pair all groups are alike: of the 36 that leave 2 a third arrives at 3.
        let expected = cell(&flow, 2, 3).expected_count.unwrap_or_default();
        assert!((expected - 12.0).abs() < 1e-6, "{expected}");
    }

    /// 200 tables of eight groups, of which customers leave and at which they arrive with differing chances, without any
    /// link: of the 200, one in twenty may have any that is told as more than chance.
    #[test]
    fn where_reasons_are_independent_hardly_anything_is_more_than_chance() {
        let mut random = fastrand::Rng::with_seed(8);
        let weights = [30, 20, 15, 10, 10, 8, 5, 2];
        let mut pick = |without: Option<usize>| loop {
            let mut ticket = random.usize(0..100);
            let place = weights.iter().position(|weight| match ticket.checked_sub(*weight) {
                Some(rest) => {
                    ticket = rest;
                    false
                }
                None => true,
            });
            let place = place.expect("the weights add up to 100");
            if Some(place) != without {
                return place;
            }
        };
        let mut false_alarms = 0;
        for _ in 0..200 {
            let departures: Vec<Departure> = (0..400)
                .map(|_| {
                    let from = pick(None);
                    departure(from as u32, Some((pick(Some(from)) as u32, false, 1, None)))
                })
                .collect();
            false_alarms += u32::from(flow(&departures, 8).cells.iter().any(|it| it.2.is_more_than_chance));
        }
        assert!(false_alarms <= 10, "{false_alarms} of 200");
    }

    #[test]
    fn with_two_groups_there_is_nothing_to_compare_with() {
        let departures: Vec<Departure> = (0..50).map(|_| departure(0, Some((1, false, 1, None)))).collect();
        let only = cell(&flow(&departures, 2), 0, 1);
        assert_eq!(
            (only.expected_count, only.p_value, only.is_more_than_chance),
            (Some(50.0), Some(1.0), false)
        );
    }

    #[test]
    fn no_contacts_have_no_flow() {
        let none = flow(&[], 2);
        assert_eq!((none.overall, none.cells.len()), (FlowTotals::default(), 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_margins_add_up_whatever_the_order(
            departures in prop::collection::vec(
                (0..5u32, prop::option::of((0..5u32, any::<bool>(), 0..9i64, prop::option::of(any::<bool>())))),
                0..120,
            ),
            seed in any::<u64>(),
        ) {
            let mut departures: Vec<Departure> =
                departures.into_iter().map(|(from, next)| departure(from, next)).collect();
            let found = flow(&departures, 5);
            fastrand::Rng::with_seed(seed).shuffle(&mut departures);
            prop_assert_eq!(&found, &flow(&departures, 5));
            for (group, totals) in (0..).zip(&found.groups) {
                let own = || departures.iter().filter(|it| it.from == group);
                prop_assert_eq!(totals.counted_count, own().count() as u64);
                prop_assert_eq!(totals.same_count + totals.other_count + totals.none_count, totals.counted_count);
                let cells: u64 = found.cells.iter().filter(|it| it.0 == group).map(|it| it.2.next_count).sum();
                prop_assert_eq!(cells, totals.same_count + totals.other_count);
                // Expected counts of a row are those that leave, as the cells that did not occur are not listed at most.
                let leaving: u64 =
                    found.cells.iter().filter(|it| it.0 == group && it.1 != group).map(|it| it.2.next_count).sum();
                let expected: f64 =
                    found.cells.iter().filter(|it| it.0 == group).filter_map(|it| it.2.expected_count).sum();
                prop_assert!(expected <= leaving as f64 + 1e-6);
            }
            for (from, to, numbers) in &found.cells {
                let own = departures.iter().filter(|it| it.from == *from).filter_map(|it| it.next);
                let own: Vec<Arrival> = own.filter(|next| next.to == *to).collect();
                prop_assert_eq!(numbers.next_count, own.len() as u64);
                let stated = own.iter().filter(|it| it.is_stated == Some(true)).count() as u64;
                prop_assert_eq!(numbers.stated_count, stated);
                let p = numbers.p_value.unwrap_or(0.0);
                prop_assert!((0.0..=1.0).contains(&p) && numbers.p_adjusted.unwrap_or(1.0) >= p);
            }
        }
    }
}
