//! What each piece of text means to each language, kept once worked out: the words of a language are few and come
//! again and again.
//!
//! A piece is known by its hash (see [`pieces`](super::pieces)). Working it out means folding, cutting into words, and
//! looking every word up in the vocabulary of every language asked for. The memory is bounded and small, for it is
//! looked into at every word: when it is full, it begins anew.

use super::vocabulary::Class;

/// What is known of a piece: its tokens in their order, each with what it means to the languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A token begins.
    Token(Name),
    /// What the token means to a language.
    Known(Known),
    /// An @ stands at the end.
    At,
}

/// What a token is beside the languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// Tells words apart; 0 for numbers and characters, of which one may follow its like.
    pub(super) hash: u32,
    pub(super) is_character: bool,
    /// An @name.
    pub(super) is_mention: bool,
}

/// A token of a sentence, as far as it is the same in all languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) name: Name,
    /// Phrases step over it: a mention, or a word said twice.
    pub(super) is_stepped_over: bool,
}

/// A word that some phrase of a language asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) class: Class,
    pub(super) language: u8,
    /// It is the class of a pair of characters, not of one word.
    pub(super) is_pair: bool,
    /// The sides of a conversation (bits) for which words of the class are anchors of phrases.
    pub(super) anchored: u8,
}

/// What the tokens mean to the languages.
pub(super) fn known(meanings: &[Meaning]) -> impl Iterator<Item = &Known> {
    meanings.iter().filter_map(|meaning| match meaning {
        Meaning::Known(known) => Some(known),
        Meaning::Token(_) | Meaning::At => None,
    })
}

/// Pieces by their hashes.
#[derive(Default)]
pub(super) struct Memo {
    /// Open addressing; empty slots have the hash 0. The size is a power of two.
    slots: Vec<Slot>,
    count: usize,
    meanings: Vec<Meaning>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    from: u32,
    count: u32,
}

/// The most pieces kept.
const MOST_PIECES: usize = 3 << 15;

impl Memo {
    pub(super) fn clear(&mut self) {
        self.slots.fill(Slot::default());
        self.count = 0;
        self.meanings.clear();
    }

    /// The meanings of a piece in some languages (bits); `work_out` adds those of a new one.
    pub(super) fn meanings(
        &mut self,
        hash: u64,
        languages: u64,
        work_out: impl FnOnce(&mut Vec<Meaning>),
    ) -> &[Meaning] {
        // What a piece means is kept for each set of languages apart: there are few of them.
        let hash = (hash ^ languages.wrapping_mul(0x9E37_79B9_7F4A_7C15)).max(1);
        if self.slots.is_empty() {
            self.grow();
        }
        let mut at = self.place(hash);
        if self.slots[at].hash == 0 {
            if self.count * 4 >= self.slots.len() * 3 {
                self.grow();
                at = self.place(hash);
            }
            let from = self.meanings.len();
            work_out(&mut self.meanings);
            let count = (self.meanings.len() - from) as u32;
            self.slots[at] = Slot { hash, from: from as u32, count };
            self.count += 1;
        }
        let slot = &self.slots[at];
        &self.meanings[slot.from as usize..][..slot.count as usize]
    }

    /// Where the piece is, or would be.
    fn place(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize >> 16 & mask;
        while self.slots[at].hash != hash && self.slots[at].hash != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    /// Makes room for more pieces, or forgets all where there are enough.
    fn grow(&mut self) {
        let is_full = self.count >= MOST_PIECES || self.meanings.len() >= 16 * MOST_PIECES;
        if is_full {
            self.clear();
            return;
        }
        let size = (self.slots.len() * 4).max(1 << 10);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.hash != 0) {
            let at = self.place(slot.hash);
            self.slots[at] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Meaning, Memo};

    fn meaning(language: u8) -> Meaning {
        Meaning::Known(Known { language, is_pair: false, class: 7, anchored: 0 })
    }

    #[test]
    fn a_piece_is_worked_out_once_for_each_set_of_languages() {
        let mut memo = Memo::default();
        let one = |out: &mut Vec<Meaning>| out.push(meaning(0));
        assert_eq!(memo.meanings(9, 1, one), [meaning(0)]);
        assert_eq!(memo.meanings(9, 1, |_| panic!("it is known")), [meaning(0)]);
        assert_eq!(memo.meanings(9, 3, |out| out.extend([meaning(0), meaning(1)])).len(), 2);
        assert_eq!(memo.meanings(9, 3, |_| panic!("both are known")).len(), 2);
        assert_eq!(memo.meanings(10, 1, |_| ()), []);
    }

    #[test]
    fn a_full_memory_begins_anew() {
        let mut memo = Memo::default();
        for number in 1..super::MOST_PIECES as u64 * 3 {
            let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            assert_eq!(memo.meanings(hash, 1, |out| out.push(meaning(0))), [meaning(0)]);
        }
        assert!(memo.count <= 4 * super::MOST_PIECES / 3 && memo.slots.len() <= 4 * super::MOST_PIECES);
    }
}
