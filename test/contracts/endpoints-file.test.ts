import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { embeddedCloudFolder, endpointsFile, parseEndpointsFile } from '../../contracts/endpoints-file.ts';
import { endpointsOf } from '../../localcloud/daemon/endpoints.ts';
import { checkout } from '../../scripts/setup/folders.ts';

const settings = {
  version: 1,
  accessKey: 'SCWXXXXXXXXXXXXXXXXX',
  secretKey: 'the-secret',
  projectId: 'p',
  organizationId: 'o',
  apiPort: 1,
  portOffset: 0,
  journal: null,
} as const;

describe('the endpoints file', () => {
  test('as the daemon writes it is as the others read it, with and without object storage', () => {
    for (const storagePort of [40002, undefined]) {
      const written = endpointsOf(settings, 40001, storagePort);
      expect(parseEndpointsFile(JSON.stringify(written))).toEqual(written);
    }
  });

  test('is as docs/architecture.md shows it', () => {
    const page = readFileSync(join(checkout, 'docs', 'architecture.md'), 'utf8');
    const [, section = ''] = page.split('## Contract: the endpoints file');
    const shown = /```json\n([^]*?)```/.exec(section)?.[1] ?? '';
    const keys = (value: object): string[] => Object.keys(value).toSorted();
    const written = endpointsOf(settings, 40001, 40002);
    const content = parseEndpointsFile(shown);
    expect(keys(content)).toEqual(keys(written));
    expect('s3' in content && keys(content.s3)).toEqual(keys(written.s3));
  });

  test('that lacks a key or has another kind of value is refused; no value is ever shown', () => {
    const whole = endpointsOf(settings, 40001, 40002);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole)), fc.json(), (key, json) => {
        const { [key]: before, ...rest } = whole as unknown as Record<string, unknown>;
        expect(parseEndpointsFile(JSON.stringify(rest))).toHaveProperty('problem');
        const value = JSON.parse(json) as unknown;
        const read = parseEndpointsFile(JSON.stringify({ ...whole, [key]: value }));
        if (typeof value !== typeof before || value === null) expect(read).toHaveProperty('problem');
        if ('problem' in read) expect(read.problem).not.toContain('the-secret');
      }),
    );
  });

  test('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseEndpointsFile(text)).toHaveProperty('problem');
      }),
    );
  });
});

test('the folder: a variable that is empty is not set; a relative one counts from here', () => {
  expect(embeddedCloudFolder({ BOOTFLEET_HOME: '/h' })).toBe('/h/localcloud');
  expect(embeddedCloudFolder({ BOOTFLEET_HOME: 'h' })).toBe(resolve('h/localcloud'));
  expect(embeddedCloudFolder({ BOOTFLEET_HOME: '', XDG_DATA_HOME: '/x' })).toBe('/x/bootfleet/localcloud');
  const usual = join(userInfo().homedir, '.local/share/bootfleet/localcloud/endpoints.json');
  expect(endpointsFile({ BOOTFLEET_HOME: '', XDG_DATA_HOME: '' })).toBe(usual);
});

test('the embedded cloud and those who use it do not import each other', () => {
  const imports = (folder: string): string[] =>
    readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [
          ...readFileSync(join(checkout, folder, file), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g),
        ].map(([, to = '']) => resolve('/', folder, file, '..', to)),
      );
  const touching = (folder: string, others: readonly string[]): string[] =>
    imports(folder).filter((to) => others.some((other) => to.startsWith(`/${other}/`)));
  expect(imports('localcloud').length).toBeGreaterThan(100);
  expect(touching('localcloud', ['components', 'clouds', 'transfer', 'remote', 'stacks', 'standin'])).toEqual(
    [],
  );
  for (const folder of ['components', 'clouds', 'transfer', 'remote', 'stacks', 'standin'])
    expect(touching(folder, ['localcloud']), folder).toEqual([]);
  expect(imports('contracts').filter((one) => !one.startsWith('/contracts/'))).toEqual([]);
});
