//! The demo's files are what its generator writes, byte for byte, and the truth beside them adds up.

#[path = "../../fixtures/demo/generator.rs"]
mod generator;

use std::collections::HashMap;
use std::path::Path;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo"))
}

fn files() -> HashMap<String, Vec<u8>> {
    generator::generate().into_iter().collect()
}

#[test]
fn the_generator_writes_the_files_that_are_kept() {
    for (name, bytes) in files() {
        let kept = std::fs::read(folder().join(&name)).unwrap();
        assert!(
            kept == bytes,
            "{name} differs: run `cargo run --example generate-demo` and look at the change"
        );
    }
}

#[test]
fn no_chat_is_kept_that_the_generator_does_not_write() {
    let written = files();
    for entry in std::fs::read_dir(folder().join("chats")).unwrap() {
        let name = format!("chats/{}", entry.unwrap().file_name().to_str().unwrap());
        assert!(written.contains_key(&name), "{name} is left over from an earlier run: remove it");
    }
}

#[test]
fn every_readable_row_has_one_line_of_truth() {
    let files = files();
    let lines =
        |name: &str| files[name].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count() - 1;
    let unreadable = 10;
    assert_eq!(lines("interactions.csv"), lines("truth.csv") + unreadable);
}

#[test]
fn nothing_carries_an_address_or_a_name_of_the_real_world() {
    let files = files();
    let text = String::from_utf8_lossy(&files["transcripts.jsonl"]);
    for word in text.split_whitespace().filter(|word| word.contains('@') || word.contains("http")) {
        assert!(word.contains("example."), "{word}");
    }
}
