//! The parts of the page that commands of their own tell, in a file and live: drivers, coaching, gaps.

use std::path::Path;

use recontact::report::render_page;
use recontact::serve::{ServeOptions, listen};
use serde_json::{Value, json};

use super::browser::Browser;
use super::page::data_of;
use super::program::{Folder, demo_store, number};

/// What the program says of the demo.
fn told(arguments: &str) -> Value {
    Folder::new().run(&format!("{arguments} --store {} --format json", demo_store())).json()
}

/// The data of the demo's page.
fn data(arguments: &str) -> Value {
    let run = Folder::new().run(&format!("report --store {} --format html {arguments}", demo_store())).ok();
    data_of(&run.stdout)
}

/// A browser that shows a page of these data.
fn shown(data: &Value, width: u32) -> Option<(Browser, Folder)> {
    let mut browser = Browser::start(width, 900)?;
    let folder = Folder::new();
    std::fs::write(folder.path().join("page.html"), render_page(data)).unwrap();
    browser.open(&format!("file://{}", folder.path().join("page.html").display()));
    browser.wait("document.querySelector('#categories .js-plotly-plot')");
    Some((browser, folder))
}

/// The texts of the cells of the rows of a table, by its caption.
fn rows(browser: &mut Browser, caption: &str) -> Vec<Vec<String>> {
    let found = browser.value(&format!(
        "[...[...document.querySelectorAll('table')].find((it) => it.caption.textContent === {caption:?}).tBodies[0].rows]
            .map((row) => [...row.cells].map((cell) => cell.textContent))"
    ));
    serde_json::from_value(found).unwrap()
}

/// Chooses the option whose text begins so, in a part of the page.
fn choose(browser: &mut Browser, part: &str, begin: &str) {
    browser.value(&format!(
        "{{ const all = [...document.querySelectorAll('#{part} option')];
            const it = all.find((one) => one.textContent.startsWith({begin:?}));
            it.parentElement.value = it.value; it.parentElement.dispatchEvent(new Event('change')); }}"
    ));
}

fn percent(rate: &Value) -> String {
    rate.as_f64().map_or("–".to_string(), |rate| format!("{:.1} %", 100.0 * rate))
}

fn odds(ratio: &Value) -> String {
    match ratio.as_f64() {
        None => "–".to_string(),
        Some(ratio) if ratio < 0.095 => format!("{ratio:.3}"),
        Some(ratio) if ratio < 9.95 => format!("{ratio:.2}"),
        Some(ratio) => format!("{ratio:.1}"),
    }
}

/// The properties of a group, as the page writes them.
fn properties(group: &Value) -> Vec<Vec<String>> {
    let attributes = group["model"]["attributes"].as_array().unwrap();
    let levels = attributes.iter().flat_map(|attribute| {
        let name = attribute["name"].as_str().unwrap().replace('_', " ");
        attribute["levels"].as_array().unwrap().iter().map(move |level| (name.clone(), level))
    });
    let row = |(name, level): (String, &Value)| {
        let counts = ["failed_count", "resolved_count"].map(|count| number(level, count).to_string());
        let [failed, resolved] = counts;
        vec![
            name,
            level["name"].as_str().unwrap().to_string(),
            failed,
            resolved,
            odds(&level["effect"]["odds_ratio"]),
        ]
    };
    levels.map(row).collect()
}

#[test]
fn the_page_has_the_very_drivers_coaching_and_gaps() {
    for arguments in ["", "--window 3d"] {
        let data = data(&format!("--by agent_id {arguments}"));
        assert!(data["drivers"] == told(&format!("drivers {arguments}")), "drivers {arguments}");
        assert!(data["gaps"] == told(&format!("gaps {arguments}")), "gaps {arguments}");
        let mut list = told(&format!("coaching {arguments}"));
        list.as_object_mut()
            .unwrap()
            .retain(|key, _| !["schema", "policy", "commit_id"].contains(&key.as_str()));
        assert!(data["report"]["coaching"] == list, "coaching {arguments}");
    }
    assert!(data("")["report"]["coaching"].is_null(), "nobody asked for agents");
}

#[test]
fn a_browser_shows_the_terms_and_the_properties_of_everything_and_of_a_category() {
    let data = data("");
    let drivers = &data["drivers"];
    let Some((mut browser, _folder)) = shown(&data, 1200) else { return };
    let overall = &drivers["overall"];
    let count = overall["model"]["attributes"].as_array().unwrap().len();
    assert!(count >= 5, "{count} properties");
    let of_page = |browser: &mut Browser| -> Vec<Vec<String>> {
        let rows = rows(browser, "Properties, adjusted for each other");
        rows.into_iter().map(|row| row[..5].to_vec()).collect()
    };
    assert_eq!(of_page(&mut browser), properties(overall));

    // The terms of whoever tells the most are drawn first, those of others when they are chosen.
    let tables = overall["words"].as_array().unwrap();
    let agents = tables.iter().find(|it| it["language"] == "en" && it["speaker"] == "agent").unwrap();
    let terms = agents["failed_terms"].as_array().unwrap();
    assert!(terms.len() > 2, "{agents}");
    choose(&mut browser, "drivers", "agents (en)");
    let told = rows(&mut browser, "Terms of agents (en)");
    assert_eq!(told.len(), terms.len() + agents["resolved_terms"].as_array().unwrap().len());
    for (row, term) in told.iter().zip(terms) {
        let quote = &term["quotes"][0];
        assert!(row[0].starts_with(term["written"].as_str().unwrap()), "{row:?}");
        assert!(row[0].contains(quote["text"].as_str().unwrap()), "{row:?}");
        assert!(row[0].contains(quote["interaction_id"].as_str().unwrap()), "{row:?}");
        assert_eq!(row[1], "✗ failed");
        let numbers =
            [percent(&term["failed_rate"]), percent(&term["resolved_rate"]), odds(&term["odds_ratio"])];
        assert_eq!(row[2..5], numbers);
    }

    // A category has its own, and where there are too few contacts it says so.
    let group = &drivers["groups"][1];
    let name = group["key"]["category"].as_str().unwrap();
    choose(&mut browser, "drivers", name);
    assert_eq!(of_page(&mut browser), properties(group));
    let text = browser.text("#drivers");
    assert!(text.contains(&format!("{} contacts failed", number(group, "failed_count"))), "{text}");
    assert!(text.contains(&format!("Words: {}.", group["words_notes"][0].as_str().unwrap())), "{text}");
    let thin = group["model"]["left_out"].as_array().unwrap();
    let thin = thin.iter().find(|it| it["reason"].as_str().unwrap().starts_with("too thin")).unwrap();
    assert!(
        text.contains("Too few contacts for: ") && text.contains(thin["name"].as_str().unwrap()),
        "{text}"
    );
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_browser_shows_the_numbers_of_coaching_and_gaps() {
    let data = data("--by agent_id");
    let Some((mut browser, _folder)) = shown(&data, 800) else { return };
    let groups = data["report"]["coaching"]["groups"].as_array().unwrap();
    let judged = groups.iter().filter(|it| it["standing"] != "too_few");
    let shown = rows(&mut browser, "Adjusted FCR by agent");
    assert_eq!(shown.len(), judged.clone().count());
    for (row, one) in shown.iter().zip(judged) {
        assert_eq!(row[0], one["name"].as_str().unwrap());
        assert_eq!(
            row[2..4],
            ["counted_count", "compared_failed_count"].map(|key| number(one, key).to_string())
        );
        assert_eq!(row[6], percent(&one["adjusted_rate"]));
    }
    let few = rows(&mut browser, "Too few contacts, by agent");
    assert_eq!(shown.len() + few.len(), groups.len());
    let gaps = data["gaps"]["gaps"].as_array().unwrap();
    let shown = rows(&mut browser, "Questions that at least three failed contacts share");
    assert_eq!(shown.len(), gaps.len());
    for (row, gap) in shown.iter().zip(gaps) {
        let phrases: Vec<&str> =
            gap["key_phrases"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert!(row[0].starts_with(&phrases.join(" / ")), "{row:?}");
        let counts = ["failed_count", "repeat_count"].map(|key| number(gap, key).to_string());
        assert_eq!(row[3..5], counts);
        assert!(row[5].starts_with(gap["advice"].as_str().unwrap()), "{row:?}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn data_that_are_too_thin_say_so_in_place_of_drivers() {
    let log = "id,customer,started_at,category\n1,A,2026-01-01,Billing\n2,A,2026-01-03,Billing\n3,B,2026-01-02,Billing\n\
               4,C,2026-03-01,Billing\n";
    let folder = Folder::with(&[("log/a.csv", log)]);
    folder.run("index log --store s").ok();
    let data = data_of(&folder.run("report --store s --lookback 0d --format html").ok().stdout);
    let overall = &data["drivers"]["overall"];
    assert_eq!((number(overall, "failed_count"), number(overall, "resolved_count")), (1, 1));
    let Some((mut browser, _folder)) = shown(&data, 400) else { return };
    let text = browser.text("#drivers");
    let refused = overall["model"]["refused"].as_str().unwrap();
    assert!(text.contains(&format!("None can be told, for {refused}.")), "{text}");
    let words = match overall["words_notes"].get(0) {
        Some(note) => format!("Words: {}.", note.as_str().unwrap()),
        None => "No words are known of these contacts".to_string(),
    };
    assert!(text.contains(&words), "{text}");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_page_of_too_many_contacts_tells_the_command_that_finds_the_drivers() {
    let mut data = data("");
    data.as_object_mut().unwrap().shift_remove("drivers").unwrap();
    data["report"]["overall"]["eligible_count"] = json!(250_000);
    let Some((mut browser, _folder)) = shown(&data, 400) else { return };
    let text = browser.text("#drivers");
    assert!(
        text.contains("takes long of 250,000 contacts") && text.contains("recontact drivers tells them"),
        "{text}"
    );
}

const HOSTILE: &str = "<img src=x onerror=alert(1)>&lt;<b>";

/// Makes every text of the data that is told under these keys hostile, and very long.
fn poison(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|it| poison(it, keys)),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                match field {
                    Value::String(text) if keys.contains(&key.as_str()) => {
                        *text = format!("{HOSTILE}{}{text}", "x".repeat(90));
                    }
                    Value::Array(texts) if keys.contains(&key.as_str()) => {
                        texts
                            .iter_mut()
                            .filter(|it| it.is_string())
                            .for_each(|it| *it = json!(format!("{HOSTILE}{it}")));
                    }
                    other => poison(other, keys),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn hostile_words_stay_text_and_push_nothing_off_a_telephone() {
    let mut data = data("--by agent_id");
    let keys = [
        "written",
        "text",
        "title",
        "name",
        "key_phrases",
        "category",
        "team",
        "words_notes",
        "reason",
        "sentence",
    ];
    for part in ["/drivers", "/gaps", "/report/coaching"] {
        poison(data.pointer_mut(part).unwrap(), &keys);
    }
    for width in [400, 800] {
        let Some((mut browser, _folder)) = shown(&data, width) else { return };
        choose(&mut browser, "drivers", "agents (en)");
        assert_eq!(browser.value("document.querySelectorAll('main img, main b b').length"), 0);
        for part in ["drivers", "gaps", "coaching"] {
            let text = browser.value(&format!("document.querySelector('#{part}').textContent"));
            assert!(text.as_str().unwrap().contains(HOSTILE), "{part}");
        }
        let wide = browser.value("document.documentElement.scrollWidth");
        assert!(wide.as_u64().unwrap() <= u64::from(width), "{wide} of {width}");
        assert_eq!(browser.complaints(), [""; 0]);
    }
}

#[test]
fn the_live_page_compares_agents_and_finds_drivers_and_gaps_when_asked() {
    let Some(mut browser) = Browser::start(1200, 900) else { return };
    let origin = super::serve::listening(Path::new(demo_store()));
    browser.open(&format!("{origin}?window=3d"));
    browser.wait("document.querySelector('#coaching table')");
    let list = told("coaching --window 3d");
    assert_eq!(
        rows(&mut browser, "Adjusted FCR by agent")[0][0],
        list["groups"][0]["name"].as_str().unwrap()
    );
    browser.write("coached", "team");
    browser.wait(
        "document.querySelector('#coaching').textContent.includes('Each line is the FCR rate of one team')",
    );
    let sentence = told("coaching --by team --window 3d")["sentence"].as_str().unwrap().to_string();
    assert!(browser.text("#coaching").contains(&sentence), "{sentence}");

    assert_eq!(browser.value("document.querySelector('#drivers table, #gaps table')"), Value::Null);
    browser.click("Find drivers");
    browser.wait("document.querySelector('#drivers .js-plotly-plot')");
    let drivers = told("drivers --window 3d");
    let told_rows = rows(&mut browser, "Properties, adjusted for each other");
    let told_rows: Vec<Vec<String>> = told_rows.into_iter().map(|row| row[..5].to_vec()).collect();
    assert_eq!(told_rows, properties(&drivers["overall"]));
    browser.click("Find gaps");
    browser.wait("document.querySelector('#gaps table')");
    let gaps = told("gaps --window 3d");
    assert_eq!(
        rows(&mut browser, "Questions that at least three failed contacts share").len(),
        gaps["gaps"].as_array().unwrap().len()
    );

    // Who comes back need not ask again; another window is another question.
    browser.click("Search");
    browser.wait("document.querySelector('form.search')");
    browser.value("history.back()");
    browser
        .wait("document.querySelector('#drivers .js-plotly-plot') && document.querySelector('#gaps table')");
    browser.write("window", "7d");
    browser.wait("location.search === '?window=7d' && document.querySelector('#drivers button') && !document.querySelector('#drivers table')");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_live_page_of_hidden_agents_compares_teams_alone() {
    let Some(mut browser) = Browser::start(400, 900) else { return };
    let agents = Some(recontact::policy::Agents::Hidden);
    let options = ServeOptions { store: demo_store().into(), agents, ..ServeOptions::default() };
    let (tell, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || listen(options, "127.0.0.1:0".parse().unwrap(), |it| tell.send(it).unwrap()));
    browser.open(&format!("http://{}/", address.recv().unwrap()));
    browser.wait("document.querySelector('#coaching table')");
    assert_eq!(browser.value("document.querySelector('[name=coached]')"), Value::Null);
    assert!(browser.text("#coaching").contains("the FCR rate of one team"));
    let wide = browser.value("document.documentElement.scrollWidth");
    assert!(wide.as_u64().unwrap() <= 400, "{wide}");
    assert_eq!(browser.complaints(), [""; 0]);
}
