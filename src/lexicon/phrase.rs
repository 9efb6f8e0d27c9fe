//! The phrase language: plain words and a few marks, read into a tree.
//!
//! `[optional]` · `(this|that)` · `<set>` · `{ordinal}`, `{count}`, `{times}`, also `{ordinal>=2}` · `*` (a gap of a few
//! words), `*8` (of up to eight) · `word…` (a beginning of a word). Words are folded as texts are, so that case,
//! diacritics, width and traditional characters do not matter. What a set holds is looked up later.

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

/// Reads a phrase. The error says what is wrong and what to do, without a place.
pub fn parse(phrase: &str) -> Result<Vec<Item>, (String, String)> {
    let mut parser = Parser { rest: phrase, depth: 0 };
    let items = parser.sequence(&[])?;
    match parser.rest.chars().next() {
        Some(stray) => Err((
            format!("`{stray}` closes nothing in the phrase `{phrase}`"),
            "open it before, or leave it out".to_string(),
        )),
        None if items.is_empty() => {
            Err(("an empty phrase".to_string(), "write the words that customers say".to_string()))
        }
        None => Ok(items),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Items up to one of `stops` (not taken) or the end.
    fn sequence(&mut self, stops: &[char]) -> Result<Vec<Item>, (String, String)> {
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
    fn bracketed(&mut self, close: char) -> Result<Vec<Vec<Item>>, (String, String)> {
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
    fn enclosed(&mut self, close: char) -> Result<&'a str, (String, String)> {
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

    fn gap(&mut self) -> Result<Item, (String, String)> {
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
        let end =
            self.rest.find(['[', ']', '(', ')', '<', '>', '{', '}', '*', '|']).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        for part in plain.split_inclusive('…') {
            let is_prefix = part.ends_with('…');
            let before = items.len();
            push_words(part.trim_end_matches('…'), items);
            if let Some(Item::Word(word)) =
                items.get_mut(before..).and_then(<[Item]>::last_mut).filter(|_| is_prefix)
            {
                let word = std::mem::take(word);
                items.pop();
                items.push(Item::Prefix(word));
            }
        }
    }
}

/// Words as the detector sees them; neighbouring characters of a script without spaces become one item.
fn push_words(plain: &str, items: &mut Vec<Item>) {
    let folded = fold(plain);
    let mut found = Vec::new();
    tokens(folded.text(), &mut found);
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
}

fn number(inner: &str) -> Result<Item, (String, String)> {
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
    use super::{Item, NumberKind, parse};

    fn word(text: &str) -> Item {
        Item::Word(text.to_string())
    }

    #[test]
    fn marks_become_a_tree() {
        assert_eq!(
            parse("{ordinal>=2} time [that] (i|we) <called> * call…").unwrap(),
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
        assert_eq!(parse("Call-back, I've").unwrap(), [word("call"), word("back"), word("ive")]);
        assert_eq!(
            parse("第{count}次打電話").unwrap(),
            [word("第"), Item::Number(NumberKind::Count, 0), word("次打电话")]
        );
        assert_eq!(parse("開咗 case").unwrap(), [word("开咗"), word("case")]);
    }

    #[test]
    fn alternatives_may_be_optional_as_a_whole() {
        assert_eq!(
            parse("[a|b] c").unwrap(),
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
        ] {
            let (what, help) = parse(phrase).unwrap_err();
            assert!(what.starts_with(fault), "{phrase}: {what}");
            assert!(!help.is_empty());
        }
        assert!(parse(&"(".repeat(100)).unwrap_err().0.contains("16 deep"));
    }
}
