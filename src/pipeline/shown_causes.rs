//! Which causes of failure the words of contacts show: cues of the kinds `cause/…`, by row, with where to quote them.

use super::view::View;
use crate::Result;
use crate::lexicon::REPEAT;
use crate::link::{Counted, NO_ROW, rows_of};
use crate::store::CueColumns;

/// What the kinds of causes begin with.
const PREFIX: &str = "cause/";

/// The cause of a contact whose words show none.
pub(super) const UNKNOWN: &str = "unknown";

/// Cues of causes, and of statements that a contact is a repeat, by row.
pub(super) struct ShownCauses {
    cues: CueColumns,
    /// Row and cue, by row, then by turn.
    places: Vec<(u32, u32)>,
    /// By code of a kind: the index of its cause in `names`; none for repeats.
    cause_of_kind: Vec<Option<usize>>,
    /// The causes in alphabetical order, then the unknown.
    pub(super) names: Vec<String>,
}

impl ShownCauses {
    pub(super) fn read(view: &View) -> Result<ShownCauses> {
        let cues = view.store.cues_of_kinds(|kind| kind == REPEAT || kind.starts_with(PREFIX))?;
        let mut names: Vec<String> =
            cues.kind_names.iter().filter_map(|kind| kind.strip_prefix(PREFIX)).map(String::from).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name != UNKNOWN);
        names.push(UNKNOWN.to_string());
        let cause = |kind: &String| {
            let name = kind.strip_prefix(PREFIX)?;
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
        Ok(ShownCauses { places, cause_of_kind, names, cues })
    }

    /// The cues of a row, by turn.
    fn of_row(&self, row: u32) -> impl Iterator<Item = usize> + '_ {
        let first = self.places.partition_point(|it| it.0 < row);
        self.places[first..].iter().take_while(move |it| it.0 == row).map(|it| it.1 as usize)
    }

    fn cause(&self, cue: usize) -> Option<usize> {
        self.cause_of_kind[self.cues.kind[cue] as usize]
    }

    /// The distinct causes of a failed contact, ascending: those that it shows and those that the contact after it shows;
    /// the unknown where neither shows one.
    pub(super) fn of(&self, failed: &Counted) -> Vec<usize> {
        let rows = std::iter::once(failed.row).chain(failed.next);
        let mut causes: Vec<usize> =
            rows.flat_map(|row| self.of_row(row)).filter_map(|cue| self.cause(cue)).collect();
        causes.sort_unstable();
        causes.dedup();
        if causes.is_empty() {
            causes.push(self.names.len() - 1);
        }
        causes
    }

    /// What to quote of a failed contact: its row and the cue's row among the cues. Its own cause before that of the
    /// contact after it, before that the customer says there that they were in contact before.
    pub(super) fn quotable(&self, failed: &Counted) -> Option<(u32, u32)> {
        let rows = || std::iter::once(failed.row).chain(failed.next);
        let of_cause =
            |row: u32| self.of_row(row).find(|cue| self.cause(*cue).is_some()).map(|cue| (row, cue));
        let said = |row: u32| self.of_row(row).find(|cue| self.cause(*cue).is_none()).map(|cue| (row, cue));
        let found = rows().find_map(of_cause).or_else(|| failed.next.and_then(said));
        found.map(|(row, cue)| (row, self.cues.row[cue]))
    }
}
