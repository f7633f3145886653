//! Lives through many made-up histories of phones and a server, and stops at the first that goes
//! wrong.
//!
//! `npm run simulate -- --seeds 300000 [--from 0]`; `--seed N` tells the story of one.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic
)]

#[path = "../tests/simulation/mod.rs"]
mod simulation;

use std::time::Instant;

use simulation::Figures;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    if let Some(seed) = number("--seed") {
        println!("{:#?}", simulation::run(seed, true));
        return;
    }
    let from = number("--from").unwrap_or(0);
    let count = number("--seeds").unwrap_or(10_000);
    let start = Instant::now();
    let mut total = Figures::default();
    for seed in from..from + count {
        let history = std::panic::AssertUnwindSafe(|| simulation::run(seed, false));
        match std::panic::catch_unwind(history) {
            Ok(figures) => total.add(&figures),
            Err(_) => {
                println!("seed {seed} went wrong; its story: npm run simulate -- --seed {seed}");
                std::process::exit(1);
            }
        }
    }
    println!("{total:#?}");
    println!("{:.1} s", start.elapsed().as_secs_f64());
}
