//! Which source each row is from. Sources are written one after the other into every table, so their counts tell.
//!
//! It takes the sources of a manifest and gives, for one table, the source, the commit and the fate of a row by its number.
//! It deliberately reads no rows.

use std::ops::Range;

use super::manifest::SourceRecord;
use super::schema::Table;

/// The owners of the rows of one table.
pub(super) struct Owners<'a> {
    sources: &'a [SourceRecord],
    /// The number of the row after the last of each source.
    ends: Vec<u64>,
}

impl SourceRecord {
    /// Rows of this source in a table; 0 of a list, whose rows no source has.
    pub(super) fn rows_in(&self, table: Table) -> u64 {
        match table {
            Table::Interactions | Table::InteractionTexts => self.interaction_count,
            Table::Transcripts => self.transcript_count,
            Table::Turns => self.turn_count,
            Table::Cues | Table::CueTexts => self.cue_count,
            Table::Surveys => self.answer_count,
            Table::Articles => self.article_count,
            Table::Rejects => self.reject_count,
            Table::Notes => self.note_count,
            Table::Duplicates | Table::CueDuplicates => 0,
        }
    }

    /// The count that [`SourceRecord::rows_in`] gives, to be changed.
    pub(super) fn rows_in_mut(&mut self, table: Table) -> Option<&mut u64> {
        match table {
            Table::Interactions => Some(&mut self.interaction_count),
            Table::Transcripts => Some(&mut self.transcript_count),
            Table::Turns => Some(&mut self.turn_count),
            Table::Cues => Some(&mut self.cue_count),
            Table::Surveys => Some(&mut self.answer_count),
            Table::Articles => Some(&mut self.article_count),
            Table::Rejects => Some(&mut self.reject_count),
            Table::Notes => Some(&mut self.note_count),
            _ => None,
        }
    }

    /// Whether its rows count.
    pub fn is_removed(&self) -> bool {
        self.removed_in.is_some()
    }
}

impl<'a> Owners<'a> {
    /// The owners of the rows of a table.
    pub(super) fn of(sources: &'a [SourceRecord], table: Table) -> Owners<'a> {
        let mut end = 0u64;
        let ends = sources.iter().map(|source| {
            end = end.saturating_add(source.rows_in(table));
            end
        });
        Owners { ends: ends.collect(), sources }
    }

    /// The place of the row's source among the sources.
    pub(super) fn place(&self, row: u64) -> usize {
        self.ends.partition_point(|end| *end <= row)
    }

    /// The commit that read the row.
    pub(super) fn commit_id(&self, row: u64) -> u64 {
        self.sources.get(self.place(row)).map_or(0, |source| source.commit_id)
    }

    /// The rows of sources that were removed, in ascending order.
    pub(super) fn removed(&self) -> Vec<Range<u64>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(self.ends.iter().copied()).zip(self.sources);
        ranges
            .filter(|((start, end), source)| source.is_removed() && start < end)
            .map(|((start, end), _)| start..end)
            .collect()
    }
}

/// Whether one of the ranges, which ascend, has the row.
pub(super) fn has(ranges: &[Range<u64>], row: u64) -> bool {
    let after = ranges.partition_point(|range| range.start <= row);
    after.checked_sub(1).is_some_and(|before| ranges[before].contains(&row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_belongs_to_the_source_that_wrote_it() {
        let source = |interaction_count, commit_id, removed_in| SourceRecord {
            interaction_count,
            commit_id,
            removed_in,
            ..SourceRecord::default()
        };
        let sources = [source(2, 1, None), source(0, 1, None), source(3, 2, Some(4)), source(1, 3, None)];
        let owners = Owners::of(&sources, Table::InteractionTexts);
        let commits: Vec<u64> = (0..6).map(|row| owners.commit_id(row)).collect();
        assert_eq!(commits, [1, 1, 2, 2, 2, 3]);
        assert_eq!(owners.place(2), 2, "the empty source has no row");
        assert_eq!(owners.removed(), vec![Range { start: 2, end: 5 }]);
        let removed: Vec<bool> = (0..6).map(|row| has(&owners.removed(), row)).collect();
        assert_eq!(removed, [false, false, true, true, true, false]);
        assert_eq!(Owners::of(&sources, Table::Turns).removed(), []);
    }
}
