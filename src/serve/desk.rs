//! What all requests share: the commit that is answered from, and the right to work something out, of which few have it at
//! a time.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::answers::Fault;
use super::commit::Commit;
use super::tester::Tester;
use super::{ServeOptions, Token};
use crate::Result;
use crate::store::Stamp;

/// Answers that are worked out at a time; each uses all cores where it can.
const MOST_AT_WORK: usize = 2;
/// Requests that wait for that; of more they are told to come again.
const MOST_WAITING: usize = 64;

/// What may work at a time of what takes long, so that the other right is free for what does not. Who waits for what is being
/// worked out already is then given the kept answer.
const MOST_LONG: usize = 1;

/// How long something takes to work out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A second or two of the largest stores.
    Moments,
    /// A minute of them.
    Long,
}

/// A store to be asked about.
pub struct Desk {
    options: ServeOptions,
    tester: Tester,
    current: Mutex<Option<Arc<Commit>>>,
    /// To be among those who work or wait.
    places: Arc<Semaphore>,
    /// To work.
    rights: Arc<Semaphore>,
    /// To work for long.
    long_rights: Arc<Semaphore>,
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
            places: Arc::new(Semaphore::new(MOST_AT_WORK + MOST_WAITING)),
            rights: Arc::new(Semaphore::new(MOST_AT_WORK)),
            long_rights: Arc::new(Semaphore::new(MOST_LONG)),
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
        let commit = Commit::open(&self.options, stamp)?;
        Ok(current.insert(Arc::new(commit)).clone())
    }

    /// Works something out where it may block, when its turn comes.
    pub(super) async fn work<T: Send + 'static>(
        self: &Arc<Desk>,
        takes: Takes,
        work: impl FnOnce(&Desk) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Fault::busy())?;
        let long_right = match takes {
            Takes::Long => Some(held(&self.long_rights).await?),
            Takes::Moments => None,
        };
        let right = held(&self.rights).await?;
        // Who no longer listens ends the waiting and not the work: all are held until that is done.
        self.look(move |desk| {
            let _held = (place, long_right, right);
            work(desk)
        })
        .await
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

/// A right, once one is free.
async fn held(rights: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Fault> {
    rights.clone().acquire_owned().await.map_err(|_| Fault::busy())
}
