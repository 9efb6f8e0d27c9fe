//! How well customers are known: which keys linked the contacts, whom nobody knows, and how much the rate depends on the
//! key. Plain data; the words for it are the formats' business.

use serde::Serialize;

/// The section of the report.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Identity {
    /// The keys that linked, the strongest first; then others that the data have, each by itself.
    pub keys: Vec<KeyShare>,
    /// Interactions that are contacts of nobody known, or would be contacts if their customer were known.
    pub anonymous_count: u64,
    /// Those ÷ all interactions that are contacts or would be.
    pub anonymous_rate: Option<f64>,
    /// How many values too many customers share, so that they link nothing.
    pub capped_count: u64,
    /// Those on the most interactions.
    pub capped: Vec<CappedKey>,
    /// Contacts of the customer with the most: a much larger number than the others' is no customer.
    pub largest_customer_count: u64,
    /// The data had none of the policy's keys: the customer id linked instead.
    pub is_stand_in: bool,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyShare {
    /// Its name, as in the policy.
    pub key: String,
    /// The policy links by it.
    pub is_used: bool,
    /// Contacts of which it is the strongest key; 0 for a key that is not used.
    pub contact_count: u64,
    /// Those ÷ contacts.
    pub contact_share: Option<f64>,
    /// Contacts there would be, were this the only key.
    pub alone_contact_count: u64,
    /// Their FCR rate.
    pub alone_fcr_rate: Option<f64>,
    /// Their repeat rate.
    pub alone_repeat_rate: Option<f64>,
}

/// A value that too many customers share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CappedKey {
    /// The key.
    pub key: String,
    /// Its value on one of the interactions, as the source has it.
    pub value: String,
    /// How many customers share it, told by a stronger key.
    pub customer_count: u64,
    /// Interactions that have it.
    pub interaction_count: u64,
}
