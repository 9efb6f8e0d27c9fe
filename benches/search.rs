//! How fast the search index is built from the turns of a store, and how long queries take: 10 thousand and, when
//! `RECONTACT_BENCH_LARGE` is set, 100 thousand contacts (1.2 million turns). Each query is asked many times, in turns with
//! the others, with its filters, counts by category and the words of the first page; what it finds must stay the same.

#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use recontact::pipeline::{ClassName, Filters, IndexOptions, SearchRequest, Searches, index};
use recontact::policy::Policy;
use recontact::{config, lexicon::Lexicon};

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
    let counts = [10_000].into_iter().chain(std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 100_000));
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
    let text: u64 = text_bytes(&paths[1]);
    println!(
        "{count} contacts, {rows} turns: {:.1} MB of text in {:.2} s ({:.1} MB/s), {:.1} MB on the disk, opened in {} ms",
        text as f64 / 1e6,
        built.as_secs_f64(),
        text as f64 / 1e6 / built.as_secs_f64(),
        bytes as f64 / 1e6,
        opened.as_millis()
    );
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
    let mut all: Vec<Duration> = times.into_values().flatten().collect();
    all.sort_unstable();
    let part = |share: f64| all[((all.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "all queries: median {:.1} ms, p95 {:.1} ms, longest {:.1} ms",
        part(0.5),
        part(0.95),
        part(1.0)
    );
    Ok(())
}

fn request(query: &str, is_filtered: bool) -> SearchRequest {
    let classes = if is_filtered { vec![ClassName::Repeat] } else { Vec::new() };
    let filters = Filters { classes, ..Filters::default() };
    SearchRequest { query: query.to_string(), filters, by: None, offset: 0, limit: 10 }
}

/// Bytes of the texts of turns in a file of transcripts.
fn text_bytes(path: &std::path::Path) -> u64 {
    let text = std::fs::read_to_string(path).expect("transcripts were written");
    let turns = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let bytes = |transcript: serde_json::Value| -> u64 {
        let turns = transcript["turns"].as_array().cloned().unwrap_or_default();
        turns.iter().filter_map(|turn| turn["text"].as_str()).map(|text| text.len() as u64).sum()
    };
    turns.map(bytes).sum()
}
