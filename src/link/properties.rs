//! What holds of linking whatever the rows: it equals its naive twin, the order of rows does not matter, a wider
//! window only adds repeats. Tests only.

use proptest::prelude::*;

use super::table::{Columns, Row, S, any_policy, any_rows, linked, policy};
use super::{Class, Fate, Links, naive, timeline};
use crate::policy::{Chain, Maturity, Policy, Span};

fn classes(links: &Links) -> Vec<Class> {
    (0..links.row_count() as u32).map(|row| links.class(row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn linking_equals_its_naive_twin(rows in any_rows(), policy in any_policy()) {
        prop_assert_eq!(classes(&linked(&rows, &policy)), naive::classes(&rows, &policy));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        rows in any_rows(),
        policy in any_policy(),
        lots in prop::collection::vec(any::<u32>(), 40),
    ) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|row| lots[*row]);
        let shuffled: Vec<Row> = order.iter().map(|row| rows[*row].clone()).collect();
        let (links, other) = (linked(&rows, &policy), linked(&shuffled, &policy));
        for (place, row) in order.iter().enumerate() {
            prop_assert_eq!(other.class(place as u32), links.class(*row as u32));
        }
        let back: Vec<u32> = other.order().iter().map(|place| order[*place as usize] as u32).collect();
        // Contacts of unknown customers stand in any order.
        let known = |order: &[u32]| -> Vec<u32> {
            order.iter().copied().filter(|row| rows[*row as usize].customer != 0).collect()
        };
        prop_assert_eq!(known(&back), known(links.order()));
    }

    #[test]
    fn a_wider_window_only_adds_repeats(rows in any_rows(), policy in any_policy(), more in 0..5u64) {
        let widen = |span: Span| Span::from_seconds((span.micros() / S) as u64 + more);
        let policy = Policy { chain: Chain::Rolling, ..policy };
        let mut wider = Policy { window: widen(policy.window), ..policy.clone() };
        for own in wider.category.values_mut() {
            own.window = own.window.map(widen);
        }
        let (links, wider) = (linked(&rows, &policy), linked(&rows, &wider));
        for row in 0..rows.len() as u32 {
            prop_assert!(!links.class(row).is_repeat() || wider.class(row).is_repeat());
        }
        prop_assert!(wider.episode_count() <= links.episode_count());
    }

    /// What `sweep` says of the edges of the data without linking again.
    #[test]
    fn maturity_and_lookback_change_what_is_known_of_a_contact_and_not_how_it_chains(
        rows in any_rows(), policy in any_policy(),
    ) {
        let policy = Policy { observed_from: None, ..policy };
        let mut at_once = Policy { lookback: Some(Span::from_seconds(0)), ..policy.clone() };
        at_once.category.values_mut().for_each(|own| own.lookback = None);
        let hasty = Policy { maturity: Maturity::Ignored, ..policy.clone() };
        let links = linked(&rows, &policy);
        let (at_once, hasty) = (linked(&rows, &at_once), linked(&rows, &hasty));
        for row in 0..rows.len() as u32 {
            let class = links.class(row);
            let as_first = if let Class::LeftEdge(fate) = class { Class::First(fate) } else { class };
            prop_assert_eq!(at_once.class(row), as_first);
            prop_assert_eq!(hasty.class(row), class.map_fate(|fate| Fate { is_eligible: true, ..fate }));
        }
    }

    #[test]
    fn a_timeline_tells_the_gaps_that_decided(rows in any_rows(), policy in any_policy()) {
        let columns = Columns::new(&rows);
        let links = columns.link(&policy);
        for row in 0..rows.len() as u32 {
            let contacts = timeline(&links, &columns.input(), &policy, row);
            prop_assert_eq!(contacts.iter().any(|it| it.row == row), links.class(row).is_contact());
            for contact in contacts {
                let is_repeat = contact.gap.is_some_and(|gap| gap <= contact.window);
                prop_assert_eq!(is_repeat, contact.class.is_repeat());
            }
        }
    }
}

/// Enough rows for several pieces and many parts, each customer's compared with the twin by itself.
#[test]
fn many_rows_link_as_each_customer_does_alone() {
    let mut state = 1u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut last = vec![0; 60_000];
    let rows: Vec<Row> = (1..=300_000)
        .map(|id| {
            let (start, customer) = (draw(1_000) as i64 * S, draw(60_000));
            // Every tenth continues the customer's row before it.
            let before = std::mem::replace(&mut last[customer as usize], id);
            let parent = if draw(10) == 0 { before } else { 0 };
            let end = start + draw(50) as i64 * S;
            Row { parent, ..Row::new(id, customer, draw(5) as u32, start, end) }
        })
        .collect();
    let policy = policy(100, 1_000);
    let links = linked(&rows, &policy);
    for customer in (0..60_000).step_by(97) {
        let alone: Vec<Row> = rows.iter().filter(|row| row.customer == customer).cloned().collect();
        let expected = naive::classes(&alone, &policy);
        for (row, class) in alone.iter().zip(expected) {
            assert_eq!(links.class(row.id as u32 - 1), class, "customer {customer}, row {row:?}");
        }
    }
    let mut order = links.order().to_vec();
    order.sort_unstable();
    let contacts: Vec<u32> = (0..300_000).filter(|row| links.class(*row).is_contact()).collect();
    assert_eq!(order, contacts, "every contact has one place");
}
