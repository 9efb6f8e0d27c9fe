//! What was planted: the counts that a reader of the files must find.

/// What is counted, in the order of [`NAMES`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fact {
    /// Lines of interactions, whatever is wrong with them, without the header.
    Rows,
    /// Different contacts.
    Contacts,
    /// Rows whose date nobody can read.
    UnreadableDate,
    /// Rows without an interaction id.
    WithoutId,
    /// Rows that are there twice, byte by byte: the second of them.
    Duplicate,
    /// Rows that come later with an id that was there, and say something else.
    Corrected,
    /// Rows whose handle time is negative or absurd.
    OddHandleTime,
    /// Rows without a customer id.
    WithoutCustomer,
    Abandoned,
    Outbound,
    Internal,
    /// Contacts of a customer who came back about the same reason within six days.
    Repeat,
    /// Lines of transcripts.
    Transcripts,
    /// Lines of transcripts that end in the middle.
    Truncated,
    /// Transcripts that do not declare their language.
    Undeclared,
    /// Transcripts that declare a wrong language.
    WronglyDeclared,
    /// Repeats whose transcript states an earlier contact.
    StatedByRepeat,
    /// First contacts whose transcript states one.
    StatedByFirst,
}

const NAMES: [&str; 18] = [
    "rows",
    "contacts",
    "unreadable_date_rows",
    "rows_without_id",
    "duplicate_rows",
    "corrected_rows",
    "odd_handle_time_rows",
    "rows_without_customer",
    "abandoned",
    "outbound",
    "internal",
    "repeats",
    "transcripts",
    "truncated_transcripts",
    "undeclared_transcripts",
    "wrongly_declared_transcripts",
    "stated_by_repeats",
    "stated_by_first_contacts",
];

/// How often each fact holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truth([u64; NAMES.len()]);

impl Truth {
    pub(crate) fn of(&self, fact: Fact) -> u64 {
        self.0[fact as usize]
    }

    pub(super) fn count(&mut self, fact: Fact, holds: bool) {
        self.0[fact as usize] += u64::from(holds);
    }

    pub(super) fn add(&mut self, other: &Truth) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, count)| *sum += count);
    }

    pub(super) fn to_toml(&self) -> String {
        NAMES.iter().zip(self.0).map(|(name, count)| format!("{name} = {count}\n")).collect()
    }
}
