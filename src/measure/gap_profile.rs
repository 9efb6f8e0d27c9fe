//! The gaps after the contacts of each group, by day, and the window that they suggest beside the policy's. Takes the
//! silences after the counted contacts, gives plain numbers with names; the rule for a window is `window`'s.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::scorecard::windows_of;
use super::window::{DAYS, Day, NoSuggestion, by_day, observed, suggest};
use super::{Curve, Grouping, Groups, Subject};
use crate::interaction::{MICROS_PER_DAY, MICROS_PER_SECOND, Micros};
use crate::link::{Links, Silence};
use crate::policy::{Days, Policy, Span};

/// The longest gaps that the share after the window and the median look at, in days.
const LONGEST_HORIZON: u32 = 30;

/// The profiles of everything and of each group.
#[derive(Debug, Clone, PartialEq)]
pub struct GapProfiles {
    /// How long after a contact repeats are looked for in `late_rate` and `median_gap_seconds`: 30 days, or as many as
    /// enough of all contacts were watched for.
    pub horizon: Span,
    /// Of all counted contacts.
    pub overall: GapProfile,
    /// Of each group, in the groups' order; also of those without a counted contact.
    pub groups: Vec<GapProfile>,
}

/// When customers come back, in one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapProfile {
    /// Subjects: the contacts that the FCR rate counts, eligible or pending.
    pub subject_count: u64,
    /// Those of them that were followed by a contact about the same reason, however late.
    pub event_count: u64,
    /// The policy's W; none where the group may hold categories with different ones.
    pub window: Option<Span>,
    /// The shortest window of whole days that takes in the last day above the background.
    pub suggested_window: Option<Span>,
    /// How the two compare, or why there is no suggestion.
    pub verdict: WindowVerdict,
    /// The background hazard, 0 to 1 a day, where there are enough data for one.
    pub background_rate: Option<f64>,
    /// The days whose hazard is above it.
    pub days_above: Vec<u32>,
    /// Days that start with enough subjects at risk.
    pub observed_day_count: u64,
    /// Events on these days.
    pub observed_event_count: u64,
    /// Of the repeats within the horizon the share that comes after the policy's W.
    pub late_rate: Option<f64>,
    /// Of the gaps within the horizon that ended in a contact the middle one (of an even number the smaller of two).
    pub median_gap_seconds: Option<f64>,
    /// Each of the days from 0 to 59.
    pub days: Vec<DayRates>,
}

/// The suggested window compared with the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowVerdict {
    /// It is shorter.
    Shorter,
    /// They are equal.
    AsLong,
    /// It is longer.
    Longer,
    /// There is one, and no one window of the policy to compare it with.
    Suggested,
    /// No day is above the background.
    NeverAbove,
    /// The hazard has not come down to a background yet.
    NotSettled,
    /// Too few days start with enough subjects at risk.
    TooFewDays,
    /// Too few events.
    TooFewEvents,
}

/// One day after the contact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DayRates {
    /// Its counts.
    #[serde(flatten)]
    pub counts: Day,
    /// Whether the policy's W takes in every gap of the day; none without one W.
    pub is_within_window: Option<bool>,
    /// Events per subject at risk, 0 to 1; none where nobody is at risk.
    pub hazard_rate: Option<f64>,
    /// Kaplan–Meier: the share without a further contact up to the end of the day.
    pub survival_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub survival_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub survival_high: Option<f64>,
}

impl WindowVerdict {
    /// The name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            WindowVerdict::Shorter => "shorter",
            WindowVerdict::AsLong => "as_long",
            WindowVerdict::Longer => "longer",
            WindowVerdict::Suggested => "suggested",
            WindowVerdict::NeverAbove => "never_above",
            WindowVerdict::NotSettled => "not_settled",
            WindowVerdict::TooFewDays => "too_few_days",
            WindowVerdict::TooFewEvents => "too_few_events",
        }
    }
}

/// The profiles of everything and of each of `groups`. `silences` gives those of a stretch of the links.
///
/// # Panics
/// When `groups` are not of the links' length.
pub fn gap_profiles(
    links: &Links,
    policy: &Policy,
    groups: &Groups,
    silences: impl Fn(Range<usize>) -> Vec<Silence> + Sync,
) -> GapProfiles {
    let everything = Groups { by: Vec::new(), codes: Vec::new(), keys: vec![Vec::new()] };
    let window_of_all = windows_of(policy, &everything)[0];
    let of_groups = subjects_of(links, groups, silences);
    let all = of_groups.concat();
    let days = by_day(&all);
    let horizon = horizon(policy, &days);
    let profile = |subjects: &Vec<Subject>, window: Option<Span>| {
        GapProfile::new(policy, horizon, subjects, window, &by_day(subjects))
    };
    let windows = windows_of(policy, groups);
    GapProfiles {
        horizon,
        overall: GapProfile::new(policy, horizon, &all, window_of_all, &days),
        groups: of_groups
            .par_iter()
            .zip(&windows)
            .map(|(subjects, window)| profile(subjects, *window))
            .collect(),
    }
}

/// Stretches that one task looks at.
const STRETCHES: usize = 64;

/// The silences after the contacts that the FCR rate counts, for each group.
fn subjects_of(
    links: &Links,
    groups: &Groups,
    silences: impl Fn(Range<usize>) -> Vec<Silence> + Sync,
) -> Vec<Vec<Subject>> {
    let grouping = Grouping { codes: &groups.codes, count: groups.keys.len() };
    let of_stretches = |stretches: &[Range<usize>]| {
        let mut subjects = vec![Vec::new(); groups.keys.len()];
        for (place, silence) in
            stretches.iter().flat_map(|places| places.clone().zip(silences(places.clone())))
        {
            if links.class_at(place).counted(links.anchored_at()).is_some() {
                subjects[grouping.group_of(silence.row as usize)].push(Subject::from(&silence));
            }
        }
        subjects
    };
    let parts: Vec<Vec<Vec<Subject>>> = links.stretches().par_chunks(STRETCHES).map(of_stretches).collect();
    let of_group = |group: usize| parts.iter().flat_map(|part| &part[group]).copied().collect();
    (0..groups.keys.len()).into_par_iter().map(of_group).collect()
}

/// 30 days, or less where fewer are observed.
fn horizon(policy: &Policy, days: &[Day]) -> Span {
    let longest = Span::from_days(LONGEST_HORIZON);
    observed(days).last().map_or(longest, |last| longest.min(window_over(policy, last.day)))
}

/// The longest gap that falls on a day.
fn longest_gap(policy: &Policy, day: u32) -> Micros {
    match policy.days {
        Days::Elapsed => (i64::from(day) + 1) * MICROS_PER_DAY - 1,
        Days::Calendar => i64::from(day) * MICROS_PER_DAY,
    }
}

/// The shortest window of whole days that takes in a day.
fn window_over(policy: &Policy, day: u32) -> Span {
    let as_many = Span::from_days(day);
    if longest_gap(policy, day) <= policy.reach(as_many) { as_many } else { Span::from_days(day + 1) }
}

impl GapProfile {
    fn new(
        policy: &Policy,
        horizon: Span,
        subjects: &[Subject],
        window: Option<Span>,
        days: &[Day],
    ) -> GapProfile {
        let curve = curve(subjects);
        let found = suggest(days);
        let suggested_window = found.as_ref().ok().map(|found| window_over(policy, found.last_day));
        let verdict = match &found {
            Ok(_) => compared(suggested_window, window),
            Err(NoSuggestion::NeverAbove { .. }) => WindowVerdict::NeverAbove,
            Err(NoSuggestion::NotSettled { .. }) => WindowVerdict::NotSettled,
            Err(NoSuggestion::TooFewDays) => WindowVerdict::TooFewDays,
            Err(NoSuggestion::TooFewEvents) => WindowVerdict::TooFewEvents,
        };
        let (background_rate, days_above) = match found {
            Ok(found) => (Some(found.background), found.days_above),
            Err(NoSuggestion::NotSettled { background, days_above }) => (Some(background), days_above),
            Err(NoSuggestion::NeverAbove { background }) => (Some(background), Vec::new()),
            Err(NoSuggestion::TooFewDays | NoSuggestion::TooFewEvents) => (None, Vec::new()),
        };
        let observed = observed(days);
        GapProfile {
            subject_count: subjects.len() as u64,
            event_count: subjects.iter().filter(|subject| subject.is_event).count() as u64,
            window,
            suggested_window,
            verdict,
            background_rate,
            days_above,
            observed_day_count: observed.len() as u64,
            observed_event_count: observed.iter().map(|day| day.event_count).sum(),
            late_rate: late_rate(policy, &curve, window, horizon),
            median_gap_seconds: median_gap(subjects, policy.reach(horizon)),
            days: days.iter().map(|day| DayRates::new(policy, window, *day, &curve)).collect(),
        }
    }
}

/// The curve as far as it is asked for: to the end of the last day that is looked at.
fn curve(subjects: &[Subject]) -> Curve {
    let longest = DAYS as Micros * MICROS_PER_DAY;
    let within = || subjects.iter().filter(|subject| subject.gap <= longest);
    let gaps = |wanted: bool| -> Vec<Micros> {
        within().filter(|it| it.is_event == wanted).map(|subject| subject.gap).collect()
    };
    Curve::until(gaps(true), gaps(false), subjects.len() - within().count())
}

fn compared(suggested: Option<Span>, window: Option<Span>) -> WindowVerdict {
    match suggested.zip(window).map(|(suggested, window)| suggested.cmp(&window)) {
        Some(std::cmp::Ordering::Less) => WindowVerdict::Shorter,
        Some(std::cmp::Ordering::Equal) => WindowVerdict::AsLong,
        Some(std::cmp::Ordering::Greater) => WindowVerdict::Longer,
        None => WindowVerdict::Suggested,
    }
}

/// (S(W) − S(H)) ÷ (1 − S(H)); none where W is not shorter than the horizon H, or nobody repeats within it.
fn late_rate(policy: &Policy, curve: &Curve, window: Option<Span>, horizon: Span) -> Option<f64> {
    let survival = |span: Span| curve.at(policy.reach(span)).map(|estimate| estimate.survival);
    let in_window = survival(window.filter(|window| *window < horizon)?)?;
    let in_horizon = survival(horizon).filter(|survival| *survival < 1.0)?;
    Some((in_window - in_horizon) / (1.0 - in_horizon))
}

/// The middle one of the gaps up to `longest` that ended in an event, in seconds.
fn median_gap(subjects: &[Subject], longest: Micros) -> Option<f64> {
    let is_repeat = |subject: &&Subject| subject.is_event && subject.gap <= longest;
    let mut gaps: Vec<Micros> = subjects.iter().filter(is_repeat).map(|subject| subject.gap).collect();
    let middle = gaps.len().checked_sub(1)? / 2;
    let (_, median, _) = gaps.select_nth_unstable(middle);
    Some(*median as f64 / MICROS_PER_SECOND as f64)
}

impl DayRates {
    fn new(policy: &Policy, window: Option<Span>, counts: Day, curve: &Curve) -> DayRates {
        let end = longest_gap(policy, counts.day);
        let survival = curve.at(end);
        let interval = survival.and_then(|survival| survival.interval);
        DayRates {
            counts,
            is_within_window: window.map(|window| end <= policy.reach(window)),
            hazard_rate: counts.hazard(),
            survival_rate: survival.map(|survival| survival.survival),
            survival_low: interval.map(|interval| interval.low),
            survival_high: interval.map(|interval| interval.high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::survival::Subject;

    const HOUR: i64 = 3_600_000_000;

    fn subjects(events: &[i64], censored: &[i64]) -> Vec<Subject> {
        let of = |gaps: &[i64], is_event| {
            gaps.iter().map(|hours| Subject { gap: hours * HOUR, is_event }).collect()
        };
        let all: [Vec<Subject>; 2] = [of(events, true), of(censored, false)];
        all.concat()
    }

    fn profile(policy: &Policy, subjects: &[Subject]) -> GapProfile {
        GapProfile::new(policy, Span::from_days(30), subjects, Some(policy.window), &by_day(subjects))
    }

    /// Repeats after 0 h, 24 h exactly, 9 d and 40 d; one watched for 24 h exactly, five for 50 d.
    #[test]
    fn the_profile_is_the_one_worked_by_hand() {
        let found =
            profile(&Policy::default(), &subjects(&[0, 24, 216, 960], &[24, 1200, 1200, 1200, 1200, 1200]));
        assert_eq!((found.subject_count, found.event_count), (10, 4));
        let counts = |day: usize| (found.days[day].counts.at_risk_count, found.days[day].counts.event_count);
        assert_eq!(
            [counts(0), counts(1), counts(2), counts(9), counts(40)],
            [(10, 1), (9, 1), (7, 0), (7, 1), (6, 1)]
        );
        assert_eq!(found.days[1].hazard_rate, Some(1.0 / 9.0));
        // 9/10, then 8/9 of it, then 6/7 of that.
        let survival = |day: usize| found.days[day].survival_rate.unwrap();
        assert_eq!(survival(0), 0.9);
        assert!((survival(1) - 0.8).abs() < 1e-12 && (survival(9) - 0.8 * 6.0 / 7.0).abs() < 1e-12);
        assert_eq!(found.days[59].survival_rate, None, "nobody was watched for 60 days");
        // Within 30 days 1 − 0.8 · 6/7 = 11/35 repeat, after 7 days 0.8 · 1/7 = 4/35.
        assert!((found.late_rate.unwrap() - 4.0 / 11.0).abs() < 1e-12);
        assert_eq!(found.median_gap_seconds, Some(24.0 * 3_600.0));
        assert_eq!((found.suggested_window, found.verdict), (None, WindowVerdict::TooFewDays));
        assert_eq!(found.days.iter().filter(|day| day.is_within_window == Some(true)).count(), 7);
    }

    /// 400 contacts, of which 40 repeat on day 0, 40 on day 2, and one on each of the days from 20 to 30.
    #[test]
    fn the_suggestion_takes_in_its_last_day_however_days_are_cut() {
        let early = std::iter::repeat_n([0, 48], 40).flatten();
        let events: Vec<i64> = early.chain((20..=30).map(|day| day * 24)).collect();
        let subjects = subjects(&events, &[90 * 24; 309]);
        let calendar = Policy { days: Days::Calendar, ..Policy::default() };
        let exclusive = Policy { boundary: crate::policy::Boundary::Exclusive, ..calendar.clone() };
        for (policy, days) in [(Policy::default(), 3), (calendar, 2), (exclusive, 3)] {
            let found = profile(&policy, &subjects);
            assert_eq!(found.suggested_window, Some(Span::from_days(days)));
            assert_eq!(
                (found.verdict, found.days_above.as_slice()),
                (WindowVerdict::Shorter, [0, 2].as_slice())
            );
            let policy = Policy { window: Span::from_days(days), ..policy };
            assert_eq!(profile(&policy, &subjects).verdict, WindowVerdict::AsLong);
            let within = profile(&policy, &subjects)
                .days
                .iter()
                .filter(|day| day.is_within_window == Some(true))
                .count();
            assert_eq!(within, 3);
        }
        let short = Policy { window: Span::from_seconds(3_600), ..Policy::default() };
        assert_eq!(profile(&short, &subjects).verdict, WindowVerdict::Longer);
    }

    #[test]
    fn nothing_has_no_rates() {
        let found = profile(&Policy::default(), &[]);
        assert_eq!((found.late_rate, found.median_gap_seconds, found.days.len()), (None, None, 60));
    }
}
