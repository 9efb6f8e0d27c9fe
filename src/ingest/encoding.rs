//! `init`: which encoding a file is in that is not UTF-8.
//!
//! Takes the beginning of a file, gives a label for the user to judge. Reading never guesses: a wrong encoding makes
//! wrong names of the right ones, and nobody sees it.

use std::io::Read;
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::decode;
use crate::error::{Error, Result};

/// How much is looked at.
const LOOKED_AT: u64 = 4 << 20;

/// So many letters beyond ASCII that are right in UTF-8 outweigh one that is wrong.
const LETTERS_A_FAULT: usize = 4;

/// The label of the encoding; `None` for UTF-8, for what has a mark, and for what is no text.
pub(super) fn guessed(path: &Path) -> Result<Option<&'static str>> {
    let head = decode::file_head(path)?;
    if [&b"PK\x03\x04"[..], b"PAR1", &[0xd0, 0xcf, 0x11, 0xe0]].iter().any(|magic| head.starts_with(magic)) {
        return Ok(None);
    }
    let decoded = decode::open(path, None, &|_| {})?;
    let mut bytes = Vec::new();
    // A damaged archive is told by the reader of rows.
    if let Err(error) = decoded.reader.take(LOOKED_AT).read_to_end(&mut bytes)
        && error.raw_os_error().is_some()
    {
        return Err(Error::io(path)(error));
    }
    Ok(label(&bytes))
}

fn label(bytes: &[u8]) -> Option<&'static str> {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Texts in UTF-16 have a zero in every other byte wherever they are in plain letters.
    if (even + odd) * 4 > bytes.len() {
        return Some(if odd >= even { "utf-16le" } else { "utf-16be" });
    }
    if is_utf8(bytes) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Some(match detector.guess(None, Utf8Detection::Deny).name() {
        "windows-1257" | "ISO-8859-13" => "windows-1257",
        "GBK" => "gb18030",
        "windows-1252" => "windows-1252",
        "windows-1251" => "windows-1251",
        "windows-1250" => "windows-1250",
        other => other,
    })
}

/// Whether bytes are UTF-8, but perhaps for a few that something damaged: in another encoding hardly a letter beyond
/// ASCII reads as one of UTF-8. (Of a text that is cut within its last letter, that is the only fault.)
fn is_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut faults) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    let is_cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    faults == 0 || is_cut || letters > LETTERS_A_FAULT * faults
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn texts_of_many_languages_are_told_by_their_bytes() {
        for (encoding, text) in [
            (
                "windows-1257",
                "Zvanītājs jautā par rēķinu; šķirne Ķekava, ļoti ātri; Jānis Bērziņš, Līga Kļaviņa",
            ),
            ("windows-1251", "Клиентът се обажда за трети път за същата сметка; Петър Иванов, София"),
            ("gb18030", "客户第三次来电询问同一张账单；处理中，已解决，请回电"),
            ("big5", "客戶第三次來電詢問同一張帳單；處理中，已解決，請回電"),
            ("windows-1252", "Le client a déjà appelé à propos de la même facture, très fâché; où êtes-vous"),
            ("utf-16le", "call_id,started_at,customer"),
        ] {
            let known = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
            let bytes: Vec<u8> = if encoding == "utf-16le" {
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            } else {
                known.encode(text).0.into_owned()
            };
            assert_eq!(label(&bytes).map(str::to_lowercase).as_deref(), Some(encoding));
        }
        assert_eq!(label("Jānis Bērziņš".as_bytes()), None);
        assert_eq!(label(&"Jānis".as_bytes()[..2]), None, "cut within a letter");
        assert_eq!(label(b"plain"), None);
    }

    #[test]
    fn a_damaged_letter_makes_no_other_encoding_of_a_text_in_utf_8() {
        let whole = "Jānis Bērziņš, Līga Kļaviņa";
        let damaged = [whole.as_bytes(), b" \xe9 ", whole.as_bytes()].concat();
        assert_eq!(label(&damaged), None);
        assert_eq!(label(b"caf\xe9 noir"), Some("windows-1252"));
    }
}
