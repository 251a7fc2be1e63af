//! Chance that can be repeated: a small generator (SplitMix64) with its seed in the hand.

pub struct Dice(u64);

impl Dice {
    /// Rolls as `HEADEND_TEST_SEED` says, else as always.
    pub fn new(salt: u64) -> Self {
        let seed: u64 =
            std::env::var("HEADEND_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_120);
        Self(seed ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).expect("a small number")).expect("a small number")
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Whether the long forms of the tests were asked for.
pub fn is_full() -> bool {
    std::env::var("HEADEND_TEST_FULL").is_ok_and(|value| !value.is_empty() && value != "0")
}
