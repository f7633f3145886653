// Failed jobs, for operators.
import { asTime, nextMonth } from './accounts.mjs';
import { query } from './database.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./database.mjs').Database} Database */

const RETRY_DEADLINE_MS = 60 * 60 * 1000;

/** The failed jobs, newest first. @param {Database} db @param {{ limit?: number }} options */
export async function listFailedJobs(db, { limit = 50 }) {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new Failure('--limit is a whole number above 0', 'VALIDATION_ERROR');
  const rows = await query(
    db,
    `select j.id, j.kind, u.email, j.subject_id, j.attempts, j.error, j.created_at, j.finished_at
     from jobs j join users u on u.id = j.user_id
     where j.state = 'failed' and j.purged_at is null
     order by j.finished_at desc limit ?`,
    [limit],
  );
  return { jobs: rows.map((row) => ({ ...row, created_at: asTime(row.created_at), finished_at: asTime(row.finished_at) })) };
}

/**
 * Puts a failed job back into the queue: quota reserved again, a new deadline, found by the sweep
 * through `due_at`. One transaction; nothing happens unless the job is failed at that moment.
 * @param {Database} db @param {{ id?: string }} which
 */
export async function retryJob(db, { id }) {
  if (!id) throw new Failure('say which job: --id', 'VALIDATION_ERROR');
  const now = Date.now();
  const isFailed = `exists (select 1 from jobs where id = ? and state = 'failed' and purged_at is null)`;
  const [, retried, [job]] = await db.batch([
    {
      // As the Worker reserves: a month that is over starts again at nought.
      sql: `update users set
              quota_used = case when quota_resets_at <= ? then 1 else quota_used + 1 end,
              quota_resets_at = case when quota_resets_at <= ? then ? else quota_resets_at end,
              updated_at = ?
            where id = (select user_id from jobs where id = ?) and ${isFailed}`,
      params: [now, now, nextMonth(now), now, id, id],
    },
    {
      sql: `update jobs set
              state = 'queued', progress = 0, stage = null, attempts = 0, error = null,
              lease_id = null, lease_until = null, started_at = null, finished_at = null,
              due_at = ?, deadline_at = ?, estimated_completion = ?,
              quota_consumed = 1,
              quota_period = (select quota_resets_at from users where users.id = jobs.user_id)
            where id = ? and state = 'failed' and purged_at is null
            returning id, state`,
      params: [now, now + RETRY_DEADLINE_MS, now + 60_000, id],
    },
    { sql: 'select state from jobs where id = ?', params: [id] },
  ]);
  if (retried.length > 0) return { id, status: 'queued' };
  if (!job) throw new Failure(`there is no job ${id}`, 'NOT_FOUND');
  throw new Failure(`job ${id} is ${job.state}; only a failed job can be tried again`, 'CONFLICT');
}
