//! What holds of counting whatever the rows: scores equal a naive count, the waterfall sums up, a group's numbers
//! do not depend on the others. Tests only.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;

use super::{
    Contacts, Curve, Dimension, GroupScores, Groups, Material, Rows, Scores, Subject, Unlinked, Verdict,
    group, score, scorecard, waterfall,
};
use crate::link::table::{Columns, Row, S, any_policy, any_rows, linked, names, policy};
use crate::link::{Class, Fate, Links, Outcome, Silence, Timelines};
use crate::policy::{Anchor, CategoryPolicy, Policy};

/// The counts of the rows that `is_in` picks, each from its definition.
fn naive(rows: &[Row], links: &Links, is_stated: &[bool], is_in: &dyn Fn(&Row) -> bool) -> Scores {
    let picked: Vec<(usize, &Row)> = rows.iter().enumerate().filter(|(_, row)| is_in(row)).collect();
    let class = |row: usize| links.class(row as u32);
    let count =
        |wanted: &dyn Fn(Class) -> bool| picked.iter().filter(|(row, _)| wanted(class(*row))).count() as u64;
    let fates = |wanted: &dyn Fn(Fate) -> bool| {
        picked.iter().filter_map(|(row, _)| links.fate(*row as u32)).filter(|it| wanted(*it)).count() as u64
    };
    let customers = |wanted: &dyn Fn(Class) -> bool| {
        let of = picked
            .iter()
            .filter(|(row, _)| wanted(class(*row)))
            .map(|(_, row)| (row.customer, if row.customer == 0 { row.id } else { 0 }));
        of.collect::<BTreeSet<_>>().len() as u64
    };
    Scores {
        interaction_count: picked.iter().filter(|(_, row)| !row.is_duplicate).count() as u64,
        contact_count: count(&Class::is_contact),
        customer_count: customers(&Class::is_contact),
        customer_repeat_count: customers(&Class::is_repeat),
        repeat_count: count(&Class::is_repeat),
        first_count: count(&Class::is_first),
        left_edge_count: count(&|it| matches!(it, Class::LeftEdge(_))),
        eligible_count: fates(&|it| it.is_eligible),
        pending_count: fates(&|it| !it.is_eligible),
        resolved_count: fates(&|it| it.is_eligible && it.outcome == Outcome::Resolved),
        stated_count: picked.iter().filter(|(row, _)| is_stated[*row] && class(*row).is_contact()).count()
            as u64,
        ..Scores::default()
    }
}

/// Links and nothing else.
fn material<'a>(links: &'a Links, policy: &'a Policy) -> Material<'a> {
    Material { links, policy, contacts: &|_| Contacts::default(), rows: &|_| Rows::default() }
}

/// Scores without their rates and estimates.
fn counts(scores: &Scores) -> Scores {
    let mut counts = scores.clone();
    (counts.repeat_rate, counts.repeat_low, counts.repeat_high) = (None, None, None);
    (counts.fcr_rate, counts.fcr_low, counts.fcr_high) = (None, None, None);
    (counts.customer_rate, counts.customer_low, counts.customer_high) = (None, None, None);
    (counts.km_fcr_rate, counts.km_low, counts.km_high, counts.km_at_risk_count) = (None, None, None, None);
    (counts.expected_repeat_count, counts.excess_repeat_count) = (0.0, 0.0);
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scores_equal_a_naive_count(rows in any_rows(), policy in any_policy(), lots in prop::collection::vec(any::<bool>(), 40)) {
        let links = linked(&rows, &policy);
        let is_stated = &lots[..rows.len()];
        let categories: Vec<u32> = rows.iter().map(|row| row.category).collect();
        for (group, scores) in (0..).zip(score(&links, &categories, 5, is_stated)) {
            prop_assert_eq!(counts(&scores), naive(&rows, &links, is_stated, &|row| row.category == group));
        }
        let overall = score(&links, &[], 1, is_stated);
        prop_assert_eq!(counts(&overall[0]), naive(&rows, &links, is_stated, &|_| true));
    }

    /// Every statistic in one pass, against each statistic by itself.
    #[test]
    fn a_scorecard_has_the_scores_of_its_groups_and_of_everything(
        rows in any_rows(), policy in any_policy(), lots in prop::collection::vec(any::<bool>(), 40),
    ) {
        let columns = Columns::new(&rows);
        let (links, input) = (columns.link(&policy), columns.input());
        let timelines = Timelines::new(&links, &input, &policy);
        let contacts = |places: Range<usize>| {
            let stretch = timelines.stretch(places);
            Contacts { silences: stretch.silences(), since_first: stretch.since_first(), ..Contacts::default() }
        };
        let of_rows = |range: Range<usize>| Rows { is_stated: lots[range].to_vec(), ..Rows::default() };
        let material = Material { links: &links, policy: &policy, contacts: &contacts, rows: &of_rows };
        let (codes, names) = (rows.iter().map(|row| row.category).collect::<Vec<u32>>(), names());
        let groups = group(&[Dimension { name: "category", codes: &codes, names: &names }]);
        let card = scorecard(&material, &groups, Unlinked::default());
        let is_stated = &lots[..rows.len()];
        prop_assert_eq!(counts(&card.overall.scores), naive(&rows, &links, is_stated, &|_| true));
        let subjects = |code: Option<u32>| -> Vec<Subject> {
            let is_counted = |it: &&Silence| {
                links.fate(it.row).is_some() && code.is_none_or(|code| groups.codes[it.row as usize] == code)
            };
            timelines.whole().silences().iter().filter(is_counted).map(Subject::from).collect()
        };
        for found in &card.groups {
            let code = groups.keys.iter().position(|key| *key == found.key).unwrap() as u32;
            let is_in = |row: &Row| groups.codes[row.id as usize - 1] == code;
            prop_assert_eq!(counts(&found.scores), naive(&rows, &links, is_stated, &is_in));
            let window = policy.window_of(found.key[0].as_deref().unwrap_or_default());
            let window = if found.key[0].is_none() { policy.window } else { window };
            let estimate = Curve::new(&subjects(Some(code))).at(policy.reach(window));
            prop_assert_eq!(found.scores.km_fcr_rate, estimate.map(|it| it.survival));
            prop_assert_eq!(found.scores.km_at_risk_count, estimate.map(|it| it.at_risk));
        }
        if policy.category.values().all(|own| own.window.is_none()) {
            let estimate = Curve::new(&subjects(None)).at(policy.reach(policy.window));
            prop_assert_eq!(card.overall.scores.km_fcr_rate, estimate.map(|it| it.survival));
        }
        let repeats = |it: &GroupScores| it.repeats_by_day.iter().sum::<u64>();
        prop_assert_eq!(card.groups.iter().map(repeats).sum::<u64>(), repeats(&card.overall));
    }

    #[test]
    fn the_waterfall_sums_up(rows in any_rows(), policy in any_policy(), rejected in 0..9u64) {
        let links = linked(&rows, &policy);
        let unlinked = Unlinked { rejected_count: rejected, ..Unlinked::default() };
        let steps = waterfall(&links, unlinked);
        let count = |name: &str| steps.iter().find(|it| it.step == name).unwrap().count;
        let excluded: u64 = steps[2..].iter().take_while(|it| it.step != "contact").map(|it| it.count).sum();
        prop_assert_eq!(count("read"), rows.len() as u64 + rejected);
        prop_assert_eq!(count("read"), count("rejected") + excluded + count("contact"));
        prop_assert_eq!(count("contact"), count("repeat") + count("left_edge") + count("first"));
        let is_unserved = |row: &u32| matches!(links.class(*row), Class::UnservedRepeat(_));
        let unserved = links.order().iter().filter(|row| is_unserved(row)).count() as u64;
        let counted = match policy.anchor {
            Anchor::First => count("first"),
            Anchor::Every => count("contact") - unserved,
        };
        prop_assert_eq!(counted, count("eligible") + count("pending"));
    }
}

#[test]
fn shares_of_several_threads_add_up_to_the_same_scores() {
    // 100,000 contacts of 25,000 customers, four each: two of category a and two of b, a second apart.
    let rows: Vec<Row> = (0..100_000u64)
        .map(|at| Row::new(at + 1, at % 25_000 + 1, (at / 50_000) as u32 + 1, (at / 25_000) as i64 * S, 0))
        .collect();
    let links = linked(&rows, &policy(10, 100));
    let categories: Vec<u32> = rows.iter().map(|row| row.category).collect();
    for threads in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let scores = pool.install(|| score(&links, &categories, 3, &[]));
        for scores in &scores[1..] {
            assert_eq!(scores.contact_count, 50_000);
            assert_eq!(scores.customer_count, 25_000);
            assert_eq!(scores.customer_repeat_count, 25_000);
            assert_eq!(scores.repeat_count, 25_000);
            assert_eq!(scores.left_edge_count, 25_000);
        }
    }
}

#[test]
fn a_code_that_is_no_groups_counts_as_none() {
    let rows = [Row::new(1, 1, 1, 0, 0), Row::new(2, 2, 1, 0, 0)];
    let scores = score(&linked(&rows, &policy(10, 100)), &[1, 77], 2, &[]);
    assert_eq!(scores.iter().map(|it| it.contact_count).collect::<Vec<_>>(), [1, 1]);
}

/// Categories a and b have 40 eligible first contacts each, of which 10 and 35 are resolved; c has one.
#[test]
fn a_scorecard_holds_each_group_to_its_own_target() {
    let mut rows = Vec::new();
    let mut add = |category: u32, customer: u64, start: i64| {
        rows.push(Row::new(rows.len() as u64 + 1, customer, category, start * S, start * S));
    };
    for customer in 1..=40 {
        add(1, customer, 20);
        add(2, customer, 20);
        if customer > 10 {
            add(1, customer, 25);
        }
        if customer > 35 {
            add(2, customer, 25);
        }
    }
    add(3, 1, 20);
    let mut policy = policy(10, 100);
    let own = CategoryPolicy { target: Some(0.2), ..CategoryPolicy::default() };
    policy.category.insert("a".to_string(), own);
    let codes: Vec<u32> = rows.iter().map(|row| row.category).collect();
    let names = names();
    let groups: Groups = group(&[Dimension { name: "category", codes: &codes, names: &names }]);
    let card = scorecard(&material(&linked(&rows, &policy), &policy), &groups, Unlinked::default());
    let shown: Vec<_> = card
        .groups
        .iter()
        .map(|it| {
            (it.key[0].as_deref().unwrap(), it.scores.resolved_count, it.scores.eligible_count, it.verdict)
        })
        .collect();
    assert_eq!(
        shown,
        [("a", 10, 40, Verdict::Meets), ("b", 35, 40, Verdict::Meets), ("c", 1, 1, Verdict::TooFew)]
    );
    assert_eq!(card.groups[0].scores.fcr_rate, Some(0.25));
    assert_eq!(card.overall.scores.eligible_count, 81);
    policy.category.clear();
    let card = scorecard(&material(&linked(&rows, &policy), &policy), &groups, Unlinked::default());
    assert_eq!(card.groups[0].verdict, Verdict::Fails);
}
