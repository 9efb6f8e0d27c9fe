//! What a moment is in the policy's time zone, as a dimension: the hour of the day and the day of the week in which
//! interactions began.

use jiff::Timestamp;
use rayon::prelude::*;

use super::view::View;
use crate::store::Dimension;

const WEEKDAYS: [&str; 8] =
    ["", "1 Monday", "2 Tuesday", "3 Wednesday", "4 Thursday", "5 Friday", "6 Saturday", "7 Sunday"];

/// `hour` or `weekday`; nothing for other names.
pub(super) fn of_start(view: &View, name: &str) -> Option<Dimension> {
    match name {
        "weekday" => {
            let names = WEEKDAYS.map(str::to_string).to_vec();
            Some(coded(view, names, |at| at.weekday().to_monday_one_offset()))
        }
        "hour" => {
            let hours = (0..24).map(|hour| format!("{hour:02}:00"));
            Some(coded(view, std::iter::once(String::new()).chain(hours).collect(), |at| at.hour() + 1))
        }
        _ => None,
    }
}

fn coded(view: &View, names: Vec<String>, code: impl Fn(&jiff::Zoned) -> i8 + Sync) -> Dimension {
    let code = |at: &i64| -> Option<u32> {
        let at = Timestamp::from_microsecond(*at).ok()?;
        u32::try_from(code(&at.to_zoned(view.zone().clone()))).ok()
    };
    let codes = view.columns.started_at.par_iter().map(|at| code(at).unwrap_or(0)).collect();
    Dimension { codes, names }
}
