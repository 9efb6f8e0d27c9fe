//! How much of a rate is definition: FCR under every window, under every preset, and without each exclusion. Data and
//! its three formats.

use std::cmp::Ordering;

use serde::Serialize;

use super::text::{cell, count, cut, interval, one_line, padded, percent, spreadsheet_safe, width, wrap};
use super::{Format, NO_VALUE, json};
use crate::measure::{SweptCounts, rate};
use crate::policy::Span;

/// FCR under many definitions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// Version of the names below.
    pub schema: u32,
    /// The policy whose window is varied.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The overall FCR rate under the policy itself, with the windows of its categories.
    pub fcr_rate: Option<f64>,
    /// All contacts.
    pub overall: Swept,
    /// Each category that has first contacts under some window, those first whose rate depends most on it.
    pub categories: Vec<Swept>,
    /// The rates under every preset, in the order in which presets are listed.
    pub presets: Vec<PresetRates>,
    /// The largest overall rate under a preset less the smallest, of those with enough eligible contacts and without a
    /// remark; none without two.
    pub preset_spread: Option<f64>,
    /// What the exclusions do to the overall rate.
    pub exclusions: Vec<Effect>,
}

/// A category, or everything, under each window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Swept {
    /// Its name; none for everything and for contacts without a category.
    pub category: Option<String>,
    /// The FCR rate to reach, 0 to 1.
    pub target: f64,
    /// The largest rate less the smallest, of the windows with enough eligible first contacts; none without two.
    pub spread: Option<f64>,
    /// The counts and rates, by ascending window.
    pub windows: Vec<Point>,
}

/// One window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// W, such as `7d`.
    pub window: Span,
    /// What is counted under it.
    #[serde(flatten)]
    pub counts: SweptCounts,
    /// Resolved ÷ eligible.
    pub fcr_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub fcr_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub fcr_high: Option<f64>,
}

/// What a preset counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PresetRates {
    /// Its name.
    pub preset: &'static str,
    /// What the data lack for it; none if it can be applied. Then there are no rates.
    pub lacks: Option<String>,
    /// What the data have only in part of what it asks for; its rates are then not in the spread.
    pub remark: Option<String>,
    /// Everything.
    pub overall: Rates,
    /// Each category that has contacts, by name.
    pub categories: Vec<Rates>,
}

/// Counts and rates of a category, or of everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Rates {
    /// Its name; none for everything and for contacts without a category.
    pub category: Option<String>,
    /// What is counted.
    #[serde(flatten)]
    pub counts: SweptCounts,
    /// Resolved ÷ eligible.
    pub fcr_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub fcr_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub fcr_high: Option<f64>,
}

impl Rates {
    /// Rates from counts.
    pub fn new(category: Option<String>, counts: SweptCounts) -> Rates {
        let (fcr_rate, fcr_low, fcr_high) = rate(counts.resolved_count, counts.eligible_count);
        Rates { category, counts, fcr_rate, fcr_low, fcr_high }
    }
}

/// What a step of the waterfall does to the overall FCR rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Its name in the waterfall.
    pub exclusion: &'static str,
    /// How many rows it leaves out.
    pub count: u64,
    /// The overall FCR rate without it, 0 to 1.
    pub fcr_rate: Option<f64>,
    /// That rate less the one with it, in percentage points.
    pub points: Option<f64>,
}

/// The largest rate less the smallest; none without two.
pub fn spread(rates: impl Iterator<Item = f64>) -> Option<f64> {
    let mut rates: Vec<f64> = rates.collect();
    rates.sort_by(f64::total_cmp);
    (rates.len() > 1).then(|| rates[rates.len() - 1] - rates[0])
}

impl Swept {
    /// Rates from counts. `minimum_count` eligible first contacts are enough for the spread.
    pub fn new(
        category: Option<String>,
        target: f64,
        windows: &[Span],
        counts: &[SweptCounts],
        minimum_count: u64,
    ) -> Swept {
        let windows: Vec<Point> =
            windows.iter().zip(counts).map(|(w, counts)| Point::new(*w, counts)).collect();
        let enough = windows.iter().filter(|point| point.counts.eligible_count >= minimum_count.max(1));
        let spread = spread(enough.filter_map(|point| point.fcr_rate));
        Swept { category, target, spread, windows }
    }

    /// Is there a rate under any window?
    pub fn has_first_contacts(&self) -> bool {
        self.windows.iter().any(|point| point.counts.eligible_count > 0)
    }

    /// Those with the widest spread first, those without one last, then by name.
    pub fn by_spread(&self, other: &Swept) -> Ordering {
        let spread = |swept: &Swept| swept.spread.unwrap_or(-1.0);
        spread(other).total_cmp(&spread(self)).then_with(|| self.category.cmp(&other.category))
    }
}

impl Point {
    fn new(window: Span, counts: &SweptCounts) -> Point {
        let (fcr_rate, fcr_low, fcr_high) = rate(counts.resolved_count, counts.eligible_count);
        Point { window, counts: *counts, fcr_rate, fcr_low, fcr_high }
    }
}

/// The sweep in a format, ready to be written.
pub fn render_sweep(sweep: &Sweep, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => terminal(sweep, width).into_bytes(),
        Format::Csv => csv(sweep),
        Format::Json => json::render(sweep),
    }
}

/// The windows that a terminal shows, in days, the more important first: narrow ones show fewer.
const SHOWN_DAYS: [u32; 11] = [7, 1, 30, 3, 14, 2, 5, 21, 10, 4, 25];

/// Columns of a window, and of the spread.
const COLUMN: usize = 8;

/// Categories shown; more are for CSV and JSON.
const MOST_ROWS: usize = 40;

fn terminal(sweep: &Sweep, columns: usize) -> String {
    if sweep.overall.windows.iter().all(|point| point.counts.contact_count == 0) {
        return "Nothing to sweep: the store has no contacts.\n".to_string();
    }
    let names = sweep.categories.iter().map(name).chain(["All".to_string()]);
    let longest = names.map(|name| width(&name)).max().unwrap_or(0).clamp(8, 32);
    let fitting = columns.saturating_sub(longest + COLUMN + 3) / COLUMN;
    let mut days = SHOWN_DAYS[..fitting.clamp(3, SHOWN_DAYS.len())].to_vec();
    days.sort_unstable();
    let text = "FCR under windows from 1 to 30 days, also for categories with windows of their own; everything else as the \
                policy says. A longer window leaves fewer contacts old enough to count, so rates of two windows are not \
                of the same contacts. Spread: the highest less the lowest of all thirty with enough contacts.";
    let mut out = format!("{}\n\n", wrap(text, columns, ""));
    out.push_str(&padded("Category", longest));
    days.iter().for_each(|days| out.push_str(&format!("{:>COLUMN$}", format!("{days} d"))));
    out.push_str(&format!("{:>1$}\n", "Spread", COLUMN + 3));
    for swept in sweep.categories.iter().take(MOST_ROWS).chain([&sweep.overall]) {
        let name = if std::ptr::eq(swept, &sweep.overall) { "All".to_string() } else { name(swept) };
        out.push_str(&padded(&cut(&name, longest), longest));
        for days in &days {
            let point = swept.windows.iter().find(|point| point.window == Span::from_days(*days));
            out.push_str(&format!("{:>COLUMN$}", percent(point.and_then(|point| point.fcr_rate))));
        }
        let spread = swept.spread.map_or("–".to_string(), |spread| format!("{:.1} pt", 100.0 * spread));
        out.push_str(&format!("{spread:>0$}\n", COLUMN + 3));
    }
    if sweep.categories.len() > MOST_ROWS {
        out.push_str(&format!("({} more: --format csv has them all)\n", sweep.categories.len() - MOST_ROWS));
    }
    if let Some(spread) = sweep.overall.spread {
        out.push_str(&format!(
            "\n{:.1} points of the overall rate are the choice of the window.\n",
            100.0 * spread
        ));
    }
    out.push_str(&presets(sweep, columns));
    if !sweep.exclusions.is_empty() {
        out.push_str(&format!(
            "\nWhat is left out, and the overall rate ({}) if it counted:\n\n",
            percent(sweep.fcr_rate)
        ));
    }
    for effect in &sweep.exclusions {
        let points = effect.points.map_or("–".to_string(), |points| format!("{points:+.1} pt"));
        let (what, count) = (effect.exclusion.replace('_', " "), count(effect.count));
        out.push_str(&format!("{what:<28}{count:>10}{:>9}{points:>10}\n", percent(effect.fcr_rate)));
    }
    out
}

/// The overall rate under each preset, and what the data lack for the others.
fn presets(sweep: &Sweep, columns: usize) -> String {
    let mut out = "\nThe same contacts as others would count them:\n\n".to_string();
    out.push_str(&format!("{:<22}{:>10}{:>10}{:>8}  Interval\n", "Preset", "Contacts", "Counted", "FCR"));
    for of_preset in &sweep.presets {
        let Rates { counts, fcr_rate, fcr_low, fcr_high, .. } = &of_preset.overall;
        let line = match &of_preset.lacks {
            Some(lacks) => cut(&format!("{:<22}needs {lacks}", of_preset.preset), columns),
            None => format!(
                "{:<22}{:>10}{:>10}{:>8}  {}",
                of_preset.preset,
                count(counts.contact_count),
                count(counts.eligible_count),
                percent(*fcr_rate),
                interval(*fcr_low, *fcr_high)
            ),
        };
        let mark = if of_preset.remark.is_some() { " *" } else { "" };
        out.push_str(&format!("{}{mark}\n", line.trim_end()));
    }
    for of_preset in &sweep.presets {
        if let Some(remark) = &of_preset.remark {
            out.push_str(&format!("{}\n", wrap(&format!("* {}: {remark}", of_preset.preset), columns, "  ")));
        }
    }
    if let Some(spread) = sweep.preset_spread {
        let points = 100.0 * spread;
        let text = format!(
            "{points:.1} points lie between the presets that the data can answer in full: that much of a number is \
             definition."
        );
        out.push_str(&format!("\n{}\n", wrap(&text, columns, "")));
    }
    out
}

fn name(swept: &Swept) -> String {
    one_line(swept.category.as_deref().unwrap_or(NO_VALUE))
}

/// The name of everything in a spreadsheet.
const ALL: &str = "(all)";

/// A line for each category and window, then one for each preset and category.
fn csv(sweep: &Sweep) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| writer.write_record(row).expect("writing to memory does not fail");
    let head = [
        "category",
        "window",
        "contact_count",
        "repeat_count",
        "eligible_count",
        "resolved_count",
        "fcr_rate",
        "fcr_low",
        "fcr_high",
        "preset",
    ];
    write(&head.map(String::from));
    let mut line = |name: &str, window: &str, counts: &SweptCounts, rates: [Option<f64>; 3], preset: &str| {
        let counted =
            [counts.contact_count, counts.repeat_count, counts.eligible_count, counts.resolved_count];
        let mut row = vec![spreadsheet_safe(name).into_owned(), window.to_string()];
        row.extend(counted.map(|count| count.to_string()));
        row.extend(rates.map(cell));
        row.push(preset.to_string());
        write(&row);
    };
    let categories =
        sweep.categories.iter().map(|swept| (swept.category.as_deref().unwrap_or(NO_VALUE), swept));
    for (name, swept) in categories.chain([(ALL, &sweep.overall)]) {
        for it in &swept.windows {
            line(name, &it.window.to_string(), &it.counts, [it.fcr_rate, it.fcr_low, it.fcr_high], "");
        }
    }
    for of_preset in sweep.presets.iter().filter(|of_preset| of_preset.lacks.is_none()) {
        let categories =
            of_preset.categories.iter().map(|it| (it.category.as_deref().unwrap_or(NO_VALUE), it));
        for (name, it) in categories.chain([(ALL, &of_preset.overall)]) {
            line(name, "", &it.counts, [it.fcr_rate, it.fcr_low, it.fcr_high], of_preset.preset);
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}
