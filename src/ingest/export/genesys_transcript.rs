//! Genesys Cloud: the transcript of a conversation, as speech and text analytics hands it out.
//!
//! A phrase is said by somebody external or internal. Who that was (a menu, a queue's announcement, a bot, an agent) is
//! told by the participants, by time.

use serde_json::Value;

use super::genesys::{phone, word};
use super::{Export, Origin, Record, Said, in_order, list, number, text};
use crate::config::Format;
use crate::ingest::row::Fault;

pub(super) const EXPORT: Export = Export {
    format: Format::GenesysTranscript,
    example: include_str!("../../../fixtures/exports/genesys-transcript.json"),
    tell,
    read,
};

/// Milliseconds since 1970 below this are seconds of a conversation: 1973, before anybody's transcripts.
const EPOCH_MILLIS: f64 = 1e11;

fn tell(document: &Value) -> Option<&'static str> {
    let has = |key| document.get(key).is_some();
    let has_phrases = list(document, "/transcripts").iter().any(|it| it.get("phrases").is_some());
    (has_phrases && (has("conversationId") || has("communicationId")))
        .then_some("it has `conversationId` and `transcripts` of `phrases`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if tell(document).is_none() {
        return Err(Fault::of_row("no Genesys transcript: it has no `transcripts` of `phrases`".to_string()));
    }
    let mut record = Record::default();
    record.cell("interaction_id", Some(text(document, "/conversationId").unwrap_or_else(|| origin.stem())));
    record.cell("channel", text(document, "/mediaType"));
    record.cell("language", list(document, "/transcripts").iter().find_map(|it| text(it, "/language")));
    let start = ["/conversationStartTime", "/startTime"].iter().find_map(|at| text(document, at));
    record.cell("started_at", start);
    let start = number(document, "/conversationStartTime").or_else(|| number(document, "/startTime"));
    people(document, start, &mut record);
    let topics = list(document, "/transcripts").iter().flat_map(|it| list(it, "/analytics/topics"));
    let mut names: Vec<String> = topics.filter_map(|it| text(it, "/topicName")).collect();
    names.sort();
    names.dedup();
    record.cell("Topics", (!names.is_empty()).then(|| names.join(", ")));
    let phrases = list(document, "/transcripts").iter().flat_map(|it| list(it, "/phrases"));
    let said = phrases.filter_map(|phrase| said(phrase, list(document, "/participants"), start));
    record.turns = Some(in_order(said.collect()));
    Ok(vec![record])
}

fn purpose(of: &Value) -> String {
    text(of, "/participantPurpose").unwrap_or_default().to_lowercase()
}

fn is_external(purpose: &str) -> bool {
    matches!(purpose, "external" | "customer")
}

/// Customer, agent and queue, and when the last of them left.
fn people(document: &Value, start: Option<f64>, record: &mut Record) {
    let all = list(document, "/participants");
    if let Some(customer) = all.iter().find(|it| is_external(&purpose(it))) {
        record.cell("phone", text(customer, "/ani").and_then(|ani| phone(&ani)));
        record.cell("email", text(customer, "/from").filter(|from| from.contains('@')));
        record.cell("direction", text(customer, "/initialDirection"));
    }
    let agents = || all.iter().filter(|it| word(&purpose(it)) == "agent");
    record.cell("agent_id", agents().find_map(|it| text(it, "/userId")));
    let queues = agents().chain(all.iter().filter(|it| purpose(it) == "acd"));
    record.cell("queue", queues.into_iter().find_map(|it| text(it, "/queueId")));
    let ends = all.iter().filter_map(|it| number(it, "/endTimeMs"));
    let end = ends.reduce(f64::max).filter(|end| start.is_some_and(|start| *end >= start));
    record.cell("ended_at", end.map(|end| format!("{end:.0}")));
}

/// A phrase. Its time is that of the clock, or in some files that since the start.
fn said(phrase: &Value, participants: &[Value], start: Option<f64>) -> Option<Said> {
    let words = text(phrase, "/decoratedText").or_else(|| text(phrase, "/text"))?;
    let told = number(phrase, "/startTimeMs");
    let at_clock = told.and_then(|at| if at < EPOCH_MILLIS { Some(start? + at) } else { Some(at) });
    let at_seconds = told.and_then(|at| if at < EPOCH_MILLIS { Some(at) } else { Some(at - start?) });
    let side = purpose(phrase);
    let speaker = who(&side, participants, at_clock).unwrap_or_else(|| word(&side).to_string());
    Some(Said { speaker, at_seconds: at_seconds.map(|millis| millis / 1e3), text: words })
}

/// The participant of that side who was there; of several the one who came last: an agent is there after the queue.
fn who(side: &str, participants: &[Value], at: Option<f64>) -> Option<String> {
    let at = at?;
    if side != "internal" {
        return None;
    }
    let was_there = |it: &&Value| {
        number(it, "/startTimeMs").is_some_and(|start| start <= at)
            && number(it, "/endTimeMs").is_none_or(|end| at <= end)
            && !is_external(&purpose(it))
    };
    let came = |it: &&Value| number(it, "/startTimeMs").unwrap_or(f64::NEG_INFINITY);
    let there = participants.iter().filter(was_there);
    let last = there.max_by(|a, b| came(a).total_cmp(&came(b)))?;
    Some(word(&purpose(last)).to_string())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{one, read_text};
    use super::*;
    use crate::interaction::{Direction, Speaker};

    #[test]
    fn who_is_internal_is_told_by_the_participants_and_the_time() {
        let (interaction, turns) = one(EXPORT.example);
        let interaction = interaction.unwrap();
        // 2026-03-02T09:15:00.250Z
        assert_eq!(interaction.started_at, 1_772_442_900_250_000);
        assert_eq!(interaction.ended_at, Some(1_772_442_990_250_000));
        assert_eq!(
            (interaction.phone.as_deref(), interaction.direction),
            (Some("+37120000001"), Direction::Inbound)
        );
        assert_eq!(
            (interaction.agent_id.as_deref(), interaction.queue.as_deref()),
            (Some("u-anna"), Some("q-internet"))
        );
        assert_eq!(
            (interaction.channel.as_deref(), interaction.language.as_deref()),
            (Some("voice"), Some("en-gb"))
        );
        let told: Vec<(Speaker, f64)> = turns.iter().map(|it| (it.speaker, it.at_seconds.unwrap())).collect();
        let (system, agent, customer) = (Speaker::System, Speaker::Agent, Speaker::Customer);
        assert_eq!(told, [(system, 1.0), (system, 12.0), (agent, 30.0), (customer, 33.25), (agent, 36.5)]);
        assert_eq!(turns[3].text, "I am calling for the third time.");
    }

    #[test]
    fn times_since_the_start_are_taken_for_that() {
        let text = r#"{"conversationId": "c", "conversationStartTime": 1772442900250,
            "participants": [{"participantPurpose": "ivr", "startTimeMs": 1772442900250, "endTimeMs": 1772442910250},
                {"participantPurpose": "user", "startTimeMs": 1772442910250}],
            "transcripts": [{"phrases": [{"text": "press one", "startTimeMs": 500, "participantPurpose": "internal"},
                {"text": "hello", "startTimeMs": 10500, "participantPurpose": "internal"}]}]}"#;
        let told: Vec<(Speaker, Option<f64>)> =
            one(text).1.iter().map(|it| (it.speaker, it.at_seconds)).collect();
        assert_eq!(told, [(Speaker::System, Some(0.5)), (Speaker::Agent, Some(10.5))]);
    }

    #[test]
    fn without_a_start_there_are_words_alone() {
        let text = r#"{"conversationId": "c", "transcripts": [{"phrases": [
            {"text": "hello", "startTimeMs": 1772442900250, "participantPurpose": "external"}]}]}"#;
        let (interaction, turns) = one(text);
        assert_eq!((interaction, turns[0].speaker, turns[0].at_seconds), (None, Speaker::Customer, None));
    }

    #[test]
    fn odd_members_are_no_panic() {
        let odd = r#"{"conversationId": 7, "conversationStartTime": "soon", "participants": [3, {}],
            "transcripts": [4, {"phrases": [5, {"text": 6}, {"text": "a", "startTimeMs": "x"}]}]}"#;
        let batch = read_text("a.json", odd);
        assert_eq!((batch.row_count, batch.rejects.len()), (1, 1));
    }
}
