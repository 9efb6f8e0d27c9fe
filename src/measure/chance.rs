//! Repeats by accident: a customer who contacts often will now and then do so twice within a window about two
//! unrelated matters. How many such repeats there would be if the contacts fell on any time at random.
//!
//! Place n contacts independently and uniformly over an observation of length T. They cut it into n + 1
//! spacings, which are exchangeable: each is distributed as the first one, the wait for the earliest contact,
//! which is over W when all n contacts are: P(spacing > W) = (1 − W ÷ T)ⁿ. The gaps between contacts are the
//! n − 1 inner spacings, and a gap of at most W is a repeat, so that (n − 1) · (1 − (1 − W ÷ T)ⁿ) repeats are
//! expected. Expectations add up although the gaps are not independent; for several customers, add theirs.
//!
//! H. A. David, H. N. Nagaraja, "Order Statistics" (3rd ed. 2003), section 6.4; R. Pyke, "Spacings", Journal
//! of the Royal Statistical Society B 27 (1965) 395–449.
//!
//! Contacts have no length here: it is the number for gaps from start to start, each measured from the
//! contact before (`clock = "start"`, `chain = "rolling"`), and without opening hours or busy seasons, which
//! make for more.

use crate::interaction::Micros;
use crate::link::Silence;

/// One repeat in whole units, so that sums do not depend on their order.
pub(super) const UNITS: f64 = 1e12;

/// Adds up the repeats expected by chance: calls `add` with the place of each contact that another of its customer and
/// reason precedes, and the chance that its gap is within the window, in [`UNITS`]. `silences` stand in chain order,
/// `observed` is the length of observation in microseconds. The window is that of the earlier contact, longer by `slack`.
pub(super) fn by_chance(
    silences: &[Silence],
    observed: Micros,
    slack: Micros,
    mut add: impl FnMut(usize, u128),
) {
    // Most customers have few contacts and all contacts one window: what is known of a number is asked again.
    let mut known = [(0, 0, 0); 32];
    let mut at = 0;
    for contacts in silences.chunk_by(|_, later| later.before.is_some()) {
        let count = contacts.len();
        for (place, earlier) in (at + 1..).zip(&contacts[..count - 1]) {
            let slot = &mut known[count % 32];
            if (slot.0, slot.1) != (count, earlier.window) {
                let window = earlier.window.saturating_add(slack);
                *slot = (count, earlier.window, gap_within(count as u64, window, observed));
            }
            add(place, slot.2);
        }
        at += count;
    }
}

/// The chance that a gap of a customer with so many contacts is within a window, in [`UNITS`].
fn gap_within(contacts: u64, window: i64, observed: i64) -> u128 {
    (expected_repeats(contacts, window, observed) / (contacts - 1) as f64 * UNITS).round() as u128
}

/// The repeats expected by chance of a customer with so many `contacts` of one reason, for a `window` and a
/// length observed, both in microseconds. All gaps are repeats when the window is as long as what was
/// observed; none is for a negative window.
fn expected_repeats(contacts: u64, window: i64, observed: i64) -> f64 {
    if contacts < 2 || window < 0 {
        return 0.0;
    }
    let share = if window >= observed { 1.0 } else { window as f64 / observed as f64 };
    // 1 − (1 − share)ⁿ, exact for small shares too.
    let gap_within = -(contacts as f64 * (-share).ln_1p()).exp_m1();
    (contacts - 1) as f64 * gap_within
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{UNITS, by_chance, expected_repeats};
    use crate::link::Silence;

    const DAY: i64 = 86_400_000_000;

    /// Two contacts are within W of each other when their point in the square is between the two diagonals:
    /// the square less two triangles, 1 − (1 − W ÷ T)². 7 of 70 days: 1 − 0.81 = 0.19; 7 of 28: 1 − 0.5625 =
    /// 0.4375. Three within 7 of 14 days: 2 · (1 − 0.125) = 1.75.
    #[test]
    fn the_number_is_the_one_worked_by_hand() {
        let table = [(2, 7, 70, 0.19), (2, 7, 28, 0.4375), (3, 7, 14, 1.75), (11, 0, 14, 0.0)];
        for (contacts, window, observed, expected) in table {
            let found = expected_repeats(contacts, window * DAY, observed * DAY);
            assert!(
                (found - expected).abs() < 1e-12,
                "{contacts} contacts, {window} of {observed} days: {found}"
            );
        }
    }

    #[test]
    fn the_ends_are_clamped() {
        assert_eq!(expected_repeats(0, 7, 70), 0.0);
        assert_eq!(expected_repeats(1, 70, 7), 0.0);
        assert_eq!(expected_repeats(5, 70, 70), 4.0);
        assert_eq!(expected_repeats(5, 71, 70), 4.0);
        assert_eq!(expected_repeats(5, 0, 0), 4.0);
        assert_eq!(expected_repeats(5, -1, 70), 0.0);
    }

    /// 20 000 customers each. The mean of so many has a standard error of at most √((n − 1)² ÷ 4 ÷ 20 000);
    /// the test allows 4 of them.
    #[test]
    fn a_simulation_gives_the_same() {
        let mut random = fastrand::Rng::with_seed(4);
        let runs = 20_000;
        for (contacts, share) in [(2, 0.1), (3, 0.3), (5, 0.05), (12, 0.02)] {
            let mut repeats = 0;
            for _ in 0..runs {
                let mut times: Vec<f64> = (0..contacts).map(|_| random.f64()).collect();
                times.sort_by(f64::total_cmp);
                repeats += times.windows(2).filter(|pair| pair[1] - pair[0] <= share).count();
            }
            let mean = repeats as f64 / runs as f64;
            let expected = expected_repeats(contacts, (share * 1e9) as i64, 1_000_000_000);
            let error = (contacts - 1) as f64 / 2.0 / (runs as f64).sqrt();
            assert!(
                (mean - expected).abs() < 4.0 * error,
                "{contacts} contacts, {share}: {mean}, not {expected}"
            );
        }
    }

    proptest! {
        /// Customers of one to seventy contacts with one of two windows each; the twin asks for every pair anew.
        #[test]
        fn what_is_added_up_is_the_number_of_each_customer(
            customers in prop::collection::vec((1..70usize, prop::collection::vec(any::<bool>(), 70)), 1..40),
        ) {
            let silence = |(at, is_long): (usize, &bool)| Silence {
                row: 0,
                before: (at > 0).then_some(0),
                after: None,
                observed_before: 0,
                observed_after: 0,
                window: if *is_long { 70 } else { 7 },
            };
            let (mut silences, mut expected) = (Vec::new(), Vec::new());
            for (count, windows) in &customers {
                let first = silences.len();
                silences.extend(windows[..*count].iter().enumerate().map(silence));
                for at in first + 1..silences.len() {
                    let repeats = expected_repeats(*count as u64, silences[at - 1].window + 1, 700);
                    expected.push((at, (repeats / (count - 1) as f64 * UNITS).round() as u128));
                }
            }
            let mut found = Vec::new();
            by_chance(&silences, 700, 1, |at, units| found.push((at, units)));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn the_number_equals_its_naive_twin(
            contacts in 2..200_u64, window in 0..5000_i64, observed in 1..5000_i64,
        ) {
            let found = expected_repeats(contacts, window, observed);
            let beyond = (1.0 - window as f64 / observed as f64).max(0.0);
            let all_beyond: f64 = (0..contacts).map(|_| beyond).product();
            prop_assert!((found - (contacts - 1) as f64 * (1.0 - all_beyond)).abs() < 1e-9);
            prop_assert!((0.0..=(contacts - 1) as f64).contains(&found));
        }

        #[test]
        fn a_wider_window_or_another_contact_never_makes_fewer(
            contacts in 0..200_u64, window in 0..5000_i64, observed in 1..5000_i64,
        ) {
            let found = expected_repeats(contacts, window, observed);
            prop_assert!(found <= expected_repeats(contacts, window + 1, observed));
            prop_assert!(found <= expected_repeats(contacts + 1, window, observed));
        }
    }
}
