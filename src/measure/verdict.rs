//! Whether a group reaches its target, said with the caution that its counts allow.

use serde::Serialize;

use super::wilson;

/// What the counts say about a group's FCR rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Even the upper end of the interval is below the target.
    Fails,
    /// The rate is below the target, but the interval reaches it.
    AtRisk,
    /// The rate is at the target or above.
    Meets,
    /// Too few eligible first contacts to say anything.
    TooFew,
}

impl Verdict {
    /// `fails`, `at_risk`, `meets` or `too_few`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Fails => "fails",
            Verdict::AtRisk => "at_risk",
            Verdict::Meets => "meets",
            Verdict::TooFew => "too_few",
        }
    }
}

/// The verdict on `resolved_count` of `eligible_count` against `target` (0 to 1). Fewer eligible than
/// `minimum_count`, or none at all, are too few.
pub fn verdict(resolved_count: u64, eligible_count: u64, target: f64, minimum_count: u64) -> Verdict {
    match wilson(resolved_count, eligible_count) {
        Some(interval) if eligible_count >= minimum_count => {
            if interval.high < target {
                Verdict::Fails
            } else if (resolved_count as f64 / eligible_count as f64) < target {
                Verdict::AtRisk
            } else {
                Verdict::Meets
            }
        }
        _ => Verdict::TooFew,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_follows_rate_interval_and_count() {
        // 50 of 100 has the interval 0.4038 to 0.5962.
        let table = [
            (50, 100, 0.70, Verdict::Fails),
            (50, 100, 0.597, Verdict::Fails),
            (50, 100, 0.596, Verdict::AtRisk),
            (50, 100, 0.51, Verdict::AtRisk),
            (50, 100, 0.50, Verdict::Meets),
            (50, 100, 0.0, Verdict::Meets),
            (0, 29, 0.70, Verdict::TooFew),
            (0, 30, 0.70, Verdict::Fails),
            (30, 30, 1.0, Verdict::Meets),
        ];
        for (resolved, eligible, target, expected) in table {
            assert_eq!(
                verdict(resolved, eligible, target, 30),
                expected,
                "{resolved}/{eligible} at {target}"
            );
        }
        assert_eq!(verdict(0, 0, 0.7, 0), Verdict::TooFew);
    }
}
