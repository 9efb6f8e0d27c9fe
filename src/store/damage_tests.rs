//! Files that were cut, changed or written by another version: named, and never a panic.

use super::survey_tests::answer;
use super::tests::{commit, cue, files, info, interaction, transcript};
use super::{Store, Want, Writer, verify};

#[test]
fn a_shortened_or_missing_part_is_named_when_the_store_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    let path = dir.path().join("000001-interactions.parquet");
    let sound = std::fs::read(&path).unwrap();
    std::fs::write(&path, &sound[..sound.len() - 1]).unwrap();
    let refused = Store::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("000001-interactions.parquet") && refused.contains("damaged"), "{refused}");
    std::fs::remove_file(&path).unwrap();
    assert!(Store::open(dir.path()).unwrap_err().to_string().contains("missing"));
}

#[test]
fn a_byte_turned_over_in_any_part_is_found_by_verify_and_never_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::begin(dir.path()).unwrap();
    for n in 0..300 {
        let id = n.to_string();
        writer.push_interactions(&[interaction(&id, "C", "x", n)]).unwrap();
        writer.push_transcript(&transcript(&id, &["good morning", "third time"])).unwrap();
        writer.push_cues(&[cue(&id, 1, "third time")]).unwrap();
        writer.push_surveys(&[answer(&id, Some(n % 2 == 0), 2, 4.0)]).unwrap();
    }
    writer.push_interactions(&[interaction("7", "C", "x", 0)]).unwrap();
    let store = writer.commit(info()).unwrap();
    for file in files(dir.path()).into_iter().filter(|file| file.ends_with(".parquet")) {
        let path = dir.path().join(&file);
        let sound = std::fs::read(&path).unwrap();
        for at in (0..sound.len()).step_by(997) {
            let mut torn = sound.clone();
            torn[at] ^= 0xff;
            std::fs::write(&path, &torn).unwrap();
            let damages = verify(dir.path()).unwrap().damages;
            assert_eq!(damages.iter().map(|damage| &damage.file).collect::<Vec<_>>(), [&file]);
            // Reading may give other values or fail; what it may not do is panic.
            let _ = (store.columns(Want::ALL), store.interaction(3), store.dimension("disposition"));
            let _ = (store.survey_columns(), store.numbers("csat"), store.numbers("is_coded_resolved"));
            let _ = (store.turns("3"), store.cues_of("3"), store.cue_phrases());
        }
        std::fs::write(&path, &sound).unwrap();
    }
    assert_eq!(verify(dir.path()).unwrap().damages, []);
}

#[test]
fn a_cut_manifest_stops_reader_and_writer_and_nothing_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    let path = dir.path().join("manifest.json");
    let text = std::fs::read(&path).unwrap();
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    let before = files(dir.path());
    assert!(Store::open(dir.path()).unwrap_err().to_string().contains("manifest.json"));
    assert!(Writer::begin(dir.path()).err().unwrap().to_string().contains("damaged"));
    assert_eq!(files(dir.path()), before);
}

#[test]
fn an_older_store_is_refused_until_it_is_filled_anew() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    let path = dir.path().join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"format_version\": 3", "\"format_version\": 1")).unwrap();
    for refused in [Store::open(dir.path()).err(), Writer::begin(dir.path()).err()] {
        let refused = refused.unwrap().to_string();
        assert!(refused.contains("the store has format 1") && refused.contains("--rebuild"), "{refused}");
    }
    let mut writer = Writer::begin_anew(dir.path()).unwrap();
    writer.push_interactions(&[interaction("b", "C", "x", 1)]).unwrap();
    let store = writer.commit(info()).unwrap();
    assert_eq!((store.commit_id(), store.interaction_count()), (2, 1));
}
