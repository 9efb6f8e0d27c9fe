//! The contacts that the FCR rate counts and whose outcome is known, each with the contacts that followed it: what causes,
//! drivers, flow and gaps are about. Decides nothing anew.

use super::{Links, Outcome};
use crate::policy::Anchor;

/// A contact that the FCR rate counts, and whose window has been observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Its row.
    pub row: u32,
    /// Whether it failed: it was not resolved.
    pub is_failed: bool,
    /// The row of the next contact of its episode. A contact that was not resolved by its code may have none, and one that
    /// was resolved by its code may have one.
    pub next: Option<u32>,
    /// The rows of the contacts of its episode that would not be had it been resolved: all that follow, in their order;
    /// where every contact of an episode is counted, the next alone.
    pub repeats: &'a [u32],
}

impl Links {
    /// The eligible contacts of the FCR rate, in chain order, which means nothing: what is made of them must not depend
    /// on it. Of the same number as `eligible_count`; those that failed are `eligible_count` less `resolved_count`.
    pub fn counted(&self) -> impl Iterator<Item = Counted<'_>> {
        (0..self.order().len()).filter_map(|place| self.counted_at(place))
    }

    /// The contact at a position of the order, if it is one of them.
    pub(super) fn counted_at(&self, place: usize) -> Option<Counted<'_>> {
        let fate = self.class_at(place).counted(self.anchored_at()).filter(|fate| fate.is_eligible)?;
        let repeats = self.repeats_after(place);
        Some(Counted {
            row: self.order()[place],
            is_failed: fate.outcome == Outcome::Repeated,
            next: repeats.first().copied(),
            repeats,
        })
    }

    /// See [`Counted::repeats`].
    fn repeats_after(&self, place: usize) -> &[u32] {
        let end = self.order().len();
        let later = place + 1..match self.anchored_at() {
            Anchor::Every => end.min(place + 2),
            _ => end,
        };
        let stop = later.clone().find(|place| self.starts_episode(*place)).unwrap_or(later.end);
        &self.order()[later.start..stop]
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Columns, Row, S};
    use crate::policy::{Anchor, Clock, Policy, Span};

    /// Window 10 s, clock of starts, observed from 0 to 100 s. Customer 1 calls at 20, 25 and 31 about a and at 27 about b;
    /// customer 2 calls at 50, and at 95, too late to tell; the call at 0 is on the left edge.
    fn rows() -> Vec<Row> {
        let at = |id, customer, category, second| Row::new(id, customer, category, second * S, second * S);
        vec![
            at(1, 3, 1, 0),
            at(2, 1, 1, 20),
            at(3, 1, 1, 25),
            at(4, 1, 2, 27),
            at(5, 2, 1, 50),
            at(6, 2, 1, 95),
            at(7, 4, 1, 100),
            at(8, 1, 1, 31),
        ]
    }

    /// Row, whether it failed, and the rows that followed, by row.
    fn counted(anchor: Anchor) -> Vec<(u32, bool, Vec<u32>)> {
        let window = Span::parse("10s").expect("a span");
        let policy =
            Policy { window, lookback: Some(window), clock: Clock::Start, anchor, ..Policy::default() };
        let links = Columns::new(&rows()).link(&policy);
        let mut counted: Vec<_> = links
            .counted()
            .inspect(|it| assert_eq!(it.next, it.repeats.first().copied()))
            .map(|it| (it.row, it.is_failed, it.repeats.to_vec()))
            .collect();
        counted.sort();
        counted
    }

    #[test]
    fn a_failed_contact_has_the_later_ones_of_its_episode_and_a_resolved_one_has_none() {
        assert_eq!(counted(Anchor::First), [(1, true, vec![2, 7]), (3, false, vec![]), (4, false, vec![])]);
    }

    #[test]
    fn where_every_contact_is_counted_each_has_the_next_alone() {
        let every = counted(Anchor::Every);
        let of_customer: Vec<_> = every.into_iter().filter(|(row, ..)| [1, 2, 7].contains(row)).collect();
        assert_eq!(of_customer, [(1, true, vec![2]), (2, true, vec![7]), (7, false, vec![])]);
    }
}
