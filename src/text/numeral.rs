//! Numbers as people say them: digits, words, ordinals, "twice", Chinese numerals.
//!
//! A language file lists its words; this file knows how they combine ("twenty second", 二十三, "3-ти"). The value is
//! small by nature (how often somebody called), so anything above [`LARGEST`] is no number here.

use std::collections::HashMap;

use super::token::{Token, is_character_script};

/// The largest value read; a longer number is an account, an amount or a telephone number.
pub const LARGEST: u32 = 999;

/// The number words of one language, folded.
#[derive(Debug, Default, Clone)]
pub struct Numerals {
    /// "three" → 3. Tens, hundreds included; compounds are put together here.
    pub cardinal: HashMap<String, u32>,
    /// "third" → 3, in every inflected form.
    pub ordinal: HashMap<String, u32>,
    /// "twice" → 2: words that count occasions by themselves.
    pub times: HashMap<String, u32>,
    /// What makes a digit an ordinal: "rd", "-ти", or "." itself.
    pub ordinal_suffixes: Vec<String>,
    /// What stands before a number to make it an ordinal: 第.
    pub ordinal_prefix: Option<String>,
    /// Words that may join the parts of a compound: "and", "и".
    pub joiners: Vec<String>,
}

/// What a phrase asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// "third", "3rd", 第三.
    Ordinal,
    /// "three", "3", 三.
    Count,
    /// "twice", "thrice".
    Times,
}

/// A number found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// How many tokens it takes up.
    pub token_count: usize,
    /// Its value; of a range ("3-4", 两三) the lower end.
    pub value: u32,
    /// False for a range.
    pub is_exact: bool,
}

impl Numerals {
    /// Every word, but digits, with which a number of `kind` can begin.
    pub fn first_words(&self, kind: NumberKind) -> impl Iterator<Item = &str> {
        let (ordinal, cardinal, times) = match kind {
            NumberKind::Ordinal => (Some(&self.ordinal), Some(&self.cardinal), None),
            NumberKind::Count => (None, Some(&self.cardinal), None),
            NumberKind::Times => (None, None, Some(&self.times)),
        };
        let prefix = self.ordinal_prefix.as_deref().filter(|_| kind == NumberKind::Ordinal);
        let chinese = HAN.chars().map(|c| &HAN[HAN.find(c).unwrap_or(0)..][..c.len_utf8()]);
        let words = [ordinal, cardinal, times]
            .into_iter()
            .flatten()
            .flat_map(|words| words.keys().map(String::as_str));
        words.chain(prefix).chain(chinese.filter(move |_| kind != NumberKind::Times))
    }

    /// The number of `kind` that begins at token `at`, if there is one; the longest reading within its sentence.
    pub fn number_at(&self, kind: NumberKind, folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
        tokens.get(at)?;
        let next = tokens[at + 1..].iter().take(MOST_TOKENS).position(|token| token.is_sentence_start);
        let tokens = next.map_or(tokens, |next| &tokens[..at + 1 + next]);
        match kind {
            NumberKind::Times => word_at(&self.times, folded, tokens, at),
            NumberKind::Count => self.count_at(folded, tokens, at),
            NumberKind::Ordinal => self.ordinal_at(folded, tokens, at),
        }
    }

    fn count_at(&self, folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
        let token = tokens[at];
        if token.text(folded).as_bytes()[0].is_ascii_digit() {
            let value = digits(folded, tokens, at)?;
            if self.suffix_length(folded, tokens, at).is_some_and(|length| length > 0) {
                return None;
            }
            return match tokens
                .get(at + 1)
                .filter(|next| next.is_joined)
                .and_then(|_| digits(folded, tokens, at + 1))
            {
                Some(upper) if upper > value => Some(Number { token_count: 2, value, is_exact: false }),
                Some(_) => None,
                None => Some(exact(1, value)),
            };
        }
        chinese_at(folded, tokens, at).or_else(|| self.words_at(folded, tokens, at))
    }

    fn ordinal_at(&self, folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
        let text = tokens[at].text(folded);
        let prefix = self.ordinal_prefix.as_deref().and_then(|prefix| run_at(prefix, folded, tokens, at));
        if let Some(count) = prefix {
            let number = self.number_at(NumberKind::Count, folded, tokens, at + count)?;
            return Some(Number { token_count: number.token_count + count, ..number });
        }
        if text.as_bytes()[0].is_ascii_digit() {
            let value = digits(folded, tokens, at)?;
            let suffix = self.suffix_length(folded, tokens, at)?;
            return Some(exact(1 + suffix, value));
        }
        if let Some(number) = word_at(&self.ordinal, folded, tokens, at) {
            return Some(number);
        }
        let tens = self.words_at(folded, tokens, at)?;
        let last = self.skip_joiner(folded, tokens, at + tens.token_count);
        let unit = word_at(&self.ordinal, folded, tokens, last)?;
        let is_compound = tens.value >= 20 && tens.value % 10 == 0 && unit.value < 10;
        is_compound.then(|| exact(last + unit.token_count - at, tens.value + unit.value))
    }

    /// How many tokens the ordinal suffix after the digits at `at` takes (0 for a dot), or none.
    fn suffix_length(&self, folded: &str, tokens: &[Token], at: usize) -> Option<usize> {
        if let Some(next) = tokens.get(at + 1).filter(|next| next.is_joined) {
            let suffix = next.text(folded);
            if self.ordinal_suffixes.iter().any(|s| s == suffix) {
                return Some(1);
            }
        }
        let is_dotted = folded[tokens[at].end as usize..].starts_with('.');
        (is_dotted && self.ordinal_suffixes.iter().any(|s| s == ".")).then_some(0)
    }

    /// A number in words, compounds included: "five", "twenty five", "hundred".
    fn words_at(&self, folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
        let word = |i: usize| word_at(&self.cardinal, folded, tokens, i);
        let Number { mut value, token_count, .. } = word(at)?;
        let mut end = at + token_count;
        for _ in 0..4 {
            let next = self.skip_joiner(folded, tokens, end);
            let Some(part) = word(next) else { break };
            value = match part.value {
                hundred @ 100 if value < 10 && next == end => value * hundred,
                part if part < magnitude(value) => value + part,
                _ => break,
            };
            end = next + part.token_count;
        }
        (value <= LARGEST).then(|| exact(end - at, value))
    }

    fn skip_joiner(&self, folded: &str, tokens: &[Token], at: usize) -> usize {
        let is_joiner =
            tokens.get(at).is_some_and(|token| self.joiners.iter().any(|j| j == token.text(folded)));
        at + usize::from(is_joiner)
    }
}

/// The number word at token `at`: one word, or as many characters as make the longest one in a script without spaces.
fn word_at(words: &HashMap<String, u32>, folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
    let text = tokens.get(at)?.text(folded);
    if !text.starts_with(is_character_script) {
        return words.get(text).map(|&value| exact(1, value));
    }
    let mut run = String::new();
    let mut longest = None;
    for (count, token) in tokens[at..].iter().take(LONGEST_WORD).enumerate() {
        if count > 0 && token.is_sentence_start {
            break;
        }
        run.push_str(token.text(folded));
        longest = words.get(&run).map(|&value| exact(count + 1, value)).or(longest);
    }
    longest
}

/// How many tokens `text` takes up, if it stands at token `at`.
fn run_at(text: &str, folded: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let mut rest = text;
    for (count, token) in tokens[at..].iter().enumerate() {
        rest = rest.strip_prefix(token.text(folded))?;
        if rest.is_empty() {
            return Some(count + 1);
        }
    }
    None
}

/// The most characters of a number word in a script without spaces.
const LONGEST_WORD: usize = 10;

/// The most tokens that a number can take up.
pub const MOST_TOKENS: usize = LONGEST_WORD + 2;

/// The size of the last non-zero digit's place: what may still be added to the number.
fn magnitude(value: u32) -> u32 {
    match value {
        _ if value >= 100 && value.is_multiple_of(100) => 100,
        _ if value >= 20 && value.is_multiple_of(10) => 10,
        _ => 0,
    }
}

fn exact(token_count: usize, value: u32) -> Number {
    Number { token_count, value, is_exact: true }
}

/// The digits at `at` as a value; none for long numbers, decimals and parts of them.
fn digits(folded: &str, tokens: &[Token], at: usize) -> Option<u32> {
    let token = tokens.get(at)?;
    let text = token.text(folded);
    let before = &folded.as_bytes()[..token.start as usize];
    let is_fraction = before.last().is_some_and(|b| matches!(b, b'.' | b',' | b':'))
        && before.len() > 1
        && before[before.len() - 2].is_ascii_digit();
    let after = &folded.as_bytes()[token.end as usize..];
    let has_fraction = after.first().is_some_and(|b| matches!(b, b'.' | b',' | b':'))
        && after.get(1).is_some_and(u8::is_ascii_digit);
    if is_fraction || has_fraction || text.len() > 3 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// What a Chinese numeral character stands for: a digit, or a power of ten.
enum Han {
    Digit(u32),
    Power(u32),
}

/// Every character that [`han`] reads.
const HAN: &str = "零〇一壹幺二两兩贰俩三叁仨四肆五伍六陆七柒八捌九玖十拾廿卅百佰";

fn han(token: &str) -> Option<Han> {
    let mut chars = token.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return None };
    Some(match c {
        '零' | '〇' => Han::Digit(0),
        '一' | '壹' | '幺' => Han::Digit(1),
        '二' | '两' | '兩' | '贰' | '俩' => Han::Digit(2),
        '三' | '叁' | '仨' => Han::Digit(3),
        '四' | '肆' => Han::Digit(4),
        '五' | '伍' => Han::Digit(5),
        '六' | '陆' => Han::Digit(6),
        '七' | '柒' => Han::Digit(7),
        '八' | '捌' => Han::Digit(8),
        '九' | '玖' => Han::Digit(9),
        '十' | '拾' => Han::Power(10),
        '廿' => Han::Power(20),
        '卅' => Han::Power(30),
        '百' | '佰' => Han::Power(100),
        _ => return None,
    })
}

/// A number in Chinese characters: 三, 十二, 二十三, 一百零五, and 两三 as a range.
fn chinese_at(folded: &str, tokens: &[Token], at: usize) -> Option<Number> {
    let mut end = at;
    let (mut total, mut pending, mut digit_run) = (0, None::<u32>, Vec::new());
    while let Some(numeral) =
        tokens.get(end).filter(|_| end - at < 6).and_then(|token| han(token.text(folded)))
    {
        match numeral {
            Han::Digit(digit) => {
                pending = Some(digit);
                digit_run.push(digit);
            }
            Han::Power(power @ (20 | 30)) => total += power,
            Han::Power(power) => {
                total += pending.take().unwrap_or(1) * power;
                digit_run.clear();
            }
        }
        end += 1;
    }
    match (end - at, digit_run.as_slice()) {
        (0, _) => None,
        (_, [low, high]) if *high == low + 1 && *low > 0 => {
            Some(Number { token_count: end - at, value: total + low, is_exact: false })
        }
        (_, [_, _, ..]) if digit_run[0] != 0 => None,
        (token_count, _) => {
            let value = total + pending.unwrap_or(0);
            (value <= LARGEST).then(|| exact(token_count, value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, NumberKind, Numerals};
    use crate::text::{fold, tokens};

    fn english() -> Numerals {
        let map =
            |pairs: &[(&str, u32)]| pairs.iter().map(|&(word, value)| (word.to_string(), value)).collect();
        Numerals {
            cardinal: map(&[("two", 2), ("five", 5), ("twenty", 20), ("hundred", 100)]),
            ordinal: map(&[("third", 3), ("second", 2), ("twentieth", 20)]),
            times: map(&[("twice", 2)]),
            ordinal_suffixes: ["st", "nd", "rd", "th", "ти", "."].map(String::from).to_vec(),
            ordinal_prefix: Some("第".to_string()),
            joiners: vec!["and".to_string()],
        }
    }

    #[track_caller]
    fn reads(kind: NumberKind, raw: &str, expected: Option<(usize, u32, bool)>) {
        let folded = fold(raw);
        let mut all = Vec::new();
        tokens(folded.text(), &mut all);
        let expected = expected.map(|(token_count, value, is_exact)| Number { token_count, value, is_exact });
        assert_eq!(english().number_at(kind, folded.text(), &all, 0), expected, "{raw}");
    }

    #[test]
    fn every_chinese_numeral_is_listed_as_a_beginning() {
        let all: Vec<char> =
            ('\u{3000}'..='\u{9FFF}').filter(|c| super::han(&c.to_string()).is_some()).collect();
        let mut listed: Vec<char> = super::HAN.chars().collect();
        listed.sort_unstable();
        assert_eq!(all, listed);
    }

    #[test]
    fn ordinals_in_words_digits_and_characters() {
        reads(NumberKind::Ordinal, "third time", Some((1, 3, true)));
        reads(NumberKind::Ordinal, "twenty second time", Some((2, 22, true)));
        reads(NumberKind::Ordinal, "3rd time", Some((2, 3, true)));
        reads(NumberKind::Ordinal, "3-ти път", Some((2, 3, true)));
        reads(NumberKind::Ordinal, "3. reizi", Some((1, 3, true)));
        reads(NumberKind::Ordinal, "第二十三次", Some((4, 23, true)));
        reads(NumberKind::Ordinal, "第 3 次", Some((2, 3, true)));
        reads(NumberKind::Ordinal, "3 times", None);
        reads(NumberKind::Ordinal, "第", None);
    }

    #[test]
    fn counts_in_words_digits_and_characters() {
        reads(NumberKind::Count, "five times", Some((1, 5, true)));
        reads(NumberKind::Count, "two hundred and twenty five times", Some((5, 225, true)));
        reads(NumberKind::Count, "3 times", Some((1, 3, true)));
        reads(NumberKind::Count, "两次", Some((1, 2, true)));
        reads(NumberKind::Count, "兩次", Some((1, 2, true)));
        reads(NumberKind::Count, "廿三次", Some((2, 23, true)));
        reads(NumberKind::Count, "十二次", Some((2, 12, true)));
        reads(NumberKind::Count, "一百零五次", Some((4, 105, true)));
        reads(NumberKind::Times, "twice", Some((1, 2, true)));
        reads(NumberKind::Count, "twenty. two times", Some((1, 20, true)));
    }

    #[test]
    fn ranges_have_a_lower_end_and_are_not_exact() {
        reads(NumberKind::Count, "3-4 times", Some((2, 3, false)));
        reads(NumberKind::Count, "两三次", Some((2, 2, false)));
    }

    #[test]
    fn telephone_numbers_decimals_and_ordinals_are_no_counts() {
        reads(NumberKind::Count, "10086 times", None);
        reads(NumberKind::Count, "3.5 times", None);
        reads(NumberKind::Count, "3rd time", None);
        reads(NumberKind::Count, "幺零零八六", None);
    }
}
