//! Store and policy → what failed contacts ask and which of it no article answers.
//!
//! Statements of failed contacts and of a sample of resolved ones are read once, scored against the articles, and judged by
//! thresholds that the resolved ones alone give.

use std::collections::{BTreeMap, HashMap};

use super::derive::tells_category;
use super::gap_articles::{article_use, holes};
use super::gap_groups::{Judged, gaps_of};
use super::library::{Library, Nearest};
use super::report::{Reports, groups};
use super::statements::Statements;
use super::trend::periods;
use super::view::{Extent, Loaded, View};
use crate::Result;
use crate::link::Counted;
use crate::measure::{Calibration, Coverage, Groups, Period, Periods, calibrate};
use crate::policy::Policy;
use crate::report::{CoverageCounts, CoverageGroup, Gaps, LanguageCoverage};
use crate::store::Store;

/// Failed contacts whose words are read: those with the smallest hashes of their ids, so that no order decides.
const MOST_FAILED: usize = 500_000;

/// Resolved contacts whose words are read.
const MOST_RESOLVED: usize = 100_000;

/// What is known of contacts besides their words.
pub(super) struct Asked<'a> {
    pub(super) view: &'a View<'a>,
    /// The groups of `--by`.
    pub(super) groups: &'a Groups,
    pub(super) categories: &'a Groups,
    pub(super) statements: &'a Statements,
    pub(super) library: &'a Library,
    pub(super) periods: Option<&'a Periods>,
    /// The contact that followed, by row of one that failed.
    pub(super) next: &'a HashMap<u32, u32>,
}

/// Finds the gaps of a store under a policy, within the groups by one or two dimensions.
///
/// Errors: an unknown dimension, more than two, an unknown time zone, more articles than can be searched, a damaged store.
pub fn gaps(store: &Store, policy: &Policy, by: &[String]) -> Result<Gaps> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Keys)?;
    drop(cues);
    found(&loaded.view(policy)?, by)
}

impl Reports {
    /// The same of what was read for reports, under a policy that [suits](Reports::suits) it.
    ///
    /// Errors: as [`gaps`].
    pub fn gaps(&self, policy: &Policy, by: &[String]) -> Result<Gaps> {
        found(&self.view(policy)?, by)
    }

    /// The gaps by category that come with a report; none where the store has no articles: what is asked there takes as
    /// long to find, and is what `gaps` is for.
    ///
    /// Errors: as [`gaps`].
    pub fn gaps_beside(&self, policy: &Policy) -> Result<Option<Gaps>> {
        match self.store().has_articles() {
            true => self.gaps(policy, &["category".to_string()]).map(Some),
            false => Ok(None),
        }
    }
}

fn found(view: &View, by: &[String]) -> Result<Gaps> {
    let counted: Vec<Counted> = view.links.counted().collect();
    let key = |it: &Counted| view.columns.interaction_key[it.row as usize];
    let sample = |is_failed: bool, most: usize| {
        let mut some: Vec<Counted> = counted.iter().filter(|it| it.is_failed == is_failed).copied().collect();
        some.sort_unstable_by_key(key);
        let total = some.len();
        some.truncate(most);
        (some, total as u64)
    };
    let ((failed, failed_count), (resolved, _)) = (sample(true, MOST_FAILED), sample(false, MOST_RESOLVED));
    let rows: Vec<u32> = failed.iter().chain(&resolved).map(|it| it.row).collect();
    let next: HashMap<u32, u32> = failed.iter().filter_map(|it| Some((it.row, it.next?))).collect();
    let statements = Statements::read(view, &rows)?;
    let library = Library::read(view.store, &statements)?;
    let nearest = library.nearest(&statements)?;
    let is_failed: HashMap<u32, bool> =
        failed.iter().chain(&resolved).map(|it| (it.row, it.is_failed)).collect();
    let scale = Scale::new(&statements, &library, &nearest, |row| is_failed[&row]);
    let categories = groups(view, &["category".to_string()])?;
    let groups = groups(view, by)?;
    let periods =
        view.links.observed().map(|observed| periods(view, Period::fitting(observed, view.zone()), observed));
    let asked = Asked {
        view,
        groups: &groups,
        categories: &categories,
        statements: &statements,
        library: &library,
        periods: periods.as_ref(),
        next: &next,
    };
    let judged = scale.judged(&statements, &nearest, |row| is_failed[&row]);
    let (counts, of_groups) = counts(&asked, &failed, &judged);
    let found = gaps_of(&asked, &judged)?;
    let mut notes = notes(&library, &statements, failed_count);
    let articles = article_use(&asked, &counted, &mut notes)?;
    Ok(Gaps {
        schema: 1,
        policy: serde_json::to_value(view.policy).expect("a policy is plain data"),
        commit_id: view.store.commit_id(),
        by: by.to_vec(),
        article_count: library.entries.len() as u64,
        counts: CoverageCounts { failed_count, ..counts },
        groups: of_groups,
        languages: scale.languages(&statements, &library, &judged),
        together: scale.together,
        trend_period: periods.as_ref().map(|it| it.unit),
        periods: periods.iter().flat_map(|it| &it.stretches).map(|it| it.period.clone()).collect(),
        gaps: found.gaps,
        left_out: found.left_out,
        ungrouped_count: found.ungrouped_count,
        articles: articles.uses,
        used_count: articles.used_count,
        unused: articles.unused,
        unknown: articles.unknown,
        holes: holes(&asked, &judged),
        notes,
    })
}

fn notes(library: &Library, statements: &Statements, failed_count: u64) -> Vec<String> {
    let mut notes = Vec::new();
    if library.entries.is_empty() && failed_count > 0 {
        notes.push(
            "No articles: index a source of kind \"articles\" to see which of these questions have an answer."
                .to_string(),
        );
    }
    if statements.all.is_empty() && failed_count > 0 {
        notes.push("No words: index a source of kind \"transcripts\" to see what is asked.".to_string());
    }
    if failed_count > MOST_FAILED as u64 {
        notes.push(format!("Of {failed_count} failed contacts the words of {MOST_FAILED} were read."));
    }
    notes
}

/// What scores mean, by language.
struct Scale {
    own: Vec<Option<Calibration>>,
    together: Option<Calibration>,
    resolved_counts: Vec<u64>,
    has_articles: Vec<bool>,
}

impl Scale {
    /// Reads it off the resolved contacts in languages that have articles.
    fn new(
        statements: &Statements,
        library: &Library,
        nearest: &[Option<Nearest>],
        is_failed: impl Fn(u32) -> bool,
    ) -> Scale {
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); statements.languages.len()];
        for (statement, nearest) in statements.all.iter().zip(nearest) {
            if let Some(nearest) = nearest.filter(|_| !is_failed(statement.row)) {
                scores[statement.language].push(nearest.score);
            }
        }
        let has_articles: Vec<bool> = (0..scores.len()).map(|language| library.has(language)).collect();
        let resolved_counts = scores.iter().map(|scores| scores.len() as u64).collect();
        let with = |language: &usize| has_articles[*language];
        let all: Vec<f64> = (0..scores.len()).filter(with).flat_map(|it| scores[it].clone()).collect();
        let own = scores.into_iter().zip(&has_articles);
        let own = own.map(|(scores, has)| calibrate(scores).filter(|_| *has)).collect();
        Scale { own, together: calibrate(all), resolved_counts, has_articles }
    }

    fn of(&self, language: usize) -> (Option<Calibration>, &'static str) {
        match (self.own[language], self.together) {
            (Some(own), _) => (Some(own), "own"),
            (None, Some(together)) if self.has_articles[language] => (Some(together), "together"),
            _ => (None, "none"),
        }
    }

    /// The failed contacts, each with what its score means.
    fn judged(
        &self,
        statements: &Statements,
        nearest: &[Option<Nearest>],
        is_failed: impl Fn(u32) -> bool,
    ) -> Vec<Judged> {
        let all = statements.all.iter().zip(nearest).enumerate();
        let failed = all.filter(|(_, (statement, _))| is_failed(statement.row));
        let judged = failed.map(|(place, (statement, nearest))| {
            let coverage = nearest.map(|nearest| match self.of(statement.language).0 {
                Some(found) => found.coverage(nearest.score),
                None if nearest.score > 0.0 => Coverage::Unknown,
                None => Coverage::NotCovered,
            });
            Judged { place, nearest: *nearest, coverage }
        });
        judged.collect()
    }

    fn languages(
        &self,
        statements: &Statements,
        library: &Library,
        judged: &[Judged],
    ) -> Vec<LanguageCoverage> {
        let mut counts = vec![CoverageCounts::default(); statements.languages.len()];
        for it in judged {
            let counts = &mut counts[statements.all[it.place].language];
            counts.failed_count += 1;
            add(counts, it);
        }
        let line = |(language, counts): (usize, CoverageCounts)| {
            let tag = &statements.languages[language];
            let (calibration, basis) = self.of(language);
            let fits = |own: &str| tag.is_empty() || own.is_empty() || own == tag;
            LanguageCoverage {
                language: Some(tag.clone()).filter(|tag| !tag.is_empty()),
                article_count: library.entries.iter().filter(|entry| fits(&entry.language)).count() as u64,
                resolved_count: self.resolved_counts[language],
                counts,
                calibration,
                basis,
            }
        };
        let mut lines: Vec<LanguageCoverage> = counts.into_iter().enumerate().map(line).collect();
        lines.sort_by(|a, b| {
            b.counts.failed_count.cmp(&a.counts.failed_count).then_with(|| a.language.cmp(&b.language))
        });
        lines
    }
}

fn add(counts: &mut CoverageCounts, judged: &Judged) {
    counts.read_count += 1;
    *(match judged.coverage {
        None => &mut counts.unclear_count,
        Some(Coverage::Covered) => &mut counts.covered_count,
        Some(Coverage::Weak) => &mut counts.weak_count,
        Some(Coverage::NotCovered) => &mut counts.not_covered_count,
        Some(Coverage::Unknown) => &mut counts.unknown_count,
    }) += 1;
}

/// The counts of everything, and by group.
fn counts(asked: &Asked, failed: &[Counted], judged: &[Judged]) -> (CoverageCounts, Vec<CoverageGroup>) {
    let groups = asked.groups;
    let mut by_group: BTreeMap<u32, CoverageCounts> = BTreeMap::new();
    for it in failed {
        by_group.entry(groups.codes[it.row as usize]).or_default().failed_count += 1;
    }
    let mut all = CoverageCounts::default();
    for it in judged {
        let row = asked.statements.all[it.place].row;
        add(&mut all, it);
        add(by_group.entry(groups.codes[row as usize]).or_default(), it);
    }
    let of_group =
        |(code, counts): (u32, CoverageCounts)| CoverageGroup { key: key_of(groups, code), counts };
    let mut of_groups: Vec<CoverageGroup> = by_group.into_iter().map(of_group).collect();
    of_groups
        .sort_by(|a, b| b.counts.failed_count.cmp(&a.counts.failed_count).then_with(|| a.key.cmp(&b.key)));
    (all, of_groups)
}

/// The values of a group.
pub(super) fn key_of(groups: &Groups, code: u32) -> BTreeMap<String, Option<String>> {
    groups.by.iter().cloned().zip(groups.keys[code as usize].iter().cloned()).collect()
}
