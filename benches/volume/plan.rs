//! Who contacts the centre, when, about what and how often: rows in the order of time, with a small memory.
//!
//! A year, day by day. A day has as many contacts as its weekday deserves: those that come back from days before, and
//! new ones. What is yet to come (returning customers, corrected rows) waits in a heap of a few days' size.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use fastrand::Rng;

const DAYS: i64 = 365;
pub(super) const DAY_SECONDS: i64 = 86_400;
/// 2025-01-01T00:00:00Z, a Wednesday.
const FIRST_SECOND: i64 = 1_735_689_600;
/// How busy the days of a week are, from Wednesday.
const WEEK: [f64; 7] = [1.05, 1.0, 1.05, 0.6, 0.4, 1.4, 1.2];
/// How busy the hours of a day are: two humps.
const HOURS: [u32; 24] =
    [1, 1, 1, 1, 1, 2, 4, 10, 30, 60, 80, 75, 50, 45, 60, 75, 80, 70, 50, 35, 20, 12, 6, 3];
/// On which day after a contact its customer comes back, in shares of 17.
const DELAYS: [u32; 6] = [2, 5, 4, 3, 2, 1];
pub(super) const CATEGORIES: usize = 24;

/// One generated contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Contact {
    /// Its number, from 0, in the order of time.
    pub(crate) number: u64,
    /// Customer number; small ones are frequent.
    pub(crate) customer: u64,
    /// Index of the category; small ones are frequent.
    pub(crate) category: usize,
    /// Seconds since 1970.
    pub(crate) started: i64,
    /// Seconds of handling.
    pub(crate) handled: i64,
    /// How many contacts about the same came before it.
    pub(crate) earlier: u32,
    /// What became of it.
    pub(crate) kind: Kind,
    /// Whether the dialogue states an earlier contact.
    pub(crate) is_stated: bool,
    /// What is wrong with its row.
    pub(crate) flaw: Option<Flaw>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Inbound,
    Abandoned,
    Outbound,
    Internal,
}

/// A row has one flaw at most, so that the counts of flaws add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flaw {
    UnreadableDate,
    WithoutId,
    Duplicate,
    Corrected,
    OddHandleTime,
}

impl Contact {
    fn new(number: u64, customer: u64, category: usize, started: i64, earlier: u32) -> Contact {
        let mut rng = seeded(number, 1);
        let kind = match rng.u32(0..100) {
            0..4 => Kind::Abandoned,
            4..6 => Kind::Outbound,
            6 => Kind::Internal,
            _ => Kind::Inbound,
        };
        let flaw = match rng.u32(0..10_000) {
            0..2 => Some(Flaw::UnreadableDate),
            2 => Some(Flaw::WithoutId),
            3..13 => Some(Flaw::Duplicate),
            13..23 => Some(Flaw::Corrected),
            23..28 => Some(Flaw::OddHandleTime),
            _ => None,
        };
        let stated = rng.f64() < if earlier > 0 { 0.12 } else { 0.01 };
        let handled = if kind == Kind::Abandoned { 0 } else { 60 + (rng.f64() * rng.f64() * 2_400.0) as i64 };
        let is_stated = stated && kind != Kind::Abandoned;
        Contact { number, customer, category, started, handled, earlier, kind, is_stated, flaw }
    }
}

/// A generator of one thing about one contact, independent of every other.
pub(super) fn seeded(number: u64, thing: u64) -> Rng {
    Rng::with_seed(mixed(number.wrapping_mul(8) + thing))
}

/// The number well mixed (SplitMix64).
pub(super) fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(20_260_501).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A row of the file of interactions.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) contact: Contact,
    /// Days since 1970 on which it is written.
    pub(super) day: i64,
    /// Whether a row of the contact was written before.
    pub(super) is_correction: bool,
}

/// What waits for its moment; the earliest comes first, and of those in one second the one that was planned first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    at: i64,
    order: u64,
    what: What,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Call { customer: u64, category: usize, earlier: u32 },
    Correction(Contact),
}

/// The rows of `count` contacts.
pub(super) struct Plan {
    rng: Rng,
    count: u64,
    number: u64,
    /// Days that have begun.
    day: i64,
    /// Contacts that customers will come back with, by day.
    returning: Vec<u64>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    order: u64,
}

impl Plan {
    pub(super) fn new(count: u64) -> Plan {
        let returning = vec![0; DAYS as usize + DELAYS.len() + 2];
        Plan {
            rng: Rng::with_seed(20_260_501),
            count,
            number: 0,
            day: 0,
            returning,
            waiting: BinaryHeap::new(),
            order: 0,
        }
    }

    fn wait(&mut self, at: i64, what: What) {
        self.order += 1;
        self.waiting.push(Reverse(Waiting { at, order: self.order, what }));
    }

    /// Plans the new contacts of the next day, as many as the contacts so far and the returning ones leave open.
    fn begin_day(&mut self) {
        let begins = FIRST_SECOND + self.day * DAY_SECONDS;
        self.day += 1;
        let weight = |days: i64| (0..days).map(|day| WEEK[day as usize % 7]).sum::<f64>();
        let due = (self.count as f64 * weight(self.day) / weight(DAYS)).round() as u64;
        let new = due.saturating_sub(self.number + self.returning[self.day as usize - 1]);
        for _ in 0..new {
            let at = begins + second_of_day(&mut self.rng);
            let customer = customer(&mut self.rng, (self.count / 4).max(1));
            let category = category(&mut self.rng);
            self.wait(at, What::Call { customer, category, earlier: 0 });
        }
    }

    fn call(&mut self, started: i64, customer: u64, category: usize, earlier: u32) -> Contact {
        let contact = Contact::new(self.number, customer, category, started, earlier);
        self.number += 1;
        // 12 to 28 % of the contacts of a category come back, 20 % on average.
        if self.rng.usize(0..100) < 12 + category * 7 % 5 * 4 {
            let at = self.back_at(started);
            self.returning[((at - FIRST_SECOND) / DAY_SECONDS) as usize] += 1;
            self.wait(at, What::Call { customer, category, earlier: earlier + 1 });
        }
        if contact.flaw == Some(Flaw::Corrected) {
            let last = FIRST_SECOND + DAYS * DAY_SECONDS - 1;
            let at = (started + self.rng.i64(DAY_SECONDS..3 * DAY_SECONDS)).min(last);
            self.wait(at, What::Correction(corrected(&contact)));
        }
        contact
    }

    fn back_at(&mut self, started: i64) -> i64 {
        match pick(&mut self.rng, &DELAYS) as i64 {
            0 => started + self.rng.i64(1_800..5 * 3_600),
            days => started - started % DAY_SECONDS + days * DAY_SECONDS + second_of_day(&mut self.rng),
        }
    }
}

impl Iterator for Plan {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            let end = FIRST_SECOND + self.day * DAY_SECONDS;
            match self.waiting.peek() {
                Some(Reverse(next)) if next.at < end => {}
                _ if self.day < DAYS => {
                    self.begin_day();
                    continue;
                }
                _ => return None,
            }
            let Reverse(Waiting { at, what, .. }) = self.waiting.pop()?;
            let day = at / DAY_SECONDS;
            match what {
                What::Correction(contact) => return Some(Row { contact, day, is_correction: true }),
                What::Call { customer, category, earlier } if self.number < self.count => {
                    let contact = self.call(at, customer, category, earlier);
                    return Some(Row { contact, day, is_correction: false });
                }
                // Those who come back on the last day when all contacts are there.
                What::Call { .. } => {}
            }
        }
    }
}

/// The contact as somebody corrected it: another category or another handle time.
fn corrected(contact: &Contact) -> Contact {
    let mut corrected = contact.clone();
    if contact.number.is_multiple_of(2) {
        corrected.category = (contact.category + 1) % CATEGORIES;
    } else {
        corrected.handled += 45;
    }
    corrected
}

/// The index of a weight, as often as the weight says.
pub(super) fn pick(rng: &mut Rng, weights: &[u32]) -> usize {
    let mut left = rng.u32(0..weights.iter().sum());
    let is_it = |weight: &u32| {
        let is_it = left < *weight;
        left = left.wrapping_sub(*weight);
        is_it
    };
    weights.iter().position(is_it).unwrap_or(0)
}

fn second_of_day(rng: &mut Rng) -> i64 {
    pick(rng, &HOURS) as i64 * 3_600 + rng.i64(0..3_600)
}

/// A rank below `count`, distributed by Zipf's law with exponent 1.
pub(super) fn zipf(rng: &mut Rng, count: usize) -> usize {
    let rank = ((count + 1) as f32).powf(rng.f32()) - 1.0;
    (rank as usize).min(count - 1)
}

fn category(rng: &mut Rng) -> usize {
    zipf(rng, CATEGORIES)
}

/// A customer, distributed by the law of Zipf and Mandelbrot with exponent 0.8 by its inverse. The shift keeps the
/// busiest one at some thousands of contacts among ten million.
fn customer(rng: &mut Rng, count: u64) -> u64 {
    const SHIFT: f64 = 50.0;
    let low = SHIFT.powf(0.2);
    let high = (count as f64 + SHIFT).powf(0.2);
    let rank = (low + rng.f64() * (high - low)).powi(5) - SHIFT;
    (rank as u64).min(count - 1)
}

/// A day since 1970 as `2025-12-31` (Hinnant's algorithm).
pub(super) fn date(day: i64) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{:02}", of_year - (153 * shifted_month + 2) / 5 + 1)
}
