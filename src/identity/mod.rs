//! One spelling for all the ways to write the same telephone number, e-mail address, national id or name.
//!
//! Pure functions: text in, normalised text out, `None` where the text is a placeholder or no such thing. What they
//! give is compared, never shown. They deliberately decide no linking: which keys count is the policy's business.

mod email;
mod phone;
mod plans;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

pub use email::email;
pub use phone::{Region, phone};

/// A national identity number: folded, without spaces, hyphens and dashes, dots and slashes. One character repeated
/// (`000000-00000`) is a placeholder.
pub fn national_id(text: &str) -> Option<String> {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '\u{2010}'..='\u{2015}');
    let id: String = folded(text).chars().filter(|c| !is_mark(*c)).collect();
    let is_repeated = id.chars().count() > 1 && id.chars().all(|c| id.starts_with(c));
    (!id.is_empty() && !is_repeated).then_some(id)
}

/// A name: folded, with one space where there was any white space. The order of its words stays.
pub fn name(text: &str) -> Option<String> {
    let folded = folded(text);
    let words: Vec<&str> = folded.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// NFKC, full case folding, NFKC again: folding can leave letters that compose. Diacritics stay, for they tell people
/// apart.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().default_case_fold().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::{name, national_id};

    #[test]
    fn a_national_id_is_its_letters_and_digits() {
        for text in ["010190-12345", "01019012345", " 010190 12345 ", "010190\u{2013}12345", "01.01.90/12345"]
        {
            assert_eq!(national_id(text).as_deref(), Some("01019012345"), "{text}");
        }
        assert_eq!(national_id("ab 12-C").as_deref(), Some("ab12c"));
        for text in ["", " - ", "000000-00000", "...."] {
            assert_eq!(national_id(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_keeps_its_letters_and_loses_case_and_width() {
        for text in ["Anna  Bērziņa", " ANNA BĒRZIŅA", "anna\u{00A0}be\u{0304}rzin\u{0327}a"] {
            assert_eq!(name(text).as_deref(), Some("anna bērziņa"), "{text}");
        }
        assert_ne!(name("Anna Berzina"), name("Anna Bērziņa"));
        assert_eq!(name("Ｓtraße").as_deref(), Some("strasse"));
        assert_eq!(name(" \t"), None);
    }
}
