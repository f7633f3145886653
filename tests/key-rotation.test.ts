// A new signing key logs nobody out; a key that is gone counts no more. On a server and a file with
// secrets of its own, rotated by `npm run admin -- rotate-keys`.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { User } from './support/accounts.ts';
import { expectError } from './support/envelope.ts';
import { inRepo, newSigningKey, pinnedNode, readKeys, rotate, runFreely, writeKeys } from './support/repository.ts';
import { PROFILE, get, logIn, refresh, type SignedIn } from './support/requests.ts';
import { startTestServer, type OwnServer } from './support/server.ts';
import { decode } from './support/tokens.ts';

const DAY = 24 * 3600 * 1000;
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
const folder = mkdtempSync(join(tmpdir(), 'outpost-keys-'));
const envFile = join(folder, '.dev.vars');
let server: OwnServer;
let user: User;

beforeAll(async () => {
  writeFileSync(envFile, `# secrets\nOTHER='kept'\nSIGNING_KEYS='${JSON.stringify({ keys: [newSigningKey()] })}'\nMORE=kept\n`);
  server = await startTestServer({ envFile });
  user = await server.accounts.user();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const admin = async (...args: string[]) => {
  const { code, stdout, all } = await runFreely(pinnedNode, [inRepo('scripts', 'admin.mjs'), 'rotate-keys', '--json', ...args]);
  return { code, all, body: JSON.parse(stdout) as Record<string, any> };
};
const kids = (): string[] => readKeys(envFile).keys.map(({ kid }) => kid);
const published = async (): Promise<string[]> => ((await (await server.fetch('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
const kidOf = ({ access_token }: SignedIn): string => decode(access_token).header.kid;
const status = async ({ access_token }: SignedIn): Promise<number> => (await get(server, PROFILE, access_token)).status;

describe('a rotation', () => {
  let old: SignedIn;
  let oldKid: string;
  let fresh: SignedIn;

  test('puts a new key first and shows nothing private', async () => {
    const secrets = PRIVATE.map((member) => readKeys(envFile).keys[0]![member] as string);
    [oldKid] = kids() as [string];
    old = await logIn(server, user.key);
    expect(kidOf(old)).toBe(oldKid);
    const repositorys = readFileSync(inRepo('.dev.vars'), 'utf8');

    const { code, all, body } = await admin('--from', envFile);
    expect(code, all).toBe(0);
    expect(body).toMatchObject({ keys: [body.added, oldKid], dropped: [] });
    expect(body.added).toMatch(new RegExp(`^key-${new Date().toISOString().slice(0, 10)}-[0-9a-f]{8}$`));
    expect(kids()).toEqual(body.keys);
    expect(statSync(envFile).mode & 0o777).toBe(0o600);
    const text = readFileSync(envFile, 'utf8');
    expect(text).toMatch(/^# secrets\nOTHER='kept'\nSIGNING_KEYS='.*'\nMORE=kept\n$/);
    const [newest, older] = readKeys(envFile).keys;
    for (const member of PRIVATE) {
      expect(newest![member]).toBeTypeOf('string');
      expect(all).not.toContain(newest![member]);
      expect(older).not.toHaveProperty(member);
    }
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(all).not.toContain(secret);
    }
    expect(readFileSync(inRepo('.dev.vars'), 'utf8')).toBe(repositorys);
  });

  test('leaves tokens of the old key good; new ones are by the new key, also for an old session', async () => {
    await server.restart();
    const [newKid] = kids() as [string];
    expect(await published()).toEqual([newKid, oldKid]);
    expect(await status(old)).toBe(200);
    fresh = await logIn(server, user.key);
    expect(kidOf(fresh)).toBe(newKid);
    expect(await status(fresh)).toBe(200);
    const answer = await refresh(server, old.refresh_token);
    expect(answer.status).toBe(200);
    const renewed = (await answer.json()) as SignedIn;
    expect(kidOf(renewed)).toBe(newKid);
    expect(await status(renewed)).toBe(200);
  });

  test('drops a key whose successor is 31 days old, and then its tokens are refused', async () => {
    const { set, dropped } = rotate(readKeys(envFile), Date.now() + 33 * DAY);
    expect(dropped).toEqual([oldKid]);
    writeKeys(envFile, set);
    await server.restart();
    expect(await published()).toEqual(kids());
    expect(await published()).not.toContain(oldKid);
    await expectError(await get(server, PROFILE, old.access_token), 401, 'AUTH_TOKEN_INVALID');
    await expectError(await refresh(server, old.refresh_token), 401, 'AUTH_TOKEN_INVALID');
    expect(await status(fresh)).toBe(200);
  });
});

describe('the rules', () => {
  const at = (day: number): number => Date.UTC(2026, 0, 1, 12) + day * DAY;

  test('at most three keys, and none goes while its tokens may be good', () => {
    const first = { keys: [newSigningKey(at(0))] };
    const second = rotate(first, at(1)).set;
    const third = rotate(second, at(2)).set;
    expect(third.keys).toHaveLength(3);
    for (const day of [2, 31, 32]) expect(() => rotate(third, at(day))).toThrow(/rotate again on 2026-02-03/);
    const { set, dropped } = rotate(third, at(33));
    expect(dropped).toEqual([first.keys[0]!.kid]);
    expect(set.keys.map(({ kid }) => kid).slice(1)).toEqual(third.keys.slice(0, 2).map(({ kid }) => kid));
    expect(rotate(set, at(200)).dropped).toHaveLength(2);
  });

  test('an old key that signed until yesterday stays', () => {
    const { set } = rotate({ keys: [newSigningKey(at(0))] }, at(300));
    expect(rotate(set, at(301)).dropped).toEqual([]);
  });

  test('a key without a date stays until its successor is old', () => {
    const { set } = rotate({ keys: [{ ...newSigningKey(), kid: 'thumbprint' }] }, at(0));
    expect(rotate(set, at(31)).dropped).toEqual([]);
    expect(rotate(set, at(33)).dropped).toEqual(['thumbprint']);
  });

  test('three keys fit into a secret of 5 kB', () => {
    const three = rotate(rotate({ keys: [newSigningKey(at(0))] }, at(1)).set, at(2)).set;
    expect(JSON.stringify(three).length).toBeLessThan(5000);
  });
});

describe('a deployed environment', () => {
  test('needs the file in which its set is kept', async () => {
    const { code, body } = await admin('--env', 'staging');
    expect(code).toBe(1);
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('--from') });
    const missing = join(folder, 'missing.json');
    expect(await admin('--env', 'staging', '--from', missing)).toMatchObject({ code: 1, body: { error: { code: 'NOT_FOUND' } } });
  });

  test('gets the set that the file then holds, and a failure says how to go on', async () => {
    const { rotateKeys } = await import('../scripts/lib/signing-keys.mjs');
    const file = join(folder, 'staging.json');
    writeFileSync(file, `${JSON.stringify({ keys: [newSigningKey()] }, null, 2)}\n`);
    let stored = '';
    const { keys } = await rotateKeys(file, { env: 'staging', put: async (json) => void (stored = json) });
    expect(JSON.parse(stored)).toEqual(readKeys(file));
    expect(keys).toHaveLength(2);

    const failing = rotateKeys(file, { env: 'staging', put: () => Promise.reject(new Error('no account')) });
    const error = (await failing.catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain('no account');
    expect(error.message).toContain(`wrangler secret put SIGNING_KEYS --env staging < ${file}`);
    const set = readKeys(file);
    expect(set.keys).toHaveLength(3);
    for (const member of PRIVATE) expect(error.message).not.toContain(set.keys[0]![member]);
  });

  test('a file that is none is not changed', async () => {
    const file = join(folder, 'broken.json');
    for (const text of ['{"keys": []}', '{"keys": [{"kid": "x"}]}', 'SIGNING_KEYS=\'{"keys"\'\n', 'hello']) {
      writeFileSync(file, text);
      expect(await admin('--from', file)).toMatchObject({ code: 1, body: { error: { code: 'VALIDATION_ERROR' } } });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});
