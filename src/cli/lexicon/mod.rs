//! `recontact lexicon`: look at the rules, test them, measure them, find what they lack.

mod eval;
mod suggest;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use recontact::detect::self_test;
use recontact::lexicon::{self, Lexicon, Source};

use super::shared::say;

/// List, test and measure the phrases that count as evidence.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every rule: language, id, kind, number of phrases, what it is about.
    #[command(after_help = "Example:\n  recontact lexicon list --language lv")]
    List {
        /// Only this language.
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
        /// Lexicon files or folders of your own, on top of the built-in ones.
        #[arg(long, value_name = "PATH")]
        lexicon: Vec<PathBuf>,
    },
    /// Try every rule on its own examples and near misses; exit code 2 when one fails.
    #[command(after_help = "Example:\n  recontact lexicon check my-rules.toml")]
    Check {
        /// Lexicon files or folders of your own, on top of the built-in ones.
        paths: Vec<PathBuf>,
        /// Load the given files alone, without the built-in ones.
        #[arg(long)]
        alone: bool,
    },
    /// Precision, recall and F1 on texts that people labelled: per language, kind of statement and rule.
    ///
    /// Labelled texts are JSON lines: {"lang": "en", "label": 1, "text": "…", "speaker": "customer"?,
    /// "stated_contacts": 3?, "kind": …?}. Label 1 says that the speaker contacted the company before about the issue.
    #[command(after_help = "Example:\n  recontact lexicon eval labelled.jsonl --errors")]
    Eval(eval::Arguments),
    /// Phrases that are much more frequent in repeats than in first contacts and that no rule finds yet.
    ///
    /// They are candidates for a person to judge, ordered by how sure the difference is (z-score of the log-odds with
    /// an informative prior). Nothing is changed.
    #[command(after_help = "Example:\n  recontact lexicon suggest /tmp/demo-store")]
    Suggest(suggest::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::List { language, lexicon } => list(language.as_deref(), &load(lexicon, false)?),
        Command::Check { paths, alone } => check(&load(paths, *alone)?),
        Command::Eval(arguments) => eval::run(arguments),
        Command::Suggest(arguments) => suggest::run(arguments),
    }
}

fn load(paths: &[PathBuf], alone: bool) -> anyhow::Result<Lexicon> {
    let user: Vec<Source> = lexicon::read_sources(paths)?;
    Ok(if alone { Lexicon::from_sources(&user)? } else { Lexicon::with_user_files(&user)? })
}

fn list(language: Option<&str>, lexicon: &Lexicon) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for (index, rule) in lexicon.rules() {
        let tag = &lexicon.languages[usize::from(index.language)].tag;
        if language.is_none_or(|language| language == tag) {
            let phrases = rule.phrases.len();
            writeln!(out, "{tag:<8} {:<28} {:<14} {phrases:>3} phrases  {}", rule.id, rule.kind, rule.about)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(lexicon: &Lexicon) -> anyhow::Result<ExitCode> {
    let faults = self_test::check(lexicon)?;
    for fault in &faults {
        say(fault);
    }
    let examples: usize =
        lexicon.rules().map(|(_, rule)| rule.examples.len() + rule.non_examples.len()).sum();
    say(format_args!("{} rules, {examples} examples, {} faults", lexicon.rules().count(), faults.len()));
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
