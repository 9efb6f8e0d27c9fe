//! vCon, the IETF's container of a conversation: parties, dialogs, analyses of them, attachments.
//!
//! Two generations are about: what was `mimetype`, `appended` and an attachment's `type` became `mediatype`, `amended` and
//! `purpose`. What is read has the same shape in both. Text dialogs are turns; of recordings the words are those
//! of a transcript among the analyses.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::moment::Moment;
use super::speech::{self, Speech};
use super::{Export, Origin, Record, Said, in_order, list, number, text};
use crate::config::Format;
use crate::ingest::row::Fault;
use crate::ingest::values;
use crate::interaction::Speaker;

pub(super) const EXPORT: Export =
    Export { format: Format::Vcon, example: include_str!("../../../fixtures/exports/vcon.json"), tell, read };

/// More tags than this are no tags of a person; the others are not read.
const MAX_TAGS: usize = 32;

/// Names of analyses that are transcripts.
const TRANSCRIPTS: [&str; 3] = ["transcript", "wtf_transcription", "transcription"];

fn tell(document: &Value) -> Option<&'static str> {
    let is_list = |key| document.get(key).is_some_and(Value::is_array);
    let has = |key| document.get(key).is_some();
    (is_list("parties") && (has("vcon") || (has("uuid") && is_list("dialog"))))
        .then_some("it has `parties` with `vcon`, or with `dialog` and `uuid`")
}

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    if tell(document).is_none() {
        return Err(Fault::of_row("no vCon: `parties` or `dialog` is no list".to_string()));
    }
    let parties = Parties(list(document, "/parties"));
    let dialogs = in_time(list(document, "/dialog"));
    let mut record = Record::default();
    record.cell("interaction_id", Some(text(document, "/uuid").unwrap_or_else(|| origin.stem())));
    times(document, &dialogs, &mut record);
    people(&parties, &mut record);
    of_dialogs(&dialogs, &mut record);
    tags(document, &mut record);
    let transcripts = transcripts(document, &dialogs, &mut record.notes);
    let language = transcripts.iter().find_map(|(_, heard)| heard.language.clone());
    record.cell("language", language);
    let turns = turns(&parties, &dialogs, transcripts, &mut record.notes);
    record.turns = (!turns.is_empty()).then_some(turns);
    Ok(vec![record])
}

/// A dialog, with what others are reckoned by.
struct Dialog<'v> {
    /// Its place in the document, by which analyses name it.
    index: u64,
    value: &'v Value,
    start: Option<Moment>,
    /// Seconds from the start of the earliest.
    since_start: f64,
}

impl Dialog<'_> {
    fn kind(&self) -> &str {
        self.value.get("type").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Dialogs by their start: the document may have them in any order.
fn in_time(dialogs: &[Value]) -> Vec<Dialog<'_>> {
    let start = |dialog: &Value| text(dialog, "/start").and_then(|start| Moment::parse(&start));
    let first = dialogs.iter().filter_map(start).min_by_key(|start| start.on_one_clock());
    let mut found: Vec<Dialog<'_>> = dialogs
        .iter()
        .zip(0..)
        .map(|(value, index)| {
            let start = start(value);
            let since_start = start.zip(first).map_or(0.0, |(start, first)| start.seconds_since(first));
            Dialog { index, value, start, since_start }
        })
        .collect();
    found.sort_by(|a, b| a.since_start.total_cmp(&b.since_start));
    found
}

/// Start and end. When the container was made says nothing of the conversation, so it stays a column of its own.
fn times(document: &Value, dialogs: &[Dialog<'_>], record: &mut Record) {
    // A start that cannot be read could be the earliest: let the row be refused for it.
    let unreadable = dialogs.iter().filter(|it| it.start.is_none()).find_map(|it| text(it.value, "/start"));
    let first = dialogs.iter().find_map(|it| it.start).map(|start| start.to_string());
    if first.is_none() && unreadable.is_none() {
        record.notes.push("no start: no dialog of the vCon has one".to_string());
    }
    record.cell("started_at", unreadable.or(first));
    let end = |dialog: &Dialog<'_>| dialog.start?.plus(number(dialog.value, "/duration").unwrap_or(0.0));
    let last = dialogs.iter().filter_map(end).max_by_key(|end| end.on_one_clock());
    record.cell("ended_at", last.map(|end| end.to_string()));
    record.cell("updated_at", text(document, "/updated_at"));
    record.cell("vcon_created_at", text(document, "/created_at"));
    record.cell("vcon_subject", text(document, "/subject"));
    let recorded = dialogs.iter().filter(|it| matches!(it.kind(), "recording" | "audio" | "video"));
    let seconds: f64 = recorded.filter_map(|it| number(it.value, "/duration")).sum();
    record.cell("talk_seconds", (seconds > 0.0).then(|| seconds.to_string()));
}

/// Who took part.
struct Parties<'v>(&'v [Value]);

impl Parties<'_> {
    fn role(party: &Value) -> Option<String> {
        text(party, "/role").or_else(|| text(party, "/meta/role"))
    }

    /// The first whose role is that of such a speaker.
    fn of(&self, speaker: Speaker) -> Option<&Value> {
        let is_one = |role: String| values::speaker(role.trim()) == Some(speaker);
        self.0.iter().find(|party| Self::role(party).is_some_and(is_one))
    }

    /// The word for a party: its role, or else its name or number.
    fn word(&self, index: u64) -> String {
        let party = usize::try_from(index).ok().and_then(|at| self.0.get(at));
        let word = party.and_then(|party| Self::role(party).or_else(|| text(party, "/name")));
        word.unwrap_or_else(|| format!("party {index}"))
    }

    /// The role of the party of that name, or the name as it is.
    fn by_name(&self, name: String) -> String {
        let is_it =
            |party: &&Value| text(party, "/name").is_some_and(|it| it.to_lowercase() == name.to_lowercase());
        self.0.iter().find(is_it).and_then(Self::role).unwrap_or(name)
    }
}

fn people(parties: &Parties<'_>, record: &mut Record) {
    let without = |text: String, scheme: &str| text.strip_prefix(scheme).unwrap_or(&text).to_string();
    let email = |party: &Value| text(party, "/mailto").or_else(|| text(party, "/email"));
    if let Some(customer) = parties.of(Speaker::Customer) {
        record.cell("phone", text(customer, "/tel").map(|tel| without(tel, "tel:")));
        record.cell("email", email(customer).map(|address| without(address, "mailto:")));
        record.cell("customer_name", text(customer, "/name"));
        record.cell("party_uuid", text(customer, "/uuid"));
    }
    if let Some(agent) = parties.of(Speaker::Agent) {
        let address = email(agent).map(|address| without(address, "mailto:"));
        record.cell("agent_id", text(agent, "/name").or(address));
    }
}

/// Channel, direction and what became of it.
fn of_dialogs(dialogs: &[Dialog<'_>], record: &mut Record) {
    let is_recorded = |it: &Dialog<'_>| matches!(it.kind(), "recording" | "audio" | "video");
    let is_mail = |it: &Dialog<'_>| {
        let media = media_type(it.value);
        media.starts_with("multipart/") || media.starts_with("message/")
    };
    let channel = if dialogs.iter().any(is_recorded) {
        Some("voice")
    } else if dialogs.iter().any(|it| it.kind() == "text") {
        Some(if dialogs.iter().any(is_mail) { "email" } else { "text" })
    } else {
        None
    };
    record.cell("channel", channel);
    record.cell("direction", dialogs.iter().find_map(|it| text(it.value, "/meta/direction")));
    // An attempt that failed says nothing where another came about.
    let held = dialogs
        .iter()
        .filter(|it| it.kind() != "incomplete")
        .find_map(|it| text(it.value, "/meta/disposition"));
    let is_failed = !dialogs.is_empty() && dialogs.iter().all(|it| it.kind() == "incomplete");
    let failed = || dialogs.iter().find_map(|it| text(it.value, "/disposition"));
    record.cell("status", held.or_else(|| if is_failed { failed() } else { None }));
}

/// The type of a dialog's content, in either generation.
fn media_type(dialog: &Value) -> String {
    let found = text(dialog, "/mediatype").or_else(|| text(dialog, "/mimetype"));
    found.unwrap_or_default().to_lowercase()
}

/// What an attachment is for, in either generation.
fn purpose(attachment: &Value) -> Option<&str> {
    let of = |key| attachment.get(key).and_then(Value::as_str);
    of("purpose").or_else(|| of("type"))
}

/// Tags `key:value` as columns of their own; none hides a column that is there already.
fn tags(document: &Value, record: &mut Record) {
    let mut bare = Vec::new();
    for attachment in list(document, "/attachments").iter().filter(|it| purpose(it) == Some("tags")) {
        let Ok(body) = content(attachment) else {
            record.notes.push("tags not read: their body is not what its encoding says".to_string());
            continue;
        };
        let tags = body.as_array().map_or(&[][..], Vec::as_slice);
        for tag in tags.iter().filter_map(Value::as_str).take(MAX_TAGS) {
            let Some((key, value)) = tag.split_once(':') else {
                bare.push(tag.trim().to_string());
                continue;
            };
            let key = key.trim().to_string();
            let is_free = key != "turns" && !record.cells.iter().any(|(column, _)| *column == key);
            if is_free && !key.is_empty() {
                record.cells.push((Cow::Owned(key), value.trim().to_string()));
            }
        }
    }
    record.cell("tags", (!bare.is_empty()).then(|| bare.join(", ")));
}

/// The transcripts, one of a dialog: of several the one that tells speakers apart, then the later one.
fn transcripts(document: &Value, dialogs: &[Dialog<'_>], notes: &mut Vec<String>) -> Vec<(u64, Speech)> {
    let mut found: Vec<(u64, Speech)> = Vec::new();
    let is_one = |kind: Option<&str>| kind.is_some_and(|kind| TRANSCRIPTS.contains(&kind));
    let analyses =
        list(document, "/analysis").iter().filter(|it| is_one(it.get("type").and_then(Value::as_str)));
    let attached = list(document, "/attachments").iter().filter(|it| is_one(purpose(it)));
    for analysis in analyses.chain(attached) {
        if analysis.get("body").is_none() && analysis.get("url").is_some() {
            notes.push("words elsewhere: a transcript is a link, which is not followed".to_string());
            continue;
        }
        let Ok(body) = content(analysis) else {
            notes.push("transcript not read: its body is not what its encoding says".to_string());
            continue;
        };
        let Some(heard) = speech::of_any(&body) else { continue };
        let of = analysis.get("dialog").map(|of| of.get(0).unwrap_or(of)).and_then(Value::as_u64);
        let first = dialogs.first().map_or(0, |first| first.index);
        let of = of.unwrap_or(first);
        // Words that were written need not be heard.
        if dialogs.iter().any(|it| it.index == of && it.kind() == "text") {
            continue;
        }
        match found.iter_mut().find(|(index, _)| *index == of) {
            Some((_, known)) if known.has_speakers() && !heard.has_speakers() => {}
            Some((_, known)) => *known = heard,
            None => found.push((of, heard)),
        }
    }
    found
}

/// All turns in order, with seconds from the start of the earliest dialog.
fn turns(
    parties: &Parties<'_>,
    dialogs: &[Dialog<'_>],
    mut transcripts: Vec<(u64, Speech)>,
    notes: &mut Vec<String>,
) -> Vec<Said> {
    let mut turns = Vec::new();
    for dialog in dialogs {
        if dialog.kind() == "text" {
            match written(parties, dialog) {
                Ok(said) => turns.extend(said),
                Err(note) => notes.push(note.to_string()),
            }
        }
        let Some(at) = transcripts.iter().position(|(index, _)| *index == dialog.index) else { continue };
        let (_, heard) = transcripts.swap_remove(at);
        turns.extend(heard.turns.into_iter().map(|said| Said {
            speaker: parties.by_name(said.speaker),
            at_seconds: said.at_seconds.map(|at| ((dialog.since_start + at) * 1e6).round() / 1e6),
            ..said
        }));
    }
    // Those of dialogs that are not there.
    turns.extend(transcripts.into_iter().flat_map(|(_, heard)| heard.turns));
    in_order(turns)
}

/// The turn that a text dialog is; none where it has no text.
fn written(parties: &Parties<'_>, dialog: &Dialog<'_>) -> Result<Option<Said>, &'static str> {
    let media = media_type(dialog.value);
    if !media.is_empty() && !media.starts_with("text/") {
        return Err("words not read: the content of a text dialog is no text");
    }
    if dialog.value.get("body").is_none() {
        return Err("words elsewhere: a text dialog is a link, which is not followed");
    }
    let Some(bytes) = bytes(dialog.value) else {
        return Err("words not read: the body of a text dialog is not what its encoding says");
    };
    let text = String::from_utf8_lossy(&bytes).trim().to_string();
    let named = dialog.value.get("originator").or_else(|| dialog.value.get("parties"));
    let named = named.map(|named| named.get(0).unwrap_or(named));
    let index = named.map(|named| named.get(0).unwrap_or(named)).and_then(Value::as_u64);
    let speaker = index.map(|index| parties.word(index)).unwrap_or_default();
    let at_seconds = dialog.start.is_some().then_some(dialog.since_start);
    Ok((!text.is_empty()).then_some(Said { speaker, at_seconds, text }))
}

/// The body of an object that is a text, out of its encoding.
fn bytes(object: &Value) -> Option<Vec<u8>> {
    let body = object.get("body")?.as_str()?;
    match object.get("encoding").and_then(Value::as_str) {
        Some("base64url" | "base64") => decoded(body),
        _ => Some(body.as_bytes().to_vec()),
    }
}

/// The body of an object as JSON. Old writers have it as it is, under `none`, too; a text that is no JSON is a text.
fn content(object: &Value) -> Result<Cow<'_, Value>, ()> {
    let body = object.get("body").ok_or(())?;
    if !body.is_string() {
        return Ok(Cow::Borrowed(body));
    }
    let bytes = bytes(object).ok_or(())?;
    let must_be_json = object.get("encoding").and_then(Value::as_str) == Some("json");
    match serde_json::from_slice(&bytes) {
        Ok(value) => Ok(Cow::Owned(value)),
        Err(_) if must_be_json => Err(()),
        Err(_) => Ok(Cow::Owned(Value::String(String::from_utf8_lossy(&bytes).into_owned()))),
    }
}

/// Base64 of either alphabet, with or without padding.
fn decoded(body: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let plain: String = body
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            c => c,
        })
        .collect();
    GeneralPurpose::new(&URL_SAFE, config).decode(plain).ok()
}

#[cfg(test)]
#[path = "vcon_tests.rs"]
mod tests;
