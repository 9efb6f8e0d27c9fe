//! Where something stands in the turns of a segment.
//!
//! It takes a [`Span`] with the words that are meant and gives the turns that have it, each with how often. A word is read
//! from its list of turns; words that have to do with each other are looked for only in turns that have all of them,
//! there by their places. It deliberately reads whole lists: every turn that fits is found and counted.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

use super::expand::Meant;
use super::query::Span;

/// The most stretches of one turn that are kept. Only a turn of megabytes that says the same again and again has more,
/// and only a NEAR beside a NEAR asks for those.
const MOST_STRETCHES: usize = 1 << 20;

/// A turn of a segment, and how often it has something.
pub(super) type Found = (u32, f32);

/// From which place to which, the end not included.
type Stretch = (u32, u32);

/// A span with the words that each of its words means in a segment.
pub(super) enum Reader {
    Words(Vec<(u32, Lists)>, u32),
    Any(Vec<Reader>),
    Near(Box<Reader>, Box<Reader>, u32),
}

/// The lists of turns of the words that are meant by one.
pub(super) struct Lists {
    lists: Vec<(SegmentPostings, f32)>,
    row_count: u32,
    places: Vec<u32>,
}

impl Lists {
    /// Opens the lists; with places where words have to do with each other.
    pub(super) fn open(
        index: &InvertedIndexReader,
        meant: Vec<Meant>,
        row_count: u32,
        has_places: bool,
    ) -> std::io::Result<Lists> {
        let option = match has_places {
            true => IndexRecordOption::WithFreqsAndPositions,
            false => IndexRecordOption::WithFreqs,
        };
        let open = |it: Meant| Ok((index.read_postings_from_terminfo(&it.info, option)?, it.weight));
        let lists = meant.into_iter().map(open).collect::<std::io::Result<_>>()?;
        Ok(Lists { lists, row_count, places: Vec::new() })
    }

    /// The turns that have any of the words, and how often.
    fn all(&self) -> Vec<Found> {
        let each = |list: &SegmentPostings, mut each: Box<dyn FnMut(u32, u32) + '_>| {
            let mut list = list.clone();
            let mut row = list.doc();
            while row != TERMINATED {
                each(row, list.term_freq());
                row = list.advance();
            }
        };
        if let [(list, weight)] = self.lists.as_slice() {
            let mut found = Vec::with_capacity(list.size_hint() as usize);
            each(list, Box::new(|row, count| found.push((row, count as f32 * weight))));
            return found;
        }
        if self.lists.is_empty() {
            return Vec::new();
        }
        let mut counts = vec![0.0; self.row_count as usize];
        for (list, weight) in &self.lists {
            each(list, Box::new(|row, count| counts[row as usize] += count as f32 * weight));
        }
        (0..).zip(counts).filter(|(_, count)| *count > 0.0).collect()
    }

    /// The places of the words in a turn, in order. Turns must be asked for in order.
    fn places(&mut self, row: u32) -> &[u32] {
        self.places.clear();
        for (list, _) in &mut self.lists {
            if list.doc() < row {
                list.seek(row);
            }
            if list.doc() == row {
                list.append_positions_with_offset(0, &mut self.places);
            }
        }
        if self.lists.len() > 1 {
            self.places.sort_unstable();
            self.places.dedup();
        }
        &self.places
    }
}

impl Reader {
    /// Opens a span; `next` gives the lists of its words in the order of the query.
    pub(super) fn open(
        span: &Span,
        next: &mut dyn FnMut() -> tantivy::Result<Lists>,
    ) -> tantivy::Result<Reader> {
        Ok(match span {
            Span::Words(words, count) => {
                let words = words.iter().map(|(place, _)| Ok((*place, next()?)));
                Reader::Words(words.collect::<tantivy::Result<_>>()?, *count)
            }
            Span::Any(parts) => {
                let parts = parts.iter().map(|part| Reader::open(part, next));
                Reader::Any(parts.collect::<tantivy::Result<_>>()?)
            }
            Span::Near(left, right, distance) => {
                let (left, right) = (Reader::open(left, next)?, Reader::open(right, next)?);
                Reader::Near(Box::new(left), Box::new(right), *distance)
            }
        })
    }

    /// The turns that have it, and how often.
    pub(super) fn found(&mut self) -> Vec<Found> {
        if let Reader::Words(words, _) = self
            && let [(_, lists)] = words.as_slice()
        {
            return lists.all();
        }
        let mut stretches = Vec::new();
        let mut found = Vec::new();
        for row in self.candidates() {
            self.stretches(row, &mut stretches);
            if !stretches.is_empty() {
                found.push((row, stretches.len() as f32));
            }
        }
        found
    }

    /// The turns that may have it: they have the words.
    fn candidates(&self) -> Vec<u32> {
        let rows = |found: Vec<Found>| found.into_iter().map(|(row, _)| row).collect::<Vec<u32>>();
        match self {
            Reader::Words(words, _) => {
                let mut lists: Vec<&Lists> = words.iter().map(|(_, lists)| lists).collect();
                // The shortest first, so that little is left to look for.
                lists.sort_by_key(|lists| lists.lists.iter().map(|(list, _)| list.size_hint()).sum::<u32>());
                let mut lists = lists.into_iter();
                let mut left = lists.next().map_or_else(Vec::new, |lists| rows(lists.all()));
                lists.for_each(|lists| lists.retain(&mut left));
                left
            }
            Reader::Any(parts) => {
                let mut all: Vec<u32> = parts.iter().flat_map(Reader::candidates).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            Reader::Near(left, right, _) => {
                let right = right.candidates();
                let mut at = 0;
                let mut left = left.candidates();
                left.retain(|row| {
                    at += right[at..].partition_point(|other| other < row).min(right.len() - at);
                    right.get(at) == Some(row)
                });
                left
            }
        }
    }

    /// Where it stands in a turn, in order. Turns must be asked for in order.
    fn stretches(&mut self, row: u32, out: &mut Vec<Stretch>) {
        out.clear();
        match self {
            Reader::Words(words, count) => {
                for (at, (place, lists)) in words.iter_mut().enumerate() {
                    let found = lists.places(row);
                    if at == 0 {
                        let starts = found.iter().filter_map(|found| found.checked_sub(*place));
                        out.extend(starts.map(|start| (start, start + *count)));
                    } else {
                        out.retain(|(start, _)| found.binary_search(&(start + *place)).is_ok());
                    }
                }
            }
            Reader::Any(parts) => {
                let mut own = Vec::new();
                for part in parts {
                    part.stretches(row, &mut own);
                    out.extend_from_slice(&own);
                    settle(out);
                }
            }
            Reader::Near(left, right, distance) => {
                let (mut first, mut second) = (Vec::new(), Vec::new());
                left.stretches(row, &mut first);
                right.stretches(row, &mut second);
                near(&first, &second, *distance, out);
            }
        }
    }
}

impl Lists {
    /// Keeps the turns that have any of the words.
    fn retain(&self, rows: &mut Vec<u32>) {
        let mut lists: Vec<SegmentPostings> = self.lists.iter().map(|(list, _)| list.clone()).collect();
        rows.retain(|row| {
            lists.iter_mut().any(|list| {
                if list.doc() < *row {
                    list.seek(*row);
                }
                list.doc() == *row
            })
        });
    }
}

/// Stretches from one of the first to one of the second, in either order, with at most so many words between and none in
/// both.
pub(super) fn near(first: &[Stretch], second: &[Stretch], distance: u32, out: &mut Vec<Stretch>) {
    let longest = second.iter().map(|(start, end)| end - start).max().unwrap_or(0);
    for &(start, end) in first {
        let least = start.saturating_sub(distance + longest);
        let from = second.partition_point(|(other, _)| *other < least);
        let others = second[from..].iter().take_while(|(other, _)| *other <= end + distance);
        for &(other_start, other_end) in others {
            let is_after = other_start >= end && other_start - end <= distance;
            let is_before = start >= other_end && start - other_end <= distance;
            if is_after || is_before {
                out.push((start.min(other_start), end.max(other_end)));
            }
        }
        if out.len() > MOST_STRETCHES {
            break;
        }
    }
    settle(out);
}

/// Puts stretches in order, each once.
fn settle(stretches: &mut Vec<Stretch>) {
    stretches.sort_unstable();
    stretches.dedup();
    stretches.truncate(MOST_STRETCHES);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};
    use proptest::{collection::vec, prop_assert_eq};

    use super::{Stretch, near};

    fn stretches() -> impl Strategy<Value = Vec<Stretch>> {
        vec((0u32..60, 1u32..4), 0..12).prop_map(|all| {
            let mut all: Vec<Stretch> =
                all.into_iter().map(|(start, count)| (start, start + count)).collect();
            all.sort_unstable();
            all.dedup();
            all
        })
    }

    proptest! {
        #[test]
        fn what_is_near_is_what_all_pairs_say(first in stretches(), second in stretches(), distance in 0u32..8) {
            let mut fast = Vec::new();
            near(&first, &second, distance, &mut fast);
            let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (a, b)));
            let gap = |a: &Stretch, b: &Stretch| i64::from(b.0) - i64::from(a.1);
            let is_near = |gap: i64| (0..=i64::from(distance)).contains(&gap);
            let near = pairs.filter(|(a, b)| is_near(gap(a, b)) || is_near(gap(b, a)));
            let mut slow: Vec<Stretch> = near.map(|(a, b)| (a.0.min(b.0), a.1.max(b.1))).collect();
            slow.sort_unstable();
            slow.dedup();
            prop_assert_eq!(fast, slow);
        }
    }
}
