//! The output of Amazon's post-call analytics solution: a transcript with what was read from the recording's file name.
//!
//! The date is read from that name by a pattern. Where the pattern finds none, the solution writes the time of processing
//! instead and says nothing: such a date is told by the time of processing beside it, and is no start.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::moment::Moment;
use super::{Export, Origin, Record, Said, in_order, list, number, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::PostCallAnalytics,
    example: include_str!("../../../fixtures/exports/post-call-analytics.json"),
    tell,
    read,
};

fn tell(document: &Value) -> Option<&'static str> {
    let is_one = document.get("ConversationAnalytics").is_some_and(Value::is_object)
        && document.get("SpeechSegments").is_some();
    is_one.then_some("it has `ConversationAnalytics` and `SpeechSegments`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    let Some(about) = document.get("ConversationAnalytics").filter(|it| it.is_object()) else {
        return Err(Fault::of_row("no post-call analytics: `ConversationAnalytics` is missing".to_string()));
    };
    let mut record = Record::default();
    let call = list(about, "/Telephony").iter().find_map(|it| it.get("Genesys")).unwrap_or(&Value::Null);
    let id = known(about, "/GUID").or_else(|| known(call, "/conversationId"));
    record.cell("interaction_id", Some(id.unwrap_or_else(|| origin.stem())));
    record.cell("customer_id", known(about, "/Cust"));
    record.cell("agent_id", known(about, "/Agent").or_else(|| known(about, "/Agents/0")));
    record.cell("language", text(about, "/LanguageCode"));
    record.cell("channel", Some("voice"));
    record.cell("direction", known(call, "/originatingDirection"));
    record.cell("queue", known(call, "/queueIds/0"));
    record.cell("genesys_conversation_id", known(call, "/conversationId"));
    record.cell("talk_seconds", number(about, "/Duration").map(|seconds| seconds.to_string()));
    start(about, call, &mut record);
    let names = list(about, "/CategoriesDetected").iter().filter_map(|it| text(it, "/Name"));
    let names: Vec<String> = names.collect();
    record.cell("Categories", (!names.is_empty()).then(|| names.join(", ")));
    let said = list(document, "/SpeechSegments").iter().filter_map(|segment| said(about, segment));
    record.turns = Some(in_order(said.collect()));
    Ok(vec![record])
}

/// A text that is there: where the name of the file had none, the solution writes `None`.
fn known(value: &Value, pointer: &str) -> Option<String> {
    text(value, pointer).filter(|text| !text.trim().eq_ignore_ascii_case("none"))
}

/// Start and end, in the zone that the document names.
fn start(about: &Value, call: &Value, record: &mut Record) {
    if let Some(start) = known(call, "/conversationStart").or_else(|| known(call, "/startTime")) {
        record.cell("started_at", Some(start));
        return;
    }
    let Some(told) = known(about, "/ConversationTime") else { return };
    let start = Moment::parse(&told);
    let duration = number(about, "/Duration").unwrap_or(0.0);
    let processed = known(about, "/ProcessTime").and_then(|text| Moment::parse(&text));
    let is_processing =
        start.zip(processed).is_some_and(|(start, processed)| processed.seconds_since(start).abs() < 1.0);
    if is_processing {
        record.notes.push("no start: `ConversationTime` is the time of processing".to_string());
        return;
    }
    let zone = known(about, "/ConversationLocation");
    let start = match (start, zone) {
        (Some(Moment::Clock(clock)), Some(zone)) => match in_zone(clock, &zone) {
            Some(at) => Some(at),
            None => {
                let zone = crate::ingest::shown(&zone);
                record
                    .notes
                    .push(format!("unknown time zone: {zone}; the time is read in that of the source"));
                Some(Moment::Clock(clock))
            }
        },
        (start, _) => start,
    };
    let end = start.and_then(|start| start.plus(duration)).filter(|_| duration > 0.0);
    record.cell("started_at", Some(start.map_or(told, |start| start.to_string())));
    record.cell("ended_at", end.map(|end| end.to_string()));
}

fn in_zone(clock: DateTime, zone: &str) -> Option<Moment> {
    let zoned = clock.to_zoned(TimeZone::get(zone).ok()?).ok()?;
    Some(Moment::At(zoned.timestamp()))
}

/// A turn. What the menu says is nobody's.
fn said(about: &Value, segment: &Value) -> Option<Said> {
    let words = text(segment, "/DisplayText").or_else(|| text(segment, "/OriginalText"))?;
    let is_menu = segment.get("IVRSegment").is_some_and(|it| it == &Value::Bool(true) || it == "true");
    let id = text(segment, "/SegmentSpeaker").unwrap_or_default();
    let labels = list(about, "/SpeakerLabels");
    let label = labels.iter().find(|it| text(it, "/Speaker").is_some_and(|it| it == id));
    let label = label.and_then(|it| text(it, "/DisplayText"));
    let speaker = if is_menu { "ivr".to_string() } else { label.unwrap_or(id) };
    Some(Said { speaker, at_seconds: number(segment, "/SegmentStartTime"), text: words })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::Speaker;

    #[test]
    fn the_time_is_that_of_the_place_and_the_menu_is_no_speaker() {
        let (interaction, turns) = one(EXPORT.example);
        let interaction = interaction.unwrap();
        // 09:15:00.5 in New York on 2 March is 14:15:00.5 UTC.
        assert_eq!(interaction.started_at, 1_772_460_900_500_000);
        assert_eq!(interaction.ended_at, Some(1_772_460_900_500_000 + 28_670_000));
        assert_eq!(
            (interaction.interaction_id.as_str(), interaction.customer_id.as_deref()),
            ("g-1001", Some("C7"))
        );
        assert_eq!((interaction.agent_id.as_deref(), interaction.talk_seconds), (Some("anna"), Some(28.67)));
        let told: Vec<(Speaker, Option<f64>)> = turns.iter().map(|it| (it.speaker, it.at_seconds)).collect();
        let expected =
            [(Speaker::System, Some(0.04)), (Speaker::Agent, Some(6.5)), (Speaker::Customer, Some(9.25))];
        assert_eq!(told, expected);
    }

    fn with(from: &str, to: &str) -> String {
        assert!(EXPORT.example.contains(from));
        EXPORT.example.replace(from, to)
    }

    #[test]
    fn the_time_of_processing_is_no_start() {
        let text = with("2026-03-03 02:10:11.000001", "2026-03-02 09:15:00.500001");
        let batch = read_text("a.json", &text);
        assert_eq!((batch.interactions.len(), batch.transcripts.len()), (0, 1));
        assert!(batch.notes.iter().any(|it| it.what.starts_with("no start")), "{:?}", batch.notes);
    }

    #[test]
    fn an_id_of_none_is_none() {
        let batch = read_text("call-17.json", &with("\"g-1001\"", "\"None\""));
        assert_eq!(batch.interactions[0].interaction_id, "call-17");
        let customer = read_text("a.json", &with("\"C7\"", "\"None\""));
        assert_eq!(customer.interactions[0].customer_id, None);
    }

    #[test]
    fn the_ids_of_genesys_stand_in_and_say_when_the_call_was() {
        let telephony = r#""Telephony": [{"Genesys": {"id": "r1", "conversationId": "conv-1", "originatingDirection": "INBOUND",
            "conversationStart": "2026-03-02T14:14:30.000Z", "queueIds": ["q1", "q2"]}}], "GUID": "None""#;
        let interaction = one(&with("\"GUID\": \"g-1001\"", telephony)).0.unwrap();
        assert_eq!(
            (interaction.interaction_id.as_str(), interaction.queue.as_deref()),
            ("conv-1", Some("q1"))
        );
        assert_eq!(interaction.started_at, 1_772_460_870_000_000);
        assert_eq!(interaction.direction, crate::interaction::Direction::Inbound);
    }

    #[test]
    fn an_unreadable_time_is_a_reject_and_an_unknown_place_is_noted() {
        assert_eq!(read_text("a.json", &with("2026-03-02 09:15:00.500000", "at noon")).rejects.len(), 1);
        let batch = read_text("a.json", &with("America/New_York", "Atlantis"));
        assert_eq!(batch.interactions[0].started_at, 1_772_442_900_500_000);
        assert!(batch.notes.iter().any(|it| it.what.starts_with("unknown time zone")), "{:?}", batch.notes);
    }

    #[test]
    fn odd_members_are_no_panic() {
        for odd in [
            r#"{"ConversationAnalytics": {}, "SpeechSegments": 3}"#,
            r#"{"ConversationAnalytics": {"Telephony": [3], "SpeakerLabels": [null], "Duration": "x", "ConversationTime": 5},
                "SpeechSegments": [3, {"DisplayText": 4}, {"DisplayText": "a", "IVRSegment": 1}]}"#,
        ] {
            assert_eq!(read_text("a.json", odd).row_count, 1);
        }
    }
}
