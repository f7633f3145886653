//! What operators set: plain variables of wrangler.toml, read once per isolate.

use std::sync::OnceLock;

use worker::Env;

/// Where the Worker runs; decides how much it tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A laptop, or CI.
    Development,
    /// As production, but chatty.
    Staging,
    /// Real users.
    Production,
}

/// The settings.
#[derive(Debug)]
pub struct Config {
    /// Where the Worker runs. Anything unknown counts as production, the strictest.
    pub environment: Environment,
    /// How long a consumer may hold a job without a sign of life.
    pub job_lease_ms: i64,
    /// Whether requests may ask for faults (tests only, see `faults.rs`).
    pub allows_faults: bool,
    /// Whether nobody is over a budget (tests only): they open a thousand sockets in a breath.
    pub ignores_budgets: bool,
    /// The rooms.
    pub realtime: RealtimeConfig,
}

/// The settings of the rooms (`src/realtime`).
#[derive(Debug)]
pub struct RealtimeConfig {
    /// Raw sockets and streams that a user may have open.
    pub max_connections: usize,
    /// How often a socket without a timer of its protocol's own is asked whether it is there.
    pub heartbeat_ms: i64,
    /// How long the answer may take.
    pub patience_ms: i64,
    /// How often a query socket is pinged (CONTRACT 2.1).
    pub query_ping_ms: i64,
    /// How long its pong may take.
    pub query_patience_ms: i64,
    /// Events that a room keeps.
    pub kept_events: i64,
}

/// The version of the Worker and its API.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Config {
    /// The settings of this isolate.
    pub fn of(env: &Env) -> &'static Self {
        static CONFIG: OnceLock<Config> = OnceLock::new();
        CONFIG.get_or_init(|| Self::read(env))
    }

    fn read(env: &Env) -> Self {
        let var = |name: &str| env.var(name).ok().map(|value| value.to_string());
        let environment = match var("ENVIRONMENT").as_deref() {
            Some("development") => Environment::Development,
            Some("staging") => Environment::Staging,
            _ => Environment::Production,
        };
        let lease_seconds = var("JOB_LEASE_SECONDS")
            .and_then(|seconds| seconds.parse::<i64>().ok())
            .filter(|seconds| (1..=900).contains(seconds))
            .unwrap_or(30);
        let allows_faults =
            environment == Environment::Development && var("FAULTS").as_deref() == Some("on");
        // Tests cannot wait minutes, nor publish 100,000 events.
        let in_tests = |name: &str, otherwise| {
            let wanted = allows_faults.then(|| var(name)?.parse().ok()).flatten();
            wanted.unwrap_or(otherwise)
        };
        let max_connections = var("MAX_SOCKETS_PER_USER").and_then(|count| count.parse().ok());
        Self {
            environment,
            job_lease_ms: lease_seconds * 1000,
            allows_faults,
            ignores_budgets: allows_faults && var("BUDGETS").as_deref() == Some("off"),
            realtime: RealtimeConfig {
                max_connections: max_connections.unwrap_or(64),
                heartbeat_ms: in_tests("SOCKET_HEARTBEAT_MS", 300_000),
                patience_ms: in_tests("SOCKET_PATIENCE_MS", 30_000),
                query_ping_ms: in_tests("QUERY_PING_MS", 30_000),
                query_patience_ms: in_tests("QUERY_PATIENCE_MS", 10_000),
                kept_events: in_tests("EVENT_LOG_KEEPS", 100_000),
            },
        }
    }
}
