//! Cues as rows of two tables: the narrow columns that reports count, and the words.
//!
//! It takes [`StoredCue`]s and gives frames for the part writers. It deliberately does not interpret rules or kinds: they
//! are names given by detection.

use polars::prelude::{DataFrame, IntoColumn, StringChunkedBuilder};
use serde::{Deserialize, Serialize};

use super::interactions::{column_u32, column_u64, frame};
use super::key::{content_key, key};
use crate::interaction::Speaker;

/// A cue as it is kept: one match of a rule in one turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoredCue {
    /// The interaction whose transcript has the turn.
    pub interaction_id: String,
    /// The turn's index.
    pub turn: u32,
    /// Who said it.
    pub speaker: Speaker,
    /// The rule's kind: `repeat`, …
    pub kind: String,
    /// The rule's id.
    pub rule: String,
    /// The language of the rule, as a BCP 47 tag.
    pub language: String,
    /// First byte of the match in the raw turn.
    pub start: u32,
    /// The byte after the match in the raw turn.
    pub end: u32,
    /// The words of the match as they stand in the turn, with single spaces.
    pub phrase: String,
    /// The raw turn around the match.
    pub quote: String,
    /// Contacts including this one that the words state; 0 is kept as none.
    pub stated_contacts: Option<u32>,
}

/// The fields of a cue that are stored as codes.
pub(super) const CUE_CODES: [&str; 3] = ["rule", "kind", "language"];

/// The name of a cue field's dictionary in the manifest, where interactions have theirs too.
pub(super) fn dictionary_name(field: &str) -> String {
    format!("cue.{field}")
}

/// The values of [`CUE_CODES`], in that order.
pub(super) fn coded_values(cue: &StoredCue) -> [Option<&str>; CUE_CODES.len()] {
    [Some(&cue.rule), Some(&cue.kind), Some(&cue.language)]
}

/// Rows of both tables.
pub(super) struct CueRows {
    interaction_key: Vec<u64>,
    content_key: Vec<u64>,
    turn: Vec<u32>,
    codes: [Vec<u32>; CUE_CODES.len()],
    speaker: Vec<u32>,
    start: Vec<u32>,
    end: Vec<u32>,
    stated_contacts: Vec<u32>,
    interaction_id: StringChunkedBuilder,
    phrase: StringChunkedBuilder,
    quote: StringChunkedBuilder,
    byte_count: usize,
}

impl Default for CueRows {
    fn default() -> CueRows {
        CueRows {
            interaction_key: Vec::new(),
            content_key: Vec::new(),
            turn: Vec::new(),
            codes: Default::default(),
            speaker: Vec::new(),
            start: Vec::new(),
            end: Vec::new(),
            stated_contacts: Vec::new(),
            interaction_id: StringChunkedBuilder::new("interaction_id".into(), 0),
            phrase: StringChunkedBuilder::new("phrase".into(), 0),
            quote: StringChunkedBuilder::new("quote".into(), 0),
            byte_count: 0,
        }
    }
}

impl CueRows {
    pub(super) fn len(&self) -> usize {
        self.turn.len()
    }

    /// Bytes of text held.
    pub(super) fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Adds a cue, whose coded fields have these codes.
    pub(super) fn push(&mut self, cue: &StoredCue, codes: [u32; CUE_CODES.len()]) {
        self.interaction_key.push(key(&cue.interaction_id));
        self.content_key.push(content_of(cue));
        self.turn.push(cue.turn);
        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.push(code);
        }
        self.speaker.push(cue.speaker as u32);
        self.start.push(cue.start);
        self.end.push(cue.end);
        self.stated_contacts.push(cue.stated_contacts.unwrap_or(0));
        for (column, text) in [
            (&mut self.interaction_id, &cue.interaction_id),
            (&mut self.phrase, &cue.phrase),
            (&mut self.quote, &cue.quote),
        ] {
            column.append_value(text);
            self.byte_count += text.len();
        }
    }

    /// The rows as frames of [`Table::Cues`](super::schema::Table::Cues) and
    /// [`Table::CueTexts`](super::schema::Table::CueTexts).
    pub(super) fn into_frames(self) -> (DataFrame, DataFrame) {
        let [rule, kind, language] = self.codes;
        let narrow = frame(vec![
            column_u64("interaction_key", self.interaction_key),
            column_u64("content_key", self.content_key),
            column_u32("turn", self.turn),
            column_u32("rule", rule),
            column_u32("kind", kind),
            column_u32("language", language),
            column_u32("speaker", self.speaker),
            column_u32("start", self.start),
            column_u32("end", self.end),
            column_u32("stated_contacts", self.stated_contacts),
        ]);
        let texts = [self.interaction_id, self.phrase, self.quote];
        (narrow, frame(texts.into_iter().map(|b| b.finish().into_column()).collect()))
    }
}

/// What makes two cues the same cue: everything in them, the id trimmed as keys are.
fn content_of(cue: &StoredCue) -> u64 {
    let id = cue.interaction_id.trim();
    let texts = [id, &cue.rule, &cue.kind, &cue.language, &cue.phrase, &cue.quote];
    let mut bytes = Vec::with_capacity(128);
    for text in texts {
        // The length in front keeps ("ab", "c") apart from ("a", "bc").
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    let stated_contacts = cue.stated_contacts.unwrap_or(0);
    for number in [cue.turn, cue.speaker as u32, cue.start, cue.end, stated_contacts] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    content_key(&bytes)
}
