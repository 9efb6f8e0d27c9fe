//! Articles in memory, to find those that may answer a statement.
//!
//! It takes the content words of articles and of a statement and gives the articles that fit best by BM25. How much of the
//! statement they have is told elsewhere. The index is built when asked for, is held in memory, and is of one language.

use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, SingleSegmentIndexWriter, TantivyDocument,
    Term,
};

use crate::error::{Error, Result};

/// The least memory that an index begins with, in bytes; it takes what it needs.
const MEMORY_BYTES: usize = 4 << 20;

/// The one field.
const TEXT: Field = Field::from_field_id(0);

/// An index of articles being built.
pub(crate) struct ArticleIndexBuilder {
    writer: SingleSegmentIndexWriter,
}

/// Articles that can be searched, numbered from 0 in the order in which they were added.
pub(crate) struct ArticleIndex {
    searcher: Searcher,
}

impl ArticleIndexBuilder {
    /// An index without articles.
    pub(crate) fn new() -> Result<ArticleIndexBuilder> {
        let mut schema = Schema::builder();
        // Terms are made already: they only have to be parted again.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqs);
        schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let writer = Index::builder()
            .schema(schema.build())
            .settings(IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() })
            .single_segment_index_writer(RamDirectory::create(), MEMORY_BYTES)
            .map_err(failed)?;
        Ok(ArticleIndexBuilder { writer })
    }

    /// Adds an article by its terms, none of which has a space in it.
    pub(crate) fn push(&mut self, terms: &[String]) -> Result<()> {
        let mut document = TantivyDocument::default();
        document.add_text(TEXT, terms.join(" "));
        self.writer.add_document(document).map_err(failed)
    }

    /// Ends it.
    pub(crate) fn finish(self) -> Result<ArticleIndex> {
        let index = self.writer.finalize().map_err(failed)?;
        let reader: IndexReader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed)?;
        Ok(ArticleIndex { searcher: reader.searcher() })
    }
}

impl ArticleIndex {
    /// The articles that fit the terms best by BM25, at most so many; of equal ones those added first.
    pub(crate) fn best<'t>(&self, terms: impl Iterator<Item = &'t str>, most: usize) -> Result<Vec<u32>> {
        let clause = |term: &str| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(TEXT, term);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
        };
        let query = BooleanQuery::new(terms.map(clause).collect());
        let found =
            self.searcher.search(&query, &TopDocs::with_limit(most).order_by_score()).map_err(failed)?;
        Ok(found.into_iter().map(|(_, place)| place.doc_id).collect())
    }
}

fn failed(error: tantivy::TantivyError) -> Error {
    Error::data(
        "articles",
        format!("the index of articles could not be built or read ({error})"),
        "run it again",
    )
}

#[cfg(test)]
mod tests {
    use super::ArticleIndexBuilder;

    #[test]
    fn the_article_that_has_more_of_the_rarer_words_comes_first() {
        let mut builder = ArticleIndexBuilder::new().unwrap();
        for article in ["bill date pay", "router light red router", "bill router"] {
            let terms: Vec<String> = article.split(' ').map(String::from).collect();
            builder.push(&terms).unwrap();
        }
        let index = builder.finish().unwrap();
        assert_eq!(index.best(["router", "red"].into_iter(), 5).unwrap(), [1, 2]);
        assert_eq!(index.best(["router", "bill"].into_iter(), 1).unwrap(), [2]);
        assert_eq!(index.best(["esim"].into_iter(), 5).unwrap(), [0u32; 0]);
        assert_eq!(index.best(std::iter::empty(), 5).unwrap(), [0u32; 0]);
    }
}
