//! The figures that belong beside first-contact resolution, because it can be bought at their expense: handle
//! time, transfers, abandonment, satisfaction, what agents code as resolved; and what repeats cost.
//!
//! Rates are counts ÷ counts. NPS = 100 · (share of answers 9 to 10 − share of answers 0 to 6): F. F. Reichheld,
//! "The one number you need to grow", Harvard Business Review 81/12 (2003) 46–54.
//!
//! Cost of repeats = repeats × mean cost of a repeat, which is the price of a contact, or the price of a minute ×
//! the mean minutes of handling a repeat. Repeats of unknown handle time so get the mean of the group's repeats
//! of known handle time; where no repeat's is known, the mean of all contacts of the group whose is. How many
//! are estimated in this way is told. Cost of the excess = excess repeats × mean cost of a repeat.
//!
//! Times and marks are summed as integers of a millionth, so that the order of rows never matters.

use serde::Serialize;

use super::Grouping;
use super::grouping::is_column;
use super::mean::Mean;
use super::scores::ratio;
use crate::policy::Policy;

/// What a row is, for the companion figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Role {
    /// Not a contact under the policy.
    #[default]
    NoContact = 0,
    /// A contact of which it is not known whether it is a first one: left edge.
    Contact = 1,
    /// A first contact.
    First = 2,
    /// A repeat.
    Repeat = 3,
}

/// The source says nothing about resolution; so does every number without a meaning.
pub const UNCODED: u8 = 0;
/// Coded as resolved.
pub const CODED_RESOLVED: u8 = 1;
/// Coded as not resolved.
pub const CODED_UNRESOLVED: u8 = 2;

/// The columns, one entry a row. Every column but `role` may be empty: not known of any row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// What each row is.
    pub role: &'a [Role],
    /// Interactions that the customer began and that are to be counted among those offered (no duplicates, no
    /// test calls): the denominator of abandonment. They need not be contacts.
    pub is_inbound: &'a [bool],
    /// The customer left before being served. Not all need be inbound; only those that are count.
    pub is_abandoned: &'a [bool],
    /// Handle time in seconds; NaN, infinite or negative = not known.
    pub handle_seconds: &'a [f64],
    /// How often it was transferred; NaN, infinite or negative = not known.
    pub transfer_count: &'a [f64],
    /// Customer satisfaction, on the source's scale; NaN or infinite = not known.
    pub csat: &'a [f64],
    /// Answer to "would you recommend us", 0 to 10; NaN or out of these bounds = not known.
    pub nps: &'a [f64],
    /// [`CODED_RESOLVED`], [`CODED_UNRESOLVED`] or [`UNCODED`].
    pub coded: &'a [u8],
}

/// What a contact costs, in any currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cost {
    /// So much each.
    PerContact(f64),
    /// So much for each minute of handling.
    PerMinute(f64),
}

impl Cost {
    /// The price that a policy sets, if it sets one.
    pub fn of(policy: &Policy) -> Option<Cost> {
        policy.cost_per_contact.map(Cost::PerContact).or(policy.cost_per_minute.map(Cost::PerMinute))
    }
}

/// Companion figures of a group. All are of contacts, but for abandonment. Rates are 0 to 1 and `None` where
/// nothing is counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Companions {
    /// First contacts of known handle time.
    pub first_handled_count: u64,
    /// Their mean handle time in seconds.
    pub first_handle_seconds: Option<f64>,
    /// Repeats of known handle time.
    pub repeat_handled_count: u64,
    /// Their mean handle time in seconds.
    pub repeat_handle_seconds: Option<f64>,
    /// Contacts of which it is known how often they were transferred.
    pub transfer_known_count: u64,
    /// Of these, contacts transferred at least once.
    pub transferred_count: u64,
    /// Transferred ÷ known.
    pub transfer_rate: Option<f64>,
    /// Inbound interactions; 0 where it is not known which were abandoned.
    pub inbound_count: u64,
    /// Inbound interactions that were abandoned.
    pub abandoned_count: u64,
    /// Abandoned ÷ inbound.
    pub abandonment_rate: Option<f64>,
    /// Contacts with a mark for satisfaction.
    pub csat_count: u64,
    /// Mean of these marks, on the source's scale.
    pub csat_mean: Option<f64>,
    /// Contacts with an answer of 0 to 10.
    pub nps_count: u64,
    /// Net promoter score, −100 to 100.
    pub nps: Option<f64>,
    /// Contacts received, with a code for resolution or without.
    pub received_count: u64,
    /// Contacts with a code that says whether they were resolved.
    pub coded_count: u64,
    /// Contacts coded as resolved.
    pub coded_resolved_count: u64,
    /// Coded as resolved ÷ received; `None` where nothing is coded.
    pub coded_resolved_rate: Option<f64>,
    /// Repeats.
    pub repeat_count: u64,
    /// Mean cost of a repeat; `None` without a price, or where no contact's handle time is known and that has
    /// the price.
    pub cost_per_repeat: Option<f64>,
    /// Repeats × mean cost of a repeat.
    pub repeat_cost: Option<f64>,
    /// Repeats whose part of the cost is estimated because their handle time is not known; 0 without a cost.
    pub estimated_cost_count: u64,
    /// Excess repeats × mean cost of a repeat; below 0 where there are fewer repeats than by accident.
    pub excess_repeat_cost: Option<f64>,
}

/// The companion figures of each group. `excess_repeats` has the repeats of each group less those expected by
/// accident; a group that it has none for has no cost of the excess. Without a `cost` there is no cost.
///
/// # Panics
/// When a column is neither empty nor as long as the roles.
pub fn companions(
    facts: &Facts<'_>,
    grouping: Grouping<'_>,
    excess_repeats: &[f64],
    cost: Option<Cost>,
) -> Vec<Companions> {
    let mut tallies = vec![Tally::default(); grouping.group_count()];
    Tally::count_all(&mut tallies, facts, grouping);
    let finish = |(group, tally): (usize, Tally)| tally.finish(cost, excess_repeats.get(group).copied());
    tallies.into_iter().enumerate().map(finish).collect()
}

impl Facts<'_> {
    fn is_consistent(&self) -> bool {
        let lengths = [
            self.is_inbound.len(),
            self.is_abandoned.len(),
            self.handle_seconds.len(),
            self.transfer_count.len(),
            self.csat.len(),
            self.nps.len(),
            self.coded.len(),
        ];
        lengths.iter().all(|length| is_column(*length, self.role.len()))
    }
}

/// Exact counts and sums of one group.
#[derive(Clone, Default)]
pub(super) struct Tally {
    counts: Companions,
    /// Handle time by role, in seconds: of contacts that may be first, of first contacts, of repeats.
    edge_seconds: Mean,
    first_seconds: Mean,
    repeat_seconds: Mean,
    csat: Mean,
    promoters: u64,
    detractors: u64,
}

impl Tally {
    /// Counts rows, each in the tally of its group.
    pub(super) fn count_all(tallies: &mut [Tally], facts: &Facts<'_>, grouping: Grouping<'_>) {
        assert!(facts.is_consistent() && grouping.fits(facts.role.len()), "one entry a row");
        for row in 0..facts.role.len() {
            tallies[grouping.group_of(row)].count(facts, row);
        }
    }

    /// Adds the counts of another tally.
    pub(super) fn add(&mut self, other: &Tally) {
        let (sum, more) = (&mut self.counts, &other.counts);
        sum.transfer_known_count += more.transfer_known_count;
        sum.transferred_count += more.transferred_count;
        sum.inbound_count += more.inbound_count;
        sum.abandoned_count += more.abandoned_count;
        sum.nps_count += more.nps_count;
        sum.received_count += more.received_count;
        sum.coded_count += more.coded_count;
        sum.coded_resolved_count += more.coded_resolved_count;
        sum.repeat_count += more.repeat_count;
        self.edge_seconds = self.edge_seconds.and(other.edge_seconds);
        self.first_seconds = self.first_seconds.and(other.first_seconds);
        self.repeat_seconds = self.repeat_seconds.and(other.repeat_seconds);
        self.csat = self.csat.and(other.csat);
        self.promoters += other.promoters;
        self.detractors += other.detractors;
    }

    fn count(&mut self, facts: &Facts<'_>, row: usize) {
        self.count_abandonment(facts, row);
        let role = facts.role[row];
        if role == Role::NoContact {
            return;
        }
        self.counts.received_count += 1;
        self.counts.repeat_count += u64::from(role == Role::Repeat);
        self.count_handling(role, at(facts.handle_seconds, row));
        self.count_transfers(at(facts.transfer_count, row));
        self.csat.add(at(facts.csat, row));
        self.count_nps(at(facts.nps, row));
        self.count_code(facts.coded.get(row).copied().unwrap_or(UNCODED));
    }

    fn count_abandonment(&mut self, facts: &Facts<'_>, row: usize) {
        if let (Some(true), Some(is_abandoned)) = (facts.is_inbound.get(row), facts.is_abandoned.get(row)) {
            self.counts.inbound_count += 1;
            self.counts.abandoned_count += u64::from(*is_abandoned);
        }
    }

    fn count_handling(&mut self, role: Role, seconds: f64) {
        if seconds >= 0.0 {
            match role {
                Role::NoContact => {}
                Role::Contact => self.edge_seconds.add(seconds),
                Role::First => self.first_seconds.add(seconds),
                Role::Repeat => self.repeat_seconds.add(seconds),
            }
        }
    }

    fn count_transfers(&mut self, transfers: f64) {
        if transfers.is_finite() && transfers >= 0.0 {
            self.counts.transfer_known_count += 1;
            self.counts.transferred_count += u64::from(transfers > 0.0);
        }
    }

    fn count_nps(&mut self, answer: f64) {
        if (0.0..=10.0).contains(&answer) {
            self.counts.nps_count += 1;
            self.promoters += u64::from(answer >= 9.0);
            self.detractors += u64::from(answer <= 6.0);
        }
    }

    fn count_code(&mut self, code: u8) {
        self.counts.coded_count += u64::from(code == CODED_RESOLVED || code == CODED_UNRESOLVED);
        self.counts.coded_resolved_count += u64::from(code == CODED_RESOLVED);
    }

    /// The figures; see [`companions`].
    pub(super) fn finish(self, cost: Option<Cost>, excess: Option<f64>) -> Companions {
        let counts = &self.counts;
        let net = self.promoters as f64 - self.detractors as f64;
        let cost_per_repeat = cost.and_then(|cost| self.cost_per_repeat(cost));
        let is_by_time = matches!(cost, Some(Cost::PerMinute(_))) && cost_per_repeat.is_some();
        let unknown = counts.repeat_count - self.repeat_seconds.count();
        Companions {
            first_handled_count: self.first_seconds.count(),
            first_handle_seconds: self.first_seconds.mean(),
            repeat_handled_count: self.repeat_seconds.count(),
            repeat_handle_seconds: self.repeat_seconds.mean(),
            transfer_rate: ratio(counts.transferred_count, counts.transfer_known_count),
            abandonment_rate: ratio(counts.abandoned_count, counts.inbound_count),
            csat_count: self.csat.count(),
            csat_mean: self.csat.mean(),
            nps: (counts.nps_count > 0).then(|| 100.0 * net / counts.nps_count as f64),
            coded_resolved_rate: ratio(counts.coded_resolved_count, counts.received_count)
                .filter(|_| counts.coded_count > 0),
            cost_per_repeat,
            repeat_cost: cost_per_repeat.map(|each| each * counts.repeat_count as f64),
            estimated_cost_count: if is_by_time { unknown } else { 0 },
            excess_repeat_cost: cost_per_repeat.zip(excess).map(|(each, excess)| each * excess),
            ..self.counts
        }
    }

    fn cost_per_repeat(&self, cost: Cost) -> Option<f64> {
        match cost {
            Cost::PerContact(price) => Some(price),
            Cost::PerMinute(price) => {
                let all = self.edge_seconds.and(self.first_seconds).and(self.repeat_seconds);
                self.repeat_seconds.mean().or(all.mean()).map(|seconds| price * seconds / 60.0)
            }
        }
    }
}

/// The value of a row; NaN where the column is empty.
fn at(column: &[f64], row: usize) -> f64 {
    column.get(row).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAN: f64 = f64::NAN;

    /// First contacts of 60 and 120 s: mean 90; repeats of 300 s and one not known. One of four known is
    /// transferred. Two of five inbound ones are abandoned, the outbound one does not count. Marks 4 and 5: 4.5.
    /// Answers 10, 9, 8 and 6: 100 · (2 − 1) ÷ 4 = 25. Codes: 2 resolved of 3, of 4 contacts received.
    #[test]
    fn the_figures_are_those_worked_by_hand() {
        let facts = Facts {
            role: &[Role::First, Role::First, Role::Repeat, Role::Repeat, Role::NoContact, Role::NoContact],
            is_inbound: &[true, true, true, false, true, true],
            is_abandoned: &[false, false, false, true, true, true],
            handle_seconds: &[60.0, 120.0, 300.0, NAN, 5.0, 5.0],
            transfer_count: &[0.0, 0.0, 2.0, 0.0, 1.0, NAN],
            csat: &[4.0, NAN, 5.0, NAN, 1.0, NAN],
            nps: &[10.0, 9.0, 8.0, 6.0, 0.0, 11.0],
            coded: &[CODED_RESOLVED, UNCODED, CODED_RESOLVED, CODED_UNRESOLVED, CODED_UNRESOLVED, 0],
        };
        // A minute costs 2: a repeat 5 minutes, 10; two of them 20, one estimated; 1.5 above accident 15.
        let found = companions(&facts, Grouping::ALL, &[1.5], Some(Cost::PerMinute(2.0))).remove(0);
        let expected = Companions {
            first_handled_count: 2,
            first_handle_seconds: Some(90.0),
            repeat_handled_count: 1,
            repeat_handle_seconds: Some(300.0),
            transfer_known_count: 4,
            transferred_count: 1,
            transfer_rate: Some(0.25),
            inbound_count: 5,
            abandoned_count: 2,
            abandonment_rate: Some(0.4),
            csat_count: 2,
            csat_mean: Some(4.5),
            nps_count: 4,
            nps: Some(25.0),
            received_count: 4,
            coded_count: 3,
            coded_resolved_count: 2,
            coded_resolved_rate: Some(2.0 / 4.0),
            repeat_count: 2,
            cost_per_repeat: Some(10.0),
            repeat_cost: Some(20.0),
            estimated_cost_count: 1,
            excess_repeat_cost: Some(15.0),
        };
        assert_eq!(found, expected);
    }

    fn cost_of(role: &[Role], handle_seconds: &[f64], excess: &[f64], cost: Cost) -> Companions {
        let facts = Facts { role, handle_seconds, ..Facts::default() };
        companions(&facts, Grouping::ALL, excess, Some(cost)).remove(0)
    }

    /// No repeat's handle time is known: the three others, one of them at the left edge, took 30, 60 and 90 s,
    /// 1 minute on average; two repeats at 3 a minute are 6.
    #[test]
    fn without_a_repeat_of_known_handle_time_that_of_all_contacts_is_taken() {
        let role = [Role::Contact, Role::First, Role::First, Role::Repeat, Role::Repeat];
        let found = cost_of(&role, &[30.0, 60.0, 90.0, NAN, -1.0], &[-1.0], Cost::PerMinute(3.0));
        assert_eq!((found.repeat_cost, found.estimated_cost_count), (Some(6.0), 2));
        assert_eq!(found.excess_repeat_cost, Some(-3.0));
    }

    #[test]
    fn a_price_for_each_contact_needs_no_handle_time() {
        let found = cost_of(&[Role::Repeat; 3], &[], &[], Cost::PerContact(4.0));
        assert_eq!((found.cost_per_repeat, found.repeat_cost), (Some(4.0), Some(12.0)));
        assert_eq!((found.estimated_cost_count, found.excess_repeat_cost), (0, None));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        let facts = Facts { role: &[Role::Repeat], is_inbound: &[true], ..Facts::default() };
        let found = companions(&facts, Grouping::ALL, &[1.0], None).remove(0);
        assert_eq!(found, Companions { received_count: 1, repeat_count: 1, ..Companions::default() });
        let found = cost_of(&[Role::Repeat], &[], &[1.0], Cost::PerMinute(1.0));
        assert_eq!(found, Companions { received_count: 1, repeat_count: 1, ..Companions::default() });
        assert_eq!(
            companions(&Facts::default(), Grouping { codes: &[], count: 2 }, &[], None),
            [Companions::default(), Companions::default()]
        );
    }

    #[derive(Debug, Clone)]
    struct Row {
        group: u32,
        role: Role,
        marks: (bool, bool),
        numbers: (f64, f64, f64, f64),
        coded: u8,
    }

    fn any_rows() -> impl Strategy<Value = Vec<Row>> {
        let role = prop::sample::select(vec![Role::NoContact, Role::Contact, Role::First, Role::Repeat]);
        let seconds = prop_oneof![4 => 0.0..2000.0f64, 1 => Just(NAN), 1 => Just(-3.0)];
        let transfers = prop_oneof![Just(NAN), Just(0.0), Just(1.0), Just(3.0)];
        let csat = prop_oneof![3 => 1.0..5.0f64, 1 => Just(NAN)];
        let nps = prop_oneof![4 => (0..11u8).prop_map(f64::from), 1 => Just(NAN), 1 => Just(10.5)];
        let row = (0..3u32, role, any::<(bool, bool)>(), (seconds, transfers, csat, nps), 0..4u8)
            .prop_map(|(group, role, marks, numbers, coded)| Row { group, role, marks, numbers, coded });
        prop::collection::vec(row, 0..60)
    }

    fn found(rows: &[Row], cost: Option<Cost>) -> Vec<Companions> {
        let numbers = |of: fn(&Row) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
        let codes: Vec<u32> = rows.iter().map(|it| it.group).collect();
        let facts = Facts {
            role: &rows.iter().map(|it| it.role).collect::<Vec<_>>(),
            is_inbound: &rows.iter().map(|it| it.marks.0).collect::<Vec<_>>(),
            is_abandoned: &rows.iter().map(|it| it.marks.1).collect::<Vec<_>>(),
            handle_seconds: &numbers(|it| it.numbers.0),
            transfer_count: &numbers(|it| it.numbers.1),
            csat: &numbers(|it| it.numbers.2),
            nps: &numbers(|it| it.numbers.3),
            coded: &rows.iter().map(|it| it.coded).collect::<Vec<_>>(),
        };
        companions(&facts, Grouping { codes: &codes, count: 3 }, &[1.0, 2.5, -3.0], cost)
    }

    fn mean(numbers: &[f64]) -> Option<f64> {
        (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
    }

    fn is_near(found: Option<f64>, expected: Option<f64>) -> bool {
        match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            (found, expected) => found == expected,
        }
    }

    proptest! {
        /// The twin lists the numbers of each figure and divides; repeats are priced one by one.
        #[test]
        fn the_figures_equal_their_naive_twin(rows in any_rows()) {
            let price = 1.7;
            let by_group = found(&rows, Some(Cost::PerMinute(price)));
            for ((group, found), excess) in (0..).zip(by_group).zip([1.0, 2.5, -3.0]) {
                let own: Vec<&Row> = rows.iter().filter(|row| row.group == group).collect();
                let contacts: Vec<&Row> = own.iter().copied().filter(|row| row.role != Role::NoContact).collect();
                let list = |of: &dyn Fn(&Row) -> f64, is_known: &dyn Fn(f64) -> bool| -> Vec<f64> {
                    contacts.iter().map(|row| of(row)).filter(|number| is_known(*number)).collect()
                };
                let seconds = |role: Role| list(
                    &|row| if row.role == role { row.numbers.0 } else { NAN },
                    &|it| it >= 0.0,
                );
                let (firsts, repeats) = (seconds(Role::First), seconds(Role::Repeat));
                prop_assert_eq!(found.first_handled_count, firsts.len() as u64);
                prop_assert_eq!(found.repeat_handled_count, repeats.len() as u64);
                prop_assert!(is_near(found.first_handle_seconds, mean(&firsts)));
                prop_assert!(is_near(found.repeat_handle_seconds, mean(&repeats)));
                let transfers = list(&|row| row.numbers.1.clamp(0.0, 1.0), &|it| it <= 1.0);
                prop_assert_eq!(found.transfer_known_count, transfers.len() as u64);
                prop_assert!(is_near(found.transfer_rate, mean(&transfers)));
                let csat = list(&|row| row.numbers.2, &|it| !it.is_nan());
                prop_assert_eq!(found.csat_count, csat.len() as u64);
                prop_assert!(is_near(found.csat_mean, mean(&csat)));
                let answers = list(&|row| row.numbers.3, &|it| it <= 10.0);
                let weights: Vec<f64> = answers
                    .iter()
                    .map(|it| if *it >= 9.0 { 100.0 } else if *it <= 6.0 { -100.0 } else { 0.0 })
                    .collect();
                prop_assert_eq!(found.nps_count, answers.len() as u64);
                prop_assert!(is_near(found.nps, mean(&weights)));
                let left: Vec<f64> =
                    own.iter().filter(|row| row.marks.0).map(|row| f64::from(u8::from(row.marks.1))).collect();
                prop_assert_eq!(found.inbound_count, left.len() as u64);
                prop_assert!(is_near(found.abandonment_rate, mean(&left)));
                let coded = list(&|row| f64::from(row.coded % 3), &|it| it > 0.0);
                prop_assert_eq!(found.received_count, contacts.len() as u64);
                prop_assert_eq!(found.coded_count, coded.len() as u64);
                let resolved = coded.iter().filter(|code| **code == 1.0).count() as f64;
                let rate = resolved / found.received_count as f64;
                prop_assert!(is_near(found.coded_resolved_rate, (!coded.is_empty()).then_some(rate)));
                let fallback = mean(&repeats).or(mean(&list(&|row| row.numbers.0, &|it| it >= 0.0)));
                let costs: Option<Vec<f64>> = contacts
                    .iter()
                    .filter(|row| row.role == Role::Repeat)
                    .map(|row| Some(row.numbers.0).filter(|it| *it >= 0.0).or(fallback).map(|it| it / 60.0 * price))
                    .collect();
                let costs = costs.filter(|_| fallback.is_some());
                prop_assert!(is_near(found.repeat_cost, costs.as_ref().map(|it| it.iter().sum())));
                let each = fallback.map(|it| it / 60.0 * price);
                prop_assert!(is_near(found.excess_repeat_cost, each.map(|it| it * excess)));
                let repeat_count = contacts.iter().filter(|row| row.role == Role::Repeat).count() as u64;
                let estimated = if fallback.is_some() { repeat_count - repeats.len() as u64 } else { 0 };
                prop_assert_eq!(found.estimated_cost_count, estimated);
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(rows in any_rows().prop_shuffle()) {
            let mut sorted = rows.clone();
            sorted.sort_by(|one, other| one.numbers.0.total_cmp(&other.numbers.0));
            let cost = Some(Cost::PerMinute(0.7));
            prop_assert_eq!(found(&rows, cost), found(&sorted, cost));
        }
    }
}
