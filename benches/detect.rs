//! How fast cues are found in dialogue of four languages on one core, beside what a user would take instead: a regular
//! expression of nine plain wordings, which is fast and finds those nine only. And a worst case, which must not be
//! slower than linear.

#[allow(dead_code)] // the other benches use the rest of it
mod volume;

use divan::counter::BytesCount;
use recontact::detect::{Detector, Scratch};
use recontact::interaction::Speaker;
use recontact::lexicon::Lexicon;

fn main() {
    divan::main();
}

/// Contacts whose dialogues are read; a million of them when `RECONTACT_BENCH_LARGE` is set.
fn sizes() -> Vec<u64> {
    [10_000].into_iter().chain(std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 1_000_000)).collect()
}

/// Turns of generated dialogues, with the number of turns that state an earlier contact.
fn dialogue(count: u64) -> (Vec<String>, usize) {
    let mut texts = Vec::new();
    let mut stated = 0;
    for contact in volume::contacts(count) {
        stated += usize::from(contact.is_stated);
        texts.extend(volume::turns(&contact).1);
    }
    (texts, stated)
}

fn bytes(texts: &[String]) -> BytesCount {
    BytesCount::new(texts.iter().map(String::len).sum::<usize>())
}

fn detector() -> Detector {
    let lexicon = Lexicon::with_user_files(&[]).expect("the built-in lexicons load");
    Detector::new(&lexicon).expect("the built-in lexicons compile")
}

fn found(detector: &Detector, texts: &[String]) -> usize {
    let mut scratch = Scratch::default();
    texts.iter().filter(|text| !detector.cues(text, Speaker::Customer, &mut scratch).is_empty()).count()
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn all_lexicons_on_dialogue(bencher: divan::Bencher, count: u64) {
    let (texts, stated) = dialogue(count);
    let detector = detector();
    bencher.counter(bytes(&texts)).bench(|| {
        let found = found(&detector, &texts);
        // Every planted statement is found; the plain sentences state nothing.
        assert_eq!(found, stated);
    });
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn regular_expression_of_the_same_statements(bencher: divan::Bencher, count: u64) {
    let (texts, stated) = dialogue(count);
    let pattern = regex::Regex::new(
        "(?i)third time i am calling|called you twice already|still no reply|第三次打电话|到现在也没有人联系我|\
         zvanu jau trešo reizi|neviens neatzvanīja|за трети път ви звъня|никой не се обади",
    )
    .expect("a valid expression");
    bencher.counter(bytes(&texts)).bench(|| {
        assert_eq!(texts.iter().filter(|text| pattern.is_match(text)).count(), stated);
    });
}

#[divan::bench(args = [100_000, 1_000_000], sample_count = 5)]
fn one_turn_of_near_misses(bencher: divan::Bencher, size: usize) {
    let text = "i have called again and again and again you said ".repeat(size / 49);
    let detector = detector();
    let texts = [text];
    bencher.counter(bytes(&texts)).bench(|| found(&detector, &texts));
}
