//! Sheets of an Excel workbook, a row at a time, through calamine.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use calamine::{DataRef, Reader};

use super::{Cell, HEAD_ROWS, Merge, TakeRow, Workbook, check_place, unreadable, written};
use crate::error::{Error, Result};
use crate::guard;

/// An Excel workbook.
pub(super) struct Xlsx {
    path: PathBuf,
    book: calamine::Xlsx<BufReader<File>>,
    sheets: Vec<String>,
}

impl Xlsx {
    /// Opens a workbook whose parts have been checked: its texts and styles are read.
    pub(super) fn open(path: &Path) -> Result<Xlsx> {
        let file = File::open(path).map_err(Error::io(path))?;
        let book = guarded(path, || calamine::Xlsx::new(BufReader::new(file)))?;
        let sheets = book.sheet_names();
        Ok(Xlsx { path: path.to_path_buf(), book, sheets })
    }
}

impl Workbook for Xlsx {
    fn sheets(&self) -> &[String] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize, take: &mut TakeRow<'_>) -> Result<()> {
        let path = &self.path;
        let is_1904 = self.book.has_1904_epoch();
        let mut reader = match self.book.worksheet_cells_reader(&self.sheets[sheet]) {
            Ok(reader) => reader,
            // A sheet that is only a chart has no cells.
            Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let digits: Vec<usize> = reader.styles().iter().map(leading_zeros).collect();
        let (mut number, mut row, mut row_bytes) = (0, Vec::new(), 0);
        while let Some((cell, style)) = guarded(path, || reader.next_cell_with_style_id())? {
            let (at, column) = cell.get_position();
            let (at, column) = (u64::from(at) + 1, column as usize);
            if at != number && !row.is_empty() {
                if !take(number, std::mem::take(&mut row))? {
                    return Ok(());
                }
                row_bytes = 0;
            }
            number = at;
            let cell = written(cell.get_value(), digits.get(style).copied().unwrap_or(0), is_1904);
            row_bytes += cell.byte_count();
            check_place(path, number, column, row_bytes)?;
            if cell == Cell::Blank {
                continue;
            }
            if row.len() <= column {
                row.resize(column + 1, Cell::Blank);
            }
            row[column] = cell;
        }
        if !row.is_empty() {
            take(number, row)?;
        }
        Ok(())
    }

    fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>> {
        let name = &self.sheets[sheet];
        let merges = guarded(&self.path, || self.book.merge_cells_by_sheet_name(name))?;
        let merge = |area: calamine::Dimensions| Merge {
            rows: (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1),
            columns: (area.start.1 as usize, (area.end.1 as usize).min(super::MAX_COLUMNS - 1)),
        };
        let is_early = |area: &calamine::Dimensions| (area.start.0 as usize) < 10 * HEAD_ROWS;
        Ok(merges.into_iter().filter(is_early).map(merge).collect())
    }
}

/// How many digits a number has at least by its format: `00000`.
fn leading_zeros(style: &calamine::Style) -> usize {
    let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
    if code.len() <= 40 && code.bytes().all(|byte| byte == b'0') { code.len() } else { 0 }
}

fn written(value: &DataRef<'_>, digits: usize, is_1904: bool) -> Cell {
    let text = match value {
        DataRef::Empty => return Cell::Blank,
        DataRef::String(text) => return texted(text),
        DataRef::SharedString(text) => return texted(text),
        DataRef::Error(error) => return Cell::Error(error.to_string()),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => written::number(*value, digits),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => {
            let serial = moment.as_f64();
            let text = if moment.is_duration() {
                written::duration(serial)
            } else {
                written::moment(serial, is_1904)
            };
            text.unwrap_or_else(|| written::number(serial, 0))
        }
        DataRef::DateTimeIso(text) => text.clone(),
        DataRef::DurationIso(text) => written::iso_duration(text).unwrap_or_else(|| text.clone()),
    };
    Cell::Value(text)
}

fn texted(text: &str) -> Cell {
    if text.is_empty() { Cell::Blank } else { Cell::Text(text.to_string()) }
}

/// Runs a step of calamine on bytes that may be damaged.
fn guarded<T>(path: &Path, step: impl FnOnce() -> Result<T, calamine::XlsxError>) -> Result<T> {
    match guard::guarded(step) {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(unreadable(path, &error)),
        None => Err(unreadable(path, &"it is damaged")),
    }
}
