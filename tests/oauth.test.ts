// OAuth 2.1 with PKCE: an app of others, the person in the browser, and whoever attacks them.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { App, AUTHORIZE, Person, REVOKE, TOKEN, encode, expectRefusal, formOf, postForm, redirectOf, tokensOf, unescape, type Fields, type Tokens } from './support/oauth.ts';
import { LOGIN, PROFILE, get, logIn, logsOf, post, refresh, timing } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, sign } from './support/tokens.ts';

const server = sharedServer();
const PASSWORD = 'a password that only she knows';
const METADATA = '/.well-known/oauth-authorization-server';
const SESSIONS = '/api/v1/auth/sessions';
const WRONG = 'Email or password is not right';
const MARKUP = `<script>alert(1)</script>"'&<b>`;

const newPerson = () => Person.register(server, PASSWORD);
const credentials = ({ email, password }: Person) => ({ email, password });
const isAlive = async ({ access_token }: Tokens): Promise<boolean> => (await get(server, PROFILE, access_token)).status === 200;
const codesOf = (app: App): number => server.data.row('select count(*) as count from oauth_codes where client_id = ?', app.id)!.count;
const reasonOf = ({ access_token }: Tokens) => server.data.row('select revoked_reason from sessions where id = ?', decode(access_token).claims.sid)!.revoked_reason;

let anna: Person;
let her: { email: string; password: string };

beforeAll(async () => {
  anna = await newPerson();
  her = credentials(anna);
});

describe('the metadata', () => {
  test('tells a library all that it needs (RFC 8414)', async () => {
    const answer = await server.fetch(METADATA);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const { url } = server;
    expect(await answer.json()).toEqual({
      issuer: url,
      authorization_endpoint: url + AUTHORIZE,
      token_endpoint: url + TOKEN,
      revocation_endpoint: url + REVOKE,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['read', 'upload', 'admin'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
      service_documentation: `${url}/docs`,
    });
    expect((await server.fetch(`${url}/docs`)).status).toBe(200);
  });
});

describe('an app signs a person in', () => {
  test.each([
    ['its own scheme', 'com.example.app:/cb', 'com.example.app:/cb'],
    ['its own scheme and a host', 'com.example.app://cb', 'com.example.app://cb'],
    ['a claimed https address', 'https://app.example/cb?tenant=1', 'https://app.example/cb?tenant=1'],
    ['the loopback interface on a free port', 'http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['the loopback interface of IPv6', 'http://[::1]:1/cb', 'http://[::1]:51004/cb'],
  ])('by %s', async (name, redirectUri, asked) => {
    const app = await App.register(server, { name, redirectUri, asked });
    const { code, state, iss, ...rest } = await app.authorize(her, { scope: 'read upload' });
    const { issuer } = (await (await server.fetch(METADATA)).json()) as { issuer: string };
    expect({ state, iss, rest }).toEqual({ state: app.state, iss: issuer, rest: {} });

    const answer = await app.exchange(code!);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const tokens = await tokensOf(answer);
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'read upload' });
    expect(decode(tokens.access_token).claims).toMatchObject({ sub: anna.user_id, scope: 'read upload' });
    expect(await isAlive(tokens)).toBe(true);

    const { sessions } = (await (await get(server, SESSIONS, tokens.access_token)).json()) as { sessions: Record<string, unknown>[] };
    expect(sessions.find(({ is_current }) => is_current)).toMatchObject({ kind: 'oauth', device_name: name, scopes: ['read', 'upload'] });

    const renewed = await tokensOf(await app.refresh(tokens.refresh_token));
    expect(await isAlive(renewed)).toBe(true);
    const revoked = await postForm(server, REVOKE, { token: renewed.refresh_token, client_id: app.id });
    expect(revoked.status).toBe(200);
    expect(await isAlive(renewed)).toBe(false);
    await expectRefusal(await app.refresh(renewed.refresh_token), 400, 'invalid_grant');
  });

  test('by username as well', async () => {
    const username = `anna_${randomUUID().slice(0, 8)}`;
    await server.data.write('update users set username = ? where id = ?', username, anna.user_id);
    const app = await App.register(server);
    expect(await isAlive(await app.signIn({ email: username.toUpperCase(), password: PASSWORD }))).toBe(true);
    const { fields } = formOf(await (await app.open()).text());
    const { email: _, ...rest } = fields;
    const answer = await postForm(server, AUTHORIZE, { ...rest, username, password: PASSWORD, decision: 'allow' });
    expect(redirectOf(answer, app.redirectUri).code).toBeTruthy();
  });

  test.each(['/v1/oauth/', '/api/oauth/'])('under %s too, in the same form', async (prefix) => {
    const app = await App.register(server);
    const page = await server.fetch(`${prefix}authorize?${encode(app.request())}`);
    const { action, fields } = formOf(await page.text());
    const { code } = redirectOf(await postForm(server, action, { ...fields, ...her, decision: 'allow' }), app.redirectUri);
    const exchange = { grant_type: 'authorization_code', client_id: app.id, redirect_uri: app.redirectUri, code, code_verifier: app.verifier };
    expect(Object.keys(await tokensOf(await postForm(server, `${prefix}token`, exchange))).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
    await expectRefusal(await postForm(server, `${prefix}token`, exchange), 400, 'invalid_grant');
    await expectRefusal(await postForm(server, `${prefix}token`, {}), 400, 'invalid_request');
  });

  test('whose state comes back to the letter, whatever it is', async () => {
    const app = await App.register(server);
    for (const state of [MARKUP, 'a+b c%20d&e=f;g?h#i', 'ü🏠', 'x'.repeat(2000), '\\"\\']) {
      expect((await app.authorize(her, { state })).state).toBe(state);
      expect((await app.authorize({ ...her, decision: 'deny' }, { state })).state).toBe(state);
    }
    const without = await app.authorize(her, { state: undefined });
    expect(Object.keys(without).sort()).toEqual(['code', 'iss']);
  });

  test('with as few trips to the database as a login', async () => {
    const app = await App.register(server);
    const trips = (answer: Response) => timing(answer)['d1.trips'];
    expect(trips(await app.open())).toBe(1);
    const allowed = await app.fill(her);
    expect(trips(allowed)).toBe(2);
    expect(trips(await app.fill({ decision: 'deny' }))).toBe(1);
    const answer = await app.exchange(redirectOf(allowed, app.redirectUri).code!);
    expect(trips(answer)).toBe(2);
    const { refresh_token } = await tokensOf(answer);
    expect(trips(await app.refresh(refresh_token))).toBe(1);
    expect(trips(await postForm(server, REVOKE, { token: refresh_token }))).toBe(1);
    expect(trips(await server.fetch(METADATA))).toBe(0);
  });
});

describe('the page', () => {
  /** The policy by directive. */
  const policyOf = (answer: Response): Record<string, string> =>
    Object.fromEntries(answer.headers.get('content-security-policy')!.split(';').map((part) => part.trim().split(/ (.*)/s) as [string, string]));

  test.each([
    ['com.example.app:/cb', 'com.example.app:'],
    ['https://app.example:8443/cb', 'https://app.example:8443'],
    ['http://127.0.0.1:5000/cb', 'http://127.0.0.1:5000'],
    ['http://[::1]:5000/cb', 'http:'],
  ])('allows nothing but its own style, its form, and the way back to %s', async (redirectUri, source) => {
    const answer = await (await App.register(server, { redirectUri })).open();
    const html = await answer.text();
    const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)];
    expect(styles).toHaveLength(1);
    expect(policyOf(answer)).toEqual({
      'default-src': "'none'",
      'style-src': `'sha256-${createHash('sha256').update(styles[0]![1]!).digest('base64')}'`,
      'form-action': `'self' ${source}`,
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
    });
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(html).not.toMatch(/<script|<img|<link|<iframe|javascript:|\son\w+=|\sstyle=/i);
  });

  test('names the app, where it goes back to, and what it may do', async () => {
    const app = await App.register(server, { name: 'Room Planner' });
    const read = await (await app.open()).text();
    expect(read).toContain('<h1>Room Planner asks for access to your account</h1>');
    expect(read).toContain('at com.example.app.');
    expect(read.match(/<li>/g)).toHaveLength(1);
    expect(read).toContain('<li>see your profile');
    const all = await (await app.open({ scope: 'admin upload read' })).text();
    expect(all.match(/<li>.*/g)!.map((line) => line.split(' ')[0])).toEqual(['<li>see', '<li>add,', '<li>manage']);
  });

  test('is made for a phone and for a screen reader', async () => {
    const html = await (await (await App.register(server)).open()).text();
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    for (const [, attributes] of html.matchAll(/<input (?!type="hidden")([^>]*)>/g)) {
      const id = attributes!.match(/id="(\w+)"/)![1];
      expect(html).toContain(`<label for="${id}">`);
      expect(attributes).toMatch(/autocomplete="(username|current-password)"/);
    }
    expect(html).not.toMatch(/font-size:0?\.\d|user-scalable|maximum-scale/);
  });

  test('has colors that can be told apart', async () => {
    const html = await (await (await App.register(server)).open()).text();
    const luminance = (hex: string) => {
      const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
      const parts = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255);
      const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one: string, other: string) => {
      const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
      return (light + 0.05) / (dark + 0.05);
    };
    const schemes = [...html.matchAll(/:root\{([^}]*)\}/g)].map(([, rules]) => Object.fromEntries([...rules!.matchAll(/--([\w-]+):(#\w+)/g)].map(([, name, color]) => [name!, color!])));
    expect(schemes).toHaveLength(2);
    for (const { paper, ink, soft, line, act, bad, 'on-act': onAct } of schemes) {
      for (const text of [ink!, soft!, act!, bad!]) expect(contrast(text, paper!), text).toBeGreaterThanOrEqual(4.5);
      expect(contrast(onAct!, act!)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(line!, paper!)).toBeGreaterThanOrEqual(3);
    }
  });

  test('escapes every value', async () => {
    const app = await App.register(server, { name: MARKUP, redirectUri: "https://app.example/cb?a='b'&c=%3Cb%3E".replaceAll("'", '%27') });
    const page = await (await app.open({ state: MARKUP })).text();
    const again = await (await app.fill({ email: MARKUP, password: MARKUP }, { state: MARKUP })).text();
    for (const html of [page, again]) {
      expect(html).not.toMatch(/<script|<b>/i);
      expect(unescape(html)).toContain(`<h1>${MARKUP} asks`);
      expect(formOf(html).fields).toMatchObject({ state: MARKUP, redirect_uri: app.redirectUri });
    }
    expect(formOf(again).fields.email).toBe(MARKUP);
  });
});

describe('nobody is redirected', () => {
  const registered = 'https://app.example/cb';
  let app: App;

  beforeAll(async () => {
    app = await App.register(server, { redirectUri: registered });
  });

  /** A page that says so and leads nowhere. */
  async function expectProblem(answer: Response): Promise<void> {
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'none'");
    const html = await answer.text();
    expect(html).toContain('<h1>This did not work</h1>');
    expect(html).not.toMatch(/<form|<a |href|http-equiv|evil/);
  }

  const both = async (change: Fields) => {
    await expectProblem(await app.open(change));
    await expectProblem(await postForm(server, AUTHORIZE, { ...app.request(change), ...her, decision: 'allow' }));
    await expectProblem(await postForm(server, AUTHORIZE, { ...app.request(change), decision: 'deny' }));
    expect(codesOf(app)).toBe(0);
  };

  test.each([undefined, '', 'unknown', MARKUP, "' or 1=1 --", '\u0000', 'x'.repeat(9000)])('for the app %.30j', async (client_id) => {
    await both({ client_id });
  });

  test.each([
    undefined,
    '',
    'https://evil.example/cb',
    `${registered}/`,
    `${registered}/../evil`,
    `${registered}?evil=1`,
    `${registered}#evil`,
    'https://app.example',
    'https://app.example:443/cb',
    'https://app.example@evil.example/cb',
    'https://app.example.evil.example/cb',
    'https://APP.example/cb',
    'http://app.example/cb',
    '//app.example/cb',
    '/cb',
    'javascript:alert(1)//evil',
    'data:text/html,evil',
    `${registered}\r\nX-Evil: 1`,
    `${registered}\u0000`,
    ` ${registered}`,
    'http://127.0.0.1/cb',
    `${registered} https://evil.example`,
  ])('to %j', async (redirect_uri) => {
    await both({ redirect_uri });
  });

  test.each(['http://localhost:80/cb', 'http://127.0.0.1.evil.example/cb', 'http://127.0.0.1:80@evil.example/cb', 'http://127.0.0.1:5000/evil', 'https://127.0.0.1:5000/cb', 'http://127.0.0.1:66000/cb', 'http://[::1]:5000/cb'])(
    'to %s of an app on the loopback interface',
    async (redirect_uri) => {
      const local = await App.register(server, { redirectUri: 'http://127.0.0.1/cb' });
      await expectProblem(await local.open({ redirect_uri }));
    },
  );

  test('when the app or the address stands there twice', async () => {
    for (const [name, value] of Object.entries({ client_id: app.id, redirect_uri: registered })) {
      await expectProblem(await server.fetch(`${AUTHORIZE}?${encode(app.request())}&${encode({ [name]: value })}`, { redirect: 'manual' }));
    }
  });

  test('for an app that was disabled', async () => {
    const disabled = await App.register(server, { redirectUri: registered });
    await disabled.disable();
    await expectProblem(await disabled.open());
  });

  test('by a body that is no form, or too large', async () => {
    const json = await server.fetch(AUTHORIZE, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...app.request(), ...her, decision: 'allow' }) });
    await expectProblem(json);
    const large = await postForm(server, AUTHORIZE, { ...app.request(), ...her, decision: 'allow', filler: 'x'.repeat(1 << 20) });
    expect(large.status).toBe(413);
    expect(large.headers.get('location')).toBeNull();
    expect(codesOf(app)).toBe(0);
  });
});

describe('the app is told', () => {
  let app: App;

  beforeAll(async () => {
    app = await App.register(server, { scopes: 'read upload' });
  });

  test.each<[string, string, Fields]>([
    ['invalid_request', 'no response type', { response_type: undefined }],
    ['unsupported_response_type', 'a token instead of a code', { response_type: 'token' }],
    ['unsupported_response_type', 'both', { response_type: 'code token' }],
    ['invalid_request', 'no challenge', { code_challenge: undefined }],
    ['invalid_request', 'no challenge and no method', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', 'the method plain', { code_challenge_method: 'plain' }],
    ['invalid_request', 'no method, which means plain', { code_challenge_method: undefined }],
    ['invalid_request', 'the method in lower case', { code_challenge_method: 's256' }],
    ['invalid_request', 'a short challenge', { code_challenge: 'a'.repeat(42) }],
    ['invalid_request', 'a long challenge', { code_challenge: 'a'.repeat(44) }],
    ['invalid_request', 'a challenge in other letters', { code_challenge: '+'.repeat(43) }],
    ['invalid_scope', 'an unknown scope', { scope: 'root' }],
    ['invalid_scope', 'an unknown scope among others', { scope: 'read root' }],
    ['invalid_scope', 'a scope in capitals', { scope: 'READ' }],
    ['invalid_scope', 'more than the app may have', { scope: 'read admin' }],
    ['invalid_scope', 'blanks', { scope: '  ' }],
  ])('%s for %s', async (error, _, change) => {
    const answers = [await app.open(change), await postForm(server, AUTHORIZE, { ...app.request(change), ...her, decision: 'allow' })];
    for (const answer of answers) {
      const told = redirectOf(answer, app.redirectUri);
      expect(told).toEqual({ error, error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/), state: app.state, iss: server.url });
    }
    expect(codesOf(app)).toBe(0);
  });

  test.each(['response_type', 'scope', 'state', 'code_challenge', 'code_challenge_method'])('invalid_request for %s twice', async (name) => {
    const query = `${encode(app.request({ scope: 'read' }))}&${name}=again`;
    const told = redirectOf(await server.fetch(`${AUTHORIZE}?${query}`, { redirect: 'manual' }), app.redirectUri);
    expect(told).toMatchObject({ error: 'invalid_request', iss: server.url });
    expect(redirectOf(await postForm(server, AUTHORIZE, `${query}&decision=deny`), app.redirectUri).error).toBe('invalid_request');
  });

  test('invalid_request for a state with line breaks, which no form keeps', async () => {
    const state = 'a\r\nSet-Cookie: b=c';
    const answer = await app.open({ state });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(redirectOf(answer, app.redirectUri)).toMatchObject({ error: 'invalid_request', state });
  });

  test('access_denied when the person says no, with or without a password', async () => {
    for (const person of [{}, her, { email: 'nobody', password: 'wrong' }]) {
      const told = await app.authorize({ ...person, decision: 'deny' });
      expect(told).toEqual({ error: 'access_denied', error_description: expect.any(String), state: app.state, iss: server.url });
    }
    expect(codesOf(app)).toBe(0);
  });

  test.each([undefined, '', 'yes', 'ALLOW'])('invalid_request when the person says %j', async (decision) => {
    expect((await app.authorize({ ...her, decision })).error).toBe('invalid_request');
    expect(codesOf(app)).toBe(0);
  });
});

describe('a password that is not right', () => {
  test('shows the page again, with all but the password', async () => {
    const app = await App.register(server, { name: 'Room Planner' });
    const person = await newPerson();
    const before = formOf(await (await app.open({ scope: 'upload' })).text()).fields;
    const answer = await app.fill({ email: person.email, password: 'not her password' }, { scope: 'upload' });
    expect(answer.status).toBe(400);
    const html = await answer.text();
    expect(formOf(html).fields).toEqual({ ...before, email: person.email });
    expect(html).toContain(`<p class="trouble" id="trouble" role="alert">${WRONG}</p>`);
    expect(html.match(/aria-describedby="trouble"/g)).toHaveLength(2);
    expect(html).not.toContain('not her password');
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self' com.example.app:");
    const { code } = redirectOf(await postForm(server, AUTHORIZE, { ...formOf(html).fields, password: PASSWORD, decision: 'allow' }), app.redirectUri);
    expect(await tokensOf(await app.exchange(code!))).toMatchObject({ scope: 'upload' });
  });

  test.each<[string, Fields]>([
    ['nobody’s', { email: 'nobody@example.org', password: PASSWORD }],
    ['missing', { email: 'nobody@example.org' }],
    ['without a name', { password: PASSWORD }],
    ['too long', { email: 'nobody@example.org', password: 'x'.repeat(257) }],
    ['of a name that is too long', { email: 'x'.repeat(257), password: PASSWORD }],
  ])('reads the same when it is %s', async (_, person) => {
    const app = await App.register(server);
    const answer = await app.fill({ email: undefined, ...person });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`role="alert">${WRONG}</p>`);
    expect(codesOf(app)).toBe(0);
  });

  test('reads the same for a user who is disabled, and for one without a password', async () => {
    const app = await App.register(server);
    const disabled = await newPerson();
    await server.data.write('update users set is_active = 0 where id = ?', disabled.user_id);
    const keyOnly = await server.accounts.user();
    for (const email of [disabled.email, keyOnly.email]) {
      const answer = await app.fill({ email, password: PASSWORD });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(WRONG);
    }
    expect(codesOf(app)).toBe(0);
  });

  test('slows the next ones down, as it does at the login: both count together', async () => {
    const app = await App.register(server);
    const person = await newPerson();
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await app.fill({ email: person.email, password: `wrong ${turn}` })).status).toBe(400);
      await expectError(await post(server, LOGIN, { email: person.email, password: `wrong ${turn}` }), 401, 'AUTH_INVALID_CREDENTIALS');
    }
    const slowed = await app.fill(credentials(person));
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
    const html = await slowed.text();
    expect(html).toContain('role="alert">Too many requests');
    expect(formOf(html).fields.email).toBe(person.email);
    await expectError(await post(server, LOGIN, credentials(person)), 429, 'SYSTEM_RATE_LIMITED');
    expect(codesOf(app)).toBe(0);
  });

  test('in thirty guesses at once is looked at ten times', async () => {
    const app = await App.register(server);
    const person = await newPerson();
    const { fields } = formOf(await (await app.open()).text());
    const guess = (password: string) => postForm(server, AUTHORIZE, { ...fields, email: person.email, password, decision: 'allow' });
    const statuses = (await Promise.all(Array.from({ length: 30 }, (_, turn) => guess(`wrong ${turn}`)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  test.each<[string, (app: App, person: Fields) => Promise<boolean>]>([
    ['the page', async (app, person) => isAlive(await app.signIn(person))],
    ['the login', async (_, person) => (await post(server, LOGIN, person)).status === 200],
  ])('does not come of a hash with old parameters, which %s makes anew', async (_, signIn) => {
    const app = await App.register(server);
    const person = await newPerson();
    const weak = await argon2id({ password: PASSWORD, salt: randomBytes(16), parallelism: 1, iterations: 1, memorySize: 8192, hashLength: 32, outputType: 'encoded' });
    await server.data.write('update users set password_hash = ? where id = ?', weak, person.user_id);
    expect(await signIn(app, credentials(person))).toBe(true);
    const stored = () => server.data.row('select password_hash from users where id = ?', person.user_id)!.password_hash;
    expect(stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const better = stored();
    expect(await signIn(app.again(), credentials(person))).toBe(true);
    expect(stored()).toBe(better);
  });

  test('is not asked for when the database is away', async () => {
    const app = await App.register(server);
    const answer = await postForm(server, AUTHORIZE, { ...app.request(), ...her, decision: 'allow' }, { 'x-fault': 'database' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.text()).toContain('The service is temporarily unavailable');
  });
});

describe('a code', () => {
  let app: App;

  beforeAll(async () => {
    app = await App.register(server);
  });

  const fresh = () => app.again();

  test('is stored as its hash only, and good for a minute', async () => {
    const code = await app.code(her);
    const hash = createHash('sha256').update(code).digest('hex');
    const row = server.data.row('select * from oauth_codes where code_hash = ?', hash)!;
    expect(JSON.stringify(row)).not.toContain(code);
    expect(row).toMatchObject({ client_id: app.id, user_id: anna.user_id, redirect_uri: app.redirectUri, scopes: 'read', code_challenge: app.challenge, session_id: null });
    expect(row.expires_at - row.created_at).toBe(60_000);
  });

  test.each<[string, number, string, Fields]>([
    ['no grant type', 400, 'invalid_request', { grant_type: undefined }],
    ['another grant type', 400, 'unsupported_grant_type', { grant_type: 'password' }],
    ['no app', 400, 'invalid_request', { client_id: undefined }],
    ['an unknown app', 401, 'invalid_client', { client_id: randomUUID() }],
    ['no code', 400, 'invalid_request', { code: undefined }],
    ['an unknown code', 400, 'invalid_grant', { code: 'A'.repeat(32) }],
    ['no redirect URI', 400, 'invalid_request', { redirect_uri: undefined }],
    ['another redirect URI', 400, 'invalid_grant', { redirect_uri: 'com.example.app:/other' }],
    ['no verifier', 400, 'invalid_request', { code_verifier: undefined }],
    ['another verifier', 400, 'invalid_grant', { code_verifier: 'a'.repeat(43) }],
    ['a short verifier', 400, 'invalid_request', { code_verifier: 'a'.repeat(42) }],
    ['a long verifier', 400, 'invalid_request', { code_verifier: 'a'.repeat(129) }],
    ['a verifier of other letters', 400, 'invalid_request', { code_verifier: '!'.repeat(43) }],
  ])('is refused with %s, and still good afterwards', async (_, status, error, change) => {
    const mine = fresh();
    const code = await mine.code(her);
    await expectRefusal(await mine.exchange(code, change), status, error);
    expect(await isAlive(await tokensOf(await mine.exchange(code)))).toBe(true);
  });

  test('is refused with the challenge in place of the verifier', async () => {
    const mine = fresh();
    await expectRefusal(await mine.exchange(await mine.code(her), { code_verifier: mine.challenge }), 400, 'invalid_grant');
  });

  test('may have a verifier of 128 characters', async () => {
    const mine = fresh();
    const code_verifier = '-._~aZ09'.repeat(16);
    const code = await mine.code(her, { code_challenge: createHash('sha256').update(code_verifier).digest('base64url') });
    expect(await isAlive(await tokensOf(await mine.exchange(code, { code_verifier })))).toBe(true);
  });

  test('is refused to another app, which knows all but its id', async () => {
    const mine = fresh();
    const code = await mine.code(her);
    const other = await App.register(server);
    await expectRefusal(await mine.exchange(code, { client_id: other.id }), 400, 'invalid_grant');
  });

  test('is bound to the port that the app had on the loopback interface', async () => {
    const local = await App.register(server, { redirectUri: 'http://127.0.0.1/cb', asked: 'http://127.0.0.1:5001/cb' });
    const code = await local.code(her);
    for (const redirect_uri of ['http://127.0.0.1:5002/cb', 'http://127.0.0.1/cb']) {
      await expectRefusal(await local.exchange(code, { redirect_uri }), 400, 'invalid_grant');
    }
    await tokensOf(await local.exchange(code));
  });

  test('is refused when it has expired', async () => {
    const mine = fresh();
    const code = await mine.code(her);
    await server.data.write('update oauth_codes set expires_at = ? where code_challenge = ?', Date.now() - 1, mine.challenge);
    await expectRefusal(await mine.exchange(code), 400, 'invalid_grant');
  });

  test('that comes twice ends its session, and no other; the app just starts again', async () => {
    const mine = fresh();
    const other = await fresh().signIn(her);
    const code = await mine.code(her);
    const tokens = await tokensOf(await mine.exchange(code));
    const renewed = await tokensOf(await mine.refresh(tokens.refresh_token));
    await expectRefusal(await mine.exchange(code), 400, 'invalid_grant');
    expect([await isAlive(tokens), await isAlive(renewed), await isAlive(other)]).toEqual([false, false, true]);
    expect(reasonOf(tokens)).toBe('authorization code was used twice');
    await expectRefusal(await mine.refresh(renewed.refresh_token), 400, 'invalid_grant');
    await expectRefusal(await mine.exchange(code), 400, 'invalid_grant');
    expect(await isAlive(await mine.again().signIn(her))).toBe(true);
  });

  test('that comes twice long after it has expired ends its session too', async () => {
    const mine = fresh();
    const code = await mine.code(her);
    const tokens = await tokensOf(await mine.exchange(code));
    await server.data.write('update oauth_codes set expires_at = ? where code_challenge = ?', Date.now() - 3_600_000, mine.challenge);
    await expectRefusal(await mine.exchange(code), 400, 'invalid_grant');
    expect(await isAlive(tokens)).toBe(false);
  });

  test('that comes from who cannot prove to be the app ends nothing', async () => {
    const mine = fresh();
    const other = await App.register(server);
    const code = await mine.code(her);
    const tokens = await tokensOf(await mine.exchange(code));
    for (const change of [{ code_verifier: 'a'.repeat(43) }, { client_id: other.id }, { redirect_uri: 'com.example.app:/other' }]) {
      await expectRefusal(await mine.exchange(code, change), 400, 'invalid_grant');
    }
    expect(await isAlive(tokens)).toBe(true);
  });

  test('that is used twenty times at once opens one session', async () => {
    const mine = fresh();
    const code = await mine.code(her);
    const count = () => server.data.row('select count(*) as count from sessions where client_id = ?', app.id)!.count;
    const before = count();
    const answers = await Promise.all(Array.from({ length: 20 }, () => mine.exchange(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(count()).toBe(before + 1);
    for (const answer of answers) if (answer.status !== 200) await expectRefusal(answer, 400, 'invalid_grant');
    const tokens = await tokensOf(answers.find(({ status }) => status === 200)!);
    expect(await isAlive(tokens)).toBe(false);
  });

  test.each<[string, string]>([
    ['a user who was disabled', 'update users set is_active = 0 where id = ?'],
    ['a user who changed the password', 'update users set password_changed_at = 8000000000000 where id = ?'],
  ])('opens nothing for %s meanwhile', async (_, change) => {
    const mine = fresh();
    const person = await newPerson();
    const code = await mine.code(credentials(person));
    await server.data.write(change, person.user_id);
    await expectRefusal(await mine.exchange(code), 400, 'invalid_grant');
    expect(server.data.rows('select id from sessions where user_id = ?', person.user_id)).toEqual([]);
  });

  test('of an app that was disabled meanwhile opens nothing, and its sessions end', async () => {
    const doomed = await App.register(server);
    const tokens = await doomed.signIn(her);
    const again = doomed.again();
    const code = await again.code(her);
    await doomed.disable();
    await expectRefusal(await again.exchange(code), 401, 'invalid_client');
    await expectRefusal(await doomed.refresh(tokens.refresh_token), 401, 'invalid_client');
    expect(await isAlive(tokens)).toBe(false);
  });

  test('opens nothing when the database is away, and is good once it is back', async () => {
    const mine = fresh();
    const code = await mine.code(her);
    const fields = { grant_type: 'authorization_code', client_id: app.id, redirect_uri: app.redirectUri, code, code_verifier: mine.verifier };
    const answer = await postForm(server, TOKEN, fields, { 'x-fault': 'database' });
    expect(answer.headers.get('retry-after')).toBe('2');
    await expectRefusal(answer, 503, 'temporarily_unavailable');
    await tokensOf(await mine.exchange(code));
  });

  test('is forgotten a day after it has expired, by the daily clean-up', async () => {
    const [old, recent] = [fresh(), fresh()];
    for (const mine of [old, recent]) await mine.code(her);
    const age = (mine: App, hours: number) => server.data.write('update oauth_codes set expires_at = ? where code_challenge = ?', Date.now() - hours * 3_600_000, mine.challenge);
    await age(old, 25);
    await age(recent, 23);
    await server.runCron('17 3 * * *');
    const left = server.data.rows('select code_challenge from oauth_codes where code_challenge in (?, ?)', old.challenge, recent.challenge);
    expect(left).toEqual([{ code_challenge: recent.challenge }]);
  });
});

describe('the token endpoint', () => {
  test.each<[string, string, Record<string, string>]>([
    ['JSON', '{"grant_type": "authorization_code"}', { 'content-type': 'application/json' }],
    ['nothing', '', {}],
    ['junk', '%%%&=&\u0000', {}],
    ['a parameter twice', 'grant_type=refresh_token&grant_type=refresh_token&client_id=x&refresh_token=y', {}],
  ])('refuses %s as invalid_request', async (_, body, headers) => {
    await expectRefusal(await postForm(server, TOKEN, body, headers), 400, 'invalid_request');
  });

  test('refuses a body that is too large, and GET', async () => {
    await expectRefusal(await postForm(server, TOKEN, { grant_type: 'x'.repeat(1 << 20) }), 413, 'invalid_request');
    await expectError(await server.fetch(TOKEN), 405, 'METHOD_NOT_ALLOWED');
  });

  test('counts the codes of an app from one address', async () => {
    const app = await App.register(server);
    const answers = await Promise.all(Array.from({ length: 140 }, () => app.exchange('A'.repeat(32))));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(5);
    expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectRefusal(limited[0]!, 429, 'temporarily_unavailable');
    // Meanwhile a few more may have become free.
    const pages = await Promise.all(Array.from({ length: 40 }, () => app.open()));
    const refused = pages.find(({ status }) => status === 429)!;
    expect(refused.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await refused.text()).toContain('Too many requests');
  });
});

describe('a refresh token', () => {
  let app: App;
  let tokens: Tokens;

  beforeAll(async () => {
    app = await App.register(server);
  });

  const start = async () => (tokens = await app.again().signIn(her));

  test('buys the next one, for ever, with the same scope', async () => {
    let newest = await app.again().signIn(her, { scope: 'upload read' });
    for (let turn = 0; turn < 5; turn += 1) {
      const next = await tokensOf(await app.refresh(newest.refresh_token));
      expect(next).toMatchObject({ scope: 'read upload', token_type: 'Bearer', expires_in: 900 });
      expect(next.refresh_token).not.toBe(newest.refresh_token);
      newest = next;
    }
    expect(await isAlive(newest)).toBe(true);
  });

  test('may come again as long as its successor was not used: the reply is the same', async () => {
    await start();
    const replies = await Promise.all(Array.from({ length: 5 }, async () => tokensOf(await app.refresh(tokens.refresh_token))));
    expect(new Set(replies.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    expect(await isAlive(await tokensOf(await app.refresh(replies[0]!.refresh_token)))).toBe(true);
  });

  test('ends the session when it comes again after its successor was used', async () => {
    await start();
    const second = await tokensOf(await app.refresh(tokens.refresh_token));
    const third = await tokensOf(await app.refresh(second.refresh_token));
    await expectRefusal(await app.refresh(tokens.refresh_token), 400, 'invalid_grant');
    expect(await isAlive(third)).toBe(false);
  });

  test('is refused to another app, which does no harm by it', async () => {
    await start();
    const second = await tokensOf(await app.refresh(tokens.refresh_token));
    const other = await App.register(server);
    for (const { refresh_token } of [tokens, second]) await expectRefusal(await other.refresh(refresh_token), 400, 'invalid_grant');
    await expectRefusal(await app.refresh(second.refresh_token, { client_id: randomUUID() }), 401, 'invalid_client');
    await expectRefusal(await app.refresh(second.refresh_token, { client_id: undefined }), 400, 'invalid_request');
    expect(await isAlive(await tokensOf(await app.refresh(second.refresh_token)))).toBe(true);
  });

  test('is refused by our own refresh, and ours here; neither is harmed', async () => {
    await start();
    await expectError(await refresh(server, tokens.refresh_token), 401, 'AUTH_TOKEN_INVALID');
    const user = await server.accounts.user();
    const ours = await logIn(server, user.key);
    await expectRefusal(await app.refresh(ours.refresh_token), 400, 'invalid_grant');
    await tokensOf(await app.refresh(tokens.refresh_token));
    expect((await refresh(server, ours.refresh_token)).status).toBe(200);
  });

  test('may be asked for no more than was granted', async () => {
    await start();
    for (const scope of ['read upload', 'admin', 'root', ' ']) await expectRefusal(await app.refresh(tokens.refresh_token, { scope }), 400, 'invalid_scope');
    expect((await tokensOf(await app.refresh(tokens.refresh_token, { scope: 'read' }))).scope).toBe('read');
  });

  test.each<[string, () => string | undefined, string]>([
    ['nothing', () => undefined, 'invalid_request'],
    ['junk', () => 'junk', 'invalid_grant'],
    ['an access token', () => tokens.access_token, 'invalid_grant'],
    ['a token that was altered', () => `${tokens.refresh_token.slice(0, -6)}AAAAAA`, 'invalid_grant'],
    ['an expired token', () => sign({ ...decode(tokens.refresh_token).claims, exp: 1_000_000 }), 'invalid_grant'],
  ])('is not %s', async (_, token, error) => {
    await start();
    await expectRefusal(await app.refresh('', { refresh_token: token() }), 400, error);
    expect(await isAlive(tokens)).toBe(true);
  });
});

describe('what an app may do', () => {
  const UPLOAD = '/api/v1/rooms/upload';
  const upload = (access_token: string) => server.fetch(UPLOAD, { method: 'POST', headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }, body: '{}' });

  test('is to read, unless it asked for more', async () => {
    const app = await App.register(server);
    const tokens = await app.signIn(her);
    expect(tokens.scope).toBe('read');
    await expectError(await upload(tokens.access_token), 403, 'AUTH_PERMISSION_DENIED');
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    await expectError(await post(server, '/api/v1/auth/password', { current_password: PASSWORD, new_password: 'another password' }, bearer), 403, 'AUTH_PERMISSION_DENIED');
    await expectError(await server.fetch(SESSIONS, { method: 'DELETE', headers: bearer }), 403, 'AUTH_PERMISSION_DENIED');
  });

  test('is what it was granted: an upload gets as far as its content', async () => {
    const app = await App.register(server);
    const tokens = await app.signIn(her, { scope: 'upload' });
    await expectError(await upload(tokens.access_token), 400, 'VALIDATION_ERROR');
    await expectError(await get(server, PROFILE, tokens.access_token), 403, 'AUTH_PERMISSION_DENIED');
  });

  test('cannot be widened in the form', async () => {
    const app = await App.register(server, { scopes: 'read' });
    const answer = await app.fill({ ...her, scope: 'read upload admin' });
    expect(redirectOf(answer, app.redirectUri).error).toBe('invalid_scope');
  });

  test('ends when the person says so', async () => {
    const app = await App.register(server);
    const tokens = await app.signIn(her);
    const login = await post(server, LOGIN, her);
    const { access_token } = (await login.json()) as { access_token: string };
    const { sid } = decode(tokens.access_token).claims;
    const ended = await server.fetch(`${SESSIONS}/${sid}`, { method: 'DELETE', headers: { authorization: `Bearer ${access_token}` } });
    expect(ended.status).toBe(204);
    expect(await isAlive(tokens)).toBe(false);
    await expectRefusal(await app.refresh(tokens.refresh_token), 400, 'invalid_grant');
  });
});

describe('a token that is given back', () => {
  let app: App;

  beforeAll(async () => {
    app = await App.register(server);
  });

  test.each<[string, keyof Tokens, Fields]>([
    ['a refresh token', 'refresh_token', {}],
    ['an access token', 'access_token', {}],
    ['a token with a wrong hint', 'refresh_token', { token_type_hint: 'access_token' }],
    ['a token without an app', 'access_token', { client_id: undefined }],
  ])('ends its session: %s', async (_, kind, change) => {
    const tokens = await app.again().signIn(her);
    const fields = { token: String(tokens[kind]), client_id: app.id, ...change };
    for (let time = 0; time < 2; time += 1) {
      const answer = await postForm(server, REVOKE, fields);
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
    expect(await isAlive(tokens)).toBe(false);
    expect(reasonOf(tokens)).toBe('revoked by the app');
    await expectRefusal(await app.refresh(tokens.refresh_token), 400, 'invalid_grant');
  });

  test('may be an old one', async () => {
    const tokens = await app.again().signIn(her);
    const renewed = await tokensOf(await app.refresh(tokens.refresh_token));
    expect((await postForm(server, REVOKE, { token: tokens.refresh_token, client_id: app.id })).status).toBe(200);
    expect(await isAlive(renewed)).toBe(false);
  });

  test.each(['junk', 'a.b.c', MARKUP, randomUUID()])('may be unknown: %.20s', async (token) => {
    expect((await postForm(server, REVOKE, { token, client_id: app.id })).status).toBe(200);
  });

  test('must be the app’s own', async () => {
    const tokens = await app.again().signIn(her);
    const other = await App.register(server);
    await expectRefusal(await postForm(server, REVOKE, { token: tokens.access_token, client_id: other.id }), 400, 'invalid_grant');
    expect(await isAlive(tokens)).toBe(true);
    const user = await server.accounts.user();
    const ours = await logIn(server, user.key);
    for (const client_id of [app.id, undefined]) await expectRefusal(await postForm(server, REVOKE, { token: ours.access_token, client_id }), 400, 'invalid_grant');
    expect((await get(server, PROFILE, ours.access_token)).status).toBe(200);
  });

  test('must be there once', async () => {
    await expectRefusal(await postForm(server, REVOKE, { client_id: app.id }), 400, 'invalid_request');
    await expectRefusal(await postForm(server, REVOKE, 'token=a&token=b'), 400, 'invalid_request');
  });
});

test('the log has no password, code, verifier, state or token', async () => {
  const app = await App.register(server);
  const secret = `password ${randomUUID()}`;
  await app.fill({ email: her.email, password: secret });
  const code = await app.code(her);
  await postForm(server, TOKEN, { code, code_verifier: app.verifier }, { 'x-fault': 'panic' });
  const tokens = await tokensOf(await app.exchange(code));
  const last = randomUUID();
  await server.fetch('/health', { headers: { 'x-request-id': last } });
  await logsOf(server, last);
  const log = server.rawLog();
  const hash = createHash('sha256').update(code).digest('hex');
  for (const word of [PASSWORD, secret, encodeURIComponent(secret), code, hash, app.verifier, app.challenge, app.state, tokens.access_token, tokens.refresh_token, her.email]) {
    expect(log.includes(word), word).toBe(false);
  }
});
