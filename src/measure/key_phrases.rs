//! What statements have in common: groups by the key phrase that most of them share, and what else they say.
//!
//! A phrase is one to three content words that follow each other within a sentence. Greedy: the telling phrase of the
//! greatest gain takes every statement that has it, then that of the greatest gain among the rest, until none is shared by
//! three. The gain is the number of statements × the mean weight of the phrase's words; of equal ones the longer phrase,
//! then the first by its words, is taken. So the groups depend neither on the order of the statements nor on chance, and
//! anybody can see why a statement is in its group. The rest of what a greedy cover leaves is nobody's group.
//!
//! A phrase is telling where the statements have it surely more often than others do: what everybody says, whatever they
//! ask, is not what these ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::log_odds::{Counts, log_odds};

/// Stands between the words of two sentences.
pub const BREAK: u32 = u32::MAX;

/// Statements that must share a phrase.
pub const LEAST_SUPPORT: usize = 3;

/// Words of a statement that make phrases; what it is about is said at its beginning.
const MOST_WORDS: usize = 30;

/// Groups of one call.
const MOST_CLUSTERS: usize = 100;

/// The weight of what all statements say, in statements.
const PRIOR_STATEMENTS: f64 = 10.0;

/// Standard errors beyond which a difference is sure.
const SURE: f64 = 1.645;

/// One to three words.
pub type Phrase = Vec<u32>;

/// What is known of words.
pub struct Phrases<'a> {
    /// What a word weighs, in millionths.
    pub weight: &'a dyn Fn(u32) -> u64,
    /// The word itself, to order equals by.
    pub term: &'a dyn Fn(u32) -> &'a str,
}

/// The statements that have each phrase, ascending, of the phrases that enough of them share.
pub type Shared = HashMap<Phrase, Vec<usize>>;

/// Statements that share a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The words.
    pub phrase: Phrase,
    /// The places of the statements, ascending.
    pub members: Vec<usize>,
}

impl Phrases<'_> {
    /// What a phrase is worth that so many statements have.
    pub fn gain(&self, phrase: &[u32], count: usize) -> u64 {
        let weight: u64 = phrase.iter().map(|word| (self.weight)(*word)).sum();
        count as u64 * (weight / phrase.len().max(1) as u64)
    }

    /// The words of a phrase, to order equals by.
    fn terms(&self, phrase: &[u32]) -> Vec<&str> {
        phrase.iter().map(|word| (self.term)(*word)).collect()
    }

    /// The phrase that is worth most.
    fn best<'p>(&self, counted: impl Iterator<Item = (&'p Phrase, usize)>) -> Option<&'p Phrase> {
        let mut best: Option<(&Phrase, u64)> = None;
        for (phrase, count) in counted {
            let gain = self.gain(phrase, count);
            let is_better = best.is_none_or(|(other, most)| {
                let by_gain = gain.cmp(&most).then(phrase.len().cmp(&other.len()));
                by_gain.then_with(|| self.terms(other).cmp(&self.terms(phrase))).is_gt()
            });
            // A character is mostly a part of a word that no dictionary knows.
            let is_word = phrase.iter().flat_map(|word| (self.term)(*word).chars()).nth(1).is_some();
            if is_better && gain > 0 && is_word {
                best = Some((phrase, gain));
            }
        }
        best.map(|(phrase, _)| phrase)
    }

    /// The longest phrase around one that most of those have that have it, of words that tell: "first bill" for "first".
    fn whole(
        &self,
        counts: &HashMap<Phrase, usize>,
        phrase: &[u32],
        is_telling: &dyn Fn(&[u32]) -> bool,
    ) -> Phrase {
        let most = counts.get(phrase).copied().unwrap_or(0);
        let is_around = |it: &Phrase| it.windows(phrase.len()).any(|part| part == phrase);
        let tells = |it: &Phrase| it.iter().all(|word| phrase.contains(word) || is_telling(&[*word]));
        let around = counts.iter().filter(|(it, count)| 2 * **count > most && is_around(it) && tells(it));
        let longest = around.max_by(|(a, count_a), (b, count_b)| {
            let by_length = a.len().cmp(&b.len()).then(count_a.cmp(count_b));
            by_length.then_with(|| self.terms(b).cmp(&self.terms(a)))
        });
        longest.map_or(phrase.to_vec(), |(it, _)| it.clone())
    }

    /// What a group says: the phrase that its statements share with what mostly stands around it, then up to `most` other
    /// telling phrases, the best first: none has a word of another, and a third of the statements, and two, have each.
    pub fn names(
        &self,
        statements: &[&[u32]],
        phrase: &[u32],
        most: usize,
        is_telling: &dyn Fn(&[u32]) -> bool,
    ) -> Vec<Phrase> {
        let mut counts: HashMap<Phrase, usize> = HashMap::new();
        for statement in statements {
            phrases_in(statement).into_iter().for_each(|it| *counts.entry(it).or_default() += 1);
        }
        counts.retain(|_, count| *count >= 2);
        let mut names = vec![self.whole(&counts, phrase, is_telling)];
        while names.len() <= most {
            let taken: BTreeSet<u32> = names.iter().flatten().copied().collect();
            counts.retain(|it, _| it.iter().all(|word| !taken.contains(word)));
            let free = counts.iter().filter(|(it, count)| 3 * **count >= statements.len() && is_telling(it));
            let Some(best) = self.best(free.map(|(it, count)| (it, *count))) else { break };
            names.push(self.whole(&counts, best, is_telling));
        }
        names
    }
}

/// Whether a phrase is surely (one-sided, 5 %) more frequent among some statements than among others: `counts` have it, of
/// `totals`. Where there are no others there is nothing to compare with, and it is.
pub fn is_telling(counts: Counts, totals: Counts) -> bool {
    if totals.second == 0 {
        return true;
    }
    log_odds(counts, totals, PRIOR_STATEMENTS).is_some_and(|it| it.difference > SURE * it.standard_error)
}

/// The phrases of a statement, as often as they occur.
pub fn each_phrase(words: &[u32]) -> impl Iterator<Item = &[u32]> {
    let words = &words[..words.len().min(MOST_WORDS)];
    let runs =
        (0..words.len()).flat_map(move |at| (1..=3).map_while(move |length| words.get(at..at + length)));
    runs.filter(|run| !run.contains(&BREAK))
}

/// The different phrases of a statement.
pub fn phrases_in(words: &[u32]) -> BTreeSet<Phrase> {
    each_phrase(words).map(<[u32]>::to_vec).collect()
}

/// The phrases that at least [`LEAST_SUPPORT`] statements share, each a list of words with [`BREAK`] between sentences.
pub fn shared(statements: &[&[u32]]) -> Shared {
    let mut shared = Shared::new();
    let frequent = frequent_words(statements);
    for (place, statement) in statements.iter().enumerate() {
        for phrase in phrases_in(statement) {
            if phrase.iter().all(|word| frequent.contains_key(word)) {
                shared.entry(phrase).or_default().push(place);
            }
        }
    }
    shared.retain(|_, places| places.len() >= LEAST_SUPPORT);
    shared
}

/// Groups statements by the phrases of them that are shared and telling. Those in no group share nothing with enough others.
pub fn clusters(statements: &[&[u32]], telling: &Shared, phrases: &Phrases<'_>) -> Vec<Cluster> {
    let mut left: HashMap<&Phrase, usize> =
        telling.iter().map(|(phrase, places)| (phrase, places.len())).collect();
    let mut is_taken = vec![false; statements.len()];
    let mut found = Vec::new();
    while found.len() < MOST_CLUSTERS {
        let enough = left.iter().filter(|(_, count)| **count >= LEAST_SUPPORT);
        let Some(phrase) = phrases.best(enough.map(|(phrase, count)| (*phrase, *count))) else { break };
        let members: Vec<usize> = telling[phrase].iter().copied().filter(|place| !is_taken[*place]).collect();
        for place in &members {
            is_taken[*place] = true;
            for phrase in phrases_in(statements[*place]) {
                if let Some(count) = left.get_mut(&phrase) {
                    *count -= 1;
                }
            }
        }
        found.push(Cluster { phrase: phrase.clone(), members });
    }
    found
}

/// Words that enough statements have.
fn frequent_words(statements: &[&[u32]]) -> BTreeMap<u32, usize> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for statement in statements {
        let words: BTreeSet<u32> = statement.iter().copied().filter(|word| *word != BREAK).collect();
        words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    counts.retain(|_, count| *count >= LEAST_SUPPORT);
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TERMS: [&str; 6] = ["esim", "activate", "phone", "bill", "late", "router"];

    fn with<T>(weights: [u64; 6], test: impl FnOnce(&Phrases<'_>) -> T) -> T {
        let weight = move |word: u32| weights[word as usize];
        test(&Phrases { weight: &weight, term: &|word| TERMS[word as usize] })
    }

    fn found(statements: &[&[u32]], weights: [u64; 6]) -> Vec<(Vec<u32>, Vec<usize>)> {
        with(weights, |phrases| {
            clusters(statements, &shared(statements), phrases)
                .into_iter()
                .map(|it| (it.phrase, it.members))
                .collect()
        })
    }

    /// "activate esim" has 3 statements of mean weight 3: 9; "esim" alone has 4 of weight 3: 12, and takes them all. Of the
    /// rest three share "bill late", which is longer than "bill" and "late" of the same gain.
    #[test]
    fn the_phrase_of_the_greatest_gain_takes_its_statements_first() {
        let statements: [&[u32]; 8] =
            [&[1, 0], &[1, 0, 2], &[2, 1, 0], &[0], &[3, 4], &[3, 4, 2], &[2, BREAK, 3, 4], &[5]];
        let expected = vec![(vec![0], vec![0, 1, 2, 3]), (vec![3, 4], vec![4, 5, 6])];
        assert_eq!(found(&statements, [3, 3, 1, 2, 2, 9]), expected);
    }

    #[test]
    fn two_statements_are_no_group_and_nothing_reaches_across_a_sentence() {
        let statements: [&[u32]; 5] = [&[0, BREAK, 1], &[0, BREAK, 1], &[0, BREAK, 1], &[2], &[2]];
        assert_eq!(found(&statements, [2, 1, 5, 1, 1, 1]), vec![(vec![0], vec![0, 1, 2])]);
    }

    #[test]
    fn words_that_weigh_nothing_make_no_group() {
        assert_eq!(found(&[&[0], &[0], &[0]], [0; 6]), vec![]);
    }

    /// All three say "activate esim phone", two of them "bill" too: two thirds of them.
    #[test]
    fn a_group_is_named_by_whole_phrases_that_share_no_word() {
        let statements: [&[u32]; 3] = [&[1, 0, 2, BREAK, 3], &[1, 0, 2, BREAK, 3], &[1, 0, 2]];
        let names = |most, telling: &dyn Fn(&[u32]) -> bool| {
            with([1; 6], |phrases| phrases.names(&statements, &[0], most, telling))
        };
        assert_eq!(names(3, &|_| true), [vec![1, 0, 2], vec![3]]);
        assert_eq!(names(0, &|_| true), [vec![1, 0, 2]]);
        assert_eq!(names(0, &|it| *it != [2]), [vec![1, 0]], "a word that everybody says is left off");
        assert_eq!(names(3, &|it| *it != [3]), [vec![1, 0, 2]], "what is not telling is no name");
    }

    /// Half of those who say "esim" say "activate" before it: not most.
    #[test]
    fn what_half_of_them_say_is_not_in_the_name() {
        let statements: [&[u32]; 4] = [&[1, 0], &[1, 0], &[0], &[0, BREAK, 5]];
        assert_eq!(with([1; 6], |phrases| phrases.names(&statements, &[0], 0, &|_| true)), [vec![0]]);
    }

    /// 8 of 20 against 8 of 200: α = 10 · 16 ÷ 220 = 0.7273; odds 8.7273 ÷ 21.2727 and 8.7273 ÷ 201.2727; difference
    /// ln 9.4615 = 2.247; error √(2 ÷ 8.7273 + 1 ÷ 21.2727 + 1 ÷ 201.2727) = 0.530; 4.2 errors. 3 of 20 against 20 of 200:
    /// ln(4.0455 ÷ 25.9545 ÷ (21.0455 ÷ 188.9545)) = 0.336 of 0.585.
    #[test]
    fn what_everybody_says_is_not_telling() {
        let totals = Counts { first: 20, second: 200 };
        assert!(is_telling(Counts { first: 8, second: 8 }, totals));
        assert!(!is_telling(Counts { first: 3, second: 20 }, totals));
        assert!(is_telling(Counts { first: 3, second: 0 }, Counts { first: 3, second: 0 }));
    }

    proptest! {
        #[test]
        fn the_order_of_the_statements_does_not_matter(
            statements in proptest::collection::vec(proptest::collection::vec(0u32..6, 0..6), 0..25),
            turn in 0usize..25,
        ) {
            let weights = [5, 4, 3, 3, 2, 1];
            let plain: Vec<&[u32]> = statements.iter().map(Vec::as_slice).collect();
            let mut turned = plain.clone();
            turned.rotate_left(if plain.is_empty() { 0 } else { turn % plain.len() });
            let named = |statements: &[&[u32]]| -> Vec<(Vec<u32>, Vec<Vec<u32>>)> {
                let of = |(phrase, members): (Vec<u32>, Vec<usize>)| {
                    let mut members: Vec<Vec<u32>> = members.iter().map(|at| statements[*at].to_vec()).collect();
                    members.sort();
                    (phrase, members)
                };
                found(statements, weights).into_iter().map(of).collect()
            };
            prop_assert_eq!(named(&plain), named(&turned));
        }

        #[test]
        fn every_member_has_the_phrase_and_is_in_one_group(
            statements in proptest::collection::vec(proptest::collection::vec(0u32..6, 0..6), 0..25),
        ) {
            let plain: Vec<&[u32]> = statements.iter().map(Vec::as_slice).collect();
            let groups = found(&plain, [5, 4, 3, 3, 2, 1]);
            let mut seen = BTreeSet::new();
            for (phrase, members) in groups {
                prop_assert!(members.len() >= LEAST_SUPPORT);
                for member in members {
                    prop_assert!(phrases_in(plain[member]).contains(&phrase));
                    prop_assert!(seen.insert(member));
                }
            }
        }
    }
}
