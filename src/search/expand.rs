//! Which words of an index are meant by a word that is looked for.
//!
//! It takes a [`Wanted`] and the dictionary of a segment and gives the words with where their places are listed. Every word
//! that fits is given, however many: what is found does not depend on a limit.

use std::collections::BTreeSet;

use tantivy::Term;
use tantivy::postings::TermInfo;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::termdict::{TermDictionary, TermStreamer};

use super::build::TEXT;
use super::file::Spellings;
use super::forms::{Forms, FormsOf};
use super::query::Wanted;

/// What another form or spelling of a word counts beside the word itself.
const OTHER_FORM: f32 = 0.5;

/// A word of a segment that is meant, and what it counts.
pub(super) struct Meant {
    pub(super) info: TermInfo,
    pub(super) weight: f32,
}

/// Finds the words that are meant, one segment after the other.
pub(super) struct Expander<'a> {
    wanted: &'a Wanted,
    spellings: &'a Spellings,
    forms: Option<FormsOf<'a>>,
    misheard: Option<DfaWrapper>,
    /// The words that were found, in all segments.
    pub(super) words: BTreeSet<String>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(
        wanted: &'a Wanted,
        forms: &'a Forms,
        spellings: &'a Spellings,
    ) -> tantivy::Result<Expander<'a>> {
        let (mut forms_of, mut misheard) = (None, None);
        match wanted {
            Wanted::Forms(word, written) => {
                let known = spellings.get(word).into_iter().flatten().map(String::as_str);
                forms_of = Some(FormsOf::of(forms, word, known.chain([written.as_str()])));
            }
            Wanted::Misheard(word, errors) => {
                let word = Term::from_field_text(TEXT, word);
                misheard = Some(FuzzyTermQuery::new(word, *errors, true).automaton()?);
            }
            Wanted::Exact(_) | Wanted::Prefix(_) => {}
        }
        Ok(Expander { wanted, spellings, forms: forms_of, misheard, words: BTreeSet::new() })
    }

    /// The words of a dictionary that are meant.
    pub(super) fn expand(&mut self, dictionary: &TermDictionary) -> tantivy::Result<Vec<Meant>> {
        let mut meant = Vec::new();
        match self.wanted {
            Wanted::Exact(word) => self.exactly(dictionary, word, &mut meant)?,
            Wanted::Prefix(begin) => {
                let mut stream = beginning(dictionary, begin)?;
                while let Some((word, info)) = stream.next() {
                    self.words.insert(text(word).to_string());
                    meant.push(Meant { info: info.clone(), weight: 1.0 });
                }
            }
            Wanted::Forms(word, _) => {
                self.exactly(dictionary, word, &mut meant)?;
                let Some(forms) = &mut self.forms else { return Ok(meant) };
                for begin in forms.beginnings().clone() {
                    let mut stream = beginning(dictionary, &begin)?;
                    while let Some((other, info)) = stream.next() {
                        let other = text(other);
                        let spellings = self.spellings.get(other).map_or(&[][..], Vec::as_slice);
                        if other != word && forms.has(other, spellings) {
                            self.words.insert(other.to_string());
                            meant.push(Meant { info: info.clone(), weight: OTHER_FORM });
                        }
                    }
                }
            }
            Wanted::Misheard(word, _) => {
                let Some(automaton) = &self.misheard else { return Ok(meant) };
                let mut stream = dictionary.search(automaton).into_stream()?;
                while let Some((other, info)) = stream.next() {
                    let other = text(other);
                    let weight = if other == word { 1.0 } else { OTHER_FORM };
                    self.words.insert(other.to_string());
                    meant.push(Meant { info: info.clone(), weight });
                }
            }
        }
        Ok(meant)
    }

    fn exactly(
        &mut self,
        dictionary: &TermDictionary,
        word: &str,
        meant: &mut Vec<Meant>,
    ) -> tantivy::Result<()> {
        if let Some(info) = dictionary.get(word)? {
            self.words.insert(word.to_string());
            meant.push(Meant { info, weight: 1.0 });
        }
        Ok(())
    }
}

/// The words that begin so.
fn beginning<'a>(dictionary: &'a TermDictionary, begin: &str) -> std::io::Result<TermStreamer<'a>> {
    let mut end = begin.as_bytes().to_vec();
    // No byte of UTF-8 is 0xFF: there is a next one.
    end.last_mut().into_iter().for_each(|last| *last += 1);
    dictionary.range().ge(begin).lt(end).into_stream()
}

fn text(word: &[u8]) -> &str {
    std::str::from_utf8(word).unwrap_or_default()
}
