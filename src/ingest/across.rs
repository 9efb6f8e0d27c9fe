//! What files say of each other: the e-mails of a conversation may lie in any of them, and so may the tickets, the comments
//! and the people of a help desk.
//!
//! Takes all files of a configuration and looks at them before any is read, also at those that a store has already: what
//! comes a day later is read with what was there before.

use super::document;
use super::export::{self, Desk};
use super::mail::Threads;
use super::{SourceFile, decode, fields, files, lines, survey};
use crate::config::{Format, Source};
use crate::error::Result;

/// What all files of a configuration say.
#[derive(Debug, Default)]
pub struct Across {
    pub(super) threads: Threads,
    pub(super) desk: Desk,
}

impl Across {
    /// Looks at all files. A folder often has a settings file in it: a document that is no data is refused here, before hours
    /// of reading.
    ///
    /// # Errors
    /// Where a document has no columns that can be read, or a file cannot be read.
    pub fn of(files: &[SourceFile], sources: &[Source]) -> Result<Across> {
        let mut of_desk = Vec::new();
        for file in files {
            let source = &sources[file.source];
            if source.database.is_none() && is_of_desk(file, source)? {
                of_desk.push((file, source));
            }
        }
        Ok(Across { threads: Threads::of(files, sources)?, desk: Desk::of(&of_desk)? })
    }
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
