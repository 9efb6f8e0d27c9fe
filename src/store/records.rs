//! Single interactions: whole records by row, rows by id, a few rows' values of one field.
//!
//! It takes row numbers and gives what the source said, for `explain` and for ties. It decodes one row group around each
//! row, and deliberately is not the way to read a column.

use polars::prelude::{DataFrame, Float64Type, Int64Type, PolarsNumericType, UInt32Type};
use rayon::prelude::*;

use super::dimension::Field;
use super::duplicates::NOT_SAID;
use super::extra::{extra_pairs, extra_value};
use super::key::key;
use super::reader::Store;
use super::schema::Table;
use crate::error::{Error, Result};
use crate::interaction::{Direction, Interaction, Status};

/// The most rows that are read at a time.
const BLOCK_ROWS: u64 = 1 << 16;
/// Wanted rows nearer than this to each other are read together, with those between: about as many texts as a page has.
const GAP_ROWS: u64 = 1 << 10;
/// More stretches than this of one block are read as one: to find its way into a block costs a third of reading it.
const MOST_STRETCHES: usize = 3;

impl Store {
    /// The values of a field for a few rows, in the order of `rows`. The fields are those of [`Store::dimension`].
    ///
    /// Errors: an unknown field (with the names there are), a row the store does not have, a damaged part.
    pub fn texts(&self, field: &str, rows: &[u32]) -> Result<Vec<Option<String>>> {
        let field = self.field(field)?;
        let (table, column) = match field {
            Field::Coded(name) | Field::Fixed(name, _) => (Table::Interactions, name),
            Field::Text(name) => (Table::InteractionTexts, name),
            Field::Extra(_) => (Table::InteractionTexts, "extra"),
        };
        let mut values = vec![None; rows.len()];
        self.for_rows(table, &[column], rows, |i, frame, row| {
            values[i] = match field {
                Field::Coded(name) => {
                    let code = number::<UInt32Type>(frame, name, row)?.unwrap_or(0);
                    self.shown_name(name, code)?
                }
                Field::Fixed(name, names) => {
                    let code = number::<UInt32Type>(frame, name, row)?.unwrap_or(0);
                    coded(names, code)?
                }
                Field::Text(name) => text(frame, name, row)?.map(str::to_string),
                Field::Extra(name) => text(frame, "extra", row)?
                    .map_or(Ok(None), |text| extra_value(text, name))
                    .map_err(|e| e.to_string())?,
            };
            Ok(())
        })?;
        Ok(values)
    }

    /// The whole record of a row, as it was pushed (blank texts of coded fields are `None`).
    ///
    /// Errors: a row the store does not have, a damaged part.
    pub fn interaction(&self, row: u32) -> Result<Interaction> {
        Ok(self.interactions(&[row])?.remove(0))
    }

    /// The whole records of rows, in the order of `rows`.
    ///
    /// Errors: as [`Store::interaction`].
    pub fn interactions(&self, rows: &[u32]) -> Result<Vec<Interaction>> {
        let mut records = vec![Interaction::default(); rows.len()];
        let names = |table: Table| table.columns().iter().map(|(name, _)| *name).collect::<Vec<_>>();
        for table in [Table::Interactions, Table::InteractionTexts] {
            self.for_rows(table, &names(table), rows, |i, frame, at| match table {
                Table::Interactions => self.fill_narrow(&mut records[i], frame, at),
                _ => fill_texts(&mut records[i], frame, at),
            })?;
        }
        Ok(records)
    }

    /// The row of an interaction by its id, surrounding spaces aside: the one that counts, where there are duplicates.
    pub fn find_interaction(&self, id: &str) -> Result<Option<u32>> {
        let wanted = key(id);
        let mut found = Vec::new();
        self.for_keys(Table::Interactions, |row, key| {
            if key == wanted {
                found.push(row);
            }
        })?;
        let ids = self.texts("interaction_id", &found)?;
        let is_same = |text: &Option<String>| text.as_deref().is_some_and(|text| text.trim() == id.trim());
        let found: Vec<u32> =
            found.into_iter().zip(ids).filter(|(_, id)| is_same(id)).map(|(row, _)| row).collect();
        if found.len() < 2 {
            return Ok(found.first().copied());
        }
        let is_duplicate = self.is_duplicate(Table::Interactions)?;
        Ok(found.iter().copied().find(|row| !is_duplicate[*row as usize]).or(found.first().copied()))
    }

    /// Gives `each` the index of a wanted row, a frame that has it, and its place there.
    pub(super) fn for_rows(
        &self,
        table: Table,
        columns: &[&str],
        rows: &[impl Copy + Into<u64>],
        mut each: impl FnMut(usize, &DataFrame, usize) -> Result<(), String>,
    ) -> Result<()> {
        let mut wanted: Vec<(u64, usize)> = rows.iter().map(|row| (*row).into()).zip(0..).collect();
        wanted.sort_unstable();
        let mut wanted = wanted.as_slice();
        for (part, first) in self.parts_of(table) {
            let (here, later) =
                wanted.split_at(wanted.partition_point(|(row, _)| *row < first + part.row_count));
            wanted = later;
            if here.is_empty() {
                continue;
            }
            let open = part.open(self.dir())?;
            let block_of = |wanted: &(u64, usize)| (wanted.0 - first) / BLOCK_ROWS;
            let stretches = |block| {
                let stretches: Vec<&[(u64, usize)]> =
                    <[_]>::chunk_by(block, |a: &(u64, usize), b| b.0 - a.0 < GAP_ROWS).collect();
                if stretches.len() > MOST_STRETCHES { vec![block] } else { stretches }
            };
            let blocks: Vec<&[(u64, usize)]> =
                here.chunk_by(|a, b| block_of(a) == block_of(b)).flat_map(stretches).collect();
            for blocks in blocks.chunks(rayon::current_num_threads()) {
                let low = |block: &[(u64, usize)]| block[0].0;
                let frame = |block: &&[(u64, usize)]| {
                    open.read(columns, low(block) - first, block[block.len() - 1].0 - low(block) + 1)
                };
                let frames: Vec<DataFrame> = blocks.par_iter().map(frame).collect::<Result<_>>()?;
                for (block, frame) in blocks.iter().zip(&frames) {
                    for (row, i) in *block {
                        let at = (row - low(block)) as usize;
                        each(*i, frame, at).map_err(|what| part.damaged(self.dir(), what))?;
                    }
                }
            }
        }
        match wanted.first() {
            None => Ok(()),
            Some((row, _)) => {
                Err(Error::data(self.dir(), format!("has no row {row}"), "ask for a row of this store"))
            }
        }
    }

    fn fill_narrow(&self, record: &mut Interaction, frame: &DataFrame, row: usize) -> Result<(), String> {
        let code = |name| Ok::<_, String>(number::<UInt32Type>(frame, name, row)?.unwrap_or(0));
        record.started_at = number::<Int64Type>(frame, "started_at", row)?.ok_or("started_at has gaps")?;
        let updated_at = number::<Int64Type>(frame, "updated_at", row)?;
        record.updated_at = updated_at.filter(|at| *at != NOT_SAID);
        let handle_seconds = number::<Float64Type>(frame, "handle_seconds", row)?;
        record.handle_seconds = handle_seconds.filter(|seconds| !seconds.is_nan());
        record.status = status_of(code("status")?)?;
        record.direction = direction_of(code("direction")?)?;
        for (name, field) in [
            ("category", &mut record.category),
            ("subcategory", &mut record.subcategory),
            ("channel", &mut record.channel),
            ("queue", &mut record.queue),
            ("agent_id", &mut record.agent_id),
            ("team", &mut record.team),
            ("language", &mut record.language),
        ] {
            *field = self.shown_name(name, code(name)?)?;
        }
        Ok(())
    }
}

fn fill_texts(record: &mut Interaction, frame: &DataFrame, row: usize) -> Result<(), String> {
    let id = text(frame, "interaction_id", row)?.ok_or("interaction_id has gaps")?;
    record.interaction_id = id.to_string();
    for (name, field) in [
        ("customer_id", &mut record.customer_id),
        ("phone", &mut record.phone),
        ("email", &mut record.email),
        ("national_id", &mut record.national_id),
        ("name", &mut record.name),
        ("parent_id", &mut record.parent_id),
        ("disposition", &mut record.disposition),
        ("article_id", &mut record.article_id),
    ] {
        *field = text(frame, name, row)?.map(str::to_string);
    }
    for (name, field) in [
        ("talk_seconds", &mut record.talk_seconds),
        ("hold_seconds", &mut record.hold_seconds),
        ("wait_seconds", &mut record.wait_seconds),
        ("csat", &mut record.csat),
        ("nps", &mut record.nps),
    ] {
        *field = number::<Float64Type>(frame, name, row)?;
    }
    record.ended_at = number::<Int64Type>(frame, "stated_ended_at", row)?;
    for (name, field) in [
        ("transfer_count", &mut record.transfer_count),
        ("reopen_count", &mut record.reopen_count),
        ("reply_count", &mut record.reply_count),
        ("agent_count", &mut record.agent_count),
        ("survey_contact_count", &mut record.survey_contact_count),
    ] {
        *field = number::<UInt32Type>(frame, name, row)?;
    }
    for (name, field) in [
        ("is_coded_resolved", &mut record.is_coded_resolved),
        ("survey_is_first", &mut record.survey_is_first),
        ("survey_is_resolved", &mut record.survey_is_resolved),
    ] {
        *field = frame.column(name).and_then(|c| c.bool()).map_err(|e| e.to_string())?.get(row);
    }
    if let Some(extra) = text(frame, "extra", row)? {
        record.extra = extra_pairs(extra).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// The number in a row of a column, `None` for a gap.
pub(super) fn number<T: PolarsNumericType>(
    frame: &DataFrame,
    name: &str,
    row: usize,
) -> Result<Option<T::Native>, String> {
    let series = frame.column(name).map_err(|e| e.to_string())?.as_materialized_series();
    Ok(series.unpack::<T>().map_err(|e| e.to_string())?.get(row))
}

/// The text in a row of a column, `None` for a gap.
pub(super) fn text<'a>(frame: &'a DataFrame, name: &str, row: usize) -> Result<Option<&'a str>, String> {
    Ok(frame.column(name).and_then(|column| column.str()).map_err(|e| e.to_string())?.get(row))
}

/// The name of a code, `None` for code 0.
pub(super) fn coded(names: &[impl AsRef<str>], code: u32) -> Result<Option<String>, String> {
    match names.get(code as usize) {
        Some(name) => Ok((code > 0).then(|| name.as_ref().to_string())),
        None if code == 0 => Ok(None),
        None => Err(format!("has code {code}, the manifest has {} names", names.len())),
    }
}

fn status_of(number: u32) -> Result<Status, String> {
    [Status::Unknown, Status::Handled, Status::Abandoned, Status::Voicemail, Status::Ignored]
        .into_iter()
        .find(|status| *status as u32 == number)
        .ok_or_else(|| format!("has status {number}"))
}

fn direction_of(number: u32) -> Result<Direction, String> {
    [Direction::Unknown, Direction::Inbound, Direction::Outbound, Direction::Internal, Direction::Callback]
        .into_iter()
        .find(|direction| *direction as u32 == number)
        .ok_or_else(|| format!("has direction {number}"))
}
