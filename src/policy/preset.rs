//! Named definitions: how known products and handbooks count, as policies. Each has its source in words and the
//! remark of what it cannot reproduce; DEFINITIONS.md tells them in full.
//!
//! A preset sets what belongs to a definition. What belongs to the data or the company (time zone, observation,
//! target, costs, customers and categories that do not count) stays as it is.

use super::{
    Anchor, Anonymous, Boundary, Chain, Channels, Clock, Days, IdentityField, IdentityKey, Maturity, Policy,
    ResolvedBy, Same, Span, TicketPolicy, Unsolved,
};
use crate::interaction::Status;

/// A named definition.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its name in `preset`.
    pub name: &'static str,
    /// Whose definition it is, and where it is written.
    pub source: &'static str,
    /// What it counts, in a sentence or two.
    pub says: &'static str,
    /// What of it this program does differently; empty where nothing is known.
    pub differs: &'static str,
    set: fn(&mut Policy),
}

/// Every preset, the default first.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "two-window",
        source: "this program; the same two windows as Easemob's report 首次解决率 (docs.easemob.com)",
        says: "A first contact is one with enough silence before it; it is resolved when the customer stays silent \
               about the category for 7 days after its end. Contacts too young to tell are pending.",
        differs: "",
        set: |_| {},
    },
    Preset {
        name: "genesys-nca",
        source: "Genesys Cloud, Next Contact Avoidance (help.mypurecloud.com/articles/next-contact-avoidance)",
        says: "Every contact succeeds when the customer begins no other interaction, about whatever and in whichever \
               channel, within 7 days after its wrap-up; younger ones are not shown yet.",
        differs: "Genesys looks at the initiator alone, and links other media only through its external contacts.",
        set: |policy| {
            policy.anchor = Anchor::Every;
            policy.same = Same::Any;
            only_as_repeats(policy, &[Status::Abandoned, Status::Voicemail]);
        },
    },
    Preset {
        name: "queuemetrics",
        source: "QueueMetrics, First Call Resolution (queuemetrics.com/blog/2018/06/20/first-call-resolution)",
        says: "Calls of one caller number less than 168 hours apart are a cluster; a cluster of one call is resolved. \
               Calls without a number are single calls. Nothing is left out at the edges of the data.",
        differs: "QueueMetrics compares the digits of numbers. Here 371… and +371… are two callers without a region, \
                  and one with it, together with the number without 371; numbers of fewer than 5 digits are none, and \
                  where no call has a number, customer ids stand in. It does not say whether abandoned calls count; \
                  here they do not.",
        set: |policy| {
            phone_calls(policy);
            policy.same = Same::Any;
            policy.anonymous = Anonymous::Single;
        },
    },
    Preset {
        name: "capturi",
        source: "Capturi, Understanding repeat calls (capturi.stonly.com)",
        says: "Every call is resolved when no call of the same number, about whatever, begins less than 7 days after \
               it began. A call that begins less than 15 minutes after another is a forwarded call. The end of the \
               data is not looked at.",
        differs: "A forwarded call is part of the call that it continues, and not a trigger of its own. Capturi does \
                  not say what becomes of calls without a number; here they do not count.",
        set: |policy| {
            phone_calls(policy);
            policy.anchor = Anchor::Every;
            policy.same = Same::Any;
            policy.transfer_within = Span::from_seconds(15 * 60);
        },
    },
    Preset {
        name: "ringcentral",
        source: "RingCentral Engage Digital, One contact resolution report (support.ringcentral.com)",
        says: "Every closed interaction is resolved when the customer does not come back through the same channel, \
               about whatever, before 3 days have passed. The end of the data is not looked at.",
        differs: "RingCentral leaves open interactions out; here one without an end was closed when it began.",
        set: |policy| {
            policy.window = Span::from_days(3);
            policy.boundary = Boundary::Exclusive;
            policy.anchor = Anchor::Every;
            policy.same = Same::Any;
            policy.channels = Channels::Same;
            no_edges(policy);
        },
    },
    Preset {
        name: "bucher-suter",
        source: "Bucher + Suter Reports for CUIC, Recaller analysis (docs.bucher-suter.com)",
        says: "A recaller is a number with several calls of one call type on one day, whatever became of the calls: \
               abandoned ones count. Resolved is a number's only call of its type that day.",
        differs: "Bucher + Suter count recallers; the rate is of numbers, by day and type. Calls without a number do \
                  not count.",
        set: |policy| {
            phone_calls(policy);
            policy.days = Days::Calendar;
            policy.boundary = Boundary::Inclusive;
            policy.window = Span::from_days(0);
            policy.exclude_status = vec![Status::Ignored];
        },
    },
    Preset {
        name: "zendesk-one-touch",
        source: "Zendesk, one-touch tickets (support.zendesk.com, article 4408820618266)",
        says: "A solved ticket is resolved at the first contact when agents replied publicly exactly once.",
        differs: "An older text of Zendesk's counts tickets without a reply too: minimum_replies = 0. The comment \
                  with which an agent opens a ticket is no reply; reply_count must not count it.",
        set: one_touch,
    },
    Preset {
        name: "dbt-zendesk",
        source: "fivetran/dbt_zendesk, models/zendesk__ticket_metrics.sql",
        says: "A solved or closed ticket is one-touch when it has exactly one public comment of an agent; one without \
               any is not.",
        differs: "The public comment with which an agent opens a ticket is one of them; reply_count must count it.",
        set: one_touch,
    },
    Preset {
        name: "intercom",
        source: "Intercom, Closed conversations on first contact (intercom.com/help, article 7022438)",
        says: "A conversation is resolved at the first contact when it was closed once with one teammate taking part; \
               conversations still open count as not resolved.",
        differs: "",
        set: |policy| {
            tickets(policy, Unsolved::Fails);
            policy.ticket.maximum_reopens = Some(0);
            policy.ticket.minimum_agents = Some(1);
            policy.ticket.maximum_agents = Some(1);
        },
    },
    Preset {
        name: "zammad-first-solution",
        source: "Zammad, lib/report/ticket_first_solution.rb",
        says: "A ticket is solved at first when it was closed less than 15 minutes after it was created, whatever \
               happened later.",
        differs: "Zammad reports the count; the rate here is of all tickets.",
        set: |policy| {
            tickets(policy, Unsolved::Fails);
            policy.boundary = Boundary::Exclusive;
            policy.ticket.closed_within = Some(Span::from_seconds(15 * 60));
        },
    },
    Preset {
        name: "metricnet-net",
        source: "MetricNet, gross and net FCR (customerthink.com/first_call_resolution_metrics_gross_vs_net_fcr)",
        says: "Contacts that the agent coded as resolved, of all incoming ones but those whose category cannot be \
               resolved at the first level (eligible = false). Without such categories it is the gross rate.",
        differs: "",
        set: |policy| {
            tickets(policy, Unsolved::Fails);
            policy.resolved_by = ResolvedBy::Code;
        },
    },
    Preset {
        name: "google-fiber",
        source: "Google Fiber case of the Business Intelligence certificate: contacts_n, contacts_n_1 … contacts_n_7",
        says: "First contacts by date, and their repeats 1 to 7 days later, of the same type. The end of the data is \
               not looked at. Group by category and market; `windows` shows the repeats by day.",
        differs: "A repeat on the day of the first contact is a repeat; in the case it is a first contact.",
        set: |policy| {
            policy.days = Days::Calendar;
            policy.clock = Clock::Start;
            policy.chain = Chain::First;
            no_edges(policy);
        },
    },
];

/// What products of telephony have in common: numbers, calls, starts, less than the window, no edges.
fn phone_calls(policy: &mut Policy) {
    policy.identity = vec![IdentityKey(vec![IdentityField::Phone])];
    policy.channels = Channels::List(vec!["voice".to_string()]);
    policy.clock = Clock::Start;
    policy.boundary = Boundary::Exclusive;
    no_edges(policy);
}

/// Neither the beginning nor the end of the data is looked at.
fn no_edges(policy: &mut Policy) {
    policy.lookback = Some(Span::from_seconds(0));
    policy.maturity = Maturity::Ignored;
}

/// Each ticket is judged by itself.
fn tickets(policy: &mut Policy, unsolved: Unsolved) {
    policy.anchor = Anchor::Every;
    policy.anonymous = Anonymous::Single;
    policy.resolved_by = ResolvedBy::Ticket;
    policy.unsolved = unsolved;
    no_edges(policy);
}

fn one_touch(policy: &mut Policy) {
    tickets(policy, Unsolved::Pending);
    policy.ticket.minimum_replies = Some(1);
    policy.ticket.maximum_replies = Some(1);
}

fn only_as_repeats(policy: &mut Policy, statuses: &[Status]) {
    policy.exclude_status.retain(|status| !statuses.contains(status));
    policy.repeat_only_status = statuses.to_vec();
}

impl Preset {
    /// The preset of a name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The preset by itself.
    pub fn policy(&self) -> Policy {
        Policy::two_window().with_preset(self)
    }
}

impl Policy {
    /// This policy with the definition of a preset: what belongs to a definition is the preset's, what belongs to
    /// the data or the company stays. Windows and lookbacks of single categories belong to the definition.
    pub fn with_preset(&self, preset: &Preset) -> Policy {
        let mut category = self.category.clone();
        for own in category.values_mut() {
            (own.window, own.lookback) = (None, None);
        }
        let mut policy = Policy {
            preset: preset.name.to_string(),
            derives_category: self.derives_category,
            identity: self.identity.clone(),
            identity_limit: self.identity_limit,
            target: self.target,
            minimum_count: self.minimum_count,
            cost_per_contact: self.cost_per_contact,
            cost_per_minute: self.cost_per_minute,
            agents: self.agents,
            agent_salt: self.agent_salt.clone(),
            timezone: self.timezone.clone(),
            exclude_direction: self.exclude_direction.clone(),
            exclude_customers: self.exclude_customers.clone(),
            observed_from: self.observed_from,
            observed_to: self.observed_to,
            ticket: TicketPolicy::default(),
            category,
            origin: self.origin.clone(),
            ..Policy::two_window()
        };
        (preset.set)(&mut policy);
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_found_by_its_name_and_contradicts_nothing() {
        for preset in PRESETS {
            let policy = Preset::named(preset.name).unwrap().policy();
            assert_eq!(policy.preset, preset.name);
            assert_eq!(policy.conflict(), None, "{}", preset.name);
        }
        assert!(Preset::named("two-windows").is_none());
        assert_eq!(PRESETS[0].policy(), Policy::two_window());
    }

    #[test]
    fn a_preset_leaves_what_belongs_to_the_company() {
        let own = Policy { target: 0.9, timezone: "Asia/Jerusalem".to_string(), ..Policy::two_window() };
        let policy = own.with_preset(Preset::named("ringcentral").unwrap());
        assert_eq!((policy.target, policy.timezone.as_str()), (0.9, "Asia/Jerusalem"));
        assert_eq!(policy.window, Span::from_days(3));
    }
}
