//! `recontact explain`: why one interaction counted as it did.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use recontact::pipeline::{self, Explanation};
use recontact::report::one_line;
use recontact::store::Store;

use super::shared::{PolicyArguments, StoreArguments};

/// Say why an interaction counted as it did: its class, the contacts around it, the words in it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  recontact explain C-000123 --store /tmp/demo")]
pub(super) struct Arguments {
    /// Interaction id.
    id: String,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let explanation = pipeline::explain(&store, &policy, &arguments.id)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        // Not straight into `out`: serde_json's errors do not say that a pipe was broken.
        writeln!(out, "{}", serde_json::to_string_pretty(&explanation)?)?;
    } else {
        print(&mut out, &explanation)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, explanation: &Explanation) -> std::io::Result<()> {
    let interaction = &explanation.interaction;
    let text = |value: &Option<String>| value.as_deref().map_or("–".to_string(), one_line);
    writeln!(out, "{} · {}", one_line(&interaction.interaction_id), explanation.started_at)?;
    writeln!(
        out,
        "customer {} · category {} · channel {}",
        text(&interaction.customer_id),
        text(&interaction.category),
        text(&interaction.channel)
    )?;
    writeln!(out, "\n{}", one_line(&explanation.why))?;
    if !explanation.timeline.is_empty() {
        writeln!(out, "\nContacts of this customer about the same reason:")?;
    }
    for entry in &explanation.timeline {
        let mark = if entry.interaction_id == interaction.interaction_id { "→" } else { " " };
        let gap = entry.gap.as_deref().map_or(String::new(), |gap| format!("+{gap}"));
        let outcome = entry.outcome.map_or(String::new(), |outcome| format!(", {outcome}"));
        let id = one_line(&entry.interaction_id);
        writeln!(
            out,
            "{mark} {:<26} {id:<16} {gap:>9}  {}{outcome}",
            entry.started_at,
            entry.class.replace('_', " ")
        )?;
    }
    if !explanation.cues.is_empty() {
        writeln!(out, "\nWhat was said:")?;
    }
    for cue in &explanation.cues {
        let stated = cue.stated_contacts.map_or(String::new(), |n| format!(", states {n} contacts"));
        writeln!(
            out,
            "  {} ({}, turn {}{stated}): “{}”",
            cue.rule,
            cue.language,
            cue.turn,
            one_line(&cue.quote)
        )?;
    }
    Ok(())
}
