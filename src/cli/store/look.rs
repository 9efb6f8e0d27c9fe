//! `recontact store status` and `verify`: what is there, and whether it is whole.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use recontact::report::{one_line, render_status};
use recontact::store::{self, Store};

use super::super::shared::terminal_width;
use super::FormatArgument;

/// Prints what the store holds.
pub(super) fn status(dir: &Path, format: FormatArgument, is_full: bool) -> anyhow::Result<ExitCode> {
    let status = Store::open(dir)?.status()?;
    let mut out = std::io::stdout().lock();
    match format {
        FormatArgument::Json => writeln!(out, "{}", serde_json::to_string_pretty(&status)?)?,
        FormatArgument::Terminal => {
            write!(out, "{}", render_status(&status, terminal_width().clamp(60, 160), is_full))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads every file and says what is damaged.
pub(super) fn verify(dir: &Path) -> anyhow::Result<ExitCode> {
    let found = store::verify(dir)?;
    if found.damages.is_empty() {
        writeln!(std::io::stdout(), "whole: {} files, {} bytes", found.file_count, found.byte_count)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = std::io::stdout().lock();
    for damage in &found.damages {
        writeln!(out, "{}: {}", damage.file, one_line(&damage.what))?;
    }
    drop(out);
    let count = found.damages.len();
    anyhow::bail!(
        "{}: {count} of {} files {} damaged: restore the folder from a backup, or index all sources again with \
         `recontact index --rebuild PATH…`",
        dir.display(),
        found.file_count,
        if count == 1 { "is" } else { "are" }
    );
}
