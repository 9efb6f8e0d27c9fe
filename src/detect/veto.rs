//! What forbids a candidate: `unless` phrases near it, `unless_turn` phrases anywhere in the turn.

use super::engine::{Candidate, CompiledRule, Engine, Veto};
use super::matcher::{Match, Words, match_at};
use super::signature::has_all;

/// How far before a cue a veto may begin, in tokens.
pub(super) const VETO_LOOKBACK: usize = 24;

/// What vetoes the cues of one rule in one turn.
struct Vetoes {
    rule: usize,
    is_turn_vetoed: bool,
    /// Starts of `unless` matches, ascending, each with the end of the longest.
    spans: Vec<(usize, usize)>,
}

impl Vetoes {
    fn of(rule: &CompiledRule, index: usize, engine: &Engine, words: &Words) -> Vetoes {
        let said = words.classes.iter().chain(words.pairs).copied().filter(|&class| class != 0);
        let can_match = |veto: &&Veto| has_all(&veto.required, &engine.vocabulary, said.clone());
        let turn_vetoes = rule.unless_turn.iter().filter(can_match);
        let is_turn_vetoed = turn_vetoes.into_iter().any(|veto| veto.spans(words).next().is_some());
        let mut spans = Vec::new();
        if !is_turn_vetoed {
            spans.extend(rule.unless.iter().filter(can_match).flat_map(|veto| veto.spans(words)));
            spans.sort_unstable_by_key(|&(first, end)| (first, std::cmp::Reverse(end)));
            spans.dedup_by_key(|&mut (first, _)| first);
        }
        Vetoes { rule: index, is_turn_vetoed, spans }
    }

    /// Does a veto overlap the match?
    fn overlap(&self, found: &Match) -> bool {
        let earliest = found.first.saturating_sub(VETO_LOOKBACK);
        let near = &self.spans[self.spans.partition_point(|&(first, _)| first < earliest)..];
        near.iter().take_while(|&&(first, _)| first < found.end).any(|&(_, end)| end > found.first)
    }
}

impl Veto {
    /// Where it matches: each start once, with the end of the longest match.
    fn spans(&self, words: &Words) -> impl Iterator<Item = (usize, usize)> {
        let mut next = 0;
        let starts = (0..words.tokens.len()).flat_map(move |at| match self.program.anchor {
            None => at..at + 1,
            Some(anchor) if words.has(at, anchor.atom) => {
                let first = words.earliest_start(next, at, anchor.lookback);
                next = at + 1;
                first..next
            }
            Some(_) => at..at,
        });
        starts.filter_map(|first| match_at(&self.program, words, first).map(|found| (first, found.end)))
    }
}

impl Engine {
    /// Drops the candidates that an `unless` phrase overlaps, or an `unless_turn` phrase of the turn forbids.
    pub(super) fn veto(&self, candidates: &mut Vec<Candidate>, words: &Words) {
        if candidates.is_empty() {
            return;
        }
        let mut known: Vec<Vetoes> = Vec::new();
        candidates.retain(|candidate| {
            let rule = candidate.rule;
            let at = known.iter().position(|vetoes| vetoes.rule == rule).unwrap_or_else(|| {
                known.push(Vetoes::of(&self.rules[rule], rule, self, words));
                known.len() - 1
            });
            !known[at].is_turn_vetoed && !known[at].overlap(&candidate.found)
        });
    }
}
