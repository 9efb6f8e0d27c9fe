//! What a single word can be part of, worked out once: the tests of all phrases as bits of the word's class.
//!
//! An *atom* is a set of words and beginnings of words that some phrase asks for at one place. Every word that any atom
//! names has a class, whose bits say which atoms it satisfies; so a phrase tests a word by looking at one bit, and
//! a sentence that lacks an atom altogether rules out every phrase that needs it.

use std::collections::{BTreeSet, HashMap};

/// The words and beginnings of words that satisfy a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct TokenSet {
    pub(super) words: BTreeSet<Box<str>>,
    pub(super) prefixes: BTreeSet<Box<str>>,
    /// Any token of digits.
    pub(super) has_digits: bool,
}

/// Index of a test.
pub(super) type Atom = u32;

/// Index of a class of words; 0 is the class of words that satisfy no test.
pub(super) type Class = u32;

/// Collects tests; equal ones become one atom.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    index: HashMap<TokenSet, Atom>,
    sets: Vec<TokenSet>,
}

/// The classes of all words.
#[derive(Debug)]
pub(super) struct Classes {
    by_word: HashMap<Box<str>, Class>,
    by_prefix: HashMap<Box<str>, Class>,
    longest_prefix: usize,
    digits: Class,
    /// `stride` words of bits for each class.
    bits: Vec<u64>,
    stride: usize,
}

impl TokenSet {
    pub(super) fn extend(&mut self, other: TokenSet) {
        self.words.extend(other.words);
        self.prefixes.extend(other.prefixes);
        self.has_digits |= other.has_digits;
    }
}

impl Atoms {
    /// The atom of a set.
    pub(super) fn atom(&mut self, set: TokenSet) -> Atom {
        if let Some(&atom) = self.index.get(&set) {
            return atom;
        }
        let atom = self.sets.len() as Atom;
        self.index.insert(set.clone(), atom);
        self.sets.push(set);
        atom
    }

    /// Gives every word its class.
    pub(super) fn classes(self) -> Classes {
        let stride = self.sets.len().div_ceil(64).max(1);
        let mut classes = Classes {
            by_word: HashMap::new(),
            by_prefix: HashMap::new(),
            longest_prefix: 0,
            digits: 1,
            bits: vec![0; 2 * stride],
            stride,
        };
        for (atom, set) in self.sets.iter().enumerate() {
            if set.has_digits {
                classes.set(1, atom);
            }
            for word in &set.words {
                let class = classes.named(word, false);
                classes.set(class, atom);
            }
            for prefix in &set.prefixes {
                let class = classes.named(prefix, true);
                classes.set(class, atom);
            }
        }
        classes.inherit();
        classes
    }
}

impl Classes {
    /// The class of a folded token.
    pub(super) fn class(&self, token: &str) -> Class {
        if let Some(&class) = self.by_word.get(token) {
            return class;
        }
        if token.as_bytes()[0].is_ascii_digit() {
            return self.digits;
        }
        self.longest_known_prefix(token).unwrap_or(0)
    }

    /// Does a word of this class satisfy the atom?
    pub(super) fn has(&self, class: Class, atom: Atom) -> bool {
        let at = class as usize * self.stride + atom as usize / 64;
        self.bits[at] & (1 << (atom % 64)) != 0
    }

    /// Adds the atoms of a class to those of a sentence, which has [`Classes::stride`] words of bits.
    pub(super) fn add_to(&self, class: Class, sentence: &mut [u64]) {
        let from = class as usize * self.stride;
        sentence.iter_mut().zip(&self.bits[from..from + self.stride]).for_each(|(to, bits)| *to |= bits);
    }

    /// Every class.
    pub(super) fn all(&self) -> impl Iterator<Item = Class> {
        0..(self.bits.len() / self.stride) as Class
    }

    /// Words of bits that the atoms of a sentence take up.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    fn named(&mut self, text: &str, is_prefix: bool) -> Class {
        let next = (self.bits.len() / self.stride) as Class;
        let names = if is_prefix { &mut self.by_prefix } else { &mut self.by_word };
        let class = *names.entry(text.into()).or_insert(next);
        if class == next {
            self.bits.resize(self.bits.len() + self.stride, 0);
        }
        if is_prefix {
            self.longest_prefix = self.longest_prefix.max(text.len());
        }
        class
    }

    fn set(&mut self, class: Class, atom: usize) {
        self.bits[class as usize * self.stride + atom / 64] |= 1 << (atom % 64);
    }

    /// Words and beginnings get the atoms of every shorter beginning, numbers those of any digits.
    fn inherit(&mut self) {
        let own = self.bits.clone();
        let stride = self.stride;
        let words = self.by_word.iter().map(|(word, &class)| (word, class, false));
        let prefixes = self.by_prefix.iter().map(|(prefix, &class)| (prefix, class, true));
        let mut additions: Vec<(Class, Class)> = Vec::new();
        for (text, class, _) in words.chain(prefixes) {
            for (end, c) in text.char_indices() {
                let shorter = &text[..end + c.len_utf8()];
                additions.extend(self.by_prefix.get(shorter).map(|&prefix| (class, prefix)));
            }
            if text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
                additions.push((class, self.digits));
            }
        }
        for (class, from) in additions {
            let from = from as usize * stride;
            let bits: Vec<u64> = own[from..from + stride].to_vec();
            self.bits[class as usize * stride..][..stride]
                .iter_mut()
                .zip(bits)
                .for_each(|(to, bit)| *to |= bit);
        }
    }

    fn longest_known_prefix(&self, token: &str) -> Option<Class> {
        if self.by_prefix.is_empty() {
            return None;
        }
        let mut end = token.floor_char_boundary(self.longest_prefix.min(token.len()));
        while end > 0 {
            if let Some(&class) = self.by_prefix.get(&token[..end]) {
                return Some(class);
            }
            end = token.floor_char_boundary(end - 1);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Atoms, TokenSet};

    fn set(words: &[&str], prefixes: &[&str], has_digits: bool) -> TokenSet {
        let boxed = |texts: &[&str]| texts.iter().map(|&text| text.into()).collect();
        TokenSet { words: boxed(words), prefixes: boxed(prefixes), has_digits }
    }

    #[test]
    fn a_word_satisfies_the_sets_that_name_it_or_a_beginning_of_it() {
        let mut atoms = Atoms::default();
        let called = atoms.atom(set(&["called", "rang"], &[], false));
        let call = atoms.atom(set(&[], &["call"], false));
        let ca = atoms.atom(set(&[], &["ca"], false));
        let number = atoms.atom(set(&["three"], &[], true));
        let day = atoms.atom(set(&["24"], &[], false));
        assert_eq!(atoms.atom(set(&["rang", "called"], &[], false)), called, "equal sets are one atom");
        let classes = atoms.classes();
        let satisfied = |word: &str| -> Vec<u32> {
            [called, call, ca, number, day]
                .into_iter()
                .filter(|&atom| classes.has(classes.class(word), atom))
                .collect()
        };
        assert_eq!(satisfied("called"), [called, call, ca]);
        assert_eq!(satisfied("calling"), [call, ca]);
        assert_eq!(satisfied("cat"), [ca]);
        assert_eq!(satisfied("rang"), [called]);
        assert_eq!(satisfied("7"), [number]);
        assert_eq!(satisfied("24"), [number, day]);
        assert_eq!(satisfied("three"), [number]);
        assert_eq!(satisfied("dog"), [] as [u32; 0]);
    }
}
