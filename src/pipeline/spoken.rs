//! What customers said in the interactions of the log: which contacts state that they are repeats, and the words of the
//! groups that fail.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::view::View;
use crate::Result;
use crate::lexicon::REPEAT;
use crate::link::{NO_ROW, rows_of};
use crate::measure::Groups;
use crate::report::{EVIDENCE_COUNT, Evidence, Saying, evidence};
use crate::store::{Columns, CueColumns, StoredCue};

/// Cues of one group and rule whose words are read: those of the latest contacts.
const MOST_SAYINGS: usize = 1_000;

/// Row of an interaction and index of a cue in it.
type Place = (u32, u32);

/// The repeat cues of interactions that are in the log.
pub(super) struct Spoken {
    /// By row, then by cue.
    places: Vec<Place>,
    /// What was told before, by what it is told of: another window seldom changes what customers say.
    told: Mutex<HashMap<u128, Evidence>>,
}

/// What is remembered is forgotten when it is more than this.
const MOST_TOLD: usize = 4096;

/// The latest cues of a rule in a group, and how many contacts have one.
struct Heard<'a> {
    rule: &'a str,
    contact_count: u64,
    places: Vec<Place>,
}

impl Spoken {
    pub(super) fn new(columns: &Columns, cues: &CueColumns) -> Spoken {
        let repeat = cues.kind_names.iter().position(|name| name == REPEAT).map(|code| code as u32);
        let said: Vec<u32> =
            (0..).zip(&cues.kind).filter(|(_, kind)| Some(**kind) == repeat).map(|(cue, _)| cue).collect();
        let keys: Vec<u64> = said.iter().map(|cue| cues.interaction_key[*cue as usize]).collect();
        let rows = rows_of(&columns.interaction_key, &columns.is_duplicate, &keys);
        let mut places: Vec<Place> = rows.into_iter().zip(said).filter(|(row, _)| *row != NO_ROW).collect();
        places.par_sort_unstable();
        Spoken { places, told: Mutex::default() }
    }

    /// Whether no interaction has a stated repeat.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The rows with a stated repeat, some several times.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.places.iter().map(|(row, _)| *row)
    }

    /// The first cue of a row in its transcript: the index of a stated repeat.
    pub(super) fn first_cue(&self, row: u32, cues: &CueColumns) -> Option<u32> {
        let first = self.places.partition_point(|place| place.0 < row);
        let own = self.places[first..].iter().take_while(|place| place.0 == row).map(|place| place.1);
        own.min_by_key(|cue| (cues.turn[*cue as usize], &cues.rule_names[cues.rule[*cue as usize] as usize]))
    }

    /// The number of contacts, including this one, that each row states; 0 = none. Of several the largest. Empty where none
    /// states one.
    pub(super) fn stated_numbers(&self, cues: &CueColumns, row_count: usize) -> Vec<u32> {
        let mut numbers = Vec::new();
        for &(row, cue) in &self.places {
            let stated = cues.stated_contacts[cue as usize];
            if stated > 0 {
                numbers.resize(row_count, 0);
                let number: &mut u32 = &mut numbers[row as usize];
                *number = stated.max(*number);
            }
        }
        numbers
    }

    /// What customers say in the contacts of each group in `wanted`: its commonest rules, with words of the latest
    /// contacts, so that memory does not grow with the store.
    pub(super) fn evidence(
        &self,
        view: &View,
        cues: &CueColumns,
        groups: &Groups,
        wanted: &HashSet<u32>,
    ) -> Result<HashMap<u32, Vec<Evidence>>> {
        let mut by_group: BTreeMap<u32, BTreeMap<&str, Vec<Place>>> = BTreeMap::new();
        for (group, by_rule) in self.by_rule(view, cues, groups, wanted) {
            let by_name = by_group.entry(group.0).or_default();
            by_name.entry(cues.rule_names[group.1 as usize].as_str()).or_default().extend(by_rule);
        }
        let mut heard: Vec<(u32, Heard)> = Vec::new();
        for (group, by_rule) in by_group {
            let of_rule = |(rule, mut places): (_, Vec<Place>)| {
                places.sort_unstable();
                Heard { rule, contact_count: contact_count(&places), places }
            };
            let mut rules: Vec<Heard> = by_rule.into_iter().map(of_rule).collect();
            rules.sort_by(|a, b| b.contact_count.cmp(&a.contact_count).then_with(|| a.rule.cmp(b.rule)));
            let shown = rules.into_iter().take(EVIDENCE_COUNT);
            heard.extend(shown.map(|it| (group, Heard { places: latest(view, cues, it.places), ..it })));
        }
        let heard: Vec<(u32, u128, Heard)> =
            heard.into_iter().map(|(group, it)| (group, it.hash(view), it)).collect();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // The words of all are read at once: a part is decoded once, not once a rule.
        let new: Vec<_> = heard.iter().filter(|(_, hash, _)| !told.contains_key(hash)).collect();
        let rows = new.iter().flat_map(|(_, _, it)| &it.places).map(|&(_, cue)| cues.row[cue as usize]);
        let mut records = view.store.cue_records(&rows.collect::<Vec<u32>>())?.into_iter();
        for (_, hash, it) in new {
            let words = it.places.iter().zip(records.by_ref());
            let sayings = words.map(|(place, cue)| saying(view, place, cue)).collect();
            told.insert(*hash, evidence(it.rule, it.contact_count, sayings));
        }
        let mut out: HashMap<u32, Vec<Evidence>> = HashMap::new();
        for (group, hash, _) in &heard {
            out.entry(*group).or_default().push(told[hash].clone());
        }
        let is_too_much = told.len() > MOST_TOLD;
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) =
            if is_too_much { HashMap::new() } else { told };
        Ok(out)
    }

    /// The places of contacts by group, as far as it is wanted, and rule.
    fn by_rule(
        &self,
        view: &View,
        cues: &CueColumns,
        groups: &Groups,
        wanted: &HashSet<u32>,
    ) -> HashMap<(u32, u32), Vec<Place>> {
        let mut by_rule: HashMap<(u32, u32), Vec<Place>> = HashMap::new();
        let is_wanted: Vec<bool> =
            (0..groups.keys.len() as u32).map(|group| wanted.contains(&group)).collect();
        for &(row, cue) in &self.places {
            let group = groups.codes[row as usize];
            if is_wanted[group as usize] && view.links.class(row).is_contact() {
                by_rule.entry((group, cues.rule[cue as usize])).or_default().push((row, cue));
            }
        }
        by_rule
    }
}

impl Heard<'_> {
    /// What decides how it is told.
    fn hash(&self, view: &View) -> u128 {
        let mut hash = Xxh3::new();
        for text in [self.rule, &view.policy.timezone] {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        hash.update(&self.contact_count.to_le_bytes());
        for (row, cue) in &self.places {
            hash.update(&row.to_le_bytes());
            hash.update(&cue.to_le_bytes());
        }
        hash.digest128()
    }
}

/// Those of the latest contacts.
fn latest(view: &View, cues: &CueColumns, places: Vec<Place>) -> Vec<Place> {
    let key = |place: Place| {
        let cue = place.1 as usize;
        let started_at = view.columns.started_at[place.0 as usize];
        ((-started_at, cues.interaction_key[cue], cues.turn[cue]), place)
    };
    let mut places: Vec<_> = places.into_iter().map(key).collect();
    if places.len() > MOST_SAYINGS {
        places.select_nth_unstable(MOST_SAYINGS);
        places.truncate(MOST_SAYINGS);
    }
    places.sort_unstable();
    places.into_iter().map(|(_, place)| place).collect()
}

fn saying(view: &View, &(row, _): &Place, cue: StoredCue) -> Saying {
    Saying {
        language: cue.language,
        interaction_id: cue.interaction_id,
        phrase: cue.phrase,
        quote: cue.quote,
        started_at: view.time(view.columns.started_at[row as usize]),
    }
}

/// Distinct rows of places sorted by row.
fn contact_count(places: &[Place]) -> u64 {
    places.chunk_by(|a, b| a.0 == b.0).count() as u64
}
