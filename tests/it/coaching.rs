//! `recontact coaching`, and agents that are hidden or have pseudonyms: on logs whose expected failures are worked out by
//! hand.

use std::fmt::Write;
use std::fs::File;

use polars::prelude::{ParquetReader, SerReader};
use recontact::policy::Agents;
use serde_json::Value;

use super::program::{Folder, number};
use super::serve::Server;
use super::xlsx::Book;

/// First contacts of an agent: agent, team, category, how many, and how many of them fail.
type Share<'a> = (&'a str, &'a str, &'a str, u32, u32);

/// A folder with an indexed log of these contacts, each of a customer of its own. Those that fail come back two days later
/// and reach nobody in particular; in the first of each agent's the agent did not know.
fn indexed(shares: &[Share], policy: &str) -> Folder {
    let folder = Folder::new();
    write_log(&folder, shares, policy);
    folder.run("index recontact.toml --store s").ok();
    folder
}

fn write_log(folder: &Folder, shares: &[Share], policy: &str) {
    let mut log = "id,customer,category,channel,agent,team,started_at\n".to_string();
    let mut said = String::new();
    let mut customer = 0;
    for (agent, team, category, count, failed_count) in shares {
        for number in 0..*count {
            customer += 1;
            let mut line = |id: &str, agent: &str, team: &str, day: u32| {
                let cells = [id, &format!("C{customer}"), category, "voice", agent, team];
                let cells: Vec<String> =
                    cells.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
                writeln!(log, "{},2026-02-{day:02}T09:00:00Z", cells.join(",")).unwrap();
            };
            line(&format!("F{customer}"), agent, team, 2 + number % 10);
            if number < *failed_count {
                line(&format!("R{customer}"), "", "", 4 + number % 10);
                let text = "I do not know that, sorry.";
                let turns = format!("[{{\"speaker\": \"agent\", \"text\": \"{text}\"}}]");
                writeln!(
                    said,
                    "{{\"interaction_id\": \"F{customer}\", \"language\": \"en\", \"turns\": {turns}}}"
                )
                .unwrap();
            }
        }
    }
    folder.write("log.csv", log);
    folder.write("said.jsonl", said);
    let config = format!(
        "[policy]\nclock = \"start\"\nlookback = \"1d\"\nobserved_from = 2026-01-01T00:00:00Z\n\
         observed_to = 2026-03-31T12:00:00Z\n{policy}\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
         interaction_id = \"id\"\ncustomer_id = \"customer\"\nagent_id = \"agent\"\n[[source]]\npath = \"said.jsonl\"\n\
         kind = \"transcripts\"\n"
    );
    folder.write("recontact.toml", config);
}

/// Agents of one queue, each with 60 contacts, of which 6 fail.
const AGENTS: [&str; 12] = [
    "agt-ada", "agt-ben", "agt-cay", "agt-dot", "agt-eli", "agt-fay", "agt-gus", "agt-hal", "agt-ivy",
    "agt-joy", "agt-kim", "agt-lee",
];

/// Those and one whose contacts fail five times as often.
fn with_a_bad_one() -> Vec<Share<'static>> {
    let mut shares: Vec<Share> = AGENTS.iter().map(|agent| (*agent, "blue", "billing", 60, 6)).collect();
    shares.push(("agt-max", "red", "billing", 60, 30));
    shares
}

fn coaching(folder: &Folder, arguments: &str) -> Value {
    folder.run(&format!("coaching --store s --format json {arguments}")).json()
}

fn one<'a>(list: &'a Value, name: &str) -> &'a Value {
    let groups = list["groups"].as_array().unwrap();
    groups.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// Half of the contacts of the hard queue fail whoever has them, a tenth of the easy one's. Of cora's 80 hard ones others
/// let 40 fail (40 of 80), of ann's 40 and 40 the same as she has.
#[test]
fn an_agent_of_a_hard_queue_is_not_blamed_though_the_raw_rate_is_the_worst() {
    let shares = [
        ("ann", "t", "hard", 40, 20),
        ("ann", "t", "easy", 40, 4),
        ("bob", "t", "hard", 40, 20),
        ("bob", "t", "easy", 40, 4),
        ("cora", "t", "hard", 80, 40),
        ("dan", "t", "easy", 80, 8),
        ("", "", "easy", 40, 4),
    ];
    let list = coaching(&indexed(&shares, ""), "");
    let cora = one(&list, "cora");
    assert_eq!(cora["fcr_rate"], 0.5, "the worst of all");
    assert_eq!((&cora["expected_failure_count"], &cora["excess_failure_count"]), (&40.0.into(), &0.0.into()));
    assert_eq!(cora["standing"], "not_distinguishable");
    assert_eq!(one(&list, "ann")["expected_failure_count"], 24.0);
    assert_eq!(list["between_sd"], 0.0);
    // 100 of 360 failed: everybody is at 260 ÷ 360.
    assert!((cora["adjusted_rate"].as_f64().unwrap() - 260.0 / 360.0).abs() < 1e-12);
    assert_eq!(
        list["sentence"],
        "No difference between agents beyond chance: all 4 are at the mean of 72.2 %."
    );
    assert_eq!((number(&list, "unattributed_count"), number(&list, "counted_count")), (40, 360));
}

/// Others fail in 6 of 60: 6 are expected of max. v = 102/780 · 678/780 · (60 + 3600/720) ÷ 36 = 0.205240; of each other 8
/// (96 of 720), v = 0.115447. Q = 4² ÷ 0.205240 + 12 · 0.25² ÷ 0.115447 = 84.4, A = (84.4 − 13) ÷ (4.87 + 12 · 8.66).
#[test]
fn one_who_is_truly_worse_stands_out_with_causes_categories_and_words() {
    let folder = indexed(&with_a_bad_one(), "");
    let list = coaching(&folder, "");
    let max = &list["groups"][0];
    assert_eq!((&max["name"], &max["standing"]), (&"agt-max".into(), &"below".into()));
    assert_eq!((&max["expected_failure_count"], &max["ratio"]), (&6.0.into(), &5.0.into()));
    assert!((one(&list, "agt-ada")["expected_failure_count"].as_f64().unwrap() - 8.0).abs() < 1e-12);
    let (v, others) = (0.205_240, 0.115_447);
    let between = (16.0 / v + 12.0 * 0.062_5 / others - 13.0) / (1.0 / v + 12.0 / others);
    let shrunk = 1.0 + 4.0 * between / (between + v);
    assert!((max["shrunk_ratio"].as_f64().unwrap() - shrunk).abs() < 1e-4, "{max} {shrunk}");
    let rate = 1.0 - 102.0 / 780.0 * shrunk;
    assert!((max["adjusted_rate"].as_f64().unwrap() - rate).abs() < 1e-4, "{max} {rate}");
    let standings: Vec<&Value> =
        list["groups"].as_array().unwrap().iter().map(|it| &it["standing"]).collect();
    assert!(standings[1..].iter().all(|it| *it == "not_distinguishable"), "{standings:?}");
    assert_eq!(max["causes"], serde_json::json!([{"cause": "knowledge", "failed_count": 30}]));
    assert_eq!(max["categories"][0]["category"], "billing");
    let quotes = max["quotes"].as_array().unwrap();
    assert_eq!(quotes.len(), 2);
    assert_eq!(quotes[0]["text"], "I do not know that, sorry.");
    assert!(quotes[0]["interaction_id"].as_str().unwrap().starts_with('F'));
    let topic = &list["topics"][0];
    assert_eq!(
        (&topic["team"], &topic["category"], &topic["cause"]),
        (&"red".into(), &"billing".into(), &"knowledge".into())
    );
    assert!(topic["is_clear"].as_bool().unwrap());
    let text = folder.run("coaching --store s").ok().stdout;
    assert!(text.contains("Clearly below the mean of 86.9 %: agt-max ("), "{text}");
    assert!(text.contains("red: billing × knowledge, 30 failed, 6.0 expected"), "{text}");
    assert!(text.contains("“I do not know that, sorry.” (F"), "{text}");
    let sentence = &list["sentence"];
    assert_eq!(
        &folder.run("report --store s --by agent_id --format json").json()["coaching"]["sentence"],
        sentence
    );
    assert!(folder.run("report --store s --by channel --format json").json()["coaching"].is_null());
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut shares = with_a_bad_one();
    let folder = indexed(&shares, "");
    let log = folder.read("log.csv");
    let (header, rows) = log.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    shares.reverse();
    let other = Folder::new();
    write_log(&other, &shares, "");
    other.write("log.csv", format!("{header}\n{}\n", rows.join("\n")));
    other.write("said.jsonl", folder.read("said.jsonl"));
    other.run("index recontact.toml --store s").ok();
    for arguments in ["", "--by team"] {
        assert_eq!(coaching(&folder, arguments)["groups"], coaching(&other, arguments)["groups"]);
    }
}

/// What any command of a store prints, in every format.
fn everything(folder: &Folder, agents: &str, by: &str) -> Vec<(String, String)> {
    let mut said = Vec::new();
    let runs = [
        format!("report --by {by}"),
        format!("report --by {by} --format csv"),
        format!("report --by {by} --format json"),
        format!("report --by {by} --format html"),
        format!("coaching --by {by}"),
        format!("coaching --by {by} --format csv"),
        format!("coaching --by {by} --format json"),
        format!("windows --by {by} --format json"),
        "sweep --format json".to_string(),
        "compare 1 2 --format json".to_string(),
        format!("search know --by {by}"),
        format!("search know --by {by} --format json"),
        format!("search know --by {by} --format csv"),
        "drivers --format json".to_string(),
        "gaps --format json".to_string(),
        "explain F1".to_string(),
        "explain F1 --json".to_string(),
        "explain C1 --as customer --json".to_string(),
    ];
    for arguments in runs {
        let run = folder.run(&format!("{arguments} --store s --agents {agents}")).ok();
        assert!(!run.stdout.is_empty(), "{arguments}");
        said.push((arguments, run.stdout + &run.stderr));
    }
    folder.run(&format!("report --by {by} --store s --agents {agents} -o out.xlsx")).ok();
    said.push(("xlsx".to_string(), Book::read(folder, "out.xlsx").texts()));
    folder.run(&format!("report --store s --agents {agents} -o out.parquet")).ok();
    let columns = ["contact_id", "customer_id", "agent_id", "team", "channel", "category", "cue_rules"];
    let columns = columns.iter().map(ToString::to_string).collect();
    let file = File::open(folder.path().join("out.parquet")).unwrap();
    let frame = ParquetReader::new(file).with_columns(Some(columns)).finish().unwrap();
    let values =
        frame.columns().iter().flat_map(|column| (0..frame.height()).map(|row| column.get(row).unwrap()));
    said.push(("parquet".to_string(), values.map(|value| format!("{value:?} ")).collect()));
    let agents = if agents == "hidden" { Agents::Hidden } else { Agents::Pseudonyms };
    let server = Server::with_agents(&folder.path().join("s"), agents);
    for address in [
        format!("/api/page?by={by}"),
        format!("/api/coaching?by={by}"),
        format!("/api/drivers?by={by}&attribute=agent_id"),
        "/api/coaching".to_string(),
        "/api/drivers".to_string(),
        "/api/gaps".to_string(),
        "/api/search?q=know&by=agent_id".to_string(),
        "/api/contact?id=F1".to_string(),
        "/api/customer?id=C1".to_string(),
        "/api/status".to_string(),
    ] {
        said.push((address.clone(), String::from_utf8(server.get(&address).body).unwrap()));
    }
    said
}

/// A store of two commits, in the second of which an agent is corrected.
fn corrected() -> Folder {
    let folder = indexed(&with_a_bad_one(), "");
    let log = folder.read("log.csv").replacen("agt-ada", "agt-new", 1);
    folder.write("log.csv", log);
    folder.run("index recontact.toml --store s").ok();
    folder
}

#[test]
fn hidden_agents_are_nowhere_in_any_format() {
    let folder = corrected();
    for (what, text) in everything(&folder, "hidden", "team") {
        assert!(!text.contains("agt-") && !text.contains("Agent "), "{what}");
    }
    let error = folder.run("coaching --store s --agents hidden").error();
    assert!(error.contains("the policy hides agents") && error.contains("group by team"), "{error}");
    let error = folder.run("search know --store s --agents hidden --agent agt-max").error();
    assert!(error.contains("no interaction has the agent_id"), "{error}");
}

#[test]
fn pseudonyms_tell_no_agent_in_any_format_and_stay_the_same() {
    let folder = corrected();
    for (what, text) in everything(&folder, "pseudonyms", "agent_id") {
        assert!(!text.contains("agt-"), "{what}");
    }
    let list = coaching(&folder, "--agents pseudonyms");
    let name = list["groups"][0]["name"].as_str().unwrap().to_string();
    assert!(name.starts_with("Agent ") && name.len() == "Agent 7F3A".len(), "{name}");
    assert_eq!(coaching(&folder, "--agents pseudonyms"), list, "stable");
    // Whom the name stands for can be asked under that name, and under no other.
    folder.run("search know --store s --agents pseudonyms --agent agt-max").error();
    let report = folder.run("report --store s --agents pseudonyms --by agent_id --format json").json();
    let groups = report["groups"].as_array().unwrap();
    let max = groups.iter().find(|it| it["key"]["agent_id"] == name.as_str()).unwrap();
    assert_eq!(number(max, "eligible_count") - number(max, "resolved_count"), 30);
    // The eleven who are equal stand in the order of their pseudonyms; the one with a corrected contact comes after them.
    let names: Vec<&str> =
        list["groups"].as_array().unwrap()[1..12].iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let salt = folder.read("s/agent-salt");
    folder.run("index recontact.toml --store s --rebuild").ok();
    assert_eq!(
        (folder.read("s/agent-salt"), &coaching(&folder, "--agents pseudonyms")["groups"][0]["name"]),
        (salt, &name.into())
    );
}

#[test]
fn a_salt_of_the_policy_gives_the_same_names_in_every_store_and_is_never_told() {
    const SALT: &str = "correct-horse-battery";
    let policy = format!("agents = \"pseudonyms\"\nagent_salt = \"{SALT}\"");
    let (one, other) = (indexed(&with_a_bad_one(), &policy), indexed(&with_a_bad_one(), &policy));
    let list = coaching(&one, "");
    assert_eq!(list["groups"], coaching(&other, "")["groups"]);
    assert!(!one.path().join("s/agent-salt").exists());
    for (what, text) in everything_of_policy(&one) {
        assert!(!text.contains(SALT), "{what}");
    }
    let short = indexed_error("agent_salt = \"tell-nobody\"");
    assert!(short.contains("agent_salt") && !short.contains("tell-nobody"), "{short}");
}

fn everything_of_policy(folder: &Folder) -> Vec<(String, String)> {
    let runs = [
        "report --format json",
        "report --format html",
        "report",
        "coaching --format json",
        "sweep --format json",
    ];
    let said = |arguments: &str| folder.run(&format!("{arguments} --store s")).ok().stdout;
    runs.iter().map(|arguments| (arguments.to_string(), said(arguments))).collect()
}

fn indexed_error(policy: &str) -> String {
    let folder = Folder::new();
    write_log(&folder, &[("ann", "t", "easy", 1, 0)], policy);
    folder.run("analyze recontact.toml").error()
}

#[test]
fn names_of_agents_from_outside_do_no_harm() {
    let hostile = "=HYPERLINK(\"http://x\")\u{1b}[31m</script>";
    let mut shares = with_a_bad_one();
    shares[12].0 = hostile;
    let folder = indexed(&shares, "");
    let text = folder.run("coaching --store s").ok().stdout;
    assert!(text.contains("=HYPERLINK") && !text.contains('\u{1b}'), "{text}");
    for arguments in ["coaching", "report --by agent_id"] {
        let csv = folder.run(&format!("{arguments} --store s --format csv")).ok().stdout;
        assert!(csv.contains("'=HYPERLINK") && !csv.contains("\n\"=HYPERLINK"), "{csv}");
    }
    let html = folder.run("report --store s --by agent_id --format html").ok().stdout;
    assert!(!html.contains("[31m</script>") && html.contains("\"coaching\":"));
    folder.run("report --store s --by agent_id -o out.xlsx").ok();
    assert!(Book::read(&folder, "out.xlsx").texts().contains("=HYPERLINK"), "a text, and no formula");
}

#[test]
fn a_workbook_has_the_list_and_the_topics() {
    let folder = indexed(&with_a_bad_one(), "");
    folder.run("report --store s --by agent_id -o out.xlsx").ok();
    let book = Book::read(&folder, "out.xlsx");
    let list = coaching(&folder, "");
    let rows = book.rows("Coaching");
    assert_eq!(rows.len(), 13);
    let cell = |name: &str| rows[0].iter().find(|(it, _)| it == name).unwrap().1.to_string();
    assert_eq!(
        (cell("Agent"), cell("Standing"), cell("Failed")),
        ("agt-max".into(), "below".into(), "30".into())
    );
    let adjusted: f64 = cell("Adjusted FCR").parse().unwrap();
    assert!((adjusted - list["groups"][0]["adjusted_rate"].as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(cell("Quote 1"), "I do not know that, sorry.");
    assert_eq!(book.rows("Topics to train")[0][2].1.to_string(), "knowledge");
}

#[test]
fn nothing_to_compare_is_said() {
    let folder = indexed(&[("ann", "t", "easy", 5, 1)], "");
    assert_eq!(
        coaching(&folder, "")["sentence"],
        "Too few counted contacts to compare any agent with others."
    );
    assert!(folder.run("coaching --store s --by team").ok().stdout.contains("Too few counted contacts"));
}
