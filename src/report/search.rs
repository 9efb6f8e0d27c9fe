//! What a search found: data, JSON, CSV and text for a terminal. Nothing is counted here.

use std::fmt::Write;

use serde::Serialize;

use super::text::{count, cut, spreadsheet_safe};
use super::{Format, NO_VALUE, json, one_line, wrap};
use crate::interaction::Speaker;

/// Groups that a terminal shows.
const FACETS_SHOWN: usize = 12;
/// Narrower than this, lines are broken anyway.
const LEAST_COLUMNS: usize = 40;
/// What stands around a word that was found: private characters, which become marks or colours after lines are broken.
const MARK: (char, char) = ('\u{E000}', '\u{E001}');

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchPage {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what a contact is.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The query, as it was typed.
    pub query: String,
    /// Turns that were found.
    pub match_count: u64,
    /// Interactions that they are of.
    pub contact_count: u64,
    /// Hits before the first of this page.
    pub offset: u64,
    /// The hits of this page, best first.
    pub hits: Vec<Hit>,
    /// The dimension by which turns are counted.
    pub by: String,
    /// Turns and interactions by its values, those with most turns first. Over all pages.
    pub facets: Vec<Facet>,
}

/// A turn that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Its place among all, from 1.
    pub rank: u64,
    /// How well it fits (BM25); comparable within one search only.
    pub score: f32,
    /// The interaction.
    pub interaction_id: String,
    /// Which turn of it.
    pub turn: u32,
    /// Who speaks.
    pub speaker: Speaker,
    /// When the interaction began, RFC 3339 in the policy's time zone; none where only its transcript is known.
    pub started_at: Option<String>,
    /// Seconds from then to the turn, where that is known.
    pub at_seconds: Option<f64>,
    /// Category of the interaction.
    pub category: Option<String>,
    /// Its channel.
    pub channel: Option<String>,
    /// The language that it declares.
    pub language: Option<String>,
    /// Its agent.
    pub agent_id: Option<String>,
    /// `first`, `repeat`, `left_edge` or `excluded` under the policy; none where only its transcript is known.
    pub class: Option<&'static str>,
    /// `resolved`, `repeated` or `pending`; none where the FCR rate does not count it.
    pub outcome: Option<&'static str>,
    /// Whether the customer states in it to have been in contact before.
    pub is_stated: bool,
    /// The part of the turn around what was found, as it was written.
    pub snippet: String,
    /// First and last byte (not included) of what was found, in the snippet.
    pub marks: Vec<(usize, usize)>,
}

/// How much was found in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// Its value; none where its interactions have none.
    pub value: Option<String>,
    /// Turns that were found.
    pub match_count: u64,
    /// Interactions that they are of.
    pub contact_count: u64,
}

/// What was found in a format, ready to be written.
pub fn render_search(page: &SearchPage, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, is_coloured } => terminal(page, width, is_coloured).into_bytes(),
        Format::Csv => csv(page),
        Format::Json => json::render(page),
    }
}

/// One line a hit.
fn csv(page: &SearchPage) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "rank",
        "score",
        "interaction_id",
        "turn",
        "speaker",
        "started_at",
        "at_seconds",
        "category",
        "channel",
        "language",
        "agent_id",
        "class",
        "outcome",
        "is_stated",
        "snippet",
    ];
    writer.write_record(head).expect("writing to memory does not fail");
    for hit in &page.hits {
        let text = |text: &Option<String>| spreadsheet_safe(text.as_deref().unwrap_or_default()).into_owned();
        let row = [
            hit.rank.to_string(),
            hit.score.to_string(),
            spreadsheet_safe(&hit.interaction_id).into_owned(),
            hit.turn.to_string(),
            hit.speaker.name().to_string(),
            text(&hit.started_at),
            hit.at_seconds.map_or(String::new(), |seconds| seconds.to_string()),
            text(&hit.category),
            text(&hit.channel),
            text(&hit.language),
            text(&hit.agent_id),
            hit.class.unwrap_or_default().to_string(),
            hit.outcome.unwrap_or_default().to_string(),
            hit.is_stated.to_string(),
            spreadsheet_safe(&hit.snippet).into_owned(),
        ];
        writer.write_record(row).expect("writing to memory does not fail");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn terminal(page: &SearchPage, width: usize, is_coloured: bool) -> String {
    let columns = width.max(LEAST_COLUMNS);
    let mut out = String::new();
    let last = page.offset + page.hits.len() as u64;
    let shown = match page.hits.len() {
        0 if page.match_count > 0 => "; none on this page".to_string(),
        0 => String::new(),
        _ => format!("; {} to {}", count(page.offset + 1), count(last)),
    };
    let found = format!("{} turns of {} contacts{shown}", count(page.match_count), count(page.contact_count));
    let _ = writeln!(out, "{found}");
    for hit in &page.hits {
        let _ = writeln!(out, "\n{}", cut(&title(hit), columns));
        let _ = writeln!(out, "{}", words(hit, columns, is_coloured));
    }
    if !page.facets.is_empty() {
        let _ =
            writeln!(out, "\nturns, contacts by {}", cut(&one_line(&page.by), columns.saturating_sub(20)));
    }
    for facet in page.facets.iter().take(FACETS_SHOWN) {
        let name = one_line(facet.value.as_deref().unwrap_or(NO_VALUE));
        let numbers = format!("{:>9} {:>9}", count(facet.match_count), count(facet.contact_count));
        let _ = writeln!(out, "{numbers}  {}", cut(&name, columns.saturating_sub(22)));
    }
    if page.facets.len() > FACETS_SHOWN {
        let _ = writeln!(out, "{:>19}  and {} more", "", page.facets.len() - FACETS_SHOWN);
    }
    out
}

/// "1  FT-104217 · 2026-03-02T10:00:00+02:00 · customer · Billing · repeat, resolved · says so".
fn title(hit: &Hit) -> String {
    let class = match (hit.class, hit.outcome) {
        (None, _) => "not in the log".to_string(),
        (Some(class), None) => class.replace('_', " "),
        (Some(class), Some(outcome)) => format!("{}, {outcome}", class.replace('_', " ")),
    };
    let mut parts = vec![one_line(&hit.interaction_id)];
    parts.extend(hit.started_at.clone());
    parts.push(hit.speaker.name().to_string());
    parts.push(one_line(hit.category.as_deref().unwrap_or(NO_VALUE)));
    parts.push(class);
    parts.extend(hit.is_stated.then(|| "stated".to_string()));
    format!("{}  {}", hit.rank, parts.join(" · "))
}

/// The snippet on lines that fit, what was found in colour or between brackets. Neither takes part in how lines break,
/// but room is left for the brackets of a line.
fn words(hit: &Hit, columns: usize, is_coloured: bool) -> String {
    let mut marked = String::new();
    let mut at = 0;
    for &(start, end) in &hit.marks {
        marked.push_str(&plain(&hit.snippet[at..start]));
        marked.push(MARK.0);
        marked.push_str(&plain(&hit.snippet[start..end]));
        marked.push(MARK.1);
        at = end;
    }
    marked.push_str(&plain(&hit.snippet[at..]));
    let marked = marked.split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = if is_coloured { ("\u{1b}[1m", "\u{1b}[0m") } else { ("[", "]") };
    let wrapped = wrap(&format!("   {marked}"), columns, "   ");
    wrapped.replace(MARK.0, before).replace(MARK.1, after)
}

/// Somebody's words without what must not reach a terminal, and without the characters that mark.
fn plain(text: &str) -> String {
    let is_bad = |c: char| crate::text::is_unsafe_to_show(c) || c == MARK.0 || c == MARK.1;
    text.chars().map(|c| if is_bad(c) { ' ' } else { c }).collect()
}
