//! The store as a whole: what is pushed comes back, in whatever order it was. Records to push are here for the other tests.

use std::path::Path;

use proptest::{collection::vec, prelude::Strategy, prelude::proptest, prop_assert_eq};

use super::{CommitInfo, SourceRecord, Store, StoredCue, Want, Writer, key, verify};
use crate::identity::Region;
use crate::interaction::{Direction, Interaction, Reject, Speaker, Status, Transcript, Turn};

pub(super) fn interaction(id: &str, customer: &str, category: &str, started_at: i64) -> Interaction {
    let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
    Interaction {
        interaction_id: id.into(),
        customer_id: some(customer),
        category: some(category),
        started_at,
        ..Interaction::default()
    }
}

fn full_interaction() -> Interaction {
    Interaction {
        interaction_id: "T-1".into(),
        customer_id: Some("C-9".into()),
        phone: Some("+371 2000".into()),
        email: Some("a@example.org".into()),
        national_id: Some("010190-1".into()),
        name: Some("Ж. Bērziņa".into()),
        started_at: 1_000_000,
        ended_at: Some(61_000_000),
        updated_at: Some(70_000_000),
        handle_seconds: Some(45.5),
        talk_seconds: Some(40.0),
        hold_seconds: Some(5.5),
        wait_seconds: Some(0.0),
        channel: Some("voice".into()),
        direction: Direction::Inbound,
        category: Some("网络".into()),
        subcategory: Some("router".into()),
        queue: Some("second line".into()),
        agent_id: Some("a7".into()),
        team: Some("north".into()),
        status: Status::Handled,
        parent_id: Some("T-0".into()),
        transfer_count: Some(2),
        disposition: Some("fixed, hopefully".into()),
        is_coded_resolved: Some(true),
        reopen_count: Some(1),
        reply_count: Some(6),
        agent_count: Some(3),
        csat: Some(4.0),
        nps: Some(9.0),
        survey_is_first: Some(false),
        survey_contact_count: Some(4),
        survey_is_resolved: Some(true),
        language: Some("lv".into()),
        article_id: Some("KB-3".into()),
        extra: vec![("plan \"x\"".into(), "gold".into()), ("".into(), "no name".into())],
    }
}

pub(super) fn cue(id: &str, turn: u32, phrase: &str) -> StoredCue {
    StoredCue {
        interaction_id: id.into(),
        turn,
        speaker: Speaker::Customer,
        kind: "repeat".into(),
        rule: "nth-contact".into(),
        language: "en".into(),
        start: 2,
        end: 9,
        phrase: phrase.into(),
        quote: format!("I … {phrase}!"),
        stated_contacts: Some(3),
    }
}

pub(super) fn transcript(id: &str, texts: &[&str]) -> Transcript {
    let turns = texts.iter().zip(0..).map(|(text, index)| Turn {
        index,
        speaker: Speaker::Customer,
        at_seconds: Some(f64::from(index)),
        text: text.to_string(),
    });
    Transcript { interaction_id: id.into(), language: None, turns: turns.collect() }
}

pub(super) fn info() -> CommitInfo {
    CommitInfo { config_text: Some("[policy]\n".into()), lexicon_hash: "abc".into() }
}

pub(super) fn source(name: &str) -> SourceRecord {
    SourceRecord { name: name.into(), fingerprint: format!("fp-{name}"), ..SourceRecord::default() }
}

pub(super) fn commit(dir: &Path, interactions: &[Interaction]) -> Store {
    let mut writer = Writer::begin(dir).unwrap();
    writer.push_interactions(interactions).unwrap();
    writer.finish_source(source(&format!("{:?}", interactions.first()))).unwrap();
    writer.commit(info()).unwrap()
}

pub(super) fn files(dir: &Path) -> Vec<String> {
    let names = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_whole_record_comes_back_as_it_was_pushed() {
    let dir = tempfile::tempdir().unwrap();
    let bare = interaction("T-2", "", "", -5);
    let store = commit(dir.path(), &[full_interaction(), bare.clone()]);
    assert_eq!(store.interaction(0).unwrap(), full_interaction());
    assert_eq!(store.interaction(1).unwrap(), bare);
    assert!(store.interaction(2).unwrap_err().to_string().contains("no row 2"));
    assert_eq!(store.config_text(), Some("[policy]\n"));
    assert_eq!(store.lexicon_hash(), "abc");
    assert_eq!(verify(dir.path()).unwrap().damages, []);
}

#[test]
fn narrow_columns_are_what_was_pushed_over_several_commits() {
    let dir = tempfile::tempdir().unwrap();
    let mut handled = interaction("b", "C1", "billing", 20);
    (handled.handle_seconds, handled.parent_id) = (Some(1.5), Some(" a ".into()));
    commit(dir.path(), &[interaction(" a ", " C1", "outage", 10), handled]);
    let mut ended = interaction("c", "", "billing", 30);
    (ended.ended_at, ended.handle_seconds) = (Some(99), Some(7.0));
    (ended.status, ended.direction) = (Status::Abandoned, Direction::Callback);
    ended.channel = Some("chat".into());
    let columns = commit(dir.path(), &[ended]).columns(Want::ALL).unwrap();
    assert_eq!(columns.row_count, 3);
    assert_eq!(columns.interaction_key, [key("a"), key("b"), key("c")]);
    assert_eq!(columns.customer_key, [key("C1"), key("C1"), 0]);
    assert_eq!(columns.category, [1, 2, 2]);
    assert_eq!(columns.category_names, ["", "outage", "billing"]);
    assert_eq!(columns.started_at, [10, 20, 30]);
    assert_eq!(columns.ended_at, [10, 1_500_020, 99]);
    assert_eq!(columns.status, [0, 0, 2]);
    assert_eq!(columns.direction, [0, 0, 4]);
    assert_eq!(
        (columns.channel, columns.channel_names),
        (vec![0, 0, 1], vec!["".to_string(), "chat".into()])
    );
    assert!(columns.handle_seconds[0].is_nan());
    assert_eq!(columns.handle_seconds[1..], [1.5, 7.0]);
    assert_eq!(columns.parent_key, [0, key("a"), 0]);
    assert_eq!(columns.is_duplicate, [false; 3]);
}

#[test]
fn an_end_before_the_start_or_an_absurd_duration_does_not_upset_the_clock() {
    let dir = tempfile::tempdir().unwrap();
    let mut rows =
        [interaction("a", "", "", 100), interaction("b", "", "", 100), interaction("c", "", "", 100)];
    rows[0].ended_at = Some(1);
    rows[1].handle_seconds = Some(1e300);
    rows[2].handle_seconds = Some(f64::INFINITY);
    let store = commit(dir.path(), &rows);
    let columns = store.columns(Want { ended: true, ..Want::default() }).unwrap();
    assert_eq!(columns.ended_at, [100, i64::MAX, 100]);
    assert!(columns.started_at.is_empty());
}

#[test]
fn of_two_rows_with_one_id_the_newest_commit_wins_then_the_earliest_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = commit(dir.path(), &[interaction("a", "C", "x", 9), interaction("a ", "C", "x", 5)]);
    let duplicates =
        |store: &Store| store.columns(Want { duplicate: true, ..Want::default() }).unwrap().is_duplicate;
    assert_eq!(duplicates(&store), [true, false]);
    assert_eq!(store.find_interaction(" a").unwrap(), Some(1));
    let store = commit(dir.path(), &[interaction("a", "C", "x", 7), interaction("b", "C", "x", 1)]);
    assert_eq!(duplicates(&store), [true, true, false, false]);
    assert_eq!(store.find_interaction("a").unwrap(), Some(2));
    assert_eq!(store.find_interaction("c").unwrap(), None);
    assert_eq!(
        duplicates(&commit(dir.path(), &[interaction("c", "", "", 1)])),
        [true, true, false, false, false]
    );
}

fn rows() -> impl Strategy<Value = Vec<(u8, i64, u8)>> {
    vec((0u8..5, 0i64..3, 0u8..3), 1..12)
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 12, ..Default::default() })]
    #[test]
    fn what_counts_does_not_depend_on_the_order_of_rows(rows in rows(), turn in 0usize..12) {
        let counted = |rows: &[(u8, i64, u8)]| {
            let dir = tempfile::tempdir().unwrap();
            let rows: Vec<_> = rows.iter()
                .map(|(id, at, category)| interaction(&id.to_string(), "C", &category.to_string(), *at)).collect();
            let store = commit(dir.path(), &rows);
            let flags = store.columns(Want::ALL).unwrap().is_duplicate;
            let mut kept: Vec<_> = (0..).zip(flags).filter(|(_, is_duplicate)| !is_duplicate)
                .map(|(row, _)| store.interaction(row).unwrap())
                .map(|i| (i.interaction_id, i.started_at, i.category)).collect();
            kept.sort();
            kept
        };
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        prop_assert_eq!(counted(&rows), counted(&turned));
    }
}

#[test]
fn any_field_is_a_dimension_and_an_unknown_one_says_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = commit(dir.path(), &[interaction("a", "", "", 1), full_interaction()]);
    for (field, value) in [
        ("category", "网络"),
        ("channel", "voice"),
        ("status", "handled"),
        ("direction", "inbound"),
        ("disposition", "fixed, hopefully"),
        ("plan \"x\"", "gold"),
        ("", "no name"),
    ] {
        let dimension = store.dimension(field).unwrap();
        assert_eq!(dimension.codes, [0, 1], "{field}");
        assert_eq!(dimension.names[1], value);
        assert_eq!(store.texts(field, &[1, 0, 1]).unwrap(), [Some(value.into()), None, Some(value.into())]);
    }
    let refused = store.dimension("chanel").unwrap_err().to_string();
    assert!(refused.contains("did you mean `channel`?") && refused.contains("plan"), "{refused}");
}

#[test]
fn turns_come_back_in_order_and_a_later_commit_replaces_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_interactions(&[interaction("a", "C", "x", 1)]).unwrap();
    for _ in 0..2 {
        writer.push_transcript(&transcript("z", &["nobody's"])).unwrap();
        writer.push_transcript(&transcript("a", &["hello", "third time I call"])).unwrap();
        writer.push_cues(&[cue("a", 1, "third time"), cue("z", 0, "nobody")]).unwrap();
    }
    let store = writer.commit(info()).unwrap();
    assert_eq!(store.turns("a").unwrap(), transcript("a", &["hello", "third time I call"]).turns);
    assert_eq!(store.turns("b").unwrap(), []);
    assert_eq!(store.unlinked_transcript_count().unwrap(), 1);
    assert_eq!(store.cues_of("a").unwrap(), [cue("a", 1, "third time")]);
    assert_eq!(store.cues().unwrap().interaction_key, [key("a"), key("z")]);

    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_transcript(&transcript("a", &["hello", "first time I call"])).unwrap();
    let store = writer.commit(info()).unwrap();
    assert_eq!(store.turns("a").unwrap()[1].text, "first time I call");
    assert_eq!(store.cues_of("a").unwrap(), []);
    assert_eq!(store.cues().unwrap().interaction_key, [key("z")]);
    assert_eq!(store.cue_row_count(), 4);
}

#[test]
fn cues_come_back_by_column_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = cue("b", 0, "again");
    (other.rule, other.kind, other.stated_contacts) = ("promise".into(), "cause".into(), None);
    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_cues(&[cue("a", 4, "third time"), other.clone(), cue("c", 1, "again")]).unwrap();
    let store = writer.commit(info()).unwrap();
    let columns = store.cues().unwrap();
    assert_eq!(columns.turn, [4, 0, 1]);
    assert_eq!(columns.rule, [1, 2, 1]);
    assert_eq!(columns.rule_names, ["", "nth-contact", "promise"]);
    assert_eq!(columns.kind_names, ["", "repeat", "cause"]);
    assert_eq!(columns.stated_contacts, [3, 0, 3]);
    let phrases = store.cue_phrases().unwrap();
    assert_eq!(
        (phrases.codes, phrases.names),
        (vec![1, 2, 2], vec!["".into(), "third time".into(), "again".into()])
    );
    let records = store.cue_records(&[columns.row[1], columns.row[0]]).unwrap();
    assert_eq!(records, [other, cue("a", 4, "third time")]);
}

#[test]
fn rejects_and_notes_are_kept_and_counted_by_reason() {
    let dir = tempfile::tempdir().unwrap();
    for line in [1, 2] {
        let mut writer = Writer::begin(dir.path()).unwrap();
        let reject = Reject {
            file: "f.csv".into(),
            line,
            column: None,
            reason: format!("ragged row: {line} fields"),
            raw: "\"\n".into(),
        };
        writer.push_rejects(&[reject]).unwrap();
        writer.commit(info()).unwrap();
    }
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.reject_counts(), [("ragged row".to_string(), 2)].into());
    assert_eq!(store.reject_count(), 2);
    let text: String = store.reject_files().iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    let rejects: Vec<Reject> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rejects.iter().map(|r| r.line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn many_row_groups_read_as_one_column_and_single_rows_are_found_in_them() {
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(400);
    let mut writer = Writer::begin(dir.path()).unwrap();
    let row_count = 150_000i64;
    for first in (0..row_count).step_by(10_000) {
        let rows: Vec<_> = (first..first + 10_000)
            .map(|n| Interaction { name: Some(long.clone()), ..interaction(&n.to_string(), "C", "x", n) })
            .collect();
        writer.push_interactions(&rows).unwrap();
    }
    let store = writer.commit(info()).unwrap();
    let started_at = store.columns(Want { started: true, ..Want::default() }).unwrap().started_at;
    assert!(started_at.into_iter().eq(0..row_count));
    let wanted = [149_999, 0, 65_536, 65_535, 131_072, 0];
    let ids = store.texts("interaction_id", &wanted).unwrap();
    assert_eq!(ids, wanted.map(|row| Some(row.to_string())));
    assert_eq!(store.find_interaction("120000").unwrap(), Some(120_000));
    assert_eq!(store.dimension("name").unwrap().names.len(), 2);
}

#[test]
fn identities_are_keys_of_their_one_spelling_and_the_customer_key_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let row = |id: &str, phone: &str, email: &str, national_id: &str, name: &str| {
        let some = |text: &str| Some(text.to_string());
        let identities = (some(phone), some(email), some(national_id), some(name));
        let mut row = interaction(id, phone, "", 1);
        (row.phone, row.email, row.national_id, row.name) = identities;
        row
    };
    let mut writer = Writer::begin(dir.path()).unwrap();
    let region = Region::of_code("LV");
    let first = row("a", "20 123 456", "Jane@X.org", "010190-12345", "Anna  Bērziņa");
    let second = row("b", "+371 20123456", "mailto:jane@x.org", "01019012345", "ANNA BĒRZIŅA");
    writer.push_interactions_of(region, &[first, second]).unwrap();
    writer.push_interactions(&[row("c", "20123456", "none@none.com", "000", " ")]).unwrap();
    let store = writer.commit(info()).unwrap();
    let want = Want { phone: true, email: true, national_id: true, name: true, ..Want::default() };
    let columns = store.columns(want).unwrap();
    assert_eq!(columns.phone_key, [key("+37120123456"), key("+37120123456"), key("20123456")]);
    assert_eq!(columns.email_key, [key("jane@x.org"), key("jane@x.org"), 0]);
    assert_eq!(columns.national_id_key, [key("01019012345"), key("01019012345"), 0]);
    assert_eq!(columns.name_key, [key("anna bērziņa"), key("anna bērziņa"), 0]);
    assert!(columns.customer_key.is_empty());
    let columns = store.columns(Want { customer: true, ..Want::default() }).unwrap();
    assert_eq!(columns.customer_key, [key("20 123 456"), key("+371 20123456"), key("20123456")]);
    assert!(columns.phone_key.is_empty());
}

#[test]
fn numbers_are_read_for_all_rows_and_what_is_not_said_is_nan() {
    let dir = tempfile::tempdir().unwrap();
    commit(dir.path(), &[full_interaction()]);
    let mut open = interaction("b", "", "", 1);
    open.is_coded_resolved = Some(false);
    let store = commit(dir.path(), &[open, interaction("c", "", "", 1)]);
    let shown = |field: &str| {
        let numbers = store.numbers(field).unwrap();
        numbers.into_iter().map(|number| Some(number).filter(|n| !n.is_nan())).collect::<Vec<_>>()
    };
    for (field, number) in [
        ("csat", 4.0),
        ("nps", 9.0),
        ("talk_seconds", 40.0),
        ("hold_seconds", 5.5),
        ("wait_seconds", 0.0),
        ("transfer_count", 2.0),
        ("reopen_count", 1.0),
        ("reply_count", 6.0),
        ("agent_count", 3.0),
    ] {
        assert_eq!(shown(field), [Some(number), None, None], "{field}");
    }
    assert_eq!(shown("is_coded_resolved"), [Some(1.0), Some(0.0), None]);
    assert_eq!(shown("stated_ended_at"), [Some(1.0), Some(0.0), Some(0.0)]);
    let refused = store.numbers("category").unwrap_err().to_string();
    assert!(refused.contains("no number `category`") && refused.contains("reply_count"), "{refused}");
}
