//! Text as the detector sees it: folded letters with a map back to the raw bytes, words, numerals.
//!
//! Everything here is a pure function of the text. It knows no rule and no language file beyond the word
//! lists handed to [`numeral`].

pub mod fold;
mod fold_table;
pub mod numeral;
pub mod token;

pub use fold::{Folded, fold};
pub use numeral::{NumberKind, Numerals};
pub use token::{Token, tokens};
