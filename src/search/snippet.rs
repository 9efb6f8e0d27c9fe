//! The part of a text in which words were found, as it was written, with the places of the words.

use std::collections::BTreeSet;
use std::ops::Range;

use super::words::Words;

/// Bytes of text that are shown around what was found.
const SNIPPET_BYTES: usize = 160;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The part, as it was written; "…" stands where something is left out.
    pub text: String,
    /// Bytes of `text` that hold what was found, in order, none within another.
    pub marks: Vec<Range<usize>>,
}

/// The part of `text` with most of the words, which are as an index has them.
pub fn snippet(text: &str, words: &BTreeSet<String>) -> Snippet {
    let marks = marks(text, words);
    let Range { start, end } = best(text, &marks);
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    let moved = |mark: &Range<usize>| mark.start - start + before.len()..mark.end - start + before.len();
    let inside = |mark: &&Range<usize>| mark.start >= start && mark.end <= end;
    Snippet {
        text: format!("{before}{}{after}", &text[start..end]),
        marks: marks.iter().filter(inside).map(moved).collect(),
    }
}

/// The bytes of all words that were found; those that touch are one.
fn marks(text: &str, words: &BTreeSet<String>) -> Vec<Range<usize>> {
    let found = Words::of(text);
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut term = String::new();
    for at in 0..found.len() {
        found.term(at, &mut term);
        if !words.contains(&term) {
            continue;
        }
        let last = if found.is_paired(at) { at + 1 } else { at };
        let mark = found.raw(at).start..found.raw(last).end;
        match marks.last_mut().filter(|before| before.end >= mark.start) {
            Some(before) => before.end = before.end.max(mark.end),
            None => marks.push(mark),
        }
    }
    marks
}

/// Where to cut: around the first place with most marks, at spaces where any are near.
fn best(text: &str, marks: &[Range<usize>]) -> Range<usize> {
    if text.len() <= SNIPPET_BYTES {
        return 0..text.len();
    }
    let reach = |first: usize| marks[first].start + SNIPPET_BYTES * 3 / 4;
    let count = |first: usize| marks[first..].iter().take_while(|mark| mark.end <= reach(first)).count();
    let first = (0..marks.len()).rev().max_by_key(|first| count(*first));
    let shown = first.map_or(0..0, |first| {
        marks[first].start..marks[first + count(first).max(1) - 1].end.min(marks[first].start + SNIPPET_BYTES)
    });
    let spare = SNIPPET_BYTES.saturating_sub(shown.len()) / 2;
    let from = text.floor_char_boundary(shown.start.saturating_sub(spare));
    let to = text.ceil_char_boundary((text.ceil_char_boundary(shown.end) + spare).min(text.len()));
    let from = text[from..shown.start].find(' ').filter(|_| from > 0).map_or(from, |space| from + space + 1);
    let shown_end = text.ceil_char_boundary(shown.end);
    let to = text[shown_end..to].rfind(' ').filter(|_| to < text.len()).map_or(to, |space| shown_end + space);
    from..to
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::snippet;

    fn words(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    /// The snippet with brackets around what was found.
    fn shown(text: &str, found: &[&str]) -> String {
        let snippet = snippet(text, &words(found));
        let mut shown = String::new();
        let mut at = 0;
        for mark in &snippet.marks {
            shown += &format!("{}[{}]", &snippet.text[at..mark.start], &snippet.text[mark.clone()]);
            at = mark.end;
        }
        shown + &snippet.text[at..]
    }

    #[test]
    fn a_short_text_is_shown_whole_as_it_was_written() {
        assert_eq!(shown("My ROUTER, trešo reizi!", &["router", "treso"]), "My [ROUTER], [trešo] reizi!");
        assert_eq!(shown("nothing here", &["router"]), "nothing here");
        assert_eq!(shown("我的路由器坏了", &["路由", "由器"]), "我的[路由器]坏了");
    }

    #[test]
    fn a_long_text_is_cut_around_the_place_with_most_words() {
        let text =
            format!("router {}the router will reboot again {}", "before ".repeat(60), "after ".repeat(60));
        let shown = shown(&text, &["router", "reboot"]);
        assert!(shown.starts_with("…before ") && shown.ends_with(" after…"), "{shown}");
        assert!(shown.contains("the [router] will [reboot] again"), "{shown}");
    }

    #[test]
    fn characters_without_spaces_are_cut_between_characters() {
        let text = format!("{}路由器{}", "前".repeat(200), "后".repeat(200));
        let shown = shown(&text, &["路由", "由器"]);
        assert!(
            shown.starts_with("…前") && shown.contains("前[路由器]后") && shown.ends_with("后…"),
            "{shown}"
        );
    }

    #[test]
    fn a_word_longer_than_any_snippet_is_no_panic() {
        let text = "ž".repeat(1000);
        let snippet = snippet(&text, &words(&["z"]));
        assert!(snippet.text.len() < 400);
    }
}
