//! Agents (or teams) side by side: failures against those that their mix of contacts lets expect, shrunk towards the mean,
//! and whether anybody stands out. Takes counts by cell, gives numbers; whom to train on what is made of them elsewhere.

use std::ops::Range;

use serde::Serialize;
use statrs::function::erf::erfc;

use super::case_mix::{Cell, Excess, Standard, excess, standards};
use super::change::holm;
use super::shrinkage::{Ratio, Shrunk, between_variance, shrunk};

/// Fewer expected failures, or fewer expected successes, are too few for a normal approximation (W. G. Cochran, "Some
/// methods for strengthening the common χ² tests", Biometrics 10 (1954) 417–451).
const LEAST_EXPECTED: f64 = 5.0;

/// Failed contacts that a topic is made of at least.
const LEAST_OF_TOPIC: u64 = 5;

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The whole interval is below the mean FCR rate.
    Below,
    /// The mean is within the interval.
    NotDistinguishable,
    /// The whole interval is above the mean.
    Above,
    /// Too few contacts that could be compared.
    TooFew,
}

/// The numbers of one agent or team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Counted contacts.
    pub counted_count: u64,
    /// Those that failed.
    pub failed_count: u64,
    /// Those that could be compared, and what was to be expected of them.
    pub excess: Excess,
    /// Observed ÷ expected after shrinking; none of too few.
    pub shrunk: Option<Shrunk>,
    /// Where that stands.
    pub standing: Standing,
}

/// The numbers of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// The variance of their true ratios around 1; none where there are fewer than three to compare.
    pub between_variance: Option<f64>,
    /// One a holder, by its code.
    pub profiles: Vec<Profile>,
}

impl Standing {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Below => "below",
            Standing::NotDistinguishable => "not_distinguishable",
            Standing::Above => "above",
            Standing::TooFew => "too_few",
        }
    }
}

/// Compares the holders of cells, which are sorted; `failed_counts` has the failed contacts of each. Holder 0 is nobody: a
/// standard for the others, and compared with none. Fewer comparable contacts than `minimum_count` are too few.
///
/// # Panics
/// When there are not as many counts as cells.
pub fn profiles(cells: &[Cell], failed_counts: &[u64], minimum_count: u64) -> Profiles {
    let standards = standards(cells, failed_counts);
    let holder_count = cells.last().map_or(0, |cell| cell.holder as usize + 1);
    let mut profiles: Vec<Profile> = (0..holder_count as u32)
        .map(|holder| {
            let range = cells_of(cells, holder);
            let excess = range_excess(cells, failed_counts, &standards, range.clone());
            Profile {
                counted_count: cells[range.clone()].iter().map(|cell| cell.count).sum(),
                failed_count: failed_counts[range].iter().sum(),
                excess,
                shrunk: None,
                standing: Standing::TooFew,
            }
        })
        .collect();
    let is_enough = |(holder, profile): &(usize, &mut Profile)| {
        let Excess { count, expected, variance, .. } = profile.excess;
        let rest = count as f64 - expected;
        *holder > 0 && count >= minimum_count && expected.min(rest) >= LEAST_EXPECTED && variance > 0.0
    };
    let compared: Vec<&mut Profile> =
        profiles.iter_mut().enumerate().filter(is_enough).map(|(_, profile)| profile).collect();
    let ratios: Vec<Ratio> = compared.iter().map(|it| ratio(&it.excess)).collect();
    for (profile, shrunk) in compared.into_iter().zip(shrunk(&ratios)) {
        profile.standing = match shrunk {
            Shrunk { low, .. } if low > 1.0 => Standing::Below,
            Shrunk { high, .. } if high < 1.0 => Standing::Above,
            _ => Standing::NotDistinguishable,
        };
        profile.shrunk = Some(shrunk);
    }
    Profiles { between_variance: between_variance(&ratios), profiles }
}

fn ratio(excess: &Excess) -> Ratio {
    Ratio {
        ratio: excess.observed_count as f64 / excess.expected,
        variance: excess.variance / excess.expected.powi(2),
    }
}

/// The places of a holder's cells.
fn cells_of(cells: &[Cell], holder: u32) -> Range<usize> {
    cells.partition_point(|cell| cell.holder < holder)..cells.partition_point(|cell| cell.holder <= holder)
}

fn range_excess(
    cells: &[Cell],
    counts: &[u64],
    standards: &[Option<Standard>],
    range: Range<usize>,
) -> Excess {
    excess(range.map(|at| (cells[at], counts[at], standards[at])))
}

/// Observed and expected events of each holder and category, those of nobody left out, in the order of the cells.
pub fn by_category(cells: &[Cell], event_counts: &[u64]) -> Vec<(Cell, Excess)> {
    let standards = standards(cells, event_counts);
    let mut found = Vec::new();
    let mut first = 0;
    for of_category in cells.chunk_by(|a, b| (a.holder, a.category) == (b.holder, b.category)) {
        let range = first..first + of_category.len();
        first = range.end;
        if of_category[0].holder > 0 {
            found.push((of_category[0], range_excess(cells, event_counts, &standards, range)));
        }
    }
    found
}

/// Something that a team may be trained on: a category and a cause in which it has more failures than were to be expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topic {
    /// Code of the team.
    pub holder: u32,
    /// Code of the category.
    pub category: u32,
    /// Which of the causes.
    pub cause: usize,
    /// Failed contacts with the cause, and how many were to be expected.
    pub excess: Excess,
    /// The probability of so many by chance, corrected by Holm for all that were looked at; 1 sided.
    pub p_value: f64,
}

/// The topics of all teams: those beyond chance first, then by excess. `of_causes` has for each cause the failed contacts
/// of each cell that show it.
pub fn topics(cells: &[Cell], of_causes: &[Vec<u64>]) -> Vec<Topic> {
    let mut topics = Vec::new();
    for (cause, counts) in of_causes.iter().enumerate() {
        for (Cell { holder, category, .. }, excess) in by_category(cells, counts) {
            if excess.observed_count >= LEAST_OF_TOPIC
                && let Some(z) = excess.z()
            {
                let p_value = 0.5 * erfc(z / std::f64::consts::SQRT_2);
                topics.push(Topic { holder, category, cause, excess, p_value });
            }
        }
    }
    let corrected = holm(&topics.iter().map(|topic| topic.p_value).collect::<Vec<f64>>());
    topics.iter_mut().zip(corrected).for_each(|(topic, p_value)| topic.p_value = p_value);
    topics.retain(|topic| topic.excess.excess() > 0.0);
    topics.sort_by(|a, b| {
        let key = |it: &Topic| (!it.is_clear(), it.holder, it.category, it.cause);
        let by_excess = b.excess.excess().total_cmp(&a.excess.excess());
        key(a).0.cmp(&key(b).0).then(by_excess).then_with(|| key(a).cmp(&key(b)))
    });
    topics
}

impl Topic {
    /// Whether chance does not explain it.
    pub fn is_clear(&self) -> bool {
        self.p_value < super::change::LEVEL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATEGORIES: u32 = 4;
    const SHARES: [f64; 4] = [0.15, 0.25, 0.35, 0.6];

    /// Cells and failures of agents from 1 on, each with so many contacts, half of them in a category of their own
    /// choice; `worse` is added to the share that fails.
    fn simulated(seed: u64, agents: &[(u64, u32, f64)]) -> (Vec<Cell>, Vec<u64>) {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut cells, mut failed) = (Vec::new(), Vec::new());
        for (holder, (count, favourite, worse)) in (1..).zip(agents) {
            for category in 0..CATEGORIES {
                let extra = if category == *favourite { count / 2 } else { 0 };
                let count = count / 2 / u64::from(CATEGORIES) + extra;
                let share = SHARES[category as usize] + worse;
                failed.push((0..count).filter(|_| random.f64() < share).count() as u64);
                cells.push(Cell { holder, category, channel: 1, count });
            }
        }
        (cells, failed)
    }

    fn standings(profiles: &Profiles) -> Vec<Standing> {
        profiles.profiles[1..].iter().map(|it| it.standing).collect()
    }

    /// 300 teams of 24 agents without any difference, whatever their queue: of 7,200 agents hardly one is flagged.
    #[test]
    fn agents_who_do_not_differ_are_hardly_ever_flagged() {
        let mut flagged = 0;
        for seed in 0..300 {
            let agents: Vec<(u64, u32, f64)> =
                (0..24).map(|at| (80 + 20 * u64::from(at % 6), at % CATEGORIES, 0.0)).collect();
            let (cells, failed) = simulated(seed, &agents);
            let found = standings(&profiles(&cells, &failed, 30));
            flagged += found.iter().filter(|it| matches!(it, Standing::Below | Standing::Above)).count();
        }
        assert!(flagged <= 7, "{flagged} of 7,200");
    }

    /// The agent who fails 20 points more often in 400 contacts is found nearly every time, and hardly another with
    /// them. (Of those who share the queue some seem better than the mean: what is expected of them has that agent in it.)
    #[test]
    fn one_who_is_truly_worse_is_found_and_nobody_with_them() {
        let (mut found_count, mut others) = (0, 0);
        for seed in 0..100 {
            let mut agents: Vec<(u64, u32, f64)> = (0..24).map(|at| (200, at % CATEGORIES, 0.0)).collect();
            agents[7] = (400, 1, 0.2);
            let (cells, failed) = simulated(seed, &agents);
            let mut found = standings(&profiles(&cells, &failed, 30));
            found_count += usize::from(found.remove(7) == Standing::Below);
            others += found.iter().filter(|it| **it == Standing::Below).count();
        }
        assert!(found_count >= 97, "{found_count} of 100");
        assert!(others <= 15, "{others} of 2,300");
    }

    /// Agents 3, 7, 11 … have the queue that fails most: the worst raw rate is always among theirs, and nobody is flagged.
    #[test]
    fn a_hard_queue_makes_nobody_stand_out() {
        let agents: Vec<(u64, u32, f64)> = (0..12).map(|at| (240, at % CATEGORIES, 0.0)).collect();
        let (cells, failed) = simulated(1, &agents);
        let found = profiles(&cells, &failed, 30);
        let rate = |it: &Profile| it.failed_count as f64 / it.counted_count as f64;
        let worst =
            (1..13).max_by(|a, b| rate(&found.profiles[*a]).total_cmp(&rate(&found.profiles[*b]))).unwrap();
        assert_eq!((worst - 1) as u32 % CATEGORIES, 3, "the queue of 60 %");
        assert!(rate(&found.profiles[worst]) > 0.40);
        assert!(standings(&found).iter().all(|it| *it == Standing::NotDistinguishable), "{found:?}");
    }

    /// 20 contacts are fewer than 30; of 40, of which others fail in 42 of 420, 4 failures are expected.
    #[test]
    fn too_few_contacts_or_failures_are_not_judged() {
        let cell = |holder, count| Cell { holder, category: 1, channel: 1, count };
        let cells = [cell(1, 20), cell(2, 40), cell(3, 400)];
        let found = profiles(&cells, &[2, 4, 40], 30);
        assert_eq!(standings(&found)[..2], [Standing::TooFew, Standing::TooFew]);
        assert_eq!(found.profiles[1].shrunk, None);
    }

    #[test]
    fn contacts_of_nobody_are_a_standard_and_are_not_judged() {
        let cell = |holder, count| Cell { holder, category: 1, channel: 1, count };
        let cells = [cell(0, 300), cell(1, 100)];
        let found = profiles(&cells, &[90, 30], 30);
        assert_eq!((found.profiles[0].standing, found.profiles[1].excess.expected), (Standing::TooFew, 30.0));
        assert!(profiles(&[], &[], 30).profiles.is_empty());
    }

    /// In category 1 team 1 has 60 of 100 contacts with cause 0, the others 20 of 200: 60 − 10 beyond expectation. The
    /// other cause is as frequent everywhere.
    #[test]
    fn a_topic_is_where_a_team_has_failures_that_others_do_not() {
        let cell = |holder, count| Cell { holder, category: 1, channel: 1, count };
        let cells = [cell(1, 100), cell(2, 100), cell(3, 100)];
        let found = topics(&cells, &[vec![60, 10, 10], vec![10, 10, 10]]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].holder, found[0].cause, found[0].excess.excess()), (1, 0, 50.0));
        assert!(found[0].is_clear());
    }
}
