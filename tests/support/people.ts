// People as the app of seed 001 has them: accounts with a password, and what they may ask for.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from './requests.ts';
import type { Server } from './server.ts';

export const USERS = '/api/v1/users';
export const PASSWORD = 'correct horse battery';

/** A user as the wire has it; what only the user sees is missing for others. */
export interface UserProfile {
  id: number;
  uuid: string;
  username: string;
  name: string | null;
  avatar_url: string | null;
  bio: string | null;
  created_at: string;
  updated_at: string;
  sync_status: string;
  email?: string;
  email_verified?: boolean;
  preferences?: Record<string, unknown>;
  role?: string;
  subscription_tier?: string;
}

/** A name that nobody has. */
export const unique = (prefix = 'u'): string => `${prefix}${randomUUID().replaceAll('-', '').slice(0, 16)}`;

/** Somebody with a password and a session. */
export class Person {
  private constructor(
    readonly server: Server,
    readonly user: UserProfile,
    readonly token: string,
    readonly refreshToken: string,
  ) {}

  static async create(server: Server, wanted: Record<string, unknown> = {}): Promise<Person> {
    const username = unique();
    const body = { username, email: `${username}@example.org`, password: PASSWORD, ...wanted };
    const answer = await post(server, USERS, body);
    if (answer.status !== 201) throw new Error(`create: ${answer.status} ${await answer.text()}`);
    const { access_token, refresh_token, expires_in: _, ...user } = (await answer.json()) as UserProfile & Record<string, any>;
    return new Person(server, user as UserProfile, access_token, refresh_token);
  }

  get email(): string {
    return this.user.email!;
  }

  /** A request below this person's own address, or to a whole one. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.token}`);
    return this.server.fetch(path.startsWith('/api') ? path : `${USERS}/me${path}`, { ...init, headers });
  }

  send(method: string, path: string, body: unknown): Promise<Response> {
    return this.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  change(body: unknown, method = 'PUT', id: string | number = 'me'): Promise<Response> {
    return this.send(method, `${USERS}/${id}`, body);
  }

  async show(): Promise<UserProfile> {
    return (await (await this.fetch('')).json()) as UserProfile;
  }

  /** Starts an export and waits for its end. */
  async exported(patienceMs = 30_000): Promise<any> {
    const started = await this.fetch('/export', { method: 'POST' });
    if (started.status !== 202) throw new Error(`export: ${started.status} ${await started.text()}`);
    const end = Date.now() + patienceMs;
    for (;;) {
      const shown = (await (await this.fetch('/export')).json()) as any;
      if (shown.status === 'completed' || shown.status === 'failed') return shown;
      if (Date.now() > end) throw new Error(`export is still ${JSON.stringify(shown)}`);
      await sleep(100);
    }
  }
}

/** The smallest picture of each kind that is told by its first bytes. */
export const PICTURES = {
  png: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  jpeg: Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), Buffer.from('ffd9', 'hex')]),
  webp: Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64'),
  gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
};

export const bytes = (buffer: Uint8Array | string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(buffer as Uint8Array));
