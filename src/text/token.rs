//! Words of a folded text: runs of letters, runs of digits, and single characters where a script has no spaces.
//!
//! A token is two offsets and what stands before it. Words are not stemmed and not looked up here.

/// One word of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Byte offset in the folded text at which it begins.
    pub start: u32,
    /// Byte offset just after it.
    pub end: u32,
    /// It begins a sentence: no phrase reaches across its start.
    pub is_sentence_start: bool,
    /// It touches the token before it, with at most a hyphen or a dot between ("3rd", "3-ти").
    pub is_joined: bool,
    /// An @name: phrases step over it.
    pub is_mention: bool,
}

impl Token {
    /// The word itself.
    pub fn text<'a>(&self, folded: &'a str) -> &'a str {
        &folded[self.start as usize..self.end as usize]
    }
}

/// Scripts in which every character is a token: Han, kana, Thai, Lao, Khmer and Burmese, which have no spaces, and
/// Hangul, whose spaces are put and left out freely and whose endings grow onto the word.
pub fn is_character_script(c: char) -> bool {
    matches!(c as u32,
        0x3005..=0x3007 | 0x3041..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF
        | 0xAC00..=0xD7A3 | 0x0E01..=0x0E4F | 0x0E80..=0x0EC6 | 0x1000..=0x109F | 0x1780..=0x17D3)
}

/// Letters, and the signs that are part of a word in Indic scripts.
fn is_word(c: char) -> bool {
    match c as u32 {
        0..=0x7F => c.is_ascii_alphanumeric(),
        // Cyrillic and kana are met too often to be looked up.
        0x0430..=0x045F | 0x0900..=0x0963 | 0x0966..=0x0DFF | 0x3041..=0x3096 => true,
        // Vowel and tone signs of Thai and its kin are characters of a word too.
        _ => c.is_alphanumeric() || is_character_script(c),
    }
}

/// The tokens of `folded`, in order, into `out`, whose memory is used again.
pub fn tokens(folded: &str, out: &mut Vec<Token>) {
    out.clear();
    let mut chars = folded.char_indices().peekable();
    let mut is_sentence_start = true;
    while let Some((start, c)) = chars.next() {
        if !is_word(c) {
            is_sentence_start |= ends_sentence(folded, start, c);
            continue;
        }
        let mut end = start + c.len_utf8();
        if !is_character_script(c) {
            let is_digit = c.is_ascii_digit();
            let same = |d: char| is_word(d) && !is_character_script(d) && d.is_ascii_digit() == is_digit;
            while let Some((at, d)) = chars.next_if(|&(_, d)| same(d)) {
                end = at + d.len_utf8();
            }
        }
        out.push(Token {
            start: start as u32,
            end: end as u32,
            is_sentence_start,
            is_joined: is_joined(folded, out.last(), start),
            is_mention: folded[..start].ends_with('@'),
        });
        is_sentence_start = false;
    }
}

fn is_joined(folded: &str, before: Option<&Token>, start: usize) -> bool {
    before.is_some_and(|token| matches!(&folded[token.end as usize..start], "" | "-" | "." | "‑" | "–"))
}

/// Does `c` at `at` end a sentence? A dot does so before a space, the end, or a character script, except after a
/// short number, where it makes an ordinal in many languages ("3. reizi").
fn ends_sentence(folded: &str, at: usize, c: char) -> bool {
    match c {
        '!' | '?' | '\n' | '。' | '！' | '？' | '；' | ';' | '।' | '؟' | '…' => true,
        '.' => {
            let next = folded[at + 1..].chars().next();
            let is_stop = next.is_none_or(|n| n.is_whitespace() || is_character_script(n) || n == '.');
            is_stop && !is_after_short_number(&folded[..at])
        }
        _ => false,
    }
}

fn is_after_short_number(before: &str) -> bool {
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn words(folded: &str) -> Vec<&str> {
        let mut out = Vec::new();
        tokens(folded, &mut out);
        out.iter().map(|token| token.text(folded)).collect()
    }

    fn all(folded: &str) -> Vec<Token> {
        let mut out = Vec::new();
        tokens(folded, &mut out);
        out
    }

    #[test]
    fn words_numbers_and_characters_are_tokens() {
        assert_eq!(words("ive called 3 times"), ["ive", "called", "3", "times"]);
        assert_eq!(words("the 3rd time"), ["the", "3", "rd", "time"]);
        assert_eq!(words("打了3次电话"), ["打", "了", "3", "次", "电", "话"]);
        assert_eq!(words("call-back"), ["call", "back"]);
    }

    #[test]
    fn sentences_end_at_stops_but_not_inside_numbers() {
        let starts = |text| all(text).iter().map(|token| token.is_sentence_start).collect::<Vec<_>>();
        assert_eq!(starts("i called. again"), [true, false, true]);
        assert_eq!(starts("11.1 came"), [true, false, false]);
        assert_eq!(starts("3. reizi zvanu"), [true, false, false]);
        assert_eq!(starts("好。不"), [true, true]);
    }

    #[test]
    fn joined_tokens_and_mentions_are_marked() {
        let marks = all("3-ти път @acme");
        assert!(marks[1].is_joined && !marks[2].is_joined);
        assert!(marks[3].is_mention);
    }
}
