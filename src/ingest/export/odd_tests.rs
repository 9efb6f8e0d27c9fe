//! Documents that are not as they should be: whatever their members are, no row is lost and nothing panics.
//!
//! `PROPTEST_CASES=50000 cargo test --lib documents_with_anything` goes on for longer.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Export;
use super::tests::{read_text, told_by_content};
use crate::config::Format;
use crate::ingest::Batch;
use crate::interaction::{Interaction, MICROS_PER_DAY};

/// What may stand where something else should.
fn odd_values() -> Vec<Value> {
    let texts = [
        "",
        "x",
        "None",
        "9999999999999999999999",
        "2026-02-30T25:00:00Z",
        "2026-03-02T09:15:00+02:00",
        "1772442900250",
        "\u{0}\u{1b}[31m\n",
        "tel:+37120000001",
        "agent: hello",
        "e30",
        "[[1]]",
    ];
    let values =
        [json!(null), json!(-7), json!(1e300), json!(1772442900250_i64), json!(true), json!(u64::MAX)];
    let nested = [
        json!([]),
        json!({}),
        json!([[[]], 3, null, "x"]),
        json!({"text": "a", "start": 1}),
        json!("a".repeat(3000)),
    ];
    texts.into_iter().map(Value::from).chain(values).chain(nested).collect()
}

/// Every way in which one member of a document can be odd.
fn with_one_odd(document: &Value) -> Vec<Value> {
    let inner: Vec<Value> = match document {
        Value::Object(members) => {
            let of = |key: &String| {
                let mut without = members.clone();
                without.remove(key);
                let put = |value| {
                    let mut changed = members.clone();
                    changed.insert(key.clone(), value);
                    Value::Object(changed)
                };
                let changed: Vec<Value> = with_one_odd(&members[key]).into_iter().map(put).collect();
                std::iter::once(Value::Object(without)).chain(changed)
            };
            members.keys().flat_map(of).collect()
        }
        Value::Array(elements) => {
            let of = |at: usize| {
                let put = move |value| {
                    let mut changed = elements.clone();
                    changed[at] = value;
                    Value::Array(changed)
                };
                with_one_odd(&elements[at]).into_iter().map(put)
            };
            (0..elements.len()).flat_map(of).collect()
        }
        _ => Vec::new(),
    };
    odd_values().into_iter().chain(inner).collect()
}

#[test]
fn whatever_one_member_is_the_documents_around_it_are_read() {
    for export in told_by_content() {
        let document: Value = serde_json::from_str(export.example).unwrap();
        let alone = read_text("example.jsonl", &format!("{document}\n"));
        let mut text = format!("{document}\n");
        let odd = with_one_odd(&document);
        assert!(odd.len() > 100, "{}", export.format.name());
        odd.iter().for_each(|odd| text.push_str(&format!("{odd}\n")));
        text.push_str(&format!("{document}\n"));
        let batch = read_text("example.jsonl", &text);
        let name = export.format.name();
        let around = &batch.interactions[..alone.interactions.len()];
        let words = |batch: &Batch| batch.transcripts.last().map(|it| it.turns.clone());
        if export.format == Format::Zendesk {
            // Its documents speak of each other: what an odd one says of a user is said of the user.
            let ids =
                |all: &[Interaction]| all.iter().map(|it| it.interaction_id.clone()).collect::<Vec<_>>();
            assert_eq!(ids(around), ids(&alone.interactions));
        } else {
            assert_eq!(around, alone.interactions, "{name}");
            assert_eq!(words(&batch), words(&alone), "{name}");
        }
        assert!(batch.rejects.iter().all(|it| it.line > 1 && it.line < odd.len() as u64 + 2), "{name}");
    }
}

/// The places of all members of a document.
fn places(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, inner)| places(inner, format!("{place}/{key}"), found));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(at, inner)| places(inner, format!("{place}/{at}"), found));
        }
        _ => {}
    }
    found.push(place);
}

/// One change: a member left out, doubled, or put in another's place, or something odd.
fn change(document: &mut Value, example: &Value, (place, what, from): (u16, u8, u16)) {
    let nth = |value: &Value, at: u16| {
        let mut found = Vec::new();
        places(value, String::new(), &mut found);
        found.swap_remove(usize::from(at) % found.len())
    };
    let place = nth(document, place);
    let (parent, key) = place.rsplit_once('/').unwrap_or(("", ""));
    match (what, document.pointer_mut(parent)) {
        (0, Some(Value::Object(members))) => {
            members.remove(key);
        }
        (0, Some(Value::Array(all))) => {
            let _ = key.parse().map(|at: usize| all.remove(at));
        }
        (1, Some(Value::Array(all))) => {
            let copies: Vec<Value> = all.iter().take(50).cloned().collect();
            all.extend(copies);
        }
        (2..=6, _) => {
            let copy = example.pointer(&nth(example, from)).cloned().unwrap_or_default();
            document.pointer_mut(&place).into_iter().for_each(|it| *it = copy.clone());
        }
        _ => {
            let odd = odd_values();
            let value = &odd[usize::from(from) % odd.len()];
            document.pointer_mut(&place).into_iter().for_each(|it| *it = value.clone());
        }
    }
}

/// What holds of whatever is read.
fn check(export: &Export, batch: &Batch) {
    let name = export.format.name();
    let turn_count: usize = batch.transcripts.iter().map(|it| it.turns.len()).sum();
    let kept = batch.interactions.len() + batch.transcripts.len() + turn_count + batch.rejects.len();
    assert!(kept as u64 >= batch.row_count, "{name}: a row is lost");
    let words = batch.rejects.iter().map(|it| &it.reason).chain(batch.notes.iter().map(|it| &it.what));
    for words in words {
        assert!(
            words.contains(':') && words.len() < 1000 && !words.contains(char::is_control),
            "{name}: {words:?}"
        );
    }
    for interaction in &batch.interactions {
        assert!((-72..=232).contains(&(interaction.started_at / (MICROS_PER_DAY * 365))), "{name}");
        assert!(interaction.ended_at.is_none_or(|end| end >= interaction.started_at), "{name}");
        assert!(interaction.extra.iter().all(|(_, text)| text.len() <= 1000), "{name}");
    }
    for transcript in &batch.transcripts {
        assert!(transcript.turns.is_sorted_by(|a, b| a.index < b.index), "{name}");
        assert!(transcript.turns.iter().all(|it| it.at_seconds.is_none_or(f64::is_finite)), "{name}");
    }
}

proptest! {
    #[test]
    fn documents_with_anything_in_them_lose_no_row(
        export in 0..told_by_content().count(),
        documents in vec(vec((any::<u16>(), 0..12_u8, any::<u16>()), 1..8), 1..20),
    ) {
        let export = told_by_content().nth(export).unwrap();
        let example: Value = serde_json::from_str(export.example).unwrap();
        let mut text = format!("{example}\n");
        for changes in documents {
            let mut document = example.clone();
            changes.into_iter().for_each(|it| change(&mut document, &example, it));
            text.push_str(&format!("{document}\n"));
        }
        check(export, &read_text("example.jsonl", &text));
    }
}
