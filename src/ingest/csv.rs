//! Delimited text (CSV, TSV) with a header row.
//!
//! Takes physical lines, gives rows with exact line numbers. A record that cannot be taken apart costs itself
//! alone: reading goes on at the next physical line. What a column means is not decided here.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::batch::Collector;
use super::lines::{Lines, MAX_LINE_BYTES, Span};
use super::record::{Quotes, close, split};
use super::row::Fault;
use crate::error::{Error, Result};

/// A quoted field may run over so many lines …
const MAX_RECORD_LINES: u32 = 1000;

/// … and so many bytes; a quote that is open for longer was not meant as one.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// Lines looked at in vain for each line read: a file full of open quotes costs so many times its length.
const LOOKS_PER_LINE: u32 = 8;

/// More columns than this are a damaged header.
const MAX_COLUMNS: usize = 10_000;

/// Delimiters that a header is searched for; of two that are equally frequent the first wins.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads all rows.
///
/// # Errors
/// Where the header has no required column, the file cannot be read, or the sink fails.
pub(super) fn read(
    lines: &mut Lines<'_>,
    encoding: &str,
    delimiter: Option<u8>,
    rows: &mut Collector<'_>,
) -> Result<()> {
    let mut table =
        Table { delimiter: delimiter.unwrap_or(b','), encoding, width: 0, patience: MAX_RECORD_LINES };
    if !table.header(lines, delimiter.is_none(), rows)? {
        match lines.take_damage() {
            Some(reason) => rows.reject(lines.number(), damaged(&reason), b"")?,
            None => rows.note(1, "empty file: no header and no rows".to_string()),
        }
        return Ok(());
    }
    rows.rows().has_decimal_commas = table.delimiter == b';';
    while let Some(span) = lines.scan(0)? {
        table.patience = (table.patience + LOOKS_PER_LINE).min(MAX_RECORD_LINES);
        if span.is_too_long {
            let line = lines.number();
            let raw = lines.skip_long()?;
            rows.reject(line, too_long(), &raw)?;
        } else if span.end == span.start {
            lines.consume(span.next, 1);
        } else {
            table.row(lines, span, rows)?;
        }
    }
    match lines.take_damage() {
        Some(reason) => rows.reject(lines.number(), damaged(&reason), b""),
        None => Ok(()),
    }
}

/// Refuses a table of more columns than any has.
pub(super) fn refuse_width(count: usize, rows: &Collector<'_>) -> Result<()> {
    if count <= MAX_COLUMNS {
        return Ok(());
    }
    let help = format!("is this a table? at most {MAX_COLUMNS} columns are read: give it fewer");
    Err(Error::data(rows.path(), format!("{count} columns"), help))
}

/// Column names: blank ones are numbered, the second of two equal ones gets `_2`.
pub(super) fn named(cells: &[Cow<'_, str>], line: u64, rows: &mut Collector<'_>) -> Result<Vec<String>> {
    refuse_width(cells.len(), rows)?;
    let mut columns: Vec<String> = Vec::with_capacity(cells.len());
    let mut seen = HashSet::new();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let mut unique = if name.is_empty() { format!("column_{}", at + 1) } else { name.to_string() };
        let count = counts.entry(name).or_insert(1);
        let mut count_here = 1;
        while !seen.insert(unique.clone()) {
            *count += 1;
            count_here = *count;
            unique = format!("{name}_{count}");
        }
        if count_here > 1 {
            let (name, unique) = (super::shown(name), super::shown(&unique));
            rows.note(line, format!("duplicate column: {name} is read as {unique}"));
        }
        columns.push(unique);
    }
    Ok(columns)
}

/// The fault of a line that is longer than any row can be.
pub(super) fn too_long() -> Fault {
    Fault::of_row(format!("line too long: over {} MiB", MAX_LINE_BYTES >> 20))
}

/// The fault of bytes that are not text.
pub(super) fn bad_encoding(at: usize, encoding: &str) -> Fault {
    Fault::of_row(format!(
        "bad encoding: byte {} is not valid {encoding}; set encoding in [[source]]",
        at + 1
    ))
}

/// The fault of a last line that is cut off because the archive is damaged.
pub(super) fn damaged(reason: &str) -> Fault {
    Fault::of_row(format!("damaged file: reading stopped here, {reason}"))
}

/// How the records of a file are written.
struct Table<'a> {
    delimiter: u8,
    encoding: &'a str,
    width: usize,
    /// How many lines an open quote is followed: spent on quotes that never close, earned again line by line.
    patience: u32,
}

impl Table<'_> {
    /// Reads the header. Gives `false` where there is none.
    fn header(&mut self, lines: &mut Lines<'_>, is_sniffing: bool, rows: &mut Collector<'_>) -> Result<bool> {
        let path = rows.path().to_path_buf();
        let mut is_sniffing = is_sniffing;
        while let Some(span) = lines.scan(0)? {
            let line = lines.number();
            if span.is_too_long {
                return Err(Error::data(path, "the header is over 16 MiB long", "is this a text file?"));
            }
            let Ok(header) = std::str::from_utf8(lines.bytes(span.start, span.end)) else {
                let what = format!("line {line}, the header, is not valid {}", self.encoding);
                return Err(Error::data(path, what, "set encoding = \"…\" in [[source]]"));
            };
            if header.contains('\0') {
                let what = format!("line {line}, the header, has NUL bytes");
                let help = "a text in UTF-16 without a mark needs encoding = \"utf-16le\" (or \"utf-16be\") in [[source]]";
                return Err(Error::data(path, what, help));
            }
            if header.contains('\r') {
                let what = "the header has a carriage return in it";
                let help = "the lines end in CR alone: convert them with tr '\\r' '\\n'";
                return Err(Error::data(path, what, help));
            }
            // Excel writes this line to say how it cut the others.
            if let Some(said) = header.strip_prefix("sep=")
                && let [delimiter] = said.as_bytes()
            {
                self.delimiter = *delimiter;
                is_sniffing = false;
            } else if !header.trim().is_empty() {
                if is_sniffing {
                    let (delimiter, rival) = sniffed(header);
                    self.delimiter = delimiter;
                    if let Some(rival) = rival {
                        // As they are written in the configuration: a tab would tear the note apart.
                        let [first, second] = [delimiter, rival].map(|it| char::from(it).escape_default());
                        let what = format!(
                            "delimiter guessed: `{first}` and `{second}` stand equally often in the header; say it in [[source]]"
                        );
                        rows.note(line, what);
                    }
                }
                let (end, line_count) = self.record_end(lines, span)?.0.unwrap_or((span, 1));
                let header = String::from_utf8_lossy(lines.bytes(span.start, end.end)).into_owned();
                lines.consume(end.next, line_count);
                let mut cells = Vec::new();
                split(&header, self.delimiter, &mut cells);
                let columns = named(&cells, line, rows)?;
                self.width = columns.len();
                rows.set_columns(columns);
                rows.check_columns(line)?;
                return Ok(true);
            }
            lines.consume(span.next, 1);
        }
        Ok(false)
    }

    /// Reads the record that begins with the line `span`.
    fn row(&mut self, lines: &mut Lines<'_>, span: Span, rows: &mut Collector<'_>) -> Result<()> {
        let line = lines.number();
        if !span.is_terminated
            && let Some(reason) = lines.take_damage()
        {
            rows.reject(line, damaged(&reason), lines.bytes(span.start, span.end))?;
            lines.consume(span.next, 1);
            return Ok(());
        }
        let bytes = lines.bytes(span.start, span.end);
        let record = match std::str::from_utf8(bytes) {
            Ok(record) => record,
            Err(error) => {
                rows.reject(line, bad_encoding(error.valid_up_to(), self.encoding), bytes)?;
                lines.consume(span.next, 1);
                return Ok(());
            }
        };
        let mut cells = Vec::with_capacity(self.width);
        match split(record, self.delimiter, &mut cells) {
            Quotes::Open(field) => return self.long_row(lines, span, field, rows),
            quotes if cells.len() == self.width => {
                if let Quotes::Stray(field) = quotes {
                    rows.note(line, stray(field));
                }
                rows.row(line, &cells, None, record)?;
            }
            _ => rows.reject(line, self.ragged(cells.len(), span.is_terminated), bytes)?,
        }
        lines.consume(span.next, 1);
        Ok(())
    }

    /// Reads a record of several lines, or refuses the line on which a quote opens and is never closed.
    fn long_row(
        &mut self,
        lines: &mut Lines<'_>,
        first: Span,
        field: usize,
        rows: &mut Collector<'_>,
    ) -> Result<()> {
        let line = lines.number();
        let (end, looked_at) = self.record_end(lines, first)?;
        if let Some((last, line_count)) = end
            && let Ok(record) = std::str::from_utf8(lines.bytes(first.start, last.end))
        {
            let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(self.width);
            let quotes = split(record, self.delimiter, &mut cells);
            if quotes == Quotes::Closed && cells.len() == self.width {
                rows.row(line, &cells, None, record)?;
                lines.consume(last.next, line_count);
                return Ok(());
            }
        }
        self.patience = self.patience.saturating_sub(looked_at);
        let fault = if first.is_terminated {
            Fault::of_row(format!(
                "unterminated quote: field {field} opens a quote that does not close within {MAX_RECORD_LINES} lines or \
                 {} MiB",
                MAX_RECORD_BYTES >> 20
            ))
        } else {
            Fault::of_row(format!("truncated last line: a quote is open in field {field}"))
        };
        rows.reject(line, fault, lines.bytes(first.start, first.end))?;
        lines.consume(first.next, 1);
        Ok(())
    }

    /// The last line of the record that begins with `first`, and how many lines it has, `None` where its
    /// quotes do not close within the bounds; and how many lines were looked at for it.
    fn record_end(&self, lines: &mut Lines<'_>, first: Span) -> Result<(Option<(Span, u64)>, u32)> {
        let mut quotes = {
            let text = String::from_utf8_lossy(lines.bytes(first.start, first.end));
            split(&text, self.delimiter, &mut Vec::new())
        };
        let mut last = first;
        let mut looked_at = 0;
        while let Quotes::Open(_) = quotes {
            if looked_at >= self.patience || last.next - first.start > MAX_RECORD_BYTES {
                return Ok((None, looked_at));
            }
            looked_at += 1;
            match lines.scan(last.next)? {
                Some(span) if !span.is_too_long => last = span,
                _ => return Ok((None, looked_at)),
            }
            quotes = close(lines.bytes(last.start, last.end), self.delimiter);
        }
        let end = matches!(quotes, Quotes::Closed).then_some((last, u64::from(looked_at) + 1));
        Ok((end, looked_at))
    }

    fn ragged(&self, found: usize, is_terminated: bool) -> Fault {
        let kind = if is_terminated { "ragged row" } else { "truncated last line" };
        let width = self.width;
        Fault::of_row(format!("{kind}: {found} fields, the header has {width}"))
    }
}

fn stray(field: usize) -> String {
    format!(
        "stray quote: text follows a closing quote in field {field}; the text was kept, the quotes were not"
    )
}

/// The delimiter that stands most often outside quotes in the header, and another that stands there as often.
fn sniffed(header: &str) -> (u8, Option<u8>) {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for byte in header.bytes() {
        if byte == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted && let Some(at) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
            counts[at] += 1;
        }
    }
    let best = counts.iter().copied().max().unwrap_or(0);
    let mut found = (0..DELIMITERS.len()).filter(|at| counts[*at] == best).map(|at| DELIMITERS[at]);
    let first = found.next().unwrap_or(b',');
    (first, found.next().filter(|_| best > 0))
}

/// How the beginning of a file is written, in words: delimiter, quotes, line ends.
pub(super) fn dialect(head: &str, given: Option<u8>) -> (u8, String) {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let mut delimiter = given;
    let mut header = lines.next().unwrap_or_default();
    if let [byte] = header.strip_prefix("sep=").unwrap_or_default().as_bytes() {
        delimiter = Some(*byte);
        header = lines.next().unwrap_or_default();
    }
    let delimiter = delimiter.unwrap_or_else(|| sniffed(header).0);
    let mark = match delimiter {
        b'\t' => "tabs".to_string(),
        byte => format!("`{}`", char::from(byte)),
    };
    let is_quoted = head
        .lines()
        .any(|line| line.split(char::from(delimiter)).any(|field| field.len() > 1 && field.starts_with('"')));
    let quotes = if is_quoted { "quotes \"" } else { "no quotes" };
    let ends = if head.contains("\r\n") { "CRLF" } else { "LF" };
    (delimiter, format!("delimiter {mark}, {quotes}, line ends {ends}"))
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
