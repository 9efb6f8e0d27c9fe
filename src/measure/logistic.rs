//! Logistic regression with a ridge: which properties raise the odds of an event, each adjusted for the others.
//!
//! The log-odds are β₀ + Σ βⱼ over the properties that a subject has. β maximises the log-likelihood less λ ÷ 2 · Σ βⱼ²
//! (β₀ is free): the ridge of S. le Cessie, J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied
//! Statistics 41 (1992) 191–201, which is a normal prior with mean 0 and variance 1 ÷ λ on each βⱼ. It is found by
//! Newton's method, with half steps where a whole one would lead downhill. Standard errors are from the inverse of the
//! penalised information, XᵀWX + λI; with λ = 0 both are the usual ones. The crates that fit such a model (linfa-logistic,
//! smartcore) give no standard errors and bring an array library each, so the loop stands here and `nalgebra` decomposes.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rayon::prelude::*;

/// Subjects with the same properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The columns that are 1, from 1 on, ascending; all others are 0. Column 0 is the intercept, which all have.
    pub columns: Vec<u32>,
    /// Subjects with the event.
    pub event_count: u64,
    /// All subjects.
    pub total_count: u64,
}

/// What a fit gives, one entry a column; the first is the intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// β, natural logarithms of odds ratios.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFit {
    /// Some columns are told by others.
    Singular,
    /// The coefficients grow without end: some columns tell the event from its absence.
    Diverges,
}

/// Newton's steps at most. From 0 a fit takes 5 to 10.
const MOST_STEPS: usize = 60;
/// Halvings of a step at most.
const MOST_HALVINGS: usize = 30;
/// A step that moves no coefficient by more is the last.
const LAST_STEP: f64 = 1e-9;
/// No real odds ratio is e³⁰: without a ridge such a coefficient is on its way to infinity.
const MOST_COEFFICIENT: f64 = 30.0;
/// Patterns that are summed as one piece, so that sums do not depend on the number of threads.
const PIECE: usize = 4096;
/// The least share of a column's own variance that others leave unexplained.
const LEAST_OWN_SHARE: f64 = 1e-8;

/// Fits a model with the columns 0 to `column_count` − 1.
///
/// # Panics
/// Where a pattern has a column that does not exist.
pub fn logistic(patterns: &[Pattern], column_count: usize, ridge: f64) -> Result<Fit, NoFit> {
    let mut at = vec![0.0; column_count];
    let mut here = sums(patterns, &at, ridge);
    for _ in 0..MOST_STEPS {
        let decomposed = decomposed(here.information).ok_or(NoFit::Singular)?;
        let step = decomposed.solve(&DVector::from_vec(here.gradient));
        let largest = step.iter().fold(0.0, |most: f64, it| most.max(it.abs()));
        if largest.is_nan() {
            return Err(NoFit::Singular);
        }
        if largest < LAST_STEP {
            let inverse = decomposed.inverse();
            let standard_errors = (0..column_count).map(|column| inverse[(column, column)].sqrt()).collect();
            return Ok(Fit { coefficients: at, standard_errors });
        }
        let mut share = 1.0;
        let mut halvings = 0;
        (at, here) = loop {
            let next: Vec<f64> = at.iter().zip(step.iter()).map(|(at, step)| at + share * step).collect();
            let there = sums(patterns, &next, ridge);
            // At the summit rounding alone may lower the likelihood.
            if there.likelihood >= here.likelihood - 1e-12 * here.likelihood.abs()
                || halvings == MOST_HALVINGS
            {
                break (next, there);
            }
            share /= 2.0;
            halvings += 1;
        };
        if at.iter().any(|it| it.abs() > MOST_COEFFICIENT) {
            return Err(NoFit::Diverges);
        }
    }
    Err(NoFit::Diverges)
}

/// The penalised log-likelihood at a point, its slope, and the information there.
struct Sums {
    likelihood: f64,
    gradient: Vec<f64>,
    information: DMatrix<f64>,
}

fn sums(patterns: &[Pattern], at: &[f64], ridge: f64) -> Sums {
    let pieces: Vec<Sums> = patterns.par_chunks(PIECE).map(|piece| sums_of(piece, at)).collect();
    let mut all = sums_of(&[], at);
    for piece in pieces {
        all.likelihood += piece.likelihood;
        all.gradient.iter_mut().zip(piece.gradient).for_each(|(sum, it)| *sum += it);
        all.information += piece.information;
    }
    for (column, at) in at.iter().enumerate().skip(1) {
        all.likelihood -= 0.5 * ridge * at * at;
        all.gradient[column] -= ridge * at;
        all.information[(column, column)] += ridge;
    }
    all
}

fn sums_of(patterns: &[Pattern], at: &[f64]) -> Sums {
    let mut sums = Sums {
        likelihood: 0.0,
        gradient: vec![0.0; at.len()],
        information: DMatrix::zeros(at.len(), at.len()),
    };
    for Pattern { columns, event_count, total_count } in patterns {
        let (events, total) = (*event_count as f64, *total_count as f64);
        let log_odds = at[0] + columns.iter().map(|column| at[*column as usize]).sum::<f64>();
        // ln(1 + e^x) without overflow.
        let log_one_more = log_odds.max(0.0) + (-log_odds.abs()).exp().ln_1p();
        let chance = 1.0 / (1.0 + (-log_odds).exp());
        let weight = total * chance * (1.0 - chance);
        sums.likelihood += events * log_odds - total * log_one_more;
        for one in with_intercept(columns) {
            sums.gradient[one] += events - total * chance;
            with_intercept(columns).for_each(|other| sums.information[(one, other)] += weight);
        }
    }
    sums
}

fn with_intercept(columns: &[u32]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(columns.iter().map(|column| *column as usize))
}

/// None where the matrix is not safely invertible. It is scaled first, so that the size of a group is no matter.
fn decomposed(information: DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    if !is_regular(&information) { None } else { Cholesky::new(information) }
}

/// Whether each column of a symmetric matrix of products says something that those before it do not.
fn is_regular(products: &DMatrix<f64>) -> bool {
    let size: Vec<f64> = (0..products.nrows()).map(|column| products[(column, column)].sqrt()).collect();
    if size.iter().any(|size| size.is_nan() || *size <= 0.0) {
        return false;
    }
    let scaled = DMatrix::from_fn(size.len(), size.len(), |row, column| {
        products[(row, column)] / (size[row] * size[column])
    });
    let least =
        |it: Cholesky<f64, Dyn>| it.l_dirty().diagonal().iter().all(|own| own * own > LEAST_OWN_SHARE);
    Cholesky::new(scaled).is_some_and(least)
}

/// The blocks of columns that say something that those before them do not; `blocks` are the columns of each, in the order
/// in which they are tried.
pub fn independent_blocks(patterns: &[Pattern], column_count: usize, blocks: &[Vec<u32>]) -> Vec<bool> {
    let mut products = DMatrix::<f64>::zeros(column_count, column_count);
    for Pattern { columns, total_count, .. } in patterns {
        for one in with_intercept(columns) {
            with_intercept(columns).for_each(|other| products[(one, other)] += *total_count as f64);
        }
    }
    let mut chosen = vec![0];
    let mut is_chosen = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut tried = chosen.clone();
        tried.extend(block.iter().map(|column| *column as usize));
        let some =
            DMatrix::from_fn(tried.len(), tried.len(), |row, column| products[(tried[row], tried[column])]);
        is_chosen.push(is_regular(&some));
        if is_regular(&some) {
            chosen = tried;
        }
    }
    is_chosen
}

#[cfg(test)]
mod tests {
    use super::{NoFit, Pattern, independent_blocks, logistic};

    fn pattern(columns: &[u32], event_count: u64, total_count: u64) -> Pattern {
        Pattern { columns: columns.to_vec(), event_count, total_count }
    }

    fn assert_near(found: f64, expected: f64, error: f64) {
        assert!((found - expected).abs() < error, "{found} is not {expected}");
    }

    /// a = 30, b = 70, c = 15, d = 85: odds ratio 30 · 85 ÷ (70 · 15) = 2.428571; SE² = 1/30 + 1/70 + 1/15 + 1/85.
    #[test]
    fn two_groups_without_a_ridge_have_the_odds_ratio_of_their_table() {
        let fit = logistic(&[pattern(&[1], 30, 100), pattern(&[], 15, 100)], 2, 0.0).unwrap();
        assert_near(fit.coefficients[1].exp(), 2_550.0 / 1_050.0, 1e-9);
        let variance: f64 = 1.0 / 30.0 + 1.0 / 70.0 + 1.0 / 15.0 + 1.0 / 85.0;
        assert_near(fit.standard_errors[1], variance.sqrt(), 1e-9);
        assert_near(fit.coefficients[0], (15.0_f64 / 85.0).ln(), 1e-9);
    }

    /// Admissions to Berkeley in 1973 (P. J. Bickel, E. A. Hammel, J. W. O'Connell, "Sex bias in graduate admissions",
    /// Science 187 (1975) 398–404), as R's `UCBAdmissions` has them; the figures are those of
    /// `glm(cbind(Admitted, Rejected) ~ Gender + Dept, binomial)`.
    #[test]
    fn the_admissions_to_berkeley_have_the_published_coefficients() {
        let admitted_and_rejected = [
            [(512, 313), (89, 19)],
            [(353, 207), (17, 8)],
            [(120, 205), (202, 391)],
            [(138, 279), (131, 244)],
            [(53, 138), (94, 299)],
            [(22, 351), (24, 317)],
        ];
        let mut patterns = Vec::new();
        for (department, of_sexes) in (0..).zip(admitted_and_rejected) {
            for (is_female, (admitted, rejected)) in [false, true].into_iter().zip(of_sexes) {
                let columns = [is_female.then_some(1), (department > 0).then_some(department + 1)];
                patterns.push(pattern(
                    &columns.into_iter().flatten().collect::<Vec<u32>>(),
                    admitted,
                    admitted + rejected,
                ));
            }
        }
        let fit = logistic(&patterns, 7, 0.0).unwrap();
        let published = [
            (0.58205, 0.06899),
            (0.09987, 0.08085),
            (-0.04340, 0.10984),
            (-1.26260, 0.10663),
            (-1.29461, 0.10582),
            (-1.73931, 0.12611),
            (-3.30648, 0.16998),
        ];
        for (at, (coefficient, error)) in published.into_iter().enumerate() {
            assert_near(fit.coefficients[at], coefficient, 6e-6);
            assert_near(fit.standard_errors[at], error, 6e-6);
        }
    }

    /// At the summit the slopes are 0: for the intercept the events expected are those observed, for the group they are
    /// fewer by λβ. 300 subjects with odds ½ expect 100 events, 200 with odds 1 expect 100, β = ln 2: so with 93 and 107
    /// observed λ = 7 ÷ ln 2.
    #[test]
    fn a_ridge_draws_the_coefficient_to_where_slope_and_penalty_meet() {
        let ridge = 7.0 / 2.0_f64.ln();
        let patterns = [pattern(&[], 93, 300), pattern(&[1], 107, 200)];
        let fit = logistic(&patterns, 2, ridge).unwrap();
        assert_near(fit.coefficients[1], 2.0_f64.ln(), 1e-9);
        assert_near(fit.coefficients[0], 0.5_f64.ln(), 1e-9);
        // Information: W₀ = 300 · 2/9, W₁ = 200 · 1/4; of the group, with the intercept taken out:
        // W₁ + λ − W₁² ÷ (W₀ + W₁).
        let (w0, w1) = (300.0 * 2.0 / 9.0, 50.0);
        assert_near(fit.standard_errors[1], (w1 + ridge - w1 * w1 / (w0 + w1)).recip().sqrt(), 1e-9);
    }

    #[test]
    fn a_group_that_never_fails_has_no_end_without_a_ridge_and_one_with_it() {
        let patterns = [pattern(&[], 20, 100), pattern(&[1], 0, 50)];
        assert_eq!(logistic(&patterns, 2, 0.0), Err(NoFit::Diverges));
        let fit = logistic(&patterns, 2, 0.25).unwrap();
        assert!(fit.coefficients[1] < -2.0 && fit.coefficients[1] > -6.0, "{fit:?}");
    }

    #[test]
    fn the_same_column_twice_is_singular() {
        let patterns = [pattern(&[], 20, 100), pattern(&[1, 2], 30, 50)];
        assert_eq!(logistic(&patterns, 3, 0.0), Err(NoFit::Singular));
        assert_eq!(independent_blocks(&patterns, 3, &[vec![1], vec![2]]), [true, false]);
    }

    #[test]
    fn the_order_of_patterns_and_the_number_of_threads_do_not_matter() {
        let patterns: Vec<_> = (0..20_000_u64)
            .map(|n| pattern(&[1 + (n % 3) as u32, 4 + (n % 5) as u32], n * 7 % 4, 4))
            .collect();
        let own = logistic(&patterns, 9, 0.25).unwrap();
        let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(single.install(|| logistic(&patterns, 9, 0.25)).unwrap(), own);
    }
}
