//! The policy by category and channel code: which window, lookback and reason a row has. Names are looked up once per
//! category, never per row.

use std::collections::BTreeMap;

use super::Input;
use super::clock::Clock;
use crate::interaction::Micros;
use crate::policy::{Channels, Policy, Same};

/// What the policy says of one category.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The longest gap that is within W, in microseconds.
    pub(super) window: Micros,
    /// L in microseconds.
    pub(super) lookback: Micros,
    /// Whether its interactions can be contacts.
    pub(super) is_eligible: bool,
    /// The reason key, where it depends on the category.
    reason: u32,
}

/// The rules of all categories.
#[derive(Debug)]
pub(super) struct Rules {
    /// How time is counted.
    pub(super) clock: Clock,
    same: Same,
    /// Contacts of different channels have different reasons.
    by_channel: bool,
    /// Whether each channel counts; empty: all do.
    counted_channels: Vec<bool>,
    usual: Rule,
    by_code: Vec<Rule>,
    /// No category differs in window or lookback, so that the category need not be looked up.
    is_uniform: bool,
    has_ineligible: bool,
}

impl Rules {
    pub(super) fn new(policy: &Policy, input: &Input<'_>) -> Rules {
        let names = input.category_names;
        let lookback = policy.lookback.unwrap_or(policy.window).micros();
        let usual = Rule { window: policy.reach(policy.window), lookback, is_eligible: true, reason: 0 };
        let reasons = reasons(policy, names);
        let counted_channels = match &policy.channels {
            // An unknown channel counts: sources that do not say it mostly have one only. Policies have names in small
            // letters; the data have uncommon channels as written.
            Channels::List(wanted) => {
                let is_wanted = |name: &String| wanted.contains(&name.to_lowercase());
                let of_code = |(code, name): (usize, &String)| code == 0 || is_wanted(name);
                input.channel_names.iter().enumerate().map(of_code).collect()
            }
            Channels::Any | Channels::Same => Vec::new(),
        };
        // Code 0 means "no category", whatever its name; an override cannot reach it.
        let by_code: Vec<Rule> = names
            .iter()
            .enumerate()
            .map(|(code, name)| if code == 0 { usual } else { rule_of(policy, name, reasons[code]) })
            .collect();
        let is_usual = |rule: &Rule| rule.window == usual.window && rule.lookback == usual.lookback;
        Rules {
            clock: Clock::new(policy),
            same: policy.same,
            by_channel: policy.channels == Channels::Same,
            counted_channels,
            is_uniform: by_code.iter().all(is_usual),
            has_ineligible: by_code.iter().any(|rule| !rule.is_eligible),
            usual,
            by_code,
        }
    }

    /// Window and lookback of a row.
    pub(super) fn of(&self, input: &Input<'_>, row: usize) -> Rule {
        if self.is_uniform { self.usual } else { self.of_code(input.category(row)) }
    }

    /// Whether the row's category can have contacts.
    pub(super) fn is_eligible(&self, input: &Input<'_>, row: usize) -> bool {
        !self.has_ineligible || self.of_code(input.category(row)).is_eligible
    }

    /// Whether the row's channel counts.
    pub(super) fn is_counted_channel(&self, input: &Input<'_>, row: usize) -> bool {
        self.counted_channels.is_empty()
            || self.counted_channels.get(input.channel(row) as usize).copied().unwrap_or(true)
    }

    /// The reason key of a row: its reason, and its channel where only contacts of one channel are linked.
    pub(super) fn reason(&self, input: &Input<'_>, row: usize) -> u64 {
        let reason = match self.same {
            Same::Any => 0,
            Same::Category => input.category(row),
            Same::ParentCategory => self.of_code(input.category(row)).reason,
        };
        let channel = if self.by_channel { input.channel(row) } else { 0 };
        u64::from(reason) << 32 | u64::from(channel)
    }

    fn of_code(&self, code: u32) -> Rule {
        self.by_code.get(code as usize).copied().unwrap_or(Rule { reason: code, ..self.usual })
    }
}

fn rule_of(policy: &Policy, name: &str, reason: u32) -> Rule {
    Rule {
        window: policy.reach(policy.window_of(name)),
        lookback: policy.lookback_of(name).micros(),
        is_eligible: policy.is_eligible(name),
        reason,
    }
}

/// The parent's code for each code: a parent that is itself a category of the data has that category's code, so
/// that "billing" and its child "refund" share a reason; the others get codes after the last. One level: the
/// parent of a parent is not asked for.
fn reasons(policy: &Policy, names: &[String]) -> Vec<u32> {
    let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
    for (code, name) in names.iter().enumerate().skip(1) {
        codes.entry(name).or_insert(code as u32);
    }
    let mut next = names.len() as u32;
    let mut reasons = Vec::with_capacity(names.len());
    for (code, name) in names.iter().enumerate() {
        let parent = if code == 0 { None } else { policy.parent_of(name) };
        reasons.push(parent.map_or(code as u32, |parent| {
            *codes.entry(parent).or_insert_with(|| {
                next += 1;
                next - 1
            })
        }));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::CategoryPolicy;

    #[test]
    fn a_parent_shares_the_reason_of_its_children_whether_or_not_it_is_a_category_itself() {
        let mut policy = Policy { same: Same::ParentCategory, ..Policy::two_window() };
        for (name, parent) in [("refund", "billing"), ("fee", "billing"), ("tv", "media"), ("radio", "media")]
        {
            let own = CategoryPolicy { parent: Some(parent.to_string()), ..CategoryPolicy::default() };
            policy.category.insert(name.to_string(), own);
        }
        let names = ["", "refund", "billing", "tv", "fee", "radio", "other"].map(String::from);
        // billing is code 2; media is no category of the data and gets the first free code, 7.
        assert_eq!(reasons(&policy, &names), [0, 2, 2, 7, 2, 7, 6]);
    }
}
