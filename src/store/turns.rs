//! Transcripts as rows of two tables: whose they are, and their turns one after the other.
//!
//! It takes transcripts (whole or in fragments) and gives frames for the part writers; and it says which of several
//! versions of a turn stays. It deliberately does not join transcripts to interactions: a transcript may have none.

use std::collections::{BTreeMap, HashMap, HashSet};

use polars::prelude::{
    DataFrame, Float64Chunked, Float64Type, IntoColumn, NewChunkedArray, StringChunkedBuilder, UInt32Type,
    UInt64Type,
};

use super::dimension::SLICE_ROWS;
use super::interactions::{column_text, column_u32, column_u64, frame};
use super::key::key;
use super::reader::Store;
use super::records::{number, text};
use super::schema::Table;
use super::sources::has;
use crate::error::Result;
use crate::interaction::{Speaker, Transcript, Turn};

/// Rows of both tables.
pub(super) struct TranscriptRows {
    /// Turns of this commit written before those held here.
    first_turn_row: u64,
    interaction_key: Vec<u64>,
    first_rows: Vec<u64>,
    turn_counts: Vec<u64>,
    interaction_id: Vec<Option<String>>,
    language: Vec<Option<String>>,
    turn: Vec<u32>,
    speaker: Vec<u32>,
    at_seconds: Vec<Option<f64>>,
    text: StringChunkedBuilder,
    byte_count: usize,
}

impl TranscriptRows {
    /// No rows yet, after this many turns of the same commit.
    pub(super) fn after(first_turn_row: u64) -> TranscriptRows {
        TranscriptRows {
            first_turn_row,
            interaction_key: Vec::new(),
            first_rows: Vec::new(),
            turn_counts: Vec::new(),
            interaction_id: Vec::new(),
            language: Vec::new(),
            turn: Vec::new(),
            speaker: Vec::new(),
            at_seconds: Vec::new(),
            text: StringChunkedBuilder::new("text".into(), 0),
            byte_count: 0,
        }
    }

    /// Transcripts held.
    pub(super) fn len(&self) -> usize {
        self.interaction_key.len()
    }

    /// Turns held.
    pub(super) fn turn_count(&self) -> usize {
        self.turn.len()
    }

    /// Bytes of text held.
    pub(super) fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Adds a transcript.
    pub(super) fn push(&mut self, transcript: &Transcript) {
        self.interaction_key.push(key(&transcript.interaction_id));
        self.first_rows.push(self.first_turn_row + self.turn.len() as u64);
        self.turn_counts.push(transcript.turns.len() as u64);
        self.interaction_id.push(Some(transcript.interaction_id.clone()));
        self.language.push(transcript.language.clone());
        self.byte_count += transcript.interaction_id.len();
        for turn in &transcript.turns {
            self.turn.push(turn.index);
            self.speaker.push(turn.speaker as u32);
            self.at_seconds.push(turn.at_seconds);
            self.text.append_value(&turn.text);
            self.byte_count += turn.text.len();
        }
    }

    /// The rows as frames of [`Table::Transcripts`](super::schema::Table::Transcripts) and
    /// [`Table::Turns`](super::schema::Table::Turns).
    pub(super) fn into_frames(self) -> (DataFrame, DataFrame) {
        let transcripts = frame(vec![
            column_u64("interaction_key", self.interaction_key),
            column_u64("first_turn_row", self.first_rows),
            column_u64("turn_count", self.turn_counts),
            column_text("interaction_id", &self.interaction_id),
            column_text("language", &self.language),
        ]);
        let turns = frame(vec![
            column_u32("turn", self.turn),
            column_u32("speaker", self.speaker),
            Float64Chunked::from_slice_options("at_seconds".into(), &self.at_seconds).into_column(),
            self.text.finish().into_column(),
        ]);
        (transcripts, turns)
    }
}

/// Where the turns of a transcript lie in the turns of its commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    first: u64,
    count: u64,
    /// Whose they are.
    key: u64,
    /// The commit that read them.
    version: u64,
}

impl Place {
    fn end(&self) -> u64 {
        self.first.saturating_add(self.count)
    }
}

impl Store {
    /// The turns of an interaction in the order spoken, of all its transcripts; empty where it has none.
    ///
    /// Of several versions, those of the newest commit count at each index; equal turns count once.
    ///
    /// Errors: a damaged part.
    pub fn turns(&self, interaction_id: &str) -> Result<Vec<Turn>> {
        let wanted = key(interaction_id);
        let owners = self.owners(Table::Transcripts);
        let mut rows = Vec::new();
        self.for_keys(Table::Transcripts, |row, key| {
            if key == wanted {
                rows.push(row);
            }
        })?;
        let mut versions = Vec::new();
        for (part, first) in self.parts_of(Table::Transcripts) {
            let is_here = |row: &&u32| (first..first + part.row_count).contains(&u64::from(**row));
            let rows: Vec<u32> = rows.iter().filter(is_here).copied().collect();
            for (row, first_row, count) in self.places(&rows, interaction_id)? {
                let turns = self.read_turns(part.commit_id, first_row, count)?;
                let commit_id = owners.commit_id(u64::from(row));
                versions.extend(turns.into_iter().map(|turn| (commit_id, turn)));
            }
        }
        Ok(resolve(versions))
    }

    /// The turns of many interactions, by the [`key`](super::key()) of their ids, each in the order spoken; those without
    /// turns are left out. Every part is read once.
    ///
    /// Errors: a damaged part.
    pub fn turns_of(&self, wanted: &HashSet<u64>) -> Result<HashMap<u64, Vec<Turn>>> {
        let mut versions: HashMap<u64, Vec<(u64, Turn)>> = HashMap::new();
        let owners = self.owners(Table::Transcripts);
        let removed = owners.removed();
        for (part, first) in self.parts_of(Table::Transcripts) {
            let keys = self.column::<UInt64Type>(part, "interaction_key")?;
            let firsts = self.column::<UInt64Type>(part, "first_turn_row")?;
            let counts = self.column::<UInt64Type>(part, "turn_count")?;
            let mut places: Vec<Place> = (first..)
                .zip(firsts.into_iter().zip(counts).zip(keys))
                .filter(|(row, (_, key))| wanted.contains(key) && !has(&removed, *row))
                .map(|(row, ((first, count), key))| Place {
                    first,
                    count,
                    key,
                    version: owners.commit_id(row),
                })
                .collect();
            places.sort_unstable();
            self.read_places(part.commit_id, &places, &mut versions)?;
        }
        Ok(versions.into_iter().map(|(key, versions)| (key, resolve(versions))).collect())
    }

    /// Reads the turns at `places`, which are sorted, of a commit, a slice of the part at a time.
    fn read_places(
        &self,
        commit_id: u64,
        places: &[Place],
        versions: &mut HashMap<u64, Vec<(u64, Turn)>>,
    ) -> Result<()> {
        let mut rest = places;
        while let Some(&Place { first: start, .. }) = rest.first() {
            let within = |place: &&Place| place.end() <= start.saturating_add(SLICE_ROWS);
            let (taken, left) = rest.split_at(rest.iter().take_while(within).count().max(1));
            let end = taken.iter().map(Place::end).max().unwrap_or(start);
            let turns = self.read_turns(commit_id, start, end - start)?;
            for place in taken {
                let own = turns.iter().skip((place.first - start) as usize).take(place.count as usize);
                let own = own.map(|turn| (place.version, turn.clone()));
                versions.entry(place.key).or_default().extend(own);
            }
            rest = left;
        }
        Ok(())
    }

    /// The first row and the number of the turns of these transcripts, of those that are this interaction's by its id.
    fn places(&self, rows: &[u32], interaction_id: &str) -> Result<Vec<(u32, u64, u64)>> {
        let mut places = Vec::new();
        let columns = ["first_turn_row", "turn_count", "interaction_id"];
        self.for_rows(Table::Transcripts, &columns, rows, |i, frame, row| {
            let of = |name| number::<UInt64Type>(frame, name, row)?.ok_or(format!("{name} has gaps"));
            let id = text(frame, "interaction_id", row)?.unwrap_or_default();
            if id.trim() == interaction_id.trim() {
                places.push((rows[i], of("first_turn_row")?, of("turn_count")?));
            }
            Ok(())
        })?;
        Ok(places)
    }

    /// Some turns of a commit, as they were pushed.
    fn read_turns(&self, commit_id: u64, first: u64, count: u64) -> Result<Vec<Turn>> {
        let mut parts = self.parts_of(Table::Turns).map(|(part, _)| part);
        let (Some(part), true) = (parts.find(|part| part.commit_id == commit_id), count > 0) else {
            return Ok(Vec::new());
        };
        let damaged = |what: String| part.damaged(self.dir(), what);
        if first.checked_add(count).is_none_or(|end| end > part.row_count) {
            return Err(damaged(format!("has no turns {first} + {count}")));
        }
        let frame = part.read(self.dir(), &TURN_COLUMNS, first, count)?;
        let turns = (0..count as usize).map(|row| turn_at(&frame, row));
        turns.collect::<Result<_, String>>().map_err(damaged)
    }
}

/// The columns that [`turn_at`] reads.
pub(super) const TURN_COLUMNS: [&str; 4] = ["turn", "speaker", "at_seconds", "text"];

/// A stored turn.
pub(super) fn turn_at(frame: &DataFrame, row: usize) -> Result<Turn, String> {
    let of = |name| number::<UInt32Type>(frame, name, row)?.ok_or(format!("{name} has gaps"));
    Ok(Turn {
        index: of("turn")?,
        speaker: speaker_of(of("speaker")?).ok_or("has an unknown speaker")?,
        at_seconds: number::<Float64Type>(frame, "at_seconds", row)?,
        text: text(frame, "text", row)?.unwrap_or_default().to_string(),
    })
}

/// The speaker of a stored number; `None` where no writer writes it.
pub(super) fn speaker_of(number: u32) -> Option<Speaker> {
    [Speaker::Unknown, Speaker::Customer, Speaker::Agent, Speaker::System]
        .into_iter()
        .find(|speaker| *speaker as u32 == number)
}

/// The turns that stay, of all versions with their commits: at each index those of the newest commit, equal ones once;
/// in the order of index, then time, speaker and text.
pub(super) fn resolve(versions: Vec<(u64, Turn)>) -> Vec<Turn> {
    let mut newest: BTreeMap<u32, u64> = BTreeMap::new();
    for (commit_id, turn) in &versions {
        let newest = newest.entry(turn.index).or_default();
        *newest = (*newest).max(*commit_id);
    }
    let mut turns: Vec<Turn> = versions
        .into_iter()
        .filter(|(commit_id, turn)| newest.get(&turn.index) == Some(commit_id))
        .map(|(_, turn)| turn)
        .collect();
    turns.sort_by(|a, b| {
        let seconds = |turn: &Turn| turn.at_seconds.unwrap_or(f64::NEG_INFINITY);
        (a.index.cmp(&b.index))
            .then(seconds(a).total_cmp(&seconds(b)))
            .then((a.speaker as u8).cmp(&(b.speaker as u8)))
            .then_with(|| a.text.cmp(&b.text))
    });
    turns.dedup();
    turns
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::interaction::{Speaker, Turn};

    fn turn(index: u32, text: &str) -> Turn {
        Turn { index, speaker: Speaker::Customer, at_seconds: None, text: text.into() }
    }

    #[test]
    fn a_transcript_given_twice_is_kept_once() {
        let turns = resolve(vec![(1, turn(1, "b")), (1, turn(0, "a")), (1, turn(0, "a")), (1, turn(1, "b"))]);
        assert_eq!(turns, [turn(0, "a"), turn(1, "b")]);
    }

    #[test]
    fn a_later_commit_replaces_the_turn_at_its_index_and_no_other() {
        let turns = resolve(vec![(2, turn(1, "better")), (1, turn(0, "a")), (1, turn(1, "b"))]);
        assert_eq!(turns, [turn(0, "a"), turn(1, "better")]);
    }

    #[test]
    fn different_turns_at_one_index_of_one_commit_are_all_kept() {
        let turns = resolve(vec![(1, turn(3, "second file")), (1, turn(3, "first file"))]);
        assert_eq!(turns, [turn(3, "first file"), turn(3, "second file")]);
    }
}
