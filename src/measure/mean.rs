//! The mean of numbers whose order never matters: sums of floating-point numbers depend on it, sums of integers
//! do not. Each number is rounded to a whole millionth first (microseconds, where it is in seconds), so that the
//! mean is off by half a millionth at most.

/// Millionths in one.
const UNITS: f64 = 1e6;

/// Sum and count of the numbers taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mean {
    /// In millionths. A number counts as no more than 2⁶³ millionths, so that 2⁶⁴ of them fit.
    sum: i128,
    count: u64,
}

impl Mean {
    /// Takes a number; NaN and the infinite are not known and not counted.
    pub(super) fn add(&mut self, number: f64) {
        if number.is_finite() {
            self.sum += i128::from((number * UNITS).round() as i64);
            self.count += 1;
        }
    }

    /// How many were taken.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; `None` of nothing.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / UNITS)
    }

    /// The mean of the numbers of both.
    pub(super) fn and(self, other: Mean) -> Mean {
        Mean { sum: self.sum + other.sum, count: self.count + other.count }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Mean;

    fn of(numbers: &[f64]) -> Mean {
        numbers.iter().fold(Mean::default(), |mut mean, number| {
            mean.add(*number);
            mean
        })
    }

    /// (0.1 + 0.2 + 0.3) ÷ 3 = 0.2. As sums of f64 go, 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1.
    #[test]
    fn the_mean_is_the_one_worked_by_hand() {
        assert_eq!(of(&[0.1, f64::NAN, 0.2, f64::INFINITY, 0.3]).mean(), Some(0.2));
        assert_eq!(of(&[-1.5, 0.5]).mean(), Some(-0.5));
        assert_eq!(of(&[f64::NAN]), Mean::default());
        assert_eq!(Mean::default().mean(), None);
        assert_eq!(of(&[f64::MAX; 9]).mean().map(f64::round), Some(9_223_372_036_855.0), "2⁶³ millionths");
    }

    proptest! {
        #[test]
        fn the_mean_equals_its_naive_twin_in_any_order(
            numbers in prop::collection::vec(-1e5..1e5f64, 1..60).prop_shuffle(), cut in 0..60usize,
        ) {
            let naive = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let found = of(&numbers);
            prop_assert!((found.mean().unwrap() - naive).abs() < 1e-6);
            let mut sorted = numbers.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(of(&sorted), found);
            let (one, other) = numbers.split_at(cut.min(numbers.len()));
            prop_assert_eq!(of(one).and(of(other)), found);
        }
    }
}
