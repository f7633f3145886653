// Many scans at once, as rows: uploading them would take a while and is tested elsewhere.
import type { Server } from './server.ts';

/** Gives a user `count` scans named `Room 0`, `Room 1`, ... (the last is the newest), without files. */
export async function addScans(server: Server, user_id: string, count: number): Promise<void> {
  const numbers = `with recursive number (n) as (select 0 union all select n + 1 from number where n < ${count - 1})`;
  await server.data.write(
    `${numbers}
     insert into jobs (id, kind, user_id, subject_id, state, due_at, deadline_at, estimated_completion, created_at)
     select ? || n, 'room_scan.analyze', ?, ? || n, 'completed', 0, 0, 0, 0 from number`,
    user_id, user_id, user_id,
  );
  await server.data.write(
    `${numbers}
     insert into room_scans (id, user_id, scan_id, content_hash, name, size_bytes, object_key, job_id, uploaded_at)
     select ? || n, ?, 'scan-' || n, 'hash', 'Room ' || n, 1, 'none', ? || n, n * 1000 from number`,
    user_id, user_id, user_id,
  );
}
