//! What drives failure: terms and properties that tell contacts that failed from those that were resolved. Data, JSON and
//! CSV; the terminal and the workbook have files of their own.

use serde::Serialize;

use super::text::spreadsheet_safe;
use super::{Format, NO_VALUE, Quote, drivers_terminal, json};

/// What drives failure, in everything and within groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drivers {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what a contact is and which failed.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The dimensions of the groups.
    pub by: Vec<String>,
    /// How the words were tested.
    pub method: DriverMethod,
    /// Of all counted contacts; none where one category was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall: Option<DriverGroup>,
    /// Of each group, those with the most failed contacts first.
    pub groups: Vec<DriverGroup>,
}

/// The choices that decide what is tested and what is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverMethod {
    /// The share of false ones among what is told, at most.
    pub false_discovery_rate: f64,
    /// Terms tested, over all groups, languages and speakers.
    pub tested_term_count: u64,
    /// Coefficients tested, over all models.
    pub tested_level_count: u64,
    /// Contacts of each outcome whose words are read, of a group at most.
    pub most_contacts: u64,
    /// Contacts that must have a term, of both outcomes together.
    pub least_term_contacts: u64,
    /// Contacts of each outcome that a language needs.
    pub least_contacts: u64,
    /// The weight of the prior of words, in contacts.
    pub prior_contacts: f64,
    /// The weight of the ridge on coefficients: 1 ÷ the variance of the prior.
    pub ridge: f64,
}

/// A group, or everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverGroup {
    /// Name and value of each dimension; none where its rows have none. Empty for everything.
    #[serde(serialize_with = "super::drivers::as_map")]
    pub key: Vec<(String, Option<String>)>,
    /// Counted contacts that failed.
    pub failed_count: u64,
    /// Counted contacts that were resolved.
    pub resolved_count: u64,
    /// What was said, a table a language and speaker.
    pub words: Vec<WordTable>,
    /// Why words are not told, or not of everybody.
    pub words_notes: Vec<String>,
    /// Which properties raise the odds.
    pub model: DriverModel,
}

/// What one kind of speaker says in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordTable {
    /// Tag of the language, declared or told by the letters; none where neither says it.
    pub language: Option<String>,
    /// `customer`, `agent` or `unknown`.
    pub speaker: &'static str,
    /// Failed contacts whose words were read.
    pub failed_count: u64,
    /// Resolved contacts whose words were read.
    pub resolved_count: u64,
    /// Whether there are more than were read.
    pub is_sampled: bool,
    /// Terms tested.
    pub tested_count: u64,
    /// Told more often in failed contacts, the surest first.
    pub failed_terms: Vec<DriverTerm>,
    /// Told more often in resolved contacts, the surest first.
    pub resolved_terms: Vec<DriverTerm>,
}

/// A term that tells failed from resolved contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverTerm {
    /// Folded, as it was counted.
    pub term: String,
    /// As somebody wrote it.
    pub written: String,
    /// Failed contacts that have it.
    pub failed_count: u64,
    /// Resolved contacts that have it.
    pub resolved_count: u64,
    /// Of the failed contacts of the table the share that has it.
    pub failed_rate: f64,
    /// Of the resolved contacts of the table the share that has it.
    pub resolved_rate: f64,
    /// How the term and failing go together.
    #[serde(flatten)]
    pub effect: OddsRatio,
    /// Of the latest contacts of the outcome that has it more often, in words that differ.
    pub quotes: Vec<Quote>,
}

/// An odds ratio and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OddsRatio {
    /// Above 1 where failing is likelier.
    pub odds_ratio: f64,
    /// Lower end of its 95 % interval.
    pub odds_low: f64,
    /// Upper end.
    pub odds_high: f64,
    /// The logarithm of the ratio ÷ its standard error.
    pub z: f64,
    /// Two-sided.
    pub p_value: f64,
    /// The least false discovery rate at which it would be told.
    pub q_value: f64,
}

/// A regression of failing on properties.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DriverModel {
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The properties that are in it.
    pub attributes: Vec<DriverAttribute>,
    /// Those that are not.
    pub left_out: Vec<LeftOut>,
}

/// A property that is in a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverAttribute {
    /// A field, or `handle_time`, `hour`, `weekday`, `tenure`.
    pub name: String,
    /// Its values: the reference first, then those that raise the odds most.
    pub levels: Vec<DriverLevel>,
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverLevel {
    /// The value, `(none)` for a missing one, `(other)` for the rare ones together.
    pub name: String,
    /// Whether the others are compared with it.
    pub is_reference: bool,
    /// Contacts with it that failed.
    pub failed_count: u64,
    /// Contacts with it that were resolved.
    pub resolved_count: u64,
    /// Adjusted for the other properties; none for the reference and where all or none failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<OddsRatio>,
}

/// A property that is in no model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// How the reason begins where there are too few contacts.
pub(crate) const TOO_THIN: &str = "too thin";

impl Drivers {
    /// Everything first, then the groups.
    pub(super) fn all(&self) -> impl Iterator<Item = &DriverGroup> {
        self.overall.iter().chain(&self.groups)
    }

    /// Whether an effect is told as one.
    pub(super) fn is_sure(&self, effect: &OddsRatio) -> bool {
        effect.q_value <= self.method.false_discovery_rate
    }
}

impl DriverGroup {
    /// "billing", "(none) · voice"; "All" for everything.
    pub(super) fn name(&self) -> String {
        let values: Vec<&str> =
            self.key.iter().map(|(_, value)| value.as_deref().unwrap_or(NO_VALUE)).collect();
        if values.is_empty() { "All".to_string() } else { values.join(" · ") }
    }
}

/// The drivers in a format, ready to be written.
pub fn render_drivers(drivers: &Drivers, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => drivers_terminal::render(drivers, width).into_bytes(),
        Format::Csv => csv(drivers),
        Format::Json => json::render(drivers),
    }
}

fn as_map<S: serde::Serializer>(key: &[(String, Option<String>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(key.iter().map(|(name, value)| (name, value)))
}

/// The columns of CSV after the dimensions.
pub(super) const COLUMNS: [&str; 21] = [
    "part",
    "language",
    "speaker",
    "attribute",
    "name",
    "is_reference",
    "raises",
    "failed_count",
    "failed_total",
    "failed_rate",
    "resolved_count",
    "resolved_total",
    "resolved_rate",
    "odds_ratio",
    "odds_low",
    "odds_high",
    "z",
    "p_value",
    "q_value",
    "quote",
    "quote_interaction_id",
];

/// A line a term and a line a value of a property.
fn csv(drivers: &Drivers) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| {
        let safe = row.iter().map(|cell| spreadsheet_safe(cell).into_owned());
        writer.write_record(safe).expect("writing to memory does not fail");
    };
    write(drivers.by.iter().cloned().chain(COLUMNS.map(String::from)).collect());
    for group in drivers.all() {
        let key: Vec<String> = (0..drivers.by.len())
            .map(|at| match group.key.get(at) {
                Some((_, value)) => value.clone().unwrap_or_else(|| NO_VALUE.to_string()),
                None if at == 0 => "(all)".to_string(),
                None => String::new(),
            })
            .collect();
        for line in lines(group) {
            write(key.iter().cloned().chain(line).collect());
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn lines(group: &DriverGroup) -> Vec<[String; 21]> {
    let mut lines = Vec::new();
    for table in &group.words {
        for term in table.failed_terms.iter().chain(&table.resolved_terms) {
            let quote = term.quotes.first();
            lines.push([
                "words".to_string(),
                table.language.clone().unwrap_or_default(),
                table.speaker.to_string(),
                String::new(),
                term.written.clone(),
                String::new(),
                raises(Some(term.effect)),
                term.failed_count.to_string(),
                table.failed_count.to_string(),
                term.failed_rate.to_string(),
                term.resolved_count.to_string(),
                table.resolved_count.to_string(),
                term.resolved_rate.to_string(),
                number(Some(term.effect), |it| it.odds_ratio),
                number(Some(term.effect), |it| it.odds_low),
                number(Some(term.effect), |it| it.odds_high),
                number(Some(term.effect), |it| it.z),
                number(Some(term.effect), |it| it.p_value),
                number(Some(term.effect), |it| it.q_value),
                quote.map_or(String::new(), |quote| quote.text.clone()),
                quote.map_or(String::new(), |quote| quote.interaction_id.clone()),
            ]);
        }
    }
    for attribute in &group.model.attributes {
        for level in &attribute.levels {
            let rate = |count: u64, total: u64| (count as f64 / total.max(1) as f64).to_string();
            lines.push([
                "attributes".to_string(),
                String::new(),
                String::new(),
                attribute.name.clone(),
                level.name.clone(),
                level.is_reference.to_string(),
                raises(level.effect),
                level.failed_count.to_string(),
                group.failed_count.to_string(),
                rate(level.failed_count, group.failed_count),
                level.resolved_count.to_string(),
                group.resolved_count.to_string(),
                rate(level.resolved_count, group.resolved_count),
                number(level.effect, |it| it.odds_ratio),
                number(level.effect, |it| it.odds_low),
                number(level.effect, |it| it.odds_high),
                number(level.effect, |it| it.z),
                number(level.effect, |it| it.p_value),
                number(level.effect, |it| it.q_value),
                String::new(),
                String::new(),
            ]);
        }
    }
    lines
}

fn raises(effect: Option<OddsRatio>) -> String {
    let of = |it: OddsRatio| if it.z > 0.0 { "failed" } else { "resolved" };
    effect.map_or(String::new(), |it| of(it).to_string())
}

fn number(effect: Option<OddsRatio>, of: impl Fn(OddsRatio) -> f64) -> String {
    effect.map_or(String::new(), |it| of(it).to_string())
}
