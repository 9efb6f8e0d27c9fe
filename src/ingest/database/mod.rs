//! Databases: what a query gives is written to a temporary CSV file, and that is read.
//!
//! Takes the database of a source, gives a file. So rows of a database are read as those of a CSV file are, to the last
//! byte; rows that have not changed since are the same file, which is not read again; and memory is bounded, because
//! every engine hands its rows on one by one. The file goes when it has been read.

mod mysql;
mod postgres;
mod sqlite;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_128;

use super::SourceFile;
use crate::config::{Database, Engine, PasswordPlace, Source};
use crate::error::{Error, Result, read_text};

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(15);

/// How far a database has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Hash of what is asked and how it is read: with another mapping everything is to be read again.
    pub key: String,
    /// The greatest value of the cursor column so far, as the database writes it.
    pub value: String,
}

/// What a query gave.
#[derive(Debug)]
pub struct Fetched {
    /// The temporary file, with the name of the source.
    pub file: SourceFile,
    /// How far it goes, where the source has a cursor.
    pub cursor: Option<Cursor>,
    /// Whether there is any row.
    pub is_empty: bool,
    /// Removes the file when dropped.
    _spool: NamedTempFile,
}

/// What an engine is asked.
struct Question<'a> {
    query: &'a str,
    /// The column whose greatest value is to be told.
    cursor: Option<&'a str>,
    /// Rows from this value of it on.
    since: Option<&'a str>,
    password: Option<String>,
}

/// What an engine says about the rows that it wrote.
#[derive(Debug, Default)]
struct Answer {
    row_count: u64,
    /// The greatest value of the cursor column.
    last: Option<String>,
}

/// Why a database gave nothing: what was found, what to do.
type Failure = (String, &'static str);

/// The name of a source that is a database: its address and the beginning of what is asked.
pub(super) fn name(database: &Database) -> String {
    let query: Vec<&str> = database.query.split_whitespace().collect();
    let query = query.join(" ");
    let most = super::cut(&query, 60);
    let more = if most.len() < query.len() { "…" } else { "" };
    let clean: String =
        most.chars().map(|c| if crate::text::is_unsafe_to_show(c) { ' ' } else { c }).collect();
    format!("{} {clean}{more}", database.url)
}

/// Asks a database and writes what it gives to a temporary file. With a cursor, rows from the one on that was reached
/// before: those of that very value again, because others may have come with it.
///
/// # Errors
/// Where the database cannot be reached or refuses, or the file cannot be written. No error tells the password.
pub fn fetch(file: &SourceFile, source: &Source, before: Option<&Cursor>) -> Result<Option<Fetched>> {
    let Some(database) = &source.database else { return Ok(None) };
    let key = key(source, database);
    let since = before.filter(|before| before.key == key).map(|before| before.value.as_str());
    let question = Question {
        query: database.query.trim().trim_end_matches(';'),
        cursor: database.cursor.as_deref(),
        since,
        password: password(&database.password)?,
    };
    let temporary = std::env::temp_dir();
    let spool = tempfile::Builder::new().prefix("recontact-").suffix(".csv").tempfile();
    let mut spool = spool.map_err(Error::io(&temporary))?;
    let answer = answer(&question, database, source, spool.as_file_mut())
        .map_err(|(what, help)| Error::data(&file.name, what, help))?;
    spool.as_file_mut().flush().map_err(Error::io(spool.path()))?;
    let byte_count = spool.as_file().metadata().map_err(Error::io(spool.path()))?.len();
    let value = answer.last.or_else(|| since.map(str::to_string));
    let cursor = database.cursor.as_ref().and(value).map(|value| Cursor { key, value });
    let file = SourceFile { path: spool.path().to_path_buf(), byte_count, ..file.clone() };
    Ok(Some(Fetched { file, cursor, is_empty: answer.row_count == 0 && since.is_some(), _spool: spool }))
}

/// Hash of what is asked and of the mapping.
fn key(source: &Source, database: &Database) -> String {
    let database = Database { password: PasswordPlace::Nowhere, ..database.clone() };
    let asked = Source { base: PathBuf::new(), database: Some(database), ..source.clone() };
    format!("{:032x}", xxh3_128(format!("{asked:?}").as_bytes()))
}

fn answer(
    question: &Question<'_>,
    database: &Database,
    source: &Source,
    out: &mut std::fs::File,
) -> Result<Answer, Failure> {
    match database.address() {
        Some((Engine::Postgres, _)) => postgres::answer(&database.url, question, out),
        Some((Engine::MySql, rest)) => mysql::answer(&format!("mysql://{rest}"), question, out),
        Some((Engine::Sqlite, file)) => sqlite::answer(&source.base.join(file), question, out),
        None => Err(("no database".to_string(), "correct the url")),
    }
}

/// The password, from where it stands.
fn password(place: &PasswordPlace) -> Result<Option<String>> {
    match place {
        PasswordPlace::Nowhere => Ok(None),
        PasswordPlace::Env(name) => match std::env::var(name) {
            Ok(password) => Ok(Some(password)),
            Err(_) => {
                let what = format!("the environment variable {name} is not set");
                Err(Error::data("password_env", what, "set it to the password"))
            }
        },
        PasswordPlace::File(path) => {
            let text = read_text(path, 1 << 16)?;
            Ok(Some(text.strip_suffix('\n').map_or(&*text, |text| text.trim_end_matches('\r')).to_string()))
        }
    }
}

/// A failure to write the temporary file.
fn unwritten(error: impl std::fmt::Display) -> Failure {
    (format!("its rows cannot be kept: {error}"), "make room in the folder for temporary files (TMPDIR)")
}

/// What a database complains about, on one line and without the password, should it be told that.
fn complained(question: &Question<'_>, error: &dyn std::fmt::Display) -> String {
    let text: String =
        error.to_string().chars().map(|c| if crate::text::is_unsafe_to_show(c) { ' ' } else { c }).collect();
    match &question.password {
        Some(password) if !password.is_empty() => text.replace(password.as_str(), "…"),
        _ => text,
    }
}

/// Writes rows as CSV.
fn csv(out: &mut std::fs::File) -> csv::Writer<std::io::BufWriter<&mut std::fs::File>> {
    csv::WriterBuilder::new().from_writer(std::io::BufWriter::new(out))
}

/// A column that is named as the cursor's: its place.
fn cursor_place(question: &Question<'_>, columns: &[String]) -> Result<Option<usize>, Failure> {
    let Some(name) = question.cursor else { return Ok(None) };
    let same = |column: &String| column.eq_ignore_ascii_case(name);
    let found = columns.iter().position(|column| column == name).or_else(|| columns.iter().position(same));
    found.map(Some).ok_or_else(|| {
        let known: Vec<String> = columns.iter().take(40).map(|column| super::shown(column)).collect();
        let what = format!("no column `{name}`, which is the cursor; the query gives {}", known.join(", "));
        (what, "name a column of the query")
    })
}

/// Bytes of a database as text: as they are where they are UTF-8, in hexadecimal where not.
fn bytes_as_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut text = String::from("0x");
        error.as_bytes().iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
        text
    })
}

/// Says of an error of a file that is temporary which source it is about.
pub(super) fn named(error: Error, file: &SourceFile) -> Error {
    match error {
        Error::Data { path, what, help } if path == file.path => {
            Error::Data { path: Path::new(&file.name).into(), what, help }
        }
        Error::Io { path, source } if path == file.path => {
            Error::Io { path: Path::new(&file.name).into(), source }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
