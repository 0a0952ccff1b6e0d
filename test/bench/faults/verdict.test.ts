import { expect, test } from 'vitest';
import { violations, type Seen, type SeenServer } from '../../../bench/faults/verdict.ts';

const server = (name: string, more: Partial<SeenServer> = {}): SeenServer => ({
  ...{ id: `id-of-${name}`, name, state: 'running', detail: 'booted', tags: [] },
  ...more,
});
const fleet = [server('edge-1'), server('edge-2')];
const well: Seen = {
  faulty: { status: 255, output: 'error: BF1401: the cloud', late: false },
  codeless: false,
  clean: { status: 0, output: '', late: false },
  ...{ kept: ['edge-1'], before: [server('edge-1')], between: [server('edge-1')], after: fleet },
  ...{ wanted: ['edge-1', 'edge-2'], leaks: [], counts: { ip: 2, volume: 2 }, processes: [] },
};

test('a run that failed with a code and then converged is well', () => {
  expect(violations(well)).toEqual([]);
  expect(violations({ ...well, faulty: { status: 0, output: 'done', late: false } })).toEqual([]);
});

const wrong: readonly (readonly [string, Partial<Seen>, RegExp])[] = [
  ['no code', { faulty: { status: 255, output: 'error: oops', late: false } }, /without a code/],
  ['a hang', { faulty: { status: undefined, output: 'BF1000', late: true } }, /did not end in time/],
  [
    'a stack trace',
    { faulty: { status: 255, output: 'BF1000\n    at f (/a/b.ts:1:2)\n', late: false } },
    /stack trace/,
  ],
  [
    'a clean run that fails',
    { clean: { status: 255, output: '', late: false } },
    /clean command ended with 255/,
  ],
  ['a double', { after: [...fleet, server('edge-2', { id: 'x' })] }, /edge-1, edge-2, edge-2 instead of/],
  ['one too few', { after: [server('edge-1')] }, /has edge-1 instead of edge-1, edge-2/],
  [
    'one that is off',
    { after: [server('edge-1'), server('edge-2', { state: 'stopped' })] },
    /edge-2 is stopped/,
  ],
  ['an orphan', { leaks: ['ip 127.66.0.1'] }, /leaked: ip/],
  ['a volume too many', { counts: { ip: 2, volume: 3 } }, /3 of kind volume for 2/],
  ['a process', { processes: ['pulumi-language-nodejs'] }, /process is left: pulumi/],
  ['a loss', { between: [] }, /edge-1 .* deleted by the command with faults/],
  [
    'a replacement',
    { after: [server('edge-1', { id: 'new' }), server('edge-2')] },
    /edge-1 .* deleted by the clean command/,
  ],
];

test.each(wrong)('%s is a violation', (_what, part, pattern) => {
  expect(violations({ ...well, ...part }).join('\n')).toMatch(pattern);
});

test('where those who would tell a code were killed, none is asked for', () => {
  const faulty = { status: 255, output: 'error: killed', late: false };
  expect(violations({ ...well, faulty, codeless: true })).toEqual([]);
});
