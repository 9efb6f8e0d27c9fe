//! Which row of a sheet is the header: people put titles above it, and groups over its columns.
//!
//! Takes the first rows that are not empty and the merged cells among them, gives the names of the columns. It is
//! decided by form alone: the header is the first row that is about as wide as the table and has nothing but texts.

use std::borrow::Cow;

use super::{Cell, Merge};

/// Where a table begins, and its columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The sheet row of the names.
    pub(super) row: u64,
    /// The first column of the table, counted from 0.
    pub(super) start: usize,
    /// As they stand there; blank where a column has none.
    pub(super) names: Vec<Cow<'static, str>>,
    /// Rows above it that say something else.
    pub(super) title_count: usize,
}

/// Finds the header; `None` in an empty sheet.
pub(super) fn find(rows: &[(u64, Vec<Cell>)], merges: &[Merge]) -> Option<Header> {
    let width = rows.iter().map(|(_, cells)| filled(cells)).max()?;
    let is_wide = |cells: &[Cell]| filled(cells) * 3 >= width * 2;
    let is_names = |cells: &[Cell]| cells.iter().all(|cell| matches!(cell, Cell::Blank | Cell::Text(_)));
    let found = rows.iter().position(|(_, cells)| is_wide(cells) && is_names(cells));
    let mut at = found.or_else(|| rows.iter().position(|(_, cells)| is_wide(cells)))?;
    let mut group = None;
    if let Some((row, _)) = rows.get(at + 1)
        && *row == rows[at].0 + 1
        && is_names(&rows[at + 1].1)
        && is_group(&rows[at], &rows[at + 1].1, merges)
    {
        group = Some(at);
        at += 1;
    } else if at > 0 && rows[at - 1].0 + 1 == rows[at].0 && is_group(&rows[at - 1], &rows[at].1, merges) {
        group = Some(at - 1);
    }
    let (row, lower) = &rows[at];
    let upper = group.map(|at| grouped(&rows[at], merges)).unwrap_or_default();
    let name = |column: usize| {
        let upper = upper.get(column).map_or("", |name| name.trim());
        let lower = lower.get(column).map_or("", Cell::text).trim();
        match (upper, lower) {
            (name, "") | ("", name) => name.to_string(),
            (upper, lower) => format!("{upper} / {lower}"),
        }
    };
    let names: Vec<String> = (0..lower.len().max(upper.len())).map(name).collect();
    let start = names.iter().position(|name| !name.is_empty())?;
    let end = names.iter().rposition(|name| !name.is_empty())?;
    let names = names[start..=end].iter().map(|name| Cow::Owned(name.clone())).collect();
    Some(Header { row: *row, start, names, title_count: group.unwrap_or(at) })
}

fn filled(cells: &[Cell]) -> usize {
    cells.iter().filter(|cell| !cell.is_blank()).count()
}

/// Whether a row names groups of the columns below it: several of them, at least one over columns that have names.
fn is_group(upper: &(u64, Vec<Cell>), lower: &[Cell], merges: &[Merge]) -> bool {
    let (row, cells) = upper;
    let is_named = |column: usize| lower.get(column).is_some_and(|cell| !cell.is_blank());
    let over = |merge: &Merge| {
        merge.rows.0 == *row
            && merge.rows.1 == *row
            && merge.columns.1 > merge.columns.0
            && (merge.columns.0..=merge.columns.1).all(is_named)
    };
    filled(cells) > 1 && merges.iter().any(over)
}

/// The names of the groups, column by column.
fn grouped(upper: &(u64, Vec<Cell>), merges: &[Merge]) -> Vec<String> {
    let (row, cells) = upper;
    let mut names: Vec<String> = cells.iter().map(|cell| cell.text().to_string()).collect();
    for merge in merges.iter().filter(|merge| merge.rows.0 == *row && merge.rows.1 == *row) {
        let (first, last) = merge.columns;
        let Some(name) = names.get(first).cloned() else { continue };
        names.resize(names.len().max(last + 1), String::new());
        names[first..=last].fill(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, cells: &[&str]) -> (u64, Vec<Cell>) {
        let cell = |text: &&str| match text.strip_prefix('=') {
            Some(value) => Cell::Value(value.to_string()),
            None if text.is_empty() => Cell::Blank,
            None => Cell::Text(text.to_string()),
        };
        (number, cells.iter().map(cell).collect())
    }

    #[test]
    fn titles_above_the_header_are_no_header() {
        let rows = [
            row(1, &["Report of March"]),
            row(2, &["Printed", "=2026-04-01"]),
            row(4, &["", "Call", "Customer", "Opened"]),
            row(5, &["", "=1", "C1", "=2026-03-01"]),
        ];
        let header = find(&rows, &[]).unwrap();
        assert_eq!((header.row, header.start, header.title_count), (4, 1, 2));
        assert_eq!(header.names, ["Call", "Customer", "Opened"]);
    }

    #[test]
    fn groups_over_columns_are_part_of_their_names() {
        let rows = [
            row(1, &["Id", "Customer", "", "Call", ""]),
            row(2, &["", "Number", "Name", "Start", "End"]),
            row(3, &["=1", "C1", "Ann", "=2026-03-01", "=2026-03-01"]),
        ];
        let merges = [
            Merge { rows: (1, 2), columns: (0, 0) },
            Merge { rows: (1, 1), columns: (1, 2) },
            Merge { rows: (1, 1), columns: (3, 4) },
        ];
        let header = find(&rows, &merges).unwrap();
        let names = ["Id", "Customer / Number", "Customer / Name", "Call / Start", "Call / End"];
        assert_eq!((header.row, header.names), (2, names.map(Cow::Borrowed).to_vec()));
        assert_eq!(find(&rows, &[]).unwrap().names[0], "Number", "nothing is merged");
    }

    #[test]
    fn a_group_over_few_columns_of_a_wide_header_is_told_too() {
        let rows = [
            row(3, &["Id", "Opened", "Topic", "Customer", ""]),
            row(4, &["", "", "", "Number", "Name"]),
            row(5, &["=1", "=2026-03-01", "billing", "C1", "Ann"]),
        ];
        let header = find(&rows, &[Merge { rows: (3, 3), columns: (3, 4) }]).unwrap();
        assert_eq!(header.names, ["Id", "Opened", "Topic", "Customer / Number", "Customer / Name"]);
    }

    #[test]
    fn a_title_merged_over_the_table_is_no_group() {
        let rows = [row(1, &["Calls of March"]), row(2, &["Id", "Opened"]), row(3, &["=1", "=2026-03-01"])];
        let header = find(&rows, &[Merge { rows: (1, 1), columns: (0, 1) }]).unwrap();
        assert_eq!((header.names[0].as_ref(), header.title_count), ("Id", 1));
    }

    #[test]
    fn names_that_are_years_are_names_where_nothing_else_is() {
        let rows = [row(1, &["Id", "=2024", "=2025"]), row(2, &["=1", "=3", "=4"])];
        assert_eq!(find(&rows, &[]).unwrap().names, ["Id", "2024", "2025"]);
        assert_eq!(find(&[], &[]), None);
    }
}
