//! How much of what was planted in the demo is found in its words: causes of failure, by cause and language; questions that
//! no article answers.
//!
//! What a cause is found in is what the report takes as evidence of why a first contact failed: what its agent says; in the
//! repeat that followed what the customer says, and what the agent says looking back. The demo's sentences were written without a look at the rules, and no rule is to be written for
//! them: the figures say what the rules find in words that nobody has tuned them to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use recontact::interaction::Speaker;
use recontact::store::Store;

use super::demo::{failures, truths};
use super::program::{Folder, demo_store, project};

const CAUSES: [&str; 9] = [
    "knowledge",
    "access",
    "authority",
    "process",
    "misunderstood",
    "complexity",
    "promise",
    "product",
    "customer",
];

/// What an agent may say in a repeat about the contact before.
const LOOKING_BACK: [&str; 3] = ["misunderstood", "promise", "customer"];

/// Planted and found, both, only planted, only found.
#[derive(Debug, Default, Clone, Copy)]
struct Recovery {
    both: u32,
    missed: u32,
    wrong: u32,
}

impl Recovery {
    fn add(&mut self, is_planted: bool, is_found: bool) {
        self.both += u32::from(is_planted && is_found);
        self.missed += u32::from(is_planted && !is_found);
        self.wrong += u32::from(!is_planted && is_found);
    }

    fn precision(self) -> f64 {
        f64::from(self.both) / f64::from(self.both + self.wrong).max(1.0)
    }

    fn recall(self) -> f64 {
        f64::from(self.both) / f64::from(self.both + self.missed).max(1.0)
    }

    fn cell(self) -> String {
        let Recovery { both, missed, wrong } = self;
        format!("{:.2} {:.2} ({both}/{missed}/{wrong})", self.precision(), self.recall())
    }
}

/// The causes found in one contact: in the contact that failed, or in the repeat that followed it.
fn found_in(store: &Store, id: &str, is_repeat: bool) -> BTreeSet<String> {
    let mut causes = BTreeSet::new();
    for cue in store.cues_of(id).unwrap() {
        let Some(cause) = cue.kind.strip_prefix("cause/") else { continue };
        let is_evidence = match (cue.speaker == Speaker::Agent, is_repeat) {
            (true, true) => LOOKING_BACK.contains(&cause),
            (false, false) => false,
            _ => true,
        };
        if is_evidence {
            causes.insert(cause.to_string());
        }
    }
    causes
}

#[test]
fn planted_causes_are_found_and_few_others() {
    let store = Store::open(Path::new(demo_store())).unwrap();
    let truths = truths();
    let mut table: BTreeMap<(&str, &str), Recovery> = BTreeMap::new();
    let mut unknown = [0, 0];
    for (first, next) in failures(&truths) {
        let planted = first.causes();
        let mut found = found_in(&store, &first.interaction_id, false);
        found.extend(found_in(&store, &next.interaction_id, true));
        if planted.is_empty() {
            unknown[0] += 1;
            unknown[1] += u32::from(found.is_empty());
        }
        for cause in CAUSES {
            let (is_planted, is_found) = (planted.contains(cause), found.contains(cause));
            for language in [first.language.as_str(), "all"] {
                for name in [cause, "all"] {
                    table.entry((name, language)).or_default().add(is_planted, is_found);
                }
            }
            if is_planted && !is_found {
                println!(
                    "missed {cause} {} {} + {}",
                    first.language, first.interaction_id, next.interaction_id
                );
            }
        }
    }
    let languages = ["all", "en", "lv", "zh-Hans", "zh-Hant", "bg"];
    println!("precision recall (found/missed/wrong)");
    println!("{:14} {}", "", languages.map(|language| format!("{language:22}")).join(""));
    for cause in CAUSES.into_iter().chain(["all"]) {
        let cells = languages.map(|language| format!("{:22}", table[&(cause, language)].cell()));
        println!("{cause:14} {}", cells.join(""));
    }
    println!("unknown: {} of {} stay unknown", unknown[1], unknown[0]);
    let all = table[&("all", "all")];
    // Floors a little below what was measured at first: precision 0.55, recall 0.46; 25 of 35 stayed unknown.
    assert!(all.precision() >= 0.48 && all.recall() >= 0.40, "{all:?}");
    assert!(unknown[1] * 2 > unknown[0], "most of what has no evidence stays unknown: {unknown:?}");
}

/// The planted questions that no article of their language answers, by question and language, with the failed contacts
/// that ask them.
fn planted_gaps() -> BTreeMap<(String, String), u32> {
    let mut planted = BTreeMap::new();
    let mut reader = csv::Reader::from_path(project().join("fixtures/demo/truth-gaps.csv")).unwrap();
    for row in reader.records().map(Result::unwrap) {
        // Simplified and traditional Chinese are one language to ask in.
        let key = (row[0].to_string(), row[1][..2].to_string());
        *planted.entry(key).or_default() += row[5].parse::<u32>().unwrap();
    }
    planted.retain(|_, count| *count >= 3);
    planted
}

/// What most of the contacts that a gap quotes ask, if most of them ask the same.
fn question_of(gap: &serde_json::Value, asked: &BTreeMap<&str, &str>) -> Option<(String, String)> {
    let quotes = || std::iter::once(&gap["question"]).chain(gap["quotes"].as_array().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for quote in quotes() {
        *counts.entry(asked[quote["interaction_id"].as_str().unwrap()]).or_default() += 1;
    }
    let (question, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let language = gap["language"].as_str().unwrap_or_default();
    (2 * count > quotes().count()).then(|| (question.to_string(), language.to_string()))
}

#[test]
fn planted_questions_without_an_article_are_found_and_few_others() {
    let truths = truths();
    let asked: BTreeMap<&str, &str> =
        truths.iter().map(|it| (it.interaction_id.as_str(), it.question.as_str())).collect();
    let planted = planted_gaps();
    let gaps = Folder::new().run(&format!("gaps --format json --store {}", demo_store())).json();
    let told: Vec<_> = gaps["gaps"].as_array().unwrap().iter().map(|gap| question_of(gap, &asked)).collect();
    let right = told.iter().flatten().filter(|it| planted.contains_key(*it)).count();
    let found: BTreeSet<_> = told.iter().flatten().filter(|it| planted.contains_key(*it)).collect();
    println!(
        "{} of {} planted questions found; {right} of {} gaps planted",
        found.len(),
        planted.len(),
        told.len()
    );
    println!("missed: {:?}", planted.keys().filter(|it| !found.contains(it)).collect::<Vec<_>>());
    // Floors at what was measured: 8 of 12 planted questions, 9 of 12 gaps told.
    assert!(found.len() >= 8 && 3 * right >= 2 * told.len(), "{told:?}");
}
