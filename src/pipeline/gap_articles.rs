//! Articles as contacts use them: which resolve less than the other contacts of their category, which are never used, which
//! ids are nobody's, and which categories have articles in other languages only.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::gap_groups::Judged;
use super::gaps::Asked;
use super::library::Entry;
use crate::Result;
use crate::link::Counted;
use crate::measure::{Coverage, newcombe, rate, wilson};
use crate::report::{ArticleName, ArticleUse, Hole, UnknownArticle};

/// Rows of a table; more ids than this are no articles.
const MOST_ROWS: usize = 5_000;

/// Articles named with a hole.
const MOST_NAMED: usize = 5;

/// Articles as contacts record them.
#[derive(Default)]
pub(super) struct Use {
    pub(super) uses: Vec<ArticleUse>,
    pub(super) used_count: u64,
    pub(super) unused: Vec<ArticleName>,
    pub(super) unknown: Vec<UnknownArticle>,
}

/// Contacts that the FCR rate counts, and those of them that were resolved.
#[derive(Clone, Copy, Default)]
struct Tally {
    eligible: u64,
    resolved: u64,
}

impl Tally {
    fn add(&mut self, counted: &Counted) {
        self.eligible += 1;
        self.resolved += u64::from(!counted.is_failed);
    }
}

/// What became of contacts, by the article that they record.
pub(super) fn article_use(asked: &Asked, counted: &[Counted], notes: &mut Vec<String>) -> Result<Use> {
    let dimension = match asked.view.store.dimension("article_id") {
        Ok(dimension) => dimension,
        // A column with a value of its own in every row records no articles.
        Err(error) if matches!(error, crate::Error::Data { .. }) => {
            notes.push(format!("Articles in use cannot be told: {error}."));
            return Ok(Use::default());
        }
        Err(error) => return Err(error),
    };
    let is_duplicate = &asked.view.columns.is_duplicate;
    let mut interactions: BTreeMap<&str, u64> = BTreeMap::new();
    for (row, code) in dimension.codes.iter().enumerate() {
        if *code > 0 && !is_duplicate.get(row).copied().unwrap_or(false) {
            *interactions.entry(dimension.names[*code as usize].trim()).or_default() += 1;
        }
    }
    if interactions.is_empty() {
        return Ok(Use::default());
    }
    let entries = &asked.library.entries;
    let mut titles: HashMap<&str, &Entry> = HashMap::new();
    for entry in entries {
        let known = titles.entry(&entry.article_id).or_insert(entry);
        *known = (*known).min(entry);
    }
    let unknown = interactions.iter().filter(|(id, _)| !entries.is_empty() && !titles.contains_key(*id));
    let mut unknown: Vec<UnknownArticle> = unknown
        .map(|(id, count)| UnknownArticle { article_id: id.to_string(), interaction_count: *count })
        .collect();
    unknown.sort_by(|a, b| {
        b.interaction_count.cmp(&a.interaction_count).then_with(|| a.article_id.cmp(&b.article_id))
    });
    unknown.truncate(MOST_ROWS);
    let unused: BTreeSet<ArticleName> =
        entries.iter().filter(|it| !interactions.contains_key(it.article_id.as_str())).map(named).collect();
    let (mut of_article, mut of_category) =
        (BTreeMap::<(u32, u32), Tally>::new(), BTreeMap::<u32, Tally>::new());
    for it in counted {
        let (category, article) = (asked.categories.codes[it.row as usize], dimension.codes[it.row as usize]);
        of_category.entry(category).or_default().add(it);
        if article > 0 {
            of_article.entry((article, category)).or_default().add(it);
        }
    }
    let line = |((article, category), own): ((u32, u32), Tally)| {
        let all = of_category[&category];
        let others = Tally { eligible: all.eligible - own.eligible, resolved: all.resolved - own.resolved };
        let id = dimension.names[article as usize].trim();
        line(
            id,
            titles.get(id).map(|it| it.title.clone()),
            asked.categories.keys[category as usize][0].clone(),
            own,
            others,
        )
    };
    let mut uses: Vec<ArticleUse> = of_article.into_iter().map(line).collect();
    uses.sort_by(worst_first);
    uses.truncate(MOST_ROWS);
    Ok(Use {
        uses,
        used_count: interactions.values().sum(),
        unused: unused.into_iter().take(MOST_ROWS).collect(),
        unknown,
    })
}

fn line(id: &str, title: Option<String>, category: Option<String>, own: Tally, others: Tally) -> ArticleUse {
    let interval = newcombe((own.resolved, own.eligible), (others.resolved, others.eligible));
    let (own_rate, ..) = rate(own.resolved, own.eligible);
    let (other_rate, ..) = rate(others.resolved, others.eligible);
    ArticleUse {
        article_id: id.to_string(),
        title,
        category,
        eligible_count: own.eligible,
        resolved_count: own.resolved,
        fcr_rate: own_rate,
        interval: wilson(own.resolved, own.eligible),
        other_eligible_count: others.eligible,
        other_resolved_count: others.resolved,
        other_fcr_rate: other_rate,
        difference: own_rate.zip(other_rate).map(|(own, other)| own - other),
        difference_interval: interval,
        verdict: match interval {
            Some(it) if it.high < 0.0 => "resolves_less",
            Some(it) if it.low > 0.0 => "resolves_more",
            _ => "no_difference",
        },
    }
}

/// Those that surely resolve less first, of these those with the most failed contacts.
fn worst_first(a: &ArticleUse, b: &ArticleUse) -> Ordering {
    let rank = |it: &ArticleUse| match it.verdict {
        "resolves_less" => 0,
        "no_difference" => 1,
        _ => 2,
    };
    let failed = |it: &ArticleUse| it.eligible_count - it.resolved_count;
    let by_size = rank(a).cmp(&rank(b)).then(failed(b).cmp(&failed(a)));
    by_size.then_with(|| (&a.article_id, &a.category).cmp(&(&b.article_id, &b.category)))
}

fn named(entry: &Entry) -> ArticleName {
    ArticleName {
        article_id: entry.article_id.clone(),
        title: entry.title.clone(),
        language: Some(entry.language.clone()).filter(|tag| !tag.is_empty()),
        category: entry.category.clone(),
    }
}

/// Categories that are asked about in a language in which they have no article, and have some in others.
pub(super) fn holes(asked: &Asked, judged: &[Judged]) -> Vec<Hole> {
    let by_category = asked.library.by_category();
    let mut asked_for: BTreeMap<(u32, usize), u64> = BTreeMap::new();
    for it in judged.iter().filter(|it| it.coverage.is_some_and(|it| it != Coverage::Covered)) {
        let statement = &asked.statements.all[it.place];
        let category = asked.categories.codes[statement.row as usize];
        *asked_for.entry((category, statement.language)).or_default() += 1;
    }
    let hole = |((category, language), failed_count): ((u32, usize), u64)| {
        let category = asked.categories.keys[category as usize][0].clone()?;
        let language = asked.statements.languages[language].clone();
        let there = by_category.get(&category.to_lowercase())?;
        // An article without a language may be in this one.
        if language.is_empty() || there.contains_key(language.as_str()) || there.contains_key("") {
            return None;
        }
        let languages = there.iter().map(|(tag, entries)| (tag.to_string(), entries.len() as u64)).collect();
        let articles = there.values().flatten().take(MOST_NAMED).map(|it| named(it)).collect();
        Some(Hole { category, language, failed_count, languages, articles })
    };
    let mut holes: Vec<Hole> = asked_for.into_iter().filter_map(hole).collect();
    holes.sort_by(|a, b| {
        let name = |it: &Hole| (it.category.clone(), it.language.clone());
        b.failed_count.cmp(&a.failed_count).then_with(|| name(a).cmp(&name(b)))
    });
    holes.truncate(MOST_ROWS);
    holes
}
