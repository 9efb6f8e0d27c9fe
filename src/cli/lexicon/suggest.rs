//! `recontact lexicon suggest`: phrases that the lexicons may lack, from the words of a store.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use recontact::pipeline;
use recontact::report::one_line;
use recontact::store::Store;

use crate::cli::shared::{PolicyArguments, say};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the store.
    #[arg(value_name = "STORE", default_value = ".recontact")]
    store: PathBuf,
    #[command(flatten)]
    policy: PolicyArguments,
    /// How many phrases to print at most.
    #[arg(long, value_name = "COUNT", default_value_t = 40)]
    most: usize,
}

/// Characters of a quote that are printed.
const QUOTE_CHARACTERS: usize = 100;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let found = pipeline::suggest(&store, &policy, arguments.most)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "    z  repeats  first  phrase                          said in")?;
    for suggestion in &found.phrases {
        let quote: String = one_line(&suggestion.quote).chars().take(QUOTE_CHARACTERS).collect();
        writeln!(
            out,
            "{:>5.1} {:>8} {:>6}  {:<30}  {} “{quote}”",
            suggestion.z,
            suggestion.repeat_count,
            suggestion.first_count,
            one_line(&suggestion.phrase),
            one_line(&suggestion.interaction_id),
        )?;
    }
    say(format_args!(
        "{} phrases of {} repeats and {} first contacts with words; judge them before you add one to a file of your own",
        found.phrases.len(),
        found.repeat_count,
        found.first_count
    ));
    Ok(ExitCode::SUCCESS)
}
