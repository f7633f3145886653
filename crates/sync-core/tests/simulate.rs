//! Thousands of histories on every run of the tests; `examples/sync-simulator.rs` runs more.

mod simulation;

#[test]
fn nothing_is_lost_nothing_is_doubled_and_everybody_agrees() {
    for seed in 0..4000 {
        let history = std::panic::AssertUnwindSafe(|| simulation::run(seed, false));
        if let Err(panic) = std::panic::catch_unwind(history) {
            eprintln!(
                "cargo run --profile simulation -p sync-core --example sync-simulator -- --seed {seed}"
            );
            std::panic::resume_unwind(panic);
        }
    }
}
