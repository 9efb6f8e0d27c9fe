//! `recontact formats`: which files can be read, and what they look like.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use recontact::config::Format;
use recontact::ingest::example;

/// List the formats of files that can be read, or show an example of one.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  recontact formats contact-lens")]
pub(super) struct Arguments {
    /// Name of a format: shows a small file of it.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(Format::ALL.iter().map(|(_, names, _)| names[0])), hide_possible_values = true)]
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let named = |name: &String| Format::ALL.iter().find(|(_, names, _)| names[0] == name);
    match arguments.name.as_ref().and_then(named) {
        Some((format, ..)) => write!(out, "{}", example(*format))?,
        None => {
            let width = Format::ALL.iter().map(|(_, names, _)| names[0].len()).max().unwrap_or(0);
            for (_, names, what) in Format::ALL {
                writeln!(out, "{:width$}  {what}", names[0])?;
            }
            writeln!(
                out,
                "\nAll of them are told by their content; `format = \"NAME\"` in a [[source]] says it."
            )?;
            writeln!(
                out,
                "`recontact formats NAME` shows an example, `recontact init FILES` what yours are taken for."
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
