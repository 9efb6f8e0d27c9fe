//! The restatement log: what changed between two commits, and one function a format.
//!
//! Every format receives the same [`Comparison`] and computes no number.

use std::fmt::Write;

use serde::Serialize;

use super::text::{count, cut, one_line, percent, width};
use super::{Format, json, spreadsheet_safe};
use crate::measure::{Moved, Scores};

/// Two commits of a store under one policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of the names below.
    pub schema: u32,
    /// The earlier commit.
    pub from_commit: u64,
    /// The later one.
    pub to_commit: u64,
    /// The policy that both were seen under, in full.
    pub policy: serde_json::Value,
    /// The scores of everything as of the earlier commit.
    pub from: Scores,
    /// The scores of everything as of the later one.
    pub to: Scores,
    /// How many changes each reason has, and what they move; together the difference of the scores.
    pub reasons: Vec<ReasonCount>,
    /// The changes, by reason, then by start and id.
    pub changes: Vec<Change>,
}

/// Why an interaction counts otherwise than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was not there before.
    New,
    /// Another version of its record counts.
    Corrected,
    /// It is not there any more.
    Gone,
    /// A contact that follows it arrived, so that it is no longer resolved.
    LaterCame,
    /// The contact that followed it is gone or was corrected.
    LaterWent,
    /// A contact before it arrived late, so that it is a repeat.
    EarlierCame,
    /// The contact before it is gone or was corrected, so that it is no repeat.
    EarlierWent,
    /// Its window has been observed by now.
    Observed,
    /// The span of observation is another: it is on its left edge, or no longer.
    Observation,
    /// Other records decide otherwise whether it is a contact at all.
    Screened,
}

impl Reason {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Reason::New => "new record",
            Reason::Corrected => "record corrected",
            Reason::Gone => "record gone",
            Reason::LaterCame => "a later contact arrived",
            Reason::LaterWent => "the later contact went",
            Reason::EarlierCame => "an earlier contact arrived late",
            Reason::EarlierWent => "the earlier contact went",
            Reason::Observed => "its window has been observed",
            Reason::Observation => "the observation is another",
            Reason::Screened => "others exclude it, or no longer",
        }
    }
}

/// What the changes of one reason do to the counts of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The reason.
    pub reason: Reason,
    /// How many interactions.
    pub change_count: u64,
    /// Differences of counts.
    #[serde(flatten)]
    pub moved: Moved,
}

impl ReasonCount {
    /// Nothing yet.
    pub fn of(reason: Reason) -> ReasonCount {
        ReasonCount { reason, change_count: 0, moved: Moved::default() }
    }
}

/// How an interaction counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// `first`, `repeat`, `left_edge` or `excluded`.
    pub class: &'static str,
    /// The line of the waterfall, where it is excluded.
    pub exclusion: Option<&'static str>,
    /// `resolved`, `repeated` or `pending`, where it is a contact.
    pub outcome: Option<&'static str>,
}

/// A field that a correction changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// Before; `None` where it was missing.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// One interaction that counts otherwise than before, or whose record was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its id.
    pub interaction_id: String,
    /// Its customer, as it is now.
    pub customer_id: Option<String>,
    /// Its category, as it is now.
    pub category: Option<String>,
    /// When it began, in the policy's time zone.
    pub started_at: String,
    /// Why.
    pub reason: Reason,
    /// The other contact that makes it so.
    pub because: Option<String>,
    /// What a correction changed.
    pub fields: Vec<FieldChange>,
    /// How it counted; `None` where it was not there.
    pub from: Option<Standing>,
    /// How it counts; `None` where it is not there.
    pub to: Option<Standing>,
    /// What it does to the counts of everything.
    pub moved: Moved,
}

/// Changes that a terminal shows, unless all are asked for.
const LISTED: usize = 30;

/// The comparison in a format; on a terminal with all changes if `is_full`.
pub fn render_comparison(comparison: &Comparison, format: Format, is_full: bool) -> Vec<u8> {
    match format {
        Format::Json => json::render(comparison),
        Format::Csv => csv(comparison),
        Format::Terminal { width, .. } => terminal(comparison, width.clamp(60, 160), is_full).into_bytes(),
    }
}

fn standing(standing: Option<Standing>) -> String {
    let Some(it) = standing else { return "not there".to_string() };
    let what = it.exclusion.or(it.outcome).unwrap_or_default();
    format!("{}, {what}", it.class.replace('_', " "))
}

fn because(change: &Change) -> String {
    let field = |it: &FieldChange| {
        let text = |value: &Option<String>| value.as_deref().map_or("none".to_string(), one_line);
        format!("{}: {} → {}", it.field, text(&it.from), text(&it.to))
    };
    match (&change.because, change.fields.as_slice()) {
        (Some(id), _) => one_line(id),
        (None, fields) => fields.iter().map(field).collect::<Vec<_>>().join("; "),
    }
}

fn csv(comparison: &Comparison) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    let head = [
        "interaction_id",
        "customer_id",
        "category",
        "started_at",
        "reason",
        "because",
        "from_class",
        "from_detail",
        "to_class",
        "to_detail",
    ];
    let moved = |moved: &Moved| -> Vec<(String, String)> {
        let value = serde_json::to_value(moved).expect("these are plain numbers");
        let object = value.as_object().cloned().unwrap_or_default();
        object.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    };
    let names = moved(&Moved::default()).into_iter().map(|(name, _)| name);
    write(
        head.into_iter()
            .map(String::from)
            .chain(names)
            .chain(["from_commit".into(), "to_commit".into()])
            .collect(),
    );
    for change in &comparison.changes {
        let class = |it: Option<Standing>| it.map_or("", |it| it.class).to_string();
        let detail = |it: Option<Standing>| {
            it.and_then(|it| it.exclusion.or(it.outcome)).unwrap_or_default().to_string()
        };
        let reason = serde_json::to_value(change.reason).expect("a reason is a word");
        let mut row = vec![
            change.interaction_id.clone(),
            change.customer_id.clone().unwrap_or_default(),
            change.category.clone().unwrap_or_default(),
            change.started_at.clone(),
            reason.as_str().unwrap_or_default().to_string(),
            because(change),
            class(change.from),
            detail(change.from),
            class(change.to),
            detail(change.to),
        ];
        row.extend(moved(&change.moved).into_iter().map(|(_, value)| value));
        row.extend([comparison.from_commit.to_string(), comparison.to_commit.to_string()]);
        write(row.iter().map(|cell| spreadsheet_safe(cell).into_owned()).collect());
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn terminal(comparison: &Comparison, columns: usize, is_full: bool) -> String {
    let mut out = String::new();
    let rate = |scores: &Scores| {
        format!(
            "{} ({} of {})",
            percent(scores.fcr_rate),
            count(scores.resolved_count),
            count(scores.eligible_count)
        )
    };
    let _ = writeln!(
        out,
        "Commit {} → commit {}: FCR {} → {}.",
        comparison.from_commit,
        comparison.to_commit,
        rate(&comparison.from),
        rate(&comparison.to)
    );
    let _ = writeln!(
        out,
        "{} of {} interactions changed.",
        count(comparison.changes.len() as u64),
        count(comparison.to.interaction_count)
    );
    if comparison.changes.is_empty() {
        return out;
    }
    let _ = writeln!(
        out,
        "\n{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "reason", "changes", "contacts", "repeats", "eligible", "resolved"
    );
    let line = |name: &str, changes: u64, moved: &Moved| {
        format!(
            "{name:<34}{:>9}{:>+9}{:>+9}{:>+9}{:>+9}",
            count(changes),
            moved.contact_count,
            moved.repeat_count,
            moved.eligible_count,
            moved.resolved_count
        )
    };
    for it in &comparison.reasons {
        let _ = writeln!(out, "{}", line(it.reason.words(), it.change_count, &it.moved));
    }
    let all = Moved::between(&comparison.from, &comparison.to);
    let _ = writeln!(out, "{}", line("in all", comparison.changes.len() as u64, &all));
    let shown = if is_full { comparison.changes.len() } else { LISTED };
    let mut reason = None;
    for change in comparison.changes.iter().take(shown) {
        if reason != Some(change.reason) {
            reason = Some(change.reason);
            let _ = writeln!(out, "\n{}", change.reason.words());
        }
        let id = one_line(&change.interaction_id);
        let day = change.started_at.get(..10).unwrap_or(&change.started_at);
        let space = 16usize.saturating_sub(width(&id));
        let (from, to) = (standing(change.from), standing(change.to));
        let _ = writeln!(out, "{}", cut(&format!("  {id}{:space$}  {day}  {from} → {to}", ""), columns));
        let because = because(change);
        if !because.is_empty() {
            let _ = writeln!(out, "{}", cut(&format!("      {because}"), columns));
        }
    }
    if comparison.changes.len() > shown {
        let more = count((comparison.changes.len() - shown) as u64);
        let _ = writeln!(out, "\n… and {more} changes more: --all, or --format csv or json");
    }
    out
}
