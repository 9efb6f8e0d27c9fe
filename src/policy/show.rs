//! The policy as each report prints it: in full, with every default resolved, spans as `7d`, times as RFC 3339
//! in UTC. Not a format to read back: people edit the `[policy]` table of their configuration. The salt of agents'
//! pseudonyms is not printed: it is what keeps them from being undone.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{
    Agents, Anchor, Anonymous, Boundary, Chain, Channels, Clock, Days, IdentityKey, Maturity, OtherReason,
    Policy, ResolvedBy, Same, Span, Unsolved,
};
use crate::interaction::{Direction, Micros, Status};

#[derive(Serialize)]
struct Shown<'a> {
    preset: &'a str,
    window: Span,
    lookback: Span,
    anchor: Anchor,
    clock: Clock,
    days: Days,
    boundary: Boundary,
    chain: Chain,
    same: Same,
    other_reason: OtherReason,
    channels: &'a Channels,
    derive_category: bool,
    identity: &'a [IdentityKey],
    identity_limit: u64,
    anonymous: Anonymous,
    maturity: Maturity,
    resolved_by: ResolvedBy,
    unsolved: Unsolved,
    minimum_replies: Option<u64>,
    maximum_replies: Option<u64>,
    maximum_reopens: Option<u64>,
    minimum_agents: Option<u64>,
    maximum_agents: Option<u64>,
    closed_within: Option<Span>,
    target: f64,
    minimum_count: u64,
    cost_per_contact: Option<f64>,
    cost_per_minute: Option<f64>,
    agents: Agents,
    timezone: &'a str,
    minimum_seconds: f64,
    exclude_status: &'a [Status],
    repeat_only_status: &'a [Status],
    exclude_direction: &'a [Direction],
    exclude_customers: &'a [String],
    transfer_within: Span,
    reconnect_within: Span,
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
            anchor: self.anchor,
            clock: self.clock,
            days: self.days,
            boundary: self.boundary,
            chain: self.chain,
            same: self.same,
            other_reason: self.other_reason,
            channels: &self.channels,
            derive_category: self.derives_category,
            identity: &self.identity,
            identity_limit: self.identity_limit,
            anonymous: self.anonymous,
            maturity: self.maturity,
            resolved_by: self.resolved_by,
            unsolved: self.unsolved,
            minimum_replies: self.ticket.minimum_replies,
            maximum_replies: self.ticket.maximum_replies,
            maximum_reopens: self.ticket.maximum_reopens,
            minimum_agents: self.ticket.minimum_agents,
            maximum_agents: self.ticket.maximum_agents,
            closed_within: self.ticket.closed_within,
            target: self.target,
            minimum_count: self.minimum_count,
            cost_per_contact: self.cost_per_contact,
            cost_per_minute: self.cost_per_minute,
            agents: self.agents,
            timezone: &self.timezone,
            minimum_seconds: self.minimum_seconds,
            exclude_status: &self.exclude_status,
            repeat_only_status: &self.repeat_only_status,
            exclude_direction: &self.exclude_direction,
            exclude_customers: &self.exclude_customers,
            transfer_within: self.transfer_within,
            reconnect_within: self.reconnect_within,
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
                r#"{"preset":"two-window","window":"7d","lookback":"7d","anchor":"first","clock":"end","days":"elapsed","#,
                r#""boundary":"inclusive","chain":"rolling","same":"category","other_reason":"ignore","channels":"any","#,
                r#""derive_category":false,"identity":["customer_id"],"identity_limit":5,"anonymous":"exclude","#,
                r#""maturity":"required","resolved_by":"silence","unsolved":"pending","minimum_replies":null,"#,
                r#""maximum_replies":null,"maximum_reopens":null,"minimum_agents":null,"maximum_agents":null,"closed_within":null,"#,
                r#""target":0.7,"minimum_count":30,"cost_per_contact":null,"cost_per_minute":null,"agents":"shown","timezone":"UTC","#,
                r#""minimum_seconds":0.0,"exclude_status":["abandoned","voicemail","ignored"],"#,
                r#""repeat_only_status":[],"exclude_direction":["outbound","internal","callback"],"#,
                r#""exclude_customers":[],"transfer_within":"0s","reconnect_within":"0s","#,
                r#""observed_from":"1970-01-02T00:00:00Z","observed_to":null,"#,
                r#""category":{"IN":{"window":"3d","lookback":"3d","target":0.7,"eligible":true,"parent":null}}}"#,
            )
        );
    }
}
