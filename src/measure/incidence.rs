//! The share that has had the event of interest by t when another event may come first and end the wait: the
//! Aalen–Johansen cumulative incidence. Here a repeat about the same reason, and a contact about another
//! reason.
//!
//! I(t) = Σ S(s−) · d(s) ÷ n(s) over the times s up to and including t: d events of the kind at s, n subjects
//! whose gap is at least s, and S(s−) the share that had neither event before s. One minus a Kaplan–Meier
//! curve that calls competing events censored says more than that: it answers "if there were no other
//! reasons".
//!
//! O. O. Aalen, S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on
//! censored observations", Scandinavian Journal of Statistics 5 (1978) 141–150.

use rayon::prelude::*;
use serde::Serialize;

use crate::link::{Neighbours, Silence};

/// How the wait of a subject ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    /// With the event of interest.
    Event,
    /// With the other event, after which the event of interest is no longer looked for.
    Competing,
    /// With the end of the observation.
    Censored,
}

/// What was seen of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject {
    /// Microseconds to the outcome.
    pub gap: i64,
    /// How the gap ended.
    pub outcome: Outcome,
}

impl Subject {
    /// A contact whose wait for the next contact about its reason may be ended by one about another. At a tie the
    /// same reason counts. As in [`super::survival`], what comes on a last, unfinished date does not count where only
    /// whole dates are observed: whoever stays silent on it is not at risk.
    pub(super) fn new(silence: &Silence, neighbours: &Neighbours) -> Subject {
        let watched = silence.observed_after.max(0);
        let seen = |gap: Option<i64>| gap.filter(|gap| *gap <= watched);
        match (seen(silence.after), seen(neighbours.other_after)) {
            (Some(same), other) if other.is_none_or(|other| same <= other) => {
                Subject { gap: same, outcome: Outcome::Event }
            }
            (_, Some(other)) => Subject { gap: other, outcome: Outcome::Competing },
            _ => Subject { gap: watched, outcome: Outcome::Censored },
        }
    }
}

/// Where subjects are at a time; the three shares sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Incidence {
    /// The share that has had the event of interest, up to and including the time.
    pub event: f64,
    /// The share that has had the competing event instead.
    pub competing: f64,
    /// The share that has had neither.
    pub neither: f64,
    /// Subjects whose gap is at least the time.
    pub at_risk: u64,
}

/// Cumulative incidence curves: made once, asked for many times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    /// The gaps of the subjects, ascending.
    gaps: Vec<i64>,
    /// Subjects whose gaps are longer than any time that is asked for.
    later: usize,
    /// A step before all times, and one per time of either event, ascending.
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    time: i64,
    event: f64,
    competing: f64,
    neither: f64,
}

impl Curve {
    /// The curves of the subjects, in any order. Takes the time of sorting them.
    #[cfg(test)]
    pub(super) fn new(subjects: &[Subject]) -> Self {
        Self::until(subjects.to_vec(), 0)
    }

    /// The curves up to some time: of subjects whose gaps are no longer, and of so many whose gaps are. Later times may not
    /// be asked for.
    pub(super) fn until(subjects: Vec<Subject>, later: usize) -> Self {
        let mut sorted: Vec<(i64, Outcome)> =
            subjects.iter().map(|subject| (subject.gap, subject.outcome)).collect();
        sorted.par_sort_unstable_by_key(|(gap, _)| *gap);
        let mut step = Step { time: i64::MIN, event: 0.0, competing: 0.0, neither: 1.0 };
        let mut steps = vec![step];
        let mut at_risk = later + sorted.len();
        for tied in sorted.chunk_by(|one, other| one.0 == other.0) {
            let count = |kind| tied.iter().filter(|(_, outcome)| *outcome == kind).count();
            let (events, competing) = (count(Outcome::Event), count(Outcome::Competing));
            if events + competing > 0 {
                let share = step.neither / at_risk as f64;
                step.time = tied[0].0;
                step.event += share * events as f64;
                step.competing += share * competing as f64;
                // In this order it comes to exactly 0 when nobody is left.
                step.neither = share * (at_risk - events - competing) as f64;
                steps.push(step);
            }
            at_risk -= tied.len();
        }
        Self { gaps: sorted.into_iter().map(|(gap, _)| gap).collect(), steps, later }
    }

    /// The shares at `time` (microseconds). `None` without subjects, and after the last gap when someone
    /// censored at it has had neither event.
    pub(super) fn at(&self, time: i64) -> Option<Incidence> {
        let at_risk = self.later + self.gaps.len() - self.gaps.partition_point(|gap| *gap < time);
        let passed = self.steps.partition_point(|step| step.time <= time);
        let Step { event, competing, neither, .. } = self.steps[passed - 1];
        if at_risk == 0 && neither > 0.0 {
            return None;
        }
        Some(Incidence { event, competing, neither, at_risk: at_risk as u64 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::survival;

    use Outcome::{Censored, Competing, Event};

    fn subjects(of: &[(i64, Outcome)]) -> Vec<Subject> {
        of.iter().map(|(gap, outcome)| Subject { gap: *gap, outcome: *outcome }).collect()
    }

    /// Six subjects. At 1: 1/6 event. At 2: 5/6 · 1/5 = 1/6 competing, 4/6 left. At 4: three at risk, 4/6 ·
    /// 1/3 = 2/9 event, 4/9 left. At 5: two at risk, 4/9 · 1/2 = 2/9 competing, 2/9 left. In all 7/18, 7/18
    /// and 4/18.
    #[test]
    fn the_shares_are_those_worked_by_hand() {
        let all = [(1, Event), (2, Competing), (3, Censored), (4, Event), (5, Competing), (6, Censored)];
        let curve = Curve::new(&subjects(&all));
        let table = [
            (0, 0.0, 0.0, 6),
            (1, 1.0 / 6.0, 0.0, 6),
            (2, 1.0 / 6.0, 1.0 / 6.0, 5),
            (3, 1.0 / 6.0, 1.0 / 6.0, 4),
            (4, 7.0 / 18.0, 1.0 / 6.0, 3),
            (6, 7.0 / 18.0, 7.0 / 18.0, 1),
        ];
        for (time, event, competing, at_risk) in table {
            let found = curve.at(time).unwrap();
            assert!((found.event - event).abs() < 1e-12, "at {time}: {found:?}");
            assert!((found.competing - competing).abs() < 1e-12, "at {time}: {found:?}");
            assert_eq!(found.at_risk, at_risk, "at {time}");
        }
        assert_eq!(curve.at(7), None);
    }

    #[test]
    fn what_comes_on_an_unfinished_date_is_no_outcome() {
        let subject = |after, other_after| {
            let (before, window) = (None, 7);
            let silence = Silence { row: 0, before, after, observed_before: 0, observed_after: 3, window };
            Subject::new(&silence, &Neighbours { other_after, ..Neighbours::default() })
        };
        assert_eq!(subject(Some(3), Some(3)), Subject { gap: 3, outcome: Event });
        assert_eq!(subject(Some(4), Some(3)), Subject { gap: 3, outcome: Competing });
        assert_eq!(subject(Some(4), Some(4)), Subject { gap: 3, outcome: Censored });
        assert_eq!(subject(None, None), Subject { gap: 3, outcome: Censored });
    }

    /// Both kinds and a censoring at the same time: all four are at risk. 1/4 event, 1/4 competing, 2/4 left.
    #[test]
    fn at_a_tie_events_come_before_censorings() {
        let curve = Curve::new(&subjects(&[(6, Event), (6, Competing), (6, Censored), (7, Censored)]));
        assert_eq!(curve.at(6), Some(Incidence { event: 0.25, competing: 0.25, neither: 0.5, at_risk: 4 }));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(Curve::new(&[]).at(0), None);
        let open = Curve::new(&subjects(&[(3, Event), (3, Censored)]));
        assert_eq!(open.at(3).map(|found| found.event), Some(0.5));
        assert_eq!(open.at(4), None);
        let closed = Curve::new(&subjects(&[(3, Event), (4, Event), (5, Competing)]));
        assert_eq!(closed.at(9).map(|found| (found.neither, found.at_risk)), Some((0.0, 0)));
    }

    /// The share of the kind from the definition, counting anew for every time.
    fn naive(subjects: &[Subject], kind: Outcome, time: i64) -> f64 {
        let (mut free, mut share) = (1.0, 0.0);
        for at in 0..=time {
            let at_risk = subjects.iter().filter(|subject| subject.gap >= at).count() as f64;
            let here = |kind| subjects.iter().filter(|s| s.gap == at && s.outcome == kind).count() as f64;
            if at_risk > 0.0 {
                share += free * here(kind) / at_risk;
                free *= 1.0 - (here(Event) + here(Competing)) / at_risk;
            }
        }
        share
    }

    fn any_subjects(outcomes: &'static [Outcome]) -> impl Strategy<Value = Vec<Subject>> {
        let subject = (0..20_i64, prop::sample::select(outcomes));
        prop::collection::vec(subject.prop_map(|(gap, outcome)| Subject { gap, outcome }), 1..60)
    }

    /// The same subjects for a Kaplan–Meier curve, competing events called censored.
    fn as_censored(subjects: &[Subject]) -> Vec<survival::Subject> {
        subjects.iter().map(|s| survival::Subject { gap: s.gap, is_event: s.outcome == Event }).collect()
    }

    proptest! {
        #[test]
        fn the_shares_equal_their_naive_twin_and_sum_to_one(
            subjects in any_subjects(&[Event, Competing, Censored]),
            time in 0..25_i64,
        ) {
            if let Some(found) = Curve::new(&subjects).at(time) {
                prop_assert!((found.event - naive(&subjects, Event, time)).abs() < 1e-12);
                prop_assert!((found.competing - naive(&subjects, Competing, time)).abs() < 1e-12);
                prop_assert!((found.event + found.competing + found.neither - 1.0).abs() < 1e-12);
            } else {
                prop_assert!(subjects.iter().all(|subject| subject.gap < time));
            }
        }

        #[test]
        fn without_competing_events_it_is_one_minus_kaplan_meier(
            subjects in any_subjects(&[Event, Censored]),
            time in 0..25_i64,
        ) {
            let found = Curve::new(&subjects).at(time);
            let survival = survival::Curve::new(&as_censored(&subjects)).at(time);
            prop_assert_eq!(found.is_some(), survival.is_some());
            if let (Some(found), Some(estimate)) = (found, survival) {
                prop_assert!((found.event - (1.0 - estimate.survival)).abs() < 1e-12);
                prop_assert_eq!(found.at_risk, estimate.at_risk);
            }
        }

        #[test]
        fn calling_competing_events_censored_never_says_less(
            subjects in any_subjects(&[Event, Competing, Censored]),
            time in 0..25_i64,
        ) {
            let survival = survival::Curve::new(&as_censored(&subjects)).at(time);
            if let (Some(found), Some(estimate)) = (Curve::new(&subjects).at(time), survival) {
                prop_assert!(found.event <= 1.0 - estimate.survival + 1e-12);
            }
        }

        #[test]
        fn curves_up_to_a_time_say_the_same_as_those_of_all_subjects(
            subjects in any_subjects(&[Event, Competing, Censored]),
            time in 0..25_i64,
        ) {
            let (within, later): (Vec<Subject>, Vec<Subject>) = subjects.iter().partition(|it| it.gap <= time);
            let until = Curve::until(within, later.len());
            let all = Curve::new(&subjects);
            for asked in 0..=time {
                prop_assert_eq!(until.at(asked), all.at(asked));
            }
        }

        #[test]
        fn the_order_of_subjects_does_not_matter(
            subjects in any_subjects(&[Event, Competing, Censored]).prop_shuffle(),
            time in 0..25_i64,
        ) {
            let reversed: Vec<Subject> = subjects.iter().rev().copied().collect();
            prop_assert_eq!(Curve::new(&subjects).at(time), Curve::new(&reversed).at(time));
        }
    }
}
