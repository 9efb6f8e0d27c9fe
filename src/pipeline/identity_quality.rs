//! How well customers are known, and how the rate moves when they are told by one key alone.

use std::collections::HashMap;

use super::identify::{by_key, column};
use super::view::View;
use crate::Result;
use crate::link::{Capped, Class, Exclusion, Links};
use crate::measure::{Scores, score_classes};
use crate::policy::{IdentityField, IdentityKey};
use crate::report::{CappedKey, Identity, KeyShare};

/// Capped values that are listed.
const MOST_CAPPED: usize = 20;

/// The identity section of a report with these scores of everything.
pub(super) fn identity(view: &View, overall: &Scores) -> Result<Identity> {
    let identified = &view.identified;
    let mut by_place = vec![0u64; identified.keys.len()];
    for place in contacts(view).filter_map(|row| identified.strongest(view.columns, row)) {
        by_place[usize::from(place)] += 1;
    }
    let contact_count = view.links.order().len() as u64;
    let share = |count: u64, total: u64| (total > 0).then(|| count as f64 / total as f64);
    let mut keys = Vec::new();
    for (key, count) in identified.keys.iter().zip(by_place) {
        let alone = alone(view, key, overall)?;
        keys.push(KeyShare {
            is_used: true,
            contact_count: count,
            contact_share: share(count, contact_count),
            ..alone
        });
    }
    for key in others(view) {
        keys.push(alone(view, &key, overall)?);
    }
    let (excluded, single) = anonymous(view);
    let anonymous_count = excluded + single;
    Ok(Identity {
        keys,
        anonymous_count,
        anonymous_rate: share(anonymous_count, excluded + contact_count),
        capped_count: identified.capped.len() as u64,
        capped: capped(view)?,
        largest_customer_count: largest(&view.links),
        is_stand_in: identified.is_stand_in,
    })
}

/// What there would be, were this the only key.
fn alone(view: &View, key: &IdentityKey, overall: &Scores) -> Result<KeyShare> {
    let scores = match view.identified.keys == [key.clone()] {
        true => overall.clone(),
        false => {
            let links = view.linked_as(view.policy, &by_key(key, view.columns))?;
            score_classes(&links, &[], 1).pop().unwrap_or_default()
        }
    };
    Ok(KeyShare {
        key: key.to_string(),
        is_used: false,
        contact_count: 0,
        contact_share: None,
        alone_contact_count: scores.contact_count,
        alone_fcr_rate: scores.fcr_rate,
        alone_repeat_rate: scores.repeat_rate,
    })
}

/// Keys that the policy does not name and the data have.
fn others(view: &View) -> Vec<IdentityKey> {
    let columns = view.columns;
    let known = [
        (IdentityField::CustomerId, &columns.customer_key),
        (IdentityField::Phone, &columns.phone_key),
        (IdentityField::Email, &columns.email_key),
    ];
    let is_there = |column: &[u64]| column.iter().any(|value| *value != 0);
    let keys =
        known.into_iter().filter(|(_, column)| is_there(column)).map(|(field, _)| IdentityKey(vec![field]));
    keys.filter(|key| !view.identified.keys.contains(key)).collect()
}

/// Interactions of unknown customers that are no contacts for that reason, and those that are contacts all the same.
fn anonymous(view: &View) -> (u64, u64) {
    let no_identity = Class::Excluded(Exclusion::NoIdentity).code();
    let excluded = view.links.codes().iter().filter(|code| **code == no_identity).count();
    let customers = view.identified.customers(view.columns);
    let single =
        contacts(view).filter(|row| customers.get(*row).is_none_or(|customer| *customer == 0)).count();
    (excluded as u64, single as u64)
}

/// The rows of contacts.
fn contacts(view: &View) -> impl Iterator<Item = usize> {
    let is_contact = |code: u8| Class::from_code(code).is_some_and(Class::is_contact);
    view.links.codes().iter().enumerate().filter(move |(_, code)| is_contact(**code)).map(|(row, _)| row)
}

/// Contacts of the customer with the most.
fn largest(links: &Links) -> u64 {
    let (mut largest, mut count) = (0, 0);
    for place in 0..links.order().len() {
        count = if links.starts_customer(place) { 1 } else { count + 1 };
        largest = count.max(largest);
    }
    largest
}

/// The row that has a value and began first: the same whatever the order of rows.
fn earliest(view: &View, column: &[u64], value: u64) -> u32 {
    let rows = (0..).zip(column).filter(|(_, it)| **it == value).map(|(row, _)| row);
    let place =
        |row: &u32| (view.columns.started_at[*row as usize], view.columns.interaction_key.get(*row as usize));
    rows.min_by_key(place).unwrap_or_default()
}

/// The capped values on the most interactions, as the source has them.
fn capped(view: &View) -> Result<Vec<CappedKey>> {
    let listed: Vec<&Capped> = view.identified.capped.iter().take(MOST_CAPPED).collect();
    let mut texts: HashMap<(u8, u64), String> = HashMap::new();
    for (key, place) in view.identified.keys.iter().zip(0u8..) {
        let [field] = key.0.as_slice() else { continue };
        let column = column(*field, view.columns);
        let of_place: Vec<u64> = listed.iter().filter(|it| it.place == place).map(|it| it.value).collect();
        let rows: Vec<u32> = of_place.iter().map(|value| earliest(view, column, *value)).collect();
        let found = view.store.texts(field.name(), &rows)?;
        texts.extend(
            of_place.iter().zip(found).map(|(value, text)| ((place, *value), text.unwrap_or_default())),
        );
    }
    let key = |capped: &&Capped| CappedKey {
        key: view.identified.keys[usize::from(capped.place)].to_string(),
        value: texts.get(&(capped.place, capped.value)).cloned().unwrap_or_default(),
        customer_count: capped.customer_count,
        interaction_count: capped.row_count,
    };
    Ok(listed.iter().map(key).collect())
}
