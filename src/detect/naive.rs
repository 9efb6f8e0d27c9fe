//! The slow twin of the detector, for tests: every phrase tried at every word by plain backtracking, no sieve, no
//! anchors, no classes, no bit sets. What it shares with the fast way is folding, words, numerals, and the order of
//! overlaps.

use std::collections::{HashMap, HashSet};

use super::engine::near_words;
use super::pattern::{Compiler, Frequency, Node};
use super::veto::VETO_LOOKBACK;
use crate::lexicon::phrase::Item;
use crate::lexicon::{Lexicon, Phrase, Rules};
use crate::text::token::is_character_script;
use crate::text::{Token, fold, tokens};

/// A turn cut into words.
struct Turn<'a> {
    folded: &'a str,
    tokens: &'a [Token],
    skippable: Vec<bool>,
    rules: &'a Rules,
}

impl Turn<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens[at].text(self.folded)
    }

    /// Spans of a sequence: for each start the longest.
    fn spans(&self, items: &[Item]) -> Vec<(usize, usize)> {
        self.all_spans(items).into_iter().filter_map(|of_start| of_start.first().copied()).collect()
    }

    /// Spans of a sequence: for each start all of them, the longest first.
    fn all_spans(&self, items: &[Item]) -> Vec<Vec<(usize, usize)>> {
        let frequency = Frequency::default();
        let nodes = Compiler::new(&frequency).compile(items);
        let mut spans = Vec::new();
        for first in 0..self.tokens.len() {
            let mut ends = HashSet::new();
            self.ends_of(&nodes, first, first, &mut ends);
            let ends = ends.into_iter().filter(|&end| end > first && end - first < 64);
            let mut of_start: Vec<_> = ends.map(|end| (first, end)).collect();
            of_start.sort_by_key(|&(_, end)| std::cmp::Reverse(end));
            spans.push(of_start);
        }
        spans
    }

    /// Every token at which `nodes`, begun at `at`, can end.
    fn ends_of(&self, nodes: &[Node], first: usize, at: usize, ends: &mut HashSet<usize>) {
        let Some((node, rest)) = nodes.split_first() else {
            ends.insert(at);
            return;
        };
        let mut go = |at: usize| self.ends_of(rest, first, at, ends);
        let may_take =
            |at: usize| at < self.tokens.len() && (at == first || !self.tokens[at].is_sentence_start);
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
                self.ends_of(inner, first, at, &mut inside);
                inside.into_iter().for_each(go);
            }
            Node::Choice(alternatives) => {
                for alternative in alternatives.iter() {
                    let mut inside = HashSet::new();
                    self.ends_of(alternative, first, at, &mut inside);
                    inside.into_iter().for_each(&mut go);
                }
            }
            Node::Literal(_) | Node::Prefix(_) | Node::Words(_) | Node::Number(..) => {
                let mut at = at;
                while may_take(at) {
                    let count = self.taken(node, at);
                    if count > 0 {
                        go(at + count);
                    }
                    if at == first || !self.skippable[at] {
                        break;
                    }
                    at += 1;
                }
            }
        }
    }

    /// How many tokens a single word, run or number takes at `at`; 0 for none.
    fn taken(&self, node: &Node, at: usize) -> usize {
        let text = self.word(at);
        match node {
            Node::Prefix(prefix) => usize::from(text.starts_with(prefix.as_ref())),
            Node::Words(list) => usize::from(list.iter().any(|word| word.as_ref() == text)),
            Node::Number(kind, least) => self
                .rules
                .numerals
                .number_at(*kind, self.folded, self.tokens, at)
                .filter(|number| number.value >= *least)
                .map_or(0, |number| number.token_count),
            Node::Literal(literal) => {
                let mut run = String::new();
                for count in 1..=self.tokens.len() - at {
                    if count > 1 && self.tokens[at + count - 1].is_sentence_start {
                        break;
                    }
                    run.push_str(self.word(at + count - 1));
                    if run == **literal {
                        return count;
                    }
                }
                0
            }
            _ => 0,
        }
    }
}

/// Spans (rule, raw start, raw end) of the cues in `text` by the rules of the only language of `lexicon`.
fn cues(lexicon: &Lexicon, text: &str) -> Vec<(usize, usize, usize)> {
    let rules = lexicon.languages[0].rules();
    let folded = fold(text);
    let mut found = Vec::new();
    tokens(folded.text(), &mut found);
    let skippable = (0..found.len())
        .map(|at| {
            let word = found[at].text(folded.text());
            let is_stutter = at > 0
                && found[at - 1].text(folded.text()) == word
                && !word.starts_with(|c: char| c.is_ascii_digit() || is_character_script(c));
            found[at].is_mention || is_stutter || rules.fillers.iter().any(|filler| filler == word)
        })
        .collect();
    let turn = Turn { folded: folded.text(), tokens: &found, skippable, rules };
    let mut all = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        let vetoes: Vec<_> = rule.unless.iter().flat_map(|phrase| turn.spans(&phrase.parts[0])).collect();
        let is_vetoed = |first: usize, end: usize| {
            vetoes.iter().any(|&(from, to)| from < end && to > first && from + VETO_LOOKBACK >= first)
        };
        if rule.unless_turn.iter().any(|phrase| !turn.spans(&phrase.parts[0]).is_empty()) {
            continue;
        }
        for phrase in &rule.phrases {
            for (first, end) in spans_of_phrase(&turn, phrase) {
                if !is_vetoed(first, end) {
                    all.push((first, end, index));
                }
            }
        }
    }
    all.sort_by_key(|&(first, end, rule)| (first, std::cmp::Reverse(end), -rules.rules[rule].priority, rule));
    let mut out: Vec<(usize, usize, usize)> = Vec::new();
    let mut last_end: HashMap<&str, usize> = HashMap::new();
    for (first, end, rule) in all {
        let last = last_end.entry(&rules.rules[rule].kind).or_default();
        if first >= *last {
            *last = end;
            let start = folded.raw_start(found[first].start as usize);
            out.push((rule, start, folded.raw_end(found[end - 1].end as usize)));
        }
    }
    out
}

/// The spans of a whole phrase: of `a & b` every match of the one part with the nearest of the other.
fn spans_of_phrase(turn: &Turn, phrase: &Phrase) -> Vec<(usize, usize)> {
    let mut starts = turn.all_spans(&phrase.parts[0]);
    if phrase.is_turn_start {
        let begins = |first: usize| turn.skippable[..first].iter().all(|&skippable| skippable);
        starts.retain(|spans| spans.first().is_some_and(|&(first, _)| begins(first)));
    }
    let Some(other) = phrase.parts.get(1) else {
        return starts.iter().filter_map(|spans| spans.first().copied()).collect();
    };
    let others = turn.spans(other);
    let nearest = |&(first, end): &(usize, usize)| {
        let near = near_words(turn.word(first));
        let after = others.iter().filter(|span| span.0 >= end && span.0 - end <= near).min();
        let before = others.iter().filter(|span| span.1 <= first && first - span.1 <= near);
        let before = before.max_by_key(|span| (span.1, span.0));
        let other = match (after, before) {
            (Some(after), Some(before)) if after.0 - end > first - before.1 => before,
            (Some(after), _) => after,
            (None, before) => before?,
        };
        Some((first.min(other.0), end.max(other.1)))
    };
    starts.iter().filter_map(|spans| spans.iter().find_map(nearest)).collect()
}

mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, prop, proptest};

    use super::cues;
    use crate::detect::{Detector, Scratch, Utterance};
    use crate::interaction::Speaker;
    use crate::lexicon::Lexicon;

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
phrases = ["(first|third) time * call", "(打电话|电)", "^ i [we] call & (again|thanks) time", "twice & 话"]
examples = [">>first time i call<<"]
non_examples = ["x"]
"#;

    const WORDS: [&str; 33] = [
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
        "@打电话",
        "um.",
        "call, call",
    ];

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&WORDS[..]), 0..90).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn the_detector_finds_what_trying_every_phrase_everywhere_finds(text in texts()) {
            let lexicon = Lexicon::from_sources(&[("x.toml".into(), RULES.to_string())]).unwrap();
            let detector = Detector::new(&lexicon).unwrap();
            let turn = [Utterance { speaker: Speaker::Customer, text: &text }];
            let fast = detector.contact(&turn, Some("en"), &mut Scratch::default()).turns.concat();
            let fast: Vec<_> =
                fast.into_iter().map(|cue| (usize::from(cue.rule.rule), cue.start, cue.end)).collect();
            assert_eq!(fast, cues(&lexicon, &text), "{text}");
        }
    }
}
