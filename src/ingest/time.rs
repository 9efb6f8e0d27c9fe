//! Moments as sources write them: ISO 8601, year-first dates, epoch numbers, or any strftime format.
//!
//! Takes the text of the time columns (joined with a space) and gives a moment in UTC or a fault. It never
//! guesses between day-first and month-first: such dates need a format.

use jiff::fmt::strtime::BrokenDownTime;

use super::zone::{Civil, Moment, YEARS, Zone};
use crate::interaction::{MICROS_PER_SECOND, Micros};

/// Why a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// Day and month cannot be told apart without a format.
    NeedsFormat,
    /// Not in the format, or in none that is known.
    Unreadable,
    /// 30 February, 25 o'clock.
    Impossible,
    /// Outside the years 1900 to 2200.
    OutOfRange,
}

/// Reads the moments of one column (or column pair) in one format and zone.
pub(super) struct TimeReader {
    shape: Shape,
    zone: Zone,
}

enum Shape {
    /// ISO 8601, year first, or an epoch number recognised by its size.
    Recognised,
    /// Microseconds in one unit of the epoch number.
    Epoch(i64),
    /// Days as Excel counts them.
    Excel,
    /// A strftime format, with its parts where it has only plain numbers.
    Format { format: String, parts: Option<Vec<Part>> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    YearOfCentury,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Space,
    Literal(u8),
}

impl TimeReader {
    /// A reader for the format (`None`: recognise it) in the named zone.
    pub(super) fn new(format: Option<&str>, timezone: &str) -> TimeReader {
        let shape = match format {
            None => Shape::Recognised,
            Some("epoch_seconds") => Shape::Epoch(MICROS_PER_SECOND),
            Some("epoch_millis") => Shape::Epoch(1000),
            Some("epoch_micros") => Shape::Epoch(1),
            Some("excel_serial") => Shape::Excel,
            Some(format) => Shape::Format { format: format.to_string(), parts: parts(format) },
        };
        TimeReader { shape, zone: Zone::named(timezone) }
    }

    /// Whether the format is left to be recognised.
    pub(super) fn is_recognising(&self) -> bool {
        matches!(self.shape, Shape::Recognised)
    }

    /// The moment that the text says.
    pub(super) fn read(&mut self, text: &str) -> Result<Moment, TimeFault> {
        match &self.shape {
            Shape::Recognised => match recognise(text)? {
                Reading::At(at) => in_range(at),
                Reading::Clock(civil) => self.on_clock(&civil),
            },
            Shape::Excel => self.on_clock(&excel_serial(text).ok_or(TimeFault::Unreadable)?),
            Shape::Epoch(unit) => in_range(epoch(text, *unit).ok_or(TimeFault::Unreadable)?),
            Shape::Format { format, parts } => {
                let quick = parts.as_deref().and_then(|parts| civil_by_parts(text, parts));
                match quick.filter(Civil::is_possible) {
                    Some(civil) => self.on_clock(&civil),
                    None => match by_format(text, format)? {
                        Reading::At(at) => in_range(at),
                        Reading::Clock(civil) => self.on_clock(&civil),
                    },
                }
            }
        }
    }

    fn on_clock(&mut self, civil: &Civil) -> Result<Moment, TimeFault> {
        if !YEARS.contains(&civil.year) {
            return Err(TimeFault::OutOfRange);
        }
        self.zone.moment(civil).ok_or(TimeFault::OutOfRange)
    }
}

/// Whether a format can be used: it must give a date, and what it writes it must read.
///
/// # Errors
/// What is wrong with it, as a phrase.
pub(crate) fn check_time_format(format: &str) -> Result<(), String> {
    if matches!(format, "epoch_seconds" | "epoch_millis" | "epoch_micros" | "excel_serial") {
        return Ok(());
    }
    if !format.contains('%') {
        return Err("it has no directives such as %Y".to_string());
    }
    let sample = jiff::civil::date(2024, 2, 29).at(13, 5, 7, 0);
    let sample = sample.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
    let written = jiff::fmt::strtime::format(format, &sample).map_err(|error| error.to_string())?;
    match by_format(&written, format) {
        Ok(_) => Ok(()),
        Err(_) => Err("it does not say the year, month and day".to_string()),
    }
}

enum Reading {
    /// A moment: the text has an offset.
    At(Micros),
    /// A time on the clock of the source.
    Clock(Civil),
}

fn in_range(at: Micros) -> Result<Moment, TimeFault> {
    let first = Civil { year: *YEARS.start(), month: 1, day: 1, ..Civil::default() }.micros_as_utc();
    let end = Civil { year: *YEARS.end() + 1, month: 1, day: 1, ..Civil::default() }.micros_as_utc();
    if (first..end).contains(&at) { Ok(Moment { at, is_shifted: false }) } else { Err(TimeFault::OutOfRange) }
}

/// An epoch number, with decimals, in units of so many microseconds.
fn epoch(text: &str, unit: i64) -> Option<Micros> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 18 || whole.is_empty() || fraction.len() > 18 || !is_digits(fraction) {
        return None;
    }
    let is_negative = whole.starts_with('-');
    let whole: i64 = whole.parse().ok()?;
    let mut rest = 0i64;
    let mut scale = unit;
    for byte in fraction.bytes() {
        scale /= 10;
        rest += i64::from(byte - b'0') * scale;
    }
    whole.checked_mul(unit)?.checked_add(if is_negative { -rest } else { rest })
}

/// A moment on the clock as a spreadsheet stores it: days since the end of 1899, with decimals after a point or a comma.
fn excel_serial(text: &str) -> Option<Civil> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let days: f64 = text.replacen(',', ".", 1).parse().ok().filter(|_| is_number)?;
    // From 1 March 1900 on, before which Excel's days are one off, to the end of 2200.
    if !(61.0..110_000.0).contains(&days) {
        return None;
    }
    let day = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let millis = jiff::Span::new().milliseconds((days * 86_400_000.0).round() as i64);
    let clock = day.checked_add(millis).ok()?;
    Some(civil_of(clock))
}

/// Recognises what needs no format.
fn recognise(text: &str) -> Result<Reading, TimeFault> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == text.len() || (digits > 8 && text.as_bytes()[digits] == b'.') {
        return recognise_number(text, digits);
    }
    if digits != 4 {
        return Err(if is_day_or_month_first(text) { TimeFault::NeedsFormat } else { TimeFault::Unreadable });
    }
    year_first(text)
}

/// A number is told by its size: 8 digits are a date, 14 a date and time, the others an epoch number.
fn recognise_number(text: &str, digits: usize) -> Result<Reading, TimeFault> {
    let unit = match digits {
        8 | 14 if digits == text.len() => {
            let parts = [Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute, Part::Second];
            let parts = if digits == 8 { &parts[..3] } else { &parts[..] };
            let civil = civil_by_parts(text, parts).ok_or(TimeFault::Unreadable)?;
            return if civil.is_possible() { Ok(Reading::Clock(civil)) } else { Err(TimeFault::Impossible) };
        }
        9..=11 => MICROS_PER_SECOND,
        12..=13 => 1000,
        15..=16 => 1,
        _ => return Err(TimeFault::Unreadable),
    };
    epoch(text, unit).map(Reading::At).ok_or(TimeFault::Unreadable)
}

/// `3/4/2024`, `03.04.24 10:00`: numbers whose order only a format can tell.
fn is_day_or_month_first(text: &str) -> bool {
    let mut numbers = text.split(['/', '.', '-', ' ']).take(3);
    let is_short = |part: Option<&str>| {
        part.is_some_and(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    is_short(numbers.next())
        && is_short(numbers.next())
        && numbers.next().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

/// A cursor over the text of a time.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    /// A number of at most so many digits.
    fn number(&mut self, most: usize) -> Option<u32> {
        let length = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        let mut value = 0;
        for digit in digits.bytes() {
            value = value * 10 + u32::from(digit - b'0');
        }
        self.0 = rest;
        (length > 0).then_some(value)
    }

    /// Steps over one of these characters.
    fn skip(&mut self, any_of: &[char]) -> Option<()> {
        self.0 = self.0.strip_prefix(any_of)?;
        Some(())
    }
}

/// `2024-03-05T14:02:11.5+02:00`, `2024/3/5 14:02`, `2024年3月5日 14时02分`.
fn year_first(text: &str) -> Result<Reading, TimeFault> {
    let mut rest = Cursor(text);
    let (civil, offset) = year_first_parts(&mut rest).ok_or(TimeFault::Unreadable)?;
    if !rest.0.is_empty() {
        return Err(TimeFault::Unreadable);
    }
    if !civil.is_possible() {
        return Err(TimeFault::Impossible);
    }
    Ok(match offset {
        Some(offset) => Reading::At(civil.micros_as_utc() - offset * MICROS_PER_SECOND),
        None => Reading::Clock(civil),
    })
}

fn year_first_parts(rest: &mut Cursor<'_>) -> Option<(Civil, Option<i64>)> {
    let mut civil = Civil { year: rest.number(4)? as i32, ..Civil::default() };
    rest.skip(&['-', '/', '.', '年'])?;
    civil.month = rest.number(2)?;
    rest.skip(&['-', '/', '.', '月'])?;
    civil.day = rest.number(2)?;
    let _ = rest.skip(&['日', '号']);
    if rest.0.is_empty() {
        return Some((civil, None));
    }
    let _ = rest.skip(&['T', 't', '_', ',']);
    rest.0 = rest.0.trim_start_matches(' ');
    civil.hour = rest.number(2)?;
    rest.skip(&[':', '时', '點', '点', '：'])?;
    civil.minute = rest.number(2)?;
    let _ = rest.skip(&['分']);
    if rest.skip(&[':', '：']).is_some() || rest.0.starts_with(|c: char| c.is_ascii_digit()) {
        civil.second = rest.number(2)?;
        let _ = rest.skip(&['秒']);
        if rest.skip(&['.', ',']).is_some() {
            civil.micros = fraction(rest)?;
        }
    }
    let offset = offset(rest)?;
    Some((civil, offset))
}

/// Decimals of a second, cut to microseconds.
fn fraction(rest: &mut Cursor<'_>) -> Option<u32> {
    let length = rest.0.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.0.split_at(length);
    rest.0 = after;
    let mut micros = 0;
    for position in 0..6 {
        micros = micros * 10 + digits.as_bytes().get(position).map_or(0, |digit| u32::from(digit - b'0'));
    }
    (length > 0).then_some(micros)
}

/// `Z`, `UTC`, `+02:00`, `-0330`, `+02`: seconds east of UTC; `Some(None)` where nothing is said.
fn offset(rest: &mut Cursor<'_>) -> Option<Option<i64>> {
    rest.0 = rest.0.trim_start_matches(' ');
    if rest.0.is_empty() {
        return Some(None);
    }
    for zero in ["Z", "z", "UTC", "GMT"] {
        if rest.0 == zero {
            rest.0 = "";
            return Some(Some(0));
        }
    }
    let sign = if rest.0.starts_with('-') { -1 } else { 1 };
    rest.skip(&['+', '-'])?;
    let hours = i64::from(rest.number(2)?);
    let _ = rest.skip(&[':']);
    let minutes = if rest.0.is_empty() { 0 } else { i64::from(rest.number(2)?) };
    (hours <= 18 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

/// The parts of a format that has only plain numbers, or `None` where it has more.
fn parts(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => match bytes.next()? {
                b'Y' => parts.push(Part::Year),
                b'y' => parts.push(Part::YearOfCentury),
                b'm' => parts.push(Part::Month),
                b'd' => parts.push(Part::Day),
                b'H' => parts.push(Part::Hour),
                b'M' => parts.push(Part::Minute),
                b'S' => parts.push(Part::Second),
                b'T' => {
                    let time =
                        [Part::Hour, Part::Literal(b':'), Part::Minute, Part::Literal(b':'), Part::Second];
                    parts.extend(time);
                }
                b'F' => {
                    let date = [Part::Year, Part::Literal(b'-'), Part::Month, Part::Literal(b'-'), Part::Day];
                    parts.extend(date);
                }
                _ => return None,
            },
            b' ' => parts.push(Part::Space),
            byte if byte.is_ascii_graphic() => parts.push(Part::Literal(byte)),
            _ => return None,
        }
    }
    Some(parts)
}

/// The quick way; where it gives nothing, `by_format` has the last word.
fn civil_by_parts(text: &str, parts: &[Part]) -> Option<Civil> {
    let mut rest = Cursor(text);
    let mut civil = Civil::default();
    for part in parts {
        match part {
            Part::Year => {
                let before = rest.0.len();
                civil.year = rest.number(4)? as i32;
                if before - rest.0.len() != 4 {
                    return None;
                }
            }
            Part::YearOfCentury => {
                let year = rest.number(2)? as i32;
                civil.year = if year >= 69 { 1900 + year } else { 2000 + year };
            }
            Part::Month => civil.month = rest.number(2)?,
            Part::Day => civil.day = rest.number(2)?,
            Part::Hour => civil.hour = rest.number(2)?,
            Part::Minute => civil.minute = rest.number(2)?,
            Part::Second => civil.second = rest.number(2)?,
            Part::Space => rest.skip(&[' '])?,
            Part::Literal(byte) => rest.skip(&[char::from(*byte)])?,
        }
    }
    rest.0.is_empty().then_some(civil)
}

/// Any strftime format, by jiff.
fn by_format(text: &str, format: &str) -> Result<Reading, TimeFault> {
    let parsed = BrokenDownTime::parse(format, text).map_err(|_| TimeFault::Unreadable)?;
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        let timestamp = parsed.to_timestamp().map_err(|_| TimeFault::Impossible)?;
        return Ok(Reading::At(timestamp.as_microsecond()));
    }
    let clock = parsed.to_datetime().map_err(|_| TimeFault::Impossible)?;
    Ok(Reading::Clock(civil_of(clock)))
}

fn civil_of(clock: jiff::civil::DateTime) -> Civil {
    Civil {
        year: i32::from(clock.year()),
        month: clock.month().unsigned_abs().into(),
        day: clock.day().unsigned_abs().into(),
        hour: clock.hour().unsigned_abs().into(),
        minute: clock.minute().unsigned_abs().into(),
        second: clock.second().unsigned_abs().into(),
        micros: clock.subsec_nanosecond().unsigned_abs() / 1000,
    }
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
