//! One writer at a time: an operating-system lock on the file `lock` in the store.
//!
//! It takes the store's directory and gives a guard. A process that dies, however it dies, releases the lock, so there is
//! nothing to clean up and no process number to compare. Readers deliberately take no lock: they read a manifest.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{Error, Result};

/// The file that is locked; it stays empty and is never removed.
pub(super) const LOCK_FILE: &str = "lock";

/// Holds the lock until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of the store in `dir`, or says at once that another process has it.
pub(super) fn lock(dir: &Path) -> Result<Lock> {
    let path = dir.join(LOCK_FILE);
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Error::data(
            dir,
            "another recontact process is writing to this store",
            "wait until it has finished, or give another folder with `--store DIR`",
        )),
        Err(TryLockError::Error(source)) => Err(Error::Io { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::lock;

    #[test]
    fn a_second_writer_is_told_to_wait() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        let refused = lock(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("another recontact process is writing"), "{refused}");
        drop(first);
        lock(dir.path()).unwrap();
    }
}
