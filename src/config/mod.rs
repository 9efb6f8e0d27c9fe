//! `recontact.toml` as a whole: sources, the raw policy, the user's lexicons; and what stands in for it where
//! there is none.
//!
//! Takes paths, gives a [`Config`]. The `[policy]` table is kept as it is: `policy` gives it its meaning.

mod database;
mod field;
mod file_name;
mod format;
mod json;
mod source;
mod toml_text;

use std::path::{Path, PathBuf};

use toml::de::DeValue;

pub use database::{Database, Engine, PasswordPlace};
pub use field::{FIELDS, Field};
pub(crate) use file_name::NamePattern;
pub use format::Format;
pub use json::{JsonShape, TurnTime};
pub use source::{Columns, Kind, Source};
pub(crate) use toml_text::suggestion;

use crate::error::{Error, Result, read_text};
use crate::identity::Region;
use toml_text::TomlText;

/// The name under which the configuration of a folder is found.
pub const FILE_NAME: &str = "recontact.toml";

/// The longest configuration, in bytes: it is written by hand, and anything larger is a data file given by mistake.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// What to read and how to count it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// The file it came from; `None` where paths were given without one.
    pub path: Option<PathBuf>,
    /// The whole text of that file (empty without one), so that others can report line numbers in it.
    pub text: String,
    /// The sources in the order written.
    pub sources: Vec<Source>,
    /// The `[policy]` table as written; empty where there is none.
    pub policy: toml::Table,
    /// The user's lexicon files and folders, resolved against the folder of the configuration.
    pub lexicons: Vec<PathBuf>,
}

/// The regions of telephone numbers that the sources of a configuration's text name; none of a text that is none.
pub fn regions(text: &str) -> Vec<Region> {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let sources = table.get("source").and_then(toml::Value::as_array);
    let codes = sources.into_iter().flatten().filter_map(|source| source.get("region")?.as_str());
    codes.filter_map(Region::of_code).collect()
}

/// Reads a `recontact.toml`.
///
/// # Errors
/// [`Error::Io`] where it cannot be read, [`Error::Text`] with the line for everything that is wrong in it.
pub fn load(path: &Path) -> Result<Config> {
    let text = read_text(path, MAX_CONFIG_BYTES)?;
    parse(path, text)
}

/// The configuration for paths given on a command line: a folder with a `recontact.toml` uses it, every other
/// file, folder or glob is a source of which nothing is said, so that its format and columns are recognised.
///
/// # Errors
/// As [`load`]; and where a path does not exist, or two configurations are given.
pub fn discover(paths: &[PathBuf]) -> Result<Config> {
    let mut config = Config::default();
    for path in paths {
        let of_folder = path.join(FILE_NAME);
        let file = if path.is_dir() && of_folder.is_file() {
            Some(of_folder)
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            Some(path.clone())
        } else {
            None
        };
        match file {
            Some(file) => {
                if let Some(earlier) = &config.path {
                    let what = format!("a second configuration beside {}", earlier.display());
                    return Err(Error::data(file, what, "write one that lists all sources, and give that"));
                }
                let mut loaded = load(&file)?;
                // A configuration that only says how to count leaves open what: the folder's data files.
                if loaded.sources.is_empty() && path.is_dir() {
                    loaded.sources.push(Source::of_path(path.clone(), ".".to_string()));
                }
                loaded.sources.splice(0..0, std::mem::take(&mut config.sources));
                config = loaded;
            }
            None => config.sources.push(Source::of_path(PathBuf::new(), unicode(path)?)),
        }
    }
    Ok(config)
}

fn unicode(path: &Path) -> Result<String> {
    match path.to_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(Error::data(path, "a file name that is not Unicode", "rename the file")),
    }
}

const KEYS: [&str; 3] = ["source", "policy", "lexicon"];

fn parse(path: &Path, text: String) -> Result<Config> {
    let base = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let toml = TomlText { path, text: &text };
    let mut config = Config { path: Some(path.to_path_buf()), ..Config::default() };
    for (key, value) in &toml.parse()? {
        match key.get_ref().as_ref() {
            "source" => match value.get_ref() {
                DeValue::Array(items) => {
                    for item in items.iter() {
                        config.sources.push(source::source(toml, item, base.clone())?);
                    }
                }
                _ => {
                    return Err(toml.fault(
                        key,
                        "[source] is one table",
                        "write [[source]], once per source",
                    ));
                }
            },
            "policy" => {
                toml.table("policy", value)?;
            }
            "lexicon" => config.lexicons = lexicons(toml, value, &base)?,
            _ => return Err(toml.unknown_key(key, path_name(path), &KEYS)),
        }
    }
    if let Ok(mut whole) = text.parse::<toml::Table>()
        && let Some(toml::Value::Table(policy)) = whole.remove("policy")
    {
        config.policy = policy;
    }
    config.text = text;
    Ok(config)
}

fn path_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or(FILE_NAME)
}

fn lexicons(toml: TomlText<'_>, value: &toml_text::Value<'_>, base: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for (key, value) in toml.table("lexicon", value)? {
        match key.get_ref().as_ref() {
            "paths" => {
                paths = toml.strings("paths", value)?.into_iter().map(|path| base.join(path)).collect()
            }
            _ => return Err(toml.unknown_key(key, "[lexicon]", &["paths"])),
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests;
