//! What stands in the sheets: for each its name, its header and its rows of cells. Numbers are taken from the report as
//! they are.

use serde_json::Value;

use super::{Cell, causes, coaching};
use crate::measure::{PeriodScores, SaidDone, Step, TrendLine};
use crate::report::text::titled;
use crate::report::{Entry, FailedContact, NO_VALUE, Report};

pub(super) const OVERVIEW: &str = "Overview";
pub(super) const CATEGORIES: &str = "Categories";
pub(super) const TREND: &str = "Trend";
pub(super) const FAILED: &str = "Failed first contacts";

/// The name of the line of everything.
const ALL: &str = "All";

/// A sheet to be.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// The row of everything, for which there is room at the end.
    pub(super) total: Option<Vec<Cell>>,
    /// How to read it, below the rows: a line each.
    pub(super) foot: Vec<String>,
}

/// The sheets in their order. That of the failed contacts is empty: its rows are written as they come. Sheets that would
/// have nothing to say are left out.
pub(super) fn tables(report: &Report) -> Vec<Table> {
    let failed = table(FAILED, &[], Vec::new());
    let mut tables = vec![overview(report)];
    tables.extend(causes::to_do(report));
    tables.push(entries(report, CATEGORIES, &["category".into()], &report.categories));
    if !report.by.is_empty() {
        tables.push(entries(report, "Groups", &report.by, &report.groups));
    }
    if let Some(list) = &report.coaching {
        tables.push(coaching::list(list));
        tables.extend(coaching::topics(list));
    }
    let optional = [changes(report), Some(failed), sayings(report), Some(said_done(report))];
    tables.extend(causes::causes(report));
    tables.push(trend(report));
    tables.extend(optional.into_iter().flatten());
    tables.extend([waterfall(report), policy(report)]);
    tables.extend(notes(report));
    tables
}

pub(super) fn table(name: &'static str, header: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        name,
        header: header.iter().map(ToString::to_string).collect(),
        rows,
        total: None,
        foot: Vec::new(),
    }
}

/// The policy's time zone, which every time in the workbook is in.
fn zone(report: &Report) -> &str {
    report.policy.get("timezone").and_then(Value::as_str).unwrap_or("UTC")
}

fn overview(report: &Report) -> Table {
    let it = &report.overall;
    let (scores, others, more) = (&it.scores, &it.denominators, &it.companions);
    let mut rows = Vec::new();
    let mut say = |name: &str, value: Cell, ends: [Option<f64>; 2], what: &str| {
        if value != Cell::Nothing {
            let [low, high] = ends.map(Cell::rate);
            rows.push(vec![Cell::text(name), value, low, high, Cell::text(what)]);
        }
    };
    const NONE: [Option<f64>; 2] = [None, None];
    let time = |text: Option<&String>| text.map_or(Cell::Nothing, |text| Cell::Time(text.clone()));
    let in_zone = format!("Time of {}", zone(report));
    let observed = report.observed.as_ref();
    say("Observed from", time(observed.map(|it| &it.from)), NONE, &in_zone);
    say("Observed to", time(observed.map(|it| &it.to)), NONE, &in_zone);
    say("FCR", Cell::rate(scores.fcr_rate), [scores.fcr_low, scores.fcr_high], "Resolved ÷ eligible");
    say("Target", Cell::Rate(it.target), NONE, "The FCR rate to reach");
    say(
        "Eligible",
        Cell::Count(scores.eligible_count),
        NONE,
        "First contacts whose window was observed in full",
    );
    say("Resolved", Cell::Count(scores.resolved_count), NONE, "Eligible ones without a repeat");
    say("Failed", Cell::Count(scores.eligible_count - scores.resolved_count), NONE, "Eligible less resolved");
    say("Pending", Cell::Count(scores.pending_count), NONE, "Their windows are not observed in full yet");
    let km = "Kaplan–Meier estimate, which uses the pending ones too";
    say("FCR with pending", Cell::rate(scores.km_fcr_rate), [scores.km_low, scores.km_high], km);
    say("Interactions", Cell::Count(scores.interaction_count), NONE, "Read, duplicates aside");
    say("Contacts", Cell::Count(scores.contact_count), NONE, "Interactions that count under the policy");
    say("Customers", Cell::Count(scores.customer_count), NONE, "Customers with a contact");
    say("Repeats", Cell::Count(scores.repeat_count), NONE, "Contacts that follow another of their episode");
    say(
        "Repeat rate",
        Cell::rate(scores.repeat_rate),
        [scores.repeat_low, scores.repeat_high],
        "Repeats ÷ contacts",
    );
    say(
        "Expected repeats",
        Cell::Number(scores.expected_repeat_count),
        NONE,
        "What would repeat by accident",
    );
    say("Excess repeats", Cell::Number(scores.excess_repeat_count), NONE, "Repeats less those expected");
    let customers = "Customers without a repeat ÷ customers";
    say(
        "Customer rate",
        Cell::rate(scores.customer_rate),
        [scores.customer_low, scores.customer_high],
        customers,
    );
    say("Episode rate", Cell::rate(others.episode_rate), NONE, "Episodes of one contact ÷ episodes");
    say("Contacts an episode", Cell::number(others.contacts_per_episode), NONE, "Contacts ÷ episodes");
    say("Stated repeats", Cell::Count(scores.stated_count), NONE, "Contacts in which the customer says so");
    say("Handle time, first", Cell::number(more.first_handle_seconds), NONE, "Mean, in seconds");
    say("Handle time, repeat", Cell::number(more.repeat_handle_seconds), NONE, "Mean, in seconds");
    say("Cost of repeats", Cell::number(more.repeat_cost), NONE, "In the currency of the policy");
    say("Cost beyond chance", Cell::number(more.excess_repeat_cost), NONE, "Of the excess repeats");
    say("Commit", Cell::Count(report.commit_id), NONE, "Of the store that was read");
    table(OVERVIEW, &["Number", "Value", "Low (95 %)", "High (95 %)", "What it is"], rows)
}

/// A column of the sheets of categories and groups.
type Column = (&'static str, fn(&Entry) -> Cell);

/// The columns after the dimensions.
const COLUMNS: [Column; 37] = [
    ("Verdict", |it| Cell::Verdict(it.verdict)),
    ("Target", |it| Cell::Rate(it.target)),
    ("FCR", |it| Cell::rate(it.scores.fcr_rate)),
    ("FCR low (95 %)", |it| Cell::rate(it.scores.fcr_low)),
    ("FCR high (95 %)", |it| Cell::rate(it.scores.fcr_high)),
    ("Eligible", |it| Cell::Count(it.scores.eligible_count)),
    ("Resolved", |it| Cell::Count(it.scores.resolved_count)),
    ("Failed", |it| Cell::Count(it.scores.eligible_count - it.scores.resolved_count)),
    ("Failures beyond the target", |it| Cell::number(it.excess_failure_count())),
    ("Pending", |it| Cell::Count(it.scores.pending_count)),
    ("Contacts", |it| Cell::Count(it.scores.contact_count)),
    ("Repeats", |it| Cell::Count(it.scores.repeat_count)),
    ("Repeat rate", |it| Cell::rate(it.scores.repeat_rate)),
    ("Expected repeats", |it| Cell::Number(it.scores.expected_repeat_count)),
    ("Excess repeats", |it| Cell::Number(it.scores.excess_repeat_count)),
    ("Rank by excess", |it| Cell::count(it.excess_rank)),
    ("First contacts", |it| Cell::Count(it.scores.first_count)),
    ("Left edge", |it| Cell::Count(it.scores.left_edge_count)),
    ("Customers", |it| Cell::Count(it.scores.customer_count)),
    ("Customers with a repeat", |it| Cell::Count(it.scores.customer_repeat_count)),
    ("Stated repeats", |it| Cell::Count(it.scores.stated_count)),
    ("FCR with pending (Kaplan–Meier)", |it| Cell::rate(it.scores.km_fcr_rate)),
    ("Episodes", |it| Cell::Count(it.denominators.episode_count)),
    ("Episode rate", |it| Cell::rate(it.denominators.episode_rate)),
    ("Contacts an episode", |it| Cell::number(it.denominators.contacts_per_episode)),
    ("Customer rate", |it| Cell::rate(it.denominators.customer_rate)),
    ("Handle time, first (s)", |it| Cell::number(it.companions.first_handle_seconds)),
    ("Handle time, repeat (s)", |it| Cell::number(it.companions.repeat_handle_seconds)),
    ("Transfer rate", |it| Cell::rate(it.companions.transfer_rate)),
    ("Abandonment rate", |it| Cell::rate(it.companions.abandonment_rate)),
    ("Coded as resolved", |it| Cell::rate(it.companions.coded_resolved_rate)),
    ("CSAT", |it| Cell::number(it.companions.csat_mean)),
    ("NPS", |it| Cell::number(it.companions.nps)),
    ("Cost of repeats", |it| Cell::number(it.companions.repeat_cost)),
    ("Cost beyond chance", |it| Cell::number(it.companions.excess_repeat_cost)),
    ("Rank by cost", |it| Cell::count(it.cost_rank)),
    ("Interactions", |it| Cell::Count(it.scores.interaction_count)),
];

/// The titles of the columns after the category.
pub(super) fn category_columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.into_iter().map(|(title, _)| title)
}

fn entries(report: &Report, name: &'static str, by: &[String], entries: &[Entry]) -> Table {
    let row = |entry: &Entry, names: Vec<String>| -> Vec<Cell> {
        names.into_iter().map(Cell::Text).chain(COLUMNS.iter().map(|(_, of)| of(entry))).collect()
    };
    let names = |entry: &Entry| -> Vec<String> {
        entry.key.iter().map(|(_, value)| value.clone().unwrap_or_else(|| NO_VALUE.to_string())).collect()
    };
    let mut all = vec![String::new(); by.len()];
    all[0] = ALL.to_string();
    Table {
        name,
        header: by.iter().map(|name| titled(name)).chain(category_columns().map(String::from)).collect(),
        rows: entries.iter().map(|entry| row(entry, names(entry))).collect(),
        total: Some(row(&report.overall, all)),
        foot: Vec::new(),
    }
}

/// The name of a line of the trend.
fn line_name(line: &TrendLine) -> Cell {
    let of_category = || line.category.clone().unwrap_or_else(|| NO_VALUE.to_string());
    Cell::Text(if line.is_overall { ALL.to_string() } else { of_category() })
}

/// Everything first, so that a chart finds it.
fn trend(report: &Report) -> Table {
    let row = |line: &TrendLine, it: &PeriodScores| {
        vec![
            line_name(line),
            Cell::text(&it.stretch.period),
            Cell::Time(it.stretch.from.clone()),
            Cell::Time(it.stretch.to.clone()),
            Cell::rate(it.fcr_rate),
            Cell::rate(it.fcr_low),
            Cell::rate(it.fcr_high),
            Cell::Count(it.eligible_count),
            Cell::Count(it.resolved_count),
            Cell::Count(it.eligible_count - it.resolved_count),
            Cell::Count(it.pending_count),
            Cell::Count(it.contact_count),
            Cell::Count(it.repeat_count),
            Cell::Count(it.first_count),
            Cell::Count(it.left_edge_count),
            Cell::yes(it.is_provisional),
            Cell::yes(it.is_partial),
        ]
    };
    let rows = report.trend.iter().flat_map(|line| line.periods.iter().map(|it| row(line, it))).collect();
    let header = [
        "Category",
        "Period",
        "From",
        "To",
        "FCR",
        "FCR low (95 %)",
        "FCR high (95 %)",
        "Eligible",
        "Resolved",
        "Failed",
        "Pending",
        "Contacts",
        "Repeats",
        "First contacts",
        "Left edge",
        "Provisional",
        "Partial",
    ];
    let mut table = table(TREND, &header, rows);
    for name in [2, 3] {
        table.header[name] = format!("{} ({})", table.header[name], zone(report));
    }
    table
}

fn changes(report: &Report) -> Option<Table> {
    let row = |line: &TrendLine| {
        let it = line.change.as_ref()?;
        Some(vec![
            line_name(line),
            Cell::text(&it.from),
            Cell::text(&it.to),
            Cell::Number(it.points),
            Cell::text(if it.is_change { "changed" } else { "not proved" }),
            Cell::Probability(it.p_value),
            Cell::Probability(it.p_adjusted),
        ])
    };
    let rows: Vec<_> = report.trend.iter().filter_map(row).collect();
    let header =
        ["Category", "From", "To", "Percentage points", "Change", "p", "p corrected for the number of tests"];
    (!rows.is_empty()).then(|| table("Changes", &header, rows))
}

/// The header of the failed contacts.
pub(super) fn failed_header(report: &Report) -> Vec<String> {
    let started = format!("Started ({})", zone(report));
    let next = format!("Next started ({})", zone(report));
    let header = [
        "Contact",
        "Category",
        &started,
        "Channel",
        "Team",
        "Language",
        "Contacts in the episode",
        "Next contact",
        &next,
        "Days to the next",
        "Said in",
        "Rule",
        "Words",
        "Quote",
    ];
    header.map(String::from).to_vec()
}

/// A failed contact. The customer is not told, and neither is the agent.
pub(super) fn failed_row(failed: &FailedContact) -> Vec<Cell> {
    let (it, saying) = (&failed.contact, failed.saying.as_ref());
    let text = |text: Option<&String>| text.map_or(Cell::Nothing, |text| Cell::Text(text.clone()));
    vec![
        Cell::text(&it.contact_id),
        Cell::text(it.category.as_deref().unwrap_or(NO_VALUE)),
        Cell::Time(failed.started_at.clone()),
        text(it.channel.as_ref()),
        text(it.team.as_ref()),
        text(it.language.as_ref()),
        Cell::count(it.episode_contact_count.map(u64::from)),
        text(it.next_contact_id.as_ref()),
        failed.next_started_at.as_ref().map_or(Cell::Nothing, |at| Cell::Time(at.clone())),
        Cell::number(it.days_to_repeat),
        text(saying.map(|it| &it.interaction_id)),
        text(failed.rule.as_ref()),
        text(saying.map(|it| &it.phrase)),
        text(saying.map(|it| &it.quote)),
    ]
}

/// The evidence of the groups below their targets: a line a quote.
fn sayings(report: &Report) -> Option<Table> {
    let mut rows = Vec::new();
    for entry in report.categories.iter().chain(&report.groups) {
        for it in &entry.evidence {
            let head = || {
                let name = Cell::Text(entry.name());
                vec![name, Cell::text(&it.rule), Cell::Count(it.contact_count), Cell::text(&it.phrase)]
            };
            let quotes = it.quotes.iter().map(|quote| {
                let rest = [
                    Cell::text(&quote.interaction_id),
                    Cell::Time(quote.started_at.clone()),
                    Cell::text(&quote.language),
                    Cell::text(&quote.text),
                ];
                head().into_iter().chain(rest).collect()
            });
            rows.extend(quotes);
            if it.quotes.is_empty() {
                rows.push(head());
            }
        }
    }
    let started = format!("Started ({})", zone(report));
    let header = [
        "Category or group",
        "Rule",
        "Contacts",
        "Commonest words",
        "Said in",
        &started,
        "Language",
        "Quote",
    ];
    (!rows.is_empty()).then(|| table("What customers say", &header, rows))
}

fn said_done(report: &Report) -> Table {
    let row = |name: String, it: &SaidDone| {
        let of_numbers =
            [it.numbered_count, it.number_equal_count, it.number_more_count, it.number_fewer_count];
        let counts = [it.both, it.stated_only, it.linked_only, it.neither].map(Cell::Count);
        let estimate = [it.chapman, it.chapman_low, it.chapman_high].map(Cell::number);
        let missed =
            [it.left_edge_count, it.other_reason_count, it.beyond_window_count, it.nothing_before_count];
        let row = std::iter::once(Cell::Text(name)).chain(counts).chain(estimate);
        let row = row.chain([Cell::yes(it.is_sparse)]).chain(missed.map(Cell::Count));
        row.chain(of_numbers.map(Cell::Count)).chain([Cell::number(it.mean_number_difference)]).collect()
    };
    let rows = report.categories.iter().map(|entry| row(entry.name(), &entry.said_done)).collect();
    let header = [
        "Category",
        "Stated and linked",
        "Stated only",
        "Linked only",
        "Neither",
        "Unseen (estimate)",
        "Unseen low (95 %)",
        "Unseen high (95 %)",
        "Rough estimate",
        "Stated only: left edge",
        "Stated only: other reason",
        "Stated only: beyond the window",
        "Stated only: nothing before",
        "Number stated",
        "Number as observed",
        "More than observed",
        "Fewer than observed",
        "Mean difference",
    ];
    let total = Some(row(ALL.to_string(), &report.overall.said_done));
    Table { total, ..table("Said and done", &header, rows) }
}

fn waterfall(report: &Report) -> Table {
    let is_of_every = report.policy.get("anchor").and_then(Value::as_str) == Some("every");
    let part_of = |step: &str| match step {
        "read" => Cell::Nothing,
        "repeat" | "left_edge" | "first" => Cell::text("contact"),
        // Where every contact counts, they are not first contacts alone.
        "eligible" | "pending" => Cell::text(if is_of_every { "contact" } else { "first" }),
        _ => Cell::text("read"),
    };
    let row =
        |it: &Step| vec![Cell::text(it.step.replace('_', " ")), Cell::Count(it.count), part_of(it.step)];
    table("Waterfall", &["Step", "Rows", "Part of"], report.waterfall.iter().map(row).collect())
}

/// Every choice, with its key as in the configuration.
fn policy(report: &Report) -> Table {
    let mut rows = Vec::new();
    flattened("", &report.policy, &mut rows);
    table("Policy", &["Key", "Value"], rows)
}

fn flattened(key: &str, value: &Value, rows: &mut Vec<Vec<Cell>>) {
    let cell = match value {
        Value::Object(keys) => {
            for (name, value) in keys {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flattened(&key, value, rows);
            }
            return;
        }
        Value::Null => Cell::Nothing,
        Value::String(text) => Cell::text(text),
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), String::from);
            Cell::Text(items.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) if number.is_u64() => Cell::count(number.as_u64()),
        Value::Number(number) => Cell::number(number.as_f64()),
        Value::Bool(is_so) => Cell::text(if *is_so { "yes" } else { "no" }),
    };
    rows.push(vec![Cell::text(key), cell]);
}

fn notes(report: &Report) -> Option<Table> {
    let row = |it: &crate::report::Count| {
        vec![Cell::text(it.kind.replace('_', " ")), Cell::text(&it.what), Cell::Count(it.count)]
    };
    let rows: Vec<_> = report.notes.iter().map(row).collect();
    (!rows.is_empty()).then(|| table("Notes", &["Kind", "What", "Count"], rows))
}
