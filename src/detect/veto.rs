//! What forbids a candidate: `unless` phrases near it, `unless_turn` phrases anywhere in the turn.

use std::collections::HashMap;

use super::matcher::{Match, Words, match_at};
use super::program::Program;
use super::{Candidate, Detector};

/// How far before a cue a veto may begin, in tokens.
pub(super) const VETO_LOOKBACK: usize = 24;

/// What vetoes the cues of one rule in one turn, found as far as it was asked for.
#[derive(Default)]
struct Vetoes {
    is_turn_vetoed: bool,
    /// Starts of `unless` matches, ascending, with the end of the longest.
    spans: Vec<(usize, usize)>,
    /// The first token at which none was looked for yet.
    next: usize,
}

impl Vetoes {
    /// Does a veto overlap the match? To be asked in the order of the matches' starts, so that every start is tried
    /// at most once.
    fn overlap(&mut self, found: &Match, longest_at: impl Fn(usize) -> Option<usize>) -> bool {
        let from = found.first.saturating_sub(VETO_LOOKBACK);
        for first in self.next.max(from)..found.end {
            self.spans.extend(longest_at(first).map(|end| (first, end)));
        }
        self.next = self.next.max(found.end);
        let near = self.spans.iter().rev().take_while(|&&(first, _)| first >= from);
        near.clone().any(|&(first, end)| first < found.end && end > found.first)
    }
}

impl Detector {
    /// Drops the candidates that an `unless` phrase overlaps, or an `unless_turn` phrase of the turn forbids. They stand
    /// in the order of their starts.
    pub(super) fn veto(&self, candidates: &mut Vec<Candidate>, words: &Words) {
        let mut vetoes: HashMap<usize, Vetoes> = HashMap::new();
        candidates.retain(|candidate| {
            let rule = &self.rules[candidate.rule];
            let matches = |program: &Program, first: usize| {
                match_at(program, words, &self.numerals[rule.language], rule.language, first)
            };
            let vetoes = vetoes.entry(candidate.rule).or_insert_with(|| {
                let all = 0..words.tokens.len();
                let is_turn_vetoed = rule
                    .unless_turn
                    .iter()
                    .any(|program| all.clone().any(|first| matches(program, first).is_some()));
                Vetoes { is_turn_vetoed, ..Vetoes::default() }
            });
            !vetoes.is_turn_vetoed
                && !vetoes.overlap(&candidate.found, |first| {
                    rule.unless
                        .iter()
                        .filter_map(|program| matches(program, first))
                        .map(|found| found.end)
                        .max()
                })
        });
    }
}
