// What a deployed environment needs beside the Worker, by the names in wrangler.toml. D1 is found by
// name; the KV namespace is made by the deployment itself.
import { Failure } from './failure.mjs';
import { step } from './say.mjs';
import { runWrangler } from './wrangler.mjs';

/** Creates what is missing; what is there already stays as it is. @param {string} env */
export async function createResources(env) {
  const commands = [
    ['d1', 'create', `outpost-${env}`],
    ['r2', 'bucket', 'create', `outpost-files-${env}`],
    ['queues', 'create', `outpost-jobs-${env}`],
    ['queues', 'create', `outpost-jobs-dead-${env}`],
  ];
  for (const command of commands) {
    await step(`wrangler ${command.join(' ')}`, async (note) => {
      const { code, all } = await runWrangler(command);
      if (code === 0) return;
      if (!/already (exists|taken|in use)|already own/i.test(all)) throw new Failure(all.trim());
      note('is there already');
    });
  }
}
