//! What changed between a contact that failed and the one that the customer came back with: its channel, its agent. How
//! often, how soon, and how often it failed again.

use serde::Serialize;

use super::flow::{Quartiles, share};
use crate::interaction::Micros;

/// A contact that failed and the next of its episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return {
    /// Whether the value changed; none where one of the two has none.
    pub is_changed: Option<bool>,
    /// From the one to the other, in microseconds.
    pub gap: Micros,
    /// Whether the next failed in its turn; none where that is not known.
    pub is_failed_again: Option<bool>,
}

/// Returns with another value, and with the same.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Switch {
    /// Returns of which one of the two has no value.
    pub unknown_count: u64,
    /// Those with the same value.
    pub same: ReturnNumbers,
    /// Those with another.
    pub changed: ReturnNumbers,
}

/// Some returns.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ReturnNumbers {
    /// How many.
    pub return_count: u64,
    /// Their share of all of which the values are known.
    pub share: Option<f64>,
    /// Lower end of its interval.
    pub share_low: Option<f64>,
    /// Upper end of its interval.
    pub share_high: Option<f64>,
    /// Time to the next contact.
    #[serde(flatten)]
    pub times: Quartiles,
    /// Of the next contacts those of which the outcome is known.
    pub again_eligible_count: u64,
    /// Those that failed in their turn.
    pub again_failed_count: u64,
    /// `again_failed_count` ÷ `again_eligible_count`.
    pub again_rate: Option<f64>,
    /// Lower end of its interval.
    pub again_low: Option<f64>,
    /// Upper end of its interval.
    pub again_high: Option<f64>,
}

/// Counts returns, in any order.
pub fn switch(returns: &[Return]) -> Switch {
    let of = |is_changed| -> Vec<Return> {
        returns.iter().filter(|it| it.is_changed == is_changed).copied().collect()
    };
    let (same, changed, unknown) = (of(Some(false)), of(Some(true)), of(None));
    let known = (same.len() + changed.len()) as u64;
    Switch {
        unknown_count: unknown.len() as u64,
        same: return_numbers(&same, known),
        changed: return_numbers(&changed, known),
    }
}

/// The numbers of some of `known` returns.
pub fn return_numbers(returns: &[Return], known: u64) -> ReturnNumbers {
    let mut gaps: Vec<Micros> = returns.iter().map(|it| it.gap).collect();
    gaps.sort_unstable();
    let again =
        |answer: Option<bool>| returns.iter().filter(|it| it.is_failed_again == answer).count() as u64;
    let mut numbers = ReturnNumbers {
        return_count: returns.len() as u64,
        times: Quartiles::of_sorted(&gaps),
        again_eligible_count: again(Some(true)) + again(Some(false)),
        again_failed_count: again(Some(true)),
        ..ReturnNumbers::default()
    };
    [numbers.share, numbers.share_low, numbers.share_high] = share(numbers.return_count, known);
    [numbers.again_rate, numbers.again_low, numbers.again_high] =
        share(numbers.again_failed_count, numbers.again_eligible_count);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five returns after 1, 2, 3, 4 and 9 s. Of the four whose channel is known one changed; of the three others, after 1,
    /// 3 and 9 s, two can be judged, of which one failed again.
    #[test]
    fn returns_are_counted_by_whether_something_changed() {
        let at = |seconds: i64, is_changed, is_failed_again| Return {
            is_changed,
            gap: seconds * 1_000_000,
            is_failed_again,
        };
        let found = switch(&[
            at(9, Some(false), None),
            at(1, Some(false), Some(true)),
            at(2, None, Some(true)),
            at(3, Some(false), Some(false)),
            at(4, Some(true), None),
        ]);
        assert_eq!((found.unknown_count, found.same.return_count, found.changed.return_count), (1, 3, 1));
        assert_eq!((found.same.share, found.changed.share), (Some(0.75), Some(0.25)));
        assert_eq!(found.same.times.median_gap_seconds, Some(3.0));
        assert_eq!((found.same.again_eligible_count, found.same.again_failed_count), (2, 1));
        assert_eq!((found.same.again_rate, found.changed.again_rate), (Some(0.5), None));
    }
}
