//! The nearest contacts of the same customer about *another* reason: what ends a wait too early to know (a competing
//! event), and what a customer may mean who says that they called before. Takes the links back to the columns they
//! were made from; decides nothing anew.

use super::stretch::Stretch;
use crate::interaction::Micros;

/// The neighbours of one contact about another reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// From the last contact about another reason that began before it, in microseconds, never negative.
    pub other_before: Option<Micros>,
    /// To the first contact about another reason that began after it and within observation, never negative.
    pub other_after: Option<Micros>,
    /// The row of that contact; of several that began together that of the one that ended first, then by key.
    pub other_after_row: Option<u32>,
}

impl Stretch<'_> {
    /// The neighbours of the contacts, of the customers who have one that `is_asked` for; the others are given none.
    /// Of contacts that began in the same microsecond none is before or after the others.
    pub fn neighbours(&self, is_asked: impl Fn(usize) -> bool) -> Vec<Neighbours> {
        let mut all = vec![Neighbours::default(); self.rows.len()];
        let mut contacts: Vec<Contact> = Vec::new();
        let mut reason = 0;
        for place in 0..=self.rows.len() {
            if place == self.rows.len() || (place > 0 && self.starts_customer(place)) {
                if contacts.iter().any(|it| is_asked(it.place)) {
                    self.find(&mut contacts, &mut all);
                }
                contacts.clear();
            }
            if place < self.rows.len() {
                reason += usize::from(self.starts_timeline(place));
                let (started_at, anchor) = (self.started_at[place], self.anchor[place]);
                contacts.push(Contact { started_at, anchor, reason, place });
            }
        }
        all
    }

    /// The neighbours of one customer's contacts, in two passes, so that a customer of many contacts takes no longer each.
    fn find(&self, contacts: &mut [Contact], all: &mut [Neighbours]) {
        let has_one_reason = contacts.iter().all(|it| it.reason == contacts[0].reason);
        let Some((_, to)) = self.links.observed().filter(|_| !has_one_reason) else { return };
        let clock = &self.rules.clock;
        // Of contacts that began together, the one that ended last is the nearest before. The places of reasons follow from
        // codes, which mean nothing: keys order what is left.
        let key = |it: &Contact| self.input.interaction_key.get(self.rows[it.place] as usize);
        contacts.sort_unstable_by(|a, b| {
            let moments = (a.started_at, a.anchor).cmp(&(b.started_at, b.anchor));
            moments.then_with(|| key(a).cmp(&key(b))).then_with(|| a.place.cmp(&b.place))
        });
        let mut seen = Latest::default();
        for together in contacts.chunk_by(|a, b| a.started_at == b.started_at) {
            for it in together {
                let before = seen.of_another(it.reason);
                all[it.place].other_before = before.map(|before| clock.gap(before.anchor, it.started_at));
            }
            together.iter().for_each(|it| seen.add(it));
        }
        let mut seen = Latest::default();
        for together in contacts.chunk_by(|a, b| a.started_at == b.started_at).rev() {
            for it in together {
                let after = seen.of_another(it.reason).filter(|after| after.started_at <= to);
                all[it.place].other_after = after.map(|after| clock.gap(it.anchor, after.started_at));
                all[it.place].other_after_row = after.map(|after| self.rows[after.place]);
            }
            together.iter().rev().for_each(|it| seen.add(it));
        }
    }
}

struct Contact {
    started_at: Micros,
    anchor: Micros,
    /// The number of its timeline.
    reason: usize,
    place: usize,
}

/// The contact passed last, and the one passed last of those about another reason than its.
#[derive(Default)]
struct Latest<'a> {
    last: Option<&'a Contact>,
    other: Option<&'a Contact>,
}

impl<'a> Latest<'a> {
    fn add(&mut self, contact: &'a Contact) {
        if self.last.is_some_and(|last| last.reason != contact.reason) {
            self.other = self.last;
        }
        self.last = Some(contact);
    }

    fn of_another(&self, reason: usize) -> Option<&'a Contact> {
        self.last.filter(|last| last.reason != reason).or(self.other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rules::Rules;
    use super::super::stretch::Timelines;
    use super::super::table::{Columns, Row, S, any_policy, any_rows, policy};
    use super::*;

    #[test]
    fn the_nearest_contact_about_another_reason_counts_on_either_side() {
        // Customer 1: category 1 at 20 s, 2 at 30 s, 1 at 40 s, each 2 s long; customer 2: category 2 at 25 s.
        let row = |id, customer, category, at: i64| Row::new(id, customer, category, at * S, (at + 2) * S);
        let rows = [row(1, 1, 1, 20), row(2, 1, 2, 30), row(3, 1, 1, 40), row(4, 2, 2, 25)];
        let columns = Columns::new(&rows);
        let policy = policy(10, 100);
        let links = columns.link(&policy);
        let input = columns.input();
        let found = Timelines::new(&links, &input, &policy).whole().neighbours(|_| true);
        let of = |row: u32| found[links.order().iter().position(|it| *it == row).unwrap()];
        let both = |before: Option<i64>, after: Option<(u32, i64)>| Neighbours {
            other_before: before.map(|it| it * S),
            other_after: after.map(|it| it.1 * S),
            other_after_row: after.map(|it| it.0),
        };
        assert_eq!(of(0), both(None, Some((1, 8))));
        assert_eq!(of(1), both(Some(8), Some((2, 8))));
        assert_eq!(of(2), both(Some(8), None));
        assert_eq!(of(3), both(None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn neighbours_are_found_as_by_looking_at_all_pairs(rows in any_rows(), policy in any_policy()) {
            let columns = Columns::new(&rows);
            let links = columns.link(&policy);
            let input = columns.input();
            let found = Timelines::new(&links, &input, &policy).whole().neighbours(|_| true);
            let rules = Rules::new(&policy, &input);
            let contacts: Vec<&Row> = links.order().iter().map(|row| &rows[*row as usize]).collect();
            for (at, row) in contacts.iter().enumerate() {
                let reason = |row: &Row| rules.reason(&input, row.id as usize - 1);
                let is_other = |it: &&&Row| {
                    row.customer != 0 && it.customer == row.customer && reason(it) != reason(row)
                };
                let starts = |wanted: &dyn Fn(&Row) -> bool| -> Vec<&Row> {
                    contacts.iter().filter(is_other).filter(|it| wanted(it)).copied().collect()
                };
                let before = starts(&|it| it.started_at < row.started_at);
                let after = starts(&|it| it.started_at > row.started_at);
                let last = before.iter().map(|it| it.started_at).max();
                let anchor = |it: &Row| links.anchor(&input, &policy, it.id as u32 - 1);
                let gaps = before.iter().filter(|it| Some(it.started_at) == last);
                let gap = gaps.map(|it| (row.started_at - anchor(it)).max(0)).min();
                prop_assert_eq!(found[at].other_before, gap);
                let to = links.observed().unwrap().1;
                let next = after.iter().map(|it| it.started_at).min().filter(|next| *next <= to);
                prop_assert_eq!(found[at].other_after, next.map(|next| (next - anchor(row)).max(0)));
                let nearest = after.iter().filter(|it| Some(it.started_at) == next);
                let nearest = nearest.min_by_key(|it| (anchor(it), it.id)).map(|it| it.id as u32 - 1);
                prop_assert_eq!(found[at].other_after_row, nearest);
            }
        }
    }
}
