//! What a store consists of: commits, sources, tables, what does not count.
//!
//! It takes an opened store and gives numbers for people to look at and for programs to watch.

use serde::Serialize;

use super::duplicates::Replaced;
use super::manifest::{CommitRecord, FORMAT_VERSION, SourceRecord};
use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use super::search_files::index_name;
use crate::error::Result;
use crate::interaction::Micros;

/// A store at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// The folder.
    pub store: String,
    /// The version of its layout.
    pub format_version: u32,
    /// The version of the program that made the last commit.
    pub recontact_version: String,
    /// The last commit.
    pub commit: u64,
    /// Hash of the lexicons that its cues were found with.
    pub lexicon_hash: String,
    /// First and last start of the interactions that count, in microseconds UTC.
    pub observed: Option<(Micros, Micros)>,
    /// Interactions that count.
    pub interaction_count: u64,
    /// Interactions that do not count because another row has their id.
    pub replaced: Replaced,
    /// Of those, how many compacting left out.
    pub dropped_count: u64,
    /// Interactions of removed sources that still lie in the files.
    pub removed_count: u64,
    /// The commits that can be opened, oldest first.
    pub commits: Vec<CommitRecord>,
    /// The sources that count, in the order read.
    pub sources: Vec<SourceRecord>,
    /// What lies on the disk.
    pub tables: Vec<TableStatus>,
}

/// One table on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableStatus {
    /// Its name.
    pub table: &'static str,
    /// Its files.
    pub part_count: u64,
    /// Its rows.
    pub row_count: u64,
    /// Rows of it that do not count.
    pub dead_count: u64,
    /// Its bytes.
    pub byte_count: u64,
}

impl Store {
    /// First and last start of the interactions that count.
    ///
    /// Errors: a damaged part.
    pub fn observed(&self) -> Result<Option<(Micros, Micros)>> {
        let want = super::Want { started: true, duplicate: true, ..super::Want::default() };
        let columns = self.columns(want)?;
        let counted = columns.started_at.iter().zip(&columns.is_duplicate).filter(|(_, it)| !**it);
        let span = |span: Option<(Micros, Micros)>, at: &Micros| {
            span.map_or(Some((*at, *at)), |(first, last)| Some((first.min(*at), last.max(*at))))
        };
        Ok(counted.map(|(at, _)| at).fold(None, span))
    }

    /// What the store consists of.
    ///
    /// Errors: a damaged part.
    pub fn status(&self) -> Result<Status> {
        let dead = self.is_duplicate(Table::Interactions)?.into_iter().filter(|it| *it).count() as u64;
        let uncounted = self.uncounted();
        Ok(Status {
            store: self.dir().display().to_string(),
            format_version: FORMAT_VERSION,
            recontact_version: self.manifest.recontact_version.clone(),
            commit: self.commit_id(),
            lexicon_hash: self.lexicon_hash().to_string(),
            observed: self.observed()?,
            interaction_count: self.interaction_count() as u64 - dead,
            replaced: self.replaced().0,
            dropped_count: uncounted.dropped_count,
            removed_count: uncounted.removed_count,
            commits: self.commits().to_vec(),
            sources: self.sources().cloned().collect(),
            tables: Table::ALL
                .into_iter()
                .map(|table| self.table_status(table))
                .chain([Ok(self.search_status())])
                .collect::<Result<_>>()?,
        })
    }

    /// The search index, as if it were a table: its rows are the turns.
    fn search_status(&self) -> TableStatus {
        let has_index = |part: &Part| self.dir().join(index_name(&part.file)).exists();
        let rows = self.parts_of(Table::Turns).filter(|(part, _)| has_index(part)).map(|it| it.0.row_count);
        let (part_count, byte_count) = self.search_size();
        TableStatus { table: "search", part_count, row_count: rows.sum(), dead_count: 0, byte_count }
    }

    fn table_status(&self, table: Table) -> Result<TableStatus> {
        let parts = || self.manifest.parts.iter().filter(|part| part.table == table);
        let removed = || self.owners(table).removed().iter().map(|range| range.end - range.start).sum();
        let flagged = |table| Ok(self.is_duplicate(table)?.into_iter().filter(|it| *it).count() as u64);
        Ok(TableStatus {
            table: table.name(),
            part_count: parts().count() as u64,
            row_count: parts().map(|part| part.row_count).sum(),
            dead_count: match table {
                Table::Interactions | Table::InteractionTexts => flagged(Table::Interactions)?,
                Table::Cues | Table::CueTexts => flagged(Table::Cues)?,
                _ => removed(),
            },
            byte_count: parts().map(|part| part.byte_count).sum(),
        })
    }
}
