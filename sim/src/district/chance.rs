//! Reproducible chance. Only the bytes of `ChaCha8` are taken from outside; the few shapes needed are made here with plain
//! arithmetic, so that neither a library's new release nor another machine's logarithm changes a district.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

#[derive(Debug, Clone)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The sequence that belongs to a stream of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Evenly in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn holds(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Evenly in 0 ≤ n < `count`; multiplying instead of dividing leaves a bias below 2⁻³² for the counts used here.
    #[expect(clippy::cast_possible_truncation, reason = "the upper half of the product is below count")]
    pub fn below(&mut self, count: usize) -> usize {
        assert!(count > 0, "nothing to choose from");
        ((u128::from(self.0.next_u64()) * count as u128) >> 64) as usize
    }

    /// Evenly in `low` ≤ n ≤ `high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        assert!(low <= high, "an empty range: {low} to {high}");
        let offset = self.below((high - low) as usize + 1);
        low + u32::try_from(offset).unwrap_or(0)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Around 0 with standard deviation 1: the sum of six even numbers (Irwin–Hall), near enough to a bell for homes and
    /// places, and never further out than 4.25.
    pub fn bell(&mut self) -> f64 {
        let sum: f64 = (0..6).map(|_| self.unit()).sum();
        (sum - 3.0) * std::f64::consts::SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_a_seed_repeat_and_differ() {
        let draw = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            [(); 4].map(|()| chance.below(1_000_000))
        };
        assert_eq!(draw(1, 0), draw(1, 0));
        assert_ne!(draw(1, 0), draw(1, 1));
        assert_ne!(draw(1, 0), draw(2, 0));
    }

    #[test]
    fn a_bell_has_mean_0_and_deviation_1() {
        let mut chance = Chance::new(7, 0);
        let drawn: Vec<f64> = (0..20_000).map(|_| chance.bell()).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let deviation = (drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0).sqrt();
        assert!(mean.abs() < 0.03 && (deviation - 1.0).abs() < 0.03, "mean {mean}, deviation {deviation}");
    }

    #[test]
    fn both_ends_of_a_range_are_drawn() {
        let mut chance = Chance::new(3, 0);
        let drawn: Vec<u32> = (0..200).map(|_| chance.between(2, 4)).collect();
        assert!([2, 3, 4].iter().all(|n| drawn.contains(n)) && drawn.iter().all(|n| (2..=4).contains(n)));
    }
}
