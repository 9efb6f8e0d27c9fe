//! The traces of forgotten customers: what to look for, where it must be taken out, and whether any is left.
//!
//! It takes the ids, identities and keys of what was theirs and reads every file of a store, decoded. A key or an id in the
//! column that it belongs in must not be found at all. In texts, ids are looked for as whole words, if they are long
//! enough to mean somebody. It deliberately does not alter what other people said.

use std::collections::{BTreeSet, HashSet};
use std::ops::Add;

use polars::prelude::{DataFrame, PolarsError, UInt64Type};
use serde::Serialize;

use super::columns::values;
use super::extra::{extra_pairs, extra_text};
use super::forget::with_texts;
use super::forget_whose::Whose;
use super::key::KeySet;
use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use super::writer::TEXT_ROWS;
use crate::error::Result;

/// Shorter ids are common words or numbers too: in texts they mean nobody.
const LEAST_WORD_CHARS: usize = 5;
/// Other customers that are named.
const MOST_SHARERS: usize = 5;

/// What is still found of forgotten customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Left {
    /// Ids and keys of theirs; and words of theirs in rejects, notes, names and extra columns.
    pub occurrence_count: u64,
    /// Rows of other customers with a telephone number, e-mail address or national id of theirs.
    pub shared_count: u64,
    /// Texts of other interactions in which an id or identity of theirs is said.
    pub mention_count: u64,
}

impl Add for Left {
    type Output = Left;

    fn add(self, other: Left) -> Left {
        Left {
            occurrence_count: self.occurrence_count + other.occurrence_count,
            shared_count: self.shared_count + other.shared_count,
            mention_count: self.mention_count + other.mention_count,
        }
    }
}

/// What to look for.
pub(super) struct Traces {
    interactions: KeySet,
    customers: KeySet,
    identities: KeySet,
    interaction_ids: HashSet<String>,
    customer_ids: HashSet<String>,
    /// All of those texts; those long enough to be looked for in texts first, in order.
    words: Vec<String>,
    short_words: HashSet<String>,
}

impl Traces {
    /// The traces of the rows of some customers.
    pub(super) fn of(store: &Store, customers: &[String], whose: &Whose) -> Result<Traces> {
        let rows: Vec<u32> =
            (0..).zip(&whose.rows).filter(|(_, is_theirs)| **is_theirs).map(|(row, _)| row).collect();
        let texts = |field: &str, rows: &[u32]| -> Result<HashSet<String>> {
            let texts = store.texts(field, rows)?.into_iter().flatten();
            Ok(texts.map(|text| text.trim().to_string()).filter(|text| !text.is_empty()).collect())
        };
        let interaction_ids = texts("interaction_id", &rows)?;
        let mut customer_ids: HashSet<String> = customers.iter().map(|id| id.trim().to_string()).collect();
        customer_ids.extend(
            texts("customer_id", &whose.own)?.into_iter().filter(|id| whose.given.contains(&super::key(id))),
        );
        let mut identity_texts = HashSet::new();
        for field in ["phone", "email", "national_id"] {
            identity_texts.extend(texts(field, &whose.own)?);
        }
        let all: BTreeSet<&String> =
            interaction_ids.iter().chain(&customer_ids).chain(&identity_texts).collect();
        let is_word = |word: &&&String| word.chars().count() >= LEAST_WORD_CHARS;
        let words = all.iter().filter(|word| is_word(word)).map(|word| (**word).clone()).collect();
        let short_words = all.iter().filter(|word| !is_word(word)).map(|word| (**word).clone()).collect();
        Ok(Traces {
            interactions: whose.interactions.clone(),
            customers: whose.given.clone(),
            identities: whose.identities.clone(),
            interaction_ids,
            customer_ids,
            words,
            short_words,
        })
    }

    /// Whether a text names them: one of their ids or identities stands in it as a word.
    pub(super) fn is_named_in(&self, text: &str) -> bool {
        self.words.iter().any(|word| has_word(text, word))
    }

    /// Whether a line of rejects or notes names them; there also a short id counts, as a cell of the row.
    pub(super) fn is_named_in_line(&self, line: &str) -> bool {
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(line) else { return true };
        let mut texts = fields.values().filter_map(serde_json::Value::as_str);
        texts.any(|text| {
            let is_short = |cell: &str| self.short_words.contains(cell.trim());
            self.is_named_in(text) || text.split(CELL_MARKS).any(is_short)
        })
    }

    /// Whether a part of interaction texts names them in rows that are not theirs, where it can be taken out.
    pub(super) fn is_named_in_part(&self, store: &Store, part: &Part) -> Result<bool> {
        let mut is_named = false;
        for_frames(store, part, &FREE_CELLS, |frame| {
            for name in FREE_CELLS {
                let texts = frame.column(name).and_then(|it| it.str()).map_err(|e| e.to_string())?;
                is_named |= texts.iter().flatten().any(|text| self.is_cell(name, text));
            }
            Ok(())
        })?;
        Ok(is_named)
    }

    fn is_cell(&self, column: &str, text: &str) -> bool {
        match column {
            "extra" => {
                extra_pairs(text).is_ok_and(|pairs| pairs.iter().any(|(_, value)| self.is_word(value)))
            }
            _ => self.is_word(text),
        }
    }

    fn is_word(&self, text: &str) -> bool {
        self.words.binary_search_by(|word| word.as_str().cmp(text.trim())).is_ok()
    }

    /// Rows of other customers without the cells that are an id or identity of theirs.
    pub(super) fn blanked(&self, mut frame: DataFrame) -> Result<DataFrame, PolarsError> {
        for name in ["disposition", "article_id"] {
            with_texts(&mut frame, name, |text| (!self.is_word(text)).then(|| text.to_string()))?;
        }
        with_texts(&mut frame, "extra", |text| match extra_pairs(text) {
            Ok(pairs) if self.is_cell("extra", text) => {
                let kept: Vec<_> = pairs.into_iter().filter(|(_, value)| !self.is_word(value)).collect();
                (!kept.is_empty()).then(|| extra_text(&kept))
            }
            _ => Some(text.to_string()),
        })?;
        Ok(frame)
    }

    /// What is left of them, table by table, in everything that the store consists of.
    pub(super) fn left_in(&self, store: &Store) -> Result<Vec<(Table, Left)>> {
        let mut tables = Vec::new();
        for table in Table::ALL.into_iter().filter(|table| !table.is_list()) {
            let mut left = Left::default();
            for (part, _) in store.parts_of(table) {
                left = left + self.left_in_part(store, part)?;
            }
            if table == Table::Interactions {
                left.occurrence_count += self.left_in_manifest(store);
            }
            tables.push((table, left));
        }
        Ok(tables)
    }

    fn left_in_manifest(&self, store: &Store) -> u64 {
        let names = store.manifest.dictionaries.values().flatten();
        let sources = store.manifest.sources.iter().map(|source| &source.name);
        let reasons = |counts: fn(&super::SourceRecord) -> &std::collections::BTreeMap<String, u64>| {
            store.manifest.sources.iter().flat_map(move |source| counts(source).keys())
        };
        let reasons = reasons(|source| &source.reject_counts).chain(reasons(|source| &source.note_counts));
        let words = sources.chain(&store.manifest.extra_names).chain(reasons);
        let is_name = |name: &&String| self.is_word(name);
        (names.filter(is_name).count() + words.filter(|text| self.is_named_in(text)).count()) as u64
    }

    fn left_in_part(&self, store: &Store, part: &Part) -> Result<Left> {
        let mut left = Left::default();
        if part.table.columns().is_empty() {
            let lines = part.lines(store.dir())?;
            left.occurrence_count += lines.iter().filter(|line| self.is_named_in_line(line)).count() as u64;
            return Ok(left);
        }
        let names: Vec<&str> = part.table.columns().iter().map(|(name, _)| *name).collect();
        for_frames(store, part, &names, |frame| {
            for name in &names {
                left = left + self.left_in_column(frame, name)?;
            }
            Ok(())
        })?;
        Ok(left)
    }

    fn left_in_column(&self, frame: &DataFrame, name: &str) -> Result<Left, String> {
        let keys: Option<(&KeySet, bool)> = match name {
            "interaction_key" | "parent_key" => Some((&self.interactions, false)),
            "customer_key" => Some((&self.customers, false)),
            "phone_key" | "email_key" | "national_id_key" => Some((&self.identities, true)),
            _ => None,
        };
        let mut left = Left::default();
        if let Some((wanted, is_shared)) = keys {
            let mut keys = Vec::new();
            values::<UInt64Type>(frame, name, &mut keys)?;
            let count = keys.iter().filter(|key| wanted.contains(key)).count() as u64;
            *(if is_shared { &mut left.shared_count } else { &mut left.occurrence_count }) += count;
        }
        let Ok(texts) = frame.column(name).and_then(|column| column.str()) else { return Ok(left) };
        let ids = match name {
            "interaction_id" | "parent_id" => Some(&self.interaction_ids),
            "customer_id" => Some(&self.customer_ids),
            _ => None,
        };
        for text in texts.iter().flatten() {
            match ids {
                Some(ids) => left.occurrence_count += u64::from(ids.contains(text.trim())),
                // Their keys are counted.
                None if ["phone", "email", "national_id"].contains(&name) => {}
                None if FREE_CELLS.contains(&name) && self.is_cell(name, text) => left.occurrence_count += 1,
                None => left.mention_count += u64::from(self.is_named_in(text)),
            }
        }
        Ok(left)
    }

    /// Other customers who share an identity with them.
    pub(super) fn sharers(&self, store: &Store) -> Result<Vec<String>> {
        let want = super::Want { phone: true, email: true, national_id: true, ..super::Want::default() };
        let columns = store.columns(want)?;
        let shares = |row: &u32| {
            let row = *row as usize;
            let keys = [&columns.phone_key, &columns.email_key, &columns.national_id_key];
            let keys = keys.map(|keys| keys.get(row).copied().unwrap_or(0));
            keys.iter().any(|key| *key != 0 && self.identities.contains(key))
        };
        let rows: Vec<u32> = (0..columns.row_count as u32).filter(shares).collect();
        let ids: BTreeSet<String> = store.texts("customer_id", &rows)?.into_iter().flatten().collect();
        Ok(ids.into_iter().take(MOST_SHARERS).collect())
    }
}

/// Text columns in which an id can stand that is not the row's own.
const FREE_CELLS: [&str; 3] = ["disposition", "article_id", "extra"];

/// What stands between the cells of a rejected row.
const CELL_MARKS: [char; 9] = [',', ';', '\t', '|', '"', '`', '{', '}', ':'];

/// Whether a word stands in a text, with nothing before and after it that would make it another.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Gives `each` slices of a part that can be held.
fn for_frames(
    store: &Store,
    part: &Part,
    names: &[&str],
    mut each: impl FnMut(&DataFrame) -> Result<(), String>,
) -> Result<()> {
    let step = TEXT_ROWS as u64;
    for first in (0..part.row_count).step_by(TEXT_ROWS) {
        let frame = part.read(store.dir(), names, first, step.min(part.row_count - first))?;
        each(&frame).map_err(|what| part.damaged(store.dir(), what))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn an_id_is_found_as_a_word_and_not_within_another() {
        assert!(has_word("\"C-1042\",x", "C-1042"));
        assert!(has_word("the customer C-1042.", "C-1042"));
        assert!(!has_word("C-10421", "C-1042"));
        assert!(!has_word("XC-1042", "C-1042"));
        assert!(has_word("XC-1042 C-1042", "C-1042"));
    }
}
