//! Which ways to say a phrase are tried at which word, for each side of a conversation apart: half of what is said is
//! agents', and hardly a rule reads it.

use std::collections::HashMap;

use super::atoms::Atom;
use super::signature::{Bit, Signatures};
use super::vocabulary::{Class, Vocabulary};
use crate::interaction::Speaker;

/// A way to say a phrase that may be there where a word of some class stands, and the rarest word that it needs beside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strike {
    pub(super) way: u32,
    pub(super) first: Bit,
}

/// A way to say a phrase.
pub(super) struct CompiledWay {
    pub(super) phrase: u32,
    /// The atom of its anchors.
    pub(super) anchor: Atom,
    /// The rarest of what else it requires.
    pub(super) required: Box<[Atom]>,
}

/// What is tried on one side of a conversation.
pub(super) struct Side {
    /// What a sentence must have.
    pub(super) signatures: Signatures,
    /// Where in `strikes` those of each class stand.
    ranges: Vec<(u32, u32)>,
    strikes: Vec<Strike>,
}

/// The customer's and the agent's, as [`side_of`] numbers them.
pub(super) const SIDES: [Speaker; 2] = [Speaker::Customer, Speaker::Agent];

/// The side on which a speaker is. One who is not known is heard as the customer.
pub(super) fn side_of(speaker: Speaker) -> usize {
    usize::from(speaker == Speaker::Agent)
}

impl Side {
    /// Of all ways to say a phrase those that are tried on this side.
    pub(super) fn new(
        ways: &[CompiledWay],
        is_tried: impl Fn(&CompiledWay) -> bool,
        vocabulary: &Vocabulary,
    ) -> Side {
        let tried: Vec<(u32, &CompiledWay)> = (0u32..).zip(ways).filter(|(_, way)| is_tried(way)).collect();
        let asked_first = tried.iter().filter_map(|(_, way)| way.required.first().copied()).collect();
        let signatures = Signatures::new(asked_first, vocabulary);
        let mut by_atom: HashMap<Atom, Vec<Strike>> = HashMap::new();
        for (number, way) in tried {
            let strike = Strike { way: number, first: signatures.first_bit(&way.required) };
            by_atom.entry(way.anchor).or_default().push(strike);
        }
        let mut ranges = Vec::with_capacity(vocabulary.class_count());
        let mut strikes = Vec::new();
        for class in 0..vocabulary.class_count() as Class {
            let from = strikes.len() as u32;
            let of_class = vocabulary.atoms_of(class).filter_map(|atom| by_atom.get(&atom));
            of_class.for_each(|of_atom| strikes.extend(of_atom));
            ranges.push((from, strikes.len() as u32));
        }
        Side { signatures, ranges, strikes }
    }

    /// The ways whose anchors have words of this class.
    pub(super) fn strikes(&self, class: Class) -> &[Strike] {
        let (from, to) = self.ranges[class as usize];
        &self.strikes[from as usize..to as usize]
    }
}
