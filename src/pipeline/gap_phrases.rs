//! Contacts that are not covered → drafts of gaps: by the phrases that they share, that other contacts do not have, and that
//! the nearest articles lack.

use std::collections::HashMap;

use super::gap_groups::Judged;
use super::gaps::Asked;
use super::statements::distinct;
use crate::measure::{
    Cluster, Counts, Phrase, Phrases, Shared, clusters, each_phrase, is_telling, phrases_in, shared,
};

/// Contacts of a group among which key phrases are looked for; the others get those that they have.
const MOST_COMPARED: usize = 20_000;

/// Key phrases of a gap besides the one that all share.
const MOST_OTHER_PHRASES: usize = 2;

/// The contacts of a group and language that are not covered, by the hashes of their ids: as good as drawn by lot, and the
/// same whatever the order of rows.
pub(super) struct Bucket<'a> {
    pub(super) group: u32,
    pub(super) language: usize,
    pub(super) members: Vec<&'a Judged>,
    /// What the first [`MOST_COMPARED`] of them share.
    shared: Shared,
    /// What each of their words weighs as part of a gap.
    weights: HashMap<u32, u64>,
}

/// A gap before it has words.
pub(super) struct Draft<'a> {
    pub(super) group: u32,
    pub(super) language: usize,
    pub(super) members: Vec<&'a Judged>,
    /// The phrase that all share.
    pub(super) phrase: Phrase,
    /// What it is called.
    pub(super) names: Vec<Phrase>,
}

/// How many statements of a language have each phrase, of those that buckets share.
pub(super) type Everywhere = HashMap<Phrase, u64>;

pub(super) fn bucket<'a>(
    asked: &Asked,
    group: u32,
    language: usize,
    mut members: Vec<&'a Judged>,
) -> Bucket<'a> {
    let all = &asked.statements.all;
    members.sort_unstable_by_key(|it| asked.view.columns.interaction_key[all[it.place].row as usize]);
    let shared = shared(&compared(asked, &members));
    let weights = weights(asked, language, &members);
    Bucket { group, language, members, shared, weights }
}

/// The statements among which phrases are looked for.
fn compared<'s>(asked: &Asked<'s>, members: &[&Judged]) -> Vec<&'s [u32]> {
    members.iter().take(MOST_COMPARED).map(|it| &asked.statements.all[it.place].words[..]).collect()
}

/// What each word weighs as part of a gap: nothing where the nearest articles of half of the contacts that say it have it. What
/// articles have is not what is missing.
fn weights(asked: &Asked, language: usize, members: &[&Judged]) -> HashMap<u32, u64> {
    let vocabulary = &asked.statements.vocabularies[language];
    let mut counts: HashMap<u32, (u64, u64)> = HashMap::new();
    for it in members {
        for word in distinct(&asked.statements.all[it.place].words) {
            let article = it.nearest.and_then(|it| it.article);
            let is_there = article.is_some_and(|article| asked.library.has_word(language, article, word));
            let (all, lacking) = counts.entry(word).or_default();
            *all += 1;
            *lacking += u64::from(!is_there);
        }
    }
    counts.retain(|_, (all, lacking)| 2 * *lacking > *all);
    counts.into_keys().map(|word| (word, vocabulary.weight(word))).collect()
}

/// Counts what buckets share in all statements of their languages.
pub(super) fn everywhere(asked: &Asked, buckets: &[Bucket]) -> Vec<Everywhere> {
    let mut counts: Vec<Everywhere> = vec![Everywhere::new(); asked.statements.languages.len()];
    for it in buckets {
        counts[it.language].extend(it.shared.keys().map(|phrase| (phrase.clone(), 0)));
    }
    for statement in &asked.statements.all {
        let counts = &mut counts[statement.language];
        let mut shared: Vec<&[u32]> =
            each_phrase(&statement.words).filter(|phrase| counts.contains_key(*phrase)).collect();
        shared.sort_unstable();
        shared.dedup();
        for phrase in shared {
            counts.entry(phrase.to_vec()).and_modify(|count| *count += 1);
        }
    }
    counts
}

pub(super) fn drafts_of<'a>(asked: &Asked, bucket: &Bucket<'a>, everywhere: &Everywhere) -> Vec<Draft<'a>> {
    let vocabulary = &asked.statements.vocabularies[bucket.language];
    let statements = compared(asked, &bucket.members);
    let first = statements.len() as u64;
    let totals = Counts { first, second: vocabulary.statement_count - first };
    let is_telling = |phrase: &[u32]| {
        let count = bucket.shared.get(phrase).map_or(0, Vec::len) as u64;
        let others = everywhere.get(phrase).map_or(0, |all| all.saturating_sub(count));
        count > 0 && is_telling(Counts { first: count, second: others }, totals)
    };
    let telling: Shared = bucket
        .shared
        .iter()
        .filter(|(phrase, _)| is_telling(phrase))
        .map(|(phrase, places)| (phrase.clone(), places.clone()))
        .collect();
    let phrases = Phrases {
        weight: &|word| bucket.weights.get(&word).copied().unwrap_or(0),
        term: &|word| vocabulary.term(word),
    };
    let draft = |it: Cluster| {
        let own: Vec<&[u32]> = it.members.iter().map(|at| statements[*at]).collect();
        Draft {
            group: bucket.group,
            language: bucket.language,
            members: it.members.iter().map(|at| bucket.members[*at]).collect(),
            names: phrases.names(&own, &it.phrase, MOST_OTHER_PHRASES, &is_telling),
            phrase: it.phrase,
        }
    };
    let mut drafts: Vec<Draft> = clusters(&statements, &telling, &phrases).into_iter().map(draft).collect();
    for it in bucket.members.iter().skip(MOST_COMPARED) {
        let has = phrases_in(&asked.statements.all[it.place].words);
        if let Some(draft) = drafts.iter_mut().find(|draft| has.contains(&draft.phrase)) {
            draft.members.push(it);
        }
    }
    drafts
}
