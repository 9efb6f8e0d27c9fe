//! What customers ask, contact by contact: turns → the content words of the issue statement, with how common each is.
//!
//! The issue statement of a contact is what its customer says before the agent's answer: the first turn of the agent after the
//! customer has said a content word; before that they greet each other, and afterwards the customer answers questions. Where
//! the customer has said fewer than [`LEAST_WORDS`] content words by then, later turns of the customer count too. It ends after [`MOST_WORDS`]. Turns of
//! unknown speakers are taken for the customer's. Contacts are read some at a time, and only numbers of words are kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::view::View;
use crate::Result;
use crate::detect::language_of;
use crate::interaction::{Speaker, Turn};
use crate::measure::{BREAK, LEAST_SUPPORT, information};
use crate::search::{Content, ContentWord, Scratch};
use crate::text::script::primary_language;

/// Content words that a statement should have; with fewer it goes on.
const LEAST_WORDS: usize = 3;

/// Content words of a statement.
const MOST_WORDS: usize = 40;

/// Contacts whose turns are held at a time.
const CHUNK_CONTACTS: usize = 16_384;

/// Different words of a language that are told apart; later ones are left out.
const MOST_DIFFERENT: usize = 2_000_000;

/// Contacts whose words tell the language of those that declare none.
const MOST_SAMPLED: usize = 500;

/// What a customer asks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    /// Its row.
    pub(super) row: u32,
    /// Its language, by its place in [`Statements::languages`].
    pub(super) language: usize,
    /// Its content words by their numbers in the vocabulary of the language, with [`BREAK`] between sentences.
    pub(super) words: Box<[u32]>,
}

/// The words of a language.
#[derive(Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Box<str>, u32>,
    terms: Vec<Box<str>>,
    counts: Vec<u64>,
    /// Statements read.
    pub(super) statement_count: u64,
}

/// What customers ask, and in which words.
#[derive(Default)]
pub(super) struct Statements {
    /// Primary tags; blank: not known.
    pub(super) languages: Vec<String>,
    /// The words of each.
    pub(super) vocabularies: Vec<Vocabulary>,
    /// How texts of each are cut.
    pub(super) contents: Vec<Content>,
    /// In the order of the rows that were asked for.
    pub(super) all: Vec<Statement>,
}

impl Vocabulary {
    /// The number of a term, if statements have it.
    pub(super) fn number(&self, term: &str) -> Option<u32> {
        self.numbers.get(term).copied()
    }

    /// A term by its number.
    pub(super) fn term(&self, word: u32) -> &str {
        self.terms.get(word as usize).map_or("", |term| term)
    }

    /// What a word weighs, in millionths. One that fewer than three statements have is a name or a typing error, and weighs
    /// nothing.
    pub(super) fn weight(&self, word: u32) -> u64 {
        match self.counts.get(word as usize) {
            Some(count) if *count >= LEAST_SUPPORT as u64 => information(*count, self.statement_count),
            _ => 0,
        }
    }

    fn add(&mut self, words: Vec<ContentWord>) -> Box<[u32]> {
        let mut numbers = Vec::with_capacity(words.len() + 4);
        for word in words {
            if word.begins_phrase && !numbers.is_empty() {
                numbers.push(BREAK);
            }
            let known = self.number(&word.term);
            if known.is_none() && self.terms.len() >= MOST_DIFFERENT {
                continue;
            }
            numbers.push(known.unwrap_or_else(|| {
                let number = self.terms.len() as u32;
                let term: Box<str> = word.term.into();
                self.numbers.insert(term.clone(), number);
                self.terms.push(term);
                self.counts.push(0);
                number
            }));
        }
        self.statement_count += 1;
        for word in distinct(&numbers) {
            self.counts[word as usize] += 1;
        }
        numbers.into()
    }
}

/// The different words of a statement.
pub(super) fn distinct(words: &[u32]) -> Vec<u32> {
    let mut distinct: Vec<u32> = words.iter().copied().filter(|word| *word != BREAK).collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// The turns of a contact that may be in its issue statement, and the content words of it.
pub(super) fn issue<'t>(
    turns: &'t [Turn],
    content: &Content,
    scratch: &mut Scratch,
) -> (Vec<&'t Turn>, Vec<ContentWord>) {
    let (mut said, mut words) = (Vec::new(), Vec::new());
    for turn in turns {
        match turn.speaker {
            Speaker::System => {}
            Speaker::Agent if words.len() >= LEAST_WORDS => break,
            Speaker::Agent => {}
            Speaker::Customer | Speaker::Unknown => {
                said.push(turn);
                content.each(&turn.text, scratch, &mut |word| {
                    words.push(word);
                    words.len() < MOST_WORDS
                });
                if words.len() >= MOST_WORDS {
                    break;
                }
            }
        }
    }
    (said, words)
}

impl Statements {
    /// The statements of some rows, of those that have words.
    pub(super) fn read(view: &View, rows: &[u32]) -> Result<Statements> {
        let key_of = |row: u32| view.columns.interaction_key[row as usize];
        let row_of: HashMap<u64, u32> = rows.iter().map(|row| (key_of(*row), *row)).collect();
        let spoken = Spoken::read(view, &row_of)?;
        let mut found = Statements { languages: spoken.languages, ..Statements::default() };
        found.vocabularies.resize_with(found.languages.len(), Vocabulary::default);
        found.contents = found.languages.iter().map(|tag| Content::of(tag)).collect();
        for keys in spoken.keys.chunks(CHUNK_CONTACTS) {
            let wanted: HashSet<u64> = keys.iter().map(|(key, _)| *key).collect();
            let turns = view.store.turns_of(&wanted)?;
            let cut = |scratch: &mut Scratch, (key, language): &(u64, usize)| {
                let turns = turns.get(key).map_or(&[][..], Vec::as_slice);
                issue(turns, &found.contents[*language], scratch).1
            };
            let cut: Vec<Vec<ContentWord>> = keys.par_iter().map_init(Scratch::default, cut).collect();
            for ((key, language), words) in keys.iter().zip(cut) {
                let words = found.vocabularies[*language].add(words);
                found.all.push(Statement { row: row_of[key], language: *language, words });
            }
        }
        let order: HashMap<u32, usize> = rows.iter().copied().zip(0..).collect();
        found.all.sort_unstable_by_key(|it| order[&it.row]);
        Ok(found)
    }
}

/// The contacts that have words, in the order in which they are stored, and their languages.
struct Spoken {
    languages: Vec<String>,
    keys: Vec<(u64, usize)>,
}

impl Spoken {
    fn read(view: &View, row_of: &HashMap<u64, u32>) -> Result<Spoken> {
        let store = view.store;
        let declared = store.dimension("language")?;
        let of_transcripts = store.transcript_languages()?;
        let owners = store.turn_owners()?;
        let living: HashSet<u64> = store.transcript_keys()?.into_iter().collect();
        let mut tags: BTreeMap<u64, (usize, Option<String>)> = BTreeMap::new();
        let rows = owners.interaction_key.iter().zip(&of_transcripts.codes).enumerate();
        for (place, (key, code)) in
            rows.filter(|(_, (key, _))| row_of.contains_key(key) && living.contains(key))
        {
            let own = declared.codes.get(row_of[key] as usize).copied().unwrap_or(0);
            let tag = tag_of(&declared.names, own).or_else(|| tag_of(&of_transcripts.names, *code));
            let known = tags.entry(*key).or_insert((place, None));
            // Of several transcripts the least tag counts, in whatever order they came.
            known.1 = match (known.1.take(), tag) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        let undeclared = tags.iter().filter(|(_, (_, tag))| tag.is_none()).map(|(key, _)| *key);
        let fallback = usual_language(view, undeclared.take(MOST_SAMPLED).collect())?;
        let tag = |tag: &Option<String>| tag.clone().unwrap_or_else(|| fallback.clone());
        let mut languages: Vec<String> = tags.values().map(|(_, it)| tag(it)).collect();
        languages.sort_unstable();
        languages.dedup();
        let place = |tag: &str| languages.partition_point(|it| it.as_str() < tag);
        let mut keys: Vec<(usize, u64, usize)> =
            tags.iter().map(|(key, (at, it))| (*at, *key, place(&tag(it)))).collect();
        keys.sort_unstable();
        Ok(Spoken { keys: keys.into_iter().map(|(_, key, language)| (key, language)).collect(), languages })
    }
}

fn tag_of(names: &[String], code: u32) -> Option<String> {
    let name = names.get(code as usize).filter(|_| code > 0)?;
    Some(primary_language(name.trim())).filter(|tag| !tag.is_empty())
}

/// The language of contacts that declare none: the one that most of a sample of them is surely in. Blank where most are
/// in none.
fn usual_language(view: &View, sample: HashSet<u64>) -> Result<String> {
    if sample.is_empty() {
        return Ok(String::new());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for turns in view.store.turns_of(&sample)?.values() {
        let said: Vec<&str> = turns.iter().map(|turn| turn.text.as_str()).collect();
        language_of(&said.join("\n")).into_iter().for_each(|tag| *counts.entry(tag).or_default() += 1);
    }
    let told: usize = counts.values().sum();
    let most = counts.into_iter().find(|(_, count)| 2 * count > told);
    Ok(most.map_or(String::new(), |(tag, _)| tag.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(turns: &[(Speaker, &str)]) -> Vec<String> {
        let turn = |(index, (speaker, text)): (usize, &(Speaker, &str))| Turn {
            index: index as u32,
            speaker: *speaker,
            at_seconds: None,
            text: text.to_string(),
        };
        let turns: Vec<Turn> = turns.iter().enumerate().map(turn).collect();
        let words = issue(&turns, &Content::of("en"), &mut Scratch::default()).1;
        words.into_iter().map(|word| word.term).collect()
    }

    use Speaker::{Agent, Customer, System, Unknown};

    #[test]
    fn the_statement_ends_before_the_agent_answers() {
        let turns = [
            (Agent, "welcome"),
            (Customer, "router blinks"),
            (System, "agent typing"),
            (Customer, "red"),
            (Agent, "which router"),
            (Customer, "black box"),
        ];
        assert_eq!(said(&turns), ["router", "blink", "red"]);
    }

    #[test]
    fn a_statement_of_few_words_goes_on() {
        let turns = [
            (Customer, "good morning"),
            (Agent, "good morning, how can I help"),
            (Customer, "router"),
            (Agent, "what about it"),
            (Customer, "blinks red"),
            (Agent, "restart it"),
            (Customer, "black box"),
        ];
        assert_eq!(said(&turns), ["router", "blink", "red"]);
    }

    #[test]
    fn nobody_known_is_the_customer_and_a_statement_has_an_end() {
        assert_eq!(said(&[(Unknown, "router broken")]), ["router", "broken"]);
        assert_eq!(said(&[(Customer, &"router ".repeat(100))]).len(), MOST_WORDS);
        assert_eq!(said(&[(Agent, "router broken")]), Vec::<String>::new());
        assert_eq!(said(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_word_of_fewer_than_three_statements_weighs_nothing() {
        let mut vocabulary = Vocabulary::default();
        let word =
            |term: &str| ContentWord { term: term.into(), place: 0..0, sentence_at: 0, begins_phrase: false };
        for statement in [&["router", "smith"][..], &["router"], &["router", "router"], &["bill"]] {
            vocabulary.add(statement.iter().map(|term| word(term)).collect());
        }
        let weight = |term: &str| vocabulary.weight(vocabulary.number(term).unwrap());
        // ln(5 ÷ 4) = 0.223144
        assert_eq!((weight("router"), weight("smith")), (223_144, 0));
    }
}
