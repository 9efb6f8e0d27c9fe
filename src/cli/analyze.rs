//! `recontact analyze`: index and report in one go, on a store that vanishes unless named. The main job.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use recontact::pipeline::IndexOptions;

use super::index::{SourceArguments, print_reasons, print_summary};
use super::report::exit_code;
use super::shared::{OutputArguments, PolicyArguments, say};

/// Read files and report which issue categories fail first-contact resolution, in one go.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact analyze fixtures/demo\n  recontact analyze calls.csv chats.jsonl --window 3d \
                        --by channel --format csv -o fcr.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Keep the store here [default: a temporary folder].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    arguments.output.options()?;
    let config = arguments.sources.config()?;
    let known = config.path.as_deref().map(|path| (path, config.text.as_str()));
    let policy = arguments.policy.policy(known)?;
    let temporary = tempfile::tempdir().context("a temporary folder for the store")?;
    let dir = arguments.store.clone().unwrap_or_else(|| temporary.path().join("store"));
    // A store that vanishes is never searched.
    let no_search = arguments.store.is_none();
    let options_of_index = IndexOptions { no_search, ..IndexOptions::default() };
    let (store, summary) = arguments.sources.index(&config, &dir, options_of_index)?;
    if arguments.store.is_some() {
        print_summary(&store, &summary);
    } else if summary.reject_count > 0 {
        let rows = if summary.reject_count == 1 { "row" } else { "rows" };
        say(format_args!("{} {rows} could not be read; --store DIR keeps them", summary.reject_count));
        if !arguments.output.is_for_terminal() {
            print_reasons(&summary);
        }
    }
    let report = arguments.output.report(&store, &policy)?;
    if let Some(problem) = arguments.sources.too_many_rejects(&summary) {
        anyhow::bail!(problem);
    }
    Ok(exit_code(&report, &policy, arguments.output.fail_below))
}
