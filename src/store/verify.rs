//! Proving a store: every byte as it was written, every column decoded, and what must agree compared.
//!
//! It takes a folder and gives what is damaged, file by file; nothing of it is an error but a manifest that cannot be read.
//! Opening a store compares the lengths of its parts only. It deliberately changes nothing.

use std::io::{BufRead, BufReader};
use std::path::Path;

use polars::prelude::{DataFrame, StringChunked, UInt32Type, UInt64Type};
use serde::Serialize;

use super::codes::CODED_FIELDS;
use super::columns::{codes, values};
use super::cues::{CUE_CODES, dictionary_name};
use super::key::key;
use super::manifest::{MANIFEST_FILE, is_as_saved};
use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use super::search_files::index_name;
use super::sources::has;
use super::writer::TEXT_ROWS;
use crate::error::{Error, Result};
use crate::interaction::{Note, Reject};

/// What was found to be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file.
    pub file: String,
    /// What is wrong, in words.
    pub what: String,
}

/// What was looked at, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verification {
    /// Files looked at, the manifest among them.
    pub file_count: u64,
    /// Their bytes.
    pub byte_count: u64,
    /// What is damaged; nothing of a whole store.
    pub damages: Vec<Damage>,
}

/// Pairs of tables that have the same rows, each with its texts.
const PAIRS: [(Table, Table); 2] =
    [(Table::Interactions, Table::InteractionTexts), (Table::Cues, Table::CueTexts)];

/// Reads everything that the store in `dir` consists of.
///
/// Errors: there is no store, or its manifest cannot be read.
pub fn verify(dir: &Path) -> Result<Verification> {
    let store = Store::open_unchecked(dir)?;
    let manifest = dir.join(MANIFEST_FILE);
    let text = std::fs::read(&manifest).map_err(Error::io(&manifest))?;
    let mut found = Verification { file_count: 1, byte_count: text.len() as u64, damages: Vec::new() };
    if !is_as_saved(text) {
        let what = "its bytes are not those that were written".to_string();
        found.damages.push(Damage { file: MANIFEST_FILE.to_string(), what });
    }
    for part in &store.manifest.parts {
        found.file_count += 1;
        found.byte_count += part.byte_count;
        let checked = part.check_length(dir).and_then(|()| part.check_bytes(dir));
        found.note(part, checked.and_then(|()| store.decode(part)));
    }
    store.verify_search(&mut found);
    // What does not decode cannot be compared, and is named already.
    if found.damages.is_empty() {
        store.compare(&mut found)?;
    }
    Ok(found)
}

impl Verification {
    fn note(&mut self, part: &Part, checked: Result<()>) {
        let what = match checked {
            Ok(()) => return,
            Err(Error::Data { what, .. }) => what,
            Err(other) => other.to_string(),
        };
        self.damages.push(Damage { file: part.file.clone(), what });
    }
}

impl Store {
    /// Looks whether the search index is as it was written, and that of the turns that are there.
    fn verify_search(&self, found: &mut Verification) {
        for (part, _) in self.parts_of(Table::Turns) {
            let file = index_name(&part.file);
            let Ok(there) = std::fs::metadata(self.dir.join(&file)) else { continue };
            found.file_count += 1;
            found.byte_count += there.len();
            if let Err(what) = self.open_index(part) {
                let what = format!("{what} (the next `recontact search` builds it anew)");
                found.damages.push(Damage { file, what });
            }
        }
    }

    /// Decodes every column of a part, and looks whether its numbers can be.
    fn decode(&self, part: &Part) -> Result<()> {
        let columns = part.table.columns();
        if columns.is_empty() {
            return self.decode_lines(part);
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        for_slices(part, |first, count| {
            let frame = part.read(&self.dir, &names, first, count)?;
            self.check_codes(part.table, &frame).map_err(|what| part.damaged(&self.dir, what))
        })
    }

    fn decode_lines(&self, part: &Part) -> Result<()> {
        let path = self.dir.join(&part.file);
        let file = std::fs::File::open(&path).map_err(Error::io(&path))?;
        let mut count = 0;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(Error::io(&path))?;
            let read = match part.table {
                Table::Rejects => serde_json::from_str::<Reject>(&line).map(drop),
                _ => serde_json::from_str::<Note>(&line).map(drop),
            };
            count += 1;
            read.map_err(|e| part.damaged(&self.dir, format!("line {count} cannot be read ({e})")))?;
        }
        match count == part.row_count {
            true => Ok(()),
            false => Err(part.damaged(&self.dir, format!("has {count} lines, not {}", part.row_count))),
        }
    }

    fn check_codes(&self, table: Table, frame: &DataFrame) -> Result<(), String> {
        let mut out = Vec::new();
        match table {
            Table::Interactions => CODED_FIELDS
                .iter()
                .try_for_each(|field| codes(frame, field, self.dictionary(field).len(), &mut out)),
            Table::Cues => CUE_CODES.iter().try_for_each(|field| {
                codes(frame, field, self.dictionary(&dictionary_name(field)).len(), &mut out)
            }),
            _ => Ok(()),
        }
    }

    /// Compares what must agree: keys with ids, transcripts with turns, lists with the rows that they name.
    fn compare(&self, found: &mut Verification) -> Result<()> {
        for (narrow, texts) in PAIRS {
            let parts = self.parts_of(narrow).zip(self.parts_of(texts));
            for ((narrow, _), (texts, _)) in parts {
                found.note(texts, self.compare_keys(narrow, texts));
            }
        }
        for (part, _) in self.parts_of(Table::Transcripts) {
            found.note(part, self.compare_keys(part, part).and_then(|()| self.compare_turns(part)));
        }
        for (table, list) in [(Table::Interactions, Table::Duplicates), (Table::Cues, Table::CueDuplicates)] {
            for part in self.manifest.parts.iter().filter(|part| part.table == list) {
                found.note(part, self.compare_list(part, table));
            }
        }
        if found.damages.is_empty() && !self.has_right_losers()? {
            let what = "its lists of duplicates are not those of its rows".to_string();
            found.damages.push(Damage { file: MANIFEST_FILE.to_string(), what });
        }
        Ok(())
    }

    /// Whether the keys of one part are those of the ids of the other, row by row.
    fn compare_keys(&self, narrow: &Part, texts: &Part) -> Result<()> {
        for_slices(narrow, |first, count| {
            let mut keys = Vec::new();
            let frame = narrow.read(&self.dir, &["interaction_key"], first, count)?;
            values::<UInt64Type>(&frame, "interaction_key", &mut keys)
                .map_err(|what| narrow.damaged(&self.dir, what))?;
            let frame = texts.read(&self.dir, &["interaction_id"], first, count)?;
            let ids = strings(&frame, "interaction_id").map_err(|what| texts.damaged(&self.dir, what))?;
            match keys.iter().zip(ids.iter()).position(|(own, id)| id.map(key) != Some(*own)) {
                None => Ok(()),
                Some(at) => {
                    let row = first + at as u64;
                    Err(texts
                        .damaged(&self.dir, format!("the id of row {row} is not that of {}", narrow.file)))
                }
            }
        })
    }

    /// Whether the transcripts of a part take up the turns of their commit, one after the other.
    fn compare_turns(&self, part: &Part) -> Result<()> {
        let turns =
            self.parts_in(Table::Turns, part.commit_id).next().map_or(0, |(turns, _)| turns.row_count);
        let firsts = self.column::<UInt64Type>(part, "first_turn_row")?;
        let counts = self.column::<UInt64Type>(part, "turn_count")?;
        let mut next = 0u64;
        for (first, count) in firsts.into_iter().zip(counts) {
            if first != next {
                return Err(
                    part.damaged(&self.dir, format!("a transcript begins at turn {first}, not {next}"))
                );
            }
            next = next.saturating_add(count);
        }
        match next == turns {
            true => Ok(()),
            false => Err(part.damaged(&self.dir, format!("has {next} turns, {turns} are stored"))),
        }
    }

    fn compare_list(&self, part: &Part, table: Table) -> Result<()> {
        let row_count = self.manifest.row_count(table);
        match self.column::<UInt32Type>(part, "row")?.into_iter().find(|row| u64::from(*row) >= row_count) {
            None => Ok(()),
            Some(row) => Err(part.damaged(&self.dir, format!("lists row {row} of {row_count}"))),
        }
    }

    /// Whether the rows that do not count are those that lose by the rule, and as many as are said.
    fn has_right_losers(&self) -> Result<bool> {
        for (table, lost) in [
            (Table::Interactions, self.interactions_lost_in_all()?.rows),
            (Table::Cues, self.cues_lost_in_all()?),
        ] {
            let removed = self.owners(table).removed();
            let listed = (0u32..).zip(self.is_duplicate(table)?);
            let listed = listed.filter(|(row, is_listed)| *is_listed && !has(&removed, u64::from(*row)));
            if !listed.map(|(row, _)| row).eq(lost) {
                return Ok(false);
            }
        }
        let lost = self.interactions_lost_in_all()?.replaced.total();
        Ok(self.replaced().0.total() == lost + self.uncounted().dropped_count)
    }
}

/// Gives `each` the first row and the number of rows of slices of a part that can be held.
fn for_slices(part: &Part, mut each: impl FnMut(u64, u64) -> Result<()>) -> Result<()> {
    let step = TEXT_ROWS as u64;
    (0..part.row_count.div_ceil(step)).try_for_each(|slice| {
        let first = slice * step;
        each(first, step.min(part.row_count - first))
    })
}

fn strings<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a StringChunked, String> {
    frame.column(name).and_then(|column| column.str()).map_err(|e| e.to_string())
}
