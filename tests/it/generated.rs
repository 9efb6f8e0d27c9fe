//! Logs of any size for tests, from a seed, in every format that the program reads.
//!
//! Takes a seed and a number of rows, gives the same bytes each time. Nothing is known about their truth: they serve to
//! compare one way of giving the same rows with another.

use std::io::Write;

use polars::prelude::{Column, DataFrame, ParquetWriter};

/// One row of a log, as texts.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    values: [String; 7],
    handle_seconds: i64,
}

/// Column names that are recognised without a mapping.
const COLUMNS: [&str; 7] = ["call_id", "customer", "opened_at", "closed_at", "reason", "channel", "shop"];
const REASONS: [&str; 5] = ["billing", "rēķins, papildu", "账单", "сметка \"стара\"", ""];
const CHANNELS: [&str; 3] = ["voice", "chat", "email"];
const WORDS: [&str; 6] = [
    "this is the third time I call about it",
    "good morning, I would like to know my tariff",
    "es jau trešo reizi zvanu",
    "我已经打了两次电话了",
    "обаждам се за втори път",
    "thanks, that is all",
];

/// Rows of about a month with repeats, ties, duplicates and ends before starts; row `n` has the id `n`.
pub(crate) fn rows(seed: u64, count: usize) -> Vec<Row> {
    let mut random = fastrand::Rng::with_seed(seed);
    let customers = count / 4 + 1;
    let mut rows: Vec<Row> = (0..count)
        .map(|id| {
            // Whole quarters of an hour, so that many begin in the same moment.
            let start = random.u64(0..31 * 96) * 900;
            let end = if random.u8(0..20) == 0 { start.saturating_sub(60) } else { start + 420 };
            let customer = match random.usize(0..customers) {
                0 => String::new(),
                number => format!("C{number}"),
            };
            let reason = REASONS[random.usize(0..REASONS.len())].to_string();
            let channel = CHANNELS[random.usize(0..CHANNELS.len())].to_string();
            let shop = format!("shop {}", random.u8(0..3));
            let values = [id.to_string(), customer, time(start), time(end), reason, channel, shop];
            Row { values, handle_seconds: random.i64(0..900) }
        })
        .collect();
    for at in 0..count / 50 {
        let mut again = rows[at * 7].clone();
        again.values[4] = "billing".to_string();
        rows.push(again);
    }
    rows
}

/// A moment of January 2026.
fn time(seconds: u64) -> String {
    let (day, hour, minute, second) =
        (seconds / 86400 + 1, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The rows as CSV with a header.
pub(crate) fn csv(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().chain([&"handle_seconds"])).unwrap();
    for row in rows {
        let seconds = row.handle_seconds.to_string();
        writer.write_record(row.values.iter().chain([&seconds])).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The rows as JSON lines; blank values are null.
pub(crate) fn json_lines(rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        let mut object = serde_json::Map::new();
        for (name, value) in COLUMNS.iter().zip(&row.values) {
            let value = if value.is_empty() { serde_json::Value::Null } else { value.as_str().into() };
            object.insert((*name).to_string(), value);
        }
        object.insert("handle_seconds".to_string(), row.handle_seconds.into());
        serde_json::to_writer(&mut bytes, &object).unwrap();
        bytes.push(b'\n');
    }
    bytes
}

/// The rows as Parquet: texts and a whole number.
pub(crate) fn parquet(rows: &[Row]) -> Vec<u8> {
    let mut columns: Vec<Column> = Vec::new();
    for (at, name) in COLUMNS.iter().enumerate() {
        let values: Vec<Option<&str>> =
            rows.iter().map(|row| Some(row.values[at].as_str()).filter(|value| !value.is_empty())).collect();
        columns.push(Column::new((*name).into(), values));
    }
    let seconds: Vec<i64> = rows.iter().map(|row| row.handle_seconds).collect();
    columns.push(Column::new("handle_seconds".into(), seconds));
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut DataFrame::new(rows.len(), columns).unwrap()).unwrap();
    bytes
}

/// Transcripts for every third row, as JSON lines, with `filler` bytes of small talk each.
pub(crate) fn transcripts(rows: &[Row], seed: u64, filler: usize) -> Vec<Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(seed);
    let talk = "we were talking about the weather and the garden ".repeat(filler / 49 + 1);
    let of = |row: &Row| {
        let words = WORDS[random.usize(0..WORDS.len())];
        let turns = serde_json::json!([
            {"speaker": "agent", "text": "how can I help"},
            {"speaker": "customer", "text": words},
            {"speaker": "customer", "text": &talk[..filler]},
        ]);
        let line = serde_json::json!({"interaction_id": row.values[0], "turns": turns});
        format!("{line}\n").into_bytes()
    };
    rows.iter().step_by(3).map(of).collect()
}

/// Compressed as `.gz` is.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Compressed as `.zst` is.
pub(crate) fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
