-- What was answered to writes that carry an Idempotency-Key (src/http/idempotency). The day comes
-- first, so that the daily clean-up is a range and no index costs a row per write.
create table idempotency_keys (
  -- Days since 1970 of created_at.
  day integer not null,
  -- SHA-256 of the caller and the key.
  key_hash text not null,
  -- The request that may carry it out; another one may take over after lease_until.
  run_id text not null,
  lease_until integer not null,
  -- When that request's first change was made, in the same transaction.
  committed_at integer,
  created_at integer not null,
  -- Which secret the next three depend on.
  secret_id text not null,
  -- Keyed digest of method, address and body; of a streamed request without the body.
  request_hash text not null,
  -- Keyed digest of a streamed body, known at its end.
  content_hash text,
  -- Status, headers and body, encrypted.
  answer text,
  primary key (day, key_hash)
) strict, without rowid;
