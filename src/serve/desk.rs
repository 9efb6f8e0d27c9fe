//! What all requests share: the commit that is answered from, and the right to work something out, of which few have it at
//! a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::answers::Fault;
use super::commit::{Commit, Stamp};
use super::tester::Tester;
use super::{ServeOptions, Token};
use crate::Result;

/// Answers that are worked out at a time; each uses all cores where it can.
const MOST_AT_WORK: usize = 2;
/// Requests that wait for that; of more they are told to come again.
const MOST_WAITING: usize = 64;

/// A store to be asked about.
pub struct Desk {
    options: ServeOptions,
    tester: Tester,
    current: Mutex<Option<Arc<Commit>>>,
    right: Semaphore,
    waiting_count: AtomicUsize,
}

impl Desk {
    /// A desk for a store, which is opened at the first question.
    ///
    /// # Errors
    /// A lexicon of the user's that cannot be used.
    pub fn new(options: ServeOptions) -> Result<Desk> {
        Ok(Desk {
            tester: Tester::new(options.lexicons.clone())?,
            options,
            current: Mutex::new(None),
            right: Semaphore::new(MOST_AT_WORK),
            waiting_count: AtomicUsize::new(0),
        })
    }

    pub(super) fn token(&self) -> Option<&Token> {
        self.options.token.as_ref()
    }

    pub(super) fn tester(&self) -> &Tester {
        &self.tester
    }

    /// The last commit of the store. Blocks.
    pub(super) fn commit(&self) -> Result<Arc<Commit>> {
        let stamp = Stamp::of(&self.options.store);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commit) = current.as_ref().filter(|it| Some(it.stamp()) == stamp.as_ref()) {
            return Ok(commit.clone());
        }
        // What an older commit left in memory goes with the last request that reads it.
        *current = None;
        let commit = Commit::open(&self.options.store, self.options.config.as_ref(), stamp)?;
        Ok(current.insert(Arc::new(commit)).clone())
    }

    /// Works something out where it may block, when its turn comes.
    pub(super) async fn work<T: Send + 'static>(
        self: &Arc<Desk>,
        work: impl FnOnce(&Desk) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let _place = Place::take(&self.waiting_count)?;
        let _right = self.right.acquire().await.map_err(|_| Fault::busy())?;
        self.look(work).await
    }

    /// Does what is quick where it may block, at once.
    pub(super) async fn look<T: Send + 'static>(
        self: &Arc<Desk>,
        look: impl FnOnce(&Desk) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let desk = self.clone();
        spawn_blocking(move || look(&desk)).await.map_err(|_| Fault::bug())?
    }
}

/// A place among those who wait or work.
struct Place<'a>(&'a AtomicUsize);

impl Place<'_> {
    fn take(count: &AtomicUsize) -> Result<Place<'_>, Fault> {
        let place = Place(count);
        match count.fetch_add(1, Ordering::Relaxed) {
            before if before < MOST_AT_WORK + MOST_WAITING => Ok(place),
            _ => Err(Fault::busy()),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
