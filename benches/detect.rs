//! How fast cues are found on one core: in dialogue, where most turns state nothing; in sentences of all languages half
//! of which state something; and in texts made to be slow, which must not be slower than linear. Beside it what a
//! user would take instead: a regular expression of nine plain wordings, which is fast and finds those nine only.
//!
//! `RECONTACT_BENCH_TEXTS=FILE` adds a file of JSON lines (`{"text": …}`), read as contacts of one turn each.

#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use std::sync::LazyLock;

use divan::counter::BytesCount;
use recontact::detect::{Cue, Detector, Scratch, Utterance};
use recontact::interaction::Speaker;
use recontact::lexicon::{Lexicon, REPEAT};
use serde_json::Value;

fn main() {
    divan::main();
}

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::with_user_files(&[]).expect("the built-in lexicons load"));

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&LEXICON).expect("the built-in lexicons compile"));

/// A contact: its declared language and its turns.
type Contact = (Option<String>, Vec<(Speaker, String)>);

fn bytes(contacts: &[Contact]) -> BytesCount {
    BytesCount::new(contacts.iter().flat_map(|(_, turns)| turns).map(|(_, text)| text.len()).sum::<usize>())
}

/// Contacts with a stated repeat, by a thread that has read them before.
fn found(contacts: &[Contact], scratch: &mut Scratch) -> usize {
    let mut count = 0;
    for (language, turns) in contacts {
        let turns: Vec<Utterance> =
            turns.iter().map(|(speaker, text)| Utterance { speaker: *speaker, text }).collect();
        let heard = DETECTOR.contact(&turns, language.as_deref(), scratch);
        let is_repeat = |cue: &Cue| LEXICON.rule(cue.rule).kind == REPEAT;
        count += usize::from(heard.turns.iter().flatten().any(is_repeat));
    }
    count
}

fn bench(bencher: divan::Bencher, contacts: &[Contact], expected: std::ops::RangeInclusive<usize>) {
    let mut scratch = Scratch::default();
    let first = found(contacts, &mut scratch);
    assert!(expected.contains(&first), "{first} of {} contacts", contacts.len());
    bencher.counter(bytes(contacts)).bench_local(|| assert_eq!(found(contacts, &mut scratch), first));
}

/// Dialogues of the generator, with the number of those that state an earlier contact.
fn generated(count: u64) -> (Vec<Contact>, usize) {
    let contacts: Vec<_> = volume::contacts(count).collect();
    let stated = contacts.iter().filter(|contact| contact.is_stated).count();
    let speaker = |is_agent| if is_agent { Speaker::Agent } else { Speaker::Customer };
    let dialogue = |contact| {
        let dialogue = volume::dialogue(contact);
        let turns = dialogue.turns.into_iter().map(|turn| (speaker(turn.is_agent), turn.text));
        (dialogue.declared.map(str::to_string), turns.collect())
    };
    (contacts.iter().map(dialogue).collect(), stated)
}

/// The dialogues of the demo, with or without their declared language.
fn demo(is_declared: bool) -> Vec<Contact> {
    let text = std::fs::read_to_string("fixtures/demo/transcripts.jsonl").expect("the demo is there");
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let contact = |line: Value| {
        let turn = |turn: &Value| {
            let speaker = if turn["speaker"] == "agent" { Speaker::Agent } else { Speaker::Customer };
            (speaker, turn["text"].as_str().unwrap_or_default().to_string())
        };
        let language = line["language"].as_str().filter(|_| is_declared).map(str::to_string);
        (language, line["turns"].as_array().into_iter().flatten().map(turn).collect())
    };
    lines.map(contact).collect()
}

/// Texts of a file of JSON lines, each a contact.
fn texts(path: &std::path::Path, is_declared: bool) -> Vec<Contact> {
    let text = std::fs::read_to_string(path).expect("the file is there");
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let contact = |line: Value| {
        let language = line["lang"].as_str().filter(|_| is_declared).map(str::to_string);
        (language, vec![(Speaker::Customer, line["text"].as_str().unwrap_or_default().to_string())])
    };
    lines.map(contact).collect()
}

fn labelled(is_declared: bool) -> Vec<Contact> {
    let mut files: Vec<_> =
        std::fs::read_dir("fixtures/labelled").expect("the fixtures are there").flatten().collect();
    files.sort_by_key(std::fs::DirEntry::path);
    let files = files
        .iter()
        .map(std::fs::DirEntry::path)
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.flat_map(|path| texts(&path, is_declared)).collect()
}

#[divan::bench(sample_count = 10)]
fn generated_dialogue(bencher: divan::Bencher) {
    let (contacts, stated) = generated(10_000);
    // Hardly a planted statement is missed, though speech runs sentences into each other without a stop; of the
    // dialogues without one, less than one in a hundred seems to have one.
    bench(bencher, &contacts, stated - stated / 25..=stated + contacts.len() / 100);
}

#[divan::bench(sample_count = 10, args = [true, false])]
fn demo_dialogue_declared(bencher: divan::Bencher, is_declared: bool) {
    bench(bencher, &demo(is_declared), 150..=250);
}

#[divan::bench(sample_count = 10, args = [true, false])]
fn dense_sentences_of_all_languages_declared(bencher: divan::Bencher, is_declared: bool) {
    let contacts = labelled(is_declared);
    bench(bencher, &contacts, contacts.len() * 2 / 5..=contacts.len() * 3 / 5);
}

#[divan::bench(sample_count = 10)]
fn texts_of_your_own(bencher: divan::Bencher) {
    if let Some(path) = std::env::var_os("RECONTACT_BENCH_TEXTS") {
        bench(bencher, &texts(path.as_ref(), false), 0..=usize::MAX);
    }
}

#[divan::bench(sample_count = 10)]
fn regular_expression_of_nine_statements(bencher: divan::Bencher) {
    let (contacts, stated) = generated(10_000);
    let pattern = regex::Regex::new(
        "(?i)time i am calling|nobody called me back|still no reply|第.次打电话|没有人给我回电话|\
         jums zvanu jau|neviens man neatzvanīja|път ви звъня|никой не ми върна обаждането",
    )
    .expect("a valid expression");
    let found = || {
        let is_found = |(_, turns): &&Contact| turns.iter().any(|(_, text)| pattern.is_match(text));
        contacts.iter().filter(is_found).count()
    };
    // Nine wordings are some of those that are planted, and nothing else.
    let first = found();
    assert!((stated / 10..stated).contains(&first), "{first} of {stated}");
    bencher.counter(bytes(&contacts)).bench_local(|| assert_eq!(found(), first));
}

/// Texts made to be slow, of two sizes: ten times the text must not take much more than ten times as long.
#[divan::bench(sample_count = 3, args = worst_cases())]
fn worst_case(bencher: divan::Bencher, (unit, size): (&'static str, usize)) {
    let text = unit.repeat(size / unit.len());
    bench(bencher, &[(None, vec![(Speaker::Customer, text)])], 0..=1);
}

fn worst_cases() -> impl Iterator<Item = (&'static str, usize)> {
    let units = [
        "again and again ",
        "i have called again and again and again you said ",
        "a",
        "i i i ",
        "the third time the third time i ",
        "第三次第三次打",
        "jau jau trešo ",
        "i called you and nobody has the router again about my open number still not working said last week ",
    ];
    units.into_iter().flat_map(|unit| [(unit, 1_000_000), (unit, 10_000_000)])
}
