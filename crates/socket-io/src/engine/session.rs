//! One session: what arrives goes in with the time, what is to be done comes out.

use std::collections::VecDeque;

use rate_limit::admit;
use serde::{Deserialize, Serialize};

use super::heartbeat::Heartbeat;
use super::packet::{Malformed, Message, Outgoing, Packet, Wire, payload};
use super::{Configuration, Refusal};

const CLOSE: &str = "1";
const PING: &str = "2";
const PROBE_ANSWER: &str = "3probe";
const NOOP: &str = "6";

/// A poll that comes during an upgrade waits so long for the upgrade to be completed, before it
/// is let go empty-handed.
const UPGRADE_PATIENCE_MS: u64 = 100;

/// What is to be done. In this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output<M> {
    /// Send it over the session's WebSocket.
    Send(M),
    /// Send this control packet over the session's WebSocket.
    Control(&'static str),
    /// Send this over the WebSocket that wants to replace polling.
    Probe(&'static str),
    /// Answer the poll that waits.
    Poll(Answer),
    /// The client's message is the application's.
    Message(Message),
    /// The new WebSocket is the session's from now on.
    Upgraded,
    /// Close the new WebSocket; polling goes on.
    CloseCandidate,
    /// There was no room and there is room again.
    Writable,
    /// The session is over: tell the application, close its WebSockets. Comes once and last, but
    /// for the answer to a poll that still comes.
    Closed(CloseReason),
}

/// The answer to a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Packets.
    Payload(String),
    /// An error.
    Refused(Refusal),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// A ping was not answered.
    PingTimeout,
    /// The client said so.
    ByClient,
    /// The server said so.
    ByServer,
    /// The connection broke.
    TransportLost,
    /// What the client sent breaks the protocol.
    ProtocolError,
    /// Two polls or two posts at once.
    Overlap,
    /// The client sent too much at once.
    TooLarge,
    /// The client sends more often than it may, or faster than the application works.
    TooFast,
    /// The client does not read, and more waits for it than may.
    TooSlow,
}

/// What survives in a WebSocket's attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    heartbeat: Heartbeat,
    in_flight: usize,
    proven_by_pong: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Polling(Waiting),
    WebSocket,
    /// Over, but a poll may be on its way and gets a last answer until then.
    Ending {
        last_packet: &'static str,
        until: u64,
    },
    Over,
}

/// The poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Nobody,
    /// For packets.
    ForPackets,
    /// For the end of an upgrade, until then.
    ForUpgrade(u64),
}

/// The WebSocket that wants to replace polling, and until when it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Candidate {
    Nobody,
    Connected(u64),
    Probed(u64),
}

/// A session's state.
#[derive(Debug)]
pub struct Session<M> {
    configuration: Configuration,
    phase: Phase,
    candidate: Candidate,
    is_posting: bool,
    heartbeat: Heartbeat,
    /// Waits for the next poll, or for the window.
    buffer: VecDeque<M>,
    buffered: usize,
    /// Given to the transport, and no proof yet that it was read.
    in_flight: usize,
    /// The part of it that the answer to the ping under way will prove.
    proven_by_pong: usize,
    was_full: bool,
    is_changed: bool,
    /// The bucket of what the client sends; full again after an eviction, which comes only after
    /// a silence that fills it too.
    heard: i64,
}

impl<M: Outgoing> Session<M> {
    /// A session opened by a GET.
    #[must_use]
    pub fn polling(configuration: Configuration, now: u64) -> Self {
        let heartbeat = Heartbeat::starting(&configuration, now);
        Self::new(configuration, Phase::Polling(Waiting::Nobody), heartbeat)
    }

    /// A session opened by a WebSocket.
    #[must_use]
    pub fn websocket(configuration: Configuration, now: u64) -> Self {
        let heartbeat = Heartbeat::starting(&configuration, now);
        Self::new(configuration, Phase::WebSocket, heartbeat)
    }

    /// A session whose WebSocket survived what its memory did not.
    #[must_use]
    pub fn restored(configuration: Configuration, saved: Saved) -> Self {
        Self {
            in_flight: saved.in_flight,
            proven_by_pong: saved.proven_by_pong,
            was_full: saved.in_flight >= configuration.window,
            is_changed: false,
            ..Self::new(configuration, Phase::WebSocket, saved.heartbeat)
        }
    }

    fn new(configuration: Configuration, phase: Phase, heartbeat: Heartbeat) -> Self {
        Self {
            configuration,
            phase,
            candidate: Candidate::Nobody,
            is_posting: false,
            heartbeat,
            buffer: VecDeque::new(),
            buffered: 0,
            in_flight: 0,
            proven_by_pong: 0,
            was_full: false,
            is_changed: true,
            heard: 0,
        }
    }

    /// What a restored session needs; `None` when something would be lost.
    #[must_use]
    pub fn saved(&self) -> Option<Saved> {
        let is_whole = self.phase == Phase::WebSocket && self.buffer.is_empty();
        is_whole.then_some(Saved {
            heartbeat: self.heartbeat,
            in_flight: self.in_flight,
            proven_by_pong: self.proven_by_pong,
        })
    }

    /// Whether [`Self::saved`] has changed in a way that must be kept since this was asked last.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.is_changed)
    }

    /// Whether messages can be sent and received.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Polling(_) | Phase::WebSocket)
    }

    /// Whether packets travel over a WebSocket.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.phase == Phase::WebSocket
    }

    /// Whether the session can be forgotten.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Bytes that may be sent before the client must prove that it reads.
    #[must_use]
    pub fn room(&self) -> usize {
        if !self.is_open() {
            return 0;
        }
        let used = self.buffered.saturating_add(self.in_flight);
        self.configuration.window.saturating_sub(used)
    }

    /// When [`Self::tick`] has something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        let heartbeat = self.heartbeat.next_due();
        match self.phase {
            Phase::Over => None,
            Phase::Ending { until, .. } => Some(until),
            Phase::WebSocket => Some(heartbeat),
            Phase::Polling(waiting) => {
                let candidate = match self.candidate {
                    Candidate::Nobody => heartbeat,
                    Candidate::Connected(until) | Candidate::Probed(until) => until,
                };
                let patience = match waiting {
                    Waiting::ForUpgrade(until) => until,
                    Waiting::Nobody | Waiting::ForPackets => heartbeat,
                };
                Some(heartbeat.min(candidate).min(patience))
            }
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        match self.phase {
            Phase::Over => return,
            Phase::Ending { until, .. } => {
                if now >= until {
                    self.phase = Phase::Over;
                }
                return;
            }
            Phase::Polling(Waiting::ForUpgrade(until)) if now >= until => {
                self.answer_poll(Answer::Payload(NOOP.into()), out);
            }
            Phase::Polling(_) | Phase::WebSocket => {}
        }
        if let Candidate::Connected(until) | Candidate::Probed(until) = self.candidate
            && now >= until
        {
            self.drop_candidate(now, out);
        }
        if self.heartbeat.is_due(now) {
            self.flush(now, out);
            if self.heartbeat.is_due(now) {
                self.heartbeat.missed(&self.configuration);
            }
        }
        if self.heartbeat.is_dead(now) {
            self.end(CloseReason::PingTimeout, now, out);
        }
    }

    /// A GET that waits for packets. It is answered by [`Output::Poll`], which may come at once.
    ///
    /// # Errors
    /// The answer of this GET, when it is not the one that waits.
    pub fn poll(&mut self, now: u64, out: &mut Vec<Output<M>>) -> Result<(), Refusal> {
        self.tick(now, out);
        match self.phase {
            Phase::Over => Err(Refusal::SessionUnknown),
            Phase::WebSocket => Err(Refusal::BadRequest),
            Phase::Ending { last_packet, .. } => {
                let body = self.take_payload(Some(last_packet));
                self.phase = Phase::Over;
                out.push(Output::Poll(Answer::Payload(body)));
                Ok(())
            }
            Phase::Polling(Waiting::Nobody) => {
                // Who asks for more has read what it got.
                self.in_flight = 0;
                self.proven_by_pong = 0;
                self.phase = Phase::Polling(match self.candidate {
                    Candidate::Probed(_) => Waiting::ForUpgrade(now + UPGRADE_PATIENCE_MS),
                    Candidate::Nobody | Candidate::Connected(_) => Waiting::ForPackets,
                });
                self.flush(now, out);
                self.report_room(out);
                Ok(())
            }
            Phase::Polling(_) => {
                self.end(CloseReason::Overlap, now, out);
                Err(Refusal::BadRequest)
            }
        }
    }

    /// A POST begins; its body is yet to be read.
    ///
    /// # Errors
    /// The answer of this POST.
    pub fn begin_post(&mut self, now: u64, out: &mut Vec<Output<M>>) -> Result<(), Refusal> {
        match self.phase {
            Phase::Over | Phase::Ending { .. } => Err(Refusal::SessionUnknown),
            Phase::WebSocket => Err(Refusal::BadRequest),
            Phase::Polling(_) if self.is_posting => {
                self.end(CloseReason::Overlap, now, out);
                Err(Refusal::BadRequest)
            }
            Phase::Polling(_) => {
                self.is_posting = true;
                Ok(())
            }
        }
    }

    /// The body of the POST that began.
    ///
    /// # Errors
    /// The answer of this POST; else that is `ok`.
    pub fn end_post(
        &mut self,
        body: &str,
        now: u64,
        out: &mut Vec<Output<M>>,
    ) -> Result<(), Refusal> {
        self.is_posting = false;
        let mut packets = Packet::decode_payload(body);
        if let Ok(packets) = &mut packets
            && let Some(place) = packets.iter().position(|packet| *packet == Packet::Pong)
            && self.pong(now, out)
        {
            packets.remove(place);
        }
        self.tick(now, out);
        if !self.is_open() {
            return Err(Refusal::SessionUnknown);
        }
        if body.len() > self.configuration.max_payload {
            self.end(CloseReason::TooLarge, now, out);
            return Err(Refusal::TooLarge);
        }
        let Ok(packets) = packets else {
            self.end(CloseReason::ProtocolError, now, out);
            return Err(Refusal::BadRequest);
        };
        for packet in packets {
            self.packet(packet, now, out)?;
        }
        Ok(())
    }

    /// The POST that began has no body that can be used.
    pub fn fail_post(&mut self, reason: CloseReason, now: u64, out: &mut Vec<Output<M>>) {
        self.is_posting = false;
        self.end(reason, now, out);
    }

    /// A WebSocket wants to replace polling; whether it may try. Else it is to be closed.
    #[must_use]
    pub fn add_candidate(&mut self, now: u64, out: &mut Vec<Output<M>>) -> bool {
        self.tick(now, out);
        let may_try = matches!(
            (self.phase, self.candidate),
            (Phase::Polling(_), Candidate::Nobody)
        );
        if may_try {
            self.candidate = Candidate::Connected(now + self.configuration.upgrade_timeout);
        }
        may_try
    }

    /// The WebSocket that wants to replace polling has sent something.
    pub fn candidate_message(&mut self, message: Message, now: u64, out: &mut Vec<Output<M>>) {
        self.tick(now, out);
        match (self.candidate, Packet::decode(message)) {
            (Candidate::Nobody, _) => {}
            (Candidate::Connected(until), Ok(Packet::Ping { is_probe: true })) => {
                self.candidate = Candidate::Probed(until);
                out.push(Output::Probe(PROBE_ANSWER));
                // The client completes the upgrade when its poll has returned.
                if self.phase == Phase::Polling(Waiting::ForPackets) {
                    self.answer_poll(Answer::Payload(NOOP.into()), out);
                }
            }
            (Candidate::Probed(_), Ok(Packet::Upgrade)) => self.upgrade(now, out),
            _ => self.drop_candidate(now, out),
        }
    }

    fn upgrade(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        if self.is_waiting() {
            self.answer_poll(Answer::Refused(Refusal::BadRequest), out);
        }
        self.candidate = Candidate::Nobody;
        self.phase = Phase::WebSocket;
        self.is_changed = true;
        // The client completes an upgrade only after its last poll.
        self.in_flight = 0;
        self.proven_by_pong = 0;
        out.push(Output::Upgraded);
        self.flush(now, out);
        self.report_room(out);
    }

    /// The WebSocket that wanted to replace polling is gone.
    pub fn candidate_lost(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        self.candidate = Candidate::Nobody;
        if let Phase::Polling(Waiting::ForUpgrade(_)) = self.phase {
            self.phase = Phase::Polling(Waiting::ForPackets);
        }
        self.flush(now, out);
        self.tick(now, out);
    }

    fn drop_candidate(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        out.push(Output::CloseCandidate);
        self.candidate = Candidate::Nobody;
        if let Phase::Polling(Waiting::ForUpgrade(_)) = self.phase {
            self.phase = Phase::Polling(Waiting::ForPackets);
        }
        self.flush(now, out);
    }

    /// The session's WebSocket has received something.
    pub fn message(&mut self, message: Message, now: u64, out: &mut Vec<Output<M>>) {
        if self.phase != Phase::WebSocket {
            return;
        }
        if message.len() > self.configuration.max_payload {
            self.end(CloseReason::TooLarge, now, out);
            return;
        }
        let packet = Packet::decode(message);
        let is_answer = packet == Ok(Packet::Pong) && self.pong(now, out);
        self.tick(now, out);
        match packet {
            Ok(_) if is_answer => {}
            Ok(packet) => {
                // One that may not be has ended the session.
                let _ = self.packet(packet, now, out);
            }
            Err(Malformed) => self.end(CloseReason::ProtocolError, now, out),
        }
    }

    /// The session's WebSocket is gone.
    pub fn lost(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        self.end(CloseReason::TransportLost, now, out);
    }

    /// Counts what the client has sent or caused; false when that is too much, which ends the
    /// session. What comes as [`Output::Message`] is counted once already.
    pub fn spend(&mut self, cost: u32, now: u64, out: &mut Vec<Output<M>>) -> bool {
        let now_ms = i64::try_from(now).unwrap_or(i64::MAX);
        let decision = admit(self.heard, &self.configuration.rate, now_ms, cost);
        self.heard = decision.state;
        if !decision.admitted {
            self.end(CloseReason::TooFast, now, out);
        }
        decision.admitted
    }

    fn packet(
        &mut self,
        packet: Packet,
        now: u64,
        out: &mut Vec<Output<M>>,
    ) -> Result<(), Refusal> {
        if !self.is_open() {
            return Ok(());
        }
        if !self.spend(1, now, out) {
            return Err(Refusal::BadRequest);
        }
        match packet {
            Packet::Message(message) => out.push(Output::Message(message)),
            Packet::Close => self.end(CloseReason::ByClient, now, out),
            // The answer to a ping was dealt with before the deadlines; any other proves nothing.
            Packet::Pong | Packet::Upgrade | Packet::Noop => {}
            Packet::Ping { .. } => {
                self.end(CloseReason::ProtocolError, now, out);
                return Err(Refusal::BadRequest);
            }
        }
        Ok(())
    }

    /// False when no ping is under way.
    fn pong(&mut self, now: u64, out: &mut Vec<Output<M>>) -> bool {
        if !matches!(self.heartbeat, Heartbeat::Asked(_)) {
            return false;
        }
        self.heartbeat = Heartbeat::starting(&self.configuration, now);
        self.is_changed = true;
        self.in_flight = self.in_flight.saturating_sub(self.proven_by_pong);
        self.proven_by_pong = 0;
        self.flush(now, out);
        self.report_room(out);
        true
    }

    /// Sends a message, or keeps it until the transport takes it; [`Self::flush`] gives what
    /// was kept to a poll. Dropped when the session is not open.
    pub fn send(&mut self, message: M, now: u64, out: &mut Vec<Output<M>>) {
        if !self.is_open() {
            return;
        }
        let weight = message.wire().weight();
        if self.buffer.is_empty() && self.takes_more() {
            self.in_flight += weight;
            out.push(Output::Send(message));
            self.ask_early(now, out);
        } else {
            self.is_changed |= self.buffer.is_empty();
            self.buffered += weight;
            self.buffer.push_back(message);
            // A single message always has a place.
            if self.buffered > self.configuration.max_buffered && self.buffer.len() > 1 {
                self.end(CloseReason::TooSlow, now, out);
            }
        }
        self.was_full |= self.room() == 0;
    }

    fn takes_more(&self) -> bool {
        self.phase == Phase::WebSocket && self.in_flight < self.configuration.window
    }

    /// Hands to the transport what waits for it.
    pub fn flush(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        match self.phase {
            Phase::Polling(Waiting::ForPackets) => self.flush_to_poll(now, out),
            Phase::WebSocket => self.flush_to_websocket(now, out),
            Phase::Polling(_) | Phase::Ending { .. } | Phase::Over => {}
        }
    }

    fn flush_to_poll(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        let ping = self.heartbeat.is_due(now).then_some(PING);
        if self.buffer.is_empty() && ping.is_none() {
            return;
        }
        self.in_flight = self.buffered;
        let body = self.take_payload(ping);
        if ping.is_some() {
            self.heartbeat.asked(&self.configuration, now);
            self.proven_by_pong = self.in_flight;
        }
        self.answer_poll(Answer::Payload(body), out);
    }

    fn take_payload(&mut self, last: Option<&'static str>) -> String {
        let messages = self.buffer.iter().map(Outgoing::wire);
        let body = payload(messages.chain(last.map(Wire::Text)));
        self.buffer.clear();
        self.buffered = 0;
        body
    }

    fn flush_to_websocket(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        if self.heartbeat.is_due(now) {
            self.heartbeat.asked(&self.configuration, now);
            self.ask(out);
        }
        while self.takes_more()
            && let Some(message) = self.buffer.pop_front()
        {
            let weight = message.wire().weight();
            self.buffered -= weight;
            self.in_flight += weight;
            self.is_changed |= self.buffer.is_empty();
            out.push(Output::Send(message));
        }
        self.ask_early(now, out);
    }

    /// Pings when half of the window is used, so that a reader that keeps up never waits.
    fn ask_early(&mut self, now: u64, out: &mut Vec<Output<M>>) {
        let is_resting = matches!(self.heartbeat, Heartbeat::Rest(_));
        if is_resting && self.in_flight >= self.configuration.window / 2 {
            self.heartbeat.asked_early(&self.configuration, now);
            self.ask(out);
        }
    }

    fn ask(&mut self, out: &mut Vec<Output<M>>) {
        self.is_changed = true;
        self.proven_by_pong = self.in_flight;
        out.push(Output::Control(PING));
    }

    fn report_room(&mut self, out: &mut Vec<Output<M>>) {
        if self.was_full && self.room() > 0 {
            self.was_full = false;
            out.push(Output::Writable);
        }
    }

    fn is_waiting(&self) -> bool {
        matches!(
            self.phase,
            Phase::Polling(Waiting::ForPackets | Waiting::ForUpgrade(_))
        )
    }

    fn answer_poll(&mut self, answer: Answer, out: &mut Vec<Output<M>>) {
        self.phase = Phase::Polling(Waiting::Nobody);
        out.push(Output::Poll(answer));
    }

    /// Ends the session.
    pub fn end(&mut self, reason: CloseReason, now: u64, out: &mut Vec<Output<M>>) {
        if !self.is_open() {
            return;
        }
        if self.candidate != Candidate::Nobody {
            self.candidate = Candidate::Nobody;
            out.push(Output::CloseCandidate);
        }
        let last_packet = match reason {
            CloseReason::ByClient => NOOP,
            _ => CLOSE,
        };
        let is_kept = matches!(reason, CloseReason::ByClient | CloseReason::ByServer);
        if reason != CloseReason::ByServer {
            self.buffer.clear();
            self.buffered = 0;
        }
        if self.is_waiting() {
            let body = self.take_payload(Some(last_packet));
            self.answer_poll(Answer::Payload(body), out);
            self.phase = Phase::Over;
        } else if is_kept && matches!(self.phase, Phase::Polling(_)) {
            // The poll may have been overtaken by what ended the session.
            let until = now.saturating_add(self.configuration.ping_timeout);
            self.phase = Phase::Ending { last_packet, until };
        } else {
            self.phase = Phase::Over;
        }
        if self.phase == Phase::Over {
            self.buffer.clear();
        }
        out.push(Output::Closed(reason));
    }
}
