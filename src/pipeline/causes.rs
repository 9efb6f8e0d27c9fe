//! Why first contacts fail: the causes that are heard in them and in the repeats that followed, by group, with quotes.
//! What is evidence of what is said in `measure::cause`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cause_quotes::CauseQuotes;
use super::report::{ReportOptions, Reports, groups};
use super::view::{Loaded, View};
use crate::link::{NO_ROW, rows_of};
use crate::measure::{self, CauseScores, Cost, Failure, Groups, Heard, MOST_CAUSES, Reading};
use crate::policy::Policy;
use crate::report::{CauseGroup, Causes, CausesReport};
use crate::store::Store;
use crate::{Error, Result};

/// The kinds of cues that tell causes begin so.
pub(super) const CAUSE: &str = "cause/";

/// Why first contacts fail under `policy`: all, and by one or two dimensions (none: by category).
///
/// Errors: as [`report`](super::report()).
pub fn causes(store: &Store, policy: &Policy, by: &[String]) -> Result<CausesReport> {
    let reports = Reports::load(store, policy)?;
    let view = reports.view(policy)?;
    let report = reports.measured(&view, &ReportOptions::default())?;
    let category = [String::from("category")];
    let by = if by.is_empty() { &category[..] } else { by };
    let Causes { overall, categories } = report.causes;
    let groups = match by == category {
        true => categories,
        false => reports.causes(&view, &groups(&view, by)?)?.categories,
    };
    Ok(CausesReport {
        schema: 1,
        policy: report.policy,
        commit_id: report.commit_id,
        by: by.to_vec(),
        overall,
        groups,
        actions: report.actions,
    })
}

/// The causes that are heard in each row, under every policy.
#[derive(Default)]
pub(super) struct CauseMarks {
    /// The causes by code.
    pub(super) names: Vec<String>,
    /// Empty where no cause is heard anywhere.
    of_row: Vec<Heard>,
}

impl CauseMarks {
    pub(super) fn read(loaded: &Loaded) -> Result<CauseMarks> {
        let (store, columns) = (&loaded.store, &loaded.columns);
        let cues = store.cue_kinds(|kind| kind.starts_with(CAUSE))?;
        check_count(store, cues.names.len())?;
        let rows = rows_of(&columns.interaction_key, &columns.is_duplicate, &cues.interaction_key);
        let mut of_row = Vec::new();
        for (cue, row) in rows.into_iter().enumerate().filter(|(_, row)| *row != NO_ROW) {
            of_row.resize(columns.row_count, Heard::default());
            let heard: &mut Heard = &mut of_row[row as usize];
            let side = if cues.is_agent[cue] { &mut heard.agent } else { &mut heard.customer };
            *side |= 1 << cues.kind[cue];
        }
        let names = cues.names.iter().map(|kind| kind[CAUSE.len()..].to_string()).collect();
        Ok(CauseMarks { names, of_row })
    }

    fn heard(&self, row: u32) -> Heard {
        self.of_row.get(row as usize).copied().unwrap_or_default()
    }
}

/// Complains about more causes than can be told apart.
pub(super) fn check_count(store: &Store, count: usize) -> Result<()> {
    if count <= MOST_CAUSES {
        return Ok(());
    }
    let what = format!("the lexicons tell {count} causes");
    let help = format!("{MOST_CAUSES} can be counted: give rules fewer kinds that begin with `{CAUSE}`");
    Err(Error::data(store.dir(), what, help))
}

/// The failed contacts of a view with what is heard of each.
struct Failures {
    failures: Vec<Failed>,
    /// Handle times of the repeats that followed.
    seconds: Vec<f64>,
}

/// A failed contact and the sets of causes that are heard of it.
pub(super) struct Failed {
    pub(super) row: u32,
    /// The repeat that followed; `NO_ROW` where none did.
    pub(super) next: u32,
    /// In its own words.
    pub(super) of_first: u32,
    /// In those of the repeat.
    pub(super) of_next: u32,
    is_heard: bool,
    seconds: Range<usize>,
}

impl Failures {
    fn failure(&self, failed: &Failed, group: u32) -> Failure<'_> {
        Failure {
            group,
            first: failed.of_first,
            next: failed.of_next,
            is_heard: failed.is_heard,
            repeat_seconds: &self.seconds[failed.seconds.clone()],
        }
    }
}

impl Reports {
    /// The causes of everything and of each group that has failed contacts, those with the most first.
    pub(super) fn causes(&self, view: &View, groups: &Groups) -> Result<Causes> {
        let marks = self.cause_marks();
        let failures = self.failures(view);
        let group_of = |row: u32| groups.codes.get(row as usize).copied().unwrap_or(0);
        let told = failures.failures.iter().map(|it| failures.failure(it, group_of(it.row)));
        let cost = Cost::of(view.policy);
        let mut scores = measure::causes(&marks.names, told, groups.keys.len(), cost);
        let overall = scores.pop().unwrap_or_default();
        let mut shown: Vec<(usize, CauseScores)> =
            scores.into_iter().enumerate().filter(|(_, it)| it.failed_count > 0).collect();
        let key = |code: usize| &groups.keys[code];
        shown.sort_by(|(a, one), (b, other)| {
            other.failed_count.cmp(&one.failed_count).then_with(|| key(*a).cmp(key(*b)))
        });
        let largest = shown.iter().map(|(code, _)| *code as u32);
        let mut quotes = CauseQuotes::new(view, &marks.names, largest);
        failures.failures.iter().for_each(|failed| quotes.offer(failed, group_of(failed.row)));
        let mut quotes = quotes.read()?;
        let mut group = |code: Option<usize>, scores: CauseScores| CauseGroup {
            key: code.map_or(BTreeMap::new(), |code| {
                groups.by.iter().cloned().zip(key(code).iter().cloned()).collect()
            }),
            scores,
            quotes: quotes.remove(&code.map(|code| code as u32)).unwrap_or_default(),
        };
        Ok(Causes {
            overall: group(None, overall),
            categories: shown.into_iter().map(|(code, scores)| group(Some(code), scores)).collect(),
        })
    }

    fn failures(&self, view: &View) -> Failures {
        let (marks, known) = (self.cause_marks(), self.known());
        let reading = Reading::new(&marks.names);
        let handle = |row: &u32| view.columns.handle_seconds.get(*row as usize).copied().unwrap_or(f64::NAN);
        let mut out = Failures { failures: Vec::new(), seconds: Vec::new() };
        for counted in view.links.counted().filter(|counted| counted.is_failed) {
            let first = out.seconds.len();
            out.seconds.extend(counted.repeats.iter().map(handle));
            let has_words = |row: u32| known.is_stated(row).is_some();
            out.failures.push(Failed {
                row: counted.row,
                next: counted.next.unwrap_or(NO_ROW),
                of_first: reading.of_first(marks.heard(counted.row)),
                of_next: counted.next.map_or(0, |next| reading.of_next(marks.heard(next))),
                is_heard: has_words(counted.row) || counted.next.is_some_and(has_words),
                seconds: first..out.seconds.len(),
            });
        }
        out
    }
}
