//! The screen: which interactions are contacts, and why the others are not. One reason a row, by precedence.

use rayon::prelude::*;

use super::class::CONTACT;
use super::rules::Rules;
use super::{Exclusion, Input};
use crate::interaction::{Direction, Status};
use crate::policy::{Anonymous, Policy};

/// Rows per parallel piece: large enough to be worth a task, small enough to balance two cores.
const PIECE: usize = 1 << 16;

/// One class code a row: an exclusion's or [`CONTACT`].
pub(super) fn screen(input: &Input<'_>, policy: &Policy, rules: &Rules) -> Vec<u8> {
    let screen = Screen::new(input, policy, rules);
    let mut codes = vec![CONTACT; input.row_count()];
    codes.par_chunks_mut(PIECE).enumerate().for_each(|(piece, codes)| {
        for (at, code) in codes.iter_mut().enumerate() {
            if let Some(reason) = screen.exclusion(piece * PIECE + at) {
                *code = reason as u8;
            }
        }
    });
    codes
}

struct Screen<'a> {
    input: &'a Input<'a>,
    rules: &'a Rules,
    minimum_seconds: f64,
    ignored: bool,
    abandoned: bool,
    voicemail: bool,
    outbound: bool,
    internal: bool,
    callback: bool,
    anonymous: bool,
}

impl<'a> Screen<'a> {
    fn new(input: &'a Input<'a>, policy: &Policy, rules: &'a Rules) -> Screen<'a> {
        let status = |it| policy.exclude_status.contains(&it);
        let direction = |it| policy.exclude_direction.contains(&it);
        Screen {
            input,
            rules,
            minimum_seconds: policy.minimum_seconds,
            ignored: status(Status::Ignored),
            abandoned: status(Status::Abandoned),
            voicemail: status(Status::Voicemail),
            outbound: direction(Direction::Outbound),
            internal: direction(Direction::Internal),
            callback: direction(Direction::Callback),
            anonymous: policy.anonymous == Anonymous::Exclude,
        }
    }

    /// The first reason that holds, in the order of [`Exclusion::ALL`].
    fn exclusion(&self, row: usize) -> Option<Exclusion> {
        let input = self.input;
        let status = input.status(row);
        let direction = input.direction.get(row).copied().unwrap_or(Direction::Unknown as u8);
        let is = |wanted: bool, held: bool, reason: Exclusion| (wanted && held).then_some(reason);
        is(true, input.is_duplicate.get(row) == Some(&true), Exclusion::DuplicateId)
            .or_else(|| is(self.ignored, status == Status::Ignored as u8, Exclusion::Ignored))
            .or_else(|| is(self.outbound, direction == Direction::Outbound as u8, Exclusion::Outbound))
            .or_else(|| is(self.internal, direction == Direction::Internal as u8, Exclusion::Internal))
            .or_else(|| {
                is(self.callback, direction == Direction::Callback as u8, Exclusion::ScheduledCallback)
            })
            .or_else(|| is(true, self.is_excluded_customer(row), Exclusion::ExcludedCustomer))
            .or_else(|| is(true, !self.rules.is_counted_channel(input, row), Exclusion::OtherChannel))
            .or_else(|| is(self.abandoned, status == Status::Abandoned as u8, Exclusion::Abandoned))
            .or_else(|| is(self.voicemail, status == Status::Voicemail as u8, Exclusion::Voicemail))
            .or_else(|| is(self.minimum_seconds > 0.0, self.is_short(row), Exclusion::TooShort))
            .or_else(|| is(true, input.continued(row).is_some(), Exclusion::ContinuationByTransfer))
            .or_else(|| is(self.anonymous, input.customer(row) == 0, Exclusion::NoIdentity))
            .or_else(|| is(true, !self.rules.is_eligible(input, row), Exclusion::CategoryNotEligible))
    }

    /// NaN, the unknown handle time, is not less than anything.
    fn is_short(&self, row: usize) -> bool {
        self.input.handle_seconds.get(row).is_some_and(|seconds| *seconds < self.minimum_seconds)
    }

    fn is_excluded_customer(&self, row: usize) -> bool {
        let excluded = self.input.excluded_customers;
        !excluded.is_empty() && excluded.binary_search(&self.input.customer(row)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::CategoryPolicy;

    /// A row that every reason applies to; then the reasons are lifted one by one, in order of precedence.
    #[test]
    fn the_first_reason_that_holds_is_the_one() {
        let mut policy = Policy { minimum_seconds: 10.0, ..Policy::two_window() };
        let own = CategoryPolicy { is_eligible: Some(false), ..CategoryPolicy::default() };
        policy.category.insert("spam".to_string(), own);
        let names = ["", "spam", "real"].map(String::from);
        let (ignored, abandoned, voicemail, handled) = (4, 2, 3, 1);
        let (inbound, outbound, internal) = (1, 2, 3);
        // duplicate, status, direction, seconds, parent, customer, category, expected
        let table = [
            (true, ignored, outbound, 1.0, 9, 0, 1, Some(Exclusion::DuplicateId)),
            (false, ignored, outbound, 1.0, 9, 0, 1, Some(Exclusion::Ignored)),
            (false, abandoned, outbound, 1.0, 9, 0, 1, Some(Exclusion::Outbound)),
            (false, abandoned, internal, 1.0, 9, 0, 1, Some(Exclusion::Internal)),
            (false, abandoned, inbound, 1.0, 9, 0, 1, Some(Exclusion::Abandoned)),
            (false, voicemail, inbound, 1.0, 9, 0, 1, Some(Exclusion::Voicemail)),
            (false, handled, inbound, 9.99, 9, 0, 1, Some(Exclusion::TooShort)),
            (false, handled, inbound, 10.0, 9, 0, 1, Some(Exclusion::ContinuationByTransfer)),
            (false, handled, inbound, f64::NAN, 5, 0, 1, Some(Exclusion::NoIdentity)),
            (false, handled, inbound, f64::NAN, 0, 7, 1, Some(Exclusion::CategoryNotEligible)),
            (false, handled, inbound, f64::NAN, 5, 7, 2, None),
            (false, 0, 0, f64::NAN, 0, 7, 0, None),
        ];
        for (is_duplicate, status, direction, seconds, parent, customer, category, expected) in table {
            let input = Input {
                customer_key: &[customer],
                category: &[category],
                category_names: &names,
                started_at: &[0],
                status: &[status],
                direction: &[direction],
                handle_seconds: &[seconds],
                parent_key: &[parent],
                interaction_key: &[5],
                is_duplicate: &[is_duplicate],
                ..Input::default()
            };
            let rules = Rules::new(&policy, &input);
            let expected = expected.map_or(CONTACT, |reason| reason as u8);
            assert_eq!(screen(&input, &policy, &rules), [expected], "{expected}");
        }
    }

    #[test]
    fn what_the_policy_does_not_exclude_is_a_contact() {
        let policy = Policy { exclude_status: vec![], exclude_direction: vec![], ..Policy::two_window() };
        let input = Input {
            customer_key: &[1, 1],
            started_at: &[0, 0],
            status: &[2, 4],
            direction: &[2, 3],
            ..Input::default()
        };
        assert_eq!(screen(&input, &policy, &Rules::new(&policy, &input)), [CONTACT, CONTACT]);
    }
}
