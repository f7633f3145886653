// Tests of the client alone: no server, a fetch and sockets that the tests play.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: fileURLToPath(new URL('../../node_modules/.vite/client', import.meta.url)),
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: { include: ['tests/**/*.test.ts'] },
});
