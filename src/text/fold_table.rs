//! What one character folds to, looked up by code point.
//!
//! Pages of 256 code points are worked out when first met and kept, so that start-up costs nothing for scripts
//! that a run never sees. The rules, in order: NFKC; full case folding; no diacritics on Latin and Greek letters
//! (people and speech recognisers leave them out); `ё` as `е`; letters that NFKC leaves apart (`ł`, `ø`, `ı`, …);
//! the variants of Arabic letters as the plain one; no nasal signs in Devanagari; katakana as hiragana;
//! traditional Chinese characters as simplified ones; decimal digits of any script as ASCII digits.

use std::sync::OnceLock;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// What a character becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Folding {
    /// One character (often itself).
    Char(char),
    /// Several characters, such as `fi` for `ﬁ`.
    Text(Box<str>),
    /// Nothing: a mark that people leave out, or an invisible character.
    Nothing,
}

const PAGE: usize = 256;
const PAGE_COUNT: usize = 0x11_0000 / PAGE;

static PAGES: [OnceLock<Box<[Folding]>>; PAGE_COUNT] = [const { OnceLock::new() }; PAGE_COUNT];

/// What `c` folds to.
pub(super) fn folding(c: char) -> &'static Folding {
    let code = c as usize;
    let page = PAGES[code / PAGE].get_or_init(|| {
        let first = (code / PAGE * PAGE) as u32;
        (first..first + PAGE as u32)
            .map(|code| char::from_u32(code).map_or(Folding::Nothing, compute))
            .collect()
    });
    &page[code % PAGE]
}

/// A mark that belongs to the letter before it and that [`compute`] drops on its own.
pub(super) fn is_dropped_mark(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC
        | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F)
}

/// Zero-width and formatting characters: they separate nothing that a reader would see.
fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0x00AD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xFEFF)
}

fn compute(c: char) -> Folding {
    if is_dropped_mark(c) || is_invisible(c) {
        return Folding::Nothing;
    }
    let mut out = String::new();
    for folded in std::iter::once(c).nfkc().default_case_fold().nfkc() {
        push_plain(folded, &mut out);
    }
    let mut chars = out.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Folding::Nothing,
        (Some(one), None) => Folding::Char(one),
        _ => Folding::Text(out.into_boxed_str()),
    }
}

/// Appends `c`, already normalised and case-folded, without diacritics and in its plainest variant.
fn push_plain(c: char, out: &mut String) {
    match c {
        'ё' => out.push('е'),
        'ґ' => out.push('г'),
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' | 'ئ' => out.push('ي'),
        'ؤ' => out.push('و'),
        'ة' => out.push('ه'),
        'ک' | 'گ' => out.push('ك'),
        '\u{093C}' | '\u{0901}' | '\u{0902}' => {}
        'ァ'..='ヶ' => out.extend(char::from_u32(c as u32 - 0x60)),
        'ѝ' => out.push('и'),
        'ł' => out.push('l'),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ı' => out.push('i'),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{0060}' | '\u{00B4}' => out.push('\''),
        _ if c.is_whitespace() && c != '\n' => out.push(' '),
        _ if is_accented_alphabet(c) => {
            for d in std::iter::once(c).nfd().filter(|&d| !is_dropped_mark(d)) {
                // Without its mark `ǿ` is `ø`, which is written as `o`.
                if d == c { out.push(c) } else { push_plain(d, out) }
            }
        }
        _ if is_han(c) => push_simplified(c, out),
        _ => match decimal_digit(c) {
            Some(digit) => out.push(digit),
            None if !is_dropped_mark(c) => out.push(c),
            None => {}
        },
    }
}

/// Latin and Greek: alphabets whose diacritics are often left out in typing.
fn is_accented_alphabet(c: char) -> bool {
    matches!(c as u32, 0x00C0..=0x024F | 0x0370..=0x03FF | 0x1E00..=0x1FFF)
}

fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x2_FA1F)
}

fn push_simplified(c: char, out: &mut String) {
    let c = variant(c);
    let simplified = character_converter::traditional_to_simplified(c.encode_utf8(&mut [0; 4])).into_owned();
    let mut chars = simplified.chars();
    match (chars.next(), chars.next()) {
        // What a rare form stands for may be such a character itself (乹 for 乾 for 干).
        (Some(one), None) if one != c => push_simplified(one, out),
        _ => out.push(c),
    }
}

/// Characters that the conversion, made for dictionaries, keeps apart or reads as another word, but that
/// customers use for the same one (妳 for 你, 祂 and 牠 for 它, 裡/裏 for 里, 著 for 着), and some that it does not have.
fn variant(c: char) -> char {
    match c {
        '妳' => '你',
        '祂' | '牠' => '它',
        '裡' | '裏' => '里',
        '著' => '着',
        '麽' | '麼' => '么',
        '迴' => '回',
        '囘' => '回',
        '參' => '参',
        '諮' => '咨',
        '寧' => '宁',
        '閒' => '闲',
        '乾' => '干',
        '捱' => '挨',
        '鉅' => '巨',
        '麫' => '面',
        '閲' => '阅',
        '録' => '录',
        '菸' => '烟',
        '痠' => '酸',
        '鏽' => '锈',
        _ => c,
    }
}

/// The ASCII digit that a decimal digit of another script stands for.
fn decimal_digit(c: char) -> Option<char> {
    /// Code points of the digit zero in scripts that our users write.
    const ZEROS: [u32; 14] = [
        0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50,
        0x0ED0, 0x1040,
    ];
    let code = c as u32;
    let zero = ZEROS.iter().rev().find(|&&zero| code >= zero && code < zero + 10)?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::{Folding, folding};

    #[track_caller]
    fn folds(c: char, to: &str) {
        let got = match folding(c) {
            Folding::Char(one) => one.to_string(),
            Folding::Text(text) => text.to_string(),
            Folding::Nothing => String::new(),
        };
        assert_eq!(got, to, "{c:?}");
    }

    #[test]
    fn case_and_width_do_not_matter() {
        folds('A', "a");
        folds('Ａ', "a");
        folds('ﬁ', "fi");
        folds('ß', "ss");
        folds('Щ', "щ");
        folds('３', "3");
    }

    #[test]
    fn latvian_letters_lose_their_marks_and_bulgarian_ones_keep_their_identity() {
        folds('Ē', "e");
        folds('ķ', "k");
        folds('ģ', "g");
        folds('ņ', "n");
        folds('š', "s");
        folds('й', "й");
        folds('ъ', "ъ");
        folds('ѝ', "и");
    }

    #[test]
    fn a_letter_with_two_marks_loses_both() {
        folds('ǿ', "o");
        folds('Ǣ', "ae");
    }

    #[test]
    fn traditional_characters_become_simplified_ones() {
        folds('電', "电");
        folds('話', "话");
        folds('兩', "两");
        folds('來', "来");
        folds('妳', "你");
        folds('次', "次");
    }

    #[test]
    fn digits_of_other_scripts_are_digits() {
        folds('٣', "3");
        folds('३', "3");
        folds('๓', "3");
    }

    #[test]
    fn invisible_characters_vanish() {
        folds('\u{200B}', "");
        folds('\u{FEFF}', "");
        folds('\u{0301}', "");
    }
}
