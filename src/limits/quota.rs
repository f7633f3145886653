//! Units of the monthly quota (CONTRACT 3.5). They are money, so they are counted in the
//! transaction that spends them: whatever comes at once, no unit is spent twice.

use crate::auth::Caller;
use crate::db::Statement;
use crate::time::next_month;

/// Units a month of a tier.
pub fn monthly_units(tier: &str) -> i64 {
    match tier {
        "basic" => 200,
        "professional" => 1_000,
        "enterprise" => 10_000,
        _ => 50,
    }
}

/// Takes `units` for a job of the caller that was just created in the same batch; the first
/// reservation of a month resets the quota. Whether enough is left must be part of the statement
/// that creates the job.
pub fn reserve(caller: &Caller, job_id: &str, units: i64, now: i64) -> Statement {
    Statement::new(
        "update users
         set quota_used = case when quota_resets_at <= ?4 then 0 else quota_used end + ?3,
           quota_resets_at = case when quota_resets_at <= ?4 then ?5 else quota_resets_at end
         where id = ?1 and ?3 > 0 and exists (select 1 from jobs where id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(job_id)
    .bind(units)
    .bind(now)
    .bind(next_month(now))
}
