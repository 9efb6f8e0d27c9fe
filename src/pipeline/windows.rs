//! Store and policy → when customers come back, by day, and which windows that suggests.

use std::collections::BTreeMap;

use super::derive::tells_category;
use super::report::groups;
use super::view::{Extent, Loaded};
use crate::Result;
use crate::link::Timelines;
use crate::measure::gap_profiles;
use crate::policy::Policy;
use crate::report::{WindowGroup, Windows};
use crate::store::Store;

/// The gaps after the contacts that the FCR rate counts under `policy`: of everything, and of each group by one or two
/// dimensions.
///
/// Errors: an unknown dimension, more than two, an unknown time zone, a damaged store.
pub fn windows(store: &Store, policy: &Policy, by: &[String]) -> Result<Windows> {
    let cues = store.cues_of_kinds(|kind| tells_category(policy, kind))?;
    let loaded = Loaded::read(store, policy, &cues, Extent::Links)?;
    let view = loaded.view(policy)?;
    let groups = groups(&view, by)?;
    let input = view.input();
    let timelines = Timelines::new(&view.links, &input, policy);
    let found = gap_profiles(&view.links, policy, &groups, |places| timelines.stretch(places).silences());
    let of_group = |(key, profile): (&Vec<Option<String>>, _)| {
        WindowGroup::new(by.iter().cloned().zip(key.iter().cloned()).collect(), profile)
    };
    let mut of_groups: Vec<WindowGroup> = groups.keys.iter().zip(found.groups).map(of_group).collect();
    of_groups.retain(|group| group.profile.subject_count > 0);
    of_groups.sort_by(WindowGroup::by_size);
    Ok(Windows {
        schema: 1,
        policy: serde_json::to_value(policy).expect("a policy is plain data"),
        commit_id: store.commit_id(),
        by: by.to_vec(),
        horizon: found.horizon,
        overall: WindowGroup::new(BTreeMap::new(), found.overall),
        groups: of_groups,
    })
}
