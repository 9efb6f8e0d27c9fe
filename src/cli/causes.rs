//! `recontact causes`: why first contacts fail, and what to do first.

use std::process::ExitCode;

use clap::Args;
use recontact::pipeline::{self, DriversOptions};
use recontact::report::{render_causes, render_drivers};
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show why first contacts fail, in the words of agents and customers, and what to do first.
///
/// Evidence are the words of the agent in the contact that failed and of the customer in the repeat that followed. A
/// contact without evidence is unknown. `lexicon list` shows the rules, of kinds `cause/…`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact causes --store /tmp/demo\n  recontact causes --store /tmp/demo --by \
                        team,channel --format csv -o causes.csv"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Group by one or two dimensions of the first contact: category (default), agent_id, team, queue, article_id,
    /// channel, hour, weekday, any other column, …
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    by: Vec<String>,
    /// Show instead which words and properties tell failed contacts from resolved ones: `recontact drivers`, which can be
    /// told more.
    #[arg(long)]
    drivers: bool,
    #[command(flatten)]
    format: FormatArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    if arguments.drivers {
        let options = DriversOptions { by: arguments.by.clone(), ..DriversOptions::default() };
        let drivers = pipeline::drivers(&store, &policy, &options)?;
        arguments.format.write(&render_drivers(&drivers, arguments.format.format()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let causes = pipeline::causes(&store, &policy, &arguments.by)?;
    arguments.format.write(&render_causes(&causes, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
