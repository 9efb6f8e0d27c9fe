//! `recontact flow`: with which reason customers come back.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::render_flow;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show with which reason customers come back, and what changed meanwhile: channel, agent, team, queue.
///
/// A contact that failed as one category may come back as another: pairs of categories that follow each other more often
/// than chance are listed, with the words of customers who say that they call again. The first category may be wrong, or
/// the second, or the two belong together: the records do not tell which.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact flow --store /tmp/demo\n  recontact flow --store /tmp/demo --by queue \
                        --format csv -o flow.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// The dimension of the matrix: category, channel, agent, team, queue, language, any other column.
    #[arg(long, value_name = "NAME", default_value = "category")]
    by: String,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let flow = pipeline::flow(&store, &policy, &arguments.by)?;
    arguments.format.write(&render_flow(&flow, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
