//! The definitions once more, written for clearness and nothing else: for each contact the one before it is
//! searched among all rows. The twin that the kernel is tested against. Tests only.

use super::table::{Row, names};
use super::{Class, Exclusion, Outcome};
use crate::interaction::{Direction, Micros, Status};
use crate::policy::{Chain, Clock, Policy, Same};

/// The class of each row.
pub(super) fn classes(rows: &[Row], policy: &Policy) -> Vec<Class> {
    let twin = Naive { rows, policy, names: names() };
    let from = policy.observed_from.or(rows.iter().map(|it| it.started_at).min());
    let to = policy.observed_to.or(rows.iter().map(|it| it.started_at).max());
    let class = |row: &Row| {
        if let Some(reason) = twin.exclusion(row) {
            return Class::Excluded(reason);
        }
        if twin.is_repeat(row) {
            return Class::Repeat;
        }
        let lookback = policy.lookback_of(twin.name(row)).micros();
        if row.started_at - lookback < from.unwrap() {
            return Class::LeftEdge;
        }
        let is_eligible = twin.anchor(row) + policy.window_of(twin.name(row)).micros() <= to.unwrap();
        let is_repeated = twin.after(row).is_some_and(|next| twin.is_repeat(next));
        Class::First { is_eligible, outcome: if is_repeated { Outcome::Repeated } else { Outcome::Resolved } }
    };
    rows.iter().map(class).collect()
}

struct Naive<'a> {
    rows: &'a [Row],
    policy: &'a Policy,
    names: Vec<String>,
}

impl Naive<'_> {
    fn name(&self, row: &Row) -> &str {
        &self.names[row.category as usize]
    }

    fn exclusion(&self, row: &Row) -> Option<Exclusion> {
        let status = |it: Status| row.status == it as u8 && self.policy.exclude_status.contains(&it);
        let direction =
            |it: Direction| row.direction == it as u8 && self.policy.exclude_direction.contains(&it);
        let reasons = [
            (row.is_duplicate, Exclusion::DuplicateId),
            (status(Status::Ignored), Exclusion::Ignored),
            (direction(Direction::Outbound), Exclusion::Outbound),
            (direction(Direction::Internal), Exclusion::Internal),
            (status(Status::Abandoned), Exclusion::Abandoned),
            (status(Status::Voicemail), Exclusion::Voicemail),
            (row.seconds < self.policy.minimum_seconds, Exclusion::TooShort),
            (row.parent != 0 && row.parent != row.id, Exclusion::ContinuationByTransfer),
            (row.customer == 0, Exclusion::NoIdentity),
            (!self.policy.is_eligible(self.name(row)), Exclusion::CategoryNotEligible),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }

    /// The end of a contact, or of the last leg that continues it.
    fn end(&self, contact: &Row) -> Micros {
        let is_leg = |row: &&Row| self.exclusion(row) == Some(Exclusion::ContinuationByTransfer);
        let legs = self.rows.iter().filter(is_leg).filter(|leg| self.continued(leg) == Some(contact.id));
        let ends = legs.chain([contact]).map(|row| row.ended_at.max(row.started_at));
        ends.max().unwrap()
    }

    fn continued(&self, leg: &Row) -> Option<u64> {
        let mut at = leg;
        for _ in self.rows {
            if at.parent == 0 || at.parent == at.id {
                return None;
            }
            at = self.rows.iter().find(|row| row.id == at.parent && !row.is_duplicate)?;
            if self.exclusion(at).is_none() {
                return Some(at.id);
            }
        }
        None
    }

    fn anchor(&self, contact: &Row) -> Micros {
        if self.policy.clock == Clock::Start { contact.started_at } else { self.end(contact) }
    }

    fn reason(&self, row: &Row) -> String {
        match self.policy.same {
            Same::Any => String::new(),
            Same::Category => self.name(row).to_string(),
            Same::ParentCategory => {
                self.policy.parent_of(self.name(row)).unwrap_or_else(|| self.name(row)).to_string()
            }
        }
    }

    /// The other contacts of its customer and reason.
    fn others(&self, row: &Row) -> impl Iterator<Item = &Row> {
        let key = (row.customer, self.reason(row));
        let is_other = move |it: &&Row| it.id != row.id && (it.customer, self.reason(it)) == key;
        self.rows.iter().filter(is_other).filter(|it| self.exclusion(it).is_none())
    }

    fn before(&self, row: &Row) -> Option<&Row> {
        self.others(row).filter(|it| place(it) < place(row)).max_by_key(|it| place(it))
    }

    fn after(&self, row: &Row) -> Option<&Row> {
        self.others(row).filter(|it| place(it) > place(row)).min_by_key(|it| place(it))
    }

    fn is_repeat(&self, row: &Row) -> bool {
        let reference = match self.policy.chain {
            Chain::Rolling => self.before(row),
            Chain::First => self.before(row).map(|before| self.first_of_episode(before)),
        };
        reference.is_some_and(|earlier| {
            let gap = (row.started_at - self.anchor(earlier)).max(0);
            gap <= self.policy.window_of(self.name(earlier)).micros()
        })
    }

    fn first_of_episode<'r>(&'r self, row: &'r Row) -> &'r Row {
        if self.is_repeat(row) {
            self.first_of_episode(self.before(row).expect("a repeat has one before it"))
        } else {
            row
        }
    }
}

/// Where a contact stands among those of its customer and reason.
fn place(row: &Row) -> (Micros, String) {
    (row.started_at, row.id.to_string())
}
