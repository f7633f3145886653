//! What cron triggers do: sweep the jobs every minute, clean up once a day.

use worker::Env;

use crate::context::{Context, Origin};
use crate::jobs::{clean_up, sweep};
use crate::telemetry::Level;

/// The daily trigger of wrangler.toml; every other one sweeps.
const DAILY: &str = "17 3 * * *";

/// Runs what is due.
pub async fn run(cron: &str, env: Env) {
    let origin = Origin {
        method: "CRON".into(),
        path: cron.into(),
        ..Origin::default()
    };
    let context = Context::new(env, None, origin);
    let outcome = if cron == DAILY {
        clean_up(&context).await
    } else {
        sweep(&context).await.map(|_| ())
    };
    if let Err(error) = outcome {
        let detail = error.log_text();
        context
            .record(Level::Error, "Maintenance failed")
            .with("error", detail)
            .write();
    }
    context
        .record_end(format!("Maintenance of {cron} ended"))
        .write();
}
