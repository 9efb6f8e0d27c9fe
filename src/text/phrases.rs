//! The terms of a text: words and phrases of up to four words within a sentence, folded, each with the raw bytes that it
//! came from.
//!
//! Chinese, Japanese, Thai, Lao, Khmer and Burmese are cut into words by the dictionaries of ICU; a Korean word is what
//! stands between spaces. A phrase may contain a stop word but neither begins nor ends with one, and has a letter. Names
//! after an @ and addresses of pages are no words, and phrases end before them.

use std::ops::Range;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::fold::fold_into;
use super::token::is_character_script;
use super::{Folded, StopWords, Token, fold, tokens};

/// The most words of a term.
pub const MOST_TERM_WORDS: usize = 4;

/// A longer word is none: a key, a line of signs.
const MOST_WORD_BYTES: usize = 64;

/// Cuts texts into words and terms; keeps its memory for the next text.
pub struct TermCutter {
    segmenter: WordSegmenterBorrowed<'static>,
    folded: Folded,
    tokens: Vec<Token>,
    letters: String,
    words: Vec<Word>,
    term: String,
}

/// A word of a text.
#[derive(Debug, Clone)]
pub struct CutWord<'a> {
    /// Folded.
    pub word: &'a str,
    /// The bytes of the raw text that it came from.
    pub raw: Range<usize>,
    /// No phrase reaches across its start.
    pub is_start: bool,
    /// It is of a script without spaces.
    pub is_unspaced: bool,
    /// It says little by itself.
    pub is_stop: bool,
    /// It is more than a number.
    pub has_letter: bool,
}

#[derive(Debug)]
struct Word {
    /// Where it stands in `letters`.
    letters: Range<usize>,
    raw: Range<usize>,
    /// No phrase reaches across its start.
    is_start: bool,
    /// It is of a script without spaces.
    is_unspaced: bool,
    is_stop: bool,
    has_letter: bool,
}

impl Default for TermCutter {
    fn default() -> TermCutter {
        TermCutter {
            segmenter: WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()),
            folded: Folded::default(),
            tokens: Vec::new(),
            letters: String::new(),
            words: Vec::new(),
            term: String::new(),
        }
    }
}

impl TermCutter {
    /// Gives every term of `raw` to `each`, as often as it occurs, with its place. At most `most_words` words are looked at;
    /// gives how many were.
    pub fn terms(
        &mut self,
        raw: &str,
        stop_words: &StopWords,
        most_words: usize,
        mut each: impl FnMut(&str, Range<usize>),
    ) -> usize {
        self.read(raw, stop_words);
        self.words.truncate(most_words);
        for first in 0..self.words.len() {
            if self.words[first].is_stop {
                continue;
            }
            self.term.clear();
            let mut has_letter = false;
            for at in first..self.words.len().min(first + MOST_TERM_WORDS) {
                let word = &self.words[at];
                if at > first {
                    if word.is_start {
                        break;
                    }
                    if !(word.is_unspaced && self.words[at - 1].is_unspaced) {
                        self.term.push(' ');
                    }
                }
                self.term.push_str(&self.letters[word.letters.clone()]);
                has_letter |= word.has_letter;
                if has_letter && !word.is_stop {
                    each(&self.term, self.words[first].raw.start..word.raw.end);
                }
            }
        }
        self.words.len()
    }

    /// The words of `raw`, in order.
    pub fn words(&mut self, raw: &str, stop_words: &StopWords) -> impl Iterator<Item = CutWord<'_>> {
        self.read(raw, stop_words);
        self.words.iter().map(|it| CutWord {
            word: &self.letters[it.letters.clone()],
            raw: it.raw.clone(),
            is_start: it.is_start,
            is_unspaced: it.is_unspaced,
            is_stop: it.is_stop,
            has_letter: it.has_letter,
        })
    }

    fn read(&mut self, raw: &str, stop_words: &StopWords) {
        fold_into(raw, &mut self.folded);
        tokens(self.folded.text(), &mut self.tokens);
        self.letters.clear();
        self.words.clear();
        let mut at = 0;
        let mut is_start = true;
        while at < self.tokens.len() {
            let Token { start, end, is_sentence_start, is_mention, .. } = self.tokens[at];
            is_start |= is_sentence_start;
            let text = self.folded.text();
            if let Some(after) = after_address(&text[start as usize..]) {
                let until = start as usize + after;
                at += self.tokens[at..].iter().take_while(|token| (token.start as usize) < until).count();
                is_start = true;
                continue;
            }
            if is_mention {
                is_start = true;
                at += 1;
                continue;
            }
            if text[start as usize..].starts_with(is_character_script) {
                let until = self.run_end(at);
                self.push_run(raw, at..until, stop_words, is_start);
                at = until;
            } else {
                let word = start as usize..end as usize;
                let letters = text[word.clone()].to_string();
                let place = self.folded.raw_start(word.start)..self.folded.raw_end(word.end);
                self.push(&letters, place, stop_words, is_start, false);
                at += 1;
            }
            is_start = false;
        }
    }

    /// The token after a run of characters with nothing between them; Hangul and others are runs of their own.
    fn run_end(&self, first: usize) -> usize {
        let text = self.folded.text();
        let starts = |at: usize| text[self.tokens[at].start as usize..].chars().next().unwrap_or(' ');
        let is_hangul = is_hangul(starts(first));
        let mut end = first + 1;
        while end < self.tokens.len()
            && self.tokens[end].start == self.tokens[end - 1].end
            && is_character_script(starts(end))
            && is_hangul == self::is_hangul(starts(end))
        {
            end += 1;
        }
        end
    }

    /// Adds the words of a run of characters. Dictionaries know words as they are written: what is cut is the raw text.
    fn push_run(&mut self, raw: &str, run: Range<usize>, stop_words: &StopWords, mut is_start: bool) {
        let (first, last) = (self.tokens[run.start], self.tokens[run.end - 1]);
        let place = self.folded.raw_start(first.start as usize)..self.folded.raw_end(last.end as usize);
        let written = &raw[place.clone()];
        let ends: Vec<usize> = match written.starts_with(is_hangul) {
            true => vec![written.len()],
            false => self.segmenter.segment_str(written).filter(|end| *end > 0).collect(),
        };
        let mut from = 0;
        for end in ends {
            let folded = fold(&written[from..end]);
            self.push(folded.text(), place.start + from..place.start + end, stop_words, is_start, true);
            is_start = false;
            from = end;
        }
    }

    fn push(
        &mut self,
        word: &str,
        raw: Range<usize>,
        stop_words: &StopWords,
        is_start: bool,
        is_unspaced: bool,
    ) {
        let word = word.trim();
        if word.is_empty() {
            return;
        }
        let word = &word[..word.floor_char_boundary(MOST_WORD_BYTES)];
        let from = self.letters.len();
        self.letters.push_str(word);
        self.words.push(Word {
            letters: from..self.letters.len(),
            raw,
            is_start,
            // Korean is written with spaces, wherever they are put.
            is_unspaced: is_unspaced && !word.starts_with(is_hangul),
            is_stop: stop_words.has(word),
            has_letter: word.chars().any(char::is_alphabetic),
        });
    }
}

pub(crate) fn is_hangul(c: char) -> bool {
    matches!(c as u32, 0xAC00..=0xD7A3)
}

/// Where the address of a page at the start of a text ends.
fn after_address(text: &str) -> Option<usize> {
    let is_address = text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.");
    is_address.then(|| text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::{StopWords, TermCutter};

    fn terms(language: &str, raw: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut cutter = TermCutter::default();
        cutter.terms(raw, &StopWords::of(language), 1000, |term, _| found.push(term.to_string()));
        found
    }

    #[test]
    fn terms_are_runs_of_up_to_four_words_within_a_sentence() {
        assert_eq!(terms("en", "Router reboots. Often!"), ["router", "router reboots", "reboots", "often"]);
        let five = terms("", "aa bb cc dd ee");
        assert!(five.contains(&"aa bb cc dd".to_string()) && !five.contains(&"aa bb cc dd ee".to_string()));
    }

    #[test]
    fn a_stop_word_stands_inside_of_a_term_alone() {
        assert_eq!(
            terms("en", "the terms of service"),
            ["terms", "terms of service", "service"],
            "neither `the terms` nor `terms of`"
        );
    }

    #[test]
    fn numbers_are_terms_only_with_a_word() {
        assert_eq!(terms("en", "error 502 502"), ["error", "error 502", "error 502 502"]);
    }

    #[test]
    fn names_and_addresses_are_no_words() {
        assert_eq!(terms("en", "@acme refund https://t.co/AbC router"), ["refund", "router"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_dictionaries() {
        let has = |language, raw, word: &str| {
            let found = terms(language, raw);
            // Folding writes Japanese characters as simplified Chinese ones.
            let word = crate::text::fold(word).text().to_string();
            assert!(found.contains(&word), "{word} is not in {found:?}");
        };
        has("zh", "我的路由器坏了", "路由器");
        has("ja", "請求書が届かない", "請求書");
        has("th", "อินเทอร์เน็ตใช้ไม่ได้", "อินเทอร์เน็ต");
        has("ko", "인터넷 연결이 안 돼요", "인터넷 연결이");
    }

    #[test]
    fn a_term_knows_its_bytes_in_the_raw_text() {
        let raw = "Jau TREŠO reizi: 我的路由器坏了";
        let mut cutter = TermCutter::default();
        let mut seen = Vec::new();
        cutter.terms(raw, &StopWords::default(), 1000, |term, at| {
            seen.push((term.to_string(), raw[at].to_string()))
        });
        assert!(seen.contains(&("treso reizi".to_string(), "TREŠO reizi".to_string())), "{seen:?}");
        assert!(seen.contains(&("路由器".to_string(), "路由器".to_string())), "{seen:?}");
    }

    #[test]
    fn hostile_texts_are_cut_without_a_fault() {
        for raw in [
            "",
            "@",
            "https://",
            "\u{0}\u{202e}a\u{0301}\u{0301}",
            "ก็็็็็็",
            "\u{3099}は",
            "가\u{200d}나",
            &"字".repeat(3000),
        ] {
            terms("zh", raw);
        }
        assert!(terms("", &"x".repeat(500))[0].len() <= 64);
    }
}
