//! KV: values that may be seen late elsewhere, so never a truth.

use std::sync::Arc;

use worker::KvStore;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "CACHE";

/// The key-value store.
pub struct Cache {
    store: KvStore,
    meter: Arc<Meter>,
}

impl Cache {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            store: context.env().kv(BINDING).map_err(Error::internal)?,
            meter: context.meter().clone(),
        })
    }

    /// The value of a key as this location sees it.
    #[worker::send]
    pub async fn get(&self, key: &str) -> Result<Option<String>> {
        self.meter.add(Operation::KvRead, 1);
        let value = self.store.get(key).text().await;
        value.map_err(|error| Error::Unavailable(format!("KV read: {error}")))
    }

    /// Keeps a value for `seconds`, at least 60: KV takes no less.
    #[worker::send]
    pub async fn put(&self, key: &str, value: &str, seconds: i64) -> Result<()> {
        self.meter.add(Operation::KvWrite, 1);
        let failed = |error: worker::KvError| Error::Unavailable(format!("KV write: {error}"));
        let put = self.store.put(key, value).map_err(failed)?;
        let seconds = u64::try_from(seconds).unwrap_or_default().max(60);
        put.expiration_ttl(seconds).execute().await.map_err(failed)
    }
}
