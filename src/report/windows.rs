//! When customers come back and which windows that suggests: data, JSON and CSV. The sentence that says it in words is
//! made here, for every format the same; the terminal has a file of its own.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::text::{cell, counted, percent_finely, spreadsheet_safe};
use super::{Format, NO_VALUE, json, windows_terminal};
use crate::measure::{DayRates, GapProfile, LEAST_AT_RISK, LEAST_DAYS, LEAST_EVENTS, WindowVerdict};
use crate::policy::Span;

/// When customers come back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Windows {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what a contact, a reason and a gap are.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The dimensions of the groups.
    pub by: Vec<String>,
    /// How long after a contact repeats are looked for in `late_rate` and `median_gap_seconds`.
    pub horizon: Span,
    /// Of all counted contacts.
    pub overall: WindowGroup,
    /// Of each group with counted contacts, those with the most first.
    pub groups: Vec<WindowGroup>,
}

/// A group, or everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowGroup {
    /// Its value of each dimension; none where its rows have none. Empty for everything.
    pub key: BTreeMap<String, Option<String>>,
    /// What the numbers say about the window.
    pub sentence: String,
    /// Its numbers.
    #[serde(flatten)]
    pub profile: GapProfile,
}

impl WindowGroup {
    /// The group with the sentence that its numbers make.
    pub fn new(key: BTreeMap<String, Option<String>>, profile: GapProfile) -> WindowGroup {
        WindowGroup { key, sentence: sentence(&profile), profile }
    }

    /// Those with the most contacts first, then by key.
    pub fn by_size(&self, other: &WindowGroup) -> Ordering {
        let size = |group: &WindowGroup| group.profile.subject_count;
        size(other).cmp(&size(self)).then_with(|| self.key.cmp(&other.key))
    }

    /// The values of the dimensions in the order of `by`, `(none)` for a missing one.
    pub(super) fn values<'a>(&'a self, by: &'a [String]) -> impl Iterator<Item = &'a str> {
        by.iter().map(|name| self.key.get(name).and_then(|value| value.as_deref()).unwrap_or(NO_VALUE))
    }
}

/// The windows in a format, ready to be written.
pub fn render_windows(windows: &Windows, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => windows_terminal::render(windows, width).into_bytes(),
        Format::Csv => csv(windows),
        Format::Json => json::render(windows),
    }
}

/// A window of days as people write it: `7d`, also `0d`.
pub(super) fn window(span: Option<Span>) -> String {
    match span {
        None => "–".to_string(),
        Some(span) if span.micros() == 0 => "0d".to_string(),
        Some(span) => span.to_string(),
    }
}

fn sentence(profile: &GapProfile) -> String {
    let background = percent_finely(profile.background_rate);
    let suggested = window(profile.suggested_window);
    let policys = window(profile.window);
    let found = |compared: String| {
        let above = days(&profile.days_above);
        format!("Suggested: {suggested}{compared}. Above the background of {background} a day: {above}.")
    };
    match profile.verdict {
        WindowVerdict::Shorter => found(format!(", shorter than the policy's {policys}")),
        WindowVerdict::AsLong => found(", as long as the policy's".to_string()),
        WindowVerdict::Longer => found(format!(", longer than the policy's {policys}")),
        WindowVerdict::Suggested => found(String::new()),
        WindowVerdict::NeverAbove => format!(
            "No window stands out: on no day are repeats more frequent than the background of {background} a day."
        ),
        WindowVerdict::NotSettled => format!(
            "Not settled: repeats are still more frequent on day {} than in the background of {background} a day \
             after it. The contacts must be watched for longer.",
            profile.days_above.last().copied().unwrap_or_default()
        ),
        WindowVerdict::TooFewDays => too_few_days(profile),
        WindowVerdict::TooFewEvents => format!(
            "Too thin to say: {} on the {} days on which {LEAST_AT_RISK} or more contacts are still silent and under \
             observation; it takes {LEAST_EVENTS}.",
            counted(profile.observed_event_count, "repeat"),
            profile.observed_day_count
        ),
    }
}

fn too_few_days(profile: &GapProfile) -> String {
    if profile.subject_count < LEAST_AT_RISK {
        return format!(
            "Too thin to say: {}; it takes {LEAST_AT_RISK} that are still silent and under observation after \
             {LEAST_DAYS} days.",
            counted(profile.subject_count, "contact")
        );
    }
    format!(
        "Too thin to say: for {} {LEAST_AT_RISK} or more contacts are still silent and under observation; it takes \
         {LEAST_DAYS} days. More contacts or a longer observation would tell.",
        counted(profile.observed_day_count, "day")
    )
}

/// "days 0–4 and 13", "day 0".
fn days(days: &[u32]) -> String {
    let runs: Vec<String> = days
        .chunk_by(|one, next| one + 1 == *next)
        .map(|run| match run {
            [one] => one.to_string(),
            run => format!("{}–{}", run[0], run[run.len() - 1]),
        })
        .collect();
    let runs = match runs.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        runs => runs.concat(),
    };
    format!("day{} {runs}", if days.len() == 1 { "" } else { "s" })
}

/// A line a group and day, then those of everything.
fn csv(windows: &Windows) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| writer.write_record(row).expect("writing to memory does not fail");
    let names = [
        "subject_count",
        "window",
        "suggested_window",
        "verdict",
        "day",
        "is_within_window",
        "at_risk_count",
        "event_count",
        "hazard_rate",
        "survival_rate",
        "survival_low",
        "survival_high",
    ];
    let dimensions = windows.by.iter().map(|name| spreadsheet_safe(name).into_owned());
    write(&dimensions.chain(names.map(String::from)).collect::<Vec<_>>());
    let everything = std::iter::once(&windows.overall);
    for group in windows.groups.iter().chain(everything) {
        let key: Vec<String> = if std::ptr::eq(group, &windows.overall) {
            (0..windows.by.len())
                .map(|at| if at == 0 { "(all)".to_string() } else { String::new() })
                .collect()
        } else {
            group.values(&windows.by).map(|value| spreadsheet_safe(value).into_owned()).collect()
        };
        group.profile.days.iter().for_each(|day| write(&line(&key, &group.profile, day)));
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn line(key: &[String], profile: &GapProfile, day: &DayRates) -> Vec<String> {
    let span = |span: Option<Span>| span.map_or(String::new(), |span| span.to_string());
    let mut line = key.to_vec();
    line.extend([
        profile.subject_count.to_string(),
        span(profile.window),
        span(profile.suggested_window),
        profile.verdict.name().to_string(),
        day.counts.day.to_string(),
        day.is_within_window.map_or(String::new(), |is_within| is_within.to_string()),
        day.counts.at_risk_count.to_string(),
        day.counts.event_count.to_string(),
        cell(day.hazard_rate),
        cell(day.survival_rate),
        cell(day.survival_low),
        cell(day.survival_high),
    ]);
    line
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn days_are_told_in_runs() {
        assert_eq!(days(&[0]), "day 0");
        assert_eq!(days(&[0, 1, 2]), "days 0–2");
        assert_eq!(days(&[0, 1, 2, 7, 13, 14]), "days 0–2, 7 and 13–14");
    }
}
