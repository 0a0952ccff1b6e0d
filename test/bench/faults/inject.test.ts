import { expect, test } from 'vitest';
import { stepsIn, struck } from '../../../bench/faults/inject.ts';

test('steps are counted from what pulumi prints', () => {
  const output = ' +  t:Volume edge-1 creating (0s) \n@ updating...\n +  t:Volume edge-1 created (0.2s) \n';
  expect(stepsIn(output)).toBe(2);
  expect(stepsIn('')).toBe(0);
});

test('a fault counts only when it met something', () => {
  const at = { steps: 0, after: 1 };
  const api = { kind: 'api', fault: { path: '*', times: 1 } } as const;
  const kill = { kind: 'kill', victim: 'program', at } as const;
  const interrupt = { kind: 'interrupt', at } as const;
  expect([
    struck({ fault: api, at: 0, hit: 0 }), struck({ fault: api, at: 0, hit: 1 }),
    struck({ fault: kill, at: 2, killed: [] }), struck({ fault: kill, at: 2, killed: ['node'] }), struck({ fault: kill }),
    struck({ fault: interrupt }), struck({ fault: interrupt, at: 3 }),
  ]).toEqual([false, true, false, true, false, false, true]); // prettier-ignore
});
