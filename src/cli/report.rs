//! `recontact report`: link and measure a store under a policy.

use std::process::ExitCode;

use clap::Args;
use recontact::measure::{Verdict, verdict};
use recontact::policy::Policy;
use recontact::report::Report;
use recontact::store::Store;

use super::shared::{OutputArguments, PolicyArguments, StoreArguments};

/// Report which issue categories fail first-contact resolution, from a store.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact report --store /tmp/demo --window 3d --by channel,language\n  \
                        recontact report --store /tmp/demo -o report.html"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// As of an older commit, with the configuration of that time; `store status` lists the commits.
    #[arg(long, value_name = "N")]
    commit: Option<u64>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    arguments.output.options()?;
    let dir = &arguments.store.store;
    let store = arguments.commit.map_or_else(|| Store::open(dir), |commit| Store::open_at(dir, commit))?;
    let policy = arguments.policy.policy_for(&store)?;
    let report = arguments.output.report(&store, &policy)?;
    Ok(exit_code(&report, &policy, arguments.output.fail_below))
}

/// 1 when a category is surely below `fail_below`.
pub(super) fn exit_code(report: &Report, policy: &Policy, fail_below: Option<f64>) -> ExitCode {
    let is_below = |rate: f64| {
        report.categories.iter().any(|entry| {
            let scores = &entry.scores;
            verdict(scores.resolved_count, scores.eligible_count, rate, policy.minimum_count)
                == Verdict::Fails
        })
    };
    if fail_below.is_some_and(is_below) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
