//! Repeats by day after the first contact of their episode: the lag profile, the shape in which the Google Fiber case
//! has repeat calls (`contacts_n` first contacts, `contacts_n_k` repeats k days later).
//!
//! Every repeat of an episode counts, at ⌊gap ÷ 24 h⌋ days, in the group of the episode's first contact; under calendar
//! days gaps are whole dates already. Episodes whose first contact the FCR rate does not count are left out.

use crate::interaction::{MICROS_PER_DAY, Micros};

/// Later repeats of an episode count with the last day.
pub const MOST_DAYS: usize = 60;

/// Adds the repeats of some contacts to those of their groups by day, from day 0 to the last that has one. `since_first`
/// has for each the time since the first contact of its episode, in microseconds; `first_group` of those that begin an
/// episode their group, none where the FCR rate cannot count them.
pub(super) fn count(
    days: &mut [Vec<u64>],
    since_first: &[Micros],
    starts_episode: impl Fn(usize) -> bool,
    first_group: impl Fn(usize) -> Option<usize>,
) {
    let mut group = None;
    for (at, since) in since_first.iter().enumerate() {
        if starts_episode(at) {
            group = first_group(at);
        } else if let Some(group) = group {
            let day = (since / MICROS_PER_DAY).clamp(0, MOST_DAYS as Micros) as usize;
            add(&mut days[group], day, 1);
        }
    }
}

/// Adds repeats to those of a day.
pub(super) fn add(counts: &mut Vec<u64>, day: usize, count: u64) {
    counts.resize(counts.len().max(day + 1), 0);
    counts[day] += count;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Timelines;
    use crate::link::table::{Columns, Row, S, policy};
    use crate::policy::{Chain, Clock, Policy};

    #[test]
    fn every_repeat_counts_at_its_day_after_the_first_contact() {
        // Days as seconds of 86,400: customer 1 on days 10, 12.5 and 13, customer 2 on day 20 and half a day later;
        // customer 3 on day 0, which may not be the first, and on day 1.
        let at = |days: f64| (days * 86_400.0) as i64 * S;
        let row = |id, customer, days| Row::new(id, customer, 1, at(days), at(days));
        let rows = [
            row(1, 1, 10.0),
            row(2, 1, 12.5),
            row(3, 1, 13.0),
            row(4, 2, 20.0),
            row(5, 2, 20.5),
            row(6, 3, 0.0),
            row(7, 3, 1.0),
        ];
        let policy = Policy { chain: Chain::First, clock: Clock::Start, ..policy(7 * 86_400, 40 * 86_400) };
        let columns = Columns::new(&rows);
        let (links, input) = (columns.link(&policy), columns.input());
        let timelines = Timelines::new(&links, &input, &policy);
        let stretch = timelines.whole();
        let first_group = |at: usize| links.class(stretch.rows[at]).is_first().then_some(0);
        let mut found = vec![Vec::new()];
        count(&mut found, &stretch.since_first(), |at| stretch.starts_episode(at), first_group);
        assert_eq!(found, [vec![1, 0, 1, 1]]);
    }
}
