//! Is a change of a rate between two periods more than chance? A two-sided test of two proportions, and a
//! correction for having asked the same of many categories.
//!
//! The test is z = (p₂ − p₁) ÷ √(p (1 − p) (1 ÷ n₁ + 1 ÷ n₂)) with the pooled rate p, which is Pearson's χ²
//! without correction (z² = χ²). Where one of the four counts expected under no change is below 5 it is
//! Fisher's exact test: of all tables with the same sums, the probability of those no likelier than the one
//! seen. W. G. Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10 (1954) 417–451;
//! R. A. Fisher, "Statistical Methods for Research Workers" (5th ed. 1934), section 21.02.
//!
//! The correction is Holm's, which holds the chance of even one false alarm to the level whatever the
//! dependence: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
//! Statistics 6 (1979) 65–70. Call it a change when the adjusted p-value is below the level.

use serde::Serialize;
use statrs::{
    distribution::{Discrete, Hypergeometric},
    function::erf::erfc,
};

/// Expected counts from here on are enough for the normal approximation.
const ENOUGH_EXPECTED: f64 = 5.0;

/// Tables whose probabilities differ by less than this share are equally likely: rounding must not part them.
const TIE: f64 = 1e-7;

/// What was counted in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// Those with the property, e.g. the resolved ones. Above `total` it counts as `total`.
    pub count: u64,
    /// All, e.g. the eligible ones.
    pub total: u64,
}

/// Adjusted p-values below this are a change.
pub const LEVEL: f64 = 0.05;

/// Which test was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The z-test of two proportions with the pooled rate.
    PooledZ,
    /// Fisher's exact test.
    Fisher,
}

impl Test {
    /// Its name as people read it.
    pub fn name(self) -> &'static str {
        match self {
            Test::PooledZ => "two-proportion z test",
            Test::Fisher => "Fisher's exact test",
        }
    }
}

/// Two periods compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// The later rate less the earlier one, within −1 and 1.
    pub difference: f64,
    /// The probability of a difference at least as telling if nothing had changed, two-sided; not adjusted.
    pub p_value: f64,
    /// The test that gave it.
    pub test: Test,
}

/// Compares two periods; `None` when one of them is empty.
pub fn compare(earlier: Proportion, later: Proportion) -> Option<Comparison> {
    if earlier.total == 0 || later.total == 0 {
        return None;
    }
    let counts = [earlier.count.min(earlier.total), later.count.min(later.total)];
    let totals = [earlier.total, later.total];
    let (test, p_value) = if least_expected(counts, totals) < ENOUGH_EXPECTED {
        (Test::Fisher, fisher(counts, totals)?)
    } else {
        (Test::PooledZ, pooled_z(counts, totals))
    };
    let difference = counts[1] as f64 / totals[1] as f64 - counts[0] as f64 / totals[0] as f64;
    Some(Comparison { difference, p_value, test })
}

/// The p-values adjusted by Holm's procedure, in the order given. Leave out what was not tested.
///
/// In ascending order the i-th of m becomes the greatest of (m − j + 1) · pⱼ over j ≤ i, at most 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut greatest: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        greatest = greatest.max((p_values.len() - rank) as f64 * p_values[index]).min(1.0);
        adjusted[index] = greatest;
    }
    adjusted
}

/// The least of the four counts expected under no change.
fn least_expected(counts: [u64; 2], totals: [u64; 2]) -> f64 {
    let all = totals[0] + totals[1];
    let with = counts[0] + counts[1];
    with.min(all - with) as f64 * totals[0].min(totals[1]) as f64 / all as f64
}

fn pooled_z(counts: [u64; 2], totals: [u64; 2]) -> f64 {
    let [first, second] = totals.map(|total| total as f64);
    let pooled = (counts[0] + counts[1]) as f64 / (first + second);
    let error = (pooled * (1.0 - pooled) * (1.0 / first + 1.0 / second)).sqrt();
    let z = (counts[1] as f64 / second - counts[0] as f64 / first) / error;
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Fisher's exact test; `None` never happens, as the sums of a table fit each other.
fn fisher(counts: [u64; 2], totals: [u64; 2]) -> Option<f64> {
    let with = counts[0] + counts[1];
    let table = Hypergeometric::new(totals[0] + totals[1], with, totals[0]).ok()?;
    // The logarithm: the plain probability overflows on the way for more than a thousand.
    let limit = table.ln_pmf(counts[0]) + TIE;
    let possible = with.saturating_sub(totals[1])..=with.min(totals[0]);
    let p_value: f64 =
        possible.map(|count| table.ln_pmf(count)).filter(|ln| *ln <= limit).map(f64::exp).sum();
    Some(p_value.min(1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    use super::*;

    fn compared(first: u64, first_total: u64, second: u64, second_total: u64) -> Comparison {
        let earlier = Proportion { count: first, total: first_total };
        compare(earlier, Proportion { count: second, total: second_total }).unwrap()
    }

    /// 40 of 100, then 25 of 100: pooled 0.325; z = −0.15 ÷ √(0.325 · 0.675 · 0.02) = −2.264554; p =
    /// 0.023540. 189 of 11 034 on placebo and 104 of 11 037 on aspirin had a heart attack: χ² = 25.01, p =
    /// 5.69e-7, as in A. Agresti, "Categorical Data Analysis", chapter 3, on the Physicians' Health Study.
    #[test]
    fn the_z_test_is_the_published_one() {
        let found = compared(40, 100, 25, 100);
        assert_eq!(found.test, Test::PooledZ);
        assert!((found.difference + 0.15).abs() < 1e-12);
        assert!((found.p_value - 0.023_540_06).abs() < 1e-8, "{found:?}");
        let found = compared(189, 11_034, 104, 11_037);
        assert!((found.p_value / 5.691_897e-7 - 1.0).abs() < 1e-6, "{found:?}");
    }

    /// The lady tasting tea, 3 of 4 against 1 of 4: (1 + 16 + 16 + 1) ÷ 70. Fisher's criminal twins, of whom
    /// 10 of 13 monozygotic and 2 of 17 dizygotic ones were convicted too: 0.0005367, as in R's
    /// `fisher.test`; in whole numbers 46 423 ÷ 86 493 225. 0 of 20 against 5 of 20: twice 15 504 ÷ 658 008.
    #[test]
    fn the_exact_test_is_the_published_one() {
        let table = [
            (3, 4, 1, 4, 34.0 / 70.0),
            (10, 13, 2, 17, 46_423.0 / 86_493_225.0),
            (0, 20, 5, 20, 31_008.0 / 658_008.0),
        ];
        for (first, first_total, second, second_total, p_value) in table {
            let found = fisher([first, second], [first_total, second_total]).unwrap();
            assert!((found - p_value).abs() < 1e-12, "{first} of {first_total}: {found}");
        }
    }

    /// 5 of 20 each have 5 expected; 4 of 20 and 5 of 20 have 4.5.
    #[test]
    fn small_expected_counts_get_the_exact_test() {
        assert_eq!(compared(5, 20, 5, 20).test, Test::PooledZ);
        assert_eq!(compared(4, 20, 5, 20).test, Test::Fisher);
        assert_eq!(compared(16, 20, 15, 20).test, Test::Fisher);
    }

    #[test]
    fn no_difference_and_no_counts_are_no_change() {
        assert_eq!(compare(Proportion { count: 0, total: 0 }, Proportion { count: 3, total: 9 }), None);
        assert_eq!(compare(Proportion { count: 3, total: 9 }, Proportion { count: 0, total: 0 }), None);
        assert_eq!(compared(0, 900, 0, 800).p_value, 1.0);
        assert_eq!(compared(900, 900, 800, 800).p_value, 1.0);
        assert_eq!(compared(90, 900, 80, 800).p_value, 1.0);
        assert_eq!(compared(31, 30, 25, 30), compared(30, 30, 25, 30));
        assert_eq!(compared(25, 30, 31, 30), compared(25, 30, 30, 30));
    }

    /// Three events in a million against none in a million: 2 · ½³ = 0.25, less the little that drawing
    /// without putting back makes.
    #[test]
    fn rare_events_among_many_are_exact_too() {
        let found = compared(3, 1_000_000, 0, 1_000_000);
        assert_eq!(found.test, Test::Fisher);
        assert!((found.p_value - 0.25).abs() < 1e-6, "{found:?}");
    }

    /// 0.005 · 4, 0.01 · 3, 0.03 · 2, 0.04 · 1, the last raised to the one before.
    #[test]
    fn the_correction_is_the_one_worked_by_hand() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
        assert_eq!(holm(&[0.2]), [0.2]);
        assert!(holm(&[]).is_empty());
    }

    fn choose(n: u64, k: u64) -> u128 {
        if k > n {
            0
        } else {
            (0..u128::from(k)).fold(1, |product, i| product * (u128::from(n) - i) / (i + 1))
        }
    }

    /// Fisher's test in whole numbers.
    fn naive_fisher(counts: [u64; 2], totals: [u64; 2]) -> f64 {
        let with = counts[0] + counts[1];
        let ways = |first: u64| choose(totals[0], first) * choose(totals[1], with - first);
        let all: u128 = (0..=with).map(ways).sum();
        (0..=with).map(ways).filter(|count| *count <= ways(counts[0])).sum::<u128>() as f64 / all as f64
    }

    fn any_proportion(total: std::ops::Range<u64>) -> impl Strategy<Value = Proportion> {
        total.prop_flat_map(|total| (0..=total).prop_map(move |count| Proportion { count, total }))
    }

    proptest! {
        #[test]
        fn the_exact_test_equals_its_naive_twin(first in any_proportion(1..40), second in any_proportion(1..40)) {
            let (counts, totals) = ([first.count, second.count], [first.total, second.total]);
            let found = fisher(counts, totals).unwrap();
            prop_assert!((found - naive_fisher(counts, totals)).abs() < 1e-9);
        }

        /// The twin is Pearson's χ² over the four cells.
        #[test]
        fn the_z_test_equals_its_naive_twin(first in any_proportion(1..2000), second in any_proportion(1..2000)) {
            let found = compare(first, second).unwrap();
            if found.test == Test::PooledZ {
                let with = (first.count + second.count) as f64 / (first.total + second.total) as f64;
                let mut chi_squared = 0.0;
                for Proportion { count, total } in [first, second] {
                    for (count, share) in [(count, with), (total - count, 1.0 - with)] {
                        chi_squared += (count as f64 - total as f64 * share).powi(2) / (total as f64 * share);
                    }
                }
                let expected = ChiSquared::new(1.0).unwrap().sf(chi_squared);
                prop_assert!((found.p_value - expected).abs() < 1e-9);
            }
        }

        #[test]
        fn swapping_changes_the_sign_alone(first in any_proportion(1..300), second in any_proportion(1..300)) {
            let (one, other) = (compare(first, second).unwrap(), compare(second, first).unwrap());
            prop_assert!((one.difference + other.difference).abs() < 1e-12);
            prop_assert!((one.p_value - other.p_value).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&one.p_value));
            prop_assert_eq!(one.test, other.test);
        }

        /// The twin: for each, the greatest of p · (how many are at least p) over all p up to its own.
        #[test]
        fn the_correction_equals_its_naive_twin(hundredths in prop::collection::vec(0..=100_u32, 0..30)) {
            let p_values: Vec<f64> = hundredths.into_iter().map(|p| f64::from(p) / 100.0).collect();
            let adjusted = holm(&p_values);
            for (own, found) in p_values.iter().zip(&adjusted) {
                let times = |p: f64| p_values.iter().filter(|other| **other >= p).count() as f64 * p;
                let up_to_own = p_values.iter().filter(|p| *p <= own);
                let expected = up_to_own.map(|p| times(*p)).fold(0.0, f64::max).min(1.0);
                prop_assert!((found - expected).abs() < 1e-12);
            }
        }
    }
}
