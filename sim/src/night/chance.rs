//! Chance that repeats: the same seed and the same words give the same throws, whatever else happens in between.

use crate::district::Chance;

/// Throws that belong to one matter.
#[derive(Debug, Clone)]
pub struct Dice(Chance);

impl Dice {
    pub fn of(seed: u64, matter: &str) -> Self {
        // FNV-1a: spreads short texts well enough to choose a stream.
        let mut stream = 0xcbf2_9ce4_8422_2325_u64;
        for byte in matter.bytes() {
            stream = (stream ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(Chance::new(seed, stream))
    }

    /// 0 to 99.
    pub fn percent(&mut self) -> i64 {
        self.below(100)
    }

    /// 0 ≤ n < `count`.
    pub fn below(&mut self, count: usize) -> i64 {
        i64::try_from(self.0.below(count)).unwrap_or(0)
    }
}
