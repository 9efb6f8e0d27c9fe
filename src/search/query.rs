//! The language of searches: words, "phrases", AND, OR, NOT, NEAR, beginnings* and misheard~ words.
//!
//! It takes what somebody typed and gives a [`Query`], or says at which character it cannot be understood. Words that stand
//! side by side must all occur; NEAR binds tightest, then NOT, AND, OR. It deliberately knows no index: what a word finds
//! is `expand`'s business.

use std::path::Path;

use super::words::Words;
use crate::error::{Error, Result};

/// The longest query, in bytes.
const MAX_BYTES: usize = 4096;
/// The most words and operators in a query.
const MAX_PIECES: usize = 256;
/// The deepest nesting of parentheses.
const MAX_DEPTH: usize = 32;
/// How many words may stand between two that are near, unless the query says it.
const NEAR: u32 = 10;
/// The most words that may be asked to stand between.
const MAX_NEAR: u32 = 100;
/// The most errors in a misheard word.
const MAX_ERRORS: u8 = 2;
/// Beginnings shorter than this, in characters, would find a large part of all words.
const LEAST_PREFIX: usize = 2;

/// What to look for in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Words at places that have to do with each other.
    Span(Span),
    /// All of these.
    And(Vec<Query>),
    /// Any of these.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
}

/// Something that stands at places in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words, each so many places after the first; and how many places all take up.
    Words(Vec<(u32, Wanted)>, u32),
    /// Any of these.
    Any(Vec<Span>),
    /// Both, in either order, with at most so many words between.
    Near(Box<Span>, Box<Span>, u32),
}

/// Which words are meant, all folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// This word and no other form of it.
    Exact(String),
    /// This word in every form, as far as a stemmer knows; and the word as it was written, in lower case.
    Forms(String, String),
    /// Words that begin so.
    Prefix(String),
    /// Words that differ by at most so many letters: one missing, one too many, another, or two that changed places.
    Misheard(String, u8),
}

/// A piece of a query, with the character at which it begins, from 1.
#[derive(Debug, Clone)]
struct Piece {
    at: usize,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(u32),
    Word(String),
    Phrase(String),
}

impl Query {
    /// Reads a query.
    ///
    /// Errors: the query cannot be understood, is empty, or is larger than any that people write.
    pub fn parse(text: &str) -> Result<Query> {
        if text.len() > MAX_BYTES {
            return Err(fault(
                format!("has {} bytes, at most {MAX_BYTES} are read", text.len()),
                "ask for less",
            ));
        }
        let pieces = pieces(text)?;
        if pieces.len() > MAX_PIECES {
            let what = format!("has {} words and operators, at most {MAX_PIECES} are read", pieces.len());
            return Err(fault(what, "ask for less"));
        }
        let mut parser = Parser { pieces: &pieces, next: 0, depth: 0 };
        let query = parser.any()?;
        match parser.peek() {
            None => Ok(query),
            Some(piece) => Err(fault_at(piece.at, "`)` closes nothing", "leave it out, or put a `(` before")),
        }
    }

    /// Everything that stands at places, in the order of the query, with whether it is asked for or excluded.
    pub(super) fn spans<'a>(&'a self, is_wanted: bool, out: &mut Vec<(&'a Span, bool)>) {
        match self {
            Query::Span(span) => out.push((span, is_wanted)),
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| part.spans(is_wanted, out)),
            Query::Not(part) => part.spans(!is_wanted, out),
        }
    }

    fn into_span(self) -> Option<Span> {
        match self {
            Query::Span(span) => Some(span),
            Query::Or(parts) => {
                parts.into_iter().map(Query::into_span).collect::<Option<Vec<Span>>>().map(Span::Any)
            }
            _ => None,
        }
    }
}

impl Span {
    /// Its words, in the order of the query.
    pub(super) fn wanted<'a>(&'a self, out: &mut Vec<&'a Wanted>) {
        match self {
            Span::Words(words, _) => out.extend(words.iter().map(|(_, wanted)| wanted)),
            Span::Any(parts) => parts.iter().for_each(|part| part.wanted(out)),
            Span::Near(left, right, _) => {
                left.wanted(out);
                right.wanted(out);
            }
        }
    }
}

struct Parser<'a> {
    pieces: &'a [Piece],
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.next)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let is_here = self.peek().is_some_and(|piece| piece.kind == *kind);
        self.next += usize::from(is_here);
        is_here
    }

    fn any(&mut self) -> Result<Query> {
        let mut parts = vec![self.all()?];
        while self.take(&Kind::Or) {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Query::Or(parts) })
    }

    fn all(&mut self) -> Result<Query> {
        let mut parts = vec![self.one()?];
        while self.peek().is_some_and(|piece| !matches!(piece.kind, Kind::Or | Kind::Close)) {
            self.take(&Kind::And);
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Query::And(parts) })
    }

    fn one(&mut self) -> Result<Query> {
        let is_not = self.take(&Kind::Not);
        let mut query = self.atom()?;
        while let Some(Piece { at, kind: Kind::Near(distance) }) = self.peek().cloned() {
            self.next += 1;
            let right = self.atom()?;
            let (Some(left), Some(right)) = (query.into_span(), right.into_span()) else {
                let help = "in parentheses beside it only OR can be used";
                return Err(fault_at(at, "NEAR stands beside something that has no one place", help));
            };
            query = Query::Span(Span::Near(Box::new(left), Box::new(right), distance));
        }
        Ok(if is_not { Query::Not(Box::new(query)) } else { query })
    }

    fn atom(&mut self) -> Result<Query> {
        let Some(Piece { at, kind }) = self.peek().cloned() else {
            return match self.pieces.last() {
                None => Err(fault("is empty".to_string(), "give words to look for")),
                Some(last) => {
                    Err(fault_at(last.at, "nothing follows", "give what to look for, or leave it out"))
                }
            };
        };
        self.next += 1;
        match kind {
            Kind::Word(text) => word(&text, at).map(Query::Span),
            Kind::Phrase(text) => phrase(&text, at, Wanted::Exact).map(Query::Span),
            Kind::Open => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    let what = format!("more than {MAX_DEPTH} parentheses are open");
                    return Err(fault_at(at, &what, "ask for less"));
                }
                let query = self.any()?;
                self.depth -= 1;
                if self.take(&Kind::Close) {
                    Ok(query)
                } else {
                    Err(fault_at(at, "`(` is never closed", "put a `)`"))
                }
            }
            _ => Err(fault_at(
                at,
                "words are missing before this",
                "give what to look for, or put it in \"quotes\"",
            )),
        }
    }
}

/// A word that is not in quotes: of it all forms are meant, or what its last character says.
fn word(text: &str, at: usize) -> Result<Span> {
    if let Some(beginning) = text.strip_suffix('*') {
        return prefix(beginning, at);
    }
    if let Some((word, errors)) = misheard(text, at)? {
        return phrase(word, at, |term| Wanted::Misheard(term, errors)).and_then(|span| match &span {
            Span::Words(words, _) if words.iter().all(|(_, it)| matches!(it, Wanted::Misheard(..))) => {
                Ok(span)
            }
            _ => Err(fault_at(
                at,
                "`~` stands after characters that are no letters of a word",
                "leave it out: parts of words are found anyway",
            )),
        });
    }
    let span = phrase(text, at, Wanted::Exact)?;
    Ok(match span {
        Span::Words(mut words, 1) if matches!(words[0].1, Wanted::Exact(_)) => {
            let (place, Wanted::Exact(term)) = words.remove(0) else { return Ok(Span::Words(words, 1)) };
            let written = text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()).to_string();
            Span::Words(vec![(place, Wanted::Forms(term, written))], 1)
        }
        other => other,
    })
}

/// The word before a `~` and how many errors are allowed, if there is one.
fn misheard(text: &str, at: usize) -> Result<Option<(&str, u8)>> {
    let Some((word, number)) = text.rsplit_once('~') else { return Ok(None) };
    match number.parse::<u8>() {
        _ if number.is_empty() => Ok(Some((word, 1))),
        Ok(errors) if (1..=MAX_ERRORS).contains(&errors) => Ok(Some((word, errors))),
        _ => Err(fault_at(
            at,
            &format!("`~{number}` is no number of errors"),
            "write `~`, `~1` or `~2`, or put the word in \"quotes\"",
        )),
    }
}

/// The beginning of a word. Of several tokens ("wi-fi6*") the last is the beginning.
fn prefix(text: &str, at: usize) -> Result<Span> {
    let span = phrase(text, at, Wanted::Exact)?;
    let Span::Words(mut words, count) = span else { return Ok(span) };
    if let Some((_, last)) = words.last_mut()
        && let Wanted::Exact(term) = last
        && !text.ends_with(|c: char| crate::text::token::is_character_script(c))
    {
        if count == 1 && term.chars().count() < LEAST_PREFIX {
            let what = format!("`{text}*` is short");
            return Err(fault_at(at, &what, "give at least two letters before the `*`"));
        }
        *last = Wanted::Prefix(std::mem::take(term));
    }
    Ok(Span::Words(words, count))
}

/// Words side by side. Of characters in pairs the last of a run is known from the pair before; one alone begins a pair.
fn phrase(text: &str, at: usize, wanted: impl Fn(String) -> Wanted) -> Result<Span> {
    let words = Words::of(text);
    let mut places = Vec::new();
    let mut term = String::new();
    for place in 0..words.len() {
        words.term(place, &mut term);
        let is_known = place > 0 && words.is_paired(place - 1);
        let it = match (words.is_character(place), words.is_paired(place)) {
            (true, true) => Wanted::Exact(term.clone()),
            (true, false) if is_known => continue,
            (true, false) => Wanted::Prefix(term.clone()),
            _ => wanted(term.clone()),
        };
        places.push((place as u32, it));
    }
    match places.is_empty() {
        false => Ok(Span::Words(places, words.len() as u32)),
        true => Err(fault_at(at, &format!("`{text}` has no letters and no digits"), "leave it out")),
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut chars = (1..).zip(text.chars()).peekable();
    while let Some((at, c)) = chars.next() {
        let kind = match c {
            _ if c.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '-' if chars.peek().is_some_and(|(_, next)| !next.is_whitespace()) => Kind::Not,
            _ if is_quote(c) => {
                let mut phrase = String::new();
                let is_closed = loop {
                    match chars.next() {
                        None => break false,
                        Some((_, c)) if is_quote(c) => break true,
                        Some((_, c)) => phrase.push(c),
                    }
                };
                if !is_closed {
                    return Err(fault_at(at, "the quotes are never closed", "put a `\"` after the phrase"));
                }
                Kind::Phrase(phrase)
            }
            _ => {
                let mut word = String::from(c);
                let ends = |c: char| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')');
                while let Some((_, c)) = chars.next_if(|(_, c)| !ends(*c)) {
                    word.push(c);
                }
                operator(&word, at)?.unwrap_or(Kind::Word(word))
            }
        };
        pieces.push(Piece { at, kind });
    }
    Ok(pieces)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// The operator that a word in capital letters is.
fn operator(word: &str, at: usize) -> Result<Option<Kind>> {
    Ok(Some(match word {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "NOT" => Kind::Not,
        "NEAR" => Kind::Near(NEAR),
        _ => {
            let Some(number) = word.strip_prefix("NEAR/") else { return Ok(None) };
            match number.parse() {
                Ok(distance) if distance <= MAX_NEAR => Kind::Near(distance),
                _ => {
                    let help = format!("write NEAR/0 to NEAR/{MAX_NEAR}: how many words may stand between");
                    return Err(fault_at(at, &format!("`{word}` has no such number"), &help));
                }
            }
        }
    }))
}

fn fault(what: String, help: &str) -> Error {
    Error::data(Path::new("the query"), what, help)
}

fn fault_at(at: usize, what: &str, help: &str) -> Error {
    fault(format!("character {at}: {what}"), help)
}

#[cfg(test)]
mod tests {
    use super::{Query, Span, Wanted};

    fn forms(word: &str) -> Span {
        Span::Words(vec![(0, Wanted::Forms(word.into(), word.into()))], 1)
    }

    fn exact(words: &[&str]) -> Span {
        let words = (0..).zip(words).map(|(at, word)| (at, Wanted::Exact((*word).into())));
        let words: Vec<_> = words.collect();
        Span::Words(words.clone(), words.len() as u32)
    }

    fn near(left: Span, right: Span, distance: u32) -> Span {
        Span::Near(Box::new(left), Box::new(right), distance)
    }

    #[track_caller]
    fn reads(text: &str, expected: Query) {
        assert_eq!(Query::parse(text).unwrap(), expected, "{text}");
    }

    #[track_caller]
    fn refuses(text: &str, at: &str) {
        let refused = Query::parse(text).unwrap_err().to_string();
        assert!(refused.contains(at), "{text}: {refused}");
    }

    #[test]
    fn near_binds_tightest_then_not_then_and_then_or() {
        let word = |word| Query::Span(forms(word));
        reads("a b", Query::And(vec![word("a"), word("b")]));
        reads("a AND b OR c", Query::Or(vec![Query::And(vec![word("a"), word("b")]), word("c")]));
        reads("a -b", Query::And(vec![word("a"), Query::Not(Box::new(word("b")))]));
        reads("a NOT b", Query::And(vec![word("a"), Query::Not(Box::new(word("b")))]));
        reads("a (b OR c)", Query::And(vec![word("a"), Query::Or(vec![word("b"), word("c")])]));
        reads("a NEAR b c", Query::And(vec![Query::Span(near(forms("a"), forms("b"), 10)), word("c")]));
    }

    #[test]
    fn near_takes_words_phrases_and_alternatives() {
        reads("a NEAR/3 \"b c\"", Query::Span(near(forms("a"), exact(&["b", "c"]), 3)));
        let either = Span::Any(vec![forms("a"), forms("b")]);
        reads("(a OR b) NEAR c", Query::Span(near(either, forms("c"), 10)));
        refuses("(a b) NEAR c", "character 7: NEAR stands beside something that has no one place");
    }

    #[test]
    fn quotes_mean_these_words_and_no_other_form() {
        reads("\"Call-back  Didn’t\"", Query::Span(exact(&["call", "back", "didnt"])));
        reads("“a b”", Query::Span(exact(&["a", "b"])));
        // A word in two tokens has no stem.
        reads("call-back", Query::Span(exact(&["call", "back"])));
    }

    #[test]
    fn beginnings_and_misheard_words_are_marked_behind() {
        let one = |wanted| Query::Span(Span::Words(vec![(0, wanted)], 1));
        reads("rout*", one(Wanted::Prefix("rout".into())));
        reads("Router~", one(Wanted::Misheard("router".into(), 1)));
        reads("router~2", one(Wanted::Misheard("router".into(), 2)));
        refuses("router~9", "character 1: `~9` is no number of errors");
        refuses("x r*", "character 3: `r*` is short");
    }

    #[test]
    fn characters_are_looked_for_in_pairs() {
        let exact = |term: &str| Wanted::Exact(term.into());
        reads("路由器", Query::Span(Span::Words(vec![(0, exact("路由")), (1, exact("由器"))], 3)));
        reads("路", Query::Span(Span::Words(vec![(0, Wanted::Prefix("路".into()))], 1)));
        reads("路由*", Query::Span(Span::Words(vec![(0, exact("路由"))], 2)));
        refuses("路由~", "leave it out");
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_place() {
        refuses("", "the query: is empty");
        refuses("a AND", "character 3: nothing follows");
        refuses("OR a", "character 1: words are missing before this");
        refuses("a NEAR/x b", "character 3: `NEAR/x` has no such number");
        refuses("(a", "character 1: `(` is never closed");
        refuses("a)", "character 2: `)` closes nothing");
        refuses("a \"b", "character 3: the quotes are never closed");
        refuses("a !!!", "character 3: `!!!` has no letters");
        refuses(&"(".repeat(40), "more than 32 parentheses");
        refuses(&"a ".repeat(300), "300 words and operators");
        refuses(&"a".repeat(5000), "5000 bytes");
    }
}
