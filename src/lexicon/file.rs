//! One lexicon file as written: TOML read into plain data, every phrase and example with its line.
//!
//! Nothing is resolved here (sets, user files over built-in ones): see [`load`](super::load).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::phrase::Spellings;
use crate::text::script::Script;
use crate::{Error, Result};

/// A lexicon file. See the README of the lexicons for what each field means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) language: String,
    /// Read on its own, before the rest: see the loader.
    #[serde(default)]
    #[expect(dead_code)]
    scripts: Vec<Script>,
    #[serde(default)]
    pub(super) fillers: Vec<String>,
    /// Letters that people also write otherwise.
    #[serde(default)]
    pub(super) spellings: Spellings,
    /// Letters written together with the word that follows.
    #[serde(default)]
    pub(super) proclitics: Vec<String>,
    /// Words that are no typing errors of a phrase's words.
    #[serde(default)]
    pub(super) not_typos: Vec<String>,
    #[serde(default)]
    pub(super) sets: BTreeMap<String, Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) numerals: Numerals,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<FileRule>,
    #[serde(skip)]
    pub(super) path: PathBuf,
    #[serde(skip)]
    pub(super) lines: Lines,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Numerals {
    #[serde(default)]
    pub(super) cardinal: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) ordinal: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) times: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) ordinal_suffixes: Vec<String>,
    #[serde(default)]
    pub(super) ordinal_prefix: Option<String>,
    #[serde(default)]
    pub(super) joiners: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRule {
    pub(super) id: Spanned<String>,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) about: String,
    #[serde(default)]
    pub(super) speaker: RuleSpeaker,
    #[serde(default)]
    pub(super) priority: i32,
    #[serde(default)]
    pub(super) stated: Stated,
    /// Other rules of its kind that its examples fire too, each with the reason.
    #[serde(default)]
    pub(super) beside: BTreeMap<String, String>,
    /// In a user's file: adds to the built-in rule of this id instead of taking its place.
    #[serde(default)]
    pub(super) extends: bool,
    /// What the other speaker must have said in the turn before.
    #[serde(default)]
    pub(super) after: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) phrases: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) unless_turn: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) examples: Vec<Spanned<FileExample>>,
    #[serde(default)]
    pub(super) non_examples: Vec<Spanned<FileExample>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text with >>marks<<, or { text = \"…\", stated = 3, before = \"…\" }")]
pub(super) enum FileExample {
    Text(String),
    Table(TableExample),
}

/// An example with more to it than its text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableExample {
    pub(super) text: String,
    #[serde(default)]
    pub(super) stated: Option<u32>,
    /// The other speaker's turn just before.
    #[serde(default)]
    pub(super) before: Option<String>,
}

/// Whose turns a rule reads. Turns of an unknown speaker count as the customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSpeaker {
    /// The customer's.
    #[default]
    Customer,
    /// The agent's.
    Agent,
    /// Anybody's but the system's.
    Any,
}

/// How the number in a phrase becomes the stated number of contacts, this one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
pub enum Stated {
    /// An ordinal is the number ("third time" → 3), a count is of earlier contacts ("called twice" → 3).
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// The number as it is.
    #[serde(rename = "n")]
    Number,
    /// One more than the number.
    #[serde(rename = "n+1")]
    NumberPlusOne,
    /// The words do not determine it.
    #[serde(rename = "none")]
    None,
}

impl File {
    /// Reads the text of a lexicon file. `path` is for messages only.
    pub(super) fn parse(path: &Path, text: &str) -> Result<File> {
        let lines = Lines::of(text);
        let mut file: File = toml::from_str(text).map_err(|fault| {
            let line = fault.span().map_or(1, |span| lines.line(span.start));
            Error::text(
                path,
                line,
                fault.message().trim().replace('\n', " "),
                "see `recontact lexicon list` for files that load",
            )
        })?;
        file.path = path.to_path_buf();
        file.lines = lines;
        Ok(file)
    }

    /// The line, from 1, at which a value of the file stands.
    pub(super) fn line<T>(&self, value: &Spanned<T>) -> usize {
        self.lines.line(value.span().start)
    }
}

/// Where the lines of a text begin.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at).collect())
    }

    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|&newline| newline < offset) + 1
    }
}
