import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/test/longest-first.ts';

const propertyRuns = Number(process.env['PROPERTY_RUNS'] ?? 1);

/**
 * Three projects, quickest first:
 *  - unit:     pure code and Pulumi mocks; no process, no network beyond loopback, milliseconds each;
 *  - machines: real QEMU, iPXE, object storage (files named `*.vm.test.ts`);
 *  - e2e:      the real CLI, end to end (folder `test/e2e`).
 *
 * Of the last two, two files run at a time: a machine that boots under emulation fills one processor, and a test with
 * the real CLI waits for much of its time.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', '**/*.vm.test.ts'],
          // Each property many times as often: CONTRIBUTING.md.
          setupFiles: propertyRuns === 1 ? [] : ['test/property-runs.ts'],
          // Milliseconds each; the limit only has to tell a hang from a busy machine.
          testTimeout: 30_000 * propertyRuns,
          // Vitest's own limit of one second is too little beside a type checker and a linter on two processors.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        test: {
          name: 'machines',
          include: ['test/**/*.vm.test.ts'],
          exclude: ['test/e2e/**'],
          maxWorkers: 2,
          testTimeout: 180_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          setupFiles: ['test/e2e/tell-commands.ts'],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
