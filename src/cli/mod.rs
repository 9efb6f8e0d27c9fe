//! The command line: what was typed, turned into calls of the library and printed.
//!
//! Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 done and a category fails under
//! `--fail-below` or a forgotten customer is still found, 2 error.

mod analyze;
mod causes;
mod coaching;
mod compare;
mod detect;
mod drivers;
mod explain;
mod flow;
mod formats;
mod gaps;
mod index;
mod init;
mod lexicon;
mod presets;
mod report;
mod search;
mod serve;
mod shared;
mod store;
mod sweep;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Finds repeat customer contacts and reports which issue categories fail first-contact resolution.
#[derive(Debug, Parser)]
#[command(name = "recontact", version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Analyze(analyze::Arguments),
    Index(index::Arguments),
    Report(report::Arguments),
    Compare(compare::Arguments),
    Sweep(sweep::Arguments),
    Presets(presets::Arguments),
    Windows(windows::Arguments),
    Causes(causes::Arguments),
    Flow(flow::Arguments),
    Drivers(drivers::Arguments),
    Coaching(coaching::Arguments),
    Gaps(gaps::Arguments),
    Explain(explain::Arguments),
    Search(search::Arguments),
    Serve(serve::Arguments),
    Init(init::Arguments),
    Formats(formats::Arguments),
    Detect(detect::Arguments),
    Lexicon(lexicon::Arguments),
    Store(store::Arguments),
}

/// Runs the program on the arguments of the process.
pub(crate) fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Analyze(arguments) => analyze::run(&arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Presets(arguments) => presets::run(&arguments),
        Command::Windows(arguments) => windows::run(&arguments),
        Command::Causes(arguments) => causes::run(&arguments),
        Command::Flow(arguments) => flow::run(&arguments),
        Command::Drivers(arguments) => drivers::run(&arguments),
        Command::Coaching(arguments) => coaching::run(&arguments),
        Command::Gaps(arguments) => gaps::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Lexicon(arguments) => lexicon::run(&arguments),
        Command::Store(arguments) => store::run(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Messages quote names from files: those are anybody's.
            shared::say(format_args!("error: {}", recontact::report::one_line(&described(&error))));
            ExitCode::from(2)
        }
    }
}

/// The error and its causes, in one line; a cause that the one before has told in its own words is not told again.
fn described(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// A reader that has seen enough (`recontact … | head`) is no fault.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
