//! What the API document says of records. Bodies are read and answers made by the definitions in
//! [`super::collection`], so that each collection needs no code of its own.
#![expect(dead_code, reason = "only the descriptions are used")]

use utoipa::ToSchema;

use crate::http::Pagination;

/// How somebody feels (CONTRACT 8.5).
#[derive(ToSchema)]
pub struct Mood {
    id: String,
    user_id: String,
    date: Option<String>,
    mood: Option<String>,
    note: Option<String>,
    created_at: String,
    updated_at: String,
    /// Of a record that is deleted, and stays so because the write was older.
    #[schema(nullable = false)]
    deleted_at: Option<String>,
}

/// An entry of a journal (CONTRACT 6.5).
#[derive(ToSchema)]
pub struct Journal {
    id: String,
    user_id: String,
    title: Option<String>,
    content: Option<String>,
    mood_id: Option<String>,
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    date: Option<String>,
    created_at: String,
    updated_at: String,
    /// Of a record that is deleted, and stays so because the write was older.
    #[schema(nullable = false)]
    deleted_at: Option<String>,
}

/// A goal and how far it is reached (CONTRACT 6.5).
#[derive(ToSchema)]
pub struct Goal {
    id: String,
    user_id: String,
    title: Option<String>,
    description: Option<String>,
    category: Option<String>,
    target_value: Option<f64>,
    current_value: Option<f64>,
    unit: Option<String>,
    target_date: Option<String>,
    /// `active`, `completed`, `paused` or `archived`.
    #[schema(nullable = false)]
    status: Option<String>,
    created_at: String,
    updated_at: String,
    /// Of a record that is deleted, and stays so because the write was older.
    #[schema(nullable = false)]
    deleted_at: Option<String>,
}

/// A mood as a client writes it. Keys may be in camelCase.
#[derive(ToSchema)]
pub struct MoodBody {
    /// Made by the client: 1 to 64 letters, digits, dots or dashes.
    id: Option<String>,
    /// The caller's, if it is there at all.
    user_id: Option<String>,
    /// When it was made unless said.
    date: Option<String>,
    /// 1 to 64 characters. A PATCH may leave it out.
    mood: Option<String>,
    /// Up to 10 000 characters.
    note: Option<String>,
    created_at: Option<String>,
    /// When it was written; the later write wins. Now unless said.
    updated_at: Option<String>,
    /// The `updated_at` of the record that was changed: what the client left as it was then does
    /// not overwrite what others changed since.
    base_updated_at: Option<String>,
    /// The same by the cursor of the last pull.
    base: Option<String>,
}

/// An entry of a journal as a client writes it. Keys may be in camelCase, times may be seconds
/// since 2001.
#[derive(ToSchema)]
pub struct JournalBody {
    id: Option<String>,
    user_id: Option<String>,
    /// Up to 500 characters.
    title: Option<String>,
    /// Up to 100 000 characters, and 128 kB.
    content: Option<String>,
    mood_id: Option<String>,
    /// Up to 50, each of up to 64 characters.
    tags: Option<Vec<String>>,
    date: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    base_updated_at: Option<String>,
    base: Option<String>,
}

/// A goal as a client writes it. Keys may be in camelCase, times may be seconds since 2001.
#[derive(ToSchema)]
pub struct GoalBody {
    id: Option<String>,
    user_id: Option<String>,
    /// 1 to 500 characters. A PATCH may leave it out.
    title: Option<String>,
    description: Option<String>,
    category: Option<String>,
    target_value: Option<f64>,
    current_value: Option<f64>,
    unit: Option<String>,
    target_date: Option<String>,
    /// `active`, `completed`, `paused` or `archived`; `active` unless said.
    status: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    base_updated_at: Option<String>,
    base: Option<String>,
}

/// A page of moods. Under `/v1` the bare list.
#[derive(ToSchema)]
pub struct MoodList {
    moods: Vec<Mood>,
    pagination: Pagination,
}

/// A page of journal entries. Under `/v1` the bare list.
#[derive(ToSchema)]
pub struct JournalList {
    journals: Vec<Journal>,
    pagination: Pagination,
}

/// A page of goals. Under `/v1` the bare list.
#[derive(ToSchema)]
pub struct GoalList {
    goals: Vec<Goal>,
    pagination: Pagination,
}

/// Operations that were queued offline. A bare list, or `items` or `requests`, will do too.
#[derive(ToSchema)]
pub struct BatchBody {
    /// The app's installation; the `X-Device-ID` header unless said.
    device_id: Option<String>,
    /// The cursor of the last pull.
    cursor: Option<String>,
    /// At most 100.
    operations: Vec<BatchOperation>,
}

/// An operation of a batch (CONTRACT 6.1).
#[derive(ToSchema)]
pub struct BatchOperation {
    /// A number that counts up on the device, or a text that occurs once.
    id: serde_json::Value,
    /// A method, or a word: `create`, `update`, `delete`; any other is a POST.
    operation: String,
    /// A path, with or without `/api/v1`: of a record, or of any other route that writes and is no
    /// upload.
    endpoint: String,
    /// The body, also as a text of JSON.
    data: Option<serde_json::Value>,
    /// When it was queued.
    created_at: Option<String>,
    /// 1 to 4, the urgent first; 0 counts as 4.
    priority: Option<u8>,
    /// By what a resend is known, instead of the id.
    idempotency_key: Option<String>,
    /// Ids of operations without which this one makes no sense.
    depends_on: Option<Vec<serde_json::Value>>,
}

/// What became of a batch.
#[derive(ToSchema)]
pub struct BatchAnswer {
    /// One for each operation, in the order in which they were sent.
    results: Vec<BatchResult>,
    applied: u32,
    duplicates: u32,
    conflicts: u32,
    failed: u32,
    server_time: String,
    /// Where to go on pulling: behind this batch, if the cursor that was sent was the latest.
    cursor: String,
}

/// What became of an operation.
#[derive(ToSchema)]
pub struct BatchResult {
    id: serde_json::Value,
    /// `applied`, `duplicate`, `conflict`, `rejected` (do not resend) or `retry` (resend).
    status: String,
    http_status: u16,
    /// The record as it is now, or what the other route answered.
    data: Option<serde_json::Value>,
    #[schema(nullable = false)]
    error: Option<BatchError>,
    /// Seconds after which to send it again, where that is known.
    retry_after: Option<u64>,
    #[schema(nullable = false)]
    server_updated_at: Option<String>,
}

/// Why an operation did not take effect.
#[derive(ToSchema)]
pub struct BatchError {
    code: String,
    message: String,
}

/// Events of an outbox (CONTRACT 6.5).
#[derive(ToSchema)]
pub struct OutboxBody {
    /// At most 100.
    events: Vec<OutboxEvent>,
}

/// An event of an outbox.
#[derive(ToSchema)]
pub struct OutboxEvent {
    event_id: String,
    /// `mood.created`, `journal.updated`, `goal.deleted`, ...
    event_type: String,
    /// The record, or of one that was deleted its id.
    payload: serde_json::Value,
    created_at: Option<String>,
}

/// What became of the events.
#[derive(ToSchema)]
pub struct OutboxAnswer {
    results: Vec<OutboxResult>,
    applied: u32,
    duplicates: u32,
    conflicts: u32,
    failed: u32,
    server_time: String,
    cursor: String,
}

/// What became of an event.
#[derive(ToSchema)]
pub struct OutboxResult {
    event_id: String,
    /// `applied`, `duplicate`, `conflict`, `rejected` or `retry`.
    status: String,
    http_status: u16,
    data: Option<serde_json::Value>,
    #[schema(nullable = false)]
    error: Option<BatchError>,
    retry_after: Option<u64>,
    #[schema(nullable = false)]
    server_updated_at: Option<String>,
}

/// What changed (CONTRACT 6.4).
#[derive(ToSchema)]
pub struct Changes {
    /// Oldest first.
    changes: Vec<Change>,
    /// For the next pull.
    cursor: String,
    /// Whether there is more right now.
    has_more: bool,
    /// Whether the device must forget what it has: it was away too long, and gets everything.
    reset: bool,
}

/// A change of a record.
#[derive(ToSchema)]
pub struct Change {
    /// `moods`, `journals`, `goals` or `organizations`.
    collection: String,
    id: String,
    /// `upsert` or `delete`.
    op: String,
    updated_at: String,
    /// The record; with `fields=changed` only what is new in it, if the device has the rest.
    #[schema(nullable = false)]
    data: Option<serde_json::Value>,
    /// Whether `data` has only what is new.
    #[schema(nullable = false)]
    is_partial: Option<bool>,
}

/// How it stands with a device (CONTRACT 6.3).
#[derive(ToSchema)]
pub struct SyncStatus {
    user_id: String,
    device_id: Option<String>,
    /// When the device last sent a batch of numbered operations.
    last_sync_at: Option<String>,
    server_time: String,
    /// That of a device which has everything.
    cursor: String,
    /// Jobs that go on.
    pending: i64,
    /// Jobs that failed.
    failed: i64,
    /// What lost and was not decided on.
    conflicts: i64,
    /// Operations that wait here, by priority: none, since a batch is carried out at once.
    by_priority: serde_json::Value,
    /// For each collection `count` and `last_modified`.
    collections: serde_json::Value,
}

/// Something that lost (CONTRACT 6.6).
#[derive(ToSchema)]
pub struct Conflict {
    id: String,
    collection: String,
    record_id: String,
    /// `update`, `delete` or `add`.
    operation: String,
    /// What was written and does not count.
    data: serde_json::Value,
    /// When it was written, as its writer says.
    written_at: String,
    /// When it lost.
    created_at: String,
    /// When it is forgotten.
    expires_at: String,
}

/// A page of what lost. Under `/v1` the bare list.
#[derive(ToSchema)]
pub struct ConflictList {
    conflicts: Vec<Conflict>,
    pagination: Pagination,
}

/// What shall become of a loser.
#[derive(ToSchema)]
pub struct ResolutionBody {
    /// `restore`: what lost is written again, now. `keep`: what is there stays.
    resolution: String,
}

/// What became of a loser.
#[derive(ToSchema)]
pub struct Resolution {
    id: String,
    resolution: String,
    /// The record as it is now; null if there is none.
    record: Option<serde_json::Value>,
}

/// Progress of a goal.
#[derive(ToSchema)]
pub struct ProgressBody {
    /// What is added; may be negative.
    amount: f64,
    /// By what a resend is known: with it, the amount is added once.
    id: Option<String>,
}
