-- Accounts, the API keys that open sessions, and the sessions themselves.
-- Every time is an integer: milliseconds since 1970, UTC.

create table users (
  id text primary key,
  -- Seed 001 shows integers for people; both identify the same row.
  num_id integer not null unique,
  email text unique,
  name text,
  -- PHC string; null for an account that signs in by key only.
  password_hash text,
  tier text not null default 'free' check (tier in ('free', 'basic', 'professional', 'enterprise')),
  is_active integer not null default 1 check (is_active in (0, 1)),
  quota_limit integer not null check (quota_limit >= 0),
  quota_used integer not null default 0 check (quota_used >= 0),
  -- When `quota_used` next falls to zero; a later reservation moves it on.
  quota_resets_at integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;

create table api_keys (
  id text primary key,
  user_id text not null references users (id),
  name text not null,
  -- First 14 characters, for people to recognise it.
  prefix text not null,
  -- Lower-case hex SHA-256 of the key; the key itself is shown once and kept nowhere.
  key_hash text not null unique,
  environment text not null check (environment in ('live', 'test')),
  created_at integer not null,
  last_used_at integer,
  revoked_at integer
) strict;

create index api_keys_by_user on api_keys (user_id, created_at);

create table sessions (
  id text primary key,
  user_id text not null references users (id),
  api_key_id text references api_keys (id),
  device_id text not null,
  -- The refresh token that was issued last, and the one it replaced: the replaced one may come
  -- again as long as its successor was never used, because a reply can be lost.
  refresh_jti text not null,
  previous_jti text,
  -- When and by which request `refresh_jti` was issued: with them the same pair is signed again.
  refreshed_at integer not null,
  refreshed_by text not null,
  created_at integer not null,
  expires_at integer not null,
  revoked_at integer,
  revoked_reason text
) strict;

create index sessions_by_device on sessions (user_id, device_id);
create index sessions_by_key on sessions (api_key_id) where revoked_at is null;

-- Who may act now. Reads join it, writes are guarded by it, so a revoked session or a disabled
-- user is refused by the same statement that would have done the work.
create view live_sessions as
select
  s.id as session_id,
  s.expires_at as expires_at,
  s.device_id as device_id,
  coalesce(k.environment, 'live') as environment,
  u.id as user_id,
  u.tier as tier,
  u.quota_limit as quota_limit,
  u.quota_used as quota_used,
  u.quota_resets_at as quota_resets_at
from sessions s
join users u on u.id = s.user_id
left join api_keys k on k.id = s.api_key_id
where s.revoked_at is null
  and u.is_active = 1
  and (s.api_key_id is null or k.revoked_at is null);
