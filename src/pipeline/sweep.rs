//! Store and policy → the same rates under every window from 1 to 30 days, under every preset, and without each
//! exclusion.

use rayon::prelude::*;

use super::by_preset::{by_preset, preset_spread};
use super::derive::tells_category;
use super::report::groups;
use super::view::{Extent, Loaded, View};
use crate::Result;
use crate::interaction::{Direction, Status};
use crate::link::{CLASS_CODES, Class, Exclusion, Fate, Links, Outcome, Timelines};
use crate::measure::{
    self, Groups, SweptCounts, Unlinked, allows_one_pass, score_classes, sweep as swept_counts, waterfall,
};
use crate::policy::{Anchor, Anonymous, Channels, Policy, ResolvedBy, Span};
use crate::report::{Effect, Sweep, Swept};
use crate::store::Store;

/// The windows, in days.
const DAYS: std::ops::RangeInclusive<u32> = 1..=30;

/// Measures the store under `policy` with every window from 1 to 30 days in place of the policy's, also where a
/// category has one of its own; and, with the policy's own windows, once without each exclusion that leaves
/// something out.
///
/// Errors: an unknown time zone, a damaged store.
pub fn sweep(store: &Store, policy: &Policy) -> Result<Sweep> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::AllPolicies)?;
    let view = loaded.view(policy)?;
    let categories = groups(&view, &["category".to_string()])?;
    let windows: Vec<Span> = DAYS.map(Span::from_days).collect();
    let counts = if allows_one_pass(policy) {
        in_one_pass(&view, &windows, &categories)
    } else {
        window_by_window(&view, &windows, &categories)?
    };
    let of_all = counts.iter().fold(vec![SweptCounts::default(); windows.len()], |sum, counts| {
        sum.into_iter().zip(counts).map(|(sum, counts)| sum.plus(counts)).collect()
    });
    let swept = |category: Option<String>, target: f64, counts: &[SweptCounts]| {
        Swept::new(category, target, &windows, counts, policy.minimum_count)
    };
    let of_category = categories.keys.iter().zip(&counts).map(|(key, counts)| {
        let name = key.first().cloned().flatten();
        let target = name.as_deref().map_or(policy.target, |name| policy.target_of(name));
        swept(name, target, counts)
    });
    let mut of_category: Vec<Swept> = of_category.filter(Swept::has_first_contacts).collect();
    of_category.sort_by(Swept::by_spread);
    let presets = by_preset(&view, &categories)?;
    let fcr_rate = rate(&view.links);
    Ok(Sweep {
        schema: 1,
        policy: serde_json::to_value(policy).expect("a policy is plain data"),
        commit_id: store.commit_id(),
        fcr_rate,
        overall: swept(None, policy.target, &of_all),
        categories: of_category,
        preset_spread: preset_spread(&presets, policy.minimum_count),
        presets,
        exclusions: effects(&view, fcr_rate)?,
    })
}

fn in_one_pass(view: &View, windows: &[Span], categories: &Groups) -> Vec<Vec<SweptCounts>> {
    let input = view.input();
    let timelines = Timelines::new(&view.links, &input, view.policy);
    let silences = view.links.stretches().into_par_iter().map(|places| timelines.stretch(places).silences());
    let windows: Vec<i64> = windows.iter().map(|window| window.micros()).collect();
    let lookback = |key: &Vec<Option<String>>| {
        let own = key.first().and_then(|name| view.policy.category.get(name.as_deref()?)?.lookback);
        own.or(view.policy.lookback).map(Span::micros)
    };
    let lookbacks: Vec<Option<i64>> = categories.keys.iter().map(lookback).collect();
    let group_of = |row: u32| categories.codes[row as usize] as usize;
    let counts =
        swept_counts(silences, &windows, categories.keys.len(), group_of, |row| lookbacks[group_of(row)]);
    if counts.is_empty() {
        vec![vec![SweptCounts::default(); windows.len()]; categories.keys.len()]
    } else {
        counts
    }
}

/// Otherwise each window makes contacts and episodes of its own.
fn window_by_window(view: &View, windows: &[Span], categories: &Groups) -> Result<Vec<Vec<SweptCounts>>> {
    let mut all = vec![Vec::with_capacity(windows.len()); categories.keys.len()];
    for &window in windows {
        let mut policy = Policy { window, ..view.policy.clone() };
        policy.category.values_mut().for_each(|own| own.window = None);
        let scores = score_classes(&view.relinked(&policy)?, &categories.codes, categories.keys.len());
        all.iter_mut().zip(&scores).for_each(|(counts, scores)| counts.push(SweptCounts::from(scores)));
    }
    Ok(all)
}

fn rate(links: &Links) -> Option<f64> {
    rate_as_if(links, |class| class)
}

/// What the overall FCR rate, which is `with` them, would be without each step of the waterfall that can be switched
/// off and leaves something out.
fn effects(view: &View, with: Option<f64>) -> Result<Vec<Effect>> {
    let counts = waterfall(&view.links, Unlinked::default());
    let count = |step: &str| counts.iter().find(|it| it.step == step).map_or(0, |it| it.count);
    let mut rates = Vec::new();
    for exclusion in Exclusion::ALL.into_iter().filter(|it| count(it.name()) > 0) {
        if let Some(policy) = without(view.policy, exclusion) {
            rates.push((exclusion.name(), rate(&view.relinked(&policy)?)));
        }
    }
    if view.policy.anchor == Anchor::First && count("left_edge") > 0 {
        rates.push(("left_edge", without_left_edge(view)?));
    }
    if view.policy.resolved_by == ResolvedBy::Silence && count("pending") > 0 {
        // What follows is known of pending contacts too: only that it is told too early.
        let at_once = |fate| Fate { is_eligible: true, ..fate };
        rates.push(("pending", rate_as_if(&view.links, |class| class.map_fate(at_once))));
    }
    let effect = |(exclusion, fcr_rate): (&'static str, Option<f64>)| {
        let points = fcr_rate.zip(with).map(|(without, with)| 100.0 * (without - with));
        Effect { exclusion, count: count(exclusion), fcr_rate, points }
    };
    Ok(rates.into_iter().map(effect).collect())
}

/// The rate if every contact that is no repeat were a first one.
fn without_left_edge(view: &View) -> Result<Option<f64>> {
    if view.policy.observed_from.is_none() {
        // None began before the observation, so that nothing is needed before it.
        let as_first = |class| if let Class::LeftEdge(fate) = class { Class::First(fate) } else { class };
        return Ok(rate_as_if(&view.links, as_first));
    }
    let mut at_once = view.policy.clone();
    at_once.lookback = Some(Span::from_seconds(0));
    at_once.category.values_mut().for_each(|own| own.lookback = None);
    Ok(rate(&view.relinked(&at_once)?))
}

/// The overall rate if the classes were others that chain in the same way.
fn rate_as_if(links: &Links, as_if: impl Fn(Class) -> Class) -> Option<f64> {
    let mut by_code = [0u64; CLASS_CODES];
    links.codes().iter().for_each(|code| by_code[usize::from(*code)] += 1);
    let (mut eligible, mut resolved) = (0, 0);
    for (code, count) in (0..).zip(by_code) {
        let class = Class::from_code(code).map(&as_if);
        let fate = class.and_then(|class| class.counted(links.anchored_at()));
        if let Some(Fate { is_eligible: true, outcome }) = fate {
            eligible += count;
            resolved += if outcome == Outcome::Resolved { count } else { 0 };
        }
    }
    measure::rate(resolved, eligible).0
}

/// The policy without an exclusion; none where it is no choice.
fn without(policy: &Policy, exclusion: Exclusion) -> Option<Policy> {
    let mut policy = policy.clone();
    let keep_status = |policy: &mut Policy, status| {
        policy.exclude_status.retain(|it| *it != status);
        policy.repeat_only_status.retain(|it| *it != status);
    };
    let keep_direction =
        |policy: &mut Policy, direction| policy.exclude_direction.retain(|it| *it != direction);
    match exclusion {
        Exclusion::Ignored => keep_status(&mut policy, Status::Ignored),
        Exclusion::Abandoned => keep_status(&mut policy, Status::Abandoned),
        Exclusion::Voicemail => keep_status(&mut policy, Status::Voicemail),
        Exclusion::Outbound => keep_direction(&mut policy, Direction::Outbound),
        Exclusion::Internal => keep_direction(&mut policy, Direction::Internal),
        Exclusion::ScheduledCallback => keep_direction(&mut policy, Direction::Callback),
        Exclusion::ExcludedCustomer => policy.exclude_customers.clear(),
        Exclusion::OtherChannel => policy.channels = Channels::Any,
        Exclusion::ContinuationByReconnect => policy.reconnect_within = Span::from_seconds(0),
        Exclusion::TooShort => policy.minimum_seconds = 0.0,
        Exclusion::CategoryNotEligible => {
            policy.category.values_mut().for_each(|own| own.is_eligible = None);
        }
        Exclusion::NoIdentity => policy.anonymous = Anonymous::Single,
        Exclusion::ContinuationByTransfer if policy.transfer_within.micros() > 0 => {
            policy.transfer_within = Span::from_seconds(0);
        }
        Exclusion::DuplicateId | Exclusion::ContinuationByTransfer => return None,
    }
    Some(policy)
}
