//! Which phrases can match in a turn at all, told from the raw text: most turns end here.
//!
//! A turn is read once, in pieces between spaces and pairs of characters, each looked up in the
//! [`Memo`](super::memo::Memo). What the pieces of a sentence mean is collected as bits (see [`signature`](super::signature)); a phrase survives when one of
//! its anchors stands in a sentence that has all that the phrase requires, in an order in which it can match (see
//! [`order`](super::order)). It lets too many through, never too few: sentences are cut only where the tokenizer cuts
//! them for certain, and the pieces of a sentence mean what its words mean.

use super::matcher::Memory;
use super::memo::{Known, Mark, Meaning, Memo, Name, known};
use super::order::{Placed, Sentence};
use super::pieces::{Hash, Piece, cut};
use super::quiet::Counted;
use super::signature::{has, has_all};
use super::strike::side_of;
use super::vocabulary::{Class, ones};
use super::{Engine, Engines, Scratch, Utterance};
use crate::interaction::Speaker;
use crate::text::fold::fold_into;
use crate::text::token::is_character_script;
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
    counted: Counted,
    /// The same when the turn began.
    counted_before: Counted,
    watched: u64,
    /// Whose turn it is: the side of the conversation.
    side: usize,
    /// The tokens of the sentence.
    marks: Vec<Mark>,
    /// The token to come is a mention.
    is_after_at: bool,
    /// Sentences before this one that have words which not all languages step over.
    said_count: u32,
    sentence: Sentence,
    sentence_count: u32,
    memory: Memory,
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
    /// What is known of the sentence.
    known: Vec<Placed>,
    /// Some of it are anchors.
    is_struck: bool,
    /// Sentences of the sieve's `said_count` that have nothing but fillers in this language.
    filler_count: u32,
    /// The classes in the turn, where the language has phrases of two parts.
    turn: Vec<Class>,
    /// What the sentence has, as bits.
    sentence: Vec<u64>,
    /// Phrases that survive, in the end sorted.
    survivors: Vec<u32>,
    /// For each phrase the last sentence in which it survived.
    passed_in: Vec<u32>,
    /// For each way to say a phrase the last sentence in which it lacked a word: a sentence is asked once, however many
    /// anchors it has.
    lacked_in: Vec<u32>,
}

impl Sieve {
    /// The phrases of a language that can match.
    pub(super) fn survivors(&self, language: usize) -> &[u32] {
        self.languages.get(language).map_or(&[], |collected| &collected.survivors)
    }

    /// The same, to be thinned out.
    pub(super) fn survivors_mut(&mut self, language: usize) -> &mut Vec<u32> {
        &mut self.languages[language].survivors
    }

    /// Begins a contact: counts from now on which share of its pieces a language (a bit) knows.
    pub(super) fn watch(&mut self, language: u64) {
        (self.counted, self.watched) = (Counted::default(), language);
    }

    /// How many pieces were read since, and how many of them the language knows.
    pub(super) fn counted(&self) -> Counted {
        self.counted
    }

    /// The language watched, as a bit.
    pub(super) fn watched_language(&self) -> u64 {
        self.watched
    }

    /// What was counted in the turn read last.
    pub(super) fn counted_in_turn(&self) -> Counted {
        Counted {
            piece_count: self.counted.piece_count - self.counted_before.piece_count,
            known_count: self.counted.known_count - self.counted_before.known_count,
        }
    }

    /// Counts a turn without reading it.
    pub(super) fn count(&mut self, turn: Counted) {
        self.counted.piece_count += turn.piece_count;
        self.counted.known_count += turn.known_count;
    }

    /// Collects meanings for the sentence at hand.
    fn add(&mut self, meanings: &[Meaning]) {
        let mut known = 0;
        for meaning in meanings {
            match meaning {
                Meaning::Known(meaning) => {
                    known |= 1 << meaning.language;
                    self.add_known(meaning);
                }
                Meaning::Token(name) => self.add_token(*name),
                Meaning::At => self.is_after_at = true,
            }
        }
        self.touched |= known;
        self.count(Counted { piece_count: 1, known_count: u32::from(known & self.watched != 0) });
    }

    fn add_known(&mut self, meaning: &Known) {
        let mut token = self.marks.len() - 1;
        if meaning.is_pair {
            let before = token.checked_sub(1).filter(|&before| self.marks[before].name.is_character);
            let Some(before) = before else { return };
            token = before;
        }
        let collected = &mut self.languages[usize::from(meaning.language)];
        let (class, is_pair) = (meaning.class, meaning.is_pair);
        collected.known.push(Placed { token: token as u32, class, is_pair });
        collected.is_struck |= meaning.anchored & (1 << self.side) != 0;
    }

    fn add_token(&mut self, name: Name) {
        let is_stutter = name.hash != 0 && self.marks.last().is_some_and(|last| last.name.hash == name.hash);
        let is_mention = name.is_mention || std::mem::take(&mut self.is_after_at);
        self.marks.push(Mark { name, is_stepped_over: is_mention || is_stutter });
    }

    fn begin(&mut self, language_count: usize, speaker: Speaker) {
        self.side = side_of(speaker);
        self.languages.resize_with(language_count, Collected::default);
        for language in ones(self.touched | self.touched_in_turn) {
            let collected = &mut self.languages[language];
            collected.turn.clear();
            collected.known.clear();
            collected.is_struck = false;
            collected.filler_count = 0;
            collected.survivors.clear();
        }
        (self.touched, self.touched_in_turn) = (0, 0);
        self.counted_before = self.counted;
        self.marks.clear();
        (self.is_after_at, self.said_count) = (false, 0);
    }

    /// The sentence is over: which phrases can match in it?
    fn end_sentence(&mut self, engines: &Engines) {
        self.sentence_count = self.sentence_count.wrapping_add(1).max(1);
        let is_said = !self.marks.iter().all(|mark| mark.is_stepped_over);
        for language in ones(self.touched) {
            let engine = engines.get(language);
            let Collected {
                known,
                is_struck,
                filler_count,
                turn,
                sentence: bits,
                survivors,
                passed_in,
                lacked_in,
            } = &mut self.languages[language];
            let is_first = self.said_count == *filler_count;
            *filler_count += u32::from(is_first && is_said && is_filler(engine, &self.marks, known));
            if std::mem::take(is_struck) {
                let side = engine.side(self.side);
                side.signatures.begin(bits);
                known.iter().for_each(|placed| side.signatures.add(placed.class, bits));
                let mut is_filled = false;
                passed_in.resize(engine.phrases.len(), 0);
                lacked_in.resize(engine.way_count(), 0);
                let classes = known.iter().map(|placed| placed.class);
                let strikes = |placed: &Placed| side.strikes(placed.class).iter();
                for (token, strike) in known.iter().flat_map(|p| strikes(p).map(|strike| (p.token, strike))) {
                    if !has(bits, strike.first) {
                        continue;
                    }
                    let way = engine.way(strike.way);
                    let (phrase, lacked_in) = (way.phrase, &mut lacked_in[strike.way as usize]);
                    if passed_in[phrase as usize] == self.sentence_count || *lacked_in == self.sentence_count
                    {
                        continue;
                    }
                    if !has_all(&way.required, &engine.vocabulary, classes.clone()) {
                        *lacked_in = self.sentence_count;
                        continue;
                    }
                    if !std::mem::replace(&mut is_filled, true) {
                        self.sentence.fill(&self.marks, known, engine, is_first);
                        self.memory.begin_turn();
                    }
                    if engine.is_in_order(phrase, token as usize, &self.sentence, &self.memory) {
                        passed_in[phrase as usize] = self.sentence_count;
                        survivors.push(phrase);
                    }
                }
            }
            if engine.has_near {
                turn.extend(known.iter().map(|placed| placed.class));
            }
            known.clear();
        }
        self.touched_in_turn |= std::mem::take(&mut self.touched);
        self.said_count += u32::from(is_said);
        self.marks.clear();
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
                survivors.retain(|&phrase| {
                    let required = &engine.phrases[phrase as usize].required_near;
                    has_all(required, &engine.vocabulary, turn.iter().copied())
                });
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
    sieve.begin(engines.count(), speaker);
    let mut pieces = std::mem::take(&mut sieve.pieces);
    let is_cut = cut(text, &mut sieve.words.folded, &mut pieces);
    for piece in pieces.iter().filter(|_| is_cut) {
        match meanings(engines, text, piece, languages, memo, &mut sieve.words) {
            Some(meanings) => sieve.add(meanings),
            None => sieve.end_sentence(engines),
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
        Piece::Stretch { hash, start, end } => Some(memo.meanings(hash, languages, |out| {
            work_out_stretch(engines, &text[start as usize..end as usize], languages, words, out);
        })),
        Piece::Character { hash, before, character } => Some(memo.meanings(hash, languages, |out| {
            work_out_character(engines, before, character, languages, out);
        })),
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
    let mut counts = vec![0; engines.count()];
    let mut pieces = std::mem::take(&mut sieve.pieces);
    for turn in turns {
        cut(turn.text, &mut sieve.words.folded, &mut pieces);
        for piece in &pieces {
            let meanings = meanings(engines, turn.text, piece, languages, memo, &mut sieve.words);
            let bits =
                known(meanings.unwrap_or_default()).fold(0u64, |bits, known| bits | 1 << known.language);
            ones(bits & languages).for_each(|language| counts[language] += 1);
        }
    }
    sieve.pieces = pieces;
    counts
}

/// Has a sentence nothing but what phrases of the language step over? To say so of a sentence that has more costs only
/// time.
fn is_filler(engine: &Engine, marks: &[Mark], known: &[Placed]) -> bool {
    let stepped_over = marks.iter().filter(|mark| mark.is_stepped_over).count();
    let fillers = known.iter().filter(|placed| !placed.is_pair && engine.is_filler(placed.class)).count();
    stepped_over + fillers >= marks.len()
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
    out.push(Meaning::Token(Name { hash: 0, is_character: true, is_mention: false }));
    for language in ones(languages) {
        let vocabulary = &engines.get(language).vocabulary;
        for (name, is_pair) in [(&pair[length..], false), (pair, true)] {
            let class = vocabulary.class(name).filter(|_| !is_pair || before != '\0');
            out.extend(class.map(|class| Meaning::Known(engines.known(language, class, is_pair))));
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
        work_out_word(engines, token.text(folded.text()), token.is_mention, languages, out);
    }
    out.extend(folded.text().ends_with('@').then_some(Meaning::At));
}

/// Adds what a folded word means to each language.
pub(super) fn work_out_word(
    engines: &Engines,
    word: &str,
    is_mention: bool,
    languages: u64,
    out: &mut Vec<Meaning>,
) {
    let is_character = word.starts_with(is_character_script);
    let is_unlike = is_character || word.starts_with(|c: char| c.is_ascii_digit());
    let hash = if is_unlike { 0 } else { Hash::of(word) as u32 | 1 };
    out.push(Meaning::Token(Name { hash, is_character, is_mention }));
    for language in ones(languages) {
        let class = engines.get(language).vocabulary.class(word);
        out.extend(class.map(|class| Meaning::Known(engines.known(language, class, false))));
    }
}

/// The languages whose rules read turns of `speaker`: the others need not be sifted.
pub(super) fn hearing(engines: &Engines, languages: u64, speaker: Speaker) -> u64 {
    let hears = |&language: &usize| engines.get(language).hears(speaker);
    ones(languages).filter(hears).fold(0, |bits, language| bits | 1 << language)
}
