//! Counting: from linked interactions to scores, verdicts and the waterfall, one statistic a file.
//!
//! Takes links and columns, gives plain numbers with names. It shows nothing (that is `report`'s business) and
//! decides nothing about an interaction (that was `link`'s).

mod chance;
mod group;
mod interval;
mod log_odds;
mod scorecard;
mod scores;
mod survival;
mod sweep;
mod verdict;
mod waterfall;

#[cfg(test)]
mod properties;

pub use group::{Dimension, Groups, group};
pub use interval::{Interval, wilson};
pub use log_odds::{Counts, log_odds_z};
pub use scorecard::{GroupScores, Observed, Scorecard, group_scores, scorecard};
pub use scores::{Scores, rate, score};
pub use survival::{Curve, Estimate, Subject};
pub use sweep::{SweptCounts, allows_one_pass, sweep};
pub use verdict::{Verdict, verdict};
pub use waterfall::{Step, waterfall};
