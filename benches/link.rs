//! How long linking and scoring take: 10 thousand and 1 million synthetic contacts, 5 million when
//! `RECONTACT_BENCH_LARGE` is set. Reading them is not in it.
//!
//! A fifth as many customers as contacts, the busy ones far busier than the rest, 20 categories, 400 days. Each
//! run checks its counts, so that a fast wrong answer is no result.

use recontact::link::{Input, Links, link};
use recontact::measure::{Scores, score};
use recontact::policy::Policy;

const SECONDS: i64 = 1_000_000;
const DAYS: i64 = 400;
const CATEGORIES: u32 = 20;

fn main() {
    divan::main();
}

fn sizes() -> Vec<usize> {
    let large = std::env::var_os("RECONTACT_BENCH_LARGE").map(|_| 5_000_000);
    [10_000, 1_000_000].into_iter().chain(large).collect()
}

/// The columns of generated contacts.
struct Contacts {
    customer_key: Vec<u64>,
    category: Vec<u32>,
    category_names: Vec<String>,
    started_at: Vec<i64>,
    ended_at: Vec<i64>,
    status: Vec<u8>,
    direction: Vec<u8>,
    parent_key: Vec<u64>,
    interaction_key: Vec<u64>,
}

impl Contacts {
    fn input(&self) -> Input<'_> {
        Input {
            customer_key: &self.customer_key,
            category: &self.category,
            category_names: &self.category_names,
            started_at: &self.started_at,
            ended_at: &self.ended_at,
            status: &self.status,
            direction: &self.direction,
            parent_key: &self.parent_key,
            interaction_key: &self.interaction_key,
            ..Input::default()
        }
    }
}

/// Knuth's 64-bit linear congruential generator, output mixed as in SplitMix64: seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        mix(self.0)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

fn contacts(count: usize) -> Contacts {
    let mut random = Random(42);
    let customers = count as u64 / 5;
    let mut contacts = Contacts {
        customer_key: Vec::with_capacity(count),
        category: Vec::with_capacity(count),
        category_names: (0..=CATEGORIES).map(|code| format!("category {code}")).collect(),
        started_at: Vec::with_capacity(count),
        ended_at: Vec::with_capacity(count),
        status: vec![1; count],
        direction: vec![1; count],
        parent_key: vec![0; count],
        interaction_key: (1..=count as u64).map(mix).collect(),
    };
    for at in 0..count as i64 {
        let (customer, category) = match random.below(4) {
            // A customer who comes back about the same thing, mostly within the window: up to 8 days later.
            0 if at > 0 => {
                let earlier = at as usize - 1 - random.below((at as u64).min(count as u64 / 50)) as usize;
                (contacts.customer_key[earlier], contacts.category[earlier])
            }
            // The lower of two draws: low numbers are frequent, and every number occurs.
            _ => {
                let customer = random.below(customers).min(random.below(customers));
                let category = random.below(CATEGORIES.into()).min(random.below(CATEGORIES.into()));
                (mix(customer + 1), category as u32 + 1)
            }
        };
        // In order of time, as a log is, give or take an hour.
        let start = at * DAYS * 86_400 / count as i64 + random.below(3_600) as i64;
        contacts.customer_key.push(customer);
        contacts.category.push(category);
        contacts.started_at.push(start * SECONDS);
        contacts.ended_at.push((start + 30 + random.below(900) as i64) * SECONDS);
    }
    contacts
}

fn linked(contacts: &Contacts) -> Links {
    link(&contacts.input(), &Policy::two_window(), &|a, b| {
        contacts.interaction_key[a as usize].cmp(&contacts.interaction_key[b as usize])
    })
}

/// Contacts, repeats and eligible first contacts of all groups, as every run must count them.
fn check(count: usize, scores: &[Scores]) {
    let sum = |of: fn(&Scores) -> u64| scores.iter().map(of).sum::<u64>();
    let counts = (sum(|it| it.contact_count), sum(|it| it.repeat_count), sum(|it| it.eligible_count));
    let expected = match count {
        10_000 => (10_000, 2_377, 7_372),
        1_000_000 => (1_000_000, 232_175, 741_361),
        _ => (5_000_000, 1_159_503, 3_708_287),
    };
    assert_eq!(counts, expected);
}

#[divan::bench(args = sizes(), sample_count = 10)]
fn link_alone(bencher: divan::Bencher<'_, '_>, count: usize) {
    let contacts = contacts(count);
    check(count, &score(&linked(&contacts), &contacts.category, CATEGORIES as usize + 1, &[]));
    bencher.bench_local(|| linked(&contacts));
}

#[divan::bench(args = sizes(), sample_count = 10)]
fn link_and_score(bencher: divan::Bencher<'_, '_>, count: usize) {
    let contacts = contacts(count);
    bencher.bench_local(|| {
        let scores = score(&linked(&contacts), &contacts.category, CATEGORIES as usize + 1, &[]);
        check(count, &scores);
        scores
    });
}
