//! From a file's bytes to UTF-8 bytes: decompression (gzip, Zstandard) and character encodings.
//!
//! Takes a path, gives a reader of UTF-8. Bytes that are not valid in a declared encoding become the byte
//! 0xFF, which UTF-8 never has, so that exactly the rows that hold them are refused later on.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use crate::error::{Error, Result};

/// Size of the pieces in which files are read.
const PIECE_BYTES: usize = 128 * 1024;

/// A compressed file may hold so many times its own bytes: logs are ten to fifty times as long as their archives, and
/// what is longer is a bomb, which would fill the disk from a few kilobytes …
const MOST_EXPANSION: u64 = 200;

/// … unless it is no longer than this.
const HARMLESS_BYTES: u64 = 256 << 20;

/// The first bytes of what is no text, what that is, and what to do about it.
const REFUSED: [(&[u8], &str, &str); 4] = [
    (&[0x1f, 0x8b, 0x08], "gzip within an archive", "decompress it once"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "Zstandard within an archive", "decompress it once"),
    (b"PK\x03\x04", "a ZIP archive, or a spreadsheet", "unpack it, or save the sheet as CSV"),
    (b"\xfd7zXZ\0", "an xz archive", "decompress it, or compress it as .gz or .zst"),
];

/// UTF-8 from a file.
pub(super) struct Decoded<'a> {
    /// The bytes, decompressed, without a byte order mark.
    pub(super) reader: Box<dyn Read + 'a>,
    /// The name of the encoding that the file is in, for messages.
    pub(super) encoding: &'static str,
}

/// Opens a file. `encoding` is a WHATWG label; without it a byte order mark decides, else UTF-8.
/// `progress` is told how many bytes of the file have been read so far.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened, [`Error::Data`] where it holds an archive.
pub(super) fn open<'a>(
    path: &Path,
    encoding: Option<&str>,
    progress: &'a dyn Fn(u64),
) -> Result<Decoded<'a>> {
    let file = File::open(path).map_err(Error::io(path))?;
    let byte_count = file.metadata().map_err(Error::io(path))?.len();
    let mut raw = BufReader::with_capacity(PIECE_BYTES, Counted { file, byte_count: 0, progress });
    let magic = first_bytes(&mut raw, 4).map_err(Error::io(path))?;
    let is_gzip = magic.starts_with(&[0x1f, 0x8b]);
    let is_zstd = magic == [0x28, 0xb5, 0x2f, 0xfd];
    let raw = Cursor::new(magic).chain(raw);
    let left = most_bytes(byte_count);
    let mut plain: Box<dyn Read + 'a> = if is_gzip {
        Box::new(Archive { inner: flate2::read::MultiGzDecoder::new(raw), left })
    } else if is_zstd {
        let inner = zstd::stream::read::Decoder::new(raw).map_err(Error::io(path))?;
        Box::new(Archive { inner, left })
    } else {
        Box::new(raw)
    };
    // A damaged archive fails here or later; the reader of lines reports it with what came before.
    let (head, damage) = match first_bytes(&mut plain, 6) {
        Ok(head) => (head, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    if let Some((_, what, help)) = REFUSED.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Err(Error::data(path, *what, *help));
    }
    let declared = encoding.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let marked = Encoding::for_bom(&head);
    let used = marked.map(|(marked, _)| marked).or(declared).unwrap_or(UTF_8);
    let mark_bytes = marked.map_or(0, |(_, length)| length);
    let plain = Cursor::new(head[mark_bytes..].to_vec()).chain(plain);
    let reader: Box<dyn Read + 'a> = match damage {
        Some(error) => Box::new(Damaged(Some(error))),
        None if used == UTF_8 => Box::new(plain),
        None => Box::new(Transcoder::new(plain, used.new_decoder_without_bom_handling())),
    };
    Ok(Decoded { reader, encoding: used.name() })
}

/// The first bytes of a file as it lies on the disk.
pub(super) fn file_head(path: &Path) -> Result<Vec<u8>> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    first_bytes(&mut file, 8).map_err(Error::io(path))
}

/// Up to so many bytes from the beginning of a reader.
pub(super) fn first_bytes(reader: &mut dyn Read, count: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many bytes a compressed file of so many bytes may hold.
pub(super) fn most_bytes(byte_count: u64) -> u64 {
    byte_count.saturating_mul(MOST_EXPANSION).max(HARMLESS_BYTES)
}

/// Why a file that holds more than that is refused.
pub(super) fn bomb() -> (String, &'static str) {
    let what = format!("a compressed file that holds over {MOST_EXPANSION} times its own bytes");
    (what, "no log is so: if this one is, decompress it (as CSV, if it is Parquet) and read that")
}

/// An archive, decompressed no further than is sensible. What refuses the file as a whole, and is no damage, has the
/// kind [`std::io::ErrorKind::Unsupported`], with what was found and what to do.
struct Archive<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Archive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer).map_err(|error| match error.to_string() {
            // The decoder's own bound is a window of 128 MiB, as that of the `zstd` program.
            what if what.contains("requires too much memory") => {
                let help = "decompress it with zstd -d --long=31, and compress it without --long";
                refusal(&format!("needs a window of over 128 MiB to decompress: {help}"))
            }
            _ => error,
        })?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            let (what, help) = bomb();
            refusal(&format!("{what}: {help}"))
        })?;
        Ok(count)
    }
}

fn refusal(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::Unsupported, what)
}

/// Tells how far the file has been read.
struct Counted<'a> {
    file: File,
    byte_count: u64,
    progress: &'a dyn Fn(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.byte_count += count as u64;
        (self.progress)(self.byte_count);
        Ok(count)
    }
}

/// A reader that fails at once.
struct Damaged(Option<std::io::Error>);

impl Read for Damaged {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Turns another encoding into UTF-8 piece by piece.
struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    input_start: usize,
    is_input_over: bool,
    is_flushed: bool,
    output: Vec<u8>,
    output_start: usize,
}

impl<R: Read> Transcoder<R> {
    fn new(inner: R, decoder: Decoder) -> Self {
        Transcoder {
            inner,
            decoder,
            input: Vec::new(),
            input_start: 0,
            is_input_over: false,
            is_flushed: false,
            output: Vec::new(),
            output_start: 0,
        }
    }

    /// Reads and decodes one more piece into `output`, which is empty.
    fn refill(&mut self) -> std::io::Result<()> {
        if self.input_start == self.input.len() && !self.is_input_over {
            self.input.resize(PIECE_BYTES, 0);
            let count = self.inner.read(&mut self.input)?;
            self.input.truncate(count);
            self.input_start = 0;
            self.is_input_over = count == 0;
        }
        self.output.resize(PIECE_BYTES * 2, 0);
        self.output_start = 0;
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
            &self.input[self.input_start..],
            &mut self.output,
            self.is_input_over,
        );
        self.input_start += read;
        self.output.truncate(written);
        match result {
            DecoderResult::Malformed(..) => self.output.push(0xFF),
            DecoderResult::InputEmpty => self.is_flushed = self.is_input_over,
            DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.output_start == self.output.len() {
            if self.is_flushed {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = buffer.len().min(self.output.len() - self.output_start);
        buffer[..count].copy_from_slice(&self.output[self.output_start..self.output_start + count]);
        self.output_start += count;
        Ok(count)
    }
}
