//! The algorithm as pure functions. All sums and products are `i128`, which holds them for any
//! input; only results are cut to fit.

/// A budget of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests that may come at once. With 0 none is ever admitted.
    pub burst: u32,
    /// Requests that come back every `period_ms`; 0 counts as 1.
    pub refill: u32,
    /// In milliseconds; 0 counts as the shortest time there is, one microsecond.
    pub period_ms: u32,
}

impl Rate {
    /// `count` requests a second, all of which may come at once.
    pub const fn per_second(count: u32) -> Self {
        Self::per(count, 1000)
    }

    /// `count` requests a minute, all of which may come at once.
    pub const fn per_minute(count: u32) -> Self {
        Self::per(count, 60_000)
    }

    /// `count` requests every `period_ms` milliseconds, all of which may come at once.
    pub const fn per(count: u32, period_ms: u32) -> Self {
        Self {
            burst: count,
            refill: count,
            period_ms,
        }
    }

    /// The same rate with another number of requests that may come at once.
    pub const fn burst(self, burst: u32) -> Self {
        Self { burst, ..self }
    }

    /// Seconds, rounded up, in which a burst that was used up is there again.
    pub fn window_seconds(&self) -> i64 {
        let us = self.interval() * i128::from(self.burst);
        i64::try_from(us.div_euclid(1_000_000) + i128::from(us % 1_000_000 != 0))
            .unwrap_or(i64::MAX)
    }

    /// The microseconds in which one request comes back. Rounded up: the limit holds to the
    /// letter, at the price of less than a microsecond per request.
    fn interval(&self) -> i128 {
        let period = u64::from(self.period_ms) * 1000;
        period.div_ceil(u64::from(self.refill.max(1))).max(1).into()
    }
}

/// What became of a request, and what to tell the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request may pass.
    pub admitted: bool,
    /// The state to keep; unchanged when the request was refused.
    pub state: i64,
    /// Requests of cost 1 that would be admitted right now.
    pub remaining: u32,
    /// Milliseconds until the whole burst is there again.
    pub reset_ms: i64,
    /// Milliseconds until the same request would be admitted; 0 when it was. [`i64::MAX`] when it
    /// never will be, because it costs more than the burst.
    pub retry_after_ms: i64,
}

/// Decides on a request that takes `cost` from the budget.
///
/// `state` is the theoretical arrival time of the algorithm, in microseconds since 1970: when the
/// bucket is full again. A state of 0, or any other in the past, is that of a client never seen.
/// `now_ms` is in milliseconds since 1970; earlier times count as 1970. A clock that goes
/// backwards admits nothing on top: the client waits until it has caught up.
pub fn admit(state: i64, rate: &Rate, now_ms: i64, cost: u32) -> Decision {
    let now = micros(now_ms);
    let interval = rate.interval();
    // The bucket is empty when it takes until then to fill.
    let limit = now + interval * i128::from(rate.burst);
    let wanted = now.max(state.into()) + interval * i128::from(cost);
    // A time past the end of `i64` could not be kept, so it is not granted.
    let admitted = i64::try_from(wanted).ok().filter(|_| wanted <= limit);
    let full_at = now.max(admitted.unwrap_or(state).into());
    Decision {
        admitted: admitted.is_some(),
        state: admitted.unwrap_or(state),
        remaining: u32::try_from((limit - full_at).max(0) / interval).unwrap_or(u32::MAX),
        reset_ms: millis(full_at - now),
        retry_after_ms: match admitted {
            Some(_) => 0,
            None if cost > rate.burst || wanted > i64::MAX.into() => i64::MAX,
            None => millis(wanted - limit),
        },
    }
}

/// The state after `cost` was given back, for a request that shall not count after all. Nothing
/// is saved up beyond a full bucket.
pub fn refund(state: i64, rate: &Rate, cost: u32, now_ms: i64) -> i64 {
    let full_at = i128::from(state) - rate.interval() * i128::from(cost);
    // Between the present and `state`, or `state` itself if that is past: it fits.
    let full_at = full_at.max(micros(now_ms)).min(state.into());
    i64::try_from(full_at).unwrap_or(state)
}

/// Whether a bucket is full at a time, so that its state says no more than that of no bucket.
pub(crate) fn is_full(state: i64, now_ms: i64) -> bool {
    i128::from(state) <= micros(now_ms)
}

fn micros(ms: i64) -> i128 {
    i128::from(ms.max(0)) * 1000
}

/// Rounded up, so that whoever waits as long has waited long enough.
fn millis(micros: i128) -> i64 {
    i64::try_from((micros + 999) / 1000).unwrap_or(i64::MAX)
}
