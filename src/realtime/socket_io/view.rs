//! What a namespace shows of the log.

use serde_json::{Value, json};

use super::host::Frame;
use super::recovery::Owner;
use crate::realtime::event::{Gap, Logged};

/// Everything in the feed: each event with its data and, as the last argument, its position.
pub const EVENTS: &str = "/events";

/// House scans as their app knows them (`scan:*`); analyses of room scans show in the same words.
pub const SCANS: &str = "/scans";

/// For clients that connect without naming a namespace; nothing happens here.
pub const MAIN: &str = "/";

/// The kind of the jobs that analyze room scans.
const ROOM_ANALYSIS: &str = "room_scan.analyze";

/// The frame of an event in a namespace, if the namespace shows it.
///
/// The last argument is the position: a client that was cut off sends the last one back (connection
/// state recovery of Socket.IO 4.6).
pub fn frame(namespace: &str, event: &Logged, owner: &Owner) -> Option<Frame> {
    let as_frame = |name: &str, data: &str| {
        let offset = owner.offset(event.seq);
        Frame::event(namespace, name, &[data, &offset])
    };
    match namespace {
        EVENTS => Some(as_frame(&event.name, &event.data)),
        SCANS if event.name.starts_with("scan:") => Some(as_frame(&event.name, &event.data)),
        SCANS if event.name == "job.updated" => {
            let job: Value = serde_json::from_str(&event.data).ok()?;
            let (name, data) = room_analysis(&job)?;
            Some(as_frame(name, &data.to_string()))
        }
        _ => None,
    }
}

/// Tells a client that events were trimmed before it came for them.
pub fn gap_frame(namespace: &str, gap: Gap, position: i64, owner: &Owner) -> Frame {
    let arguments = [&*gap.to_json(), &owner.offset(position)];
    Frame::event(namespace, "gap", &arguments)
}

/// The analysis of a room scan in the words of CONTRACT 2.2.
fn room_analysis(job: &Value) -> Option<(&'static str, Value)> {
    if job["kind"] != ROOM_ANALYSIS {
        return None;
    }
    let id = &job["processing_id"];
    match job["status"].as_str()? {
        "queued" => Some((
            "scan:processing",
            json!({"scanId": id, "jobId": id, "status": "processing", "message": "Processing has started"}),
        )),
        "processing" => {
            let percent = (job["progress"].as_f64()? * 100.0).round() as i64;
            let mut data = json!({"scanId": id, "progress": percent});
            if job["stage"].is_string() {
                data["stage"] = job["stage"].clone();
            }
            Some(("scan:progress", data))
        }
        "completed" => Some((
            "scan:completed",
            json!({"scanId": id, "message": "Processing is complete"}),
        )),
        _ => Some((
            "scan:failed",
            json!({"scanId": id, "error": job["error_message"]}),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_analysis_reads_like_a_scan() {
        let job = json!({"kind": ROOM_ANALYSIS, "processing_id": "p", "status": "processing", "progress": 0.5, "stage": "analyzing"});
        let (name, data) = room_analysis(&job).unwrap();
        assert_eq!(name, "scan:progress");
        assert_eq!(
            data,
            json!({"scanId": "p", "progress": 50, "stage": "analyzing"})
        );
        assert!(room_analysis(&json!({"kind": "export", "status": "completed"})).is_none());
    }
}
