//! The properties of counted contacts that may raise the odds of failing: fields, hour, weekday, handle time, tenure.

use jiff::Timestamp;
use jiff::civil::Weekday;
use rayon::prelude::*;

use super::super::report::groups;
use super::super::view::View;
use super::{DriversOptions, Subject};
use crate::Result;
use crate::measure::Groups;
use crate::report::LeftOut;

/// A property of every subject.
pub(super) struct Property {
    pub(super) name: String,
    pub(super) values: Values,
}

/// What a property is.
pub(super) enum Values {
    /// One of some names; none where it is missing.
    Names {
        /// By subject.
        codes: Vec<u32>,
        /// By code.
        names: Vec<Option<String>>,
    },
    /// A number by subject, NaN where it is missing; it is cut into quarters.
    Numbers {
        numbers: Vec<f64>,
        /// What it is counted in.
        unit: &'static str,
    },
}

/// The properties in the order in which they are tried, and those that the data lack.
pub(super) struct Properties {
    pub(super) all: Vec<Property>,
    pub(super) lacking: Vec<LeftOut>,
}

/// Fields that are tried always.
const FIELDS: [&str; 5] = ["category", "channel", "queue", "team", "language"];

/// Extra columns that tell how long an agent has been there.
const TENURE: [&str; 3] = ["tenure_days", "agent_tenure_days", "tenure"];

/// The hours that a band of the day has.
const BAND_HOURS: i8 = 6;

pub(super) fn properties(
    view: &View,
    subjects: &[Subject],
    by: &[String],
    options: &DriversOptions,
) -> Result<Properties> {
    let fields = FIELDS.into_iter().filter(|name| *name != "category" || options.category.is_none());
    let mut names: Vec<&str> = Vec::new();
    for name in options.attributes.iter().map(String::as_str).chain(fields) {
        // Within a group by it there is nothing to compare; in everything there is.
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| !by.iter().any(|it| it == name));
    let mut all = Vec::new();
    for name in names {
        all.push(Property {
            name: name.to_string(),
            values: named(&groups(view, &[name.to_string()])?, subjects),
        });
    }
    let seconds = &view.columns.handle_seconds;
    let numbers = subjects.iter().map(|it| seconds.get(it.row as usize).copied().unwrap_or(f64::NAN));
    all.push(Property {
        name: "handle_time".to_string(),
        values: Values::Numbers { numbers: numbers.collect(), unit: "s" },
    });
    let (hour, weekday) = times(view, subjects);
    all.extend([hour, weekday]);
    let mut lacking = Vec::new();
    match TENURE.into_iter().find(|name| view.store.dimension_names().contains(name)) {
        Some(name) => all.push(Property {
            name: "tenure".to_string(),
            values: Values::Numbers {
                numbers: numbers_of(&groups(view, &[name.to_string()])?, subjects),
                unit: "days",
            },
        }),
        None => lacking.push(LeftOut {
            name: "tenure".to_string(),
            reason: format!("there is no column {}", TENURE[0]),
        }),
    }
    Ok(Properties { all, lacking })
}

fn named(groups: &Groups, subjects: &[Subject]) -> Values {
    let codes = subjects.iter().map(|it| groups.codes[it.row as usize]).collect();
    Values::Names { codes, names: groups.keys.iter().map(|key| key[0].clone()).collect() }
}

fn numbers_of(groups: &Groups, subjects: &[Subject]) -> Vec<f64> {
    let of = |key: &Vec<Option<String>>| key[0].as_deref().and_then(|text| text.trim().parse().ok());
    let numbers: Vec<f64> =
        groups.keys.iter().map(|key| of(key).filter(|it: &f64| it.is_finite()).unwrap_or(f64::NAN)).collect();
    subjects.iter().map(|it| numbers[groups.codes[it.row as usize] as usize]).collect()
}

/// The quarter of the day and whether it is a weekend, in the policy's time zone.
fn times(view: &View, subjects: &[Subject]) -> (Property, Property) {
    let of = |subject: &Subject| {
        let at = Timestamp::from_microsecond(view.columns.started_at[subject.row as usize]).ok()?;
        let at = view.zone().to_datetime(at);
        let is_weekend = matches!(at.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        Some((1 + (at.hour() / BAND_HOURS) as u32, 1 + u32::from(is_weekend)))
    };
    let times: Vec<(u32, u32)> = subjects.par_iter().map(|it| of(it).unwrap_or((0, 0))).collect();
    let (hours, days) = times.into_iter().unzip();
    let property = |name: &str, codes: Vec<u32>, names: &[&str]| {
        let names = std::iter::once(None).chain(names.iter().map(|name| Some(name.to_string()))).collect();
        Property { name: name.to_string(), values: Values::Names { codes, names } }
    };
    (
        property("hour", hours, &["00–06", "06–12", "12–18", "18–24"]),
        property("weekday", days, &["Monday–Friday", "Saturday–Sunday"]),
    )
}
