// The repository itself, for tests that read the source or run its commands: its files, a database
// with its schema, its signing keys.
export { databaseFile } from '../../scripts/lib/database-file.mjs';
export { migrateFile } from '../../scripts/lib/migrations.mjs';
export { inRepo, root } from '../../scripts/lib/paths.mjs';
export { runFreely } from '../../scripts/lib/exec.mjs';
export { newSigningKey, readKeys, rotate, writeKeys } from '../../scripts/lib/signing-keys.mjs';
export { pinnedNode } from '../../scripts/lib/wrangler.mjs';
