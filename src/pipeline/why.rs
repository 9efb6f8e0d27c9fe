//! The sentences of an explanation: why a row has its class, and what would give it another.

use std::collections::HashMap;

use super::view::View;
use crate::interaction::{MICROS_PER_DAY, MICROS_PER_SECOND, Micros, Status};
use crate::link::{Class, Exclusion, Fate, Neighbours, Outcome, TimelineContact};
use crate::policy::{Boundary, Channels, Clock, Days, Policy, ResolvedBy, Same, Span};

/// What is known of the rows around.
pub(super) struct Around {
    /// Ids of rows near.
    pub(super) ids: HashMap<u32, String>,
    /// The contact that a row continues, by row.
    pub(super) continued: HashMap<u32, u32>,
    /// Contacts about other reasons, by row.
    pub(super) neighbours: HashMap<u32, Neighbours>,
}

/// All that is known of one row.
pub(super) struct Witness<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) row: u32,
    /// The row as a contact with its gap; none for no contact.
    pub(super) contact: Option<TimelineContact>,
    /// The next contact about the same reason.
    pub(super) next: Option<TimelineContact>,
    pub(super) around: &'a Around,
}

/// What an interaction is under a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassName {
    /// The first contact of an episode.
    First,
    /// A contact that follows another of its episode.
    Repeat,
    /// A contact too near to the start of observation to be known as the first.
    LeftEdge,
    /// No contact.
    Excluded,
}

/// What became of a contact that the FCR rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeName {
    /// Nothing followed within the window (or what else the policy takes for resolved).
    Resolved,
    /// Something followed: it failed.
    Repeated,
    /// It is too young to tell.
    Pending,
}

impl ClassName {
    pub(super) fn of(class: Class) -> ClassName {
        match class {
            Class::Excluded(_) => ClassName::Excluded,
            Class::LeftEdge(_) => ClassName::LeftEdge,
            Class::First(_) => ClassName::First,
            Class::Repeat(_) | Class::UnservedRepeat(_) => ClassName::Repeat,
        }
    }
}

impl OutcomeName {
    pub(super) fn of(fate: Fate) -> OutcomeName {
        match fate {
            Fate { is_eligible: false, .. } => OutcomeName::Pending,
            Fate { outcome: Outcome::Resolved, .. } => OutcomeName::Resolved,
            Fate { outcome: Outcome::Repeated, .. } => OutcomeName::Repeated,
        }
    }
}

pub(super) fn class_name(class: Class) -> &'static str {
    match ClassName::of(class) {
        ClassName::First => "first",
        ClassName::Repeat => "repeat",
        ClassName::LeftEdge => "left_edge",
        ClassName::Excluded => "excluded",
    }
}

pub(super) fn outcome_name(fate: Option<Fate>) -> Option<&'static str> {
    Some(match OutcomeName::of(fate?) {
        OutcomeName::Pending => "pending",
        OutcomeName::Resolved => "resolved",
        OutcomeName::Repeated => "repeated",
    })
}

impl Witness<'_> {
    /// The class in a sentence, with the rule of the policy that gave it.
    pub(super) fn why(&self) -> String {
        let class = self.view.links.class(self.row);
        let Some(contact) = self.contact else {
            return match class {
                Class::Excluded(exclusion) => format!(
                    "It is no contact: {}{}.",
                    exclusion_reason(exclusion, self.view.policy),
                    self.continued().unwrap_or_default()
                ),
                _ => "It is a contact.".to_string(),
            };
        };
        let window = self.window_of(contact.reference.unwrap_or(self.row));
        match class {
            Class::Repeat(_) | Class::UnservedRepeat(_) => format!(
                "It is a repeat: it began {} after {}, within the window of {window}{}.",
                contact.gap.map_or_else(|| "?".to_string(), span),
                contact.reference.map_or_else(|| "?".to_string(), |row| self.id(row)),
                self.fate().map_or_else(String::new, |fate| format!("; {fate}")),
            ),
            Class::LeftEdge(_) => format!(
                "It is on the left edge: no earlier contact within {window}, but the records begin too soon before it to \
                 know that it is the first{}.",
                self.fate().map_or_else(String::new, |fate| format!("; {fate}")),
            ),
            Class::First(_) => format!(
                "It is a first contact: the customer had not been in contact about {} within {window} before; {}.",
                self.same(),
                self.fate().unwrap_or_default(),
            ),
            Class::Excluded(_) => String::new(),
        }
    }

    /// The contact that it continues, and how long after that one's start it began.
    fn continued(&self) -> Option<String> {
        let contact = *self.around.continued.get(&self.row)?;
        let started_at = |row: u32| self.view.columns.started_at[row as usize];
        let gap = started_at(self.row) - started_at(contact);
        Some(format!(": {} began {} before", self.id(contact), span(gap)))
    }

    /// What became of it, if the FCR rate counts it.
    fn fate(&self) -> Option<String> {
        let Fate { is_eligible, outcome } = self.view.links.fate(self.row)?;
        if self.view.policy.resolved_by != ResolvedBy::Silence {
            return Some(match (is_eligible, outcome) {
                (false, _) => "it is pending: what the policy asks of it is not known yet".to_string(),
                (true, Outcome::Resolved) => "it counts as resolved by its code or history".to_string(),
                (true, Outcome::Repeated) => "it counts as not resolved by its code or history".to_string(),
            });
        }
        let followed = match self.next.filter(|next| next.class.is_repeat()) {
            Some(next) => format!(
                "{} followed {} later",
                self.id(next.row),
                next.gap.map_or_else(|| "?".to_string(), span)
            ),
            None => format!("no contact followed within {}", self.window_of(self.row)),
        };
        let verdict = match (is_eligible, outcome) {
            (true, Outcome::Resolved) => "it counts as resolved".to_string(),
            (true, Outcome::Repeated) => "it counts as not resolved".to_string(),
            (false, _) if self.view.policy.days == Days::Calendar => {
                "it is pending: its window ends with a date that has not been observed in full".to_string()
            }
            (false, _) => format!(
                "it is pending: its window ends {}, after the last moment observed",
                self.view.time(self.window_end())
            ),
        };
        Some(format!("{followed}; {verdict}"))
    }

    /// What would make it count otherwise, a sentence each.
    pub(super) fn would(&self) -> Vec<String> {
        let class = self.view.links.class(self.row);
        let mut would = Vec::new();
        let Some(contact) = self.contact else {
            if let Class::Excluded(exclusion) = class {
                would.extend(remedy(exclusion, self.view.policy));
            }
            return would;
        };
        match (class, contact.gap) {
            (Class::Repeat(_) | Class::UnservedRepeat(_), Some(gap)) => {
                would.push(format!("would be no repeat with a window shorter than {}", span(gap)));
            }
            (_, Some(gap)) => {
                would.push(format!("would be a repeat with a window of {} or more", self.days_up(gap)))
            }
            _ => {}
        }
        if let Class::LeftEdge(_) = class {
            would.push(format!(
                "would be a first contact if the records reached back to {}",
                self.view.time(contact.started_at.saturating_sub(self.own_lookback()))
            ));
        }
        would.extend(self.other_reasons());
        would.extend(self.would_fail());
        would
    }

    /// A contact about another reason nearby, which `same = "any"` would take for the same.
    fn other_reasons(&self) -> Vec<String> {
        let Some(around) = self.around.neighbours.get(&self.row) else { return Vec::new() };
        let (window, is_repeat) = (self.own_window(), self.view.links.class(self.row).is_repeat());
        let mut would = Vec::new();
        if let Some(gap) = around.other_before.filter(|gap| *gap <= window && !is_repeat) {
            would.push(format!(
                "would be a repeat with {}: a contact about something else ended {} before",
                self.any(),
                span(gap)
            ));
        }
        let is_resolved =
            self.view.links.fate(self.row).is_some_and(|fate| fate.outcome == Outcome::Resolved);
        if let Some(gap) = around.other_after.filter(|gap| *gap <= window && is_resolved) {
            would.push(format!(
                "would count as not resolved with {}: a contact about something else followed {} later",
                self.any(),
                span(gap)
            ));
        }
        would
    }

    /// How long a window would take the next contact in.
    fn would_fail(&self) -> Option<String> {
        let fate = self.view.links.fate(self.row)?;
        let gap = self.next?.gap.filter(|gap| *gap > self.own_window())?;
        (fate.outcome == Outcome::Resolved).then(|| {
            format!(
                "would count as not resolved with a window of {} or more: {} followed {} later",
                self.days_up(gap),
                self.next.map_or_else(String::new, |next| self.id(next.row)),
                span(gap)
            )
        })
    }

    fn id(&self, row: u32) -> String {
        self.around.ids.get(&row).cloned().unwrap_or_else(|| "?".to_string())
    }

    /// What would make one reason of all.
    fn any(&self) -> &'static str {
        match (self.view.policy.same, &self.view.policy.channels) {
            (Same::Any, _) => "channels = \"any\"",
            (_, Channels::Same) => "same = \"any\" and channels = \"any\"",
            _ => "same = \"any\"",
        }
    }

    /// The least window of whole days (of hours, below a day) that a gap is within.
    fn days_up(&self, gap: Micros) -> String {
        days_up(gap + Micros::from(self.view.policy.boundary == Boundary::Exclusive))
    }

    fn same(&self) -> &'static str {
        match self.view.policy.same {
            Same::Category => "the same category",
            Same::ParentCategory => "the same parent category",
            Same::Any => "anything",
        }
    }

    fn category(&self, row: u32) -> Option<&str> {
        let code = *self.view.columns.category.get(row as usize)?;
        self.view.columns.category_names.get(code as usize).map(String::as_str).filter(|_| code != 0)
    }

    /// The window that its category gives a row: it decides what counts as silence after it.
    fn window_of(&self, row: u32) -> Span {
        let policy = self.view.policy;
        self.category(row).map_or(policy.window, |category| policy.window_of(category))
    }

    fn own_window(&self) -> Micros {
        self.window_of(self.row).micros()
    }

    fn own_lookback(&self) -> Micros {
        let policy = self.view.policy;
        let usual = policy.lookback.unwrap_or(policy.window);
        self.category(self.row).map_or(usual, |category| policy.lookback_of(category)).micros()
    }

    fn window_end(&self) -> Micros {
        let contact = self.contact.map_or(0, |contact| match self.view.policy.clock {
            Clock::Start => contact.started_at,
            Clock::End => contact.ended_at,
        });
        contact.saturating_add(self.own_window())
    }
}

fn exclusion_reason(exclusion: Exclusion, policy: &Policy) -> String {
    let text = match exclusion {
        Exclusion::DuplicateId => "another record with the same id is the one that counts",
        Exclusion::Ignored => "its status is `ignored` (exclude_status)",
        Exclusion::Outbound => "the company began it (exclude_direction has outbound)",
        Exclusion::Internal => "it is between employees (exclude_direction has internal)",
        Exclusion::ScheduledCallback => {
            "the company began it at an agreed time (exclude_direction has callback)"
        }
        Exclusion::ExcludedCustomer => "the policy leaves its customer out (exclude_customers)",
        Exclusion::OtherChannel => "the policy does not count its channel (channels)",
        Exclusion::Abandoned if policy.repeat_only_status.contains(&Status::Abandoned) => {
            "the customer left before being served, and it follows no contact within the window (repeat_only_status)"
        }
        Exclusion::Abandoned => "the customer left before being served (exclude_status has abandoned)",
        Exclusion::Voicemail => "the customer left a message (voicemail)",
        Exclusion::TooShort => {
            return format!("it was handled for less than {} s (minimum_seconds)", policy.minimum_seconds);
        }
        Exclusion::ContinuationByTransfer => "it continues another interaction (transfer)",
        Exclusion::ContinuationByReconnect => {
            "it follows another contact of the customer so closely that it is the same one (reconnect_within)"
        }
        Exclusion::NoIdentity => "no customer is known, so it can be linked to nothing",
        Exclusion::CategoryNotEligible => "the policy says that its category does not count (eligible)",
    };
    text.to_string()
}

/// What would make an excluded interaction count.
fn remedy(exclusion: Exclusion, policy: &Policy) -> Option<String> {
    let text = match exclusion {
        Exclusion::DuplicateId => return None,
        Exclusion::Abandoned if policy.repeat_only_status.contains(&Status::Abandoned) => {
            "would count if repeat_only_status did not name its status"
        }
        Exclusion::Voicemail if policy.repeat_only_status.contains(&Status::Voicemail) => {
            "would count if repeat_only_status did not name its status"
        }
        Exclusion::Ignored | Exclusion::Abandoned | Exclusion::Voicemail => {
            "would count if exclude_status did not name its status"
        }
        Exclusion::Outbound | Exclusion::Internal | Exclusion::ScheduledCallback => {
            "would count if exclude_direction did not name its direction"
        }
        Exclusion::ExcludedCustomer => "would count if exclude_customers did not name its customer",
        Exclusion::OtherChannel => "would count with channels = \"any\"",
        Exclusion::TooShort => "would count with minimum_seconds at its handle time or below",
        Exclusion::ContinuationByTransfer if policy.transfer_within.micros() > 0 => {
            "would count with a shorter transfer_within, unless it names the interaction that it continues"
        }
        Exclusion::ContinuationByTransfer => "would count if it named no other interaction as its parent",
        Exclusion::ContinuationByReconnect => "would count with a shorter reconnect_within",
        Exclusion::NoIdentity => {
            "would count with anonymous = \"single\", or with another key under identity"
        }
        Exclusion::CategoryNotEligible => "would count if its category were eligible",
    };
    Some(text.to_string())
}

/// "2d3h", "5m", "0s": the two largest units.
pub(super) fn span(micros: Micros) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = micros / MICROS_PER_SECOND;
    let mut parts = Vec::new();
    for (size, unit) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0s".to_string() } else { parts.join("") }
}

/// The least number of whole days (of hours, below a day) that a gap fits into: what one would write as a window.
fn days_up(gap: Micros) -> String {
    let (hour, day) = (3_600 * MICROS_PER_SECOND, MICROS_PER_DAY);
    let up = |unit: Micros| gap / unit + Micros::from(gap % unit != 0);
    if gap > day { format!("{}d", up(day)) } else { format!("{}h", up(hour)) }
}

#[cfg(test)]
mod tests {
    use super::{days_up, span};

    const SECOND: i64 = 1_000_000;

    #[test]
    fn spans_show_their_two_largest_units() {
        assert_eq!(span(0), "0s");
        assert_eq!(span(7 * 86_400 * SECOND), "7d");
        assert_eq!(span((2 * 86_400 + 3 * 3_600 + 59) * SECOND), "2d3h");
        assert_eq!(span(61_500_000), "1m1s");
    }

    #[test]
    fn a_gap_is_rounded_up_to_a_window() {
        assert_eq!(days_up(8 * 86_400 * SECOND + 1), "9d");
        assert_eq!(days_up(9 * 86_400 * SECOND), "9d");
        assert_eq!(days_up(90 * 60 * SECOND), "2h");
        assert_eq!(days_up(0), "0h");
    }
}
