//! How well two sources agree on yes and no beyond what chance would give: Cohen's kappa with a 95 %
//! interval.
//!
//! κ = (pₒ − pₑ) ÷ (1 − pₑ): pₒ the share on which they agree, pₑ the share on which they would if each gave
//! its answers at random as often as it does. The interval is κ ± z · √variance, cut to −1 and 1, with
//! (Σ pᵢᵢ (1 − (pᵢ. + p.ᵢ) (1 − κ))² + (1 − κ)² Σ pᵢⱼ (p.ᵢ + pⱼ.)² − (κ − pₑ (1 − κ))²) ÷ (n (1 − pₑ)²)
//! as the variance, its second sum over i ≠ j. It is a large-sample interval: with few pairs it is too short.
//!
//! J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
//! (1960) 37–46; the variance: J. L. Fleiss, J. Cohen, B. S. Everitt, "Large sample standard errors of kappa
//! and weighted kappa", Psychological Bulletin 72 (1969) 323–327.

use super::interval::{Interval, Z};

/// How often two sources said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    /// Both said yes.
    pub both: u64,
    /// The first alone said yes.
    pub first_only: u64,
    /// The second alone said yes.
    pub second_only: u64,
    /// Neither did.
    pub neither: u64,
}

/// Cohen's kappa.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kappa {
    /// 1 for full agreement, 0 for that of chance, below for less.
    pub kappa: f64,
    /// The 95 % interval; `None` where the variance formula gives 0 whatever the number of pairs: full
    /// agreement, a source that always says the same, or two that always contradict each other and say yes
    /// equally often.
    pub interval: Option<Interval>,
}

/// Cohen's kappa of the table; `None` when it is empty or both sources only ever gave the same one answer.
pub(super) fn kappa(table: Table) -> Option<Kappa> {
    let Table { both, first_only, second_only, neither } = table;
    if first_only + second_only == 0 && (both == 0 || neither == 0) {
        return None;
    }
    let n = (both + first_only + second_only + neither) as f64;
    // The first source by row, the second by column, yes before no.
    let cells = [[both, first_only], [second_only, neither]].map(|row| row.map(|cell| cell as f64 / n));
    let first = [cells[0][0] + cells[0][1], cells[1][0] + cells[1][1]];
    let second = [cells[0][0] + cells[1][0], cells[0][1] + cells[1][1]];
    let observed = cells[0][0] + cells[1][1];
    let expected = first[0] * second[0] + first[1] * second[1];
    let kappa = (observed - expected) / (1.0 - expected);
    let agreeing = |i: usize| cells[i][i] * (1.0 - (first[i] + second[i]) * (1.0 - kappa)).powi(2);
    let differing = |i: usize, j: usize| cells[i][j] * ((1.0 - kappa) * (second[i] + first[j])).powi(2);
    let spread = agreeing(0) + agreeing(1) + differing(0, 1) + differing(1, 0)
        - (kappa - expected * (1.0 - kappa)).powi(2);
    let half = Z * (spread.max(0.0) / n).sqrt() / (1.0 - expected);
    let interval = Interval { low: (kappa - half).max(-1.0), high: (kappa + half).min(1.0) };
    Some(Kappa { kappa, interval: (!is_degenerate(table)).then_some(interval) })
}

/// Whether the variance formula gives 0 for these tables however many pairs there are.
fn is_degenerate(table: Table) -> bool {
    let Table { both, first_only, second_only, neither } = table;
    let is_full = first_only + second_only == 0;
    let is_opposite = both + neither == 0 && first_only == second_only;
    let margins = [both + first_only, second_only + neither, both + second_only, first_only + neither];
    is_full || is_opposite || margins.contains(&0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(both: u64, first_only: u64, second_only: u64, neither: u64) -> Table {
        Table { both, first_only, second_only, neither }
    }

    /// 58, 12, 4 and 31: the example of `ci.kappa` in D. G. Bonett's R package statpsych, after J. L. Fleiss,
    /// M. C. Paik, "Statistical Methods for Rates and Proportions" (3rd ed. 2003): 0.6756757, 0.5317210 to
    /// 0.8196303.
    #[test]
    fn kappa_and_its_interval_are_the_published_ones() {
        let found = kappa(table(58, 12, 4, 31)).unwrap();
        let interval = found.interval.unwrap();
        assert!((found.kappa - 0.675_675_7).abs() < 5e-8, "{found:?}");
        assert!((interval.low - 0.531_721_0).abs() < 5e-8, "{found:?}");
        assert!((interval.high - 0.819_630_3).abs() < 5e-8, "{found:?}");
    }

    /// 20, 5, 10 and 15: pₒ = 35/50 = 0.7, pₑ = 0.5 · 0.6 + 0.5 · 0.4 = 0.5, κ = 0.2 ÷ 0.5 = 0.4. Variance:
    /// 0.4 · (1 − 1.1 · 0.6)² + 0.3 · (1 − 0.9 · 0.6)² = 0.10972; 0.36 · (0.1 · 1.1² + 0.2 · 0.9²) = 0.10188;
    /// (0.4 − 0.5 · 0.6)² = 0.01; (0.10972 + 0.10188 − 0.01) ÷ (50 · 0.25) = 0.016128; 0.4 ± 1.959964 ·
    /// 0.126996.
    #[test]
    fn kappa_and_its_interval_are_those_worked_by_hand() {
        let found = kappa(table(20, 5, 10, 15)).unwrap();
        let interval = found.interval.unwrap();
        assert!((found.kappa - 0.4).abs() < 1e-12);
        assert!(
            (interval.low - 0.151_092).abs() < 1e-5 && (interval.high - 0.648_908).abs() < 1e-5,
            "{found:?}"
        );
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(kappa(table(0, 0, 0, 0)), None);
        assert_eq!(kappa(table(9, 0, 0, 0)), None);
        assert_eq!(kappa(table(0, 0, 0, 9)), None);
        assert_eq!(kappa(table(9, 0, 0, 3)), Some(Kappa { kappa: 1.0, interval: None }));
        assert_eq!(kappa(table(0, 4, 4, 0)), Some(Kappa { kappa: -1.0, interval: None }));
        assert_eq!(kappa(table(5, 0, 3, 0)), Some(Kappa { kappa: 0.0, interval: None }));
    }

    #[test]
    fn the_interval_is_cut_to_the_bounds() {
        let high = kappa(table(5, 0, 1, 5)).unwrap().interval.unwrap();
        let low = kappa(table(0, 5, 5, 1)).unwrap().interval.unwrap();
        assert_eq!((high.high, low.low), (1.0, -1.0));
    }

    /// κ of shares that need not be counts, for the twin below.
    fn plain(p: [f64; 4]) -> f64 {
        let observed = p[0] + p[3];
        let expected = (p[0] + p[1]) * (p[0] + p[2]) + (p[2] + p[3]) * (p[1] + p[3]);
        (observed - expected) / (1.0 - expected)
    }

    /// The variance by the delta method with slopes taken by differences: Σ p g² − (Σ p g)², over n.
    fn naive_variance(counts: [u64; 4]) -> f64 {
        let n = counts.iter().sum::<u64>() as f64;
        let shares = counts.map(|count| count as f64 / n);
        let step = 1e-6;
        let slope = |cell: usize| {
            let (mut up, mut down) = (shares, shares);
            up[cell] += step;
            down[cell] -= step;
            (plain(up) - plain(down)) / (2.0 * step)
        };
        let mean: f64 = (0..4).map(|cell| shares[cell] * slope(cell)).sum();
        let square: f64 = (0..4).map(|cell| shares[cell] * slope(cell).powi(2)).sum();
        (square - mean * mean) / n
    }

    proptest! {
        #[test]
        fn kappa_equals_its_naive_twin(
            both in 1..400_u64, first in 1..400_u64, second in 1..400_u64, neither in 1..400_u64,
        ) {
            let found = kappa(table(both, first, second, neither)).unwrap();
            let n = (both + first + second + neither) as f64;
            let shares = [both, first, second, neither].map(|cell| cell as f64 / n);
            prop_assert!((found.kappa - plain(shares)).abs() < 1e-9);
            let interval = found.interval.unwrap();
            if -1.0 < interval.low && interval.high < 1.0 {
                let half = Z * naive_variance([both, first, second, neither]).sqrt();
                prop_assert!(((interval.high - interval.low) / 2.0 - half).abs() < 1e-6);
            }
        }

        #[test]
        fn kappa_stays_within_bounds_and_neither_source_nor_answer_comes_first(
            both in 0..50_u64, first in 0..50_u64, second in 0..50_u64, neither in 0..50_u64,
        ) {
            let found = kappa(table(both, first, second, neither));
            for other in [table(both, second, first, neither), table(neither, second, first, both)] {
                let other = kappa(other);
                prop_assert_eq!(found.is_some(), other.is_some());
                if let (Some(found), Some(other)) = (found, other) {
                    prop_assert!((-1.0 - 1e-12..=1.0 + 1e-12).contains(&found.kappa));
                    prop_assert!((found.kappa - other.kappa).abs() < 1e-12);
                    prop_assert_eq!(found.interval.is_some(), other.interval.is_some());
                }
            }
        }
    }
}
