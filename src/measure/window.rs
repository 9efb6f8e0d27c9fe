//! How wide should the window be? The hazard of a repeat by day since the contact, and the days on which it is above
//! the background: the rate at which customers contact about it anyway.
//!
//! Day d takes gaps of at least d and less than d + 1 days of 24 hours; so day 0 is the first 24 hours, and where gaps
//! are whole dates it is the same date. Its hazard is the events on it over the subjects at risk when it starts: those
//! whose gap is at least d days. (The life-table hazard without the half subject for those censored on the day;
//! D. R. Cox, D. Oakes, "Analysis of Survival Data" (1984), section 4.2.)
//!
//! The rule. The observed days are those from the first on that start with at least 100 subjects at risk. The
//! background is the last third of them (rounded down) taken together: its hazard is their events over the
//! sum of their subjects at risk. Were a day's hazard the same, its events and those of the background would
//! fall on the two in the ratio of their subjects at risk; a day of the first two thirds is above the
//! background when as many falling on it has a probability below 1 in 1000 (binomial: J. Przyborowski,
//! H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31 (1940)
//! 313–323). The window ends with the last day that is above. There are 40 days to look at, so
//! that about 4 of 100 categories in which no day differs get a window by accident (some more with tens of
//! thousands of contacts when many are pending: those censored on a day count as at risk for all of it).
//!
//! Nothing is suggested from fewer than 21 observed days (the background must hold a whole week, as contacts
//! follow the days of the week) or 50 events. Customers who contact often leave early and those who seldom do
//! stay, so that the hazard falls somewhat even where no contact leads to the next: a wide window may mean
//! that.

use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::survival::Subject;
use crate::interaction::MICROS_PER_DAY;

/// How many days are looked at.
pub(super) const DAYS: usize = 60;

/// The fewest subjects at risk at the start of a day that is used.
pub const LEAST_AT_RISK: u64 = 100;

/// The fewest such days.
pub const LEAST_DAYS: usize = 21;

/// The fewest events on them.
pub const LEAST_EVENTS: u64 = 50;

/// A day is above the background when chance would do as much more rarely than this.
const CHANCE: f64 = 0.001;

/// One day since the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Day {
    /// 0 for the first 24 hours.
    pub day: u32,
    /// Subjects at risk when the day starts.
    pub at_risk_count: u64,
    /// Events on the day.
    pub event_count: u64,
}

impl Day {
    /// Events per subject at risk and day; `None` where nobody is at risk.
    pub fn hazard(&self) -> Option<f64> {
        (self.at_risk_count > 0).then(|| self.event_count as f64 / self.at_risk_count as f64)
    }
}

/// What a suggested window rests on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Suggestion {
    /// The last day that is above the background: a window should take it in.
    pub last_day: u32,
    /// The background hazard, per subject and day.
    pub background: f64,
    /// All days above it. A lone late one (a monthly bill, say) is worth a look before the window is taken.
    pub days_above: Vec<u32>,
}

/// Why there is no suggestion.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NoSuggestion {
    /// Fewer days than needed start with enough subjects at risk.
    TooFewDays,
    /// Fewer events than needed on the observed days.
    TooFewEvents,
    /// No day is above the background.
    NeverAbove {
        /// The background hazard, per subject and day.
        background: f64,
    },
    /// The last day before the background is still above it, so that it may be no background.
    NotSettled {
        /// All days above it.
        days_above: Vec<u32>,
        /// The background hazard, per subject and day.
        background: f64,
    },
}

/// Subjects at risk and events for each of the days 0 to 59, from subjects in any order.
pub(super) fn by_day(subjects: &[Subject]) -> Vec<Day> {
    // Who leaves on which day, and the events among them; the last place is for later days.
    let (mut leaving, mut events) = ([0_u64; DAYS + 1], [0_u64; DAYS + 1]);
    for subject in subjects {
        let place = place(subject.gap);
        leaving[place] += 1;
        events[place] += u64::from(subject.is_event);
    }
    let mut at_risk_count = subjects.len() as u64;
    let mut days = Vec::with_capacity(DAYS);
    for (day, (leaving, event_count)) in (0..).zip(leaving.into_iter().zip(events).take(DAYS)) {
        days.push(Day { day, at_risk_count, event_count });
        at_risk_count -= leaving;
    }
    days
}

/// The place of a gap's day: 0 for less than 24 hours, 1 for less than 48, …, `DAYS` for all later ones.
fn place(gap: i64) -> usize {
    usize::try_from(gap.max(0) / MICROS_PER_DAY).unwrap_or(DAYS).min(DAYS)
}

/// The days from the first on that start with enough subjects at risk.
pub(super) fn observed(days: &[Day]) -> &[Day] {
    let count = days.iter().take_while(|day| day.at_risk_count >= LEAST_AT_RISK).count();
    &days[..count]
}

/// Up to which day a window should reach by `days` (of [`by_day`]), or why that cannot be said.
///
/// # Errors
/// Too few days or events, no day above the background, no background yet.
pub(super) fn suggest(days: &[Day]) -> Result<Suggestion, NoSuggestion> {
    let days = observed(days);
    if days.len() < LEAST_DAYS {
        return Err(NoSuggestion::TooFewDays);
    }
    if days.iter().map(|day| day.event_count).sum::<u64>() < LEAST_EVENTS {
        return Err(NoSuggestion::TooFewEvents);
    }
    let (early, late) = days.split_at(days.len() - days.len() / 3);
    let late_events: u64 = late.iter().map(|day| day.event_count).sum();
    let late_at_risk: u64 = late.iter().map(|day| day.at_risk_count).sum();
    let background = late_events as f64 / late_at_risk as f64;
    let is_above = |day: &&Day| probability(day, late_events, late_at_risk) < CHANCE;
    let days_above: Vec<u32> = early.iter().filter(is_above).map(|day| day.day).collect();
    match days_above.last() {
        None => Err(NoSuggestion::NeverAbove { background }),
        Some(last) if *last as usize + 1 == early.len() => {
            Err(NoSuggestion::NotSettled { days_above, background })
        }
        Some(&last_day) => Ok(Suggestion { last_day, background, days_above }),
    }
}

/// The probability of as many events on the day, or more, if its hazard were that of the background.
fn probability(day: &Day, late_events: u64, late_at_risk: u64) -> f64 {
    let share = day.at_risk_count as f64 / (day.at_risk_count + late_at_risk) as f64;
    at_least(day.event_count, day.event_count + late_events, share)
}

/// The probability of at least `least` successes in so many trials; 1 where that is no question.
fn at_least(least: u64, trials: u64, probability: f64) -> f64 {
    if least == 0 {
        return 1.0;
    }
    Binomial::new(probability, trials).map_or(1.0, |binomial| binomial.sf(least - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::survival::Curve;

    /// Subjects all watched for 61 days, with the hazard of each day, events in the middle of the day.
    fn with_hazards(subjects: u64, hazard: impl Fn(u32) -> f64) -> Vec<Subject> {
        let mut left = subjects;
        let mut all = Vec::new();
        for day in 0..DAYS as u32 {
            let events = (left as f64 * hazard(day)).round() as u64;
            let gap = i64::from(day) * MICROS_PER_DAY + MICROS_PER_DAY / 2;
            all.extend((0..events).map(|_| Subject { gap, is_event: true }));
            left -= events;
        }
        all.extend((0..left).map(|_| Subject { gap: 61 * MICROS_PER_DAY, is_event: false }));
        all
    }

    fn suggested(subjects: &[Subject]) -> Result<Suggestion, NoSuggestion> {
        suggest(&by_day(subjects))
    }

    /// Gaps of 0 h, 24 h less a microsecond, 24 h, 36 h (censored), 48 h (censored), 60 d less a microsecond and 60 d.
    #[test]
    fn a_day_begins_with_its_first_microsecond_and_ends_before_the_next() {
        let gap = |gap, is_event| Subject { gap, is_event };
        let day = MICROS_PER_DAY;
        let early = [gap(0, true), gap(day - 1, true), gap(day, true)];
        let censored = [gap(day + day / 2, false), gap(2 * day, false)];
        let late = [gap(60 * day - 1, true), gap(60 * day, true)];
        let days = by_day(&[early.as_slice(), &censored, &late].concat());
        let of = |day, at_risk_count, event_count| Day { day, at_risk_count, event_count };
        assert_eq!(days.len(), 60);
        assert_eq!(days[0], of(0, 7, 2));
        assert_eq!(days[1], of(1, 5, 1));
        // The one censored at exactly 48 hours is at risk when day 2 starts, the other is not.
        assert_eq!(days[2], of(2, 3, 0));
        assert_eq!(days[3], of(3, 2, 0));
        assert_eq!(days[59], of(59, 2, 1));
        assert_eq!(days[0].hazard(), Some(2.0 / 7.0));
        assert_eq!(by_day(&[])[0].hazard(), None);
    }

    /// 3 % a day for a week, then 0.3 %: the window is the week, the background 0.3 %.
    #[test]
    fn the_window_ends_where_the_hazard_comes_down() {
        let found = suggested(&with_hazards(20_000, |day| if day <= 6 { 0.03 } else { 0.003 })).unwrap();
        assert_eq!(found.last_day, 6);
        assert_eq!(found.days_above, [0, 1, 2, 3, 4, 5, 6]);
        assert!((found.background - 0.003).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn a_tail_without_any_repeat_is_a_background_too() {
        let mut subjects = with_hazards(5_000, |day| if day <= 5 { 0.02 } else { 0.0 });
        assert_eq!(suggested(&subjects).map(|found| (found.last_day, found.background)), Ok((5, 0.0)));
        // A lone repeat on day 20 is no reason to wait for three weeks.
        subjects.push(Subject { gap: 20 * MICROS_PER_DAY, is_event: true });
        assert_eq!(suggested(&subjects).map(|found| found.last_day), Ok(5));
    }

    #[test]
    fn a_late_day_above_widens_the_window_and_is_shown() {
        let found =
            suggested(&with_hazards(20_000, |day| if day <= 3 || day == 30 { 0.03 } else { 0.002 })).unwrap();
        assert_eq!(found.last_day, 30);
        assert_eq!(found.days_above, [0, 1, 2, 3, 30]);
    }

    #[test]
    fn a_hazard_that_never_changes_or_never_settles_gives_no_window() {
        let flat = suggested(&with_hazards(20_000, |_| 0.005)).unwrap_err();
        assert!(matches!(flat, NoSuggestion::NeverAbove { .. }), "{flat:?}");
        let falling = suggested(&with_hazards(20_000, |day| 0.03 - 0.0004 * f64::from(day + 1))).unwrap_err();
        assert!(
            matches!(&falling, NoSuggestion::NotSettled { days_above, .. } if days_above.last() == Some(&39)),
            "{falling:?}"
        );
    }

    #[test]
    fn thin_data_give_no_window() {
        let steep = |day| if day <= 6 { 0.03 } else { 0.003 };
        assert_eq!(suggested(&[]), Err(NoSuggestion::TooFewDays));
        assert_eq!(suggested(&with_hazards(99, steep)), Err(NoSuggestion::TooFewDays));
        let watched_for = |days: i64| -> Vec<Subject> {
            let end = days * MICROS_PER_DAY - 1;
            let cut = |s: Subject| if s.gap > end { Subject { gap: end, is_event: false } } else { s };
            with_hazards(5_000, steep).into_iter().map(cut).collect()
        };
        assert_eq!(suggested(&watched_for(20)), Err(NoSuggestion::TooFewDays));
        assert_eq!(suggested(&watched_for(21)).map(|found| found.last_day), Ok(6));
        let lean = |hazard: f64| suggested(&with_hazards(1_000, |day| if day <= 6 { hazard } else { 0.0 }));
        assert_eq!(lean(0.007), Err(NoSuggestion::TooFewEvents), "7 a day are 49");
        assert_eq!(lean(0.008).map(|found| found.last_day), Ok(6), "8 a day are 56");
    }

    /// 3 events on a day with 100 at risk and 2 in a background of 400: a fifth of the five. At least 3 of
    /// 5: 10 · 0.2³ · 0.8² + 5 · 0.2⁴ · 0.8 + 0.2⁵ = 0.05792.
    #[test]
    fn the_probability_is_the_one_worked_by_hand() {
        let of = |events, late_events| {
            let day = Day { day: 0, at_risk_count: 100, event_count: events };
            probability(&day, late_events, 400)
        };
        assert!((of(3, 2) - 0.05792).abs() < 1e-12);
        assert!((of(1, 0) - 0.2).abs() < 1e-12);
        assert_eq!(of(0, 7), 1.0);
    }

    /// The same by the definition: the terms C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ one by one.
    fn naive_at_least(least: u64, trials: u64, probability: f64) -> f64 {
        let ln_odds = probability.ln() - f64::ln_1p(-probability);
        let mut ln_term = trials as f64 * f64::ln_1p(-probability);
        let mut sum = 0.0;
        for count in 0..=trials {
            if count >= least {
                sum += ln_term.exp();
            }
            ln_term += ((trials - count) as f64 / (count + 1) as f64).ln() + ln_odds;
        }
        sum
    }

    #[test]
    fn the_tail_of_the_binomial_equals_its_naive_twin() {
        let table =
            [(1, 1, 0.05), (5, 100, 0.01), (40, 300, 0.1), (600, 10_000, 0.05), (5_300, 100_000, 0.05)];
        for (least, trials, share) in table {
            let (found, expected) = (at_least(least, trials, share), naive_at_least(least, trials, share));
            assert!((found / expected - 1.0).abs() < 1e-6, "{least} of {trials}: {found}, not {expected}");
        }
    }

    /// 100 categories of 2000 contacts that repeat by chance alone, 0.5 % a day, watched for up to 90 days
    /// each: about 4 windows by accident are expected, and the test allows 10.
    #[test]
    fn chance_alone_seldom_gives_a_window() {
        let mut random = fastrand::Rng::with_seed(4);
        let mut found = 0;
        for _ in 0..100 {
            let mut subjects = Vec::new();
            for _ in 0..2_000 {
                let wait = -(1.0 - random.f64()).ln() / 0.005;
                let watched = 30.0 + 60.0 * random.f64();
                let gap = (wait.min(watched) * MICROS_PER_DAY as f64) as i64;
                subjects.push(Subject { gap, is_event: wait <= watched });
            }
            found += u32::from(!matches!(suggested(&subjects), Err(NoSuggestion::NeverAbove { .. })));
        }
        assert!(found <= 10, "{found} of 100");
    }

    /// Events at any time of a day, censoring at the end of days alone.
    fn any_subjects() -> impl Strategy<Value = Vec<Subject>> {
        let subject =
            (0..70_i64, any::<bool>(), 0..MICROS_PER_DAY).prop_map(|(day, is_event, after)| Subject {
                gap: day * MICROS_PER_DAY + if is_event { after } else { MICROS_PER_DAY - 1 },
                is_event,
            });
        prop::collection::vec(subject, 0..80)
    }

    proptest! {
        #[test]
        fn the_days_equal_their_naive_twin(subjects in any_subjects()) {
            for day in by_day(&subjects) {
                let start = i64::from(day.day) * MICROS_PER_DAY;
                let at_risk = |subject: &&Subject| subject.gap >= start;
                let event = |subject: &&Subject| subject.is_event && subject.gap < start + MICROS_PER_DAY;
                prop_assert_eq!(day.at_risk_count, subjects.iter().filter(at_risk).count() as u64);
                prop_assert_eq!(day.event_count, subjects.iter().filter(at_risk).filter(event).count() as u64);
            }
        }

        /// With censoring at the ends of days alone, the days' hazards make the Kaplan–Meier curve.
        #[test]
        fn the_hazards_make_the_survival_curve(subjects in any_subjects()) {
            let curve = Curve::new(&subjects);
            let mut survival = 1.0;
            for day in by_day(&subjects) {
                survival *= 1.0 - day.hazard().unwrap_or(0.0);
                if let Some(estimate) = curve.at(i64::from(day.day + 1) * MICROS_PER_DAY - 1) {
                    prop_assert!((estimate.survival - survival).abs() < 1e-9, "day {}", day.day);
                }
            }
        }

        #[test]
        fn the_order_of_subjects_does_not_matter(subjects in any_subjects()) {
            let reversed: Vec<Subject> = subjects.iter().rev().copied().collect();
            prop_assert_eq!(by_day(&subjects), by_day(&reversed));
        }
    }
}
