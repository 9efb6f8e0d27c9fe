//! The canonical fields that a source column can be mapped to, by the names that `[source.fields]` uses.
//!
//! Only the names and their closed vocabularies; which column names are *recognised* as a field without a
//! mapping is `ingest`'s business.

/// A field of an interaction or of a turn. Its name in `recontact.toml` is [`Field::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Unique id of the interaction; required.
    InteractionId,
    /// Identity key by which contacts are linked.
    CustomerId,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// National identity number.
    NationalId,
    /// The customer's name.
    Name,
    /// When the interaction began; required for interactions.
    StartedAt,
    /// When it ended.
    EndedAt,
    /// When the record was last changed: of records with one id the latest counts.
    UpdatedAt,
    /// Time an agent spent, in seconds (or `mm:ss`, `hh:mm:ss`).
    HandleSeconds,
    /// Time in conversation, in seconds.
    TalkSeconds,
    /// Time on hold, in seconds.
    HoldSeconds,
    /// Time in the queue, in seconds.
    WaitSeconds,
    /// voice, chat, email, messaging, …
    Channel,
    /// inbound, outbound, internal, callback.
    Direction,
    /// Issue category.
    Category,
    /// Second level of the category.
    Subcategory,
    /// Queue or skill.
    Queue,
    /// The agent.
    AgentId,
    /// The agent's team.
    Team,
    /// handled, abandoned, voicemail, ignored.
    Status,
    /// The interaction that this one continues, by id.
    ParentId,
    /// Number of transfers.
    TransferCount,
    /// Result that the agent coded.
    Disposition,
    /// The coded result as yes or no.
    IsCodedResolved,
    /// Number of times the case was reopened.
    ReopenCount,
    /// Number of public replies by agents.
    ReplyCount,
    /// Number of agents who took part.
    AgentCount,
    /// Customer satisfaction.
    Csat,
    /// Net promoter answer.
    Nps,
    /// The customer's answer: was this the first contact about it.
    SurveyIsFirst,
    /// The customer's answer: how many contacts it took.
    SurveyContactCount,
    /// The customer's answer: was it resolved.
    SurveyIsResolved,
    /// Language tag.
    Language,
    /// Knowledge-base article used.
    ArticleId,
    /// Who speaks, where a row is one turn: customer, agent, system.
    Speaker,
    /// Seconds from the start of the interaction, where a row is one turn.
    AtSeconds,
    /// What is said, where a row is one turn.
    Text,
    /// All turns of the interaction (JSON lines only).
    Turns,
    /// Title of an article, or the question that it answers.
    Title,
    /// What an article says.
    Body,
}

/// Every field with its name, in the order in which documentation and `init` list them.
pub const FIELDS: [(Field, &str); 41] = [
    (Field::InteractionId, "interaction_id"),
    (Field::CustomerId, "customer_id"),
    (Field::Phone, "phone"),
    (Field::Email, "email"),
    (Field::NationalId, "national_id"),
    (Field::Name, "name"),
    (Field::StartedAt, "started_at"),
    (Field::EndedAt, "ended_at"),
    (Field::UpdatedAt, "updated_at"),
    (Field::HandleSeconds, "handle_seconds"),
    (Field::TalkSeconds, "talk_seconds"),
    (Field::HoldSeconds, "hold_seconds"),
    (Field::WaitSeconds, "wait_seconds"),
    (Field::Channel, "channel"),
    (Field::Direction, "direction"),
    (Field::Category, "category"),
    (Field::Subcategory, "subcategory"),
    (Field::Queue, "queue"),
    (Field::AgentId, "agent_id"),
    (Field::Team, "team"),
    (Field::Status, "status"),
    (Field::ParentId, "parent_id"),
    (Field::TransferCount, "transfer_count"),
    (Field::Disposition, "disposition"),
    (Field::IsCodedResolved, "is_coded_resolved"),
    (Field::ReopenCount, "reopen_count"),
    (Field::ReplyCount, "reply_count"),
    (Field::AgentCount, "agent_count"),
    (Field::Csat, "csat"),
    (Field::Nps, "nps"),
    (Field::SurveyIsFirst, "survey_is_first"),
    (Field::SurveyContactCount, "survey_contact_count"),
    (Field::SurveyIsResolved, "survey_is_resolved"),
    (Field::Language, "language"),
    (Field::ArticleId, "article_id"),
    (Field::Speaker, "speaker"),
    (Field::AtSeconds, "at_seconds"),
    (Field::Text, "text"),
    (Field::Turns, "turns"),
    (Field::Title, "title"),
    (Field::Body, "body"),
];

impl Field {
    /// The name in `recontact.toml`.
    pub fn name(self) -> &'static str {
        FIELDS[self as usize].1
    }

    /// The field of that exact name.
    pub fn from_name(name: &str) -> Option<Field> {
        FIELDS.iter().find(|(_, known)| *known == name).map(|(field, _)| *field)
    }

    /// Whether the field is a moment, so that `format` may be said of it.
    pub fn is_time(self) -> bool {
        matches!(self, Field::StartedAt | Field::EndedAt | Field::UpdatedAt)
    }

    /// Whether the field is an answer of the customer: what a source of surveys holds.
    pub fn is_survey_answer(self) -> bool {
        matches!(
            self,
            Field::SurveyIsFirst
                | Field::SurveyContactCount
                | Field::SurveyIsResolved
                | Field::Csat
                | Field::Nps
        )
    }

    /// Whether the field tells who the customer is: placeholders such as `anonymous` are blank there.
    pub fn is_identity(self) -> bool {
        matches!(self, Field::CustomerId | Field::Phone | Field::Email | Field::NationalId | Field::Name)
    }

    /// The canonical values of a field whose vocabulary is closed; `None` where any text is allowed.
    pub fn vocabulary(self) -> Option<&'static [&'static str]> {
        match self {
            Field::Status => Some(&["handled", "abandoned", "voicemail", "ignored", "unknown"]),
            Field::Direction => Some(&["inbound", "outbound", "internal", "callback", "unknown"]),
            Field::Disposition | Field::IsCodedResolved | Field::SurveyIsResolved => {
                Some(&["resolved", "unresolved", "unknown"])
            }
            Field::SurveyIsFirst => Some(&["yes", "no", "unknown"]),
            Field::Speaker => Some(&["customer", "agent", "system", "unknown"]),
            _ => None,
        }
    }

    /// Whether `[source.values.FIELD]` may be said of it: fields of text, not of moments and numbers.
    pub fn has_values(self) -> bool {
        self.vocabulary().is_some()
            || matches!(
                self,
                Field::Channel
                    | Field::Category
                    | Field::Subcategory
                    | Field::Queue
                    | Field::AgentId
                    | Field::Team
                    | Field::Language
                    | Field::ArticleId
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_enum() {
        for (position, (field, name)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, position, "{name}");
            assert_eq!(Field::from_name(name), Some(*field));
            assert_eq!(field.name(), *name);
        }
    }
}
