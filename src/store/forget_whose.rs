//! Whose rows are whose, for forgetting: from ids that somebody gives to the interactions that are that customer's.
//!
//! It takes ids and gives rows. A row is the customer's if it has the id (as customer id, telephone number or e-mail
//! address); if it has no customer id, but a telephone number, e-mail address or national id of such a row; if it
//! is another version of such an interaction, or continues one. It deliberately does not ask a policy: a
//! customer is forgotten under all of them.

use super::columns::Want;
use super::key::{KeySet, key};
use super::reader::Store;
use crate::config::regions;
use crate::error::{Error, Result};
use crate::identity;

/// The rows of some customers.
#[derive(Default)]
pub(super) struct Whose {
    /// One flag an interaction: whether it is theirs.
    pub(super) rows: Vec<bool>,
    /// Those of them that have one of the ids, or no customer id at all and an identity of theirs.
    pub(super) own: Vec<u32>,
    /// The keys of their interactions.
    pub(super) interactions: KeySet,
    /// What the ids can be as keys.
    pub(super) given: KeySet,
    /// The keys of their telephone numbers, e-mail addresses and national ids.
    pub(super) identities: KeySet,
}

impl Whose {
    /// The rows of these customers.
    pub(super) fn find(store: &Store, customers: &[String]) -> Result<Whose> {
        if customers.iter().any(|id| id.trim().is_empty()) {
            return Err(Error::data(
                store.dir(),
                "a blank id is nobody's",
                "name a customer with `--customer ID`",
            ));
        }
        let want = Want {
            interaction_key: true,
            customer: true,
            parent: true,
            phone: true,
            email: true,
            national_id: true,
            ..Want::default()
        };
        let columns = store.columns(want)?;
        let mut whose = Whose {
            rows: vec![false; columns.row_count],
            given: store.identity_keys(customers).into_iter().collect(),
            ..Whose::default()
        };
        loop {
            let mut is_settled = true;
            for row in 0..columns.row_count {
                if whose.rows[row] {
                    continue;
                }
                let of = |keys: &[u64]| keys.get(row).copied().unwrap_or(0);
                let names =
                    [&columns.phone_key, &columns.email_key, &columns.national_id_key].map(|it| of(it));
                let customer = of(&columns.customer_key);
                let has = |keys: &KeySet, key: &u64| *key != 0 && keys.contains(key);
                let is_own = has(&whose.given, &customer)
                    || names[..2].iter().any(|key| has(&whose.given, key))
                    || customer == 0 && names.iter().any(|key| has(&whose.identities, key));
                let is_version = whose.interactions.contains(&columns.interaction_key[row])
                    || has(&whose.interactions, &of(&columns.parent_key));
                if !is_own && !is_version {
                    continue;
                }
                is_settled = false;
                whose.rows[row] = true;
                whose.interactions.insert(columns.interaction_key[row]);
                if is_own {
                    whose.own.push(row as u32);
                    whose.identities.extend(names.into_iter().filter(|key| *key != 0));
                }
            }
            if is_settled {
                return Ok(whose);
            }
        }
    }
}

impl Store {
    /// Ids, telephone numbers and e-mail addresses as keys, in every spelling that they can have in the store, ascending. A
    /// number without a calling code is one of any region that a source has.
    pub fn identity_keys(&self, ids: &[String]) -> Vec<u64> {
        let regions =
            if ids.is_empty() { Vec::new() } else { regions(self.config_text().unwrap_or_default()) };
        let regions = || std::iter::once(None).chain(regions.iter().copied().map(Some));
        let mut keys: Vec<u64> = Vec::new();
        for id in ids {
            keys.push(key(id));
            keys.extend(regions().filter_map(|region| Some(key(&identity::phone(id, region)?))));
            keys.extend(identity::email(id).map(|address| key(&address)));
        }
        keys.retain(|key| *key != 0);
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
