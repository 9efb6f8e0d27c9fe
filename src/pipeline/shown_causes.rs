//! Which causes of failure the words of contacts show, one contact at a time, with where to quote them. What is evidence of
//! what is said in `measure::cause`.

use super::causes::{CAUSE, check_count};
use super::view::View;
use crate::Result;
use crate::lexicon::REPEAT;
use crate::link::{Counted, NO_ROW, rows_of};
use crate::measure::Reading;
use crate::store::CueColumns;

/// The cause of a contact whose words show none.
pub(super) const UNKNOWN: &str = "unknown";

/// Cues of causes, and of statements that a contact is a repeat, by row.
pub(super) struct ShownCauses {
    cues: CueColumns,
    /// Row and cue, by row, then by turn.
    places: Vec<(u32, u32)>,
    /// By code of a kind: the index of its cause in `names`; none for repeats.
    cause_of_kind: Vec<Option<usize>>,
    reading: Reading,
    /// The causes in alphabetical order, then the unknown.
    pub(super) names: Vec<String>,
}

impl ShownCauses {
    pub(super) fn read(view: &View) -> Result<ShownCauses> {
        let cues = view.store.cues_of_kinds(|kind| kind == REPEAT || kind.starts_with(CAUSE))?;
        let mut names: Vec<String> =
            cues.kind_names.iter().filter_map(|kind| kind.strip_prefix(CAUSE)).map(String::from).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name != UNKNOWN);
        check_count(view.store, names.len())?;
        let reading = Reading::new(&names);
        names.push(UNKNOWN.to_string());
        let cause = |kind: &String| {
            let name = kind.strip_prefix(CAUSE)?;
            names.iter().position(|known| known == name)
        };
        let cause_of_kind = cues.kind_names.iter().map(cause).collect();
        let columns = view.columns;
        let rows = rows_of(&columns.interaction_key, &columns.is_duplicate, &cues.interaction_key);
        let mut places: Vec<(u32, u32)> =
            rows.into_iter().zip(0..).filter(|(row, _)| *row != NO_ROW).collect();
        let order = |(row, cue): &(u32, u32)| {
            let cue = *cue as usize;
            (*row, cues.turn[cue], &cues.rule_names[cues.rule[cue] as usize], cues.row[cue])
        };
        places.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        Ok(ShownCauses { places, cause_of_kind, reading, names, cues })
    }

    /// The cues of a row, by turn.
    fn of_row(&self, row: u32) -> impl Iterator<Item = usize> + '_ {
        let first = self.places.partition_point(|it| it.0 < row);
        self.places[first..].iter().take_while(move |it| it.0 == row).map(|it| it.1 as usize)
    }

    fn cause(&self, cue: usize) -> Option<usize> {
        self.cause_of_kind[self.cues.kind[cue] as usize]
    }

    /// The cause that a cue is evidence of, in the contact that failed or in the one after it.
    fn evidence(&self, cue: usize, is_next: bool) -> Option<usize> {
        let cause = self.cause(cue)?;
        self.reading.is_evidence(cause, self.cues.is_agent[cue], is_next).then_some(cause)
    }

    /// The evidence of a failed contact, in its own words and then in those of the contact after it: row, cue, cause.
    fn evidence_of(&self, failed: &Counted<'_>) -> impl Iterator<Item = (u32, usize, usize)> + '_ {
        let rows = std::iter::once((failed.row, false)).chain(failed.next.map(|next| (next, true)));
        rows.flat_map(move |(row, is_next)| {
            self.of_row(row).filter_map(move |cue| Some((row, cue, self.evidence(cue, is_next)?)))
        })
    }

    /// The distinct causes of a failed contact, ascending: those that it shows and those that the contact after it shows;
    /// the unknown where neither shows one.
    pub(super) fn of(&self, failed: &Counted<'_>) -> Vec<usize> {
        let mut causes: Vec<usize> = self.evidence_of(failed).map(|(_, _, cause)| cause).collect();
        causes.sort_unstable();
        causes.dedup();
        if causes.is_empty() {
            causes.push(self.names.len() - 1);
        }
        causes
    }

    /// What to quote of a failed contact: its row and the cue's row among the cues. Its own cause before that of the
    /// contact after it, before that the customer says there that they were in contact before.
    pub(super) fn quotable(&self, failed: &Counted<'_>) -> Option<(u32, u32)> {
        let of_cause = self.evidence_of(failed).map(|(row, cue, _)| (row, cue)).next();
        let said = |row: u32| self.of_row(row).find(|cue| self.cause(*cue).is_none()).map(|cue| (row, cue));
        let found = of_cause.or_else(|| failed.next.and_then(said));
        found.map(|(row, cue)| (row, self.cues.row[cue]))
    }
}
