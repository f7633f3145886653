//! How patient the pipeline is. Times are milliseconds.

/// Consumers that may try a job before it fails.
pub const MAX_ATTEMPTS: i64 = 5;

/// A job that did not finish within an hour fails, so that pollers stop.
const DEADLINE_MS: i64 = 3600 * 1000;

/// After this long without a consumer, a message counts as lost.
const PATIENCE_WITH_QUEUE_MS: i64 = 15_000;

/// After this long the sweep sends a message again.
const PATIENCE_WITH_RESENT_MS: i64 = 60_000;

/// After this long the sweep announces the end of a job whose consumer did not.
const PATIENCE_WITH_ANNOUNCER_MS: i64 = 10_000;

const FIRST_RETRY_MS: i64 = 2_000;
const LONGEST_RETRY_MS: i64 = 120_000;

/// No job waits for longer, whatever it was told.
const LONGEST_PAUSE_MS: i64 = 15 * 60_000;

/// When a job that is created now must be finished.
pub fn deadline(now: i64) -> i64 {
    now + DEADLINE_MS
}

/// When the sweep first looks at a job that is created now.
pub fn first_sweep(now: i64) -> i64 {
    now + PATIENCE_WITH_QUEUE_MS
}

/// When the sweep looks again at a job that it re-sent now.
pub fn next_sweep(now: i64) -> i64 {
    now + PATIENCE_WITH_RESENT_MS
}

/// When the sweep announces a job that ends now, unless its consumer has.
pub fn announce_at(now: i64) -> i64 {
    now + PATIENCE_WITH_ANNOUNCER_MS
}

/// How long to wait after attempt number `attempt` (from 1) failed: doubling, bounded.
pub fn retry_delay(attempt: i64) -> i64 {
    let doublings = attempt.clamp(1, 16) - 1;
    (FIRST_RETRY_MS << doublings).min(LONGEST_RETRY_MS)
}

/// The same where somebody wants to be left alone for `pause` milliseconds.
pub fn retry_delay_after(attempts: i64, pause: i64) -> i64 {
    retry_delay(attempts).max(pause.min(LONGEST_PAUSE_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_wait_longer_and_longer_within_bounds() {
        let delays: Vec<_> = (1..=MAX_ATTEMPTS).map(retry_delay).collect();
        assert_eq!(delays, [2_000, 4_000, 8_000, 16_000, 32_000]);
        assert_eq!(retry_delay(i64::MAX), LONGEST_RETRY_MS);
        assert_eq!(retry_delay(i64::MIN), FIRST_RETRY_MS);
    }

    #[test]
    fn a_wish_to_be_left_alone_is_granted_within_reason() {
        assert_eq!(retry_delay_after(1, 0), 2_000);
        assert_eq!(retry_delay_after(1, 60_000), 60_000);
        assert_eq!(retry_delay_after(1, i64::MAX), LONGEST_PAUSE_MS);
        assert!(
            MAX_ATTEMPTS * LONGEST_PAUSE_MS > deadline(0),
            "the deadline ends it"
        );
    }

    #[test]
    fn all_retries_fit_before_the_deadline() {
        let waiting: i64 = (1..=MAX_ATTEMPTS)
            .map(|attempt| retry_delay(attempt) + PATIENCE_WITH_RESENT_MS)
            .sum();
        assert!(waiting < deadline(0));
    }
}
