//! `recontact drivers`: words and properties that were planted are found, and nothing where nothing is.

use std::fmt::Write;
use std::path::Path;

use recontact::pipeline::{DriversOptions, Reports};
use recontact::policy::Policy;
use recontact::store::Store;
use serde_json::{Value, json};

use super::program::{Folder, demo_store, finished, number, program, run_in};

const CONFIG: &str = "[policy]\nwindow = \"7d\"\nclock = \"start\"\ntimezone = \"UTC\"\nobserved_from = 2026-01-01T00:00:00Z\n\
                      observed_to = 2026-12-31T00:00:00Z\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
                      interaction_id = \"id\"\ncustomer_id = \"customer\"\n[[source]]\npath = \"words.jsonl\"\n\
                      kind = \"transcripts\"\n";

/// A log with words.
#[derive(Default)]
struct Log {
    rows: Vec<String>,
    words: Vec<String>,
}

impl Log {
    /// A contact of a customer of its own; one that failed is followed by another, without words, on the next day.
    fn contact(
        &mut self,
        is_failed: bool,
        [category, channel, language]: [&str; 3],
        turns: &[(&str, String)],
    ) {
        let number = self.rows.len();
        let (month, day, hour) = (2 + number / 25 % 8, 1 + number % 25, number % 24);
        let row = |id: String, day: usize| {
            format!(
                "{id},C{number},{category},{channel},{language},2026-{month:02}-{day:02}T{hour:02}:{:02}:00Z",
                number % 60
            )
        };
        let mut rows = row(format!("K{number}"), day);
        if is_failed {
            write!(rows, "\n{}", row(format!("R{number}"), day + 1)).unwrap();
        }
        self.rows.push(rows);
        let turns: Vec<Value> =
            turns.iter().map(|(speaker, text)| json!({"speaker": speaker, "text": text})).collect();
        self.words.push(json!({"interaction_id": format!("K{number}"), "turns": turns}).to_string());
    }

    fn indexed(&self) -> Folder {
        let header = "id,customer,category,channel,language,started_at\n";
        let log = format!("{header}{}\n", self.rows.join("\n"));
        let words = self.words.join("\n");
        let folder = Folder::with(&[("log.csv", &log), ("words.jsonl", &words), ("recontact.toml", CONFIG)]);
        folder.run("index recontact.toml --store s").ok();
        folder
    }
}

fn drivers(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("drivers --store s --format json {arguments}")).json()
}

/// The terms of a speaker in a group.
fn terms(group: &Value, speaker: &str, outcome: &str) -> Vec<String> {
    let tables = group["words"].as_array().unwrap().iter().filter(|table| table["speaker"] == speaker);
    let terms = tables.flat_map(|table| table[outcome].as_array().unwrap());
    terms.map(|term| term["term"].as_str().unwrap().to_string()).collect()
}

/// Six words out of twenty.
fn filler(random: &mut fastrand::Rng) -> String {
    const WORDS: [&str; 20] = [
        "router", "invoice", "garden", "window", "contract", "holiday", "number", "letter", "screen",
        "friday", "payment", "antenna", "kitchen", "address", "delivery", "winter", "signal", "battery",
        "upgrade", "member",
    ];
    (0..6).map(|_| WORDS[random.usize(..WORDS.len())]).collect::<Vec<_>>().join(" ")
}

/// Of 120 failed contacts 48 have customers with a wrong password and agents who must ask; of 240 resolved ones 12. In 120
/// of the resolved ones the agent sends a link.
fn planted() -> Log {
    let mut random = fastrand::Rng::with_seed(5);
    let mut log = Log::default();
    for number in 0..360 {
        let is_failed = number % 3 == 0;
        let is_planted = if is_failed { number % 15 < 6 } else { number % 60 == 1 || number % 60 == 31 };
        let mut customer = filler(&mut random);
        let mut agent = filler(&mut random);
        if is_planted {
            customer.push_str(". The Wrong password is shown!");
            agent.push_str(". Let me ask my supervisor.");
        }
        if !is_failed && number % 3 == 1 {
            agent.push_str(". I send the magic link");
        }
        let channel = if number % 2 == 0 { "chat" } else { "voice" };
        log.contact(is_failed, ["access", channel, "en"], &[("customer", customer), ("agent", agent)]);
    }
    log
}

#[test]
fn planted_words_are_found_where_and_by_whom_they_are_said() {
    let found = drivers(&planted().indexed(), "");
    let group = &found["groups"][0];
    assert_eq!(group["key"], json!({"category": "access"}));
    assert_eq!((number(group, "failed_count"), number(group, "resolved_count")), (120, 240));
    assert_eq!(terms(group, "customer", "failed_terms"), ["wrong password is shown"]);
    assert_eq!(terms(group, "customer", "resolved_terms"), Vec::<String>::new());
    assert_eq!(terms(group, "agent", "failed_terms"), ["ask my supervisor", "let me ask"]);
    assert_eq!(terms(group, "agent", "resolved_terms"), ["send the magic link"]);
    let term = &group["words"][0]["failed_terms"][0];
    assert_eq!((number(term, "failed_count"), number(term, "resolved_count")), (48, 12));
    assert_eq!(term["written"], "Wrong password is shown");
    assert_eq!(term["failed_rate"], 0.4);
    // 50 contacts of the prior have it as often as all 360 do: α = 50 · 60 ÷ 360.
    let prior = 50.0 * 60.0 / 360.0;
    let odds = |with: f64, all: f64| (with + prior) / (all + 50.0 - with - prior);
    let expected = odds(48.0, 120.0) / odds(12.0, 240.0);
    assert!((term["odds_ratio"].as_f64().unwrap() - expected).abs() < 1e-9, "{term}");
    let quotes = term["quotes"].as_array().unwrap();
    assert_eq!(quotes.len(), 2);
    assert!(quotes[0]["started_at"].as_str() >= quotes[1]["started_at"].as_str());
    assert!(quotes[0]["text"].as_str().unwrap().contains("Wrong password"));
    assert!(quotes[0]["interaction_id"].as_str().unwrap().starts_with('K'));
}

#[test]
fn words_of_scripts_without_spaces_are_found() {
    let languages = [
        (
            "zh",
            "路由器坏了",
            ["我想查一下账单", "请帮我改地址", "昨天收到了短信", "合同什么时候到期"],
            "路由器",
        ),
        (
            "ja",
            "請求書が届きません",
            [
                "住所を変更したいです",
                "電話番号を教えてください",
                "昨日メールを受け取りました",
                "契約の期限を知りたい",
            ],
            "請求書",
        ),
        ("th", "เราเตอร์เสียแล้ว", ["อยากเปลี่ยนที่อยู่", "ขอดูใบแจ้งหนี้", "เมื่อวานได้รับข้อความ", "สัญญาหมดเมื่อไร"], "เสีย"),
    ];
    let mut log = Log::default();
    for (language, planted, others, _) in languages {
        for number in 0..180 {
            let is_failed = number % 3 == 0;
            let is_planted = if is_failed { number % 2 == 0 } else { number % 30 == 1 };
            let other = others[number % 7 % 4];
            let text = if is_planted { format!("{other}。{planted}") } else { format!("{other}。") };
            log.contact(is_failed, ["faults", "chat", language], &[("customer", text.replace("。", "\n"))]);
        }
    }
    let found = drivers(&log.indexed(), "");
    for (language, _, _, word) in languages {
        let tables = found["groups"][0]["words"].as_array().unwrap();
        let table = tables.iter().find(|table| table["language"] == language).unwrap();
        let written: Vec<&str> = table["failed_terms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["written"].as_str().unwrap())
            .collect();
        assert!(written.iter().any(|it| it.contains(word)), "{word} is not in {written:?}");
        assert!(written.len() <= 4 && table["resolved_terms"].as_array().unwrap().len() <= 2, "{table}");
    }
}

/// Words and outcomes that have nothing to do with each other, in ten categories.
#[test]
fn where_nothing_is_nothing_is_found() {
    let mut random = fastrand::Rng::with_seed(11);
    let mut log = Log::default();
    let categories: Vec<String> = (0..10).map(|at| format!("c{at}")).collect();
    for at in 0..2_400 {
        let turns = [("customer", filler(&mut random)), ("agent", filler(&mut random))];
        let channel = ["chat", "voice", "email"][random.usize(..3)];
        log.contact(random.u32(..3) == 0, [&categories[at % 10], channel, "en"], &turns);
    }
    let found = drivers(&log.indexed(), "");
    assert!(number(&found["method"], "tested_term_count") > 400);
    assert!(number(&found["method"], "tested_level_count") > 20);
    let mut told = 0;
    for group in found["groups"].as_array().unwrap().iter().chain([&found["overall"]]) {
        for table in group["words"].as_array().unwrap() {
            told += table["failed_terms"].as_array().unwrap().len();
            told += table["resolved_terms"].as_array().unwrap().len();
        }
        for attribute in group["model"]["attributes"].as_array().unwrap() {
            let levels = attribute["levels"].as_array().unwrap();
            let sure = |it: &&Value| it["effect"]["q_value"].as_f64().is_some_and(|q| q <= 0.05);
            told += levels.iter().filter(sure).count();
        }
    }
    assert!(told <= 1, "{told}: {found}");
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_do_not_matter() {
    let mut log = planted();
    let one = log.indexed();
    let own = one.run("drivers --store s --format json").ok().stdout;
    log.rows.reverse();
    log.words.reverse();
    assert_eq!(log.indexed().run("drivers --store s --format json").ok().stdout, own);
    let mut command = program(one.path());
    command.args(["drivers", "--store", "s", "--format", "json"]).env("RAYON_NUM_THREADS", "1");
    assert_eq!(finished(command).ok().stdout, own);
}

/// Chats fail 90 of 150 times, calls 30 of 210 times: odds ratio 90 · 180 ÷ (60 · 30) = 9.
#[test]
fn a_property_that_raises_the_odds_is_told_with_its_interval() {
    let mut log = Log::default();
    for number in 0..360 {
        let is_chat = number < 150;
        let is_failed = if is_chat { number % 5 < 3 } else { number % 7 == 0 };
        log.contact(is_failed, ["access", if is_chat { "chat" } else { "voice" }, "en"], &[]);
    }
    let folder = log.indexed();
    let found = drivers(&folder, "");
    let model = &found["groups"][0]["model"];
    let channel = model["attributes"].as_array().unwrap().iter().find(|it| it["name"] == "channel").unwrap();
    let [reference, other] = [&channel["levels"][0], &channel["levels"][1]];
    assert_eq!(
        (reference["is_reference"].as_bool(), other["is_reference"].as_bool()),
        (Some(true), Some(false))
    );
    let levels = [reference, other].map(|it| (number(it, "failed_count"), number(it, "resolved_count")));
    assert!(levels.contains(&(90, 60)) && levels.contains(&(30, 180)), "{levels:?}");
    assert!(other["effect"]["q_value"].as_f64().unwrap() < 0.001);
    let raw: f64 = 90.0 * 180.0 / (60.0 * 30.0);
    let odds = other["effect"]["odds_ratio"].as_f64().unwrap();
    // Hours and weekdays are in the model too, and the ridge draws a little: near the table's own.
    assert!((odds.ln().abs() / raw.ln() - 1.0).abs() < 0.15, "{odds}, {raw}");
    assert!(
        other["effect"]["odds_low"].as_f64().unwrap() < odds
            && odds < other["effect"]["odds_high"].as_f64().unwrap()
    );
    let terminal = folder.run("drivers --store s").ok().stdout;
    assert!(terminal.contains("channel: ") && terminal.contains("Properties, adjusted"), "{terminal}");
    assert!(terminal.lines().all(|line| line.chars().count() <= 80), "{terminal}");
}

#[test]
fn thin_data_are_refused_with_the_reason() {
    let mut log = Log::default();
    for number in 0..40 {
        log.contact(
            number % 5 == 0,
            ["rare", "chat", "en"],
            &[("customer", "the router is broken".to_string())],
        );
    }
    let group = &drivers(&log.indexed(), "")["groups"][0];
    assert_eq!(group["words"], json!([]));
    assert_eq!(
        group["words_notes"][0],
        "8 failed and 32 resolved contacts have a transcript: words take 20 of each"
    );
    assert_eq!(
        group["model"]["refused"],
        "8 failed and 32 resolved contacts: each coefficient takes 10 of both"
    );
}

#[test]
fn hostile_words_and_names_are_harmless() {
    let mut log = Log::default();
    for number in 0..200 {
        let is_failed = number % 2 == 0;
        let text = if is_failed {
            "=HYPERLINK(1) \u{1b}[31mred\u{202e} alarm <script>x</script>"
        } else {
            "fine day"
        };
        log.contact(
            is_failed,
            ["=cmd|' /C calc'!A0", "chat", "en"],
            &[("customer", format!("{text} {}", number % 7))],
        );
    }
    let folder = log.indexed();
    let terminal = folder.run("drivers --store s").ok().stdout;
    assert!(terminal.contains("red alarm") || terminal.contains("red"), "{terminal}");
    assert!(!terminal.contains('\u{1b}') && !terminal.contains('\u{202e}'), "{terminal}");
    let csv = folder.run("drivers --store s --format csv").ok().stdout;
    assert!(
        csv.lines().all(|line| !line.starts_with('=') && !line.contains(",=") && !line.contains(",\"=")),
        "{csv}"
    );
    assert!(csv.contains("'=cmd"));
}

#[test]
fn one_category_can_be_asked_for_and_an_unknown_one_is_an_error() {
    let folder = planted().indexed();
    let found = drivers(&folder, "--category access --by channel");
    let names: Vec<&Value> =
        found["groups"].as_array().unwrap().iter().map(|it| &it["key"]["channel"]).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(number(&found["overall"], "failed_count"), 120);
    assert!(drivers(&folder, "--category access").get("overall").is_none());
    let error = folder.run("drivers --store s --category acess").error();
    assert!(
        error.contains("no interaction has the category `acess`") && error.contains("did you mean `access`?"),
        "{error}"
    );
    let error = folder.run("drivers --store s --attribute plann").error();
    assert!(error.contains("no field `plann`"), "{error}");
}

#[test]
fn a_report_brings_the_drivers_of_a_hundred_thousand_contacts_and_no_more() {
    let store = Store::open(Path::new(demo_store())).unwrap();
    let policy = Policy::default();
    let reports = Reports::load(&store, &policy).unwrap();
    let beside = reports.drivers_beside(&policy, 100_000).unwrap().unwrap();
    assert_eq!(beside, reports.drivers(&policy, &DriversOptions::default()).unwrap());
    assert_eq!(reports.drivers_beside(&policy, 100_001).unwrap(), None);
}

#[test]
fn the_demo_has_drivers_in_every_format() {
    let run = |arguments: &[&str]| {
        let arguments: Vec<&str> =
            ["drivers", "--store", demo_store()].iter().chain(arguments).copied().collect();
        run_in(std::env::temp_dir().as_path(), &arguments, "").ok().stdout
    };
    let found: Value = serde_json::from_str(&run(&["--format", "json", "--attribute", "plan"])).unwrap();
    assert_eq!(found["schema"], 1);
    let names: Vec<&Value> =
        found["overall"]["model"]["attributes"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert!(names.contains(&&json!("plan")) && names.contains(&&json!("category")), "{names:?}");
    let csv = run(&["--format", "csv"]);
    assert!(
        csv.starts_with("category,part,language,speaker,attribute,name,is_reference,raises,failed_count,"),
        "{csv}"
    );
    assert!(csv.contains("\n(all),attributes,,,category,"), "{csv}");
    let terminal = run(&[]);
    assert!(
        terminal.starts_with("What tells contacts that failed from those that were resolved."),
        "{terminal}"
    );
}
