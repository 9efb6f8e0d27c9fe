//! MySQL and MariaDB, a row at a time, in the protocol in which every value is a text.

use std::fs::File;

use mysql::consts::ColumnType;
use mysql::prelude::Queryable;
use mysql::{Conn, Opts, OptsBuilder, Value};

use super::{Answer, Failure, PATIENCE, Question, bytes_as_text, complained, cursor_place, unwritten};

/// Asks in a transaction that can change nothing, so that the greatest value is that of the rows.
pub(super) fn answer(url: &str, question: &Question<'_>, out: &mut File) -> Result<Answer, Failure> {
    let fail = |error: mysql::Error| failed(question, &error);
    let opts = Opts::from_url(url).map_err(|error| (complained(question, &error), "correct the url"))?;
    let mut opts = OptsBuilder::from_opts(opts).tcp_connect_timeout(Some(PATIENCE)).prefer_socket(false);
    if let Some(password) = &question.password {
        opts = opts.pass(Some(password.clone()));
    }
    let mut conn = Conn::new(opts).map_err(|error| {
        let help = "check the url, the password and that the server takes connections without TLS from here";
        (format!("no connection: {}", complained(question, &error)), help)
    })?;
    for setting in [
        "SET NAMES utf8mb4",
        "SET time_zone = '+00:00'",
        // Quotes as the standard has them need no switch: backslashes are escaped, too.
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ] {
        conn.query_drop(setting).map_err(fail)?;
    }
    rows(&mut conn, question, out)
}

fn rows(conn: &mut Conn, question: &Question<'_>, out: &mut File) -> Result<Answer, Failure> {
    let fail = |error: mysql::Error| failed(question, &error);
    let table = format!("(\n{}\n) AS asked", question.query);
    let named = question.cursor.map(quoted);
    let newer = match (&named, question.since) {
        (Some(name), Some(since)) => format!(" WHERE {name} >= {}", literal(since)),
        _ => String::new(),
    };
    // The query itself may give two columns of one name; a table cannot.
    let asked =
        if newer.is_empty() { question.query.to_string() } else { format!("SELECT * FROM {table}{newer}") };
    let mut answer = Answer::default();
    let mut result = conn.query_iter(asked).map_err(fail)?;
    let columns = result.columns();
    let names: Vec<String> = columns.as_ref().iter().map(|column| column.name_str().into_owned()).collect();
    let kinds: Vec<ColumnType> = columns.as_ref().iter().map(mysql::Column::column_type).collect();
    if names.is_empty() {
        return Err(("the query gives no columns".to_string(), "write a SELECT"));
    }
    cursor_place(question, &names)?;
    let mut csv = super::csv(out);
    csv.write_record(&names).map_err(unwritten)?;
    for row in result.by_ref() {
        let values = row.map_err(fail)?.unwrap();
        let texts = values.into_iter().zip(&kinds).map(|(value, kind)| written(value, *kind));
        csv.write_record(texts).map_err(unwritten)?;
        answer.row_count += 1;
    }
    csv.flush().map_err(unwritten)?;
    drop(result);
    if let Some(name) = named {
        let greatest = format!("SELECT CAST(MAX({name}) AS CHAR) FROM {table}{newer}");
        answer.last = conn.query_first::<Option<String>, _>(greatest).map_err(fail)?.flatten();
    }
    Ok(answer)
}

/// A value as text. Moments of TIMESTAMP are in UTC, which the connection asked for, and say so.
fn written(value: Value, kind: ColumnType) -> String {
    match (value, kind) {
        (Value::NULL, _) => String::new(),
        (Value::Bytes(bytes), ColumnType::MYSQL_TYPE_BIT) if bytes.len() <= 8 => {
            bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).to_string()
        }
        (Value::Bytes(bytes), ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2) => {
            bytes_as_text(bytes) + "Z"
        }
        (Value::Bytes(bytes), _) => bytes_as_text(bytes),
        // Values of other kinds come only from prepared statements.
        (Value::Int(number), _) => number.to_string(),
        (Value::UInt(number), _) => number.to_string(),
        (Value::Float(number), _) => number.to_string(),
        (Value::Double(number), _) => number.to_string(),
        (moment, _) => moment.as_sql(true).trim_matches('\'').to_string(),
    }
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as SQL has it, whatever mode the server is in.
fn literal(text: &str) -> String {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CONVERT(X'{hex}' USING utf8mb4)")
}

fn failed(question: &Question<'_>, error: &mysql::Error) -> Failure {
    let text = match error {
        mysql::Error::MySqlError(error) => complained(question, &error.message),
        other => complained(question, other),
    };
    (format!("the database refuses: {text}"), "try the query in the mysql or mariadb program")
}
