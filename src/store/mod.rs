//! The store: one directory that keeps what was read, so that reports never read the sources again.
//!
//! It takes interactions, transcripts, answers, articles, cues, rejects and notes (through [`Writer`]) and gives them back by column
//! (through [`Store`]). On disk it is `manifest.json` plus Parquet part files that are never modified after being
//! written. A commit writes new parts under fresh names, then replaces the manifest in one rename: a reader sees one
//! commit and nothing else, a dead writer leaves only files that no manifest names, and the next writer removes them.
//! One writer at a time holds `lock`; the operating system frees it when the process dies.
//!
//! It deliberately knows no policy: nothing here decides what counts as a contact. It does decide what is the *same*:
//! * **Interaction ids are unique.** Of several rows with one id, one updated before another (by `updated_at`) does not
//!   count; of the others the newest commit's does, within one commit the one with the smallest (`started_at`, content
//!   hash). The others stay in the columns, marked by `is_duplicate`.
//! * **Turns**: a later commit replaces the turns of the same interaction at the same index (and the cues found in
//!   them). Within one commit, turns that are equal in everything are kept once; nothing else is dropped.
//! * **Cues** that are equal in everything are kept once.
//! * **Articles**: ids are unique within a language; of several versions one counts, by the rule of interactions.
//! * **Answers of customers**: of several to one question about one interaction, the newest commit's counts; within one
//!   commit that of the row with the smallest content hash. All rows stay stored; readers decide.

mod agents;
mod articles;
mod blocks;
mod codes;
mod columns;
mod commit;
mod compact;
mod cue_columns;
mod cues;
#[cfg(test)]
mod damage_tests;
mod dimension;
mod duplicates;
mod extra;
mod forget;
mod forget_proof;
mod forget_whose;
mod held;
mod interactions;
mod key;
mod lock;
mod manifest;
mod numbers;
mod part;
mod reader;
mod records;
mod rejects;
mod remove;
mod rewrite;
mod schema;
mod search_files;
mod sources;
mod stamp;
mod status;
#[cfg(test)]
mod survey_tests;
mod surveys;
#[cfg(test)]
mod tests;
mod turn_owners;
mod turns;
mod verify;
mod workers;
mod writer;
#[cfg(test)]
mod writer_tests;

pub use columns::{Columns, Want};
pub use compact::{Compacted, compact};
pub use cue_columns::{CueColumns, CueKinds};
pub use cues::StoredCue;
pub use dimension::Dimension;
pub(crate) use dimension::did_you_mean;
pub use duplicates::Replaced;
pub use forget::{Forgotten, ForgottenTable, forget};
pub use forget_proof::Left;
pub use key::{KeySet, key};
pub use manifest::{CommitRecord, Deed, FORMAT_VERSION, SourceRecord};
pub use reader::{Store, Uncounted};
pub use rejects::count_reason;
pub use remove::{Removed, remove_sources};
pub use stamp::Stamp;
pub use status::{Status, TableStatus};
pub use surveys::SurveyColumns;
pub use turn_owners::{NO_TRANSCRIPT, TurnOwners};
pub use verify::{Damage, Verification, verify};
pub use writer::{CommitInfo, Writer};
