//! Turns that are known to say nothing: "yes", "okay thank you" and what agents read out come again and again.
//!
//! A turn is known by its hash, with the languages it was tried in and who speaks; two turns that share one would be
//! taken for each other, with the odds of any 64-bit hash. The memory is small and bounded: a turn takes the place of
//! another.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::interaction::Speaker;

/// Places, a power of two: what is asked of the memory again is mostly short and frequent.
const PLACES: usize = 1 << 13;

/// What reading a turn has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Pieces of the turn.
    pub(super) piece_count: u32,
    /// Those that the language watched knows.
    pub(super) known_count: u32,
}

/// Turns in which no phrase can match.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// Hashes, 0 where there is none, and what was counted.
    turns: Vec<(u64, Counted)>,
}

impl Quiet {
    /// What a turn is known by.
    pub(super) fn key(text: &str, speaker: Speaker, languages: u64, watched: u64) -> u64 {
        let asked = (languages ^ watched.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        xxh3_64_with_seed(text.as_bytes(), asked.wrapping_add(speaker as u64)).max(1)
    }

    /// What was counted in the turn, where it is known to say nothing.
    pub(super) fn get(&self, key: u64) -> Option<Counted> {
        let (known, counted) = self.turns.get(key as usize % PLACES)?;
        (*known == key).then_some(*counted)
    }

    /// Remembers a turn that says nothing.
    pub(super) fn insert(&mut self, key: u64, counted: Counted) {
        self.turns.resize(PLACES, Default::default());
        self.turns[key as usize % PLACES] = (key, counted);
    }

    pub(super) fn clear(&mut self) {
        self.turns.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, Quiet};
    use crate::interaction::Speaker;

    #[test]
    fn a_turn_is_known_for_its_speaker_and_its_languages() {
        let mut quiet = Quiet::default();
        let key = Quiet::key("okay", Speaker::Customer, 3, 1);
        let counted = Counted { piece_count: 1, known_count: 0 };
        assert_eq!(quiet.get(key), None);
        quiet.insert(key, counted);
        assert_eq!(quiet.get(key), Some(counted));
        let others = [
            Quiet::key("okay.", Speaker::Customer, 3, 1),
            Quiet::key("okay", Speaker::Agent, 3, 1),
            Quiet::key("okay", Speaker::Customer, 2, 1),
            Quiet::key("okay", Speaker::Customer, 3, 0),
        ];
        assert!(others.iter().all(|&other| quiet.get(other).is_none()));
    }
}
