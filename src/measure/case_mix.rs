//! Failures that were to be expected of somebody, given the mix of their contacts: indirect standardisation, as hospitals
//! are compared whose patients differ.
//!
//! N. E. Breslow, N. E. Day, "Statistical Methods in Cancer Research", vol. II (IARC 1987), ch. 2; D. J. Spiegelhalter,
//! "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005) 1185–1202. The standard are
//! the contacts of all *others*, so that nobody is compared with themselves: in a stratum s (category and channel) where
//! others have mₛ contacts and a share rₛ of them fails, E = Σ nₛ·rₛ. Under no difference the variance of O − E is
//! Σ pₛ(1 − pₛ)·(nₛ + nₛ² ÷ mₛ), pₛ the share of all: what is expected is not known exactly either. In one stratum
//! (O − E) ÷ √variance is the z of two proportions with a pooled variance.
//!
//! Small strata are pooled upwards. Where others have fewer than [`LEAST_OTHERS`] contacts of the category in the channel,
//! the standard is the category; of categories that are rare altogether, all rare ones together. A contact without a
//! standard even then is not compared: nobody is blamed for a queue that only they have.

use std::collections::BTreeMap;

/// Fewer contacts of others are no standard.
pub const LEAST_OTHERS: u64 = 30;

/// The contacts of somebody of one category in one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Whose they are.
    pub holder: u32,
    /// Code of their category.
    pub category: u32,
    /// Code of their channel.
    pub channel: u32,
    /// How many, not 0.
    pub count: u64,
}

/// What the contacts of a cell are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stratum {
    Channel(u32, u32),
    Category(u32),
    /// Every category of which there are fewer than [`LEAST_OTHERS`] contacts.
    Rare,
}

/// Contacts, and those of them with an event.
#[derive(Debug, Clone, Copy, Default)]
struct Pool {
    count: u64,
    event_count: u64,
}

/// What a cell is compared with, and what it gives for one event.
#[derive(Debug, Clone, Copy)]
pub struct Standard {
    stratum: Stratum,
    /// The share of others with the event.
    rate: f64,
    /// The share of all.
    pooled_rate: f64,
    /// Contacts of others.
    other_count: u64,
}

/// Observed and expected events of some cells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excess {
    /// Contacts that have a standard.
    pub count: u64,
    /// Events among them.
    pub observed_count: u64,
    /// Events that were to be expected.
    pub expected: f64,
    /// The variance of observed less expected where there is no difference.
    pub variance: f64,
}

impl Excess {
    /// Observed less expected.
    pub fn excess(&self) -> f64 {
        self.observed_count as f64 - self.expected
    }

    /// The excess in standard errors; none where nothing could differ.
    pub fn z(&self) -> Option<f64> {
        (self.variance > 0.0).then(|| self.excess() / self.variance.sqrt())
    }
}

/// The cells' standards for an event that so many contacts of each have; none where there is no standard.
///
/// # Panics
/// When there are not as many counts as cells.
pub fn standards(cells: &[Cell], event_counts: &[u64]) -> Vec<Option<Standard>> {
    assert_eq!(cells.len(), event_counts.len(), "a count a cell");
    let mut of_category: BTreeMap<u32, u64> = BTreeMap::new();
    cells.iter().for_each(|cell| *of_category.entry(cell.category).or_default() += cell.count);
    let levels = |cell: &Cell| {
        let rare = (of_category[&cell.category] < LEAST_OTHERS).then_some(Stratum::Rare);
        let own = [Stratum::Channel(cell.category, cell.channel), Stratum::Category(cell.category)];
        own.into_iter().chain(rare)
    };
    let (mut of_all, mut own): (BTreeMap<Stratum, Pool>, BTreeMap<(u32, Stratum), Pool>) = Default::default();
    for (cell, event_count) in cells.iter().zip(event_counts) {
        for stratum in levels(cell) {
            for pool in [of_all.entry(stratum).or_default(), own.entry((cell.holder, stratum)).or_default()] {
                pool.count += cell.count;
                pool.event_count += event_count;
            }
        }
    }
    let standard = |cell: &Cell| {
        levels(cell).find_map(|stratum| {
            let (all, own) = (of_all[&stratum], own[&(cell.holder, stratum)]);
            let other_count = all.count - own.count;
            (other_count >= LEAST_OTHERS).then(|| Standard {
                stratum,
                rate: (all.event_count - own.event_count) as f64 / other_count as f64,
                pooled_rate: all.event_count as f64 / all.count as f64,
                other_count,
            })
        })
    };
    cells.iter().map(standard).collect()
}

/// Observed and expected events of cells of one holder, each with its events and its standard. Cells without a standard
/// are left out.
pub fn excess(of: impl Iterator<Item = (Cell, u64, Option<Standard>)>) -> Excess {
    let mut sum = Excess::default();
    let mut by_stratum: BTreeMap<Stratum, (u64, Standard)> = BTreeMap::new();
    for (cell, event_count, standard) in of {
        let Some(standard) = standard else { continue };
        sum.count += cell.count;
        sum.observed_count += event_count;
        by_stratum.entry(standard.stratum).or_insert((0, standard)).0 += cell.count;
    }
    for (count, standard) in by_stratum.into_values() {
        let (count, others) = (count as f64, standard.other_count as f64);
        sum.expected += count * standard.rate;
        let of_one = standard.pooled_rate * (1.0 - standard.pooled_rate);
        sum.variance += of_one * (count + count * count / others);
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(holder: u32, category: u32, channel: u32, count: u64) -> Cell {
        Cell { holder, category, channel, count }
    }

    fn of_holder(cells: &[Cell], event_counts: &[u64], holder: u32) -> Excess {
        let standards = standards(cells, event_counts);
        let rows = cells.iter().copied().zip(event_counts.iter().copied()).zip(standards);
        excess(
            rows.map(|((cell, count), standard)| (cell, count, standard)).filter(|it| it.0.holder == holder),
        )
    }

    /// Agent 1 has 10 contacts of category 1, of which others fail in 20 of 100, and 20 of category 2, of which others
    /// fail in 30 of 50: E = 10 · 0.2 + 20 · 0.6 = 14. With 5 and 13 of their own the pooled shares are 25 ÷ 110 and
    /// 43 ÷ 70; the variance is 0.227273 · 0.772727 · (10 + 100 ÷ 100) + 0.614286 · 0.385714 · (20 + 400 ÷ 50)
    /// = 1.931818 + 6.634286.
    #[test]
    fn the_expected_failures_are_those_worked_by_hand() {
        let cells =
            [cell(1, 1, 1, 10), cell(1, 2, 1, 20), cell(2, 1, 1, 60), cell(3, 1, 1, 40), cell(3, 2, 1, 50)];
        let found = of_holder(&cells, &[5, 13, 12, 8, 30], 1);
        assert_eq!((found.count, found.observed_count), (30, 18));
        assert!((found.expected - 14.0).abs() < 1e-12, "{found:?}");
        assert!((found.variance - 8.566104).abs() < 1e-6, "{found:?}");
        assert!((found.z().unwrap() - 4.0 / 8.566104f64.sqrt()).abs() < 1e-6);
    }

    /// Category 1: others have 20 contacts by chat (10 fail) and 80 by voice (8 fail). By chat there are too few for a
    /// standard, so that the category is: 18 of 100.
    #[test]
    fn a_small_channel_is_compared_with_its_category() {
        let cells = [cell(1, 1, 1, 5), cell(1, 1, 2, 5), cell(2, 1, 1, 20), cell(2, 1, 2, 80)];
        let found = of_holder(&cells, &[1, 1, 10, 8], 1);
        assert!((found.expected - (5.0 * 0.18 + 5.0 * 0.1)).abs() < 1e-12, "{found:?}");
    }

    /// Categories 2 and 3 have 25 contacts each, 20 of them others': together 40, of which 10 fail.
    #[test]
    fn rare_categories_are_compared_together() {
        let cells = [cell(1, 2, 1, 5), cell(1, 3, 1, 5), cell(2, 2, 1, 20), cell(2, 3, 1, 20)];
        let found = of_holder(&cells, &[0, 0, 8, 2], 1);
        assert_eq!((found.count, found.expected), (10, 2.5));
    }

    #[test]
    fn a_queue_that_only_one_has_is_not_compared_and_shifts_nothing() {
        let (own, others) = ([cell(1, 9, 1, 500), cell(1, 1, 1, 10)], [cell(2, 1, 1, 100)]);
        let found = of_holder(&[own[0], own[1], others[0]], &[450, 2, 20], 1);
        assert_eq!(found, of_holder(&[own[1], others[0]], &[2, 20], 1));
        assert_eq!((found.count, found.observed_count, found.expected), (10, 2, 2.0));
    }

    proptest! {
        /// With one stratum, E of the naive way: the others' share, a contact at a time; and the order never matters.
        #[test]
        fn the_expected_equal_those_of_a_contact_at_a_time(
            rows in prop::collection::vec((0..4u32, 0..3u32, 0..3u32, 1..40u64, 0.0..1.0f64), 1..30), turn in 0..30usize,
        ) {
            let mut cells = BTreeMap::new();
            for (holder, category, channel, count, share) in rows {
                let events = (count as f64 * share) as u64;
                cells.entry((holder, category, channel)).or_insert((count, events));
            }
            let mut rows: Vec<(Cell, u64)> =
                cells.into_iter().map(|((h, k, c), (n, events))| (cell(h, k, c, n), events)).collect();
            let naive = |holder: u32| -> (u64, f64) {
                let mut sum = (0, 0.0);
                for (own, _) in rows.iter().filter(|row| row.0.holder == holder) {
                    let all = |is_in: &dyn Fn(&Cell) -> bool| {
                        let of = rows.iter().filter(|(it, _)| is_in(it) && it.holder != holder);
                        of.fold((0, 0), |sum, (it, events)| (sum.0 + it.count, sum.1 + events))
                    };
                    let total = |category: u32| -> u64 {
                        rows.iter().filter(|(it, _)| it.category == category).map(|(it, _)| it.count).sum()
                    };
                    let mut pools = vec![
                        all(&|it| (it.category, it.channel) == (own.category, own.channel)),
                        all(&|it| it.category == own.category),
                    ];
                    if total(own.category) < LEAST_OTHERS {
                        pools.push(all(&|it| total(it.category) < LEAST_OTHERS));
                    }
                    if let Some((count, events)) = pools.into_iter().find(|pool| pool.0 >= LEAST_OTHERS) {
                        sum.0 += own.count;
                        sum.1 += own.count as f64 * events as f64 / count as f64;
                    }
                }
                sum
            };
            let expected: Vec<(u64, f64)> = (0..4).map(naive).collect();
            let turn = turn % rows.len();
            rows.rotate_left(turn);
            let (cells, events): (Vec<Cell>, Vec<u64>) = rows.into_iter().unzip();
            for (holder, (count, expected)) in (0..4).zip(expected) {
                let found = of_holder(&cells, &events, holder);
                prop_assert_eq!(found.count, count);
                prop_assert!((found.expected - expected).abs() < 1e-9, "{:?} {}", found, expected);
            }
        }
    }
}
