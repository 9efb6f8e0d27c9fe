//! Whether the sources of evidence agree about a question ("was this the first contact?", "was it resolved?"): each
//! says yes of a contact, no, or nothing (linked contacts, customers' words, agents' codes, surveys). For each two of
//! them the 2×2 table over the contacts that both speak about, the share on which they agree, and the agreement
//! beyond chance.
//!
//! Agreement = (both yes + both no) ÷ all; Cohen's kappa with its 95 % interval, formula and source in
//! [`super::kappa`]. That two sources agree does not make either right; that they do not says that one is wrong.

use serde::Serialize;

use super::Grouping;
use super::kappa::{Table, kappa};

/// What one source says of each contact.
#[derive(Debug, Clone)]
pub struct Source {
    /// Which question it answers.
    pub question: &'static str,
    /// Its name.
    pub name: &'static str,
    /// [`YES`], [`NO`] or [`SILENT`] of each row.
    pub answers: Vec<u8>,
}

/// The source says nothing about the contact; so does every number without a meaning.
pub const SILENT: u8 = 0;
/// The source says yes.
pub const YES: u8 = 1;
/// The source says no.
pub const NO: u8 = 2;

/// How two sources agree. Counts are of contacts that both speak about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// The question that both answer.
    pub question: &'static str,
    /// Name of the first source.
    pub first: &'static str,
    /// Name of the second source.
    pub second: &'static str,
    /// Both say yes.
    pub both_yes: u64,
    /// The first says yes, the second no.
    pub first_only: u64,
    /// The second says yes, the first no.
    pub second_only: u64,
    /// Both say no.
    pub both_no: u64,
    /// Share on which they say the same, 0 to 1.
    pub agreement: f64,
    /// Cohen's kappa, −1 to 1; `None` where both only ever say the same one thing, or nothing in common.
    pub kappa: Option<f64>,
    /// Lower end of its 95 % interval; `None` where kappa is, and where it has no interval: full agreement, or a
    /// source that always says the same.
    pub kappa_low: Option<f64>,
    /// Upper end of its 95 % interval, where it has one.
    pub kappa_high: Option<f64>,
}

/// For each group how each two sources that answer the same question agree, in the order of the sources. Pairs that
/// have no contact in common in the group are left out.
///
/// # Panics
/// When the sources or the grouping are not of one length.
pub fn agreements(sources: &[Source], grouping: Grouping<'_>) -> Vec<Vec<Agreement>> {
    let mut tally = Tally::default();
    tally.count(sources, grouping);
    (0..grouping.group_count()).map(|group| tally.finish(sources, group)).collect()
}

/// For each two sources that answer the same question, in the order of the sources, the table of each group.
#[derive(Clone, Default)]
pub(super) struct Tally(Vec<Vec<Table>>);

impl Tally {
    /// Counts the rows of the sources.
    pub(super) fn count(&mut self, sources: &[Source], grouping: Grouping<'_>) {
        let is_silent: Vec<bool> =
            sources.iter().map(|it| it.answers.iter().all(|answer| *answer == SILENT)).collect();
        for (pair, (first, second)) in pairs(sources).enumerate() {
            if self.0.len() == pair {
                self.0.push(vec![EMPTY; grouping.group_count()]);
            }
            if !is_silent[first] && !is_silent[second] {
                count(&sources[first], &sources[second], grouping, &mut self.0[pair]);
            }
        }
    }

    /// Adds the counts that a group has in another tally to those of one of this.
    pub(super) fn add(&mut self, to: usize, other: &Tally, from: usize) {
        for (sums, tables) in self.0.iter_mut().zip(&other.0) {
            let (sum, table) = (&mut sums[to], tables[from]);
            sum.both += table.both;
            sum.first_only += table.first_only;
            sum.second_only += table.second_only;
            sum.neither += table.neither;
        }
    }

    /// How the sources agree in a group; those that were counted, of which only the names are asked.
    pub(super) fn finish(&self, sources: &[Source], group: usize) -> Vec<Agreement> {
        let named = pairs(sources).zip(&self.0);
        named.filter_map(|((a, b), tables)| agreement(&sources[a], &sources[b], tables[group])).collect()
    }
}

/// The places of each two sources that answer the same question.
fn pairs(sources: &[Source]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let of_first = move |first: usize| {
        let is_pair = move |second: &usize| sources[*second].question == sources[first].question;
        (first + 1..sources.len()).filter(is_pair).map(move |second| (first, second))
    };
    (0..sources.len()).flat_map(of_first)
}

const EMPTY: Table = Table { both: 0, first_only: 0, second_only: 0, neither: 0 };

fn agreement(first: &Source, second: &Source, table: Table) -> Option<Agreement> {
    let (same, other) = (table.both + table.neither, table.first_only + table.second_only);
    let found = kappa(table);
    let interval = found.and_then(|it| it.interval);
    (same + other > 0).then(|| Agreement {
        question: first.question,
        first: first.name,
        second: second.name,
        both_yes: table.both,
        first_only: table.first_only,
        second_only: table.second_only,
        both_no: table.neither,
        agreement: same as f64 / (same + other) as f64,
        kappa: found.map(|it| it.kappa),
        kappa_low: interval.map(|it| it.low),
        kappa_high: interval.map(|it| it.high),
    })
}

/// Counts the contacts of each group that both speak about.
fn count(first: &Source, second: &Source, grouping: Grouping<'_>, tables: &mut [Table]) {
    assert_eq!(first.answers.len(), second.answers.len(), "one answer a row");
    assert!(grouping.fits(first.answers.len()), "one group a row");
    for (row, pair) in first.answers.iter().zip(&second.answers).enumerate() {
        let table = &mut tables[grouping.group_of(row)];
        match pair {
            (&YES, &YES) => table.both += 1,
            (&YES, &NO) => table.first_only += 1,
            (&NO, &YES) => table.second_only += 1,
            (&NO, &NO) => table.neither += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How two sources agree over everything.
    fn found(first: &[u8], second: &[u8]) -> Option<Agreement> {
        let source = |name, answers: &[u8]| Source { question: "resolved", name, answers: answers.to_vec() };
        agreements(&[source("linked", first), source("coded", second)], Grouping::ALL).remove(0).pop()
    }

    /// 20, 5, 10 and 15 are the example of `kappa`: agreement 35/50 = 0.7, κ = 0.4, 0.151092 to 0.648908. The
    /// contacts that one of the two is silent about change nothing.
    #[test]
    fn the_numbers_are_those_worked_by_hand() {
        let counts = [((YES, YES), 20), ((YES, NO), 5), ((NO, YES), 10), ((NO, NO), 15)];
        let silent = [((YES, SILENT), 3), ((SILENT, NO), 4), ((SILENT, SILENT), 5), ((YES, 7), 6)];
        let words = counts.iter().chain(&silent).flat_map(|(pair, count)| std::iter::repeat_n(*pair, *count));
        let (linked, coded): (Vec<u8>, Vec<u8>) = words.unzip();
        let found = found(&linked, &coded).unwrap();
        assert_eq!((found.first, found.second), ("linked", "coded"));
        assert_eq!([found.both_yes, found.first_only, found.second_only, found.both_no], [20, 5, 10, 15]);
        assert_eq!(found.agreement, 0.7);
        assert!((found.kappa.unwrap() - 0.4).abs() < 1e-12);
        assert!((found.kappa_low.unwrap() - 0.151_092).abs() < 1e-5);
        assert!((found.kappa_high.unwrap() - 0.648_908).abs() < 1e-5);
    }

    #[test]
    fn pairs_of_one_question_stand_in_the_order_of_the_sources_where_they_have_contacts_in_common() {
        let source = |question, name, answers: [u8; 2]| Source { question, name, answers: answers.to_vec() };
        let sources = [
            source("first", "a", [1, 1]),
            source("resolved", "b", [2, 2]),
            source("first", "c", [1, 0]),
            source("first", "d", [2, 2]),
        ];
        let found = agreements(&sources, Grouping { codes: &[0, 1], count: 2 });
        let pairs = |group: usize| -> Vec<String> {
            found[group].iter().map(|it| format!("{}{}", it.first, it.second)).collect()
        };
        assert_eq!(pairs(0), ["ac", "ad", "cd"]);
        assert_eq!(pairs(1), ["ad"]);
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(found(&[1, 0, 2], &[0, 1, 0]), None);
        let same = found(&[1, 1], &[1, 1]).unwrap();
        assert_eq!((same.agreement, same.kappa), (1.0, None), "always the same word");
        let full = found(&[1, 2], &[1, 2]).unwrap();
        assert_eq!((full.agreement, full.kappa, full.kappa_low), (1.0, Some(1.0), None));
    }

    proptest! {
        /// The twin counts each cell by itself and has kappa as 2 (ad − bc) ÷ ((a + b) (b + d) + (a + c) (c + d)).
        #[test]
        fn an_agreement_equals_its_naive_twin(words in prop::collection::vec((0..4u8, 0..4u8), 0..60)) {
            let (first, second): (Vec<u8>, Vec<u8>) = words.iter().copied().unzip();
            let Some(found) = found(&first, &second) else { return Ok(()) };
            let count = |pair: (u8, u8)| words.iter().filter(|it| **it == pair).count() as u64;
            let cells = [count((1, 1)), count((1, 2)), count((2, 1)), count((2, 2))];
            prop_assert_eq!([found.both_yes, found.first_only, found.second_only, found.both_no], cells);
            let [a, b, c, d] = cells.map(|cell| cell as f64);
            let total = a + b + c + d;
            prop_assert_eq!(found.agreement, (a + d) / total);
            let chance = (a + b) * (b + d) + (a + c) * (c + d);
            prop_assert_eq!(found.kappa.is_some(), chance > 0.0);
            if let Some(kappa) = found.kappa {
                prop_assert!((kappa - 2.0 * (a * d - b * c) / chance).abs() < 1e-9);
            }
        }

        #[test]
        fn neither_the_order_of_contacts_nor_that_of_sources_matters(
            words in prop::collection::vec((0..3u8, 0..3u8), 0..60).prop_shuffle(),
        ) {
            let (first, second): (Vec<u8>, Vec<u8>) = words.iter().copied().unzip();
            let Some(agreed) = found(&first, &second) else { return Ok(()) };
            let mut sorted = words.clone();
            sorted.sort();
            let (first_sorted, second_sorted): (Vec<u8>, Vec<u8>) = sorted.into_iter().unzip();
            prop_assert_eq!(found(&first_sorted, &second_sorted).unwrap(), agreed.clone());
            let turned = found(&second, &first).unwrap();
            prop_assert_eq!((turned.agreement, turned.first_only), (agreed.agreement, agreed.second_only));
            prop_assert_eq!(turned.kappa.is_some(), agreed.kappa.is_some());
            let (one, other) = (turned.kappa.unwrap_or(0.0), agreed.kappa.unwrap_or(0.0));
            prop_assert!((one - other).abs() < 1e-9);
        }
    }
}
