//! Two commits of a store under one policy: which interactions changed their class between them, and why.
//!
//! It takes the store as of either commit and gives a restatement log. Rows keep their numbers from commit to commit, as
//! long as both can be opened: so what is the same row in both is the same record, and what moved it are others. The
//! changes add up to the difference of the reports (see [`Moved`]).

use std::collections::BTreeMap;

use super::view::{Extent, Loaded, View};
use crate::interaction::Interaction;
use crate::link::{Class, Links, Outcome};
use crate::measure::{Moved, Scores, score};
use crate::policy::Policy;
use crate::report::{Change, Comparison, FieldChange, Reason, ReasonCount, Standing};
use crate::store::Store;
use crate::{Error, Result};

/// What a commit looks like under the policy.
struct Side<'a> {
    view: View<'a>,
    /// The place of each row in chain order; [`NO_PLACE`] of one that is no contact.
    places: Vec<u32>,
}

const NO_PLACE: u32 = u32::MAX;

/// A change as rows: of the earlier commit, and of the later one.
#[derive(Debug, Clone, Copy)]
struct Pair {
    from: Option<u32>,
    to: Option<u32>,
}

/// Compares the store as of two commits, the earlier one first.
///
/// Errors: `from` is not before `to`, or of another folder; those of a report.
pub fn compare(from: &Store, to: &Store, policy: &Policy) -> Result<Comparison> {
    if from.dir() != to.dir() || from.commit_id() >= to.commit_id() {
        let what = format!("commit {} is not before commit {}", from.commit_id(), to.commit_id());
        return Err(Error::data(to.dir(), what, "name the earlier commit first"));
    }
    let (from_cues, to_cues) = (from.cues()?, to.cues()?);
    let from = Loaded::read(from, policy, &from_cues, Extent::Keys)?;
    let to = Loaded::read(to, policy, &to_cues, Extent::Keys)?;
    let (from, to) = (Side::new(from.view(policy)?), Side::new(to.view(policy)?));
    let pairs = changed(&from.view, &to.view);
    let before = contents(from.view.store, pairs.iter().map(|it| it.from))?;
    let after = contents(to.view.store, pairs.iter().map(|it| it.to))?;
    let mut totals: BTreeMap<Reason, ReasonCount> = BTreeMap::new();
    let mut changes = Vec::with_capacity(pairs.len());
    for (pair, (before, after)) in pairs.iter().zip(before.into_iter().zip(after)) {
        let class = (pair.from.map(|row| from.class(row)), pair.to.map(|row| to.class(row)));
        let fields = match (&before, &after) {
            (Some(before), Some(after)) if pair.from != pair.to => differing(&from.view, before, after),
            _ => Vec::new(),
        };
        // Read again without a difference, it is the same record.
        if class.0 == class.1 && fields.is_empty() {
            continue;
        }
        let (reason, because) = why(&from, &to, *pair, !fields.is_empty());
        let moved = Moved::of(class.0, class.1, to.view.links.anchored_at());
        let total = totals.entry(reason).or_insert_with(|| ReasonCount::of(reason));
        total.change_count += 1;
        total.moved += moved;
        let Some(record) = after.or(before) else { continue };
        changes.push(Change {
            started_at: to.view.time(record.started_at),
            interaction_id: record.interaction_id,
            customer_id: record.customer_id,
            category: record.category,
            from: class.0.map(standing),
            to: class.1.map(standing),
            reason,
            because: because.map(|(side, row)| id_of(if side { &to } else { &from }, row)).transpose()?,
            fields,
            moved,
        });
    }
    changes.sort_by(|a, b| {
        (a.reason, &a.started_at, &a.interaction_id).cmp(&(b.reason, &b.started_at, &b.interaction_id))
    });
    Ok(Comparison {
        schema: 1,
        from_commit: from.view.store.commit_id(),
        to_commit: to.view.store.commit_id(),
        policy: serde_json::to_value(policy).expect("a policy is plain data"),
        from: counts_of_everything(&from.view),
        to: counts_of_everything(&to.view),
        reasons: totals.into_values().collect(),
        changes,
    })
}

/// The scores of all interactions.
fn counts_of_everything(view: &View) -> Scores {
    score(&view.links, &[], 1, &[]).into_iter().next().unwrap_or_default()
}

impl<'a> Side<'a> {
    fn new(view: View<'a>) -> Side<'a> {
        let mut places = vec![NO_PLACE; view.links.row_count()];
        for (row, place) in view.links.order().iter().zip(0..) {
            places[*row as usize] = place;
        }
        Side { view, places }
    }

    fn class(&self, row: u32) -> Class {
        self.view.links.class(row)
    }

    fn place(&self, row: u32) -> Option<usize> {
        let place = self.places.get(row as usize).copied();
        place.filter(|place| *place != NO_PLACE).map(|place| place as usize)
    }

    /// The contact after one in its episode.
    fn next(&self, row: u32) -> Option<u32> {
        let place = self.place(row)? + 1;
        let links = &self.view.links;
        (place < links.order().len() && !links.starts_episode(place)).then(|| links.order()[place])
    }

    /// The contact before one in its episode.
    fn previous(&self, row: u32) -> Option<u32> {
        let place = self.place(row)?;
        let links = &self.view.links;
        (place > 0 && !links.starts_episode(place)).then(|| links.order()[place - 1])
    }
}

/// The interactions whose row or class is another. Both sides have their rows in the same order.
fn changed(from: &View, to: &View) -> Vec<Pair> {
    let is_counted = |view: &View, row: usize| view.columns.is_duplicate.get(row) == Some(&false);
    let (mut pairs, mut gone, mut came) = (Vec::new(), BTreeMap::new(), Vec::new());
    for row in 0..to.columns.row_count.max(from.columns.row_count) {
        let place = row as u32;
        match (is_counted(from, row), is_counted(to, row)) {
            (true, true) if from.links.codes()[row] != to.links.codes()[row] => {
                pairs.push(Pair { from: Some(place), to: Some(place) });
            }
            (true, false) => {
                gone.insert(from.columns.interaction_key[row], place);
            }
            (false, true) => came.push((to.columns.interaction_key[row], place)),
            _ => {}
        }
    }
    for (key, row) in came {
        pairs.push(Pair { from: gone.remove(&key), to: Some(row) });
    }
    pairs.extend(gone.into_values().map(|row| Pair { from: Some(row), to: None }));
    pairs
}

/// The records of rows, in their order.
fn contents(store: &Store, rows: impl Iterator<Item = Option<u32>>) -> Result<Vec<Option<Interaction>>> {
    let rows: Vec<Option<u32>> = rows.collect();
    let wanted: Vec<u32> = rows.iter().flatten().copied().collect();
    let mut records = store.interactions(&wanted)?.into_iter();
    Ok(rows.into_iter().map(|row| row.and_then(|_| records.next())).collect())
}

/// Why a class is another, and the contact that makes it so: whether it is one of the later commit, and its row.
fn why(from: &Side, to: &Side, pair: Pair, is_corrected: bool) -> (Reason, Option<(bool, u32)>) {
    let (before, after) = match (pair.from, pair.to) {
        (None, _) => return (Reason::New, None),
        (_, None) => return (Reason::Gone, None),
        (Some(before), Some(after)) => (before, after),
    };
    if is_corrected {
        return (Reason::Corrected, None);
    }
    let (was, is) = (from.class(before), to.class(after));
    match (was.is_contact(), is.is_contact()) {
        (true, true) => {}
        _ => return (Reason::Screened, None),
    }
    if was.is_repeat() != is.is_repeat() {
        return match is.is_repeat() {
            true => (Reason::EarlierCame, to.previous(after).map(|row| (true, row))),
            false => (Reason::EarlierWent, from.previous(before).map(|row| (false, row))),
        };
    }
    let is_eligible = |class: Class| fate(class).is_some_and(|fate| fate.is_eligible);
    if was.is_first() != is.is_first() {
        return (Reason::Observation, None);
    }
    let outcome = |links: &Links, row: u32| fate(links.class(row)).map(|fate| fate.outcome);
    match (outcome(&from.view.links, before), outcome(&to.view.links, after)) {
        (Some(Outcome::Resolved), Some(Outcome::Repeated)) => {
            (Reason::LaterCame, to.next(after).map(|row| (true, row)))
        }
        (Some(Outcome::Repeated), Some(Outcome::Resolved)) => {
            (Reason::LaterWent, from.next(before).map(|row| (false, row)))
        }
        _ if is_eligible(was) && !is_eligible(is) => (Reason::Observation, None),
        _ => (Reason::Observed, None),
    }
}

fn fate(class: Class) -> Option<crate::link::Fate> {
    match class {
        Class::Excluded(_) => None,
        Class::LeftEdge(fate) | Class::First(fate) | Class::Repeat(fate) | Class::UnservedRepeat(fate) => {
            Some(fate)
        }
    }
}

fn standing(class: Class) -> Standing {
    let (name, exclusion) = match class {
        Class::Excluded(exclusion) => ("excluded", Some(exclusion.name())),
        Class::LeftEdge(_) => ("left_edge", None),
        Class::First(_) => ("first", None),
        Class::Repeat(_) | Class::UnservedRepeat(_) => ("repeat", None),
    };
    let outcome = fate(class).map(|fate| match (fate.is_eligible, fate.outcome) {
        (false, _) => "pending",
        (true, Outcome::Resolved) => "resolved",
        (true, Outcome::Repeated) => "repeated",
    });
    Standing { class: name, exclusion, outcome }
}

fn id_of(side: &Side, row: u32) -> Result<String> {
    let ids = side.view.store.texts("interaction_id", &[row])?;
    Ok(ids.into_iter().flatten().next().unwrap_or_default())
}

/// The fields in which two versions of an interaction differ.
fn differing(view: &View, before: &Interaction, after: &Interaction) -> Vec<FieldChange> {
    let fields = |it: &Interaction| match serde_json::to_value(it) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> =
        before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.retain(|name| *name != "interaction_id" && before.get(*name) != after.get(*name));
    let text = |name: &str, value: Option<&serde_json::Value>| match value {
        None | Some(serde_json::Value::Null) => None,
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        Some(serde_json::Value::Number(at)) if name.ends_with("_at") => at.as_i64().map(|at| view.time(at)),
        Some(other) => Some(other.to_string()),
    };
    names
        .into_iter()
        .map(|name| FieldChange {
            field: name.clone(),
            from: text(name, before.get(name)),
            to: text(name, after.get(name)),
        })
        .collect()
}
