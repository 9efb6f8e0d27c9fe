//! Does a phrase match here? All readings at once, as a set of positions.
//!
//! Positions are bits of a `u64` relative to the first token, so a phrase reaches over at most 63 tokens and the
//! work per attempt is bounded by (steps × 64), whatever the text.

use super::atoms::{Atom, Class, Classes, ones};
use super::program::{Program, Step};
use crate::text::numeral::Number;
use crate::text::{NumberKind, Numerals, Token};

/// A turn prepared for matching.
pub(super) struct Words<'a> {
    pub(super) folded: &'a str,
    pub(super) tokens: &'a [Token],
    /// For each token the languages (bits) in which it is a filler; all bits for mentions and stutters.
    pub(super) skippable: &'a [u64],
    /// The class of each token.
    pub(super) classes: &'a [Class],
    /// What the classes mean.
    pub(super) meaning: &'a Classes,
}

/// A match: token range and the number that it captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) first: usize,
    /// One after the last token.
    pub(super) end: usize,
    pub(super) number: Option<(NumberKind, Number)>,
}

/// One attempt to match at one place.
struct Attempt<'a> {
    words: &'a Words<'a>,
    numerals: &'a Numerals,
    language: u64,
    first: usize,
    /// The number last captured, and where it ends.
    number: Option<(usize, NumberKind, Number)>,
}

/// The longest match of the phrase that begins at token `first`.
pub(super) fn match_at(
    program: &Program,
    words: &Words,
    numerals: &Numerals,
    language: usize,
    first: usize,
) -> Option<Match> {
    if program.first.is_some_and(|atom| !words.has(first, atom)) {
        return None;
    }
    let mut attempt = Attempt { words, numerals, language: 1 << (language % 64), first, number: None };
    let ends = attempt.sequence(&program.steps, 1) & !1;
    let end = first + ends.checked_ilog2()? as usize;
    let number =
        attempt.number.filter(|&(number_end, ..)| number_end <= end).map(|(_, kind, number)| (kind, number));
    Some(Match { first, end, number })
}

impl Attempt<'_> {
    fn sequence(&mut self, steps: &[Step], from: u64) -> u64 {
        let mut positions = from;
        for step in steps {
            positions = self.step(step, positions);
            if positions == 0 {
                break;
            }
        }
        positions
    }

    fn step(&mut self, step: &Step, from: u64) -> u64 {
        match step {
            Step::Word(atom) => self.each(from, |words, at| usize::from(words.has(at, *atom))),
            Step::Run(atom, text) => {
                self.each(from, |words, at| if words.has(at, *atom) { run(words, at, text) } else { 0 })
            }
            Step::Number(atom, kind, least) => self.numbers(*atom, *kind, *least, from),
            Step::Gap(length) => self.gap(from, *length),
            Step::Optional(inner) => from | self.sequence(inner, from),
            Step::Choice(None, alternatives) => {
                alternatives.iter().fold(0, |to, steps| to | self.sequence(steps, from))
            }
            Step::Choice(Some(atom), alternatives) => match self.beginnings(from, *atom) {
                0 => 0,
                from => alternatives.iter().fold(0, |to, steps| to | self.sequence(steps, from)),
            },
        }
    }

    /// The tokens that can come next at a position: the one there, and those after fillers.
    fn next_tokens(&self, position: usize) -> impl Iterator<Item = usize> {
        let mut next = Some(self.first + position);
        std::iter::from_fn(move || {
            let at = next.filter(|&at| self.may_take(at))?;
            next = (at > self.first && self.is_skippable(at)).then_some(at + 1);
            Some(at)
        })
    }

    /// Applies `take`, which says how many tokens it matches (0: none), at every position of `from`.
    fn each(&self, from: u64, take: impl Fn(&Words, usize) -> usize) -> u64 {
        let mut to = 0;
        for position in ones(from) {
            for at in self.next_tokens(position) {
                let count = take(self.words, at);
                if count > 0 {
                    to |= bit(at - self.first + count);
                }
            }
        }
        to
    }

    /// The positions of `from` at which the next word satisfies the atom.
    fn beginnings(&self, from: u64, atom: Atom) -> u64 {
        let begins = |&position: &usize| self.next_tokens(position).any(|at| self.words.has(at, atom));
        ones(from).filter(begins).fold(0, |to, position| to | bit(position))
    }

    fn numbers(&mut self, atom: Atom, kind: NumberKind, least: u32, from: u64) -> u64 {
        let found = std::cell::Cell::new(self.number);
        let to = self.each(from, |words, at| {
            let number =
                words.has(at, atom).then(|| self.numerals.number_at(kind, words.folded, words.tokens, at));
            match number.flatten() {
                Some(number) if number.value >= least => {
                    found.set(Some((at + number.token_count, kind, number)));
                    number.token_count
                }
                _ => 0,
            }
        });
        self.number = found.get();
        to
    }

    fn gap(&self, from: u64, length: u8) -> u64 {
        let mut to = from;
        let mut edge = from;
        for _ in 0..length {
            let may_go = |position: &usize| self.may_take(self.first + position);
            let next = ones(edge).filter(may_go).fold(0, |next, position| next | bit(position + 1));
            edge = next & !to;
            to |= next;
            if edge == 0 {
                break;
            }
        }
        to
    }

    /// Is there a token at `at`, in the same sentence?
    fn may_take(&self, at: usize) -> bool {
        self.words.tokens.get(at).is_some_and(|token| at == self.first || !token.is_sentence_start)
    }

    fn is_skippable(&self, at: usize) -> bool {
        self.words.skippable[at] & self.language != 0
    }
}

/// Positions past the 64th are given up.
fn bit(position: usize) -> u64 {
    if position < 64 { 1 << position } else { 0 }
}

/// How many tokens the run of characters takes at `at`; 0 if it is not there in whole tokens.
fn run(words: &Words, at: usize, text: &str) -> usize {
    let start = words.tokens[at].start as usize;
    if !words.folded[start..].starts_with(text) {
        return 0;
    }
    let end = (start + text.len()) as u32;
    let inside = words.tokens[at..].iter().take_while(|token| token.start < end);
    inside.enumerate().find(|(_, token)| token.end == end).map_or(0, |(count, _)| count + 1)
}

impl Words<'_> {
    /// Does the word at `at` satisfy the atom?
    pub(super) fn has(&self, at: usize, atom: Atom) -> bool {
        self.meaning.has(self.classes[at], atom)
    }
}
