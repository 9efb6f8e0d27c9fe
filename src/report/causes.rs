//! Why first contacts fail, and what to do first: data, JSON and CSV. The terminal has a file of its own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::{cell, spreadsheet_safe};
use super::{Format, NO_VALUE, causes_terminal, json};
use crate::measure::{Action, CauseScores, CauseShare};

/// Causes of everything and by category.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Causes {
    /// Of all failed first contacts.
    pub overall: CauseGroup,
    /// Of those of each category, the one with the most first.
    pub categories: Vec<CauseGroup>,
}

/// The causes of a group, or of everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CauseGroup {
    /// Its value of each dimension; none where its contacts have none. Empty for everything.
    pub key: BTreeMap<String, Option<String>>,
    /// Its numbers.
    #[serde(flatten)]
    pub scores: CauseScores,
    /// By cause the words of the latest contacts; of the largest groups.
    pub quotes: BTreeMap<String, Vec<CauseQuote>>,
}

/// Words that tell why a contact failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseQuote {
    /// The contact that failed.
    pub contact_id: String,
    /// The contact in which this is said: itself, or the repeat that followed.
    pub interaction_id: String,
    /// Whether it is the repeat.
    pub is_repeat: bool,
    /// Who says it: `agent`, `customer` or `unknown`.
    pub speaker: &'static str,
    /// When the contact in which it is said began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// Language of the rule.
    pub language: String,
    /// Id of the rule.
    pub rule: String,
    /// The words of the match.
    pub phrase: String,
    /// The raw turn around them.
    pub text: String,
}

/// What `recontact causes` shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CausesReport {
    /// Version of the names below.
    pub schema: u32,
    /// Every choice that changed a number.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The dimensions of the groups.
    pub by: Vec<String>,
    /// Of all failed first contacts.
    pub overall: CauseGroup,
    /// Of those of each group, the one with the most first.
    pub groups: Vec<CauseGroup>,
    /// What to do first.
    pub actions: Vec<Action>,
}

impl CauseGroup {
    /// The values of its dimensions, `(none)` for a missing one, "All" for everything.
    pub fn name(&self) -> String {
        match self.key.is_empty() {
            true => "All".to_string(),
            false => {
                let values: Vec<&str> =
                    self.key.values().map(|value| value.as_deref().unwrap_or(NO_VALUE)).collect();
                values.join(" · ")
            }
        }
    }
}

/// The causes in a format, ready to be written.
pub fn render_causes(causes: &CausesReport, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => causes_terminal::render(causes, width).into_bytes(),
        Format::Csv => csv(causes),
        Format::Json => json::render(causes),
    }
}

/// The name of what has no evidence, in tables.
pub(super) const UNKNOWN: &str = "unknown";

/// One line a group and cause, unknown last, then those of everything.
fn csv(causes: &CausesReport) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    let names = [
        "failed_count",
        "heard_count",
        "cause",
        "contact_count",
        "share",
        "low",
        "high",
        "heard_share",
        "first_count",
        "next_count",
        "both_count",
        "repeat_count",
        "repeat_cost",
        "quote",
        "quote_interaction_id",
    ];
    write(causes.by.iter().map(|name| safe(name)).chain(names.map(String::from)).collect());
    for group in causes.groups.iter().chain([&causes.overall]) {
        let key: Vec<String> = match group.key.is_empty() {
            true => {
                (0..causes.by.len()).map(|at| if at == 0 { "(all)".into() } else { String::new() }).collect()
            }
            false => causes.by.iter().map(|name| value(group, name)).collect(),
        };
        group.scores.causes.iter().for_each(|share| write(line(&key, group, share)));
        write(unknown_line(&key, group));
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn value(group: &CauseGroup, dimension: &str) -> String {
    safe(group.key.get(dimension).and_then(|value| value.as_deref()).unwrap_or(NO_VALUE))
}

fn safe(text: &str) -> String {
    spreadsheet_safe(text).into_owned()
}

fn line(key: &[String], group: &CauseGroup, share: &CauseShare) -> Vec<String> {
    let quote = group.quotes.get(&share.cause).and_then(|quotes| quotes.first());
    let mut line = key.to_vec();
    line.extend([
        group.scores.failed_count.to_string(),
        group.scores.heard_count.to_string(),
        safe(&share.cause),
        share.contact_count.to_string(),
        cell(share.share),
        cell(share.low),
        cell(share.high),
        cell(share.heard_share),
        share.first_count.to_string(),
        share.next_count.to_string(),
        share.both_count.to_string(),
        share.repeat_count.to_string(),
        cell(share.repeat_cost),
        quote.map_or(String::new(), |quote| safe(&quote.text)),
        quote.map_or(String::new(), |quote| safe(&quote.interaction_id)),
    ]);
    line
}

/// Contacts without evidence: of how many repeats followed them nothing is said.
fn unknown_line(key: &[String], group: &CauseGroup) -> Vec<String> {
    let it = &group.scores;
    let mut line = key.to_vec();
    line.extend([
        it.failed_count.to_string(),
        it.heard_count.to_string(),
        UNKNOWN.to_string(),
        it.unknown_count.to_string(),
        cell(it.unknown_share),
        cell(it.unknown_low),
        cell(it.unknown_high),
    ]);
    line.resize(key.len() + 15, String::new());
    line
}
