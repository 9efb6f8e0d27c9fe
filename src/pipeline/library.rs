//! The articles of a store as statements are searched in them: an index a language, and which words each article has.
//!
//! A statement is searched in the articles of its language and in those that declare none. Articles are read one at a time;
//! of their words only those are kept that statements have.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::statements::{Statement, Statements, distinct};
use crate::interaction::Article;
use crate::measure::covered_share;
use crate::search::{ArticleIndex, ArticleIndexBuilder, Content, Scratch};
use crate::store::Store;
use crate::text::script::primary_language;
use crate::{Error, Result};

/// Articles of a store that are searched.
const MOST_ARTICLES: usize = 200_000;

/// Articles that fit a statement best by BM25, among which the one is looked for that has most of it.
const MOST_CANDIDATES: usize = 20;

/// What is known of an article but its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) article_id: String,
    /// Primary tag; blank: not declared.
    pub(super) language: String,
    pub(super) title: String,
    pub(super) category: Option<String>,
}

/// The articles of a language.
struct Shelf {
    /// None where there is no article.
    index: Option<ArticleIndex>,
    /// By place in the index: the article, and the numbers of its words, ascending.
    articles: Vec<(u32, Box<[u32]>)>,
}

/// Articles, and where to look for them.
pub(super) struct Library {
    pub(super) entries: Vec<Entry>,
    shelves: Vec<Shelf>,
}

/// The article that has most of a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    /// The weight of the statement's words that it has ÷ that of all, 0 to 1.
    pub(super) score: f64,
    /// Its number; none where no article has anything of it.
    pub(super) article: Option<u32>,
}

impl Library {
    /// Reads the articles of a store for the languages of the statements.
    pub(super) fn read(store: &Store, statements: &Statements) -> Result<Library> {
        let contents = &statements.contents;
        let mut builders: Vec<(Option<ArticleIndexBuilder>, Vec<_>)> = Vec::new();
        builders.resize_with(contents.len(), Default::default);
        let (mut entries, mut scratch) = (Vec::new(), Scratch::default());
        store.for_articles(|article| {
            if entries.len() >= MOST_ARTICLES {
                let what = format!("over {MOST_ARTICLES} articles");
                return Err(Error::data(store.dir(), what, "index those that agents and customers read"));
            }
            let entry = entry(&article);
            for (place, content) in contents.iter().enumerate() {
                let asked = &statements.languages[place];
                if !asked.is_empty() && !entry.language.is_empty() && *asked != entry.language {
                    continue;
                }
                let terms = terms(&article, content, &mut scratch);
                let vocabulary = &statements.vocabularies[place];
                let words: Vec<u32> = terms.iter().filter_map(|term| vocabulary.number(term)).collect();
                let (builder, articles) = &mut builders[place];
                let builder = match builder {
                    Some(builder) => builder,
                    none => none.insert(ArticleIndexBuilder::new()?),
                };
                builder.push(&terms)?;
                articles.push((entries.len() as u32, distinct(&words).into()));
            }
            entries.push(entry);
            Ok(())
        })?;
        let shelf = |(builder, articles): (Option<ArticleIndexBuilder>, _)| {
            Ok(Shelf { index: builder.map(ArticleIndexBuilder::finish).transpose()?, articles })
        };
        Ok(Library { entries, shelves: builders.into_iter().map(shelf).collect::<Result<_>>()? })
    }

    /// Whether there are articles for statements of a language.
    pub(super) fn has(&self, language: usize) -> bool {
        self.shelves.get(language).is_some_and(|shelf| !shelf.articles.is_empty())
    }

    /// Whether an article that is searched for a language has a word of its vocabulary.
    pub(super) fn has_word(&self, language: usize, article: u32, word: u32) -> bool {
        let articles = &self.shelves[language].articles;
        let place = articles.binary_search_by_key(&article, |(article, _)| *article);
        place.is_ok_and(|place| articles[place].1.binary_search(&word).is_ok())
    }

    /// How many articles of each category there are in each language, categories in lower case.
    pub(super) fn by_category(&self) -> BTreeMap<String, BTreeMap<&str, Vec<&Entry>>> {
        let mut found: BTreeMap<String, BTreeMap<&str, Vec<&Entry>>> = BTreeMap::new();
        for entry in &self.entries {
            if let Some(category) = &entry.category {
                let of_category = found.entry(category.to_lowercase()).or_default();
                of_category.entry(&entry.language).or_default().push(entry);
            }
        }
        found.values_mut().flat_map(|it| it.values_mut()).for_each(|entries| entries.sort_unstable());
        found
    }

    /// The nearest article of each statement; `None` for statements in which no word weighs anything.
    pub(super) fn nearest(&self, statements: &Statements) -> Result<Vec<Option<Nearest>>> {
        statements.all.par_iter().map(|statement| self.nearest_of(statement, statements)).collect()
    }

    fn nearest_of(&self, statement: &Statement, statements: &Statements) -> Result<Option<Nearest>> {
        let (shelf, vocabulary) =
            (&self.shelves[statement.language], &statements.vocabularies[statement.language]);
        let mut words: Vec<(u32, u64)> =
            distinct(&statement.words).into_iter().map(|word| (word, vocabulary.weight(word))).collect();
        words.retain(|(_, weight)| *weight > 0);
        if words.is_empty() {
            return Ok(None);
        }
        // The order of the words is that of their texts, not that in which they were met.
        words.sort_unstable_by_key(|(word, _)| vocabulary.term(*word));
        let terms = words.iter().map(|(word, _)| vocabulary.term(*word));
        let mut nearest = Nearest { score: 0.0, article: None };
        let index = shelf.index.as_ref();
        let candidates = index.map(|index| index.best(terms, MOST_CANDIDATES)).transpose()?;
        for place in candidates.unwrap_or_default() {
            let (article, has) = &shelf.articles[place as usize];
            let marked = words.iter().map(|(word, weight)| (*weight, has.binary_search(word).is_ok()));
            let score = covered_share(marked).unwrap_or(0.0);
            let is_nearer = match nearest.article {
                None => score > 0.0,
                Some(other) => {
                    let by_name = || self.entries[other as usize].cmp(&self.entries[*article as usize]);
                    score.total_cmp(&nearest.score).then_with(by_name).is_gt()
                }
            };
            if is_nearer {
                nearest = Nearest { score, article: Some(*article) };
            }
        }
        Ok(Some(nearest))
    }
}

fn entry(article: &Article) -> Entry {
    Entry {
        article_id: article.article_id.clone(),
        language: article.language.as_deref().map(primary_language).unwrap_or_default(),
        title: article.title.clone().unwrap_or_default(),
        category: article.category.clone(),
    }
}

/// The content words of an article.
fn terms(article: &Article, content: &Content, scratch: &mut Scratch) -> Vec<String> {
    let mut terms = Vec::new();
    for text in [&article.title, &article.body].into_iter().flatten() {
        content.each(text, scratch, &mut |word| {
            terms.push(word.term);
            true
        });
    }
    terms
}
