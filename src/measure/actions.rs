//! What to do first: every category and cause in which first contacts fail, with what it would be worth to remove it.
//!
//! Avoidable repeats are the repeats that followed contacts of that category and cause, less the share of the category's
//! repeats that is to be expected by accident. A contact of several causes is in each: lines of the list do not add up.

use std::cmp::Ordering;

use serde::Serialize;

use super::cause::Remedy;
use super::causes::{CauseScores, CauseShare};

/// How much evidence there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 30 contacts or more; or 5 in which the agent says it at first, and the customer when they come back.
    Strong,
    /// 10 contacts or more; or 2 of the latter kind.
    Fair,
    /// Less.
    Thin,
}

impl Strength {
    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Strong => "strong",
            Strength::Fair => "fair",
            Strength::Thin => "thin",
        }
    }

    fn of(share: &CauseShare) -> Strength {
        match (share.contact_count, share.both_count) {
            (30.., _) | (_, 5..) => Strength::Strong,
            (10.., _) | (_, 2..) => Strength::Fair,
            _ => Strength::Thin,
        }
    }
}

/// One thing that could be done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// The category; none where there is none.
    pub category: Option<String>,
    /// The cause.
    pub cause: String,
    /// What would remove it; none for a cause that only a user's lexicon has.
    pub remedy: Option<Remedy>,
    /// Failed first contacts of the category with evidence of the cause.
    pub contact_count: u64,
    /// Failed first contacts of the category.
    pub failed_count: u64,
    /// The former ÷ the latter.
    pub share: Option<f64>,
    /// Its lower end.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// Repeats that followed them.
    pub repeat_count: u64,
    /// Of these, as many as are beyond accident.
    pub avoidable_repeat_count: f64,
    /// What the avoidable ones cost; none without a price.
    pub avoidable_cost: Option<f64>,
    /// How much evidence there is.
    pub strength: Strength,
}

/// A category for the list.
#[derive(Debug, Clone, Copy)]
pub struct Caused<'a> {
    /// Its name; none of contacts without one.
    pub category: Option<&'a str>,
    /// Its causes.
    pub causes: &'a CauseScores,
    /// Its repeats beyond those expected by accident ÷ its repeats.
    pub excess_share: f64,
}

/// The list, what is worth the most first: by cost where there is a price, else by avoidable repeats.
pub fn actions<'a>(categories: impl Iterator<Item = Caused<'a>>) -> Vec<Action> {
    let mut actions: Vec<Action> = categories.flat_map(of_category).collect();
    actions.sort_by(worth);
    actions
}

fn of_category(it: Caused<'_>) -> impl Iterator<Item = Action> {
    let excess = it.excess_share.clamp(0.0, 1.0);
    it.causes.causes.iter().map(move |share| Action {
        category: it.category.map(str::to_string),
        cause: share.cause.clone(),
        remedy: Remedy::of(&share.cause),
        contact_count: share.contact_count,
        failed_count: it.causes.failed_count,
        share: share.share,
        low: share.low,
        high: share.high,
        repeat_count: share.repeat_count,
        avoidable_repeat_count: share.repeat_count as f64 * excess,
        avoidable_cost: share.repeat_cost.map(|cost| cost * excess),
        strength: Strength::of(share),
    })
}

fn worth(one: &Action, other: &Action) -> Ordering {
    let cost = |it: &Action| it.avoidable_cost.unwrap_or(0.0);
    cost(other)
        .total_cmp(&cost(one))
        .then_with(|| other.avoidable_repeat_count.total_cmp(&one.avoidable_repeat_count))
        .then_with(|| other.contact_count.cmp(&one.contact_count))
        .then_with(|| (&one.category, &one.cause).cmp(&(&other.category, &other.cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(cause: &str, contact_count: u64, both_count: u64, repeat_count: u64) -> CauseShare {
        CauseShare {
            cause: cause.to_string(),
            contact_count,
            both_count,
            repeat_count,
            repeat_cost: Some(5.0 * repeat_count as f64),
            ..CauseShare::default()
        }
    }

    fn scores(causes: Vec<CauseShare>) -> CauseScores {
        CauseScores { failed_count: 100, causes, ..CauseScores::default() }
    }

    /// Billing: half of its repeats are accident, 40 · 0.5 = 20 avoidable, 100 in money; internet: all 30 are, 150.
    #[test]
    fn what_is_worth_the_most_comes_first_and_accidents_are_worth_nothing() {
        let billing = scores(vec![share("authority", 35, 0, 40), share("customer", 2, 2, 2)]);
        let internet = scores(vec![share("product", 12, 1, 30)]);
        let caused = [
            Caused { category: Some("billing"), causes: &billing, excess_share: 0.5 },
            Caused { category: Some("internet"), causes: &internet, excess_share: 1.4 },
        ];
        let list = actions(caused.into_iter());
        let told: Vec<_> = list
            .iter()
            .map(|it| {
                (it.cause.as_str(), it.avoidable_repeat_count, it.avoidable_cost, it.strength, it.remedy)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("product", 30.0, Some(150.0), Strength::Fair, Some(Remedy::Product)),
                ("authority", 20.0, Some(100.0), Strength::Strong, Some(Remedy::Authority)),
                ("customer", 1.0, Some(5.0), Strength::Fair, Some(Remedy::Article)),
            ]
        );
        assert_eq!(list[1].failed_count, 100);
    }

    #[test]
    fn what_agent_and_customer_say_both_is_strong_evidence_of_few_contacts() {
        assert_eq!(Strength::of(&share("promise", 5, 5, 5)), Strength::Strong);
        assert_eq!(Strength::of(&share("promise", 9, 1, 9)), Strength::Thin);
    }
}
