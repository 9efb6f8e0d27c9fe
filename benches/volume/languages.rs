//! The sentences of eight languages, as lists of templates that are filled with words by chance.
//!
//! `texts/TAG.txt` has the lists: a name in brackets, then items, one a line or several between bars. `{name}` in an item
//! stands for an item of that list. `{n}` (2 to 60), `{c}` (10 to 99), `{d}` (1 to 28), `{h}` (8 to 19) and `{m}` (00
//! to 55) stand for numbers.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::LazyLock;

use fastrand::Rng;

use super::plan::zipf;

/// The lists that dialogues are made of. Every language has them all.
#[derive(Debug, Clone, Copy)]
pub(super) enum List {
    Bill,
    Net,
    Mobile,
    Contract,
    Visit,
    Account,
    Delivery,
    Device,
    Customer,
    Ask,
    Agent,
    Short,
    Ack,
    Hello,
    AgentHello,
    Bye,
    AgentBye,
    Stated,
    Filler,
    Note,
    Emoji,
    Name,
}

/// The names of [`List`], in its order. Other lists are for slots only.
const LISTS: [&str; 22] = [
    "bill",
    "net",
    "mobile",
    "contract",
    "visit",
    "account",
    "delivery",
    "device",
    "customer",
    "ask",
    "agent",
    "short",
    "ack",
    "hello",
    "agent-hello",
    "bye",
    "agent-bye",
    "stated",
    "filler",
    "note",
    "emoji",
    "name",
];

/// A language: its tag, its share of the customers in percent, its lists.
pub(super) struct Language {
    pub(super) tag: &'static str,
    pub(super) share: u32,
    lists: Vec<Vec<Template>>,
}

type Template = Vec<Piece>;

enum Piece {
    Text(&'static str),
    List(usize),
    Number(Range<u32>),
    Minute,
}

macro_rules! language {
    ($tag:literal, $share:literal) => {
        Language::parse(
            $tag,
            $share,
            concat!(include_str!("texts/common.txt"), include_str!(concat!("texts/", $tag, ".txt"))),
        )
    };
}

/// The most frequent first.
#[rustfmt::skip]
pub(super) static LANGUAGES: LazyLock<[Language; 8]> = LazyLock::new(|| [
    language!("en", 40), language!("es", 12), language!("de", 11), language!("zh-Hans", 9),
    language!("ru", 8), language!("fr", 8), language!("lv", 6), language!("bg", 6),
]);

impl Language {
    fn parse(tag: &'static str, share: u32, text: &'static str) -> Language {
        let mut places: BTreeMap<&str, usize> =
            LISTS.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let mut items: Vec<Vec<&str>> = vec![Vec::new(); LISTS.len()];
        let mut current = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => {
                    current = *places.entry(name).or_insert(items.len());
                    items.resize(items.len().max(current + 1), Vec::new());
                }
                None => items[current].extend(line.split('|').map(str::trim)),
            }
        }
        let template = |item: &&'static str| template(item, &places);
        let lists: Vec<Vec<Template>> =
            items.iter().map(|items| items.iter().map(template).collect()).collect();
        assert!(lists.iter().all(|list| !list.is_empty()), "{tag} lacks a list");
        Language { tag, share, lists }
    }

    /// Whether words are written without spaces between them.
    pub(super) fn is_unspaced(&self) -> bool {
        self.tag.starts_with("zh")
    }

    /// Appends an item of a list of sentences, the first ones more often.
    pub(super) fn say(&self, list: List, rng: &mut Rng, out: &mut String) {
        let items = &self.lists[list as usize];
        let chance = rng.f32();
        let at = (chance * chance.sqrt() * items.len() as f32) as usize;
        self.fill(&items[at.min(items.len() - 1)], rng, out);
    }

    fn fill(&self, template: &Template, rng: &mut Rng, out: &mut String) {
        for piece in template {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::List(list) => {
                    let items = &self.lists[*list];
                    self.fill(&items[zipf(rng, items.len())], rng, out);
                }
                Piece::Number(range) => _ = write!(out, "{}", rng.u32(range.clone())),
                Piece::Minute => _ = write!(out, "{:02}", rng.u32(0..12) * 5),
            }
        }
    }
}

fn template(item: &'static str, places: &BTreeMap<&str, usize>) -> Template {
    let mut pieces = Vec::new();
    let mut parts = item.split('{');
    pieces.extend(parts.next().filter(|text| !text.is_empty()).map(Piece::Text));
    for part in parts {
        let (slot, text) = part.split_once('}').expect("a slot has an end");
        pieces.push(match slot {
            "n" => Piece::Number(2..61),
            "c" => Piece::Number(10..100),
            "d" => Piece::Number(1..29),
            "h" => Piece::Number(8..20),
            "m" => Piece::Minute,
            name => Piece::List(*places.get(name).unwrap_or_else(|| panic!("no list {name}: {item}"))),
        });
        pieces.extend(Some(text).filter(|text| !text.is_empty()).map(Piece::Text));
    }
    pieces
}
