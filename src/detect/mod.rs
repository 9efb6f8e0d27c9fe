//! Finding what people said: an automaton over the literals that phrases cannot do without, confirmation only
//! where one struck, overlaps resolved.
//!
//! Takes raw turns, gives cues. All languages run in one pass. Work is linear in the text: every strike is
//! confirmed by a bounded number of bounded attempts.

pub mod eval;
mod matcher;
#[cfg(test)]
mod naive;
mod pattern;
pub mod self_test;

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use matcher::{Match, Words, match_at};
use pattern::{Node, anchors, compile};

use crate::interaction::Speaker;
use crate::lexicon::{Lexicon, Phrase, Rule, RuleSpeaker, Stated};
use crate::text::fold::{Folded, fold_into};
use crate::text::token::is_character_script;
use crate::text::{NumberKind, Token, tokens};
use crate::{Error, Result};

/// One match of a rule in one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Index into [`Lexicon::rules`].
    pub rule: usize,
    /// Byte offset in the raw text at which it begins.
    pub start: usize,
    /// Byte offset in the raw text just after it.
    pub end: usize,
    /// Contacts including this one, where the words determine it.
    pub stated_contacts: Option<u32>,
}

/// The largest number of contacts that is believed; "I have called 500 times" is anger, not a count.
pub const LARGEST_STATED: u32 = 100;

/// Rules compiled for finding.
pub struct Detector {
    automaton: AhoCorasick,
    /// For each literal of the automaton, the phrases that it may belong to.
    strikes: Vec<Vec<Strike>>,
    phrases: Vec<CompiledPhrase>,
    rules: Vec<CompiledRule>,
    numerals: Vec<crate::text::Numerals>,
    /// Filler words with the languages (bits) that have them.
    fillers: HashMap<String, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Strike {
    phrase: usize,
    lookback: usize,
}

struct CompiledPhrase {
    rule: usize,
    nodes: Vec<Node>,
}

struct CompiledRule {
    kind: String,
    language: usize,
    speaker: RuleSpeaker,
    priority: i32,
    stated: Stated,
    unless: Vec<Vec<Node>>,
    unless_turn: Vec<Vec<Node>>,
}

/// Memory that one thread uses again for turn after turn.
#[derive(Default)]
pub struct Scratch {
    folded: Folded,
    tokens: Vec<Token>,
    skippable: Vec<u64>,
}

/// A match of a rule's phrase, before vetoes and overlaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    rule: usize,
    found: Match,
}

/// How far before a cue a veto may begin, in tokens.
const VETO_LOOKBACK: usize = 24;

impl Detector {
    /// Compiles every rule. Fails for a phrase in which no word must occur: it would match anywhere.
    pub fn new(lexicon: &Lexicon) -> Result<Detector> {
        let mut strikes_by_literal: HashMap<Box<str>, Vec<Strike>> = HashMap::new();
        let mut phrases = Vec::new();
        let mut rules = Vec::new();
        for (index, rule) in lexicon.rules.iter().enumerate() {
            for phrase in &rule.phrases {
                let nodes = compile(&phrase.items);
                let anchors = anchors(&nodes).ok_or_else(|| no_anchor(rule, phrase))?;
                let strike = Strike { phrase: phrases.len(), lookback: anchors.lookback };
                for literal in anchors.literals {
                    strikes_by_literal.entry(literal).or_default().push(strike);
                }
                phrases.push(CompiledPhrase { rule: index, nodes });
            }
            rules.push(compiled_rule(rule));
        }
        let mut literals: Vec<_> = strikes_by_literal.into_iter().collect();
        literals.sort_by(|a, b| a.0.cmp(&b.0));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(literals.iter().map(|(literal, _)| literal.as_bytes()))
            .map_err(|fault| Error::data("lexicon", fault.to_string(), "use fewer or shorter phrases"))?;
        Ok(Detector {
            automaton,
            strikes: literals.into_iter().map(|(_, strikes)| strikes).collect(),
            phrases,
            rules,
            numerals: lexicon.languages.iter().map(|language| language.numerals.clone()).collect(),
            fillers: fillers(lexicon),
        })
    }

    /// stats
    pub fn stats(&self) -> String {
        let mut v: Vec<usize> = self.strikes.iter().map(Vec::len).collect();
        v.sort();
        v.reverse();
        format!("{} literals {} phrases top {:?} sum {}", self.strikes.len(), self.phrases.len(), &v[..20.min(v.len())], v.iter().sum::<usize>())
    }

    /// The cues in one turn of `speaker`, in the order of their starts; cues of one kind never overlap.
    pub fn cues(&self, text: &str, speaker: Speaker, scratch: &mut Scratch) -> Vec<Cue> {
        if speaker == Speaker::System {
            return Vec::new();
        }
        let mut candidates = self.candidates(text, speaker, scratch);
        if candidates.is_empty() {
            return Vec::new();
        }
        let words = scratch.words();
        self.veto(&mut candidates, &words);
        self.resolve(&mut candidates);
        candidates.iter().map(|candidate| self.cue(candidate, scratch)).collect()
    }

    fn candidates(&self, text: &str, speaker: Speaker, scratch: &mut Scratch) -> Vec<Candidate> {
        fold_into(text, &mut scratch.folded);
        scratch.tokens.clear();
        let mut candidates = Vec::new();
        let Scratch { folded, tokens: words, skippable } = scratch;
        let folded = folded.text();
        for strike in self.automaton.find_overlapping_iter(folded) {
            if words.is_empty() {
                tokens(folded, words);
                self.mark_skippable(folded, words, skippable);
            }
            let words = Words { folded, tokens: words, skippable };
            let Some(token) = token_at(words.tokens, strike.start()) else { continue };
            for strike in &self.strikes[strike.pattern().as_usize()] {
                let phrase = &self.phrases[strike.phrase];
                if hears(self.rules[phrase.rule].speaker, speaker) {
                    self.confirm(phrase, &words, token, strike.lookback, &mut candidates);
                }
            }
        }
        candidates
    }

    /// Adds the matches of `phrase` that hold token `anchor`: for each start within reach the longest.
    fn confirm(
        &self,
        phrase: &CompiledPhrase,
        words: &Words,
        anchor: usize,
        lookback: usize,
        candidates: &mut Vec<Candidate>,
    ) {
        let language = self.rules[phrase.rule].language;
        let mut first = anchor;
        let mut counted = 0;
        while first > 0 && anchor - first < 63 && !words.tokens[first].is_sentence_start {
            counted += usize::from(words.skippable[first - 1] & (1 << (language % 64)) == 0);
            if counted > lookback {
                break;
            }
            first -= 1;
        }
        for first in first..=anchor {
            let found = match_at(&phrase.nodes, words, &self.numerals[language], language, first);
            if let Some(found) = found.filter(|found| found.end > anchor) {
                candidates.push(Candidate { rule: phrase.rule, found });
            }
        }
    }

    fn mark_skippable(&self, folded: &str, words: &[Token], skippable: &mut Vec<u64>) {
        skippable.clear();
        skippable.extend(words.iter().enumerate().map(|(at, token)| {
            let text = token.text(folded);
            let is_stutter = at > 0
                && words[at - 1].text(folded) == text
                && !text.starts_with(|c: char| c.is_ascii_digit() || is_character_script(c));
            if token.is_mention || is_stutter {
                u64::MAX
            } else {
                self.fillers.get(text).copied().unwrap_or(0)
            }
        }));
    }

    /// Drops the candidates that an `unless` phrase overlaps, or an `unless_turn` phrase of the turn forbids.
    fn veto(&self, candidates: &mut Vec<Candidate>, words: &Words) {
        let mut vetoed_turns: HashMap<usize, bool> = HashMap::new();
        candidates.retain(|candidate| {
            let rule = &self.rules[candidate.rule];
            let matches = |nodes: &Vec<Node>, first: usize| {
                match_at(nodes, words, &self.numerals[rule.language], rule.language, first)
            };
            let is_turn_vetoed = *vetoed_turns.entry(candidate.rule).or_insert_with(|| {
                !rule.unless_turn.is_empty()
                    && (0..words.tokens.len())
                        .any(|first| rule.unless_turn.iter().any(|n| matches(n, first).is_some()))
            });
            let from = candidate.found.first.saturating_sub(VETO_LOOKBACK);
            let overlaps = |first: usize, nodes| {
                matches(nodes, first).is_some_and(|found| found.end > candidate.found.first)
            };
            !is_turn_vetoed
                && !(from..candidate.found.end)
                    .any(|first| rule.unless.iter().any(|nodes| overlaps(first, nodes)))
        });
    }

    /// Keeps, within each kind, the leftmost of overlapping candidates, of those the longest, of those the one of
    /// the highest priority, of those the first in the lexicon.
    fn resolve(&self, candidates: &mut Vec<Candidate>) {
        candidates.sort_by_key(|candidate| {
            let Candidate { rule, found } = *candidate;
            (found.first, std::cmp::Reverse(found.end), -self.rules[rule].priority, rule)
        });
        let mut ends: HashMap<&str, usize> = HashMap::new();
        candidates.retain(|candidate| {
            let end = ends.entry(&self.rules[candidate.rule].kind).or_default();
            let is_free = candidate.found.first >= *end;
            if is_free {
                *end = candidate.found.end;
            }
            is_free
        });
    }

    fn cue(&self, candidate: &Candidate, scratch: &Scratch) -> Cue {
        let Candidate { rule, found } = *candidate;
        let span = &scratch.tokens[found.first..found.end];
        let (start, end) = (span[0].start as usize, span[span.len() - 1].end as usize);
        Cue {
            rule,
            start: scratch.folded.raw_start(start),
            end: scratch.folded.raw_end(end),
            stated_contacts: stated_contacts(self.rules[rule].stated, found),
        }
    }
}

impl Scratch {
    fn words(&self) -> Words<'_> {
        Words { folded: self.folded.text(), tokens: &self.tokens, skippable: &self.skippable }
    }
}

/// The token that begins at folded offset `start`.
fn token_at(tokens: &[Token], start: usize) -> Option<usize> {
    tokens.binary_search_by_key(&(start as u32), |token| token.start).ok()
}

fn hears(rule: RuleSpeaker, speaker: Speaker) -> bool {
    match rule {
        RuleSpeaker::Any => true,
        RuleSpeaker::Agent => speaker == Speaker::Agent,
        RuleSpeaker::Customer => matches!(speaker, Speaker::Customer | Speaker::Unknown),
    }
}

fn stated_contacts(stated: Stated, found: Match) -> Option<u32> {
    let (kind, number) = found.number.filter(|(_, number)| number.is_exact)?;
    let contacts = match (stated, kind) {
        (Stated::None, _) => return None,
        (Stated::Number, _) | (Stated::Auto, NumberKind::Ordinal) => number.value,
        (Stated::NumberPlusOne, _) | (Stated::Auto, _) => number.value + 1,
    };
    (1..=LARGEST_STATED).contains(&contacts).then_some(contacts)
}

fn compiled_rule(rule: &Rule) -> CompiledRule {
    let compile_all = |phrases: &[Phrase]| phrases.iter().map(|phrase| compile(&phrase.items)).collect();
    CompiledRule {
        kind: rule.kind.clone(),
        language: rule.language,
        speaker: rule.speaker,
        priority: rule.priority,
        stated: rule.stated,
        unless: compile_all(&rule.unless),
        unless_turn: compile_all(&rule.unless_turn),
    }
}

fn fillers(lexicon: &Lexicon) -> HashMap<String, u64> {
    let mut fillers = HashMap::new();
    for (index, language) in lexicon.languages.iter().enumerate() {
        for filler in &language.fillers {
            *fillers.entry(filler.clone()).or_insert(0) |= 1 << (index % 64);
        }
    }
    fillers
}

fn no_anchor(rule: &Rule, phrase: &Phrase) -> Error {
    Error::text(
        &rule.path,
        phrase.line,
        format!("the phrase `{}` has no word that must occur", phrase.source),
        "add one outside of [brackets]",
    )
}
