//! Sheets of an OpenDocument workbook, a row at a time.
//!
//! Read by ourselves: calamine holds all sheets, and a cell that says it stands there 16,384 times as often.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::{
    Cell, HEAD_ROWS, MAX_COLUMNS, MAX_ROWS, Merge, TakeRow, Workbook, check_place, parts, unreadable, written,
};
use crate::error::Result;

/// The part that holds all sheets.
const CONTENT: &str = "content.xml";

/// An OpenDocument workbook.
pub(super) struct Ods {
    path: PathBuf,
    archive: zip::ZipArchive<BufReader<File>>,
    sheets: Vec<String>,
}

impl Ods {
    /// Opens a workbook whose parts have been checked: the names of its sheets are read.
    pub(super) fn open(path: &Path) -> Result<Ods> {
        let mut archive = parts::open(path)?;
        let mut sheets = Vec::new();
        if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
            let mut text = String::new();
            // The list of parts is short, and says of each whether it is encrypted.
            let _ = part.take(1 << 20).read_to_string(&mut text);
            if text.contains("encryption-data") {
                let help = "save it without one";
                return Err(crate::Error::data(path, "a workbook with a password", help));
            }
        }
        let mut xml = Xml::of(&mut archive, path)?;
        while let Some(tag) = xml.next()? {
            if let Tag::Open(name, attributes) = tag
                && name == "table:table"
            {
                sheets.push(attributes.get("table:name").unwrap_or_default().to_string());
                xml.skip("table:table")?;
            }
        }
        drop(xml);
        Ok(Ods { path: path.to_path_buf(), archive, sheets })
    }

    /// Walks the rows of a sheet: `take` gets each row's number, cells and merged cells, and says whether to go on.
    fn walk(
        &mut self,
        sheet: usize,
        take: &mut dyn FnMut(u64, Vec<Cell>, Vec<Merge>) -> Result<bool>,
    ) -> Result<()> {
        let mut xml = Xml::of(&mut self.archive, &self.path)?;
        let mut at = 0;
        while let Some(tag) = xml.next()? {
            match tag {
                Tag::Open(name, _) if name == "table:table" => {
                    if at == sheet {
                        return xml.rows(take);
                    }
                    at += 1;
                    xml.skip("table:table")?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Workbook for Ods {
    fn sheets(&self) -> &[String] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize, take: &mut TakeRow<'_>) -> Result<()> {
        self.walk(sheet, &mut |number, cells, _| take(number, cells))
    }

    fn merges(&mut self, sheet: usize) -> Result<Vec<Merge>> {
        let mut merges = Vec::new();
        let mut count = 0;
        self.walk(sheet, &mut |_, _, of_row| {
            merges.extend(of_row);
            count += 1;
            Ok(count < HEAD_ROWS)
        })?;
        Ok(merges)
    }
}

/// What of a tag is needed.
enum Tag {
    Open(String, Attributes),
    Close(String),
    Text(String),
}

/// The attributes of a tag.
#[derive(Default)]
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(tag: &BytesStart<'_>) -> Attributes {
        let pairs = tag.attributes().flatten().filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.as_ref().to_string(), value.into_owned()))
        });
        Attributes(pairs.collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number of times or of columns; 1 where it is not said.
    fn count(&self, name: &str) -> u64 {
        self.get(name).and_then(|text| text.parse().ok()).unwrap_or(1)
    }
}

/// The tags of the content, one after the other.
struct Xml<'a, R: Read> {
    reader: quick_xml::Reader<BufReader<R>>,
    buffer: Vec<u8>,
    path: &'a Path,
}

impl<'a> Xml<'a, Box<dyn Read + 'a>> {
    fn of(archive: &'a mut zip::ZipArchive<BufReader<File>>, path: &'a Path) -> Result<Self> {
        let part = archive.by_name(CONTENT).map_err(|error| unreadable(path, &error))?;
        let part: Box<dyn Read + 'a> = Box::new(part);
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Ok(Xml { reader, buffer: Vec::new(), path })
    }
}

impl<R: Read> Xml<'_, R> {
    /// The next tag or text; `None` at the end.
    fn next(&mut self) -> Result<Option<Tag>> {
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            return Ok(Some(match event.map_err(|error| unreadable(self.path, &error))? {
                Event::Start(tag) => Tag::Open(tag.name().as_ref().to_string(), Attributes::of(&tag)),
                Event::End(tag) => Tag::Close(tag.name().as_ref().to_string()),
                Event::Text(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Tag::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(name) => Tag::Text(meant(&name)),
                Event::Eof => return Ok(None),
                _ => continue,
            }));
        }
    }

    /// Reads on to the end of a tag that has been opened.
    fn skip(&mut self, name: &str) -> Result<()> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Some(Tag::Open(inner, _)) if inner == name => depth += 1,
                Some(Tag::Close(inner)) if inner == name => depth -= 1,
                Some(_) => {}
                None => return Err(unreadable(self.path, &"its end is missing")),
            }
        }
        Ok(())
    }

    /// The rows of the table that has been opened.
    fn rows(&mut self, take: &mut dyn FnMut(u64, Vec<Cell>, Vec<Merge>) -> Result<bool>) -> Result<()> {
        let mut number = 0_u64;
        while let Some(tag) = self.next()? {
            match tag {
                Tag::Open(name, attributes) if name == "table:table-row" => {
                    let times = attributes.count("table:number-rows-repeated");
                    let (cells, merges) = self.row(number + 1)?;
                    if cells.is_empty() {
                        number = number.saturating_add(times);
                        continue;
                    }
                    for _ in 0..times {
                        number += 1;
                        check_place(self.path, number, 0, 0)?;
                        if !take(number, cells.clone(), merges.clone())? {
                            return Ok(());
                        }
                    }
                }
                // A table in a cell is none of the sheet.
                Tag::Open(name, _) if name == "table:table" => self.skip("table:table")?,
                Tag::Close(name) if name == "table:table" => return Ok(()),
                _ => {}
            }
        }
        Err(unreadable(self.path, &"its end is missing"))
    }

    /// The cells of a row that has been opened, up to the last that is not blank.
    fn row(&mut self, number: u64) -> Result<(Vec<Cell>, Vec<Merge>)> {
        let (mut cells, mut merges) = (Vec::new(), Vec::new());
        let (mut column, mut row_bytes) = (0_usize, 0_usize);
        loop {
            match self.next()? {
                Some(Tag::Open(name, attributes))
                    if name == "table:table-cell" || name == "table:covered-table-cell" =>
                {
                    let times = usize::try_from(attributes.count("table:number-columns-repeated"));
                    let times = times.unwrap_or(usize::MAX).max(1);
                    let cell = self.cell(&name, &attributes)?;
                    let span = attributes.count("table:number-columns-spanned");
                    if span > 1 && cell != Cell::Blank {
                        let down = attributes.count("table:number-rows-spanned").clamp(1, MAX_ROWS);
                        let across = (span as usize).min(MAX_COLUMNS);
                        let columns = (column, column.saturating_add(across - 1).min(MAX_COLUMNS - 1));
                        merges.push(Merge { rows: (number, number + down - 1), columns });
                    }
                    let end = column.saturating_add(times);
                    if cell != Cell::Blank {
                        row_bytes = row_bytes.saturating_add(cell.byte_count().saturating_mul(times));
                        check_place(self.path, number, end.saturating_sub(1), row_bytes)?;
                        cells.resize(column, Cell::Blank);
                        cells.resize(end, cell);
                    }
                    column = end;
                }
                Some(Tag::Close(name)) if name == "table:table-row" => return Ok((cells, merges)),
                Some(_) => {}
                None => return Err(unreadable(self.path, &"its end is missing")),
            }
        }
    }

    /// The value of a cell that has been opened.
    fn cell(&mut self, name: &str, attributes: &Attributes) -> Result<Cell> {
        let shown = self.shown(name)?;
        if name == "table:covered-table-cell" {
            return Ok(Cell::Blank);
        }
        let value = |name: &str| attributes.get(name).map(str::to_string);
        if attributes.get("calcext:value-type") == Some("error") {
            return Ok(Cell::Error(shown));
        }
        let written = match attributes.get("office:value-type") {
            Some("float" | "percentage" | "currency") => {
                value("office:value").map(|text| number(&text, &shown))
            }
            Some("date") => value("office:date-value").map(|text| text.replacen('T', " ", 1)),
            Some("time") => {
                value("office:time-value").map(|text| written::iso_duration(&text).unwrap_or(text))
            }
            Some("boolean") => value("office:boolean-value"),
            _ => None,
        };
        let text = value("office:string-value").unwrap_or(shown);
        Ok(match written {
            Some(written) => Cell::Value(written),
            None if text.is_empty() => Cell::Blank,
            None => Cell::Text(text),
        })
    }

    /// What a cell shows: its paragraphs, without comments on it.
    fn shown(&mut self, name: &str) -> Result<String> {
        let mut text = String::new();
        let (mut paragraph_count, mut is_inside) = (0, 0);
        loop {
            match self.next()? {
                Some(Tag::Open(tag, attributes)) => match tag.as_str() {
                    "office:annotation" => self.skip("office:annotation")?,
                    "table:table" => self.skip("table:table")?,
                    "text:p" | "text:h" => {
                        if paragraph_count > 0 {
                            text.push('\n');
                        }
                        paragraph_count += 1;
                        is_inside += 1;
                    }
                    "text:s" => {
                        let count = attributes.count("text:c").min(10_000) as usize;
                        text.push_str(&" ".repeat(count));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    _ => {}
                },
                Some(Tag::Text(piece)) if is_inside > 0 => text.push_str(&piece),
                Some(Tag::Text(_)) => {}
                Some(Tag::Close(tag)) if tag == name => return Ok(text),
                Some(Tag::Close(tag)) if tag == "text:p" || tag == "text:h" => is_inside -= 1,
                Some(Tag::Close(_)) => {}
                None => return Err(unreadable(self.path, &"its end is missing")),
            }
            check_place(self.path, 1, 0, text.len())?;
        }
    }
}

/// A number as it is shown; with its leading zeros, where its format gives it some.
fn number(value: &str, shown: &str) -> String {
    let Ok(value) = value.parse::<f64>() else { return value.to_string() };
    let has_zeros =
        shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    written::number(value, if has_zeros { shown.len().min(40) } else { 0 })
}

/// The character that `&name;` stands for.
fn meant(name: &str) -> String {
    let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
    let number = number.or_else(|| name.strip_prefix('#').map(str::parse));
    match (number, name) {
        (Some(number), _) => number.ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
        (None, "amp") => "&".to_string(),
        (None, "lt") => "<".to_string(),
        (None, "gt") => ">".to_string(),
        (None, "quot") => "\"".to_string(),
        (None, "apos") => "'".to_string(),
        (None, _) => String::new(),
    }
}
