// Once per run: an up-to-date Worker, local secrets, and the server that ordinary tests share.
import type { TestProject } from 'vitest/node';
import { buildWorker } from '../../scripts/lib/build.mjs';
import { ensureDevVars } from '../../scripts/lib/secrets.mjs';
import { startTestServer, type ServerPlace } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    sharedServer: ServerPlace;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildWorker();
  ensureDevVars();
  const server = await startTestServer();
  project.provide('sharedServer', server.place);
  return async () => {
    try {
      await server.stop();
    } catch (error) {
      // Vitest reports an error here and still exits with 0.
      process.once('exit', () => (process.exitCode = 1));
      throw error;
    }
  };
}
