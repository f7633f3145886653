//! The sweep without cron: `wrangler dev` never fires cron triggers, so in development an object's
//! alarm sweeps as long as any job is unfinished. In production nothing calls it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::sweep::sweep;
use crate::config::Environment;
use crate::context::{Context, Origin};
use crate::telemetry::{Level, Operation};

/// The binding of wrangler.toml, and the one object in it.
const BINDING: &str = "SWEEPER";
const NAME: &str = "sweeper";

const PERIOD: Duration = Duration::from_secs(5);

/// The object behind the alarm. Stores nothing but the alarm itself.
#[durable_object]
pub struct Sweeper {
    state: State,
    env: Env,
}

impl DurableObject for Sweeper {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, _: Request) -> Result<Response> {
        self.arm().await?;
        Response::empty()
    }

    async fn alarm(&self) -> Result<Response> {
        let origin = Origin {
            method: "ALARM".into(),
            path: NAME.into(),
            ..Origin::default()
        };
        let context = Context::new(self.env.clone(), None, origin);
        let goes_on = match sweep(&context).await {
            Ok(has_unfinished) => has_unfinished,
            Err(error) => {
                let detail = error.log_text();
                context
                    .record(Level::Error, "Sweep failed")
                    .with("error", detail)
                    .write();
                true
            }
        };
        if goes_on {
            self.arm().await?;
        }
        Response::empty()
    }
}

impl Sweeper {
    async fn arm(&self) -> Result<()> {
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(PERIOD).await?;
        }
        Ok(())
    }
}

/// Makes sure that the alarm is set, in development only.
pub async fn arm_sweeper(context: &Context) {
    if context.config().environment != Environment::Development {
        return;
    }
    if let Err(error) = call(context).await {
        let detail = error.to_string();
        context
            .record(Level::Warn, "Sweeper could not be armed")
            .with("error", detail)
            .write();
    }
}

/// Once per isolate: a job may be left over from a process that was killed.
pub fn arm_sweeper_at_start(context: &Context) {
    static IS_ARMED: AtomicBool = AtomicBool::new(false);
    let is_wanted = context.config().environment == Environment::Development;
    if is_wanted && !IS_ARMED.swap(true, Relaxed) {
        let context = context.clone();
        context
            .clone()
            .after_response(async move { arm_sweeper(&context).await });
    }
}

#[worker::send]
async fn call(context: &Context) -> Result<()> {
    context.meter().add(Operation::Object, 1);
    let namespace = context.env().durable_object(BINDING)?;
    namespace
        .get_by_name(NAME)?
        .fetch_with_str("https://sweeper/arm")
        .await?;
    Ok(())
}
