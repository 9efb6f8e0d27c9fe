//! The report: a frozen view of the numbers with the evidence for them, and one file a format.
//!
//! Every format receives the same [`Report`] and gives bytes; none computes a number. Names in JSON and CSV are the
//! contract of schema 1: they are only ever added to.

mod causes;
mod causes_terminal;
mod changes;
mod coaching;
mod coaching_terminal;
mod comparison;
mod contact;
mod contacts_parquet;
mod csv;
mod drivers;
mod drivers_terminal;
mod evidence;
mod flow;
mod flow_terminal;
mod gaps;
mod gaps_terminal;
mod html;
mod identity;
mod json;
mod language;
mod search;
mod sections;
mod store_status;
mod sweep;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod trend;
mod windows;
mod windows_terminal;
mod xlsx;

use serde::Serialize;

pub use causes::{CauseGroup, CauseQuote, Causes, CausesReport, render_causes};
pub use coaching::{
    CategoryExcess, CauseCount, Coached, Coaching, CoachingList, TopicEntry, render_coaching,
};
pub use comparison::{Change, Comparison, FieldChange, Reason, ReasonCount, Standing, render_comparison};
pub use contact::{Contact, FailedContact};
pub use contacts_parquet::ContactsWriter;
pub use drivers::{
    DriverAttribute, DriverGroup, DriverLevel, DriverMethod, DriverModel, DriverTerm, Drivers, LeftOut,
    OddsRatio, WordTable, render_drivers,
};
pub use evidence::{EVIDENCE_COUNT, Evidence, Quote, Saying, evidence};
pub use flow::{
    ChannelSwitch, Flow, FlowCell, FlowExample, FlowPair, FlowSaying, FlowSwitch, FlowValue, render_flow,
};
pub use gaps::{
    ArticleName, ArticleUse, CoverageCounts, CoverageGroup, Gap, GapQuote, Gaps, Hole, LanguageCoverage,
    LeftOutGaps, MOST_QUOTES, Named, NearestArticle, Remedy, UnknownArticle, render_gaps,
};
pub(crate) use gaps::{advice, shortfall};
pub use html::{LOGIN_PAGE, live_page, page_asset, render_page};
pub use identity::{CappedKey, Identity, KeyShare};
pub use search::{Facet, Hit, SearchPage, render_search};
pub use store_status::render_status;
pub use sweep::{Effect, Point, PresetRates, Rates, Sweep, Swept, render_sweep, spread};
pub use terminal::scope;
pub use text::{calm, one_line, spreadsheet_safe, wrap};
pub use trend::trend_csv;
pub use windows::{WindowGroup, Windows, render_windows};
pub use xlsx::Workbook;

use crate::measure::{
    Action, Agreement, Companions, Denominators, Period, SaidDone, Scores, Step, TrendLine, Verdict,
};

/// The name of contacts that have no value of a dimension.
const NO_VALUE: &str = "(none)";

/// Everything that a report shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of the names below.
    pub schema: u32,
    /// Every choice that changed a number.
    pub policy: serde_json::Value,
    /// Which lexicons found the cues.
    pub lexicon_hash: String,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// Start and end of observation, RFC 3339 in the policy's time zone; none when nothing was read.
    pub observed: Option<Observed>,
    /// Where every row that was read ended up.
    pub waterfall: Vec<Step>,
    /// How well customers are known.
    pub identity: Identity,
    /// The scores of everything.
    pub overall: Entry,
    /// The scores of each category, failing ones first.
    pub categories: Vec<Entry>,
    /// The dimensions asked for beside the category, if any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The scores of each of their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Entry>,
    /// Why first contacts failed.
    pub causes: Causes,
    /// What to do first.
    pub actions: Vec<Action>,
    /// Agents or teams against what was to be expected of them, where one of these is the only dimension asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coaching: Option<Coaching>,
    /// The periods of the trend; none when nothing was read.
    pub trend_period: Option<Period>,
    /// FCR over time: everything first, then the categories in their order.
    pub trend: Vec<TrendLine>,
    /// What may need attention: rejects and notes by reason, transcripts without an interaction.
    pub notes: Vec<Count>,
}

/// First and last moment observed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observed {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339.
    pub to: String,
}

/// One line of the report: a category, another group, or everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Name and value of each dimension; empty for everything. None: the rows have no value.
    pub key: Vec<(String, Option<String>)>,
    /// Its numbers.
    pub scores: Scores,
    /// What customers say against what the records show.
    pub said_done: SaidDone,
    /// The same contacts by other denominators.
    pub denominators: Denominators,
    /// Handle times, codes, answers, costs.
    pub companions: Companions,
    /// How the sources of evidence agree, a pair each.
    pub agreement: Vec<Agreement>,
    /// Repeats by day after the first contact of their episode, from day 0 on.
    pub repeats_by_day: Vec<u64>,
    /// Its place among the others by excess repeats, from 1; none for everything.
    pub excess_rank: Option<u64>,
    /// Its place among the others by the cost of its repeats, from 1; none without a cost.
    pub cost_rank: Option<u64>,
    /// The FCR rate to reach, 0 to 1.
    pub target: f64,
    /// Whether it is reached.
    pub verdict: Verdict,
    /// What customers say in it, the commonest first; only for groups below the target.
    pub evidence: Vec<Evidence>,
}

/// How often something was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// `reject`, `note`, `unlinked_transcript`, `unlinked_survey` `policy` or `trend`.
    pub kind: &'static str,
    /// The reason, in stable words.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table for a terminal so many columns wide, in colour or not.
    Terminal {
        /// Columns of the terminal.
        width: usize,
        /// Whether to colour the verdicts.
        is_coloured: bool,
    },
    /// One line a group, for spreadsheets.
    Csv,
    /// Schema 1.
    Json,
}

/// The report in a format, ready to be written.
pub fn render(report: &Report, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, is_coloured } => terminal::render(report, width, is_coloured).into_bytes(),
        Format::Csv => csv::render(report),
        Format::Json => json::render(report),
    }
}

impl Entry {
    /// The name as people read it: the values of the dimensions, `(none)` for a missing one, "All" for everything.
    pub fn name(&self) -> String {
        match self.key.as_slice() {
            [] => "All".to_string(),
            key => {
                let values: Vec<&str> =
                    key.iter().map(|(_, value)| value.as_deref().unwrap_or(NO_VALUE)).collect();
                values.join(" · ")
            }
        }
    }
}

impl Entry {
    /// Eligible first contacts that failed beyond those that the target lets fail: target × eligible − resolved. Below
    /// 0 the target is surpassed; none where nothing is eligible.
    pub fn excess_failure_count(&self) -> Option<f64> {
        let Scores { eligible_count, resolved_count, .. } = self.scores;
        (eligible_count > 0).then_some(self.target * eligible_count as f64 - resolved_count as f64)
    }
}

/// Gives entries their places by excess repeats and by the cost of repeats; of equals the first by name is before.
pub fn rank_entries(entries: &mut [Entry]) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let excess = |entry: &Entry| entry.scores.excess_repeat_count;
    order.sort_by(|a, b| by_amount(&entries[*a], &entries[*b], excess));
    order.iter().zip(1..).for_each(|(at, rank)| entries[*at].excess_rank = Some(rank));
    order.retain(|at| entries[*at].companions.repeat_cost.is_some());
    let cost = |entry: &Entry| entry.companions.repeat_cost.unwrap_or_default();
    order.sort_by(|a, b| by_amount(&entries[*a], &entries[*b], cost));
    order.iter().zip(1..).for_each(|(at, rank)| entries[*at].cost_rank = Some(rank));
}

/// The larger amount first, then by name.
fn by_amount(one: &Entry, other: &Entry, amount: impl Fn(&Entry) -> f64) -> std::cmp::Ordering {
    amount(other).total_cmp(&amount(one)).then_with(|| one.key.cmp(&other.key))
}

/// Sorts entries as reports show them: failing ones first, then those at risk, those that meet the target and those
/// too few to tell; within a verdict those with the most failed first contacts first; then by name.
pub fn sort_entries(entries: &mut [Entry]) {
    entries.sort_by_key(|entry| {
        let failed = entry.scores.eligible_count - entry.scores.resolved_count;
        (entry.verdict, std::cmp::Reverse(failed), entry.key.clone())
    });
}
