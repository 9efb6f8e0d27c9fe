//! `recontact sweep`: how much of the rate is definition.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::render_sweep;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show FCR per category under every window from 1 to 30 days, and without each exclusion.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  recontact sweep --store /tmp/demo --format csv -o windows.csv")]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let sweep = pipeline::sweep(&store, &policy)?;
    arguments.format.write(&render_sweep(&sweep, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
