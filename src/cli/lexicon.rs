//! `recontact lexicon list|check|eval`: look at the rules, test them, measure them.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use recontact::detect::eval::{self, Evaluation, Quality};
use recontact::detect::{Detector, self_test};
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
    /// Precision, recall and F1 per language on texts that people labelled.
    ///
    /// Labelled texts are JSON lines: {"lang": "en", "label": 1, "text": "…", "speaker": "customer"?,
    /// "stated_contacts": 3?}. Label 1 says that the speaker contacted the company before about the issue.
    #[command(after_help = "Example:\n  recontact lexicon eval labelled.jsonl --errors")]
    Eval {
        /// Labelled texts.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Lexicon files or folders of your own, on top of the built-in ones.
        #[arg(long, value_name = "PATH")]
        lexicon: Vec<PathBuf>,
        /// Load the given lexicons alone, without the built-in ones.
        #[arg(long)]
        alone: bool,
        /// Only texts of these languages.
        #[arg(long, value_name = "TAG", value_delimiter = ',')]
        language: Vec<String>,
        /// Print every miss and false alarm.
        #[arg(long)]
        errors: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::List { language, lexicon } => list(language.as_deref(), &load(lexicon, false)?),
        Command::Check { paths, alone } => check(&load(paths, *alone)?),
        Command::Eval { files, lexicon, alone, language, errors } => {
            measure(files, language, *errors, &load(lexicon, *alone)?)
        }
    }
}

fn load(paths: &[PathBuf], alone: bool) -> anyhow::Result<Lexicon> {
    let user: Vec<Source> = lexicon::read_sources(paths)?;
    Ok(if alone { Lexicon::from_sources(&user)? } else { Lexicon::with_user_files(&user)? })
}

fn list(language: Option<&str>, lexicon: &Lexicon) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for rule in &lexicon.rules {
        let tag = &lexicon.languages[rule.language].tag;
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
        lexicon.rules.iter().map(|rule| rule.examples.len() + rule.non_examples.len()).sum();
    say(format_args!("{} rules, {examples} examples, {} faults", lexicon.rules.len(), faults.len()));
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn measure(
    files: &[PathBuf],
    languages: &[String],
    errors: bool,
    lexicon: &Lexicon,
) -> anyhow::Result<ExitCode> {
    let detector = Detector::new(lexicon)?;
    let mut out = std::io::stdout().lock();
    for path in files {
        let mut texts = eval::read(path)?;
        texts.retain(|text| languages.is_empty() || languages.contains(&text.lang));
        let evaluation = eval::evaluate(lexicon, &detector, &texts);
        writeln!(out, "{}", path.display())?;
        writeln!(out, "language  texts  precision  recall     F1  stated right")?;
        for (language, quality) in &evaluation.languages {
            writeln!(out, "{}", row(language, quality))?;
        }
        writeln!(out, "{}", row("all", &evaluation.overall))?;
        if errors {
            print_errors(&mut out, &evaluation, lexicon)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, quality: &Quality) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_string(), |value| format!("{value:.3}"));
    let texts = quality.true_positive_count
        + quality.false_positive_count
        + quality.false_negative_count
        + quality.true_negative_count;
    format!(
        "{name:<8} {texts:>6} {:>10} {:>7} {:>6} {:>9}",
        number(quality.precision()),
        number(quality.recall()),
        number(quality.f1()),
        format!("{}/{}", quality.stated_right_count, quality.stated_count)
    )
}

fn print_errors(out: &mut impl Write, evaluation: &Evaluation, lexicon: &Lexicon) -> std::io::Result<()> {
    let line = recontact::report::one_line;
    for miss in &evaluation.misses {
        writeln!(out, "miss   {} {} {}: {}", miss.lang, miss.id, miss.kind, line(&miss.text))?;
    }
    for (alarm, cues) in &evaluation.false_alarms {
        writeln!(out, "alarm  {} {} {}: {}", alarm.lang, alarm.id, alarm.kind, line(&alarm.text))?;
        for cue in cues {
            let rule = &lexicon.rules[cue.rule];
            writeln!(out, "       └ {} on `{}`", rule.id, line(&alarm.text[cue.start..cue.end]))?;
        }
    }
    Ok(())
}
