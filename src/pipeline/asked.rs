//! Whether the data have what a policy asks for: the fields that judge tickets, the identity key, the channels.

use super::identify::is_stand_in;
use super::view::View;
use crate::policy::{Channels, Policy, ResolvedBy};

/// A field known of less than this share of the interactions is remarked upon.
const ENOUGH: f64 = 0.9;

/// The fields that judge contacts under a policy, several where one of them is enough.
fn asked(policy: &Policy) -> Vec<&'static [&'static str]> {
    let ticket = &policy.ticket;
    let asks_tickets = policy.resolved_by == ResolvedBy::Ticket;
    let fields: [(bool, &'static [&'static str]); 6] = [
        (policy.resolved_by == ResolvedBy::Code, &["is_coded_resolved"]),
        (asks_tickets && ticket.minimum_replies.or(ticket.maximum_replies).is_some(), &["reply_count"]),
        (asks_tickets && ticket.maximum_reopens.is_some(), &["reopen_count"]),
        (
            asks_tickets && ticket.minimum_agents.or(ticket.maximum_agents).is_some(),
            &["agent_count", "transfer_count"],
        ),
        (asks_tickets && ticket.closed_within.is_some(), &["ended_at"]),
        (asks_tickets && ticket.closed_within.is_none(), &["is_coded_resolved", "ended_at"]),
    ];
    fields.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, names)| names).collect()
}

/// The fields that a policy asks for and no interaction has, as a phrase.
pub(super) fn lacks(view: &View, policy: &Policy) -> Option<String> {
    let is_missing = |names: &&[&str]| names.iter().all(|name| view.ticket_fill(name) == 0);
    let any = |names: &[&str]| match names {
        [name] => name.to_string(),
        names => format!("({})", names.join(" or ")),
    };
    let missing: Vec<String> = asked(policy).into_iter().filter(is_missing).map(any).collect();
    (!missing.is_empty()).then(|| missing.join(" and "))
}

/// What the data have only in part of what a policy asks for, in a phrase; none where they have it.
pub(super) fn remark(view: &View, policy: &Policy) -> Option<String> {
    let row_count = view.counted_count().max(1) as f64;
    let mut remarks = Vec::new();
    for names in asked(policy) {
        let share = names.iter().map(|name| view.ticket_fill(name)).max().unwrap_or(0) as f64 / row_count;
        if share < ENOUGH {
            remarks.push(format!("{} known of {:.0} %", names.join(" or "), 100.0 * share));
        }
    }
    if is_stand_in(policy, view.columns) {
        let keys: Vec<String> = policy.identity.iter().map(ToString::to_string).collect();
        remarks.push(format!("no {}: linked by customer_id", keys.join(" or ")));
    }
    let is_unknown = view.columns.channel.iter().all(|channel| *channel == 0);
    if policy.channels != Channels::Any && is_unknown {
        remarks.push("no channel is known".to_string());
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}
