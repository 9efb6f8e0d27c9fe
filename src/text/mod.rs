//! Text as the detector sees it: folded letters with a map back to the raw bytes, words, numerals.
//!
//! Everything here is a pure function of the text. It knows no rule and no language file beyond the word
//! lists handed to [`numeral`].

pub mod fold;
mod fold_table;
pub mod html;
pub mod numeral;
mod phrases;
pub mod quoted;
mod quoted_marks;
pub mod script;
mod stop_words;
pub mod token;

pub use fold::{Folded, fold};
pub use numeral::{NumberKind, Numerals};
pub(crate) use phrases::is_hangul;
pub use phrases::{CutWord, MOST_TERM_WORDS, TermCutter};
pub use stop_words::StopWords;
pub use token::{Token, tokens};

/// Whether a character of somebody's text must not reach a terminal as it is: control characters can move the cursor,
/// marks of direction can make text read as another.
pub(crate) fn is_unsafe_to_show(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
