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
    let TicketPolicy {
        minimum_replies,
        maximum_replies,
        maximum_reopens,
        minimum_agents,
        maximum_agents,
        closed_within,
    } = policy.ticket;
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
                && input.own_end(row).saturating_sub(input.started_at[row]) <= policy.limit(span),
        ),
        None => Some(true),
    };
    Some(
        at_least(minimum_replies, &replies)?
            & at_most(maximum_replies, &replies)?
            & at_most(maximum_reopens, &|| known(ticket.reopen_count, row))?
            & at_least(minimum_agents, &agents)?
            & at_most(maximum_agents, &agents)?
            & is_quick()?,
    )
}

fn known(column: &[f64], row: usize) -> Option<f64> {
    column.get(row).copied().filter(|number| !number.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::TicketInput;
    use crate::policy::Span;

    const NO: f64 = 0.0;
    const YES: f64 = 1.0;
    const UNKNOWN: f64 = f64::NAN;

    /// One ticket: replies, reopens, agents, transfers, coded, ended, and its length in seconds.
    fn of(
        policy: &Policy,
        [replies, reopens, agents, transfers, coded, ended]: [f64; 6],
        seconds: i64,
    ) -> &'static str {
        let input = Input {
            started_at: &[0],
            ended_at: &[seconds * 1_000_000],
            ticket: TicketInput {
                reply_count: &[replies],
                reopen_count: &[reopens],
                agent_count: &[agents],
                transfer_count: &[transfers],
                is_coded_resolved: &[coded],
                is_ended: &[ended],
            },
            ..Input::default()
        };
        match fate(&input, policy, 0) {
            Fate { is_eligible: false, .. } => "pending",
            Fate { outcome: Outcome::Resolved, .. } => "resolved",
            Fate { outcome: Outcome::Repeated, .. } => "fails",
        }
    }

    fn judged_by(ticket: TicketPolicy) -> Policy {
        Policy { resolved_by: ResolvedBy::Ticket, ticket, ..Policy::two_window() }
    }

    #[test]
    fn a_solved_ticket_is_judged_by_its_replies() {
        let one = judged_by(TicketPolicy {
            minimum_replies: Some(1),
            maximum_replies: Some(1),
            ..TicketPolicy::default()
        });
        let solved = |replies| [replies, UNKNOWN, UNKNOWN, UNKNOWN, YES, UNKNOWN];
        let found = [0.0, 1.0, 2.0, UNKNOWN].map(|replies| of(&one, solved(replies), 60));
        assert_eq!(found, ["fails", "resolved", "fails", "pending"]);
        let open = [1.0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO];
        assert_eq!(of(&one, open, 60), "pending");
        assert_eq!(of(&Policy { unsolved: Unsolved::Fails, ..one.clone() }, open, 60), "fails");
        let ended = [1.0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, YES];
        assert_eq!(of(&one, ended, 60), "resolved", "without a code a known end solves it");
        let coded_open = [1.0, UNKNOWN, UNKNOWN, UNKNOWN, NO, YES];
        assert_eq!(of(&one, coded_open, 60), "pending", "the code counts before the end");
    }

    #[test]
    fn agents_are_known_from_transfers_where_they_are_not_counted() {
        let one = judged_by(TicketPolicy {
            maximum_reopens: Some(0),
            maximum_agents: Some(1),
            ..TicketPolicy::default()
        });
        assert_eq!(of(&one, [UNKNOWN, 0.0, 1.0, 3.0, YES, YES], 60), "resolved", "agents are counted");
        assert_eq!(of(&one, [UNKNOWN, 0.0, UNKNOWN, 0.0, YES, YES], 60), "resolved");
        assert_eq!(of(&one, [UNKNOWN, 0.0, UNKNOWN, 1.0, YES, YES], 60), "fails");
        assert_eq!(of(&one, [UNKNOWN, 1.0, 1.0, 0.0, YES, YES], 60), "fails", "it was reopened");
    }

    #[test]
    fn closed_within_follows_the_boundary() {
        let ticket = TicketPolicy { closed_within: Some(Span::from_seconds(900)), ..TicketPolicy::default() };
        let inclusive = judged_by(ticket);
        let exclusive = Policy { boundary: crate::policy::Boundary::Exclusive, ..inclusive.clone() };
        let known = [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, YES];
        assert_eq!([899, 900, 901].map(|s| of(&inclusive, known, s)), ["resolved", "resolved", "fails"]);
        assert_eq!([899, 900, 901].map(|s| of(&exclusive, known, s)), ["resolved", "fails", "fails"]);
    }

    #[test]
    fn codes_alone_say_what_was_resolved_where_the_policy_asks_for_them() {
        let code = Policy { resolved_by: ResolvedBy::Code, ..Policy::two_window() };
        let coded = |coded| [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, coded, YES];
        assert_eq!([YES, NO, UNKNOWN].map(|it| of(&code, coded(it), 60)), ["resolved", "fails", "pending"]);
    }
}
