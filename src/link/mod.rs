//! Which interactions count as contacts, and how the contacts of a customer chain into episodes.
//!
//! Pure functions on flat columns: an [`Input`] and a [`crate::policy::Policy`] give [`Links`], one class a row.
//! Nothing is read from disk here and nothing is counted: counting is `measure`'s business.

mod class;
mod clock;
mod continuation;
mod counted;
mod followed;
mod identity;
mod input;
mod join;
mod kernel;
mod links;
mod neighbours;
mod parts;
mod rules;
mod scan;
mod screen;
mod silences;
mod stretch;
mod ticket;
mod timeline;
mod transfer;

#[cfg(test)]
mod edges;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod table;

pub use class::{CLASS_CODES, Class, Exclusion, Fate, Outcome};
pub use counted::Counted;
pub use followed::{Followed, Next};
pub use identity::{Capped, Identities, NO_KEY, identities};
pub use input::{Input, TicketInput};
pub use join::{NO_ROW, rows_of};
pub use kernel::{link, link_by_ranks};
pub use links::Links;
pub use neighbours::Neighbours;
pub use silences::Silence;
pub use stretch::{Stretch, Timelines};
pub use timeline::{TimelineContact, timeline};
