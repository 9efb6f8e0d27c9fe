//! `recontact flow`: with which reason customers come back, on logs that are worked by hand.

use calamine::{Data, DataType};
use serde_json::{Value, json};

use super::page::data_of;
use super::program::{Folder, demo_store, number};
use super::xlsx::Book;

/// Window two days, from start to start. 1 fails after 12 hours, in another channel and with another agent. 3 comes back
/// as a payment after a day, 5 after three, which is too late; 7 comes back without a category. 9 fails after two hours,
/// although a contact about something else, 10, came first; 10 comes back as an outage. The window of 12 is still open.
const LOG: &str = "id,customer,category,channel,agent,started_at\n\
                   1,A,billing,voice,g1,2026-01-10T09:00:00Z\n2,A,billing,chat,g2,2026-01-10T21:00:00Z\n\
                   3,B,billing,voice,g1,2026-01-10T09:00:00Z\n4,B,payment,voice,g1,2026-01-11T09:00:00Z\n\
                   5,C,billing,voice,g1,2026-01-10T09:00:00Z\n6,C,payment,voice,g1,2026-01-13T09:00:00Z\n\
                   7,D,payment,voice,g1,2026-01-10T09:00:00Z\n8,D,,voice,g1,2026-01-11T09:00:00Z\n\
                   9,E,outage,voice,g1,2026-01-10T09:00:00Z\n10,E,billing,voice,,2026-01-10T10:00:00Z\n\
                   11,E,outage,voice,,2026-01-10T11:00:00Z\n12,F,outage,voice,g1,2026-02-28T12:00:00Z\n";

const SAID: &str = "{\"interaction_id\": \"4\", \"language\": \"en\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"this \
                    is the second time I am calling about this\"}]}\n";

/// A folder with an indexed log and transcripts, and with lines of the policy.
fn indexed(log: &str, said: &str, policy: &str) -> Folder {
    let config = format!(
        "[policy]\nclock = \"start\"\nwindow = \"2d\"\nobserved_from = 2026-01-01T00:00:00Z\n\
         observed_to = 2026-03-01T00:00:00Z\n{policy}\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
         interaction_id = \"id\"\ncustomer_id = \"customer\"\nagent_id = \"agent\"\n[[source]]\npath = \"said.jsonl\"\n\
         kind = \"transcripts\"\n"
    );
    let folder = Folder::with(&[("log.csv", log), ("said.jsonl", said), ("recontact.toml", &config)]);
    folder.run("index recontact.toml --store s").ok();
    folder
}

fn flow(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("flow --store s --format json {arguments}")).json()
}

/// Counted, same, other, none, arrived.
fn totals(value: &Value) -> [u64; 5] {
    ["counted_count", "same_count", "other_count", "none_count", "arrived_count"]
        .map(|name| number(value, name))
}

fn value(flow: &Value, name: impl Into<Value>) -> &Value {
    let name = name.into();
    let found = flow["values"].as_array().unwrap().iter().find(|it| it["value"] == name);
    found.unwrap_or_else(|| panic!("no value {name}"))
}

/// From, to, how often, how often about the same reason.
fn cells(flow: &Value) -> Vec<Value> {
    let cell = |it: &Value| json!([it["from"], it["to"], it["next_count"], it["same_count"]]);
    flow["cells"].as_array().unwrap().iter().map(cell).collect()
}

#[test]
fn a_dozen_contacts_are_told_as_by_hand() {
    let flow = flow(&indexed(LOG, SAID, ""), "");
    assert_eq!(totals(&flow["overall"]), [9, 2, 3, 4, 3]);
    assert_eq!(totals(value(&flow, "billing")), [4, 1, 2, 1, 0]);
    assert_eq!(totals(value(&flow, "payment")), [3, 0, 1, 2, 1]);
    assert_eq!(totals(value(&flow, "outage")), [1, 1, 0, 0, 1]);
    assert_eq!(totals(value(&flow, Value::Null)), [1, 0, 0, 1, 1]);
    let expected = [
        json!(["billing", "payment", 1, 0]),
        json!(["billing", "outage", 1, 0]),
        json!(["billing", "billing", 1, 1]),
        json!(["payment", null, 1, 0]),
        json!(["outage", "outage", 1, 1]),
    ];
    let found = cells(&flow);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    expected.iter().for_each(|cell| assert!(found.contains(cell), "{cell} in {found:?}"));
    let came_back = flow["cells"].as_array().unwrap().iter().find(|it| it["to"] == "payment").unwrap();
    assert_eq!((number(came_back, "worded_count"), number(came_back, "stated_count")), (1, 1));
    assert_eq!((&came_back["share"], &came_back["median_gap_seconds"]), (&json!(0.25), &json!(86_400.0)));
    // 1 and 9 failed and came back, after 12 hours and 2; nobody knows who took 11.
    let channel = &flow["switches"][0];
    assert_eq!(
        (number(&channel["same"], "return_count"), number(&channel["changed"], "return_count")),
        (1, 1)
    );
    assert_eq!(channel["changed"]["median_gap_seconds"], 43_200.0);
    assert_eq!(number(&channel["changed"], "again_eligible_count"), 1);
    let agent = &flow["switches"][1];
    assert_eq!((number(agent, "unknown_count"), number(&agent["changed"], "return_count")), (1, 1));
    assert_eq!(flow["channel_switches"][0]["from"], "voice");
}

#[test]
fn where_other_categories_are_the_same_reason_they_are_failures() {
    let any = flow(&indexed(LOG, SAID, "same = \"any\""), "");
    // 2, 4, 8, 10 and 11 are repeats, and not counted.
    assert_eq!(totals(&any["overall"]), [6, 4, 0, 2, 3]);
    let found = cells(&any);
    for cell in [json!(["billing", "payment", 1, 1]), json!(["outage", "billing", 1, 1])] {
        assert!(found.contains(&cell), "{cell} in {found:?}");
    }
    let parents = "same = \"parent_category\"\ncategory.billing.parent = \"money\"\ncategory.payment.parent = \"money\"";
    let parent = flow(&indexed(LOG, SAID, parents), "");
    assert_eq!(totals(&parent["overall"]), [8, 3, 2, 3, 3]);
    assert!(cells(&parent).contains(&json!(["billing", "payment", 1, 1])), "{:?}", cells(&parent));
}

#[test]
fn every_failed_contact_of_the_demo_is_on_the_diagonal_and_every_row_adds_up() {
    let folder = Folder::new();
    let of = |command: &str| {
        let policy = "--window 5d --same category --format json";
        folder.run(&format!("{command} --store {} {policy}", demo_store())).json()
    };
    let (flow, report) = (of("flow"), of("report"));
    assert!(report["categories"].as_array().unwrap().len() > 3);
    for entry in report["categories"].as_array().unwrap() {
        let eligible = number(entry, "eligible_count");
        let Some(own) = flow["values"].as_array().unwrap().iter().find(|it| it["value"] == entry["category"])
        else {
            assert_eq!(eligible, 0);
            continue;
        };
        let [counted, same, other, none, _] = totals(own);
        assert_eq!((counted, same), (eligible, eligible - number(entry, "resolved_count")));
        assert_eq!(same + other + none, counted);
        let row = flow["cells"].as_array().unwrap().iter().filter(|it| it["from"] == entry["category"]);
        let diagonal = row.clone().find(|it| it["to"] == it["from"]).map_or(0, |it| number(it, "next_count"));
        assert_eq!(diagonal, same, "{}", entry["category"]);
        assert_eq!(row.map(|it| number(it, "next_count")).sum::<u64>(), same + other);
    }
    let agents = folder.run(&format!("flow --by agent --store {} --format json", demo_store())).json();
    assert_eq!(agents["by"], "agent_id");
    assert!(agents["pairs"].as_array().unwrap().iter().all(|pair| pair["is_miscoding_candidate"] == false));
}

/// Of 60 contacts about `first` 40 come back a day later about `second`; the first ten say that they call again. Of each
/// of four others ten come back about each of the rest, and nobody says so: the 40 about `first` are counted, too.
fn planted(first: &str, second: &str) -> (String, String) {
    let names = [first, second, "c", "d", "e"];
    let mut log = "id,customer,category,channel,agent,started_at\n".to_string();
    let mut said = String::new();
    let mut customer = 0;
    let mut add = |from: &str, to: Option<&str>, says: &str| {
        customer += 1;
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        log.push_str(&format!("{customer}-1,C{customer},{},voice,g,2026-01-10T09:00:00Z\n", quoted(from)));
        if let Some(to) = to {
            log.push_str(&format!("{customer}-2,C{customer},{},voice,g,2026-01-11T09:00:00Z\n", quoted(to)));
            let turn = json!({"speaker": "customer", "text": says});
            said.push_str(&format!(
                "{}\n",
                json!({"interaction_id": format!("{customer}-2"), "language": "en", "turns": [turn]})
            ));
        }
    };
    for at in 0..60 {
        let says = if at < 10 { "this is the second time I am calling about this" } else { "good morning" };
        add(first, (at < 40).then_some(second), says);
    }
    for from in &names[1..] {
        names
            .iter()
            .filter(|to| to != &from)
            .for_each(|to| (0..10).for_each(|_| add(from, Some(to), "hello")));
    }
    (log, said)
}

#[test]
fn a_category_that_comes_back_as_another_is_a_candidate_with_the_customers_words() {
    let (log, said) = planted("billing", "payment");
    let folder = indexed(&log, &said, "");
    let flow = flow(&folder, "");
    let pairs = flow["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    let pair = &pairs[0];
    assert_eq!((&pair["from"], &pair["to"]), (&json!("billing"), &json!("payment")));
    assert_eq!((number(pair, "next_count"), number(pair, "reverse_count")), (40, 10));
    assert_eq!((number(pair, "worded_count"), number(pair, "stated_count")), (40, 10));
    assert_eq!(pair["is_miscoding_candidate"], true);
    let examples = pair["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let id = example["contact_id"].as_str().unwrap();
        assert_eq!(example["next_contact_id"], id.replace("-1", "-2"));
        assert!(example["saying"]["quote"].as_str().unwrap().contains("second time"), "{example}");
    }
    let shown = folder.run("flow --store s").ok().stdout;
    assert!(shown.contains("billing → payment\n  40 of 100 (40.0 %"), "{shown}");
    assert!(
        shown.contains("the records do not tell") && shown.contains("“this is the second time"),
        "{shown}"
    );
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (log, said) = planted("billing", "payment");
    let mut lines: Vec<&str> = log.lines().collect();
    lines[1..].reverse();
    let reversed = lines.join("\n") + "\n";
    for format in ["json", "csv", "terminal"] {
        let of =
            |log: &str| indexed(log, &said, "").run(&format!("flow --store s --format {format}")).ok().stdout;
        assert!(of(&log) == of(&reversed), "{format}");
    }
}

#[test]
fn names_from_the_data_are_safe_in_every_format() {
    let (log, said) = planted("=cmd()\u{1b}[31m", "</script><b>\u{202e}x");
    let folder = indexed(&log, &said, "");
    let shown = folder.run("flow --store s").ok().stdout;
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let csv = folder.run("flow --store s --format csv").ok().stdout;
    assert!(csv.contains("\ncategory,'=cmd()") && !csv.contains("\ncategory,=cmd"), "{csv}");
    assert_eq!(flow(&folder, "")["pairs"][0]["to"], "</script><b>\u{202e}x");
}

#[test]
fn the_page_and_the_workbook_have_the_numbers_of_json() {
    let (log, said) = planted("=billing\u{1b}", "</script>payment");
    let folder = indexed(&log, &said, "");
    let flow = flow(&folder, "");
    folder.run("report --store s -o page.html").ok();
    let data = data_of(&folder.read("page.html"));
    assert!(data["flow"] == flow);
    folder.run("report --store s -o report.xlsx").ok();
    let book = Book::read(&folder, "report.xlsx");
    let name = |name: &Value| name.as_str().unwrap_or("(none)").replace('\u{1b}', "\u{fffd}");
    let of = |row: &[(String, Data)], title: &str| row.iter().find(|it| it.0 == title).unwrap().1.clone();
    let matrix = book.rows("Flow");
    assert_eq!(matrix.len(), flow["values"].as_array().unwrap().len());
    let pairs = book.rows("Flow pairs");
    assert_eq!(pairs.len(), flow["cells"].as_array().unwrap().len());
    // Reading decimals may be off in the last digit.
    let is_same = |cell: Data, value: &Value| match (cell.as_f64(), value.as_f64()) {
        (Some(cell), Some(value)) => (cell - value).abs() < 1e-9,
        (cell, value) => cell == value,
    };
    for (cell, pair) in flow["cells"].as_array().unwrap().iter().zip(&pairs) {
        let (from, to) = (name(&cell["from"]), name(&cell["to"]));
        assert_eq!(
            [of(pair, "First").to_string(), of(pair, "Came back as").to_string()],
            [from.clone(), to.clone()]
        );
        assert!(is_same(of(pair, "Came back so"), &cell["next_count"]));
        assert!(is_same(of(pair, "By chance"), &cell["expected_count"]));
        let row = matrix.iter().find(|row| row[0].1.to_string() == from).unwrap();
        assert!(is_same(of(row, &format!("→ {to}")), &cell["share"]), "{from} → {to}");
    }
    let told = pairs.iter().find(|row| of(row, "More than chance") == "yes").unwrap();
    let told = of(told, "Examples").to_string();
    assert!(told.contains("second time") && told.lines().count() == 3, "{told}");
    assert_eq!(book.rows("Flow switches").len(), 8 + flow["channel_switches"].as_array().unwrap().len());
}

#[test]
fn a_spreadsheet_has_a_line_a_pair() {
    let csv = indexed(LOG, SAID, "").run("flow --store s --format csv").ok().stdout;
    assert!(csv.starts_with("by,from,to,counted_count,next_count,same_count,share,share_low,"), "{csv}");
    assert!(csv.contains("\ncategory,billing,payment,4,1,0,0.25,"), "{csv}");
    assert!(csv.contains("\ncategory,payment,(none),3,1,0,"), "{csv}");
    assert_eq!(csv.lines().count(), 6);
}

#[test]
fn a_store_without_contacts_is_said_to_have_none() {
    let folder = Folder::with(&[("log.csv", "call_id,customer,opened_at\n")]);
    folder.run("index log.csv --store s").ok();
    let shown = folder.run("flow --store s").ok().stdout;
    assert_eq!(shown, "Nothing to look at: the store has no contacts that the FCR rate counts.\n");
    let error = folder.run("flow --store s --by shoe_size").error();
    assert!(error.contains("shoe_size"), "{error}");
}
