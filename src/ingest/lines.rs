//! Physical lines of a stream, with exact line numbers and bounded memory.
//!
//! Takes a reader of bytes, gives spans into one buffer; several lines can be looked at before any is
//! consumed, which is what records over several lines need. It knows nothing of formats or encodings.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::interaction::MAX_RAW_BYTES;

/// The longest line that is read; a longer one is refused without being held in memory.
pub(super) const MAX_LINE_BYTES: usize = 16 << 20;

const FIRST_BUFFER_BYTES: usize = 256 * 1024;

/// A reader that is cut into lines.
pub(super) struct Lines<'a> {
    path: PathBuf,
    reader: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    is_over: bool,
    consumed_count: u64,
    damage: Option<String>,
}

/// Where a line stands, in bytes from the first byte that is not consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte, without the line end.
    pub(super) end: usize,
    /// First byte of the next line.
    pub(super) next: usize,
    /// Whether a line end follows; not so for a last line that may have been cut off.
    pub(super) is_terminated: bool,
    /// Longer than [`MAX_LINE_BYTES`]: only [`Lines::skip_long`] can go on.
    pub(super) is_too_long: bool,
}

impl<'a> Lines<'a> {
    /// Lines of a reader; `path` is for messages.
    pub(super) fn new(path: PathBuf, reader: Box<dyn Read + 'a>) -> Lines<'a> {
        Lines {
            path,
            reader,
            buffer: vec![0; FIRST_BUFFER_BYTES],
            start: 0,
            end: 0,
            is_over: false,
            consumed_count: 0,
            damage: None,
        }
    }

    /// The number, from 1, of the first line that is not consumed.
    pub(super) fn number(&self) -> u64 {
        self.consumed_count + 1
    }

    /// Why the stream ended before its end (a damaged archive); told once.
    pub(super) fn take_damage(&mut self) -> Option<String> {
        self.damage.take()
    }

    /// The first bytes of what is not consumed, at most so many.
    pub(super) fn head(&mut self, most: usize) -> Result<&[u8]> {
        while self.end - self.start < most && !self.is_over {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + most)])
    }

    /// The line that starts at byte `from` of what is not consumed, or `None` at the end.
    pub(super) fn scan(&mut self, from: usize) -> Result<Option<Span>> {
        let mut searched = from;
        loop {
            let available = self.end - self.start;
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[self.start + searched..self.end]) {
                let newline = searched + found;
                let has_return = newline > from && self.buffer[self.start + newline - 1] == b'\r';
                let end = newline - usize::from(has_return);
                let is_too_long = newline - from > MAX_LINE_BYTES;
                let next = newline + 1;
                return Ok(Some(Span { start: from, end, next, is_terminated: true, is_too_long }));
            }
            searched = available;
            if available - from > MAX_LINE_BYTES {
                let (end, next) = (available, available);
                return Ok(Some(Span { start: from, end, next, is_terminated: false, is_too_long: true }));
            }
            if self.is_over {
                let (end, next) = (available, available);
                let last = Span { start: from, end, next, is_terminated: false, is_too_long: false };
                return Ok((available > from).then_some(last));
            }
            self.fill()?;
        }
    }

    /// The bytes from `start` to `end` of what is not consumed.
    pub(super) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        &self.buffer[self.start + start..self.start + end]
    }

    /// Steps over so many bytes, which are so many lines.
    pub(super) fn consume(&mut self, byte_count: usize, line_count: u64) {
        self.start += byte_count;
        self.consumed_count += line_count;
    }

    /// Steps over a line that is too long and gives its beginning.
    pub(super) fn skip_long(&mut self) -> Result<Vec<u8>> {
        let head = self.head(MAX_RAW_BYTES)?.to_vec();
        loop {
            let held = &self.buffer[self.start..self.end];
            if let Some(newline) = memchr::memchr(b'\n', held) {
                self.consume(newline + 1, 1);
                return Ok(head);
            }
            self.start = self.end;
            if self.is_over {
                self.consumed_count += 1;
                return Ok(head);
            }
            self.fill()?;
        }
    }

    /// Reads more; what is not consumed moves to the front, and the buffer grows where it is full.
    fn fill(&mut self) -> Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.is_over = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.raw_os_error().is_some() || error.kind() == ErrorKind::Unsupported => {
                    return Err(Error::io(&self.path)(error));
                }
                Err(error) => {
                    self.damage = Some(error.to_string());
                    self.is_over = true;
                }
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    /// Gives its bytes one small piece at a time.
    struct Pieces(Vec<u8>, usize);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.clamp(1, 7).min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn lines(text: &[u8], piece: usize) -> Lines<'static> {
        Lines::new(PathBuf::from("t"), Box::new(Pieces(text.to_vec(), piece)))
    }

    #[test]
    fn a_line_over_the_bound_is_skipped_and_its_beginning_kept() {
        let mut text = vec![b'x'; MAX_LINE_BYTES + 100];
        text.extend(b"\nnext\n");
        let mut lines = Lines::new(PathBuf::from("t"), Box::new(std::io::Cursor::new(text)));
        assert!(lines.scan(0).unwrap().unwrap().is_too_long);
        assert_eq!(lines.skip_long().unwrap().len(), MAX_RAW_BYTES);
        let span = lines.scan(0).unwrap().unwrap();
        assert_eq!((lines.bytes(span.start, span.end), lines.number()), (&b"next"[..], 2));
    }

    proptest! {
        #[test]
        fn lines_are_those_of_a_split(text in "[ab\r\n]{0,60}", piece in any::<usize>()) {
            let mut expected: Vec<&str> = text.split('\n').collect();
            if expected.last() == Some(&"") { expected.pop(); }
            let mut lines = lines(text.as_bytes(), piece);
            let mut found = Vec::new();
            while let Some(span) = lines.scan(0).unwrap() {
                found.push(String::from_utf8(lines.bytes(0, span.end).to_vec()).unwrap());
                lines.consume(span.next, 1);
            }
            let count = expected.len();
            let expected: Vec<String> = expected.iter().enumerate().map(|(at, line)| {
                let is_terminated = at + 1 < count || text.ends_with('\n');
                let line = if is_terminated { line.strip_suffix('\r').unwrap_or(line) } else { line };
                line.to_string()
            }).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
