//! The 95 % confidence interval of the difference of two independent rates: Newcombe's hybrid of the two Wilson intervals.
//!
//! R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
//! methods", Statistics in Medicine 17 (1998) 873–890, method 10.

use super::interval::{Interval, wilson};

/// The interval of the first rate less the second; `None` where one of them has nothing counted.
pub fn newcombe(first: (u64, u64), second: (u64, u64)) -> Option<Interval> {
    let rate = |(count, total): (u64, u64)| count.min(total) as f64 / total as f64;
    let (one, other) = (wilson(first.0, first.1)?, wilson(second.0, second.1)?);
    let (p, q) = (rate(first), rate(second));
    let low = p - q - ((p - one.low).powi(2) + (other.high - q).powi(2)).sqrt();
    let high = p - q + ((one.high - p).powi(2) + (q - other.low).powi(2)).sqrt();
    Some(Interval { low: low.max(-1.0), high: high.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::newcombe;

    /// Examples of the paper's table II.
    #[test]
    fn the_interval_has_the_published_ends() {
        for (first, second, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = newcombe(first, second).unwrap();
            assert!(
                (found.low - low).abs() < 6e-5 && (found.high - high).abs() < 6e-5,
                "{first:?}: {found:?}"
            );
        }
    }

    #[test]
    fn nothing_counted_has_no_difference() {
        assert_eq!(newcombe((0, 0), (1, 2)), None);
        assert_eq!(newcombe((1, 2), (0, 0)), None);
    }
}
