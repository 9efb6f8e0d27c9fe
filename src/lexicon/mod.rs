//! The phrases that people say, as data: lexicon files, their loader and the built-in list.
//!
//! A file holds one language: word sets, numerals, and rules made of phrases (see [`phrase`] for the marks). Files
//! under `lexicons/` are part of the program; a user's files extend or replace their rules. Finding the phrases in
//! a text, and trying the rules on their examples, is [`detect`](crate::detect)'s work.

mod file;
mod load;
pub mod phrase;
mod rule;

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

pub use rule::{Example, Phrase, Rule, RuleSpeaker, Stated};

use crate::text::Numerals;
use crate::{Error, Result};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/lexicons");

/// Rules of all languages, ready to be compiled into a detector.
#[derive(Debug)]
pub struct Lexicon {
    /// In the order of their files' paths, then as written.
    pub rules: Vec<Rule>,
    /// One entry a language.
    pub languages: Vec<Language>,
    /// Of the files' contents: two runs with the same hash find the same cues.
    pub hash: String,
}

/// What the rules of one language share.
#[derive(Debug, Default)]
pub struct Language {
    /// BCP 47 tag, as in the files.
    pub tag: String,
    /// Folded words that speakers put in without meaning: phrases step over them.
    pub fillers: Vec<String>,
    /// Number words.
    pub numerals: Numerals,
}

/// The kind of cue by which a turn is a stated repeat.
pub const REPEAT: &str = "repeat";

/// A lexicon file's path (as messages show it) and text.
pub type Source = (PathBuf, String);

/// The files that are part of the program.
pub fn built_in_sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in BUILT_IN.dirs() {
        for file in folder.files().filter(|file| file.path().extension().is_some_and(|e| e == "toml")) {
            let text = file.contents_utf8().expect("built-in lexicons are UTF-8: the test-suite loads them");
            sources.push((Path::new("lexicons").join(file.path()), text.to_string()));
        }
    }
    sources.sort();
    sources
}

/// Reads lexicon files; a folder stands for the `.toml` files below it.
pub fn read_sources(paths: &[PathBuf]) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).map_err(Error::io(path))? {
                let entry = entry.map_err(Error::io(path))?.path();
                if entry.is_dir() || entry.extension().is_some_and(|e| e == "toml") {
                    inside.push(entry);
                }
            }
            inside.sort();
            sources.extend(read_sources(&inside)?);
        } else {
            sources.push((path.clone(), std::fs::read_to_string(path).map_err(Error::io(path))?));
        }
    }
    Ok(sources)
}

impl Lexicon {
    /// The built-in lexicon with the user's files on top.
    pub fn with_user_files(user: &[Source]) -> Result<Lexicon> {
        load::load(&built_in_sources(), user)
    }

    /// The given files alone.
    pub fn from_sources(sources: &[Source]) -> Result<Lexicon> {
        load::load(sources, &[])
    }
}
