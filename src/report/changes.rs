//! What changed over time, in sentences: names, points, periods, p-values, tests.

use super::text::{cut, one_line};
use super::trend::plural;
use super::{NO_VALUE, Report};
use crate::measure::{Change, Period, TrendLine};

/// Categories whose change is told.
const MOST_CHANGES: usize = 6;

/// What changed, of everything (`overall`) and of the categories.
pub(super) fn changes(report: &Report, unit: Period, overall: &TrendLine) -> String {
    let needed = report.policy.get("minimum_count").and_then(|it| it.as_u64()).unwrap_or_default();
    let Some(change) = &overall.change else {
        return format!(
            "Nothing is compared: no two {} are complete, without pending contacts, and have {needed} eligible \
             contacts.",
            plural(unit, 2)
        );
    };
    let chance = if change.is_change { "more than chance" } else { "no more than chance" };
    let all = format!(
        "FCR of all contacts {}, {chance} ({}, {}).",
        movement(change),
        p_value(change.p_value),
        change.test.name()
    );
    format!("{all} {}", categories(report, unit, needed))
}

/// What changed of the categories.
fn categories(report: &Report, unit: Period, needed: u64) -> String {
    let changes = report.trend.iter().filter(|line| !line.is_overall);
    let tested: Vec<(&TrendLine, &Change)> =
        changes.filter_map(|line| Some((line, line.change.as_ref()?))).collect();
    match tested.as_slice() {
        [] => untested(unit, needed),
        _ if tested.iter().any(|(_, change)| change.is_change) => changed(&tested),
        [(line, change)] => format!(
            "{}, the only category with enough contacts to be tested, {}, no more than chance ({}, {}).",
            name(line),
            movement(change),
            p_value(change.p_adjusted),
            change.test.name()
        ),
        _ => format!(
            "{} of the {} categories tested changed beyond chance ({}{}).",
            if tested.len() == 2 { "Neither" } else { "None" },
            tested.len(),
            tests(&tested),
            correction(tested.len())
        ),
    }
}

fn untested(unit: Period, needed: u64) -> String {
    let hint = match unit {
        Period::Day => "; longer periods, such as --trend week, have more",
        Period::Week => "; longer periods, such as --trend month, have more",
        Period::Month => "; longer periods, such as --trend quarter, have more",
        Period::Quarter => "",
    };
    let units = plural(unit, 2);
    format!(
        "No category was tested: none has {needed} eligible contacts in each of two settled {units}{hint}."
    )
}

/// A sentence for each category that changed.
fn changed(tested: &[(&TrendLine, &Change)]) -> String {
    let changed: Vec<_> = tested.iter().filter(|(_, change)| change.is_change).collect();
    let told = changed.iter().take(MOST_CHANGES).map(|(line, change)| {
        let (p, test) = (p_value(change.p_adjusted), change.test.name());
        format!("{} {} ({p}, {test}{}).", name(line), movement(change), correction(tested.len()))
    });
    let mut told: Vec<String> = told.collect();
    if changed.len() > MOST_CHANGES {
        told.push(format!("{} more changed: --format json has them all.", changed.len() - MOST_CHANGES));
    } else if changed.len() < tested.len() {
        told.push("No other category changed beyond chance.".to_string());
    }
    told.join(" ")
}

/// How p-values of so many categories were corrected; a single one needs none.
fn correction(category_count: usize) -> String {
    match category_count {
        1 => String::new(),
        count => format!(", Holm over {count} categories"),
    }
}

/// The tests that were used.
fn tests(tested: &[(&TrendLine, &Change)]) -> String {
    let mut names: Vec<&str> = tested.iter().map(|(_, change)| change.test.name()).collect();
    names.sort_unstable();
    names.dedup();
    names.reverse();
    names.join(" or ")
}

fn name(line: &TrendLine) -> String {
    cut(&one_line(line.category.as_deref().unwrap_or(NO_VALUE)), 40)
}

/// "fell by 12.0 points from 2026-W09 to 2026-W10".
fn movement(change: &Change) -> String {
    let (from, to) = (&change.from, &change.to);
    let points = format!("{:.1}", change.points.abs());
    match change.points {
        _ if points == "0.0" => format!("stayed the same from {from} to {to}"),
        it if it < 0.0 => format!("fell by {points} points from {from} to {to}"),
        _ => format!("rose by {points} points from {from} to {to}"),
    }
}

fn p_value(p: f64) -> String {
    match p {
        _ if p < 0.001 => "p\u{a0}<\u{a0}0.001".to_string(),
        _ if p < 0.1 => format!("p\u{a0}=\u{a0}{p:.3}"),
        _ => format!("p\u{a0}=\u{a0}{p:.2}"),
    }
}
