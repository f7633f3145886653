//! The store stays small and forgets only what it may.

use std::collections::HashSet;

use proptest::prelude::*;
use rate_limit::{Buckets, Rate};

const NOW_MS: i64 = 1_800_000_000_000;

static RATE: Rate = Rate::per_second(10).burst(5);

#[test]
fn every_key_has_its_own_bucket() {
    let mut buckets = Buckets::new(10);
    for left in (0..5).rev() {
        for key in [1, 2] {
            let decision = buckets.take(key, &RATE, NOW_MS);
            assert!(decision.admitted);
            assert_eq!(decision.remaining, left);
        }
    }
    assert!(!buckets.take(1, &RATE, NOW_MS).admitted);
    assert!(buckets.take(1, &RATE, NOW_MS + 100).admitted);
    assert_eq!(buckets.len(), 2);
}

#[test]
fn a_flood_of_keys_does_not_wash_away_the_spender() {
    let mut buckets = Buckets::new(100);
    while buckets.take(0, &RATE, NOW_MS).admitted {}
    for key in 1..100_000 {
        assert!(buckets.take(key, &RATE, NOW_MS).admitted);
        assert!(buckets.len() <= 100);
    }
    assert!(!buckets.take(0, &RATE, NOW_MS).admitted);
}

#[test]
fn full_buckets_go_first() {
    let mut buckets = Buckets::new(100);
    for key in 0..70 {
        buckets.take(key, &RATE, NOW_MS);
    }
    // By now those are full.
    for key in 70..101 {
        buckets.take(key, &RATE, NOW_MS + 100);
    }
    assert_eq!(buckets.len(), 31);
    assert_eq!(buckets.take(70, &RATE, NOW_MS + 100).remaining, 3);
}

#[test]
fn a_refused_newcomer_takes_no_place() {
    let mut buckets = Buckets::new(0);
    assert!(!buckets.take(1, &RATE.burst(0), NOW_MS).admitted);
    assert!(buckets.is_empty());
    for key in 1..4 {
        assert!(buckets.take(key, &RATE, NOW_MS).admitted);
        assert_eq!(buckets.len(), 1);
    }
}

proptest! {
    #[test]
    fn it_stays_within_its_capacity_and_admits_newcomers(
        capacity in 0..20usize,
        requests in prop::collection::vec((0..40u64, -50..200i64), 1..400),
    ) {
        let mut buckets = Buckets::new(capacity);
        let mut seen = HashSet::new();
        let mut now = NOW_MS;
        for (key, elapsed) in requests {
            now += elapsed;
            let decision = buckets.take(key, &RATE, now);
            prop_assert!(buckets.len() <= capacity.max(1));
            if seen.insert(key) {
                prop_assert!(decision.admitted);
                prop_assert_eq!(decision.remaining, RATE.burst - 1);
            }
        }
    }

    #[test]
    fn enough_room_forgets_nothing(
        requests in prop::collection::vec((0..20u64, 0..200i64), 1..400),
    ) {
        let mut enough = Buckets::new(20);
        let mut large = Buckets::new(1000);
        let mut now = NOW_MS;
        for (key, elapsed) in requests {
            now += elapsed;
            prop_assert_eq!(enough.take(key, &RATE, now), large.take(key, &RATE, now));
        }
    }
}
