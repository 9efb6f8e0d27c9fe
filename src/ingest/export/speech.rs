//! What a recogniser of speech heard, in the shapes that recognisers write: segments, lists of turns, Deepgram's words.
//!
//! Takes a transcript as JSON, gives turns whose speakers are still words. Which interaction it is of, somebody else
//! says.

use serde_json::Value;

use super::{Said, list, number, text};
use crate::ingest::plain_text;

/// A pause as long as this, in seconds, ends a turn of words; Deepgram's own default.
const PAUSE_SECONDS: f64 = 0.8;

/// Members that hold the turns of a transcript.
const LISTS: [&str; 7] =
    ["/segments", "/utterances", "/conversation", "/turns", "/messages", "/entries", "/transcript"];

/// The words of a transcript.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Speech {
    pub(super) turns: Vec<Said>,
    pub(super) language: Option<String>,
}

impl Speech {
    /// Whether anybody is told apart in it.
    pub(super) fn has_speakers(&self) -> bool {
        self.turns.iter().any(|turn| !turn.speaker.is_empty())
    }
}

/// A transcript of whichever shape; `None` where there is no word in it.
pub(super) fn of_any(body: &Value) -> Option<Speech> {
    let found = match body {
        Value::String(text) => Speech { turns: labelled(text), language: None },
        Value::Array(turns) => Speech { turns: turns.iter().filter_map(said).collect(), language: None },
        Value::Object(_) => of_deepgram(body).or_else(|| of_lists(body)).or_else(|| of_text(body))?,
        _ => return None,
    };
    (!found.turns.is_empty()).then_some(found)
}

/// Segments or turns in one of the members that usually hold them.
pub(super) fn of_lists(body: &Value) -> Option<Speech> {
    let turns = LISTS.iter().find_map(|pointer| {
        let turns: Vec<Said> =
            list(body, pointer).iter().filter_map(said).map(|turn| named(body, turn)).collect();
        (!turns.is_empty()).then_some(turns)
    })?;
    let language =
        ["/language", "/transcript/language", "/language_code"].iter().find_map(|at| text(body, at));
    Some(Speech { turns, language })
}

/// Utterances, or else the words of each channel, cut where the speaker changes or pauses. More channels than one
/// are speakers: a channel is recorded, a speaker only guessed by the voice.
pub(super) fn of_deepgram(body: &Value) -> Option<Speech> {
    let results = body.get("results").unwrap_or(body);
    let channels = list(results, "/channels");
    let is_split = channels.len() > 1;
    let of = |channel: Option<u64>, heard: &Value| match (is_split, channel, heard.get("speaker")) {
        (true, Some(channel), _) => format!("channel {channel}"),
        (_, _, Some(speaker)) => numbered(speaker),
        _ => String::new(),
    };
    let language = ["/channels/0/detected_language", "/channels/0/alternatives/0/languages/0"];
    let language = language.iter().find_map(|at| text(results, at));
    let language = language.or_else(|| text(results, "/detected_language"));
    let utterance = |heard: &Value| {
        let speaker = of(heard.get("channel").and_then(Value::as_u64), heard);
        Some(Said { speaker, at_seconds: number(heard, "/start"), text: text(heard, "/transcript")? })
    };
    let mut turns: Vec<Said> = list(results, "/utterances").iter().filter_map(utterance).collect();
    if turns.is_empty() {
        // Some keep the one alternative of the one channel and nothing around it.
        let heard =
            channels.iter().enumerate().filter_map(|(at, it)| Some((at, it.pointer("/alternatives/0")?)));
        let mut heard: Vec<(usize, &Value)> = heard.collect();
        if heard.is_empty() && results.get("words").is_some() {
            heard.push((0, results));
        }
        for (channel, alternative) in heard {
            turns.extend(of_words(list(alternative, "/words"), |word| of(Some(channel as u64), word)));
        }
        turns = super::in_order(turns);
    }
    (!turns.is_empty()).then_some(Speech { turns, language })
}

/// Words as turns.
fn of_words(words: &[Value], speaker_of: impl Fn(&Value) -> String) -> Vec<Said> {
    let mut turns: Vec<Said> = Vec::new();
    let mut last_end = f64::INFINITY;
    for word in words {
        let Some(text) = text(word, "/punctuated_word").or_else(|| text(word, "/word")) else { continue };
        let speaker = speaker_of(word);
        let at_seconds = number(word, "/start");
        let is_paused = at_seconds.is_some_and(|start| start - last_end > PAUSE_SECONDS);
        last_end = number(word, "/end").unwrap_or(f64::INFINITY);
        match turns.last_mut() {
            Some(turn) if turn.speaker == speaker && !is_paused => {
                if !(turn.text.ends_with(has_no_spaces) && text.starts_with(has_no_spaces)) {
                    turn.text.push(' ');
                }
                turn.text.push_str(&text);
            }
            _ => turns.push(Said { speaker, at_seconds, text }),
        }
    }
    turns
}

/// Characters of scripts that put no spaces between words.
fn has_no_spaces(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// A transcript that is one text.
fn of_text(body: &Value) -> Option<Speech> {
    let whole = ["/transcript", "/text", "/transcript/text"].iter().find_map(|at| text(body, at))?;
    let language = text(body, "/language").or_else(|| text(body, "/transcript/language"));
    Some(Speech { turns: labelled(&whole), language })
}

/// The lines of a text, by the labels of its speakers where it has any.
fn labelled(text: &str) -> Vec<Said> {
    let word = |turn: &crate::interaction::Turn| match turn.speaker {
        crate::interaction::Speaker::Unknown => String::new(),
        known => known.name().to_string(),
    };
    let turns = plain_text::turns_of(text);
    turns
        .into_iter()
        .map(|turn| Said { speaker: word(&turn), at_seconds: turn.at_seconds, text: turn.text })
        .filter(|turn| !turn.text.trim().is_empty())
        .collect()
}

/// One segment or turn of a list.
fn said(heard: &Value) -> Option<Said> {
    let of = |members: &[&str]| members.iter().find_map(|member| text(heard, member));
    let words = of(&["/text", "/message", "/content", "/transcript", "/body", "/utterance"])?;
    let words = words.trim();
    let speaker = ["speaker", "role", "participant", "name"].iter().find_map(|member| heard.get(member));
    let start = ["/start", "/start_time", "/at_seconds", "/offset"];
    (!words.is_empty()).then(|| Said {
        speaker: speaker.map(numbered).unwrap_or_default(),
        at_seconds: start.iter().find_map(|at| number(heard, at)),
        text: words.to_string(),
    })
}

/// The word for a speaker, who is often but a number.
fn numbered(speaker: &Value) -> String {
    match speaker {
        Value::String(word) => word.trim().to_string(),
        Value::Number(number) => format!("speaker {number}"),
        _ => String::new(),
    }
}

/// A turn with the label that the transcript gives its speaker.
fn named(body: &Value, mut turn: Said) -> Said {
    let id = turn.speaker.strip_prefix("speaker ").unwrap_or(&turn.speaker);
    let label = body.get("speakers").and_then(|speakers| speakers.get(id)).and_then(|it| text(it, "/label"));
    if let Some(label) = label {
        turn.speaker = label;
    }
    turn
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(body: &Value) -> Vec<(String, Option<f64>, String)> {
        let turns = of_any(body).unwrap_or_default().turns;
        turns.into_iter().map(|turn| (turn.speaker, turn.at_seconds, turn.text)).collect()
    }

    fn said(speaker: &str, at_seconds: f64, text: &str) -> (String, Option<f64>, String) {
        (speaker.to_string(), Some(at_seconds), text.to_string())
    }

    #[test]
    fn words_are_cut_where_the_speaker_changes_or_pauses() {
        let word = |text: &str, start: f64, speaker: u64| json!({"word": text, "punctuated_word": text, "start": start, "end": start + 0.3, "speaker": speaker});
        let words = [
            word("Third", 0.1, 0),
            word("time.", 0.5, 0),
            word("I", 1.0, 1),
            word("see.", 1.4, 1),
            word("So?", 4.0, 1),
        ];
        let expected = [
            said("speaker 0", 0.1, "Third time."),
            said("speaker 1", 1.0, "I see."),
            said("speaker 1", 4.0, "So?"),
        ];
        assert_eq!(told(&json!({"results": {"channels": [{"alternatives": [{"words": words}]}]}})), expected);
        assert_eq!(told(&json!({"transcript": "Third time. I see. So?", "words": words})), expected);
    }

    #[test]
    fn channels_are_speakers_and_their_words_are_put_in_order() {
        let alternative = |text: &str, start: f64| json!({"alternatives": [{"words": [{"word": text, "start": start, "end": start}]}]});
        let body = json!({"results": {"channels": [alternative("hello", 2.0), alternative("yes", 1.0)]}});
        assert_eq!(told(&body), [said("channel 1", 1.0, "yes"), said("channel 0", 2.0, "hello")]);
    }

    #[test]
    fn words_of_a_script_without_spaces_are_joined_without_them() {
        let word =
            |text: &str, start: f64| json!({"word": text, "start": start, "end": start + 0.1, "speaker": 0});
        let words = [word("第三", 0.0), word("次", 0.2), word("OK", 0.4), word("了", 0.6)];
        assert_eq!(told(&json!({"words": words})), [said("speaker 0", 0.0, "第三次 OK 了")]);
    }

    #[test]
    fn speakers_of_segments_have_their_labels() {
        let body = json!({"transcript": {"text": "hi", "language": "en-US"},
            "segments": [{"start": 0.5, "text": " hi ", "speaker": 0}, {"start": 1.5, "text": "yes", "speaker": 1}],
            "speakers": {"0": {"label": "Agent"}}});
        assert_eq!(told(&body), [said("Agent", 0.5, "hi"), said("speaker 1", 1.5, "yes")]);
        assert_eq!(of_any(&body).unwrap().language.as_deref(), Some("en-US"));
    }

    #[test]
    fn a_text_with_labels_is_cut_by_them() {
        let body = json!({"transcript": "Agent: good day\nCustomer: again me"});
        let expected = [
            ("agent".to_string(), None, "good day".to_string()),
            ("customer".to_string(), None, "again me".to_string()),
        ];
        assert_eq!(told(&body), expected);
    }

    #[test]
    fn what_is_no_transcript_has_no_words() {
        for body in [
            json!({}),
            json!([]),
            json!(7),
            json!({"words": 3}),
            json!({"segments": [{"text": ""}]}),
            json!(""),
        ] {
            assert_eq!(of_any(&body), None, "{body}");
        }
    }
}
