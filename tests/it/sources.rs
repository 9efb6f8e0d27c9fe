//! Random sources for tests of the store, written straight into it: logs with corrections, transcripts with their cues,
//! answers, rejects and notes. The same seed gives the same sources.

use std::path::Path;

use recontact::interaction::{
    Direction, Interaction, MICROS_PER_DAY, Note, Reject, Speaker, Status, SurveyAnswer, Transcript, Turn,
};
use recontact::pipeline::{self, ReportOptions};
use recontact::policy::{IdentityField, IdentityKey, Policy, Span};
use recontact::report::{Format, Report, render};
use recontact::store::{CommitInfo, SourceRecord, Store, StoredCue, Writer};

/// What one file would bring.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) interactions: Vec<Interaction>,
    pub(crate) transcripts: Vec<Transcript>,
    pub(crate) surveys: Vec<SurveyAnswer>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) notes: Vec<Note>,
}

/// Ids that sources share, so that they correct each other.
const IDS: usize = 25;
const CATEGORIES: [&str; 4] = ["billing", "roaming", "outage", ""];
const HOUR: i64 = MICROS_PER_DAY / 24;

fn some(text: &str) -> Option<String> {
    Some(text.to_string()).filter(|text| !text.is_empty())
}

fn interaction(random: &mut fastrand::Rng) -> Interaction {
    let number = random.usize(0..IDS);
    let started_at = (number as i64 * 17 + random.i64(0..8)) * HOUR;
    let customer = random.u8(0..6);
    Interaction {
        interaction_id: format!("i{number}"),
        customer_id: some(if customer == 0 { "" } else { ["C1", "C2", "C3"][usize::from(customer) % 3] }),
        phone: some(["", "+371 20000001", "+371 20000002", "+371 20000003"][random.usize(0..4)]),
        email: some(["", "", "a@one.org", "b@two.org"][random.usize(0..4)]),
        started_at,
        ended_at: (random.u8(0..3) > 0).then(|| started_at + random.i64(0..3) * HOUR),
        updated_at: (random.bool()).then(|| random.i64(0..4) * MICROS_PER_DAY),
        handle_seconds: (random.bool()).then(|| random.f64() * 900.0),
        category: some(CATEGORIES[random.usize(0..4)]),
        channel: some(["voice", "chat", "", "voice"][random.usize(0..4)]),
        direction: if random.u8(0..9) == 0 { Direction::Outbound } else { Direction::Inbound },
        status: if random.u8(0..9) == 0 { Status::Abandoned } else { Status::Handled },
        parent_id: some(&if random.u8(0..9) == 0 {
            format!("i{}", random.usize(0..IDS))
        } else {
            String::new()
        }),
        csat: (random.u8(0..4) == 0).then(|| f64::from(random.u8(1..6))),
        is_coded_resolved: (random.u8(0..3) == 0).then(|| random.bool()),
        extra: vec![("plan".to_string(), ["gold", "basic"][random.usize(0..2)].to_string())],
        ..Interaction::default()
    }
}

fn transcript(random: &mut fastrand::Rng) -> Transcript {
    let said = ["third time I call", "good morning", "thanks"];
    let interaction_id = format!("i{}", random.usize(0..IDS + 3));
    let first = random.u32(0..2);
    let turns = (first..first + random.u32(1..4)).map(|index| Turn {
        index,
        speaker: Speaker::Customer,
        at_seconds: None,
        text: format!("{} {}", said[random.usize(0..3)], random.u8(0..4)),
    });
    Transcript { interaction_id, language: some("en"), turns: turns.collect() }
}

/// What detection would find in a transcript.
fn cues(transcript: &Transcript) -> Vec<StoredCue> {
    let spoken = transcript.turns.iter().filter(|turn| turn.text.starts_with("third time"));
    let cue = |turn: &Turn| StoredCue {
        interaction_id: transcript.interaction_id.clone(),
        turn: turn.index,
        speaker: turn.speaker,
        kind: "repeat".to_string(),
        rule: "nth-contact".to_string(),
        language: "en".to_string(),
        start: 0,
        end: 10,
        phrase: "third time".to_string(),
        quote: turn.text.clone(),
        stated_contacts: Some(3),
    };
    spoken.map(cue).collect()
}

/// A source with a bit of everything.
pub(crate) fn source(random: &mut fastrand::Rng, name: &str) -> Source {
    let answer = |random: &mut fastrand::Rng| SurveyAnswer {
        interaction_id: format!("i{}", random.usize(0..IDS + 3)),
        is_first: (random.bool()).then(|| random.bool()),
        contact_count: (random.bool()).then(|| random.u32(1..4)),
        is_resolved: (random.bool()).then(|| random.bool()),
        csat: (random.bool()).then(|| f64::from(random.u8(1..6))),
        nps: None,
    };
    let reject = |line| Reject {
        file: name.to_string(),
        line,
        column: None,
        reason: "ragged row: 3 fields".to_string(),
        raw: "x,y,z".to_string(),
    };
    let note = |line| Note {
        file: name.to_string(),
        line,
        what: "unknown status: `X` is read as unknown".to_string(),
    };
    Source {
        name: name.to_string(),
        interactions: (0..random.usize(0..25)).map(|_| interaction(random)).collect(),
        transcripts: (0..random.usize(0..8)).map(|_| transcript(random)).collect(),
        surveys: (0..random.usize(0..5)).map(|_| answer(random)).collect(),
        rejects: (0..random.u64(0..3)).map(reject).collect(),
        notes: (0..random.u64(0..3)).map(note).collect(),
    }
}

/// Sources of these names.
pub(crate) fn sources(random: &mut fastrand::Rng, names: &[&str]) -> Vec<Source> {
    names.iter().map(|name| source(random, name)).collect()
}

/// Writes sources in one commit.
pub(crate) fn commit(dir: &Path, sources: &[&Source]) -> Store {
    let mut writer = Writer::begin(dir).unwrap();
    for source in sources {
        writer.push_interactions(&source.interactions).unwrap();
        for transcript in &source.transcripts {
            writer.push_transcript(transcript).unwrap();
            writer.push_cues(&cues(transcript)).unwrap();
        }
        writer.push_surveys(&source.surveys).unwrap();
        writer.push_rejects(&source.rejects).unwrap();
        writer.push_notes(&source.notes).unwrap();
        let kind = "interactions".to_string();
        let (name, fingerprint) = (source.name.clone(), source.name.clone());
        writer.finish_source(SourceRecord { name, fingerprint, kind, ..SourceRecord::default() }).unwrap();
    }
    writer.commit(CommitInfo { config_text: None, lexicon_hash: "abc".to_string() }).unwrap()
}

/// Policies that look at different things.
pub(crate) fn policies() -> Vec<Policy> {
    let key = |field| IdentityKey(vec![field]);
    let base = Policy { window: Span::from_seconds(3 * 86_400), ..Policy::default() };
    let joined = vec![key(IdentityField::CustomerId), key(IdentityField::Phone), key(IdentityField::Email)];
    let by_mail = vec![key(IdentityField::NationalId)];
    vec![Policy { identity: joined, ..base.clone() }, Policy { identity: by_mail, ..base.clone() }, base]
}

/// The reports of a store under several policies, as JSON without the number of the commit.
pub(crate) fn reports(store: &Store) -> Vec<String> {
    let options = ReportOptions { by: vec!["channel".to_string(), "plan".to_string()], trend: None };
    let report = |policy: &Policy| -> String {
        match pipeline::report(store, policy, &options) {
            Ok(report) => without_commit(report),
            // A store without the dimension: then another must be without it, too.
            Err(error) => error.to_string(),
        }
    };
    policies().iter().map(report).collect()
}

fn without_commit(report: Report) -> String {
    let report = Report { commit_id: 0, ..report };
    String::from_utf8(render(&report, Format::Json)).unwrap()
}
