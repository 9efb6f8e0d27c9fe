//! What followed each contact of the FCR rate within its window, about whatever reason: the next contact of its episode,
//! or else the first one about another reason. Decides nothing anew.

use super::Counted;
use super::stretch::Stretch;
use crate::interaction::Micros;

/// A contact that the FCR rate counts, and what followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// Its row.
    pub row: u32,
    /// Whether it failed: it was not resolved.
    pub is_failed: bool,
    /// The contact that followed.
    pub next: Option<Next>,
}

/// A contact that followed another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its row.
    pub row: u32,
    /// How long after the other it began, by the policy's clock, in microseconds, never negative.
    pub gap: Micros,
    /// Whether it is of the same episode; otherwise it is about what the policy takes for another reason.
    pub is_same: bool,
}

impl Stretch<'_> {
    /// The contacts of [`Links::counted`](super::Links::counted), each with what followed. Where both the same and another
    /// reason followed it is the same one, whichever came first: the contact failed.
    pub fn followed(&self) -> Vec<Followed> {
        let neighbours = self.neighbours(|at| self.counted(at).is_some_and(|it| it.next.is_none()));
        let followed = |at: usize| {
            let Counted { row, is_failed, next, .. } = self.counted(at)?;
            let of_episode = |row: u32| {
                let gap = self.rules.clock.gap(self.anchor[at], self.started_at[at + 1]);
                Next { row, gap, is_same: true }
            };
            let window = self.rules.of(self.input, row as usize).window;
            let of_another = || {
                let gap = neighbours[at].other_after.filter(|gap| *gap <= window)?;
                Some(Next { row: neighbours[at].other_after_row?, gap, is_same: false })
            };
            Some(Followed { row, is_failed, next: next.map(of_episode).or_else(of_another) })
        };
        (0..self.rows.len()).filter_map(followed).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rules::Rules;
    use super::super::stretch::Timelines;
    use super::super::table::{Columns, Row, S, any_policy, any_rows, policy};
    use super::super::{Fate, Outcome};
    use super::*;
    use crate::policy::Policy;

    fn followed(rows: &[Row], policy: &Policy) -> Vec<Followed> {
        let columns = Columns::new(rows);
        let links = columns.link(policy);
        let input = columns.input();
        let timelines = Timelines::new(&links, &input, policy);
        let mut found: Vec<Followed> =
            links.stretches().into_iter().flat_map(|places| timelines.stretch(places).followed()).collect();
        found.sort_by_key(|it| it.row);
        found
    }

    /// Window 10 s from end to start, observed from 0 to 100 s, each contact 1 s long. Customer 1: a at 20 s, b at 25 s, a
    /// at 28 s; customer 2: a at 20 s, b at 30 s, c at 32 s; customer 3: a at 20 s, b at 32 s.
    #[test]
    fn the_same_reason_goes_before_another_that_came_first_and_the_window_ends_both() {
        let at = |id, customer, category, at: i64| Row::new(id, customer, category, at * S, (at + 1) * S);
        let rows = [
            at(1, 1, 1, 20),
            at(2, 1, 2, 25),
            at(3, 1, 1, 28),
            at(4, 2, 1, 20),
            at(5, 2, 2, 30),
            at(6, 2, 3, 32),
            at(7, 3, 1, 20),
            at(8, 3, 2, 32),
        ];
        let next = |row, seconds, is_same| Some(Next { row, gap: seconds * S, is_same });
        let of = |row, is_failed, next| Followed { row, is_failed, next };
        let expected = [
            of(0, true, next(2, 7, true)),
            of(1, false, next(2, 2, false)),
            of(3, false, next(4, 9, false)),
            of(4, false, next(5, 1, false)),
            of(5, false, None),
            of(6, false, None),
            of(7, false, None),
        ];
        assert_eq!(followed(&rows, &policy(10, 100)), expected, "the repeat at 28 s is not counted");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 700, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_followed_is_found_as_by_looking_at_all_pairs(rows in any_rows(), policy in any_policy()) {
            let columns = Columns::new(&rows);
            let links = columns.link(&policy);
            let input = columns.input();
            let rules = Rules::new(&policy, &input);
            let found = followed(&rows, &policy);
            let mut counted: Vec<Counted> = links.counted().collect();
            counted.sort_by_key(|it| it.row);
            let alike = |it: &Followed| {
                (it.row, it.is_failed, it.next.filter(|next| next.is_same).map(|next| next.row))
            };
            let known: Vec<_> = counted.iter().map(|it| (it.row, it.is_failed, it.next)).collect();
            prop_assert_eq!(found.iter().map(alike).collect::<Vec<_>>(), known);
            let anchor = |row: u32| links.anchor(&input, &policy, row);
            let reason = |row: &Row| rules.reason(&input, row.id as usize - 1);
            let (_, to) = links.observed().unwrap_or_default();
            for it in found.iter().filter(|it| it.next.is_none_or(|next| !next.is_same)) {
                let own = &rows[it.row as usize];
                let window = rules.of(&input, it.row as usize).window;
                let others = rows.iter().filter(|other| {
                    own.customer != 0
                        && links.class(other.id as u32 - 1).is_contact()
                        && other.customer == own.customer
                        && reason(other) != reason(own)
                        && other.started_at > own.started_at
                        && other.started_at <= to
                        && (other.started_at - anchor(it.row)).max(0) <= window
                });
                let nearest = others.min_by_key(|it| (it.started_at, anchor(it.id as u32 - 1), it.id));
                prop_assert_eq!(it.next.map(|next| next.row), nearest.map(|it| it.id as u32 - 1));
                let gap = nearest.map(|it_next| (it_next.started_at - anchor(it.row)).max(0));
                prop_assert_eq!(it.next.map(|next| next.gap), gap);
            }
            for it in &found {
                let of_rate = |fate: Fate| fate.is_eligible && fate.outcome == Outcome::Repeated;
                prop_assert_eq!(links.fate(it.row).is_some_and(of_rate), it.is_failed);
            }
        }
    }
}
