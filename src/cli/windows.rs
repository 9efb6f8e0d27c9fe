//! `recontact windows`: when customers come back, and which window that suggests.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::render_windows;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show on which day after a contact customers come back, and suggest a window for each category.
///
/// The suggested window takes in the last day on which contacts about the same reason are more frequent than in the
/// background, long after a contact; where the data are too thin to say, what is missing is told.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact windows --store /tmp/demo\n  recontact windows --store /tmp/demo --by \
                        category,channel --format csv -o days.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Group by one or two dimensions: category, channel, language, team, any other column, …
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',', default_value = "category")]
    by: Vec<String>,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let windows = pipeline::windows(&store, &policy, &arguments.by)?;
    arguments.format.write(&render_windows(&windows, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
