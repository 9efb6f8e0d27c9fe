//! What is planted in the demo is there: each cause in words of that contact or the repeat that followed and no other, each
//! question in the words of those who ask it, the agents who are worse and the articles that nobody uses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::demo::{Truth, failures, interactions, truths};
use super::program::project;

const CATEGORY: usize = 6;
const AGENT: usize = 8;
const TEAM: usize = 17;
const ARTICLE: usize = 18;

fn text(name: &str) -> String {
    std::fs::read_to_string(project().join("fixtures/demo").join(name)).unwrap()
}

fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = text(name);
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

/// Words as they are said in any channel: without marks, capitals, Latvian diacritics and what typing shortens.
fn plain(text: &str) -> String {
    let marked = "āčēģīķļņšūž";
    let bare = |letter: char| match marked.chars().position(|one| one == letter) {
        Some(place) => "acegiklnsuz".as_bytes()[place] as char,
        None => letter,
    };
    let text: String = text.to_lowercase().chars().map(bare).filter(|letter| *letter != '\'').collect();
    text.replace("please", "pls")
        .replace(" you ", " u ")
        .replace(" about ", " abt ")
        .replace("e-mail", "email")
}

/// The longest part of a sentence between marks and slots: what every way of saying it contains.
fn core(sentence: &str) -> String {
    let breaks = ".,!?:;\"()„“”—–、，。！？：；{}";
    let parts = sentence.split(|letter: char| breaks.contains(letter));
    let slots = ["ago", "agent", "ticket", "amount", "amount2", "street"];
    let parts = parts.filter(|part| !slots.contains(part));
    plain(parts.max_by_key(|part| part.chars().count()).unwrap_or_default().trim())
}

/// The sentences of a language that tell a cause.
#[derive(Default)]
struct Sentences {
    /// Cause and core of each, as agents say them in the contact that failed.
    agent: Vec<(String, String)>,
    /// As customers say them in the repeat.
    customer: Vec<(String, String)>,
    /// As agents say them in the repeat.
    later: Vec<(String, String)>,
}

fn sentences(language: &str) -> Sentences {
    let read = |name: String| toml::from_str::<toml::Table>(&text(&name)).unwrap();
    let mut all = Sentences::default();
    let mut add = |list: &str, cause: &str, entry: &toml::Value| {
        let sentence = (cause.to_string(), core(entry["t"].as_str().unwrap()));
        match list {
            "agent" | "fail" => all.agent.push(sentence),
            "customer" | "repeat" => all.customer.push(sentence),
            _ => all.later.push(sentence),
        }
    };
    for (cause, lists) in read(format!("texts/{language}-causes.toml")) {
        let Some(lists) = lists.as_table() else { continue };
        for (list, entries) in lists {
            entries.as_array().unwrap().iter().for_each(|entry| add(list, &cause, entry));
        }
    }
    let phrases = read(format!("texts/{language}.toml"));
    for list in ["fail", "repeat"] {
        for entry in phrases[list].as_array().unwrap() {
            if let Some(cause) = entry.get("cause").and_then(toml::Value::as_str) {
                add(list, cause, entry);
            }
        }
    }
    all
}

/// What each side says in each contact: agent, customer.
fn words() -> BTreeMap<String, [String; 2]> {
    let mut words: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for line in text("transcripts.jsonl").lines() {
        let Ok(transcript) = serde_json::from_str::<Value>(line) else { continue };
        let Some(id) = transcript["interaction_id"].as_str() else { continue };
        let sides = words.entry(id.to_string()).or_default();
        for turn in transcript["turns"].as_array().unwrap() {
            let side = usize::from(turn["speaker"] == "customer");
            sides[side] += &format!("{}\n", plain(turn["text"].as_str().unwrap()));
        }
    }
    for chat in std::fs::read_dir(project().join("fixtures/demo/chats")).unwrap() {
        let path = chat.unwrap().path();
        let sides = words.entry(path.file_stem().unwrap().to_str().unwrap().to_string()).or_default();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let is_customer =
                ["Customer", "Klients", "Клиент", "客户"].iter().any(|label| line.starts_with(label));
            sides[usize::from(is_customer)] += &format!("{}\n", plain(line));
        }
    }
    words
}

#[test]
fn the_truth_has_the_causes_that_the_words_tell_and_no_other() {
    let (truths, words) = (truths(), words());
    let mut known: BTreeMap<&str, Sentences> = BTreeMap::new();
    let mut planted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (first, next) in failures(&truths) {
        let sentences = known.entry(&first.language).or_insert_with(|| sentences(&first.language));
        let silent = [String::new(), String::new()];
        let of = |truth: &Truth| words.get(&truth.interaction_id).unwrap_or(&silent);
        let told = |list: &'_ [(String, String)], words: &str| {
            let told = list.iter().filter(|(_, core)| words.contains(core.as_str()));
            told.map(|(cause, _)| cause.clone()).collect::<Vec<_>>()
        };
        let mut found = told(&sentences.agent, &of(first)[0]);
        found.extend(told(&sentences.customer, &of(next)[1]));
        found.extend(told(&sentences.later, &of(next)[0]));
        let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, first.causes(), "{} and {}", first.interaction_id, next.interaction_id);
        planted.entry(&first.language).or_default().extend(first.causes());
    }
    let counts: Vec<usize> = planted.values().map(BTreeSet::len).collect();
    assert_eq!(counts, [9; 5], "every language has every cause");
}

#[test]
fn each_cause_can_be_said_in_eight_ways_in_every_language() {
    for language in ["en", "lv", "bg", "zh-Hans", "zh-Hant"] {
        let Sentences { agent, customer, later } = sentences(language);
        let mut ways: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (cause, core) in agent.into_iter().chain(customer).chain(later) {
            ways.entry(cause).or_default().insert(core);
        }
        ways.remove("unclear");
        assert_eq!(ways.len(), 9, "{language}");
        for (cause, ways) in ways {
            assert!(ways.len() >= 8, "{language} {cause}: {}", ways.len());
        }
    }
}

#[test]
fn whoever_asks_a_planted_question_uses_its_words() {
    let (truths, words) = (truths(), words());
    let gaps = table("truth-gaps.csv");
    let questions: BTreeSet<&str> = gaps.iter().map(|gap| gap["question"].as_str()).collect();
    assert!(questions.len() >= 5, "{questions:?}");
    for gap in &gaps {
        let asks = |truth: &&Truth| truth.question == gap["question"] && truth.language == gap["language"];
        for truth in truths.iter().filter(asks) {
            let said = &words[&truth.interaction_id][1];
            let has_words = gap["key_words"].split(';').any(|key| said.contains(&plain(key)));
            assert!(has_words, "{}: {said}", truth.interaction_id);
        }
        let failed = truths.iter().filter(asks).filter(|truth| truth.is_failed()).count();
        assert_eq!(failed.to_string(), gap["failed_contacts"], "{gap:?}");
    }
}

#[test]
fn no_article_answers_a_planted_gap() {
    let articles = table("articles.csv");
    for gap in table("truth-gaps.csv") {
        let language = gap["language"].split('-').next().unwrap();
        for article in articles.iter().filter(|article| article["language"] == language) {
            let body = plain(&format!("{} {}", article["title"], article["body"]));
            for key in gap["key_words"].split(';') {
                assert!(!body.contains(&plain(key)), "{key} is in {}", article["article_id"]);
            }
        }
    }
}

#[test]
fn articles_are_used_but_for_those_that_nobody_needs() {
    let interactions = interactions();
    let used: BTreeSet<&str> = interactions.values().map(|cells| cells[ARTICLE].as_str()).collect();
    let truths = truths();
    for row in table("truth-articles.csv") {
        let (id, effect) = (row["article_id"].as_str(), row["effect"].as_str());
        assert_eq!(used.contains(id), effect != "unused", "{id}");
        if effect == "does_not_resolve" {
            let uses = truths.iter().filter(|truth| truth.is_counted());
            let uses: Vec<_> = uses.filter(|it| interactions[&it.interaction_id][ARTICLE] == id).collect();
            let failed = uses.iter().filter(|truth| truth.is_failed()).count();
            assert!(failed * 3 >= uses.len() * 2, "{id}: {failed} of {} failed", uses.len());
        }
    }
}

#[test]
fn worse_agents_fail_more_than_their_categories_explain_and_a_hard_queue_is_one_category() {
    let (interactions, truths) = (interactions(), truths());
    let counted: Vec<&Truth> = truths.iter().filter(|truth| truth.is_counted()).collect();
    let cell = |truth: &Truth, column: usize| interactions[&truth.interaction_id][column].clone();
    let mut by_category: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for truth in &counted {
        let (all, failed) = by_category.entry(cell(truth, CATEGORY)).or_default();
        *all += 1.0;
        *failed += f64::from(u8::from(truth.is_failed()));
    }
    for agent in table("truth-agents.csv") {
        let own = counted.iter().filter(|truth| cell(truth, AGENT) == agent["agent_id"]);
        let own: Vec<&&Truth> = own.collect();
        let failed = own.iter().filter(|truth| truth.is_failed()).count() as f64;
        let expected: f64 =
            own.iter().map(|it| by_category[&cell(it, CATEGORY)]).map(|(all, bad)| bad / all).sum();
        let categories: BTreeSet<String> = own.iter().map(|truth| cell(truth, CATEGORY)).collect();
        assert!(own.iter().all(|truth| cell(truth, TEAM) == agent["team"]), "{agent:?}");
        // Two standard deviations of a Poisson count.
        let is_worse = failed > expected + 2.0 * expected.sqrt();
        assert_eq!(
            is_worse,
            agent["effect"] == "worse",
            "{agent:?}: {failed} failed, {expected:.1} expected"
        );
        assert_eq!(categories.len() == 1, agent["effect"] == "hard_queue", "{agent:?}: {categories:?}");
    }
}
