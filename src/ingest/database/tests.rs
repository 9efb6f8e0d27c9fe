use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::ingest::tests::{read_text, source};
use crate::ingest::{Batch, read};

const TABLE: &str = "CREATE TABLE calls (call_id, started_at, customer_id, category, handle_time, vip);
    INSERT INTO calls VALUES
        (1, '2026-03-01 09:15:00', 'C1', 'billing', 95.5, 1),
        (2, '2026-03-02 09:15:00', NULL, 'a \"quoted\", long
text', NULL, 0),
        (3, 'soon', 'C1', 'sim', 60, NULL);";

/// A folder with a database, and the source that asks it.
fn filled(script: &str, query: &str, cursor: Option<&str>) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    change(folder.path(), script);
    let database = Database {
        url: "sqlite://calls.db".to_string(),
        query: query.to_string(),
        cursor: cursor.map(str::to_string),
        password: PasswordPlace::Nowhere,
    };
    let base = folder.path().to_path_buf();
    (folder, Source { base, path: String::new(), database: Some(database), ..source() })
}

fn change(folder: &Path, script: &str) {
    Connection::open(folder.join("calls.db")).unwrap().execute_batch(script).unwrap();
}

fn file(source: &Source) -> SourceFile {
    let name = name(source.database.as_ref().unwrap());
    SourceFile { path: name.clone().into(), name, source: 0, byte_count: 0 }
}

/// What a source gives, and how far it goes.
fn asked(source: &Source, before: Option<&Cursor>) -> (Batch, Fetched) {
    let fetched = fetch(&file(source), source, before).unwrap().unwrap();
    let mut whole = Batch::default();
    let mut sink = |batch: Batch| {
        whole = batch;
        Ok(())
    };
    read(&fetched.file, source, &mut sink, &|_| {}).unwrap();
    (whole, fetched)
}

fn ids(batch: &Batch) -> Vec<&str> {
    batch.interactions.iter().map(|interaction| interaction.interaction_id.as_str()).collect()
}

fn failure(source: &Source) -> String {
    let outcome = fetch(&file(source), source, None).map(|_| ());
    outcome.unwrap_err().to_string()
}

#[test]
fn rows_of_a_database_are_read_as_those_of_a_csv_file_are() {
    let (_folder, source) = filled(TABLE, "SELECT * FROM calls ORDER BY call_id;", None);
    let (batch, fetched) = asked(&source, None);
    let text = "call_id,started_at,customer_id,category,handle_time,vip\n1,2026-03-01 09:15:00,C1,billing,95.5,1\n\
                2,2026-03-02 09:15:00,,\"a \"\"quoted\"\", long\ntext\",,0\n3,soon,C1,sim,60,\n";
    let mut by_csv = read_text("a.csv", text, &crate::ingest::tests::source());
    by_csv.rejects[0].file.clone_from(&batch.rejects[0].file);
    assert_eq!(batch, by_csv);
    assert_eq!(fetched.file.name, "sqlite://calls.db SELECT * FROM calls ORDER BY call_id;");
    let path = fetched.file.path.clone();
    drop(fetched);
    assert!(!path.exists(), "nothing is left of it");
}

#[test]
fn a_cursor_gives_the_rows_from_the_last_value_on() {
    let query = "SELECT * FROM calls -- all of them";
    let (folder, source) = filled(TABLE, query, Some("call_id"));
    let (batch, first) = asked(&source, None);
    assert_eq!((batch.row_count, first.cursor.as_ref().unwrap().value.as_str()), (3, "3"));
    let (batch, again) = asked(&source, first.cursor.as_ref());
    assert_eq!((batch.row_count, &again.cursor), (1, &first.cursor), "the last row may have had company");
    change(
        folder.path(),
        "INSERT INTO calls VALUES (4, '2026-03-04', 'it''s', '', 1, 1), (10, '2026-03-05', '', '', 1, 1)",
    );
    let (batch, second) = asked(&source, first.cursor.as_ref());
    assert_eq!((ids(&batch), second.cursor.as_ref().unwrap().value.as_str()), (vec!["4", "10"], "10"));
    change(folder.path(), "DELETE FROM calls");
    let none = fetch(&file(&source), &source, second.cursor.as_ref()).unwrap().unwrap();
    assert!(none.is_empty && none.cursor == second.cursor);
}

#[test]
fn another_mapping_or_query_reads_everything_again() {
    let (_folder, source) = filled(TABLE, "SELECT * FROM calls", Some("call_id"));
    let (_, first) = asked(&source, None);
    let zoned = Source { timezone: "Europe/Riga".to_string(), ..source.clone() };
    assert_eq!(asked(&zoned, first.cursor.as_ref()).0.row_count, 3);
}

#[test]
fn what_a_database_refuses_is_told_with_the_name_of_the_source() {
    let (_folder, source) = filled(TABLE, "SELECT nobody FROM calls", None);
    let told = failure(&source);
    assert!(
        told.starts_with("sqlite://calls.db SELECT nobody FROM calls: the database refuses: no such column"),
        "{told}"
    );
    let (_folder, source) = filled(TABLE, "SELECT call_id FROM calls", Some("changed"));
    assert!(failure(&source).contains("no column `changed`, which is the cursor; the query gives `call_id`"));
    let (folder, mut source) = filled(TABLE, "DELETE FROM calls RETURNING call_id", None);
    assert!(failure(&source).contains("the database refuses"));
    let count = Connection::open(folder.path().join("calls.db"))
        .and_then(|it| it.query_row("SELECT count(*) FROM calls", [], |row| row.get::<_, u32>(0)));
    assert_eq!(count.unwrap(), 3, "nothing can be changed");
    source.base = folder.path().join("none");
    assert!(failure(&source).contains("no such file"));
}

#[test]
fn a_column_that_is_missing_is_told_of_the_source_and_not_of_the_temporary_file() {
    let (_folder, source) = filled(TABLE, "SELECT call_id, vip FROM calls", None);
    let fetched = fetch(&file(&source), &source, None).unwrap().unwrap();
    let error = read(&fetched.file, &source, &mut |_| Ok(()), &|_| {}).unwrap_err().to_string();
    assert!(
        error.starts_with("sqlite://calls.db SELECT call_id, vip FROM calls: no column is recognised"),
        "{error}"
    );
}

#[test]
fn a_password_comes_from_a_file_or_a_variable_and_is_in_no_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "hun ter2 \r\n").unwrap();
    assert_eq!(password(&PasswordPlace::File(path)).unwrap().as_deref(), Some("hun ter2 "));
    let error =
        password(&PasswordPlace::Env("RECONTACT_NO_SUCH_VARIABLE".to_string())).unwrap_err().to_string();
    assert!(error.contains("RECONTACT_NO_SUCH_VARIABLE is not set"), "{error}");
    let question = Question { query: "", cursor: None, since: None, password: Some("hunter2".to_string()) };
    assert_eq!(complained(&question, &"bad\npassword hunter2"), "bad password …");
}
