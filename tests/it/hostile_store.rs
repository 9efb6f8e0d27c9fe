//! A store in which every text means harm, through everything that shows it: nothing runs, nothing is lost.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::browser::Browser;
use super::page::data_of;
use super::program::{Folder, Run, number, run_in};
use super::serve::{Server, listening};
use super::xlsx::Book;

const MARKUP: &str = "<b></script><img src=x onerror=\"window.evil=1\">\u{202e}";
/// A column that is no field, and a file.
const COLUMN: &str = "=<i>\u{202e}";
const FILE: &str = "=1<b><img src=x onerror=\"window.evil=1\">\u{202e}.jsonl";
/// Fields that are texts, but for the ids.
const FIELDS: [&str; 13] = [
    "phone",
    "email",
    "national_id",
    "name",
    "channel",
    "category",
    "subcategory",
    "queue",
    "agent_id",
    "team",
    "disposition",
    "language",
    "article_id",
];
/// In a cell, space around a text is no part of it: tabs and carriage returns begin turns only, which stay as they are.
const BEGINNINGS: [&str; 6] = ["\t=1", "\r=1", "=1", "-1", "\u{2066}", "\0"];

/// What is given for names: of columns and keys of objects, too.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "=1+cmd",
        "+1",
        "-1",
        "@SUM(A1)",
        "\u{202e}gpj",
        "\u{2066}",
        "nul\0",
        "\u{1b}[31m",
        "%24{1}{{data}}",
    ]
    .map(|beginning| format!("{beginning}{MARKUP}"))
    .into();
    names.push("__proto__".to_string());
    names.push(long());
    names
}

fn long() -> String {
    format!("{MARKUP}{}", "x".repeat(100_000))
}

/// A name as a tag of a language, in which `_` is `-`.
fn tag(name: &str) -> String {
    name.replace('_', "-")
}

fn customer(name: &str, at: u32) -> String {
    format!("{name}c{at}")
}

fn contact(name: &str, at: u32, day: u32) -> String {
    format!("{name}c{at} {day}")
}

/// Of each name three customers: two come back after a day, the third does not.
const CONTACTS: [(u32, u32); 5] = [(0, 10), (0, 11), (1, 12), (1, 13), (2, 14)];
/// There to be observed in full.
const OUTER: [(u32, u32); 2] = [(3, 1), (4, 28)];

fn turns(name: &str) -> Vec<String> {
    let said = |beginning: &&str| format!("{beginning}{name} this is the third time I am calling {name}");
    let most = if name == long() { 1 } else { BEGINNINGS.len() };
    BEGINNINGS[..most].iter().map(said).collect()
}

/// A store of them, filled at its first use and then only read.
fn store() -> &'static str {
    static STORE: OnceLock<String> = OnceLock::new();
    STORE.get_or_init(|| {
        let (mut log, mut said) =
            ("{\"interaction_id\": \"<b>\", \"started_at\": \"<b>\"}\n".to_string(), String::new());
        for name in names() {
            let rows = CONTACTS.into_iter().chain(OUTER);
            for (at, day) in rows {
                let id = contact(&name, at, day);
                let mut row = json!({ "interaction_id": id, "customer_id": customer(&name, at), COLUMN: name,
                    "started_at": format!("2026-03-{day:02}T10:00:00Z") });
                for field in FIELDS {
                    // Who has the same number is the same customer.
                    let is_key = ["phone", "email", "national_id"].contains(&field);
                    row[field] = json!(if is_key { customer(&name, at) } else { name.clone() });
                }
                log += &format!("{row}\n");
                let turns: Vec<Value> =
                    turns(&name).iter().map(|text| json!({ "speaker": "customer", "text": text })).collect();
                said += &format!("{}\n", json!({ "interaction_id": id, "turns": turns }));
            }
        }
        let folder = Folder::new();
        folder.write(&format!("log/{FILE}"), log);
        folder.write(&format!("said/{FILE}"), said);
        folder.write(
            "recontact.toml",
            "[[source]]\npath = \"log\"\n[source.fields]\nname = \"name\"\n[[source]]\npath = \"said\"\nkind = \"transcripts\"\n\
             [policy]\nwindow = \"2d\"\nlookback = \"2d\"\ntarget = 0.99\nminimum_count = 1\n",
        );
        let store = format!("{}/hostile-store", env!("CARGO_TARGET_TMPDIR"));
        folder.run(&format!("index recontact.toml --store {store} --rebuild")).ok();
        store
    })
}

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    run_in(folder.path(), &[arguments, &["--store", store()]].concat(), "").ok()
}

fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    items.into_iter().collect()
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn texts(items: &Value, key: &str) -> BTreeSet<String> {
    items.as_array().unwrap().iter().map(|it| it[key].as_str().unwrap().to_string()).collect()
}

#[test]
fn every_answer_has_them_as_they_were() {
    let server = Server::new(Path::new(store()), None);
    let page = server.json("/api/page");
    assert_eq!(texts(&page["report"]["categories"], "category"), set(names()));
    for entry in page["report"]["categories"].as_array().unwrap() {
        assert_eq!((number(entry, "eligible_count"), number(entry, "resolved_count")), (3, 1));
    }
    for name in names() {
        let address = format!("/api/customer?id={}", encoded(&customer(&name, 0)));
        if name == long() {
            // No request that is longer than 64 KiB can be made here.
            let fault = server.fault(&address[..20_000], StatusCode::BAD_REQUEST);
            assert_eq!(fault, "the address is over 16 KiB long: ask for less at once");
            continue;
        }
        let ids = set([contact(&name, 0, 10), contact(&name, 0, 11)]);
        assert_eq!(texts(&server.json(&address)["timeline"], "interaction_id"), ids);
        let told = server.json(&format!("/api/contact?id={}", encoded(&contact(&name, 2, 14))));
        assert_eq!(texts(&told["turns"], "text"), set(turns(&name)));
        for field in FIELDS.into_iter().filter(|it| *it != "phone" && *it != "email" && *it != "national_id")
        {
            let expected = if field == "language" { tag(&name) } else { name.clone() };
            assert_eq!(told["interaction"][field], expected, "{field}");
        }
        assert_eq!(told["interaction"]["extra"][0], json!([COLUMN, name]));
        let html =
            String::from_utf8(server.get(&format!("/?view=category&category={}", encoded(&name))).body)
                .unwrap();
        assert!(!html.contains("onerror"), "the shell holds no data");
    }
}

/// The cells of a table with a header, of which none may begin as a formula does.
fn cells(table: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let is_formula =
        |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let header = reader.headers().unwrap().clone();
    assert!(!header.iter().any(is_formula), "{header:?}");
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        assert!(!record.iter().any(is_formula), "{record:.500?}");
        rows.push(
            header.iter().zip(&record).map(|(name, cell)| (name.to_string(), cell.to_string())).collect(),
        );
    }
    rows
}

fn column(rows: &[Vec<(String, String)>], name: &str) -> BTreeSet<String> {
    rows.iter().map(|row| row.iter().find(|(it, _)| it == name).unwrap().1.clone()).collect()
}

/// A text with the apostrophe that keeps it from being a formula.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[test]
fn csv_has_them_whole_and_none_is_a_formula() {
    let folder = Folder::new();
    let expected = set(names().into_iter().map(guarded));
    let with_all: BTreeSet<String> = expected.iter().cloned().chain(["(all)".to_string()]).collect();
    let table = run(&folder, &["report", "--format", "csv"]).stdout;
    assert_eq!(column(&cells(&table), "category"), with_all);
    let table = run(&folder, &["report", "--format", "csv", "--by", &format!("channel,{COLUMN}")]).stdout;
    assert_eq!(column(&cells(&table), "channel"), with_all);
    // Columns that are no fields are cut at 1,000 bytes.
    let of_column = column(&cells(&table), &format!("'{COLUMN}"));
    assert_eq!(of_column.iter().filter(|it| expected.contains(*it)).count(), names().len() - 1);

    let table = run(&folder, &["search", "calling", "--format", "csv", "--limit", "1000"]).stdout;
    let rows = cells(&table);
    let ids = names().into_iter().flat_map(|name| {
        let rows = CONTACTS.into_iter().chain(OUTER);
        rows.map(|(at, day)| guarded(contact(&name, at, day))).collect::<Vec<_>>()
    });
    assert_eq!(column(&rows, "interaction_id"), set(ids));
    for name in ["category", "channel", "agent_id"] {
        assert_eq!(column(&rows, name), expected, "{name}");
    }
    assert_eq!(column(&rows, "language"), set(names().iter().map(|name| guarded(tag(name)))));
    assert!(column(&rows, "snippet").iter().all(|it| it.contains("calling")));
}

/// A text as a cell of a workbook can hold it: without what XML forbids, and of 32,767 characters at most.
fn in_workbook(text: &str) -> String {
    let clean = text.replace(['\0', '\u{1b}'], "\u{fffd}");
    match clean.encode_utf16().count() {
        ..=32_767 => clean,
        _ => clean.chars().take(32_766).chain(['…']).collect(),
    }
}

#[test]
fn a_workbook_has_them_as_texts_and_cuts_what_no_cell_can_hold() {
    let folder = Folder::new();
    run(&folder, &["report", "-o", "report.xlsx", "--by", &format!("team,{COLUMN}")]);
    let book = Book::read(&folder, "report.xlsx");
    let column = |sheet: &str, name: &str| -> Vec<String> {
        let rows = book.rows(sheet);
        let mut cells: Vec<String> =
            rows.iter().map(|row| row.iter().find(|(it, _)| it == name).unwrap().1.to_string()).collect();
        cells.sort();
        cells
    };
    let expected = set(names().iter().map(|name| in_workbook(name)));
    let with_all: BTreeSet<String> = expected.iter().cloned().chain(["All".to_string()]).collect();
    assert_eq!(set(column("Categories", "Category")), with_all);
    assert_eq!(set(column("Groups", "Team")), with_all);
    let failed = names().into_iter().flat_map(|name| [contact(&name, 0, 10), contact(&name, 1, 12)]);
    let mut failed: Vec<String> = failed.map(|id| in_workbook(&id)).collect();
    failed.sort();
    assert_eq!(column("Failed first contacts", "Contact"), failed);
    for name in ["Category", "Channel", "Team"] {
        assert_eq!(set(column("Failed first contacts", name)), expected, "{name}");
    }
    let tags = set(names().iter().map(|name| in_workbook(&tag(name))));
    assert_eq!(set(column("Failed first contacts", "Language")), tags);
    assert!(column("Failed first contacts", "Quote").iter().all(|it| it.contains("third time")));
}

/// That a page has run nothing, and has no element, also none of a chart, that data asked for.
#[track_caller]
fn is_calm(browser: &mut Browser, what: &str) {
    const MADE: &str = "main img, main script, main i, b > b, [onerror], .js-plotly-plot tspan[style*=bold]";
    let made = browser.value(&format!("document.querySelectorAll({MADE:?}).length"));
    assert_eq!(made, 0, "{what}");
    assert_eq!(browser.value("window.evil === undefined"), true, "{what}");
}

/// The texts of what a selector names.
fn shown(browser: &mut Browser, selector: &str) -> BTreeSet<String> {
    let texts =
        browser.value(&format!("[...document.querySelectorAll({selector:?})].map((it) => it.textContent)"));
    texts.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_string()).collect()
}

#[test]
fn the_file_shows_them_and_runs_none() {
    let folder = Folder::new();
    run(&folder, &["report", "-o", "page.html"]);
    let html = folder.read("page.html");
    assert!(!html.contains("<img src=x") && !html.contains("<b></script>"));
    let data = data_of(&html);
    assert_eq!(texts(&data["report"]["categories"], "category"), set(names()));
    let Some(mut browser) = Browser::start(1200, 900) else { return };
    browser.open(&format!("file://{}", folder.path().join("page.html").display()));
    browser.wait("document.querySelector('#definitions .js-plotly-plot')");
    let with_all = names().into_iter().chain(["All".to_string()]);
    assert_eq!(shown(&mut browser, "#categories tbody td:first-child"), set(with_all));
    assert_eq!(shown(&mut browser, "#details article > h3 bdi"), set(names()));
    let ids = shown(&mut browser, "#stories td:first-child");
    assert!(
        names().iter().all(|name| ids.iter().any(|id| id.starts_with(&format!("{name}c")))),
        "{}",
        ids.len()
    );
    is_calm(&mut browser, "the file");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_dashboard_shows_them_and_runs_none() {
    let Some(mut browser) = Browser::start(400, 900) else { return };
    let origin = listening(Path::new(store()));
    let ready = "!document.querySelector('main').hasAttribute('aria-busy') && document.querySelector('h1')";
    browser.open(&origin);
    browser.wait("document.querySelector('#definitions .js-plotly-plot')");
    let with_all = names().into_iter().chain(["All".to_string()]);
    assert_eq!(shown(&mut browser, "#categories tbody td:first-child"), set(with_all));
    is_calm(&mut browser, "overview");
    // Also one that is too long for an address that a server is asked for.
    browser.click(&long());
    browser.wait(&format!("{ready}.textContent === {:?}", long()));
    is_calm(&mut browser, "the long category");
    for name in names().into_iter().filter(|it| *it != long()) {
        let (own, id) = (encoded(&name), contact(&name, 0, 11));
        for (view, title) in [
            (format!("?view=category&category={own}"), name.clone()),
            (format!("?view=contact&id={}", encoded(&id)), format!("Contact {id}")),
            (
                format!("?view=customer&id={}", encoded(&customer(&name, 0))),
                format!("Customer {}", customer(&name, 0)),
            ),
        ] {
            browser.open(&format!("{origin}{view}"));
            browser.wait(&format!("{ready}.textContent === {title:?}"));
            is_calm(&mut browser, &view);
            let width = browser.value("document.documentElement.scrollWidth");
            assert!(width.as_u64().unwrap() <= 400, "{view}: {width}");
        }
    }
    browser.open(&format!("{origin}?view=search&q=calling"));
    browser.wait(&format!("{ready} && document.querySelector('.hits mark')"));
    let facets = shown(&mut browser, ".found tbody td:first-child");
    assert_eq!(facets, set(names()));
    is_calm(&mut browser, "search");
    assert_eq!(browser.complaints(), [""; 0]);
    // What cannot be asked for is told.
    browser.open(&origin);
    browser.wait("document.querySelector('#details blockquote a')");
    browser.value("[...document.querySelectorAll('#details blockquote a')].find((it) => it.textContent.length > 100000).click()");
    browser.wait("document.querySelector('[role=alert]')");
    assert!(browser.text("[role=alert]").contains("too long"));
}
