//! `recontact gaps`: planted gaps in a synthetic log, found again; what is told when there is little to go by.

use std::fmt::Write;

use serde_json::Value;

use super::program::{Folder, number};
use super::xlsx::Book;

const CONFIG: &str = "[policy]\nwindow = \"7d\"\nlookback = \"7d\"\nclock = \"start\"\ncost_per_contact = 5\n\
                      observed_from = 2026-01-01T00:00:00Z\nobserved_to = 2026-03-31T00:00:00Z\n\
                      [[source]]\npath = \"log.csv\"\n[[source]]\npath = \"words.jsonl\"\nkind = \"transcripts\"\n";

const ARTICLES: &str = "\n[[source]]\npath = \"articles.csv\"\nkind = \"articles\"\n";

const KNOWLEDGE: &str = "article_id,title,body,language,category\n\
    KB-BILL,Why is my bill higher,Your bill may be higher after a roaming charge or a price change. Open the invoice.,en,billing\n\
    KB-ROUTER,Restart the router,If the router light blinks red unplug the router and restart it. Check the cable.,en,internet\n\
    KB-OLD,Fax machines,How to send a fax,en,billing\n";

/// What is said about an issue, in some ways.
struct Issue {
    category: &'static str,
    language: &'static str,
    sayings: [&'static str; 3],
}

const BILL: Issue = Issue {
    category: "billing",
    language: "en",
    sayings: [
        "why is my bill higher after roaming",
        "the invoice shows a roaming charge and a higher bill",
        "price change made the bill higher",
    ],
};
const ROUTER: Issue = Issue {
    category: "internet",
    language: "en",
    sayings: [
        "the router light blinks red",
        "router blinks red after I restart it",
        "unplug and restart of the router with the cable",
    ],
};
const ESIM: Issue = Issue {
    category: "internet",
    language: "en",
    sayings: [
        "how can I activate the esim on a new phone",
        "esim activation fails with the qr code on my new phone",
        "activate esim after phone change",
    ],
};
const LATVIAN: Issue = Issue {
    category: "billing",
    language: "lv",
    sayings: ["kāpēc rēķins ir lielāks", "rēķins lielāks nekā parasti", "lielāks rēķins šomēnes"],
};

const SLOW: Issue = Issue {
    category: "mobile",
    language: "lv",
    sayings: ["internets lēns vakarā", "lēns internets telefonā", "internets pazūd vakarā"],
};

/// A log with so many contacts about each issue, of which so many fail; each customer has one issue.
#[derive(Default)]
struct Log {
    rows: Vec<String>,
    words: Vec<String>,
    count: usize,
}

impl Log {
    fn add(&mut self, issue: &Issue, article: &str, resolved: usize, failed: usize) {
        for n in 0..resolved + failed {
            self.count += 1;
            let customer = self.count;
            let day = 10 + n % 20;
            let mut contact = |kind: &str, month: u32, day: usize, text: &str| {
                let id = format!("{kind}{customer}");
                let (category, language) = (issue.category, issue.language);
                self.rows.push(format!(
                    "{id},C{customer},2026-{month:02}-{day:02}T09:00:00Z,{category},{language},{article}"
                ));
                self.words.push(format!(
                    r#"{{"interaction_id": "{id}", "turns": [{{"speaker": "agent", "text": "welcome"}}, {{"speaker": "customer", "text": "hello, {text}"}}, {{"speaker": "agent", "text": "one moment"}}]}}"#
                ));
            };
            contact("F", 1, day, issue.sayings[n % 3]);
            if n < failed {
                contact("R", 1, day + 1, "it is me again");
            }
        }
    }

    fn folder(&self, config: &str, articles: &str) -> Folder {
        let header = "id,customer,started_at,category,language,article_id\n".to_string();
        let log = self.rows.iter().fold(header, |mut log, row| {
            let _ = writeln!(log, "{row}");
            log
        });
        let folder =
            Folder::with(&[("log.csv", &log), ("articles.csv", articles), ("recontact.toml", config)]);
        folder.write("words.jsonl", self.words.join("\n"));
        folder.run("index recontact.toml --store s").ok();
        folder
    }
}

/// 20 failed contacts about issues with articles, 24 about one without, 9 in a language without.
fn planted() -> Log {
    let mut log = Log::default();
    log.add(&BILL, "KB-BILL", 40, 10);
    log.add(&ROUTER, "", 40, 10);
    log.add(&ESIM, "KB-ROUTER", 2, 24);
    log.add(&LATVIAN, "", 5, 9);
    log.add(&SLOW, "", 20, 0);
    log
}

fn with_articles() -> Folder {
    planted().folder(&format!("{CONFIG}{ARTICLES}"), KNOWLEDGE)
}

fn json(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("gaps --store s --format json {arguments}")).json()
}

fn gap_of<'a>(gaps: &'a Value, phrase: &str) -> &'a Value {
    let all = gaps["gaps"].as_array().unwrap();
    let has = |gap: &&Value| {
        gap["key_phrases"].as_array().unwrap().iter().any(|it| it.as_str().unwrap().contains(phrase))
    };
    all.iter().find(has).unwrap_or_else(|| panic!("no gap about {phrase}: {gaps:#}"))
}

#[test]
fn a_planted_gap_is_found_with_its_words_its_cost_and_its_contacts() {
    let folder = with_articles();
    let gaps = json(&folder, "");
    assert_eq!((number(&gaps, "article_count"), &gaps["schema"]), (3, &1.into()));
    let counts = &gaps["counts"];
    assert_eq!((number(counts, "failed_count"), number(counts, "read_count")), (53, 53));
    let sum = ["unclear_count", "covered_count", "weak_count", "not_covered_count", "unknown_count"];
    assert_eq!(sum.map(|name| number(counts, name)).iter().sum::<u64>(), 53);
    let first = &gaps["gaps"][0];
    assert_eq!((&first["key"]["category"], &first["language"]), (&"internet".into(), &"en".into()));
    assert_eq!(first, gap_of(&gaps, "esim"));
    assert_eq!((number(first, "failed_count"), number(first, "not_covered_count")), (24, 24));
    assert_eq!((number(first, "repeat_count"), &first["repeat_cost"]), (24, &120.0.into()));
    assert_eq!(first["remedy"], "write");
    let question = first["question"]["text"].as_str().unwrap();
    assert!(
        question.contains("esim") && !question.contains("hello"),
        "a greeting is no question: {question}"
    );
    // The nearest has "change", and nothing else of it.
    let lacks: Vec<&str> =
        first["nearest"]["lacks"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(lacks.contains(&"esim") && lacks.contains(&"phone") && !lacks.contains(&"change"), "{lacks:?}");
    assert!(first["shortfall"].as_str().unwrap().contains("but not: "), "{first:#}");
    assert_eq!(first["advice"], "Write an article in English that answers it.");
    let quotes = first["quotes"].as_array().unwrap();
    assert!(quotes.iter().all(|quote| quote["text"].as_str().unwrap().contains("esim")), "{first:#}");
    assert!(
        quotes.iter().all(|quote| quote["interaction_id"].as_str().unwrap().starts_with('F')),
        "{first:#}"
    );
    let trend: u64 = first["trend"].as_array().unwrap().iter().filter_map(Value::as_u64).sum();
    assert_eq!(trend, 24);
    assert_eq!(first["trend"].as_array().unwrap().len(), gaps["periods"].as_array().unwrap().len());
}

#[test]
fn what_covered_means_is_read_off_resolved_contacts_alone() {
    let folder = with_articles();
    let gaps = json(&folder, "");
    let english = gaps["languages"].as_array().unwrap().iter().find(|it| it["language"] == "en").unwrap();
    // 40 + 40 + 2; failed ones have no part in it.
    assert_eq!((number(english, "resolved_count"), &english["basis"]), (82, &"own".into()));
    assert_eq!(number(&english["calibration"], "contact_count"), 82);
    let mut more = planted();
    more.add(&ESIM, "", 0, 200);
    // Words become commoner, so scores move; the contacts that they are read off do not.
    let again = json(&more.folder(&format!("{CONFIG}{ARTICLES}"), KNOWLEDGE), "");
    let english = again["languages"].as_array().unwrap().iter().find(|it| it["language"] == "en").unwrap();
    assert_eq!(number(&english["calibration"], "contact_count"), 82);
}

#[test]
fn too_few_resolved_contacts_calibrate_nothing_and_it_is_said() {
    let mut log = Log::default();
    log.add(&ROUTER, "", 20, 9);
    let gaps = json(&log.folder(&format!("{CONFIG}{ARTICLES}"), KNOWLEDGE), "");
    assert_eq!(gaps["languages"][0]["basis"], "none");
    assert_eq!(number(&gaps["counts"], "unknown_count"), 9);
    let text = log.folder(&format!("{CONFIG}{ARTICLES}"), KNOWLEDGE).run("gaps --store s").ok().stdout;
    assert!(text.contains("only 20 resolved"), "{text}");
}

#[test]
fn a_language_without_articles_is_a_hole_to_be_translated() {
    let gaps = json(&with_articles(), "");
    let hole = &gaps["holes"][0];
    assert_eq!(
        (&hole["category"], &hole["language"], number(hole, "failed_count")),
        (&"billing".into(), &"lv".into(), 9)
    );
    assert_eq!(hole["languages"], serde_json::json!({"en": 2}));
    let gap = gap_of(&gaps, "rēķins");
    assert_eq!(
        (&gap["language"], &gap["remedy"], &gap["nearest"]),
        (&"lv".into(), &"translate".into(), &Value::Null)
    );
}

#[test]
fn without_articles_everything_is_uncovered_and_still_grouped() {
    let folder = planted().folder(CONFIG, KNOWLEDGE);
    let gaps = json(&folder, "");
    assert_eq!((number(&gaps, "article_count"), number(&gaps["counts"], "not_covered_count")), (0, 53));
    assert_eq!(number(gap_of(&gaps, "esim"), "failed_count"), 24);
    let text = folder.run("gaps --store s").ok().stdout;
    assert!(text.contains("No articles were given"), "{text}");
    assert!(text.contains("esim") && text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn an_article_is_judged_by_the_other_contacts_of_its_category() {
    let gaps = json(&with_articles(), "");
    let articles = gaps["articles"].as_array().unwrap();
    let of = |id: &str| articles.iter().find(|it| it["article_id"] == id).unwrap();
    // KB-ROUTER: 2 of 26 resolved, the others of the category 40 of 50.
    let router = of("KB-ROUTER");
    assert_eq!(
        ["eligible_count", "resolved_count", "other_eligible_count", "other_resolved_count"]
            .map(|it| number(router, it)),
        [26, 2, 50, 40]
    );
    assert_eq!(router["verdict"], "resolves_less");
    assert!((router["difference"].as_f64().unwrap() - (2.0 / 26.0 - 0.8)).abs() < 1e-12);
    assert_eq!(articles[0]["article_id"], "KB-ROUTER");
    // KB-BILL: 40 of 50, the others 5 of 14.
    assert_eq!(of("KB-BILL")["verdict"], "resolves_more");
    let unused: Vec<&str> =
        gaps["unused"].as_array().unwrap().iter().filter_map(|it| it["article_id"].as_str()).collect();
    assert_eq!(unused, ["KB-OLD"]);
    let gaps = json(&planted().folder(&format!("{CONFIG}{ARTICLES}"), "id,title\nKB-BILL,bill\n"), "");
    // Interactions record it: 26 first contacts and 24 repeats.
    assert_eq!(gaps["unknown"], serde_json::json!([{"article_id": "KB-ROUTER", "interaction_count": 50}]));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let log = planted();
    let mut turned = planted();
    turned.rows.reverse();
    turned.words.rotate_left(17);
    let articles = KNOWLEDGE.lines().collect::<Vec<_>>();
    let reversed =
        [&articles[..1], &articles[1..].iter().rev().copied().collect::<Vec<_>>()].concat().join("\n");
    let config = format!("{CONFIG}{ARTICLES}");
    assert_eq!(json(&log.folder(&config, KNOWLEDGE), ""), json(&turned.folder(&config, &reversed), ""));
}

#[test]
fn hostile_articles_stay_text() {
    let hostile = "article_id,title,body,language,category\n\
        =CMD(),\"=HYPERLINK(\"\"x\"\") esim activation\u{1b}[31m\",\"<script>alert(1)</script>esim\",en,internet\n";
    let folder = planted().folder(&format!("{CONFIG}{ARTICLES}"), hostile);
    let csv = folder.run("gaps --store s --format csv").ok().stdout;
    assert!(csv.contains("'=CMD()") && csv.contains("'=HYPERLINK"), "{csv}");
    let text = folder.run("gaps --store s").ok().stdout;
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn one_line_of_csv_is_one_gap() {
    let folder = with_articles();
    let gaps = json(&folder, "");
    let csv = folder.run("gaps --store s --format csv").ok().stdout;
    assert_eq!(csv.lines().count(), 1 + gaps["gaps"].as_array().unwrap().len());
    assert!(csv.starts_with("category,language,key_phrases,question,failed_count,"), "{csv}");
    let by_two = folder.run("gaps --store s --format csv --by category,language").ok().stdout;
    assert!(by_two.starts_with("category,language,language,key_phrases"), "{by_two}");
    folder.run("gaps --store s --by nothing").error();
}

#[test]
fn indexing_twice_changes_nothing_and_a_newer_version_of_an_article_replaces_the_older() {
    let folder = with_articles();
    let before = json(&folder, "");
    folder.run("index recontact.toml --store s").ok();
    assert_eq!(json(&folder, ""), before);
    let newer = "article_id,title,body,language,category\nKB-BILL,Activate the esim,How to activate the esim on a new phone with the qr code after a phone change,en,internet\n";
    folder.write("newer.csv", newer);
    let source = "\n[[source]]\npath = \"newer.csv\"\nkind = \"articles\"\n";
    folder.write("recontact.toml", format!("{CONFIG}{ARTICLES}{source}"));
    folder.run("index recontact.toml --store s").ok();
    let after = json(&folder, "");
    assert_eq!(number(&after, "article_count"), 3);
    let title =
        after["articles"].as_array().unwrap().iter().find(|it| it["article_id"] == "KB-BILL").unwrap();
    assert_eq!(title["title"], "Activate the esim");
    // What was covered by the older version is not any more, and the reverse.
    assert!(number(&after["counts"], "not_covered_count") != number(&before["counts"], "not_covered_count"));
    folder.run("store remove --store s newer.csv").ok();
    assert_eq!(json(&folder, "")["gaps"], before["gaps"]);
}

#[test]
fn commands_of_a_store_know_articles() {
    let folder = with_articles();
    let before = json(&folder, "");
    let status = folder.run("store status --store s --format json").json();
    let table = status["tables"].as_array().unwrap().iter().find(|it| it["table"] == "articles").unwrap();
    assert_eq!((number(table, "row_count"), number(table, "dead_count")), (3, 0));
    folder.run("store verify --store s").ok();
    folder.run("store compact --store s").ok();
    folder.run("store verify --store s").ok();
    assert_eq!(json(&folder, "")["gaps"], before["gaps"]);
    folder.run("store forget --store s --customer C1").ok();
    folder.run("store verify --store s").ok();
    assert_eq!(number(&json(&folder, ""), "article_count"), 3);
    folder.run("store remove --store s articles.csv").ok();
    assert_eq!(number(&json(&folder, ""), "article_count"), 0);
}

#[test]
fn a_folder_of_markdown_and_a_help_centre_are_articles() {
    let config = format!(
        "{CONFIG}\n[[source]]\npath = \"kb\"\nkind = \"articles\"\n[[source]]\npath = \"help/*.html\"\nkind = \"articles\"\n"
    );
    let log = planted();
    let folder = log.folder(CONFIG, "");
    folder.write("kb/router.md", "# Restart the router\nIf the router light blinks red, unplug it.\n");
    folder.write("kb/deep/bill.md", "---\nlanguage: en\n---\n# Why the bill is higher\nRoaming.\n");
    folder.write("help/esim.html", "<html lang=en><h1>Activate the esim</h1><p>On a new phone</html>");
    folder.write("recontact.toml", config);
    folder.run("index recontact.toml --store s").ok();
    let gaps = json(&folder, "");
    assert_eq!(number(&gaps, "article_count"), 3);
}

#[test]
fn languages_without_spaces_have_gaps_too() {
    let sayings = |category, language, sayings| Issue { category, language, sayings };
    for (issue, phrase) in [
        (sayings("net", "zh", ["怎么激活电子卡", "电子卡激活不了", "新手机激活电子卡"]), "激活"),
        (sayings("net", "ja", ["ルーターが点滅する", "ルーターの点滅", "点滅するルーター"]), "ルーター"),
        (sayings("net", "th", ["เปิดใช้งานซิมใหม่", "ซิมใหม่เปิดไม่ได้", "ซิมใหม่ใช้งานไม่ได้"]), "ซิม"),
        (sayings("net", "ar", ["تفعيل الشريحة", "مشكلة تفعيل الشريحة", "لا يعمل تفعيل الشريحة"]), "تفعيل"),
        (sayings("net", "hi", ["सिम चालू नहीं", "सिम चालू करना", "नया सिम चालू"]), "सिम"),
    ] {
        let mut log = Log::default();
        log.add(&issue, "", 5, 9);
        log.add(&Issue { sayings: ["", "", ""], ..issue }, "", 60, 0);
        let folder = log.folder(CONFIG, "");
        let gaps = json(&folder, "");
        let gap = &gaps["gaps"][0];
        assert_eq!(number(gap, "failed_count"), 9, "{phrase}");
        assert!(gap["question"]["text"].as_str().unwrap().contains(phrase), "{gap:#}");
        let text = folder.run("gaps --store s").ok().stdout;
        assert!(text.contains(phrase), "{text}");
    }
}

/// Everybody says "quick question" and half say "in the rain": neither is what those who fail ask.
#[test]
fn what_everybody_says_is_no_gap() {
    let mut log = Log::default();
    let router =
        ["quick question router blinks", "quick question router rain", "quick question router cable rain"];
    let esim = ["quick question esim", "quick question esim rain", "quick question esim phone"];
    let issue = |sayings| Issue { category: "internet", language: "en", sayings };
    log.add(&issue(router), "", 60, 0);
    log.add(&issue(esim), "", 0, 12);
    let gaps = json(&log.folder(CONFIG, ""), "");
    let phrases: Vec<&str> =
        gaps["gaps"].as_array().unwrap().iter().filter_map(|gap| gap["key_phrases"][0].as_str()).collect();
    assert_eq!(phrases, ["esim"]);
}

#[test]
fn a_store_without_words_says_so() {
    let log = Log { words: Vec::new(), ..planted() };
    let text = log.folder(&format!("{CONFIG}{ARTICLES}"), KNOWLEDGE).run("gaps --store s").ok().stdout;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("There are no words of failed contacts"), "{text}");
}

fn is_empty(cell: &impl ToString) -> bool {
    cell.to_string().is_empty()
}

#[test]
fn the_workbook_and_the_page_have_the_gaps() {
    let folder = with_articles();
    let gaps = json(&folder, "");
    folder.run("report --store s -o report.xlsx").ok();
    let book = Book::read(&folder, "report.xlsx");
    let is_gap =
        |row: &Vec<(String, _)>| row.iter().any(|(name, cell)| name == "Failed contacts" && !is_empty(cell));
    let rows: Vec<_> = book.rows("Gaps").into_iter().filter(is_gap).collect();
    assert_eq!(rows.len(), gaps["gaps"].as_array().unwrap().len());
    let cell = |row: usize, name: &str| rows[row].iter().find(|(it, _)| it == name).unwrap().1.to_string();
    assert_eq!(
        (cell(0, "Failed contacts"), cell(0, "Cost of repeats")),
        ("24".to_string(), "120".to_string())
    );
    assert!(cell(0, "Typical question").contains("esim"), "{rows:?}");
    assert!(book.texts().contains("read it before you write one"), "the sheet says how to read it");
    let articles = book.rows("Articles");
    let finding = |row: usize| articles[row].iter().find(|(it, _)| it == "Finding").unwrap().1.to_string();
    assert_eq!(finding(0), "resolves less than the others");
    assert_eq!(book.rows("Missing languages").len(), 1);
    let page = folder.run("report --store s --format html").ok().stdout;
    assert!(page.contains("\"gaps\":{\"schema\":1"), "the page has no gaps");
}
