-- Accounts with a password, sessions that people can tell apart, scopes, signed requests.

alter table users add column username text;
create unique index users_by_username on users (username collate nocase) where username is not null;
alter table users add column role text not null default 'user' check (role in ('user', 'admin'));
alter table users add column email_verified_at integer;
alter table users add column password_changed_at integer;
alter table users add column bio text;
-- An address elsewhere, or the R2 key of an uploaded picture; the picture wins.
alter table users add column avatar_url text;
alter table users add column avatar_key text;
-- A JSON object that belongs to the apps.
alter table users add column preferences text not null default '{}';
-- Set when the person was erased. The row stays as a pseudonym for ledgers.
alter table users add column erased_at integer;

-- Words out of read, upload, admin.
alter table api_keys add column scopes text not null default 'read upload admin';
-- Whether requests of sessions that this key opens must be signed.
alter table api_keys add column requires_signature integer not null default 0 check (requires_signature in (0, 1));

alter table sessions add column kind text not null default 'key' check (kind in ('key', 'password', 'oauth'));
alter table sessions add column scopes text not null default 'read upload admin';
-- What its owner sees of a session: which device, and where it was used last.
alter table sessions add column device_name text;
alter table sessions add column place text;
-- SHA-256 of user and network address: an address that signed in before is trusted a little more.
alter table sessions add column address_hash text;
-- Of an OAuth session: the app that it was granted to.
alter table sessions add column client_id text;

-- A signed request counts once: its nonce is kept until its timestamp is too old anyway.
create table request_nonces (
  key_hash text not null,
  nonce text not null,
  expires_at integer not null,
  primary key (key_hash, nonce)
) strict, without rowid;

create index request_nonces_by_expiry on request_nonces (expires_at);

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
  u.quota_resets_at as quota_resets_at
from sessions s
join users u on u.id = s.user_id
left join api_keys k on k.id = s.api_key_id
where s.revoked_at is null
  and u.is_active = 1
  and (s.api_key_id is null or k.revoked_at is null);
