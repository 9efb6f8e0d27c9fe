//! `recontact store`: look at a store, prove it, and change what is in it.

mod change;
mod look;

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::shared::StoreArguments;

/// Look at a store, prove that it is whole, remove sources, make it small, forget customers.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the store holds: sources, commits, tables and their sizes, what does not count.
    #[command(after_help = "Example:\n  recontact store status --store /tmp/demo")]
    Status {
        #[command(flatten)]
        store: StoreArguments,
        /// Format of the output.
        #[arg(long, value_enum, default_value = "terminal")]
        format: FormatArgument,
        /// List all sources and commits, not the latest alone.
        #[arg(long)]
        all: bool,
    },
    /// Read every file and compare it with what was written; exit code 2 when something is damaged.
    #[command(after_help = "Example:\n  recontact store verify --store /tmp/demo")]
    Verify {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove sources: what came from them no longer counts, and what it had replaced counts again.
    ///
    /// `index` can read a removed file again. Older commits stay, until the store is compacted.
    #[command(after_help = "Examples:\n  recontact store remove march.csv --store /tmp/demo\n  \
                            recontact store remove 'exports/2026-03-*'")]
    Remove {
        /// Names of sources as `store status` shows them; `*` and `?` stand for any text and any character.
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Write the store anew without what does not count, in large files. Reports stay the same.
    ///
    /// Older commits are gone afterwards. The old files are removed by the next command that writes.
    #[command(after_help = "Example:\n  recontact store compact --store /tmp/demo")]
    Compact {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Delete everything of a customer from every file, at once, and prove it by reading them all.
    ///
    /// The sources still hold the customer, and `index --rebuild` would bring them back. Exit code 1 when ids or
    /// identities are still found, as where other customers have the same telephone number.
    #[command(after_help = "Example:\n  recontact store forget --customer C-20431 --store /tmp/demo")]
    Forget {
        /// Customer id, telephone number or e-mail address; may be given several times.
        #[arg(long = "customer", required = true, value_name = "ID")]
        customers: Vec<String>,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// For reading here.
    Terminal,
    /// Everything, for programs.
    Json,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::Status { store, format, all } => look::status(&store.store, *format, *all),
        Command::Verify { store } => look::verify(&store.store),
        Command::Remove { names, store } => change::remove(&store.store, names),
        Command::Compact { store } => change::compact(&store.store),
        Command::Forget { customers, store } => change::forget(&store.store, customers),
    }
}
