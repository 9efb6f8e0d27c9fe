//! The narrow columns that linking reads, as borrowed slices: one entry an interaction, rejects not among them.

use crate::interaction::Micros;

/// Columns of all interactions read. Each is as long as `started_at`, or empty, which means the value in
/// brackets for every row; [`crate::policy::Policy::needs`] says which ones matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// Key of the customer; 0 = no identity (empty: none has one).
    pub customer_key: &'a [u64],
    /// Code of the category, an index of `category_names`; 0 = none (empty: none).
    pub category: &'a [u32],
    /// Name of each category code; the name of 0 is not used.
    pub category_names: &'a [String],
    /// When each began, in microseconds UTC. Never empty unless there are no rows.
    pub started_at: &'a [Micros],
    /// When each ended, in microseconds UTC; an end before the start counts as the start (empty: the start).
    pub ended_at: &'a [Micros],
    /// [`crate::interaction::Status`] as a number (empty: unknown).
    pub status: &'a [u8],
    /// [`crate::interaction::Direction`] as a number (empty: unknown).
    pub direction: &'a [u8],
    /// Handle time in seconds; NaN = not known (empty: not known).
    pub handle_seconds: &'a [f64],
    /// Key of the interaction that it continues; 0 = none (empty: none).
    pub parent_key: &'a [u64],
    /// Key of the interaction's own id (empty: not known, so every parent is another interaction).
    pub interaction_key: &'a [u64],
    /// Another interaction with this id is the one that counts (empty: none).
    pub is_duplicate: &'a [bool],
}

impl Input<'_> {
    /// How many interactions there are.
    pub fn row_count(&self) -> usize {
        self.started_at.len()
    }

    pub(super) fn category(&self, row: usize) -> u32 {
        self.category.get(row).copied().unwrap_or(0)
    }

    /// The end of a row by itself: never before its start.
    pub(super) fn own_end(&self, row: usize) -> Micros {
        self.ended_at.get(row).map_or(self.started_at[row], |end| (*end).max(self.started_at[row]))
    }

    /// The parent's key, where the row continues an interaction other than itself.
    pub(super) fn continued(&self, row: usize) -> Option<u64> {
        let parent = self.parent_key.get(row).copied().unwrap_or(0);
        let own = self.interaction_key.get(row).copied().unwrap_or(0);
        (parent != 0 && parent != own).then_some(parent)
    }

    /// Whether every column is empty or as long as `started_at`.
    pub(super) fn is_consistent(&self) -> bool {
        let lengths = [
            self.customer_key.len(),
            self.category.len(),
            self.ended_at.len(),
            self.status.len(),
            self.direction.len(),
            self.handle_seconds.len(),
            self.parent_key.len(),
            self.interaction_key.len(),
            self.is_duplicate.len(),
        ];
        lengths.iter().all(|length| *length == 0 || *length == self.row_count())
    }
}
