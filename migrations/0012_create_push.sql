-- Where people want to be notified, and what they are notified of.
-- Every time is an integer: milliseconds since 1970, UTC.

create table push_devices (
  id text primary key,
  user_id text not null references users (id),
  -- That of the session that registered it.
  device_id text not null,
  platform text not null check (platform in ('ios', 'android', 'web')),
  provider text not null check (provider in ('apns', 'fcm')),
  -- What the provider knows the app's installation by; never shown, never logged.
  token text not null,
  -- The bundle id, to which APNs addresses a notification.
  app_id text,
  environment text not null check (environment in ('sandbox', 'production')),
  created_at integer not null,
  -- When the app said last that the token is good.
  updated_at integer not null
) strict;

create unique index push_devices_by_device on push_devices (user_id, device_id, platform);
create unique index push_devices_by_token on push_devices (provider, token);

-- Whoever signs out gets nothing more. Sessions end in many places, so the database sees to it.
create trigger push_devices_end_with_session
after update of revoked_at on sessions
when new.revoked_at is not null and old.revoked_at is null
begin
  delete from push_devices
  where user_id = new.user_id
    and device_id = new.device_id
    and not exists (
      select 1
      from sessions
      where user_id = new.user_id and device_id = new.device_id and revoked_at is null
    );
end;

create trigger push_devices_go_with_session
after delete on sessions
begin
  delete from push_devices
  where user_id = old.user_id
    and device_id = old.device_id
    and not exists (
      select 1
      from sessions
      where user_id = old.user_id and device_id = old.device_id and revoked_at is null
    );
end;

-- Each is sent by the job of kind push.send that has the same id.
create table push_messages (
  id text primary key,
  user_id text not null references users (id),
  title text,
  body text,
  -- A JSON object for the app.
  data text not null default '{}' check (json_valid(data)),
  -- A later notification with the same key takes the place of this one.
  collapse_key text,
  -- For the app alone: nothing is shown.
  is_silent integer not null default 0 check (is_silent in (0, 1)),
  -- A JSON object: what became of it at each of push_devices, by id.
  outcomes text not null default '{}' check (json_valid(outcomes)),
  created_at integer not null
) strict;

create index push_messages_by_user on push_messages (user_id, created_at);
create index push_messages_by_age on push_messages (created_at);
