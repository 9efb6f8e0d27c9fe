//! The report as a workbook for Excel and its like: real numbers, dates and percentages, sheets that filter, two charts.
//! Every number is the one of JSON. The same report gives the same bytes: nothing in it says when it was written.

mod causes;
mod charts;
mod coaching;
mod drivers;
mod flow;
mod gaps;
mod sheet;
mod tables;

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook as Book, Worksheet, XlsxError};

use self::charts::charts;
use self::sheet::{Cell, Sheet, date_time};
use super::{Drivers, FailedContact, Flow, Gaps, Report};

/// Rows from which on a sheet is written as it comes instead of being held.
const MANY_ROWS: usize = 10_000;

/// A report on its way into a workbook: first the contacts that failed, then the rest.
pub struct Workbook<'a> {
    report: &'a Report,
    book: Book,
    failed: Sheet,
    flow: Option<Flow>,
    drivers: Option<&'a Drivers>,
    gaps: Option<&'a Gaps>,
}

impl<'a> Workbook<'a> {
    /// Begins the workbook of a report.
    ///
    /// Errors: a temporary file that cannot be made.
    pub fn new(report: &'a Report) -> std::io::Result<Workbook<'a>> {
        let mut book = Book::new();
        let header = tables::failed_header(report);
        let worksheet = book.new_worksheet_with_constant_memory().map_err(failed)?;
        let failed = Sheet::new(worksheet, tables::FAILED, &header).map_err(failed)?;
        Ok(Workbook { report, book, failed, flow: None, drivers: None, gaps: None })
    }

    /// Adds a sheet of what drives failure.
    pub fn with_drivers(self, drivers: &'a Drivers) -> Workbook<'a> {
        Workbook { drivers: Some(drivers), ..self }
    }

    /// Adds sheets of knowledge gaps.
    pub fn with_gaps(self, gaps: &'a Gaps) -> Workbook<'a> {
        Workbook { gaps: Some(gaps), ..self }
    }

    /// Adds contacts that failed. They are written as they come: a sheet of a million is not held.
    ///
    /// Errors: those of writing.
    pub fn add(&mut self, contacts: &[FailedContact]) -> std::io::Result<()> {
        contacts.iter().try_for_each(|it| self.failed.push(&tables::failed_row(it))).map_err(failed)
    }

    /// Adds with which reason customers come back.
    pub fn add_flow(&mut self, flow: Flow) {
        self.flow = Some(flow);
    }

    /// Writes the workbook. Gives what sheets have no room for, in sentences.
    ///
    /// Errors: those of writing.
    pub fn finish(self, sink: impl Write + Send) -> std::io::Result<Vec<String>> {
        self.written(sink).map_err(failed)
    }

    fn written(self, sink: impl Write + Send) -> Result<Vec<String>, XlsxError> {
        let Workbook { report, mut book, failed, flow, drivers, gaps } = self;
        book.set_properties(&properties(report));
        let mut sheets = Vec::new();
        let mut failed = Some(failed);
        for table in tables::tables(report) {
            match table.name {
                tables::FAILED => {
                    sheets.extend(failed.take());
                    sheets.extend(flow_sheets(&mut book, flow.as_ref())?);
                }
                _ => sheets.push(filled(&mut book, table)?),
            }
        }
        if let Some(drivers) = drivers {
            sheets.push(filled(&mut book, drivers::table(drivers))?);
        }
        for table in gaps.into_iter().flat_map(gaps::tables) {
            sheets.push(filled(&mut book, table)?);
        }
        charts(report, &mut sheets)?;
        let mut left_out = Vec::new();
        for sheet in sheets {
            let (worksheet, said) = sheet.finish()?;
            book.push_worksheet(worksheet);
            left_out.extend(said);
        }
        book.save_to_writer(sink)?;
        Ok(left_out)
    }
}

/// The sheets of the flow, if it was added and there is one.
fn flow_sheets(book: &mut Book, flow: Option<&Flow>) -> Result<Vec<Sheet>, XlsxError> {
    let Some(flow) = flow.filter(|flow| !flow.values.is_empty()) else { return Ok(Vec::new()) };
    let mut sheets = Vec::new();
    for table in flow::tables(flow) {
        let is_matrix = table.name == flow::MATRIX;
        let mut sheet = filled(book, table)?;
        if is_matrix {
            flow::shade(flow, &mut sheet)?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// A table as a sheet.
fn filled(book: &mut Book, table: tables::Table) -> Result<Sheet, XlsxError> {
    let worksheet = match table.rows.len() {
        0..MANY_ROWS => Worksheet::new(),
        _ => book.new_worksheet_with_constant_memory()?,
    };
    let mut sheet = Sheet::new(worksheet, table.name, &table.header)?;
    table.rows.iter().try_for_each(|row| sheet.push(row))?;
    table.total.iter().try_for_each(|row| sheet.push_total(row))?;
    sheet.push_foot(&table.foot)?;
    Ok(sheet)
}

/// Title and a date that the report has: that of the last moment observed.
fn properties(report: &Report) -> DocProperties {
    let observed = report.observed.as_ref().and_then(|it| date_time(&it.to));
    let at = observed.or_else(|| ExcelDateTime::from_ymd(2000, 1, 1).ok());
    let properties = DocProperties::new().set_title("First-contact resolution").set_author("recontact");
    match at {
        Some(at) => properties.set_creation_datetime(&at),
        None => properties,
    }
}

fn failed(error: XlsxError) -> std::io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => std::io::Error::other(other.to_string()),
    }
}
