//! Asking: the rows that have what a query asks for.
//!
//! It takes open index files, one after the other as the rows are, and a [`Query`], and gives every row that fits and may
//! be found, with its score. The score is BM25 over all files together, so it depends neither on how rows are spread over
//! files and segments nor on the number of threads. It deliberately neither sorts nor pages: what breaks ties is the
//! caller's.

use std::collections::BTreeSet;

use rayon::prelude::*;
use tantivy::SegmentReader;

use super::build::TEXT;
use super::expand::Expander;
use super::file::{IndexFile, Spellings};
use super::forms::Forms;
use super::query::{Query, Span, Wanted};
use super::spans::{Found, Lists, Reader};
use crate::error::{Error, Result};

/// How soon more of a word in a turn stops to count more (the usual constant of BM25).
const K1: f64 = 1.2;
/// How much a long turn is held against it (the usual constant of BM25).
const B: f64 = 0.75;

/// Index files, opened together.
#[derive(Default)]
pub struct SearchIndex {
    segments: Vec<Segment>,
    files: Vec<IndexFile>,
    spellings: Spellings,
}

struct Segment {
    /// The row of its first.
    first: u64,
    file: usize,
    number: usize,
}

/// A row that has what is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Its number over all files.
    pub row: u64,
    /// How well it fits; more is better.
    pub score: f32,
}

/// What a query finds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matches {
    /// The rows that fit and may be found, in ascending order.
    pub rows: Vec<Match>,
    /// The words that were found, as the index has them: what to highlight.
    pub words: BTreeSet<String>,
}

/// What the spans of a query find in a segment: a list a span.
type Lookup = Vec<Vec<Found>>;

impl SearchIndex {
    /// The files of all rows, one after the other.
    pub(crate) fn new(mut files: Vec<IndexFile>) -> SearchIndex {
        let mut spellings = Spellings::new();
        for (word, written) in files.iter_mut().flat_map(|file| std::mem::take(&mut file.spellings)) {
            spellings.entry(word).or_default().extend(written);
        }
        let mut segments = Vec::new();
        let mut first = 0;
        for (file, opened) in files.iter().enumerate() {
            for (number, reader) in opened.segments.iter().enumerate() {
                segments.push(Segment { first, file, number });
                first += u64::from(reader.max_doc());
            }
        }
        SearchIndex { segments, files, spellings }
    }

    /// Rows indexed.
    pub fn row_count(&self) -> u64 {
        self.files.iter().map(|file| file.row_count).sum()
    }

    /// Bytes of the files.
    pub fn byte_count(&self) -> u64 {
        self.files.iter().map(|file| file.byte_count).sum()
    }

    /// The rows that have what `query` asks for, of those that `may_be_found`.
    ///
    /// Errors: an index that contradicts itself.
    pub fn find(
        &self,
        query: &Query,
        forms: &Forms,
        may_be_found: &(dyn Fn(u64) -> bool + Sync),
    ) -> Result<Matches> {
        let mut spans = Vec::new();
        query.spans(true, &mut spans);
        let threads = rayon::current_num_threads().max(1);
        let share = self.segments.len().div_ceil(threads).max(1);
        let looked_up: Vec<(Vec<Lookup>, BTreeSet<String>)> = self
            .segments
            .par_chunks(share)
            .map(|segments| self.look_up(segments, &spans, forms))
            .collect::<tantivy::Result<_>>()
            .map_err(damaged)?;
        let words = looked_up.iter().flat_map(|(_, words)| words).cloned().collect();
        let mut lookups: Vec<Lookup> = looked_up.into_iter().flat_map(|(lookups, _)| lookups).collect();
        let weights = self.weights(&lookups, spans.len());
        let mean = self.mean_length().map_err(damaged)?;
        let of_segment = |(segment, lookup): (&Segment, &mut Lookup)| {
            self.score(segment, lookup, &weights, mean)?;
            let mut lists = std::mem::take(lookup).into_iter();
            let found = combine(query, &mut lists, self.reader(segment).max_doc());
            let rows =
                found.into_iter().map(|(row, score)| Match { row: segment.first + u64::from(row), score });
            Ok(rows.filter(|it| may_be_found(it.row)).collect())
        };
        let rows: Vec<Vec<Match>> = self
            .segments
            .par_iter()
            .zip(&mut lookups)
            .map(of_segment)
            .collect::<tantivy::Result<_>>()
            .map_err(damaged)?;
        Ok(Matches { rows: rows.concat(), words })
    }

    fn reader(&self, segment: &Segment) -> &SegmentReader {
        &self.files[segment.file].segments[segment.number]
    }

    /// What each span finds in some segments, and the words that stand for what is asked for.
    fn look_up(
        &self,
        segments: &[Segment],
        spans: &[(&Span, bool)],
        forms: &Forms,
    ) -> tantivy::Result<(Vec<Lookup>, BTreeSet<String>)> {
        let mut lookups = vec![Lookup::new(); segments.len()];
        let mut words = BTreeSet::new();
        for (span, is_wanted) in spans {
            let mut wanted: Vec<&Wanted> = Vec::new();
            span.wanted(&mut wanted);
            let has_places = wanted.len() > 1;
            let expander = |wanted| Expander::new(wanted, forms, &self.spellings);
            let mut expanders: Vec<Expander> =
                wanted.into_iter().map(expander).collect::<tantivy::Result<_>>()?;
            for (segment, lookup) in segments.iter().zip(&mut lookups) {
                let reader = self.reader(segment);
                let index = reader.inverted_index(TEXT)?;
                let mut expanders = expanders.iter_mut();
                let mut next = || {
                    let expander = expanders.next().expect("a span has as many lists as words");
                    let meant = expander.expand(index.terms())?;
                    Ok(Lists::open(&index, meant, reader.max_doc(), has_places)?)
                };
                lookup.push(Reader::open(span, &mut next)?.found());
            }
            if *is_wanted {
                words.extend(expanders.into_iter().flat_map(|expander| expander.words));
            }
        }
        Ok((lookups, words))
    }

    /// What each span weighs: the rarer, the more.
    fn weights(&self, lookups: &[Lookup], span_count: usize) -> Vec<f64> {
        let rows = self.row_count() as f64;
        let found = |span: usize| lookups.iter().map(|lookup| lookup[span].len()).sum::<usize>() as f64;
        (0..span_count).map(|span| (1.0 + (rows - found(span) + 0.5) / (found(span) + 0.5)).ln()).collect()
    }

    /// Puts scores in the place of counts. `mean` are the words of a turn.
    fn score(
        &self,
        segment: &Segment,
        lookup: &mut Lookup,
        weights: &[f64],
        mean: f64,
    ) -> tantivy::Result<()> {
        let lengths = self.reader(segment).get_fieldnorms_reader(TEXT)?;
        for (found, weight) in lookup.iter_mut().zip(weights) {
            for (row, count) in found {
                let length = f64::from(lengths.fieldnorm(*row)) / mean;
                let often = f64::from(*count);
                *count = (weight * often * (K1 + 1.0) / (often + K1 * (1.0 - B + B * length))) as f32;
            }
        }
        Ok(())
    }

    /// How many words a turn has, on average.
    fn mean_length(&self) -> tantivy::Result<f64> {
        let count = |it: &Segment| Ok(self.reader(it).inverted_index(TEXT)?.total_num_tokens());
        let words = self.segments.iter().map(count).sum::<tantivy::Result<u64>>()?;
        Ok((words as f64 / self.row_count().max(1) as f64).max(1.0))
    }
}

fn damaged(error: tantivy::TantivyError) -> Error {
    Error::data("the search index", format!("contradicts itself ({error})"), "build it anew")
}

/// The rows of a segment for a query whose spans found `lists`.
fn combine(query: &Query, lists: &mut impl Iterator<Item = Vec<Found>>, row_count: u32) -> Vec<Found> {
    match query {
        Query::Span(_) => lists.next().unwrap_or_default(),
        Query::Or(parts) => {
            let found = parts.iter().map(|part| combine(part, lists, row_count)).collect::<Vec<_>>();
            found.into_iter().reduce(|left, right| either(&left, &right)).unwrap_or_default()
        }
        Query::And(parts) => {
            let (mut all, mut without): (Option<Vec<Found>>, Vec<Vec<Found>>) = (None, Vec::new());
            for part in parts {
                if let Query::Not(part) = part {
                    without.push(combine(part, lists, row_count));
                    continue;
                }
                let found = combine(part, lists, row_count);
                all = Some(all.map_or_else(|| found.clone(), |all| both(&all, &found)));
            }
            let all = all.unwrap_or_else(|| every(row_count));
            without.into_iter().fold(all, |all, found| except(all, &found))
        }
        Query::Not(part) => except(every(row_count), &combine(part, lists, row_count)),
    }
}

fn every(row_count: u32) -> Vec<Found> {
    (0..row_count).map(|row| (row, 0.0)).collect()
}

fn both(left: &[Found], right: &[Found]) -> Vec<Found> {
    let (mut out, mut at) = (Vec::with_capacity(left.len().min(right.len())), 0);
    for &(row, score) in left {
        while right.get(at).is_some_and(|(other, _)| *other < row) {
            at += 1;
        }
        if let Some((other, more)) = right.get(at)
            && *other == row
        {
            out.push((row, score + more));
        }
    }
    out
}

fn either(left: &[Found], right: &[Found]) -> Vec<Found> {
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                let sum = (a.0, a.1 + b.1);
                left.next();
                right.next();
                sum
            }
            (Some(a), Some(b)) if a.0 < b.0 => {
                let next = **a;
                left.next();
                next
            }
            (_, Some(b)) => {
                let next = **b;
                right.next();
                next
            }
            (Some(a), None) => {
                let next = **a;
                left.next();
                next
            }
            (None, None) => return out,
        };
        out.push(next);
    }
}

fn except(mut all: Vec<Found>, without: &[Found]) -> Vec<Found> {
    let mut at = 0;
    let is_left = |(row, _): &Found| {
        while without.get(at).is_some_and(|(other, _)| other < row) {
            at += 1;
        }
        without.get(at).is_none_or(|(other, _)| other != row)
    };
    all.retain(is_left);
    all
}
