//! The only place that knows the order: files → store ([`index()`]), store → report ([`report()`]), store → the story
//! of one contact ([`explain()`]), store → why first contacts fail ([`causes()`]), two commits → what changed ([`compare()`]), store → whom to coach on what ([`coaching()`]), store → rates under many windows ([`sweep()`]), store → when customers come
//! back ([`windows()`]), store → with which reason they come back ([`flow()`]), store → phrases that the lexicons may lack ([`suggest()`]), store → what
//! failed contacts ask and no article answers ([`gaps()`]), store → turns that say something ([`Searches`]).
//!
//! Takes paths, options and a progress callback; gives plain values. It prints nothing.

mod asked;
mod by_preset;
mod cause_quotes;
mod causes;
mod coaching;
mod compare;
mod contacts;
mod derive;
mod drivers;
mod explain;
mod flow;
mod gap_articles;
mod gap_groups;
mod gap_phrases;
mod gap_words;
mod gaps;
mod identify;
mod identity_quality;
mod index;
mod join;
mod library;
mod material;
mod moment;
mod page;
mod report;
mod search;
mod shown_causes;
mod spoken;
mod statements;
mod suggest;
mod sweep;
mod trend;
mod view;
mod why;
mod windows;

pub use causes::causes;
pub use coaching::coaching;
pub use compare::compare;
pub use contacts::Contacts;
pub use drivers::{DriversOptions, drivers};
pub use explain::{About, Explanation, TimelineEntry, explain};
pub use flow::flow;
pub use gaps::gaps;
pub use index::{IndexOptions, IndexSummary, Progress, index};
pub use page::{Counts, CustomerStory, Page, Place, Slice, page};
pub use report::{ReportOptions, Reports, report};
pub use search::{Filters, SearchRequest, Searches};
pub use suggest::{Suggestion, Suggestions, suggest};
pub use sweep::sweep;
pub use why::{ClassName, OutcomeName};
pub use windows::windows;
