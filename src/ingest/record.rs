//! Cutting a CSV record into fields, and seeing whether a quoted field is still open at the end of a line.
//!
//! Takes text and a delimiter; works on one record at a time and never on the stream (that is `csv`'s
//! business). Fields without quotes are borrowed.

use std::borrow::Cow;

/// What the quotes of a record say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Every quoted field is closed.
    Closed,
    /// Text follows a closing quote in this field (counted from 1); it was kept, the quotes were not.
    Stray(usize),
    /// This field (counted from 1) is open at the end.
    Open(usize),
}

/// Cuts a record into fields, which are put into `cells`.
pub(super) fn split<'r>(record: &'r str, delimiter: u8, cells: &mut Vec<Cow<'r, str>>) -> Quotes {
    cells.clear();
    if memchr::memchr(b'"', record.as_bytes()).is_none() {
        let mut start = 0;
        for at in memchr::memchr_iter(delimiter, record.as_bytes()) {
            cells.push(Cow::Borrowed(&record[start..at]));
            start = at + 1;
        }
        cells.push(Cow::Borrowed(&record[start..]));
        return Quotes::Closed;
    }
    let mut quotes = Quotes::Closed;
    let mut rest = record;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            None => until(rest, delimiter),
            Some(quoted) => {
                let Some((text, after)) = until_closing(quoted) else {
                    cells.push(Cow::Borrowed(quoted));
                    return Quotes::Open(cells.len());
                };
                let (stray, after) = until(after, delimiter);
                if stray.is_empty() {
                    (text, after)
                } else {
                    if quotes == Quotes::Closed {
                        quotes = Quotes::Stray(cells.len() + 1);
                    }
                    (Cow::Owned(format!("{text}{stray}")), after)
                }
            }
        };
        cells.push(cell);
        match after {
            Some(after) => rest = after,
            None => return quotes,
        }
    }
}

/// A field without quotes and what follows its delimiter.
fn until(text: &str, delimiter: u8) -> (Cow<'_, str>, Option<&str>) {
    match memchr::memchr(delimiter, text.as_bytes()) {
        Some(at) => (Cow::Borrowed(&text[..at]), Some(&text[at + 1..])),
        None => (Cow::Borrowed(text), None),
    }
}

/// The inside of a quoted field and what follows the closing quote.
fn until_closing(quoted: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut unescaped: Option<String> = None;
    let mut rest = quoted;
    loop {
        let at = memchr::memchr(b'"', rest.as_bytes())?;
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        match after.strip_prefix('"') {
            Some(next) => {
                let text = unescaped.get_or_insert_default();
                text.push_str(before);
                text.push('"');
                rest = next;
            }
            None => {
                let text = match unescaped {
                    Some(mut text) => {
                        text.push_str(before);
                        Cow::Owned(text)
                    }
                    None => Cow::Borrowed(before),
                };
                return Some((text, after));
            }
        }
    }
}

/// Goes on through one more line of a record whose last field is open, and says how the quotes stand then.
/// [`Quotes::Stray`] means that the closing quote is in the midst of text: the record was not meant so.
pub(super) fn close(line: &[u8], delimiter: u8) -> Quotes {
    let mut rest = line;
    loop {
        // Inside a quoted field.
        let Some(at) = memchr::memchr(b'"', rest) else { return Quotes::Open(0) };
        rest = &rest[at + 1..];
        match rest.first() {
            None => return Quotes::Closed,
            Some(b'"') => {
                rest = &rest[1..];
                continue;
            }
            Some(byte) if *byte == delimiter => rest = &rest[1..],
            Some(_) => return Quotes::Stray(0),
        }
        // At the beginning of a field: step over those without quotes.
        loop {
            if rest.first() == Some(&b'"') {
                rest = &rest[1..];
                break;
            }
            match memchr::memchr(delimiter, rest) {
                Some(at) => rest = &rest[at + 1..],
                None => return Quotes::Closed,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    fn cut(record: &str) -> (Vec<String>, Quotes) {
        let mut cells = Vec::new();
        let quotes = split(record, b',', &mut cells);
        (cells.into_iter().map(Cow::into_owned).collect(), quotes)
    }

    #[test]
    fn records_are_cut_at_the_delimiters_outside_quotes() {
        let rows: [(&str, &[&str], Quotes); 9] = [
            ("a,b,c", &["a", "b", "c"], Quotes::Closed),
            ("", &[""], Quotes::Closed),
            ("a,,", &["a", "", ""], Quotes::Closed),
            (r#""a,b",c"#, &["a,b", "c"], Quotes::Closed),
            (r#""say ""hi""",x"#, &[r#"say "hi""#, "x"], Quotes::Closed),
            ("\"two\nlines\",x", &["two\nlines", "x"], Quotes::Closed),
            (r#"5" pipe,x"#, &["5\" pipe", "x"], Quotes::Closed),
            (r#""a"b,c"#, &["ab", "c"], Quotes::Stray(1)),
            (r#"a,"b,c"#, &["a", "b,c"], Quotes::Open(2)),
        ];
        for (record, cells, quotes) in rows {
            let expected: Vec<String> = cells.iter().map(ToString::to_string).collect();
            assert_eq!(cut(record), (expected, quotes), "{record}");
        }
    }

    #[test]
    fn a_line_closes_an_open_field_or_does_not() {
        let rows = [
            ("more text", Quotes::Open(0)),
            ("end\"", Quotes::Closed),
            ("end\",x,y", Quotes::Closed),
            ("end\",\"again", Quotes::Open(0)),
            ("end\",\"again\"", Quotes::Closed),
            ("a \"\"word\"\" more", Quotes::Open(0)),
            ("2,\"def\",x", Quotes::Stray(0)),
        ];
        for (line, expected) in rows {
            assert_eq!(close(line.as_bytes(), b','), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(record in "[a,\"é ]{1,20}") {
            let (cells, quotes) = cut(&record);
            if quotes == Quotes::Closed {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true)
                    .from_reader(record.as_bytes());
                let naive = reader.records().next().unwrap().unwrap();
                prop_assert_eq!(cells, naive.iter().map(str::to_string).collect::<Vec<_>>());
            }
        }

        #[test]
        fn what_is_written_as_csv_is_read_as_it_was(
            fields in proptest::collection::vec("[a,\"\n é]{0,6}", 2..6),
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let record = written.strip_suffix('\n').unwrap();
            prop_assert_eq!(cut(record), (fields, Quotes::Closed));
            let mut quotes = Quotes::Closed;
            for (at, line) in record.split('\n').enumerate() {
                quotes = if at == 0 {
                    let mut cells = Vec::new();
                    split(line, b',', &mut cells)
                } else {
                    close(line.as_bytes(), b',')
                };
            }
            prop_assert_eq!(quotes, Quotes::Closed);
        }
    }
}
