//! The policy: every choice that changes a number, in one place, as plain data.
//!
//! Takes nothing but values (read from the `[policy]` table by [`Policy::parse`] or set by a caller) and answers
//! which value holds for a category. It decides nothing about a single interaction: that is `link`'s business.

mod parse;
mod show;
mod span;

#[cfg(test)]
mod parse_tests;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::interaction::{Direction, Micros, Status};

pub use span::Span;

/// The names that `preset` may have.
pub const PRESETS: &[&str] = &["two-window"];

/// Every choice that changes a number. It travels with each report, printed in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The named starting point that the other fields override.
    pub preset: String,
    /// W: how long silence must last after a contact to call its issue resolved. A gap of exactly W repeats.
    pub window: Span,
    /// L: how far before a contact the records must reach to call it the first; `None`: as long as the window.
    pub lookback: Option<Span>,
    /// From which moment of the earlier contact a gap, and the window of a contact, is measured.
    pub clock: Clock,
    /// From which contact of the episode a gap is measured.
    pub chain: Chain,
    /// Which contacts of one customer are about the same reason.
    pub same: Same,
    /// Whether an interaction whose source has no category gets one from the customer's words, marked as derived.
    pub derives_category: bool,
    /// The FCR rate to reach, 0 to 1.
    pub target: f64,
    /// Fewer eligible first contacts than this get the verdict *too few*.
    pub minimum_count: u64,
    /// IANA name of the time zone in which reporting days and weeks are cut.
    pub timezone: String,
    /// A contact handled for less, in seconds, is too short to count; an unknown handle time never is.
    pub minimum_seconds: f64,
    /// Statuses that do not count as contacts: `Abandoned`, `Voicemail`, `Ignored`; others have no effect here.
    pub exclude_status: Vec<Status>,
    /// Directions that do not count as contacts: `Outbound`, `Internal`; others have no effect here.
    pub exclude_direction: Vec<Direction>,
    /// Start of observation in UTC; `None`: the first `started_at` of all interactions read.
    pub observed_from: Option<Micros>,
    /// End of observation in UTC; `None`: the last `started_at` of all interactions read.
    pub observed_to: Option<Micros>,
    /// What differs for single categories, by category name.
    pub category: BTreeMap<String, CategoryPolicy>,
}

/// What differs for one category; `None` means as in the policy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CategoryPolicy {
    /// W for contacts of this category.
    pub window: Option<Span>,
    /// L for contacts of this category.
    pub lookback: Option<Span>,
    /// The FCR rate that this category has to reach, 0 to 1.
    pub target: Option<f64>,
    /// `Some(false)`: interactions of this category never count as contacts.
    pub is_eligible: Option<bool>,
    /// The category above it, which is the reason under `same = "parent_category"`.
    pub parent: Option<String>,
}

/// The moment of a contact from which time is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Start to start.
    Start,
    /// End of the earlier contact to the start of the later one.
    End,
}

/// The contact of an episode from which a gap is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// The contact just before.
    Rolling,
    /// The first contact of the episode.
    First,
}

/// Which contacts of one customer share a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    /// Contacts of the same category; contacts without a category share one reason.
    Category,
    /// Contacts whose categories have the same parent; a category without a parent is its own.
    ParentCategory,
    /// All contacts.
    Any,
}

/// Which columns a policy needs to link; the others may be left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// The category code and the names of the codes.
    pub category: bool,
    /// The end of each interaction.
    pub ended_at: bool,
    /// The status.
    pub status: bool,
    /// The direction.
    pub direction: bool,
    /// The handle time.
    pub handle_seconds: bool,
}

impl Default for Policy {
    /// The preset `two-window`: see [`Policy::two_window`].
    fn default() -> Policy {
        Policy::two_window()
    }
}

impl Policy {
    /// The preset `two-window`: a contact is a first contact when records reach back one window and it is no
    /// repeat, and it is resolved when the customer stays silent about the category for 7 days after its end.
    pub fn two_window() -> Policy {
        Policy {
            preset: "two-window".to_string(),
            window: Span::from_days(7),
            lookback: None,
            clock: Clock::End,
            chain: Chain::Rolling,
            same: Same::Category,
            derives_category: false,
            target: 0.70,
            minimum_count: 30,
            timezone: "UTC".to_string(),
            minimum_seconds: 0.0,
            exclude_status: vec![Status::Abandoned, Status::Voicemail, Status::Ignored],
            exclude_direction: vec![Direction::Outbound, Direction::Internal],
            observed_from: None,
            observed_to: None,
            category: BTreeMap::new(),
        }
    }

    /// Reads the `[policy]` table of a configuration; other tables are left alone, and without one the default
    /// policy holds. `path` is used in errors only.
    ///
    /// # Errors
    /// [`crate::Error::Text`] with the line: a syntax error, an unknown key (with the nearest known one), a bad value.
    pub fn parse(path: &Path, text: &str) -> Result<Policy> {
        parse::parse(path, text)
    }

    /// W for contacts of a category: its own, else the policy's.
    pub fn window_of(&self, category: &str) -> Span {
        self.category.get(category).and_then(|it| it.window).unwrap_or(self.window)
    }

    /// L for contacts of a category: its own, else the policy's, else as long as the category's window.
    pub fn lookback_of(&self, category: &str) -> Span {
        let own = self.category.get(category).and_then(|it| it.lookback);
        own.or(self.lookback).unwrap_or_else(|| self.window_of(category))
    }

    /// The FCR rate that a category has to reach: its own, else the policy's.
    pub fn target_of(&self, category: &str) -> f64 {
        self.category.get(category).and_then(|it| it.target).unwrap_or(self.target)
    }

    /// Whether interactions of a category can be contacts.
    pub fn is_eligible(&self, category: &str) -> bool {
        self.category.get(category).and_then(|it| it.is_eligible).unwrap_or(true)
    }

    /// The parent of a category, where the policy names one.
    pub fn parent_of(&self, category: &str) -> Option<&str> {
        self.category.get(category).and_then(|it| it.parent.as_deref())
    }

    /// Which columns linking under this policy reads. Customer, start, own and parent ids and the duplicate
    /// marks are always read.
    pub fn needs(&self) -> Needs {
        let has_override = self
            .category
            .values()
            .any(|it| it.window.is_some() || it.lookback.is_some() || it.is_eligible == Some(false));
        Needs {
            category: self.same != Same::Any || has_override || self.derives_category,
            ended_at: self.clock == Clock::End,
            status: !self.exclude_status.is_empty(),
            direction: !self.exclude_direction.is_empty(),
            handle_seconds: self.minimum_seconds > 0.0,
        }
    }

    /// The overridden categories that `names` (the categories of the data) does not have, in order of name:
    /// most likely misspelt, since such an override changes nothing. A name used as a parent is not among them.
    pub fn unmatched_categories<'a>(&'a self, names: &[String]) -> Vec<&'a str> {
        let is_known = |wanted: &str| {
            names.iter().any(|name| name == wanted)
                || self.category.values().any(|it| it.parent.as_deref() == Some(wanted))
        };
        self.category.keys().map(String::as_str).filter(|name| !is_known(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_category(category: &str, own: CategoryPolicy) -> Policy {
        let mut policy = Policy::two_window();
        policy.category.insert(category.to_string(), own);
        policy
    }

    #[test]
    fn lookback_is_as_long_as_the_window_unless_set() {
        let own = CategoryPolicy { window: Some(Span::from_days(3)), ..CategoryPolicy::default() };
        let mut policy = with_category("IN", own);
        assert_eq!(policy.lookback_of("PS"), Span::from_days(7));
        assert_eq!(policy.lookback_of("IN"), Span::from_days(3));
        policy.lookback = Some(Span::from_days(10));
        assert_eq!(policy.lookback_of("PS"), Span::from_days(10));
        assert_eq!(policy.lookback_of("IN"), Span::from_days(10), "a lookback that is set holds for all");
        policy.category.get_mut("IN").unwrap().lookback = Some(Span::from_days(1));
        assert_eq!(policy.lookback_of("IN"), Span::from_days(1));
    }

    #[test]
    fn only_the_columns_that_matter_are_needed() {
        let needs = Policy::two_window().needs();
        assert!(needs.category && needs.ended_at && needs.status && needs.direction && !needs.handle_seconds);
        let policy = Policy {
            same: Same::Any,
            clock: Clock::Start,
            exclude_status: vec![],
            exclude_direction: vec![],
            minimum_seconds: 5.0,
            ..Policy::two_window()
        };
        let needs = policy.needs();
        assert!(
            !needs.category && !needs.ended_at && !needs.status && !needs.direction && needs.handle_seconds
        );
    }

    #[test]
    fn a_misspelt_category_is_pointed_out() {
        let mut policy = with_category("biling", CategoryPolicy::default());
        let child = CategoryPolicy { parent: Some("money".to_string()), ..CategoryPolicy::default() };
        policy.category.insert("refund".to_string(), child);
        policy.category.insert("money".to_string(), CategoryPolicy::default());
        let names = ["".to_string(), "billing".to_string(), "refund".to_string()];
        assert_eq!(policy.unmatched_categories(&names), ["biling"]);
    }
}
