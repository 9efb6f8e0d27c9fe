//! The silence before and after each contact, about its reason: what sweeps over windows and estimates over time are
//! made of. Takes the links back to the columns they were made from; decides nothing anew.

use super::stretch::Stretch;
use crate::interaction::Micros;

/// The silence around one contact, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The row of the contact.
    pub row: u32,
    /// From the contact just before of the same customer and reason, never negative; none before the first.
    pub before: Option<Micros>,
    /// To the contact just after, if it began within observation, never negative.
    pub after: Option<Micros>,
    /// From the start of observation to the start of the contact; negative where it lies before.
    pub observed_before: Micros,
    /// From the contact (its end or its start, by the policy's clock) to the end of observation; negative where it
    /// lies after.
    pub observed_after: Micros,
    /// The longest gap that is within the window of the contact.
    pub window: Micros,
}

impl Silence {
    /// How long the silence after the contact is known to have lasted: to the next contact, or to the end of
    /// observation.
    pub fn length(&self) -> Micros {
        self.after.unwrap_or(self.observed_after).max(0)
    }
}

impl Stretch<'_> {
    /// The silences around the contacts.
    pub fn silences(&self) -> Vec<Silence> {
        let Some((from, to)) = self.links.observed() else { return Vec::new() };
        let clock = &self.rules.clock;
        let silence = |at: usize| {
            let (started_at, anchor) = (self.started_at[at], self.anchor[at]);
            let before = (!self.starts_timeline(at)).then(|| clock.gap(self.anchor[at - 1], started_at));
            let next =
                (at + 1 < self.rows.len() && !self.starts_timeline(at + 1)).then(|| self.started_at[at + 1]);
            Silence {
                row: self.rows[at],
                before,
                after: next.filter(|next| *next <= to).map(|next| clock.gap(anchor, next)),
                observed_before: clock.observed_before(started_at, from),
                observed_after: clock.observed_after(anchor, to),
                window: self.rules.of(self.input, self.rows[at] as usize).window,
            }
        };
        (0..self.rows.len()).map(silence).collect()
    }

    /// The time since the first contact of its episode of each contact, in microseconds, never negative; 0 for the first.
    pub fn since_first(&self) -> Vec<Micros> {
        let mut first = 0;
        let since = |at: usize| {
            if self.starts_episode(at) {
                first = self.anchor[at];
                return 0;
            }
            self.rules.clock.gap(first, self.started_at[at])
        };
        (0..self.rows.len()).map(since).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::stretch::Timelines;
    use super::super::table::{Columns, Row, S, any_policy, any_rows, names, policy};
    use super::super::{Fate, Outcome};
    use crate::policy::{Anchor, Chain, Maturity, Policy};

    #[test]
    fn silences_reach_to_the_neighbours_of_the_same_reason_and_to_the_edges_of_observation() {
        // Observed from 0 to 100 s; contacts of one customer last 2 s.
        let row = |id, category, at: i64| Row::new(id, 1, category, at * S, (at + 2) * S);
        let rows = [row(1, 1, 20), row(2, 1, 60), row(3, 2, 30), row(4, 1, 65)];
        let columns = Columns::new(&rows);
        let policy = policy(10, 100);
        let (links, input) = (columns.link(&policy), columns.input());
        let found = Timelines::new(&links, &input, &policy).whole().silences();
        let of = |row: u32| found.iter().find(|it| it.row == row).unwrap();
        // 20 ends at 22, the next of the reason is at 60, which ends at 62, then 65; 30 ends at 32.
        assert_eq!((of(0).before, of(0).after, of(0).length()), (None, Some(38 * S), 38 * S));
        assert_eq!((of(1).before, of(1).after), (Some(38 * S), Some(3 * S)));
        assert_eq!((of(2).before, of(2).after, of(2).length()), (None, None, 68 * S));
        assert_eq!((of(3).observed_before, of(3).observed_after), (65 * S, 33 * S));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_silences_of_a_contact_tell_its_class(rows in any_rows(), policy in any_policy()) {
            let policy = Policy { chain: Chain::Rolling, ..policy };
            let columns = Columns::new(&rows);
            let links = columns.link(&policy);
            let (input, row_of) = (columns.input(), |row: u32| &rows[row as usize]);
            let found = Timelines::new(&links, &input, &policy).whole().silences();
            prop_assert_eq!(found.len(), links.order().len());
            for (at, it) in found.iter().enumerate() {
                let window = |row: u32| policy.reach(policy.window_of(&names()[row_of(row).category as usize]));
                let class = links.class(it.row);
                let is_repeat = it.before.is_some_and(|gap| gap <= window(links.order()[at - 1]));
                prop_assert_eq!(is_repeat, class.is_repeat());
                if let Some(Fate { is_eligible, outcome }) = class.counted(Anchor::Every) {
                    let is_mature = it.observed_after >= window(it.row);
                    prop_assert_eq!(is_eligible, is_mature || policy.maturity == Maturity::Ignored);
                    let is_repeated = it.after.is_some_and(|gap| gap <= window(it.row));
                    prop_assert!(!is_mature || is_repeated == (outcome == Outcome::Repeated));
                }
            }
        }
    }
}
