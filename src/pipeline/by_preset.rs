//! The same contacts as each preset counts them, as far as the data have what it asks for.

use super::view::View;
use crate::Result;
use crate::measure::{Groups, SweptCounts, score};
use crate::policy::{PRESETS, Policy, Preset, ResolvedBy};
use crate::report::{PresetRates, Rates};

/// The rates under every preset. What belongs to the data or the company is as in the view's policy.
pub(super) fn by_preset(view: &View, categories: &Groups) -> Result<Vec<PresetRates>> {
    PRESETS.iter().map(|preset| rates(view, categories, preset)).collect()
}

fn rates(view: &View, categories: &Groups, preset: &'static Preset) -> Result<PresetRates> {
    let policy = view.policy.with_preset(preset);
    if let Some(lacks) = lacks(view, &policy) {
        let (overall, categories) = (Rates::default(), Vec::new());
        return Ok(PresetRates { preset: preset.name, lacks: Some(lacks), overall, categories });
    }
    let links = view.relinked(&policy)?;
    let scores = score(&links, &categories.codes, categories.keys.len(), &[]);
    let counts: Vec<SweptCounts> = scores.iter().map(SweptCounts::from).collect();
    let all = counts.iter().fold(SweptCounts::default(), |sum, counts| sum.plus(counts));
    let of_category = categories.keys.iter().zip(counts).filter(|(_, counts)| counts.contact_count > 0);
    Ok(PresetRates {
        preset: preset.name,
        lacks: None,
        overall: Rates::new(None, all),
        categories: of_category
            .map(|(key, counts)| Rates::new(key.first().cloned().flatten(), counts))
            .collect(),
    })
}

/// The largest overall rate less the smallest, of the presets with enough eligible contacts; none without two.
pub(super) fn preset_spread(presets: &[PresetRates], minimum_count: u64) -> Option<f64> {
    let enough = presets.iter().filter(|it| it.overall.counts.eligible_count >= minimum_count.max(1));
    let mut rates: Vec<f64> = enough.filter_map(|it| it.overall.fcr_rate).collect();
    rates.sort_by(f64::total_cmp);
    (rates.len() > 1).then(|| rates[rates.len() - 1] - rates[0])
}

/// The fields that a policy asks for and no interaction has.
fn lacks(view: &View, policy: &Policy) -> Option<String> {
    let ticket = &policy.ticket;
    let asks_tickets = policy.resolved_by == ResolvedBy::Ticket;
    let asked: [(bool, &[&str]); 6] = [
        (policy.resolved_by == ResolvedBy::Code, &["is_coded_resolved"]),
        (asks_tickets && ticket.minimum_replies.or(ticket.maximum_replies).is_some(), &["reply_count"]),
        (asks_tickets && ticket.maximum_reopens.is_some(), &["reopen_count"]),
        (asks_tickets && ticket.maximum_agents.is_some(), &["agent_count", "transfer_count"]),
        (asks_tickets && ticket.closed_within.is_some(), &["ended_at"]),
        (asks_tickets && ticket.closed_within.is_none(), &["is_coded_resolved", "ended_at"]),
    ];
    let fill = view.ticket_fill();
    let is_there = |name: &&str| fill.iter().any(|(field, count)| field == name && *count > 0);
    let missing: Vec<String> = asked
        .into_iter()
        .filter(|(is_asked, fields)| *is_asked && !fields.iter().any(is_there))
        .map(|(_, fields)| fields.join(" or "))
        .collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}
