//! Thousands of histories on every run of the tests; `npm run simulate` runs more.
#![allow(clippy::unwrap_used)]

mod simulation;

#[test]
fn nothing_is_lost_nothing_is_doubled_and_everybody_agrees() {
    let mut total = simulation::Figures::default();
    for seed in 0..5000 {
        let history = std::panic::AssertUnwindSafe(|| simulation::run(seed, false));
        match std::panic::catch_unwind(history) {
            Ok(figures) => total.add(&figures),
            Err(_) => panic!("its story: npm run simulate -- --seed {seed}"),
        }
    }
    // It is only worth something if all of this happens.
    let happened = [
        total.applied,
        total.duplicates,
        total.conflicts,
        total.rejected,
        total.retries,
        total.swaps_failed,
        total.crashes,
        total.replies_lost,
        total.reinstalls,
    ];
    assert!(happened.iter().all(|&count| count > 300), "{total:?}");
}
