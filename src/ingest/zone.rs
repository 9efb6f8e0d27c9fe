//! Civil time to UTC: calendar arithmetic and a time zone with a cache of the days that have one offset.
//!
//! Takes civil fields that are already numbers; parsing text is `time`'s business. The rule for clock changes
//! is RFC 5545's: a time that happens twice is the first of the two, a time that does not happen is moved
//! forward by the length of the gap (and the caller is told).

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::interaction::{MICROS_PER_SECOND, Micros};

/// The years in which a contact can have happened; anything else is a typing error or a default value.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

const SECONDS_PER_DAY: i64 = 86_400;

/// A date and a time of day on some clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Civil {
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) micros: u32,
}

impl Civil {
    /// Whether the calendar has this day and the clock this time.
    pub(super) fn is_possible(&self) -> bool {
        (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }

    /// Microseconds since 1970 if the clock were UTC. The fields must be possible.
    pub(super) fn micros_as_utc(&self) -> Micros {
        let seconds = self.day_number() * SECONDS_PER_DAY + self.second_of_day();
        seconds * MICROS_PER_SECOND + i64::from(self.micros)
    }

    fn second_of_day(&self) -> i64 {
        i64::from(self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, after Howard Hinnant's `days_from_civil`.
    fn day_number(&self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    fn datetime(&self) -> Option<DateTime> {
        let (year, month, day) = (i16::try_from(self.year).ok()?, self.month as i8, self.day as i8);
        let (hour, minute, second) = (self.hour as i8, self.minute as i8, self.second as i8);
        DateTime::new(year, month, day, hour, minute, second, self.micros as i32 * 1000).ok()
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A moment in UTC, and whether the clock change moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Micros,
    /// The time does not exist in the zone and was moved forward.
    pub(super) is_shifted: bool,
}

/// A time zone, with the offset of each day on which the clock is not changed.
pub(super) struct Zone {
    zone: TimeZone,
    is_utc: bool,
    offsets: HashMap<i64, Option<i64>>,
    last: Option<(i64, i64)>,
}

impl Zone {
    /// The zone of an IANA name; UTC where there is none of that name (the configuration has checked it).
    pub(super) fn named(name: &str) -> Zone {
        let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        let is_utc = zone == TimeZone::UTC || matches!(name, "UTC" | "Etc/UTC");
        Zone { zone, is_utc, offsets: HashMap::new(), last: None }
    }

    /// The moment of a possible civil time in a year of [`YEARS`].
    pub(super) fn moment(&mut self, civil: &Civil) -> Option<Moment> {
        let as_utc = civil.micros_as_utc();
        if self.is_utc {
            return Some(Moment { at: as_utc, is_shifted: false });
        }
        match self.offset_of_day(civil) {
            Some(offset) => Some(Moment { at: as_utc - offset * MICROS_PER_SECOND, is_shifted: false }),
            None => self.exact_moment(civil),
        }
    }

    /// Seconds east of UTC, where one offset holds for the whole day.
    fn offset_of_day(&mut self, civil: &Civil) -> Option<i64> {
        let day = civil.day_number();
        if let Some((last_day, offset)) = self.last
            && last_day == day
        {
            return Some(offset);
        }
        let zone = &self.zone;
        let offset = *self.offsets.entry(day).or_insert_with(|| offset_of_day(zone, civil));
        if let Some(offset) = offset {
            self.last = Some((day, offset));
        }
        offset
    }

    /// The slow way, right on every day.
    fn exact_moment(&self, civil: &Civil) -> Option<Moment> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil.datetime()?);
        let is_shifted = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let timestamp = ambiguous.compatible().ok()?;
        Some(Moment { at: timestamp.as_microsecond(), is_shifted })
    }
}

fn offset_of_day(zone: &TimeZone, civil: &Civil) -> Option<i64> {
    let midnight = Civil { hour: 0, minute: 0, second: 0, micros: 0, ..*civil }.datetime()?;
    let start = zone.to_ambiguous_timestamp(midnight);
    let AmbiguousOffset::Unambiguous { offset } = start.offset() else { return None };
    let start = start.compatible().ok()?;
    // A change within the day, or so near that it could make a time of the day ambiguous, is left to the slow way.
    let change = zone.following(start).next().map(|transition| transition.timestamp().as_second());
    let before = zone.preceding(start).next().map(|transition| transition.timestamp().as_second());
    let start = start.as_second();
    let is_quiet_after = change.is_none_or(|change| change - start > 2 * SECONDS_PER_DAY);
    let is_quiet_before = before.is_none_or(|before| start - before > SECONDS_PER_DAY);
    (is_quiet_after && is_quiet_before).then_some(i64::from(offset.seconds()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::*;

    fn civil(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Civil {
        Civil { year, month, day, hour, minute, second: 0, micros: 0 }
    }

    #[test]
    fn a_time_that_happens_twice_is_the_first() {
        // Riga, 27 October 2024: 04:00 summer time (UTC+3) becomes 03:00 winter time (UTC+2).
        let moment = Zone::named("Europe/Riga").moment(&civil(2024, 10, 27, 3, 30)).unwrap();
        let first = civil(2024, 10, 27, 0, 30).micros_as_utc();
        assert_eq!(moment, Moment { at: first, is_shifted: false });
    }

    #[test]
    fn a_time_that_does_not_happen_is_moved_forward_and_said() {
        // Riga, 31 March 2024: 03:00 becomes 04:00, so 03:30 is read as 04:30 summer time, 01:30 UTC.
        let moment = Zone::named("Europe/Riga").moment(&civil(2024, 3, 31, 3, 30)).unwrap();
        assert_eq!(moment, Moment { at: civil(2024, 3, 31, 1, 30).micros_as_utc(), is_shifted: true });
    }

    #[test]
    fn impossible_dates_are_seen() {
        assert!(civil(2024, 2, 29, 0, 0).is_possible());
        assert!(!civil(2023, 2, 29, 0, 0).is_possible());
        assert!(!civil(1900, 2, 29, 0, 0).is_possible());
        assert!(!civil(2024, 13, 1, 0, 0).is_possible());
        assert!(!civil(2024, 4, 31, 0, 0).is_possible());
        assert!(!civil(2024, 4, 0, 0, 0).is_possible());
        assert!(!civil(2024, 4, 1, 24, 0).is_possible());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn the_cached_way_agrees_with_the_slow_way(
            year in 1900i32..=2200, month in 1u32..=12, day in 1u32..=28, hour in 0u32..24, minute in 0u32..60,
            name in proptest::sample::select(vec![
                "Europe/Riga", "Europe/Sofia", "Asia/Shanghai", "Asia/Jerusalem", "Australia/Lord_Howe",
                "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca",
            ]),
        ) {
            let civil = civil(year, month, day, hour, minute);
            let mut zone = Zone::named(name);
            let slow = zone.exact_moment(&civil);
            prop_assert_eq!(zone.moment(&civil), slow);
            prop_assert_eq!(zone.moment(&civil), slow);
        }

        #[test]
        fn day_numbers_agree_with_the_calendar(
            year in 1900i32..=2200, month in 1u32..=12, day in 1u32..=28,
        ) {
            let civil = civil(year, month, day, 0, 0);
            let expected = civil.datetime().unwrap().to_zoned(TimeZone::UTC).unwrap().timestamp();
            prop_assert_eq!(civil.micros_as_utc(), expected.as_microsecond());
        }
    }
}
