// Prints a fresh value for the secret SIGNING_KEYS. Keep it in a file: secrets cannot be read back,
// and `npm run admin -- rotate-keys --env production --from FILE` needs the set of today.
//   (umask 077; node scripts/make-signing-keys.mjs > FILE)
//   npx wrangler secret put SIGNING_KEYS --env production < FILE
import { newSigningKey } from './lib/signing-keys.mjs';

console.log(JSON.stringify({ keys: [newSigningKey()] }));
