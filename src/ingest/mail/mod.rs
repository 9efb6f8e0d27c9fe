//! E-mails: a message a file (`.eml`), or many in one (mbox). A conversation is one interaction, a message a turn.
//!
//! Takes a file and what the headers of all files say ([`Threads`]). The first message of a conversation that is read in a run
//! brings the interaction, made of all that are there; every message brings its own new words, at a place that later
//! messages do not move.

mod message;
mod split;
mod threads;

pub(super) use threads::Threads;

use super::SourceFile;
use super::batch::Collector;
use super::export::{Record, Said};
use super::lines::Lines;
use crate::config::Source;
use crate::error::Result;
use message::Head;
use split::{MARK, Rows, each_message};
use threads::{Place, Role, Thread};

/// Fields of the header of a message, of which a text must have some at its beginning to be one.
const FIELDS: [&str; 10] = [
    "from",
    "to",
    "date",
    "subject",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "delivered-to",
    "content-type",
];

/// Whether a text is e-mail, by its beginning.
pub(super) fn is_mail(head: &str) -> bool {
    const ENOUGH: usize = 3;
    let head = match head.as_bytes().starts_with(MARK) {
        true => head.split_once('\n').map_or("", |(_, rest)| rest),
        false => head,
    };
    let header = head.lines().take_while(|line| !line.trim().is_empty());
    let mut names: Vec<String> =
        header.filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase())).collect();
    let is_first_a_name = names.first().is_some_and(|name| {
        head.to_ascii_lowercase().starts_with(name.as_str())
            && name.bytes().all(|byte| byte.is_ascii_graphic())
    });
    names.retain(|name| FIELDS.contains(&name.as_str()));
    names.sort_unstable();
    names.dedup();
    is_first_a_name && names.len() >= ENOUGH
}

/// Reads the messages of a file.
///
/// # Errors
/// Where the file cannot be read or the sink fails. A message without a date that can be read is a reject.
pub(super) fn read(
    lines: &mut Lines<'_>,
    file: &SourceFile,
    source: &Source,
    threads: Option<&Threads>,
    rows: &mut Collector<'_>,
) -> Result<()> {
    let own;
    let threads = match threads {
        Some(threads) => threads,
        None => {
            let file = SourceFile { source: 0, ..file.clone() };
            let source = Source { format: Some(crate::config::Format::Mail), ..source.clone() };
            own = Threads::of(&[file], &[source])?;
            &own
        }
    };
    each_message(lines, &mut Rows(Some(rows)), &mut |line, raw, rows| {
        let Some(rows) = &mut rows.0 else { return Ok(()) };
        let (head, words) = match message::read(raw) {
            Ok(read) => read,
            Err(fault) => return rows.reject(line, fault, raw),
        };
        let Some((place, thread)) = threads.place(&head.id) else { return Ok(()) };
        if !place.is_first_read() {
            rows.note(line, "an e-mail that stands twice: the second is left out".to_string());
            return Ok(());
        }
        let record = record(&head, words, place, thread, rows);
        let raw = String::from_utf8_lossy(&raw[..raw.len().min(crate::interaction::MAX_RAW_BYTES)]);
        rows.record(line, record, &raw)
    })
}

/// What a message brings: its words, and with the first that is read of a conversation the interaction.
fn record(head: &Head, words: String, place: &Place, thread: &Thread, rows: &Collector<'_>) -> Record {
    let mut record = Record { indexes: vec![place.index], ..Record::default() };
    record.cell("interaction_id", Some(thread.id.as_str()));
    let first = thread.is_first_told().then_some(thread);
    // Every message has all columns, so that a mapping of one of them fits every file.
    record.cells.extend(columns(first).map(|(name, text)| (name.into(), text.unwrap_or_default())));
    let role = match place.role {
        Role::Customer => "customer",
        Role::Agent => "agent",
        Role::System => "system",
    };
    // A person whom the user maps by address is who the user says.
    let speaker = if rows.is_mapped(&head.from.address) { head.from.address.as_str() } else { role };
    let at_seconds = Some(head.at.duration_since(thread.started).as_secs_f64());
    let said = Said { speaker: speaker.to_string(), at_seconds, text: words };
    record.turns = Some(if said.text.is_empty() { Vec::new() } else { vec![said] });
    record
}

/// The columns of a conversation, blank where it has been told already.
fn columns(thread: Option<&Thread>) -> [(&'static str, Option<String>); 13] {
    let customer = thread.map(|it| &it.customer);
    let address = customer.map(|it| it.address.clone());
    let direction =
        thread.and_then(|it| it.is_inbound).map(|is_inbound| if is_inbound { "inbound" } else { "outbound" });
    let status = thread.filter(|it| it.is_automatic).map(|_| "ignored");
    let ended_at = thread.map(|it| it.ended.to_string());
    [
        ("started_at", thread.map(|it| it.date.clone())),
        ("ended_at", ended_at.clone()),
        ("updated_at", ended_at),
        ("customer_id", address.clone()),
        ("email", address),
        ("customer_name", customer.and_then(|it| it.name.clone())),
        ("channel", thread.map(|_| "email".to_string())),
        ("direction", direction.map(str::to_string)),
        ("status", status.map(str::to_string)),
        ("agent_id", thread.and_then(|it| it.agents.first().cloned())),
        ("agent_count", thread.map(|it| it.agents.len().to_string())),
        ("reply_count", thread.map(|it| it.reply_count.to_string())),
        ("Subject line", thread.and_then(|it| it.subject.clone())),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};

    use super::*;
    use crate::config::{Field, Format};
    use crate::ingest::Batch;
    use crate::ingest::tests::{read_bytes, read_text, reasons, source};
    use crate::interaction::{Direction, Interaction, Speaker, Status};

    const MBOX: &str = include_str!("../../../fixtures/exports/email.mbox");

    fn own() -> Source {
        Source { own: vec!["example.com".to_string()], ..source() }
    }

    /// Reads texts as files of one folder, in this order.
    fn read_files(texts: &[(&str, &str)], source: &Source) -> Batch {
        crate::ingest::tests::read_files(texts, source, |_| true)
    }

    /// The turns of all fragments of an interaction in their order.
    fn turns(batch: &Batch, id: &str) -> Vec<(Speaker, f64, String)> {
        let fragments = batch.transcripts.iter().filter(|it| it.interaction_id == id);
        let mut turns: Vec<_> = fragments.flat_map(|it| it.turns.clone()).collect();
        turns.sort_by_key(|turn| turn.index);
        turns.into_iter().map(|turn| (turn.speaker, turn.at_seconds.unwrap(), turn.text)).collect()
    }

    fn mail(id: &str, from: &str, date: &str, more: &str, body: &str) -> String {
        format!("Message-ID: <{id}>\nFrom: {from}\nTo: help@example.com\nDate: {date}\n{more}\n{body}\n")
    }

    #[test]
    fn a_conversation_is_one_interaction_with_its_messages_as_turns() {
        let batch = read_bytes("mail.mbox", MBOX.as_bytes(), &own());
        assert_eq!(reasons(&batch), [(82, "no started_at: the e-mail has no Date".to_string())]);
        let ids: Vec<&str> = batch.interactions.iter().map(|it| it.interaction_id.as_str()).collect();
        assert_eq!(ids, ["a1@mail.test", "b1@mail.test", "n1@example.com"]);
        let first = &batch.interactions[0];
        // 2 March 2026, 09:15 at +02:00.
        assert_eq!(first.started_at, 1_772_435_700_000_000);
        assert_eq!(first.ended_at, Some(first.started_at + 26 * 3600 * 1_000_000));
        assert_eq!(first.customer_id.as_deref(), Some("janis@mail.test"));
        assert_eq!((first.name.as_deref(), first.channel.as_deref()), (Some("Jānis Bērziņš"), Some("email")));
        assert_eq!(
            (first.reply_count, first.agent_count, first.direction),
            (Some(1), Some(1), Direction::Inbound)
        );
        assert_eq!(first.agent_id.as_deref(), Some("anna@example.com"));
        assert_eq!(first.extra, [("Subject line".to_string(), "Rēķins & internets".to_string())]);
        assert_eq!(first.category, None, "a subject is no category");
        let expected = [
            (Speaker::Customer, 0.0, "Labdien, internets nestrādā.\nFrom Monday on nothing works."),
            (Speaker::System, 60.0, "We have received your message."),
            (Speaker::Agent, 7200.0, "Please restart the router."),
            (
                Speaker::Customer,
                93_600.0,
                "I did. This is the third time that I write.\n\nFrom here on I write no more.",
            ),
        ];
        assert_eq!(
            turns(&batch, "a1@mail.test"),
            expected.map(|(who, at, words)| (who, at, words.to_string()))
        );
        // HTML alone is read as text; a conversation of programs alone is no contact.
        assert_eq!(turns(&batch, "b1@mail.test")[0].2, "Where is my parcel?\n\nKim & Co");
        assert_eq!(batch.interactions[2].status, Status::Ignored);
    }

    #[test]
    fn the_messages_of_a_conversation_may_lie_in_many_files_in_any_order() {
        let parts = [
            (
                "1.eml",
                mail(
                    "a",
                    "Kim <kim@x.test>",
                    "Mon, 2 Mar 2026 10:00:00 +0100",
                    "Subject: Help\n",
                    "It is broken",
                ),
            ),
            (
                "2.eml",
                mail(
                    "b",
                    "anna@example.com",
                    "Mon, 2 Mar 2026 11:00:00 +0100",
                    "In-Reply-To: <a>\n",
                    "Restart it",
                ),
            ),
            (
                "3.eml",
                mail(
                    "c",
                    "kim@x.test",
                    "Mon, 2 Mar 2026 11:00:00 +0000",
                    "In-Reply-To: <b>\n",
                    "Again broken",
                ),
            ),
        ];
        let in_order = |order: [usize; 3], source: &Source| {
            let files: Vec<(&str, &str)> =
                order.iter().map(|at| (parts[*at].0, parts[*at].1.as_str())).collect();
            read_files(&files, source)
        };
        let expected = in_order([0, 1, 2], &own());
        assert_eq!(expected.interactions.len(), 1);
        let expected_turns = turns(&expected, "a");
        let speakers: Vec<(Speaker, f64)> = expected_turns.iter().map(|(who, at, _)| (*who, *at)).collect();
        let (customer, agent) = (Speaker::Customer, Speaker::Agent);
        assert_eq!(speakers, [(customer, 0.0), (agent, 3600.0), (customer, 7200.0)]);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for source in [own(), source()] {
                let found = in_order(order, &source);
                let shared = |it: &Interaction| Interaction { direction: Direction::Unknown, ..it.clone() };
                assert_eq!(
                    found.interactions.iter().map(shared).collect::<Vec<_>>(),
                    [shared(&expected.interactions[0])]
                );
                assert_eq!(turns(&found, "a"), expected_turns);
            }
        }
    }

    #[test]
    fn a_conversation_whose_first_message_is_not_there_is_found_by_what_answers_it() {
        let references = "References: <gone> <b>\nIn-Reply-To: <b>\n";
        let files = [
            ("1.eml", mail("c", "kim@x.test", "Tue, 3 Mar 2026 10:00:00 +0000", references, "second")),
            (
                "2.eml",
                mail("b", "kim@x.test", "Mon, 2 Mar 2026 10:00:00 +0000", "In-Reply-To: <gone>\n", "first"),
            ),
        ];
        let batch = read_files(&[(files[0].0, &files[0].1), (files[1].0, &files[1].1)], &own());
        assert_eq!(batch.interactions.len(), 1);
        let words: Vec<String> = turns(&batch, "gone").into_iter().map(|(.., words)| words).collect();
        assert_eq!(words, ["first", "second"]);
    }

    #[test]
    fn messages_that_answer_each_other_are_one_conversation() {
        let a = mail("a", "kim@x.test", "Mon, 2 Mar 2026 10:00:00 +0000", "In-Reply-To: <b>\n", "one");
        let b = mail("b", "kim@x.test", "Mon, 2 Mar 2026 11:00:00 +0000", "In-Reply-To: <a>\n", "two");
        let batch = read_files(&[("b.eml", &b), ("a.eml", &a)], &own());
        assert_eq!(batch.interactions.len(), 1);
        assert_eq!(turns(&batch, "a").len(), 2);
    }

    #[test]
    fn a_copy_of_a_message_is_left_out_and_said() {
        let text = mail("a", "kim@x.test", "Mon, 2 Mar 2026 10:00:00 +0000", "", "one");
        let batch = read_files(&[("inbox.eml", &text), ("all.eml", &text)], &own());
        assert_eq!((batch.interactions.len(), batch.transcripts.len()), (1, 1));
        assert!(batch.notes[0].what.starts_with("an e-mail that stands twice"));
    }

    #[test]
    fn who_is_the_company_is_what_the_source_says() {
        let out = mail(
            "a",
            "anna@example.com",
            "Mon, 2 Mar 2026 10:00:00 +0000",
            "Cc: Kim <kim@x.test>\n",
            "Your order",
        );
        let batch = read_files(&[("a.eml", &out)], &own());
        let it = &batch.interactions[0];
        assert_eq!((it.customer_id.as_deref(), it.direction), (Some("kim@x.test"), Direction::Outbound));
        assert_eq!(turns(&batch, "a")[0].0, Speaker::Agent);
        let batch = read_files(&[("a.eml", &out)], &source());
        assert_eq!(batch.interactions[0].customer_id.as_deref(), Some("anna@example.com"));
        let mut mapped = own();
        let words = [("anna@example.com".to_string(), "system".to_string())];
        mapped.values.entry(Field::Speaker).or_default().extend(words);
        assert_eq!(turns(&read_files(&[("a.eml", &out)], &mapped), "a")[0].0, Speaker::System);
    }

    #[test]
    fn a_date_that_cannot_be_read_is_a_reject() {
        for date in ["yesterday", "Mon, 45 Mar 2026 10:00:00 +0000", "30/30/2026"] {
            let text = mail("a", "kim@x.test", date, "", "one");
            let batch = read_text("a.eml", &text, &own());
            assert_eq!((batch.interactions.len(), batch.transcripts.len()), (0, 0), "{date}");
            assert!(batch.rejects[0].reason.starts_with("unreadable time"), "{:?}", batch.rejects);
        }
    }

    #[test]
    fn what_is_no_mail_is_not_taken_for_one() {
        assert!(is_mail(MBOX) && is_mail(&mail("a", "b", "c", "", "d")));
        for text in [
            "From Monday on\nnothing works",
            "Agent: hello\nCustomer: hi",
            "date,from,to,subject\n1,2,3,4",
            "",
        ] {
            assert!(!is_mail(text), "{text}");
        }
        assert_eq!(crate::ingest::files::format_of(std::path::Path::new("a"), MBOX.as_bytes()), Format::Mail);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(text in proptest::collection::vec("From a@x Mon Mar  2 09:15:00 2026\n|\n|Date: Mon, 2 Mar 2026 10:00:00 \\+0000\n|From: [a-c]@x\n|Message-ID: <[a-c]>\n|References:( <[a-c]>)*\n|Content-Type: text/html\n|[ -~é]{0,9}\n", 0..30).prop_map(|it| it.concat())) {
            read_bytes("a.mbox", text.as_bytes(), &own());
        }
    }
}
