// Local secrets: .dev.vars, which wrangler dev reads and git ignores.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { inRepo } from './paths.mjs';
import { readOr } from './stamp.mjs';

const file = inRepo('.dev.vars');

/** Writes SIGNING_KEYS into .dev.vars unless it is there; never changes what is there. */
export function ensureDevVars() {
  const text = readOr(file, '');
  if (/^\s*SIGNING_KEYS\s*=/m.test(text)) return false;
  const line = `SIGNING_KEYS='${JSON.stringify({ keys: [newSigningKey()] })}'\n`;
  if (text) appendFileSync(file, (text.endsWith('\n') ? '' : '\n') + line);
  else writeFileSync(file, `# Local secrets, made by npm start. Never commit them.\n${line}`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return true;
}

/** A fresh RSA-2048 key as a private JWK; its id is the thumbprint of RFC 7638. */
export function newSigningKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const thumbprint = JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n });
  const kid = createHash('sha256').update(thumbprint).digest('base64url');
  return { ...jwk, kid, alg: 'RS256', use: 'sig' };
}
