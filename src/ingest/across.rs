//! What files say of each other: the e-mails of a conversation may lie in any of them, and so may the tickets, the comments
//! and the people of a help desk.
//!
//! Takes all files of a configuration and looks at them before any is read, also at those that a store has already: what
//! comes a day later is read with what was there before.

use std::sync::OnceLock;

use super::document;
use super::export::{self, Desk};
use super::mail::Threads;
use super::{SourceFile, decode, fields, files, lines, survey};
use crate::config::{Format, Source};
use crate::error::Result;

/// All files of a configuration, looked through when the first is read that needs it: a run that finds nothing new costs
/// nothing.
#[derive(Debug)]
pub struct Across<'f> {
    files: &'f [SourceFile],
    sources: &'f [Source],
    /// Those of a help desk.
    of_desk: Vec<(&'f SourceFile, &'f Source)>,
    threads: OnceLock<Threads>,
    desk: OnceLock<Desk>,
}

impl<'f> Across<'f> {
    /// Takes all files. A folder often has a settings file in it: a document that is no data is refused here, before hours
    /// of reading.
    ///
    /// # Errors
    /// Where a document has no columns that can be read, or a file cannot be read.
    pub fn of(files: &'f [SourceFile], sources: &'f [Source]) -> Result<Across<'f>> {
        let mut of_desk = Vec::new();
        for file in files {
            let source = &sources[file.source];
            if source.database.is_none() && is_of_desk(file, source)? {
                of_desk.push((file, source));
            }
        }
        Ok(Across { files, sources, of_desk, threads: OnceLock::new(), desk: OnceLock::new() })
    }

    /// The e-mails of all files.
    pub(super) fn threads(&self) -> Result<&Threads> {
        once(&self.threads, || Threads::of(self.files, self.sources))
    }

    /// What the files of a help desk say.
    pub(super) fn desk(&self) -> Result<&Desk> {
        once(&self.desk, || Desk::of(&self.of_desk))
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

/// Whether a file is of a help desk whose files are put together. Complains about documents of JSON that are no data.
fn is_of_desk(file: &SourceFile, source: &Source) -> Result<bool> {
    if source.format.unwrap_or_else(|| files::format_of(&file.path, b"")) != Format::JsonLines {
        return Ok(source.format == Some(Format::Zendesk));
    }
    let decoded = decode::open(&file.path, source.encoding.as_deref(), &|_| {})?;
    let mut lines = lines::Lines::new(file.path.clone(), decoded.reader);
    match export::told(&mut lines)? {
        Some((export, _)) => Ok(export.format == Format::Zendesk && source.format.is_none()),
        None if document::is_document(&mut lines)? => {
            let columns = survey::survey(file, source)?.columns;
            fields::Mapping::new(columns, source).check(source, &file.path)?;
            Ok(false)
        }
        None => Ok(false),
    }
}
