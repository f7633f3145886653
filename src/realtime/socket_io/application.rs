//! What clients ask of a lobby.

use dialect::Target;
use serde_json::{Value, json};
use worker::Request;

use super::audience::{Arrival, Audience, Seat};
use super::host::{
    Accept, Application, Arguments, Connect, Ended, Event, Forbidden, Host, Refusal, SocketId,
};
use super::identity::{Handshake, expect_live, identify};
use super::reading::send_gap;
use super::recovery::Recovery;
use super::view::{EVENTS, MAIN, SCANS};

impl Application for Audience {
    type State = Seat;

    fn session_id(&self, random: String) -> String {
        format!("{}.{random}", self.name())
    }

    fn handshake(&self, request: &Request) -> std::result::Result<String, Forbidden> {
        let headers = crate::http::read_headers(request);
        let target = Target::of(&request.inner().url());
        Ok(json!(Handshake::of(&headers, &target.query)).to_string())
    }

    async fn connect(
        &self,
        host: &Host<Self>,
        connect: Connect,
    ) -> std::result::Result<Accept<Seat>, Refusal> {
        let Connect {
            namespace,
            auth,
            handshake,
        } = connect;
        if ![MAIN, SCANS, EVENTS].contains(&namespace.as_str()) {
            return Err(Refusal::invalid_namespace());
        }
        let auth: Value = auth
            .and_then(|auth| serde_json::from_str(auth.get()).ok())
            .unwrap_or_default();
        let handshake = serde_json::from_str(&handshake).unwrap_or_default();
        let context = self.context();
        let caller = identify(&context, &handshake, &auth).await?;
        let user_id = caller.user_id;
        if self.sockets_of(host, &user_id).len() >= self.capacity {
            return Err(Refusal::because("Too many connections"));
        }

        let _arrival = Arrival::of(self, &user_id);
        let recovery = Recovery::of(&auth, &user_id).filter(|_| namespace != MAIN);
        let resume = recovery.as_ref().map(|recovery| recovery.position);
        let start = self.subscribe(&user_id, resume).await;
        let (position, gap) = start.ok_or_else(Refusal::for_now)?;
        // Asked last: of an end that comes later, this lobby is told.
        expect_live(&context, &caller.session_id).await?;
        let recovery = recovery
            .filter(|_| gap.is_none())
            .unwrap_or_else(|| Recovery::new(&user_id, position));
        Ok(Accept {
            sid: Some(recovery.id.clone()),
            pid: Some(recovery.pid),
            state: Seat {
                id: recovery.id,
                user_id,
                session_id: caller.session_id,
                position,
                gap,
                connected_at: context.now_ms(),
            },
        })
    }

    async fn connected(&self, host: &Host<Self>, socket: SocketId) {
        if let Some(Some(gap)) = host.look_at_state(socket, |seat| seat.gap) {
            host.change_state(socket, |seat| seat.gap = None);
            send_gap(host, socket, gap);
            host.save(socket);
        }
        self.catch_up(host, socket).await;
    }

    /// A client may ask to join its own room, which it is in already.
    async fn event(&self, host: &Host<Self>, socket: SocketId, event: Event) {
        let Some(ack) = event.ack else { return };
        let arguments = &event.arguments.values;
        let answer = match event.name.as_str() {
            "join" | "subscribe" | "register" => {
                let wanted = arguments
                    .first()
                    .and_then(|wanted| user_named(wanted.get()));
                let is_own = wanted.is_none_or(|wanted| {
                    host.look_at_state(socket, |seat| seat.user_id == wanted) == Some(true)
                });
                if is_own {
                    r#"{"ok":true}"#
                } else {
                    r#"{"ok":false,"message":"Unauthorized"}"#
                }
            }
            _ => r#"{"ok":false,"message":"Unknown event"}"#,
        };
        host.acknowledge(socket, ack, &[answer], vec![]);
    }

    async fn acknowledged(&self, _: &Host<Self>, _: SocketId, _: u64, _: Arguments) {}

    /// The room learns that nobody is here from the answer to its next delivery: a message of our
    /// own could overtake the next arrival's.
    async fn disconnected(&self, host: &Host<Self>, _: SocketId, seat: Seat, _: Ended) {
        let is_arriving = self.arriving.borrow().contains_key(&seat.user_id);
        if !is_arriving && self.sockets_of(host, &seat.user_id).is_empty() {
            self.newest.borrow_mut().remove(&seat.user_id);
        }
    }

    async fn writable(&self, host: &Host<Self>, socket: SocketId) {
        self.catch_up(host, socket).await;
    }

    fn wake_at(&self, at: u64) {
        self.alarm.ring_by(at);
    }
}

/// The user in the argument of a `join`: the id, or an object with it.
fn user_named(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let named = [&value, &value["userId"], &value["user_id"]];
    named
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}
