//! With which reason customers come back: data, JSON and CSV. The terminal has a file of its own.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::text::spreadsheet_safe;
use super::{Format, NO_VALUE, flow_terminal, json};
use crate::measure::{FlowNumbers, FlowTotals, ReturnNumbers, Switch};

/// With which reason customers come back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flow {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what a contact, a reason and a window are.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The dimension of the matrix: `category`, or another.
    pub by: String,
    /// Of all contacts that the FCR rate counts.
    pub overall: FlowTotals,
    /// Of those with each value, the most first.
    pub values: Vec<FlowValue>,
    /// How often contacts with one value were followed by one with another, in the order of `values`.
    pub cells: Vec<FlowCell>,
    /// The cells that are more than chance, with what customers say; those with the most stated repeats first.
    pub pairs: Vec<FlowPair>,
    /// How many further cells are more than chance and not among the pairs.
    pub untold_count: usize,
    /// What changed between contacts that failed and the next of their episodes.
    pub switches: Vec<FlowSwitch>,
    /// The channels in which customers came back, the commonest first.
    pub channel_switches: Vec<ChannelSwitch>,
}

/// What became of the contacts with a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowValue {
    /// The value; none where contacts have none.
    pub value: Option<String>,
    /// What is counted.
    #[serde(flatten)]
    pub totals: FlowTotals,
}

/// Contacts with one value that one with another followed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowCell {
    /// The value of the contact that the FCR rate counts.
    pub from: Option<String>,
    /// The value of the contact that followed.
    pub to: Option<String>,
    /// What is counted.
    #[serde(flatten)]
    pub numbers: FlowNumbers,
}

/// A cell that is more than chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowPair {
    /// The cell.
    #[serde(flatten)]
    pub cell: FlowCell,
    /// How often it is the other way round.
    pub reverse_count: u64,
    /// What chance would give the other way round; none where it never happened.
    pub reverse_expected_count: Option<f64>,
    /// Whether the first value may be wrong: the matrix is one of categories, and both contacts have one. Which of the two
    /// is wrong, if any is, the records do not tell.
    pub is_miscoding_candidate: bool,
    /// Some of the contacts, those in which the customer states a repeat first, then the latest.
    pub examples: Vec<FlowExample>,
}

/// A contact and the one that followed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowExample {
    /// The contact that the FCR rate counts.
    pub contact_id: String,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// The contact that followed.
    pub next_contact_id: String,
    /// When that began.
    pub next_started_at: String,
    /// Where the customer states a repeat in it, if they do.
    pub saying: Option<FlowSaying>,
}

/// Words in which a customer states a repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowSaying {
    /// Id of the rule.
    pub rule: String,
    /// Language of the rule.
    pub language: String,
    /// The words of the match.
    pub phrase: String,
    /// The raw turn around it.
    pub quote: String,
}

/// What changed of one dimension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowSwitch {
    /// `channel`, `agent_id`, `team` or `queue`.
    pub dimension: String,
    /// What is counted.
    #[serde(flatten)]
    pub switch: Switch,
}

/// Returns from one channel to another, or to the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelSwitch {
    /// The channel of the contact that failed.
    pub from: String,
    /// The channel of the next.
    pub to: String,
    /// What is counted. The share is of all returns of which both channels are known.
    #[serde(flatten)]
    pub numbers: ReturnNumbers,
}

impl FlowValue {
    /// Those with the most contacts first, then those at which the most arrive, then by name.
    pub fn by_size(&self, other: &FlowValue) -> Ordering {
        let key = |it: &FlowValue| (Reverse(it.totals.counted_count), Reverse(it.totals.arrived_count));
        key(self).cmp(&key(other)).then_with(|| self.value.cmp(&other.value))
    }
}

impl FlowPair {
    /// Those with the most stated repeats first, then those furthest beyond chance, then by name.
    pub fn by_evidence(&self, other: &FlowPair) -> Ordering {
        let numbers = |it: &FlowPair| it.cell.numbers;
        let excess = |it: FlowNumbers| it.next_count as f64 - it.expected_count.unwrap_or_default();
        let (own, others) = (numbers(self), numbers(other));
        let by_stated = others.stated_count.cmp(&own.stated_count);
        let by_excess = by_stated.then_with(|| excess(others).total_cmp(&excess(own)));
        let names = |it: &FlowPair| (it.cell.from.clone(), it.cell.to.clone());
        by_excess.then_with(|| names(self).cmp(&names(other)))
    }
}

impl Flow {
    /// The cell of two values, if it occurs.
    pub(super) fn cell(&self, from: &Option<String>, to: &Option<String>) -> Option<&FlowCell> {
        self.cells.iter().find(|cell| &cell.from == from && &cell.to == to)
    }

    /// Without the values beyond the `most` largest, and the cells of them: for a picture. Totals and pairs stay.
    pub fn largest(mut self, most: usize) -> Flow {
        self.values.truncate(most);
        let known: BTreeSet<&Option<String>> = self.values.iter().map(|it| &it.value).collect();
        self.cells.retain(|cell| known.contains(&cell.from) && known.contains(&cell.to));
        self
    }
}

/// A value as people read it.
pub(super) fn named(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or(NO_VALUE)
}

/// A dimension as people call its values.
pub(super) fn called(dimension: &str) -> &str {
    if dimension == "agent_id" { "agent" } else { dimension }
}

/// The flow in a format, ready to be written.
pub fn render_flow(flow: &Flow, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, is_coloured } => {
            flow_terminal::render(flow, width, is_coloured).into_bytes()
        }
        Format::Csv => csv(flow),
        Format::Json => json::render(flow),
    }
}

/// A line a cell: the two values, what became of all contacts with the first, and the numbers under their names in JSON.
fn csv(flow: &Flow) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| writer.write_record(row).expect("writing to memory does not fail");
    let numbers = |numbers: &FlowNumbers| {
        let value = serde_json::to_value(numbers).expect("these are plain numbers");
        value.as_object().cloned().unwrap_or_default()
    };
    let head = ["by", "from", "to", "counted_count"].map(String::from).into_iter();
    let names = numbers(&FlowNumbers::default()).into_iter().map(|(name, _)| name);
    write(&head.chain(names).collect::<Vec<_>>());
    let counted: HashMap<&Option<String>, u64> =
        flow.values.iter().map(|it| (&it.value, it.totals.counted_count)).collect();
    let text = |value: serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
    for row in flow.cells.chunk_by(|a, b| a.from == b.from) {
        let counted = counted[&row[0].from].to_string();
        for cell in row {
            let names = [&flow.by, named(&cell.from), named(&cell.to)];
            let names = names.map(|name| spreadsheet_safe(name).into_owned()).into_iter();
            let numbers = numbers(&cell.numbers).into_iter().map(|(_, value)| text(value));
            write(&names.chain([counted.clone()]).chain(numbers).collect::<Vec<_>>());
        }
    }
    writer.into_inner().expect("writing to memory does not fail")
}
