//! "No repeat until t" from contacts that were not all watched for as long: the Kaplan–Meier estimate with a
//! 95 % log-log interval. A contact that is still pending counts for as long as it was watched.
//!
//! S(t) is the product of 1 − d ÷ n over the times of events up to and including t: d events at that time, n
//! subjects whose gap is at least that long. At a tie events come before censorings. Greenwood's sum is
//! G = Σ d ÷ (n · (n − d)); the ends are S to the power of exp(± z · √G ÷ ln S).
//!
//! E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958) 457–481;
//! the interval: J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980),
//! chapter 1.
//!
//! Where nothing is known, nothing is said: no estimate after the last gap unless the curve has reached 0,
//! and no interval where S is 0 or 1, as the transformation has no value there.

use rayon::prelude::*;
use serde::Serialize;

use super::interval::{Interval, Z};
use crate::link::Silence;

/// What was seen of one subject: a first contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Microseconds to the event, or to the end of what was observed.
    pub gap: i64,
    /// Whether the gap ended in the event (a repeat) rather than in the end of the observation (censored).
    pub is_event: bool,
}

/// The share without event until a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The share without event up to and including the time, within 0 and 1.
    pub survival: f64,
    /// Its 95 % interval; `None` where the share is 0 or 1.
    pub interval: Option<Interval>,
    /// Subjects whose gap is at least the time.
    pub at_risk: u64,
}

/// A Kaplan–Meier curve: made once, asked for many times.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The gaps of the subjects, ascending.
    gaps: Vec<i64>,
    /// Subjects whose gaps are longer than any time that is asked for.
    later: usize,
    /// A step before all times, and one per time of events, ascending.
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    time: i64,
    /// S from this time until the next step.
    survival: f64,
    /// Greenwood's sum up to this time.
    greenwood: f64,
}

impl From<&Silence> for Subject {
    /// The silence after a first contact: broken by the next contact of the same customer and reason. Where only whole
    /// dates are observed, one on the last, unfinished date does not count: whoever stays silent on it is not at risk.
    fn from(silence: &Silence) -> Subject {
        let watched = silence.observed_after.max(0);
        let is_event = silence.after.is_some_and(|gap| gap <= watched);
        Subject { gap: silence.length().min(watched), is_event }
    }
}

impl Curve {
    /// The curve of the subjects, in any order. Takes the time of sorting them.
    pub fn new(subjects: &[Subject]) -> Self {
        let gaps = |wanted: bool| {
            subjects.iter().filter(move |it| it.is_event == wanted).map(|subject| subject.gap).collect()
        };
        Self::until(gaps(true), gaps(false), 0)
    }

    /// The curve up to some time: of subjects whose gaps are no longer, which ended in an event or were censored, in any
    /// order, and of so many whose gaps are. Later times may not be asked for.
    pub(super) fn until(mut events: Vec<i64>, censored: Vec<i64>, later: usize) -> Self {
        events.par_sort_unstable();
        let mut gaps = censored;
        gaps.extend_from_slice(&events);
        gaps.par_sort_unstable();
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut steps = vec![Step { time: i64::MIN, survival, greenwood }];
        let mut passed = 0;
        for tied in events.chunk_by(|one, other| one == other) {
            let time = tied[0];
            let count = tied.len() as f64;
            passed += gaps[passed..].iter().take_while(|gap| **gap < time).count();
            let at_risk = (later + gaps.len() - passed) as f64;
            survival *= (at_risk - count) / at_risk;
            greenwood += count / (at_risk * (at_risk - count));
            steps.push(Step { time, survival, greenwood });
        }
        Self { gaps, steps, later }
    }

    /// The estimate at `time` (microseconds). `None` without subjects, and after the last gap when that one
    /// was censored: nobody was watched for so long.
    pub fn at(&self, time: i64) -> Option<Estimate> {
        let at_risk = self.later + at_risk(&self.gaps, time);
        let passed = self.steps.partition_point(|step| step.time <= time);
        let Step { survival, greenwood, .. } = self.steps[passed - 1];
        if at_risk == 0 && survival > 0.0 {
            return None;
        }
        Some(Estimate { survival, interval: log_log(survival, greenwood), at_risk: at_risk as u64 })
    }
}

/// How many of the ascending gaps are at least `time`.
fn at_risk(gaps: &[i64], time: i64) -> usize {
    gaps.len() - gaps.partition_point(|gap| *gap < time)
}

/// The 95 % log-log interval of `survival` with Greenwood's sum; `None` at 0 and 1.
fn log_log(survival: f64, greenwood: f64) -> Option<Interval> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let reach = Z * greenwood.sqrt() / survival.ln().abs();
    Some(Interval { low: survival.powf(reach.exp()), high: survival.powf((-reach).exp()) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn subjects(events: &[i64], censored: &[i64]) -> Vec<Subject> {
        let of =
            |gaps: &[i64], is_event| gaps.iter().map(move |gap| Subject { gap: *gap, is_event }).collect();
        let mut all: Vec<Subject> = of(events, true);
        all.extend::<Vec<Subject>>(of(censored, false));
        all
    }

    #[test]
    fn a_contact_on_an_unfinished_date_is_no_event() {
        let silence = |after, observed_after| Silence {
            row: 0,
            before: None,
            after,
            observed_before: 0,
            observed_after,
            window: 7,
        };
        let subject = |after, observed| Subject::from(&silence(after, observed));
        let of = |gap, is_event| Subject { gap, is_event };
        assert_eq!(subject(Some(3), 3), of(3, true));
        assert_eq!(subject(Some(4), 3), of(3, false));
        assert_eq!(subject(None, 3), of(3, false));
        assert_eq!(subject(Some(0), -1), of(0, true), "an overlap at the very end of observation");
        assert_eq!(subject(None, -1), of(0, false));
    }

    /// Weeks to relapse of the 21 children on 6-MP: E. J. Freireich and others, "The effect of
    /// 6-mercaptopurine on the duration of steroid-induced remissions in acute leukemia", Blood 21 (1963)
    /// 699–716.
    fn freireich() -> Vec<Subject> {
        subjects(&[6, 6, 6, 7, 10, 13, 16, 22, 23], &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    }

    /// S as in D. G. Kleinbaum, M. Klein, "Survival Analysis: A Self-Learning Text", chapter 2; the ends are
    /// those of Stata's `sts list`, e.g. G. Rodríguez, "The Gehan Survival Data"
    /// (data.princeton.edu/pop509/gehan.html). By hand for 7 weeks: 18/21 · 16/17 = 0.806723; G = 3/(21·18) +
    /// 1/(17·16) = 0.011613; ln S = −0.214775; 1.959964 · 0.107764 ÷ 0.214775 = 0.983418; S^(e^0.983418) =
    /// 0.5631, S^(e^−0.983418) = 0.9228.
    #[test]
    fn the_curve_is_the_published_one() {
        let curve = Curve::new(&freireich());
        let table = [
            (6, 21, 0.8571, 0.6197, 0.9516),
            (7, 17, 0.8067, 0.5631, 0.9228),
            (10, 15, 0.7529, 0.5032, 0.8894),
            (13, 12, 0.6902, 0.4316, 0.8491),
            (16, 11, 0.6275, 0.3675, 0.8049),
            (22, 7, 0.5378, 0.2678, 0.7468),
            (23, 6, 0.4482, 0.1881, 0.6801),
        ];
        for (week, at_risk, survival, low, high) in table {
            let estimate = curve.at(week).unwrap();
            let interval = estimate.interval.unwrap();
            assert_eq!(estimate.at_risk, at_risk, "week {week}");
            assert!((estimate.survival - survival).abs() < 5.1e-5, "week {week}: {estimate:?}");
            assert!((interval.low - low).abs() < 5.1e-5, "week {week}: {estimate:?}");
            assert!((interval.high - high).abs() < 5.1e-5, "week {week}: {estimate:?}");
        }
    }

    #[test]
    fn the_curve_is_flat_between_events() {
        let curve = Curve::new(&freireich());
        assert_eq!(curve.at(12).unwrap().survival, curve.at(10).unwrap().survival);
        assert_eq!(curve.at(35).unwrap().survival, curve.at(23).unwrap().survival);
        assert_eq!(curve.at(35).unwrap().at_risk, 1);
    }

    /// Of the four at risk at 6, one has the event and one is censored at that very time: 3/4, not 2/3.
    #[test]
    fn at_a_tie_events_come_before_censorings() {
        let curve = Curve::new(&subjects(&[6], &[6, 7, 8]));
        assert_eq!(curve.at(5).unwrap().survival, 1.0);
        assert_eq!(curve.at(6).unwrap().survival, 0.75);
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(Curve::new(&[]).at(0), None);
        let open = Curve::new(&subjects(&[3], &[5]));
        assert_eq!(open.at(2), Some(Estimate { survival: 1.0, interval: None, at_risk: 2 }));
        assert_eq!(open.at(5).unwrap().survival, 0.5);
        assert_eq!(open.at(6), None);
        let closed = Curve::new(&subjects(&[3, 5], &[4]));
        assert_eq!(closed.at(5), Some(Estimate { survival: 0.0, interval: None, at_risk: 1 }));
        assert_eq!(closed.at(6), Some(Estimate { survival: 0.0, interval: None, at_risk: 0 }));
    }

    /// S(t) and G from the definition, counting anew for every time.
    fn naive(subjects: &[Subject], time: i64) -> (f64, f64) {
        let (mut survival, mut greenwood) = (1.0, 0.0);
        for at in 0..=time {
            let count =
                subjects.iter().filter(|subject| subject.is_event && subject.gap == at).count() as f64;
            let at_risk = subjects.iter().filter(|subject| subject.gap >= at).count() as f64;
            if count > 0.0 {
                survival *= 1.0 - count / at_risk;
                greenwood += count / (at_risk * (at_risk - count));
            }
        }
        (survival, greenwood)
    }

    fn any_subjects() -> impl Strategy<Value = Vec<Subject>> {
        let subject = (0..20_i64, any::<bool>()).prop_map(|(gap, is_event)| Subject { gap, is_event });
        prop::collection::vec(subject, 1..60)
    }

    proptest! {
        #[test]
        fn the_curve_equals_its_naive_twin(subjects in any_subjects(), time in 0..25_i64) {
            if let Some(estimate) = Curve::new(&subjects).at(time) {
                let (survival, greenwood) = naive(&subjects, time);
                prop_assert!((estimate.survival - survival).abs() < 1e-12);
                if let Some(Interval { low, high }) = estimate.interval {
                    // The same ends by the other way: of ln(−ln S), and back.
                    let (centre, half) = ((-survival.ln()).ln(), Z * greenwood.sqrt() / survival.ln().abs());
                    prop_assert!((low - (-(centre + half).exp()).exp()).abs() < 1e-9);
                    prop_assert!((high - (-(centre - half).exp()).exp()).abs() < 1e-9);
                    prop_assert!(0.0 <= low && low <= survival && survival <= high && high <= 1.0);
                }
            } else {
                prop_assert!(subjects.iter().all(|subject| subject.gap < time));
            }
        }

        #[test]
        fn without_censoring_it_is_the_plain_share(
            gaps in prop::collection::vec(0..20_i64, 1..80),
            time in 0..25_i64,
        ) {
            let later = gaps.iter().filter(|gap| **gap > time).count() as f64 / gaps.len() as f64;
            let estimate = Curve::new(&subjects(&gaps, &[])).at(time).unwrap();
            prop_assert!((estimate.survival - later).abs() < 1e-12);
        }

        #[test]
        fn a_curve_up_to_a_time_says_the_same_as_one_of_all_subjects(subjects in any_subjects(), time in 0..25_i64) {
            let (within, later): (Vec<Subject>, Vec<Subject>) = subjects.iter().partition(|it| it.gap <= time);
            let gaps = |wanted: bool| within.iter().filter(|it| it.is_event == wanted).map(|it| it.gap).collect();
            let until = Curve::until(gaps(true), gaps(false), later.len());
            let all = Curve::new(&subjects);
            for asked in 0..=time {
                prop_assert_eq!(until.at(asked), all.at(asked));
            }
        }

        #[test]
        fn order_does_not_matter(subjects in any_subjects().prop_shuffle(), time in 0..25_i64) {
            let mut sorted = subjects.clone();
            sorted.sort_by_key(|subject| (subject.gap, subject.is_event));
            prop_assert_eq!(Curve::new(&subjects).at(time), Curve::new(&sorted).at(time));
        }
    }
}
