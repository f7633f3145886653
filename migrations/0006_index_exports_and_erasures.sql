-- What exports and erasures look for.

-- Set when nothing of an erased person is left, a day after the account was deleted.
alter table users add column purged_at integer;
create index users_to_purge on users (erased_at) where erased_at is not null and purged_at is null;

create index jobs_by_user on jobs (user_id, kind, created_at);
-- The archives that the clean-up deletes when their time is over.
create index jobs_with_export on jobs (finished_at)
  where kind = 'account.export' and result_key is not null;

-- Deleting a key looks for its sessions, also for those that ended.
drop index sessions_by_key;
create index sessions_by_key on sessions (api_key_id) where api_key_id is not null;
