//! The 95 % confidence interval of a rate. Wilson's score interval: it stays within 0 and 1, is not empty for
//! rates of 0 and 1, and keeps its coverage at small counts, where the usual normal interval fails.
//!
//! E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212.

use serde::Serialize;

/// The 97.5 % point of the standard normal distribution: 2.5 % are left out on either side.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// A rate's confidence interval, both ends within 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 95 % Wilson interval of `count` out of `total`; `None` when `total` is 0. A `count` above `total` counts
/// as `total`.
pub fn wilson(count: u64, total: u64) -> Option<Interval> {
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let rate = count.min(total) as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let centre = (rate + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At the two ends the formula gives exactly 0 and 1; rounding must not say 1e-17.
    let low = if count == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if count >= total { 1.0 } else { (centre + half).min(1.0) };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With z² = 3.841458820694124 =: q. For 0 of n the upper end is q ÷ (n + q): 10 → 0.277533, 1 → 0.793451.
    /// For n/2 of n it is ½ ± ½·√(q ÷ (n + q)): 10 → 0.5 ± 0.263407. 81 of 263 is a worked example in
    /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
    /// (1998) 857–872, table I: 0.2553 to 0.3662; so are 15 of 148 (0.0624 to 0.1605), 0 of 20 (0 to 0.1611)
    /// and 1 of 29 (0.0061 to 0.1718).
    #[test]
    fn the_interval_has_the_published_ends() {
        let table = [
            (0, 10, 0.0, 0.277533, 1e-6),
            (10, 10, 1.0 - 0.277533, 1.0, 1e-6),
            (0, 1, 0.0, 0.793451, 1e-6),
            (5, 10, 0.236593, 0.763407, 1e-6),
            (81, 263, 0.2553, 0.3662, 5e-5),
            (15, 148, 0.0624, 0.1605, 5e-5),
            (0, 20, 0.0, 0.1611, 5e-5),
            (1, 29, 0.0061, 0.1718, 5e-5),
        ];
        for (count, total, low, high, error) in table {
            let interval = wilson(count, total).unwrap();
            assert!((interval.low - low).abs() <= error, "{count} of {total}: {interval:?}");
            assert!((interval.high - high).abs() <= error, "{count} of {total}: {interval:?}");
        }
    }

    #[test]
    fn nothing_counted_has_no_interval() {
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn the_interval_holds_the_rate_and_stays_within_bounds() {
        for total in 1..60 {
            for count in 0..=total {
                let Interval { low, high } = wilson(count, total).unwrap();
                let rate = count as f64 / total as f64;
                assert!(0.0 <= low && low <= rate && rate <= high && high <= 1.0, "{count} of {total}");
            }
        }
    }
}
