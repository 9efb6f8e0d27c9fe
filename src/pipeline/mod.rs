//! The only place that knows the order: files → store ([`index()`]), store → report ([`report()`]), store → the story
//! of one contact ([`explain()`]).
//!
//! Takes paths, options and a progress callback; gives plain values. It prints nothing.

mod explain;
mod index;
mod report;
mod view;

pub use explain::{Explanation, TimelineEntry, explain};
pub use index::{IndexOptions, IndexSummary, Progress, index};
pub use report::{ReportOptions, report};
