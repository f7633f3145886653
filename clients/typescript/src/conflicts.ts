// What lost to later writes: kept by the server for 30 days, to be brought back or left.
import type { Fields } from './json.ts';
import { queryOf } from './query.ts';
import type { Transport } from './transport.ts';

const CONFLICTS = '/api/v1/sync/conflicts';

/** Something that lost. */
export interface Conflict {
  id: string;
  collection: string;
  record_id: string;
  operation: 'update' | 'delete' | 'add';
  /** What was written and does not count. */
  data: Fields;
  written_at: string;
  created_at: string;
  expires_at: string;
}

/** What became of a conflict. */
export interface Resolution {
  id: string;
  resolution: 'restore' | 'keep';
  /** The record as it is now. */
  record: Fields | null;
}

export class Conflicts {
  constructor(
    private readonly transport: Transport,
    private readonly onResolved: () => void,
  ) {}

  /** The latest first. Needs the network, as all of this. */
  async list({ limit = 50, offset = 0 }: { limit?: number; offset?: number } = {}): Promise<Conflict[]> {
    const page = await this.transport.request<{ conflicts: Conflict[] }>(CONFLICTS + queryOf({ limit, offset }));
    return page.conflicts;
  }

  /** `restore` writes what lost once more, now; `keep` leaves the record as it is. Doing it twice does no harm. */
  async resolve(id: string, resolution: Resolution['resolution']): Promise<Resolution> {
    const path = `${CONFLICTS}/${encodeURIComponent(id)}/resolve`;
    const answer = await this.transport.request<Resolution>(path, { method: 'POST', body: { resolution } });
    this.onResolved();
    return answer;
  }
}
