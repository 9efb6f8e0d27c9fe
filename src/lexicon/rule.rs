//! A rule ready for use: its phrases as trees without set names, its examples as texts with a span.

use std::path::PathBuf;

pub use super::file::{RuleSpeaker, Stated};
use super::phrase::Item;

/// A named idea in one language, such as `nth-contact`, and all the ways to say it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Kebab-case, the same in every language.
    pub id: String,
    /// What a cue of this rule is evidence of: `repeat`, `first_contact`, …
    pub kind: String,
    /// One sentence for people.
    pub about: String,
    /// Index into [`Lexicon::languages`](super::Lexicon::languages).
    pub language: usize,
    /// Whose turns it reads.
    pub speaker: RuleSpeaker,
    /// Of two cues of one kind that overlap and are equally long, the higher wins.
    pub priority: i32,
    /// How the number becomes `stated_contacts`.
    pub stated: Stated,
    /// What fires the rule.
    pub phrases: Vec<Phrase>,
    /// What vetoes a cue that it overlaps.
    pub unless: Vec<Phrase>,
    /// What vetoes every cue of the rule in the same turn.
    pub unless_turn: Vec<Phrase>,
    /// Texts that must fire it.
    pub examples: Vec<Example>,
    /// Texts that must not.
    pub non_examples: Vec<Example>,
    /// The file that it stands in.
    pub path: PathBuf,
    /// The line of its id.
    pub line: usize,
}

/// A phrase as written and as a tree.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// As written in the file.
    pub source: String,
    /// With every set replaced by its members.
    pub items: Vec<Item>,
    /// Line in the file.
    pub line: usize,
}

/// A text that a rule is tried on.
#[derive(Debug, Clone)]
pub struct Example {
    /// Without the marks.
    pub text: String,
    /// Byte span that the cue must have; none for a text that must not fire.
    pub span: Option<(usize, usize)>,
    /// The number of contacts that the cue must state.
    pub stated: Option<u32>,
    /// The file that it stands in, which may extend the rule's.
    pub path: PathBuf,
    /// Line in the file.
    pub line: usize,
}
