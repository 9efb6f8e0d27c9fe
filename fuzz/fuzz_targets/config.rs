//! Any text, as a `recontact.toml`: a fault names a line of it, and what can be read says the same when its tables are
//! written anew.
//!
//! `TMPDIR=/dev/shm cargo +nightly fuzz run config fuzz/corpus/config fixtures/demo -- -max_len=8192 -len_control=0`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recontact::config;
use recontact::policy::{PRESETS, Policy};
use recontact_fuzz::{file, in_time, message, message_of_text};

fuzz_target!(|data: &[u8]| {
    let path = file("recontact.toml", data);
    let config = in_time(data.len(), || config::load(&path));
    let Ok(text) = str::from_utf8(data) else {
        message(&config.expect_err("not UTF-8"));
        return;
    };
    let _regions = config::regions(text);
    let policy = in_time(data.len(), || Policy::parse(&path, text));
    for error in [config.as_ref().err(), policy.as_ref().err()].into_iter().flatten() {
        message_of_text(error, text);
    }
    let (Ok(config), Ok(policy)) = (config, policy) else { return };
    assert!(policy.check().is_ok());
    let shown = serde_json::to_string(&policy).expect("a policy can be shown");
    for preset in PRESETS {
        let _checked = policy.with_preset(preset).check().map_err(|error| message(&error));
    }
    let table: toml::Table = text.parse().expect("what was read is TOML");
    let anew = toml::to_string(&table).expect("tables can be written");
    let again = config::load(&file("recontact.toml", anew.as_bytes())).expect("written anew it is read");
    assert_eq!((&config.sources, &config.lexicons), (&again.sources, &again.lexicons), "{anew}");
    let policy_again = Policy::parse(&path, &anew).expect("written anew it is read");
    assert_eq!(policy, policy_again, "{anew}");
    assert_eq!(shown, serde_json::to_string(&policy_again).expect("a policy can be shown"));
});
