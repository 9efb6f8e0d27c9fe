//! The narrow columns that linking reads, as borrowed slices: one entry an interaction, rejects not among them.

use rayon::prelude::*;

use crate::interaction::{Micros, Status};

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
    /// Code of the channel, an index of `channel_names`; 0 = unknown (empty: unknown).
    pub channel: &'a [u32],
    /// Name of each channel code; the name of 0 is not used.
    pub channel_names: &'a [String],
    /// Keys of customers that the policy leaves out, ascending.
    pub excluded_customers: &'a [u64],
    /// What is known of each as a ticket.
    pub ticket: TicketInput<'a>,
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

/// Columns of tickets. Each is as long as `started_at`, or empty; NaN = not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct TicketInput<'a> {
    /// Public replies of agents.
    pub reply_count: &'a [f64],
    /// How often it was reopened.
    pub reopen_count: &'a [f64],
    /// Agents who took part.
    pub agent_count: &'a [f64],
    /// How often it was transferred: one less than the agents, where those are not known.
    pub transfer_count: &'a [f64],
    /// 1: coded as resolved; 0: as not resolved.
    pub is_coded_resolved: &'a [f64],
    /// 1: its end is known.
    pub is_ended: &'a [f64],
}

impl Input<'_> {
    /// How many interactions there are.
    pub fn row_count(&self) -> usize {
        self.started_at.len()
    }

    /// First and last start of the interactions that are no duplicates.
    pub fn observed(&self) -> Option<(Micros, Micros)> {
        let is_counted = |row: &usize| self.is_duplicate.get(*row) != Some(&true);
        let rows = (0..self.row_count()).into_par_iter().filter(is_counted);
        let spans = rows.map(|row| (self.started_at[row], self.started_at[row]));
        spans.reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    pub(super) fn category(&self, row: usize) -> u32 {
        self.category.get(row).copied().unwrap_or(0)
    }

    pub(super) fn channel(&self, row: usize) -> u32 {
        self.channel.get(row).copied().unwrap_or(0)
    }

    pub(super) fn status(&self, row: usize) -> u8 {
        self.status.get(row).copied().unwrap_or(Status::Unknown as u8)
    }

    /// The key of the row's customer; 0 = none.
    pub(super) fn customer(&self, row: usize) -> u64 {
        self.customer_key.get(row).copied().unwrap_or(0)
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
            self.channel.len(),
            self.ticket.reply_count.len(),
            self.ticket.reopen_count.len(),
            self.ticket.agent_count.len(),
            self.ticket.transfer_count.len(),
            self.ticket.is_coded_resolved.len(),
            self.ticket.is_ended.len(),
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
