//! FCR over time for the terminal, the latest periods of everything, and as CSV. What changed is told by `changes`.

use super::changes::changes;
use super::terminal::picture;
use super::text::{count, interval, percent, width, wrap};
use super::{NO_VALUE, Report, spreadsheet_safe};
use crate::measure::{Period, PeriodScores};

/// Periods shown; more are for CSV and JSON.
const MOST_PERIODS: usize = 12;

/// Columns of the picture at most; narrow terminals have what is left, if it is enough to be read.
const CHART_WIDTHS: std::ops::RangeInclusive<usize> = 10..=22;

/// Columns of the word at the end of a line.
const MARK_WIDTH: usize = 11;

/// The block of the terminal report; none where no contact is counted.
pub(super) fn terminal(report: &Report, columns: usize) -> Option<String> {
    let unit = report.trend_period?;
    let line = report.trend.iter().find(|line| line.is_overall)?;
    let is_counted = |it: &PeriodScores| it.eligible_count + it.pending_count > 0;
    let first = line.periods.iter().position(is_counted)?;
    let known = &line.periods[first..];
    let shown = &known[known.len().saturating_sub(MOST_PERIODS)..];
    let mut text = table(report, unit, shown, columns);
    if shown.len() < known.len() {
        let earlier = known.len() - shown.len();
        let more = format!("({earlier} earlier {}: --format json has them all)", plural(unit, earlier));
        text.push_str(&format!("\n{more}"));
    }
    // What belongs together has spaces that do not break.
    let changes = wrap(&changes(report, unit, line), columns, "").replace('\u{a0}', " ");
    text.push_str(&format!("\n\n{changes}"));
    Some(text)
}

/// "week" of one, "weeks" of more.
pub(super) fn plural(unit: Period, count: usize) -> String {
    format!("{}{}", unit.name(), if count == 1 { "" } else { "s" })
}

fn table(report: &Report, unit: Period, shown: &[PeriodScores], columns: usize) -> String {
    let mut name = unit.name().to_string();
    name[..1].make_ascii_uppercase();
    let mut rows = vec![[&name, "Eligible", "Failed", "Pending", "FCR", "Interval"].map(String::from)];
    rows.extend(shown.iter().map(cells));
    let widths: Vec<usize> =
        (0..rows[0].len()).map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0)).collect();
    let taken: usize = widths.iter().sum::<usize>() + widths.len() + 2 + MARK_WIDTH + 2;
    let room = columns.saturating_sub(taken).min(*CHART_WIDTHS.end());
    let chart = if room >= *CHART_WIDTHS.start() { room } else { 0 };
    let of_what = if is_of_first(report) { "first contact" } else { "contact" };
    let mut lines = vec![format!("FCR over time, all contacts, by {} of the {of_what}:", unit.name())];
    for (at, row) in rows.iter().enumerate() {
        let mut line = aligned(row, &widths);
        if chart > 0 {
            let period = at.checked_sub(1).map(|at| &shown[at]);
            let picture = period.map_or(format!("0 %{:>1$}", "100 %", chart - 3), |it| {
                picture([it.fcr_low, it.fcr_rate, it.fcr_high], report.overall.target, chart)
            });
            line.push_str(&format!("  {picture:<chart$}"));
        }
        line.push_str(&format!("  {}", at.checked_sub(1).map_or("", |at| mark(&shown[at]))));
        lines.push(line.trim_end().to_string());
    }
    lines.join("\n")
}

fn is_of_first(report: &Report) -> bool {
    report.policy.get("anchor").and_then(|it| it.as_str()) != Some("every")
}

fn cells(it: &PeriodScores) -> [String; 6] {
    [
        it.stretch.period.clone(),
        count(it.eligible_count),
        count(it.eligible_count - it.resolved_count),
        count(it.pending_count),
        percent(it.fcr_rate),
        interval(it.fcr_low, it.fcr_high),
    ]
}

/// The cells of a line: names and intervals begin, counts and rates end, at the same column.
fn aligned(row: &[String; 6], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, (text, columns)) in row.iter().zip(widths).enumerate() {
        let space = " ".repeat(columns.saturating_sub(width(text)));
        line.push_str(match at {
            0 => "",
            5 => "  ",
            _ => " ",
        });
        let is_text = at == 0 || at == 5;
        line.push_str(&if is_text { format!("{text}{space}") } else { format!("{space}{text}") });
    }
    line
}

/// What the rate of a period is not yet, in a word.
fn mark(it: &PeriodScores) -> &'static str {
    match (it.is_provisional, it.is_partial) {
        (true, _) => "provisional",
        (false, true) => "partial",
        (false, false) => "",
    }
}

/// FCR over time as CSV: one line a category and period, in the order of the report, everything at the end.
pub fn trend_csv(report: &Report) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    write(["category"].iter().chain(&COLUMNS).chain(&["commit_id"]).map(|it| it.to_string()).collect());
    let (overall, categories): (Vec<_>, Vec<_>) = report.trend.iter().partition(|line| line.is_overall);
    for line in categories.into_iter().chain(overall) {
        let name = if line.is_overall { "(all)" } else { line.category.as_deref().unwrap_or(NO_VALUE) };
        for period in &line.periods {
            let mut row = csv_row(name, period);
            row.push(report.commit_id.to_string());
            write(row);
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// The columns after the category, by their names in JSON.
const COLUMNS: [&str; 15] = [
    "period",
    "from",
    "to",
    "is_provisional",
    "is_partial",
    "contact_count",
    "repeat_count",
    "first_count",
    "left_edge_count",
    "eligible_count",
    "pending_count",
    "resolved_count",
    "fcr_rate",
    "fcr_low",
    "fcr_high",
];

fn csv_row(category: &str, period: &PeriodScores) -> Vec<String> {
    let value = serde_json::to_value(period).expect("counts are plain numbers");
    let text = |name: &&str| match &value[*name] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut row = vec![spreadsheet_safe(category).into_owned()];
    row.extend(COLUMNS.iter().map(text));
    row
}
