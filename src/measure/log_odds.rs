//! Which words distinguish two groups of texts: log-odds ratio with an informative Dirichlet prior, as a z-score.
//!
//! B. L. Monroe, M. P. Colaresi, K. M. Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying
//! the Content of Political Conflict", Political Analysis 16 (2008) 372–403, equations 15, 16, 20 and 22. The prior is
//! the word's share of both groups together, so that rare words are drawn towards no difference.

/// How often a word, or a phrase, was met in two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Texts of the first group that have it.
    pub first: u64,
    /// Texts of the second group that have it.
    pub second: u64,
}

/// The z-score of the difference in log-odds: positive where the first group has it more often.
///
/// `totals` are the texts of each group, `prior_total` (α₀, over 0) the weight of the prior in texts. 0 where a group
/// is empty or the word is in no text.
pub fn log_odds_z(counts: Counts, totals: Counts, prior_total: f64) -> f64 {
    let (first, second) = (counts.first as f64, counts.second as f64);
    let (all_first, all_second) = (totals.first as f64, totals.second as f64);
    if first + second == 0.0 || all_first == 0.0 || all_second == 0.0 {
        return 0.0;
    }
    let prior = prior_total * (first + second) / (all_first + all_second);
    // A word in every text leaves nothing to compare with; half a text keeps the odds finite.
    let odds = |with: f64, all: f64| (with + prior) / (all + prior_total - with - prior).max(0.5);
    let difference = odds(first, all_first).ln() - odds(second, all_second).ln();
    let variance = 1.0 / (first + prior) + 1.0 / (second + prior);
    difference / variance.sqrt()
}

/// A difference in log-odds with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogOdds {
    /// Natural logarithm of the odds ratio, drawn towards 0 by the prior: above 0 where the first group has it more often.
    pub difference: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The difference in log-odds, and how sure it is, of a word that many texts may have: the variance has the terms of the
/// texts without the word too, which equation 20 leaves out for rare words. Without them a word in half of the texts
/// would seem surer than it is by √2.
///
/// Arguments as for [`log_odds_z`]; none where a group is empty, or the word is in no text or in every one.
pub fn log_odds(counts: Counts, totals: Counts, prior_total: f64) -> Option<LogOdds> {
    let all = totals.first + totals.second;
    let with = counts.first + counts.second;
    if totals.first == 0 || totals.second == 0 || with == 0 || with >= all {
        return None;
    }
    let prior = prior_total * with as f64 / all as f64;
    let of = |count: u64, total: u64| {
        let with = count as f64 + prior;
        let without = total as f64 + prior_total - with;
        ((with / without).ln(), 1.0 / with + 1.0 / without)
    };
    let (first, second) = (of(counts.first, totals.first), of(counts.second, totals.second));
    Some(LogOdds { difference: first.0 - second.0, standard_error: (first.1 + second.1).sqrt() })
}

#[cfg(test)]
mod tests {
    use super::{Counts, log_odds, log_odds_z};

    /// As above, 32 ÷ 78 and 12 ÷ 98; variance 1/32 + 1/78 + 1/12 + 1/98 = 0.137608.
    #[test]
    fn the_variance_has_the_texts_without_the_word_too() {
        let found =
            log_odds(Counts { first: 30, second: 10 }, Counts { first: 100, second: 100 }, 10.0).unwrap();
        let difference: f64 = (32.0 / 78.0) / (12.0 / 98.0);
        assert!((found.difference - difference.ln()).abs() < 1e-12, "{found:?}");
        let variance: f64 = 1.0 / 32.0 + 1.0 / 78.0 + 1.0 / 12.0 + 1.0 / 98.0;
        assert!((found.standard_error - variance.sqrt()).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn what_all_or_none_say_is_no_difference() {
        let totals = Counts { first: 5, second: 5 };
        assert_eq!(log_odds(Counts { first: 5, second: 5 }, totals, 1.0), None);
        assert_eq!(log_odds(Counts { first: 0, second: 0 }, totals, 1.0), None);
        assert_eq!(log_odds(Counts { first: 1, second: 0 }, Counts { first: 5, second: 0 }, 1.0), None);
    }

    /// 30 of 100 against 10 of 100 with α₀ = 10: α = 10 · 40 ÷ 200 = 2; odds 32 ÷ 78 and 12 ÷ 98;
    /// ln(0.410256 ÷ 0.122449) = 1.209114; variance 1/32 + 1/12 = 0.114583; z = 1.209114 ÷ 0.338502 = 3.571960.
    #[test]
    fn the_score_is_that_of_the_formula() {
        let z = log_odds_z(Counts { first: 30, second: 10 }, Counts { first: 100, second: 100 }, 10.0);
        assert!((z - 3.571_96).abs() < 1e-4, "{z}");
    }

    #[test]
    fn equal_shares_score_nothing_and_groups_are_symmetric() {
        let totals = Counts { first: 200, second: 100 };
        let z = log_odds_z(Counts { first: 20, second: 10 }, totals, 50.0);
        assert!(z.abs() < 1e-9, "{z}");
        let one = log_odds_z(Counts { first: 7, second: 1 }, Counts { first: 90, second: 80 }, 5.0);
        let other = log_odds_z(Counts { first: 1, second: 7 }, Counts { first: 80, second: 90 }, 5.0);
        assert!((one + other).abs() < 1e-12);
    }

    #[test]
    fn empty_groups_and_words_in_every_text_give_a_number() {
        let none = Counts { first: 0, second: 0 };
        assert_eq!(log_odds_z(none, Counts { first: 5, second: 5 }, 1.0), 0.0);
        assert_eq!(log_odds_z(Counts { first: 1, second: 0 }, Counts { first: 1, second: 0 }, 1.0), 0.0);
        assert!(log_odds_z(Counts { first: 5, second: 0 }, Counts { first: 5, second: 5 }, 1.0).is_finite());
    }

    #[test]
    fn the_same_share_of_more_texts_is_surer() {
        let few = log_odds_z(Counts { first: 4, second: 1 }, Counts { first: 40, second: 40 }, 10.0);
        let many = log_odds_z(Counts { first: 40, second: 10 }, Counts { first: 400, second: 400 }, 10.0);
        assert!(many > few);
    }
}
