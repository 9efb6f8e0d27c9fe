//! PostgreSQL: the server writes the CSV itself, with COPY.

use std::fs::File;
use std::io::Write;
use std::str::FromStr;

use postgres::{Client, Config, NoTls};

use super::{Answer, Failure, PATIENCE, Question, complained, cursor_place, unwritten};

/// Asks in a transaction that can change nothing, so that the greatest value is that of the rows.
pub(super) fn answer(url: &str, question: &Question<'_>, out: &mut File) -> Result<Answer, Failure> {
    let mut config = Config::from_str(url).map_err(|error| failed(question, &error))?;
    config.connect_timeout(PATIENCE).application_name("recontact");
    if let Some(password) = &question.password {
        config.password(password);
    }
    let mut client = config.connect(NoTls).map_err(|error| {
        let help = "check the url, the password and that the server takes connections without TLS from here";
        (format!("no connection: {}", told(question, &error)), help)
    })?;
    rows(&mut client, question, out)
}

fn rows(client: &mut Client, question: &Question<'_>, out: &mut File) -> Result<Answer, Failure> {
    let fail = |error: postgres::Error| failed(question, &error);
    // Moments are written so that they can be read anywhere.
    client
        .batch_execute(
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL timezone = 'UTC'; \
             SET LOCAL datestyle = 'ISO'; SET LOCAL standard_conforming_strings = on; SET LOCAL bytea_output = 'hex'",
        )
        .map_err(fail)?;
    let statement = client.prepare(question.query).map_err(fail)?;
    let names: Vec<String> = statement.columns().iter().map(|column| column.name().to_string()).collect();
    if names.is_empty() {
        return Err(("the query gives no columns".to_string(), "write a SELECT"));
    }
    let cursor = cursor_place(question, &names)?;
    // Columns are numbered, because two may have one name. As text, a boolean is `true` and not `t`.
    let numbered: Vec<String> = (0..names.len()).map(|at| format!("c{at}")).collect();
    let table = format!("(\n{}\n) AS asked ({})", question.query, numbered.join(", "));
    let newer = match (cursor, question.since) {
        (Some(at), Some(since)) => format!(" WHERE c{at} >= {}", literal(since)),
        _ => String::new(),
    };
    let mut header = super::csv(out);
    header.write_record(&names).map_err(unwritten)?;
    header.flush().map_err(unwritten)?;
    drop(header);
    let texts: Vec<String> = numbered.iter().map(|name| format!("{name}::text")).collect();
    let copy = format!(
        "COPY (SELECT {} FROM {table}{newer}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')",
        texts.join(", ")
    );
    let mut reader = client.copy_out(copy.as_str()).map_err(fail)?;
    let mut piece = [0; 1 << 16];
    let mut byte_count = 0;
    loop {
        let count = std::io::Read::read(&mut reader, &mut piece)
            .map_err(|error| (complained(question, &error), "see the log of the server"))?;
        if count == 0 {
            break;
        }
        byte_count += count as u64;
        out.write_all(&piece[..count]).map_err(unwritten)?;
    }
    drop(reader);
    let last = match cursor {
        Some(at) => {
            let greatest = format!("SELECT max(c{at})::text FROM {table}{newer}");
            client.query_one(greatest.as_str(), &[]).map_err(fail)?.get::<_, Option<String>>(0)
        }
        None => None,
    };
    // One row is enough to know that there are some.
    Ok(Answer { row_count: byte_count, last })
}

/// A text as SQL has it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn failed(question: &Question<'_>, error: &postgres::Error) -> Failure {
    (format!("the database refuses: {}", told(question, error)), "try the query in psql")
}

/// The server's own words, which stand behind the crate's.
fn told(question: &Question<'_>, error: &postgres::Error) -> String {
    let text = match error.as_db_error() {
        Some(error) => error.message().to_string(),
        None => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                let more = cause.to_string();
                if !text.contains(&more) {
                    text.push_str(&format!(": {more}"));
                }
                source = cause.source();
            }
            text
        }
    };
    complained(question, &text)
}
