//! Interactions as rows of two tables: the narrow columns that linking reads, and everything else.
//!
//! It takes interactions and gives frames for the part writers, and takes the frames of one row back to the whole
//! record. Both tables have the same rows in the same order, cut into row groups independently.

use polars::prelude::{
    BooleanChunked, Column, DataFrame, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray,
    StringChunked, StringChunkedBuilder, UInt32Chunked, UInt64Chunked,
};

use super::codes::CODED_FIELDS;
use super::duplicates::NOT_SAID;
use super::extra::extra_text;
use super::key::{content_key, key};
use crate::identity::{self, Region};
use crate::interaction::{Interaction, MICROS_PER_SECOND, Micros};

/// The narrow columns of some rows.
#[derive(Default)]
pub(super) struct NarrowRows {
    interaction_key: Vec<u64>,
    content_key: Vec<u64>,
    customer_key: Vec<u64>,
    parent_key: Vec<u64>,
    phone_key: Vec<u64>,
    email_key: Vec<u64>,
    national_id_key: Vec<u64>,
    name_key: Vec<u64>,
    started_at: Vec<i64>,
    ended_at: Vec<i64>,
    updated_at: Vec<i64>,
    handle_seconds: Vec<f64>,
    status: Vec<u32>,
    direction: Vec<u32>,
    codes: [Vec<u32>; CODED_FIELDS.len()],
}

impl NarrowRows {
    pub(super) fn len(&self) -> usize {
        self.interaction_key.len()
    }

    /// Adds a row whose telephone number is one of this region and whose coded fields have these codes.
    pub(super) fn push(
        &mut self,
        interaction: &Interaction,
        region: Option<Region>,
        codes: [u32; CODED_FIELDS.len()],
    ) {
        let text_key = |id: &Option<String>| id.as_deref().map_or(0, key);
        self.interaction_key.push(key(&interaction.interaction_id));
        self.content_key.push(content_of(interaction));
        self.customer_key.push(text_key(&interaction.customer_id));
        self.parent_key.push(text_key(&interaction.parent_id));
        let normal_key = |text: &Option<String>, normalised: &dyn Fn(&str) -> Option<String>| {
            text.as_deref().and_then(normalised).map_or(0, |text| key(&text))
        };
        self.phone_key.push(normal_key(&interaction.phone, &|text| identity::phone(text, region)));
        self.email_key.push(normal_key(&interaction.email, &identity::email));
        self.national_id_key.push(normal_key(&interaction.national_id, &identity::national_id));
        self.name_key.push(normal_key(&interaction.name, &identity::name));
        self.started_at.push(interaction.started_at);
        self.ended_at.push(end_of(interaction));
        self.updated_at.push(interaction.updated_at.unwrap_or(NOT_SAID));
        self.handle_seconds.push(interaction.handle_seconds.unwrap_or(f64::NAN));
        self.status.push(interaction.status as u32);
        self.direction.push(interaction.direction as u32);
        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.push(code);
        }
    }

    /// The rows as a frame of [`Table::Interactions`](super::schema::Table::Interactions).
    pub(super) fn into_frame(self) -> DataFrame {
        let mut columns = vec![
            column_u64("interaction_key", self.interaction_key),
            column_u64("content_key", self.content_key),
            column_u64("customer_key", self.customer_key),
            column_u64("parent_key", self.parent_key),
            column_u64("phone_key", self.phone_key),
            column_u64("email_key", self.email_key),
            column_u64("national_id_key", self.national_id_key),
            column_u64("name_key", self.name_key),
            Int64Chunked::from_vec("started_at".into(), self.started_at).into_column(),
            Int64Chunked::from_vec("ended_at".into(), self.ended_at).into_column(),
            Int64Chunked::from_vec("updated_at".into(), self.updated_at).into_column(),
            Float64Chunked::from_vec("handle_seconds".into(), self.handle_seconds).into_column(),
            column_u32("status", self.status),
            column_u32("direction", self.direction),
        ];
        columns.extend(CODED_FIELDS.into_iter().zip(self.codes).map(|(name, codes)| column_u32(name, codes)));
        frame(columns)
    }
}

/// The end that gaps are measured from: `ended_at`, else `started_at` + `handle_seconds`, else `started_at`; never before
/// the start.
fn end_of(interaction: &Interaction) -> Micros {
    let started_at = interaction.started_at;
    let handled = || {
        let seconds = interaction.handle_seconds.filter(|s| s.is_finite())?;
        // A cast from f64 saturates, so an absurd duration cannot overflow.
        Some(started_at.saturating_add((seconds * MICROS_PER_SECOND as f64) as i64))
    };
    interaction.ended_at.or_else(handled).unwrap_or(started_at).max(started_at)
}

/// What makes two rows the same row: everything in them.
fn content_of(interaction: &Interaction) -> u64 {
    // Writing plain data to memory cannot fail; were it to, the id alone would have to do.
    let bytes = serde_json::to_vec(interaction);
    bytes.map_or_else(|_| key(&interaction.interaction_id), |bytes| content_key(&bytes))
}

/// The text fields, which can be read by name and grouped by, in the order of [`text_values`].
pub(super) const TEXT_FIELDS: [&str; 9] = [
    "interaction_id",
    "customer_id",
    "phone",
    "email",
    "national_id",
    "name",
    "parent_id",
    "disposition",
    "article_id",
];

fn text_values(interaction: &Interaction) -> [Option<&str>; TEXT_FIELDS.len()] {
    [
        Some(&interaction.interaction_id),
        interaction.customer_id.as_deref(),
        interaction.phone.as_deref(),
        interaction.email.as_deref(),
        interaction.national_id.as_deref(),
        interaction.name.as_deref(),
        interaction.parent_id.as_deref(),
        interaction.disposition.as_deref(),
        interaction.article_id.as_deref(),
    ]
}

/// The numbers that no report step reads, in the order of the table.
const NUMBER_FIELDS: [&str; 5] = ["talk_seconds", "hold_seconds", "wait_seconds", "csat", "nps"];

/// The counts that no report step reads, in the order of the table.
const COUNT_FIELDS: [&str; 5] =
    ["transfer_count", "reopen_count", "reply_count", "agent_count", "survey_contact_count"];

/// The answers of yes or no, in the order of the table.
const FLAG_FIELDS: [&str; 3] = ["is_coded_resolved", "survey_is_first", "survey_is_resolved"];

/// The other columns of some rows.
pub(super) struct TextRows {
    texts: Vec<StringChunkedBuilder>,
    extra: StringChunkedBuilder,
    stated_ended_at: Vec<Option<i64>>,
    numbers: [Vec<Option<f64>>; NUMBER_FIELDS.len()],
    counts: [Vec<Option<u32>>; COUNT_FIELDS.len()],
    flags: [Vec<Option<bool>>; FLAG_FIELDS.len()],
    byte_count: usize,
}

impl Default for TextRows {
    fn default() -> TextRows {
        TextRows {
            texts: TEXT_FIELDS.into_iter().map(|name| StringChunkedBuilder::new(name.into(), 0)).collect(),
            extra: StringChunkedBuilder::new("extra".into(), 0),
            stated_ended_at: Vec::new(),
            numbers: Default::default(),
            counts: Default::default(),
            flags: Default::default(),
            byte_count: 0,
        }
    }
}

impl TextRows {
    pub(super) fn len(&self) -> usize {
        self.stated_ended_at.len()
    }

    /// Bytes of text held.
    pub(super) fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Adds a row.
    pub(super) fn push(&mut self, interaction: &Interaction) {
        for (column, value) in self.texts.iter_mut().zip(text_values(interaction)) {
            column.append_option(value);
            self.byte_count += value.map_or(0, str::len);
        }
        let extra = (!interaction.extra.is_empty()).then(|| extra_text(&interaction.extra));
        self.byte_count += extra.as_ref().map_or(0, String::len);
        self.extra.append_option(extra);
        self.stated_ended_at.push(interaction.ended_at);
        let numbers = [
            interaction.talk_seconds,
            interaction.hold_seconds,
            interaction.wait_seconds,
            interaction.csat,
            interaction.nps,
        ];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
        let counts = [
            interaction.transfer_count,
            interaction.reopen_count,
            interaction.reply_count,
            interaction.agent_count,
            interaction.survey_contact_count,
        ];
        for (column, count) in self.counts.iter_mut().zip(counts) {
            column.push(count);
        }
        let flags =
            [interaction.is_coded_resolved, interaction.survey_is_first, interaction.survey_is_resolved];
        for (column, flag) in self.flags.iter_mut().zip(flags) {
            column.push(flag);
        }
    }

    /// The rows as a frame of [`Table::InteractionTexts`](super::schema::Table::InteractionTexts).
    pub(super) fn into_frame(self) -> DataFrame {
        let mut columns: Vec<Column> = self.texts.into_iter().map(|b| b.finish().into_column()).collect();
        columns.push(self.extra.finish().into_column());
        columns.push(
            Int64Chunked::from_slice_options("stated_ended_at".into(), &self.stated_ended_at).into_column(),
        );
        columns.extend(
            NUMBER_FIELDS.into_iter().zip(self.numbers).map(|(name, numbers)| {
                Float64Chunked::from_slice_options(name.into(), &numbers).into_column()
            }),
        );
        for (name, counts) in COUNT_FIELDS.into_iter().zip(self.counts) {
            columns.push(UInt32Chunked::from_slice_options(name.into(), &counts).into_column());
        }
        for (name, flags) in FLAG_FIELDS.into_iter().zip(self.flags) {
            columns.push(BooleanChunked::from_slice_options(name.into(), &flags).into_column());
        }
        frame(columns)
    }
}

/// A frame of columns that are equally long and differently named, as every table's are.
pub(super) fn frame(columns: Vec<Column>) -> DataFrame {
    DataFrame::new_infer_height(columns).expect("columns of a table are equally long")
}

pub(super) fn column_u64(name: &str, values: Vec<u64>) -> Column {
    UInt64Chunked::from_vec(name.into(), values).into_column()
}

pub(super) fn column_u32(name: &str, values: Vec<u32>) -> Column {
    UInt32Chunked::from_vec(name.into(), values).into_column()
}

/// Texts of a column that has one for every row.
pub(super) fn column_text(name: &str, values: &[Option<String>]) -> Column {
    StringChunked::from_iter_options(name.into(), values.iter().map(Option::as_deref)).into_column()
}
