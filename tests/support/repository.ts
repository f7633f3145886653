// The repository itself, for tests that read the source: its files, and a database with its schema.
export { databaseFile } from '../../scripts/lib/database-file.mjs';
export { migrateFile } from '../../scripts/lib/migrations.mjs';
export { inRepo, root } from '../../scripts/lib/paths.mjs';
