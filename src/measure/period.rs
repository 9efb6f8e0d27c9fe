//! Days, weeks, months and quarters of a time zone: which one a moment is in. Takes the span of observation and a
//! zone, gives the periods that touch it; each costs a look-up of the zone once, and a moment a binary search.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::interaction::Micros;

/// Periods kept at most, the latest: every quarter of the years that are read (1900 to 2200), three years of days.
pub const MOST_PERIODS: usize = 1_200;

/// A period is long enough to be chosen for a report when this many lie within the observation.
const ENOUGH_PERIODS: i64 = 6;

/// How time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Dates.
    Day,
    /// Weeks of ISO 8601, from Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// January to March, and so on.
    Quarter,
}

/// One period, by its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Its name: `2026-03-02`, `2026-W10`, `2026-03`, `2026-Q1`.
    pub period: String,
    /// Its first date, `2026-03-02`.
    pub from: String,
    /// Its last date.
    pub to: String,
    /// Whether one of its dates lies before the first or after the last date of the observation.
    #[serde(skip)]
    pub is_cut: bool,
}

/// The periods that an observation touches, without gaps, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    /// What each is.
    pub unit: Period,
    /// Each of them.
    pub stretches: Vec<Stretch>,
    /// How many earlier ones were left out, so that there are no more than [`MOST_PERIODS`].
    pub left_out: u64,
    /// The moment at which each begins, and the one at which the last is over.
    bounds: Vec<Micros>,
    /// The first place whose contacts count although their windows are open.
    open_from: usize,
}

impl Period {
    /// Every one, the longest first.
    pub const ALL: [Period; 4] = [Period::Quarter, Period::Month, Period::Week, Period::Day];

    /// `day`, `week`, `month`, `quarter`.
    pub fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::Quarter => "quarter",
        }
    }

    /// The longest period of which at least six lie within the observation, by its dates; else days.
    pub fn fitting(observed: (Micros, Micros), zone: &TimeZone) -> Period {
        let (from, to) = (date(observed.0, zone), date(observed.1, zone));
        let is_enough = |period: &Period| period.whole_between(from, to) >= ENOUGH_PERIODS;
        Period::ALL.into_iter().find(is_enough).unwrap_or(Period::Day)
    }

    /// How many lie within two dates, both included.
    fn whole_between(self, from: Date, to: Date) -> i64 {
        let (first, last) = (self.number(from), self.number(to));
        let is_cut_before = self.first_date(first) < from;
        let is_cut_after = self.last_date(last) > to;
        last - first + 1 - i64::from(is_cut_before) - i64::from(is_cut_after)
    }

    /// The number of the period of a date: consecutive ones have consecutive numbers.
    fn number(self, date: Date) -> i64 {
        let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        match self {
            Period::Day => days(date),
            Period::Week => (days(date) - MONDAY).div_euclid(7),
            Period::Month => months,
            Period::Quarter => months.div_euclid(3),
        }
    }

    /// The first date of a period by its number.
    fn first_date(self, number: i64) -> Date {
        let of_month = |months: i64| {
            let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
            Date::new(year as i16, month as i8, 1).unwrap_or(Date::MAX)
        };
        match self {
            Period::Day => EPOCH.saturating_add(number.days()),
            Period::Week => EPOCH.saturating_add((number * 7 + MONDAY).days()),
            Period::Month => of_month(number),
            Period::Quarter => of_month(number * 3),
        }
    }

    fn last_date(self, number: i64) -> Date {
        self.first_date(number + 1).saturating_sub(1.day())
    }

    fn label(self, first: Date) -> String {
        let year = first.year();
        match self {
            Period::Day => first.to_string(),
            Period::Week => {
                let week = first.iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Period::Month => format!("{year}-{:02}", first.month()),
            Period::Quarter => format!("{year}-Q{}", (first.month() + 2) / 3),
        }
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// The first Monday is this many days after [`EPOCH`], a Thursday.
const MONDAY: i64 = 4;

fn days(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

/// The date of a moment; one that the calendar does not reach is at its end.
fn date(at: Micros, zone: &TimeZone) -> Date {
    let at = Timestamp::from_microsecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
    zone.to_datetime(at).date()
}

/// The first moment of a date, which is not midnight where the clock is put forward at midnight.
fn start_of(date: Date, zone: &TimeZone) -> Micros {
    let noon = date.at(12, 0, 0, 0).to_zoned(zone.clone());
    let start = noon.and_then(|noon| noon.start_of_day());
    start.map_or(if date < EPOCH { Micros::MIN } else { Micros::MAX }, |at| at.timestamp().as_microsecond())
}

impl Periods {
    /// The periods of the zone that an observation (both ends inclusive) touches.
    pub fn new(unit: Period, observed: (Micros, Micros), zone: &TimeZone) -> Periods {
        let (from, to) = (date(observed.0, zone), date(observed.1.max(observed.0), zone));
        let (first, last) = (unit.number(from), unit.number(to));
        let kept = first.max(last + 1 - MOST_PERIODS as i64);
        let stretch = |number: i64| {
            let (start, end) = (unit.first_date(number), unit.last_date(number));
            Stretch {
                period: unit.label(start),
                from: start.to_string(),
                to: end.to_string(),
                is_cut: start < from || end > to,
            }
        };
        Periods {
            unit,
            stretches: (kept..=last).map(stretch).collect(),
            left_out: (kept - first).unsigned_abs(),
            bounds: (kept..=last + 1).map(|number| start_of(unit.first_date(number), zone)).collect(),
            open_from: usize::MAX,
        }
    }

    /// Says that the windows of contacts that begin after a moment are still open although they count already: the
    /// periods from its own on are then provisional.
    pub fn open_after(mut self, settled_to: Micros) -> Periods {
        self.open_from = self.bounds.partition_point(|bound| *bound <= settled_to).saturating_sub(1);
        self
    }

    /// Whether windows of contacts of the period at a place are known to be open.
    pub(super) fn is_open(&self, place: usize) -> bool {
        place >= self.open_from
    }

    /// The place of the period that a moment is in; none before the first and after the last.
    pub fn place(&self, at: Micros) -> Option<usize> {
        let (first, last) = (*self.bounds.first()?, *self.bounds.last()?);
        if at < first || at >= last {
            return None;
        }
        // Periods are about as long as each other, so the place is near to where it would be if they were.
        let share = (at as f64 - first as f64) / (last as f64 - first as f64);
        let mut place = ((share * self.stretches.len() as f64) as usize).min(self.stretches.len() - 1);
        while self.bounds[place] > at {
            place -= 1;
        }
        while self.bounds[place + 1] <= at {
            place += 1;
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Micros {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    /// The name of the period of a moment.
    #[track_caller]
    fn period_of(periods: &Periods, moment: &str) -> Option<String> {
        periods.place(at(moment)).map(|place| periods.stretches[place].period.clone())
    }

    fn names(periods: &Periods) -> Vec<&str> {
        periods.stretches.iter().map(|it| it.period.as_str()).collect()
    }

    #[test]
    fn days_are_those_of_the_zone_and_may_have_23_or_25_hours() {
        let observed = (at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z"));
        let periods = Periods::new(Period::Day, observed, &zone("Europe/Riga"));
        assert_eq!(names(&periods), ["2026-03-28", "2026-03-29", "2026-03-30"]);
        // Riga is 2 hours ahead of UTC, from 29 March 03:00 local time on 3 hours.
        assert_eq!(period_of(&periods, "2026-03-28T21:59:59.999999Z").as_deref(), Some("2026-03-28"));
        assert_eq!(period_of(&periods, "2026-03-28T22:00:00Z").as_deref(), Some("2026-03-29"));
        assert_eq!(period_of(&periods, "2026-03-29T20:59:59.999999Z").as_deref(), Some("2026-03-29"));
        assert_eq!(period_of(&periods, "2026-03-29T21:00:00Z").as_deref(), Some("2026-03-30"));
        // The days are whole, whatever hour the observation begins and ends.
        assert_eq!(period_of(&periods, "2026-03-27T22:00:00Z").as_deref(), Some("2026-03-28"));
        assert_eq!(period_of(&periods, "2026-03-27T21:59:59.999999Z"), None);
        assert_eq!(period_of(&periods, "2026-03-30T20:59:59.999999Z").as_deref(), Some("2026-03-30"));
        assert_eq!(period_of(&periods, "2026-03-30T21:00:00Z"), None);
        assert!(periods.stretches.iter().all(|it| !it.is_cut));
    }

    #[test]
    fn a_day_begins_where_its_clock_does() {
        // In São Paulo the clock went from 00:00 to 01:00 on 18 October 2015.
        let observed = (at("2015-10-17T12:00:00Z"), at("2015-10-18T12:00:00Z"));
        let periods = Periods::new(Period::Day, observed, &zone("America/Sao_Paulo"));
        assert_eq!(period_of(&periods, "2015-10-18T02:59:59Z").as_deref(), Some("2015-10-17"));
        assert_eq!(period_of(&periods, "2015-10-18T03:00:00Z").as_deref(), Some("2015-10-18"));
        // Samoa left 30 December 2011 out: a day without a moment in it.
        let observed = (at("2011-12-29T12:00:00Z"), at("2012-01-01T00:00:00Z"));
        let periods = Periods::new(Period::Day, observed, &zone("Pacific/Apia"));
        assert_eq!(period_of(&periods, "2011-12-30T09:59:59Z").as_deref(), Some("2011-12-29"));
        assert_eq!(period_of(&periods, "2011-12-30T10:00:00Z").as_deref(), Some("2011-12-31"));
        assert!(names(&periods).contains(&"2011-12-30"));
    }

    /// 2026 begins on a Thursday, so its week 1 begins on Monday, 29 December 2025; 2026 has a week 53, to which 3
    /// January 2027, a Sunday, belongs. 1 January 2023 is a Sunday of the last week of 2022.
    #[test]
    fn weeks_are_those_of_iso_8601_across_the_end_of_a_year() {
        let observed = (at("2025-12-28T00:00:00Z"), at("2027-01-04T00:00:00Z"));
        let periods = Periods::new(Period::Week, observed, &TimeZone::UTC);
        assert_eq!(period_of(&periods, "2025-12-28T23:59:59Z").as_deref(), Some("2025-W52"));
        assert_eq!(period_of(&periods, "2025-12-29T00:00:00Z").as_deref(), Some("2026-W01"));
        assert_eq!(period_of(&periods, "2026-03-02T00:00:00Z").as_deref(), Some("2026-W10"));
        assert_eq!(period_of(&periods, "2027-01-03T23:59:59Z").as_deref(), Some("2026-W53"));
        assert_eq!(period_of(&periods, "2027-01-04T00:00:00Z").as_deref(), Some("2027-W01"));
        assert_eq!(periods.stretches.len(), 55);
        let first = &periods.stretches[1];
        assert_eq!((first.from.as_str(), first.to.as_str()), ("2025-12-29", "2026-01-04"));
        let observed = (at("2023-01-01T00:00:00Z"), at("2023-01-02T00:00:00Z"));
        assert_eq!(names(&Periods::new(Period::Week, observed, &TimeZone::UTC)), ["2022-W52", "2023-W01"]);
    }

    #[test]
    fn months_and_quarters_are_cut_where_the_observation_does_not_reach() {
        let observed = (at("2025-12-31T22:30:00Z"), at("2026-05-30T20:00:00Z"));
        let riga = zone("Europe/Riga");
        // 22:30 UTC is half past midnight of 1 January in Riga.
        let months = Periods::new(Period::Month, observed, &riga);
        assert_eq!(names(&months), ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]);
        let cut: Vec<bool> = months.stretches.iter().map(|it| it.is_cut).collect();
        assert_eq!(cut, [false, false, false, false, true], "31 May is not observed");
        assert_eq!(months.stretches[1].to, "2026-02-28");
        let quarters = Periods::new(Period::Quarter, observed, &riga);
        assert_eq!(names(&quarters), ["2026-Q1", "2026-Q2"]);
        assert_eq!(
            (quarters.stretches[0].from.as_str(), quarters.stretches[0].to.as_str()),
            ("2026-01-01", "2026-03-31")
        );
        assert!(quarters.stretches[1].is_cut && !quarters.stretches[0].is_cut);
        let utc = Periods::new(Period::Quarter, observed, &TimeZone::UTC);
        assert_eq!(names(&utc), ["2025-Q4", "2026-Q1", "2026-Q2"]);
    }

    #[test]
    fn the_longest_period_with_six_in_the_observation_fits() {
        let table = [
            ("2026-01-01T08:00:00Z", "2026-01-30T20:00:00Z", Period::Day),
            // Monday, 5 January: six weeks end on Sunday, 15 February.
            ("2026-01-05T08:00:00Z", "2026-02-14T20:00:00Z", Period::Day),
            ("2026-01-05T08:00:00Z", "2026-02-15T20:00:00Z", Period::Week),
            ("2026-01-01T08:00:00Z", "2026-02-28T20:00:00Z", Period::Week),
            ("2026-01-01T08:00:00Z", "2026-06-29T20:00:00Z", Period::Week),
            ("2026-01-01T08:00:00Z", "2026-06-30T20:00:00Z", Period::Month),
            ("2025-01-01T08:00:00Z", "2025-12-31T20:00:00Z", Period::Month),
            // Six quarters are touched, four are whole.
            ("2025-03-31T08:00:00Z", "2026-04-01T20:00:00Z", Period::Month),
            ("2025-01-01T08:00:00Z", "2026-06-30T20:00:00Z", Period::Quarter),
            ("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z", Period::Day),
        ];
        for (from, to, period) in table {
            assert_eq!(Period::fitting((at(from), at(to)), &TimeZone::UTC), period, "{from} to {to}");
        }
    }

    #[test]
    fn no_more_periods_than_the_latest_1200_are_kept() {
        let observed = (at("1900-01-01T00:00:00Z"), at("2199-12-31T23:59:59Z"));
        let quarters = Periods::new(Period::Quarter, observed, &TimeZone::UTC);
        assert_eq!((quarters.stretches.len(), quarters.left_out), (1_200, 0));
        let days = Periods::new(Period::Day, observed, &TimeZone::UTC);
        // 300 years with 73 leap years.
        assert_eq!((days.stretches.len(), days.left_out), (1_200, 300 * 365 + 73 - 1_200));
        assert_eq!(days.stretches[1_199].period, "2199-12-31");
        assert_eq!(period_of(&days, "2199-12-31T23:59:59Z").as_deref(), Some("2199-12-31"));
        assert_eq!(period_of(&days, "2026-01-01T00:00:00Z"), None);
        let all = Periods::new(Period::Month, (Micros::MIN, Micros::MAX), &TimeZone::UTC);
        assert_eq!(all.stretches.len(), MOST_PERIODS);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// The twin converts each moment to a date of the zone.
        #[test]
        fn places_equal_a_conversion_of_every_moment(
            from in at("1990-01-01T00:00:00Z")..at("2037-01-01T00:00:00Z"),
            days in 0..900_i64,
            shares in prop::collection::vec(0.0..=1.0_f64, 1..40),
            zone_name in prop::sample::select(vec![
                "UTC", "Europe/Riga", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu",
                "Australia/Lord_Howe", "Pacific/Apia",
            ]),
            unit in prop::sample::select(Period::ALL.to_vec()),
        ) {
            let (to, zone) = (from + days * 86_400_000_000, zone(zone_name));
            let periods = Periods::new(unit, (from, to), &zone);
            for share in shares {
                let moment = from + (share * (to - from) as f64) as i64;
                let date = date(moment, &zone);
                let stretch = &periods.stretches[periods.place(moment).expect("within the observation")];
                let (first, last): (Date, Date) = (stretch.from.parse().unwrap(), stretch.to.parse().unwrap());
                prop_assert!(first <= date && date <= last, "{date} in {stretch:?}");
                let week = date.iso_week_date();
                let label = match unit {
                    Period::Day => date.strftime("%Y-%m-%d").to_string(),
                    Period::Week => format!("{:04}-W{:02}", week.year(), week.week()),
                    Period::Month => date.strftime("%Y-%m").to_string(),
                    Period::Quarter => format!("{}-Q{}", date.year(), (date.month() - 1) / 3 + 1),
                };
                prop_assert_eq!(&stretch.period, &label);
            }
        }
    }
}
