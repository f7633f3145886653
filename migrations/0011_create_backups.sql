-- Backups of the apps' local databases: opaque bytes, one row a version.
-- Every time is an integer: milliseconds since 1970, UTC.

create table backups (
  id text primary key,
  user_id text not null references users (id),
  device_id text not null,
  size_bytes integer not null check (size_bytes > 0),
  -- Whether it comes in parts; what comes in one piece is under way for a moment only.
  is_resumable integer not null check (is_resumable in (0, 1)),
  -- What of it has arrived, without a gap.
  received_bytes integer not null default 0 check (received_bytes between 0 and size_bytes),
  -- A JSON list of [object name, bytes], in order. A name is written once and never again.
  parts text not null default '[]' check (json_valid(parts)),
  -- SHA-256, lower-case hex: what the client promised, how far it was computed, what it is.
  expected_sha256 text,
  sha256_state text not null,
  sha256 text,
  created_at integer not null,
  -- Set when all of it is there.
  completed_at integer,
  -- The newest version of the device had the same content: this one is none.
  same_as text,
  -- Deleted by its owner, replaced by newer versions, or not what was promised.
  deleted_at integer,
  -- When files and row go: null for a version that is kept, moved on by every part that arrives.
  purge_at integer
) strict;

create index backups_by_user on backups (user_id, completed_at desc, id);
create index backups_to_purge on backups (purge_at) where purge_at is not null;

-- The versions that count.
create view kept_backups as
select id, user_id, device_id, size_bytes, parts, sha256, completed_at
from backups
where completed_at is not null and same_as is null and deleted_at is null;
