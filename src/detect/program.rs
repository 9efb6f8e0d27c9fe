//! A phrase ready to run: every test of a word is an atom, and what can be told without trying is told by atoms.

use std::collections::HashMap;
use std::sync::Arc;

use super::atoms::{Atom, Atoms, TokenSet};
use super::pattern::{Anchors, Compiler, Name, Node, pairs};
use crate::text::token::is_character_script;
use crate::text::{NumberKind, Numerals};

/// One step of a phrase.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// One word that satisfies the atom.
    Word(Atom),
    /// A run of characters, the first two of which satisfy the atom.
    Run(Atom, Arc<Run>),
    /// A number, at least so large, whose first word satisfies the atom.
    Number(Atom, NumberKind, u32),
    /// Up to so many words.
    Gap(u8),
    /// May be missing.
    Optional(Vec<Step>),
    /// One of several sequences.
    Choice(Arc<Choice>),
}

/// A run of characters of a script without spaces; some may be of others.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) text: Box<str>,
    /// The atoms of its neighbouring characters.
    pub(super) pairs: Vec<Atom>,
    /// All its characters are tokens.
    pub(super) is_pure: bool,
}

/// Several sequences, shared by the phrases that name the same set.
#[derive(Debug)]
pub(super) struct Choice {
    /// The words that can begin one; none where anything can.
    pub(super) first: Option<Atom>,
    pub(super) alternatives: Vec<Vec<Step>>,
    /// The words that can begin each alternative, as far as its first step tells: most need not be tried.
    pub(super) firsts: Vec<Option<Atom>>,
    /// Its number among the choices of the language.
    pub(super) number: u32,
    /// It captures a number, so it must be matched each time anew.
    pub(super) is_capturing: bool,
}

/// A whole phrase.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    /// The words that can begin it; none where anything can.
    pub(super) first: Option<Atom>,
    /// Each of these must be satisfied by some word of the sentence.
    pub(super) required: Vec<Atom>,
    /// One of these words stands in every match; none where there is no such word.
    pub(super) anchor: Option<Anchor>,
}

/// One of the ways to say a phrase: in every match, the anchor and all that is required of one of them are there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    /// One of these words is in it.
    pub(super) anchor: Atom,
    /// So is a word of each of these others.
    pub(super) required: Vec<Atom>,
}

/// The ways of a phrase that are told apart: the others are told by what is common to all.
const MOST_WAYS: usize = 1 << 10;

/// The atom of the anchors of a phrase, and how many tokens may precede the anchor in a match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) atom: Atom,
    pub(super) lookback: usize,
}

/// Turns compiled phrases into programs. Sets that many phrases share become one piece of program, known by the address
/// of the node, which the caller keeps.
#[derive(Default)]
pub(super) struct Programmer {
    pub(super) atoms: Atoms,
    choices: HashMap<usize, Step>,
    firsts: HashMap<usize, Option<TokenSet>>,
    first_atoms: HashMap<usize, Option<Atom>>,
    anchor_atoms: HashMap<usize, Atom>,
    ways: HashMap<usize, Vec<Way>>,
}

impl Programmer {
    /// The program of a phrase that `compiler` has compiled, in a language with these numerals.
    pub(super) fn program(
        &mut self,
        nodes: &[Node],
        compiler: &mut Compiler,
        numerals: &Numerals,
    ) -> Program {
        let steps = self.steps(nodes, numerals);
        let anchor = compiler
            .anchors(nodes)
            .map(|anchors| Anchor { atom: self.anchor_atom(&anchors), lookback: anchors.lookback });
        let required = nodes.iter().flat_map(|node| self.required(node, compiler, numerals));
        let required = tidy(required.chain(anchor.map(|anchor| anchor.atom)).collect());
        let first = self.first(nodes, numerals).map(|set| self.atoms.atom(set));
        Program { steps, first, required, anchor }
    }

    /// The ways to say a phrase, of which this is the program.
    pub(super) fn ways(
        &mut self,
        nodes: &[Node],
        program: &Program,
        compiler: &mut Compiler,
        numerals: &Numerals,
    ) -> Vec<Way> {
        let ways = self.sequence_ways(nodes, compiler, numerals);
        if ways.len() <= MOST_WAYS {
            return ways;
        }
        let common = |anchor: &Anchor| Way { anchor: anchor.atom, required: program.required.clone() };
        program.anchor.iter().map(common).collect()
    }

    /// Where the anchors of a sequence are in a choice, the ways of each alternative.
    fn sequence_ways(&mut self, nodes: &[Node], compiler: &mut Compiler, numerals: &Numerals) -> Vec<Way> {
        let Some(at) = compiler.anchored_node(nodes) else { return Vec::new() };
        let others = nodes.iter().enumerate().filter(|&(other, _)| other != at);
        let others: Vec<Atom> =
            others.flat_map(|(_, node)| self.required(node, compiler, numerals)).collect();
        let mut ways = match &nodes[at] {
            Node::Choice(alternatives) => self.choice_ways(alternatives, compiler, numerals),
            node => {
                let anchors = compiler.node_anchors(node).expect("the node has anchors");
                let required = self.required(node, compiler, numerals);
                vec![Way { anchor: self.anchor_atom(&anchors), required }]
            }
        };
        for way in &mut ways {
            way.required.extend(&others);
            way.required = tidy(std::mem::take(&mut way.required));
            way.required.retain(|&atom| atom != way.anchor);
        }
        ways.sort_unstable();
        ways.dedup();
        ways
    }

    fn choice_ways(
        &mut self,
        alternatives: &Arc<Vec<Vec<Node>>>,
        compiler: &mut Compiler,
        numerals: &Numerals,
    ) -> Vec<Way> {
        let address = Arc::as_ptr(alternatives) as usize;
        if let Some(known) = self.ways.get(&address) {
            return known.clone();
        }
        let ways: Vec<Way> =
            alternatives.iter().flat_map(|nodes| self.sequence_ways(nodes, compiler, numerals)).collect();
        self.ways.insert(address, ways.clone());
        ways
    }

    /// What every match of a node satisfies.
    fn required(&mut self, node: &Node, compiler: &mut Compiler, numerals: &Numerals) -> Vec<Atom> {
        let first = match node {
            Node::Gap(_) | Node::Optional(_) => None,
            _ => self.first_atom(node, numerals),
        };
        let mut required: Vec<Atom> = first.into_iter().collect();
        match node {
            Node::Literal(text) => required.extend(pairs(text).map(|pair| self.word_atom(pair))),
            Node::Choice(_) => {
                required.extend(compiler.node_anchors(node).map(|anchors| self.anchor_atom(&anchors)));
            }
            _ => {}
        }
        required
    }

    fn anchor_atom(&mut self, anchors: &Anchors) -> Atom {
        // Only lists of several names are kept by the compiler: no other list comes to stand at their address.
        let address = (anchors.names.len() > 1).then_some(anchors.names.as_ptr() as usize);
        if let Some(&known) = address.and_then(|address| self.anchor_atoms.get(&address)) {
            return known;
        }
        let mut set = TokenSet::default();
        for name in anchors.names.iter() {
            match name {
                Name::Word(word) => self.atoms.add_word(word, &mut set),
                Name::Prefix(prefix) => self.atoms.add_prefix(prefix, &mut set),
            }
        }
        let atom = self.atoms.atom(set);
        self.anchor_atoms.extend(address.map(|address| (address, atom)));
        atom
    }

    fn word_atom(&mut self, word: &str) -> Atom {
        let mut set = TokenSet::default();
        self.atoms.add_word(word, &mut set);
        self.atoms.atom(set)
    }

    fn run(&mut self, text: &str) -> Arc<Run> {
        let is_pure = text.chars().all(is_character_script);
        let pairs = pairs(text).map(|pair| self.word_atom(pair)).collect();
        Arc::new(Run { text: text.into(), pairs, is_pure })
    }

    fn steps(&mut self, nodes: &[Node], numerals: &Numerals) -> Vec<Step> {
        nodes.iter().map(|node| self.step(node, numerals)).collect()
    }

    fn step(&mut self, node: &Node, numerals: &Numerals) -> Step {
        if let Node::Choice(alternatives) = node {
            return self.choice(node, alternatives, numerals);
        }
        let first = self.first_atom(node, numerals);
        match (node, first) {
            (Node::Literal(text), Some(first)) if is_run(text) => Step::Run(first, self.run(text)),
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
        let first = self.first_atom(node, numerals);
        let alternatives: Vec<Vec<Step>> =
            alternatives.iter().map(|nodes| self.steps(nodes, numerals)).collect();
        let firsts = alternatives.iter().map(|steps| step_first(&steps[0])).collect();
        let is_capturing = alternatives.iter().any(|steps| has_number(steps));
        let number = self.choices.len() as u32;
        let choice = Choice { first, alternatives, firsts, number, is_capturing };
        let step = Step::Choice(Arc::new(choice));
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

    /// The same of a node, as an atom.
    fn first_atom(&mut self, node: &Node, numerals: &Numerals) -> Option<Atom> {
        let address = match node {
            Node::Words(words) => Arc::as_ptr(words) as usize,
            Node::Choice(alternatives) => Arc::as_ptr(alternatives) as usize,
            _ => return self.node_first(node, numerals).map(|set| self.atoms.atom(set)),
        };
        if let Some(&known) = self.first_atoms.get(&address) {
            return known;
        }
        let atom = self.node_first(node, numerals).map(|set| self.atoms.atom(set));
        self.first_atoms.insert(address, atom);
        atom
    }

    fn node_first(&mut self, node: &Node, numerals: &Numerals) -> Option<TokenSet> {
        let mut set = TokenSet::default();
        match node {
            Node::Literal(text) => self.atoms.add_word(first_name(text), &mut set),
            Node::Prefix(text) => self.atoms.add_prefix(text, &mut set),
            Node::Words(words) => words.iter().for_each(|word| self.atoms.add_word(word, &mut set)),
            Node::Number(kind, _) => {
                if *kind != NumberKind::Times {
                    set.add_digits();
                }
                numerals.first_words(*kind).for_each(|word| self.atoms.add_word(first_name(word), &mut set));
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

/// Sorted, each once.
fn tidy(mut atoms: Vec<Atom>) -> Vec<Atom> {
    atoms.sort_unstable();
    atoms.dedup();
    atoms
}

/// The words that can begin what a step matches, where it must match something.
fn step_first(step: &Step) -> Option<Atom> {
    match step {
        Step::Word(atom) | Step::Run(atom, _) | Step::Number(atom, ..) => Some(*atom),
        Step::Choice(choice) => choice.first,
        Step::Gap(_) | Step::Optional(_) => None,
    }
}

fn has_number(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Number(..) => true,
        Step::Optional(inner) => has_number(inner),
        Step::Choice(choice) => choice.alternatives.iter().any(|steps| has_number(steps)),
        Step::Word(_) | Step::Run(..) | Step::Gap(_) => false,
    })
}

/// What the first token of a word or run is known by.
fn first_name(text: &str) -> &str {
    pairs(text).next().unwrap_or(text)
}

/// More than one character of a script without spaces: more than one token.
fn is_run(text: &str) -> bool {
    text.chars().nth(1).is_some() && text.chars().any(is_character_script)
}
