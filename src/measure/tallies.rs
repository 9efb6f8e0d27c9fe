//! Every count of a scorecard in one pass over the rows and one over the chained contacts, a stretch at a time on all
//! threads. Counts are integers and add up whatever the order, and waits are sorted before they are used, so that
//! the threads never show.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rayon::prelude::*;

use super::chance::by_chance;
use super::scorecard::{Contacts, Material};
use super::{
    Grouping, Groups, Place, Subject, agreement, companions, denominators, incidence, lags, said_done, scores,
};
use crate::interaction::{MICROS_PER_DAY, Micros};
use crate::policy::{Days, ResolvedBy};

/// Rows that are looked at at a time: their columns fit a core's cache.
const ROWS: usize = 1 << 13;
/// Groups above this number are counted by one thread, so that memory stays at one table.
const MAX_SHARED_GROUPS: usize = 1 << 14;

/// The counts of each group.
pub(super) struct Tallies {
    pub(super) scores: Vec<scores::Tally>,
    pub(super) companions: Vec<companions::Tally>,
    pub(super) said_done: Vec<said_done::Tally>,
    pub(super) agreements: agreement::Tally,
    pub(super) denominators: Vec<denominators::Tally>,
    pub(super) lags: Vec<Vec<u64>>,
    /// Repeats expected by chance, in [`super::chance::UNITS`].
    pub(super) chance: Vec<u128>,
    pub(super) waits: Vec<Waits>,
    /// Of everything: customers of several groups count once.
    everyone: Vec<denominators::Tally>,
}

/// How the waits after the contacts that the FCR rate counts ended, up to the window: what the estimates are made of.
#[derive(Clone, Default)]
pub(super) struct Waits {
    /// With a repeat, after so many microseconds.
    pub(super) events: Vec<i64>,
    /// With the end of what was observed.
    pub(super) censored: Vec<i64>,
    /// How many were longer.
    pub(super) later: usize,
    /// Where other reasons compete.
    pub(super) competing: Vec<incidence::Subject>,
    /// How many of those were longer.
    pub(super) competing_later: usize,
}

impl Tallies {
    fn new(material: &Material<'_>, count: usize) -> Tallies {
        let mut agreements = agreement::Tally::default();
        agreements.count(&(material.rows)(0..0).sources, Grouping { codes: &[], count });
        Tallies {
            scores: vec![scores::Tally::default(); count],
            companions: vec![companions::Tally::default(); count],
            said_done: vec![said_done::Tally::default(); count],
            agreements,
            denominators: vec![denominators::Tally::default(); count],
            lags: vec![Vec::new(); count],
            chance: vec![0; count],
            waits: vec![Waits::default(); count],
            everyone: vec![denominators::Tally::default()],
        }
    }

    /// Counts everything by group. `limits` are the windows of the groups, in microseconds; none: no waits are collected.
    pub(super) fn count(material: &Material<'_>, groups: &Groups, limits: &[Option<Micros>]) -> Tallies {
        let count = groups.keys.len().max(1);
        let links = material.links;
        let rows: Vec<Range<usize>> = (0..links.row_count())
            .step_by(ROWS)
            .map(|first| first..(first + ROWS).min(links.row_count()))
            .collect();
        let stretches = links.stretches();
        let threads = rayon::current_num_threads().min(1 + links.row_count() / (4 * ROWS));
        let share_count = if count > MAX_SHARED_GROUPS { 1 } else { threads };
        let (next_rows, next_stretch) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shares: Vec<Tallies> = (0..share_count)
            .into_par_iter()
            .map(|_| {
                let mut tallies = Tallies::new(material, count);
                while let Some(rows) = rows.get(next_rows.fetch_add(1, Relaxed)) {
                    tallies.count_rows(material, groups, rows.clone());
                }
                while let Some(places) = stretches.get(next_stretch.fetch_add(1, Relaxed)) {
                    tallies.count_contacts(material, groups, limits, places.clone());
                }
                tallies
            })
            .collect();
        let mut shares = shares.into_iter();
        let mut sum = shares.next().expect("at least one share");
        for share in shares {
            (0..count).for_each(|group| sum.add(group, &share, group));
            sum.everyone[0].add(&share.everyone[0]);
        }
        for (scores, customers) in sum.scores.iter_mut().zip(&sum.denominators) {
            scores.set_customers(customers.customers());
        }
        sum
    }

    /// The counts of all groups together, as of one.
    pub(super) fn together(&self, material: &Material<'_>) -> Tallies {
        let mut all = Tallies::new(material, 1);
        (0..self.scores.len()).for_each(|group| all.add(0, self, group));
        all.denominators.clone_from(&self.everyone);
        all.scores[0].set_customers(self.everyone[0].customers());
        all
    }

    fn add(&mut self, to: usize, other: &Tallies, from: usize) {
        self.scores[to].add(&other.scores[from]);
        self.companions[to].add(&other.companions[from]);
        self.said_done[to].add(&other.said_done[from]);
        self.agreements.add(to, &other.agreements, from);
        self.denominators[to].add(&other.denominators[from]);
        self.chance[to] += other.chance[from];
        self.waits[to].add(&other.waits[from]);
        for (day, count) in other.lags[from].iter().enumerate() {
            lags::add(&mut self.lags[to], day, *count);
        }
    }

    fn count_rows(&mut self, material: &Material<'_>, groups: &Groups, range: Range<usize>) {
        let rows = (material.rows)(range.clone());
        let codes = groups.codes.get(range.clone()).unwrap_or_default();
        let grouping = Grouping { codes, count: self.scores.len() };
        let classes = &material.links.codes()[range];
        scores::Tally::count_rows(&mut self.scores, classes, &rows.is_stated, grouping);
        companions::Tally::count_all(&mut self.companions, &rows.facts(), grouping);
        self.agreements.count(&rows.sources, grouping);
    }

    fn count_contacts(
        &mut self,
        material: &Material<'_>,
        groups: &Groups,
        limits: &[Option<Micros>],
        places: Range<usize>,
    ) {
        let links = material.links;
        let rows = &links.order()[places.clone()];
        let codes: Vec<u32> =
            rows.iter().map(|row| groups.codes.get(*row as usize).copied().unwrap_or(0)).collect();
        let grouping = Grouping { codes: &codes, count: self.scores.len() };
        let chain: Vec<Place> = places
            .clone()
            .map(|place| Place {
                starts_customer: links.starts_customer(place),
                starts_episode: links.starts_episode(place),
            })
            .collect();
        denominators::Tally::count_all(&mut self.denominators, &chain, grouping, places.start);
        denominators::Tally::count_all(&mut self.everyone, &chain, Grouping::ALL, places.start);
        let first = places.start;
        let contacts = (material.contacts)(places);
        said_done::Tally::count_all(&mut self.said_done, &contacts.words(), grouping);
        let first_group = |at: usize| links.class_at(first + at).is_first().then(|| grouping.group_of(at));
        lags::count(&mut self.lags, &contacts.since_first, |at| chain[at].starts_episode, first_group);
        let (observed, slack) = room(material);
        by_chance(&contacts.silences, observed, slack, |at, units| {
            self.chance[grouping.group_of(at)] += units;
        });
        if material.policy.resolved_by == ResolvedBy::Silence {
            self.collect_waits(&contacts, first, material, grouping, limits);
        }
    }

    fn collect_waits(
        &mut self,
        contacts: &Contacts,
        first: usize,
        material: &Material<'_>,
        grouping: Grouping<'_>,
        limits: &[Option<Micros>],
    ) {
        for (at, silence) in contacts.silences.iter().enumerate() {
            let group = grouping.group_of(at);
            let is_counted =
                material.links.class_at(first + at).counted(material.links.anchored_at()).is_some();
            let Some(limit) = limits[group].filter(|_| is_counted) else { continue };
            let waits = &mut self.waits[group];
            match Subject::from(silence) {
                Subject { gap, .. } if gap > limit => waits.later += 1,
                Subject { gap, is_event: true } => waits.events.push(gap),
                Subject { gap, is_event: false } => waits.censored.push(gap),
            }
            if let Some(neighbours) = contacts.neighbours.get(at).filter(|_| contacts.competes) {
                let subject = incidence::Subject::new(silence, neighbours);
                match subject.gap > limit {
                    true => waits.competing_later += 1,
                    false => waits.competing.push(subject),
                }
            }
        }
    }
}

impl Waits {
    fn add(&mut self, other: &Waits) {
        self.events.extend_from_slice(&other.events);
        self.censored.extend_from_slice(&other.censored);
        self.later += other.later;
        self.competing.extend_from_slice(&other.competing);
        self.competing_later += other.competing_later;
    }
}

/// The length of observation in which contacts may fall by accident, and what is added to windows.
fn room(material: &Material<'_>) -> (Micros, Micros) {
    let observed = material.links.observed().map_or(0, |(from, to)| to.saturating_sub(from));
    // Two moments of a day fall on dates that are as far apart as they are, or one more: on the average half a day more
    // room than the window has.
    match material.policy.days {
        Days::Elapsed => (observed, 0),
        Days::Calendar => (observed.saturating_add(MICROS_PER_DAY / 2), MICROS_PER_DAY / 2),
    }
}
