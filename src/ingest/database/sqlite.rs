//! A file of SQLite, a row at a time.

use std::fs::File;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{Answer, Failure, Question, bytes_as_text, complained, cursor_place, unwritten};

/// Asks a file that is opened for reading only, in one transaction.
pub(super) fn answer(path: &Path, question: &Question<'_>, out: &mut File) -> Result<Answer, Failure> {
    let fail = |error: rusqlite::Error| {
        (format!("the database refuses: {}", complained(question, &error)), "try the query in sqlite3")
    };
    if !path.is_file() {
        return Err((
            "no such file".to_string(),
            "check the url: sqlite://FILE, from the folder of recontact.toml",
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.execute_batch("PRAGMA query_only = on; BEGIN").map_err(fail)?;
    let table = format!("(\n{}\n) AS asked", question.query);
    let named = question.cursor.map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
    let newer = match (&named, question.since) {
        // It was written by quote(), as a number or a text in quotes.
        (Some(name), Some(since)) => format!(" WHERE {name} >= {since}"),
        _ => String::new(),
    };
    let asked =
        if newer.is_empty() { question.query.to_string() } else { format!("SELECT * FROM {table}{newer}") };
    let mut answer = Answer::default();
    let mut statement = connection.prepare(&asked).map_err(fail)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_string).collect();
    if names.is_empty() {
        return Err(("the query gives no columns".to_string(), "write a SELECT"));
    }
    cursor_place(question, &names)?;
    let mut csv = super::csv(out);
    csv.write_record(&names).map_err(unwritten)?;
    let mut rows = statement.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        for at in 0..names.len() {
            let text = match row.get_ref(at).map_err(fail)? {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => format!("{number:?}"),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes_as_text(bytes.to_vec()),
            };
            csv.write_field(text).map_err(unwritten)?;
        }
        csv.write_record(None::<&[u8]>).map_err(unwritten)?;
        answer.row_count += 1;
    }
    csv.flush().map_err(unwritten)?;
    drop(rows);
    if let Some(name) = named {
        let greatest = format!("SELECT quote(max({name})) FROM {table}{newer}");
        let last: String = connection.query_row(&greatest, [], |row| row.get(0)).map_err(fail)?;
        answer.last = Some(last).filter(|last| last != "NULL");
    }
    Ok(answer)
}
