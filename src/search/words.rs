//! What a text is to the search: one term at each of its tokens, folded as for detection.
//!
//! It takes a raw text and gives terms with the bytes that they came from. A word is a term. Of scripts that are written
//! without spaces, and of Hangul, every character is a term together with the one after it (the last of a run alone): so
//! every part of a word can be found, with no dictionary, no guess at where words end, and few places to look at. A
//! character by itself is found as the beginning of pairs. It deliberately stems nothing: that is asked of the words of an
//! index when something is looked for.

use std::ops::Range;

use crate::text::fold::fold_into;
use crate::text::token::is_character_script;
use crate::text::{Folded, Token, tokens};

/// The longest term, in bytes; what is longer is cut, in texts and in queries alike.
const MAX_TERM_BYTES: usize = 128;

/// The tokens of a text, whose memory is used again for the next.
#[derive(Default, Clone)]
pub(super) struct Words {
    folded: Folded,
    tokens: Vec<Token>,
}

impl Words {
    /// The words of `raw`.
    pub(super) fn of(raw: &str) -> Words {
        let mut words = Words::default();
        words.read(raw);
        words
    }

    /// Takes the words of another text.
    pub(super) fn read(&mut self, raw: &str) {
        fold_into(raw, &mut self.folded);
        tokens(self.folded.text(), &mut self.tokens);
    }

    /// How many there are: one at each position from 0 on.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Writes the term at a position in place of what is in `term`.
    pub(super) fn term(&self, at: usize, term: &mut String) {
        term.clear();
        let word = self.token(at);
        term.push_str(&word[..word.floor_char_boundary(MAX_TERM_BYTES)]);
        if self.is_paired(at) {
            term.push_str(self.token(at + 1));
        }
    }

    /// Whether the token is a character of a script whose characters are found in pairs.
    pub(super) fn is_character(&self, at: usize) -> bool {
        self.token(at).chars().next().is_some_and(is_character_script)
    }

    /// Whether the term is a character with the next one: nothing but spaces is between them.
    pub(super) fn is_paired(&self, at: usize) -> bool {
        let Some(next) = self.tokens.get(at + 1).filter(|next| !next.is_sentence_start) else { return false };
        let between = &self.folded.text()[self.tokens[at].end as usize..next.start as usize];
        self.is_character(at) && self.is_character(at + 1) && between.chars().all(char::is_whitespace)
    }

    /// The bytes of the raw text that a token came from.
    pub(super) fn raw(&self, at: usize) -> Range<usize> {
        let Token { start, end, .. } = self.tokens[at];
        self.folded.raw_start(start as usize)..self.folded.raw_end(end as usize)
    }

    /// The folded token, without the one that it is paired with.
    pub(super) fn token(&self, at: usize) -> &str {
        self.tokens[at].text(self.folded.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn terms(raw: &str) -> Vec<String> {
        let words = Words::of(raw);
        let term = |at| {
            let mut term = String::new();
            words.term(at, &mut term);
            term
        };
        (0..words.len()).map(term).collect()
    }

    #[test]
    fn words_are_folded_as_for_detection() {
        assert_eq!(
            terms("Didn’t REBOOT; trešo 3rd call-back"),
            ["didnt", "reboot", "treso", "3", "rd", "call", "back"]
        );
    }

    #[test]
    fn characters_stand_in_pairs_within_a_sentence() {
        assert_eq!(terms("路由器。重启"), ["路由", "由器", "器", "重启", "启"]);
        assert_eq!(terms("인터넷 연결"), ["인터", "터넷", "넷연", "연결", "결"]);
        assert_eq!(terms("打了3次"), ["打了", "了", "3", "次"]);
        assert_eq!(terms("เน็ต"), ["เน", "น็", "็ต", "ต"]);
    }

    #[test]
    fn a_word_knows_its_bytes_in_the_raw_text() {
        let raw = "Jau TREŠO reizi";
        assert_eq!(&raw[Words::of(raw).raw(1)], "TREŠO");
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(terms(&"ž".repeat(5000))[0].len(), 128);
    }
}
