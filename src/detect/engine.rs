//! The rules of one language, compiled: which phrases to try at which word, and what follows from a match.
//!
//! Takes a turn cut into words, gives candidates. It knows one language only; which languages a turn is tried in, and
//! which of the candidates become cues, is [`Detector`](super::Detector)'s work.

use std::collections::HashSet;

use super::atoms::{Atom, TokenSet};
use super::matcher::{Match, Memory, Words, match_at, matches_at};
use super::order::Sentence;
use super::pattern::{Compiler, Frequency};
use super::program::{Program, Programmer, Way};
use super::signature::Rarity;
use super::strike::{CompiledWay, SIDES, Side};
use super::vocabulary::{Class, Vocabulary};
use crate::interaction::Speaker;
use crate::lexicon::{Phrase, Rule, RuleSpeaker, Rules, Stated};
use crate::text::token::is_character_script;
use crate::text::{Numerals, fold, tokens};
use crate::{Error, Result};

/// Compiled rules of one language.
pub(super) struct Engine {
    pub(super) vocabulary: Vocabulary,
    pub(super) numerals: Numerals,
    pub(super) phrases: Vec<CompiledPhrase>,
    pub(super) rules: Vec<CompiledRule>,
    /// Some phrase is `a & b`.
    pub(super) has_near: bool,
    ways: Vec<CompiledWay>,
    /// What is tried on the customer's side, and on the agent's.
    sides: [Side; 2],
    /// For each class whether its words are fillers.
    fillers: Vec<bool>,
    /// Some rule reads agents' turns.
    hears_agents: bool,
}

/// Is the bit of an atom set?
pub(super) fn is_set(bits: &[u64], atom: Atom) -> bool {
    bits[atom as usize / 64] & (1 << (atom % 64)) != 0
}

pub(super) struct CompiledPhrase {
    pub(super) rule: usize,
    /// The part that is looked for: of `a & b` the first.
    pub(super) program: Program,
    /// The other part.
    near: Option<Program>,
    /// What the turn must have for the other part.
    pub(super) required_near: Box<[Atom]>,
    pub(super) is_turn_start: bool,
}

pub(super) struct CompiledRule {
    pub(super) id: String,
    pub(super) kind: String,
    speaker: RuleSpeaker,
    pub(super) priority: i32,
    pub(super) stated: Stated,
    pub(super) after: Vec<Program>,
    pub(super) unless: Vec<Veto>,
    pub(super) unless_turn: Vec<Veto>,
}

/// A phrase that forbids.
pub(super) struct Veto {
    pub(super) program: Program,
    /// What the turn must have.
    pub(super) required: Box<[Atom]>,
}

/// A match of a rule's phrase, before vetoes and overlaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) rule: usize,
    pub(super) phrase: usize,
    pub(super) found: Match,
}

/// How many tokens may stand between the parts of `a & b`: words, or characters in scripts without spaces. `word` is
/// the first of the one part.
pub(super) fn near_words(word: &str) -> usize {
    if word.starts_with(is_character_script) { 60 } else { 24 }
}

/// The tokens that a match can take up: positions are bits of a word.
pub(super) const REACH: usize = 63;

impl Engine {
    /// Compiles every rule. Fails for a phrase in which no word must occur: it would match anywhere.
    pub(super) fn new(source: &Rules) -> Result<Engine> {
        let (frequency, words) = read_examples(source);
        let mut compiler = Compiler::new(&frequency);
        let mut programmer = Programmer::default();
        let mut phrases = Vec::new();
        let mut ways_of_phrases = Vec::new();
        let mut rules = Vec::new();
        for (index, rule) in source.rules.iter().enumerate() {
            for phrase in &rule.phrases {
                let (phrase, ways) =
                    compiled_phrase(rule, phrase, index, &mut compiler, &mut programmer, &source.numerals)?;
                phrases.push(phrase);
                ways_of_phrases.push(ways);
            }
            rules.push(compiled_rule(rule, &source.numerals, &mut compiler, &mut programmer));
        }
        let mut filler_set = TokenSet::default();
        source.fillers.iter().for_each(|filler| programmer.atoms.add_word(filler, &mut filler_set));
        let filler_atom = programmer.atoms.atom(filler_set);
        let vocabulary = Vocabulary::new(programmer.atoms, &source.proclitics, &words);
        let classes = 0..vocabulary.class_count() as Class;
        let fillers = classes.map(|class| vocabulary.has(class, filler_atom)).collect();
        let rarity = Rarity::new(&vocabulary);
        for phrase in &mut phrases {
            phrase.required_near =
                phrase.near.as_ref().map_or(Box::default(), |near| rarity.rarest(&near.required));
        }
        let vetoes = rules.iter_mut().flat_map(|rule| rule.unless.iter_mut().chain(&mut rule.unless_turn));
        vetoes.for_each(|veto| veto.required = rarity.rarest(&veto.program.required));
        let ways = compiled_ways(ways_of_phrases, &rarity);
        let sides = SIDES.map(|speaker| {
            let is_heard = |way: &CompiledWay| rules[phrases[way.phrase as usize].rule].hears(speaker);
            Side::new(&ways, is_heard, &vocabulary)
        });
        Ok(Engine {
            has_near: phrases.iter().any(|phrase| phrase.near.is_some()),
            hears_agents: source.rules.iter().any(|rule| rule.speaker != RuleSpeaker::Customer),
            numerals: source.numerals.clone(),
            vocabulary,
            phrases,
            rules,
            ways,
            sides,
            fillers,
        })
    }

    /// Does any rule read turns of `speaker`?
    pub(super) fn hears(&self, speaker: Speaker) -> bool {
        speaker != Speaker::Agent || self.hears_agents
    }

    /// Does the rule of a phrase read turns of `speaker`?
    pub(super) fn hears_phrase(&self, phrase: u32, speaker: Speaker) -> bool {
        self.rules[self.phrases[phrase as usize].rule].hears(speaker)
    }

    /// Are words of this class fillers?
    pub(super) fn is_filler(&self, class: Class) -> bool {
        self.fillers[class as usize]
    }

    /// A way to say a phrase.
    pub(super) fn way(&self, number: u32) -> &CompiledWay {
        &self.ways[number as usize]
    }

    /// How many ways there are to say all phrases.
    pub(super) fn way_count(&self) -> usize {
        self.ways.len()
    }

    /// What is tried on a side of the conversation.
    pub(super) fn side(&self, number: usize) -> &Side {
        &self.sides[number]
    }

    /// Do the words of a sentence stand in an order in which the phrase can match around an anchor of it?
    pub(super) fn is_in_order(
        &self,
        phrase: u32,
        anchor: usize,
        sentence: &Sentence,
        memory: &Memory,
    ) -> bool {
        sentence.allows(&self.phrases[phrase as usize], anchor, &self.vocabulary, memory)
    }

    /// Every match of the phrases in `wanted` (sorted), before vetoes and overlaps.
    pub(super) fn candidates(&self, words: &Words, wanted: &[u32], out: &mut Vec<Candidate>) {
        for &index in wanted {
            let phrase = &self.phrases[index as usize];
            let anchor = phrase.program.anchor.expect("a phrase without an anchor was refused");
            // The first start that was not tried yet.
            let mut next = 0;
            for at in (0..words.tokens.len()).filter(|&at| words.has(at, anchor.atom)) {
                phrase.confirm(anchor.lookback, words, next, at, |found| {
                    out.push(Candidate { rule: phrase.rule, phrase: index as usize, found });
                });
                next = at + 1;
            }
        }
    }

    /// Does the rule of a phrase count only after certain words of another speaker?
    pub(super) fn is_answer(&self, phrase: u32) -> bool {
        !self.rules[self.phrases[phrase as usize].rule].after.is_empty()
    }

    /// Does a text have one of the phrases after which the cues of a phrase's rule count?
    pub(super) fn is_said(&self, phrase: u32, words: &Words) -> bool {
        let mut programs = self.rules[self.phrases[phrase as usize].rule].after.iter();
        programs.any(|program| (0..words.tokens.len()).any(|first| match_at(program, words, first).is_some()))
    }
}

impl CompiledRule {
    /// Does the rule read turns of `speaker`?
    fn hears(&self, speaker: Speaker) -> bool {
        match self.speaker {
            RuleSpeaker::Any => true,
            RuleSpeaker::Agent => speaker == Speaker::Agent,
            RuleSpeaker::Customer => matches!(speaker, Speaker::Customer | Speaker::Unknown),
        }
    }
}

impl CompiledPhrase {
    /// How many words may stand before the anchor of a match.
    pub(super) fn lookback(&self) -> usize {
        self.program.anchor.map_or(0, |anchor| anchor.lookback)
    }

    /// Gives the matches near an anchor: for each start within reach, from `from` on, the longest.
    fn confirm(
        &self,
        lookback: usize,
        words: &Words,
        from: usize,
        anchor: usize,
        mut found: impl FnMut(Match),
    ) {
        let last = match self.is_turn_start {
            true => words.skippable.iter().take_while(|&&is_skippable| is_skippable).count(),
            false => anchor,
        };
        for first in words.earliest_start(from, anchor, lookback)..=anchor.min(last) {
            let mut matches = matches_at(&self.program, words, first);
            let whole = match &self.near {
                None => matches.next(),
                // The longest first part may hold the words of the second.
                Some(near) => matches.find_map(|one| both(near, words, one)),
            };
            whole.into_iter().for_each(&mut found);
        }
    }
}

/// The match of both parts of `a & b`: the other part nearest to `found`, the one after it if two are as near.
fn both(other: &Program, words: &Words, found: Match) -> Option<Match> {
    let at = |first| match_at(other, words, first);
    let near = near_words(words.tokens[found.first].text(words.folded));
    let last = (found.end + near).min(words.tokens.len().saturating_sub(1));
    let after = (found.end..=last).find_map(at);
    let earliest = found.first.saturating_sub(near + REACH);
    let before = (earliest..found.first).filter_map(at).filter(|before| before.end <= found.first);
    let before = before.max_by_key(|before| (before.end, before.first));
    let before = before.filter(|before| found.first - before.end <= near);
    let is_after = match (&after, &before) {
        (Some(after), Some(before)) => after.first - found.end <= found.first - before.end,
        (after, _) => after.is_some(),
    };
    let other = if is_after { after } else { before }?;
    Some(Match {
        first: found.first.min(other.first),
        end: found.end.max(other.end),
        number: found.number.or(other.number),
    })
}

/// How often words occur in the examples of a language, and which words are real without being in a phrase.
fn read_examples(source: &Rules) -> (Frequency, HashSet<String>) {
    let mut frequency = Frequency::default();
    let mut words: HashSet<String> = source.not_typos.iter().cloned().collect();
    let mut found = Vec::new();
    for example in source.rules.iter().flat_map(|rule| rule.examples.iter().chain(&rule.non_examples)) {
        frequency.add(&example.text);
        let folded = fold(&example.text);
        tokens(folded.text(), &mut found);
        words.extend(found.iter().map(|token| token.text(folded.text()).to_string()));
    }
    (frequency, words)
}

fn compiled_phrase(
    rule: &Rule,
    phrase: &Phrase,
    index: usize,
    compiler: &mut Compiler,
    programmer: &mut Programmer,
    numerals: &Numerals,
) -> Result<(CompiledPhrase, Vec<Way>)> {
    let mut parts = Vec::new();
    for items in &phrase.parts {
        let nodes = compiler.compile(items);
        parts.push((compiler.anchors(&nodes).is_none() && !phrase.is_turn_start, nodes));
    }
    // The first part is looked for, unless it has no anchor; the sort is stable.
    parts.sort_by_key(|(has_none, _)| *has_none);
    let mut programs = parts.iter().map(|(_, nodes)| programmer.program(nodes, compiler, numerals));
    let program = programs.next().filter(|program| program.anchor.is_some());
    let Some(program) = program else { return Err(no_anchor(rule, phrase)) };
    let near = programs.next();
    let ways = programmer.ways(&parts[0].1, &program, compiler, numerals);
    let (required_near, is_turn_start) = (Box::default(), phrase.is_turn_start);
    Ok((CompiledPhrase { rule: index, program, near, required_near, is_turn_start }, ways))
}

fn compiled_rule(
    rule: &Rule,
    numerals: &Numerals,
    compiler: &mut Compiler,
    programmer: &mut Programmer,
) -> CompiledRule {
    let mut programs = |phrases: &[Phrase]| -> Vec<Program> {
        let mut program = |phrase: &Phrase| {
            let nodes = compiler.compile(&phrase.parts[0]);
            programmer.program(&nodes, compiler, numerals)
        };
        phrases.iter().map(&mut program).collect()
    };
    let vetoes = |programs: Vec<Program>| {
        programs.into_iter().map(|program| Veto { program, required: Box::default() }).collect()
    };
    CompiledRule {
        id: rule.id.clone(),
        kind: rule.kind.clone(),
        speaker: rule.speaker,
        priority: rule.priority,
        stated: rule.stated,
        after: programs(&rule.after),
        unless: vetoes(programs(&rule.unless)),
        unless_turn: vetoes(programs(&rule.unless_turn)),
    }
}

/// The ways to say each phrase, one phrase after the other.
fn compiled_ways(ways: Vec<Vec<Way>>, rarity: &Rarity) -> Vec<CompiledWay> {
    let all = (0u32..).zip(ways).flat_map(|(phrase, ways)| {
        ways.into_iter().map(move |way| CompiledWay {
            phrase,
            anchor: way.anchor,
            required: rarity.rarest(&way.required),
        })
    });
    all.collect()
}

fn no_anchor(rule: &Rule, phrase: &Phrase) -> Error {
    Error::text(
        &rule.path,
        phrase.line,
        format!("the phrase `{}` has no word that must occur", phrase.source),
        "add one outside of [brackets]",
    )
}
