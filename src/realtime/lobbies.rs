//! The lobbies in which Socket.IO sockets of the room's user sit, and what they have got.
//!
//! A lobby is told at least once of every event of the feed: how far it has confirmed is kept in
//! memory and stored by the alarm, a little later, so that a stream of events costs one row now and
//! then. After a crash or an eviction what was not stored is delivered again; the lobby knows what
//! its sockets have.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, join_all, select};
use serde_json::{Value, json};
use worker::{Delay, Result, SqlStorageValue as Sql};

use super::event::Channel;
use super::log::{Database, PAGE, Page, integer};
use super::room::{Room, now_ms};
use super::rooms::post;

/// The binding of wrangler.toml.
pub(super) const LOBBIES: &str = "LOBBIES";

/// How long a confirmed delivery may be known in memory only.
const STORED_AFTER_MS: i64 = 5_000;

/// A lobby that does not answer is tried again after twice as long each time, up to this often.
const MAX_DOUBLINGS: u32 = 6;

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The lobbies of a room.
#[derive(Default)]
pub struct Lobbies {
    /// By name; none until they are read from storage.
    known: Option<BTreeMap<String, Lobby>>,
    /// When to store or to deliver again, if there is need.
    pub due: Option<i64>,
}

#[derive(Default)]
struct Lobby {
    /// It has confirmed everything up to here.
    delivered: i64,
    /// Where the last delivery ended that had events: its sockets are there.
    told: i64,
    /// As storage knows it.
    stored: i64,
    /// How often it has subscribed: who has said to be empty may be so no more.
    subscriptions: u32,
    is_busy: bool,
    failures: u32,
}

enum Outcome {
    Confirmed,
    Gone,
    Failed,
}

impl Room {
    /// Registers a lobby, and says how the log stands.
    pub(super) fn subscribe(self: &Rc<Self>, name: String) -> Result<Value> {
        let log = self.log()?;
        let newest = log.newest();
        self.with_lobbies(|lobbies| {
            // One that is there waits for what comes after what it has got.
            let lobby = lobbies.entry(name.clone()).or_insert(Lobby {
                delivered: newest,
                told: newest,
                stored: newest,
                ..Lobby::default()
            });
            lobby.subscriptions += 1;
        })?;
        self.log_db(
            "insert into lobbies (name, delivered) values (?, ?) on conflict (name) do nothing",
            vec![name.into(), newest.into()],
        )?;
        self.read_log(None)
    }

    /// The events of the feed after a position; with none, only how the log stands.
    pub(super) fn read_log(&self, after: Option<i64>) -> Result<Value> {
        let log = self.log()?;
        let page = match after {
            Some(after) => log.page(log.resume(after).0, Channel::Events, None, PAGE)?,
            None => Page {
                events: Vec::new(),
                through: log.newest(),
            },
        };
        Ok(json!({
            "oldest": log.oldest(),
            "newest": log.newest(),
            "through": page.through,
            "events": page.events,
        }))
    }

    /// Tells this lobby nothing any more.
    pub(super) fn forget_lobby(&self, name: &str) -> Result<()> {
        self.with_lobbies(|lobbies| lobbies.remove(name))?;
        self.log_db("delete from lobbies where name = ?", vec![name.into()])?;
        Ok(())
    }

    /// Begins to tell every lobby what it has not got, all at the same time.
    pub(super) fn deliver(self: &Rc<Self>) -> Result<()> {
        let newest = self.log()?.newest();
        let waiting: Vec<String> = self.with_lobbies(|lobbies| {
            let waiting = lobbies
                .iter_mut()
                .filter(|(_, lobby)| !lobby.is_busy && lobby.delivered < newest);
            waiting
                .map(|(name, lobby)| {
                    lobby.is_busy = true;
                    name.clone()
                })
                .collect()
        })?;
        if waiting.is_empty() {
            return Ok(());
        }
        let due = now_ms() + STORED_AFTER_MS;
        self.lobbies.borrow_mut().due.get_or_insert(due);
        for name in waiting {
            let room = self.clone();
            self.state.wait_until(async move {
                // What failed is tried again by the alarm.
                let outcome = room.deliver_to(&name).await;
                let _ = room.with_lobbies(|lobbies| {
                    if let Some(lobby) = lobbies.get_mut(&name) {
                        lobby.is_busy = false;
                        let has_failed = !matches!(outcome, Ok(Outcome::Confirmed));
                        lobby.failures = if has_failed { lobby.failures + 1 } else { 0 };
                    }
                });
            });
        }
        Ok(())
    }

    /// Tells a lobby page by page, until it has everything.
    async fn deliver_to(&self, name: &str) -> Result<Outcome> {
        loop {
            let log = self.log()?;
            let known = self.with_lobbies(|lobbies| {
                let lobby = lobbies.get(name)?;
                Some((lobby.delivered, lobby.told, lobby.subscriptions))
            })?;
            let Some((delivered, told, subscriptions)) = known else {
                return Ok(Outcome::Gone);
            };
            if delivered >= log.newest() {
                return Ok(Outcome::Confirmed);
            }
            // What was trimmed meanwhile, the lobby finds out for itself.
            let (after, gap) = log.resume(delivered);
            let page = log.page(after, Channel::Events, None, PAGE)?;
            let outcome = if page.events.is_empty() {
                Outcome::Confirmed
            } else {
                let body = json!({
                    "user_id": self.user_id(),
                    "after": if gap.is_none() { told } else { after },
                    "through": page.through,
                    "events": page.events,
                });
                self.call_lobby(name, body).await
            };
            match outcome {
                Outcome::Confirmed => self.with_lobbies(|lobbies| {
                    if let Some(lobby) = lobbies.get_mut(name) {
                        lobby.delivered = lobby.delivered.max(page.through);
                        if !page.events.is_empty() {
                            lobby.told = lobby.delivered;
                        }
                    }
                })?,
                Outcome::Gone => {
                    let is_same = |lobby: &Lobby| lobby.subscriptions == subscriptions;
                    if self.with_lobbies(|lobbies| lobbies.get(name).is_some_and(is_same))? {
                        self.forget_lobby(name)?;
                        return Ok(Outcome::Gone);
                    }
                }
                Outcome::Failed => return Ok(Outcome::Failed),
            }
        }
    }

    async fn call_lobby(&self, name: &str, body: Value) -> Outcome {
        match self.ask_lobby(name, "deliver", Some(body)).await {
            Some((200 | 204, _)) => Outcome::Confirmed,
            Some((410, _)) => Outcome::Gone,
            _ => Outcome::Failed,
        }
    }

    /// Status and text of a lobby's answer, if it gave one in time.
    async fn ask_lobby(
        &self,
        name: &str,
        call: &str,
        body: Option<Value>,
    ) -> Option<(u16, String)> {
        let asking = async {
            let stub = self.env.durable_object(LOBBIES)?.get_by_name(name)?;
            let url = format!("https://lobby/{call}");
            let mut answer = match body {
                Some(body) => {
                    stub.fetch_with_request(post(&url, &body.to_string())?)
                        .await?
                }
                None => stub.fetch_with_str(&url).await?,
            };
            worker::Result::<_>::Ok((answer.status_code(), answer.text().await?))
        };
        match select(std::pin::pin!(asking), Delay::from(PATIENCE)).await {
            Either::Left((answer, _)) => answer.ok(),
            Either::Right(_) => None,
        }
    }

    /// Closes the sockets of these sessions, wherever they sit.
    pub(super) async fn end_sessions_in_lobbies(&self, ended: &[String]) -> Result<()> {
        let names = self.names_of_lobbies()?;
        let body = json!({ "user_id": self.user_id(), "sessions": ended });
        let asked = names
            .iter()
            .map(|name| self.ask_lobby(name, "end-sessions", Some(body.clone())));
        join_all(asked).await;
        Ok(())
    }

    /// What the lobbies tell of the user's connections.
    pub(super) async fn connections_of_lobbies(&self) -> Result<Vec<Value>> {
        let names = self.names_of_lobbies()?;
        let call = format!("connections?user={}", self.user_id());
        let asked = names.iter().map(|name| self.ask_lobby(name, &call, None));
        let answers = join_all(asked).await;
        let lists = answers.into_iter().flatten().filter_map(|(status, text)| {
            (status == 200).then(|| serde_json::from_str::<Vec<Value>>(&text).ok())?
        });
        let newest = self.log()?.newest();
        let mut connections: Vec<Value> = lists.flatten().collect();
        for connection in &mut connections {
            let position = connection["position"].as_i64().unwrap_or(newest);
            connection["behind"] = json!(newest - position);
        }
        Ok(connections)
    }

    /// Stores what was confirmed, and delivers again what was not.
    pub(super) fn settle_lobbies(self: &Rc<Self>) -> Result<()> {
        let newest = self.log()?.newest();
        let mut to_store = Vec::new();
        let failures = self.with_lobbies(|lobbies| {
            let mut failures = None;
            for (name, lobby) in lobbies.iter_mut() {
                if lobby.stored < lobby.delivered {
                    lobby.stored = lobby.delivered;
                    to_store.push((name.clone(), lobby.delivered));
                }
                if lobby.delivered < newest {
                    failures = failures.max(Some(lobby.failures));
                }
            }
            failures
        })?;
        for (name, delivered) in to_store {
            self.log_db(
                "update lobbies set delivered = ? where name = ?",
                vec![delivered.into(), name.into()],
            )?;
        }
        self.lobbies.borrow_mut().due =
            failures.map(|failures| now_ms() + (STORED_AFTER_MS << failures.min(MAX_DOUBLINGS)));
        self.deliver()
    }

    fn names_of_lobbies(&self) -> Result<Vec<String>> {
        self.with_lobbies(|lobbies| lobbies.keys().cloned().collect())
    }

    fn with_lobbies<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Lobby>) -> T) -> Result<T> {
        if self.lobbies.borrow().known.is_none() {
            let rows = self.log_db("select delivered, name from lobbies", vec![])?;
            let lobbies = rows.into_iter().filter_map(|mut row| {
                let delivered = integer(&row, 0);
                let lobby = Lobby {
                    delivered,
                    told: delivered,
                    stored: delivered,
                    ..Lobby::default()
                };
                match row.pop() {
                    Some(Sql::String(name)) => Some((name, lobby)),
                    _ => None,
                }
            });
            let lobbies = lobbies.collect();
            self.lobbies.borrow_mut().known = Some(lobbies);
        }
        let mut lobbies = self.lobbies.borrow_mut();
        Ok(work(lobbies.known.get_or_insert_default()))
    }

    /// Runs a statement on the tables of the log.
    fn log_db(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<Vec<Sql>>> {
        // Makes the tables.
        self.log()?;
        self.sql().run(sql, values)
    }
}
