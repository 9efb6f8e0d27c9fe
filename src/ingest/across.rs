//! What files say of each other: the e-mails of a conversation may lie in any of them, and so may the tickets, the comments
//! and the people of a help desk.
//!
//! Takes all files of a configuration and looks through them before the first is read that needs it, also through those that
//! a store has already: what comes a day later is read with what was there before.

use std::sync::OnceLock;

use super::document;
use super::export::{self, Desk};
use super::lines::Lines;
use super::mail::Threads;
use super::{SourceFile, decode, fields, files, survey};
use crate::config::{Format, Source};
use crate::error::Result;

/// All files of a configuration, looked through when the first is read that needs it: a run that finds nothing new does not
/// pay for it.
#[derive(Debug)]
pub struct Across<'f> {
    files: &'f [SourceFile],
    sources: &'f [Source],
    threads: OnceLock<Threads>,
    desk: OnceLock<Desk>,
}

impl<'f> Across<'f> {
    /// Takes all files. A folder often has a settings file in it: a document that is no data is refused here, before hours
    /// of reading.
    ///
    /// # Errors
    /// Where a document has no columns that can be read, or a file cannot be opened.
    pub fn of(files: &'f [SourceFile], sources: &'f [Source]) -> Result<Across<'f>> {
        for file in files {
            refuse_no_data(file, &sources[file.source])?;
        }
        Ok(Across { files, sources, threads: OnceLock::new(), desk: OnceLock::new() })
    }

    /// The e-mails of all files.
    pub(super) fn threads(&self) -> Result<&Threads> {
        once(&self.threads, || Threads::of(self.files, self.sources))
    }

    /// What the files of a help desk say.
    pub(super) fn desk(&self) -> Result<&Desk> {
        once(&self.desk, || {
            let mut of_desk = Vec::new();
            for file in self.files {
                let source = &self.sources[file.source];
                if is_of_desk(file, source)? {
                    of_desk.push((file, source));
                }
            }
            Desk::of(&of_desk)
        })
    }
}

/// What a cell holds, or what is made for it.
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}

/// Complains about a document of JSON that is no data.
fn refuse_no_data(file: &SourceFile, source: &Source) -> Result<()> {
    let format = source.format.unwrap_or_else(|| files::format_of(&file.path, b""));
    if source.database.is_some() || format != Format::JsonLines {
        return Ok(());
    }
    let mut lines = opened(file, source)?;
    if document::is_document(&mut lines)? && export::told(&mut lines)?.is_none() {
        let columns = survey::survey(file, source)?.columns;
        fields::Mapping::new(columns, source).check(source, &file.path)?;
    }
    Ok(())
}

/// Whether a file is of a help desk whose files are put together: as it is when it is read.
fn is_of_desk(file: &SourceFile, source: &Source) -> Result<bool> {
    if source.database.is_some() || source.format.is_some() || !files::may_be_json(&file.path) {
        return Ok(source.format == Some(Format::Zendesk));
    }
    Ok(super::format_of(file, &mut opened(file, source)?)? == Format::Zendesk)
}

fn opened<'p>(file: &SourceFile, source: &Source) -> Result<Lines<'p>> {
    let decoded = decode::open(&file.path, source.encoding.as_deref(), &|_| {})?;
    Ok(Lines::new(file.path.clone(), decoded.reader))
}
