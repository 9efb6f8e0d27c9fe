//! `recontact init`: guess the mapping of some files and print it as a `recontact.toml`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::shared::say;

/// Print a recontact.toml for some files: the guessed mapping, with fill rates and samples per column.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  recontact init exports/*.csv > recontact.toml")]
pub(super) struct Arguments {
    /// Data files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write to a file, which must not exist yet, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let text = recontact::ingest::guess(&arguments.files)?;
    match &arguments.output {
        Some(path) => {
            let mut file = std::fs::File::create_new(path).with_context(|| {
                let exists =
                    if path.exists() { " is there already: write to another, or remove it" } else { "" };
                format!("{}{exists}", path.display())
            })?;
            file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
            say(format_args!(
                "wrote {}; look it through, then: recontact analyze {}",
                path.display(),
                path.display()
            ));
        }
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
