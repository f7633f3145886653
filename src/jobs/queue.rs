//! The queue that wakes consumers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use worker::Queue;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::faults::{Fault, Faults};
use crate::telemetry::{Meter, Operation};

/// The binding of wrangler.toml.
const BINDING: &str = "JOBS";

/// The message: which job to look at. Messages outlive deploys, so they carry a version.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WakeUp {
    v: u8,
    /// The job.
    pub job_id: String,
}

impl WakeUp {
    fn for_job(job_id: &str) -> Self {
        Self {
            v: 1,
            job_id: job_id.to_owned(),
        }
    }

    /// Reads a message; `None` when no version of this program wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text)
            .ok()
            .filter(|message: &Self| message.v == 1)
    }
}

/// The sending side of the queue.
pub struct JobQueue {
    queue: Queue,
    meter: Arc<Meter>,
    faults: Faults,
}

impl JobQueue {
    /// Opens the binding.
    ///
    /// # Errors
    /// When the deployment lacks it.
    pub fn open(context: &Context) -> Result<Self> {
        Ok(Self {
            queue: context.env().queue(BINDING).map_err(Error::internal)?,
            meter: context.meter().clone(),
            faults: context.faults().clone(),
        })
    }

    /// Asks for a consumer.
    pub async fn wake(&self, job_id: &str) -> Result<()> {
        if self.faults.has(Fault::RefuseMessage) {
            return Err(Error::Unavailable(
                "asked to refuse the message by a test".into(),
            ));
        }
        if self.faults.has(Fault::LoseMessage) {
            return Ok(());
        }
        if self.faults.has(Fault::DoubleMessage) {
            self.send(job_id).await?;
        }
        self.send(job_id).await
    }

    /// Whether the queue takes messages: sends one that consumers do not know and so drop.
    #[worker::send]
    pub async fn ping(&self) -> Result<()> {
        self.meter.add(Operation::Queue, 1);
        let sent = self.queue.send("ping").await;
        sent.map_err(|error| Error::Unavailable(format!("queue: {error}")))
    }

    #[worker::send]
    async fn send(&self, job_id: &str) -> Result<()> {
        self.meter.add(Operation::Queue, 1);
        // One string of JSON: the typed serializer of the binding mangles maps.
        let text = serde_json::to_string(&WakeUp::for_job(job_id)).map_err(Error::internal)?;
        let sent = self.queue.send(text).await;
        sent.map_err(|error| Error::Unavailable(format!("queue: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Messages written before a deploy are read after it: this text must stay readable.
    #[test]
    fn the_message_has_its_deployed_form() {
        let text = serde_json::to_string(&WakeUp::for_job("j1")).unwrap();
        assert_eq!(text, r#"{"v":1,"job_id":"j1"}"#);
        assert_eq!(WakeUp::parse(&text), Some(WakeUp::for_job("j1")));
    }

    #[test]
    fn strange_messages_are_known_as_such() {
        for text in ["", "{}", r#"{"v":2,"job_id":"j1"}"#, "[1]"] {
            assert_eq!(WakeUp::parse(text), None, "{text}");
        }
    }
}
