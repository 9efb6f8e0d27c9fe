//! Counting: from linked interactions to scores, verdicts and the waterfall, one statistic a file.
//!
//! Takes links and columns, gives plain numbers with names. It shows nothing (that is `report`'s business) and
//! decides nothing about an interaction (that was `link`'s).

mod actions;
mod agreement;
mod capture;
mod case_mix;
mod cause;
mod causes;
mod chance;
mod change;
mod coaching;
mod companions;
mod coverage;
mod denominators;
mod difference;
mod discovery;
mod flow;
mod flow_chance;
mod gap_profile;
mod group;
mod grouping;
mod incidence;
mod interval;
mod kappa;
mod key_phrases;
mod lags;
mod log_odds;
mod logistic;
mod mean;
mod period;
mod restatement;
mod said_done;
mod scorecard;
mod scores;
mod shrinkage;
mod survival;
mod sweep;
mod switches;
mod tallies;
mod trend;
mod verdict;
mod waterfall;
mod window;

#[cfg(test)]
mod properties;

pub use actions::{Action, Caused, Strength, actions};
pub use agreement::{Agreement, NO, SILENT, Source, YES, agreements};
pub use case_mix::{Cell, Excess, LEAST_OTHERS, Standard, excess, standards};
pub use cause::{Heard, MOST_CAUSES, Party, Reading, Remedy};
pub use causes::{CauseScores, CauseShare, Failure, PartyShare, causes};
pub use change::{Comparison, LEVEL, Proportion, Test, compare, holm};
pub use coaching::{Profile, Profiles, Standing, Topic, by_category, profiles, topics};
pub use companions::{CODED_RESOLVED, CODED_UNRESOLVED, Companions, Cost, Facts, Role, UNCODED, companions};
pub use coverage::{Calibration, Coverage, LEAST_CALIBRATING, calibrate, covered_share, information};
pub use denominators::{Denominators, Place, denominators};
pub use difference::newcombe;
pub use discovery::{discovery_rates, two_sided};
pub use flow::{Arrival, Departure, FlowCounts, FlowNumbers, FlowTotals, LEAST_MOVES, Quartiles, flow};
pub use gap_profile::{DayRates, GapProfile, GapProfiles, WindowVerdict, gap_profiles};
pub use group::{Dimension, Groups, group};
pub use grouping::Grouping;
pub use incidence::Incidence;
pub use interval::{Interval, wilson};
pub use key_phrases::{
    BREAK, Cluster, LEAST_SUPPORT, Phrase, Phrases, Shared, clusters, each_phrase, is_telling, phrases_in,
    shared,
};
pub use lags::MOST_DAYS;
pub use log_odds::{Counts, LogOdds, log_odds, log_odds_z};
pub use logistic::{Fit, NoFit, Pattern, independent_blocks, logistic};
pub use period::{MOST_PERIODS, Period, Periods, Stretch};
pub use restatement::Moved;
pub use said_done::{Missed, SaidDone, Words, said_done};
pub use scorecard::{Contacts, GroupScores, Material, Observed, Rows, Scorecard, group_scores, scorecard};
pub use scores::{Scores, rate, score, score_classes};
pub use shrinkage::{LEAST_SHRUNK, Ratio, Shrunk, between_variance, shrunk};
pub use survival::{Curve, Estimate, Subject};
pub use sweep::{SweptCounts, allows_one_pass, sweep};
pub use switches::{Return, ReturnNumbers, Switch, return_numbers, switch};
pub use trend::{Change, PeriodScores, TrendLine, trend};
pub use verdict::{Verdict, verdict};
pub use waterfall::{Step, Unlinked, waterfall};
pub use window::{Day, LEAST_AT_RISK, LEAST_DAYS, LEAST_EVENTS};
