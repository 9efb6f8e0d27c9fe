//! Finding what people said, in all languages in one pass.
//!
//! Takes the turns of a contact, gives [`Cue`]s. A turn goes through ever finer tests: the languages that it can be in
//! ([`choice`]); a look at the raw text that rules out nearly every phrase ([`sieve`]); matching of those that are left
//! ([`matcher`]); vetoes ([`veto`]); overlaps. Work is linear in the text: every word is looked up once, and every
//! phrase is tried a bounded number of times a word, each time in bounded work.

mod atoms;
mod choice;
mod engine;
pub mod eval;
mod matcher;
mod memo;
#[cfg(test)]
mod naive;
mod order;
mod pattern;
mod pieces;
mod program;
mod quiet;
pub mod self_test;
mod sieve;
mod signature;
mod strike;
mod typo;
mod veto;
mod vocabulary;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use choice::language_of;
use choice::{Choice, Languages};
use engine::{Candidate, Engine};
use matcher::{Match, Memory, Words};
use memo::{Known, Meaning, Memo, known};
use pieces::{Hash, character_hash};
use quiet::{Counted, Quiet};
use sieve::{Sieve, sift};
use vocabulary::{Class, ones};

use crate::Result;
use crate::interaction::Speaker;
use crate::lexicon::{Lexicon, RuleIndex, Stated};
use crate::text::fold::{Folded, fold_into};
use crate::text::token::is_character_script;
use crate::text::{NumberKind, Token, tokens};

/// One match of a rule in one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Which rule of the lexicon.
    pub rule: RuleIndex,
    /// Byte offset in the raw text at which it begins.
    pub start: usize,
    /// Byte offset in the raw text just after it.
    pub end: usize,
    /// Contacts including this one, where the words determine it.
    pub stated_contacts: Option<u32>,
}

/// What a rule is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleName<'a> {
    /// The rule's id, the same in every language.
    pub id: &'a str,
    /// What its cues are evidence of.
    pub kind: &'a str,
    /// The BCP 47 tag of its language.
    pub language: &'a str,
}

/// One turn of a contact, as the detector takes it.
#[derive(Debug, Clone, Copy)]
pub struct Utterance<'t> {
    /// Who speaks.
    pub speaker: Speaker,
    /// The raw text.
    pub text: &'t str,
}

/// What was found in a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// The cues of each turn, in the order of their starts; cues of one kind in one turn never overlap.
    pub turns: Vec<Vec<Cue>>,
    /// The language of the words (index into the lexicon's), where it contradicts the declared one for certain.
    pub contradiction: Option<usize>,
}

/// The largest number of contacts that is believed; "I have called 500 times" is anger, not a count.
pub const LARGEST_STATED: u32 = 100;

/// Pieces of a contact below which a declaration of its language is believed.
const FEW_PIECES: u32 = 12;

/// Of so many pieces the declared language must know one, or the declaration is doubted.
const PIECES_PER_KNOWN: u32 = 6;

/// Rules compiled for finding. Those of a built-in language are compiled when a text first needs them.
pub struct Detector<'a> {
    engines: Engines<'a>,
    languages: Languages,
    /// Tells the scratch memory of one detector from that of another.
    serial: u64,
}

/// The compiled rules of all languages.
struct Engines<'a> {
    lexicon: &'a Lexicon,
    compiled: Vec<OnceLock<Engine>>,
    /// The languages (bits) that are compiled.
    ready: AtomicU64,
}

/// Memory that one thread uses again for turn after turn.
#[derive(Default)]
pub struct Scratch {
    serial: u64,
    memo: Memo,
    quiet: Quiet,
    sieve: Sieve,
    /// The languages (bits) that the turn is tried in.
    languages: u64,
    folded: Folded,
    tokens: Vec<Token>,
    skippable: Vec<bool>,
    skippable_bits: Vec<u64>,
    sentence_ends: Vec<u32>,
    classes: Vec<Class>,
    pairs: Vec<Class>,
    memory: Memory,
    candidates: Vec<Candidate>,
    found: Vec<Found>,
    /// The same for the turn before.
    of_before: Option<Box<Scratch>>,
}

/// A candidate of one of the languages.
#[derive(Debug, Clone, Copy)]
struct Found {
    rule: RuleIndex,
    priority: i32,
    found: Match,
}

impl Engines<'_> {
    fn count(&self) -> usize {
        self.compiled.len()
    }

    fn get(&self, language: usize) -> &Engine {
        self.compiled[language].get_or_init(|| {
            let compiled = self.lexicon.languages[language].with_rules(Engine::new);
            compiled.expect("built-in lexicons compile: the test-suite compiles them all")
        })
    }

    /// Compiles what is not compiled yet of some languages (bits), on all cores.
    fn ensure(&self, languages: u64) {
        if languages & !self.ready.load(Ordering::Relaxed) != 0 {
            let languages: Vec<usize> = ones(languages).collect();
            languages.par_iter().for_each(|&language| {
                self.get(language);
                self.ready.fetch_or(1 << language, Ordering::Relaxed);
            });
        }
    }

    /// What a word of this class means to the sieve and the matcher.
    fn known(&self, language: usize, class: Class, is_pair: bool) -> Known {
        let engine = self.get(language);
        let is_anchored = |side: usize| u8::from(!engine.side(side).strikes(class).is_empty()) << side;
        Known { class, language: language as u8, is_pair, anchored: is_anchored(0) | is_anchored(1) }
    }
}

impl<'a> Detector<'a> {
    /// Compiles the rules of the languages that a user's files are about, the others when they are needed. Fails for a
    /// phrase in which no word must occur: it would match anywhere.
    pub fn new(lexicon: &'a Lexicon) -> Result<Detector<'a>> {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let compiled = lexicon.languages.iter().map(|language| {
            let engine = OnceLock::new();
            if language.is_users() {
                let compiled = Engine::new(language.rules())?;
                engine.get_or_init(|| compiled);
            }
            Ok(engine)
        });
        Ok(Detector {
            engines: Engines {
                lexicon,
                compiled: compiled.collect::<Result<_>>()?,
                ready: AtomicU64::new(0),
            },
            languages: Languages::new(lexicon),
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// What the rule of a cue is called, without keeping the whole lexicon in memory for it.
    pub fn rule_name(&self, index: RuleIndex) -> RuleName<'_> {
        let language = usize::from(index.language);
        let rule = &self.engines.get(language).rules[usize::from(index.rule)];
        let language = &self.engines.lexicon.languages[language].tag;
        RuleName { id: &rule.id, kind: &rule.kind, language }
    }

    /// The cues in the turns of one contact, whose language may be declared (a BCP 47 tag).
    pub fn contact(&self, turns: &[Utterance], declared: Option<&str>, scratch: &mut Scratch) -> Heard {
        self.take_over(scratch);
        let declared = declared.and_then(|tag| self.engines.lexicon.language_index(tag));
        let texts = || turns.iter().map(|turn| turn.text);
        let choice = self.languages.choose(texts(), declared);
        scratch.sieve.watch(declared.map_or(0, |declared| 1 << declared));
        let mut heard = Heard { turns: self.cues_in(turns, &choice, scratch), contradiction: None };
        if declared.is_some() {
            let Counted { piece_count, known_count } = scratch.sieve.counted();
            let is_doubtful = piece_count >= FEW_PIECES && known_count * PIECES_PER_KNOWN < piece_count;
            if let Some(found) = is_doubtful.then(|| self.languages.contradiction(&choice, texts())).flatten()
            {
                let both = Choice { tried: choice.tried | found, ..choice };
                heard.turns = self.cues_in(turns, &both, scratch);
                heard.contradiction = ones(found).next();
            }
        }
        heard
    }

    /// The cues in one text that stands alone.
    pub fn cues(&self, text: &str, speaker: Speaker, scratch: &mut Scratch) -> Vec<Cue> {
        self.contact(&[Utterance { speaker, text }], None, scratch).turns.pop().unwrap_or_default()
    }

    /// The cues of every turn in the languages chosen. Which of them count is told by the words, before any phrase is
    /// tried, or, where they do not tell it, when something is found.
    fn cues_in(&self, turns: &[Utterance], choice: &Choice, scratch: &mut Scratch) -> Vec<Vec<Cue>> {
        self.engines.ensure(choice.tried);
        let (mut counted, mut is_sure) = (choice.tried, true);
        if !choice.is_settled() {
            let known = sieve::known_words(&self.engines, turns, choice.tried, scratch);
            (counted, is_sure) = self.languages.settle_by_words(choice, |language| known[language]);
        }
        let mut tried = if is_sure { counted } else { choice.tried };
        let mut all = Vec::with_capacity(turns.len());
        for (at, turn) in turns.iter().enumerate() {
            let before =
                at.checked_sub(1).map(|at| &turns[at]).filter(|before| before.speaker != turn.speaker);
            self.turn(turn, before.map(|before| before.text), tried, scratch);
            if !scratch.found.is_empty() && !is_sure {
                let texts = turns.iter().map(|turn| turn.text);
                tried = self.languages.settle_by_detector(choice, counted, texts);
                is_sure = true;
                scratch.found.retain(|found| tried & (1 << found.rule.language) != 0);
            }
            all.push(self.resolve(scratch));
        }
        all
    }

    /// Forgets what a scratch memory knows of another detector.
    fn take_over(&self, scratch: &mut Scratch) {
        if scratch.serial != self.serial {
            scratch.memo.clear();
            scratch.quiet.clear();
            scratch.serial = self.serial;
        }
    }

    /// Leaves what matches in a turn, and is not vetoed, in `scratch.found`.
    fn turn(&self, turn: &Utterance, before: Option<&str>, languages: u64, scratch: &mut Scratch) {
        scratch.found.clear();
        if turn.speaker == Speaker::System {
            return;
        }
        let hearing = sieve::hearing(&self.engines, languages, turn.speaker);
        let key = Quiet::key(turn.text, turn.speaker, hearing, scratch.sieve.watched_language());
        if let Some(counted) = scratch.quiet.get(key) {
            scratch.sieve.count(counted);
            return;
        }
        let alive = sift(&self.engines, turn.text, turn.speaker, hearing, scratch);
        if alive == 0 {
            scratch.quiet.insert(key, scratch.sieve.counted_in_turn());
            return;
        }
        scratch.languages = hearing;
        let alive = self.keep_answers(alive, before, scratch);
        if alive == 0 {
            return;
        }
        scratch.read(turn.text);
        for language in ones(alive) {
            self.match_language(language, scratch);
        }
    }

    /// Adds what matches in the turn at hand in one language.
    fn match_language(&self, language: usize, scratch: &mut Scratch) {
        let engine = self.engines.get(language);
        scratch.mark(&self.engines, language);
        let mut candidates = std::mem::take(&mut scratch.candidates);
        candidates.clear();
        engine.candidates(&scratch.words(engine), scratch.sieve.survivors(language), &mut candidates);
        candidates.sort_by_key(|candidate| (candidate.found.first, candidate.rule, candidate.found.end));
        engine.veto(&mut candidates, &scratch.words(engine));
        scratch.found.extend(candidates.iter().map(|candidate| Found {
            rule: RuleIndex { language: language as u16, rule: candidate.rule as u16 },
            priority: engine.rules[candidate.rule].priority,
            found: candidate.found,
        }));
        scratch.candidates = candidates;
    }

    /// Drops the survivors of rules that must follow what the turn before does not have. It is folded once, and only if
    /// there is such a rule. Gives the languages (bits) that have any survivor left.
    fn keep_answers(&self, languages: u64, before: Option<&str>, scratch: &mut Scratch) -> u64 {
        let Scratch { sieve, of_before, languages: asked, .. } = scratch;
        let (mut alive, mut is_read) = (0, false);
        for language in ones(languages) {
            let engine = self.engines.get(language);
            let survivors = sieve.survivors_mut(language);
            if survivors.iter().any(|&phrase| engine.is_answer(phrase)) {
                match before {
                    None => survivors.retain(|&phrase| !engine.is_answer(phrase)),
                    Some(before) => {
                        let of_before = of_before.get_or_insert_default();
                        if !std::mem::replace(&mut is_read, true) {
                            self.take_over(of_before);
                            of_before.read(before);
                            of_before.languages = *asked;
                        }
                        of_before.mark(&self.engines, language);
                        let words = of_before.words(engine);
                        survivors
                            .retain(|&phrase| !engine.is_answer(phrase) || engine.is_said(phrase, &words));
                    }
                }
            }
            alive |= u64::from(!survivors.is_empty()) << language;
        }
        alive
    }

    /// The cues in the last of `turns` by the rules of one language alone.
    fn cues_in_language(&self, language: u16, turns: &[Utterance], scratch: &mut Scratch) -> Vec<Cue> {
        self.take_over(scratch);
        let language = usize::from(language);
        let choice = Choice { tried: 1 << language, declared: Some(language), letters: Default::default() };
        self.cues_in(turns, &choice, scratch).pop().unwrap_or_default()
    }

    /// The phrases of a rule (indices into its phrases) that match in the last of `turns`, vetoed or not.
    pub fn phrases_matching(
        &self,
        rule: RuleIndex,
        turns: &[Utterance],
        scratch: &mut Scratch,
    ) -> Vec<usize> {
        self.take_over(scratch);
        let (language, Some(turn)) = (usize::from(rule.language), turns.last()) else { return Vec::new() };
        scratch.languages = 1 << language;
        scratch.read(turn.text);
        scratch.mark(&self.engines, language);
        let engine = self.engines.get(language);
        let phrases = (0u32..).zip(&engine.phrases);
        let own: Vec<u32> =
            phrases.filter(|(_, p)| p.rule == usize::from(rule.rule)).map(|(at, _)| at).collect();
        let mut candidates = Vec::new();
        engine.candidates(&scratch.words(engine), &own, &mut candidates);
        let first = own.first().copied().unwrap_or(0) as usize;
        candidates.iter().map(|candidate| candidate.phrase - first).collect()
    }

    /// Keeps, within each kind, the leftmost of overlapping finds, of those the longest, of those the one of the
    /// highest priority, of those the first in the lexicon. A number that only an overlapped one states goes to the one
    /// that stays: they are about the same words.
    fn resolve(&self, scratch: &mut Scratch) -> Vec<Cue> {
        let mut found = std::mem::take(&mut scratch.found);
        found.sort_by_key(|f| (f.found.first, std::cmp::Reverse(f.found.end), -f.priority, f.rule));
        let mut kept: Vec<(Found, Option<u32>)> = Vec::new();
        // The kinds met, each with its last kept find.
        let mut last_of_kind: Vec<(&str, usize)> = Vec::new();
        for &one in &found {
            let rule = &self.engines.get(usize::from(one.rule.language)).rules[usize::from(one.rule.rule)];
            let stated = stated_contacts(rule.stated, one.found);
            let place = last_of_kind.iter().position(|(kind, _)| *kind == rule.kind).unwrap_or_else(|| {
                last_of_kind.push((&rule.kind, usize::MAX));
                last_of_kind.len() - 1
            });
            let last = &mut last_of_kind[place].1;
            match kept.get_mut(*last).filter(|(last, _)| one.found.first < last.found.end) {
                // A number of its own, even a vague one ("two or three times"), says more than a part of its words.
                Some((last, number)) if last.found.number.is_none() => *number = number.or(stated),
                Some(_) => {}
                None => {
                    *last = kept.len();
                    kept.push((one, stated));
                }
            }
        }
        let cues =
            kept.into_iter().map(|(one, stated_contacts)| cue(one, stated_contacts, scratch)).collect();
        scratch.found = found;
        cues
    }
}

impl Scratch {
    /// Folds a turn and cuts it into words.
    fn read(&mut self, text: &str) {
        fold_into(text, &mut self.folded);
        tokens(self.folded.text(), &mut self.tokens);
    }

    fn words<'a>(&'a self, engine: &'a Engine) -> Words<'a> {
        Words {
            folded: self.folded.text(),
            tokens: &self.tokens,
            skippable: &self.skippable,
            skippable_bits: &self.skippable_bits,
            sentence_ends: &self.sentence_ends,
            classes: &self.classes,
            pairs: &self.pairs,
            vocabulary: &engine.vocabulary,
            numerals: &engine.numerals,
            memory: &self.memory,
        }
    }

    /// The class of each token, and of each with the next, in one language; and which tokens phrases step over.
    fn mark(&mut self, engines: &Engines, language: usize) {
        let Scratch { memo, folded, tokens, skippable, classes, pairs, memory, languages, .. } = self;
        // Asked for with the languages of the sieve, so that both find the same memories.
        let languages = *languages | 1 << language;
        let (folded, engine) = (folded.text(), engines.get(language));
        memory.begin_turn();
        classes.clear();
        skippable.clear();
        pairs.clear();
        pairs.resize(tokens.len(), 0);
        let of_language = |meanings: &[Meaning], is_pair: bool| {
            let own = known(meanings).find(|k| usize::from(k.language) == language && k.is_pair == is_pair);
            own.map_or(0, |known| known.class)
        };
        let mut is_after_character = false;
        for (at, token) in tokens.iter().enumerate() {
            let word = token.text(folded);
            let is_character = word.starts_with(is_character_script);
            let class = if is_character {
                let first = |at: usize| tokens[at].text(folded).chars().next().unwrap_or_default();
                let character = first(at);
                let before = at.checked_sub(1).filter(|_| is_after_character).map_or('\0', first);
                let hash = character_hash(before, character);
                let meanings = memo.meanings(hash, languages, |out| {
                    sieve::work_out_character(engines, before, character, languages, out);
                });
                if let Some(before) = at.checked_sub(1) {
                    pairs[before] = of_language(meanings, true);
                }
                of_language(meanings, false)
            } else {
                let meanings = memo.meanings(Hash::of(word), languages, |out| {
                    sieve::work_out_word(engines, word, false, languages, out);
                });
                of_language(meanings, false)
            };
            let is_stutter = at > 0
                && classes[at - 1] == class
                && tokens[at - 1].text(folded) == word
                && !word.starts_with(|c: char| c.is_ascii_digit() || is_character_script(c));
            skippable.push(token.is_mention || is_stutter || engine.is_filler(class));
            classes.push(class);
            is_after_character = is_character;
        }
        self.mark_bits();
    }

    /// What an attempt to match needs at a glance.
    fn mark_bits(&mut self) {
        let Scratch { tokens, skippable, skippable_bits, sentence_ends, .. } = self;
        skippable_bits.clear();
        skippable_bits.resize(tokens.len().div_ceil(64).max(1), 0);
        for (at, _) in skippable.iter().enumerate().filter(|(_, is_skippable)| **is_skippable) {
            skippable_bits[at / 64] |= 1 << (at % 64);
        }
        sentence_ends.clear();
        sentence_ends.resize(tokens.len(), 0);
        let mut end = tokens.len() as u32;
        for (at, token) in tokens.iter().enumerate().rev() {
            sentence_ends[at] = end;
            if token.is_sentence_start {
                end = at as u32;
            }
        }
    }
}

/// The cue of a find, in the raw text.
fn cue(Found { rule, found, .. }: Found, stated_contacts: Option<u32>, scratch: &Scratch) -> Cue {
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
