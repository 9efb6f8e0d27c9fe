//! Why one interaction counted as it did: its class, the rule of the policy that gave it, the contacts around it, and
//! what was said.

use std::collections::BTreeSet;

use serde::Serialize;

use super::view::View;
use crate::interaction::{Interaction, Micros};
use crate::link::{Class, Exclusion, Fate, Outcome, TimelineContact, timeline};
use crate::policy::{Clock, Policy, Same};
use crate::store::{Store, StoredCue};
use crate::{Error, Result};

/// The story of one interaction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The record as read.
    pub interaction: Interaction,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// `first`, `repeat`, `left_edge` or `excluded`.
    pub class: &'static str,
    /// The same in a sentence, with the reason.
    pub why: String,
    /// All contacts of the customer about the same reason, in order; empty for no contact.
    pub timeline: Vec<TimelineEntry>,
    /// What was found in its transcript.
    pub cues: Vec<StoredCue>,
}

/// One contact of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// Its id.
    pub interaction_id: String,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// Time since the contact that the gap is measured from, such as `2d3h`; none for the first.
    pub gap: Option<String>,
    /// `first`, `repeat` or `left_edge`.
    pub class: &'static str,
    /// What followed a first contact: `resolved`, `repeated` or `pending`.
    pub outcome: Option<&'static str>,
}

/// Explains the interaction `id`.
///
/// Errors: no such interaction, an unknown time zone, a damaged store.
pub fn explain(store: &Store, policy: &Policy, id: &str) -> Result<Explanation> {
    let row = store.find_interaction(id)?.ok_or_else(|| {
        Error::data(
            store.dir(),
            format!("there is no interaction `{id}`"),
            "see the ids in your source files",
        )
    })?;
    let view = View::open(store, policy, &store.cues()?, true)?;
    let contacts = timeline(&view.links, &view.input(), policy, row);
    let rows: Vec<u32> = contacts.iter().map(|contact| contact.row).collect();
    let ids = store.texts("interaction_id", &rows)?;
    let interaction = store.interaction(row)?;
    let class = view.links.class(row);
    let entry = |(contact, id): (&TimelineContact, &Option<String>)| TimelineEntry {
        interaction_id: id.clone().unwrap_or_default(),
        started_at: view.time(contact.started_at),
        gap: contact.gap.map(span),
        class: class_name(contact.class),
        outcome: outcome(view.links.fate(contact.row)),
    };
    Ok(Explanation {
        started_at: view.time(interaction.started_at),
        class: class_name(class),
        why: why(&view, class, &contacts, &ids, row, own_window(policy, &interaction)),
        timeline: contacts.iter().zip(&ids).map(entry).collect(),
        cues: distinct(store.cues_of(id)?),
        interaction,
    })
}

/// Cues once each, as they stand in the transcript.
fn distinct(cues: Vec<StoredCue>) -> Vec<StoredCue> {
    let mut seen = BTreeSet::new();
    cues.into_iter().filter(|cue| seen.insert((cue.turn, cue.start, cue.end, cue.rule.clone()))).collect()
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Excluded(_) => "excluded",
        Class::LeftEdge(_) => "left_edge",
        Class::First(_) => "first",
        Class::Repeat(_) => "repeat",
    }
}

fn outcome(fate: Option<Fate>) -> Option<&'static str> {
    Some(match fate? {
        Fate { is_eligible: false, .. } => "pending",
        Fate { outcome: Outcome::Resolved, .. } => "resolved",
        Fate { outcome: Outcome::Repeated, .. } => "repeated",
    })
}

/// The window in microseconds that the interaction's own category gives it: it decides what counts as silence after it.
fn own_window(policy: &Policy, interaction: &Interaction) -> Micros {
    interaction.category.as_deref().map_or(policy.window, |category| policy.window_of(category)).micros()
}

fn why(
    view: &View,
    class: Class,
    contacts: &[TimelineContact],
    ids: &[Option<String>],
    row: u32,
    own_window: Micros,
) -> String {
    let name = |row: u32| {
        let place = contacts.iter().position(|contact| contact.row == row);
        place.and_then(|at| ids[at].as_deref()).unwrap_or("?").to_string()
    };
    let Some(at) = contacts.iter().position(|contact| contact.row == row) else {
        return match class {
            Class::Excluded(exclusion) => {
                format!("It is no contact: {}.", exclusion_reason(exclusion, view.policy))
            }
            _ => "It is a contact.".to_string(),
        };
    };
    let contact = &contacts[at];
    let window = span(contact.window);
    let same = match view.policy.same {
        Same::Category => "the same category",
        Same::ParentCategory => "the same parent category",
        Same::Any => "anything",
    };
    let silence = format!("the customer had not been in contact about {same} within {window} before");
    match class {
        Class::Repeat(_) => format!(
            "It is a repeat: it began {} after {}, within the window of {window}.",
            contact.gap.map_or_else(|| "?".to_string(), span),
            contact.reference.map_or_else(|| "?".to_string(), name),
        ),
        Class::LeftEdge(_) => format!(
            "It is on the left edge: no earlier contact within {window}, but the records begin too soon before it to \
             know that it is the first."
        ),
        Class::First(Fate { is_eligible, outcome }) => {
            let next = contacts.get(at + 1).filter(|next| next.class.is_repeat());
            let followed = match (outcome, next) {
                (Outcome::Repeated, Some(next)) => {
                    format!(
                        "{} followed {} later",
                        name(next.row),
                        next.gap.map_or_else(|| "?".to_string(), span)
                    )
                }
                _ => format!("no contact followed within {}", span(own_window)),
            };
            let verdict = match (is_eligible, outcome) {
                (true, Outcome::Resolved) => "it counts as resolved".to_string(),
                (true, Outcome::Repeated) => "it counts as not resolved".to_string(),
                (false, _) => format!(
                    "it is pending: its window ends {}, after the last moment observed",
                    view.time(window_end(contact, view.policy, own_window))
                ),
            };
            format!("It is a first contact: {silence}; {followed}; {verdict}.")
        }
        Class::Excluded(_) => String::new(),
    }
}

fn window_end(contact: &TimelineContact, policy: &Policy, own_window: Micros) -> Micros {
    let from = match policy.clock {
        Clock::Start => contact.started_at,
        Clock::End => contact.ended_at,
    };
    from.saturating_add(own_window)
}

fn exclusion_reason(exclusion: Exclusion, policy: &Policy) -> String {
    match exclusion {
        Exclusion::DuplicateId => "another record with the same id is the one that counts".to_string(),
        Exclusion::Ignored => "its status is `ignored`".to_string(),
        Exclusion::Outbound => "the company began it (outbound)".to_string(),
        Exclusion::Internal => "it is between employees (internal)".to_string(),
        Exclusion::ScheduledCallback => "the company began it at an agreed time (callback)".to_string(),
        Exclusion::ExcludedCustomer => "the policy leaves its customer out".to_string(),
        Exclusion::OtherChannel => "the policy does not count its channel".to_string(),
        Exclusion::Abandoned => "the customer left before being served (abandoned)".to_string(),
        Exclusion::Voicemail => "the customer left a message (voicemail)".to_string(),
        Exclusion::TooShort => format!("it was handled for less than {} s", policy.minimum_seconds),
        Exclusion::ContinuationByTransfer => "it continues another interaction (transfer)".to_string(),
        Exclusion::ContinuationByReconnect => {
            "it follows another contact of the customer so closely that it is the same one (reconnect)"
                .to_string()
        }
        Exclusion::NoIdentity => "no customer is known, so it can be linked to nothing".to_string(),
        Exclusion::CategoryNotEligible => "the policy says that its category does not count".to_string(),
    }
}

/// "2d3h", "5m", "0s": the two largest units.
fn span(micros: Micros) -> String {
    let seconds = micros / 1_000_000;
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0s".to_string() } else { parts.join("") }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_show_their_two_largest_units() {
        assert_eq!(span(0), "0s");
        assert_eq!(span(7 * 86_400_000_000), "7d");
        assert_eq!(span((2 * 86_400 + 3 * 3_600 + 59) * 1_000_000), "2d3h");
        assert_eq!(span(61_500_000), "1m1s");
    }
}
