//! What the columns of a file hold, for `init`: how full they are, how many different values, samples.
//!
//! Takes the rows of one file, the first so many of them, whatever the format. It maps nothing.

use std::collections::BTreeSet;

use super::row::Cells;
use super::{Batch, SourceFile, batch, cut, read_rows, shown};
use crate::config::{Format, Source};
use crate::error::Result;

/// Rows that are looked at.
const MAX_ROWS: u64 = 20_000;

/// Rows that are kept whole.
const MAX_FIRST_ROWS: usize = 500;

/// Different values of a column that are kept; more are "over 1,000".
const MAX_DISTINCT: usize = 1000;

/// Bytes of a value that are kept.
const MAX_VALUE_BYTES: usize = 100;

/// What a file's columns hold.
#[derive(Debug, Clone)]
pub(super) struct Survey {
    /// The format that the file turned out to have.
    pub(super) format: Format,
    /// The columns' names.
    pub(super) columns: Vec<String>,
    /// Words for speakers that are not known.
    pub(super) unknown_speakers: BTreeSet<String>,
    /// Rows looked at.
    pub(super) row_count: u64,
    /// The first rows, their values cut short.
    pub(super) first_rows: Vec<Vec<String>>,
    holdings: Vec<Holding>,
}

/// What one column holds.
#[derive(Debug, Clone, Default)]
struct Holding {
    filled_count: u64,
    zero_count: u64,
    distinct: BTreeSet<String>,
    is_full: bool,
    samples: Vec<String>,
}

/// Looks at the first rows of a file.
///
/// # Errors
/// Where the file cannot be read at all.
pub(super) fn survey(file: &SourceFile, source: &Source) -> Result<Survey> {
    let mut sink = |_: Batch| Ok(());
    let mut rows = batch::Collector::new(file, source, &mut sink);
    rows.survey = Some(Survey::new());
    let outcome = read_rows(file, source, None, &mut rows, &|_| {});
    let mut survey = rows.survey.take().unwrap_or_else(Survey::new);
    survey.unknown_speakers = std::mem::take(&mut rows.rows().unknown_speakers);
    // A full survey stops the reader by an error; every other error is one.
    if !survey.is_full() {
        outcome?;
    }
    Ok(survey)
}

impl Survey {
    fn new() -> Survey {
        let (columns, first_rows, holdings) = (Vec::new(), Vec::new(), Vec::new());
        let unknown_speakers = BTreeSet::new();
        Survey { format: Format::Csv, columns, unknown_speakers, row_count: 0, first_rows, holdings }
    }

    /// Whether enough rows have been seen.
    pub(super) fn is_full(&self) -> bool {
        self.row_count >= MAX_ROWS
    }

    /// Declares the columns of the rows that follow.
    pub(super) fn set_columns(&mut self, columns: &[String]) {
        self.columns = columns.to_vec();
        self.holdings.resize(columns.len(), Holding::default());
    }

    /// Looks at a row.
    pub(super) fn row(&mut self, cells: &Cells<'_>) {
        self.row_count += 1;
        if self.first_rows.len() < MAX_FIRST_ROWS {
            self.first_rows.push(cells.iter().map(|cell| cut(cell, MAX_VALUE_BYTES).to_string()).collect());
        }
        for (cell, holding) in cells.iter().zip(&mut self.holdings) {
            let value = cut(cell.trim(), MAX_VALUE_BYTES);
            if value.is_empty() {
                continue;
            }
            holding.filled_count += 1;
            holding.zero_count += u64::from(value == "0");
            if holding.distinct.contains(value) {
                continue;
            }
            if holding.distinct.len() == MAX_DISTINCT {
                holding.is_full = true;
                continue;
            }
            if holding.samples.len() < 3 {
                holding.samples.push(value.to_string());
            }
            holding.distinct.insert(value.to_string());
        }
    }

    /// Whether a column has any value.
    pub(super) fn is_filled(&self, at: usize) -> bool {
        self.holdings[at].filled_count > 0
    }

    /// The different values of a column, sorted.
    pub(super) fn distinct(&self, at: usize) -> impl Iterator<Item = &String> {
        self.holdings[at].distinct.iter()
    }

    /// Whether `0` is so common in a column of ids that it must mean nobody.
    pub(super) fn has_many_zeros(&self, at: usize) -> bool {
        let holding = &self.holdings[at];
        holding.zero_count >= 2 && holding.zero_count * 100 >= holding.filled_count
    }

    /// `` `column`: 98 % filled, 7 different: `a`, `b`, `c` ``.
    pub(super) fn described(&self, at: usize) -> String {
        let holding = &self.holdings[at];
        let percent = (holding.filled_count * 100 + self.row_count / 2) / self.row_count.max(1);
        let over = if holding.is_full { "over " } else { "" };
        let samples: Vec<String> = holding.samples.iter().map(|sample| shown(sample)).collect();
        let name = shown(&self.columns[at]);
        let count = holding.distinct.len();
        format!("{name}: {percent} % filled, {over}{count} different: {}", samples.join(", "))
    }
}
