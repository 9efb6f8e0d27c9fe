//! Writers and commits: one that dies, fails or comes second changes nothing, and a reader keeps its commit.

use super::tests::{commit, files, info, interaction, source, transcript};
use super::{Store, Want, Writer};
use crate::interaction::Note;

#[test]
fn no_store_says_what_to_run_first() {
    let dir = tempfile::tempdir().unwrap();
    let refused = Store::open(&dir.path().join("none")).unwrap_err().to_string();
    assert!(refused.contains("run `recontact index PATH…` first"), "{refused}");
}

#[test]
fn a_writer_that_dies_midway_changes_nothing_and_the_next_one_clears_up() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    let before = files(dir.path());
    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_interactions(&[interaction("b", "C", "x", 2)]).unwrap();
    writer.push_notes(&[Note { file: "f".into(), line: 1, what: "odd: 1".into() }]).unwrap();
    drop(writer);
    // A killed process leaves part files and perhaps a torn draft of the manifest.
    std::fs::write(dir.path().join("000002-interactions.parquet"), b"PAR1").unwrap();
    std::fs::write(dir.path().join("manifest.json.tmp"), b"{").unwrap();
    std::fs::write(dir.path().join("my notes.txt"), b"keep").unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!((store.commit_id(), store.interaction_count()), (1, 1));
    assert!(store.note_counts().is_empty());
    drop(Writer::begin(dir.path()).unwrap());
    let mut expected = before;
    expected.push("my notes.txt".into());
    assert_eq!(files(dir.path()), expected);
    assert_eq!(commit(dir.path(), &[interaction("b", "C", "x", 2)]).commit_id(), 2);
}

#[test]
fn a_store_opened_before_a_commit_keeps_seeing_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let old = commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    commit(dir.path(), &[interaction("a", "C", "y", 2)]);
    drop(Writer::begin(dir.path()).unwrap());
    let columns = old.columns(Want::ALL).unwrap();
    assert_eq!((columns.started_at, columns.is_duplicate), (vec![1], vec![false]));
}

#[test]
fn a_write_that_failed_and_was_not_heeded_cannot_be_committed() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    let mut writer = Writer::begin(dir.path()).unwrap();
    // The part of the texts cannot be begun: its name is taken by a folder.
    std::fs::create_dir(dir.path().join("000002-interaction-texts.parquet")).unwrap();
    writer.push_interactions(&[interaction("b", "C", "x", 1)]).unwrap();
    assert!(writer.commit(info()).is_err());
    assert_eq!(Store::open(dir.path()).unwrap().interaction_count(), 1);
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let first = Writer::begin(dir.path()).unwrap();
    let refused = Writer::begin(dir.path()).err().unwrap().to_string();
    assert!(refused.contains("another recontact process is writing"), "{refused}");
    drop(first);
    Writer::begin(dir.path()).unwrap();
}

#[test]
fn a_folder_of_other_files_is_not_made_a_store() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.doc"), b"").unwrap();
    let refused = Writer::begin(dir.path()).err().unwrap().to_string();
    assert!(refused.contains("thesis.doc") && refused.contains("--store DIR"), "{refused}");
    assert_eq!(files(dir.path()), ["thesis.doc"]);
}

#[test]
fn a_source_is_known_again_by_its_fingerprint_and_a_run_without_news_makes_no_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_interactions(&[interaction("a", "C", "x", 1), interaction("b", "C", "x", 2)]).unwrap();
    writer.push_transcript(&transcript("a", &["one", "two", "three"])).unwrap();
    assert!(!writer.has_source("fp-log"));
    writer.finish_source(source("log")).unwrap();
    assert!(writer.has_source("fp-log"));
    let store = writer.commit(info()).unwrap();
    let counted = store.sources().next().unwrap();
    assert_eq!((counted.interaction_count, counted.turn_count, counted.commit_id), (2, 3, 1));
    let before = files(dir.path());
    let writer = Writer::begin(dir.path()).unwrap();
    assert!(writer.has_source("fp-log"));
    assert_eq!(writer.commit(info()).unwrap().commit_id(), 1);
    assert_eq!(files(dir.path()), before);
}
