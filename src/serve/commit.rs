//! One commit of the store with what was read of it: columns for reports, columns and index for searches, answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use serde::Serialize;

use super::ServeOptions;
use super::answers::Fault;
use super::kept::Kept;
use crate::pipeline::{Reports, Searches};
use crate::policy::{Origin, Overrides, Policy};
use crate::store::{Stamp, Store};
use crate::{Error, Result};

/// A commit that is answered from.
pub(super) struct Commit {
    stamp: Stamp,
    store: Store,
    policy: Policy,
    reports: Mutex<Option<Arc<Reports>>>,
    /// The last, with the policy that it is under.
    searches: Mutex<Option<(Policy, Arc<Searches>)>>,
    kept: Mutex<Kept>,
}

impl Commit {
    /// Opens the last commit of the store in a folder. `stamp` was taken before, so that a commit that lands meanwhile is
    /// seen by the next request.
    pub(super) fn open(options: &ServeOptions, stamp: Option<Stamp>) -> Result<Commit> {
        let (dir, config) = (&options.store, options.config.as_ref());
        let store = Store::open(dir)?;
        let own = store.indexed_config();
        let own = own.as_ref().map(|(path, text)| (path.as_path(), *text));
        let policy = match config.map(|(path, text)| (path.as_path(), text.as_str())).or(own) {
            Some((path, text)) => Policy::parse(path, text)?,
            None => Policy::default(),
        };
        let policy = Overrides { agents: options.agents, ..Overrides::default() }.applied(policy)?;
        let gone = || Error::data(dir, "the manifest went while it was read", "ask again");
        Ok(Commit {
            stamp: stamp.ok_or_else(gone)?,
            store,
            policy,
            reports: Mutex::default(),
            searches: Mutex::default(),
            kept: Mutex::default(),
        })
    }

    pub(super) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The policy that counts where an address changes nothing.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What reports under a policy are made of, read again only where the policy needs more.
    pub(super) fn reports(&self, policy: &Policy) -> Result<Arc<Reports>> {
        let mut reports = locked(&self.reports);
        if let Some(reports) = reports.as_ref().filter(|it| it.suits(policy)) {
            return Ok(reports.clone());
        }
        *reports = None;
        Ok(reports.insert(Arc::new(Reports::load(&self.store, policy)?)).clone())
    }

    /// What searches under a policy are made of.
    pub(super) fn searches(&self, policy: &Policy) -> Result<Arc<Searches>> {
        let mut searches = locked(&self.searches);
        if let Some((_, searches)) = searches.as_ref().filter(|(own, _)| own == policy) {
            return Ok(searches.clone());
        }
        *searches = None;
        if !self.store.has_search_files() {
            let what = "the store has no search index, or one that is not whole";
            return Err(Error::data(
                self.store.dir(),
                what,
                "run `recontact search` on it once, which builds it",
            ));
        }
        let loaded = Arc::new(Searches::load(&self.store, policy, &|_| {})?);
        *searches = Some((policy.clone(), loaded.clone()));
        Ok(loaded)
    }

    /// The answer to a question as JSON: the kept one, or what `answer` works out. The question is told by its kind, the
    /// policy and what else decides.
    pub(super) fn answer<T: Serialize>(
        &self,
        kind: &str,
        policy: &Policy,
        asked: impl std::fmt::Debug,
        answer: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Bytes, Fault> {
        // As it is, not as it is shown: a lookback that is not said follows the windows of a sweep.
        let policy = Policy { origin: Origin::default(), ..policy.clone() };
        let question = format!("{kind} {policy:?} {asked:?}");
        if let Some(answer) = locked(&self.kept).get(&question) {
            return Ok(answer);
        }
        let answer = serde_json::to_vec(&answer()?).expect("an answer is plain data");
        let answer = Bytes::from(answer);
        locked(&self.kept).put(question, answer.clone());
        Ok(answer)
    }
}

/// What a request that panicked left is whole: it is put in place at once.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
