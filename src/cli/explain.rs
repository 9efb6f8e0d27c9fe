//! `recontact explain`: why an interaction, a customer's contacts or an episode counted as they did.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use recontact::pipeline::{self, About, Explanation, TimelineEntry};
use recontact::report::{one_line, wrap};
use recontact::store::{Store, StoredCue};

use super::shared::{PolicyArguments, StoreArguments, terminal_width};

/// Say why a contact, a customer or an episode counted as it did: each contact's class and the rule that gave it, what
/// would change it, and the words in it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact explain FT-104217 --store /tmp/demo\n  recontact explain C-20431 --store /tmp/demo\n  recontact explain FT-104217 --as episode --store /tmp/demo"
)]
pub(super) struct Arguments {
    /// Interaction id; else customer id, telephone number or e-mail address.
    id: String,
    /// What the id is, and what to tell [default: an interaction if there is one, else a customer].
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    about: Option<AboutArgument>,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AboutArgument {
    /// An interaction, and the contacts about the same reason.
    Contact,
    /// All interactions of a customer.
    Customer,
    /// The episode that an interaction belongs to.
    Episode,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let about = arguments.about.map(|about| match about {
        AboutArgument::Contact => About::Contact,
        AboutArgument::Customer => About::Customer,
        AboutArgument::Episode => About::Episode,
    });
    let most = if arguments.json { usize::MAX } else { MOST_TOLD };
    let explanation = pipeline::explain(&store, &policy, &arguments.id, about, most)?;
    // Line by line, a customer of a million contacts would take a minute.
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        // Not straight into `out`: serde_json's errors do not say that a pipe was broken.
        writeln!(out, "{}", serde_json::to_string_pretty(&explanation)?)?;
    } else {
        print(&mut out, &explanation, &arguments.id)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Interactions that are told without `--json`. Nobody reads on, and a million would be 230 MB.
const MOST_TOLD: usize = 1000;

/// Characters of a category, a channel or a customer that are shown.
const MOST_CHARACTERS: usize = 200;

fn print(out: &mut impl Write, explanation: &Explanation, id: &str) -> std::io::Result<()> {
    match explanation.about {
        About::Contact => print_contact(out, explanation),
        About::Customer => {
            print_story(out, explanation, &format!("Customer {}", one_line(id)), "interactions")
        }
        About::Episode => print_story(out, explanation, &format!("Episode of {}", one_line(id)), "contacts"),
    }
}

/// Each interaction in full; of very many the latest.
fn print_story(
    out: &mut impl Write,
    explanation: &Explanation,
    title: &str,
    what: &str,
) -> std::io::Result<()> {
    let (told, untold) = (explanation.timeline.len(), explanation.left_out_count);
    writeln!(out, "{title} · {} {what}", told + untold)?;
    if untold > 0 {
        writeln!(out, "The latest {told} are told; for the {untold} before them, use --json.")?;
    }
    explanation.timeline.iter().try_for_each(|entry| print_in_full(out, entry))
}

fn print_contact(out: &mut impl Write, explanation: &Explanation) -> std::io::Result<()> {
    let Some(interaction) = &explanation.interaction else { return Ok(()) };
    let started_at = explanation.started_at.as_deref().unwrap_or_default();
    writeln!(out, "{} · {started_at}", one_line(&interaction.interaction_id))?;
    writeln!(
        out,
        "customer {} · category {} · channel {}",
        text(&interaction.customer_id),
        text(&interaction.category),
        text(&interaction.channel)
    )?;
    writeln!(out, "\n{}", wrapped(explanation.why.as_deref().unwrap_or_default(), ""))?;
    for would in &explanation.would {
        writeln!(out, "{}", wrapped(&format!("- {would}"), "  "))?;
    }
    if !explanation.timeline.is_empty() {
        writeln!(out, "\nContacts of this customer about the same reason:")?;
    }
    let (told, untold) = (explanation.timeline.len(), explanation.left_out_count);
    if untold > 0 {
        writeln!(out, "(The nearest {told} of {}; for all, use --json.)", told + untold)?;
    }
    for entry in &explanation.timeline {
        let mark = if entry.interaction_id == interaction.interaction_id { "→" } else { " " };
        writeln!(out, "{mark} {}", line(entry))?;
    }
    if !explanation.cues.is_empty() {
        writeln!(out, "\nWhat was said:")?;
    }
    explanation.cues.iter().try_for_each(|cue| print_cue(out, cue))
}

/// An interaction with why it counts as it does, what would change it and what was said.
fn print_in_full(out: &mut impl Write, entry: &TimelineEntry) -> std::io::Result<()> {
    let episode = entry.episode.map_or(String::new(), |number| format!("episode {number} · "));
    writeln!(out, "\n{}", line(entry))?;
    writeln!(out, "  {episode}category {} · channel {}", text(&entry.category), text(&entry.channel))?;
    writeln!(out, "{}", wrapped(&entry.why, "  "))?;
    for would in &entry.would {
        writeln!(out, "{}", wrapped(&format!("- {would}"), "  "))?;
    }
    entry.cues.iter().try_for_each(|cue| print_cue(out, cue))
}

fn line(entry: &TimelineEntry) -> String {
    let gap = entry.gap.as_deref().map_or(String::new(), |gap| format!("+{gap}"));
    let outcome = entry.outcome.map_or(String::new(), |outcome| format!(", {outcome}"));
    let id = one_line(&entry.interaction_id);
    format!("{:<26} {id:<16} {gap:>9}  {}{outcome}", entry.started_at, entry.class.replace('_', " "))
}

fn print_cue(out: &mut impl Write, cue: &StoredCue) -> std::io::Result<()> {
    let stated = cue.stated_contacts.map_or(String::new(), |n| format!(", states {n} contacts"));
    let quote = one_line(&cue.quote);
    let said = format!("{} ({}, {}{stated}): “{quote}”", cue.rule, cue.language, place(cue.turn));
    writeln!(out, "{}", wrapped(&said, "  "))
}

/// Which turn it is. Messages that come on several days are numbered by their second: a person would rather read the time.
fn place(turn: u32) -> String {
    const FIRST_SECOND: u32 = 500_000_000;
    match Timestamp::from_second(i64::from(turn)) {
        Ok(at) if turn >= FIRST_SECOND => at.to_string(),
        _ => format!("turn {turn}"),
    }
}

/// A name, cut where it is longer than any name.
fn text(value: &Option<String>) -> String {
    let Some(name) = value.as_deref().map(one_line) else { return "–".to_string() };
    match name.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

fn wrapped(text: &str, indent: &str) -> String {
    wrap(&format!("{indent}{}", one_line(text)), terminal_width().max(60), indent)
}
