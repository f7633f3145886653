//! The algorithm against a token bucket in exact fractions, and against its promises.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use rate_limit::{Decision, Rate, admit, refund};

const NOW_MS: i64 = 1_800_000_000_000;

static LOGINS: Rate = Rate::per_minute(5).burst(3);

/// The textbook's token bucket. Tokens are counted in fractions of a `period_ms`th, so that
/// `refill` of them arrive every millisecond and nothing is rounded.
struct TokenBucket {
    rate: Rate,
    tokens: u128,
    at_ms: i64,
}

impl TokenBucket {
    fn full(rate: Rate, at_ms: i64) -> Self {
        let tokens = u128::from(rate.burst) * u128::from(rate.period_ms);
        Self {
            rate,
            tokens,
            at_ms,
        }
    }

    fn take(&mut self, now_ms: i64, cost: u32) -> bool {
        let elapsed = u128::try_from(now_ms - self.at_ms).unwrap();
        let period = u128::from(self.rate.period_ms);
        self.at_ms = now_ms;
        self.tokens = (self.tokens + elapsed * u128::from(self.rate.refill))
            .min(u128::from(self.rate.burst) * period);
        let price = u128::from(cost) * period;
        let enough = self.tokens >= price;
        if enough {
            self.tokens -= price;
        }
        enough
    }

    fn remaining(&self) -> u32 {
        u32::try_from(self.tokens / u128::from(self.rate.period_ms)).unwrap()
    }

    fn missing_ms(&self, price: u128) -> i64 {
        let missing = price.saturating_sub(self.tokens);
        i64::try_from(missing.div_ceil(u128::from(self.rate.refill))).unwrap()
    }
}

fn any_rate() -> impl Strategy<Value = Rate> {
    (1..40u32, 1..300u32, 1..120_000u32).prop_map(|(burst, refill, period_ms)| Rate {
        burst,
        refill,
        period_ms,
    })
}

/// Rates whose interval is a whole number of microseconds.
fn exact_rate() -> impl Strategy<Value = Rate> {
    (any_rate(), 1..2000u32).prop_map(|(rate, factor)| Rate {
        period_ms: rate.refill * factor,
        ..rate
    })
}

/// Times between requests, in units of a rate's interval / 8, many of them 0.
fn gaps() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![Just(0), 0..40i64], 1..200)
}

fn gap_ms(rate: &Rate, eighths: i64) -> i64 {
    eighths * i64::from(rate.period_ms) / i64::from(rate.refill) / 8
}

/// What came back in a time at most, rounded up.
fn refilled(rate: &Rate, elapsed_ms: i64) -> i64 {
    let period = i64::from(rate.period_ms);
    (elapsed_ms * i64::from(rate.refill) + period - 1) / period
}

#[test]
fn the_burst_passes_and_then_the_rate() {
    let mut state = 0;
    let mut seen = Vec::new();
    for at in [0, 0, 0, 0, 11_999, 12_000] {
        let decision = admit(state, &LOGINS, NOW_MS + at, 1);
        state = decision.state;
        seen.push((
            decision.admitted,
            decision.remaining,
            decision.reset_ms,
            decision.retry_after_ms,
        ));
    }
    let expected = [
        (true, 2, 12_000, 0),
        (true, 1, 24_000, 0),
        (true, 0, 36_000, 0),
        (false, 0, 36_000, 12_000),
        (false, 0, 24_001, 1),
        (true, 0, 36_000, 0),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn nothing_buys_what_the_burst_cannot_pay() {
    for (rate, cost) in [(LOGINS, 4), (LOGINS.burst(0), 1)] {
        let decision = admit(0, &rate, NOW_MS, cost);
        assert!(!decision.admitted);
        assert_eq!(decision.state, 0);
        assert_eq!(decision.remaining, rate.burst);
        assert_eq!(decision.retry_after_ms, i64::MAX);
    }
}

proptest! {
    #[test]
    fn it_decides_as_a_token_bucket_does(
        rate in exact_rate(),
        requests in prop::collection::vec((prop_oneof![Just(0), 0..40i64], 0..6u32), 1..200),
    ) {
        let mut bucket = TokenBucket::full(rate, NOW_MS);
        let (mut now, mut state) = (NOW_MS, 0);
        for (eighths, cost) in requests {
            now += gap_ms(&rate, eighths);
            let decision = admit(state, &rate, now, cost);
            state = decision.state;
            let admitted = bucket.take(now, cost);
            let period = u128::from(rate.period_ms);
            let retry_after_ms = match admitted {
                true => 0,
                false if cost > rate.burst => i64::MAX,
                false => bucket.missing_ms(u128::from(cost) * period),
            };
            prop_assert_eq!(decision, Decision {
                admitted,
                state,
                remaining: bucket.remaining(),
                reset_ms: bucket.missing_ms(u128::from(rate.burst) * period),
                retry_after_ms,
            });
        }
    }

    #[test]
    fn no_window_sees_more_than_burst_and_refill(rate in any_rate(), gaps in gaps()) {
        let (mut now, mut state) = (NOW_MS, 0);
        let mut admitted = Vec::new();
        for eighths in gaps {
            now += gap_ms(&rate, eighths);
            let decision = admit(state, &rate, now, 1);
            state = decision.state;
            if decision.admitted {
                admitted.push(now);
            }
        }
        for (first, start) in admitted.iter().enumerate() {
            for (last, end) in admitted.iter().enumerate().skip(first) {
                let count = i64::try_from(last - first + 1).unwrap();
                prop_assert!(count <= i64::from(rate.burst) + refilled(&rate, end - start));
            }
        }
    }

    #[test]
    fn who_keeps_to_the_rate_is_never_refused(
        rate in any_rate(),
        late in prop::collection::vec(0..3i64, 1..300),
    ) {
        let interval = i64::from(rate.period_ms.div_ceil(rate.refill));
        let (mut now, mut state) = (NOW_MS, 0);
        for late in late {
            let decision = admit(state, &rate, now, 1);
            prop_assert!(decision.admitted);
            state = decision.state;
            now += interval + late;
        }
    }

    #[test]
    fn remaining_and_waiting_times_are_true(
        rate in any_rate(),
        gaps in gaps(),
        cost in 0..45u32,
    ) {
        let (mut now, mut state) = (NOW_MS, 0);
        for eighths in gaps {
            now += gap_ms(&rate, eighths);
            state = admit(state, &rate, now, 1).state;
        }
        let decision = admit(state, &rate, now, cost);
        if !decision.admitted {
            prop_assert_eq!(decision.state, state);
            let retry = decision.retry_after_ms;
            if cost > rate.burst {
                prop_assert_eq!(retry, i64::MAX);
            } else {
                prop_assert!(!admit(state, &rate, now + retry - 1, cost).admitted);
                prop_assert!(admit(state, &rate, now + retry, cost).admitted);
            }
        }
        let Decision { state, remaining, reset_ms, .. } = decision;
        prop_assert!(admit(state, &rate, now, remaining).admitted);
        prop_assert!(!admit(state, &rate, now, remaining + 1).admitted);
        prop_assert!(admit(state, &rate, now + reset_ms, rate.burst).admitted);
        if reset_ms > 0 {
            prop_assert!(!admit(state, &rate, now + reset_ms - 1, rate.burst).admitted);
        }
    }

    #[test]
    fn a_refund_undoes(rate in any_rate(), before in 0..40u32, cost in 1..40u32) {
        let state = admit(0, &rate, NOW_MS, before).state;
        let decision = admit(state, &rate, NOW_MS, cost);
        if decision.admitted {
            let back = refund(decision.state, &rate, cost, NOW_MS);
            prop_assert_eq!(back, state.max(NOW_MS * 1000));
        }
        // However much is given back, there is no more than the burst.
        let full = refund(decision.state, &rate, u32::MAX, NOW_MS);
        prop_assert_eq!(admit(full, &rate, NOW_MS, 0).remaining, rate.burst);
    }

    #[test]
    fn a_jumping_clock_grants_nothing(
        rate in any_rate(),
        jumps in prop::collection::vec(-100_000..100_000i64, 1..200),
    ) {
        let (mut now, mut state, mut count) = (NOW_MS, 0, 0);
        let (mut first, mut last) = (now, now);
        for jump in jumps {
            now += jump;
            (first, last) = (first.min(now), last.max(now));
            let decision = admit(state, &rate, now, 1);
            state = decision.state;
            count += i64::from(decision.admitted);
        }
        prop_assert!(count <= i64::from(rate.burst) + refilled(&rate, last - first));
    }

    #[test]
    fn no_input_overflows_or_grants_more(
        state in any::<i64>(),
        now in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -5..5i64],
        burst in any::<u32>(),
        refill in any::<u32>(),
        period_ms in any::<u32>(),
        cost in any::<u32>(),
    ) {
        let rate = Rate { burst, refill, period_ms };
        let decision = admit(state, &rate, now, cost);
        prop_assert!(decision.remaining <= burst);
        prop_assert!(decision.reset_ms >= 0 && decision.retry_after_ms >= 0);
        if decision.admitted {
            prop_assert!(cost <= burst && decision.remaining <= burst - cost);
            prop_assert!(!admit(decision.state, &rate, now, burst - cost + 1).admitted);
        } else {
            prop_assert_eq!(decision.state, state);
        }
        prop_assert!(refund(state, &rate, cost, now) <= state);
    }

    #[test]
    fn at_the_end_of_time_nothing_is_free(burst in 1..50u32, now in i64::MAX / 1000 - 9..i64::MAX / 1000 + 9) {
        let rate = Rate::per_second(10).burst(burst);
        let (mut state, mut count) = (0, 0);
        for _ in 0..100 {
            let decision = admit(state, &rate, now, 1);
            state = decision.state;
            count += u32::from(decision.admitted);
        }
        prop_assert!(count <= burst);
    }
}
