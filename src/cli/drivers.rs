//! `recontact drivers`: what tells contacts that failed from those that were resolved.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline::{self, DriversOptions};
use recontact::report::render_drivers;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show which words and which properties tell contacts that failed from those that were resolved.
///
/// Within each category: terms that are surely more frequent in one of the two, in what customers and what agents say,
/// with quotes; and properties (channel, queue, hour, …) that raise the odds of failing, adjusted for each other. What is
/// too thin to say is not said, and the reason is told.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact drivers --store /tmp/demo\n  recontact drivers --store /tmp/demo --category \
                        Billing --attribute plan\n  recontact drivers --by channel --format csv -o drivers.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Look within one or two dimensions: category, channel, language, team, any other column, …
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',', default_value = "category")]
    by: Vec<String>,
    /// Look at the contacts of one category alone.
    #[arg(long, value_name = "NAME")]
    category: Option<String>,
    /// A further property whose effect is wanted: any column. Can be given several times; they come first.
    #[arg(long, value_name = "NAME")]
    attribute: Vec<String>,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let options = DriversOptions {
        by: arguments.by.clone(),
        category: arguments.category.clone(),
        attributes: arguments.attribute.clone(),
    };
    let drivers = pipeline::drivers(&store, &policy, &options)?;
    arguments.format.write(&render_drivers(&drivers, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
