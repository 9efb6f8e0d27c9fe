//! Which atoms a sentence satisfies, among those that some phrase cannot do without.
//!
//! Of what a phrase requires only the rarest few are asked for: they rule out nearly as much, and a sentence takes up
//! fewer bits.

use std::collections::{BTreeMap, BTreeSet};

use super::atoms::Atom;
use super::vocabulary::{Class, Vocabulary};

/// The most atoms of a phrase that are asked for.
pub(super) const MOST_ATOMS: usize = 4;

/// What a phrase asks of a sentence: bits that must be set. Bit 0 always is.
pub(super) type Wanted = [u16; MOST_ATOMS];

/// The bits of each class of words.
#[derive(Debug)]
pub(super) struct Signatures {
    stride: usize,
    /// The bits that each class sets, one class after the other.
    bits: Vec<u16>,
    /// Where in `bits` those of each class begin; one more at the end.
    starts: Vec<u32>,
    /// The bit of each atom that is asked for.
    places: BTreeMap<Atom, u16>,
    /// How many classes satisfy each atom.
    class_counts: Vec<u32>,
}

impl Signatures {
    /// For phrases that require these atoms.
    pub(super) fn new<'a>(required: impl Iterator<Item = &'a [Atom]>, vocabulary: &Vocabulary) -> Signatures {
        let classes = 0..vocabulary.class_count() as Class;
        let mut class_counts = Vec::new();
        for atom in classes.clone().flat_map(|class| vocabulary.atoms_of(class)) {
            class_counts.resize(class_counts.len().max(atom as usize + 1), 0);
            class_counts[atom as usize] += 1;
        }
        let kept: BTreeSet<Atom> = required.flat_map(|atoms| rarest(atoms, &class_counts)).collect();
        let places: BTreeMap<Atom, u16> = kept.into_iter().zip(1..).collect();
        let stride = (places.len() + 1).div_ceil(64);
        let (mut bits, mut starts) = (Vec::new(), vec![0]);
        for class in classes {
            bits.extend(vocabulary.atoms_of(class).filter_map(|atom| places.get(&atom)));
            starts.push(bits.len() as u32);
        }
        Signatures { stride, bits, starts, places, class_counts }
    }

    /// What a phrase with these required atoms asks for.
    pub(super) fn wanted(&self, required: &[Atom]) -> Wanted {
        let mut wanted = Wanted::default();
        let places =
            rarest(required, &self.class_counts).into_iter().filter_map(|atom| self.places.get(&atom));
        wanted.iter_mut().zip(places).for_each(|(to, place)| *to = *place);
        wanted
    }

    /// Begins a sentence.
    pub(super) fn begin(&self, sentence: &mut Vec<u64>) {
        sentence.clear();
        sentence.resize(self.stride, 0);
        sentence[0] = 1;
    }

    /// Adds the words of a class to a sentence.
    pub(super) fn add(&self, class: Class, sentence: &mut [u64]) {
        let class = class as usize;
        let own = &self.bits[self.starts[class] as usize..self.starts[class + 1] as usize];
        own.iter().for_each(|&bit| sentence[usize::from(bit) / 64] |= 1 << (bit % 64));
    }
}

/// Has a sentence all that is wanted?
pub(super) fn has_all(sentence: &[u64], wanted: &Wanted) -> bool {
    wanted.iter().all(|&place| sentence[usize::from(place) / 64] & (1 << (place % 64)) != 0)
}

/// The atoms that the fewest classes satisfy.
fn rarest(atoms: &[Atom], class_counts: &[u32]) -> Vec<Atom> {
    let mut atoms = atoms.to_vec();
    atoms.sort_by_key(|&atom| (class_counts.get(atom as usize).copied().unwrap_or(0), atom));
    atoms.truncate(MOST_ATOMS);
    atoms
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::atoms::{Atoms, TokenSet};
    use super::super::vocabulary::Vocabulary;
    use super::{Signatures, has_all};

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
        let required = [vec![call, both], vec![again]];
        let signatures = Signatures::new(required.iter().map(Vec::as_slice), &vocabulary);
        let mut sentence = Vec::new();
        signatures.begin(&mut sentence);
        assert!(has_all(&sentence, &signatures.wanted(&[])), "nothing is asked for");
        signatures.add(vocabulary.class("call").unwrap(), &mut sentence);
        assert!(has_all(&sentence, &signatures.wanted(&[call, both])));
        assert!(!has_all(&sentence, &signatures.wanted(&[again])));
    }
}
