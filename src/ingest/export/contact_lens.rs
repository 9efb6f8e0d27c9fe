//! Amazon Connect Contact Lens: the analysis of a call, a chat or an e-mail.
//!
//! The file names neither the customer nor (for voice) the start: these come from the contact records, by the contact's
//! id. Roles are those of `Participants[]`: the id of a participant says nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{Export, Origin, Record, Said, in_order, list, seconds_of_millis, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::ContactLens,
    example: include_str!("../../../fixtures/exports/contact-lens.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let has = |key| document.get(key).is_some();
    let is_job = has("JobName") && !has("CustomerMetadata");
    (has("Transcript") && has("Participants") && has("ContentMetadata") && !is_job)
        .then_some("it has `Transcript`, `Participants` and `ContentMetadata`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if !document.get("Transcript").is_some_and(Value::is_array) {
        return Err(Fault::of_row("no Contact Lens analysis: `Transcript` is no list".to_string()));
    }
    let mut record = Record::default();
    let id = text(document, "/CustomerMetadata/ContactId").unwrap_or_else(|| origin.stem());
    record.cell("interaction_id", Some(id));
    record.cell("channel", text(document, "/Channel"));
    record.cell("language", text(document, "/LanguageCode"));
    let start = list(document, "/Transcript").iter().filter_map(moment).min();
    let end = list(document, "/Transcript").iter().filter_map(moment).max();
    record.cell("started_at", start.map(|at| at.to_string()));
    record.cell("ended_at", end.map(|at| at.to_string()));
    let duration =
        seconds_of_millis(document, "/ConversationCharacteristics/TotalConversationDurationMillis");
    record.cell("talk_seconds", duration.map(|seconds| seconds.to_string()));
    // Where the rules could not be applied, no category is not the same as none that matches.
    if list(document, "/JobDetails/SkippedAnalysis").iter().any(is_skipped_categorization) {
        record.notes.push("categories not known: the analysis skipped them".to_string());
    } else {
        let matched = list(document, "/Categories/MatchedCategories").iter().filter_map(Value::as_str);
        let matched: Vec<&str> = matched.collect();
        record.cell("Categories", (!matched.is_empty()).then(|| matched.join(", ")));
    }
    let roles: HashMap<&str, &str> = list(document, "/Participants")
        .iter()
        .filter_map(|it| Some((it.get("ParticipantId")?.as_str()?, it.get("ParticipantRole")?.as_str()?)))
        .collect();
    let said = list(document, "/Transcript").iter().filter_map(|turn| said(turn, &roles, start));
    record.turns = Some(in_order(said.collect()));
    Ok(vec![record])
}

fn is_skipped_categorization(skipped: &Value) -> bool {
    skipped.get("Feature").and_then(Value::as_str).is_some_and(|feature| feature.contains("CATEGORIZATION"))
}

/// When a turn of a chat was written.
fn moment(turn: &Value) -> Option<Timestamp> {
    turn.get("AbsoluteTime")?.as_str()?.parse().ok()
}

/// A turn; events of a chat (joined, left, typing) are none.
fn said(turn: &Value, roles: &HashMap<&str, &str>, start: Option<Timestamp>) -> Option<Said> {
    let text = turn.get("Content")?.as_str()?.to_string();
    let id = turn.get("ParticipantId").and_then(Value::as_str).unwrap_or_default();
    let own = turn.get("ParticipantRole").and_then(Value::as_str);
    let speaker = roles.get(id).copied().or(own).unwrap_or(id).to_string();
    let since_start = || Some(moment(turn)?.duration_since(start?).as_secs_f64());
    let at_seconds = seconds_of_millis(turn, "/BeginOffsetMillis").or_else(since_start);
    Some(Said { speaker, at_seconds, text })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::Speaker;

    #[test]
    fn roles_are_those_of_the_participants_and_the_order_is_kept_to_the_millisecond() {
        let (interaction, turns) = one(EXPORT.example);
        let interaction = interaction.unwrap();
        assert_eq!(interaction.interaction_id, "4f1c9a52-0c1e-4a7e-9a55-6d1f0a2b7c10");
        assert_eq!((interaction.channel.as_deref(), interaction.talk_seconds), (Some("chat"), Some(95.5)));
        let told: Vec<(Speaker, f64)> = turns.iter().map(|it| (it.speaker, it.at_seconds.unwrap())).collect();
        let (agent, customer) = (Speaker::Agent, Speaker::Customer);
        assert_eq!(told, [(Speaker::System, 1.28), (customer, 40.13), (agent, 40.63), (agent, 95.5)]);
    }

    #[test]
    fn a_call_has_no_start_of_its_own_and_gives_words_alone() {
        let call = r#"{"Channel": "VOICE", "ContentMetadata": {}, "CustomerMetadata": {"ContactId": "c1"},
            "Participants": [{"ParticipantId": "x", "ParticipantRole": "CUSTOMER"}],
            "Transcript": [{"ParticipantId": "x", "Content": "hello", "BeginOffsetMillis": 1090}]}"#;
        let (interaction, turns) = one(call);
        assert_eq!(interaction, None);
        assert_eq!((turns[0].speaker, turns[0].at_seconds), (Speaker::Customer, Some(1.09)));
    }

    #[test]
    fn categories_that_the_analysis_skipped_are_not_known_and_not_absent() {
        let skipped = r#"{"ContentMetadata": {}, "Participants": [], "Transcript": [],
            "JobDetails": {"SkippedAnalysis": [{"Feature": "POST_CONTACT_CATEGORIZATION", "ReasonCode": "QUOTA_EXCEEDED"}]}}"#;
        let batch = read_text("c9.json", skipped);
        assert_eq!(batch.transcripts[0].interaction_id, "c9");
        assert!(
            batch.notes.iter().any(|note| note.what.starts_with("categories not known")),
            "{:?}",
            batch.notes
        );
    }
}
