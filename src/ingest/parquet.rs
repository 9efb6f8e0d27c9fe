//! Parquet, a slice of rows at a time, through polars' reader.
//!
//! Takes a path, gives rows whose "line" is the row number. Dates, times and decimals are read as the plain
//! numbers they are stored as and written out here: polars' own types for them would more than double the
//! time the program takes to build. Nested columns, long decimals and
//! intervals are not read; a note says so.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use polars::io::SerReader;
use polars::io::parquet::read::{FileMetadata, ParallelStrategy, ParquetReader};
use polars::prelude::{AnyValue, Column, DataFrame, PolarsResult};
use polars_parquet::parquet::metadata::SchemaDescriptor;
use polars_parquet::parquet::schema::Repetition;
use polars_parquet::parquet::schema::types::{
    IntegerType, ParquetType, PhysicalType, PrimitiveConvertedType as Converted,
    PrimitiveLogicalType as Logical, PrimitiveType, TimeUnit,
};

use super::batch::Collector;
use super::claims;
use super::csv::refuse_width;
use super::decode::{bomb, most_bytes};
use super::row::Fault;
use crate::error::{Error, Result};
use crate::guard;
use crate::interaction::MICROS_PER_SECOND;

/// Rows that are held at a time.
const SLICE_ROWS: usize = 32 * 1024;

/// What the numbers of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// What they say.
    Plain,
    /// Days since 1970-01-01.
    Date,
    /// Time of day, so many units to a second.
    Time(i64),
    /// Since 1970, so many units to a second; on the clock of UTC or of nobody in particular.
    Timestamp { per_second: i64, is_utc: bool },
    /// A whole number with so many decimals.
    Decimal(usize),
    /// 16 bytes that are an id.
    Uuid,
}

/// Reads all rows. `progress` is told the share of the file's bytes that the rows read so far make up.
///
/// # Errors
/// Where the file is no readable Parquet, lacks a required column, or the sink fails.
pub(super) fn read(path: &Path, rows: &mut Collector<'_>, progress: &dyn Fn(u64)) -> Result<()> {
    let file = File::open(path).map_err(Error::io(path))?;
    let byte_count = file.metadata().map_err(Error::io(path))?.len();
    let handle = file.try_clone().map_err(Error::io(path))?;
    guarded(path, || claims::check_footer(&file))?;
    let metadata = guarded(path, move || ParquetReader::new(handle).get_metadata().cloned())?;
    refuse_width(metadata.schema_descr.fields().len(), rows)?;
    let table = Table::new(path, FileMetadata::clone(&metadata))?;
    rows.set_columns(table.names.clone());
    rows.check_columns(1)?;
    if !table.unread.is_empty() {
        const SHOWN: usize = 10;
        let shown = table.unread[..table.unread.len().min(SHOWN)].join(", ");
        let more = table.unread.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        rows.note(1, format!("unreadable columns: {shown}{more} are of types that are not read"));
    }
    let row_count = table.metadata.num_rows;
    let mut left = most_bytes(byte_count);
    let mut start = 0;
    for group in &table.metadata.row_groups {
        guarded(path, || claims::check_pages(&file, group))?;
        let end = start + group.num_rows();
        while start < end {
            let count = SLICE_ROWS.min(end - start);
            let handle = file.try_clone().map_err(Error::io(path))?;
            let slice = guarded(path, || table.slice(handle, start, count))?;
            left = push(&slice, start, &table.meanings, rows)
                .and_then(|used| left.checked_sub(used).ok_or_else(|| too_much(path)))?;
            if slice.height() < count {
                let reason = format!("damaged file: {} rows where the footer has {count}", slice.height());
                rows.reject((start + slice.height()) as u64 + 1, Fault::of_row(reason), b"")?;
            }
            start += count;
            progress(byte_count.saturating_mul(start as u64) / (row_count.max(1) as u64));
        }
    }
    Ok(())
}

fn too_much(path: &Path) -> Error {
    let (what, help) = bomb();
    Error::data(path, what, help)
}

/// Runs a step of polars on bytes that may be damaged: it panics on some of them.
fn guarded<T>(path: &Path, step: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    match guard::guarded(step) {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(unreadable(path, &error.to_string())),
        None => Err(unreadable(path, "it is damaged")),
    }
}

fn unreadable(path: &Path, why: &str) -> Error {
    let help = "write the file again, or give it as CSV";
    Error::data(path, format!("not readable as Parquet: {why}"), help)
}

/// The file's columns that can be read, with their numbers' meaning taken out of the schema.
struct Table {
    metadata: Arc<FileMetadata>,
    projection: Vec<usize>,
    names: Vec<String>,
    meanings: Vec<Meaning>,
    unread: Vec<String>,
}

impl Table {
    fn new(path: &Path, mut metadata: FileMetadata) -> Result<Table> {
        let (mut projection, mut names, mut meanings) = (Vec::new(), Vec::new(), Vec::new());
        let mut unread = Vec::new();
        let mut fields = metadata.schema_descr.fields().to_vec();
        for (at, field) in fields.iter_mut().enumerate() {
            let name = field.name().to_string();
            let meaning = match field {
                ParquetType::PrimitiveType(column) => plain(column),
                ParquetType::GroupType { .. } => None,
            };
            match meaning {
                Some(meaning) => {
                    projection.push(at);
                    names.push(name);
                    meanings.push(meaning);
                }
                None => unread.push(super::shown(&name)),
            }
        }
        if names.is_empty() {
            let what = "no column of texts, numbers or times";
            return Err(Error::data(path, what, "flatten the nested columns"));
        }
        // The Arrow schema that writers leave in the footer would bring the types back.
        metadata.key_value_metadata = None;
        metadata.schema_descr = SchemaDescriptor::new("schema".into(), fields);
        Ok(Table { metadata: Arc::new(metadata), projection, names, meanings, unread })
    }

    fn slice(&self, file: File, start: usize, count: usize) -> PolarsResult<DataFrame> {
        let mut reader = ParquetReader::new(file)
            .with_slice(Some((start, count)))
            .with_projection(Some(self.projection.clone()))
            .read_parallel(ParallelStrategy::None);
        reader.set_metadata(self.metadata.clone());
        reader.finish()
    }
}

/// Takes the meaning out of a column's type, so that it is read as plain numbers; `None` where it has a type
/// that is not read.
fn plain(column: &mut PrimitiveType) -> Option<Meaning> {
    if column.field_info.repetition == Repetition::Repeated {
        return None;
    }
    let per_second = |unit: TimeUnit| match unit {
        TimeUnit::Milliseconds => 1000,
        TimeUnit::Microseconds => MICROS_PER_SECOND,
        TimeUnit::Nanoseconds => 1_000_000_000,
    };
    let is_number = matches!(column.physical_type, PhysicalType::Int32 | PhysicalType::Int64);
    let meaning = match (column.logical_type, column.converted_type) {
        (Some(Logical::Uuid), _) if column.physical_type == PhysicalType::FixedLenByteArray(16) => {
            Meaning::Uuid
        }
        _ if matches!(column.physical_type, PhysicalType::Int96 | PhysicalType::FixedLenByteArray(_)) => {
            return None;
        }
        _ if !is_number => return Some(Meaning::Plain),
        (Some(Logical::Integer(kind)), _) => {
            let is_short = matches!(
                kind,
                IntegerType::Int8 | IntegerType::Int16 | IntegerType::UInt8 | IntegerType::UInt16
            );
            if !is_short {
                return Some(Meaning::Plain);
            }
            Meaning::Plain
        }
        (Some(Logical::Date), _) | (None, Some(Converted::Date)) => Meaning::Date,
        (Some(Logical::Time { unit, .. }), _) => Meaning::Time(per_second(unit)),
        (None, Some(Converted::TimeMillis)) => Meaning::Time(1000),
        (None, Some(Converted::TimeMicros)) => Meaning::Time(MICROS_PER_SECOND),
        (Some(Logical::Timestamp { unit, is_adjusted_to_utc: is_utc }), _) => {
            Meaning::Timestamp { per_second: per_second(unit), is_utc }
        }
        // The older annotations are defined as UTC.
        (None, Some(Converted::TimestampMillis)) => Meaning::Timestamp { per_second: 1000, is_utc: true },
        (None, Some(Converted::TimestampMicros)) => {
            Meaning::Timestamp { per_second: MICROS_PER_SECOND, is_utc: true }
        }
        (Some(Logical::Decimal(_, scale)), _) | (None, Some(Converted::Decimal(_, scale))) => {
            Meaning::Decimal(scale)
        }
        (None, Some(Converted::Uint32 | Converted::Uint64)) => return Some(Meaning::Plain),
        _ => Meaning::Plain,
    };
    column.logical_type = None;
    column.converted_type = None;
    Some(meaning)
}

/// Hands on the rows of a slice that begins after `start` rows. Gives their length as text, in bytes.
fn push(slice: &DataFrame, start: usize, meanings: &[Meaning], rows: &mut Collector<'_>) -> Result<u64> {
    let columns = slice.columns();
    let mut byte_count = 0;
    for at in 0..slice.height() {
        let cells: Vec<Cow<'_, str>> =
            columns.iter().zip(meanings).map(|(column, meaning)| cell(column, at, *meaning)).collect();
        let raw = cells.join("\t");
        byte_count += raw.len() as u64 + 1;
        rows.row((start + at) as u64 + 1, &cells, None, &raw)?;
    }
    Ok(byte_count)
}

/// A value as the text of a cell; blank where there is none.
fn cell(column: &Column, at: usize, meaning: Meaning) -> Cow<'_, str> {
    let value = column.get(at).unwrap_or(AnyValue::Null);
    let number = match value {
        AnyValue::String(text) => return Cow::Borrowed(text),
        AnyValue::Binary(bytes) if meaning == Meaning::Uuid => return Cow::Owned(uuid(bytes)),
        AnyValue::Binary(bytes) => return String::from_utf8_lossy(bytes),
        AnyValue::Boolean(value) => return Cow::Borrowed(if value { "true" } else { "false" }),
        // `848.0` as CSV and JSON have it, so that an id is the same whatever the format.
        AnyValue::Float64(value) => return Cow::Owned(format!("{value:?}")),
        AnyValue::Float32(value) => return Cow::Owned(format!("{value:?}")),
        AnyValue::UInt64(value) => return Cow::Owned(value.to_string()),
        AnyValue::UInt32(value) => i64::from(value),
        AnyValue::Int32(value) => i64::from(value),
        AnyValue::Int64(value) => value,
        _ => return Cow::Borrowed(""),
    };
    Cow::Owned(written(number, meaning))
}

/// `0191d2c4-77aa-7e31-9c8e-3f1f0a9b5c6d`.
fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A number as what it means. Moments outside the calendar stay numbers, and are refused as times later.
fn written(number: i64, meaning: Meaning) -> String {
    match meaning {
        Meaning::Plain | Meaning::Uuid => number.to_string(),
        Meaning::Date => moment(number.saturating_mul(86_400), 0, false)
            .map_or_else(|| number.to_string(), |text| text.chars().take(10).collect()),
        Meaning::Time(per_second) => {
            let seconds = number.div_euclid(per_second);
            format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
        Meaning::Timestamp { per_second, is_utc } => {
            let micros = number.rem_euclid(per_second) * MICROS_PER_SECOND / per_second;
            moment(number.div_euclid(per_second), micros, is_utc).unwrap_or_else(|| number.to_string())
        }
        Meaning::Decimal(scale) => {
            let digits = format!("{:0width$}", number.unsigned_abs(), width = scale + 1);
            let (whole, decimals) = digits.split_at(digits.len() - scale);
            let sign = if number < 0 { "-" } else { "" };
            if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
        }
    }
}

fn moment(seconds: i64, micros: i64, is_utc: bool) -> Option<String> {
    let timestamp = jiff::Timestamp::new(seconds, i32::try_from(micros * 1000).ok()?).ok()?;
    let text = timestamp.to_string();
    Some(if is_utc { text } else { text.trim_end_matches('Z').to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_what_they_mean() {
        let utc = Meaning::Timestamp { per_second: 1000, is_utc: true };
        let naive = Meaning::Timestamp { per_second: MICROS_PER_SECOND, is_utc: false };
        let rows = [
            (7, Meaning::Plain, "7"),
            (19_787, Meaning::Date, "2024-03-05"),
            (50_531_000, Meaning::Time(1000), "14:02:11"),
            (1_709_647_331_250, utc, "2024-03-05T14:02:11.25Z"),
            (1_709_647_331_000_000, naive, "2024-03-05T14:02:11"),
            (-1, utc, "1969-12-31T23:59:59.999Z"),
            (12_345, Meaning::Decimal(2), "123.45"),
            (-5, Meaning::Decimal(2), "-0.05"),
            (5, Meaning::Decimal(0), "5"),
        ];
        for (number, meaning, expected) in rows {
            assert_eq!(written(number, meaning), expected);
        }
    }

    #[test]
    fn a_uuid_is_written_as_people_know_it() {
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(uuid(&bytes), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }

    #[test]
    fn short_integers_dates_and_times_are_read_as_plain_numbers() {
        let column = |logical| PrimitiveType {
            logical_type: Some(logical),
            ..PrimitiveType::from_physical("x".into(), PhysicalType::Int32)
        };
        for (logical, meaning, is_stripped) in [
            (Logical::Integer(IntegerType::Int8), Meaning::Plain, true),
            (Logical::Integer(IntegerType::UInt32), Meaning::Plain, false),
            (Logical::Date, Meaning::Date, true),
            (Logical::Decimal(9, 2), Meaning::Decimal(2), true),
        ] {
            let mut column = column(logical);
            assert_eq!(plain(&mut column), Some(meaning));
            assert_eq!(column.logical_type.is_none(), is_stripped, "{logical:?}");
        }
        let mut old = PrimitiveType::from_physical("x".into(), PhysicalType::Int96);
        assert_eq!(plain(&mut old), None);
    }
}
