//! Folding: one spelling for all the ways to type the same words, with an exact map back to the raw bytes.
//!
//! Takes the raw text, gives the folded text (see [`fold_table`](super::fold_table) for the letters) and, for every
//! offset in it, the raw offset. Apostrophes inside words vanish (`I've`, `I’ve` and `ive` are one word).

use unicode_normalization::UnicodeNormalization;

use super::fold_table::{Folding, folding, is_dropped_mark};

/// Folded text that knows where each of its bytes comes from.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    text: String,
    /// Stretches that do not map byte by byte, in order; everything between them does.
    stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    folded_start: u32,
    folded_end: u32,
    raw_start: u32,
    raw_end: u32,
}

/// Folds `raw`. Texts longer than 4 GiB are cut there; a turn is never that long.
pub fn fold(raw: &str) -> Folded {
    let mut folded = Folded::default();
    fold_into(raw, &mut folded);
    folded
}

/// Folds `raw` into `folded`, whose memory is used again.
pub fn fold_into(raw: &str, folded: &mut Folded) {
    folded.text.clear();
    folded.stretches.clear();
    folded.text.reserve(raw.len());
    let raw = &raw[..raw.floor_char_boundary(u32::MAX as usize)];
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b'\'' => folded.apostrophe(raw, at, 1),
            byte if byte.is_ascii() && bytes.get(at + 1).is_none_or(|&next| next < 0xCC) => {
                folded.text.push(plain_ascii(byte));
                at + 1
            }
            _ => folded.fold_char(raw, at),
        };
    }
}

fn plain_ascii(byte: u8) -> char {
    match byte {
        b'\n' => '\n',
        b'\t' | b'\r' | 0x0B | 0x0C => ' ',
        b'`' => '\'',
        _ => byte.to_ascii_lowercase() as char,
    }
}

impl Folded {
    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The raw offset at which the character that holds folded offset `folded` begins.
    pub fn raw_start(&self, folded: usize) -> usize {
        let folded = folded as u32;
        let count = self.stretches.partition_point(|s| s.folded_start <= folded);
        match count.checked_sub(1).map(|last| self.stretches[last]) {
            None => folded as usize,
            Some(s) if folded < s.folded_end => s.raw_start as usize,
            Some(s) => (s.raw_end + (folded - s.folded_end)) as usize,
        }
    }

    /// The raw offset just after the character that ends at folded offset `folded`.
    pub fn raw_end(&self, folded: usize) -> usize {
        let folded = folded as u32;
        let count = self.stretches.partition_point(|s| s.folded_start < folded);
        match count.checked_sub(1).map(|last| self.stretches[last]) {
            None => folded as usize,
            Some(s) if folded <= s.folded_end => s.raw_end as usize,
            Some(s) => (s.raw_end + (folded - s.folded_end)) as usize,
        }
    }

    /// Folds the character at `at` with the marks that follow it; returns the raw offset after them.
    fn fold_char(&mut self, raw: &str, at: usize) -> usize {
        let mut rest = raw[at..].chars();
        let Some(c) = rest.next() else { return raw.len() };
        let mut end = at + c.len_utf8();
        let marks: usize = rest.take_while(|&d| is_combining(d)).map(char::len_utf8).sum();
        let start = self.text.len();
        if marks == 0 {
            if let Folding::Char('\'') = folding(c) {
                return self.apostrophe(raw, at, c.len_utf8());
            }
            self.push(folding(c));
        } else {
            end += marks;
            // Compatible forms too: half-width kana have half-width marks.
            raw[at..end].nfkc().for_each(|d| self.push(folding(d)));
        }
        if marks > 0 || end - at != self.text.len() - start || self.text[start..].chars().nth(1).is_some() {
            self.note(start, at, end);
        }
        end
    }

    fn push(&mut self, folding: &Folding) {
        match folding {
            Folding::Char(c) => self.text.push(*c),
            Folding::Text(text) => self.text.push_str(text),
            Folding::Nothing => {}
        }
    }

    /// An apostrophe between two letters vanishes, any other stays.
    fn apostrophe(&mut self, raw: &str, at: usize, length: usize) -> usize {
        let is_after_letter = self.text.chars().next_back().is_some_and(char::is_alphabetic);
        let is_before_letter = raw[at + length..].chars().next().is_some_and(char::is_alphabetic);
        if is_after_letter && is_before_letter {
            return self.drop_raw(at, at + length);
        }
        self.text.push('\'');
        if length != 1 {
            self.note(self.text.len() - 1, at, at + length);
        }
        at + length
    }

    fn drop_raw(&mut self, raw_start: usize, raw_end: usize) -> usize {
        self.note(self.text.len(), raw_start, raw_end);
        raw_end
    }

    fn note(&mut self, folded_start: usize, raw_start: usize, raw_end: usize) {
        self.stretches.push(Stretch {
            folded_start: folded_start as u32,
            folded_end: self.text.len() as u32,
            raw_start: raw_start as u32,
            raw_end: raw_end as u32,
        });
    }
}

/// A mark that may compose with, or vanish into, the letter before it.
fn is_combining(c: char) -> bool {
    is_dropped_mark(c) || matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::{fold, is_combining};

    #[track_caller]
    fn folds(raw: &str, to: &str) {
        assert_eq!(fold(raw).text(), to);
    }

    #[test]
    fn people_type_the_same_words_in_many_ways() {
        folds("I’ve CALLED", "ive called");
        folds("I've called", "ive called");
        folds("Trešo reizi zvanu", "treso reizi zvanu");
        folds("Трети път", "трети път");
        folds("第３次來電", "第3次来电");
        folds("a\u{00A0}b\tc\r\nd", "a b c \nd");
    }

    #[test]
    fn an_apostrophe_that_quotes_stays() {
        folds("'again' she said", "'again' she said");
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        folds("tres\u{030C}o", "treso");
        folds("и\u{0306}", "й");
        folds("か\u{3099}", "が");
        folds("ｶﾞ", "が");
        folds("ﾊﾟ", "ぱ");
    }

    #[test]
    fn folding_what_is_folded_changes_nothing() {
        for c in '\0'..=char::MAX {
            let once = fold(c.encode_utf8(&mut [0; 4])).text().to_string();
            assert_eq!(fold(&once).text(), once, "{c:?}, U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_span_maps_back_to_the_raw_bytes() {
        let raw = "Jau TREŠO reizi!";
        let folded = fold(raw);
        let start = folded.text().find("treso").unwrap();
        let end = start + "treso".len();
        assert_eq!(&raw[folded.raw_start(start)..folded.raw_end(end)], "TREŠO");
        let start = folded.text().find("reizi").unwrap();
        assert_eq!(&raw[folded.raw_start(start)..folded.raw_end(start + 5)], "reizi");
    }

    #[test]
    fn a_span_next_to_a_dropped_character_does_not_swallow_it() {
        let raw = "didn't call";
        let folded = fold(raw);
        assert_eq!(folded.text(), "didnt call");
        assert_eq!(&raw[folded.raw_start(0)..folded.raw_end(5)], "didn't");
        assert_eq!(&raw[folded.raw_start(6)..folded.raw_end(10)], "call");
    }

    /// The slow twin: fold every character (with its marks) alone and put the pieces together.
    fn pieces(raw: &str) -> Vec<(usize, usize, String)> {
        let mut out = Vec::new();
        let mut indices = raw.char_indices().peekable();
        while let Some((start, c)) = indices.next() {
            let mut end = start + c.len_utf8();
            while let Some((at, mark)) = indices.next_if(|&(_, d)| is_combining(d)) {
                end = at + mark.len_utf8();
            }
            out.push((start, end, fold(&raw[start..end]).text().to_string()));
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn every_character_is_found_where_it_came_from(raw in "[a-zĀ-žА-яぁ-ん一-丁電話İıßﬁ３\u{0301}\u{0306}Å .!]{0,30}") {
            let folded = fold(&raw);
            let pieces = pieces(&raw);
            assert_eq!(pieces.iter().map(|(_, _, text)| text.as_str()).collect::<String>(), folded.text());
            let mut at = 0;
            for (start, end, text) in pieces.iter().filter(|(_, _, text)| !text.is_empty()) {
                assert_eq!(folded.raw_start(at), *start);
                at += text.len();
                assert_eq!(folded.raw_end(at), *end);
            }
        }

        #[test]
        fn any_text_folds_without_panic_and_maps_inside_itself(raw in "\\PC{0,60}") {
            let folded = fold(&raw);
            for at in (0..=folded.text().len()).filter(|&at| folded.text().is_char_boundary(at)) {
                assert!(raw.is_char_boundary(folded.raw_start(at)));
                assert!(raw.is_char_boundary(folded.raw_end(at)));
            }
        }
    }
}
