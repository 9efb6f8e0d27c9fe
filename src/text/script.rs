//! Which scripts a text is written in: the first thing that tells languages apart.
//!
//! Letters only; digits and signs belong to every script. Whether a language is the right one among those of its
//! script is not decided here.

use serde::Deserialize;

/// A script, or a family of scripts that one language mixes (Han and kana are told apart: Chinese has no kana).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Script {
    /// English, Latvian, Vietnamese, romanised Hindi, …
    Latin,
    /// Russian, Bulgarian, Ukrainian.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Hindi.
    Devanagari,
    /// Thai.
    Thai,
    /// Korean.
    Hangul,
    /// Chinese and Japanese.
    Han,
    /// Japanese.
    Kana,
    /// Any other.
    Other,
}

/// How many scripts there are.
pub const SCRIPT_COUNT: usize = Script::Other as usize + 1;

/// Letters of each script, indexed by `Script as usize`.
pub type Letters = [u32; SCRIPT_COUNT];

/// The script of a letter; none for what is no letter.
pub fn script_of(c: char) -> Option<Script> {
    Some(match c as u32 {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF if c.is_alphabetic() => Script::Latin,
        0x400..=0x52F => Script::Cyrillic,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x600..=0x6FF | 0x750..=0x77F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Script::Arabic,
        0x590..=0x5FF | 0xFB1D..=0xFB4F => Script::Hebrew,
        0x900..=0x97F => Script::Devanagari,
        0xE01..=0xE5B => Script::Thai,
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7A3 => Script::Hangul,
        0x3041..=0x30FA | 0x30FC..=0x30FF | 0xFF66..=0xFF9D => Script::Kana,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => Script::Han,
        code if code >= 0x80 && c.is_alphabetic() => Script::Other,
        _ => return None,
    })
}

/// Counts the letters of `text` by script into `letters`.
pub fn count_letters(text: &str, letters: &mut Letters) {
    if text.is_ascii() {
        let count = text.bytes().filter(u8::is_ascii_alphabetic).count();
        letters[Script::Latin as usize] += count as u32;
        return;
    }
    for script in text.chars().filter_map(script_of) {
        letters[script as usize] += 1;
    }
}

/// The language of a tag, without its region and script.
pub fn primary_language(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase()
}

/// The scripts in which a language is written, by its BCP 47 tag; Latin where nothing else is known. A lexicon file
/// can say otherwise.
pub fn scripts_of_language(tag: &str) -> Vec<Script> {
    match tag.split('-').next().unwrap_or(tag) {
        "ru" | "uk" | "bg" | "be" | "mk" | "sr" | "kk" | "mn" => vec![Script::Cyrillic],
        "el" => vec![Script::Greek],
        "ar" | "fa" | "ur" => vec![Script::Arabic],
        "he" | "yi" => vec![Script::Hebrew],
        "hi" | "mr" | "ne" => vec![Script::Devanagari],
        "th" => vec![Script::Thai],
        "ko" => vec![Script::Hangul],
        "zh" | "yue" => vec![Script::Han],
        "ja" => vec![Script::Han, Script::Kana],
        "ka" | "hy" | "ta" | "te" | "bn" | "km" | "lo" | "my" | "am" => vec![Script::Other],
        _ => vec![Script::Latin],
    }
}

#[cfg(test)]
mod tests {
    use super::{Letters, Script, count_letters};

    #[test]
    fn letters_are_counted_by_script_and_signs_are_none() {
        let mut letters = Letters::default();
        count_letters("Trešo reizi 3! звоню 電話 でんわ 전화 טלפון هاتف फ़ोन โทร", &mut letters);
        let count = |script: Script| letters[script as usize];
        assert_eq!(
            [Script::Latin, Script::Cyrillic, Script::Han, Script::Kana, Script::Hangul].map(count),
            [10, 5, 2, 3, 2]
        );
        assert_eq!([Script::Hebrew, Script::Arabic, Script::Thai].map(count), [5, 4, 3]);
        assert!(count(Script::Devanagari) >= 3);
        assert_eq!(count(Script::Other), 0);
    }

    #[test]
    fn plain_text_is_counted_without_decoding() {
        let mut letters = Letters::default();
        count_letters("Call 24/7!", &mut letters);
        assert_eq!(letters[Script::Latin as usize], 4);
    }
}
