//! A view → FCR over time, in the order of the report's categories.

use std::collections::HashMap;

use super::view::View;
use crate::interaction::Micros;
use crate::measure::{Groups, Period, Periods, TrendLine, trend};
use crate::policy::{Maturity, ResolvedBy};
use crate::report::{Count, Entry};

/// The period (the given one, else the one that fits the observation) and the lines: everything, then each of the
/// categories. Nothing where nothing was read. Says in `notes` which periods were left out.
pub(super) fn over_time(
    view: &View,
    period: Option<Period>,
    groups: &Groups,
    categories: &[Entry],
    notes: &mut Vec<Count>,
) -> (Option<Period>, Vec<TrendLine>) {
    let Some(observed) = view.links.observed() else { return (period, Vec::new()) };
    let unit = period.unwrap_or_else(|| Period::fitting(observed, view.zone()));
    let periods = periods(view, unit, observed);
    if periods.left_out > 0 {
        let first = &periods.stretches[0].from;
        let what = format!("periods of the trend before {first} are left out: ask for longer ones");
        notes.push(Count { kind: "trend", what, count: periods.left_out });
    }
    let minimum_count = view.policy.minimum_count;
    let mut lines = trend(&view.links, groups, &view.columns.started_at, &periods, minimum_count);
    let name = |entry: &Entry| entry.key.first().and_then(|(_, value)| value.clone());
    let places: HashMap<Option<String>, usize> = categories.iter().map(name).zip(1..).collect();
    lines.sort_by_key(|line| if line.is_overall { Some(0) } else { places.get(&line.category).copied() });
    (Some(unit), lines)
}

/// The periods of the observation. Where contacts count at once, those whose windows are open are told apart.
pub(super) fn periods(view: &View, unit: Period, observed: (Micros, Micros)) -> Periods {
    let periods = Periods::new(unit, observed, view.zone());
    let policy = view.policy;
    if policy.maturity == Maturity::Required || policy.resolved_by != ResolvedBy::Silence {
        return periods;
    }
    let windows = policy.category.values().filter_map(|own| own.window).chain([policy.window]);
    let longest = windows.max().unwrap_or(policy.window);
    periods.open_after(observed.1.saturating_sub(longest.micros()))
}
