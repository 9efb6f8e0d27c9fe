//! FCR over time: the counts of everything and of each category by period, and what changed between the last two
//! periods that are settled. A contact counts in the period in which it began.

use rayon::prelude::*;
use serde::Serialize;

use super::change::{Comparison, LEVEL, Proportion, Test, compare, holm};
use super::{Groups, Periods, Scores, Stretch};
use crate::interaction::Micros;
use crate::link::{CLASS_CODES, Class, Links};
use crate::policy::Anchor;

/// Everything, or a category, over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendLine {
    /// Its name; none for everything and for contacts without a category.
    pub category: Option<String>,
    /// Whether it is everything.
    pub is_overall: bool,
    /// Its periods, ascending: of everything all, of a category those in which it has contacts.
    pub periods: Vec<PeriodScores>,
    /// What became of the FCR rate; none where too little is settled to tell.
    pub change: Option<Change>,
}

/// The numbers of one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodScores {
    /// Its name and dates.
    #[serde(flatten)]
    pub stretch: Stretch,
    /// Whether contacts of it are pending, or count although their windows are open: its rate will move.
    pub is_provisional: bool,
    /// Whether only a part of it is counted: it reaches out of the observation, or has contacts on the left edge.
    pub is_partial: bool,
    /// Contacts.
    pub contact_count: u64,
    /// Contacts that are repeats, by the time of the repeat.
    pub repeat_count: u64,
    /// First contacts.
    pub first_count: u64,
    /// Contacts on the left edge.
    pub left_edge_count: u64,
    /// Contacts that the FCR rate counts.
    pub eligible_count: u64,
    /// Contacts that it will count.
    pub pending_count: u64,
    /// Eligible ones that were resolved, by the time of the first contact.
    pub resolved_count: u64,
    /// Resolved ÷ eligible.
    pub fcr_rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub fcr_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub fcr_high: Option<f64>,
}

/// The FCR rates of two periods compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The earlier period.
    pub from: String,
    /// The later one.
    pub to: String,
    /// The later rate less the earlier one, in percentage points.
    pub points: f64,
    /// The probability of a difference at least as telling if nothing had changed.
    pub p_value: f64,
    /// The same, corrected by Holm's procedure for the number of categories that were tested; that of everything is
    /// not corrected.
    pub p_adjusted: f64,
    /// Whether the corrected one is below 0.05.
    pub is_change: bool,
    /// The test.
    pub test: Test,
}

/// The lines of everything and then of each group that has contacts, by ascending key. `groups` are by category;
/// `started_at` is that of each row; a change is looked for between periods with at least `minimum_count` eligible
/// contacts. Contacts outside of the periods are not counted.
///
/// # Panics
/// When `groups` or `started_at` are not of the links' length.
pub fn trend(
    links: &Links,
    groups: &Groups,
    started_at: &[Micros],
    periods: &Periods,
    minimum_count: u64,
) -> Vec<TrendLine> {
    let width = periods.stretches.len() as u64;
    let mut everything = vec![Scores::default(); width as usize];
    let mut lines = Vec::new();
    let cells = counts(links, groups, started_at, periods);
    for group in cells.chunk_by(|one, other| one.cell / width == other.cell / width) {
        let mut line = Line::default();
        for cells in group.chunk_by(|one, other| one.cell == other.cell) {
            let place = (cells[0].cell % width) as usize;
            let mut scores = Scores::default();
            for it in cells {
                scores.add(it.code, it.count, links.anchored_at());
                everything[place].add(it.code, it.count, links.anchored_at());
            }
            line.push(place, scores, periods, links.anchored_at());
        }
        lines.push((groups.keys[(group[0].cell / width) as usize].first().cloned().flatten(), line));
    }
    let mut overall = Line::default();
    for (place, scores) in everything.into_iter().enumerate() {
        overall.push(place, scores, periods, links.anchored_at());
    }
    with_changes(overall, lines, minimum_count.max(1))
}

/// A line while it is made: periods with their places.
#[derive(Default)]
struct Line {
    periods: Vec<(usize, PeriodScores)>,
}

impl Line {
    fn push(&mut self, place: usize, scores: Scores, periods: &Periods, anchor: Anchor) {
        let stretch = periods.stretches[place].clone();
        let mut of_period = PeriodScores::new(stretch, scores, anchor);
        of_period.is_provisional |= periods.is_open(place);
        self.periods.push((place, of_period));
    }

    /// The places in the line of the last two periods that are settled and large enough to be compared.
    fn last_settled(&self, minimum_count: u64) -> Option<(usize, usize)> {
        let is_settled =
            |it: &PeriodScores| !it.is_provisional && !it.is_partial && it.eligible_count >= minimum_count;
        let mut settled = (0..self.periods.len()).rev().filter(|at| is_settled(&self.periods[*at].1));
        let to = settled.next()?;
        Some((settled.next()?, to))
    }

    fn change(&self, (from, to): (usize, usize)) -> Option<Change> {
        let (from, to) = (&self.periods[from].1, &self.periods[to].1);
        let of = |it: &PeriodScores| Proportion { count: it.resolved_count, total: it.eligible_count };
        let Comparison { difference, p_value, test } = compare(of(from), of(to))?;
        Some(Change {
            from: from.stretch.period.clone(),
            to: to.stretch.period.clone(),
            points: 100.0 * difference,
            p_value,
            p_adjusted: p_value,
            is_change: p_value < LEVEL,
            test,
        })
    }

    fn finished(self, category: Option<String>, is_overall: bool, change: Option<Change>) -> TrendLine {
        let periods = self.periods.into_iter().map(|(_, it)| it).collect();
        TrendLine { category, is_overall, periods, change }
    }
}

impl PeriodScores {
    fn new(stretch: Stretch, scores: Scores, anchor: Anchor) -> PeriodScores {
        let (fcr_rate, fcr_low, fcr_high) = super::rate(scores.resolved_count, scores.eligible_count);
        let leaves_out = anchor == Anchor::First && scores.left_edge_count > 0;
        PeriodScores {
            is_provisional: scores.pending_count > 0,
            is_partial: stretch.is_cut || leaves_out,
            stretch,
            contact_count: scores.contact_count,
            repeat_count: scores.repeat_count,
            first_count: scores.first_count,
            left_edge_count: scores.left_edge_count,
            eligible_count: scores.eligible_count,
            pending_count: scores.pending_count,
            resolved_count: scores.resolved_count,
            fcr_rate,
            fcr_low,
            fcr_high,
        }
    }
}

/// The finished lines. Periods of a category are not compared when they are earlier than those of everything: that
/// would be old news.
fn with_changes(overall: Line, lines: Vec<(Option<String>, Line)>, minimum_count: u64) -> Vec<TrendLine> {
    let last = overall.last_settled(minimum_count);
    let earliest =
        last.map(|(from, to)| (overall.periods[from].0, overall.periods[to].0)).unwrap_or_default();
    let change_of = |line: &Line| {
        let (from, to) = line.last_settled(minimum_count)?;
        let is_new = line.periods[from].0 >= earliest.0 && line.periods[to].0 >= earliest.1;
        if is_new { line.change((from, to)) } else { None }
    };
    let mut changes: Vec<Option<Change>> = lines.iter().map(|(_, line)| change_of(line)).collect();
    let p_values: Vec<f64> = changes.iter().flatten().map(|it| it.p_value).collect();
    for (change, p_adjusted) in changes.iter_mut().flatten().zip(holm(&p_values)) {
        change.p_adjusted = p_adjusted;
        change.is_change = p_adjusted < LEVEL;
    }
    let change = last.and_then(|last| overall.change(last));
    let mut finished = vec![overall.finished(None, true, change)];
    let named = lines.into_iter().zip(changes);
    finished.extend(named.map(|((category, line), change)| line.finished(category, false, change)));
    finished
}

/// How many contacts of a group, in a period, have a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    /// The group times the number of periods, plus the period's place.
    cell: u64,
    /// Of the class.
    code: u8,
    count: u64,
}

/// Cells up to which each has its place in a table, one a thread (8 MiB).
const MAX_CELLS: u64 = 1 << 16;

/// The least rows for which another thread is worth its table.
const MIN_SHARE: usize = 1 << 15;

/// The cells that have contacts, ascending by cell and code.
fn counts(links: &Links, groups: &Groups, started_at: &[Micros], periods: &Periods) -> Vec<Cell> {
    let row_count = links.row_count();
    assert!(groups.codes.len() == row_count && started_at.len() == row_count, "one group and one time a row");
    let width = periods.stretches.len() as u64;
    let is_contact: [bool; CLASS_CODES] =
        std::array::from_fn(|code| Class::from_code(code as u8).is_some_and(Class::is_contact));
    let place_of = |row: usize| {
        let code = links.codes()[row];
        let place = is_contact[usize::from(code)].then(|| periods.place(started_at[row]))??;
        Some((u64::from(groups.codes[row]) * width + place as u64) * CLASS_CODES as u64 + u64::from(code))
    };
    let cell_count = groups.keys.len() as u64 * width;
    if cell_count <= MAX_CELLS {
        by_table(row_count, place_of, cell_count as usize * CLASS_CODES)
    } else {
        by_sorting(row_count, place_of)
    }
}

fn cell(place: u64, count: u64) -> Cell {
    let codes = CLASS_CODES as u64;
    Cell { cell: place / codes, code: (place % codes) as u8, count }
}

fn by_table(
    row_count: usize,
    place_of: impl Fn(usize) -> Option<u64> + Sync,
    place_count: usize,
) -> Vec<Cell> {
    let share = row_count.div_ceil(rayon::current_num_threads()).max(MIN_SHARE);
    let shares: Vec<usize> = (0..row_count).step_by(share).collect();
    let table_of = |start: usize| {
        let mut table = vec![0_u32; place_count];
        let rows = start..(start + share).min(row_count);
        rows.filter_map(&place_of).for_each(|place| table[place as usize] += 1);
        table
    };
    let added = |mut sum: Vec<u32>, other: Vec<u32>| {
        sum.iter_mut().zip(other).for_each(|(sum, count)| *sum += count);
        sum
    };
    let table = shares.into_par_iter().map(table_of).reduce_with(added).unwrap_or_default();
    let counted = (0..).zip(table).filter(|(_, count)| *count > 0);
    counted.map(|(place, count)| cell(place, u64::from(count))).collect()
}

/// The same where a table of all cells would be too large.
fn by_sorting(row_count: usize, place_of: impl Fn(usize) -> Option<u64> + Sync + Send) -> Vec<Cell> {
    let mut places: Vec<u64> = (0..row_count).into_par_iter().filter_map(place_of).collect();
    places.par_sort_unstable();
    places.chunk_by(|one, other| one == other).map(|equal| cell(equal[0], equal.len() as u64)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::link::Fate;
    use crate::link::Outcome::Resolved;
    use crate::link::table::{Row, S, any_policy, any_rows, linked, names, policy};
    use crate::measure::{Dimension, Period, group};

    const HOUR: i64 = 3_600 * S;
    const DAY: i64 = 24 * HOUR;

    fn by_category(rows: &[Row]) -> Groups {
        let (codes, names): (Vec<u32>, _) = (rows.iter().map(|row| row.category).collect(), names());
        group(&[Dimension { name: "category", codes: &codes, names: &names }])
    }

    /// Label, contacts, repeats, eligible, pending, resolved and what the period is not yet, of each period of a line.
    fn told(line: &TrendLine) -> Vec<(&str, [u64; 5], &'static str)> {
        let of = |it: &PeriodScores| match (it.is_partial, it.is_provisional) {
            (false, false) => "",
            (true, false) => "partial",
            (false, true) => "provisional",
            (true, true) => "both",
        };
        let counts = |it: &PeriodScores| {
            [it.contact_count, it.repeat_count, it.eligible_count, it.pending_count, it.resolved_count]
        };
        line.periods.iter().map(|it| (it.stretch.period.as_str(), counts(it), of(it))).collect()
    }

    /// Observed for five days from 1970, window and lookback one day. Customer 1 comes at noon of the first day (left
    /// edge) and, about a, at 23:00 of the third day and again at 01:00 of the fourth; customer 2 about b at noon of
    /// the third day and of the fifth (pending); customer 3 at noon before the observation.
    #[test]
    fn an_outcome_belongs_to_the_day_of_the_first_contact_and_a_repeat_to_its_own() {
        let rows = [
            Row::new(1, 1, 1, 12 * HOUR, 12 * HOUR),
            Row::new(2, 1, 1, 2 * DAY + 23 * HOUR, 2 * DAY + 23 * HOUR),
            Row::new(3, 1, 1, 3 * DAY + HOUR, 3 * DAY + HOUR),
            Row::new(4, 2, 2, 2 * DAY + 12 * HOUR, 2 * DAY + 12 * HOUR),
            Row::new(5, 2, 2, 4 * DAY + 12 * HOUR, 4 * DAY + 12 * HOUR),
            Row::new(6, 3, 2, -12 * HOUR, -12 * HOUR),
        ];
        let links = linked(&rows, &policy(86_400, 5 * 86_400 - 1));
        let periods = Periods::new(Period::Day, links.observed().unwrap(), &TimeZone::UTC);
        let started_at: Vec<Micros> = rows.iter().map(|row| row.started_at).collect();
        let lines = trend(&links, &by_category(&rows), &started_at, &periods, 1);
        let categories: Vec<_> = lines.iter().map(|it| (it.is_overall, it.category.as_deref())).collect();
        assert_eq!(categories, [(true, None), (false, Some("a")), (false, Some("b"))]);
        let (overall, a, b) = (told(&lines[0]), told(&lines[1]), told(&lines[2]));
        assert_eq!(
            overall,
            [
                ("1970-01-01", [1, 0, 0, 0, 0], "partial"),
                ("1970-01-02", [0, 0, 0, 0, 0], ""),
                ("1970-01-03", [2, 0, 2, 0, 1], ""),
                ("1970-01-04", [1, 1, 0, 0, 0], ""),
                ("1970-01-05", [1, 0, 0, 1, 0], "provisional"),
            ]
        );
        assert_eq!(
            a,
            [
                ("1970-01-01", [1, 0, 0, 0, 0], "partial"),
                ("1970-01-03", [1, 0, 1, 0, 0], ""),
                ("1970-01-04", [1, 1, 0, 0, 0], ""),
            ]
        );
        assert_eq!(b, [("1970-01-03", [1, 0, 1, 0, 1], ""), ("1970-01-05", [1, 0, 0, 1, 0], "provisional")]);
        assert_eq!(lines[0].periods[2].fcr_rate, Some(0.5));
        assert_eq!(lines[0].change, None, "one day alone has eligible contacts and is settled");
    }

    /// A week that the observation cuts is partial, though it has nothing on the left edge.
    #[test]
    fn a_period_that_reaches_out_of_the_observation_is_partial() {
        let rows = [Row::new(1, 1, 1, 3 * DAY, 3 * DAY)];
        let links = linked(&rows, &policy(60, 7 * 86_400));
        let periods = Periods::new(Period::Week, links.observed().unwrap(), &TimeZone::UTC);
        let lines = trend(&links, &by_category(&rows), &[3 * DAY], &periods, 1);
        // 1 January 1970 is a Thursday; the observation ends at midnight of the next one, which counts as observed.
        assert_eq!(
            told(&lines[0]),
            [("1970-W01", [1, 0, 1, 0, 1], "partial"), ("1970-W02", [0, 0, 0, 0, 0], "partial")]
        );
    }

    /// A line whose periods have so many resolved of so many eligible, and so many pending.
    fn line(counts: &[(usize, u64, u64, u64)]) -> Line {
        let periods = Periods::new(Period::Week, (0, 100 * DAY), &TimeZone::UTC);
        let mut line = Line::default();
        for &(place, resolved_count, eligible_count, pending_count) in counts {
            let scores = Scores { resolved_count, eligible_count, pending_count, ..Scores::default() };
            line.push(place, scores, &periods, Anchor::First);
        }
        line
    }

    fn changes(overall: Line, lines: Vec<Line>) -> Vec<Option<Change>> {
        let named = lines.into_iter().map(|line| (Some("a".to_string()), line)).collect();
        with_changes(overall, named, 30).into_iter().map(|line| line.change).collect()
    }

    /// 40 of 100 and 25 of 100: z = −0.15 ÷ √(0.325 · 0.675 · 0.02) = −2.264554, p = 0.023540, corrected 0.047080 as
    /// the second of three. 90 and 60 of 100: z = −0.3 ÷ √(0.75 · 0.25 · 0.02) = −4.898979, p = 9.634e-7, times 3.
    #[test]
    fn a_change_is_one_when_the_corrected_test_says_so() {
        let overall = line(&[(1, 0, 9, 0), (2, 180, 300, 0), (3, 135, 300, 0), (4, 1, 50, 1)]);
        let fallen = line(&[(2, 40, 100, 0), (3, 25, 100, 0)]);
        let same = line(&[(2, 50, 100, 0), (3, 50, 100, 0)]);
        let plunged = line(&[(2, 90, 100, 0), (3, 60, 100, 0)]);
        let few = line(&[(2, 29, 29, 0), (3, 0, 30, 0)]);
        let found = changes(overall, vec![fallen, same, plunged, few]);
        let [Some(overall), Some(fallen), Some(same), Some(plunged), None] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((fallen.from.as_str(), fallen.to.as_str()), ("1970-W03", "1970-W04"));
        assert!((fallen.points + 15.0).abs() < 1e-9, "{fallen:?}");
        assert!((fallen.p_value - 0.023_540).abs() < 1e-6 && (fallen.p_adjusted - 0.047_080).abs() < 1e-6);
        assert!((plunged.p_adjusted / 2.890e-6 - 1.0).abs() < 1e-3, "{plunged:?}");
        assert!(fallen.is_change && plunged.is_change && !same.is_change);
        assert_eq!((same.points, same.p_adjusted, same.test), (0.0, 1.0, Test::PooledZ));
        assert_eq!(overall.p_value, overall.p_adjusted, "everything is one question of its own");
    }

    #[test]
    fn what_is_provisional_partial_or_old_is_not_compared() {
        let overall = || line(&[(2, 180, 300, 0), (3, 180, 300, 0), (4, 180, 300, 1)]);
        // Week 1 of 1970 is cut by the observation.
        assert_eq!(changes(line(&[(0, 40, 100, 0), (3, 25, 100, 0)]), vec![]), [None]);
        assert_eq!(changes(line(&[(2, 40, 100, 0), (3, 25, 100, 1)]), vec![]), [None]);
        // A category of which the last week is settled is compared up to there; one that has ended before is not.
        let early = line(&[(3, 40, 100, 0), (4, 25, 100, 0)]);
        let ended = line(&[(1, 40, 100, 0), (2, 5, 100, 0)]);
        let found = changes(overall(), vec![early, ended]);
        assert_eq!(found[1].as_ref().map(|it| it.to.as_str()), Some("1970-W05"));
        assert_eq!(found[2], None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// The twin looks at each row on its own. Seconds of the rows stand for half days.
        #[test]
        fn counts_equal_a_naive_count(rows in any_rows(), policy in any_policy(), unit in prop::sample::select(Period::ALL.to_vec())) {
            let links = linked(&rows, &policy);
            let Some((from, to)) = links.observed() else { return Ok(()) };
            let half_days = |at: Micros| at * 43_200;
            let periods = Periods::new(unit, (half_days(from), half_days(to)), &TimeZone::UTC);
            let started_at: Vec<Micros> = rows.iter().map(|row| half_days(row.started_at)).collect();
            let lines = trend(&links, &by_category(&rows), &started_at, &periods, 1);
            let mut expected: BTreeMap<(Option<String>, String), [u64; 5]> = BTreeMap::new();
            for (row, at) in (0..).zip(&started_at) {
                let Some(place) = periods.place(*at).filter(|_| links.class(row).is_contact()) else { continue };
                let code = rows[row as usize].category;
                let category = (code != 0).then(|| names()[code as usize].clone());
                let counts = expected.entry((category, periods.stretches[place].period.clone())).or_default();
                let fate = |wanted: &dyn Fn(Fate) -> bool| u64::from(links.fate(row).is_some_and(wanted));
                counts[0] += 1;
                counts[1] += u64::from(links.class(row).is_repeat());
                counts[2] += fate(&|it| it.is_eligible);
                counts[3] += fate(&|it| !it.is_eligible);
                counts[4] += fate(&|it| it.is_eligible && it.outcome == Resolved);
            }
            let mut sums: BTreeMap<&str, [u64; 5]> = BTreeMap::new();
            let found: BTreeMap<(Option<String>, String), [u64; 5]> = lines[1..].iter().flat_map(|line| {
                told(line).into_iter().map(|(period, counts, _)| ((line.category.clone(), period.to_string()), counts))
            }).collect();
            prop_assert_eq!(&found, &expected);
            for ((_, period), counts) in &found {
                let sum = sums.entry(period).or_default();
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            for (period, counts, _) in told(&lines[0]) {
                prop_assert_eq!(counts, sums.get(period).copied().unwrap_or_default());
            }
        }

        #[test]
        fn cells_are_the_same_however_they_are_counted(places in prop::collection::vec(prop::option::of(0..320_u64), 0..200)) {
            let place_of = |row: usize| places[row];
            prop_assert_eq!(by_table(places.len(), place_of, 320), by_sorting(places.len(), place_of));
        }
    }
}
