//! The policy: every choice that changes a number, in one place, as plain data.
//!
//! Takes nothing but values (read from the `[policy]` table by [`Policy::parse`] or set by a caller) and answers
//! which value holds for a category. It decides nothing about a single interaction: that is `link`'s business.

mod check;
mod choice;
mod origin;
mod overrides;
mod parse;
mod preset;
mod show;
mod span;

#[cfg(test)]
mod parse_tests;

use std::collections::BTreeMap;
use std::path::Path;

use crate::Result;
use crate::interaction::{Direction, Micros, Status};

pub use check::DataFacts;
pub use choice::{
    Agents, Anchor, Anonymous, Boundary, Chain, Channels, Clock, Days, IdentityField, IdentityKey, Maturity,
    OtherReason, ResolvedBy, Same, Unsolved,
};
pub use origin::Origin;
pub(crate) use overrides::choice;
pub use overrides::{Overrides, rate};
pub(crate) use parse::{DayEdge, moment_of};
pub use preset::{PRESETS, Preset};
pub use span::Span;

/// Every choice that changes a number. It travels with each report, printed in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The named starting point that the other fields override.
    pub preset: String,
    /// W: how long silence must last after a contact to call its issue resolved.
    pub window: Span,
    /// L: how far before a contact the records must reach to call it the first; `None`: as long as the window.
    pub lookback: Option<Span>,
    /// Which contacts the FCR rate counts.
    pub anchor: Anchor,
    /// From which moment of the earlier contact a gap, and the window of a contact, is measured.
    pub clock: Clock,
    /// Whether time is counted as it elapses or in dates.
    pub days: Days,
    /// Whether a gap of exactly W repeats.
    pub boundary: Boundary,
    /// From which contact of the episode a gap is measured.
    pub chain: Chain,
    /// Which contacts of one customer are about the same reason.
    pub same: Same,
    /// What a contact about another reason does to the estimate over time.
    pub other_reason: OtherReason,
    /// Which channels link.
    pub channels: Channels,
    /// Whether an interaction whose source has no category gets one from the customer's words, marked as derived.
    pub derives_category: bool,
    /// The keys by which interactions are linked, the strongest first; never empty.
    pub identity: Vec<IdentityKey>,
    /// A key that more customers than this share links nothing.
    pub identity_limit: u64,
    /// What becomes of interactions of which no customer is known.
    pub anonymous: Anonymous,
    /// Whether the window of a contact has to have passed before it counts.
    pub maturity: Maturity,
    /// What says that an issue was resolved.
    pub resolved_by: ResolvedBy,
    /// What becomes of tickets that are not solved, and of contacts without a code.
    pub unsolved: Unsolved,
    /// What a ticket solved at the first contact looks like.
    pub ticket: TicketPolicy,
    /// The FCR rate to reach, 0 to 1.
    pub target: f64,
    /// Fewer eligible contacts than this get the verdict *too few*.
    pub minimum_count: u64,
    /// What a contact costs, in any currency.
    pub cost_per_contact: Option<f64>,
    /// What a handled minute costs, in any currency; instead of `cost_per_contact`.
    pub cost_per_minute: Option<f64>,
    /// How agents are named in what is shown.
    pub agents: Agents,
    /// What pseudonyms of agents are made with; `None`: a salt of the store's own. It is a secret, and is never shown.
    pub agent_salt: Option<String>,
    /// IANA name of the time zone in which reporting days and weeks are cut.
    pub timezone: String,
    /// A contact handled for less, in seconds, is too short to count; an unknown handle time never is.
    pub minimum_seconds: f64,
    /// Statuses that do not count as contacts: `Abandoned`, `Voicemail`, `Ignored`; others have no effect here.
    pub exclude_status: Vec<Status>,
    /// Statuses that count as repeats and never begin an episode; none of them is in `exclude_status`.
    pub repeat_only_status: Vec<Status>,
    /// Directions that do not count as contacts: `Outbound`, `Internal`, `Callback`; others have no effect here.
    pub exclude_direction: Vec<Direction>,
    /// Customers that are left out, by id (or telephone number, or e-mail address).
    pub exclude_customers: Vec<String>,
    /// A contact that follows another of its customer within this is the same contact, transferred; 0: none is.
    pub transfer_within: Span,
    /// A contact that follows another of its customer within this is the same contact, after a lost line; 0: none.
    pub reconnect_within: Span,
    /// Start of observation in UTC; `None`: the first `started_at` of all interactions read.
    pub observed_from: Option<Micros>,
    /// End of observation in UTC; `None`: the last `started_at` of all interactions read.
    pub observed_to: Option<Micros>,
    /// What differs for single categories, by category name.
    pub category: BTreeMap<String, CategoryPolicy>,
    /// The text that it was read from, for errors that only the data can show.
    pub origin: Origin,
}

/// What a ticket that was solved at the first contact looks like; `None` means that it does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TicketPolicy {
    /// Fewest public replies of agents.
    pub minimum_replies: Option<u64>,
    /// Most public replies of agents.
    pub maximum_replies: Option<u64>,
    /// Most reopens.
    pub maximum_reopens: Option<u64>,
    /// Fewest agents who took part.
    pub minimum_agents: Option<u64>,
    /// Most agents who took part.
    pub maximum_agents: Option<u64>,
    /// Longest time from its start to its end.
    pub closed_within: Option<Span>,
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
    /// The channel code and the names of the codes.
    pub channel: bool,
    /// The agents' codes and the tickets' histories.
    pub ticket: bool,
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
            anchor: Anchor::First,
            clock: Clock::End,
            days: Days::Elapsed,
            boundary: Boundary::Inclusive,
            chain: Chain::Rolling,
            same: Same::Category,
            other_reason: OtherReason::Ignore,
            channels: Channels::Any,
            derives_category: false,
            identity: vec![IdentityKey(vec![IdentityField::CustomerId])],
            identity_limit: 5,
            anonymous: Anonymous::Exclude,
            maturity: Maturity::Required,
            resolved_by: ResolvedBy::Silence,
            unsolved: Unsolved::Pending,
            ticket: TicketPolicy::default(),
            target: 0.70,
            minimum_count: 30,
            cost_per_contact: None,
            cost_per_minute: None,
            agents: Agents::Shown,
            agent_salt: None,
            timezone: "UTC".to_string(),
            minimum_seconds: 0.0,
            exclude_status: vec![Status::Abandoned, Status::Voicemail, Status::Ignored],
            repeat_only_status: vec![],
            exclude_direction: vec![Direction::Outbound, Direction::Internal, Direction::Callback],
            exclude_customers: vec![],
            transfer_within: Span::from_seconds(0),
            reconnect_within: Span::from_seconds(0),
            observed_from: None,
            observed_to: None,
            category: BTreeMap::new(),
            origin: Origin::default(),
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

    /// The longest gap, in microseconds, that is within a window: all of it, or less where the boundary is exclusive
    /// (a date less where dates are counted), so that no gap is within a window of 0 then.
    pub fn reach(&self, window: Span) -> Micros {
        match (self.boundary, self.days) {
            (Boundary::Inclusive, _) => window.micros(),
            (Boundary::Exclusive, Days::Elapsed) => window.micros() - 1,
            (Boundary::Exclusive, Days::Calendar) => window.micros() - Span::from_days(1).micros(),
        }
    }

    /// The longest elapsed time, in microseconds, that is within a span, whether or not windows count dates.
    pub fn limit(&self, span: Span) -> Micros {
        span.micros() - Micros::from(self.boundary == Boundary::Exclusive)
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
            ended_at: self.clock == Clock::End || self.reconnect_within.micros() > 0,
            status: !(self.exclude_status.is_empty() && self.repeat_only_status.is_empty()),
            direction: !self.exclude_direction.is_empty(),
            handle_seconds: self.minimum_seconds > 0.0,
            channel: self.channels != Channels::Any,
            ticket: self.resolved_by != ResolvedBy::Silence,
        }
    }

    /// The overridden categories that `names` (the categories of the data, by code; 0 is none) does not have, in order of name:
    /// most likely misspelt, since such an override changes nothing. A name used as a parent is not among them.
    pub fn unmatched_categories<'a>(&'a self, names: &[String]) -> Vec<&'a str> {
        let is_known = |wanted: &str| {
            names.iter().skip(1).any(|name| name == wanted)
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
