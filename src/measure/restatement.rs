//! What changed between two commits, as counts: how each change moves the numbers of everything.
//!
//! It takes the class of an interaction before and after and gives differences. Added up over all changes they are the
//! difference of the totals, so that a list of changes explains a restated rate in full. It deliberately does not know why.

use std::ops::AddAssign;

use serde::Serialize;

use super::Scores;
use crate::link::Class;
use crate::policy::Anchor;

/// Differences of counts: later less earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Moved {
    /// Of `interaction_count`.
    pub interaction_count: i64,
    /// Of `contact_count`.
    pub contact_count: i64,
    /// Of `repeat_count`.
    pub repeat_count: i64,
    /// Of `first_count`.
    pub first_count: i64,
    /// Of `left_edge_count`.
    pub left_edge_count: i64,
    /// Of `eligible_count`.
    pub eligible_count: i64,
    /// Of `pending_count`.
    pub pending_count: i64,
    /// Of `resolved_count`.
    pub resolved_count: i64,
}

impl Moved {
    /// From one set of scores to another.
    pub fn between(from: &Scores, to: &Scores) -> Moved {
        let moved = |of: fn(&Scores) -> u64| of(to) as i64 - of(from) as i64;
        Moved {
            interaction_count: moved(|it| it.interaction_count),
            contact_count: moved(|it| it.contact_count),
            repeat_count: moved(|it| it.repeat_count),
            first_count: moved(|it| it.first_count),
            left_edge_count: moved(|it| it.left_edge_count),
            eligible_count: moved(|it| it.eligible_count),
            pending_count: moved(|it| it.pending_count),
            resolved_count: moved(|it| it.resolved_count),
        }
    }

    /// From one class of an interaction to another; `None` where it is not there.
    pub fn of(from: Option<Class>, to: Option<Class>, anchor: Anchor) -> Moved {
        let scores = |class: Option<Class>| {
            let mut scores = Scores::default();
            if let Some(class) = class {
                scores.add(class.code(), 1, anchor);
            }
            scores
        };
        Moved::between(&scores(from), &scores(to))
    }
}

impl AddAssign for Moved {
    fn add_assign(&mut self, other: Moved) {
        self.interaction_count += other.interaction_count;
        self.contact_count += other.contact_count;
        self.repeat_count += other.repeat_count;
        self.first_count += other.first_count;
        self.left_edge_count += other.left_edge_count;
        self.eligible_count += other.eligible_count;
        self.pending_count += other.pending_count;
        self.resolved_count += other.resolved_count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Fate, Outcome};

    #[test]
    fn a_first_contact_that_turns_out_to_be_a_repeat_leaves_the_rate() {
        let fate = Fate { is_eligible: true, outcome: Outcome::Resolved };
        let moved = Moved::of(Some(Class::First(fate)), Some(Class::Repeat(fate)), Anchor::First);
        let expected = Moved {
            repeat_count: 1,
            first_count: -1,
            eligible_count: -1,
            resolved_count: -1,
            ..Moved::default()
        };
        assert_eq!(moved, expected);
        let new = Moved::of(None, Some(Class::First(fate)), Anchor::First);
        assert_eq!((new.interaction_count, new.contact_count, new.resolved_count), (1, 1, 1));
    }
}
