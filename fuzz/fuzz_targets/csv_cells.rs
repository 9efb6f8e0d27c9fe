//! Any cells, written as CSV by another program: they are read as they were.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run csv_cells fuzz/corpus/csv_cells -- -max_len=8192 -len_control=0`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recontact::config::Source;
use recontact_fuzz::{file, read};

/// Letters around a cell, so that none is blank (`<NA>` would be) and white space at its ends is kept.
fn marked(cell: &str) -> String {
    format!("x{cell}x")
}

fuzz_target!(|input: (u8, Vec<[String; 3]>)| {
    let (choice, rows) = input;
    // Longer cells are cut, and a quote that runs over more lines was not meant as one.
    let is_kept = |row: &[String; 3]| row.iter().all(|cell| cell.len() < 900);
    let rows: Vec<[String; 3]> = rows.into_iter().filter(is_kept).collect();
    let terminators = [csv::Terminator::Any(b'\n'), csv::Terminator::CRLF];
    let styles = [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always, csv::QuoteStyle::NonNumeric];
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b",;\t|"[usize::from(choice & 3)])
        .terminator(terminators[usize::from(choice >> 2 & 1)])
        .quote_style(styles[usize::from(choice >> 3) % 3])
        .from_writer(Vec::new());
    writer.write_record(["call_id", "opened_at", "shop", "plan", "note"]).expect("memory");
    for (at, [first, second, third]) in rows.iter().enumerate() {
        let record =
            [format!("r{at}"), "2026-03-01".to_string(), marked(first), marked(second), marked(third)];
        writer.write_record(&record).expect("memory");
    }
    let written = writer.into_inner().expect("memory");
    let source = Source::of_path(Default::default(), "fuzz".to_string());
    let batches = read(&file("cells.csv", &written), &source).expect("a table");
    let interactions: Vec<_> = batches.iter().flat_map(|batch| &batch.interactions).collect();
    assert_eq!(interactions.len(), rows.len());
    for (at, (interaction, row)) in interactions.iter().zip(&rows).enumerate() {
        assert_eq!(interaction.interaction_id, format!("r{at}"));
        let cells: Vec<&str> = interaction.extra.iter().map(|(_, cell)| cell.as_str()).collect();
        assert_eq!(cells, row.each_ref().map(|cell| marked(cell)));
    }
});
