//! `sync.available`: tells the user's other devices that there is something to pull.
//!
//! A hint and no more: it is not logged, may get lost, and never delays or fails a write. A device
//! that writes one record after the other causes one now and one every few seconds.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::db::written;
use crate::context::Context;
use crate::telemetry::Level;
use sync_core::Transition;

/// At most one hint for a user in this time, from each isolate.
const PAUSE_MS: i64 = 2_000;

/// A hint that should have been given so long ago was lost with its request.
const LOST_AFTER_MS: i64 = 10_000;

/// What a hint says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct News {
    /// The device that wrote; none if several did.
    device_id: Option<String>,
    collections: Vec<String>,
}

impl News {
    fn add(&mut self, other: Self) {
        if self.device_id != other.device_id {
            self.device_id = None;
        }
        for collection in other.collections {
            if !self.collections.contains(&collection) {
                self.collections.push(collection);
            }
        }
    }
}

/// The hints of a user.
struct Recent {
    user_id: String,
    given_at: i64,
    /// What comes with the next one, which somebody is about to give.
    waiting: Option<News>,
}

/// Users who were given a hint a moment ago.
static RECENT: Mutex<Vec<Recent>> = Mutex::new(Vec::new());

/// What to do with news.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Tell it.
    Now(News),
    /// Wait so many milliseconds, then see what has come together.
    Later(i64),
    /// Somebody else tells it too.
    Joined,
}

/// Tells the user's other devices, in the background, that records changed.
pub fn hint(context: &Context, user_id: &str, device_id: &str, transition: &Transition) {
    if transition.changed.is_empty() {
        return;
    }
    let news = News {
        device_id: (!device_id.is_empty()).then(|| device_id.to_owned()),
        collections: written(transition),
    };
    let turn = turn(user_id, news, context.now_ms());
    if turn == Turn::Joined {
        return;
    }
    let (context, user_id) = (context.clone(), user_id.to_owned());
    context.clone().after_response(async move {
        let news = match turn {
            Turn::Now(news) => Some(news),
            Turn::Later(ms) => {
                context.sleep(ms.unsigned_abs()).await;
                collect(&user_id, context.now_ms())
            }
            Turn::Joined => None,
        };
        if let Some(news) = news {
            tell(&context, &user_id, news).await;
        }
    });
}

async fn tell(context: &Context, user_id: &str, news: News) {
    let data = json!({ "collections": news.collections, "device_id": news.device_id });
    let told = match context.rooms() {
        Ok(rooms) => rooms.signal(user_id, "sync.available", &data).await,
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        context
            .record(Level::Warn, "The other devices were not told of a change")
            .with("error", error.log_text())
            .write();
    }
}

fn turn(user_id: &str, news: News, now: i64) -> Turn {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.retain(|one| {
        let life = match one.waiting {
            Some(_) => LOST_AFTER_MS,
            None => PAUSE_MS,
        };
        now - one.given_at < life
    });
    match recent.iter_mut().find(|one| one.user_id == user_id) {
        None => {
            recent.push(Recent {
                user_id: user_id.to_owned(),
                given_at: now,
                waiting: None,
            });
            Turn::Now(news)
        }
        Some(one) => match &mut one.waiting {
            Some(waiting) => {
                waiting.add(news);
                Turn::Joined
            }
            None => {
                one.waiting = Some(news);
                Turn::Later(one.given_at + PAUSE_MS - now)
            }
        },
    }
}

/// What has come together for a user.
fn collect(user_id: &str, now: i64) -> Option<News> {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let one = recent.iter_mut().find(|one| one.user_id == user_id)?;
    one.given_at = now;
    one.waiting.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(device: &str, collection: &str) -> News {
        News {
            device_id: Some(device.into()),
            collections: vec![collection.into()],
        }
    }

    #[test]
    fn many_writes_make_few_hints_and_the_last_is_among_them() {
        let user = "one-of-this-test";
        let first = turn(user, news("a", "moods"), 1_000);
        assert_eq!(first, Turn::Now(news("a", "moods")));
        assert_eq!(turn(user, news("a", "moods"), 1_500), Turn::Later(1_500));
        assert_eq!(turn(user, news("b", "goals"), 1_600), Turn::Joined);
        let both = News {
            device_id: None,
            collections: vec!["moods".into(), "goals".into()],
        };
        assert_eq!(collect(user, 3_000), Some(both));
        assert_eq!(turn(user, news("a", "moods"), 3_100), Turn::Later(1_900));
        // The request that waited died.
        let later = 3_000 + LOST_AFTER_MS;
        assert!(matches!(
            turn(user, news("a", "moods"), later),
            Turn::Now(_)
        ));
    }
}
