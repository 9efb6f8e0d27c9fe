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

/// Contacts of customer 1 about changing categories, at these starts and ends in seconds.
fn calls(times: &[(i64, i64)]) -> Vec<Row> {
    let row =
        |((start, end), id): (&(i64, i64), u64)| Row::new(id, 1, (id % 3) as u32 + 1, start * S, end * S);
    times.iter().zip(1..).map(row).collect()
}

#[test]
fn what_follows_within_the_span_is_the_same_contact_whatever_its_reason() {
    let policy = Policy { reconnect_within: Span::from_seconds(5), ..policy(10, 100) };
    // 27 is 5 s after 22, 38 is 6 s after 32: a contact of its own. The first lasts until 32.
    let rows = calls(&[(20, 22), (27, 32), (38, 40)]);
    assert_eq!(classes(&rows, &policy), ["resolved", "continuation_by_reconnect", "resolved"]);
    assert_eq!(timeline_of(&rows, &policy, 0)[0].ended_at, 32 * S);
    // Each is measured from the one before, so that they go on and on.
    let on_and_on = calls(&[(20, 22), (27, 29), (34, 36), (41, 43)]);
    assert_eq!(timeline_of(&on_and_on, &policy, 0)[0].ended_at, 43 * S);
}

#[test]
fn a_transfer_is_told_from_a_reconnect_by_its_shorter_span() {
    let policy = Policy {
        transfer_within: Span::from_seconds(1),
        reconnect_within: Span::from_seconds(5),
        ..policy(10, 100)
    };
    assert_eq!(
        classes(&calls(&[(20, 22), (23, 24), (29, 30)]), &policy),
        ["resolved", "continuation_by_transfer", "continuation_by_reconnect"]
    );
}

#[test]
fn nothing_continues_a_contact_that_was_not_served() {
    let mut policy = Policy { reconnect_within: Span::from_seconds(5), ..policy(10, 100) };
    policy.exclude_status.retain(|status| *status != crate::interaction::Status::Abandoned);
    policy.repeat_only_status = vec![crate::interaction::Status::Abandoned];
    // Left the queue at 22 s, calls again at 24 s: a redial, and the first contact.
    let mut rows = contacts(&[20 * S, 24 * S]);
    rows[0].status = 2;
    assert_eq!(classes(&rows, &policy), ["abandoned", "resolved"]);
}

#[test]
fn an_unserved_contact_repeats_and_keeps_an_episode_going_but_never_begins_one() {
    let mut policy = policy(10, 100);
    policy.exclude_status.retain(|status| *status != crate::interaction::Status::Abandoned);
    policy.repeat_only_status = vec![crate::interaction::Status::Abandoned];
    // Served at 20 s, left at 30 s (8 s later), served at 41 s: 9 s after that, 19 s after the first.
    let mut rows = contacts(&[20 * S, 30 * S, 41 * S]);
    rows[1].status = 2;
    assert_eq!(classes(&rows, &policy), ["repeated", "repeat", "repeat"]);
    // 11 s after the first it follows nothing.
    let mut late = contacts(&[20 * S, 33 * S, 50 * S]);
    late[1].status = 2;
    assert_eq!(classes(&late, &policy), ["resolved", "abandoned", "resolved"]);
}

#[test]
fn unknown_customers_count_once_each_where_the_policy_says_so() {
    let rows = [Row::new(1, 0, 1, 20 * S, 0), Row::new(2, 0, 1, 21 * S, 0), Row::new(3, 1, 1, 20 * S, 0)];
    assert_eq!(classes(&rows, &policy(10, 100)), ["no_identity", "no_identity", "resolved"]);
    let single = Policy { anonymous: crate::policy::Anonymous::Single, ..policy(10, 100) };
    assert_eq!(classes(&rows, &single), ["resolved"; 3]);
}
