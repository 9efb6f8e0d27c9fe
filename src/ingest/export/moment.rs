//! The moments that a document writes: which came first, how far apart they are, when something ended.
//!
//! Only for what is reckoned within one document. The text of a start goes to the reader of rows, which knows the
//! source's format and time zone.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A moment, or a time on a clock whose zone the document does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    At(Timestamp),
    Clock(DateTime),
}

impl Moment {
    /// RFC 3339, RFC 2822, or either without an offset.
    pub(super) fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Ok(at) = text.parse() {
            return Some(Moment::At(at));
        }
        if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
            return Some(Moment::At(zoned.timestamp()));
        }
        text.parse().ok().map(Moment::Clock)
    }

    /// So many seconds later; `None` beyond all years, and where they are no number.
    pub(super) fn plus(self, seconds: f64) -> Option<Moment> {
        let micros = seconds * 1e6;
        if micros.is_nan() || micros.abs() > 1e15 {
            return None;
        }
        let duration = SignedDuration::from_micros(micros.round() as i64);
        Some(match self {
            Moment::At(at) => Moment::At(at.checked_add(duration).ok()?),
            Moment::Clock(clock) => Moment::Clock(clock.checked_add(duration).ok()?),
        })
    }

    /// Seconds from another moment of the same document to this one, to the microsecond.
    pub(super) fn seconds_since(self, other: Moment) -> f64 {
        let micros = self.on_one_clock().as_microsecond() - other.on_one_clock().as_microsecond();
        micros as f64 / 1e6
    }

    /// Its place among the moments of a document. Times without an offset count as UTC.
    pub(super) fn on_one_clock(self) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::Clock(clock) => {
                clock.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
            }
        }
    }
}

/// As the reader of rows takes it: with an offset where the document has one.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::At(at) => at.fmt(formatter),
            Moment::Clock(clock) => clock.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_ways_of_documents_and_written_as_rows_have_them() {
        for (text, expected) in [
            ("2026-03-02T09:15:00.250+02:00", Some("2026-03-02T07:15:00.25Z")),
            ("Mon, 2 Mar 2026 09:15:00 +0200", Some("2026-03-02T07:15:00Z")),
            ("2026-03-02 09:15:00.5", Some("2026-03-02T09:15:00.5")),
            ("2026-02-30T09:15:00Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(Moment::parse(text).map(|it| it.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_out_of_all_years_is_no_moment() {
        let start = Moment::parse("2026-03-02T09:15:00Z").unwrap();
        assert_eq!(start.plus(1.5).unwrap().to_string(), "2026-03-02T09:15:01.5Z");
        assert_eq!(start.plus(1.5).unwrap().seconds_since(start), 1.5);
        for seconds in [f64::NAN, f64::INFINITY, -1e300, 1e12] {
            assert_eq!(start.plus(seconds), None, "{seconds}");
        }
    }
}
