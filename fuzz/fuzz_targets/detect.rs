//! Any text, as a contact of one turn or of two, in a declared language or in none: detection does not panic, its spans
//! lie in the text, it does not depend on what was read before, and it takes no more than linear time.
//!
//! `cargo install cargo-fuzz`, then `cargo +nightly fuzz run detect fuzz/corpus/detect fixtures/labelled
//! fixtures/demo/chats -- -max_len=4096 -len_control=0`: without the last, texts stay far shorter than people's.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use recontact::detect::{Detector, Scratch, Utterance};
use recontact::interaction::Speaker;
use recontact::lexicon::Lexicon;
use recontact_fuzz::in_time;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::with_user_files(&[]).expect("the built-in lexicons load"));
static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&LEXICON).expect("the built-in lexicons compile"));

thread_local! {
    /// Memory that has seen all that came before.
    static USED: RefCell<Scratch> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let (before, said) = text.split_at(text.floor_char_boundary(usize::from(choice >> 4) * text.len() / 16));
    let turns = [
        Utterance { speaker: Speaker::Agent, text: before },
        Utterance { speaker: Speaker::Customer, text: said },
    ];
    let tags = [None, Some("en"), Some("zh"), Some("ar"), Some("lv"), Some("xx"), Some("th"), Some("ko")];
    let declared = tags[usize::from(choice & 7)];
    let heard = in_time(text.len(), || DETECTOR.contact(&turns, declared, &mut Scratch::default()));
    for (turn, cues) in turns.iter().zip(&heard.turns) {
        for cue in cues {
            assert!(cue.start < cue.end && turn.text.get(cue.start..cue.end).is_some(), "{cue:?}");
        }
    }
    let again = USED.with_borrow_mut(|used| DETECTOR.contact(&turns, declared, used));
    assert_eq!(heard, again, "what was read before must not matter");
});
