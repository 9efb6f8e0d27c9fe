//! Work on several threads, each piece of which may wait for the decoder's own.
//!
//! Takes pieces and what to do with one, gives what came of them in their order. They are threads of their own: one of
//! rayon's that waits for the decoder takes up the next piece meanwhile, on top of the one that it waits for, and some
//! thousands of them overflow its stack.

use std::sync::Mutex;

use crate::error::{Error, Result};

/// Does the work. Of several errors it gives that of the first piece.
pub(super) fn in_parallel<T: Send, R: Send>(
    pieces: Vec<T>,
    act: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let thread_count = rayon::current_num_threads().min(pieces.len());
    if thread_count <= 1 {
        return pieces.into_iter().map(act).collect();
    }
    let pieces = Mutex::new(pieces.into_iter().enumerate());
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let work = || {
        let mut done = Vec::new();
        loop {
            // A piece is taken before the lock is given back, and worked on after.
            let piece = lock(&pieces).next();
            let Some((at, piece)) = piece.filter(|_| lock(&failed).is_none()) else { return done };
            match act(piece) {
                Ok(result) => done.push((at, result)),
                Err(error) => {
                    let mut failed = lock(&failed);
                    if failed.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                        *failed = Some((at, error));
                    }
                    return done;
                }
            }
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..thread_count).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("decoders do not panic")).collect()
    });
    if let Some((_, error)) = lock(&failed).take() {
        return Err(error);
    }
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::in_parallel;
    use crate::error::Error;

    #[test]
    fn results_stand_in_the_order_of_their_pieces() {
        let squares = in_parallel((0..1000u64).collect(), |at| Ok(at * at)).unwrap();
        assert_eq!(squares, (0..1000).map(|at| at * at).collect::<Vec<u64>>());
        assert!(in_parallel(Vec::<u64>::new(), Ok).unwrap().is_empty());
    }

    #[test]
    fn an_error_ends_the_work_and_is_told() {
        let refuse = |at: u64| match at {
            7 => Err(Error::data(std::path::Path::new("store"), "seven", "take another")),
            at => Ok(at),
        };
        assert!(in_parallel((0..1000).collect(), refuse).unwrap_err().to_string().contains("seven"));
    }

    /// Each piece waits for work of another pool, as polars' decoder does.
    #[test]
    fn pieces_that_wait_for_another_pool_do_not_pile_up() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        thread_local!(static DEPTH: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
        let deepest = in_parallel((0..5000).collect(), |_: u32| {
            DEPTH.set(DEPTH.get() + 1);
            let own = DEPTH.get();
            pool.install(|| (0..64).into_par_iter().map(std::hint::black_box).sum::<u64>());
            DEPTH.set(DEPTH.get() - 1);
            Ok(own)
        });
        assert_eq!(deepest.unwrap().into_iter().max(), Some(1));
    }
}
