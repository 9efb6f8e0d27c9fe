//! What became of a row under the policy, and its one-byte form. Definitions of the words; no logic.

use serde::Serialize;

use crate::policy::Anchor;

/// What an interaction is under a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No contact, for one reason.
    Excluded(Exclusion),
    /// A contact that is no repeat, so close to the start of observation that it is unknown whether it is first.
    LeftEdge(Fate),
    /// A contact that is no repeat, with at least the lookback observed before it.
    First(Fate),
    /// A contact that follows another of its episode within the window.
    Repeat(Fate),
    /// A repeat of a status that only counts as one: it was not served, so that nothing is asked of what follows it.
    UnservedRepeat(Fate),
}

/// What became of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// It is old enough to tell; otherwise it is pending.
    pub is_eligible: bool,
    /// How it ended; provisional while pending.
    pub outcome: Outcome,
}

/// How a contact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No contact of its episode follows (or what else the policy takes for resolved).
    Resolved,
    /// A contact of its episode follows (or what else the policy takes for not resolved).
    Repeated,
}

/// Why an interaction is no contact. Where several reasons hold, the first in this order is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Exclusion {
    /// Another interaction with the same id is the one that counts.
    DuplicateId = 0,
    /// To be left out: test call, phantom, spam.
    Ignored = 1,
    /// The company began it.
    Outbound = 2,
    /// Between employees.
    Internal = 3,
    /// The company began it at a time agreed with the customer.
    ScheduledCallback = 4,
    /// The policy leaves its customer out.
    ExcludedCustomer = 5,
    /// The policy does not count its channel.
    OtherChannel = 6,
    /// The customer left before being served.
    Abandoned = 7,
    /// The customer left a message.
    Voicemail = 8,
    /// Handled for less than the policy's minimum.
    TooShort = 9,
    /// A leg of a contact that was transferred: it has a parent other than itself, or follows so closely.
    ContinuationByTransfer = 10,
    /// It follows another contact of its customer so closely that the line must have been lost.
    ContinuationByReconnect = 11,
    /// No customer is known, so it can be linked to nothing.
    NoIdentity = 12,
    /// The policy says that its category does not count.
    CategoryNotEligible = 13,
}

/// How many one-byte codes there are.
pub const CLASS_CODES: usize = 32;

/// The codes of contacts begin here.
pub(super) const CONTACT: u8 = 16;
const LEFT_EDGE: u8 = 0;
const FIRST: u8 = 1;
const REPEAT: u8 = 2;
const UNSERVED_REPEAT: u8 = 3;
const ELIGIBLE: u8 = 2;
const RESOLVED: u8 = 1;

impl Exclusion {
    /// Every reason, in the order of precedence.
    pub const ALL: [Exclusion; 14] = [
        Exclusion::DuplicateId,
        Exclusion::Ignored,
        Exclusion::Outbound,
        Exclusion::Internal,
        Exclusion::ScheduledCallback,
        Exclusion::ExcludedCustomer,
        Exclusion::OtherChannel,
        Exclusion::Abandoned,
        Exclusion::Voicemail,
        Exclusion::TooShort,
        Exclusion::ContinuationByTransfer,
        Exclusion::ContinuationByReconnect,
        Exclusion::NoIdentity,
        Exclusion::CategoryNotEligible,
    ];

    /// The step of the waterfall: `duplicate_id`, `too_short`, …
    pub fn name(self) -> &'static str {
        match self {
            Exclusion::DuplicateId => "duplicate_id",
            Exclusion::Ignored => "ignored",
            Exclusion::Outbound => "outbound",
            Exclusion::Internal => "internal",
            Exclusion::ScheduledCallback => "scheduled_callback",
            Exclusion::ExcludedCustomer => "excluded_customer",
            Exclusion::OtherChannel => "other_channel",
            Exclusion::Abandoned => "abandoned",
            Exclusion::Voicemail => "voicemail",
            Exclusion::TooShort => "too_short",
            Exclusion::ContinuationByTransfer => "continuation_by_transfer",
            Exclusion::ContinuationByReconnect => "continuation_by_reconnect",
            Exclusion::NoIdentity => "no_identity",
            Exclusion::CategoryNotEligible => "category_not_eligible",
        }
    }
}

impl Class {
    /// The one-byte form, below [`CLASS_CODES`].
    pub fn code(self) -> u8 {
        let contact = |place: u8, fate: Fate| {
            let resolved = if fate.outcome == Outcome::Resolved { RESOLVED } else { 0 };
            CONTACT + 4 * place + if fate.is_eligible { ELIGIBLE } else { 0 } + resolved
        };
        match self {
            Class::Excluded(reason) => reason as u8,
            Class::LeftEdge(fate) => contact(LEFT_EDGE, fate),
            Class::First(fate) => contact(FIRST, fate),
            Class::Repeat(fate) => contact(REPEAT, fate),
            Class::UnservedRepeat(fate) => contact(UNSERVED_REPEAT, fate),
        }
    }

    /// The class of a code; `None` for a number that is none.
    pub fn from_code(code: u8) -> Option<Class> {
        let Some(contact) = code.checked_sub(CONTACT) else {
            return Exclusion::ALL.get(usize::from(code)).map(|reason| Class::Excluded(*reason));
        };
        let outcome = if contact & RESOLVED != 0 { Outcome::Resolved } else { Outcome::Repeated };
        let fate = Fate { is_eligible: contact & ELIGIBLE != 0, outcome };
        match contact / 4 {
            LEFT_EDGE => Some(Class::LeftEdge(fate)),
            FIRST => Some(Class::First(fate)),
            REPEAT => Some(Class::Repeat(fate)),
            UNSERVED_REPEAT => Some(Class::UnservedRepeat(fate)),
            _ => None,
        }
    }

    /// The same with what `of` makes of its fate; what has none stays as it is.
    pub fn map_fate(self, of: impl Fn(Fate) -> Fate) -> Class {
        match self {
            Class::Excluded(_) => self,
            Class::LeftEdge(fate) => Class::LeftEdge(of(fate)),
            Class::First(fate) => Class::First(of(fate)),
            Class::Repeat(fate) => Class::Repeat(of(fate)),
            Class::UnservedRepeat(fate) => Class::UnservedRepeat(of(fate)),
        }
    }

    /// Whether it counts as a contact.
    pub fn is_contact(self) -> bool {
        !matches!(self, Class::Excluded(_))
    }

    /// Whether it follows another of its episode.
    pub fn is_repeat(self) -> bool {
        matches!(self, Class::Repeat(_) | Class::UnservedRepeat(_))
    }

    /// Whether it is known to be the first of its episode.
    pub fn is_first(self) -> bool {
        matches!(self, Class::First(_))
    }

    /// What became of it, if the FCR rate counts it.
    pub fn counted(self, anchor: Anchor) -> Option<Fate> {
        match self {
            Class::Excluded(_) | Class::UnservedRepeat(_) => None,
            Class::First(fate) => Some(fate),
            Class::LeftEdge(fate) | Class::Repeat(fate) => (anchor == Anchor::Every).then_some(fate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_class_and_back() {
        let codes: Vec<u8> = (0..=u8::MAX).filter(|code| Class::from_code(*code).is_some()).collect();
        assert_eq!(codes.len(), Exclusion::ALL.len() + 16);
        for code in codes {
            assert_eq!(Class::from_code(code).map(Class::code), Some(code));
            assert!(usize::from(code) < CLASS_CODES);
        }
    }

    #[test]
    fn reasons_are_listed_by_precedence_under_their_names() {
        for (at, reason) in Exclusion::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
