//! A phrase ready to run: every test of a word is an atom, and what can be told without trying is told by atoms.

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
    Choice(Option<Atom>, Vec<Vec<Step>>),
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

/// Compiles a phrase, adding its tests to `atoms`.
pub(super) fn program(nodes: &[Node], numerals: &Numerals, atoms: &mut Atoms) -> Program {
    let steps = steps(nodes, numerals, atoms);
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
    Program { steps, first: first(nodes, numerals, atoms).map(|set| atoms.atom(set)), required }
}

fn steps(nodes: &[Node], numerals: &Numerals, atoms: &mut Atoms) -> Vec<Step> {
    nodes.iter().map(|node| step(node, numerals, atoms)).collect()
}

fn step(node: &Node, numerals: &Numerals, atoms: &mut Atoms) -> Step {
    let first = node_first(node, numerals, atoms).map(|set| atoms.atom(set));
    match (node, first) {
        (Node::Literal(text), Some(first)) if is_run(text) => Step::Run(first, text.clone()),
        (Node::Literal(_) | Node::Prefix(_) | Node::Words(_), Some(first)) => Step::Word(first),
        (Node::Number(kind, least), Some(first)) => Step::Number(first, *kind, *least),
        (Node::Choice(alternatives), first) => {
            Step::Choice(first, alternatives.iter().map(|nodes| steps(nodes, numerals, atoms)).collect())
        }
        (Node::Optional(inner), _) => Step::Optional(steps(inner, numerals, atoms)),
        (Node::Gap(words), _) => Step::Gap(*words),
        (_, None) => unreachable!("words and numbers begin with something"),
    }
}

/// More than one character of a script without spaces: more than one token.
fn is_run(text: &str) -> bool {
    text.chars().nth(1).is_some() && text.chars().any(is_character_script)
}

/// The words that can begin a match of the sequence; none where anything can, or where it can be empty.
fn first(nodes: &[Node], numerals: &Numerals, atoms: &mut Atoms) -> Option<TokenSet> {
    let mut all = TokenSet::default();
    for node in nodes {
        match node {
            Node::Optional(inner) => all.extend(first(inner, numerals, atoms)?),
            _ => {
                all.extend(node_first(node, numerals, atoms)?);
                return Some(all);
            }
        }
    }
    None
}

fn node_first(node: &Node, numerals: &Numerals, atoms: &mut Atoms) -> Option<TokenSet> {
    let mut set = TokenSet::default();
    match node {
        Node::Literal(text) => {
            let length =
                text.chars().next().filter(|&c| is_character_script(c)).map_or(text.len(), char::len_utf8);
            atoms.add_word(&text[..length], &mut set);
        }
        Node::Prefix(text) => atoms.add_prefix(text, &mut set),
        Node::Words(words) => words.iter().for_each(|word| atoms.add_word(word, &mut set)),
        Node::Number(kind, _) => {
            if *kind != NumberKind::Times {
                set.add_digits();
            }
            numerals.first_words(*kind).for_each(|word| atoms.add_word(word, &mut set));
        }
        Node::Choice(alternatives) => {
            for alternative in alternatives {
                set.extend(first(alternative, numerals, atoms)?);
            }
        }
        Node::Gap(_) | Node::Optional(_) => return None,
    }
    Some(set)
}
