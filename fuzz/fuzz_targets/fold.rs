//! Any text, folded and cut into words: every folded character comes from where the map says, folding what is folded
//! changes nothing, memory used before does not matter, and it takes linear time.
//!
//! `cargo +nightly fuzz run fold fuzz/corpus/fold fixtures/labelled fixtures/demo/chats -- -max_len=2048 -len_control=0`.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use recontact::text::fold::fold_into;
use recontact::text::{Folded, fold, tokens};
use recontact_fuzz::in_time;

thread_local! {
    /// Memory that has seen all that came before.
    static USED: RefCell<Folded> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    let folded = in_time(raw.len(), || fold(&raw));
    let text = folded.text();
    USED.with_borrow_mut(|used| {
        fold_into(&raw, used);
        assert_eq!(used.text(), text);
    });
    let mut last = 0;
    for (at, c) in text.char_indices() {
        let (start, end) = (folded.raw_start(at), folded.raw_end(at + c.len_utf8()));
        assert!(last <= start && start < end, "{at} of {text:?}");
        let piece = raw.get(start..end).expect("a map ends between characters");
        assert!(fold(piece).text().contains(c), "{c:?} from {piece:?}");
        last = start;
    }
    // An apostrophe goes where letters stand at both its sides, and a mark of kana joins the letter before it: either may
    // be so only when an invisible sign is gone.
    if !text.contains(['\'', '\u{3099}', '\u{309A}']) {
        assert_eq!(fold(text).text(), text, "of {raw:?}");
    }
    let mut words = Vec::new();
    in_time(text.len(), || tokens(text, &mut words));
    let mut end = 0;
    for word in &words {
        assert!(end <= word.start && !word.text(text).is_empty());
        end = word.end;
    }
});
