//! Socket.IO packets and sessions.

use proptest::prelude::*;
use serde_json::{Value, json};
use socket_io::engine::Message;
use socket_io::socket::{
    Header, Limits, Packet, Received, Session, Violation, acknowledgement, connect_error,
    connected, disconnect, event,
};

fn receive(session: &mut Session, text: &str) -> Result<Option<Received>, Violation> {
    session.receive(Message::Text(text.into()), &Limits::default())
}

fn attach(session: &mut Session, bytes: &[u8]) -> Result<Option<Received>, Violation> {
    session.receive(Message::Binary(bytes.into()), &Limits::default())
}

/// A session that is in the main namespace.
fn inside() -> Session {
    let mut session = Session::default();
    assert!(receive(&mut session, "0").is_ok());
    assert!(session.accept(1), "the first socket has number 1");
    session
}

#[test]
fn packets_are_written_as_the_protocol_has_them() {
    assert_eq!(
        event("/", "a\"b", &["1", "{}"], None, 0),
        r#"42["a\"b",1,{}]"#
    );
    assert_eq!(event("/x", "a", &[], Some(7), 0), r#"42/x,7["a"]"#);
    assert_eq!(event("/x", "a", &["0"], Some(7), 2), r#"452-/x,7["a",0]"#);
    assert_eq!(acknowledgement("/", 3, &[], 0), "433[]");
    assert_eq!(acknowledgement("/x", 3, &["1", "2"], 1), "461-/x,3[1,2]");
    assert_eq!(connected("/", "s", None), r#"40{"sid":"s"}"#);
    assert_eq!(
        connected("/x", "s", Some("p")),
        r#"40/x,{"sid":"s","pid":"p"}"#
    );
    assert_eq!(connect_error("/x", "no", None), r#"44/x,{"message":"no"}"#);
    assert_eq!(
        connect_error("/", "no", Some("1")),
        r#"44{"message":"no","data":1}"#
    );
    assert_eq!(disconnect("/x"), "41/x,");
}

#[test]
fn violations_are_seen() {
    let bad = [
        "",
        "abc",
        "9",
        "2",
        "2{}",
        "2[]",
        "2[{}]",
        "2[null]",
        "2abc[\"a\"]",
        r#"2["a""#,
        r#"2["a"] x"#,
        r#"2["connect"]"#,
        r#"2["disconnect",1]"#,
        r#"5["a"]"#,
        r#"5-["a"]"#,
        r#"5x-["a"]"#,
        r#"5+1-["a"]"#,
        r#"5257-["a"]"#,
        r#"51-["a",{"_placeholder":true,"num":1}]"#,
        r#"51-["a",{"_placeholder":true,"num":"0"}]"#,
        r#"51-["a",[{"_placeholder":true,"num":-1}]]"#,
        r#"299999999999999999999["a"]"#,
        "3[]",
        "31{}",
        "41",
        "4{}",
        "0[]",
        "0null",
        "0{",
        "1[]",
    ];
    for text in bad {
        assert_eq!(Header::decode(text).map(|_| ()), Err(Violation), "{text}");
    }
    let deep = format!("2[\"a\",{}1{}]", "[".repeat(100), "]".repeat(100));
    assert_eq!(Header::decode(&deep).map(|_| ()), Err(Violation));
    let brackets_in_text = format!("2[\"a\",\"\\\"{}\"]", "[".repeat(200));
    assert!(Header::decode(&brackets_in_text).is_ok());
    let long = format!("0/{}", "x".repeat(300));
    assert_eq!(Header::decode(&long).map(|_| ()), Err(Violation));
}

#[test]
fn namespaces_are_entered_and_left() {
    let mut session = Session::default();
    assert!(matches!(receive(&mut session, r#"2["a"]"#), Err(Violation)));
    let connect = receive(&mut session, r#"0/x?token=1,{"token":"123"}"#);
    let Ok(Some(Received::Connect { socket, auth })) = connect else {
        panic!("{connect:?}");
    };
    assert_eq!(auth.unwrap().get(), r#"{"token":"123"}"#);
    assert_eq!(session.namespace(socket), Some("/x"));
    assert!(!session.is_inside());
    assert!(session.accept(socket));
    assert!(session.is_inside());
    assert!(matches!(receive(&mut session, "0/x"), Err(Violation)));
    assert!(matches!(
        receive(&mut session, "1/x,"),
        Ok(Some(Received::Disconnect { .. }))
    ));
    assert!(!session.is_inside());
    assert!(!session.accept(socket));
    assert!(matches!(
        receive(&mut session, "0/x"),
        Ok(Some(Received::Connect { .. }))
    ));
}

#[test]
fn who_was_put_out_may_not_know_it_yet() {
    let mut session = inside();
    let socket = session.sockets().next().unwrap();
    assert!(session.put_out(socket));
    assert!(!session.put_out(socket));
    assert!(matches!(receive(&mut session, r#"2["late"]"#), Ok(None)));
    assert!(matches!(receive(&mut session, "1"), Ok(None)));
    assert!(matches!(
        receive(&mut session, "0"),
        Ok(Some(Received::Connect { .. }))
    ));
}

#[test]
fn namespaces_are_limited() {
    let mut session = Session::default();
    for number in 0..Limits::default().namespaces {
        assert!(receive(&mut session, &format!("0/{number}")).is_ok());
    }
    assert!(matches!(receive(&mut session, "0/more"), Err(Violation)));
}

#[test]
fn attachments_come_in_order() {
    let mut session = inside();
    let header = r#"52-9["m",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]"#;
    assert!(matches!(receive(&mut session, header), Ok(None)));
    assert!(matches!(attach(&mut session, &[1]), Ok(None)));
    let Ok(Some(Received::Event {
        name,
        arguments,
        ack,
        ..
    })) = attach(&mut session, &[2, 3])
    else {
        panic!("no event");
    };
    assert_eq!((name.as_str(), ack), ("m", Some(9)));
    assert_eq!(arguments.attachments, [vec![1], vec![2, 3]]);
    assert_eq!(arguments.values.len(), 2);
    // A binary packet may have no attachments at all.
    assert!(matches!(receive(&mut session, r#"50-["m"]"#), Ok(Some(_))));
}

#[test]
fn attachments_out_of_place_are_violations() {
    assert!(matches!(attach(&mut inside(), &[1]), Err(Violation)));
    let mut session = inside();
    receive(&mut session, r#"51-["m",{"_placeholder":true,"num":0}]"#).unwrap();
    assert!(matches!(receive(&mut session, r#"2["a"]"#), Err(Violation)));
    let mut session = inside();
    receive(&mut session, r#"52-["m"]"#).unwrap();
    let large = vec![0; Limits::default().packet_bytes];
    assert!(matches!(attach(&mut session, &large), Err(Violation)));
}

#[test]
fn attachments_are_for_those_who_were_let_in() {
    let header = r#"51-["m",{"_placeholder":true,"num":0}]"#;
    let elsewhere = r#"51-/x,["m",{"_placeholder":true,"num":0}]"#;
    let mut session = Session::default();
    assert!(matches!(receive(&mut session, header), Err(Violation)));
    let _ = receive(&mut session, "0");
    assert!(!session.was_admitted());
    assert!(matches!(receive(&mut session, header), Err(Violation)));
    let mut session = inside();
    assert!(session.was_admitted());
    assert!(matches!(receive(&mut session, elsewhere), Err(Violation)));
    // Who was put out may not know it yet.
    assert!(session.put_out(1));
    assert!(session.was_admitted());
    assert!(matches!(receive(&mut session, header), Ok(None)));
    assert!(matches!(attach(&mut session, &[1]), Ok(None)));
    let mut session = inside();
    let _ = receive(&mut session, "1");
    assert!(!session.was_admitted());
}

#[test]
fn acknowledgements_are_those_asked_for() {
    let mut session = inside();
    let socket = session.sockets().next().unwrap();
    assert!(matches!(receive(&mut session, "30[]"), Ok(None)));
    assert_eq!(session.next_ack(socket, &Limits::default()), Some(0));
    assert_eq!(session.next_ack(socket, &Limits::default()), Some(1));
    let answer = receive(&mut session, "31[true]");
    assert!(matches!(
        answer,
        Ok(Some(Received::Acknowledgement { ack: 1, .. }))
    ));
    assert!(matches!(receive(&mut session, "31[true]"), Ok(None)));
}

#[test]
fn a_session_comes_back_from_text() {
    let mut session = inside();
    let socket = session.sockets().next().unwrap();
    let _ = session.next_ack(socket, &Limits::default());
    assert!(session.is_whole());
    let text = serde_json::to_string(&session).unwrap();
    let mut session: Session = serde_json::from_str(&text).unwrap();
    let answer = receive(&mut session, "30[]");
    assert!(matches!(
        answer,
        Ok(Some(Received::Acknowledgement { ack: 0, .. }))
    ));
    let _ = receive(&mut session, "0/x");
    assert!(!session.is_whole());
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,5}", inner, 0..5).prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    #[test]
    fn events_come_back(
        namespace in "/[a-z/0-9]{0,10}",
        name in "[^\"]{1,10}",
        values in prop::collection::vec(json_value(), 0..4),
        ack in prop::option::of(0_u64..1 << 53),
        attachments in 0_usize..4,
    ) {
        prop_assume!(!["connect", "disconnect"].contains(&name.as_str()));
        let texts: Vec<String> = values.iter().map(Value::to_string).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let written = event(&namespace, &name, &texts, ack, attachments);
        let header = Header::decode(&written[1..]).unwrap();
        prop_assert_eq!(header.namespace, namespace);
        prop_assert_eq!(header.attachments, attachments);
        let Packet::Event(read_name, read, read_ack) = header.packet else {
            panic!("not an event: {written}");
        };
        prop_assert_eq!((read_name, read_ack), (name, ack));
        let read: Vec<&str> = read.iter().map(|value| value.get()).collect();
        prop_assert_eq!(read, texts);
    }

    #[test]
    fn any_messages_are_read_or_refused(
        messages in prop::collection::vec(prop_oneof![
            any::<String>().prop_map(Message::Text),
            "[0-6][0-9]?-?(/[a-z]{0,3},)?[0-9]{0,3}[\\[\\]{}\"a-z:,0-9]{0,20}".prop_map(Message::Text),
            Just(Message::Text("0".into())),
            Just(Message::Text("51-[\"a\",{\"_placeholder\":true,\"num\":0}]".into())),
            prop::collection::vec(any::<u8>(), 0..9).prop_map(Message::Binary),
        ], 0..20),
    ) {
        let mut session = Session::default();
        for message in messages {
            let received = session.receive(message, &Limits::default());
            if let Ok(Some(Received::Connect { socket, .. })) = received {
                prop_assert!(session.accept(socket));
            }
        }
    }
}
