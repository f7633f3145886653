-- Offline sync: records that apps keep, and what devices have sent before.

-- The number of the user's last change. Every write of a user's records counts it up, and fails if
-- somebody else has done so since it read.
alter table users add column sync_version integer not null default 0;

-- Moods, journals and goals, by the ids that clients make; and which organizations a user belongs
-- to, written by the triggers below. Two rows are written for a change: this one and its index.
create table records (
  collection text not null,
  id text not null,
  user_id text not null,
  -- The user's change that made it what it is; no two records of a user have the same.
  version integer not null,
  -- The fields that are not null, as JSON; times are milliseconds.
  body text not null,
  -- Where they come from: sync-core's Versions.
  versions text not null,
  -- What lists are filtered by: the day of a mood or journal, the making of a goal.
  day integer not null,
  created_at integer not null,
  -- When it was written, as its writer says.
  updated_at integer not null,
  -- When it came here.
  changed_at integer not null,
  -- Tombstones are kept for 90 days.
  deleted_at integer,
  primary key (collection, id)
) strict, without rowid;

-- Also tells of each entry its collection, as every index does of the primary key.
create unique index records_by_version on records (user_id, version);
create index records_by_deletion on records (deleted_at) where deleted_at is not null;

-- The numbered operations of a device: sync-core's DeviceMemory.
create table sync_devices (
  user_id text not null,
  device_id text not null,
  memory text not null,
  synced_at integer not null,
  primary key (user_id, device_id)
) strict, without rowid;

-- Named operations: one row for those that a batch brought of a day, sync-core's KeyPage.
create table sync_keys (
  user_id text not null,
  -- On which they were queued.
  day integer not null,
  version integer not null,
  page text not null,
  expires_at integer not null,
  primary key (user_id, day, version)
) strict, without rowid;

create index sync_keys_by_expiry on sync_keys (expires_at);

-- What lost, for 30 days: sync-core's Lost.
create table conflicts (
  user_id text not null,
  id text not null,
  collection text not null,
  record_id text not null,
  lost text not null,
  -- When it was written, as its writer says, and when it lost.
  written_at integer not null,
  kept_at integer not null,
  resolved_at integer,
  primary key (user_id, id)
) strict, without rowid;

create index conflicts_by_time on conflicts (user_id, kept_at, id) where resolved_at is null;
create index conflicts_by_age on conflicts (kept_at);

-- As before, and with the number of the user's last change.
drop view live_sessions;
create view live_sessions as
select
  s.id as session_id,
  s.expires_at as expires_at,
  s.device_id as device_id,
  coalesce(k.environment, 'live') as environment,
  k.key_hash as key_hash,
  u.id as user_id,
  u.role as role,
  u.tier as tier,
  u.quota_limit as quota_limit,
  u.quota_used as quota_used,
  u.quota_resets_at as quota_resets_at,
  u.sync_version as sync_version
from sessions s
join users u on u.id = s.user_id
left join api_keys k on k.id = s.api_key_id
where s.revoked_at is null
  and u.is_active = 1
  and (s.api_key_id is null or k.revoked_at is null);

-- Keys that name apps (X-API-Key). As soon as there is one, some routes want it.
create table app_keys (
  id text primary key,
  name text not null,
  prefix text not null,
  -- Lower-case hex SHA-256.
  key_hash text not null unique,
  created_at integer not null,
  revoked_at integer
) strict;

create index app_keys_live on app_keys (created_at) where revoked_at is null;

-- Whoever changes memberships, the member's phones hear of it with the next pull. Organizations
-- count in integers and members in texts, so the id of such a record names both.
create trigger organization_members_joined after insert on organization_members
begin
  update users set sync_version = sync_version + 1 where id = new.user_id;
  insert into records
    (collection, id, user_id, version, body, versions, day, created_at, updated_at, changed_at,
     deleted_at)
  select 'organizations', new.organization_id || ':' || new.user_id, new.user_id, u.sync_version,
    json_object('id', new.organization_id, 'role', new.role, 'joined_at', new.joined_at), '{}',
    new.joined_at, new.joined_at, unixepoch() * 1000, unixepoch() * 1000, null
  from users u
  where u.id = new.user_id
  on conflict (collection, id) do update set
    version = excluded.version, body = excluded.body, day = excluded.day,
    updated_at = excluded.updated_at, changed_at = excluded.changed_at, deleted_at = null;
end;

create trigger organization_members_changed after update of role on organization_members
when new.role <> old.role
begin
  update users set sync_version = sync_version + 1 where id = new.user_id;
  update records
  set version = (select sync_version from users where id = new.user_id),
    body = json_object('id', new.organization_id, 'role', new.role, 'joined_at', new.joined_at),
    updated_at = unixepoch() * 1000,
    changed_at = unixepoch() * 1000
  where collection = 'organizations' and id = new.organization_id || ':' || new.user_id;
end;

create trigger organization_members_left after delete on organization_members
begin
  update users set sync_version = sync_version + 1 where id = old.user_id;
  update records
  set version = (select sync_version from users where id = old.user_id),
    body = '{}',
    updated_at = unixepoch() * 1000,
    changed_at = unixepoch() * 1000,
    deleted_at = unixepoch() * 1000
  where collection = 'organizations' and id = old.organization_id || ':' || old.user_id;
end;

insert into records
  (collection, id, user_id, version, body, versions, day, created_at, updated_at, changed_at)
select 'organizations', organization_id || ':' || user_id, user_id,
  row_number() over (partition by user_id order by organization_id),
  json_object('id', organization_id, 'role', role, 'joined_at', joined_at), '{}',
  joined_at, joined_at, joined_at, joined_at
from organization_members;

update users
set sync_version = (select count(*) from organization_members m where m.user_id = users.id)
where id in (select user_id from organization_members);
