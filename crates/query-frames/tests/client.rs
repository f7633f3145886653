//! What clients send is understood in both spellings, and nothing they send does harm.

use proptest::prelude::*;
use query_frames::{
    ClientFrame, MAX_FRAME_BYTES, MAX_ID_BYTES, MAX_OPERATION_CHARS, MAX_QUERY_CHARS,
};
use serde_json::{Value, json};

fn parse(frame: Value) -> ClientFrame {
    ClientFrame::parse(&frame.to_string())
}

fn refused(frame: Value) -> Option<String> {
    match parse(frame) {
        ClientFrame::Refused(refusal) => Some(refusal.message),
        _ => None,
    }
}

fn submit(query: &str, operation: &str) -> ClientFrame {
    ClientFrame::SubmitQuery {
        query: query.into(),
        operation: operation.into(),
    }
}

#[test]
fn a_query_is_submitted() {
    let timestamp = "2024-01-15T10:30:00.000Z";
    assert_eq!(
        parse(
            json!({"type": "submit_query", "query": "Why?", "operation": "analysis", "timestamp": timestamp})
        ),
        submit("Why?", "analysis")
    );
    for operation in [json!(null), json!(""), json!("  ")] {
        assert_eq!(
            parse(json!({"type": "submit_query", "query": " Why? ", "operation": operation})),
            submit(" Why? ", "general")
        );
    }
    assert_eq!(
        parse(json!({"type": "submit_query", "query": "Why?", "extra": {"deep": [1, {}]}})),
        submit("Why?", "general")
    );
}

#[test]
fn both_spellings_of_every_field_count() {
    for (query, workflow, chunk) in [
        ("queryId", "workflowId", "fromChunk"),
        ("query_id", "workflow_id", "from_chunk"),
    ] {
        let query_id = || "q1".to_owned();
        let workflow_id = || "w1".to_owned();
        assert_eq!(
            parse(json!({"type": "subscribe_query", query: "q1"})),
            ClientFrame::SubscribeQuery {
                query_id: query_id()
            }
        );
        assert_eq!(
            parse(json!({"type": "unsubscribe_query", query: "q1"})),
            ClientFrame::UnsubscribeQuery {
                query_id: query_id()
            }
        );
        assert_eq!(
            parse(json!({"type": "resume", query: "q1", chunk: 7})),
            ClientFrame::Resume {
                query_id: query_id(),
                from_chunk: 7
            }
        );
        assert_eq!(
            parse(json!({"type": "subscribe_workflow", workflow: "w1"})),
            ClientFrame::SubscribeWorkflow {
                workflow_id: workflow_id()
            }
        );
        assert_eq!(
            parse(json!({"type": "unsubscribe_workflow", workflow: "w1"})),
            ClientFrame::UnsubscribeWorkflow {
                workflow_id: workflow_id()
            }
        );
    }
    assert_eq!(
        parse(json!({"type": "subscribe_system_status"})),
        ClientFrame::SubscribeSystemStatus
    );
    assert_eq!(
        parse(json!({"type": "unsubscribe_system_status"})),
        ClientFrame::UnsubscribeSystemStatus
    );
}

#[test]
fn a_resume_from_anywhere_is_understood() {
    for (given, expected) in [
        (json!(null), 0),
        (json!(0), 0),
        (json!(-5), 0),
        (json!(3.0), 3),
        (json!(1e300), u32::MAX),
    ] {
        let frame = parse(json!({"type": "resume", "queryId": "q1", "from_chunk": given}));
        let ClientFrame::Resume { from_chunk, .. } = frame else {
            panic!("{given} gives {frame:?}");
        };
        assert_eq!(from_chunk, expected, "{given}");
    }
    assert!(refused(json!({"type": "resume", "queryId": "q1", "from_chunk": "3"})).is_some());
}

#[test]
fn a_heartbeat_comes_in_many_forms() {
    for kind in [
        "heartbeat",
        "Heartbeat",
        "HEARTBEAT",
        "com.amaima.app.Message.Heartbeat",
        ".heartbeat",
    ] {
        assert_eq!(
            parse(json!({"type": kind})),
            ClientFrame::Heartbeat,
            "{kind}"
        );
    }
    for kind in ["heartbeats", "heartbeat.x", "my_heartbeat", "heartbeat."] {
        assert_eq!(parse(json!({"type": kind})), ClientFrame::Ignored, "{kind}");
    }
    assert_eq!(
        parse(json!({"type": "pong", "query": 5})),
        ClientFrame::Pong
    );
}

#[test]
fn what_is_no_frame_is_ignored() {
    let texts = [
        "",
        "null",
        "5",
        "[]",
        "{}",
        "heartbeat",
        "{\"type\":",
        "{\"type\":5}",
        "{\"type\":null}",
        "{\"type\":{\"type\":\"pong\"}}",
        "{\"type\":\"hello\"}",
        "{\"type\":\"PONG\"}",
        "{\"type\":\"pong\"} x",
        "\u{0}",
    ];
    for text in texts {
        assert_eq!(ClientFrame::parse(text), ClientFrame::Ignored, "{text}");
    }
    let deep = format!(
        "{{\"type\":\"pong\",\"x\":{}1{}}}",
        "[".repeat(400_000),
        "]".repeat(400_000)
    );
    assert!(deep.len() < MAX_FRAME_BYTES);
    ClientFrame::parse(&deep);
    let long = format!(
        "{{\"type\":\"pong\",\"x\":\"{}\"}}",
        "x".repeat(MAX_FRAME_BYTES)
    );
    assert_eq!(ClientFrame::parse(&long), ClientFrame::Ignored);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_reason() {
    let cases = [
        (json!({"type": "submit_query"}), "query is required"),
        (
            json!({"type": "submit_query", "query": " \n"}),
            "query is required",
        ),
        (
            json!({"type": "submit_query", "query": 5}),
            "query must be a text",
        ),
        (
            json!({"type": "submit_query", "query": "x".repeat(MAX_QUERY_CHARS + 1)}),
            "query must be at most 100000 characters",
        ),
        (
            json!({"type": "submit_query", "query": "x", "operation": "é".repeat(MAX_OPERATION_CHARS + 1)}),
            "operation must be at most 64 characters",
        ),
        (
            json!({"type": "submit_query", "query": "x", "operation": []}),
            "operation must be a text",
        ),
        (json!({"type": "subscribe_query"}), "queryId is required"),
        (
            json!({"type": "subscribe_query", "queryId": ""}),
            "queryId is not an id",
        ),
        (
            json!({"type": "subscribe_query", "queryId": {}}),
            "queryId is not an id",
        ),
        (
            json!({"type": "subscribe_query", "queryId": "a\nb"}),
            "queryId is not an id",
        ),
        (
            json!({"type": "subscribe_query", "queryId": "x".repeat(MAX_ID_BYTES + 1)}),
            "queryId is not an id",
        ),
        (
            json!({"type": "subscribe_workflow", "workflowId": 5}),
            "workflowId is not an id",
        ),
        (
            json!({"type": "resume", "from_chunk": 1}),
            "queryId is required",
        ),
    ];
    for (frame, reason) in cases {
        assert_eq!(refused(frame.clone()).as_deref(), Some(reason), "{frame}");
    }
    assert_eq!(
        parse(json!({"type": "submit_query", "query": "é".repeat(MAX_QUERY_CHARS)})),
        submit(&"é".repeat(MAX_QUERY_CHARS), "general")
    );
}

#[test]
fn nothing_is_said_to_an_unusable_unsubscription() {
    for kind in ["unsubscribe_query", "unsubscribe_workflow"] {
        assert_eq!(parse(json!({"type": kind})), ClientFrame::Ignored);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC*") {
        ClientFrame::parse(&text);
    }

    #[test]
    fn fields_of_any_type_are_read_without_a_panic(
        kind in "(submit_query|subscribe_query|resume|subscribe_workflow|pong|[a-z.]*)",
        name in "(query|operation|queryId|query_id|workflowId|fromChunk|from_chunk|type)",
        value in prop_oneof![
            Just(json!(null)), Just(json!(true)), Just(json!([1, [2]])), Just(json!({"a": {}})),
            any::<f64>().prop_map(|number| json!(number)), "\\PC*".prop_map(|text| json!(text)),
        ],
    ) {
        let frame = parse(json!({"type": kind, name: value}));
        if let ClientFrame::SubscribeQuery { query_id } | ClientFrame::Resume { query_id, .. } = frame {
            prop_assert!((1..=MAX_ID_BYTES).contains(&query_id.len()));
        }
    }
}
