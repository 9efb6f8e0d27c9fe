//! The slow twin of the detector, for tests: every phrase tried at every word by plain backtracking, no anchors, no
//! bit sets. What it shares with the fast way is folding, words, numerals, and the order of overlaps.

use std::collections::HashSet;

use super::pattern::{Compiler, Node};
use super::{Detector, Scratch, Words};
use crate::interaction::Speaker;
use crate::lexicon::Lexicon;
use crate::text::fold::fold_into;
use crate::text::tokens;

/// Spans (rule, raw start, raw end) of the cues in `text`.
fn cues(lexicon: &Lexicon, detector: &Detector, text: &str) -> Vec<(usize, usize, usize)> {
    let mut scratch = Scratch::default();
    fold_into(text, &mut scratch.folded);
    tokens(scratch.folded.text(), &mut scratch.tokens);
    let Scratch { folded, tokens, skippable, classes, .. } = &mut scratch;
    detector.mark(folded.text(), tokens, skippable, classes);
    let words = scratch.words(&detector.classes);
    let mut found = Vec::new();
    for (index, rule) in lexicon.rules.iter().enumerate() {
        let spans = |phrases: &[crate::lexicon::Phrase]| -> Vec<(usize, usize)> {
            let mut spans = Vec::new();
            for phrase in phrases {
                for first in 0..words.tokens.len() {
                    let mut ends = HashSet::new();
                    ends_of(
                        &Compiler::default().compile(&phrase.items),
                        &words,
                        detector,
                        rule.language,
                        first,
                        first,
                        &mut ends,
                    );
                    spans.extend(ends.into_iter().max().filter(|&end| end > first).map(|end| (first, end)));
                }
            }
            spans
        };
        let vetoes = spans(&rule.unless);
        if spans(&rule.unless_turn).is_empty() {
            for (first, end) in spans(&rule.phrases) {
                if !vetoes
                    .iter()
                    .any(|&(from, to)| from < end && to > first && from + super::veto::VETO_LOOKBACK >= first)
                {
                    found.push((first, end, index));
                }
            }
        }
    }
    found.sort_by_key(|&(first, end, rule)| {
        (first, std::cmp::Reverse(end), -lexicon.rules[rule].priority, rule)
    });
    let mut out: Vec<(usize, usize, usize)> = Vec::new();
    let mut last_end: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for (first, end, rule) in found {
        let last = last_end.entry(lexicon.rules[rule].kind.clone()).or_default();
        if first >= *last {
            *last = end;
            let start = scratch.folded.raw_start(words.tokens[first].start as usize);
            out.push((rule, start, scratch.folded.raw_end(words.tokens[end - 1].end as usize)));
        }
    }
    out
}

/// Every token at which `nodes`, begun at `at`, can end.
fn ends_of(
    nodes: &[Node],
    words: &Words,
    detector: &Detector,
    language: usize,
    first: usize,
    at: usize,
    ends: &mut HashSet<usize>,
) {
    let Some((node, rest)) = nodes.split_first() else {
        ends.insert(at);
        return;
    };
    let mut go = |at: usize| ends_of(rest, words, detector, language, first, at, ends);
    let may_take =
        |at: usize| at < words.tokens.len() && (at == first || !words.tokens[at].is_sentence_start);
    match node {
        Node::Gap(length) => {
            for to in at..=at + usize::from(*length) {
                go(to);
                if !may_take(to) {
                    break;
                }
            }
        }
        Node::Optional(inner) => {
            go(at);
            let mut inside = HashSet::new();
            ends_of(inner, words, detector, language, first, at, &mut inside);
            inside.into_iter().for_each(go);
        }
        Node::Choice(alternatives) => {
            for alternative in alternatives.iter() {
                let mut inside = HashSet::new();
                ends_of(alternative, words, detector, language, first, at, &mut inside);
                inside.into_iter().for_each(&mut go);
            }
        }
        Node::Literal(_) | Node::Prefix(_) | Node::Words(_) | Node::Number(..) => {
            let mut at = at;
            while may_take(at) {
                let count = take(node, words, detector, language, at);
                if count > 0 {
                    go(at + count);
                }
                if at == first || words.skippable[at] & (1 << language) == 0 {
                    break;
                }
                at += 1;
            }
        }
    }
}

/// How many tokens a leaf takes at `at`.
fn take(node: &Node, words: &Words, detector: &Detector, language: usize, at: usize) -> usize {
    let text = words.tokens[at].text(words.folded);
    match node {
        Node::Prefix(prefix) => usize::from(text.starts_with(prefix.as_ref())),
        Node::Words(list) => usize::from(list.iter().any(|word| word.as_ref() == text)),
        Node::Number(kind, least) => detector.numerals[language]
            .number_at(*kind, words.folded, words.tokens, at)
            .filter(|number| number.value >= *least)
            .map_or(0, |number| number.token_count),
        Node::Literal(literal) => (1..=words.tokens.len() - at)
            .find(|&count| {
                let end = words.tokens[at + count - 1].end as usize;
                words.folded[words.tokens[at].start as usize..end] == **literal
            })
            .unwrap_or(0),
        _ => 0,
    }
}

mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, prop, proptest};

    use super::{Detector, Lexicon, Scratch, Speaker, cues};

    const RULES: &str = r#"
language = "en"
fillers = ["um"]
[sets]
called = ["call", "called", "got in touch", "打电话", "打"]
[numerals]
cardinal = { 2 = ["two"], 20 = ["twenty"] }
ordinal = { 2 = ["second"], 3 = ["third"] }
times = { 2 = ["twice"] }
ordinal_suffixes = ["rd"]
ordinal_prefix = "第"
[[rule]]
id = "nth"
kind = "repeat"
phrases = ["{ordinal>=2} time * [i|we] <called>", "第{count}次<called>", "{ordinal}次 *3 <called>"]
unless = ["third time lucky", "if * call"]
examples = [">>third time i call<<"]
non_examples = ["x"]
[[rule]]
id = "count"
kind = "repeat"
priority = 1
phrases = ["<called> [you] ({times}|{count} time…)", "call… again", "again * called"]
unless_turn = ["thanks * all"]
examples = [">>called twice<<"]
non_examples = ["x"]
[[rule]]
id = "first"
kind = "first_contact"
phrases = ["(first|third) time * call", "(打电话|电)"]
examples = [">>first time i call<<"]
non_examples = ["x"]
"#;

    const WORDS: [&str; 30] = [
        "i",
        "we",
        "call",
        "called",
        "calling",
        "got",
        "in",
        "touch",
        "third",
        "second",
        "time",
        "times",
        "lucky",
        "if",
        "um",
        "twenty",
        "two",
        "twice",
        "again",
        "you",
        "thanks",
        "all",
        "3rd",
        "2",
        ".",
        "第三次",
        "打电话",
        "了",
        "@bob",
        "first",
    ];

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn the_detector_finds_what_trying_every_phrase_everywhere_finds(text in texts()) {
            let lexicon = Lexicon::from_sources(&[("x.toml".into(), RULES.to_string())]).unwrap();
            let detector = Detector::new(&lexicon).unwrap();
            let fast: Vec<_> = detector
                .cues(&text, Speaker::Customer, &mut Scratch::default())
                .into_iter()
                .map(|cue| (cue.rule, cue.start, cue.end))
                .collect();
            assert_eq!(fast, cues(&lexicon, &detector, &text), "{text}");
        }
    }
}
