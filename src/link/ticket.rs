//! Whether a contact was resolved by its code or by its history as a ticket, where the policy asks those rather than
//! silence. Each contact is judged by itself.

use super::Input;
use super::class::{Fate, Outcome};
use crate::policy::{Policy, ResolvedBy, TicketPolicy, Unsolved};

/// What became of a row.
pub(super) fn fate(input: &Input<'_>, policy: &Policy, row: usize) -> Fate {
    let is_resolved = match policy.resolved_by {
        ResolvedBy::Ticket if is_solved(input, row) => history(input, policy, row),
        ResolvedBy::Ticket => None,
        _ => known(input.ticket.is_coded_resolved, row).map(|code| code > 0.0),
    };
    let is_eligible = is_resolved.is_some() || policy.unsolved == Unsolved::Fails;
    Fate {
        is_eligible,
        outcome: if is_resolved == Some(true) { Outcome::Resolved } else { Outcome::Repeated },
    }
}

/// Whether a ticket is solved: as coded; without a code, whether its end is known.
fn is_solved(input: &Input<'_>, row: usize) -> bool {
    let coded = known(input.ticket.is_coded_resolved, row).map(|code| code > 0.0);
    coded.or(known(input.ticket.is_ended, row).map(|ended| ended > 0.0)).unwrap_or(false)
}

/// Whether the history of a solved ticket is one of a first contact; `None` where what the policy asks is not known.
fn history(input: &Input<'_>, policy: &Policy, row: usize) -> Option<bool> {
    let TicketPolicy { minimum_replies, maximum_replies, maximum_reopens, maximum_agents, closed_within } =
        policy.ticket;
    let ticket = &input.ticket;
    let agents = || known(ticket.agent_count, row).or_else(|| Some(known(ticket.transfer_count, row)? + 1.0));
    let at_most = |most: Option<u64>, count: &dyn Fn() -> Option<f64>| match most {
        Some(most) => Some(count()? <= most as f64),
        None => Some(true),
    };
    let at_least = |least: Option<u64>, count: &dyn Fn() -> Option<f64>| match least {
        Some(least) => Some(count()? >= least as f64),
        None => Some(true),
    };
    let replies = || known(ticket.reply_count, row);
    let is_quick = || match closed_within {
        Some(span) => Some(
            known(ticket.is_ended, row)? > 0.0
                && input.own_end(row).saturating_sub(input.started_at[row]) <= policy.reach(span),
        ),
        None => Some(true),
    };
    Some(
        at_least(minimum_replies, &replies)?
            & at_most(maximum_replies, &replies)?
            & at_most(maximum_reopens, &|| known(ticket.reopen_count, row))?
            & at_most(maximum_agents, &agents)?
            & is_quick()?,
    )
}

fn known(column: &[f64], row: usize) -> Option<f64> {
    column.get(row).copied().filter(|number| !number.is_nan())
}
