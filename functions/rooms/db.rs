//! SQL of `room_scans`, and of `jobs` where a scan's own job is meant.

use super::ANALYZE_ROOM_SCAN;
use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::http::Paging;
use crate::jobs::{JobRow, deadline, first_sweep};
use crate::time::next_month;

/// A scan that was received and lies in R2.
pub struct NewScan<'a> {
    pub id: &'a str,
    pub scan_id: &'a str,
    pub content_hash: &'a str,
    pub summary: &'a room_engine::ScanSummary,
    pub point_count: i64,
    pub size_bytes: i64,
    pub object_key: &'a str,
    pub cloud_key: Option<&'a str>,
    pub is_gzip: bool,
    /// The rows that a fusion combines, as a JSON list.
    pub fused_from: Option<&'a str>,
}

/// The job that a new scan gets.
pub struct NewJob<'a> {
    pub id: &'a str,
    pub cost_estimate: f64,
    pub estimated_completion: i64,
    /// Units of the quota; none for a test key.
    pub quota: i64,
    pub now: i64,
}

/// Creates the job, unless the same content has one that did not fail, or no quota is left, or
/// the session has ended. The three statements after it act only if it did.
pub fn insert_job(caller: &Caller, scan: &NewScan<'_>, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "insert into jobs
           (id, kind, user_id, subject_id, stage, cost_estimate, quota_consumed, quota_period,
            due_at, deadline_at, estimated_completion, created_at)
         select ?3, ?4, l.user_id, ?5, 'queued', ?6, ?7,
           case when l.quota_resets_at <= ?8 then ?9 else l.quota_resets_at end,
           ?10, ?11, ?12, ?8
         from live_sessions l
         where l.session_id = ?1
           and l.user_id = ?2
           and (?7 = 0
             or case when l.quota_resets_at <= ?8 then 0 else l.quota_used end + ?7 <= l.quota_limit)
           and not exists (
             select 1
             from room_scans s
             join jobs j on j.id = s.job_id
             where s.user_id = ?2
               and s.scan_id = ?13
               and s.content_hash = ?14
               and s.deleted_at is null
               and j.state <> 'failed'
           )",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(job.id)
    .bind(ANALYZE_ROOM_SCAN)
    .bind(scan.id)
    .bind(job.cost_estimate)
    .bind(job.quota)
    .bind(job.now)
    .bind(next_month(job.now))
    .bind(first_sweep(job.now))
    .bind(deadline(job.now))
    .bind(job.estimated_completion)
    .bind(scan.scan_id)
    .bind(scan.content_hash)
}

/// Makes older contents of the scan history.
pub fn supersede(caller: &Caller, scan: &NewScan<'_>, job: &NewJob<'_>) -> Statement {
    Statement::new(
        "update room_scans
         set superseded_at = ?4
         where user_id = ?1
           and scan_id = ?2
           and superseded_at is null
           and exists (select 1 from jobs where id = ?3)",
    )
    .bind(&caller.user_id)
    .bind(scan.scan_id)
    .bind(job.id)
    .bind(job.now)
}

/// Writes the scan; content that was here before gets the new job and the new files.
pub fn upsert_scan(caller: &Caller, scan: &NewScan<'_>, job: &NewJob<'_>) -> Statement {
    let summary = scan.summary;
    let measured = summary.measurements;
    Statement::new(
        "insert into room_scans
           (user_id, id, scan_id, content_hash, name, taken_at, platform, model, os_version,
            length, width, height, area, volume, point_count, size_bytes, object_key, cloud_key,
            is_gzip, job_id, uploaded_at, fused_from)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
           ?19, ?20, ?21, ?22
         where exists (select 1 from jobs where id = ?20)
         on conflict (user_id, scan_id, content_hash) do update
         set id = excluded.id, job_id = excluded.job_id, object_key = excluded.object_key,
           cloud_key = excluded.cloud_key, is_gzip = excluded.is_gzip,
           size_bytes = excluded.size_bytes, uploaded_at = excluded.uploaded_at,
           fused_from = excluded.fused_from, superseded_at = null, deleted_at = null",
    )
    .bind(&caller.user_id)
    .bind(scan.id)
    .bind(scan.scan_id)
    .bind(scan.content_hash)
    .bind(summary.name.as_deref())
    .bind(summary.timestamp.as_deref())
    .bind(summary.platform.as_deref())
    .bind(summary.model.as_deref())
    .bind(summary.os_version.as_deref())
    .bind(measured.length)
    .bind(measured.width)
    .bind(measured.height)
    .bind(measured.area)
    .bind(measured.volume)
    .bind(scan.point_count)
    .bind(scan.size_bytes)
    .bind(scan.object_key)
    .bind(scan.cloud_key)
    .bind(scan.is_gzip)
    .bind(job.id)
    .bind(job.now)
    .bind(scan.fused_from)
}

row! {
    /// The job of a content, as an upload answers it.
    #[derive(Debug)]
    pub struct UploadedJobRow {
        pub id: String,
        pub cost_estimate: f64,
        pub quota_consumed: i64,
        pub estimated_completion: i64,
    }
}

/// The job of this content, the new one or the one it had.
pub fn find_job_of_content(caller: &Caller, scan: &NewScan<'_>) -> Statement {
    Statement::new(
        "select j.id, j.cost_estimate, j.quota_consumed, j.estimated_completion
         from room_scans s
         join jobs j on j.id = s.job_id
         where s.user_id = ?1
           and s.scan_id = ?2
           and s.content_hash = ?3
           and s.deleted_at is null
           and (j.state <> 'failed' or j.subject_id = ?4)",
    )
    .bind(&caller.user_id)
    .bind(scan.scan_id)
    .bind(scan.content_hash)
    .bind(scan.id)
}

/// The files of a content, before an upload replaces them.
pub fn find_files_of_content(caller: &Caller, scan: &NewScan<'_>) -> Statement {
    Statement::new(
        "select object_key, cloud_key
         from room_scans
         where user_id = ?1 and scan_id = ?2 and content_hash = ?3",
    )
    .bind(&caller.user_id)
    .bind(scan.scan_id)
    .bind(scan.content_hash)
}

row! {
    /// The R2 keys of a scan.
    #[derive(Debug)]
    pub struct FilesRow {
        pub object_key: String,
        pub cloud_key: Option<String>,
    }
}

impl FilesRow {
    /// All of them.
    pub fn into_keys(self) -> impl Iterator<Item = String> {
        std::iter::once(self.object_key).chain(self.cloud_key)
    }
}

row! {
    /// A scan in a list (CONTRACT R8).
    #[derive(Debug)]
    pub struct ListedScanRow {
        pub scan_id: String,
        pub name: Option<String>,
        pub uploaded_at: i64,
        pub state: String,
        pub cost_actual: Option<f64>,
        pub job_id: String,
    }
}

/// A page of the caller's scans, newest first.
pub fn list_scans(caller: &Caller, paging: &Paging) -> Statement {
    Statement::new(
        "select s.scan_id, s.name, s.uploaded_at, j.state, j.cost_actual, s.job_id
         from room_scans s
         join jobs j on j.id = s.job_id
         where s.user_id = ?1 and s.superseded_at is null and s.deleted_at is null
         order by s.uploaded_at desc, s.id
         limit ?2 offset ?3",
    )
    .bind(&caller.user_id)
    .bind(paging.per_page())
    .bind(paging.offset())
}

row! {
    /// A number of rows.
    #[derive(Debug)]
    pub struct Count {
        pub total: i64,
    }
}

/// How many scans the caller has.
pub fn count_scans(caller: &Caller) -> Statement {
    Statement::new(
        "select count(*) as total
         from room_scans
         where user_id = ?1 and superseded_at is null and deleted_at is null",
    )
    .bind(&caller.user_id)
}

row! {
    /// A scan for download.
    #[derive(Debug)]
    pub struct ScanFilesRow {
        pub object_key: String,
        pub cloud_key: Option<String>,
        pub is_gzip: i64,
        pub content_hash: String,
    }
}

/// The newest content of the caller's scan.
pub fn find_scan_files(caller: &Caller, scan_id: &str) -> Statement {
    Statement::new(
        "select object_key, cloud_key, is_gzip, content_hash
         from room_scans
         where user_id = ?1
           and scan_id = ?2
           and superseded_at is null
           and deleted_at is null",
    )
    .bind(&caller.user_id)
    .bind(scan_id)
}

row! {
    /// Everything that a scan left in R2.
    #[derive(Debug)]
    pub struct ScanRemainsRow {
        pub object_key: String,
        pub cloud_key: Option<String>,
        pub result_key: Option<String>,
    }
}

/// All contents of the caller's scan that are not deleted, with their results.
pub fn list_remains(caller: &Caller, scan_id: &str) -> Statement {
    Statement::new(
        "select s.object_key, s.cloud_key, j.result_key
         from room_scans s
         join jobs j on j.id = s.job_id
         where s.user_id = ?1 and s.scan_id = ?2",
    )
    .bind(&caller.user_id)
    .bind(scan_id)
}

/// Takes the scan out of sight, gives back the quota of unfinished jobs, and ends those. In this
/// order: the refund looks at the jobs as they were.
pub fn delete_scan(caller: &Caller, scan_id: &str, now: i64) -> Vec<Statement> {
    let refund = Statement::new(
        "update users
         set quota_used = max(0, quota_used - (
           select coalesce(sum(j.quota_consumed), 0)
           from room_scans s
           join jobs j on j.id = s.job_id
           where s.user_id = ?1
             and s.scan_id = ?2
             and s.deleted_at is null
             and j.state in ('queued', 'processing')
             and j.quota_period = users.quota_resets_at
         ))
         where id = ?1 and exists (select 1 from live_sessions where session_id = ?3)",
    );
    let end_jobs = Statement::new(
        "update jobs
         set purged_at = ?4,
           state = case when state in ('queued', 'processing') then 'failed' else state end,
           error = case when state in ('queued', 'processing') then 'The scan was deleted' else error end,
           quota_consumed = case when state in ('queued', 'processing') then 0 else quota_consumed end,
           finished_at = coalesce(finished_at, ?4),
           announce_at = case when state in ('queued', 'processing') then ?4 else announce_at end,
           lease_until = null
         where purged_at is null
           and id in (
             select job_id from room_scans
             where user_id = ?1 and scan_id = ?2 and deleted_at is null
           )
           and exists (select 1 from live_sessions where session_id = ?3)",
    );
    let hide = Statement::new(
        "update room_scans
         set deleted_at = ?4, superseded_at = coalesce(superseded_at, ?4)
         where user_id = ?1
           and scan_id = ?2
           and deleted_at is null
           and exists (select 1 from live_sessions where session_id = ?3)",
    );
    let bind = |statement: Statement| {
        statement
            .bind(&caller.user_id)
            .bind(scan_id)
            .bind(&caller.session_id)
    };
    vec![bind(refund), bind(end_jobs).bind(now), bind(hide).bind(now)]
}

row! {
    /// The caller's job with where its result lies.
    #[derive(Debug)]
    pub struct ProcessingRow {
        pub result_key: Option<String>,
        pub job: JobRow,
    }
}

/// The caller's job.
pub fn find_processing(caller: &Caller, job_id: &str) -> Statement {
    Statement::new(
        "select id, state, progress, stage, provider, cost_actual, estimated_completion, error,
           purged_at, result_key
         from jobs
         where id = ?1 and user_id = ?2 and kind = ?3",
    )
    .bind(job_id)
    .bind(&caller.user_id)
    .bind(ANALYZE_ROOM_SCAN)
}

row! {
    /// What the analysis starts from.
    #[derive(Debug)]
    pub struct ScanToAnalyzeRow {
        pub name: Option<String>,
        pub length: Option<f64>,
        pub width: Option<f64>,
        pub height: Option<f64>,
        pub area: Option<f64>,
        pub volume: Option<f64>,
        pub object_key: String,
        pub cloud_key: Option<String>,
        pub fused_from: Option<String>,
    }
}

/// The scan of a job, unless it was deleted.
pub fn find_scan_to_analyze(id: &str) -> Statement {
    Statement::new(
        "select name, length, width, height, area, volume, object_key, cloud_key, fused_from
         from room_scans
         where id = ?1 and deleted_at is null",
    )
    .bind(id)
}

/// Where a scan lies: its document, and the point cloud that came beside it.
pub struct ScanFiles {
    pub document: String,
    pub cloud: Option<String>,
}

row! {
    /// Where a combined scan lies; nowhere when it was deleted.
    #[derive(Debug)]
    pub struct SourceFilesRow {
        object_key: Option<String>,
        cloud_key: Option<String>,
    }
}

impl SourceFilesRow {
    /// Its files, if it is there.
    pub fn into_files(self) -> Option<ScanFiles> {
        Some(ScanFiles {
            document: self.object_key?,
            cloud: self.cloud_key,
        })
    }
}

/// The files of the user's scans that a fusion combines (a JSON list of ids), in its order.
pub fn list_files(user_id: &str, fused_from: &str) -> Statement {
    Statement::new(
        "select s.object_key, s.cloud_key
         from json_each(?2) k
         left join room_scans s on s.id = k.value and s.user_id = ?1 and s.deleted_at is null
         order by k.key",
    )
    .bind(user_id)
    .bind(fused_from)
}

row! {
    /// A scan that a fusion is to combine.
    #[derive(Debug)]
    pub struct SourceRow {
        pub id: String,
        pub scan_id: String,
        pub content_hash: String,
        pub name: Option<String>,
        pub point_count: i64,
        pub size_bytes: i64,
        pub is_fusion: i64,
    }
}

/// The caller's scans with these ids (a JSON list), in the order of the ids.
pub fn find_sources(caller: &Caller, scan_ids: String) -> Statement {
    Statement::new(
        "select id, scan_id, content_hash, name, point_count, size_bytes,
           fused_from is not null as is_fusion
         from room_scans
         where user_id = ?1
           and scan_id in (select value from json_each(?2))
           and superseded_at is null
           and deleted_at is null
         order by scan_id",
    )
    .bind(&caller.user_id)
    .bind(scan_ids)
}

row! {
    /// A file that a scan refers to.
    #[derive(Debug)]
    pub struct KnownKey {
        pub key: String,
    }
}

/// Which of these keys (a JSON list) belong to a scan that is not deleted.
pub fn list_known_keys(keys: String) -> Statement {
    Statement::new(
        "select k.value as key
         from json_each(?1) k
         where exists (
             select 1 from room_scans where object_key = k.value and deleted_at is null
           )
           or exists (
             select 1 from room_scans where cloud_key = k.value and deleted_at is null
           )",
    )
    .bind(keys)
}

row! {
    /// A scan of somebody whose account is erased.
    #[derive(Debug)]
    pub struct ScanToEraseRow {
        pub id: String,
        pub object_key: String,
        pub cloud_key: Option<String>,
    }
}

/// Some scans of a user, whatever became of them.
pub fn list_scans_to_erase(user_id: &str) -> Statement {
    Statement::new("select id, object_key, cloud_key from room_scans where user_id = ?1 limit 100")
        .bind(user_id)
}

/// Deletes the rows of these scans (a JSON list of ids) of a user.
pub fn erase_scans(user_id: &str, ids: String) -> Statement {
    Statement::new(
        "delete from room_scans
         where id in (select value from json_each(?2)) and user_id = ?1",
    )
    .bind(user_id)
    .bind(ids)
}

row! {
    /// Everything that is known of a scan.
    #[derive(Debug)]
    pub struct ScanToExportRow {
        pub scan_id: String,
        pub content_hash: String,
        pub name: Option<String>,
        pub taken_at: Option<String>,
        pub platform: Option<String>,
        pub model: Option<String>,
        pub os_version: Option<String>,
        pub length: Option<f64>,
        pub width: Option<f64>,
        pub height: Option<f64>,
        pub area: Option<f64>,
        pub volume: Option<f64>,
        pub point_count: i64,
        pub size_bytes: i64,
        pub object_key: String,
        pub cloud_key: Option<String>,
        pub is_gzip: i64,
        pub job_id: String,
        pub uploaded_at: i64,
        pub superseded_at: Option<i64>,
        pub deleted_at: Option<i64>,
        pub result_key: Option<String>,
    }
}

/// The contents of a user's scans in the order of the index, from after this one on.
pub fn list_scans_to_export(user_id: &str, after: Option<&ScanToExportRow>) -> Statement {
    Statement::new(
        "select s.scan_id, s.content_hash, s.name, s.taken_at, s.platform, s.model, s.os_version,
           s.length, s.width, s.height, s.area, s.volume, s.point_count, s.size_bytes,
           s.object_key, s.cloud_key, s.is_gzip, s.job_id, s.uploaded_at, s.superseded_at,
           s.deleted_at, j.result_key
         from room_scans s
         left join jobs j on j.id = s.job_id
         where s.user_id = ?1 and (s.scan_id, s.content_hash) > (?2, ?3)
         order by s.scan_id, s.content_hash
         limit 100",
    )
    .bind(user_id)
    .bind(after.map_or("", |row| &row.scan_id))
    .bind(after.map_or("", |row| &row.content_hash))
}
