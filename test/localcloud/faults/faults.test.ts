import { describe, expect, it } from 'vitest';
import { matches, type Fault } from '../../../localcloud/faults/fault.ts';
import { Faults } from '../../../localcloud/faults/faults.ts';

const fault: Omit<Fault, 'id'> = {
  method: null,
  path: '*',
  skip: 0,
  times: null,
  latency: 0,
  effect: { kind: 'none' },
};

describe('matches', () => {
  it.for([
    ['*/servers/*', 'GET', '/instance/v1/zones/fr-par-1/servers/1', true],
    ['*/servers', 'GET', '/instance/v1/zones/fr-par-1/servers/1', false],
    ['/a.b', 'GET', '/axb', false],
  ] as const)('%s %s %s', ([path, method, asked, expected]) => {
    expect(matches({ method: null, path }, method, asked)).toBe(expected);
  });

  it('asks for the method when one is given', () => {
    expect(matches({ method: 'POST', path: '*' }, 'GET', '/')).toBe(false);
  });
});

it('passes over the first, hits as often as asked, then is gone', () => {
  const faults = new Faults();
  faults.add({ ...fault, skip: 1, times: 2 });
  const hits = Array.from({ length: 5 }, () => faults.take('GET', '/') !== undefined);
  expect(hits).toEqual([false, true, true, false, false]);
  expect(faults.list()).toEqual([]);
});

it('takes one away by its id, or all', () => {
  const faults = new Faults();
  const first = faults.add(fault);
  faults.add(fault);
  faults.clear(first.id);
  expect(faults.list().map(({ id }) => id)).toEqual([2]);
  faults.setPhases({ allocating: 1 });
  faults.clear();
  expect([faults.list(), faults.phases]).toEqual([[], {}]);
});
