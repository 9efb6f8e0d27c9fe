//! Contacts that begin so soon after another of their customer that they are the same one: transferred to somebody
//! else, or begun again after a lost line. They are excluded, and the contact that they continue lasts until they end.

use super::class::{Class, Exclusion};
use super::kernel::Packed;
use super::scan::Scan;
use crate::interaction::Micros;
use crate::policy::{Clock, Policy, Span};

/// Whether the policy joins contacts by time at all.
pub(super) fn is_wanted(policy: &Policy) -> bool {
    reach(policy, policy.transfer_within).max(reach(policy, policy.reconnect_within)).is_some()
}

/// The longest gap that joins; none for a span of 0.
fn reach(policy: &Policy, span: Span) -> Option<Micros> {
    (span.micros() > 0).then(|| policy.limit(span))
}

/// The contact that goes on, and from when the next gap counts.
struct Current {
    at: usize,
    /// By the policy's clock: what a transfer is measured from.
    since: Micros,
    /// The end: what a reconnect is measured from, whatever the clock, because a line is lost at the end.
    end: Micros,
}

/// Excludes the continuations among the contacts of one customer, which stand by start, whatever their reason. Each
/// is measured from the one just before that was served, continuations among them. The ends of the contacts that go
/// on are put into the contacts and into `extended`.
pub(super) fn join(scan: &Scan<'_>, contacts: &mut [Packed], extended: &mut Vec<(u32, Micros)>) {
    let policy = scan.policy;
    let transfer = reach(policy, policy.transfer_within);
    let reconnect = reach(policy, policy.reconnect_within);
    let mut current: Option<Current> = None;
    for at in 0..contacts.len() {
        let next = contacts[at];
        let end =
            if policy.clock == Clock::End { next.anchor } else { scan.input.own_end(next.row as usize) };
        let is_within = |since: Micros, reach: Option<Micros>| {
            reach.is_some_and(|reach| next.started_at.saturating_sub(since).max(0) <= reach)
        };
        let joined = current.as_ref().and_then(|it| {
            let by_transfer = is_within(it.since, transfer).then_some(Exclusion::ContinuationByTransfer);
            by_transfer.or(is_within(it.end, reconnect).then_some(Exclusion::ContinuationByReconnect))
        });
        match (joined, &mut current) {
            (Some(exclusion), Some(current)) => {
                scan.set(&next, Class::Excluded(exclusion));
                current.since = current.since.max(next.anchor);
                current.end = current.end.max(end);
                if policy.clock == Clock::End {
                    let begun = &mut contacts[current.at];
                    begun.anchor = begun.anchor.max(next.anchor);
                    extended.push((begun.row, begun.anchor));
                }
            }
            _ if scan.is_unserved(&next) => {}
            _ => current = Some(Current { at, since: next.anchor, end }),
        }
    }
}
