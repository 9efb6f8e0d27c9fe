//! The words around terms: for each term, as it is written and in turns of its latest contacts.

use std::collections::HashMap;
use std::ops::Range;

use super::super::view::View;
use super::Subject;
use super::told::{Told, Transcripts};
use crate::Result;
use crate::interaction::Speaker;
use crate::report::Quote;
use crate::text::TermCutter;

/// Quotes of a term.
const MOST_QUOTES: usize = 2;

/// Bytes of a turn on either side of the term.
const AROUND: usize = 140;

/// A term that somebody said.
pub(super) struct Sought<'a> {
    pub(super) side: Speaker,
    pub(super) term: &'a str,
    /// Indexes of subjects that have it, the latest first.
    pub(super) latest: Vec<u32>,
}

/// Where a term was found: its index among those sought, the subject, as it is written, the turn around it, the language.
type Found = (usize, u32, String, String, Option<String>);

/// For each term as it is written in its latest contact, and the turns around it, in words that differ.
pub(super) fn quotes(
    view: &View,
    transcripts: &Transcripts,
    subjects: &[Subject],
    sought: &[Sought],
) -> Result<Vec<(String, Vec<Quote>)>> {
    let mut of_subjects: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, it) in sought.iter().enumerate() {
        it.latest.iter().for_each(|subject| of_subjects.entry(*subject).or_default().push(at));
    }
    let mut found: Vec<Vec<Found>> = vec![Vec::new(); sought.len()];
    let each = |cutter: &mut TermCutter, made: &mut Vec<Found>, told: &Told| {
        for side in super::told::SIDES {
            let own = of_subjects[&told.subject].iter().filter(|at| sought[**at].side == side);
            let mut wanted: HashMap<&str, Vec<usize>> = HashMap::new();
            own.for_each(|at| wanted.entry(sought[*at].term).or_default().push(*at));
            if wanted.is_empty() {
                continue;
            }
            told.terms(cutter, side, |term, turn, place| {
                for at in wanted.remove(term).unwrap_or_default() {
                    let written = turn.text[place.clone()].to_string();
                    let language = told.language.map(str::to_string);
                    made.push((at, told.subject, written, around(&turn.text, place.clone()), language));
                }
            });
        }
    };
    transcripts.read(
        |subject| of_subjects.contains_key(&subject),
        each,
        |made| made.into_iter().for_each(|it| found[it.0].push(it)),
    )?;
    let rows: Vec<u32> = found.iter().flatten().map(|it| subjects[it.1 as usize].row).collect();
    let mut ids = view.store.texts("interaction_id", &rows)?.into_iter();
    let mut told = Vec::with_capacity(sought.len());
    for of_term in found {
        let mut with_ids: Vec<(Found, Option<String>)> = of_term.into_iter().zip(ids.by_ref()).collect();
        with_ids.sort_by_key(|((_, subject, ..), _)| std::cmp::Reverse(*subject));
        let written = with_ids.first().map(|((_, _, written, ..), _)| written.clone()).unwrap_or_default();
        let mut quotes: Vec<Quote> = Vec::new();
        for ((_, subject, _, text, language), id) in with_ids {
            if quotes.len() < MOST_QUOTES && !quotes.iter().any(|quote| quote.text == text) {
                let started_at = view.columns.started_at[subjects[subject as usize].row as usize];
                quotes.push(Quote {
                    interaction_id: id.unwrap_or_default(),
                    started_at: view.time(started_at),
                    language: language.unwrap_or_default(),
                    text,
                });
            }
        }
        told.push((written, quotes));
    }
    Ok(told)
}

/// The turn around a place, cut at spaces where there are some.
fn around(text: &str, place: Range<usize>) -> String {
    let mut start = text.floor_char_boundary(place.start.saturating_sub(AROUND));
    let mut end = text.ceil_char_boundary((place.end + AROUND).min(text.len()));
    if start > 0 {
        start += text[start..place.start].find(char::is_whitespace).unwrap_or(0);
    }
    if end < text.len() {
        end = place.end + text[place.end..end].rfind(char::is_whitespace).unwrap_or(end - place.end);
    }
    let mark = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{}{}", mark(start > 0), text[start..end].trim(), mark(end < text.len()))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn a_long_turn_is_cut_at_spaces_around_the_term() {
        let text = format!("{} router {}", "aaaa ".repeat(100), "bbbb ".repeat(100));
        let at = text.find("router").unwrap();
        let quote = around(&text, at..at + 6);
        assert!(quote.starts_with("…aaaa") && quote.ends_with("bbbb…") && quote.len() < 310, "{quote}");
        assert_eq!(around("my router", 3..9), "my router");
    }

    #[test]
    fn characters_are_not_cut_apart() {
        let text = "字".repeat(500);
        assert!(around(&text, 600..603).chars().all(|c| c == '字' || c == '…'));
    }
}
