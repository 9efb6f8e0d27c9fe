//! What a single word of a text can be part of: its class, whose bits say which atoms it satisfies.
//!
//! Every word that any phrase of the language names has a class; a word that none names gets the class of the longest
//! beginning that one names, of what follows a letter written together with it, or of the word that it is with one
//! typing error. So a phrase tests a word by looking at one bit.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use super::atoms::{Atom, Atoms, DIGITS, Numbers};
use super::typo::Typos;
use crate::text::token::is_character_script;

/// Index of a class of words; 0 is the class of words that satisfy no test.
pub(super) type Class = u32;

/// Words or beginnings of words with their classes.
pub(super) type Names = HashMap<Box<str>, Class, FixedState>;

/// The class of any digits that no phrase names.
const DIGIT_CLASS: Class = 1;

/// The classes of all words of one language.
#[derive(Debug)]
pub(super) struct Vocabulary {
    by_word: Names,
    /// By the first letter, the longest first.
    by_prefix: HashMap<char, Vec<(Box<str>, Class)>, FixedState>,
    typos: Typos,
    proclitics: Vec<String>,
    /// `stride` words of bits for each class.
    bits: Vec<u64>,
    stride: usize,
}

impl Vocabulary {
    /// Gives every word its class. `not_typos` are words of the language that no phrase names.
    pub(super) fn new(atoms: Atoms, proclitics: &[String], not_typos: &HashSet<String>) -> Vocabulary {
        let stride = atoms.sets.len().div_ceil(64).max(1);
        let class_of = |names: Numbers| -> Names {
            names.into_iter().map(|(name, number)| (name, number + DIGIT_CLASS + 1)).collect()
        };
        let by_word = class_of(atoms.words);
        let by_prefix = class_of(atoms.prefixes);
        let mut vocabulary = Vocabulary {
            typos: Typos::new(&by_word, not_typos),
            by_word,
            by_prefix: by_first_letter(&by_prefix),
            proclitics: proclitics.to_vec(),
            bits: vec![0; (atoms.name_count as usize + 2) * stride],
            stride,
        };
        for (atom, set) in atoms.sets.iter().enumerate() {
            for &number in set.names() {
                let class = if number == DIGITS { DIGIT_CLASS } else { number + DIGIT_CLASS + 1 };
                vocabulary.bits[class as usize * stride + atom / 64] |= 1 << (atom % 64);
            }
        }
        vocabulary.inherit(&by_prefix);
        vocabulary
    }

    /// The class of a folded token, or of a pair of characters; none where no phrase asks for it.
    pub(super) fn class(&self, token: &str) -> Option<Class> {
        if let Some(class) = self.exact(token) {
            return Some(class);
        }
        let after_clitic = |clitic: &String| {
            let rest = token.strip_prefix(clitic.as_str()).filter(|rest| rest.chars().nth(1).is_some())?;
            self.exact(rest)
        };
        self.proclitics.iter().find_map(after_clitic).or_else(|| self.typos.word_of(token))
    }

    fn exact(&self, token: &str) -> Option<Class> {
        if let Some(&class) = self.by_word.get(token) {
            return Some(class);
        }
        if token.as_bytes()[0].is_ascii_digit() {
            return Some(DIGIT_CLASS);
        }
        self.longest_known_prefix(token)
    }

    fn longest_known_prefix(&self, token: &str) -> Option<Class> {
        let own = self.by_prefix.get(&first_letter(token))?;
        own.iter().find(|(prefix, _)| token.starts_with(prefix.as_ref())).map(|&(_, class)| class)
    }

    /// Does a word of this class satisfy the atom?
    pub(super) fn has(&self, class: Class, atom: Atom) -> bool {
        let at = class as usize * self.stride + atom as usize / 64;
        self.bits[at] & (1 << (atom % 64)) != 0
    }

    /// The atoms that words of this class satisfy, as bits.
    pub(super) fn bits(&self, class: Class) -> &[u64] {
        &self.bits[class as usize * self.stride..][..self.stride]
    }

    /// The atoms that words of this class satisfy.
    pub(super) fn atoms_of(&self, class: Class) -> impl Iterator<Item = Atom> {
        self.bits(class)
            .iter()
            .enumerate()
            .flat_map(|(at, &word)| ones(word).map(move |bit| (64 * at + bit) as Atom))
    }

    /// How many classes there are.
    pub(super) fn class_count(&self) -> usize {
        self.bits.len() / self.stride
    }

    /// Words and beginnings get the atoms of every shorter beginning, numbers those of any digits; then words that
    /// begin with a clitic those of the rest: both readings stand.
    fn inherit(&mut self, by_prefix: &Names) {
        let mut shorter: Vec<(Class, Class)> = Vec::new();
        let mut rests: Vec<(Class, Class)> = Vec::new();
        for (text, &class) in self.by_word.iter().chain(by_prefix) {
            if text.starts_with(is_character_script) {
                continue;
            }
            for (end, c) in text.char_indices() {
                let beginning = by_prefix.get(&text[..end + c.len_utf8()]);
                shorter.extend(beginning.map(|&prefix| (class, prefix)));
            }
            if text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
                shorter.push((class, DIGIT_CLASS));
            }
            let after = self.proclitics.iter().filter_map(|clitic| text.strip_prefix(clitic.as_str()));
            let after = after.filter(|rest| rest.chars().nth(1).is_some());
            rests.extend(after.filter_map(|rest| self.exact(rest)).map(|rest| (class, rest)));
        }
        self.add_bits(&shorter);
        self.add_bits(&rests);
    }

    /// Gives classes (first) the bits that others (second) have now.
    fn add_bits(&mut self, additions: &[(Class, Class)]) {
        let own = self.bits.clone();
        for &(class, from) in additions {
            let from = &own[from as usize * self.stride..][..self.stride];
            let to = &mut self.bits[class as usize * self.stride..][..self.stride];
            to.iter_mut().zip(from).for_each(|(to, bit)| *to |= bit);
        }
    }
}

fn by_first_letter(prefixes: &Names) -> HashMap<char, Vec<(Box<str>, Class)>, FixedState> {
    let mut by_letter: HashMap<char, Vec<(Box<str>, Class)>, FixedState> = HashMap::default();
    for (prefix, &class) in prefixes {
        by_letter.entry(first_letter(prefix)).or_default().push((prefix.clone(), class));
    }
    by_letter.values_mut().for_each(|own| own.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len())));
    by_letter
}

fn first_letter(word: &str) -> char {
    word.chars().next().unwrap_or_default()
}

/// The places of the bits that are set.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        place
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::atoms::{Atoms, TokenSet};
    use super::Vocabulary;

    fn atom(atoms: &mut Atoms, words: &[&str], prefixes: &[&str], has_digits: bool) -> u32 {
        let mut set = TokenSet::default();
        words.iter().for_each(|word| atoms.add_word(word, &mut set));
        prefixes.iter().for_each(|prefix| atoms.add_prefix(prefix, &mut set));
        if has_digits {
            set.add_digits();
        }
        atoms.atom(set)
    }

    #[test]
    fn a_word_satisfies_the_sets_that_name_it_or_a_beginning_of_it() {
        let mut atoms = Atoms::default();
        let called = atom(&mut atoms, &["called", "rang"], &[], false);
        let call = atom(&mut atoms, &[], &["call"], false);
        let ca = atom(&mut atoms, &[], &["ca"], false);
        let number = atom(&mut atoms, &["three"], &[], true);
        let day = atom(&mut atoms, &["24"], &[], false);
        let warm = atom(&mut atoms, &["warm"], &[], false);
        let wacalled = atom(&mut atoms, &["wacalled"], &[], false);
        assert_eq!(atom(&mut atoms, &["rang", "called"], &[], false), called, "equal sets are one atom");
        let vocabulary = Vocabulary::new(atoms, &["wa".to_string()], &HashSet::new());
        let satisfied = |word: &str| -> Vec<u32> {
            let Some(class) = vocabulary.class(word) else { return Vec::new() };
            [called, call, ca, number, day, warm, wacalled]
                .into_iter()
                .filter(|&atom| vocabulary.has(class, atom))
                .collect()
        };
        assert_eq!(satisfied("called"), [called, call, ca]);
        assert_eq!(satisfied("calling"), [call, ca]);
        assert_eq!(satisfied("cat"), [ca]);
        assert_eq!(satisfied("rang"), [called]);
        assert_eq!(satisfied("warang"), [called], "a clitic before it");
        assert_eq!(satisfied("warm"), [warm], "a word of its own");
        assert_eq!(satisfied("wacalled"), [called, call, ca, wacalled], "both readings");
        assert_eq!(satisfied("7"), [number]);
        assert_eq!(satisfied("24"), [number, day]);
        assert_eq!(satisfied("three"), [number]);
        assert_eq!(satisfied("dog"), [] as [u32; 0]);
    }
}
