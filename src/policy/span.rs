//! A length of time as people write it in a policy: `30m`, `36h`, `7d`, `2w`. Whole seconds, never negative.
//! Days are 24 hours; a policy that counts dates takes spans of whole days.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::interaction::{MICROS_PER_SECOND, Micros};

const SECONDS_PER_DAY: i64 = 86_400;
/// A century: longer spans are mistakes, and sums of a time and a span stay far from overflow.
const MAX_SECONDS: i64 = 36_500 * SECONDS_PER_DAY;
/// Unit letters with their seconds, longest first (weeks are read, not written).
const UNITS: [(char, i64); 5] = [('w', 604_800), ('d', SECONDS_PER_DAY), ('h', 3_600), ('m', 60), ('s', 1)];

/// A length of time in whole seconds, 0 to 36,500 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    micros: Micros,
}

impl Span {
    /// So many days of 24 hours, at most 36,500.
    pub const fn from_days(days: u32) -> Span {
        Span::from_seconds(days as u64 * SECONDS_PER_DAY as u64)
    }

    /// So many seconds, at most 36,500 days of them.
    pub const fn from_seconds(seconds: u64) -> Span {
        let seconds = if seconds > MAX_SECONDS as u64 { MAX_SECONDS } else { seconds as i64 };
        Span { micros: seconds * MICROS_PER_SECOND }
    }

    /// The length in microseconds.
    pub const fn micros(self) -> Micros {
        self.micros
    }

    /// Reads `90s`, `30m`, `36h`, `7d`, `2w` or a sum such as `1d12h`.
    ///
    /// # Errors
    /// What to write instead, as one clause.
    pub fn parse(text: &str) -> Result<Span, String> {
        const HELP: &str = "write a whole number and s, m, h, d or w, such as `36h` or `7d`";
        let mut rest = text.trim();
        let mut total: i64 = 0;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: i64 = rest[..digits].parse().map_err(|_| HELP.to_string())?;
            let letter = rest[digits..].chars().next();
            let unit = UNITS.iter().find(|(it, _)| Some(*it) == letter).ok_or_else(|| HELP.to_string())?;
            let seconds = number.checked_mul(unit.1).and_then(|it| total.checked_add(it));
            total =
                seconds.filter(|it| *it <= MAX_SECONDS).ok_or("36500d is the longest that is possible")?;
            rest = &rest[digits + 1..];
        }
        if text.trim().is_empty() {
            return Err(HELP.to_string());
        }
        Ok(Span { micros: total * MICROS_PER_SECOND })
    }
}

impl fmt::Display for Span {
    /// In the longest of days, hours, minutes and seconds that divides it: `7d`, `36h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.micros / MICROS_PER_SECOND;
        let divides = |unit: i64| seconds != 0 && seconds % unit == 0;
        let (letter, unit) = UNITS[1..].iter().find(|it| divides(it.1)).unwrap_or(&UNITS[UNITS.len() - 1]);
        write!(f, "{}{letter}", seconds / unit)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_read_and_written_back_in_its_longest_unit() {
        let table = [
            ("90s", "90s", 90),
            ("30m", "30m", 1_800),
            ("36h", "36h", 129_600),
            ("7d", "7d", 604_800),
            ("2w", "14d", 1_209_600),
            ("1d12h", "36h", 129_600),
            (" 24h ", "1d", 86_400),
            ("0d", "0s", 0),
        ];
        for (text, shown, seconds) in table {
            let span = Span::parse(text).unwrap();
            assert_eq!(span.micros(), seconds * 1_000_000, "{text}");
            assert_eq!(span.to_string(), shown, "{text}");
            assert_eq!(Span::parse(shown), Ok(span), "{shown}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "7", "d", "-1d", "1.5d", "7 d", "7days", "7д", "36501d", "99999999999999999999d"] {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }
}
