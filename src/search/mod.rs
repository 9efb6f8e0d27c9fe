//! Full-text search: an inverted index of the texts of turns, and the language in which it is asked.
//!
//! It takes texts, one a row, and writes an index file of them; it takes such files and a query and gives the rows that
//! have what is asked for, ranked by BM25. Words are folded and cut as for detection, so what a rule matches can be found.
//! It deliberately knows no store, no interaction and no policy: rows are numbers here, and whoever asks says which of
//! them may be found. Nothing outside of this folder names tantivy, which keeps the lists of turns and the dictionary of
//! words.

mod articles;
mod build;
mod content;
mod courtesy;
mod expand;
mod file;
mod forms;
mod index;
#[cfg(test)]
mod naive;
mod query;
mod snippet;
mod spans;
mod words;

pub(crate) use articles::{ArticleIndex, ArticleIndexBuilder};
pub(crate) use build::Builder;
pub(crate) use content::{Content, ContentWord, Scratch};
pub(crate) use file::{IndexFile, TextWords};
pub use forms::Forms;
pub use index::{Match, Matches, SearchIndex};
pub use query::{Query, Span, Wanted};
pub use snippet::{Snippet, snippet};
