//! Does a phrase match here? All readings at once, as a set of positions.
//!
//! Positions are bits of a `u64` relative to the first token, so a phrase reaches over at most 63 tokens and the
//! work per attempt is bounded by (steps × 64), whatever the text.

use std::cell::Cell;

use super::atoms::Atom;
use super::engine::REACH;
use super::program::{Choice, Program, Step};
use super::vocabulary::{Class, Vocabulary, ones};
use crate::text::numeral::Number;
use crate::text::{NumberKind, Numerals, Token};

/// A turn prepared for matching.
pub(super) struct Words<'a> {
    pub(super) folded: &'a str,
    pub(super) tokens: &'a [Token],
    /// Whether phrases may step over each token: fillers, mentions, stutters.
    pub(super) skippable: &'a [bool],
    /// The same as bits.
    pub(super) skippable_bits: &'a [u64],
    /// For each token the end of its sentence.
    pub(super) sentence_ends: &'a [u32],
    /// The class of each token.
    pub(super) classes: &'a [Class],
    /// The class of each token with the one after it, where both are characters of a script without spaces.
    pub(super) pairs: &'a [Class],
    /// What the classes mean.
    pub(super) vocabulary: &'a Vocabulary,
    /// Number words of the language.
    pub(super) numerals: &'a Numerals,
    /// What choices match where.
    pub(super) memory: &'a Memory,
}

/// What the choices of one language match at the tokens of one turn, as far as it was asked and there is room: a set
/// of words stands in many phrases.
pub(super) struct Memory {
    /// Key (turn, choice, token) and ends, as positions relative to the token.
    slots: Vec<Cell<(u64, u64)>>,
    turn: u64,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { slots: vec![Cell::default(); Memory::SIZE], turn: 0 }
    }
}

impl Memory {
    const SIZE: usize = 1 << 11;

    /// Forgets everything: another turn, or another language.
    pub(super) fn begin_turn(&mut self) {
        self.turn += 1;
    }

    pub(super) fn get_or(&self, choice: u32, token: usize, work_out: impl FnOnce() -> u64) -> u64 {
        let wanted = self.turn << 40 | u64::from(choice) << 20 | (token as u64 & 0xF_FFFF);
        let place = (token.wrapping_mul(0x9E37) ^ (choice as usize).wrapping_mul(0x85EB)) % Memory::SIZE;
        let (key, ends) = self.slots[place].get();
        // Turns of over a million words are not remembered: their tokens would share keys.
        if key == wanted && token >> 20 == 0 {
            return ends;
        }
        let ends = work_out();
        self.slots[place].set((wanted, ends));
        ends
    }
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
    first: usize,
    /// The positions at which there is a token of the sentence: a run of low bits.
    there: u64,
    /// The positions whose tokens may be stepped over.
    skippable: u64,
    /// The number last captured, and where it ends.
    number: Option<(usize, NumberKind, Number)>,
}

/// The longest match of the phrase that begins at token `first`.
pub(super) fn match_at(program: &Program, words: &Words, first: usize) -> Option<Match> {
    matches_at(program, words, first).next()
}

/// The matches of the phrase that begin at token `first`, the longest first.
pub(super) fn matches_at(program: &Program, words: &Words, first: usize) -> impl Iterator<Item = Match> {
    let may_begin = program.first.is_none_or(|atom| words.has(first, atom));
    let mut attempt = Attempt::new(words, first);
    let mut ends = if may_begin { attempt.sequence(&program.steps, 1) & !1 } else { 0 };
    let number = attempt.number;
    std::iter::from_fn(move || {
        let last = ends.checked_ilog2()?;
        ends ^= 1 << last;
        let end = first + last as usize;
        let number =
            number.filter(|&(number_end, ..)| number_end <= end).map(|(_, kind, number)| (kind, number));
        Some(Match { first, end, number })
    })
}

impl<'a> Attempt<'a> {
    fn new(words: &'a Words<'a>, first: usize) -> Attempt<'a> {
        let length = (words.sentence_ends[first] as usize - first).min(64);
        let there = u64::MAX >> (64 - length);
        // A phrase does not begin with what it steps over.
        let skippable = window(words.skippable_bits, first) & there & !1;
        Attempt { words, first, there, skippable, number: None }
    }

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
                self.each(from, |words, at| if words.has(at, *atom) { run(words, at, &text.text) } else { 0 })
            }
            Step::Number(atom, kind, least) => self.numbers(*atom, *kind, *least, from),
            Step::Gap(length) => self.gap(from, *length),
            Step::Optional(inner) => from | self.sequence(inner, from),
            Step::Choice(choice) => match (choice.first, choice.is_capturing) {
                (Some(atom), false) => self.remembered(choice, atom, from),
                (None, false) => self.remembered_from(choice, from),
                (None, true) => self.alternatives(choice, from),
                (Some(atom), true) => match self.beginnings(from, atom) {
                    0 => 0,
                    from => self.alternatives(choice, from),
                },
            },
        }
    }

    fn alternatives(&mut self, choice: &Choice, from: u64) -> u64 {
        choice.alternatives.iter().fold(0, |to, steps| to | self.sequence(steps, from))
    }

    /// The same where the attempt begins, whose token is not stepped over.
    fn alternatives_here(&mut self, choice: &Choice) -> u64 {
        let mut to = 0;
        for (steps, first) in choice.alternatives.iter().zip(&choice.firsts) {
            if first.is_none_or(|first| self.words.has(self.first, first)) {
                to |= match &steps[0] {
                    Step::Word(_) => self.sequence(&steps[1..], 2),
                    _ => self.sequence(steps, 1),
                };
            }
        }
        to
    }

    /// The same for a choice whose matches depend on nothing but the token: they are worked out once a token.
    fn remembered(&self, choice: &Choice, atom: Atom, from: u64) -> u64 {
        let mut to = 0;
        for position in ones(self.next_tokens(from)) {
            let at = self.first + position;
            if self.words.has(at, atom) {
                let ends = self.words.memory.get_or(2 * choice.number, at, || {
                    let mut attempt = Attempt::new(self.words, at);
                    attempt.alternatives_here(choice)
                });
                to |= ends << position;
            }
        }
        to
    }

    /// The same for a choice that anything can begin: worked out once a position, which is either where the attempt
    /// begins, and steps over nothing, or any other.
    fn remembered_from(&mut self, choice: &Choice, from: u64) -> u64 {
        let mut to = self.alternatives(choice, from & !self.there);
        for position in ones(from & self.there) {
            let (at, is_begin) = (self.first + position, position == 0);
            let ends = self.words.memory.get_or(2 * choice.number + u32::from(is_begin), at, || {
                let mut attempt = Attempt::new(self.words, at);
                if !is_begin {
                    attempt.skippable = window(self.words.skippable_bits, at) & attempt.there;
                }
                attempt.alternatives(choice, 1)
            });
            to |= ends << position;
        }
        to
    }

    /// The positions of the tokens that can come next: those at `from`, and those after fillers.
    fn next_tokens(&self, from: u64) -> u64 {
        let mut next = from & self.there;
        let mut skipped = next & self.skippable;
        while skipped != 0 {
            let new = (skipped << 1) & self.there & !next;
            next |= new;
            skipped = new & self.skippable;
        }
        next
    }

    /// Applies `take`, which says how many tokens it matches (0: none), at every token that can come next.
    fn each(&self, from: u64, take: impl Fn(&Words, usize) -> usize) -> u64 {
        let mut to = 0;
        for position in ones(self.next_tokens(from)) {
            let count = take(self.words, self.first + position);
            if count > 0 {
                to |= bit(position + count);
            }
        }
        to
    }

    /// The positions of `from` at which the next word satisfies the atom.
    fn beginnings(&self, from: u64, atom: Atom) -> u64 {
        let has = |&position: &usize| self.words.has(self.first + position, atom);
        let begins = |&position: &usize| ones(self.next_tokens(1 << position)).any(|next| has(&next));
        ones(from).filter(begins).fold(0, |to, position| to | bit(position))
    }

    fn numbers(&mut self, atom: Atom, kind: NumberKind, least: u32, from: u64) -> u64 {
        let found = std::cell::Cell::new(self.number);
        let to = self.each(from, |words, at| {
            let number =
                words.has(at, atom).then(|| words.numerals.number_at(kind, words.folded, words.tokens, at));
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
        for _ in 0..length {
            let next = to | (to & self.there) << 1;
            if next == to {
                break;
            }
            to = next;
        }
        to
    }
}

/// 64 bits from `first` on.
fn window(bits: &[u64], first: usize) -> u64 {
    let (word, shift) = (first / 64, first % 64);
    let low = bits[word] >> shift;
    match bits.get(word + 1) {
        Some(high) if shift > 0 => low | high << (64 - shift),
        _ => low,
    }
}

/// Positions past the 64th are given up.
fn bit(position: usize) -> u64 {
    if position < 64 { 1 << position } else { 0 }
}

/// How many tokens the run of characters takes at `at`, whatever spaces stand between them; 0 if it is not there.
fn run(words: &Words, at: usize, text: &str) -> usize {
    let mut rest = text;
    for (count, token) in words.tokens[at..].iter().enumerate() {
        match rest.strip_prefix(token.text(words.folded)) {
            Some(_) if count > 0 && token.is_sentence_start => return 0,
            Some("") => return count + 1,
            Some(left) => rest = left,
            None => return 0,
        }
    }
    0
}

impl Words<'_> {
    /// The first token, from `from` on, at which a match can begin whose anchor follows up to `lookback` words.
    pub(super) fn earliest_start(&self, from: usize, anchor: usize, lookback: usize) -> usize {
        let mut first = anchor;
        let mut counted = 0;
        while first > from && anchor - first < REACH && !self.tokens[first].is_sentence_start {
            counted += usize::from(!self.skippable[first - 1]);
            if counted > lookback {
                break;
            }
            first -= 1;
        }
        first
    }

    /// Does the word at `at` satisfy the atom?
    pub(super) fn has(&self, at: usize, atom: Atom) -> bool {
        self.vocabulary.has(self.classes[at], atom)
            || (self.pairs[at] != 0 && self.vocabulary.has(self.pairs[at], atom))
    }
}
