use serde_json::json;

use super::super::tests::{one, read_text};
use super::*;
use crate::interaction::{Direction, Status, Turn};

/// A vCon of the first generation: a recording with a transcript of that body.
fn old(encoding: &str, body: &Value) -> Value {
    json!({"uuid": "u1", "vcon": "0.0.1", "created_at": "2026-03-03T00:00:00",
        "parties": [{"tel": "+37120000001", "name": "Ilze", "email": "i@example.lv", "meta": {"role": "customer"}},
            {"tel": "+37160000000", "name": "Anna", "mailto": "a@example.lv", "meta": {"role": "agent"}}],
        "dialog": [{"type": "recording", "start": "2026-03-02T09:15:00.25", "duration": 57.5, "parties": [1, 0],
            "mimetype": "audio/mp3", "meta": {"direction": "in", "disposition": "ANSWERED"}}],
        "analysis": [{"type": "transcript", "dialog": 0, "vendor": "x", "encoding": encoding, "body": body}],
        "attachments": [{"type": "tags", "encoding": "none", "body": ["category:billing"]}]})
}

fn said(turns: &[Turn]) -> Vec<(Speaker, Option<f64>, &str)> {
    turns.iter().map(|it| (it.speaker, it.at_seconds, it.text.as_str())).collect()
}

#[test]
fn dialogs_are_in_the_order_of_their_start_and_a_transcript_counts_from_its_dialog() {
    let (interaction, turns) = one(EXPORT.example);
    let interaction = interaction.unwrap();
    assert_eq!(interaction.interaction_id, "018e4c6b-2f5d-8a31-b6c0-3f0d5a9e7c11");
    // 09:15:00.250 in Riga's winter, and the end of the recording 61.5 s after 09:18:00.500.
    assert_eq!(interaction.started_at, 1_772_435_700_250_000);
    assert_eq!(interaction.ended_at, Some(1_772_435_700_250_000 + 241_750_000));
    let expected = [
        (Speaker::System, Some(0.0), "You can also write to us."),
        (Speaker::Customer, Some(19.75), "I have written to you twice."),
        (Speaker::Agent, Some(180.75), "Good morning, this is Anna."),
        (Speaker::Customer, Some(182.5), "I am calling for the third time about the router."),
    ];
    assert_eq!(said(&turns), expected);
}

#[test]
fn the_customer_is_the_party_in_that_role_and_tags_are_columns() {
    let interaction = one(EXPORT.example).0.unwrap();
    assert_eq!(interaction.phone.as_deref(), Some("+37120000001"));
    assert_eq!(interaction.email.as_deref(), Some("ilze@example.lv"));
    assert_eq!(interaction.name.as_deref(), Some("Ilze Ozola"));
    assert_eq!(interaction.agent_id.as_deref(), Some("Anna Berga"));
    assert_eq!(interaction.category.as_deref(), Some("Internet"));
    assert_eq!(interaction.language.as_deref(), Some("en-GB"));
    assert_eq!((interaction.channel.as_deref(), interaction.direction), (Some("voice"), Direction::Inbound));
    let extra =
        |name: &str| interaction.extra.iter().find(|(it, _)| it == name).map(|(_, text)| text.as_str());
    assert_eq!((extra("product"), extra("tags")), (Some("Router"), Some("vip")));
}

#[test]
fn the_first_generation_is_read_as_the_second() {
    let list = json!([{"speaker": "Agent", "message": "Good day."}, {"speaker": "Customer", "message": "Again me."}]);
    let (interaction, turns) = one(&old("none", &list).to_string());
    let interaction = interaction.unwrap();
    assert_eq!(said(&turns), [(Speaker::Agent, None, "Good day."), (Speaker::Customer, None, "Again me.")]);
    assert_eq!(
        (interaction.phone.as_deref(), interaction.email.as_deref()),
        (Some("+37120000001"), Some("i@example.lv"))
    );
    assert_eq!((interaction.status, interaction.talk_seconds), (Status::Handled, Some(57.5)));
    assert_eq!(
        (interaction.category.as_deref(), interaction.started_at),
        (Some("billing"), 1_772_442_900_250_000)
    );
}

#[test]
fn a_body_is_read_in_each_encoding_and_shape() {
    let segments = json!({"language": "lv", "segments": [{"start": 1.5, "end": 2.0, "text": "Atkal es.", "speaker": "Ilze"}]});
    let deepgram = json!({"transcript": "Atkal es.", "words": [
        {"word": "atkal", "punctuated_word": "Atkal", "start": 1.5, "end": 1.9, "speaker": 1},
        {"word": "es", "punctuated_word": "es.", "start": 2.0, "end": 2.2, "speaker": 1}]});
    let config = GeneralPurposeConfig::new();
    let base64 = json!(GeneralPurpose::new(&URL_SAFE, config).encode(segments.to_string()));
    let quoted = |value: &Value| Value::String(value.to_string());
    for (encoding, body, speaker) in [
        ("json", quoted(&segments), Speaker::Customer),
        ("none", quoted(&segments), Speaker::Customer),
        ("json", segments.clone(), Speaker::Customer),
        ("base64url", base64, Speaker::Customer),
        ("json", quoted(&deepgram), Speaker::Unknown),
    ] {
        let (_, turns) = one(&old(encoding, &body).to_string());
        assert_eq!(said(&turns), [(speaker, Some(1.5), "Atkal es.")], "{encoding}: {body}");
    }
    let (_, turns) = one(&old("none", &json!("Agent: labdien\nCustomer: atkal es")).to_string());
    assert_eq!(said(&turns), [(Speaker::Agent, None, "labdien"), (Speaker::Customer, None, "atkal es")]);
}

#[test]
fn of_two_transcripts_of_a_dialog_the_one_with_speakers_is_read() {
    let mut document = old("none", &json!([{"speaker": "Customer", "text": "again"}]));
    let plain = json!({"type": "transcript", "dialog": 0, "encoding": "none", "body": "again"});
    document["analysis"].as_array_mut().unwrap().push(plain);
    assert_eq!(said(&one(&document.to_string()).1), [(Speaker::Customer, None, "again")]);
}

#[test]
fn a_body_that_cannot_be_decoded_is_noted_and_the_rest_is_read() {
    for (encoding, body) in [("json", json!("{")), ("base64url", json!("****"))] {
        let batch = read_text("a.vcon.json", &old(encoding, &body).to_string());
        assert_eq!((batch.interactions.len(), batch.transcripts.len()), (1, 0));
        assert!(batch.notes.iter().any(|it| it.what.starts_with("transcript not read")), "{:?}", batch.notes);
    }
}

#[test]
fn when_the_container_was_made_is_no_start() {
    let mut document = old("none", &json!([{"speaker": "Customer", "text": "again"}]));
    document["dialog"][0].as_object_mut().unwrap().remove("start");
    let batch = read_text("a.vcon.json", &document.to_string());
    assert_eq!((batch.interactions.len(), batch.transcripts.len()), (0, 1));
    assert!(batch.notes.iter().any(|it| it.what.starts_with("no start")), "{:?}", batch.notes);
}

#[test]
fn a_start_that_cannot_be_read_is_a_reject() {
    let mut document = old("none", &json!([{"speaker": "Customer", "text": "again"}]));
    document["dialog"].as_array_mut().unwrap().push(json!({"type": "recording", "start": "last Tuesday"}));
    let batch = read_text("a.vcon.json", &format!("[{}, {document}]", old("none", &json!(["x"]))));
    assert_eq!((batch.interactions.len(), batch.rejects.len()), (1, 1));
    assert!(batch.rejects[0].reason.contains("last Tuesday"), "{:?}", batch.rejects);
}

#[test]
fn an_attempt_that_failed_is_no_handled_contact() {
    let document = json!({"vcon": "0.4.0", "uuid": "u2", "parties": [],
        "dialog": [{"type": "incomplete", "start": "2026-03-02T09:15:00Z", "disposition": "no-answer"}]});
    assert_eq!(one(&document.to_string()).0.unwrap().status, Status::Abandoned);
}

#[test]
fn a_container_without_a_start_and_words_is_a_reject() {
    let document = json!({"vcon": "0.4.0", "uuid": "u3", "created_at": "2026-03-02T09:15:00Z", "parties": [], "dialog": []});
    let batch = read_text("a.json", &document.to_string());
    assert_eq!((batch.interactions.len(), batch.rejects.len()), (0, 1));
}

#[test]
fn a_member_that_a_field_is_mapped_to_and_a_file_lacks_is_noted() {
    let mut source = crate::ingest::tests::source();
    let columns = crate::config::Columns { columns: vec!["party_uuid".to_string()], ..Default::default() };
    source.fields.insert(crate::config::Field::CustomerId, columns);
    let document = old("none", &json!([{"speaker": "Customer", "text": "again"}])).to_string();
    let batch = crate::ingest::tests::read_text("a.vcon.json", &document, &source);
    assert_eq!((batch.interactions.len(), batch.interactions[0].customer_id.as_deref()), (1, None));
    assert!(
        batch.notes.iter().any(|it| it.what.starts_with("no column `party_uuid`: ")),
        "{:?}",
        batch.notes
    );
}

#[test]
fn odd_members_are_no_panic() {
    for document in [
        json!({"vcon": 1, "parties": [7, null, {}], "dialog": [7, {"type": "text", "parties": [[9]], "body": 3}]}),
        json!({"uuid": null, "parties": [], "dialog": [{"start": 5, "duration": "x"}], "analysis": [{"type": "transcript", "dialog": -1, "body": {}}]}),
        json!({"uuid": "u", "parties": [], "dialog": [], "attachments": [{"type": "tags", "body": [":", "turns:x", "interaction_id:y", 3]}]}),
        json!({"parties": []}),
    ] {
        let batch = read_text("a.json", &format!("[{}, {document}]", old("none", &json!([]))));
        assert_eq!(batch.row_count, 2);
        assert!(batch.interactions.iter().all(|it| it.interaction_id != "y"));
    }
}

#[test]
fn a_tag_for_each_is_bounded() {
    let mut text = String::new();
    for at in 0..250 {
        let mut document = old("none", &json!([{"speaker": "Customer", "text": "again"}]));
        document["attachments"][0]["body"] = json!([format!("tag{at}:x")]);
        text.push_str(&format!("{document}\n"));
    }
    let batch = read_text("a.jsonl", &text);
    assert_eq!((batch.transcripts.len(), batch.rejects.len()), (250, 0));
    assert!(batch.notes.iter().any(|it| it.what.starts_with("too many columns: of over")));
}
