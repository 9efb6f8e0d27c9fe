//! The forms of a word, as far as stemmers know them.
//!
//! It takes the languages in which something is said and tells whether two words are forms of one. Stems are not kept in
//! an index: a stemmer is asked about the words of the index that begin like the one that is looked for. So a text need
//! not say its language when it is indexed, an index is as small as its words, and a phrase can be asked for as it stands.
//! Stemmers are made for words with their diacritics, and people leave them out: both are asked, and what they give is
//! folded.

use std::collections::{BTreeSet, HashMap};

use frostem::Stemmer;

use crate::text::fold;
use crate::text::script::primary_language;

/// What Arabic writes together with the noun after it: the article, alone and after "and", "with", "for", "like", "then".
const ARABIC_BEGINNINGS: [&str; 7] = ["", "ال", "وال", "بال", "لل", "كال", "فال"];

/// A stem, by the number of its stemmer.
type Stem = (usize, String);

/// The stemmers of some languages.
#[derive(Clone, Default)]
pub struct Forms {
    stemmers: Vec<Stemmer>,
}

impl Forms {
    /// The stemmers of languages by their tags, such as `en` or `pt-BR`; a language that has none is left out.
    pub fn of<'a>(tags: impl IntoIterator<Item = &'a str>) -> Forms {
        let names: BTreeSet<String> = tags.into_iter().map(primary_language).collect();
        Forms { stemmers: names.iter().filter_map(|name| Stemmer::try_from_name(name).ok()).collect() }
    }

    /// The stems of a word, and those of its stems: stemmers take off one ending of some words and two of others.
    fn stems<'a>(&self, words: impl Iterator<Item = &'a str>) -> BTreeSet<Stem> {
        let mut stems = BTreeSet::new();
        for word in words {
            for (number, stemmer) in self.stemmers.iter().enumerate() {
                let mut stem = stemmer.stem(word).into_owned();
                while !stem.is_empty() && stems.insert((number, fold(&stem).text().to_string())) {
                    stem = stemmer.stem(&stem).into_owned();
                }
            }
        }
        stems
    }
}

/// What makes a word a form of the one that is looked for.
pub(super) struct FormsOf<'a> {
    forms: &'a Forms,
    stems: BTreeSet<Stem>,
    beginnings: BTreeSet<String>,
    known: HashMap<String, bool>,
}

impl<'a> FormsOf<'a> {
    /// The forms of a folded word, which is also written in these ways.
    pub(super) fn of<'b>(
        forms: &'a Forms,
        word: &'b str,
        written: impl Iterator<Item = &'b str>,
    ) -> FormsOf<'a> {
        let stems = forms.stems(std::iter::once(word).chain(written));
        let beginnings = stems.iter().flat_map(|(_, stem)| beginnings(word, stem));
        let beginnings: BTreeSet<String> = beginnings.collect();
        // What begins with another of them is found with it.
        let is_least = |it: &&String| !beginnings.iter().any(|other| other != *it && it.starts_with(other));
        let beginnings = beginnings.iter().filter(is_least).cloned().collect();
        FormsOf { forms, stems, beginnings, known: HashMap::new() }
    }

    /// Every form begins in one of these ways, and none of them begins with another.
    pub(super) fn beginnings(&self) -> &BTreeSet<String> {
        &self.beginnings
    }

    /// Whether a folded word that begins so is a form, where it is also written in these other ways.
    pub(super) fn has(&mut self, word: &str, spellings: &[String]) -> bool {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let words = std::iter::once(word).chain(spellings.iter().map(String::as_str));
        let is_form = !self.forms.stems(words).is_disjoint(&self.stems);
        self.known.insert(word.to_string(), is_form);
        is_form
    }
}

/// How words with the stem of a word begin. The last letter of a stem changes with the ending (try, tries), and some
/// stems are not the beginning of their words (Dutch "rekening" has "rekeen").
fn beginnings(word: &str, stem: &str) -> Vec<String> {
    let last = stem.char_indices().next_back().map_or(0, |(at, _)| at);
    let begin = if stem.chars().count() > 2 { &stem[..last] } else { stem };
    let shared = stem.char_indices().zip(word.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    let begin = match shared {
        Some(at) if stem[..at].chars().nth(1).is_some() => &begin[..at.min(begin.len())],
        _ => begin,
    };
    match stem.chars().next() {
        Some('\u{0600}'..='\u{06FF}') => {
            ARABIC_BEGINNINGS.iter().map(|before| format!("{before}{begin}")).collect()
        }
        _ => vec![begin.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::{Forms, FormsOf};
    use crate::text::fold;

    #[track_caller]
    fn are_forms(tag: &str, asked: &str, written: &str) {
        assert!(is_form(tag, asked, written), "{tag}: {asked}, {written}");
    }

    /// Whether what is written in an index is found as a form of what is asked for.
    fn is_form(tag: &str, asked: &str, written: &str) -> bool {
        let forms = Forms::of([tag]);
        let (folded, word) = (fold(asked), fold(written));
        let mut forms_of = FormsOf::of(&forms, folded.text(), [asked.to_lowercase().as_str()].into_iter());
        forms_of.beginnings().iter().any(|begin| word.text().starts_with(begin))
            && forms_of.has(word.text(), &[written.to_lowercase()])
    }

    #[test]
    fn forms_of_a_word_find_each_other() {
        for (tag, asked, written) in [
            ("en", "rebooting", "rebooted"),
            ("en", "try", "tries"),
            ("en-GB", "bills", "bill"),
            ("de", "Rechnungen", "Rechnung"),
            ("fr", "passée", "passé"),
            ("es", "reclamación", "reclamaciones"),
            ("pt-BR", "faturas", "fatura"),
            ("it", "bollette", "bolletta"),
            ("nl", "rekeningen", "rekening"),
            ("ru", "роутера", "роутеры"),
            ("pl", "faktury", "faktura"),
            ("cs", "faktury", "faktura"),
            ("tr", "faturalar", "fatura"),
            ("fi", "laskut", "lasku"),
            ("hu", "számlák", "számla"),
            ("sv", "fakturor", "faktura"),
            ("el", "λογαριασμού", "λογαριασμός"),
            ("ar", "فاتورة", "الفاتورة"),
        ] {
            are_forms(tag, asked, written);
        }
        assert!(!is_form("en", "bill", "billiard"));
    }

    #[test]
    fn a_language_without_a_stemmer_has_only_the_word_itself() {
        assert!(!is_form("zz", "rebooting", "rebooted"));
    }
}
