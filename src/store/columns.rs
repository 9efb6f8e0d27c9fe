//! The narrow columns of all interactions: what linking and measuring read.
//!
//! It takes a list of the columns wanted and gives flat vectors, one entry an interaction, parts in the order written.
//! Columns that were not asked for are empty and are not read. It deliberately gives keys and codes only; texts are read
//! by row through [`Store::texts`].

use polars::prelude::{DataFrame, Float64Type, Int64Type, PolarsNumericType, UInt32Type, UInt64Type};
use rayon::prelude::*;

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

impl Want {
    /// Whether every column of this is wanted by another too.
    pub fn is_within(self, other: Want) -> bool {
        self.flags().into_iter().zip(other.flags()).all(|(own, others)| own <= others)
    }

    fn flags(self) -> [bool; 15] {
        let Want { interaction_key, customer, phone, email, national_id, name, channel, category, .. } = self;
        let Want { started, ended, status, direction, handle, parent, duplicate, .. } = self;
        [
            interaction_key,
            customer,
            phone,
            email,
            national_id,
            name,
            channel,
            category,
            started,
            ended,
            status,
            direction,
            handle,
            parent,
            duplicate,
        ]
    }
}

/// One entry an interaction; columns that were not wanted are empty, and so are keys that no interaction has.
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
        for (is_wanted, name, column) in [
            (want.interaction_key, "interaction_key", &mut columns.interaction_key),
            (want.customer, "customer_key", &mut columns.customer_key),
            (want.parent, "parent_key", &mut columns.parent_key),
            (want.phone, "phone_key", &mut columns.phone_key),
            (want.email, "email_key", &mut columns.email_key),
            (want.national_id, "national_id_key", &mut columns.national_id_key),
            (want.name, "name_key", &mut columns.name_key),
        ] {
            if is_wanted {
                *column = self.whole::<UInt64Type, _>(Table::Interactions, name, Ok)?;
            }
            if !column.par_iter().any(|key| *key != 0) {
                *column = Vec::new();
            }
        }
        for (is_wanted, name, column) in [
            (want.started, "started_at", &mut columns.started_at),
            (want.ended, "ended_at", &mut columns.ended_at),
        ] {
            if is_wanted {
                *column = self.whole::<Int64Type, _>(Table::Interactions, name, Ok)?;
            }
        }
        for (is_wanted, name, largest, column) in [
            (want.status, "status", Status::Ignored as u8, &mut columns.status),
            (want.direction, "direction", Direction::Callback as u8, &mut columns.direction),
        ] {
            if is_wanted {
                let small = |number| small(name, largest, number);
                *column = self.whole::<UInt32Type, _>(Table::Interactions, name, small)?;
            }
        }
        if want.handle {
            columns.handle_seconds =
                self.whole::<Float64Type, _>(Table::Interactions, "handle_seconds", Ok)?;
        }
        if want.channel {
            columns.channel = self.code_column("channel", self.dictionary("channel").len())?;
            columns.channel_names = self.dictionary("channel").to_vec();
        }
        if want.category {
            columns.category = self.code_column("category", self.dictionary("category").len())?;
            columns.category_names = self.dictionary("category").to_vec();
        }
        if want.duplicate {
            columns.is_duplicate = self.is_duplicate(Table::Interactions)?;
        }
        Ok(columns)
    }

    /// A column of codes of all interactions, all below `name_count`.
    pub(super) fn code_column(&self, name: &str, name_count: usize) -> Result<Vec<u32>> {
        self.whole::<UInt32Type, _>(Table::Interactions, name, |code| known_code(name, code, name_count))
    }
}

/// Calls `each` with the values of a column of numbers without gaps, in one or several runs.
pub(super) fn for_values<T: PolarsNumericType>(
    frame: &DataFrame,
    name: &str,
    mut each: impl FnMut(&[T::Native]) -> Result<(), String>,
) -> Result<(), String> {
    let series = frame.column(name).map_err(|e| e.to_string())?.as_materialized_series();
    let column = series.unpack::<T>().map_err(|e| e.to_string())?;
    if column.null_count() > 0 {
        return Err(format!("column {name} has gaps"));
    }
    column.data_views().try_for_each(&mut each)
}

/// Appends a column of numbers without gaps.
pub(super) fn values<T: PolarsNumericType>(
    frame: &DataFrame,
    name: &str,
    out: &mut Vec<T::Native>,
) -> Result<(), String> {
    for_values::<T>(frame, name, |values| {
        out.extend_from_slice(values);
        Ok(())
    })
}

/// Appends a column of codes, all below `name_count`.
pub(super) fn codes(
    frame: &DataFrame,
    name: &str,
    name_count: usize,
    out: &mut Vec<u32>,
) -> Result<(), String> {
    for_values::<UInt32Type>(frame, name, |codes| {
        codes.iter().try_for_each(|&code| known_code(name, code, name_count).map(|code| out.push(code)))
    })
}

/// A code that has one of so many names.
pub(super) fn known_code(name: &str, code: u32, name_count: usize) -> Result<u32, String> {
    match (code as usize) < name_count {
        true => Ok(code),
        false => Err(format!("column {name} has code {code}, the manifest has {name_count} names")),
    }
}

/// A small number, not above `largest`.
fn small(name: &str, largest: u8, number: u32) -> Result<u8, String> {
    match u8::try_from(number) {
        Ok(number) if number <= largest => Ok(number),
        _ => Err(format!("column {name} has {number}, the largest is {largest}")),
    }
}
