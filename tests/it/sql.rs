//! The definitions once more, by somebody who reads DEFINITIONS.md and knows SQL: the blocks of its section "The same
//! in SQL" are taken out of the page and run as they stand, on random logs under random policies, and every number is
//! compared with the report's.

use std::collections::{BTreeMap, BTreeSet};

use recontact::policy::PRESETS;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::program::{Folder, demo_store, number, project, step};

/// What customers say; `detect` tells which of it states a repeat.
const WORDS: [&str; 5] = [
    "this is the third time I call about it",
    "good morning, I would like to know my tariff",
    "I have called about this twice already",
    "I called you about this last week",
    "thanks, that is all",
];
const QUARTER: i64 = 900_000_000;
const DAY: i64 = 96 * QUARTER;
/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000_000;

/// One row of the log.
#[derive(Clone)]
struct Row {
    id: String,
    customer: Option<String>,
    category: Option<&'static str>,
    channel: Option<&'static str>,
    direction: Option<&'static str>,
    status: Option<&'static str>,
    parent: Option<String>,
    started_at: i64,
    ended_at: Option<i64>,
    handle_seconds: Option<i64>,
    updated_at: Option<i64>,
    run: i64,
}

/// A policy in the words of the configuration and in the columns of the table `policy`.
struct Choice {
    text: String,
    window: i64,
    lookback: i64,
    clock: &'static str,
    same: &'static str,
    minimum_seconds: i64,
    observed: Option<(i64, i64)>,
    statuses: Vec<&'static str>,
    directions: Vec<&'static str>,
    customers: Vec<&'static str>,
    channels: Vec<&'static str>,
    ineligible: Vec<&'static str>,
}

fn pick<T: Copy>(random: &mut fastrand::Rng, of: &[T]) -> T {
    of[random.usize(0..of.len())]
}

/// A month of few customers, in whole quarters of an hour and now and then a microsecond more. Every id of the second
/// run may be one of the first.
fn rows(random: &mut fastrand::Rng, count: i64) -> Vec<Row> {
    let more = |random: &mut fastrand::Rng| i64::from(random.u8(0..12) == 0);
    let mut rows: Vec<Row> = Vec::new();
    for number in 0..count {
        let is_again = number > 10 && random.u8(0..25) == 0;
        let id = if is_again { random.i64(0..number) } else { number };
        // A third begins, and some of them end, with a day: so gaps of exactly a window are common, and edges exactly at
        // those of observation, which runs over whole days.
        let on_the_day = random.u8(0..3) == 0;
        let begin = match number {
            0 => BEGIN,
            1 => BEGIN + 30 * DAY,
            _ if on_the_day => BEGIN + random.i64(0..30) * DAY + more(random),
            _ => BEGIN + random.i64(0..30 * 96) * QUARTER + more(random),
        };
        // Rows of one id never start together, so that no content hash decides.
        let started_at = if is_again && begin < BEGIN + 30 * DAY { begin + 100 + number } else { begin };
        let length = if on_the_day { 0 } else { random.i64(0..9) - 1 };
        let ended_at = started_at + length * QUARTER + more(random);
        let parent = match random.u8(0..10) {
            0 => Some(random.i64(0..count).to_string()),
            1 => Some((number - 1).max(0).to_string()),
            2 if number % 3 == 0 => Some("elsewhere".to_string()),
            3 => Some(id.to_string()),
            _ => None,
        };
        rows.push(Row {
            id: id.to_string(),
            customer: match random.i64(0..count / 12) {
                0 => None,
                customer => Some(format!("C{customer}")),
            },
            category: pick(random, &[None, Some("billing"), Some("outage"), Some("сметка"), Some("quiet")]),
            channel: pick(random, &[None, Some("voice"), Some("voice"), Some("Kiosk"), Some("chat")]),
            direction: match random.u8(0..14) {
                0 => Some("outbound"),
                1 => Some("internal"),
                2 => Some("callback"),
                3..8 => None,
                _ => Some("inbound"),
            },
            status: match random.u8(0..16) {
                0 => Some("ignored"),
                1 => Some("abandoned"),
                2 => Some("voicemail"),
                3..8 => None,
                _ => Some("handled"),
            },
            parent: parent.filter(|_| number > 0),
            started_at,
            ended_at: (random.u8(0..3) > 0).then_some(ended_at),
            handle_seconds: (random.u8(0..3) > 0).then(|| random.i64(0..9) * 450),
            // Few different days, so that versions of one id often say the same.
            updated_at: (random.u8(0..2) > 0).then(|| BEGIN + random.i64(0..3) * DAY),
            run: 1 + i64::from(number >= count / 2),
        });
    }
    rows
}

fn choice(random: &mut fastrand::Rng) -> Choice {
    let days = pick(random, &[1, 3, 7]);
    let lookback = pick(random, &[None, None, Some(0), Some(2)]);
    let (clock, same) = (pick(random, &["end", "start"]), pick(random, &["category", "category", "any"]));
    let boundary = pick(random, &["inclusive", "inclusive", "exclusive"]);
    let minimum_seconds = pick(random, &[0, 60]);
    let observed = pick(random, &[None, Some((BEGIN + 2 * DAY, BEGIN + 25 * DAY))]);
    let subset = |random: &mut fastrand::Rng, of: &[&'static str]| -> Vec<&'static str> {
        of.iter().copied().filter(|_| random.u8(0..5) > 0).collect()
    };
    let mut choice = Choice {
        text: String::new(),
        window: days * DAY - i64::from(boundary == "exclusive"),
        lookback: lookback.unwrap_or(days) * DAY,
        clock,
        same,
        minimum_seconds,
        observed,
        statuses: subset(random, &["ignored", "abandoned", "voicemail"]),
        directions: subset(random, &["outbound", "internal", "callback"]),
        customers: subset(random, &["C1", "C2", "none such"]),
        channels: pick(random, &[&[][..], &[][..], &["voice", "Kiosk"][..]]).to_vec(),
        ineligible: pick(random, &[&[][..], &["quiet"][..]]).to_vec(),
    };
    let mut text = format!(
        "[policy]\nwindow = \"{days}d\"\nclock = \"{clock}\"\nsame = \"{same}\"\nboundary = \"{boundary}\"\n\
         minimum_seconds = {minimum_seconds}\nexclude_status = {:?}\nexclude_direction = {:?}\n\
         exclude_customers = {:?}\n",
        choice.statuses, choice.directions, choice.customers
    );
    if let Some(days) = lookback {
        text.push_str(&format!("lookback = \"{days}d\"\n"));
    }
    if !choice.channels.is_empty() {
        text.push_str(&format!("channels = {:?}\n", choice.channels));
    }
    if let Some((from, to)) = observed {
        text.push_str(&format!("observed_from = {}\nobserved_to = {}\n", time(from), time(to)));
    }
    for name in &choice.ineligible {
        text.push_str(&format!("[policy.category.{name}]\neligible = false\n"));
    }
    choice.text = text;
    choice
}

fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap().to_string()
}

fn csv(rows: &[Row], run: i64) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = "interaction_id customer_id category channel direction status parent_id started_at ended_at handle_seconds updated_at";
    writer.write_record(head.split(' ')).unwrap();
    for row in rows.iter().filter(|row| row.run == run) {
        let text = |value: Option<&str>| value.unwrap_or_default().to_string();
        let record = [
            row.id.clone(),
            text(row.customer.as_deref()),
            text(row.category),
            text(row.channel),
            text(row.direction),
            text(row.status),
            text(row.parent.as_deref()),
            time(row.started_at),
            row.ended_at.map(time).unwrap_or_default(),
            row.handle_seconds.map(|it| it.to_string()).unwrap_or_default(),
            row.updated_at.map(time).unwrap_or_default(),
        ];
        writer.write_record(record).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The SQL under a heading of the page.
fn block(heading: &str) -> String {
    let page = std::fs::read_to_string(project().join("DEFINITIONS.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n### {heading}\n")).unwrap_or_else(|| panic!("{heading}"));
    let section = section.split("\n### ").next().unwrap_or_default();
    let (_, sql) = section.split_once("```sql\n").unwrap_or_else(|| panic!("no SQL under {heading}"));
    sql.split("```").next().unwrap_or_default().to_string()
}

/// The page names whatever can be chosen and whatever is counted.
#[test]
fn the_definitions_name_every_key_preset_step_and_number() {
    let page = std::fs::read_to_string(project().join("DEFINITIONS.md")).unwrap();
    let report: Value = Folder::new().run(&format!("report --store {} --format json", demo_store())).json();
    let mut names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    names.extend(report["policy"].as_object().unwrap().keys().map(String::as_str));
    names.extend(report["waterfall"].as_array().unwrap().iter().filter_map(|step| step["step"].as_str()));
    let parts = ["said_done", "denominators", "companions"].map(|part| &report["overall"][part]);
    let agreed = &report["overall"]["agreement"][0];
    for object in [&report, &report["identity"], &report["categories"][0], agreed].into_iter().chain(parts) {
        names.extend(object.as_object().unwrap().keys().map(String::as_str));
    }
    let is_there = |name: &&str| page.contains(&format!("`{name}`")) || page.contains(&format!("`{name} "));
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

/// What each of [`WORDS`] states by the program's own rules: whether a repeat, and the largest number.
fn stated() -> Vec<(bool, Option<i64>)> {
    let folder = Folder::new();
    let lines: Vec<String> = WORDS.iter().map(|text| json!({"text": text}).to_string()).collect();
    let found = folder.run_with("detect", &lines.join("\n")).ok().stdout;
    let of_line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let cues = line["cues"].as_array().unwrap().clone();
        let repeats: Vec<Value> = cues.into_iter().filter(|cue| cue["kind"] == "repeat").collect();
        let numbers = repeats.iter().filter_map(|cue| cue["stated_contacts"].as_i64());
        (!repeats.is_empty(), numbers.max())
    };
    found.lines().map(of_line).collect()
}

/// A database with the functions of mathematics that SQLite may be built without.
fn database() -> Connection {
    let sql = Connection::open_in_memory().unwrap();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    type OfOne = fn(f64) -> f64;
    let one: [(&str, OfOne); 3] = [("exp", f64::exp), ("ln", f64::ln), ("sqrt", f64::sqrt)];
    for (name, function) in one {
        let call = move |it: &rusqlite::functions::Context<'_>| Ok(it.get::<Option<f64>>(0)?.map(function));
        sql.create_scalar_function(name, 1, flags, call).unwrap();
    }
    let power = |it: &rusqlite::functions::Context<'_>| Ok(it.get::<f64>(0)?.powf(it.get::<f64>(1)?));
    sql.create_scalar_function("power", 2, flags, power).unwrap();
    sql
}

/// The tables of the page, filled, and those that it makes of them.
fn filled(
    rows: &[Row],
    spoken: &[(String, usize)],
    stated: &[(bool, Option<i64>)],
    choice: &Choice,
) -> Connection {
    let sql = database();
    sql.execute_batch(&block("Tables in SQL")).unwrap();
    for row in rows {
        let values = params![
            row.id,
            row.customer,
            row.category,
            row.channel,
            row.direction,
            row.status,
            row.parent,
            row.started_at,
            row.ended_at,
            row.handle_seconds,
            row.updated_at,
            row.run
        ];
        sql.execute("insert into log values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values).unwrap();
    }
    for (id, words) in spoken {
        let (is_stated, number) = stated[*words];
        sql.execute("insert into transcript values (?, ?, ?)", params![id, is_stated, number]).unwrap();
    }
    let (from, to) = choice.observed.unzip();
    let values =
        params![choice.window, choice.lookback, choice.clock, choice.same, choice.minimum_seconds, from, to];
    sql.execute("insert into policy values (?, ?, ?, ?, ?, ?, ?)", values).unwrap();
    let lists = [
        ("excluded_status", &choice.statuses),
        ("excluded_direction", &choice.directions),
        ("excluded_customer", &choice.customers),
        ("counted_channel", &choice.channels),
        ("ineligible_category", &choice.ineligible),
    ];
    for (table, names) in lists {
        for name in names {
            sql.execute(&format!("insert into {table} values (?)"), [name]).unwrap();
        }
    }
    for heading in ["The waterfall in SQL", "Contacts in SQL", "Classes in SQL"] {
        sql.execute_batch(&block(heading)).unwrap_or_else(|error| panic!("{heading}: {error}"));
    }
    sql
}

/// The rows of a query, as objects.
fn asked(sql: &Connection, heading: &str) -> Vec<serde_json::Map<String, Value>> {
    let mut query = sql.prepare(&block(heading)).unwrap_or_else(|error| panic!("{heading}: {error}"));
    let names: Vec<String> = query.column_names().into_iter().map(String::from).collect();
    let object = |row: &rusqlite::Row<'_>| {
        let mut object = serde_json::Map::new();
        for (at, name) in names.iter().enumerate() {
            let value = match row.get(at)? {
                Cell::Null => Value::Null,
                Cell::Integer(number) => number.into(),
                Cell::Real(number) => number.into(),
                Cell::Text(text) => text.into(),
                Cell::Blob(_) => unreachable!("no bytes are stored"),
            };
            object.insert(name.clone(), value);
        }
        Ok(object)
    };
    query.query_map([], object).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The same number, or nothing both.
fn is_same(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

/// Compares each category's numbers with those of the report, under `key` where there is one. Categories that SQL does
/// not tell of have none of what `counted` counts.
fn compare(sql: &Connection, heading: &str, report: &Value, key: &str, counted: &str, about: &str) {
    let rows = asked(sql, heading);
    for entry in report["categories"].as_array().unwrap() {
        let found = if key.is_empty() { entry } else { &entry[key] };
        let Some(row) = rows.iter().find(|row| row["category"] == entry["category"]) else {
            let none = &found[counted];
            assert!(
                none.is_null() || none.as_f64() == Some(0.0),
                "{about}, {heading}: {entry} is not in SQL"
            );
            continue;
        };
        for (name, expected) in row.iter().filter(|(name, _)| *name != "category") {
            assert!(found.get(name).is_some(), "{heading}: the report has no {name}");
            let where_at = format!("{about}, {heading}, {}: {name}", entry["category"]);
            assert!(is_same(&found[name], expected), "{where_at} is {}, in SQL {expected}", found[name]);
        }
    }
}

#[test]
fn sql_from_the_definitions_gives_the_numbers_of_the_report() {
    let stated = stated();
    let sorts = [(true, Some(3)), (true, None), (false, None)];
    assert!(sorts.iter().all(|sort| stated.contains(sort)), "{stated:?}");
    let mut reached = BTreeMap::new();
    for seed in [1, 2026] {
        let mut random = fastrand::Rng::with_seed(seed);
        let rows = rows(&mut random, 700);
        let spoken = spoken(&mut random, &rows);
        let folder = store(&rows, &spoken);
        for number in 0..8 {
            let choice = choice(&mut random);
            folder.write("policy.toml", &choice.text);
            let report = folder.run("report --store s --config policy.toml --format json").json();
            let sql = filled(&rows, &spoken, &stated, &choice);
            let about = format!("seed {seed}, policy {number}, {}", choice.text);
            compare_waterfall(&sql, &report, &about);
            compare(&sql, "Counts in SQL", &report, "", "contact_count", &about);
            compare(&sql, "Repeats by chance in SQL", &report, "", "contact_count", &about);
            compare(&sql, "Kaplan–Meier in SQL", &report, "", "km_at_risk_count", &about);
            compare(&sql, "Said and done in SQL", &report, "said_done", "neither", &about);
            compare(&sql, "Denominators in SQL", &report, "denominators", "contact_count", &about);
            note_reached(&report, &mut reached);
        }
    }
    // Nothing was compared only where it is 0.
    let missing: Vec<&str> = reached.iter().filter(|it| *it.1 == 0).map(|it| it.0.as_str()).collect();
    assert_eq!(missing, ["continuation_by_reconnect", "rejected"], "{reached:?}");
}

/// Half of the ids that came, each with something said.
fn spoken(random: &mut fastrand::Rng, rows: &[Row]) -> Vec<(String, usize)> {
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let words = ids.into_iter().map(|id| (id.to_string(), random.usize(0..2 * WORDS.len())));
    words.filter(|(_, words)| *words < WORDS.len()).collect()
}

/// A folder with the rows in a store, read in two runs.
fn store(rows: &[Row], spoken: &[(String, usize)]) -> Folder {
    let folder = Folder::new();
    folder.write("a.csv", csv(rows, 1));
    folder.write("b.csv", csv(rows, 2));
    let line = |(id, words): &(String, usize)| {
        let turns = json!([{"speaker": "customer", "text": WORDS[*words]}]);
        format!("{}\n", json!({"interaction_id": id, "turns": turns}))
    };
    folder.write("words.jsonl", spoken.iter().map(line).collect::<String>());
    folder.run("index a.csv --store s").ok();
    folder.run("index a.csv b.csv words.jsonl --store s").ok();
    folder
}

fn compare_waterfall(sql: &Connection, report: &Value, about: &str) {
    let mut read = 0;
    for row in asked(sql, "Waterfall counts in SQL") {
        let name = row["step"].as_str().unwrap();
        assert_eq!(row["count"], step(report, name), "{about}: {name}");
        read += row["count"].as_u64().unwrap();
    }
    assert_eq!(read, step(report, "read"), "{about}");
    let rows = asked(sql, "Counts in SQL");
    for name in ["repeat", "left_edge", "first", "eligible", "pending"] {
        let counts = rows.iter().map(|row| row[&format!("{name}_count")].as_u64().unwrap());
        assert_eq!(counts.sum::<u64>(), step(report, name), "{about}: {name}");
    }
}

/// Adds up what the logs had, so that no comparison is one of zeros.
fn note_reached(report: &Value, reached: &mut BTreeMap<String, u64>) {
    for step in report["waterfall"].as_array().unwrap() {
        *reached.entry(step["step"].as_str().unwrap().to_string()).or_default() += number(step, "count");
    }
    for (name, value) in report["overall"]["said_done"].as_object().unwrap() {
        if let Some(count) = value.as_u64() {
            *reached.entry(format!("said_done.{name}")).or_default() += count;
        }
    }
    for entry in report["categories"].as_array().unwrap() {
        for name in ["km_fcr_rate", "km_at_risk_count", "resolved_count", "expected_repeat_count"] {
            let is_there = entry[name].as_f64().is_some_and(|it| it > 0.0);
            *reached.entry(name.to_string()).or_default() += u64::from(is_there);
        }
    }
}
