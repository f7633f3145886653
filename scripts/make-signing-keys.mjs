// Prints a fresh value for the secret SIGNING_KEYS. To rotate, put the new key in front of the old:
//   node scripts/make-signing-keys.mjs | npx wrangler secret put SIGNING_KEYS --env production
import { newSigningKey } from './lib/secrets.mjs';

console.log(JSON.stringify({ keys: [newSigningKey()] }));
