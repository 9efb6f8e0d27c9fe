//! Who is whom, where records carry several identity keys (customer number, telephone number, e-mail address):
//! rows that have a key value in common are one customer, and so, step by step, are all that hang together.
//!
//! A value that too many customers share (a switchboard's number, `none@example.com`) is *capped*: it links
//! nothing. How many share a value is told by the stronger keys: it is the largest number, over the keys before
//! its own, of distinct values of that key on the rows that have the value; whether those are themselves capped
//! does not matter. The first key, therefore, is never capped: a company with forty telephones is one customer.
//!
//! A customer's number is that of the smallest (place of the key, value) among its values that are not capped:
//! the value itself for the first key; for a later key the value multiplied by an odd constant, once for each
//! place, and where that is in use already the next number that is not. So one key gives its values unchanged,
//! two customers never have the same number, and neither the order of the rows nor threads matter.
//!
//! Components by union–find: B. A. Galler, M. J. Fischer, "An improved equivalence algorithm", Communications
//! of the ACM 7 (1964) 301–303; the halving of paths: R. E. Tarjan, J. van Leeuwen, "Worst-case analysis of set
//! union algorithms", Journal of the ACM 31 (1984) 245–281. The larger root goes below the smaller, so that a
//! component's root is its smallest value.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::transfer::KeyHasher;

/// [`Identities::strongest`] of a row without an identity.
pub const NO_KEY: u8 = u8::MAX;

/// The customers of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identities {
    /// The number of each row's customer; 0 = no identity: the row has no value that is not capped.
    pub customer: Vec<u64>,
    /// The place of the first key, in order of priority, of which each row has a value that is not capped;
    /// [`NO_KEY`] for none.
    pub strongest: Vec<u8>,
    /// The values that link nothing, those of most rows first, then by place and value.
    pub capped: Vec<Capped>,
}

/// A value that more customers share than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capped {
    /// The place of its key in the order of priority, from 0.
    pub place: u8,
    /// The value.
    pub value: u64,
    /// How many customers share it: the largest number of distinct values of a stronger key on its rows.
    pub customer_count: u64,
    /// The rows that have it, those left out not counted.
    pub row_count: u64,
}

/// Joins rows into customers. `keys` has a column for each key, in order of priority; 0 = missing, and an empty
/// column is missing on every row. A value that more than `limit` customers share is capped. Rows that
/// `is_left_out` marks (duplicates; empty: none) neither join nor count, but are given the customer of the
/// first value of theirs that is not capped.
///
/// # Panics
/// When a column or `is_left_out` is neither empty nor as long as the others, there are more than 255 keys, or
/// there are 2³² − 1 values or more in all columns.
pub fn identities(keys: &[&[u64]], is_left_out: &[bool], limit: u64) -> Identities {
    let row_count = keys.iter().map(|column| column.len()).fold(is_left_out.len(), usize::max);
    let is_whole = |length: usize| length == 0 || length == row_count;
    assert!(keys.iter().all(|column| is_whole(column.len())), "one value of each key a row");
    assert!(is_whole(is_left_out.len()), "one mark a row");
    assert!(keys.len() <= usize::from(NO_KEY), "a place is one byte");
    if let [values] = keys {
        return by_one_key(values, row_count);
    }
    let table = Table::new(keys, row_count, is_left_out);
    let customer_counts = table.customer_counts(limit);
    let is_capped: Vec<bool> = customer_counts.iter().map(|count| u64::from(*count) > limit).collect();
    let (first, strongest) = table.first_usable(&is_capped);
    let roots = table.join(&first, &is_capped);
    let numbers = table.numbers(&roots, &is_capped);
    let number = |node: &u32| if *node == NONE { 0 } else { numbers[roots[*node as usize] as usize] };
    Identities {
        customer: first.iter().map(number).collect(),
        strongest,
        capped: table.capped(&customer_counts, &is_capped),
    }
}

/// With one key there is nothing to join and nothing to cap.
fn by_one_key(values: &[u64], row_count: usize) -> Identities {
    let mut customer = values.to_vec();
    customer.resize(row_count, 0);
    let strongest = customer.iter().map(|value| if *value == 0 { NO_KEY } else { 0 }).collect();
    Identities { customer, strongest, capped: Vec::new() }
}

/// In place of a node: the row has no value.
const NONE: u32 = u32::MAX;

/// The distinct values of all keys, called nodes and numbered by (place, value), and the node of each row and
/// key.
struct Table<'a> {
    /// The value of each node.
    values: Vec<u64>,
    /// How many rows have each node, those left out not counted.
    row_counts: Vec<u32>,
    /// Where the nodes of each place begin, and at last where all end.
    starts: Vec<usize>,
    /// By place, the node of each row, or [`NONE`].
    nodes: Vec<Vec<u32>>,
    row_count: usize,
    is_left_out: &'a [bool],
}

impl<'a> Table<'a> {
    fn new(keys: &[&[u64]], row_count: usize, is_left_out: &'a [bool]) -> Table<'a> {
        assert!(keys.len() * row_count < NONE as usize, "values are numbered by 32 bits");
        let mut table = Table {
            values: Vec::new(),
            row_counts: Vec::new(),
            starts: vec![0],
            nodes: Vec::new(),
            row_count,
            is_left_out,
        };
        let mut present = Vec::new();
        for column in keys {
            table.add_column(column, &mut present);
        }
        table
    }

    /// Numbers the values of a column; `present` is memory to use again.
    fn add_column(&mut self, column: &[u64], present: &mut Vec<(u64, u32)>) {
        present.clear();
        present.extend(column.iter().copied().zip(0..).filter(|(value, _)| *value != 0));
        // Rows of one value stand in any order; it does not matter.
        present.sort_unstable_by_key(|it| it.0);
        let mut nodes = vec![NONE; self.row_count];
        for rows in present.chunk_by(|one, next| one.0 == next.0) {
            let node = self.values.len() as u32;
            let mut count = 0;
            for (_, row) in rows {
                nodes[*row as usize] = node;
                count += u32::from(self.counts(*row as usize));
            }
            self.values.push(rows[0].0);
            self.row_counts.push(count);
        }
        self.nodes.push(nodes);
        self.starts.push(self.values.len());
    }

    /// Whether a row joins and counts.
    fn counts(&self, row: usize) -> bool {
        self.is_left_out.get(row) != Some(&true)
    }

    /// How many customers share each node; 0 where there cannot be more than the limit, as no more rows have it.
    fn customer_counts(&self, limit: u64) -> Vec<u32> {
        let mut counts = vec![0; self.values.len()];
        let mut pairs = Vec::new();
        for (place, nodes) in self.nodes.iter().enumerate().skip(1) {
            let range = self.starts[place]..self.starts[place + 1];
            if self.row_counts[range].iter().all(|count| u64::from(*count) <= limit) {
                continue;
            }
            for others in &self.nodes[..place] {
                self.pairs(nodes, others, limit, &mut pairs);
                for values in pairs.chunk_by(|one, next| one >> 32 == next >> 32) {
                    let count = &mut counts[(values[0] >> 32) as usize];
                    *count = values.len().max(*count as usize) as u32;
                }
            }
        }
        counts
    }

    /// The distinct pairs of a node that more rows have than the limit and a node of a stronger key, in order.
    fn pairs(&self, nodes: &[u32], others: &[u32], limit: u64, pairs: &mut Vec<u64>) {
        pairs.clear();
        for (row, (node, other)) in nodes.iter().zip(others).enumerate() {
            let is_pair = *node != NONE && *other != NONE && self.counts(row);
            if is_pair && u64::from(self.row_counts[*node as usize]) > limit {
                pairs.push(u64::from(*node) << 32 | u64::from(*other));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
    }

    /// The first node of each row that is not capped, and its place.
    fn first_usable(&self, is_capped: &[bool]) -> (Vec<u32>, Vec<u8>) {
        let mut first = vec![NONE; self.row_count];
        let mut strongest = vec![NO_KEY; self.row_count];
        for (place, nodes) in (0..).zip(&self.nodes) {
            for ((node, first), strongest) in nodes.iter().zip(&mut first).zip(&mut strongest) {
                if *first == NONE && *node != NONE && !is_capped[*node as usize] {
                    (*first, *strongest) = (*node, place);
                }
            }
        }
        (first, strongest)
    }

    /// The root of each node: the smallest of its component. A capped node is a component of its own.
    fn join(&self, first: &[u32], is_capped: &[bool]) -> Vec<u32> {
        let mut parents: Vec<u32> = (0..self.values.len() as u32).collect();
        for nodes in self.nodes.iter().skip(1) {
            for (row, (node, first)) in nodes.iter().zip(first).enumerate() {
                if node != first && *node != NONE && !is_capped[*node as usize] && self.counts(row) {
                    unite(&mut parents, *first, *node);
                }
            }
        }
        // A parent is never larger than its child, so that it has its root already.
        for node in 0..parents.len() {
            parents[node] = parents[parents[node] as usize];
        }
        parents
    }

    /// The number of each component, at its root.
    fn numbers(&self, roots: &[u32], is_capped: &[bool]) -> Vec<u64> {
        let mut numbers = self.values.clone();
        let later = self.starts.get(1).copied().unwrap_or(0);
        let is_root = |node: &usize| roots[*node] as usize == *node && !is_capped[*node];
        if !(later..numbers.len()).any(|node| is_root(&node)) {
            return numbers;
        }
        let mut used: NumberSet = (0..later).filter(is_root).map(|node| self.values[node]).collect();
        for (place, range) in self.starts.windows(2).enumerate().skip(1) {
            for node in (range[0]..range[1]).filter(is_root) {
                numbers[node] = free_number(mixed(self.values[node], place), &mut used);
            }
        }
        numbers
    }

    fn capped(&self, customer_counts: &[u32], is_capped: &[bool]) -> Vec<Capped> {
        let mut capped = Vec::new();
        for (place, range) in (0..).zip(self.starts.windows(2)) {
            capped.extend((range[0]..range[1]).filter(|node| is_capped[*node]).map(|node| Capped {
                place,
                value: self.values[node],
                customer_count: customer_counts[node].into(),
                row_count: self.row_counts[node].into(),
            }));
        }
        // Stable: the nodes stand by place and value.
        capped.sort_by_key(|it| std::cmp::Reverse(it.row_count));
        capped
    }
}

/// Makes one component of those of two nodes.
fn unite(parents: &mut [u32], one: u32, other: u32) {
    let (one, other) = (root(parents, one), root(parents, other));
    parents[one.max(other) as usize] = one.min(other);
}

/// The root of a node; every other node on the way is hung on its grandparent.
fn root(parents: &mut [u32], mut node: u32) -> u32 {
    loop {
        let parent = parents[node as usize];
        if parent == node {
            return node;
        }
        let grandparent = parents[parent as usize];
        parents[node as usize] = grandparent;
        node = grandparent;
    }
}

/// Numbers in use. They are hashes already, or made of such.
type NumberSet = HashSet<u64, BuildHasherDefault<KeyHasher>>;

/// 2⁶⁴ ÷ the golden ratio, made odd, so that different values stay different.
pub(super) const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The number that a value of a key would have if it were free: never 0, as an odd number has no share in 2⁶⁴.
pub(super) fn mixed(value: u64, place: usize) -> u64 {
    (0..place).fold(value, |number, _| number.wrapping_mul(ODD))
}

/// The number itself or the next one that is not in use, and not 0; it is in use from now on.
fn free_number(mut number: u64, used: &mut NumberSet) -> u64 {
    while !used.insert(number) {
        number = number.wrapping_add(1).max(1);
    }
    number
}
