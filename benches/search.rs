//! How fast the search index is built from the turns of a store, and how long queries take: 5 thousand and, when
//! `RECONTACT_BENCH_LARGE` is set, 52 thousand contacts (a million turns). Each query is asked many times, in turns with
//! the others, with its filters, counts by category and the words of the first page; what it finds must stay the same.
//! Then a thousand drawn queries, beside other engines, which must find as many turns. With `RECONTACT_BENCH_TURNS` the
//! turns and the queries are written there, for engines that are not to be had here.

mod search_rivals;
#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use recontact::pipeline::{ClassName, Filters, IndexOptions, SearchRequest, Searches, index};
use recontact::policy::Policy;
use recontact::{config, lexicon::Lexicon};
use rusqlite::Connection;
use search_rivals::Asked;

/// How often each query is asked.
const ROUNDS: usize = 20;

/// Rare and common words, phrases, words near each other, operators, beginnings, misheard words, parts of words.
const QUERIES: [&str; 18] = [
    "router",
    "the",
    "\"third time\"",
    "router NEAR reboot",
    "the NEAR/3 time",
    "invoice OR refund OR payment",
    "the -router -invoice",
    "rout*",
    "re*",
    "invoce~",
    "internet~2",
    "Rechnung",
    "трети път",
    "treso reizi",
    "路由器",
    "我 NEAR 电话",
    "\"call you back\" OR \"called me back\"",
    "(call OR phone) NEAR/5 (again OR twice)",
];

fn main() {
    let counts = [5_000].into_iter().chain(std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 52_000));
    counts.for_each(|count| run(count).expect("the bench runs"));
}

fn run(count: u64) -> recontact::Result<()> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    volume::write_files(count, folder.path()).expect("files are written");
    let dir = folder.path().join("store");
    let paths = ["interactions.csv", "transcripts.jsonl"].map(|name| folder.path().join(name));
    let (config, lexicon) = (config::discover(&paths)?, Lexicon::with_user_files(&[])?);
    let options = IndexOptions { no_search: true, ..IndexOptions::default() };
    let (store, _) = index(&config, &lexicon, &dir, options, &|_| {})?;
    let policy = Policy::default();
    let begun = Instant::now();
    drop(store.search_index(&|_| {})?);
    let built = begun.elapsed();
    let begun = Instant::now();
    let searches = Searches::load(&store, &policy, &|what| panic!("{what}"))?;
    let opened = begun.elapsed();
    let (rows, bytes) = (searches.index().row_count(), searches.index().byte_count());
    let texts = texts(&paths[1]);
    let text_bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{count} contacts, {rows} turns, {:.1} MB of text, opened in {} ms",
        text_bytes as f64 / 1e6,
        opened.as_millis()
    );
    let filled = |name: &str, time: Duration, bytes: u64| {
        let (seconds, share) = (time.as_secs_f64(), bytes as f64 / text_bytes as f64);
        let speed = text_bytes as f64 / 1e6 / seconds;
        println!(
            "{name}: filled in {seconds:.2} s ({speed:.1} MB/s), {:.1} MB on the disk, {share:.3} of the text",
            bytes as f64 / 1e6
        );
    };
    filled("recontact, from Parquet", built, bytes);
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for query in QUERIES {
            for is_filtered in [false, true] {
                let request = request(query, is_filtered);
                let begun = Instant::now();
                let page = searches.search(&request)?;
                let name = if is_filtered { format!("{query} (repeats)") } else { query.to_string() };
                times.entry(name.clone()).or_default().push(begun.elapsed());
                let before = found.insert(name, page.match_count);
                assert!(before.is_none_or(|before| before == page.match_count), "{query}");
            }
        }
    }
    for (name, times) in &mut times {
        times.sort_unstable();
        let ms = |at: usize| times[at].as_secs_f64() * 1e3;
        println!("{:8.2} ms median {:8.2} ms least  {:>8} turns  {name}", ms(ROUNDS / 2), ms(0), found[name]);
    }
    say("all queries", times.into_values().flatten().collect());
    let tantivy =
        search_rivals::fill_tantivy(&texts, &folder.path().join("tantivy")).expect("tantivy is filled");
    filled("tantivy", tantivy.time, tantivy.bytes);
    let plain: Vec<String> = texts.iter().map(|text| search_rivals::plain(text)).collect();
    let (fts5, sqlite) =
        search_rivals::fill_fts5(&plain, &folder.path().join("fts5.db")).expect("FTS5 is filled");
    filled("FTS5", fts5.time, fts5.bytes);
    let asked = search_rivals::queries(&texts, 1_000);
    let found = compare(&searches, &sqlite, &asked)?;
    write_turns(&plain, &asked, &found);
    Ok(())
}

/// Asks both engines a thousand queries, each once before it counts. Gives how many turns each finds.
fn compare(searches: &Searches, sqlite: &Connection, asked: &[Asked]) -> recontact::Result<Vec<u64>> {
    let mut times: BTreeMap<&str, [Vec<Duration>; 2]> = BTreeMap::new();
    let (mut counts, mut differ) = (Vec::new(), 0);
    for round in 0..2 {
        for query in asked {
            let begun = Instant::now();
            let page = searches.search(&request(&query.ours, false))?;
            let ours = begun.elapsed();
            let begun = Instant::now();
            let found = search_rivals::ask_fts5(sqlite, &query.fts5).expect("FTS5 understands it");
            let theirs = begun.elapsed();
            if round == 0 {
                counts.push(page.match_count);
                differ += usize::from(found != page.match_count);
                if found != page.match_count {
                    println!("{}: {} turns, FTS5 {found}", query.ours, page.match_count);
                }
                continue;
            }
            for kind in [query.kind, "all"] {
                let [a, b] = times.entry(kind).or_default();
                a.push(ours);
                b.push(theirs);
            }
        }
    }
    println!("{} queries, {differ} of which find another number of turns in FTS5", asked.len());
    for (kind, [ours, theirs]) in times {
        say(&format!("recontact, {kind}"), ours);
        say(&format!("FTS5, {kind}"), theirs);
    }
    Ok(counts)
}

fn say(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let part = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name}: median {:.2} ms, p95 {:.1} ms, longest {:.1} ms", part(0.5), part(0.95), part(1.0));
}

/// The turns, and the queries with what they find, as JSON lines.
fn write_turns(texts: &[String], asked: &[Asked], found: &[u64]) {
    let Some(folder) = std::env::var_os("RECONTACT_BENCH_TURNS").map(PathBuf::from) else { return };
    let turns: Vec<String> = texts.iter().map(|text| serde_json::json!(text).to_string()).collect();
    let query = |(it, found): (&Asked, &u64)| serde_json::json!([it.kind, it.ours, found]).to_string();
    let queries: Vec<String> = asked.iter().zip(found).map(query).collect();
    for (name, lines) in [("turns.jsonl", turns), ("queries.jsonl", queries)] {
        std::fs::write(folder.join(name), lines.join("\n")).expect("turns are written");
    }
}

fn request(query: &str, is_filtered: bool) -> SearchRequest {
    let classes = if is_filtered { vec![ClassName::Repeat] } else { Vec::new() };
    let filters = Filters { classes, ..Filters::default() };
    SearchRequest { query: query.to_string(), filters, by: None, offset: 0, limit: 10 }
}

/// The texts of all turns in a file of transcripts.
fn texts(path: &Path) -> Vec<String> {
    let file = BufReader::new(File::open(path).expect("transcripts were written"));
    let mut texts = Vec::new();
    for line in file.lines() {
        let line = line.expect("transcripts are text");
        let Ok(transcript) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let turns = transcript["turns"].as_array().into_iter().flatten();
        texts.extend(turns.filter_map(|turn| turn["text"].as_str()).map(str::to_string));
    }
    texts
}
