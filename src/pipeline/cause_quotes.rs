//! The words that tell why contacts failed: for everything and for the largest groups, of each cause those of the latest
//! contacts. Contacts are offered one by one, a few are kept, and only the words of those are read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::causes::{CAUSE, Failed};
use super::view::View;
use crate::Result;
use crate::interaction::{Micros, Speaker};
use crate::measure::Reading;
use crate::report::CauseQuote;
use crate::store::{KeySet, StoredCue};

/// Groups whose causes are quoted.
const MOST_QUOTED: usize = 40;

/// Quotes of a cause in a group.
const QUOTE_COUNT: usize = 3;

/// By group (none: everything) and cause.
pub(super) type Quotes = HashMap<Option<u32>, BTreeMap<String, Vec<CauseQuote>>>;

/// Contacts whose words are to be quoted.
pub(super) struct CauseQuotes<'a> {
    view: &'a View<'a>,
    names: &'a [String],
    reading: Reading,
    quoted: HashSet<u32>,
    /// By group and cause, the latest first.
    picks: BTreeMap<(Option<u32>, usize), Vec<Pick>>,
}

/// A contact that failed, and where words tell why. Ordered by what comes first in a list: the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pick {
    started_at: Reverse<Micros>,
    key: u64,
    row: u32,
    speaking: u32,
    is_repeat: bool,
    cause: usize,
}

impl<'a> CauseQuotes<'a> {
    /// `groups` are those with failed contacts, the largest first.
    pub(super) fn new(
        view: &'a View<'a>,
        names: &'a [String],
        groups: impl Iterator<Item = u32>,
    ) -> CauseQuotes<'a> {
        let quoted = groups.take(MOST_QUOTED).collect();
        CauseQuotes { view, names, reading: Reading::new(names), quoted, picks: BTreeMap::new() }
    }

    /// Keeps a contact where it is among the latest of its causes.
    pub(super) fn offer(&mut self, failed: &Failed, group: u32) {
        let columns = self.view.columns;
        let mut set = failed.of_first | failed.of_next;
        while set != 0 {
            let cause = set.trailing_zeros() as usize;
            set &= set - 1;
            let is_repeat = failed.of_first >> cause & 1 == 0;
            let pick = Pick {
                started_at: Reverse(columns.started_at[failed.row as usize]),
                key: columns.interaction_key[failed.row as usize],
                row: failed.row,
                speaking: if is_repeat { failed.next } else { failed.row },
                is_repeat,
                cause,
            };
            self.keep(None, pick);
            if self.quoted.contains(&group) {
                self.keep(Some(group), pick);
            }
        }
    }

    fn keep(&mut self, group: Option<u32>, pick: Pick) {
        let latest = self.picks.entry((group, pick.cause)).or_default();
        let at = latest.partition_point(|it| *it < pick);
        if at < QUOTE_COUNT {
            latest.insert(at, pick);
            latest.truncate(QUOTE_COUNT);
        }
    }

    /// The words of those that were kept.
    pub(super) fn read(self) -> Result<Quotes> {
        let mut picks: Vec<Pick> = self.picks.values().flatten().copied().collect();
        picks.sort_unstable_by_key(|pick| (pick.row, pick.cause));
        picks.dedup();
        let cues = self.cues(&picks)?;
        let rows: Vec<u32> = picks.iter().map(|pick| pick.row).collect();
        let ids = self.view.store.texts("interaction_id", &rows)?;
        let mut words: HashMap<(u32, usize), CauseQuote> = HashMap::new();
        for (pick, id) in picks.iter().zip(ids) {
            let of_contact = cues.get(&self.key_of(pick.speaking)).map_or(&[][..], Vec::as_slice);
            if let Some(cue) = self.first_of(pick, of_contact) {
                words.insert((pick.row, pick.cause), self.quote(pick, id.unwrap_or_default(), cue));
            }
        }
        let mut quotes = Quotes::new();
        for ((group, cause), picks) in &self.picks {
            let said = picks.iter().filter_map(|pick| words.get(&(pick.row, *cause)).cloned()).collect();
            quotes.entry(*group).or_default().insert(self.names[*cause].clone(), said);
        }
        Ok(quotes)
    }

    fn key_of(&self, row: u32) -> u64 {
        self.view.columns.interaction_key[row as usize]
    }

    /// The cues of the contacts whose words are wanted, by their keys.
    fn cues(&self, picks: &[Pick]) -> Result<HashMap<u64, Vec<StoredCue>>> {
        let wanted: KeySet = picks.iter().map(|pick| self.key_of(pick.speaking)).collect();
        let rows = self.view.store.cue_rows(&wanted)?;
        let mut flat: Vec<(u32, u64)> =
            rows.iter().flat_map(|(key, rows)| rows.iter().map(move |row| (*row, *key))).collect();
        flat.sort_unstable();
        let rows: Vec<u32> = flat.iter().map(|(row, _)| *row).collect();
        let mut cues: HashMap<u64, Vec<StoredCue>> = HashMap::new();
        for ((_, key), cue) in flat.iter().zip(self.view.store.cue_records(&rows)?) {
            cues.entry(*key).or_default().push(cue);
        }
        Ok(cues)
    }

    /// The first cue of a contact that is evidence of the cause.
    fn first_of<'c>(&self, pick: &Pick, cues: &'c [StoredCue]) -> Option<&'c StoredCue> {
        let cause = &self.names[pick.cause];
        let is_evidence = |cue: &&StoredCue| {
            let is_agent = cue.speaker == Speaker::Agent;
            cue.kind.strip_prefix(CAUSE) == Some(cause)
                && self.reading.is_evidence(pick.cause, is_agent, pick.is_repeat)
        };
        cues.iter().filter(is_evidence).min_by_key(|cue| (cue.turn, cue.start, cue.end, &cue.rule))
    }

    fn quote(&self, pick: &Pick, contact_id: String, cue: &StoredCue) -> CauseQuote {
        CauseQuote {
            contact_id,
            interaction_id: cue.interaction_id.clone(),
            is_repeat: pick.is_repeat,
            speaker: cue.speaker.name(),
            started_at: self.view.time(self.view.columns.started_at[pick.speaking as usize]),
            language: cue.language.clone(),
            rule: cue.rule.clone(),
            phrase: cue.phrase.clone(),
            text: cue.quote.clone(),
        }
    }
}
