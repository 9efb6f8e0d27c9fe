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
    (span.micros() > 0).then(|| policy.reach(span))
}

/// Excludes the continuations among the contacts of one customer, which stand by start, whatever their reason. Each
/// is measured from the one just before that was served, continuations among them. The ends of the contacts that go
/// on are put into the contacts and into `extended`.
pub(super) fn join(scan: &Scan<'_>, contacts: &mut [Packed], extended: &mut Vec<(u32, Micros)>) {
    let policy = scan.policy;
    let spans = [
        (reach(policy, policy.transfer_within), Exclusion::ContinuationByTransfer),
        (reach(policy, policy.reconnect_within), Exclusion::ContinuationByReconnect),
    ];
    // The contact that goes on, and the moment from which the next gap counts.
    let mut current: Option<(usize, Micros)> = None;
    for at in 0..contacts.len() {
        let next = contacts[at];
        let gap = current.map(|(_, since)| next.started_at.saturating_sub(since).max(0));
        let joined = spans.iter().find(|(reach, _)| gap.zip(*reach).is_some_and(|(gap, reach)| gap <= reach));
        match (joined, current) {
            (Some((_, exclusion)), Some((begun, since))) => {
                scan.set(next, Class::Excluded(*exclusion));
                current = Some((begun, since.max(next.anchor)));
                if policy.clock == Clock::End {
                    contacts[begun].anchor = contacts[begun].anchor.max(next.anchor);
                    extended.push((contacts[begun].row, contacts[begun].anchor));
                }
            }
            _ if scan.is_unserved(next) => {}
            _ => current = Some((at, next.anchor)),
        }
    }
}
