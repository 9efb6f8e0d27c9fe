//! Answers of surveys in the store: read in one place, settled by facts and never by the order of rows. Tests only.

use proptest::{collection::vec, prelude::proptest, prop_assert_eq};

use super::tests::{commit, info, interaction, source};
use super::{Store, SurveyColumns, Writer, key};
use crate::interaction::SurveyAnswer;

/// 0 contacts and a CSAT of NaN are not said.
pub(super) fn answer(id: &str, is_first: Option<bool>, contact_count: u32, csat: f64) -> SurveyAnswer {
    SurveyAnswer {
        interaction_id: id.into(),
        is_first,
        contact_count: Some(contact_count).filter(|count| *count > 0),
        csat: Some(csat).filter(|csat| !csat.is_nan()),
        ..SurveyAnswer::default()
    }
}

/// Key, first, contacts, resolved and CSAT, as text: NaN equals nothing.
type Said = (u64, Option<bool>, u32, Option<bool>, String);

fn surveys(store: &Store) -> Vec<Said> {
    let SurveyColumns { interaction_key, is_first, contact_count, is_resolved, csat, nps } =
        store.survey_columns().unwrap();
    assert_eq!(nps.len(), csat.len());
    let rows = interaction_key.into_iter().zip(is_first).zip(contact_count).zip(is_resolved).zip(csat);
    rows.map(|((((key, first), count), resolved), csat)| (key, first, count, resolved, csat.to_string()))
        .collect()
}

#[test]
fn answers_are_read_in_one_place_whether_they_came_in_the_log_or_in_a_survey() {
    let dir = tempfile::tempdir().unwrap();
    let mut scored = interaction("a", "C", "x", 1);
    scored.csat = Some(5.0);
    let mut writer = Writer::begin(dir.path()).unwrap();
    writer.push_interactions(&[scored, interaction("b", "C", "x", 2)]).unwrap();
    writer
        .push_surveys(&[
            answer(" a ", Some(false), 3, f64::NAN),
            answer("gone", Some(true), 0, f64::NAN),
            answer("b", None, 0, f64::NAN),
        ])
        .unwrap();
    writer.finish_source(source("log")).unwrap();
    let store = writer.commit(info()).unwrap();
    let mut expected = [
        (key("a"), Some(false), 3, None, "5".to_string()),
        (key("gone"), Some(true), 0, None, "NaN".to_string()),
    ];
    expected.sort_by_key(|row| row.0);
    assert_eq!(surveys(&store), expected);
    assert_eq!(store.unlinked_survey_count().unwrap(), 1);
    assert_eq!((store.interaction_count(), store.sources().next().unwrap().survey_count), (2, 3));
}

#[test]
fn a_later_survey_counts_and_what_it_does_not_say_stands() {
    let dir = tempfile::tempdir().unwrap();
    let push = |answers: &[SurveyAnswer]| {
        let mut writer = Writer::begin(dir.path()).unwrap();
        writer.push_surveys(answers).unwrap();
        writer.commit(info()).unwrap()
    };
    push(&[answer("a", Some(true), 1, 2.0)]);
    let store = push(&[answer("a", Some(false), 0, f64::NAN)]);
    assert_eq!(surveys(&store), [(key("a"), Some(false), 1, None, "2".to_string())]);
}

#[test]
fn a_store_without_surveys_has_no_answers() {
    let dir = tempfile::tempdir().unwrap();
    let store = commit(dir.path(), &[interaction("a", "C", "x", 1)]);
    assert_eq!(store.survey_columns().unwrap(), SurveyColumns::default());
    assert_eq!(store.unlinked_survey_count().unwrap(), 0);
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 12, ..Default::default() })]
    #[test]
    fn which_answer_counts_does_not_depend_on_the_order_of_rows(
        rows in vec((0u8..3, proptest::option::of(proptest::bool::ANY), 0u32..4, 1u8..4), 1..12),
        turn in 0usize..12,
    ) {
        let counted = |rows: &[(u8, Option<bool>, u32, u8)]| {
            let dir = tempfile::tempdir().unwrap();
            let answers: Vec<_> = rows.iter()
                .map(|(id, first, count, csat)| answer(&id.to_string(), *first, *count, f64::from(*csat))).collect();
            let mut writer = Writer::begin(dir.path()).unwrap();
            writer.push_surveys(&answers).unwrap();
            surveys(&writer.commit(info()).unwrap())
        };
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        prop_assert_eq!(counted(&rows), counted(&turned));
    }
}
