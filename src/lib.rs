//! recontact finds repeat customer contacts in call, chat, e-mail and ticket records and reports which issue
//! categories fail first-contact resolution (FCR), with the evidence for every number.
//!
//! Data flows one way: `ingest` reads files into interactions and transcripts, `detect` finds cues in what
//! people said, `store` keeps both; `link` chains the contacts of a customer into episodes, `measure` counts,
//! `report` shows, `serve` lets a browser look. A module uses only what stands before it in this list.

pub mod error;
mod guard;
pub mod interaction;

pub mod identity;

pub mod config;
pub mod policy;

pub mod text;

pub mod ingest;

pub mod lexicon;

pub mod detect;

pub mod search;

pub mod store;

pub mod link;

pub mod measure;

pub mod report;

pub mod pipeline;

pub mod serve;

pub use error::{Error, Result};
