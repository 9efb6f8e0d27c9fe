use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format as Look, Formula, Workbook};
use zip::write::SimpleFileOptions;

use super::parts::{Limits, check};
use crate::config::{Columns, Field, Source};
use crate::ingest::Batch;
use crate::ingest::tests::{read_bytes, reasons, source, try_read};

/// An archive of parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An OpenDocument workbook of sheets, each with its rows as XML.
fn ods(sheets: &[(&str, &str)]) -> Vec<u8> {
    let tables: String = sheets
        .iter()
        .map(|(name, rows)| format!("<table:table table:name=\"{name}\">{rows}</table:table>"))
        .collect();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    archive(&[("mimetype", kind), ("content.xml", content.as_bytes())])
}

/// A row of texts.
fn texts(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
}

const NAMES: [&str; 3] = ["call_id", "started_at", "customer_id"];

/// A workbook whose sheets are filled by hand.
fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// Rows of texts, from the first row on.
fn write_texts(book: &mut Workbook, name: &str, rows: &[&[&str]]) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    for (at, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(at as u32, column as u16, *text).unwrap();
        }
    }
}

fn ids(batch: &Batch) -> Vec<&str> {
    batch.interactions.iter().map(|interaction| interaction.interaction_id.as_str()).collect()
}

fn started(batch: &Batch) -> Vec<String> {
    let at = |micros| jiff::Timestamp::from_microsecond(micros).unwrap().to_string();
    batch.interactions.iter().map(|interaction| at(interaction.started_at)).collect()
}

fn notes(batch: &Batch) -> Vec<&str> {
    batch.notes.iter().map(|note| note.what.as_str()).collect()
}

fn mapped(field: Field, columns: &[&str]) -> Source {
    let mut source = source();
    let columns = columns.iter().map(ToString::to_string).collect();
    source.fields.insert(field, Columns { columns, ..Columns::default() });
    source
}

#[test]
fn cells_of_excel_are_read_as_they_are_shown() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet();
        let at = Look::new().set_num_format("dd.mm.yyyy hh:mm:ss");
        let clock = Look::new().set_num_format("[h]:mm:ss");
        let zeros = Look::new().set_num_format("00000");
        sheet
            .write_row(
                0,
                0,
                ["call_id", "started_at", "customer_id", "phone", "handle_time", "vip", "score", "odd"],
            )
            .unwrap();
        sheet.write_with_format(1, 0, 42, &zeros).unwrap();
        let opened = ExcelDateTime::parse_from_str("2026-03-01T09:15:30").unwrap();
        sheet.write_with_format(1, 1, &opened, &at).unwrap();
        sheet.write(1, 2, 37_120_000_001_f64).unwrap();
        sheet.write(1, 3, "0037120000001").unwrap();
        sheet.write_with_format(1, 4, 1.0 + 1.0 / 24.0, &clock).unwrap();
        sheet.write(1, 5, true).unwrap();
        sheet.write(1, 6, 3.5).unwrap();
        sheet.write(1, 7, Formula::new("=NA()").set_result("#N/A")).unwrap();
    });
    let batch = read_bytes("calls.xlsx", &bytes, &source());
    assert_eq!(batch.rejects, []);
    let call = &batch.interactions[0];
    assert_eq!((ids(&batch), started(&batch)), (vec!["00042"], vec!["2026-03-01T09:15:30Z".to_string()]));
    assert_eq!(call.customer_id.as_deref(), Some("37120000001"));
    assert_eq!(call.phone.as_deref(), Some("0037120000001"));
    assert_eq!(call.handle_seconds, Some(90_000.0));
    let extra = |name: &str, text: &str| (name.to_string(), text.to_string());
    assert_eq!(call.extra, [extra("vip", "true"), extra("score", "3.5")]);
    assert_eq!(notes(&batch), ["error cell: `#N/A` is read as blank"]);
}

#[test]
fn a_date_in_one_column_and_a_time_of_day_in_another_are_one_start() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet();
        let (date, time) = (Look::new().set_num_format("yyyy/mm/dd"), Look::new().set_num_format("hh:mm"));
        sheet.write_row(0, 0, ["call_id", "date", "time"]).unwrap();
        for (row, clock) in [(1, 0.25), (2, 0.0)] {
            sheet.write(row, 0, row).unwrap();
            sheet.write_with_format(row, 1, 46_082, &date).unwrap();
            sheet.write_with_format(row, 2, clock, &time).unwrap();
        }
    });
    let batch = read_bytes("calls.xlsx", &bytes, &source());
    assert_eq!(started(&batch), ["2026-03-01T06:00:00Z", "2026-03-01T00:00:00Z"]);
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_says_so() {
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>call_id</t></is></c>
        <c r="B1" t="inlineStr"><is><t>started_at</t></is></c></row>
        <row r="2"><c r="A2"><v>7</v></c><c r="B2" s="1"><v>44620.5</v></c></row></sheetData></worksheet>"#;
    let book = |system: &str| {
        let workbook = format!(
            r#"<workbook xmlns:r="r"><workbookPr{system}/><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        );
        archive(&[
            ("[Content_Types].xml", b"<Types/>"),
            (
                "_rels/.rels",
                br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
            ),
            ("xl/workbook.xml", workbook.as_bytes()),
            (
                "xl/_rels/workbook.xml.rels",
                br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
            ),
            ("xl/styles.xml", br#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    };
    for (system, at) in [("", "2022-02-28T12:00:00Z"), (r#" date1904="1""#, "2026-03-01T12:00:00Z")] {
        assert_eq!(started(&read_bytes("a.xlsx", &book(system), &source())), [at], "{system}");
    }
}

#[test]
fn the_sheet_that_is_named_is_read_or_else_the_first_with_a_table() {
    let bytes = xlsx(|book| {
        write_texts(book, "Cover", &[&["All our calls"]]);
        write_texts(book, "Calls", &[&NAMES, &["1", "2026-03-01", "C1"]]);
        write_texts(book, "Chats", &[&NAMES, &["2", "2026-03-01", "C1"]]);
    });
    let batch = read_bytes("a.xlsx", &bytes, &source());
    assert_eq!(ids(&batch), ["1"]);
    assert_eq!(notes(&batch), ["one sheet is read: `Calls`, and 2 not; say sheet = \"…\" for another"]);
    let named = |name: &str| Source { sheet: Some(name.to_string()), ..source() };
    let batch = read_bytes("a.xlsx", &bytes, &named("chats"));
    assert_eq!((ids(&batch), notes(&batch)), (vec!["2"], vec![]));
    let error = try_read("a.xlsx", &bytes, &named("Chat")).unwrap_err().to_string();
    assert!(error.contains("no sheet `Chat`: the sheets are `Cover`, `Calls`"), "{error}");
}

#[test]
fn titles_and_empty_rows_are_passed_over_and_rejects_name_the_row_of_the_sheet() {
    let rows: &[&[&str]] = &[
        &["Calls of March"],
        &[],
        &NAMES,
        &["1", "2026-03-01", "C1"],
        &["", " ", ""],
        &["2", "soon", "C1"],
        &["3", "2026-03-02", "C2", "", "seen"],
    ];
    let batch = read_bytes("a.xlsx", &xlsx(|book| write_texts(book, "Calls", rows)), &source());
    assert_eq!((ids(&batch), batch.row_count), (vec!["1", "3"], 3));
    let reason = "unreadable time: `soon` is not ISO 8601; say its format".to_string();
    assert_eq!(reasons(&batch), [(6, reason)]);
    assert_eq!(batch.rejects[0].raw, "2\tsoon\tC1");
    let said = "cells beside the table: they have no column name and are not read";
    assert_eq!(notes(&batch), ["lines above the header: 1 are not read", said]);
    assert_eq!((batch.notes[0].line, batch.notes[1].line), (3, 7));
}

#[test]
fn two_header_rows_of_which_the_upper_is_merged_are_one() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet();
        let look = Look::new();
        sheet.merge_range(0, 0, 1, 0, "Call ID", &look).unwrap();
        sheet.merge_range(0, 1, 0, 2, "Call", &look).unwrap();
        sheet.merge_range(0, 3, 0, 4, "Customer", &look).unwrap();
        sheet.write_row(1, 1, ["Start", "End", "Number", "City"]).unwrap();
        sheet.write_row(2, 0, ["1", "2026-03-01 09:00", "2026-03-01 09:05", "C1", "Riga"]).unwrap();
    });
    let batch = read_bytes("a.xlsx", &bytes, &mapped(Field::Category, &["Customer / City"]));
    let call = &batch.interactions[0];
    assert_eq!(
        (started(&batch)[0].as_str(), call.category.as_deref()),
        ("2026-03-01T09:00:00Z", Some("Riga"))
    );
    assert_eq!((call.customer_id.as_deref(), call.ended_at.is_some()), (Some("C1"), true));
}

#[test]
fn cells_of_an_open_document_are_read_as_they_are_shown() {
    let row = concat!(
        "<table:table-row>",
        r#"<table:table-cell office:value-type="float" office:value="42"><text:p>00042</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="date" office:date-value="2026-03-01T09:15:30"><text:p>1. March</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="float" office:value="37120000001"><text:p>3.7E10</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="time" office:time-value="PT25H00M00S"><text:p>25:00</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation>"#,
        r#"<text:p>Fix &amp; <text:span>check</text:span><text:s text:c="2"/>it</text:p><text:p>twice</text:p></table:table-cell>"#,
        "</table:table-row>",
    );
    let names = texts(&["call_id", "started_at", "customer_id", "handle_time", "vip", "odd", "shop"]);
    let batch = read_bytes("a.ods", &ods(&[("Calls", &(names + row))]), &source());
    let call = &batch.interactions[0];
    assert_eq!((ids(&batch), started(&batch)), (vec!["00042"], vec!["2026-03-01T09:15:30Z".to_string()]));
    assert_eq!((call.customer_id.as_deref(), call.handle_seconds), (Some("37120000001"), Some(90_000.0)));
    let extra = |name: &str, text: &str| (name.to_string(), text.to_string());
    assert_eq!(call.extra, [extra("vip", "true"), extra("shop", "Fix & check  it\ntwice")]);
    assert_eq!(notes(&batch), ["error cell: `#N/A` is read as blank"]);
}

#[test]
fn an_open_document_has_merged_headers_and_rows_and_cells_that_stand_for_many() {
    let upper = concat!(
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        "<table:table-row><table:table-cell office:value-type=\"string\" table:number-columns-spanned=\"2\"><text:p>Call</text:p></table:table-cell>",
        "<table:covered-table-cell/><table:table-cell office:value-type=\"string\"><text:p>Customer</text:p></table:table-cell></table:table-row>",
    );
    let rows = concat!(
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"string\"><text:p>1</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"string\"><text:p>2026-03-01</text:p></table:table-cell>",
        "<table:table-cell table:number-columns-repeated=\"16382\"/></table:table-row>",
        "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
    );
    let sheet = format!("{upper}{}{rows}", texts(&["Id", "Start", "Number"]));
    let batch = read_bytes(
        "a.ods",
        &ods(&[("Empty", ""), ("Calls", &sheet)]),
        &mapped(Field::InteractionId, &["Call / Id"]),
    );
    assert_eq!((batch.rejects.len(), started(&batch).len()), (0, 2));
    let odd = sheet.replace("2026-03-01", "soon");
    let batch = read_bytes("a.ods", &ods(&[("Calls", &odd)]), &mapped(Field::InteractionId, &["Call / Id"]));
    let lines: Vec<u64> = batch.rejects.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, [6, 7]);
}

#[test]
fn a_workbook_is_told_by_its_content_and_others_are_refused_with_what_to_do() {
    let bytes = xlsx(|book| write_texts(book, "Calls", &[&NAMES, &["1", "2026-03-01", "C1"]]));
    for name in ["a.xlsx", "a.dat", "a.csv", "a.ods"] {
        assert_eq!(ids(&read_bytes(name, &bytes, &source())), ["1"], "{name}");
    }
    let zip = archive(&[("calls.csv", b"a,b\n")]);
    let binary = archive(&[("xl/workbook.bin", b"")]);
    let xls = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    for (name, bytes, what) in [
        ("a.zip", &zip[..], "a ZIP archive that is no workbook: unpack it"),
        ("a.xlsb", &binary, "a binary Excel workbook (.xlsb): save it as .xlsx"),
        (
            "a.xls",
            &xls,
            "an old Excel workbook (.xls), or one with a password: save it as .xlsx, without a password",
        ),
        ("a.xlsx", b"call_id,started_at\n", "no workbook: save it as .xlsx, or say its format"),
        ("a.xlsx", &bytes[..bytes.len() / 2], "not readable as a workbook: "),
    ] {
        let error = try_read(name, bytes, &source()).unwrap_err().to_string();
        assert!(error.contains(what), "{name}: {error}");
    }
}

#[test]
fn what_no_workbook_can_be_is_refused_before_it_is_held() {
    let limits = Limits { whole: 1 << 20, texts: 1 << 18, part: 1 << 16, piece: 1 << 16 };
    let text = |count: usize| [&b"<t>"[..], &vec![b' '; count], b"</t>"].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    for (part, bytes, what) in [
        ("xl/styles.xml", b"<xf/>".repeat(1 << 14), "its part xl/styles.xml is over 0 MiB"),
        ("xl/sharedStrings.xml", b"<si/>".repeat(1 << 16), "its part xl/sharedstrings.xml is over 0 MiB"),
        ("xl/worksheets/a.xml", text(1 << 17), "a text of over 0 MiB in its part xl/worksheets/a.xml"),
        (
            "content.xml",
            text(1 << 12).repeat(300),
            "a compressed file that holds over 200 times its own bytes",
        ),
        ("xl/worksheets/a.xml", text(1 << 12).repeat(200), ""),
    ] {
        std::fs::write(&path, archive(&[(part, &bytes)])).unwrap();
        let outcome = check(&path, limits).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(outcome.contains(what) && outcome.is_empty() == what.is_empty(), "{part}: {outcome}");
    }
}

#[test]
fn a_sheet_that_says_it_is_endless_ends_in_an_error() {
    let cell = "<table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
    let many = cell.replacen(' ', " table:number-columns-repeated=\"1000000\" ", 1);
    let wide = format!("<table:table-row>{many}</table:table-row>");
    let far = "<table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell/></table:table-row>";
    let cells = cell.replace(">a<", ">2026-03-01<").repeat(2);
    let long = format!("{far}<table:table-row table:number-rows-repeated=\"9\">{cells}</table:table-row>");
    let text = "a".repeat(1 << 20);
    let heavy = wide.replace(">a<", &format!(">{text}<")).replace("1000000", "1000");
    let wrong = heavy.replace("office:value-type=\"string\"", "calcext:value-type=\"error\"");
    let blank = wide.replace(">a<", &format!(">{}<", " ".repeat(1000))).replace("1000000", "10000");
    let blank = blank.replacen("-row>", "-row table:number-rows-repeated=\"1000000\">", 1);
    for (row, what) in [
        (wide, "a sheet of over 16384 columns, in row 2"),
        (long, "a sheet of over 1048576 rows"),
        (heavy, "over 16 MiB of text in row 2"),
        (wrong, "over 16 MiB of text in row 2"),
        (blank, "holds over 200 times its own bytes"),
    ] {
        let error = try_read("a", &ods(&[("a", &format!("{}{row}", texts(&NAMES)))]), &source()).unwrap_err();
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
}
