//! Who is whom: the identity keys that the policy names, as columns, joined into one customer a row.

use std::borrow::Cow;

use crate::Result;
use crate::link::{Capped, Identities, NO_KEY, identities};
use crate::policy::{IdentityField, IdentityKey, Policy};
use crate::store::{Columns, Store, Want};

/// The customers of all rows, and how they were told.
#[derive(Debug, Default, Clone)]
pub(super) struct Identified {
    /// The keys that were used, the strongest first.
    pub(super) keys: Vec<IdentityKey>,
    /// One field alone tells customers: its column has their numbers as they are.
    is_field: Option<IdentityField>,
    /// The number of each row's customer; 0 = unknown.
    customer: Vec<u64>,
    /// The place among `keys` of the strongest that each row has.
    strongest: Vec<u8>,
    /// Values that too many customers share.
    pub(super) capped: Vec<Capped>,
    /// The data have none of the policy's keys, so that the customer id stands in.
    pub(super) is_stand_in: bool,
}

impl Identified {
    /// The number of each row's customer, 0 = unknown; empty where nobody is known. `columns` are those that they were told
    /// by.
    pub(super) fn customers<'a>(&'a self, columns: &'a Columns) -> &'a [u64] {
        self.is_field.map_or(&self.customer, |field| column(field, columns))
    }

    /// The place among the keys of the strongest that a row has, if it has one.
    pub(super) fn strongest(&self, columns: &Columns, row: usize) -> Option<u8> {
        match self.is_field {
            Some(field) => column(field, columns).get(row).filter(|value| **value != 0).map(|_| 0),
            None => self.strongest.get(row).copied().filter(|place| *place != NO_KEY),
        }
    }
}

/// Which columns the keys need, beside those wanted.
pub(super) fn want(mut want: Want, keys: &[IdentityKey]) -> Want {
    for field in keys.iter().flat_map(|key| &key.0) {
        match field {
            IdentityField::CustomerId => want.customer = true,
            IdentityField::Phone => want.phone = true,
            IdentityField::Email => want.email = true,
            IdentityField::NationalId => want.national_id = true,
            IdentityField::Name => want.name = true,
        }
    }
    want
}

/// The customers of the rows by the policy's keys.
pub(super) fn identify(store: &Store, policy: &Policy, columns: &Columns) -> Result<Identified> {
    let is_stand_in = is_stand_in(policy, columns);
    if !is_stand_in {
        return Ok(by_keys(policy.identity.clone(), columns, policy.identity_limit));
    }
    let of_store;
    let of_customers = if columns.customer_key.is_empty() {
        of_store = store.columns(Want { customer: true, duplicate: true, ..Want::default() })?;
        &of_store
    } else {
        columns
    };
    let keys = vec![customer_id()];
    let customer = of_customers.customer_key.clone();
    let strongest = customer.iter().map(|value| if *value == 0 { NO_KEY } else { 0 }).collect();
    Ok(Identified { keys, customer, strongest, is_stand_in, ..Identified::default() })
}

/// Whether no row has any of the policy's keys, so that the customer id stands in.
pub(super) fn is_stand_in(policy: &Policy, columns: &Columns) -> bool {
    let is_there = |key: &IdentityKey| {
        let fields: Vec<&Vec<u64>> = key.0.iter().map(|field| column(*field, columns)).collect();
        (0..columns.row_count)
            .any(|row| fields.iter().all(|values| values.get(row).is_some_and(|it| *it != 0)))
    };
    !policy.identity.contains(&customer_id()) && !policy.identity.iter().any(is_there)
}

fn customer_id() -> IdentityKey {
    IdentityKey(vec![IdentityField::CustomerId])
}

/// The values of a field.
pub(super) fn column(field: IdentityField, columns: &Columns) -> &Vec<u64> {
    match field {
        IdentityField::CustomerId => &columns.customer_key,
        IdentityField::Phone => &columns.phone_key,
        IdentityField::Email => &columns.email_key,
        IdentityField::NationalId => &columns.national_id_key,
        IdentityField::Name => &columns.name_key,
    }
}

/// The customers of the rows by one key alone.
pub(super) fn by_key(key: &IdentityKey, columns: &Columns) -> Identified {
    by_keys(vec![key.clone()], columns, u64::MAX)
}

fn by_keys(keys: Vec<IdentityKey>, columns: &Columns, limit: u64) -> Identified {
    // With one key there is nothing to join and nothing to cap.
    if let [IdentityKey(fields)] = keys.as_slice()
        && let [field] = fields.as_slice()
    {
        return Identified { is_field: Some(*field), keys, ..Identified::default() };
    }
    let values: Vec<Cow<'_, [u64]>> = keys.iter().map(|key| values(key, columns)).collect();
    let values: Vec<&[u64]> = values.iter().map(|values| &values[..]).collect();
    let Identities { customer, strongest, capped } = identities(&values, &columns.is_duplicate, limit);
    Identified { keys, customer, strongest, capped, ..Identified::default() }
}

/// The value of a key on each row; 0 where one of its fields is missing, and empty where it always is.
fn values<'a>(key: &IdentityKey, columns: &'a Columns) -> Cow<'a, [u64]> {
    let (first, rest) = key.0.split_first().expect("a key has a field");
    let mut values: Cow<'_, [u64]> = Cow::Borrowed(column(*first, columns));
    for field in rest {
        let others = column(*field, columns);
        if others.is_empty() {
            return Cow::Borrowed(&[]);
        }
        for (value, other) in values.to_mut().iter_mut().zip(others) {
            *value = if *value == 0 || *other == 0 { 0 } else { both(*value, *other) };
        }
    }
    values
}

/// One number for two, never 0: both are hashes already, so mixing them is as good as hashing again.
fn both(one: u64, other: u64) -> u64 {
    (one.rotate_left(32).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ other).max(1)
}

/// Ids, telephone numbers and e-mail addresses as keys, in every spelling that they can have in the store.
pub(super) struct Ids(Vec<u64>);

impl Ids {
    /// Those that a policy leaves out.
    pub(super) fn excluded(store: &Store, policy: &Policy) -> Ids {
        Ids::of(store, &policy.exclude_customers)
    }

    /// These. A number without a calling code is one of any region that a source has.
    pub(super) fn of(store: &Store, ids: &[String]) -> Ids {
        Ids(store.identity_keys(ids))
    }

    /// The numbers of the customers of whom a row has one of them, ascending. One that too many customers share is
    /// nobody's.
    pub(super) fn customers(&self, columns: &Columns, identified: &Identified) -> Vec<u64> {
        let is_capped = |wanted: &u64| identified.capped.iter().any(|capped| capped.value == *wanted);
        let wanted: Vec<u64> = self.0.iter().copied().filter(|wanted| !is_capped(wanted)).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<u64> = Vec::new();
        for column in [&columns.customer_key, &columns.phone_key, &columns.email_key] {
            let rows = column.iter().zip(identified.customers(columns));
            let rows = rows.filter(|(value, _)| wanted.binary_search(value).is_ok());
            found.extend(rows.map(|(_, customer)| *customer).filter(|customer| *customer != 0));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_too_many_share_names_nobody() {
        let columns = Columns {
            customer_key: vec![1, 2, 3],
            phone_key: vec![70, 70, 71],
            email_key: vec![0; 3],
            ..Columns::default()
        };
        let capped = Capped { place: 1, value: 70, customer_count: 2, row_count: 2 };
        let identified = Identified {
            customer: vec![1, 2, 3],
            strongest: vec![NO_KEY; 3],
            capped: vec![capped],
            ..Identified::default()
        };
        assert_eq!(Ids(vec![70, 71]).customers(&columns, &identified), [3]);
        assert_eq!(Ids(vec![70]).customers(&columns, &Identified { capped: vec![], ..identified }), [1, 2]);
    }
}
