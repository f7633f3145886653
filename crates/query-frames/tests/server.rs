//! Every frame has the keys of the contract and no others.

use proptest::prelude::*;
use query_frames::{Failure, QueryUpdate, ServerFrame, SystemStatus, WorkflowUpdate, frame};
use serde_json::{Value, json};

const AT: i64 = 1_705_314_600_000;
const TIME: &str = "2024-01-15T10:30:00.000Z";

fn sent(frame: ServerFrame) -> Value {
    serde_json::from_str(&frame.to_json(AT)).unwrap_or_default()
}

fn framed(kind: &str, data: Value) -> Value {
    json!({ "type": kind, "data": data, "timestamp": TIME })
}

#[test]
fn every_frame_has_its_keys_to_the_letter() {
    let cases = [
        (
            ServerFrame::ConnectionEstablished("u1"),
            framed("connection_established", json!({"userId": "u1"})),
        ),
        (
            ServerFrame::QueryUpdate(QueryUpdate::processing("q1")),
            framed(
                "query_update",
                json!({"queryId": "q1", "status": "processing"}),
            ),
        ),
        (
            ServerFrame::QueryUpdate(QueryUpdate::streaming("q1", " computing is")),
            framed(
                "query_update",
                json!({"queryId": "q1", "status": "streaming", "chunk": " computing is"}),
            ),
        ),
        (
            ServerFrame::QueryUpdate(QueryUpdate::completed("q1", " fun.", "It is fun.", 0.5)),
            framed(
                "query_update",
                json!({
                    "queryId": "q1", "status": "completed", "chunk": " fun.", "complete": true,
                    "responseText": "It is fun.", "verification": {"confidence": 0.5},
                }),
            ),
        ),
        (
            ServerFrame::QueryUpdate(QueryUpdate::completed("q1", "", "", 1.0)),
            framed(
                "query_update",
                json!({
                    "queryId": "q1", "status": "completed", "chunk": "", "complete": true,
                    "responseText": "", "verification": {"confidence": 1.0},
                }),
            ),
        ),
        (
            ServerFrame::QueryUpdate(QueryUpdate::failed("q1")),
            framed(
                "query_update",
                json!({"queryId": "q1", "status": "failed", "complete": true, "responseText": ""}),
            ),
        ),
        (
            ServerFrame::WorkflowUpdate(WorkflowUpdate {
                workflow_id: "w1",
                step_id: "workflow",
                status: "running",
                progress: Some(40),
                result: None,
                error: None,
            }),
            framed(
                "workflow_update",
                json!({"workflowId": "w1", "stepId": "workflow", "status": "running", "progress": 40}),
            ),
        ),
        (
            ServerFrame::WorkflowUpdate(WorkflowUpdate {
                workflow_id: "w1",
                step_id: "s1",
                status: "failed",
                progress: None,
                result: Some("{}"),
                error: Some("no"),
            }),
            framed(
                "workflow_update",
                json!({"workflowId": "w1", "stepId": "s1", "status": "failed", "result": "{}", "error": "no"}),
            ),
        ),
        (
            ServerFrame::QuerySubscribed("q1"),
            framed("subscription_confirmed", json!({"queryId": "q1"})),
        ),
        (
            ServerFrame::WorkflowSubscribed("w1"),
            framed("subscription_confirmed", json!({"workflowId": "w1"})),
        ),
        (
            ServerFrame::Ping,
            json!({"type": "ping", "timestamp": TIME}),
        ),
        (ServerFrame::Heartbeat, framed("heartbeat", json!({}))),
        (
            ServerFrame::Error(Failure {
                message: "No",
                code: "SYSTEM_UNAVAILABLE",
                request_id: "req_1",
            }),
            framed(
                "error",
                json!({"message": "No", "code": "SYSTEM_UNAVAILABLE", "request_id": "req_1"}),
            ),
        ),
        (
            ServerFrame::SystemStatus(SystemStatus::new("operational", "All is well", AT)),
            framed(
                "system_status",
                json!({"status": "operational", "message": "All is well", "timestamp": TIME}),
            ),
        ),
    ];
    for (frame, expected) in cases {
        assert_eq!(sent(frame), expected);
    }
}

#[test]
fn a_frame_of_the_log_is_the_frame_that_was_published() {
    let update = ServerFrame::QueryUpdate(QueryUpdate::streaming("q1", "\"\u{2028}\n"));
    let data = update.data().expect("updates have data").to_string();
    assert_eq!(
        frame(update.kind().name(), Some(&data), AT),
        update.to_json(AT)
    );
}

#[test]
fn times_have_milliseconds_whatever_the_clock_says() {
    for ms in [0, 1, -1, AT + 7, i64::MAX, i64::MIN] {
        let sent: Value = serde_json::from_str(&ServerFrame::Ping.to_json(ms)).expect("JSON");
        let time = sent["timestamp"].as_str().expect("a text");
        assert_eq!(
            (time.len(), &time[19..20], &time[23..]),
            (24, ".", "Z"),
            "{time}"
        );
    }
}

#[test]
fn a_confidence_is_a_number_from_0_to_1() {
    for (given, expected) in [
        (0.0, 0.0),
        (0.25, 0.25),
        (7.0, 1.0),
        (-1.0, 0.0),
        (f64::NAN, 0.0),
        (f64::INFINITY, 1.0),
    ] {
        let frame = sent(ServerFrame::QueryUpdate(QueryUpdate::completed(
            "q1", "x", "x", given,
        )));
        assert_eq!(frame["data"]["verification"]["confidence"], json!(expected));
    }
}

proptest! {
    #[test]
    fn any_text_survives(text in "\\PC*", id in any::<String>()) {
        let frame = sent(ServerFrame::QueryUpdate(QueryUpdate::streaming(&id, &text)));
        prop_assert_eq!(&frame["data"]["chunk"], &json!(text));
        prop_assert_eq!(&frame["data"]["queryId"], &json!(id));
    }
}
