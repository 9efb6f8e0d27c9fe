//! The words that a policy chooses from: one enum a choice, each with its name in the `[policy]` table. No logic.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// The contacts that the FCR rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// First contacts.
    First,
    /// Every contact: each can be followed by another, whether or not it is itself a repeat.
    Every,
}

/// The moment of a contact from which time is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Start to start.
    Start,
    /// End of the earlier contact to the start of the later one.
    End,
}

/// How time is counted between two contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Elapsed time: a day is 24 hours.
    Elapsed,
    /// Dates in the policy's time zone: from one day to the next is 1, whatever the hour.
    Calendar,
}

/// Whether a gap of exactly the window is within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// It is: gap ≤ W.
    Inclusive,
    /// It is not: gap < W.
    Exclusive,
}

/// The contact of an episode from which a gap is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// The contact just before.
    Rolling,
    /// The first contact of the episode.
    First,
}

/// Which contacts of one customer share a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    /// Contacts of the same category; contacts without a category share one reason.
    Category,
    /// Contacts whose categories have the same parent; a category without a parent is its own.
    ParentCategory,
    /// All contacts.
    Any,
}

/// What a contact of the same customer about another reason does to the estimate over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherReason {
    /// Nothing.
    Ignore,
    /// It ends the wait: what would have followed is not known.
    Competing,
}

/// Which channels link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channels {
    /// All, with each other.
    Any,
    /// All, each with itself.
    Same,
    /// These, with each other; contacts of other channels do not count, those of an unknown channel do.
    List(Vec<String>),
}

impl Serialize for Channels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Channels::Any => serializer.serialize_str("any"),
            Channels::Same => serializer.serialize_str("same"),
            Channels::List(names) => names.serialize(serializer),
        }
    }
}

/// What becomes of interactions of which no customer is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// They do not count.
    Exclude,
    /// Each counts as the only contact of a customer.
    Single,
}

/// Whether a contact has to be old enough before the FCR rate counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maturity {
    /// Its window must have been observed in full; until then it is pending.
    Required,
    /// It counts at once, as in products that do not look at the end of the data.
    Ignored,
}

/// What says that a contact's issue was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolvedBy {
    /// No further contact within the window.
    Silence,
    /// The agent's code.
    Code,
    /// The history of the ticket: its replies, reopens, agents and the time until it was closed.
    Ticket,
}

/// What becomes of tickets that are not solved, and of contacts without a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsolved {
    /// They are pending.
    Pending,
    /// They are not resolved.
    Fails,
}

/// How agents are named in what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agents {
    /// As the source names them.
    #[default]
    Shown,
    /// Not at all: it is not told who handled what.
    Hidden,
    /// By a name that stays the same and says nothing to who does not know the salt.
    Pseudonyms,
}

/// A field that says who the customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityField {
    /// The id in the source's CRM.
    CustomerId,
    /// The telephone number, in E.164 where the region is known.
    Phone,
    /// The e-mail address.
    Email,
    /// The national identity number.
    NationalId,
    /// The name.
    Name,
}

impl IdentityField {
    /// Every field, by its name in the policy.
    pub const ALL: [(&'static str, IdentityField); 5] = [
        ("customer_id", IdentityField::CustomerId),
        ("phone", IdentityField::Phone),
        ("email", IdentityField::Email),
        ("national_id", IdentityField::NationalId),
        ("name", IdentityField::Name),
    ];

    /// `customer_id`, `phone`, …
    pub fn name(self) -> &'static str {
        let of = IdentityField::ALL.iter().find(|(_, field)| *field == self);
        of.expect("every field is listed").0
    }
}

/// An identity key: one field, or several that must all be there (`name+national_id`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityKey(pub Vec<IdentityField>);

impl fmt::Display for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|field| field.name()).collect::<Vec<_>>().join("+"))
    }
}

impl Serialize for IdentityKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
