//! One typing error in a word: which word of the phrases was meant.
//!
//! Words of five letters and more. The error is inside: the first and the last letter are right (at the end of a word
//! one letter is another person or tense in most languages). A letter is missing, there is one too many, two neighbours
//! are swapped, or, in words of seven letters and more, one is another. A real word is no typing error; which words are
//! real is known from the language's file: its phrases, its examples, and what it lists.
//!
//! Both the words of the phrases and a word of a text are looked up by what is left when one letter is taken out
//! (Garbe's symmetric deletion), so a text costs a few look-ups a word, and only for words that are new.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::vocabulary::{Class, Names};
use crate::text::token::is_character_script;

/// The fewest letters of a word that may have an error.
const SHORTEST: usize = 5;

/// The fewest letters of a word one of which may be another.
const SHORTEST_OTHER_LETTER: usize = 7;

/// The longest word looked at, in letters: longer ones are numbers and links.
const LONGEST: usize = 24;

/// The words of the phrases by what is left of them without one letter.
#[derive(Debug)]
pub(super) struct Typos {
    remains: Remains,
    words: Vec<(Box<str>, Class)>,
    not_typos: HashSet<String>,
}

/// Words by the hashes of what is left of them: there are ten times as many as words, so they lie close.
#[derive(Debug)]
struct Remains {
    /// The lower half of each hash, and the index of its word, sorted by the whole hash.
    entries: Vec<(u32, u32)>,
    /// Where in `entries` the hashes with each value of the highest bits begin; one more at the end.
    starts: Vec<u32>,
    /// How far a hash is shifted to have its highest bits alone.
    shift: u32,
}

impl Remains {
    fn new(mut pairs: Vec<(u64, u32)>) -> Remains {
        pairs.sort_unstable();
        pairs.dedup();
        let bucket_count = pairs.len().next_power_of_two().max(2);
        let shift = u64::BITS - bucket_count.ilog2();
        let mut starts = vec![0; bucket_count + 1];
        pairs.iter().for_each(|(hash, _)| starts[(hash >> shift) as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let entries = pairs.into_iter().map(|(hash, word)| (hash as u32, word)).collect();
        Remains { entries, starts, shift }
    }

    /// The indices of the words with a hash; of very few others too.
    fn of(&self, hash: u64) -> impl Iterator<Item = u32> {
        let bucket = (hash >> self.shift) as usize;
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        entries.iter().filter(move |(low, _)| *low == hash as u32).map(|&(_, word)| word)
    }
}

impl Typos {
    pub(super) fn new(by_word: &Names, not_typos: &HashSet<String>) -> Typos {
        let mut words: Vec<(Box<str>, Class)> = by_word
            .iter()
            .filter(|(word, _)| is_candidate(word))
            .map(|(word, &class)| (word.clone(), class))
            .collect();
        words.sort();
        let mut remains = Vec::new();
        for (index, (word, _)) in (0u32..).zip(&words) {
            for_remains(word, |hash| remains.push((hash, index)));
        }
        let remains = Remains::new(remains);
        Typos { remains, words, not_typos: not_typos.clone() }
    }

    /// The class of the word that `token` is with one error; the first in the alphabet where there are several.
    pub(super) fn word_of(&self, token: &str) -> Option<Class> {
        if !(SHORTEST - 1..=LONGEST + 1).contains(&token.chars().count())
            || !token.chars().all(is_letter)
            || self.not_typos.contains(token)
        {
            return None;
        }
        let mut found: Option<u32> = None;
        for_remains(token, |hash| {
            for index in self.remains.of(hash) {
                if found.is_none_or(|best| index < best) && is_one_error(&self.words[index as usize].0, token)
                {
                    found = Some(index);
                }
            }
        });
        found.map(|index| self.words[index as usize].1)
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_character_script(c)
}

fn is_candidate(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.chars().count()) && word.chars().all(is_letter)
}

/// Calls `each` with the hash of the word and of the word without each of its inner letters.
fn for_remains(word: &str, mut each: impl FnMut(u64)) {
    each(xxh3_64(word.as_bytes()));
    let mut buffer = [0u8; 4 * (LONGEST + 2)];
    let last = word.char_indices().next_back().map_or(0, |(at, _)| at);
    for (at, c) in word.char_indices().skip(1).take_while(|&(at, _)| at < last) {
        let left = word.len() - c.len_utf8();
        buffer[..at].copy_from_slice(&word.as_bytes()[..at]);
        buffer[at..left].copy_from_slice(&word.as_bytes()[at + c.len_utf8()..]);
        each(xxh3_64(&buffer[..left]));
    }
}

/// Is `typed` the word with one error, as said at the top?
fn is_one_error(word: &str, typed: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let typed: Vec<char> = typed.chars().collect();
    if word.first() != typed.first() || word.last() != typed.last() {
        return false;
    }
    let same = word.iter().zip(&typed).take_while(|(a, b)| a == b).count();
    let (rest, typed_rest) = (&word[same..], &typed[same..]);
    match word.len() as isize - typed.len() as isize {
        1 => rest[1..] == *typed_rest,
        -1 => *rest == typed_rest[1..],
        0 if rest.len() > 1 => {
            let is_swapped =
                rest[0] == typed_rest[1] && rest[1] == typed_rest[0] && rest[2..] == typed_rest[2..];
            is_swapped || (word.len() >= SHORTEST_OTHER_LETTER && rest[1..] == typed_rest[1..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::{ProptestConfig, proptest};

    use super::{Names, Typos, is_one_error};

    fn typos(words: &[&str], real: &[&str]) -> Typos {
        let words: Names = words.iter().zip(1..).map(|(&word, at)| (word.into(), at)).collect();
        Typos::new(&words, &real.iter().map(ToString::to_string).collect::<HashSet<_>>())
    }

    #[test]
    fn one_error_inside_a_word_is_forgiven() {
        let typos = typos(&["contacted", "again"], &[]);
        for typed in ["contcted", "conntacted", "cotnacted", "conticted"] {
            assert_eq!(typos.word_of(typed), Some(1), "{typed}");
        }
        assert_eq!(typos.word_of("agian"), Some(2));
        assert_eq!(typos.word_of("agan"), Some(2));
    }

    #[test]
    fn ends_short_words_second_errors_and_real_words_are_not() {
        let typos = typos(&["contact", "again", "call", "wrote"], &["contract"]);
        for typed in ["kontact", "contacs", "contract", "agyin", "cal", "cll", "write", "cntct", "agai"] {
            assert_eq!(typos.word_of(typed), None, "{typed}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn looking_up_remains_finds_what_comparing_with_every_word_finds(typed in "[a-cé]{3,9}", words in proptest::collection::vec("[a-cé]{4,9}", 1..8)) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let typos = typos(&words, &[]);
            let letters = |word: &str| word.chars().count();
            let is_found = words.iter().any(|word| letters(word) >= 5 && is_one_error(word, &typed));
            assert_eq!(typos.word_of(&typed).is_some(), is_found && letters(&typed) >= 4);
        }
    }
}
