//! What became of a row under the policy, and its one-byte form. Definitions of the words; no logic.

use serde::Serialize;

/// What an interaction is under a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No contact, for one reason.
    Excluded(Exclusion),
    /// A contact that is no repeat, so close to the start of observation that it is unknown whether it is first.
    LeftEdge,
    /// A contact that is no repeat, with at least the lookback observed before it.
    First {
        /// Its window has been fully observed; otherwise it is pending.
        is_eligible: bool,
        /// What followed; provisional while pending.
        outcome: Outcome,
    },
    /// A contact that follows another of its episode within the window.
    Repeat,
}

/// What followed a first contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No repeat in its episode.
    Resolved,
    /// At least one repeat in its episode.
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
    /// The customer left before being served.
    Abandoned = 4,
    /// The customer left a message.
    Voicemail = 5,
    /// Handled for less than the policy's minimum.
    TooShort = 6,
    /// It has a parent other than itself: a leg of a contact that was transferred.
    ContinuationByTransfer = 7,
    /// No customer is known, so it can be linked to nothing.
    NoIdentity = 8,
    /// The policy says that its category does not count.
    CategoryNotEligible = 9,
}

/// How many one-byte codes there are.
pub const CLASS_CODES: usize = 16;

/// The code of a contact whose class is not known yet; it becomes `LeftEdge` or another contact's code.
pub(super) const CONTACT: u8 = LEFT_EDGE;
pub(super) const LEFT_EDGE: u8 = 10;
pub(super) const REPEAT: u8 = 11;
const FIRST: u8 = 12;
const FIRST_ELIGIBLE: u8 = 2;
const FIRST_RESOLVED: u8 = 1;

impl Exclusion {
    /// Every reason, in the order of precedence.
    pub const ALL: [Exclusion; 10] = [
        Exclusion::DuplicateId,
        Exclusion::Ignored,
        Exclusion::Outbound,
        Exclusion::Internal,
        Exclusion::Abandoned,
        Exclusion::Voicemail,
        Exclusion::TooShort,
        Exclusion::ContinuationByTransfer,
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
            Exclusion::Abandoned => "abandoned",
            Exclusion::Voicemail => "voicemail",
            Exclusion::TooShort => "too_short",
            Exclusion::ContinuationByTransfer => "continuation_by_transfer",
            Exclusion::NoIdentity => "no_identity",
            Exclusion::CategoryNotEligible => "category_not_eligible",
        }
    }
}

impl Class {
    /// The one-byte form, below [`CLASS_CODES`].
    pub fn code(self) -> u8 {
        match self {
            Class::Excluded(reason) => reason as u8,
            Class::LeftEdge => LEFT_EDGE,
            Class::Repeat => REPEAT,
            Class::First { is_eligible, outcome } => {
                let resolved = if outcome == Outcome::Resolved { FIRST_RESOLVED } else { 0 };
                FIRST + if is_eligible { FIRST_ELIGIBLE } else { 0 } + resolved
            }
        }
    }

    /// The class of a code; `None` for a number that is none.
    pub fn from_code(code: u8) -> Option<Class> {
        match code {
            LEFT_EDGE => Some(Class::LeftEdge),
            REPEAT => Some(Class::Repeat),
            FIRST..16 => {
                let outcome = if code & FIRST_RESOLVED != 0 { Outcome::Resolved } else { Outcome::Repeated };
                Some(Class::First { is_eligible: code & FIRST_ELIGIBLE != 0, outcome })
            }
            _ => Exclusion::ALL.get(usize::from(code)).map(|reason| Class::Excluded(*reason)),
        }
    }

    /// Whether it counts as a contact.
    pub fn is_contact(self) -> bool {
        !matches!(self, Class::Excluded(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_class_and_back() {
        for code in 0..CLASS_CODES as u8 {
            assert_eq!(Class::from_code(code).map(Class::code), Some(code));
        }
        assert_eq!(Class::from_code(16), None);
    }

    #[test]
    fn reasons_are_listed_by_precedence_under_their_names() {
        for (at, reason) in Exclusion::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
