//! Any text, as a lexicon file, or as two where a line `---` stands in it: a fault names a line of it; what can be loaded
//! is compiled and tried on its own examples, and its cues lie in their texts.
//!
//! `cargo +nightly fuzz run lexicon fuzz/corpus/lexicon lexicons -- -max_len=8192 -len_control=0`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recontact::detect::self_test;
use recontact::detect::{Detector, Scratch};
use recontact::interaction::Speaker;
use recontact::lexicon::{Lexicon, Source};
use recontact_fuzz::{in_time, message_of_text};

fuzz_target!(|text: &str| {
    let (first, second) = match text.split_once("\n---\n") {
        Some((first, second)) => (first, Some(second)),
        None => (text, None),
    };
    let mut sources: Vec<Source> = vec![("first.toml".into(), first.to_string())];
    sources.extend(second.map(|second| ("second.toml".into(), second.to_string())));
    let lexicon = match in_time(text.len(), || Lexicon::from_sources(&sources)) {
        Ok(lexicon) => lexicon,
        Err(error) => {
            message_of_text(&error, text);
            return;
        }
    };
    let faults = in_time(text.len(), || self_test::check(&lexicon));
    match &faults {
        Ok(faults) => faults.iter().for_each(|fault| drop(message_of_text(fault, text))),
        Err(error) => drop(message_of_text(error, text)),
    }
    let shown = |faults: &_| format!("{faults:?}");
    assert_eq!(shown(&faults), shown(&self_test::check(&lexicon)), "trying again must give the same");
    let Ok(detector) = Detector::new(&lexicon) else { return };
    let mut scratch = Scratch::default();
    for (_, rule) in lexicon.rules() {
        for example in rule.examples.iter().chain(&rule.non_examples) {
            for cue in detector.cues(&example.text, Speaker::Customer, &mut scratch) {
                assert!(cue.start < cue.end && example.text.get(cue.start..cue.end).is_some(), "{cue:?}");
            }
        }
    }
});
