//! What a store holds, as text for a terminal.
//!
//! It takes a [`Status`] and gives lines that fit the width. It deliberately counts nothing.

use std::fmt::Write;

use jiff::Timestamp;

use super::text::{count, cut, one_line, width};
use crate::store::{Deed, Status};

/// Sources and commits that are listed, the latest ones.
const LISTED: usize = 12;

/// The status of a store, at most `columns` wide; with all sources and commits if `is_full`.
pub fn render_status(status: &Status, columns: usize, is_full: bool) -> String {
    let mut out = String::new();
    let store = format!(
        "{} · commit {} · format {} · recontact {} · lexicons {}",
        one_line(&status.store),
        status.commit,
        status.format_version,
        one_line(&status.recontact_version),
        one_line(&status.lexicon_hash)
    );
    let _ = writeln!(out, "{}", cut(&store, columns));
    let observed = status
        .observed
        .map_or("nothing observed".to_string(), |(from, to)| format!("{} to {} (UTC)", date(from), date(to)));
    let _ = writeln!(out, "{} interactions count, {observed}", count(status.interaction_count));
    let replaced = status.replaced;
    let _ = writeln!(
        out,
        "do not count: {} exact duplicates, {} corrected, {} late, {} of removed sources",
        count(replaced.duplicate_count),
        count(replaced.correction_count),
        count(replaced.late_count),
        count(status.removed_count)
    );
    if status.dropped_count > 0 {
        let _ =
            writeln!(out, "  ({} of them are not stored any more: compacted)", count(status.dropped_count));
    }
    push(&mut out, columns, &tables(status), 1);
    push(&mut out, columns, &sources(status, is_full), 1);
    push(&mut out, columns, &commits(status, is_full), 2);
    out
}

fn tables(status: &Status) -> Vec<Vec<String>> {
    let head = ["table", "files", "rows", "not counting", "bytes"].map(String::from).to_vec();
    let rows = status.tables.iter().filter(|table| table.part_count > 0).map(|table| {
        vec![
            table.table.to_string(),
            count(table.part_count),
            count(table.row_count),
            count(table.dead_count),
            count(table.byte_count),
        ]
    });
    std::iter::once(head).chain(rows).collect()
}

fn sources(status: &Status, is_full: bool) -> Vec<Vec<String>> {
    let head = ["source", "kind", "rows", "bytes", "commit"].map(String::from).to_vec();
    let left_out = if is_full { 0 } else { status.sources.len().saturating_sub(LISTED) };
    let rows = status.sources.iter().skip(left_out).map(|source| {
        vec![
            one_line(&source.name),
            one_line(&source.kind),
            count(source.row_count),
            count(source.byte_count),
            source.commit_id.to_string(),
        ]
    });
    let more = (left_out > 0).then(|| vec![format!("({} earlier ones: --all)", count(left_out as u64))]);
    std::iter::once(head).chain(more).chain(rows).collect()
}

fn commits(status: &Status, is_full: bool) -> Vec<Vec<String>> {
    let head = ["commit", "by", "duplicates", "corrections", "late"].map(String::from).to_vec();
    let left_out = if is_full { 0 } else { status.commits.len().saturating_sub(LISTED) };
    let rows = status.commits.iter().skip(left_out).map(|commit| {
        vec![
            commit.id.to_string(),
            deed(commit.deed).to_string(),
            count(commit.replaced.duplicate_count),
            count(commit.replaced.correction_count),
            count(commit.replaced.late_count),
        ]
    });
    let more = (left_out > 0).then(|| vec![format!("({} earlier ones: --all)", count(left_out as u64))]);
    std::iter::once(head).chain(more).chain(rows).collect()
}

fn deed(deed: Deed) -> &'static str {
    match deed {
        Deed::Index => "index",
        Deed::Rebuild => "index --rebuild",
        Deed::Remove => "store remove",
        Deed::Compact => "store compact",
        Deed::Forget => "store forget",
    }
}

/// Appends a table: the first `text_count` columns to the left, numbers to the right. The first gives way where the
/// whole would be too wide.
fn push(out: &mut String, columns: usize, rows: &[Vec<String>], text_count: usize) {
    let cell_count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| {
        rows.iter().filter(|row| row.len() > 1).filter_map(|row| row.get(at)).map(|it| width(it)).max()
    };
    let mut widths: Vec<usize> = (0..cell_count).map(|at| widest(at).unwrap_or(0)).collect();
    let others: usize = widths.iter().skip(1).map(|width| width + 2).sum();
    if let Some(first) = widths.first_mut() {
        *first = (*first).min(columns.saturating_sub(others).max(12));
    }
    let _ = writeln!(out);
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let (cell, space) = match row.len() {
                1 => (cut(cell, columns), 0),
                _ => {
                    let cell = cut(cell, widths[at]);
                    let space = widths[at].saturating_sub(width(&cell));
                    (cell, space)
                }
            };
            let gap = if at > 0 { "  " } else { "" };
            let is_text = at < text_count || at == 1 && rows[0][1] == "kind";
            let _ = match is_text {
                true => write!(line, "{gap}{cell}{:space$}", ""),
                false => write!(line, "{gap}{:space$}{cell}", ""),
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// "2026-01-31".
fn date(at: i64) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d").to_string())
}
