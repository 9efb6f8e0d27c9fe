//! What a ZIP archive holds, before anybody believes it: which workbook it is, and whether it is a bomb.
//!
//! Takes a file, inflates its XML once without keeping any. Readers of workbooks hold texts, styles and a row as long as
//! the file says; what is too much must be found before.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use crate::config::Format;
use crate::error::{Error, Result};
use crate::ingest::decode::{bomb, most_bytes};

/// How long parts may be, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// All parts together.
    pub(super) whole: u64,
    /// The texts of all sheets, which stay in memory: they take 1.2 to 1.4 times as many bytes there, measured, and
    /// five times as many where all are blank.
    pub(super) texts: u64,
    /// Styles, names and relations, which stay in memory too. Excel's own limit of styles is a tenth of this.
    pub(super) part: u64,
    /// A text or a tag, which is held whole.
    pub(super) piece: usize,
}

impl Limits {
    /// Those of a file of so many bytes.
    pub(super) fn of(byte_count: u64) -> Limits {
        Limits { whole: most_bytes(byte_count), texts: 256 << 20, part: 16 << 20, piece: 16 << 20 }
    }

    /// That of a part: sheets are read piece by piece, all others are held.
    fn of_part(self, name: &str) -> u64 {
        if name == "content.xml" || name.contains("worksheets/") {
            u64::MAX
        } else if name.ends_with("sharedstrings.xml") {
            self.texts
        } else {
            self.part
        }
    }
}

/// More parts than this no workbook has.
const MAX_PARTS: usize = 20_000;

/// What an archive's own list of parts says it is.
pub(in crate::ingest) fn format_of(path: &Path) -> Result<Format> {
    let archive = open(path)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        Ok(Format::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Ok(Format::Ods)
    } else if has("xl/workbook.bin") {
        Err(Error::data(path, "a binary Excel workbook (.xlsb)", "save it as .xlsx"))
    } else {
        Err(Error::data(path, "a ZIP archive that is no workbook", "unpack it"))
    }
}

/// The archive of a workbook.
pub(super) fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let file = File::open(path).map_err(Error::io(path))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| super::unreadable(path, &error))?;
    if archive.len() > MAX_PARTS {
        return Err(Error::data(
            path,
            format!("a workbook of {} parts", archive.len()),
            "is this a workbook?",
        ));
    }
    Ok(archive)
}

/// Complains about a workbook whose parts are longer than a reader can hold. What the archive says of their lengths is
/// not believed: they are inflated.
pub(super) fn check(path: &Path, limits: Limits) -> Result<()> {
    let mut archive = open(path)?;
    let mut left = limits.whole;
    let mut piece = vec![0; 1 << 16];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| super::unreadable(path, &error))?;
        let name = part.name().map(|name| name.to_lowercase()).unwrap_or_default();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let most = limits.of_part(&name);
        let (mut length, mut run) = (0, 0);
        loop {
            let count = part.read(&mut piece).map_err(|error| super::unreadable(path, &error))?;
            if count == 0 {
                break;
            }
            length += count as u64;
            run = longest_run(run, &piece[..count], limits.piece);
            left = left.checked_sub(count as u64).ok_or_else(|| {
                let (what, help) = bomb();
                Error::data(path, what, help)
            })?;
            if length > most {
                let what = format!("its part {name} is over {} MiB", most >> 20);
                return Err(Error::data(path, what, "save the sheet as CSV and read that"));
            }
            if run > limits.piece {
                let what = format!("a text of over {} MiB in its part {name}", limits.piece >> 20);
                return Err(Error::data(
                    path,
                    what,
                    "no cell is so long: save the sheet as CSV and read that",
                ));
            }
        }
    }
    Ok(())
}

/// The longest stretch without a tag's beginning, of one that is so long already and what follows; where there is
/// none too long, how long the last one is.
fn longest_run(run: usize, piece: &[u8], most: usize) -> usize {
    let first = memchr::memchr(b'<', piece);
    match first {
        None => run + piece.len(),
        Some(first) if run + first > most => run + first,
        Some(first) => piece.len() - memchr::memrchr(b'<', piece).unwrap_or(first),
    }
}
