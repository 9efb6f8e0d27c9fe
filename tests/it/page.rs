//! `report -o report.html`: the page's numbers are the report's, also as a browser draws them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::browser::chromium;
use super::program::{Folder, demo_store, number};

/// The page of the demo, and the data that stand in it.
fn page(folder: &Folder, arguments: &str) -> (String, Value) {
    folder.run(&format!("report --store {} -o page.html {arguments}", demo_store())).ok();
    let html = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    let data = data_of(&html);
    (html, data)
}

/// The data that stand in a page.
pub(crate) fn data_of(html: &str) -> Value {
    let (_, data) = html.split_once("id=\"data\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

fn report(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("report --store {} --format json {arguments}", demo_store())).json()
}

/// The sum of a count over the slices that a key selects.
fn sum(data: &Value, count: &str, is_wanted: impl Fn(&Value) -> bool) -> u64 {
    data["slices"].as_array().unwrap().iter().filter(|it| is_wanted(it)).map(|it| number(it, count)).sum()
}

const COUNTS: [&str; 5] =
    ["contact_count", "repeat_count", "eligible_count", "resolved_count", "pending_count"];

#[test]
fn the_page_holds_the_very_report_and_the_very_sweep() {
    let folder = Folder::new();
    for arguments in ["", "--window 3d --by language", "--trend month --same any"] {
        let (_, data) = page(&folder, arguments);
        assert!(data["report"] == report(&folder, arguments), "report {arguments}");
    }
    let (_, data) = page(&folder, "");
    let swept = folder.run(&format!("sweep --store {} --format json", demo_store())).json();
    assert!(data["sweep"] == swept, "sweep");
}

#[test]
fn what_its_filters_add_up_is_what_the_report_counts() {
    let folder = Folder::new();
    let (_, data) = page(&folder, "--trend week");
    let by_channel = report(&folder, "--by channel");
    for count in COUNTS {
        assert_eq!(sum(&data, count, |_| true), number(&data["report"]["overall"], count), "{count}");
        for entry in data["report"]["categories"].as_array().unwrap() {
            assert_eq!(sum(&data, count, |it| it["category"] == entry["category"]), number(entry, count));
        }
        for group in by_channel["groups"].as_array().unwrap() {
            let channel = &group["key"]["channel"];
            assert_eq!(sum(&data, count, |it| &it["channel"] == channel), number(group, count), "{channel}");
        }
        for line in data["report"]["trend"].as_array().unwrap() {
            for period in line["periods"].as_array().unwrap() {
                let is_own = |it: &Value| {
                    it["period"] == period["period"]
                        && (line["is_overall"] == true || it["category"] == line["category"])
                };
                assert_eq!(sum(&data, count, is_own), number(period, count), "{}", period["period"]);
            }
        }
    }
}

#[test]
fn the_places_of_a_category_that_fails_add_up_to_its_failures() {
    let folder = Folder::new();
    let (_, data) = page(&folder, "");
    let places = data["places"].as_array().unwrap();
    let failing: Vec<&Value> = data["report"]["categories"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["verdict"] == "fails" || entry["verdict"] == "at_risk")
        .collect();
    assert!(failing.len() >= 3, "{}", failing.len());
    for entry in failing {
        for dimension in ["channel", "weekday", "hour"] {
            let own = places
                .iter()
                .filter(|it| it["category"] == entry["category"] && it["dimension"] == dimension);
            let sums = own.fold((0, 0), |sums, it| {
                (sums.0 + number(it, "eligible_count"), sums.1 + number(it, "resolved_count"))
            });
            let counts = (number(entry, "eligible_count"), number(entry, "resolved_count"));
            assert_eq!(sums, counts, "{} by {dimension}", entry["category"]);
        }
    }
}

#[test]
fn every_quote_leads_to_the_story_of_its_customer_as_explain_tells_it() {
    let folder = Folder::new();
    let (_, data) = page(&folder, "");
    let mut entries = BTreeMap::new();
    for story in data["stories"].as_array().unwrap() {
        for entry in story["timeline"].as_array().unwrap() {
            let id = entry["interaction_id"].as_str().unwrap();
            assert!(entries.insert(id.to_string(), entry).is_none(), "{id} is told twice");
        }
    }
    let mut quoted = Vec::new();
    for entry in data["report"]["categories"].as_array().unwrap() {
        for idea in entry["evidence"].as_array().into_iter().flatten() {
            let quotes = idea["quotes"].as_array().unwrap().iter();
            quoted.extend(quotes.map(|quote| quote["interaction_id"].as_str().unwrap().to_string()));
        }
    }
    assert!(quoted.len() > 10, "{}", quoted.len());
    assert!(quoted.iter().all(|id| entries.contains_key(id)), "a quote without a story");
    for id in &quoted[..3] {
        let told = folder.run(&format!("explain {id} --store {} --json", demo_store())).json();
        let customer = told["interaction"]["customer_id"].as_str().unwrap().to_string();
        let told =
            folder.run(&format!("explain {customer} --as customer --store {} --json", demo_store())).json();
        for entry in told["timeline"].as_array().unwrap() {
            let id = entry["interaction_id"].as_str().unwrap();
            assert_eq!(Some(&entry), entries.get(id), "{id}");
        }
    }
}

#[test]
fn the_same_store_gives_the_same_page_to_the_byte() {
    let folder = Folder::new();
    let (one, _) = page(&folder, "");
    let (other, _) = page(&folder, "");
    assert!(one == other);
}

/// What a browser makes of the page; none where there is no browser.
fn drawn(path: &Path) -> Option<String> {
    let mut browser = Command::new(chromium()?);
    browser.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]);
    browser.args(["--virtual-time-budget=20000", "--window-size=1200,900"]);
    let output = browser.arg(format!("file://{}", path.display())).output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The texts of the cells of the rows of the table with this caption.
fn cells(dom: &str, caption: &str) -> Vec<Vec<String>> {
    let (_, table) = dom.split_once(&format!("<caption class=\"soft\">{caption}</caption>")).unwrap();
    let body = table.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
    let rows = body.split("</tr>").filter(|row| row.contains("<td"));
    rows.map(|row| row.split("</td>").filter(|cell| cell.contains("<td")).map(text).collect()).collect()
}

/// A cell without its markup.
fn text(cell: &str) -> String {
    let mut out = String::new();
    let mut is_markup = false;
    for character in cell.chars() {
        match character {
            '<' => is_markup = true,
            '>' => is_markup = false,
            other if !is_markup => out.push(other),
            _ => {}
        }
    }
    out.replace("&amp;", "&").replace("&nbsp;", " ")
}

fn percent(rate: &Value) -> String {
    rate.as_f64().map_or("–".to_string(), |rate| format!("{:.1} %", 100.0 * rate))
}

#[test]
fn a_browser_shows_the_numbers_of_the_report() {
    let folder = Folder::new();
    let (_, data) = page(&folder, "");
    let Some(dom) = drawn(&folder.path().join("page.html")) else { return };
    let rows = cells(&dom, "Categories");
    let entries = data["report"]["categories"].as_array().unwrap();
    let shown = entries.iter().filter(|entry| number(entry, "contact_count") > 0);
    let mut compared = 0;
    for entry in shown.chain([&data["report"]["overall"]]) {
        let name = entry.get("category").map_or("All", |name| name.as_str().unwrap_or("(none)"));
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        let digits = |cell: &str| cell.replace(',', "").parse::<u64>().unwrap();
        let failed = number(entry, "eligible_count") - number(entry, "resolved_count");
        assert_eq!(digits(&row[1]), number(entry, "contact_count"), "{name}");
        assert_eq!(digits(&row[2]), number(entry, "repeat_count"), "{name}");
        assert_eq!(digits(&row[3]), number(entry, "eligible_count"), "{name}");
        assert_eq!(digits(&row[4]), failed, "{name}");
        assert_eq!(row[5], percent(&entry["fcr_rate"]), "{name}");
        let (low, high) = (percent(&entry["fcr_low"]), percent(&entry["fcr_high"]));
        assert_eq!(row[6], format!("{}–{high}", low.trim_end_matches(" %")), "{name}");
        compared += 1;
    }
    assert_eq!(compared, rows.len());
    let steps = cells(&dom, "Rows");
    assert_eq!(steps[0], ["read".to_string(), "1,991".to_string()]);
    assert!(dom.contains("main-svg") || dom.contains("js-plotly-plot"), "the charts are drawn");
    for part in ["trend", "days", "said-done", "details", "stories", "definitions", "waterfall", "policy"] {
        assert!(dom.contains(&format!("<section id=\"{part}\">")), "{part}");
    }
}
