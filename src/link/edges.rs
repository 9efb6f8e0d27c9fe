//! The definitions at their edges, as tables whose expected values are worked out by hand. Tests only.

use std::cmp::Ordering;

use super::table::{Columns, Row, S, classes, linked, policy};
use super::{Input, Links, link, timeline};
use crate::policy::{CategoryPolicy, Chain, Clock, Policy, Same, Span};

/// Contacts of customer 1 about category 1, each 2 s long, at these starts in microseconds.
fn contacts(starts: &[i64]) -> Vec<Row> {
    (1..).zip(starts).map(|(id, start)| Row::new(id, 1, 1, *start, start + 2 * S)).collect()
}

#[test]
fn a_gap_of_exactly_the_window_is_a_repeat_and_a_microsecond_more_is_not() {
    // Window 10 s from the end: 20 s + 2 s + 10 s = 32 s. From the start: 30 s.
    let end = policy(10, 100);
    assert_eq!(classes(&contacts(&[20 * S, 32 * S]), &end), ["repeated", "repeat"]);
    assert_eq!(classes(&contacts(&[20 * S, 32 * S + 1]), &end), ["resolved", "resolved"]);
    let start = Policy { clock: Clock::Start, ..end };
    assert_eq!(classes(&contacts(&[20 * S, 30 * S]), &start), ["repeated", "repeat"]);
    assert_eq!(classes(&contacts(&[20 * S, 30 * S + 1]), &start), ["resolved", "resolved"]);
}

#[test]
fn an_overlap_is_a_gap_of_zero() {
    let rows = [Row::new(1, 1, 1, 20 * S, 60 * S), Row::new(2, 1, 1, 21 * S, 22 * S)];
    assert_eq!(classes(&rows, &policy(0, 100)), ["repeated", "repeat"]);
    let gaps: Vec<_> = timeline_of(&rows, &policy(0, 100), 0).into_iter().map(|it| it.gap).collect();
    assert_eq!(gaps, [None, Some(0)]);
}

#[test]
fn an_end_before_the_start_counts_as_the_start() {
    let rows = [Row::new(1, 1, 1, 20 * S, 5 * S), Row::new(2, 1, 1, 30 * S, 31 * S)];
    assert_eq!(classes(&rows, &policy(10, 100)), ["repeated", "repeat"]);
}

#[test]
fn the_lookback_may_begin_exactly_with_the_observation() {
    assert_eq!(classes(&contacts(&[10 * S]), &policy(10, 100)), ["resolved"]);
    assert_eq!(classes(&contacts(&[10 * S - 1]), &policy(10, 100)), ["left edge"]);
    let short = Policy { lookback: Some(Span::from_seconds(3)), ..policy(10, 100) };
    assert_eq!(classes(&contacts(&[3 * S]), &short), ["resolved"]);
    assert_eq!(classes(&contacts(&[3 * S - 1]), &short), ["left edge"]);
}

#[test]
fn a_later_episode_can_stand_at_the_left_edge_too() {
    let policy = Policy { lookback: Some(Span::from_seconds(30)), ..policy(10, 100) };
    // Gaps of 18 s and 4 s: the second begins an episode, but 20 s after the start of observation.
    assert_eq!(
        classes(&contacts(&[0, 20 * S, 26 * S, 60 * S]), &policy),
        ["left edge", "left edge", "repeat", "resolved"]
    );
}

#[test]
fn the_window_may_end_exactly_with_the_observation() {
    // Started at 20 s and ended at 22 s: from the end the window closes at 32 s, from the start at 30 s.
    assert_eq!(classes(&contacts(&[20 * S]), &policy(10, 32)), ["resolved"]);
    assert_eq!(classes(&contacts(&[20 * S + 1]), &policy(10, 32)), ["pending"]);
    let start = |to| Policy { clock: Clock::Start, ..policy(10, to) };
    assert_eq!(classes(&contacts(&[20 * S]), &start(30)), ["resolved"]);
    assert_eq!(classes(&contacts(&[20 * S + 1]), &start(30)), ["pending"]);
}

#[test]
fn an_early_repeat_does_not_make_a_young_contact_eligible() {
    assert_eq!(classes(&contacts(&[20 * S, 23 * S]), &policy(10, 31)), ["pending", "repeat"]);
}

#[test]
fn observation_runs_over_all_interactions_read_unless_the_policy_says_otherwise() {
    // The abandoned call at 50 s and the anonymous one at 0 are no contacts, but they were observed.
    let mut rows = contacts(&[20 * S]);
    rows.push(Row { status: 2, ..Row::new(2, 1, 1, 50 * S, 50 * S) });
    rows.push(Row::new(3, 0, 1, 0, 0));
    let policy = Policy { window: Span::from_seconds(10), ..Policy::two_window() };
    assert_eq!(linked(&rows, &policy).observed(), Some((0, 50 * S)));
    assert_eq!(classes(&rows, &policy), ["resolved", "abandoned", "no_identity"]);
    let late = Policy { observed_from: Some(11 * S), ..policy };
    assert_eq!(classes(&rows, &late), ["left edge", "abandoned", "no_identity"]);
}

#[test]
fn a_rolling_chain_goes_on_where_a_chain_from_the_first_breaks() {
    // From the start: gaps of 8 s, window 10 s. From the first contact the third is 16 s away.
    let rolling = Policy { clock: Clock::Start, ..policy(10, 100) };
    let rows = contacts(&[20 * S, 28 * S, 36 * S, 44 * S]);
    assert_eq!(classes(&rows, &rolling), ["repeated", "repeat", "repeat", "repeat"]);
    let first = Policy { chain: Chain::First, ..rolling };
    assert_eq!(classes(&rows, &first), ["repeated", "repeat", "repeated", "repeat"]);
    let references: Vec<_> = timeline_of(&rows, &first, 3).iter().map(|it| (it.reference, it.gap)).collect();
    assert_eq!(
        references,
        [(None, None), (Some(0), Some(8 * S)), (Some(0), Some(16 * S)), (Some(2), Some(8 * S))]
    );
}

#[test]
fn the_window_of_the_earlier_contacts_category_governs_a_gap() {
    let mut policy = Policy { same: Same::Any, clock: Clock::Start, ..policy(10, 100) };
    let own = CategoryPolicy { window: Some(Span::from_seconds(3)), ..CategoryPolicy::default() };
    policy.category.insert("b".to_string(), own);
    let rows = |first, second| [Row::new(1, 1, first, 20 * S, 0), Row::new(2, 1, second, 25 * S, 0)];
    assert_eq!(classes(&rows(1, 2), &policy), ["repeated", "repeat"]);
    assert_eq!(classes(&rows(2, 1), &policy), ["resolved", "resolved"]);
}

#[test]
fn a_contacts_own_category_governs_its_lookback_and_eligibility() {
    let mut policy = Policy { clock: Clock::Start, ..policy(10, 50) };
    let own = CategoryPolicy {
        window: Some(Span::from_seconds(3)),
        lookback: Some(Span::from_seconds(5)),
        ..CategoryPolicy::default()
    };
    policy.category.insert("b".to_string(), own);
    let rows = |start| [Row::new(1, 1, 1, start, 0), Row::new(2, 2, 2, start, 0)];
    assert_eq!(classes(&rows(5 * S), &policy), ["left edge", "resolved"]);
    assert_eq!(classes(&rows(47 * S), &policy), ["pending", "resolved"]);
}

#[test]
fn the_reason_is_the_category_its_parent_or_nothing() {
    let mut policy = policy(10, 100);
    let own = CategoryPolicy { parent: Some("a".to_string()), ..CategoryPolicy::default() };
    policy.category.insert("b".to_string(), own);
    // Categories a, b (child of a), c and none, 3 s apart.
    let rows: Vec<_> = [1, 2, 3, 0]
        .into_iter()
        .zip(1..)
        .map(|(category, id)| Row::new(id as u64, 1, category, (17 + 3 * id) * S, 0))
        .collect();
    assert_eq!(classes(&rows, &policy), ["resolved"; 4]);
    policy.same = Same::ParentCategory;
    assert_eq!(classes(&rows, &policy), ["repeated", "repeat", "resolved", "resolved"]);
    policy.same = Same::Any;
    assert_eq!(classes(&rows, &policy), ["repeated", "repeat", "repeat", "repeat"]);
}

#[test]
fn contacts_without_a_category_share_one_reason() {
    let rows = [Row::new(1, 1, 0, 20 * S, 0), Row::new(2, 1, 0, 25 * S, 0), Row::new(3, 2, 0, 25 * S, 0)];
    assert_eq!(classes(&rows, &policy(10, 100)), ["repeated", "repeat", "resolved"]);
}

#[test]
fn a_transfer_leg_is_no_contact_but_keeps_the_contact_going() {
    let leg = Row { parent: 1, ..Row::new(2, 1, 2, 22 * S, 30 * S) };
    let rows = [Row::new(1, 1, 1, 20 * S, 22 * S), leg, Row::new(3, 1, 1, 40 * S, 41 * S)];
    let end = policy(10, 100);
    assert_eq!(classes(&rows, &end), ["repeated", "continuation_by_transfer", "repeat"]);
    assert_eq!(timeline_of(&rows, &end, 2)[0].ended_at, 30 * S);
    let start = Policy { clock: Clock::Start, ..end };
    assert_eq!(classes(&rows, &start), ["resolved", "continuation_by_transfer", "resolved"]);
    let own_parent = [Row { parent: 1, ..Row::new(1, 1, 1, 20 * S, 22 * S) }];
    assert_eq!(
        classes(&own_parent, &policy(10, 100)),
        ["resolved"],
        "its own parent is no other interaction"
    );
}

#[test]
fn contacts_that_start_together_stand_in_order_of_their_ids() {
    // As text "10" comes before "9"; the one with id 9 ends later, so only after it the third is a repeat.
    let rows = [
        Row::new(9, 1, 1, 20 * S, 35 * S),
        Row::new(10, 1, 1, 20 * S, 21 * S),
        Row::new(11, 1, 1, 40 * S, 0),
    ];
    assert_eq!(classes(&rows, &policy(10, 100)), ["repeat", "repeated", "repeat"]);
    let by_row = |a: u32, b: u32| a.cmp(&b);
    let columns = Columns::new(&rows);
    let links = link(&columns.input(), &policy(10, 100), &by_row);
    assert_eq!(links.order(), [0, 1, 2]);
    assert_eq!(links.episode_count(), 2, "after the one that ends at 21 s the third is 19 s away");
}

#[test]
fn a_timeline_holds_the_contacts_of_one_customer_and_reason() {
    let mut rows = contacts(&[50 * S, 20 * S, 25 * S]);
    rows.push(Row::new(4, 1, 2, 22 * S, 23 * S));
    rows.push(Row::new(5, 2, 1, 22 * S, 23 * S));
    rows.push(Row::new(6, 0, 1, 22 * S, 23 * S));
    let of = |row| timeline_of(&rows, &policy(10, 100), row).iter().map(|it| it.row).collect::<Vec<_>>();
    assert_eq!([of(0), of(1), of(2)], [[1, 2, 0], [1, 2, 0], [1, 2, 0]]);
    assert_eq!([of(3), of(4), of(5)], [vec![3], vec![4], vec![]]);
    let gaps: Vec<_> = timeline_of(&rows, &policy(10, 100), 0).iter().map(|it| it.gap).collect();
    assert_eq!(gaps, [None, Some(3 * S), Some(23 * S)]);
}

#[test]
fn nothing_read_gives_nothing() {
    let links = link(&Input::default(), &Policy::two_window(), &|_, _| Ordering::Equal);
    assert_eq!(links, Links::default());
}

#[test]
fn times_at_the_ends_of_the_number_range_do_not_overflow() {
    let rows: Vec<_> = [i64::MIN, i64::MIN, i64::MAX, i64::MAX]
        .into_iter()
        .zip(1..)
        .map(|(at, id)| Row::new(id, 1, 1, at, at))
        .collect();
    assert_eq!(classes(&rows, &Policy::two_window()), ["left edge", "repeat", "pending", "repeat"]);
}

fn timeline_of(rows: &[Row], policy: &Policy, row: u32) -> Vec<super::TimelineContact> {
    let columns = Columns::new(rows);
    timeline(&columns.link(policy), &columns.input(), policy, row)
}
