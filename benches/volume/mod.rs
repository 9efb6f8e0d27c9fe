//! Synthetic contact centres of any size, streamed: seeded, the same everywhere, nothing of it real.
//!
//! A year of interactions as CSV in the order of time, and for each that was served a transcript of 1 to 4 KB as a JSON
//! line, in eight languages. `plan` decides who calls when and about what, `dialogue` what is said, `languages` holds
//! the sentences that it is said in, `row` writes lines and plants what is wrong with them, `truth` counts what was
//! planted. Used by the benches and, as a program, to make files:
//! `cargo run --release --example generate-volume -- 1000000 FOLDER`.

mod dialogue;
mod languages;
mod plan;
mod row;
mod truth;

use std::fs::File;
use std::io::{Result, Write};
use std::path::Path;

use rayon::prelude::*;

// Each bench uses some of it.
#[allow(unused_imports)]
pub(crate) use {
    dialogue::dialogue,
    plan::Contact,
    row::write_transcript,
    truth::{Fact, Truth},
};

use plan::{Plan, Row};
use row::HEADER;

/// Rows that one thread writes at a time: about 1 MB of transcripts.
const BLOCK: usize = 512;

/// `count` contacts in the order of time, without the rows that correct them.
pub(crate) fn contacts(count: u64) -> impl Iterator<Item = Contact> {
    Plan::new(count).filter(|row| !row.is_correction).map(|row| row.contact)
}

/// Writes `interactions.csv`, `transcripts.jsonl` and `truth.toml` of `count` contacts into `folder`.
pub(crate) fn write_files(count: u64, folder: &Path) -> Result<Truth> {
    write(count, folder, false)
}

/// The same rows, in a pair of files a day: `2025-01-01.interactions.csv`, `2025-01-01.transcripts.jsonl` and so on.
pub(crate) fn write_days(count: u64, folder: &Path) -> Result<Truth> {
    write(count, folder, true)
}

fn write(count: u64, folder: &Path, by_day: bool) -> Result<Truth> {
    std::fs::create_dir_all(folder)?;
    let mut blocks = blocks(count, by_day);
    let mut truth = Truth::default();
    let mut files: Option<Files> = None;
    loop {
        // A few blocks a thread are held at a time, whatever the count.
        let batch: Vec<_> = blocks.by_ref().take(rayon::current_num_threads() * 2).collect();
        if batch.is_empty() {
            break;
        }
        let written: Vec<_> = batch.par_iter().map(|rows| row::write_block(rows)).collect::<Result<_>>()?;
        for (rows, block) in batch.iter().zip(written) {
            let day = if by_day { rows[0].day } else { 0 };
            let open = match files.take() {
                Some(open) if open.day == day => open,
                _ => Files::create(folder, day, by_day)?,
            };
            let open = files.insert(open);
            open.interactions.write_all(&block.interactions)?;
            open.transcripts.write_all(&block.transcripts)?;
            truth.add(&block.truth);
        }
    }
    // No data file by its name, so that the folder can be read as it is.
    std::fs::write(folder.join("truth.toml"), truth.to_toml())?;
    Ok(truth)
}

/// The rows of the plan in blocks, none of which holds rows of two files.
fn blocks(count: u64, by_day: bool) -> impl Iterator<Item = Vec<Row>> {
    let mut rows = Plan::new(count).peekable();
    std::iter::from_fn(move || {
        let first = rows.next()?;
        let day = first.day;
        let mut block = vec![first];
        while block.len() < BLOCK {
            let Some(row) = rows.next_if(|row| !by_day || row.day == day) else { break };
            block.push(row);
        }
        Some(block)
    })
}

struct Files {
    day: i64,
    interactions: File,
    transcripts: File,
}

impl Files {
    fn create(folder: &Path, day: i64, by_day: bool) -> Result<Files> {
        let prefix = if by_day { format!("{}.", plan::date(day)) } else { String::new() };
        let create = |name: &str| File::create(folder.join(format!("{prefix}{name}")));
        let mut interactions = create("interactions.csv")?;
        writeln!(interactions, "{HEADER}")?;
        Ok(Files { day, interactions, transcripts: create("transcripts.jsonl")? })
    }
}
