//! The coaching list: agents or teams against what their mix of contacts lets expect. Data, JSON and CSV; the sentence that
//! says what was found is made here, for every format the same.

use std::collections::HashMap;

use serde::Serialize;

use super::text::{cell, count, percent, spreadsheet_safe};
use super::{Format, NO_VALUE, Quote, coaching_terminal, json};
use crate::measure::Standing;

/// The coaching list by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoachingList {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what a contact is, and what failed.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The list.
    #[serde(flatten)]
    pub coaching: Coaching,
}

/// Agents or teams beside what was to be expected of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coaching {
    /// `agent_id` or `team`.
    pub by: String,
    /// What the numbers say.
    pub sentence: String,
    /// Contacts that the FCR rate counts.
    pub counted_count: u64,
    /// Those that failed.
    pub failed_count: u64,
    /// The FCR rate of all, 0 to 1: the mean that everybody is compared with.
    pub fcr_rate: Option<f64>,
    /// Counted contacts of which it is not known whose they are.
    pub unattributed_count: u64,
    /// Counted contacts that nobody else's can be compared with.
    pub uncompared_count: u64,
    /// The standard deviation of true FCR rates between them, 0 to 1; 0: chance explains all; none: too few to tell.
    pub between_sd: Option<f64>,
    /// One each: those clearly below the mean first, then by adjusted rate.
    pub groups: Vec<Coached>,
    /// What teams may be trained on, those beyond chance first.
    pub topics: Vec<TopicEntry>,
}

/// An agent or a team.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coached {
    /// The agent or the team.
    pub name: String,
    /// The team of most of an agent's counted contacts, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Contacts that the FCR rate counts.
    pub counted_count: u64,
    /// Those that failed.
    pub failed_count: u64,
    /// The FCR rate as it is, 0 to 1.
    pub fcr_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub fcr_low: Option<f64>,
    /// Upper end.
    pub fcr_high: Option<f64>,
    /// Counted contacts that could be compared with those of others.
    pub compared_count: u64,
    /// Those of them that failed.
    pub compared_failed_count: u64,
    /// How many would have failed with others.
    pub expected_failure_count: f64,
    /// Observed less expected.
    pub excess_failure_count: f64,
    /// Observed ÷ expected.
    pub ratio: Option<f64>,
    /// The same, shrunk towards 1; none of too few.
    pub shrunk_ratio: Option<f64>,
    /// The share of the distance to 1 that is taken for true.
    pub weight: Option<f64>,
    /// The FCR rate adjusted for the mix of contacts and shrunk towards the mean, 0 to 1.
    pub adjusted_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub adjusted_low: Option<f64>,
    /// Upper end.
    pub adjusted_high: Option<f64>,
    /// Where that stands to the mean.
    pub standing: Standing,
    /// Failed contacts by the causes that their words, or those of the repeat, show; one may show several.
    pub causes: Vec<CauseCount>,
    /// Categories with more failures than expected, the largest excess first.
    pub categories: Vec<CategoryExcess>,
    /// Of the latest failed contacts, or of the contacts that followed them.
    pub quotes: Vec<Quote>,
}

/// Failed contacts with a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseCount {
    /// The cause: `knowledge`, `access`, …, or `unknown` where the words show none.
    pub cause: String,
    /// How many.
    pub failed_count: u64,
}

/// Failures of a category against those expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryExcess {
    /// The category; none where there is none.
    pub category: Option<String>,
    /// Counted contacts that could be compared.
    pub compared_count: u64,
    /// Those that failed.
    pub failed_count: u64,
    /// How many would have failed with others.
    pub expected_failure_count: f64,
    /// Observed less expected.
    pub excess_failure_count: f64,
}

/// A category and a cause in which a team has more failures than expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicEntry {
    /// The team.
    pub team: String,
    /// The category; none where there is none.
    pub category: Option<String>,
    /// The cause.
    pub cause: String,
    /// Failed contacts of the category that show the cause.
    pub failed_count: u64,
    /// How many would have been with other teams.
    pub expected_failure_count: f64,
    /// Observed less expected.
    pub excess_failure_count: f64,
    /// The probability of so many by chance, corrected for all topics that were looked at.
    pub p_value: f64,
    /// Whether chance does not explain it.
    pub is_clear: bool,
}

/// Names in the sentence.
const MOST_NAMES: usize = 6;

/// Causes and categories in a cell.
const MOST_IN_CELL: usize = 3;

impl Coaching {
    /// The list in its order, with its sentence.
    pub fn new(mut coaching: Coaching) -> Coaching {
        coaching.groups.sort_by(|a, b| {
            let adjusted = |it: &Coached| it.adjusted_rate.unwrap_or(f64::INFINITY);
            let excess = b.excess_failure_count.total_cmp(&a.excess_failure_count);
            let by_rate = adjusted(a).total_cmp(&adjusted(b));
            a.standing.cmp(&b.standing).then(by_rate).then(excess).then_with(|| a.name.cmp(&b.name))
        });
        coaching.sentence = sentence(&coaching);
        coaching
    }

    /// "agent", "team".
    pub(super) fn noun(&self) -> &'static str {
        if self.by == "team" { "team" } else { "agent" }
    }

    /// The lines by name.
    pub(super) fn by_name(&self) -> HashMap<&str, &Coached> {
        self.groups.iter().map(|it| (it.name.as_str(), it)).collect()
    }
}

impl Coached {
    /// "knowledge 12, access 4".
    pub(super) fn leading_causes(&self) -> String {
        let causes = self.causes.iter().take(MOST_IN_CELL);
        causes.map(|it| format!("{} {}", it.cause, count(it.failed_count))).collect::<Vec<_>>().join(", ")
    }

    /// "Billing +8.2, TV +3.1".
    pub(super) fn leading_categories(&self) -> String {
        let name = |it: &CategoryExcess| it.category.clone().unwrap_or_else(|| NO_VALUE.to_string());
        let categories = self.categories.iter().take(MOST_IN_CELL);
        let told = categories.map(|it| format!("{} {:+.1}", name(it), it.excess_failure_count));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// What is found, in a sentence or two: who stands out, or that nobody does.
fn sentence(coaching: &Coaching) -> String {
    let noun = coaching.noun();
    let mean = percent(coaching.fcr_rate);
    let compared = coaching.groups.iter().filter(|it| it.standing != Standing::TooFew).count();
    if compared == 0 {
        return format!("Too few counted contacts to compare any {noun} with others.");
    }
    let of = |standing: Standing| -> Vec<&Coached> {
        coaching.groups.iter().filter(|it| it.standing == standing).collect()
    };
    let named = |what: &str, of: Vec<&Coached>| {
        let names: Vec<String> = of
            .iter()
            .take(MOST_NAMES)
            .map(|it| format!("{} ({})", super::one_line(&it.name), percent(it.adjusted_rate)))
            .collect();
        let more = of.len().saturating_sub(MOST_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!of.is_empty()).then(|| format!(" Clearly {what} the mean of {mean}: {}{more}.", names.join(", ")))
    };
    let differ = match coaching.between_sd {
        Some(0.0) => {
            return format!(
                "No difference between {noun}s beyond chance: all {compared} are at the mean of {mean}."
            );
        }
        Some(sd) => format!(
            "Adjusted for what they handle, true FCR rates of {noun}s differ by about {:.1} points (standard deviation).",
            100.0 * sd
        ),
        None => format!("Of fewer than three {noun}s it cannot be told how far they differ by chance."),
    };
    let found = [named("below", of(Standing::Below)), named("above", of(Standing::Above))];
    let found: String = found.into_iter().flatten().collect();
    match found.is_empty() {
        true => format!("{differ} No {noun} is distinguishable from the mean of {mean}."),
        false => format!("{differ}{found}"),
    }
}

/// The list in a format, ready to be written.
pub fn render_coaching(list: &CoachingList, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => coaching_terminal::render(&list.coaching, width).into_bytes(),
        Format::Csv => csv(&list.coaching),
        Format::Json => json::render(list),
    }
}

/// A column: its name and its cell.
type Column = (&'static str, fn(&Coached) -> String);

/// The columns of numbers, in CSV.
const COLUMNS: [Column; 16] = [
    ("standing", |it| it.standing.name().to_string()),
    ("adjusted_rate", |it| cell(it.adjusted_rate)),
    ("adjusted_low", |it| cell(it.adjusted_low)),
    ("adjusted_high", |it| cell(it.adjusted_high)),
    ("counted_count", |it| it.counted_count.to_string()),
    ("failed_count", |it| it.failed_count.to_string()),
    ("fcr_rate", |it| cell(it.fcr_rate)),
    ("compared_count", |it| it.compared_count.to_string()),
    ("compared_failed_count", |it| it.compared_failed_count.to_string()),
    ("expected_failure_count", |it| it.expected_failure_count.to_string()),
    ("excess_failure_count", |it| it.excess_failure_count.to_string()),
    ("ratio", |it| cell(it.ratio)),
    ("shrunk_ratio", |it| cell(it.shrunk_ratio)),
    ("weight", |it| cell(it.weight)),
    ("leading_causes", |it| it.leading_causes()),
    ("leading_categories", |it| it.leading_categories()),
];

/// The names of the columns, in CSV.
pub(super) fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

/// Their cells, safe for a spreadsheet; empty ones for nobody.
pub(super) fn cells(one: Option<&Coached>) -> Vec<String> {
    let of_one =
        |of: &fn(&Coached) -> String| one.map_or(String::new(), |it| spreadsheet_safe(&of(it)).into_owned());
    COLUMNS.iter().map(|(_, of)| of_one(of)).collect()
}

/// A line each. Topics are another table: JSON and the workbook have them.
fn csv(coaching: &Coaching) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    let names = ["main_team"].into_iter().chain(columns()).map(String::from);
    write(std::iter::once(coaching.by.clone()).chain(names).collect());
    for it in &coaching.groups {
        let team = it.team.as_deref().unwrap_or_default();
        let names = [it.name.as_str(), team].map(|name| spreadsheet_safe(name).into_owned());
        write(names.into_iter().chain(cells(Some(it))).collect());
    }
    writer.into_inner().expect("writing to memory does not fail")
}
