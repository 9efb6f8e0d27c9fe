//! Reasons as counts: what a summary says about rejects and notes without reading them again.
//!
//! It takes the reason of a reject or the words of a note and counts them by their stable part, the text before the first
//! colon. The rows themselves go to the commit's JSON-lines parts. It deliberately bounds the number of different reasons.

use std::collections::BTreeMap;

/// Further reasons are counted together, so that hostile input cannot grow the manifest.
const MAX_REASONS: usize = 1000;
const MAX_REASON_CHARS: usize = 200;
const OTHER: &str = "other reasons";

/// Adds one to the count of a reason.
pub fn count_reason(counts: &mut BTreeMap<String, u64>, reason: &str) {
    add(counts, stable(reason), 1);
}

/// Takes one from the count of a reason.
pub(super) fn uncount_reason(counts: &mut BTreeMap<String, u64>, reason: &str) {
    let stable = stable(reason);
    let counted = if counts.contains_key(&stable) { stable.as_str() } else { OTHER };
    if let Some(count) = counts.get_mut(counted) {
        *count = count.saturating_sub(1);
    }
    counts.retain(|_, count| *count > 0);
}

/// What of a reason is counted.
fn stable(reason: &str) -> String {
    let stable = reason.split(':').next().unwrap_or_default().trim();
    stable.chars().take(MAX_REASON_CHARS).collect()
}

/// The counts of several sources as one.
pub(super) fn sum_reasons<'a>(
    of_sources: impl Iterator<Item = &'a BTreeMap<String, u64>>,
) -> BTreeMap<String, u64> {
    let mut sum = BTreeMap::new();
    for (reason, count) in of_sources.flatten() {
        add(&mut sum, reason.clone(), *count);
    }
    sum
}

fn add(counts: &mut BTreeMap<String, u64>, reason: String, count: u64) {
    let reason = match counts.contains_key(&reason) || counts.len() < MAX_REASONS {
        true => reason,
        false => OTHER.to_string(),
    };
    *counts.entry(reason).or_default() += count;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{MAX_REASONS, count_reason};

    #[test]
    fn reasons_are_counted_by_what_stands_before_the_colon() {
        let mut counts = BTreeMap::new();
        for reason in ["ragged row: 5 fields", "ragged row: 6 fields", "impossible date"] {
            count_reason(&mut counts, reason);
        }
        assert_eq!(counts, [("impossible date".to_string(), 1), ("ragged row".to_string(), 2)].into());
    }

    #[test]
    fn a_million_different_reasons_stay_a_bounded_list() {
        let mut counts = BTreeMap::new();
        for n in 0..3 * MAX_REASONS {
            count_reason(&mut counts, &format!("reason {n}"));
        }
        assert_eq!(counts.len(), MAX_REASONS + 1);
        assert_eq!(counts.values().sum::<u64>(), 3 * MAX_REASONS as u64);
    }
}
