//! The contacts that the FCR rate counts and whose outcome is known, each with the contact that followed it: what causes,
//! drivers, flow and gaps are about. Decides nothing anew.

use super::{Links, Outcome};

/// A contact that the FCR rate counts, and whose window has been observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its row.
    pub row: u32,
    /// Whether it failed: it was not resolved.
    pub is_failed: bool,
    /// The row of the next contact of its episode. A contact that was not resolved by its code may have none, and one that
    /// was resolved by its code may have one.
    pub next: Option<u32>,
}

impl Links {
    /// The eligible contacts of the FCR rate, in chain order, which means nothing: what is made of them must not depend
    /// on it. Of the same number as `eligible_count`; those that failed are `eligible_count` less `resolved_count`.
    pub fn counted(&self) -> impl Iterator<Item = Counted> {
        (0..self.order().len()).filter_map(|place| self.counted_at(place))
    }

    /// The contact at a position of the order, if it is one of them.
    pub(super) fn counted_at(&self, place: usize) -> Option<Counted> {
        let fate = self.class_at(place).counted(self.anchored_at()).filter(|fate| fate.is_eligible)?;
        let following = place + 1;
        let has_next = following < self.order().len() && !self.starts_episode(following);
        Some(Counted {
            row: self.order()[place],
            is_failed: fate.outcome == Outcome::Repeated,
            next: has_next.then(|| self.order()[following]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Columns, Row, S};
    use super::Counted;
    use crate::policy::{Clock, Policy, Span};

    /// Window 10 s, clock of starts, observed from 0 to 100 s. Customer 1 calls at 20 and 25 about a and at 27 about b;
    /// customer 2 calls at 50, and at 95, too late to tell; the call at 0 is on the left edge.
    #[test]
    fn a_failed_contact_has_the_next_of_its_episode_and_a_resolved_one_has_none() {
        let at = |id, customer, category, second| Row::new(id, customer, category, second * S, second * S);
        let rows = [
            at(1, 3, 1, 0),
            at(2, 1, 1, 20),
            at(3, 1, 1, 25),
            at(4, 1, 2, 27),
            at(5, 2, 1, 50),
            at(6, 2, 1, 95),
            at(7, 4, 1, 100),
        ];
        let window = Span::parse("10s").expect("a span");
        let policy = Policy { window, lookback: Some(window), clock: Clock::Start, ..Policy::default() };
        let links = Columns::new(&rows).link(&policy);
        let mut counted: Vec<Counted> = links.counted().collect();
        counted.sort_by_key(|it| it.row);
        let of = |row, next: Option<u32>| Counted { row, is_failed: next.is_some(), next };
        assert_eq!(counted, [of(1, Some(2)), of(3, None), of(4, None)]);
    }
}
