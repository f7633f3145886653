-- When the sweep tells the user's room that a job has ended, should its consumer have died before it
-- did: milliseconds since 1970, null when there is nothing to tell.
alter table jobs add column announce_at integer;

create index jobs_unannounced on jobs (announce_at) where announce_at is not null;
