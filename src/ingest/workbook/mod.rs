//! Workbooks: XLSX through calamine, a cell at a time, and ODS.
//!
//! Takes a path, gives rows whose "line" is the row of the sheet. One sheet is read: the one that the source names, or
//! the first that has a table. Rows are held one at a time; the texts that Excel keeps apart from its sheets are held
//! whole, and a workbook with too many of them is refused.

mod header;
mod ods;
mod parts;
mod written;
mod xlsx;

use std::borrow::Cow;
use std::path::Path;

pub(super) use parts::format_of;

use super::batch::Collector;
use super::csv::named;
use super::decode::{bomb, most_bytes};
use crate::config::{Format, Source};
use crate::error::{Error, Result};

/// Rows that are looked at for the header.
const HEAD_ROWS: usize = 50;

/// Rows and columns that a sheet can have, as Excel has it.
const MAX_ROWS: u64 = 1 << 20;
const MAX_COLUMNS: usize = 1 << 14;

/// A row's texts together.
const MAX_ROW_BYTES: usize = 16 << 20;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Blank,
    Text(String),
    /// A number, moment, duration or truth, written out.
    Value(String),
    /// `#N/A`, `#REF!` and their like.
    Error(String),
}

impl Cell {
    /// As a column of a table has it.
    fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Value(text) => text,
            Cell::Blank | Cell::Error(_) => "",
        }
    }

    fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// The bytes of what it holds, and one for being there.
    fn byte_count(&self) -> usize {
        match self {
            Cell::Blank => 1,
            Cell::Text(text) | Cell::Value(text) | Cell::Error(text) => 1 + text.len(),
        }
    }
}

/// Cells that are shown as one, first and last of each: rows counted from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Merge {
    rows: (u64, u64),
    columns: (usize, usize),
}

/// Takes a row of a sheet by its number, says whether to go on.
type TakeRow<'a> = dyn FnMut(u64, Vec<Cell>) -> Result<bool> + 'a;

/// A workbook of either kind.
trait Workbook {
    /// The names of its sheets, in order.
    fn sheets(&self) -> &[String];
    /// Hands on the rows of a sheet that have any cell.
    fn rows(&mut self, sheet: usize, take: &mut TakeRow<'_>) -> Result<()>;
    /// The merged cells of a sheet's first rows.
    fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>>;
}

/// Reads all rows of one sheet.
///
/// # Errors
/// Where the file is no such workbook or is too large for one, has no such sheet, lacks a required column, or the sink
/// fails.
pub(super) fn read(
    path: &Path,
    format: Format,
    source: &Source,
    rows: &mut Collector<'_>,
    progress: &dyn Fn(u64),
) -> Result<()> {
    let byte_count = std::fs::metadata(path).map_err(Error::io(path))?.len();
    parts::check(path, parts::Limits::of(byte_count))?;
    let mut book: Box<dyn Workbook> = match format {
        Format::Ods => Box::new(ods::Ods::open(path)?),
        _ => Box::new(xlsx::Xlsx::open(path)?),
    };
    let book = book.as_mut();
    let most = most_bytes(byte_count);
    let Some((sheet, header)) = chosen(book, path, most, source)? else {
        rows.note(1, "empty file: no sheet has a table".to_string());
        return Ok(());
    };
    if source.sheet.is_none() && book.sheets().len() > 1 {
        let name = super::shown(&book.sheets()[sheet]);
        let more = book.sheets().len() - 1;
        rows.note(1, format!("one sheet is read: {name}, and {more} not; say sheet = \"…\" for another"));
    }
    if header.title_count > 0 {
        let count = header.title_count;
        rows.note(header.row, format!("lines above the header: {count} are not read"));
    }
    let names = named(&header.names, header.row, rows)?;
    let width = names.len();
    rows.set_columns(names);
    rows.check_columns(header.row)?;
    walk(book, sheet, path, most, &mut |number, cells| {
        if number <= header.row {
            return Ok(true);
        }
        let table = header.start..header.start + width;
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Error(error) => {
                    let error = super::shown(error);
                    rows.rows().note_once(number, format!("error cell: {error} is read as blank"));
                }
                cell if !table.contains(&at) && !cell.is_blank() => {
                    let what = "cells beside the table: they have no column name and are not read";
                    rows.rows().note_once(number, what.to_string());
                }
                _ => {}
            }
        }
        let texts: Vec<Cow<'_, str>> =
            table.map(|at| Cow::Borrowed(cells.get(at).map_or("", Cell::text))).collect();
        if texts.iter().all(|text| text.trim().is_empty()) {
            return Ok(true);
        }
        rows.row(number, &texts, None, &texts.join("\t"))?;
        Ok(true)
    })?;
    progress(byte_count);
    Ok(())
}

/// Hands on the rows of a sheet until they are more bytes than any file so long holds: few bytes can say that a row
/// stands there a million times, or put one cell far to the right of each.
fn walk(book: &mut dyn Workbook, sheet: usize, path: &Path, most: u64, take: &mut TakeRow<'_>) -> Result<()> {
    let mut left = most;
    book.rows(sheet, &mut |number, cells| {
        let row_bytes: usize = cells.iter().map(Cell::byte_count).sum();
        left = left.checked_sub(row_bytes as u64).ok_or_else(|| {
            let (what, help) = bomb();
            Error::data(path, what, help)
        })?;
        take(number, cells)
    })
}

/// The sheet to read and its header: the one that is named, or the first with a row below its header.
fn chosen(
    book: &mut dyn Workbook,
    path: &Path,
    most: u64,
    source: &Source,
) -> Result<Option<(usize, header::Header)>> {
    let sheets = match &source.sheet {
        Some(name) => vec![by_name(book.sheets(), name, path)?],
        None => (0..book.sheets().len()).collect(),
    };
    let is_named = source.sheet.is_some();
    for sheet in sheets {
        let mut head = Vec::new();
        walk(book, sheet, path, most, &mut |number, cells| {
            if cells.iter().any(|cell| !cell.is_blank()) {
                head.push((number, cells));
            }
            Ok(head.len() < HEAD_ROWS)
        })?;
        if head.is_empty() || (head.len() == 1 && !is_named) {
            continue;
        }
        let merges = book.merges(sheet)?;
        if let Some(header) = header::find(&head, &merges)
            && (is_named || header.row < head[head.len() - 1].0)
        {
            return Ok(Some((sheet, header)));
        }
    }
    Ok(None)
}

fn by_name(sheets: &[String], name: &str, path: &Path) -> Result<usize> {
    let same = |sheet: &String| sheet.trim().to_lowercase() == name.trim().to_lowercase();
    sheets.iter().position(|sheet| sheet == name).or_else(|| sheets.iter().position(same)).ok_or_else(|| {
        let listed: Vec<String> = sheets.iter().take(40).map(|name| super::shown(name)).collect();
        let what = format!("no sheet {}", super::shown(name));
        Error::data(path, what, format!("the sheets are {}", listed.join(", ")))
    })
}

/// Complains about a sheet that is larger than a sheet can be.
fn check_place(path: &Path, row: u64, column: usize, row_bytes: usize) -> Result<()> {
    let what = if row > MAX_ROWS {
        format!("a sheet of over {MAX_ROWS} rows")
    } else if column >= MAX_COLUMNS {
        format!("a sheet of over {MAX_COLUMNS} columns, in row {row}")
    } else if row_bytes > MAX_ROW_BYTES {
        format!("over {} MiB of text in row {row}", MAX_ROW_BYTES >> 20)
    } else {
        return Ok(());
    };
    Err(Error::data(path, what, "no program can show such a sheet: save it as CSV and read that"))
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    let why: String =
        why.to_string().chars().map(|c| if crate::text::is_unsafe_to_show(c) { ' ' } else { c }).collect();
    let what = format!("not readable as a workbook: {}", super::cut(&why, 200));
    Error::data(path, what, "open it and save it again, or save the sheet as CSV")
}

#[cfg(test)]
mod tests;
