//! Articles of the knowledge base: one table of texts, small beside everything else.
//!
//! It takes [`Article`]s and gives those that count, one at a time, so that nobody holds all texts. Which of several versions
//! of an id counts is told as for interactions, within a language: articles of one id in two languages are translations.

use std::collections::HashMap;

use polars::prelude::{DataFrame, Int64Chunked, IntoColumn, NewChunkedArray};

use super::duplicates::NOT_SAID;
use super::interactions::{column_text, frame};
use super::key::content_key;
use super::part::Part;
use super::reader::Store;
use super::records::{number, text};
use super::schema::Table;
use super::sources::has;
use crate::error::Result;
use crate::interaction::Article;
use crate::text::script::primary_language;

/// Rows of the table.
#[derive(Default)]
pub(super) struct ArticleRows {
    texts: [Vec<Option<String>>; TEXTS.len()],
    updated_at: Vec<i64>,
    byte_count: usize,
}

/// Articles that are read at a time.
const SLICE_ROWS: u64 = 256;

/// The columns of texts, in the order of the table.
const TEXTS: [&str; 5] = ["id", "title", "body", "language", "category"];

impl ArticleRows {
    pub(super) fn len(&self) -> usize {
        self.updated_at.len()
    }

    /// Bytes of text held.
    pub(super) fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Adds a row.
    pub(super) fn push(&mut self, article: &Article) {
        let Article { article_id, title, body, language, category, updated_at } = article.clone();
        for (column, value) in self.texts.iter_mut().zip([Some(article_id), title, body, language, category])
        {
            self.byte_count += value.as_ref().map_or(0, String::len);
            column.push(value);
        }
        self.updated_at.push(updated_at.unwrap_or(NOT_SAID));
    }

    /// The rows as a frame of [`Table::Articles`].
    pub(super) fn into_frame(self) -> DataFrame {
        let mut columns: Vec<_> =
            TEXTS.iter().zip(&self.texts).map(|(name, texts)| column_text(name, texts)).collect();
        columns.push(Int64Chunked::from_slice("updated_at".into(), &self.updated_at).into_column());
        frame(columns)
    }
}

/// A version of an article: what decides whether it counts.
struct Version {
    row: usize,
    updated_at: i64,
    commit_id: u64,
    content_key: u64,
}

impl Store {
    /// Whether there are articles, some of which may not count.
    pub fn has_articles(&self) -> bool {
        self.parts_of(Table::Articles).next().is_some()
    }

    /// Gives `each` every article that counts, in the order of the store, which means nothing.
    ///
    /// Errors: a damaged part; those of `each`.
    pub fn for_articles(&self, mut each: impl FnMut(Article) -> Result<()>) -> Result<()> {
        let lives = self.living_articles()?;
        self.for_stored_articles(|row, article| if lives[row] { each(article) } else { Ok(()) })
    }

    /// One flag a row of articles: whether it counts.
    pub(super) fn living_articles(&self) -> Result<Vec<bool>> {
        let owners = self.owners(Table::Articles);
        let removed = owners.removed();
        let mut versions: HashMap<(String, String), Vec<Version>> = HashMap::new();
        let mut lives = vec![false; self.manifest.row_count(Table::Articles) as usize];
        self.for_stored_articles(|row, article| {
            if !has(&removed, row as u64) {
                let bytes = serde_json::to_vec(&article).unwrap_or_default();
                let language = article.language.as_deref().map(primary_language).unwrap_or_default();
                let version = Version {
                    row,
                    updated_at: article.updated_at.unwrap_or(NOT_SAID),
                    commit_id: owners.commit_id(row as u64),
                    content_key: content_key(&bytes),
                };
                versions.entry((article.article_id, language)).or_default().push(version);
            }
            Ok(())
        })?;
        for versions in versions.values() {
            let latest = versions.iter().map(|it| it.updated_at).max().unwrap_or(NOT_SAID);
            let standing = versions.iter().filter(|it| it.updated_at == NOT_SAID || it.updated_at == latest);
            let order = |it: &&Version| (std::cmp::Reverse(it.commit_id), it.content_key, it.row);
            if let Some(counts) = standing.min_by_key(order) {
                lives[counts.row] = true;
            }
        }
        Ok(lives)
    }

    fn for_stored_articles(&self, mut each: impl FnMut(usize, Article) -> Result<()>) -> Result<()> {
        for (part, first) in self.parts_of(Table::Articles) {
            for start in (0..part.row_count).step_by(SLICE_ROWS as usize) {
                let count = SLICE_ROWS.min(part.row_count - start);
                let names: Vec<&str> = part.table.columns().iter().map(|(name, _)| *name).collect();
                let frame = part.read(self.dir(), &names, start, count)?;
                for at in 0..count as usize {
                    let article = article(self, part, &frame, at)?;
                    each((first + start) as usize + at, article)?;
                }
            }
        }
        Ok(())
    }
}

fn article(store: &Store, part: &Part, frame: &DataFrame, at: usize) -> Result<Article> {
    let read = || {
        let owned = |name| Ok::<_, String>(text(frame, name, at)?.map(str::to_string));
        let updated_at = number::<polars::prelude::Int64Type>(frame, "updated_at", at)?;
        Ok(Article {
            article_id: owned("id")?.ok_or("id has gaps")?,
            title: owned("title")?,
            body: owned("body")?,
            language: owned("language")?,
            category: owned("category")?,
            updated_at: updated_at.filter(|it| *it != NOT_SAID),
        })
    };
    read().map_err(|what: String| part.damaged(store.dir(), what))
}
