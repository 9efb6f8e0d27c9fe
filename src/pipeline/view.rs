//! A store seen under a policy: its narrow columns, linked. What `report` and `explain` both start from.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::asked::lacks;
use super::derive::{MARK, derive_categories};
use super::identify::{self, Identified, Ids, identify};
use crate::interaction::Micros;
use crate::link::{Class, Exclusion, Input, Links, TicketInput, link_by_ranks};
use crate::policy::{Agents, Channels, DataFacts, IdentityKey, Maturity, Policy, ResolvedBy};
use crate::store::{Columns, CueColumns, Store, Uncounted, Want};
use crate::{Error, Result};

/// Fewer interactions than this are not remarked upon.
const LEAST_REMARKED: usize = 50;
/// The share of duplicates, and of unknown customers, from which on a report says so.
const MANY_DUPLICATES: f64 = 0.1;
const MANY_ANONYMOUS: f64 = 0.3;

/// Columns of a store, as far as a policy and its like need them.
pub(super) struct Loaded {
    pub(super) store: Store,
    pub(super) columns: Columns,
    want: Want,
    extent: Extent,
    derives_category: bool,
    ticket: Ticket,
    identified: Identified,
    /// By which keys, and which limit, `identified` is.
    identity: (Vec<IdentityKey>, u64),
    /// How `store` names agents.
    agents: (Agents, Option<String>),
}

/// Columns of a store and the links that a policy gives them.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) policy: &'a Policy,
    pub(super) columns: &'a Columns,
    pub(super) identified: Cow<'a, Identified>,
    pub(super) links: Links,
    excluded_customers: Vec<u64>,
    ticket: &'a Ticket,
    zone: TimeZone,
}

/// How much of a store is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What linking needs.
    Links,
    /// The interaction keys too.
    Keys,
    /// Everything that a report counts.
    Report,
    /// What linking under any preset needs.
    AllPolicies,
}

/// What is known of each row as a ticket; empty where the policy does not ask.
#[derive(Default)]
struct Ticket {
    reply_count: Vec<f64>,
    reopen_count: Vec<f64>,
    agent_count: Vec<f64>,
    transfer_count: Vec<f64>,
    is_coded_resolved: Vec<f64>,
    is_ended: Vec<f64>,
}

impl Loaded {
    /// Reads what `policy` needs. `cues` are those of the store.
    ///
    /// Errors: a policy that contradicts itself, a damaged store.
    pub(super) fn read(store: &Store, policy: &Policy, cues: &CueColumns, extent: Extent) -> Result<Loaded> {
        zone(store, policy)?;
        policy.check()?;
        let want = want(policy, extent);
        let mut columns = store.columns(want)?;
        // A leg is told from its parent by the ids, which only stores with transfers need to read.
        if !want.interaction_key && !columns.parent_key.is_empty() {
            columns.interaction_key =
                store.columns(Want { interaction_key: true, ..Want::default() })?.interaction_key;
        }
        silence_duplicates(&mut columns);
        if policy.derives_category {
            derive_categories(&mut columns, cues);
        }
        let ticket = match has_tickets(policy, extent) {
            true => Ticket::read(store, &columns.is_duplicate)?,
            false => Ticket::default(),
        };
        let identified = identify(store, policy, &columns)?;
        let identity = (policy.identity.clone(), policy.identity_limit);
        let derives_category = policy.derives_category;
        let store = as_shown(store, policy)?;
        let agents = (policy.agents, policy.agent_salt.clone());
        Ok(Loaded { store, columns, want, extent, derives_category, ticket, identified, identity, agents })
    }

    /// Whether everything is here that a policy needs.
    pub(super) fn suits(&self, policy: &Policy) -> bool {
        let is_loaded =
            has_tickets(policy, self.extent) <= (self.ticket.is_ended.len() == self.columns.row_count);
        is_loaded
            && self.derives_category == policy.derives_category
            && (self.agents.0, &self.agents.1) == (policy.agents, &policy.agent_salt)
            && want(policy, self.extent).is_within(self.want)
    }

    /// Links what was read under a policy that it suits.
    ///
    /// Errors: an unknown time zone, a policy that contradicts itself or the data, a damaged store.
    pub(super) fn view<'b>(&'b self, policy: &'b Policy) -> Result<View<'b>> {
        let (store, columns) = (&self.store, &self.columns);
        let zone = zone(store, policy)?;
        policy.check()?;
        let has_same_identity =
            (&policy.identity, policy.identity_limit) == (&self.identity.0, self.identity.1);
        let identified = match has_same_identity {
            true => Cow::Borrowed(&self.identified),
            false => Cow::Owned(identify(store, policy, columns)?),
        };
        let excluded_customers = Ids::excluded(store, policy).customers(columns, &identified);
        let links = Links::default();
        let ticket = &self.ticket;
        let mut view = View { store, policy, columns, identified, links, excluded_customers, ticket, zone };
        if let Some(lacks) = lacks(&view, policy).filter(|_| view.counted_count() > 0) {
            let what = format!("no interaction has {lacks}, by which the policy tells what was resolved");
            return Err(policy.fault_at("resolved_by", what, "map the field, or count by silence"));
        }
        view.links = view.relinked(policy)?;
        policy.check_data(&DataFacts {
            categories: &match policy.category.is_empty() {
                true => Vec::new(),
                false => used_names(&columns.category, &columns.category_names),
            },
            channels: &match policy.channels {
                Channels::Any | Channels::Same => Vec::new(),
                Channels::List(_) => used_names(&columns.channel, &columns.channel_names),
            },
            observed: view.links.observed().filter(|_| view.counted_count() > 0),
            started: view.input().observed(),
        })?;
        Ok(view)
    }
}

/// The store as those are shown it who read what is made under a policy: with its names of agents.
fn as_shown(store: &Store, policy: &Policy) -> Result<Store> {
    match policy.agents {
        Agents::Shown => Ok(store.with_named_agents()),
        Agents::Hidden => Ok(store.with_hidden_agents()),
        Agents::Pseudonyms => store.with_pseudonyms(policy.agent_salt.as_deref()),
    }
}

/// The time zone of a policy.
fn zone(store: &Store, policy: &Policy) -> Result<TimeZone> {
    TimeZone::get(&policy.timezone).map_err(|_| {
        Error::data(
            store.dir(),
            format!("the policy's time zone `{}` is not known", policy.timezone),
            "use an IANA name such as \"Europe/Riga\"",
        )
    })
}

fn has_tickets(policy: &Policy, extent: Extent) -> bool {
    extent == Extent::AllPolicies || policy.resolved_by != ResolvedBy::Silence
}

impl View<'_> {
    /// The columns as linking takes them.
    pub(super) fn input(&self) -> Input<'_> {
        self.input_of(self.identified.customers(self.columns), &self.excluded_customers)
    }

    fn input_of<'b>(&'b self, customer: &'b [u64], excluded_customers: &'b [u64]) -> Input<'b> {
        let (columns, ticket) = (self.columns, self.ticket);
        Input {
            customer_key: customer,
            category: &columns.category,
            category_names: &columns.category_names,
            channel: &columns.channel,
            channel_names: &columns.channel_names,
            excluded_customers,
            ticket: TicketInput {
                reply_count: &ticket.reply_count,
                reopen_count: &ticket.reopen_count,
                agent_count: &ticket.agent_count,
                transfer_count: &ticket.transfer_count,
                is_coded_resolved: &ticket.is_coded_resolved,
                is_ended: &ticket.is_ended,
            },
            started_at: &columns.started_at,
            ended_at: &columns.ended_at,
            status: &columns.status,
            direction: &columns.direction,
            handle_seconds: &columns.handle_seconds,
            parent_key: &columns.parent_key,
            interaction_key: &columns.interaction_key,
            is_duplicate: &columns.is_duplicate,
        }
    }

    /// The same rows linked under another policy, one that reads no further columns.
    pub(super) fn relinked(&self, policy: &Policy) -> Result<Links> {
        if policy.identity == self.policy.identity {
            let has_same = policy.exclude_customers == self.policy.exclude_customers;
            let excluded = if has_same { &self.excluded_customers[..] } else { &[] };
            return linked(
                self.store,
                policy,
                &self.input_of(self.identified.customers(self.columns), excluded),
            );
        }
        self.linked_as(policy, &identify(self.store, policy, self.columns)?)
    }

    /// The same rows linked with other customers.
    pub(super) fn linked_as(&self, policy: &Policy, identified: &Identified) -> Result<Links> {
        let excluded = Ids::excluded(self.store, policy).customers(self.columns, identified);
        linked(self.store, policy, &self.input_of(identified.customers(self.columns), &excluded))
    }

    /// How many rows a field that judges tickets is known of.
    pub(super) fn ticket_fill(&self, field: &str) -> usize {
        let ticket = self.ticket;
        let column = match field {
            "reply_count" => &ticket.reply_count,
            "reopen_count" => &ticket.reopen_count,
            "agent_count" => &ticket.agent_count,
            "transfer_count" => &ticket.transfer_count,
            "is_coded_resolved" => &ticket.is_coded_resolved,
            // Of every row it is known whether its end is: 1, or 0.
            _ => return ticket.is_ended.iter().filter(|ended| **ended > 0.0).count(),
        };
        column.iter().filter(|number| !number.is_nan()).count()
    }

    /// The numbers of the customers who have this id, telephone number or e-mail address, ascending.
    pub(super) fn customers_named(&self, id: &str) -> Vec<u64> {
        Ids::of(self.store, &[id.to_string()]).customers(self.columns, &self.identified)
    }

    /// What of the policy the data cannot answer, in sentences.
    pub(super) fn remarks(&self) -> Vec<String> {
        let (columns, policy) = (self.columns, self.policy);
        let mut remarks = Vec::new();
        let has_category = columns.category.iter().any(|&category| category != 0);
        if policy.needs().category && !has_category && self.counted_count() > 0 && !policy.derives_category {
            remarks.push(
                "no interaction has a category: say in [source.fields] which column has it (`recontact init` shows \
                 them), or derive_category = true takes one from the customers' words"
                    .to_string(),
            );
        }
        remarks.extend(self.large_shares());
        if let (Some((from, to)), ResolvedBy::Silence) = (self.links.observed(), policy.resolved_by) {
            let is_long =
                policy.window.micros() > to.saturating_sub(from) && policy.maturity == Maturity::Required;
            if is_long && self.counted_count() > 0 {
                remarks.push(format!(
                    "the window of {} is longer than the observation: no first contact can be known to be resolved",
                    policy.window
                ));
            }
        }
        if self.identified.is_stand_in && self.counted_count() > 0 {
            let keys: Vec<String> = policy.identity.iter().map(ToString::to_string).collect();
            remarks.push(format!("no interaction has a {}: customer_id stands in", keys.join(" or a ")));
        }
        for id in policy.exclude_customers.iter().filter(|id| self.customers_named(id).is_empty()) {
            remarks.push(format!("exclude_customers: `{id}` is nobody, or shared by too many customers"));
        }
        if let Channels::List(names) = &policy.channels {
            let known = used_names(&columns.channel, &columns.channel_names);
            let is_there = |name: &&String| known.iter().any(|it| it.to_lowercase() == **name);
            let unknown = names.iter().filter(|name| !is_there(name));
            remarks.extend(unknown.map(|name| format!("no interaction has the channel `{name}`")));
        }
        remarks
    }

    /// What is left out in such a share that it decides the numbers.
    fn large_shares(&self) -> Vec<String> {
        let count = |exclusion: Exclusion| {
            let code = Class::Excluded(exclusion).code();
            self.links.codes().iter().filter(|it| **it == code).count()
        };
        let Uncounted { removed_count, dropped_count } = self.store.uncounted();
        let row_count = self.columns.row_count + dropped_count as usize - removed_count as usize;
        let share = |count: usize| count as f64 / row_count.max(1) as f64;
        let is_large = |count: usize, from: f64| count >= LEAST_REMARKED && share(count) >= from;
        let mut remarks = Vec::new();
        let duplicates = row_count - self.counted_count();
        if is_large(duplicates, MANY_DUPLICATES) {
            remarks.push(format!(
                "{:.0} % of the interactions have the id of another and are left out: if they are neither copies nor older \
                 versions of it, map interaction_id to columns that tell them apart",
                100.0 * share(duplicates)
            ));
        }
        let anonymous = count(Exclusion::NoIdentity);
        if is_large(anonymous, MANY_ANONYMOUS) {
            remarks.push(format!(
                "{:.0} % of the interactions are of unknown customers and left out: the rates are those of the others",
                100.0 * share(anonymous)
            ));
        }
        remarks
    }

    /// Interactions that are no duplicates.
    pub(super) fn counted_count(&self) -> usize {
        self.columns.is_duplicate.iter().filter(|is_duplicate| !**is_duplicate).count()
    }

    /// The policy's time zone.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A moment as RFC 3339 in the policy's time zone, to the second.
    pub(super) fn time(&self, at: Micros) -> String {
        time_in(&self.zone, at)
    }
}

/// A moment as RFC 3339 in a time zone, to the second.
pub(super) fn time_in(zone: &TimeZone, at: Micros) -> String {
    Timestamp::from_microsecond(at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .unwrap_or_else(|_| at.to_string())
}

impl Ticket {
    fn read(store: &Store, is_duplicate: &[bool]) -> Result<Ticket> {
        let counted = |field| {
            let mut numbers = store.numbers(field)?;
            silence(&mut numbers, is_duplicate, f64::NAN);
            Ok(numbers)
        };
        Ok(Ticket {
            reply_count: counted("reply_count")?,
            reopen_count: counted("reopen_count")?,
            agent_count: counted("agent_count")?,
            transfer_count: counted("transfer_count")?,
            is_coded_resolved: counted("is_coded_resolved")?,
            is_ended: counted("stated_ended_at")?,
        })
    }
}

/// What a duplicate says of customer, reason and channel is nobody's word: asked whether the data know something, it is
/// silent.
fn silence_duplicates(columns: &mut Columns) {
    let Columns { is_duplicate, .. } = columns;
    for keys in [
        &mut columns.customer_key,
        &mut columns.phone_key,
        &mut columns.email_key,
        &mut columns.national_id_key,
        &mut columns.name_key,
        &mut columns.parent_key,
    ] {
        silence(keys, is_duplicate, 0);
    }
    silence(&mut columns.category, is_duplicate, 0);
    silence(&mut columns.channel, is_duplicate, 0);
}

fn silence<T: Copy + Send + Sync>(column: &mut [T], is_duplicate: &[bool], nothing: T) {
    let of_duplicates = column.par_iter_mut().zip(is_duplicate).filter(|(_, is_duplicate)| **is_duplicate);
    of_duplicates.for_each(|(value, _)| *value = nothing);
}

/// The names that occur, that of none, and those that can be derived. What only removed or corrected rows have is no name of
/// the data.
fn used_names(codes: &[u32], names: &[String]) -> Vec<String> {
    let mut is_used: Vec<bool> =
        (0..).zip(names).map(|(code, name)| code == 0 || name.ends_with(MARK)).collect();
    codes.iter().for_each(|code| is_used[*code as usize] = true);
    let used = names.iter().zip(is_used).filter(|(_, is_used)| *is_used);
    used.map(|(name, _)| name.clone()).collect()
}

fn want(policy: &Policy, extent: Extent) -> Want {
    let needs = policy.needs();
    let is_report = extent == Extent::Report;
    let is_all = extent == Extent::AllPolicies;
    let has_excluded = !policy.exclude_customers.is_empty();
    identify::want(
        Want {
            customer: has_excluded || is_report,
            phone: is_report || is_all || has_excluded,
            email: is_report || has_excluded,
            started: true,
            parent: true,
            duplicate: true,
            category: needs.category || is_all || is_report || !policy.category.is_empty(),
            channel: needs.channel || is_all,
            ended: needs.ended_at || is_all,
            status: needs.status || is_report || is_all,
            direction: needs.direction || is_report || is_all,
            handle: needs.handle_seconds || is_report,
            interaction_key: extent == Extent::Keys || is_report || is_all || policy.derives_category,
            ..Want::default()
        },
        &policy.identity,
    )
}

/// Links the rows. Ids order contacts that began in the same microsecond; they are texts, so they are read only for
/// the rows that turn out to be tied.
fn linked(store: &Store, policy: &Policy, input: &Input<'_>) -> Result<Links> {
    link_by_ranks(input, policy, |tied| {
        let ids = store.texts("interaction_id", tied)?;
        let mut sorted: Vec<&Option<String>> = ids.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        Ok(ids.iter().map(|id| sorted.partition_point(|it| *it < id)).collect::<Vec<usize>>())
    })
}
