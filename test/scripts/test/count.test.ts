import { expect, test } from 'vitest';
import { countCheck, countVitest, lastLine, sum, type VitestReport } from '../../../scripts/test/count.ts';

const report = (change: Partial<VitestReport>): VitestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numTotalTests: 0,
  testResults: [],
  ...change,
});
const brokenFile = { status: 'failed', assertionResults: [] };

test.each([
  [
    'all well',
    report({ numPassedTests: 7, numTotalTests: 8, numPendingTests: 1 }),
    0,
    '7 passed, 0 failed, 1 skipped',
  ],
  [
    'failures',
    report({ numPassedTests: 7, numFailedTests: 2, numTotalTests: 9 }),
    1,
    '7 passed, 2 failed, 0 skipped',
  ],
  [
    'a file that cannot be loaded',
    report({ numPassedTests: 3, numTotalTests: 3, testResults: [brokenFile] }),
    1,
    '3 passed, 1 failed, 0 skipped',
  ],
  [
    'an error outside of tests',
    report({ numPassedTests: 3, numTotalTests: 3 }),
    1,
    '3 passed, 1 failed, 0 skipped',
  ],
  ['no test at all', report({}), 0, '0 passed, 1 failed, 0 skipped'],
  ['no report', undefined, 0, '0 passed, 1 failed, 0 skipped'],
  [
    'ended by a signal',
    report({ numPassedTests: 3, numTotalTests: 3 }),
    undefined,
    '3 passed, 1 failed, 0 skipped',
  ],
])('%s', (_name, one, status, line) => {
  expect(lastLine(countVitest(one, status))).toBe(line);
});

test('parts add up', () => {
  const all = sum([
    countCheck(0),
    countCheck(2),
    countVitest(report({ numPassedTests: 5, numTotalTests: 6, numTodoTests: 1 }), 0),
  ]);
  expect(lastLine(all)).toBe('6 passed, 1 failed, 1 skipped');
});
