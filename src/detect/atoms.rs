//! The tests of words that phrases make, collected and numbered.
//!
//! An *atom* is a set of names, one of which must stand at a place: whole words, beginnings of words, any digits, and
//! pairs of neighbouring characters in scripts without spaces. Equal sets are one atom. What a word of a text satisfies
//! is [`Vocabulary`](super::vocabulary::Vocabulary)'s work.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// What satisfies a test. Numbered by [`Atoms`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct TokenSet(Vec<u32>);

/// Index of a test.
pub(super) type Atom = u32;

/// The number of any digits in a [`TokenSet`].
pub(super) const DIGITS: u32 = u32::MAX;

/// Names by their text, each with its number.
pub(super) type Numbers = HashMap<Box<str>, u32, FixedState>;

/// Collects tests; equal ones become one atom.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    pub(super) words: Numbers,
    pub(super) prefixes: Numbers,
    pub(super) name_count: u32,
    index: HashMap<TokenSet, Atom, FixedState>,
    pub(super) sets: Vec<TokenSet>,
}

impl TokenSet {
    pub(super) fn extend(&mut self, other: TokenSet) {
        self.0.extend(other.0);
    }

    /// Equal sets are written alike.
    pub(super) fn tidy(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// Adds every token of digits.
    pub(super) fn add_digits(&mut self) {
        self.0.push(DIGITS);
    }

    /// The numbers of its names.
    pub(super) fn names(&self) -> &[u32] {
        &self.0
    }
}

impl Atoms {
    /// Adds a word, a character or a pair of characters to a set.
    pub(super) fn add_word(&mut self, word: &str, set: &mut TokenSet) {
        set.0.push(numbered(word, &mut self.words, &mut self.name_count));
    }

    /// Adds all words that begin so to a set.
    pub(super) fn add_prefix(&mut self, prefix: &str, set: &mut TokenSet) {
        set.0.push(numbered(prefix, &mut self.prefixes, &mut self.name_count));
    }

    /// The atom of a set.
    pub(super) fn atom(&mut self, mut set: TokenSet) -> Atom {
        set.tidy();
        if let Some(&atom) = self.index.get(&set) {
            return atom;
        }
        let atom = self.sets.len() as Atom;
        self.index.insert(set.clone(), atom);
        self.sets.push(set);
        atom
    }
}

fn numbered(name: &str, names: &mut Numbers, count: &mut u32) -> u32 {
    if let Some(&number) = names.get(name) {
        return number;
    }
    let number = *count;
    *count += 1;
    names.insert(name.into(), number);
    number
}
