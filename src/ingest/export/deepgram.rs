//! Deepgram: a recording as heard, cut into utterances or not.
//!
//! Its `created` is when the recording was sent, not when the call was, and its `request_id` is the request's: the id
//! is the name of the file. How the words are cut into turns stands in [`speech`].

use serde_json::Value;

use super::{Export, Origin, Record, in_order, list, speech};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::Deepgram,
    example: include_str!("../../../fixtures/exports/deepgram.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_one = document.pointer("/results/channels/0/alternatives").is_some_and(Value::is_array)
        || !list(document, "/results/utterances").is_empty();
    is_one.then_some("it has `results` with `utterances`, or with `channels` of `alternatives`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if tell(document).is_none() {
        let reason = "no result of Deepgram: `results` has neither utterances nor channels";
        return Err(Fault::of_row(reason.to_string()));
    }
    let heard = speech::of_deepgram(document).unwrap_or_default();
    let mut record = Record::default();
    record.cell("interaction_id", Some(origin.stem()));
    record.cell("channel", Some("voice"));
    record.cell("language", heard.language);
    record.turns = Some(in_order(heard.turns));
    Ok(vec![record])
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;

    fn told(name: &str, text: &str) -> Vec<(Option<f64>, String)> {
        let batch = read_text(name, text);
        assert!(batch.interactions.is_empty(), "when it was sent is no start");
        batch.transcripts[0].turns.iter().map(|it| (it.at_seconds, it.text.clone())).collect()
    }

    #[test]
    fn utterances_are_turns_of_the_file_by_its_name() {
        let batch = read_text("call-17.json", EXPORT.example);
        assert_eq!(batch.transcripts[0].interaction_id, "call-17");
        let expected = [(Some(0.08), "Good morning."), (Some(2.4), "I am calling for the third time.")];
        assert_eq!(told("a.json", EXPORT.example), expected.map(|(at, text)| (at, text.to_string())));
    }

    #[test]
    fn without_utterances_the_words_of_each_speaker_are() {
        let mut document: Value = serde_json::from_str(EXPORT.example).unwrap();
        document["results"].as_object_mut().unwrap().remove("utterances");
        let expected = [(Some(0.08), "Good morning."), (Some(2.4), "I am calling for the third time.")];
        assert_eq!(told("a.json", &document.to_string()), expected.map(|(at, text)| (at, text.to_string())));
    }

    #[test]
    fn odd_members_are_no_panic() {
        for odd in
            [r#"{"results": {"channels": [{"alternatives": [3]}]}}"#, r#"{"results": {"utterances": [3]}}"#]
        {
            assert_eq!(read_text("a.json", odd).row_count, 1);
        }
    }
}
