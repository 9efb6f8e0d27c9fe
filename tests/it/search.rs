//! `recontact search`: what it finds, of what it keeps silent, and what becomes of its index.
//!
//! What it finds in the demo is compared with a scan of the demo's own files by another way to cut words; classes and
//! outcomes with the truth that was planted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;

use serde_json::Value;

use super::program::{Folder, Run, demo_store, number, program, project, run_in};

/// A turn, by the interaction and its number.
type Place = (String, u64);

/// Runs a search on the demo.
fn demo_search(arguments: &[&str]) -> Run {
    let all = [&["search"], arguments, &["--store", demo_store()]].concat();
    run_in(project(), &all, "")
}

/// All that is found in the demo.
fn demo_hits(arguments: &[&str]) -> Vec<Value> {
    let page = demo_search(&[arguments, &["--format", "json", "--limit", "10000"]].concat()).json();
    let hits = page["hits"].as_array().unwrap().clone();
    assert_eq!(hits.len() as u64, number(&page, "match_count"));
    let turns: u64 =
        page["facets"].as_array().unwrap().iter().map(|facet| number(facet, "match_count")).sum();
    assert_eq!(turns, number(&page, "match_count"), "every turn is in one category");
    let contacts: BTreeSet<String> = hits.iter().map(|hit| hit["interaction_id"].to_string()).collect();
    assert_eq!(contacts.len() as u64, number(&page, "contact_count"));
    hits
}

fn place(hit: &Value) -> Place {
    (hit["interaction_id"].as_str().unwrap().to_string(), number(hit, "turn"))
}

/// One spoken turn of the demo's JSON lines.
struct Said {
    place: Place,
    speaker: String,
    text: String,
}

fn said() -> Vec<Said> {
    let lines = fs::read_to_string(project().join("fixtures/demo/transcripts.jsonl")).unwrap();
    let mut said = Vec::new();
    for transcript in lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let Some(id) = transcript["interaction_id"].as_str().map(str::to_string) else { continue };
        for (index, turn) in transcript["turns"].as_array().into_iter().flatten().enumerate() {
            let text = turn["text"].as_str().unwrap().to_string();
            let speaker = turn["speaker"].as_str().unwrap_or("unknown").to_string();
            said.push(Said { place: (id.clone(), index as u64), speaker, text });
        }
    }
    said
}

/// The rows of a file of the demo by interaction, where an id has one row.
fn demo_rows(file: &str) -> HashMap<String, BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(project().join("fixtures/demo").join(file))
        .unwrap();
    let head = reader.headers().unwrap().clone();
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut rows = HashMap::new();
    // The export has damaged lines and bytes on purpose; the lines are no rows.
    for row in reader.byte_records().map(|row| row.unwrap()).filter(|row| row.len() == head.len()) {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let row: BTreeMap<String, String> =
            head.iter().zip(&row).map(|(name, value)| (name.to_string(), text(value))).collect();
        let id = row.get("case_no").or(row.get("interaction_id")).unwrap().clone();
        *counts.entry(id.clone()).or_default() += 1;
        rows.insert(id, row);
    }
    rows.retain(|id, _| counts[id] == 1);
    rows
}

/// Words as the scan cuts them: runs of letters or digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// What is found must be what the scan finds, among the turns that both can judge.
#[track_caller]
fn finds(arguments: &[&str], is_judged: impl Fn(&Said) -> bool, fits: impl Fn(&Said) -> bool) {
    let said = said();
    let judged: BTreeSet<&Place> = said.iter().filter(|it| is_judged(it)).map(|it| &it.place).collect();
    let found: BTreeSet<Place> =
        demo_hits(arguments).iter().map(place).filter(|it| judged.contains(it)).collect();
    let expected: BTreeSet<Place> =
        said.iter().filter(|it| is_judged(it) && fits(it)).map(|it| it.place.clone()).collect();
    assert!(!expected.is_empty(), "{arguments:?} has something to find");
    assert_eq!(found, expected, "{arguments:?}");
}

#[test]
fn words_phrases_and_operators_find_what_a_scan_of_the_files_finds() {
    let has = |it: &Said, word: &str| words(&it.text).iter().any(|it| it == word);
    let all = |_: &Said| true;
    finds(&["\"invoice\""], all, |it| has(it, "invoice"));
    finds(&["\"number\" \"invoice\""], all, |it| has(it, "number") && has(it, "invoice"));
    finds(&["\"invoice\" OR \"router\""], all, |it| has(it, "invoice") || has(it, "router"));
    finds(&["\"invoice\" -\"my\""], all, |it| has(it, "invoice") && !has(it, "my"));
    finds(&["invoi*"], all, |it| words(&it.text).iter().any(|word| word.starts_with("invoi")));
    finds(&["\"my invoice\""], all, |it| words(&it.text).windows(2).any(|two| two == ["my", "invoice"]));
    finds(&["\"number\" NEAR/2 \"invoice\""], all, |it| {
        let words = words(&it.text);
        let places = |word: &str| (0..words.len()).filter(|at| words[*at] == word).collect::<Vec<usize>>();
        let near = |a: usize, b: usize| a.abs_diff(b) <= 3;
        places("number").iter().any(|a| places("invoice").iter().any(|b| near(*a, *b)))
    });
    finds(&["\"фактурата\""], all, |it| has(it, "фактурата"));
    // Parts of words, within a sentence.
    finds(&["帳單"], all, |it| it.text.contains("帳單") || it.text.contains("帐单"));
}

#[test]
fn filters_hold_for_every_hit_and_every_count() {
    let (rows, truth) = (demo_rows("interactions.csv"), demo_rows("truth.csv"));
    let is_judged = |it: &Said| rows.contains_key(&it.place.0) && truth.contains_key(&it.place.0);
    let of = |it: &Said, field: &str| rows[&it.place.0][field].clone();
    let is = |it: &Said, field: &str| truth[&it.place.0][field].clone();
    let has = |it: &Said| {
        let words = words(&it.text);
        ["the", "на", "un"].iter().any(|word| words.iter().any(|it| it == word)) || it.text.contains('我')
    };
    let query = "\"the\" OR \"на\" OR \"un\" OR 我";
    finds(&[query, "--category", "Account access"], is_judged, |it| {
        has(it) && of(it, "reason") == "Account access"
    });
    finds(&[query, "--category", "account ACCESS"], is_judged, |it| {
        has(it) && of(it, "reason") == "Account access"
    });
    finds(&[query, "--channel", "voice", "--channel", "email"], is_judged, |it| {
        has(it) && ["voice", "email"].contains(&of(it, "channel").as_str())
    });
    finds(&[query, "--agent", "A53"], is_judged, |it| has(it) && of(it, "agent") == "A53");
    finds(&[query, "--language", "lv"], is_judged, |it| has(it) && of(it, "language") == "lv");
    finds(&[query, "--language", "zh"], is_judged, |it| has(it) && of(it, "language").starts_with("zh"));
    finds(&[query, "--speaker", "customer"], is_judged, |it| has(it) && it.speaker == "customer");
    finds(&[query, "--from", "2026-06-01", "--to", "2026-06-30"], is_judged, |it| {
        has(it) && of(it, "opened").starts_with("2026-06")
    });
    finds(&[query, "--class", "repeat"], is_judged, |it| has(it) && is(it, "is_repeat") == "true");
    finds(&[query, "--class", "first"], is_judged, |it| {
        has(it)
            && is(it, "is_contact") == "true"
            && is(it, "is_repeat") == "false"
            && is(it, "is_left_edge") == "false"
    });
    finds(&[query, "--outcome", "resolved"], is_judged, |it| {
        has(it) && is(it, "is_eligible") == "true" && is(it, "is_resolved") == "true"
    });
    finds(&[query, "--outcome", "failed"], is_judged, |it| {
        has(it) && is(it, "is_eligible") == "true" && is(it, "is_resolved") == "false"
    });
    finds(&[query, "--class", "repeat", "--speaker", "customer", "--channel", "voice"], is_judged, |it| {
        has(it) && is(it, "is_repeat") == "true" && it.speaker == "customer" && of(it, "channel") == "voice"
    });
}

#[test]
fn a_stated_repeat_is_that_of_the_contact() {
    let hits = demo_hits(&["third OR трети OR trešo OR 第三次", "--stated"]);
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit["is_stated"] == true));
    let all = demo_hits(&["third OR трети OR trešo OR 第三次"]);
    let stated: Vec<&Value> = all.iter().filter(|hit| hit["is_stated"] == true).collect();
    assert_eq!(stated.len(), hits.len());
}

#[test]
fn pages_follow_each_other_and_miss_nothing() {
    let query = "invoice OR router OR 帳單 OR фактура OR rēķins";
    let whole: Vec<Place> = demo_hits(&[query]).iter().map(place).collect();
    assert!(whole.len() > 60);
    let mut pages = Vec::new();
    for page in 1..=whole.len().div_ceil(13) {
        let page =
            demo_search(&[query, "--page", &page.to_string(), "--limit", "13", "--format", "json"]).json();
        pages.extend(page["hits"].as_array().unwrap().iter().map(place));
    }
    assert_eq!(pages, whole);
    let scores: Vec<f64> = demo_hits(&[query]).iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
    let beyond = demo_search(&[query, "--page", "999"]).ok().stdout;
    assert!(beyond.contains("none on this page"), "{beyond}");
}

#[test]
fn what_is_said_is_shown_as_it_was_said_with_the_words_marked() {
    let hit = &demo_hits(&["INVOICE"])[0];
    let snippet = hit["snippet"].as_str().unwrap();
    let marks = hit["marks"].as_array().unwrap();
    assert!(!marks.is_empty());
    for mark in marks {
        let (start, end) = (mark[0].as_u64().unwrap() as usize, mark[1].as_u64().unwrap() as usize);
        assert!(snippet[start..end].to_lowercase().starts_with("invoice"), "{snippet}");
    }
    let shown = demo_search(&["INVOICE", "--limit", "3"]).ok().stdout;
    assert!(shown.contains("[invoice"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    let table = demo_search(&["INVOICE", "--limit", "3", "--format", "csv"]).ok().stdout;
    assert!(table.starts_with("rank,score,interaction_id,turn,speaker,started_at,"), "{table}");
    assert_eq!(csv::Reader::from_reader(table.as_bytes()).records().count(), 3);
}

/// Transcripts of one turn each, said by customers.
fn spoken(turns: &[(&str, &str)]) -> String {
    let line = |(id, text): &(&str, &str)| {
        let turn = serde_json::json!({"speaker": "customer", "text": text});
        format!("{}\n", serde_json::json!({"interaction_id": id, "turns": [turn]}))
    };
    turns.iter().map(line).collect()
}

/// The ids that are found in the store `s` of a folder, best first, and what is said beside.
fn found(folder: &Folder, query: &str) -> (Vec<String>, String) {
    let run = run_in(folder.path(), &["search", query, "--store", "s", "--format", "json"], "").ok();
    let page: Value = serde_json::from_str(&run.stdout).unwrap();
    let ids = page["hits"].as_array().unwrap().iter().map(|hit| place(hit).0).collect();
    (ids, run.stderr)
}

fn ids(folder: &Folder, query: &str) -> Vec<String> {
    found(folder, query).0
}

#[test]
fn every_group_of_languages_is_found_as_people_type_it() {
    let turns = [
        ("en", "My router was rebooted twice"),
        ("de", "Die Rechnungen sind falsch, Straße"),
        ("fr", "Déjà payé, c’est réglé"),
        ("lv", "Zvanu jau trešo reizi"),
        ("ru", "Ёлка, роутеры не работают"),
        ("el", "Ο λογαριασμός είναι λάθος"),
        ("ar", "الفاتورة غير صحيحة"),
        ("he", "הַחֶשְׁבּוֹן שגוי"),
        ("hi", "बिल गलत है"),
        ("zh", "我的路由器又重启了，催了好几次"),
        ("ja", "ルーターが再起動しました"),
        ("ko", "인터넷 연결이 안 돼요"),
        ("th", "อินเทอร์เน็ตช้ามาก"),
        ("vi", "Tôi đã gọi ba lần rồi"),
        ("tr", "İnternet çalışmıyor"),
    ];
    let folder = Folder::with(&[("words.jsonl", &spoken(&turns))]);
    folder.run("index . --store s").ok();
    for (id, query) in [
        ("en", "ROUTER"),
        ("en", "rooter~"),
        ("de", "strasse"),
        ("fr", "deja regle"),
        ("fr", "\"cest regle\""),
        ("lv", "treso"),
        ("ru", "елка"),
        ("el", "λογαριασμος"),
        ("ar", "الفاتوره"),
        ("he", "החשבון"),
        ("hi", "बिल"),
        ("zh", "路由器"),
        ("zh", "路由器 NEAR/1 重启"),
        ("zh", "重啟"),
        ("zh", "催"),
        ("ja", "るーたー"),
        ("ja", "再起動"),
        ("ko", "인터넷연결"),
        ("ko", "연결"),
        ("th", "เน็ต"),
        ("vi", "goi ba lan"),
        ("tr", "internet calismiyor"),
    ] {
        assert_eq!(ids(&folder, query), [id], "{query}");
    }
}

#[test]
fn a_word_is_found_in_its_forms_and_in_quotes_as_it_stands() {
    let folder = Folder::with(&[(
        "words.jsonl",
        &spoken(&[
            ("a", "please reboot it"),
            ("b", "it is rebooting"),
            ("c", "they rebooted"),
            ("d", "my boots"),
        ]),
    )]);
    folder.run("index . --store s").ok();
    let forms = |language: &str| {
        let arguments = ["search", "reboot", "--language", language, "--store", "s", "--format", "json"];
        run_in(folder.path(), &arguments, "").json()["match_count"].as_u64().unwrap()
    };
    assert_eq!(forms("en"), 0, "no transcript declares a language");
    folder.write(
        "words.jsonl",
        folder.read("words.jsonl").replace("{\"interaction_id\"", "{\"language\":\"en\",\"interaction_id\""),
    );
    folder.run("index . --store s --rebuild").ok();
    assert_eq!(forms("en"), 3);
    let mut found = ids(&folder, "reboot");
    assert_eq!(found[0], "a", "the word itself is the best");
    found.sort();
    assert_eq!(found, ["a", "b", "c"]);
    assert_eq!(ids(&folder, "\"reboot\""), ["a"]);
}

#[test]
fn a_turn_that_does_not_count_is_not_found() {
    let folder = Folder::new();
    folder.write("1.jsonl", spoken(&[("a", "apples"), ("b", "bananas")]));
    folder.run("index 1.jsonl --store s").ok();
    // The turn again: the newer one counts. The same turn again: it counts once.
    folder.write("2.jsonl", spoken(&[("a", "apricots"), ("b", "bananas"), ("c", "cherries")]));
    folder.run("index 2.jsonl --store s").ok();
    let counts = |expected: [&[&str]; 4]| {
        for (query, expected) in ["apples", "apricots", "bananas", "cherries"].into_iter().zip(expected) {
            assert_eq!(ids(&folder, query), expected, "{query}");
        }
    };
    counts([&[], &["a"], &["b"], &["c"]]);
    folder.run("store compact --store s").ok();
    counts([&[], &["a"], &["b"], &["c"]]);
    folder.run("store verify --store s").ok();
    folder.run("index 1.jsonl 2.jsonl --store s --rebuild").ok();
    folder.run("store remove 2.jsonl --store s").ok();
    // Both were read in one commit: without the second, the first is as it was.
    counts([&["a"], &[], &["b"], &[]]);
    folder.run("store compact --store s").ok();
    counts([&["a"], &[], &["b"], &[]]);
}

#[test]
fn the_same_turn_twice_in_one_commit_is_found_once() {
    let folder = Folder::new();
    folder.write("1.jsonl", spoken(&[("a", "apples")]));
    folder.write("2.jsonl", spoken(&[("a", "apples"), ("b", "apples")]));
    folder.run("index . --store s").ok();
    let mut found = ids(&folder, "apples");
    found.sort();
    assert_eq!(found, ["a", "b"]);
}

/// The index files of the store `s`.
fn index_files(folder: &Folder) -> Vec<String> {
    let names = fs::read_dir(folder.path().join("s")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains(".search")).collect();
    names.sort();
    names
}

#[test]
fn a_missing_or_damaged_index_is_built_from_the_turns_with_a_message() {
    let folder = Folder::with(&[("words.jsonl", &spoken(&[("a", "apples"), ("b", "bananas")]))]);
    folder.run("index . --store s --no-search").ok();
    assert_eq!(index_files(&folder), Vec::<String>::new());
    let (ids, said) = found(&folder, "apples");
    assert_eq!(ids, ["a"]);
    assert_eq!(said.trim(), "the search index 000001-turns.search is built from the turns: there is none");
    assert_eq!(index_files(&folder), ["000001-turns.search"]);
    let path = folder.path().join("s/000001-turns.search");
    let whole = fs::read(&path).unwrap();
    assert_eq!(found(&folder, "bananas"), (vec!["b".to_string()], String::new()), "once is enough");
    for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 30, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        for damaged in [&damaged[..], &whole[..at]] {
            fs::write(&path, damaged).unwrap();
            folder.run("store verify --store s").code(2);
            let (ids, said) = found(&folder, "bananas");
            assert_eq!(ids, ["b"]);
            assert!(said.contains("000001-turns.search is built from the turns: it"), "{said}");
            assert!(fs::read(&path).unwrap() == whole, "it is as it was");
        }
    }
    // What a dead process left of it goes with the next writer.
    fs::write(folder.path().join("s/000001-turns.search.tmp"), b"half").unwrap();
    folder.write("more.jsonl", spoken(&[("c", "cherries")]));
    folder.run("index more.jsonl --store s").ok();
    assert_eq!(index_files(&folder), ["000001-turns.search", "000002-turns.search"]);
}

#[test]
fn a_search_beside_a_writer_waits_for_nobody_and_writes_nothing() {
    let folder = Folder::with(&[("words.jsonl", &spoken(&[("a", "apples")]))]);
    folder.run("index . --store s").ok();
    let lock = fs::OpenOptions::new().write(true).open(folder.path().join("s/lock")).unwrap();
    lock.try_lock().unwrap();
    assert_eq!(found(&folder, "apples"), (vec!["a".to_string()], String::new()));
    let path = folder.path().join("s/000001-turns.search");
    fs::write(&path, b"damaged").unwrap();
    let (ids, said) = found(&folder, "apples");
    assert_eq!(ids, ["a"]);
    assert!(said.contains("kept in memory only") && said.contains("another recontact process"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), b"damaged");
}

#[test]
fn an_index_depends_on_the_texts_and_not_on_the_number_of_threads() {
    let turns: Vec<(String, String)> =
        (0..3_000).map(|row| (format!("id{row}"), format!("word{} trešo 路由器 {row}", row % 70))).collect();
    let turns: Vec<(&str, &str)> = turns.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let folder = Folder::with(&[("words.jsonl", &spoken(&turns))]);
    let bytes = |threads: &str| {
        let mut command = program(folder.path());
        command.args(["index", ".", "--store", "s", "--rebuild"]).env("RAYON_NUM_THREADS", threads);
        super::program::finished(command).ok();
        let names = index_files(&folder);
        fs::read(folder.path().join("s").join(names.last().unwrap())).unwrap()
    };
    // The texts are those of the same part, whose bytes are the same too.
    assert!(bytes("1") == bytes("3"));
}

#[test]
fn a_forgotten_customer_is_found_by_no_search() {
    let folder = Folder::new();
    folder.write(
        "log.csv",
        "interaction_id,customer_id,started_at\nFT-777,C-20431,2026-03-01 10:00\nFT-778,C-99000,2026-03-02 10:00\n",
    );
    folder.write(
        "words.jsonl",
        spoken(&[("FT-777", "my žirafe called zanzibar is ill"), ("FT-778", "my router is ill")]),
    );
    folder.run("index . --store s").ok();
    let bytes = || {
        let names = index_files(&folder);
        let files = names.iter().map(|name| fs::read(folder.path().join("s").join(name)).unwrap());
        files.collect::<Vec<_>>().concat()
    };
    let has = |word: &str| bytes().windows(word.len()).any(|window| window == word.as_bytes());
    assert_eq!(ids(&folder, "zanzibar OR zirafe"), ["FT-777"]);
    let run = folder.run("store forget --customer C-20431 --store s").ok();
    let line = run.stdout.lines().find(|line| line.starts_with("search")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["search", "1", "0", "0", "0"], "{}", run.stdout);
    assert_eq!(index_files(&folder), ["000002-of-000001-turns.search"], "the old one is removed at once");
    for query in ["zanzibar", "zirafe", "žirafe~2", "zan*", "called"] {
        assert_eq!(found(&folder, query), (vec![], String::new()), "{query}");
    }
    assert!(!has("zanzibar") && !has("žirafe"));
    assert_eq!(ids(&folder, "ill"), ["FT-778"]);
    assert!(folder.run("store verify --store s").ok().stdout.starts_with("whole: "));
    let status = folder.run("store status --store s").ok().stdout;
    assert!(status.lines().any(|line| line.starts_with("search ")), "{status}");
}

#[test]
fn a_query_or_filter_that_cannot_be_understood_is_told_with_its_place() {
    let refused = |arguments: &[&str]| demo_search(arguments).error();
    assert!(refused(&["router NEAR"]).contains("the query: character 8: nothing follows"));
    assert!(refused(&["(router"]).contains("character 1: `(` is never closed"));
    assert!(refused(&[""]).contains("is empty"));
    let unknown = refused(&["router", "--category", "Acount access"]);
    assert!(unknown.contains("no interaction has the category `Acount access`"), "{unknown}");
    assert!(unknown.contains("did you mean `Account access`?"), "{unknown}");
    assert!(refused(&["router", "--from", "yesterday"]).contains("`yesterday` is no date and no time"));
    assert!(refused(&["router", "--by", "nonsense"]).contains("no field `nonsense`"));
}

#[test]
fn words_of_anybody_move_no_cursor_and_start_no_formula() {
    let folder = Folder::with(&[(
        "words.jsonl",
        &spoken(&[("=cmd", "=HYPERLINK(\u{1b}[31m router \u{202e}\u{E000} \u{9b}2J)"), ("b", "router")]),
    )]);
    folder.run("index . --store s").ok();
    let shown = folder.run("search router --store s").ok().stdout;
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{E000}']), "{shown:?}");
    let table = folder.run("search router --store s --format csv").ok().stdout;
    let cells: Vec<csv::StringRecord> =
        csv::Reader::from_reader(table.as_bytes()).records().map(|row| row.unwrap()).collect();
    assert!(cells.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '@'])), "{table}");
}
