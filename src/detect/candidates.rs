//! From a turn to candidates: fold it, see which anchors strike, try the phrases that they and the sentence allow.

use super::atoms::{Atom, Class};
use super::matcher::{Words, match_at};
use super::{Candidate, CompiledPhrase, Detector, Scratch};
use crate::interaction::Speaker;
use crate::lexicon::RuleSpeaker;
use crate::text::fold::fold_into;
use crate::text::token::is_character_script;
use crate::text::{Token, tokens};

impl Detector {
    /// Every match of every phrase that `speaker` can fire, before vetoes and overlaps.
    pub(super) fn candidates(&self, text: &str, speaker: Speaker, scratch: &mut Scratch) -> Vec<Candidate> {
        fold_into(text, &mut scratch.folded);
        let mut tried = scratch.tried_anew(self.phrases.len());
        let Scratch { folded, tokens: tokens_of, skippable, classes, sentence, sentence_atoms, turn, .. } =
            scratch;
        let folded = folded.text();
        let mut struck = self.automaton.find_overlapping_iter(folded).peekable();
        let mut candidates = Vec::new();
        if struck.peek().is_none() {
            scratch.tried = tried;
            return candidates;
        }
        tokens(folded, tokens_of);
        self.mark(folded, tokens_of, skippable, classes);
        self.mark_sentences(tokens_of, classes, sentence, sentence_atoms);
        let words = Words { folded, tokens: tokens_of, skippable, classes, meaning: &self.classes };
        let stride = self.required.stride();
        for strike in struck {
            let Some(anchor) = token_at(words.tokens, strike.start()) else { continue };
            let satisfied = &sentence_atoms[sentence[anchor] as usize * stride..][..stride];
            for strike in &self.strikes[strike.pattern().as_usize()] {
                let phrase = &self.phrases[strike.phrase];
                let is_possible = hears(self.rules[phrase.rule].speaker, speaker)
                    && phrase.program.required.iter().all(|&atom| is_set(satisfied, atom));
                if is_possible {
                    let next = if tried[strike.phrase].0 == *turn { tried[strike.phrase].1 } else { 0 };
                    // Strikes come in the order of their ends, so a longer one may begin before the last.
                    let from = if anchor < next { 0 } else { next };
                    tried[strike.phrase] = (*turn, next.max(anchor + 1));
                    self.confirm(phrase, &words, (from, anchor, strike.lookback), &mut candidates);
                }
            }
        }
        scratch.tried = tried;
        candidates
    }

    /// Adds the matches of `phrase` near an anchor: for each start within reach, and not tried before, the longest.
    fn confirm(
        &self,
        phrase: &CompiledPhrase,
        words: &Words,
        (from, anchor, lookback): (usize, usize, usize),
        candidates: &mut Vec<Candidate>,
    ) {
        let language = self.rules[phrase.rule].language;
        let mut first = anchor;
        let mut counted = 0;
        while first > from && anchor - first < 63 && !words.tokens[first].is_sentence_start {
            counted += usize::from(words.skippable[first - 1] & (1 << (language % 64)) == 0);
            if counted > lookback {
                break;
            }
            first -= 1;
        }
        for first in first.max(from)..=anchor {
            let found = match_at(&phrase.program, words, &self.numerals[language], language, first);
            candidates.extend(found.map(|found| Candidate { rule: phrase.rule, found }));
        }
    }

    /// The class of each token, and the languages in which phrases step over it.
    pub(super) fn mark(
        &self,
        folded: &str,
        words: &[Token],
        skippable: &mut Vec<u64>,
        classes: &mut Vec<Class>,
    ) {
        classes.clear();
        classes.extend(words.iter().map(|token| self.classes.class(token.text(folded))));
        skippable.clear();
        skippable.extend(words.iter().enumerate().map(|(at, token)| {
            let text = token.text(folded);
            let is_stutter = at > 0
                && classes[at - 1] == classes[at]
                && words[at - 1].text(folded) == text
                && !text.starts_with(|c: char| c.is_ascii_digit() || is_character_script(c));
            if token.is_mention || is_stutter { u64::MAX } else { self.fillers[classes[at] as usize] }
        }));
    }

    /// Numbers the sentences and collects the atoms that each satisfies.
    fn mark_sentences(
        &self,
        words: &[Token],
        classes: &[Class],
        sentence: &mut Vec<u32>,
        sentence_atoms: &mut Vec<u64>,
    ) {
        let stride = self.required.stride();
        sentence.clear();
        sentence_atoms.clear();
        let mut count = 0;
        for (at, token) in words.iter().enumerate() {
            if at == 0 || token.is_sentence_start {
                count += 1;
                sentence_atoms.resize(count * stride, 0);
            }
            sentence.push(count as u32 - 1);
            if classes[at] != 0 {
                self.required.add_to(classes[at], &mut sentence_atoms[(count - 1) * stride..]);
            }
        }
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

fn is_set(bits: &[u64], atom: Atom) -> bool {
    bits[atom as usize / 64] & (1 << (atom % 64)) != 0
}
