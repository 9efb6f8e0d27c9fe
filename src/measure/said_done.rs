//! What customers say against what the log shows: of the contacts whose words are known, in how many does the
//! customer say that they were in contact before (*stated*), in how many is an earlier contact found (*linked*),
//! in how many both; why the one is there without the other; how many repeats neither may see; and whether the
//! number of contacts that a customer speaks of is the one observed.
//!
//! Each of the two ways misses some repeats: not everybody says so, and not every earlier contact is in the data.
//! From those seen by one and by both, [`super::capture`] has Chapman's estimate of those seen by neither, with
//! its source and its assumption: that being seen by one way says nothing about being seen by the other.

use serde::Serialize;

use super::Grouping;
use super::capture::{Seen, chapman};
use super::grouping::is_column;

/// Why no earlier contact is found for one in which the customer speaks of such. Where several hold, whoever
/// fills the column takes the first in this order: what the records show comes before what they cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Missed {
    /// Within the window before it the customer was in contact about another reason.
    OtherReason = 0,
    /// The customer was in contact about the same reason, but longer ago than the window (or, where gaps are measured
    /// from the first contact of an episode, than the window after that).
    BeyondWindow = 1,
    /// The earlier contact may lie before the data starts.
    LeftEdge = 2,
    /// There is no earlier contact of the customer: an identity or a channel is missing.
    NothingBefore = 3,
}

/// The columns, one entry a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a> {
    /// Whether the row is a contact whose words are known; other rows do not count.
    pub has_words: &'a [bool],
    /// Whether the customer says that they were in contact before.
    pub is_stated: &'a [bool],
    /// Whether the contact is linked to an earlier one: a repeat.
    pub is_repeat: &'a [bool],
    /// Why it is not linked; read only of contacts that are stated and not linked. Empty: not known, and no
    /// reason is counted.
    pub missed: &'a [Missed],
    /// Which contact about the matter it is by the customer's words, the first being 1; below 2: not said.
    /// Empty: never said.
    pub stated_number: &'a [u32],
    /// Which contact of its episode it is, from 1; 0: not known. Empty: never known.
    pub position: &'a [u32],
}

/// Stated against linked repeats of a group. Counts are of contacts whose words are known.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SaidDone {
    /// Stated and linked.
    pub both: u64,
    /// Stated and not linked.
    pub stated_only: u64,
    /// Linked and not stated.
    pub linked_only: u64,
    /// Neither stated nor linked.
    pub neither: u64,
    /// Of those stated only: the earlier contact may lie before the data starts.
    pub left_edge_count: u64,
    /// Of those stated only: a contact about another reason is within the window before it.
    pub other_reason_count: u64,
    /// Of those stated only: an earlier contact about the same reason is longer ago than the window.
    pub beyond_window_count: u64,
    /// Of those stated only: there is no earlier contact of the customer.
    pub nothing_before_count: u64,
    /// Chapman's estimate of the repeats that are neither stated nor linked; `None` where none is both. It is not
    /// held below `neither`, which has room for no more: an estimate above says that its assumption fails.
    pub chapman: Option<f64>,
    /// Lower end of its 95 % interval; `None` where one way sees nothing that the other does not.
    pub chapman_low: Option<f64>,
    /// Upper end of its 95 % interval; `None` where one way sees nothing that the other does not.
    pub chapman_high: Option<f64>,
    /// Fewer than 7 are both: the estimate is no more than an order of magnitude.
    pub is_sparse: bool,
    /// Contacts with a stated number of 2 or more and a known position.
    pub numbered_count: u64,
    /// Of those numbered: the customer states the number observed.
    pub number_equal_count: u64,
    /// Of those numbered: the customer states more contacts than are observed.
    pub number_more_count: u64,
    /// Of those numbered: the customer states fewer contacts than are observed.
    pub number_fewer_count: u64,
    /// Mean of stated number less position, in contacts; above 0 where customers state more than is observed.
    pub mean_number_difference: Option<f64>,
}

/// Stated against linked repeats of each group.
///
/// # Panics
/// When the columns that may not be empty differ in length, or another is neither empty nor as long.
pub fn said_done(words: &Words<'_>, grouping: Grouping<'_>) -> Vec<SaidDone> {
    let mut tallies = vec![Tally::default(); grouping.group_count()];
    Tally::count_all(&mut tallies, words, grouping);
    tallies.into_iter().map(Tally::finish).collect()
}

impl SaidDone {
    /// Whether any contact has words.
    pub fn has_words(&self) -> bool {
        self.both + self.stated_only + self.linked_only + self.neither > 0
    }
}

/// Exact counts of one group.
#[derive(Clone, Default)]
pub(super) struct Tally {
    counts: SaidDone,
    /// Sum of stated number less position, in contacts: an integer, so that the order of rows does not matter.
    difference: i128,
}

impl Tally {
    /// Counts rows, each in the tally of its group.
    pub(super) fn count_all(tallies: &mut [Tally], words: &Words<'_>, grouping: Grouping<'_>) {
        let row_count = words.has_words.len();
        assert!(words.is_stated.len() == row_count && words.is_repeat.len() == row_count, "one mark a row");
        let others = [words.missed.len(), words.stated_number.len(), words.position.len()];
        assert!(others.iter().all(|length| is_column(*length, row_count)), "one entry a row");
        assert!(grouping.fits(row_count), "one group a row");
        for row in (0..row_count).filter(|row| words.has_words[*row]) {
            tallies[grouping.group_of(row)].count(words, row);
        }
    }

    /// Adds the counts of another tally.
    pub(super) fn add(&mut self, other: &Tally) {
        let (sum, more) = (&mut self.counts, &other.counts);
        sum.both += more.both;
        sum.stated_only += more.stated_only;
        sum.linked_only += more.linked_only;
        sum.neither += more.neither;
        sum.left_edge_count += more.left_edge_count;
        sum.other_reason_count += more.other_reason_count;
        sum.beyond_window_count += more.beyond_window_count;
        sum.nothing_before_count += more.nothing_before_count;
        sum.numbered_count += more.numbered_count;
        sum.number_equal_count += more.number_equal_count;
        sum.number_more_count += more.number_more_count;
        sum.number_fewer_count += more.number_fewer_count;
        self.difference += other.difference;
    }

    fn count(&mut self, words: &Words<'_>, row: usize) {
        let counts = &mut self.counts;
        match (words.is_stated[row], words.is_repeat[row]) {
            (true, true) => counts.both += 1,
            (true, false) => {
                counts.stated_only += 1;
                self.count_missed(words.missed.get(row).copied());
            }
            (false, true) => counts.linked_only += 1,
            (false, false) => counts.neither += 1,
        }
        let number = words.stated_number.get(row).copied().unwrap_or(0);
        let position = words.position.get(row).copied().unwrap_or(0);
        if number >= 2 && position >= 1 {
            self.count_number(number, position);
        }
    }

    fn count_missed(&mut self, missed: Option<Missed>) {
        match missed {
            None => {}
            Some(Missed::LeftEdge) => self.counts.left_edge_count += 1,
            Some(Missed::OtherReason) => self.counts.other_reason_count += 1,
            Some(Missed::BeyondWindow) => self.counts.beyond_window_count += 1,
            Some(Missed::NothingBefore) => self.counts.nothing_before_count += 1,
        }
    }

    fn count_number(&mut self, number: u32, position: u32) {
        self.counts.numbered_count += 1;
        self.counts.number_equal_count += u64::from(number == position);
        self.counts.number_more_count += u64::from(number > position);
        self.counts.number_fewer_count += u64::from(number < position);
        self.difference += i128::from(number) - i128::from(position);
    }

    /// The counts with the estimates made of them.
    pub(super) fn finish(self) -> SaidDone {
        let counts = self.counts;
        let seen =
            Seen { first_only: counts.stated_only, second_only: counts.linked_only, both: counts.both };
        let estimate = chapman(seen);
        let interval = estimate.and_then(|it| it.unseen_interval);
        let mean = self.difference as f64 / counts.numbered_count as f64;
        SaidDone {
            chapman: estimate.map(|it| it.unseen),
            chapman_low: interval.map(|it| it.low),
            chapman_high: interval.map(|it| it.high),
            is_sparse: estimate.is_none_or(|it| it.is_sparse),
            mean_number_difference: (counts.numbered_count > 0).then_some(mean),
            ..counts
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One row: group, whether it has words, is stated, is a repeat; why it is missed, stated number, position.
    type Row = (u32, bool, bool, bool, Missed, u32, u32);

    fn found(rows: &[Row], count: usize) -> Vec<SaidDone> {
        let column = |of: fn(&Row) -> bool| rows.iter().map(of).collect::<Vec<bool>>();
        let (has_words, is_stated, is_repeat) = (column(|it| it.1), column(|it| it.2), column(|it| it.3));
        let missed: Vec<Missed> = rows.iter().map(|it| it.4).collect();
        let numbers = |of: fn(&Row) -> u32| rows.iter().map(of).collect::<Vec<u32>>();
        let (codes, stated_number, position) = (numbers(|it| it.0), numbers(|it| it.5), numbers(|it| it.6));
        let words = Words {
            has_words: &has_words,
            is_stated: &is_stated,
            is_repeat: &is_repeat,
            missed: &missed,
            stated_number: &stated_number,
            position: &position,
        };
        said_done(&words, Grouping { codes: &codes, count })
    }

    /// 5 both, 5 stated only, 10 linked only: the example of `capture`, 5 · 10 ÷ 6 = 8.333 unseen, 2.38526 to
    /// 29.11398, sparse because 5 is below 7. Two of the stated ones say "the third time" at positions 3 and 1:
    /// the mean difference is (0 + 2) ÷ 2 = 1. The last row has no words.
    #[test]
    fn the_numbers_are_those_worked_by_hand() {
        let why = Missed::LeftEdge;
        let mut rows = vec![(0, true, true, true, why, 0, 2); 4];
        rows.push((0, true, true, true, why, 3, 3));
        rows.extend([
            (0, true, true, false, Missed::LeftEdge, 3, 1),
            (0, true, true, false, Missed::OtherReason, 1, 1),
            (0, true, true, false, Missed::BeyondWindow, 3, 0),
            (0, true, true, false, Missed::NothingBefore, 0, 1),
            (0, true, true, false, Missed::NothingBefore, 0, 1),
        ]);
        rows.extend([(0, true, false, true, why, 0, 2); 10]);
        rows.extend([(0, true, false, false, why, 0, 1), (0, false, true, true, why, 9, 1)]);
        let found = found(&rows, 1).remove(0);
        let expected = SaidDone {
            both: 5,
            stated_only: 5,
            linked_only: 10,
            neither: 1,
            left_edge_count: 1,
            other_reason_count: 1,
            beyond_window_count: 1,
            nothing_before_count: 2,
            chapman: found.chapman,
            chapman_low: found.chapman_low,
            chapman_high: found.chapman_high,
            is_sparse: true,
            numbered_count: 2,
            number_equal_count: 1,
            number_more_count: 1,
            number_fewer_count: 0,
            mean_number_difference: Some(1.0),
        };
        assert_eq!(found, expected);
        assert!((found.chapman.unwrap() - 25.0 / 3.0).abs() < 1e-12);
        assert!((found.chapman_low.unwrap() - 2.385_26).abs() < 1e-5);
        assert!((found.chapman_high.unwrap() - 29.113_98).abs() < 1e-4);
    }

    /// 7 both are enough; stated only 0, so Chapman says 0 unseen without an interval.
    #[test]
    fn seven_seen_by_both_are_not_sparse() {
        let found = found(&[(0, true, true, true, Missed::LeftEdge, 2, 3); 7], 1).remove(0);
        assert_eq!((found.chapman, found.chapman_low, found.is_sparse), (Some(0.0), None, false));
        assert_eq!((found.number_fewer_count, found.mean_number_difference), (7, Some(-1.0)));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        let none = SaidDone { is_sparse: true, ..SaidDone::default() };
        assert_eq!(found(&[], 2), [none.clone(), none]);
        let marks = [true];
        let words = Words {
            has_words: &marks,
            is_stated: &marks,
            is_repeat: &[false],
            missed: &[],
            stated_number: &[],
            position: &[],
        };
        let one = said_done(&words, Grouping::ALL).remove(0);
        assert_eq!((one.stated_only, one.left_edge_count, one.numbered_count), (1, 0, 0));
        assert_eq!((one.chapman, one.mean_number_difference), (None, None));
    }

    fn any_row() -> impl Strategy<Value = Row> {
        let missed = prop::sample::select(vec![
            Missed::LeftEdge,
            Missed::OtherReason,
            Missed::BeyondWindow,
            Missed::NothingBefore,
        ]);
        let flag = any::<bool>;
        (0..4u32, prop::bool::weighted(0.8), flag(), flag(), missed, 0..6u32, 0..5u32)
    }

    proptest! {
        /// The twin counts each number by itself.
        #[test]
        fn the_counts_equal_their_naive_twin(rows in prop::collection::vec(any_row(), 0..80)) {
            for (group, found) in (0..).zip(found(&rows, 3)) {
                let own = |row: &Row| row.1 && (row.0 == group || group == 0 && row.0 > 2);
                let count = |wanted: &dyn Fn(&Row) -> bool| {
                    rows.iter().filter(|row| own(row) && wanted(row)).count() as u64
                };
                prop_assert_eq!(found.both, count(&|row| row.2 && row.3));
                prop_assert_eq!(found.stated_only, count(&|row| row.2 && !row.3));
                prop_assert_eq!(found.linked_only, count(&|row| !row.2 && row.3));
                prop_assert_eq!(found.neither, count(&|row| !row.2 && !row.3));
                let missed = |why: Missed| count(&|row| row.2 && !row.3 && row.4 == why);
                prop_assert_eq!(found.left_edge_count, missed(Missed::LeftEdge));
                prop_assert_eq!(found.other_reason_count, missed(Missed::OtherReason));
                prop_assert_eq!(found.beyond_window_count, missed(Missed::BeyondWindow));
                prop_assert_eq!(found.nothing_before_count, missed(Missed::NothingBefore));
                let is_numbered = |row: &Row| row.5 > 1 && row.6 > 0;
                prop_assert_eq!(found.numbered_count, count(&is_numbered));
                prop_assert_eq!(found.number_equal_count, count(&|row| is_numbered(row) && row.5 == row.6));
                prop_assert_eq!(found.number_more_count, count(&|row| is_numbered(row) && row.5 > row.6));
                prop_assert_eq!(found.number_fewer_count, count(&|row| is_numbered(row) && row.5 < row.6));
                let numbered = rows.iter().filter(|row| own(row) && is_numbered(row));
                let sum: f64 = numbered.map(|row| f64::from(row.5) - f64::from(row.6)).sum();
                let mean = (found.numbered_count > 0).then(|| sum / found.numbered_count as f64);
                prop_assert_eq!(found.mean_number_difference, mean);
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(rows in prop::collection::vec(any_row(), 0..80).prop_shuffle()) {
            let mut sorted = rows.clone();
            sorted.sort();
            prop_assert_eq!(found(&rows, 3), found(&sorted, 3));
        }
    }
}
