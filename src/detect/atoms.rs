//! What a single word can be part of, worked out once: the tests of all phrases as bits of the word's class.
//!
//! An *atom* is a set of words and beginnings of words that some phrase asks for at one place. Every word that any atom
//! names has a class, whose bits say which atoms it satisfies; so a phrase tests a word by looking at one bit, and
//! a sentence that lacks an atom altogether rules out every phrase that needs it.

use std::collections::HashMap;

/// What satisfies a test: words, beginnings of words, any digits. Numbered by [`Atoms`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct TokenSet(Vec<u32>);

/// Index of a test.
pub(super) type Atom = u32;

/// Index of a class of words; 0 is the class of words that satisfy no test.
pub(super) type Class = u32;

/// Collects tests; equal ones become one atom.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    words: HashMap<Box<str>, u32>,
    prefixes: HashMap<Box<str>, u32>,
    name_count: u32,
    index: HashMap<TokenSet, Atom>,
    sets: Vec<TokenSet>,
}

/// The number of any digits in a [`TokenSet`].
const DIGITS: u32 = u32::MAX;

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
}

impl Atoms {
    /// Adds a word to a set.
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

    /// Gives every word its class: 0 is for unknown words, 1 for digits, the others follow by number.
    pub(super) fn classes(self) -> Classes {
        let stride = self.sets.len().div_ceil(64).max(1);
        let class_of =
            |names: HashMap<Box<str>, u32>| names.into_iter().map(|(name, n)| (name, n + 2)).collect();
        let mut classes = Classes {
            longest_prefix: self.prefixes.keys().map(|prefix| prefix.len()).max().unwrap_or(0),
            by_word: class_of(self.words),
            by_prefix: class_of(self.prefixes),
            digits: 1,
            bits: vec![0; (self.name_count as usize + 2) * stride],
            stride,
        };
        for (atom, set) in self.sets.iter().enumerate() {
            for &number in &set.0 {
                let class = if number == DIGITS { classes.digits } else { number + 2 };
                classes.bits[class as usize * stride + atom / 64] |= 1 << (atom % 64);
            }
        }
        classes.inherit();
        classes
    }
}

fn numbered(name: &str, names: &mut HashMap<Box<str>, u32>, count: &mut u32) -> u32 {
    if let Some(&number) = names.get(name) {
        return number;
    }
    let number = *count;
    *count += 1;
    names.insert(name.into(), number);
    number
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

    /// Every class.
    pub(super) fn all(&self) -> impl Iterator<Item = Class> {
        0..(self.bits.len() / self.stride) as Class
    }

    /// The same classes with only the bits of some atoms, numbered by their place in `kept`, which is sorted; and for
    /// each of them how many classes satisfy it: the fewer, the more a sentence without it rules out.
    pub(super) fn select(&self, kept: &[Atom]) -> (Selection, Vec<usize>) {
        let stride = kept.len().div_ceil(64).max(1);
        let mut bits = vec![0; self.bits.len() / self.stride * stride];
        let mut counts = vec![0; kept.len()];
        for (class, own) in self.bits.chunks_exact(self.stride).enumerate() {
            let atoms =
                own.iter().enumerate().flat_map(|(at, &word)| ones(word).map(move |bit| 64 * at + bit));
            for place in atoms.filter_map(|atom| kept.binary_search(&(atom as Atom)).ok()) {
                bits[class * stride + place / 64] |= 1 << (place % 64);
                counts[place] += 1;
            }
        }
        (Selection { bits, stride }, counts)
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

/// The places of the bits that are set.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        place
    })
}

/// A few atoms of each class, dense enough to be collected for every sentence.
#[derive(Debug)]
pub(super) struct Selection {
    bits: Vec<u64>,
    stride: usize,
}

impl Selection {
    /// Words of bits that a sentence takes up.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Adds the atoms of a class to those of a sentence.
    pub(super) fn add_to(&self, class: Class, sentence: &mut [u64]) {
        let from = class as usize * self.stride;
        sentence.iter_mut().zip(&self.bits[from..from + self.stride]).for_each(|(to, bits)| *to |= bits);
    }
}

#[cfg(test)]
mod tests {
    use super::{Atoms, TokenSet};

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
        assert_eq!(atom(&mut atoms, &["rang", "called"], &[], false), called, "equal sets are one atom");
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
