//! The messages of a file: one (`.eml`), or many, each after a line `From …` (mbox).
//!
//! Takes lines, hands on the bytes of one message after the other. One message is held at a time, and no more of it than
//! is sensible: what is beyond are attachments.

use super::super::batch::Collector;
use super::super::csv::too_long;
use super::super::lines::Lines;
use crate::error::Result;

/// The most that is read of one message.
const MAX_BYTES: usize = 64 << 20;

/// What stands before a message of an mbox.
pub(super) const MARK: &[u8] = b"From ";

/// What is done with a message and its first line.
type EachMessage<'f> = dyn FnMut(u64, &[u8], &mut Rows<'_, '_>) -> Result<()> + 'f;

/// Where faults of the file go; nowhere while messages are only looked at.
pub(super) struct Rows<'c, 'a>(pub(super) Option<&'c mut Collector<'a>>);

/// Hands on every message of a file.
///
/// # Errors
/// Where the file cannot be read or `each` fails.
pub(super) fn each_message(
    lines: &mut Lines<'_>,
    rows: &mut Rows<'_, '_>,
    each: &mut EachMessage<'_>,
) -> Result<()> {
    let is_mbox = lines.head(MARK.len())? == MARK;
    let mut message = Vec::new();
    let mut first_line = 1;
    let mut is_after_empty = true;
    let mut is_cut = false;
    while let Some(span) = lines.scan(0)? {
        let number = lines.number();
        if span.is_too_long {
            let raw = lines.skip_long()?;
            if let Some(rows) = &mut rows.0 {
                rows.reject(number, too_long(), &raw)?;
            }
            continue;
        }
        let line = lines.bytes(span.start, span.end);
        if is_mbox && is_after_empty && (number == 1 || is_mark(line)) {
            if !message.is_empty() {
                each(first_line, &message, rows)?;
            }
            message.clear();
            first_line = number + 1;
            is_cut = false;
        } else if message.len() + line.len() < MAX_BYTES {
            message.extend_from_slice(if is_mbox { unescaped(line) } else { line });
            message.push(b'\n');
        } else if !std::mem::replace(&mut is_cut, true)
            && let Some(rows) = &mut rows.0
        {
            rows.note(number, format!("a message of over {} MB: the rest is not read", MAX_BYTES >> 20));
        }
        is_after_empty = line.trim_ascii().is_empty();
        lines.consume(span.next, 1);
    }
    if let (Some(reason), Some(rows)) = (lines.take_damage(), &mut rows.0) {
        rows.reject(lines.number(), super::super::csv::damaged(&reason), b"")?;
    }
    if !message.trim_ascii().is_empty() {
        each(first_line, &message, rows)?;
    }
    Ok(())
}

/// Whether a line stands before a message: `From`, an address or what stands for one, and a date with its year. A sentence
/// may begin with the same word.
fn is_mark(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let is_year = |word: &&str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let is_time =
        |word: &&str| word.contains(':') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    line.as_bytes().starts_with(MARK)
        && words.len() >= 6
        && words.iter().any(is_time)
        && words.iter().any(is_year)
}

/// A line as it was written: in an mbox, `From ` at its beginning has a `>` more.
fn unescaped(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(MARK) { &line[1..] } else { line }
}
