//! What a request or a job carries with it: who asks, when, and the instrumented bindings.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::extract::FromRequestParts;
use dialect::Dialect;
use http::request::Parts;
use uuid::Uuid;
use worker::Env;

use crate::auth::{BodyDigest, Caller};
use crate::config::{Config, Environment};
use crate::db::{Db, Group, KeyedRun};
use crate::error::{Error, Result};
use crate::faults::Faults;
use crate::hash::random;
use crate::jobs::JobQueue;
use crate::limits::Spent;
use crate::realtime::Rooms;
use crate::storage::{Cache, Files};
use crate::telemetry::{Level, Meter, Record, Trace};

/// Where work comes from.
#[derive(Debug, Default)]
pub struct Origin {
    /// The caller's `X-Request-ID`, if it may be kept.
    pub request_id: Option<String>,
    /// The caller's `traceparent`.
    pub traceparent: Option<String>,
    /// Method, or the kind of event.
    pub method: String,
    /// Normalized path, or the name of what was called.
    pub path: String,
    /// The app's installation, as it says.
    pub device_id: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The network address of the client, grouped as one subscriber has them.
    pub address: Option<String>,
    /// Path and query as they were sent.
    pub target: String,
    /// Takes in the body of a signed request.
    pub body_digest: Option<BodyDigest>,
    /// The origin that the client used: `https://api.example.org`.
    pub base_url: String,
    /// City and country of the client, as the network sees it.
    pub place: Option<String>,
    /// Faults that a test asked for.
    pub faults: Faults,
}

/// The context of one request or job. Cheap to clone.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    env: Env,
    runtime: Option<Arc<worker::Context>>,
    config: &'static Config,
    meter: Arc<Meter>,
    request_id: String,
    trace: Trace,
    origin: Origin,
    dialect: Dialect,
    started_ms: i64,
    user_id: OnceLock<String>,
    spent: Mutex<Option<Spent>>,
    keyed_run: Mutex<Option<Arc<KeyedRun>>>,
    outer: Option<Outer>,
}

/// What a request that another one makes of us has from it.
#[derive(Clone)]
pub struct Outer {
    /// Who makes it.
    pub caller: Option<Caller>,
    /// Where its questions to the database meet those of others.
    pub group: Option<Group>,
}

impl Context {
    /// A context for work that begins now.
    pub fn new(env: Env, runtime: Option<worker::Context>, mut origin: Origin) -> Self {
        let request_id = origin
            .request_id
            .take()
            .unwrap_or_else(|| format!("req_{}", Uuid::new_v4().simple()));
        Self(Arc::new(Inner {
            config: Config::of(&env),
            env,
            runtime: runtime.map(Arc::new),
            meter: Arc::default(),
            request_id,
            trace: Trace::continue_from(origin.traceparent.as_deref(), random()),
            dialect: Dialect::of(&origin.path),
            origin,
            started_ms: now_ms(),
            user_id: OnceLock::new(),
            spent: Mutex::default(),
            keyed_run: Mutex::default(),
            outer: None,
        }))
    }

    /// The context of a request that this one makes of us: it counts on the same meter and has the
    /// same ids, client and place in the trace.
    pub fn inner(
        &self,
        method: &str,
        path: String,
        target: String,
        faults: Faults,
        outer: Outer,
    ) -> Self {
        let own = &self.0;
        let origin = Origin {
            method: method.to_owned(),
            path,
            target,
            request_id: None,
            traceparent: None,
            body_digest: None,
            device_id: own.origin.device_id.clone(),
            user_agent: own.origin.user_agent.clone(),
            address: own.origin.address.clone(),
            base_url: own.origin.base_url.clone(),
            place: own.origin.place.clone(),
            faults,
        };
        Self(Arc::new(Inner {
            env: own.env.clone(),
            runtime: own.runtime.clone(),
            config: own.config,
            meter: own.meter.clone(),
            request_id: own.request_id.clone(),
            trace: own.trace.clone(),
            dialect: Dialect::of(&origin.path),
            origin,
            started_ms: now_ms(),
            user_id: own.user_id.clone(),
            spent: Mutex::default(),
            keyed_run: Mutex::default(),
            outer: Some(outer),
        }))
    }

    /// Who made this request of us from inside another one; `None` for one that came by itself.
    pub fn outer(&self) -> Option<&Outer> {
        self.0.outer.as_ref()
    }

    /// Where the questions to the database meet those of others.
    pub fn group(&self) -> Option<&Group> {
        self.outer()?.group.as_ref()
    }

    /// From now on the request is carried out under this key; `None` when it is over.
    pub fn set_keyed_run(&self, run: Option<Arc<KeyedRun>>) {
        if let Ok(mut slot) = self.0.keyed_run.lock() {
            *slot = run;
        }
    }

    /// The key that the request is carried out under.
    pub fn keyed_run(&self) -> Option<Arc<KeyedRun>> {
        self.0.keyed_run.lock().ok()?.clone()
    }

    /// The request's id, the caller's or our own.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The place in the distributed trace.
    pub fn trace(&self) -> &Trace {
        &self.0.trace
    }

    /// The normalized path.
    pub fn path(&self) -> &str {
        &self.0.origin.path
    }

    /// Path and query as they were sent.
    pub fn target(&self) -> &str {
        &self.0.origin.target
    }

    /// The digest of the body of a signed request, as far as it was read.
    pub fn body_digest(&self) -> Option<&BodyDigest> {
        self.0.origin.body_digest.as_ref()
    }

    /// How the client wants answers presented.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// The app's installation as the `X-Device-ID` header says.
    pub fn device_id(&self) -> Option<&str> {
        self.0.origin.device_id.as_deref()
    }

    /// What the client calls itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.0.origin.user_agent.as_deref()
    }

    /// The network address of the client; `local` on a laptop, where everybody has the same.
    pub fn address(&self) -> &str {
        self.0.origin.address.as_deref().unwrap_or("local")
    }

    /// Whether there is an address to tell clients apart by.
    pub fn has_address(&self) -> bool {
        self.0.origin.address.is_some()
    }

    /// City and country of the client.
    pub fn place(&self) -> Option<&str> {
        self.0.origin.place.as_deref()
    }

    /// The address of this service in links: `PUBLIC_URL`, else the origin that the client used.
    pub fn public_url(&self) -> String {
        let configured = self.variable("PUBLIC_URL").filter(|url| !url.is_empty());
        let url = configured.unwrap_or_else(|| self.0.origin.base_url.clone());
        url.trim_end_matches('/').to_owned()
    }

    /// The operator's settings.
    pub fn config(&self) -> &'static Config {
        self.0.config
    }

    /// A secret or variable of the Worker.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.0.env.var(name).ok().map(|value| value.to_string())
    }

    /// The faults that a test asked for.
    pub fn faults(&self) -> &Faults {
        &self.0.origin.faults
    }

    /// The counts of this request's operations.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.0.meter
    }

    /// Milliseconds since 1970. The runtime's clock stands still between two operations.
    pub fn now_ms(&self) -> i64 {
        now_ms()
    }

    /// Wall time since the work began, milliseconds.
    pub fn elapsed_ms(&self) -> i64 {
        now_ms() - self.0.started_ms
    }

    /// Notes who is asking, for the log. The first call counts.
    pub fn set_user_id(&self, user_id: &str) {
        let _ = self.0.user_id.set(user_id.to_owned());
    }

    /// Notes the budget that the request was counted against, for the answer's headers. The last
    /// call counts.
    pub fn set_spent(&self, spent: Spent) {
        if let Ok(mut slot) = self.0.spent.lock() {
            *slot = Some(spent);
        }
    }

    /// The budget that the request was counted against.
    pub fn spent(&self) -> Option<Spent> {
        self.0.spent.lock().ok().and_then(|spent| *spent)
    }

    /// Relational data.
    pub fn db(&self) -> Result<Db> {
        Db::open(self)
    }

    /// Scan files and results.
    pub fn files(&self) -> Result<Files> {
        Files::open(self)
    }

    /// Short-lived values.
    pub fn cache(&self) -> Result<Cache> {
        Cache::open(self)
    }

    /// The queue that wakes job consumers.
    pub fn job_queue(&self) -> Result<JobQueue> {
        JobQueue::open(self)
    }

    /// The per-user rooms.
    pub fn rooms(&self) -> Result<Rooms> {
        Rooms::open(self)
    }

    /// The raw bindings, for the wrappers above.
    pub(crate) fn env(&self) -> &Env {
        &self.0.env
    }

    /// The size of the Worker's memory, which never shrinks; not told in production.
    pub fn wasm_memory_bytes(&self) -> Option<u64> {
        const PAGE: u64 = 64 << 10;
        #[cfg(target_arch = "wasm32")]
        let pages = core::arch::wasm32::memory_size(0) as u64;
        #[cfg(not(target_arch = "wasm32"))]
        let pages = 0;
        (self.config().environment != Environment::Production).then_some(pages * PAGE)
    }

    /// Waits a while, for instance for others who were faster.
    #[worker::send]
    pub async fn sleep(&self, ms: u64) {
        worker::Delay::from(Duration::from_millis(ms)).await;
    }

    /// Lets work go on after the answer, for at most 30 s and without a promise: what matters is
    /// a job's row.
    pub fn after_response(&self, work: impl Future<Output = ()> + 'static) {
        // In a box, or the platform's part of it would be compiled anew for each kind of work.
        let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
        match &self.0.runtime {
            Some(runtime) => runtime.wait_until(work),
            None => wasm_bindgen_futures::spawn_local(work),
        }
    }

    /// A log line with the ids of this request.
    pub fn record(&self, level: Level, message: impl Into<String>) -> Record {
        let inner = &self.0;
        Record::new(level, self.now_ms(), message)
            .with("request_id", inner.request_id.as_str())
            .with("trace_id", inner.trace.trace_id())
            .with("user_id", inner.user_id.get().map(String::as_str))
            .with("device_id", self.device_id())
    }

    /// The line that closes a request or a job: what it was, how it ended, what it cost.
    pub fn record_end(&self, message: impl Into<String>) -> Record {
        use crate::telemetry::Operation::*;
        let usage = self.meter().usage();
        self.record(Level::Info, message)
            .with("method", self.0.origin.method.as_str())
            .with("path", self.path())
            .with("latency_ms", self.elapsed_ms())
            .with("d1_trips", usage.count(D1Trip))
            .with("d1_rows_read", usage.count(D1RowRead))
            .with("d1_rows_written", usage.count(D1RowWritten))
            .with("cost_nano_dollars", usage.cost_nano_dollars())
    }
}

fn now_ms() -> i64 {
    // Milliseconds fit a double exactly for the next 280,000 years.
    js_sys::Date::now() as i64
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("the request has no context"))
    }
}
