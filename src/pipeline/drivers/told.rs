//! What was told in contacts: their turns some contacts at a time, their languages, and the terms of each side.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use super::super::view::View;
use super::Subject;
use crate::Result;
use crate::detect::language_of;
use crate::interaction::{Speaker, Turn};
use crate::store::{Dimension, KeySet};
use crate::text::script::primary_language;
use crate::text::{StopWords, TermCutter};

/// The sides whose words are told apart.
pub(super) const SIDES: [Speaker; 3] = [Speaker::Customer, Speaker::Agent, Speaker::Unknown];

/// Words of a side of a contact that are looked at.
pub(super) const MOST_WORDS: usize = 5_000;

/// Contacts whose turns are held at a time.
const HELD_CONTACTS: usize = 4_096;
/// Contacts that a thread takes together.
const PIECE: usize = 512;

/// Bytes of a contact by which its language is told.
const SAMPLE_BYTES: usize = 600;

/// Which subjects have a transcript, and in which order transcripts lie.
pub(super) struct Transcripts<'a> {
    view: &'a View<'a>,
    subjects: &'a [Subject],
    /// Indexes of subjects in the order in which their transcripts are stored.
    pub(super) order: Vec<u32>,
    declared: Dimension,
}

/// One contact with its words.
pub(super) struct Told<'a> {
    /// Index of the subject.
    pub(super) subject: u32,
    pub(super) turns: &'a [Turn],
    pub(super) language: Option<&'a str>,
    pub(super) stop_words: &'a StopWords,
}

impl<'a> Transcripts<'a> {
    pub(super) fn new(view: &'a View<'a>, subjects: &'a [Subject]) -> Result<Transcripts<'a>> {
        let mut by_key: Vec<(u64, u32)> = subjects.iter().map(|it| it.key).zip(0..).collect();
        by_key.sort_unstable();
        let mut seen = KeySet::default();
        let mut order = Vec::new();
        for key in view.store.transcript_keys()? {
            let place = by_key.partition_point(|(own, _)| *own < key);
            if let Some((_, subject)) = by_key.get(place).filter(|(own, _)| *own == key && seen.insert(key)) {
                order.push(*subject);
            }
        }
        Ok(Transcripts { view, subjects, order, declared: view.store.dimension("language")? })
    }

    /// Gives contacts with their words to `each`, on all threads, and what it makes of some of them to `gather`. Which
    /// contacts come together means nothing.
    pub(super) fn read<T: Default + Send>(
        &self,
        wanted: impl Fn(u32) -> bool,
        each: impl Fn(&mut TermCutter, &mut T, &Told) + Sync,
        mut gather: impl FnMut(T),
    ) -> Result<()> {
        let mut stop_words: BTreeMap<Option<String>, StopWords> = BTreeMap::new();
        let order: Vec<u32> = self.order.iter().copied().filter(|subject| wanted(*subject)).collect();
        for held in order.chunks(HELD_CONTACTS) {
            let keys: HashSet<u64> = held.iter().map(|it| self.subjects[*it as usize].key).collect();
            let turns = self.view.store.turns_of(&keys)?;
            let of =
                |subject: u32| turns.get(&self.subjects[subject as usize].key).map_or(&[][..], Vec::as_slice);
            let languages: Vec<Option<String>> =
                held.par_iter().map(|it| self.language(*it, of(*it))).collect();
            for language in &languages {
                if !stop_words.contains_key(language) {
                    let words = language.as_deref().map_or_else(StopWords::default, StopWords::of);
                    stop_words.insert(language.clone(), words);
                }
            }
            let told: Vec<Told> = held
                .iter()
                .zip(&languages)
                .map(|(&subject, language)| Told {
                    subject,
                    turns: of(subject),
                    language: language.as_deref(),
                    stop_words: &stop_words[language],
                })
                .collect();
            let made: Vec<T> = told
                .par_chunks(PIECE)
                .map_init(TermCutter::default, |cutter, some| {
                    let mut made = T::default();
                    some.iter().for_each(|told| each(cutter, &mut made, told));
                    made
                })
                .collect();
            made.into_iter().for_each(&mut gather);
        }
        Ok(())
    }

    /// The language that the contact declares, else that of its letters.
    fn language(&self, subject: u32, turns: &[Turn]) -> Option<String> {
        let code = self.declared.codes[self.subjects[subject as usize].row as usize];
        if code != 0 {
            return Some(primary_language(&self.declared.names[code as usize]));
        }
        let mut sample = String::new();
        for turn in turns.iter().filter(|turn| turn.speaker != Speaker::System) {
            if sample.len() >= SAMPLE_BYTES {
                break;
            }
            sample.push_str(&turn.text);
            sample.push('\n');
        }
        language_of(&sample).map(str::to_string)
    }
}

impl Told<'_> {
    /// Gives every term of a side, as often as it occurs, to `each`, with its turn and place. Gives whether the side has
    /// words.
    pub(super) fn terms(
        &self,
        cutter: &mut TermCutter,
        side: Speaker,
        mut each: impl FnMut(&str, &Turn, std::ops::Range<usize>),
    ) -> bool {
        let mut word_count = 0;
        for turn in self.turns.iter().filter(|turn| turn.speaker == side) {
            let room = MOST_WORDS - word_count;
            word_count += cutter.terms(&turn.text, self.stop_words, room, |term, at| each(term, turn, at));
        }
        word_count > 0
    }
}
