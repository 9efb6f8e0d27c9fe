//! The sheet of drivers: a row a term and a row a value of a property.

use super::sheet::Cell;
use super::tables::Table;
use crate::report::drivers::{DriverGroup, Drivers, OddsRatio};
use crate::report::{DriverLevel, DriverTerm, WordTable};

const HEADER: [&str; 17] = [
    "Kind",
    "Name",
    "Language",
    "More in",
    "Sure",
    "Failed",
    "Failed share",
    "Resolved",
    "Resolved share",
    "Odds ratio",
    "Odds low (95 %)",
    "Odds high (95 %)",
    "z",
    "q",
    "Quote",
    "Interaction",
    "Second quote",
];

pub(super) fn table(drivers: &Drivers) -> Table {
    let header = drivers.by.iter().cloned().chain(HEADER.map(String::from)).collect();
    let mut rows = Vec::new();
    for group in drivers.all() {
        let key: Vec<Cell> = (0..drivers.by.len()).map(|at| key(group, at)).collect();
        let of_group = terms(group).chain(levels(drivers, group));
        rows.extend(of_group.map(|row| key.iter().cloned().chain(row).collect::<Vec<Cell>>()));
    }
    Table { name: "Drivers", header, rows, total: None, foot: Vec::new() }
}

fn key(group: &DriverGroup, at: usize) -> Cell {
    match group.key.get(at) {
        Some((_, value)) => Cell::text(value.as_deref().unwrap_or(crate::report::NO_VALUE)),
        None => Cell::text(if at == 0 { "All" } else { "" }),
    }
}

fn terms(group: &DriverGroup) -> impl Iterator<Item = Vec<Cell>> {
    group.words.iter().flat_map(|table| {
        table.failed_terms.iter().chain(&table.resolved_terms).map(move |term| term_row(table, term))
    })
}

fn term_row(table: &WordTable, term: &DriverTerm) -> Vec<Cell> {
    let quote = |at: usize| term.quotes.get(at);
    let text = |at: usize| quote(at).map_or(Cell::Nothing, |it| Cell::text(it.text.as_str()));
    let mut row = vec![
        Cell::text(format!("words of {}", table.speaker)),
        Cell::text(term.written.as_str()),
        table.language.as_deref().map_or(Cell::Nothing, Cell::text),
        more_in(&term.effect),
        Cell::yes(true),
        Cell::Count(term.failed_count),
        Cell::Rate(term.failed_rate),
        Cell::Count(term.resolved_count),
        Cell::Rate(term.resolved_rate),
    ];
    row.extend(odds(Some(&term.effect)));
    row.push(text(0));
    row.push(quote(0).map_or(Cell::Nothing, |it| Cell::text(it.interaction_id.as_str())));
    row.push(text(1));
    row
}

fn levels(drivers: &Drivers, group: &DriverGroup) -> impl Iterator<Item = Vec<Cell>> {
    group.model.attributes.iter().flat_map(move |attribute| {
        let row = move |level: &DriverLevel| {
            let share = |count: u64, total: u64| Cell::Rate(count as f64 / total.max(1) as f64);
            let mut row = vec![
                Cell::text(attribute.name.as_str()),
                Cell::text(level.name.as_str()),
                Cell::Nothing,
                match &level.effect {
                    Some(effect) => more_in(effect),
                    None if level.is_reference => Cell::text("(compared with)"),
                    None => Cell::Nothing,
                },
                level.effect.map_or(Cell::Nothing, |effect| Cell::yes(drivers.is_sure(&effect))),
                Cell::Count(level.failed_count),
                share(level.failed_count, group.failed_count),
                Cell::Count(level.resolved_count),
                share(level.resolved_count, group.resolved_count),
            ];
            row.extend(odds(level.effect.as_ref()));
            row.extend([Cell::Nothing, Cell::Nothing, Cell::Nothing]);
            row
        };
        attribute.levels.iter().map(row)
    })
}

fn more_in(effect: &OddsRatio) -> Cell {
    Cell::text(if effect.z > 0.0 { "failed" } else { "resolved" })
}

fn odds(effect: Option<&OddsRatio>) -> [Cell; 5] {
    let of = |number: fn(&OddsRatio) -> f64| Cell::number(effect.map(number));
    [of(|it| it.odds_ratio), of(|it| it.odds_low), of(|it| it.odds_high), of(|it| it.z), of(|it| it.q_value)]
}
