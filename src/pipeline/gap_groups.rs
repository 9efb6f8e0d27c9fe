//! Failed contacts that are not or weakly covered → gaps: what they have in common, in whose words, what it cost.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::gap_phrases::{Bucket, Draft, bucket, drafts_of, everywhere};
use super::gap_words::Said;
use super::gaps::{Asked, key_of};
use super::library::Nearest;
use super::statements::{Statement, distinct};
use crate::Result;
use crate::interaction::Turn;
use crate::measure::{Companions, Cost, Coverage, Facts, Grouping, Role, companions};
use crate::report::{
    Gap, GapQuote, LeftOutGaps, MOST_QUOTES, Named, NearestArticle, Remedy, advice, shortfall,
};
use crate::store::Want;

/// Gaps that are told.
const MOST_GAPS: usize = 300;

/// Contacts of a gap whose words are read again, to quote them.
const MOST_READ: usize = 20;

/// Words that are named of those that the nearest article lacks.
const MOST_LACKING: usize = 5;

/// A failed contact, with how well it is covered.
pub(super) struct Judged {
    /// Its place among the statements.
    pub(super) place: usize,
    pub(super) nearest: Option<Nearest>,
    /// None where it says nothing that could be looked for.
    pub(super) coverage: Option<Coverage>,
}

/// The gaps, and what is in none that is told.
pub(super) struct Found {
    pub(super) gaps: Vec<Gap>,
    pub(super) left_out: LeftOutGaps,
    pub(super) ungrouped_count: u64,
}

/// Groups the contacts that are not covered, the most failed contacts first, then the most expensive.
pub(super) fn gaps_of(asked: &Asked, judged: &[Judged]) -> Result<Found> {
    let mut buckets: BTreeMap<(u32, usize), Vec<&Judged>> = BTreeMap::new();
    for it in judged.iter().filter(|it| it.coverage.is_some_and(|it| it != Coverage::Covered)) {
        let statement = &asked.statements.all[it.place];
        let group = asked.groups.codes[statement.row as usize];
        buckets.entry((group, statement.language)).or_default().push(it);
    }
    let buckets: Vec<Bucket> = buckets
        .into_iter()
        .map(|((group, language), members)| bucket(asked, group, language, members))
        .collect();
    let everywhere = everywhere(asked, &buckets);
    let mut drafts = Vec::new();
    let mut ungrouped_count = 0;
    for it in &buckets {
        let found = drafts_of(asked, it, &everywhere[it.language]);
        ungrouped_count += (it.members.len() - found.iter().map(|it| it.members.len()).sum::<usize>()) as u64;
        drafts.extend(found);
    }
    let costs = costs(asked, &drafts)?;
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    let name = |at: usize| {
        let draft = &drafts[at];
        let vocabulary = &asked.statements.vocabularies[draft.language];
        let terms: Vec<&str> = draft.phrase.iter().map(|word| vocabulary.term(*word)).collect();
        (draft.group, draft.language, terms)
    };
    order.sort_by(|a, b| {
        let cost = |at: usize| costs[at].repeat_cost.unwrap_or(0.0);
        let by_size = drafts[*b].members.len().cmp(&drafts[*a].members.len());
        by_size.then(cost(*b).total_cmp(&cost(*a))).then_with(|| name(*a).cmp(&name(*b)))
    });
    let (told, left): (Vec<usize>, Vec<usize>) = {
        let (told, left) = order.split_at(order.len().min(MOST_GAPS));
        (told.to_vec(), left.to_vec())
    };
    let left_out = LeftOutGaps {
        gap_count: left.len() as u64,
        failed_count: left.iter().map(|at| drafts[*at].members.len() as u64).sum(),
    };
    let typical: Vec<Vec<&Statement>> = told.iter().map(|at| typical(asked, &drafts[*at])).collect();
    let turns = read_again(asked, &typical)?;
    let ids = ids(asked, &typical)?;
    let gap = |(at, typical): (&usize, &Vec<&Statement>)| {
        gap(asked, &drafts[*at], &costs[*at], typical, &turns, &ids)
    };
    Ok(Found { gaps: told.iter().zip(&typical).map(gap).collect(), left_out, ungrouped_count })
}

/// What the repeats after each gap's contacts are and cost.
fn costs(asked: &Asked, drafts: &[Draft]) -> Result<Vec<Companions>> {
    let policy = asked.view.policy;
    let cost = policy.cost_per_contact.map(Cost::PerContact).or(policy.cost_per_minute.map(Cost::PerMinute));
    let (mut codes, mut rows) = (Vec::new(), Vec::new());
    for (code, draft) in (0..).zip(drafts) {
        let next = draft.members.iter().filter_map(|it| asked.next.get(&asked.statements.all[it.place].row));
        for row in next {
            codes.push(code);
            rows.push(*row as usize);
        }
    }
    let handle_seconds: Vec<f64> = match cost {
        Some(Cost::PerMinute(_)) => {
            let all = asked.view.store.columns(Want { handle: true, ..Want::default() })?.handle_seconds;
            rows.iter().map(|row| all.get(*row).copied().unwrap_or(f64::NAN)).collect()
        }
        _ => Vec::new(),
    };
    let role = vec![Role::Repeat; rows.len()];
    let facts = Facts { role: &role, handle_seconds: &handle_seconds, ..Facts::default() };
    Ok(companions(&facts, Grouping { codes: &codes, count: drafts.len() }, &[], cost))
}

/// The statements that are the most like those of the others: by the cosine of their words, each with its weight, and the
/// words of all. Of equal ones the earlier contact comes first.
fn typical<'a>(asked: &'a Asked, draft: &Draft) -> Vec<&'a Statement> {
    let vocabulary = &asked.statements.vocabularies[draft.language];
    let statements: Vec<&Statement> =
        draft.members.iter().map(|it| &asked.statements.all[it.place]).collect();
    let mut centre: HashMap<u32, u128> = HashMap::new();
    for statement in &statements {
        distinct(&statement.words).into_iter().for_each(|word| *centre.entry(word).or_default() += 1);
    }
    let likeness = |statement: &Statement| {
        let (mut shared, mut length) = (0u128, 0u128);
        for word in distinct(&statement.words) {
            // Thousandths: squares of millionths would be too large to add up.
            let weight = u128::from(vocabulary.weight(word) / 1000);
            shared += centre[&word] * weight * weight;
            length += weight * weight;
        }
        if length == 0 { 0.0 } else { shared as f64 / (length as f64).sqrt() }
    };
    let columns = asked.view.columns;
    let mut ranked: Vec<(f64, i64, u64, &Statement)> = statements
        .into_iter()
        .map(|it| {
            let row = it.row as usize;
            (likeness(it), columns.started_at[row], columns.interaction_key[row], it)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    ranked.into_iter().take(MOST_READ).map(|it| it.3).collect()
}

fn read_again(asked: &Asked, typical: &[Vec<&Statement>]) -> Result<HashMap<u64, Vec<Turn>>> {
    let key = |it: &&Statement| asked.view.columns.interaction_key[it.row as usize];
    let wanted: HashSet<u64> = typical.iter().flatten().map(key).collect();
    if wanted.is_empty() { Ok(HashMap::new()) } else { asked.view.store.turns_of(&wanted) }
}

fn ids(asked: &Asked, typical: &[Vec<&Statement>]) -> Result<HashMap<u32, String>> {
    let rows: Vec<u32> = typical.iter().flatten().map(|it| it.row).collect();
    let ids = asked.view.store.texts("interaction_id", &rows)?;
    Ok(rows.into_iter().zip(ids.into_iter().map(Option::unwrap_or_default)).collect())
}

fn gap(
    asked: &Asked,
    draft: &Draft,
    cost: &Companions,
    typical: &[&Statement],
    turns: &HashMap<u64, Vec<Turn>>,
    ids: &HashMap<u32, String>,
) -> Gap {
    let (statements, view) = (asked.statements, asked.view);
    let vocabulary = &statements.vocabularies[draft.language];
    let tag = &statements.languages[draft.language];
    let said = Said::read(asked, draft.language, typical, turns);
    let counts = common(asked, draft);
    let common: HashSet<u32> = counts.keys().copied().collect();
    let mut quotes = Vec::new();
    let mut texts = HashSet::new();
    for (statement, said) in typical.iter().zip(&said.all) {
        let text = said.telling(vocabulary, &draft.phrase, &common);
        if quotes.len() <= MOST_QUOTES && texts.insert(text.to_lowercase()) {
            let started_at = view.time(view.columns.started_at[statement.row as usize]);
            quotes.push(GapQuote { interaction_id: ids[&statement.row].clone(), started_at, text });
        }
    }
    let mut quotes = quotes.into_iter();
    let count = |coverage| draft.members.iter().filter(|it| it.coverage == Some(coverage)).count() as u64;
    let categories = categories(asked, draft);
    let nearest = nearest(asked, draft, &counts, &said);
    let category = categories.first().and_then(|it| it.name.clone());
    let not_covered_count = count(Coverage::NotCovered);
    let remedy = match () {
        () if is_elsewhere(asked, &categories, tag) => Remedy::Translate,
        () if 2 * not_covered_count < draft.members.len() as u64
            && nearest.as_ref().is_some_and(|it| is_about(it, draft, &categories)) =>
        {
            Remedy::Extend
        }
        () => Remedy::Write,
    };
    Gap {
        key: key_of(asked.groups, draft.group),
        language: Some(tag.clone()).filter(|tag| !tag.is_empty()),
        key_phrases: draft.names.iter().map(|phrase| said.written(vocabulary, phrase)).collect(),
        question: quotes.next(),
        quotes: quotes.take(MOST_QUOTES).collect(),
        categories,
        failed_count: draft.members.len() as u64,
        not_covered_count,
        weak_count: count(Coverage::Weak),
        repeat_count: cost.repeat_count,
        repeat_cost: cost.repeat_cost,
        trend: trend(asked, draft),
        shortfall: shortfall(nearest.as_ref(), category.as_deref(), asked.library.entries.len()),
        advice: advice(remedy, nearest.as_ref(), tag),
        nearest,
        remedy,
    }
}

/// The article that is the nearest to the most of them; of equal ones the nearer, then the first by its id.
fn nearest(asked: &Asked, draft: &Draft, common: &BTreeMap<u32, u64>, said: &Said) -> Option<NearestArticle> {
    let mut found: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (article, score) in
        draft.members.iter().filter_map(|it| Some((it.nearest?.article?, it.nearest?.score)))
    {
        let (count, sum) = found.entry(article).or_default();
        *count += 1;
        // Millionths, so that the order of contacts does not matter.
        *sum += (score * 1e6).round() as u64;
    }
    let entry = |article: u32| &asked.library.entries[article as usize];
    let (article, (count, sum)) =
        found.into_iter().max_by(|(a, (count_a, sum_a)), (b, (count_b, sum_b))| {
            count_a.cmp(count_b).then(sum_a.cmp(sum_b)).then_with(|| entry(*b).cmp(entry(*a)))
        })?;
    let entry = entry(article);
    Some(NearestArticle {
        article_id: entry.article_id.clone(),
        title: entry.title.clone(),
        language: Some(entry.language.clone()).filter(|tag| !tag.is_empty()),
        category: entry.category.clone(),
        score: sum as f64 / 1e6 / count as f64,
        contact_count: count,
        lacks: lacks(asked, draft, article, common, said),
    })
}

/// Whether an article is about the same as a gap: it is the nearest to most of its contacts, and of their commonest category
/// where both have one.
fn is_about(nearest: &NearestArticle, draft: &Draft, categories: &[Named]) -> bool {
    let of_gap = categories.first().and_then(|it| it.name.as_ref());
    let is_other = |own: &String| of_gap.is_some_and(|name| name.to_lowercase() != own.to_lowercase());
    2 * nearest.contact_count > draft.members.len() as u64 && !nearest.category.as_ref().is_some_and(is_other)
}

/// The words that at least a third of the contacts, and two, say, with how many do.
fn common(asked: &Asked, draft: &Draft) -> BTreeMap<u32, u64> {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for it in &draft.members {
        let words = distinct(&asked.statements.all[it.place].words);
        words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    counts.retain(|_, count| *count >= 2 && 3 * *count >= draft.members.len() as u64);
    counts
}

/// The common words that an article does not have: those that weigh most, by contacts.
fn lacks(
    asked: &Asked,
    draft: &Draft,
    article: u32,
    common: &BTreeMap<u32, u64>,
    said: &Said,
) -> Vec<String> {
    let vocabulary = &asked.statements.vocabularies[draft.language];
    let lacking = common.iter().filter(|(word, _)| !asked.library.has_word(draft.language, article, **word));
    let mut words: Vec<(u64, u32)> = lacking
        .map(|(word, count)| (count * vocabulary.weight(*word), *word))
        .filter(|it| it.0 > 0)
        .collect();
    words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| vocabulary.term(a.1).cmp(vocabulary.term(b.1))));
    words.iter().take(MOST_LACKING).map(|(_, word)| said.written(vocabulary, &[*word])).collect()
}

fn categories(asked: &Asked, draft: &Draft) -> Vec<Named> {
    let groups = asked.categories;
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for it in &draft.members {
        *counts.entry(groups.codes[asked.statements.all[it.place].row as usize]).or_default() += 1;
    }
    let named = |(code, count): (u32, u64)| Named { name: groups.keys[code as usize][0].clone(), count };
    let mut named: Vec<Named> = counts.into_iter().map(named).collect();
    named.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    named
}

/// Whether the commonest category has articles in other languages and none in this one.
fn is_elsewhere(asked: &Asked, categories: &[Named], tag: &str) -> bool {
    let Some(category) = categories.first().and_then(|it| it.name.as_ref()).filter(|_| !tag.is_empty())
    else {
        return false;
    };
    let category = category.to_lowercase();
    let of_category =
        |it: &&super::library::Entry| it.category.as_ref().is_some_and(|it| it.to_lowercase() == category);
    let mut languages =
        asked.library.entries.iter().filter(of_category).map(|it| it.language.as_str()).peekable();
    languages.peek().is_some() && languages.all(|it| !it.is_empty() && it != tag)
}

fn trend(asked: &Asked, draft: &Draft) -> Vec<u64> {
    let Some(periods) = asked.periods else { return Vec::new() };
    let mut counts = vec![0; periods.stretches.len()];
    for it in &draft.members {
        let started_at = asked.view.columns.started_at[asked.statements.all[it.place].row as usize];
        if let Some(place) = periods.place(started_at) {
            counts[place] += 1;
        }
    }
    counts
}
