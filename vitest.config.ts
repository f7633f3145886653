// End-to-end tests over HTTP and WebSockets against a real workerd, and the scripts' own tests.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** tests/secrets.test.ts reads what all other tests have left in the log. */
class SecretsLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLast = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith('/secrets.test.ts'));
    return (await super.sort(files)).sort((one, other) => isLast(one) - isLast(other));
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'scripts/**/*.test.mjs'],
    // Builds the Worker and starts the one server that ordinary tests share.
    globalSetup: 'tests/support/global-setup.ts',
    // Every server is a process of its own; more of them at once than cores helps nobody.
    maxWorkers: Number(process.env.OUTPOST_TEST_WORKERS ?? 2),
    sequence: { sequencer: SecretsLast },
    testTimeout: 30_000,
    hookTimeout: 90_000,
    teardownTimeout: 15_000,
  },
});
