import { expect, test } from 'vitest';
import { gateTable } from '../../../../components/rollout/wave-gate/table.ts';

const row = { wave: 'canary', why: '', transcript: '' };

test('a machine that failed: its reason in one line, and where its console is kept', () => {
  const why =
    "edge-1: the kernel panicked while booting. Its console's last lines:\n  | boot>\n  | Kernel panic";
  expect(
    gateTable([
      { ...row, machine: 'edge-2', outcome: 'upgraded' },
      { ...row, machine: 'edge-1', outcome: 'rolled-back', why, transcript: 'data/edge-1.cast' },
    ]),
  ).toBe(
    [
      'machine  wave    outcome      why                                 what to do',
      'edge-1   canary  rolled-back  the kernel panicked while booting.  mend the build, then pulumi up',
      '1 other succeeded',
      'console of edge-1: data/edge-1.cast',
    ].join('\n'),
  );
});

test('nothing but the table when no machine succeeded and no console was watched', () => {
  const table = gateTable([
    { ...row, machine: 'edge-1', outcome: 'failed', why: '/cfg has 0 bytes free' },
    { ...row, machine: 'edge-2', outcome: 'stuck', why: 'no answer' },
  ]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).toContain('edge-2   canary  stuck    no answer');
  expect(table).toContain('NO SLOT BOOTS');
});
