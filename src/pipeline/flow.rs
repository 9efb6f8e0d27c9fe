//! Store and policy → with which reason customers come back, where that is more than chance, and what changed meanwhile.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::report::{Reports, groups};
use super::view::View;
use crate::Result;
use crate::link::{Followed, Outcome, Timelines};
use crate::measure::{
    Arrival, Departure, FlowCounts, FlowNumbers, Groups, Return, flow as counts, return_numbers, switch,
};
use crate::policy::{Anchor, Policy};
use crate::report::{
    ChannelSwitch, Flow, FlowCell, FlowExample, FlowPair, FlowSaying, FlowSwitch, FlowValue,
};
use crate::store::Store;

/// What may have changed when a customer comes back.
const SWITCHES: [&str; 4] = ["channel", "agent_id", "team", "queue"];

/// Pairs that are told with words and examples.
const MOST_PAIRS: usize = 100;

/// Examples of a pair.
const MOST_EXAMPLES: usize = 3;

/// With which value of a dimension (`category`, `channel`, …; `agent` is `agent_id`) customers come back under `policy`.
///
/// Errors: an unknown dimension, an unknown time zone, a damaged store.
pub fn flow(store: &Store, policy: &Policy, by: &str) -> Result<Flow> {
    let reports = Reports::load(store, policy)?;
    reports.flow(policy, by)
}

impl Reports {
    /// The same of what was read, under a policy that [suits](Reports::suits) it.
    ///
    /// Errors: as [`flow`].
    pub fn flow(&self, policy: &Policy, by: &str) -> Result<Flow> {
        self.flow_of(&self.view(policy)?, by)
    }

    pub(super) fn flow_of(&self, view: &View, by: &str) -> Result<Flow> {
        let by = if by == "agent" { "agent_id" } else { by };
        let groups = groups(view, &[by.to_string()])?;
        let followed = followed(view);
        let departures: Vec<Departure> = followed.iter().map(|it| self.departure(it, &groups)).collect();
        let found = counts(&departures, groups.keys.len());
        let names: Vec<Option<String>> = groups.keys.iter().map(|key| key[0].clone()).collect();
        let (pairs, untold_count) = self.pairs(view, &followed, &groups, &found, &names, by)?;
        let (switches, channel_switches) = switches(view, &followed)?;
        let (values, cells) = told(&found, &names);
        Ok(Flow {
            schema: 1,
            policy: serde_json::to_value(view.policy).expect("a policy is plain data"),
            commit_id: view.store.commit_id(),
            by: by.to_string(),
            overall: found.overall,
            values,
            cells,
            pairs,
            untold_count,
            switches,
            channel_switches,
        })
    }

    fn departure(&self, it: &Followed, groups: &Groups) -> Departure {
        let group = |row: u32| groups.codes[row as usize];
        let next = it.next.map(|next| Arrival {
            to: group(next.row),
            is_same: next.is_same,
            gap: next.gap,
            is_stated: self.known().is_stated(next.row),
        });
        Departure { from: group(it.row), is_failed: it.is_failed, next }
    }

    /// The cells that are more than chance, with examples, and how many there are beyond those told.
    fn pairs(
        &self,
        view: &View,
        followed: &[Followed],
        groups: &Groups,
        found: &FlowCounts,
        names: &[Option<String>],
        by: &str,
    ) -> Result<(Vec<FlowPair>, usize)> {
        let numbers: HashMap<(u32, u32), FlowNumbers> =
            found.cells.iter().map(|(from, to, numbers)| ((*from, *to), *numbers)).collect();
        let pair = |(from, to, own): &(u32, u32, FlowNumbers)| {
            let reverse = numbers.get(&(*to, *from));
            let cell = cell(names, *from, *to, *own);
            FlowPair {
                reverse_count: reverse.map_or(0, |it| it.next_count),
                reverse_expected_count: reverse.and_then(|it| it.expected_count),
                is_miscoding_candidate: by == "category" && cell.from.is_some() && cell.to.is_some(),
                examples: Vec::new(),
                cell,
            }
        };
        let more = found.cells.iter().filter(|it| it.2.is_more_than_chance);
        let mut pairs: Vec<((u32, u32), FlowPair)> = more.map(|it| ((it.0, it.1), pair(it))).collect();
        pairs.sort_by(|a, b| a.1.by_evidence(&b.1));
        let untold_count = pairs.len().saturating_sub(MOST_PAIRS);
        pairs.truncate(MOST_PAIRS);
        let mut rows: HashMap<(u32, u32), Vec<(u32, u32)>> =
            pairs.iter().map(|it| (it.0, Vec::new())).collect();
        for it in followed {
            let Some(next) = it.next else { continue };
            let cell = (groups.codes[it.row as usize], groups.codes[next.row as usize]);
            rows.entry(cell).and_modify(|rows| rows.push((it.row, next.row)));
        }
        let chosen: Vec<Vec<(u32, u32)>> =
            pairs.iter().map(|it| self.chosen(view, rows.remove(&it.0).unwrap_or_default())).collect();
        let mut examples = self.examples(view, &chosen.concat())?.into_iter();
        for ((_, pair), chosen) in pairs.iter_mut().zip(chosen) {
            pair.examples = examples.by_ref().take(chosen.len()).collect();
        }
        Ok((pairs.into_iter().map(|it| it.1).collect(), untold_count))
    }

    /// The contacts to show: those whose customers state a repeat when they come back, then the latest.
    fn chosen(&self, view: &View, mut rows: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        let key = |(row, next): &(u32, u32)| {
            let is_stated = self.known().is_stated(*next) == Some(true);
            let at = |row: u32| view.columns.started_at[row as usize];
            (!is_stated, -at(*next), -at(*row), view.columns.interaction_key[*row as usize])
        };
        rows.sort_unstable_by_key(key);
        rows.truncate(MOST_EXAMPLES);
        rows
    }

    fn examples(&self, view: &View, rows: &[(u32, u32)]) -> Result<Vec<FlowExample>> {
        let all: Vec<u32> = rows.iter().flat_map(|(row, next)| [*row, *next]).collect();
        let mut ids = view.store.texts("interaction_id", &all)?.into_iter();
        let cues: Vec<Option<u32>> =
            rows.iter().map(|(_, next)| self.spoken().first_cue(*next, self.cues())).collect();
        let wanted: Vec<u32> = cues.iter().flatten().map(|cue| self.cues().row[*cue as usize]).collect();
        let mut records = view.store.cue_records(&wanted)?.into_iter();
        let mut examples = Vec::with_capacity(rows.len());
        for ((row, next), cue) in rows.iter().zip(cues) {
            let mut id = || ids.next().flatten().unwrap_or_default();
            let time = |row: u32| view.time(view.columns.started_at[row as usize]);
            let saying = cue.and_then(|_| records.next()).map(|cue| FlowSaying {
                rule: cue.rule,
                language: cue.language,
                phrase: cue.phrase,
                quote: cue.quote,
            });
            examples.push(FlowExample {
                contact_id: id(),
                started_at: time(*row),
                next_contact_id: id(),
                next_started_at: time(*next),
                saying,
            });
        }
        Ok(examples)
    }
}

/// The contacts that the FCR rate counts with what followed them.
fn followed(view: &View) -> Vec<Followed> {
    let input = view.input();
    let timelines = Timelines::new(&view.links, &input, view.policy);
    let stretches = view.links.stretches().into_par_iter();
    stretches.flat_map_iter(|places| timelines.stretch(places).followed()).collect()
}

fn cell(names: &[Option<String>], from: u32, to: u32, numbers: FlowNumbers) -> FlowCell {
    FlowCell { from: names[from as usize].clone(), to: names[to as usize].clone(), numbers }
}

/// The values that occur and the cells between them, the largest first.
fn told(found: &FlowCounts, names: &[Option<String>]) -> (Vec<FlowValue>, Vec<FlowCell>) {
    let value = |(value, totals): (&Option<String>, _)| FlowValue { value: value.clone(), totals };
    let mut values: Vec<FlowValue> = names.iter().zip(found.groups.iter().copied()).map(value).collect();
    values.retain(|it| it.totals.counted_count + it.totals.arrived_count > 0);
    values.sort_by(FlowValue::by_size);
    let place: HashMap<&Option<String>, usize> = values.iter().map(|it| &it.value).zip(0..).collect();
    let mut cells: Vec<FlowCell> =
        found.cells.iter().map(|(from, to, numbers)| cell(names, *from, *to, *numbers)).collect();
    cells.sort_by_key(|it| (place[&it.from], std::cmp::Reverse(it.numbers.next_count), place[&it.to]));
    (values, cells)
}

/// What changed between the contacts that failed and the next of their episodes.
fn switches(view: &View, followed: &[Followed]) -> Result<(Vec<FlowSwitch>, Vec<ChannelSwitch>)> {
    let returned = |it: &Followed| {
        let next = it.next.filter(|next| next.is_same && it.is_failed)?;
        let fate = view.links.class(next.row).counted(Anchor::Every).filter(|fate| fate.is_eligible);
        let is_failed_again = fate.map(|fate| fate.outcome == Outcome::Repeated);
        Some((it.row, next.row, Return { is_changed: None, gap: next.gap, is_failed_again }))
    };
    let returned: Vec<(u32, u32, Return)> = followed.iter().filter_map(returned).collect();
    let (mut switches, mut channels) = (Vec::new(), Vec::new());
    for name in SWITCHES {
        let dimension = view.store.dimension(name)?;
        let code = |row: u32| Some(dimension.codes[row as usize]).filter(|code| *code > 0);
        let of = |(row, next, it): &(u32, u32, Return)| {
            let is_changed = code(*row).zip(code(*next)).map(|(one, other)| one != other);
            Return { is_changed, ..*it }
        };
        let returns: Vec<Return> = returned.iter().map(of).collect();
        if name == "channel" {
            channels = channel_switches(&returned, |row| Some(dimension.names[code(row)? as usize].as_str()));
        }
        switches.push(FlowSwitch { dimension: name.to_string(), switch: switch(&returns) });
    }
    Ok((switches, channels))
}

fn channel_switches<'a>(
    returned: &[(u32, u32, Return)],
    channel: impl Fn(u32) -> Option<&'a str>,
) -> Vec<ChannelSwitch> {
    let mut by_channels: BTreeMap<(&str, &str), Vec<Return>> = BTreeMap::new();
    for (row, next, it) in returned {
        if let Some(channels) = channel(*row).zip(channel(*next)) {
            by_channels.entry(channels).or_default().push(*it);
        }
    }
    let known: usize = by_channels.values().map(Vec::len).sum();
    let switch = |((from, to), returns): ((&str, &str), Vec<Return>)| ChannelSwitch {
        from: from.to_string(),
        to: to.to_string(),
        numbers: return_numbers(&returns, known as u64),
    };
    let mut switches: Vec<ChannelSwitch> = by_channels.into_iter().map(switch).collect();
    switches.sort_by_key(|it| std::cmp::Reverse(it.numbers.return_count));
    switches
}
