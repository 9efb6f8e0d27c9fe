//! Tests of `time`: what is recognised, what is refused, and the quick way against jiff's.

use proptest::prelude::{prop_assert_eq, proptest};

use super::*;

/// 2024-03-05T14:02:11Z, worked out by `date -u -d '2024-03-05 14:02:11' +%s`.
const AT: Micros = 1_709_647_331 * MICROS_PER_SECOND;

fn read(format: Option<&str>, timezone: &str, text: &str) -> Result<Micros, TimeFault> {
    TimeReader::new(format, timezone).read(text).map(|moment| moment.at)
}

#[test]
fn times_that_need_no_format_are_recognised() {
    let rows = [
        ("2024-03-05T14:02:11Z", AT),
        ("2024-03-05 14:02:11", AT),
        ("2024-03-05T14:02:11", AT),
        ("2024-03-05T14:02:11.000", AT),
        ("2024-03-05T16:02:11+02:00", AT),
        ("2024-03-05T16:02:11+0200", AT),
        ("2024-03-05 16:02:11 +02", AT),
        ("2024-03-05T10:32:11-03:30", AT),
        ("2024-03-05 14:02:11 UTC", AT),
        ("2024/3/5 14:02:11", AT),
        ("2024.03.05 14:02:11", AT),
        ("2024年3月5日 14:02:11", AT),
        ("2024年3月5日14时02分11秒", AT),
        ("20240305140211", AT),
        ("1709647331", AT),
        ("1709647331000", AT),
        ("1709647331000000", AT),
        ("1709647331.25", AT + 250_000),
        ("2024-03-05T14:02:11.123456789Z", AT + 123_456),
        ("2024-03-05 14:02", AT - 11 * MICROS_PER_SECOND),
        ("2024-03-05", AT - 50_531 * MICROS_PER_SECOND),
        ("20240305", AT - 50_531 * MICROS_PER_SECOND),
    ];
    for (text, expected) in rows {
        assert_eq!(read(None, "UTC", text), Ok(expected), "{text}");
    }
}

#[test]
fn day_first_and_month_first_are_never_guessed() {
    for text in ["03/04/2024", "3.4.2024 10:00", "25/12/2024", "13-04-24 10:00:00"] {
        assert_eq!(read(None, "UTC", text), Err(TimeFault::NeedsFormat), "{text}");
    }
}

#[test]
fn what_is_not_a_time_is_refused_with_its_reason() {
    let rows = [
        ("yesterday", TimeFault::Unreadable),
        ("2024-03-05 14:02:11 noon", TimeFault::Unreadable),
        ("2024-03", TimeFault::Unreadable),
        ("12345", TimeFault::Unreadable),
        ("2024-02-30", TimeFault::Impossible),
        ("2023-02-29 10:00", TimeFault::Impossible),
        ("2024-03-05 25:00:00", TimeFault::Impossible),
        ("20241305", TimeFault::Impossible),
        ("1899-12-31 23:59:59", TimeFault::OutOfRange),
        ("2201-01-01", TimeFault::OutOfRange),
        ("0001-01-01T00:00:00Z", TimeFault::OutOfRange),
    ];
    for (text, fault) in rows {
        assert_eq!(read(None, "UTC", text), Err(fault), "{text}");
    }
}

#[test]
fn formats_read_what_they_say() {
    let rows = [
        ("%d.%m.%Y %H:%M:%S", "05.03.2024 14:02:11"),
        ("%m/%d/%Y %I:%M:%S %p", "03/05/2024 02:02:11 PM"),
        ("%y%m%d %H:%M:%S", "240305 14:02:11"),
        ("%a %b %d %H:%M:%S %z %Y", "Tue Mar 05 16:02:11 +0200 2024"),
        ("%a, %d %b %Y %H:%M:%S %z", "Tue, 05 Mar 2024 14:02:11 +0000"),
        ("epoch_seconds", "1709647331"),
        ("epoch_millis", "1709647331000"),
        ("epoch_micros", "1709647331000000"),
        ("%s", "1709647331"),
    ];
    for (format, text) in rows {
        assert_eq!(check_time_format(format), Ok(()), "{format}");
        assert_eq!(read(Some(format), "UTC", text), Ok(AT), "{format}");
    }
}

#[test]
fn unpadded_hours_and_two_digit_years_are_read() {
    // 1 February 1999, 07:02:47 in Jerusalem (UTC+2): `date -u -d '1999-02-01 05:02:47' +%s`.
    let at = read(Some("%y%m%d %H:%M:%S"), "Asia/Jerusalem", "990201 7:02:47");
    assert_eq!(at, Ok(917_845_367 * MICROS_PER_SECOND));
}

#[test]
fn formats_refuse_impossible_and_foreign_text() {
    let format = Some("%d.%m.%Y");
    assert_eq!(read(format, "UTC", "30.02.2024"), Err(TimeFault::Impossible));
    assert_eq!(read(format, "UTC", "2024-02-03"), Err(TimeFault::Unreadable));
    assert_eq!(read(format, "UTC", "01.01.1800"), Err(TimeFault::OutOfRange));
    assert_eq!(read(Some("epoch_seconds"), "UTC", "soon"), Err(TimeFault::Unreadable));
    assert_eq!(read(Some("epoch_seconds"), "UTC", "9".repeat(30).as_str()), Err(TimeFault::Unreadable));
}

#[test]
fn formats_without_a_date_are_refused() {
    assert!(check_time_format("%H:%M").is_err());
    assert!(check_time_format("dd.mm.yyyy").is_err());
    assert!(check_time_format("%Y-%m-%d %Ё").is_err());
}

proptest! {
    #[test]
    fn the_quick_way_agrees_with_jiff(
        format in proptest::sample::select(vec![
            "%y%m%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%F %T",
        ]),
        text in "[0-9]{1,4}[./ -]?[0-9]{1,2}[./ -]?[0-9]{1,4} ?[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?",
    ) {
        let parts = parts(format).unwrap();
        if let Some(civil) = civil_by_parts(&text, &parts).filter(Civil::is_possible) {
            match by_format(&text, format) {
                Ok(Reading::Clock(by_jiff)) => prop_assert_eq!(civil, by_jiff),
                _ => panic!("jiff refuses {text:?} in {format}"),
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,40}") {
        let _ = read(None, "Europe/Riga", &text);
        let _ = read(Some("%d.%m.%Y %H:%M"), "Europe/Riga", &text);
        let _ = read(Some("epoch_millis"), "UTC", &text);
    }
}

#[test]
fn days_as_excel_counts_them_are_moments_on_the_clock() {
    let mut reader = TimeReader::new(Some("excel_serial"), "Europe/Riga");
    for (text, at) in [
        ("46082.385416667", Ok("2026-03-01T07:15:00Z")),
        ("46082,385416667", Ok("2026-03-01T07:15:00Z")),
        ("46082", Ok("2026-02-28T22:00:00Z")),
        ("60", Err(TimeFault::Unreadable)),
        ("2026-03-01", Err(TimeFault::Unreadable)),
        ("1e5", Err(TimeFault::Unreadable)),
        ("999999", Err(TimeFault::Unreadable)),
    ] {
        let read = reader.read(text).map(|moment| moment.at);
        assert_eq!(read, at.map(|at| at.parse::<jiff::Timestamp>().unwrap().as_microsecond()), "{text}");
    }
}
