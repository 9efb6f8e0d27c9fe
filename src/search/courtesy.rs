//! What people say around what they ask, by language: greetings, thanks, the frame of a letter, who they are, and little words
//! that lists of stop words lack. The phrases stand in `courtesy.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{CutWord, StopWords, TermCutter};

/// The phrases as written, by language.
const PHRASES: &str = include_str!("courtesy.toml");

/// Words of the longest phrase.
const MOST_WORDS: usize = 6;

static ALL: LazyLock<HashMap<String, Courtesy>> = LazyLock::new(|| {
    let File { courtesy, little } = read();
    let mut all: HashMap<String, Courtesy> = HashMap::new();
    for (phrases, is_courtesy) in [(little, false), (courtesy, true)] {
        for (tag, phrases) in phrases {
            all.entry(tag).or_default().0.extend(phrases.iter().map(|phrase| (key(phrase), is_courtesy)));
        }
    }
    all
});

/// The file: phrases by language.
#[derive(Deserialize)]
struct File {
    courtesy: BTreeMap<String, Vec<String>>,
    little: BTreeMap<String, Vec<String>>,
}

fn read() -> File {
    toml::from_str(PHRASES).expect("the built-in phrases are read by a test")
}

/// The phrases of a language, their words parted by spaces, and whether each is a courtesy or but little words.
#[derive(Debug, Default)]
pub(super) struct Courtesy(HashMap<String, bool>);

/// A phrase where it was met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Met {
    /// Its words; 0: there is none.
    pub(super) word_count: usize,
    /// Whether it is a courtesy.
    pub(super) is_courtesy: bool,
}

fn key(phrase: &str) -> String {
    let mut cutter = TermCutter::default();
    let words: Vec<String> =
        cutter.words(phrase, &StopWords::default()).map(|it| it.word.to_string()).collect();
    words.join(" ")
}

impl Courtesy {
    /// Those of a language by its primary tag, if there are any.
    pub(super) fn of(language: &str) -> Option<&'static Courtesy> {
        ALL.get(language)
    }

    /// The phrase that begins at a word, the longest if there are several.
    pub(super) fn met(&self, words: &[CutWord], at: usize) -> Met {
        let (mut key, mut met) = (String::new(), Met::default());
        for (word_count, word) in (1..=MOST_WORDS).zip(&words[at..]) {
            if word_count > 1 && word.is_start {
                break;
            }
            key.push_str(if key.is_empty() { "" } else { " " });
            key.push_str(word.word);
            if let Some(&is_courtesy) = self.0.get(&key) {
                met = Met { word_count, is_courtesy };
            }
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn phrases_can_be_met_and_stand_there_once() {
        let File { courtesy, little } = read();
        for (tag, phrases) in courtesy.into_iter().chain(little) {
            let different: HashSet<&String> = phrases.iter().collect();
            assert_eq!(different.len(), phrases.len(), "{tag} has a phrase twice");
            for phrase in &phrases {
                let mut cutter = TermCutter::default();
                let words: Vec<CutWord> = cutter.words(phrase, &StopWords::default()).collect();
                let met = Courtesy::of(&tag).unwrap().met(&words, 0);
                assert_eq!(met.word_count, words.len(), "{tag}: {phrase} is longer than a phrase may be");
            }
        }
    }

    #[test]
    fn the_longest_phrase_is_met_and_none_reaches_across_a_sentence() {
        let met = |text: &str| {
            let mut cutter = TermCutter::default();
            let words: Vec<CutWord> = cutter.words(text, &StopWords::default()).collect();
            let Met { word_count, is_courtesy } = Courtesy::of("en").unwrap().met(&words, 0);
            (word_count, is_courtesy)
        };
        assert_eq!(met("Dear Sir or Madam, the bill"), (4, true));
        assert_eq!(met("Good. Morning"), (0, false));
        assert_eq!(met("I'm a tenant"), (1, false));
    }
}
