//! Which phrases can match in a turn at all, told from the raw text: most turns end here.
//!
//! A turn is read once, in pieces between spaces and pairs of characters, each looked up in the [`Memo`](super::memo::Memo). What the
//! pieces of a sentence mean is collected as bits (see [`signature`](super::signature)); a phrase survives when one of its anchors stands in a sentence that
//! has all that the phrase requires. It lets too many through, never too few: sentences are cut only where the
//! tokenizer cuts them for certain, and the pieces of a sentence mean what its words mean.

use super::memo::{Meaning, Memo};
use super::pieces::{Piece, cut};
use super::signature::has_all;
use super::vocabulary::{Class, ones};
use super::{Engines, Scratch, Utterance};
use crate::interaction::Speaker;
use crate::text::fold::fold_into;
use crate::text::{Folded, Token, tokens};

/// What was collected of a turn, for each language. Memory of one thread, used again.
#[derive(Default)]
pub(super) struct Sieve {
    languages: Vec<Collected>,
    /// Languages with something in the sentence at hand.
    touched: u64,
    /// Languages with something in the turn.
    touched_in_turn: u64,
    /// Pieces of the contact, and those that the language watched knows.
    piece_count: u32,
    known_count: u32,
    watched: u64,
    pieces: Vec<Piece>,
    words: Words,
}

/// Memory for cutting a stretch into words.
#[derive(Default)]
struct Words {
    folded: Folded,
    tokens: Vec<Token>,
}

#[derive(Default)]
struct Collected {
    /// The classes in the sentence.
    classes: Vec<Class>,
    /// Some of them are anchors.
    is_struck: bool,
    /// The atoms that the turn satisfies.
    turn: Vec<u64>,
    sentence: Vec<u64>,
    /// Phrases that survive, in the end sorted.
    survivors: Vec<u32>,
}

impl Sieve {
    /// The phrases of a language that can match.
    pub(super) fn survivors(&self, language: usize) -> &[u32] {
        self.languages.get(language).map_or(&[], |collected| &collected.survivors)
    }

    /// Begins a contact: counts from now on which share of its pieces a language (a bit) knows.
    pub(super) fn watch(&mut self, language: u64) {
        (self.piece_count, self.known_count, self.watched) = (0, 0, language);
    }

    /// How many pieces were read since, and how many of them the language knows.
    pub(super) fn watched(&self) -> (u32, u32) {
        (self.piece_count, self.known_count)
    }

    /// Collects meanings for the sentence at hand.
    fn add(&mut self, languages: u64, meanings: &[Meaning]) {
        let mut known = 0;
        for meaning in meanings {
            let language = usize::from(meaning.language);
            if languages & (1 << language) != 0 {
                known |= 1 << language;
                if meaning.is_wanted {
                    let collected = &mut self.languages[language];
                    collected.classes.push(meaning.class);
                    collected.is_struck |= meaning.is_anchor;
                }
            }
        }
        self.touched |= known;
        self.piece_count += 1;
        self.known_count += u32::from(known & self.watched != 0);
    }

    fn begin(&mut self, language_count: usize) {
        self.languages.resize_with(language_count, Collected::default);
        for language in ones(self.touched | self.touched_in_turn) {
            let collected = &mut self.languages[language];
            collected.turn.clear();
            collected.classes.clear();
            collected.is_struck = false;
            collected.survivors.clear();
        }
        (self.touched, self.touched_in_turn) = (0, 0);
    }

    /// The sentence is over: which phrases did it have all words of?
    fn end_sentence(&mut self, engines: &Engines, speaker: Speaker) {
        for language in ones(self.touched) {
            let engine = engines.get(language);
            let Collected { classes, is_struck, turn, sentence, survivors } = &mut self.languages[language];
            if !*is_struck && !engine.has_near {
                classes.clear();
                continue;
            }
            engine.signatures.begin(sentence);
            classes.iter().for_each(|&class| engine.signatures.add(class, sentence));
            for class in classes.drain(..).filter(|_| *is_struck) {
                let possible =
                    engine.strikes(class).iter().filter(|strike| has_all(sentence, &strike.wanted));
                let heard = possible.filter(|strike| engine.hears_phrase(strike.phrase, speaker));
                survivors.extend(heard.map(|strike| strike.phrase));
            }
            if engine.has_near {
                turn.resize(sentence.len(), 0);
                turn.iter_mut().zip(sentence).for_each(|(turn, sentence)| *turn |= *sentence);
            }
            *is_struck = false;
        }
        self.touched_in_turn |= std::mem::take(&mut self.touched);
    }

    /// Every phrase that `speaker` can fire.
    fn let_all_pass(&mut self, engines: &Engines, languages: u64, speaker: Speaker) -> u64 {
        for language in ones(languages) {
            let engine = engines.get(language);
            let phrases = (0u32..).zip(&engine.phrases);
            let heard = phrases.map(|(index, _)| index).filter(|&index| engine.hears_phrase(index, speaker));
            self.languages[language].survivors = heard.collect();
        }
        self.touched_in_turn |= languages;
        languages
    }

    /// The turn is over: do the other parts of `a & b` have their words?
    fn end_turn(&mut self, engines: &Engines) -> u64 {
        let mut alive = 0;
        for language in ones(self.touched_in_turn) {
            let engine = engines.get(language);
            let Collected { turn, survivors, .. } = &mut self.languages[language];
            survivors.sort_unstable();
            survivors.dedup();
            if engine.has_near {
                survivors.retain(|&phrase| has_all(turn, &engine.phrases[phrase as usize].wanted_near));
            }
            alive |= u64::from(!survivors.is_empty()) << language;
        }
        alive
    }
}

/// Reads a turn of `speaker` and leaves the phrases that can match in `scratch.sieve`. Gives the languages (bits) of
/// `languages` that have any.
pub(super) fn sift(
    engines: &Engines,
    text: &str,
    speaker: Speaker,
    languages: u64,
    scratch: &mut Scratch,
) -> u64 {
    let Scratch { sieve, memo, .. } = scratch;
    sieve.begin(engines.count());
    let mut pieces = std::mem::take(&mut sieve.pieces);
    let is_cut = cut(text, &mut sieve.words.folded, &mut pieces);
    for piece in pieces.iter().filter(|_| is_cut) {
        match meanings(engines, text, piece, languages, memo, &mut sieve.words) {
            Some(meanings) => sieve.add(languages, meanings),
            None => sieve.end_sentence(engines, speaker),
        }
    }
    sieve.pieces = pieces;
    if is_cut { sieve.end_turn(engines) } else { sieve.let_all_pass(engines, languages, speaker) }
}

/// What a piece of `text` means; none for the end of a sentence.
fn meanings<'m>(
    engines: &Engines,
    text: &str,
    piece: &Piece,
    languages: u64,
    memo: &'m mut Memo,
    words: &mut Words,
) -> Option<&'m [Meaning]> {
    match *piece {
        Piece::End => None,
        Piece::Stretch { hash, start, end } => Some(memo.meanings(hash, languages, |languages, out| {
            work_out_stretch(engines, &text[start as usize..end as usize], languages, words, out);
        })),
        Piece::Character { hash, before, character } => {
            Some(memo.meanings(hash, languages, |languages, out| {
                work_out_character(engines, before, character, languages, out);
            }))
        }
    }
}

/// How many pieces of a contact each language knows.
pub(super) fn known_words(
    engines: &Engines,
    turns: &[Utterance],
    languages: u64,
    scratch: &mut Scratch,
) -> Vec<u32> {
    let Scratch { sieve, memo, .. } = scratch;
    let mut known = vec![0; engines.count()];
    let mut pieces = std::mem::take(&mut sieve.pieces);
    for turn in turns {
        cut(turn.text, &mut sieve.words.folded, &mut pieces);
        for piece in &pieces {
            let meanings = meanings(engines, turn.text, piece, languages, memo, &mut sieve.words);
            let bits = meanings.unwrap_or_default().iter().fold(0u64, |bits, m| bits | 1 << m.language);
            ones(bits & languages).for_each(|language| known[language] += 1);
        }
    }
    sieve.pieces = pieces;
    known
}

/// Adds what a character means, alone and with the one before it.
pub(super) fn work_out_character(
    engines: &Engines,
    before: char,
    character: char,
    languages: u64,
    out: &mut Vec<Meaning>,
) {
    let mut bytes = [0u8; 8];
    let length = before.encode_utf8(&mut bytes).len();
    let end = length + character.encode_utf8(&mut bytes[length..]).len();
    let pair = std::str::from_utf8(&bytes[..end]).expect("two characters are text");
    for language in ones(languages) {
        let vocabulary = &engines.get(language).vocabulary;
        for (name, is_pair) in [(&pair[length..], false), (pair, true)] {
            let class = vocabulary.class(name).filter(|_| !is_pair || before != '\0');
            out.extend(class.map(|class| engines.meaning(language, class, is_pair)));
        }
    }
}

/// Adds what the words of a stretch mean to each language.
fn work_out_stretch(
    engines: &Engines,
    stretch: &str,
    languages: u64,
    words: &mut Words,
    out: &mut Vec<Meaning>,
) {
    let Words { folded, tokens: found } = words;
    fold_into(stretch, folded);
    tokens(folded.text(), found);
    for token in found.iter() {
        work_out_word(engines, token.text(folded.text()), languages, out);
    }
}

/// Adds what a folded word means to each language.
pub(super) fn work_out_word(engines: &Engines, word: &str, languages: u64, out: &mut Vec<Meaning>) {
    for language in ones(languages) {
        let class = engines.get(language).vocabulary.class(word);
        out.extend(class.map(|class| engines.meaning(language, class, false)));
    }
}

/// The languages whose rules read turns of `speaker`: the others need not be sifted.
pub(super) fn hearing(engines: &Engines, languages: u64, speaker: Speaker) -> u64 {
    let hears = |&language: &usize| engines.get(language).hears(speaker);
    ones(languages).filter(hears).fold(0, |bits, language| bits | 1 << language)
}
