//! The waterfall: where every row that was read ended up, as counts that sum up.
//!
//! `read` = `rejected` + every exclusion + `contact`; `contact` = `repeat` + `left_edge` + `first`;
//! `first` = `eligible` + `pending`; where the policy counts every contact, `contact` = `eligible` + `pending` + the
//! repeats that were not served. Steps with a count of 0 are listed too, so that the list has a fixed shape.

use serde::Serialize;

use crate::link::{CLASS_CODES, Class, Exclusion, Links};

/// One line of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `read`, `rejected`, the name of an exclusion, `contact`, `repeat`, `left_edge`, `first`, `eligible`, `pending`.
    pub step: &'static str,
    /// How many rows.
    pub count: u64,
}

/// Rows of the log that the links do not tell, or that they tell wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unlinked {
    /// Rows that could not be read.
    pub rejected_count: u64,
    /// Duplicates that are not among the links' rows.
    pub dropped_count: u64,
    /// Rows that are among the links' duplicates and no rows of the log any more.
    pub removed_count: u64,
}

/// The waterfall of linked interactions and of the other rows of the log.
pub fn waterfall(links: &Links, unlinked: Unlinked) -> Vec<Step> {
    let Unlinked { rejected_count, dropped_count, removed_count } = unlinked;
    let mut by_code = [0u64; CLASS_CODES];
    for code in links.codes() {
        by_code[usize::from(*code)] += 1;
    }
    let duplicates = &mut by_code[usize::from(Class::Excluded(Exclusion::DuplicateId).code())];
    *duplicates = (*duplicates + dropped_count).saturating_sub(removed_count);
    let classes: Vec<(Class, u64)> =
        (0..).zip(by_code).filter_map(|(code, count)| Some((Class::from_code(code)?, count))).collect();
    let count = |wanted: &dyn Fn(Class) -> bool| {
        classes.iter().filter(|(class, _)| wanted(*class)).map(|(_, count)| count).sum::<u64>()
    };
    let mut steps = vec![
        Step { step: "read", count: count(&|_| true) + rejected_count },
        Step { step: "rejected", count: rejected_count },
    ];
    for reason in Exclusion::ALL {
        steps.push(Step { step: reason.name(), count: count(&|it| it == Class::Excluded(reason)) });
    }
    let is_counted = |it: Class, wanted: bool| {
        it.counted(links.anchored_at()).is_some_and(|fate| fate.is_eligible == wanted)
    };
    let contacts = [
        ("contact", count(&Class::is_contact)),
        ("repeat", count(&Class::is_repeat)),
        ("left_edge", count(&|it| matches!(it, Class::LeftEdge(_)))),
        ("first", count(&Class::is_first)),
        ("eligible", count(&|it| is_counted(it, true))),
        ("pending", count(&|it| is_counted(it, false))),
    ];
    steps.extend(contacts.map(|(step, count)| Step { step, count }));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Input, link};
    use crate::policy::{Policy, Span};

    #[test]
    fn every_row_is_in_one_step_and_the_steps_sum_up() {
        // A window of 1 s, seconds as micros × 1e6; rows: left edge, repeat, first (eligible), first (pending),
        // abandoned, anonymous.
        let started_at = [0, 1_000_000, 3_000_000, 9_500_000, 10_000_000, 4_000_000];
        let input = Input {
            customer_key: &[1, 1, 1, 2, 3, 0],
            started_at: &started_at,
            status: &[1, 1, 1, 1, 2, 1],
            ..Input::default()
        };
        let policy = Policy { window: Span::from_seconds(1), ..Policy::two_window() };
        let links = link(&input, &policy, &|a, b| a.cmp(&b));
        let unlinked = Unlinked { rejected_count: 2, ..Unlinked::default() };
        let steps: Vec<_> = waterfall(&links, unlinked).into_iter().filter(|it| it.count > 0).collect();
        let expected = [
            ("read", 8),
            ("rejected", 2),
            ("abandoned", 1),
            ("no_identity", 1),
            ("contact", 4),
            ("repeat", 1),
            ("left_edge", 1),
            ("first", 2),
            ("eligible", 1),
            ("pending", 1),
        ];
        assert_eq!(steps, expected.map(|(step, count)| Step { step, count }));
        assert_eq!(waterfall(&links, unlinked).len(), 2 + Exclusion::ALL.len() + 6);
    }

    #[test]
    fn a_duplicate_counts_as_read_even_where_compacting_left_it_out_and_a_removed_row_does_not() {
        let input = Input {
            customer_key: &[1, 1, 1],
            started_at: &[0, 0, 0],
            is_duplicate: &[false, true, true],
            ..Input::default()
        };
        let links = link(&input, &Policy::two_window(), &|a, b| a.cmp(&b));
        let unlinked = Unlinked { rejected_count: 0, dropped_count: 5, removed_count: 1 };
        let steps: Vec<_> = waterfall(&links, unlinked).into_iter().filter(|it| it.count > 0).collect();
        assert_eq!(steps[0], Step { step: "read", count: 7 });
        assert_eq!(steps[1], Step { step: "duplicate_id", count: 6 });
        assert_eq!(steps[2], Step { step: "contact", count: 1 });
    }
}
