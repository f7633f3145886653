-- Mails that the service sends, and the tokens in their links.

-- A token that counts once. What stands in the link is signed when the mail is sent and kept
-- nowhere; this row decides whether it counts.
create table one_time_tokens (
  id text primary key,
  user_id text not null references users (id),
  purpose text not null check (purpose in ('reset_password', 'verify_email')),
  -- The token counts only while this is the user's address.
  email text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  -- When a newer one took its place.
  voided_at integer
) strict;

create index one_time_tokens_by_email on one_time_tokens (email, purpose, created_at);
create index one_time_tokens_by_user on one_time_tokens (user_id);
create index one_time_tokens_by_expiry on one_time_tokens (expires_at);

-- Each is sent by the job of kind mail.send that has the same id.
create table mails (
  id text primary key,
  user_id text not null references users (id),
  template text not null check (template in ('reset_password', 'verify_email', 'password_changed')),
  to_address text not null,
  -- The token of its link; no foreign key, since tokens are forgotten earlier.
  token_id text,
  -- The address of the service as its reader knows it: a job has no request to tell it by.
  base_url text not null,
  created_at integer not null,
  sent_at integer,
  -- What the provider calls it.
  provider_id text
) strict;

create index mails_by_user on mails (user_id);
create index mails_by_age on mails (created_at);

-- Where mails go in development; the newest 200. Elsewhere it stays empty.
create table mailbox (
  -- That of the mail.
  id text primary key,
  to_address text not null,
  subject text not null,
  text text not null,
  html text not null,
  created_at integer not null
) strict;

create index mailbox_by_age on mailbox (created_at);
