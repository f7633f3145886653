-- Apps of others (OAuth 2.1): which there are, and the codes on their way to them.
-- Every time is an integer: milliseconds since 1970, UTC.

-- Public clients only: what is installed on a phone can keep no secret (RFC 8252, section 8.5).
create table oauth_clients (
  id text primary key,
  -- What people are shown when they are asked.
  name text not null,
  -- A JSON list: where a browser may be sent with a code.
  redirect_uris text not null check (json_valid(redirect_uris)),
  -- The most that people can be asked for: words out of read, upload, admin.
  scopes text not null,
  created_at integer not null,
  disabled_at integer
) strict;

-- A code is good for a minute and for once, and stays a day so that a second use is noticed. No
-- foreign keys: it must not stand in the way of whoever deletes its user.
create table oauth_codes (
  -- Lower-case hex SHA-256 of the code, which is kept nowhere.
  code_hash text primary key,
  client_id text not null,
  user_id text not null,
  -- As the app gave it; it must give the same again.
  redirect_uri text not null,
  scopes text not null,
  code_challenge text not null,
  -- Where the password was typed: see sessions.address_hash.
  address_hash text,
  created_at integer not null,
  expires_at integer not null,
  -- The session that the code was used for.
  session_id text
) strict, without rowid;

create index oauth_codes_by_expiry on oauth_codes (expires_at);
