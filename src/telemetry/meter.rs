//! Counts of the binding operations of one request or job, and their price.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A kind of operation that the platform bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A round trip to D1; free in itself, but the slowest thing in a request.
    D1Trip,
    /// A row that D1 read.
    D1RowRead,
    /// A row that D1 wrote, indexes included.
    D1RowWritten,
    /// A KV read.
    KvRead,
    /// A KV write, delete or list.
    KvWrite,
    /// An R2 operation that changes or lists.
    R2ClassA,
    /// An R2 read.
    R2ClassB,
    /// A queue operation of up to 64 kB.
    Queue,
    /// A request to a Durable Object.
    Object,
}

const OPERATIONS: usize = 9;

/// Nano-dollars each, from the marginal prices of November 2026 (docs/operations.md).
const PRICES: [u64; OPERATIONS] = [0, 1, 1_000, 500, 5_000, 4_500, 360, 400, 150];

/// Nano-dollars for being called at all.
const PRICE_OF_REQUEST: u64 = 300;

/// Counts up while a request runs; shared by all its bindings.
#[derive(Debug, Default)]
pub struct Meter {
    counts: [AtomicU64; OPERATIONS],
}

/// A meter as read at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    counts: [u64; OPERATIONS],
}

impl Meter {
    /// Counts `times` operations.
    pub fn add(&self, operation: Operation, times: u64) {
        self.counts[operation as usize].fetch_add(times, Relaxed);
    }

    /// What was counted so far.
    pub fn usage(&self) -> Usage {
        Usage {
            counts: std::array::from_fn(|index| self.counts[index].load(Relaxed)),
        }
    }
}

impl Usage {
    /// How often an operation was made.
    pub fn count(&self, operation: Operation) -> u64 {
        self.counts[operation as usize]
    }

    /// Price in nano-dollars without CPU time, which the runtime hides from the code it runs.
    pub fn cost_nano_dollars(&self) -> u64 {
        let operations: u64 = self
            .counts
            .iter()
            .zip(PRICES)
            .map(|(n, price)| n * price)
            .sum();
        PRICE_OF_REQUEST + operations
    }

    /// The value of a `Server-Timing` header; `total_ms` is the wall time.
    pub fn server_timing(&self, total_ms: i64) -> String {
        use Operation::*;
        let of = |operation| self.count(operation);
        format!(
            "d1;desc=\"trips={} rows_read={} rows_written={}\", kv;desc=\"reads={} writes={}\", \
             r2;desc=\"a={} b={}\", queue;desc=\"ops={}\", do;desc=\"calls={}\", total;dur={total_ms}",
            of(D1Trip),
            of(D1RowRead),
            of(D1RowWritten),
            of(KvRead),
            of(KvWrite),
            of(R2ClassA),
            of(R2ClassB),
            of(Queue),
            of(Object),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_submission_costs_what_the_price_table_says() {
        let meter = Meter::default();
        meter.add(Operation::D1Trip, 2);
        meter.add(Operation::D1RowRead, 3);
        meter.add(Operation::D1RowWritten, 4);
        meter.add(Operation::R2ClassA, 1);
        meter.add(Operation::Queue, 1);
        let usage = meter.usage();
        assert_eq!(usage.cost_nano_dollars(), 300 + 3 + 4_000 + 4_500 + 400);
        assert!(
            usage
                .server_timing(12)
                .starts_with("d1;desc=\"trips=2 rows_read=3 rows_written=4\"")
        );
    }
}
