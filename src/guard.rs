//! Runs steps of decoders (polars, calamine) on bytes that may be damaged: they panic on some of them.
//!
//! A caller tells which file is damaged; the panic itself, which is the data's and not ours, prints nothing.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Steps that are running, in any thread: the decoder works in threads of its own.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
static QUIETED: Once = Once::new();

/// What the step gives; `None` where it panicked.
pub(crate) fn guarded<T>(step: impl FnOnce() -> T) -> Option<T> {
    QUIETED.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            let is_decoder = panic.location().is_some_and(|place| {
                ["polars", "calamine", "quick-xml"].iter().any(|name| place.file().contains(name))
            });
            if !is_decoder || RUNNING.load(Ordering::SeqCst) == 0 {
                usual(panic);
            }
        }));
    });
    RUNNING.fetch_add(1, Ordering::SeqCst);
    let done = catch_unwind(AssertUnwindSafe(step));
    RUNNING.fetch_sub(1, Ordering::SeqCst);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_step_that_panics_gives_nothing() {
        assert_eq!(guarded(|| 7), Some(7));
        let numbers: Vec<u8> = Vec::new();
        assert_eq!(guarded(|| numbers[numbers.len()]), None);
    }
}
