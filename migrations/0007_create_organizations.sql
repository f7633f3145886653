-- Organizations and who belongs to them; what administrators did.

create table organizations (
  id integer primary key,
  name text not null,
  -- The name in lower case, all of Unicode: SQLite's lower() knows ASCII only.
  search_name text not null,
  description text,
  is_public integer not null check (is_public in (0, 1)),
  -- The one member whose role is 'owner'; both change in the same batch.
  owner_id text not null references users (id),
  -- Lower-case hex SHA-256 of the code that lets people in; null when there is none.
  invite_code_hash text,
  -- Counted anew from the index by every batch that changes members.
  member_count integer not null default 0 check (member_count >= 0),
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;

create index organizations_by_name on organizations (search_name, id)
  where is_public = 1 and deleted_at is null;
create index organizations_by_owner on organizations (owner_id, created_at);

create table organization_members (
  organization_id integer not null references organizations (id),
  user_id text not null references users (id),
  role text not null check (role in ('owner', 'admin', 'member')),
  joined_at integer not null,
  primary key (organization_id, user_id)
) strict, without rowid;

create unique index organization_owners on organization_members (organization_id)
  where role = 'owner';
create index organization_members_by_user on organization_members (user_id, organization_id);
create index organization_members_by_time
  on organization_members (organization_id, joined_at, user_id);

create table admin_actions (
  id text primary key,
  -- Null for the operator, who works on the database itself.
  actor_id text,
  -- update_user, end_sessions
  action text not null,
  -- Whom it was about.
  subject_id text not null,
  -- What was asked for, as JSON; nothing personal.
  detail text not null default '{}',
  at integer not null
) strict;

create index admin_actions_by_time on admin_actions (at, id);
