//! Whether a Parquet file claims what can be, in its footer and in the headers of its pages, before the decoder
//! believes it.
//!
//! Takes a file, reads no data. The decoder asks for as much memory as it is told that it needs, and a process that is
//! refused memory ends: what is damaged must be found before.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use polars::prelude::{PolarsError, PolarsResult};
use polars_parquet::parquet::metadata::{ColumnChunkMetadata, RowGroupMetadata};
use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::thrift::{Error, ProtocolErrorKind};
use polars_parquet_format::{FileMetaData, PageHeader, SchemaElement};

/// A header, with its statistics, that is larger is none.
const MAX_HEADER_BYTES: usize = 16 << 20;

/// Columns within columns: the decoder follows them as deep as they go.
const MAX_DEPTH: usize = 64;

/// A footer that is longer is no table's: a column and group of rows takes some hundred bytes.
const MAX_FOOTER_BYTES: u64 = 64 << 20;

/// Complains about a footer that is not there or cannot be read to its end, whose lists have more members than it has
/// bytes, or whose columns are nested too deep.
///
/// # Errors
/// Where the file cannot be read, or its footer claims too much.
pub(super) fn check_footer(file: &File) -> PolarsResult<()> {
    let mut reader = BufReader::new(file);
    let end = reader.seek(SeekFrom::End(0))?.saturating_sub(8);
    reader.seek(SeekFrom::Start(end))?;
    let mut last = [0; 8];
    if reader.read_exact(&mut last).is_err() || &last[4..] != b"PAR1" {
        return Err(PolarsError::ComputeError("the end of the file is missing".into()));
    }
    let length = u64::from(u32::from_le_bytes([last[0], last[1], last[2], last[3]]));
    let Some(start) = end.checked_sub(length) else {
        return Err(PolarsError::ComputeError("the footer would be longer than the file".into()));
    };
    if length > MAX_FOOTER_BYTES {
        return Err(PolarsError::ComputeError("the footer is over 64 MiB".into()));
    }
    reader.seek(SeekFrom::Start(start))?;
    // A member of a list counts as 8 bytes, a text as what it has.
    let most = length as usize * 16 + 1024;
    let footer =
        FileMetaData::read_from_in_protocol(&mut TCompactInputProtocol::new(reader.take(length), most));
    match footer {
        Err(Error::Protocol(error)) if matches!(error.kind, ProtocolErrorKind::SizeLimit) => {
            Err(PolarsError::ComputeError("the footer claims more than can be".into()))
        }
        Ok(footer) if is_too_deep(&footer.schema) => {
            Err(PolarsError::ComputeError("columns are nested over 64 deep".into()))
        }
        Ok(_) => Ok(()),
        // The decoder reads on where this reader stops, and would believe what nobody has looked at.
        Err(error) => Err(PolarsError::ComputeError(format!("the footer cannot be read: {error}").into())),
    }
}

/// Whether elements of a schema, each of which says how many of those that follow are its children, are nested too deep.
fn is_too_deep(schema: &[SchemaElement]) -> bool {
    let mut missing_children: Vec<i32> = Vec::new();
    for element in schema {
        if let Some(parent) = missing_children.last_mut() {
            *parent -= 1;
        }
        missing_children.extend(element.num_children.filter(|count| *count > 0));
        while missing_children.pop_if(|missing| *missing <= 0).is_some() {}
        if missing_children.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Complains about a column of a group of rows whose pages claim more values than the group has rows. Columns within
/// others are not read and not looked at.
///
/// # Errors
/// Where a header cannot be read, or claims too much.
pub(super) fn check_pages(file: &File, group: &RowGroupMetadata) -> PolarsResult<()> {
    let mut reader = BufReader::with_capacity(1024, file);
    for column in group.parquet_columns() {
        if let [name] = column.descriptor().path_in_schema.as_slice()
            && !is_possible(&mut reader, column, group.num_rows())?
        {
            let what = format!("a page of column {} claims more than can be", super::shown(name));
            return Err(PolarsError::ComputeError(what.into()));
        }
    }
    Ok(())
}

/// Steps from header to header, as far as the decoder would.
fn is_possible(
    reader: &mut BufReader<&File>,
    column: &ColumnChunkMetadata,
    row_count: usize,
) -> PolarsResult<bool> {
    let range = column.byte_range();
    reader.seek(SeekFrom::Start(range.start))?;
    let mut value_count = 0;
    while value_count < column.num_values() && reader.stream_position()? < range.end {
        let mut protocol = TCompactInputProtocol::new(&mut *reader, MAX_HEADER_BYTES);
        let header = PageHeader::read_from_in_protocol(&mut protocol)
            .map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
        let v1 = header.data_page_header.map_or(0, |page| page.num_values);
        let v2 = header.data_page_header_v2.map_or(0, |page| page.num_values);
        let words = header.dictionary_page_header.map_or(0, |page| page.num_values);
        let sizes = [header.compressed_page_size, header.uncompressed_page_size, v1, v2, words];
        value_count += i64::from(v1.max(v2));
        if sizes.into_iter().any(i32::is_negative)
            || usize::try_from(value_count).is_ok_and(|count| count > row_count)
            || words > header.uncompressed_page_size
        {
            return Ok(false);
        }
        reader.seek_relative(i64::from(header.compressed_page_size))?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::check_footer;

    /// What is said of a file that ends with this footer.
    fn complaint(footer: &[u8]) -> Option<String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(footer).unwrap();
        file.write_all(&(footer.len() as u32).to_le_bytes()).unwrap();
        file.write_all(b"PAR1").unwrap();
        check_footer(&file).err().map(|error| error.to_string())
    }

    /// A footer with a schema of these elements: version 1; field 2, a list of structures whose count follows; no rows
    /// (field 3), no groups (field 4, an empty list of structures).
    fn footer(element_count: u8, elements: &[u8]) -> Vec<u8> {
        [&[0x15, 2, 0x19, 0xFC, element_count], elements, &[0x16, 0, 0x19, 0x0C, 0]].concat()
    }

    #[test]
    fn a_schema_may_be_nested_as_deep_as_is_sensible() {
        // Field 4 the name "x", field 5 one child (zigzag 2).
        let parent = [0x48, 1, b'x', 0x15, 2, 0];
        let leaf = [0x48, 1, b'x', 0];
        assert_eq!(complaint(&footer(2, &[&parent[..], &leaf].concat())), None);
        let deep = [parent.repeat(100), leaf.to_vec()].concat();
        assert_eq!(complaint(&footer(101, &deep)).as_deref(), Some("columns are nested over 64 deep"));
    }

    #[test]
    fn lists_that_claim_more_members_than_there_are_bytes_are_damage() {
        // 2³¹ − 1 elements of the schema.
        let claims = [0x15, 2, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0];
        assert_eq!(complaint(&claims).as_deref(), Some("the footer claims more than can be"));
    }

    #[test]
    fn a_footer_that_cannot_be_read_to_its_end_is_not_left_to_the_decoder() {
        let is_refused = |footer: &[u8]| {
            complaint(footer).is_some_and(|what| what.starts_with("the footer cannot be read: "))
        };
        assert!(is_refused(&[]));
        // Structures within structures, and lists within lists.
        assert!(is_refused(&[0x1C; 1000]));
        assert!(is_refused(&[0x19, 0x19].repeat(1000)));
        // A leaf whose logical type (field 10, a union) is none that is known, field 17 (zigzag 34) of it; then 2³¹ − 1
        // pairs of a key and a value (field 5), which the decoder would make room for.
        let odd = [0x48, 1, b'x', 0x6C, 0x0C, 34, 0, 0, 0];
        let pairs = [0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 7];
        let mut footer = footer(1, &odd);
        footer.pop();
        assert!(
            is_refused(&[&footer[..], &pairs].concat()),
            "{:?}",
            complaint(&[&footer[..], &pairs].concat())
        );
    }
}
