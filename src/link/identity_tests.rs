//! What joining by several keys must hold to: examples worked by hand, a naive twin, and what is true of all rows.
//! Tests only.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::identity::{Capped, Identities, NO_KEY, ODD, identities, mixed};

const NO_LIMIT: u64 = u64::MAX;

#[test]
fn rows_that_hang_together_are_one_customer() {
    // Customer number, telephone, e-mail. Rows 0 and 1 share the telephone 70, rows 1 and 2 the address 900, so
    // that 0, 1 and 2 are one: its smallest value is customer number 5. Row 3 stands alone with customer number
    // 6; row 4 has nothing.
    let customer = [5, 0, 8, 6, 0];
    let phone = [70, 70, 0, 0, 0];
    let email = [0, 900, 900, 0, 0];
    let found = identities(&[&customer, &phone, &email], &[], 10);
    assert_eq!(found.customer, [5, 5, 5, 6, 0]);
    assert_eq!(found.strongest, [0, 1, 0, 0, NO_KEY]);
    assert_eq!(found.capped, []);
}

#[test]
fn a_value_of_a_later_key_is_mixed_with_its_place() {
    let found = identities(&[&[0, 0], &[7, 0], &[0, 7]], &[], 10);
    assert_eq!(found.customer, [7u64.wrapping_mul(ODD), 7u64.wrapping_mul(ODD).wrapping_mul(ODD)]);
    assert_eq!(found.strongest, [1, 2]);
}

/// The telephone 70 is on rows of the customers 1, 2 and 3: 3 is above the limit of 2, so it links nothing. The address 900 is on two rows, of the customers 1 and 2 and the telephone
/// 70: 2 is not above 2, so 1 and 2 are one customer. Row 3 has nothing but the capped telephone.
#[test]
fn a_value_that_too_many_share_links_nothing() {
    let customer = [1, 2, 3, 0];
    let phone = [70, 70, 70, 70];
    let email = [900, 900, 0, 0];
    let found = identities(&[&customer, &phone, &email], &[], 2);
    assert_eq!(found.customer, [1, 1, 3, 0]);
    assert_eq!(found.strongest, [0, 0, 0, NO_KEY]);
    assert_eq!(found.capped, [Capped { place: 1, value: 70, customer_count: 3, row_count: 4 }]);
    assert_eq!(identities(&[&customer, &phone, &email], &[], 3).customer, [1, 1, 1, 1]);
}

/// The telephone 70 is on rows of the customers 1 and 2; the address 900 on rows of customer 1 alone.
#[test]
fn capped_values_stand_by_rows_then_by_place_and_value() {
    let customer = [1, 1, 2];
    let phone = [70, 70, 70];
    let email = [900, 900, 901];
    let found = identities(&[&customer, &phone, &email], &[], 1);
    assert_eq!(
        found.capped,
        [Capped { place: 1, value: 70, customer_count: 2, row_count: 3 }],
        "the addresses are those of one customer and one telephone each"
    );
    let found = identities(&[&[1, 1, 2, 2], &[70, 71, 70, 71]], &[], 1);
    let places: Vec<(u8, u64)> = found.capped.iter().map(|it| (it.place, it.value)).collect();
    assert_eq!(places, [(1, 70), (1, 71)], "the first key is never capped");
    assert_eq!(found.customer, [1, 1, 2, 2]);
}

/// Row 1 would join 5 and 6, but is left out; its customer is that of its first value. Row 3's values are on no
/// other row.
#[test]
fn a_row_left_out_joins_nothing_and_has_its_customer() {
    let customer = [5, 5, 0, 0];
    let phone = [0, 70, 70, 71];
    let found = identities(&[&customer, &phone], &[false, true, false, true], 10);
    assert_eq!(found.customer, [5, 5, mixed(70, 1), mixed(71, 1)]);
    assert_eq!(found.strongest, [0, 0, 1, 1]);
    let all = identities(&[&customer, &phone], &[], 10);
    assert_eq!(all.customer, [5, 5, 5, mixed(71, 1)]);
}

#[test]
fn a_number_in_use_is_not_given_again() {
    // The telephone 7 would be the customer number of row 0; the one above it is taken by row 1.
    let taken = mixed(7, 1);
    let found = identities(&[&[taken, taken + 1, 0], &[0, 0, 7]], &[], 10);
    assert_eq!(found.customer, [taken, taken + 1, taken + 2]);
    // 2⁶³ times an odd number is 2⁶³ itself; the numbers after the last begin again with 1.
    let half = 1 << 63;
    assert_eq!(identities(&[&[half, 0], &[0, half]], &[], 10).customer, [half, half + 1]);
    let last = inverse(ODD).wrapping_mul(u64::MAX);
    assert_eq!(mixed(last, 1), u64::MAX);
    assert_eq!(identities(&[&[u64::MAX, 0], &[0, last]], &[], 10).customer, [u64::MAX, 1]);
}

#[test]
fn a_key_without_a_column_and_no_key_at_all_link_nothing() {
    let found = identities(&[&[], &[3, 0], &[]], &[], 0);
    assert_eq!(found.customer, [mixed(3, 1), 0]);
    assert_eq!(identities(&[], &[], 1), Identities::default());
    assert_eq!(identities(&[], &[false, true], 1).customer, [0, 0]);
    assert_eq!(identities(&[&[]], &[false], 1).strongest, [NO_KEY]);
}

/// The inverse of an odd number modulo 2⁶⁴, by Newton's method: 3 bits are right at first, twice as many after
/// each step.
fn inverse(odd: u64) -> u64 {
    (0..5).fold(odd, |found, _| found.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(found))))
}

/// A row: its value of each key, and whether it is left out.
type Row = (Vec<u64>, bool);

fn found(rows: &[Row], place_count: usize, limit: u64) -> Identities {
    let columns: Vec<Vec<u64>> =
        (0..place_count).map(|place| rows.iter().map(|row| row.0[place]).collect()).collect();
    let columns: Vec<&[u64]> = columns.iter().map(Vec::as_slice).collect();
    let is_left_out: Vec<bool> = rows.iter().map(|row| row.1).collect();
    identities(&columns, &is_left_out, limit)
}

/// (Place, value) of each key that the row has.
fn values(row: &Row, place_count: usize) -> impl Iterator<Item = (usize, u64)> {
    row.0.iter().copied().take(place_count).enumerate().filter(|(_, value)| *value != 0)
}

/// How many customers share a value, from its definition.
fn naive_count(rows: &[Row], (place, value): (usize, u64)) -> u64 {
    let with: Vec<&Row> = rows.iter().filter(|row| !row.1 && row.0[place] == value).collect();
    let distinct = |other: usize| {
        let of = with.iter().map(|row| row.0[other]).filter(|value| *value != 0);
        of.collect::<BTreeSet<u64>>().len() as u64
    };
    (0..place).map(distinct).max().unwrap_or(0)
}

/// The definitions once more: the sets of usable values of the rows are merged until no two share one.
fn naive(rows: &[Row], place_count: usize, limit: u64) -> Identities {
    let is_usable = |value: &(usize, u64)| naive_count(rows, *value) <= limit;
    let usable =
        |row: &Row| -> BTreeSet<(usize, u64)> { values(row, place_count).filter(is_usable).collect() };
    let mut sets: Vec<BTreeSet<(usize, u64)>> = rows.iter().filter(|row| !row.1).map(usable).collect();
    sets.extend(rows.iter().filter(|row| row.1).flat_map(usable).map(|value| BTreeSet::from([value])));
    let pair = |sets: &[BTreeSet<(usize, u64)>]| {
        let pairs = (0..sets.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        pairs.into_iter().find(|(one, other)| !sets[*one].is_disjoint(&sets[*other]))
    };
    while let Some((one, other)) = pair(&sets) {
        let merged = sets.swap_remove(one);
        sets[other].extend(merged);
    }
    let smallest: BTreeSet<(usize, u64)> = sets.iter().filter_map(|set| set.first().copied()).collect();
    let mut numbers = BTreeMap::new();
    let mut used = BTreeSet::from([0]);
    for (place, value) in smallest {
        let mut number = mixed(value, place);
        while !used.insert(number) {
            number = number.wrapping_add(1);
        }
        numbers.insert((place, value), number);
    }
    let number = |row: &Row| {
        usable(row).first().map_or(0, |value| {
            let set = sets.iter().find(|set| set.contains(value)).unwrap();
            numbers[set.first().unwrap()]
        })
    };
    Identities {
        customer: rows.iter().map(number).collect(),
        strongest: rows.iter().map(|row| usable(row).first().map_or(NO_KEY, |it| it.0 as u8)).collect(),
        capped: naive_capped(rows, place_count, limit),
    }
}

fn naive_capped(rows: &[Row], place_count: usize, limit: u64) -> Vec<Capped> {
    let all: BTreeSet<(usize, u64)> = rows.iter().flat_map(|row| values(row, place_count)).collect();
    let counted = all.into_iter().map(|(place, value)| Capped {
        place: place as u8,
        value,
        customer_count: naive_count(rows, (place, value)),
        row_count: rows.iter().filter(|row| !row.1 && row.0[place] == value).count() as u64,
    });
    let mut capped: Vec<Capped> = counted.filter(|it| it.customer_count > limit).collect();
    capped.sort_by_key(|it| (u64::MAX - it.row_count, it.place, it.value));
    capped
}

/// Few values, so that rows share them; some whose mixed numbers are others' values.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let back = inverse(ODD);
    let awkward = vec![1 << 63, u64::MAX, back, back.wrapping_mul(2), ODD, ODD + 1, back.wrapping_neg()];
    let value = prop_oneof![5 => Just(0), 5 => 1..8u64, 5 => 1..40u64, 1 => prop::sample::select(awkward)];
    let row = (prop::collection::vec(value, 4), prop::bool::weighted(0.15));
    prop::collection::vec(row, 0..30)
}

fn any_limit() -> impl Strategy<Value = u64> {
    prop_oneof![0..6u64, Just(NO_LIMIT)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn customers_equal_those_of_the_naive_twin(rows in any_rows(), place_count in 1..5usize, limit in any_limit()) {
        prop_assert_eq!(found(&rows, place_count, limit), naive(&rows, place_count, limit));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (rows, order) in any_rows().prop_flat_map(|rows| {
            let order: Vec<usize> = (0..rows.len()).collect();
            (Just(rows), Just(order).prop_shuffle())
        }),
        limit in any_limit(),
    ) {
        let shuffled: Vec<Row> = order.iter().map(|row| rows[*row].clone()).collect();
        let (one, other) = (found(&rows, 4, limit), found(&shuffled, 4, limit));
        prop_assert_eq!(&one.capped, &other.capped);
        for (place, row) in order.into_iter().enumerate() {
            prop_assert_eq!(one.customer[row], other.customer[place]);
            prop_assert_eq!(one.strongest[row], other.strongest[place]);
        }
    }

    #[test]
    fn one_key_gives_the_key_itself(rows in any_rows(), limit in any_limit()) {
        let values: Vec<u64> = rows.iter().map(|row| row.0[0]).collect();
        let one = found(&rows, 1, limit);
        prop_assert_eq!(&one.customer, &values);
        prop_assert_eq!(&one.capped, &[]);
        // A further key that is missing everywhere changes nothing.
        let is_left_out: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let missing = vec![0; rows.len()];
        prop_assert_eq!(&identities(&[&values, &missing], &is_left_out, limit), &one);
    }

    #[test]
    fn a_further_key_never_splits_customers_when_nothing_is_capped(rows in any_rows(), place_count in 1..4usize) {
        let (before, after) = (found(&rows, place_count, NO_LIMIT), found(&rows, place_count + 1, NO_LIMIT));
        for one in 0..rows.len() {
            for other in 0..one {
                if before.customer[one] != 0 && before.customer[one] == before.customer[other] {
                    prop_assert_eq!(after.customer[one], after.customer[other]);
                }
            }
        }
    }

    /// Only rows that something connects have the same number: everybody with one value of their own.
    #[test]
    fn customers_never_share_a_number(rows in any_rows()) {
        let alone: Vec<Row> = rows
            .iter()
            .flat_map(|row| values(row, 4).map(|(place, value)| {
                let mut only = vec![0; 4];
                only[place] = value;
                (only, false)
            }))
            .collect::<BTreeSet<Row>>()
            .into_iter()
            .collect();
        let numbers = found(&alone, 4, 0).customer;
        prop_assert!(!numbers.contains(&0));
        prop_assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), alone.len());
    }
}
