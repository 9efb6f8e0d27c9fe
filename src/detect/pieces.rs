//! A raw turn cut into pieces that can be looked up: stretches between spaces, and single characters in scripts without
//! spaces, each with the one before it.
//!
//! Cutting needs no table and no folding; what a piece means is the [`Memo`](super::memo::Memo)'s to know.

use crate::text::Folded;
use crate::text::fold::fold_into;
use crate::text::token::is_character_script;

/// A piece of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A stretch between spaces: words and signs.
    Stretch { hash: u64, start: u32, end: u32 },
    /// A folded character of a script without spaces, with the one before it (itself, where none is).
    Character { hash: u64, before: char, character: char },
    /// The sentence ends here for certain.
    End,
}

/// A hash of bytes, taken in one by one. Two pieces that share one would be taken for each other; the odds are those of
/// any 64-bit hash.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hash {
    state: u64,
    bytes: u128,
    length: u32,
}

impl Hash {
    /// The hash of a text.
    pub(super) fn of(text: &str) -> u64 {
        let mut hash = Hash::default();
        text.bytes().for_each(|byte| hash.push(byte));
        hash.finish()
    }

    fn push(&mut self, byte: u8) {
        self.bytes = self.bytes << 8 | u128::from(byte);
        self.length += 1;
        if self.length.is_multiple_of(16) {
            self.state = self.finish();
            self.bytes = 0;
        }
    }

    /// Never 0.
    fn finish(self) -> u64 {
        let (high, low) = ((self.bytes >> 64) as u64, self.bytes as u64);
        let (a, b) =
            (low ^ 0x9E37_79B9_7F4A_7C15 ^ self.state, high ^ 0xC2B2_AE3D_27D4_EB4F ^ u64::from(self.length));
        let product = u128::from(a) * u128::from(b);
        let folded = (product >> 64) as u64 ^ product as u64;
        (folded ^ self.state.rotate_left(32)).wrapping_mul(0x9FB2_1C65_1E98_DF25).max(1)
    }
}

/// What a character is to the cutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a word, or a sign between words.
    Stretch,
    /// A token of its own.
    Character,
    /// The end of a sentence, for certain.
    Stop,
    /// It folds to characters together with its neighbours, or to words: not to be cut here.
    Odd,
}

/// Cuts `text` into `pieces`. False where it has characters that cannot be cut without folding all of it.
pub(super) fn cut(text: &str, folded: &mut Folded, pieces: &mut Vec<Piece>) -> bool {
    pieces.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    // The character before, in a script without spaces.
    let mut before: Option<char> = None;
    while at < bytes.len() {
        let start = at;
        let mut hash = Hash::default();
        while let Some(&byte) = bytes.get(at).filter(|&&byte| byte > b' ') {
            if byte >= 0xE0 && kind_at(text, at) != Kind::Stretch {
                break;
            }
            hash.push(byte);
            at += 1;
        }
        if at > start {
            pieces.push(Piece::Stretch { hash: hash.finish(), start: start as u32, end: at as u32 });
            if ends_sentence(&bytes[start..at], bytes.get(at).copied()) {
                pieces.push(Piece::End);
                before = None;
            }
        }
        match bytes.get(at) {
            None => {}
            Some(b'\n') => {
                pieces.push(Piece::End);
                (before, at) = (None, at + 1);
            }
            Some(0..=b' ') => at += 1,
            Some(_) => {
                let kind = kind_at(text, at);
                let end = text.ceil_char_boundary(at + 1);
                match kind {
                    Kind::Odd => return false,
                    Kind::Stop => {
                        pieces.push(Piece::End);
                        before = None;
                    }
                    _ => before = characters(&text[at..end], before, folded, pieces),
                }
                at = end;
            }
        }
    }
    pieces.push(Piece::End);
    true
}

/// Adds what a raw character folds to; gives the last of it.
fn characters(
    raw: &str,
    mut before: Option<char>,
    folded: &mut Folded,
    pieces: &mut Vec<Piece>,
) -> Option<char> {
    fold_into(raw, folded);
    for character in folded.text().chars() {
        let known = before.unwrap_or('\0');
        let hash = character_hash(known, character);
        pieces.push(Piece::Character { hash, before: known, character });
        before = Some(character);
    }
    before
}

/// The hash of a character after another; after `\0` where none is before it. It differs from those of stretches, which
/// never begin with a zero.
pub(super) fn character_hash(before: char, character: char) -> u64 {
    let bytes = u128::from(u32::from(before)) << 32 | u128::from(u32::from(character));
    Hash { state: 1, bytes, length: 0 }.finish()
}

fn kind_at(text: &str, at: usize) -> Kind {
    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return Kind::Stretch };
    match c as u32 {
        0x2026 | 0x0964 | 0x3002 | 0xFF01 | 0xFF1B | 0xFF1F => Kind::Stop,
        0x3099 | 0x309A | 0x1100..=0x11FF | 0x3131..=0x33FF | 0xFF61..=0xFFDC | 0x1_F200..=0x1_F2FF => {
            Kind::Odd
        }
        _ if is_character_script(c) => Kind::Character,
        _ => Kind::Stretch,
    }
}

/// Does the tokenizer end the sentence for certain at the end of this stretch, whose next byte is `next`?
fn ends_sentence(stretch: &[u8], next: Option<u8>) -> bool {
    match stretch.last() {
        Some(b'!' | b'?') => true,
        Some(b'.') => {
            let is_after_digit = stretch.len() > 1 && stretch[stretch.len() - 2].is_ascii_digit();
            !is_after_digit && next.is_none_or(|next| next.is_ascii_whitespace())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::{ProptestConfig, proptest};

    use super::{Folded, Hash, Piece, character_hash, cut};
    use crate::text::{fold, tokens};

    fn pieces(text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        assert!(cut(text, &mut Folded::default(), &mut pieces), "{text}");
        let show = |piece: &Piece| match *piece {
            Piece::Stretch { start, end, .. } => text[start as usize..end as usize].to_string(),
            Piece::Character { before, character, .. } => format!("{before}{character}").replace('\0', ""),
            Piece::End => "|".to_string(),
        };
        pieces.iter().map(show).collect()
    }

    #[test]
    fn stretches_characters_and_certain_ends() {
        assert_eq!(pieces("I've called. 3. reizi!"), ["I've", "called.", "|", "3.", "reizi!", "|", "|"]);
        assert_eq!(
            pieces("打電話3次 call了。好"),
            ["打", "打电", "电话", "3", "话次", "call", "次了", "|", "好", "|"]
        );
        assert_eq!(pieces("a\nb"), ["a", "|", "b", "|"]);
    }

    #[test]
    fn half_width_kana_are_not_cut() {
        assert!(!cut("ﾃﾞﾝﾜ", &mut Folded::default(), &mut Vec::new()));
    }

    #[test]
    fn different_pieces_have_different_hashes() {
        let words = (0..200_000u32).map(|n| Hash::of(&format!("{n:x}")));
        let long = (0..50_000u32).map(|n| Hash::of(&format!("перезвонили{n}мне")));
        let characters = (0..50_000u32).map(|n| {
            let character = |n: u32| char::from_u32(0x4E00 + n % 250).unwrap();
            character_hash(character(n / 250), character(n))
        });
        let all: Vec<u64> = words.chain(long).chain(characters).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert_ne!(Hash::of("\0a"), Hash::of("a"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn ends_are_where_the_tokenizer_ends_sentences_too(text in "[a-c打电。！!?.…3é \n]{0,30}") {
            let mut cutting = Vec::new();
            if cut(&text, &mut Folded::default(), &mut cutting) {
                let folded = fold(&text);
                let mut all = Vec::new();
                tokens(folded.text(), &mut all);
                let sentences = all.iter().filter(|token| token.is_sentence_start).count();
                let mut with_words = 0;
                let mut has_word = false;
                for piece in &cutting {
                    match *piece {
                        Piece::End => {
                            with_words += usize::from(has_word);
                            has_word = false;
                        }
                        Piece::Character { .. } => has_word = true,
                        Piece::Stretch { start, end, .. } => {
                            let stretch = &text[start as usize..end as usize];
                            has_word |= stretch.chars().any(char::is_alphanumeric);
                        }
                    }
                }
                assert!(with_words <= sentences, "{text:?}: {with_words} > {sentences}");
            }
        }
    }
}
