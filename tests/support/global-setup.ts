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
  return () => server.stop();
}
