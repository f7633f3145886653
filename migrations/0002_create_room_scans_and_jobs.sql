-- Background work of every kind, and room scans, the first kind of it.

create table jobs (
  id text primary key,
  kind text not null,
  user_id text not null references users (id),
  -- What the work is about; the kind says of which table.
  subject_id text not null,
  state text not null default 'queued' check (state in ('queued', 'processing', 'completed', 'failed')),
  -- 0 to 1; only ever rises.
  progress real not null default 0 check (progress between 0 and 1),
  stage text,
  provider text,
  -- US dollars.
  cost_estimate real,
  cost_actual real,
  -- What the job holds of the user's quota, and the reset date of the month it was taken from:
  -- a refund must not land in a later month.
  quota_consumed integer not null default 0,
  quota_period integer not null default 0,
  attempts integer not null default 0,
  -- Fit for users; set exactly when the job failed.
  error text,
  -- One consumer at a time works on a job: the holder of the lease.
  lease_id text,
  lease_until integer,
  -- When the sweep should look at an unfinished job again.
  due_at integer not null,
  -- An unfinished job fails at this time, so that pollers stop.
  deadline_at integer not null,
  estimated_completion integer not null,
  -- Where the result lies in R2.
  result_key text,
  processing_time_ms integer,
  created_at integer not null,
  started_at integer,
  finished_at integer,
  -- When the subject and the result were deleted by their owner.
  purged_at integer
) strict;

create index jobs_due on jobs (due_at) where state in ('queued', 'processing');
create index jobs_failed on jobs (finished_at) where state = 'failed';

create table room_scans (
  id text primary key,
  user_id text not null references users (id),
  -- The app's own id: one room scan of a user; each changed content is a row of its own.
  scan_id text not null,
  -- Lower-case hex SHA-256 of the unpacked content.
  content_hash text not null,
  name text,
  taken_at text,
  platform text,
  model text,
  os_version text,
  -- The app's own measurements: metres, square metres, cubic metres.
  length real,
  width real,
  height real,
  area real,
  volume real,
  point_count integer not null default 0,
  size_bytes integer not null,
  -- R2 keys; `cloud_key` when the points came as a file beside the JSON.
  object_key text not null,
  cloud_key text,
  is_gzip integer not null default 0 check (is_gzip in (0, 1)),
  job_id text not null references jobs (id),
  uploaded_at integer not null,
  -- Set on all but the newest content of a scan.
  superseded_at integer,
  deleted_at integer
) strict;

create unique index room_scans_by_content on room_scans (user_id, scan_id, content_hash);
create index room_scans_current on room_scans (user_id, uploaded_at desc)
  where superseded_at is null and deleted_at is null;
-- The clean-up asks whether a file belongs to any scan.
create index room_scans_by_object on room_scans (object_key);
create index room_scans_by_cloud on room_scans (cloud_key) where cloud_key is not null;
create index room_scans_by_job on room_scans (job_id);
