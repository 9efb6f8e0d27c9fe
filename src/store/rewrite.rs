//! Parts written again without some of their rows: what compacting and forgetting have in common.
//!
//! It takes parts with the rows to keep and gives new parts; rows stay in their order, and small row groups are joined to
//! large ones. Transcripts and their turns are written together, because the one says where the other is. It
//! deliberately decides nothing about which rows stay.

use std::io::{BufRead, BufReader};
use std::path::Path;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray, PolarsError, UInt64Type};

use super::columns::values;
use super::interactions::column_u64;
use super::part::{Part, PartWriter};
use super::schema::Table;
use super::writer::{NARROW_ROWS, TEXT_BYTES, TEXT_ROWS};
use crate::error::{Error, Result};

/// Changes the rows of a frame that are kept.
pub(super) type Edit<'a> = &'a mut dyn FnMut(DataFrame) -> Result<DataFrame, PolarsError>;

/// A part that is written from the rows of others.
pub(super) struct Copy<'a> {
    dir: &'a Path,
    table: Table,
    /// The commit in whose name the part is, and the one that writes it again.
    commit_id: u64,
    rewritten_in: Option<u64>,
    writer: Option<PartWriter>,
    pending: Option<DataFrame>,
    /// Turns written so far, where these are transcripts.
    turn_count: u64,
}

impl<'a> Copy<'a> {
    /// A part with nothing in it. It becomes a file when it has a row.
    pub(super) fn new(dir: &'a Path, table: Table, commit_id: u64, rewritten_in: Option<u64>) -> Copy<'a> {
        Copy { dir, table, commit_id, rewritten_in, writer: None, pending: None, turn_count: 0 }
    }

    /// Copies the rows of a part that are to be kept, one flag a row.
    pub(super) fn add(&mut self, part: &Part, keep: &[bool], edit: Edit<'_>) -> Result<()> {
        if self.table.columns().is_empty() {
            return self.add_lines(part, keep);
        }
        let names: Vec<&str> = self.table.columns().iter().map(|(name, _)| *name).collect();
        let damaged = |what: String| part.damaged(self.dir, what);
        for (slice, keep) in (0..).zip(keep.chunks(self.row_limit())) {
            if !keep.contains(&true) {
                continue;
            }
            let first = slice * self.row_limit() as u64;
            let frame = part.read(self.dir, &names, first, keep.len() as u64)?;
            let mask = BooleanChunked::from_slice("keep".into(), keep);
            let kept = frame.filter(&mask).and_then(&mut *edit).map_err(|e| damaged(e.to_string()))?;
            self.push(kept)?;
        }
        Ok(())
    }

    /// Copies transcripts. `turn_counts` are the turns that each keeps.
    pub(super) fn add_transcripts(&mut self, part: &Part, keep: &[bool], turn_counts: &[u64]) -> Result<()> {
        let mut counts = keep.iter().zip(turn_counts).filter(|(keep, _)| **keep).map(|(_, count)| *count);
        let mut next = self.turn_count;
        let mut place = |mut frame: DataFrame| {
            let counts: Vec<u64> = counts.by_ref().take(frame.height()).collect();
            let firsts = counts.iter().map(|count| {
                next += count;
                next - count
            });
            let firsts = firsts.collect();
            frame.with_column(column_u64("first_turn_row", firsts))?;
            frame.with_column(column_u64("turn_count", counts))?;
            Ok(frame)
        };
        self.add(part, keep, &mut place)?;
        self.turn_count = next;
        Ok(())
    }

    fn add_lines(&mut self, part: &Part, keep: &[bool]) -> Result<()> {
        let path = self.dir.join(&part.file);
        let file = std::fs::File::open(&path).map_err(Error::io(&path))?;
        let mut lines = BufReader::new(file).lines();
        for keep in keep {
            let line = lines.next().ok_or_else(|| part.damaged(self.dir, "has too few lines"))?;
            let line = line.map_err(Error::io(&path))?;
            if *keep {
                self.writer()?.write_text(&line)?;
            }
        }
        Ok(())
    }

    fn row_limit(&self) -> usize {
        if self.table.is_narrow() { NARROW_ROWS } else { TEXT_ROWS }
    }

    fn push(&mut self, frame: DataFrame) -> Result<()> {
        let mut pending = self.pending.take().unwrap_or_else(|| frame.clear());
        let failed = |e: PolarsError| Error::io(self.dir)(std::io::Error::other(e.to_string()));
        pending.vstack_mut(&frame).map_err(failed)?;
        let is_full = pending.height() >= self.row_limit()
            || !self.table.is_narrow() && pending.estimated_size() >= TEXT_BYTES;
        match is_full {
            true => self.write(pending),
            false => {
                self.pending = Some(pending);
                Ok(())
            }
        }
    }

    fn write(&mut self, mut frame: DataFrame) -> Result<()> {
        frame.rechunk_mut();
        let limit = self.row_limit();
        let writer = self.writer()?;
        (0..frame.height())
            .step_by(limit)
            .try_for_each(|first| writer.write(&frame.slice(first as i64, limit)))
    }

    fn writer(&mut self) -> Result<&mut PartWriter> {
        let (dir, table, commit_id) = (self.dir, self.table, self.commit_id);
        match &mut self.writer {
            Some(writer) => Ok(writer),
            none => Ok(none.insert(PartWriter::create_as(dir, table, commit_id, self.rewritten_in)?)),
        }
    }

    /// Ends the file; none where no row was kept.
    pub(super) fn finish(mut self) -> Result<Option<Part>> {
        if let Some(pending) = self.pending.take().filter(|pending| pending.height() > 0) {
            self.write(pending)?;
        }
        self.writer.map(PartWriter::finish).transpose()
    }
}

/// How many turns each transcript of a part keeps, where the turns of its commit have these flags.
pub(super) fn kept_turns(dir: &Path, part: &Part, keep: &[bool]) -> Result<Vec<u64>> {
    let frame = part.read_all(dir, &["turn_count"])?;
    let mut counts = Vec::new();
    values::<UInt64Type>(&frame, "turn_count", &mut counts).map_err(|what| part.damaged(dir, what))?;
    let mut rest = keep;
    let mut kept = Vec::with_capacity(counts.len());
    for count in counts {
        let Some((own, others)) = rest.split_at_checked(count as usize) else {
            return Err(part.damaged(dir, "has more turns than there are"));
        };
        kept.push(own.iter().filter(|keep| **keep).count() as u64);
        rest = others;
    }
    Ok(kept)
}

/// Keeps frames as they are.
pub(super) fn unchanged(frame: DataFrame) -> Result<DataFrame, PolarsError> {
    Ok(frame)
}
