//! Failed contacts that are not or weakly covered → gaps: what they have in common, in whose words, what it cost.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::gaps::{Asked, key_of};
use super::library::Nearest;
use super::statements::{Statement, Vocabulary, distinct, issue};
use crate::Result;
use crate::interaction::Turn;
use crate::measure::{
    BREAK, Companions, Cost, Coverage, Facts, Grouping, Phrase, Phrases, Role, clusters, companions,
    phrases_in,
};
use crate::report::{Gap, GapQuote, LeftOutGaps, MOST_QUOTES, Named, NearestArticle, Remedy};
use crate::search::{Content, Scratch};
use crate::store::Want;
use crate::text::token::is_character_script;

/// Gaps that are told.
const MOST_GAPS: usize = 300;

/// Contacts of a group among which key phrases are looked for; the others get those that they have.
const MOST_COMPARED: usize = 20_000;

/// Contacts of a gap whose words are read again, to quote them.
const MOST_READ: usize = 20;

/// Key phrases of a gap besides the one that all share.
const MOST_OTHER_PHRASES: usize = 2;

/// Characters of a quote.
const QUOTE_CHARS: usize = 240;

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

/// A gap before it has words.
struct Draft<'a> {
    group: u32,
    language: usize,
    phrase: Phrase,
    members: Vec<&'a Judged>,
}

/// Groups the contacts that are not covered, the most failed contacts first, then the most expensive.
pub(super) fn gaps_of(asked: &Asked, judged: &[Judged]) -> Result<Found> {
    let mut buckets: BTreeMap<(u32, usize), Vec<&Judged>> = BTreeMap::new();
    for it in judged.iter().filter(|it| it.coverage.is_some_and(|it| it != Coverage::Covered)) {
        let statement = &asked.statements.all[it.place];
        let group = asked.groups.codes[statement.row as usize];
        buckets.entry((group, statement.language)).or_default().push(it);
    }
    let mut drafts = Vec::new();
    let mut ungrouped_count = 0;
    for ((group, language), members) in buckets {
        let count = members.len();
        let found = drafts_of(asked, group, language, members);
        ungrouped_count += (count - found.iter().map(|it| it.members.len()).sum::<usize>()) as u64;
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

fn drafts_of<'a>(asked: &Asked, group: u32, language: usize, mut members: Vec<&'a Judged>) -> Vec<Draft<'a>> {
    let all = &asked.statements.all;
    let key = |it: &&Judged| asked.view.columns.interaction_key[all[it.place].row as usize];
    // Hashes of ids are as good as drawn by lot, and the same whatever the order of rows.
    members.sort_unstable_by_key(key);
    let words: Vec<&[u32]> = members.iter().map(|it| &all[it.place].words[..]).collect();
    let vocabulary = &asked.statements.vocabularies[language];
    let found =
        with_phrases(vocabulary, |phrases| clusters(&words[..words.len().min(MOST_COMPARED)], phrases));
    let mut drafts: Vec<Draft> = found
        .into_iter()
        .map(|it| Draft {
            group,
            language,
            phrase: it.phrase,
            members: it.members.iter().map(|at| members[*at]).collect(),
        })
        .collect();
    for it in members.iter().skip(MOST_COMPARED) {
        let has = phrases_in(&all[it.place].words);
        if let Some(draft) = drafts.iter_mut().find(|draft| has.contains(&draft.phrase)) {
            draft.members.push(it);
        }
    }
    drafts
}

fn with_phrases<T>(vocabulary: &Vocabulary, then: impl FnOnce(&Phrases<'_>) -> T) -> T {
    then(&Phrases { weight: &|word| vocabulary.weight(word), term: &|word| vocabulary.term(word) })
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
    let content = Content::of(tag);
    let mut scratch = Scratch::default();
    let (mut quotes, mut written) = (Vec::new(), HashMap::new());
    let mut texts = HashSet::new();
    for statement in typical {
        let key = view.columns.interaction_key[statement.row as usize];
        let said = turns.get(&key).map_or(&[][..], Vec::as_slice);
        let (said, words) = issue(said, &content, &mut scratch);
        for word in words {
            let forms: &mut BTreeMap<String, usize> = written.entry(word.term).or_default();
            *forms.entry(word.written).or_default() += 1;
        }
        let text = telling(&said, &content, vocabulary, &draft.phrase, &mut scratch);
        if quotes.len() <= MOST_QUOTES && texts.insert(text.to_lowercase()) {
            let started_at = view.time(view.columns.started_at[statement.row as usize]);
            quotes.push(GapQuote { interaction_id: ids[&statement.row].clone(), started_at, text });
        }
    }
    let mut quotes = quotes.into_iter();
    let words: Vec<&[u32]> =
        draft.members.iter().take(MOST_COMPARED).map(|it| &statements.all[it.place].words[..]).collect();
    let others =
        with_phrases(vocabulary, |phrases| phrases.others(&words, &draft.phrase, MOST_OTHER_PHRASES));
    let shown = |phrase: &Phrase| shown(phrase, vocabulary, &written);
    let count = |coverage| draft.members.iter().filter(|it| it.coverage == Some(coverage)).count() as u64;
    let nearest = nearest(asked, draft);
    let categories = categories(asked, draft);
    let not_covered_count = count(Coverage::NotCovered);
    let remedy = match () {
        () if is_elsewhere(asked, &categories, tag) => Remedy::Translate,
        () if nearest.is_some() && 2 * not_covered_count < draft.members.len() as u64 => Remedy::Extend,
        () => Remedy::Write,
    };
    Gap {
        key: key_of(asked.groups, draft.group),
        language: Some(tag.clone()).filter(|tag| !tag.is_empty()),
        key_phrases: std::iter::once(&draft.phrase).chain(&others).map(shown).collect(),
        question: quotes.next(),
        quotes: quotes.take(MOST_QUOTES).collect(),
        categories,
        failed_count: draft.members.len() as u64,
        not_covered_count,
        weak_count: count(Coverage::Weak),
        repeat_count: cost.repeat_count,
        repeat_cost: cost.repeat_cost,
        trend: trend(asked, draft),
        nearest,
        remedy,
    }
}

/// Of the turns of a statement the one that says most of it: which has the key phrase's words, then which weighs most.
fn telling(
    said: &[&Turn],
    content: &Content,
    vocabulary: &Vocabulary,
    phrase: &[u32],
    scratch: &mut Scratch,
) -> String {
    let mut best: Option<((usize, u64), &str)> = None;
    for turn in said {
        let mut words = Vec::new();
        content.each(&turn.text, scratch, &mut |word| {
            words.extend(vocabulary.number(&word.term));
            true
        });
        let words = distinct(&words);
        let has = phrase.iter().filter(|word| words.contains(word)).count();
        let weight = words.iter().map(|word| vocabulary.weight(*word)).sum();
        if best.is_none_or(|(most, _)| (has, weight) > most) {
            best = Some(((has, weight), &turn.text));
        }
    }
    let text = best.map_or("", |(_, text)| text).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A phrase as its contacts mostly write it. Pairs of characters that overlap are joined.
fn shown(
    phrase: &Phrase,
    vocabulary: &Vocabulary,
    written: &HashMap<String, BTreeMap<String, usize>>,
) -> String {
    let mut out = String::new();
    for word in phrase.iter().filter(|word| **word != BREAK) {
        let term = vocabulary.term(*word);
        let forms = written.get(term).into_iter().flatten();
        let form = forms
            .max_by_key(|(form, count)| (**count, Reverse(*form)))
            .map_or(term, |(form, _)| form.as_str());
        let is_pair = form.starts_with(is_character_script);
        let overlap = form.chars().next().filter(|first| is_pair && out.ends_with(*first));
        match overlap {
            Some(first) => out.push_str(&form[first.len_utf8()..]),
            None => {
                out.push_str(if out.is_empty() { "" } else { " " });
                out.push_str(form);
            }
        }
    }
    out
}

/// The article that is the nearest to the most of them; of equal ones the nearer, then the first by its id.
fn nearest(asked: &Asked, draft: &Draft) -> Option<NearestArticle> {
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
        score: sum as f64 / 1e6 / count as f64,
        contact_count: count,
    })
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
