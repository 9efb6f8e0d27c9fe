//! The database of a `[[source]]`: where it is, what is asked, where its password stands.
//!
//! Takes what the user wrote, gives a [`Database`]. Passwords are never part of it: the text of a configuration is kept
//! in the store.

use std::path::PathBuf;

/// A database and a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// `postgres://user@host/name`, `mysql://…` or `sqlite://file`; it has no password.
    pub url: String,
    /// What to ask: a `SELECT`.
    pub query: String,
    /// The column by which rows that have come since are told.
    pub cursor: Option<String>,
    /// Where the password is.
    pub password: PasswordPlace,
}

/// Where a password stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PasswordPlace {
    /// There is none.
    #[default]
    Nowhere,
    /// In an environment variable of this name.
    Env(String),
    /// In this file, whose last line end does not count.
    File(PathBuf),
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
    /// A file of SQLite.
    Sqlite,
}

/// The beginnings of addresses, and what they mean.
const SCHEMES: [(&str, Engine); 7] = [
    ("postgres://", Engine::Postgres),
    ("postgresql://", Engine::Postgres),
    ("mysql://", Engine::MySql),
    ("mariadb://", Engine::MySql),
    ("sqlite://", Engine::Sqlite),
    ("sqlite3://", Engine::Sqlite),
    ("sqlite:", Engine::Sqlite),
];

impl Database {
    /// The engine and what follows the scheme.
    pub(crate) fn address(&self) -> Option<(Engine, &str)> {
        split(&self.url)
    }
}

fn split(url: &str) -> Option<(Engine, &str)> {
    SCHEMES.iter().find_map(|(scheme, engine)| url.strip_prefix(scheme).map(|rest| (*engine, rest)))
}

/// Complains about an address that is none of a database, or that has a password in it. The complaint does not repeat
/// the address.
pub(super) fn check_url(url: &str) -> Result<(), (&'static str, &'static str)> {
    let Some((engine, rest)) = split(url) else {
        let what = "the url is none of a database";
        return Err((
            what,
            "write it like postgres://user@host/name, mysql://user@host/name or sqlite://file",
        ));
    };
    if url.chars().any(crate::text::is_unsafe_to_show) {
        return Err(("the url has odd characters in it", "write them as %20"));
    }
    if rest.trim().is_empty() {
        return Err(("the url names no database", "write it like postgres://user@host/name"));
    }
    if engine == Engine::Sqlite {
        return Ok(());
    }
    let (server, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    // An @ may stand in the password itself: the last one ends it.
    let user = server.rsplit_once('@').map_or("", |(user, _)| user);
    let names = parameters.split('&').filter_map(|pair| pair.split('=').next());
    if user.contains(':') || names.into_iter().any(|name| name.to_lowercase().contains("pass")) {
        let what = "a password in the url: this text is kept in the store, for all to see";
        return Err((
            what,
            "take it out, and name where it stands: password_env = \"…\" or password_file = \"…\"",
        ));
    }
    Ok(())
}

/// Whether a query asks and does not tell: servers are asked in transactions that can change nothing, but some of them
/// drop a table in those, too.
pub(super) fn is_question(query: &str) -> bool {
    let first = query.lines().map(|line| line.split("--").next().unwrap_or_default());
    let mut words =
        first.flat_map(|line| line.split(|c: char| !c.is_ascii_alphabetic())).filter(|word| !word.is_empty());
    words.next().is_some_and(|word| {
        ["select", "with", "values", "table"].iter().any(|known| known.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_asks() {
        for query in ["SELECT 1", "-- drop\n  ( select 1)", "with a as (select 1) select * from a"] {
            assert!(is_question(query), "{query}");
        }
        for query in ["DROP TABLE calls", "-- select", "", "delete from calls"] {
            assert!(!is_question(query), "{query}");
        }
    }

    #[test]
    fn an_address_is_of_one_of_three_databases_and_has_no_password() {
        for url in [
            "postgres://me@host/calls",
            "postgresql:///calls?host=/run/postgresql",
            "mysql://me@host:3307/calls",
            "mariadb://me@localhost/calls?socket=/run/mysqld.sock",
            "sqlite://calls.db",
            "sqlite:/data/2026:03/calls.db",
        ] {
            assert_eq!(check_url(url), Ok(()), "{url}");
        }
        for url in ["calls.db", "oracle://me@host/calls", "postgres://", "postgres://me@host/a\nb"] {
            assert!(check_url(url).is_err(), "{url}");
        }
        for url in [
            "postgres://me:hunter2@host/calls",
            "postgres://me:hun@ter2@host/calls",
            "mysql://:hunter2@host/calls",
            "postgres://host/calls?user=me&password=hunter2",
        ] {
            let (what, help) = check_url(url).unwrap_err();
            assert!(what.starts_with("a password in the url") && !help.contains("hunter2"), "{url}");
        }
    }
}
