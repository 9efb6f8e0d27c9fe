//! The contacts of one customer about one reason, with the gaps that decided: what `explain` shows. Takes the
//! links back to the columns they were made from; decides nothing anew.

use super::rules::Rules;
use super::{Class, Input, Links};
use crate::interaction::Micros;
use crate::policy::{Chain, Policy};

/// One contact of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineContact {
    /// Its row.
    pub row: u32,
    /// When it began, in microseconds UTC.
    pub started_at: Micros,
    /// When it ended, in microseconds UTC, with the transfer legs that continued it under `clock = "end"`.
    pub ended_at: Micros,
    /// The earlier contact that the gap is measured from; `None` for the first of the timeline.
    pub reference: Option<u32>,
    /// The gap in microseconds, never negative; `None` for the first of the timeline.
    pub gap: Option<Micros>,
    /// The longest gap, in microseconds, that is within the window that the gap was compared with: the earlier contact's (its own for the first).
    pub window: Micros,
    /// What it is.
    pub class: Class,
}

/// All contacts of the customer and reason of `row`, in order; empty when `row` is no contact. `input` and
/// `policy` must be those that gave `links`. Takes time in proportion to the number of contacts.
pub fn timeline(links: &Links, input: &Input<'_>, policy: &Policy, row: u32) -> Vec<TimelineContact> {
    if !links.is_contact(row as usize) {
        return Vec::new();
    }
    let position = links.order().iter().position(|it| *it == row).expect("every contact has its place");
    let begin =
        (0..=position).rev().find(|at| links.starts_timeline(*at)).expect("the first place begins one");
    let rest = position + 1..links.order().len();
    let end = rest.clone().find(|at| links.starts_timeline(*at)).unwrap_or(rest.end);
    let rules = Rules::new(policy, input);
    let mut contacts = Vec::with_capacity(end - begin);
    let mut first = links.order()[begin];
    let mut previous = None;
    for at in begin..end {
        let row = links.order()[at];
        let started_at = input.started_at[row as usize];
        let reference = previous.map(|previous| if policy.chain == Chain::First { first } else { previous });
        let anchor = |row: u32| links.anchor(input, policy, row);
        contacts.push(TimelineContact {
            row,
            started_at,
            ended_at: links.end_of(input, row),
            reference,
            gap: reference.map(|it| rules.clock.gap(anchor(it), started_at)),
            window: rules.of(input, reference.unwrap_or(row) as usize).window,
            class: links.class(row),
        });
        if links.starts_episode(at) {
            first = row;
        }
        previous = Some(row);
    }
    contacts
}
