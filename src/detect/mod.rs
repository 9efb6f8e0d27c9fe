//! Finding what people said: an automaton over the literals that phrases cannot do without, confirmation only
//! where one struck, overlaps resolved.
//!
//! Takes raw turns, gives cues. All languages run in one pass. Work is linear in the text: every strike is
//! confirmed by a bounded number of bounded attempts.

mod atoms;
mod candidates;
pub mod eval;
mod matcher;
#[cfg(test)]
mod naive;
mod pattern;
mod program;
pub mod self_test;
mod veto;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use atoms::{Atom, Atoms, Class, Classes, Selection, TokenSet};
use matcher::{Match, Words};
use pattern::Compiler;
use program::{Program, Programmer};

use crate::interaction::Speaker;
use crate::lexicon::{Lexicon, Phrase, Rule, RuleSpeaker, Stated};
use crate::text::fold::Folded;
use crate::text::{NumberKind, Numerals, Token};
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
    numerals: Vec<Numerals>,
    classes: Classes,
    /// The atoms that some phrase cannot do without.
    required: Selection,
    /// For each class of words the languages (bits) in which they are fillers.
    fillers: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Strike {
    phrase: usize,
    lookback: usize,
}

struct CompiledPhrase {
    rule: usize,
    program: Program,
}

struct CompiledRule {
    kind: String,
    language: usize,
    speaker: RuleSpeaker,
    priority: i32,
    stated: Stated,
    unless: Vec<Program>,
    unless_turn: Vec<Program>,
}

/// Memory that one thread uses again for turn after turn.
#[derive(Default)]
pub struct Scratch {
    folded: Folded,
    tokens: Vec<Token>,
    skippable: Vec<u64>,
    classes: Vec<Class>,
    /// The sentence of each token.
    sentence: Vec<u32>,
    /// The atoms that each sentence satisfies.
    sentence_atoms: Vec<u64>,
    /// For each phrase the turn in which it was last tried, and the first token at which it was not.
    tried: Vec<(u64, usize)>,
    turn: u64,
}

/// A match of a rule's phrase, before vetoes and overlaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    rule: usize,
    found: Match,
}

impl Detector {
    /// Compiles every rule. Fails for a phrase in which no word must occur: it would match anywhere.
    pub fn new(lexicon: &Lexicon) -> Result<Detector> {
        let mut compiler = Compiler::default();
        let mut programmer = Programmer::default();
        let mut strikes_by_literal: BTreeMap<Box<str>, Vec<Strike>> = BTreeMap::new();
        let mut phrases = Vec::new();
        let mut rules = Vec::new();
        for (index, rule) in lexicon.rules.iter().enumerate() {
            let numerals = &lexicon.languages[rule.language].numerals;
            for phrase in &rule.phrases {
                let nodes = compiler.compile(&phrase.items);
                let anchors = compiler.anchors(&nodes).ok_or_else(|| no_anchor(rule, phrase))?;
                let strike = Strike { phrase: phrases.len(), lookback: anchors.lookback };
                for literal in anchors.literals {
                    strikes_by_literal.entry(literal).or_default().push(strike);
                }
                phrases.push(CompiledPhrase { rule: index, program: programmer.program(&nodes, numerals) });
            }
            rules.push(compiled_rule(rule, numerals, &mut compiler, &mut programmer));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(strikes_by_literal.keys().map(|literal| literal.as_bytes()))
            .map_err(|fault| Error::data("lexicon", fault.to_string(), "use fewer or shorter phrases"))?;
        let mut atoms = programmer.atoms;
        let filler_atoms: Vec<Atom> =
            lexicon.languages.iter().map(|l| filler_atom(&l.fillers, &mut atoms)).collect();
        let classes = atoms.classes();
        let required = select_required(&mut phrases, &classes);
        Ok(Detector {
            automaton,
            strikes: strikes_by_literal.into_values().collect(),
            phrases,
            rules,
            numerals: lexicon.languages.iter().map(|language| language.numerals.clone()).collect(),
            fillers: classes.all().map(|class| fillers(class, &classes, &filler_atoms)).collect(),
            classes,
            required,
        })
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
        candidates.sort_by_key(|candidate| {
            let Candidate { rule, found } = *candidate;
            (found.first, std::cmp::Reverse(found.end), -self.rules[rule].priority, rule)
        });
        self.veto(&mut candidates, &scratch.words(&self.classes));
        let kept = self.resolve(&candidates).into_iter();
        kept.map(|(candidate, stated_contacts)| cue(candidate, stated_contacts, scratch)).collect()
    }

    /// Keeps, within each kind, the leftmost of overlapping candidates, of those the longest, of those the one of
    /// the highest priority, of those the first in the lexicon. A number that only an overlapped one states goes to
    /// the one that stays: they are about the same words. The candidates stand in that order already.
    fn resolve(&self, candidates: &[Candidate]) -> Vec<(Candidate, Option<u32>)> {
        let mut kept: Vec<(Candidate, Option<u32>)> = Vec::new();
        let mut last_of_kind: HashMap<&str, usize> = HashMap::new();
        for &candidate in candidates {
            let stated = stated_contacts(self.rules[candidate.rule].stated, candidate.found);
            let last = last_of_kind.entry(&self.rules[candidate.rule].kind).or_insert(usize::MAX);
            match kept.get_mut(*last).filter(|(last, _)| candidate.found.first < last.found.end) {
                // A number of its own, even a vague one ("two or three times"), says more than a part of its words.
                Some((last, number)) if last.found.number.is_none() => *number = number.or(stated),
                Some(_) => {}
                None => {
                    *last = kept.len();
                    kept.push((candidate, stated));
                }
            }
        }
        kept
    }
}

impl Scratch {
    fn words<'a>(&'a self, meaning: &'a Classes) -> Words<'a> {
        let Scratch { folded, tokens, skippable, classes, .. } = self;
        Words { folded: folded.text(), tokens, skippable, classes, meaning }
    }

    /// The memory of what was tried, for a new turn: what it holds of other turns does not count.
    fn tried_anew(&mut self, phrase_count: usize) -> Vec<(u64, usize)> {
        self.turn += 1;
        let mut tried = std::mem::take(&mut self.tried);
        tried.resize(phrase_count, (0, 0));
        tried
    }
}

/// The cue of a candidate, in the raw text.
fn cue(Candidate { rule, found }: Candidate, stated_contacts: Option<u32>, scratch: &Scratch) -> Cue {
    let span = &scratch.tokens[found.first..found.end];
    let (start, end) = (span[0].start as usize, span[span.len() - 1].end as usize);
    Cue { rule, start: scratch.folded.raw_start(start), end: scratch.folded.raw_end(end), stated_contacts }
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

fn compiled_rule(
    rule: &Rule,
    numerals: &Numerals,
    compiler: &mut Compiler,
    programmer: &mut Programmer,
) -> CompiledRule {
    let mut programs = |phrases: &[Phrase]| -> Vec<Program> {
        phrases.iter().map(|phrase| programmer.program(&compiler.compile(&phrase.items), numerals)).collect()
    };
    CompiledRule {
        kind: rule.kind.clone(),
        language: rule.language,
        speaker: rule.speaker,
        priority: rule.priority,
        stated: rule.stated,
        unless: programs(&rule.unless),
        unless_turn: programs(&rule.unless_turn),
    }
}

/// Numbers anew the atoms that phrases require, and puts the rarest of each phrase first.
fn select_required(phrases: &mut [CompiledPhrase], classes: &Classes) -> Selection {
    let kept: BTreeSet<Atom> =
        phrases.iter().flat_map(|phrase| phrase.program.required.iter().copied()).collect();
    let kept: Vec<Atom> = kept.into_iter().collect();
    let (selection, frequency) = classes.select(&kept);
    for phrase in phrases {
        for atom in &mut phrase.program.required {
            *atom = kept.binary_search(atom).expect("every required atom is kept") as Atom;
        }
        phrase.program.required.sort_by_key(|&atom| frequency[atom as usize]);
    }
    selection
}

fn filler_atom(fillers: &[String], atoms: &mut Atoms) -> Atom {
    let mut set = TokenSet::default();
    fillers.iter().for_each(|filler| atoms.add_word(filler, &mut set));
    atoms.atom(set)
}

/// The languages (bits) in which words of a class are fillers.
fn fillers(class: Class, classes: &Classes, filler_atoms: &[Atom]) -> u64 {
    let languages = filler_atoms.iter().enumerate().filter(|&(_, &atom)| classes.has(class, atom));
    languages.fold(0, |bits, (language, _)| bits | 1 << (language % 64))
}

fn no_anchor(rule: &Rule, phrase: &Phrase) -> Error {
    Error::text(
        &rule.path,
        phrase.line,
        format!("the phrase `{}` has no word that must occur", phrase.source),
        "add one outside of [brackets]",
    )
}
