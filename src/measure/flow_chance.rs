//! What chance gives in a table of moves from one group to another, and how probable a count is under it. Numbers in,
//! numbers out.

use statrs::function::gamma::ln_gamma;

/// Rounds of fitting; the margins are right to many digits long before, but where a table hangs together by few counts.
const MOST_ROUNDS: usize = 500;
/// A round that moves no weight by more than this share is the last.
const CLOSE: f64 = 1e-12;

/// Moves between groups, as far as they are to be explained by chance.
pub(super) struct Margins {
    /// Moves from each group to others.
    pub(super) leaving: Vec<u64>,
    /// Moves to each group from others.
    pub(super) arriving: Vec<u64>,
    /// Pairs of groups whose moves are left out of both.
    pub(super) left_out: Vec<(usize, usize)>,
}

impl Margins {
    /// Leaves a pair with so many moves out.
    pub(super) fn leave_out(&mut self, from: usize, to: usize, count: u64) {
        self.leaving[from] -= count;
        self.arriving[to] -= count;
        self.left_out.push((from, to));
    }

    /// The weights of groups as places to arrive at: moves from each group to the *others*, but for the pairs left out, in
    /// proportion to them give the margins. Only their proportions mean anything. Fitting begins at `weights`.
    pub(super) fn weights(&self, mut weights: Vec<f64>) -> Vec<f64> {
        for _ in 0..MOST_ROUNDS {
            let pushes = fitted(&self.leaving, &weights, self.left_out.iter().copied());
            let next = fitted(&self.arriving, &pushes, self.left_out.iter().map(|(from, to)| (*to, *from)));
            let is_close = |(old, new): (&f64, &f64)| (new - old).abs() <= CLOSE * new.abs();
            let is_last = weights.iter().zip(&next).all(is_close);
            weights = next;
            if is_last {
                break;
            }
        }
        weights
    }

    /// The moves from a group that chance has to explain, and the chance of each to be to another: a pair that is not left
    /// out. `total` is that of the weights.
    pub(super) fn chance(&self, weights: &[f64], total: f64, from: usize, to: usize) -> (u64, f64) {
        let elsewhere: f64 =
            self.left_out.iter().filter(|pair| pair.0 == from).map(|pair| weights[pair.1]).sum();
        let chance = weights[to] / (total - weights[from] - elsewhere);
        (self.leaving[from], if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 })
    }
}

/// The margin of each group over what the others weigh to which it has moves.
fn fitted(margin: &[u64], weights: &[f64], left_out: impl Iterator<Item = (usize, usize)>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let mut open: Vec<f64> = weights.iter().map(|own| total - own).collect();
    left_out.for_each(|(one, other)| open[one] -= weights[other]);
    let fit = |(count, open): (&u64, &f64)| {
        let fit = *count as f64 / open;
        if *count > 0 && *open > 0.0 && fit.is_finite() { fit } else { 0.0 }
    };
    margin.iter().zip(&open).map(fit).collect()
}

/// The probability of `count` or more of `total` that each come with the probability `chance`: the upper tail of the
/// binomial, added up.
pub(super) fn at_least(count: u64, total: u64, chance: f64) -> f64 {
    if count == 0 || chance >= 1.0 {
        return 1.0;
    }
    if count > total || chance <= 0.0 {
        return 0.0;
    }
    // Added up from where the terms are largest outwards, so that they only get smaller.
    match count as f64 > total as f64 * chance {
        true => tail(count, total, chance),
        false => (1.0 - tail(total - count + 1, total, 1.0 - chance)).max(0.0),
    }
}

/// The same for a count beyond the mean.
fn tail(count: u64, total: u64, chance: f64) -> f64 {
    let (n, k) = (total as f64, count as f64);
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let mut term = (ways + k * chance.ln() + (n - k) * (-chance).ln_1p()).exp();
    let mut sum = 0.0;
    for at in count..=total {
        sum += term;
        term *= (total - at) as f64 / (at + 1) as f64 * chance / (1.0 - chance);
        if term < sum * f64::EPSILON {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, DiscreteCDF};

    use super::*;

    /// Weights 1, 2, 3 and 0, and pushes 6, 4, 10 and 10, give 12 and 18 from the first, 4 and 12 from the second, 10 and 20
    /// from the third, 10, 20 and 30 from the last, at which none arrive: 30, 16, 30 and 60 leave, 24, 52 and 60 arrive.
    #[test]
    fn weights_are_those_that_the_margins_were_made_with() {
        let is_found = |margins: &Margins| {
            let weights = margins.weights(margins.arriving.iter().map(|count| *count as f64).collect());
            let is_near = |found: f64, expected: f64| (found / weights[0] - expected).abs() < 1e-6;
            assert!(is_near(weights[1], 2.0) && is_near(weights[2], 3.0), "{weights:?}");
        };
        let mut margins =
            Margins { leaving: vec![30, 16, 30, 60], arriving: vec![24, 52, 60, 0], left_out: Vec::new() };
        is_found(&margins);
        // A hundred more from the last to the third, which are left out: 10 and 20 go to the first two.
        margins.leaving[3] = 130;
        margins.arriving[2] = 130;
        margins.leave_out(3, 2, 100);
        is_found(&margins);
        let weights = margins.weights(vec![1.0; 4]);
        let (moves, chance) = margins.chance(&weights, weights.iter().sum(), 3, 1);
        assert_eq!(moves, 30);
        assert!((chance - 2.0 / 3.0).abs() < 1e-6, "2 of the 3 that are left: {chance}");
    }

    /// Of 3 with a half each: 2 or more 4 in 8. Of 10 with a fifth: 5 or more 0.0327934976.
    #[test]
    fn tails_are_those_of_the_table() {
        assert!((at_least(2, 3, 0.5) - 0.5).abs() < 1e-12);
        assert!((at_least(5, 10, 0.2) - 0.032_793_497_6).abs() < 1e-12);
        assert_eq!([at_least(0, 4, 0.3), at_least(3, 4, 1.0), at_least(3, 4, 0.0)], [1.0, 1.0, 0.0]);
        for (count, total, chance) in
            [(40, 60, 0.5), (3, 900, 0.01), (9, 900, 0.01), (30, 900, 0.01), (7, 7, 0.9)]
        {
            let other = Binomial::new(chance, total).expect("a binomial").sf(count - 1);
            let found = at_least(count, total, chance);
            assert!((found - other).abs() <= 1e-9 * other, "{count} of {total}: {found}, not {other}");
        }
        assert!(at_least(500_100, 1_000_000, 0.5) > 0.4 && at_least(1_000_000, 1_000_000, 0.5) >= 0.0);
    }
}
