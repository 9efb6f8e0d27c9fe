//! Lexicons: what people say, written so that an analyst can read and extend it.
//!
//! A TOML file holds one language and purpose: word sets, numerals, and rules made of phrases (see [`phrase`] for the
//! marks). Files under `lexicons/` are part of the program; a user's files extend or replace their rules. A built-in
//! language is read when it is first needed, so that a text in one language does not pay for thirty. Finding the
//! phrases in a text, and trying the rules on their examples, is [`detect`](crate::detect)'s work.

mod file;
mod lint;
mod load;
pub mod phrase;
mod rule;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};
use xxhash_rust::xxh3::Xxh3;

pub use lint::lint;
pub use rule::{Example, Phrase, Rule, RuleSpeaker, Stated};

use crate::error::read_text;
use crate::text::script::{Script, primary_language};
use crate::text::{Numerals, fold};
use crate::{Error, Result};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/lexicons");

/// Rules of all languages, ready to be compiled into a detector.
#[derive(Debug)]
pub struct Lexicon {
    /// In the order in which the files name them first.
    pub languages: Vec<Language>,
    /// Of the files' contents: two runs with the same hash find the same cues.
    pub hash: String,
}

/// A language: what is known of it at once, and its rules, read when first needed.
#[derive(Debug)]
pub struct Language {
    /// BCP 47 tag, as in the files.
    pub tag: String,
    /// The scripts in which it is written.
    pub scripts: Vec<Script>,
    built_in: Vec<Source>,
    user: Vec<Source>,
    rules: OnceLock<Rules>,
}

/// What the files of one language say.
#[derive(Debug, Default)]
pub struct Rules {
    /// In the order of their files' paths, then as written.
    pub rules: Vec<Rule>,
    /// Folded words that speakers put in without meaning: phrases step over them.
    pub fillers: Vec<String>,
    /// Folded letters that are written together with the word that follows and belong to none.
    pub proclitics: Vec<String>,
    /// Folded words that look like a word of a phrase with a typing error and are none.
    pub not_typos: Vec<String>,
    /// Number words.
    pub numerals: Numerals,
}

/// Which rule of a lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex {
    /// Index into [`Lexicon::languages`].
    pub language: u16,
    /// Index into [`Rules::rules`].
    pub rule: u16,
}

/// The kind of cue by which a turn is a stated repeat.
pub const REPEAT: &str = "repeat";

/// How the kinds of cues begin that name a category: `category/billing`.
pub const CATEGORY_PREFIX: &str = "category/";

/// The most languages of one lexicon: sets of languages are bits of a word.
pub const MOST_LANGUAGES: usize = 64;

/// The longest file of a lexicon, in bytes; the largest built-in one has a hundredth of it.
const MAX_FILE_BYTES: u64 = 16 << 20;

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

/// Words of a language that say little by themselves, folded: what speakers put in without meaning, cardinal numbers, and
/// ordinal ones from the fourth on. None where the language has no lexicon.
pub(crate) fn little_words(tag: &str) -> Vec<String> {
    let path = format!("repeat/{tag}.toml");
    let text = BUILT_IN.get_file(&path).and_then(|file| file.contents_utf8()).unwrap_or_default();
    let file = match text {
        "" => return Vec::new(),
        text => file::File::parse(Path::new(&path), text).expect("the test-suite loads built-in lexicons"),
    };
    // A first bill and a second television are matters of their own; an eighteenth is a date.
    let is_date = |(value, _): &(String, Vec<String>)| value.parse::<u32>().is_ok_and(|value| value > 3);
    let numbers = file.numerals.cardinal.into_iter().chain(file.numerals.ordinal.into_iter().filter(is_date));
    let numbers = numbers.flat_map(|(_, words)| words);
    file.fillers.into_iter().chain(numbers).map(|word| fold(&word).text().to_string()).collect()
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
            sources.push((path.clone(), read_text(path, MAX_FILE_BYTES)?));
        }
    }
    Ok(sources)
}

impl Lexicon {
    /// The built-in lexicon with the user's files on top.
    pub fn with_user_files(user: &[Source]) -> Result<Lexicon> {
        Lexicon::new(built_in_sources(), user)
    }

    /// The given files alone.
    pub fn from_sources(sources: &[Source]) -> Result<Lexicon> {
        Lexicon::new(Vec::new(), sources)
    }

    fn new(built_in: Vec<Source>, user: &[Source]) -> Result<Lexicon> {
        let mut lexicon = Lexicon { languages: Vec::new(), hash: hash(&built_in, user) };
        for source in built_in {
            lexicon.language_of(&source)?.built_in.push(source);
        }
        for source in user {
            lexicon.language_of(source)?.user.push(source.clone());
        }
        for language in lexicon.languages.iter().filter(|language| !language.user.is_empty()) {
            let rules = load::load(&language.built_in, &language.user)?;
            language.rules.set(rules).expect("nobody has asked for the rules yet");
        }
        Ok(lexicon)
    }

    /// The language that a file is about, added if it is new.
    fn language_of(&mut self, source: &Source) -> Result<&mut Language> {
        let (tag, scripts) = load::header(source)?;
        let index = self.languages.iter().position(|language| language.tag == tag).unwrap_or_else(|| {
            let rules = OnceLock::new();
            let (scripts, built_in, user) = (Vec::new(), Vec::new(), Vec::new());
            self.languages.push(Language { tag, scripts, built_in, user, rules });
            self.languages.len() - 1
        });
        if self.languages.len() > MOST_LANGUAGES {
            let (what, help) = (format!("over {MOST_LANGUAGES} languages"), "use fewer lexicon files");
            return Err(Error::data(&source.0, what, help));
        }
        let language = &mut self.languages[index];
        let new: Vec<Script> = scripts.into_iter().filter(|s| !language.scripts.contains(s)).collect();
        language.scripts.extend(new);
        Ok(language)
    }

    /// A rule.
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.languages[usize::from(index.language)].rules().rules[usize::from(index.rule)]
    }

    /// Every rule of every language.
    pub fn rules(&self) -> impl Iterator<Item = (RuleIndex, &Rule)> {
        self.languages.iter().zip(0u16..).flat_map(|(language, at)| {
            let rules = language.rules().rules.iter().zip(0u16..);
            rules.map(move |(rule, index)| (RuleIndex { language: at, rule: index }, rule))
        })
    }

    /// The index of the language that a tag is about: the same, or the same but for region and script.
    pub fn language_index(&self, tag: &str) -> Option<usize> {
        let index_of = |wanted: &str| self.languages.iter().position(|language| language.tag == wanted);
        index_of(tag).or_else(|| index_of(&primary_language(tag)))
    }
}

impl Language {
    /// Its rules, read now if this is the first use.
    pub fn rules(&self) -> &Rules {
        self.rules.get_or_init(|| self.read())
    }

    /// Hands out its rules for once: phrases as trees are much larger than compiled, and are not kept for this.
    pub(crate) fn with_rules<T>(&self, using: impl FnOnce(&Rules) -> T) -> T {
        match self.rules.get() {
            Some(rules) => using(rules),
            None => using(&self.read()),
        }
    }

    fn read(&self) -> Rules {
        load::load(&self.built_in, &[]).expect("built-in lexicons load: the test-suite loads them all")
    }

    /// The files that it is made of.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.built_in.iter().chain(&self.user)
    }

    /// Whether a user's file is about it.
    pub(crate) fn is_users(&self) -> bool {
        !self.user.is_empty()
    }
}

fn hash(built_in: &[Source], user: &[Source]) -> String {
    let mut hash = Xxh3::new();
    for (sources, is_user) in [(built_in, 0), (user, 1)] {
        for (_, text) in sources {
            hash.update(text.as_bytes());
            hash.update(&[0, is_user]);
        }
    }
    format!("{:032x}", hash.digest128())
}
