//! The sheets of why first contacts fail: what to do first, and the causes with words.

use super::Cell;
use super::tables::{Table, table};
use crate::measure::Action;
use crate::report::causes::UNKNOWN;
use crate::report::{NO_VALUE, Report};

/// What to do first; nothing where no cause is known.
pub(super) fn to_do(report: &Report) -> Option<Table> {
    let row = |it: &Action| {
        vec![
            Cell::text(it.category.as_deref().unwrap_or(NO_VALUE)),
            Cell::text(&it.cause),
            Cell::text(it.remedy.map_or("", |remedy| remedy.name())),
            Cell::Count(it.contact_count),
            Cell::Count(it.failed_count),
            Cell::rate(it.share),
            Cell::rate(it.low),
            Cell::rate(it.high),
            Cell::Count(it.repeat_count),
            Cell::Number(it.avoidable_repeat_count),
            Cell::number(it.avoidable_cost),
            Cell::text(it.strength.name()),
        ]
    };
    let rows: Vec<_> = report.actions.iter().map(row).collect();
    let header = [
        "Category",
        "Because of",
        "Remedy",
        "Failed contacts with it",
        "Failed contacts of the category",
        "Share",
        "Share low (95 %)",
        "Share high (95 %)",
        "Repeats that followed",
        "Avoidable repeats",
        "Avoidable cost",
        "Evidence",
    ];
    (!rows.is_empty()).then(|| table("What to do first", &header, rows))
}

/// The causes of each category and of everything, a line each, with words; nothing where none is known.
pub(super) fn causes(report: &Report) -> Option<Table> {
    let all = &report.causes.overall;
    if all.scores.causes.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    for group in report.causes.categories.iter().chain([all]) {
        let it = &group.scores;
        for share in &it.causes {
            let quote = group.quotes.get(&share.cause).and_then(|quotes| quotes.first());
            rows.push(vec![
                Cell::Text(group.name()),
                Cell::text(&share.cause),
                Cell::Count(share.contact_count),
                Cell::Count(it.failed_count),
                Cell::rate(share.share),
                Cell::rate(share.low),
                Cell::rate(share.high),
                Cell::Count(share.first_count),
                Cell::Count(share.next_count),
                Cell::Count(share.both_count),
                Cell::Count(share.repeat_count),
                Cell::number(share.repeat_cost),
                quote.map_or(Cell::Nothing, |quote| Cell::text(quote.speaker)),
                quote.map_or(Cell::Nothing, |quote| Cell::text(&quote.interaction_id)),
                quote.map_or(Cell::Nothing, |quote| Cell::text(&quote.text)),
            ]);
        }
        rows.push(vec![
            Cell::Text(group.name()),
            Cell::text(UNKNOWN),
            Cell::Count(it.unknown_count),
            Cell::Count(it.failed_count),
            Cell::rate(it.unknown_share),
            Cell::rate(it.unknown_low),
            Cell::rate(it.unknown_high),
        ]);
    }
    let header = [
        "Category",
        "Cause",
        "Contacts",
        "Failed contacts",
        "Share",
        "Share low (95 %)",
        "Share high (95 %)",
        "Told in the contact",
        "Told in the repeat",
        "Both",
        "Repeats that followed",
        "Their cost",
        "Said by",
        "Said in",
        "Quote",
    ];
    Some(table("Causes", &header, rows))
}
