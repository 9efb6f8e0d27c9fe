//! Store and policy → report: link, mark what is stated, score, collect the words of the groups that fail.

use std::collections::{BTreeMap, HashMap};

use super::identity_quality::identity;
use super::material::Known;
use super::spoken::Spoken;
use super::trend::over_time;
use super::view::{Extent, View};
use crate::config::Kind;
use crate::measure::{
    Dimension, GroupScores, Groups, Period, Unlinked, Verdict, group, group_scores, scorecard,
};
use crate::policy::Policy;
use crate::report::{Count, Entry, Evidence, Observed, Report, rank_entries, sort_entries};
use crate::store::{self, SourceRecord, Store, Uncounted};
use crate::{Error, Result};

/// What a report is to show.
#[derive(Debug, Clone, Default)]
pub struct ReportOptions {
    /// One or two dimensions to group by beside the category; empty: categories alone.
    pub by: Vec<String>,
    /// The periods of FCR over time; none: the longest of which the observation has at least six, else days.
    pub trend: Option<Period>,
}

/// Links and measures the store under `policy`.
///
/// Errors: an unknown dimension, more than two, an unknown time zone, a damaged store.
pub fn report(store: &Store, policy: &Policy, options: &ReportOptions) -> Result<Report> {
    let cues = store.cues()?;
    let view = View::open(store, policy, &cues, Extent::Report)?;
    let spoken = Spoken::new(&view, &cues);
    let known = Known::read(&view, &spoken)?;
    let material = known.material(&view);
    let categories = groups(&view, &["category".to_string()])?;
    let card = scorecard(&material, &categories, unlinked(store));
    let mut report = Report {
        schema: 1,
        policy: serde_json::to_value(policy).expect("a policy is plain data"),
        lexicon_hash: store.lexicon_hash().to_string(),
        commit_id: store.commit_id(),
        observed: card.observed.map(|seen| Observed { from: view.time(seen.from), to: view.time(seen.to) }),
        waterfall: card.waterfall,
        identity: identity(&view)?,
        overall: entry(&[], card.overall, Vec::new()),
        categories: entries(&view, &spoken, &categories, card.groups)?,
        by: options.by.clone(),
        groups: Vec::new(),
        trend_period: None,
        trend: Vec::new(),
        notes: notes(&view, &known)?,
    };
    (report.trend_period, report.trend) =
        over_time(&view, options.trend, &categories, &report.categories, &mut report.notes);
    if !options.by.is_empty() {
        let by = groups(&view, &options.by)?;
        report.groups = entries(&view, &spoken, &by, group_scores(&material, &by))?;
    }
    Ok(report)
}

/// What the links do not tell of the rows of the log. Of those that could not be read those of transcripts are no rows
/// of the log: they are among the notes.
fn unlinked(store: &Store) -> Unlinked {
    let has_interactions = |s: &&SourceRecord| {
        s.interaction_count + s.dropped.total() > 0 || s.kind == Kind::Interactions.name()
    };
    let rejected = store.sources().filter(has_interactions).map(|source| source.reject_count);
    let Uncounted { removed_count, dropped_count } = store.uncounted();
    Unlinked { rejected_count: rejected.sum(), dropped_count, removed_count }
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
    rank_entries(&mut entries);
    Ok(entries)
}

fn entry(by: &[String], group: GroupScores, evidence: Vec<Evidence>) -> Entry {
    Entry {
        key: by.iter().cloned().zip(group.key).collect(),
        scores: group.scores,
        said_done: group.said_done,
        denominators: group.denominators,
        companions: group.companions,
        agreement: group.agreement,
        repeats_by_day: group.repeats_by_day,
        excess_rank: None,
        cost_rank: None,
        target: group.target,
        verdict: group.verdict,
        evidence,
    }
}

/// Rejects and notes by reason, transcripts and surveys without an interaction, and what the policy asks in vain.
fn notes(view: &View, known: &Known) -> Result<Vec<Count>> {
    let store = view.store;
    let of = |kind, counts: BTreeMap<String, u64>| -> Vec<Count> {
        counts.into_iter().map(|(what, count)| Count { kind, what, count }).collect()
    };
    let mut notes = of("reject", store.reject_counts());
    notes.extend(of("note", store.note_counts()));
    let unlinked = [
        ("unlinked_transcript", known.unlinked_transcript_count),
        ("unlinked_survey", store.unlinked_survey_count()? as u64),
    ];
    for (kind, count) in unlinked.into_iter().filter(|(_, count)| *count > 0) {
        notes.push(Count { kind, what: "no interaction with its id".to_string(), count });
    }
    let of_policy = |what: String| Count { kind: "policy", what, count: 1 };
    notes.extend(view.remarks().into_iter().map(of_policy));
    Ok(notes)
}
