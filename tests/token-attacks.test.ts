// What an attacker tries on an access token. Each must be 401, with a code that does not make an
// honest client refresh unless the token was honest once.
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { PROFILE, get, logIn } from './support/requests.ts';
import { sharedServer } from './support/server.ts';
import { decode, part, sign, signByPublicKey, signingKeys, type Claims, type SigningKey } from './support/tokens.ts';

const server = sharedServer();
const foreignKey = (kid: string): SigningKey => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid });
const publicPart = ({ kty, n, e, kid }: SigningKey) => ({ kty, n, e, kid, alg: 'RS256', use: 'sig' });
const [ours] = signingKeys();
const foreign = foreignKey('foreign');

let token: string;
let renewal: string;
let claims: Claims;

beforeAll(async () => {
  const user = await server.accounts.user();
  const tokens = await logIn(server, user.key);
  [token, renewal] = [tokens.access_token, tokens.refresh_token];
  claims = decode(token).claims;
});

const parts = () => token.split('.') as [string, string, string];
const refuse = async (attack: string, code = 'AUTH_TOKEN_INVALID') => expectError(await get(server, PROFILE, attack), 401, code);
const seconds = () => Math.floor(Date.now() / 1000);

test('the token under attack is good, also when the test signs it itself', async () => {
  expect((await get(server, PROFILE, token)).status).toBe(200);
  for (const good of [sign(claims), sign(JSON.stringify(claims)), sign({ ...claims, filler: 'x' }), sign(claims, { extra: 1 })]) {
    expect((await get(server, PROFILE, good)).status).toBe(200);
  }
});

describe('another algorithm', () => {
  test.each(['none', 'None', 'NONE', 'nOnE', ''])('%j, without or with the old signature', async (alg) => {
    const unsigned = `${part({ alg, typ: 'JWT', kid: ours!.kid })}.${part(claims)}`;
    for (const signature of ['', parts()[2], 'AA']) await refuse(`${unsigned}.${signature}`);
  });

  test('HS256 with our public key as the secret', async () => {
    for (const attack of signByPublicKey(claims, {})) await refuse(attack);
  });

  test.each(['RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'rs256', 'RS256 ', 'HS256'])('%s named in front of a good RS256 signature', async (alg) => {
    await refuse(sign(claims, { alg }));
  });

  test.each([null, 1, ['RS256'], {}])('%j in place of a name', async (alg) => {
    await refuse(sign(claims, { alg }));
  });
});

describe('another key', () => {
  test('under an id of its own', async () => {
    await refuse(sign(claims, {}, foreign));
  });

  test('under our id', async () => {
    await refuse(sign(claims, { kid: ours!.kid }, foreign));
  });

  test.each(['', '../../dev/null', "' or 1=1 --", '0', 'x'.repeat(1000), '__proto__'])('under the id %.40j', async (kid) => {
    await refuse(sign(claims, { kid }, foreign));
    await refuse(sign(claims, { kid }));
  });

  test.each([undefined, null, 7, {}])('without a usable id: %j', async (kid) => {
    await refuse(sign(claims, { kid }));
  });

  test('that the token brings along or points to', async () => {
    const jwk = publicPart(foreign);
    const headers = [
      { jwk },
      { jku: `${server.url}/.well-known/jwks.json` },
      { jku: 'https://attacker.example/jwks.json', kid: foreign.kid },
      { x5u: 'https://attacker.example/cert.pem' },
      { x5c: ['MIIB'], jwk },
      { jwk, kid: foreign.kid },
    ];
    for (const header of headers) await refuse(sign(claims, { kid: ours!.kid, ...header }, foreign));
  });
});

describe('altered content', () => {
  test('a claim changed under the old signature', async () => {
    const [header, , signature] = parts();
    for (const change of [{ sub: 'someone-else' }, { tier: 'enterprise' }, { exp: claims.exp + 1 }, { roles: ['admin'] }]) {
      await refuse(`${header}.${part({ ...claims, ...change })}.${signature}`);
    }
  });

  test('the same claims written differently', async () => {
    const [header, , signature] = parts();
    await refuse(`${header}.${part(`${JSON.stringify(claims)} `)}.${signature}`);
  });

  test('the header changed under the old signature', async () => {
    const [, payload, signature] = parts();
    await refuse(`${part({ ...decode(token).header, extra: 1 })}.${payload}.${signature}`);
  });

  test('the signature of another token', async () => {
    const [header, payload] = parts();
    await refuse(`${header}.${payload}.${renewal.split('.')[2]}`);
  });

  test('any one bit of the signature', async () => {
    const [header, payload, signature] = parts();
    for (const at of [0, 100, 255]) {
      const bytes = Buffer.from(signature, 'base64url');
      bytes[at]! ^= 1;
      await refuse(`${header}.${payload}.${bytes.toString('base64url')}`);
    }
  });
});

describe('a form that is not canonical', () => {
  test('bits behind the end of the signature, which a lenient decoder drops', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1)!);
    // 256 bytes leave four unused bits in the last letter.
    expect(last % 16).toBe(0);
    for (const bits of [1, 2, 8, 15]) await refuse(token.slice(0, -1) + alphabet[last + bits]);
  });

  test('padding', async () => {
    await refuse(`${token}=`);
    await refuse(`${token}==`);
    await refuse(parts().map((piece) => `${piece}=`).join('.'));
  });

  test('the other alphabet', async () => {
    const other = token.replaceAll('-', '+').replaceAll('_', '/');
    expect(other).not.toBe(token);
    await refuse(other);
  });

  test.each(['.x', '.', '..', '. ', '%20', ';', ',', '"', ' x'])('%j behind it', async (more) => {
    await refuse(token + more);
  });

  test('pieces missing, empty, doubled or in another order', async () => {
    const [header, payload, signature] = parts();
    const attacks = [
      header, `${header}.${payload}`, `${header}.${payload}.`, `.${payload}.${signature}`, `${header}..${signature}`, '..', '...',
      `${token}.${signature}`, `${payload}.${header}.${signature}`, `${header}.${header}.${header}`, `${header}.${payload}.${signature}.${header}.${payload}`,
    ];
    for (const attack of attacks) await refuse(attack);
  });

  test('cut anywhere', async () => {
    for (let length = 1; length < token.length; length += Math.ceil(token.length / 40)) await refuse(token.slice(0, length));
    await refuse(token.slice(0, -1));
    await refuse(token.slice(1));
  });

  test.each([4_097, 8_000, 20_000])('blown up to %i characters', async (length) => {
    const [header, payload, signature] = parts();
    await refuse(`${header}.${payload}${'A'.repeat(length)}.${signature}`);
    await refuse('a'.repeat(length));
    await refuse(sign({ ...claims, filler: 'x'.repeat(length) }));
  });
});

describe('content that is signed and still wrong', () => {
  test('a refresh token, with the reason', async () => {
    const { error } = await refuse(renewal);
    expect(error.message).toBe('Invalid token type. Expected access, got refresh');
  });

  test.each(['sub', 'exp', 'iat', 'type', 'iss', 'aud', 'sid'])('no %s', async (name) => {
    await refuse(sign({ ...claims, [name]: undefined }));
  });

  test.each(['sub', 'exp', 'iat', 'type', 'iss', 'aud', 'sid'])('two of %s', async (name) => {
    const again = `${JSON.stringify(name)}:${JSON.stringify(claims[name])}`;
    await refuse(sign(`{${again},${JSON.stringify(claims).slice(1)}`));
  });

  test.each([
    { sub: 1 }, { sub: null }, { sub: ['a'] }, { exp: 'tomorrow' }, { exp: null }, { exp: String(4e9) }, { exp: 1e300 }, { exp: -1e300 }, { exp: 2 ** 63 },
    { iat: 'now' }, { iat: 1e300 }, { type: 'admin' }, { type: ['access'] }, { type: 'ACCESS' }, { iss: 'someone' }, { aud: 'other' }, { aud: ['other'] }, { sid: {} }, { roles: 'admin' },
  ])('%j', async (change) => {
    await refuse(sign({ ...claims, ...change }));
  });

  test('a time that has not come', async () => {
    await refuse(sign({ ...claims, iat: seconds() + 3600, exp: seconds() + 7200 }));
    await refuse(sign({ ...claims, nbf: seconds() + 3600 }));
  });

  test('no object, or nothing readable', async () => {
    const deep = '['.repeat(2_500);
    for (const payload of ['[]', 'null', '"text"', '42', '{', '', 'not json', deep, '{"a":'.repeat(600)]) await refuse(sign(payload));
  });
});

describe('age', () => {
  test.each([1, 3600, 10 * 365 * 24 * 3600])('an honest token that expired %i s ago is AUTH_TOKEN_EXPIRED: the client may refresh', async (ago) => {
    await refuse(sign({ ...claims, iat: seconds() - ago - 3600, exp: seconds() - ago }), 'AUTH_TOKEN_EXPIRED');
  });

  test('an expired token that is also wrong is only wrong', async () => {
    const old = { ...claims, exp: seconds() - 10 };
    await refuse(sign(old, { kid: ours!.kid }, foreign));
    await refuse(sign({ ...old, type: 'refresh' }));
    await refuse(sign({ ...old, aud: 'other' }));
    const [header, , signature] = parts();
    await refuse(`${header}.${part(old)}.${signature}`);
  });

  test('a clock that is a little ahead is forgiven', async () => {
    expect((await get(server, PROFILE, sign({ ...claims, iat: seconds() + 30 }))).status).toBe(200);
  });
});
