// Users and API keys for tests, made the way `npm run admin` makes them.
import { randomUUID } from 'node:crypto';
import { createKey, createUser, revokeKey } from '../../scripts/lib/accounts.mjs';
import { createAppKey, listAppKeys, revokeAppKey } from '../../scripts/lib/app-keys.mjs';
import { openDatabase } from '../../scripts/lib/database.mjs';
import { serverDatabase } from '../../scripts/lib/database-server.mjs';
import type { Server } from './server.ts';

export interface NewUser {
  email?: string;
  name?: string;
  /** Hashing takes a while; leave it out unless the test signs in with it. */
  password?: string;
  tier?: string;
  quota?: number;
  role?: 'user' | 'admin';
}

/** Someone with an account and an API key. */
export interface User {
  user_id: string;
  email: string;
  key: string;
  key_id: string;
}

export class Accounts {
  constructor(private readonly server: Server) {}

  /** A user nobody else has, with a key. */
  async user(wanted: NewUser = {}): Promise<User> {
    const db = serverDatabase(this.server.url);
    const email = wanted.email ?? `user-${randomUUID().slice(0, 8)}@example.org`;
    const user = await createUser(db, { tier: 'professional', ...wanted, email });
    const { id, key } = await createKey(db, { user: user.user_id, name: 'test' });
    return { ...user, key, key_id: id };
  }

  /** One more key of a user. */
  async key(user: { user_id: string }, environment: 'live' | 'test' = 'live'): Promise<{ id: string; key: string; prefix: string }> {
    return createKey(serverDatabase(this.server.url), { user: user.user_id, name: 'more', environment });
  }

  /** Revokes a key as an operator would. */
  async revoke(key_id: string): Promise<void> {
    await revokeKey(await openDatabase({ persistTo: this.server.place.persistTo }), { id: key_id });
  }

  /** A key that names an app. From then on the server wants one on the routes of outboxes. */
  async appKey(name: string): Promise<{ id: string; key: string }> {
    return createAppKey(serverDatabase(this.server.url), { name });
  }

  /** All keys of apps, as an operator sees them. */
  async appKeys(): Promise<object[]> {
    return (await listAppKeys(serverDatabase(this.server.url))).app_keys;
  }

  /** Revokes the key of an app as an operator would. */
  async revokeAppKey(id: string): Promise<void> {
    await revokeAppKey(serverDatabase(this.server.url), { id });
  }
}
