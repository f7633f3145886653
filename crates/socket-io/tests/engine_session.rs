//! One Engine.IO session, step by step and under random inputs.

use proptest::prelude::*;
use socket_io::engine::{
    Answer, CloseReason, Configuration, Message, Output, Rate, Refusal, Session,
};

const CONFIGURATION: Configuration = Configuration {
    ping_interval: 300,
    ping_timeout: 200,
    upgrade_timeout: 1_000,
    max_payload: 1_000,
    window: 400,
    max_buffered: 2_000,
    rate: Rate::per_second(1_000),
};

type Out = Vec<Output<Message>>;

fn text(text: &str) -> Message {
    Message::Text(text.into())
}

/// What comes out of one input.
fn out(act: impl FnOnce(&mut Out)) -> Out {
    let mut out = Vec::new();
    act(&mut out);
    out
}

fn payload(body: &str) -> Output<Message> {
    Output::Poll(Answer::Payload(body.into()))
}

fn polling() -> Session<Message> {
    Session::polling(CONFIGURATION, 0)
}

/// A polling session with a WebSocket that was probed.
fn probed() -> Session<Message> {
    let mut session = polling();
    assert!(session.add_candidate(1, &mut vec![]));
    let answer = out(|out| session.candidate_message(text("2probe"), 2, out));
    assert_eq!(answer, [Output::Probe("3probe")]);
    session
}

fn send(session: &mut Session<Message>, message: &str, now: u64) -> Out {
    out(|out| {
        session.send(text(message), now, out);
        session.flush(now, out);
    })
}

#[test]
fn a_poll_gets_what_waited() {
    let mut session = polling();
    assert_eq!(send(&mut session, "4a", 1), []);
    assert_eq!(send(&mut session, "4b", 1), []);
    let mut out = vec![];
    assert_eq!(session.poll(2, &mut out), Ok(()));
    assert_eq!(out, [payload("4a\x1e4b")]);
}

#[test]
fn a_waiting_poll_gets_what_comes() {
    let mut session = polling();
    let mut none = vec![];
    assert_eq!(session.poll(2, &mut none), Ok(()));
    assert_eq!(none, []);
    assert_eq!(send(&mut session, "4a", 3), [payload("4a")]);
}

#[test]
fn two_polls_end_the_session() {
    let mut session = polling();
    session.poll(1, &mut vec![]).unwrap();
    let mut out = vec![];
    assert_eq!(session.poll(2, &mut out), Err(Refusal::BadRequest));
    assert_eq!(out, [payload("1"), Output::Closed(CloseReason::Overlap)]);
    assert_eq!(session.poll(3, &mut vec![]), Err(Refusal::SessionUnknown));
}

#[test]
fn two_posts_end_the_session() {
    let mut session = polling();
    session.begin_post(1, &mut vec![]).unwrap();
    let mut out = vec![];
    assert_eq!(session.begin_post(2, &mut out), Err(Refusal::BadRequest));
    assert_eq!(out, [Output::Closed(CloseReason::Overlap)]);
}

#[test]
fn a_close_by_post_lets_the_poll_go() {
    let mut session = polling();
    session.poll(1, &mut vec![]).unwrap();
    session.begin_post(2, &mut vec![]).unwrap();
    let mut out = vec![];
    assert_eq!(session.end_post("1", 2, &mut out), Ok(()));
    assert_eq!(out, [payload("6"), Output::Closed(CloseReason::ByClient)]);
    assert_eq!(session.poll(3, &mut vec![]), Err(Refusal::SessionUnknown));
}

#[test]
fn a_poll_overtaken_by_the_close_is_let_go_too() {
    let mut session = polling();
    session.begin_post(1, &mut vec![]).unwrap();
    session.end_post("1", 1, &mut vec![]).unwrap();
    let mut out = vec![];
    assert_eq!(session.poll(2, &mut out), Ok(()));
    assert_eq!(out, [payload("6")]);
    assert_eq!(session.poll(3, &mut vec![]), Err(Refusal::SessionUnknown));
}

#[test]
fn a_malformed_packet_ends_the_session() {
    for body in ["abc", "", "0", "4a\x1e", "b!", "2"] {
        let mut session = polling();
        session.begin_post(1, &mut vec![]).unwrap();
        let mut out = vec![];
        assert_eq!(
            session.end_post(body, 1, &mut out),
            Err(Refusal::BadRequest),
            "{body}"
        );
        assert!(
            out.contains(&Output::Closed(CloseReason::ProtocolError)),
            "{body}"
        );
        assert_eq!(session.poll(2, &mut vec![]), Err(Refusal::SessionUnknown));
    }
}

#[test]
fn a_body_that_is_too_large_ends_the_session() {
    let mut session = polling();
    session.begin_post(1, &mut vec![]).unwrap();
    let body = format!("4{}", "x".repeat(CONFIGURATION.max_payload));
    assert_eq!(
        session.end_post(&body, 1, &mut vec![]),
        Err(Refusal::TooLarge)
    );
    assert!(session.is_over());
}

#[test]
fn pings_are_answered_or_the_session_ends() {
    let mut session = polling();
    for round in 0..3 {
        let start = round * 300;
        session.poll(start + 1, &mut vec![]).unwrap();
        assert_eq!(out(|out| session.tick(start + 250, out)), []);
        assert_eq!(out(|out| session.tick(start + 300, out)), [payload("2")]);
        session.begin_post(start + 300, &mut vec![]).unwrap();
        session.end_post("3", start + 300, &mut vec![]).unwrap();
    }
    session.poll(901, &mut vec![]).unwrap();
    assert_eq!(out(|out| session.tick(1_200, out)), [payload("2")]);
    // The timeout, and as much again for a busy machine.
    assert_eq!(out(|out| session.tick(1_599, out)), []);
    let end = out(|out| session.tick(1_600, out));
    assert_eq!(end, [Output::Closed(CloseReason::PingTimeout)]);
}

#[test]
fn who_does_not_poll_is_gone() {
    let mut session = polling();
    let mut out = vec![];
    assert_eq!(session.poll(500, &mut out), Err(Refusal::SessionUnknown));
    assert_eq!(out, [Output::Closed(CloseReason::PingTimeout)]);
}

#[test]
fn a_late_alarm_is_not_the_clients_fault() {
    let mut session = Session::websocket(CONFIGURATION, 0);
    assert_eq!(out(|out| session.tick(5_000, out)), [Output::Control("2")]);
    assert_eq!(out(|out| session.tick(5_399, out)), []);
    // Late, but before anybody looked.
    assert_eq!(out(|out| session.message(text("3"), 5_410, out)), []);
    assert!(session.is_open());
}

#[test]
fn an_upgrade_moves_what_waits() {
    let mut session = polling();
    session.poll(1, &mut vec![]).unwrap();
    assert!(session.add_candidate(2, &mut vec![]));
    let answer = out(|out| session.candidate_message(text("2probe"), 3, out));
    assert_eq!(answer, [Output::Probe("3probe"), payload("6")]);
    assert_eq!(send(&mut session, "4a", 4), []);
    let upgraded = out(|out| session.candidate_message(text("5"), 5, out));
    assert_eq!(upgraded, [Output::Upgraded, Output::Send(text("4a"))]);
    assert_eq!(session.poll(6, &mut vec![]), Err(Refusal::BadRequest));
    assert_eq!(session.begin_post(6, &mut vec![]), Err(Refusal::BadRequest));
    assert!(!session.add_candidate(6, &mut vec![]));
    let hello = out(|out| session.message(text("4hello"), 7, out));
    assert_eq!(hello, [Output::Message(text("hello"))]);
}

#[test]
fn polls_during_an_upgrade_go_empty_handed() {
    let mut session = probed();
    assert_eq!(send(&mut session, "4a", 4), []);
    session.poll(5, &mut vec![]).unwrap();
    assert_eq!(out(|out| session.tick(104, out)), []);
    assert_eq!(out(|out| session.tick(105, out)), [payload("6")]);
    session.poll(110, &mut vec![]).unwrap();
    let upgraded = out(|out| session.candidate_message(text("5"), 120, out));
    let refused = Output::Poll(Answer::Refused(Refusal::BadRequest));
    assert_eq!(
        upgraded,
        [refused, Output::Upgraded, Output::Send(text("4a"))]
    );
}

#[test]
fn a_failed_upgrade_leaves_polling() {
    let failures: [fn(&mut Session<Message>, &mut Out); 4] = [
        |session, out| session.candidate_message(text("4a"), 10, out),
        |session, out| session.candidate_message(Message::Binary(vec![1]), 10, out),
        |session, out| session.candidate_message(text("2probe"), 10, out),
        |session, out| session.candidate_lost(10, out),
    ];
    for fail in failures {
        let mut session = probed();
        send(&mut session, "4a", 5);
        session.poll(6, &mut vec![]).unwrap();
        let out = out(|out| fail(&mut session, out));
        assert_eq!(out.last(), Some(&payload("4a")));
        assert!(session.add_candidate(11, &mut vec![]));
    }
}

#[test]
fn an_upgrade_that_takes_too_long_fails() {
    let configuration = Configuration {
        ping_interval: 10_000,
        ..CONFIGURATION
    };
    let mut session = Session::<Message>::polling(configuration, 0);
    assert!(session.add_candidate(1, &mut vec![]));
    assert!(!session.add_candidate(2, &mut vec![]));
    assert_eq!(session.next_due(), Some(1_001));
    assert_eq!(
        out(|out| session.tick(1_001, out)),
        [Output::CloseCandidate]
    );
}

#[test]
fn a_full_window_waits_for_the_pong() {
    let mut session = Session::websocket(CONFIGURATION, 0);
    let message = text(&format!("4{}", "x".repeat(183)));
    let mut out = vec![];
    for _ in 0..4 {
        session.send(message.clone(), 1, &mut out);
    }
    // 200 each: the first half brings the ping, the second fills the window.
    let sent = Output::Send(message.clone());
    assert_eq!(out, [sent.clone(), Output::Control("2"), sent.clone()]);
    assert_eq!(session.room(), 0);
    assert_eq!(session.saved(), None);
    out.clear();
    session.message(text("3"), 2, &mut out);
    // The pong proves what was sent before its ping; 200 bytes are free again.
    assert_eq!(out, [sent.clone(), Output::Control("2")]);
    assert_eq!(session.saved(), None);
    out.clear();
    session.message(text("3"), 3, &mut out);
    // The second ping came after all three: everything was read.
    assert_eq!(out, [sent, Output::Control("2"), Output::Writable]);
    assert!(session.saved().is_some());
}

#[test]
fn a_pong_that_nobody_asked_for_proves_nothing() {
    let mut session = Session::websocket(CONFIGURATION, 0);
    session.send(text(&format!("4{}", "x".repeat(100))), 1, &mut vec![]);
    let room = session.room();
    assert_eq!(out(|out| session.message(text("3"), 2, out)), []);
    assert_eq!(session.room(), room);
    session.tick(300, &mut vec![]);
    session.send(text(&format!("4{}", "x".repeat(100))), 301, &mut vec![]);
    session.message(text("3"), 302, &mut vec![]);
    // The first message is proven; another pong proves no more.
    assert_eq!(session.room(), room);
    session.message(text("3"), 303, &mut vec![]);
    assert_eq!(session.room(), room);
}

/// A session that may send three packets at once and one a second.
fn limited(open: fn(Configuration, u64) -> Session<Message>) -> Session<Message> {
    let rate = Rate::per_second(1).burst(3);
    open(
        Configuration {
            ping_interval: 60_000,
            rate,
            ..CONFIGURATION
        },
        0,
    )
}

#[test]
fn who_sends_too_fast_is_closed() {
    let too_fast = [Output::Closed(CloseReason::TooFast)];
    // Whatever it is, but for the answer to a ping.
    for packet in ["4a", "3", "6", "5"] {
        let mut session = limited(Session::websocket);
        for _ in 0..3 {
            session.message(text(packet), 1_000, &mut vec![]);
        }
        session.message(text(packet), 2_000, &mut vec![]);
        assert!(session.is_open(), "{packet}");
        let end = out(|out| session.message(text(packet), 2_999, out));
        assert_eq!(end, too_fast, "{packet}");
    }
    let mut session = limited(Session::polling);
    session.begin_post(1, &mut vec![]).unwrap();
    session.end_post("4a\x1e4b\x1e4c", 1, &mut vec![]).unwrap();
    session.begin_post(2, &mut vec![]).unwrap();
    let mut out = vec![];
    let answer = session.end_post("4d", 2, &mut out);
    assert_eq!(
        (answer, out.as_slice()),
        (Err(Refusal::BadRequest), too_fast.as_slice())
    );
}

#[test]
fn answers_to_pings_are_free() {
    for open in [Session::websocket, Session::polling] {
        let mut session = limited(open);
        session.spend(3, 59_999, &mut vec![]);
        session.poll(59_999, &mut vec![]).ok();
        session.tick(60_000, &mut vec![]);
        if session.is_websocket() {
            session.message(text("3"), 60_000, &mut vec![]);
        } else {
            session.begin_post(60_000, &mut vec![]).unwrap();
            session.end_post("3", 60_000, &mut vec![]).unwrap();
        }
        assert!(session.is_open());
        // It was an answer: the next ping is a whole interval away.
        assert!(session.next_due() > Some(100_000));
    }
}

#[test]
fn what_a_message_causes_counts_too() {
    let mut session = limited(Session::websocket);
    session.message(text("4a"), 1, &mut vec![]);
    assert!(session.spend(2, 1, &mut vec![]));
    let mut out = vec![];
    assert!(!session.spend(1, 1, &mut out));
    assert_eq!(out, [Output::Closed(CloseReason::TooFast)]);
    assert!(session.is_over());
}

#[test]
fn who_never_reads_is_closed() {
    let mut session = Session::websocket(CONFIGURATION, 0);
    let message = text(&format!("4{}", "x".repeat(183)));
    let mut out = vec![];
    for _ in 0..20 {
        session.send(message.clone(), 1, &mut out);
    }
    assert_eq!(out.last(), Some(&Output::Closed(CloseReason::TooSlow)));
}

#[test]
fn a_restored_session_goes_on() {
    let mut session = Session::<Message>::websocket(CONFIGURATION, 0);
    session.tick(300, &mut vec![]);
    let saved = session.saved().unwrap();
    let mut restored = Session::<Message>::restored(CONFIGURATION, saved);
    assert_eq!(out(|out| restored.tick(699, out)), []);
    let end = out(|out| restored.tick(700, out));
    assert_eq!(end, [Output::Closed(CloseReason::PingTimeout)]);
}

#[test]
fn the_server_ends_a_polling_session_with_all_that_waits() {
    let mut session = polling();
    send(&mut session, "4a", 1);
    let end = out(|out| session.end(CloseReason::ByServer, 2, out));
    assert_eq!(end, [Output::Closed(CloseReason::ByServer)]);
    let mut out = vec![];
    assert_eq!(session.poll(3, &mut out), Ok(()));
    assert_eq!(out, [payload("4a\x1e1")]);
    assert!(session.is_over());
}

#[derive(Debug, Clone)]
enum Input {
    Send(usize),
    Poll,
    Post(Vec<&'static str>),
    PostCut,
    Candidate,
    CandidateSays(&'static str),
    CandidateLost,
    Says(&'static str),
    Wait(u64),
    End,
}

fn input() -> impl Strategy<Value = Input> {
    let packet = prop_oneof![
        10 => Just("4hello"),
        6 => Just("3"),
        1 => Just("bAQID"),
        1 => Just("6"),
        1 => Just("5"),
    ];
    prop_oneof![
        8 => (0_usize..300).prop_map(Input::Send),
        8 => Just(Input::Poll),
        4 => prop::collection::vec(packet.clone(), 1..4).prop_map(Input::Post),
        1 => Just(Input::PostCut),
        2 => Just(Input::Candidate),
        3 => Just(Input::CandidateSays("2probe")),
        2 => Just(Input::CandidateSays("5")),
        1 => Just(Input::CandidateSays("4x")),
        1 => Just(Input::CandidateLost),
        4 => packet.prop_map(Input::Says),
        6 => (0_u64..150).prop_map(Input::Wait),
        1 => Just(Input::End),
    ]
}

/// What a client and the application see of a session.
#[derive(Default)]
struct Seen {
    is_waiting: bool,
    is_closed: bool,
    received: Vec<String>,
    answers: usize,
}

impl Seen {
    fn take(&mut self, out: Out) {
        for output in out {
            match output {
                Output::Poll(answer) => {
                    assert!(self.is_waiting, "nobody waits for {answer:?}");
                    self.is_waiting = false;
                    self.answers += 1;
                    if let Answer::Payload(body) = answer {
                        let packets = body.split('\x1e').filter(|packet| packet.starts_with('4'));
                        self.received.extend(packets.map(Into::into));
                    }
                }
                Output::Send(Message::Text(packet)) => {
                    assert!(!self.is_closed);
                    self.received.push(packet);
                }
                Output::Closed(_) => {
                    assert!(!self.is_closed, "closed twice");
                    self.is_closed = true;
                }
                Output::Message(_) | Output::Control(_) | Output::Writable | Output::Upgraded => {
                    assert!(!self.is_closed);
                }
                Output::Send(Message::Binary(_)) | Output::Probe(_) | Output::CloseCandidate => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_lost_doubled_or_reordered(
        is_websocket: bool,
        inputs in prop::collection::vec(input(), 1..120),
    ) {
        let mut session = if is_websocket {
            Session::websocket(CONFIGURATION, 0)
        } else {
            polling()
        };
        let (mut now, mut sent, mut seen) = (0, Vec::new(), Seen::default());
        for input in inputs {
            let mut out = Vec::new();
            match input {
                Input::Send(length) => {
                    let packet = format!("4{}-{}", sent.len(), "x".repeat(length));
                    if session.is_open() {
                        sent.push(packet.clone());
                    }
                    session.send(Message::Text(packet), now, &mut out);
                    session.flush(now, &mut out);
                }
                Input::Poll => {
                    let was_waiting = seen.is_waiting;
                    if session.poll(now, &mut out).is_ok() {
                        // The one before can only have been answered within this call.
                        prop_assert!(!was_waiting || !out.is_empty());
                        seen.is_waiting = true;
                    }
                }
                Input::Post(packets) => {
                    if session.begin_post(now, &mut out).is_ok() {
                        let _ = session.end_post(&packets.join("\x1e"), now, &mut out);
                    }
                }
                Input::PostCut => {
                    if session.begin_post(now, &mut out).is_ok() {
                        session.fail_post(CloseReason::TransportLost, now, &mut out);
                    }
                }
                Input::Candidate => {
                    let _ = session.add_candidate(now, &mut out);
                }
                Input::CandidateSays(packet) => session.candidate_message(text(packet), now, &mut out),
                Input::CandidateLost => session.candidate_lost(now, &mut out),
                Input::Says(packet) => session.message(text(packet), now, &mut out),
                Input::Wait(time) => {
                    now += time;
                    session.tick(now, &mut out);
                }
                Input::End => session.end(CloseReason::ByServer, now, &mut out),
            }
            seen.take(out);
            prop_assert!(sent.starts_with(&seen.received), "{sent:?}\n{:?}", seen.received);
            prop_assert_eq!(session.is_open(), !seen.is_closed);
            prop_assert!(!session.is_over() || !seen.is_waiting);
            prop_assert!(!session.is_over() || session.next_due().is_none());
        }
        // A client that answers gets all that was sent.
        let mut rounds = 0;
        while session.is_open() && seen.received.len() < sent.len() {
            let mut out = Vec::new();
            now += 1;
            if session.is_websocket() {
                session.tick(now, &mut out);
                session.message(text("3"), now, &mut out);
            } else {
                session.candidate_lost(now, &mut out);
                if !seen.is_waiting && session.poll(now, &mut out).is_ok() {
                    seen.is_waiting = true;
                }
            }
            seen.take(out);
            rounds += 1;
            prop_assert!(rounds < 1_000, "stuck");
        }
        prop_assert!(!session.is_open() || seen.received == sent);
    }

    #[test]
    fn nothing_panics(
        bodies in prop::collection::vec(any::<String>(), 0..20),
        binary in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut session = Session::<Message>::websocket(CONFIGURATION, u64::MAX - 10);
        let mut out = vec![];
        session.message(Message::Binary(binary.clone()), u64::MAX, &mut out);
        let mut session = polling();
        for body in bodies {
            if session.begin_post(0, &mut out).is_ok() {
                let _ = session.end_post(&body, 0, &mut out);
            }
            let _ = session.add_candidate(0, &mut out);
            session.candidate_message(Message::Text(body), 0, &mut out);
        }
    }
}
