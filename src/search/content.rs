//! The words of a text that say what it is about: without stop words, numbers and single letters, each as its stem.
//!
//! It takes a text and a language and gives terms; texts are cut as for the search, so that of scripts without spaces
//! a term is a pair of characters. Stop words are those of Snowball as NLTK keeps them, else of stopwords-iso (crate `stop-words`); a language that
//! has no list keeps all words, one that has no stemmer has words as they are.

use std::borrow::Cow;

use frostem::Stemmer;

use super::words::Words;
use crate::text::StopWords;
use crate::text::fold;
use crate::text::script::primary_language;

/// What is known of a language.
pub(crate) struct Content {
    stemmer: Option<Stemmer>,
    stop_words: StopWords,
}

/// Memory that is used again for the next text.
#[derive(Default)]
pub(crate) struct Scratch {
    words: Words,
    term: String,
}

/// A word that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContentWord {
    /// Its stem, folded.
    pub(crate) term: String,
    /// As it is written, in lower case.
    pub(crate) written: String,
    /// Whether a sentence began since the content word before it.
    pub(crate) begins_sentence: bool,
}

impl Content {
    /// That of a language by its tag; a blank one is no language.
    pub(crate) fn of(tag: &str) -> Content {
        let language = primary_language(tag);
        Content { stemmer: Stemmer::try_from_name(&language).ok(), stop_words: StopWords::of(tag) }
    }

    /// Gives `each` the content words of a text in order, until it says that it has enough.
    pub(crate) fn each(&self, raw: &str, scratch: &mut Scratch, each: &mut dyn FnMut(ContentWord) -> bool) {
        let Scratch { words, term } = scratch;
        let raw = &*without_addresses(raw);
        words.read(raw);
        let mut begins_sentence = true;
        for at in 0..words.len() {
            begins_sentence |= words.begins_sentence(at);
            words.term(at, term);
            if words.is_mention(at) || !self.says_something(words, at, term) {
                continue;
            }
            let is_paired = words.is_paired(at);
            let end = if is_paired { words.raw(at + 1).end } else { words.raw(at).end };
            let word = ContentWord {
                term: if is_paired { term.clone() } else { self.stem(term) },
                written: raw[words.raw(at).start..end].to_lowercase(),
                begins_sentence: std::mem::take(&mut begins_sentence),
            };
            if !each(word) {
                return;
            }
        }
    }

    fn says_something(&self, words: &Words, at: usize, term: &str) -> bool {
        if words.is_character(at) {
            // A character alone is the end of a run, and stands in the pair before.
            return words.is_paired(at) && !self.stop_words.has(term);
        }
        let is_number = term.chars().all(char::is_numeric);
        term.chars().nth(1).is_some() && !is_number && !self.stop_words.has(term)
    }

    fn stem(&self, term: &str) -> String {
        let Some(stemmer) = &self.stemmer else { return term.to_string() };
        fold(&stemmer.stem(term)).text().to_string()
    }
}

/// The text with spaces in place of addresses of pages, which are not what anything is about. It is as long.
fn without_addresses(raw: &str) -> Cow<'_, str> {
    if !raw.contains("://") && !raw.contains("www.") {
        return raw.into();
    }
    let of_run = |run: &str| {
        let word = run.trim_end();
        let is_address = word.contains("://") || word.starts_with("www.");
        if is_address { " ".repeat(run.len()) } else { run.to_string() }
    };
    raw.split_inclusive(char::is_whitespace).map(of_run).collect::<String>().into()
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
        assert_eq!(terms("zz", "the routers"), ["the", "routers"]);
    }

    #[test]
    fn scripts_without_spaces_have_pairs_of_characters() {
        assert_eq!(terms("zh", "路由器"), ["路由", "由器"]);
        assert!(terms("ja", "ルーター").len() == 3);
        assert!(!terms("th", "อินเทอร์เน็ต").is_empty());
    }

    #[test]
    fn a_sentence_begins_where_one_ends_also_when_its_first_word_says_nothing() {
        let mut begins = Vec::new();
        Content::of("en").each("Router broken. The invoice came", &mut Scratch::default(), &mut |word| {
            begins.push((word.written, word.begins_sentence));
            true
        });
        let begins: Vec<(&str, bool)> =
            begins.iter().map(|(word, begins)| (word.as_str(), *begins)).collect();
        assert_eq!(begins.iter().filter(|(_, begins)| *begins).count(), 2, "{begins:?}");
    }
}
