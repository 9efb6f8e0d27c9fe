//! Cues read back: the narrow columns of all that count, and the words of a few.
//!
//! It takes nothing or an id and gives [`CueColumns`], cheap for millions, or whole [`StoredCue`]s. Cues that are there
//! twice or whose turn was replaced are left out. It deliberately joins nothing: cues of unlinked transcripts are there.

use std::collections::HashMap;
use std::ops::ControlFlow;

use polars::prelude::{UInt32Type, UInt64Type};

use super::codes::{Dictionary, TooManyNames};
use super::columns::known_code;
use super::cues::{StoredCue, dictionary_name};
use super::dimension::Dimension;
use super::key::{KeySet, key};
use super::reader::Store;
use super::records::{coded, number, text};
use super::schema::Table;
use super::turns::speaker_of;
use crate::error::{Error, Result};
use crate::interaction::Speaker;

/// Cues of some kinds that count, one entry a cue: whose transcript they are in, what they tell, whether an agent says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CueKinds {
    /// Whose transcript it is in: [`key`](super::key()) of the interaction id.
    pub interaction_key: Vec<u64>,
    /// Code of the rule's kind, an index of `names`.
    pub kind: Vec<u8>,
    /// Whether an agent says it; others are customers, or nobody knows.
    pub is_agent: Vec<bool>,
    /// The kinds that were asked for and are there.
    pub names: Vec<String>,
}

/// The narrow columns of all cues that count, one entry a cue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CueColumns {
    /// Whose transcript it is in: [`key`](super::key()) of the interaction id.
    pub interaction_key: Vec<u64>,
    /// The turn's index.
    pub turn: Vec<u32>,
    /// Code of the rule's id, an index of `rule_names`.
    pub rule: Vec<u32>,
    /// Code of the rule's kind, an index of `kind_names`.
    pub kind: Vec<u32>,
    /// Contacts including this one that the words state; 0 = none.
    pub stated_contacts: Vec<u32>,
    /// Whether an agent says it; others are customers, or nobody knows.
    pub is_agent: Vec<bool>,
    /// What [`Store::cue_records`] takes to give the words.
    pub row: Vec<u32>,
    /// The rules' ids by code; `[0]` is empty.
    pub rule_names: Vec<String>,
    /// The kinds by code; `[0]` is empty.
    pub kind_names: Vec<String>,
}

impl Store {
    /// Cues stored, also those that do not count because they are there again.
    pub fn cue_row_count(&self) -> usize {
        self.parts_of(Table::Cues).map(|(part, _)| part.row_count as usize).sum()
    }

    /// The narrow columns of all cues that count.
    ///
    /// Errors: a part that cannot be read, or that holds codes the manifest does not know.
    pub fn cues(&self) -> Result<CueColumns> {
        self.cues_of_kinds(|_| true)
    }

    /// Which interactions have cues of some kinds, and whose words they are: what counts need, in a third of the memory.
    ///
    /// Errors: as [`Store::cues`], and more different kinds than [`CueKinds`] can tell apart.
    pub fn cue_kinds(&self, is_wanted: impl Fn(&str) -> bool) -> Result<CueKinds> {
        let names = self.dictionary(&dictionary_name("kind"));
        let wanted: Vec<bool> = names.iter().map(|name| is_wanted(name)).collect();
        let mut codes = Vec::new();
        let mut out = CueKinds::default();
        for (name, is_wanted) in names.iter().zip(&wanted) {
            let code = u8::try_from(out.names.len()).map_err(|_| {
                Error::data(
                    self.dir(),
                    "more than 255 kinds of cues are counted",
                    "give fewer kinds to rules",
                )
            })?;
            codes.push(code);
            out.names.extend(is_wanted.then(|| name.clone()));
        }
        if out.names.is_empty() {
            return Ok(out);
        }
        let keep = self.is_cue_of(&wanted)?;
        let kind_of = |code| known_code("kind", code, codes.len()).map(|kind: u32| codes[kind as usize]);
        out.kind = self.chosen::<UInt32Type, _>(Table::Cues, "kind", &keep, kind_of)?;
        out.is_agent = self.chosen::<UInt32Type, _>(Table::Cues, "speaker", &keep, is_agent)?;
        out.interaction_key = self.chosen::<UInt64Type, _>(Table::Cues, "interaction_key", &keep, Ok)?;
        Ok(out)
    }

    /// Which cues count and are of the kinds that are wanted, a mark a code.
    fn is_cue_of(&self, wanted: &[bool]) -> Result<Vec<bool>> {
        let kind_of = |code| known_code("kind", code, wanted.len());
        let mut keep: Vec<bool> = self.whole::<UInt32Type, _>(Table::Cues, "kind", |code| {
            kind_of(code).map(|kind: u32| wanted[kind as usize])
        })?;
        let is_duplicate = self.is_duplicate(Table::Cues)?;
        keep.iter_mut().zip(is_duplicate).for_each(|(keep, is_duplicate)| *keep &= !is_duplicate);
        Ok(keep)
    }

    /// The same of some kinds: most cues tell categories and causes, which not everybody asks for.
    ///
    /// Errors: as [`Store::cues`].
    pub fn cues_of_kinds(&self, is_wanted: impl Fn(&str) -> bool) -> Result<CueColumns> {
        let mut out = CueColumns {
            rule_names: self.dictionary(&dictionary_name("rule")).to_vec(),
            kind_names: self.dictionary(&dictionary_name("kind")).to_vec(),
            ..CueColumns::default()
        };
        let wanted: Vec<bool> = out.kind_names.iter().map(|name| is_wanted(name)).collect();
        if !wanted.contains(&true) {
            return Ok(out);
        }
        let keep = self.is_cue_of(&wanted)?;
        let kind_of = |code| known_code("kind", code, wanted.len());
        let number = |name| self.chosen::<UInt32Type, _>(Table::Cues, name, &keep, Ok);
        let rule_of = |code| known_code("rule", code, out.rule_names.len());
        out.rule = self.chosen::<UInt32Type, _>(Table::Cues, "rule", &keep, rule_of)?;
        out.kind = self.chosen::<UInt32Type, _>(Table::Cues, "kind", &keep, kind_of)?;
        out.interaction_key = self.chosen::<UInt64Type, _>(Table::Cues, "interaction_key", &keep, Ok)?;
        out.turn = number("turn")?;
        out.stated_contacts = number("stated_contacts")?;
        out.is_agent = self.chosen::<UInt32Type, _>(Table::Cues, "speaker", &keep, is_agent)?;
        out.row = (0..).zip(&keep).filter(|(_, keep)| **keep).map(|(row, _)| row).collect();
        Ok(out)
    }

    /// The folded words of all cues that count, as codes with names: one entry a cue, in the order of [`Store::cues`].
    pub fn cue_phrases(&self) -> Result<Dimension> {
        let mut dictionary = Dictionary::new(Vec::new());
        let mut codes = Vec::with_capacity(self.cue_row_count());
        for (part, _) in self.parts_of(Table::CueTexts) {
            self.for_texts(part, "phrase", |phrase| {
                let code = dictionary.code(phrase).map_err(|TooManyNames| {
                    Error::data(
                        self.dir(),
                        "the cues have too many different phrases to count",
                        "count by rule",
                    )
                })?;
                codes.push(code);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let is_duplicate = self.is_duplicate(Table::Cues)?;
        keep_counted(&mut codes, &is_duplicate);
        Ok(Dimension { codes, names: dictionary.into_names() })
    }

    /// The rows of the cues that count of some interactions, by their keys, in the order of the store. They are what
    /// [`Store::cue_records`] takes.
    ///
    /// Errors: a part that cannot be read.
    pub fn cue_rows(&self, wanted: &KeySet) -> Result<HashMap<u64, Vec<u32>>> {
        let is_duplicate = self.is_duplicate(Table::Cues)?;
        let mut rows: HashMap<u64, Vec<u32>> = HashMap::new();
        for (part, first) in self.parts_of(Table::Cues) {
            self.for_numbers(part, "interaction_key", |row, key| {
                let row = first + row;
                if wanted.contains(&key) && !is_duplicate[row as usize] {
                    rows.entry(key).or_default().push(row as u32);
                }
            })?;
        }
        Ok(rows)
    }

    /// The whole cues of a few rows, in the order of `rows` (those of [`CueColumns::row`]).
    ///
    /// Errors: a row the store does not have, a damaged part.
    pub fn cue_records(&self, rows: &[u32]) -> Result<Vec<StoredCue>> {
        let mut cues = vec![StoredCue::default(); rows.len()];
        let narrow = ["turn", "rule", "kind", "language", "speaker", "start", "end", "stated_contacts"];
        self.for_rows(Table::Cues, &narrow, rows, |i, frame, row| {
            let of = |name| number::<UInt32Type>(frame, name, row)?.ok_or(format!("{name} has gaps"));
            let name_of = |name| {
                Ok::<_, String>(
                    coded(self.dictionary(&dictionary_name(name)), of(name)?)?.unwrap_or_default(),
                )
            };
            let cue = &mut cues[i];
            (cue.turn, cue.start, cue.end) = (of("turn")?, of("start")?, of("end")?);
            (cue.rule, cue.kind, cue.language) = (name_of("rule")?, name_of("kind")?, name_of("language")?);
            cue.speaker = speaker_of(of("speaker")?).ok_or("has an unknown speaker")?;
            cue.stated_contacts = Some(of("stated_contacts")?).filter(|contacts| *contacts > 0);
            Ok(())
        })?;
        self.for_rows(Table::CueTexts, &["interaction_id", "phrase", "quote"], rows, |i, frame, row| {
            let of = |name| Ok::<_, String>(text(frame, name, row)?.unwrap_or_default().to_string());
            let cue = &mut cues[i];
            (cue.interaction_id, cue.phrase, cue.quote) =
                (of("interaction_id")?, of("phrase")?, of("quote")?);
            Ok(())
        })?;
        Ok(cues)
    }

    /// The cues of one interaction that count, by turn and place in it.
    pub fn cues_of(&self, interaction_id: &str) -> Result<Vec<StoredCue>> {
        let wanted = key(interaction_id);
        let is_duplicate = self.is_duplicate(Table::Cues)?;
        let mut rows = Vec::new();
        for (part, first) in self.parts_of(Table::Cues) {
            let keys = (first as u32..).zip(self.column::<UInt64Type>(part, "interaction_key")?);
            rows.extend(keys.filter(|(_, key)| *key == wanted).map(|(row, _)| row));
        }
        rows.retain(|row| !is_duplicate[*row as usize]);
        let mut cues = self.cue_records(&rows)?;
        cues.retain(|cue| cue.interaction_id.trim() == interaction_id.trim());
        cues.sort_by(|a, b| (a.turn, a.start, a.end, &a.rule).cmp(&(b.turn, b.start, b.end, &b.rule)));
        Ok(cues)
    }
}

/// Whether a speaker, by its number, is an agent.
fn is_agent(speaker: u32) -> Result<bool, String> {
    speaker_of(speaker).ok_or("has an unknown speaker".to_string()).map(|it| it == Speaker::Agent)
}

/// Leaves the entries of cues that count.
fn keep_counted<T>(column: &mut Vec<T>, is_duplicate: &[bool]) {
    let mut flags = is_duplicate.iter();
    column.retain(|_| flags.next() == Some(&false));
}
