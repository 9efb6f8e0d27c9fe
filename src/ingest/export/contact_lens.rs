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
    if has("Transcript") && has("Participants") && has("ContentMetadata") && !is_job {
        return Some("it has `Transcript`, `Participants` and `ContentMetadata`");
    }
    is_mail(document).then_some("its `Version` begins with `EMAIL-` and it has `CustomerMetadata`")
}

/// The analysis of an e-mail, which has no word of the e-mail in it.
fn is_mail(document: &Value) -> bool {
    let is_version = text(document, "/Version").is_some_and(|version| version.starts_with("EMAIL-"));
    is_version && document.get("CustomerMetadata").is_some() && document.get("Transcript").is_none()
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if is_mail(document) {
        let file = text(document, "/CustomerMetadata/InputFiles/EmailMessagePlainTextS3URI");
        let file = file.map(|file| format!(": read {}", crate::ingest::shown(&file))).unwrap_or_default();
        let reason = "nothing to read: the analysis of an e-mail has neither a start nor words";
        return Err(Fault::of_row(format!("{reason}{file}")));
    }
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
    categories(document, &mut record);
    record.turns = Some(words(document, start));
    Ok(vec![record])
}

/// The categories that matched. Where the rules could not be applied, none is not the same as none that matches.
pub(super) fn categories(document: &Value, record: &mut Record) {
    if list(document, "/JobDetails/SkippedAnalysis").iter().any(is_skipped_categorization) {
        record.notes.push("categories not known: the analysis skipped them".to_string());
        return;
    }
    let matched = list(document, "/Categories/MatchedCategories").iter().filter_map(Value::as_str);
    let matched: Vec<&str> = matched.collect();
    record.cell("Categories", (!matched.is_empty()).then(|| matched.join(", ")));
}

/// The turns of `Transcript[]`, by the roles of `Participants[]`.
pub(super) fn words(document: &Value, start: Option<Timestamp>) -> Vec<Said> {
    let roles: HashMap<&str, &str> = list(document, "/Participants")
        .iter()
        .filter_map(|it| Some((it.get("ParticipantId")?.as_str()?, it.get("ParticipantRole")?.as_str()?)))
        .collect();
    let said = list(document, "/Transcript").iter().filter_map(|turn| said(turn, &roles, start));
    in_order(said.collect())
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
    let since_start = || Some((moment(turn)?.as_millisecond() - start?.as_millisecond()) as f64 / 1e3);
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
    fn a_redacted_chat_tells_the_role_in_each_turn() {
        let chat = r#"{"Channel": "CHAT", "ContentMetadata": {"Output": "Redacted"}, "CustomerMetadata": {"ContactId": "c2"},
            "Participants": [{"ParticipantId": "x", "DisplayName": "[PII]"}],
            "Transcript": [{"ParticipantId": "x", "ParticipantRole": "CUSTOMER", "Content": "I am [PII] again",
                "AbsoluteTime": "2026-03-02T09:15:00.120Z"}]}"#;
        let (interaction, turns) = one(chat);
        assert_eq!(interaction.unwrap().started_at, 1_772_442_900_120_000);
        assert_eq!((turns[0].speaker, turns[0].text.as_str()), (Speaker::Customer, "I am [PII] again"));
    }

    #[test]
    fn the_analysis_of_an_e_mail_is_refused_with_the_file_that_has_its_words() {
        let mail = r#"{"Version": "EMAIL-2026-01-01", "Channel": "EMAIL", "CustomerMetadata": {"ContactId": "m1",
            "InputFiles": {"EmailMessagePlainTextS3URI": "EmailMessages/m1_plain_text.json"}},
            "Categories": {"MatchedCategories": ["refund"], "MatchedDetails": {"refund": {"PointsOfInterest":
                [{"Contacts": [{"ContactId": "m1"}]}]}}}}"#;
        let batch = read_text("m1.json", mail);
        assert_eq!(batch.rejects.len(), 1);
        assert!(batch.rejects[0].reason.contains("m1_plain_text.json"), "{}", batch.rejects[0].reason);
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
