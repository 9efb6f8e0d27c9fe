//! Numbers, moments and durations of spreadsheets, written as a CSV file has them.

/// Milliseconds of a day.
const DAY_MILLIS: i64 = 86_400_000;

/// A number as it is shown: `7` and not `7.0`, without the noise after the 15 digits that a spreadsheet keeps. With
/// leading zeros up to so many digits, as a format of `00000` shows it.
pub(super) fn number(value: f64, digits: usize) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded.fract() == 0.0 && rounded >= 0.0 && digits > 1 {
        return format!("{rounded:0digits$}");
    }
    if rounded == 0.0 { "0".to_string() } else { rounded.to_string() }
}

/// A serial number of days as a moment on the clock: `2026-03-01 09:15:00`, `2026-03-01` where it has no time of day,
/// `09:15:00` where it has no day. `None` where no calendar has it.
pub(super) fn moment(serial: f64, is_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&serial) {
        return None;
    }
    let millis = (serial * DAY_MILLIS as f64).round() as i64;
    let (days, millis) = (millis / DAY_MILLIS, millis % DAY_MILLIS);
    if days == 0 {
        return Some(clock(millis));
    }
    let date = date(days, is_1904)?;
    Some(if millis == 0 { date } else { format!("{date} {}", clock(millis)) })
}

/// The date so many days after the last of the year before the first. The year 1900 has a 29 February in Excel, as it
/// had in Lotus 1-2-3.
fn date(days: i64, is_1904: bool) -> Option<String> {
    let (first, days) = match (is_1904, days) {
        (true, _) => (jiff::civil::date(1904, 1, 1), days),
        (false, ..60) => (jiff::civil::date(1899, 12, 31), days),
        (false, 60) => return Some("1900-02-29".to_string()),
        (false, _) => (jiff::civil::date(1899, 12, 30), days),
    };
    let date = first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some(date.to_string())
}

/// A duration in days: `27:15:00`.
pub(super) fn duration(days: f64) -> Option<String> {
    if days.is_nan() || days.abs() >= 3_000_000.0 {
        return None;
    }
    let millis = (days.abs() * DAY_MILLIS as f64).round() as i64;
    Some(format!("{}{}", if days < 0.0 { "-" } else { "" }, clock(millis)))
}

fn clock(millis: i64) -> String {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { whole } else { format!("{whole}.{rest:03}") }
}

/// A time of day or a duration of ODS, `PT09H15M00.5S`, as a clock shows it.
pub(super) fn iso_duration(text: &str) -> Option<String> {
    let span: jiff::SignedDuration = text.parse().ok()?;
    let millis = i64::try_from(span.as_millis()).ok()?;
    Some(format!("{}{}", if millis < 0 { "-" } else { "" }, clock(millis.abs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_shown() {
        for (value, digits, text) in [
            (7.0, 0, "7"),
            (-0.0, 0, "0"),
            (0.1 + 0.2, 0, "0.3"),
            (3.5, 0, "3.5"),
            (37_120_000_001.0, 0, "37120000001"),
            (1e20, 0, "100000000000000000000"),
            (7.0, 5, "00007"),
            (123_456.0, 5, "123456"),
            (7.5, 5, "7.5"),
        ] {
            assert_eq!(number(value, digits), text);
        }
    }

    #[test]
    fn serial_numbers_are_moments_in_both_calendars() {
        for (serial, is_1904, text) in [
            (45_356.0, false, Some("2024-03-05")),
            (45_356.584_849_537, false, Some("2024-03-05 14:02:11")),
            (43_894.584_849_537, true, Some("2024-03-05 14:02:11")),
            (0.584_849_537_037, false, Some("14:02:11")),
            (0.0, false, Some("00:00:00")),
            (1.0, false, Some("1900-01-01")),
            (60.0, false, Some("1900-02-29")),
            (61.0, false, Some("1900-03-01")),
            (1.0, true, Some("1904-01-02")),
            (45_356.999_999_999_9, false, Some("2024-03-06")),
            (-1.0, false, None),
            (f64::NAN, false, None),
            (1e300, false, None),
        ] {
            assert_eq!(moment(serial, is_1904).as_deref(), text, "{serial}");
        }
    }

    #[test]
    fn durations_go_on_beyond_a_day() {
        assert_eq!(duration(1.135_416_666_666_7).as_deref(), Some("27:15:00"));
        assert_eq!(duration(-0.5).as_deref(), Some("-12:00:00"));
        assert_eq!(iso_duration("PT27H15M00.5S").as_deref(), Some("27:15:00.500"));
        assert_eq!(iso_duration("tomorrow"), None);
    }
}
