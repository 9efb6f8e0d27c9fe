//! One sheet: a header row that stays and filters, rows of cells each with its format, columns as wide as what is in
//! them. Texts are texts whatever they look like; what a sheet has no room for is counted and said.

use std::borrow::Cow;

use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Worksheet, XlsxError};

use crate::measure::Verdict;
use crate::report::text::width;

/// Rows that a sheet can have.
const MOST_ROWS: u32 = 1 << 20;
/// Characters that a cell can have, in units of UTF-16.
const MOST_CHARACTERS: usize = 32_767;
/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 9..=60;
/// The width of a column of prose, in characters.
const PROSE_WIDTH: usize = 44;
/// The height of a line, and the most that a row can have, in points.
const LINE_HEIGHT: usize = 15;
const MOST_HEIGHT: usize = 409;
/// Characters that a filter's button takes in a header.
const BUTTON: usize = 4;

/// What is in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Text(String),
    /// A text that wraps.
    Prose(String),
    /// A text in the colour of a verdict, which it names.
    Verdict(Verdict),
    Count(u64),
    /// 0 to 1, shown as a percentage.
    Rate(f64),
    /// Shown with two decimals.
    Number(f64),
    /// Shown with four decimals.
    Probability(f64),
    /// A date, `2026-03-02`, or a moment in RFC 3339, of which the local date and time are shown.
    Time(String),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    pub(super) fn rate(rate: Option<f64>) -> Cell {
        rate.map_or(Cell::Nothing, Cell::Rate)
    }

    pub(super) fn number(number: Option<f64>) -> Cell {
        number.map_or(Cell::Nothing, Cell::Number)
    }

    pub(super) fn count(count: Option<u64>) -> Cell {
        count.map_or(Cell::Nothing, Cell::Count)
    }

    /// "yes", or nothing.
    pub(super) fn yes(is_so: bool) -> Cell {
        if is_so { Cell::text("yes") } else { Cell::Nothing }
    }
}

/// A sheet while rows are added.
pub(super) struct Sheet {
    worksheet: Worksheet,
    formats: Formats,
    widths: Vec<usize>,
    rows: u32,
    most_rows: u32,
    left_out: u64,
    /// Rows at the end that filters leave alone.
    total_rows: u32,
}

impl Sheet {
    /// A sheet with its header on a fresh worksheet. The name is one that Excel takes.
    pub(super) fn new(worksheet: Worksheet, name: &str, header: &[String]) -> Result<Sheet, XlsxError> {
        let mut sheet = Sheet {
            worksheet,
            formats: Formats::new(),
            widths: header.iter().map(|text| (width(text) + BUTTON).min(*WIDTHS.end() / 2)).collect(),
            rows: 1,
            most_rows: MOST_ROWS,
            left_out: 0,
            total_rows: 0,
        };
        sheet.worksheet.set_name(name)?;
        sheet.worksheet.set_freeze_panes(1, 1)?;
        for (column, text) in (0..).zip(header) {
            let text = cell_text(text);
            sheet.worksheet.write_string_with_format(0, column, text.as_ref(), &sheet.formats.header)?;
        }
        Ok(sheet)
    }

    #[cfg(test)]
    pub(super) fn with_most_rows(self, most_rows: u32) -> Sheet {
        Sheet { most_rows, ..self }
    }

    /// Appends a row; where there is no room, counts it. The last row is kept for saying so.
    pub(super) fn push(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.rows + 1 >= self.most_rows {
            self.left_out += 1;
            return Ok(());
        }
        // Not every program makes rows higher for what wraps.
        let lines = cells.iter().map(lines_of).max().unwrap_or(1);
        if lines > 1 {
            let height = (lines * LINE_HEIGHT).min(MOST_HEIGHT);
            self.worksheet.set_row_height(self.rows, height as f64)?;
        }
        for (column, cell) in cells.iter().enumerate() {
            let shown = self.write(column as u16, cell)?;
            if let Some(width) = self.widths.get_mut(column) {
                *width = shown.min(*WIDTHS.end()).max(*width);
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Appends the row for everything, which filters and sorting leave at the end.
    pub(super) fn push_total(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let rows = self.rows;
        self.push(cells)?;
        self.total_rows += self.rows - rows;
        Ok(())
    }

    /// Writes lines below everything, one row away from it.
    pub(super) fn push_foot(&mut self, lines: &[String]) -> Result<(), XlsxError> {
        for (row, line) in (self.rows + 1..self.most_rows).zip(lines) {
            self.worksheet.write_string_with_format(row, 0, line, &self.formats.foot)?;
        }
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        self.worksheet.name()
    }

    /// Rows of data so far, totals aside.
    pub(super) fn row_count(&self) -> u32 {
        self.rows - 1 - self.total_rows
    }

    /// The worksheet, for charts.
    pub(super) fn worksheet(&mut self) -> &mut Worksheet {
        &mut self.worksheet
    }

    /// Ends the sheet: filters, widths, and what was left out, if anything was.
    pub(super) fn finish(mut self) -> Result<(Worksheet, Option<String>), XlsxError> {
        let (last_row, last_column) = (self.row_count(), self.widths.len().saturating_sub(1) as u16);
        self.worksheet.autofilter(0, 0, last_row, last_column)?;
        for (column, width) in (0..).zip(&self.widths) {
            self.worksheet.set_column_width(column, (*width).max(*WIDTHS.start()) as f64)?;
        }
        let left_out = (self.left_out > 0)
            .then(|| format!("{} more rows are left out: a sheet has no room for them", self.left_out));
        if let Some(said) = &left_out {
            self.worksheet.write_string(self.rows, 0, said)?;
        }
        let left_out = left_out.map(|said| format!("sheet `{}`: {said}", self.worksheet.name()));
        Ok((self.worksheet, left_out))
    }

    /// Writes a cell and says how many characters wide it is shown.
    fn write(&mut self, column: u16, cell: &Cell) -> Result<usize, XlsxError> {
        let (sheet, row, formats) = (&mut self.worksheet, self.rows, &self.formats);
        let (number, format, shown) = match cell {
            Cell::Count(count) => (*count as f64, &formats.count, digits(*count as f64)),
            Cell::Rate(rate) => (*rate, &formats.rate, 7),
            Cell::Number(number) => (*number, &formats.number, digits(*number) + 3),
            Cell::Probability(p) => (*p, &formats.probability, 7),
            Cell::Time(text) => match date_time(text) {
                Some(at) => {
                    let format = if text.len() > 10 { &formats.time } else { &formats.date };
                    sheet.write_datetime_with_format(row, column, at, format)?;
                    return Ok(if text.len() > 10 { 20 } else { 11 });
                }
                None => return write_text(sheet, formats, row, column, text),
            },
            Cell::Text(text) => return write_text(sheet, formats, row, column, text),
            Cell::Prose(text) => {
                let text = cell_text(text);
                let format = if is_formula(&text) { &formats.quoted_prose } else { &formats.prose };
                sheet.write_string_with_format(row, column, text.as_ref(), format)?;
                return Ok(width_of(&text).min(PROSE_WIDTH));
            }
            Cell::Verdict(verdict) => {
                let text = verdict.name().replace('_', " ");
                sheet.write_string_with_format(row, column, &text, formats.verdict(*verdict))?;
                return Ok(text.len());
            }
            Cell::Nothing => return Ok(0),
        };
        if number.is_finite() {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        Ok(shown)
    }
}

fn write_text(
    sheet: &mut Worksheet,
    formats: &Formats,
    row: u32,
    column: u16,
    text: &str,
) -> Result<usize, XlsxError> {
    let text = cell_text(text);
    match is_formula(&text) {
        true => sheet.write_string_with_format(row, column, text.as_ref(), &formats.quoted)?,
        false => sheet.write_string_with_format(row, column, text.as_ref(), &formats.text)?,
    };
    Ok(width_of(&text))
}

/// Whether somebody who edits the cell would make a formula of its text, which a mark keeps it from becoming.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\n'])
}

/// Lines that a cell takes. Words end before the column does.
fn lines_of(cell: &Cell) -> usize {
    let Cell::Prose(text) = cell else { return 1 };
    cell_text(text).lines().map(|line| width(line).div_ceil(PROSE_WIDTH - 6).max(1)).sum()
}

fn width_of(text: &str) -> usize {
    text.lines().map(width).max().unwrap_or(0) + 1
}

/// Characters of a whole number with its separators.
fn digits(number: f64) -> usize {
    let digits = number.abs().max(1.0).log10() as usize + 1;
    digits + digits / 3 + 1
}

/// A text as a cell can hold it: characters that XML has no room for are replaced, line ends are one, and it is cut at the
/// end of what a cell can have.
pub(super) fn cell_text(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| (c < ' ' && c != '\t' && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    let fits = text.len() <= MOST_CHARACTERS || text.encode_utf16().count() <= MOST_CHARACTERS;
    if fits && !text.contains(is_odd) {
        return text.into();
    }
    let (mut clean, mut length) = (String::new(), 0);
    for c in text.replace("\r\n", "\n").chars() {
        length += c.len_utf16();
        if !fits && length > MOST_CHARACTERS - 1 {
            clean.push('…');
            break;
        }
        clean.push(match c {
            '\r' => '\n',
            c if is_odd(c) => '\u{fffd}',
            c => c,
        });
    }
    clean.into()
}

/// The local date and time of a date or of a moment in RFC 3339; none before 1900 and after 9999, which Excel cannot tell.
pub(super) fn date_time(text: &str) -> Option<ExcelDateTime> {
    let local = text.get(..19).or(text.get(..10))?;
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | 'T' | ':');
    if !local.chars().all(is_plain) || local < "1900-03-01" {
        return None;
    }
    ExcelDateTime::parse_from_str(local).ok()
}

/// The formats of cells.
struct Formats {
    header: Format,
    text: Format,
    quoted: Format,
    prose: Format,
    quoted_prose: Format,
    foot: Format,
    count: Format,
    rate: Format,
    number: Format,
    probability: Format,
    date: Format,
    time: Format,
    fails: Format,
    at_risk: Format,
    meets: Format,
}

impl Formats {
    fn new() -> Formats {
        let top = || Format::new().set_align(FormatAlign::Top);
        let colour = |rgb| top().set_background_color(Color::RGB(rgb));
        Formats {
            header: top().set_bold().set_text_wrap().set_background_color(Color::RGB(0xE7ECF2)),
            text: top(),
            quoted: top().set_quote_prefix(),
            prose: top().set_text_wrap(),
            quoted_prose: top().set_text_wrap().set_quote_prefix(),
            foot: Format::new().set_italic(),
            count: top().set_num_format("#,##0"),
            rate: top().set_num_format("0.0%"),
            number: top().set_num_format("#,##0.00"),
            probability: top().set_num_format("0.0000"),
            date: top().set_num_format("yyyy-mm-dd"),
            time: top().set_num_format("yyyy-mm-dd hh:mm:ss"),
            fails: colour(0xF8D0CC),
            at_risk: colour(0xFCE8B8),
            meets: colour(0xD3ECD0),
        }
    }

    fn verdict(&self, verdict: Verdict) -> &Format {
        match verdict {
            Verdict::Fails => &self.fails,
            Verdict::AtRisk => &self.at_risk,
            Verdict::Meets => &self.meets,
            Verdict::TooFew => &self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Worksheet;

    use super::*;

    #[test]
    fn what_a_cell_cannot_hold_is_replaced_or_cut() {
        assert_eq!(cell_text("a\tb\nc"), "a\tb\nc");
        assert_eq!(cell_text("a\r\nb\rc"), "a\nb\nc");
        assert_eq!(cell_text("a\u{0}b\u{1b}[31m\u{ffff}"), "a\u{fffd}b\u{fffd}[31m\u{fffd}");
        let most = "é".repeat(32_767);
        assert_eq!(cell_text(&most), most.as_str());
        // A flag beyond the first 65,536 characters takes two units.
        let long = "😀".repeat(20_000);
        let cut = cell_text(&long);
        assert!(cut.ends_with("😀…"), "whole characters");
        assert_eq!(cut.encode_utf16().count(), 2 * 16_383 + 1);
    }

    #[test]
    fn dates_that_excel_cannot_tell_stay_texts() {
        for text in ["2026-03-02", "2026-03-02T10:00:00+02:00", "1900-03-01", "9999-12-31T23:59:59Z"] {
            assert!(date_time(text).is_some(), "{text}");
        }
        for text in
            ["1899-12-31T00:00:00Z", "-000001-01-01", "1234", "", "12345-01-01", "2026-99-01", "ünïcödé!!!"]
        {
            assert!(date_time(text).is_none(), "{text}");
        }
    }

    #[test]
    fn prose_takes_the_lines_that_it_wraps_to() {
        let lines = |text: &str| lines_of(&Cell::Prose(text.to_string()));
        assert_eq!([lines(""), lines("short"), lines(&"x".repeat(39)), lines("one\ntwo")], [0, 1, 2, 2]);
        assert_eq!(lines(&"字".repeat(38)), 2, "a character takes two columns");
        assert_eq!(lines_of(&Cell::Text("x".repeat(500))), 1);
    }

    #[test]
    fn rows_beyond_the_last_are_counted_and_said() {
        let header = ["Name".to_string()];
        let mut sheet = Sheet::new(Worksheet::new(), "Names", &header).unwrap().with_most_rows(4);
        for name in ["a", "b", "c", "d", "e"] {
            sheet.push(&[Cell::text(name)]).unwrap();
        }
        assert_eq!(sheet.row_count(), 2, "a header, two names, a row for the rest");
        let (_, said) = sheet.finish().unwrap();
        assert_eq!(
            said.as_deref(),
            Some("sheet `Names`: 3 more rows are left out: a sheet has no room for them")
        );
    }
}
