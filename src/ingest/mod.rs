//! Reading files into interactions and transcripts: CSV, JSON lines, Parquet, workbooks, plain text, subtitles, e-mails, what
//! other products export; compressed or not.
//!
//! Takes a [`Config`](crate::config::Config), gives bounded [`Batch`]es in file order. Every input row ends as
//! an interaction, words, answers, an article, or a [`Reject`] with file, line and reason; oddities are [`Note`]s. Nothing here
//! knows the policy, and nothing here finds duplicates across files.
//!
//! The reasons of rejects and notes begin with stable words: group them by what stands before the colon.

mod across;
mod articles;
mod batch;
mod claims;
mod csv;
mod database;
mod decode;
mod document;
mod duration;
mod encoding;
mod export;
mod fields;
mod files;
mod guess;
mod guess_documents;
mod jsonl;
mod lines;
mod mail;
mod names;
mod parquet;
mod plain_text;
mod record;
mod row;
mod salesforce;
mod subtitles;
mod survey;
mod time;
mod tweets;
mod values;
mod workbook;
mod zone;

pub use across::Across;
pub use database::{Cursor, Fetched, fetch};
pub use files::{SourceFile, files, fingerprint};
pub use guess::guess;
pub(crate) use time::check_time_format;

use crate::config::{Format, Kind, Source};
use crate::error::{Error, Result};
use crate::interaction::{Article, Interaction, Note, Reject, SurveyAnswer, Transcript};
use crate::text::is_unsafe_to_show;

/// What was read of a file since the batch before: about 10,000 rows or 8 MiB, whichever is less.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// In file order.
    pub interactions: Vec<Interaction>,
    /// In file order. One interaction may have several, whose turns are told apart by their `index`.
    pub transcripts: Vec<Transcript>,
    /// In file order: the rows of a source of surveys, also those in which nothing was answered.
    pub surveys: Vec<SurveyAnswer>,
    /// In file order: the articles of a source of articles.
    pub articles: Vec<Article>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Oddities of rows that were read.
    pub notes: Vec<Note>,
    /// Rows seen; in a source of interactions each is an interaction or a reject.
    pub row_count: u64,
}

/// What batches are handed to.
type Sink<'a> = dyn FnMut(Batch) -> Result<()> + 'a;

/// How much of a file is looked at to tell its format.
const HEAD_BYTES: usize = 64 * 1024;

/// Reads a file, handing on a batch at a time. `progress` is told how many bytes of the file, as it lies on
/// the disk, have been read so far.
///
/// # Errors
/// Where the file cannot be opened or read, lacks a required or a mapped column, or `sink` fails. Bad rows are
/// no errors.
pub fn read(
    file: &SourceFile,
    source: &Source,
    sink: &mut dyn FnMut(Batch) -> Result<()>,
    progress: &dyn Fn(u64),
) -> Result<()> {
    read_all(file, source, None, sink, progress)
}

/// As [`read`], for one of several files, with what they say of each other.
///
/// # Errors
/// As for [`read`].
pub fn read_among(
    file: &SourceFile,
    source: &Source,
    across: &Across<'_>,
    sink: &mut dyn FnMut(Batch) -> Result<()>,
    progress: &dyn Fn(u64),
) -> Result<()> {
    read_all(file, source, Some(across), sink, progress)
}

fn read_all(
    file: &SourceFile,
    source: &Source,
    across: Option<&Across<'_>>,
    sink: &mut dyn FnMut(Batch) -> Result<()>,
    progress: &dyn Fn(u64),
) -> Result<()> {
    let mut rows = batch::Collector::new(file, source, sink);
    let done = read_rows(file, source, across, &mut rows, progress).and_then(|()| rows.finish());
    if source.database.is_some() { done.map_err(|error| database::named(error, file)) } else { done }
}

/// A small file of a format, written for it: what such a file looks like.
pub fn example(format: Format) -> &'static str {
    match format {
        Format::Csv => "call_id,customer_id,started_at,category\n1001,C7,2026-03-02 09:15:00,Billing\n",
        Format::JsonLines => concat!(
            r#"{"interaction_id": "1001", "turns": [{"speaker": "customer", "at_seconds": 3.2, "#,
            r#""text": "I am calling for the third time"}]}"#,
            "\n"
        ),
        Format::Parquet => "(binary: a column a field, a row an interaction)\n",
        Format::Xlsx | Format::Ods => "(a workbook: a sheet with a header row, a row an interaction)\n",
        Format::PlainText => {
            "[00:03] Agent: good morning\n[00:05] Customer: I am calling for the third time\n"
        }
        Format::Tweets => concat!(
            "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n",
            "11,9,True,Tue Oct 31 10:01:00 +0000 2017,@ShopHelp this is the second time I ask,12,\n",
            "12,ShopHelp,False,Tue Oct 31 10:05:00 +0000 2017,@9 which parcel is it?,,11\n"
        ),
        Format::Mail => include_str!("../../fixtures/exports/email.mbox"),
        Format::WebVtt => include_str!("../../fixtures/exports/subtitles.vtt"),
        Format::Srt => include_str!("../../fixtures/exports/subtitles.srt"),
        exported => export::example(exported).unwrap_or_default(),
    }
}

/// Reads a file's rows into a collector.
fn read_rows(
    file: &SourceFile,
    source: &Source,
    across: Option<&Across<'_>>,
    rows: &mut batch::Collector<'_>,
    progress: &dyn Fn(u64),
) -> Result<()> {
    if source.database.is_some() {
        let decoded = decode::open(&file.path, None, progress)?;
        let mut lines = lines::Lines::new(file.path.clone(), decoded.reader);
        return csv::read(&mut lines, decoded.encoding, Some(b','), rows);
    }
    if let Some(format) = workbook_format(file, source)? {
        rows.say_format(format);
        return workbook::read(&file.path, format, source, rows, progress);
    }
    let decoded = decode::open(&file.path, source.encoding.as_deref(), progress)?;
    let encoding = decoded.encoding;
    let mut lines = lines::Lines::new(file.path.clone(), decoded.reader);
    let is_of_articles = source.kind == Some(Kind::Articles);
    if let Some(markup) =
        articles::markup_of(&file.path).filter(|_| is_of_articles && source.format.is_none())
    {
        return articles::read(markup, &mut lines, encoding, &file.path, rows);
    }
    let format = match source.format {
        Some(format) => format,
        None if is_of_articles => files::format_of(&file.path, lines.head(HEAD_BYTES)?),
        None => format_of(file, &mut lines)?,
    };
    if is_of_articles && !matches!(format, Format::Csv | Format::JsonLines | Format::Parquet) {
        let what = format!("articles in a file of format {}", format.name());
        let help = "articles are read from CSV, JSON lines, Parquet, workbooks, .md and .html files";
        return Err(Error::data(&file.path, what, help));
    }
    if source.name.is_some()
        && matches!(format, Format::Csv | Format::JsonLines | Format::Parquet | Format::Tweets)
    {
        let what = "a pattern for the file's name, but the file has rows with ids of their own";
        return Err(crate::Error::data(&file.path, what, "remove `name` from its [[source]]"));
    }
    rows.say_format(format);
    match format {
        Format::Csv => {
            let delimiter = source.delimiter.or(files::delimiter_of(&file.path));
            csv::read(&mut lines, encoding, delimiter, rows)?;
        }
        Format::JsonLines => jsonl::read(&mut lines, encoding, rows)?,
        Format::PlainText => plain_text::read(&mut lines, encoding, &file.path, rows)?,
        Format::Mail => {
            let threads = across.map(Across::threads).transpose()?;
            mail::read(&mut lines, file, source, threads, rows)?;
        }
        Format::WebVtt | Format::Srt => subtitles::read(&mut lines, encoding, &file.path, rows)?,
        Format::Parquet => parquet::read(&file.path, rows, progress)?,
        Format::Tweets => {
            tweets::read(decode::open(&file.path, source.encoding.as_deref(), progress)?.reader, rows)?;
        }
        Format::Xlsx | Format::Ods => workbook::read(&file.path, format, source, rows, progress)?,
        exported => {
            if let Some(export) = export::of_format(exported) {
                export::read(export, &mut lines, encoding, file, across, rows)?;
            }
        }
    }
    Ok(())
}

/// Which workbook a file is, by its beginning; `None` where it is none and is not to be one.
fn workbook_format(file: &SourceFile, source: &Source) -> Result<Option<Format>> {
    let head = decode::file_head(&file.path)?;
    let is_wanted = matches!(source.format, None | Some(Format::Xlsx | Format::Ods));
    if head.starts_with(b"PK\x03\x04") && is_wanted {
        return workbook::format_of(&file.path).map(Some);
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let what = "an old Excel workbook (.xls), or one with a password";
        return Err(Error::data(&file.path, what, "save it as .xlsx, without a password"));
    }
    let is_named = files::format_of(&file.path, b"");
    if matches!(source.format.unwrap_or(is_named), Format::Xlsx | Format::Ods) {
        return Err(Error::data(&file.path, "no workbook", "save it as .xlsx, or say its format"));
    }
    Ok(None)
}

/// The format of a file: by its name and its beginning; JSON may be what another product exports.
fn format_of(file: &SourceFile, lines: &mut lines::Lines<'_>) -> Result<Format> {
    let head = lines.head(HEAD_BYTES)?;
    let format = files::format_of(&file.path, head);
    if format == Format::Csv && tweets::is_header(head) {
        return Ok(Format::Tweets);
    }
    if format != Format::JsonLines {
        return Ok(format);
    }
    Ok(export::told(lines)?.map_or(format, |(export, _)| export.format))
}

/// The beginning of a text that is at most so many bytes long and ends between characters.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text from a file, as it may stand in a message: short, in quotes, on one line.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let start = cut(text, MOST);
    let more = if start.len() < text.len() { "…" } else { "" };
    let clean: String = start.chars().map(|c| if is_unsafe_to_show(c) { ' ' } else { c }).collect();
    format!("`{clean}{more}`")
}

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod tests;
