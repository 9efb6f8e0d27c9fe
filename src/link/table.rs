//! Rows for tests: a small table of interactions, linked as the columns of a store would be. Tests only.

use proptest::prelude::*;

use super::{Class, Fate, Input, Links, Outcome, link};
use crate::interaction::{Micros, Status};
use crate::policy::{
    Anchor, Anonymous, Boundary, CategoryPolicy, Chain, Channels, Clock, Maturity, Policy, Same, Span,
};

/// One second.
pub(crate) const S: Micros = 1_000_000;

/// One interaction. Its id is the decimal text of `id`, which is also its key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) customer: u64,
    pub(crate) category: u32,
    pub(crate) started_at: Micros,
    pub(crate) ended_at: Micros,
    pub(crate) status: u8,
    pub(crate) direction: u8,
    pub(crate) seconds: f64,
    pub(crate) parent: u64,
    pub(crate) is_duplicate: bool,
    pub(crate) channel: u32,
}

impl Row {
    /// A handled inbound contact without a parent.
    pub(crate) fn new(id: u64, customer: u64, category: u32, started_at: Micros, ended_at: Micros) -> Row {
        Row {
            id,
            customer,
            category,
            started_at,
            ended_at,
            status: 1,
            direction: 1,
            seconds: f64::NAN,
            parent: 0,
            is_duplicate: false,
            channel: 0,
        }
    }
}

/// Names of the codes 0 to 4 in every test.
pub(crate) fn names() -> Vec<String> {
    ["", "a", "b", "c", "d"].map(String::from).to_vec()
}

/// Names of the channel codes 0 to 2 in every test.
pub(crate) fn channel_names() -> Vec<String> {
    ["", "voice", "chat"].map(String::from).to_vec()
}

/// The columns of rows.
pub(crate) struct Columns {
    customer: Vec<u64>,
    category: Vec<u32>,
    names: Vec<String>,
    started_at: Vec<Micros>,
    ended_at: Vec<Micros>,
    status: Vec<u8>,
    direction: Vec<u8>,
    seconds: Vec<f64>,
    parent: Vec<u64>,
    id: Vec<u64>,
    is_duplicate: Vec<bool>,
    channel: Vec<u32>,
    channel_names: Vec<String>,
}

impl Columns {
    pub(crate) fn new(rows: &[Row]) -> Columns {
        Columns {
            customer: rows.iter().map(|it| it.customer).collect(),
            category: rows.iter().map(|it| it.category).collect(),
            names: names(),
            started_at: rows.iter().map(|it| it.started_at).collect(),
            ended_at: rows.iter().map(|it| it.ended_at).collect(),
            status: rows.iter().map(|it| it.status).collect(),
            direction: rows.iter().map(|it| it.direction).collect(),
            seconds: rows.iter().map(|it| it.seconds).collect(),
            parent: rows.iter().map(|it| it.parent).collect(),
            id: rows.iter().map(|it| it.id).collect(),
            is_duplicate: rows.iter().map(|it| it.is_duplicate).collect(),
            channel: rows.iter().map(|it| it.channel).collect(),
            channel_names: channel_names(),
        }
    }

    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            customer_key: &self.customer,
            category: &self.category,
            category_names: &self.names,
            started_at: &self.started_at,
            ended_at: &self.ended_at,
            status: &self.status,
            direction: &self.direction,
            handle_seconds: &self.seconds,
            parent_key: &self.parent,
            interaction_key: &self.id,
            is_duplicate: &self.is_duplicate,
            channel: &self.channel,
            channel_names: &self.channel_names,
            ..Input::default()
        }
    }

    pub(crate) fn link(&self, policy: &Policy) -> Links {
        let id = |row: u32| self.id[row as usize].to_string();
        link(&self.input(), policy, &|a, b| id(a).cmp(&id(b)))
    }
}

/// Links rows under a policy.
pub(crate) fn linked(rows: &[Row], policy: &Policy) -> Links {
    Columns::new(rows).link(policy)
}

/// The class of each row in short words.
pub(crate) fn classes(rows: &[Row], policy: &Policy) -> Vec<&'static str> {
    let links = linked(rows, policy);
    (0..rows.len() as u32).map(|row| word(links.class(row))).collect()
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Excluded(reason) => reason.name(),
        Class::LeftEdge(_) => "left edge",
        Class::Repeat(_) | Class::UnservedRepeat(_) => "repeat",
        Class::First(Fate { is_eligible: true, outcome: Outcome::Resolved }) => "resolved",
        Class::First(Fate { is_eligible: true, outcome: Outcome::Repeated }) => "repeated",
        Class::First(Fate { is_eligible: false, .. }) => "pending",
    }
}

/// A policy whose window and lookback are so many seconds, observing from 0 to so many.
pub(crate) fn policy(window: u64, observed_to: i64) -> Policy {
    let window = Span::from_seconds(window);
    Policy { window, observed_from: Some(0), observed_to: Some(observed_to * S), ..Policy::two_window() }
}

/// Any rows: few customers, categories and moments, so that gaps of exactly a window and ties are common.
pub(crate) fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let moment = (0..40i64, prop_oneof![4 => Just(0), 1 => Just(1)]).prop_map(|(at, more)| at * S + more);
    let seconds = prop_oneof![Just(f64::NAN), Just(0.5), Just(1.5), Just(3.0)];
    let parent = prop_oneof![3 => Just(0u64), 1 => 1..45u64];
    let status = prop_oneof![6 => Just(1u8), 1 => 0..5u8];
    let direction = prop_oneof![6 => Just(1u8), 1 => 0..5u8];
    let row = (0..4u64, 0..5u32, moment, -2..12i64, status, direction, seconds, parent, 0..60u8);
    let row =
        row.prop_map(|(customer, category, started_at, length, status, direction, seconds, parent, lot)| {
            let ended_at = started_at + length * S / 2;
            let (is_duplicate, channel) = (lot < 3, u32::from(lot) % 3);
            Row {
                id: 0,
                customer,
                category,
                started_at,
                ended_at,
                status,
                direction,
                seconds,
                parent,
                is_duplicate,
                channel,
            }
        });
    prop::collection::vec(row, 0..40).prop_map(|mut rows| {
        for (row, id) in rows.iter_mut().zip(1..) {
            row.id = id;
        }
        rows
    })
}

/// Any policy over the categories of [`names`].
pub(crate) fn any_policy() -> impl Strategy<Value = Policy> {
    let span = || (0..9u64).prop_map(Span::from_seconds);
    let own = (
        prop::option::of(span()),
        prop::option::of(span()),
        prop::option::of(prop::bool::weighted(0.8)),
        prop::option::of(prop::sample::select(vec!["a", "b", "top"])),
    );
    let own = own.prop_map(|(window, lookback, is_eligible, parent)| CategoryPolicy {
        window,
        lookback,
        is_eligible,
        target: None,
        parent: parent.map(String::from),
    });
    let category = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), own, 0..3);
    let same = prop::sample::select(vec![Same::Category, Same::ParentCategory, Same::Any]);
    let clock = prop::sample::select(vec![Clock::Start, Clock::End]);
    let chain = prop::sample::select(vec![Chain::Rolling, Chain::First]);
    let observed = (prop::option::of(-3..10i64), prop::option::of(25..45i64));
    let screens = (prop::bool::ANY, prop::bool::ANY, prop::sample::select(vec![0.0, 1.0]));
    let products = (
        prop::sample::select(vec![Anchor::First, Anchor::Every]),
        prop::sample::select(vec![Boundary::Inclusive, Boundary::Exclusive]),
        prop::sample::select(vec![
            Channels::Any,
            Channels::Any,
            Channels::Same,
            Channels::List(vec!["voice".to_string()]),
        ]),
        prop::sample::select(vec![Anonymous::Exclude, Anonymous::Single]),
        prop::sample::select(vec![Maturity::Required, Maturity::Required, Maturity::Ignored]),
        prop_oneof![2 => Just(Span::from_seconds(0)), 1 => span()],
        prop_oneof![2 => Just(Span::from_seconds(0)), 1 => span()],
        prop::bool::weighted(0.3),
    );
    let usual = (span(), prop::option::of(span()), same, clock, chain, observed, screens, category).prop_map(
        |(
            window,
            lookback,
            same,
            clock,
            chain,
            (from, to),
            (keeps_status, keeps_direction, seconds),
            category,
        )| {
            let mut policy = Policy { window, lookback, same, clock, chain, ..Policy::two_window() };
            policy.observed_from = from.map(|it| it * S);
            policy.observed_to = to.map(|it| it * S);
            policy.minimum_seconds = seconds;
            if keeps_status {
                policy.exclude_status.truncate(1);
            }
            if keeps_direction {
                policy.exclude_direction.truncate(1);
            }
            policy.category = category.into_iter().map(|(name, own)| (name.to_string(), own)).collect();
            policy
        },
    );
    (usual, products).prop_map(
        |(
            usual,
            (anchor, boundary, channels, anonymous, maturity, transfer_within, reconnect_within, repeats),
        )| {
            let mut policy = Policy {
                anchor,
                boundary,
                channels,
                anonymous,
                maturity,
                transfer_within,
                reconnect_within,
                ..usual
            };
            if repeats {
                policy.exclude_status.retain(|status| *status != Status::Abandoned);
                policy.repeat_only_status = vec![Status::Abandoned];
            }
            policy
        },
    )
}
