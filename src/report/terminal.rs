//! The report for a terminal: one sentence that says what fails, a table within the width, the words behind it.

use comfy_table::{Attribute, Cell, CellAlignment, Color, Table, presets};

use super::sections::{policy, sections};
use super::text::{count, cut, interval, one_line, percent, width, wrap};
use super::{Entry, Report, causes_terminal, coaching_terminal, trend};
use crate::measure::Verdict;

/// Narrower terminals get this width all the same: the numbers need it.
pub(super) const LEAST_WIDTH: usize = 72;

/// From this width on each line has a picture of its interval.
const WIDTH_FOR_CHART: usize = 104;

/// Columns of the picture.
const CHART_WIDTH: usize = 22;

/// Lines of the list of what to do first; `recontact causes` has more.
const MOST_ACTIONS: usize = 5;

/// Groups shown; more are for CSV and JSON.
const MOST_ROWS: usize = 40;

pub(super) fn render(report: &Report, columns: usize, is_coloured: bool) -> String {
    let columns = columns.max(LEAST_WIDTH);
    let entries = if report.by.is_empty() { &report.categories } else { &report.groups };
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.scores.contact_count > 0).collect();
    let entries = entries.as_slice();
    let mut blocks = vec![headline(report, entries, columns), table(report, entries, columns, is_coloured)];
    blocks.extend(causes_terminal::actions(&report.actions, MOST_ACTIONS, columns));
    blocks.extend(entries.iter().filter(|e| e.verdict == Verdict::Fails).filter_map(|e| sayings(e, columns)));
    blocks.extend(report.coaching.iter().flat_map(|it| coaching_terminal::blocks(it, columns)));
    blocks.extend(trend::terminal(report, columns));
    blocks.push(waterfall(report, columns));
    blocks.extend(open_end(report, columns));
    blocks.extend(survival(report, entries, columns));
    blocks.extend(accidents(report, entries, columns));
    blocks.extend(sections(report, entries, columns));
    blocks.extend(policy(report, columns));
    blocks.extend(notes(report, columns));
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

fn headline(report: &Report, entries: &[&Entry], columns: usize) -> String {
    let scope = scope(report);
    if report.observed.is_none() {
        return scope;
    }
    let what = match report.by.as_slice() {
        [] => "categories".to_string(),
        by => format!("groups by {}", one_line(&by.join(" and "))),
    };
    let failing: Vec<&&Entry> = entries.iter().filter(|e| e.verdict == Verdict::Fails).collect();
    let verdict = if failing.is_empty() {
        none_fails(report, entries, &what)
    } else {
        let names: Vec<String> = failing
            .iter()
            .take(6)
            .map(|e| format!("{} ({})", one_line(&e.name()), percent(e.scores.fcr_rate)))
            .collect();
        let more = if failing.len() > 6 { format!(" and {} more", failing.len() - 6) } else { String::new() };
        let verb = if failing.len() == 1 { "fails" } else { "fail" };
        let first = failing[0].target;
        let target = match failing.iter().all(|e| e.target == first) {
            true => format!("the target of {}", percent(Some(first))),
            false => "their targets".to_string(),
        };
        format!("{} of {} {what} {verb} {target}: {}{more}.", failing.len(), entries.len(), names.join(", "))
    };
    format!("{}\n\n{}", wrap(&scope, columns, ""), wrap(&verdict, columns, ""))
}

/// What was counted, when, and what counts as resolved: a few sentences.
pub fn scope(report: &Report) -> String {
    let Some(observed) = &report.observed else {
        return "Nothing was read: the store has no interactions.".to_string();
    };
    let text = |name: &str| report.policy.get(name).and_then(|v| v.as_str()).unwrap_or("?").to_string();
    let date = |time: &str| time.get(..10).unwrap_or(time).to_string();
    let as_named = match text("preset").as_str() {
        "two-window" => String::new(),
        preset => format!(" as by {preset}"),
    };
    format!(
        "First-contact resolution{as_named}, {} to {}. Resolved: {}. Intervals are 95 %. Commit {}.",
        date(&observed.from),
        date(&observed.to),
        resolved(&text),
        report.commit_id,
    )
}

/// What counts as resolved, for the headline.
fn resolved(policy: &impl Fn(&str) -> String) -> String {
    match policy("resolved_by").as_str() {
        "code" => return "as the agent coded it".to_string(),
        "ticket" => return "by the history of the ticket".to_string(),
        _ => {}
    }
    let what = match policy("anchor").as_str() {
        "every" => "each contact with none after it about",
        _ => "no contact about",
    };
    let same = match policy("same").as_str() {
        "any" => "the same or any other reason".to_string(),
        same => format!("the same {}", same.replace('_', " ")),
    };
    let window = policy("window");
    match policy("days").as_str() {
        "calendar" if window == "0s" => format!("{what} {same} on the same day"),
        "calendar" => format!("{what} {same} up to {window} later by date"),
        _ => format!("{what} {same} within {window} of the {}", policy("clock")),
    }
}

fn none_fails(report: &Report, entries: &[&Entry], what: &str) -> String {
    if entries.iter().all(|entry| entry.verdict == Verdict::TooFew) {
        let needed = report.policy.get("minimum_count").and_then(|v| v.as_u64()).unwrap_or_default();
        return format!("Too few first contacts to judge any of the {what}: {needed} must be eligible.");
    }
    format!("None of the {what} fails its target with certainty.")
}

/// The table; the name's column gets what the numbers leave.
fn table(report: &Report, entries: &[&Entry], columns: usize, is_coloured: bool) -> String {
    let name = if report.by.is_empty() { "Category".to_string() } else { one_line(&report.by.join(" · ")) };
    let mut rows = vec![
        [&name, "Contacts", "Repeats", "Eligible", "Failed", "FCR", "Interval", "Verdict"]
            .map(String::from)
            .to_vec(),
    ];
    let shown: Vec<&Entry> = entries.iter().copied().take(MOST_ROWS).chain([&report.overall]).collect();
    rows.extend(shown.iter().map(|entry| texts(entry)));
    if columns >= WIDTH_FOR_CHART {
        rows[0].push(format!("0 %{:>1$}", "100 %", CHART_WIDTH - 3));
        rows[1..].iter_mut().zip(&shown).for_each(|(row, entry)| row.push(chart(entry)));
    }
    let taken: usize = (1..rows[0].len())
        .map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0) + gap(at))
        .sum();
    // The gap after the last column is empty.
    let room = (columns + gap(rows[0].len() - 1)).saturating_sub(taken + gap(0)).max(10);
    rows.iter_mut().for_each(|row| row[0] = cut(&row[0], room));
    let mut text = drawn(&rows, &shown, is_coloured);
    if entries.len() > MOST_ROWS {
        text.push_str(&format!("\n({} more: --format csv has them all)", entries.len() - MOST_ROWS));
    }
    text
}

/// Spaces after a column: one between the counts, two around texts, so that names have room.
fn gap(column: usize) -> usize {
    if (1..=4).contains(&column) { 1 } else { 2 }
}

fn drawn(rows: &[Vec<String>], shown: &[&Entry], is_coloured: bool) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if is_coloured {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(rows[0].iter().map(|text| Cell::new(text).add_attribute(Attribute::Bold)));
    for (row, entry) in rows[1..].iter().zip(shown) {
        let cell =
            |(at, text)| if at == 7 { Cell::new(text).fg(colour(entry.verdict)) } else { Cell::new(text) };
        table.add_row(row.iter().enumerate().map(cell));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        // Nothing stands after the last column, not even the spaces that colours would hide from trimming.
        column.set_padding((0, if at + 1 < rows[0].len() { gap(at) as u16 } else { 0 }));
        if (1..=5).contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The cells of a line, without the picture.
fn texts(entry: &Entry) -> Vec<String> {
    let scores = &entry.scores;
    let verdict = if entry.key.is_empty() { String::new() } else { entry.verdict.name().replace('_', " ") };
    vec![
        one_line(&entry.name()),
        count(scores.contact_count),
        count(scores.repeat_count),
        count(scores.eligible_count),
        count(scores.eligible_count - scores.resolved_count),
        percent(scores.fcr_rate),
        interval(scores.fcr_low, scores.fcr_high),
        verdict,
    ]
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Fails => Color::Red,
        Verdict::AtRisk => Color::Yellow,
        Verdict::Meets => Color::Green,
        Verdict::TooFew => Color::Reset,
    }
}

/// The interval as a bar on a line from 0 to 100 %, the rate as a dot, the target as a cross line.
fn chart(entry: &Entry) -> String {
    let scores = &entry.scores;
    picture([scores.fcr_low, scores.fcr_rate, scores.fcr_high], entry.target, CHART_WIDTH)
}

/// The low end, the rate and the high end on a line so many columns wide; empty where there is no rate.
pub(super) fn picture(rates: [Option<f64>; 3], target: f64, columns: usize) -> String {
    let [Some(low), Some(rate), Some(high)] = rates else { return String::new() };
    let place = |rate: f64| (rate * (columns - 1) as f64).round() as usize;
    let mark = |at| match at {
        _ if at == place(rate) => '●',
        _ if at == place(target) => '┃',
        _ if (place(low)..=place(high)).contains(&at) => '━',
        _ => '·',
    };
    (0..columns).map(mark).collect()
}

/// What customers say in a failing group.
fn sayings(entry: &Entry, columns: usize) -> Option<String> {
    if entry.evidence.is_empty() {
        return None;
    }
    let mut lines = vec![format!("What customers say: {}", cut(&one_line(&entry.name()), columns - 20))];
    for evidence in &entry.evidence {
        let contacts = if evidence.contact_count == 1 { "contact" } else { "contacts" };
        let idea = format!("  {} in {} {contacts}, as in \"", evidence.rule, count(evidence.contact_count));
        let room = columns.saturating_sub(width(&idea) + 1).max(12);
        lines.push(format!("{idea}{}\"", cut(&one_line(&evidence.phrase), room)));
        for quote in &evidence.quotes {
            let date = quote.started_at.get(..10).unwrap_or_default();
            let source = format!(" ({date}, {})", cut(&one_line(&quote.interaction_id), 24));
            let quoted = format!("“{}”{source}", one_line(&quote.text));
            lines.push(format!("    {}", wrap(&quoted, columns - 4, "    ")));
        }
    }
    Some(lines.join("\n"))
}

fn waterfall(report: &Report, columns: usize) -> String {
    let step = |name: &str| report.waterfall.iter().find(|s| s.step == name).map_or(0, |s| s.count);
    let left_out: Vec<String> = report
        .waterfall
        .iter()
        .skip(1)
        .take_while(|s| s.step != "contact")
        .filter(|s| s.count > 0)
        .map(|s| format!("{} {}", count(s.count), s.step.replace('_', " ")))
        .collect();
    let left_out = if left_out.is_empty() { "nothing left out".to_string() } else { left_out.join(", ") };
    let text = format!(
        "Of {} rows read: {left_out}; {} contacts = {} repeats + {} on the left edge + {} first ({} eligible, {} \
         pending). {}.",
        count(step("read")),
        count(step("contact")),
        count(step("repeat")),
        count(step("left_edge")),
        count(step("first")),
        count(step("eligible")),
        count(step("pending")),
        stated(report.overall.scores.stated_count, report.overall.said_done.has_words()),
    );
    wrap(&text, columns, "")
}

/// A word of caution where contacts count although their windows are open.
fn open_end(report: &Report, columns: usize) -> Option<String> {
    let is = |key: &str, wanted: &str| report.policy.get(key).is_some_and(|value| value == wanted);
    let window = report.policy.get("window").and_then(|value| value.as_str())?;
    let text = format!(
        "The end of the data is not looked at: contacts of the last {window} count already, and look better than they \
         are."
    );
    (is("maturity", "ignored") && is("resolved_by", "silence")).then(|| wrap(&text, columns, ""))
}

/// The estimate that uses the pending contacts too, and where it disagrees with the rate.
fn survival(report: &Report, entries: &[&Entry], columns: usize) -> Option<String> {
    let overall = report.overall.scores.km_fcr_rate.filter(|_| report.overall.scores.pending_count > 0)?;
    let mut text = format!(
        "Pending contacts counted for as long as they were watched (Kaplan–Meier), the overall rate is {}.",
        percent(Some(overall))
    );
    let is_outside = |entry: &&&Entry| {
        let scores = &entry.scores;
        let ends = scores.km_fcr_rate.zip(scores.fcr_low).zip(scores.fcr_high);
        ends.is_some_and(|((rate, low), high)| rate < low || rate > high)
    };
    let names: Vec<String> = entries
        .iter()
        .filter(is_outside)
        .map(|entry| format!("{} ({})", one_line(&entry.name()), percent(entry.scores.km_fcr_rate)))
        .collect();
    if !names.is_empty() {
        text.push_str(&format!(" It lies outside the interval for {}.", names.join(", ")));
    }
    Some(wrap(&text, columns, ""))
}

/// How many repeats are more than accident, and where most of them are.
fn accidents(report: &Report, entries: &[&Entry], columns: usize) -> Option<String> {
    let overall = &report.overall.scores;
    if overall.repeat_count == 0 {
        return None;
    }
    let whole = |number: f64| count(number.round().max(0.0) as u64);
    let mut most: Vec<&&Entry> = entries.iter().filter(|e| e.scores.excess_repeat_count >= 0.5).collect();
    most.sort_by(|a, b| b.scores.excess_repeat_count.total_cmp(&a.scores.excess_repeat_count));
    let names: Vec<String> = most
        .iter()
        .take(3)
        .map(|e| format!("{} ({})", one_line(&e.name()), whole(e.scores.excess_repeat_count)))
        .collect();
    let where_most =
        if names.is_empty() { String::new() } else { format!(" Most are in {}.", names.join(", ")) };
    let text = format!(
        "Customers who contact often repeat by accident: of {} repeats {} are to be expected so, {} are more.{where_most}",
        count(overall.repeat_count),
        whole(overall.expected_repeat_count),
        whole(overall.excess_repeat_count),
    );
    Some(wrap(&text, columns, ""))
}

fn stated(contacts: u64, has_words: bool) -> String {
    match contacts {
        0 if !has_words => "No contact has a transcript".to_string(),
        1 => "In 1 contact the customer says that it is a repeat".to_string(),
        _ => format!("In {} contacts the customer says that it is a repeat", count(contacts)),
    }
}

fn notes(report: &Report, columns: usize) -> Option<String> {
    let lines: Vec<String> = report
        .notes
        .iter()
        .map(|note| {
            wrap(
                &format!("{} × {}: {}", count(note.count), note.kind.replace('_', " "), one_line(&note.what)),
                columns - 2,
                "    ",
            )
        })
        .map(|line| format!("  {line}"))
        .collect();
    (!lines.is_empty()).then(|| format!("Worth a look:\n{}", lines.join("\n")))
}
