//! The sheets of the coaching list: agents or teams beside what was to be expected of them, and what teams may be trained on.

use super::Cell;
use super::tables::Table;
use crate::report::{Coached, Coaching, NO_VALUE};

/// Quotes that have columns of their own.
const QUOTES: usize = 2;

/// A column of numbers.
type Column = (&'static str, fn(&Coached) -> Cell);

const COLUMNS: [Column; 17] = [
    ("Standing", |it| Cell::text(it.standing.name().replace('_', " "))),
    ("Adjusted FCR", |it| Cell::rate(it.adjusted_rate)),
    ("Adjusted low (95 %)", |it| Cell::rate(it.adjusted_low)),
    ("Adjusted high (95 %)", |it| Cell::rate(it.adjusted_high)),
    ("FCR", |it| Cell::rate(it.fcr_rate)),
    ("FCR low (95 %)", |it| Cell::rate(it.fcr_low)),
    ("FCR high (95 %)", |it| Cell::rate(it.fcr_high)),
    ("Counted contacts", |it| Cell::Count(it.counted_count)),
    ("Failed", |it| Cell::Count(it.failed_count)),
    ("Compared contacts", |it| Cell::Count(it.compared_count)),
    ("Failed of those", |it| Cell::Count(it.compared_failed_count)),
    ("Expected failures", |it| Cell::Number(it.expected_failure_count)),
    ("Beyond expectation", |it| Cell::Number(it.excess_failure_count)),
    ("Observed ÷ expected", |it| Cell::number(it.ratio)),
    ("Taken for true", |it| Cell::rate(it.weight)),
    ("Leading causes", |it| said(it.leading_causes())),
    ("Leading categories", |it| said(it.leading_categories())),
];

fn said(text: String) -> Cell {
    if text.is_empty() { Cell::Nothing } else { Cell::Text(text) }
}

/// The sheet of the list.
pub(super) fn list(coaching: &Coaching) -> Table {
    let noun = if coaching.by == "team" { "Team" } else { "Agent" };
    let mut header: Vec<String> = [noun, "Team of most contacts"].map(String::from).to_vec();
    if coaching.by == "team" {
        header.pop();
    }
    header.extend(COLUMNS.iter().map(|(title, _)| title.to_string()));
    header.extend((1..=QUOTES).flat_map(|number| [format!("Quote {number}"), format!("Said in {number}")]));
    let row = |it: &Coached| {
        let mut row = vec![Cell::text(&it.name)];
        if coaching.by != "team" {
            row.push(it.team.as_ref().map_or(Cell::Nothing, Cell::text));
        }
        row.extend(COLUMNS.iter().map(|(_, of)| of(it)));
        let quotes = it.quotes.iter().take(QUOTES);
        row.extend(quotes.flat_map(|quote| [Cell::text(&quote.text), Cell::text(&quote.interaction_id)]));
        row
    };
    Table {
        name: "Coaching",
        header,
        rows: coaching.groups.iter().map(row).collect(),
        total: None,
        foot: Vec::new(),
    }
}

/// The sheet of the topics; none where there are none.
pub(super) fn topics(coaching: &Coaching) -> Option<Table> {
    let header = [
        "Team",
        "Category",
        "Cause",
        "Failed",
        "Expected",
        "Beyond expectation",
        "p corrected for the number of topics",
        "Beyond chance",
    ];
    let rows: Vec<Vec<Cell>> = coaching
        .topics
        .iter()
        .map(|it| {
            vec![
                Cell::text(&it.team),
                Cell::text(it.category.as_deref().unwrap_or(NO_VALUE)),
                Cell::text(&it.cause),
                Cell::Count(it.failed_count),
                Cell::Number(it.expected_failure_count),
                Cell::Number(it.excess_failure_count),
                Cell::Probability(it.p_value),
                Cell::yes(it.is_clear),
            ]
        })
        .collect();
    let header = header.map(String::from).to_vec();
    (!rows.is_empty()).then_some(Table {
        name: "Topics to train",
        header,
        rows,
        total: None,
        foot: Vec::new(),
    })
}
