//! Engine.IO packets, payloads, requests and the handshake.

use proptest::prelude::*;
use socket_io::engine::{
    Configuration, Kind, Message, Packet, Refusal, Request, Transport, Wire, payload,
};

fn parse(method: &str, is_websocket: bool, query: &str) -> Result<Request, Refusal> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    Request::parse(method, is_websocket, pairs)
}

#[test]
fn the_handshake_keeps_its_order() {
    let configuration = Configuration::default();
    assert_eq!(
        configuration.open_packet("a\"b", Transport::Polling),
        r#"0{"sid":"a\"b","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
    );
    let websocket = configuration.open_packet("x", Transport::WebSocket);
    assert!(websocket.contains(r#""upgrades":[]"#));
}

#[test]
fn requests_are_read_or_refused() {
    let session = |kind| Ok(Request::Session("s".into(), kind));
    let open = "EIO=4&transport=polling";
    assert_eq!(
        parse("GET", false, open),
        Ok(Request::Open(Transport::Polling))
    );
    assert_eq!(
        parse("GET", true, "EIO=4&transport=websocket"),
        Ok(Request::Open(Transport::WebSocket))
    );
    assert_eq!(
        parse("GET", false, "EIO=4&transport=polling&sid=s"),
        session(Kind::Poll)
    );
    assert_eq!(
        parse("POST", false, "EIO=4&transport=polling&sid=s"),
        session(Kind::Post)
    );
    assert_eq!(
        parse("GET", true, "EIO=4&transport=websocket&sid=s"),
        session(Kind::Upgrade)
    );
    assert_eq!(
        parse("GET", false, "EIO=4&transport=abc"),
        Err(Refusal::TransportUnknown)
    );
    assert_eq!(parse("GET", false, "EIO=4"), Err(Refusal::TransportUnknown));
    assert_eq!(parse("POST", false, open), Err(Refusal::BadHandshakeMethod));
    assert_eq!(
        parse("PUT", false, "EIO=4&transport=polling&sid=s"),
        Err(Refusal::BadRequest)
    );
    assert_eq!(
        parse("GET", false, "EIO=4&transport=websocket"),
        Err(Refusal::BadRequest)
    );
    for version in ["EIO=3&", "EIO=abc&", ""] {
        let query = format!("{version}transport=polling");
        assert_eq!(
            parse("GET", false, &query),
            Err(Refusal::UnsupportedVersion)
        );
    }
}

#[test]
fn refusals_are_json() {
    assert_eq!(
        Refusal::SessionUnknown.body(),
        r#"{"code":1,"message":"Session ID unknown"}"#
    );
    assert_eq!(
        Refusal::UnsupportedVersion.body(),
        r#"{"code":5,"message":"Unsupported protocol version"}"#
    );
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        "[^\x1e]{0,40}".prop_map(Message::Text),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Message::Binary),
    ]
}

proptest! {
    #[test]
    fn payloads_come_back(messages in prop::collection::vec(message(), 1..10)) {
        let packets: Vec<Message> = messages.iter().map(|message| match message {
            Message::Text(text) => Message::Text(format!("4{text}")),
            Message::Binary(_) => message.clone(),
        }).collect();
        let wires = packets.iter().map(|packet| match packet {
            Message::Text(text) => Wire::Text(text),
            Message::Binary(bytes) => Wire::Binary(bytes),
        });
        let read = Packet::decode_payload(&payload(wires));
        let expected: Vec<Packet> = messages.into_iter().map(Packet::Message).collect();
        prop_assert_eq!(read, Ok(expected));
    }

    #[test]
    fn any_text_is_read_or_refused(body: String) {
        let _ = Packet::decode_payload(&body);
        let _ = Packet::decode(Message::Text(body));
    }
}
