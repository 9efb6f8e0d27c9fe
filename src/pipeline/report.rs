//! Store and policy → report: link, mark what is stated, score, collect the words of the groups that fail.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::view::View;
use crate::config::Kind;
use crate::lexicon::REPEAT;
use crate::link::silences;
use crate::measure::{Dimension, GroupScores, Groups, Verdict, group, group_scores, scorecard};
use crate::policy::Policy;
use crate::report::{
    Count, EVIDENCE_COUNT, Entry, Evidence, Observed, Report, Saying, evidence, sort_entries,
};
use crate::store::{self, CueColumns, SourceRecord, Store, StoredCue};
use crate::{Error, Result};

/// What a report is to show.
#[derive(Debug, Clone, Default)]
pub struct ReportOptions {
    /// One or two dimensions to group by beside the category; empty: categories alone.
    pub by: Vec<String>,
}

/// Cues of one group and rule whose words are read: those of the latest contacts.
const MOST_SAYINGS: usize = 1_000;

/// Links and measures the store under `policy`.
///
/// Errors: an unknown dimension, more than two, an unknown time zone, a damaged store.
pub fn report(store: &Store, policy: &Policy, options: &ReportOptions) -> Result<Report> {
    let cues = store.cues()?;
    let view = View::open(store, policy, &cues, !cues.interaction_key.is_empty())?;
    let spoken = Spoken::new(&view, &cues);
    let is_stated = spoken.is_stated(view.links.row_count());

    let silences = silences(&view.links, &view.input(), policy);
    let categories = groups(&view, &["category".to_string()])?;
    let rejected_count = rejected_rows(store);
    let card = scorecard(&view.links, policy, &categories, rejected_count, &is_stated, &silences);
    let mut report = Report {
        schema: 1,
        policy: serde_json::to_value(policy).expect("a policy is plain data"),
        lexicon_hash: store.lexicon_hash().to_string(),
        commit_id: store.commit_id(),
        observed: card.observed.map(|seen| Observed { from: view.time(seen.from), to: view.time(seen.to) }),
        waterfall: card.waterfall,
        overall: entry(&[], card.overall, Vec::new()),
        categories: entries(&view, &spoken, &categories, card.groups)?,
        by: options.by.clone(),
        groups: Vec::new(),
        notes: notes(store)?,
    };
    let has_category = view.columns.category.iter().any(|&category| category != 0);
    if policy.needs().category && !has_category && view.columns.row_count > 0 && !policy.derives_category {
        let what =
            "no interaction has a category: derive_category = true takes one from the customers' words";
        report.notes.push(Count { kind: "policy", what: what.to_string(), count: 1 });
    }
    for name in policy.unmatched_categories(&view.columns.category_names) {
        let what = format!("[policy.category.{name}] matches no category of the data");
        report.notes.push(Count { kind: "policy", what, count: 1 });
    }
    if !options.by.is_empty() {
        let by = groups(&view, &options.by)?;
        let scored = group_scores(&view.links, policy, &by, &is_stated, &silences);
        report.groups = entries(&view, &spoken, &by, scored)?;
    }
    Ok(report)
}

/// Rows of sources of interactions that could not be read. Those of transcripts are no rows of the log: they are
/// among the notes.
fn rejected_rows(store: &Store) -> u64 {
    let has_interactions = |s: &&SourceRecord| s.interaction_count > 0 || s.kind == Kind::Interactions.name();
    store.sources().iter().filter(has_interactions).map(|source| source.reject_count).sum()
}

/// One group code a row for the dimensions named.
pub(super) fn groups(view: &View, by: &[String]) -> Result<Groups> {
    if by.len() > 2 {
        return Err(Error::data(
            view.store.dir(),
            format!("{} dimensions to group by", by.len()),
            "name one or two: --by channel,language",
        ));
    }
    let dimensions: Vec<store::Dimension> =
        by.iter().map(|name| dimension(view, name)).collect::<Result<_>>()?;
    let named = by.iter().zip(&dimensions);
    let dimensions: Vec<Dimension> =
        named.map(|(name, d)| Dimension { name, codes: &d.codes, names: &d.names }).collect();
    Ok(group(&dimensions))
}

/// A dimension of the store; categories with the derived ones, where the policy derives them.
fn dimension(view: &View, name: &str) -> Result<store::Dimension> {
    if name == "category" && view.policy.derives_category {
        let (codes, names) = (view.columns.category.clone(), view.columns.category_names.clone());
        return Ok(store::Dimension { codes, names });
    }
    view.store.dimension(name)
}

/// Row of an interaction and index of a cue in it.
type Place = (u32, u32);

/// The repeat cues of interactions that are in the log.
struct Spoken<'a> {
    cues: &'a CueColumns,
    /// By row, then by cue.
    places: Vec<Place>,
}

impl<'a> Spoken<'a> {
    fn new(view: &View, cues: &'a CueColumns) -> Spoken<'a> {
        let repeat = cues.kind_names.iter().position(|name| name == REPEAT).map(|code| code as u32);
        let is_repeat = |cue: usize| Some(cues.kind[cue]) == repeat;
        let keys: HashSet<u64> =
            (0..cues.kind.len()).filter(|&cue| is_repeat(cue)).map(|cue| cues.interaction_key[cue]).collect();
        let columns = &view.columns;
        let mut rows: HashMap<u64, u32> = HashMap::with_capacity(keys.len());
        if !keys.is_empty() {
            for (row, key) in columns.interaction_key.iter().enumerate() {
                if keys.contains(key) && !columns.is_duplicate.get(row).copied().unwrap_or(false) {
                    rows.insert(*key, row as u32);
                }
            }
        }
        let place = |cue: usize| Some((*rows.get(&cues.interaction_key[cue])?, cue as u32));
        let mut places: Vec<Place> =
            (0..cues.kind.len()).filter(|&cue| is_repeat(cue)).filter_map(place).collect();
        places.sort_unstable();
        Spoken { cues, places }
    }

    fn is_stated(&self, row_count: usize) -> Vec<bool> {
        let mut is_stated = vec![false; row_count];
        self.places.iter().for_each(|&(row, _)| is_stated[row as usize] = true);
        is_stated
    }

    /// What customers say in the contacts of each group in `wanted`: its commonest rules, with words of the latest
    /// contacts, so that memory does not grow with the store.
    fn evidence(
        &self,
        view: &View,
        groups: &Groups,
        wanted: &HashSet<u32>,
    ) -> Result<HashMap<u32, Vec<Evidence>>> {
        let mut by_group: BTreeMap<u32, BTreeMap<&str, Vec<Place>>> = BTreeMap::new();
        for &(row, cue) in &self.places {
            let group = groups.codes[row as usize];
            if wanted.contains(&group) && view.links.class(row).is_contact() {
                let rule = &self.cues.rule_names[self.cues.rule[cue as usize] as usize];
                by_group.entry(group).or_default().entry(rule).or_default().push((row, cue));
            }
        }
        let mut out = HashMap::new();
        for (group, by_rule) in by_group {
            let mut rules: Vec<(u64, &str, Vec<Place>)> =
                by_rule.into_iter().map(|(rule, places)| (contact_count(&places), rule, places)).collect();
            rules.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            let shown = rules.into_iter().take(EVIDENCE_COUNT);
            let evidence =
                shown.map(|(count, rule, places)| Ok(evidence(rule, count, self.sayings(view, places)?)));
            out.insert(group, evidence.collect::<Result<_>>()?);
        }
        Ok(out)
    }

    /// The words of the latest places.
    fn sayings(&self, view: &View, mut places: Vec<Place>) -> Result<Vec<Saying>> {
        let columns = &view.columns;
        let key = |&(row, cue): &Place| {
            let cue = cue as usize;
            (-columns.started_at[row as usize], self.cues.interaction_key[cue], self.cues.turn[cue])
        };
        places.sort_by_key(key);
        places.truncate(MOST_SAYINGS);
        let rows: Vec<u32> = places.iter().map(|&(_, cue)| self.cues.row[cue as usize]).collect();
        let records = view.store.cue_records(&rows)?;
        let saying = |(&(row, _), cue): (&Place, StoredCue)| Saying {
            language: cue.language,
            interaction_id: cue.interaction_id,
            phrase: cue.phrase,
            quote: cue.quote,
            started_at: view.time(columns.started_at[row as usize]),
        };
        Ok(places.iter().zip(records).map(saying).collect())
    }
}

/// Distinct rows of places sorted by row.
fn contact_count(places: &[Place]) -> u64 {
    places.chunk_by(|a, b| a.0 == b.0).count() as u64
}

/// Groups as the report shows them, in its order, failing ones with their evidence.
fn entries(view: &View, spoken: &Spoken, groups: &Groups, scores: Vec<GroupScores>) -> Result<Vec<Entry>> {
    let codes: HashMap<&Vec<Option<String>>, u32> = groups.keys.iter().zip(0..).collect();
    let is_below = |verdict| matches!(verdict, Verdict::Fails | Verdict::AtRisk);
    let wanted = scores.iter().filter(|s| is_below(s.verdict)).map(|s| codes[&s.key]).collect();
    let mut evidence = spoken.evidence(view, groups, &wanted)?;
    let mut entries: Vec<Entry> = scores
        .into_iter()
        .map(|scores| {
            let evidence = evidence.remove(&codes[&scores.key]).unwrap_or_default();
            entry(&groups.by, scores, evidence)
        })
        .collect();
    sort_entries(&mut entries);
    Ok(entries)
}

fn entry(by: &[String], group: GroupScores, evidence: Vec<Evidence>) -> Entry {
    Entry {
        key: by.iter().cloned().zip(group.key).collect(),
        scores: group.scores,
        target: group.target,
        verdict: group.verdict,
        evidence,
    }
}

/// Rejects and notes by reason, and transcripts without an interaction.
fn notes(store: &Store) -> Result<Vec<Count>> {
    let of = |kind, counts: &BTreeMap<String, u64>| -> Vec<Count> {
        counts.iter().map(|(what, &count)| Count { kind, what: what.clone(), count }).collect()
    };
    let mut notes = of("reject", store.reject_counts());
    notes.extend(of("note", store.note_counts()));
    let unlinked = store.unlinked_transcript_count()? as u64;
    if unlinked > 0 {
        notes.push(Count {
            kind: "unlinked_transcript",
            what: "no interaction with its id".to_string(),
            count: unlinked,
        });
    }
    Ok(notes)
}
