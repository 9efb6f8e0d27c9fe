//! Amazon Transcribe Call Analytics: the transcript of a recorded call.
//!
//! As Contact Lens has it, but of a job and not of a contact: each turn has its role, and nothing says when the call
//! was or who called. So it gives words, which are joined to a log of calls by the job's name.

use serde_json::Value;

use super::{Export, Origin, Record, contact_lens, stem_of, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::CallAnalytics,
    example: include_str!("../../../fixtures/exports/call-analytics.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let has = |key| document.get(key).is_some();
    (has("JobName") && has("Participants") && has("Transcript") && !has("CustomerMetadata"))
        .then_some("it has `JobName`, `Participants` and `Transcript`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if tell(document).is_none() || !document["Transcript"].is_array() {
        return Err(Fault::of_row(
            "no call analytics: `JobName` or a list `Transcript` is missing".to_string(),
        ));
    }
    let mut record = Record::default();
    record.cell(
        "interaction_id",
        Some(text(document, "/JobName").map_or_else(|| origin.stem(), |job| stem_of(&job))),
    );
    record.cell("channel", text(document, "/Channel"));
    record.cell("language", text(document, "/LanguageCode"));
    contact_lens::categories(document, &mut record);
    record.turns = Some(contact_lens::words(document, None));
    Ok(vec![record])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::Speaker;

    #[test]
    fn a_job_gives_words_by_its_name_and_no_start() {
        let batch = read_text("x.json", EXPORT.example);
        assert!(batch.interactions.is_empty());
        assert_eq!(batch.transcripts[0].interaction_id, "1001_20260302");
        assert_eq!(batch.transcripts[0].language.as_deref(), Some("en-GB"));
        let (_, turns) = one(EXPORT.example);
        let told: Vec<(Speaker, Option<f64>)> = turns.iter().map(|it| (it.speaker, it.at_seconds)).collect();
        let expected =
            [(Speaker::Agent, Some(0.04)), (Speaker::Customer, Some(3.31)), (Speaker::Agent, Some(3.32))];
        assert_eq!(told, expected);
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"JobName": 7, "Participants": 3, "Transcript": [4, {"Content": null}, {"Content": "a", "BeginOffsetMillis": "x"}]}"#;
        assert_eq!(read_text("x.json", odd).transcripts[0].turns.len(), 1);
        assert_eq!(
            read_text("x.json", r#"{"JobName": "a", "Participants": [], "Transcript": {}}"#).rejects.len(),
            1
        );
    }
}
