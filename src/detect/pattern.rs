//! A phrase compiled: what to compare at each token, and the words without which it cannot match.
//!
//! Compiling chooses the *anchors* of a phrase: the rarest set of words one of which stands in every match.
//! The detector looks for anchors only; matching is [`matcher`](super::matcher)'s work.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use crate::lexicon::phrase::Item;
use crate::text::numeral::MOST_TOKENS;
use crate::text::token::is_character_script;
use crate::text::{NumberKind, fold, tokens};

/// One step of a compiled phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A whole word, or a run of characters of a script without spaces.
    Literal(Box<str>),
    /// The beginning of a word.
    Prefix(Box<str>),
    /// Any of these whole words, sorted.
    Words(Arc<Vec<Box<str>>>),
    /// A number, at least so large.
    Number(NumberKind, u32),
    /// Up to so many words.
    Gap(u8),
    /// May be missing.
    Optional(Vec<Node>),
    /// One of several sequences.
    Choice(Arc<Vec<Vec<Node>>>),
}

/// What a token is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// A whole word, a single character, or two neighbouring characters of a script without spaces.
    Word(Box<str>),
    /// The beginning of a word.
    Prefix(Box<str>),
}

/// The names of which one must occur, and how many tokens may precede it in a match.
#[derive(Debug, Clone)]
pub(super) struct Anchors {
    /// A list of several belongs to a node that phrases share, and lives as long as the compiler.
    pub(super) names: Arc<[Name]>,
    pub(super) lookback: usize,
    pub(super) cost: f64,
}

/// Compiles phrases. What many of them share (sets of words) is worked out once, known by its address: the items
/// belong to a lexicon that outlives the compiler, the nodes to the compiler itself.
pub(super) struct Compiler<'a> {
    frequency: &'a Frequency,
    nodes: HashMap<usize, Node>,
    anchors: HashMap<usize, Option<Anchors>>,
}

impl Compiler<'_> {
    pub(super) fn new(frequency: &Frequency) -> Compiler<'_> {
        Compiler { frequency, nodes: HashMap::new(), anchors: HashMap::new() }
    }

    /// Compiles the items of a phrase.
    pub(super) fn compile(&mut self, items: &[Item]) -> Vec<Node> {
        items.iter().map(|item| self.node(item)).collect()
    }

    fn node(&mut self, item: &Item) -> Node {
        match item {
            Item::Word(word) => Node::Literal(word.as_str().into()),
            Item::Prefix(word) => Node::Prefix(word.as_str().into()),
            Item::Optional(inner) => Node::Optional(self.compile(inner)),
            Item::Number(kind, least) => Node::Number(*kind, *least),
            Item::Gap(words) => Node::Gap(*words),
            Item::Set(name) => unreachable!("the loader replaced the set <{name}>"),
            Item::Choice(alternatives) => {
                let address = Arc::as_ptr(alternatives) as usize;
                if let Some(node) = self.nodes.get(&address) {
                    return node.clone();
                }
                let node = self.choice(alternatives);
                self.nodes.insert(address, node.clone());
                node
            }
        }
    }

    /// A choice of single words becomes one sorted list; the rest stays a choice.
    fn choice(&mut self, alternatives: &[Vec<Item>]) -> Node {
        let mut words: Vec<Box<str>> = Vec::new();
        let mut sequences = Vec::new();
        self.flatten(alternatives, &mut words, &mut sequences);
        words.sort();
        words.dedup();
        match (words.is_empty(), sequences.is_empty()) {
            (false, true) => Node::Words(words.into()),
            (true, _) => Node::Choice(sequences.into()),
            _ => {
                sequences.push(vec![Node::Words(words.into())]);
                Node::Choice(sequences.into())
            }
        }
    }

    fn flatten(
        &mut self,
        alternatives: &[Vec<Item>],
        words: &mut Vec<Box<str>>,
        sequences: &mut Vec<Vec<Node>>,
    ) {
        for alternative in alternatives {
            match alternative.as_slice() {
                [Item::Word(word)] if !word.chars().any(is_character_script) => {
                    words.push(word.as_str().into())
                }
                [Item::Choice(inner)] => self.flatten(inner, words, sequences),
                items => sequences.push(self.compile(items)),
            }
        }
    }

    /// The cheapest anchors of a phrase; none where no word must occur.
    pub(super) fn anchors(&mut self, nodes: &[Node]) -> Option<Anchors> {
        let at = self.anchored_node(nodes)?;
        let before: usize = nodes[..at].iter().map(width).sum();
        self.node_anchors(&nodes[at]).map(|found| Anchors { lookback: found.lookback + before, ..found })
    }

    /// The node that has them.
    pub(super) fn anchored_node(&mut self, nodes: &[Node]) -> Option<usize> {
        let costs = nodes.iter().map(|node| self.node_anchors(node).map(|found| found.cost)).enumerate();
        let known = costs.filter_map(|(at, cost)| Some((at, cost?)));
        known.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at)
    }

    pub(super) fn node_anchors(&mut self, node: &Node) -> Option<Anchors> {
        let one = |name: Name, cost: f64| Anchors { names: [name].into(), lookback: 0, cost };
        match node {
            Node::Literal(text) => {
                let pairs = pairs(text).map(|pair| (self.frequency.of_word(pair), pair));
                match pairs.enumerate().min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0)) {
                    Some((at, (cost, pair))) => {
                        Some(Anchors { lookback: at, ..one(Name::Word(pair.into()), cost) })
                    }
                    None => Some(one(Name::Word(text.clone()), self.frequency.of_word(text))),
                }
            }
            Node::Prefix(text) => Some(one(Name::Prefix(text.clone()), self.frequency.of_prefix(text))),
            Node::Words(words) => self
                .shared_anchors(Arc::as_ptr(words) as usize, |compiler| Some(compiler.word_anchors(words))),
            Node::Choice(alternatives) => self
                .shared_anchors(Arc::as_ptr(alternatives) as usize, |compiler| {
                    compiler.choice_anchors(alternatives)
                }),
            Node::Number(..) | Node::Gap(_) | Node::Optional(_) => None,
        }
    }

    /// The anchors of the node at an address, worked out once.
    fn shared_anchors(
        &mut self,
        address: usize,
        work_out: impl FnOnce(&mut Self) -> Option<Anchors>,
    ) -> Option<Anchors> {
        if let Some(known) = self.anchors.get(&address) {
            return known.clone();
        }
        let found = work_out(self);
        self.anchors.insert(address, found.clone());
        found
    }

    fn word_anchors(&self, words: &[Box<str>]) -> Anchors {
        Anchors {
            cost: words.iter().map(|word| self.frequency.of_word(word)).sum(),
            names: words.iter().cloned().map(Name::Word).collect(),
            lookback: 0,
        }
    }

    fn choice_anchors(&mut self, alternatives: &[Vec<Node>]) -> Option<Anchors> {
        let (mut names, mut lookback, mut cost) = (Vec::new(), 0, 0.0);
        for alternative in alternatives {
            let found = self.anchors(alternative)?;
            cost += found.cost;
            lookback = lookback.max(found.lookback);
            names.extend_from_slice(&found.names);
        }
        names.sort();
        names.dedup();
        Some(Anchors { names: names.into(), lookback, cost })
    }
}

/// The pairs of neighbouring characters in a run of a script without spaces; none in a word.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = match text.starts_with(is_character_script) {
        true => text.char_indices().map(|(at, _)| at).chain([text.len()]).collect(),
        false => Vec::new(),
    };
    (2..starts.len()).map(move |end| &text[starts[end - 2]..starts[end]])
}

/// How often words are likely to occur, guessed from the examples of a language and from their length: a short word is
/// a common word. Exactness does not hang on this guess, only speed.
#[derive(Debug, Default)]
pub(super) struct Frequency {
    counts: BTreeMap<Box<str>, u32>,
    total: f64,
}

impl Frequency {
    /// Counts the tokens of a text, and the pairs of characters.
    pub(super) fn add(&mut self, text: &str) {
        let folded = fold(text);
        let mut found = Vec::new();
        tokens(folded.text(), &mut found);
        let mut before: Option<&str> = None;
        for token in &found {
            let word = token.text(folded.text());
            *self.counts.entry(word.into()).or_default() += 1;
            let is_character = word.starts_with(is_character_script);
            if let Some(before) = before.filter(|_| is_character) {
                *self.counts.entry(format!("{before}{word}").into()).or_default() += 1;
            }
            before = Some(word).filter(|_| is_character);
        }
        self.total += found.len() as f64;
    }

    fn of_word(&self, word: &str) -> f64 {
        by_length(word) + f64::from(self.counts.get(word).copied().unwrap_or(0)) / self.total.max(1.0)
    }

    fn of_prefix(&self, prefix: &str) -> f64 {
        let longer = self
            .counts
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(word, _)| word.starts_with(prefix));
        by_length(prefix) + longer.map(|(_, &count)| f64::from(count)).sum::<f64>() / self.total.max(1.0)
    }
}

/// A single character of a script without spaces is as common as a word of two letters, a pair as rare as one of five.
fn by_length(word: &str) -> f64 {
    let characters = word.chars().filter(|&c| is_character_script(c)).count();
    let letters = if characters > 0 { 3 * characters - 1 } else { word.chars().count() };
    (-0.8 * letters as f64).exp()
}

/// The most tokens that a node can take up.
fn width(node: &Node) -> usize {
    let sum = |nodes: &[Node]| nodes.iter().map(width).sum();
    match node {
        Node::Literal(text) => text.chars().filter(|&c| is_character_script(c)).count().max(1),
        Node::Prefix(_) | Node::Words(_) => 1,
        Node::Number(..) => MOST_TOKENS,
        Node::Gap(words) => usize::from(*words),
        Node::Optional(inner) => sum(inner),
        Node::Choice(alternatives) => alternatives.iter().map(|nodes| sum(nodes)).max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchors, Compiler, Frequency, Name, Node, pairs};
    use crate::lexicon::phrase::{Spellings, parse_sequence};

    fn compiled(phrase: &str) -> (Vec<Node>, Option<Anchors>) {
        let items = parse_sequence(phrase, &Spellings::new()).unwrap();
        let frequency = Frequency::default();
        let mut compiler = Compiler::new(&frequency);
        let nodes = compiler.compile(&items);
        let anchors = compiler.anchors(&nodes);
        (nodes, anchors)
    }

    #[track_caller]
    fn anchored(phrase: &str, words: &[&str], lookback: usize) {
        let found = compiled(phrase).1.unwrap();
        let names: Vec<Name> = words.iter().map(|&word| Name::Word(word.into())).collect();
        assert_eq!((found.names.to_vec(), found.lookback), (names, lookback), "{phrase}");
    }

    #[test]
    fn the_rarest_word_that_must_occur_is_the_anchor() {
        anchored("i called again", &["called"], 1);
        anchored("i (rang|called) [yesterday] again", &["again"], 3);
        anchored("{ordinal} time * complaining", &["complaining"], 17);
        anchored("第{count}次打电话", &["次打"], 13);
    }

    #[test]
    fn words_that_the_examples_have_often_are_common() {
        let mut frequency = Frequency::default();
        frequency.add("called called called you");
        let mut compiler = Compiler::new(&frequency);
        let nodes = compiler.compile(&parse_sequence("called you back", &Spellings::new()).unwrap());
        assert_eq!(compiler.anchors(&nodes).unwrap().names.to_vec(), [Name::Word("back".into())]);
    }

    #[test]
    fn what_may_be_missing_is_no_anchor() {
        anchored("[yesterday] i * rang", &["rang"], 6);
        assert!(compiled("[again] * {count}").1.is_none());
    }

    #[test]
    fn single_words_become_one_sorted_list() {
        assert_eq!(
            compiled("(rang|called|rang)").0,
            [Node::Words(vec!["called".into(), "rang".into()].into())]
        );
    }

    #[test]
    fn runs_of_characters_have_pairs_and_words_have_none() {
        assert_eq!(pairs("打电话").collect::<Vec<_>>(), ["打电", "电话"]);
        assert_eq!(pairs("打").count() + pairs("call").count(), 0);
    }
}
