//! Frames of the query socket: never a panic, never an id or a query beyond its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use query_frames::{ClientFrame, MAX_ID_BYTES, MAX_OPERATION_CHARS, MAX_QUERY_CHARS};

fuzz_target!(|text: &str| {
    match ClientFrame::parse(text) {
        ClientFrame::SubmitQuery { query, operation } => {
            assert!(!query.trim().is_empty());
            assert!(query.chars().count() <= MAX_QUERY_CHARS);
            assert!(operation.chars().count() <= MAX_OPERATION_CHARS);
        }
        ClientFrame::SubscribeQuery { query_id: id }
        | ClientFrame::UnsubscribeQuery { query_id: id }
        | ClientFrame::Resume { query_id: id, .. }
        | ClientFrame::SubscribeWorkflow { workflow_id: id }
        | ClientFrame::UnsubscribeWorkflow { workflow_id: id } => {
            assert!((1..=MAX_ID_BYTES).contains(&id.len()));
        }
        ClientFrame::Refused(refusal) => assert!(!refusal.message.is_empty()),
        _ => {}
    }
});
