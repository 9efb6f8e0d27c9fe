//! The regression of failing on the properties of a group's contacts: their values as columns, what the data are too thin
//! for left out with the reason, odds ratios with intervals.

use std::collections::BTreeMap;

use super::attributes::{Properties, Property, Values};
use super::words::effect;
use super::{Members, Subject};
use crate::measure::{Fit, NoFit, Pattern, independent_blocks, logistic};
use crate::report::{DriverAttribute, DriverLevel, DriverModel, LeftOut};

/// λ: a normal prior with standard deviation 2 on each coefficient, which holds 95 % of odds ratios between 1/50 and 50.
pub(super) const RIDGE: f64 = 0.25;

/// Failed, and resolved, contacts that each coefficient takes.
///
/// P. Peduzzi, J. Concato, E. Kemper, T. R. Holford, A. R. Feinstein, "A simulation study of the number of events per
/// variable in logistic regression analysis", Journal of Clinical Epidemiology 49 (1996) 1373–1379.
const LEAST_PER_COEFFICIENT: u64 = 10;

/// Contacts that a value needs to stand for itself.
const LEAST_OF_LEVEL: u64 = 20;

/// Values of a property; rarer ones are taken together.
const MOST_LEVELS: usize = 30;

/// Of the standard error that the prior alone would leave the share at which the data have said nothing.
const ALL_PRIOR: f64 = 0.9;

/// The value of rare ones together.
const OTHER: &str = "(other)";
const MISSING: &str = "(none)";

/// A property of a group's contacts.
struct Factor {
    name: String,
    levels: Vec<Counts>,
    /// Index of the level that the others are compared with.
    reference: usize,
    /// By member: index of the level.
    of_members: Vec<u16>,
}

/// A value with its contacts.
struct Counts {
    name: String,
    failed: u64,
    resolved: u64,
}

impl Counts {
    fn total(&self) -> u64 {
        self.failed + self.resolved
    }

    fn has_both(&self) -> bool {
        self.failed > 0 && self.resolved > 0
    }
}

/// The model of a group.
pub(super) fn model(properties: &Properties, members: &Members, subjects: &[Subject]) -> DriverModel {
    let mut left_out = Vec::new();
    let mut room = members.failed_count.min(members.resolved_count()) / LEAST_PER_COEFFICIENT;
    if room == 0 {
        let (failed, resolved) = (members.failed_count, members.resolved_count());
        let refused = format!(
            "{failed} failed and {resolved} resolved contacts: each coefficient takes {LEAST_PER_COEFFICIENT} of both"
        );
        return DriverModel { refused: Some(refused), ..DriverModel::default() };
    }
    let mut factors: Vec<Factor> = Vec::new();
    for property in &properties.all {
        // The dimension of the group itself has one value in it.
        if members.key.iter().any(|(name, _)| *name == property.name) {
            continue;
        }
        let reason = match factor(property, members, subjects) {
            Err(reason) => reason,
            Ok(factor) => {
                let needed = factor.levels.len() as u64 - 1;
                if needed <= room {
                    room -= needed;
                    factors.push(factor);
                    continue;
                }
                format!(
                    "too thin: it takes {} failed and as many resolved contacts more",
                    (needed - room) * LEAST_PER_COEFFICIENT
                )
            }
        };
        left_out.push(LeftOut { name: property.name.clone(), reason });
    }
    let told = drop_told(&mut factors);
    left_out.extend(told.into_iter().map(|name| {
        let reason = "it is told by the others: each of its values goes with one of theirs".to_string();
        LeftOut { name, reason }
    }));
    left_out.extend(properties.lacking.iter().cloned());
    if factors.is_empty() {
        return DriverModel {
            refused: Some("no property can be compared".to_string()),
            attributes: Vec::new(),
            left_out,
        };
    }
    let (patterns, column_count) = patterns(&factors, Some((members, subjects)));
    match logistic(&patterns, column_count, RIDGE) {
        Ok(fit) => DriverModel { refused: None, attributes: attributes(factors, &fit), left_out },
        Err(why) => {
            let refused = match why {
                NoFit::Singular => "the properties tell each other: no coefficients can be found",
                NoFit::Diverges => "the properties tell failed from resolved contacts without exception",
            };
            DriverModel { refused: Some(refused.to_string()), attributes: Vec::new(), left_out }
        }
    }
}

/// The levels of a property in a group, or why they cannot be compared.
fn factor(property: &Property, members: &Members, subjects: &[Subject]) -> Result<Factor, String> {
    let (codes, names) = match &property.values {
        Values::Names { codes, names } => {
            let codes: Vec<u32> = members.subjects.iter().map(|it| codes[*it as usize]).collect();
            let name = |code: u32| names[code as usize].clone().unwrap_or_else(|| MISSING.to_string());
            let mut used: BTreeMap<u32, String> = BTreeMap::new();
            for code in &codes {
                used.entry(*code).or_insert_with(|| name(*code));
            }
            (codes, used)
        }
        Values::Numbers { numbers, unit } => {
            let own: Vec<f64> = members.subjects.iter().map(|it| numbers[*it as usize]).collect();
            quarters(&own, unit)
        }
    };
    let mut counts: BTreeMap<u32, Counts> =
        names.into_iter().map(|(code, name)| (code, Counts { name, failed: 0, resolved: 0 })).collect();
    for (code, subject) in codes.iter().zip(&members.subjects) {
        let counts = counts.get_mut(code).expect("every code has a name");
        *(if subjects[*subject as usize].is_failed { &mut counts.failed } else { &mut counts.resolved }) += 1;
    }
    if counts.len() == 1 && counts.values().all(|it| it.name == MISSING) {
        return Err("no contact has one".to_string());
    }
    let mut kept: Vec<(u32, Counts)> = counts.into_iter().collect();
    kept.sort_by(|(_, a), (_, b)| b.total().cmp(&a.total()).then_with(|| a.name.cmp(&b.name)));
    let keep = kept.iter().take(MOST_LEVELS - 1).take_while(|(_, it)| it.total() >= LEAST_OF_LEVEL).count();
    // A single rare value is itself.
    let rare = if kept.len() - keep > 1 { kept.split_off(keep) } else { Vec::new() };
    let mut place_of: BTreeMap<u32, u16> =
        kept.iter().zip(0..).map(|((code, _), place)| (*code, place)).collect();
    let mut levels: Vec<Counts> = kept.into_iter().map(|(_, counts)| counts).collect();
    if !rare.is_empty() {
        place_of.extend(rare.iter().map(|(code, _)| (*code, levels.len() as u16)));
        let sum = |of: fn(&Counts) -> u64| rare.iter().map(|(_, it)| of(it)).sum();
        levels.push(Counts {
            name: OTHER.to_string(),
            failed: sum(|it| it.failed),
            resolved: sum(|it| it.resolved),
        });
    }
    if levels.len() < 2 {
        return Err("all contacts have the same".to_string());
    }
    let most =
        (0..levels.len()).rev().filter(|at| levels[*at].has_both()).max_by_key(|at| levels[*at].total());
    let Some(reference) = most else {
        return Err("of each value all contacts failed, or all were resolved".to_string());
    };
    let of_members = codes.iter().map(|code| place_of[code]).collect();
    Ok(Factor { name: property.name.clone(), levels, reference, of_members })
}

/// Numbers as quarters of those that are known: a code each, 0 for a missing one, and what the codes mean.
fn quarters(numbers: &[f64], unit: &str) -> (Vec<u32>, BTreeMap<u32, String>) {
    let mut known: Vec<f64> = numbers.iter().copied().filter(|it| !it.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    // The last of each quarter; equal ones are one end.
    let mut ends: Vec<f64> = match known.is_empty() {
        true => Vec::new(),
        false => (1..4).map(|quarter| known[(known.len() * quarter).div_ceil(4) - 1]).collect(),
    };
    ends.dedup();
    ends.retain(|end| Some(end) != known.last());
    let code = |number: &f64| match number.is_nan() {
        true => 0,
        false => 1 + ends.partition_point(|end| end < number) as u32,
    };
    let codes: Vec<u32> = numbers.iter().map(code).collect();
    let shown = |number: f64| format!("{}", (number * 10.0).round() / 10.0);
    let name = |code: u32| match code {
        0 => MISSING.to_string(),
        1 if ends.is_empty() => "all".to_string(),
        1 => format!("up to {} {unit}", shown(ends[0])),
        code if code as usize > ends.len() => format!("over {} {unit}", shown(ends[ends.len() - 1])),
        code => {
            format!("over {} to {} {unit}", shown(ends[code as usize - 2]), shown(ends[code as usize - 1]))
        }
    };
    let names = codes.iter().map(|code| (*code, name(*code))).collect();
    (codes, names)
}

/// The columns of each factor, one a level but its reference; the number of all with the intercept.
fn columns(factors: &[Factor]) -> (Vec<Vec<Option<u32>>>, usize) {
    let mut next = 1;
    let of = |factor: &Factor| {
        let column = |level: usize| {
            (level != factor.reference).then(|| {
                next += 1;
                next - 1
            })
        };
        (0..factor.levels.len()).map(column).collect()
    };
    let columns = factors.iter().map(of).collect();
    (columns, next as usize)
}

/// Members with the same levels together; without the outcome, all as resolved.
fn patterns(factors: &[Factor], outcome: Option<(&Members, &[Subject])>) -> (Vec<Pattern>, usize) {
    let (columns, column_count) = columns(factors);
    let key = |member: usize| factors.iter().map(move |factor| factor.of_members[member]);
    let mut order: Vec<u32> = (0..factors[0].of_members.len() as u32).collect();
    order.sort_unstable_by(|a, b| key(*a as usize).cmp(key(*b as usize)));
    let pattern = |alike: &[u32]| {
        let column = |(levels, place): (&Vec<Option<u32>>, u16)| levels[place as usize];
        let is_failed = |member: &&u32| {
            outcome.is_some_and(|(members, subjects)| {
                subjects[members.subjects[**member as usize] as usize].is_failed
            })
        };
        Pattern {
            columns: columns.iter().zip(key(alike[0] as usize)).filter_map(column).collect(),
            event_count: alike.iter().filter(is_failed).count() as u64,
            total_count: alike.len() as u64,
        }
    };
    let alike = order.chunk_by(|a, b| key(*a as usize).eq(key(*b as usize)));
    (alike.map(pattern).collect(), column_count)
}

/// Takes out the factors that those before them tell, and gives their names.
fn drop_told(factors: &mut Vec<Factor>) -> Vec<String> {
    if factors.is_empty() {
        return Vec::new();
    }
    let (patterns, column_count) = patterns(factors, None);
    let blocks: Vec<Vec<u32>> =
        columns(factors).0.into_iter().map(|it| it.into_iter().flatten().collect()).collect();
    let mut is_own = independent_blocks(&patterns, column_count, &blocks).into_iter();
    let mut told = Vec::new();
    factors.retain(|factor| {
        let is_own = is_own.next().unwrap_or(true);
        if !is_own {
            told.push(factor.name.clone());
        }
        is_own
    });
    told
}

fn attributes(factors: Vec<Factor>, fit: &Fit) -> Vec<DriverAttribute> {
    let (columns, _) = columns(&factors);
    let prior_error = (1.0 / RIDGE).sqrt();
    let attribute = |(factor, columns): (Factor, Vec<Option<u32>>)| {
        let level = |(counts, column): (Counts, Option<u32>)| {
            let found = column.filter(|_| counts.has_both()).map(|column| {
                let column = column as usize;
                (fit.coefficients[column], fit.standard_errors[column])
            });
            let found = found.filter(|(_, error)| *error < ALL_PRIOR * prior_error);
            DriverLevel {
                name: counts.name,
                is_reference: column.is_none(),
                failed_count: counts.failed,
                resolved_count: counts.resolved,
                effect: found.map(|(coefficient, error)| effect(coefficient, error)),
            }
        };
        let mut levels: Vec<DriverLevel> = factor.levels.into_iter().zip(columns).map(level).collect();
        let odds = |level: &DriverLevel| level.effect.map_or(f64::NEG_INFINITY, |effect| effect.odds_ratio);
        levels.sort_by(|a, b| {
            (!a.is_reference)
                .cmp(&!b.is_reference)
                .then(odds(b).total_cmp(&odds(a)))
                .then_with(|| a.name.cmp(&b.name))
        });
        DriverAttribute { name: factor.name, levels }
    };
    factors.into_iter().zip(columns).map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::super::attributes::{Properties, Property, Values};
    use super::super::{Members, Subject};
    use super::{model, quarters};
    use crate::report::{DriverLevel, DriverModel};

    /// Subjects from lines of (number, failed, values of properties a, b, …).
    fn fitted(lines: &[(usize, bool, &[&str])]) -> DriverModel {
        let mut subjects = Vec::new();
        let width = lines[0].2.len();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); width];
        for (count, is_failed, values) in lines {
            for _ in 0..*count {
                subjects.push(Subject { row: subjects.len() as u32, key: 0, is_failed: *is_failed });
                columns.iter_mut().zip(*values).for_each(|(column, value)| column.push(value.to_string()));
            }
        }
        let property = |(values, name): (Vec<String>, char)| {
            let mut names: Vec<String> = values.clone();
            names.sort();
            names.dedup();
            let code = |value: &String| names.iter().position(|name| name == value).unwrap() as u32;
            let codes = values.iter().map(code).collect();
            let names = names.iter().map(|name| (!name.is_empty()).then(|| name.clone())).collect();
            Property { name: name.to_string(), values: Values::Names { codes, names } }
        };
        let all = columns.into_iter().zip('a'..).map(property).collect();
        let members = Members::new(Vec::new(), (0..subjects.len() as u32).collect(), &subjects);
        model(&Properties { all, lacking: Vec::new() }, &members, &subjects)
    }

    fn level<'m>(model: &'m DriverModel, name: &str) -> &'m DriverLevel {
        let levels = model.attributes.iter().flat_map(|it| &it.levels);
        levels.into_iter().find(|it| it.name == name).unwrap_or_else(|| panic!("{name} is not in {model:?}"))
    }

    /// 3,000 of 10,000 chats and 1,500 of 10,000 calls fail: odds ratio 2.4286; the ridge of 0.25 takes hardly any of it.
    #[test]
    fn one_property_has_the_odds_ratio_of_its_table() {
        let lines: [(usize, bool, &[&str]); 4] = [
            (3_000, true, &["chat"]),
            (7_000, false, &["chat"]),
            (1_501, true, &["voice"]),
            (8_500, false, &["voice"]),
        ];
        let model = fitted(&lines);
        assert!(level(&model, "voice").is_reference);
        let effect = level(&model, "chat").effect.unwrap();
        let expected: f64 = 3_000.0 * 8_500.0 / (7_000.0 * 1_501.0);
        let error: f64 = (1.0 / 3_000.0 + 1.0 / 7_000.0 + 1.0 / 1_501.0 + 1.0 / 8_500.0_f64).sqrt();
        assert!((effect.odds_ratio - expected).abs() < 0.002, "{effect:?}");
        assert!((effect.odds_low - (expected.ln() - 1.959_964 * error).exp()).abs() < 0.002, "{effect:?}");
        assert!(effect.p_value < 1e-12);
    }

    /// Chat seems to fail more often, but only because the hard queue is mostly chat: within a queue both fail alike.
    #[test]
    fn properties_are_adjusted_for_each_other() {
        let lines: [(usize, bool, &[&str]); 8] = [
            (400, true, &["chat", "hard"]),
            (400, false, &["chat", "hard"]),
            (50, true, &["voice", "hard"]),
            (50, false, &["voice", "hard"]),
            (20, true, &["chat", "easy"]),
            (180, false, &["chat", "easy"]),
            (80, true, &["voice", "easy"]),
            (720, false, &["voice", "easy"]),
        ];
        let model = fitted(&lines);
        let chat = level(&model, "voice").effect.or(level(&model, "chat").effect).unwrap();
        assert!((chat.odds_ratio - 1.0).abs() < 0.02 && chat.p_value > 0.5, "{chat:?}");
        let hard = level(&model, "hard").effect.or(level(&model, "easy").effect).unwrap();
        // 1 against 1 ÷ 9, whichever is the reference.
        assert!((hard.odds_ratio.ln().abs() - 9.0_f64.ln()).abs() < 0.05, "{hard:?}");
    }

    #[test]
    fn rare_values_are_taken_together_and_the_most_frequent_is_the_reference() {
        let lines: [(usize, bool, &[&str]); 8] = [
            (60, true, &["a1"]),
            (60, false, &["a1"]),
            (30, true, &["a2"]),
            (60, false, &["a2"]),
            (9, true, &["a3"]),
            (9, false, &["a3"]),
            (3, true, &[""]),
            (9, false, &[""]),
        ];
        let model = fitted(&lines);
        let names: Vec<&str> = model.attributes[0].levels.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names[0], "a1");
        assert!(names.contains(&"a2") && names.contains(&"(other)") && names.len() == 3, "{names:?}");
        assert_eq!(
            (level(&model, "(other)").failed_count, level(&model, "(other)").resolved_count),
            (12, 18)
        );
    }

    #[test]
    fn thin_data_are_refused_with_the_reason() {
        let model = fitted(&[(9, true, &["x"]), (500, false, &["y"])]);
        assert!(model.attributes.is_empty());
        assert_eq!(
            model.refused.as_deref(),
            Some("9 failed and 500 resolved contacts: each coefficient takes 10 of both")
        );
        // 20 failed carry two coefficients; the second property needs two, and one is left.
        let lines: [(usize, bool, &[&str]); 6] = [
            (10, true, &["x", "p"]),
            (10, true, &["y", "q"]),
            (30, false, &["x", "p"]),
            (100, false, &["x", "q"]),
            (100, false, &["y", "q"]),
            (100, false, &["y", "r"]),
        ];
        let model = fitted(&lines);
        assert_eq!(model.left_out.len(), 1);
        assert_eq!(
            model.left_out[0].reason,
            "too thin: it takes 10 failed and as many resolved contacts more"
        );
    }

    #[test]
    fn a_value_without_failures_has_no_odds_ratio() {
        let model = fitted(&[(50, true, &["x"]), (100, false, &["x"]), (40, false, &["y"])]);
        assert!(level(&model, "x").is_reference);
        assert_eq!(level(&model, "y").effect, None);
        assert_eq!(level(&model, "y").resolved_count, 40);
    }

    #[test]
    fn a_property_that_another_tells_is_left_out() {
        let lines: [(usize, bool, &[&str]); 4] = [
            (50, true, &["chat", "team c"]),
            (70, false, &["chat", "team c"]),
            (50, true, &["voice", "team v"]),
            (90, false, &["voice", "team v"]),
        ];
        let model = fitted(&lines);
        assert_eq!(model.attributes.len(), 1);
        assert_eq!(model.left_out[0].name, "b");
        assert!(model.left_out[0].reason.contains("told by the others"));
    }

    /// Of 1 to 8 the quarters end with 2, 4 and 6.
    #[test]
    fn numbers_are_cut_into_quarters() {
        let numbers = [8.0, 1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN, 6.0, 7.0];
        let (codes, names) = quarters(&numbers, "s");
        assert_eq!(codes, [4, 1, 1, 2, 2, 3, 0, 3, 4]);
        let names: Vec<String> = names.into_values().collect();
        assert_eq!(names, ["(none)", "up to 2 s", "over 2 to 4 s", "over 4 to 6 s", "over 6 s"]);
        assert_eq!(quarters(&[5.0, 5.0, 5.0], "s").0, [1, 1, 1]);
    }
}
