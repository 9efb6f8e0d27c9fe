//! Amazon Bedrock Data Automation: the standard output of a recording.
//!
//! Every such file is called `result.json`, so its id is the name of the recording. Who of the numbered speakers is the
//! customer, and when the call was, it does not say.

use serde_json::Value;

use super::{Export, Origin, Record, Said, in_order, list, seconds_of_millis, stem_of, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::BedrockDataAutomation,
    example: include_str!("../../../fixtures/exports/bedrock-data-automation.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_audio = text(document, "/metadata/semantic_modality").is_some_and(|it| it == "AUDIO");
    (is_audio && document.get("audio_segments").is_some())
        .then_some("it has `audio_segments` and is of `AUDIO`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if tell(document).is_none() || !document["audio_segments"].is_array() {
        return Err(Fault::of_row(
            "no data automation of a recording: `audio_segments` is no list".to_string(),
        ));
    }
    let mut record = Record::default();
    let recording =
        text(document, "/metadata/s3_key").map(|key| stem_of(key.rsplit('/').next().unwrap_or(&key)));
    record.cell("interaction_id", Some(recording.unwrap_or_else(|| origin.stem())));
    record.cell("channel", Some("voice"));
    let language = text(document, "/metadata/dominant_asset_language");
    record.cell("language", language.map(|language| language.to_lowercase()));
    let said = list(document, "/audio_segments").iter().filter_map(said);
    record.turns = Some(in_order(said.collect()));
    Ok(vec![record])
}

fn said(segment: &Value) -> Option<Said> {
    let label = text(segment, "/speaker/speaker_label").or_else(|| text(segment, "/channel/channel_label"));
    Some(Said {
        speaker: label.unwrap_or_default(),
        at_seconds: seconds_of_millis(segment, "/start_timestamp_millis"),
        text: text(segment, "/text")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;
    use crate::config::Field;
    use crate::ingest::tests::{read_bytes, source};
    use crate::interaction::Speaker;

    #[test]
    fn the_id_is_the_name_of_the_recording_and_not_of_the_file() {
        let transcript = &read_text("result.json", EXPORT.example).transcripts[0];
        assert_eq!(
            (transcript.interaction_id.as_str(), transcript.language.as_deref()),
            ("1001", Some("en"))
        );
    }

    #[test]
    fn a_numbered_speaker_is_who_the_user_says() {
        let told = |batch: crate::ingest::Batch| -> Vec<(Speaker, Option<f64>)> {
            batch.transcripts[0].turns.iter().map(|it| (it.speaker, it.at_seconds)).collect()
        };
        let batch = read_text("result.json", EXPORT.example);
        let notes = batch.notes.iter().filter(|it| it.what.starts_with("unknown speaker")).count();
        assert_eq!(notes, 2);
        let unknown = Speaker::Unknown;
        assert_eq!(told(batch), [(unknown, Some(1.62)), (unknown, Some(4.5)), (unknown, Some(4.501))]);
        let mut source = source();
        let words = [("spk_0", "customer"), ("spk_1", "agent")];
        let words = words.map(|(from, to)| (from.to_string(), to.to_string()));
        source.values.insert(Field::Speaker, words.into_iter().collect());
        let mapped = read_bytes("result.json", EXPORT.example.as_bytes(), &source);
        let speakers: Vec<Speaker> = told(mapped).into_iter().map(|(speaker, _)| speaker).collect();
        assert_eq!(speakers, [Speaker::Agent, Speaker::Customer, Speaker::Agent]);
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"metadata": {"semantic_modality": "AUDIO", "s3_key": ""}, "audio_segments": [3, {"text": "a", "speaker": 4}]}"#;
        assert_eq!(read_text("r.json", odd).transcripts[0].interaction_id, "r");
        let odd = r#"{"metadata": {"semantic_modality": "AUDIO"}, "audio_segments": {}}"#;
        assert_eq!(read_text("r.json", odd).rejects.len(), 1);
    }
}
