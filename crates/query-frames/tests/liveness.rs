//! When clients are pinged and given up, and what they follow.

use proptest::prelude::*;
use query_frames::{Due, Liveness, MAX_QUERIES, Subscriptions, Timers, TooMany};

/// Asks whenever told to, and says what was due when, in seconds. The client answers the pings
/// that `answers` says yes to, one second after them.
fn life(seconds: i64, answers: impl Fn(usize) -> bool) -> Vec<(i64, Due)> {
    let timers = Timers::default();
    let mut liveness = Liveness::new(0);
    let mut events = Vec::new();
    let mut pings = 0;
    let mut now = 0;
    while now <= seconds * 1000 {
        let due = liveness.check(now, &timers);
        if due != Due::Nothing {
            events.push((now / 1000, due));
        }
        match due {
            Due::Dead => break,
            Due::Ping => {
                if answers(pings) {
                    liveness.heard();
                }
                pings += 1;
            }
            Due::Nothing => {}
        }
        now = liveness.next_check(&timers).max(now + 1);
    }
    events
}

#[test]
fn a_client_that_answers_is_pinged_every_30_seconds() {
    let pings: Vec<_> = (1..=10).map(|ping| (ping * 30, Due::Ping)).collect();
    assert_eq!(life(300, |_| true), pings);
}

#[test]
fn two_missed_pings_are_the_end() {
    assert_eq!(
        life(300, |_| false),
        [(30, Due::Ping), (60, Due::Ping), (70, Due::Dead)]
    );
    assert_eq!(
        life(300, |ping| ping == 0),
        [
            (30, Due::Ping),
            (60, Due::Ping),
            (90, Due::Ping),
            (100, Due::Dead)
        ]
    );
}

#[test]
fn one_missed_ping_is_forgiven() {
    assert_eq!(life(300, |ping| ping % 2 == 1).len(), 10);
}

#[test]
fn a_late_alarm_kills_nobody_at_once() {
    let timers = Timers::default();
    let mut liveness = Liveness::new(0);
    assert_eq!(liveness.check(3_600_000, &timers), Due::Ping);
    assert_eq!(liveness.check(7_200_000, &timers), Due::Ping);
    assert!(liveness.heard());
    assert!(!liveness.heard());
    assert_eq!(liveness.check(10_800_000, &timers), Due::Ping);
}

#[test]
fn liveness_survives_an_eviction() {
    let timers = Timers::default();
    let mut liveness = Liveness::new(0);
    liveness.check(30_000, &timers);
    liveness.check(60_000, &timers);
    let kept = serde_json::to_string(&liveness).expect("it serializes");
    let mut liveness: Liveness = serde_json::from_str(&kept).expect("and back");
    assert_eq!(liveness.check(70_000, &timers), Due::Dead);
}

#[test]
fn a_socket_follows_a_bounded_number_of_queries() {
    let mut subscriptions = Subscriptions::default();
    for query in 0..MAX_QUERIES {
        assert_eq!(subscriptions.follow(&query.to_string()), Ok(true));
    }
    assert_eq!(subscriptions.follow("0"), Ok(false), "once is enough");
    assert_eq!(subscriptions.follow("one more"), Err(TooMany));
    assert!(subscriptions.leave("0"));
    assert!(!subscriptions.leave("0"));
    assert!(!subscriptions.follows("0"));
    assert_eq!(subscriptions.follow("one more"), Ok(true));
}

proptest! {
    #[test]
    fn clocks_may_do_what_they_want(times in prop::collection::vec(any::<i64>(), 0..50)) {
        let mut liveness = Liveness::new(times.first().copied().unwrap_or(0));
        for now in times {
            liveness.check(now, &Timers::default());
            liveness.next_check(&Timers::default());
        }
    }

    #[test]
    fn whoever_is_heard_from_never_dies(gaps in prop::collection::vec(0_i64..100_000, 0..50)) {
        let mut liveness = Liveness::new(0);
        let mut now = 0;
        for gap in gaps {
            now += gap;
            liveness.heard();
            prop_assert_ne!(liveness.check(now, &Timers::default()), Due::Dead);
        }
    }
}
