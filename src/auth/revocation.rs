//! Making it known that sessions have ended.
//!
//! D1 is the truth, and every request asks it: reads and writes of an ended session are refused at
//! once, everywhere. What stands here is the rest: open streams and sockets are closed, and two
//! lists spare D1 the questions of clients that do not give up. Neither list can let anybody in.

use std::cell::RefCell;
use std::collections::HashSet;

use super::tokens::LONGEST_ACCESS_SECONDS;
use crate::context::Context;
use crate::telemetry::Level;

/// Sessions that an isolate remembers to have ended.
const CAPACITY: usize = 10_000;

thread_local! {
    static DEAD: RefCell<HashSet<String>> = RefCell::default();
}

/// Tells everybody that sessions of a user ended, after D1 knows. Runs beside the answer.
pub fn announce_end(context: &Context, user_id: &str, session_ids: Vec<String>) {
    if session_ids.is_empty() {
        return;
    }
    session_ids.iter().for_each(|id| remember_dead(id));
    let user_id = user_id.to_owned();
    let announcing = context.clone();
    context.after_response(async move {
        let context = announcing;
        if let Err(error) = announce(&context, &user_id, &session_ids).await {
            // The rooms ask D1 themselves, only later.
            context
                .record(Level::Warn, "The end of sessions could not be announced")
                .with("error", error.log_detail())
                .write();
        }
    });
}

async fn announce(
    context: &Context,
    user_id: &str,
    session_ids: &[String],
) -> crate::error::Result<()> {
    context.rooms()?.end_sessions(user_id, session_ids).await?;
    let cache = context.cache()?;
    for id in session_ids {
        cache
            .put(&blacklist_key(id), "1", LONGEST_ACCESS_SECONDS)
            .await?;
    }
    Ok(())
}

/// Whether the blacklist in KV names the session. KV may learn of it late, so a no means nothing.
pub(super) async fn is_blacklisted(
    context: &Context,
    session_id: &str,
) -> crate::error::Result<bool> {
    let listed = context.cache()?.get(&blacklist_key(session_id)).await?;
    Ok(listed.is_some())
}

fn blacklist_key(session_id: &str) -> String {
    format!("ended-session:{session_id}")
}

/// Whether this isolate has learned that the session ended. No session ever comes back.
pub(super) fn is_known_dead(session_id: &str) -> bool {
    DEAD.with_borrow(|dead| dead.contains(session_id))
}

pub(super) fn remember_dead(session_id: &str) {
    DEAD.with_borrow_mut(|dead| {
        if dead.len() >= CAPACITY {
            dead.clear();
        }
        dead.insert(session_id.to_owned());
    });
}
