//! Tables for a terminal: cells side by side, names and other texts flush left, numbers flush right.

use super::text::{cut, width};

/// Columns of a name.
pub(super) const WIDEST_NAME: usize = 28;

/// Names to the left, cut to what the others leave; the others to the right.
pub(super) fn table(rows: Vec<Vec<String>>, columns: usize) -> String {
    let widest = |at: usize| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0);
    let widths: Vec<usize> = (1..rows[0].len()).map(widest).collect();
    let taken: usize = widths.iter().map(|width| width + 2).sum();
    let names = widest(0).min(WIDEST_NAME).min(columns.saturating_sub(taken));
    let line = |row: &Vec<String>| {
        let name = cut(&row[0], names);
        let mut line = format!("{name}{}", " ".repeat(names - width(&name)));
        for (cell, columns) in row[1..].iter().zip(&widths) {
            line.push_str(&" ".repeat(2 + columns - width(cell)));
            line.push_str(cell);
        }
        line
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a column of texts keeps where room is short.
const LEAST_TEXT: usize = 24;

/// Columns side by side; those at `left` are flush left. Where they are too wide the last is cut if it is a text, then the
/// first.
pub(super) fn aligned(rows: &[Vec<String>], left: &[usize], columns: usize) -> String {
    let count = rows[0].len();
    let mut widths: Vec<usize> =
        (0..count).map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0)).collect();
    let last = left.contains(&(count - 1)).then_some(count - 1);
    for at in last.into_iter().chain([0]) {
        let taken = widths.iter().sum::<usize>() + 2 * (count - 1);
        let least = if at == 0 { LEAST_TEXT / 2 } else { LEAST_TEXT };
        widths[at] = widths[at].saturating_sub(taken.saturating_sub(columns)).max(least.min(widths[at]));
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (text, room))| {
            let text = cut(text, *room);
            let gap = " ".repeat(room.saturating_sub(width(&text)));
            if left.contains(&at) { format!("{text}{gap}") } else { format!("{gap}{text}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
