//! How time is counted between contacts: as it elapses, or in dates of the policy's time zone. Everything is in
//! microseconds; a date counts as 24 hours, so that windows compare with both.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::interaction::{MICROS_PER_DAY as DAY, MICROS_PER_SECOND, Micros};
use crate::policy::{self, Policy};

const SECONDS_PER_DAY: i64 = 86_400;

/// The way of counting.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    Elapsed,
    /// Dates in this zone.
    Calendar(TimeZone),
}

impl Clock {
    pub(super) fn new(policy: &Policy) -> Clock {
        match policy.days {
            policy::Days::Elapsed => Clock::Elapsed,
            // Who reads a policy has looked its zone up; UTC is for one that was made by hand.
            policy::Days::Calendar => {
                Clock::Calendar(TimeZone::get(&policy.timezone).unwrap_or(TimeZone::UTC))
            }
        }
    }

    /// From a moment of the earlier contact to the start of the later one, never negative.
    pub(super) fn gap(&self, anchor: Micros, start: Micros) -> Micros {
        match self {
            Clock::Elapsed => start.saturating_sub(anchor).max(0),
            Clock::Calendar(zone) => (date(zone, start) - date(zone, anchor)).max(0) * DAY,
        }
    }

    /// How long a silence before `start` the observation from `from` on can show; negative where it lies before.
    pub(super) fn observed_before(&self, start: Micros, from: Micros) -> Micros {
        match self {
            Clock::Elapsed => start.saturating_sub(from),
            Clock::Calendar(zone) => {
                let dates = (date(zone, start) - first_whole_date(zone, from)) * DAY;
                // On the first date, which is not whole, no silence is shown: that is 0 and not less.
                if start >= from { dates.max(0) } else { dates }
            }
        }
    }

    /// How long a silence after `anchor` the observation up to `to` can show; negative where it lies after.
    pub(super) fn observed_after(&self, anchor: Micros, to: Micros) -> Micros {
        match self {
            Clock::Elapsed => to.saturating_sub(anchor),
            Clock::Calendar(zone) => (last_whole_date(zone, to) - date(zone, anchor)) * DAY,
        }
    }
}

/// Days from 1970-01-01 to the date of a moment.
fn date(zone: &TimeZone, at: Micros) -> i64 {
    let at = Timestamp::from_microsecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
    // Rounded down, also before 1970.
    let seconds = at.as_microsecond().div_euclid(MICROS_PER_SECOND);
    (seconds + i64::from(zone.to_offset(at).seconds())).div_euclid(SECONDS_PER_DAY)
}

/// The first date that is observed from its beginning.
fn first_whole_date(zone: &TimeZone, from: Micros) -> i64 {
    date(zone, from.saturating_sub(1)) + 1
}

/// The last date that is observed to its end.
fn last_whole_date(zone: &TimeZone, to: Micros) -> i64 {
    date(zone, to.saturating_add(1)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Micros {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn dates_are_those_of_the_zone_whatever_the_hour() {
        let clock = Clock::Calendar(TimeZone::get("Europe/Riga").unwrap());
        // 21:30 UTC is 23:30 in Riga in winter; 22:10 UTC is 00:10 of the next day.
        assert_eq!(clock.gap(at("2026-02-01T21:30:00Z"), at("2026-02-01T22:10:00Z")), DAY);
        assert_eq!(clock.gap(at("2026-02-01T22:10:00Z"), at("2026-02-02T21:59:59Z")), 0);
        // The clock is put forward on 29 March 2026: the day has 23 hours and is one day all the same.
        assert_eq!(clock.gap(at("2026-03-28T23:00:00Z"), at("2026-03-29T21:00:00Z")), DAY);
        assert_eq!(clock.gap(at("2026-02-03T12:00:00Z"), at("2026-02-01T12:00:00Z")), 0, "never negative");
    }

    #[test]
    fn dates_before_1970_begin_at_midnight_too() {
        let clock = Clock::Calendar(TimeZone::UTC);
        let midnight = at("1965-03-01T00:00:00Z");
        assert_eq!(clock.observed_before(at("1965-03-03T09:00:00Z"), midnight), 2 * DAY);
        assert_eq!(clock.gap(midnight - 1, midnight), DAY);
    }

    #[test]
    fn only_whole_dates_are_observed() {
        let clock = Clock::Calendar(TimeZone::UTC);
        let noon = at("2026-02-10T12:00:00Z");
        assert_eq!(clock.observed_after(noon, at("2026-02-11T23:59:59.999999Z")), DAY);
        assert_eq!(clock.observed_after(noon, at("2026-02-11T23:59:59.999998Z")), 0);
        assert_eq!(
            clock.observed_after(noon, at("2026-02-10T20:00:00Z")),
            -DAY,
            "the day itself is not over"
        );
        assert_eq!(clock.observed_before(noon, at("2026-02-09T00:00:00Z")), DAY);
        assert_eq!(clock.observed_before(noon, at("2026-02-09T00:00:01Z")), 0);
        assert_eq!(clock.observed_before(noon, at("2026-02-10T09:00:00Z")), 0, "the first date is not whole");
        assert_eq!(clock.observed_before(noon, at("2026-02-10T13:00:00Z")), -DAY, "before the observation");
    }
}
