//! A rule ready for use: its phrases as trees without set names, its examples as texts with a span.

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use super::file::{RuleSpeaker, Stated};
use super::phrase::Item;

/// A named idea in one language, such as `nth-contact`, and all the ways to say it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Kebab-case, the same in every language.
    pub id: String,
    /// What a cue of this rule is evidence of: `repeat`, `first_contact`, `cause/…`, `category/…`, …
    pub kind: String,
    /// One sentence for people.
    pub about: String,
    /// Whose turns it reads.
    pub speaker: RuleSpeaker,
    /// Of two cues of one kind that overlap and are equally long, the higher wins.
    pub priority: i32,
    /// How the number becomes `stated_contacts`.
    pub stated: Stated,
    /// What the other speaker must have said in the turn just before; anything where empty.
    pub after: Vec<Phrase>,
    /// What fires the rule.
    pub phrases: Vec<Phrase>,
    /// What vetoes a cue that it overlaps.
    pub unless: Vec<Phrase>,
    /// What vetoes every cue of the rule in the same turn.
    pub unless_turn: Vec<Phrase>,
    /// Other rules of its kind that its examples fire too, each with the reason.
    pub beside: BTreeMap<String, String>,
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
    /// Two sequences where the phrase is `a & b`, else one; with every set replaced by its members.
    pub parts: Vec<Vec<Item>>,
    /// It begins the turn.
    pub is_turn_start: bool,
    /// Line in the file.
    pub line: usize,
}

/// A text that a rule is tried on.
#[derive(Debug, Clone)]
pub struct Example {
    /// Without the marks.
    pub text: String,
    /// The other speaker's turn just before, if any.
    pub before: Option<String>,
    /// Byte span that the cue must have; none for a text that must not fire.
    pub span: Option<(usize, usize)>,
    /// The number of contacts that the cue must state.
    pub stated: Option<u32>,
    /// The file that it stands in, which may extend the rule's.
    pub path: PathBuf,
    /// Line in the file.
    pub line: usize,
}
