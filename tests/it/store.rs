//! The store through the program: runs again, runs killed at any moment, two writers, a reader beside a writer.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::generated::{csv, rows, transcripts};
use super::program::{Folder, program};

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn report(folder: &Folder, store: &str) -> String {
    folder.run(&format!("report --store {store} --format json --by shop")).ok().stdout
}

/// Two parts of a log, of which the second takes long enough to be killed in.
fn two_parts() -> Folder {
    let folder = Folder::new();
    let small = rows(11, 400);
    folder.write("small.csv", csv(&small));
    let large = rows(12, 8000);
    folder.write("large.csv", csv(&large[400..]));
    folder.write("words.jsonl", transcripts(&large[..2000], 12, 500).concat());
    folder
}

const LARGE: [&str; 5] = ["index", "large.csv", "words.jsonl", "--store", "s"];

/// Waits until something is there, or the process has ended.
fn wait_until(child: &mut Child, mut is_there: impl FnMut() -> bool) -> bool {
    loop {
        if is_there() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn signal(child: &Child, name: &str) {
    let done = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
fn indexing_again_changes_nothing() {
    let rows = rows(5, 500);
    let folder = Folder::new();
    folder.write("log.csv", csv(&rows));
    folder.write("words.jsonl", transcripts(&rows, 5, 30).concat());
    folder.run("index . --store s").ok();
    let (before, told) = (files(&folder.path().join("s")), report(&folder, "s"));
    let again = folder.run("index . --store s").ok();
    assert!(
        again.stderr.starts_with("read 0 files (2 known already), 0 B: 0 interactions"),
        "{}",
        again.stderr
    );
    assert!(files(&folder.path().join("s")) == before, "a file of the store has changed");
    assert_eq!(report(&folder, "s"), told);

    folder.run("index . --store s --rebuild").ok();
    assert_eq!(report(&folder, "s"), told.replace("\"commit_id\": 1", "\"commit_id\": 2"));
}

#[test]
fn a_new_file_appends_and_old_ones_are_not_read() {
    let folder = Folder::with(&[("a.csv", "call_id,customer,opened_at\n1,C1,2026-01-01 10:00\n")]);
    folder.run("index . --store s").ok();
    folder.write("b.csv", "call_id,customer,opened_at\n2,C1,2026-01-02 10:00\n");
    let run = folder.run("index . --store s").ok();
    assert!(run.stderr.starts_with("read 1 file (1 known already)"), "{}", run.stderr);
    let story = folder.run("explain 2 --store s").ok().stdout;
    assert!(story.contains("It is a repeat: it began 1d after 1"), "{story}");
    // A file that has changed is read again; its rows replace those of the same ids.
    folder.write("b.csv", "call_id,customer,opened_at\n2,C1,2026-01-20 10:00\n");
    folder.run("index . --store s").ok();
    let story = folder.run("explain 2 --store s --json").json();
    assert_eq!(story["class"], "first");
    assert_eq!(super::program::step(&folder.run("report --store s --format json").json(), "contact"), 2);
}

/// When a run is killed.
#[derive(Debug)]
enum Moment {
    After(Duration),
    /// At the first sight of a file of the store.
    At(&'static str),
}

/// While the program starts, reads, and at each step of its commit; `whole` is how long a run takes.
fn moments(whole: Duration) -> impl Iterator<Item = Moment> {
    let after = [20, 50, 70, 85].map(|percent| Moment::After(whole * percent / 100));
    let at = ["lock", "000002-interactions.parquet", "000002-duplicates.parquet", "manifest.json.tmp"];
    [Moment::After(Duration::from_millis(5))].into_iter().chain(after).chain(at.map(Moment::At))
}

#[test]
fn killed_at_any_moment_the_last_commit_stands_and_the_next_run_completes() {
    let folder = two_parts();
    let copy = |to: &str| {
        fs::create_dir(folder.path().join(to)).unwrap();
        for (name, bytes) in files(&folder.path().join("base")) {
            folder.write(&format!("{to}/{name}"), bytes);
        }
    };
    folder.run("index small.csv --store base").ok();
    let first = report(&folder, "base");
    copy("undisturbed");
    let began = Instant::now();
    folder.run("index large.csv words.jsonl --store undisturbed").ok();
    let whole = began.elapsed();
    let second = report(&folder, "undisturbed");
    assert_ne!(first, second);

    copy("s");
    let store = folder.path().join("s");
    let mut killed = 0;
    for moment in moments(whole) {
        fs::remove_file(store.join("lock")).unwrap();
        let mut child = program(folder.path()).args(LARGE).spawn().unwrap();
        let began = Instant::now();
        wait_until(&mut child, || match moment {
            Moment::After(time) => began.elapsed() >= time,
            Moment::At(file) => store.join(file).exists(),
        });
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let found = report(&folder, "s");
        assert!(found == first || found == second, "half a commit is seen after {moment:?}");
        if found == second {
            fs::remove_dir_all(&store).unwrap();
            copy("s");
        }
        // One that was killed before it took the lock has made no file for it.
        folder.write("s/lock", "");
    }
    assert!(killed >= 2, "{killed} of the runs were still running");
    folder.run("index large.csv words.jsonl --store s").ok();
    assert!(report(&folder, "s") == second, "the run after the killed ones has another report");
    let names = |store: &str| files(&folder.path().join(store)).into_iter().map(|(name, _)| name);
    assert!(names("s").eq(names("undisturbed")), "a killed run has left files behind");
}

#[test]
fn killed_before_the_first_commit_there_is_no_store() {
    let folder = two_parts();
    let mut child = program(folder.path()).args(LARGE).spawn().unwrap();
    let store = folder.path().join("s");
    let has_part = || fs::read_dir(&store).is_ok_and(|entries| entries.count() > 1);
    assert!(wait_until(&mut child, has_part));
    child.kill().unwrap();
    child.wait().unwrap();
    let error = folder.run("report --store s").error();
    assert_eq!(error, "s: there is no store here: run `recontact index PATH…` first");
    folder.run("index small.csv --store s").ok();
}

#[test]
fn a_second_writer_is_refused_and_a_reader_is_not() {
    let folder = two_parts();
    folder.run("index small.csv --store s").ok();
    let first = report(&folder, "s");
    let mut writer = program(folder.path()).args(LARGE).spawn().unwrap();
    let store = folder.path().join("s");
    let is_writing = || {
        let names = fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().file_name());
        names.into_iter().any(|name| name.to_string_lossy().starts_with("000002"))
    };
    assert!(wait_until(&mut writer, is_writing));
    // Held in the midst of writing, so that the others surely meet it.
    signal(&writer, "STOP");
    let refused = folder.run("index small.csv --store s");
    let read = report(&folder, "s");
    signal(&writer, "CONT");
    assert_eq!(
        refused.error(),
        "s: another recontact process is writing to this store: wait until it has finished, or give another folder with \
         `--store DIR`"
    );
    assert_eq!(read, first);
    assert!(writer.wait().unwrap().success());
    assert_ne!(report(&folder, "s"), first);
}

#[test]
fn a_store_of_a_newer_format_is_refused_politely() {
    let folder = Folder::with(&[("a.csv", "call_id,customer,opened_at\n1,C1,2026-01-01 10:00\n")]);
    folder.run("index a.csv --store s").ok();
    let manifest = folder.read("s/manifest.json");
    let newer = manifest.replacen("\"format_version\":3", "\"format_version\":99", 1);
    let newer = newer.replacen("\"format_version\": 3", "\"format_version\": 99", 1);
    assert_ne!(manifest, newer);
    folder.write("s/manifest.json", &newer);
    for command in ["report", "index a.csv", "explain 1", "index a.csv --rebuild"] {
        let error = folder.run(&format!("{command} --store s")).error();
        let expected =
            "s/manifest.json: the store has format 99, this recontact reads up to 3: use the newer recontact";
        assert!(error.starts_with(expected), "{command}: {error}");
    }
    assert_eq!(folder.read("s/manifest.json"), newer);
}

#[test]
fn a_damaged_store_is_told_apart_from_none() {
    let folder = Folder::with(&[("a.csv", "call_id,customer,opened_at\n1,C1,2026-01-01 10:00\n")]);
    folder.run("index a.csv --store s").ok();
    let part = "s/000001-interactions.parquet";
    let bytes = fs::read(folder.path().join(part)).unwrap();
    folder.write(part, &bytes[..bytes.len() / 2]);
    let error = folder.run("report --store s").error();
    assert!(error.contains("000001-interactions.parquet"), "{error}");
    fs::remove_file(folder.path().join(part)).unwrap();
    let error = folder.run("report --store s").error();
    assert!(error.contains("000001-interactions.parquet"), "{error}");
    folder.write("s/manifest.json", "{");
    let error = folder.run("report --store s").error();
    assert!(error.starts_with("s/manifest.json: not a readable manifest"), "{error}");
}

#[test]
fn a_folder_with_other_files_is_not_made_a_store() {
    let folder = Folder::with(&[("a.csv", "call_id,customer,opened_at\n1,C1,2026-01-01 10:00\n")]);
    let error = folder.run("index a.csv --store .").error();
    assert!(error.starts_with(".: is not a store and has other files in it (a.csv): give a new"), "{error}");
}
