//! Numbers and texts as people read them, safe for the place that they go to.

use crate::text::is_unsafe_to_show;

/// "1,234,567".
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 gap", "1,234 gaps".
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A name with a capital letter.
pub(super) fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A number as a cell of CSV: empty where there is none.
pub(super) fn cell(number: Option<f64>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}

/// An amount, "1,234.50"; whole from 1,000 on; a dash where there is none.
pub(super) fn number(amount: Option<f64>) -> String {
    let Some(amount) = amount.filter(|amount| amount.is_finite()) else { return "–".to_string() };
    let sign = if amount < 0.0 { "-" } else { "" };
    let hundredths = (amount.abs() * 100.0).round() as u64;
    match hundredths {
        100_000.. => format!("{sign}{}", count((hundredths + 50) / 100)),
        _ => format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100),
    }
}

/// "48.9 %"; a dash where there is no rate.
pub(super) fn percent(rate: Option<f64>) -> String {
    rate.map_or("–".to_string(), |rate| format!("{:.1} %", rate * 100.0))
}

/// "0.214 %": three digits of a small rate; a dash where there is none.
pub(super) fn percent_finely(rate: Option<f64>) -> String {
    match rate {
        Some(rate) if rate > 0.0 && rate < 0.01 => format!("{:.3} %", rate * 100.0),
        rate => percent(rate),
    }
}

/// "43.1–54.8 %".
pub(super) fn interval(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{:.1}–{:.1} %", low * 100.0, high * 100.0),
        _ => "–".to_string(),
    }
}

/// A text that a spreadsheet will not run as a formula: a leading `=`, `+`, `-`, `@`, tab or carriage return gets
/// an apostrophe before it (OWASP, CSV injection). Plain numbers stay numbers.
pub fn spreadsheet_safe(text: &str) -> std::borrow::Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.parse::<f64>().is_err();
    if is_formula { format!("'{text}").into() } else { text.into() }
}

/// A text for a terminal: control and direction marks as spaces, but for line ends, so that nobody's words move the
/// cursor.
pub fn calm(text: &str) -> String {
    text.chars().map(|c| if c != '\n' && is_unsafe_to_show(c) { ' ' } else { c }).collect()
}

/// The same on one line, without the space around it and within it.
pub fn one_line(text: &str) -> String {
    calm(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Columns that a text takes up in a terminal.
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// The beginning of `text` in at most `columns`, with "…" if cut.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        if width(&out) + unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) + 1 > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A text with the spaces after it that make it so many columns wide.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks a text so that no line is wider than `columns`: at spaces, and inside of words only where one is wider than
/// a line (text in scripts without spaces).
pub fn wrap(text: &str, columns: usize, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if width(line) + 1 + width(word) <= columns {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.trim().is_empty() && width(word) + width(indent) <= columns {
            lines.push(format!("{indent}{word}"));
            continue;
        }
        line.push_str(if line.trim().is_empty() { "" } else { " " });
        for c in word.chars() {
            let line = lines.last_mut().expect("there is always a line");
            if width(line) + 2 > columns {
                lines.push(format!("{indent}{c}"));
            } else {
                line.push(c);
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{count, cut, interval, one_line, percent, percent_finely, spreadsheet_safe};

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(percent(Some(0.4885)), "48.9 %");
        assert_eq!(percent(None), "–");
        assert_eq!(percent_finely(Some(0.002_144)), "0.214 %");
        assert_eq!(percent_finely(Some(0.0)), "0.0 %");
        assert_eq!(interval(Some(0.4), Some(0.5)), "40.0–50.0 %");
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        assert_eq!(spreadsheet_safe("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(spreadsheet_safe("@sum"), "'@sum");
        assert_eq!(spreadsheet_safe("-12.5"), "-12.5");
        assert_eq!(spreadsheet_safe("billing"), "billing");
    }

    #[test]
    fn a_customers_words_cannot_move_the_cursor() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202E}c"), "a [31m b c");
    }

    #[test]
    fn wide_characters_count_twice_when_cutting() {
        assert_eq!(cut("billing", 7), "billing");
        assert_eq!(cut("billing", 5), "bill…");
        assert_eq!(cut("电话问题", 5), "电话…");
    }
}
