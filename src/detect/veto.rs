//! What forbids a candidate: `unless` phrases near it, `unless_turn` phrases anywhere in the turn.

use super::engine::{Candidate, Engine, is_set};
use super::matcher::{Match, Words, match_at};
use super::program::Program;

/// How far before a cue a veto may begin, in tokens.
pub(super) const VETO_LOOKBACK: usize = 24;

/// What vetoes the cues of one rule in one turn, found as far as it was asked for.
#[derive(Default)]
struct Vetoes<'a> {
    rule: usize,
    /// The `unless` phrases all of whose words are in the turn.
    unless: Vec<&'a Program>,
    is_turn_vetoed: bool,
    /// Starts of `unless` matches, ascending, with the end of the longest.
    spans: Vec<(usize, usize)>,
    /// The first token at which none was looked for yet.
    next: usize,
}

impl Vetoes<'_> {
    /// Does a veto overlap the match? To be asked in the order of the matches' starts, so that every start is tried
    /// at most once.
    fn overlap(&mut self, found: &Match, words: &Words) -> bool {
        let from = found.first.saturating_sub(VETO_LOOKBACK);
        for first in self.next.max(from)..found.end {
            let ends = self.unless.iter().filter_map(|program| match_at(program, words, first));
            self.spans.extend(ends.map(|veto| veto.end).max().map(|end| (first, end)));
        }
        self.next = self.next.max(found.end);
        let near = self.spans.iter().rev().take_while(|&&(first, _)| first >= from);
        near.clone().any(|&(first, end)| first < found.end && end > found.first)
    }
}

impl Engine {
    /// Drops the candidates that an `unless` phrase overlaps, or an `unless_turn` phrase of the turn forbids. They stand
    /// in the order of their starts.
    pub(super) fn veto(&self, candidates: &mut Vec<Candidate>, words: &Words) {
        if candidates.is_empty() {
            return;
        }
        let mut known: Vec<Vetoes> = Vec::new();
        let said = words.atoms();
        let can_match = |program: &&Program| program.required.iter().all(|&atom| is_set(&said, atom));
        candidates.retain(|candidate| {
            let rule = &self.rules[candidate.rule];
            let at = known.iter().position(|vetoes| vetoes.rule == candidate.rule).unwrap_or_else(|| {
                let all = 0..words.tokens.len();
                let is_turn_vetoed = rule
                    .unless_turn
                    .iter()
                    .filter(can_match)
                    .any(|program| all.clone().any(|first| match_at(program, words, first).is_some()));
                let unless = rule.unless.iter().filter(can_match).collect();
                known.push(Vetoes { rule: candidate.rule, is_turn_vetoed, unless, ..Vetoes::default() });
                known.len() - 1
            });
            !known[at].is_turn_vetoed && !known[at].overlap(&candidate.found, words)
        });
    }
}
