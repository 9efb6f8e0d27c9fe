//! What the contacts of a gap say, read again: phrases as they write them, and the sentences to quote.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::gaps::Asked;
use super::statements::{Statement, Vocabulary, issue};
use crate::interaction::Turn;
use crate::search::{Content, ContentWord, Scratch};

/// Characters of a quote.
const QUOTE_CHARS: usize = 240;

/// What ends a sentence.
const ENDS: [char; 7] = ['.', '?', '!', '。', '？', '！', '\n'];

/// The statements of some contacts with their texts.
pub(super) struct Said<'t> {
    pub(super) all: Vec<Issue<'t>>,
}

/// A statement: its turns, each with its content words.
#[derive(Default)]
pub(super) struct Issue<'t>(Vec<(&'t str, Vec<ContentWord>)>);

impl<'t> Said<'t> {
    /// Cuts the turns of some statements of a language again.
    pub(super) fn read(
        asked: &Asked,
        language: usize,
        statements: &[&Statement],
        turns: &'t HashMap<u64, Vec<Turn>>,
    ) -> Said<'t> {
        let content = &asked.statements.contents[language];
        let mut scratch = Scratch::default();
        let of = |statement: &&Statement| {
            let key = asked.view.columns.interaction_key[statement.row as usize];
            let turns = turns.get(&key).map_or(&[][..], Vec::as_slice);
            let (turns, _) = issue(turns, content, &mut scratch);
            Issue(
                turns
                    .into_iter()
                    .map(|turn| (&*turn.text, words(&turn.text, content, &mut scratch)))
                    .collect(),
            )
        };
        Said { all: statements.iter().map(of).collect() }
    }

    /// A phrase as they mostly write it, with the words that are passed over in it; of equals the first.
    pub(super) fn written(&self, vocabulary: &Vocabulary, phrase: &[u32]) -> String {
        let terms: Vec<&str> = phrase.iter().map(|word| vocabulary.term(*word)).collect();
        let mut forms: BTreeMap<String, usize> = BTreeMap::new();
        for (text, words) in self.all.iter().flat_map(|it| &it.0) {
            for run in words.windows(terms.len().max(1)) {
                let is_one = run.iter().skip(1).all(|word| !word.begins_phrase);
                if is_one && run.iter().map(|word| word.term.as_str()).eq(terms.iter().copied()) {
                    let form = &text[run[0].place.start..run[run.len() - 1].place.end];
                    *forms.entry(one_line(form).to_lowercase()).or_default() += 1;
                }
            }
        }
        let best = forms.into_iter().max_by_key(|(form, count)| (*count, Reverse(form.clone())));
        best.map_or_else(|| terms.join(" "), |(form, _)| form)
    }
}

impl Issue<'_> {
    /// The sentence that says the most of it, which has the phrase's words, then those that weigh most, up to the last sentence
    /// of its turn that has a word of `common`: what follows is other matter, or a name below a letter.
    pub(super) fn telling(&self, vocabulary: &Vocabulary, phrase: &[u32], common: &HashSet<u32>) -> String {
        let number = |word: &ContentWord| vocabulary.number(&word.term);
        let weight = |word: &ContentWord| number(word).map_or(0, |word| vocabulary.weight(word));
        let is_common = |word: &&ContentWord| number(word).is_some_and(|word| common.contains(&word));
        let mut best: Option<((usize, u64), String)> = None;
        for (text, words) in &self.0 {
            for sentence in words.chunk_by(|a, b| a.sentence_at == b.sentence_at) {
                let has = phrase.iter().filter(|it| sentence.iter().any(|word| number(word) == Some(**it)));
                let worth = (has.count(), sentence.iter().map(weight).sum());
                if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                    let last = &sentence[sentence.len() - 1];
                    let end = words.iter().rfind(is_common).map_or(0, |word| word.place.end);
                    best = Some((worth, quote(text, sentence[0].sentence_at..end.max(last.place.end))));
                }
            }
        }
        best.map_or_else(String::new, |(_, text)| text)
    }
}

fn words(text: &str, content: &Content, scratch: &mut Scratch) -> Vec<ContentWord> {
    let mut words = Vec::new();
    content.each(text, scratch, &mut |word| {
        words.push(word);
        true
    });
    words
}

/// A part of a text with the rest of its last sentence, in one line, cut after [`QUOTE_CHARS`].
fn quote(text: &str, part: Range<usize>) -> String {
    let rest = &text[part.end..];
    let end = rest
        .char_indices()
        .find(|(_, c)| ENDS.contains(c))
        .map_or(text.len(), |(at, c)| part.end + at + c.len_utf8());
    let text = one_line(&text[part.start..end]);
    match text.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
