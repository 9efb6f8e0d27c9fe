//! Whisper and WhisperX: segments of a recording, with speakers where somebody told them apart.
//!
//! Who of the numbered speakers is the customer, and when the call was, it does not say.

use serde_json::Value;

use super::{Export, Origin, Record, in_order, list, speech, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::Whisper,
    example: include_str!("../../../fixtures/exports/whisper.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_segment = |it: &Value| it.get("text").is_some_and(Value::is_string) && it.get("start").is_some();
    let is_one = list(document, "/segments").first().is_some_and(is_segment)
        && ["/language", "/word_segments", "/transcript/language"]
            .iter()
            .any(|at| document.pointer(at).is_some());
    is_one.then_some("it has `segments` of `start` and `text`, with `language` or `word_segments`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if !document.get("segments").is_some_and(Value::is_array) {
        return Err(Fault::of_row("no transcript of Whisper: `segments` is no list".to_string()));
    }
    let heard = speech::of_lists(document).unwrap_or_default();
    let mut record = Record::default();
    record.cell("interaction_id", Some(origin.stem()));
    record.cell("channel", Some("voice"));
    record.cell("language", heard.language.or_else(|| text(document, "/language")));
    record.turns = Some(in_order(heard.turns));
    Ok(vec![record])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::Speaker;

    #[test]
    fn segments_are_turns_by_the_name_of_the_recording() {
        let batch = read_text("call-17.wav.json", EXPORT.example);
        assert!(batch.interactions.is_empty());
        let transcript = &batch.transcripts[0];
        assert_eq!(
            (transcript.interaction_id.as_str(), transcript.language.as_deref()),
            ("call-17", Some("de"))
        );
        let told: Vec<(Option<f64>, &str)> =
            transcript.turns.iter().map(|it| (it.at_seconds, it.text.as_str())).collect();
        let expected =
            [(Some(0.031), "Guten Tag."), (Some(1.25), "Ich rufe zum dritten Mal an."), (Some(4.0), "Ja.")];
        assert_eq!(told, expected);
    }

    #[test]
    fn without_speakers_nobody_is_known_and_nothing_is_noted() {
        let plain = r#"{"text": " again", "segments": [{"id": 0, "start": 0.0, "end": 1.0, "text": " again"}], "language": "en"}"#;
        assert_eq!(one(plain).1[0].speaker, Speaker::Unknown);
        assert_eq!(read_text("a.json", plain).notes, []);
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"language": "en", "segments": [{"start": "x", "text": "a"}, 3, {"start": 1, "text": 4, "speaker": []}]}"#;
        assert_eq!(one(odd).1.len(), 2);
    }
}
