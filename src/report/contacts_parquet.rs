//! Contacts one by one as Parquet, for BI tools: one row an interaction, stable columns in snake_case, times in UTC.
//! Written as it comes, one row group a call, so that memory does not grow with the store.

use std::io::Write;

use polars::prelude::{
    BatchedWriter, BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn,
    NewChunkedArray, ParquetCompression, ParquetWriter, PolarsError, Schema, StatisticsOptions,
    StringChunked, TimeUnit, TimeZone, UInt32Chunked,
};

use super::Contact;

/// Between several rules, or kinds, of one contact.
const SEPARATOR: &str = ";";

/// Contacts on their way into Parquet.
pub struct ContactsWriter<W: Write> {
    writer: Box<BatchedWriter<W>>,
}

impl<W: Write> ContactsWriter<W> {
    /// Begins a file.
    ///
    /// Errors: those of writing.
    pub fn new(sink: W) -> std::io::Result<ContactsWriter<W>> {
        let writer = ParquetWriter::new(sink)
            .with_compression(ParquetCompression::Zstd(None))
            // Minima and maxima would put whole ids into the footer.
            .with_statistics(StatisticsOptions::empty());
        Ok(ContactsWriter { writer: Box::new(writer.batched(&schema()).map_err(failed)?) })
    }

    /// Appends contacts as one row group; nothing for none.
    ///
    /// Errors: those of writing.
    pub fn write(&mut self, contacts: &[Contact]) -> std::io::Result<()> {
        let frame =
            DataFrame::new_infer_height(columns(contacts)).expect("columns of a table are equally long");
        self.writer.write_batch(&frame).map_err(failed)
    }

    /// Ends the file.
    ///
    /// Errors: those of writing.
    pub fn finish(self) -> std::io::Result<()> {
        self.writer.finish().map(|_| ()).map_err(failed)
    }
}

fn failed(error: PolarsError) -> std::io::Error {
    match error {
        PolarsError::IO { error, .. } => std::io::Error::new(error.kind(), error.to_string()),
        other => std::io::Error::other(other.to_string()),
    }
}

/// The columns that the file has. polars is built without temporal types; it names them in a file all the same, and takes
/// the numbers that they are stored as.
fn schema() -> Schema {
    let time = || DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    let columns = columns(&[]).into_iter().map(|column| {
        let kind = if column.name().ends_with("_at") { time() } else { column.dtype().clone() };
        (column.name().clone(), kind)
    });
    columns.collect()
}

fn columns(contacts: &[Contact]) -> Vec<Column> {
    let text = |name: &str, of: &dyn Fn(&Contact) -> Option<&str>| {
        StringChunked::from_iter_options(name.into(), contacts.iter().map(of)).into_column()
    };
    let joined = |name: &str, of: &dyn Fn(&Contact) -> &[String]| {
        let all = contacts.iter().map(|it| Some(of(it).join(SEPARATOR)).filter(|text| !text.is_empty()));
        StringChunked::from_iter_options(name.into(), all).into_column()
    };
    let time = |name: &str, of: &dyn Fn(&Contact) -> i64| {
        Int64Chunked::from_vec(name.into(), contacts.iter().map(of).collect()).into_column()
    };
    let number = |name: &str, of: &dyn Fn(&Contact) -> Option<u32>| {
        let all: Vec<Option<u32>> = contacts.iter().map(of).collect();
        UInt32Chunked::from_slice_options(name.into(), &all).into_column()
    };
    let flag = |name: &str, of: &dyn Fn(&Contact) -> Option<bool>| {
        let all: Vec<Option<bool>> = contacts.iter().map(of).collect();
        BooleanChunked::from_slice_options(name.into(), &all).into_column()
    };
    let days: Vec<Option<f64>> = contacts.iter().map(|it| it.days_to_repeat).collect();
    vec![
        text("contact_id", &|it| Some(&it.contact_id)),
        number("customer", &|it| it.customer),
        text("customer_id", &|it| it.customer_id.as_deref()),
        text("agent_id", &|it| it.agent_id.as_deref()),
        text("team", &|it| it.team.as_deref()),
        text("channel", &|it| it.channel.as_deref()),
        text("language", &|it| it.language.as_deref()),
        text("category", &|it| it.category.as_deref()),
        time("started_at", &|it| it.started_at),
        time("ended_at", &|it| it.ended_at),
        text("class", &|it| Some(it.class)),
        text("excluded_why", &|it| it.excluded_why),
        flag("is_eligible", &|it| Some(it.is_eligible)),
        text("outcome", &|it| it.outcome),
        text("episode_id", &|it| it.episode_id.as_deref()),
        number("episode_order", &|it| it.episode_order),
        number("episode_contact_count", &|it| it.episode_contact_count),
        text("next_contact_id", &|it| it.next_contact_id.as_deref()),
        Float64Chunked::from_slice_options("days_to_repeat".into(), &days).into_column(),
        flag("is_stated_repeat", &|it| it.is_stated_repeat),
        number("stated_contacts", &|it| it.stated_contacts),
        joined("cue_rules", &|it| &it.cue_rules),
        joined("cue_kinds", &|it| &it.cue_kinds),
    ]
}
