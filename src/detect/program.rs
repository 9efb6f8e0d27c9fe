//! A phrase ready to run: every test of a word is an atom, and what can be told without trying is told by atoms.

use std::collections::HashMap;
use std::sync::Arc;

use super::atoms::{Atom, Atoms, TokenSet};
use super::pattern::Node;
use crate::text::token::is_character_script;
use crate::text::{NumberKind, Numerals};

/// One step of a phrase.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// One word that satisfies the atom.
    Word(Atom),
    /// A run of characters, whose first satisfies the atom.
    Run(Atom, Box<str>),
    /// A number, at least so large, whose first word satisfies the atom.
    Number(Atom, NumberKind, u32),
    /// Up to so many words.
    Gap(u8),
    /// May be missing.
    Optional(Vec<Step>),
    /// One of several sequences. The atom, if any, is that of the words that can begin one.
    Choice(Option<Atom>, Arc<Vec<Vec<Step>>>),
}

/// A whole phrase.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    /// The words that can begin it; none where anything can.
    pub(super) first: Option<Atom>,
    /// Each of these must be satisfied by some word of the sentence.
    pub(super) required: Vec<Atom>,
}

/// Turns compiled phrases into programs. Sets that many phrases share become one piece of program, known by the address
/// of the node, which the caller keeps.
#[derive(Default)]
pub(super) struct Programmer {
    pub(super) atoms: Atoms,
    choices: HashMap<usize, Step>,
    firsts: HashMap<usize, Option<TokenSet>>,
}

impl Programmer {
    /// The program of a phrase in a language with these numerals.
    pub(super) fn program(&mut self, nodes: &[Node], numerals: &Numerals) -> Program {
        let steps = self.steps(nodes, numerals);
        let mut required: Vec<Atom> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Word(atom) | Step::Run(atom, _) | Step::Number(atom, ..) => Some(*atom),
                Step::Choice(atom, _) => *atom,
                Step::Gap(_) | Step::Optional(_) => None,
            })
            .collect();
        required.sort_unstable();
        required.dedup();
        let first = self.first(nodes, numerals).map(|set| self.atoms.atom(set));
        Program { steps, first, required }
    }

    fn steps(&mut self, nodes: &[Node], numerals: &Numerals) -> Vec<Step> {
        nodes.iter().map(|node| self.step(node, numerals)).collect()
    }

    fn step(&mut self, node: &Node, numerals: &Numerals) -> Step {
        if let Node::Choice(alternatives) = node {
            return self.choice(node, alternatives, numerals);
        }
        let first = self.node_first(node, numerals).map(|set| self.atoms.atom(set));
        match (node, first) {
            (Node::Literal(text), Some(first)) if is_run(text) => Step::Run(first, text.clone()),
            (Node::Number(kind, least), Some(first)) => Step::Number(first, *kind, *least),
            (_, Some(first)) => Step::Word(first),
            (Node::Optional(inner), _) => Step::Optional(self.steps(inner, numerals)),
            (Node::Gap(words), _) => Step::Gap(*words),
            (_, None) => unreachable!("words and numbers begin with something"),
        }
    }

    fn choice(&mut self, node: &Node, alternatives: &Arc<Vec<Vec<Node>>>, numerals: &Numerals) -> Step {
        let address = Arc::as_ptr(alternatives) as usize;
        if let Some(step) = self.choices.get(&address) {
            return step.clone();
        }
        let first = self.node_first(node, numerals).map(|set| self.atoms.atom(set));
        let steps: Vec<Vec<Step>> = alternatives.iter().map(|nodes| self.steps(nodes, numerals)).collect();
        let step = Step::Choice(first, steps.into());
        self.choices.insert(address, step.clone());
        step
    }

    /// The words that can begin a match of the sequence; none where anything can, or where it can be empty.
    fn first(&mut self, nodes: &[Node], numerals: &Numerals) -> Option<TokenSet> {
        let mut all = TokenSet::default();
        for node in nodes {
            match node {
                Node::Optional(inner) => all.extend(self.first(inner, numerals)?),
                _ => {
                    all.extend(self.node_first(node, numerals)?);
                    return Some(all);
                }
            }
        }
        None
    }

    fn node_first(&mut self, node: &Node, numerals: &Numerals) -> Option<TokenSet> {
        let mut set = TokenSet::default();
        match node {
            Node::Literal(text) => {
                let first = text.chars().next().filter(|&c| is_character_script(c));
                self.atoms.add_word(&text[..first.map_or(text.len(), char::len_utf8)], &mut set);
            }
            Node::Prefix(text) => self.atoms.add_prefix(text, &mut set),
            Node::Words(words) => words.iter().for_each(|word| self.atoms.add_word(word, &mut set)),
            Node::Number(kind, _) => {
                if *kind != NumberKind::Times {
                    set.add_digits();
                }
                numerals.first_words(*kind).for_each(|word| self.atoms.add_word(word, &mut set));
            }
            Node::Choice(alternatives) => {
                let address = Arc::as_ptr(alternatives) as usize;
                if let Some(known) = self.firsts.get(&address) {
                    return known.clone();
                }
                let firsts: Option<Vec<TokenSet>> =
                    alternatives.iter().map(|nodes| self.first(nodes, numerals)).collect();
                let all = firsts.map(|firsts| {
                    firsts.into_iter().for_each(|first| set.extend(first));
                    set.tidy();
                    set
                });
                self.firsts.insert(address, all.clone());
                return all;
            }
            Node::Gap(_) | Node::Optional(_) => return None,
        }
        Some(set)
    }
}

/// More than one character of a script without spaces: more than one token.
fn is_run(text: &str) -> bool {
    text.chars().nth(1).is_some() && text.chars().any(is_character_script)
}
