//! One interaction as a report tells it: what formats that list contacts one by one are made of. Plain data; which contact
//! is what was decided by linking, and is only named here.

use crate::interaction::Micros;

/// One interaction that was read. It is a contact unless its class is `excluded`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contact {
    /// Its id, as the source has it.
    pub contact_id: String,
    /// Number of its customer within the table, from 1; none for no contact. It is another one in another table.
    pub customer: Option<u32>,
    /// The customer's id, as the source has it. Telephone numbers, addresses and names are never told.
    pub customer_id: Option<String>,
    /// Who handled it.
    pub agent_id: Option<String>,
    /// The team that handled it.
    pub team: Option<String>,
    /// Its channel.
    pub channel: Option<String>,
    /// Its language, as the source declares it.
    pub language: Option<String>,
    /// Its category, derived ones marked as such.
    pub category: Option<String>,
    /// Its start, in microseconds UTC.
    pub started_at: Micros,
    /// Its end, in microseconds UTC: as said, else start and handle time, else the start; never before the start.
    pub ended_at: Micros,
    /// `first`, `repeat`, `left_edge` or `excluded`.
    pub class: &'static str,
    /// Why it is no contact: the step of the waterfall.
    pub excluded_why: Option<&'static str>,
    /// Whether the FCR rate counts it: it is in the denominator.
    pub is_eligible: bool,
    /// `resolved`, `repeated` or `pending`; none of what the FCR rate does not count.
    pub outcome: Option<&'static str>,
    /// Id of the first contact of its episode, its own for that one.
    pub episode_id: Option<String>,
    /// Which contact of its episode it is, from 1.
    pub episode_order: Option<u32>,
    /// Contacts of its episode.
    pub episode_contact_count: Option<u32>,
    /// Id of the next contact of its episode.
    pub next_contact_id: Option<String>,
    /// From this contact (its end or start, by the policy's clock) to the start of the next of its episode, in days.
    pub days_to_repeat: Option<f64>,
    /// Whether the customer says that they were in contact before; none where no words are known.
    pub is_stated_repeat: Option<bool>,
    /// How many contacts, including this one, the customer speaks of.
    pub stated_contacts: Option<u32>,
    /// Ids of the rules that fire in it, each once, in alphabetical order.
    pub cue_rules: Vec<String>,
    /// Kinds of these rules.
    pub cue_kinds: Vec<String>,
}

/// A contact that the FCR rate counts as not resolved, with what the customer says when they come back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FailedContact {
    /// The contact.
    pub contact: Contact,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// When the next of its episode began.
    pub next_started_at: Option<String>,
    /// Where the customer says that they were in contact before, if they do.
    pub saying: Option<super::Saying>,
    /// The rule that this is by.
    pub rule: Option<String>,
}
