//! One e-mail: who wrote it to whom, when, what it answers, and its new words.
//!
//! Takes the bytes of a message, gives its facts. Header fields and bodies are decoded by `mail-parser`; HTML becomes text,
//! and what is quoted is left out.

use jiff::Timestamp;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, PartType};
use xxhash_rust::xxh3::xxh3_128;

use crate::ingest::row::Fault;
use crate::ingest::shown;
use crate::text::html;
use crate::text::quoted::own_words;

/// Of so many messages that one answers the ids are read.
const MOST_REFERENCES: usize = 1000;

/// What the header of a message says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    /// Its Message-ID; one made of the header where it has none.
    pub(super) id: String,
    /// The messages that it answers, the oldest first.
    pub(super) answers: Vec<String>,
    /// When it was written.
    pub(super) at: Timestamp,
    /// The same with its offset.
    pub(super) date: String,
    /// Who wrote it.
    pub(super) from: Person,
    /// To whom.
    pub(super) to: Vec<Person>,
    /// What about, as it stands.
    pub(super) subject: Option<String>,
    /// Whether a program wrote it.
    pub(super) is_automatic: bool,
}

/// An address with the name that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Person {
    /// In small letters; empty where there is none.
    pub(super) address: String,
    pub(super) name: Option<String>,
}

/// What the header of a message says.
///
/// # Errors
/// Where it is no message, or has no date that can be read.
pub(super) fn head(raw: &[u8]) -> Result<Head, Fault> {
    let parsed = MessageParser::default().parse_headers(raw);
    parsed.ok_or_else(no_message).and_then(|message| of_message(&message, raw))
}

/// What a message says: its header, and its new words.
///
/// # Errors
/// As for [`head`].
pub(super) fn read(raw: &[u8]) -> Result<(Head, String), Fault> {
    let message = MessageParser::default().parse(raw).ok_or_else(no_message)?;
    let head = of_message(&message, raw)?;
    Ok((head, own_words(&body(&message))))
}

fn no_message() -> Fault {
    Fault::of_row("no e-mail: it has no header".to_string())
}

fn of_message(message: &Message<'_>, raw: &[u8]) -> Result<Head, Fault> {
    if message.from().is_none() && message.message_id().is_none() && message.date().is_none() {
        return Err(no_message());
    }
    let (at, date) = date(message)?;
    let header = &raw[..memchr::memmem::find(raw, b"\n\n")
        .or(memchr::memmem::find(raw, b"\r\n\r\n"))
        .unwrap_or(raw.len())];
    let id = message.message_id().map(str::trim).filter(|id| !id.is_empty());
    let id = id.map_or_else(|| format!("{:032x}", xxh3_128(header)), str::to_string);
    let mut answers = ids(message.references());
    answers.extend(ids(message.in_reply_to()));
    answers.retain(|answered| *answered != id);
    let from =
        message.from().or(message.sender()).and_then(|from| from.first()).map(person).unwrap_or_default();
    let recipients = message.to().into_iter().chain(message.cc()).flat_map(|list| list.iter().map(person));
    Ok(Head {
        id,
        answers,
        at,
        date,
        is_automatic: is_automatic(message, &from),
        from,
        to: recipients.filter(|person| !person.address.is_empty()).take(MOST_REFERENCES).collect(),
        subject: message.subject().map(|subject| subject.trim().to_string()).filter(|it| !it.is_empty()),
    })
}

/// When a message was written. One without a date, or with one that nobody can read, has none: the day on which it is read
/// is no date.
fn date(message: &Message<'_>) -> Result<(Timestamp, String), Fault> {
    let fault = |reason: String| Fault { column: Some("Date".to_string()), reason, needs_format: false };
    let raw = message.header_raw(HeaderName::Date).map(str::trim).unwrap_or_default();
    if raw.is_empty() {
        return Err(fault("no started_at: the e-mail has no Date".to_string()));
    }
    let unreadable = || fault(format!("unreadable time: {} is no date of an e-mail", shown(raw)));
    let read = message.date().filter(|date| date.is_valid()).ok_or_else(unreadable)?;
    let text = read.to_rfc3339();
    let at: Timestamp = text.parse().map_err(|_| unreadable())?;
    Ok((at, text))
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let ids = value.as_text_list().unwrap_or_default().iter().map(|id| id.trim().to_string());
    ids.filter(|id| !id.is_empty()).take(MOST_REFERENCES).collect()
}

fn person(address: &mail_parser::Addr<'_>) -> Person {
    let text = address.address().unwrap_or_default().trim().to_lowercase();
    let name = address.name().map(|name| name.trim().to_string()).filter(|name| !name.is_empty());
    Person { address: text, name: name.filter(|name| !name.contains('@')) }
}

/// Whether a program wrote a message: an answer out of office, a notification, a newsletter, a failed delivery.
fn is_automatic(message: &Message<'_>, from: &Person) -> bool {
    let word = |name: &str| {
        let mut headers = message.headers_raw();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_lowercase()).unwrap_or_default()
    };
    let submitted = word("Auto-Submitted");
    (!submitted.is_empty() && submitted != "no")
        || matches!(word("Precedence").as_str(), "bulk" | "junk" | "auto_reply" | "auto-reply")
        || !word("X-Autoreply").is_empty()
        || !word("X-Autorespond").is_empty()
        || from.address.starts_with("mailer-daemon@")
}

/// The text of a message.
fn body(message: &Message<'_>) -> String {
    let parts = message.text_body.iter().filter_map(|at| message.parts.get(*at as usize));
    let texts = parts.filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        PartType::Html(text) => Some(html::plain(text)),
        _ => None,
    });
    let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
    texts.join("\n")
}
