//! The narrow columns of all interactions: what linking and measuring read.
//!
//! It takes a list of the columns wanted and gives flat vectors, one entry an interaction, parts in the order written.
//! Columns that were not asked for are empty and are not read. It deliberately gives keys and codes only; texts are read
//! by row through [`Store::texts`].

use polars::prelude::{DataFrame, Float64Type, Int64Type, PolarsNumericType, UInt32Type, UInt64Type};

use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use crate::error::Result;
use crate::interaction::{Direction, Status};

/// Which columns to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Want {
    /// [`Columns::interaction_key`]
    pub interaction_key: bool,
    /// [`Columns::customer_key`]
    pub customer: bool,
    /// [`Columns::phone_key`]
    pub phone: bool,
    /// [`Columns::email_key`]
    pub email: bool,
    /// [`Columns::national_id_key`]
    pub national_id: bool,
    /// [`Columns::name_key`]
    pub name: bool,
    /// [`Columns::channel`] and [`Columns::channel_names`]
    pub channel: bool,
    /// [`Columns::category`] and [`Columns::category_names`]
    pub category: bool,
    /// [`Columns::started_at`]
    pub started: bool,
    /// [`Columns::ended_at`]
    pub ended: bool,
    /// [`Columns::status`]
    pub status: bool,
    /// [`Columns::direction`]
    pub direction: bool,
    /// [`Columns::handle_seconds`]
    pub handle: bool,
    /// [`Columns::parent_key`]
    pub parent: bool,
    /// [`Columns::is_duplicate`]
    pub duplicate: bool,
}

impl Want {
    /// Every column.
    pub const ALL: Want = Want {
        interaction_key: true,
        customer: true,
        phone: true,
        email: true,
        national_id: true,
        name: true,
        channel: true,
        category: true,
        started: true,
        ended: true,
        status: true,
        direction: true,
        handle: true,
        parent: true,
        duplicate: true,
    };
}

/// One entry an interaction; columns that were not wanted are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Rows of the store, whichever columns were wanted.
    pub row_count: usize,
    /// [`key`](super::key()) of the interaction id.
    pub interaction_key: Vec<u64>,
    /// [`key`](super::key()) of the customer id; 0 = no identity.
    pub customer_key: Vec<u64>,
    /// Key of the telephone number as [`identity::phone`](crate::identity::phone) writes it; 0 = missing.
    pub phone_key: Vec<u64>,
    /// Key of the address as [`identity::email`](crate::identity::email) writes it; 0 = missing.
    pub email_key: Vec<u64>,
    /// Key of the id as [`identity::national_id`](crate::identity::national_id) writes it; 0 = missing.
    pub national_id_key: Vec<u64>,
    /// Key of the name as [`identity::name`](crate::identity::name) writes it; 0 = missing.
    pub name_key: Vec<u64>,
    /// Code of the channel, an index of `channel_names`; 0 = none.
    pub channel: Vec<u32>,
    /// Names of the channels by code, in no meaningful order; `[0]` is empty.
    pub channel_names: Vec<String>,
    /// Code of the category, an index of `category_names`; 0 = none.
    pub category: Vec<u32>,
    /// Names of the categories by code, in no meaningful order; `[0]` is empty.
    pub category_names: Vec<String>,
    /// Start, in microseconds UTC.
    pub started_at: Vec<i64>,
    /// End, in microseconds UTC: `ended_at`, else `started_at` + `handle_seconds`, else `started_at`; never before the start.
    pub ended_at: Vec<i64>,
    /// [`Status`] as its number.
    pub status: Vec<u8>,
    /// [`Direction`] as its number.
    pub direction: Vec<u8>,
    /// Time an agent spent on it, in seconds; NaN = not said.
    pub handle_seconds: Vec<f64>,
    /// [`key`](super::key()) of the id of the interaction that this one continues; 0 = none.
    pub parent_key: Vec<u64>,
    /// Whether another row with the same interaction id is the one that counts, or its source was removed.
    pub is_duplicate: Vec<bool>,
}

impl Store {
    /// The narrow columns of all interactions.
    ///
    /// Errors: a part that cannot be read, or that holds codes the manifest does not know.
    pub fn columns(&self, want: Want) -> Result<Columns> {
        let mut columns = Columns { row_count: self.interaction_count(), ..Columns::default() };
        let names = wanted_names(want);
        reserve(&mut columns, want);
        for (part, _) in self.parts_of(Table::Interactions) {
            if names.is_empty() {
                break;
            }
            let frame = part.read_all(self.dir(), &names)?;
            self.append(&mut columns, want, part, &frame)?;
        }
        if want.channel {
            columns.channel_names = self.dictionary("channel").to_vec();
        }
        if want.category {
            columns.category_names = self.dictionary("category").to_vec();
        }
        if want.duplicate {
            columns.is_duplicate = self.is_duplicate(Table::Interactions)?;
        }
        Ok(columns)
    }

    fn append(&self, out: &mut Columns, want: Want, part: &Part, frame: &DataFrame) -> Result<()> {
        let damaged = |what| part.damaged(self.dir(), what);
        for (is_wanted, name, column) in [
            (want.interaction_key, "interaction_key", &mut out.interaction_key),
            (want.customer, "customer_key", &mut out.customer_key),
            (want.parent, "parent_key", &mut out.parent_key),
            (want.phone, "phone_key", &mut out.phone_key),
            (want.email, "email_key", &mut out.email_key),
            (want.national_id, "national_id_key", &mut out.national_id_key),
            (want.name, "name_key", &mut out.name_key),
        ] {
            if is_wanted {
                values::<UInt64Type>(frame, name, column).map_err(damaged)?;
            }
        }
        for (is_wanted, name, column) in
            [(want.started, "started_at", &mut out.started_at), (want.ended, "ended_at", &mut out.ended_at)]
        {
            if is_wanted {
                values::<Int64Type>(frame, name, column).map_err(damaged)?;
            }
        }
        for (is_wanted, name, largest, column) in [
            (want.status, "status", Status::Ignored as u8, &mut out.status),
            (want.direction, "direction", Direction::Callback as u8, &mut out.direction),
        ] {
            if is_wanted {
                small_values(frame, name, largest, column).map_err(damaged)?;
            }
        }
        if want.handle {
            values::<Float64Type>(frame, "handle_seconds", &mut out.handle_seconds).map_err(damaged)?;
        }
        for (is_wanted, name, column) in
            [(want.category, "category", &mut out.category), (want.channel, "channel", &mut out.channel)]
        {
            if is_wanted {
                codes(frame, name, self.dictionary(name).len(), column).map_err(damaged)?;
            }
        }
        Ok(())
    }
}

fn wanted_names(want: Want) -> Vec<&'static str> {
    [
        (want.interaction_key, "interaction_key"),
        (want.customer, "customer_key"),
        (want.parent, "parent_key"),
        (want.started, "started_at"),
        (want.ended, "ended_at"),
        (want.status, "status"),
        (want.direction, "direction"),
        (want.handle, "handle_seconds"),
        (want.category, "category"),
        (want.channel, "channel"),
        (want.phone, "phone_key"),
        (want.email, "email_key"),
        (want.national_id, "national_id_key"),
        (want.name, "name_key"),
    ]
    .into_iter()
    .filter(|(is_wanted, _)| *is_wanted)
    .map(|(_, name)| name)
    .collect()
}

/// Room for all rows at once: growing a vector of millions copies it several times.
fn reserve(columns: &mut Columns, want: Want) {
    let rows = |is_wanted: bool| if is_wanted { columns.row_count } else { 0 };
    columns.interaction_key = Vec::with_capacity(rows(want.interaction_key));
    columns.customer_key = Vec::with_capacity(rows(want.customer));
    columns.parent_key = Vec::with_capacity(rows(want.parent));
    columns.started_at = Vec::with_capacity(rows(want.started));
    columns.ended_at = Vec::with_capacity(rows(want.ended));
    columns.status = Vec::with_capacity(rows(want.status));
    columns.direction = Vec::with_capacity(rows(want.direction));
    columns.handle_seconds = Vec::with_capacity(rows(want.handle));
    columns.category = Vec::with_capacity(rows(want.category));
    columns.channel = Vec::with_capacity(rows(want.channel));
    columns.phone_key = Vec::with_capacity(rows(want.phone));
    columns.email_key = Vec::with_capacity(rows(want.email));
    columns.national_id_key = Vec::with_capacity(rows(want.national_id));
    columns.name_key = Vec::with_capacity(rows(want.name));
}

/// Appends a column of numbers without gaps.
pub(super) fn values<T: PolarsNumericType>(
    frame: &DataFrame,
    name: &str,
    out: &mut Vec<T::Native>,
) -> Result<(), String> {
    let series = frame.column(name).map_err(|e| e.to_string())?.as_materialized_series();
    let column = series.unpack::<T>().map_err(|e| e.to_string())?;
    if column.null_count() > 0 {
        return Err(format!("column {name} has gaps"));
    }
    column.data_views().for_each(|chunk| out.extend_from_slice(chunk));
    Ok(())
}

/// Appends a column of codes, all below `name_count`.
pub(super) fn codes(
    frame: &DataFrame,
    name: &str,
    name_count: usize,
    out: &mut Vec<u32>,
) -> Result<(), String> {
    let first = out.len();
    values::<UInt32Type>(frame, name, out)?;
    match out[first..].iter().find(|code| **code as usize >= name_count) {
        Some(code) => Err(format!("column {name} has code {code}, the manifest has {name_count} names")),
        None => Ok(()),
    }
}

/// Appends a column of small numbers, none above `largest`.
fn small_values(frame: &DataFrame, name: &str, largest: u8, out: &mut Vec<u8>) -> Result<(), String> {
    let mut wide = Vec::new();
    values::<UInt32Type>(frame, name, &mut wide)?;
    for number in wide {
        match u8::try_from(number) {
            Ok(number) if number <= largest => out.push(number),
            _ => return Err(format!("column {name} has {number}, the largest is {largest}")),
        }
    }
    Ok(())
}
