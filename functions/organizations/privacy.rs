//! What this area holds of a person: erased and exported with the account.

use serde::Serialize;

use crate::context::Context;
use crate::db::{Statement, row};
use crate::jobs::{JobError, Lease};
use crate::privacy::Archive;
use crate::time::rfc3339;

row! {
    struct MembershipRow {
        organization_id: i64,
        name: String,
        role: String,
        joined_at: i64,
    }
}

/// A membership as the person gets it.
#[derive(Serialize)]
struct ExportedMembership {
    organization_id: i64,
    name: String,
    role: String,
    joined_at: String,
}

/// Adds the person's memberships to an archive.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn export_user(
    context: &Context,
    user_id: &str,
    archive: &mut Archive<'_>,
) -> Result<(), JobError> {
    let rows: Vec<MembershipRow> = context.db()?.all(list_memberships(user_id)).await?;
    let memberships: Vec<_> = rows
        .into_iter()
        .map(|row| ExportedMembership {
            organization_id: row.organization_id,
            name: row.name,
            role: row.role,
            joined_at: rfc3339(row.joined_at),
        })
        .collect();
    archive.add_json("organizations.json", &memberships).await
}

/// Takes the person out of every organization. What they owned goes to the admin who has been there
/// longest, else to the member; what they were alone in is deleted.
///
/// # Errors
/// When a binding fails, or somebody else has the job.
pub async fn erase_user(context: &Context, lease: &Lease) -> Result<(), JobError> {
    let user_id = &lease.job.user_id;
    let rows: Vec<MembershipRow> = context.db()?.all(list_memberships(user_id)).await?;
    for row in rows {
        let statements = leave_for_good(row.organization_id, user_id, context.now_ms());
        context.db()?.batch(statements).await?;
        lease.progress(context, 0.5, "erasing").await?;
    }
    Ok(())
}

/// At most as many as a user may belong to.
fn list_memberships(user_id: &str) -> Statement {
    Statement::new(
        "select m.organization_id, o.name, m.role, m.joined_at
         from organization_members m
         join organizations o on o.id = m.organization_id
         where m.user_id = ?1
         order by m.organization_id",
    )
    .bind(user_id)
}

/// One batch, so that there is one owner at every moment.
fn leave_for_good(organization_id: i64, user_id: &str, now: i64) -> Vec<Statement> {
    let leave = Statement::new(
        "delete from organization_members where organization_id = ?1 and user_id = ?2",
    );
    let inherit = Statement::new(
        "update organization_members
         set role = 'owner'
         where organization_id = ?1
           and not exists (
             select 1 from organization_members where organization_id = ?1 and role = 'owner'
           )
           and user_id = coalesce(
             (
               select user_id from organization_members
               where organization_id = ?1 and role = 'admin'
               order by joined_at, user_id
               limit 1
             ),
             (
               select user_id from organization_members
               where organization_id = ?1
               order by joined_at, user_id
               limit 1
             )
           )",
    );
    let hand_on = Statement::new(
        "update organizations
         set owner_id = heir.user_id
         from (
           select user_id from organization_members where organization_id = ?1 and role = 'owner'
         ) heir
         where id = ?1",
    );
    let count = Statement::new(
        "update organizations
         set member_count = counted.members,
           updated_at = ?2,
           deleted_at = case when counted.members = 0 then coalesce(deleted_at, ?2) end
         from (
           select count(*) as members from organization_members where organization_id = ?1
         ) counted
         where id = ?1",
    );
    vec![
        leave.bind(organization_id).bind(user_id),
        inherit.bind(organization_id),
        hand_on.bind(organization_id),
        count.bind(organization_id).bind(now),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::TestDb;

    #[test]
    fn an_organization_always_has_one_owner_or_is_gone() {
        let mut db = TestDb::new();
        db.prepare(
            "insert into users (id, num_id, quota_limit, quota_resets_at, created_at, updated_at)
             values ('a', 1, 1, 0, 0, 0), ('b', 2, 1, 0, 0, 0), ('c', 3, 1, 0, 0, 0);
             insert into organizations
               (id, name, search_name, is_public, owner_id, member_count, created_at, updated_at)
             values (1, 'One', 'one', 1, 'a', 3, 0, 0);
             insert into organization_members values
               (1, 'a', 'owner', 1), (1, 'b', 'member', 2), (1, 'c', 'admin', 3);",
        );
        let mut state = |user: &str| {
            let mut statements = leave_for_good(1, user, 9);
            statements.push(Statement::new(
                "select owner_id, member_count, deleted_at from organizations where id = 1",
            ));
            let (mut batch, _) = db.batch(statements);
            batch.first::<serde_json::Value>(4).unwrap().unwrap()
        };
        let expected = |owner: &str, members: i64, deleted_at: Option<i64>| {
            serde_json::json!({
                "owner_id": owner, "member_count": members, "deleted_at": deleted_at,
            })
        };
        assert_eq!(state("a"), expected("c", 2, None));
        assert_eq!(state("c"), expected("b", 1, None));
        assert_eq!(state("b"), expected("b", 0, Some(9)));
    }
}
