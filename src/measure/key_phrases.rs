//! What statements have in common: groups by the key phrase that most of them share.
//!
//! A key phrase is one to three content words that follow each other within a sentence. Greedy: the phrase of the greatest
//! gain takes every statement that has it, then the phrase of the greatest gain among the rest, until none is shared by
//! three. The gain is the number of statements × the mean weight of the phrase's words; of equal ones the longer phrase,
//! then the first by its words, is taken. So the groups depend neither on the order of the statements nor on chance, and
//! anybody can see why a statement is in its group. The rest of what a greedy cover leaves is nobody's group.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Stands between the words of two sentences.
pub const BREAK: u32 = u32::MAX;

/// Statements that must share a phrase.
pub const LEAST_SUPPORT: usize = 3;

/// Words of a statement that make phrases; what it is about is said at its beginning.
const MOST_WORDS: usize = 30;

/// Groups of one call.
const MOST_CLUSTERS: usize = 100;

/// One to three words.
pub type Phrase = Vec<u32>;

/// What is known of words.
pub struct Phrases<'a> {
    /// What a word weighs, in millionths.
    pub weight: &'a dyn Fn(u32) -> u64,
    /// The word itself, to order equals by.
    pub term: &'a dyn Fn(u32) -> &'a str,
}

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
        for (phrase, count) in counted.filter(|(_, count)| *count >= LEAST_SUPPORT) {
            let gain = self.gain(phrase, count);
            let is_better = best.is_none_or(|(other, most)| {
                let by_gain = gain.cmp(&most).then(phrase.len().cmp(&other.len()));
                by_gain.then_with(|| self.terms(other).cmp(&self.terms(phrase))).is_gt()
            });
            if is_better && gain > 0 {
                best = Some((phrase, gain));
            }
        }
        best.map(|(phrase, _)| phrase)
    }

    /// Up to `most` phrases that statements share besides one, the best first: none has a word of another, and a third of
    /// the statements has each.
    pub fn others(&self, statements: &[&[u32]], phrase: &[u32], most: usize) -> Vec<Phrase> {
        let mut counts: HashMap<Phrase, usize> = HashMap::new();
        for statement in statements {
            phrases_in(statement).into_iter().for_each(|it| *counts.entry(it).or_default() += 1);
        }
        counts.retain(|_, count| 3 * *count >= statements.len());
        let mut taken: BTreeSet<u32> = phrase.iter().copied().collect();
        let mut others = Vec::new();
        while others.len() < most {
            let free = counts.iter().filter(|(it, _)| it.iter().all(|word| !taken.contains(word)));
            let Some(best) = self.best(free.map(|(it, count)| (it, *count))) else { break };
            taken.extend(best);
            others.push(best.clone());
        }
        others
    }
}

/// The different phrases of a statement.
pub fn phrases_in(words: &[u32]) -> BTreeSet<Phrase> {
    let words = &words[..words.len().min(MOST_WORDS)];
    let mut phrases = BTreeSet::new();
    for at in 0..words.len() {
        for length in 1..=3 {
            match words.get(at..at + length) {
                Some(phrase) if !phrase.contains(&BREAK) => phrases.insert(phrase.to_vec()),
                _ => break,
            };
        }
    }
    phrases
}

/// Groups statements, each a list of words with [`BREAK`] between sentences. Those in no group share nothing with enough
/// others.
pub fn clusters(statements: &[&[u32]], phrases: &Phrases<'_>) -> Vec<Cluster> {
    let mut having: HashMap<Phrase, Vec<usize>> = HashMap::new();
    let frequent = frequent_words(statements);
    for (place, statement) in statements.iter().enumerate() {
        for phrase in phrases_in(statement) {
            if phrase.iter().all(|word| frequent.contains_key(word)) {
                having.entry(phrase).or_default().push(place);
            }
        }
    }
    having.retain(|_, places| places.len() >= LEAST_SUPPORT);
    let mut left: HashMap<&Phrase, usize> =
        having.iter().map(|(phrase, places)| (phrase, places.len())).collect();
    let mut is_taken = vec![false; statements.len()];
    let mut found = Vec::new();
    while found.len() < MOST_CLUSTERS {
        let Some(phrase) = phrases.best(left.iter().map(|(phrase, count)| (*phrase, *count))) else { break };
        let members: Vec<usize> = having[phrase].iter().copied().filter(|place| !is_taken[*place]).collect();
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
            clusters(statements, phrases).into_iter().map(|it| (it.phrase, it.members)).collect()
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

    #[test]
    fn other_phrases_share_no_word_with_the_first() {
        let statements: [&[u32]; 3] = [&[1, 0, 2], &[1, 0, 2], &[1, 0, 2]];
        let others = with([1; 6], |phrases| phrases.others(&statements, &[0], 3));
        assert_eq!(others, [vec![1], vec![2]]);
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
