//! Store and policy → phrases that the lexicons may lack: what customers say more often in repeats than in first
//! contacts, outside of what is found already.
//!
//! Phrases are runs of one to four words (of two to eight characters in scripts without spaces) in customers' turns. A
//! phrase counts once a contact. They are candidates for a person to judge: being frequent in repeats is no proof of
//! saying so.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::view::{Extent, Loaded, View};
use crate::Result;
use crate::interaction::{Speaker, Turn};
use crate::lexicon::REPEAT;
use crate::link::Class;
use crate::measure::{Counts, log_odds_z};
use crate::policy::Policy;
use crate::store::{CueColumns, Store};
use crate::text::token::is_character_script;
use crate::text::{fold, tokens};

/// A phrase that distinguishes repeats from first contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The words, folded, with single spaces.
    pub phrase: String,
    /// Repeats whose customers say it.
    pub repeat_count: u64,
    /// First contacts whose customers say it.
    pub first_count: u64,
    /// How sure the difference is: see [`log_odds_z`].
    pub z: f64,
    /// Whose words the quote is.
    pub interaction_id: String,
    /// A turn that has it, as it is.
    pub quote: String,
}

/// What a store suggests.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestions {
    /// Repeats whose words were read.
    pub repeat_count: u64,
    /// First contacts whose words were read.
    pub first_count: u64,
    /// The surest first.
    pub phrases: Vec<Suggestion>,
}

/// The most contacts of either kind whose words are read: those with the smallest hashes of their ids, so that the same
/// store gives the same suggestions.
const MOST_CONTACTS: usize = 20_000;

/// A difference of less than this is likely chance. Where many phrases are compared even a larger one can be: the
/// score is shown.
const LEAST_Z: f64 = 2.0;

/// Repeats that must say a phrase.
const LEAST_COUNT: u64 = 4;

/// The weight of the prior, in contacts.
const PRIOR_CONTACTS: f64 = 200.0;

/// The most words of a phrase, and the most characters in scripts without spaces.
const MOST_WORDS: usize = 4;
const MOST_CHARACTERS: usize = 8;

/// The contacts that say a phrase, and one of them with the turn.
#[derive(Default)]
struct Said {
    repeat_count: u64,
    first_count: u64,
    example: Option<(u32, String)>,
}

/// Spans (raw bytes) of cues of kind `repeat`, by contact and turn.
type Spans = HashMap<(u64, u32), Vec<(usize, usize)>>;

/// At most `most` phrases of the store's turns that the lexicons do not find.
///
/// Errors: a damaged store, an unknown time zone.
pub fn suggest(store: &Store, policy: &Policy, most: usize) -> Result<Suggestions> {
    let cues = store.cues()?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Keys)?;
    let view = loaded.view(policy)?;
    let (repeats, firsts) = sample(&view);
    let key_of = |row: u32| view.columns.interaction_key[row as usize];
    let wanted: HashSet<u64> = repeats.iter().chain(&firsts).map(|&row| key_of(row)).collect();
    let turns = store.turns_of(&wanted)?;
    let spans = spans(store, &cues, &wanted)?;
    let mut said: HashMap<String, Said> = HashMap::new();
    let mut totals = Counts { first: 0, second: 0 };
    for (rows, is_repeat) in [(&repeats, true), (&firsts, false)] {
        for &row in rows {
            let key = key_of(row);
            let phrases = phrases_of(turns.get(&key).map_or(&[], Vec::as_slice), key, &spans);
            if phrases.is_empty() {
                continue;
            }
            *(if is_repeat { &mut totals.first } else { &mut totals.second }) += 1;
            for (phrase, turn) in phrases {
                let entry = said.entry(phrase).or_default();
                *(if is_repeat { &mut entry.repeat_count } else { &mut entry.first_count }) += 1;
                if entry.example.is_none() {
                    entry.example = Some((row, turn.text.clone()));
                }
            }
        }
    }
    let chosen = chosen(said, totals, most).into_iter();
    let phrases =
        chosen.map(|(phrase, z, said)| suggestion(store, phrase, z, said)).collect::<Result<_>>()?;
    Ok(Suggestions { repeat_count: totals.first, first_count: totals.second, phrases })
}

fn spans(store: &Store, cues: &CueColumns, wanted: &HashSet<u64>) -> Result<Spans> {
    let repeat = cues.kind_names.iter().position(|kind| kind == REPEAT).map(|code| code as u32);
    let places = (0..cues.row.len())
        .filter(|&at| Some(cues.kind[at]) == repeat && wanted.contains(&cues.interaction_key[at]));
    let places: Vec<usize> = places.collect();
    let rows: Vec<u32> = places.iter().map(|&at| cues.row[at]).collect();
    let mut spans = Spans::new();
    for (at, cue) in places.into_iter().zip(store.cue_records(&rows)?) {
        let of_turn = spans.entry((cues.interaction_key[at], cue.turn)).or_default();
        of_turn.push((cue.start as usize, cue.end as usize));
    }
    Ok(spans)
}

/// Rows of repeats and of first contacts.
fn sample(view: &View) -> (Vec<u32>, Vec<u32>) {
    let mut rows = [Vec::new(), Vec::new()];
    for &row in view.links.order() {
        match view.links.class(row) {
            Class::Repeat(_) | Class::UnservedRepeat(_) => rows[0].push(row),
            Class::First(_) => rows[1].push(row),
            Class::LeftEdge(_) | Class::Excluded(_) => {}
        }
    }
    let [repeats, firsts] = rows.map(|mut rows| {
        rows.sort_by_key(|&row| view.columns.interaction_key[row as usize]);
        rows.truncate(MOST_CONTACTS);
        rows
    });
    (repeats, firsts)
}

/// The phrases of a contact's customer, outside of cues, each with a turn that has it.
fn phrases_of<'t>(turns: &'t [Turn], key: u64, spans: &Spans) -> BTreeMap<String, &'t Turn> {
    let mut phrases = BTreeMap::new();
    for turn in turns {
        if matches!(turn.speaker, Speaker::Customer | Speaker::Unknown) {
            let found = spans.get(&(key, turn.index)).map_or(&[][..], Vec::as_slice);
            for phrase in phrases_in(turn, found) {
                phrases.entry(phrase).or_insert(turn);
            }
        }
    }
    phrases
}

/// The phrases of a turn that no span (raw bytes) touches.
fn phrases_in(turn: &Turn, spans: &[(usize, usize)]) -> HashSet<String> {
    let folded = fold(&turn.text);
    let mut words = Vec::new();
    tokens(folded.text(), &mut words);
    let is_free = |at: usize| {
        let (start, end) =
            (folded.raw_start(words[at].start as usize), folded.raw_end(words[at].end as usize));
        spans.iter().all(|&(from, to)| end <= from || start >= to)
    };
    let mut phrases = HashSet::new();
    for first in 0..words.len() {
        let is_characters = words[first].text(folded.text()).starts_with(is_character_script);
        let most = if is_characters { MOST_CHARACTERS } else { MOST_WORDS };
        let mut phrase = String::new();
        for (at, word) in words.iter().enumerate().skip(first).take(most) {
            if (at > first && word.is_sentence_start) || word.is_mention || !is_free(at) {
                break;
            }
            if at > first && !is_characters {
                phrase.push(' ');
            }
            phrase.push_str(word.text(folded.text()));
            if !is_characters || at > first {
                phrases.insert(phrase.clone());
            }
        }
    }
    phrases
}

/// The phrases that are surely more frequent in repeats, without those that a surer, longer or shorter one contains.
fn chosen(said: HashMap<String, Said>, totals: Counts, most: usize) -> Vec<(String, f64, Said)> {
    let mut scored: Vec<(String, f64, Said)> = said
        .into_iter()
        .filter(|(_, said)| said.repeat_count >= LEAST_COUNT)
        .map(|(phrase, said)| {
            let counts = Counts { first: said.repeat_count, second: said.first_count };
            let z = log_odds_z(counts, totals, PRIOR_CONTACTS);
            (phrase, z, said)
        })
        .filter(|(_, z, _)| *z >= LEAST_Z)
        .collect();
    // Of equal scores the longer phrase says more; the text itself makes the order total.
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.len().cmp(&a.0.len())).then(a.0.cmp(&b.0)));
    let mut kept: Vec<(String, f64, Said)> = Vec::new();
    for one in scored {
        if kept.len() == most {
            break;
        }
        if !kept.iter().any(|(phrase, ..)| phrase.contains(&one.0) || one.0.contains(phrase.as_str())) {
            kept.push(one);
        }
    }
    kept
}

fn suggestion(store: &Store, phrase: String, z: f64, said: Said) -> Result<Suggestion> {
    let (row, quote) = said.example.unwrap_or_default();
    let interaction_id = store.texts("interaction_id", &[row])?.pop().flatten().unwrap_or_default();
    let (repeat_count, first_count) = (said.repeat_count, said.first_count);
    Ok(Suggestion { phrase, repeat_count, first_count, z, interaction_id, quote })
}

#[cfg(test)]
mod tests {
    use super::phrases_in;
    use crate::interaction::{Speaker, Turn};

    fn phrases(text: &str, spans: &[(usize, usize)]) -> Vec<String> {
        let turn = Turn { index: 0, speaker: Speaker::Customer, at_seconds: None, text: text.into() };
        let mut phrases: Vec<String> = phrases_in(&turn, spans).into_iter().collect();
        phrases.sort();
        phrases
    }

    #[test]
    fn phrases_are_runs_of_words_within_a_sentence() {
        assert_eq!(phrases("Still broken! Why", &[]), ["broken", "still", "still broken", "why"]);
    }

    #[test]
    fn words_of_a_cue_are_in_no_phrase() {
        assert_eq!(phrases("ok i called twice now", &[(3, 17)]), ["now", "ok"]);
    }

    #[test]
    fn characters_make_phrases_of_two_and_more() {
        assert_eq!(phrases("还没好", &[]), ["没好", "还没", "还没好"]);
    }
}
