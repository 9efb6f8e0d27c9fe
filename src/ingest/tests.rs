//! Helpers for the tests of readers, and tests of what all formats share: compression, batches, progress.

use std::cell::Cell;
use std::fs;
use std::io::Write;

use super::*;
use crate::error::Error;

/// A source of which nothing is said.
pub(super) fn source() -> Source {
    Source::of_path(std::path::PathBuf::new(), "test".to_string())
}

/// Reads bytes as a file of that name, all batches in one.
pub(super) fn try_read(name: &str, bytes: &[u8], source: &Source) -> Result<Batch> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let file = SourceFile { path, name: name.to_string(), source: 0, byte_count: bytes.len() as u64 };
    let mut whole = Batch::default();
    read(&file, source, &mut |batch| add(&mut whole, batch), &|_| {})?;
    Ok(whole)
}

/// Adds a batch to those before it.
fn add(whole: &mut Batch, batch: Batch) -> Result<()> {
    assert!(batch.row_count <= 10_000);
    whole.row_count += batch.row_count;
    whole.interactions.extend(batch.interactions);
    whole.transcripts.extend(batch.transcripts);
    whole.surveys.extend(batch.surveys);
    whole.articles.extend(batch.articles);
    whole.rejects.extend(batch.rejects);
    whole.notes.extend(batch.notes);
    Ok(())
}

/// Reads texts as files of one folder in this order, with what all of them say of each other: those of which `is_new`
/// says so by their number.
pub(super) fn read_files<T: AsRef<str>>(
    texts: &[(T, T)],
    source: &Source,
    is_new: impl Fn(usize) -> bool,
) -> Batch {
    let folder = tempfile::tempdir().unwrap();
    let file = |(name, text): &(T, T)| {
        let (name, text) = (name.as_ref(), text.as_ref());
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        SourceFile { path, name: name.to_string(), source: 0, byte_count: text.len() as u64 }
    };
    let files: Vec<SourceFile> = texts.iter().map(file).collect();
    let across = Across::of(&files, std::slice::from_ref(source)).unwrap();
    let mut whole = Batch::default();
    for (_, file) in files.iter().enumerate().filter(|(at, _)| is_new(*at)) {
        read_among(file, source, &across, &mut |batch| add(&mut whole, batch), &|_| {}).unwrap();
    }
    whole
}

/// As [`try_read`], where no error is expected.
pub(super) fn read_bytes(name: &str, bytes: &[u8], source: &Source) -> Batch {
    try_read(name, bytes, source).unwrap()
}

/// As [`read_bytes`], of a text.
pub(super) fn read_text(name: &str, text: &str, source: &Source) -> Batch {
    read_bytes(name, text.as_bytes(), source)
}

/// Line and reason of every reject.
pub(super) fn reasons(batch: &Batch) -> Vec<(u64, String)> {
    batch.rejects.iter().map(|reject| (reject.line, reject.reason.clone())).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn table(row_count: usize) -> String {
    let mut text = String::from("call_id,opened_at,category\n");
    for row in 0..row_count {
        text.push_str(&format!("{row},2024-01-01,billing {}\n", row * 7919 % 1000));
    }
    text
}

#[test]
fn compressed_files_are_read_as_they_are() {
    let text = table(50);
    let mut two_members = gzip(&text.as_bytes()[..200]);
    two_members.extend(gzip(&text.as_bytes()[200..]));
    let zstd = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes) in [("a.csv.gz", gzip(text.as_bytes())), ("b.csv.gz", two_members), ("a.csv.zst", zstd)]
    {
        assert_eq!(read_bytes(name, &bytes, &source()).interactions.len(), 50, "{name}");
    }
}

#[test]
fn a_damaged_archive_gives_what_came_before_the_damage_and_a_reject() {
    let whole = gzip(table(20_000).as_bytes());
    let batch = read_bytes("a.csv.gz", &whole[..whole.len() / 2], &source());
    assert!(batch.interactions.len() > 1000, "{}", batch.interactions.len());
    let last = batch.rejects.last().unwrap();
    assert!(last.reason.starts_with("damaged file:"), "{}", last.reason);
    assert_eq!(batch.rejects.len(), 1);
}

#[test]
fn batches_are_bounded_and_progress_reaches_the_end_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let text = table(25_000);
    fs::write(&path, &text).unwrap();
    let file = SourceFile { path, name: "a.csv".to_string(), source: 0, byte_count: text.len() as u64 };
    let mut counts = Vec::new();
    let seen = Cell::new(0);
    let mut sink = |batch: Batch| {
        counts.push(batch.row_count);
        Ok(())
    };
    read(&file, &source(), &mut sink, &|bytes| seen.set(bytes)).unwrap();
    assert_eq!(counts, [10_000, 10_000, 5_000]);
    assert_eq!(seen.get(), file.byte_count);
}

#[test]
fn an_empty_file_is_noted() {
    for name in ["a.csv", "a.txt", "a.jsonl"] {
        let batch = read_text(name, "", &source());
        assert_eq!((batch.row_count, batch.notes.len()), (0, 1), "{name}");
    }
}

#[test]
fn a_plain_transcript_is_one_interaction_named_by_its_file() {
    let batch = read_text("C-17.txt", "Agent: hello\nCustomer: it is me again\n", &source());
    assert_eq!(batch.transcripts[0].interaction_id, "C-17");
    assert_eq!(batch.transcripts[0].turns.len(), 2);
    assert!(batch.interactions.is_empty());
}

#[test]
fn an_error_of_the_sink_stops_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, table(5)).unwrap();
    let file = SourceFile { path: path.clone(), name: "a.csv".to_string(), source: 0, byte_count: 0 };
    let mut sink = |_| Err(Error::data(&path, "full", "make room"));
    assert!(read(&file, &source(), &mut sink, &|_| {}).is_err());
}

#[test]
fn parquet_is_read_with_its_dates_and_times() {
    use polars::prelude::{Column, DataFrame, ParquetWriter};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let ids: Vec<i64> = (0..40_000).collect();
    let starts: Vec<String> = ids.iter().map(|id| format!("2024-01-01T00:00:{:02}Z", id % 60)).collect();
    let topics: Vec<Option<&str>> = ids.iter().map(|id| (id % 2 == 0).then_some("billing")).collect();
    let seconds: Vec<f64> = ids.iter().map(|id| *id as f64 / 2.0).collect();
    let columns = vec![
        Column::new("call_id".into(), &ids),
        Column::new("opened_at".into(), &starts),
        Column::new("topic".into(), &topics),
        Column::new("duration".into(), &seconds),
    ];
    let mut frame = DataFrame::new(ids.len(), columns).unwrap();
    let output = fs::File::create(&path).unwrap();
    ParquetWriter::new(output).with_row_group_size(Some(15_000)).finish(&mut frame).unwrap();
    let bytes = fs::read(&path).unwrap();
    let batch = read_bytes("a.parquet", &bytes, &source());
    assert_eq!(batch.row_count, 40_000);
    let call = &batch.interactions[39_999];
    assert_eq!((call.interaction_id.as_str(), call.category.as_deref()), ("39999", None));
    assert_eq!(call.handle_seconds, Some(19_999.5));
    assert_eq!(batch.interactions[2].category.as_deref(), Some("billing"));
    // 2024-01-01T00:00:39Z: `date -u -d '2024-01-01 00:00:39' +%s`.
    assert_eq!(call.started_at, 1_704_067_239 * crate::interaction::MICROS_PER_SECOND);

    let error = try_read("a.parquet", &bytes[..bytes.len() / 2], &source()).unwrap_err().to_string();
    assert!(error.contains("not readable as Parquet"), "{error}");
}

#[test]
fn damaged_parquet_is_an_error_and_not_the_end_of_the_process() {
    use polars::prelude::{Column, DataFrame, ParquetWriter};
    let column = |name: &str| Column::new(name.into(), vec![Some("2024-01-01"), None, Some("2024-01-02")]);
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new(3, vec![column("call_id"), column("opened_at")]).unwrap();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    for at in 4..bytes.len() - 4 {
        // A negative number, the largest of one byte, and a piece of a longer one.
        for byte in [0x7F, 0x7E, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] = byte;
            if let Err(error) = try_read("a.parquet", &damaged, &source()) {
                let error = error.to_string();
                let names_what_is_wrong =
                    error.contains("not readable as Parquet") || error.contains("no column is recognised");
                assert!(names_what_is_wrong, "{error}");
            }
        }
    }
}

#[test]
fn an_archive_that_is_none_is_a_reject() {
    for (name, bytes) in [
        ("a.csv.gz", &b"\x1f\x8b\x08junkjunk"[..]),
        ("a.csv.zst", &b"\x28\xb5\x2f\xfdjunkjunk"[..]),
        ("a.jsonl.gz", &b"\x1f\x8b\x08junkjunk"[..]),
    ] {
        let batch = read_bytes(name, bytes, &source());
        assert_eq!(batch.rejects.len(), 1, "{name}");
        assert!(batch.rejects[0].reason.starts_with("damaged file:"), "{name}");
    }
}

#[test]
fn lines_that_end_in_carriage_returns_alone_are_refused_with_the_remedy() {
    let error = try_read("a.csv", b"call_id,opened_at\r1,2024-01-01\r", &source()).unwrap_err().to_string();
    assert!(error.contains("CR alone"), "{error}");
}
