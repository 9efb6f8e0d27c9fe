//! The words of a text that say what it is about: without stop words, courtesies, fillers, numbers and single letters, each
//! as its stem.
//!
//! It takes a text and a language and gives terms. Words are those of `text::phrases`: scripts without spaces are cut by
//! dictionaries. Stop words are those of Snowball as NLTK keeps them, else of stopwords-iso (crate `stop-words`); a language
//! that has no list keeps all words. One that has no stemmer has the first letters of its words.

use std::collections::HashSet;
use std::ops::Range;

use frostem::Stemmer;

use super::courtesy::{Courtesy, Met};
use crate::lexicon::little_words;
use crate::text::fold;
use crate::text::script::primary_language;
use crate::text::{CutWord, StopWords, TermCutter, is_hangul};

/// Letters that stand for the forms of a word where there is no stemmer: P. McNamee, J. Mayfield, "Character N-Gram
/// Tokenization for European Language Text Retrieval", Information Retrieval 7 (2004) 73–97, find the first five about as
/// good as a stemmer.
const STEM_LETTERS: usize = 5;

/// The same of syllables that are one letter.
const STEM_SYLLABLES: usize = 2;

/// Words that say little within a phrase: "terms of the service".
const MOST_PASSED: usize = 2;

/// What is known of a language.
pub(crate) struct Content {
    stemmer: Option<Stemmer>,
    /// It is known and has no stemmer.
    is_cut: bool,
    stop_words: StopWords,
    /// Fillers and numbers.
    little_words: HashSet<String>,
    courtesy: Option<&'static Courtesy>,
}

/// Memory that is used again for the next text.
pub(crate) type Scratch = TermCutter;

/// A word that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContentWord {
    /// Its stem, folded.
    pub(crate) term: String,
    /// Where it stands in the text.
    pub(crate) place: Range<usize>,
    /// Where its sentence begins, after the courtesies.
    pub(crate) sentence_at: usize,
    /// Whether a sentence began since the content word before it, or too many words were passed over to speak of one phrase.
    pub(crate) begins_phrase: bool,
}

impl Content {
    /// That of a language by its tag; a blank one is no language.
    pub(crate) fn of(tag: &str) -> Content {
        let language = primary_language(tag);
        let stemmer = Stemmer::try_from_name(&language).ok();
        Content {
            is_cut: stemmer.is_none() && !language.is_empty(),
            stemmer,
            stop_words: StopWords::of(tag),
            little_words: little_words(&language).into_iter().collect(),
            courtesy: Courtesy::of(&language),
        }
    }

    /// Gives `each` the content words of a text in order, until it says that it has enough.
    pub(crate) fn each(&self, raw: &str, scratch: &mut Scratch, each: &mut dyn FnMut(ContentWord) -> bool) {
        let words: Vec<CutWord> = scratch.words(raw, &self.stop_words).collect();
        let (mut at, mut passed_count) = (0, usize::MAX);
        let (mut sentence_at, mut is_opening) = (0, true);
        while let Some(word) = words.get(at) {
            if word.is_start {
                (passed_count, is_opening) = (usize::MAX, true);
            }
            if is_opening {
                sentence_at = word.raw.start;
            }
            let met = self.courtesy.map_or(Met::default(), |it| it.met(&words, at));
            let is_little = self.little_words.contains(word.word);
            is_opening &= met.is_courtesy || is_little;
            at += met.word_count.max(1);
            if met.word_count > 0 || is_little || !says_something(word) {
                passed_count = passed_count.saturating_add(met.word_count.max(1));
                continue;
            }
            let word = ContentWord {
                term: self.stem(word),
                place: word.raw.clone(),
                sentence_at,
                begins_phrase: std::mem::take(&mut passed_count) > MOST_PASSED,
            };
            if !each(word) {
                return;
            }
        }
    }

    fn stem(&self, word: &CutWord) -> String {
        match &self.stemmer {
            _ if word.is_unspaced => word.word.to_string(),
            Some(stemmer) => fold(&stemmer.stem(word.word)).text().to_string(),
            None if self.is_cut && word.word.starts_with(is_hangul) => {
                word.word.chars().take(STEM_SYLLABLES).collect()
            }
            None if self.is_cut => word.word.chars().take(STEM_LETTERS).collect(),
            None => word.word.to_string(),
        }
    }
}

/// Single letters of other scripts are stop words already: what is left is a character that is a word.
fn says_something(word: &CutWord) -> bool {
    word.has_letter && !word.is_stop
}

#[cfg(test)]
mod tests {
    use super::{Content, Scratch};

    fn terms(tag: &str, raw: &str) -> Vec<String> {
        let mut terms = Vec::new();
        Content::of(tag).each(raw, &mut Scratch::default(), &mut |word| {
            terms.push(word.term);
            true
        });
        terms
    }

    #[test]
    fn stop_words_numbers_and_single_letters_say_nothing() {
        assert_eq!(terms("en", "I have the 2 routers and a 3 B modem"), ["router", "modem"]);
        assert_eq!(terms("de-AT", "Ich habe die Rechnungen nicht"), terms("de", "Rechnung"));
    }

    #[test]
    fn greetings_and_thanks_and_the_frame_of_a_letter_say_nothing() {
        assert_eq!(terms("en", "Hello, can you hear me? The router, please."), ["router"]);
        assert_eq!(terms("en", "Dear Sir or Madam,\n\nthe invoice\n\nKind regards"), terms("en", "invoice"));
        assert_eq!(terms("lv", "labdien, rēķins"), terms("lv", "rēķins"));
        assert_eq!(terms("zh", "你好，请问发票"), ["发票"]);
    }

    #[test]
    fn fillers_and_numbers_in_words_say_nothing() {
        assert_eq!(terms("en", "um the bill is eighty eight"), ["bill"]);
        assert_eq!(terms("lv", "nu rēķins septiņdesmit trīs"), terms("lv", "rēķins"));
    }

    #[test]
    fn addresses_of_pages_say_nothing() {
        assert_eq!(
            terms("en", "router https://t.co/u9zqLSU69D modem and www.example.com"),
            ["router", "modem"]
        );
        assert_eq!(terms("en", "http://a.b/c?d=é"), terms("en", ""));
    }

    #[test]
    fn forms_of_a_word_are_one_term() {
        assert_eq!(terms("en", "activation"), terms("en", "Activations"));
        assert_eq!(terms("ru", "роутера"), terms("ru", "роутеры"));
    }

    #[test]
    fn an_unknown_language_keeps_its_words() {
        assert_eq!(terms("", "the router"), ["the", "router"]);
    }

    #[test]
    fn a_language_without_a_stemmer_has_the_beginnings_of_its_words() {
        assert_eq!(terms("lv", "televizors televizorā"), ["telev", "telev"]);
        assert_eq!(terms("zz", "the routers"), ["the", "route"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_words() {
        assert_eq!(terms("zh", "第一张账单"), ["第一", "张", "账单"]);
        // Of what the dictionary does not know, the characters are words.
        assert_eq!(terms("zh", "路由器坏了"), ["路", "器", "坏"]);
        assert!(!terms("ja", "ルーターの点滅").is_empty() && !terms("th", "อินเทอร์เน็ต").is_empty());
    }

    #[test]
    fn a_phrase_passes_over_two_words_and_not_over_more() {
        let mut begins = Vec::new();
        Content::of("en").each(
            "terms of the service and of the very bill",
            &mut Scratch::default(),
            &mut |word| {
                begins.push((word.term, word.begins_phrase));
                true
            },
        );
        let begins: Vec<(&str, bool)> =
            begins.iter().map(|(term, begins)| (term.as_str(), *begins)).collect();
        assert_eq!(begins, [("term", true), ("servic", false), ("bill", true)]);
    }

    #[test]
    fn a_sentence_begins_where_one_ends_also_when_its_first_word_says_nothing() {
        let mut begins = Vec::new();
        Content::of("en").each("Router broken. The invoice came", &mut Scratch::default(), &mut |word| {
            begins.push((word.term, word.begins_phrase));
            true
        });
        assert_eq!(begins.iter().filter(|(_, begins)| *begins).count(), 2, "{begins:?}");
    }
}
