//! The plug pulled out: `index` killed, starved of disk, run twice at once; files of the store cut, flipped, locked away.
//!
//! After each fault the store opens at a whole commit or says what is damaged, and a run on the same sources ends with
//! the very report of a run that nothing disturbed. Moments and places are random from a seed. `cargo test` has a short
//! version; `RECONTACT_FAULTS=500 cargo test --test it faults` tries as many of each.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::generated::{Row, csv, rows, transcripts};
use super::program::{Folder, Run, finished, program, run_in};

/// How many faults of each kind are tried where nothing else is asked for.
const FEW: u64 = 3;

/// The folder of the sources. The stores lie beside it: one that another test is copying is none yet, and would be read.
const SOURCES: &str = "in";
/// The first file of the sources; the second corrects some of its rows.
const FIRST: &str = "in/day1.csv";

fn fault_count() -> u64 {
    std::env::var("RECONTACT_FAULTS").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW)
}

/// Sources, the store after the first of them, and what reports say of one and of all.
struct Undisturbed {
    folder: Folder,
    first_report: String,
    report: String,
    /// How long `index` took for the rest.
    duration: Duration,
}

/// Sources of two days; the second has transcripts, corrections of the first, and a row that cannot be read.
fn undisturbed() -> &'static Undisturbed {
    static UNDISTURBED: OnceLock<Undisturbed> = OnceLock::new();
    UNDISTURBED.get_or_init(|| {
        let folder = Folder::new();
        let all = rows(5, 2_400);
        let mut second = csv(&all[800..]);
        second.extend_from_slice(b"no-time,C1,some day,,billing,voice,shop 1,60\n");
        folder.write(FIRST, csv(&all[..1_000]));
        index(folder.path(), &[FIRST], "store").ok();
        let first_report = report(folder.path(), "store").ok().stdout;
        folder.write("in/day2.csv", second);
        folder.write("in/words.jsonl", words(&all));
        copy_store(&folder.path().join("store"), &folder.path().join("whole"));
        let started = Instant::now();
        index(folder.path(), &[SOURCES], "whole").ok();
        let duration = started.elapsed();
        let report = report(folder.path(), "whole").ok().stdout;
        assert_ne!(report, first_report);
        Undisturbed { folder, first_report, report, duration }
    })
}

/// Transcripts that declare their language, so that a run begins to write at once.
fn words(rows: &[Row]) -> Vec<u8> {
    let lines = transcripts(rows, 6, 600).concat();
    String::from_utf8(lines)
        .unwrap()
        .replace("{\"interaction_id\"", "{\"language\":\"en\",\"interaction_id\"")
        .into()
}

/// A command that indexes sources into a store, both in `folder`.
fn indexing(folder: &Path, sources: &[&str], store: &str) -> Command {
    let mut command = program(folder);
    command.arg("index").args(sources).args(["--store", store, "--max-rejects", "100"]);
    command
}

fn index(folder: &Path, sources: &[&str], store: &str) -> Run {
    finished(indexing(folder, sources, store))
}

fn report(folder: &Path, store: &str) -> Run {
    run_in(folder, &["report", "--format", "json", "--store", store], "")
}

fn copy_store(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

impl Undisturbed {
    /// A fresh copy of the store after the first day, under a name of its own.
    fn begun(&self, name: &str) -> &Path {
        copy_store(&self.folder.path().join("store"), &self.folder.path().join(name));
        self.folder.path()
    }

    /// The store is whole, at the first commit or at the second; a run on the same sources brings it to the second.
    #[track_caller]
    fn recovers(&self, store: &str, what: &str) {
        let folder = self.folder.path();
        run_in(folder, &["store", "verify", "--store", store], "").ok();
        let found = report(folder, store).ok().stdout;
        assert!(found == self.first_report || found == self.report, "{what}: the report of neither commit");
        index(folder, &[SOURCES], store).ok();
        assert!(report(folder, store).ok().stdout == self.report, "{what}: another report");
        let known = self.folder.path().join("whole");
        assert_eq!(file_names(&folder.join(store)), file_names(&known), "{what}: nothing is left behind");
        let is_index = |name: &String| name.ends_with(".search");
        let indexes: Vec<String> = file_names(&known).into_iter().filter(is_index).collect();
        assert!(!indexes.is_empty());
        for name in indexes {
            let bytes = |store: &Path| fs::read(store.join(&name)).unwrap();
            assert!(bytes(&folder.join(store)) == bytes(&known), "{what}: another search index");
        }
    }
}

fn file_names(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Waits until the time is over or the child has ended, whichever is first.
fn wait_at_most(child: &mut Child, time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

#[test]
fn index_killed_at_any_moment_loses_nothing_and_counts_nothing_twice() {
    let undisturbed = undisturbed();
    let mut random = fastrand::Rng::with_seed(7);
    let mut killed = 0;
    for number in 0..fault_count() {
        let folder = undisturbed.begun("killed");
        // Half of the moments near the end, where parts are closed and the commit is made.
        let share = if number % 2 == 0 { random.f64() } else { 0.7 + 0.4 * random.f64() };
        let mut child = indexing(folder, &[SOURCES], "killed").spawn().unwrap();
        wait_at_most(&mut child, undisturbed.duration.mul_f64(share));
        killed += u64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        undisturbed.recovers("killed", &format!("kill {number} after {share:.3} of a run"));
    }
    assert!(killed > 0, "no run was still going when it was killed");
}

#[test]
fn what_maintains_a_store_can_be_killed_as_well() {
    let undisturbed = undisturbed();
    let folder = undisturbed.folder.path();
    let whole = report(folder, "whole").ok().stdout;
    let mut random = fastrand::Rng::with_seed(8);
    for number in 0..fault_count() {
        copy_store(&folder.join("whole"), &folder.join("compacted"));
        let mut command = program(folder);
        command.args(["store", "compact", "--store", "compacted"]);
        let mut child = command.spawn().unwrap();
        wait_at_most(&mut child, Duration::from_secs_f64(0.3 * random.f64()));
        let _ = child.kill();
        child.wait().unwrap();
        run_in(folder, &["store", "verify", "--store", "compacted"], "").ok();
        run_in(folder, &["store", "compact", "--store", "compacted"], "").ok();
        run_in(folder, &["store", "verify", "--store", "compacted"], "").ok();
        let compacted = report(folder, "compacted").ok().stdout;
        assert!(without_commit(&compacted) == without_commit(&whole), "kill {number}: another report");
    }
}

fn without_commit(report: &str) -> String {
    let mut report: serde_json::Value = serde_json::from_str(report).unwrap();
    report.as_object_mut().unwrap().remove("commit_id");
    report.to_string()
}

#[test]
fn a_file_that_cannot_grow_ends_the_run_with_the_reason_and_changes_nothing() {
    let undisturbed = undisturbed();
    let mut random = fastrand::Rng::with_seed(9);
    let mut failed = 0;
    for number in 0..fault_count() {
        let folder = undisturbed.begun("starved");
        // The shell's limit on the size of a file, in KiB; without its signal a write fails as on a full disk.
        let limit = random.u64(1..100);
        let script = format!(
            "trap '' XFSZ; ulimit -f {limit}; exec {} index {SOURCES} --store starved --max-rejects 100",
            env!("CARGO_BIN_EXE_recontact")
        );
        let mut shell = Command::new("bash");
        shell.current_dir(folder).args(["-c", &script]);
        let run = finished(shell);
        match run.code {
            Some(0) => {}
            _ => {
                failed += 1;
                let message = run.error();
                assert!(message.contains("starved"), "the file is named: {message}");
                assert!(report(folder, "starved").ok().stdout == undisturbed.first_report, "limit {limit}");
            }
        }
        undisturbed.recovers("starved", &format!("{number}: files of at most {limit} KiB"));
    }
    assert!(failed > 0, "no limit was too small");
}

#[test]
fn a_full_disk_ends_the_run_with_the_reason_and_room_makes_it_go_on() {
    let undisturbed = undisturbed();
    let folder = undisturbed.folder.path();
    let disk = folder.join("disk");
    fs::create_dir_all(&disk).unwrap();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&disk);
        command.output().is_ok_and(|output| output.status.success())
    };
    if !mount("size=16m") {
        eprintln!("skipped: a small file system can be mounted by root only");
        return;
    }
    let mut random = fastrand::Rng::with_seed(10);
    let mut failed = 0;
    for number in 0..fault_count() {
        copy_store(&folder.join("store"), &disk.join("store"));
        let used: u64 = fs::read_dir(disk.join("store"))
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len().div_ceil(4096) * 4)
            .sum();
        let room = random.u64(0..200);
        assert!(mount(&format!("remount,size={}k", used + room)));
        let run = index(folder, &[SOURCES], "disk/store");
        if run.code != Some(0) {
            failed += 1;
            let message = run.error();
            assert!(message.contains("No space left"), "{message}");
            assert!(report(folder, "disk/store").ok().stdout == undisturbed.first_report);
        }
        assert!(mount("remount,size=16m"));
        undisturbed.recovers("disk/store", &format!("{number}: room for {room} KiB"));
        fs::remove_dir_all(disk.join("store")).unwrap();
    }
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(unmounted.is_ok_and(|status| status.success()) && failed > 0);
}

#[test]
fn a_cut_or_flipped_file_of_the_store_is_named_and_no_report_panics() {
    let undisturbed = undisturbed();
    let folder = undisturbed.folder.path();
    let mut random = fastrand::Rng::with_seed(11);
    let names: Vec<String> =
        file_names(&folder.join("whole")).into_iter().filter(|name| name != "lock").collect();
    for number in 0..4 * fault_count() {
        copy_store(&folder.join("whole"), &folder.join("damaged"));
        let name = &names[random.usize(0..names.len())];
        let path = folder.join("damaged").join(name);
        let mut bytes = fs::read(&path).unwrap();
        let at = random.usize(0..bytes.len());
        let what = if number % 3 == 0 {
            bytes.truncate(at);
            format!("{name} cut at {at}")
        } else {
            bytes[at] ^= 1 << random.u8(0..8);
            format!("{name} flipped at {at}")
        };
        fs::write(&path, bytes).unwrap();
        let verified = run_in(folder, &["store", "verify", "--store", "damaged"], "");
        if name == "manifest.json" && verified.code == Some(0) {
            continue; // a flipped letter in a name or a text is a name or a text
        }
        let verified = verified.code(2);
        let told = verified.stdout + &verified.stderr;
        assert!(told.contains(name.as_str()), "{what}: {told}");
        let run = report(folder, "damaged");
        assert!(matches!(run.code, Some(0 | 2)), "{what}: {run:?}");
    }
}

#[test]
fn of_two_writers_at_once_one_waits_its_turn_or_is_told_and_nothing_is_counted_twice() {
    let undisturbed = undisturbed();
    for number in 0..fault_count() {
        let folder = undisturbed.begun("shared");
        let first = indexing(folder, &[SOURCES], "shared").spawn().unwrap();
        let second = index(folder, &[SOURCES], "shared");
        let first = first.wait_with_output().unwrap();
        assert!(first.status.success() || second.code == Some(0), "one of them writes");
        if second.code != Some(0) {
            let message = second.error();
            assert!(message.contains("another recontact process"), "{message}");
        }
        undisturbed.recovers("shared", &format!("two writers, {number}"));
    }
}

#[test]
fn who_reads_while_another_writes_sees_a_whole_commit() {
    let undisturbed = undisturbed();
    for _ in 0..fault_count().div_ceil(3) {
        let folder = undisturbed.begun("read");
        let mut child = indexing(folder, &[SOURCES], "read").spawn().unwrap();
        loop {
            let is_over = child.try_wait().unwrap().is_some();
            let found = report(folder, "read").ok().stdout;
            assert!(found == undisturbed.first_report || found == undisturbed.report);
            if is_over {
                break;
            }
        }
        undisturbed.recovers("read", "read while written");
    }
}

#[test]
fn a_store_or_a_source_that_may_not_be_touched_is_an_error_with_its_path() {
    let undisturbed = undisturbed();
    let folder = undisturbed.begun("locked");
    // Nobody in particular: root may do everything.
    let nobody = 65_534;
    let run = |mut command: Command| {
        command.uid(nobody).gid(nobody);
        command.output().ok().map(|output| Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        })
    };
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let Some(written) = run(indexing(folder, &[SOURCES], "locked")) else {
        eprintln!("skipped: only root can run a program as somebody else");
        return;
    };
    let message = written.error();
    assert!(message.contains("locked") && message.contains("ermission denied"), "{message}");
    undisturbed.recovers("locked", "a store that others may not write");
    let source = undisturbed.folder.path().join("secret.csv");
    fs::write(&source, "call_id,customer,opened_at,reason\n").unwrap();
    fs::set_permissions(&source, fs::Permissions::from_mode(0o600)).unwrap();
    let readable = undisturbed.folder.path().join("theirs");
    fs::create_dir_all(&readable).unwrap();
    fs::set_permissions(&readable, fs::Permissions::from_mode(0o777)).unwrap();
    let message = run(indexing(folder, &["secret.csv"], "theirs/store")).unwrap().error();
    fs::remove_file(&source).unwrap();
    assert!(message.contains("secret.csv") && message.contains("ermission denied"), "{message}");
}
