//! What can go wrong for a whole run: few kinds, each with the place and the remedy.
//!
//! A bad *row* is not an error: it is a [`crate::interaction::Reject`], the run goes on and counts it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The library's error. Every variant names the file that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused to read or write `path`.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A text file that people write (configuration, lexicon, labelled texts) does not say what it should.
    #[error("{}:{line}: {what}: {help}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Line in the file, counted from 1.
        line: usize,
        /// What was found.
        what: String,
        /// What to do about it.
        help: String,
    },
    /// A data file or a store as a whole cannot be used (no required column, newer format, locked, damaged).
    #[error("{}: {what}: {help}", path.display())]
    Data {
        /// The file or folder.
        path: PathBuf,
        /// What was found.
        what: String,
        /// What to do about it.
        help: String,
    },
}

/// What every fallible function of the library returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Wraps an operating-system error with the path it is about: `.map_err(Error::io(path))`.
    pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.as_ref().to_path_buf();
        move |source| Error::Io { path, source }
    }

    /// A fault at a line of a file that people write.
    pub fn text(
        path: impl AsRef<Path>,
        line: usize,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Error {
        Error::Text { path: path.as_ref().to_path_buf(), line, what: what.into(), help: help.into() }
    }

    /// A fault of a data file or store as a whole.
    pub fn data(path: impl AsRef<Path>, what: impl Into<String>, help: impl Into<String>) -> Error {
        Error::Data { path: path.as_ref().to_path_buf(), what: what.into(), help: help.into() }
    }
}

/// The text of a file that people write, of at most so many bytes: a device or a data file given by mistake has more.
///
/// # Errors
/// [`Error::Io`] where it cannot be read, [`Error::Data`] where it is longer, [`Error::Text`] where it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
    if bytes.len() as u64 > most {
        return Err(Error::data(path, format!("over {} MiB of text", most >> 20), "is this a data file?"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count();
        Error::text(path, line, "not UTF-8", "save the file as UTF-8")
    })
}
