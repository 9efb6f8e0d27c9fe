//! Whose turn each row of turns is, and which turns count.
//!
//! It takes a store and gives one number a turn: the transcript that it is of, or that it is nobody's because its source was
//! removed, a later commit gave the turn again, or the commit has it twice. So whoever goes over all turns sees those
//! that [`Store::turns`] gives, each once. Only interactions with several transcripts are looked at turn by turn.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use polars::prelude::{UInt32Type, UInt64Type};
use rayon::prelude::*;

use super::codes::Dictionary;
use super::cues::dictionary_name;
use super::dimension::Dimension;
use super::key::KeySet;
use super::reader::Store;
use super::records::text;
use super::schema::Table;
use super::sources::has;
use super::turns::{TURN_COLUMNS, speaker_of, turn_at};
use crate::error::Result;
use crate::interaction::{Speaker, Turn};

/// Stands for no transcript.
pub const NO_TRANSCRIPT: u32 = u32::MAX;

/// The transcripts of turns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnOwners {
    /// By row of turns: the row of its transcript, or [`NO_TRANSCRIPT`] where the turn does not count.
    pub transcript: Vec<u32>,
    /// By row of transcripts: [`key`](super::key()) of the interaction.
    pub interaction_key: Vec<u64>,
}

/// One of several turns with the same index: ordered by whose, which, the newest commit first.
type Version = (u64, u32, Reverse<u64>, u64);

impl Store {
    /// Whose each row of turns is.
    ///
    /// Errors: a damaged part.
    pub fn turn_owners(&self) -> Result<TurnOwners> {
        let interaction_key = self.whole::<UInt64Type, _>(Table::Transcripts, "interaction_key", Ok)?;
        let counts = self.whole::<UInt64Type, _>(Table::Transcripts, "turn_count", Ok)?;
        let removed = self.owners(Table::Transcripts).removed();
        let turn_count = self.manifest.row_count(Table::Turns) as usize;
        let mut transcript = vec![NO_TRANSCRIPT; turn_count];
        for (part, first) in self.parts_of(Table::Transcripts) {
            let turns = self.parts_in(Table::Turns, part.commit_id).next();
            let (mut next, end) = turns.map_or((0, 0), |(turns, first)| (first, first + turns.row_count));
            for row in first..first + part.row_count {
                let until = next.saturating_add(counts[row as usize]);
                if until > end {
                    return Err(part.damaged(&self.dir, "has more turns than are stored"));
                }
                if !has(&removed, row) {
                    transcript[next as usize..until as usize].fill(row as u32);
                }
                next = until;
            }
        }
        let mut owners = TurnOwners { transcript, interaction_key };
        self.take_out_replaced(&mut owners)?;
        Ok(owners)
    }

    fn take_out_replaced(&self, owners: &mut TurnOwners) -> Result<()> {
        let mut living = self.living_keys(Table::Transcripts)?;
        living.par_sort_unstable();
        let again: KeySet =
            living.chunk_by(|a, b| a == b).filter(|it| it.len() > 1).map(|it| it[0]).collect();
        if again.is_empty() {
            return Ok(());
        }
        let indexes = self.turn_indexes()?;
        let sources = self.owners(Table::Transcripts);
        let mut versions: Vec<Version> = Vec::new();
        for (row, transcript) in (0u64..).zip(&owners.transcript) {
            let Some(key) = owners.interaction_key.get(*transcript as usize) else { continue };
            if again.contains(key) {
                let commit_id = sources.commit_id(u64::from(*transcript));
                versions.push((*key, indexes[row as usize], Reverse(commit_id), row));
            }
        }
        versions.par_sort_unstable();
        let mut equals = Vec::new();
        for group in versions.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let newest = group.partition_point(|version| version.2 == group[0].2);
            for (.., row) in &group[newest..] {
                owners.transcript[*row as usize] = NO_TRANSCRIPT;
            }
            if newest > 1 {
                equals.push(group[..newest].iter().map(|(.., row)| *row).collect::<Vec<u64>>());
            }
        }
        let rows: Vec<u64> = equals.concat();
        let mut turns = self.turn_records(&rows)?.into_iter();
        for rows in equals {
            let mut kept: Vec<Turn> = Vec::new();
            for (row, turn) in rows.into_iter().zip(turns.by_ref()) {
                match kept.contains(&turn) {
                    true => owners.transcript[row as usize] = NO_TRANSCRIPT,
                    false => kept.push(turn),
                }
            }
        }
        Ok(())
    }

    /// Turns by their rows, in the order of `rows`.
    ///
    /// Errors: a row that the store does not have, a damaged part.
    pub fn turn_records(&self, rows: &[u64]) -> Result<Vec<Turn>> {
        let mut turns = vec![Turn::default(); rows.len()];
        self.for_rows(Table::Turns, &TURN_COLUMNS, rows, |i, frame, row| {
            turns[i] = turn_at(frame, row)?;
            Ok(())
        })?;
        Ok(turns)
    }

    /// Who speaks in each row of turns.
    ///
    /// Errors: a damaged part.
    pub fn turn_speakers(&self) -> Result<Vec<Speaker>> {
        let speaker = |number| speaker_of(number).ok_or("has an unknown speaker".to_string());
        self.whole::<UInt32Type, _>(Table::Turns, "speaker", speaker)
    }

    /// The ids of the interactions that transcripts are of, in the order of `rows`.
    ///
    /// Errors: a row that the store does not have, a damaged part.
    pub fn transcript_ids(&self, rows: &[u32]) -> Result<Vec<String>> {
        let mut ids = vec![String::new(); rows.len()];
        self.for_rows(Table::Transcripts, &["interaction_id"], rows, |i, frame, row| {
            ids[i] = text(frame, "interaction_id", row)?.unwrap_or_default().to_string();
            Ok(())
        })?;
        Ok(ids)
    }

    /// Which turn of its interaction each row of turns is.
    ///
    /// Errors: a damaged part.
    pub fn turn_indexes(&self) -> Result<Vec<u32>> {
        self.whole::<UInt32Type, _>(Table::Turns, "turn", Ok)
    }

    /// The languages that interactions declare, and those in which cues were found.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        let dictionaries = ["language".to_string(), dictionary_name("language")];
        let names = dictionaries.map(|name| self.dictionary(&name)).into_iter().flatten();
        names.map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The languages that transcripts declare, by row of transcripts.
    ///
    /// Errors: a damaged part.
    pub fn transcript_languages(&self) -> Result<Dimension> {
        let mut dictionary = Dictionary::new(Vec::new());
        let mut codes = Vec::with_capacity(self.transcript_count());
        for (part, _) in self.parts_of(Table::Transcripts) {
            self.for_texts(part, "language", |language| {
                let code = dictionary.code(language);
                codes.push(code.map_err(|_| part.damaged(&self.dir, "has too many languages"))?);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(Dimension { codes, names: dictionary.into_names() })
    }
}
