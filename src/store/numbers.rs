//! The numbers of all interactions that no step of linking reads: one column of the table of texts at a time.
//!
//! It takes a field's name and gives one number a row. Only that column is read: the texts beside it stay on the disk.

use polars::prelude::{ChunkedArray, DataFrame, DataType, Float64Type, PolarsNumericType, UInt32Type};

use super::reader::Store;
use super::schema::Table;
use crate::error::{Error, Result};

/// The fields that [`Store::numbers`] gives.
const NUMBERS: [&str; 11] = [
    "csat",
    "nps",
    "talk_seconds",
    "hold_seconds",
    "wait_seconds",
    "transfer_count",
    "reopen_count",
    "reply_count",
    "agent_count",
    "is_coded_resolved",
    "stated_ended_at",
];

impl Store {
    /// A number of every interaction, one entry a row, NaN where it is not said; empty where it is said of none. Of `is_coded_resolved` it is 1 for yes and
    /// 0 for no; of `stated_ended_at` 1 where the source stated an end and 0 where it did not.
    ///
    /// Errors: a field that is no such number (with those that are), a damaged part.
    pub fn numbers(&self, field: &str) -> Result<Vec<f64>> {
        let Some(name) = NUMBERS.into_iter().find(|name| *name == field) else {
            let what = format!("no number `{field}`");
            return Err(Error::data(self.dir(), what, format!("the store has {}", NUMBERS.join(", "))));
        };
        let numbers = |frame: &DataFrame| {
            let mut numbers = Vec::with_capacity(frame.height());
            append(frame, name, &mut numbers)?;
            Ok(numbers.iter().any(|number| !number.is_nan()).then_some(numbers).ok_or(frame.height()))
        };
        let blocks = self.blocks(Table::InteractionTexts, name, numbers)?;
        if blocks.iter().all(Result::is_err) {
            return Ok(Vec::new());
        }
        let mut out = Vec::with_capacity(self.interaction_count());
        for block in blocks {
            match block {
                Ok(numbers) => out.extend_from_slice(&numbers),
                Err(count) => out.resize(out.len() + count, f64::NAN),
            }
        }
        Ok(out)
    }
}

fn append(frame: &DataFrame, name: &str, out: &mut Vec<f64>) -> Result<(), String> {
    let series = frame.column(name).map_err(|e| e.to_string())?.as_materialized_series();
    let fault = |e: polars::prelude::PolarsError| e.to_string();
    match Table::InteractionTexts.column_type(name) {
        Some(DataType::Float64) => extend(series.unpack::<Float64Type>().map_err(fault)?, out, |x| x),
        Some(DataType::UInt32) => extend(series.unpack::<UInt32Type>().map_err(fault)?, out, f64::from),
        Some(DataType::Boolean) => {
            let flag = |said: Option<bool>| said.map_or(f64::NAN, |said| f64::from(u8::from(said)));
            out.extend(series.bool().map_err(fault)?.iter().map(flag));
        }
        // A moment is no number that can be compared: that it was stated is.
        _ => out.extend(series.is_not_null().iter().map(|stated| f64::from(u8::from(stated == Some(true))))),
    }
    Ok(())
}

fn extend<T: PolarsNumericType>(column: &ChunkedArray<T>, out: &mut Vec<f64>, number: fn(T::Native) -> f64) {
    out.extend(column.iter().map(|said| said.map_or(f64::NAN, number)));
}
