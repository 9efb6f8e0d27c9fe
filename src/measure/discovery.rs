//! Many tests at once: which of them to believe so that of those believed only a stated share is false.
//!
//! Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate: a practical and powerful approach to multiple
//! testing", Journal of the Royal Statistical Society B 57 (1995) 289–300. It holds for tests that are independent or
//! depend on each other positively, as those of a phrase and of its words do.

use statrs::function::erf::erfc;

/// The two-sided p-value of a standard normal score.
pub fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// For each p-value the least false discovery rate at which it is among those believed: p · n ÷ rank, and not more than
/// that of any greater one. n is `tested`, where more were tested than are given: the others have p = 1.
pub fn discovery_rates(p_values: &[f64], tested: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut rates = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (before, &at) in order.iter().enumerate().rev() {
        // The quotient first: it is 1 or more, so that rounding makes none smaller than it was.
        let quotient = tested.max(p_values.len()) as f64 / (before + 1) as f64;
        least = least.min(quotient * p_values[at]);
        rates[at] = least;
    }
    rates
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{discovery_rates, two_sided};

    /// The 15 p-values of the thrombolysis study in section 4.2 of the paper: at a rate of 0.05 the four smallest are
    /// believed, for 0.0095 ≤ 4 ÷ 15 · 0.05 = 0.013.
    #[test]
    fn the_example_of_the_paper_believes_four() {
        let p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0000,
        ];
        let rates = discovery_rates(&p_values, 0);
        assert_eq!(rates.iter().filter(|rate| **rate <= 0.05).count(), 4);
        assert!((rates[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-12);
    }

    /// 0.01 · 4 ÷ 1; 0.02 · 4 ÷ 2; 0.03 · 4 ÷ 3: all 0.04.
    #[test]
    fn a_lesser_p_value_never_has_the_greater_rate() {
        let rates = discovery_rates(&[0.03, 0.01, 0.5, 0.02], 0);
        for (found, expected) in rates.iter().zip([0.04, 0.04, 0.5, 0.04]) {
            assert!((found - expected).abs() < 1e-12, "{rates:?}");
        }
        assert!(discovery_rates(&[], 0).is_empty());
    }

    /// Four of ten tests. Ascending 0.001, 0.008, 0.039, 0.041 become 0.01, 0.04, 0.1025 (10 · 0.041 ÷ 4, less than 0.13)
    /// and 0.1025.
    #[test]
    fn those_that_are_not_given_were_tested_too() {
        let adjusted = discovery_rates(&[0.041, 0.001, 0.039, 0.008], 10);
        for (found, expected) in adjusted.iter().zip([0.1025, 0.01, 0.1025, 0.04]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
    }

    #[test]
    fn the_usual_score_has_the_usual_p_value() {
        assert!((two_sided(1.959_963_984_540_054) - 0.05).abs() < 1e-9);
        assert!((two_sided(0.0) - 1.0).abs() < 1e-12);
    }

    proptest! {
        /// The twin: the greatest k with p₍k₎ ≤ k ÷ n · q; those up to p₍k₎ are believed.
        #[test]
        fn the_rates_believe_the_same_as_the_procedure(
            hundredths in prop::collection::vec(0..=100_u32, 1..30), q in 0.0..1.0_f64
        ) {
            let p_values: Vec<f64> = hundredths.into_iter().map(|p| f64::from(p) / 100.0).collect();
            let mut sorted = p_values.clone();
            sorted.sort_by(f64::total_cmp);
            let n = sorted.len() as f64;
            let last = (1..=sorted.len()).rev().find(|k| sorted[k - 1] * n / (*k as f64) <= q);
            let limit = last.map(|k| sorted[k - 1]);
            for (p, rate) in p_values.iter().zip(discovery_rates(&p_values, 0)) {
                prop_assert_eq!(rate <= q, limit.is_some_and(|limit| *p <= limit));
            }
        }
    }
}
