// Tokens of an attacker's making, or of ours: the tests know the key that the test servers sign with.
import { createHmac, createPublicKey, createSign, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inRepo } from '../../scripts/lib/paths.mjs';

export type Claims = Record<string, any>;
export type Header = Record<string, any>;
export type SigningKey = JsonWebKey & { kid: string };

/** The private keys of the test servers, newest first. */
export function signingKeys(): SigningKey[] {
  const [, json] = readFileSync(inRepo('.dev.vars'), 'utf8').match(/^SIGNING_KEYS='(.*)'$/m) ?? [];
  return (JSON.parse(json ?? '{"keys":[]}') as { keys: SigningKey[] }).keys;
}

/** The parts of a token. */
export function decode(token: string): { header: Header; claims: Claims; signature: string } {
  const [header, claims, signature] = token.split('.');
  return { header: parse(header), claims: parse(claims), signature: signature ?? '' };
}

const parse = (part = ''): any => JSON.parse(Buffer.from(part, 'base64url').toString());

/** A part of a token; a string is taken as JSON text already. */
export const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token signed as the server would, or by another key. `claims` may be JSON text. */
export function sign(claims: Claims | string, header: Header = {}, key: SigningKey = signingKeys()[0]!): string {
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })}.${part(claims)}`;
  const signature = createSign('sha256').update(signed).sign({ key, format: 'jwk' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** The old confusion of algorithms: HMAC with the public key, in each form an attacker would try, as secret. */
export function signByPublicKey(claims: Claims, header: Header): string[] {
  const { kty, n, e, kid } = signingKeys()[0]!;
  const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  const secrets = [
    key.export({ format: 'pem', type: 'spki' }),
    key.export({ format: 'der', type: 'spki' }),
    key.export({ format: 'pem', type: 'pkcs1' }),
    Buffer.from(n!, 'base64url'),
  ];
  const signed = `${part({ alg: 'HS256', typ: 'JWT', kid, ...header })}.${part(claims)}`;
  return secrets.map((secret) => `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
}
