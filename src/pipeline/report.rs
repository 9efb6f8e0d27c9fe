//! Store and policy → report: link, mark what is stated, score, collect the words of the groups that fail.

use std::collections::{BTreeMap, HashMap};

use super::causes::CauseMarks;
use super::coaching::{COACHED, coached};
use super::derive::tells_category;
use super::identity_quality::identity;
use super::material::Known;
use super::moment::of_start;
use super::spoken::Spoken;
use super::trend::over_time;
use super::view::{Extent, Loaded, View};
use crate::config::Kind;
use crate::lexicon::REPEAT;
use crate::link::Timelines;
use crate::measure::{
    Action, Caused, Dimension, GroupScores, Groups, Material, Period, Unlinked, Verdict, actions, group,
    group_scores, scorecard,
};
use crate::policy::{Agents, Policy};
use crate::report::{Count, Entry, Evidence, Observed, Report, rank_entries, sort_entries};
use crate::store::{self, Columns, CueColumns, SourceRecord, Store, Uncounted};
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
    Reports::load(store, policy)?.report(policy, options)
}

/// A store in memory, for one report after another: under another window only linking and counting are done again.
pub struct Reports {
    loaded: Loaded,
    cues: CueColumns,
    spoken: Spoken,
    known: Known,
    cause_marks: CauseMarks,
}

impl Reports {
    /// Reads what reports under `policy` and its like need.
    ///
    /// Errors: an unknown time zone, a policy that contradicts itself, a damaged store.
    pub fn load(store: &Store, policy: &Policy) -> Result<Reports> {
        let cues = store.cues_of_kinds(|kind| kind == REPEAT || tells_category(policy, kind))?;
        let loaded = Loaded::read(store, policy, &cues, Extent::Report)?;
        let spoken = Spoken::new(&loaded.columns, &cues);
        let known = Known::read(&loaded, &cues, &spoken)?;
        let cause_marks = CauseMarks::read(&loaded)?;
        Ok(Reports { loaded, cues, spoken, known, cause_marks })
    }

    /// What was read, linked under a policy that it suits.
    pub(super) fn view<'b>(&'b self, policy: &'b Policy) -> Result<View<'b>> {
        self.loaded.view(policy)
    }

    /// Whether everything was read that a report under `policy` needs.
    pub fn suits(&self, policy: &Policy) -> bool {
        self.loaded.suits(policy)
    }

    /// Links and measures under `policy`. Where it needs what was not read, everything is read again.
    ///
    /// Errors: as [`report`].
    pub fn report(&mut self, policy: &Policy, options: &ReportOptions) -> Result<Report> {
        if !self.suits(policy) {
            *self = Reports::load(&self.loaded.store, policy)?;
        }
        self.measured(&self.view(policy)?, options)
    }

    /// As [`Reports::report`], under a policy that [suits](Reports::suits) what was read.
    ///
    /// Errors: as [`report`].
    pub fn report_of(&self, policy: &Policy, options: &ReportOptions) -> Result<Report> {
        self.measured(&self.view(policy)?, options)
    }

    /// The report of a view of what was read.
    pub(super) fn measured(&self, view: &View, options: &ReportOptions) -> Result<Report> {
        let (links, input, store, policy) = (&view.links, view.input(), view.store, view.policy);
        let timelines = Timelines::new(links, &input, policy);
        let contacts = |places| self.known.contacts(view, &timelines, places);
        let rows = |rows| self.known.rows(view, rows);
        let material = Material { links, policy, contacts: &contacts, rows: &rows };
        let categories = groups(view, &["category".to_string()])?;
        let card = scorecard(&material, &categories, unlinked(store));
        let mut report = Report {
            schema: 1,
            policy: serde_json::to_value(policy).expect("a policy is plain data"),
            lexicon_hash: store.lexicon_hash().to_string(),
            commit_id: store.commit_id(),
            observed: card.observed.map(|it| Observed { from: view.time(it.from), to: view.time(it.to) }),
            waterfall: card.waterfall,
            identity: identity(view, &card.overall.scores)?,
            overall: entry(&[], card.overall, Vec::new()),
            categories: self.entries(view, &categories, card.groups)?,
            by: options.by.clone(),
            groups: Vec::new(),
            causes: self.causes(view, &categories)?,
            actions: Vec::new(),
            coaching: None,
            trend_period: None,
            trend: Vec::new(),
            notes: self.notes(view),
        };
        report.actions = to_do(&report);
        (report.trend_period, report.trend) =
            over_time(view, options.trend, &categories, &report.categories, &mut report.notes);
        if !options.by.is_empty() {
            let by = groups(view, &options.by)?;
            report.groups = self.entries(view, &by, group_scores(&material, &by))?;
            if let [by] = options.by.as_slice()
                && COACHED.contains(&by.as_str())
            {
                report.coaching = Some(coached(view, by)?);
            }
        }
        Ok(report)
    }

    pub(super) fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    pub(super) fn cues(&self) -> &CueColumns {
        &self.cues
    }

    pub(super) fn spoken(&self) -> &Spoken {
        &self.spoken
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// The store that was read.
    pub(super) fn store(&self) -> &Store {
        &self.loaded.store
    }

    pub(super) fn cause_marks(&self) -> &CauseMarks {
        &self.cause_marks
    }

    /// Groups as the report shows them, in its order, failing ones with their evidence.
    fn entries(&self, view: &View, groups: &Groups, scores: Vec<GroupScores>) -> Result<Vec<Entry>> {
        let codes: HashMap<&Vec<Option<String>>, u32> = groups.keys.iter().zip(0..).collect();
        let is_below = |verdict| matches!(verdict, Verdict::Fails | Verdict::AtRisk);
        let wanted = scores.iter().filter(|s| is_below(s.verdict)).map(|s| codes[&s.key]).collect();
        let mut evidence = self.spoken.evidence(view, &self.cues, groups, &wanted)?;
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

    /// Rejects and notes by reason, transcripts and surveys without an interaction, and what the policy asks in vain.
    fn notes(&self, view: &View) -> Vec<Count> {
        let store = view.store;
        let of = |kind, counts: BTreeMap<String, u64>| -> Vec<Count> {
            counts.into_iter().map(|(what, count)| Count { kind, what, count }).collect()
        };
        let mut notes = of("reject", store.reject_counts());
        notes.extend(of("note", store.note_counts()));
        let unlinked = [
            ("unlinked_transcript", self.known.unlinked_transcript_count),
            ("unlinked_survey", self.known.unlinked_survey_count),
        ];
        for (kind, count) in unlinked.into_iter().filter(|(_, count)| *count > 0) {
            notes.push(Count { kind, what: "no interaction with its id".to_string(), count });
        }
        let of_policy = |what: String| Count { kind: "policy", what, count: 1 };
        notes.extend(view.remarks().into_iter().map(of_policy));
        notes
    }
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

/// The most groups of a report; each takes 3 to 8 kB.
const MOST_GROUPS: usize = 1 << 18;

/// One group code a row for the dimensions named.
pub(super) fn groups(view: &View, by: &[String]) -> Result<Groups> {
    if by.len() > 2 {
        return Err(Error::data(
            view.store.dir(),
            format!("{} dimensions to group by", by.len()),
            "name one or two: --by channel,language",
        ));
    }
    if by.iter().any(|name| name == "agent_id") && view.policy.agents == Agents::Hidden {
        return Err(Error::data(
            view.store.dir(),
            "the policy hides agents, so that nothing can be grouped by them",
            "group by team, or write agents = \"pseudonyms\"",
        ));
    }
    let others: Vec<store::Dimension> =
        by.iter().map(|name| other_dimension(view, name)).collect::<Result<_>>()?;
    let dimension = |(name, other)| match is_read(view, name) {
        true => of_columns(name, view.columns),
        false => of_store(name, other),
    };
    let dimensions: Vec<Dimension> = by.iter().map(String::as_str).zip(&others).map(dimension).collect();
    let groups = group(&dimensions);
    if groups.keys.len() > MOST_GROUPS {
        return Err(Error::data(
            view.store.dir(),
            format!("{} different values of {}", groups.keys.len(), by.join(" with ")),
            format!(
                "at most {MOST_GROUPS} groups can be counted: that looks like an id or free text; map or group by another column"
            ),
        ));
    }
    Ok(groups)
}

fn of_columns<'a>(name: &'a str, columns: &'a Columns) -> Dimension<'a> {
    Dimension { name, codes: &columns.category, names: &columns.category_names }
}

fn of_store<'a>(name: &'a str, dimension: &'a store::Dimension) -> Dimension<'a> {
    Dimension { name, codes: &dimension.codes, names: &dimension.names }
}

/// Whether a dimension was read for linking: categories, with the derived ones where the policy derives them.
fn is_read(view: &View, name: &str) -> bool {
    name == "category" && !view.columns.category_names.is_empty()
}

/// A dimension of the store, or what the moment of the start gives; nothing for one that was read.
fn other_dimension(view: &View, name: &str) -> Result<store::Dimension> {
    let is_of_store = || view.store.dimension_names().contains(&name);
    match name {
        _ if is_read(view, name) => Ok(store::Dimension::default()),
        "hour" | "weekday" if !is_of_store() => Ok(of_start(view, name).unwrap_or_default()),
        _ => view.store.dimension(name),
    }
}

/// What to do first, by the causes of each category.
fn to_do(report: &Report) -> Vec<Action> {
    let excess: HashMap<Option<&str>, f64> =
        report.categories.iter().map(|entry| (category_of(entry), excess_share(entry))).collect();
    actions(report.causes.categories.iter().map(|group| {
        let category = group.key.get("category").and_then(|name| name.as_deref());
        let excess_share = excess.get(&category).copied().unwrap_or(1.0);
        Caused { category, causes: &group.scores, excess_share }
    }))
}

fn category_of(entry: &Entry) -> Option<&str> {
    entry.key.first().and_then(|(_, value)| value.as_deref())
}

/// Of the repeats those that are beyond accident.
fn excess_share(entry: &Entry) -> f64 {
    let scores = &entry.scores;
    if scores.repeat_count == 0 { 1.0 } else { scores.excess_repeat_count / scores.repeat_count as f64 }
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
