//! Which terms tell failed from resolved contacts, a group, language and speaker at a time.
//!
//! Texts are read twice and never held: once to learn which terms are not rare, with a sketch, and once to count those.
//! A contact counts once a term. Of a large group a sample is read, of each outcome the contacts with the smallest hashes
//! of their ids: chosen without regard to what they say, and the same every time.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::super::view::View;
use super::quotes::{Sought, quotes};
use super::sketch::Sketch;
use super::told::{SIDES, Told, Transcripts};
use super::{FALSE_DISCOVERY_RATE, Members, Subject};
use crate::Result;
use crate::measure::{Counts, discovery_rates, log_odds, two_sided};
use crate::report::{DriverTerm, OddsRatio, WordTable};
use crate::store::KeySet;
use crate::text::TermCutter;

/// Contacts of each outcome whose words are read, of a group.
pub(super) const MOST_CONTACTS: usize = 5_000;
/// Contacts of each outcome that a language of a group needs.
pub(super) const LEAST_CONTACTS: u64 = 20;
/// Contacts that must have a term.
pub(super) const LEAST_TERM_CONTACTS: u64 = 10;
/// The weight of the prior, in contacts: so many more on either side have the term as often as all do.
pub(super) const PRIOR_CONTACTS: f64 = 50.0;

/// Groups whose words are read: those with the most failed contacts.
const MOST_GROUPS: usize = 100;
/// Terms that are told, of a table and outcome.
const MOST_TERMS: usize = 30;
/// Terms among which those are looked for, the surest first.
const MOST_CANDIDATES: usize = 400;
/// Of the contacts that have a term the share that must have a longer one for the shorter to be left out.
const SAME_SHARE: f64 = 0.9;
/// The latest contacts of each outcome that are remembered for quotes.
const LATEST: usize = 3;
/// The 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Different terms of a contact, about.
const TERMS_OF_CONTACT: usize = 300;

/// No group.
const NONE: u32 = u32::MAX;

/// The tables and notes of each group, and how many terms were tested.
pub(super) struct Words {
    pub(super) groups: Vec<(Vec<WordTable>, Vec<String>)>,
    pub(super) tested_count: u64,
}

/// What is counted together: group, language, index of the side.
type Unit = (u32, Option<String>, usize);

/// By the hash of a unit: the unit, and its contacts by outcome.
type Units = HashMap<u64, (Unit, Counts)>;

/// A term that is not rare. The latest contacts with it, failed and resolved, are indexes of subjects, the latest first.
struct Counted {
    term: Box<str>,
    counts: Counts,
    latest: [[u32; LATEST]; 2],
}

/// A term with what came of it.
struct Tested {
    unit: u64,
    counted: Counted,
    effect: OddsRatio,
}

/// The terms of all groups; `members` are those of each.
pub(super) fn words(view: &View, subjects: &[Subject], members: &[Members]) -> Result<Words> {
    let transcripts = Transcripts::new(view, subjects)?;
    let mut has_transcript = vec![false; subjects.len()];
    transcripts.order.iter().for_each(|it| has_transcript[*it as usize] = true);
    let groups = vec![[NONE; 2]; subjects.len()];
    let mut chosen = Chosen { groups, count: 0, is_sampled: vec![false; members.len()] };
    let mut notes: Vec<Vec<String>> = Vec::with_capacity(members.len());
    for (group, members) in (0..).zip(members) {
        notes.push(chosen.choose(group, members, subjects, &has_transcript));
    }
    let (units, sketch) = units(&transcripts, subjects, &chosen)?;
    let counted = counted(&transcripts, subjects, &chosen, &units, &sketch)?;
    drop(sketch);
    let (tested_counts, tested) = tested(counted, &units);
    let tested_count = tested_counts.values().sum();
    let mut groups: Vec<(Vec<WordTable>, Vec<String>)> =
        notes.into_iter().map(|notes| (Vec::new(), notes)).collect();
    thin_languages(&units, &mut groups);
    let mut of_units: BTreeMap<&Unit, Vec<Tested>> = BTreeMap::new();
    for (unit, _) in units.values().filter(|(_, totals)| is_enough(totals)) {
        of_units.insert(unit, Vec::new());
    }
    for term in tested {
        of_units.entry(&units[&term.unit].0).or_default().push(term);
    }
    let chosen_terms: Vec<(&Unit, [Vec<Tested>; 2])> =
        of_units.into_iter().map(|(unit, terms)| (unit, by_outcome(terms))).collect();
    let mut sought = Vec::new();
    for (unit, terms) in &chosen_terms {
        for (outcome, term) in
            (0..).zip(terms).flat_map(|(outcome, terms)| terms.iter().map(move |it| (outcome, it)))
        {
            let latest = term.counted.latest[outcome].iter().copied().filter(|it| *it != NONE);
            sought.push(Sought { side: SIDES[unit.2], term: &term.counted.term, latest: latest.collect() });
        }
    }
    let mut found = quotes(view, &transcripts, subjects, &sought)?.into_iter();
    for (unit, terms) in &chosen_terms {
        let totals = units[&hash_of(unit)].1;
        let mut told = terms.each_ref().map(|terms| {
            let told = terms.iter().zip(found.by_ref());
            told.map(|(term, (written, quotes))| DriverTerm {
                term: term.counted.term.to_string(),
                written: if written.is_empty() { term.counted.term.to_string() } else { written },
                failed_count: term.counted.counts.first,
                resolved_count: term.counted.counts.second,
                failed_rate: term.counted.counts.first as f64 / totals.first as f64,
                resolved_rate: term.counted.counts.second as f64 / totals.second as f64,
                effect: term.effect,
                quotes,
            })
            .collect::<Vec<DriverTerm>>()
        });
        groups[unit.0 as usize].0.push(WordTable {
            language: unit.1.clone(),
            speaker: SIDES[unit.2].name(),
            failed_count: totals.first,
            resolved_count: totals.second,
            is_sampled: chosen.is_sampled[unit.0 as usize],
            tested_count: tested_counts.get(&hash_of(unit)).copied().unwrap_or(0),
            failed_terms: std::mem::take(&mut told[0]),
            resolved_terms: std::mem::take(&mut told[1]),
        });
    }
    groups.iter_mut().for_each(|(tables, _)| tables.sort_by_key(table_order));
    Ok(Words { groups, tested_count })
}

/// Languages with the most contacts first, the customer before the agent.
fn table_order(table: &WordTable) -> (std::cmp::Reverse<u64>, Option<String>, usize) {
    let side = SIDES.iter().position(|side| side.name() == table.speaker).unwrap_or(SIDES.len());
    (std::cmp::Reverse(table.failed_count), table.language.clone(), side)
}

/// Whose words are read, and for which groups: everything, and the one that a contact is of.
struct Chosen {
    /// By subject.
    groups: Vec<[u32; 2]>,
    /// Groups that are read.
    count: usize,
    /// By group: whether there are more contacts than are read.
    is_sampled: Vec<bool>,
}

impl Chosen {
    /// Chooses contacts of a group, and says why not all, or none.
    fn choose(
        &mut self,
        group: u32,
        members: &Members,
        subjects: &[Subject],
        has_transcript: &[bool],
    ) -> Vec<String> {
        let mut sides: [Vec<(u64, u32)>; 2] = Default::default();
        for &subject in members.subjects.iter().filter(|it| has_transcript[**it as usize]) {
            let Subject { key, is_failed, .. } = subjects[subject as usize];
            sides[usize::from(!is_failed)].push((key, subject));
        }
        let [failed, resolved] = sides.each_ref().map(Vec::len);
        if failed.min(resolved) < LEAST_CONTACTS as usize {
            return vec![format!(
                "{failed} failed and {resolved} resolved contacts have a transcript: words take {LEAST_CONTACTS} of each"
            )];
        }
        if self.count == MOST_GROUPS {
            return vec![format!("words are read of the {MOST_GROUPS} groups with the most failed contacts")];
        }
        self.count += 1;
        for side in &mut sides {
            side.sort_unstable();
            for (_, subject) in side.iter().take(MOST_CONTACTS) {
                let groups = &mut self.groups[*subject as usize];
                let free = groups.iter_mut().find(|it| **it == NONE);
                *free.expect("a contact is of one group, and of everything") = group;
            }
        }
        if failed.max(resolved) <= MOST_CONTACTS {
            return Vec::new();
        }
        self.is_sampled[group as usize] = true;
        vec![format!(
            "a sample was read, chosen by a hash of the ids: {} of {failed} failed and {} of {resolved} resolved contacts with \
             a transcript",
            failed.min(MOST_CONTACTS),
            resolved.min(MOST_CONTACTS)
        )]
    }

    fn is_chosen(&self, subject: u32) -> bool {
        self.groups[subject as usize] != [NONE; 2]
    }

    fn groups_of(&self, subject: u32) -> impl Iterator<Item = u32> {
        self.groups[subject as usize].into_iter().filter(|group| *group != NONE)
    }
}

fn hash_of((group, language, side): &Unit) -> u64 {
    hash_of_unit(*group, language.as_deref(), *side)
}

fn hash_of_unit(group: u32, language: Option<&str>, side: usize) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&group.to_le_bytes());
    hash.update(&[side as u8, u8::from(language.is_some())]);
    hash.update(language.unwrap_or_default().as_bytes());
    hash.digest()
}

/// A term in a unit.
fn mixed(unit: u64, term: u64) -> u64 {
    unit ^ term.rotate_left(23)
}

fn is_enough(totals: &Counts) -> bool {
    totals.first.min(totals.second) >= LEAST_CONTACTS
}

/// First reading: the units with their contacts, and how frequent terms are at most.
fn units(transcripts: &Transcripts, subjects: &[Subject], chosen: &Chosen) -> Result<(Units, Sketch)> {
    let chosen_count = (0..subjects.len() as u32).filter(|it| chosen.is_chosen(*it)).count();
    let sketch = Sketch::new(chosen_count * TERMS_OF_CONTACT);
    let mut units = Units::new();
    let each = |cutter: &mut TermCutter, made: &mut Vec<(Unit, bool)>, told: &Told| {
        for (side, speaker) in SIDES.into_iter().enumerate() {
            let mut terms = KeySet::default();
            if !told.terms(cutter, speaker, |term, _, _| {
                terms.insert(xxh3_64(term.as_bytes()));
            }) {
                continue;
            }
            for group in chosen.groups_of(told.subject) {
                let unit = hash_of_unit(group, told.language, side);
                terms.iter().for_each(|term| sketch.add(mixed(unit, *term)));
                let is_failed = subjects[told.subject as usize].is_failed;
                made.push(((group, told.language.map(str::to_string), side), is_failed));
            }
        }
    };
    transcripts.read(
        |subject| chosen.is_chosen(subject),
        each,
        |made| {
            for (unit, is_failed) in made {
                let none = Counts { first: 0, second: 0 };
                let (_, totals) = units.entry(hash_of(&unit)).or_insert((unit, none));
                *(if is_failed { &mut totals.first } else { &mut totals.second }) += 1;
            }
        },
    )?;
    Ok((units, sketch))
}

/// Second reading: the terms that are not rare, by unit and hash, with their contacts.
fn counted(
    transcripts: &Transcripts,
    subjects: &[Subject],
    chosen: &Chosen,
    units: &Units,
    sketch: &Sketch,
) -> Result<HashMap<(u64, u64), Counted>> {
    let mut counted: HashMap<(u64, u64), Counted> = HashMap::new();
    let each = |cutter: &mut TermCutter, made: &mut HashMap<(u64, u64), Counted>, told: &Told| {
        let is_failed = subjects[told.subject as usize].is_failed;
        for (side, speaker) in SIDES.into_iter().enumerate() {
            let of_groups: Vec<u64> = chosen
                .groups_of(told.subject)
                .map(|group| hash_of_unit(group, told.language, side))
                .filter(|unit| units.get(unit).is_some_and(|(_, totals)| is_enough(totals)))
                .collect();
            let mut seen = KeySet::default();
            told.terms(cutter, speaker, |term, _, _| {
                let hash = xxh3_64(term.as_bytes());
                if of_groups.is_empty() || !seen.insert(hash) {
                    return;
                }
                for &unit in &of_groups {
                    if u64::from(sketch.at_most(mixed(unit, hash))) >= LEAST_TERM_CONTACTS {
                        let counted = made.entry((unit, hash)).or_insert_with(|| Counted::new(term));
                        counted.add(told.subject, is_failed);
                    }
                }
            });
        }
    };
    transcripts.read(
        |subject| chosen.is_chosen(subject),
        each,
        |made| {
            for (place, own) in made {
                match counted.entry(place) {
                    Entry::Occupied(known) => known.into_mut().merge(&own),
                    Entry::Vacant(free) => drop(free.insert(own)),
                }
            }
        },
    )?;
    Ok(counted)
}

impl Counted {
    fn new(term: &str) -> Counted {
        Counted { term: term.into(), counts: Counts { first: 0, second: 0 }, latest: [[NONE; LATEST]; 2] }
    }

    fn add(&mut self, subject: u32, is_failed: bool) {
        *(if is_failed { &mut self.counts.first } else { &mut self.counts.second }) += 1;
        self.remember(subject, usize::from(!is_failed));
    }

    fn merge(&mut self, other: &Counted) {
        self.counts.first += other.counts.first;
        self.counts.second += other.counts.second;
        for (outcome, latest) in other.latest.iter().enumerate() {
            latest.iter().filter(|it| **it != NONE).for_each(|it| self.remember(*it, outcome));
        }
    }

    fn remember(&mut self, subject: u32, outcome: usize) {
        let latest = &mut self.latest[outcome];
        if let Some(place) = latest.iter().position(|it| *it == NONE || *it < subject) {
            latest[place..].rotate_right(1);
            latest[place] = subject;
        }
    }
}

/// Tests all terms and corrects for their number: those told of each unit, and how many were tested of each.
fn tested(counted: HashMap<(u64, u64), Counted>, units: &Units) -> (HashMap<u64, u64>, Vec<Tested>) {
    let mut tested: Vec<Tested> = Vec::new();
    let mut tested_counts: HashMap<u64, u64> = HashMap::new();
    for ((unit, _), counted) in counted {
        let totals = units[&unit].1;
        if counted.counts.first + counted.counts.second < LEAST_TERM_CONTACTS {
            continue;
        }
        if let Some(found) = log_odds(counted.counts, totals, PRIOR_CONTACTS) {
            *tested_counts.entry(unit).or_default() += 1;
            let effect = effect(found.difference, found.standard_error);
            tested.push(Tested { unit, counted, effect });
        }
    }
    let p_values: Vec<f64> = tested.iter().map(|term| term.effect.p_value).collect();
    for (term, rate) in tested.iter_mut().zip(discovery_rates(&p_values, 0)) {
        term.effect.q_value = rate;
    }
    tested.retain(|term| term.effect.q_value <= FALSE_DISCOVERY_RATE);
    (tested_counts, tested)
}

/// An effect before it is corrected for how many are tested.
pub(super) fn effect(difference: f64, standard_error: f64) -> OddsRatio {
    let z = difference / standard_error;
    let end = |side: f64| (difference + side * Z * standard_error).exp();
    let p_value = two_sided(z);
    OddsRatio {
        odds_ratio: difference.exp(),
        odds_low: end(-1.0),
        odds_high: end(1.0),
        z,
        p_value,
        q_value: p_value,
    }
}

/// The terms of a unit that are told in failed and in resolved contacts.
fn by_outcome(terms: Vec<Tested>) -> [Vec<Tested>; 2] {
    let (failed, resolved) = terms.into_iter().partition(|term| term.effect.z > 0.0);
    [failed, resolved].map(maximal)
}

/// The surest terms, without those that a longer one contains that nearly the same contacts have.
fn maximal(mut terms: Vec<Tested>) -> Vec<Tested> {
    let sure = |term: &Tested| term.effect.z.abs();
    let text = |term: &Tested| term.counted.term.clone();
    terms.sort_by(|a, b| sure(b).total_cmp(&sure(a)).then_with(|| text(a).cmp(&text(b))));
    terms.truncate(MOST_CANDIDATES);
    let count = |term: &Tested| term.counted.counts.first + term.counted.counts.second;
    let is_within = |short: &Tested, long: &Tested| {
        long.counted.term.len() > short.counted.term.len()
            && contains(&long.counted.term, &short.counted.term)
            && count(long) as f64 >= SAME_SHARE * count(short) as f64
    };
    let left_out: BTreeSet<usize> =
        (0..terms.len()).filter(|short| terms.iter().any(|long| is_within(&terms[*short], long))).collect();
    let mut place = 0..;
    terms.retain(|_| !place.next().is_some_and(|place| left_out.contains(&place)));
    terms.truncate(MOST_TERMS);
    terms
}

/// Whether a term contains another as whole words; where no spaces part them, as characters.
fn contains(long: &str, short: &str) -> bool {
    let is_edge = |c: Option<char>, own: Option<char>| {
        c.is_none_or(|c| c == ' ' || crate::text::token::is_character_script(c))
            || own.is_some_and(crate::text::token::is_character_script)
    };
    long.match_indices(short).any(|(at, _)| {
        let before = long[..at].chars().next_back();
        let after = long[at + short.len()..].chars().next();
        is_edge(before, short.chars().next()) && is_edge(after, short.chars().next_back())
    })
}

/// Says of the languages with too few contacts that they are there.
fn thin_languages(units: &Units, groups: &mut [(Vec<WordTable>, Vec<String>)]) {
    let mut languages: BTreeMap<u32, BTreeMap<&str, bool>> = BTreeMap::new();
    for ((group, language, _), totals) in units.values() {
        let of_group = languages.entry(*group).or_default();
        *of_group.entry(language.as_deref().unwrap_or("(unknown)")).or_default() |= is_enough(totals);
    }
    for (group, languages) in languages {
        let thin: Vec<&str> =
            languages.into_iter().filter(|(_, is_enough)| !is_enough).map(|(it, _)| it).collect();
        if !thin.is_empty() {
            groups[group as usize].1.push(format!(
                "too few contacts to say in {}: a language takes {LEAST_CONTACTS} of each outcome",
                thin.join(", ")
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, NONE, contains};

    #[test]
    fn a_term_contains_whole_words_and_characters() {
        assert!(contains("nobody called back", "called back"));
        assert!(!contains("nobody called back", "call"));
        assert!(!contains("recalled", "called"));
        assert!(contains("路由器坏了", "路由器"));
    }

    #[test]
    fn the_latest_contacts_are_remembered_whatever_the_order() {
        let counted = |order: &[u32]| {
            let mut it = Counted::new("a");
            order.iter().for_each(|subject| it.add(*subject, true));
            it
        };
        let of = |order: &[u32]| counted(order).latest[0];
        assert_eq!(of(&[1, 7, 3, 5, 2]), [7, 5, 3]);
        assert_eq!(of(&[5, 3, 2, 7, 1]), [7, 5, 3]);
        assert_eq!(of(&[4]), [4, NONE, NONE]);
        let mut both = counted(&[1, 9]);
        both.merge(&counted(&[4]));
        assert_eq!((both.latest[0], both.counts.first), ([9, 4, 1], 3));
    }
}
