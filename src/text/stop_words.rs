//! Words of a language that say little by themselves: "the", "und", "что". Folded, as texts are.
//!
//! The lists are those of Snowball, as NLTK keeps them, for the languages that it has, and of Stopwords ISO for others,
//! from the crate `stop-words`. A language without a list has no stop words.

use std::collections::HashSet;

use super::{fold, tokens};

/// The stop words of one language.
#[derive(Debug, Clone, Default)]
pub struct StopWords(HashSet<String>);

impl StopWords {
    /// Those of a language by its tag, of which regions and scripts do not matter.
    pub fn of(language: &str) -> StopWords {
        let tag = match super::script::primary_language(language) {
            tag if tag == "nb" || tag == "nn" => "no".to_string(),
            tag => tag,
        };
        let words = stop_words::lookup(tag.as_str()).unwrap_or(&[]);
        StopWords(words.iter().filter_map(|word| single(word)).collect())
    }

    /// Whether a folded word says little by itself. One letter or kana does so in every language.
    pub fn has(&self, word: &str) -> bool {
        let mut chars = word.chars();
        let is_one = chars.next().is_some() && chars.next().is_none();
        self.0.contains(word) || is_one && !word.starts_with(is_han)
    }
}

fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// The word folded, where it is one: signs are none, and an entry of several words never meets a single one.
fn single(word: &str) -> Option<String> {
    let folded = fold(word);
    let mut words = Vec::new();
    tokens(folded.text(), &mut words);
    let is_whole = |from: usize, to: usize| from == 0 && to == folded.text().len();
    let (first, last) = (words.first()?, words.last()?);
    let is_run = words.windows(2).all(|pair| pair[0].end == pair[1].start);
    (is_run && is_whole(first.start as usize, last.end as usize)).then(|| folded.text().to_string())
}

#[cfg(test)]
mod tests {
    use super::StopWords;

    #[test]
    fn languages_have_their_own_words_in_folded_letters() {
        let is_stop = |language: &str, word| StopWords::of(language).has(word);
        assert!(is_stop("en-GB", "the") && is_stop("en", "dont") && !is_stop("en", "bill"));
        assert!(is_stop("lv", "ari") && !is_stop("lv", "rekins"));
        assert!(is_stop("zh-Hans", "但是") && is_stop("ja", "それ") && is_stop("th", "ของ"));
        assert!(is_stop("nb", "ikke"));
    }

    #[test]
    fn a_letter_is_a_stop_word_and_a_han_character_is_not() {
        let none = StopWords::default();
        assert!(none.has("x") && none.has("は") && !none.has("钱") && !none.has("bill"));
    }
}
