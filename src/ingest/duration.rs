//! Numbers and durations as people and programs write them in tables.
//!
//! Takes a trimmed cell, gives seconds or a number, or `None` where the text is neither. Whether a value makes
//! sense (a negative duration) is for the caller to judge.

/// Seconds from `95`, `95.5`, `1:35` (minutes and seconds) or `0:01:35`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    if !text.contains(':') {
        return number(text);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let mut total = 0.0;
    let mut part_count = 0;
    let last = text.matches(':').count();
    for (position, part) in text.split(':').enumerate() {
        let value = if position == last { number(part)? } else { whole(part)? };
        if value < 0.0 || (position > 0 && value >= 60.0) {
            return None;
        }
        total = total * 60.0 + value;
        part_count += 1;
    }
    (part_count <= 3).then_some(sign * total)
}

/// A decimal number with a point, or with one comma where that cannot be a thousands separator.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None; // `inf`, `nan` and friends parse as floats, but nobody means them
    }
    if let Ok(value) = text.parse::<f64>() {
        return value.is_finite().then_some(value);
    }
    let (whole, fraction) = text.split_once(',')?;
    let is_decimal = fraction.len() != 3 && !fraction.is_empty();
    if !is_decimal || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{whole}.{fraction}").parse().ok()
}

/// A count: `3`, also as the `3.0` of programs that know only floats.
pub(super) fn count(text: &str) -> Option<u32> {
    let value = number(text)?;
    (value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)).then_some(value as u32)
}

fn whole(text: &str) -> Option<f64> {
    let is_digits = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_seconds() {
        let rows = [
            ("95", Some(95.0)),
            ("95.5", Some(95.5)),
            ("95,5", Some(95.5)),
            ("1:35", Some(95.0)),
            ("0:01:35", Some(95.0)),
            ("1:00:00", Some(3600.0)),
            ("100:00:00", Some(360_000.0)),
            ("90:15", Some(5415.0)),
            ("0:00:01.5", Some(1.5)),
            ("-5", Some(-5.0)),
            ("-0:05", Some(-5.0)),
            ("1:75", None),
            ("1:2:3:4", None),
            (":35", None),
            ("1:", None),
            ("abc", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comma_before_three_digits_is_not_guessed() {
        assert_eq!(number("1,234"), None);
        assert_eq!(number("1,23"), Some(1.23));
        assert_eq!(number("1,2345"), Some(1.2345));
        assert_eq!(number("1e400"), None);
        assert_eq!(number("+4"), Some(4.0));
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        assert_eq!(count("3"), Some(3));
        assert_eq!(count("3.0"), Some(3));
        assert_eq!(count("3.5"), None);
        assert_eq!(count("-1"), None);
        assert_eq!(count("99999999999"), None);
    }
}
