import { expect, test } from 'vitest';
import { failures } from '../../../scripts/test/failures.ts';

const passed = { fullName: 'adds', status: 'passed', failureMessages: [] };
const failed = {
  fullName: 'a list is sorted',
  status: 'failed',
  failureMessages: [
    'Error: Property failed after 3 tests\n{ seed: 7, path: "2" }\nCounterexample: [[\u001b[31m1\u001b[39m]]\n    at x (a.ts:1:2)',
  ],
};

test('what failed, with the seed and without the stack', () => {
  const report = {
    testResults: [
      { name: '/c/test/a.test.ts', status: 'failed', message: '', assertionResults: [passed, failed] },
      { name: '/c/test/b.test.ts', status: 'passed', message: '', assertionResults: [passed] },
    ],
  };
  expect(failures(report, '/c')).toEqual([
    'test/a.test.ts > a list is sorted: Error: Property failed after 3 tests { seed: 7, path: "2" } Counterexample: [[1]]',
  ]);
});

test('a file that cannot be loaded, and one whose end failed beside its tests', () => {
  const report = {
    testResults: [
      { name: '/c/test/a.test.ts', status: 'failed', message: 'SyntaxError: x', assertionResults: [] },
      {
        name: '/c/test/b.test.ts',
        status: 'failed',
        message: 'Error: processes were left',
        assertionResults: [{ fullName: 'up', status: 'failed', failureMessages: null }],
      },
    ],
  };
  expect(failures(report, '/c')).toEqual([
    'test/a.test.ts: SyntaxError: x',
    'test/b.test.ts > up: no reason was told',
    'test/b.test.ts: Error: processes were left',
  ]);
});

test('a long reason is cut', () => {
  const long = { ...failed, failureMessages: ['x'.repeat(5000)] };
  const report = {
    testResults: [{ name: '/c/a.test.ts', status: 'failed', message: '', assertionResults: [long] }],
  };
  expect(failures(report, '/c')[0]?.length).toBeLessThan(1000);
});
