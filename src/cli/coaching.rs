//! `recontact coaching`: agents or teams against what their mix of contacts lets expect, and what to train them on.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use recontact::pipeline;
use recontact::report::render_coaching;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments};

/// Show whose FCR rate stands out once the mix and number of their contacts are taken into account.
///
/// Failed contacts are compared with those that others would have had in the same categories and channels, and the
/// difference is drawn towards the mean as far as chance explains it: nobody is blamed for a hard queue or a bad week. With
/// the causes, categories and words behind the failures, and what teams may be trained on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact coaching --store /tmp/demo\n  recontact coaching --store /tmp/demo --by team \
                        --format csv -o teams.csv\n  recontact coaching --store /tmp/demo --agents pseudonyms"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Who is compared.
    #[arg(long, value_enum, default_value_t = By::AgentId)]
    by: By,
    #[command(flatten)]
    format: FormatArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Agents.
    #[value(name = "agent_id")]
    AgentId,
    /// Teams.
    Team,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let by = match arguments.by {
        By::AgentId => "agent_id",
        By::Team => "team",
    };
    let list = pipeline::coaching(&store, &policy, by)?;
    arguments.format.write(&render_coaching(&list, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}
