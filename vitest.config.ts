// The test projects: `npm test` runs architecture, unit and integration; `npm run test:e2e` runs e2e on the lab's real servers.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // matrix-bot-sdk's htmlencode calls util._extend: a warning in each test file that tells nothing.
    execArgv: ['--disable-warning=DEP0060'],
    projects: [
      { test: { name: 'architecture', include: ['test/*.test.ts'] } },
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'packages/*/test/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/lab/globalSetup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
