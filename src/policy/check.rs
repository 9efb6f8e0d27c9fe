//! Choices that contradict each other, and choices that the data contradict: each with the key to blame, what is
//! wrong and the remedy. A policy that passes says one thing.

use super::{Anchor, Boundary, Chain, Channels, Days, Policy, ResolvedBy, Span};
use crate::Result;
use crate::interaction::Micros;

/// A contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    /// The key to blame, below `[policy]`.
    pub(super) key: Vec<String>,
    /// What is wrong.
    pub(super) what: String,
    /// What to do.
    pub(super) help: String,
}

/// What the data have to do with a policy.
#[derive(Debug, Clone, Copy)]
pub struct DataFacts<'a> {
    /// The names of the categories by code; `[0]` stands for none.
    pub categories: &'a [String],
    /// The names of the channels by code; `[0]` stands for unknown. Empty where they were not read.
    pub channels: &'a [String],
    /// Start and end of observation.
    pub observed: Option<(Micros, Micros)>,
    /// First and last start of the interactions; none where they were not read.
    pub started: Option<(Micros, Micros)>,
}

impl Policy {
    /// Whether the choices agree with each other.
    ///
    /// # Errors
    /// [`crate::Error::Text`] at the key to blame, where the policy was read from a text.
    pub fn check(&self) -> Result<()> {
        match self.conflict() {
            Some(conflict) => Err(self.fault(conflict)),
            None => Ok(()),
        }
    }

    /// Whether the data have what the policy names: the categories that it overrides, one of its channels, and records
    /// that reach as far back as the lookback. Nothing is wrong where nothing was read.
    ///
    /// # Errors
    /// [`crate::Error::Text`] at the key to blame, where the policy was read from a text.
    pub fn check_data(&self, facts: &DataFacts<'_>) -> Result<()> {
        if facts.observed.is_none() {
            return Ok(());
        }
        let found = self.unknown_category(facts.categories).or_else(|| self.unknown_channels(facts.channels));
        let found = found.or_else(|| self.late_observation(facts.started));
        match found.or_else(|| self.long_lookback(facts.observed)) {
            Some(conflict) => Err(self.fault(conflict)),
            None => Ok(()),
        }
    }

    /// An error at a key of the policy, where it was read from a text.
    pub fn fault_at(&self, key: &str, what: impl Into<String>, help: impl Into<String>) -> crate::Error {
        self.origin.fault(&[key], what.into(), help.into())
    }

    fn fault(&self, conflict: Conflict) -> crate::Error {
        let key: Vec<&str> = conflict.key.iter().map(String::as_str).collect();
        self.origin.fault(&key, conflict.what, conflict.help)
    }

    /// The first contradiction.
    pub(super) fn conflict(&self) -> Option<Conflict> {
        let checks: [fn(&Policy) -> Option<Conflict>; 7] = [
            Policy::backwards_observation,
            Policy::status_of_two_kinds,
            Policy::two_costs,
            Policy::part_of_a_day,
            Policy::empty_window,
            Policy::long_continuation,
            Policy::pointless_key,
        ];
        checks.iter().find_map(|check| check(self))
    }

    fn backwards_observation(&self) -> Option<Conflict> {
        self.observed_from.zip(self.observed_to).filter(|(from, to)| from > to)?;
        conflict(
            "observed_to",
            "`observed_to` is before `observed_from`",
            "let observation end after it starts",
        )
    }

    fn status_of_two_kinds(&self) -> Option<Conflict> {
        let both = self.repeat_only_status.iter().find(|status| self.exclude_status.contains(status))?;
        let name = serde_json::to_value(both).ok()?;
        conflict(
            "repeat_only_status",
            format!("{name} is in `exclude_status` too"),
            format!("leave {name} out of one: excluded contacts cannot be repeats"),
        )
    }

    fn two_costs(&self) -> Option<Conflict> {
        self.cost_per_contact.and(self.cost_per_minute)?;
        conflict("cost_per_minute", "two costs", "keep `cost_per_contact` or `cost_per_minute`")
    }

    fn part_of_a_day(&self) -> Option<Conflict> {
        if self.days == Days::Elapsed {
            return None;
        }
        let is_broken = |span: &Span| span.micros() % Span::from_days(1).micros() != 0;
        let help = "write whole days, or days = \"elapsed\"";
        let what = |span: Span| format!("{span} is not whole days, and days = \"calendar\" counts dates");
        let of_policy = [("window", Some(self.window)), ("lookback", self.lookback)];
        let of_policy = of_policy.into_iter().map(|(key, span)| (vec![key.to_string()], span));
        let of_category = self.category.iter().flat_map(|(name, own)| {
            [("window", own.window), ("lookback", own.lookback)]
                .map(|(key, span)| (vec!["category".to_string(), name.clone(), key.to_string()], span))
        });
        let (key, span) =
            of_policy.chain(of_category).find(|(_, span)| span.as_ref().is_some_and(is_broken))?;
        Some(Conflict { key, what: what(span?), help: help.to_string() })
    }

    fn empty_window(&self) -> Option<Conflict> {
        if self.boundary == Boundary::Inclusive || self.resolved_by != ResolvedBy::Silence {
            return None;
        }
        let (key, _) = self.windows().find(|(_, window)| window.micros() == 0)?;
        Some(Conflict {
            key,
            what: "with boundary = \"exclusive\" no gap is within a window of 0".to_string(),
            help: "write a longer window, or boundary = \"inclusive\"".to_string(),
        })
    }

    /// The window of the policy and those of categories, with their keys.
    fn windows(&self) -> impl Iterator<Item = (Vec<String>, Span)> {
        let of_category = self.category.iter().filter_map(|(name, own)| {
            Some((vec!["category".to_string(), name.clone(), "window".to_string()], own.window?))
        });
        std::iter::once((vec!["window".to_string()], self.window)).chain(of_category)
    }

    fn long_continuation(&self) -> Option<Conflict> {
        if self.days == Days::Calendar || self.resolved_by != ResolvedBy::Silence {
            return None;
        }
        let shortest = self.windows().map(|(_, window)| window).min()?;
        let spans = [("transfer_within", self.transfer_within), ("reconnect_within", self.reconnect_within)];
        let (key, span) = spans.into_iter().find(|(_, span)| span.micros() > 0 && *span >= shortest)?;
        conflict(
            key,
            format!("{span} is not shorter than the window of {shortest}: nothing could repeat"),
            "write minutes, such as \"10m\"",
        )
    }

    /// Keys that have no effect beside others.
    fn pointless_key(&self) -> Option<Conflict> {
        if self.anchor == Anchor::Every && self.chain == Chain::First {
            return conflict(
                "chain",
                "anchor = \"every\" asks what followed each contact, chain = \"first\" measures from the first of several",
                "keep one of the two",
            );
        }
        let ticket = &self.ticket;
        let keys = [
            ("minimum_replies", ticket.minimum_replies.is_some()),
            ("maximum_replies", ticket.maximum_replies.is_some()),
            ("maximum_reopens", ticket.maximum_reopens.is_some()),
            ("minimum_agents", ticket.minimum_agents.is_some()),
            ("maximum_agents", ticket.maximum_agents.is_some()),
            ("closed_within", ticket.closed_within.is_some()),
        ];
        let set = keys.into_iter().find(|(_, is_set)| *is_set).map(|(key, _)| key);
        if let Some(key) = set.filter(|_| self.resolved_by != ResolvedBy::Ticket) {
            let what = format!("`{key}` judges tickets, and resolved_by is not \"ticket\"");
            return conflict(key, what, "write resolved_by = \"ticket\", or remove it");
        }
        let pairs = [
            ("minimum_replies", ticket.minimum_replies, ticket.maximum_replies),
            ("minimum_agents", ticket.minimum_agents, ticket.maximum_agents),
        ];
        let is_void = |(_, low, high): &(&str, Option<u64>, Option<u64>)| {
            low.zip(*high).is_some_and(|(low, high)| low > high)
        };
        let (key, ..) = pairs.into_iter().find(is_void)?;
        conflict(key, format!("`{key}` is above its maximum"), "swap the two")
    }

    fn unknown_category(&self, names: &[String]) -> Option<Conflict> {
        let name = self.unmatched_categories(names).into_iter().next()?;
        let near = super::parse::nearest(name, names.iter().map(String::as_str));
        Some(Conflict {
            key: vec!["category".to_string(), name.to_string()],
            what: format!("no category of the data is called `{name}`"),
            help: near.map_or("remove it, or correct its name".to_string(), |near| {
                format!("did you mean `{near}`?")
            }),
        })
    }

    /// A list of channels of which the data, which do name channels, have none.
    fn unknown_channels(&self, names: &[String]) -> Option<Conflict> {
        let Channels::List(wanted) = &self.channels else { return None };
        let known: Vec<&String> = names.iter().skip(1).collect();
        let is_known = |name: &String| known.iter().any(|it| it.to_lowercase() == *name);
        if known.is_empty() || wanted.iter().any(is_known) {
            return None;
        }
        let mut shown: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
        shown.sort_unstable();
        shown.truncate(8);
        conflict(
            "channels",
            format!("no interaction has the channel {}", wanted.join(" or ")),
            format!("the channels of the data are {}", shown.join(", ")),
        )
    }

    /// An observation that begins after the last interaction, or ends before the first.
    fn late_observation(&self, started: Option<(Micros, Micros)>) -> Option<Conflict> {
        let (first, last) = started?;
        if self.observed_from.is_some_and(|from| from > last) {
            return conflict(
                "observed_from",
                "`observed_from` is after the last interaction",
                "move it back",
            );
        }
        self.observed_to.filter(|to| *to < first)?;
        conflict("observed_to", "`observed_to` is before the first interaction", "move it forward")
    }

    fn long_lookback(&self, observed: Option<(Micros, Micros)>) -> Option<Conflict> {
        let (from, to) = observed?;
        let length = to.saturating_sub(from);
        let of_category = self.category.iter().filter_map(|(name, own)| {
            Some((vec!["category".to_string(), name.clone(), "lookback".to_string()], own.lookback?))
        });
        let of_policy = self.lookback.map(|lookback| (vec!["lookback".to_string()], lookback));
        let (key, lookback) =
            of_policy.into_iter().chain(of_category).find(|(_, lookback)| lookback.micros() > length)?;
        let days = length / Span::from_days(1).micros();
        Some(Conflict {
            key,
            what: format!(
                "a lookback of {lookback} is longer than the data ({days} days): no contact can be known to be the first"
            ),
            help: "shorten it, or read older records too".to_string(),
        })
    }
}

fn conflict(key: &str, what: impl Into<String>, help: impl Into<String>) -> Option<Conflict> {
    Some(Conflict { key: vec![key.to_string()], what: what.into(), help: help.into() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::policy::Policy;

    fn fault(text: &str) -> String {
        Policy::parse(Path::new("recontact.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn choices_that_contradict_each_other_name_the_line_and_the_remedy() {
        let table = [
            (
                "[policy]\nexclude_status = [\"abandoned\"]\nrepeat_only_status = [\"abandoned\"]\n",
                "recontact.toml:3: \"abandoned\" is in `exclude_status` too: leave \"abandoned\" out of one: excluded \
                 contacts cannot be repeats",
            ),
            (
                "[policy]\ncost_per_contact = 5\ncost_per_minute = 1\n",
                "recontact.toml:3: two costs: keep `cost_per_contact` or `cost_per_minute`",
            ),
            (
                "[policy]\ndays = \"calendar\"\nwindow = \"36h\"\n",
                "recontact.toml:3: 36h is not whole days, and days = \"calendar\" counts dates: write whole days, or \
                 days = \"elapsed\"",
            ),
            (
                "[policy]\nmaximum_replies = 1\n",
                "recontact.toml:2: `maximum_replies` judges tickets, and resolved_by is not \"ticket\": write \
                 resolved_by = \"ticket\", or remove it",
            ),
            (
                "[policy]\nreconnect_within = \"8d\"\n",
                "recontact.toml:2: 8d is not shorter than the window of 7d: nothing could repeat: write minutes, such \
                 as \"10m\"",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(fault(text), expected);
        }
    }

    #[test]
    fn what_the_data_contradict_names_the_line_too() {
        let text = "[policy]\nlookback = \"40d\"\n[policy.category.biling]\nwindow = \"3d\"\n";
        let policy = Policy::parse(Path::new("recontact.toml"), text).unwrap();
        let (names, day) = (["".to_string(), "billing".to_string()], Span::from_days(1).micros());
        let facts =
            DataFacts { categories: &names, channels: &[], observed: Some((0, 28 * day)), started: None };
        assert_eq!(
            policy.check_data(&facts).unwrap_err().to_string(),
            "recontact.toml:3: no category of the data is called `biling`: did you mean `billing`?"
        );
        let names = ["".to_string(), "biling".to_string()];
        assert_eq!(
            policy.check_data(&DataFacts { categories: &names, ..facts }).unwrap_err().to_string(),
            "recontact.toml:2: a lookback of 40d is longer than the data (28 days): no contact can be known to be the \
             first: shorten it, or read older records too"
        );
        let facts =
            DataFacts { categories: &names, channels: &[], observed: Some((0, 40 * day)), started: None };
        assert!(policy.check_data(&facts).is_ok());
    }
}
