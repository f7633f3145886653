//! Engine.IO: whatever a client sends, a session never panics, ends once, and answers only a poll
//! that waits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socket_io::engine::{CloseReason, Configuration, Message, Output, Session};

fuzz_target!(|input: (bool, Vec<(u8, u16, &str)>)| {
    let (is_websocket, steps) = input;
    let configuration = Configuration {
        window: 300,
        max_payload: 1_000,
        max_buffered: 2_000,
        ..Configuration::default()
    };
    let mut session = match is_websocket {
        true => Session::websocket(configuration, 0),
        false => Session::polling(configuration, 0),
    };
    let (mut now, mut waiting, mut ends) = (0, 0, 0);
    for (kind, time, text) in steps {
        let mut out = Vec::new();
        now += u64::from(time);
        let message = Message::Text(text.into());
        match kind % 9 {
            0 => waiting += i32::from(session.poll(now, &mut out).is_ok()),
            1 => {
                if session.begin_post(now, &mut out).is_ok() {
                    let _ = session.end_post(text, now, &mut out);
                }
            }
            2 => session.message(message, now, &mut out),
            3 => {
                let _ = session.add_candidate(now, &mut out);
            }
            4 => session.candidate_message(message, now, &mut out),
            5 => session.candidate_lost(now, &mut out),
            6 => session.send(message, now, &mut out),
            7 => session.flush(now, &mut out),
            _ if time == u16::MAX => session.end(CloseReason::ByServer, now, &mut out),
            _ => session.tick(now, &mut out),
        }
        for output in out {
            match output {
                Output::Poll(_) => waiting -= 1,
                Output::Closed(_) => ends += 1,
                _ => {}
            }
        }
        assert!((0..=1).contains(&waiting), "one poll waits at most");
        assert!(ends <= 1, "a session ends once");
        assert_eq!(session.is_open(), ends == 0);
    }
});
