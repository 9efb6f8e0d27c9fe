//! How far agents (or teams) truly differ, and where each of them stands: empirical Bayes. A ratio of observed to expected
//! failures is drawn towards 1 as far as chance explains it, the more the fewer contacts it is from.
//!
//! Each ratio rᵢ with variance vᵢ is normal around a true ratio, and the true ratios are normal around 1 with variance A:
//! D. J. Spiegelhalter, "Handling over-dispersion of performance indicators", Quality and Safety in Health Care 14 (2005)
//! 347–351. A is DerSimonian and Laird's estimate by moments (Controlled Clinical Trials 7 (1986) 177–188) with a known
//! mean: with w = 1 ÷ v, Q = Σ w(r − 1)² has the mean k + A·Σw, so that A = max(0, (Q − k) ÷ Σw). The estimate is
//! 1 + (1 − B)(r − 1) with B = v ÷ (v + A); its variance, v(1 − B) + 2 ÷ (k − 2) · B²(r − 1)² · (v̄ + A) ÷ (v + A), counts
//! that A is estimated (C. N. Morris, "Parametric empirical Bayes inference", JASA 78 (1983) 47–55, for a known mean).
//!
//! Nothing else corrects for looking at many at once, and nothing has to: where agents do not differ, A is about 0 and every
//! interval is around 1 (A. Gelman, J. Hill, M. Yajima, "Why we (usually) don't have to worry about multiple comparisons",
//! Journal of Research on Educational Effectiveness 5 (2012) 189–211). Of fewer than three no A can be estimated; their
//! ratios stay as they are.

use super::interval::Z;

/// From so many on ratios are shrunk.
pub const LEAST_SHRUNK: usize = 3;

/// A ratio of observed to expected events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// 1 where as many were observed as expected.
    pub ratio: f64,
    /// Its variance by chance, over 0.
    pub variance: f64,
}

/// A ratio after shrinking, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunk {
    /// The estimate.
    pub ratio: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The share of the distance to 1 that is taken for true: 1 − B.
    pub weight: f64,
}

/// The variance A of true ratios around 1; none of fewer than [`LEAST_SHRUNK`].
pub fn between_variance(ratios: &[Ratio]) -> Option<f64> {
    if ratios.len() < LEAST_SHRUNK {
        return None;
    }
    let weights: f64 = ratios.iter().map(|it| 1.0 / it.variance).sum();
    let q: f64 = ratios.iter().map(|it| (it.ratio - 1.0).powi(2) / it.variance).sum();
    Some(((q - ratios.len() as f64) / weights).max(0.0))
}

/// The ratios shrunk, in the order given.
pub fn shrunk(ratios: &[Ratio]) -> Vec<Shrunk> {
    let Some(between) = between_variance(ratios) else {
        return ratios.iter().map(|it| around(it.ratio, it.variance, 1.0)).collect();
    };
    let weights: f64 = ratios.iter().map(|it| 1.0 / (it.variance + between)).sum();
    let mean: f64 = ratios.iter().map(|it| it.variance / (it.variance + between)).sum::<f64>() / weights;
    let doubt = 2.0 / (ratios.len() as f64 - 2.0);
    let one = |it: &Ratio| {
        let (total, distance) = (it.variance + between, it.ratio - 1.0);
        let b = it.variance / total;
        let of_between = doubt * (b * distance).powi(2) * (mean + between) / total;
        around(1.0 + (1.0 - b) * distance, it.variance * (1.0 - b) + of_between, 1.0 - b)
    };
    ratios.iter().map(one).collect()
}

fn around(ratio: f64, variance: f64, weight: f64) -> Shrunk {
    let half = Z * variance.sqrt();
    Shrunk { ratio, low: ratio - half, high: ratio + half, weight }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(ratio: f64, variance: f64) -> Ratio {
        Ratio { ratio, variance }
    }

    /// w = 100, 25, 100; Q = 100 · 0.16 + 25 · 0.04 + 100 · 0.09 = 26; A = (26 − 3) ÷ 225 = 0.102222. B of the first
    /// 0.01 ÷ 0.112222 = 0.089109, of the second 0.04 ÷ 0.142222 = 0.28125. Weights 1 ÷ (v + A) = 8.910891, 7.03125,
    /// 8.910891; v̄ = (0.089109 + 0.28125 + 0.089109) ÷ 24.853032 = 0.018487. The first: 1 + 0.910891 · 0.4 = 1.364356,
    /// variance 0.009109 + 2 · 0.007940 · 0.16 · 0.120710 ÷ 0.112222 = 0.009109 + 0.002733 = 0.011842.
    #[test]
    fn ratios_are_shrunk_as_worked_by_hand() {
        let ratios = [ratio(1.4, 0.01), ratio(0.8, 0.04), ratio(0.7, 0.01)];
        assert!((between_variance(&ratios).unwrap() - 23.0 / 225.0).abs() < 1e-12);
        let found = shrunk(&ratios);
        assert!((found[0].ratio - 1.364_356).abs() < 1e-6, "{found:?}");
        assert!((found[1].ratio - (1.0 - 0.718_75 * 0.2)).abs() < 1e-9, "{found:?}");
        assert!((found[0].high - found[0].ratio - 1.959_964 * 0.011_842f64.sqrt()).abs() < 1e-4, "{found:?}");
        assert!((found[0].weight - 0.910_891).abs() < 1e-6);
    }

    /// Rubin's eight schools (1981), the effects divided by 100 and around 1: with standard errors as large as theirs no
    /// difference between schools is left.
    #[test]
    fn what_chance_explains_leaves_everybody_at_the_mean() {
        let schools = [(28, 15), (8, 10), (-3, 16), (7, 11), (-1, 9), (1, 11), (18, 10), (12, 18)];
        let mean = 7.7;
        let of = |(effect, error): (i32, i32)| {
            ratio(1.0 + (f64::from(effect) - mean) / 100.0, (f64::from(error) / 100.0).powi(2))
        };
        let ratios = schools.map(of);
        assert_eq!(between_variance(&ratios), Some(0.0));
        for it in shrunk(&ratios) {
            assert_eq!((it.ratio, it.weight), (1.0, 0.0));
            assert!(it.low < 1.0 && it.high > 1.0);
        }
    }

    #[test]
    fn two_are_left_as_they_are() {
        let found = shrunk(&[ratio(1.5, 0.01), ratio(0.5, 0.01)]);
        assert_eq!(between_variance(&[ratio(1.5, 0.01), ratio(0.5, 0.01)]), None);
        assert_eq!((found[0].ratio, found[0].weight), (1.5, 1.0));
        assert!((found[0].low - (1.5 - 0.195_996)).abs() < 1e-6);
        assert!(shrunk(&[]).is_empty());
    }

    #[test]
    fn fewer_contacts_are_drawn_further_to_the_mean() {
        let ratios = [ratio(1.5, 0.01), ratio(1.5, 0.1), ratio(0.5, 0.01), ratio(0.6, 0.02)];
        let found = shrunk(&ratios);
        assert!(found[0].ratio > found[1].ratio && found[1].ratio > 1.0, "{found:?}");
    }
}
