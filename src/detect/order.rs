//! Do the words of a sentence stand in an order in which a phrase can match? Told without reading the sentence again.
//!
//! All places at which a phrase could begin are tried at once, as bits of the sentence's tokens. Numbers and runs of
//! characters are taken for longer than they may be, and a sentence here may be several of the tokenizer's: so it lets
//! too much through, never too little. Exactness is the [`matcher`](super::matcher)'s.

use super::engine::{CompiledPhrase, Engine, REACH, is_set};
use super::matcher::Memory;
use super::memo::Mark;
use super::program::{Choice, Step};
use super::vocabulary::{Class, Vocabulary, ones};
use crate::text::numeral::MOST_TOKENS;

/// Words of 64 tokens that a sentence may take up; longer ones are let through.
const MOST_BLOCKS: usize = 4;

/// A sentence as one language knows it, token by token.
#[derive(Default)]
pub(super) struct Sentence {
    classes: Vec<Class>,
    pairs: Vec<Class>,
    skippable: [u64; MOST_BLOCKS],
    /// Nothing but what phrases step over stands before it in the turn.
    is_first: bool,
}

/// A class of a language at a token of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) token: u32,
    pub(super) class: Class,
    pub(super) is_pair: bool,
}

impl Sentence {
    /// Takes in the tokens of a sentence and what a language knows of them.
    pub(super) fn fill(&mut self, marks: &[Mark], known: &[Placed], engine: &Engine, is_first: bool) {
        self.classes.clear();
        self.classes.resize(marks.len(), 0);
        self.pairs.clear();
        self.pairs.resize(marks.len(), 0);
        self.skippable = [0; MOST_BLOCKS];
        self.is_first = is_first;
        for placed in known {
            let to = if placed.is_pair { &mut self.pairs } else { &mut self.classes };
            to[placed.token as usize] = placed.class;
        }
        for at in (0..marks.len().min(64 * MOST_BLOCKS)).filter(|&at| marks[at].is_stepped_over) {
            self.skippable[at / 64] |= 1 << (at % 64);
        }
        for placed in known.iter().filter(|placed| engine.is_filler(placed.class) && !placed.is_pair) {
            if let Some(block) = self.skippable.get_mut(placed.token as usize / 64) {
                *block |= 1 << (placed.token % 64);
            }
        }
    }

    /// Can the phrase match around its anchor at `token`?
    pub(super) fn allows(
        &self,
        phrase: &CompiledPhrase,
        token: usize,
        vocabulary: &Vocabulary,
        memory: &Memory,
    ) -> bool {
        match self.classes.len() {
            _ if phrase.is_turn_start && !self.is_near_start(token, phrase.lookback()) => false,
            0..64 => Order::<1>::new(self, vocabulary, memory).allows(phrase, token),
            64..256 => Order::<MOST_BLOCKS>::new(self, vocabulary, memory).allows(phrase, token),
            _ => true,
        }
    }

    /// Do at most `lookback` words of the turn stand before a token, as far as is known of those before it?
    fn is_near_start(&self, token: usize, lookback: usize) -> bool {
        let known = token.min(64 * MOST_BLOCKS);
        let mut before = (0..known).filter(|&at| !self.is_skippable(at));
        self.is_first && before.nth(lookback).is_none()
    }

    fn is_skippable(&self, token: usize) -> bool {
        self.skippable[token / 64] & 1 << (token % 64) != 0
    }
}

/// Positions in a sentence, one past its end included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bits<const N: usize>([u64; N]);

impl<const N: usize> Bits<N> {
    const NONE: Bits<N> = Bits([0; N]);

    /// The first `count`, of fewer than 64 N.
    fn first(count: usize) -> Bits<N> {
        let mut bits = Bits::NONE;
        for block in 0..N {
            bits.0[block] = match count.saturating_sub(64 * block) {
                0 => 0,
                count @ 1..64 => (1 << count) - 1,
                _ => u64::MAX,
            };
        }
        bits
    }

    fn is_empty(self) -> bool {
        self.0.iter().all(|&block| block == 0)
    }

    fn or(mut self, other: Bits<N>) -> Bits<N> {
        self.0.iter_mut().zip(other.0).for_each(|(to, block)| *to |= block);
        self
    }

    fn and(mut self, other: Bits<N>) -> Bits<N> {
        self.0.iter_mut().zip(other.0).for_each(|(to, block)| *to &= block);
        self
    }

    /// Every position one further.
    fn next(mut self) -> Bits<N> {
        let mut carry = 0;
        for block in &mut self.0 {
            (*block, carry) = (*block << 1 | carry, *block >> 63);
        }
        self
    }

    fn set(&mut self, position: usize) {
        if let Some(block) = self.0.get_mut(position / 64) {
            *block |= 1 << (position % 64);
        }
    }

    /// Adds 64 positions from `position` on.
    fn set_all(&mut self, position: usize, bits: u64) {
        let (block, shift) = (position / 64, position % 64);
        self.0[block] |= bits << shift;
        if let Some(next) = self.0.get_mut(block + 1).filter(|_| shift > 0) {
            *next |= bits >> (64 - shift);
        }
    }

    /// 64 positions from `position` on.
    fn window(self, position: usize) -> u64 {
        let (block, shift) = (position / 64, position % 64);
        let low = self.0[block] >> shift;
        self.0.get(block + 1).filter(|_| shift > 0).map_or(low, |next| low | next << (64 - shift))
    }

    fn positions(self) -> impl Iterator<Item = usize> {
        (0..N).flat_map(move |block| ones(self.0[block]).map(move |place| 64 * block + place))
    }
}

struct Order<'a, const N: usize> {
    sentence: &'a Sentence,
    vocabulary: &'a Vocabulary,
    memory: &'a Memory,
    skippable: Bits<N>,
    /// The positions at which there is a token.
    there: Bits<N>,
}

impl<'a, const N: usize> Order<'a, N> {
    fn new(sentence: &'a Sentence, vocabulary: &'a Vocabulary, memory: &'a Memory) -> Order<'a, N> {
        let mut skippable = Bits([0; N]);
        skippable.0.copy_from_slice(&sentence.skippable[..N]);
        let there = Bits::first(sentence.classes.len());
        Order { sentence, vocabulary, memory, skippable, there }
    }

    fn allows(&self, phrase: &CompiledPhrase, token: usize) -> bool {
        let mut starts = self.around(token, phrase.lookback());
        if phrase.is_turn_start {
            starts = starts.and(self.next_tokens(Bits::first(1)));
        }
        !self.sequence(&phrase.program.steps, starts).is_empty()
    }

    /// Where a phrase can begin whose anchor at `token` follows up to `lookback` words.
    fn around(&self, token: usize, lookback: usize) -> Bits<N> {
        let mut starts = Bits::NONE;
        let mut left = lookback;
        for at in (0..=token).rev().take(REACH) {
            starts.set(at);
            if at > 0 && !self.sentence.is_skippable(at - 1) {
                let Some(fewer) = left.checked_sub(1) else { break };
                left = fewer;
            }
        }
        starts
    }

    fn has(&self, at: usize, atom: u32) -> bool {
        self.vocabulary.has(self.sentence.classes[at], atom)
            || (self.sentence.pairs[at] != 0 && self.vocabulary.has(self.sentence.pairs[at], atom))
    }

    fn having(&self, from: Bits<N>, atom: u32) -> Bits<N> {
        let mut to = Bits::NONE;
        for block in 0..N {
            for place in ones(from.0[block]) {
                to.0[block] |= u64::from(self.has(64 * block + place, atom)) << place;
            }
        }
        to
    }

    /// The positions of the tokens that can come next: those at `from`, and those after what is stepped over.
    fn next_tokens(&self, from: Bits<N>) -> Bits<N> {
        let mut next = from.and(self.there);
        loop {
            let more = next.or(next.and(self.skippable).next().and(self.there));
            if more == next {
                return next;
            }
            next = more;
        }
    }

    /// The positions after one to `most` words.
    fn words(&self, from: Bits<N>, most: usize) -> Bits<N> {
        let (mut next, mut to) = (from, Bits::NONE);
        for _ in 0..most {
            next = self.next_tokens(next).next();
            to = to.or(next);
        }
        to
    }

    /// Where the steps can end that begin at `from`.
    fn sequence(&self, steps: &[Step], from: Bits<N>) -> Bits<N> {
        let mut positions = from;
        for step in steps {
            positions = self.step(step, positions);
            if positions.is_empty() {
                break;
            }
        }
        positions
    }

    fn step(&self, step: &Step, from: Bits<N>) -> Bits<N> {
        let beginnings = |atom: u32| self.having(self.next_tokens(from), atom);
        match step {
            Step::Word(atom) => beginnings(*atom).next(),
            Step::Run(atom, run) if run.is_pure => self.run(beginnings(*atom), &run.pairs),
            Step::Run(atom, run) => self.words(beginnings(*atom), run.text.chars().count()),
            Step::Number(atom, ..) => self.words(beginnings(*atom), MOST_TOKENS),
            Step::Gap(length) => self.gap(from, *length),
            Step::Optional(inner) => from.or(self.sequence(inner, from)),
            Step::Choice(choice) => match choice.first {
                Some(first) => self.choice(choice, beginnings(first)),
                None => self.alternatives(choice, from),
            },
        }
    }

    /// A run of characters that begins at `from`, pair by pair.
    fn run(&self, from: Bits<N>, pairs: &[u32]) -> Bits<N> {
        let mut positions = from;
        for &pair in pairs {
            positions = self.having(positions.and(self.there), pair).next();
        }
        positions.next()
    }

    fn gap(&self, from: Bits<N>, length: u8) -> Bits<N> {
        let mut to = from;
        for _ in 0..length {
            to = to.or(to.and(self.there).next());
        }
        to
    }

    fn alternatives(&self, choice: &Choice, from: Bits<N>) -> Bits<N> {
        choice.alternatives.iter().fold(Bits::NONE, |to, steps| to.or(self.sequence(steps, from)))
    }

    /// What a choice matches at a token is worked out once a sentence: many phrases name it.
    fn choice(&self, choice: &Choice, from: Bits<N>) -> Bits<N> {
        let mut to = Bits::NONE;
        for at in from.positions() {
            let ends = self.memory.get_or(choice.number, at, || self.alternatives_at(choice, at).window(at));
            to.set_all(at, ends);
        }
        to
    }

    fn alternatives_at(&self, choice: &Choice, at: usize) -> Bits<N> {
        let mut start = Bits::NONE;
        start.set(at);
        let mut to = Bits::NONE;
        let word = self.vocabulary.bits(self.sentence.classes[at]);
        let pair = self.vocabulary.bits(self.sentence.pairs[at]);
        for (steps, first) in choice.alternatives.iter().zip(&choice.firsts) {
            if first.is_none_or(|first| is_set(word, first) || is_set(pair, first)) {
                to = to.or(match steps.as_slice() {
                    [Step::Word(_)] => start.next(),
                    [Step::Word(_), rest @ ..] => self.sequence(rest, start.next()),
                    steps => self.sequence(steps, start),
                });
            }
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn positions_move_from_block_to_block() {
        let mut bits = Bits::<4>::NONE;
        bits.set_all(60, 0b1_0001);
        assert_eq!(bits.positions().collect::<Vec<_>>(), [60, 64]);
        assert_eq!(bits.next().positions().collect::<Vec<_>>(), [61, 65]);
        assert_eq!(bits.window(60), 0b1_0001);
        assert_eq!(Bits::<4>::first(130).positions().count(), 130);
        assert_eq!(Bits::<1>::first(63).next().positions().last(), Some(63));
    }
}
