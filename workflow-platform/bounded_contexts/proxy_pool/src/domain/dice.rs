//! Chance that can be seeded, so that every choice can be repeated.

/// xoshiro256++ (Blackman and Vigna, 2019), seeded by `SplitMix64`. Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice([u64; 4]);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| split_mix(&mut state)))
    }

    pub fn number(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let answer = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        answer
    }

    /// In `[0, 1)`.
    pub fn share(&mut self) -> f64 {
        const STEPS: f64 = 9_007_199_254_740_992.0; // 2⁵³
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a float")]
        let bits = (self.number() >> 11) as f64;
        bits / STEPS
    }

    /// In `0..bound`; 0 when the bound is 0. The bias is below one in 2³².
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = (u128::from(self.number()) * bound as u128) >> 64;
        usize::try_from(wide).unwrap_or(0)
    }

    /// Beta(α, β) as the share of one of two Gamma variates; in `(0, 1)`.
    pub fn beta(&mut self, alpha: f64, beta: f64) -> f64 {
        let (good, bad) = (self.gamma(alpha), self.gamma(beta));
        let share = good / (good + bad);
        if share.is_finite() { share.clamp(1e-9, 1.0 - 1e-9) } else { alpha / (alpha + beta) }
    }

    /// Gamma(shape, 1): Marsaglia and Tsang, "A simple method for generating gamma variables",
    /// 2000; below 1 by their boost.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.share()).powf(1.0 / shape.max(1e-3));
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let v = (1.0 + c * normal).powi(3);
            let accepted = v > 0.0
                && (1.0 - self.share()).ln() < 0.5 * normal * normal + d - d * v + d * v.ln();
            if accepted {
                return d * v;
            }
        }
    }

    /// Standard normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_course() {
        let (mut one, mut other) = (Dice::new(7), Dice::new(7));
        assert!((0..100).all(|_| one.number() == other.number()));
        assert_ne!(Dice::new(7).number(), Dice::new(8).number());
    }

    #[test]
    fn a_beta_variate_has_the_mean_and_spread_of_its_distribution() {
        let mut dice = Dice::new(1);
        for (alpha, beta) in [(0.5, 0.5), (1.0, 3.0), (8.0, 2.0), (40.0, 400.0)] {
            let draws: Vec<f64> = (0..20_000).map(|_| dice.beta(alpha, beta)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let spread = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 20_000.0;
            let sum: f64 = alpha + beta;
            let expected = alpha * beta / (sum * sum * (sum + 1.0));
            assert!((mean - alpha / sum).abs() < 0.01, "mean of {alpha}, {beta}: {mean}");
            assert!((spread / expected - 1.0).abs() < 0.08, "spread of {alpha}, {beta}");
        }
    }

    proptest! {
        #[test]
        fn draws_stay_in_their_range(seed: u64, alpha in 1e-6..1e6, beta in 1e-6..1e6) {
            let mut dice = Dice::new(seed);
            let drawn = dice.beta(alpha, beta);
            prop_assert!(drawn > 0.0 && drawn < 1.0);
            prop_assert!((0.0..1.0).contains(&dice.share()));
            prop_assert!(dice.below(3) < 3 && dice.below(0) == 0);
        }
    }
}
