//! Forgetting customers: what is theirs goes out of every file, and that it is gone is proved by reading them.
//!
//! It takes the ids of customers (or telephone numbers, or e-mail addresses), finds whose rows that makes, writes the parts
//! that hold some again without them, commits, and removes the old files at once. Then every file is read once more. It
//! deliberately leaves the configuration alone, and knows nothing of the sources, which still hold the customer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{DataFrame, IntoColumn, NewChunkedArray, PolarsError, StringChunked};

use super::codes::CODED_FIELDS;
use super::columns::codes;
use super::compact::{Kept, counted, rows_of};
use super::cues::{CUE_CODES, dictionary_name};
use super::forget_proof::{Left, Traces};
use super::forget_whose::Whose;
use super::held::Held;
use super::manifest::{Deed, Manifest};
use super::part::{Part, remove_leftovers};
use super::reader::Store;
use super::rejects::uncount_reason;
use super::rewrite::{Copy, kept_turns, unchanged};
use super::schema::Table;
use crate::error::{Error, Result};
use crate::interaction::{Note, Reject};

/// What forgetting did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Interactions, by their ids.
    pub interaction_count: u64,
    /// By table: rows deleted, and what reading the files again found.
    pub tables: Vec<ForgottenTable>,
    /// Files written again, and old files removed.
    pub rewritten_file_count: u64,
    /// Other customers who have a telephone number, an e-mail address or a national id of theirs, at most five.
    pub sharers: Vec<String>,
}

/// One table after customers were forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgottenTable {
    /// Its name.
    pub table: &'static str,
    /// Rows that were deleted.
    pub deleted_count: u64,
    /// Where an id or a key of theirs is still found; 0, or something is wrong.
    pub left: Left,
}

impl Forgotten {
    /// What is still found, over all tables.
    pub fn left(&self) -> Left {
        self.tables.iter().fold(Left::default(), |sum, table| sum + table.left)
    }
}

/// Deletes everything of these customers from the store in `dir`.
///
/// Errors: nothing of them is there; another process is writing; a damaged store.
pub fn forget(dir: &Path, customers: &[String]) -> Result<(Store, Forgotten)> {
    let held = Held::open(dir)?;
    let mut commit = held.next_commit(Deed::Forget);
    let Held { store, lock } = held;
    let whose = Whose::find(&store, customers)?;
    let traces = Traces::of(&store, customers, &whose)?;
    let kept = store.kept_without(&whose, &traces)?;
    let deleted =
        |table: Table| kept.get(&table).map_or(0, |it| it.iter().filter(|keep| !**keep).count() as u64);
    if Table::ALL.into_iter().all(|table| deleted(table) == 0) {
        let what = format!("nothing is stored of {}", customers.join(", "));
        return Err(Error::data(
            dir,
            what,
            "name a customer id, a telephone number or an e-mail address as the sources do",
        ));
    }
    let deleted: BTreeMap<Table, u64> = Table::ALL.into_iter().map(|table| (table, deleted(table))).collect();
    let old = store.manifest.parts.clone();
    let commit_id = commit.id;
    commit.config_text = store.manifest.config_text.clone();
    let mut new = store.without(&kept, &traces, commit_id)?;
    let is_new = |part: &&Part| !old.iter().any(|it| it.file == part.file);
    if store.has_search() {
        let turns = new.parts_of(Table::Turns).map(|(part, _)| part);
        turns.filter(is_new).try_for_each(|part| new.write_index(part))?;
    }
    let lost = new.interactions_lost_in_all()?;
    let dropped = new.manifest.sources.iter().filter(|it| !it.is_removed()).map(|it| it.dropped);
    commit.replaced_in_all = dropped.fold(lost.replaced, |sum, dropped| sum + dropped);
    let cues = new.cues_lost_in_all()?;
    new.write_list(Table::Duplicates, commit_id, lost.rows)?;
    new.write_list(Table::CueDuplicates, commit_id, cues)?;
    let new = new.commit(commit)?;
    remove_leftovers(dir, &new.manifest.parts)?;
    drop(lock);
    let left = traces.left_in(&new)?;
    let table = |(table, left): (Table, Left)| ForgottenTable {
        table: table.name(),
        deleted_count: deleted[&table],
        left,
    };
    let search = new.has_search().then(|| new.left_in_search(&old)).transpose()?.map(|left| ForgottenTable {
        table: "search",
        deleted_count: deleted[&Table::Turns],
        left,
    });
    let forgotten = Forgotten {
        interaction_count: whose.interactions.len() as u64,
        rewritten_file_count: new.manifest.parts.iter().filter(is_new).count() as u64,
        sharers: traces.sharers(&new)?,
        tables: left.into_iter().map(table).chain(search).collect(),
    };
    Ok((new, forgotten))
}

impl Store {
    /// The rows of every table that are not the customers'.
    fn kept_without(&self, whose: &Whose, traces: &Traces) -> Result<Kept> {
        let mut kept = Kept::new();
        for table in [Table::Transcripts, Table::Cues, Table::Surveys] {
            let mut flags = Vec::with_capacity(self.manifest.row_count(table) as usize);
            for (part, _) in self.parts_of(table) {
                let keys = self.column::<polars::prelude::UInt64Type>(part, "interaction_key")?;
                flags.extend(keys.iter().map(|key| !whose.interactions.contains(key)));
            }
            kept.insert(table, flags);
        }
        kept.insert(Table::CueTexts, kept[&Table::Cues].clone());
        // Articles are no customer's.
        kept.insert(Table::Articles, vec![true; self.manifest.row_count(Table::Articles) as usize]);
        let interactions: Vec<bool> = whose.rows.iter().map(|is_theirs| !is_theirs).collect();
        kept.insert(Table::InteractionTexts, interactions.clone());
        kept.insert(Table::Interactions, interactions);
        kept.insert(Table::Turns, self.turns_of_kept(&kept[&Table::Transcripts])?);
        for table in [Table::Rejects, Table::Notes] {
            let mut flags = Vec::new();
            for (part, _) in self.parts_of(table) {
                flags.extend(part.lines(self.dir())?.iter().map(|line| !traces.is_named_in_line(line)));
            }
            kept.insert(table, flags);
        }
        Ok(kept)
    }

    /// The turns of the transcripts that are kept.
    fn turns_of_kept(&self, transcripts: &[bool]) -> Result<Vec<bool>> {
        let mut flags = Vec::with_capacity(self.manifest.row_count(Table::Turns) as usize);
        for (part, first) in self.parts_of(Table::Transcripts) {
            let counts = self.column::<polars::prelude::UInt64Type>(part, "turn_count")?;
            for (keep, count) in rows_of(transcripts, part, first).iter().zip(counts) {
                flags.extend(std::iter::repeat_n(*keep, count as usize));
            }
        }
        match flags.len() as u64 == self.manifest.row_count(Table::Turns) {
            true => Ok(flags),
            false => Err(Error::data(
                self.dir(),
                "the transcripts have other turns than are stored",
                "`recontact store verify` says what is damaged",
            )),
        }
    }

    /// The store with the rows that are kept, in memory; its new parts are on the disk.
    fn without(&self, kept: &Kept, traces: &Traces, commit_id: u64) -> Result<Store> {
        let mut parts = Vec::new();
        for (part, first) in self.numbered_parts() {
            let keep = rows_of(&kept[&part.table], part, first);
            let names_them = part.table == Table::InteractionTexts && traces.is_named_in_part(self, part)?;
            if !keep.contains(&false) && !names_them {
                parts.push(part.clone());
                continue;
            }
            let mut copy = Copy::new(&self.dir, part.table, part.commit_id, Some(commit_id));
            match part.table {
                Table::Transcripts => {
                    let turns = self.parts_in(Table::Turns, part.commit_id).next();
                    let turns =
                        turns.map_or(&[][..], |(turns, first)| rows_of(&kept[&Table::Turns], turns, first));
                    copy.add_transcripts(part, keep, &kept_turns(&self.dir, part, turns)?)?;
                }
                Table::InteractionTexts => copy.add(part, keep, &mut |frame| traces.blanked(frame))?,
                _ => copy.add(part, keep, &mut unchanged)?,
            }
            parts.extend(copy.finish()?);
        }
        let mut sources = counted(&self.manifest.sources, kept);
        self.uncount_lines(kept, &mut sources)?;
        for source in &mut sources {
            if traces.is_named_in(&source.name) {
                source.name = "(forgotten)".to_string();
            }
        }
        let manifest = Manifest { parts, sources, commits: Vec::new(), ..(*self.manifest).clone() };
        let mut new = Store { dir: self.dir.clone(), manifest: Arc::new(manifest), agents: None };
        new.blank_unused_names()?;
        Ok(new)
    }

    /// The parts but the lists, each with the number of its first row.
    fn numbered_parts(&self) -> Vec<(&Part, u64)> {
        let tables = Table::ALL.into_iter().filter(|table| !table.is_list());
        tables.flat_map(|table| self.parts_of(table)).collect()
    }

    /// Takes the rejects and notes that go out of the counts by reason.
    fn uncount_lines(&self, kept: &Kept, sources: &mut [super::SourceRecord]) -> Result<()> {
        for table in [Table::Rejects, Table::Notes] {
            let owners = self.owners(table);
            for (part, first) in self.parts_of(table) {
                let keep = rows_of(&kept[&table], part, first);
                if !keep.contains(&false) {
                    continue;
                }
                for (row, line) in (first..).zip(part.lines(self.dir())?) {
                    if keep[(row - first) as usize] {
                        continue;
                    }
                    let damaged = |e: serde_json::Error| part.damaged(self.dir(), e.to_string());
                    let source = &mut sources[owners.place(row)];
                    if table == Table::Rejects {
                        let reject: Reject = serde_json::from_str(&line).map_err(damaged)?;
                        uncount_reason(&mut source.reject_counts, &reject.reason);
                    } else {
                        let note: Note = serde_json::from_str(&line).map_err(damaged)?;
                        uncount_reason(&mut source.note_counts, &note.what);
                    }
                }
            }
        }
        Ok(())
    }

    /// Blanks names of coded columns that no row has any more: one of them may have been the customer's alone.
    fn blank_unused_names(&mut self) -> Result<()> {
        let interactions =
            CODED_FIELDS.into_iter().map(|field| (Table::Interactions, field, field.to_string()));
        let cues = CUE_CODES.into_iter().map(|field| (Table::Cues, field, dictionary_name(field)));
        for (table, column, dictionary) in interactions.chain(cues) {
            let mut is_used = vec![false; self.dictionary(&dictionary).len()];
            for (part, _) in self.parts_of(table) {
                let mut used = Vec::new();
                codes(&part.read_all(self.dir(), &[column])?, column, is_used.len(), &mut used)
                    .map_err(|what| part.damaged(self.dir(), what))?;
                used.into_iter().for_each(|code| is_used[code as usize] = true);
            }
            let names =
                Arc::make_mut(&mut self.manifest).dictionaries.get_mut(&dictionary).into_iter().flatten();
            names.zip(is_used).filter(|(_, is_used)| !is_used).for_each(|(name, _)| name.clear());
        }
        Ok(())
    }
}

/// A column of texts with some taken out.
pub(super) fn with_texts(
    frame: &mut DataFrame,
    name: &str,
    change: impl Fn(&str) -> Option<String>,
) -> Result<(), PolarsError> {
    let texts = frame.column(name)?.str()?;
    let changed: Vec<Option<String>> = texts.iter().map(|text| text.and_then(&change)).collect();
    let column = StringChunked::from_iter_options(name.into(), changed.iter().map(Option::as_deref));
    frame.with_column(column.into_column())?;
    Ok(())
}
