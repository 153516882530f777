import { defineConfig } from 'vitest/config';

const globalSetup = ['packages/testkit/src/global-setup.ts'];

// Two workers: each integration file brings a nats-server and whole services, and CI machines have two cores.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'tests/{bench,chaos,support}/**/*.test.ts',
          ],
          // A property that tries a thousand inputs needs more than the default five seconds beside other work.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'services',
          include: ['services/*/test/**/*.int.test.ts', 'packages/*/test/**/*.int.test.ts'],
          globalSetup,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts', 'tests/conformance/**/*.test.ts'],
          globalSetup: [...globalSetup, 'tests/support/global-setup.ts'],
          // After all else and one file at a time: under the load of others a test of load shows nothing.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
