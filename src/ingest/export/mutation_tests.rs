//! Every export's example, broken at random places of its structure: whatever it is then, it is read or refused, nothing
//! panics, no time is made up and nothing is lost.
//!
//! `RECONTACT_MUTATIONS=100000 cargo test --release mutations` tries as many of each.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::tests::{read_text, told_by_content};
use crate::interaction::{MICROS_PER_DAY, Speaker};

/// Mutations of each example in an ordinary run.
const FEW: u64 = 150;

fn mutation_count() -> u64 {
    std::env::var("RECONTACT_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(FEW)
}

/// What people and programs write where something else should be.
fn odd(random: &mut Rng) -> Value {
    let texts = [
        "",
        " ",
        "None",
        "null",
        "spk_0",
        "AGENT",
        "9999-12-31T23:59:59Z",
        "-1",
        "1e999",
        "2026-02-30T00:00:00",
        "yesterday",
        "\u{0}",
        "\u{202e}x",
        "[]",
        "{\"a\":",
        "=cmd()",
        "1772442900000",
        "PT5M",
    ];
    match random.u8(0..12) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(random.f64() * 10f64.powi(random.i32(-20..300))),
        4 => json!(-random.i64(0..100_000)),
        5 => json!([]),
        6 => json!({}),
        7 => json!("x".repeat(random.usize(0..5_000))),
        8 => json!([null, 7, "x", [], {}]),
        _ => json!(texts[random.usize(0..texts.len())]),
    }
}

/// Breaks a value at one place, deeper down more often than at the top.
fn mutate(value: &mut Value, random: &mut Rng) {
    match value {
        Value::Object(members) if !members.is_empty() && random.u8(0..8) > 0 => {
            let at = random.usize(0..members.len());
            let key = members.keys().nth(at).cloned().unwrap_or_default();
            match random.u8(0..10) {
                0 => drop(members.remove(&key)),
                1 => drop(members.insert(format!("{key}x"), odd(random))),
                2 => swap(members, &key, random),
                _ => members.get_mut(&key).into_iter().for_each(|it| mutate(it, random)),
            }
        }
        Value::Array(items) if !items.is_empty() && random.u8(0..8) > 0 => {
            let at = random.usize(0..items.len());
            match random.u8(0..10) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.reverse(),
                3 => items.insert(at, odd(random)),
                _ => mutate(&mut items[at], random),
            }
        }
        other => *other = odd(random),
    }
}

/// Gives two members each other's values.
fn swap(members: &mut Map<String, Value>, key: &str, random: &mut Rng) {
    let other = members.keys().nth(random.usize(0..members.len())).cloned().unwrap_or_default();
    let (Some(a), Some(b)) = (members.get(key).cloned(), members.get(&other).cloned()) else { return };
    members.insert(key.to_string(), b);
    members.insert(other, a);
}

#[test]
fn mutations_of_every_example_are_read_or_refused() {
    for export in told_by_content() {
        let example: Value = serde_json::from_str(export.example).unwrap();
        for seed in 0..mutation_count() {
            let mut random = Rng::with_seed(seed);
            let mut document = example.clone();
            for _ in 0..random.u8(1..6) {
                mutate(&mut document, &mut random);
            }
            // Another document may be no export any more, and no table either: that is refused as a whole, elsewhere.
            let text = format!("{}\n{document}\n", serde_json::to_string(&example).unwrap());
            let batch = read_text("mutation.jsonl", &text);
            let what = || format!("{} {seed}: {document}", export.format.name());
            let kept = batch.interactions.len() + batch.transcripts.len() + batch.rejects.len();
            assert!(kept as u64 >= batch.row_count, "a row is lost: {}", what());
            for interaction in &batch.interactions {
                let years = interaction.started_at / (365 * MICROS_PER_DAY);
                assert!((-72..=232).contains(&years) && !interaction.interaction_id.is_empty(), "{}", what());
                assert!(interaction.ended_at.is_none_or(|end| end >= interaction.started_at), "{}", what());
            }
            for turn in batch.transcripts.iter().flat_map(|it| &it.turns) {
                let is_moment = |at: f64| at.is_finite();
                assert!(turn.at_seconds.is_none_or(is_moment), "{:?} {}", turn.at_seconds, what());
                assert!(matches!(
                    turn.speaker,
                    Speaker::Unknown | Speaker::Customer | Speaker::Agent | Speaker::System
                ));
            }
        }
    }
}
