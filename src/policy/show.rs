//! The policy as each report prints it: in full, with every default resolved, spans as `7d`, times as RFC 3339
//! in UTC. Not a format to read back: people edit the `[policy]` table of their configuration.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{Chain, Clock, Policy, Same, Span};
use crate::interaction::{Direction, Micros, Status};

#[derive(Serialize)]
struct Shown<'a> {
    preset: &'a str,
    window: Span,
    lookback: Span,
    clock: Clock,
    chain: Chain,
    same: Same,
    derive_category: bool,
    target: f64,
    minimum_count: u64,
    timezone: &'a str,
    minimum_seconds: f64,
    exclude_status: &'a [Status],
    exclude_direction: &'a [Direction],
    observed_from: Option<String>,
    observed_to: Option<String>,
    category: BTreeMap<&'a str, ShownCategory<'a>>,
}

#[derive(Serialize)]
struct ShownCategory<'a> {
    window: Span,
    lookback: Span,
    target: f64,
    eligible: bool,
    parent: Option<&'a str>,
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let category = |name| ShownCategory {
            window: self.window_of(name),
            lookback: self.lookback_of(name),
            target: self.target_of(name),
            eligible: self.is_eligible(name),
            parent: self.parent_of(name),
        };
        let shown = Shown {
            preset: &self.preset,
            window: self.window,
            lookback: self.lookback.unwrap_or(self.window),
            clock: self.clock,
            chain: self.chain,
            same: self.same,
            derive_category: self.derives_category,
            target: self.target,
            minimum_count: self.minimum_count,
            timezone: &self.timezone,
            minimum_seconds: self.minimum_seconds,
            exclude_status: &self.exclude_status,
            exclude_direction: &self.exclude_direction,
            observed_from: self.observed_from.map(moment),
            observed_to: self.observed_to.map(moment),
            category: self.category.keys().map(|name| (name.as_str(), category(name))).collect(),
        };
        shown.serialize(serializer)
    }
}

/// RFC 3339 in UTC; the bare number of microseconds where the year has more than four digits.
fn moment(micros: Micros) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |it| it.to_string())
}

#[cfg(test)]
mod tests {
    use crate::policy::{CategoryPolicy, Policy, Span};

    #[test]
    fn the_policy_is_printed_in_full_with_defaults_resolved() {
        let mut policy = Policy::two_window();
        policy.observed_from = Some(86_400_000_000);
        let own = CategoryPolicy { window: Some(Span::from_days(3)), ..CategoryPolicy::default() };
        policy.category.insert("IN".to_string(), own);
        assert_eq!(
            serde_json::to_string(&policy).unwrap(),
            concat!(
                r#"{"preset":"two-window","window":"7d","lookback":"7d","clock":"end","chain":"rolling","#,
                r#""same":"category","derive_category":false,"target":0.7,"minimum_count":30,"timezone":"UTC","minimum_seconds":0.0,"#,
                r#""exclude_status":["abandoned","voicemail","ignored"],"exclude_direction":["outbound","internal"],"#,
                r#""observed_from":"1970-01-02T00:00:00Z","observed_to":null,"#,
                r#""category":{"IN":{"window":"3d","lookback":"3d","target":0.7,"eligible":true,"parent":null}}}"#,
            )
        );
    }
}
