// The server answers, and says whether what it stands on is there.
import { expect, test } from 'vitest';
import { sharedServer } from './support/server.ts';

test.each(['/health', '/health/ready'])('%s is well', async (path) => {
  const answer = await sharedServer().fetch(path);

  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
});
