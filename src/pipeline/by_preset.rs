//! The same contacts as each preset counts them, as far as the data have what it asks for.

use super::asked::{lacks, remark};
use super::view::View;
use crate::Result;
use crate::measure::{Groups, SweptCounts, score_classes};
use crate::policy::{PRESETS, Policy, Preset};
use crate::report::{PresetRates, Rates, spread};

/// The rates under every preset. What belongs to the data or the company is as in the view's policy.
pub(super) fn by_preset(view: &View, categories: &Groups) -> Result<Vec<PresetRates>> {
    PRESETS.iter().map(|preset| rates(view, categories, preset)).collect()
}

fn rates(view: &View, categories: &Groups, preset: &'static Preset) -> Result<PresetRates> {
    let policy = view.policy.with_preset(preset);
    let lacks = lacks(view, &policy);
    if lacks.is_some() {
        let (overall, categories) = (Rates::default(), Vec::new());
        return Ok(PresetRates { preset: preset.name, lacks, remark: None, overall, categories });
    }
    let is_own = policy == Policy { preset: policy.preset.clone(), ..view.policy.clone() };
    let relinked = if is_own { None } else { Some(view.relinked(&policy)?) };
    let links = relinked.as_ref().unwrap_or(&view.links);
    let scores = score_classes(links, &categories.codes, categories.keys.len());
    let counts: Vec<SweptCounts> = scores.iter().map(SweptCounts::from).collect();
    let all = counts.iter().fold(SweptCounts::default(), |sum, counts| sum.plus(counts));
    let of_category = categories.keys.iter().zip(counts).filter(|(_, counts)| counts.contact_count > 0);
    Ok(PresetRates {
        preset: preset.name,
        lacks: None,
        remark: remark(view, &policy),
        overall: Rates::new(None, all),
        categories: of_category
            .map(|(key, counts)| Rates::new(key.first().cloned().flatten(), counts))
            .collect(),
    })
}

/// The largest overall rate less the smallest, of the presets with enough eligible contacts and without a remark; none
/// without two.
pub(super) fn preset_spread(presets: &[PresetRates], minimum_count: u64) -> Option<f64> {
    let whole = presets.iter().filter(|it| it.remark.is_none());
    let enough = whole.filter(|it| it.overall.counts.eligible_count >= minimum_count.max(1));
    spread(enough.filter_map(|it| it.overall.fcr_rate))
}
