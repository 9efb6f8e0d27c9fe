//! `recontact compare`: why a number is another than it was.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::render_comparison;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Say which interactions changed their class between two commits, and why: the restatement log of a report.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact compare 12 --store /tmp/demo\n  recontact compare 12 15 --store /tmp/demo --format csv -o restated.csv"
)]
pub(super) struct Arguments {
    /// The earlier commit; `store status` lists them.
    from: u64,
    /// The later commit [default: the last].
    to: Option<u64>,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// List all changes, not the first ones alone.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let dir = &arguments.store.store;
    let to = arguments.to.map_or_else(|| Store::open(dir), |commit| Store::open_at(dir, commit))?;
    let from = Store::open_at(dir, arguments.from)?;
    let policy = arguments.policy.policy_for(&to)?;
    let comparison = pipeline::compare(&from, &to, &policy)?;
    let bytes = render_comparison(&comparison, arguments.format.format(), arguments.all);
    arguments.format.write(&bytes)?;
    Ok(ExitCode::SUCCESS)
}
