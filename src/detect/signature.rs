//! Which words a sentence has, among those that some phrase cannot do without.
//!
//! A phrase asks first for the rarest atom that it requires beside its anchor: one bit of the sentence. What else it
//! requires is looked for only where that bit is set.

use std::collections::{BTreeMap, BTreeSet};

use super::atoms::Atom;
use super::vocabulary::{Class, Vocabulary};

/// The most atoms of a phrase that are asked for: the rarest rule out nearly as much as all.
const MOST_ATOMS: usize = 6;

/// An atom as a bit of a sentence. Bit 0 always is set.
pub(super) type Bit = u16;

/// How rare atoms are: how many classes satisfy each.
#[derive(Debug)]
pub(super) struct Rarity(Vec<u32>);

/// The bits that the words of each class set.
#[derive(Debug)]
pub(super) struct Signatures {
    /// The bit of each atom that some phrase asks for first.
    bits: BTreeMap<Atom, Bit>,
    /// The bits that each class sets, one class after the other.
    of_classes: Vec<Bit>,
    /// Where in `of_classes` those of each class begin; one more at the end.
    starts: Vec<u32>,
}

impl Rarity {
    /// Counts the classes of each atom.
    pub(super) fn new(vocabulary: &Vocabulary) -> Rarity {
        let mut counts = Vec::new();
        for atom in classes(vocabulary).flat_map(|class| vocabulary.atoms_of(class)) {
            counts.resize(counts.len().max(atom as usize + 1), 0);
            counts[atom as usize] += 1;
        }
        Rarity(counts)
    }

    /// The rarest of what is required, the rarest first.
    pub(super) fn rarest(&self, required: &[Atom]) -> Box<[Atom]> {
        let mut atoms = required.to_vec();
        let count = |atom: Atom| self.0.get(atom as usize).copied().unwrap_or(0);
        atoms.sort_by_key(|&atom| (count(atom), atom));
        atoms.truncate(MOST_ATOMS);
        atoms.into()
    }
}

impl Signatures {
    /// Gives these atoms bits.
    pub(super) fn new(atoms: BTreeSet<Atom>, vocabulary: &Vocabulary) -> Signatures {
        // Atoms without a bit are not asked for first; no language has so many.
        let bits: BTreeMap<Atom, Bit> = atoms.into_iter().zip(1..Bit::MAX).collect();
        let (mut of_classes, mut starts) = (Vec::new(), vec![0]);
        for class in classes(vocabulary) {
            of_classes.extend(vocabulary.atoms_of(class).filter_map(|atom| bits.get(&atom)));
            starts.push(of_classes.len() as u32);
        }
        Signatures { bits, of_classes, starts }
    }

    /// The bit of the first of these atoms.
    pub(super) fn first_bit(&self, atoms: &[Atom]) -> Bit {
        atoms.first().and_then(|atom| self.bits.get(atom)).copied().unwrap_or(0)
    }

    /// Begins a sentence.
    pub(super) fn begin(&self, sentence: &mut Vec<u64>) {
        sentence.clear();
        sentence.resize((self.bits.len() + 1).div_ceil(64), 0);
        sentence[0] = 1;
    }

    /// Adds the words of a class to a sentence.
    pub(super) fn add(&self, class: Class, sentence: &mut [u64]) {
        let own = self.starts[class as usize] as usize..self.starts[class as usize + 1] as usize;
        self.of_classes[own].iter().for_each(|&bit| sentence[usize::from(bit) / 64] |= 1 << (bit % 64));
    }
}

fn classes(vocabulary: &Vocabulary) -> impl Iterator<Item = Class> + use<> {
    0..vocabulary.class_count() as Class
}

/// Is the bit of a sentence set?
pub(super) fn has(sentence: &[u64], bit: Bit) -> bool {
    sentence[usize::from(bit) / 64] & (1 << (bit % 64)) != 0
}

/// Is each of these atoms satisfied by a word of one of the classes?
pub(super) fn has_all(
    atoms: &[Atom],
    vocabulary: &Vocabulary,
    classes: impl Iterator<Item = Class> + Clone,
) -> bool {
    atoms.iter().all(|&atom| classes.clone().any(|class| vocabulary.has(class, atom)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::atoms::{Atoms, TokenSet};
    use super::super::vocabulary::Vocabulary;
    use super::{Rarity, Signatures, has, has_all};

    #[test]
    fn a_sentence_has_what_its_words_satisfy() {
        let mut atoms = Atoms::default();
        let mut atom = |words: &[&str]| {
            let mut set = TokenSet::default();
            words.iter().for_each(|word| atoms.add_word(word, &mut set));
            atoms.atom(set)
        };
        let (call, again, both) = (atom(&["call"]), atom(&["again"]), atom(&["call", "again"]));
        let vocabulary = Vocabulary::new(atoms, &[], &HashSet::new());
        assert_eq!(*Rarity::new(&vocabulary).rarest(&[both, again]), [again, both]);
        let signatures = Signatures::new([call, again].into(), &vocabulary);
        let class = vocabulary.class("call").unwrap();
        let mut sentence = Vec::new();
        signatures.begin(&mut sentence);
        signatures.add(class, &mut sentence);
        assert!(has(&sentence, signatures.first_bit(&[])), "nothing is asked for");
        assert!(has(&sentence, signatures.first_bit(&[call])));
        assert!(!has(&sentence, signatures.first_bit(&[again])));
        assert!(has_all(&[call, both], &vocabulary, [class].into_iter()));
        assert!(!has_all(&[call, again], &vocabulary, [class].into_iter()));
    }
}
