//! What becomes of a store over time: corrections, sources that are removed, older commits, compacting. On random
//! sources, one way of getting there is compared with another.

use std::collections::BTreeMap;

use recontact::interaction::Interaction;
use recontact::measure::{Moved, Scores};
use recontact::pipeline::{self, ReportOptions};
use recontact::policy::Policy;
use recontact::report::Report;
use recontact::store::{Deed, Replaced, Store, compact, remove_sources, verify};
use tempfile::tempdir;

use super::program::Folder;
use super::sources::{Source, commit, policies, reports, sources};

/// Cases of each property.
const CASES: u64 = 8;

/// The sources in a random order, cut into one to three commits.
fn commits<'a>(random: &mut fastrand::Rng, sources: &'a [Source]) -> Vec<Vec<&'a Source>> {
    let mut commits: Vec<Vec<&Source>> = vec![Vec::new(); random.usize(1..4)];
    let count = commits.len();
    for source in sources {
        commits[random.usize(0..count)].push(source);
    }
    commits.retain(|commit| !commit.is_empty());
    commits
}

fn first_difference(a: &[String], b: &[String]) -> Option<String> {
    let lines = a.iter().zip(b).flat_map(|(a, b)| a.lines().zip(b.lines()));
    let differing = lines.enumerate().find(|(_, (a, b))| a != b);
    differing.map(|(line, (a, b))| format!("{line}: {a} | {b}"))
}

#[track_caller]
fn assert_same(found: &Store, expected: &Store, about: &str) {
    let (found, expected) = (reports(found), reports(expected));
    assert!(expected[0].contains("waterfall"), "{about}: no report: {}", expected[0]);
    assert_eq!(first_difference(&found, &expected), None, "{about}");
    assert!(found == expected, "{about}");
}

#[test]
fn removing_a_source_is_as_if_it_had_never_been_read() {
    for seed in 0..CASES {
        let mut random = fastrand::Rng::with_seed(seed);
        let sources = sources(&mut random, &["a", "b", "c", "d"]);
        let commits = commits(&mut random, &sources);
        let (with, without) = (tempdir().unwrap(), tempdir().unwrap());
        for sources in &commits {
            commit(with.path(), sources);
            let others: Vec<&Source> = sources.iter().filter(|source| source.name != "b").copied().collect();
            if !others.is_empty() {
                commit(without.path(), &others);
            }
        }
        let (store, removed) = remove_sources(with.path(), &["b".to_string()]).unwrap();
        assert_eq!(removed.sources.len(), 1);
        assert_same(&store, &Store::open(without.path()).unwrap(), &format!("seed {seed}"));
        // It can be read again, as the newest.
        let again = commit(with.path(), &[&sources[1]]);
        assert_same(&again, &commit(without.path(), &[&sources[1]]), &format!("again, seed {seed}"));
    }
}

#[test]
fn a_compacted_store_gives_the_same_reports_now_and_after_further_commits() {
    for seed in 0..CASES {
        let mut random = fastrand::Rng::with_seed(1000 + seed);
        let early = sources(&mut random, &["a", "b", "c"]);
        let late = sources(&mut random, &["d", "e"]);
        let (plain, compacted) = (tempdir().unwrap(), tempdir().unwrap());
        for sources in commits(&mut random, &early) {
            commit(plain.path(), &sources);
            commit(compacted.path(), &sources);
        }
        if random.bool() {
            remove_sources(plain.path(), &["a".to_string()]).unwrap();
            remove_sources(compacted.path(), &["a".to_string()]).unwrap();
        }
        let (store, _) = compact(compacted.path()).unwrap();
        assert_same(&store, &Store::open(plain.path()).unwrap(), &format!("seed {seed}"));
        assert_eq!(store.replaced().0, Store::open(plain.path()).unwrap().replaced().0);
        for source in &late {
            let (store, expected) = (commit(compacted.path(), &[source]), commit(plain.path(), &[source]));
            assert_same(&store, &expected, &format!("{} after compacting, seed {seed}", source.name));
            for turn in 0..28 {
                let id = format!("i{turn}");
                assert_eq!(store.turns(&id).unwrap(), expected.turns(&id).unwrap(), "seed {seed}");
                assert_eq!(store.cues_of(&id).unwrap(), expected.cues_of(&id).unwrap(), "seed {seed}");
            }
        }
        assert_eq!(verify(compacted.path()).unwrap().damages, []);
    }
}

#[test]
fn a_store_can_be_opened_as_of_each_commit_until_it_is_compacted() {
    for seed in 0..CASES {
        let mut random = fastrand::Rng::with_seed(2000 + seed);
        let sources = sources(&mut random, &["a", "b", "c", "d"]);
        let dir = tempdir().unwrap();
        let mut told = BTreeMap::new();
        for sources in commits(&mut random, &sources) {
            let store = commit(dir.path(), &sources);
            told.insert(store.commit_id(), (reports(&store), store.replaced()));
        }
        let (store, _) = remove_sources(dir.path(), &["[ab]".to_string()]).unwrap();
        told.insert(store.commit_id(), (reports(&store), store.replaced()));
        let store = commit(dir.path(), &[&sources[0]]);
        told.insert(store.commit_id(), (reports(&store), store.replaced()));
        for (commit_id, (reports_then, replaced)) in &told {
            let store = Store::open_at(dir.path(), *commit_id).unwrap();
            assert_eq!(store.commit_id(), *commit_id);
            assert_eq!(
                first_difference(&reports(&store), reports_then),
                None,
                "commit {commit_id}, seed {seed}"
            );
            assert_eq!(store.replaced(), *replaced, "commit {commit_id}, seed {seed}");
        }
        let last = *told.keys().last().unwrap();
        let (store, _) = compact(dir.path()).unwrap();
        assert_eq!(
            store.commits().iter().map(|it| (it.id, it.deed)).collect::<Vec<_>>(),
            [(last + 1, Deed::Compact)]
        );
        let refused = Store::open_at(dir.path(), 1).unwrap_err().to_string();
        assert!(
            refused.contains(&format!(
                "commit 1 is gone: `store compact` made the store anew in commit {}",
                last + 1
            )),
            "{refused}"
        );
        let refused = Store::open_at(dir.path(), last + 2).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("there is no commit {}: the last is {}", last + 2, last + 1)),
            "{refused}"
        );
    }
}

/// The rule word for word, on what was written: of the versions of an id those are outdated that say an earlier update than
/// another; of the others the newest commit's counts, then the one that began first. Contents of one start are not told
/// apart here.
fn counting(versions: &[(u64, &Interaction)]) -> Vec<Interaction> {
    let latest = versions.iter().filter_map(|(_, it)| it.updated_at).max();
    let current = |it: &&(u64, &Interaction)| it.1.updated_at.is_none() || it.1.updated_at == latest;
    let newest = versions.iter().filter(current).map(|(commit, _)| *commit).max();
    let of_newest = || versions.iter().filter(current).filter(|(commit, _)| Some(*commit) == newest);
    let first = of_newest().map(|(_, it)| it.started_at).min();
    of_newest().filter(|(_, it)| Some(it.started_at) == first).map(|(_, it)| (*it).clone()).collect()
}

#[test]
fn of_the_versions_of_an_interaction_the_one_counts_that_the_rule_names() {
    for seed in 0..CASES {
        let mut random = fastrand::Rng::with_seed(3000 + seed);
        let sources = sources(&mut random, &["a", "b", "c", "d", "e"]);
        let dir = tempdir().unwrap();
        let mut versions: BTreeMap<String, Vec<(u64, &Interaction)>> = BTreeMap::new();
        let mut replaced = Replaced::default();
        let mut row_count = 0;
        for sources in commits(&mut random, &sources) {
            let store = commit(dir.path(), &sources);
            replaced += store.replaced().1;
            for interaction in sources.iter().flat_map(|source| &source.interactions) {
                versions
                    .entry(interaction.interaction_id.clone())
                    .or_default()
                    .push((store.commit_id(), interaction));
                row_count += 1;
            }
        }
        let store = Store::open(dir.path()).unwrap();
        for (id, versions) in &versions {
            let row = store.find_interaction(id).unwrap().unwrap();
            let found = store.interaction(row).unwrap();
            assert!(counting(versions).contains(&found), "seed {seed}: {found:?} of {versions:?}");
        }
        assert_eq!(store.replaced().0, replaced, "seed {seed}");
        assert_eq!(replaced.total(), row_count - versions.len() as u64, "seed {seed}");
    }
}

fn by_id(store: &Store, policy: &Policy) -> Report {
    let options = ReportOptions { by: vec!["interaction_id".to_string()], trend: None };
    pipeline::report(store, policy, &options).unwrap()
}

/// The scores of each interaction by itself.
fn each(report: &Report) -> BTreeMap<String, Scores> {
    let of =
        |entry: &recontact::report::Entry| (entry.key[0].1.clone().unwrap_or_default(), entry.scores.clone());
    report.groups.iter().map(of).collect()
}

#[test]
fn the_changes_between_two_commits_add_up_to_the_difference_of_every_count() {
    let nothing = Scores::default();
    for seed in 0..CASES {
        let mut random = fastrand::Rng::with_seed(4000 + seed);
        let sources = sources(&mut random, &["a", "b", "c", "d"]);
        let dir = tempdir().unwrap();
        for sources in commits(&mut random, &sources) {
            commit(dir.path(), &sources);
        }
        remove_sources(dir.path(), &["c".to_string()]).unwrap();
        let last = commit(dir.path(), &[&sources[0]]).commit_id();
        let policy = &policies()[random.usize(0..3)];
        let reports: Vec<Report> =
            (1..=last).map(|id| by_id(&Store::open_at(dir.path(), id).unwrap(), policy)).collect();
        for (from, before) in (1..).zip(&reports) {
            for (to, after) in (1..).zip(&reports).skip(from) {
                let about = format!("{from} to {to}, seed {seed}");
                let open = |id: usize| Store::open_at(dir.path(), id as u64).unwrap();
                let comparison = pipeline::compare(&open(from), &open(to), policy).unwrap();
                let expected = Moved::between(&before.overall.scores, &after.overall.scores);
                let mut sum = Moved::default();
                comparison.reasons.iter().for_each(|it| sum += it.moved);
                assert_eq!(sum, expected, "{about}");
                let mut sum = Moved::default();
                comparison.changes.iter().for_each(|it| sum += it.moved);
                assert_eq!(sum, expected, "{about}");
                // Each interaction by itself, too.
                let (before, after) = (each(before), each(after));
                let mut moved: BTreeMap<&str, Moved> = BTreeMap::new();
                for change in &comparison.changes {
                    moved.insert(&change.interaction_id, change.moved);
                }
                for id in before.keys().chain(after.keys()) {
                    let scores = |side: &BTreeMap<String, Scores>| side.get(id).unwrap_or(&nothing).clone();
                    let expected = Moved::between(&scores(&before), &scores(&after));
                    assert_eq!(
                        moved.get(id.as_str()).copied().unwrap_or_default(),
                        expected,
                        "{id}, {about}"
                    );
                }
            }
        }
    }
}

#[test]
fn compare_tells_why_each_contact_counts_otherwise() {
    let head = "call_id,customer,opened_at,reason\n";
    let folder = Folder::new();
    let index = |name: &str, rows: &str| {
        folder.write(name, format!("{head}{rows}"));
        folder.run(&format!("index {name} --store s")).ok();
    };
    // edge … end span the observation; W and L are 2 days.
    index(
        "1.csv",
        "edge,E,2026-01-01 00:00,x\nfirst,A,2026-01-05 00:00,x\nlate,B,2026-01-06 00:00,x\nyoung,C,2026-01-09 12:00,x\n\
         moved,D,2026-01-06 00:00,billing\ngone,F,2026-01-06 00:00,x\nend,G,2026-01-10 00:00,x\n",
    );
    index("2.csv", "follows,A,2026-01-06 00:00,x\nbefore,B,2026-01-05 00:00,x\n");
    index("3.csv", "moved,D,2026-01-06 00:00,roaming\nend2,G,2026-01-20 00:00,x\n");
    let told = |arguments: &str| -> BTreeMap<String, (String, String, String, String)> {
        let found = folder.run(&format!("compare {arguments} --store s --window 2d --format json")).json();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_string();
        let of = |change: &serde_json::Value| {
            let (from, to) = (&change["from"]["outcome"], &change["to"]["outcome"]);
            let class = |side: &str| text(&change[side]["class"]);
            let id = text(&change["interaction_id"]);
            let states =
                (format!("{} {}", class("from"), text(from)), format!("{} {}", class("to"), text(to)));
            (id, (text(&change["reason"]), states.0, states.1, text(&change["because"])))
        };
        found["changes"].as_array().unwrap().iter().map(of).collect()
    };
    let row = |id: &str, reason: &str, from: &str, to: &str, because: &str| {
        (id.to_string(), (reason.to_string(), from.to_string(), to.to_string(), because.to_string()))
    };
    let expected = [
        row("before", "new", "- -", "first repeated", "-"),
        row("first", "later_came", "first resolved", "first repeated", "follows"),
        row("follows", "new", "- -", "repeat resolved", "-"),
        row("late", "earlier_came", "first resolved", "repeat resolved", "before"),
    ];
    assert_eq!(told("1 2"), expected.into());
    let found = told("2 3");
    assert_eq!(found["young"], row("", "observed", "first pending", "first resolved", "-").1);
    assert_eq!(found["moved"], row("", "corrected", "first resolved", "first resolved", "-").1);
    assert_eq!(found["end"], row("", "observed", "first pending", "first resolved", "-").1);
    let text = folder.run("compare 2 --store s --window 2d").ok().stdout;
    assert!(
        text.contains("category: billing → roaming") && text.contains("Commit 2 → commit 3: FCR "),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    folder.run("store remove 2.csv --store s").ok();
    let found = told("3 4");
    assert_eq!(found["first"], row("", "later_went", "first repeated", "first resolved", "follows").1);
    assert_eq!(found["late"], row("", "earlier_went", "repeat resolved", "first resolved", "before").1);
    assert_eq!(found["follows"], row("", "gone", "repeat resolved", "- -", "-").1);
    let csv = folder.run("compare 3 4 --store s --window 2d --format csv").ok().stdout;
    assert_eq!(csv.lines().count(), 1 + found.len());
    // A report as of a commit says which, and is what it was.
    let report = folder.run("report --store s --commit 1 --window 2d").ok().stdout;
    assert!(report.contains("Commit 1."), "{report}");
    let refused = folder.run("compare 3 2 --store s").error();
    assert!(refused.contains("commit 3 is not before commit 2"), "{refused}");
    let refused = folder.run("report --commit 9 --store s").error();
    assert!(
        refused.contains("there is no commit 9: the last is 4: name one of the commits 1 to 4"),
        "{refused}"
    );
}
