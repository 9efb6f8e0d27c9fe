//! Whole columns of a table, decoded by all threads a block of rows at a time, straight to where the values belong.
//!
//! It takes a table and a column and gives one flat vector, parts in the order written. What is held beside it is one
//! decoded block a thread. It deliberately reads one column at a time: columns have nothing to do with each other.

use polars::prelude::{DataFrame, PolarsNumericType};

use super::columns::for_values;
use super::part::OpenPart;
use super::reader::Store;
use super::schema::Table;
use super::workers::in_parallel;
use crate::error::Result;

/// Rows that are decoded at a time: a row group of a narrow table.
const BLOCK_ROWS: usize = 1 << 16;

impl Store {
    /// A column of numbers without gaps of all rows of a table, each as `number` makes it.
    ///
    /// Errors: a part that cannot be read, or a number that `number` refuses.
    pub(super) fn whole<T: PolarsNumericType, U: Copy + Default + PartialEq + Send>(
        &self,
        table: Table,
        name: &str,
        number: impl Fn(T::Native) -> Result<U, String> + Sync,
    ) -> Result<Vec<U>> {
        let parts: Vec<OpenPart<'_>> =
            self.parts_of(table).map(|(part, _)| part.open(self.dir())).collect::<Result<_>>()?;
        let row_count: u64 = self.parts_of(table).map(|(part, _)| part.row_count).sum();
        // Memory that is never written to costs nothing: blocks of zeros are not copied.
        let mut column = vec![U::default(); row_count as usize];
        let mut blocks: Vec<(&OpenPart<'_>, u64, &mut [U])> = Vec::new();
        let mut rest = column.as_mut_slice();
        for (open, (part, _)) in parts.iter().zip(self.parts_of(table)) {
            let (own, later) = std::mem::take(&mut rest).split_at_mut(part.row_count as usize);
            rest = later;
            let firsts = (0..part.row_count).step_by(BLOCK_ROWS);
            blocks.extend(firsts.zip(own.chunks_mut(BLOCK_ROWS)).map(|(first, block)| (open, first, block)));
        }
        in_parallel(blocks, |(part, first, block)| {
            let frame = part.read(&[name], first, block.len() as u64)?;
            fill::<T, U>(&frame, name, &number, block).map_err(|what| part.damaged(what))
        })?;
        Ok(column)
    }

    /// The same of the rows that `keep` marks, in order.
    pub(super) fn chosen<T: PolarsNumericType, U: Copy + Send>(
        &self,
        table: Table,
        name: &str,
        keep: &[bool],
        number: impl Fn(T::Native) -> Result<U, String> + Sync,
    ) -> Result<Vec<U>> {
        let parts: Vec<OpenPart<'_>> =
            self.parts_of(table).map(|(part, _)| part.open(self.dir())).collect::<Result<_>>()?;
        let mut blocks: Vec<(&OpenPart<'_>, u64, &[bool])> = Vec::new();
        let mut rest = keep;
        for (open, (part, _)) in parts.iter().zip(self.parts_of(table)) {
            let (own, later) = rest.split_at(part.row_count as usize);
            rest = later;
            let firsts = (0..part.row_count).step_by(BLOCK_ROWS);
            let own = firsts.zip(own.chunks(BLOCK_ROWS)).map(|(first, keep)| (open, first, keep));
            blocks.extend(own.filter(|(_, _, keep)| keep.contains(&true)));
        }
        let chosen = in_parallel(blocks, |(part, first, keep)| {
            let frame = part.read(&[name], first, keep.len() as u64)?;
            let mut chosen = Vec::new();
            let mut keep = keep.iter();
            let read = for_values::<T>(&frame, name, |values| {
                // The values come first: at their end no mark of the next stretch is used up.
                for (value, _) in values.iter().zip(keep.by_ref()).filter(|(_, is_kept)| **is_kept) {
                    chosen.push(number(*value)?);
                }
                Ok(())
            });
            read.map_err(|what| part.damaged(what))?;
            Ok(chosen)
        })?;
        Ok(chosen.concat())
    }

    /// What `of_block` makes of each block of a column of a table, in order.
    pub(super) fn blocks<B: Send>(
        &self,
        table: Table,
        name: &str,
        of_block: impl Fn(&DataFrame) -> Result<B, String> + Sync,
    ) -> Result<Vec<B>> {
        let parts: Vec<OpenPart<'_>> =
            self.parts_of(table).map(|(part, _)| part.open(self.dir())).collect::<Result<_>>()?;
        let mut blocks = Vec::new();
        for (open, (part, _)) in parts.iter().zip(self.parts_of(table)) {
            let firsts = (0..part.row_count).step_by(BLOCK_ROWS);
            blocks.extend(firsts.map(|first| (open, first, (BLOCK_ROWS as u64).min(part.row_count - first))));
        }
        let block = |(part, first, count): (&OpenPart<'_>, u64, u64)| {
            of_block(&part.read(&[name], first, count)?).map_err(|what| part.damaged(what))
        };
        in_parallel(blocks, block)
    }
}

fn fill<T: PolarsNumericType, U: Copy + Default + PartialEq>(
    frame: &DataFrame,
    name: &str,
    number: impl Fn(T::Native) -> Result<U, String>,
    block: &mut [U],
) -> Result<(), String> {
    let mut at = 0;
    for_values::<T>(frame, name, |values| {
        let block = &mut block[at..at + values.len()];
        at += values.len();
        for (to, value) in block.iter_mut().zip(values) {
            let value = number(*value)?;
            if value != U::default() {
                *to = value;
            }
        }
        Ok(())
    })
}
