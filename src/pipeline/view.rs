//! A store seen under a policy: its narrow columns, linked. What `report` and `explain` both start from.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::derive::derive_categories;
use crate::interaction::Micros;
use crate::link::{Input, Links, link};
use crate::policy::Policy;
use crate::store::{Columns, CueColumns, Store, Want};
use crate::{Error, Result};

/// Columns of a store and the links that a policy gives them.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) policy: &'a Policy,
    pub(super) columns: Columns,
    pub(super) links: Links,
    zone: TimeZone,
}

impl<'a> View<'a> {
    /// Reads what `policy` needs (and the interaction keys, if wanted) and links it. `cues` are those of the store.
    pub(super) fn open(
        store: &'a Store,
        policy: &'a Policy,
        cues: &CueColumns,
        with_keys: bool,
    ) -> Result<View<'a>> {
        let zone = TimeZone::get(&policy.timezone).map_err(|_| {
            Error::data(
                store.dir(),
                format!("the policy's time zone `{}` is not known", policy.timezone),
                "use an IANA name such as \"Europe/Riga\"",
            )
        })?;
        let mut columns = columns(store, policy, with_keys || policy.derives_category)?;
        if policy.derives_category {
            derive_categories(&mut columns, cues);
        }
        let links = linked(store, policy, &input(&columns))?;
        Ok(View { store, policy, columns, links, zone })
    }

    /// The columns as linking takes them.
    pub(super) fn input(&self) -> Input<'_> {
        input(&self.columns)
    }

    /// The same rows linked under another policy, one that reads no further columns.
    pub(super) fn relinked(&self, policy: &Policy) -> Result<Links> {
        linked(self.store, policy, &self.input())
    }

    /// A moment as RFC 3339 in the policy's time zone, to the second.
    pub(super) fn time(&self, at: Micros) -> String {
        Timestamp::from_microsecond(at)
            .map(|at| at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
            .unwrap_or_else(|_| at.to_string())
    }
}

fn columns(store: &Store, policy: &Policy, with_keys: bool) -> Result<Columns> {
    let needs = policy.needs();
    let mut columns = store.columns(Want {
        customer: true,
        started: true,
        parent: true,
        duplicate: true,
        category: needs.category,
        ended: needs.ended_at,
        status: needs.status,
        direction: needs.direction,
        handle: needs.handle_seconds,
        interaction_key: with_keys,
    })?;
    // A leg is told from its parent by the ids, which only stores with transfers need to read.
    if !with_keys && columns.parent_key.iter().any(|&key| key != 0) {
        columns.interaction_key =
            store.columns(Want { interaction_key: true, ..Want::default() })?.interaction_key;
    }
    Ok(columns)
}

fn input(columns: &Columns) -> Input<'_> {
    Input {
        customer_key: &columns.customer_key,
        category: &columns.category,
        category_names: &columns.category_names,
        started_at: &columns.started_at,
        ended_at: &columns.ended_at,
        status: &columns.status,
        direction: &columns.direction,
        handle_seconds: &columns.handle_seconds,
        parent_key: &columns.parent_key,
        interaction_key: &columns.interaction_key,
        is_duplicate: &columns.is_duplicate,
        ..Input::default()
    }
}

/// Links the rows. Ids order contacts that began in the same microsecond; they are texts, so they are read only for
/// the rows that turn out to be tied, and linking is done again.
fn linked(store: &Store, policy: &Policy, input: &Input<'_>) -> Result<Links> {
    let tied = Mutex::new(BTreeSet::new());
    let by_row = |a: u32, b: u32| {
        tied.lock().unwrap_or_else(PoisonError::into_inner).extend([a, b]);
        a.cmp(&b)
    };
    let links = link(input, policy, &by_row);
    let rows: Vec<u32> = tied.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    if rows.is_empty() {
        return Ok(links);
    }
    let ids: HashMap<u32, Option<String>> =
        rows.iter().copied().zip(store.texts("interaction_id", &rows)?).collect();
    Ok(link(input, policy, &|a, b| ids.get(&a).cmp(&ids.get(&b))))
}
