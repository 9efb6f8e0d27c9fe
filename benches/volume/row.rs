//! Contacts as lines of files, with what is wrong in real exports.

use std::io::{Result, Write};

use fastrand::Rng;

use super::dialogue::{self, Channel, Dialogue};
use super::languages::List;
use super::plan::{self, Contact, DAY_SECONDS, Flaw, Kind, Row, seeded, zipf};
use super::truth::{Fact, Truth};

#[rustfmt::skip]
const CATEGORIES: [&str; plan::CATEGORIES] = [
    "billing", "internet", "roaming", "contract", "delivery", "account", "technician", "tv",
    "wifi", "refund", "equipment", "sim card", "cancellation", "password", "returns", "payment",
    "outage", "appointment", "warranty", "data volume", "prices", "direct debit", "complaint", "other",
];
const AGENTS: usize = 400;
/// Dates that no reader should understand.
const UNREADABLE: [&str; 5] = ["n/a", "2025-13-41T10:00:00Z", "yesterday", "00.00.0000", "#REF!"];
/// Cells that a spreadsheet would take for formulas.
const FORMULAS: [&str; 5] = ["=1+1", "+49 call", "-5%", "@home", "=HYPERLINK(\"x\",\"y\")"];

/// The columns of [`write_csv`].
pub(super) const HEADER: &str = "interaction_id,customer_id,started_at,channel,direction,category,queue,agent_id,\
                                 handle_seconds,status,language,disposition,phone,note";

/// Lines of a block of rows, and what was planted in them.
#[derive(Default)]
pub(super) struct Block {
    pub(super) interactions: Vec<u8>,
    pub(super) transcripts: Vec<u8>,
    pub(super) truth: Truth,
}

pub(super) fn write_block(rows: &[Row]) -> Result<Block> {
    let mut block = Block { transcripts: Vec::with_capacity(rows.len() * 2_200), ..Block::default() };
    for Row { contact, is_correction, .. } in rows {
        let begin = block.interactions.len();
        write_csv(contact, &mut block.interactions)?;
        count_row(contact, *is_correction, &mut block.truth);
        if *is_correction {
            continue;
        }
        if contact.flaw == Some(Flaw::Duplicate) {
            block.interactions.extend_from_within(begin..);
            count_row(contact, false, &mut block.truth);
            block.truth.count(Fact::Duplicate, true);
        }
        count_contact(contact, &mut block.truth);
        if contact.kind != Kind::Abandoned {
            write_or_truncate(contact, &mut block)?;
        }
    }
    Ok(block)
}

fn count_row(contact: &Contact, is_correction: bool, truth: &mut Truth) {
    truth.count(Fact::Rows, true);
    truth.count(Fact::Corrected, is_correction);
    truth.count(Fact::UnreadableDate, contact.flaw == Some(Flaw::UnreadableDate));
    truth.count(Fact::WithoutId, contact.flaw == Some(Flaw::WithoutId));
    truth.count(Fact::OddHandleTime, contact.flaw == Some(Flaw::OddHandleTime));
    truth.count(Fact::WithoutCustomer, !has_customer(contact));
}

fn count_contact(contact: &Contact, truth: &mut Truth) {
    truth.count(Fact::Contacts, true);
    truth.count(Fact::Abandoned, contact.kind == Kind::Abandoned);
    truth.count(Fact::Outbound, contact.kind == Kind::Outbound);
    truth.count(Fact::Internal, contact.kind == Kind::Internal);
    truth.count(Fact::Repeat, contact.earlier > 0);
    truth.count(Fact::StatedByRepeat, contact.is_stated && contact.earlier > 0);
    truth.count(Fact::StatedByFirst, contact.is_stated && contact.earlier == 0);
}

fn has_customer(contact: &Contact) -> bool {
    seeded(contact.number, 5).u8(0..100) >= 3
}

/// The contact as a line of CSV; the header is [`HEADER`].
fn write_csv(contact: &Contact, out: &mut impl Write) -> Result<()> {
    let mut rng = seeded(contact.number, 6);
    if contact.flaw != Some(Flaw::WithoutId) {
        write!(out, "V-{:09}", contact.number)?;
    }
    out.write_all(b",")?;
    if has_customer(contact) {
        // Numbers that say nothing about how busy the customer is.
        write!(out, "K{:09}", contact.customer * 7_919 % 999_999_937)?;
    }
    match contact.flaw {
        Some(Flaw::UnreadableDate) => write!(out, ",{}", UNREADABLE[rng.usize(0..UNREADABLE.len())])?,
        _ => {
            let second = contact.started % DAY_SECONDS;
            let (hour, minute) = (second / 3_600, second / 60 % 60);
            write!(
                out,
                ",{}T{hour:02}:{minute:02}:{:02}Z",
                plan::date(contact.started / DAY_SECONDS),
                second % 60
            )?;
        }
    }
    let channel = match dialogue::channel(contact) {
        Channel::Voice => "voice",
        Channel::Chat => "chat",
        Channel::Email => "email",
    };
    let (direction, status) = match contact.kind {
        Kind::Inbound => ("inbound", "handled"),
        Kind::Abandoned => ("inbound", "abandoned"),
        Kind::Outbound => ("outbound", "handled"),
        Kind::Internal => ("internal", "handled"),
    };
    let language = dialogue::language(contact);
    let category = CATEGORIES[contact.category];
    write!(out, ",{channel},{direction},{category},{} {},", language.tag, contact.category % 8 + 1)?;
    let agent = zipf(&mut rng, AGENTS);
    if contact.kind != Kind::Abandoned {
        write!(out, "A{agent:03}")?;
    }
    let handled = match contact.flaw {
        Some(Flaw::OddHandleTime) => [-35, 99_999_999, -1, 86_400_000][rng.usize(0..4)],
        _ => contact.handled,
    };
    let declared = dialogue::declared(contact).unwrap_or_default();
    let disposition = match rng.usize(0..6) {
        _ if contact.kind == Kind::Abandoned => "",
        0..3 => "resolved",
        3 => "follow-up",
        4 => "transferred",
        _ => "",
    };
    write!(out, ",{handled},{status},{declared},{disposition},")?;
    write_phone(contact, &mut rng, out)?;
    out.write_all(b",")?;
    write_note(contact, &mut rng, out)?;
    out.write_all(b"\n")
}

/// A number of an area that does not exist, in one of two spellings; one in ten is missing.
fn write_phone(contact: &Contact, rng: &mut Rng, out: &mut impl Write) -> Result<()> {
    let number = (contact.customer * 7_919 + 1_234_567) % 9_999_991;
    match rng.u8(0..20) {
        0 | 1 => Ok(()),
        2 | 3 => write!(out, "+1 555 {:03} {:04}", number / 10_000, number % 10_000),
        _ => write!(out, "+1555{number:07}"),
    }
}

fn write_note(contact: &Contact, rng: &mut Rng, out: &mut impl Write) -> Result<()> {
    let mut note = String::new();
    let language = dialogue::language(contact);
    match rng.u32(0..1_000) {
        0..650 => return Ok(()),
        650..660 => note.push_str(FORMULAS[rng.usize(0..FORMULAS.len())]),
        660..690 => language.say(List::Emoji, rng, &mut note),
        690..700 => {
            language.say(List::Note, rng, &mut note);
            note.push('\n');
            language.say(List::Note, rng, &mut note);
        }
        _ => language.say(List::Note, rng, &mut note),
    }
    match note.contains([',', '"', '\n']) {
        true => write!(out, "\"{}\"", note.replace('"', "\"\"")),
        false => out.write_all(note.as_bytes()),
    }
}

/// The transcript; one in 20,000 ends in the middle.
fn write_or_truncate(contact: &Contact, block: &mut Block) -> Result<()> {
    let begin = block.transcripts.len();
    let Dialogue { spoken, declared, .. } = write_transcript(contact, &mut block.transcripts)?;
    let is_truncated = seeded(contact.number, 7).u32(0..20_000) == 0;
    if is_truncated {
        let mut end = begin + (block.transcripts.len() - begin) / 2;
        // Not in the middle of a character: the file stays UTF-8.
        while !block.transcripts[end].is_ascii() {
            end -= 1;
        }
        block.transcripts.truncate(end);
        block.transcripts.push(b'\n');
    }
    block.truth.count(Fact::Transcripts, true);
    block.truth.count(Fact::Truncated, is_truncated);
    block.truth.count(Fact::Undeclared, declared.is_none());
    block.truth.count(Fact::WronglyDeclared, declared.is_some_and(|tag| tag != spoken));
    Ok(())
}

/// The transcript of the contact as a JSON line.
pub(crate) fn write_transcript(contact: &Contact, out: &mut impl Write) -> Result<Dialogue> {
    let dialogue = dialogue::dialogue(contact);
    write!(out, "{{\"interaction_id\":\"V-{:09}\"", contact.number)?;
    if let Some(declared) = dialogue.declared {
        write!(out, ",\"language\":\"{declared}\"")?;
    }
    out.write_all(b",\"turns\":[")?;
    let mut tenths = 0;
    for (at, turn) in dialogue.turns.iter().enumerate() {
        let speaker = if turn.is_agent { "agent" } else { "customer" };
        let comma = if at == 0 { "" } else { "," };
        write!(
            out,
            "{comma}{{\"speaker\":\"{speaker}\",\"at_seconds\":{}.{},\"text\":\"",
            tenths / 10,
            tenths % 10
        )?;
        // The sentences hold no other character that JSON escapes.
        for (at, line) in turn.text.split('\n').enumerate() {
            out.write_all(if at == 0 { b"" } else { b"\\n" })?;
            out.write_all(line.as_bytes())?;
        }
        out.write_all(b"\"}")?;
        tenths += 13 + turn.text.len() / 2;
    }
    out.write_all(b"]}\n")?;
    Ok(dialogue)
}
