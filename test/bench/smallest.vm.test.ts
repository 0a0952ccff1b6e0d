import { expect, test } from 'vitest';
import { findCommand } from '../../scripts/setup/find-command.ts';
import { runSmallest } from './run-smallest.ts';

// Those whose machines need no Pulumi; the others are in test/e2e/bench.
test.each(['delta', 'flash', 'full-transfer', 'power-cuts', 'typing'])(
  'node bench/%s.ts starts and prints figures',
  async (bench) => {
    const { status, stderr, figures } = await runSmallest(bench);
    if (bench === 'full-transfer' && findCommand('ssh') === undefined) {
      expect(stderr).toMatch(/^BF1941: .* ssh, .* apt-get install openssh-client\n/);
      return;
    }
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(0);
    expect(figures.length).toBeGreaterThan(0);
  },
  420_000,
);
