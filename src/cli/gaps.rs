//! `recontact gaps`: what failed contacts ask and no article answers.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::render_gaps;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show what customers ask in failed contacts and which of it no article of the knowledge base answers.
///
/// Articles are a source of kind `articles`. From which likeness on an article covers a question is read off contacts that
/// were resolved. Without articles everything is uncovered: what is asked in failed contacts is shown all the same.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact gaps --store /tmp/demo\n  recontact gaps --store /tmp/demo --by category,channel \
                  -o gaps.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Group within one or two dimensions, and within languages: category, channel, team, any other column, …
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',', default_value = "category")]
    by: Vec<String>,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let gaps = pipeline::gaps(&store, &policy, &arguments.by)?;
    arguments.format.write(&render_gaps(&gaps, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
