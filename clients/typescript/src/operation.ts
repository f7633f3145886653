// What was done here and the server shall do too.
import type { Fields, Json } from './json.ts';

/** A record by its collection and id. */
export interface RecordName {
  collection: string;
  id: string;
}

/** What an operation does to a record of this device's view. */
export type Effect = 'put' | 'patch' | 'delete' | { add: string; amount: number };

/** An operation as it waits in the store. Once it was sent, it never changes: so it is known again. */
export interface Operation {
  /** Counts up on this installation. */
  number: number;
  method: string;
  path: string;
  data?: Json;
  /** RFC 3339, with milliseconds. */
  createdAt: string;
  /** 1 to 4, the urgent first, among those that are sent together. */
  priority?: number;
  /** Numbers of operations without which this one makes no sense. */
  dependsOn?: number[];
  /** The record that it is about; operations on the same one keep their order. */
  record?: RecordName;
  effect?: Effect;
  /** How often the server asked to send it again. */
  retries: number;
}

/** What the server says of an operation. */
export interface Verdict {
  id: number;
  status: 'applied' | 'duplicate' | 'conflict' | 'rejected' | 'retry';
  http_status: number;
  /** The record as it is now. */
  data?: Fields;
  error?: { code: string; message: string };
  /** Seconds, of what shall be sent again. */
  retry_after?: number;
}

/** An operation that the server will never accept. It delays nobody, and waits for a decision. */
export interface SetAside {
  operation: Operation;
  verdict: Verdict;
}

/** The answer of `POST /api/v1/sync/batch`. */
export interface BatchAnswer {
  results: Verdict[];
  cursor: string;
}

/** As keys of maps and of the store. */
export const nameOf = ({ collection, id }: RecordName): string => `${collection}/${id}`;

/** Keys that sort as their numbers do. */
export const keyOf = (number: number): string => String(number).padStart(15, '0');

/** As the server reads it. */
export function onTheWire({ number, method, path, data, createdAt, priority, dependsOn, retries }: Operation): Fields {
  return {
    id: number,
    operation: method,
    endpoint: path,
    created_at: createdAt,
    retry_count: retries,
    ...(data !== undefined && { data }),
    ...(priority !== undefined && { priority }),
    ...(dependsOn && { depends_on: dependsOn }),
  };
}
