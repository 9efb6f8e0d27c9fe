//! Tests of what customers answer: in a source of surveys and in the rows of a log.

use crate::config::{Field, Kind, Source};
use crate::ingest::tests::{read_text, reasons, source};
use crate::interaction::{Direction, SurveyAnswer};

fn surveys() -> Source {
    Source { kind: Some(Kind::Surveys), ..source() }
}

fn answer(
    id: &str,
    is_first: Option<bool>,
    contact_count: Option<u32>,
    is_resolved: Option<bool>,
) -> SurveyAnswer {
    SurveyAnswer { interaction_id: id.into(), is_first, contact_count, is_resolved, csat: None, nps: None }
}

#[test]
fn a_row_of_a_survey_is_an_answer_and_no_interaction() {
    let text = "call_id,opened_at,customer,first,contacts,resolved,csat,nps\n\
                7,2024-01-01,C1,yes,1,No,4.5,9\n8,,,не,3+,Jā,,\n9,,,,,,,\n,,,yes,,,,\n";
    let batch = read_text("a.csv", text, &surveys());
    let said =
        SurveyAnswer { csat: Some(4.5), nps: Some(9.0), ..answer("7", Some(true), Some(1), Some(false)) };
    let expected = [said, answer("8", Some(false), Some(3), Some(true)), answer("9", None, None, None)];
    assert_eq!(batch.surveys, expected);
    assert!(batch.interactions.is_empty() && batch.transcripts.is_empty() && batch.notes.is_empty());
    assert_eq!(reasons(&batch), [(5, "no interaction_id: the cell is blank".to_string())]);
    assert_eq!(batch.row_count, 4);
}

#[test]
fn json_lines_are_surveys_too() {
    let text = "{\"interaction_id\": \"7\", \"survey_is_first\": false, \"survey_contact_count\": 2}\n";
    assert_eq!(read_text("a.jsonl", text, &surveys()).surveys, [answer("7", Some(false), Some(2), None)]);
}

#[test]
fn what_cannot_be_read_as_an_answer_is_left_out_with_a_note() {
    let text = "call_id,survey_is_first,survey_contact_count,survey_is_resolved\n\
                1,perhaps,0,resolved\n2,not sure,many,не знам\n3,unknown,-1,purple\n";
    let batch = read_text("a.csv", text, &source());
    let expected =
        [answer("1", None, None, Some(true)), answer("2", None, None, None), answer("3", None, None, None)];
    assert_eq!(batch.surveys, expected);
    let notes: Vec<&str> = batch.notes.iter().map(|note| note.what.as_str()).collect();
    assert_eq!(
        notes,
        [
            "unreadable answer: survey_is_first `perhaps` is left out",
            "number out of range: survey_contact_count `0` is left out",
            "unreadable number: survey_contact_count `many` is left out",
            "unreadable number: survey_contact_count `-1` is left out",
            "unreadable answer: survey_is_resolved `purple` is left out",
        ]
    );
}

#[test]
fn answers_can_be_mapped_by_their_words() {
    let mut source = surveys();
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
    source.values.insert(Field::SurveyIsFirst, map(&[("1", "yes"), ("2", "no"), ("3", "unknown")]));
    source.values.insert(Field::SurveyIsResolved, map(&[("solved by me", "unresolved")]));
    let text = "call_id,first,resolved\na,1,solved by me\nb,2,yes\nc,3,no\n";
    let batch = read_text("a.csv", text, &source);
    let expected = [
        answer("a", Some(true), None, Some(false)),
        answer("b", Some(false), None, Some(true)),
        answer("c", None, None, Some(false)),
    ];
    assert_eq!((batch.surveys, batch.notes), (expected.to_vec(), Vec::new()));
}

#[test]
fn a_log_carries_answers_replies_and_callbacks() {
    let text = "call_id,opened_at,InitiationMethod,replies,agent_count,survey_is_first,survey_contact_count,\
                survey_is_resolved,csat\n1,2024-01-01,CALLBACK,3,2,no,2,yes,4\n2,2024-01-01,INBOUND,x,,,,,\n";
    let batch = read_text("a.csv", text, &source());
    let call = &batch.interactions[0];
    assert_eq!((call.direction, call.reply_count, call.agent_count), (Direction::Callback, Some(3), Some(2)));
    let said = SurveyAnswer { csat: Some(4.0), ..answer("1", Some(false), Some(2), Some(true)) };
    assert_eq!(call.survey_answer(), Some(said));
    assert_eq!(batch.interactions[1].survey_answer(), None);
    assert_eq!(batch.notes[0].what, "unreadable number: reply_count `x` is left out");
    assert!(batch.surveys.is_empty());
}
