//! Repeats by day after the first contact of their episode: the lag profile, the shape in which the Google Fiber case
//! has repeat calls (`contacts_n` first contacts, `contacts_n_k` repeats k days later).
//!
//! Every repeat of an episode counts, at ⌊gap ÷ 24 h⌋ days, in the group of the episode's first contact; under calendar
//! days gaps are whole dates already. Episodes whose first contact the FCR rate does not count are left out.

use super::Grouping;
use crate::interaction::{MICROS_PER_DAY, Micros};
use crate::link::Links;

/// Later repeats of an episode count with the last day.
pub const MOST_DAYS: usize = 60;

/// For each group the repeats by day, from day 0 to the last that has one. `since_first` has for each contact, in chain
/// order, the time since the first contact of its episode, in microseconds.
///
/// # Panics
/// When `since_first` is neither empty nor as long as the chain.
pub fn lags(links: &Links, since_first: &[Micros], grouping: Grouping<'_>) -> Vec<Vec<u64>> {
    let mut days = vec![Vec::new(); grouping.group_count()];
    if since_first.is_empty() {
        return days;
    }
    assert_eq!(since_first.len(), links.order().len(), "one time a contact");
    let mut first = None;
    for (place, row) in links.order().iter().enumerate() {
        if links.starts_episode(place) {
            first = links.class(*row).is_first().then(|| grouping.group_of(*row as usize));
        } else if let Some(group) = first {
            let day = (since_first[place] / MICROS_PER_DAY).clamp(0, MOST_DAYS as Micros) as usize;
            let counts: &mut Vec<u64> = &mut days[group];
            counts.resize(counts.len().max(day + 1), 0);
            counts[day] += 1;
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::since_first;
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
        let links = columns.link(&policy);
        let since_first = since_first(&links, &columns.input(), &policy);
        let found = lags(&links, &since_first, Grouping::ALL);
        assert_eq!(found, [vec![1, 0, 1, 1]]);
    }

    #[test]
    fn where_nothing_is_known_nothing_is_counted() {
        assert_eq!(lags(&Links::default(), &[], Grouping::ALL), [Vec::<u64>::new()]);
    }
}
