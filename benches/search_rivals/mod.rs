//! The same turns and queries in other engines: tantivy as it is used without further ado, and SQLite's FTS5.
//!
//! Queries are drawn from the turns themselves, seeded: eight kinds, one word of half of them as often as it is said, the
//! other as it stands in the vocabulary, so common and rare words meet. They ask for words as they stand, which everybody
//! can answer, and only for words of ASCII letters; FTS5 and DuckDB get texts that they cut as we do ([`plain`]).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rusqlite::Connection;
use tantivy::schema::{STORED, Schema, TEXT};
use tantivy::{Index, TantivyDocument};

/// A query in two languages.
pub(crate) struct Asked {
    pub(crate) kind: &'static str,
    pub(crate) ours: String,
    pub(crate) fts5: String,
}

/// How long it took to fill an engine, and the bytes that it takes on the disk.
pub(crate) struct Filled {
    pub(crate) time: Duration,
    pub(crate) bytes: u64,
}

/// Seeded queries about these texts, eight kinds in turn.
pub(crate) fn queries(texts: &[String], count: usize) -> Vec<Asked> {
    let mut random = Rng::with_seed(20261126);
    let vocabulary: BTreeSet<&str> = texts.iter().step_by(7).flat_map(|text| plain_words(text)).collect();
    let vocabulary: Vec<&str> = vocabulary.into_iter().collect();
    let mut asked = Vec::new();
    while asked.len() < count {
        let text = &texts[random.usize(0..texts.len())];
        let words = plain_words(text);
        let Some(start) = words.len().checked_sub(3).map(|last| random.usize(0..=last)) else { continue };
        let (a, b, c) = (words[start], words[start + 1], words[start + 2]);
        let rare = vocabulary[random.usize(0..vocabulary.len())];
        let other = if random.bool() { c } else { rare };
        if a == other || a.len() < 3 || !text.contains(&format!("{a} {b} {c}")) {
            continue;
        }
        let [a, b, c, other, rare] = [a, b, c, other, rare].map(str::to_lowercase);
        let begin = &a[..a.len().min(4)];
        let both = |text: String| (text.clone(), text);
        let (kind, (ours, fts5)) = match asked.len() % 8 {
            0 => ("a word that is said", both(format!("\"{a}\""))),
            1 => ("a word of the vocabulary", both(format!("\"{rare}\""))),
            2 => ("AND", both(format!("\"{a}\" AND \"{other}\""))),
            3 => ("OR", both(format!("\"{a}\" OR \"{other}\""))),
            4 => ("NOT", (format!("\"{other}\" -\"{a}\""), format!("\"{other}\" NOT \"{a}\""))),
            5 => ("a phrase", both(format!("\"{a} {b} {c}\""))),
            6 => ("NEAR", (format!("\"{a}\" NEAR/10 \"{other}\""), format!("NEAR(\"{a}\" \"{other}\", 10)"))),
            _ => ("a beginning", both(format!("{begin}*"))),
        };
        asked.push(Asked { kind, ours, fts5 });
    }
    asked
}

/// The words of a text that stand between spaces and have ASCII letters only.
fn plain_words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic())).collect()
}

/// Tantivy with its defaults: one field of words with places, two threads, one commit.
pub(crate) fn fill_tantivy(texts: &[String], folder: &Path) -> tantivy::Result<Filled> {
    std::fs::create_dir_all(folder)?;
    let begun = Instant::now();
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT);
    let row = schema.add_u64_field("row", STORED);
    let mut writer = Index::create_in_dir(folder, schema.build())?.writer_with_num_threads(2, 200_000_000)?;
    for (number, said) in (0u64..).zip(texts) {
        let mut turn = TantivyDocument::default();
        turn.add_text(text, said);
        turn.add_u64(row, number);
        writer.add_document(turn)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let files = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.metadata().ok());
    Ok(Filled { time: begun.elapsed(), bytes: files.map(|it| it.len()).sum() })
}

/// A text that others cut as we do: without apostrophes, with spaces between letters and digits and around Chinese and
/// Japanese characters.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars().filter(|c| !matches!(c, '\'' | '’')) {
        let is_character = |c: char| c >= '\u{2E80}';
        let is_edge =
            c.is_alphanumeric() && before.is_alphanumeric() && c.is_numeric() != before.is_numeric();
        if is_edge || is_character(c) || is_character(before) {
            plain.push(' ');
        }
        plain.push(c);
        before = c;
    }
    plain
}

/// FTS5 without the texts themselves, in one transaction.
pub(crate) fn fill_fts5(texts: &[String], path: &Path) -> rusqlite::Result<(Filled, Connection)> {
    let begun = Instant::now();
    let mut sqlite = Connection::open(path)?;
    sqlite.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA mmap_size = 4000000000;
         CREATE VIRTUAL TABLE turns USING fts5(text, content = '', tokenize = 'unicode61 remove_diacritics 2');",
    )?;
    let filling = sqlite.transaction()?;
    {
        let mut insert = filling.prepare("INSERT INTO turns(rowid, text) VALUES (?1, ?2)")?;
        for (row, text) in (1i64..).zip(texts) {
            insert.execute((row, text))?;
        }
    }
    filling.execute("INSERT INTO turns(turns) VALUES ('optimize')", ())?;
    filling.commit()?;
    let bytes = std::fs::metadata(path).map_or(0, |it| it.len());
    Ok((Filled { time: begun.elapsed(), bytes }, sqlite))
}

/// What FTS5 finds: how many, and the ten best.
pub(crate) fn ask_fts5(sqlite: &Connection, query: &str) -> rusqlite::Result<u64> {
    let mut count = sqlite.prepare("SELECT count(*) FROM turns WHERE turns MATCH ?1")?;
    let found: i64 = count.query_row([query], |row| row.get(0))?;
    let mut best = sqlite.prepare("SELECT rowid FROM turns WHERE turns MATCH ?1 ORDER BY rank LIMIT 10")?;
    let rows =
        best.query_map([query], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    assert_eq!(rows.len() as i64, found.min(10));
    Ok(found as u64)
}
