//! `recontact index`: read files into a store. Its summary and its progress bar serve `analyze` too.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use recontact::config::{self, Config};
use recontact::lexicon::{self, Lexicon};
use recontact::pipeline::{self, IndexOptions, IndexSummary};
use recontact::policy::Policy;
use recontact::report::one_line;
use recontact::store::{Replaced, Store};

use super::shared::{StoreArguments, say};

/// Read new files into a store. Files that it has already are not read again.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  recontact index fixtures/demo --store /tmp/demo && recontact report --store /tmp/demo"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    #[command(flatten)]
    store: StoreArguments,
    /// Forget what the store holds and read everything anew.
    #[arg(long)]
    rebuild: bool,
    /// Leave out the full-text index of what customers and agents say; `search` builds it when it is first used.
    #[arg(long)]
    no_search: bool,
}

/// What to read.
#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// Folders (with a recontact.toml, or not), files or patterns; or a recontact.toml itself.
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Lexicon files or folders of your own, on top of the built-in ones.
    #[arg(long, value_name = "PATH")]
    lexicon: Vec<PathBuf>,
    /// Share of rows, in percent, that may be unreadable before the exit code is 2.
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0)]
    max_rejects: f64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let config = arguments.sources.config()?;
    let dir = &arguments.store.store;
    let options = IndexOptions { rebuild: arguments.rebuild, no_search: arguments.no_search };
    let (store, summary) = arguments.sources.index(&config, dir, options)?;
    print_summary(&store, &summary);
    if let Some(problem) = arguments.sources.too_many_rejects(&summary) {
        anyhow::bail!(problem);
    }
    let flag =
        if dir == Path::new(".recontact") { String::new() } else { format!(" --store {}", dir.display()) };
    say(format_args!("next: recontact report{flag}"));
    Ok(ExitCode::SUCCESS)
}

impl SourceArguments {
    /// The configuration that the paths have or stand for. Its policy is not needed yet, but what is wrong with it is
    /// better said now than after the files were read.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        let config = config::discover(&self.paths)?;
        if let Some(path) = &config.path {
            Policy::parse(path, &config.text)?;
        }
        Ok(config)
    }

    /// Reads into the store in `dir`, with a progress bar on a terminal.
    pub(super) fn index(
        &self,
        config: &Config,
        dir: &Path,
        options: IndexOptions,
    ) -> anyhow::Result<(Store, IndexSummary)> {
        let mut files = lexicon::read_sources(&config.lexicons)?;
        files.extend(lexicon::read_sources(&self.lexicon)?);
        let lexicon = Lexicon::with_user_files(&files)?;
        let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
            "{bar:24} {percent:>3} % {bytes_per_sec:>12}, {eta} left  {wide_msg}",
        )?);
        let done = pipeline::index(config, &lexicon, dir, options, &|at| {
            bar.set_length(at.total_bytes);
            bar.set_position(at.read_bytes);
            bar.set_message(at.file.to_string());
        });
        bar.finish_and_clear();
        Ok(done?)
    }

    /// What to say when more rows were unreadable than allowed.
    pub(super) fn too_many_rejects(&self, summary: &IndexSummary) -> Option<String> {
        if let Some(count) = summary.reject_counts.get("damaged file") {
            return Some(format!(
                "{count} {} damaged: what stands after the place that the reject names is missing from these numbers; \
                 restore it and read it again",
                if *count == 1 { "file is" } else { "files are" }
            ));
        }
        let share = 100.0 * summary.reject_count as f64 / summary.row_count.max(1) as f64;
        (share > self.max_rejects).then(|| {
            format!(
                "{share:.1} % of the rows could not be read, more than {} %: see the reasons, correct the mapping \
                 (recontact init shows what it sees) or allow more with --max-rejects",
                self.max_rejects
            )
        })
    }
}

/// What a run did to a store that stays: what was read, what was wrong with it, where the rejected rows are.
pub(super) fn print_summary(store: &Store, summary: &IndexSummary) {
    say(described(summary, store.dir()));
    print_replaced(summary);
    print_waiting(summary);
    print_reasons(summary);
    if let Some(path) = store.reject_files().last().filter(|_| summary.reject_count > 0) {
        say(format_args!("  rejected rows: {}", path.display()));
    }
}

/// The longest list of changed files that is told in full.
const MOST_CHANGED: usize = 5;

/// What became of ids that were read more than once, and of files that were read before with other content.
fn print_replaced(summary: &IndexSummary) {
    let Replaced { duplicate_count, correction_count, late_count } = summary.replaced;
    for (count, what) in [
        (duplicate_count, "exact duplicates: rows equal to another with their id, which count once"),
        (correction_count, "corrections: rows replaced by another with their id"),
        (late_count, "late rows: a newer version of them was there already"),
    ] {
        if count > 0 {
            say(format_args!("  {} × {what}", HumanCount(count)));
        }
    }
    let changed = &summary.changed_files;
    for name in changed.iter().take(MOST_CHANGED) {
        say(format_args!(
            "  {} was read before, as another file or with another configuration: its earlier rows stay beneath \
             (`recontact index --rebuild` reads all anew, `recontact store remove` takes all of the file out)",
            one_line(name)
        ));
    }
    if changed.len() > MOST_CHANGED {
        say(format_args!("  and {} changed files more", changed.len() - MOST_CHANGED));
    }
}

fn described(summary: &IndexSummary, dir: &Path) -> String {
    let known = match summary.known_file_count {
        0 => String::new(),
        known => format!(" ({known} known already)"),
    };
    let surveys = match summary.survey_count {
        0 => String::new(),
        surveys => format!(", {} survey answers", HumanCount(surveys)),
    };
    let articles = match summary.article_count {
        0 => String::new(),
        articles => format!(", {} articles", HumanCount(articles)),
    };
    format!(
        "read {} {}{known}, {}: {} interactions, {} transcripts{surveys}{articles}, {} cues, {} rejects → {}",
        summary.read_file_count,
        if summary.read_file_count == 1 { "file" } else { "files" },
        HumanBytes(summary.byte_count),
        HumanCount(summary.interaction_count),
        HumanCount(summary.transcript_count),
        HumanCount(summary.cue_count),
        HumanCount(summary.reject_count),
        dir.display()
    )
}

/// Files of transcripts that wait for their interactions.
fn print_waiting(summary: &IndexSummary) {
    const MOST: usize = 5;
    let waiting = &summary.waiting_files;
    if waiting.is_empty() {
        return;
    }
    say(format_args!(
        "  {} × file of transcripts that finds no interaction, tried again with the next run",
        waiting.len()
    ));
    for (file, reason) in waiting.iter().take(MOST) {
        say(format_args!("    {file}: {reason}"));
    }
    if waiting.len() > MOST {
        say(format_args!("    and {} files more", waiting.len() - MOST));
    }
}

/// Why rows of this run could not be read, and what was odd about others.
pub(super) fn print_reasons(summary: &IndexSummary) {
    for (reason, count) in &summary.reject_counts {
        say(format_args!("  {count} × reject: {}", one_line(reason)));
    }
    for (what, count) in &summary.note_counts {
        say(format_args!("  {count} × note: {}", one_line(what)));
    }
}
