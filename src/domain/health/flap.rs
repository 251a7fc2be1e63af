//! Flapping: a state that changes too often to be believed, by weighted change with hysteresis.
//!
//! Source: Icinga 2, `lib/icinga/checkable-flapping.cpp`: twenty change bits, weights `0.80 + 0.02 · i` from the oldest
//! to the newest (so 0.80 … 1.18; its manual says 1.15), `100 · Σ / 20` percent, on above 30 %, off at 25 %. Soft and hard
//! results count alike. Here a change is one between answering and not answering: a round-trip time that crosses its
//! threshold now and then is a degraded line, not a flapping device.

/// Changes that are weighed.
const CHANGES: u32 = 20;
/// Results that are kept: twenty changes lie between twenty-one results.
pub const KEPT_RESULTS: u32 = CHANGES + 1;
/// Percent above which flapping starts.
pub const FLAP_STARTS_ABOVE: f64 = 30.0;
/// Percent at or below which it stops.
pub const FLAP_STOPS_AT: f64 = 25.0;

/// Weighted share of change in percent, 0.0 to 99.0, from twenty change bits (bit 0 the newest; higher bits are not read).
#[must_use]
pub fn flap_percent_of_changes(changes: u32) -> f64 {
    // In hundredths, so that the sum is exact: 118 for the newest, 2 less for each step back.
    let hundredths: u32 = (0..CHANGES).filter(|age| changes >> age & 1 == 1).map(|age| 118 - 2 * age).sum();
    f64::from(hundredths) / f64::from(CHANGES)
}

/// The same from the results themselves, as [`super::CheckState::recent`] keeps them (bit 0 the newest, 1 = no answer).
#[must_use]
pub fn flap_percent(recent: u32) -> f64 {
    flap_percent_of_changes((recent ^ (recent >> 1)) & ((1 << CHANGES) - 1))
}

/// Whether it flaps now, given whether it did: between the two limits it stays as it was.
#[must_use]
pub fn is_flapping(was: bool, percent: f64) -> bool {
    percent > if was { FLAP_STOPS_AT } else { FLAP_STARTS_ABOVE }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    /// Bits whose weights are the given hundredths.
    fn bits(weights: &[u32]) -> u32 {
        weights.iter().map(|weight| 1 << ((118 - weight) / 2)).sum()
    }

    #[test]
    fn icingas_vectors() {
        let vector = bits(&[84, 86, 88, 90, 98, 106, 112, 118]);
        // 7.82 / 20
        assert!((flap_percent_of_changes(vector) - 39.1).abs() < 1e-9);
        assert!((flap_percent_of_changes(0xF_FFFF) - 99.0).abs() < 1e-9);
        assert!((flap_percent_of_changes(u32::MAX) - 99.0).abs() < 1e-9, "only twenty are read");
        assert!(flap_percent_of_changes(0).abs() < 1e-9);
        assert!((flap_percent_of_changes(1) - 5.9).abs() < 1e-9, "the newest weighs 1.18");
        assert!((flap_percent_of_changes(1 << 19) - 4.0).abs() < 1e-9, "the oldest 0.80");
    }

    #[test]
    fn hysteresis() {
        for (was, percent, now) in [
            (false, 30.0, false),
            (false, 30.1, true),
            (true, 30.0, true),
            (true, 25.1, true),
            (true, 25.0, false),
            (false, 0.0, false),
        ] {
            assert_eq!(is_flapping(was, percent), now, "{was} {percent}");
        }
    }

    #[test]
    fn results_become_changes() {
        // Alternating: every step is a change.
        assert!((flap_percent(0b1_0101_0101_0101_0101_0101) - 99.0).abs() < 1e-9);
        // Down for good: the one change is as old as it is.
        assert!((flap_percent(0b1) - 5.9).abs() < 1e-9);
        assert!((flap_percent(0b11) - 5.8).abs() < 1e-9);
        assert!(flap_percent((1 << KEPT_RESULTS) - 1).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn stays_in_range_and_ages(recent in 0u32..(1 << KEPT_RESULTS)) {
            let percent = flap_percent(recent);
            prop_assert!((0.0..=99.0).contains(&percent));
            // The same result again never raises it.
            let same = (recent << 1 | (recent & 1)) & ((1 << KEPT_RESULTS) - 1);
            prop_assert!(flap_percent(same) <= percent);
        }
    }
}
