//! The phrase language: plain words and a few marks, read into a tree.
//!
//! `[optional]` · `(this|that)` · `<set>` · `{ordinal}`, `{count}`, `{times}`, also `{ordinal>=2}` · `*` (a gap of a few
//! words), `*8` (of up to eight) · `word…` (a beginning of a word) · `^` (the turn begins here) · `a & b` (both, near each
//! other in the turn). Words are folded as texts are, so that case, diacritics, width and traditional characters do
//! not matter. What a set holds is looked up later.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::token::is_character_script;
use crate::text::{NumberKind, fold, tokens};

/// Gap of a bare `*`, in words.
pub const GAP_WORDS: u8 = 4;

/// The longest gap that can be asked for, in words.
pub const LARGEST_GAP: u8 = 24;

/// One piece of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A folded word, or a run of characters of a script without spaces.
    Word(String),
    /// The beginning of a word.
    Prefix(String),
    /// May be there or not.
    Optional(Vec<Item>),
    /// One of several. Shared, because a set stands in many phrases.
    Choice(Arc<Vec<Vec<Item>>>),
    /// A named word set of the file.
    Set(String),
    /// A number, at least so large.
    Number(NumberKind, u32),
    /// Any words, up to so many, within the sentence.
    Gap(u8),
}

/// Letters that people also write otherwise: `ü` as `ue`.
pub type Spellings = BTreeMap<String, String>;

/// What is wrong with a phrase, and what to do about it.
pub type Fault = (String, String);

/// A phrase as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Two where the phrase is `a & b`, else one.
    pub parts: Vec<Vec<Item>>,
    /// The first part begins the turn.
    pub is_turn_start: bool,
}

/// Reads a phrase. The error says what is wrong and what to do, without a place.
pub fn parse(phrase: &str, spellings: &Spellings) -> Result<Tree, Fault> {
    let (is_turn_start, rest) = match phrase.trim_start().strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, phrase),
    };
    let mut parser = Parser { rest, depth: 0, spellings };
    let mut parts = vec![parser.sequence(&['&'])?];
    while let Some(rest) = parser.rest.strip_prefix('&') {
        parser.rest = rest;
        parts.push(parser.sequence(&['&'])?);
    }
    match parser.rest.chars().next() {
        Some(stray) => Err((
            format!("`{stray}` closes nothing in the phrase `{phrase}`"),
            "open it before, or leave it out".to_string(),
        )),
        None if parts.iter().any(Vec::is_empty) => {
            Err(("an empty phrase".to_string(), "write the words that customers say".to_string()))
        }
        None if parts.len() > 2 => Err((
            format!("more than one `&` in the phrase `{phrase}`"),
            "join two parts only; write several phrases for more".to_string(),
        )),
        None => Ok(Tree { parts, is_turn_start }),
    }
}

/// Reads what is one sequence: a member of a set, a veto.
pub fn parse_sequence(phrase: &str, spellings: &Spellings) -> Result<Vec<Item>, Fault> {
    let Tree { mut parts, is_turn_start } = parse(phrase, spellings)?;
    if parts.len() > 1 || is_turn_start {
        return Err((
            format!("`^` or `&` in `{phrase}`"),
            "they may stand in the `phrases` of a rule only".to_string(),
        ));
    }
    Ok(parts.pop().unwrap_or_default())
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    spellings: &'a Spellings,
}

impl<'a> Parser<'a> {
    /// Items up to one of `stops` (not taken) or the end.
    fn sequence(&mut self, stops: &[char]) -> Result<Vec<Item>, Fault> {
        let mut items = Vec::new();
        self.depth += 1;
        if self.depth > 16 {
            return Err((
                "brackets nested more than 16 deep".to_string(),
                "write two phrases instead".to_string(),
            ));
        }
        while let Some(c) = self.rest.chars().next() {
            if stops.contains(&c) || matches!(c, ']' | ')' | '>' | '}') {
                break;
            }
            match c {
                '[' => {
                    items.push(Item::Optional(self.bracketed(']')?.into_iter().next().unwrap_or_default()))
                }
                '(' => items.push(Item::Choice(self.bracketed(')')?.into())),
                '<' => items.push(Item::Set(self.enclosed('>')?.to_string())),
                '{' => items.push(number(self.enclosed('}')?)?),
                '*' => items.push(self.gap()?),
                '&' | '^' => {
                    return Err((
                        format!("`{c}` where it cannot stand"),
                        "`^` begins a phrase, `&` stands between two parts, outside of brackets".to_string(),
                    ));
                }
                '|' => {
                    return Err((
                        "`|` outside of brackets".to_string(),
                        "put alternatives in round brackets: (this|that)".to_string(),
                    ));
                }
                _ => self.words(&mut items),
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    /// The alternatives between the bracket at hand and `close`.
    fn bracketed(&mut self, close: char) -> Result<Vec<Vec<Item>>, Fault> {
        let whole = self.rest;
        self.rest = &self.rest[1..];
        let mut alternatives = vec![self.sequence(&['|'])?];
        while self.rest.starts_with('|') {
            self.rest = &self.rest[1..];
            alternatives.push(self.sequence(&['|'])?);
        }
        if !self.rest.starts_with(close) {
            return Err((format!("`{whole}` has no closing `{close}`"), "close the bracket".to_string()));
        }
        self.rest = &self.rest[1..];
        if alternatives.iter().any(Vec::is_empty) {
            return Err((
                "an empty alternative".to_string(),
                "leave it out, or use [optional] for what may be missing".to_string(),
            ));
        }
        Ok(match (close, alternatives.len()) {
            (']', 2..) => vec![vec![Item::Choice(alternatives.into())]],
            _ => alternatives,
        })
    }

    /// The text between the mark at hand and `close`.
    fn enclosed(&mut self, close: char) -> Result<&'a str, Fault> {
        let end = self.rest.find(close).ok_or_else(|| {
            (
                format!("`{}` has no closing `{close}`", self.rest),
                "close it, or leave the mark out".to_string(),
            )
        })?;
        let inner = self.rest[1..end].trim();
        self.rest = &self.rest[end + 1..];
        Ok(inner)
    }

    fn gap(&mut self) -> Result<Item, Fault> {
        self.rest = &self.rest[1..];
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        let words = if number.is_empty() { GAP_WORDS } else { number.parse().unwrap_or(u8::MAX) };
        if words == 0 || words > LARGEST_GAP {
            return Err((
                format!("a gap of {number} words"),
                format!("a gap may be of 1 to {LARGEST_GAP} words; a longer one finds what nobody meant"),
            ));
        }
        Ok(Item::Gap(words))
    }

    /// Folds the plain text up to the next mark and cuts it into words.
    fn words(&mut self, items: &mut Vec<Item>) {
        let end = self.rest.find(MARKS).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        for word in plain.split_whitespace() {
            for part in word.split_inclusive('…') {
                self.word(part.trim_end_matches('…'), part.ends_with('…'), items);
            }
        }
    }

    /// One word, or several joined by signs; with the other spelling where it has one.
    fn word(&self, plain: &str, is_prefix: bool, items: &mut Vec<Item>) {
        let written = word_items(plain, is_prefix);
        let otherwise = word_items(&respelled(plain, self.spellings), is_prefix);
        if written == otherwise || otherwise.is_empty() {
            items.extend(written);
        } else if written.is_empty() {
            items.extend(otherwise);
        } else {
            items.push(Item::Choice(vec![written, otherwise].into()));
        }
    }
}

/// Everything that is not plain text.
const MARKS: [char; 12] = ['[', ']', '(', ')', '<', '>', '{', '}', '*', '|', '&', '^'];

/// The word as people write it who avoid its letters.
pub(super) fn respelled(word: &str, spellings: &Spellings) -> String {
    let lower = word.to_lowercase();
    spellings.iter().fold(lower, |word, (letter, instead)| word.replace(letter.as_str(), instead))
}

/// Words as the detector sees them; neighbouring characters of a script without spaces become one item.
fn word_items(plain: &str, is_prefix: bool) -> Vec<Item> {
    let folded = fold(plain);
    let mut found = Vec::new();
    tokens(folded.text(), &mut found);
    let mut items = Vec::new();
    let mut run_end = None;
    for token in found {
        let word = token.text(folded.text());
        let is_character = word.chars().next().is_some_and(is_character_script);
        match items.last_mut() {
            Some(Item::Word(run)) if is_character && run_end == Some(token.start) => run.push_str(word),
            _ => items.push(Item::Word(word.to_string())),
        }
        run_end = is_character.then_some(token.end);
    }
    if let Some(Item::Word(word)) = items.last_mut().filter(|_| is_prefix) {
        // A run of characters is found inside longer words anyway.
        if run_end.is_none() {
            let word = std::mem::take(word);
            items.pop();
            items.push(Item::Prefix(word));
        }
    }
    items
}

fn number(inner: &str) -> Result<Item, Fault> {
    let (name, least) = match inner.split_once(">=") {
        Some((name, least)) => (name.trim(), least.trim().parse().ok()),
        None => (inner, Some(0)),
    };
    let kind = match name {
        "ordinal" => Some(NumberKind::Ordinal),
        "count" => Some(NumberKind::Count),
        "times" => Some(NumberKind::Times),
        _ => None,
    };
    match (kind, least) {
        (Some(kind), Some(least)) => Ok(Item::Number(kind, least)),
        _ => Err((
            format!("`{{{inner}}}` is no number slot"),
            "use {ordinal}, {count} or {times}, with a lower bound if need be: {ordinal>=2}".to_string(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, NumberKind, Spellings, parse, parse_sequence};

    fn items(phrase: &str) -> Vec<Item> {
        parse_sequence(phrase, &Spellings::new()).unwrap()
    }

    fn word(text: &str) -> Item {
        Item::Word(text.to_string())
    }

    #[test]
    fn marks_become_a_tree() {
        assert_eq!(
            items("{ordinal>=2} time [that] (i|we) <called> * call…"),
            [
                Item::Number(NumberKind::Ordinal, 2),
                word("time"),
                Item::Optional(vec![word("that")]),
                Item::Choice(vec![vec![word("i")], vec![word("we")]].into()),
                Item::Set("called".to_string()),
                Item::Gap(4),
                Item::Prefix("call".to_string()),
            ]
        );
    }

    #[test]
    fn words_are_folded_and_characters_run_together() {
        assert_eq!(items("Call-back, I've"), [word("call"), word("back"), word("ive")]);
        assert_eq!(
            items("第{count}次打電話"),
            [word("第"), Item::Number(NumberKind::Count, 0), word("次打电话")]
        );
        assert_eq!(items("開咗 case"), [word("开咗"), word("case")]);
    }

    #[test]
    fn a_spelling_that_leaves_nothing_of_a_word_is_no_other_way_to_write_it() {
        let spellings =
            Spellings::from([("η".to_string(), ")".to_string()), ("=".to_string(), "ist".to_string())]);
        let of = |phrase| parse_sequence(phrase, &spellings).unwrap();
        assert_eq!(of("η οθονα"), [word("η"), word("οθονα")]);
        assert_eq!(of("das = so"), [word("das"), word("ist"), word("so")]);
    }

    #[test]
    fn alternatives_may_be_optional_as_a_whole() {
        assert_eq!(
            items("[a|b] c"),
            [Item::Optional(vec![Item::Choice(vec![vec![word("a")], vec![word("b")]].into())]), word("c")]
        );
    }

    #[test]
    fn faults_are_said_with_a_remedy() {
        for (phrase, fault) in [
            ("[open", "`[open` has no closing `]`"),
            ("a ) b", "`)` closes nothing"),
            ("this|that", "`|` outside of brackets"),
            ("{nth} time", "`{nth}` is no number slot"),
            ("(a||b)", "an empty alternative"),
            ("a *99 b", "a gap of 99 words"),
            ("", "an empty phrase"),
            ("a & ", "an empty phrase"),
            ("a & b & c", "more than one `&`"),
            ("(a & b)", "`&` where it cannot stand"),
            ("a ^b", "`^` where it cannot stand"),
        ] {
            let (what, help) = parse(phrase, &Spellings::new()).unwrap_err();
            assert!(what.starts_with(fault), "{phrase}: {what}");
            assert!(!help.is_empty());
        }
        assert!(parse(&"(".repeat(100), &Spellings::new()).unwrap_err().0.contains("16 deep"));
    }
}
