//! What several commands take: the store, the policy and its overrides, the output.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use recontact::config::MAX_CONFIG_BYTES;
use recontact::error::read_text;
use recontact::measure::Period;
use recontact::pipeline::{self, ReportOptions, Reports};
use recontact::policy::{Agents, Clock, Overrides, PRESETS, Policy, Preset, Same, Span, rate};
use recontact::report::{ContactsWriter, Format, Report, Workbook, calm, render, render_page, trend_csv};
use recontact::store::Store;

/// Where the store is.
#[derive(Debug, Args)]
pub(super) struct StoreArguments {
    /// Folder of the store.
    #[arg(long, value_name = "DIR", default_value = ".recontact")]
    pub(super) store: PathBuf,
}

/// Which policy counts.
#[derive(Debug, Args)]
pub(super) struct PolicyArguments {
    /// Configuration whose [policy] counts [default: the one that the store was indexed with].
    #[arg(short, long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Count as another product does; `recontact presets` lists them. Windows and other definitions of the configuration
    /// give way, what belongs to the data or the company stays.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(PRESETS.iter().map(|it| it.name)), hide_possible_values = true)]
    preset: Option<String>,
    /// How long silence must last to call an issue resolved, such as 36h or 7d.
    #[arg(long, value_name = "SPAN", value_parser = span, allow_hyphen_values = true)]
    window: Option<Span>,
    /// How long silence must precede a contact to call it the first [default: the window].
    #[arg(long, value_name = "SPAN", value_parser = span, allow_hyphen_values = true)]
    lookback: Option<Span>,
    /// From which moment of the earlier contact time is measured.
    #[arg(long, value_enum)]
    clock: Option<ClockArgument>,
    /// Which contacts of a customer are about the same reason.
    #[arg(long, value_enum)]
    same: Option<SameArgument>,
    /// Take the category of an interaction that has none from the customer's words; it is marked as derived.
    #[arg(long)]
    derive_category: bool,
    /// The FCR rate to reach, 0 to 1.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    target: Option<f64>,
    /// How agents are named.
    #[arg(long, value_enum)]
    agents: Option<AgentsArgument>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum AgentsArgument {
    /// As the source names them.
    Shown,
    /// Not at all.
    Hidden,
    /// By names that stay the same and cannot be undone without the salt.
    Pseudonyms,
}

impl AgentsArgument {
    pub(super) fn agents(self) -> Agents {
        match self {
            AgentsArgument::Shown => Agents::Shown,
            AgentsArgument::Hidden => Agents::Hidden,
            AgentsArgument::Pseudonyms => Agents::Pseudonyms,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ClockArgument {
    /// Start to start.
    Start,
    /// End of the earlier contact to the start of the later one.
    End,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SameArgument {
    /// The same category.
    Category,
    /// Categories with the same parent.
    #[value(name = "parent_category")]
    ParentCategory,
    /// Any reason.
    Any,
}

/// How the report is written.
#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// Group by one or two dimensions instead of the category: channel, language, team, any other column, …
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    pub(super) by: Vec<String>,
    /// Period of FCR over time [default: the longest of which the data have six, else day]; with --format csv the
    /// output is one line a category and period.
    #[arg(long, value_enum, value_name = "PERIOD")]
    trend: Option<PeriodArgument>,
    /// Format of the output [default: by the extension of --output, else terminal].
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    /// Write to a file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End with exit code 1 when a category's FCR rate is surely below this rate, 0 to 1.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(super) fail_below: Option<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PeriodArgument {
    /// Dates, in the policy's time zone.
    Day,
    /// Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// January to March, and so on.
    Quarter,
}

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// A table for reading here.
    Terminal,
    /// One line a group, for spreadsheets.
    Csv,
    /// Everything, for programs.
    Json,
    /// One page with charts and evidence, for a browser; it needs no network.
    Html,
    /// A workbook: overview with charts, categories, trend, failed first contacts, what customers say, policy.
    Xlsx,
    /// One row an interaction, for BI tools.
    Parquet,
}

/// In which format, and where to.
#[derive(Debug, Args)]
pub(super) struct FormatArguments {
    /// Format of the output [default: by the extension of --output, else terminal].
    #[arg(long, value_enum)]
    format: Option<FormatArgument>,
    /// Write to a file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArgument {
    /// A table for reading here.
    Terminal,
    /// One line a group, for spreadsheets.
    Csv,
    /// Everything, for programs.
    Json,
}

fn span(text: &str) -> Result<Span, String> {
    Span::parse(text)
}

impl PolicyArguments {
    /// The policy of the given configuration, else of `known` (a path for messages and a text), with the overrides.
    pub(super) fn policy(&self, known: Option<(&Path, &str)>) -> anyhow::Result<Policy> {
        let policy = match (&self.config, known) {
            (Some(path), _) => Policy::parse(path, &read_text(path, MAX_CONFIG_BYTES)?)?,
            (None, Some((path, text))) => Policy::parse(path, text)?,
            (None, None) => Policy::default(),
        };
        Ok(self.overrides().applied(policy)?)
    }

    fn overrides(&self) -> Overrides {
        Overrides {
            preset: self.preset.as_deref().and_then(Preset::named),
            window: self.window,
            lookback: self.lookback,
            clock: self.clock.map(|clock| match clock {
                ClockArgument::Start => Clock::Start,
                ClockArgument::End => Clock::End,
            }),
            same: self.same.map(|same| match same {
                SameArgument::Category => Same::Category,
                SameArgument::ParentCategory => Same::ParentCategory,
                SameArgument::Any => Same::Any,
            }),
            derives_category: self.derive_category,
            target: self.target,
            agents: self.agents.map(AgentsArgument::agents),
        }
    }

    /// As [`PolicyArguments::policy`], from the configuration that a store keeps.
    pub(super) fn policy_for(&self, store: &Store) -> anyhow::Result<Policy> {
        let own = store.indexed_config();
        self.policy(own.as_ref().map(|(path, text)| (path.as_path(), *text)))
    }
}

impl OutputArguments {
    /// What the report is to show. Fails where the format can show only one of the things asked for, or not here.
    pub(super) fn options(&self) -> anyhow::Result<ReportOptions> {
        let format = self.format();
        if format == ReportFormat::Parquet && (self.trend.is_some() || !self.by.is_empty()) {
            anyhow::bail!("parquet has one row an interaction, and no groups: leave out --by and --trend");
        }
        let binary = match format {
            ReportFormat::Xlsx => Some("xlsx"),
            ReportFormat::Parquet => Some("parquet"),
            _ => None,
        };
        if let Some(name) = binary.filter(|_| self.output.is_none() && std::io::stdout().is_terminal()) {
            anyhow::bail!("{name} is nothing for a terminal: write it to a file, such as -o report.{name}");
        }
        if self.is_trend_csv() && !self.by.is_empty() {
            anyhow::bail!("--by and --trend are two tables, and CSV has room for one: leave out one of them");
        }
        let trend = self.trend.map(|period| match period {
            PeriodArgument::Day => Period::Day,
            PeriodArgument::Week => Period::Week,
            PeriodArgument::Month => Period::Month,
            PeriodArgument::Quarter => Period::Quarter,
        });
        Ok(ReportOptions { by: self.by.clone(), trend })
    }

    /// Measures a store under a policy, writes the report where and as the user wants it, and gives it.
    pub(super) fn report(&self, store: &Store, policy: &Policy) -> anyhow::Result<Report> {
        let options = self.options()?;
        let (report, bytes) = match self.format() {
            ReportFormat::Html => {
                let page = pipeline::page(store, policy, &options)?;
                let bytes = render_page(&page);
                (page.report, bytes)
            }
            ReportFormat::Xlsx => return self.write_workbook(store, policy),
            ReportFormat::Parquet => return self.write_contacts(store, policy),
            format => {
                let report = pipeline::report(store, policy, &options)?;
                let bytes = match format {
                    ReportFormat::Csv if self.trend.is_some() => trend_csv(&report),
                    ReportFormat::Csv => render(&report, Format::Csv),
                    ReportFormat::Json => render(&report, Format::Json),
                    _ => render(&report, terminal(&self.output)),
                };
                (report, bytes)
            }
        };
        write(&self.output, &bytes)?;
        Ok(report)
    }

    fn write_workbook(&self, store: &Store, policy: &Policy) -> anyhow::Result<Report> {
        let mut reports = Reports::load(store, policy)?;
        let report = reports.report(policy, &self.options()?)?;
        let counted_count = report.overall.scores.eligible_count;
        let drivers = reports.drivers_beside(policy, counted_count)?;
        let gaps = reports.gaps_beside(policy)?;
        let workbook = Workbook::new(&report).context("a temporary file for the workbook")?;
        let mut workbook = match &drivers {
            Some(drivers) => workbook.with_drivers(drivers),
            None => workbook,
        };
        if let Some(gaps) = &gaps {
            workbook = workbook.with_gaps(gaps);
        }
        reports.contacts(policy)?.failed(|failed| anyhow::Ok(workbook.add(&failed)?))?;
        workbook.add_flow(reports.flow(policy, "category")?);
        let left_out = write_out(&self.output, |out| Ok(workbook.finish(out)?))?;
        left_out.iter().for_each(|what| say(format_args!("{what}; --format parquet has every contact")));
        if drivers.is_none() {
            say(format_args!(
                "no sheet of drivers: they take long of {counted_count} contacts; `recontact drivers` tells them"
            ));
        }
        Ok(report)
    }

    fn write_contacts(&self, store: &Store, policy: &Policy) -> anyhow::Result<Report> {
        let mut reports = Reports::load(store, policy)?;
        let report = reports.report(policy, &self.options()?)?;
        let contacts = reports.contacts(policy)?;
        write_out(&self.output, |out| {
            let mut writer = ContactsWriter::new(out)?;
            contacts.every(|some| anyhow::Ok(writer.write(some)?))?;
            Ok(writer.finish()?)
        })?;
        Ok(report)
    }

    fn format(&self) -> ReportFormat {
        self.format.unwrap_or(match extension(&self.output) {
            Some("csv") => ReportFormat::Csv,
            Some("json") => ReportFormat::Json,
            Some("html" | "htm") => ReportFormat::Html,
            Some("xlsx") => ReportFormat::Xlsx,
            Some("parquet") => ReportFormat::Parquet,
            _ => ReportFormat::Terminal,
        })
    }

    fn is_trend_csv(&self) -> bool {
        self.trend.is_some() && self.format() == ReportFormat::Csv
    }

    /// The terminal report lists reasons itself; other formats are for programs.
    pub(super) fn is_for_terminal(&self) -> bool {
        self.format() == ReportFormat::Terminal
    }
}

impl FormatArguments {
    /// Writes what is rendered where the user wants it.
    pub(super) fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        write(&self.output, bytes)
    }

    /// The format that is wanted.
    pub(super) fn format(&self) -> Format {
        let format = self.format.unwrap_or(match extension(&self.output) {
            Some("csv") => FormatArgument::Csv,
            Some("json") => FormatArgument::Json,
            _ => FormatArgument::Terminal,
        });
        match format {
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
            FormatArgument::Terminal => terminal(&self.output),
        }
    }
}

fn extension(output: &Option<PathBuf>) -> Option<&str> {
    output.as_deref().and_then(Path::extension).and_then(|extension| extension.to_str())
}

/// As wide and as colourful as where it goes.
fn terminal(output: &Option<PathBuf>) -> Format {
    let is_terminal = output.is_none() && std::io::stdout().is_terminal();
    Format::Terminal {
        width: if is_terminal { terminal_width() } else { 80 },
        is_coloured: is_terminal && std::env::var_os("NO_COLOR").is_none(),
    }
}

/// Writes to a file, or to standard output.
fn write(output: &Option<PathBuf>, bytes: &[u8]) -> anyhow::Result<()> {
    write_out(output, |out| Ok(out.write_all(bytes)?))
}

/// Somewhere to write to, from whatever thread.
type Sink<'a> = &'a mut (dyn Write + Send);

/// Lets `write` write to a file, or to standard output. A reader of the file, or a full disk, never sees half of it: it
/// is written beside it first, then renamed.
fn write_out<T>(
    output: &Option<PathBuf>,
    write: impl FnOnce(Sink<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let into = |mut out: BufWriter<Box<dyn Write + Send>>| {
        let written = write(&mut out)?;
        out.flush()?;
        Ok(written)
    };
    let Some(path) = output else { return into(BufWriter::new(Box::new(std::io::stdout()))) };
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    let name = || path.display().to_string();
    let file = File::create(&draft).with_context(name)?;
    let written: anyhow::Result<T> = into(BufWriter::new(Box::new(file)));
    let renamed =
        written.and_then(|it| std::fs::rename(&draft, path).map(|()| it).map_err(anyhow::Error::from));
    match &renamed {
        Ok(_) => say(format_args!("wrote {}", path.display())),
        // What is left of the draft is of no use; the first error is the one to tell.
        Err(_) => drop(std::fs::remove_file(&draft)),
    }
    renamed.with_context(name)
}

/// Says something to the user, on stderr. One who no longer listens (`recontact index … 2>&1 | head`) is no fault, and
/// `eprintln!` would panic.
pub(super) fn say(what: impl std::fmt::Display) {
    // Names of files and folders are anybody's, too.
    let text = calm(&what.to_string());
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(super) fn terminal_width() -> usize {
    console::Term::stdout().size_checked().map_or(80, |(_, columns)| usize::from(columns))
}
