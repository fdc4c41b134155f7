//! How long to wait before trying again.

use std::time::Duration;

/// Exponential backoff with jitter: between half and all of `base · 2^attempt`, at most `ceiling`.
///
/// `attempt` counts from 0; `fraction` is a random number in `[0, 1)`.
#[must_use]
pub fn backoff(base: Duration, ceiling: Duration, attempt: u32, fraction: f64) -> Duration {
    let full = base
        .saturating_mul(2u32.saturating_pow(attempt.min(30)))
        .min(ceiling);
    full.mul_f64(0.5 + fraction.clamp(0.0, 1.0) * 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_stops_at_the_ceiling() {
        let (base, ceiling) = (Duration::from_secs(2), Duration::from_secs(3600));
        let waits: Vec<_> = (0..40).map(|n| backoff(base, ceiling, n, 0.999)).collect();
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        assert!(waits[39] <= ceiling && waits[39] > ceiling / 2);
        assert!(backoff(base, ceiling, 0, 0.0) == Duration::from_secs(1));
    }
}
