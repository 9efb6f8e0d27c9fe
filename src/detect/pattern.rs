//! A phrase compiled: what to compare at each token, and the literals without which it cannot match.
//!
//! Compiling chooses the *anchors* of a phrase: the rarest set of literals one of which stands in every match.
//! The detector looks for anchors only; matching is [`matcher`](super::matcher)'s work.

use std::collections::HashMap;
use std::sync::Arc;

use crate::lexicon::phrase::Item;
use crate::text::NumberKind;
use crate::text::token::is_character_script;

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

/// The literals of which one must occur, and how many tokens may precede it in a match.
#[derive(Debug, Clone)]
pub(super) struct Anchors {
    pub(super) literals: Vec<Box<str>>,
    pub(super) lookback: usize,
    cost: f64,
}

/// The widest a number slot can be, in tokens (第一百二十三, "two hundred and twenty and fifth").
const NUMBER_WIDTH: usize = 8;

/// Compiles phrases. What many of them share (sets of words) is worked out once, known by its address: the items
/// belong to a lexicon that outlives the compiler, the nodes to the compiler itself.
#[derive(Default)]
pub(super) struct Compiler {
    nodes: HashMap<usize, Node>,
    anchors: HashMap<usize, Option<Anchors>>,
}

impl Compiler {
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

    /// The cheapest anchors of a phrase; none where no literal must occur.
    pub(super) fn anchors(&mut self, nodes: &[Node]) -> Option<Anchors> {
        let mut before = 0;
        let mut best: Option<Anchors> = None;
        for node in nodes {
            if let Some(mut found) = self.node_anchors(node) {
                found.lookback += before;
                if best.as_ref().is_none_or(|best| found.cost < best.cost) {
                    best = Some(found);
                }
            }
            before += width(node);
        }
        best
    }

    fn node_anchors(&mut self, node: &Node) -> Option<Anchors> {
        let literal = |text: &str| Anchors { literals: vec![text.into()], lookback: 0, cost: cost(text) };
        match node {
            Node::Literal(text) | Node::Prefix(text) => Some(literal(text)),
            Node::Words(words) => Some(Anchors {
                cost: words.iter().map(|word| cost(word)).sum(),
                literals: words.to_vec(),
                lookback: 0,
            }),
            Node::Choice(alternatives) => {
                let address = Arc::as_ptr(alternatives) as usize;
                if let Some(known) = self.anchors.get(&address) {
                    return known.clone();
                }
                let found = self.choice_anchors(alternatives);
                self.anchors.insert(address, found.clone());
                found
            }
            Node::Number(..) | Node::Gap(_) | Node::Optional(_) => None,
        }
    }

    fn choice_anchors(&mut self, alternatives: &[Vec<Node>]) -> Option<Anchors> {
        let mut all = Anchors { literals: Vec::new(), lookback: 0, cost: 0.0 };
        for alternative in alternatives {
            let found = self.anchors(alternative)?;
            all.cost += found.cost;
            all.lookback = all.lookback.max(found.lookback);
            all.literals.extend(found.literals);
        }
        all.literals.sort();
        all.literals.dedup();
        Some(all)
    }
}

/// How often a literal is likely to occur: falls with its length; a single character of a script without spaces is as
/// common as a word of one letter, two are as rare as a word of seven. Exactness does not hang on this guess, only speed.
fn cost(literal: &str) -> f64 {
    let characters = literal.chars().filter(|&c| is_character_script(c)).count();
    let letters = if characters > 0 { 6 * characters - 5 } else { literal.chars().count() };
    (-0.8 * letters as f64).exp()
}

/// The most tokens that a node can take up.
fn width(node: &Node) -> usize {
    let sum = |nodes: &[Node]| nodes.iter().map(width).sum();
    match node {
        Node::Literal(text) => text.chars().filter(|&c| is_character_script(c)).count().max(1),
        Node::Prefix(_) | Node::Words(_) => 1,
        Node::Number(..) => NUMBER_WIDTH,
        Node::Gap(words) => usize::from(*words),
        Node::Optional(inner) => sum(inner),
        Node::Choice(alternatives) => alternatives.iter().map(|nodes| sum(nodes)).max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Compiler, Node};
    use crate::lexicon::phrase::parse;

    #[track_caller]
    fn anchored(phrase: &str, literals: &[&str], lookback: usize) {
        let mut compiler = Compiler::default();
        let nodes = compiler.compile(&parse(phrase).unwrap());
        let found = compiler.anchors(&nodes).unwrap();
        let found_literals: Vec<&str> = found.literals.iter().map(AsRef::as_ref).collect();
        assert_eq!((found_literals.as_slice(), found.lookback), (literals, lookback), "{phrase}");
    }

    #[test]
    fn the_rarest_literal_that_must_occur_is_the_anchor() {
        anchored("i called again", &["called"], 1);
        anchored("i (rang|called) [yesterday] again", &["again"], 3);
        anchored("{ordinal} time * complaining", &["complaining"], 13);
        anchored("第{count}次打电话", &["次打电话"], 9);
    }

    #[test]
    fn what_may_be_missing_is_no_anchor() {
        anchored("[yesterday] i * rang", &["rang"], 6);
        let mut compiler = Compiler::default();
        let nodes = compiler.compile(&parse("[again] * {count}").unwrap());
        assert!(compiler.anchors(&nodes).is_none());
    }

    #[test]
    fn single_words_become_one_sorted_list() {
        assert_eq!(
            Compiler::default().compile(&parse("(rang|called|rang)").unwrap()),
            [Node::Words(vec!["called".into(), "rang".into()].into())]
        );
    }
}
