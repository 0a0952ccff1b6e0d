import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportLine } from '../../cli/env.ts';
import { stackCloud } from '../../cli/stack-cloud.ts';
import { takenAway } from '../../cli/stack-environment.ts';

const local = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
const never = (): never => {
  throw new Error('not to be called');
};

test('without a variable of the provider no fleet file is read', () => {
  expect(takenAway(never, never, { PATH: '/bin' })).toEqual([]);
});

test('with one, the cloud of the stack decides', () => {
  const env = { SCW_SECRET_KEY: 'x', SCALEWAY_TOKEN: 'y' };
  expect(takenAway(() => local, never, env)).toEqual(['SCW_SECRET_KEY', 'SCALEWAY_TOKEN']);
  expect(takenAway(() => ({ kind: 'scaleway', zone: 'fr-par-1' }), never, env)).toEqual([]);
});

test('the cloud is known from a file whose images and keys are not there', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-cloud-'));
  try {
    const file = path.join(folder, 'x.fleet.yaml');
    const write = (scaleway: string): void => {
      writeFileSync(
        file,
        `fleet: x\ncloud:\n  scaleway: ${scaleway}\nimages: { edge: { img: nowhere.img } }\n`,
      );
    };
    write('{ zone: fr-par-1, endpoint: local }');
    expect(stackCloud({ given: 'x', name: 'x' }, file)).toEqual(local);
    write('{ zone: nl-ams-1 }');
    expect(stackCloud({ given: 'x', name: 'x' }, file)).toEqual({ kind: 'scaleway', zone: 'nl-ams-1' });
    for (const wrong of ['{}', 'null', '7', '{ zone: 7 }', '{ zone: a, endpoint: [] }']) {
      write(wrong);
      expect(() => stackCloud({ given: 'x', name: 'x' }, file)).toThrow(/BF1000/);
    }
    writeFileSync(file, 'text');
    expect(() => stackCloud({ given: 'x', name: 'x' }, file)).toThrow(/BF1000/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a fleet file that does not say which cloud: all stay, which is told with the reason and without a value', () => {
  const told: string[] = [];
  const cloudOf = () => stackCloud({ given: 'none', name: 'none' });
  expect(takenAway(cloudOf, (text) => told.push(text), { SCW_SECRET_KEY: 'hunter2' })).toEqual([]);
  expect(told.join()).toMatch(/SCW_SECRET_KEY stay set.*BF1001/s);
  expect(told.join()).not.toContain('hunter2');
});

test('a shell that reads the lines has what they say', () => {
  const script = [
    exportLine('KEPT', `it's "so" $HOME`),
    exportLine('SCW_SECRET_KEY', undefined),
    'printf "%s|%s" "$KEPT" "${SCW_SECRET_KEY-unset}"',
  ].join('\n');
  const said = execFileSync('sh', ['-c', script], { env: { SCW_SECRET_KEY: 'x' }, encoding: 'utf8' });
  expect(said).toBe(`it's "so" $HOME|unset`);
});
