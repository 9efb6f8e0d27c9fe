//! Databases as sources: PostgreSQL and MariaDB where a server is there (`.ci/databases` starts them), SQLite always.
//!
//! What is counted is compared with what the same rows give as a CSV file.

use std::fmt::Write;
use std::path::Path;

use mysql::prelude::Queryable;

use super::program::Folder;

/// An engine that is there, with an empty table of calls of its own.
struct Engine {
    name: &'static str,
    url: String,
    table: String,
    /// How it writes what is true and what is not.
    truths: [&'static str; 2],
    password: Option<String>,
}

const ENGINES: [&str; 3] = ["sqlite", "postgres", "mysql"];

impl Engine {
    /// The engine, ready for a test of that name; says where it is not there.
    fn start(name: &'static str, test: &str, folder: &Folder) -> Option<Engine> {
        let variable = match name {
            "postgres" => "RECONTACT_POSTGRES",
            "mysql" => "RECONTACT_MYSQL",
            _ => "",
        };
        let url = match name {
            "sqlite" => format!("sqlite://{}", folder.path().join("calls.db").display()),
            _ => match std::env::var(variable) {
                Ok(url) => url,
                Err(_) => {
                    eprintln!(
                        "skipped: no {name} on this machine ({variable} is not set; see .ci/databases)"
                    );
                    return None;
                }
            },
        };
        let truths = if name == "postgres" { ["false", "true"] } else { ["0", "1"] };
        let password = std::env::var("RECONTACT_DATABASE_PASSWORD").ok().filter(|_| name != "sqlite");
        let engine = Engine { name, url, table: format!("calls_{test}"), truths, password };
        let (clock, moment, id, json) = match name {
            "postgres" => ("timestamp", "timestamptz", "uuid", "json"),
            "mysql" => ("datetime", "timestamp null", "char(36)", "json"),
            _ => ("text", "text", "text", "text"),
        };
        let table = &engine.table;
        engine.run(&[
            format!("DROP TABLE IF EXISTS {table}"),
            format!(
                "CREATE TABLE {table} (call_id varchar(20), customer_id varchar(20), started_at {clock}, \
                 closed_at {moment}, category varchar(200), handle_time numeric(8,2), vip boolean, token {id}, more {json}, \
                 said varchar(2000))"
            ),
        ]);
        Some(engine)
    }

    /// Runs statements.
    fn run(&self, statements: &[String]) {
        match self.name {
            "postgres" => {
                let mut config: postgres::Config = self.url.parse().unwrap();
                config.password(self.password.as_deref().unwrap_or_default());
                let mut client = config.connect(postgres::NoTls).unwrap();
                client.batch_execute("SET timezone = 'UTC'").unwrap();
                statements.iter().for_each(|statement| client.batch_execute(statement).unwrap());
            }
            "mysql" => {
                let opts = mysql::Opts::from_url(&self.url).unwrap();
                let opts = mysql::OptsBuilder::from_opts(opts).pass(self.password.clone());
                let mut conn = mysql::Conn::new(opts).unwrap();
                conn.query_drop("SET NAMES utf8mb4").unwrap();
                conn.query_drop("SET time_zone = '+00:00'").unwrap();
                statements.iter().for_each(|statement| conn.query_drop(statement).unwrap());
            }
            _ => {
                let path = self.url.trim_start_matches("sqlite://");
                let connection = rusqlite::Connection::open(path).unwrap();
                statements.iter().for_each(|statement| connection.execute_batch(statement).unwrap());
            }
        }
    }

    fn fill(&self, calls: &[Call]) {
        let rows: Vec<String> = calls.iter().map(|call| call.as_sql(self.name)).collect();
        let statements: Vec<String> = rows
            .chunks(100)
            .map(|rows| format!("INSERT INTO {} VALUES {}", self.table, rows.join(",")))
            .collect();
        self.run(&statements);
    }

    /// The source, with more lines about it.
    fn source(&self, more: &str) -> String {
        let password =
            if self.password.is_some() { "password_env = \"RECONTACT_DATABASE_PASSWORD\"\n" } else { "" };
        format!(
            "[[source]]\nurl = \"{}\"\nquery = \"SELECT * FROM {} ORDER BY started_at, call_id;\"\n{password}{more}{MAPPING}",
            self.url, self.table
        )
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.run(&[format!("DROP TABLE {}", self.table)]);
        }
    }
}

const MAPPING: &str = "timezone = \"Europe/Riga\"\n[source.fields]\ntext = \"said\"\n";

/// A call; blank texts are NULL.
struct Call {
    number: u32,
    customer: String,
    opened: String,
    closed: String,
    category: &'static str,
    handle_time: &'static str,
    is_vip: bool,
    said: &'static str,
}

/// Calls of a month, with blanks, quotes, lines and letters of several languages.
fn calls(count: u32) -> Vec<Call> {
    let clock = |number: u32| {
        let minutes = number * 37;
        format!("2026-03-{:02} {:02}:{:02}", 1 + minutes / 1440, minutes / 60 % 24, minutes % 60)
    };
    let call = |number: u32| Call {
        number,
        customer: if number.is_multiple_of(13) {
            String::new()
        } else {
            format!("00{}", number * number % 41)
        },
        opened: format!("{}:00", clock(number)),
        closed: if number.is_multiple_of(7) { String::new() } else { format!("{}:30", clock(number)) },
        category: ["Rēķini, maksājumi", "He said \"no\"", "Сметки", "账单", ""][(number % 5) as usize],
        handle_time: ["95.50", "0.25", "", "1200.00"][(number % 4) as usize],
        is_vip: number.is_multiple_of(3),
        said: ["", "I am calling for the third time", "Tas ir otrais zvans;\nvai ''tagad'' derēs?"]
            [(number % 3) as usize],
    };
    (0..count).map(call).collect()
}

impl Call {
    fn token(&self) -> String {
        format!("0191d2c4-77aa-7e31-9c8e-{:012x}", self.number)
    }

    fn more(&self) -> String {
        format!("{{\"shop\": {}, \"tags\": [\"a\"]}}", self.number % 4)
    }

    /// As a row of an INSERT.
    fn as_sql(&self, engine: &str) -> String {
        let text = |text: &str| match text {
            "" => "NULL".to_string(),
            text => format!("'{}'", text.replace("''", "'").replace('\'', "''")),
        };
        // Moments of a zone are in UTC; SQLite knows none and has texts.
        let closed = match (engine, self.closed.as_str()) {
            (_, "") => "NULL".to_string(),
            ("postgres" | "sqlite", closed) => format!("'{closed}+00'"),
            (_, closed) => format!("'{closed}'"),
        };
        let vip = match (engine, self.is_vip) {
            ("postgres", is_vip) => is_vip.to_string(),
            (_, is_vip) => u8::from(is_vip).to_string(),
        };
        let handle_time = if self.handle_time.is_empty() { "NULL" } else { self.handle_time };
        let handle_time = if engine == "sqlite" { text(self.handle_time) } else { handle_time.to_string() };
        format!(
            "('K{}',{},'{}',{closed},{},{handle_time},{vip},'{}','{}',{})",
            self.number,
            text(&self.customer),
            self.opened,
            text(self.category),
            self.token(),
            self.more(),
            text(self.said)
        )
    }
}

/// The same as CSV.
fn csv(calls: &[Call], truths: [&str; 2]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace("''", "'").replace('"', "\"\""));
    let mut text =
        "call_id,customer_id,started_at,closed_at,category,handle_time,vip,token,more,said\n".to_string();
    let mut sorted: Vec<&Call> = calls.iter().collect();
    sorted.sort_by_key(|call| (call.opened.clone(), format!("K{}", call.number)));
    for call in sorted {
        let closed = if call.closed.is_empty() { String::new() } else { format!("{}Z", call.closed) };
        let vip = truths[usize::from(call.is_vip)];
        let (category, said) = (quoted(call.category), quoted(call.said));
        writeln!(
            text,
            "K{},{},{},{closed},{category},{},{vip},{},{},{said}",
            call.number,
            call.customer,
            call.opened,
            call.handle_time,
            call.token(),
            quoted(&call.more())
        )
        .unwrap();
    }
    text
}

/// All files of a folder that have these bytes in them.
fn holding(folder: &Path, needle: &[u8], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holding(&path, needle, found);
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|bytes| bytes == needle) {
            found.push(path.display().to_string());
        }
    }
}

#[test]
fn a_store_filled_from_a_database_reports_what_one_filled_from_the_same_rows_as_csv_does() {
    for name in ENGINES {
        let folder = Folder::new();
        let Some(engine) = Engine::start(name, "same", &folder) else { continue };
        let calls = calls(300);
        engine.fill(&calls);
        folder.write("db/recontact.toml", engine.source(""));
        folder.write("csv/recontact.toml", format!("[[source]]\npath = \"calls.csv\"\n{MAPPING}"));
        folder.write("csv/calls.csv", csv(&calls, engine.truths));
        let read = folder.run("index db --store by-db").ok();
        assert!(read.stderr.contains("300 interactions"), "{}", read.stderr);
        folder.run("index csv --store by-csv").ok();
        for format in ["json", "html", "csv"] {
            let by_db = folder.run(&format!("report --store by-db --format {format}")).ok().stdout;
            let by_csv = folder.run(&format!("report --store by-csv --format {format}")).ok().stdout;
            assert!(by_db.len() > 1000 && by_db == by_csv, "{name}: {format}");
        }
        let again = folder.run("index db --store by-db").ok().stderr;
        assert!(again.contains("read 0 files (1 known already)"), "{name}: {again}");
    }
}

#[test]
fn a_run_again_reads_what_has_come_since_and_known_rows_change_nothing() {
    for name in ENGINES {
        let folder = Folder::new();
        let Some(engine) = Engine::start(name, "since", &folder) else { continue };
        let all = calls(300);
        engine.fill(&all[..200]);
        folder.write("all/recontact.toml", engine.source(""));
        folder.write("new/recontact.toml", engine.source("cursor = \"started_at\"\n"));
        let count = |store: &str| {
            let report = folder.run(&format!("report --store {store} --format json")).json();
            report["overall"]["contact_count"].as_u64().unwrap()
        };
        folder.run("index all --store all-store").ok();
        folder.run("index new --store new-store").ok();
        let first = count("all-store");
        assert_eq!(first, count("new-store"), "{name}");
        engine.fill(&all[200..]);
        folder.run("index all --store all-store").ok();
        let told = folder.run("index new --store new-store").ok().stderr;
        assert!(told.contains("101 interactions"), "{name}, the last of before and what has come: {told}");
        assert!(count("all-store") > first && count("all-store") == count("new-store"), "{name}");
        let told = folder.run("index new --store new-store").ok().stderr;
        assert!(told.contains("read 1 file") && told.contains(" 1 interactions"), "{name}: {told}");
        let told = folder.run("index new --store new-store").ok().stderr;
        assert!(told.contains("read 0 files (1 known already)"), "{name}: {told}");
        assert_eq!(count("all-store"), count("new-store"), "{name}");
    }
}

#[test]
fn a_password_is_neither_stored_nor_told() {
    for name in ENGINES {
        let folder = Folder::new();
        let Some(engine) = Engine::start(name, "password", &folder) else { continue };
        let Some(password) = engine.password.clone() else { continue };
        engine.fill(&calls(50));
        folder.write("secret", format!("{password}\n"));
        let by_file = engine
            .source("")
            .replace("password_env = \"RECONTACT_DATABASE_PASSWORD\"", "password_file = \"secret\"");
        folder.write("recontact.toml", &by_file);
        let run = folder.run("index . --store kept").ok();
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(&password), "{name}");
        let mut found = Vec::new();
        holding(&folder.path().join("kept"), password.as_bytes(), &mut found);
        assert!(found.is_empty(), "{name}: {found:?}");

        folder.write("secret", "another-secret");
        let refused = folder.run("index . --store other").error();
        assert!(
            refused.contains("no connection") && !refused.contains("another-secret"),
            "{name}: {refused}"
        );
        folder.write(
            "recontact.toml",
            by_file.replace("password_file = \"secret\"", "password_env = \"RECONTACT_NOT_SET\""),
        );
        let refused = folder.run("index . --store other").error();
        assert!(
            refused.contains("the environment variable RECONTACT_NOT_SET is not set"),
            "{name}: {refused}"
        );
        folder.write("recontact.toml", engine.source("").replace("recontact@", "recontact:hunter2@"));
        let refused = folder.run("index . --store other").error();
        assert!(
            refused.contains("a password in the url") && !refused.contains("hunter2"),
            "{name}: {refused}"
        );
    }
}

#[test]
fn a_database_that_is_not_there_or_refuses_is_told_with_what_to_do() {
    let folder = Folder::new();
    for (url, what) in [
        ("postgres://me@127.0.0.1:1/calls", "no connection"),
        ("mysql://me@127.0.0.1:1/calls", "no connection"),
        ("sqlite://none.db", "no such file"),
    ] {
        folder.write("recontact.toml", format!("[[source]]\nurl = \"{url}\"\nquery = \"SELECT 1\"\n"));
        let told = folder.run("index . --store kept").error();
        assert!(told.starts_with(&format!("{url} SELECT 1: {what}")), "{told}");
    }
    for (lines, what) in [
        ("url = \"sqlite://a.db\"\n", "a url without a query"),
        ("query = \"SELECT 1\"\n", "a [[source]] with a query and no url"),
        (
            "url = \"sqlite://a.db\"\nquery = \"SELECT 1\"\npath = \"a.csv\"\n",
            "a [[source]] with a path and a url",
        ),
        ("url = \"sqlite://a.db\"\nquery = \"SELECT 1\"\ndelimiter = \";\"\n", "only files have them"),
        ("url = \"sqlite://a.db\"\nquery = \"DROP TABLE calls\"\n", "a query that is no SELECT"),
        ("url = \"calls.db\"\nquery = \"SELECT 1\"\n", "the url is none of a database"),
    ] {
        folder.write("recontact.toml", format!("[[source]]\n{lines}"));
        let told = folder.run("index . --store kept").error();
        assert!(told.contains(what), "{told}");
    }
}
