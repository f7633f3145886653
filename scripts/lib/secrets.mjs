// Local secrets: .dev.vars, which wrangler dev reads and git ignores.
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { inRepo } from './paths.mjs';
import { newSigningKey } from './signing-keys.mjs';
import { readOr } from './stamp.mjs';

export const devVarsFile = inRepo('.dev.vars');

/** Writes SIGNING_KEYS into .dev.vars unless it is there; never changes what is there. */
export function ensureDevVars() {
  const text = readOr(devVarsFile, '');
  if (/^\s*SIGNING_KEYS\s*=/m.test(text)) return false;
  const line = `SIGNING_KEYS='${JSON.stringify({ keys: [newSigningKey()] })}'\n`;
  if (text) appendFileSync(devVarsFile, (text.endsWith('\n') ? '' : '\n') + line);
  else writeFileSync(devVarsFile, `# Local secrets, made by npm start. Never commit them.\n${line}`, { mode: 0o600 });
  chmodSync(devVarsFile, 0o600);
  return true;
}
