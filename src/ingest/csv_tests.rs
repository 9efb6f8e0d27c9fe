//! Tests of reading CSV: what is read, what is refused, on which line.

use crate::config::{Columns, Field, Source};
use crate::ingest::tests::{read_bytes, read_text, reasons, source};
use crate::interaction::{Direction, MICROS_PER_SECOND, Status};

const HEADER: &str = "call_id,customer,opened_at,category,note\n";

fn ids(text: &str) -> Vec<String> {
    read_text("a.csv", text, &source()).interactions.into_iter().map(|i| i.interaction_id).collect()
}

#[test]
fn a_row_becomes_an_interaction_and_unknown_columns_are_kept() {
    let text = "call_id;customer;opened_at;topic;duration;status;direction;shop\n\
                7;C1;1970-01-01 00:01:00;billing;1:05;Answered;inbound;Riga\n";
    let batch = read_text("a.csv", text, &source());
    let call = &batch.interactions[0];
    assert_eq!(call.interaction_id, "7");
    assert_eq!(call.customer_id.as_deref(), Some("C1"));
    assert_eq!(call.started_at, 60 * MICROS_PER_SECOND);
    assert_eq!(call.category.as_deref(), Some("billing"));
    assert_eq!(call.handle_seconds, Some(65.0));
    assert_eq!((call.status, call.direction), (Status::Handled, Direction::Inbound));
    assert_eq!(call.extra, [("shop".to_string(), "Riga".to_string())]);
    assert_eq!(batch.row_count, 1);
}

#[test]
fn every_row_is_an_interaction_or_a_reject_with_its_line() {
    let text = format!(
        "{HEADER}1,A,2024-01-01,x,ok\n2,A,2024-01-01\n\n,A,2024-01-01,x,no id\n4,A,2024-02-30,x,no such day\n\
         5,A,,x,no start\n6,A,2024-01-02,x,ok\n"
    );
    let batch = read_text("a.csv", &text, &source());
    assert_eq!(batch.interactions.len(), 2);
    assert_eq!(batch.row_count, 6);
    let expected = [
        (3, "ragged row: 3 fields, the header has 5"),
        (5, "no interaction_id: the cell is blank"),
        (6, "impossible time: `2024-02-30`"),
        (7, "no started_at: the cell is blank"),
    ];
    assert_eq!(reasons(&batch), expected.map(|(line, reason)| (line, reason.to_string())));
    assert_eq!(batch.rejects[0].raw, "2,A,2024-01-01");
}

#[test]
fn an_unterminated_quote_costs_its_own_line_only() {
    let text = format!(
        "{HEADER}1,A,2024-01-01,x,\"open\n2,A,2024-01-01,\"y\",ok\n3,A,2024-01-01,x,\"two\nlines\"\n\
         4,A,2024-01-01,x,ok\n"
    );
    let batch = read_text("a.csv", &text, &source());
    assert_eq!(
        reasons(&batch),
        [(
            2,
            "unterminated quote: field 5 opens a quote that does not close within 1000 lines or 1 MiB"
                .to_string()
        )]
    );
    assert_eq!(ids(&text), ["2", "3", "4"]);
    assert_eq!(batch.interactions[1].extra[0].1, "two\nlines");
}

#[test]
fn a_quote_that_is_open_to_the_end_of_a_large_file_costs_one_line() {
    let mut text = format!("{HEADER}0,A,2024-01-01,x,\"open\n");
    for id in 1..=3000 {
        text.push_str(&format!("{id},A,2024-01-01,x,ok\n"));
    }
    assert_eq!(ids(&text).len(), 3000);
}

#[test]
fn records_of_several_lines_are_read_however_many_quotes_were_left_open_before() {
    let open = format!("{HEADER}{}", "0,A,2024-01-01,x,\"open\n".repeat(30));
    let tall = |id: u32| format!("{id},A,2024-01-01,x,\"one\ntwo\nthree\"\n");
    assert_eq!(ids(&format!("{open}{}{}", tall(1), tall(2))), ["1", "2"]);
}

#[test]
fn a_thousand_columns_of_one_name_are_told_apart_in_one_go() {
    let text = format!("call_id,opened_at{}\n1,2024-01-01{}\n", ",x".repeat(9_000), ",1".repeat(9_000));
    let batch = read_text("a.csv", &text, &source());
    assert_eq!(batch.interactions[0].extra.last().unwrap().0, "x_64");
    let error = crate::ingest::tests::try_read("a.csv", ",".repeat(1_000_000).as_bytes(), &source());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("1000001 columns: is this a table? at most 10000 columns are read"), "{error}");
}

#[test]
fn a_last_line_without_an_end_is_read_when_whole_and_refused_when_cut() {
    assert_eq!(ids(&format!("{HEADER}1,A,2024-01-01,x,ok")), ["1"]);
    for (last, reason) in [
        ("2,A,2024-0", "truncated last line: 3 fields, the header has 5"),
        ("2,A,2024-01-01,x,\"cut", "truncated last line: a quote is open in field 5"),
    ] {
        let batch = read_text("a.csv", &format!("{HEADER}1,A,2024-01-01,x,ok\n{last}"), &source());
        assert_eq!(reasons(&batch), [(3, reason.to_string())]);
    }
}

#[test]
fn line_ends_byte_order_marks_and_the_line_of_excel_are_understood() {
    let text = "\u{feff}sep=;\r\ncall_id;opened_at\r\n1;2024-01-01\r\n2;2024-01-02\r\n";
    assert_eq!(ids(text), ["1", "2"]);
}

#[test]
fn the_delimiter_is_seen_in_the_header() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "call_id,opened_at\n1,2024-01-01\n".replace(',', delimiter);
        assert_eq!(ids(&text), ["1"], "{delimiter:?}");
    }
}

#[test]
fn duplicate_and_blank_column_names_are_told_apart() {
    let text = ",call_id,opened_at,shop,shop\n0,1,2024-01-01,a,b\n";
    let batch = read_text("a.csv", text, &source());
    let names: Vec<&str> = batch.interactions[0].extra.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["column_1", "shop", "shop_2"]);
    assert_eq!(batch.notes[0].what, "duplicate column: `shop` is read as `shop_2`");
}

#[test]
fn a_note_on_a_column_is_short_and_on_one_line_whatever_its_name() {
    let name = format!("a\u{1b}b\n{}", "x".repeat(1000));
    let text = format!("call_id,opened_at,\"{name}\",\"{name}\"\n1,2024-01-01,a,b\n");
    let batch = read_text("a.csv", &text, &source());
    let what = &batch.notes[0].what;
    assert!(what.starts_with("duplicate column: `a b xxx") && what.len() < 200, "{what}");
    assert!(!what.contains(char::is_control), "{what:?}");
    assert_eq!(batch.interactions[0].extra[1].0, format!("{name}_2"), "the column keeps its name");
}

#[test]
fn bytes_that_are_not_utf_8_cost_their_row_and_a_declared_encoding_reads_them() {
    let mut bytes = b"call_id,opened_at,category\n1,2024-01-01,r\xe7\xf7ini\n2,2024-01-01,ok\n".to_vec();
    let batch = read_bytes("a.csv", &bytes, &source());
    let reason = "bad encoding: byte 15 is not valid UTF-8; set encoding in [[source]]";
    assert_eq!(reasons(&batch), [(2, reason.to_string())]);
    assert_eq!(batch.interactions.len(), 1);

    let declared = Source { encoding: Some("windows-1257".to_string()), ..source() };
    // 0xE7 is ē and 0xED is ķ in windows-1257.
    bytes = b"call_id,opened_at,category\n1,2024-01-01,r\xe7\xed\xeeni\n".to_vec();
    let batch = read_bytes("a.csv", &bytes, &declared);
    assert_eq!(batch.interactions[0].category.as_deref(), Some("rēķīni"));
}

#[test]
fn malformed_bytes_of_a_declared_encoding_cost_their_row() {
    let declared = Source { encoding: Some("gb18030".to_string()), ..source() };
    let bytes =
        b"call_id,opened_at,category\n1,2024-01-01,\xd5\xcb\xb5\xa5\n2,2024-01-01,\xff\xff\n3,2024-01-01,x\n";
    let batch = read_bytes("a.csv", bytes, &declared);
    assert_eq!(batch.interactions[0].category.as_deref(), Some("账单"));
    assert_eq!((batch.interactions.len(), batch.rejects.len()), (2, 1));
    assert!(batch.rejects[0].reason.contains("not valid gb18030"), "{}", batch.rejects[0].reason);
}

#[test]
fn utf_16_is_known_by_its_mark() {
    let text = "call_id,opened_at,category\n1,2024-01-01,сметка\n";
    for (mark, to_bytes) in [
        ([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ([0xfe, 0xff], u16::to_be_bytes as fn(u16) -> [u8; 2]),
    ] {
        let mut bytes = mark.to_vec();
        bytes.extend(text.encode_utf16().flat_map(to_bytes));
        let batch = read_bytes("a.csv", &bytes, &source());
        assert_eq!(batch.interactions[0].category.as_deref(), Some("сметка"));
    }
}

#[test]
fn columns_are_joined_and_blanks_are_missing() {
    let mut mapped = source();
    let columns = |names: &[&str]| Columns {
        columns: names.iter().map(ToString::to_string).collect(),
        ..Columns::default()
    };
    mapped.blank = vec!["0".to_string(), "NO_SERVER".to_string()];
    mapped.fields.insert(Field::InteractionId, columns(&["line", "no"]));
    mapped.fields.insert(Field::AgentId, columns(&["server"]));
    let started = Columns { format: Some("%y%m%d %H:%M:%S".to_string()), ..columns(&["day", "entry"]) };
    mapped.fields.insert(Field::StartedAt, started);
    let text = "line\tno\tcustomer_id\tday\tentry\tserver\nAA\t7\t0\t700101\t0:01:00\tNO_SERVER\n";
    let batch = read_text("a.txt", text, &mapped);
    let call = &batch.interactions[0];
    assert_eq!(call.interaction_id, "AA-7");
    assert_eq!((call.customer_id.as_ref(), call.agent_id.as_ref()), (None, None));
    assert_eq!(call.started_at, 60 * MICROS_PER_SECOND);
}

#[test]
fn oddities_are_noted_and_the_row_is_kept() {
    let text = "call_id,phone,opened_at,closed_at,duration,status\n\
                1,29,2024-01-02,2024-01-01,-5,purple\n\
                2,-,2024-01-02,soon,many,purple\n";
    let batch = read_text("a.csv", text, &source());
    assert_eq!(batch.interactions.len(), 2);
    assert_eq!(batch.interactions[0].customer_id.as_deref(), Some("29"));
    assert_eq!(batch.interactions[1].customer_id, None);
    let mut notes: Vec<(u64, &str)> =
        batch.notes.iter().map(|note| (note.line, note.what.split(':').next().unwrap())).collect();
    notes.sort_unstable();
    let expected = [
        (1, "no customer_id"),
        (2, "ended before started"),
        (2, "negative number"),
        (2, "unknown status"),
        (3, "unreadable end"),
        (3, "unreadable number"),
    ];
    assert_eq!(notes, expected);
}

#[test]
fn a_missing_required_column_stops_the_file() {
    let error =
        crate::ingest::tests::try_read("a.csv", b"foo,bar\n1,2\n", &source()).unwrap_err().to_string();
    assert!(error.contains("interaction_id") && error.contains("`foo`, `bar`"), "{error}");
}

#[test]
fn dates_that_need_a_format_stop_the_file_with_the_remedy() {
    let text = b"call_id,opened_at\n1,03/04/2024\n2,13/04/2024\n";
    let error = crate::ingest::tests::try_read("a.csv", text, &source()).unwrap_err().to_string();
    assert!(error.contains("day first or month first") && error.contains("format ="), "{error}");
}

#[test]
fn a_time_that_the_clock_change_skips_is_moved_and_noted() {
    let riga = Source { timezone: "Europe/Riga".to_string(), ..source() };
    let batch = read_text("a.csv", "call_id,opened_at\n1,2024-03-31 03:30:00\n", &riga);
    // 04:30 summer time is 01:30 UTC: `date -u -d '2024-03-31 01:30:00' +%s`.
    assert_eq!(batch.interactions[0].started_at, 1_711_848_600 * MICROS_PER_SECOND);
    assert!(batch.notes[0].what.starts_with("time skipped by a clock change:"));
}

#[test]
fn a_file_of_opened_quotes_takes_linear_time() {
    // Every line leaves a quote open whose end is never found; without a bound on patience this is quadratic.
    let text = format!("{HEADER}{}", "1,A,2024-01-01,\"a\"\"b,\"\"c\n".repeat(20_000));
    let batch = read_text("a.csv", &text, &source());
    assert_eq!(batch.row_count, batch.interactions.len() as u64 + batch.rejects.len() as u64);
}

#[test]
fn times_of_which_none_is_recognised_stop_the_file_but_a_few_do_not() {
    let row = "1,Tue Mar 05 14:02:11 +0000 2024\n";
    let few = format!("call_id,opened_at\n{}", row.repeat(3));
    assert_eq!(read_text("a.csv", &few, &source()).rejects.len(), 3);
    let many = format!("call_id,opened_at\n{}", row.repeat(30));
    let error = crate::ingest::tests::try_read("a.csv", many.as_bytes(), &source()).unwrap_err().to_string();
    assert!(error.contains("unreadable time") && error.contains("recontact init"), "{error}");
}

#[test]
fn commas_are_decimal_marks_where_semicolons_cut_the_fields() {
    let text = "call_id;started_at;handle_time;csat\n1;2026-03-01;3,5;4,125\n2;2026-03-01;95;1,250,000\n";
    let batch = read_text("a.csv", text, &source());
    let calls = &batch.interactions;
    assert_eq!((calls[0].handle_seconds, calls[0].csat), (Some(3.5), Some(4.125)));
    assert_eq!((calls[1].handle_seconds, calls[1].csat), (Some(95.0), None));
    let quoted =
        text.replace(',', "_").replace(';', ",").replace("4_125", "\"4,125\"").replace("3_5", "\"3,5\"");
    let call = &read_text("a.csv", &quoted, &source()).interactions[0];
    assert_eq!((call.handle_seconds, call.csat), (Some(3.5), None), "it could be thousands here");
}

#[test]
fn a_delimiter_that_is_not_clear_is_told() {
    for (text, both) in [
        ("call_id,started_at,a;b;c\n1,2026-03-01,x;y;z\n", "`,` and `;`"),
        ("call_id,started_at,a\tb\tc\n1,2026-03-01,x\ty\tz\n", r"`,` and `\t`"),
    ] {
        let batch = read_text("a.csv", text, &source());
        let mut notes = batch.notes.iter().map(|note| note.what.as_str());
        let said =
            format!("delimiter guessed: {both} stand equally often in the header; say it in [[source]]");
        assert_eq!(notes.find(|what| what.starts_with("delimiter guessed")), Some(said.as_str()));
    }
}
