//! The record types that every reader produces and every later stage takes: interaction, transcript, turn,
//! reject and note. Plain data; nothing here decides what counts (that is the policy's business).

use serde::{Deserialize, Serialize};

/// A moment in UTC: microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// Microseconds in one second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// Microseconds in a day of 24 hours.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// One record as read from a source: a call, chat, e-mail or ticket of one customer.
///
/// Blank source values are `None`. Whether an interaction is a *contact* is decided later, by the policy.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Interaction {
    /// Unique within a store; a second record with the same id is a duplicate.
    pub interaction_id: String,
    /// Identity key by which contacts are linked.
    pub customer_id: Option<String>,
    /// Further identity keys, as the source has them.
    pub phone: Option<String>,
    /// E-mail address, as the source has it.
    pub email: Option<String>,
    /// National identity number.
    pub national_id: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// When it began.
    pub started_at: Micros,
    /// When it ended, where the source says so.
    pub ended_at: Option<Micros>,
    /// When the source last changed the record, where it says so: of records with one id the latest counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Micros>,
    /// Time an agent spent on it (talk, hold and after-work), in seconds.
    pub handle_seconds: Option<f64>,
    /// Time in conversation, in seconds.
    pub talk_seconds: Option<f64>,
    /// Time on hold, in seconds.
    pub hold_seconds: Option<f64>,
    /// Time in the queue, in seconds.
    pub wait_seconds: Option<f64>,
    /// voice, chat, email, messaging, … or whatever else the source says.
    pub channel: Option<String>,
    /// Who began it.
    pub direction: Direction,
    /// Issue category (contact reason).
    pub category: Option<String>,
    /// Second level of the category.
    pub subcategory: Option<String>,
    /// Queue or skill.
    pub queue: Option<String>,
    /// The agent who handled it.
    pub agent_id: Option<String>,
    /// The agent's team.
    pub team: Option<String>,
    /// What became of it in the queue.
    pub status: Status,
    /// The interaction that this one continues (transfer leg), by id.
    pub parent_id: Option<String>,
    /// How often it was transferred.
    pub transfer_count: Option<u32>,
    /// Result that the agent coded, as the source says it.
    pub disposition: Option<String>,
    /// The disposition read as resolved or not, where it can be.
    pub is_coded_resolved: Option<bool>,
    /// How often the case was reopened.
    pub reopen_count: Option<u32>,
    /// Public replies that agents wrote.
    pub reply_count: Option<u32>,
    /// Agents who took part.
    pub agent_count: Option<u32>,
    /// Customer satisfaction, on the source's scale.
    pub csat: Option<f64>,
    /// Net promoter answer, 0–10.
    pub nps: Option<f64>,
    /// The customer's answer to "was this your first contact about this?".
    pub survey_is_first: Option<bool>,
    /// The customer's answer to "how many contacts did it take?", this one included.
    pub survey_contact_count: Option<u32>,
    /// The customer's answer to "was it resolved?".
    pub survey_is_resolved: Option<bool>,
    /// BCP 47 language tag, where declared.
    pub language: Option<String>,
    /// Knowledge-base article used.
    pub article_id: Option<String>,
    /// Every other column of the row, by source name: dimensions that a report can group by.
    pub extra: Vec<(String, String)>,
}

impl Interaction {
    /// What the customer answered, where the row itself says so.
    pub fn survey_answer(&self) -> Option<SurveyAnswer> {
        let answer = SurveyAnswer {
            interaction_id: self.interaction_id.clone(),
            is_first: self.survey_is_first,
            contact_count: self.survey_contact_count,
            is_resolved: self.survey_is_resolved,
            csat: self.csat,
            nps: self.nps,
        };
        (!answer.is_empty()).then_some(answer)
    }
}

/// What a customer answered when asked about one interaction. No interaction itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SurveyAnswer {
    /// The interaction that it is about; it may be absent from the log (an *unlinked* survey).
    pub interaction_id: String,
    /// "Was this your first contact about this?"
    pub is_first: Option<bool>,
    /// "How many contacts did it take?", this one included; never 0.
    pub contact_count: Option<u32>,
    /// "Was it resolved?"
    pub is_resolved: Option<bool>,
    /// Customer satisfaction, on the source's scale.
    pub csat: Option<f64>,
    /// Net promoter answer, 0–10.
    pub nps: Option<f64>,
}

impl SurveyAnswer {
    /// Whether no question was answered.
    pub fn is_empty(&self) -> bool {
        let SurveyAnswer { interaction_id: _, is_first, contact_count, is_resolved, csat, nps } = self;
        is_first.is_none()
            && contact_count.is_none()
            && is_resolved.is_none()
            && csat.is_none()
            && nps.is_none()
    }
}

/// An article of the knowledge base, as read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Article {
    /// Its id, which its versions and translations share.
    pub article_id: String,
    /// Its title, or the question that it answers.
    pub title: Option<String>,
    /// What it says, as plain text.
    pub body: Option<String>,
    /// Language tag: articles of one id in several languages are translations, not versions.
    pub language: Option<String>,
    /// The issue category that it is about.
    pub category: Option<String>,
    /// When the source last changed it, where it says so: of versions of one run the latest counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Micros>,
}

/// Who began an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Direction {
    /// The source does not say; counts as inbound.
    #[default]
    Unknown = 0,
    /// The customer began it.
    Inbound = 1,
    /// The company began it.
    Outbound = 2,
    /// Between employees.
    Internal = 3,
    /// The company, at a time agreed with the customer.
    Callback = 4,
}

/// What became of an interaction in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// The source does not say; counts as handled.
    #[default]
    Unknown = 0,
    /// An agent (or a bot that counts as one) served the customer.
    Handled = 1,
    /// The customer left before being served.
    Abandoned = 2,
    /// The customer left a message.
    Voicemail = 3,
    /// To be left out: test call, phantom, spam.
    Ignored = 4,
}

/// The words of one interaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Transcript {
    /// The interaction that it belongs to; it may be absent from the log (an *unlinked* transcript).
    pub interaction_id: String,
    /// BCP 47 language tag, where declared.
    pub language: Option<String>,
    /// In the order spoken.
    pub turns: Vec<Turn>,
}

/// One utterance of one speaker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Turn {
    /// Position within the interaction, from 0 (or the line number in a file that has one turn a line).
    pub index: u32,
    /// Who speaks.
    pub speaker: Speaker,
    /// Seconds from the start of the interaction.
    pub at_seconds: Option<f64>,
    /// The raw text, never altered.
    pub text: String,
}

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Speaker {
    /// Not known; rules for customers apply.
    #[default]
    Unknown = 0,
    /// The customer.
    Customer = 1,
    /// An employee.
    Agent = 2,
    /// IVR, bot, automatic message.
    System = 3,
}

impl Speaker {
    /// As it is written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Speaker::Unknown => "unknown",
            Speaker::Customer => "customer",
            Speaker::Agent => "agent",
            Speaker::System => "system",
        }
    }
}

/// A row that could not be read. It is kept, with its raw text, in `NNNNNN-rejects.jsonl` of the store, NNNNNN being the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The file as named by the user.
    pub file: String,
    /// Line in the file, from 1 (row number where a format has no lines).
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// What was found and what was expected: stable words first, so that reasons can be counted.
    pub reason: String,
    /// The row as read, at most [`MAX_RAW_BYTES`] bytes of it.
    pub raw: String,
}

/// Something odd about a row that was read all the same (an end before the start, an unknown status, …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The file as named by the user.
    pub file: String,
    /// Line in the file, from 1; 0 for a note about a transcript as a whole.
    pub line: u64,
    /// What was found and what was done: stable words, so that notes can be counted.
    pub what: String,
}

/// How much of a rejected row is kept.
pub const MAX_RAW_BYTES: usize = 4096;
