//! Conversations of any shape: the user says where in the document everything is (`[source.json]`, `[source.fields]`).
//!
//! For what has no reader of its own. Fields are JSON pointers from a conversation; what stands directly in it is kept
//! by its own name, too.

use std::borrow::Cow;

use serde_json::Value;

use super::{Export, Origin, Record, Said, in_order, list, text};
use crate::config::{Format, JsonShape, TurnTime};
use crate::ingest::row::Fault;
use crate::ingest::time::TimeReader;
use crate::interaction::{MICROS_PER_SECOND, Micros};

pub(super) const EXPORT: Export = Export {
    format: Format::Conversations,
    example: include_str!("../../../fixtures/exports/conversations.json"),
    // Only where the user says so.
    tell: |_| None,
    read,
};

fn read(origin: &Origin<'_>, document: &Value) -> Result<Vec<Record>, Fault> {
    let Some(shape) = &origin.source.json else {
        return Err(Fault::of_row("no [source.json]: nothing says where the conversations are".to_string()));
    };
    let Some(pointer) = &shape.records else { return Ok(vec![record(origin, shape, document)]) };
    match document.pointer(pointer) {
        Some(Value::Array(records)) => Ok(records.iter().map(|it| record(origin, shape, it)).collect()),
        _ => Err(Fault::of_row(format!("no conversations: there is no list at {pointer}"))),
    }
}

fn record(origin: &Origin<'_>, shape: &JsonShape, conversation: &Value) -> Record {
    let mut record = Record::default();
    let columns = origin.source.fields.values().flat_map(|columns| &columns.columns);
    let pointers: Vec<&String> = columns.filter(|column| column.starts_with('/')).collect();
    for (name, value) in conversation.as_object().into_iter().flatten() {
        let is_mapped = pointers.iter().any(|pointer| pointer[1..] == **name);
        if let Some(text) = cell(value).filter(|_| !is_mapped) {
            record.cells.push((Cow::Owned(name.clone()), text));
        }
    }
    for pointer in pointers {
        // A column that is missing here is blank here.
        let text = conversation.pointer(pointer).and_then(cell).unwrap_or_default();
        record.cells.push((Cow::Owned(pointer.clone()), text));
    }
    if !origin.source.fields.contains_key(&crate::config::Field::InteractionId)
        && !record.cells.iter().any(|(name, _)| name == "interaction_id" || name == "id")
    {
        record.cell("interaction_id", Some(origin.stem()));
    }
    record.turns = shape.turns.as_deref().map(|turns| said(origin, shape, list(conversation, turns)));
    record
}

/// A value as the text of a cell; the texts of a list stand side by side.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(|it| text(it, "")).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        value => text(value, ""),
    }
}

fn said(origin: &Origin<'_>, shape: &JsonShape, turns: &[Value]) -> Vec<Said> {
    let at = |pointer: &Option<String>, turn: &Value| pointer.as_deref().and_then(|it| text(turn, it));
    let mut times = TimeReader::new(None, &origin.source.timezone);
    let mut moment = |turn: &Value| -> Option<Micros> {
        let (pointer, TurnTime::Moment) = shape.at.as_ref()? else { return None };
        Some(times.read(&text(turn, pointer)?).ok()?.at)
    };
    let moments: Vec<Option<Micros>> = turns.iter().map(&mut moment).collect();
    let start = moments.iter().flatten().min().copied();
    let seconds = |turn: &Value, moment: Option<Micros>| match shape.at.as_ref()? {
        (pointer, TurnTime::Seconds) => text(turn, pointer)?.parse().ok(),
        (pointer, TurnTime::Millis) => text(turn, pointer)?.parse().ok().map(|millis: f64| millis / 1e3),
        (_, TurnTime::Moment) => Some((moment? - start?) as f64 / MICROS_PER_SECOND as f64),
    };
    let said = turns.iter().zip(moments).filter_map(|(turn, moment)| {
        let speaker = at(&shape.speaker, turn).unwrap_or_default();
        Some(Said { speaker, at_seconds: seconds(turn, moment), text: at(&shape.text, turn)? })
    });
    in_order(said.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Columns, Field, Source};
    use crate::ingest::tests::{read_bytes, source};
    use crate::interaction::Speaker;

    fn columns(name: &str) -> Columns {
        Columns { columns: vec![name.to_string()], ..Columns::default() }
    }

    fn mapped() -> Source {
        let at = |pointer: &str| Some(pointer.to_string());
        let json = JsonShape {
            records: at("/data/contacts"),
            turns: at("/transcript/lines"),
            speaker: at("/party/role"),
            text: at("/words"),
            at: Some(("/when".to_string(), TurnTime::Moment)),
        };
        let mut source = Source { json: Some(json), format: Some(Format::Conversations), ..source() };
        source.fields.insert(Field::InteractionId, columns("/contact/no"));
        source.fields.insert(Field::CustomerId, columns("/contact/party~1id"));
        source.fields.insert(Field::StartedAt, columns("/contact/begin"));
        source.fields.insert(Field::Category, columns("/reasons"));
        source
    }

    #[test]
    fn everything_is_where_the_user_says_that_it_is() {
        let batch = read_bytes("a.json", EXPORT.example.as_bytes(), &mapped());
        assert_eq!(batch.rejects, []);
        let [first, second] = &batch.interactions[..] else { panic!("{:?}", batch.interactions) };
        assert_eq!((first.interaction_id.as_str(), first.customer_id.as_deref()), ("90017", Some("K-12")));
        assert_eq!(first.category.as_deref(), Some("Return, Label"));
        assert_eq!(second.category, None);
        assert_eq!(first.extra, [("site".to_string(), "North".to_string())]);
        let turns: Vec<(Speaker, Option<f64>)> =
            batch.transcripts[0].turns.iter().map(|it| (it.speaker, it.at_seconds)).collect();
        assert_eq!(turns, [(Speaker::Agent, Some(0.0)), (Speaker::Customer, Some(3.25))]);
    }

    #[test]
    fn a_list_that_is_not_there_is_a_reject() {
        let batch = read_bytes("a.json", b"{\"data\": {}}", &mapped());
        assert_eq!(batch.rejects[0].reason, "no conversations: there is no list at /data/contacts");
    }
}
