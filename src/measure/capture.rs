//! How many were seen by neither of two methods, from those seen by one or both: Chapman's capture–recapture
//! estimate. It holds only when being seen by one method says nothing about being seen by the other; when
//! both tend to see the same ones (the usual case here) there are more unseen than it says.
//!
//! With n₁ and n₂ seen by each and m by both, N = (n₁ + 1) · (n₂ + 1) ÷ (m + 1) − 1, of which
//! u = (n₁ − m) · (n₂ − m) ÷ (m + 1) were seen by neither. The variance of either is
//! (n₁ + 1) · (n₂ + 1) · (n₁ − m) · (n₂ − m) ÷ ((m + 1)² · (m + 2)). The interval takes u to be log-normal:
//! u ÷ c to u · c with c = exp(z · √ln(1 + variance ÷ u²)), so that it never says fewer than were seen.
//!
//! D. G. Chapman, "Some properties of the hypergeometric distribution with applications to zoological sample
//! censuses", University of California Publications in Statistics 1 (1951) 131–160; the variance: G. A. F.
//! Seber, "The Estimation of Animal Abundance" (2nd ed. 1982) 60; the interval, after a proposal of K. P.
//! Burnham: A. Chao, "Estimating the population size for capture–recapture data with unequal catchability",
//! Biometrics 43 (1987) 783–791.

use super::interval::{Interval, Z};

/// Below so many seen by both, the estimate may be biased downwards by more than chance: D. S. Robson, H. A.
/// Regier, "Sample size in Petersen mark–recapture experiments", Transactions of the American Fisheries
/// Society 93 (1964) 215–226.
const ENOUGH_SEEN_BY_BOTH: u64 = 7;

/// How many each of two methods saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// By the first method alone.
    pub first_only: u64,
    /// By the second method alone.
    pub second_only: u64,
    /// By both.
    pub both: u64,
}

/// Chapman's estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Capture {
    /// All there are: those seen and those unseen.
    pub total: f64,
    /// Those seen by neither method.
    pub unseen: f64,
    /// The 95 % interval of those unseen; add those seen for the interval of the total. `None` where one
    /// method saw nothing that the other did not: the formula then says 0 ± 0.
    pub unseen_interval: Option<Interval>,
    /// Fewer than 7 were seen by both: take it as an order of magnitude.
    pub is_sparse: bool,
}

/// Chapman's estimate; `None` where nobody was seen by both, as the two then say nothing about each other.
pub(super) fn chapman(seen: Seen) -> Option<Capture> {
    if seen.both == 0 {
        return None;
    }
    let (first_only, second_only, both) = (seen.first_only as f64, seen.second_only as f64, seen.both as f64);
    let unseen = first_only * second_only / (both + 1.0);
    let variance =
        (first_only + both + 1.0) * (second_only + both + 1.0) * unseen / ((both + 1.0) * (both + 2.0));
    Some(Capture {
        total: first_only + second_only + both + unseen,
        unseen,
        unseen_interval: log_normal(unseen, variance),
        is_sparse: seen.both < ENOUGH_SEEN_BY_BOTH,
    })
}

/// The 95 % interval of a log-normal quantity with the mean and the variance; `None` without a mean.
fn log_normal(mean: f64, variance: f64) -> Option<Interval> {
    if mean <= 0.0 {
        return None;
    }
    let factor = (Z * (variance / (mean * mean)).ln_1p().sqrt()).exp();
    Some(Interval { low: mean / factor, high: mean * factor })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Four lists of people with diabetes in Casale Monferrato (G. Bruno and others, Diabetes Care 17 (1994)
    /// 548), as the R package CARE1 of A. Chao and others prints them (help page "Diabetes"): lists of 1754,
    /// 452, 1135 and 173; the counts in both follow from Petersen's n₁ · n₂ ÷ m printed beside: 2353, 2185,
    /// 1558, 806, 2264.
    #[test]
    fn the_estimate_and_its_interval_are_the_published_ones() {
        let table = [
            (1754, 452, 337, 2351.0, 2250.0, 2478.0),
            (1754, 1135, 911, 2185.0, 2146.0, 2233.0),
            (1135, 173, 126, 1555.0, 1445.0, 1712.0),
            (452, 173, 97, 803.0, 725.0, 913.0),
            (1754, 173, 134, 2261.0, 2117.0, 2468.0),
        ];
        for (first, second, both, total, low, high) in table {
            let found = chapman(Seen { first_only: first - both, second_only: second - both, both }).unwrap();
            let interval = found.unseen_interval.unwrap();
            let seen = (first + second - both) as f64;
            assert_eq!(found.total.round(), total, "{first} and {second}");
            assert_eq!((seen + interval.low).round(), low, "{first} and {second}");
            assert_eq!((seen + interval.high).round(), high, "{first} and {second}");
            assert!(!found.is_sparse);
        }
    }

    /// 10 marked, 15 caught, 5 of them marked: 11 · 16 ÷ 6 − 1 = 28.333, of which 5 · 10 ÷ 6 = 8.333 unseen.
    /// Variance 11 · 16 · 5 · 10 ÷ (36 · 7) = 34.9206; ln(1 + 34.9206 ÷ 69.4444) = 0.407368; c = e^(1.959964
    /// · 0.638254) = 3.493677; 2.38526 to 29.11398.
    #[test]
    fn the_estimate_is_the_one_worked_by_hand() {
        let found = chapman(Seen { first_only: 5, second_only: 10, both: 5 }).unwrap();
        let interval = found.unseen_interval.unwrap();
        assert!((found.total - 28.3333).abs() < 1e-4 && (found.unseen - 8.3333).abs() < 1e-4, "{found:?}");
        assert!(
            (interval.low - 2.385_26).abs() < 1e-5 && (interval.high - 29.113_98).abs() < 1e-4,
            "{found:?}"
        );
        assert!(found.is_sparse);
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(chapman(Seen { first_only: 0, second_only: 0, both: 0 }), None);
        assert_eq!(chapman(Seen { first_only: 40, second_only: 30, both: 0 }), None);
        let within = chapman(Seen { first_only: 0, second_only: 30, both: 20 }).unwrap();
        assert_eq!((within.total, within.unseen, within.unseen_interval), (50.0, 0.0, None));
    }

    proptest! {
        /// The twin is the published form, in the sizes of the samples.
        #[test]
        fn the_estimate_equals_its_naive_twin(
            first_only in 0..5000_u64, second_only in 0..5000_u64, both in 1..5000_u64,
        ) {
            let (n1, n2, m) = ((first_only + both) as f64, (second_only + both) as f64, both as f64);
            let total = (n1 + 1.0) * (n2 + 1.0) / (m + 1.0) - 1.0;
            let variance = (n1 + 1.0) * (n2 + 1.0) * (n1 - m) * (n2 - m) / ((m + 1.0).powi(2) * (m + 2.0));
            let found = chapman(Seen { first_only, second_only, both }).unwrap();
            prop_assert!((found.total / total - 1.0).abs() < 1e-9);
            prop_assert!(found.total >= (first_only + second_only + both) as f64);
            if let Some(Interval { low, high }) = found.unseen_interval {
                let unseen = total - (n1 + n2 - m);
                let factor = (Z * (1.0 + variance / unseen.powi(2)).ln().sqrt()).exp();
                prop_assert!((low / (unseen / factor) - 1.0).abs() < 1e-6);
                prop_assert!((high / (unseen * factor) - 1.0).abs() < 1e-6);
                prop_assert!(0.0 < low && low <= found.unseen && found.unseen <= high);
            }
        }

        #[test]
        fn the_methods_are_interchangeable(
            first_only in 0..5000_u64, second_only in 0..5000_u64, both in 1..5000_u64,
        ) {
            let one = chapman(Seen { first_only, second_only, both }).unwrap();
            let other = chapman(Seen { first_only: second_only, second_only: first_only, both }).unwrap();
            prop_assert!((one.total - other.total).abs() < 1e-9);
        }
    }
}
