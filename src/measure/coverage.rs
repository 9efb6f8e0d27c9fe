//! How much of what a customer asks an article has, and from which share on it counts as an answer.
//!
//! A word weighs ln((1 + n) ÷ (1 + d)), where d of n statements of the language have it (the inverse document frequency of K.
//! Spärck Jones, "A statistical interpretation of term specificity and its application in retrieval", Journal of
//! Documentation 28 (1972) 11–21). The score of an article is the weight of the statement's words that it has, ÷ the weight
//! of all of them: 0 to 1, whatever the length of the statement. From which score on an article covers is read off
//! contacts that were resolved. Weights are whole millionths, so that the order of words never matters.

use serde::Serialize;

/// Resolved contacts from which on thresholds are read off them.
pub const LEAST_CALIBRATING: usize = 50;

/// The share of resolved contacts that reach the score from which on a contact is covered. Most contacts are resolved by
/// somebody who knows, with no article's help: that an article is as near as to the least of them says nothing. To be called
/// covered, a question must have an article that is at least as near as one is to half of them.
const COVERED_SHARE: f64 = 0.50;

/// The share of resolved contacts that reach the score from which on a contact is weakly covered. So a quarter of the resolved
/// ones themselves would not be covered. That is lenient on purpose: what is wrongly called covered is never looked at
/// again, while of what is wrongly called not covered only what many ask, and others do not, becomes a gap.
const WEAK_SHARE: f64 = 0.75;

/// How well articles cover what a contact asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// An article has at least as much of it as one has of what half of the resolved contacts ask.
    Covered,
    /// Less, but not as little as with the quarter of resolved contacts that has the least.
    Weak,
    /// Less than that, or nothing at all.
    NotCovered,
    /// There are too few resolved contacts to tell.
    Unknown,
}

/// From which scores on contacts are covered, by those that were resolved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Calibration {
    /// The resolved contacts that it rests on.
    pub contact_count: u64,
    /// The score that half of them reach: from here on a contact is covered.
    pub covered_from: f64,
    /// The score that three quarters of them reach: from here on a contact is weakly covered.
    pub weak_from: f64,
}

/// What a word weighs that `count` of `total` statements have, in millionths.
pub fn information(count: u64, total: u64) -> u64 {
    let share = (1 + total) as f64 / (1 + count.min(total)) as f64;
    (share.ln() * 1e6).round() as u64
}

/// The weight of the words that are there ÷ that of all, each with its weight; `None` where nothing weighs anything.
pub fn covered_share(words: impl Iterator<Item = (u64, bool)>) -> Option<f64> {
    let (all, there) = words.fold((0, 0), |(all, there), (weight, is_there)| {
        (all + weight, there + if is_there { weight } else { 0 })
    });
    (all > 0).then(|| there as f64 / all as f64)
}

/// Thresholds from the scores of resolved contacts, in any order; `None` where there are fewer than
/// [`LEAST_CALIBRATING`], or where more than half of them have nothing in common with any article: then being resolved
/// says nothing about articles.
pub fn calibrate(mut scores: Vec<f64>) -> Option<Calibration> {
    if scores.len() < LEAST_CALIBRATING {
        return None;
    }
    scores.sort_by(f64::total_cmp);
    // The highest score that at least this share of them reach.
    let reached_by = |share: f64| {
        let below = ((1.0 - share) * scores.len() as f64 + 1e-9).floor() as usize;
        scores[below.min(scores.len() - 1)]
    };
    let covered_from = reached_by(COVERED_SHARE);
    let contact_count = scores.len() as u64;
    (covered_from > 0.0).then(|| Calibration {
        contact_count,
        covered_from,
        weak_from: reached_by(WEAK_SHARE),
    })
}

impl Calibration {
    /// What a score means. Nothing in common is never covered.
    pub fn coverage(&self, score: f64) -> Coverage {
        match score {
            score if score <= 0.0 || score < self.weak_from => Coverage::NotCovered,
            score if score < self.covered_from => Coverage::Weak,
            _ => Coverage::Covered,
        }
    }
}

impl Coverage {
    /// As JSON and CSV write it.
    pub fn name(self) -> &'static str {
        match self {
            Coverage::Covered => "covered",
            Coverage::Weak => "weak",
            Coverage::NotCovered => "not_covered",
            Coverage::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// ln(100 ÷ 10) = 2.302585; a word that all have says nothing.
    #[test]
    fn a_word_weighs_what_is_worked_by_hand() {
        assert_eq!(information(9, 99), 2_302_585);
        assert_eq!(information(50, 50), 0);
        assert_eq!(information(0, 0), 0);
    }

    /// 3 of 3 + 1 + 1 + 0.
    #[test]
    fn the_share_is_by_weight_and_not_by_the_number_of_words() {
        let words = [(3_000_000, true), (1_000_000, false), (1_000_000, false), (0, true)];
        assert_eq!(covered_share(words.into_iter()), Some(0.6));
        assert_eq!(covered_share([(0, true)].into_iter()), None);
        assert_eq!(covered_share(std::iter::empty()), None);
    }

    /// Scores 0.01 to 1.00: 75 of 100 reach 0.26, 50 reach 0.51.
    #[test]
    fn thresholds_are_what_three_quarters_and_half_of_the_resolved_reach() {
        let scores: Vec<f64> = (1..=100).rev().map(|n| f64::from(n) / 100.0).collect();
        let found = calibrate(scores).unwrap();
        assert_eq!(found, Calibration { contact_count: 100, covered_from: 0.51, weak_from: 0.26 });
        let coverages = [0.51, 0.50, 0.26, 0.25, 0.0].map(|score| found.coverage(score));
        assert_eq!(
            coverages,
            [Coverage::Covered, Coverage::Weak, Coverage::Weak, Coverage::NotCovered, Coverage::NotCovered]
        );
    }

    #[test]
    fn too_few_resolved_contacts_calibrate_nothing() {
        assert_eq!(calibrate(vec![0.5; LEAST_CALIBRATING - 1]), None);
        assert!(calibrate(vec![0.5; LEAST_CALIBRATING]).is_some());
    }

    #[test]
    fn nothing_in_common_is_never_covered() {
        // 20 of 60 have nothing: three quarters reach 0, half 0.5.
        let found = calibrate([vec![0.0; 20], vec![0.5; 40]].concat()).unwrap();
        assert_eq!((found.weak_from, found.covered_from), (0.0, 0.5));
        assert_eq!((found.coverage(0.0), found.coverage(0.1)), (Coverage::NotCovered, Coverage::Weak));
    }

    #[test]
    fn resolved_contacts_that_no_article_is_like_calibrate_nothing() {
        assert_eq!(calibrate([vec![0.0; 40], vec![0.5; 30]].concat()), None);
    }

    proptest! {
        #[test]
        fn the_shares_of_the_resolved_reach_the_thresholds(scores in proptest::collection::vec(0.0..1.0f64, 50..200)) {
            let Some(found) = calibrate(scores.clone()) else { return Ok(()) };
            let reach = |from: f64| scores.iter().filter(|score| **score >= from).count() as f64 / scores.len() as f64;
            prop_assert!(reach(found.covered_from) >= COVERED_SHARE - 1e-9);
            prop_assert!(reach(found.weak_from) >= WEAK_SHARE - 1e-9);
            prop_assert!(found.weak_from <= found.covered_from);
        }
    }
}
